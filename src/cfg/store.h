/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store.h: model objects in a datastore: their keys, and the indexes kept beside them.
 *
 * Index entries live in the same trie under types of their own (above OBJ__N), so that the checks of a
 * commit look up what an object touches instead of walking all objects. They are derived: a
 * difference of two roots shows them, whoever reads one skips them.
 */
#ifndef TW_CFG_STORE_H
#define TW_CFG_STORE_H

#include "cfg/cfg.h"

#define KEY_MAX 512

/* A zeroed object / a copy with a reference of its own; NULL: out of memory. Given back by ref_put(). */
void *object_new(enum obj_type type);
void *object_copy(enum obj_type type, const void *obj);
bool object_same(enum obj_type type, const void *a, const void *b);	/* same content */
bool object_is_default(enum obj_type type, const void *obj);		/* nothing is configured in it */

size_t store_key(enum obj_type type, const void *obj, uint8_t *key);
size_t store_if_key(const char *ifname, uint8_t *key);
/* Octets of store_key() that are known when only what identifies an object to `undo` is known. */
size_t store_stem(enum obj_type type, const void *obj, uint8_t *key);

const void *store_get(const struct trie *root, enum obj_type type, const void *like);
/* Binds a copy of the reference / removes, with all index entries. *root is owned and replaced; on -ENOMEM
 * it stays as it was. */
int store_put(struct trie **root, enum obj_type type, const void *obj);
int store_drop(struct trie **root, enum obj_type type, const void *obj);

/* Interfaces with a pseudowire, in order. Walks all interfaces up to the last it hands out. */
typedef int store_if_fn(void *arg, const struct m_interface *m);
int store_circuits(const struct trie *root, store_if_fn *fn, void *arg);
/* The sub-interfaces of @port, in order. */
int store_subs(const struct trie *root, const char *port, store_if_fn *fn, void *arg);

/* PW type on the wire: raw (Ethernet, 5) or tagged (VLAN, 4). */
bool cfg_pw_tagged(const struct m_interface *m, unsigned int slot);

/* The far end of a pseudowire: what its line says, else its template; 0: neither does. */
uint32_t store_pw_peer(const struct trie *root, const struct m_pw *pw);

/* What a pseudowire or an interface may be one of a kind in. */
enum store_index {
	BY_VC = 0x40,			/* far end, VC ID and type of a pseudowire that has a VC ID */
	BY_TRANSMIT,			/* far end and transmit label of a pseudowire */
	BY_TEMPLATE,			/* PW template of a pseudowire */
	BY_VLAN,			/* port and VLAN of a sub-interface */
	BY_SERVICE,			/* service name of an interface */
};
/* Others that have the same as slot @slot of @m (for BY_VLAN and BY_SERVICE: as @m), which need not be in @root. Far
 * ends that templates say are the same as those that lines say. @fn non-zero ends and is returned. */
typedef int store_other_fn(void *arg, const struct m_interface *other, unsigned int other_slot);
int store_sharing(const struct trie *root, enum store_index what, const struct m_interface *m, unsigned int slot,
		  store_other_fn *fn, void *arg);
/* The pseudowires that use a template; with @at (zeroed at first) those behind the last for which @fn returned 0. */
struct store_at {
	uint8_t key[KEY_MAX];
	size_t n;
};
int store_template_users(const struct trie *root, const char *name, struct store_at *at, store_other_fn *fn, void *arg);
/* The pseudowires with a VC ID whose far end may be @peer: those whose line says it, and all that use a template that
 * does. @at as above. */
int store_peer_users(const struct trie *root, uint32_t peer, struct store_at *at, store_other_fn *fn, void *arg);

/* The first remote peer with this address, not counting the one called @but (may be NULL); NULL: none. */
const struct m_remote_peer *store_remote(const struct trie *root, uint32_t ip, const char *but);
/* Interfaces that speak LDP with their neighbours, in order. */
int store_links(const struct trie *root, store_if_fn *fn, void *arg);

#endif
