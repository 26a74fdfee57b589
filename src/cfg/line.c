/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * line.c: the way of a line in a session: understood where the session stands, or in a view above it, known and not
 * built, or the name of a line that is kept and does nothing; then carried out.
 */
#include "cfg/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cfg/inert.h"

#define TYPED_MAX 3100		/* longest line a user may type */

/* ---- reading a line ----------------------------------------------------------------------------------- */

static bool word_is(const char *line, const struct token *t, const char *word, size_t len)
{
	return t->len == len && !strncasecmp(line + t->at, word, len);
}

/* How many words of @line are those of @u, the first @understood of them perhaps abbreviated; 0 unless all of @u are
 * there. */
static size_t words_of(const struct unbuilt *u, const char *line, const struct token *t, size_t n, size_t understood)
{
	const char *w = u->words;
	size_t i = 0;

	while (*w) {
		size_t len = strcspn(w, " ");

		if (i == n || t[i].len > len || !word_is(line, &t[i], w, i < understood ? t[i].len : len))
			return 0;
		i++;
		w += len + strspn(w + len, " ");
	}
	return i;
}

/* The command that is known and not built, if it explains more of the line than the rows do. */
static const char *known(enum cfg_view view, enum rows rows, const char *line, size_t depth)
{
	struct token t[TOKENS_MAX];
	size_t n = parse_tokens(line, t, TOKENS_MAX), skip, best = depth, understood;
	const char *text = NULL;

	n = n < TOKENS_MAX ? n : TOKENS_MAX;
	skip = n && word_is(line, &t[0], "undo", 4);
	understood = depth > skip ? depth - skip : 0;
	for (size_t k = 0; k < (rows == ROWS_TYPED ? grammar_tables() : 1); k++)
		for (size_t i = 0; i < grammar_table(k)->n_unbuilt; i++) {
			const struct unbuilt *u = &grammar_table(k)->unbuilt[i];
			bool here = u->view == view || u->view == VIEW_USER;
			size_t words = here ? words_of(u, line, t + skip, n - skip, understood) : 0;

			if (words && words + skip > best) {
				best = words + skip;
				text = u->text;
			}
		}
	return text;
}

struct cfg_answer session_read(enum cfg_view view, enum rows rows, const char *line, struct parsed *p)
{
	struct cfg_answer a = parse_line(view, rows, line, p);
	const char *text;

	if (a.verdict == CFG_OK)
		return a;
	text = known(view, rows, line, p->depth);
	if (text) {
		a.verdict = CFG_KNOWN;
		snprintf(a.text, sizeof(a.text), "%s", text);
	}
	return a;
}

/* A command of a view above @view: one that enters a view, or with @all any; `undo` never. */
static bool read_above(enum cfg_view view, bool all, const char *line, struct parsed *p)
{
	struct parsed *q = malloc(sizeof(*q));
	bool found = false;

	for (enum cfg_view v = cfg_views[view].parent; q && v != VIEW_NONE && !found; v = cfg_views[v].parent) {
		found = parse_line(v, ROWS_CONFIG, line, q).verdict == CFG_OK && !q->undo &&
			(all || q->cmd->opens);
		if (found)
			*p = *q;
	}
	free(q);
	return found;
}

/* In which other place a line would be understood, for who is in the wrong one. */
static void tell_where(enum cfg_view view, const char *line, struct cfg_answer *a)
{
	struct parsed *q = malloc(sizeof(*q));

	for (enum cfg_view v = VIEW_USER; q && v < VIEW__N && !a->text[0]; v++) {
		enum cfg_verdict verdict = v == view ? CFG_UNRECOGNIZED : parse_line(v, ROWS_TYPED, line, q).verdict;

		if (verdict != CFG_OK && !(v == VIEW_SYSTEM && q->depth && verdict == CFG_INCOMPLETE))
			continue;
		snprintf(a->text, sizeof(a->text), "this is a command of the %s%s", cfg_views[v].title,
			 v == VIEW_USER	       ? ": quit first, or type run before it"
			 : v != VIEW_SYSTEM    ? ""
			 : view == VIEW_USER   ? ": type system-view first"
					       : ": quit first");
	}
	free(q);
}

static bool first_word(const char *line, const char *word)
{
	struct token t;

	return parse_tokens(line, &t, 1) && word_is(line, &t, word, strlen(word));
}

/* `undo` and the text of a line that is kept and does nothing, removed from *root: true when there was one. */
static bool undo_inert(struct trie **root, const struct place *at, const char *line, struct cfg_answer *a)
{
	uint8_t place[PLACE_MAX];
	char text[TYPED_MAX + 1];
	struct token t[2];
	size_t len = strlen(line);
	bool found = false;

	if (!first_word(line, "undo") || parse_tokens(line, t, 2) < 2)
		return false;
	while (len && strchr(" \t\r\n", line[len - 1]))
		len--;
	if (len - t[1].at > TYPED_MAX)
		return false;
	memcpy(text, line + t[1].at, len - t[1].at);
	text[len - t[1].at] = '\0';
	if (inert_undo(root, place, edit_block(*root, at, place), text, &found))
		*a = (struct cfg_answer){ .verdict = CFG_NOMEM };
	else if (found)
		*a = (struct cfg_answer){ .verdict = CFG_OK };
	return found;
}

static bool names_inert(const struct cfg_session *s, const struct place *at, const char *line)
{
	struct trie *probe = ref_get(session_sees(s));
	struct cfg_answer a = { .verdict = CFG_OK };
	bool found = undo_inert(&probe, at, line, &a);

	ref_put(probe);
	return found;
}

/* The kind of the interface whose view this is, 0 in other views. */
static uint8_t kind_at(const struct cfg_session *s, const struct place *at)
{
	return at->view == VIEW_INTERFACE ? edit_kind(edit_view_object(session_sees(s), at)) : 0;
}

static struct cfg_answer read_line(const struct cfg_session *s, enum rows rows, const char *line, struct parsed *p)
{
	struct place at = s ? session_place(s) : (struct place){ .view = VIEW_USER };
	struct scope here = { at.view, rows, s ? kind_at(s, &at) : 0 };
	struct cfg_answer a;

	if (strlen(line) > TYPED_MAX)
		return (struct cfg_answer){ .verdict = CFG_TOO_MANY, .column = TYPED_MAX };
	a = parse_in(&here, line, p);
	if (a.verdict == CFG_OK || a.verdict == CFG_AMBIGUOUS)
		return a;
	a = session_read(at.view, rows, line, p);	/* with what is for other kinds, which is refused by a sentence */
	if (a.verdict == CFG_UNRECOGNIZED && s && read_above(at.view, s->forward, line, p))
		return (struct cfg_answer){ .verdict = CFG_OK };
	if (a.verdict != CFG_OK && s && names_inert(s, &at, line)) {
		p->cmd = NULL;
		p->undo = true;
		return (struct cfg_answer){ .verdict = CFG_OK };
	}
	if (a.verdict == CFG_UNRECOGNIZED)
		tell_where(at.view, line, &a);
	return a;
}

struct cfg_answer cfg_read(const struct cfg_session *s, const char *line, struct parsed *p)
{
	return read_line(s, ROWS_TYPED, line, p);
}

/* A session that edited nothing sees what is running now. */
static void follow(struct cfg_session *s)
{
	if (s->base != s->cfg->running && session_same(s->base, s->cand))
		session_set(s, s->cfg->running, s->cfg->running);
}

/* ---- carrying it out ---------------------------------------------------------------------------------------- */

struct cfg_answer cfg_carry_out(struct cfg_session *s, const char *line, const struct parsed *p)
{
	struct cfg_answer a = { .verdict = CFG_OK };
	struct place at = session_place(s);
	const void *touched;

	follow(s);
	if (p->cmd) {
		if (p->cmd->view != at.view)
			at = (struct place){ .view = p->cmd->view };
		a = edit_apply(&s->cand, s->base, &at, p, true, &touched);
	}
	if (a.verdict == CFG_OK && p->cmd)
		s->at = at;
	else if (a.verdict != CFG_NOMEM)
		undo_inert(&s->cand, &at, line, &a);
	return a;
}

enum cfg_verdict cfg_quit(struct cfg_session *s)
{
	enum cfg_view up = cfg_views[session_place(s).view].parent;

	s->at = (struct place){ .view = up == VIEW_NONE ? VIEW_SYSTEM : up };
	return up == VIEW_NONE ? CFG_QUIT : CFG_OK;
}

void cfg_forward(struct cfg_session *s, bool on)
{
	s->forward = on;
}

/* quit, return and '#': true when @line was one of them. */
static bool moves(struct cfg_session *s, const char *line, struct cfg_answer *a)
{
	struct token t;
	size_t n = parse_tokens(line, &t, 1);

	*a = (struct cfg_answer){ .verdict = CFG_OK };
	if (!n)
		return true;
	if (line[t.at] == '#') {
		s->at = (struct place){ .view = VIEW_SYSTEM };
		return true;
	}
	if (n > 1)
		return false;
	if (t.len <= 4 && !strncasecmp("quit", line + t.at, t.len)) {
		a->verdict = cfg_quit(s);
		return true;
	}
	if (t.len < 3 || t.len > 6 || strncasecmp("return", line + t.at, t.len))
		return false;
	s->at = (struct place){ .view = VIEW_SYSTEM };
	a->verdict = CFG_QUIT;
	return true;
}

struct cfg_answer cfg_line(struct cfg_session *s, const char *line)
{
	struct cfg_answer a;
	struct parsed p;

	if (moves(s, line, &a))
		return a;
	a = read_line(s, ROWS_CONFIG, line, &p);
	return a.verdict == CFG_OK ? cfg_carry_out(s, line, &p) : a;
}

void cfg_help(const struct cfg_session *s, const char *line, cfg_help_fn *fn, void *arg)
{
	struct place at = s ? session_place(s) : (struct place){ .view = VIEW_USER };

	parse_help(&(struct scope){ at.view, ROWS_TYPED, s ? kind_at(s, &at) : 0 }, line, fn, arg);
}

void cfg_answer_text(const struct cfg_answer *a, char *out, size_t len)
{
	static const char *const texts[] = {
		[CFG_OK] = "",
		[CFG_UNRECOGNIZED] = "Error: Unrecognized command found at '^' position.",
		[CFG_WRONG] = "Error: Wrong parameter found at '^' position.",
		[CFG_INCOMPLETE] = "Error: Incomplete command found at '^' position.",
		[CFG_TOO_MANY] = "Error: Too many parameters found at '^' position.",
		[CFG_AMBIGUOUS] = "Error: Ambiguous command found at '^' position.",
		[CFG_QUIT] = "",
		[CFG_NOMEM] = "Error: Out of memory.",
	};

	if (a->verdict == CFG_KNOWN || a->verdict == CFG_REFUSED)
		snprintf(out, len, "Error: %s.", a->text);
	else
		snprintf(out, len, "%s", texts[a->verdict]);
}
