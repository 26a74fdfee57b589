/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client.h: the parts of the program twinwire.
 *
 * client.c: options, the conversation, exit codes. client_help.c: help. client_link.c: the socket. client_tty.c: octets, size and
 * signals of the terminal. client_edit.c: the line editor (libedit), help and completion at the key.
 * client_lines.c: where lines come from when there is no editor. client_page.c: what is printed, page by page.
 * client_past.c: the lines typed before.
 *
 * Signals are let in only while the client waits (link_recv, tty_octet, tty_write), so nothing is interrupted half way.
 */
#ifndef TW_CLI_CLIENT_H
#define TW_CLI_CLIENT_H

#include <histedit.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "base/text.h"
#include "cli/filter.h"
#include "cli/proto.h"

#define PROMPT_MAX 512

enum from {			/* where lines come from */
	FROM_SCRIPT,		/* -c, -f */
	FROM_INPUT,		/* standard input, no terminal */
	FROM_TERMINAL,		/* a terminal whose cursor we cannot move */
	FROM_EDITOR,
};

struct page {
	bool terminal;			/* output is one */
	bool stops;			/* the command under way is paged */
	int set;			/* screen-length; -1: the terminal's height */
	unsigned int row, column;	/* printed since the last stop */
	bool quiet;			/* the operator has seen enough */
	struct filter *found, *next;	/* typed at ---- More ----; next: just now */
	struct text pending;		/* the line behind the stop, for next */
	size_t progress;		/* columns of a note of progress on the screen */
};

struct client {
	const char *run_dir;
	bool yes;			/* -y */
	enum from from;
	struct text script;		/* lines of -c and -f, in order */
	size_t script_at;
	char *line;			/* the last one read */
	size_t line_cap;
	bool by_key;			/* it was no line: Ctrl-D, Ctrl-Z */

	int fd;
	unsigned int marks_due;		/* interrupts the engine has not answered */
	char prompt[PROMPT_MAX];
	bool failed, dirty;		/* of the last command */
	bool over;			/* the engine said goodbye */
	bool unanswered;		/* a question, because no line was left */
	bool lost;			/* the engine is gone */
	char text[CLI_OUT_MAX + 1];	/* of the last frame */
	unsigned char last;		/* its last octet */
	char engine[64];		/* its version */
	struct text items;		/* of help, as they came */

	struct filter *filter;		/* of the command under way */
	struct page page;
	struct edit *edit;
	struct past *past;
};

static inline bool client_typed(const struct client *c)
{
	return c->from >= FROM_TERMINAL;
}

/* client.c */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
size_t columns(const char *s, size_t len);	/* on a screen, of UTF-8 */
/* A caret under offset @at of @line, which stands above. */
void print_caret(const struct client *c, const char *line, size_t at);
/* Sends @type with @text and reads until the engine is done; false: c->lost or c->over. */
bool client_ask(struct client *c, enum cli_frame type, const char *text);
/* The engine says something though it was not asked; false: c->lost or c->over. */
bool client_news(struct client *c);

/* client_help.c: what may follow @line; false: c->lost or c->over. */
bool client_items(struct client *c, const char *line,
		  void (*fn)(void *arg, char kind, const char *word, const char *help), void *arg);
bool client_help(struct client *c, const char *line);	/* printed */

/* client_link.c */
int link_open(struct client *c);		/* 0, or an errno */
bool link_send(struct client *c, enum cli_frame type, const char *text);
bool link_interrupt(struct client *c);
/* Type of the next frame, its text in c->text; 0: the connection is lost. */
int link_recv(struct client *c);

/* client_tty.c */
enum { TTY_END = -1, TTY_INTERRUPT = -2, TTY_RESIZED = -3, TTY_TIMEOUT = -4, TTY_ENGINE = -5 };
void tty_start(void);				/* catches signals */
/* What poll() says of @fd (events POLLIN) within @ms (-1: for ever); 0 and *why = TTY_* if something came between. */
int tty_wait(const int *fd, int n, int ms, int *why);
int tty_octet(const struct client *c, int ms, bool watch_engine);	/* 0..255 or TTY_* */
void tty_write(const char *text, size_t len);	/* to standard output, behind what stdio holds of it */
void tty_octet_back(int octet);			/* it is the next one again */
void tty_size(unsigned int *rows, unsigned int *width);	/* 24 and 80 where nobody knows */
bool tty_keys(struct termios *before);		/* single keys from now on; false: it is no terminal */
bool tty_ending(void);				/* SIGTERM or SIGHUP came */

/* client_edit.c */
struct edit *edit_new(struct client *c);	/* NULL: this terminal or memory does not allow it */
void edit_free(struct edit *e);
/* A line, in c->line; @question: it is an answer. NULL: no more, or c->lost or c->over. *@dropped: by Ctrl-C. */
const char *edit_line(struct client *c, const char *prompt, bool question, bool *dropped);

/* client_lines.c */
const char *line_next(struct client *c, const char *prompt, bool question, bool *dropped);	/* as edit_line() */

/* client_past.c */
struct past *past_new(bool keep);		/* @keep: in a file of the user */
void past_free(struct past *p);
void past_add(struct past *p, const char *line);
History *past_list(struct past *p);		/* for the editor */
void past_each(struct past *p, void (*fn)(void *arg, const char *line), void *arg);	/* of this session, oldest first */

/* client_page.c */
void page_begin(struct client *c);		/* a command is sent */
void page_put(struct client *c, const char *text, size_t len);
void page_end(struct client *c);
void page_progress(struct client *c, const char *note);	/* "": erases it */

#endif
