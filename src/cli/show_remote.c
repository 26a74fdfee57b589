/* SPDX-License-Identifier: BSD-2-Clause */
/* show_remote.c: display mpls l2vc remote-info: what far ends say of pseudowires, ours and such as match none. */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/args.h"
#include "cli/show_ldp.h"
#include "cli/show_pw.h"

#define SLICE	64			/* looked at in a step */

#define VALUE(name) static void name(struct text *t, const void *rec)
#define FAR const struct show_remote_pw *p = rec

VALUE(v_id) { FAR; text_printf(t, "%" PRIu32, p->id); }
VALUE(v_group) { FAR; text_printf(t, "%" PRIu32, p->group); }
VALUE(v_peer) { FAR; put_ip(t, p->peer); }
VALUE(v_type) { FAR; text_puts(t, pw_type_name(p->type)); }
VALUE(v_encap) { FAR; text_puts(t, pw_type_word(p->type)); }
VALUE(v_label) { FAR; text_printf(t, "%" PRIu32, p->label); }
VALUE(v_c_bit) { FAR; text_printf(t, "%d", p->c_bit); }
VALUE(v_mtu) { FAR; if (p->mtu) text_printf(t, "%u", p->mtu); }
VALUE(v_n_bit) { FAR; text_printf(t, "%d", p->status_tlv); }
VALUE(v_s_bit) { FAR; text_printf(t, "%d", p->status != 0); }
VALUE(v_cw) { FAR; text_puts(t, p->c_bit ? "Enable" : "Disable"); }
VALUE(v_notification) { FAR; text_puts(t, p->status_tlv ? "Supported" : "Not supported"); }
VALUE(v_status) { FAR; pw_put_status(t, p->status); }
VALUE(v_match) { FAR; text_puts(t, p->match ? "MATCH" : "UNMATCH"); }
VALUE(v_none) { (void)t; (void)rec; }
VALUE(v_vccv) { FAR; text_printf(t, "0x%x", p->vccv); }
VALUE(v_vlan) { FAR; text_printf(t, "%u", p->vlan); }
VALUE(v_stale) { (void)rec; text_puts(t, "from before the peer's restart, not confirmed yet"); }
static bool has_vlan(const void *rec) { FAR; return p->vlan; }
static bool is_stale(const void *rec) { FAR; return p->stale; }

static const struct column columns[] = {
	{ "VC ID",	12, false, v_id },
	{ "ID",		12, false, v_group },
	{ "Addr",	17, false, v_peer },
	{ "Encap",	10, false, v_encap },
	{ "VC Label",	10, false, v_label },
	{ "Bit",	5,  false, v_c_bit },
	{ "CELLS",	7,  false, v_mtu },
	{ "Bit",	5,  false, v_n_bit },
	{ "Bit",	0,  false, v_s_bit },
};
static const char first_line[] =
	"Transport   Group       Peer             Remote    Remote    C    MTU/   N    S\n";

/* ours beside the manual's: Requested VLAN, Graceful restart */
static const struct field fields[] = {
	{ "VC ID",		v_id },
	{ "VC Type",		v_type },
	{ "VC Label",		v_label },
	{ "Peer Address",	v_peer },
	{ "Group ID",		v_group },
	{ "MTU",		v_mtu },
	{ "Control Word",	v_cw },
	{ "Notification",	v_notification },
	{ "Status Code",	v_status },
	{ "Match Local VC",	v_match },
	{ "Max ATM CELLS",	v_none },
	{ "VCCV Code",		v_vccv },
	{ "Requested VLAN",	v_vlan, has_vlan },
	{ "Graceful restart",	v_stale, is_stale },
};
static const struct block block = { " *", "  ", 18, fields, N_OF(fields) };

/* ---- the walk: all are counted, then printed ----------------------------------------------------------------- */

struct remote {
	struct session *s;
	uint32_t vc_id;			/* 0 = all */
	bool unmatch, verbose;
	bool counted;
	uint32_t n;
	uint32_t peer, id;		/* told last: ldp_show_pws() */
	uint16_t type;
};

static void one(void *arg, const struct show_remote_pw *p)
{
	struct remote *r = arg;

	if (!p->mapped || (r->vc_id && r->vc_id != p->id) || (r->unmatch && p->match))
		return;
	if (!r->counted) {
		r->n++;
	} else if (r->verbose) {
		say(r->s, "\n");
		block_print(&r->s->body, &block, p);
	} else {
		table_row(&r->s->body, columns, N_OF(columns), p);
	}
}

static void head(struct remote *r)
{
	say(r->s, "Total remote ldp vc : %" PRIu32 "\n", r->n);
	if (r->verbose || !r->n)
		return;
	say(r->s, "\n%s", first_line);
	table_head(&r->s->body, columns, N_OF(columns));
}

static bool remote_step(struct session *s, void *state)
{
	struct remote *r = state;

	r->s = s;
	if (ldp_show_pws(s->e->ldp, &r->peer, &r->type, &r->id, SLICE, one, r))
		return true;
	if (r->counted)
		return false;
	head(r);
	r->counted = true;
	r->peer = r->id = 0;
	r->type = 0;
	return r->n;
}

void display_l2vc_remote(struct session *s, const struct args *a)
{
	struct remote *r;

	if (!ldp_ready(s))
		return;
	r = calloc(1, sizeof(*r));
	if (!r) {
		say_error(s, "Not enough memory for this output.");
		return;
	}
	r->vc_id = arg_number(a, "<vc-id>");
	r->unmatch = arg_text(a, "unmatch");
	r->verbose = arg_text(a, "verbose") || r->vc_id;
	session_job(s, remote_step, free, r);
}
