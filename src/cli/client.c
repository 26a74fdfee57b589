/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client.c: the program twinwire. Sends lines to the engine's cli.sock and prints what comes back
 * (proto.h); decides nothing but the exit code. What the engine says goes to standard output, what
 * the client itself has to say to standard error.
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/client.h"

enum { EXIT_OK = 0, EXIT_ERROR = 1, EXIT_UNCOMMITTED = 2, EXIT_NO_ENGINE = 3, EXIT_USAGE = 64 };

void complain(const char *fmt, ...)
{
	va_list ap;
	fflush(stdout);
	va_start(ap, fmt);
	fputs("twinwire: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
}

static void start_hint(const struct client *c)
{
	fprintf(stderr, "Start one with:  twinwired --run-dir %s   (or: systemctl start twinwired)\n", c->run_dir);
}

static int no_engine(const struct client *c, int err)
{
	complain("no engine answers on %s/cli.sock (%s).", c->run_dir, strerror(err));
	if (err == EACCES)
		fprintf(stderr,
			"The socket belongs to another user or group: run as root or as a member of that group.\n");
	else
		start_hint(c);
	return EXIT_NO_ENGINE;
}

/* ---- printing ---------------------------------------------------------------------------------------- */

static void print_out(void *arg, const char *text, size_t len)
{
	page_put(arg, text, len);
}

size_t columns(const char *s, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len && s[i]; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80;	/* UTF-8: continuation octets have no width */
	return n;
}

#define AROUND 30			/* columns shown before a caret when the line fills more than a row */

/* The word at fault has a caret under it; of a line that fills several rows its part is printed again. */
void print_caret(const struct client *c, const char *line, size_t at)
{
	size_t len = strlen(line), from = 0;
	size_t pad = client_typed(c) ? columns(c->prompt, strlen(c->prompt)) : 0;
	unsigned int rows, width;

	tty_size(&rows, &width);
	at = at < len ? at : len;
	if (!client_typed(c) || pad + columns(line, len) >= width) {
		while (client_typed(c) && (columns(line + from, at - from) > AROUND || (line[from] & 0xc0) == 0x80))
			from++;
		printf("%.*s\n", client_typed(c) ? (int)width / 2 : (int)len, line + from);
		pad = 0;
	}
	printf("%*s^\n", (int)(pad + columns(line + from, at - from)), "");
}

static void filter_start(struct client *c)
{
	char why[256];

	c->filter = filter_new(c->text, print_out, c, why);
	if (!c->filter) {
		printf("Error: %s\n", why);
		c->failed = true;
	} else if (filter_no_more(c->filter)) {
		c->page.stops = false;
	}
}

static void output(struct client *c)
{
	if (c->marks_due)
		return;			/* made before the engine knew of our interrupt */
	if (c->filter)
		filter_put(c->filter, c->text, strlen(c->text));
	else if (!c->failed)
		page_put(c, c->text, strlen(c->text));
	fflush(stdout);			/* what is told before a wait is seen at once */
}

static void print_past(void *arg, const char *line)
{
	struct client *c = arg;

	snprintf(c->text, sizeof(c->text), "  %s\n", line);
	output(c);
}

static void take_done(struct client *c)
{
	bool bad_filter = c->failed;

	if (c->filter)
		filter_end(c->filter);
	c->filter = NULL;
	page_end(c);
	c->failed = c->text[0] == CLI_STATUS_ERR || bad_filter;
	c->dirty = c->text[0] && c->text[1] == CLI_DIRTY;
	snprintf(c->prompt, sizeof(c->prompt), "%.500s", c->text[0] && c->text[1] ? c->text + 2 : "");
}

/* ---- the conversation ----------------------------------------------------------------------------------- */

static bool answer(struct client *c)
{
	char question[512];
	const char *line = "y";
	bool dropped = false;

	page_begin(c);			/* the operator has read so far */
	snprintf(question, sizeof(question), "%.500s", c->text);
	if (!client_typed(c) || c->yes)
		fputs(question, stdout);
	if (!c->yes)
		line = line_next(c, question, true, &dropped);
	if (dropped)
		return link_interrupt(c);
	if (!line && (c->lost || c->over))
		return false;
	if (!line) {
		if (!client_typed(c))
			puts("");
		complain("the question has no answer: no line is left (-y answers every question with y).");
		c->unanswered = true;
		return false;
	}
	if (!client_typed(c) || c->yes)
		printf("%s\n", line);
	return link_send(c, CLI_ANSWER, line);
}

static bool lost(struct client *c)
{
	c->lost = true;
	if (!tty_ending()) {
		complain("the engine on %s/cli.sock ended.", c->run_dir);
		start_hint(c);
	}
	return false;
}

static bool hello(struct client *c)
{
	if (c->text[0] == '0' + CLI_PROTO) {
		snprintf(c->engine, sizeof(c->engine), "%.60s", c->text[1] ? c->text + 2 : "");
		return true;
	}
	complain("engine and client are of different versions (engine: %s, client: %s).", c->text, TW_VERSION);
	c->lost = true;
	return false;
}

static bool bye(struct client *c)
{
	c->over = true;
	if (*c->text) {
		complain("the engine closed the session: %s", c->text);
		c->lost = true;
	}
	return false;
}

/* To a terminal: what would control it becomes '?', whoever put it into a file or a name. */
static void make_harmless(struct client *c)
{
	for (unsigned char *p = (unsigned char *)c->text; *p; c->last = *p++) {
		bool c1 = c->last == 0xc2 && (*p & 0xe0) == 0x80;	/* UTF-8 of U+0080..U+009F */
		if (c1 || *p == 0x7f || (*p < ' ' && *p != '\n' && *p != '\t'))
			*p = '?';
	}
}

/* Takes one frame; false: c->lost, c->over, c->unanswered, or *@done. */
static bool take(struct client *c, bool *done)
{
	int type = link_recv(c);

	if (c->page.terminal && type)
		make_harmless(c);
	if (type != CLI_PROGRESS)
		page_progress(c, "");
	switch (type) {
	case CLI_OUTPUT:
		output(c);
		return true;
	case CLI_FILTER:
		filter_start(c);
		return true;
	case CLI_CARET:
		if (!c->marks_due)
			print_caret(c, c->line ? c->line : "", strtoul(c->text, NULL, 10));
		return true;
	case CLI_PROGRESS:
		page_progress(c, c->text);
		return true;
	case CLI_MARK:
		c->marks_due -= c->marks_due > 0;
		return true;
	case CLI_ITEMS:
		text_puts(&c->items, c->text);
		return true;
	case CLI_HISTORY:
		past_each(c->past, print_past, c);
		return true;
	case CLI_LIVE:
		c->page.stops = false;
		return true;
	case CLI_SCREEN:
		c->page.set = *c->text ? atoi(c->text) : -1;
		return true;
	case CLI_QUESTION:
		if (c->marks_due)
			return true;		/* our interrupt, which is on its way, takes it back */
		return answer(c) || (!c->unanswered && !c->lost && !c->over && lost(c));
	case CLI_DONE:
		take_done(c);
		*done = true;
		return false;
	case CLI_BYE:
		return bye(c);
	case CLI_HELLO:
		return hello(c);
	case 0:
		return lost(c);
	default:
		complain("the engine sent what this client does not know: they are of different versions.");
		c->lost = true;
		return false;
	}
}

static bool converse(struct client *c)
{
	bool done = false;

	c->failed = false;
	while (take(c, &done))
		;
	return done;
}

bool client_ask(struct client *c, enum cli_frame type, const char *text)
{
	if (!link_send(c, type, text))
		return lost(c);
	return converse(c);
}

bool client_news(struct client *c)
{
	bool done = false;

	if (!c->marks_due && c->from == FROM_EDITOR)
		puts("");		/* below the line that is being typed */
	return take(c, &done);
}

static int finish(struct client *c, int rc)
{
	if (!c->dirty || c->over)
		return rc;
	fflush(stdout);
	complain("uncommitted changes were discarded (commit keeps them).");
	return rc == EXIT_OK || rc == EXIT_UNCOMMITTED ? EXIT_UNCOMMITTED : rc;
}

/* Carries out a line; false: the session is at its end. */
static bool carry_out(struct client *c, const char *line)
{
	size_t len = strlen(line);

	if (len > CLI_IN_MAX) {
		printf("Error: The line has %zu octets; the longest one may have %d.\n", len, CLI_IN_MAX);
		c->failed = true;
		return true;
	}
	if (!c->by_key)
		past_add(c->past, line);
	page_begin(c);
	if (c->from == FROM_TERMINAL && line[len - 1] == '?') {	/* has no keys: `?` is told at Enter */
		c->line[len - 1] = '\0';
		return client_help(c, c->line);
	}
	return client_ask(c, CLI_LINE, line);
}

static void greet(const struct client *c)
{
	char host[65] = "this host";

	gethostname(host, sizeof(host) - 1);
	printf("twinwire %s on %s: type ? for commands, system-view to configure.\n", c->engine, host);
}

static int run(struct client *c)
{
	const char *line;
	bool dropped, go_on = converse(c);		/* hello and the first prompt */

	if (go_on && client_typed(c))
		greet(c);
	while (go_on) {
		line = line_next(c, c->prompt, false, &dropped);
		if (!line && c->from == FROM_TERMINAL && !c->lost && !c->over && !tty_ending())
			line = "quit";
		c->by_key |= line != c->line;		/* Ctrl-D */
		if (!line)
			break;
		if (dropped || !*line)
			continue;
		go_on = carry_out(c, line);
		if (go_on && c->failed && !client_typed(c))
			return finish(c, EXIT_ERROR);
	}
	if (c->lost)
		return tty_ending() ? finish(c, EXIT_OK) : EXIT_NO_ENGINE;
	if (c->unanswered)
		return finish(c, c->dirty ? EXIT_UNCOMMITTED : EXIT_ERROR);
	return finish(c, EXIT_OK);
}

/* ---- command line -------------------------------------------------------------------------------------------- */

static const char usage[] =
	"usage: twinwire [--run-dir DIR] [-y] [-c COMMAND]... [-f SCRIPT]\n"
	"  -c COMMAND      run a command; several run in order, with -f in between, in one session that\n"
	"                  starts in the user view\n"
	"  -f SCRIPT       run the commands of a file, one a line (- is standard input)\n"
	"  -y              answer every question with y (else the next line answers)\n"
	"  --run-dir DIR   directory of the engine (default /run/twinwire)\n"
	"  --version, --help\n"
	"Without -c and -f commands are read from standard input, with a prompt if that is a terminal.\n"
	"Exit: 0 done; 1 a command answered \"Error:\"; 2 uncommitted changes were discarded; 3 no engine answers.\n";

static bool script_file(struct text *script, const char *path)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "r") : stdin;
	char *line = NULL;
	size_t cap = 0;

	if (!f) {
		complain("%s: %s", path, strerror(errno));
		return false;
	}
	errno = 0;
	while (getline(&line, &cap, f) >= 0) {
		line[strcspn(line, "\r\n")] = '\0';
		text_printf(script, "%s\n", line);
	}
	bool whole = !ferror(f) && !script->failed;
	if (!whole)
		complain("%s: %s", path, strerror(errno ? errno : ENOMEM));
	free(line);
	if (f != stdin)
		fclose(f);
	return whole;
}

/* -1: go on; else exit with it */
static int options(struct client *c, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "run-dir", required_argument, NULL, 'r' },
		{ "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	bool scripted = false;

	for (int o; (o = getopt_long(argc, argv, "c:f:yh", longs, NULL)) != -1;) {
		switch (o) {
		case 'c':
			text_printf(&c->script, "%s\n", optarg);
			scripted = true;
			break;
		case 'f':
			if (!script_file(&c->script, optarg))
				return EXIT_USAGE;
			scripted = true;
			break;
		case 'y':
			c->yes = true;
			break;
		case 'r':
			c->run_dir = optarg;
			break;
		case 'v':
			printf("twinwire %s\n", TW_VERSION);
			return EXIT_OK;
		case 'h':
			fputs(usage, stdout);
			return EXIT_OK;
		default:
			fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	c->from = scripted ? FROM_SCRIPT : FROM_INPUT;
	if (optind == argc)
		return -1;
	fputs(usage, stderr);
	return EXIT_USAGE;
}

static void terminal_start(struct client *c)
{
	c->past = past_new(client_typed(c));
	if (!client_typed(c))
		return;
	tty_start();
	c->edit = edit_new(c);
	if (c->edit)
		c->from = FROM_EDITOR;
}

int main(int argc, char **argv)
{
	static struct client c = { .run_dir = "/run/twinwire", .fd = -1, .page.set = -1 };
	int rc = options(&c, argc, argv);

	if (rc >= 0)
		return rc;
	rc = link_open(&c);
	if (rc)
		return no_engine(&c, rc);
	if (c.from != FROM_SCRIPT)
		c.from = isatty(STDIN_FILENO) ? FROM_TERMINAL : FROM_INPUT;
	c.page.terminal = isatty(STDOUT_FILENO);
	terminal_start(&c);
	rc = run(&c);
	if ((fflush(stdout) || ferror(stdout)) && rc == EXIT_OK) {
		complain("the output could not be written.");
		rc = EXIT_ERROR;
	}
	edit_free(c.edit);
	past_free(c.past);
	free(c.line);
	return rc;
}
