/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check.c: what needs a second object, judged at commit on what changed.
 *
 * Each rule looks at one changed object and, by the indexes of store.h, at the few it touches. Where two
 * changed objects contradict each other, the one that sorts behind is told, so that one is.
 */
#include <stdio.h>
#include <string.h>

#include "cfg/session.h"
#include "cfg/store.h"

static const char *const slots[] = { "primary", "secondary", "bypass" };

struct check {
	struct cfg *c;
	const struct trie *old, *now;
};

static void tell(const struct check *k, const struct m_interface *m, unsigned int slot, const char *text)
{
	cfg_problem(k->c, OBJ_INTERFACE, m, slots[slot], text);
}

static bool has_pw(const struct m_interface *m)
{
	return m->pw[0].present || m->pw[1].present || m->pw[2].present;
}

/* @other stood there before, or is told before @m: then the contradiction is @m's. */
static bool was_first(const struct check *k, const struct m_interface *other, const struct m_interface *m)
{
	uint8_t a[KEY_MAX], b[KEY_MAX];
	size_t al, bl;
	int c;

	if (store_get(k->old, OBJ_INTERFACE, other) == other)
		return true;
	al = store_key(OBJ_INTERFACE, other, a);
	bl = store_key(OBJ_INTERFACE, m, b);
	c = memcmp(a, b, al < bl ? al : bl);
	return c < 0;
}

/* ---- one circuit --------------------------------------------------------------------------------------- */

struct pair_rule {
	bool (*differ)(const struct m_interface *m, unsigned int slot);
	const char *text;
};

static bool other_encapsulation(const struct m_interface *m, unsigned int slot)
{
	return cfg_pw_tagged(m, 0) != cfg_pw_tagged(m, slot);
}

static bool other_control_word(const struct m_interface *m, unsigned int slot)
{
	return (m->pw[0].control_word == TG_ON) != (m->pw[slot].control_word == TG_ON);
}

static bool other_access_port(const struct m_interface *m, unsigned int slot)
{
	return m->pw[0].access_port != m->pw[slot].access_port;
}

/* MTU is no field of a static pseudowire: all of a circuit use that of its interface. */
static const struct pair_rule pair_rules[] = {
	{ other_encapsulation, "raw or tagged differs from the primary" },
	{ other_control_word, "control-word differs from the primary" },
	{ other_access_port, "access-port differs from the primary" },
};

/* Two pseudowires that the far end could not tell apart would be one: no way round a fault. That receive
 * labels differ is seen to where labels have owners. */
static void check_two(const struct check *k, const struct m_interface *m, unsigned int t, unsigned int s)
{
	const struct m_static_pw *a = &m->pw[t], *b = &m->pw[s];

	if (!a->present)
		return;
	if (b->vc_id && a->vc_id == b->vc_id)
		tell(k, m, s, "another pseudowire of this interface has the same VC ID");
	if (a->peer == b->peer && a->tx_label == b->tx_label)
		tell(k, m, s, "another pseudowire of this interface has the same destination and transmit label");
}

static void check_pairs(const struct check *k, const struct m_interface *m)
{
	for (unsigned int s = 1; s < 3; s++) {
		if (!m->pw[s].present)
			continue;
		if (!m->pw[0].present) {
			tell(k, m, s, "there is no primary pseudowire on this interface");
			continue;
		}
		for (size_t i = 0; i < sizeof(pair_rules) / sizeof(pair_rules[0]); i++)
			if (pair_rules[i].differ(m, s))
				tell(k, m, s, pair_rules[i].text);
		for (unsigned int t = 0; t < s; t++)
			check_two(k, m, t, s);
	}
}

struct twin {
	const struct check *k;
	const struct m_interface *m;
	unsigned int slot;
};

static int twin_vc(void *arg, const struct m_interface *other, unsigned int other_slot)
{
	const struct twin *t = arg;
	char text[192];

	if (!strcmp(other->name, t->m->name) || !was_first(t->k, other, t->m))
		return 0;	/* within one interface check_pairs() tells */
	snprintf(text, sizeof(text), "the %s pseudowire of %s has the same destination, VC ID and type",
		 slots[other_slot], other->name);
	tell(t->k, t->m, t->slot, text);
	return 1;
}

static int twin_vlan(void *arg, const struct m_interface *other, unsigned int unused)
{
	const struct twin *t = arg;
	char text[192];

	(void)unused;
	if (!was_first(t->k, other, t->m))
		return 0;
	snprintf(text, sizeof(text), "%s has the same VLAN", other->name);
	cfg_problem(t->k->c, OBJ_INTERFACE, t->m, "vlan-type", text);
	return 1;
}

/* A port carried whole and a sub-interface of it carried too would both claim the tagged frames. */
static void check_port_or_subs(const struct check *k, const struct m_interface *m, unsigned int slot)
{
	const struct m_interface *parent = m->parent[0] ? cfg_interface(k->now, m->parent) : NULL;
	const struct m_interface *sub = m->parent[0] ? NULL : store_sub_circuit(k->now, m->name);
	char text[192];

	if (parent && has_pw(parent)) {
		snprintf(text, sizeof(text), "its port %s carries a pseudowire itself", parent->name);
		tell(k, m, slot, text);
	} else if (sub && store_get(k->old, OBJ_INTERFACE, sub) == sub) {
		snprintf(text, sizeof(text), "its sub-interface %s carries a pseudowire", sub->name);
		tell(k, m, slot, text);
	}
}

static const char *missing(const struct m_system *s)
{
	if (!s->lsr_id)
		return "mpls lsr-id is not configured";
	if (!s->mpls)
		return "mpls is not enabled in the system view";
	return s->l2vpn ? NULL : "mpls l2vpn is not enabled in the system view";
}

static void check_circuit(const struct check *k, const struct m_interface *m)
{
	const char *global = missing(cfg_system(k->now));
	unsigned int first = m->pw[0].present ? 0 : m->pw[1].present ? 1 : 2;

	if (global)
		tell(k, m, first, global);
	if (m->parent[0] && !m->vlan)
		tell(k, m, first, "the sub-interface has no vlan-type dot1q");
	if (m->mpls)
		tell(k, m, first, "mpls is enabled on this interface: it is a core port and cannot be carried itself");
	check_port_or_subs(k, m, first);
	check_pairs(k, m);
	for (unsigned int s = 0; s < 3; s++)
		if (m->pw[s].present && m->pw[s].vc_id)
			store_same_vc(k->now, m, s, twin_vc, &(struct twin){ k, m, s });
}

/* ---- objects ----------------------------------------------------------------------------------------------- */

static void check_interface(const struct check *k, const struct m_interface *m)
{
	bool first = false;

	for (unsigned int i = 0; i < m->n_addr; i++)
		first |= !m->addr[i].sub;
	if (m->n_addr && !first)
		cfg_problem(k->c, OBJ_INTERFACE, m, "ip address", "sub needs an address without sub before it");
	if (m->parent[0] && m->vlan)
		store_same_vlan(k->now, m, twin_vlan, &(struct twin){ k, m, 0 });
	if (has_pw(m))
		check_circuit(k, m);
}

static int first_circuit(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct check *k = arg;
	const struct m_interface *m = store_circuit(k->now, key, len);
	const char *global = missing(cfg_system(k->now));
	char text[192];

	(void)val;
	if (store_get(k->old, OBJ_INTERFACE, m) != m)
		return 1;	/* changed too: it tells for itself */
	snprintf(text, sizeof(text), "%s, and %s carries a pseudowire", global, m->name);
	cfg_problem(k->c, OBJ_SYSTEM, cfg_system(k->now), NULL, text);
	return 1;
}

static void check_system(struct check *k)
{
	const struct m_system *s = cfg_system(k->now);

	if (s->mpls && !s->lsr_id)
		cfg_problem(k->c, OBJ_SYSTEM, s, "mpls", "mpls lsr-id is not configured");
	if (s->l2vpn && !s->mpls)
		cfg_problem(k->c, OBJ_SYSTEM, s, "mpls l2vpn", "mpls is not enabled in the system view");
	if (missing(s))
		store_circuits(k->now, first_circuit, k);
}

static int check_object(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct check *k = arg;

	(void)len;
	(void)old;
	if (key[0] == OBJ_SYSTEM)
		check_system(k);
	else if (key[0] == OBJ_INTERFACE && now)
		check_interface(k, now);
	return 0;
}

void check_changes(struct cfg *c, const struct trie *old, const struct trie *now)
{
	struct check k = { c, old, now };

	trie_diff(old, now, check_object, &k);
}
