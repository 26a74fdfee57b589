/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inert.c: lines that are kept in their place and do nothing.
 */
#include "cfg/inert.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cfg/edit.h"
#include "cfg/store.h"

#define TAIL 6			/* inside or after, inner rank, number */

unsigned int place_rank(const struct command *cmd)
{
	return (unsigned int)(cmd - cfg_commands) + 1;
}

size_t place_of(uint8_t *place, const struct command *cmd, const void *obj)
{
	uint8_t key[KEY_MAX];
	size_t n;

	place[0] = (uint8_t)place_rank(cmd);
	if (cmd->target != T_OBJECT)
		return 1;
	n = store_key(cmd->object, obj, key);
	memcpy(place + 1, key + 1, n - 1);
	return n;
}

static void set_place(struct m_inert *m, const struct anchor *a, uint32_t number)
{
	uint8_t *p = m->place + a->n;

	memcpy(m->place, a->place, a->n);
	p[0] = !a->inside;
	p[1] = a->inside ? a->inner : 0;
	p[2] = (uint8_t)(number >> 24);
	p[3] = (uint8_t)(number >> 16);
	p[4] = (uint8_t)(number >> 8);
	p[5] = (uint8_t)number;
	m->n_place = (uint8_t)(a->n + TAIL);
}

int inert_add(struct trie **root, const struct inert_new *in)
{
	struct m_inert *m = object_new(OBJ_INERT);
	uint32_t number = in->number;
	int err = -ENOMEM;

	if (!m)
		return -ENOMEM;
	do
		set_place(m, in->anchor, number++);
	while (store_get(*root, OBJ_INERT, m));
	m->line = in->line;
	m->indent = in->indent;
	m->starts = in->starts;
	m->refused = in->refused;
	m->block = strdup(in->block);
	m->text = strdup(in->text);
	m->reason = strdup(in->reason);
	if (m->block && m->text && m->reason)
		err = store_put(root, OBJ_INERT, m);
	ref_put(m);
	return err;
}

struct following {
	struct trie **root;
	const struct anchor *behind;
	const char *head;
	uint32_t *number;
};

static int follow(void *arg, const uint8_t *key, size_t len, const void *val)
{
	const struct m_inert *m = val;
	struct following *f = arg;

	(void)key;
	(void)len;
	return inert_add(f->root, &(struct inert_new){ .anchor = f->behind, .number = (*f->number)++, .line = m->line,
						       .indent = m->indent, .refused = m->refused, .block = f->head,
						       .text = m->text, .reason = m->reason });
}

int inert_follow(struct trie **root, const struct trie *before, const struct anchor *behind, const char *head,
		 uint32_t *number)
{
	uint8_t prefix[1 + PLACE_MAX + 1] = { OBJ_INERT };

	memcpy(prefix + 1, behind->place, behind->n);
	prefix[1 + behind->n] = 0;	/* inside */
	return trie_walk(before, prefix, behind->n + 2, follow,
			 &(struct following){ root, behind, head, number });
}

bool inert_is_inside(const struct m_inert *m, const uint8_t *place, size_t n)
{
	return m->n_place == n + TAIL && !memcmp(m->place, place, n) && m->place[n] == 0;
}

unsigned int inert_row(const struct m_inert *m)
{
	return m->place[m->n_place - TAIL + 1];
}

/* ---- removing ------------------------------------------------------------------------------------------ */

struct dropping {
	struct trie *root;
	bool (*unwanted)(struct dropping *d, const struct m_inert *m);
	int err;

	/* for unwanted() */
	const struct command *cmd;
	uint32_t index;
	const char *text;
	bool heading, found;
	const struct anchor *into;	/* where the lines of a block go whose head is meant; NULL: they go, too */
	uint32_t number;
};

static int drop(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct dropping *d = arg;
	const struct m_inert *m = val;

	(void)key;
	(void)len;
	if (!d->unwanted(d, m))
		return 0;
	d->err = store_drop(&d->root, OBJ_INERT, m);
	if (!d->err && d->into && m->block[0])
		d->err = inert_add(&d->root, &(struct inert_new){ .anchor = d->into, .number = d->number++,
								  .line = m->line, .indent = m->indent,
								  .refused = m->refused, .block = m->block,
								  .text = m->text, .reason = m->reason });
	return d->err;
}

static int drop_below(struct trie **root, const uint8_t *place, size_t n, struct dropping *d)
{
	uint8_t prefix[1 + PLACE_MAX + 1];

	prefix[0] = OBJ_INERT;
	memcpy(prefix + 1, place, n);
	d->root = ref_get(*root);
	trie_walk(*root, prefix, n + 1, drop, d);
	if (d->err) {
		ref_put(d->root);
		return d->err;
	}
	ref_put(*root);
	*root = d->root;
	return 0;
}

/* The lines inside (0) the block at @place or after (1) it. */
static int drop_side(struct trie **root, const uint8_t *place, size_t n, bool inside, struct dropping *d)
{
	uint8_t side[PLACE_MAX + 1];

	memcpy(side, place, n);
	side[n] = !inside;
	return drop_below(root, side, n + 1, d);
}

static bool every(struct dropping *d, const struct m_inert *m)
{
	(void)d;
	(void)m;
	return true;
}

int inert_drop_inside(struct trie **root, const uint8_t *place, size_t n)
{
	return drop_side(root, place, n, true, &(struct dropping){ .unwanted = every });
}

static bool means_same(struct dropping *d, const struct m_inert *m)
{
	struct parsed p;

	return parse_line(d->cmd->view, ROWS_CONFIG, m->text, &p).verdict == CFG_OK && p.cmd == d->cmd && !p.undo &&
	       (d->cmd->target != T_SLOT || edit_index(&p) == d->index);
}

/* A line of the system view that means the same, and those of its block right behind it. */
static bool means_same_head(struct dropping *d, const struct m_inert *m)
{
	if (m->block[0])
		return d->heading && !strcasecmp(m->block, d->text);
	d->heading = means_same(d, m);
	d->text = m->text;
	return d->heading;
}

/* The rank of the last row of @view; 0: it has none. */
static uint8_t last_rank(enum cfg_view view)
{
	unsigned int rank = 0;

	for (size_t i = 0; i < cfg_n_commands; i++)
		if (cfg_commands[i].view == view)
			rank = place_rank(&cfg_commands[i]);
	return (uint8_t)rank;
}

int inert_drop_meant(struct trie **root, const uint8_t *place, size_t n, const struct inert_meant *what)
{
	struct anchor into = { .n = n, .inside = true, .inner = last_rank(what->cmd->opens) };
	struct dropping d = { .unwanted = what->inside ? means_same : means_same_head, .cmd = what->cmd,
			      .index = what->index, .into = what->inside || what->undone ? NULL : &into };

	memcpy(into.place, place, n);
	return drop_side(root, place, n, what->inside, &d);
}

static bool reads(struct dropping *d, const struct m_inert *m)
{
	bool hit = !d->found && !strcasecmp(m->text, d->text);

	d->found |= hit;
	return hit;
}

/* A line of the system view and, right behind it, those of the block it opens. */
static bool reads_head(struct dropping *d, const struct m_inert *m)
{
	if (m->block[0])
		return d->heading && !strcasecmp(m->block, d->text);
	d->heading = reads(d, m);
	return d->heading;
}

int inert_undo(struct trie **root, const uint8_t *place, size_t n, const char *text, bool *found)
{
	struct dropping d = { .unwanted = reads, .text = text };
	int err;

	if (n == 0) {
		d.unwanted = reads_head;
		err = drop_below(root, place, 0, &d);
	} else {
		err = drop_side(root, place, n, true, &d);
	}
	*found = d.found;
	return err;
}
