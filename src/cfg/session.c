/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session.c: a candidate and the line that changes it.
 */
#include "cfg/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cfg/inert.h"
#include "cfg/store.h"

#define TYPED_MAX 3100		/* longest line a user may type */

struct cfg *cfg_new(const struct cfg_steps *steps)
{
	struct cfg *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	if (steps)
		c->steps = *steps;
	c->commit_id = CFG_ID_FIRST - 1;
	return c;
}

void cfg_free(struct cfg *c)
{
	if (!c)
		return;
	ref_put(c->running);
	journal_close(&c->journal);
	cfg_commit_abandon(c);
	points_free(&c->points);
	state_free(c);
	free(c->problems);
	free(c);
}

const struct trie *cfg_running(const struct cfg *c)
{
	return c->running;
}

struct cfg_session *cfg_session_new(struct cfg *c)
{
	struct cfg_session *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->cfg = c;
	s->base = ref_get(c->running);
	s->cand = ref_get(c->running);
	s->at.view = VIEW_SYSTEM;
	return s;
}

void cfg_session_free(struct cfg_session *s)
{
	if (!s)
		return;
	if (s->cfg->commit.s == s)
		cfg_commit_abandon(s->cfg);
	ref_put(s->base);
	ref_put(s->cand);
	lines_free(&s->lines);
	free(s);
}

const struct trie *cfg_candidate(const struct cfg_session *s)
{
	return s->cand;
}

const struct trie *cfg_base(const struct cfg_session *s)
{
	return s->base;
}

void cfg_here(const struct cfg_session *s, struct cfg_what *what)
{
	*what = (struct cfg_what){ .part = CFG_PART_HERE, .view = (int)s->at.view,
				   .name = s->at.name[0] ? s->at.name : NULL };
}

void session_move(struct cfg_session *s, struct trie *running)
{
	struct trie *base = ref_get(running), *cand = ref_get(running);

	ref_put(s->base);
	ref_put(s->cand);
	s->base = base;
	s->cand = cand;
}

void cfg_discard(struct cfg_session *s)
{
	session_move(s, s->cfg->running);
	s->at = (struct place){ .view = VIEW_SYSTEM };
}

void cfg_set_candidate(struct cfg_session *s, struct trie *root)
{
	root = ref_get(root);
	ref_put(s->cand);
	s->cand = root;
	s->at = (struct place){ .view = VIEW_SYSTEM };
}

static int is_change(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	(void)arg;
	(void)len;
	return key[0] < OBJ__N && !object_same((enum obj_type)key[0], old, now);
}

bool session_same(const struct trie *a, const struct trie *b)
{
	return trie_diff(a, b, is_change, NULL) == 0;
}

bool cfg_dirty(const struct cfg_session *s)
{
	return !session_same(s->base, s->cand);
}

void cfg_view_name(const struct cfg_session *s, char *out, size_t len)
{
	snprintf(out, len, "%s%s", cfg_views[s->at.view].prompt, s->at.name);
}

/* ---- reading a line ----------------------------------------------------------------------------------- */

static bool word_is(const char *line, const struct token *t, const char *word, size_t len)
{
	return t->len == len && !strncasecmp(line + t->at, word, len);
}

/* How many words of @line are those of @u; 0 unless all of @u are there. */
static size_t words_of(const struct unbuilt *u, const char *line, const struct token *t, size_t n)
{
	const char *w = u->words;
	size_t i = 0;

	while (*w) {
		size_t len = strcspn(w, " ");

		if (i == n || !word_is(line, &t[i], w, len))
			return 0;
		i++;
		w += len + strspn(w + len, " ");
	}
	return i;
}

/* The command that is known and not built, if it explains more of the line than the rows do. */
static const char *known(enum cfg_view view, const char *line, size_t depth)
{
	struct token t[TOKENS_MAX];
	size_t n = parse_tokens(line, t, TOKENS_MAX), skip, best = depth;
	const char *text = NULL;

	n = n < TOKENS_MAX ? n : TOKENS_MAX;
	skip = n && word_is(line, &t[0], "undo", 4);
	for (size_t i = 0; i < cfg_n_unbuilt; i++) {
		size_t words = cfg_unbuilt[i].view == view ? words_of(&cfg_unbuilt[i], line, t + skip, n - skip) : 0;

		if (words && words + skip > best) {
			best = words + skip;
			text = cfg_unbuilt[i].text;
		}
	}
	return text;
}

struct cfg_answer session_read(enum cfg_view view, const char *line, struct parsed *p)
{
	struct cfg_answer a = parse_line(view, line, p);
	const char *text;

	if (a.verdict == CFG_OK)
		return a;
	text = known(view, line, p->depth);
	if (text) {
		a.verdict = CFG_KNOWN;
		snprintf(a.text, sizeof(a.text), "%s", text);
	}
	return a;
}

/* quit, return and '#': true when @line was one of them. */
static bool moves(struct cfg_session *s, const char *word, size_t len, struct cfg_answer *a)
{
	bool quit = len >= 1 && len <= 4 && !strncasecmp("quit", word, len);
	bool leave = len >= 3 && len <= 6 && !strncasecmp("return", word, len);

	*a = (struct cfg_answer){ .verdict = CFG_OK };
	if (len == 0 || word[0] == '#') {
		if (len)
			s->at = (struct place){ .view = VIEW_SYSTEM };
		return true;
	}
	if (!quit && !leave)
		return false;
	if (leave || s->at.view == VIEW_SYSTEM)
		a->verdict = CFG_QUIT;
	s->at = (struct place){ .view = VIEW_SYSTEM };
	return true;
}

/* The view of an object that another command of the session removed is left. */
static void leave_gone(struct cfg_session *s)
{
	if (!edit_view_object(s->cand, &s->at))
		s->at = (struct place){ .view = VIEW_SYSTEM };
}

/* `undo` and the text of a line that is kept and does nothing: true when there was one. */
static bool undo_inert(struct cfg_session *s, const char *line, struct cfg_answer *a)
{
	uint8_t place[PLACE_MAX];
	bool found = false;

	if (strncasecmp(line, "undo ", 5))
		return false;
	if (inert_undo(&s->cand, place, edit_block(s->cand, &s->at, place), line + 5 + strspn(line + 5, " "), &found))
		a->verdict = CFG_NOMEM;
	return found;
}

struct cfg_answer cfg_line(struct cfg_session *s, const char *line)
{
	size_t indent = strspn(line, " \t"), len = strlen(line);
	struct cfg_answer a = { .verdict = CFG_OK };
	struct parsed p;
	const void *touched;
	char copy[TYPED_MAX + 1];

	while (len > indent && strchr(" \t\r\n", line[len - 1]))
		len--;
	if (len > TYPED_MAX)
		return (struct cfg_answer){ .verdict = CFG_TOO_MANY, .column = TYPED_MAX };
	memcpy(copy, line, len);
	copy[len] = '\0';
	leave_gone(s);
	if (!strpbrk(copy + indent, " \t") && moves(s, copy + indent, len - indent, &a))
		return a;
	a = session_read(s->at.view, copy, &p);
	if (a.verdict == CFG_OK)
		a = edit_apply(&s->cand, s->base, &s->at, &p, true, &touched);
	if (a.verdict != CFG_OK && a.verdict != CFG_NOMEM && undo_inert(s, copy + indent, &a))
		a = (struct cfg_answer){ .verdict = CFG_OK };
	return a;
}

void cfg_help(const struct cfg_session *s, const char *line, cfg_help_fn *fn, void *arg)
{
	parse_help(s->at.view, line, fn, arg);
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
