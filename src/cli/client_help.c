/* SPDX-License-Identifier: BSD-2-Clause */
/* client_help.c: the engine's items of help, one by one or laid out for a terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/client.h"

#define GAP 2				/* blanks before and between columns */

bool client_items(struct client *c, const char *line,
		  void (*fn)(void *arg, char kind, const char *word, const char *help), void *arg)
{
	bool ok;

	text_free(&c->items);
	ok = client_ask(c, CLI_HELP, line);
	for (char *p = c->items.v, *end; p && *p; p = end + 1) {
		char *help = strchr(p, '\t');
		end = strchr(p, '\n');
		if (!end || !help || help > end)
			break;
		*help = *end = '\0';
		fn(arg, *p, p + 1, help + 1);
	}
	text_free(&c->items);
	return ok;
}

struct layout {
	size_t words, values;
	size_t widest;			/* columns of the longest word */
	struct text lines;		/* "word\thelp\n" */
	bool wrong;			/* the line is, at this offset; lines is the error */
	size_t wrong_at;
};

static void gather(void *arg, char kind, const char *word, const char *help)
{
	struct layout *l = arg;
	size_t n = columns(word, strlen(word));

	if (kind == CLI_ITEM_WRONG) {
		l->wrong = true;
		l->wrong_at = strtoul(word, NULL, 10);
		text_printf(&l->lines, "%s\n", help);
		return;
	}
	*(kind == CLI_ITEM_WORD ? &l->words : &l->values) += 1;
	if (n > l->widest)
		l->widest = n;
	if (kind == CLI_ITEM_END && !*help)
		help = "Press Enter to run the command";
	text_printf(&l->lines, "%s\t%s\n", word, help);
}

/* All that may come next, a line each. */
static void lay_list(const struct layout *l, struct text *out)
{
	for (const char *p = l->lines.v; p && *p; p = strchr(p, '\n') + 1) {
		const char *help = strchr(p, '\t') + 1;
		int len = (int)(help - 1 - p), pad = (int)(l->widest - columns(p, (size_t)len)) + GAP;
		if (*help == '\n')
			text_printf(out, "%*s%.*s\n", GAP, "", len, p);
		else
			text_printf(out, "%*s%.*s%*s%.*s\n", GAP, "", len, p, pad, "", (int)strcspn(help, "\n"), help);
	}
}

/* The words that the letters begin, side by side. */
static void lay_columns(const struct layout *l, struct text *out)
{
	unsigned int rows, width;
	size_t a_row, n = 0;

	tty_size(&rows, &width);
	a_row = width / (l->widest + GAP);
	for (const char *p = l->lines.v; p && *p; p = strchr(p, '\n') + 1) {
		size_t len = strcspn(p, "\t");
		bool last = ++n == l->words || a_row <= 1 || n % a_row == 0;
		text_printf(out, "%*s%.*s%*s%s", GAP, "", (int)len, p, last ? 0 : (int)(l->widest - len), "",
			    last ? "\n" : "");
	}
}

bool client_help(struct client *c, const char *line)
{
	struct layout l = { 0 };
	struct text out = { 0 };
	bool ok = client_items(c, line, gather, &l);
	bool letters = *line && line[strlen(line) - 1] != ' ' && line[strlen(line) - 1] != '\t';

	if (l.wrong) {
		print_caret(c, line, l.wrong_at);
		text_add(&out, l.lines.v, l.lines.len);
	} else if (letters && !l.values) {
		lay_columns(&l, &out);
	} else {
		lay_list(&l, &out);
	}
	page_begin(c);
	page_put(c, out.v, out.len);
	page_end(c);
	text_free(&l.lines);
	text_free(&out);
	return ok;
}
