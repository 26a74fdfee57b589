/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check.c: what needs a second object, judged at commit on what changed.
 *
 * Each rule looks at one changed object and, by the indexes of store.h, at the few it touches. Where two
 * changed objects contradict each other, the one that sorts behind is told, so that one is. Every sentence
 * says what to do.
 */
#include <stdio.h>
#include <string.h>

#include "cfg/session.h"
#include "cfg/store.h"

static const char *const slots[] = { "primary", "secondary", "bypass" };

struct check {
	struct cfg *c;
	const struct trie *old, *now;
	unsigned int *budget;		/* of objects that are looked at */
};

static void tell(const struct check *k, const struct m_interface *m, const char *field, const char *text)
{
	cfg_problem(k->c, OBJ_INTERFACE, m, field, text);
}

static bool has_pw(const struct m_interface *m)
{
	return m->pw[0].present || m->pw[1].present || m->pw[2].present;
}

static bool has_static(const struct m_interface *m)
{
	bool any = false;

	for (unsigned int i = 0; i < 3; i++)
		any |= m->pw[i].present && m->pw[i].kind == PW_STATIC;
	return any;
}

static bool has_signalled(const struct m_interface *m)
{
	return has_pw(m) && !has_static(m);
}

/* @obj is no change of this commit, if only because it is again what it was. */
static bool unchanged(const struct check *k, enum obj_type type, const void *obj)
{
	const void *was = store_get(k->old, type, obj);

	return was == obj || object_same(type, was, obj);
}

/* @other stood there before, or is told before @m: then the contradiction is @m's. */
static bool was_first(const struct check *k, const struct m_interface *other, const struct m_interface *m)
{
	uint8_t a[KEY_MAX], b[KEY_MAX];
	size_t al, bl;
	int c;

	if (unchanged(k, OBJ_INTERFACE, other))
		return true;
	al = store_key(OBJ_INTERFACE, other, a);
	bl = store_key(OBJ_INTERFACE, m, b);
	c = memcmp(a, b, al < bl ? al : bl);
	return c < 0;
}

/* ---- the pseudowires of one circuit ------------------------------------------------------------------- */

static const struct m_pw_template *template_of(const struct check *k, const struct m_pw *pw)
{
	return pw->template[0] ? cfg_pw_template(k->now, pw->template) : NULL;
}

static bool control_word(const struct check *k, const struct m_pw *pw)
{
	const struct m_pw_template *t = template_of(k, pw);

	return pw->control_word == TG_ON || (pw->control_word == TG_DEFAULT && t && t->control_word == TG_ON);
}

static uint16_t mtu(const struct check *k, const struct m_interface *m, const struct m_pw *pw)
{
	const struct m_pw_template *t = template_of(k, pw);

	return m->mtu ? m->mtu : t && t->mtu ? t->mtu : 1500;
}

struct pair_rule {
	bool (*differ)(const struct check *k, const struct m_interface *m, unsigned int slot);
	const char *text;
};

static bool other_encapsulation(const struct check *k, const struct m_interface *m, unsigned int slot)
{
	(void)k;
	return cfg_pw_tagged(m, 0) != cfg_pw_tagged(m, slot);
}

static bool other_control_word(const struct check *k, const struct m_interface *m, unsigned int slot)
{
	return control_word(k, &m->pw[0]) != control_word(k, &m->pw[slot]);
}

static bool other_mtu(const struct check *k, const struct m_interface *m, unsigned int slot)
{
	return mtu(k, m, &m->pw[0]) != mtu(k, m, &m->pw[slot]);
}

static bool other_kind(const struct check *k, const struct m_interface *m, unsigned int slot)
{
	(void)k;
	return m->pw[0].kind != m->pw[slot].kind;
}

static bool other_access_port(const struct check *k, const struct m_interface *m, unsigned int slot)
{
	(void)k;
	return m->pw[0].access_port != m->pw[slot].access_port;
}

static const struct pair_rule pair_rules[] = {
	{ other_kind, "one is static and one signalled: give both lines the same kind" },
	{ other_encapsulation, "raw or tagged differs from the primary: give both lines the same" },
	{ other_control_word, "control-word differs from the primary: give both lines the same" },
	{ other_mtu, "the MTU of its template differs from the primary: set mtu on the interface" },
	{ other_access_port, "access-port differs from the primary: give both lines the same" },
};

/* Two pseudowires that the far end could not tell apart would be one: no way round a fault. That receive
 * labels differ is seen to where labels have owners. */
static void check_two(const struct check *k, const struct m_interface *m, unsigned int t, unsigned int s)
{
	const struct m_pw *a = &m->pw[t], *b = &m->pw[s];
	uint32_t peer = store_pw_peer(k->now, a);

	if (!a->present)
		return;
	if (b->vc_id && a->vc_id == b->vc_id)
		tell(k, m, slots[s], "another pseudowire of this interface has the same VC ID: choose another");
	if (peer && peer == store_pw_peer(k->now, b) && a->kind == PW_STATIC && b->kind == PW_STATIC &&
	    a->tx_label == b->tx_label)
		tell(k, m, slots[s], "another pseudowire of this interface has the same destination and transmit label: "
		     "choose another label");
}

static void check_pairs(const struct check *k, const struct m_interface *m)
{
	for (unsigned int s = 1; s < 3; s++) {
		if (!m->pw[s].present)
			continue;
		if (!m->pw[0].present) {
			tell(k, m, slots[s], "there is no primary pseudowire on this interface: configure it, too");
			continue;
		}
		for (size_t i = 0; i < sizeof(pair_rules) / sizeof(pair_rules[0]); i++)
			if (pair_rules[i].differ(k, m, s))
				tell(k, m, slots[s], pair_rules[i].text);
		for (unsigned int t = 0; t < s; t++)
			check_two(k, m, t, s);
	}
}

static void check_template_of(const struct check *k, const struct m_interface *m, unsigned int slot)
{
	const struct m_pw *pw = &m->pw[slot];
	char text[192];

	if (!pw->template[0])
		return;
	if (!template_of(k, pw))
		snprintf(text, sizeof(text), "there is no pw-template %s: make it, or leave it out here", pw->template);
	else if (!store_pw_peer(k->now, pw))
		snprintf(text, sizeof(text), "neither this line nor pw-template %s says the far end: "
			 "give %s here or peer-address there", pw->template,
			 pw->kind == PW_LDP ? "its LSR ID" : "destination");
	else
		return;
	tell(k, m, slots[slot], text);
}

/* ---- other circuits -------------------------------------------------------------------------------------- */

struct twin {
	const struct check *k;
	const struct m_interface *m;
	unsigned int slot;
	const char *what, *cure;
};

static int twin_pw(void *arg, const struct m_interface *other, unsigned int other_slot)
{
	const struct twin *t = arg;
	char text[192];

	if (!strcmp(other->name, t->m->name) || !was_first(t->k, other, t->m))
		return 0;	/* within one interface check_pairs() tells */
	snprintf(text, sizeof(text), "the %s pseudowire of %s has the same %s: %s", slots[other_slot], other->name, t->what,
		 t->cure);
	tell(t->k, t->m, slots[t->slot], text);
	return 1;
}

static int twin_vlan(void *arg, const struct m_interface *other, unsigned int unused)
{
	const struct twin *t = arg;
	char text[192];

	(void)unused;
	if (!was_first(t->k, other, t->m))
		return 0;
	snprintf(text, sizeof(text), "%s has the same VLAN: choose another, or remove it there", other->name);
	tell(t->k, t->m, "vlan-type", text);
	return 1;
}

static int twin_service(void *arg, const struct m_interface *other, unsigned int unused)
{
	const struct twin *t = arg;
	char text[192];

	(void)unused;
	if (!was_first(t->k, other, t->m))
		return 0;
	snprintf(text, sizeof(text), "%s has the same service name: choose another", other->name);
	tell(t->k, t->m, "mpls l2vpn service-name", text);
	return 1;
}

static void check_twins(const struct check *k, const struct m_interface *m, unsigned int slot)
{
	store_sharing(k->now, BY_VC, m, slot, twin_pw,
		      &(struct twin){ k, m, slot, "destination, VC ID and type", "choose another VC ID" });
	store_sharing(k->now, BY_TRANSMIT, m, slot, twin_pw,
		      &(struct twin){ k, m, slot, "destination and transmit label", "choose another label" });
}

/* ---- a port and its sub-interfaces ------------------------------------------------------------------------ */

struct port_rule {
	const struct check *k;
	const struct m_interface *port;
	const char *slot;
};

/* A port carried whole claims the frames of its sub-interfaces; one that changed, too, tells for itself. */
static int under_port(void *arg, const struct m_interface *sub)
{
	const struct port_rule *p = arg;
	char text[192];

	if ((!has_pw(sub) && !sub->mpls) || !unchanged(p->k, OBJ_INTERFACE, sub))
		return 0;
	snprintf(text, sizeof(text), "its sub-interface %s %s: carry either the port or its sub-interfaces", sub->name,
		 has_pw(sub) ? "carries a pseudowire" : "has mpls");
	tell(p->k, p->port, p->slot, text);
	return 1;
}

static void check_under(const struct check *k, const struct m_interface *sub, const char *field)
{
	const struct m_interface *port = sub->parent[0] ? cfg_interface(k->now, sub->parent) : NULL;
	char text[192];

	if (!port || !has_pw(port))
		return;
	snprintf(text, sizeof(text), "its port %s carries a pseudowire itself: carry either the port or its sub-interfaces",
		 port->name);
	tell(k, sub, field, text);
}

/* ---- who decides which pseudowire carries -------------------------------------------------------------------- */

#define ROLE "mpls l2vpn ac-role"

/* The far end of a pseudowire is told no status, only whether there is a label. */
static bool is_martini(const struct check *k, const struct m_pw *pw)
{
	uint32_t ip = store_pw_peer(k->now, pw);
	const struct m_l2vpn_peer *p = ip ? cfg_l2vpn_peer(k->now, ip) : NULL;

	return cfg_system(k->now)->martini || (p && p->martini);
}

/* Why its far ends cannot be told who carries; NULL: they can. */
static const char *is_mute(const struct check *k, const struct m_interface *m)
{
	if (has_static(m))
		return "a static pseudowire cannot tell its far end anything: undo this, or use mpls l2vc";
	for (unsigned int s = 0; s < 3; s++)
		if (m->pw[s].present && is_martini(k, &m->pw[s]))
			return "default martini keeps it from telling a far end anything: undo one of them";
	return NULL;
}

static void check_redundancy(const struct check *k, const struct m_interface *m)
{
	const char *why = NULL;

	if (m->redundancy == REDUNDANCY_FRR)
		return;
	if (!m->pw[0].present)
		why = "there is no primary pseudowire on this interface: configure one, or undo it";
	else if (m->redundancy == REDUNDANCY_MASTER && !m->pw[1].present)
		why = "a master chooses between a primary and a secondary pseudowire: configure both, or undo it";
	else
		why = is_mute(k, m);
	if (why)
		tell(k, m, "mpls l2vpn redundancy", why);
}

static void check_role(const struct check *k, const struct m_interface *m)
{
	const char *why = NULL;

	if (!m->ac_role)
		return;
	if (!m->pw[0].present)
		why = "there is no primary pseudowire on this interface: configure one, or undo it";
	else if (m->pw[1].present && m->redundancy != REDUNDANCY_INDEPENDENT)
		why = "with a secondary pseudowire a role needs mpls l2vpn redundancy independent: configure it, or undo the "
		      "role";
	else
		why = is_mute(k, m);
	if (why)
		tell(k, m, ROLE, why);
}

/* What only a master has a use for. */
static void check_master(const struct check *k, const struct m_interface *m)
{
	if (m->redundancy == REDUNDANCY_MASTER)
		return;
	if (m->holdoff)
		tell(k, m, "mpls l2vpn holdoff", "it needs mpls l2vpn redundancy master: configure it, or undo this");
	if (m->switchover)
		tell(k, m, "mpls l2vpn switchover",
		     m->redundancy || !m->pw[1].present
			     ? "it needs mpls l2vpn redundancy master: configure it, or undo this"
			     : "it needs mpls l2vpn redundancy master: configure it, or use manual-set pw-ac-fault instead");
}

static void check_reroute(const struct check *k, const struct m_interface *m)
{
	const char *why = NULL;

	if (!m->reroute)
		return;
	if (m->resume_set && has_static(m))
		why = "a static pseudowire cannot tell its far end anything: leave out resume";
	else if (!(m->pw[0].present && m->pw[1].present))
		why = "it needs a primary and a secondary pseudowire: configure both, or undo it";
	else if (m->redundancy == REDUNDANCY_INDEPENDENT)
		why = "an independent circuit always goes back at once: undo it";
	else if (m->redundancy == REDUNDANCY_MASTER && m->resume_set)
		why = "the far ends of a master are told standby instead of a fault: leave out resume";
	if (why)
		tell(k, m, "mpls l2vpn reroute", why);
}

static void check_protection(const struct check *k, const struct m_interface *m)
{
	static const char *const ignore[] = { "mpls l2vpn pw ignore-ac-state", "mpls l2vpn pw ignore-ac-state secondary",
					      "mpls l2vpn pw ignore-ac-state bypass" };

	check_redundancy(k, m);
	check_role(k, m);
	check_master(k, m);
	check_reroute(k, m);
	if (m->trigger_if_down && !has_signalled(m))
		tell(k, m, "mpls l2vpn trigger", "there is no signalled pseudowire on this interface: configure one with "
		     "mpls l2vc, or undo it");
	for (unsigned int s = 0; s < 3; s++)
		if (m->ignore_ac[s] && !m->pw[s].present)
			tell(k, m, ignore[s], "there is no such pseudowire on this interface: configure it, or undo this");
}

/* ---- one circuit ------------------------------------------------------------------------------------------- */

static const char *missing(const struct m_system *s)
{
	if (!s->lsr_id)
		return "mpls lsr-id is not configured: give this router an address";
	if (!s->mpls)
		return "mpls is not enabled: type mpls in the system view";
	return s->l2vpn ? NULL : "mpls l2vpn is not enabled: type mpls l2vpn in the system view";
}

static void check_circuit(const struct check *k, const struct m_interface *m)
{
	const char *global = missing(cfg_system(k->now));
	const char *first = slots[m->pw[0].present ? 0 : m->pw[1].present ? 1 : 2];

	if (global)
		tell(k, m, first, global);
	if (m->parent[0] && !m->vlan)
		tell(k, m, first, "the sub-interface has no vlan-type dot1q: give it one");
	if (m->mpls)
		tell(k, m, first, "mpls is enabled on this interface, a core port cannot be carried itself: undo mpls here");
	check_under(k, m, first);
	if (!m->parent[0])
		store_subs(k->now, m->name, under_port, &(struct port_rule){ k, m, first });
	check_pairs(k, m);
	for (unsigned int s = 0; s < 3; s++)
		if (m->pw[s].present) {
			check_template_of(k, m, s);
			check_twins(k, m, s);
		}
}

/* Lines about pseudowires that are not there. */
static void check_lines(const struct check *k, const struct m_interface *m)
{
	static const char *const fault[] = { "manual-set pw-ac-fault", "manual-set pw-ac-fault secondary" };
	static const char *const vccv[] = { "undo interface-parameter-type vccv",
					    "undo interface-parameter-type vccv secondary" };

	if (m->dual_receiving && !has_pw(m))
		tell(k, m, "mpls l2vpn stream-dual-receiving", "there is no pseudowire on this interface: configure one, or "
		     "undo it");
	if (m->service_name && !has_pw(m))
		tell(k, m, "mpls l2vpn service-name", "there is no pseudowire on this interface: configure one, or undo it");
	if (m->mac_withdraw_off && !has_pw(m))
		tell(k, m, "mpls l2vpn mac-withdraw", "there is no pseudowire on this interface: configure one, or "
		     "undo it");
	for (unsigned int s = 0; s < 2; s++)
		if (m->vccv_off[s] && !(m->pw[s].present && m->pw[s].kind == PW_LDP))
			tell(k, m, vccv[s], "there is no such signalled pseudowire on this interface: configure it, or "
			     "type the line without undo");
	for (unsigned int s = 0; s < 2; s++)
		if (m->pw_fault[s] && !m->pw[s].present)
			tell(k, m, fault[s], "there is no such pseudowire on this interface: configure it, or undo this");
}

/* LDP of an interface. */
static void check_link(const struct check *k, const struct m_interface *m)
{
	static const struct m_ldp_timers none;

	if (m->mpls_ldp && !cfg_ldp(k->now))
		tell(k, m, "mpls ldp", "LDP is not enabled: type mpls ldp in the system view");
	else if (m->mpls_ldp && !m->mpls)
		tell(k, m, "mpls ldp", "mpls is not enabled on this interface: type mpls here");
	else if (!m->mpls_ldp && memcmp(&m->ldp, &none, sizeof(none)))
		tell(k, m, "mpls ldp timer", "mpls ldp is not enabled on this interface: type it, or undo the timer");
}

/* ---- objects ----------------------------------------------------------------------------------------------- */

static void check_interface(const struct check *k, const struct m_interface *m)
{
	bool first = false;

	for (unsigned int i = 0; i < m->n_addr; i++)
		first |= !m->addr[i].sub;
	if (m->n_addr && !first)
		tell(k, m, "ip address", "sub needs an address without sub: configure that, too");
	store_sharing(k->now, BY_VLAN, m, 0, twin_vlan, &(struct twin){ .k = k, .m = m });
	store_sharing(k->now, BY_SERVICE, m, 0, twin_service, &(struct twin){ .k = k, .m = m });
	check_protection(k, m);
	check_lines(k, m);
	check_link(k, m);
	if (has_pw(m))
		check_circuit(k, m);
	else if (m->mpls)
		check_under(k, m, "mpls");
}

/* What a template says changed or is gone: those that use it and did not change themselves are judged again. */
static int check_user(void *arg, const struct m_interface *m, unsigned int slot)
{
	const struct check *k = arg;

	if (!*k->budget)
		return 1;
	--*k->budget;
	if (!unchanged(k, OBJ_INTERFACE, m))
		return 0;
	check_template_of(k, m, slot);
	check_twins(k, m, slot);
	check_pairs(k, m);
	check_redundancy(k, m);
	check_role(k, m);
	return 0;
}

/* A far end is told no status from now on. */
static int check_mute(void *arg, const struct m_interface *m, unsigned int slot)
{
	const struct check *k = arg;

	(void)slot;
	if (!*k->budget)
		return 1;
	--*k->budget;
	if (!unchanged(k, OBJ_INTERFACE, m))
		return 0;
	check_redundancy(k, m);
	check_role(k, m);
	return 0;
}

static int first_circuit(void *arg, const struct m_interface *m)
{
	struct check *k = arg;
	const struct m_system *s = cfg_system(k->now);
	const char *line = !s->lsr_id ? "undo mpls lsr-id" : !s->mpls ? "undo mpls" : "undo mpls l2vpn";
	char text[192];

	if (!unchanged(k, OBJ_INTERFACE, m))
		return 1;	/* it tells for itself */
	snprintf(text, sizeof(text), "%s carries a pseudowire, but %s", m->name, missing(s));
	problem_of_line(k->c, OBJ_SYSTEM, s, line, text);
	return 1;
}

/* A remote peer whose address becomes our own, and did not change itself. */
static void check_own(const struct check *k, const struct m_system *s)
{
	const struct m_remote_peer *p = s->lsr_id ? store_remote(k->now, s->lsr_id, NULL) : NULL;
	char text[192];

	if (!p || !unchanged(k, OBJ_REMOTE_PEER, p))
		return;
	snprintf(text, sizeof(text), "remote peer %s has this address: it is that of another device", p->name);
	cfg_problem(k->c, OBJ_SYSTEM, s, "mpls lsr-id", text);
}

static int first_signalled(void *arg, const struct m_interface *m)
{
	struct check *k = arg;
	const struct m_interface *now = cfg_interface(k->now, m->name);
	const struct m_system *s = cfg_system(k->now);
	static const char line[] = "undo mpls l2vpn default martini";
	char text[192];

	for (unsigned int i = 0; i < 3; i++) {
		if (!m->pw[i].present || m->pw[i].kind != PW_LDP || !now || !now->pw[i].present)
			continue;
		snprintf(text, sizeof(text), "%s carries a signalled pseudowire: remove it in a commit of its own, then "
			 "change this", m->name);
		problem_of_line(k->c, OBJ_SYSTEM, s, line + (s->martini ? strlen("undo ") : 0), text);
		return 1;
	}
	return 0;
}

/* ---- LDP ----------------------------------------------------------------------------------------------------- */

static void check_ldp(const struct check *k, const struct m_ldp *l)
{
	if (!cfg_system(k->now)->mpls)
		cfg_problem(k->c, OBJ_LDP, l, NULL, "mpls is not enabled: type mpls in the system view");
}

static void check_remote(const struct check *k, const struct m_remote_peer *p)
{
	const struct m_remote_peer *twin = p->ip ? store_remote(k->now, p->ip, p->name) : NULL;
	char text[192];

	if (!cfg_ldp(k->now))
		cfg_problem(k->c, OBJ_REMOTE_PEER, p, NULL, "LDP is not enabled: type mpls ldp in the system view");
	if (p->ip && p->ip == cfg_system(k->now)->lsr_id)
		cfg_problem(k->c, OBJ_REMOTE_PEER, p, "remote-ip",
			    "this is the LSR ID of this device: give that of the peer");
	if (!twin || (!unchanged(k, OBJ_REMOTE_PEER, twin) && strcmp(twin->name, p->name) > 0))
		return;
	snprintf(text, sizeof(text), "remote peer %s has the same address: one of them is enough", twin->name);
	cfg_problem(k->c, OBJ_REMOTE_PEER, p, "remote-ip", text);
}

/* What stands in the view of LDP, or of L2VPN, needs that view. */
static void check_key(const struct check *k, const struct m_ldp_key *key)
{
	if (!cfg_ldp(k->now))
		cfg_problem(k->c, OBJ_LDP_KEY, key, NULL, "LDP is not enabled: type mpls ldp in the system view");
}

static void check_l2vpn_peer(const struct check *k, const struct m_l2vpn_peer *p)
{
	if (!cfg_system(k->now)->l2vpn)
		cfg_problem(k->c, OBJ_L2VPN_PEER, p, NULL, "mpls l2vpn is not enabled: type mpls l2vpn in the system view");
	if (p->takes_requests && p->martini)
		cfg_problem(k->c, OBJ_L2VPN_PEER, p, "mpls l2vpn request-switchover",
			    "default martini keeps it from being told anything: undo one of them");
}

/* LDP went, and what another session made meanwhile needs it: the first of each kind is told. */
static int check_left(void *arg, const uint8_t *key, size_t len, const void *val)
{
	const struct check *k = arg;

	(void)len;
	if (!unchanged(k, (enum obj_type)key[0], val))
		return 0;
	if (key[0] == OBJ_LDP_KEY)
		check_key(k, val);
	else if (key[0] == OBJ_REMOTE_PEER)
		check_remote(k, val);
	else
		check_l2vpn_peer(k, val);
	return 1;
}

static int check_left_link(void *arg, const struct m_interface *m)
{
	const struct check *k = arg;

	if (!unchanged(k, OBJ_INTERFACE, m))
		return 0;
	check_link(k, m);
	return 1;
}

static void check_ldp_gone(struct check *k)
{
	const uint8_t keys = OBJ_LDP_KEY, remotes = OBJ_REMOTE_PEER;

	trie_walk(k->now, &keys, 1, check_left, k);
	trie_walk(k->now, &remotes, 1, check_left, k);
	store_links(k->now, check_left_link, k);
}

static void check_system(struct check *k)
{
	const struct m_system *s = cfg_system(k->now);
	const uint8_t peers = OBJ_L2VPN_PEER;

	if (s->mpls && !s->lsr_id)
		cfg_problem(k->c, OBJ_SYSTEM, s, "mpls", "mpls lsr-id is not configured: give this router an address");
	if (s->l2vpn && !s->mpls)
		cfg_problem(k->c, OBJ_SYSTEM, s, "mpls l2vpn", "mpls is not enabled: type mpls in the system view");
	if (cfg_ldp(k->now) && !s->mpls && unchanged(k, OBJ_LDP, cfg_ldp(k->now)))
		problem_of_line(k->c, OBJ_SYSTEM, s, "undo mpls", "mpls ldp is configured: undo mpls ldp as well");
	if (missing(s))
		store_circuits(k->now, first_circuit, k);
	if (cfg_system(k->old)->l2vpn && !s->l2vpn)
		trie_walk(k->now, &peers, 1, check_left, k);
	if (cfg_system(k->old)->martini != s->martini)
		store_circuits(k->old, first_signalled, k);
	if (cfg_system(k->old)->lsr_id != s->lsr_id)
		check_own(k, s);
}

static int check_template(struct check *k, const struct m_pw_template *t, struct store_at *at)
{
	int more = store_template_users(k->now, t->name, at, check_user, k);

	if (!more)
		at->n = 0;
	return more;
}

static int check_peer(struct check *k, const struct m_l2vpn_peer *was, const struct m_l2vpn_peer *is, struct store_at *at)
{
	if (is->martini && !(was && was->martini) && store_peer_users(k->now, is->peer, at, check_mute, k))
		return 1;
	at->n = 0;
	check_l2vpn_peer(k, is);
	return 0;
}

int check_change(struct cfg *c, const struct trie *old, const struct trie *now, enum obj_type type, const void *was,
		 const void *is, struct store_at *at, unsigned int *budget)
{
	struct check k = { c, old, now, budget };

	if (type == OBJ_SYSTEM)
		check_system(&k);
	else if (type == OBJ_INTERFACE && is)
		check_interface(&k, is);
	else if (type == OBJ_PW_TEMPLATE)
		return check_template(&k, is ? is : was, at);
	else if (type == OBJ_LDP)
		is ? check_ldp(&k, is) : check_ldp_gone(&k);
	else if (type == OBJ_REMOTE_PEER && is)
		check_remote(&k, is);
	else if (type == OBJ_LDP_KEY && is)
		check_key(&k, is);
	else if (type == OBJ_L2VPN_PEER && is)
		return check_peer(&k, was, is, at);
	return 0;
}
