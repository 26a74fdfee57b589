/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * capture.c: the one capture that may run, between the session that waits for it and the data
 * plane that may end it at any time. Either may go first.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/session.h"

struct capture {
	struct cli_shared *shared;	/* NULL: the server is gone */
	struct session *s;		/* NULL: the session is gone */
};

static void capture_done(void *arg, uint64_t frames, int err)
{
	struct capture *c = arg;
	struct session *s = c->s;

	if (c->shared)
		c->shared->capture = NULL;
	free(c);
	if (!s)
		return;
	s->waiting = NULL;
	if (err < 0)
		say_error(s, "The capture ended after %" PRIu64 " frames: %s.", frames, strerror(-err));
	else
		say(s, "%" PRIu64 " frames captured.\n", frames);
	session_settle(s);
	s->wake(s);
}

static void capture_interrupt(struct session *s)
{
	if (s->shared->capture && s->shared->capture->s == s)
		s->e->capture_stop(s->e->arg);
}

static void capture_leave(struct session *s)
{
	struct capture *c = s->shared->capture;

	if (!c || c->s != s)
		return;
	c->s = NULL;			/* first: the end of the capture must not find us */
	s->e->capture_stop(s->e->arg);
}

static const struct session_wait waits = { .interrupt = capture_interrupt, .leave = capture_leave };

void capture_begin(struct session *s, const char *ifname, uint32_t ifindex, uint32_t count, bool drops,
		   const char *path)
{
	struct capture *c;
	int err;

	if (s->shared->capture) {
		say_error(s, "Another capture is running.");
		return;
	}
	c = calloc(1, sizeof(*c));
	if (!c) {
		say_error(s, "Not enough memory.");
		return;
	}
	*c = (struct capture){ s->shared, s };
	s->shared->capture = c;
	s->waiting = &waits;
	err = s->e->capture(s->e->arg, ifindex, ifname, count, drops, path, capture_done, c);
	if (err < 0) {
		s->shared->capture = NULL;
		s->waiting = NULL;
		free(c);
		say_error(s, "The capture to %s cannot start: %s.", path, strerror(-err));
	} else if (s->waiting) {
		session_live(s);
		say(s, "Info: capturing to %s%s.\n", path, count ? "" : "; Ctrl-C or the end of the session stops it");
	}
}

void capture_orphan(struct cli_shared *sh)
{
	if (sh->capture)
		sh->capture->shared = NULL;
}
