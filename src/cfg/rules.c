/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rules.c: what the rows of the command table cannot say, one function a rule.
 */
#include "cfg/rules.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cfg/ifname.h"
#include "cfg/store.h"

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

void rule_interface_free(const struct trie *root, const void *obj, struct refusal *r)
{
	const struct m_interface *m = obj;

	(void)root;
	for (unsigned int i = 0; i < 3; i++)
		if (m->pw[i].present)
			refuse(r, CFG_REFUSED, "A pseudowire uses %s: remove it first with undo mpls static-l2vc",
			       m->name);
}

void rule_lsr_id(const void *obj, uint32_t index, struct refusal *r)
{
	const struct m_system *s = obj;

	(void)index;
	if (!is_host(s->lsr_id))
		refuse(r, CFG_REFUSED, "The LSR ID must be an address a host can have");
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
		refuse(r, CFG_REFUSED, "This is no address an interface can have");
	else if (a->len < 31 && (host == 0 || host == ones))
		refuse(r, CFG_REFUSED, "This is the %s address of its subnet", host ? "broadcast" : "network");
	for (unsigned int i = 0; i < m->n_addr; i++)
		if (i != index && m->addr[i].ip == a->ip)
			refuse(r, CFG_REFUSED, "The interface has this address already");
}

void rule_static_pw(const void *obj, uint32_t index, struct refusal *r)
{
	const struct m_interface *m = obj;

	if (!is_host(m->pw[index].peer))
		refuse(r, CFG_REFUSED, "The destination must be the LSR ID of the far end");
	else if (m->parent[0] && m->pw[index].access_port)
		refuse(r, CFG_REFUSED, "access-port is for main interfaces: %s is a sub-interface", m->name);
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
			refuse(r, CFG_REFUSED, "Label 3 pushes nothing: it stands alone");
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

/* `undo mpls l2vpn` takes all layer 2 configuration with it (the manual's cascade). */
struct cascade {
	struct trie *root;
	int err;
};

static int without_pws(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct cascade *c = arg;
	const struct m_interface *m = store_circuit(c->root, key, len);
	struct m_interface *now;

	(void)val;
	now = m ? object_copy(OBJ_INTERFACE, m) : NULL;
	if (!now)
		return c->err = -ENOMEM;
	memset(now->pw, 0, sizeof(now->pw));
	c->err = store_put(&c->root, OBJ_INTERFACE, now);
	ref_put(now);
	return c->err;
}

int rule_l2vpn_gone(struct trie **root, const void *old)
{
	struct cascade c = { ref_get(*root), 0 };
	struct m_system *s = object_copy(OBJ_SYSTEM, cfg_system(*root));

	(void)old;
	if (!s) {
		ref_put(c.root);
		return -ENOMEM;
	}
	s->capacity = 0;
	c.err = store_put(&c.root, OBJ_SYSTEM, s);
	ref_put(s);
	if (!c.err)
		store_circuits(*root, without_pws, &c);
	if (c.err) {
		ref_put(c.root);
		return c.err;
	}
	ref_put(*root);
	*root = c.root;
	return 0;
}
