/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text.h: a text that grows, up to a bound. The first failure (memory, bound) sticks.
 */
#ifndef TW_TEXT_H
#define TW_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define TEXT_MAX (256u << 20)

struct text {			/* zeroed = empty */
	char *v;		/* NUL after .len once anything was added */
	size_t len, cap;
	bool failed;
};

void text_add(struct text *t, const void *v, size_t n);
void text_puts(struct text *t, const char *s);
void text_printf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_vprintf(struct text *t, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
void text_pad(struct text *t, size_t from, size_t width);	/* blanks until @width columns after offset @from */
void text_cut(struct text *t, size_t n);			/* forgets the first @n octets */
void text_free(struct text *t);					/* empty again, may be used on */
char *text_take(struct text *t);	/* what it holds, malloc'ed and never NULL unless it failed; empty again */

#endif
