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
#include "cli/filter.h"
#include "cli/proto.h"
#include "cli/rows.h"

/* Words people bring from other systems. */
#define MAIN_WORDS "display / quit / system-view"
static const struct { const char *word, *here; } foreign[] = {
	{ "show", MAIN_WORDS }, { "exit", MAIN_WORDS }, { "configure", MAIN_WORDS }, { "conf", MAIN_WORDS },
	{ "end", "return" }, { "no", "undo" }, { "write", "save" },
};

/* ---- the way of a line --------------------------------------------------------------------------------- */

static void hint(struct session *s, const char *line)
{
	const char *word = line + strspn(line, " \t");
	size_t len = strcspn(word, " \t");

	for (size_t i = 0; i < N_OF(foreign); i++)
		if (len == strlen(foreign[i].word) && !strncasecmp(word, foreign[i].word, len))
			say(s, "Info: in VRP: %s\n", foreign[i].here);
}

static void syntax_error(struct session *s, const char *line, const struct cfg_answer *a)
{
	char text[sizeof(a->text)];

	session_caret(s, a->column);
	cfg_answer_text(a, text, sizeof(text));
	say_error(s, "%s", text + strlen("Error: "));
	if (a->verdict == CFG_UNRECOGNIZED && a->text[0])
		say(s, "Info: %s.\n", a->text);
	else if (a->verdict == CFG_UNRECOGNIZED && a->column == strspn(line, " \t"))
		hint(s, line);
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
	if (cfg_read(NULL, arg_text(a, "<command>"), &p).verdict == CFG_OK && action_of(&p) &&
	    (action_of(&p)->run == do_quit || action_of(&p)->run == do_system_view))
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
}

static bool commit(struct session *s, const char *label, const char *description);

static void leave_answered(struct session *s, const char *text)
{
	switch (*text) {
	case 'y':
	case 'Y':
		if (commit(s, NULL, NULL))
			leave_configuration(s);
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

/* ---- commit ------------------------------------------------------------------------------------------------- */

static void refused(struct session *s, const struct cfg_result *r)
{
	size_t told = r->n_problems < CFG_PROBLEMS_MAX ? r->n_problems : CFG_PROBLEMS_MAX;

	for (size_t i = 0; i < told; i++)
		say_error(s, "%s: %s", r->problem[i].line, r->problem[i].text);
	if (r->err == -EINVAL)
		say_error(s, "The commit was refused, nothing was changed; %zu problem%s.", r->n_problems,
			  r->n_problems == 1 ? "" : "s");
	else
		say_error(s, "The commit failed, nothing was changed: %s.",
			  r->err == -EIO ? "the journal cannot be written (is the disk full?)" : strerror(-r->err));
}

static bool commit(struct session *s, const char *label, const char *description)
{
	struct cfg_result *r = calloc(1, sizeof(*r));
	const struct trie *before = ref_get(cfg_running(s->e->cfg));
	bool ok;

	if (r)
		cfg_commit(s->cfg, &(struct cfg_about){ .label = label, .description = description }, r);
	ok = r && r->err == 0;
	if (!r)
		say_error(s, "Not enough memory.");
	else if (!ok)
		refused(s, r);
	else if (!r->commit_id)
		say(s, "Info: There is nothing to commit.\n");
	else
		warn_after(s, before);
	log_event(ok ? LOG_P_NOTICE : LOG_P_WARNING, "commit", "id=%" PRIu32 " uid=%" PRIu32 " problems=%zu ok=%d",
		  r ? r->commit_id : 0, s->uid, r ? r->n_problems : 0, ok);
	ref_put(before);
	free(r);
	return ok;
}

void do_commit(struct session *s, const struct args *a)
{
	const char *label = arg_text(a, "<label>");

	if (label && (isdigit((unsigned char)*label) || !strcmp(label, "-")))
		say_error(s, "A label must not begin with a digit and must not be \"-\".");
	else
		commit(s, label, arg_text(a, "<text>"));
}

void do_clear_candidate(struct session *s, const struct args *a)
{
	(void)a;
	cfg_discard(s->cfg);
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

#define TOLD_MAX 50			/* lines of a file that are told one by one */

struct telling {
	struct session *s;
	uint32_t n;
};

static void tell_line(void *arg, uint32_t line, const char *text, const char *reason)
{
	struct telling *t = arg;
	if (t->n++ < TOLD_MAX)
		say(t->s, "Info: line %" PRIu32 ": %s: %s\n", line, text, reason);
}

#define FILE_PATH_LEN 512

/* A relative path lies beside the start-up file, as on a router it lies on its storage. */
static void file_path(const struct session *s, const char *typed, char out[FILE_PATH_LEN])
{
	const char *slash = strrchr(s->e->config_path, '/');
	int dir = slash && *typed != '/' ? (int)(slash - s->e->config_path) + 1 : 0;

	snprintf(out, FILE_PATH_LEN, "%.*s%s", dir, s->e->config_path, typed);
}

void do_load(struct session *s, const struct args *a)
{
	char path[FILE_PATH_LEN];
	struct telling t = { .s = s };
	struct cfg_load l = { .tell = tell_line, .arg = &t };
	char *text = NULL;
	size_t len = 0;
	int err = -ENOSYS;

	file_path(s, arg_text(a, "<file>"), path);
	if (s->e->file_read)
		err = s->e->file_read(s->e->arg, path, &text, &len);
	if (!err)
		err = cfg_load_text(s->cfg, text, len, &l);
	free(text);
	if (err) {
		say_error(s, "The file %s cannot be loaded: %s.", path, strerror(-err));
		return;
	}
	if (t.n > TOLD_MAX)
		say(s, "Info: and %" PRIu32 " more: display configuration inert after commit\n", t.n - TOLD_MAX);
	say(s,
	    "Info: %" PRIu32 " lines taken, %" PRIu32 " kept as inert, %" PRIu32 " refused. Use commit to activate.\n",
	    l.taken, l.inert, l.refused);
}

static void save(struct session *s, const char *path)
{
	char *text = cfg_render(cfg_running(s->e->cfg), NULL);
	int err = text ? s->e->file_write(s->e->arg, path, text, strlen(text)) : -ENOMEM;

	free(text);
	if (err) {
		say_error(s, "The configuration was not saved to %s: %s; an old file is unchanged.", path,
			  strerror(-err));
		return;
	}
	say(s, "Info: Save the configuration successfully.\n");
	log_event(LOG_P_NOTICE, "saved", "file=\"%s\" uid=%" PRIu32, path, s->uid);
}

static void save_answered(struct session *s, const char *text)
{
	if (*text == 'y' || *text == 'Y')
		save(s, s->remembered);
	else
		say(s, "Info: Nothing was saved.\n");
}

void do_save(struct session *s, const struct args *a)
{
	const char *path = arg_text(a, "<file>");

	if (!s->e->file_write) {
		say_error(s, "Files cannot be written here.");
		return;
	}
	file_path(s, path ? path : s->e->config_path, s->remembered);
	say(s, "Warning: all configuration will be written to %s.\n", s->remembered);
	session_ask(s, "Are you sure to continue?[Y/N]", save_answered);
}

/* ---- capture ------------------------------------------------------------------------------------------------ */

void do_capture(struct session *s, const struct args *a)
{
	const char *ifname = arg_text(a, "<if>");
	char path[FILE_PATH_LEN];
	struct cli_device d;

	file_path(s, arg_text(a, "<file>"), path);
	if (!s->e->capture)
		say_error(s, "There is no data plane to capture from.");
	else if (!s->e->device(s->e->arg, ifname, &d) || !d.present)
		say_error(s, "The interface %s is absent.", ifname);
	else
		capture_begin(s, ifname, d.ifindex, arg_number(a, "<count>"), arg_text(a, "drops"), path);
}
