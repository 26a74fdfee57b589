/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * server.c: octets between sessions and their sockets; never blocks the loop.
 *
 * Bounds: SESSIONS_MAX sessions; a session reads one frame ahead; a job stops and lines wait while more than
 * SESSION_OUT_HIGH octets wait to be read; whoever leaves output unread or a frame unfinished for
 * STALL_NS is dropped, and so is who interrupts INTERRUPTS_MAX times and reads no answer. Jobs run in the loop's idle time, a slice each in turn.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/display.h"
#include "cli/proto.h"
#include "cli/session.h"

#define SESSIONS_MAX	128
#define INTERRUPTS_MAX	1000	/* not all of their marks read */
#define STALL_NS	(60ull * 1000000000)

struct conn {
	struct session s;		/* first: a session is its connection */
	struct cli_server *server;
	struct conn *next;
	int fd;
	uint32_t events;		/* registered with the loop */
	bool inside;			/* a handler of ours runs and will update */
	struct timer stall;
	unsigned int interrupts;	/* since nothing waited to be read */
	size_t in_len;
	char in[CLI_HEAD + CLI_IN_MAX];
};

struct cli_server {
	struct cli_engine e;
	struct cli_shared shared;
	struct conn *conns;
	uint32_t opened;		/* sessions so far */
	uint32_t n;
	int listen_fd;
};

static void conn_event(void *arg, uint32_t events);
static bool conn_step(void *arg);
static bool conn_serve(struct conn *c);
static bool conn_update(struct conn *c);

/* ---- life of a connection -------------------------------------------------------------------------- */

static void conn_close(struct conn *c)
{
	struct cli_server *srv = c->server;
	struct conn **p = &srv->conns;

	while (*p != c)
		p = &(*p)->next;
	*p = c->next;
	srv->n--;
	timer_stop(srv->e.loop, &c->stall);
	loop_fd_off(srv->e.loop, c->fd);
	loop_idle_off(srv->e.loop, conn_step, c);
	session_end(&c->s);
	close(c->fd);
	free(c);
}

static void conn_stalled(void *arg, uint64_t now_ns)
{
	(void)now_ns;
	struct conn *c = arg;
	log_event(LOG_P_NOTICE, "cli-session-dropped", "pid=%u uid=%u reason=stalled", c->s.pid, c->s.uid);
	conn_close(c);
}

/* A slice of a session's job, in the loop's idle time; sessions take turns. */
static bool conn_step(void *arg)
{
	struct conn *c = arg;
	bool more;

	loop_doing(c->server->e.loop, "a session's long command");
	more = session_step(&c->s);

	return conn_serve(c) && more;	/* a line may have waited for the end of the job */
}

static void conn_wake(struct session *s)
{
	struct conn *c = (struct conn *)s;
	if (s->job.step) {
		loop_idle(c->server->e.loop, conn_step, c);
	} else if (!c->inside) {
		conn_serve(c);
	}
}

/* ---- output --------------------------------------------------------------------------------------------- */

/* Sends what the socket takes now; false: the client is gone. */
static bool conn_send(struct conn *c)
{
	struct text *out = &c->s.out;
	size_t at = 0;

	while (at < out->len) {
		ssize_t n = send(c->fd, out->v + at, out->len - at, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
			return false;
		if (n < 0)
			break;
		at += (size_t)n;
	}
	if (at) {
		text_cut(out, at);
		if (!out->len)
			c->interrupts = 0;
		timer_stop(c->server->e.loop, &c->stall);	/* progress */
	}
	return true;
}

/* After anything happened: sends, closes, asks for the right events and watches for a stall.
 * false: @c is gone. */
static bool conn_update(struct conn *c)
{
	struct loop *l = c->server->e.loop;

	if (!conn_send(c) || c->s.out.failed || (c->s.over && !c->s.out.len)) {
		conn_close(c);
		return false;
	}
	uint32_t want = EPOLLRDHUP;
	if (c->in_len < sizeof(c->in) && !c->s.over)
		want |= EPOLLIN;
	if (c->s.out.len)
		want |= EPOLLOUT;
	if (want != c->events) {
		c->events = want;
		if (loop_fd(l, c->fd, want, conn_event, c) < 0) {
			conn_close(c);
			return false;
		}
	}
	bool stalled = c->s.out.len || (c->in_len && session_ready(&c->s));
	if (!stalled)
		timer_stop(l, &c->stall);
	else if (!c->stall.at_ns)
		timer_set(l, &c->stall, loop_now(l) + STALL_NS);
	if (c->s.out.len > SESSION_OUT_HIGH)
		return true;
	if (c->s.job.step)
		loop_idle(l, conn_step, c);
	else if (c->s.waiting && c->s.waiting->drained)
		c->s.waiting->drained(&c->s);
	return true;
}

/* ---- input ------------------------------------------------------------------------------------------------ */

/* Carries out one whole frame; false: it has to wait for the command under way. */
static bool conn_frame(struct conn *c, uint8_t type, const char *text, size_t len)
{
	struct session *s = &c->s;

	if (type == CLI_INTERRUPT && len == 0) {
		if (++c->interrupts > INTERRUPTS_MAX)
			session_kill(s, "Too many interrupts.");
		else
			session_interrupt(s);
		return true;
	}
	if (type == CLI_ANSWER) {
		if (s->answered)		/* else an interrupt has taken the question back meanwhile */
			session_answer(s, text, len);
		return true;
	}
	if (type == CLI_HOLD && len == 0)
		return true;		/* a whole frame is a sign of life */
	if ((type == CLI_LINE || type == CLI_HELP) && !s->answered) {
		if (!session_ready(s) || s->out.len > SESSION_OUT_HIGH)
			return false;
		(type == CLI_LINE ? session_line : session_help)(s, text, len);
		return true;
	}
	session_kill(s, "Protocol error.");
	return true;
}

static void conn_frames(struct conn *c)
{
	c->inside = true;
	while (!c->s.over && c->in_len >= CLI_HEAD) {
		size_t len = cli_head_len((uint8_t *)c->in);
		if (len > CLI_IN_MAX) {
			session_kill(&c->s, "Protocol error.");
			break;
		}
		if (c->in_len < CLI_HEAD + len || !conn_frame(c, (uint8_t)c->in[0], c->in + CLI_HEAD, len))
			break;
		c->in_len -= CLI_HEAD + len;
		memmove(c->in, c->in + CLI_HEAD + len, c->in_len);
		timer_stop(c->server->e.loop, &c->stall);
	}
	c->inside = false;
}

/* Takes what came in and sends what came of it, again as long as that lets a frame go on. false: @c is gone. */
static bool conn_serve(struct conn *c)
{
	bool full;

	do {
		conn_frames(c);
		full = c->s.out.len > SESSION_OUT_HIGH;
		if (!conn_update(c))
			return false;
	} while (full && c->s.out.len <= SESSION_OUT_HIGH);
	return true;
}

static void conn_event(void *arg, uint32_t events)
{
	struct conn *c = arg;

	loop_doing(c->server->e.loop, "a session's command");
	if (events & EPOLLIN && c->in_len < sizeof(c->in)) {
		ssize_t n = recv(c->fd, c->in + c->in_len, sizeof(c->in) - c->in_len, MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
			conn_close(c);
			return;
		}
		if (n > 0)
			c->in_len += (size_t)n;
	} else if (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) {
		conn_close(c);		/* nobody will read the rest, or stop what runs */
		return;
	}
	conn_serve(c);
}

/* ---- listening -------------------------------------------------------------------------------------------- */

static void refuse(int fd)
{
	static const char why[] = "Too many sessions are open.";
	char f[CLI_HEAD + sizeof(why) - 1];

	cli_head_put((uint8_t *)f, CLI_BYE, sizeof(why) - 1);
	memcpy(f + CLI_HEAD, why, sizeof(why) - 1);
	if (send(fd, f, sizeof(f), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		log_event(LOG_P_DEBUG, "cli-refuse", "errno=%d", errno);
	close(fd);
}

static void conn_open(struct cli_server *srv, int fd)
{
	struct conn *c = srv->n < SESSIONS_MAX ? calloc(1, sizeof(*c)) : NULL;
	struct ucred cred = { 0 };
	socklen_t len = sizeof(cred);

	if (!c) {
		refuse(fd);
		return;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		cred = (struct ucred){ .uid = (uid_t)-1 };
	c->server = srv;
	c->fd = fd;
	c->stall.fn = conn_stalled;
	c->stall.arg = c;
	c->s.e = &srv->e;
	c->s.shared = &srv->shared;
	c->s.wake = conn_wake;
	c->s.uid = cred.uid;
	c->s.pid = (uint32_t)cred.pid;
	c->s.number = ++srv->opened;
	c->s.opened_ns = wall_now(&srv->e);
	c->next = srv->conns;
	srv->conns = c;
	srv->n++;
	session_start(&c->s);
	conn_update(c);
}

static void server_event(void *arg, uint32_t events)
{
	struct cli_server *srv = arg;
	(void)events;

	for (int i = 0; i < 16; i++) {		/* the rest in the next turn */
		int fd = accept4(srv->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return;
		conn_open(srv, fd);
	}
}

static const struct session *next_session(const struct cli_shared *sh, const struct session *after)
{
	const struct cli_server *srv = (const struct cli_server *)((const char *)sh - offsetof(struct cli_server, shared));
	const struct conn *c = after ? ((const struct conn *)after)->next : srv->conns;

	return c ? &c->s : NULL;
}

struct cli_server *cli_server_new(const struct cli_engine *e, int listen_fd)
{
	struct cli_server *srv = calloc(1, sizeof(*srv));
	int err = srv ? 0 : -ENOMEM;

	if (srv) {
		srv->e = *e;
		srv->listen_fd = listen_fd;
		srv->shared.next = next_session;
		err = loop_fd(e->loop, listen_fd, EPOLLIN, server_event, srv);
	}
	if (err < 0) {
		free(srv);
		close(listen_fd);
		errno = -err;
		return NULL;
	}
	return srv;
}

void cli_server_dp(struct cli_server *s, struct dp *dp)
{
	s->e.dp = dp;
}

void cli_server_free(struct cli_server *srv)
{
	if (!srv)
		return;
	while (srv->conns)
		conn_close(srv->conns);
	capture_orphan(&srv->shared);
	text_free(&srv->shared.rollback);
	loop_fd_off(srv->e.loop, srv->listen_fd);
	close(srv->listen_fd);
	free(srv);
}
