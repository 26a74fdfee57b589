/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show_diag.c: display mpls l2vpn diagnose: for every circuit the conditions a person would check, in
 * that order, each `ok` or `wrong` with what is, what is needed and what to do; `note`: as configured, but a person
 * may not expect it.
 *
 * Conditions are rows (diag.h). The first look at the attachment circuit, the next ones at each of its pseudowires,
 * the last at what the circuit makes of them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/warn.h"
#include "cli/args.h"

static void ip_text(char out[16], uint32_t ip)
{
	snprintf(out, 16, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
}

/* ---- conditions of the attachment circuit ------------------------------------------------------------ */

static void configuration(const struct subject *s, struct finding *f)
{
	const struct m_system *sys = cfg_system(cfg_running(s->e->cfg));
	const struct show_pw *pw = s->c->pw;
	unsigned n = pw[0].present + pw[1].present + pw[2].present;

	IS(f, "%u pseudowire%s, mpls %s, mpls l2vpn %s", n, n == 1 ? "" : "s", sys->mpls ? "on" : "off",
	   sys->l2vpn ? "on" : "off");
	if (!sys->lsr_id)
		WRONG(f, "mpls lsr-id", "mpls lsr-id A.B.C.D, mpls, mpls l2vpn in the system view");
	else if (!sys->mpls || !sys->l2vpn)
		WRONG(f, "both on", "mpls and mpls l2vpn in the system view");
	else if (!pw[SLOT_PRIMARY].present)
		WRONG(f, "a primary", "configure the primary first: mpls l2vc or mpls static-l2vc");
}

static void attachment(const struct subject *s, struct finding *f)
{
	const struct cli_device *d = s->d;

	IS(f, "%s %s, admin %s, carrier %s", d->dev, d->present ? "present" : "absent", up_down(d->admin_up),
	   up_down(d->carrier));
	if (!d->present)
		WRONG(f, "present", "create the device or map the name in the --ports file");
	else if (!d->admin_up && s->c->cfg->shutdown)
		WRONG(f, "admin up", "undo shutdown on %s", s->c->name);
	else if (!d->admin_up && s->c->forced_down)
		WRONG(f, "admin up", "first a pseudowire: trigger if-down holds the port down until one is up");
	else if (!d->admin_up)
		WRONG(f, "admin up", "something outside twinwire set it down: ip link set %s up", d->dev);
	else if (!d->carrier)
		WRONG(f, "carrier up", "check the cable or the far end of %s", d->dev);
	else if (!s->c->ac_up)
		WRONG(f, "AC up", "%s", *s->c->ac_why ? s->c->ac_why : "display logbuffer");
}

static void port_mode(const struct subject *s, struct finding *f)
{
	struct show_port p;

	if (!s->e->dp || !s->d->present || !dp_show_port(s->e->dp, s->c->ifindex, &p)) {
		IS(f, "not attached");
		WRONG(f, "an attached program", s->d->present ? "display logbuffer says why" : "first the AC");
		return;
	}
	IS(f, "%s (%.100s)", p.mode, p.why);
	if (!strcmp(p.mode, "none"))
		WRONG(f, "an attached program", "display logbuffer says why");
	else if (*p.warn)
		WRONG(f, "a safe mode", "%.150s", p.warn);
}

/* ---- conditions of a pseudowire ---------------------------------------------------------------------------- */

static void template(const struct subject *s, struct finding *f)
{
	const char *name = s->pw->cfg.template;
	struct show_template t;

	if ((f->skip = !*name))
		return;
	if (!core_show_template(s->e->core, name, &t)) {
		IS(f, "%s does not exist", name);
		WRONG(f, "it", "pw-template %s in the system view", name);
		return;
	}
	IS(f, "%s%s", name, s->pw->template_waits ? " has new values that are not in force" : "");
	if (s->pw->template_waits)
		NOTE(f, "do: reset pw pw-template %s", name);
}

static void tunnel(const struct subject *s, struct finding *f)
{
	if (!s->pw->peer) {
		IS(f, "no far end");
		WRONG(f, "a destination", "%s", *s->pw->why ? s->pw->why : "give destination in the line");
		return;
	}
	if (s->pw->has_path && s->pw->path.no_label) {
		signal_no_label(s, f);
		return;
	}
	if (s->pw->has_path) {
		IS(f, "%s%s to %s", s->pw->path.ldp ? "LDP LSP " : "", s->pw->path.name, s->ip);
		if (s->pw->path.group)
			IS_MORE(f, ", shared out among %u next hops; below, the first that is up", s->pw->path.n_members);
		return;
	}
	if (is_signalled(s->pw)) {
		signal_no_tunnel(s, f);
		return;
	}
	IS(f, "none to %s", s->ip);
	WRONG(f, "an LSP", "static-lsp ingress NAME destination %s 32 nexthop NEXTHOP out-label LABEL", s->ip);
}

static void neighbour(const struct subject *s, struct finding *f)
{
	const struct show_path *p = &s->pw->path;
	char nh[16];

	ip_text(nh, p->nexthop);
	if ((f->skip = !s->pw->has_path || p->no_label))
		return;
	if (p->nexthop_known)
		IS(f, "%s is %02x%02x-%02x%02x-%02x%02x", nh, p->dmac[0], p->dmac[1], p->dmac[2], p->dmac[3],
		   p->dmac[4], p->dmac[5]);
	else
		IS(f, "%s does not answer", nh);
	if (!p->nexthop_known)
		WRONG(f, "resolved", "ping %s; its address must be in a subnet of %s", nh,
		      *p->port ? p->port : "a port");
}

static void path(const struct subject *s, struct finding *f)
{
	const struct show_path *p = &s->pw->path;

	if ((f->skip = !s->pw->has_path || p->no_label))
		return;
	IS(f, "%s by %s: %s, admin %s, carrier %s%s%s", up_down(p->up), *p->port ? p->port : "no port",
	   p->port_present ? "present" : "absent", up_down(p->port_admin), up_down(p->port_carrier),
	   p->up ? "" : "; ", p->why);
	if (p->up)
		return;
	if (!*p->port)
		WRONG(f, "up", "no port has the subnet of the next hop: ip address on the core port");
	else if (!p->port_present || !p->port_admin || !p->port_carrier)
		WRONG(f, "up", "display interface %s", p->port);
	else
		WRONG(f, "up", "the next hop must answer (line above)");
}

static void label(const struct subject *s, struct finding *f)
{
	const struct show_pw *pw = s->pw;

	if ((f->skip = is_signalled(pw)))
		return;
	IS(f, "transmit %" PRIu32 ", receive %" PRIu32 ", control word %s; the peer must have them crossed",
	   pw->cfg.tx_label, pw->cfg.rx_label, pw->control_word ? "on" : "off");
	if (s->slot != SLOT_PRIMARY && pw->control_word != s->c->pw[SLOT_PRIMARY].control_word)
		WRONG(f, "that of the primary", "the same control-word option on both");
}

static void mtu(const struct subject *s, struct finding *f)
{
	const struct show_pw *pw = s->pw;
	char need[32];

	if ((f->skip = !pw->has_path || pw->path.no_label || !*pw->path.port || !pw->path.port_present))
		return;
	snprintf(need, sizeof(need), "%" PRIu32, pw_needs_mtu(pw));
	IS(f, "%u on %s; AC %u + %" PRIu32 " = %s", pw->path.mtu, pw->path.port, pw->mtu, pw_needs_mtu(pw) - pw->mtu,
	   need);
	if (pw->path.mtu < pw_needs_mtu(pw))
		WRONG(f, need, "mtu %s on %s, and on every hop of the path", need, pw->path.port);
}

static void fault(const struct subject *s, struct finding *f)
{
	const char *slot = s->slot == SLOT_SECONDARY ? " secondary" : "";

	if ((f->skip = s->slot == SLOT_BYPASS))
		return;
	IS(f, "%s", s->pw->manual_fault ? "set: the operator keeps it down" : "not set");
	if (s->pw->manual_fault)
		WRONG(f, "not set", "undo manual-set pw-ac-fault%s on %s", slot, s->c->name);
}

static void state(const struct subject *s, struct finding *f)
{
	IS(f, "%s%s%s%s", up_down(s->pw->up), s->pw->active ? ", sends" : "", *s->pw->why ? "; " : "", s->pw->why);
	if (!s->pw->up)
		WRONG(f, "up", "the first line that is wrong");
}

static const struct condition ac_conditions[] = {
	{ "configuration",	configuration },
	{ "AC",			attachment },
	{ "port mode",		port_mode },
}, first_conditions[] = {
	{ "template",		template },
}, tunnel_conditions[] = {
	{ "tunnel",		tunnel },
	{ "neighbour",		neighbour },
	{ "path",		path },
	{ "label",		label },
	{ "MTU",		mtu },
}, last_conditions[] = {
	{ "manual fault",	fault },
	{ "state",		state },
};

/* ---- printing ------------------------------------------------------------------------------------------------ */

#define VALUE(name) static void name(struct text *t, const void *rec)
#define SUBJECT const struct subject *s = rec
#define FINDING const struct finding *f = rec

VALUE(v_circuit) { SUBJECT; text_puts(t, s->c->name); }
VALUE(v_pw)
{
	SUBJECT;
	text_printf(t, "%s to %s, VC ID %" PRIu32 "%s", slot_name(s->slot), s->pw->peer ? s->ip : "--",
		    s->pw->cfg.vc_id, s->pw->active ? " (sends)" : "");
}
VALUE(v_last_drop)
{
	SUBJECT;
	uint8_t last = dp_show_last_drop(s->e->dp, s->c->index);

	text_printf(t, "%s: %s", dp_drop_name(last), dp_drop_text(last));
}
static bool has_drop(const void *rec) { SUBJECT; return s->e->dp && dp_show_last_drop(s->e->dp, s->c->index); }

static const struct field circuit_fields[] = { { "", v_circuit, NULL, true } };
static const struct field pw_fields[] = { { "", v_pw, NULL, true } };
static const struct field drop_fields[] = { { "last drop      ", v_last_drop, has_drop, true } };
static const struct block circuit_block = { "", "", 0, circuit_fields, N_OF(circuit_fields) };
static const struct block pw_block = { " ", " ", 0, pw_fields, N_OF(pw_fields) };
static const struct block drop_block = { "  ", "  ", 0, drop_fields, N_OF(drop_fields) };

VALUE(v_name) { FINDING; text_printf(t, "  %s", f->name); }
VALUE(v_verdict) { FINDING; text_puts(t, f->wrong ? "wrong" : f->note ? "note" : "ok"); }
VALUE(v_is)
{
	FINDING;
	text_puts(t, f->is);
	if (f->wrong)
		text_printf(t, "; needed: %s; do: %s", f->need, f->todo);
	else if (f->note)
		text_printf(t, "; %s", f->todo);
}
static const struct column finding_columns[] = {
	{ "", 17, false, v_name },
	{ "", 7,  false, v_verdict },
	{ "", 0,  false, v_is },
};

/* All conditions of a list; false: one or more are wrong. */
static bool report(struct text *t, const struct condition *cond, size_t n, const struct subject *s)
{
	bool ok = true;

	for (size_t i = 0; i < n; i++) {
		struct finding f = { .name = cond[i].name };

		cond[i].judge(s, &f);
		if (f.skip)
			continue;
		table_row(t, finding_columns, N_OF(finding_columns), &f);
		ok &= !f.wrong;
	}
	return ok;
}

static bool one_pw(struct text *t, struct subject *s)
{
	bool ok;

	ip_text(s->ip, s->pw->peer);
	s->far = (struct show_remote_pw){ .mapped = false };
	block_print(t, &pw_block, s);
	ok = report(t, first_conditions, N_OF(first_conditions), s);
	if (is_signalled(s->pw)) {
		if (s->e->ldp)
			ldp_show_pw(s->e->ldp, s->pw->peer, pw_type(s->pw), s->pw->cfg.vc_id, &s->far);
		ok &= report(t, signal_conditions, n_signal_conditions, s);
	}
	ok &= report(t, tunnel_conditions, N_OF(tunnel_conditions), s);
	if (is_signalled(s->pw))
		ok &= report(t, far_conditions, n_far_conditions, s);
	return report(t, last_conditions, N_OF(last_conditions), s) && ok;
}

static void one_circuit(struct walk *w)
{
	struct text *t = &w->s->body;
	struct cli_device d = { 0 };
	struct subject s = { .e = w->s->e, .c = &w->c, .d = &d, .now_ns = loop_now(w->s->e->loop), .alone = *w->only };
	bool ok;

	device_of(s.e, &w->port, w->c.name, w->c.cfg, &d);
	if (w->shown++)
		text_puts(t, "\n");
	block_print(t, &circuit_block, &s);
	ok = report(t, ac_conditions, N_OF(ac_conditions), &s);
	for (s.slot = 0; s.slot < 3; s.slot++) {
		s.pw = &w->c.pw[s.slot];
		if (s.pw->present)
			ok &= one_pw(t, &s);
	}
	ok &= report(t, protect_conditions, n_protect_conditions, &s);
	for (s.alarm = 0; s.alarm < ALARM__N; s.alarm++)
		ok &= report(t, &alarm_condition, 1, &s);
	*(ok ? &w->up : &w->down) += 1;
	block_print(t, &drop_block, &s);
}

VALUE(v_without)
{
	const struct walk *w = rec;

	text_printf(t, "%" PRIu32 " circuit%s without a fault", w->up, w->up == 1 ? "" : "s");
}
VALUE(v_with) { text_printf(t, "%" PRIu32, ((const struct walk *)rec)->down); }

static const struct field summary_fields[] = {
	{ "",			v_without, NULL, true, .pad = 1 },
	{ ", ",			v_with,	   NULL, true, .pad = 1 },
	{ " with one or more.",	NULL,	   NULL, true },
};
static const struct block summary_block = { "", "", 0, summary_fields, N_OF(summary_fields) };

static void summary(struct walk *w)
{
	if (*w->only)
		return;
	if (w->shown)
		say(w->s, "\n");
	block_print(&w->s->body, &summary_block, w);
}

static const struct walk_how diagnose_how = { .one = one_circuit, .tail = summary };

void display_diagnose(struct session *s, const struct args *a)
{
	walk_begin(s, &diagnose_how, a);
}
