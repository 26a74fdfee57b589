/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tool.c: ping and tracert: the system's programs in the engine's namespace, their options by the names VRP
 * has for them. Their output goes to the session as it comes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "cli/display.h"
#include "cli/rows.h"
#include "cli/session.h"

#define TOOLS_MAX	4		/* at once, over all sessions */
#define ARGV_MAX	48

struct tool {
	struct session *s;
	const char *name;
	struct spawn *spawn;
};

/* An option of ours and that of the system's program. */
struct option {
	const char *word, *value;	/* as in the row; value NULL: it has none */
	enum { PLAIN, SECONDS, DEVICE } as;
	const char *theirs[2];
};

static const struct option ping_option[] = {
	{ "-a", "<source>", PLAIN, { "-I" } },
	{ "-c", "<times>", PLAIN, { "-c" } },
	{ "-m", "<interval>", SECONDS, { "-i" } },
	{ "-t", "<wait>", SECONDS, { "-W" } },
	{ "-s", "<size>", PLAIN, { "-s" } },
	{ "-i", "<if>", DEVICE, { "-I" } },
	{ "-f", NULL, PLAIN, { "-M", "do" } },
	{ "-h", "<ttl>", PLAIN, { "-t" } },
	{ "-tos", "<tos>", PLAIN, { "-Q" } },
	{ "-p", "<pattern>", PLAIN, { "-p" } },
	{ "-q", NULL, PLAIN, { "-q" } },
	{ "-r", NULL, PLAIN, { "-R" } },
	{ "-v", NULL, PLAIN, { "-v" } },
};

static const struct option tracert_option[] = {
	{ "-a", "<source>", PLAIN, { "-s" } },
	{ "-f", "<first>", PLAIN, { "-f" } },
	{ "-m", "<last>", PLAIN, { "-m" } },
	{ "-q", "<probes>", PLAIN, { "-q" } },
	{ "-w", "<wait>", SECONDS, { "-w" } },
	{ "-p", "<port>", PLAIN, { "-p" } },
};

/* ---- arguments ----------------------------------------------------------------------------------------- */

struct argv {
	const char *v[ARGV_MAX + 1];
	size_t n;
	char text[ARGV_MAX][32];	/* made values */
	size_t made;
};

static void add(struct argv *av, const char *word)
{
	if (word && av->n < ARGV_MAX)
		av->v[av->n++] = word;
}

/* The value of option @o as the program wants it; NULL: the interface has no device, which was told. */
static const char *value_of(struct session *s, struct argv *av, const struct option *o, const char *value)
{
	char *made = av->text[av->made % ARGV_MAX];
	unsigned long ms = strtoul(value, NULL, 10);
	struct cli_device d;

	if (o->as == PLAIN)
		return value;
	av->made++;
	if (o->as == SECONDS) {
		snprintf(made, sizeof(av->text[0]), "%lu.%03lu", ms / 1000, ms % 1000);
		return made;
	}
	if (!s->e->device(s->e->arg, value, &d) || !d.present) {
		say_error(s, "The interface %s is absent.", value);
		return NULL;
	}
	snprintf(made, sizeof(av->text[0]), "%s", d.dev);
	return made;
}

static bool add_options(struct session *s, struct argv *av, const struct option *o, size_t n, const struct args *a)
{
	for (size_t i = 0; i < n; i++) {
		const char *value = o[i].value ? arg_text(a, o[i].value) : NULL;
		if (!arg_text(a, o[i].word))
			continue;
		add(av, o[i].theirs[0]);
		add(av, o[i].theirs[1]);
		if (value && !(value = value_of(s, av, &o[i], value)))
			return false;
		add(av, value);
	}
	return true;
}

/* ---- a program under way ------------------------------------------------------------------------------- */

/* What is no text becomes '?'. */
static void tool_out(void *arg, const char *text, size_t len)
{
	struct tool *t = arg;
	struct session *s = t->s;
	size_t at = s->body.len;

	text_add(&s->body, text, len);
	for (; !s->body.failed && at < s->body.len; at++)
		if ((unsigned char)s->body.v[at] < ' ' && !strchr("\n\t", s->body.v[at] ? s->body.v[at] : '?'))
			s->body.v[at] = '?';
	session_settle(s);
	s->e->tool_hold(t->spawn, s->out.len > SESSION_OUT_HIGH);
	s->wake(s);			/* may be the end of @t */
}

static void tool_free(struct tool *t)
{
	t->s->shared->tools--;
	t->s->waiting = NULL;
	t->s->wait_state = NULL;
	free(t);
}

static void tool_ended(void *arg, int status)
{
	struct tool *t = arg;
	struct session *s = t->s;

	if (WIFEXITED(status) && WEXITSTATUS(status) > 1)	/* 1: nobody answered */
		say_error(s, "%s could not do this.", t->name);
	tool_free(t);
	session_settle(s);
	s->wake(s);
}

static void tool_interrupt(struct session *s)
{
	s->e->tool_stop(((struct tool *)s->wait_state)->spawn);
}

static void tool_leave(struct session *s)
{
	struct tool *t = s->wait_state;

	s->e->tool_forget(t->spawn);
	tool_free(t);
}

static void tool_drained(struct session *s)
{
	s->e->tool_hold(((struct tool *)s->wait_state)->spawn, false);
}

static const struct session_wait waits = { tool_interrupt, tool_leave, tool_drained };

static void run(struct session *s, const char *name, struct argv *av)
{
	struct tool *t = s->shared->tools < TOOLS_MAX ? malloc(sizeof(*t)) : NULL;
	int err;

	if (!t) {
		say_error(s, "%d programs are running already: try again when one has ended.", TOOLS_MAX);
		return;
	}
	*t = (struct tool){ .s = s, .name = name };
	err = s->e->tool(s->e->arg, av->v, tool_out, tool_ended, t, &t->spawn);
	if (err) {
		free(t);
		say_error(s, "The program %s cannot be started: %s.", av->v[0], strerror(-err));
		return;
	}
	s->shared->tools++;
	s->waiting = &waits;
	s->wait_state = t;
	session_live(s);
}

/* @first: the program and what it always gets; @last: behind the host, or NULL. */
static void start(struct session *s, const struct args *a, const char *const *first, const struct option *o, size_t n,
		  const char *last)
{
	struct argv av = { .n = 0 };

	if (!s->e->tool) {
		say_error(s, "Programs of the system cannot be run here.");
		return;
	}
	for (; *first; first++)
		add(&av, *first);
	if (!add_options(s, &av, o, n, a))
		return;
	add(&av, "--");
	add(&av, arg_text(a, "<host>"));
	add(&av, last);
	run(s, a->v[0].len == 4 ? "ping" : "tracert", &av);
}

void do_ping(struct session *s, const struct args *a)
{
	static const char *const five[] = { "ping", "-4", "-n", "-c", "5", NULL };
	static const char *const own[] = { "ping", "-4", "-n", NULL };

	start(s, a, arg_text(a, "-c") ? own : five, ping_option, N_OF(ping_option), NULL);
}

void do_tracert(struct session *s, const struct args *a)
{
	static const char *const numbers[] = { "traceroute", "-4", "-n", NULL };
	static const char *const names[] = { "traceroute", "-4", NULL };

	start(s, a, arg_text(a, "-name") ? names : numbers, tracert_option, N_OF(tracert_option),
	      arg_text(a, "<length>"));
}

void do_ping_vc(struct session *s, const struct args *a)
{
	(void)a;
	say_error(s, "VCCV is not built yet: display mpls l2vpn diagnose says what a circuit waits for.");
}
