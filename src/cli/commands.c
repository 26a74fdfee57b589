/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * commands.c: the table of commands that are not configuration, and the way of a line: to a row of
 * this table, or to the configuration (cfg_line) in the system view and below.
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
#include "cli/grammar.h"
#include "cli/proto.h"

enum { V_USER = 1, V_CONFIG = 2, V_ALL = V_USER | V_CONFIG };

static void do_system_view(struct session *s, const struct args *a);
static void do_quit(struct session *s, const struct args *a);
static void do_return(struct session *s, const struct args *a);
static void do_run(struct session *s, const struct args *a);
static void do_commit(struct session *s, const struct args *a);
static void do_clear_candidate(struct session *s, const struct args *a);
static void do_load(struct session *s, const struct args *a);
static void do_save(struct session *s, const struct args *a);
static void do_capture(struct session *s, const struct args *a);

static const struct row {
	uint8_t views;
	const char *grammar;
	void (*run)(struct session *s, const struct args *a);
} rows[] = {
	{ V_ALL,    "display current-configuration [ interface <if> ]",			display_current },
	{ V_ALL,    "display configuration inert",					display_inert },
	{ V_CONFIG, "display configuration candidate",					display_candidate },
	{ V_ALL,    "display interface [ brief | <if> ]",				display_interface },
	{ V_ALL,    "display mpls static-l2vc [ brief | state { up | down } | interface <if> | <vc-id> ]",
											display_static_l2vc },
	{ V_ALL,    "display mpls l2vpn diagnose [ interface <if> ]",			display_diagnose },
	{ V_ALL,    "display mpls lsp",							display_lsp },
	{ V_ALL,    "display traffic-statistics l2vpn pw [ interface <if> ]",		display_traffic },
	{ V_ALL,    "display twinwire drops",						display_drops },
	{ V_ALL,    "display twinwire health",						display_health },
	{ V_ALL,    "display logbuffer",						display_logbuffer },
	{ V_ALL,    "display version",							display_version },
	{ V_ALL,    "reset traffic-statistics l2vpn pw { all | interface <if> [ secondary | bypass ] }",
											reset_traffic },
	{ V_ALL,    "capture-packet interface <if> [ count <count> ] [ drops ] to <file>", do_capture },
	{ V_ALL,    "save [ <file> ]",							do_save },
	{ V_USER,   "system-view",							do_system_view },
	{ V_ALL,    "quit",								do_quit },
	{ V_CONFIG, "return",								do_return },
	{ V_CONFIG, "run <command>",							do_run },
	{ V_CONFIG, "commit [ label <label> ] [ description <text> ]",			do_commit },
	{ V_CONFIG, "clear configuration candidate",					do_clear_candidate },
	{ V_CONFIG, "load <file>",							do_load },
};

/* Words people bring from other systems. */
#define MAIN_WORDS "display / quit / system-view"
static const struct { const char *word, *here; } foreign[] = {
	{ "show", MAIN_WORDS }, { "exit", MAIN_WORDS }, { "configure", MAIN_WORDS }, { "conf", MAIN_WORDS },
	{ "end", "return" }, { "no", "undo" }, { "write", "save" },
};

/* ---- the way of a line --------------------------------------------------------------------------------- */

static const struct grammar *grammar(void)
{
	static struct grammar *g;
	const char *text[N_OF(rows)];

	for (size_t i = 0; i < N_OF(rows); i++)
		text[i] = rows[i].grammar;
	return g ? g : (g = grammar_new(text, N_OF(text)));
}

static void match(const char *line, uint8_t view, struct matched *m)
{
	uint8_t use[N_OF(rows)];

	for (size_t i = 0; i < N_OF(rows); i++)
		use[i] = rows[i].views & view;
	grammar_match(grammar(), line, use, m);
}

static void hint(struct session *s, const char *line)
{
	const char *word = line + strspn(line, " \t");
	size_t len = strcspn(word, " \t");

	for (size_t i = 0; i < N_OF(foreign); i++)
		if (len == strlen(foreign[i].word) && !strncasecmp(word, foreign[i].word, len))
			say(s, "Info: in VRP: %s\n", foreign[i].here);
}

static void syntax_error(struct session *s, const char *line, enum cfg_verdict v, size_t column)
{
	static const char *const text[] = {
		[CFG_UNRECOGNIZED]	= "Unrecognized command found at '^' position.",
		[CFG_WRONG]		= "Wrong parameter found at '^' position.",
		[CFG_INCOMPLETE]	= "Incomplete command found at '^' position.",
		[CFG_TOO_MANY]		= "Too many parameters found at '^' position.",
		[CFG_AMBIGUOUS]		= "Ambiguous command found at '^' position.",
	};
	session_caret(s, column);
	say_error(s, "%s", text[v]);
	if (v == CFG_UNRECOGNIZED && column == strspn(line, " \t"))
		hint(s, line);
}

static void leave_configuration(struct session *s)
{
	cfg_session_free(s->cfg);
	s->cfg = NULL;
}

static void configuration_line(struct session *s, const char *line)
{
	struct cfg_answer r = cfg_line(s->cfg, line);

	switch (r.verdict) {
	case CFG_OK:
		if (*r.text)
			say(s, "%s\n", r.text);
		break;
	case CFG_KNOWN:
	case CFG_REFUSED:
		say_error(s, "%s", r.text);
		break;
	case CFG_QUIT:
		leave_configuration(s);
		break;
	case CFG_NOMEM:
		say_error(s, "Not enough memory.");
		break;
	default:
		syntax_error(s, line, r.verdict, r.column);
	}
}

/* ---- whose line it is: an abbreviation must be unique over this table and the configuration's ------------- */

struct first {
	const char *word;		/* typed */
	size_t len;
	const char *own;		/* the keyword of this table it means */
	bool exact, many, theirs;	/* own is whole; several of ours; one of the configuration's */
};

static void own_word(struct first *f, const char *grammar)
{
	size_t len = strcspn(grammar, " ");

	if (f->len > len || strncasecmp(f->word, grammar, f->len) || f->exact)
		return;
	if (f->own && strcspn(f->own, " ") == len && !strncmp(f->own, grammar, len))
		return;
	f->many = f->own != NULL;
	f->own = grammar;
	f->exact = f->len == len;
}

static void their_word(void *arg, const char *word, const char *help, enum cfg_help kind)
{
	struct first *f = arg;
	size_t len = strlen(word);
	(void)help;

	if (kind != CFG_HELP_WORD || f->len > len || strncasecmp(f->word, word, f->len))
		return;
	if (!f->own || strcspn(f->own, " ") != len || strncmp(f->own, word, len))
		f->theirs = true;
}

static void first_word(struct session *s, const char *line, struct first *f)
{
	char typed[64];

	*f = (struct first){ .word = line + strspn(line, " \t") };
	f->len = strcspn(f->word, " \t");
	for (size_t i = 0; i < N_OF(rows); i++)
		if (rows[i].views & (s->cfg ? V_CONFIG : V_USER))
			own_word(f, rows[i].grammar);
	if (f->exact)
		f->many = false;
	if (!s->cfg || f->exact || !f->own || f->len >= sizeof(typed))
		return;
	memcpy(typed, f->word, f->len);
	typed[f->len] = '\0';
	cfg_help(s->cfg, typed, their_word, f);
}

static bool take_filter(struct session *s, const char *line, char *command)
{
	size_t at = filter_at(line), column;
	static const enum cfg_verdict verdict[] = {
		[FILTER_WORD] = CFG_UNRECOGNIZED, [FILTER_MISSING] = CFG_INCOMPLETE, [FILTER_MANY] = CFG_TOO_MANY,
		[FILTER_AMBIGUOUS] = CFG_AMBIGUOUS,
	};

	memcpy(command, line, at);
	command[at] = '\0';
	if (!line[at])
		return true;
	enum filter_err err = filter_check(line + at, &column);
	if (err) {
		syntax_error(s, line, verdict[err], at + column);
		return false;
	}
	session_filter(s, line + at);
	return true;
}

static void own_line(struct session *s, const char *line)
{
	struct matched m;

	match(line, s->cfg ? V_CONFIG : V_USER, &m);
	if (m.verdict == CFG_OK)
		rows[m.row].run(s, &m.args);
	else
		syntax_error(s, line, m.verdict, m.column);
}

void command_line(struct session *s, const char *typed)
{
	char line[CLI_IN_MAX + 1];
	struct first f;

	first_word(s, typed, &f);
	if (!f.len || *f.word == '#')
		return;				/* nothing, or a comment: as in a pasted file */
	if (s->cfg && f.own && f.theirs)
		syntax_error(s, typed, CFG_AMBIGUOUS, (size_t)(f.word - typed));
	else if (s->cfg && !f.own)
		configuration_line(s, typed);
	else if (!f.own || f.many || strncmp(f.own, "display", 7))
		own_line(s, typed);
	else if (take_filter(s, typed, line))
		own_line(s, line);
}

static void do_run(struct session *s, const struct args *a)
{
	const char *line = arg_text(a, "<command>");
	struct matched m;

	match(line, V_USER, &m);
	if (m.verdict != CFG_OK)
		say_error(s, "Not a command of the user view: %s", line);
	else if (rows[m.row].run == do_quit || rows[m.row].run == do_system_view)
		say_error(s, "This command cannot be used with run.");
	else
		rows[m.row].run(s, &m.args);
}

/* ---- views ------------------------------------------------------------------------------------------------- */

static void do_system_view(struct session *s, const struct args *a)
{
	(void)a;
	s->cfg = cfg_session_new(s->e->cfg);
	if (!s->cfg)
		say_error(s, "Not enough memory.");
	else
		say(s, "Enter system view, return user view with return command.\n");
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

static void do_return(struct session *s, const struct args *a)
{
	(void)a;
	leave(s);
}

static void do_quit(struct session *s, const struct args *a)
{
	char view[128] = "";
	(void)a;

	if (!s->cfg) {
		s->leaving = true;
		return;
	}
	cfg_view_name(s->cfg, view, sizeof(view));
	if (*view)
		configuration_line(s, "quit");
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

static void do_commit(struct session *s, const struct args *a)
{
	const char *label = arg_text(a, "<label>");

	if (label && (isdigit((unsigned char)*label) || !strcmp(label, "-")))
		say_error(s, "A label must not begin with a digit and must not be \"-\".");
	else
		commit(s, label, arg_text(a, "<text>"));
}

static void do_clear_candidate(struct session *s, const struct args *a)
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

/* A relative path lies beside the start-up file, as on a router it lies on its storage. */
static void file_path(const struct session *s, const char *typed, char out[ARG_LEN])
{
	const char *slash = strrchr(s->e->config_path, '/');
	int dir = slash && *typed != '/' ? (int)(slash - s->e->config_path) + 1 : 0;

	snprintf(out, ARG_LEN, "%.*s%s", dir, s->e->config_path, typed);
}

static void do_load(struct session *s, const struct args *a)
{
	char path[ARG_LEN];
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

static void do_save(struct session *s, const struct args *a)
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

static void do_capture(struct session *s, const struct args *a)
{
	const char *ifname = arg_text(a, "<if>");
	char path[ARG_LEN];
	struct cli_device d;

	file_path(s, arg_text(a, "<file>"), path);
	if (!s->e->capture)
		say_error(s, "There is no data plane to capture from.");
	else if (!s->e->device(s->e->arg, ifname, &d) || !d.present)
		say_error(s, "The interface %s is absent.", ifname);
	else
		capture_begin(s, ifname, d.ifindex, arg_number(a, "<count>"), arg_text(a, "drops"), path);
}
