/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store.c: keys, indexes and look-ups of the datastores.
 */
#include "cfg/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cfg/ifname.h"

/* Index entries beside those of enum store_index. */
enum {
	IDX_FAR_END = 0x60,	/* + peer, template: that says this peer */
	IDX_REMOTE,		/* + address, name of the remote peer that has it */
	IDX_LINK,		/* + name of an interface that speaks LDP */
};

/* What index entries are bound to. */
static struct ref there = { 1, 0 };

/* ---- objects ------------------------------------------------------------------------------------- */

/* What a pointer in an object leads to is its own: a text, or an array of as many elements as a counter says. */
struct owned {
	uint16_t at;			/* the pointer; rows in order of it */
	uint16_t counter, size;		/* an array: its counter, an octet, and the size of an element */
};

struct kind {
	size_t size;
	void (*free)(void *obj);
	const struct owned *owns;
	size_t n_owns;
};
static const struct kind kinds[OBJ__N];

static void **pointer(const struct owned *o, const void *obj)
{
	return (void **)(void *)((uint8_t *)(uintptr_t)obj + o->at);
}

/* Octets behind the pointer; 0: it is NULL. */
static size_t owned_size(const struct owned *o, const void *obj)
{
	const void *p = *pointer(o, obj);

	if (!p)
		return 0;
	return o->size ? (size_t)*((const uint8_t *)obj + o->counter) * o->size : strlen(p) + 1;
}

static void free_owned(enum obj_type type, void *obj)
{
	for (size_t i = 0; i < kinds[type].n_owns; i++)
		free(*pointer(&kinds[type].owns[i], obj));
	free(obj);
}

static void interface_free(void *obj)
{
	free_owned(OBJ_INTERFACE, obj);
}

static void remote_free(void *obj)
{
	free_owned(OBJ_REMOTE_PEER, obj);
}

static void inert_free(void *obj)
{
	free_owned(OBJ_INERT, obj);
}

#define TEXT(type, field) { offsetof(struct type, field), 0, 0 }
#define ARRAY(type, field, n) \
	{ offsetof(struct type, field), offsetof(struct type, n), sizeof(*((struct type *)0)->field) }
static const struct owned interface_owns[] = {
	ARRAY(m_interface, addr, n_addr), TEXT(m_interface, description), TEXT(m_interface, service_name),
	TEXT(m_interface, l2vpn_description),
};
static const struct owned remote_owns[] = { TEXT(m_remote_peer, description) };
static const struct owned inert_owns[] = { TEXT(m_inert, block), TEXT(m_inert, text), TEXT(m_inert, reason) };

#define OWNS(list) list, sizeof(list) / sizeof((list)[0])
static const struct kind kinds[OBJ__N] = {
	[OBJ_SYSTEM] = { sizeof(struct m_system), free, NULL, 0 },
	[OBJ_INTERFACE] = { sizeof(struct m_interface), interface_free, OWNS(interface_owns) },
	[OBJ_STATIC_LSP] = { sizeof(struct m_static_lsp), free, NULL, 0 },
	[OBJ_ROUTE] = { sizeof(struct m_route), free, NULL, 0 },
	[OBJ_PW_TEMPLATE] = { sizeof(struct m_pw_template), free, NULL, 0 },
	[OBJ_LDP] = { sizeof(struct m_ldp), free, NULL, 0 },
	[OBJ_LDP_KEY] = { sizeof(struct m_ldp_key), free, NULL, 0 },
	[OBJ_REMOTE_PEER] = { sizeof(struct m_remote_peer), remote_free, OWNS(remote_owns) },
	[OBJ_L2VPN_PEER] = { sizeof(struct m_l2vpn_peer), free, NULL, 0 },
	[OBJ_INERT] = { sizeof(struct m_inert), inert_free, OWNS(inert_owns) },
};

void *object_new(enum obj_type type)
{
	struct ref *r = calloc(1, kinds[type].size);

	if (r)
		*r = (struct ref){ 1, ref_kind(kinds[type].free) };
	return r;
}

/* Objects are zeroed when made, so padding is copied and compared like everything else. */
void *object_copy(enum obj_type type, const void *obj)
{
	const struct kind *k = &kinds[type];
	uint8_t *c = object_new(type);
	bool ok = true;

	if (!c || !obj)
		return c;
	memcpy(c + sizeof(struct ref), (const uint8_t *)obj + sizeof(struct ref), k->size - sizeof(struct ref));
	for (size_t i = 0; i < k->n_owns; i++) {
		size_t n = owned_size(&k->owns[i], obj);
		void *copy = n ? malloc(n) : NULL;

		if (copy)
			memcpy(copy, *pointer(&k->owns[i], obj), n);
		ok &= copy || !n;
		*pointer(&k->owns[i], c) = copy;
	}
	if (ok)
		return c;
	ref_put(c);
	return NULL;
}

static bool inert_same(const struct m_inert *a, const struct m_inert *b)
{
	return a->indent == b->indent && a->starts == b->starts && a->refused == b->refused &&
	       !strcmp(a->text, b->text) && !strcmp(a->block, b->block) && !strcmp(a->reason, b->reason);
}

/* What lies between the pointers. */
static bool same_fields(const struct kind *k, const uint8_t *a, const uint8_t *b)
{
	size_t at = sizeof(struct ref);

	for (size_t i = 0; i < k->n_owns; i++) {
		if (memcmp(a + at, b + at, k->owns[i].at - at))
			return false;
		at = k->owns[i].at + sizeof(void *);
	}
	return !memcmp(a + at, b + at, k->size - at);
}

static bool same_owned(const struct kind *k, const void *a, const void *b)
{
	for (size_t i = 0; i < k->n_owns; i++) {
		size_t n = owned_size(&k->owns[i], a);

		if (n != owned_size(&k->owns[i], b) || (n && memcmp(*pointer(&k->owns[i], a), *pointer(&k->owns[i], b), n)))
			return false;
	}
	return true;
}

bool object_same(enum obj_type type, const void *a, const void *b)
{
	if (!a || !b)
		return false;
	if (type == OBJ_INERT)
		return inert_same(a, b);
	return same_fields(&kinds[type], a, b) && same_owned(&kinds[type], a, b);
}

bool object_is_default(enum obj_type type, const void *obj)
{
	static const struct m_system zero;
	const struct m_l2vpn_peer *p = obj;

	if (type == OBJ_L2VPN_PEER)
		return !p->view && !p->no_request && !p->takes_requests;
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

static size_t string_key(const char *s, uint8_t *key)
{
	size_t n = strlen(s) + 1;

	memcpy(key, s, n);
	return n;
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
		return n + string_key(l->name, key + n);
	case OBJ_PW_TEMPLATE:
		return n + string_key(p->name, key + n);
	case OBJ_REMOTE_PEER:
		return n + string_key(((const struct m_remote_peer *)obj)->name, key + n);
	case OBJ_LDP_KEY:
		return n + be32(((const struct m_ldp_key *)obj)->peer, key + n);
	case OBJ_L2VPN_PEER:
		return n + be32(((const struct m_l2vpn_peer *)obj)->peer, key + n);
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

/*
 * An entry is the kind of index, what is indexed, and who has it: the interface's name as in its own key (by VLAN:
 * what of it follows the port) and the slot. Far ends stand in it as the line says them, so that a template that
 * changes moves no entry but its own.
 */
#define INDEX_MAX 12		/* entries of one interface: three kinds by slot, VLAN, service name, LDP */
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

/* A far end: an address, or zero and the template that says it. */
static size_t far_end(uint32_t peer, const char *template, uint8_t *key)
{
	size_t n = be32(peer, key);

	return peer ? n : n + string_key(template, key + n);
}

/* What BY_VC and BY_TRANSMIT say behind the far end. */
static size_t number_key(enum store_index what, const struct m_interface *m, unsigned int slot, uint8_t *key)
{
	if (what == BY_TRANSMIT)
		return be32(m->pw[slot].tx_label, key);
	key[be32(m->pw[slot].vc_id, key)] = cfg_pw_tagged(m, slot);
	return 5;
}

static bool by_slot(enum store_index what)
{
	return what <= BY_TEMPLATE;
}

/* What is indexed of slot @slot of @m, with the kind; 0: nothing of this kind. */
static size_t index_prefix(enum store_index what, const struct m_interface *m, unsigned int slot, uint8_t *key)
{
	const struct m_pw *pw = &m->pw[slot];
	size_t n = 1;

	key[0] = (uint8_t)what;
	if (by_slot(what) && (!pw->present || (what == BY_TRANSMIT && pw->kind == PW_LDP)))
		return 0;
	switch (what) {
	case BY_VC:
	case BY_TRANSMIT:
		if (what == BY_VC && !pw->vc_id)
			return 0;
		n += far_end(pw->peer, pw->template, key + n);
		return n + number_key(what, m, slot, key + n);
	case BY_TEMPLATE:
		return pw->template[0] ? n + string_key(pw->template, key + n) : 0;
	case BY_VLAN:
		n += ifname_key(m->parent, key + n);
		key[n++] = (uint8_t)(m->vlan >> 8);
		key[n++] = (uint8_t)m->vlan;
		return m->parent[0] && m->vlan ? n : 0;
	case BY_SERVICE:
		return m->service_name ? n + string_key(m->service_name, key + n) : 0;
	}
	return 0;
}

static void add_index(enum store_index what, const struct m_interface *m, unsigned int slot, struct index_keys *k)
{
	uint8_t *key = k->e[k->n].key;
	size_t n = index_prefix(what, m, slot, key);

	if (!n)
		return;
	n += ifname_key(m->name + (what == BY_VLAN ? strlen(m->parent) : 0), key + n);
	if (by_slot(what))
		key[n++] = (uint8_t)slot;
	k->e[k->n++].len = n;
}

static void index_interface(const struct m_interface *m, struct index_keys *k)
{
	for (enum store_index what = BY_VC; what <= BY_SERVICE; what++)
		for (unsigned int i = 0; i < (by_slot(what) ? 3u : 1u); i++)
			add_index(what, m, i, k);
	if (m->mpls_ldp) {
		k->e[k->n].key[0] = IDX_LINK;
		k->e[k->n].len = 1 + ifname_key(m->name, k->e[k->n].key + 1);
		k->n++;
	}
}

static void index_remote(const struct m_remote_peer *p, struct index_keys *k)
{
	size_t n = 1;

	if (!p->ip)
		return;
	k->e[0].key[0] = IDX_REMOTE;
	n += be32(p->ip, k->e[0].key + n);
	k->e[0].len = n + string_key(p->name, k->e[0].key + n);
	k->n = 1;
}

static void index_template(const struct m_pw_template *t, struct index_keys *k)
{
	size_t n = 1;

	if (!t->peer)
		return;
	k->e[0].key[0] = IDX_FAR_END;
	n += be32(t->peer, k->e[0].key + n);
	k->e[0].len = n + string_key(t->name, k->e[0].key + n);
	k->n = 1;
}

static void index_of(enum obj_type type, const void *obj, struct index_keys *k)
{
	k->n = 0;
	if (obj && type == OBJ_INTERFACE)
		index_interface(obj, k);
	else if (obj && type == OBJ_PW_TEMPLATE)
		index_template(obj, k);
	else if (obj && type == OBJ_REMOTE_PEER)
		index_remote(obj, k);
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

static int reindex(struct trie **root, enum obj_type type, const void *old, const void *now)
{
	struct index_keys a, b;
	int err = 0;

	index_of(type, old, &a);
	index_of(type, now, &b);
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

	if (type == OBJ_INTERFACE || type == OBJ_PW_TEMPLATE || type == OBJ_REMOTE_PEER)
		err = reindex(&t, type, trie_get(*root, key, len), now);
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

const struct m_pw_template *cfg_pw_template(const struct trie *root, const char *name)
{
	struct m_pw_template like = { 0 };

	if (strlen(name) >= sizeof(like.name))
		return NULL;
	memcpy(like.name, name, strlen(name));
	return store_get(root, OBJ_PW_TEMPLATE, &like);
}

const struct m_remote_peer *cfg_remote_peer(const struct trie *root, const char *name)
{
	struct m_remote_peer like = { 0 };

	if (strlen(name) >= sizeof(like.name))
		return NULL;
	memcpy(like.name, name, strlen(name));
	return store_get(root, OBJ_REMOTE_PEER, &like);
}

const struct m_ldp *cfg_ldp(const struct trie *root)
{
	const uint8_t key = OBJ_LDP;

	return trie_get(root, &key, 1);
}

const struct m_l2vpn_peer *cfg_l2vpn_peer(const struct trie *root, uint32_t peer)
{
	const struct m_l2vpn_peer like = { .peer = peer };

	return store_get(root, OBJ_L2VPN_PEER, &like);
}

uint32_t store_pw_peer(const struct trie *root, const struct m_pw *pw)
{
	const struct m_pw_template *t = pw->peer || !pw->template[0] ? NULL : cfg_pw_template(root, pw->template);

	return t ? t->peer : pw->peer;
}

/* A walk of interfaces. */
struct some {
	store_if_fn *fn;
	void *arg;
	bool circuits;			/* only those with a pseudowire */
};

static int one_of_some(void *arg, const uint8_t *key, size_t len, const void *val)
{
	const struct some *s = arg;
	const struct m_interface *m = val;

	(void)key;
	(void)len;
	if (s->circuits && !m->pw[0].present && !m->pw[1].present && !m->pw[2].present)
		return 0;
	return s->fn(s->arg, m);
}

int store_circuits(const struct trie *root, store_if_fn *fn, void *arg)
{
	const uint8_t prefix = OBJ_INTERFACE;

	return trie_walk(root, &prefix, 1, one_of_some, &(struct some){ fn, arg, true });
}

int store_subs(const struct trie *root, const char *port, store_if_fn *fn, void *arg)
{
	uint8_t key[KEY_MAX];
	size_t n = store_if_key(port, key);

	key[n - 1] = '.';
	return trie_walk(root, key, n, one_of_some, &(struct some){ fn, arg, false });
}

/* A walk of index entries that hands out the interfaces they name. */
struct hit {
	const struct trie *root;
	const struct m_interface *m;	/* not itself; NULL: all */
	unsigned int slot;
	enum store_index what;
	size_t skip;			/* octets before the interface in the key */
	struct store_at *at;		/* NULL: from the first on */
	store_other_fn *fn;
	void *arg;
};

static int hand_out(struct hit *h, const uint8_t *key, size_t len, const struct m_interface *m, unsigned int slot)
{
	int rc = h->fn(h->arg, m, slot);

	if (!rc && h->at) {
		memcpy(h->at->key, key, len);
		h->at->n = len;
	}
	return rc;
}

static int has_it(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct hit *h = arg;
	bool slots = by_slot(h->what);
	unsigned int slot = slots ? key[len - 1] : 0;
	size_t rest = len - h->skip - slots, n = 1;
	const struct m_interface *other;
	uint8_t k[KEY_MAX];

	(void)val;
	k[0] = OBJ_INTERFACE;
	if (h->what == BY_VLAN)
		n += ifname_key(h->m->parent, k + n) - 1;
	memcpy(k + n, key + h->skip, rest);
	other = trie_get(h->root, k, n + rest);
	if (!other || (h->m && !strcmp(other->name, h->m->name) && (!slots || slot == h->slot)))
		return 0;
	return hand_out(h, key, len, other, slot);
}

static int walk_index(struct hit *h, const uint8_t *key, size_t n)
{
	h->skip = n;
	return trie_walk_after(h->root, key, n, h->at ? h->at->key : NULL, h->at ? h->at->n : 0, has_it, h);
}

/* Whose far end is the template in the key of an IDX_FAR_END entry. */
static int by_template(void *arg, const uint8_t *entry, size_t len, const void *val)
{
	struct hit *h = arg;
	uint8_t key[KEY_MAX];
	size_t n = 1;

	(void)val;
	(void)len;
	key[0] = (uint8_t)h->what;
	n += far_end(0, (const char *)entry + 5, key + n);
	n += number_key(h->what, h->m, h->slot, key + n);
	return walk_index(h, key, n);
}

/* Pseudowires whose far end is that of @h's, by an address or by a template that says it. */
static int same_far_end(struct hit *h)
{
	uint32_t peer = store_pw_peer(h->root, &h->m->pw[h->slot]);
	uint8_t key[KEY_MAX];
	size_t n = 1;
	int rc;

	if (!peer)
		return 0;
	key[0] = (uint8_t)h->what;
	n += far_end(peer, "", key + n);
	n += number_key(h->what, h->m, h->slot, key + n);
	rc = walk_index(h, key, n);
	if (rc)
		return rc;
	key[0] = IDX_FAR_END;
	return trie_walk(h->root, key, 1 + be32(peer, key + 1), by_template, h);
}

int store_sharing(const struct trie *root, enum store_index what, const struct m_interface *m, unsigned int slot,
		  store_other_fn *fn, void *arg)
{
	struct hit h = { .root = root, .m = m, .slot = slot, .what = what, .fn = fn, .arg = arg };
	uint8_t key[KEY_MAX];
	size_t n = index_prefix(what, m, slot, key);

	if (!n)
		return 0;
	return what == BY_VC || what == BY_TRANSMIT ? same_far_end(&h) : walk_index(&h, key, n);
}

int store_template_users(const struct trie *root, const char *name, struct store_at *at, store_other_fn *fn, void *arg)
{
	struct hit h = { .root = root, .what = BY_TEMPLATE, .at = at, .fn = fn, .arg = arg };
	uint8_t key[KEY_MAX] = { BY_TEMPLATE };

	return walk_index(&h, key, 1 + string_key(name, key + 1));
}

/* The users of the template in the key of an IDX_FAR_END entry. */
static int users_of(void *arg, const uint8_t *entry, size_t len, const void *val)
{
	struct hit *h = arg;
	uint8_t key[KEY_MAX] = { BY_TEMPLATE };

	(void)val;
	(void)len;
	return walk_index(h, key, 1 + string_key((const char *)entry + 5, key + 1));
}

int store_peer_users(const struct trie *root, uint32_t peer, struct store_at *at, store_other_fn *fn, void *arg)
{
	struct hit h = { .root = root, .what = BY_VC, .skip = 1 + 4 + 5, .at = at, .fn = fn, .arg = arg };
	uint8_t key[5] = { BY_VC };
	int rc;

	be32(peer, key + 1);
	rc = trie_walk_after(root, key, sizeof(key), at->key, at->n, has_it, &h);
	if (rc)
		return rc;
	h.what = BY_TEMPLATE;		/* their keys sort behind those by VC, and as the templates do */
	key[0] = IDX_FAR_END;
	return trie_walk(root, key, sizeof(key), users_of, &h);
}

/* The first of the entries that is not the one of @but. */
struct first {
	const char *but;
	char name[REMOTE_NAME_LEN];
};

static int first_remote(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct first *f = arg;
	const char *name = (const char *)key + 5;

	(void)len;
	(void)val;
	if (f->but && !strcmp(name, f->but))
		return 0;
	memcpy(f->name, name, strlen(name) + 1);
	return 1;
}

const struct m_remote_peer *store_remote(const struct trie *root, uint32_t ip, const char *but)
{
	struct first f = { .but = but };
	uint8_t key[5] = { IDX_REMOTE };

	be32(ip, key + 1);
	return trie_walk(root, key, sizeof(key), first_remote, &f) ? cfg_remote_peer(root, f.name) : NULL;
}

const struct m_remote_peer *cfg_remote_peer_to(const struct trie *root, uint32_t ip)
{
	return store_remote(root, ip, NULL);
}

struct links {
	const struct trie *root;
	store_if_fn *fn;
	void *arg;
};

static int one_link(void *arg, const uint8_t *key, size_t len, const void *val)
{
	const struct links *l = arg;
	const struct m_interface *m;
	uint8_t k[KEY_MAX];

	(void)val;
	k[0] = OBJ_INTERFACE;
	memcpy(k + 1, key + 1, len - 1);
	m = trie_get(l->root, k, len);
	return m ? l->fn(l->arg, m) : 0;
}

int store_links(const struct trie *root, store_if_fn *fn, void *arg)
{
	const uint8_t key = IDX_LINK;

	return trie_walk(root, &key, 1, one_link, &(struct links){ root, fn, arg });
}
