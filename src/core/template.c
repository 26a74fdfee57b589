/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * template.c: pw-templates: what a PW takes from one, and which of a template's values are in force. Values
 * configured while a PW uses the template wait for core_reset_template(); those in force meanwhile are told as
 * a record, so that the next engine goes on with them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/run.h"

struct template *template_find(const struct core *c, const char *name)
{
	for (struct hnode *n = table_find(&c->templates, core_key(name)); n; n = table_again(n)) {
		struct template *t = container_of(n, struct template, by_name);

		if (!strcmp(t->name, name))
			return t;
	}
	return NULL;
}

static struct template *template_get(struct core *c, const char *name)
{
	struct template *t = template_find(c, name);

	if (t)
		return t;
	t = pool_take(&c->template_pool);
	snprintf(t->name, sizeof(t->name), "%s", name);
	list_init(&t->pws);
	table_add(&c->templates, &t->by_name, core_key(t->name));
	return t;
}

static void template_dirty(struct core *c, struct template *t)
{
	list_add(&c->dirty_templates, &t->dirty);
}

static struct template_values values_of(const struct m_pw_template *m)
{
	return m ? (struct template_values){ m->peer, m->control_word == TG_ON, m->mtu } : (struct template_values){ 0 };
}

static bool same_values(const struct template_values *a, const struct template_values *b)
{
	return a->peer == b->peer && a->control_word == b->control_word && a->mtu == b->mtu;
}

bool template_waits(const struct template *t)
{
	struct template_values v = values_of(t->cfg);

	return t->cfg && !same_values(&t->v, &v);
}

/* Its users turn to the one peer it may name: from the pool. */
static void take_force(struct core *c, struct template *t, const struct template_values *v, bool recreate)
{
	round_cancel(c);
	t->v = *v;
	template_dirty(c, t);
	list_each(struct pw, pw, &t->pws, on_template) {
		pw_repeer(c, pw);
		pw->recreated |= recreate;
		if (pw->signal)
			pw->signal->anew |= recreate;
		circuit_dirty(c, pw->circuit);
	}
}

void template_change(struct core *c, const struct m_pw_template *old, const struct m_pw_template *now)
{
	struct template *t = template_get(c, now ? now->name : old->name);

	struct template_values v = values_of(now);
	bool first = !t->cfg;			/* for PWs that named it before it was there */

	ref_put(t->cfg);
	t->cfg = ref_get(now);
	template_dirty(c, t);
	if (first)
		take_force(c, t, &v, false);
}

void template_join(struct core *c, struct pw *pw)
{
	if (pw->template || !pw_cfg(pw)->template[0])
		return;
	pw->template = template_get(c, pw_cfg(pw)->template);
	list_add(&pw->template->pws, &pw->on_template);
	pw->template->users++;
	pw->template->signalled += pw_cfg(pw)->kind == PW_LDP;
	template_dirty(c, pw->template);
}

void template_leave(struct core *c, struct pw *pw)
{
	if (!pw->template)
		return;
	list_del(&pw->on_template);
	pw->template->users--;
	pw->template->signalled -= pw_cfg(pw)->kind == PW_LDP;
	template_dirty(c, pw->template);
	pw->template = NULL;
}

void templates_settle(struct core *c)
{
	list_each(struct template, t, &c->dirty_templates, dirty)
		if (list_empty(&t->pws))
			t->v = values_of(t->cfg);
}

/* ---- what a PW makes of it ---------------------------------------------------------------------- */

uint32_t pw_peer(const struct pw *pw)
{
	return pw_cfg(pw)->peer || !pw->template ? pw_cfg(pw)->peer : pw->template->v.peer;
}

bool pw_control_word(const struct pw *pw)
{
	if (pw_cfg(pw)->control_word == TG_DEFAULT)
		return pw->template && pw->template->v.control_word;
	return pw_cfg(pw)->control_word == TG_ON;
}

uint16_t pw_mtu(const struct pw *pw)
{
	if (pw->circuit->cfg->mtu)
		return pw->circuit->cfg->mtu;
	return pw->template && pw->template->v.mtu ? pw->template->v.mtu : DEFAULT_MTU;
}

void pw_repeer(struct core *c, struct pw *pw)
{
	uint32_t addr = pw_peer(pw);

	if (pw->peer && pw->peer->addr == addr)
		return;
	if (pw->peer && pw->signal)
		signal_void(c, pw);
	peer_leave(c, pw);
	peer_join(c, peer_of(c, addr), pw);
}

/* ---- new values come into force ----------------------------------------------------------------- */

/* 0, or -ENOMEM: nothing was done. */
static int put_in_force(struct core *c, struct template *t, const struct template_values *v, bool recreate)
{
	uint32_t promised = c->peer_pool.promised;	/* of a commit under way */
	int rc = pool_promise(&c->peer_pool, 1);

	if (!rc)
		take_force(c, t, v, recreate);
	pool_keep(&c->peer_pool, promised);
	return rc;
}

int core_reset_template(struct core *c, const char *name)
{
	struct template *t = template_find(c, name);

	if (!t || !t->cfg)
		return -ENOENT;
	struct template_values v = values_of(t->cfg);
	int rc = template_waits(t) ? put_in_force(c, t, &v, true) : 0;

	return rc ? rc : (int)t->users;
}

bool core_seed_template(struct core *c, const char *name, const struct template_values *v)
{
	struct template *t = template_find(c, name);

	if (!t || !t->cfg || list_empty(&t->pws) || put_in_force(c, t, v, false))
		return false;
	t->kept = true;
	t->kept_v = *v;
	return true;
}

/* ---- in a run ----------------------------------------------------------------------------------- */

static bool template_tell(struct core *c, struct template *t)
{
	struct action a = { .kind = ACT_KEEP_TEMPLATE };
	bool keep = template_waits(t) && !list_empty(&t->pws);

	if (keep == t->kept && (!keep || same_values(&t->kept_v, &t->v)))
		return true;
	snprintf(a.keep_template.name, sizeof(a.keep_template.name), "%s", t->name);
	a.keep_template.keep = keep;
	a.keep_template.v = t->v;
	if (!emit(c, &a))
		return false;
	t->kept = keep;
	t->kept_v = t->v;
	return true;
}

void templates_tell(struct core *c)
{
	list_each_safe(struct template, t, &c->dirty_templates, dirty) {
		if (!template_tell(c, t))
			return;
		list_del(&t->dirty);
		if (t->cfg || !list_empty(&t->pws))
			continue;
		table_del(&c->templates, &t->by_name);
		free(t);
	}
}
