/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * commands.c: the way of a line, to a row of rows.c or to the configuration, and what the rows do that
 * are no displays.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cli/display.h"
#include "cli/do_commit.h"
#include "cli/filter.h"
#include "cli/proto.h"
#include "cli/rows.h"

/* Words people bring from other systems. */
#define MAIN_WORDS "display / quit / system-view"
static const struct { const char *word; size_t least; const char *here; } foreign[] = {	/* @least letters typed */
	{ "show", 2, MAIN_WORDS }, { "exit", 2, MAIN_WORDS }, { "configure", 4, MAIN_WORDS }, { "enable", 2, MAIN_WORDS },
	{ "end", 3, "return" }, { "no", 2, "undo" }, { "write", 2, "save" }, { "logout", 4, "quit" }, { "do", 2, "run" },
};

/* ---- the way of a line --------------------------------------------------------------------------------- */

/* false: the first word is none of them. */
static bool hint(struct session *s, const char *line)
{
	const char *word = line + strspn(line, " \t");
	size_t len = strcspn(word, " \t");

	for (size_t i = 0; i < N_OF(foreign); i++)
		if (len >= foreign[i].least && !strncasecmp(word, foreign[i].word, len)) {
			say(s, "Info: in VRP: %s\n", foreign[i].here);
			return true;
		}
	return false;
}

static void syntax_error(struct session *s, const char *line, const struct cfg_answer *a)
{
	char text[sizeof(a->text)];

	session_caret(s, a->column);
	cfg_answer_text(a, text, sizeof(text));
	say_error(s, "%s", text + strlen("Error: "));
	if (a->verdict != CFG_UNRECOGNIZED || (a->column == strspn(line, " \t") && hint(s, line)))
		return;			/* "sh" is meant as show, though a view has a shutdown */
	if (a->text[0])
		say(s, "Info: %s.\n", a->text);
}

static void refuse(struct session *s, const char *line, const struct cfg_answer *a)
{
	if (a->verdict == CFG_KNOWN || a->verdict == CFG_REFUSED)
		say_error(s, "%s", a->text);
	else if (a->verdict == CFG_NOMEM)
		say_error(s, "Not enough memory.");
	else
		syntax_error(s, line, a);
}

static void leave_configuration(struct session *s)
{
	cfg_session_free(s->cfg);
	s->cfg = NULL;
}

static const struct cli_action *action_of(const struct parsed *p)
{
	return p->cmd && p->cmd->in ? p->cmd->act : NULL;
}

/* @line of the configuration, as it was understood. */
static void configure(struct session *s, const char *line, const struct parsed *p)
{
	struct cfg_answer a = cfg_carry_out(s->cfg, line, p);

	if (a.verdict != CFG_OK)
		refuse(s, line, &a);
	else if (a.text[0])
		say(s, "%s\n", a.text);
}

/* Does the line begin with the word display, which lets a filter stand behind it? */
static bool displays(const char *line)
{
	struct token t;

	return parse_tokens(line, &t, 1) && !strncasecmp("display", line + t.at, t.len);
}

/* The filter at @line + @at is checked and kept for the output; false: an error was told. */
static bool take_filter(struct session *s, const char *line, size_t at)
{
	static const enum cfg_verdict verdict[] = {
		[FILTER_WORD] = CFG_UNRECOGNIZED, [FILTER_MISSING] = CFG_INCOMPLETE, [FILTER_MANY] = CFG_TOO_MANY,
		[FILTER_AMBIGUOUS] = CFG_AMBIGUOUS,
	};
	struct cfg_answer a = { .verdict = CFG_OK };
	enum filter_err err = line[at] ? filter_check(line + at, &a.column) : FILTER_OK;

	if (err) {
		a.verdict = verdict[err];
		a.column += at;
		syntax_error(s, line, &a);
	} else if (line[at]) {
		session_filter(s, line + at);
	}
	return !err;
}

/* What begins at @line + @from, typed in @where, is understood and carried out. @line is written to and restored. */
static void take_line(struct session *s, const struct cfg_session *where, char *line, size_t from)
{
	size_t at = from + (displays(line + from) ? filter_at(line + from) : strlen(line + from));
	char filter = line[at];
	struct parsed *p = malloc(sizeof(*p));
	struct args *args = malloc(sizeof(*args));
	struct cfg_answer a = { .verdict = CFG_NOMEM };

	if (p && args) {
		line[at] = '\0';
		a = cfg_read(where, line + from, p);
		line[at] = filter;
		a.column += from;
	}
	if (a.verdict != CFG_OK)
		refuse(s, line, &a);
	else if (!action_of(p))
		configure(s, line + from, p);
	else if (!args_fill(args, p, line))
		say_error(s, "The line is too long.");
	else if (take_filter(s, line, at))
		action_of(p)->run(s, args);
	free(p);
	free(args);
}

void command_line(struct session *s, const char *typed)
{
	char line[CLI_IN_MAX + 1];
	struct token t[2];
	size_t n = parse_tokens(typed, t, 2);

	if (n && typed[t[0].at] == '#') {	/* a comment; alone the end of a block, as in a file */
		if (n == 1 && t[0].len == 1 && s->cfg)
			cfg_line(s->cfg, "#");
	} else if (n) {
		snprintf(line, sizeof(line), "%s", typed);
		take_line(s, s->cfg, line, 0);
	}
}

void do_run(struct session *s, const struct args *a)
{
	char line[CLI_IN_MAX + 1];
	struct parsed p;

	snprintf(line, sizeof(line), "%s", a->line);
	if (cfg_read(NULL, arg_text(a, "<command>"), &p).verdict == CFG_OK && action_of(&p) && action_of(&p)->own_view)
		say_error(s, "This command cannot be used with run.");
	else
		take_line(s, NULL, line, arg_column(a, "<command>"));
}

/* ---- views ------------------------------------------------------------------------------------------------- */

void do_system_view(struct session *s, const struct args *a)
{
	(void)a;
	s->cfg = cfg_session_new(s->e->cfg);
	if (!s->cfg) {
		say_error(s, "Not enough memory.");
		return;
	}
	cfg_forward(s->cfg, s->upper_view);
	say(s, "Enter system view, return user view with return command.\n");
}

void do_forward(struct session *s, const struct args *a)
{
	s->upper_view = !arg_text(a, "undo");
	if (s->cfg)			/* behind run */
		cfg_forward(s->cfg, s->upper_view);
}

static void leave_committed(struct session *s, bool ok)
{
	if (ok)
		leave_configuration(s);
}

static void leave_answered(struct session *s, const char *text)
{
	switch (*text) {
	case 'y':
	case 'Y':
		commit_begin(s, NULL, NULL, leave_committed);
		break;
	case 'n':
	case 'N':
		leave_configuration(s);
		break;
	case 'c':
	case 'C':
		break;
	default:
		session_ask(s, "Error: Please choose 'YES', 'NO' or 'CANCEL' first before pressing 'Enter'. [Y/N/C]:",
			    leave_answered);
	}
}

static void leave(struct session *s)
{
	if (cfg_dirty(s->cfg))
		session_ask(s, "Warning: Uncommitted configurations found, commit them before exiting? "
			       "[Y(yes)/N(no)/C(cancel)]:", leave_answered);
	else
		leave_configuration(s);
}

void do_return(struct session *s, const struct args *a)
{
	(void)a;
	leave(s);
}

void do_quit(struct session *s, const struct args *a)
{
	char view[128] = "";
	(void)a;

	if (!s->cfg) {
		s->leaving = true;
		return;
	}
	cfg_view_name(s->cfg, view, sizeof(view));
	if (*view)
		cfg_quit(s->cfg);
	else
		leave(s);
}

/* ---- capture ------------------------------------------------------------------------------------------------ */

void do_capture(struct session *s, const struct args *a)
{
	const char *ifname = arg_text(a, "<if>");
	char path[FILE_PATH_LEN];
	struct show_port port;
	struct cli_device d;

	file_path(s, arg_text(a, "<file>"), path);
	if (!s->e->capture)
		say_error(s, "There is no data plane to capture from.");
	else if (!s->e->device(s->e->arg, ifname, &d) || !d.present)
		say_error(s, "The interface %s is absent.", ifname);
	else
		capture_begin(s, ifname, d.ifindex, arg_number(a, "<count>"), arg_text(a, "drops"), path);
	if (s->waiting && s->e->dp && !dp_show_port(s->e->dp, d.ifindex, &port))
		say(s, "Info: the data plane is not attached to %s: no frame is seen there until it carries a circuit or "
		       "has mpls.\n", ifname);
}
