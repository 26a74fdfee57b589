/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rules.c: what the rows of the command table cannot say, one function a rule.
 */
#include "cfg/rules.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cfg/edit.h"
#include "cfg/ifname.h"
#include "cfg/leaves.h"
#include "cfg/store.h"
#include "cfg/value.h"

static void refuse(struct refusal *r, enum cfg_verdict v, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void refuse(struct refusal *r, enum cfg_verdict v, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	r->verdict = v;
	vsnprintf(r->text, sizeof(r->text), fmt, ap);
	va_end(ap);
}

/* An address a router can have or reach: not 0/8, not loopback 127/8, not multicast or above. */
static bool is_host(uint32_t ip)
{
	return ip >> 24 && ip >> 24 != 127 && ip < 0xe0000000u;
}

void rule_interface(const void *obj, uint32_t index, struct refusal *r)
{
	const struct m_interface *m = obj;
	const char *why;

	(void)index;
	if (ifname_class(m->name, &why) == IF_UNBUILT)
		refuse(r, CFG_KNOWN, "%s", why);
}

static const char *const roles[] = { "", " secondary", " bypass" };

/* The line that removes a pseudowire. */
static const char *undo_of(const struct m_pw *pw)
{
	return pw->kind == PW_LDP ? "undo mpls l2vc" : "undo mpls static-l2vc";
}

void rule_interface_free(const struct trie *root, const void *obj, uint32_t index, struct refusal *r)
{
	const struct m_interface *m = obj;

	(void)root;
	(void)index;
	for (unsigned int i = 0; i < 3; i++)
		if (m->pw[i].present)
			refuse(r, CFG_REFUSED, "A pseudowire uses %s: remove it first with %s%s", m->name,
			       undo_of(&m->pw[i]), roles[i]);
}

static int first_user(void *arg, const struct m_interface *m, unsigned int slot)
{
	refuse(arg, CFG_REFUSED, "A pseudowire of %s uses this template: remove it first with %s%s", m->name,
	       undo_of(&m->pw[slot]), roles[slot]);
	return 1;
}

void rule_template_free(const struct trie *root, const void *obj, uint32_t index, struct refusal *r)
{
	(void)index;
	store_template_users(root, ((const struct m_pw_template *)obj)->name, NULL, first_user, r);
}

void rule_template(const void *obj, uint32_t index, struct refusal *r)
{
	const struct m_pw_template *t = obj;

	(void)index;
	if (!is_host(t->peer))
		refuse(r, CFG_REFUSED, "The peer address must be the LSR ID of the far end");
}

static bool has_kind(const struct m_interface *m, enum m_pw_kind kind)
{
	for (unsigned int i = 0; i < 3; i++)
		if (m->pw[i].present && m->pw[i].kind == kind)
			return true;
	return false;
}

void rule_reroute(const void *obj, uint32_t index, struct refusal *r)
{
	const struct m_interface *m = obj;

	(void)index;
	if (m->resume_set && has_kind(m, PW_STATIC))
		refuse(r, CFG_REFUSED, "A static pseudowire cannot tell its far end anything: leave out resume");
}

void rule_redundancy(const void *obj, uint32_t index, struct refusal *r)
{
	(void)index;
	if (has_kind(obj, PW_STATIC))
		refuse(r, CFG_REFUSED, "A static pseudowire cannot tell its far end anything: redundancy modes are for mpls l2vc");
}

void rule_ac_role(const void *obj, uint32_t index, struct refusal *r)
{
	const struct m_interface *m = obj;

	(void)index;
	if (has_kind(m, PW_STATIC))
		refuse(r, CFG_REFUSED, "A static pseudowire cannot tell its far end anything: ac-role is for mpls l2vc");
	else if (m->ac_role == AC_ROLE_FOLLOW && !is_host(m->follow))
		refuse(r, CFG_REFUSED, "The address must be one a host can have: give the virtual address of VRRP");
}

void rule_trigger(const void *obj, uint32_t index, struct refusal *r)
{
	(void)index;
	if (has_kind(obj, PW_STATIC) && !has_kind(obj, PW_LDP))
		refuse(r, CFG_REFUSED, "A static pseudowire never learns that its far end failed: trigger if-down is for mpls l2vc");
}

void rule_lsr_id(const void *obj, uint32_t index, struct refusal *r)
{
	const struct m_system *s = obj;

	(void)index;
	if (!is_host(s->lsr_id))
		refuse(r, CFG_REFUSED, "The LSR ID must be an address a host can have: use that of a loopback interface");
}

/* The primary address is one, whatever it was before; sub addresses are told apart by their value. */
uint32_t rule_address_slot(const void *obj, const void *rec)
{
	const struct m_interface *m = obj;
	const struct m_addr *a = rec;

	for (unsigned int i = 0; i < m->n_addr; i++)
		if (a->sub == m->addr[i].sub && (!a->sub || a->ip == m->addr[i].ip))
			return i;
	return m->n_addr;
}

void rule_address(const void *obj, uint32_t index, struct refusal *r)
{
	const struct m_interface *m = obj;
	const struct m_addr *a = &m->addr[index];
	uint32_t host = a->len ? a->ip & ~(~0u << (32 - a->len)) : a->ip;
	uint32_t ones = a->len < 32 ? ~0u >> a->len : 0;

	if (a->len == 0 || !is_host(a->ip))
		refuse(r, CFG_REFUSED, "This is no address an interface can have: choose another");
	else if (a->len < 31 && (host == 0 || host == ones))
		refuse(r, CFG_REFUSED, "This is the %s address of its subnet: choose another", host ? "broadcast" : "network");
	for (unsigned int i = 0; i < m->n_addr; i++)
		if (i != index && m->addr[i].ip == a->ip)
			refuse(r, CFG_REFUSED, "The interface has this address already: undo that line first");
}

void rule_pw(const void *obj, uint32_t index, struct refusal *r)
{
	const struct m_interface *m = obj;

	if (m->pw[index].peer ? !is_host(m->pw[index].peer) : !m->pw[index].template[0])
		refuse(r, CFG_REFUSED, "The destination must be the LSR ID of the far end");
	else if (m->parent[0] && m->pw[index].access_port)
		refuse(r, CFG_REFUSED, "access-port is for main interfaces and %s is a sub-interface: leave it out", m->name);
}

/* A pseudowire of the other kind is another; so is a signalled one with another VC ID, to whoever signals it. */
void rule_pw_change(const void *was, const void *now, uint32_t index, struct refusal *r)
{
	const struct m_pw *a = &((const struct m_interface *)was)->pw[index];
	const struct m_pw *b = &((const struct m_interface *)now)->pw[index];

	if (!a->present || !b->present)
		return;
	if (a->kind != b->kind)
		refuse(r, CFG_REFUSED, "The pseudowire here is %s: remove it first with %s%s",
		       a->kind == PW_LDP ? "signalled" : "static", undo_of(a), roles[index]);
	else if (a->kind == PW_LDP && a->vc_id != b->vc_id)
		refuse(r, CFG_REFUSED, "The VC ID of a pseudowire cannot change: remove it first with %s%s", undo_of(a),
		       roles[index]);
}

static void other_kind(const struct m_pw *pw, enum m_pw_kind mine, uint32_t index, struct refusal *r)
{
	if (pw->present && pw->kind != mine)
		refuse(r, CFG_REFUSED, "The pseudowire here is %s: type %s%s", pw->kind == PW_LDP ? "signalled" : "static",
		       undo_of(pw), roles[index]);
}

void rule_static_pw_undo(const struct trie *root, const void *obj, uint32_t index, struct refusal *r)
{
	const struct m_interface *m = obj;

	(void)root;
	other_kind(&m->pw[index], PW_STATIC, index, r);
}

void rule_l2vc_undo(const struct trie *root, const void *obj, uint32_t index, struct refusal *r)
{
	const struct m_interface *m = obj;

	(void)root;
	other_kind(&m->pw[index], PW_LDP, index, r);
	for (unsigned int i = 1; i < 3 && index == 0 && m->pw[0].present && r->verdict == CFG_OK; i++)
		if (m->pw[i].present)
			refuse(r, CFG_REFUSED, "There is a%s pseudowire as well: remove that first with %s%s", roles[i],
			       undo_of(&m->pw[i]), roles[i]);
}

void rule_remote_ip(const void *obj, uint32_t index, struct refusal *r)
{
	const struct m_remote_peer *p = obj;

	(void)index;
	if (!is_host(p->ip))
		refuse(r, CFG_REFUSED, "The remote address must be the LSR ID of the far end");
}

void rule_remote_ip_change(const void *was, const void *now, uint32_t index, struct refusal *r)
{
	const struct m_remote_peer *a = was, *b = now;

	(void)index;
	if (a->ip && b->ip && a->ip != b->ip)
		refuse(r, CFG_REFUSED, "Another address is set here: remove it first with undo remote-ip");
}

/* Small letters, capitals, digits, others. */
static unsigned int classes_of(const char *s)
{
	unsigned int seen = 0;

	for (; *s; s++)
		seen |= *s >= 'a' && *s <= 'z' ? 1u : *s >= 'A' && *s <= 'Z' ? 2u : *s >= '0' && *s <= '9' ? 4u : 8u;
	return (unsigned int)__builtin_popcount(seen);
}

void rule_key(const void *obj, uint32_t index, struct refusal *r)
{
	const struct m_ldp_key *k = obj;

	(void)index;
	if (!is_host(k->peer))
		refuse(r, CFG_REFUSED, "The peer must be named by its LSR ID");
	else if (secret_is_foreign(k->password))
		refuse(r, CFG_REFUSED, "This is how another device displays a password: type the password itself");
	else if (classes_of(k->password) < 2)
		refuse(r, CFG_REFUSED, "A password mixes at least two of small letters, capitals, digits and other characters");
}

void rule_lsp(const void *obj, uint32_t index, struct refusal *r)
{
	const struct m_static_lsp *l = obj;

	(void)index;
	if (l->role == LSP_EGRESS)
		return;
	if (l->role == LSP_INGRESS && (l->dest_len == 0 || !is_host(l->dest)))
		refuse(r, CFG_REFUSED, "The destination must be an address a router can have");
	else if (l->nexthop && !is_host(l->nexthop))
		refuse(r, CFG_REFUSED, "The next hop must be an address a neighbour can have");
	for (unsigned int i = 0; i < l->n_out && l->n_out > 1; i++)
		if (l->out_label[i] == 3)
			refuse(r, CFG_REFUSED, "Label 3 pushes nothing and stands alone: leave it out");
}

void rule_route(const void *obj, uint32_t index, struct refusal *r)
{
	const struct m_route *t = obj;
	const char *why;

	(void)index;
	if (t->out_if[0] && ifname_class(t->out_if, &why) == IF_UNBUILT)
		refuse(r, CFG_KNOWN, "%s", why);
	else if (t->nexthop && !is_host(t->nexthop))
		refuse(r, CFG_REFUSED, "The next hop must be an address a neighbour can have");
}

/* ---- cascades: `undo` of a switch takes what needs it along, as the manual has it ------------------------ */

struct cascade {
	struct trie *root;		/* being changed */
	enum obj_type type;
	void (*strip)(void *obj);	/* the object without what goes; NULL: it goes as a whole, ... */
	enum cfg_view view;		/* ... with the block of this view, if it has one */
	int err;
};

static int strip_one(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct cascade *c = arg;
	void *now = NULL;

	(void)key;
	(void)len;
	if (!c->strip) {
		c->err = store_drop(&c->root, c->type, val);
		if (!c->err && c->view)
			c->err = edit_block_gone(&c->root, c->view, val);
		return c->err;
	}
	now = object_copy(c->type, val);
	if (!now)
		return c->err = -ENOMEM;
	c->strip(now);
	if (!object_same(c->type, val, now))
		c->err = store_put(&c->root, c->type, now);
	ref_put(now);
	return c->err;
}

/* Every object of @type; @view: of their blocks, if they go as a whole. */
static int strip_all(struct trie **root, enum obj_type type, void (*strip)(void *obj), enum cfg_view view)
{
	struct cascade c = { ref_get(*root), type, strip, view, 0 };
	const uint8_t prefix = (uint8_t)type;

	trie_walk(*root, &prefix, 1, strip_one, &c);
	if (c.err) {
		ref_put(c.root);
		return c.err;
	}
	ref_put(*root);
	*root = c.root;
	return 0;
}

static void without_circuit(void *obj)
{
	struct m_interface *m = obj;

	memset(m->pw, 0, sizeof(m->pw));
	m->reroute = REROUTE_DEFAULT;
	m->reroute_delay = 0;
	m->resume_set = false;
	m->resume = 0;
	m->dual_receiving = false;
	m->redundancy = REDUNDANCY_FRR;
	m->ac_role = AC_ROLE_DEFAULT;
	m->follow = 0;
	m->holdoff = 0;
	m->switchover = false;
	m->trigger_if_down = false;
	memset(m->ignore_ac, 0, sizeof(m->ignore_ac));
	memset(m->pw_fault, 0, sizeof(m->pw_fault));
	memset(m->vccv_off, 0, sizeof(m->vccv_off));
	m->mac_withdraw_off = false;
	leaf_clear(&leaf_service_name, m);
	leaf_clear(&leaf_l2vpn_description, m);
}

static void without_mpls(void *obj)
{
	((struct m_interface *)obj)->mpls = false;
}

static void without_ldp(void *obj)
{
	struct m_interface *m = obj;

	m->mpls_ldp = false;
	memset(&m->ldp, 0, sizeof(m->ldp));
}

static void without_l2vpn(void *obj)
{
	struct m_system *s = obj;

	s->l2vpn = false;
	s->capacity = 0;
	s->reroute_rate_set = false;
	s->reroute_rate = 0;
	s->martini = false;
	s->auto_session = false;
}

/* *root becomes what @steps make of it one after the other, or stays. */
static int cascade(struct trie **root, int (*const *steps)(struct trie **root))
{
	struct trie *work = ref_get(*root);
	int err = 0;

	for (; *steps && !err; steps++)
		err = (*steps)(&work);
	if (err) {
		ref_put(work);
		return err;
	}
	ref_put(*root);
	*root = work;
	return 0;
}

static int strip_system(struct trie **root)
{
	int err = edit_block_gone(root, VIEW_L2VPN, cfg_system(*root));

	return err ? err : strip_all(root, OBJ_SYSTEM, without_l2vpn, VIEW_NONE);
}

static int strip_circuits(struct trie **root)
{
	return strip_all(root, OBJ_INTERFACE, without_circuit, VIEW_NONE);
}

static int drop_templates(struct trie **root)
{
	return strip_all(root, OBJ_PW_TEMPLATE, NULL, VIEW_PW_TEMPLATE);
}

static int strip_ports(struct trie **root)
{
	return strip_all(root, OBJ_INTERFACE, without_mpls, VIEW_NONE);
}

static int drop_lsps(struct trie **root)
{
	return strip_all(root, OBJ_STATIC_LSP, NULL, VIEW_NONE);
}

static int drop_l2vpn_peers(struct trie **root)
{
	return strip_all(root, OBJ_L2VPN_PEER, NULL, VIEW_NONE);
}

static int drop_ldp(struct trie **root)
{
	return strip_all(root, OBJ_LDP, NULL, VIEW_LDP);
}

static int drop_remote_peers(struct trie **root)
{
	return strip_all(root, OBJ_REMOTE_PEER, NULL, VIEW_REMOTE_PEER);
}

static int drop_keys(struct trie **root)
{
	return strip_all(root, OBJ_LDP_KEY, NULL, VIEW_NONE);
}

static int strip_link(void *arg, const struct m_interface *m)
{
	struct m_interface *now = object_copy(OBJ_INTERFACE, m);
	int err;

	if (!now)
		return -ENOMEM;
	without_ldp(now);
	err = store_put(arg, OBJ_INTERFACE, now);
	ref_put(now);
	return err;
}

/* Few interfaces speak LDP, so they are found by their index. */
static int strip_links(struct trie **root)
{
	struct trie *before = ref_get(*root);
	int err = store_links(before, strip_link, root);

	ref_put(before);
	return err;
}

#define STEPS(...) (int (*const[])(struct trie **)){ __VA_ARGS__, NULL }

int rule_l2vpn_gone(struct trie **root, const void *old)
{
	(void)old;
	return cascade(root, STEPS(strip_system, strip_circuits, drop_templates, drop_l2vpn_peers));
}

int rule_ldp_gone(struct trie **root, const void *old)
{
	(void)old;
	return cascade(root, STEPS(drop_remote_peers, drop_keys, strip_links));
}

/* The LSR ID stays. */
int rule_mpls_gone(struct trie **root, const void *old)
{
	(void)old;
	return cascade(root, STEPS(strip_system, strip_circuits, drop_templates, drop_l2vpn_peers, strip_ports, drop_lsps,
				   drop_ldp, drop_remote_peers, drop_keys, strip_links));
}

/* The interface's timers are for nothing else. */
int rule_link_ldp_gone(struct trie **root, const void *old)
{
	return strip_link(root, store_get(*root, OBJ_INTERFACE, old));
}
