/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show_hello.c: displays of LDP discovery: interfaces with link Hellos, remote peers with targeted ones, adjacencies.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/args.h"
#include "cli/show_ldp.h"

#define VALUE(name) static void name(struct text *t, const void *rec)

struct hello {
	const struct cli_engine *e;
	struct show_adjacency a;
	uint32_t lsr_id;			/* ours */
	const struct m_remote_peer *cfg;	/* remote peers: NULL when made by auto-create-session */
	const struct m_ldp_timers *timers;
	uint32_t number;			/* of the line */
	bool works;				/* Hellos can be sent */
	uint32_t mtu;				/* 0: there is no device */
};
#define HELLO const struct hello *r = rec; const struct show_adjacency *a = &r->a; (void)a

VALUE(v_interface) { HELLO; text_printf(t, " %s", a->ifname); }
VALUE(v_name) { HELLO; text_puts(t, a->ifname); }
VALUE(v_status) { HELLO; text_puts(t, r->works ? "Active" : "Inactive"); }
VALUE(v_why) { HELLO; text_puts(t, a->why); }
VALUE(v_mode) { (void)rec; text_puts(t, "DU"); }
VALUE(v_du) { (void)rec; text_puts(t, "Downstream Unsolicited"); }
VALUE(v_transport) { HELLO; put_ip(t, r->lsr_id); }
VALUE(v_hellos) { HELLO; text_printf(t, "%" PRIu64 "/%" PRIu64, a->sent, a->received); }
VALUE(v_messages) { v_hellos(t, rec); text_puts(t, "  (Message Count)"); }
VALUE(v_ldp_id) { HELLO; put_ldp_id(t, r->lsr_id); }
VALUE(v_mtu) { HELLO; if (r->mtu) text_printf(t, "%" PRIu32, r->mtu); else text_puts(t, "----"); }
VALUE(v_hold_configured) { HELLO; put_seconds(t, a->hold_configured); }
VALUE(v_hold) { HELLO; put_seconds(t, a->hold); }
VALUE(v_send_configured) { HELLO; put_seconds(t, r->timers->hello_send); }
VALUE(v_send) { HELLO; put_seconds(t, a->send); }
VALUE(v_keep_hold)
{
	HELLO;
	put_seconds(t, r->timers->keepalive_hold ? r->timers->keepalive_hold : LDP_KEEPALIVE_HOLD);
}
VALUE(v_keep_send) { HELLO; put_seconds(t, r->timers->keepalive_send); }
VALUE(v_unset) { (void)rec; text_puts(t, "----"); }
VALUE(v_no) { (void)rec; text_puts(t, "No"); }
VALUE(v_peer) { HELLO; if (a->peer) put_ldp_id(t, a->peer); else text_puts(t, "----"); }
VALUE(v_lsr) { HELLO; put_ip(t, a->peer); }
VALUE(v_heard_from) { HELLO; put_ip(t, a->source); }
VALUE(v_number) { HELLO; text_printf(t, " %" PRIu32, r->number); }
VALUE(v_zero) { (void)rec; text_puts(t, "0"); }
VALUE(v_age) { HELLO; put_age(t, age_of(r->e, a->since_ns)); }
VALUE(v_received) { HELLO; text_printf(t, "%" PRIu64, a->received); }
VALUE(v_type) { HELLO; text_puts(t, a->targeted ? "R" : "L"); }
static bool has_reason(const void *rec) { HELLO; return *a->why; }

/* ---- interfaces ---------------------------------------------------------------------------------------------- */

static const struct column interface_columns[] = {
	{ " IFName",		26, false, v_interface },
	{ "Status",		11, false, v_status },
	{ "LAM",		5,  false, v_mode },
	{ "TransportAddress",	18, false, v_transport },
	{ "HelloSent/Rcv",	0,  false, v_hellos },
};
/* ours beside the manual's: Peer, Hello Send Timer in force, Not up because */
static const struct field interface_fields[] = {
	{ "Interface Name : ",	v_name, NULL, true },
	{ "LDP ID         : ",	v_ldp_id, NULL, true, .pad = 19 },
	{ "Transport Address : ", v_transport, NULL, true },
	{ "Entity Status  : ",	v_status, NULL, true, .pad = 19 },
	{ "Effective MTU     : ", v_mtu, NULL, true },
	{ "Peer           : ",	v_peer, NULL, true },
	{ "Not up because : ",	v_why, has_reason, true },
	{ "",			NULL, NULL, true },
	{ "Configured Hello Hold Timer",	v_hold_configured },
	{ "Negotiated Hello Hold Timer",	v_hold },
	{ "Configured Hello Send Timer",	v_send_configured },
	{ "Hello Send Timer in force",		v_send },
	{ "Configured Keepalive Hold Timer",	v_keep_hold },
	{ "Configured Keepalive Send Timer",	v_keep_send },
	{ "Configured Delay Timer",		v_unset },
	{ "Label Advertisement Mode",		v_du },
	{ "Hello Message Sent/Rcvd",		v_messages },
	{ "Entity Deletion Status",		v_no },
};
static const struct block interface_block = { " ", " ", 36, interface_fields, N_OF(interface_fields) };

static void one_interface(struct list *l, const void *rec)
{
	const struct cli_engine *e = l->s->e;
	struct hello r = { .e = e, .a = *(const struct show_adjacency *)rec, .lsr_id = ldp_our_lsr(e) };
	struct cli_device d = { 0 };

	l->shown++;
	device_of(e, NULL, r.a.ifname, NULL, &d);
	r.works = d.present && d.admin_up && d.carrier;
	if (!l->verbose) {
		table_row(&l->s->body, interface_columns, N_OF(interface_columns), &r);
		return;
	}
	r.timers = timers_of_interface(e, r.a.ifname);
	r.mtu = d.mtu;
	block_print(&l->s->body, &interface_block, &r);
	say(l->s, "%s", ldp_rule);
}

static void interfaces_tail(struct list *l)
{
	if (!l->verbose)
		say(l->s, "%s", ldp_rule);
	say(l->s, "TOTAL: %" PRIu32 " Interface(s) Found.\n", l->shown);
}

static const struct list_how interfaces_how = { sizeof(struct show_adjacency), one_interface, interfaces_tail };

/* Links alone: all, or the one in .beside. On a link with several neighbours each has an adjacency. */
static int keep_link(void *arg, const struct show_adjacency *a)
{
	struct list *l = arg;

	if (a->targeted || (l->beside && strcmp(l->beside, a->ifname)))
		return 0;
	return list_add(l, a);
}

void display_ldp_interface(struct session *s, const struct args *a)
{
	const char *ifname = arg_text(a, "<if>");
	struct list *l = ldp_ready(s) ? list_new(s, &interfaces_how) : NULL;

	if (!l)
		return;
	l->verbose = ifname || arg_text(a, "verbose");
	if (ifname)
		l->beside = strdup(ifname);
	l->failed |= ldp_show_adjacencies(s->e->ldp, keep_link, l) < 0;
	say(s, " LDP Interface Information in Public Network\n");
	if (!l->verbose) {
		say(s, " Codes:LAM(Label Advertisement Mode), IFName(Interface name)\n"
		       " An asterisk (*) before an interface means the entity is being deleted.\n%s", ldp_rule);
		table_head(&s->body, interface_columns, N_OF(interface_columns));
	}
	say(s, "%s", ldp_rule);
	list_print(l);
}

/* ---- adjacencies --------------------------------------------------------------------------------------------- */

static const struct column adjacency_columns[] = {
	{ " SN",		5,  false, v_number },
	{ "SourceAddr",		17, false, v_heard_from },
	{ "PeerID",		17, false, v_lsr },
	{ "VrfID",		7,  false, v_zero },
	{ "AdjAge(DDDD:HH:MM)",	20, false, v_age },
	{ "RcvdHello",		10, false, v_received },
	{ "Type",		0,  false, v_type },
};

static void one_adjacency(struct list *l, const void *rec)
{
	struct hello r = { .e = l->s->e, .a = *(const struct show_adjacency *)rec, .number = ++l->shown };

	table_row(&l->s->body, adjacency_columns, N_OF(adjacency_columns), &r);
}

static void adjacencies_tail(struct list *l)
{
	say(l->s, "%sTOTAL: %" PRIu32 " Record(s) found.\n", ldp_rule, l->shown);
}

static const struct list_how adjacencies_how = { sizeof(struct show_adjacency), one_adjacency, adjacencies_tail };

static int keep_up(void *arg, const struct show_adjacency *a)
{
	return a->up ? list_add(arg, a) : 0;
}

void display_ldp_adjacency(struct session *s, const struct args *a)
{
	struct list *l = ldp_ready(s) ? list_new(s, &adjacencies_how) : NULL;
	(void)a;

	if (!l)
		return;
	l->failed |= ldp_show_adjacencies(s->e->ldp, keep_up, l) < 0;
	say(s, " LDP Adjacency Information in Public Network\n Codes: R: Remote Adjacency, L: Local Adjacency\n"
	       " An asterisk (*) before an adjacency means the adjacency is being deleted.\n%s", ldp_rule);
	table_head(&s->body, adjacency_columns, N_OF(adjacency_columns));
	say(s, "%s", ldp_rule);
	list_print(l);
}

/* ---- remote peers -------------------------------------------------------------------------------------------- */

VALUE(r_name) { HELLO; text_puts(t, *a->remote_name ? a->remote_name : "----"); }
VALUE(r_description) { HELLO; text_puts(t, r->cfg && r->cfg->description ? r->cfg->description : "----"); }
VALUE(r_auto) { HELLO; text_puts(t, a->automatic ? "auto-create-session" : "----"); }
VALUE(r_manual) { HELLO; text_puts(t, !r->cfg ? "----" : r->cfg->ip ? "effective" : "no remote-ip"); }
VALUE(r_labels) { HELLO; text_puts(t, r->cfg && r->cfg->pwe3 ? "pseudowires only" : "all"); }

/* ours beside the manual's: Hello Send Timer in force, Labels Distributed, Not up because */
static const struct field remote_fields[] = {
	{ "Remote Peer Name  : ",	r_name, NULL, true },
	{ "Description       : ",	r_description, NULL, true },
	{ "Remote Peer IP    : ",	v_lsr, NULL, true, .pad = 21 },
	{ "LDP ID        : ",		v_ldp_id, NULL, true },
	{ "Transport Address : ",	v_transport, NULL, true, .pad = 21 },
	{ "Entity Status : ",		v_status, NULL, true },
	{ "Not up because    : ",	v_why, has_reason, true },
	{ "",				NULL, NULL, true },
	{ "Configured Keepalive Hold Timer",	v_keep_hold },
	{ "Configured Keepalive Send Timer",	v_keep_send },
	{ "Configured Hello Hold Timer",	v_hold_configured },
	{ "Negotiated Hello Hold Timer",	v_hold },
	{ "Configured Hello Send Timer",	v_send_configured },
	{ "Hello Send Timer in force",		v_send },
	{ "Configured Delay Timer",		v_unset },
	{ "Hello Packet sent/received",		v_hellos },
	{ "Label Advertisement Mode",		v_du },
	{ "Labels Distributed",			r_labels },
	{ "Auto-config",			r_auto },
	{ "Manual-config",			r_manual },
};
static const struct block remote_block = { " ", " ", 32, remote_fields, N_OF(remote_fields) };

static void one_remote(struct list *l, const void *rec)
{
	static const struct m_ldp_timers none;
	const struct cli_engine *e = l->s->e;
	struct hello r = { .e = e, .a = *(const struct show_adjacency *)rec, .lsr_id = ldp_our_lsr(e) };
	struct m_ldp_timers automatic = { .keepalive_hold = ldp_configured(e)->auto_keepalive };

	r.cfg = cfg_remote_peer(cfg_running(e->cfg), r.a.remote_name);
	r.timers = r.cfg ? &r.cfg->ldp : r.a.automatic ? &automatic : &none;
	r.works = r.a.peer;
	l->shown++;
	block_print(&l->s->body, &remote_block, &r);
	say(l->s, "%s", ldp_rule);
}

static void remotes_tail(struct list *l)
{
	say(l->s, "TOTAL: %" PRIu32 " Remote-Peer(s) Found.\n", l->shown);
}

static const struct list_how remotes_how = { sizeof(struct show_adjacency), one_remote, remotes_tail };

struct remotes {
	struct list *l;
	const char *name;		/* asked for, or NULL */
	uint32_t peer;			/* likewise, or 0 */
};

static int keep_remote(void *arg, const struct show_adjacency *a)
{
	const struct remotes *w = arg;

	if (!a->targeted || (w->name && strcmp(w->name, a->remote_name)) || (w->peer && w->peer != a->peer))
		return 0;
	return list_add(w->l, a);
}

/* A remote peer without address sends no Hellos: LDP has no adjacency to show. */
static int keep_idle(void *arg, const uint8_t *key, size_t len, const void *val)
{
	const struct remotes *w = arg;
	const struct m_remote_peer *p = val;
	struct show_adjacency a = { .targeted = true, .hold_configured = p->ldp.hello_hold ? p->ldp.hello_hold :
				    LDP_HELLO_HOLD_REMOTE };
	(void)key, (void)len;

	if (p->ip || w->peer || (w->name && strcmp(w->name, p->name)))
		return 0;
	snprintf(a.remote_name, sizeof(a.remote_name), "%s", p->name);
	snprintf(a.why, sizeof(a.why), "it has no address: remote-ip A.B.C.D in its view");
	return list_add(w->l, &a);
}

void display_ldp_remote(struct session *s, const struct args *a)
{
	const uint8_t type = OBJ_REMOTE_PEER;
	struct remotes w = { ldp_ready(s) ? list_new(s, &remotes_how) : NULL, arg_text(a, "<remote-name>"),
			     arg_ip(a, "<peer-id>") };

	if (!w.l)
		return;
	w.l->failed |= ldp_show_adjacencies(s->e->ldp, keep_remote, &w) < 0;
	trie_walk(cfg_running(s->e->cfg), &type, 1, keep_idle, &w);
	say(s, "                         LDP Remote Entity Information\n%s", ldp_rule);
	list_print(w.l);
}
