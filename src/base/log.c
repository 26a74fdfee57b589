/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log.c: owns the ring of kept lines and the way to standard error.
 */
#include "base/log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000ull

static struct {
	struct {
		uint64_t wall_us;
		enum log_prio prio;
		char *line;		/* NULL: not used, or memory ran out */
	} kept[LOG_KEPT];
	uint32_t next;			/* the oldest, and the one overwritten next */
	uint32_t unprinted;		/* since the last line that got through */
	enum log_prio threshold;
} the_log = { .threshold = LOG_P_INFO };

void log_threshold(enum log_prio highest_printed)
{
	the_log.threshold = highest_printed;
}

static void keep(enum log_prio prio, const char *line)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	free(the_log.kept[the_log.next].line);
	the_log.kept[the_log.next].line = strdup(line);
	the_log.kept[the_log.next].prio = prio;
	the_log.kept[the_log.next].wall_us = (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
	the_log.next = (the_log.next + 1) % LOG_KEPT;
}

/* Standard error may be shared, so it is not made non-blocking: a socket is told per call, and a
 * pipe that polls writable takes PIPE_BUF octets, more than a line has. */
static int put(const char *buf, size_t len)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };
	ssize_t n = send(STDERR_FILENO, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n >= 0)
		return 1;
	if (poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT) || p.revents & POLLERR)
		return 0;
	return write(STDERR_FILENO, buf, len) >= 0;
}

static void print(enum log_prio prio, const char *line)
{
	char buf[LOG_LINE + 64];
	int n;

	if (the_log.unprinted)
		n = snprintf(buf, sizeof(buf), "<%d>%s lines_lost=%u\n", (int)prio, line, the_log.unprinted);
	else
		n = snprintf(buf, sizeof(buf), "<%d>%s\n", (int)prio, line);
	if (put(buf, (size_t)n))
		the_log.unprinted = 0;
	else
		the_log.unprinted++;
}

void log_event(enum log_prio prio, const char *event, const char *fmt, ...)
{
	char line[LOG_LINE];
	va_list ap;
	int n;

	if (prio > the_log.threshold)
		return;
	n = snprintf(line, sizeof(line), "event=%s%s", event, fmt[0] ? " " : "");
	if (n > 0 && (size_t)n < sizeof(line)) {
		va_start(ap, fmt);
		vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, ap);
		va_end(ap);
	}
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < 0x20 || (unsigned char)*c >= 0x7f)
			*c = '?';
	keep(prio, line);
	print(prio, line);
}

int log_allowed(struct log_limit *l, uint64_t now_ns, uint32_t *missed)
{
	uint32_t burst = l->burst ? l->burst : 1;

	if (l->used && now_ns >= l->next_ns) {
		uint64_t back = (now_ns - l->next_ns) / SECOND + 1;

		l->used -= back < l->used ? (uint32_t)back : l->used;
		l->next_ns += back * SECOND;
	}
	if (l->used >= burst) {
		l->suppressed++;
		return 0;
	}
	if (!l->used++)
		l->next_ns = now_ns + SECOND;
	*missed = l->suppressed;
	l->suppressed = 0;
	return 1;
}

void log_walk(void (*fn)(void *arg, uint64_t wall_us, enum log_prio prio, const char *line), void *arg)
{
	for (uint32_t i = 0; i < LOG_KEPT; i++) {
		uint32_t at = (the_log.next + i) % LOG_KEPT;

		if (the_log.kept[at].line)
			fn(arg, the_log.kept[at].wall_us, the_log.kept[at].prio, the_log.kept[at].line);
	}
}
