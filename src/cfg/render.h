/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * render.h: rows backwards: from objects to lines.
 */
#ifndef TW_CFG_RENDER_H
#define TW_CFG_RENDER_H

#include "cfg/tables.h"
#include "base/text.h"

#define LINE_MAX_LEN 4096

/* The line of @cmd for @rec, without indentation; false: nothing of it is configured (or it does not fit). */
bool render_line(const struct command *cmd, const void *rec, uint32_t index, char *out, size_t size);

/* The elements of @obj that @cmd may print (1 unless it is about an array), and the line of one of them; false: there
 * is nothing to print, also when @obj is NULL or has no such element. @cmd is no T_OBJECT row of another type. */
uint32_t render_elements(const struct command *cmd, const void *obj);
bool render_element(const struct command *cmd, const void *obj, uint32_t i, char *out, size_t size);
/* The line, with `undo`, that takes it away again. */
bool render_undo(const struct command *cmd, const void *obj, uint32_t i, char *out, size_t size);
/* The line that says what holds while @cmd was not typed: its default, or `undo` of what is off. */
bool render_default(const struct command *cmd, char *out, size_t size);

/* Each configured line of @obj that rows of @view print, in order. @fn non-zero ends. */
struct rendered {
	const struct command *cmd;
	uint32_t index;			/* of the element, for T_SLOT and T_LIST */
	const char *line;
};
int render_lines(enum cfg_view view, const void *obj, int (*fn)(void *arg, const struct rendered *r), void *arg);

/* The row that prints objects of @type such as @obj; NULL: none. */
const struct command *render_row(enum obj_type type, const void *obj);

/* One object as a block that a loader takes again: header, lines, no inert ones. */
void render_object(struct text *t, enum obj_type type, const void *obj);

#endif
