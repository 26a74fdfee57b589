/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show_candidate.c: display configuration candidate: the uncommitted commands of this session.
 *
 * Each object that differs is rendered as it was and as it would be; lines that are new are printed under
 * their view line, lines that went as `undo`, unless a new line of the same command replaces them.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/display.h"

struct change {
	uint8_t key[512];
	size_t len;
	const void *old, *now;		/* kept by the roots */
};
struct candidate {
	const struct trie *before, *after;	/* owned */
	struct change *v;
	size_t n, cap, at;
};

/* ---- lines of a rendered object ---------------------------------------------------------------------- */

struct lines {
	char *text;			/* owned; cut into lines */
	char *line[256];
	size_t n;
};

static void cut_lines(struct lines *l, char *text)
{
	char *save = NULL;

	l->text = text;
	l->n = 0;
	for (char *p = text ? strtok_r(text, "\n", &save) : NULL; p && l->n < 256; p = strtok_r(NULL, "\n", &save))
		if (strcmp(p, "#") && strcmp(p, "return"))
			l->line[l->n++] = p;
}

/* The view line that line @i stands under: NULL if it is at the top. */
static const char *above(const struct lines *l, size_t i)
{
	if (l->line[i][0] != ' ')
		return NULL;
	while (i && l->line[i][0] == ' ')
		i--;
	return l->line[i];
}

static bool same_place(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool has_line(const struct lines *l, const char *view, const char *line)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->line[i], line) && same_place(above(l, i), view))
			return true;
	return false;
}

/* Octets of a line that say which command it is: its first word, or two where the first is a family. */
static size_t stem(const char *line)
{
	static const char *const family[] = { "mpls", "ip" };
	size_t at = strspn(line, " "), len = strcspn(line + at, " "), end = at + len;

	for (size_t i = 0; i < N_OF(family); i++)
		if (len == strlen(family[i]) && !strncmp(line + at, family[i], len) && line[end])
			return end + 1 + strcspn(line + end + 1, " ");
	return end;
}

static bool is_replaced(const struct lines *before, const struct lines *after, const char *view, const char *line)
{
	size_t n = stem(line);

	for (size_t i = 0; i < after->n; i++)
		if (!strncmp(after->line[i], line, n) && stem(after->line[i]) == n &&
		    same_place(above(after, i), view) && !has_line(before, view, after->line[i]))
			return true;
	return false;
}

/* ---- printing ------------------------------------------------------------------------------------------- */

struct printer {
	struct text *t;
	const char *view;		/* printed last, NULL = top */
	bool any;
};

static void put_line(struct printer *p, const char *view, const char *undo, const char *line)
{
	size_t indent = strspn(line, " ");

	if (!p->any || !same_place(p->view, view)) {
		text_puts(p->t, "#\n");
		if (view)
			text_printf(p->t, "%s\n", view);
	}
	text_printf(p->t, "%.*s%s%s\n", (int)indent, line, undo, line + indent);
	p->any = true;
	p->view = view ? view : indent ? NULL : line;	/* lines of a view may follow its own line */
}

static void print_change(struct text *t, struct lines *before, struct lines *after)
{
	struct printer p = { .t = t };

	for (size_t i = 0; i < after->n; i++)
		if (!has_line(before, above(after, i), after->line[i]))
			put_line(&p, above(after, i), "", after->line[i]);
	for (size_t i = 0; i < before->n; i++) {
		const char *view = above(before, i), *line = before->line[i];
		if (has_line(after, view, line) || is_replaced(before, after, view, line) ||
		    (view && !has_line(after, NULL, view)))
			continue;		/* there, replaced, or gone with its view */
		put_line(&p, view, "undo ", line);
	}
}

static char *render_one(const struct change *c, const void *obj)
{
	int err = 0;
	struct trie *t = obj ? trie_set(NULL, c->key, c->len, obj, &err) : NULL;
	char *text = err ? NULL : cfg_render(t, NULL);

	ref_put(t);
	return text;
}

static bool candidate_step(struct session *s, void *state)
{
	struct candidate *c = state;
	static struct lines before, after;	/* single-threaded, and large */

	for (int i = 0; i < 16 && c->at < c->n; i++, c->at++) {
		cut_lines(&before, render_one(&c->v[c->at], c->v[c->at].old));
		cut_lines(&after, render_one(&c->v[c->at], c->v[c->at].now));
		print_change(&s->body, &before, &after);
		free(before.text);
		free(after.text);
	}
	if (c->at < c->n)
		return true;
	if (c->n)
		say(s, "#\n");
	return false;
}

static void candidate_end(void *state)
{
	struct candidate *c = state;

	ref_put(c->before);
	ref_put(c->after);
	free(c->v);
	free(c);
}

static int take_change(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct candidate *c = arg;

	if (key[0] >= OBJ__N || key[0] == OBJ_INERT || len > sizeof(c->v->key))
		return 0;			/* indexes, and lines that do nothing */
	if (c->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 16;
		void *v = realloc(c->v, cap * sizeof(*c->v));
		if (!v)
			return -1;
		c->v = v;
		c->cap = cap;
	}
	c->v[c->n] = (struct change){ .len = len, .old = old, .now = now };
	memcpy(c->v[c->n++].key, key, len);
	return 0;
}

void display_candidate(struct session *s, const struct args *a)
{
	struct candidate *c = calloc(1, sizeof(*c));
	(void)a;

	if (c) {
		c->before = ref_get(cfg_running(s->e->cfg));
		c->after = ref_get(cfg_candidate(s->cfg));
	}
	if (!c || trie_diff(c->before, c->after, take_change, c)) {
		if (c)
			candidate_end(c);
		say_error(s, "Not enough memory for this output.");
		return;
	}
	session_job(s, candidate_step, candidate_end, c);
}
