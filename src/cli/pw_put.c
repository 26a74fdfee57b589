/* SPDX-License-Identifier: BSD-2-Clause */
/* pw_put.c: values of pseudowires that several displays print, and the displays of all of them; see show_pw.h. */
#include <inttypes.h>
#include <string.h>

#include "cli/args.h"
#include "cli/show_pw.h"
#include "wire/ldp.h"

#define VALUE(name) void name(struct text *t, const void *rec)
#define PW const struct pw_rec *r = rec; const struct show_pw *pw = r->pw; (void)pw

/* ---- a pseudowire ---------------------------------------------------------------------------------- */

bool ac_up(const struct show_circuit *c)
{
	return c->ac_up && !c->forced_down;
}

bool vc_up(const struct show_circuit *c, const struct show_pw *pw)
{
	const uint32_t ac_fault = LDP_PW_AC_RX_FAULT | LDP_PW_AC_TX_FAULT;
	bool told = !is_signalled(pw) || !pw->signal.mapped || pw->signal.local_status & ac_fault;

	return pw->up && (c->ac_up || c->cfg->ignore_ac[pw - c->pw] || !told);
}

void pw_rec_of(struct pw_rec *r, const struct walk *w, unsigned slot)
{
	const struct cli_engine *e = w->s->e;

	*r = (struct pw_rec){ .e = e, .c = &w->c, .pw = &w->c.pw[slot], .slot = slot, .now_ns = loop_now(e->loop),
			      .wall_ns = wall_now(e) };
}

void pw_rec_far(struct pw_rec *r)
{
	r->far.mapped = false;
	if (r->e->ldp && is_signalled(r->pw) &&
	    !ldp_show_pw(r->e->ldp, r->pw->peer, pw_type(r->pw), r->pw->cfg.vc_id, &r->far))
		r->far.mapped = false;
}

bool is_signalled(const struct show_pw *pw)
{
	return pw->cfg.kind == PW_LDP;
}

/* ---- names -------------------------------------------------------------------------------------------- */

uint16_t pw_type(const struct show_pw *pw)
{
	return pw->tagged ? LDP_PW_ETHERNET_TAGGED : LDP_PW_ETHERNET;
}

static const struct pw_name {		/* RFC 4446, 3.2 */
	const char *name, *word;
} pw_names[] = {
	[0x0001] = { "FR DLCI (martini)", "fr" },
	[0x0002] = { "ATM AAL5 SDU", "atm-aal5-sdu" },
	[0x0003] = { "ATM transparent cell", "atm-trans-cell" },
	[0x0004] = { "VLAN", "vlan" },
	[0x0005] = { "Ethernet", "ethernet" },
	[0x0006] = { "HDLC", "hdlc" },
	[0x0007] = { "PPP", "ppp" },
	[0x0008] = { "CEM", "cem" },
	[0x0009] = { "ATM Nto1 VCC", "atm-nto1-vcc" },
	[0x000a] = { "ATM Nto1 VPC", "atm-nto1-vpc" },
	[0x000b] = { "IP-layer2", "ip-layer2" },
	[0x000c] = { "ATM 1to1 VCC", "atm-1to1-vcc" },
	[0x000d] = { "ATM 1to1 VPC", "atm-1to1-vpc" },
	[0x000e] = { "ATM AAL5 PDU", "atm-aal5-pdu" },
	[0x000f] = { "FR port", "fr-port" },
	[0x0010] = { "CEP", "cep" },
	[0x0011] = { "SAToP E1", "satop-e1" },
	[0x0012] = { "SAToP T1", "satop-t1" },
	[0x0013] = { "SAToP E3", "satop-e3" },
	[0x0014] = { "SAToP T3", "satop-t3" },
	[0x0015] = { "CESoPSN basic mode", "cesopsn-basic" },
	[0x0017] = { "CESoPSN with CAS", "cesopsn-cas" },
	[0x0019] = { "FR DLCI", "fr" },
	[0x0040] = { "IP-interworking", "ip-interworking" },
};

static const struct pw_name *name_of(uint16_t type)
{
	static const struct pw_name unknown = { "unknown", "unknown" };

	return type < N_OF(pw_names) && pw_names[type].name ? &pw_names[type] : &unknown;
}

const char *pw_type_name(uint16_t type) { return name_of(type)->name; }
const char *pw_type_word(uint16_t type) { return name_of(type)->word; }

struct bit_word {
	uint32_t bit;
	const char *word;
};

/* The words of the bits set in @v; false: none was. */
static bool put_bits(struct text *t, uint32_t v, const struct bit_word *w, size_t n, const char *between)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (!(v & w[i].bit))
			continue;
		text_printf(t, "%s%s", any ? between : "", w[i].word);
		any = true;
	}
	return any;
}

uint32_t pw_local_status(const struct show_pw *pw)
{
	return pw->signal.session == SESSION_UP || pw->signal.mapped ? pw->signal.local_status : LDP_PW_NOT_FORWARDING;
}

void pw_put_status(struct text *t, uint32_t status)
{
	static const struct bit_word words[] = {
		{ LDP_PW_NOT_FORWARDING, "not-forwarding" }, { LDP_PW_AC_RX_FAULT, "ac-receive-fault" },
		{ LDP_PW_AC_TX_FAULT, "ac-transmit-fault" }, { LDP_PW_PSN_RX_FAULT, "vc-receive-fault" },
		{ LDP_PW_PSN_TX_FAULT, "vc-transmit-fault" }, { LDP_PW_STANDBY, "standby" },
		{ LDP_PW_SWITCHOVER, "request-switchover" },
	};

	text_printf(t, "0x%" PRIx32 " (%s", status, status ? "" : "forwarding");
	if (!put_bits(t, status, words, N_OF(words), ", ") && status)
		text_puts(t, "unknown");
	text_puts(t, ")");
}

void pw_put_vccv(struct text *t, uint16_t vccv)
{
	static const struct bit_word words[] = {	/* RFC 5085 4.1, 5.1; RFC 5885, 4 */
		{ 0x100, "cw" }, { 0x200, "alert" }, { 0x400, "ttl" }, { 0x02, "lsp-ping" }, { 0x3c, "bfd" },
	};

	if (!put_bits(t, vccv, words, N_OF(words), " "))
		text_puts(t, "none");
}

const char *tunnel_type(const struct show_path *p)
{
	return p->ldp ? "ldp" : "lsp";
}

/* ---- values ------------------------------------------------------------------------------------------- */

static uint64_t up_for(const struct pw_rec *r)
{
	return r->pw->up ? r->now_ns - r->pw->up_ns : 0;
}

VALUE(pw_put_interface) { PW; text_puts(t, r->c->name); }
VALUE(pw_put_state) { PW; text_puts(t, up_down(vc_up(r->c, pw))); }
VALUE(pw_put_peer) { PW; put_ip(t, pw->peer); }
VALUE(pw_put_vc_id) { PW; text_printf(t, "%" PRIu32, pw->cfg.vc_id); }
VALUE(pw_put_vc_type) { PW; text_puts(t, pw_type_name(pw_type(pw))); }
VALUE(pw_put_last_up)
{
	PW;
	put_wall(t, pw->up_ns ? r->wall_ns - (int64_t)(r->now_ns - pw->up_ns) : 0);
}
VALUE(pw_put_total_up) { PW; put_duration(t, pw->up_total_ns + up_for(r)); }

VALUE(pw_put_client) { PW; text_printf(t, "%s is %s", r->c->name, up_down(ac_up(r->c))); }
VALUE(pw_put_ac) { PW; text_puts(t, up_down(ac_up(r->c))); }
VALUE(pw_put_why) { PW; text_puts(t, pw->up ? r->c->ac_why : pw->why); }
VALUE(pw_put_idle) { PW; text_puts(t, pw->why); }
VALUE(put_zero) { (void)rec; text_puts(t, "0"); }
VALUE(pw_put_token) { PW; text_puts(t, pw->has_path ? "0" : "1"); }
VALUE(pw_put_fault) { PW; text_puts(t, pw->manual_fault ? "set" : "not set"); }
VALUE(pw_put_active) { PW; text_puts(t, pw->active ? "active" : "inactive"); }
VALUE(put_one) { (void)rec; text_puts(t, "1"); }
VALUE(pw_put_link)
{
	PW;
	text_puts(t, up_down(pw->has_path && pw->path.up && (!is_signalled(pw) || pw->signal.mapped)));
}
VALUE(pw_put_template) { PW; text_printf(t, "%s%s", pw->cfg.template, pw->template_waits ? " (new values wait)" : ""); }
VALUE(put_unknown) { (void)t; (void)rec; }
VALUE(pw_put_balance) { (void)rec; text_puts(t, "flow"); }
VALUE(pw_put_access) { PW; text_puts(t, pw->cfg.access_port ? "true" : "false"); }
VALUE(pw_put_create) { PW; put_duration(t, r->now_ns - pw->created_ns); }
VALUE(pw_put_up_for) { PW; put_duration(t, up_for(r)); }
VALUE(pw_put_change) { PW; put_duration(t, r->now_ns - pw->changed_ns); }
VALUE(pw_put_ckey) { PW; text_printf(t, "%" PRIu32, TW_PW(r->c->index, r->slot)); }
VALUE(pw_put_nkey) { PW; text_printf(t, "%" PRIu32, pw->has_path ? (uint32_t)pw->path.index : 0); }
VALUE(pw_put_bfd) { (void)rec; text_puts(t, "unavailable"); }
VALUE(pw_put_service) { PW; text_puts(t, r->c->cfg->service_name); }
VALUE(pw_put_description) { PW; text_puts(t, r->c->cfg->l2vpn_description); }

#define WHEN(name, what) bool name(const void *rec) { const struct pw_rec *r = rec; return what; }
WHEN(pw_has_path, r->pw->has_path)
WHEN(pw_is_down, !vc_up(r->c, r->pw))
WHEN(pw_is_idle, vc_up(r->c, r->pw) && !r->pw->active && *r->pw->why)
WHEN(pw_has_service, r->c->cfg->service_name)
WHEN(pw_has_description, r->c->cfg->l2vpn_description)

/* ---- printing ---------------------------------------------------------------------------------------- */

static bool wanted(const struct walk *w, const struct show_pw *pw)
{
	return pw->present && (!w->how->kinds || w->how->kinds >> pw->cfg.kind & 1) &&
	       (!w->vc_id || pw->cfg.vc_id == w->vc_id) && (w->state < 0 || vc_up(&w->c, pw) == w->state);
}

void pw_count(struct walk *w)
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

void pw_print(struct walk *w)
{
	struct pw_rec r;

	for (unsigned i = 0; i < 3; i++) {
		if (!wanted(w, &w->c.pw[i]))
			continue;
		if (w->shown++)
			say(w->s, "\n");
		pw_rec_of(&r, w, i);
		pw_rec_far(&r);
		block_print(&w->s->body, w->how->block, &r);
	}
}

void pw_print_interface(struct walk *w)
{
	pw_print(w);
	if (w->shown)
		circuit_print_reroute(w);
	else
		say_error(w->s, "The interface %s has no %s.", w->only, w->how->lacks);
}

void pw_display(struct session *s, const struct walk_how how[PW_FORMS], const struct args *a)
{
	walk_begin(s, &how[arg_text(a, "<if>") ? PW_INTERFACE : arg_text(a, "brief") ? PW_BRIEF : PW_FULL], a);
}
