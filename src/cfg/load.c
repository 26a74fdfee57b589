/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load.c: whole files, as they are published and as people write them.
 *
 * Indentation never decides the view. '#' resets to the system view; a line is tried in the current view,
 * then in each parent; `return` ends. What cannot be taken is kept in its place with its reason (inert.h).
 * A line of the system view that cannot be taken opens a block of its own: what follows up to '#', or up to
 * a line that the system view takes, is kept with it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cfg/inert.h"
#include "cfg/session.h"
#include "cfg/store.h"

#define INDENT_MAX 15

/* ---- which line set what ------------------------------------------------------------------------------- */

static uint64_t hash_of(const uint8_t *place, size_t n, const struct command *cmd, uint32_t index)
{
	uint64_t h = 0xcbf29ce484222325u;	/* FNV-1a */

	for (size_t i = 0; i < n; i++)
		h = (h ^ place[i]) * 0x100000001b3u;
	h = (h ^ place_rank(cmd)) * 0x100000001b3u;
	return (h ^ (cmd->target == T_SLOT ? index : 0)) * 0x100000001b3u;
}

void lines_add(struct line_map *m, const uint8_t *place, size_t n, const struct command *cmd, uint32_t index,
	       uint32_t line)
{
	if (m->n == m->room) {
		size_t room = m->room ? 2 * m->room : 256;
		struct line_at *at = realloc(m->at, room * sizeof(*at));

		if (!at)
			return;
		m->at = at;
		m->room = room;
	}
	m->at[m->n++] = (struct line_at){ hash_of(place, n, cmd, index), line };
	m->sorted = false;
}

static int by_hash(const void *a, const void *b)
{
	const struct line_at *x = a, *y = b;

	if (x->what != y->what)
		return x->what < y->what ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

uint32_t lines_find(struct line_map *m, const uint8_t *place, size_t n, const struct command *cmd, uint32_t index)
{
	uint64_t what = hash_of(place, n, cmd, index);
	size_t low = 0, high = m->n;

	if (!m->sorted && m->n)
		qsort(m->at, m->n, sizeof(m->at[0]), by_hash);
	m->sorted = true;
	while (low < high) {		/* the first behind @what: the last line that set it stands before */
		size_t mid = (low + high) / 2;

		if (m->at[mid].what <= what)
			low = mid + 1;
		else
			high = mid;
	}
	return low && m->at[low - 1].what == what ? m->at[low - 1].line : 0;
}

void lines_free(struct line_map *m)
{
	free(m->at);
	*m = (struct line_map){ 0 };
}

struct loader {
	struct trie **root;
	const struct trie *base;
	struct place at;
	struct cfg_load *out;
	struct line_map *lines;		/* NULL: not kept */

	bool in_inert;			/* inside a block that is kept whole */
	enum cfg_view like;		/* ... whose lines are those of this view, VIEW_NONE: not known */
	bool fresh;			/* a '#' stands before this line */
	bool ended;
	struct anchor anchor;
	char block[256];		/* the line that opened the view or block */
	uint32_t number;		/* of the line */
	int err;

	/* the line at hand */
	char *line;
	uint8_t indent;
};

/* ---- keeping ------------------------------------------------------------------------------------------ */

static void tell(struct loader *l, const char *reason)
{
	if (l->out->tell)
		l->out->tell(l->out->arg, l->number, l->line, reason);
}

/* Keeps the line where it stands. @header: it is of the system view and opens a block. */
static void keep(struct loader *l, bool header, bool refused, const char *reason)
{
	bool starts = header && (l->fresh || l->at.view != VIEW_SYSTEM);
	struct inert_new in = {
		.anchor = &l->anchor,
		.number = NUMBER_LOADED + l->number,
		.line = l->number,
		.starts = starts,
		.refused = refused,
		.block = header ? "" : l->block,
		.text = l->line,
		.reason = reason,
	};

	if (header) {
		l->at = (struct place){ .view = VIEW_SYSTEM };
		l->anchor.inside = false;
		l->in_inert = true;
		l->like = VIEW_NONE;
	} else {
		in.indent = l->in_inert ? l->indent : 1;
	}
	l->err = inert_add(l->root, &in);
	if (header)
		snprintf(l->block, sizeof(l->block), "%.255s", l->line);
	l->fresh = false;
	*(refused ? &l->out->refused : &l->out->inert) += 1;
	tell(l, reason);
}

/* ---- taking --------------------------------------------------------------------------------------------- */

static void anchor_at(struct loader *l, const struct parsed *p, enum cfg_view view, const void *touched)
{
	if (view != VIEW_SYSTEM) {
		l->anchor.inner = (uint8_t)place_rank(p->cmd);
		return;
	}
	if (!touched && p->cmd->target == T_OBJECT)
		return;
	l->anchor.n = place_of(l->anchor.place, p->cmd, touched);
	l->anchor.inside = p->cmd->opens && !p->undo;
	l->anchor.inner = 0;
}

/* An undo that could not be carried out is told, but not kept: at the next start there might be something to undo. */
static void drop(struct loader *l, enum cfg_view view, const char *reason)
{
	if (view == VIEW_SYSTEM) {
		l->at = (struct place){ .view = VIEW_SYSTEM };
		l->anchor.inside = false;
		l->in_inert = false;
	}
	l->out->refused++;
	tell(l, reason);
}

/* A line that contradicts what is there is kept behind the lines that may have set it, which are to come first again. */
static void anchor_behind(struct loader *l, const struct command *cmd)
{
	for (size_t i = 0; i < cfg_n_commands; i++) {
		const struct command *c = &cfg_commands[i];
		bool same = c == cmd || (c->view == cmd->view && c->target == T_SLOT && cmd->target == T_SLOT &&
					 c->element == cmd->element);

		if (same && l->anchor.inner < place_rank(c))
			l->anchor.inner = (uint8_t)place_rank(c);
	}
}

/* Carries out a line that was understood in @view. */
static void take(struct loader *l, enum cfg_view view, const struct parsed *p)
{
	struct place at = view == l->at.view ? l->at : (struct place){ .view = view };
	struct cfg_answer a;
	const void *touched;

	a = edit_apply(l->root, l->base, &at, p, false, &touched);
	if (a.verdict == CFG_NOMEM) {
		l->err = -1;
		return;
	}
	if (a.verdict == CFG_REFUSED && p->undo) {
		drop(l, view, a.text);
		return;
	}
	if (a.verdict == CFG_REFUSED)
		anchor_behind(l, p->cmd);
	if (a.verdict != CFG_OK) {
		keep(l, view == VIEW_SYSTEM, a.verdict == CFG_REFUSED, a.text);
		if (view == VIEW_SYSTEM)
			l->like = p->undo ? VIEW_NONE : p->cmd->opens;
		return;
	}
	if (view == VIEW_SYSTEM)
		snprintf(l->block, sizeof(l->block), "%.255s", l->line);
	anchor_at(l, p, view, touched);
	if (l->lines)
		lines_add(l->lines, l->anchor.place, l->anchor.n, p->cmd, edit_index(p), l->number);
	l->at = at;
	l->in_inert = false;
	l->fresh = false;
	l->out->taken++;
}

static const char *reason_of(const struct cfg_answer *a)
{
	static const char *const why[] = {
		[CFG_UNRECOGNIZED] = "Unrecognized command",
		[CFG_WRONG] = "Wrong parameter",
		[CFG_INCOMPLETE] = "Incomplete command",
		[CFG_TOO_MANY] = "Too many parameters",
		[CFG_AMBIGUOUS] = "Ambiguous command",
	};

	return a->verdict == CFG_KNOWN ? a->text : why[a->verdict];
}

static void keep_why(struct loader *l, enum cfg_view view, const struct cfg_answer *a)
{
	char reason[320];
	int word;

	if (a->verdict == CFG_KNOWN) {
		keep(l, view == VIEW_SYSTEM, false, a->text);
		return;
	}
	word = (int)strcspn(l->line + a->column, " \t");
	snprintf(reason, sizeof(reason), word ? "%s at \"%.*s\"" : "%s", reason_of(a), word > 60 ? 60 : word,
		 l->line + a->column);
	keep(l, view == VIEW_SYSTEM, true, reason);
}

/* A line inside a block that is kept whole. */
static void inside_inert(struct loader *l)
{
	struct parsed p;

	if (l->like != VIEW_NONE && parse_line(l->like, ROWS_CONFIG, l->line, &p).verdict == CFG_OK) {
		keep(l, false, false, "It stands in a block that is not built");
		return;
	}
	if (parse_line(VIEW_SYSTEM, ROWS_CONFIG, l->line, &p).verdict == CFG_OK)
		take(l, VIEW_SYSTEM, &p);
	else
		keep(l, false, false, "It stands in a block that is not built");
}

static void one_line(struct loader *l)
{
	struct cfg_answer best = { .verdict = CFG_UNRECOGNIZED };
	enum cfg_view best_view = l->at.view;
	size_t depth = 0;
	struct parsed p;

	if (l->in_inert) {
		inside_inert(l);
		return;
	}
	for (enum cfg_view v = l->at.view; v != VIEW_NONE; v = cfg_views[v].parent) {
		struct cfg_answer a = session_read(v, ROWS_CONFIG, l->line, &p);

		if (a.verdict == CFG_OK) {
			take(l, v, &p);
			return;
		}
		if (a.verdict == CFG_KNOWN) {
			keep_why(l, v, &a);
			return;
		}
		if (v == l->at.view || p.depth > depth) {
			best = a;
			best_view = v;
			depth = p.depth;
		}
	}
	keep_why(l, best_view, &best);
}

/* ---- files ----------------------------------------------------------------------------------------------- */

static bool reset(struct loader *l)
{
	l->at = (struct place){ .view = VIEW_SYSTEM };
	l->in_inert = false;
	l->fresh = true;
	l->anchor.inside = false;
	l->block[0] = '\0';
	return true;
}

/* Lines that are structure and no command. */
static bool structure(struct loader *l)
{
	if (!l->line[0] || l->line[0] == '!')
		return true;
	if (l->line[0] == '#')
		return reset(l);
	if (!strcasecmp(l->line, "return")) {
		l->ended = true;
		return true;
	}
	if (!strcasecmp(l->line, "quit") && !l->in_inert) {
		l->at = (struct place){ .view = VIEW_SYSTEM };
		l->anchor.inside = false;
		l->fresh = true;	/* what follows is no part of the block that was left */
		l->out->taken++;
		return true;
	}
	return false;
}

/* A copy of the line without indentation and trailing blanks; what is no text is made visible. */
static char *clean(const char *s, size_t len, uint8_t *indent)
{
	size_t lead = 0;
	char *line;

	while (lead < len && (s[lead] == ' ' || s[lead] == '\t'))
		lead++;
	while (len > lead && strchr(" \t\r", s[len - 1]))
		len--;
	*indent = (uint8_t)(lead < INDENT_MAX ? lead : INDENT_MAX);
	line = calloc(1, len - lead + 1);
	if (!line)
		return NULL;
	for (size_t i = 0; i < len - lead; i++)
		line[i] = (unsigned char)s[lead + i] >= ' ' || s[lead + i] == '\t' ? s[lead + i] : '?';
	return line;
}

/* A line: the octets it took of @text. */
static size_t load_line(struct loader *l, const char *text, size_t len)
{
	const char *nl = memchr(text, '\n', len);
	size_t n = nl ? (size_t)(nl - text) : len;

	l->number++;
	l->line = clean(text, n, &l->indent);
	if (!l->line) {
		l->err = -1;
		return len;
	}
	if (l->ended && l->line[0] && l->line[0] != '#') {
		l->out->refused++;
		tell(l, "It stands behind return");
	} else if (!l->ended && !structure(l)) {
		one_line(l);
	}
	free(l->line);
	return nl ? n + 1 : n;
}

bool load_record(struct trie **root, const char *text, size_t len)
{
	struct cfg_load out = { 0 };
	struct loader l = { .root = root, .out = &out, .anchor.n = 1 };
	size_t at = 0;

	reset(&l);
	while (at < len && !l.err)
		at += load_line(&l, text + at, len - at);
	return !l.err && !out.inert && !out.refused;
}

/* ---- a load in slices -------------------------------------------------------------------------------------- */

struct cfg_loading {
	struct cfg_session *s;
	struct loader l;
	struct line_map lines;
	struct trie *root;		/* what the text made so far */
	struct trie *base;		/* running at the begin */
	const char *text;
	char *owned;			/* the same, if it is ours */
	size_t at, len;
	struct merge merge;		/* the text read: what differs from the base goes on top of that */
	bool merging;
};

static struct cfg_loading *begin(struct cfg_session *s, const char *text, size_t len, struct cfg_load *out)
{
	struct cfg_loading *ld = calloc(1, sizeof(*ld));

	if (!ld)
		return NULL;
	ld->s = s;
	ld->text = text;
	ld->len = len;
	ld->base = ref_get(s->cfg->running);
	ld->l = (struct loader){ .root = &ld->root, .base = ld->base, .out = out, .anchor.n = 1, .lines = &ld->lines };
	out->taken = out->inert = out->refused = 0;
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		ld->at = 3;		/* a byte order mark */
	reset(&ld->l);
	return ld;
}

struct cfg_loading *cfg_load_begin(struct cfg_session *s, char *text, size_t len, struct cfg_load *out)
{
	struct cfg_loading *ld = begin(s, text, len, out);

	if (ld)
		ld->owned = text;
	else
		free(text);
	return ld;
}

/*
 * A text that says much of what is there already shares no nodes with it, so every later difference would walk
 * over both. It is made again as the base with what differs on top.
 */
static bool resembles(const struct cfg_loading *ld)
{
	return trie_count(ld->base) > trie_count(ld->root) / 4;
}

static int share(struct cfg_loading *ld)
{
	unsigned int budget = SLICE;
	int rc;

	if (!ld->merging && !resembles(ld))
		return 0;
	if (!ld->merging)
		merge_begin_onto(&ld->merge, ld->s->cfg, ld->base, ld->root);
	ld->merging = true;
	rc = merge_slice(&ld->merge, &budget);
	if (!rc) {
		bury(ld->s->cfg, ld->root);
		ld->root = ref_get(ld->merge.root);
	}
	return rc;
}

static void take_over(struct cfg_loading *ld)
{
	session_set(ld->s, ld->base, ld->root);
	ld->s->at = (struct place){ .view = VIEW_SYSTEM };
	lines_free(&ld->s->lines);
	ld->s->lines = ld->lines;
	ld->lines = (struct line_map){ 0 };
}

int cfg_load_step(struct cfg_loading *ld)
{
	int rc = 1;

	for (unsigned int i = 0; i < SLICE && ld->at < ld->len && !ld->l.err; i++)
		ld->at += load_line(&ld->l, ld->text + ld->at, ld->len - ld->at);
	if (ld->l.err)
		return -ENOMEM;
	if (ld->at == ld->len)
		rc = share(ld);
	if (!rc)
		take_over(ld);
	return rc;
}

size_t cfg_load_at(const struct cfg_loading *ld)
{
	return ld->at;
}

void cfg_load_end(struct cfg_loading *ld)
{
	if (!ld)
		return;
	merge_end(&ld->merge);
	bury(ld->s->cfg, ld->base);
	bury(ld->s->cfg, ld->root);
	lines_free(&ld->lines);
	free(ld->owned);
	free(ld);
}

int cfg_load_text(struct cfg_session *s, const char *text, size_t len, struct cfg_load *out)
{
	struct cfg_loading *ld = begin(s, text, len, out);
	int rc = ld ? 1 : -ENOMEM;

	while (rc == 1)
		rc = cfg_load_step(ld);
	cfg_load_end(ld);
	return rc;
}
