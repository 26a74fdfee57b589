/* SPDX-License-Identifier: BSD-2-Clause */
/* filter.c: output filters; see filter.h. */
#include "cli/filter.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum stage_kind { ST_INCLUDE, ST_EXCLUDE, ST_BEGIN, ST_COUNT, ST_NO_MORE, ST_SECTION, ST_IGNORE_CASE, ST__N, ST_MANY };

enum {
	W_RE = 1,		/* an expression follows */
	W_SECTION = 2,		/* may stand behind "section" */
	W_ALONE = 4,		/* may end a stage */
	W_FRONT = 8,		/* another word of the stage may follow */
};

static const struct {
	const char *word;
	unsigned int is;
	const char *help;
} stage_row[ST__N] = {
	[ST_INCLUDE]	 = { "include", W_RE | W_SECTION, "Print the lines that match" },
	[ST_EXCLUDE]	 = { "exclude", W_RE | W_SECTION, "Print the lines that do not match" },
	[ST_BEGIN]	 = { "begin", W_RE, "Print from the first line that matches" },
	[ST_COUNT]	 = { "count", W_ALONE, "Print only the number of lines" },
	[ST_NO_MORE]	 = { "no-more", W_ALONE, "Print without stopping at each page" },
	[ST_SECTION]	 = { "section", W_FRONT, "Choose whole blocks, not lines" },
	[ST_IGNORE_CASE] = { "ignore-case", W_ALONE | W_FRONT, "Upper and lower case match each other" },
};

struct stage {
	enum stage_kind kind;
	bool section;
	regex_t re;
	bool compiled, begun;
	unsigned long count;
	struct text held;		/* section: its lines so far, a newline behind each */
	bool hit, marked;		/* section: a line matched; its first line is "#" */
};

struct filter {
	void (*print)(void *arg, const char *line, size_t len);
	void *arg;
	struct text line;		/* not ended yet */
	bool ignore_case;		/* in the stages to come */
	int n;
	struct stage stage[FILTER_STAGES];
};

size_t filter_at(const char *line)
{
	bool quoted = false;
	size_t i;

	for (i = 0; line[i]; i++) {
		if (line[i] == '"')
			quoted = !quoted;
		else if (line[i] == '|' && !quoted && (i == 0 || isblank((unsigned char)line[i - 1])))
			return i;
	}
	return i;
}

/* ---- reading ---------------------------------------------------------------------------------------- */

struct spec {			/* one stage as typed */
	enum stage_kind kind;	/* ST__N: no word of it was read */
	bool section, ignore_case;
	size_t at;		/* of its last word */
	size_t re, re_len;	/* of its expression */
};

static bool word_may(enum stage_kind k, const struct spec *sp)
{
	if (sp->section)
		return stage_row[k].is & W_SECTION;
	return !sp->ignore_case || stage_row[k].is & (W_RE | W_FRONT);
}

static enum stage_kind stage_word(const char *w, size_t len, const struct spec *sp)
{
	enum stage_kind found = ST__N;

	for (int k = 0; k < ST__N; k++) {
		if (!word_may((enum stage_kind)k, sp) || strncasecmp(stage_row[k].word, w, len))
			continue;
		if (!stage_row[k].word[len])
			return (enum stage_kind)k;
		found = found == ST__N ? (enum stage_kind)k : ST_MANY;
	}
	return found;
}

static size_t skip_blank(const char *s, size_t at)
{
	while (isblank((unsigned char)s[at]))
		at++;
	return at;
}

static size_t word_len(const char *s, size_t at)
{
	size_t end = at;

	while (s[end] && s[end] != '|' && !isblank((unsigned char)s[end]))
		end++;
	return end - at;
}

/* Reads the words of a stage from @at on; where they end. */
static enum filter_err words_read(const char *s, size_t *at, struct spec *sp)
{
	*sp = (struct spec){ .kind = ST__N };
	for (;;) {
		size_t i = skip_blank(s, *at), len = word_len(s, i);
		if (!len && sp->kind != ST__N && stage_row[sp->kind].is & W_ALONE)
			return FILTER_OK;
		sp->at = i;
		if (!len)
			return FILTER_MISSING;
		enum stage_kind k = stage_word(s + i, len, sp);
		if (k == ST__N || k == ST_MANY)
			return k == ST__N ? FILTER_WORD : FILTER_AMBIGUOUS;
		sp->kind = k;
		sp->section |= k == ST_SECTION;
		sp->ignore_case |= k == ST_IGNORE_CASE;
		*at = i + len;
		if (!(stage_row[k].is & W_FRONT))
			return FILTER_OK;
	}
}

/* Reads the stage whose '|' is at *at and moves behind it. */
static enum filter_err stage_read(const char *s, size_t *at, struct spec *sp)
{
	size_t i = *at + 1, end;
	enum filter_err err = words_read(s, &i, sp);

	if (err)
		return err;
	i = skip_blank(s, i);
	end = i + filter_at(s + i);
	*at = end;
	while (end > i && isblank((unsigned char)s[end - 1]))
		end--;
	if (end - i >= 2 && s[i] == '"' && s[end - 1] == '"') {
		i++;
		end--;
	}
	sp->re = i;
	sp->re_len = end - i;
	if (stage_row[sp->kind].is & W_RE)
		return sp->re_len ? FILTER_OK : FILTER_MISSING;
	sp->at = i;
	return sp->re_len ? FILTER_WORD : FILTER_OK;
}

enum filter_err filter_check(const char *stages, size_t *column)
{
	size_t at = 0;

	for (int n = 0; stages[at]; n++) {
		struct spec sp;
		enum filter_err err = n == FILTER_STAGES ? FILTER_MANY : stage_read(stages, &at, &sp);
		if (err) {
			*column = err == FILTER_MANY ? at : sp.at;
			if (err == FILTER_MISSING)
				*column = strlen(stages);
			return err;
		}
	}
	return FILTER_OK;
}

void filter_help(const char *stages, void (*fn)(void *arg, const char *word, const char *help), void *arg)
{
	size_t last = 0, i, len;
	struct spec sp;

	for (size_t next; stages[next = last + 1 + filter_at(stages + last + 1)]; last = next)
		;
	i = last + 1;
	enum filter_err err = words_read(stages, &i, &sp);
	len = word_len(stages, sp.at);
	if (len && !stages[sp.at + len]) {	/* letters: what they begin */
		struct spec before = sp;
		if (!err) {			/* the last word counts as unfinished */
			before.section &= sp.kind != ST_SECTION;
			before.ignore_case &= sp.kind != ST_IGNORE_CASE;
		}
		for (int k = 0; k < ST__N; k++)
			if (word_may((enum stage_kind)k, &before) && !strncasecmp(stage_row[k].word, stages + sp.at, len))
				fn(arg, stage_row[k].word, stage_row[k].help);
		return;
	}
	if (err == FILTER_MISSING || (!err && stage_row[sp.kind].is & W_FRONT))
		for (int k = 0; k < ST__N; k++)
			if (word_may((enum stage_kind)k, &sp))
				fn(arg, stage_row[k].word, stage_row[k].help);
	if (err)
		return;
	bool more = stages[skip_blank(stages, i)];
	if (stage_row[sp.kind].is & W_RE && !more) {
		fn(arg, "STRING<1-3000>", "Regular expression");
	} else if (stage_row[sp.kind].is & W_RE || !more) {
		fn(arg, "|", "Another filter behind this one");
		fn(arg, "<cr>", "");
	}
}

/* ---- making ------------------------------------------------------------------------------------------- */

static void filter_free(struct filter *f)
{
	for (int i = 0; i < f->n; i++) {
		if (f->stage[i].compiled)
			regfree(&f->stage[i].re);
		text_free(&f->stage[i].held);
	}
	text_free(&f->line);
	free(f);
}

/* The length of the bracket expression at @re. */
static size_t bracket(const char *re)
{
	size_t i = 1;

	i += re[i] == '^';
	i += re[i] == ']';
	while (re[i] && re[i] != ']') {
		const char *end = NULL;
		if (re[i] == '[' && re[i + 1] && strchr(":.=", re[i + 1]))
			end = strstr(re + i + 2, (char[]){ re[i + 1], ']', '\0' });
		i = end ? (size_t)(end - re) + 2 : i + 1;
	}
	return re[i] ? i + 1 : i;
}

/* The expression with a backslash before what stands for itself by its place. */
static char *translate(const char *re)
{
	struct text t = { 0 };
	bool start = true;			/* of the expression or of a branch */

	for (size_t i = 0, n; re[i]; i += n) {
		bool end = !re[i + 1] || strchr("|)", re[i + 1]);
		n = re[i] == '\\' && re[i + 1] ? 2 : re[i] == '[' ? bracket(re + i) : 1;
		if ((start && strchr("*+", re[i])) || (!start && re[i] == '^') || (!end && re[i] == '$'))
			text_puts(&t, "\\");
		text_add(&t, re + i, n);
		start = n == 1 && (re[i] == '(' || re[i] == '|' || (start && re[i] == '^'));
	}
	return text_take(&t);
}

/* Compiles @re for stage @st; 0 or an error of regcomp(), told in @why. */
static int compile(struct stage *st, const char *re, bool ignore_case, char why[256])
{
	char *ours = translate(re), text[128];
	int err;

	if (!ours)
		return REG_ESPACE;
	err = regcomp(&st->re, ours, REG_EXTENDED | REG_NOSUB | (ignore_case ? REG_ICASE : 0));
	free(ours);
	st->compiled = !err;
	if (err) {
		regerror(err, &st->re, text, sizeof(text));
		snprintf(why, 256, "The expression %.90s cannot be used: %s.", re, text);
	}
	return err;
}

static int stage_add(struct filter *f, const char *stages, const struct spec *sp, char why[256])
{
	struct stage *st = &f->stage[f->n++];
	char *re;
	int err;

	st->kind = sp->kind;
	st->section = sp->section;
	f->ignore_case |= sp->kind == ST_IGNORE_CASE;
	if (!(stage_row[sp->kind].is & W_RE))
		return 0;
	re = strndup(stages + sp->re, sp->re_len);
	if (!re)
		return REG_ESPACE;
	err = compile(st, re, sp->ignore_case || f->ignore_case, why);
	free(re);
	return err;
}

static struct filter *filter_empty(void (*print)(void *arg, const char *line, size_t len), void *arg, char why[256])
{
	struct filter *f = calloc(1, sizeof(*f));

	snprintf(why, 256, "The output filter cannot be used.");
	if (f) {
		f->print = print;
		f->arg = arg;
	}
	return f;
}

struct filter *filter_new(const char *stages, void (*print)(void *arg, const char *line, size_t len), void *arg,
			  char why[256])
{
	struct filter *f = filter_empty(print, arg, why);
	size_t at = 0;

	while (f && stages[at]) {
		struct spec sp;
		if (f->n == FILTER_STAGES || stage_read(stages, &at, &sp) || stage_add(f, stages, &sp, why)) {
			filter_free(f);
			return NULL;
		}
	}
	return f;
}

struct filter *filter_sign(char sign, const char *re, void (*print)(void *arg, const char *line, size_t len),
			   void *arg, char why[256])
{
	struct filter *f = filter_empty(print, arg, why);

	if (!f)
		return NULL;
	f->n = 1;
	f->stage[0].kind = sign == '+' ? ST_INCLUDE : sign == '-' ? ST_EXCLUDE : ST_BEGIN;
	if (!compile(&f->stage[0], re, false, why))
		return f;
	filter_free(f);
	return NULL;
}

bool filter_no_more(const struct filter *f)
{
	for (int i = 0; i < f->n; i++)
		if (f->stage[i].kind == ST_NO_MORE)
			return true;
	return false;
}

/* ---- lines ---------------------------------------------------------------------------------------------- */

static void line_from(struct filter *f, int stage, char *line, size_t len, bool newline);

/* The section that was held goes on to the next stage, or not. */
static void section_end(struct filter *f, int stage)
{
	struct stage *st = &f->stage[stage];
	struct text held = st->held;

	st->held = (struct text){ 0 };
	if (!held.failed && st->hit == (st->kind == ST_INCLUDE)) {
		for (char *p = held.v, *nl; p && *p; p = nl + 1) {
			nl = strchr(p, '\n');
			*nl = '\0';
			line_from(f, stage + 1, p, (size_t)(nl - p), true);
		}
	}
	st->hit = false;
	text_free(&held);
}

/* Configuration text: what lies between two lines "#", the first one included. Any other: a line that is not
 * indented and those behind it that are. */
static void section_line(struct filter *f, int stage, const char *line, size_t len)
{
	struct stage *st = &f->stage[stage];
	bool mark = !strcmp(line, "#");

	if (mark || (!st->marked && *line && !isblank((unsigned char)*line))) {
		section_end(f, stage);
		st->marked = mark;
	}
	text_add(&st->held, line, len);
	text_puts(&st->held, "\n");
	st->hit |= !regexec(&st->re, line, 0, NULL, 0);
}

/* true: the line goes on to the next stage */
static bool stage_pass(struct stage *st, const char *line)
{
	switch (st->kind) {
	case ST_INCLUDE:
		return !regexec(&st->re, line, 0, NULL, 0);
	case ST_EXCLUDE:
		return !!regexec(&st->re, line, 0, NULL, 0);
	case ST_BEGIN:
		return st->begun = st->begun || !regexec(&st->re, line, 0, NULL, 0);
	case ST_COUNT:
		st->count++;
		return false;
	default:
		return true;
	}
}

static void line_from(struct filter *f, int stage, char *line, size_t len, bool newline)
{
	for (int i = stage; i < f->n; i++) {
		if (f->stage[i].section) {
			section_line(f, i, line, len);
			return;
		}
		if (!stage_pass(&f->stage[i], line))
			return;
	}
	line[len] = newline ? '\n' : '\0';
	f->print(f->arg, line, len + newline);
}

static void line_end(struct filter *f, bool newline)
{
	text_add(&f->line, "\n", 1);		/* room for the newline to come, and v is never NULL */
	if (!f->line.failed) {
		f->line.v[--f->line.len] = '\0';
		line_from(f, 0, f->line.v, f->line.len, newline);
	}
	f->line.len = 0;
}

void filter_put(struct filter *f, const char *text, size_t len)
{
	while (len) {
		const char *nl = memchr(text, '\n', len);
		size_t n = nl ? (size_t)(nl - text) : len;
		text_add(&f->line, text, n);
		if (nl)
			line_end(f, true);
		n += nl ? 1 : 0;
		text += n;
		len -= n;
	}
}

void filter_end(struct filter *f)
{
	if (f->line.len)
		line_end(f, false);
	for (int i = 0; i < f->n; i++) {
		char count[48];
		if (f->stage[i].section)
			section_end(f, i);
		if (f->stage[i].kind != ST_COUNT)
			continue;
		int n = snprintf(count, sizeof(count), "Total lines: %lu.", f->stage[i].count);
		line_from(f, i + 1, count, (size_t)n, true);
	}
	filter_free(f);
}
