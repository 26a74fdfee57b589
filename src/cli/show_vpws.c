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
VALUE(v_ac) { CIRCUIT; text_puts(t, ac_up(c) ? "Up" : "Down"); }
VALUE(v_service) { CIRCUIT; text_puts(t, c->cfg->service_name); }
VALUE(v_description) { CIRCUIT; text_puts(t, c->cfg->l2vpn_description); }
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
VALUE(v_detector) { CIRCUIT; text_puts(t, core_detector_text(c->switch_detector)); }
VALUE(v_dropped)
{
	CIRCUIT;
	if (r->last.counted)
		text_printf(t, "%" PRIu64 " for want of a usable pseudowire, since the switch before", r->last.dropped);
}
VALUE(v_risk)
{
	CIRCUIT;
	text_printf(t, "at most %" PRIu32 " frames, sent by the %s in the %u.%u s ", r->last.at_risk, slot_name(r->last.from),
		    r->last.silent_ms / 1000, r->last.silent_ms / 100 % 10);
	text_puts(t, r->last.heard ? "after a frame had come by it last" : "it was watched for: no frame came by it");
}
static bool has_service(const void *rec) { CIRCUIT; return c->cfg->service_name; }
static bool has_description(const void *rec) { CIRCUIT; return c->cfg->l2vpn_description; }
static bool has_switched(const void *rec) { CIRCUIT; return c->switched_ns; }
static bool is_recorded(const void *rec) { CIRCUIT; return r->switched && c->switched_ns; }
static bool is_at_risk(const void *rec) { CIRCUIT; return is_recorded(rec) && r->last.watched; }

/* ours beside the manual's: Forced down, AC role, Service name, Description, Configured mode, Preferred, Requested
 * switchover, Hold-off, Running ..., Last change detector, Dropped here, At risk, Alarm */
static const struct field circuit_fields[] = {
	{ "Access circuit",		v_name },
	{ "Interface state",		v_ac },
	{ "Forced down",		circuit_put_forced,	circuit_is_forced },
	{ "AC role",			circuit_put_role,	circuit_has_role },
	{ "Service name",		v_service, has_service },
	{ "Description",		v_description, has_description },
	{ "Protect mode",		circuit_put_mode },
	{ "Configured mode",		circuit_put_configured,	circuit_differs },
	{ "Preferred",			circuit_put_preferred,	circuit_prefers },
	{ "Requested switchover",	circuit_put_request,	circuit_requests },
	{ "Reroute policy",		circuit_put_reroute },
	{ "Hold-off",			circuit_put_holdoff,	circuit_has_holdoff },
	{ "Running switchback",		circuit_put_revert,	circuit_reverts },
	{ "Running resume",		circuit_put_resume,	circuit_resumes },
	{ "Dual receive",		v_dual },
	{ "Last change time",		v_when },
	{ "Last change action",		v_action },
	{ "Last change reason",		circuit_put_reason },
	{ "Last change detector",	v_detector,		has_switched },
	{ "Dropped here",		v_dropped,		is_recorded },
	{ "At risk",			v_risk,			is_at_risk },
};
static const struct field alarm_fields[] = { { "Alarm",	circuit_put_alarm } };
static const struct block circuit_block = { "", "", 22, circuit_fields, N_OF(circuit_fields) };
static const struct block alarm_block = { "", "", 22, alarm_fields, N_OF(alarm_fields) };

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
	pw_put_status(t, is_signalled(pw) ? pw_local_status(pw) : vc_up(r->c, pw) ? 0 : LDP_PW_NOT_FORWARDING);
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
		text_printf(t, "%" PRIu32 " / %" PRIu32, pw->signal.group, r->far.group);
	else
		text_printf(t, "%" PRIu32 " / --", pw->signal.group);
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

static void circuit(struct walk *w)
{
	struct circuit_rec r;

	circuit_rec_of(&r, w);
	circuit_rec_last(&r, w->s->e);
	block_print(&w->s->body, &circuit_block, &r);
	for (r.alarm = 0; r.alarm < ALARM__N; r.alarm++)
		if (w->c.alarms >> r.alarm & 1)
			block_print(&w->s->body, &alarm_block, &r);
}

static void verbose(struct walk *w)
{
	static const char *const title[] = { "Primary", "Secondary", "Bypass" };
	struct pw_rec r;

	circuit(w);
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

static const struct walk_how lines_how = { .head = head, .one = one };
static const struct walk_how verbose_how = { .one = verbose };

void display_vpws(struct session *s, const struct args *a)
{
	walk_begin(s, arg_text(a, "verbose") ? &verbose_how : &lines_how, a);
}
