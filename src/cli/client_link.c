/* SPDX-License-Identifier: BSD-2-Clause */
/* client_link.c: frames to and from the engine's cli.sock (proto.h). */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "cli/client.h"

int link_open(struct client *c)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (snprintf(a.sun_path, sizeof(a.sun_path), "%s/cli.sock", c->run_dir) >= (int)sizeof(a.sun_path))
		return ENAMETOOLONG;
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		return errno;
	return 0;
}

static bool send_all(struct client *c, const void *v, size_t n)
{
	for (const char *p = v; n;) {
		ssize_t done = send(c->fd, p, n, MSG_NOSIGNAL);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

bool link_send(struct client *c, enum cli_frame type, const char *text)
{
	uint8_t head[CLI_HEAD];
	size_t len = strlen(text);

	cli_head_put(head, type, (uint32_t)len);
	return send_all(c, head, sizeof(head)) && send_all(c, text, len);
}

bool link_interrupt(struct client *c)
{
	c->marks_due++;
	return link_send(c, CLI_INTERRUPT, "");
}

/* Until the engine says something; Ctrl-C meanwhile is passed on. false: we are told to end. */
static bool await(struct client *c)
{
	for (int why; client_typed(c) && !tty_wait(&c->fd, 1, -1, &why);) {
		if (why == TTY_INTERRUPT && !link_interrupt(c))
			return true;		/* the end is read next */
		if (why == TTY_END)
			return false;
	}
	return true;
}

static bool recv_all(struct client *c, void *v, size_t n)
{
	for (char *p = v; n;) {
		if (!await(c))
			return false;
		ssize_t got = recv(c->fd, p, n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

int link_recv(struct client *c)
{
	uint8_t head[CLI_HEAD];

	if (!recv_all(c, head, sizeof(head)))
		return 0;
	uint32_t len = cli_head_len(head);
	if (len > CLI_OUT_MAX || !recv_all(c, c->text, len))
		return 0;
	c->text[len] = '\0';
	return head[0];
}
