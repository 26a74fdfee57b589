/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * journal.c: what must outlive the engine, on disk, whole after any crash: the rollback points, of which the
 * newest is the running configuration, and state.
 *
 * A file of entries (entry.c), each appended and synced before its commit answers. When those behind what was
 * written at once outgrow it, the file is written anew beside the old one, in the background, a slice at a time;
 * what is committed meanwhile goes into both; then the new one takes the place of the old. A crash at any moment
 * leaves one of them, whole up to its last whole entry.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cfg/inert.h"
#include "cfg/session.h"

#define MOST (768u << 20)	/* what is read at a start is bounded, too */
#define SLACK (256u << 10)	/* octets behind what was written at once that are never worth writing it anew */

void cfg_files(struct cfg *c, const struct cfg_files *files)
{
	c->files = *files;
}

static void compaction_end(struct cfg *c)
{
	struct compaction *k = &c->journal.compaction;

	entry_end(&k->entry);
	text_free(&k->out);
	ref_put(k->point);
	bury(c, k->root);
	ref_put(k->state);
	*k = (struct compaction){ 0 };
}

void journal_close(struct cfg *c)
{
	compaction_end(c);
	entry_end(&c->journal.state);
	free(c->journal.path);
	free(c->journal.fresh);
	c->journal = (struct journal){ 0 };
}

/* ---- appending ------------------------------------------------------------------------------------------- */

void journal_grown(struct cfg *c)
{
	struct journal *j = &c->journal;

	if (j->size > j->most && c->points.n > 1 && !j->compaction.on && !j->lost) {
		points_drop(c, c->points.n / 2);
		j->lost = true;
	}
	if (j->path && (j->lost || j->size - j->base > j->base + SLACK))
		want_background(c);
}

void journal_cut(struct cfg *c, struct entry *e)
{
	if (e->written && e->written < e->text.len)
		c->files.write(c->files.arg, c->journal.path, c->journal.size, "", 0);
	e->written = 0;
}

static int append_part(struct cfg *c, struct entry *e)
{
	struct journal *j = &c->journal;
	int rc = entry_write(e, c, j->path, j->size);

	if (rc == -ESTALE) {		/* somebody took the file away: it comes back whole */
		j->lost = true;
		journal_grown(c);
	}
	if (!rc) {
		j->size += e->text.len;
		journal_grown(c);
	}
	if (rc < 0)
		journal_cut(c, e);
	return rc;
}

int journal_write(struct cfg *c, struct entry *e)
{
	if (c->journal.state.on && !e->written && journal_state(c) == 1)
		return 1;
	return append_part(c, e);
}

static bool commit_writes(const struct cfg *c)
{
	return c->commit.busy && !c->commit.swapped && c->commit.entry.written;
}

int journal_state(struct cfg *c)
{
	struct entry *e = &c->journal.state;
	unsigned int budget = SLICE;
	int rc;

	if (!c->journal.path || commit_writes(c))
		return 0;
	if (!e->on) {
		if (c->state == c->state_kept)
			return 0;
		entry_begin(e, c->state_kept, c->state, true);
	}
	rc = e->whole ? 0 : entry_slice(e, &budget);
	if (!rc)
		rc = append_part(c, e);
	if (rc == 1)
		return 1;
	if (!rc) {
		ref_put(c->state_kept);
		c->state_kept = ref_get(e->now);
	}
	entry_end(e);
	return rc;
}

int journal_line(struct cfg *c, const char *line)
{
	struct entry e;
	unsigned int budget = SLICE;
	int rc = 0;

	if (!c->journal.path)
		return 0;
	if (commit_writes(c))
		return -EBUSY;
	while (c->journal.state.on)
		journal_state(c);
	entry_begin(&e, NULL, NULL, false);
	text_puts(&e.text, line);
	text_puts(&e.text, "\n");
	rc = entry_slice(&e, &budget);
	if (!rc)
		rc = append_part(c, &e);
	entry_end(&e);
	compaction_end(c);		/* it would miss this: from the start */
	journal_grown(c);
	return rc;
}

/* ---- writing it anew ---------------------------------------------------------------------------------------- */

static struct point *next_point(const struct cfg *c)
{
	for (size_t i = 0; i < c->points.n; i++)
		if (c->points.at[i]->p.id > c->journal.compaction.id)
			return c->points.at[i];
	return NULL;
}

/* The next point, else the state, else the mark that ends it; false: all is written. */
static bool next_entry(struct cfg *c)
{
	struct compaction *k = &c->journal.compaction;
	struct point *pt = next_point(c);

	if (pt) {
		entry_begin(&k->entry, k->root, pt->p.root, false);
		entry_point(&k->entry, &pt->p);
		k->point = ref_get(pt);
	} else if (!k->last) {
		entry_begin(&k->entry, k->state, c->state, true);
		text_puts(&k->entry.text, "compacted\n");
		k->last = true;
	} else if (c->state != k->state) {
		entry_begin(&k->entry, k->state, c->state, true);
	} else {
		return false;
	}
	return true;
}

/* What the new file leads to, with the entry that is done. */
static void entry_is_done(struct cfg *c)
{
	struct compaction *k = &c->journal.compaction;

	if (k->point) {
		bury(c, k->root);
		k->root = ref_get(k->point->p.root);
		k->id = k->point->p.id;
		ref_put(k->point);
		k->point = NULL;
	} else {
		ref_put(k->state);
		k->state = ref_get(k->entry.now);
	}
	entry_end(&k->entry);
}

/* The new file takes the old one's place, unless an entry is half in the old one. */
static int take_place(struct cfg *c)
{
	struct journal *j = &c->journal;
	int rc;

	if (commit_writes(c) || j->state.on)
		return 1;
	rc = c->files.rename(c->files.arg, j->fresh, j->path);
	if (rc)
		return rc;
	j->size = j->base = j->compaction.at;
	j->lost = false;
	ref_put(c->state_kept);
	c->state_kept = ref_get(j->compaction.state);
	return 0;
}

/* The small entries collected so far. */
static int write_out(struct cfg *c)
{
	struct compaction *k = &c->journal.compaction;
	int rc = k->out.len ? c->files.write(c->files.arg, c->journal.fresh, k->at, k->out.v, k->out.len) : 0;

	k->at += k->out.len;
	text_free(&k->out);
	return rc;
}

/* A whole entry: to the small ones, or a part of it to the disk. */
static int write_entry(struct cfg *c, unsigned int *budget)
{
	struct compaction *k = &c->journal.compaction;
	size_t len = k->entry.text.len;
	int rc;

	if (len > ENTRY_PART) {
		*budget = 0;
		if (k->out.len)
			return write_out(c);
		rc = entry_write(&k->entry, c, c->journal.fresh, k->at);
		if (rc)
			return rc < 0 ? rc : 0;
		k->at += len;
	} else {
		text_add(&k->out, k->entry.text.v, len);
		if (k->out.failed)
			return -ENOMEM;
	}
	entry_is_done(c);
	if (k->out.len < ENTRY_PART)
		return 0;
	*budget = 0;
	return write_out(c);
}

/* 1: more, 0: the journal is written anew, or -errno: not now. */
static int compaction_slice(struct cfg *c)
{
	struct compaction *k = &c->journal.compaction;
	unsigned int budget = SLICE;
	int rc = 0;

	while (budget && rc >= 0) {
		if (!k->entry.on && !next_entry(c)) {
			rc = write_out(c);
			return rc ? rc : take_place(c);
		}
		rc = k->entry.whole ? 0 : entry_slice(&k->entry, &budget);
		budget -= budget > 0;
		if (!rc)
			rc = write_entry(c, &budget);
	}
	return rc < 0 ? rc : 1;
}

bool journal_background(struct cfg *c)
{
	struct journal *j = &c->journal;
	int rc;

	if (j->state.on)
		return journal_state(c) == 1 || j->compaction.on;
	if (!j->path || (!j->compaction.on && !j->lost && j->size - j->base <= j->base + SLACK))
		return false;
	j->compaction.on = true;
	rc = compaction_slice(c);
	if (rc == 1)
		return true;
	compaction_end(c);
	if (rc) {			/* a full disk: not before it has grown as much again */
		c->files.write(c->files.arg, j->fresh, 0, "", 0);
		j->base = j->size;
	}
	return false;
}

/* ---- reading ---------------------------------------------------------------------------------------------- */

struct replay {
	struct cfg *c;
	const char *p, *end;
	struct trie *root;
	struct point *point;		/* the entry makes it */
	size_t base;
	bool compacted;			/* the entry says so */
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

enum { IN_RANK, IN_INNER, IN_NUMBERS, IN_BLOCK, IN_TEXT, IN_REASON, IN__N };

static void make_inert(struct replay *r, const uint8_t *key, size_t len, char *const *in)
{
	struct m_inert *m = object_new(OBJ_INERT);
	unsigned int line, indent, starts, refused;

	if (!m || sscanf(in[IN_NUMBERS], "%u %u %u %u", &line, &indent, &starts, &refused) != 4) {
		r->bad = true;
		ref_put(m);
		return;
	}
	memcpy(m->place, key + 1, len - 1);
	m->n_place = (uint8_t)(len - 1);
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

/* The type and the ranks in the key become those of this build. */
static void own_ranks(uint8_t *key, size_t len, char *const *in)
{
	uint8_t *inner = key + len - 5;

	key[0] = OBJ_INERT;
	if (key[1])
		key[1] = rank_of(in[IN_RANK]);
	if (*inner && *inner != PLACE_LAST)
		*inner = rank_of(in[IN_INNER]);
}

static void replay_inert(struct replay *r, uint8_t *key, size_t len)
{
	char *in[IN__N] = { 0 };
	const char *line = NULL;
	size_t n = 0, i = 0, want = IN_NUMBERS;

	while (i < want && (in[i] = take_line(r)))
		if (++i == IN_NUMBERS && (r->end - r->p < 2 || memcmp(r->p, ".\n", 2)))
			want = IN__N;
	if (i == want)
		line = next_line(r, &n);
	if (line && n == 1 && *line == '.' && len >= 8 && len - 1 <= PLACE_MAX) {
		own_ranks(key, len, in);
		drop_key(r, key, len);
		if (want == IN__N)
			make_inert(r, key, len, in);
	} else {
		r->bad = true;
	}
	for (i = 0; i < IN__N; i++)
		free(in[i]);
}

static void replay_key(struct replay *r, const char *hex, size_t n, bool inert)
{
	uint8_t key[KEY_MAX];
	size_t len = get_hex(hex, n, key, sizeof(key));

	if (len == 0)
		r->bad = true;
	else if (inert)
		replay_inert(r, key, len);
	else
		replay_object(r, key, len);
}

static void replay_object_record(struct replay *r, char *rest)
{
	replay_key(r, rest, strlen(rest), false);
}

static void replay_inert_record(struct replay *r, char *rest)
{
	replay_key(r, rest, strlen(rest), true);
}

static void replay_commit(struct replay *r, char *rest)
{
	unsigned int origin = 0;
	long long wall = 0;
	struct cfg_about about = { 0 };

	ref_put(r->point);
	r->point = point_new(&about);
	if (!r->point || sscanf(rest, "%u %lld %u", &r->point->p.id, &wall, &origin) != 3 || origin >= CFG_ORIGIN__N) {
		r->bad = true;
		return;
	}
	r->point->p.wall_ns = wall;
	r->point->p.origin = (enum cfg_origin)origin;
}

static void set_text(struct replay *r, const char **to, const char *text)
{
	char *copy = strdup(text);

	if (!copy) {
		r->bad = true;
		return;
	}
	free((char *)(uintptr_t)*to);
	*to = copy;
}

static void replay_label(struct replay *r, char *rest)
{
	if (r->point)
		set_text(r, &r->point->p.label, rest);
}

static void replay_description(struct replay *r, char *rest)
{
	if (r->point)
		set_text(r, &r->point->p.description, rest);
}

static void replay_user(struct replay *r, char *rest)
{
	if (r->point)
		set_text(r, &r->point->p.user, rest);
}

static void replay_from(struct replay *r, char *rest)
{
	if (r->point)
		set_text(r, &r->point->p.from, rest);
}

static void replay_set(struct replay *r, char *rest)
{
	char *value = strchr(rest, ' ');

	if (value)
		*value++ = '\0';
	if (!value || cfg_state_set(r->c, rest, value))
		r->bad = true;
}

static void replay_unset(struct replay *r, char *rest)
{
	if (cfg_state_set(r->c, rest, NULL))
		r->bad = true;
}

static void replay_forget(struct replay *r, char *rest)
{
	points_drop(r->c, strtoul(rest, NULL, 10));
}

static void replay_unlabel(struct replay *r, char *rest)
{
	points_unlabel(r->c, rest);
}

static void replay_compacted(struct replay *r, char *rest)
{
	(void)rest;
	r->compacted = true;
}

static const struct record {
	const char *word;
	void (*replay)(struct replay *r, char *rest);
} records[] = {
	{ "commit", replay_commit },	{ "label", replay_label },	  { "description", replay_description },
	{ "user", replay_user },	{ "from", replay_from },	  { "object", replay_object_record },
	{ "inert", replay_inert_record }, { "set", replay_set },	  { "unset", replay_unset },
	{ "forget", replay_forget },	{ "unlabel", replay_unlabel },	  { "compacted", replay_compacted },
};

/* What no record begins with is of a later version and passed over. */
static void replay_record(struct replay *r, const char *line, size_t n)
{
	size_t word = 0;

	while (word < n && line[word] != ' ')
		word++;
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		char *rest;

		if (strlen(records[i].word) != word || memcmp(line, records[i].word, word))
			continue;
		rest = strndup(line + word + (word < n), n - word - (word < n));
		if (rest)
			records[i].replay(r, rest);
		r->bad |= !rest;
		free(rest);
		return;
	}
}

/* False: what it says makes no sense, nothing of it counts. */
static bool replay_entry(struct replay *r, const char *payload, size_t n)
{
	struct trie *before = ref_get(r->root);
	const char *line;
	size_t ll;

	r->p = payload;
	r->end = payload + n;
	r->compacted = false;
	while (!r->bad && (line = next_line(r, &ll)))
		replay_record(r, line, ll);
	if (r->bad) {
		ref_put(r->root);
		r->root = before;
		return false;
	}
	ref_put(before);
	if (r->point) {
		r->point->p.root = ref_get(r->root);
		points_add(r->c, r->point);
		r->point = NULL;
	}
	return true;
}

/* Replays the whole entries of @text; returns the octets they take. */
static size_t replay_all(struct replay *r, const char *text, size_t len)
{
	size_t at = 0, n;
	const char *payload;

	while ((payload = entry_payload(text + at, len - at, &n)) && replay_entry(r, payload, n)) {
		at += ENTRY_HEADER + n;
		if (r->compacted || !r->base)
			r->base = at;
	}
	return at;
}

/* The newest point runs again. What a check of this build refuses of it is taken out. */
static int take_over(struct cfg *c, struct cfg_result *result)
{
	struct cfg_session *s = cfg_session_new(c);
	struct point *newest = c->points.at[c->points.n - 1];
	struct cfg_load l = { 0 };

	if (!s)
		return -ENOMEM;
	cfg_set_candidate(s, newest->p.root);
	c->commit_id = newest->p.id;
	startup_commit(s, NULL, &l, result);
	result->commit_id = c->commit_id;
	if (!result->err && c->running != newest->p.root && !session_same(c->running, newest->p.root)) {
		ref_put(newest->p.root);
		newest->p.root = ref_get(c->running);
		c->journal.lost = true;		/* it says something else */
	}
	cfg_session_free(s);
	return result->err;
}

static int set_paths(struct journal *j, const char *path)
{
	j->most = MOST;
	j->path = strdup(path);
	j->fresh = malloc(strlen(path) + sizeof(".new"));
	if (!j->path || !j->fresh)
		return -ENOMEM;
	sprintf(j->fresh, "%s.new", path);
	return 0;
}

/* A file that holds nothing of ours is kept for who wants to look at it. */
static int set_aside(struct cfg *c, const char *path)
{
	char *name = malloc(strlen(path) + sizeof(".damaged"));
	int err = name ? 0 : -ENOMEM;

	if (!err) {
		sprintf(name, "%s.damaged", path);
		err = c->files.rename(c->files.arg, path, name);
	}
	free(name);
	return err;
}

int cfg_journal_open(struct cfg *c, const char *path, bool *found, size_t *cut, struct cfg_result *r)
{
	struct replay p = { .c = c };
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
	ref_put(p.root);
	ref_put(p.point);
	c->state_kept = ref_get(c->state);
	*cut = len - whole;
	*found = c->points.n > 0;
	err = *cut && !whole ? set_aside(c, path) : 0;
	if (!err)
		err = set_paths(&c->journal, path);
	c->journal.size = whole;
	c->journal.base = p.base;
	if (!err && *found)
		err = take_over(c, r);
	while (!err && cfg_background(c))
		;
	return err;
}
