/* SPDX-License-Identifier: BSD-2-Clause */
/* screen.c: commands about the operator's terminal; the client does what they say. */
#include "cli/rows.h"
#include "cli/session.h"

void do_screen_length(struct session *s, const struct args *a)
{
	const char *lines = arg_text(a, "undo") ? NULL : arg_text(a, "<lines>");

	session_screen(s, lines ? lines : "");
}

void do_history(struct session *s, const struct args *a)
{
	(void)a;
	session_history(s);
}
