/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store.c: keys, indexes and look-ups of the datastores.
 */
#include "cfg/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cfg/ifname.h"

enum index_type {
	IDX_CIRCUIT = 0x40,	/* + interface: it has a pseudowire */
	IDX_VC,			/* + peer, VC ID, tagged, interface, slot */
	IDX_VLAN,		/* + parent, VLAN, interface */
};

static void nothing_to_free(void *obj)
{
	(void)obj;
}

/* What index entries are bound to. */
static struct ref there = { 1, nothing_to_free };

/* ---- objects ------------------------------------------------------------------------------------- */

static void plain_free(void *obj)
{
	free(obj);
}

static void inert_free(void *obj)
{
	struct m_inert *m = obj;

	free(m->block);
	free(m->text);
	free(m->reason);
	free(m);
}

static const size_t sizes[OBJ__N] = {
	[OBJ_SYSTEM] = sizeof(struct m_system),	    [OBJ_INTERFACE] = sizeof(struct m_interface),
	[OBJ_STATIC_LSP] = sizeof(struct m_static_lsp), [OBJ_ROUTE] = sizeof(struct m_route),
	[OBJ_PW_TEMPLATE] = sizeof(struct m_pw_template), [OBJ_INERT] = sizeof(struct m_inert),
};

void *object_new(enum obj_type type)
{
	struct ref *r = calloc(1, sizes[type]);

	if (r)
		*r = (struct ref){ 1, type == OBJ_INERT ? inert_free : plain_free };
	return r;
}

/* Objects are compared and copied whole: they are zeroed when made, so padding is equal too. */
void *object_copy(enum obj_type type, const void *obj)
{
	uint8_t *c = object_new(type);

	if (c && obj)
		memcpy(c + sizeof(struct ref), (const uint8_t *)obj + sizeof(struct ref),
		       sizes[type] - sizeof(struct ref));
	return c;
}

static bool inert_same(const struct m_inert *a, const struct m_inert *b)
{
	return a->indent == b->indent && a->starts == b->starts && a->refused == b->refused &&
	       !strcmp(a->text, b->text) && !strcmp(a->block, b->block) && !strcmp(a->reason, b->reason);
}

bool object_same(enum obj_type type, const void *a, const void *b)
{
	if (type == OBJ_INERT)
		return a && b && inert_same(a, b);
	return a && b && !memcmp((const uint8_t *)a + sizeof(struct ref), (const uint8_t *)b + sizeof(struct ref),
				 sizes[type] - sizeof(struct ref));
}

bool object_is_default(enum obj_type type, const void *obj)
{
	static const union {
		struct m_system s;
		struct m_interface i;
	} zero;

	return type == OBJ_SYSTEM && object_same(type, obj, &zero);
}

/* ---- keys ------------------------------------------------------------------------------------------- */

static size_t be32(uint32_t n, uint8_t *to)
{
	to[0] = (uint8_t)(n >> 24);
	to[1] = (uint8_t)(n >> 16);
	to[2] = (uint8_t)(n >> 8);
	to[3] = (uint8_t)n;
	return 4;
}

size_t store_if_key(const char *ifname, uint8_t *key)
{
	key[0] = OBJ_INTERFACE;
	return 1 + ifname_key(ifname, key + 1);
}

size_t store_stem(enum obj_type type, const void *obj, uint8_t *key)
{
	const struct m_route *t = obj;
	const struct m_static_lsp *l = obj;
	const struct m_pw_template *p = obj;
	size_t n = 1;

	key[0] = (uint8_t)type;
	switch (type) {
	case OBJ_INTERFACE:
		return store_if_key(((const struct m_interface *)obj)->name, key);
	case OBJ_STATIC_LSP:
		memcpy(key + 1, l->name, strlen(l->name) + 1);
		return n + strlen(l->name) + 1;
	case OBJ_PW_TEMPLATE:
		memcpy(key + 1, p->name, strlen(p->name) + 1);
		return n + strlen(p->name) + 1;
	case OBJ_ROUTE:
		n += be32(t->dest, key + n);
		key[n++] = t->len;
		return n;
	default:
		return n;
	}
}

size_t store_key(enum obj_type type, const void *obj, uint8_t *key)
{
	const struct m_inert *i = obj;
	size_t n;

	if (type == OBJ_INERT) {
		key[0] = OBJ_INERT;
		memcpy(key + 1, i->place, i->n_place);
		return 1u + i->n_place;
	}
	n = store_stem(type, obj, key);
	if (type == OBJ_ROUTE) {
		n += be32(((const struct m_route *)obj)->nexthop, key + n);
		n += ifname_key(((const struct m_route *)obj)->out_if, key + n);
	}
	return n;
}

/* ---- indexes -------------------------------------------------------------------------------------------- */

#define INDEX_MAX 5		/* entries of one interface: circuit, three VCs, VLAN */
#define INDEX_KEY_MAX (16 + 4 * IFNAME_LEN)

struct index_keys {
	size_t n;
	struct {
		uint8_t key[INDEX_KEY_MAX];
		size_t len;
	} e[INDEX_MAX];
};

bool cfg_pw_tagged(const struct m_interface *m, unsigned int slot)
{
	enum m_pw_mode mode = m->pw[slot].mode;

	return mode == PW_MODE_TAGGED || (mode == PW_MODE_DEFAULT && m->parent[0]);
}

/* IDX_VC up to the interface: what two pseudowires may not share. */
static size_t vc_prefix(const struct m_interface *m, unsigned int slot, uint8_t *key)
{
	size_t n = 1;

	key[0] = IDX_VC;
	n += be32(m->pw[slot].peer, key + n);
	n += be32(m->pw[slot].vc_id, key + n);
	key[n++] = cfg_pw_tagged(m, slot);
	return n;
}

static size_t vlan_prefix(const struct m_interface *m, uint8_t *key)
{
	size_t n = 1;

	key[0] = IDX_VLAN;
	n += ifname_key(m->parent, key + n);
	key[n++] = (uint8_t)(m->vlan >> 8);
	key[n++] = (uint8_t)m->vlan;
	return n;
}

static size_t circuit_key(const char *ifname, uint8_t *key)
{
	key[0] = IDX_CIRCUIT;
	return 1 + ifname_key(ifname, key + 1);
}

static void index_of(const struct m_interface *m, struct index_keys *k)
{
	bool circuit = false;

	k->n = 0;
	for (unsigned int i = 0; m && i < 3; i++) {
		size_t n;

		if (!m->pw[i].present)
			continue;
		circuit = true;
		if (!m->pw[i].vc_id)
			continue;
		n = vc_prefix(m, i, k->e[k->n].key);
		n += ifname_key(m->name, k->e[k->n].key + n);
		k->e[k->n].key[n++] = (uint8_t)i;
		k->e[k->n++].len = n;
	}
	if (circuit) {
		k->e[k->n].len = circuit_key(m->name, k->e[k->n].key);
		k->n++;
	}
	if (m && m->parent[0] && m->vlan) {
		size_t n = vlan_prefix(m, k->e[k->n].key);

		k->e[k->n].len = n + ifname_key(m->name, k->e[k->n].key + n);
		k->n++;
	}
}

static bool listed(const struct index_keys *k, const struct index_keys *all, size_t i)
{
	for (size_t j = 0; j < all->n; j++)
		if (all->e[j].len == k->e[i].len && !memcmp(all->e[j].key, k->e[i].key, k->e[i].len))
			return true;
	return false;
}

static int bind_key(struct trie **root, const uint8_t *key, size_t len, const void *val)
{
	int err;
	struct trie *t = trie_set(*root, key, len, val, &err);

	if (err)
		return err;
	ref_put(*root);
	*root = t;
	return 0;
}

static int reindex(struct trie **root, const struct m_interface *old, const struct m_interface *now)
{
	struct index_keys a, b;
	int err = 0;

	index_of(old, &a);
	index_of(now, &b);
	for (size_t i = 0; i < a.n && !err; i++)
		if (!listed(&a, &b, i))
			err = bind_key(root, a.e[i].key, a.e[i].len, NULL);
	for (size_t i = 0; i < b.n && !err; i++)
		if (!listed(&b, &a, i))
			err = bind_key(root, b.e[i].key, b.e[i].len, &there);
	return err;
}

/* ---- changes ----------------------------------------------------------------------------------------------- */

static int rebind(struct trie **root, enum obj_type type, const void *like, const void *now)
{
	uint8_t key[KEY_MAX];
	size_t len = store_key(type, like, key);
	struct trie *t = ref_get(*root);
	int err = 0;

	if (type == OBJ_INTERFACE)
		err = reindex(&t, trie_get(*root, key, len), now);
	if (!err)
		err = bind_key(&t, key, len, now);
	if (err) {
		ref_put(t);
		return err;
	}
	ref_put(*root);
	*root = t;
	return 0;
}

int store_put(struct trie **root, enum obj_type type, const void *obj)
{
	return rebind(root, type, obj, object_is_default(type, obj) ? NULL : obj);
}

int store_drop(struct trie **root, enum obj_type type, const void *obj)
{
	return rebind(root, type, obj, NULL);
}

/* ---- look-ups ------------------------------------------------------------------------------------------------ */

const void *store_get(const struct trie *root, enum obj_type type, const void *like)
{
	uint8_t key[KEY_MAX];

	return trie_get(root, key, store_key(type, like, key));
}

const struct m_system *cfg_system(const struct trie *root)
{
	static const struct m_system defaults;
	const uint8_t key = OBJ_SYSTEM;
	const struct m_system *s = trie_get(root, &key, 1);

	return s ? s : &defaults;
}

const struct m_interface *cfg_interface(const struct trie *root, const char *name)
{
	uint8_t key[KEY_MAX];

	if (strlen(name) >= IFNAME_LEN)
		return NULL;
	return trie_get(root, key, store_if_key(name, key));
}

const struct m_static_lsp *cfg_static_lsp(const struct trie *root, const char *name)
{
	struct m_static_lsp like = { 0 };

	if (strlen(name) >= sizeof(like.name))
		return NULL;
	memcpy(like.name, name, strlen(name));
	return store_get(root, OBJ_STATIC_LSP, &like);
}

int store_circuits(const struct trie *root, int (*fn)(void *arg, const uint8_t *key, size_t len, const void *val),
		   void *arg)
{
	const uint8_t prefix = IDX_CIRCUIT;

	return trie_walk(root, &prefix, 1, fn, arg);
}

const struct m_interface *store_circuit(const struct trie *root, const uint8_t *key, size_t len)
{
	uint8_t k[INDEX_KEY_MAX];

	memcpy(k, key, len);
	k[0] = OBJ_INTERFACE;
	return trie_get(root, k, len);
}

struct hit {
	const struct trie *root;
	const struct m_interface *m;
	size_t skip;			/* octets before the interface in the index key */
	size_t tail;			/* ... and behind it */
	unsigned int slot;		/* of m */
	int (*fn)(void *arg, const struct m_interface *other, unsigned int slot);
	void *arg;
};

static int first_circuit(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct hit *h = arg;

	(void)val;
	h->m = store_circuit(h->root, key, len);
	return 1;
}

const struct m_interface *store_sub_circuit(const struct trie *root, const char *port)
{
	uint8_t key[KEY_MAX];
	struct hit h = { .root = root };
	size_t n = circuit_key(port, key);

	key[n - 1] = '.';
	trie_walk(root, key, n, first_circuit, &h);
	return h.m;
}

static int same_thing(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct hit *h = arg;
	uint8_t k[KEY_MAX];
	size_t n = len - h->skip - h->tail;
	const struct m_interface *other;
	unsigned int slot = h->tail ? key[len - 1] : 0;

	(void)val;
	k[0] = OBJ_INTERFACE;
	memcpy(k + 1, key + h->skip, n);
	other = trie_get(h->root, k, n + 1);
	if (!other || (!strcmp(other->name, h->m->name) && (!h->tail || slot == h->slot)))
		return 0;
	return h->fn(h->arg, other, slot);
}

int store_same_vc(const struct trie *root, const struct m_interface *m, unsigned int slot,
		  int (*fn)(void *arg, const struct m_interface *other, unsigned int other_slot), void *arg)
{
	uint8_t key[KEY_MAX];
	size_t n = vc_prefix(m, slot, key);
	struct hit h = { root, m, n, 1, slot, fn, arg };

	return trie_walk(root, key, n, same_thing, &h);
}

int store_same_vlan(const struct trie *root, const struct m_interface *m,
		    int (*fn)(void *arg, const struct m_interface *other, unsigned int unused), void *arg)
{
	uint8_t key[KEY_MAX];
	size_t n = vlan_prefix(m, key);
	struct hit h = { root, m, n, 0, 0, fn, arg };

	return trie_walk(root, key, n, same_thing, &h);
}
