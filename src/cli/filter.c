/* SPDX-License-Identifier: BSD-2-Clause */
/* filter.c: output filters, POSIX extended regular expressions; see filter.h. */
#include "cli/filter.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum stage_kind { ST_INCLUDE, ST_EXCLUDE, ST_BEGIN, ST_COUNT, ST_NO_MORE, ST__N };

static const struct {
	const char *word;
	bool expression;
} stage_row[ST__N] = {
	[ST_INCLUDE]	= { "include", true },
	[ST_EXCLUDE]	= { "exclude", true },
	[ST_BEGIN]	= { "begin", true },
	[ST_COUNT]	= { "count", false },
	[ST_NO_MORE]	= { "no-more", false },
};

struct stage {
	enum stage_kind kind;
	regex_t re;
	bool compiled, begun;
	unsigned long count;
};

struct filter {
	void (*print)(void *arg, const char *line, size_t len);
	void *arg;
	struct text line;		/* not ended yet */
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

struct spec {			/* one stage as typed */
	enum stage_kind kind;
	size_t at;		/* of its word */
	size_t re, re_len;	/* of its expression */
};

static enum stage_kind stage_word(const char *w, size_t len)
{
	enum stage_kind found = ST__N;

	for (int k = 0; k < ST__N; k++) {
		if (len && len <= strlen(stage_row[k].word) && !strncasecmp(stage_row[k].word, w, len))
			found = found == ST__N ? (enum stage_kind)k : ST__N;	/* no two begin alike */
	}
	return found;
}

static size_t skip_blank(const char *s, size_t at)
{
	while (isblank((unsigned char)s[at]))
		at++;
	return at;
}

/* Reads the stage whose '|' is at *at and moves behind it. */
static enum filter_err stage_read(const char *s, size_t *at, struct spec *sp)
{
	size_t i = skip_blank(s, *at + 1), end;

	sp->at = i;
	for (end = i; s[end] && s[end] != '|' && !isblank((unsigned char)s[end]); end++)
		;
	if (end == i)
		return FILTER_MISSING;
	sp->kind = stage_word(s + i, end - i);
	if (sp->kind == ST__N)
		return FILTER_WORD;
	i = skip_blank(s, end);
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
	if (stage_row[sp->kind].expression)
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

static void filter_free(struct filter *f)
{
	for (int i = 0; i < f->n; i++)
		if (f->stage[i].compiled)
			regfree(&f->stage[i].re);
	text_free(&f->line);
	free(f);
}

/* Adds a stage; 0 or an error of regcomp(), told in @why. */
static int stage_add(struct filter *f, const char *stages, const struct spec *sp, char why[256])
{
	struct stage *st = &f->stage[f->n];
	char *re;
	int err;

	st->kind = sp->kind;
	f->n++;
	if (!stage_row[sp->kind].expression)
		return 0;
	re = strndup(stages + sp->re, sp->re_len);
	if (!re)
		return REG_ESPACE;
	err = regcomp(&st->re, re, REG_EXTENDED | REG_NOSUB);
	st->compiled = !err;
	if (err) {
		char text[128];
		regerror(err, &st->re, text, sizeof(text));
		snprintf(why, 256, "The expression %.90s cannot be used: %s.", re, text);
	}
	free(re);
	return err;
}

struct filter *filter_new(const char *stages, void (*print)(void *arg, const char *line, size_t len), void *arg,
			  char why[256])
{
	struct filter *f = calloc(1, sizeof(*f));
	size_t at = 0;

	snprintf(why, 256, "The output filter cannot be used.");
	if (!f)
		return NULL;
	f->print = print;
	f->arg = arg;
	while (stages[at]) {
		struct spec sp;
		if (f->n == FILTER_STAGES || stage_read(stages, &at, &sp) || stage_add(f, stages, &sp, why)) {
			filter_free(f);
			return NULL;
		}
	}
	return f;
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
	case ST_NO_MORE:
	case ST__N:
		break;
	}
	return true;
}

static void line_from(struct filter *f, int stage, char *line, size_t len, bool newline)
{
	for (int i = stage; i < f->n; i++)
		if (!stage_pass(&f->stage[i], line))
			return;
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
		if (f->stage[i].kind != ST_COUNT)
			continue;
		int n = snprintf(count, sizeof(count), "Total lines: %lu.", f->stage[i].count);
		line_from(f, i + 1, count, (size_t)n, true);
	}
	filter_free(f);
}
