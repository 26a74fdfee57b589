/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session.h: one operator at work: a view, a candidate, the command under way.
 *
 * A session turns frames that came in into frames to send; server.c moves the octets. Commands
 * print with say(), fail with say_error(), and may go on in three ways after they returned: as a job
 * that prints a slice at a time, by a question, or by waiting for something outside (s->waiting).
 */
#ifndef TW_CLI_SESSION_H
#define TW_CLI_SESSION_H

#include "cli/cli.h"
#include "base/text.h"

#define SESSION_OUT_HIGH	(256u << 10)	/* octets waiting above which no job goes on */
#define SESSION_RENDERS_MAX	8		/* long displays held at once, over all sessions */

struct session;

struct job {
	/* prints a slice; false: finished */
	bool (*step)(struct session *s, void *state);
	void (*end)(void *state);	/* frees, also when the session was lost */
	void *state;
	/* at an interrupt, said what becomes of it; false: it goes on to its end. NULL: it just ends */
	bool (*stop)(struct session *s, void *state);
};

/* What goes on outside the session while it waits: how it is told. Any may be NULL. */
struct session_wait {
	void (*interrupt)(struct session *s);	/* stop; its end settles the session */
	void (*leave)(struct session *s);	/* the session ends: forget it */
	void (*drained)(struct session *s);	/* out is at most SESSION_OUT_HIGH (again) */
};

struct capture;

struct cli_shared {			/* what the sessions of a server share */
	uint32_t renders;		/* long displays under way */
	struct capture *capture;	/* under way, or NULL */
	uint32_t tools;			/* programs under way (tool.c) */
	struct text rollback;		/* what came of the last one */
	/* the session behind @after, NULL: the first; NULL: that was the last. NULL: no server */
	const struct session *(*next)(const struct cli_shared *sh, const struct session *after);
};

struct session {
	const struct cli_engine *e;
	struct cli_shared *shared;
	void (*wake)(struct session *s);	/* something was added to out outside a call of server's */
	uint32_t uid, pid;		/* of the client */
	uint32_t number;		/* of the session, from 1 */
	int64_t opened_ns;		/* wall clock */
	struct text out;		/* frames to send; server takes them from the front */
	struct text body;		/* said by the command under way, not framed yet */
	struct text items;		/* of help, not framed yet */
	struct cfg_session *cfg;	/* NULL in the user view */
	bool upper_view;		/* see cfg_forward() */
	struct job job;			/* step NULL: none */
	void (*answered)(struct session *s, const char *text);	/* a question is open */
	const struct session_wait *waiting;	/* for something outside, else NULL */
	void *wait_state;
	uint64_t progress_ns;		/* when progress was told, or the command began */
	bool failed;			/* the command said Error: */
	bool leaving;			/* quit in the user view */
	bool over;			/* bye was sent: close when out is empty */
	char remembered[512];		/* by the open question */
};

void session_start(struct session *s);
bool session_ready(const struct session *s);	/* takes a line */
void session_line(struct session *s, const char *line, size_t len);
void session_help(struct session *s, const char *line, size_t len);
void session_answer(struct session *s, const char *text, size_t len);
void session_interrupt(struct session *s);
bool session_step(struct session *s);		/* a slice of the job; true: more to do now */
void session_kill(struct session *s, const char *why);	/* bye with a reason */
void session_end(struct session *s);		/* the client is gone: releases everything */

/* ---- for commands ---- */
void say(struct session *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "Error: " and the sentence; the command has failed */
void say_error(struct session *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* One item of help; frames what has gathered when it is much. */
void session_item(struct session *s, char kind, const char *word, const char *help);
void session_caret(struct session *s, size_t column);
void session_filter(struct session *s, const char *stages);	/* before the first output */
void session_ask(struct session *s, const char *question, void (*answered)(struct session *s, const char *text));
/* A step may be the last and begin another job, which takes the place of its own. */
void session_job(struct session *s, bool (*step)(struct session *s, void *state), void (*end)(void *state),
		 void *state);
/* Prints malloc'ed @text in slices and frees it; NULL: says that memory ran out. */
void session_print(struct session *s, char *text);
/* How far long work is, for an operator at a terminal; may be called as often as one likes. @total 0: nobody knows. */
void session_progress(struct session *s, const char *text, size_t done, size_t total);
void session_history(struct session *s);	/* the client prints the lines it sent */
void session_live(struct session *s);		/* what is said up to done is seen as it comes, not page by page */
void session_screen(struct session *s, const char *lines);	/* decimal, or "": the terminal's height */
void session_settle(struct session *s);		/* frames what was said; done if nothing is open */

/* help.c: what may follow @line, as items. */
void help_line(struct session *s, const char *line);

/* do_commit.c: who is at the other end, by name and terminal as far as they are known. */
void session_peer(const struct session *s, struct cli_peer *p);

/* commands.c: carries out a line of the operator. */
void command_line(struct session *s, const char *line);

/* capture.c: one capture at a time, over all sessions; its session waits for it. */
void capture_begin(struct session *s, const char *ifname, uint32_t ifindex, uint32_t count, bool drops,
		   const char *path);
void capture_orphan(struct cli_shared *sh);	/* @sh goes away */

#endif
