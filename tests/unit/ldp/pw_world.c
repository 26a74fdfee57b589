/* SPDX-License-Identifier: BSD-2-Clause */
/* pw_world.c: the doubles of what a session does for pseudowires; see pw_world.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pw_world.h"

static struct world *of(const struct ldp *l)
{
	return container_of(l, struct world, l);
}

/* ---- lines ---- */

static void put_line(char *to, size_t size, const char *line)
{
	size_t at = strlen(to);

	assert_true(at + strlen(line) + 2 < size);
	snprintf(to + at, size - at, "%s%s", at ? "\n" : "", line);
}

static const char *const kinds[] = { "map", "withdraw", "release", "request", "abort", "notify", "macs" };
static const uint16_t types[] = { LDP_MSG_MAPPING, LDP_MSG_WITHDRAW, LDP_MSG_RELEASE, LDP_MSG_REQUEST, LDP_MSG_ABORT,
				  LDP_MSG_NOTIFICATION, LDP_MSG_ADDRESS_WITHDRAW };
#define N_KINDS (sizeof(types) / sizeof(types[0]))

static int fec_text(const struct ldp_msg *m, char *to, size_t size)
{
	const struct ldp_fec *f = &m->fec;

	if (!(m->has & LDP_HAS(FEC)))
		return snprintf(to, size, "-");
	switch (f->type) {
	case LDP_FEC_PWID:
		if (f->pw.group_only)
			return snprintf(to, size, "group:%u:%u", f->pw.pw_type, f->pw.group);
		return snprintf(to, size, "pw:%u:%u", f->pw.pw_type, f->pw.id);
	case LDP_FEC_TYPED:
		return snprintf(to, size, "typed%s:%u", f->typed.fec == LDP_FEC_GENPWID ? "129" : "", f->typed.pw_type);
	case LDP_FEC_GENPWID:
		return snprintf(to, size, "gen:%u", f->gen.pw_type);
	}
	return snprintf(to, size, "all");
}

static void render(const struct ldp_msg *m, char *to, size_t size)
{
	const struct ldp_fec *f = &m->fec;
	size_t n = 0;
	bool one = m->has & LDP_HAS(FEC) && f->type == LDP_FEC_PWID;

	for (size_t i = 0; i < N_KINDS; i++)
		if (types[i] == m->type)
			n = (size_t)snprintf(to, size, "%s ", kinds[i]);
	assert_true(n);
	n += (size_t)fec_text(m, to + n, size - n);
#define KEY(cond, ...) do { if (cond) n += (size_t)snprintf(to + n, size - n, __VA_ARGS__); } while (0)
	KEY(one && f->pw.control_word, " c=1");
	KEY(one && !f->pw.group_only && f->pw.group, " group=%u", f->pw.group);
	KEY(m->has & LDP_HAS(LABEL), " label=%u", m->label);
	if (one && !f->pw.group_only) {
		KEY(f->pw.params.has & LDP_PARAM(MTU), " mtu=%u", f->pw.params.mtu);
		KEY(f->pw.params.has & LDP_PARAM(VLAN), " vlan=%u", f->pw.params.vlan);
		KEY(f->pw.params.has & LDP_PARAM(VCCV), " vccv=%u", f->pw.params.vccv);
	}
	KEY(m->has & LDP_HAS(PW_STATUS), " status=%u", m->pw_status);
	KEY(m->has & LDP_HAS(STATUS), " code=%u", m->status.code);
	KEY(m->has & LDP_HAS(REQUEST_ID), " req=%u", m->request_id);
	KEY(m->has & LDP_HAS(STATUS) && m->status.msg_id, " about=%u", m->status.msg_id);
#undef KEY
}

static uint32_t value(const char *line, const char *key, bool *there)
{
	char want_key[16];
	const char *at;

	snprintf(want_key, sizeof(want_key), " %s=", key);
	at = strstr(line, want_key);
	*there = at;
	return at ? (uint32_t)strtoul(at + strlen(want_key), NULL, 0) : 0;
}

static void parse_fec(const char *s, struct ldp_msg *m)
{
	struct ldp_fec *f = &m->fec;
	unsigned a = 0, b = 0;

	m->has |= LDP_HAS(FEC);
	m->n_fec = 1;
	if (sscanf(s, "pw:%u:%u", &a, &b) == 2) {
		f->type = LDP_FEC_PWID;
		f->pw.id = b;
	} else if (sscanf(s, "group:%u:%u", &a, &b) == 2) {
		f->type = LDP_FEC_PWID;
		f->pw.group_only = true;
		f->pw.group = b;
	} else if (sscanf(s, "typed:%u", &a) == 1 || sscanf(s, "typed129:%u", &a) == 1) {
		f->type = LDP_FEC_TYPED;
		f->typed.fec = s[5] == ':' ? LDP_FEC_PWID : LDP_FEC_GENPWID;
		f->typed.pw_type = (uint16_t)a;
		return;
	} else if (sscanf(s, "gen:%u", &a) == 1) {
		f->type = LDP_FEC_GENPWID;
		f->gen.pw_type = (uint16_t)a;
		return;
	} else if (!strncmp(s, "all", 3)) {
		f->type = LDP_FEC_WILDCARD;
		return;
	} else {
		m->has &= ~LDP_HAS(FEC);
		return;
	}
	f->pw.pw_type = (uint16_t)a;
}

static void parse_keys(const char *line, struct ldp_msg *m)
{
	struct ldp_params *p = &m->fec.pw.params;
	bool there;
	uint32_t v;

#define KEY(name, flag, where) do { v = value(line, name, &there); if (there) { flag; where = v; } } while (0)
	if (m->has & LDP_HAS(FEC) && m->fec.type == LDP_FEC_PWID) {
		m->fec.pw.control_word = value(line, "c", &there);
		KEY("group", , m->fec.pw.group);
		v = value(line, "mtu", &there);
		if (there)
			p->has |= LDP_PARAM(MTU), p->mtu = (uint16_t)v;
		v = value(line, "vlan", &there);
		if (there)
			p->has |= LDP_PARAM(VLAN), p->vlan = (uint16_t)v;
		v = value(line, "vccv", &there);
		if (there)
			p->has |= LDP_PARAM(VCCV), p->vccv = (uint16_t)v;
	}
	KEY("label", m->has |= LDP_HAS(LABEL), m->label);
	KEY("status", m->has |= LDP_HAS(PW_STATUS), m->pw_status);
	KEY("code", m->has |= LDP_HAS(STATUS), m->status.code);
	KEY("about", m->has |= LDP_HAS(STATUS), m->status.msg_id);
	KEY("req", m->has |= LDP_HAS(REQUEST_ID), m->request_id);
#undef KEY
}

/* ---- the codec both ways ---- */

static uint8_t wire[LDP_PDU_DEFAULT + 4];

static void through(const struct ldp_msg *m, struct ldp_msg *out, struct ldp_raw *raw)
{
	struct ldp_out o;
	struct ldp_pdu pdu;
	size_t n;

	ldp_out_open(&o, wire, sizeof(wire), LDP_PDU_DEFAULT, (struct ldp_id){ 1, 0 });
	assert_int_equal(ldp_out_add(&o, m), LDP_FITS);
	n = ldp_out_close(&o);
	assert_int_equal(ldp_pdu_decode(wire, n, LDP_PDU_DEFAULT, NULL, &pdu), LDP_OK);
	assert_int_equal(ldp_pdu_next(&pdu, raw), LDP_OK);
	assert_int_equal(ldp_decode(raw, out, NULL), LDP_OK);
}

static void went(struct world *w, struct ldp_msg *m, const char *how)
{
	struct ldp_msg out;
	struct ldp_raw raw;
	char text[256];

	m->id = w->next_id++;
	if (w->quiet)
		return;
	through(m, &out, &raw);
	assert_int_equal(out.n_skipped, 0);
	if (w->n_line) {
		struct wire *at = &w->line[(w->line_at + w->on_line++) % w->n_line];

		assert_true(w->on_line <= w->n_line && raw.all.len <= sizeof(at->octets));
		at->len = raw.all.len;
		memcpy(at->octets, raw.all.p, raw.all.len);
		return;
	}
	snprintf(text, sizeof(text), "%s", how);
	render(&out, text + strlen(text), sizeof(text) - strlen(text));
	put_line(w->said, sizeof(w->said), text);
}

bool deliver(struct world *from, struct world *to)
{
	struct ldp_msg m;
	struct ldp_raw raw;
	struct wire one;

	if (!from->on_line)
		return false;
	one = from->line[from->line_at];
	from->line_at = (from->line_at + 1) % from->n_line;
	from->on_line--;
	raw = (struct ldp_raw){ .type = (uint16_t)(one.octets[0] << 8 | one.octets[1]), .all = { one.octets, one.len } };
	raw.id = (uint32_t)one.octets[4] << 24 | (uint32_t)one.octets[5] << 16 | (uint32_t)one.octets[6] << 8 | one.octets[7];
	assert_int_equal(ldp_decode(&raw, &m, NULL), LDP_OK);
	pw_calls.message(to->p, &m, &raw);
	return true;
}

/* ---- doubles ---- */

struct peer *peer_get(struct ldp *l, uint32_t lsr, bool make)
{
	struct hnode *n = table_find(&l->peers, lsr);
	struct peer *p;

	if (n || !make)
		return n ? container_of(n, struct peer, by_lsr) : NULL;
	p = calloc(1, sizeof(*p));
	p->ldp = l;
	p->lsr = lsr;
	list_init(&p->pw_say);
	list_init(&p->lsp_say);
	list_init(&p->pws);
	table_add(&l->peers, &p->by_lsr, lsr);
	return p;
}

void peer_wants(struct peer *p)
{
	of(p->ldp)->wants = true;
}

bool peer_say(struct peer *p, struct ldp_msg *m)
{
	struct world *w = of(p->ldp);

	assert_true(p->operational);
	if (!w->room) {
		w->wants = true;	/* it is asked again when there is */
		return false;
	}
	if (w->room > 0)
		w->room--;
	w->n_said++;
	went(w, m, "");
	return true;
}

void answer(struct peer *p, struct ldp_msg *m)
{
	of(p->ldp)->n_answers++;
	went(of(p->ldp), m, "! ");
}

void refuse(struct peer *p, enum ldp_status_data status, const struct ldp_raw *raw)
{
	struct ldp_msg m = { .type = LDP_MSG_NOTIFICATION, .has = LDP_HAS(STATUS) };

	m.status.code = ldp_status_code(status);
	m.status.msg_id = raw->id;
	m.status.msg_type = raw->type;
	answer(p, &m);
}

void peer_end(struct peer *p, enum ldp_status_data status, const char *why)
{
	(void)status, (void)why;
	of(p->ldp)->ended = true;
}

void peer_needed(struct peer *p)
{
	of(p->ldp)->needed++;
}

void ldp_flush(struct ldp *l)
{
	struct world *w = of(l);

	for (int i = 0; i < 10000 && w->wants && w->p->operational && w->room; i++) {
		w->wants = false;
		w->n_asked++;
		pw_calls.say(w->p);
	}
}

void tell_remote(struct ldp *l, uint32_t pw, const struct fact_remote *r)
{
	struct world *w = of(l);
	char text[200];

	w->n_facts++;
	w->fact = *r;
	if (w->quiet || w->n_line)
		return;
	if (!r->mapped)
		snprintf(text, sizeof(text), "%u gone reason=%d", pw, (int)r->reason);
	else
		snprintf(text, sizeof(text), "%u mapped cw=%d label=%u status=%u mtu=%u vlan=%u reason=%d", pw, r->control_word,
			 r->label, r->status, r->mtu, r->vlan, (int)r->reason);
	put_line(w->facts, sizeof(w->facts), text);
}

/* ---- the world ---- */

int world_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->room = -1;
	w->next_id = 1;
	w->l.loop = loop_new();
	if (!w->l.loop)
		return -1;
	loop_virtual(w->l.loop, 1);
	assert_ptr_equal(of(&w->l), w);
	table_init(&w->l.peers);
	if (pws_open(&w->l))
		return -1;
	w->p = peer_get(&w->l, PEER, true);
	session_up(w);
	forget_all(w);
	*state = w;
	return 0;
}

int world_down(void **state)
{
	struct world *w = *state;

	table_each(&w->l.peers, n, i) {
		struct peer *p = container_of(n, struct peer, by_lsr);

		pw_calls.forget(p);
		table_del(&w->l.peers, n);
		free(p);
	}
	pws_close(&w->l);
	table_free(&w->l.peers);
	loop_free(w->l.loop);
	free(w->line);
	free(w);
	return 0;
}

void session_up(struct world *w)
{
	w->p->operational = true;
	w->p->state = SESSION_UP;
	pw_calls.up(w->p);
	turn(w);
}

void session_down(struct world *w, bool held)
{
	w->p->operational = false;
	w->p->state = held ? SESSION_HELD : SESSION_DOWN;
	pw_calls.down(w->p, held);
	turn(w);
}

void turn(struct world *w)
{
	ldp_flush(&w->l);
	loop_advance(w->l.loop, loop_now(w->l.loop) + 1);
	ldp_flush(&w->l);
}

void hear_only(struct world *w, const char *line)
{
	struct ldp_msg m = { 0 }, out;
	struct ldp_raw raw;
	const char *fec = strchr(line, ' ') + 1;
	bool there;

	for (size_t i = 0; i < N_KINDS; i++)
		if (!strncmp(line, kinds[i], strlen(kinds[i])))
			m.type = types[i];
	m.id = value(line, "id", &there);
	parse_fec(fec, &m);
	parse_keys(line, &m);
	if (m.type == LDP_MSG_NOTIFICATION)
		m.has |= LDP_HAS(STATUS);
	if (m.type == LDP_MSG_ADDRESS_WITHDRAW)
		m.has |= LDP_HAS(MAC_LIST);
	through(&m, &out, &raw);
	pw_calls.message(w->p, &out, &raw);
}

void hear(struct world *w, const char *line)
{
	hear_only(w, line);
	turn(w);
}

struct act_signal wish(uint32_t pw, uint32_t id)
{
	return (struct act_signal){ .pw = pw, .peer = PEER, .id = id, .type = LDP_PW_ETHERNET, .wanted = true,
				    .label = 1000 + pw, .mtu = 1500 };
}

void want(struct world *w, struct act_signal a)
{
	pws_signal(&w->l, &a);
	turn(w);
}

void unwant(struct world *w, uint32_t pw, uint32_t id)
{
	want(w, (struct act_signal){ .pw = pw, .peer = PEER, .id = id, .type = LDP_PW_ETHERNET });
}

struct show_remote_pw shown(struct world *w, uint32_t id)
{
	struct show_remote_pw s = { 0 };

	assert_true(ldp_show_pw(&w->l, PEER, LDP_PW_ETHERNET, id, &s));
	return s;
}

struct pw *record_of(struct world *w, uint32_t id)
{
	struct hnode *n = table_find(&pw_of(w->p)->names, (uint64_t)LDP_PW_ETHERNET << 32 | id);

	return n ? container_of(n, struct pw, by_name) : NULL;
}
