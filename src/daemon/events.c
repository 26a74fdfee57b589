/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * events.c: what happened, as lines of the log and as JSON lines to whoever listens at events.sock.
 *
 * A fault or a commit of very many circuits makes as many events in a moment. The log gets the first LOG_BURST of a
 * kind in a second, the others as one line with their number. A listener gets them all as long as he reads: what he
 * has not read waits, up to WAITING_MAX octets; what does not fit is lost, and he is told how many lines that were.
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

#define LISTENERS_MAX	16
#define WAITING_MAX	(1u << 20)	/* octets kept for a listener */
#define LOG_BURST	50u		/* lines of a kind */
#define LOG_NS		1000000000ull	/* ... in that time */
#define KINDS		(CEV_REQUEST + 1 + LDP_EV_GRACEFUL + 1)	/* core's, then those of LDP */
#define OF_LDP(k)	((k) + CEV_REQUEST + 1)
#define WORDS		6u		/* of a kind, at most: enum request_news */

struct listener {
	struct events *ev;
	int fd;				/* -1 = free */
	char *waiting;			/* WAITING_MAX octets, or NULL: he has read all */
	size_t len;
	uint64_t lost;			/* lines, since he was told */
};
struct events {
	struct loop *loop;
	int fd;
	struct listener listener[LISTENERS_MAX];
	uint32_t logged[KINDS];		/* lines, in the time that runs */
	uint32_t more[KINDS][WORDS];	/* events beyond them, by what they led to */
	struct timer timer;		/* the end of that time */
};

static void drop(struct listener *l)
{
	loop_fd_off(l->ev->loop, l->fd);
	close(l->fd);
	free(l->waiting);
	*l = (struct listener){ .ev = l->ev, .fd = -1 };
}

/* ---- listeners ---------------------------------------------------------------------------------- */

static void on_listener(void *arg, uint32_t events);

/* Sends what waits, as far as it is taken; false: he is gone. */
static bool flush(struct listener *l)
{
	size_t at = 0;

	while (at < l->len) {
		ssize_t n = send(l->fd, l->waiting + at, l->len - at, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN && errno != EINTR) {
			drop(l);
			return false;
		}
		if (n < 0)
			break;
		at += (size_t)n;
	}
	l->len -= at;
	if (l->len) {
		memmove(l->waiting, l->waiting + at, l->len);
		return true;
	}
	free(l->waiting);
	l->waiting = NULL;
	loop_fd(l->ev->loop, l->fd, EPOLLIN, on_listener, l);
	return true;
}

static bool keep(struct listener *l, const char *line, size_t n)
{
	if (!l->waiting) {
		l->waiting = malloc(WAITING_MAX);
		if (!l->waiting)
			return false;
		loop_fd(l->ev->loop, l->fd, EPOLLIN | EPOLLOUT, on_listener, l);
	}
	if (n > WAITING_MAX - l->len)
		return false;
	memcpy(l->waiting + l->len, line, n);
	l->len += n;
	return true;
}

/* A line is given whole or not at all. */
static bool give(struct listener *l, const char *line, size_t n)
{
	ssize_t sent = 0;

	if (!l->waiting)
		sent = send(l->fd, line, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent == (ssize_t)n)
		return true;
	if (sent < 0 && errno != EAGAIN && errno != EINTR) {
		drop(l);
		return true;
	}
	sent = sent < 0 ? 0 : sent;
	if (keep(l, line + sent, n - (size_t)sent))
		return true;
	if (sent)
		drop(l);		/* no memory for the rest of a line */
	return sent;
}

static void tell_lost(struct listener *l)
{
	char line[64];
	int n = snprintf(line, sizeof(line), "{\"event\":\"lost\",\"count\":%llu}\n", (unsigned long long)l->lost);

	if (l->lost && give(l, line, (size_t)n))
		l->lost = 0;
}

/* Nothing is expected from a listener: whatever it sends is thrown away, its end frees the place. */
static void on_listener(void *arg, uint32_t events)
{
	struct listener *l = arg;
	char junk[256];
	ssize_t n;

	loop_doing(l->ev->loop, "a listener to events");
	if (events & EPOLLOUT) {
		if (!flush(l))
			return;
		tell_lost(l);
		if (l->fd < 0)
			return;
	}
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
	timer_stop(ev->loop, &ev->timer);
	close(ev->fd);
	free(ev);
}

/* ---- words ---------------------------------------------------------------------------------------- */

static const char *const slot_word[] = { "primary", "secondary", "bypass", "none" };
static const char *const alarm_word[ALARM__N] = {
	[ALARM_TWO_MASTERS] = "two-masters", [ALARM_BOTH_ACTIVE] = "both-active", [ALARM_NONE_ACTIVE] = "none-active",
	[ALARM_NO_STATUS] = "no-status", [ALARM_PARITY] = "parity",
};
static const struct {
	const char *event;
	const char *word[WORDS];	/* of .from and .to */
	const char *which;		/* what .slot names; NULL: nothing */
} kind[KINDS] = {
	[CEV_SWITCH] = { "switch", { "primary", "secondary", "bypass", "none" } },
	[CEV_PW] = { "pw", { "down", "up" }, "slot" },
	[CEV_PATH] = { "path", { "down", "up" } },
	[CEV_AC] = { "ac", { "down", "up" } },
	[CEV_MANUAL] = { "manual-fault", { "clear", "set" }, "slot" },
	[CEV_FORCED] = { "if-down", { "released", "forced" } },
	[CEV_ALARM] = { "alarm", { "over", "raised" }, "alarm" },
	[CEV_REQUEST] = { "switchover-request", { "sent", "taken", "expired", "aborted", "honoured", "ignored" },
			  "slot" },
	[OF_LDP(LDP_EV_SESSION)] = { "ldp-session", { "down", "up" } },
	[OF_LDP(LDP_EV_ADJACENCY)] = { "ldp-adjacency", { "down", "up" } },
	[OF_LDP(LDP_EV_NOTIFIED)] = { "ldp-notification", { "fatal", "advisory" } },
	[OF_LDP(LDP_EV_GRACEFUL)] = { "ldp-graceful-restart", { "over", "helping" } },
};

static const char *word(size_t k, uint8_t v)
{
	return v < WORDS && kind[k].word[v] ? kind[k].word[v] : "?";
}

/* The name of the pseudowire or alarm it is about. */
static const char *which(const struct core_event *e)
{
	if (e->kind == CEV_ALARM)
		return e->slot < ALARM__N && alarm_word[e->slot] ? alarm_word[e->slot] : "?";
	return slot_word[e->slot & 3];
}

/* What became of a request is all there is to say; there is nothing it was before. */
static bool has_from(const struct core_event *e)
{
	return e->kind != CEV_REQUEST;
}

/* Nothing in it needs to be escaped in JSON but quotation marks, and there are none. */
static const char *sentence(const struct core_event *e)
{
	return e->kind == CEV_ALARM ? core_alarm_text((enum alarm)e->slot) : core_reason_text(e->reason);
}

/* ---- the log -------------------------------------------------------------------------------------- */

static void log_one(const struct core_event *e)
{
	const char *of = kind[e->kind].which;

	log_event(LOG_P_NOTICE, kind[e->kind].event, "name=%s%s%s%s%s%s%s to=%s reason=%d text=\"%s\" detector=\"%s\"", e->name,
		  of ? " " : "", of ? of : "", of ? "=" : "", of ? which(e) : "", has_from(e) ? " from=" : "",
		  has_from(e) ? word(e->kind, e->from) : "", word(e->kind, e->to),
		  (int)e->reason, sentence(e), core_detector_text(e->detector));
}

static void log_more(size_t k, const uint32_t more[WORDS])
{
	char text[160] = "";
	size_t n = 0;

	for (uint8_t to = 0; to < WORDS; to++)
		if (more[to])
			n += (size_t)snprintf(text + n, sizeof(text) - n, " %s=%u", word(k, to), more[to]);
	if (n)
		log_event(LOG_P_NOTICE, "more", "of=%s%s text=\"not told one by one\"", kind[k].event, text);
}

static void on_time(void *arg, uint64_t now_ns)
{
	struct events *ev = arg;

	(void)now_ns;
	loop_doing(ev->loop, "telling of many events");
	for (size_t k = 0; k < KINDS; k++)
		log_more(k, ev->more[k]);
	memset(ev->logged, 0, sizeof(ev->logged));
	memset(ev->more, 0, sizeof(ev->more));
}

/* Whether an event of kind @k that led to @to may have a line of its own; else it is counted. */
static bool may_log(struct events *ev, size_t k, uint8_t to)
{
	ev->timer.fn = on_time;
	ev->timer.arg = ev;
	if (!ev->timer.at_ns)
		timer_set(ev->loop, &ev->timer, loop_now(ev->loop) + LOG_NS);
	if (ev->logged[k]++ < LOG_BURST)
		return true;
	ev->more[k][to < WORDS ? to : 0]++;
	return false;
}

/* ---- the socket ----------------------------------------------------------------------------------- */

static size_t json_time(char *line, size_t size)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (size_t)snprintf(line, size, "{\"time\":%lld.%06ld,", (long long)now.tv_sec, now.tv_nsec / 1000);
}

static size_t json(const struct core_event *e, char *line, size_t size)
{
	const char *of = kind[e->kind].which;
	size_t n = json_time(line, size);

	n += (size_t)snprintf(line + n, size - n, "\"event\":\"%s\",\"name\":\"%s\",", kind[e->kind].event, e->name);
	if (of)
		n += (size_t)snprintf(line + n, size - n, "\"%s\":\"%s\",", of, which(e));
	if (has_from(e))
		n += (size_t)snprintf(line + n, size - n, "\"from\":\"%s\",", word(e->kind, e->from));
	return n + (size_t)snprintf(line + n, size - n,
		"\"to\":\"%s\",\"reason\":%d,\"text\":\"%s\",\"detector\":\"%s\"}\n", word(e->kind, e->to), (int)e->reason,
		sentence(e), core_detector_text(e->detector));
}

static bool anybody(const struct events *ev)
{
	for (size_t i = 0; i < LISTENERS_MAX; i++)
		if (ev->listener[i].fd >= 0)
			return true;
	return false;
}

static void tell(struct events *ev, const char *line, size_t n)
{
	for (struct listener *l = ev->listener; l < ev->listener + LISTENERS_MAX; l++) {
		if (l->fd < 0)
			continue;
		tell_lost(l);
		if (l->fd >= 0 && (l->lost || !give(l, line, n)))
			l->lost++;
	}
}

void events_send(struct events *ev, const struct core_event *e)
{
	char line[512];

	if (!ev || may_log(ev, e->kind, e->to))
		log_one(e);
	if (ev && anybody(ev))
		tell(ev, line, json(e, line, sizeof(line)));
}

/* ---- LDP ------------------------------------------------------------------------------------------ */

/* What peers sent is not in .text, so nothing in it needs to be escaped. */
void events_ldp(struct events *ev, const struct ldp_event *e)
{
	size_t k = OF_LDP(e->kind), n;
	const char *to = word(k, e->up);
	char peer[16], line[512];

	snprintf(peer, sizeof(peer), "%u.%u.%u.%u", e->peer >> 24, e->peer >> 16 & 0xff, e->peer >> 8 & 0xff, e->peer & 0xff);
	if (!e->quiet && (!ev || may_log(ev, k, e->up)))
		log_event(e->kind == LDP_EV_SESSION && !e->up ? LOG_P_WARNING : LOG_P_NOTICE, kind[k].event,
			  "peer=%s to=%s status=%u not-told=%u text=\"%s\"", peer, to, e->status, e->not_told, e->text);
	if (!ev || !anybody(ev))
		return;
	n = json_time(line, sizeof(line));
	n += (size_t)snprintf(line + n, sizeof(line) - n,
			      "\"event\":\"%s\",\"peer\":\"%s\",\"to\":\"%s\",\"status\":%u,\"text\":\"%s\"}\n",
			      kind[k].event, peer, to, e->status, e->text);
	tell(ev, line, n);
}
