/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_cli.c: a client of the CLI server that sends what the fuzzer likes, on the real configuration.
 *
 * An input that begins with NUL is sent as it is. Any other is lines: each becomes a frame, a command
 * line, or behind "? " an answer, "^" an interrupt, with '?' at its end a question for help. After every frame the server has its turns.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/proto.h"
#include "fake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Turns until the server waits for us; what it sent is thrown away. */
static void turns(struct loop *l, int fd)
{
	static char sink[65536];

	for (int i = 0; i < 200; i++) {
		loop_turn(l, 0);
		if (recv(fd, sink, sizeof(sink), MSG_DONTWAIT) <= 0 && i > 2)
			return;
	}
}

static void send_line(int fd, const char *line, size_t len)
{
	uint8_t f[CLI_HEAD + CLI_IN_MAX + 1], type = CLI_LINE;

	if (len >= 2 && !memcmp(line, "? ", 2)) {
		type = CLI_ANSWER;
		line += 2;
		len -= 2;
	} else if (len == 1 && *line == '^') {
		type = CLI_INTERRUPT;
		len = 0;
	} else if (len && line[len - 1] == '?') {
		type = CLI_HELP;
		len--;
	}
	if (len > CLI_IN_MAX)
		return;
	cli_head_put(f, type, (uint32_t)len);
	memcpy(f + CLI_HEAD, line, len);
	if (send(fd, f, CLI_HEAD + len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return;
}

static void play(struct loop *l, int fd, const char *data, size_t size)
{
	turns(l, fd);
	if (size && !*data) {
		if (send(fd, data + 1, size - 1, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
			turns(l, fd);
		return;
	}
	while (size) {
		const char *nl = memchr(data, '\n', size);
		size_t len = nl ? (size_t)(nl - data) : size;
		send_line(fd, data, len);
		turns(l, fd);
		len += nl ? 1 : 0;
		data += len;
		size -= len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(a);
	int listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct loop *l = loop_new();

	log_threshold(LOG_P_ERR);
	if (bind(listen_fd, (struct sockaddr *)&a, sizeof(a.sun_family)) || listen(listen_fd, 4) ||
	    getsockname(listen_fd, (struct sockaddr *)&a, &len) || connect(fd, (struct sockaddr *)&a, len))
		abort();
	loop_virtual(l, FAKE_NOW);
	fake_start(l);
	struct cli_server *srv = cli_server_new(&fake.e, listen_fd);
	play(l, fd, (const char *)data, size);
	close(fd);
	loop_turn(l, 0);
	cli_server_free(srv);
	fake_stop();
	loop_free(l);
	return 0;
}
