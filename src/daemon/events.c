/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * events.c: events.sock, a JSON line an event. A listener that does not read is dropped.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "core/core_show.h"
#include "daemon/engine.h"
#include "sys/unixsock.h"

#define LISTENERS_MAX 16

struct listener {
	struct events *ev;
	int fd;				/* -1 = free */
};
struct events {
	struct loop *loop;
	int fd;
	struct listener listener[LISTENERS_MAX];
};

static void drop(struct listener *l)
{
	loop_fd_off(l->ev->loop, l->fd);
	close(l->fd);
	l->fd = -1;
}

/* Nothing is expected from a listener: whatever it sends is thrown away, its end frees the place. */
static void on_listener(void *arg, uint32_t events)
{
	struct listener *l = arg;
	char junk[256];
	ssize_t n;

	loop_doing(l->ev->loop, "a listener to events");
	n = recv(l->fd, junk, sizeof(junk), MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EAGAIN) || events & EPOLLERR)
		drop(l);
}

static void on_accept(void *arg, uint32_t events)
{
	struct events *ev = arg;
	int fd = accept4(ev->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd < 0)
		return;
	for (size_t i = 0; i < LISTENERS_MAX; i++) {
		struct listener *l = &ev->listener[i];

		if (l->fd >= 0)
			continue;
		l->fd = fd;
		if (loop_fd(ev->loop, fd, EPOLLIN, on_listener, l)) {
			close(fd);
			l->fd = -1;
		}
		return;
	}
	close(fd);
}

struct events *events_new(struct loop *l, const char *run_dir)
{
	struct events *ev = calloc(1, sizeof(*ev));
	char path[256];

	if (!ev)
		return NULL;
	ev->loop = l;
	for (size_t i = 0; i < LISTENERS_MAX; i++)
		ev->listener[i] = (struct listener){ .ev = ev, .fd = -1 };
	snprintf(path, sizeof(path), "%s/events.sock", run_dir);
	ev->fd = sys_unix_listen(path);
	if (ev->fd < 0) {
		errno = -ev->fd;
		free(ev);
		return NULL;
	}
	loop_fd(l, ev->fd, EPOLLIN, on_accept, ev);
	return ev;
}

void events_free(struct events *ev)
{
	if (!ev)
		return;
	for (size_t i = 0; i < LISTENERS_MAX; i++)
		if (ev->listener[i].fd >= 0)
			drop(&ev->listener[i]);
	loop_fd_off(ev->loop, ev->fd);
	close(ev->fd);
	free(ev);
}

static const char *const slot_word[] = { "primary", "secondary", "bypass", "none" };
static const struct {
	const char *event;
	const char *word[4];		/* of .from and .to */
	bool slot;			/* it is about one PW */
} kind[] = {
	[CEV_SWITCH] = { "switch", { "primary", "secondary", "bypass", "none" } },
	[CEV_PW] = { "pw", { "down", "up", "down", "up" }, true },
	[CEV_PATH] = { "path", { "down", "up", "down", "up" } },
	[CEV_AC] = { "ac", { "down", "up", "down", "up" } },
	[CEV_MANUAL] = { "manual-fault", { "clear", "set", "clear", "set" }, true },
};

static const char *word(const struct core_event *e, uint8_t v)
{
	return kind[e->kind].word[v & 3];
}

void events_send(struct events *ev, const struct core_event *e)
{
	const char *slot = kind[e->kind].slot ? slot_word[e->slot & 3] : NULL;
	struct timespec now;
	char line[512];
	int n;

	log_event(LOG_P_NOTICE, kind[e->kind].event, "name=%s%s%s from=%s to=%s reason=\"%s\" detector=%s", e->name,
		  slot ? " slot=" : "", slot ? slot : "", word(e, e->from), word(e, e->to),
		  core_reason_text(e->reason), core_detector_text(e->detector));
	if (!ev)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	n = snprintf(line, sizeof(line),
		     "{\"time\":%lld.%06ld,\"event\":\"%s\",\"name\":\"%s\",%s%s%s\"from\":\"%s\",\"to\":\"%s\","
		     "\"reason\":%d,\"text\":\"%s\",\"detector\":\"%s\"}\n",
		     (long long)now.tv_sec, now.tv_nsec / 1000, kind[e->kind].event, e->name, slot ? "\"slot\":\"" : "",
		     slot ? slot : "", slot ? "\"," : "", word(e, e->from), word(e, e->to), (int)e->reason,
		     core_reason_text(e->reason), core_detector_text(e->detector));
	for (size_t i = 0; i < LISTENERS_MAX; i++) {
		struct listener *l = &ev->listener[i];

		if (l->fd >= 0 && send(l->fd, line, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) != n)
			drop(l);
	}
}
