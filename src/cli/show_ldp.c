/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show_ldp.c: display mpls ldp (the speaker), its sessions and peers. Discovery is in show_hello.c, labels of prefixes
 * in show_label.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/args.h"
#include "cli/show_ldp.h"
#include "wire/ldp.h"

#define VALUE(name) static void name(struct text *t, const void *rec)

const char ldp_rule[] = "--------------------------------------------------------------------------\n";

/* ---- shared ------------------------------------------------------------------------------------------------ */

bool ldp_ready(struct session *s)
{
	struct show_speaker sp;

	if (!s->e->ldp) {
		say_error(s, "LDP is not available in this engine.");
		return false;
	}
	ldp_show_speaker(s->e->ldp, &sp);
	if (!sp.enabled)
		say_error(s, "LDP is not enabled: mpls ldp in the system view.");
	return sp.enabled;
}

void put_ldp_id(struct text *t, uint32_t lsr)
{
	if (!lsr)
		return;
	put_ip(t, lsr);
	text_puts(t, ":0");
}

void put_age(struct text *t, uint64_t ns)
{
	uint64_t min = ns / UINT64_C(60000000000);

	text_printf(t, "%04" PRIu64 ":%02u:%02u", min / 1440, (unsigned)(min / 60 % 24), (unsigned)(min % 60));
}

void put_seconds(struct text *t, uint32_t n)
{
	if (n)
		text_printf(t, "%" PRIu32 " Sec", n);
	else
		text_puts(t, "----");
}

const struct m_ldp *ldp_configured(const struct cli_engine *e)
{
	static const struct m_ldp none;
	const struct m_ldp *ldp = cfg_ldp(cfg_running(e->cfg));

	return ldp ? ldp : &none;
}

const struct m_ldp_timers *timers_of_interface(const struct cli_engine *e, const char *ifname)
{
	static const struct m_ldp_timers none;
	const struct m_interface *i = cfg_interface(cfg_running(e->cfg), ifname);

	return i ? &i->ldp : &none;
}

uint64_t age_of(const struct cli_engine *e, uint64_t since_ns)
{
	uint64_t now = loop_now(e->loop);

	return since_ns && now > since_ns ? now - since_ns : 0;
}

uint32_t ldp_our_lsr(const struct cli_engine *e)
{
	struct show_speaker sp;

	ldp_show_speaker(e->ldp, &sp);
	return sp.lsr_id;
}

static const char *on_off(bool on)
{
	return on ? "On" : "Off";
}

/* ---- the speaker -------------------------------------------------------------------------------------------- */

struct speaker {
	const struct cli_engine *e;
	const struct m_ldp *cfg;
	struct show_speaker s;
};

#define SPEAKER const struct speaker *r = rec
VALUE(v_version) { (void)rec; text_puts(t, "V1"); }
VALUE(v_liveness) { SPEAKER; put_seconds(t, r->cfg->liveness ? r->cfg->liveness : LDP_GR_LIVENESS); }
VALUE(v_graceful) { SPEAKER; text_puts(t, on_off(r->s.graceful_restart)); }
VALUE(v_reconnect) { SPEAKER; put_seconds(t, r->cfg->reconnect ? r->cfg->reconnect : LDP_GR_RECONNECT); }
VALUE(v_recovery) { SPEAKER; put_seconds(t, r->cfg->recovery ? r->cfg->recovery : LDP_GR_RECOVERY); }
VALUE(v_off) { (void)rec; text_puts(t, "Off"); }
VALUE(v_on) { (void)rec; text_puts(t, "On"); }
VALUE(v_zero) { (void)rec; text_puts(t, "0"); }
VALUE(v_unset) { (void)rec; text_puts(t, "----"); }
VALUE(v_status) { SPEAKER; text_puts(t, r->s.enabled && r->s.listening ? "Active" : "Inactive"); }
VALUE(v_why) { SPEAKER; text_puts(t, r->s.why); }
VALUE(v_lsr) { SPEAKER; put_ip(t, r->s.lsr_id); }
VALUE(v_control) { SPEAKER; text_puts(t, r->s.ordered ? "Ordered" : "Independent"); }
VALUE(v_liberal) { (void)rec; text_puts(t, "Liberal"); }
VALUE(v_du) { (void)rec; text_puts(t, "Downstream Unsolicited"); }
VALUE(v_recovering) { (void)rec; text_puts(t, "peers are coming back after a restart of this engine"); }
VALUE(v_tcp) { SPEAKER; text_printf(t, "%" PRIu64, r->s.tcp_errors); }
VALUE(v_udp) { SPEAKER; text_printf(t, "%" PRIu64, r->s.udp_errors); }
VALUE(v_strangers) { SPEAKER; text_printf(t, "%" PRIu64, r->s.tcp_strangers); }
VALUE(v_sessions_down) { SPEAKER; text_printf(t, "%" PRIu64, r->s.session_downs); }
VALUE(v_adjacencies_down) { SPEAKER; text_printf(t, "%" PRIu64, r->s.adjacency_downs); }
static bool has_reason(const void *rec) { SPEAKER; return *r->s.why; }
static bool recovering(const void *rec) { SPEAKER; return r->s.recovering; }

#define PAIR 14
static const struct field global_fields[] = {
	{ "Protocol Version",		v_version, NULL, .pad = PAIR },
	{ "Neighbor Liveness     : ",	v_liveness, NULL, true },
	{ "Graceful Restart",		v_graceful, NULL, .pad = PAIR },
	{ "FT Reconnect Timer    : ",	v_reconnect, NULL, true },
	{ "MTU Signaling",		v_off, NULL, .pad = PAIR },
	{ "Recovery Timer        : ",	v_recovery, NULL, true },
	{ "Capability-Announcement",	v_on, NULL, .pad = PAIR },
	{ "Longest-match         : ",	v_off, NULL, true },
	{ "mLDP P2MP Capability",	v_off, NULL, .pad = PAIR },
	{ "mLDP MBB Capability   : ",	v_off, NULL, true },
};
/* ours beside the manual's: Inactive because, Recovery, and the counters */
static const struct field instance_fields[] = {
	{ "Instance ID",		v_zero, NULL, .pad = PAIR },
	{ "VPN-Instance          : ",	v_unset, NULL, true },
	{ "Instance Status",		v_status, NULL, .pad = PAIR },
	{ "LSR ID                : ",	v_lsr, NULL, true },
	{ "Inactive because",		v_why, has_reason },
	{ "Recovery",			v_recovering, recovering },
	{ "Loop Detection",		v_off, NULL, .pad = PAIR },
	{ "Path Vector Limit     : ",	v_unset, NULL, true },
	{ "Label Distribution Mode",	v_control, NULL, .pad = PAIR },
	{ "Label Retention Mode  : ",	v_liberal, NULL, true },
	{ "Label Advertisement Mode",	v_du },
	{ "Session Down Count",		v_sessions_down, NULL, .pad = PAIR },
	{ "Adjacency Down Count  : ",	v_adjacencies_down, NULL, true },
	{ "TCP Error Packets",		v_tcp, NULL, .pad = PAIR },
	{ "UDP Error Packets     : ",	v_udp, NULL, true },
	{ "Connections Refused",	v_strangers },
};
static const struct block global_block = { " ", " ", 25, global_fields, N_OF(global_fields) };
static const struct block instance_block = { " ", " ", 25, instance_fields, N_OF(instance_fields) };

void display_ldp(struct session *s, const struct args *a)
{
	struct speaker r = { .e = s->e, .cfg = ldp_configured(s->e) };
	(void)a;

	if (!ldp_ready(s))
		return;
	ldp_show_speaker(s->e->ldp, &r.s);
	say(s, "                         LDP Global Information\n%s", ldp_rule);
	block_print(&s->body, &global_block, &r);
	say(s, "\n                         LDP Instance Information\n%s", ldp_rule);
	block_print(&s->body, &instance_block, &r);
	say(s, "%s", ldp_rule);
}

/* ---- sessions ------------------------------------------------------------------------------------------------ */

struct ssn {
	const struct cli_engine *e;
	struct show_session s;
	uint32_t lsr_id;		/* ours */
	const char *from;		/* peers: what found it */
	uint32_t transport;
	bool targeted;
};
#define SSN const struct ssn *r = rec; const struct show_session *s = &r->s; (void)s

VALUE(s_mark) { SSN; text_printf(t, "%c", s->deleting ? '*' : ' '); put_ldp_id(t, s->peer); }
VALUE(s_state) { SSN; text_puts(t, ldp_state_text(s->state)); }
VALUE(s_mode) { (void)rec; text_puts(t, "DU"); }
VALUE(s_role) { SSN; text_puts(t, s->active ? "Active" : "Passive"); }
VALUE(s_age)
{
	SSN;
	if (s->up_ns)
		put_age(t, age_of(r->e, s->up_ns));
	else
		text_puts(t, "----");
}
VALUE(s_keepalives) { SSN; text_printf(t, "%" PRIu64 "/%" PRIu64, s->keepalives_sent, s->keepalives_received); }

static const struct column session_columns[] = {
	{ " PeerID",	20, false, s_mark },
	{ "Status",	12, false, s_state },
	{ "LAM",	5,  false, s_mode },
	{ "SsnRole",	9,  false, s_role },
	{ "SsnAge",	13, false, s_age },
	{ "KASent/Rcv",	0,  false, s_keepalives },
};

VALUE(s_peer) { SSN; put_ldp_id(t, s->peer); }
VALUE(s_local) { SSN; put_ldp_id(t, r->lsr_id); }
VALUE(s_tcp)
{
	SSN;
	if (!s->remote) {
		text_puts(t, "----");
		return;
	}
	put_ip(t, s->local);
	text_puts(t, s->active ? " -> " : " <- ");
	put_ip(t, s->remote);
}
VALUE(s_ft) { SSN; text_puts(t, on_off(s->graceful)); }
VALUE(s_md5) { SSN; text_puts(t, on_off(s->md5)); }
VALUE(s_reconnect) { SSN; put_seconds(t, s->reconnect_ms / 1000); }
VALUE(s_recovery) { SSN; put_seconds(t, s->recovery_ms / 1000); }
VALUE(s_gtsm) { SSN; text_puts(t, on_off(s->gtsm)); }
VALUE(s_keepalive) { SSN; put_seconds(t, s->keepalive); }
VALUE(s_keepalive_configured) { SSN; put_seconds(t, s->keepalive_configured); }
VALUE(s_keepalive_send) { SSN; put_seconds(t, s->keepalive_send); }
VALUE(s_count) { s_keepalives(t, rec); text_puts(t, " (Message Count)"); }
VALUE(s_long_age) { SSN; s_age(t, rec); if (s->up_ns) text_puts(t, " (DDDD:HH:MM)"); }
VALUE(s_deleting) { SSN; text_puts(t, s->deleting ? "Yes" : "No"); }
VALUE(s_pdu) { SSN; if (s->max_pdu) text_printf(t, "%u", s->max_pdu); else text_puts(t, "----"); }
VALUE(s_heard)
{
	SSN;
	text_printf(t, "%" PRIu32 " PWs, %" PRIu32 " LSPs", s->n_pws, s->n_lsps);
	if (s->refused)
		text_printf(t, ", %" PRIu32 " refused beyond the limit", s->refused);
}
VALUE(s_held)
{
	SSN;
	uint64_t now = loop_now(r->e->loop);

	text_printf(t, "what it said is held for %" PRIu64 " s more",
		    s->held_until_ns > now ? (s->held_until_ns - now) / 1000000000 : 0);
}
VALUE(s_why) { SSN; text_puts(t, s->why); }
VALUE(s_last)
{
	SSN;
	text_printf(t, "%s, 0x%" PRIx32 ", %s", ldp_status_text(s->last_status), s->last_status,
		    s->last_by_us ? "sent by us" : "sent by the peer");
}
static bool is_held(const void *rec) { SSN; return s->held; }
static bool not_up(const void *rec) { SSN; return *s->why; }
static bool ended(const void *rec) { SSN; return s->last_status; }

/* ours beside the manual's: GTSM, Kept of the peer, Graceful restart, Not up because, Last end */
static const struct field session_fields[] = {
	{ "Peer LDP ID",	s_peer, NULL, .pad = 21 },
	{ "Local LDP ID   : ",	s_local, NULL, true },
	{ "TCP Connection",	s_tcp },
	{ "Session State",	s_state, NULL, .pad = 21 },
	{ "Session Role   : ",	s_role, NULL, true },
	{ "Session FT Flag",	s_ft, NULL, .pad = 21 },
	{ "MD5 Flag       : ",	s_md5, NULL, true },
	{ "Reconnect Timer",	s_reconnect, NULL, .pad = 21 },
	{ "Recovery Timer : ",	s_recovery, NULL, true },
	{ "Keychain Name",	v_unset, NULL, .pad = 21 },
	{ "GTSM           : ",	s_gtsm, NULL, true },
	{ "Not up because",	s_why, not_up },
	{ "Graceful restart",	s_held, is_held },
	{ "Last end",		s_last, ended },
	{ "",			NULL, NULL, true },
};
static const struct field timer_fields[] = {
	{ "Negotiated Keepalive Hold Timer",	s_keepalive },
	{ "Configured Keepalive Hold Timer",	s_keepalive_configured },
	{ "Configured Keepalive Send Timer",	s_keepalive_send },
	{ "Keepalive Message Sent/Rcvd",	s_count },
	{ "Label Advertisement Mode",		v_du },
	{ "Max PDU Length",			s_pdu },
	{ "Session Age",			s_long_age },
	{ "Session Deletion Status",		s_deleting },
	{ "Kept of the peer",			s_heard },
};
static const struct block session_block = { " ", " ", 16, session_fields, N_OF(session_fields) };
static const struct block timer_block = { " ", " ", 34, timer_fields, N_OF(timer_fields) };

VALUE(c_dynamic) { SSN; text_puts(t, on_off(s->caps & LDP_HAS(CAP_DYNAMIC))); }
VALUE(c_wildcard) { SSN; text_puts(t, on_off(s->caps & LDP_HAS(CAP_TYPED_WILDCARD))); }
VALUE(c_state) { SSN; text_puts(t, on_off(s->caps & LDP_HAS(CAP_STATE_CONTROL))); }
VALUE(c_unknown) { SSN; text_puts(t, on_off(s->caps & LDP_HAS(CAP_UNRECOGNIZED))); }

static const struct field capability_fields[] = {
	{ "",					NULL, NULL, true },
	{ "Capability:",			NULL, NULL, true },
	{ " Capability-Announcement",		c_dynamic },
	{ " Typed Wildcard FEC",			c_wildcard },
	{ " State Advertisement Control",	c_state },
	{ " Unrecognized Notification",		c_unknown },
};
static const struct block capability_block = { " ", " ", 34, capability_fields, N_OF(capability_fields) };

struct message {
	const char *name;
	uint64_t sent, received;
};
#define MESSAGE const struct message *m = rec
VALUE(m_name) { MESSAGE; text_printf(t, "  %s", m->name); }
VALUE(m_sent) { MESSAGE; text_printf(t, "%" PRIu64, m->sent); }
VALUE(m_received) { MESSAGE; text_printf(t, "%" PRIu64, m->received); }
static const struct column message_columns[] = {
	{ " Messages:",	27, false, m_name },
	{ "Sent",	16, true,  m_sent },
	{ "Received",	16, true,  m_received },
};

static void messages(struct text *t, const struct show_ldp_counts *c)
{
	static const char *const name[] = {
#define X(n, type, text) text,
		LDP_MSGS(X)
#undef X
	};
	bool first = true;

	for (size_t i = 0; i < N_OF(name); i++) {
		struct message m = { name[i], c->sent[i], c->received[i] };

		if (!m.sent && !m.received)
			continue;
		if (first) {
			text_puts(t, "\n");
			table_head(t, message_columns, N_OF(message_columns));
		}
		first = false;
		table_row(t, message_columns, N_OF(message_columns), &m);
	}
}

#define ADDRESSES_LINE	4
#define ADDRESSES_MAX	64		/* shown of a peer */
struct addresses {
	struct text *t;
	uint32_t n;
};

static int address(void *arg, uint32_t ip)
{
	struct addresses *a = arg;

	if (a->n == ADDRESSES_MAX) {
		text_puts(a->t, "\n ...");
		return 1;
	}
	text_puts(a->t, a->n++ % ADDRESSES_LINE ? " " : a->n > 1 ? "\n " : " ");
	put_ip(a->t, ip);
	return 0;
}

static void session_verbose(struct session *s, const struct ssn *r)
{
	struct addresses a = { &s->body, 0 };

	block_print(&s->body, &session_block, r);
	block_print(&s->body, &timer_block, r);
	if (r->s.up_ns)
		block_print(&s->body, &capability_block, r);
	messages(&s->body, &r->s.count);
	if (r->s.n_addresses)
		say(s, "\n Addresses received from peer: (Count: %" PRIu32 ")\n", r->s.n_addresses);
	if (ldp_show_addresses(s->e->ldp, r->s.peer, address, &a) || a.n)
		say(s, "\n");
	say(s, "%s", ldp_rule);
}

/* ---- lists of peers: their LSR IDs are kept, each is looked up in its turn ----------------------------------- */

static void one_session(struct list *l, const void *rec)
{
	struct ssn r = { .e = l->s->e, .lsr_id = ldp_our_lsr(l->s->e) };

	if (!ldp_show_session(l->s->e->ldp, *(const uint32_t *)rec, &r.s))
		return;
	l->shown++;
	if (l->verbose)
		session_verbose(l->s, &r);
	else
		table_row(&l->s->body, session_columns, N_OF(session_columns), &r);
}

static void sessions_tail(struct list *l)
{
	if (!l->verbose)
		say(l->s, "%s", ldp_rule);
	say(l->s, "TOTAL: %" PRIu32 " Session(s) Found.\n", l->shown);
}

static int keep_peer(void *arg, const struct show_session *s)
{
	return list_add(arg, &s->peer);
}

static const struct list_how sessions_how = { sizeof(uint32_t), one_session, sessions_tail };

/* A list of all peers, or of the one that was asked for; NULL: there is none such, it was said. */
static struct list *peers_asked(struct session *s, const struct args *a, const struct list_how *how)
{
	const char *peer = arg_text(a, "<peer-id>");
	struct show_session one;
	struct list *l;

	if (!ldp_ready(s))
		return NULL;
	if (peer && !ldp_show_session(s->e->ldp, arg_ip(a, "<peer-id>"), &one)) {
		say_error(s, "LDP does not know the peer %s.", peer);
		return NULL;
	}
	l = list_new(s, how);
	if (!l)
		return NULL;
	l->verbose = peer || arg_text(a, "verbose");
	if (peer)
		list_add(l, &one.peer);
	else
		l->failed |= ldp_show_sessions(s->e->ldp, keep_peer, l) < 0;
	return l;
}

void display_ldp_session(struct session *s, const struct args *a)
{
	struct list *l = peers_asked(s, a, &sessions_how);

	if (!l)
		return;
	say(s, "LDP Session(s) in Public Network\n");
	if (!l->verbose) {
		say(s, " Codes: LAM(Label Advertisement Mode), SsnAge Unit(DDDD:HH:MM)\n"
		       " An asterisk (*) before a session means the session is being deleted.\n%s", ldp_rule);
		table_head(&s->body, session_columns, N_OF(session_columns));
	}
	say(s, "%s", ldp_rule);
	list_print(l);
}

/* ---- peers --------------------------------------------------------------------------------------------------- */

struct source {				/* what found a peer */
	uint32_t peer, transport;
	bool targeted;
	char name[IFNAME_LEN + 16];
};

static int by_peer(const void *a, const void *b)
{
	const struct source *x = a, *y = b;

	if (x->peer != y->peer)
		return x->peer < y->peer ? -1 : 1;
	if (x->targeted != y->targeted)
		return x->targeted ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int count_source(void *arg, const struct show_adjacency *a)
{
	*(size_t *)arg += a->peer != 0;
	return 0;
}

static int keep_source(void *arg, const struct show_adjacency *a)
{
	struct list *l = arg;
	struct source *f = l->beside;

	if (!a->peer)
		return 0;
	f += l->n_beside++;
	*f = (struct source){ a->peer, a->transport, a->targeted, "" };
	if (!a->targeted)
		snprintf(f->name, sizeof(f->name), "%s", a->ifname);
	else
		snprintf(f->name, sizeof(f->name), "Remote Peer : %.33s", *a->remote_name ? a->remote_name : "auto");
	return 0;
}

static void find_sources(struct list *l)
{
	const struct ldp *ldp = l->s->e->ldp;
	size_t n = 0;

	if (ldp_show_adjacencies(ldp, count_source, &n) || !(l->beside = calloc(n ? n : 1, sizeof(struct source)))) {
		l->failed = true;
		return;
	}
	l->failed |= ldp_show_adjacencies(ldp, keep_source, l) < 0;
	qsort(l->beside, l->n_beside, sizeof(struct source), by_peer);
}

/* The first that found @peer; NULL: none, its session is all there is. */
static const struct source *first_source(const struct list *l, uint32_t peer)
{
	const struct source *f = l->beside;
	size_t a = 0, b = l->n_beside;

	while (a < b) {
		size_t mid = (a + b) / 2;

		if (f[mid].peer < peer)
			a = mid + 1;
		else
			b = mid;
	}
	return a < l->n_beside && f[a].peer == peer ? &f[a] : NULL;
}

VALUE(p_transport) { SSN; put_ip(t, r->transport); }
VALUE(p_source) { SSN; text_puts(t, r->from); }
VALUE(p_type) { SSN; if (*r->from) text_puts(t, r->targeted ? "Remote" : "Local"); else text_puts(t, "----"); }
static const struct column peer_columns[] = {
	{ " PeerID",		23, false, s_mark },
	{ "TransportAddress",	19, false, p_transport },
	{ "DiscoverySource",	0,  false, p_source },
};
VALUE(p_nothing) { (void)rec; text_puts(t, " "); }
static const struct column more_columns[] = {
	{ "",	23, false, p_nothing },
	{ "",	19, false, p_nothing },
	{ "",	0,  false, p_source },
};

/* ours beside the manual's: Kept of the peer, Not up because */
static const struct field peer_fields[] = {
	{ "Peer LDP ID",		s_peer },
	{ "Peer Max PDU Length",	s_pdu, NULL, .pad = 14 },
	{ "Peer Transport Address : ",	p_transport, NULL, true },
	{ "Peer Loop Detection",	v_off, NULL, .pad = 14 },
	{ "Peer Path Vector Limit : ",	v_unset, NULL, true },
	{ "Peer FT Flag",		s_ft, NULL, .pad = 14 },
	{ "Peer Keepalive Timer   : ",	s_keepalive, NULL, true },
	{ "Recovery Timer",		s_recovery, NULL, .pad = 14 },
	{ "Reconnect Timer        : ",	s_reconnect, NULL, true },
	{ "Peer Type",			p_type },
	{ "Session State",		s_state },
	{ "Not up because",		s_why, not_up },
	{ "Peer Label Advertisement Mode : ", v_du, NULL, true },
	{ "Peer Discovery Source         : ", p_source, NULL, true },
	{ "Peer Deletion Status          : ", s_deleting, NULL, true },
	{ "Capability-Announcement       : ", c_dynamic, NULL, true },
	{ "Kept of the peer              : ", s_heard, NULL, true },
};
static const struct block peer_block = { " ", " ", 24, peer_fields, N_OF(peer_fields) };

static void one_peer(struct list *l, const void *rec)
{
	const struct source *f = first_source(l, *(const uint32_t *)rec), *end = l->beside;
	struct ssn r = { .e = l->s->e, .lsr_id = ldp_our_lsr(l->s->e), .from = f ? f->name : "" };

	if (!ldp_show_session(l->s->e->ldp, *(const uint32_t *)rec, &r.s))
		return;
	end += l->n_beside;
	r.transport = f ? f->transport : r.s.remote;
	r.targeted = f && f->targeted;
	l->shown++;
	if (l->verbose) {
		block_print(&l->s->body, &peer_block, &r);
		say(l->s, "%s", ldp_rule);
		return;
	}
	table_row(&l->s->body, peer_columns, N_OF(peer_columns), &r);
	for (f = f ? f + 1 : end; f < end && f->peer == r.s.peer; f++) {
		r.from = f->name;
		table_row(&l->s->body, more_columns, N_OF(more_columns), &r);
	}
}

static void peers_tail(struct list *l)
{
	if (!l->verbose)
		say(l->s, "%s", ldp_rule);
	say(l->s, "TOTAL: %" PRIu32 " Peer(s) Found.\n", l->shown);
}

static const struct list_how peers_how = { sizeof(uint32_t), one_peer, peers_tail };

void display_ldp_peer(struct session *s, const struct args *a)
{
	struct list *l = peers_asked(s, a, &peers_how);

	if (!l)
		return;
	find_sources(l);
	say(s, " LDP Peer Information in Public network\n");
	if (!l->verbose) {
		say(s, " An asterisk (*) before a peer means the peer is being deleted.\n%s", ldp_rule);
		table_head(&s->body, peer_columns, N_OF(peer_columns));
	}
	say(s, "%s", ldp_rule);
	list_print(l);
}
