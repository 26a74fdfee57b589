/* SPDX-License-Identifier: BSD-2-Clause */
/* client_lines.c: lines of a script, of standard input, of a terminal without an editor, or of the editor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/client.h"

static const char *script_line(struct client *c)
{
	const char *s = c->script.v ? c->script.v + c->script_at : "";
	size_t len = strcspn(s, "\n");

	if (c->script_at >= c->script.len)
		return NULL;
	c->script_at += len + 1;
	free(c->line);
	c->line = strndup(s, len);
	c->line_cap = 0;
	return c->line;
}

static const char *input_line(struct client *c)
{
	if (getline(&c->line, &c->line_cap, stdin) < 0)
		return NULL;
	c->line[strcspn(c->line, "\r\n")] = '\0';
	return c->line;
}

/* The terminal edits and echoes the line itself; we only watch the engine meanwhile. */
static bool terminal_octets(struct client *c, struct text *line, bool *dropped)
{
	for (;;) {
		int k = tty_octet(c, -1, true);
		char octet = (char)k;
		if (k == '\n' || k == TTY_INTERRUPT) {
			*dropped = k == TTY_INTERRUPT;
			return true;
		}
		if (k == TTY_RESIZED || (k == TTY_ENGINE && client_news(c)))
			continue;
		if (k < 0)
			return k == TTY_END && line->len;	/* the last line has no end */
		text_add(line, &octet, k != '\r' && k != 0);
	}
}

static const char *terminal_line(struct client *c, const char *prompt, bool *dropped)
{
	struct text line = { 0 };
	bool any;

	fputs(prompt, stdout);
	fflush(stdout);
	any = terminal_octets(c, &line, dropped);
	if (!any || *dropped)
		puts("");
	free(c->line);
	c->line = any && !*dropped ? text_take(&line) : strdup("");
	c->line_cap = 0;
	text_free(&line);
	return any ? c->line : NULL;
}

const char *line_next(struct client *c, const char *prompt, bool question, bool *dropped)
{
	*dropped = c->by_key = false;
	switch (c->from) {
	case FROM_SCRIPT:
		return script_line(c);
	case FROM_INPUT:
		return input_line(c);
	case FROM_TERMINAL:
		return terminal_line(c, prompt, dropped);
	case FROM_EDITOR:
		break;
	}
	return edit_line(c, prompt, question, dropped);
}
