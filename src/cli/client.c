/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client.c: the program twinwire. Sends lines to the engine's cli.sock and prints what comes back
 * (proto.h); decides nothing but the exit code. What the engine says goes to standard output, what
 * the client itself has to say to standard error.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/filter.h"
#include "cli/proto.h"
#include "base/text.h"

enum { EXIT_OK = 0, EXIT_ERROR = 1, EXIT_UNCOMMITTED = 2, EXIT_NO_ENGINE = 3, EXIT_USAGE = 64 };

#define PROMPT_MAX 512

struct client {
	const char *run_dir;
	bool yes;			/* -y */
	struct text script;		/* lines of -c and -f, in order */
	size_t script_at;
	bool scripted;			/* lines come from script, else from standard input */
	bool interactive;		/* standard input is a terminal */
	char *line;			/* the last one read */
	size_t line_cap;

	int fd;
	struct filter *filter;
	char prompt[PROMPT_MAX];
	bool failed, dirty;		/* of the last command */
	bool over;			/* the engine said goodbye */
	char text[CLI_OUT_MAX + 1];	/* of the last frame */
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void complain(const char *fmt, ...)
{
	va_list ap;
	fflush(stdout);
	va_start(ap, fmt);
	fputs("twinwire: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
}

/* ---- the connection -------------------------------------------------------------------------------- */

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

static int engine_connect(struct client *c)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (snprintf(a.sun_path, sizeof(a.sun_path), "%s/cli.sock", c->run_dir) >= (int)sizeof(a.sun_path)) {
		return no_engine(c, ENAMETOOLONG);
	}
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		return no_engine(c, errno);
	return 0;
}

static bool send_all(struct client *c, const void *v, size_t n)
{
	for (const char *p = v; n;) {
		ssize_t done = send(c->fd, p, n, MSG_NOSIGNAL);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

static bool send_frame(struct client *c, enum cli_frame type, const char *text)
{
	uint8_t head[CLI_HEAD];
	size_t len = strlen(text);

	cli_head_put(head, type, (uint32_t)len);
	return send_all(c, head, sizeof(head)) && send_all(c, text, len);
}

/* Until the engine says something; meanwhile, and only here and at the prompt, Ctrl-C is let in. */
static void await_engine(struct client *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	sigset_t all_in;

	sigemptyset(&all_in);
	while (c->interactive && ppoll(&p, 1, NULL, &all_in) < 0 && errno == EINTR) {
		if (interrupted && !send_frame(c, CLI_INTERRUPT, ""))
			return;
		interrupted = 0;
	}
}

static bool recv_all(struct client *c, void *v, size_t n)
{
	for (char *p = v; n;) {
		await_engine(c);
		ssize_t got = recv(c->fd, p, n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

/* The type of the next frame, its text in c->text; 0: the connection is lost. */
static int recv_frame(struct client *c)
{
	uint8_t head[CLI_HEAD];

	if (!recv_all(c, head, sizeof(head)))
		return 0;
	uint32_t len = cli_head_len(head);
	if (len > CLI_OUT_MAX || !recv_all(c, c->text, len))
		return 0;
	c->text[len] = '\0';
	return head[0];
}

/* ---- printing ---------------------------------------------------------------------------------------- */

static void print_out(void *arg, const char *text, size_t len)
{
	(void)arg;
	fwrite(text, 1, len, stdout);
}

static size_t columns(const char *s, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len && s[i]; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80;	/* UTF-8: continuation octets have no width */
	return n;
}

static void print_caret(struct client *c)
{
	const char *line = c->line ? c->line : "";
	size_t at = strtoul(c->text, NULL, 10), pad = columns(line, at);

	if (c->interactive)
		pad += columns(c->prompt, strlen(c->prompt));
	else
		printf("%s\n", line);
	printf("%*s^\n", (int)pad, "");
}

static void filter_start(struct client *c)
{
	char why[256];
	c->filter = filter_new(c->text, print_out, NULL, why);
	if (!c->filter) {
		printf("Error: %s\n", why);
		c->failed = true;
	}
}

static void take_done(struct client *c)
{
	bool bad_filter = c->failed;

	if (c->filter)
		filter_end(c->filter);
	c->filter = NULL;
	c->failed = c->text[0] == CLI_STATUS_ERR || bad_filter;
	c->dirty = c->text[0] && c->text[1] == CLI_DIRTY;
	snprintf(c->prompt, sizeof(c->prompt), "%.500s", c->text[0] && c->text[1] ? c->text + 2 : "");
}

/* ---- lines -------------------------------------------------------------------------------------------- */

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

static void let_interrupt(const struct client *c, int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	if (c->interactive)
		sigprocmask(how, &set, NULL);
}

static ssize_t typed_line(struct client *c)
{
	let_interrupt(c, SIG_UNBLOCK);
	ssize_t n = getline(&c->line, &c->line_cap, stdin);
	let_interrupt(c, SIG_BLOCK);
	return n;
}

/* The next line, without its newline; NULL: there is none. */
static const char *next_line(struct client *c, const char *prompt)
{
	ssize_t n;

	if (c->scripted)
		return script_line(c);
	if (c->interactive && *prompt) {
		fputs(prompt, stdout);
		fflush(stdout);
	}
	while ((n = typed_line(c)) < 0) {
		if (!interrupted || feof(stdin))
			return NULL;
		interrupted = 0;
		clearerr(stdin);
		printf("\n%s", prompt);
		fflush(stdout);
	}
	c->line[strcspn(c->line, "\r\n")] = '\0';
	return c->line;
}

static bool answer(struct client *c)
{
	char question[512];
	const char *line = "y";

	snprintf(question, sizeof(question), "%.500s", c->text);
	if (!c->interactive || c->yes)
		fputs(question, stdout);
	if (!c->yes || c->interactive)
		line = next_line(c, question);
	if (!line) {
		printf("\n");
		complain("the question has no answer: no line is left (-y answers every question with y).");
		return false;
	}
	if (!c->interactive)
		printf("%s\n", line);
	return send_frame(c, CLI_ANSWER, line);
}

/* ---- the conversation ----------------------------------------------------------------------------------- */

enum turn { TURN_DONE, TURN_LOST, TURN_UNANSWERED };

/* Reads and prints until the engine is done with a command. */
static enum turn converse(struct client *c)
{
	c->failed = false;
	for (;;) {
		switch (recv_frame(c)) {
		case CLI_OUTPUT:
			if (c->filter)
				filter_put(c->filter, c->text, strlen(c->text));
			else if (!c->failed)
				fputs(c->text, stdout);
			fflush(stdout);		/* what is told before a wait is seen at once */
			break;
		case CLI_FILTER:
			filter_start(c);
			break;
		case CLI_MARK:
		case CLI_PROGRESS:
		case CLI_ITEMS:
		case CLI_HISTORY:
		case CLI_SCREEN:
			break;
		case CLI_CARET:
			print_caret(c);
			break;
		case CLI_QUESTION:
			if (!answer(c))
				return TURN_UNANSWERED;
			break;
		case CLI_DONE:
			take_done(c);
			fflush(stdout);
			return TURN_DONE;
		case CLI_BYE:
			c->over = true;
			if (*c->text)
				complain("the engine closed the session: %s", c->text);
			return *c->text ? TURN_LOST : TURN_DONE;
		case CLI_HELLO:
			if (c->text[0] == '0' + CLI_PROTO)
				break;
			complain("engine and client are of different versions (engine: %s, client: %s).", c->text,
				 TW_VERSION);
			return TURN_LOST;
		case 0:
			complain("the engine on %s/cli.sock ended.", c->run_dir);
			start_hint(c);
			return TURN_LOST;
		default:
			complain("the engine sent what this client does not know: they are of different versions.");
			return TURN_LOST;
		}
	}
}

static int finish(struct client *c, int rc)
{
	if (!c->dirty || c->over)
		return rc;
	fflush(stdout);
	complain("uncommitted changes were discarded (commit keeps them).");
	return rc == EXIT_OK || rc == EXIT_UNCOMMITTED ? EXIT_UNCOMMITTED : rc;
}

static int run(struct client *c)
{
	const char *line;
	enum turn t = converse(c);		/* hello and the first prompt */

	while (t == TURN_DONE && !c->over && (line = next_line(c, c->prompt))) {
		if (!*line)
			continue;
		t = send_frame(c, CLI_LINE, line) ? converse(c) : TURN_LOST;
		if (t == TURN_DONE && c->failed && !c->interactive)
			return finish(c, EXIT_ERROR);
	}
	if (t == TURN_LOST)
		return EXIT_NO_ENGINE;
	if (t == TURN_UNANSWERED)
		return finish(c, c->dirty ? EXIT_UNCOMMITTED : EXIT_ERROR);
	if (c->interactive && !c->over)
		printf("\n");
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
	while (getline(&line, &cap, f) >= 0) {
		line[strcspn(line, "\r\n")] = '\0';
		text_printf(script, "%s\n", line);
	}
	free(line);
	if (f != stdin)
		fclose(f);
	return !script->failed;
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
	for (int o; (o = getopt_long(argc, argv, "c:f:yh", longs, NULL)) != -1;) {
		switch (o) {
		case 'c':
			text_printf(&c->script, "%s\n", optarg);
			c->scripted = true;
			break;
		case 'f':
			if (!script_file(&c->script, optarg))
				return EXIT_USAGE;
			c->scripted = true;
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
	if (optind == argc)
		return -1;
	fputs(usage, stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	static struct client c = { .run_dir = "/run/twinwire", .fd = -1 };
	int rc = options(&c, argc, argv);

	if (rc >= 0)
		return rc;
	c.interactive = !c.scripted && isatty(STDIN_FILENO);
	if (c.interactive) {
		struct sigaction sa = { .sa_handler = on_interrupt };	/* no SA_RESTART: reads end */
		sigaction(SIGINT, &sa, NULL);
		let_interrupt(&c, SIG_BLOCK);
	}
	rc = engine_connect(&c);
	return rc ? rc : run(&c);
}
