/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * judge.c: is a set of changes possible? Labels and VLANs have one owner each; circuits and paths have
 * limits. Judged over the whole set, so what one object gives up another may take. Changes nothing. Goes in
 * slices: while it does, no change is added to the set.
 */
#include <stdio.h>
#include <string.h>

#include "core/prepare.h"

struct problems {
	struct core_problem *out;
	size_t max, n;
};

static void problem(struct problems *p, const struct change *ch, const char *field, const char *text)
{
	if (p->n < p->max) {
		struct core_problem *o = &p->out[p->n];

		*o = (struct core_problem){ .type = ch->type, .obj = ch->now };
		snprintf(o->field, sizeof(o->field), "%s", field);
		snprintf(o->text, sizeof(o->text), "%s", text);
	}
	p->n++;
}

static void claim(struct core *c, uint64_t key, uint32_t change, int what)
{
	struct claim *cl = &c->claim[c->progress.n_claim++];

	*cl = (struct claim){ .change = change, .what = what };
	table_add(&c->claims, &cl->by_key, key);
}

/* Before anybody waits for it: a PW that cannot carry now is nothing to switch to. */
static void judge_switchover(const struct core *c, struct problems *p, const struct change *ch)
{
	const struct m_interface *old = ch->old, *now = ch->now;
	const struct circuit *ci = c->judge_now && old && now && now->switchover && !old->switchover ?
				   circuit_named(c, now->name) : NULL;
	const struct pw *pw = ci && !ci->gone ? ci->pw[SLOT_SECONDARY] : NULL;
	char why[120], text[sizeof(p->out->text)];

	if (!ci || ci->gone || !now->pw[SLOT_SECONDARY].present)
		return;
	if (now->pw_fault[SLOT_SECONDARY])
		snprintf(why, sizeof(why), "manual-set pw-ac-fault secondary is set");
	else if (!pw || memcmp(&old->pw[SLOT_SECONDARY], &now->pw[SLOT_SECONDARY], sizeof(now->pw[0])))
		snprintf(why, sizeof(why), "it changes with this commit: commit that first");
	else if (pw_well(pw))
		return;
	else
		pw_why(pw, why, sizeof(why));
	snprintf(text, sizeof(text), "the secondary cannot carry: %s", why);
	problem(p, ch, "mpls l2vpn switchover", text);
}

void core_judge_now(struct core *c, bool interactive)
{
	c->judge_now = interactive;
}

/* What the change wants to own: receive labels, in-labels, VLANs of a port. */
static void collect(struct core *c, uint32_t i)
{
	const struct change *ch = &c->change[i];
	const struct m_interface *m = ch->now;
	const struct m_static_lsp *l = ch->now;

	if (ch->now && ch->type == OBJ_INTERFACE && has_circuit(m)) {
		for (int s = 0; s < 3; s++)
			if (m->pw[s].present && m->pw[s].kind == PW_STATIC)
				claim(c, m->pw[s].rx_label, i, s);
		if (has_vlan(m))
			claim(c, vlan_key(m->parent, m->vlan), i, CLAIM_VLAN);
	} else if (ch->now && ch->type == OBJ_STATIC_LSP && l->role != LSP_INGRESS) {
		claim(c, l->in_label, i, CLAIM_LSP);
	}
}

/* Who has a thing, or wants it, in words and as far as the judgement needs. */
struct holder {
	const char *name;			/* of the object; NULL: nobody */
	int what;
	bool changing;				/* takes part in this commit: its claims are in the set */
};

static struct holder claimant(const struct core *c, const struct claim *cl)
{
	const struct m_interface *m = c->change[cl->change].now;
	const struct m_static_lsp *l = c->change[cl->change].now;

	return (struct holder){ cl->what == CLAIM_LSP ? l->name : m->name, cl->what, true };
}

static struct holder holder(const struct core *c, const struct claim *cl)
{
	uint64_t key = cl->by_key.key;
	const struct label *l = cl->what == CLAIM_VLAN ? NULL : label_find(c, (uint32_t)key);
	struct hnode *n = cl->what == CLAIM_VLAN ? table_find(&c->vlans, key) : NULL;

	if (n) {
		const struct circuit *ci = container_of(n, struct circuit, by_vlan);

		return (struct holder){ ci->cfg->name, CLAIM_VLAN, ci->changing == c->commit };
	}
	if (l && l->pw)
		return (struct holder){ l->pw->circuit->cfg->name, (int)l->pw->slot,
					l->pw->circuit->changing == c->commit };
	if (l && l->lsp)
		return (struct holder){ l->lsp->cfg->name, CLAIM_LSP, l->lsp->changing == c->commit };
	return (struct holder){ 0 };
}

static bool same_holder(const struct holder *a, const struct holder *b)
{
	return a->name && b->name && a->what == b->what && !strcmp(a->name, b->name);
}

/* Marks the holder that takes part in this commit by change @ch. */
static void mark(struct core *c, const struct change *ch)
{
	if (ch->old && ch->type == OBJ_INTERFACE) {
		struct circuit *ci = circuit_named(c, ((const struct m_interface *)ch->old)->name);

		if (ci)
			ci->changing = c->commit;
	} else if (ch->old && ch->type == OBJ_STATIC_LSP) {
		struct lsp *l = lsp_named(c, ((const struct m_static_lsp *)ch->old)->name);

		if (l)
			l->changing = c->commit;
	}
}

static void refuse(struct core *c, struct problems *p, const struct claim *cl, const struct holder *by)
{
	const struct m_interface *m = c->change[cl->change].now;
	const char *slot = by->what >= 0 ? slot_text((enum slot)by->what) : "";
	char text[sizeof(p->out->text)];

	if (cl->what == CLAIM_VLAN)
		snprintf(text, sizeof(text), "VLAN %u of %.63s is in use by %.63s", m->vlan, m->parent, by->name);
	else
		snprintf(text, sizeof(text), "label %u is in use by %s%.63s%s%s", (uint32_t)cl->by_key.key,
			 by->what == CLAIM_LSP ? "static-lsp " : "", by->name, slot[0] ? " " : "", slot);
	problem(p, &c->change[cl->change], cl->what == CLAIM_VLAN ? "vlan-type" : cl->what == CLAIM_LSP ? "in-label" :
		slot_text((enum slot)cl->what), text);
}

/* All claims of one thing, of which @first is the first. It goes to whoever has it; else to the first. */
static void judge_one(struct core *c, struct problems *p, const struct claim *first)
{
	struct hnode *newest = table_find(&c->claims, first->by_key.key);
	struct holder has = holder(c, first), winner = claimant(c, first);

	for (struct hnode *n = newest; n; n = table_again(n)) {
		struct holder by = claimant(c, container_of(n, struct claim, by_key));

		if (same_holder(&by, &has))
			winner = by;
	}
	if (has.name && !has.changing)
		winner = has;
	for (struct hnode *n = newest; n; n = table_again(n)) {
		const struct claim *cl = container_of(n, struct claim, by_key);
		struct holder by = claimant(c, cl);

		if (!same_holder(&by, &winner))
			refuse(c, p, cl, &winner);
	}
}

static int circuits_of(const struct change *ch)
{
	return ch->type == OBJ_INTERFACE ? has_circuit(ch->now) - has_circuit(ch->old) : 0;
}

static int paths_of(const struct change *ch)
{
	return ch->type == OBJ_STATIC_LSP ? starts_path(ch->now) - starts_path(ch->old) : 0;
}

static void count(struct core *c, const struct change *ch)
{
	struct progress *g = &c->progress;

	g->circuits += circuits_of(ch);
	g->paths += paths_of(ch);
	if (ch->type == OBJ_SYSTEM) {
		g->system = ch->now ? ch : NULL;
		g->capacity = capacity_of(c, ch->now);
	}
}

/* Names the last change that adds to what there is too much of, or as many of the last as are too many. */
static bool too_many(const struct core *c, struct problems *p, int (*adds)(const struct change *ch), int64_t excess,
		     const char *field, const char *text)
{
	int64_t n = 0, most = c->judge_each ? excess : 1;

	for (uint32_t i = c->n_change; i-- > 0 && n < most;) {
		if (adds(&c->change[i]) <= 0)
			continue;
		problem(p, &c->change[i], field, text);
		n++;
	}
	return n > 0;
}

/* A lowered capacity names itself. */
static void judge_capacity(const struct core *c, struct problems *p)
{
	const struct progress *g = &c->progress;
	char text[160];

	if (g->circuits > g->capacity) {
		snprintf(text, sizeof(text), "%lld circuits are more than the capacity of %u: raise it with "
			 "`capacity circuits` in the mpls-l2vpn view", (long long)g->circuits, g->capacity);
		if (!too_many(c, p, circuits_of, g->circuits - g->capacity, "primary", text) && g->system)
			problem(p, g->system, "capacity", text);
	}
	int64_t ldp = (int64_t)c->paths.n - c->n_paths, room = ldp < CORE_PATHS_MAX ? CORE_PATHS_MAX - ldp : 0;

	if (g->paths > room) {
		snprintf(text, sizeof(text), "more than %u ingress and transit LSPs", CORE_PATHS_MAX);
		if (ldp)
			snprintf(text, sizeof(text), "more than %lld ingress and transit LSPs beside %lld paths of LDP",
				 (long long)room, (long long)ldp);
		too_many(c, p, paths_of, g->paths - room, "name", text);
	}
}

void core_judge_each(struct core *c, bool each)
{
	c->judge_each = each;
}

static void begin(struct core *c)
{
	c->commit++;
	table_free(&c->claims);
	c->progress = (struct progress){
		.step = STEP_COLLECT, .circuits = c->n_circuits, .paths = c->n_paths, .capacity = c->capacity,
	};
}

bool core_prepared_slice(struct core *c, uint32_t work, struct core_problem *out, size_t max, size_t *n)
{
	struct progress *g = &c->progress;
	struct problems p = { .out = out, .max = max };

	if (g->step != STEP_COLLECT && g->step != STEP_JUDGE)
		begin(c);
	p.n = g->problems;
	for (; work && g->step == STEP_COLLECT && g->at < c->n_change; g->at++, work--) {
		collect(c, g->at);
		mark(c, &c->change[g->at]);
		count(c, &c->change[g->at]);
		if (c->change[g->at].type == OBJ_INTERFACE)
			judge_switchover(c, &p, &c->change[g->at]);
	}
	if (g->step == STEP_COLLECT && g->at == c->n_change) {
		g->step = STEP_JUDGE;
		g->at = 0;
	}
	for (; work && g->step == STEP_JUDGE && g->at < g->n_claim; g->at++, work--)
		if (!table_again(&c->claim[g->at].by_key))	/* there is none before it */
			judge_one(c, &p, &c->claim[g->at]);
	bool more = g->step == STEP_COLLECT || g->at < g->n_claim;

	if (!more) {
		g->step = STEP_JUDGED;
		judge_capacity(c, &p);
	}
	*n = g->problems = p.n;
	return more;
}

size_t core_prepared(struct core *c, struct core_problem *out, size_t max)
{
	size_t n;

	while (core_prepared_slice(c, UINT32_MAX, out, max, &n))
		;
	return n;
}
