/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text.h: a growing text. The first failure sticks; text_take() then returns NULL.
 */
#ifndef TW_CFG_TEXT_H
#define TW_CFG_TEXT_H

#include <stdbool.h>
#include <stdio.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct text {
	char *p;
	size_t n, cap;
	bool bad;
};

static inline void text_add(struct text *t, const char *s, size_t len)
{
	if (t->n + len + 1 > t->cap && !t->bad) {
		size_t cap = (t->cap ? 2 * t->cap : 256) + len;
		char *p = realloc(t->p, cap);

		t->bad = !p;
		if (p) {
			t->p = p;
			t->cap = cap;
		}
	}
	if (t->bad)
		return;
	memcpy(t->p + t->n, s, len);
	t->n += len;
	t->p[t->n] = '\0';
}

static inline void text_puts(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

__attribute__((format(printf, 2, 3))) static inline void text_printf(struct text *t, const char *fmt, ...)
{
	char line[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(line))
		t->bad = true;
	else
		text_add(t, line, (size_t)n);
}

static inline char *text_take(struct text *t)
{
	char *p = t->p;

	text_add(t, "", 0);
	p = t->p;
	if (t->bad) {
		free(t->p);
		p = NULL;
	}
	*t = (struct text){ 0 };
	return p;
}

#endif
