/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * edit.h: what a parsed line does to a datastore.
 */
#ifndef TW_CFG_EDIT_H
#define TW_CFG_EDIT_H

#include "cfg/parse.h"

/*
 * Carries out @p at @at. *root is owned and replaced; it and *at stay as they were unless CFG_OK.
 * @base: objects that become equal to those there are shared again, so that a change taken back is no
 * change. @typed: inert lines that meant the same are dropped, the line takes their place (a file keeps
 * all its lines). *touched: the object the line was about, borrowed from *root, NULL: none any more.
 */
struct cfg_answer edit_apply(struct trie **root, const struct trie *base, struct place *at, const struct parsed *p,
			     bool typed, const void **touched);

/* The object whose view @at is, borrowed; NULL: it is gone. */
const void *edit_view_object(const struct trie *root, const struct place *at);

/* The place of the view of @obj. */
void edit_place(struct place *at, enum cfg_view view, const void *obj);

/* ON_PORT, ON_SUB or ON_LOOPBACK. */
uint8_t edit_kind(const struct m_interface *m);

/* The object of a block of @view goes: so do the inert lines inside. 0 or -ENOMEM. */
int edit_block_gone(struct trie **root, enum cfg_view view, const void *obj);

/* The place of the block of @at's view, for a view inside another one's of that; 0 octets for the system view. */
size_t edit_block(const struct trie *root, const struct place *at, uint8_t *place);

/* The element a line means (primary 0, secondary 1, ...). */
uint32_t edit_index(const struct parsed *p);

/* The row that enters @view; NULL for the system view. */
const struct command *view_opener(enum cfg_view view);

/* Takes away what @cmd prints for element @index of @obj, with its block; what depends on it stays: 0 or -ENOMEM. */
int edit_remove(struct trie **root, const struct command *cmd, const void *obj, uint32_t index);

#endif
