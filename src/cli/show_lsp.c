/* SPDX-License-Identifier: BSD-2-Clause */
/* show_lsp.c: display mpls lsp: the static LSPs, with the state of the path each one leads to. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/args.h"
#include "cli/display.h"

struct lsp {
	const struct m_static_lsp *cfg;
	bool has_path;
	struct show_path path;
};

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
	const char *out = r->has_path && *r->path.port ? r->path.port : r->cfg->out_if;
	text_printf(t, "%s/%s", *r->cfg->in_if ? r->cfg->in_if : "-", *out ? out : "-");
}
VALUE(v_state) { REC; text_puts(t, r->cfg->role == LSP_EGRESS || (r->has_path && r->path.up) ? "Up" : "Down"); }
VALUE(v_name) { REC; text_puts(t, r->cfg->name); }

static const struct column columns[] = {
	{ "FEC",		19, false, v_fec },
	{ "In/Out Label",	16, false, v_labels },
	{ "In/Out IF",		44, false, v_ifs },
	{ "State",		7,  false, v_state },
	{ "Name",		0,  false, v_name },
};

/* ---- all of them, a slice a step ------------------------------------------------------------------- */

#define SLICE	32

struct lsps {
	struct session *s;
	const struct trie *root;
	uint8_t after[64];
	size_t n_after;
	uint32_t n;
	unsigned left;
};

VALUE(v_total) { text_printf(t, "%" PRIu32, ((const struct lsps *)rec)->n); }

static const struct field total_fields[] = {
	{ "TOTAL: ",		v_total, NULL, true, .pad = 1 },
	{ " LSP(s) Found.",	NULL,	 NULL, true },
};
static const struct block total_block = { "", "", 0, total_fields, N_OF(total_fields) };

static int print_one(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct lsps *l = arg;
	struct lsp r = { .cfg = val };

	if (len > sizeof(l->after))
		return -1;
	memcpy(l->after, key, len);
	l->n_after = len;
	l->n++;
	r.has_path = core_show_lsp(l->s->e->core, r.cfg->name, &r.path);
	table_row(&l->s->body, columns, N_OF(columns), &r);
	return --l->left == 0;
}

static bool lsps_step(struct session *s, void *state)
{
	const uint8_t type = OBJ_STATIC_LSP;
	struct lsps *l = state;

	l->s = s;
	l->left = SLICE;
	if (trie_walk_after(l->root, &type, 1, l->after, l->n_after, print_one, l) == 1)
		return true;
	block_print(&s->body, &total_block, l);
	ldp_lsps(s);
	return false;
}

static void lsps_end(void *state)
{
	struct lsps *l = state;

	ref_put(l->root);
	free(l);
}

void display_lsp(struct session *s, const struct args *a)
{
	static const char rule[] =
		"-------------------------------------------------------------------------------\n";
	struct lsps *l = calloc(1, sizeof(*l));
	(void)a;

	if (!l) {
		say_error(s, "Not enough memory for this output.");
		return;
	}
	l->root = ref_get(cfg_running(s->e->cfg));
	say(s, "%s                 LSP Information: STATIC LSP\n%s", rule, rule);
	table_head(&s->body, columns, N_OF(columns));
	session_job(s, lsps_step, lsps_end, l);
}
