/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * journal.c: the running configuration on disk, whole after any crash.
 *
 * A file of entries, each "TWJ1", length and CRC-32 of its payload (big-endian), payload. A payload is text:
 *
 *	commit ID			the commit that made it
 *	label TEXT / description TEXT	if it had them
 *	object HEXKEY			this object is gone; the lines up to '.' make it anew
 *	inert HEXKEY			this kept line is gone; six lines up to '.' make it anew
 *
 * The first entry of a file holds everything, the others what a commit changed, so a commit of one object
 * costs one object. When the entries behind the first outgrow it, the file is replaced by one entry.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cfg/inert.h"
#include "cfg/render.h"
#include "cfg/session.h"
#include "cfg/store.h"

#define MAGIC "TWJ1"
#define HEADER 12
#define COMPACT_SLACK (256u << 10)	/* octets behind the first entry that are never worth a rewrite */

void cfg_files(struct cfg *c, const struct cfg_files *files)
{
	c->files = *files;
}

void journal_close(struct journal *j)
{
	free(j->path);
	free(j->fresh);
	*j = (struct journal){ 0 };
}

/* CRC-32 (IEEE 802.3), half an octet at a time. */
static uint32_t crc32_of(const void *data, size_t len)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	const uint8_t *p = data;
	uint32_t crc = ~0u;

	for (size_t i = 0; i < len; i++) {
		crc = table[(crc ^ p[i]) & 15] ^ crc >> 4;
		crc = table[(crc ^ (uint32_t)(p[i] >> 4)) & 15] ^ crc >> 4;
	}
	return ~crc;
}

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

/* ---- writing -------------------------------------------------------------------------------------------- */

static void put_hex(struct text *t, const char *word, const uint8_t *key, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	text_puts(t, word);
	for (size_t i = 0; i < len; i++) {
		text_add(t, &digits[key[i] >> 4], 1);
		text_add(t, &digits[key[i] & 15], 1);
	}
	text_puts(t, "\n");
}

/* The row of a rank by its view and grammar, so that a build with more rows finds it again. */
static void put_row(struct text *t, unsigned int rank)
{
	if (rank >= 1 && rank <= cfg_n_commands) {
		text_puts(t, cfg_views[cfg_commands[rank - 1].view].title);
		text_puts(t, ": ");
		text_puts(t, cfg_commands[rank - 1].grammar);
	}
	text_puts(t, "\n");
}

static void put_inert(struct text *t, const struct m_inert *m)
{
	text_printf(t, "%u %u %u %u\n", m->line, m->indent, m->starts, m->refused);
	put_row(t, m->place[0]);
	put_row(t, inert_row(m));
	text_puts(t, m->block);
	text_puts(t, "\n");
	text_puts(t, m->text);
	text_puts(t, "\n");
	text_puts(t, m->reason);
	text_puts(t, "\n");
}

static int put_change(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct text *t = arg;

	(void)old;
	if (key[0] >= OBJ__N)
		return 0;
	put_hex(t, key[0] == OBJ_INERT ? "inert " : "object ", key, len);
	if (now && key[0] == OBJ_INERT)
		put_inert(t, now);
	else if (now)
		render_object(t, (enum obj_type)key[0], now);
	text_puts(t, ".\n");
	return t->failed ? -ENOMEM : 0;
}

/* One entry that leads from @old to @now; malloc'ed, NULL: out of memory. */
static char *entry_of(const struct trie *old, const struct trie *now, uint32_t id, size_t *len)
{
	struct text t = { 0 };
	char *entry;

	text_add(&t, MAGIC "........", HEADER);
	text_printf(&t, "commit %u\n", id);
	trie_diff(old, now, put_change, &t);
	*len = t.len;
	entry = text_take(&t);
	if (!entry || *len - HEADER > UINT32_MAX) {
		free(entry);
		return NULL;
	}
	put32(entry + 4, (uint32_t)(*len - HEADER));
	put32(entry + 8, crc32_of(entry + HEADER, *len - HEADER));
	return entry;
}

static int write_whole(struct cfg *c, const struct trie *now, uint32_t id)
{
	size_t len;
	char *entry = entry_of(NULL, now, id, &len);
	int err = entry ? c->files.write(c->files.arg, c->journal.fresh, 0, entry, len) : -ENOMEM;

	free(entry);
	if (!err)
		err = c->files.rename(c->files.arg, c->journal.fresh, c->journal.path);
	if (!err)
		c->journal.size = c->journal.full = len;
	return err;
}

int journal_append(struct cfg *c, const struct trie *old, const struct trie *now, const struct cfg_point *p)
{
	struct journal *j = &c->journal;
	char *entry;
	size_t len;
	int err;

	if (j->size == 0 || j->size - j->full > j->full + COMPACT_SLACK)
		return write_whole(c, now, p->id);
	entry = entry_of(old, now, p->id, &len);
	err = entry ? c->files.write(c->files.arg, j->path, j->size, entry, len) : -ENOMEM;
	free(entry);
	if (!err)
		j->size += len;
	return err;
}

/* ---- reading ---------------------------------------------------------------------------------------------- */

struct replay {
	const char *p, *end;
	struct trie *root;
	uint32_t id;
	bool bad;
};

/* The next line without its newline; *len. NULL: none is left. */
static const char *next_line(struct replay *r, size_t *len)
{
	const char *line = r->p, *nl = r->p < r->end ? memchr(r->p, '\n', (size_t)(r->end - r->p)) : NULL;

	if (!nl)
		return NULL;
	*len = (size_t)(nl - line);
	r->p = nl + 1;
	return line;
}

static size_t get_hex(const char *s, size_t len, uint8_t *key, size_t max)
{
	size_t n = 0;

	for (; n < len / 2 && n < max; n++) {
		char two[3] = { s[2 * n], s[2 * n + 1], 0 };
		char *end;

		key[n] = (uint8_t)strtoul(two, &end, 16);
		if (*end)
			return 0;
	}
	return n == len / 2 ? n : 0;
}

static uint8_t rank_of(const char *row)
{
	for (size_t i = 0; i < cfg_n_commands; i++) {
		const char *title = cfg_views[cfg_commands[i].view].title;
		size_t n = strlen(title);

		if (!strncmp(row, title, n) && !strncmp(row + n, ": ", 2) &&
		    !strcmp(row + n + 2, cfg_commands[i].grammar))
			return (uint8_t)(i + 1);
	}
	return 0;
}

static void drop_key(struct replay *r, const uint8_t *key, size_t len)
{
	const void *old = trie_get(r->root, key, len);

	if (old && key[0] < OBJ__N && store_drop(&r->root, (enum obj_type)key[0], old))
		r->bad = true;
}

/* Lines up to the '.' that ends a record. */
static void replay_object(struct replay *r, const uint8_t *key, size_t len)
{
	const char *from = r->p, *line;
	size_t n;

	drop_key(r, key, len);
	while ((line = next_line(r, &n))) {
		if (n == 1 && line[0] == '.') {
			load_record(&r->root, from, (size_t)(line - from));
			return;
		}
	}
	r->bad = true;
}

static char *take_line(struct replay *r)
{
	size_t n;
	const char *line = next_line(r, &n);

	return line ? strndup(line, n) : NULL;
}

enum { IN_NUMBERS, IN_RANK, IN_INNER, IN_BLOCK, IN_TEXT, IN_REASON, IN__N };

static void make_inert(struct replay *r, const uint8_t *key, size_t len, char *const *in)
{
	struct m_inert *m = object_new(OBJ_INERT);
	unsigned int line, indent, starts, refused;

	if (!m || sscanf(in[IN_NUMBERS], "%u %u %u %u", &line, &indent, &starts, &refused) != 4 ||
	    len - 1 > PLACE_MAX || len < 8) {
		r->bad = true;
		ref_put(m);
		return;
	}
	memcpy(m->place, key + 1, len - 1);
	m->n_place = (uint8_t)(len - 1);
	m->place[0] = m->place[0] ? rank_of(in[IN_RANK]) : 0;
	if (inert_row(m) != 0)
		m->place[m->n_place - 5] = rank_of(in[IN_INNER]);
	m->line = line;
	m->indent = (uint8_t)indent;
	m->starts = starts;
	m->refused = refused;
	m->block = strdup(in[IN_BLOCK]);
	m->text = strdup(in[IN_TEXT]);
	m->reason = strdup(in[IN_REASON]);
	if (!m->block || !m->text || !m->reason || store_put(&r->root, OBJ_INERT, m))
		r->bad = true;
	ref_put(m);
}

static void replay_inert(struct replay *r, const uint8_t *key, size_t len)
{
	char *in[IN__N] = { 0 };
	const char *line = r->p;
	size_t n, i = 0;

	drop_key(r, key, len);
	if (r->end - r->p >= 2 && !memcmp(r->p, ".\n", 2)) {
		r->p += 2;
		return;
	}
	while (i < IN__N && (in[i] = take_line(r)))
		i++;
	line = next_line(r, &n);
	if (i == IN__N && line && n == 1 && *line == '.')
		make_inert(r, key, len, in);
	else
		r->bad = true;
	for (i = 0; i < IN__N; i++)
		free(in[i]);
}

static void replay_record(struct replay *r, const char *line, size_t n)
{
	bool inert = n > 6 && !memcmp(line, "inert ", 6);
	size_t word = inert ? 6 : 7, len;
	uint8_t key[KEY_MAX];

	if (n > 7 && !memcmp(line, "commit ", 7)) {
		r->id = (uint32_t)strtoul(line + 7, NULL, 10);
		return;
	}
	if (!inert && (n <= 7 || memcmp(line, "object ", 7)))
		return;		/* label, description, and what later versions add */
	len = get_hex(line + word, n - word, key, sizeof(key));
	if (len == 0)
		r->bad = true;
	else if (inert)
		replay_inert(r, key, len);
	else
		replay_object(r, key, len);
}

/* The payload of the whole entry at @p, NULL: there is none. */
static const char *whole_entry(const char *p, size_t left, size_t *len)
{
	if (left < HEADER || memcmp(p, MAGIC, 4) || get32(p + 4) > left - HEADER)
		return NULL;
	*len = get32(p + 4);
	return crc32_of(p + HEADER, *len) == get32(p + 8) ? p + HEADER : NULL;
}

/* Replays the whole entries of @text; returns the octets they take. */
static size_t replay_all(struct replay *r, const char *text, size_t len)
{
	size_t at = 0, n;
	const char *payload;

	while ((payload = whole_entry(text + at, len - at, &n))) {
		const char *line;
		size_t ll;

		r->p = payload;
		r->end = payload + n;
		while ((line = next_line(r, &ll)))
			replay_record(r, line, ll);
		at += HEADER + n;
	}
	return at;
}

static void take_over(struct cfg *c, struct replay *r, struct cfg_result *result)
{
	struct cfg_session *s = cfg_session_new(c);
	struct cfg_load l = { 0 };

	if (!s) {
		result->err = -ENOMEM;
		return;
	}
	ref_put(s->cand);
	s->cand = ref_get(r->root);
	c->commit_id = r->id - 1;	/* it is the same commit again */
	startup_commit(s, NULL, &l, result);
	cfg_session_free(s);
}

int cfg_journal_open(struct cfg *c, const char *path, bool *found, size_t *cut, struct cfg_result *r)
{
	struct replay p = { 0 };
	size_t len = 0, whole = 0;
	char *text = NULL;
	int err = c->files.read(c->files.arg, path, &text, &len);

	memset(r, 0, sizeof(*r));
	*found = false;
	*cut = 0;
	if (err && err != -ENOENT)
		return err;
	if (!err)
		whole = replay_all(&p, text, len);
	free(text);
	*cut = len - whole;
	journal_close(&c->journal);
	c->journal.path = strdup(path);
	c->journal.fresh = malloc(strlen(path) + sizeof(".new"));
	if (c->journal.fresh)
		sprintf(c->journal.fresh, "%s.new", path);
	if (!c->journal.path || !c->journal.fresh)
		r->err = -ENOMEM;
	*found = whole > 0;
	if (*found && !r->err)
		take_over(c, &p, r);
	ref_put(p.root);
	if (r->err)
		return r->err;
	/* one entry with everything: the garbage is gone, and ranks are those of this build */
	return *found ? write_whole(c, c->running, c->commit_id) : 0;
}
