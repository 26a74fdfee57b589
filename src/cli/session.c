/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session.c: the life of a session: what was said becomes frames (proto.h), a job goes on in slices,
 * a question waits for its answer. Knows nothing of single commands.
 */
#include "cli/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/proto.h"
#include "cli/rows.h"

static void frame(struct session *s, enum cli_frame type, const char *text, size_t len)
{
	uint8_t head[CLI_HEAD];
	cli_head_put(head, type, (uint32_t)len);
	text_add(&s->out, head, sizeof(head));
	text_add(&s->out, text, len);
}

static void frame_body(struct session *s)
{
	if (s->body.failed) {
		s->failed = true;
		text_free(&s->body);
		text_puts(&s->body, "Error: Not enough memory for this output.\n");
	}
	for (size_t at = 0; at < s->body.len;) {
		size_t n = s->body.len - at < CLI_OUT_MAX ? s->body.len - at : CLI_OUT_MAX;
		frame(s, CLI_OUTPUT, s->body.v + at, n);
		at += n;
	}
	text_free(&s->body);
}

static void frame_items(struct session *s)
{
	if (s->items.len && !s->items.failed)
		frame(s, CLI_ITEMS, s->items.v, s->items.len);
	text_free(&s->items);
}

static void frame_done(struct session *s)
{
	char done[400], tail[128] = "";
	const char *name = cfg_system(cfg_running(s->e->cfg))->sysname;
	bool dirty = s->cfg && cfg_dirty(s->cfg);
	char status = s->failed ? CLI_STATUS_ERR : CLI_STATUS_OK, flag = dirty ? CLI_DIRTY : CLI_CLEAN;
	int n;

	if (!*name)
		name = "twinwire";
	if (s->cfg) {
		cfg_view_name(s->cfg, tail, sizeof(tail));
		n = snprintf(done, sizeof(done), "%c%c[%c%s%s]", status, flag, flag, name, tail);
	} else {
		n = snprintf(done, sizeof(done), "%c%c<%s>", status, flag, name);
	}
	frame(s, CLI_DONE, done, n < (int)sizeof(done) ? (size_t)n : sizeof(done) - 1);
}

void session_kill(struct session *s, const char *why)
{
	frame_body(s);
	frame(s, CLI_BYE, why, strlen(why));
	s->over = true;
}

void session_settle(struct session *s)
{
	if (s->over)
		return;
	frame_body(s);
	if (s->waiting || s->job.step || s->answered)
		return;
	if (s->leaving) {
		session_kill(s, "");
		return;
	}
	frame_done(s);
	s->failed = false;
}

void session_start(struct session *s)
{
	grammar_add(&cli_rows);
	char hello[128];
	int n = snprintf(hello, sizeof(hello), "%d %s", CLI_PROTO, s->e->version);
	frame(s, CLI_HELLO, hello, n < (int)sizeof(hello) ? (size_t)n : sizeof(hello) - 1);
	frame_done(s);
}

bool session_ready(const struct session *s)
{
	return !s->over && !s->waiting && !s->job.step && !s->answered;
}

/* The text of a frame as a string; false: no operator types such a line. */
static bool clean_text(const char *text, size_t len, char out[CLI_IN_MAX + 1])
{
	if (len > CLI_IN_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 0x7f)
			return false;
	memcpy(out, text, len);
	out[len] = '\0';
	return true;
}

void session_line(struct session *s, const char *line, size_t len)
{
	char text[CLI_IN_MAX + 1];

	s->progress_ns = loop_now(s->e->loop);
	if (clean_text(line, len, text))
		command_line(s, text);
	else
		say_error(s, "The line holds a control character or is too long.");
	session_settle(s);
}

void session_help(struct session *s, const char *line, size_t len)
{
	char text[CLI_IN_MAX + 1];

	if (clean_text(line, len, text))
		help_line(s, text);
	frame_items(s);
	session_settle(s);
}

void session_answer(struct session *s, const char *answer, size_t len)
{
	char text[CLI_IN_MAX + 1];
	void (*answered)(struct session *s, const char *text) = s->answered;

	s->answered = NULL;
	if (!clean_text(answer, len, text))
		*text = '\0';
	answered(s, text);
	session_settle(s);
}

static void job_end(struct session *s)
{
	struct job j = s->job;
	s->job = (struct job){ 0 };
	if (j.step && j.end)
		j.end(j.state);
}

void session_interrupt(struct session *s)
{
	frame(s, CLI_MARK, "", 0);
	if (s->answered) {			/* as if the command had not been typed */
		s->answered = NULL;
		session_settle(s);
	} else if (s->job.step) {
		if (s->job.stop && !s->job.stop(s, s->job.state))
			return;
		job_end(s);
		session_settle(s);
	} else if (s->waiting) {
		if (s->waiting->interrupt)
			s->waiting->interrupt(s);	/* its end settles the session */
	}
}

bool session_step(struct session *s)
{
	if (s->over || !s->job.step || s->out.len > SESSION_OUT_HIGH)
		return false;
	const struct job j = s->job;
	bool more = j.step(s, j.state);
	if (s->job.step != j.step || s->job.state != j.state) {	/* its last step began another */
		if (j.end)
			j.end(j.state);
		more = s->job.step;
	}
	if (s->body.failed || s->out.failed)
		more = false;
	if (!more)
		job_end(s);
	session_settle(s);
	return more && s->out.len <= SESSION_OUT_HIGH;
}

void session_end(struct session *s)
{
	job_end(s);
	if (s->waiting && s->waiting->leave)
		s->waiting->leave(s);
	s->waiting = NULL;
	if (s->cfg)
		cfg_session_free(s->cfg);
	s->cfg = NULL;
	text_free(&s->out);
	text_free(&s->body);
	text_free(&s->items);
}

/* ---- for commands ------------------------------------------------------------------------------- */

void say(struct session *s, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	text_vprintf(&s->body, fmt, ap);
	va_end(ap);
}

void say_error(struct session *s, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	text_puts(&s->body, "Error: ");
	text_vprintf(&s->body, fmt, ap);
	text_puts(&s->body, "\n");
	va_end(ap);
	s->failed = true;
}

void session_item(struct session *s, char kind, const char *word, const char *help)
{
	size_t room = strlen(word) + strlen(help) + 3;

	if (s->items.len + room > CLI_OUT_MAX)
		frame_items(s);
	if (room <= CLI_OUT_MAX)
		text_printf(&s->items, "%c%s\t%s\n", kind, word, help);
}

#define PROGRESS_NS	250000000	/* between two notes of progress, and before the first */

void session_progress(struct session *s, const char *text, size_t done, size_t total)
{
	uint64_t now = loop_now(s->e->loop);
	char note[128];
	int n;

	if (now < s->progress_ns + PROGRESS_NS || s->out.len)
		return;
	s->progress_ns = now;
	if (total)
		n = snprintf(note, sizeof(note), "%.100s %zu%%", text, (size_t)(100.0 * (double)done / (double)total));
	else
		n = snprintf(note, sizeof(note), "%.100s ...", text);
	frame(s, CLI_PROGRESS, note, (size_t)n);
}

void session_history(struct session *s)
{
	frame_body(s);
	frame(s, CLI_HISTORY, "", 0);
}

void session_live(struct session *s)
{
	frame(s, CLI_LIVE, "", 0);
}

void session_screen(struct session *s, const char *lines)
{
	frame(s, CLI_SCREEN, lines, strlen(lines));
}

void session_caret(struct session *s, size_t column)
{
	char text[24];
	frame_body(s);
	int n = snprintf(text, sizeof(text), "%zu", column);
	frame(s, CLI_CARET, text, (size_t)n);
}

void session_filter(struct session *s, const char *stages)
{
	frame(s, CLI_FILTER, stages, strlen(stages));
}

void session_ask(struct session *s, const char *question, void (*answered)(struct session *s, const char *text))
{
	frame_body(s);
	frame(s, CLI_QUESTION, question, strlen(question));
	s->answered = answered;
}

void session_job(struct session *s, bool (*step)(struct session *s, void *state), void (*end)(void *state), void *state)
{
	s->job = (struct job){ .step = step, .end = end, .state = state };
	s->wake(s);
}

struct print {
	struct cli_shared *shared;
	char *text;
	size_t at, len;
};

static bool print_step(struct session *s, void *state)
{
	struct print *p = state;
	size_t n = p->len - p->at < CLI_OUT_MAX ? p->len - p->at : CLI_OUT_MAX;

	text_add(&s->body, p->text + p->at, n);
	p->at += n;
	return p->at < p->len;
}

static void print_end(void *state)
{
	struct print *p = state;
	p->shared->renders--;
	free(p->text);
	free(p);
}

void session_print(struct session *s, char *text)
{
	struct print *p;

	if (!text || !(p = malloc(sizeof(*p)))) {
		free(text);
		say_error(s, "Not enough memory for this output.");
		return;
	}
	*p = (struct print){ s->shared, text, 0, strlen(text) };
	s->shared->renders++;
	session_job(s, print_step, print_end, p);
}
