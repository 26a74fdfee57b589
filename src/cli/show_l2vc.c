/* SPDX-License-Identifier: BSD-2-Clause */
/* show_l2vc.c: display mpls l2vc: signalled pseudowires, in all its forms but remote-info and diagnose. */
#include <inttypes.h>

#include "cli/show_pw.h"
#include "wire/ldp.h"

#define VALUE(name) static void name(struct text *t, const void *rec)
#define PW const struct pw_rec *r = rec; const struct show_pw *pw = r->pw; (void)pw
#define WHEN(name, what) static bool name(const void *rec) { PW; return what; }

#define AC_FAULT	(LDP_PW_AC_RX_FAULT | LDP_PW_AC_TX_FAULT)
#define PSN_FAULT	(LDP_PW_PSN_RX_FAULT | LDP_PW_PSN_TX_FAULT)
#define PAIR		13		/* what the first value of two on a line is padded to */

static const char *enabled(bool on) { return on ? "enable" : "disable"; }
static const char *forwarding(uint32_t status)
{
	return status & LDP_PW_NOT_FORWARDING ? "not forwarding" : "forwarding";
}

VALUE(v_no) { (void)rec; text_puts(t, "no"); }
VALUE(v_none) { (void)rec; text_puts(t, "none"); }
VALUE(v_ignore_ac) { PW; text_puts(t, enabled(r->c->cfg->ignore_ac[r->slot])); }
VALUE(v_switchover) { PW; text_puts(t, r->c->cfg->switchover ? "true" : "false"); }
VALUE(v_session) { PW; text_puts(t, up_down(pw->signal.session == SESSION_UP)); }
VALUE(v_local_label) { PW; text_printf(t, "%" PRIu32, pw->local_label); }
VALUE(v_remote_label) { PW; text_printf(t, "%" PRIu32, pw->signal.remote_label); }
VALUE(v_cw) { PW; text_puts(t, enabled(pw->control_word)); }
VALUE(v_remote_cw) { PW; text_puts(t, r->far.mapped ? enabled(r->far.c_bit) : "none"); }
VALUE(v_entry) { PW; text_puts(t, pw->forwarding ? "exist" : "not exist"); }
VALUE(v_local_group) { PW; text_printf(t, "%" PRIu32, pw->signal.group); }
VALUE(v_remote_group) { PW; text_printf(t, "%" PRIu32, r->far.mapped ? r->far.group : 0); }
VALUE(v_local_ac) { PW; text_puts(t, up_down(!(pw->signal.local_status & AC_FAULT))); }
VALUE(v_local_psn) { PW; text_puts(t, up_down(!(pw_local_status(pw) & PSN_FAULT))); }
VALUE(v_local_state) { PW; text_puts(t, forwarding(pw_local_status(pw))); }
VALUE(v_local_status) { PW; pw_put_status(t, pw_local_status(pw)); }
VALUE(v_remote_ac) { PW; text_puts(t, up_down(!(pw->signal.remote_status & AC_FAULT))); }
VALUE(v_remote_psn) { PW; text_puts(t, up_down(!(pw->signal.remote_status & PSN_FAULT))); }
VALUE(v_remote_state) { PW; text_puts(t, forwarding(pw->signal.remote_status)); }
VALUE(v_remote_status) { PW; pw_put_status(t, pw->signal.remote_status); }
VALUE(v_standby) { PW; text_puts(t, pw->cfg.ignore_standby ? "yes" : "no"); }
VALUE(v_local_mtu) { PW; text_printf(t, "%u", pw->mtu); }
VALUE(v_remote_mtu) { PW; text_printf(t, "%u", pw->signal.remote_mtu); }
VALUE(v_remote_vccv) { PW; pw_put_vccv(t, r->far.mapped ? r->far.vccv : 0); }
VALUE(v_role) { PW; text_puts(t, slot_name(r->slot)); }
VALUE(v_tunnels) { PW; text_printf(t, "%d tunnels", pw->has_path); }
VALUE(v_tunnel) { PW; text_printf(t, "%-6s, TNL ID : 0x%08" PRIx32, tunnel_type(&pw->path), (uint32_t)pw->path.index); }
VALUE(v_mode) { PW; text_puts(t, mode_word(r->c->redundancy_now)); }
VALUE(v_configured) { PW; text_puts(t, mode_word(r->c->redundancy)); }
/* Only who has two to choose from drops what comes by the one that does not send. */
VALUE(v_forward)
{
	PW;
	bool gated = r->slot != SLOT_BYPASS && r->c->pw[SLOT_SECONDARY].present && !r->c->dual_receiving;
	bool takes = pw->active || (pw->up && !gated);

	text_printf(t, "send %sactive, receive %sactive", pw->active ? "" : "in", takes ? "" : "in");
}
VALUE(v_uniform) { (void)rec; text_puts(t, "uniform"); }
VALUE(v_held)
{
	PW;
	text_puts(t, pw->signal.held ? "as before our restart, not confirmed by the peer yet" :
		     "the peer restarts, what it said is held");
}
WHEN(is_mapped, pw->signal.mapped)
WHEN(has_session, pw->signal.session != SESSION_DOWN)
WHEN(is_primary, r->slot == SLOT_PRIMARY)
WHEN(ac_matters, r->slot == SLOT_PRIMARY || r->c->cfg->ignore_ac[r->slot])
WHEN(mode_differs, mode_is_lost(r->c))
WHEN(is_held, pw->signal.held || (pw->signal.session == SESSION_HELD && pw->signal.mapped))

/* The parts of a block that stand in both of its orders. ours beside the manual's: down reason, inactive reason, graceful
 * restart, configured mode, service name, description */
#define FIRST \
	{ "client interface",		pw_put_client }, \
	{ "Administrator PW",		v_no }, \
	{ "session state",		v_session }, \
	{ "AC status",			pw_put_ac }, \
	{ "Ignore AC state",		v_ignore_ac, ac_matters }, \
	{ "VC state",			pw_put_state }, \
	{ "down reason",		pw_put_why, pw_is_down }, \
	{ "inactive reason",		pw_put_idle, pw_is_idle }, \
	{ "graceful restart",		v_held, is_held }, \
	{ "Label state",		put_zero }, \
	{ "Token state",		pw_put_token }, \
	{ "VC ID",			pw_put_vc_id }, \
	{ "VC type",			pw_put_vc_type }, \
	{ "destination",		pw_put_peer }
#define LABELS \
	{ "local VC label",		v_local_label, NULL, .pad = PAIR }, \
	{ "remote VC label      : ",	v_remote_label, NULL, true }
#define STATUS \
	{ "local AC OAM State",		v_local_ac }, \
	{ "local PSN OAM State",	v_local_psn }, \
	{ "local forwarding state",	v_local_state }, \
	{ "local status code",		v_local_status }, \
	{ "remote AC OAM state",	v_remote_ac, is_mapped }, \
	{ "remote PSN OAM state",	v_remote_psn, is_mapped }, \
	{ "remote forwarding state",	v_remote_state, is_mapped }, \
	{ "remote status code",		v_remote_status, is_mapped }, \
	{ "ignore standby state",	v_standby, has_session }, \
	{ "BFD for PW",			pw_put_bfd }, \
	{ "VCCV State",			put_unknown }, \
	{ "manual fault",		pw_put_fault }, \
	{ "active state",		pw_put_active }
#define OAM \
	{ "OAM Protocol",		put_unknown }, \
	{ "OAM Status",			put_unknown }, \
	{ "OAM Fault Type",		put_unknown }, \
	{ "PW APS ID",			put_unknown }, \
	{ "PW APS Status",		put_unknown }, \
	{ "TTL Value",			put_one }, \
	{ "link state",			pw_put_link }, \
	{ "local VC MTU",		v_local_mtu, NULL, .pad = PAIR }, \
	{ "remote VC MTU        : ",	v_remote_mtu, NULL, true }, \
	{ "local VCCV",			v_none }, \
	{ "remote VCCV",		v_remote_vccv }
#define LAST \
	{ "tunnel policy name",		put_unknown }, \
	{ "PW template name",		pw_put_template }, \
	{ "primary or secondary",	v_role }, \
	{ "load balance type",		pw_put_balance }, \
	{ "Access-port",		pw_put_access }, \
	{ "Switchover Flag",		v_switchover, is_primary }, \
	{ "VC tunnel info",		v_tunnels }, \
	{ "  NO.0  TNL type             : ", v_tunnel, pw_has_path, true }, \
	{ "create time",		pw_put_create }, \
	{ "up time",			pw_put_up_for }, \
	{ "last change time",		pw_put_change }, \
	{ "VC last up time",		pw_put_last_up }, \
	{ "VC total up time",		pw_put_total_up }, \
	{ "CKey",			pw_put_ckey }, \
	{ "NKey",			pw_put_nkey }, \
	{ "PW redundancy mode",		v_mode }, \
	{ "configured mode",		v_configured, mode_differs }, \
	{ "L2VPN QoS CIR value",	put_unknown }, \
	{ "L2VPN QoS PIR value",	put_unknown }, \
	{ "qos-profile name",		put_unknown }, \
	{ "AdminPw interface",		put_unknown }, \
	{ "AdminPw link state",		put_unknown }, \
	{ "Forward state",		v_forward }, \
	{ "Diffserv Mode",		v_uniform }, \
	{ "Service Class",		put_unknown }, \
	{ "Color",			put_unknown }, \
	{ "DomainId",			put_unknown }, \
	{ "Domain Name",		put_unknown }, \
	{ "service name",		pw_put_service, pw_has_service }, \
	{ "description",		pw_put_description, pw_has_description }

static const struct field full_fields[] = {
	FIRST,
	LABELS,
	{ "control word",		v_cw },
	{ "remote control word",	v_remote_cw },
	{ "forwarding entry",		v_entry },
	{ "local group ID",		v_local_group },
	{ "remote group ID",		v_remote_group },
	STATUS,
	OAM,
	LAST,
};
static const struct field if_fields[] = {
	FIRST,
	{ "local group ID",		v_local_group, NULL, .pad = PAIR },
	{ "remote group ID      : ",	v_remote_group, NULL, true },
	LABELS,
	STATUS,
	{ "forwarding entry",		v_entry },
	OAM,
	{ "local control word",		v_cw, NULL, .pad = PAIR },
	{ "remote control word  : ",	v_remote_cw, NULL, true },
	LAST,
};
static const struct field brief_fields[] = {
	{ "Client Interface",		pw_put_interface },
	{ "AC status",			pw_put_ac },
	{ "VC state",			pw_put_state },
	{ "Label state",		put_zero },
	{ "Token state",		pw_put_token },
	{ "VC ID",			pw_put_vc_id },
	{ "VC Type",			pw_put_vc_type },
	{ "session state",		v_session },
	{ "Destination",		pw_put_peer },
	{ "link state",			pw_put_link },
};
static const struct block full_block = { " *", "  ", 29, full_fields, N_OF(full_fields) };
static const struct block if_block = { "*", " ", 29, if_fields, N_OF(if_fields) };
static const struct block brief_block = { " *", "  ", 18, brief_fields, N_OF(brief_fields) };

/* ---- the display ------------------------------------------------------------------------------------------ */

static void total_line(struct walk *w)
{
	say(w->s, "%s LDP VC : %" PRIu32 "     %" PRIu32 " up       %" PRIu32 " down\n\n", w->state < 0 ? "Total" : "total",
	    w->up + w->down, w->up, w->down);
}

#define LDP (1u << PW_LDP)
static const struct walk_how how[PW_FORMS] = {
	[PW_FULL] = { .count = pw_count, .head = total_line, .one = pw_print, .kinds = LDP, .block = &full_block },
	[PW_BRIEF] = { .count = pw_count, .head = total_line, .one = pw_print, .kinds = LDP, .block = &brief_block },
	[PW_INTERFACE] = { .one = pw_print_interface, .kinds = LDP, .block = &if_block,
			   .lacks = "signalled pseudowire: display mpls static-l2vc" },
};

void display_l2vc(struct session *s, const struct args *a)
{
	pw_display(s, how, a);
}
