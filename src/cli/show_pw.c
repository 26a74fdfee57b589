/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show_pw.c: display mpls static-l2vc in all its forms, and values that other displays of pseudowires share.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/display.h"
#include "cli/args.h"

#define VALUE(name) static void name(struct text *t, const void *rec)
#define PW const struct pw_rec *r = rec; const struct show_pw *pw = r->pw; (void)pw
#define CIRCUIT const struct circuit_rec *r = rec; const struct show_circuit *c = r->c; (void)c

/* ---- a pseudowire ---------------------------------------------------------------------------------- */

bool vc_up(const struct show_circuit *c, const struct show_pw *pw)
{
	return c->ac_up && pw->up;
}

void pw_rec_of(struct pw_rec *r, const struct walk *w, unsigned slot)
{
	const struct cli_engine *e = w->s->e;

	*r = (struct pw_rec){ .e = e, .c = &w->c, .pw = &w->c.pw[slot], .slot = slot, .now_ns = loop_now(e->loop),
			      .wall_ns = wall_now(e) };
}

static uint64_t up_for(const struct pw_rec *r)
{
	return r->pw->up ? r->now_ns - r->pw->up_ns : 0;
}

void pw_put_interface(struct text *t, const void *rec) { PW; text_puts(t, r->c->name); }
void pw_put_state(struct text *t, const void *rec) { PW; text_puts(t, up_down(vc_up(r->c, pw))); }
void pw_put_peer(struct text *t, const void *rec) { PW; put_ip(t, pw->peer); }
void pw_put_vc_id(struct text *t, const void *rec) { PW; text_printf(t, "%" PRIu32, pw->cfg.vc_id); }
void pw_put_vc_type(struct text *t, const void *rec) { PW; text_puts(t, pw->tagged ? "VLAN" : "Ethernet"); }
void pw_put_last_up(struct text *t, const void *rec)
{
	PW;
	put_wall(t, pw->up_ns ? r->wall_ns - (int64_t)(r->now_ns - pw->up_ns) : 0);
}
void pw_put_total_up(struct text *t, const void *rec) { PW; put_duration(t, pw->up_total_ns + up_for(r)); }

VALUE(v_client) { PW; text_printf(t, "%s is %s", r->c->name, up_down(r->c->ac_up)); }
VALUE(v_ac) { PW; text_puts(t, up_down(r->c->ac_up)); }
VALUE(v_why) { PW; text_puts(t, pw->up ? r->c->ac_why : pw->why); }
VALUE(v_tx_label) { PW; text_printf(t, "%" PRIu32, pw->cfg.tx_label); }
VALUE(v_rx_label) { PW; text_printf(t, "%" PRIu32, pw->cfg.rx_label); }
VALUE(v_zero) { (void)rec; text_puts(t, "0"); }
VALUE(v_token) { PW; text_puts(t, pw->has_path ? "0" : "1"); }
VALUE(v_cw) { PW; text_puts(t, pw->control_word ? "Enable" : "Disable"); }
VALUE(v_fault) { PW; text_puts(t, pw->manual_fault ? "set" : "not set"); }
VALUE(v_active) { PW; text_puts(t, pw->active ? "active" : "inactive"); }
VALUE(v_one) { (void)rec; text_puts(t, "1"); }
VALUE(v_link) { PW; text_puts(t, up_down(pw->has_path && pw->path.up)); }
VALUE(v_template) { PW; text_printf(t, "%s%s", pw->cfg.template, pw->template_waits ? " (new values wait)" : ""); }
VALUE(v_role) { PW; text_puts(t, (const char *[]){ "Main", "Secondary", "Bypass" }[r->slot]); }
VALUE(v_none) { (void)t; (void)rec; }
VALUE(v_balance) { (void)rec; text_puts(t, "flow"); }
VALUE(v_access) { PW; text_puts(t, pw->cfg.access_port ? "true" : "false"); }
VALUE(v_tunnels) { PW; text_printf(t, "%d tunnels/tokens", pw->has_path); }
VALUE(v_tunnel) { PW; text_printf(t, "lsp   , TNL ID : 0x%08" PRIx32, (uint32_t)pw->path.index); }
VALUE(v_backup) { (void)rec; text_puts(t, "--    , TNL ID : --"); }
VALUE(v_create) { PW; put_duration(t, r->now_ns - pw->created_ns); }
VALUE(v_up_for) { PW; put_duration(t, up_for(r)); }
VALUE(v_change) { PW; put_duration(t, r->now_ns - pw->changed_ns); }
VALUE(v_ckey) { PW; text_printf(t, "%" PRIu32, TW_PW(r->c->index, r->slot)); }
VALUE(v_nkey) { PW; text_printf(t, "%" PRIu32, pw->has_path ? (uint32_t)pw->path.index : 0); }
VALUE(v_bfd) { (void)rec; text_puts(t, "unavailable"); }
VALUE(v_service) { PW; text_puts(t, r->c->cfg->service_name); }
VALUE(v_description) { PW; text_puts(t, r->c->cfg->l2vpn_description); }

#define WHEN(name, what) static bool name(const void *rec) { const struct pw_rec *r = rec; return what; }
WHEN(has_path, r->pw->has_path)
WHEN(is_down, !vc_up(r->c, r->pw))
WHEN(has_service, r->c->cfg->service_name)
WHEN(has_description, r->c->cfg->l2vpn_description)

/* ours beside the manual's: Down reason, manual fault, Service Name, Description */
static const struct field pw_fields[] = {
	{ "Client Interface",		v_client },
	{ "AC Status",			v_ac },
	{ "VC State",			pw_put_state },
	{ "Down reason",		v_why, is_down },
	{ "VC ID",			pw_put_vc_id },
	{ "VC Type",			pw_put_vc_type },
	{ "Destination",		pw_put_peer },
	{ "Transmit VC Label",		v_tx_label },
	{ "Receive VC Label",		v_rx_label },
	{ "Label Status",		v_zero },
	{ "Token Status",		v_token },
	{ "Control Word",		v_cw },
	{ "VCCV Capability",		v_none },
	{ "manual fault",		v_fault },
	{ "active state",		v_active },
	{ "OAM Protocol",		v_none },
	{ "OAM Status",			v_none },
	{ "OAM Fault Type",		v_none },
	{ "PW APS ID",			v_none },
	{ "PW APS Status",		v_none },
	{ "TTL Value",			v_one },
	{ "Link State",			v_link },
	{ "Tunnel Policy Name",		v_none },
	{ "PW Template Name",		v_template },
	{ "Main or Secondary",		v_role },
	{ "load balance type",		v_balance },
	{ "Access-port",		v_access },
	{ "VC tunnel/token info",	v_tunnels },
	{ "NO.0  TNL type",		v_tunnel, has_path },
	{ "Backup TNL type",		v_backup, has_path },
	{ "Create time",		v_create },
	{ "UP time",			v_up_for },
	{ "Last change time",		v_change },
	{ "VC last up time",		pw_put_last_up },
	{ "VC total up time",		pw_put_total_up },
	{ "CKey",			v_ckey },
	{ "NKey",			v_nkey },
	{ "L2VPN QoS CIR value",	v_none },
	{ "L2VPN QoS PIR value",	v_none },
	{ "qos-profile name",		v_none },
	{ "BFD for PW",			v_bfd },
	{ "Service Name",		v_service, has_service },
	{ "Description",		v_description, has_description },
};
static const struct field brief_fields[] = {
	{ "Client Interface",		pw_put_interface },
	{ "AC Status",			v_ac },
	{ "VC State",			pw_put_state },
	{ "Label Status",		v_zero },
	{ "Token Status",		v_token },
	{ "VC ID",			pw_put_vc_id },
	{ "VC Type",			pw_put_vc_type },
	{ "Destination",		pw_put_peer },
	{ "Link State",			v_link },
};
static const struct block pw_block = { " *", "  ", 21, pw_fields, N_OF(pw_fields) };
static const struct block brief_block = { " *", "  ", 18, brief_fields, N_OF(brief_fields) };
static const struct block if_block = { "*", " ", 21, pw_fields, N_OF(pw_fields) };

/* ---- how a circuit is protected --------------------------------------------------------------------- */

bool is_protected(const struct show_circuit *c)
{
	return c->pw[SLOT_SECONDARY].present || c->pw[SLOT_BYPASS].present;
}

uint32_t reverts_in(const struct show_circuit *c, uint64_t now_ns)
{
	if (!c->revert_at_ns)
		return 0;
	return c->revert_at_ns > now_ns ? (uint32_t)((c->revert_at_ns - now_ns + 999999999) / 1000000000) : 1;
}

void circuit_put_reroute(struct text *t, const void *rec)
{
	CIRCUIT;

	if (c->reroute == REROUTE_DELAY)
		text_printf(t, "delay %u s", c->reroute_delay);
	else if (c->reroute != REROUTE_DEFAULT)
		text_puts(t, c->reroute == REROUTE_NEVER ? "never" : "immediately");
}

void circuit_put_reason(struct text *t, const void *rec)
{
	CIRCUIT;

	if (c->switched_ns)
		text_puts(t, core_reason_text(c->switch_reason));
}

VALUE(v_switched)
{
	CIRCUIT;
	if (c->switched_ns)
		put_duration(t, r->now_ns - c->switched_ns);
	else
		text_puts(t, "-- days, -- hours, -- minutes, -- seconds");
}
VALUE(v_delay_id) { CIRCUIT; if (c->revert_at_ns) text_printf(t, "%" PRIu32, c->index); }
VALUE(v_delay_left) { CIRCUIT; if (c->revert_at_ns) text_printf(t, "%" PRIu32, reverts_in(c, r->now_ns)); }

static const struct field reroute_fields[] = {
	{ "reroute policy",		circuit_put_reroute },
	{ "reason of last reroute",	circuit_put_reason },
	{ "time of last reroute",	v_switched },
	{ "delay timer ID",		v_delay_id,	NULL, .pad = 18 },
	{ "residual time :",		v_delay_left,	NULL, true },
	{ "resume timer ID",		v_none,		NULL, .pad = 18 },
	{ "residual time :",		v_none,		NULL, true },
	{ "holdoff timer ID",		v_none,		NULL, .pad = 18 },
	{ "residual time :",		v_none,		NULL, true },
};
static const struct block reroute_block = { "", "", 24, reroute_fields, N_OF(reroute_fields) };

/* ---- the display -------------------------------------------------------------------------------------- */

static bool wanted(const struct walk *w, const struct show_pw *pw)
{
	return pw->present && (!w->vc_id || pw->cfg.vc_id == w->vc_id) &&
	       (w->state < 0 || vc_up(&w->c, pw) == w->state);
}

static void count_pws(struct walk *w)
{
	for (unsigned i = 0; i < 3; i++) {
		if (!wanted(w, &w->c.pw[i]))
			continue;
		if (vc_up(&w->c, &w->c.pw[i]))
			w->up++;
		else
			w->down++;
	}
}

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

static void print_pws(struct walk *w, const struct block *b)
{
	struct pw_rec r;

	for (unsigned i = 0; i < 3; i++) {
		if (!wanted(w, &w->c.pw[i]))
			continue;
		if (w->shown++)
			say(w->s, "\n");
		pw_rec_of(&r, w, i);
		block_print(&w->s->body, b, &r);
	}
}

static void one_full(struct walk *w)
{
	print_pws(w, &pw_block);
}

static void one_brief(struct walk *w)
{
	print_pws(w, &brief_block);
}

static void one_interface(struct walk *w)
{
	const struct circuit_rec r = { &w->c, loop_now(w->s->e->loop), wall_now(w->s->e) };

	print_pws(w, &if_block);
	if (!is_protected(&w->c))
		return;
	say(w->s, "\n");
	block_print(&w->s->body, &reroute_block, &r);
}

static const struct walk_how full_how = { count_pws, total_line, one_full, NULL };
static const struct walk_how brief_how = { count_pws, total_line, one_brief, NULL };
static const struct walk_how interface_how = { NULL, NULL, one_interface, NULL };

void display_static_l2vc(struct session *s, const struct args *a)
{
	walk_begin(s, arg_text(a, "<if>") ? &interface_how : arg_text(a, "brief") ? &brief_how : &full_how, a);
}
