/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * label.c: the platform's label space: one owner a label, a PW slot or a static LSP (RFC 3031 3.14,
 * per-platform space). A label nobody owns stays until the run that clears its row.
 */
#include <stdio.h>
#include <string.h>

#include "core/state.h"

struct label *label_find(const struct core *c, uint32_t label)
{
	struct hnode *n = table_find(&c->labels, label);

	return n ? container_of(n, struct label, by_label) : NULL;
}

void label_dirty(struct core *c, struct label *l)
{
	queue_put(&c->dirty_labels, &l->dirty);
}

struct label *label_claim(struct core *c, uint32_t label, struct pw *pw, struct lsp *lsp)
{
	struct label *l = label_find(c, label);

	if (!l) {
		l = pool_take(&c->label_pool);
		l->label = label;
		l->row.label = label;
		table_add(&c->labels, &l->by_label, label);
	}
	l->pw = pw;
	l->lsp = lsp;
	label_dirty(c, l);
	return l;
}

void label_release(struct core *c, struct label *l)
{
	l->pw = NULL;
	l->lsp = NULL;
	l->fec = NULL;
	label_dirty(c, l);
}

static void label_fec(const struct fec *f, char *out, size_t len)
{
	char name[LSP_NAME_LEN];

	fec_name(f, name);
	snprintf(out, len, "ldp %s", name);
}

void label_user(const struct label *l, char *out, size_t len)
{
	if (l->pw)
		snprintf(out, len, "%s %s", l->pw->circuit->cfg->name, slot_text(l->pw->slot));
	else if (l->lsp)
		snprintf(out, len, "static-lsp %s", l->lsp->cfg->name);
	else if (l->fec)
		label_fec(l->fec, out, len);
	else
		snprintf(out, len, "nobody");
}

/* What the core side does to the tag (RFC 4448 4.4.1): raw carries none of the service, tagged always one. */
static uint8_t vlan_out(const struct pw *pw)
{
	bool subif = pw->circuit->cfg->parent[0];

	if (pw_tagged(pw))
		return subif ? VLAN_OUT_REWRITE : VLAN_OUT_UNDUMMY;
	return subif ? VLAN_OUT_PUSH : VLAN_OUT_KEEP;
}

static void want_pw(const struct pw *pw, struct act_label *row)
{
	const struct circuit *ci = pw->circuit;
	const struct fact_link *f = &ci->port->link;
	uint32_t longest = f->mtu + ETH_HDR;

	row->kind = LABEL_PW;
	row->index = ci->index;
	row->slot = (uint8_t)pw->slot;
	row->control_word = pw->signal && pw->signal->label ? pw->signal->control_word : pw_control_word(pw);
	row->gate = pw->slot != SLOT_BYPASS && ci->pw[SLOT_SECONDARY] && !circuit_dual(ci);
	row->bypass = ci->pw[SLOT_BYPASS];
	row->vlan_out = vlan_out(pw);
	row->vid = ci->cfg->vlan;
	if (circuit_ac_bound(ci)) {
		row->ifindex = f->ifindex;
		row->max_frame = (uint16_t)(longest > UINT16_MAX ? UINT16_MAX : longest);
	}
}

void label_want(const struct label *l, struct act_label *row)
{
	memset(row, 0, sizeof(*row));		/* padding too: rows are compared as memory */
	row->label = l->label;
	if (l->lsp && l->lsp->port) {
		row->ifindex = l->lsp->port->link.ifindex;
		if (!row->ifindex)
			return;			/* nothing can come in by it */
	}
	if (l->pw) {
		want_pw(l->pw, row);
	} else if (l->lsp && l->lsp->path && l->lsp->path->index) {
		row->kind = LABEL_SWAP;
		row->index = l->lsp->path->index;
	} else if (l->lsp && !l->lsp->path) {
		row->kind = LABEL_POP;
	} else if (l->fec && l->fec->path && l->fec->path->index && l->fec->path->told) {
		row->kind = LABEL_SWAP;
		row->index = l->fec->path->index;
		row->group = l->fec->path->group;
	}
}
