/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show_template.c: display pw-template, and the command that brings a template's new values into force.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/display.h"
#include "cli/args.h"

#define VALUE(name) static void name(struct text *t, const void *rec)
#define REC const struct show_template *r = rec

static const char *enabled(bool on)
{
	return on ? "Enable" : "Disable";
}

VALUE(v_name) { REC; text_puts(t, r->cfg->name); }
VALUE(v_peer) { REC; put_ip(t, r->cfg->peer); }
VALUE(v_cw) { REC; text_puts(t, enabled(r->cfg->control_word == TG_ON)); }
VALUE(v_mtu) { REC; if (r->cfg->mtu) text_printf(t, "%u", r->cfg->mtu); }
VALUE(v_none) { (void)t; (void)rec; }
VALUE(v_total)
{
	REC;
	text_printf(t, "%" PRIu32 ", Static PW : %" PRIu32 ", LDP PW : %" PRIu32, r->users, r->users - r->signalled,
		    r->signalled);
}
VALUE(v_waits)
{
	REC;
	text_puts(t, "PeerIP ");
	put_ip(t, r->v.peer);
	text_printf(t, ", CtrlWord %s, MTU ", enabled(r->v.control_word));
	if (r->v.mtu)
		text_printf(t, "%u", r->v.mtu);
	else
		text_puts(t, "--");
	text_printf(t, "; the values above wait for: reset pw pw-template %s", r->cfg->name);
}
static bool waits(const void *rec) { REC; return r->waits; }

/* ours beside the manual's: In force */
static const struct field fields[] = {
	{ "PW Template Name",		v_name },
	{ "PeerIP",			v_peer },
	{ "Tnl Policy Name",		v_none },
	{ "CtrlWord",			v_cw },
	{ "MTU",			v_mtu },
	{ "Max Atm Cells",		v_none, NULL, .pad = 12 },
	{ "ATM Pack Overtime : ",	v_none, NULL, true },
	{ "Seq-Number",			v_none },
	{ "Transmit ATM Cells",		v_none },
	{ "TDM Encapsulation Number",	v_none, NULL, .pad = 12 },
	{ "Jitter-Buffer : ",		v_none, NULL, true },
	{ "Jitter-Buffer-Cep",		v_none, NULL, .pad = 12 },
	{ "payload-compression DBA : ",	v_none, NULL, true },
	{ "Idle-Code",			v_none, NULL, .pad = 12 },
	{ "Rtp-Header : ",		v_none, NULL, true },
	{ "VCCV Capability",		v_none },
	{ "qos-profile name",		v_none },
	{ "Total PW : ",		v_total, NULL, true },
	{ "Flowlabel",			v_none },
	{ "In force",			v_waits, waits },
};
static const struct block block = { "  ", "  ", 26, fields, N_OF(fields) };

/* ---- all templates, a slice a step --------------------------------------------------------------------- */

#define SLICE	32

struct templates {
	struct session *s;
	const struct trie *root;
	uint8_t after[64];
	size_t n_after;
	uint32_t n;
	unsigned left;
};

static int print_one(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct templates *l = arg;
	struct show_template r;

	if (len > sizeof(l->after))
		return -1;
	memcpy(l->after, key, len);
	l->n_after = len;
	if (core_show_template(l->s->e->core, ((const struct m_pw_template *)val)->name, &r)) {
		say(l->s, "\n");
		block_print(&l->s->body, &block, &r);
	}
	return --l->left == 0;
}

static bool templates_step(struct session *s, void *state)
{
	const uint8_t type = OBJ_PW_TEMPLATE;
	struct templates *l = state;

	l->s = s;
	l->left = SLICE;
	return trie_walk_after(l->root, &type, 1, l->after, l->n_after, print_one, l) == 1;
}

static void templates_end(void *state)
{
	struct templates *l = state;

	ref_put(l->root);
	free(l);
}

VALUE(v_number) { text_printf(t, "%" PRIu32, ((const struct templates *)rec)->n); }
static const struct field total_fields[] = { { "Total PW template number : ", v_number, NULL, true } };
static const struct block total_block = { " ", " ", 0, total_fields, N_OF(total_fields) };

static int count_one(void *arg, const uint8_t *key, size_t len, const void *val)
{
	(void)key, (void)len, (void)val;
	++*(uint32_t *)arg;
	return 0;
}

static void one_template(struct session *s, const char *name)
{
	struct show_template r;

	if (core_show_template(s->e->core, name, &r))
		block_print(&s->body, &block, &r);
	else
		say_error(s, "The PW template %s does not exist.", name);
}

void display_pw_template(struct session *s, const struct args *a)
{
	const uint8_t type = OBJ_PW_TEMPLATE;
	struct templates *l;

	if (arg_text(a, "<template>")) {
		one_template(s, arg_text(a, "<template>"));
		return;
	}
	l = calloc(1, sizeof(*l));
	if (!l) {
		say_error(s, "Not enough memory for this output.");
		return;
	}
	l->root = ref_get(cfg_running(s->e->cfg));
	trie_walk(l->root, &type, 1, count_one, &l->n);
	block_print(&s->body, &total_block, l);
	session_job(s, templates_step, templates_end, l);
}

/* ---- reset --------------------------------------------------------------------------------------------- */

void reset_pw_template(struct session *s, const struct args *a)
{
	const char *name = arg_text(a, "<template>");
	int n = s->e->reset_template ? s->e->reset_template(s->e->arg, name) : -ENOSYS;

	if (n == -ENOENT)
		say_error(s, "The PW template %s does not exist.", name);
	else if (n == -ENOSYS)
		say_error(s, "There is no core whose pseudowires could be reset.");
	else if (n < 0)
		say_error(s, "The PW template was not reset: %s.", strerror(-n));
	else
		say(s, "Info: %d pseudowire%s of PW template %s %s its values.\n", n, n == 1 ? "" : "s", name,
		    n == 1 ? "has" : "have");
}
