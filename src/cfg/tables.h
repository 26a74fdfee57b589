/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tables.h: the two tables every use of the configuration is derived from.
 *
 * A *leaf* says what one value is: type, range, default, unit, help, YANG name, and the field of the
 * model object that holds it. A *command* says where it may be typed, its grammar in the manual's
 * own notation, and the leaves it binds. Parser, abbreviations, help, undo, rendering and range
 * checks read these rows; nothing about a command is written anywhere else, except the named rule
 * functions that stand in its row.
 *
 * Notation of a grammar: word; <leaf>; { a | b } choose one; [ a | b ] none or one; { a | b } * one
 * or more in any order; [ a | b ] * none or more in any order; <leaf> &<1-4> the value one to four times.
 * A word that one of the row's leaves lists in .words sets that leaf; when rendering, such a word is
 * printed exactly if the leaf has that value, and of several alternatives the first that fits.
 */
#ifndef TW_CFG_TABLES_H
#define TW_CFG_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/trie.h"
#include "cfg/cfg.h"
#include "model/model.h"

/* ---- leaves ------------------------------------------------------------------------------------ */

enum leaf_type {
	LT_UINT,		/* decimal, .min..max */
	LT_LABEL,		/* decimal; below 16 only those whose bit is set in .reserved */
	LT_IPV4,		/* X.X.X.X, host order; .min 1: not 0.0.0.0 */
	LT_MASK,		/* dotted mask of contiguous ones, kept as its length */
	LT_NAME,		/* .min..max printable characters, in double quotes if there are blanks among them */
	LT_HOST,		/* name of a host or its IPv4 address */
	LT_TEXT,		/* the rest of the line, .min..max octets */
	LT_IFNAME,		/* an interface name, kept in canonical form */
	LT_WORD,		/* one of .words */
	LT_SECRET,		/* a password, .min..max characters; printed so that it cannot be read if .veil says so */
};

struct leaf_word {
	const char *word;	/* NULL ends the list */
	uint32_t value;
	const char *help;
};

struct leaf {
	const char *name;		/* as <name> in grammars */
	enum leaf_type type;
	uint16_t offset, size;		/* of the field in the record; size 0: recognised, not kept */
	uint16_t counter;		/* arrays: offset of the octet that counts the values in use */
	uint8_t many;			/* arrays: how many; 0 = one value */
	bool owned;			/* the field is a char * of the object's own; NULL: no value */
	bool part;			/* named in an undo line, this alone goes */
	uint16_t veil;			/* LT_SECRET: offset of the octet that is not 0 if it is printed veiled */
	bool index;			/* not a field: says which element of the row's array is meant */
	uint32_t reserved;		/* LT_LABEL */
	uint32_t min, max;
	uint32_t dflt;			/* what holds when nothing is configured; kept as zero */
	const char *unit, *help, *yang;
	const struct leaf_word *words;
};

/* ---- views --------------------------------------------------------------------------------------- */

enum cfg_view {
	VIEW_NONE, VIEW_USER, VIEW_SYSTEM, VIEW_MPLS, VIEW_L2VPN, VIEW_L2VPN_PEER, VIEW_PW_TEMPLATE, VIEW_LDP,
	VIEW_REMOTE_PEER, VIEW_INTERFACE, VIEW__N
};

struct view {
	const char *prompt;		/* tail of the prompt; "" for the system view */
	enum cfg_view parent;
	enum obj_type object;		/* what its commands change */
	const char *title;		/* as manuals call it */
};
extern const struct view cfg_views[VIEW__N];

/* Where a session stands. */
struct place {
	enum cfg_view view;
	char name[IFNAME_LEN];		/* of the interface, template or peer; "" in other views */
};

/* ---- commands -------------------------------------------------------------------------------------- */

enum target {
	T_FIELDS,		/* leaves are fields of the view's object */
	T_SLOT,			/* ... of one element of an array in it, chosen by the leaf with .index */
	T_LIST,			/* ... of one element of a counted array it points to, chosen by .slot */
	T_OBJECT,		/* ... of an object of its own, found by its key */
};

/* Kinds of interfaces a row of the interface view is for. */
enum { ON_PORT = 1, ON_SUB = 2, ON_LOOPBACK = 4, ON_ANY = 7 };

struct refusal {
	enum cfg_verdict verdict;	/* CFG_OK, CFG_REFUSED, CFG_KNOWN */
	char text[200];
};

/* An option that is known to the grammar and not built: the sentence a user gets. */
struct unbuilt_word {
	const char *word, *text;	/* word NULL ends the list */
};

/* Where a row that is no configuration may be typed. */
enum { IN_USER = 1, IN_CONFIG = 2, IN_ANY = IN_USER | IN_CONFIG };

struct command {
	enum cfg_view view;			/* VIEW_USER: no configuration, see .in */
	const char *grammar;
	const char *undo;			/* what follows `undo`, or all of it if the command itself begins with
						 * `undo`; NULL: no such form */
	const struct leaf *const *leaves;	/* NULL-terminated; NULL: none */
	const char *help;
	enum target target;
	enum obj_type object;			/* T_OBJECT */
	uint16_t element, size, counter;	/* T_SLOT, T_LIST: the array, or the pointer to it */
	uint8_t many;
	uint8_t on;				/* interface view: ON_*; 0 = all */
	enum cfg_view opens;			/* the view it enters */
	bool flat;				/* lines of this row share a block */
	bool shared;				/* T_OBJECT: other rows say more of the object, which goes when none does */
	uint8_t in;				/* IN_*; 0: a row of the configuration */
	const void *act;			/* .in: what it does, known to the owner of the table */
	const struct unbuilt_word *unbuilt;

	/* rules a row cannot say; each may be NULL */
	/* at Enter, the object as it would become: what the line contradicts in itself or its view */
	void (*check)(const void *obj, uint32_t index, struct refusal *r);
	/* at Enter, T_FIELDS and T_SLOT: what cannot become of what was there */
	void (*change)(const void *was, const void *now, uint32_t index, struct refusal *r);
	void (*undo_check)(const struct trie *root, const void *obj, uint32_t index, struct refusal *r);
	/* T_LIST: the element @rec replaces; the count to append; many = no room */
	uint32_t (*slot)(const void *obj, const void *rec);
	/* after undo: what else goes; changes *root (owned), 0 or -ENOMEM */
	int (*undone)(struct trie **root, const void *old);
};
extern const struct command cfg_commands[];
extern const size_t cfg_n_commands;

/* What the words of grammars are for that set no leaf; a word NULL ends it. */
extern const struct leaf_word cfg_words[];

/* Rows of one owner. */
struct unbuilt;
struct cmd_table {
	const struct command *row;
	size_t n;
	const struct leaf_word *words;		/* as cfg_words, which is asked next; NULL: none */
	const struct unbuilt *unbuilt;		/* those of VIEW_USER count in every view */
	size_t n_unbuilt;
};
/* From now on the rows of @t are understood where their .in says so; kept, not copied. Those of the configuration are
 * always there. A table that is there already is left alone. Aborts on a row that is no grammar (a test reads them all). */
void grammar_add(const struct cmd_table *t);

/* ---- commands of the manual that are not built --------------------------------------------------------- */

struct unbuilt {
	enum cfg_view view;
	const char *words;		/* first words of the command */
	const char *text;		/* what to do instead, a sentence */
};
extern const struct unbuilt cfg_unbuilt[];
extern const size_t cfg_n_unbuilt;

#endif
