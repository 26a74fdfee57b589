/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show_vpws.c: display mpls l2vpn vpws: who protects whom, a line a pseudowire, or all of one circuit.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/show_pw.h"
#include "cli/args.h"
#include "wire/ldp.h"

#define VALUE(name) static void name(struct text *t, const void *rec)
#define PW const struct pw_rec *r = rec; const struct show_pw *pw = r->pw; (void)pw
#define CIRCUIT const struct circuit_rec *r = rec; const struct show_circuit *c = r->c; (void)c

static const char rule[] =
	"-------------------------------------------------------------------------------\n";

/* ---- a line a pseudowire ---------------------------------------------------------------------------- */

VALUE(v_virtual) { PW; put_ip(t, pw->peer); text_printf(t, ":%" PRIu32, pw->cfg.vc_id); }
VALUE(v_state) { PW; text_puts(t, vc_up(r->c, pw) ? "Up" : "Down"); }
VALUE(v_active) { PW; text_puts(t, pw->active ? "Active" : "Inactive"); }
VALUE(v_role) { PW; text_puts(t, (const char *[]){ "Pri", "Sec", "Byp" }[r->slot]); }

static const struct column columns[] = {
	{ "Access Circuit",	30, false, pw_put_interface },
	{ "Virtual Circuit",	28, false, v_virtual },
	{ "States",		8,  false, v_state },
	{ "Active",		10, false, v_active },
	{ "Role",		0,  false, v_role },
};

static void head(struct walk *w)
{
	say(w->s, "Pri : Primary  Sec : Secondary  Byp : Bypass\nPWb : PW-bypass  Acb : AC-bypass\n%s", rule);
	table_head(&w->s->body, columns, N_OF(columns));
	say(w->s, "%s", rule);
}

static void one(struct walk *w)
{
	struct pw_rec r;

	for (unsigned i = 0; i < 3; i++) {
		if (!w->c.pw[i].present)
			continue;
		pw_rec_of(&r, w, i);
		table_row(&w->s->body, columns, N_OF(columns), &r);
	}
}

/* ---- all of one circuit -------------------------------------------------------------------------------- */

VALUE(v_name) { CIRCUIT; text_puts(t, c->name); }
VALUE(v_ac) { CIRCUIT; text_puts(t, c->ac_up ? "Up" : "Down"); }
VALUE(v_service) { CIRCUIT; text_puts(t, c->cfg->service_name); }
VALUE(v_description) { CIRCUIT; text_puts(t, c->cfg->l2vpn_description); }
VALUE(v_mode) { CIRCUIT; if (is_protected(c)) text_puts(t, "FRR"); }
VALUE(v_dual) { CIRCUIT; text_puts(t, c->dual_receiving ? "enable" : "disable"); }
VALUE(v_when)
{
	CIRCUIT;
	put_wall(t, c->switched_ns ? r->wall_ns - (int64_t)(r->now_ns - c->switched_ns) : 0);
}
VALUE(v_action)
{
	CIRCUIT;
	if (c->switched_ns)
		text_printf(t, "%s to %s", slot_name(c->switched_from), slot_name(c->switched_to));
}
VALUE(v_revert) { CIRCUIT; text_printf(t, "to primary in %" PRIu32 " s", reverts_in(c, r->now_ns)); }
static bool has_service(const void *rec) { CIRCUIT; return c->cfg->service_name; }
static bool has_description(const void *rec) { CIRCUIT; return c->cfg->l2vpn_description; }
static bool reverts(const void *rec) { CIRCUIT; return c->revert_at_ns; }

/* ours beside the manual's: Service name, Description, Running switchback */
static const struct field circuit_fields[] = {
	{ "Access circuit",		v_name },
	{ "Interface state",		v_ac },
	{ "Service name",		v_service, has_service },
	{ "Description",		v_description, has_description },
	{ "Protect mode",		v_mode },
	{ "Reroute policy",		circuit_put_reroute },
	{ "Running switchback",		v_revert, reverts },
	{ "Dual receive",		v_dual },
	{ "Last change time",		v_when },
	{ "Last change action",		v_action },
	{ "Last change reason",		circuit_put_reason },
};
static const struct block circuit_block = { "", "", 22, circuit_fields, N_OF(circuit_fields) };

VALUE(v_pair_label)
{
	PW;
	if (is_signalled(pw))
		text_printf(t, "%" PRIu32 " / %" PRIu32, pw->local_label, pw->signal.remote_label);
	else
		text_printf(t, "%" PRIu32 " / %" PRIu32, pw->cfg.rx_label, pw->cfg.tx_label);
}
VALUE(v_pair_mtu)
{
	PW;
	text_printf(t, "%u / ", pw->mtu);
	if (pw->signal.mapped && pw->signal.remote_mtu)
		text_printf(t, "%u", pw->signal.remote_mtu);
	else
		text_puts(t, "--");
}
VALUE(v_pair_cw)
{
	PW;
	text_printf(t, "%s / %s", pw->control_word ? "enable" : "disable",
		    !r->far.mapped ? "--" : r->far.c_bit ? "enable" : "disable");
}
VALUE(v_pair_status)
{
	PW;
	pw_put_status(t, is_signalled(pw) ? pw->signal.local_status : vc_up(r->c, pw) ? 0 : LDP_PW_NOT_FORWARDING);
	text_puts(t, " / ");
	if (pw->signal.mapped)
		pw_put_status(t, pw->signal.remote_status);
	else
		text_puts(t, "--");
}
VALUE(v_pair_group)
{
	PW;
	if (!is_signalled(pw))
		text_puts(t, "-- / --");
	else if (r->far.mapped)
		text_printf(t, "0 / %" PRIu32, r->far.group);
	else
		text_puts(t, "0 / --");
}
VALUE(v_pair_vccv)
{
	PW;
	if (!is_signalled(pw)) {
		text_puts(t, "-- / --");
		return;
	}
	text_puts(t, "none / ");
	pw_put_vccv(t, r->far.mapped ? r->far.vccv : 0);
}
VALUE(v_type) { PW; text_puts(t, is_signalled(pw) ? "LDP VC" : "static"); }
VALUE(v_session) { PW; if (is_signalled(pw)) text_puts(t, up_down(pw->signal.session == SESSION_UP)); }

static const struct field vc_fields[] = {
	{ "VC type",			v_type },
	{ "VC state",			pw_put_state },
	{ "Peer IP",			pw_put_peer },
	{ "VC ID",			pw_put_vc_id },
	{ "Encapsulation type",		pw_put_vc_type },
	{ "LDP session state",		v_session },
	{ "VC information (Local / Remote)", NULL, NULL, true },
	{ "  Label",			v_pair_label },
	{ "  MTU",			v_pair_mtu },
	{ "  Control word",		v_pair_cw },
	{ "  Status code",		v_pair_status },
	{ "  Group ID",			v_pair_group },
	{ "  VCCV status",		v_pair_vccv },
	{ "VC last up time",		pw_put_last_up },
	{ "VC total up time",		pw_put_total_up },
};
static const struct block vc_block = { "  ", "  ", 20, vc_fields, N_OF(vc_fields) };

static void verbose(struct walk *w)
{
	static const char *const title[] = { "Primary", "Secondary", "Bypass" };
	const struct circuit_rec c = { &w->c, loop_now(w->s->e->loop), wall_now(w->s->e) };
	struct pw_rec r;

	block_print(&w->s->body, &circuit_block, &c);
	say(w->s, "Members:\n");
	table_head(&w->s->body, columns, N_OF(columns));
	one(w);
	for (unsigned i = 0; i < 3; i++) {
		if (!w->c.pw[i].present)
			continue;
		say(w->s, "%s:\n", title[i]);
		pw_rec_of(&r, w, i);
		pw_rec_far(&r);
		block_print(&w->s->body, &vc_block, &r);
	}
}

static const struct walk_how lines_how = { NULL, head, one, NULL };
static const struct walk_how verbose_how = { NULL, NULL, verbose, NULL };

void display_vpws(struct session *s, const struct args *a)
{
	walk_begin(s, arg_text(a, "verbose") ? &verbose_how : &lines_how, a);
}
