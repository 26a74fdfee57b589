/* SPDX-License-Identifier: BSD-2-Clause */
/* help.c: what may follow the text before the cursor: of a command, or of the filter behind a display. */
#include <string.h>

#include "cli/filter.h"
#include "cli/proto.h"
#include "cli/session.h"

static void command_item(void *arg, const char *word, const char *help, enum cfg_help kind)
{
	static const char of[] = {
		[CFG_HELP_WORD] = CLI_ITEM_WORD, [CFG_HELP_VALUE] = CLI_ITEM_VALUE, [CFG_HELP_END] = CLI_ITEM_END,
	};
	session_item(arg, of[kind], word, help ? help : "");
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

void help_line(struct session *s, const char *line)
{
	size_t at = is_display(line) ? filter_at(line) : strlen(line);

	if (line[at])
		filter_help(line + at, filter_item, s);
	else
		cfg_help(s->cfg, line, command_item, s);
}
