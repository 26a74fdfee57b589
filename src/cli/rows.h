/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rows.h: the commands that are not configuration, rows beside those of cfg (cfg/tables.h).
 *
 * To add one: a row in rows.c with a leaf for each <parameter> that has none yet, a line in cli_words for each new
 * word, and a function declared here or in display.h. Whoever needs an example looks at "capture-packet".
 */
#ifndef TW_CLI_ROWS_H
#define TW_CLI_ROWS_H

#include "cfg/tables.h"
#include "cli/args.h"

struct session;

/* What a row's .act points to. */
struct cli_action {
	void (*run)(struct session *s, const struct args *a);
	bool own_view;			/* not behind `run`: only where it is typed itself */
};
extern const struct cmd_table cli_rows;

/* commands.c; "undo" is among the arguments of an undo form */
void do_system_view(struct session *s, const struct args *a);
void do_quit(struct session *s, const struct args *a);
void do_return(struct session *s, const struct args *a);
void do_run(struct session *s, const struct args *a);
void do_forward(struct session *s, const struct args *a);
void do_capture(struct session *s, const struct args *a);

/* tool.c */
void do_ping(struct session *s, const struct args *a);
void do_tracert(struct session *s, const struct args *a);
void do_ping_vc(struct session *s, const struct args *a);

/* screen.c */
void do_screen_length(struct session *s, const struct args *a);
void do_history(struct session *s, const struct args *a);

#endif
