/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * entry.c: an entry of the journal in the making.
 *
 * An entry is "TWJ2", the length and the CRC-32 of its payload (big-endian), the payload, which is text:
 *
 *	commit ID WALL ORIGIN		a rollback point, made at WALL (ns since the epoch); then, if it has them
 *	label TEXT / description TEXT / user TEXT / from TEXT
 *	object HEXKEY			this object is gone; the lines up to '.' make it anew
 *	inert HEXKEY			this kept line is gone; two lines name the rows it stands behind (a build with
 *					other rows has other ranks); six more up to '.' make it anew
 *	set KEY VALUE / unset KEY	state
 *	forget N			the N oldest points
 *	unlabel TEXT			the label of a point
 *	compacted			the journal was written anew up to here
 *
 * Each point says what differs from the one before it, the first one in the file from nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc.h"
#include "cfg/inert.h"
#include "cfg/render.h"
#include "cfg/session.h"

#define MAGIC "TWJ2"

static void put32(char *to, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		to[i] = (char)(n >> (24 - 8 * i));
}

static uint32_t get32(const char *from)
{
	const uint8_t *p = (const uint8_t *)from;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

const char *entry_payload(const char *p, size_t left, size_t *len)
{
	if (left < ENTRY_HEADER || memcmp(p, MAGIC, 4) || get32(p + 4) > left - ENTRY_HEADER)
		return NULL;
	*len = get32(p + 4);
	return crc32_more(0, p + ENTRY_HEADER, *len) == get32(p + 8) ? p + ENTRY_HEADER : NULL;
}

/* ---- records ------------------------------------------------------------------------------------------- */

static void put_hex(struct text *t, const char *word, const uint8_t *key, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char line[2 * KEY_MAX + 1];

	for (size_t i = 0; i < len; i++) {
		line[2 * i] = digits[key[i] >> 4];
		line[2 * i + 1] = digits[key[i] & 15];
	}
	line[2 * len] = '\n';
	text_puts(t, word);
	text_add(t, line, 2 * len + 1);
}

/* The row of a rank by its view and grammar, so that a build with other rows finds it again. */
static void put_row(struct text *t, unsigned int rank)
{
	if (rank >= 1 && rank <= cfg_n_commands) {
		text_puts(t, cfg_views[cfg_commands[rank - 1].view].title);
		text_puts(t, ": ");
		text_puts(t, cfg_commands[rank - 1].grammar);
	}
	text_puts(t, "\n");
}

static void put_line(struct text *t, const char *line)
{
	text_puts(t, line);
	text_puts(t, "\n");
}

static int put_change(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	const struct m_inert *m = now ? now : old;
	struct text *t = arg;

	put_hex(t, key[0] == OBJ_INERT ? "inert " : "object ", key, len);
	if (key[0] == OBJ_INERT) {
		put_row(t, m->place[0]);
		put_row(t, inert_row(m));
	}
	if (now && key[0] == OBJ_INERT) {
		text_printf(t, "%u %u %u %u\n", m->line, m->indent, m->starts, m->refused);
		put_line(t, m->block);
		put_line(t, m->text);
		put_line(t, m->reason);
	} else if (now) {
		render_object(t, (enum obj_type)key[0], now);
	}
	text_puts(t, ".\n");
	return t->failed ? -ENOMEM : 0;
}

static int put_state(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	const struct state_value *v = now;
	struct text *t = arg;

	(void)old;
	text_puts(t, now ? "set " : "unset ");
	text_add(t, key + 1, len - 1);
	if (now) {
		text_puts(t, " ");
		text_puts(t, v->text);
	}
	text_puts(t, "\n");
	return t->failed ? -ENOMEM : 0;
}

/* ---- making ---------------------------------------------------------------------------------------------- */

void entry_begin(struct entry *e, struct trie *old, struct trie *now, bool state)
{
	*e = (struct entry){ .old = ref_get(old), .now = ref_get(now), .on = true };
	e->put = state ? put_state : put_change;
	text_add(&e->text, MAGIC "........", ENTRY_HEADER);
	e->summed = ENTRY_HEADER;
}

static void put_about(struct text *t, const char *word, const char *value)
{
	if (*value)
		text_printf(t, "%s %s\n", word, value);
}

void entry_point(struct entry *e, const struct cfg_point *p)
{
	text_printf(&e->text, "commit %u %lld %u\n", p->id, (long long)p->wall_ns, (unsigned int)p->origin);
	put_about(&e->text, "label", p->label);
	put_about(&e->text, "description", p->description);
	put_about(&e->text, "user", p->user);
	put_about(&e->text, "from", p->from);
}

int entry_slice(struct entry *e, unsigned int *budget)
{
	int rc = tour_slice(&e->tour, e->old, e->now, budget, e->put, &e->text);

	if (rc < 0 || e->text.failed || e->text.len - ENTRY_HEADER > UINT32_MAX)
		return -ENOMEM;
	e->crc = crc32_more(e->crc, e->text.v + e->summed, e->text.len - e->summed);
	e->summed = e->text.len;
	if (rc)
		return 1;
	put32(e->text.v + 4, (uint32_t)(e->text.len - ENTRY_HEADER));
	put32(e->text.v + 8, e->crc);
	e->whole = true;
	return 0;
}

int entry_write(struct entry *e, const struct cfg *c, const char *path, size_t at)
{
	size_t n = e->text.len - e->written;
	int err;

	n = n < ENTRY_PART ? n : ENTRY_PART;
	err = c->files.write(c->files.arg, path, at + e->written, e->text.v + e->written, n);
	if (err)
		return err;
	e->written += n;
	return e->written < e->text.len;
}

void entry_end(struct entry *e)
{
	ref_put(e->old);
	ref_put(e->now);
	text_free(&e->text);
	*e = (struct entry){ 0 };
}
