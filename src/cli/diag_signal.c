/* SPDX-License-Identifier: BSD-2-Clause */
/* diag_signal.c: diagnosis of signalled pseudowires: the session, what the far end maps, where the two disagree. */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "cli/diag.h"
#include "wire/ldp.h"

/* Mappings of the peer that are looked at for one that may be meant: of each circuit, and if one alone is diagnosed. */
#define LOOK_ONCE	32
#define LOOK_ALONE	4096
#define OTHERS_MAX	3	/* named */

/* ---- the session --------------------------------------------------------------------------------------------- */

static void speaker(const struct subject *s, struct finding *f)
{
	struct show_speaker sp;

	if (!s->e->ldp) {
		IS(f, "this engine has no LDP speaker");
		WRONG(f, "LDP", "display logbuffer says why");
		return;
	}
	ldp_show_speaker(s->e->ldp, &sp);
	IS(f, "%s%s%.150s", sp.enabled ? "enabled" : "not enabled", *sp.why ? "; " : "", sp.why);
	if (!sp.enabled)
		WRONG(f, "enabled", "mpls ldp in the system view");
	else if (!sp.lsr_id)
		WRONG(f, "an LSR ID", "mpls lsr-id A.B.C.D and mpls in the system view");
	else if (!sp.listening && strstr(sp.why, "in use"))
		WRONG(f, "port 646", "end what holds TCP or UDP port 646 here (ss -ltunp); it is tried again by itself");
	else if (!sp.listening)
		WRONG(f, "active", "what the line says; it is tried again by itself");
}

/* Not up: nothing seeks the peer, no Hello of it comes, or the session itself fails. */
static void no_session(const struct subject *s, const struct show_session *ssn, struct finding *f)
{
	const struct trie *root = cfg_running(s->e->cfg);
	struct show_speaker sp;

	ldp_show_speaker(s->e->ldp, &sp);
	if (!sp.listening)
		WRONG(f, "Operational", "first the line of LDP");
	else if (!ssn->heard && !cfg_system(root)->auto_session && !cfg_remote_peer_to(root, s->pw->peer))
		WRONG(f, "Operational", "mpls ldp remote-peer NAME with remote-ip %s, or mpls l2vpn auto-create-session in "
		      "the mpls l2vpn view", s->ip);
	else if (!ssn->heard)
		WRONG(f, "Operational", "no Hello of %s is heard: a route to it, LDP there with a remote-peer of this router's "
		      "LSR ID, UDP port 646 open", s->ip);
	else if (ssn->md5)
		WRONG(f, "Operational", "the same md5-password at both ends, TCP port 646 open; display mpls ldp session %s",
		      s->ip);
	else
		WRONG(f, "Operational", "display mpls ldp session %s; has the peer a password, TCP port 646 open?", s->ip);
}

static void session(const struct subject *s, struct finding *f)
{
	struct show_session ssn = { .state = LDP_SEEN_NONE };

	if ((f->skip = !s->e->ldp || !s->pw->peer))
		return;
	ldp_show_session(s->e->ldp, s->pw->peer, &ssn);
	IS(f, "%s with %s%s%s%.150s", ldp_state_text(ssn.state), s->ip, ssn.md5 ? ", MD5" : "", *ssn.why ? "; " : "",
	   ssn.why);
	if (ssn.held)
		NOTE(f, "it restarts gracefully, what it said is held for %" PRIu64 " s more",
		     ssn.held_until_ns > s->now_ns ? (ssn.held_until_ns - s->now_ns) / 1000000000 : 0);
	else if (ssn.state != LDP_SEEN_OPERATIONAL)
		no_session(s, &ssn, f);
}

/* ---- what the far end maps ----------------------------------------------------------------------------------- */

/* The same VC ID of the peer with another type; 0: there is none. */
static uint16_t other_type(const struct subject *s)
{
	struct show_remote_pw p;

	for (uint16_t type = 1; type <= 0x19; type++)
		if (type != pw_type(s->pw) &&
		    ldp_show_pw(s->e->ldp, s->pw->peer, type, s->pw->cfg.vc_id, &p) && p.mapped)
			return type;
	return 0;
}

/* VC IDs that the peer maps with our type and that none of ours has. */
struct others {
	uint32_t peer;
	uint16_t type;
	unsigned n;
	uint32_t id[OTHERS_MAX];
};

static void look_for_other(void *arg, const struct show_remote_pw *p)
{
	struct others *o = arg;

	if (p->mapped && !p->match && p->peer == o->peer && p->type == o->type && o->n++ < OTHERS_MAX)
		o->id[o->n - 1] = p->id;
}

static void find_others(const struct subject *s, struct others *o)
{
	uint32_t peer = o->peer, id = 0;
	uint16_t type = o->type;
	bool more = true;

	for (unsigned n = 0; more && o->n <= OTHERS_MAX && n < (s->alone ? LOOK_ALONE : LOOK_ONCE); n += LOOK_ONCE) {
		more = ldp_show_pws(s->e->ldp, &peer, &type, &id, LOOK_ONCE, look_for_other, o);
		more &= peer == o->peer && type == o->type;
	}
}

static void others_text(const struct others *o, char *text, size_t size)
{
	size_t at = 0;

	for (unsigned i = 0; i < o->n && i < OTHERS_MAX; i++)
		at += (size_t)snprintf(text + at, size - at, "%s%" PRIu32, i ? ", " : "", o->id[i]);
	if (o->n > OTHERS_MAX)
		snprintf(text + at, size - at, " and more");
}

static void not_mapped(const struct subject *s, struct finding *f)
{
	const char *type = pw_type_name(pw_type(s->pw));
	uint16_t other = other_type(s);
	struct others o = { s->pw->peer, pw_type(s->pw), 0, { 0 } };
	uint32_t vc_id = s->pw->cfg.vc_id;
	char ids[OTHERS_MAX * 12 + 10];

	if (!other)
		find_others(s, &o);
	others_text(&o, ids, sizeof(ids));
	IS(f, "none for VC ID %" PRIu32 " of type %s", vc_id, type);
	if (other == LDP_PW_ETHERNET || other == LDP_PW_ETHERNET_TAGGED)
		WRONG(f, "the same type", "the peer maps VC %" PRIu32 " as %s, here it is %s: %s here, or %s there", vc_id,
		      pw_type_name(other), type, other == LDP_PW_ETHERNET ? "raw" : "tagged",
		      other == LDP_PW_ETHERNET ? "tagged" : "raw");
	else if (other)
		WRONG(f, "the same type", "the peer maps VC %" PRIu32 " as %s: a circuit of type %s is needed there", vc_id,
		      pw_type_name(other), type);
	else if (o.n)
		WRONG(f, "a Mapping", "the peer maps VC %s of this type, which nothing here has: is a VC ID wrong?", ids);
	else
		WRONG(f, "a Mapping", "a pseudowire to this router with VC ID %" PRIu32 " and type %s at %s; is it up there?",
		      vc_id, type, s->ip);
}

static void mapping(const struct subject *s, struct finding *f)
{
	const struct show_signal *g = &s->pw->signal;

	if ((f->skip = !s->e->ldp || !s->pw->peer))
		return;
	if (g->held) {
		IS(f, "label %" PRIu32 ", as before the restart", g->remote_label);
		NOTE(f, "not confirmed by the peer yet");
	} else if (g->session != SESSION_UP && !g->mapped) {
		IS(f, "none without a session");
		WRONG(f, "a Mapping", "first the session");
	} else if (!s->far.mapped) {
		not_mapped(s, f);
	} else {
		IS(f, "label %" PRIu32 ", VC ID %" PRIu32 ", type %s%s%s", s->far.label, s->far.id,
		   pw_type_name(s->far.type), *s->far.why ? "; " : "", s->far.why);
		if (*s->far.why && !g->mapped)
			WRONG(f, "agreement", "what the line says; display mpls l2vc remote-info %" PRIu32, s->far.id);
	}
}

static void ours(const struct subject *s, struct finding *f)
{
	const struct show_signal *g = &s->pw->signal;
	struct text t = { 0 };

	if ((f->skip = !s->e->ldp || !s->pw->peer))
		return;
	pw_put_status(&t, pw_local_status(s->pw));
	IS(f, "label %" PRIu32 ", status %s%s%s%s", s->pw->local_label, t.v ? t.v : "--",
	   !g->told ? "; not signalled" : s->far.sent ? "" : "; not sent now",
	   s->far.waits_release ? ", waits for the peer's Release" : "",
	   s->far.by_withdraw ? ", faults are told by Withdraw" : "");
	text_free(&t);
	if (!g->told)
		WRONG(f, "signalled", "the lines above; display logbuffer");
}

/* ---- where the two disagree ---------------------------------------------------------------------------------- */

static void pw_mtu(const struct subject *s, struct finding *f)
{
	const struct show_signal *g = &s->pw->signal;

	if ((f->skip = !g->mapped || !g->remote_mtu))
		return;
	IS(f, "%u here, %u at the peer", s->pw->mtu, g->remote_mtu);
	if (s->pw->mtu != g->remote_mtu)
		WRONG(f, "the same", "mtu %u on %s, or mtu %u there", g->remote_mtu, s->c->name, s->pw->mtu);
}

static void control_word(const struct subject *s, struct finding *f)
{
	const struct show_pw *pw = s->pw;
	static const char *const wish[] = { "not wanted", "wanted" };

	if ((f->skip = !s->far.mapped))
		return;
	IS(f, "%s here, %s at the peer: %s", wish[pw->control_word], wish[s->far.c_bit],
	   pw->control_word_used ? "used" : "not used");
	if (!pw->signal.mapped && pw->control_word != s->far.c_bit)
		WRONG(f, "agreement", "control-word at both ends, or no-control-word at both; then reset pw");
	else if (pw->control_word && !pw->control_word_used)
		NOTE(f, "do, to use it: control-word at the peer; if it is there, reset pw");
	else if (s->slot != SLOT_PRIMARY && pw->control_word_used != s->c->pw[SLOT_PRIMARY].control_word_used &&
		 s->c->pw[SLOT_PRIMARY].signal.mapped)
		NOTE(f, "the primary differs: frames may be lost when it is switched; the same option on both");
}

/* ---- what the far end says ----------------------------------------------------------------------------------- */

static void remote_status(const struct subject *s, struct finding *f)
{
	const struct show_signal *g = &s->pw->signal;
	struct text t = { 0 };

	if ((f->skip = !g->mapped || g->held))
		return;
	pw_put_status(&t, g->remote_status);
	IS(f, "%s%s", t.v ? t.v : "--", s->far.mapped && !s->far.status_tlv ? "; the peer tells no status" : "");
	text_free(&t);
	if (g->remote_status & (LDP_PW_AC_RX_FAULT | LDP_PW_AC_TX_FAULT))
		WRONG(f, "0x0", "the AC of %s is down: look there", s->ip);
	else if (g->remote_status & (LDP_PW_PSN_RX_FAULT | LDP_PW_PSN_TX_FAULT))
		WRONG(f, "0x0", "%s has no tunnel to this router: it needs an LSP to this LSR ID", s->ip);
	else if (g->remote_status & LDP_PW_NOT_FORWARDING)
		WRONG(f, "0x0", "the pseudowire is down at %s: diagnose it there", s->ip);
	else if (g->remote_status & LDP_PW_STANDBY && s->pw->cfg.ignore_standby)
		NOTE(f, "ignored, as configured: ignore-standby-state");
	else if (g->remote_status & LDP_PW_STANDBY && !g->standby && s->c->redundancy_now == REDUNDANCY_MASTER)
		NOTE(f, "of no effect, this end is the master");
	else if (g->remote_status & LDP_PW_SWITCHOVER)
		NOTE(f, "%s asks for a switchover to it", s->ip);
	else if (g->remote_status & LDP_PW_STANDBY)
		NOTE(f, "%s keeps it in reserve: nothing is sent by it", s->ip);
}

static void bfd(const struct subject *s, struct finding *f)
{
	(void)s;
	IS(f, "not configured");
}

const struct condition signal_conditions[] = {
	{ "LDP",		speaker },
	{ "session",		session },
	{ "signalled",		ours },
	{ "mapping",		mapping },
	{ "PW MTU",		pw_mtu },
	{ "control word",	control_word },
};
const size_t n_signal_conditions = N_OF(signal_conditions);

const struct condition far_conditions[] = {
	{ "remote status",	remote_status },
	{ "BFD",		bfd },
};
const size_t n_far_conditions = N_OF(far_conditions);

void signal_no_tunnel(const struct subject *s, struct finding *f)
{
	struct show_fec fec;
	bool known = s->e->ldp && ldp_show_fec(s->e->ldp, s->pw->peer, 32, &fec);

	if (!known) {
		IS(f, "none to %s; LDP has no route to %s/32", s->ip, s->ip);
		WRONG(f, "an LSP", "a host route to %s/32 in the kernel (docs/underlay.md) and mpls ldp on the core ports, or "
		      "static-lsp ingress", s->ip);
		return;
	}
	IS(f, "none to %s%s%.150s", s->ip, *fec.why ? "; " : "", fec.why);
	if (!fec.n_hop)
		WRONG(f, "an LSP", "a host route to %s/32 in the kernel, by a routing protocol or ip route-static: "
		      "docs/underlay.md", s->ip);
	else
		WRONG(f, "an LSP", "display mpls ldp lsp %s 32: the next hop must give a label for it (mpls ldp on the port to it)",
		      s->ip);
}

void signal_no_label(const struct subject *s, struct finding *f)
{
	const struct show_path *p = &s->pw->path;

	IS(f, "LDP LSP %s, but no next hop has given a label for it", p->name);
	WRONG(f, "a label", "mpls and mpls ldp at both ends of the link to the next hop, a session with it: display mpls ldp "
	      "session; display mpls ldp lsp shows what it gave");
}
