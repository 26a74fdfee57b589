/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grammar.h: the notation of the command rows, read once into a tree and a graph.
 *
 * The tree serves rendering and documentation, the graph the parser: each node of it accepts one
 * word or value, and a group that may be given in any order keeps the alternatives used so far in
 * the bits of the state that walks it.
 */
#ifndef TW_CFG_GRAMMAR_H
#define TW_CFG_GRAMMAR_H

#include "cfg/tables.h"

#define NOWHERE 0xffff

enum g_kind { G_WORD, G_LEAF, G_CHOICE };

/* A node of the tree: an item of a sequence. */
struct g_item {
	enum g_kind kind;
	uint16_t next;			/* the next item of the sequence, or NOWHERE */
	/* G_WORD, G_LEAF */
	const char *word;		/* not NUL-terminated */
	uint8_t len;
	const struct leaf *leaf;	/* a word that sets a leaf; a value */
	uint32_t value;			/* ... to this */
	const char *help;
	const char *unbuilt;		/* the sentence, if the option is not built */
	uint8_t repeat;			/* <leaf> &<1-n> */
	/* G_CHOICE */
	uint16_t alt[16];		/* first items of the alternatives */
	uint8_t n_alt;
	bool optional, any_order;
};

enum n_kind { N_WORD, N_LEAF, N_FORK, N_STAR, N_END };

/* A node of the graph. */
struct g_node {
	enum n_kind kind;
	uint16_t item;			/* N_WORD, N_LEAF: in the tree */
	uint16_t next;
	uint16_t alt[17];		/* N_FORK, N_STAR */
	uint8_t n_alt, bit;		/* N_STAR: alternative i uses bit + i of the state */
	bool optional;
	const struct command *cmd;	/* N_END */
	bool undo;
};

struct grammar {
	uint16_t item[2];		/* [0] the command, [1] its undo form; NOWHERE: none */
	uint16_t node[2];
};

/* @cmd: a row of the configuration or of a table that was added. */
const struct grammar *grammar_of(const struct command *cmd);
const struct g_item *grammar_item(uint16_t i);
const struct g_node *grammar_node(uint16_t i);
uint16_t grammar_items(void);		/* how many there are */

/* The words with which the rows of a view begin, each with the nodes of its rows: a line begins with one of them. */
struct g_start {
	const struct g_item *word;
	uint16_t first, n;		/* in .node */
};
struct g_starts {
	struct g_start *word;		/* in the order of the tables */
	size_t n;
	uint16_t *node;			/* N_WORD, all of one word behind each other */
};
/* @typed: with the rows of all tables that may be typed there. @on: ON_PORT, ON_SUB or ON_LOOPBACK, only what is for that
 * kind of interfaces; 0: all. */
const struct g_starts *grammar_starts(enum cfg_view view, bool typed, uint8_t on);

/* Tables in the order they were added, the configuration's first. */
size_t grammar_tables(void);
const struct cmd_table *grammar_table(size_t i);

#endif
