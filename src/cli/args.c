/* SPDX-License-Identifier: BSD-2-Clause */
/* args.c: see args.h. */
#include "cli/args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool quoted(const struct said *w)
{
	return w->item->kind == G_LEAF && w->item->leaf->type == LT_NAME && w->len >= 2 && w->text[0] == '"';
}

static bool add(struct args *a, const struct said *w)
{
	const char *text = w->text;
	size_t len = w->len;
	char typed[2 * IFNAME_LEN], name[IFNAME_LEN];

	if (quoted(w)) {
		text++;
		len -= 2;
	} else if (w->item->kind == G_LEAF && w->item->leaf->type == LT_IFNAME && len < sizeof(typed)) {
		memcpy(typed, text, len);
		typed[len] = '\0';
		if (cfg_ifname(typed, name)) {
			text = name;
			len = strlen(name);
		}
	}
	if (a->n == TOKENS_MAX || a->used + len + 1 > sizeof(a->buf))
		return false;
	memcpy(a->buf + a->used, text, len);
	a->buf[a->used + len] = '\0';
	a->v[a->n++] = (struct arg){ w->item->word, w->item->len, (size_t)(w->text - a->line), a->buf + a->used };
	a->used += len + 1;
	return true;
}

bool args_fill(struct args *a, const struct parsed *p, const char *line)
{
	a->line = line;
	a->n = a->used = 0;
	for (size_t i = 0; i < p->n_said; i++)
		if (!add(a, &p->said[i]))
			return false;
	return true;
}

static const struct arg *find(const struct args *a, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < a->n; i++)
		if (a->v[i].len == len && !memcmp(a->v[i].name, name, len))
			return &a->v[i];
	return NULL;
}

const char *arg_text(const struct args *a, const char *name)
{
	const struct arg *found = find(a, name);

	return found ? found->text : NULL;
}

size_t arg_column(const struct args *a, const char *name)
{
	const struct arg *found = find(a, name);

	return found ? found->column : 0;
}

uint32_t arg_number(const struct args *a, const char *name)
{
	const char *s = arg_text(a, name);

	return s ? (uint32_t)strtoul(s, NULL, 10) : 0;
}

uint32_t arg_ip(const struct args *a, const char *name)
{
	const char *s = arg_text(a, name);
	unsigned v[4];

	if (!s || sscanf(s, "%u.%u.%u.%u", &v[0], &v[1], &v[2], &v[3]) != 4)
		return 0;
	return v[0] << 24 | v[1] << 16 | v[2] << 8 | v[3];
}
