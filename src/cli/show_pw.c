/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show_pw.c: display mpls static-l2vc and the PW traffic counters.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/display.h"
#include "cli/args.h"

/* ---- display mpls static-l2vc ----------------------------------------------------------------------- */

struct pw_rec {
	const struct cli_engine *e;
	const struct show_circuit *c;
	const struct show_pw *pw;
	unsigned slot;
	uint64_t now_ns;
	int64_t wall_ns;
	struct tw_count count;
};

/* A static PW is as up as its AC and its tunnel. */
static bool vc_up(const struct show_circuit *c, const struct show_pw *pw)
{
	return c->ac_up && pw->up;
}

#define VALUE(name) static void name(struct text *t, const void *rec)
#define PW const struct pw_rec *r = rec; const struct show_pw *pw = r->pw; (void)pw

VALUE(v_client) { PW; text_printf(t, "%s is %s", r->c->name, up_down(r->c->ac_up)); }
VALUE(v_ac) { PW; text_puts(t, up_down(r->c->ac_up)); }
VALUE(v_state) { PW; text_puts(t, up_down(vc_up(r->c, pw))); }
VALUE(v_vc_id) { PW; text_printf(t, "%" PRIu32, pw->cfg.vc_id); }
VALUE(v_vc_type) { PW; text_puts(t, pw->tagged ? "VLAN" : "Ethernet"); }
VALUE(v_peer) { PW; put_ip(t, pw->cfg.peer); }
VALUE(v_tx_label) { PW; text_printf(t, "%" PRIu32, pw->cfg.tx_label); }
VALUE(v_rx_label) { PW; text_printf(t, "%" PRIu32, pw->cfg.rx_label); }
VALUE(v_zero) { (void)rec; text_puts(t, "0"); }
VALUE(v_token) { PW; text_puts(t, pw->has_path ? "0" : "1"); }
VALUE(v_cw) { PW; text_puts(t, pw->control_word ? "Enable" : "Disable"); }
VALUE(v_active) { PW; text_puts(t, pw->active ? "active" : "inactive"); }
VALUE(v_link) { PW; text_puts(t, up_down(pw->has_path && pw->path.up)); }
VALUE(v_role) { PW; text_puts(t, (const char *[]){ "Main", "Secondary", "Bypass" }[r->slot]); }
VALUE(v_none) { (void)t; (void)rec; }
VALUE(v_access) { PW; text_puts(t, pw->cfg.access_port ? "true" : "false"); }
VALUE(v_tunnels) { PW; text_printf(t, "%d tunnels/tokens", pw->has_path); }
VALUE(v_tunnel) { PW; text_printf(t, "lsp   , TNL ID : 0x%08" PRIx32, (uint32_t)pw->path.index); }
VALUE(v_create) { PW; put_duration(t, r->now_ns - pw->created_ns); }
VALUE(v_up_for) { PW; put_duration(t, pw->up ? r->now_ns - pw->up_ns : 0); }
VALUE(v_change) { PW; put_duration(t, r->now_ns - pw->changed_ns); }
VALUE(v_last_up) { PW; put_wall(t, pw->up_ns ? r->wall_ns - (int64_t)(r->now_ns - pw->up_ns) : 0); }
VALUE(v_total_up) { PW; put_duration(t, pw->up_total_ns + (pw->up ? r->now_ns - pw->up_ns : 0)); }
VALUE(v_ckey) { PW; text_printf(t, "%" PRIu32, TW_PW(r->c->index, r->slot)); }
VALUE(v_nkey) { PW; text_printf(t, "%" PRIu32, pw->has_path ? (uint32_t)pw->path.index : 0); }
VALUE(v_bfd) { (void)rec; text_puts(t, "unavailable"); }
VALUE(v_why) { PW; text_puts(t, pw->up ? r->c->ac_why : pw->why); }

static bool has_path(const void *rec) { return ((const struct pw_rec *)rec)->pw->has_path; }
static bool is_down(const void *rec) { const struct pw_rec *r = rec; return !vc_up(r->c, r->pw); }

static const struct field pw_fields[] = {
	{ "Client Interface",		v_client },
	{ "AC Status",			v_ac },
	{ "VC State",			v_state },
	{ "Down reason",		v_why, is_down },		/* ours */
	{ "VC ID",			v_vc_id },
	{ "VC Type",			v_vc_type },
	{ "Destination",		v_peer },
	{ "Transmit VC Label",		v_tx_label },
	{ "Receive VC Label",		v_rx_label },
	{ "Label Status",		v_zero },
	{ "Token Status",		v_token },
	{ "Control Word",		v_cw },
	{ "VCCV Capability",		v_none },
	{ "active state",		v_active },
	{ "OAM Protocol",		v_none },
	{ "OAM Status",			v_none },
	{ "OAM Fault Type",		v_none },
	{ "PW APS ID",			v_none },
	{ "PW APS Status",		v_none },
	{ "TTL Value",			v_none },
	{ "Link State",			v_link },
	{ "Tunnel Policy Name",		v_none },
	{ "PW Template Name",		v_none },
	{ "Main or Secondary",		v_role },
	{ "load balance type",		v_none },
	{ "Access-port",		v_access },
	{ "VC tunnel/token info",	v_tunnels },
	{ "NO.0  TNL type",		v_tunnel, has_path },
	{ "Create time",		v_create },
	{ "UP time",			v_up_for },
	{ "Last change time",		v_change },
	{ "VC last up time",		v_last_up },
	{ "VC total up time",		v_total_up },
	{ "CKey",			v_ckey },
	{ "NKey",			v_nkey },
	{ "BFD for PW",			v_bfd },
};
static const struct field brief_fields[] = {
	{ "Client Interface",		v_client },
	{ "AC Status",			v_ac },
	{ "VC State",			v_state },
	{ "VC ID",			v_vc_id },
	{ "VC Type",			v_vc_type },
	{ "Destination",		v_peer },
	{ "Link State",			v_link },
};
static const struct block pw_block = { " *", "  ", 21, pw_fields, N_OF(pw_fields) };
static const struct block brief_block = { " *", "  ", 21, brief_fields, N_OF(brief_fields) };
static const struct block if_block = { "*", " ", 21, pw_fields, N_OF(pw_fields) };

VALUE(v_policy)
{
	const struct show_circuit *c = rec;
	if (c->reroute == REROUTE_DELAY)
		text_printf(t, "delay %u s", c->reroute_delay);
	else
		text_puts(t, c->reroute == REROUTE_NEVER ? "never" : "immediately");
}
VALUE(v_reason)
{
	const struct show_circuit *c = rec;
	if (c->switched_ns)
		text_puts(t, core_reason_text(c->switch_reason));
}
static const struct field reroute_fields[] = {
	{ "reroute policy",		v_policy },
	{ "reason of last reroute",	v_reason },
};
static const struct block reroute_block = { "", "", 24, reroute_fields, N_OF(reroute_fields) };

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

static void total_line(struct walk *w)
{
	say(w->s, "%s svc connections:  %" PRIu32 ",  %" PRIu32 " up,  %" PRIu32 " down\n\n",
	    w->state < 0 ? "Total" : "total", w->up + w->down, w->up, w->down);
}

static void print_pws(struct walk *w, const struct block *b)
{
	const struct cli_engine *e = w->s->e;
	struct pw_rec r = { .e = e, .c = &w->c, .now_ns = loop_now(e->loop), .wall_ns = wall_now(e) };

	for (r.slot = 0; r.slot < 3; r.slot++) {
		r.pw = &w->c.pw[r.slot];
		if (!wanted(w, r.pw))
			continue;
		if (w->shown++)
			say(w->s, "\n");
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
	struct text *t = &w->s->body;

	print_pws(w, &if_block);
	if (!w->c.pw[SLOT_SECONDARY].present && !w->c.pw[SLOT_BYPASS].present)
		return;
	say(w->s, "\n");
	block_print(t, &reroute_block, &w->c);
	text_puts(t, "time of last reroute    : ");
	if (w->c.switched_ns)
		put_duration(t, loop_now(w->s->e->loop) - w->c.switched_ns);
	else
		text_puts(t, "-- days, -- hours, -- minutes, -- seconds");
	text_puts(t, "\n");
}

static const struct walk_how full_how = { count_pws, total_line, one_full, NULL };
static const struct walk_how brief_how = { count_pws, total_line, one_brief, NULL };
static const struct walk_how interface_how = { NULL, NULL, one_interface, NULL };

void display_static_l2vc(struct session *s, const struct args *a)
{
	walk_begin(s, arg_text(a, "<if>") ? &interface_how : arg_text(a, "brief") ? &brief_how : &full_how, a);
}

/* ---- display traffic-statistics l2vpn pw -------------------------------------------------------------- */

VALUE(v_if) { PW; text_puts(t, r->c->name); }
VALUE(v_slot) { PW; text_printf(t, "%s%s", slot_name(r->slot), pw->active ? "*" : ""); }
VALUE(v_tx_frames) { PW; text_printf(t, "%" PRIu64, (uint64_t)r->count.tx_frames); }
VALUE(v_tx_octets) { PW; text_printf(t, "%" PRIu64, (uint64_t)r->count.tx_octets); }
VALUE(v_rx_frames) { PW; text_printf(t, "%" PRIu64, (uint64_t)r->count.rx_frames); }
VALUE(v_rx_octets) { PW; text_printf(t, "%" PRIu64, (uint64_t)r->count.rx_octets); }

static const struct column traffic_columns[] = {
	{ "Interface",		30, false, v_if },
	{ "PW",			12, false, v_slot },
	{ "VC ID",		12, true,  v_vc_id },
	{ "Sent frames",	18, true,  v_tx_frames },
	{ "Sent octets",	20, true,  v_tx_octets },
	{ "Received frames",	18, true,  v_rx_frames },
	{ "Received octets",	20, true,  v_rx_octets },
};

static void traffic_head(struct walk *w)
{
	say(w->s, "Since the last reset; octets as on the AC, without FCS. * : sends now\n");
	table_head(&w->s->body, traffic_columns, N_OF(traffic_columns));
}

static void traffic_one(struct walk *w)
{
	struct pw_rec r = { .e = w->s->e, .c = &w->c };

	for (r.slot = 0; r.slot < 3; r.slot++) {
		r.pw = &w->c.pw[r.slot];
		if (!r.pw->present)
			continue;
		if (r.e->dp)
			dp_show_count(r.e->dp, w->c.index, (uint8_t)r.slot, &r.count);
		table_row(&w->s->body, traffic_columns, N_OF(traffic_columns), &r);
	}
}

static const struct walk_how traffic_how = { NULL, traffic_head, traffic_one, NULL };

void display_traffic(struct session *s, const struct args *a)
{
	walk_begin(s, &traffic_how, a);
}

static void reset_one(struct walk *w)
{
	const struct cli_engine *e = w->s->e;
	for (uint8_t slot = 0; slot < 3; slot++)
		if (w->c.pw[slot].present)
			e->reset_count(e->arg, w->c.index, slot);
}

static const struct walk_how reset_how = { NULL, NULL, reset_one, NULL };

void reset_traffic(struct session *s, const struct args *a)
{
	const struct cli_engine *e = s->e;
	const char *ifname = arg_text(a, "<if>");
	uint8_t slot = arg_text(a, "secondary") ? SLOT_SECONDARY : arg_text(a, "bypass") ? SLOT_BYPASS : SLOT_PRIMARY;
	struct show_circuit c;

	if (!e->reset_count)
		say_error(s, "There is no data plane whose counters could be reset.");
	else if (!ifname)
		walk_begin(s, &reset_how, a);
	else if (!core_show_circuit(e->core, ifname, &c) || !c.pw[slot].present)
		say_error(s, "The interface %s has no %s pseudowire.", ifname, slot_name(slot));
	else
		e->reset_count(e->arg, c.index, slot);
}
