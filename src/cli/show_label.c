/* SPDX-License-Identifier: BSD-2-Clause */
/* show_label.c: labels of prefixes: display mpls ldp lsp, and the LDP part of display mpls lsp. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/args.h"
#include "cli/show_ldp.h"

#define VALUE(name) static void name(struct text *t, const void *rec)

static const char rule[] = " -------------------------------------------------------------------------------\n";

struct prefix {				/* of a FEC, looked up in its turn */
	uint32_t dest;
	uint8_t len;
};
struct core_port {			/* a device an LSP may leave by */
	uint32_t ifindex;
	char name[IFNAME_LEN];
};

struct label_row {
	const struct show_fec *f;
	bool absent;			/* not established */
	bool down;			/* or core cannot send by it now */
	bool transit;			/* with our label; else as its ingress */
	const struct show_fec_hop *hop;
	const struct show_binding *binding;	/* of the hop's neighbour, or one that is not used */
	const char *out_if;
};
#define ROW const struct label_row *r = rec; const struct show_fec *f = r->f; (void)f

static void put_label(struct text *t, uint32_t label)
{
	if (label == LABEL_NOT_BOUND)
		text_puts(t, "NULL");
	else
		text_printf(t, "%" PRIu32, label);
}

static void put_prefix(struct text *t, const struct show_fec *f)
{
	text_printf(t, "%u.%u.%u.%u/%u", f->dest >> 24, f->dest >> 16 & 255, f->dest >> 8 & 255, f->dest & 255, f->len);
}

VALUE(v_dest) { ROW; text_printf(t, "%c", r->absent ? '*' : ' '); put_prefix(t, f); }
VALUE(v_fec) { ROW; put_prefix(t, f); }
VALUE(v_labels)
{
	ROW;
	const struct show_binding *b = r->binding;

	if (b && !r->hop) {
		text_printf(t, "Liberal/%s%" PRIu32, b->stale ? "*" : "", b->label);
		return;
	}
	put_label(t, r->transit ? f->in_label : LABEL_NOT_BOUND);
	text_puts(t, b && b->stale ? "/*" : "/");
	put_label(t, r->hop ? r->hop->label : LABEL_NOT_BOUND);
}
VALUE(v_upstream) { ROW; text_puts(t, r->binding && !r->hop ? " " : r->transit ? "(all)" : "-"); }
VALUE(v_nexthop)
{
	ROW;
	if (r->binding && !r->hop) {
		text_puts(t, "DS/");
		put_ip(t, r->binding->peer);
	} else if (r->hop) {
		put_ip(t, r->hop->nexthop);
	} else {
		text_puts(t, f->egress ? "127.0.0.1" : "-");
	}
}
VALUE(v_out_if) { ROW; text_puts(t, r->binding && !r->hop ? " " : r->hop ? r->out_if : f->egress ? "InLoop0" : "-"); }
VALUE(v_in_out) { ROW; text_printf(t, "-/%s", r->hop ? r->out_if : "-"); }
VALUE(v_state) { ROW; text_puts(t, r->down ? "Down" : "Up"); }

static const struct column ldp_columns[] = {
	{ " DestAddress/Mask",	20, false, v_dest },
	{ "In/OutLabel",	15, false, v_labels },
	{ "UpstreamPeer",	16, false, v_upstream },
	{ "NextHop",		17, false, v_nexthop },
	{ "OutInterface",	0,  false, v_out_if },
};
static const struct column lsp_columns[] = {
	{ "FEC",		19, false, v_fec },
	{ "In/Out Label",	16, false, v_labels },
	{ "In/Out IF",		44, false, v_in_out },
	{ "State",		0,  false, v_state },
};

/* ---- ports --------------------------------------------------------------------------------------------------- */

#define PORTS_MAX	4096

static int count_port(void *arg, const uint8_t *key, size_t len, const void *val)
{
	const struct m_interface *i = val;
	(void)key, (void)len;

	*(size_t *)arg += i->mpls;
	return *(size_t *)arg == PORTS_MAX;
}

static int keep_port(void *arg, const uint8_t *key, size_t len, const void *val)
{
	const struct m_interface *i = val;
	struct list *l = arg;
	struct core_port *p = l->beside;
	struct cli_device d;
	(void)key, (void)len;

	if (!i->mpls || !l->s->e->device(l->s->e->arg, i->name, &d) || !d.present)
		return 0;
	p += l->n_beside++;
	p->ifindex = d.ifindex;
	snprintf(p->name, sizeof(p->name), "%s", i->name);
	return l->n_beside == PORTS_MAX;
}

static void find_ports(struct list *l)
{
	const struct trie *root = cfg_running(l->s->e->cfg);
	const uint8_t type = OBJ_INTERFACE;
	size_t n = 0;

	trie_walk(root, &type, 1, count_port, &n);
	l->beside = calloc(n + 1, sizeof(struct core_port));
	if (l->beside)
		trie_walk(root, &type, 1, keep_port, l);
	l->failed |= !l->beside;
}

static const char *port_name(const struct list *l, uint32_t ifindex)
{
	const struct core_port *p = l->beside;

	for (size_t i = 0; i < l->n_beside; i++)
		if (p[i].ifindex == ifindex)
			return p[i].name;
	return "-";
}

/* ---- rows of a FEC ------------------------------------------------------------------------------------------- */

typedef void row_fn(struct list *l, const struct label_row *r);

static const struct show_binding *binding_of(const struct show_fec *f, uint32_t peer)
{
	for (uint32_t i = 0; i < f->n_binding; i++)
		if (f->binding[i].peer == peer)
			return &f->binding[i];
	return NULL;
}

/* By a next hop: as ingress, and for those who use our label. */
static void hop_rows(struct list *l, const struct show_fec *f, const struct show_fec_hop *h, row_fn *row)
{
	struct label_row r = { .f = f, .hop = h, .binding = binding_of(f, h->peer),
			       .absent = h->label == LABEL_NOT_BOUND, .out_if = port_name(l, h->ifindex) };

	if (!r.absent)
		row(l, &r);
	r.transit = true;
	if (r.absent || f->in_label != LABEL_NOT_BOUND)
		row(l, &r);
}

static void fec_rows(struct list *l, const struct show_fec *f, row_fn *row)
{
	if (f->egress)
		row(l, &(struct label_row){ .f = f, .transit = true, .absent = f->in_label == LABEL_NOT_BOUND });
	else if (!f->n_hop && f->in_label != LABEL_NOT_BOUND)
		row(l, &(struct label_row){ .f = f, .transit = true, .absent = true });
	for (uint32_t i = 0; i < f->n_hop && !f->egress; i++)
		hop_rows(l, f, &f->hop[i], row);
}

static void liberal_rows(struct list *l, const struct show_fec *f, row_fn *row)
{
	for (uint32_t i = 0; i < f->n_binding; i++)
		if (!f->binding[i].in_use)
			row(l, &(struct label_row){ .f = f, .binding = &f->binding[i], .absent = true });
}

static int keep_fec(void *arg, const struct show_fec *f)
{
	return list_add(arg, &(struct prefix){ f->dest, f->len });
}

static bool fec_of(struct list *l, const void *rec, struct show_fec *f)
{
	const struct prefix *p = rec;

	return ldp_show_fec(l->s->e->ldp, p->dest, p->len, f);
}

/* ---- display mpls ldp lsp ------------------------------------------------------------------------------------ */

static void ldp_row(struct list *l, const struct label_row *r)
{
	table_row(&l->s->body, ldp_columns, N_OF(ldp_columns), r);
	if (r->binding && !r->hop)
		l->others++;
	else if (!r->absent)
		l->shown++;
}

static void one_fec(struct list *l, const void *rec)
{
	struct show_fec f;

	if (!fec_of(l, rec, &f))
		return;
	fec_rows(l, &f, ldp_row);
	liberal_rows(l, &f, ldp_row);
	if (l->verbose && *f.why)
		say(l->s, "  nothing can be sent by it: %s\n", f.why);
}

static void fecs_tail(struct list *l)
{
	say(l->s, "%s TOTAL: %" PRIu32 " Normal LSP(s) Found.\n TOTAL: %" PRIu32 " Liberal LSP(s) Found.\n"
		  " TOTAL: 0 FRR LSP(s) Found.\n"
		  " An asterisk (*) before an LSP means the LSP is not established\n"
		  " An asterisk (*) before a Label means the USCB or DSCB is stale\n", rule, l->shown, l->others);
}

static const struct list_how fecs_how = { sizeof(struct prefix), one_fec, fecs_tail };

void display_ldp_lsp(struct session *s, const struct args *a)
{
	const char *dest = arg_text(a, "<dest>");
	struct prefix one = { arg_ip(a, "<dest>"), (uint8_t)arg_number(a, "<mask-len>") };
	struct show_fec f;
	struct list *l;

	if (!ldp_ready(s))
		return;
	if (dest && !ldp_show_fec(s->e->ldp, one.dest, one.len, &f)) {
		say_error(s, "LDP knows no label of %s/%u: a host route, or a peer that maps it, is needed.", dest, one.len);
		return;
	}
	l = list_new(s, &fecs_how);
	if (!l)
		return;
	l->verbose = dest;
	find_ports(l);
	if (dest)
		list_add(l, &one);
	else
		l->failed |= ldp_show_fecs(s->e->ldp, keep_fec, l) < 0;
	say(s, " LDP LSP Information\n%s", rule);
	table_head(&s->body, ldp_columns, N_OF(ldp_columns));
	say(s, "%s", rule);
	list_print(l);
}

/* ---- display mpls lsp: behind the static ones ---------------------------------------------------------------- */

struct member {				/* a next hop whose state is asked for */
	uint32_t ifindex, nexthop;
	bool up;
};

static int look_at_member(void *arg, const struct show_path *p)
{
	struct member *m = arg;

	m->up |= p->up && p->ifindex == m->ifindex && p->nexthop == m->nexthop;
	return m->up;
}

static bool hop_is_up(const struct core *c, const struct show_fec *f, const struct show_fec_hop *h)
{
	struct member m = { h->ifindex, h->nexthop, false };
	struct show_ldp_lsp lsp;

	if (!core_show_fec(c, f->dest, f->len, &lsp) || !lsp.has_path)
		return false;
	if (lsp.path.group)
		core_show_group(c, lsp.path.index, look_at_member, &m);
	else
		look_at_member(&m, &lsp.path);
	return m.up;
}

static void lsp_row(struct list *l, const struct label_row *r)
{
	struct label_row row = *r;

	row.down = r->absent || (r->hop && !hop_is_up(l->s->e->core, r->f, r->hop));
	table_row(&l->s->body, lsp_columns, N_OF(lsp_columns), &row);
	l->shown++;
}

static void one_lsp(struct list *l, const void *rec)
{
	struct show_fec f;

	if (fec_of(l, rec, &f))
		fec_rows(l, &f, lsp_row);
}

static void lsps_tail(struct list *l)
{
	say(l->s, "TOTAL: %" PRIu32 " LSP(s) Found.\n", l->shown);
}

static const struct list_how lsps_how = { sizeof(struct prefix), one_lsp, lsps_tail };

void ldp_lsps(struct session *s)
{
	struct show_speaker sp = { .enabled = false };
	struct list *l;

	if (s->e->ldp)
		ldp_show_speaker(s->e->ldp, &sp);
	l = sp.enabled ? list_new(s, &lsps_how) : NULL;
	if (!l)
		return;
	find_ports(l);
	l->failed |= ldp_show_fecs(s->e->ldp, keep_fec, l) < 0;
	say(s, "%s                 LSP Information: LDP LSP\n%s", rule + 1, rule + 1);
	table_head(&s->body, lsp_columns, N_OF(lsp_columns));
	list_print(l);
}
