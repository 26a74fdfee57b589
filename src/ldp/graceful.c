/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * graceful.c: graceful restart (RFC 3478): a peer that is expected back, and our own return. The peers' labels are held
 * by core and the applications; here are the timers that say how long.
 */
#include "ldp/session.h"

uint32_t graceful_ms(uint16_t seconds, uint16_t otherwise)
{
	return (seconds ? seconds : otherwise) * 1000u;
}

/* How long we keep what the peer had from us; 0: nothing of it is left (RFC 3478, 2). */
uint32_t graceful_recovery_ms(const struct session *s)
{
	const struct ldp *l = s->peer->ldp;

	if (s->peer->state != SESSION_HELD)
		return 0;
	if (!l->recovering)
		return graceful_ms(l->cfg.recovery, LDP_GR_RECOVERY);
	if (l->sp->recovered.at_ns <= session_now(s))
		return 0;
	return (uint32_t)((l->sp->recovered.at_ns - session_now(s)) / MS);
}

/* ---- what is held ---- */

/* What was held of the peer is void: as if it had gone down only now. */
void graceful_void(struct peer *p, const char *why)
{
	if (p->state != SESSION_HELD)
		return;
	if (p->session) {
		timer_stop(p->ldp->loop, &p->session->held);
		timer_stop(p->ldp->loop, &p->session->recovery);
	}
	pw_calls.down(p, false);
	lsp_calls.down(p, false);
	tell_session(p, SESSION_DOWN);
	tell_event(p->ldp, p->session ? &p->session->log : NULL, LDP_EV_GRACEFUL, p->lsr, false, 0, why);
	peer_idle(p->ldp);
}

static void not_back(void *arg, uint64_t now_ns)
{
	struct session *s = arg;

	(void)now_ns;
	graceful_void(s->peer, "the peer did not come back in time");
	ldp_leave(s->peer->ldp);
}

static void recovery_over(void *arg, uint64_t now_ns)
{
	struct session *s = arg;

	(void)now_ns;
	pw_calls.recovered(s->peer);
	lsp_calls.recovered(s->peer);
	tell_event(s->peer->ldp, &s->log, LDP_EV_GRACEFUL, s->peer->lsr, false, 0, "the recovery time is over");
	ldp_leave(s->peer->ldp);
}

/* The peer goes, but said that it will be back. */
void graceful_hold(struct session *s)
{
	struct ldp *l = s->peer->ldp;
	uint64_t ms = graceful_ms(l->cfg.liveness, LDP_GR_LIVENESS);

	if (s->reconnect_ms < ms)
		ms = s->reconnect_ms;
	timer_stop(l->loop, &s->recovery);
	timer_set(l->loop, &s->held, session_now(s) + ms * MS);
	tell_session(s->peer, SESSION_HELD);
	tell_event(l, &s->log, LDP_EV_GRACEFUL, s->peer->lsr, true, 0, "its state is held until it comes back");
}

/* It is back: was anything kept (RFC 3478, 3.3)? After a restart of ours the peer has nothing to say about that. */
void graceful_back(struct session *s)
{
	struct peer *p = s->peer;
	struct ldp *l = p->ldp;
	uint64_t ms = graceful_ms(l->cfg.recovery, LDP_GR_RECOVERY);

	timer_stop(l->loop, &s->held);
	if (p->state != SESSION_HELD)
		return;
	if (!p->graceful || (!s->recovery_ms && !l->recovering)) {
		graceful_void(p, "the peer is back without its state");
		return;
	}
	if (s->recovery_ms && s->recovery_ms < ms)
		ms = s->recovery_ms;
	timer_set(l->loop, &s->recovery, session_now(s) + ms * MS);
	tell_event(l, &s->log, LDP_EV_GRACEFUL, p->lsr, true, 0, "the peer is back with its state");
}

void graceful_timers(struct session *s)
{
	s->held = (struct timer){ .fn = not_back, .arg = s };
	s->recovery = (struct timer){ .fn = recovery_over, .arg = s };
}

/* ---- our own restart ---- */

static void void_all(struct ldp *l, const char *why)
{
	table_each(&l->peers, n, i) {
		struct peer *p = container_of(n, struct peer, by_lsr);

		if (!p->operational && !(p->session && p->session->held.at_ns))
			graceful_void(p, why);
	}
}

static void peers_back(void *arg, uint64_t now_ns)
{
	struct ldp *l = arg;

	(void)now_ns;
	void_all(l, "the peer did not come back in time after our restart");
	ldp_leave(l);
}

static void all_recovered(void *arg, uint64_t now_ns)
{
	struct ldp *l = arg;

	(void)now_ns;
	l->recovering = l->sp->recovering = false;
	timer_stop(l->loop, &l->sp->back);
	void_all(l, "the peer did not come back in time after our restart");
	table_each(&l->peers, n, i) {
		pw_calls.recovered(container_of(n, struct peer, by_lsr));
		lsp_calls.recovered(container_of(n, struct peer, by_lsr));
	}
	lsps_recovered(l);
	if (l->report.recovered)
		l->report.recovered(l->report.arg);
	l->told = true;
	log_event(LOG_P_NOTICE, "ldp-graceful-restart", "text=\"our own recovery is over\"");
	ldp_leave(l);
}

void recovery_await(struct ldp *l)
{
	l->recovering = l->sp->recovering = true;
	l->sp->back = (struct timer){ .fn = peers_back, .arg = l };
	l->sp->recovered = (struct timer){ .fn = all_recovered, .arg = l };
	timer_set(l->loop, &l->sp->recovered, loop_now(l->loop) + LDP_GR_RECONNECT * SECOND);
}

void recovery_begin(struct ldp *l)
{
	uint64_t now = loop_now(l->loop), reconnect = graceful_ms(l->cfg.reconnect, LDP_GR_RECONNECT),
		 recovery = graceful_ms(l->cfg.recovery, LDP_GR_RECOVERY);

	if (!l->sp->recovering)
		return;
	l->sp->recovering = false;
	if (!l->cfg.graceful_restart) {			/* nobody was told to wait for us */
		timer_stop(l->loop, &l->sp->recovered);
		all_recovered(l, now);
		return;
	}
	timer_set(l->loop, &l->sp->back, now + reconnect * MS);
	timer_set(l->loop, &l->sp->recovered, now + (reconnect > recovery ? reconnect : recovery) * MS);
}
