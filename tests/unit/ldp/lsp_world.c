/* SPDX-License-Identifier: BSD-2-Clause */
/* lsp_world.c: see lsp_world.h. */
#include "lsp_world.h"

#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct fake_peer *fake(struct peer *p)
{
	return container_of(p, struct fake_peer, p);
}

static struct world *world_of(struct ldp *l)
{
	return container_of(l, struct world, l);
}

/* ---- doubles of the session ---- */

struct peer *peer_get(struct ldp *l, uint32_t lsr, bool make)
{
	(void)l, (void)lsr, (void)make;
	return NULL;
}

void peer_wants(struct peer *p)
{
	assert_non_null(p);
	fake(p)->wants = true;
}

static void keep_msg(struct fake_peer *fp, const struct ldp_msg *m)
{
	struct heard *h;
	struct rd r;

	if (fp->n_got == fp->cap) {
		fp->cap = fp->cap ? fp->cap * 2 : 64;
		fp->got = realloc(fp->got, fp->cap * sizeof(*fp->got));
		assert_non_null(fp->got);
	}
	h = &fp->got[fp->n_got++];
	*h = (struct heard){ .type = m->type, .has = m->has, .label = NO_LABEL };
	if (m->has & LDP_HAS(FEC)) {
		h->fec = m->fec.type;
		if (m->fec.type == LDP_FEC_PREFIX) {
			h->dest = m->fec.prefix.ip;
			h->len = m->fec.prefix.len;
		}
	}
	if (m->has & LDP_HAS(LABEL))
		h->label = m->label;
	if (m->has & LDP_HAS(REQUEST_ID))
		h->request = m->request_id;
	if (m->has & LDP_HAS(STATUS)) {
		h->status = m->status.code;
		h->status_msg = m->status.msg_id;
	}
	if (!(m->has & LDP_HAS(ADDR_LIST)))
		return;
	assert_int_equal(m->addr.family, LDP_AF_IPV4);
	r = rd_of(m->addr.list.p, m->addr.list.len);
	for (h->n_addr = 0; rd_left(&r); h->n_addr++)
		h->addr[h->n_addr] = rd_u32(&r);
}

/* As it comes out of the codec at the other end. @max: PDU length agreed. */
static size_t encode(struct ldp_msg *m, uint8_t *buf, size_t size, uint16_t max, uint32_t lsr)
{
	struct ldp_out o;

	ldp_out_open(&o, buf, size, max, (struct ldp_id){ lsr, 0 });
	assert_int_equal(ldp_out_add(&o, m), LDP_FITS);
	return ldp_out_close(&o);
}

static void decode(const uint8_t *buf, size_t n, struct ldp_msg *m, struct ldp_raw *raw)
{
	struct ldp_pdu pdu;

	assert_int_equal(ldp_pdu_decode(buf, n, 4096, NULL, &pdu), LDP_OK);
	assert_int_equal(ldp_pdu_next(&pdu, raw), LDP_OK);
	assert_int_equal(ldp_decode(raw, m, NULL), LDP_OK);
}

static void sent(struct fake_peer *fp, struct ldp_msg *m)
{
	uint8_t buf[4200];
	struct ldp_raw raw;
	struct ldp_msg got;

	assert_true(fp->p.operational);
	m->id = ++fp->next_id;
	decode(buf, encode(m, buf, sizeof(buf), 256, ME), &got, &raw);
	assert_int_equal(got.has, m->has);
	keep_msg(fp, &got);
}

bool peer_say(struct peer *p, struct ldp_msg *m)
{
	struct fake_peer *fp = fake(p);

	if (!fp->room || !p->operational)
		return false;
	if (fp->room != UINT32_MAX)
		fp->room--;
	sent(fp, m);
	return true;
}

void answer(struct peer *p, struct ldp_msg *m)
{
	sent(fake(p), m);
}

void refuse(struct peer *p, enum ldp_status_data status, const struct ldp_raw *raw)
{
	struct ldp_msg m = {
		.type = LDP_MSG_NOTIFICATION, .has = LDP_HAS(STATUS),
		.status = { .code = ldp_status_code(status), .msg_id = raw->id, .msg_type = raw->type },
	};

	assert_false(m.status.code & LDP_STATUS_FATAL);
	sent(fake(p), &m);
}

void peer_end(struct peer *p, enum ldp_status_data status, const char *why)
{
	(void)p, (void)status, (void)why;
	fail();
}

static void say_round(struct world *w)
{
	for (int i = 0; i < PEERS; i++) {
		struct fake_peer *fp = &w->peer[i];

		if (!fp->wants || !fp->p.operational || !fp->room)
			continue;
		fp->wants = false;
		lsp_calls.say(&fp->p);
	}
}

void ldp_flush(struct ldp *l)
{
	say_round(world_of(l));
}

/* ---- doubles of core ---- */

struct fake_fec *fec_at(struct world *w, uint32_t dest)
{
	struct hnode *n = table_find(&w->fecs, dest);

	return n ? container_of(n, struct fake_fec, by_dest) : NULL;
}

static struct fake_fec *fake_fec(struct world *w, uint32_t dest, uint8_t len)
{
	struct fake_fec *f = fec_at(w, dest);

	if (f)
		return f;
	if (w->n_fec == w->cap_fec) {
		w->cap_fec = w->cap_fec ? w->cap_fec * 2 : 64;
		w->fec = realloc(w->fec, w->cap_fec * sizeof(struct fake_fec *));
		assert_non_null(w->fec);
	}
	f = calloc(1, sizeof(*f));
	assert_non_null(f);
	f->dest = dest;
	f->len = len;
	f->label = NO_LABEL;
	table_add(&w->fecs, &f->by_dest, dest);
	return w->fec[w->n_fec++] = f;
}

void tell_fec(struct ldp *l, uint32_t dest, uint8_t len, const struct fact_fec *f)
{
	struct world *w = world_of(l);
	struct fake_fec *k = fake_fec(w, dest, len);

	assert_int_equal(len, 32);
	l->told = true;
	w->n_tell++;
	assert_true(f || k->told);		/* nothing goes that was not there */
	if (f && k->told && f->egress == k->f.egress && f->n == k->f.n)	/* only what differs */
		assert_int_not_equal(f->n ? memcmp(k->hop, f->hop, f->n * sizeof(*f->hop)) : 0, 0);
	k->told = f;
	k->asked = true;
	if (!f)
		return;
	assert_in_range(f->n, 0, FEC_HOPS_MAX);
	k->f = *f;
	k->f.hop = NULL;
	if (f->n)
		memcpy(k->hop, f->hop, f->n * sizeof(*f->hop));
}

void tell_session(struct peer *p, enum session_state s)
{
	(void)p, (void)s;
	fail();
}

void tell_remote(struct ldp *l, uint32_t pw, const struct fact_remote *r)
{
	(void)l, (void)pw, (void)r;
	fail();
}

void tell_event(struct ldp *l, struct log_limit *limit, enum ldp_event_kind kind, uint32_t peer, bool up, uint32_t status,
		const char *text)
{
	(void)limit;
	(void)l, (void)kind, (void)peer, (void)up, (void)status, (void)text;
}

void core_turn(struct world *w)
{
	for (uint32_t i = 0; i < w->n_fec && !w->no_core; i++) {
		struct fake_fec *f = w->fec[i];
		uint32_t label = f->label;

		if (!f->asked)
			continue;
		f->asked = false;
		if (!f->told)
			label = NO_LABEL;
		else if (f->f.egress)
			label = LDP_LABEL_IMPLICIT_NULL;
		else if (f->label == NO_LABEL || f->label == LDP_LABEL_IMPLICIT_NULL)
			label = w->next_label++;
		if (label == f->label)
			continue;
		f->label = label;
		lsps_bind(&w->l, &(struct act_bind){ f->dest, f->len, label });
	}
	w->l.told = false;
}

/* ---- the world ---- */

struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->loop = loop_new();
	assert_non_null(w->loop);
	loop_virtual(w->loop, 1000000000ull);
	w->next_label = LABEL_DYNAMIC_FIRST;
	w->l.loop = w->loop;
	w->l.enabled = true;
	w->l.lsr_id = ME;
	table_init(&w->l.peers);
	table_init(&w->fecs);
	assert_int_equal(lsps_open(&w->l), 0);
	for (int i = 0; i < PEERS; i++) {
		struct peer *p = &w->peer[i].p;

		p->ldp = &w->l;
		p->lsr = LSR(i);
		w->peer[i].room = UINT32_MAX;
		list_init(&p->pw_say);
		list_init(&p->lsp_say);
		list_init(&p->pws);
		table_add(&w->l.peers, &p->by_lsr, p->lsr);
	}
	lsps_config(&w->l);
	return w;
}

void world_free(struct world *w)
{
	for (int i = 0; i < PEERS; i++) {
		if (w->peer[i].p.lsp)
			lsp_calls.forget(&w->peer[i].p);
		assert_null(w->peer[i].p.lsp);
		assert_true(list_empty(&w->peer[i].p.lsp_say));
		free(w->peer[i].got);
	}
	lsps_close(&w->l);
	table_free(&w->l.peers);
	loop_free(w->loop);
	for (uint32_t i = 0; i < w->n_fec; i++)
		free(w->fec[i]);
	free(w->fec);
	table_free(&w->fecs);
	free(w);
}

static bool busy(const struct world *w)
{
	for (int i = 0; i < PEERS; i++)
		if (w->peer[i].wants && w->peer[i].p.operational && w->peer[i].room)
			return true;
	return w->l.told;
}

void settle_all(struct world *w)
{
	int turns = 0;

	do {
		assert_in_range(turns++, 0, 1000);
		loop_advance(w->loop, loop_now(w->loop) + 1);
		core_turn(w);
		say_round(w);
	} while (busy(w));
}

void session_up(struct world *w, int peer)
{
	struct peer *p = &w->peer[peer].p;

	p->operational = true;
	lsp_calls.up(p);
}

void session_down(struct world *w, int peer, bool held)
{
	struct peer *p = &w->peer[peer].p;

	p->operational = false;
	lsp_calls.down(p, held);
}

void hear(struct world *w, int peer, struct ldp_msg *m)
{
	struct fake_peer *fp = &w->peer[peer];
	uint8_t buf[4200];
	struct ldp_raw raw;
	struct ldp_msg got;

	if (!m->id)
		m->id = ++fp->next_id;
	decode(buf, encode(m, buf, sizeof(buf), 4096, LSR(peer)), &got, &raw);
	lsp_calls.message(&fp->p, &got, &raw);
}

void hear_label(struct world *w, int peer, uint16_t type, uint32_t dest, uint32_t label)
{
	struct ldp_msg m = {
		.type = type, .has = LDP_HAS(FEC), .n_fec = 1,
		.fec = { .type = LDP_FEC_PREFIX, .prefix = { .family = LDP_AF_IPV4, .len = 32, .ip = dest } },
	};

	if (label != NO_LABEL) {
		m.has |= LDP_HAS(LABEL);
		m.label = label;
	}
	hear(w, peer, &m);
}

void hear_wild(struct world *w, int peer, uint16_t type, bool typed, uint32_t label)
{
	struct ldp_msg m = { .type = type, .has = LDP_HAS(FEC), .n_fec = 1, .fec.type = LDP_FEC_WILDCARD };

	if (typed) {
		m.fec.type = LDP_FEC_TYPED;
		m.fec.typed.fec = LDP_FEC_PREFIX;
		m.fec.typed.family = LDP_AF_IPV4;
	}
	if (label != NO_LABEL) {
		m.has |= LDP_HAS(LABEL);
		m.label = label;
	}
	if (type == LDP_MSG_NOTIFICATION) {
		m.has |= LDP_HAS(STATUS);
		m.status.code = LDP_STATUS_END_OF_LIB;
	}
	hear(w, peer, &m);
}

void hear_addr(struct world *w, int peer, uint16_t type, uint32_t ip)
{
	uint8_t octets[4] = { (uint8_t)(ip >> 24), (uint8_t)(ip >> 16), (uint8_t)(ip >> 8), (uint8_t)ip };
	struct ldp_msg m = { .type = type, .has = LDP_HAS(ADDR_LIST),
			     .addr = { .family = LDP_AF_IPV4, .list = { octets, 4 } } };

	hear(w, peer, &m);
}

struct sys_route_told route_of(uint32_t dest, uint32_t metric, int n, ...)
{
	struct sys_route_told r = { .dest = dest, .len = 32, .metric = metric, .type = RTN_UNICAST };
	va_list ap;

	va_start(ap, n);
	for (int i = 0; i < n; i++) {
		uint32_t gateway = va_arg(ap, uint32_t);

		r.hop[r.n++] = (struct sys_hop){ .ifindex = 10 + (gateway & 0xff), .gateway = gateway, .weight = 1 };
	}
	va_end(ap);
	return r;
}

void route(struct world *w, uint32_t dest, uint32_t a, uint32_t b)
{
	struct sys_route_told r = route_of(dest, 20, b ? 2 : 1, a, b);

	lsps_route(&w->l, &r, false);
}

void route_gone(struct world *w, uint32_t dest)
{
	struct sys_route_told r = route_of(dest, 20, 0);

	lsps_route(&w->l, &r, true);
}

uint32_t label_of(struct world *w, uint32_t dest)
{
	const struct fake_fec *f = fec_at(w, dest);

	return f ? f->label : NO_LABEL;
}

const struct heard *next_msg(struct world *w, int peer)
{
	struct fake_peer *fp = &w->peer[peer];

	return fp->at < fp->n_got ? &fp->got[fp->at++] : NULL;
}

const struct heard *next_of(struct world *w, int peer, uint16_t type)
{
	const struct heard *h;

	while ((h = next_msg(w, peer)) && h->type != type)
		;
	return h;
}

uint32_t count_of(struct world *w, int peer, uint16_t type)
{
	uint32_t n = 0;

	while (next_of(w, peer, type))
		n++;
	return n;
}

void skip_msgs(struct world *w, int peer)
{
	w->peer[peer].at = w->peer[peer].n_got;
}
