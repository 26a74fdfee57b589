/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * args.h: what a row of the command table gets of the line: its words and parameters by their names.
 */
#ifndef TW_CLI_ARGS_H
#define TW_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cfg/parse.h"
#include "cli/proto.h"

struct args {
	const char *line;			/* as it was typed, the caller's */
	size_t n;
	struct arg {
		const char *name;		/* keyword or <parameter>, as the row spells it; not NUL-terminated */
		size_t len;
		size_t column;			/* in .line */
		const char *text;		/* as typed, without quotes; interfaces in canonical form */
	} v[TOKENS_MAX];
	size_t used;
	char buf[CLI_IN_MAX + TOKENS_MAX * 2 + 8 * IFNAME_LEN];
};

/* Words and values of @p, which was read in @line, in their order; false: they do not fit. */
bool args_fill(struct args *a, const struct parsed *p, const char *line);

const char *arg_text(const struct args *a, const char *name);	/* "<if>", "brief"; NULL: not on the line */
size_t arg_column(const struct args *a, const char *name);	/* 0: not on the line */
uint32_t arg_number(const struct args *a, const char *name);	/* 0: not on the line */
uint32_t arg_ip(const struct args *a, const char *name);	/* host order; 0: not on the line */

#endif
