/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lsp.c: owns the tables of FECs and of labels heard and said, and the work on them that goes in slices; see lsp.h.
 */
#include "ldp/lsp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* ---- FECs ---- */

static uint64_t prefix_key(uint32_t dest, uint8_t len)
{
	return (uint64_t)dest << 8 | len;
}

struct fec *fec_find(const struct lsps *s, uint32_t dest, uint8_t len)
{
	struct hnode *n = table_find(&s->fecs, prefix_key(dest, len));

	return n ? container_of(n, struct fec, by_prefix) : NULL;
}

struct fec *fec_get(struct lsps *s, uint32_t dest, uint8_t len)
{
	struct fec *f = fec_find(s, dest, len);

	if (f)
		return f;
	f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->dest = dest;
	f->len = len;
	f->in_label = f->out = NO_LABEL;
	list_init(&f->binds);
	table_add(&s->fecs, &f->by_prefix, prefix_key(dest, len));
	list_add(&s->all, &f->all);
	return f;
}

static struct fec *fec_after(const struct lsps *s, const struct fec *f)
{
	return f->all.next == &s->all ? NULL : list_entry(f->all.next, struct fec, all);
}

static void fec_free(struct lsps *s, struct fec *f)
{
	if (s->redo == f)
		s->redo = fec_after(s, f);
	list_each(struct lsp_peer, lp, &s->walks, walks)
		if (lp->walk == f)
			lp->walk = fec_after(s, f);
	table_del(&s->fecs, &f->by_prefix);
	table_del(&s->in_labels, &f->by_label);
	list_del(&f->all);
	if (f->n_told > 1)
		free(f->hop.many);
	free(f);
}

void fec_gc(struct lsps *s, struct fec *f)
{
	if (!f->route && !f->egress && !f->told && f->in_label == NO_LABEL && list_empty(&f->binds))
		fec_free(s, f);
}

/* ---- labels heard and said ---- */

static uint64_t bind_key(const struct fec *f, const struct lsp_peer *lp)
{
	return ((uint64_t)f->dest << 32 | lp->lsr) ^ f->len;
}

/* With .voids in it, so that what is void and not swept yet is not found. */
uint64_t label_key(const struct lsp_peer *lp, uint32_t label)
{
	return (uint64_t)lp->lsr << 32 | (lp->voids & 0xfff) << 20 | label;
}

struct lsp_bind *bind_find(const struct lsps *s, const struct fec *f, const struct lsp_peer *lp)
{
	for (struct hnode *n = table_find(&s->binds, bind_key(f, lp)); n; n = table_again(n)) {
		struct lsp_bind *b = container_of(n, struct lsp_bind, by_name);

		if (b->fec == f && b->peer == lp)
			return b;
	}
	return NULL;
}

struct lsp_bind *bind_get(struct lsps *s, struct fec *f, struct lsp_peer *lp)
{
	struct lsp_bind *b = bind_find(s, f, lp);

	if (!b) {
		b = calloc(1, sizeof(*b));
		if (!b)
			return NULL;
		b->fec = f;
		b->peer = lp;
		b->heard = NO_LABEL;
		b->session = lp->session;
		b->said = NO_LABEL;
		lp->n_binds++;
		list_add(&f->binds, &b->of_fec);
		table_add(&s->binds, &b->by_name, bind_key(f, lp));
	}
	bind_now(b);
	return b;
}

void bind_now(struct lsp_bind *b)
{
	if (b->session == b->peer->session)
		return;
	b->session = b->peer->session;
	b->said = NO_LABEL;
	b->waits = 0;
	b->released = b->requested = false;
}

static void bind_free(struct lsps *s, struct lsp_bind *b)
{
	list_del(&b->of_fec);
	list_del(&b->in_heard);
	list_del(&b->in_said);
	list_del(&b->say);
	table_del(&s->binds, &b->by_name);
	table_del(&s->labels, &b->by_label);
	b->peer->n_binds--;
	free(b);
}

void bind_gc(struct lsps *s, struct lsp_bind *b)
{
	struct fec *f = b->fec;
	struct lsp_peer *lp = b->peer;

	bind_now(b);
	if (b->said == NO_LABEL) {
		list_del(&b->in_said);
		if (b->requested || ((b->waits || b->released) && fec_known(s, f)))
			list_add(&lp->rest, &b->in_said);
	}
	if (list_in(&b->in_heard) || list_in(&b->in_said) || list_in(&b->say))
		return;
	bind_free(s, b);
	fec_gc(s, f);
	lsp_peer_gc(s, lp);
}

void bind_hear(struct lsps *s, struct lsp_bind *b, uint32_t label)
{
	struct lsp_peer *lp = b->peer;

	if (heard_valid(b)) {		/* else the peer's counts know it no more */
		lp->n_stale -= b->epoch < lp->fresh;
		lp->p->n_lsps--;
	}
	if (list_in(&b->in_heard)) {
		list_del(&b->in_heard);
		table_del(&s->labels, &b->by_label);
		s->n_heard--;
	}
	b->heard = label;
	b->fell = false;
	if (label == NO_LABEL)
		return;
	b->epoch = lp->epoch;
	list_add(&lp->heard, &b->in_heard);
	table_add(&s->labels, &b->by_label, label_key(lp, label));
	s->n_heard++;
	lp->p->n_lsps++;
}

void bind_say_again(struct lsp_bind *b)
{
	struct peer *p = b->peer->p;

	list_del(&b->say);		/* it may wait in .void_say */
	list_add(&p->lsp_say, &b->say);
	peer_wants(p);
	lsps_kick(p->ldp->lsps);	/* it may be a fact of the kernel that made it so: nobody else flushes */
}

/* ---- work in slices ---- */

static bool step_heard(struct lsps *s)
{
	struct lsp_bind *b;

	if (list_empty(&s->void_heard))
		return false;
	b = list_entry(s->void_heard.next, struct lsp_bind, in_heard);
	list_del(&b->in_heard);
	table_del(&s->labels, &b->by_label);
	s->n_heard--;
	b->heard = NO_LABEL;
	fec_resolve(s, b->fec);
	bind_gc(s, b);
	return true;
}

static bool step_said(struct lsps *s)
{
	struct lsp_bind *b;

	if (list_empty(&s->void_said))
		return false;
	b = list_entry(s->void_said.next, struct lsp_bind, in_said);
	list_del(&b->in_said);
	bind_gc(s, b);
	return true;
}

static bool step_say(struct lsps *s)
{
	struct lsp_bind *b;

	if (list_empty(&s->void_say))
		return false;
	b = list_entry(s->void_say.next, struct lsp_bind, say);
	list_del(&b->say);
	bind_gc(s, b);
	return true;
}

static bool step_redo(struct lsps *s)
{
	struct fec *f = s->redo;

	if (!f) {
		s->retell = false;
		return false;
	}
	s->redo = fec_after(s, f);
	if (s->retell && fec_known(s, f))
		f->told = false;
	fec_resolve(s, f);
	fec_gc(s, f);
	return true;
}

static bool step_resume(struct lsps *s)
{
	struct lsp_peer *lp;

	if (list_empty(&s->resume))
		return false;
	lp = list_entry(s->resume.next, struct lsp_peer, resume);
	list_del(&lp->resume);
	peer_wants(lp->p);
	return true;
}

/* What forwards comes first. */
static bool (*const steps[])(struct lsps *s) = { via_step, step_heard, step_redo, step_said, step_say, step_resume };

static bool one_step(struct lsps *s)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (steps[i](s))
			return true;
	return false;
}

static bool work(void *arg)
{
	struct lsps *s = arg;
	struct ldp *l = s->ldp;
	bool more = true;

	loop_doing(l->loop, "labels of prefixes");
	for (uint32_t n = 1; more; n++) {
		more = one_step(s);
		if (n % 32 == 0 && loop_slice_over(l->loop))
			break;
	}
	ldp_flush(l);
	return more;
}

void lsps_kick(struct lsps *s)
{
	loop_idle(s->ldp->loop, work, s);
}

void lsps_limit(struct lsps *s, const char *what, uint32_t peer)
{
	uint32_t missed;

	if (log_allowed(&s->limit, loop_now(s->ldp->loop), &missed))
		log_event(LOG_P_WARNING, "ldp-limit", "what=\"%s\" peer=%u.%u.%u.%u missed=%" PRIu32, what, peer >> 24,
			  peer >> 16 & 255, peer >> 8 & 255, peer & 255, missed);
}

/* ---- the whole ---- */

int lsps_open(struct ldp *l)
{
	struct lsps *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->ldp = l;
	s->limit.burst = 5;
	struct table *const tables[] = { &s->fecs, &s->in_labels, &s->binds, &s->labels, &s->vias, &s->addrs, &s->own,
					 &s->own_on };
	struct list *const lists[] = { &s->all, &s->peers, &s->up, &s->walks, &s->resume, &s->dirty, &s->void_heard,
				       &s->void_said, &s->void_say, &s->own_log };

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		table_init(tables[i]);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		list_init(lists[i]);
	l->lsps = s;
	return 0;
}

void lsps_close(struct ldp *l)
{
	struct lsps *s = l->lsps;

	if (!s)
		return;
	list_each_safe(struct fec, f, &s->all, all) {
		list_each_safe(struct lsp_bind, b, &f->binds, of_fec)
			bind_free(s, b);
		route_free_all(s, f);
		fec_free(s, f);
	}
	list_each_safe(struct lsp_peer, lp, &s->peers, all)
		lsp_peer_free(s, lp);
	own_free_all(s);
	struct table *const tables[] = { &s->fecs, &s->in_labels, &s->binds, &s->labels, &s->vias, &s->addrs, &s->own,
					 &s->own_on };

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		table_free(tables[i]);
	loop_idle_off(l->loop, work, s);
	free(s);
	l->lsps = NULL;
}

static void redo_all(struct lsps *s)
{
	s->redo = list_empty(&s->all) ? NULL : list_entry(s->all.next, struct fec, all);
	lsps_kick(s);
}

void lsps_config(struct ldp *l)
{
	struct lsps *s = l->lsps;
	bool running = l->enabled && l->lsr_id;
	uint32_t former = s->lsr_id;

	if (running != s->running || l->cfg.ordered != s->ordered) {
		s->running = running;
		s->ordered = l->cfg.ordered;
		redo_all(s);
	}
	s->lsr_id = l->lsr_id;
	egress_refresh(s, former);
	egress_refresh(s, s->lsr_id);
	list_each(struct lsp_peer, lp, &s->up, up)
		if (lp->offers != peer_offered(lp))
			peer_wants(lp->p);
}

void lsps_retell(struct ldp *l)
{
	l->lsps->retell = true;
	redo_all(l->lsps);
}

void lsps_recovered(struct ldp *l)
{
	redo_all(l->lsps);
	list_each(struct lsp_peer, lp, &l->lsps->up, up)
		peer_wants(lp->p);	/* the End-of-LIB waited */
}

void lsps_bind(struct ldp *l, const struct act_bind *a)
{
	struct lsps *s = l->lsps;
	struct fec *f = fec_find(s, a->dest, a->len);

	if (!f || f->in_label == a->label)
		return;
	table_del(&s->in_labels, &f->by_label);
	f->in_label = a->label;
	if (f->in_label != NO_LABEL)
		table_add(&s->in_labels, &f->by_label, f->in_label);
	fec_update_out(s, f);
	fec_gc(s, f);
}

const struct ldp_app_calls lsp_calls = {
	.up = lsp_up,
	.down = lsp_down,
	.recovered = lsp_peer_recovered,
	.forget = lsp_forget,
	.say = lsp_say,
	.message = lsp_message,
};
