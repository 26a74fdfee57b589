/* SPDX-License-Identifier: BSD-2-Clause */
/* text.c: a bounded, growing text; see text.h. */
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool text_room(struct text *t, size_t n)
{
	if (t->failed || n > TEXT_MAX || t->len + n + 1 > TEXT_MAX) {
		t->failed = true;
		return false;
	}
	if (t->len + n + 1 <= t->cap)
		return true;
	size_t cap = t->cap ? t->cap : 256;
	while (cap < t->len + n + 1)
		cap *= 2;
	char *v = realloc(t->v, cap);
	if (!v) {
		t->failed = true;
		return false;
	}
	t->v = v;
	t->cap = cap;
	return true;
}

void text_add(struct text *t, const void *v, size_t n)
{
	if (!n || !text_room(t, n))
		return;
	memcpy(t->v + t->len, v, n);
	t->len += n;
	t->v[t->len] = '\0';
}

void text_puts(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

void text_vprintf(struct text *t, const char *fmt, va_list ap)
{
	va_list again;
	if (!text_room(t, 64))
		return;
	size_t left = t->cap - t->len;
	va_copy(again, ap);
	int n = vsnprintf(t->v + t->len, left, fmt, again);	/* fits as a rule */
	va_end(again);
	if (n < 0 || !text_room(t, (size_t)n)) {
		t->v[t->len] = '\0';
		return;
	}
	if ((size_t)n >= left)
		vsnprintf(t->v + t->len, (size_t)n + 1, fmt, ap);
	t->len += (size_t)n;
}

void text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	text_vprintf(t, fmt, ap);
	va_end(ap);
}

void text_pad(struct text *t, size_t from, size_t width)
{
	while (!t->failed && t->len < from + width)
		text_add(t, " ", 1);
}

void text_cut(struct text *t, size_t n)
{
	if (n >= t->len) {
		t->len = 0;
		return;
	}
	memmove(t->v, t->v + n, t->len - n + 1);
	t->len -= n;
}

void text_free(struct text *t)
{
	free(t->v);
	*t = (struct text){ 0 };
}

char *text_take(struct text *t)
{
	char *v = t->failed || !text_room(t, 0) ? NULL : t->v;

	if (v)
		v[t->len] = '\0';
	else
		free(t->v);
	*t = (struct text){ 0 };
	return v;
}
