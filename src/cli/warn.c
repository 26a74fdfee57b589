/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * warn.c: warnings after a change; see warn.h.
 */
#include "cli/warn.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show_pw.h"

#define SLICE		48		/* objects looked at in a step */
#define PORTS_MAX	16		/* told of; more say nothing new */
#define PEERS_MAX	16

enum phase {
	CHANGES,			/* what differs */
	CIRCUITS,			/* all of them: something they share differs */
	IDLE,				/* lines that do nothing are counted */
	TELL,
};

/* What the protection of a circuit may lack; the sentences are in protection[]. */
enum lack {
	LACK_DUAL, LACK_TIE, LACK_STATUS, LACK_SWITCHOVER, LACK_SECONDARY, LACK__N
};

struct warn {
	const struct core *core;
	const struct trie *before, *now;	/* references */
	enum phase phase;
	uint8_t after[512];		/* the object looked at last; n_after 0: none yet */
	size_t n_after;
	unsigned left;			/* of the slice */
	bool network;			/* what circuits share differs: each may be concerned */

	unsigned n_ports;
	struct port {			/* too small */
		char name[IFNAME_LEN], first[IFNAME_LEN + 16];
		uint32_t is, need, pws;
	} port[PORTS_MAX];

	unsigned n_peers;
	struct lonely {			/* a peer that nothing seeks */
		uint32_t peer, pws;
		char first[IFNAME_LEN + 16];
	} peer[PEERS_MAX];
	uint32_t n_mute;		/* signalled pseudowires while LDP is not enabled */
	char first_mute[IFNAME_LEN + 16];
	struct lacking {		/* circuits */
		uint32_t n;
		char first[IFNAME_LEN];
	} lacking[LACK__N];

	bool idle;			/* the change made a line that does nothing */
	uint32_t n_idle;
	char first_idle[IFNAME_LEN + 32];
};

static const char *const slots[] = { "primary", "secondary", "bypass" };

/* ---- MTU ------------------------------------------------------------------------------------------------ */

uint32_t pw_needs_mtu(const struct show_pw *pw)
{
	bool control_word = pw->signal.mapped ? pw->control_word_used : pw->control_word;

	return pw->mtu + 14u + 4u * (1u + pw->path.n_labels) + (control_word ? 4u : 0u) + (pw->tagged ? 4u : 0u);
}

/* What the port will take: its configured MTU counts at once, the device follows within a turn. */
static uint32_t port_takes(const struct warn *w, const struct show_path *p)
{
	const struct m_interface *i = cfg_interface(w->now, p->port);

	return i && i->mtu ? i->mtu : p->mtu;
}

static struct port *port_of(struct warn *w, const struct show_path *p)
{
	for (unsigned i = 0; i < w->n_ports; i++)
		if (!strcmp(w->port[i].name, p->port))
			return &w->port[i];
	if (w->n_ports == PORTS_MAX)
		return NULL;
	snprintf(w->port[w->n_ports].name, sizeof(w->port[0].name), "%s", p->port);
	return &w->port[w->n_ports++];
}

static void look_at_pw(struct warn *w, const char *circuit, unsigned slot, const struct show_pw *pw)
{
	uint32_t need = pw_needs_mtu(pw), is = port_takes(w, &pw->path);
	struct port *p = is < need ? port_of(w, &pw->path) : NULL;

	if (!p)
		return;
	p->is = is;
	p->need = need > p->need ? need : p->need;
	if (!p->pws++)
		snprintf(p->first, sizeof(p->first), "%s %s", circuit, slots[slot]);
}

/* ---- sessions that nothing sets up ------------------------------------------------------------------------ */

static bool is_sought(const struct warn *w, uint32_t peer)
{
	return cfg_system(w->now)->auto_session || cfg_remote_peer_to(w->now, peer);
}

static void lonely(struct warn *w, uint32_t peer, const char *who)
{
	struct lonely *p = w->peer;

	while (p < w->peer + w->n_peers && p->peer != peer)
		p++;
	if (p == w->peer + PEERS_MAX)
		return;
	if (p == w->peer + w->n_peers) {
		w->n_peers++;
		p->peer = peer;
		snprintf(p->first, sizeof(p->first), "%s", who);
	}
	p->pws++;
}

static void look_at_session(struct warn *w, const char *circuit, unsigned slot, const struct show_pw *pw)
{
	static const uint8_t ldp = OBJ_LDP;
	char who[IFNAME_LEN + 16];

	if (pw->cfg.kind != PW_LDP || !pw->peer || pw->signal.session != SESSION_DOWN)
		return;
	snprintf(who, sizeof(who), "%s %s", circuit, slots[slot]);
	if (trie_get(w->now, &ldp, 1)) {
		if (!is_sought(w, pw->peer))
			lonely(w, pw->peer, who);
	} else if (!w->n_mute++) {
		memcpy(w->first_mute, who, sizeof(who));
	}
}

/* ---- protection ------------------------------------------------------------------------------------------- */

/* Each end chooses by itself, and its peer may have chosen the other one. */
static bool lacks_receiving(const struct m_interface *i, const struct show_circuit *c)
{
	return i->redundancy == REDUNDANCY_FRR && lacks_dual(c);
}

/* RFC 6870, 5.1: of two that are equal both ends take the one with the lower PW ID. */
static bool lacks_tie(const struct m_interface *i, const struct show_circuit *c)
{
	return i->redundancy == REDUNDANCY_INDEPENDENT && to_one_peer(c) && i->pw[1].vc_id < i->pw[0].vc_id;
}

static bool lacks_status(const struct m_interface *i, const struct show_circuit *c)
{
	return (i->redundancy != REDUNDANCY_FRR || i->ac_role) && c->alarms & 1u << ALARM_NO_STATUS;
}

static bool lacks_switchover(const struct m_interface *i, const struct show_circuit *c)
{
	return i->switchover && c->active != SLOT_SECONDARY;
}

/* Of a circuit that runs: of a new one nothing is up yet. */
static bool lacks_secondary(const struct m_interface *i, const struct show_circuit *c)
{
	const struct show_pw *s = &c->pw[SLOT_SECONDARY];

	return c->pw[SLOT_PRIMARY].up && s->present && !s->up && !s->manual_fault && !i->switchover;
}

static const struct {
	bool (*is)(const struct m_interface *i, const struct show_circuit *c);
	const char *text;
	bool own;			/* told of circuits that changed themselves */
} protection[LACK__N] = {
	[LACK_DUAL] = { lacks_receiving, "both pseudowires lead to one peer, and each end chooses by itself; frames on the one that "
			"this end did not choose are dropped. Cure: mpls l2vpn stream-dual-receiving at both ends." },
	[LACK_TIE] = { lacks_tie, "both pseudowires lead to one peer, so both ends prefer the lower VC ID, which is that of the "
		       "secondary. Cure: give the primary the lower one, at both ends." },
	[LACK_STATUS] = { lacks_status, "a peer does not use PW status, so the redundancy mode and the AC role are not in "
			  "force and each end chooses by itself. Cure: enable PW status there, or undo mpls l2vpn "
			  "redundancy and ac-role." },
	[LACK_SECONDARY] = { lacks_secondary, "the secondary is not up, or not yet, so it would not take over now. Cure: "
			     "display mpls l2vpn diagnose says why.", true },
	[LACK_SWITCHOVER] = { lacks_switchover, "mpls l2vpn switchover waits, the secondary cannot carry now; it is used as soon "
			      "as it can. Cure: display mpls l2vpn diagnose says why, or undo mpls l2vpn switchover." },
};

static void look_at_protection(struct warn *w, const struct m_interface *i, const struct show_circuit *c)
{
	for (unsigned k = 0; k < LACK__N; k++)
		if (!(protection[k].own && w->network) && protection[k].is(i, c) && !w->lacking[k].n++)
			memcpy(w->lacking[k].first, c->name, IFNAME_LEN);
}

static bool has_pw(const struct m_interface *i)
{
	return i->pw[0].present || i->pw[1].present || i->pw[2].present;
}

static void look_at(struct warn *w, const struct m_interface *i)
{
	struct show_circuit c;

	if (!has_pw(i) || !core_show_circuit(w->core, i->name, &c))
		return;
	for (unsigned slot = 0; slot < 3; slot++) {
		if (!c.pw[slot].present)
			continue;
		if (c.pw[slot].has_path && c.pw[slot].path.port_present)
			look_at_pw(w, c.name, slot, &c.pw[slot]);
		look_at_session(w, c.name, slot, &c.pw[slot]);
	}
	look_at_protection(w, i, &c);
}

/* ---- MPLS that is off ----------------------------------------------------------------------------------- */

static bool wants_mpls(enum obj_type type, const void *obj)
{
	return obj && (type == OBJ_STATIC_LSP || (type == OBJ_INTERFACE && ((const struct m_interface *)obj)->mpls));
}

static bool makes_idle(enum obj_type type, const void *old, const void *now)
{
	const struct m_system *was = old;

	return type == OBJ_SYSTEM ? was && was->mpls : wants_mpls(type, now) && !wants_mpls(type, old);
}

static void count_idle(struct warn *w, enum obj_type type, const void *obj)
{
	if (!wants_mpls(type, obj) || w->n_idle++)
		return;
	if (type == OBJ_INTERFACE)
		snprintf(w->first_idle, sizeof(w->first_idle), "mpls on %s", ((const struct m_interface *)obj)->name);
	else
		snprintf(w->first_idle, sizeof(w->first_idle), "static-lsp %s",
			 ((const struct m_static_lsp *)obj)->name);
}

/* ---- walks ------------------------------------------------------------------------------------------------ */

static void go_on(struct warn *w, enum phase phase)
{
	w->phase = phase;
	w->n_after = 0;
}

static int took(struct warn *w, const uint8_t *key, size_t len)
{
	if (len > sizeof(w->after))
		return -1;
	memcpy(w->after, key, len);
	w->n_after = len;
	return --w->left == 0;
}

/* A change that may concern every signalled pseudowire. */
static bool takes_sessions(enum obj_type type, const void *old, const void *now)
{
	const struct m_remote_peer *was = old, *is = now;
	const struct m_system *sys = now;

	if (type == OBJ_SYSTEM)
		return old && ((const struct m_system *)old)->auto_session && !(sys && sys->auto_session);
	if (type == OBJ_REMOTE_PEER)
		return was && was->ip && !(is && is->ip == was->ip);
	return type == OBJ_LDP && !now;
}

/* Paths may leave by it, so every circuit's need is to be looked at. A port of customers concerns nobody else. */
static bool is_core(const struct m_interface *was, const struct m_interface *is)
{
	return is && !has_pw(is) && (is->mpls || (was && was->mpls));
}

static int changed(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	enum obj_type type = (enum obj_type)key[0];
	struct warn *w = arg;

	if (type >= OBJ_INERT)
		return -1;
	w->idle |= makes_idle(type, old, now);
	w->network |= takes_sessions(type, old, now);
	if (type == OBJ_STATIC_LSP || type == OBJ_PW_TEMPLATE || (type == OBJ_INTERFACE && is_core(old, now)))
		w->network = true;
	else if (type == OBJ_INTERFACE && now && !w->network)
		look_at(w, now);
	return took(w, key, len);
}

static int circuit(void *arg, const uint8_t *key, size_t len, const void *val)
{
	look_at(arg, val);
	return took(arg, key, len);
}

static int idle(void *arg, const uint8_t *key, size_t len, const void *val)
{
	if (key[0] > OBJ_STATIC_LSP)
		return -1;
	count_idle(arg, (enum obj_type)key[0], val);
	return took(arg, key, len);
}

/* All are looked at, and none twice. */
static void all_circuits(struct warn *w)
{
	memset(w->port, 0, sizeof(w->port));
	memset(w->peer, 0, sizeof(w->peer));
	memset(w->lacking, 0, sizeof(w->lacking));
	w->n_ports = w->n_peers = w->n_mute = 0;
	go_on(w, CIRCUITS);
}

static bool walk(struct warn *w)
{
	static const uint8_t interfaces = OBJ_INTERFACE;

	switch (w->phase) {
	case CHANGES:
		if (trie_diff_after(w->before, w->now, w->after, w->n_after, changed, w) == 1)
			return true;
		if (w->network)
			all_circuits(w);
		else
			go_on(w, IDLE);
		return true;
	case CIRCUITS:
		if (trie_walk_after(w->now, &interfaces, 1, w->after, w->n_after, circuit, w) != 1)
			go_on(w, IDLE);
		return true;
	case IDLE:
		if (w->idle && !cfg_system(w->now)->mpls &&
		    trie_walk_after(w->now, NULL, 0, w->after, w->n_after, idle, w) == 1)
			return true;
		go_on(w, TELL);
		return true;
	default:
		return false;
	}
}

/* ---- telling ---------------------------------------------------------------------------------------------- */

typedef void tell_fn(void *arg, const char *sentence);

static void tell_port(const struct port *p, tell_fn *tell, void *arg)
{
	char text[512], more[32] = "";

	if (p->pws > 1)
		snprintf(more, sizeof(more), " and %" PRIu32 " more", p->pws - 1);
	snprintf(text, sizeof(text),
		 "the MTU of %s is %" PRIu32 ", %" PRIu32 " is needed for %s%s; frames that do not fit are dropped. "
		 "Cure: mtu %" PRIu32 " on %s and on every hop of the path.",
		 p->name, p->is, p->need, p->first, more, p->need, p->name);
	tell(arg, text);
}

static void tell_peer(const struct lonely *p, tell_fn *tell, void *arg)
{
	char text[512], more[32] = "", ip[16];

	if (p->pws > 1)
		snprintf(more, sizeof(more), " and %" PRIu32 " more", p->pws - 1);
	snprintf(ip, sizeof(ip), "%u.%u.%u.%u", p->peer >> 24, p->peer >> 16 & 255, p->peer >> 8 & 255, p->peer & 255);
	snprintf(text, sizeof(text),
		 "there is no LDP session with %s for %s%s, and no mpls ldp remote-peer with remote-ip %s that would set it "
		 "up. This is no fault if the peer is a direct neighbour with mpls ldp on the link. Else: mpls ldp "
		 "remote-peer NAME, or mpls l2vpn auto-create-session in the mpls l2vpn view.", ip, p->first, more, ip);
	tell(arg, text);
}

static void tell_mute(const struct warn *w, tell_fn *tell, void *arg)
{
	char text[256], more[32] = "";

	if (w->n_mute > 1)
		snprintf(more, sizeof(more), " and %" PRIu32 " more", w->n_mute - 1);
	snprintf(text, sizeof(text), "LDP is not enabled: %s%s cannot be signalled. Cure: mpls ldp in the system view.",
		 w->first_mute, more);
	tell(arg, text);
}

static void tell_lacking(const struct lacking *l, const char *what, tell_fn *tell, void *arg)
{
	char text[512], more[32] = "";

	if (l->n > 1)
		snprintf(more, sizeof(more), " and %" PRIu32 " more", l->n - 1);
	snprintf(text, sizeof(text), "%s%s: %s", l->first, more, what);
	tell(arg, text);
}

static void tell_idle(const struct warn *w, tell_fn *tell, void *arg)
{
	char text[384], more[32] = "";

	if (w->n_idle > 1)
		snprintf(more, sizeof(more), " and %" PRIu32 " more", w->n_idle - 1);
	snprintf(text, sizeof(text),
		 "mpls is not enabled in the system view: %s%s %s nothing. Cure: %smpls in the system view.", w->first_idle, more,
		 w->n_idle > 1 ? "do" : "does",
		 cfg_system(w->now)->lsr_id ? "" : "mpls lsr-id A.B.C.D and ");
	tell(arg, text);
}

/* ---- the whole --------------------------------------------------------------------------------------------- */

struct warn *warn_new(const struct cfg *c, const struct core *core, const struct trie *before)
{
	struct warn *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->core = core;
	w->before = ref_get(before);
	w->now = ref_get(cfg_running(c));
	w->network = !before;
	return w;
}

bool warn_step(struct warn *w, tell_fn *tell, void *arg)
{
	w->left = SLICE;
	while (w->left && w->phase != TELL)
		if (!walk(w))
			break;
	if (w->phase != TELL)
		return true;
	for (unsigned i = 0; i < w->n_ports; i++)
		tell_port(&w->port[i], tell, arg);
	for (unsigned i = 0; i < w->n_peers; i++)
		tell_peer(&w->peer[i], tell, arg);
	if (w->n_mute)
		tell_mute(w, tell, arg);
	for (unsigned k = 0; k < LACK__N; k++)
		if (w->lacking[k].n)
			tell_lacking(&w->lacking[k], protection[k].text, tell, arg);
	if (w->n_idle)
		tell_idle(w, tell, arg);
	return false;
}

void warn_free(struct warn *w)
{
	if (!w)
		return;
	ref_put(w->before);
	ref_put(w->now);
	free(w);
}
