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

/* Interfaces with a pseudowire, in order; @fn's key is for store_circuit(). */
int store_circuits(const struct trie *root, int (*fn)(void *arg, const uint8_t *key, size_t len, const void *val),
		   void *arg);
const struct m_interface *store_circuit(const struct trie *root, const uint8_t *key, size_t len);
/* A sub-interface of @port with a pseudowire, NULL: none. */
const struct m_interface *store_sub_circuit(const struct trie *root, const char *port);

/* PW type on the wire: raw (Ethernet, 5) or tagged (VLAN, 4). */
bool cfg_pw_tagged(const struct m_interface *m, unsigned int slot);

/* Interfaces bound to the same thing as @m, other than itself: by (peer, VC ID, type) of its slot, by parent
 * and VLAN. @fn non-zero ends. */
int store_same_vc(const struct trie *root, const struct m_interface *m, unsigned int slot,
		  int (*fn)(void *arg, const struct m_interface *other, unsigned int other_slot), void *arg);
int store_same_vlan(const struct trie *root, const struct m_interface *m,
		    int (*fn)(void *arg, const struct m_interface *other, unsigned int unused), void *arg);

#endif
