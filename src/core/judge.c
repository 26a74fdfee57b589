/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * judge.c: is a set of changes possible? Labels and VLANs have one owner each; circuits and paths have
 * limits. Judged over the whole set, so what one object gives up another may take. Changes nothing.
 */
#include <stdio.h>
#include <stdlib.h>
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

/* What the set wants to own: receive labels, in-labels, VLANs of a port. */
static uint32_t collect(struct core *c)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < c->n_change; i++) {
		const struct change *ch = &c->change[i];
		const struct m_interface *m = ch->now;
		const struct m_static_lsp *l = ch->now;

		if (ch->now && ch->type == OBJ_INTERFACE && has_circuit(m)) {
			for (int s = 0; s < 3; s++)
				if (m->pw[s].present)
					c->claim[n++] = (struct claim){ m->pw[s].rx_label, i, s };
			if (has_vlan(m))
				c->claim[n++] = (struct claim){ vlan_key(m->parent, m->vlan), i, CLAIM_VLAN };
		} else if (ch->now && ch->type == OBJ_STATIC_LSP && l->role != LSP_INGRESS) {
			c->claim[n++] = (struct claim){ l->in_label, i, CLAIM_LSP };
		}
	}
	return n;
}

static int claim_order(const void *pa, const void *pb)
{
	const struct claim *a = pa, *b = pb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->change != b->change)
		return a->change < b->change ? -1 : 1;
	return a->what - b->what;
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
	const struct label *l = cl->what == CLAIM_VLAN ? NULL : label_find(c, (uint32_t)cl->key);
	struct hnode *n = cl->what == CLAIM_VLAN ? table_find(&c->vlans, cl->key) : NULL;

	if (n) {
		const struct circuit *ci = container_of(n, struct circuit, by_vlan);

		return (struct holder){ ci->cfg->name, CLAIM_VLAN, ci->changing };
	}
	if (l && l->pw)
		return (struct holder){ l->pw->circuit->cfg->name, (int)l->pw->slot, l->pw->circuit->changing };
	if (l && l->lsp)
		return (struct holder){ l->lsp->cfg->name, CLAIM_LSP, l->lsp->changing };
	return (struct holder){ 0 };
}

static bool same_holder(const struct holder *a, const struct holder *b)
{
	return a->name && b->name && a->what == b->what && !strcmp(a->name, b->name);
}

/* Marks the holders that take part in this commit. */
static void mark(struct core *c, bool on)
{
	for (uint32_t i = 0; i < c->n_change; i++) {
		const struct change *ch = &c->change[i];

		if (!ch->old)
			continue;
		if (ch->type == OBJ_INTERFACE) {
			struct circuit *ci = circuit_named(c, ((const struct m_interface *)ch->old)->name);

			if (ci)
				ci->changing = on;
		} else if (ch->type == OBJ_STATIC_LSP) {
			struct lsp *l = lsp_named(c, ((const struct m_static_lsp *)ch->old)->name);

			if (l)
				l->changing = on;
		}
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
		snprintf(text, sizeof(text), "label %u is in use by %s%.63s%s%s", (uint32_t)cl->key,
			 by->what == CLAIM_LSP ? "static-lsp " : "", by->name, slot[0] ? " " : "", slot);
	problem(p, &c->change[cl->change], cl->what == CLAIM_VLAN ? "vlan-type" : cl->what == CLAIM_LSP ? "in-label" :
		slot_text((enum slot)cl->what), text);
}

/* @v[0..n): all claims of one thing. It goes to whoever has it; else to the first that claims it. */
static void judge_one(struct core *c, struct problems *p, const struct claim *v, uint32_t n)
{
	struct holder has = holder(c, v), winner = claimant(c, v);

	for (uint32_t i = 0; i < n; i++) {
		struct holder by = claimant(c, &v[i]);

		if (same_holder(&by, &has))
			winner = by;
	}
	if (has.name && !has.changing)
		winner = has;
	for (uint32_t i = 0; i < n; i++) {
		struct holder by = claimant(c, &v[i]);

		if (!same_holder(&by, &winner))
			refuse(c, p, &v[i], &winner);
	}
}

static void judge_claims(struct core *c, struct problems *p)
{
	uint32_t n = collect(c);

	if (n)
		qsort(c->claim, n, sizeof(*c->claim), claim_order);
	mark(c, true);
	for (uint32_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && c->claim[end].key == c->claim[i].key; end++)
			;
		judge_one(c, p, &c->claim[i], end - i);
	}
	mark(c, false);
}

/* The last object that adds beyond the limit is named; a lowered capacity names itself. */
static void judge_capacity(struct core *c, struct problems *p)
{
	int64_t circuits = c->n_circuits, paths = c->n_paths;
	const struct change *circuit = NULL, *path = NULL, *system = NULL;
	uint32_t capacity = c->capacity;
	char text[160];

	for (uint32_t i = 0; i < c->n_change; i++) {
		const struct change *ch = &c->change[i];

		if (ch->type == OBJ_INTERFACE) {
			int d = has_circuit(ch->now) - has_circuit(ch->old);

			circuits += d;
			circuit = d > 0 ? ch : circuit;
		} else if (ch->type == OBJ_STATIC_LSP) {
			int d = starts_path(ch->now) - starts_path(ch->old);

			paths += d;
			path = d > 0 ? ch : path;
		} else if (ch->type == OBJ_SYSTEM) {
			system = ch->now ? ch : NULL;
			capacity = capacity_of(c, ch->now);
		}
	}
	if (circuits > capacity && (circuit || system)) {
		snprintf(text, sizeof(text), "%lld circuits are more than the capacity of %u: raise it with "
			 "`capacity circuits` in the mpls-l2vpn view", (long long)circuits, capacity);
		problem(p, circuit ? circuit : system, circuit ? "primary" : "capacity", text);
	}
	if (paths > CORE_PATHS_MAX && path) {
		snprintf(text, sizeof(text), "more than %u ingress and transit LSPs", CORE_PATHS_MAX);
		problem(p, path, "name", text);
	}
}

size_t core_prepared(struct core *c, struct core_problem *out, size_t max)
{
	struct problems p = { .out = out, .max = max };

	judge_claims(c, &p);
	judge_capacity(c, &p);
	return p.n;
}
