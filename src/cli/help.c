/* SPDX-License-Identifier: BSD-2-Clause */
/* help.c: what may follow the text before the cursor: of a command, or of the filter behind a display. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cfg/parse.h"
#include "cli/filter.h"
#include "cli/proto.h"
#include "cli/session.h"

struct asked {
	struct session *s;
	bool display;
};

static void command_item(void *arg, const char *word, const char *help, enum cfg_help kind)
{
	static const char of[] = {
		[CFG_HELP_WORD] = CLI_ITEM_WORD, [CFG_HELP_VALUE] = CLI_ITEM_VALUE, [CFG_HELP_END] = CLI_ITEM_END,
	};
	const struct asked *a = arg;

	if (kind == CFG_HELP_END && a->display)
		session_item(a->s, CLI_ITEM_VALUE, "|", "Filter the output");
	session_item(a->s, of[kind], word, help ? help : "");
}

static void filter_item(void *arg, const char *word, const char *help)
{
	char kind = *word == '<' ? CLI_ITEM_END : *word >= 'a' && *word <= 'z' ? CLI_ITEM_WORD : CLI_ITEM_VALUE;

	session_item(arg, kind, word, help);
}

/* Only a display has filters; an abbreviation is enough, as for the command itself. */
static bool is_display(const char *line)
{
	const char *word = line + strspn(line, " \t");
	size_t len = strcspn(word, " \t");

	return len >= 2 && !strncasecmp(word, "display", len);
}

/* Where the command begins that `run` carries out in the user view; 0: it is not run. */
static size_t behind_run(const char *line)
{
	struct token t;

	if (!parse_tokens(line, &t, 1) || t.len < 2 || t.len > 3 || strncasecmp("run", line + t.at, t.len))
		return 0;
	return strchr(" \t", line[t.at + t.len]) && line[t.at + t.len] ? t.at + t.len + 1 : 0;
}

/* No word or value goes on from here: then the line is wrong so far, and where. @run: as in help_line(). */
static void wrong_item(struct session *s, const char *line, size_t run)
{
	struct parsed *p = malloc(sizeof(*p));
	struct cfg_answer a = { .verdict = CFG_OK };
	char text[sizeof(a.text)], at[24];

	if (p)
		a = cfg_read(run ? NULL : s->cfg, line + run, p);
	free(p);
	if (a.verdict == CFG_OK || a.verdict == CFG_INCOMPLETE || a.verdict == CFG_NOMEM)
		return;
	snprintf(at, sizeof(at), "%zu", a.column + run);
	cfg_answer_text(&a, text, sizeof(text));
	session_item(s, CLI_ITEM_WRONG, at, text);
}

void help_line(struct session *s, const char *whole)
{
	const char *line = whole;
	size_t run = s->cfg ? behind_run(line) : 0, at;
	struct asked a = { s, is_display(line + run) };

	line += run;
	at = a.display ? filter_at(line) : strlen(line);
	if (line[at])
		filter_help(line + at, filter_item, s);
	else
		cfg_help(run ? NULL : s->cfg, line, command_item, &a);
	if (!s->items.len && !line[at])
		wrong_item(s, whole, run);
}
