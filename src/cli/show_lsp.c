/* SPDX-License-Identifier: BSD-2-Clause */
/* show_lsp.c: display mpls lsp: the static LSPs, with the state of the path each one leads to. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/display.h"

struct lsp {
	const struct m_static_lsp *cfg;
	bool has_path, up;
	char port[IFNAME_LEN];
};
struct lsps {
	struct lsp *v;
	size_t n, cap;
};

static int add_lsp(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct lsps *l = arg;
	(void)key, (void)len;

	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		void *v = realloc(l->v, cap * sizeof(*l->v));
		if (!v)
			return -1;
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = (struct lsp){ .cfg = val };
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct lsp *)a)->cfg->name, ((const struct lsp *)b)->cfg->name);
}

static int add_path(void *arg, const struct show_path *p)
{
	struct lsps *l = arg;
	struct m_static_lsp name = { 0 };
	struct lsp key = { .cfg = &name }, *found;

	snprintf(name.name, sizeof(name.name), "%.19s", p->name);
	found = l->n ? bsearch(&key, l->v, l->n, sizeof(*l->v), by_name) : NULL;
	if (!found)
		return 0;
	found->has_path = true;
	found->up = p->up;
	memcpy(found->port, p->port, sizeof(found->port));
	return 0;
}

#define VALUE(name) static void name(struct text *t, const void *rec)
#define REC const struct lsp *r = rec

VALUE(v_fec)
{
	REC;
	put_ip(t, r->cfg->role == LSP_INGRESS ? r->cfg->dest : 0);
	if (r->cfg->role == LSP_INGRESS)
		text_printf(t, "/%u", r->cfg->dest_len);
}
VALUE(v_labels)
{
	REC;
	if (r->cfg->role == LSP_INGRESS)
		text_puts(t, "NULL");
	else
		text_printf(t, "%" PRIu32, r->cfg->in_label);
	text_puts(t, "/");
	for (unsigned i = 0; i < r->cfg->n_out; i++)
		text_printf(t, "%s%" PRIu32, i ? "," : "", r->cfg->out_label[i]);
	if (!r->cfg->n_out)
		text_puts(t, "NULL");
}
VALUE(v_ifs)
{
	REC;
	const char *out = *r->port ? r->port : r->cfg->out_if;
	text_printf(t, "%s/%s", *r->cfg->in_if ? r->cfg->in_if : "-", *out ? out : "-");
}
VALUE(v_state) { REC; text_puts(t, r->cfg->role == LSP_EGRESS ? "Up" : r->has_path && r->up ? "Up" : "Down"); }
VALUE(v_name) { REC; text_puts(t, r->cfg->name); }

static const struct column columns[] = {
	{ "FEC",		19, false, v_fec },
	{ "In/Out Label",	16, false, v_labels },
	{ "In/Out IF",		44, false, v_ifs },
	{ "State",		7,  false, v_state },
	{ "Name",		0,  false, v_name },
};

void display_lsp(struct session *s, const struct args *a)
{
	static const char rule[] =
		"-------------------------------------------------------------------------------\n";
	const uint8_t key = OBJ_STATIC_LSP;
	struct lsps l = { 0 };
	(void)a;

	if (trie_walk(cfg_running(s->e->cfg), &key, 1, add_lsp, &l)) {
		free(l.v);
		say_error(s, "Not enough memory for this output.");
		return;
	}
	if (l.n)
		qsort(l.v, l.n, sizeof(*l.v), by_name);
	core_show_paths(s->e->core, add_path, &l);
	say(s, "%s                 LSP Information: STATIC LSP\n%s", rule, rule);
	table_head(&s->body, columns, N_OF(columns));
	for (size_t i = 0; i < l.n; i++)
		table_row(&s->body, columns, N_OF(columns), &l.v[i]);
	say(s, "TOTAL: %zu LSP(s) Found.\n", l.n);
	free(l.v);
}
