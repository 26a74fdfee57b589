/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inert.h: lines that are kept and do nothing, and where they stand.
 *
 * A place orders everything a configuration prints. It is the rank of a row of the system view and
 * the key of the object that row prints, then, for an inert line, whether it stands inside that
 * block (behind the rows up to an inner rank) or after it, then a running number:
 *
 *	rank | object key | 0 inside, 1 after | inner rank | number (4)
 *
 * So an inert line stays behind the line it stood behind when it was read, also when that line goes.
 */
#ifndef TW_CFG_INERT_H
#define TW_CFG_INERT_H

#include "cfg/tables.h"

#define PLACE_MAX 180
#define PLACE_LAST 255			/* an inner rank behind all rows */

unsigned int place_rank(const struct command *cmd);		/* 1 .. 254 */
/* The place of what @cmd prints for @obj. */
size_t place_of(uint8_t *place, const struct command *cmd, const void *obj);

/* Numbers of a file's lines begin here; below stand lines that were taken first and refused at the commit. */
#define NUMBER_LOADED 0x40000000u

/* Where the next inert line goes. */
struct anchor {
	uint8_t place[PLACE_MAX];	/* of the block; one zero octet: before everything */
	size_t n;
	bool inside;
	uint8_t inner;
};

struct inert_new {
	const struct anchor *anchor;
	uint32_t number;		/* order within the anchor; the next free one is taken */
	uint32_t line;			/* of the file, 0 = none */
	uint8_t indent;
	bool starts, refused;
	const char *block, *text, *reason;
};
/* 0 or -ENOMEM; *root as in store_put(). */
int inert_add(struct trie **root, const struct inert_new *in);

/* The head of the block at @behind becomes an inert line of that place itself: the inert lines that stood inside the
 * block in @before are added behind it as lines of block @head, numbers from *number on. 0 or -ENOMEM. */
int inert_follow(struct trie **root, const struct trie *before, const struct anchor *behind, const char *head,
		 uint32_t *number);

bool inert_is_inside(const struct m_inert *m, const uint8_t *place, size_t n);
unsigned int inert_row(const struct m_inert *m);		/* the inner rank */

/* Removes the inert lines inside the block at @place. */
int inert_drop_inside(struct trie **root, const uint8_t *place, size_t n);

/*
 * Removes the inert lines that mean what @cmd sets for element @index: a line that was typed, or undone, takes their
 * place. They stand inside the block at @place, or were kept just behind it; then the lines of a block that such a line
 * heads go along, or, when it was not undone, move into the block that is there now. 0 or -ENOMEM.
 */
struct inert_meant {
	const struct command *cmd;
	uint32_t index;
	bool inside, undone;
};
int inert_drop_meant(struct trie **root, const uint8_t *place, size_t n, const struct inert_meant *what);

/* Removes the inert line that reads @text inside the block at @place (n 0: of the system view, with the lines of
 * the block it opens). *found: there was one. 0 or -ENOMEM. */
int inert_undo(struct trie **root, const uint8_t *place, size_t n, const char *text, bool *found);

#endif
