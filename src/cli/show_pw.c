/* SPDX-License-Identifier: BSD-2-Clause */
/* show_pw.c: display mpls static-l2vc in all its forms. */
#include <inttypes.h>

#include "cli/show_pw.h"

#define VALUE(name) static void name(struct text *t, const void *rec)
#define PW const struct pw_rec *r = rec; const struct show_pw *pw = r->pw; (void)pw

VALUE(v_tx_label) { PW; text_printf(t, "%" PRIu32, pw->cfg.tx_label); }
VALUE(v_rx_label) { PW; text_printf(t, "%" PRIu32, pw->cfg.rx_label); }
VALUE(v_cw) { PW; text_puts(t, pw->control_word ? "Enable" : "Disable"); }
VALUE(v_role) { PW; text_puts(t, (const char *[]){ "Main", "Secondary", "Bypass" }[r->slot]); }
VALUE(v_tunnels) { PW; text_printf(t, "%d tunnels/tokens", pw->has_path); }
VALUE(v_tunnel) { PW; text_printf(t, "%-6s, TNL ID : 0x%08" PRIx32, tunnel_type(&pw->path), (uint32_t)pw->path.index); }
VALUE(v_backup) { (void)rec; text_puts(t, "--    , TNL ID : --"); }

/* ours beside the manual's: Down reason, manual fault, Service Name, Description */
static const struct field pw_fields[] = {
	{ "Client Interface",		pw_put_client },
	{ "AC Status",			pw_put_ac },
	{ "VC State",			pw_put_state },
	{ "Down reason",		pw_put_why, pw_is_down },
	{ "VC ID",			pw_put_vc_id },
	{ "VC Type",			pw_put_vc_type },
	{ "Destination",		pw_put_peer },
	{ "Transmit VC Label",		v_tx_label },
	{ "Receive VC Label",		v_rx_label },
	{ "Label Status",		put_zero },
	{ "Token Status",		pw_put_token },
	{ "Control Word",		v_cw },
	{ "VCCV Capability",		put_unknown },
	{ "manual fault",		pw_put_fault },
	{ "active state",		pw_put_active },
	{ "OAM Protocol",		put_unknown },
	{ "OAM Status",			put_unknown },
	{ "OAM Fault Type",		put_unknown },
	{ "PW APS ID",			put_unknown },
	{ "PW APS Status",		put_unknown },
	{ "TTL Value",			put_one },
	{ "Link State",			pw_put_link },
	{ "Tunnel Policy Name",		put_unknown },
	{ "PW Template Name",		pw_put_template },
	{ "Main or Secondary",		v_role },
	{ "load balance type",		pw_put_balance },
	{ "Access-port",		pw_put_access },
	{ "VC tunnel/token info",	v_tunnels },
	{ "NO.0  TNL type",		v_tunnel, pw_has_path },
	{ "Backup TNL type",		v_backup, pw_has_path },
	{ "Create time",		pw_put_create },
	{ "UP time",			pw_put_up_for },
	{ "Last change time",		pw_put_change },
	{ "VC last up time",		pw_put_last_up },
	{ "VC total up time",		pw_put_total_up },
	{ "CKey",			pw_put_ckey },
	{ "NKey",			pw_put_nkey },
	{ "L2VPN QoS CIR value",	put_unknown },
	{ "L2VPN QoS PIR value",	put_unknown },
	{ "qos-profile name",		put_unknown },
	{ "BFD for PW",			pw_put_bfd },
	{ "Service Name",		pw_put_service, pw_has_service },
	{ "Description",		pw_put_description, pw_has_description },
};
static const struct field brief_fields[] = {
	{ "Client Interface",		pw_put_interface },
	{ "AC Status",			pw_put_ac },
	{ "VC State",			pw_put_state },
	{ "Label Status",		put_zero },
	{ "Token Status",		pw_put_token },
	{ "VC ID",			pw_put_vc_id },
	{ "VC Type",			pw_put_vc_type },
	{ "Destination",		pw_put_peer },
	{ "Link State",			pw_put_link },
};
static const struct block pw_block = { " *", "  ", 21, pw_fields, N_OF(pw_fields) };
static const struct block brief_block = { " *", "  ", 18, brief_fields, N_OF(brief_fields) };
static const struct block if_block = { "*", " ", 21, pw_fields, N_OF(pw_fields) };

/* ---- the display -------------------------------------------------------------------------------------- */

VALUE(t_all) { const struct walk *w = rec; text_printf(t, "%" PRIu32, w->up + w->down); }
VALUE(t_up) { const struct walk *w = rec; text_printf(t, "%" PRIu32, w->up); }
VALUE(t_down) { const struct walk *w = rec; text_printf(t, "%" PRIu32, w->down); }
static bool of_all(const void *rec) { return ((const struct walk *)rec)->state < 0; }
static bool of_a_state(const void *rec) { return !of_all(rec); }

static const struct field total_fields[] = {
	{ "Total svc connections:  ",	t_all,	of_all, true, .pad = 1 },
	{ "total svc connections:  ",	t_all,	of_a_state, true, .pad = 1 },
	{ ",  ",			t_up,	NULL, true, .pad = 1 },
	{ " up,  ",			t_down,	NULL, true, .pad = 1 },
	{ " down",			NULL,	NULL, true },
};
static const struct block total_block = { "", "", 0, total_fields, N_OF(total_fields) };

static void total_line(struct walk *w)
{
	block_print(&w->s->body, &total_block, w);
	say(w->s, "\n");
}

#define STATIC (1u << PW_STATIC)
static const struct walk_how how[PW_FORMS] = {
	[PW_FULL] = { .count = pw_count, .head = total_line, .one = pw_print, .kinds = STATIC, .block = &pw_block },
	[PW_BRIEF] = { .count = pw_count, .head = total_line, .one = pw_print, .kinds = STATIC, .block = &brief_block },
	[PW_INTERFACE] = { .one = pw_print_interface, .kinds = STATIC, .block = &if_block,
			   .lacks = "static pseudowire: display mpls l2vc" },
};

void display_static_l2vc(struct session *s, const struct args *a)
{
	pw_display(s, how, a);
}
