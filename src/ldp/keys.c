/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys.c: passwords of TCP MD5 (RFC 2385; RFC 5036, 2.9): which the listening socket asks for, by address, and whose
 * connections came with which.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ldp/session.h"

static struct keyed *keyed_find(const struct ldp *l, uint32_t ip)
{
	struct hnode *n = table_find(&l->sp->keyed, ip);

	return n ? container_of(n, struct keyed, by_ip) : NULL;
}

uint32_t keyed_by(const struct ldp *l, uint32_t ip)
{
	const struct keyed *k = keyed_find(l, ip);

	return k ? k->lsr : 0;
}

/* An address is that of one LSR: whose Hello names another's takes no password away from it, and sets none on it. */
static bool anothers(const struct ldp *l, uint32_t lsr, uint32_t ip)
{
	struct hnode *n = table_find(&l->peers, ip);
	const struct peer *p = n ? container_of(n, struct peer, by_lsr) : NULL;
	uint32_t by = keyed_by(l, ip);

	return lsr != ip && ((by && by != lsr) || key_of(l, ip) || (p && p->session && !list_empty(&p->session->adjs)));
}

/* What was connected before the password was set is turned away; who has it comes again. */
#define QUEUE_MAX	4096		/* more than listen() queues */

static void turn_away(struct ldp *l)
{
	struct sys_end from;

	for (int i = 0; i < QUEUE_MAX; i++) {
		int fd = sys_tcp_accept(l->sp->listening, &from);

		if (fd < 0)
			break;
		sys_tcp_reset(&fd);
	}
}

/* @lsr 0: with no password any more. */
static void keyed_set(struct ldp *l, uint32_t ip, uint32_t lsr)
{
	struct keyed *k = keyed_find(l, ip);

	list_each(struct conn, c, &l->sp->pending, in_pending)
		if (c->remote.ip == ip)
			c->keyed = 0;
	if (k) {
		table_del(&l->sp->keyed, &k->by_ip);
		free(k);
	}
	if (!lsr)
		return;
	turn_away(l);
	k = calloc(1, sizeof(*k));
	if (!k)
		return;			/* its connections will count as without */
	k->lsr = lsr;
	table_add(&l->sp->keyed, &k->by_ip, ip);
}

void unkey(struct ldp *l, uint32_t ip)
{
	if (l->sp->listening >= 0)
		sys_tcp_key(l->sp->listening, ip, NULL, 0);
	keyed_set(l, ip, 0);
}

void listen_key(struct ldp *l, uint32_t lsr, uint32_t ip)
{
	const struct m_ldp_key *key = key_of(l, lsr);
	char text[ADDR_TEXT];
	int rc;

	if (l->sp->listening < 0 || anothers(l, lsr, ip) || (!key && !keyed_find(l, ip)))
		return;
	rc = sys_tcp_key(l->sp->listening, ip, key ? key->password : NULL, key ? strlen(key->password) : 0);
	keyed_set(l, ip, key && !rc ? lsr : 0);
	if (rc && (key || rc != -ENOENT))
		log_event(LOG_P_ERR, "ldp-md5", "peer=%s error=%d text=\"the password could not be set: %s\"",
			  addr_text(lsr, text), -rc, strerror(-rc));
}

void session_key(struct session *s)
{
	if (s->transport && s->transport != s->peer->lsr)
		listen_key(s->peer->ldp, s->peer->lsr, s->transport);
	s->again_at_once = s->conn && s->state != FSM_NONE;
	s->failures = s->naks = 0;
	session_cease(s, &(struct session_end){ .status = LDP_STATUS_SHUTDOWN, .why = "its password was changed" });
	session_connect(s);
}

void keys_free(struct ldp *l)
{
	table_each(&l->sp->keyed, n, i) {
		struct keyed *k = container_of(n, struct keyed, by_ip);

		table_del(&l->sp->keyed, n);
		free(k);
	}
}
