/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load_report.c: what becomes of the lines of configuration files: a row a file, the sum, and how often each reason was
 * given. usage: load_report [-v] FILE...	(-v: each line that is not active, with its reason)
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cfg/cfg.h"

#define REASONS_MAX 512

struct reason {
	char text[120];
	unsigned int n;
};

static struct {
	bool verbose;
	const char *path;
	unsigned int unknown;		/* of the file: commands nobody knows */
	struct reason reason[REASONS_MAX];
	size_t n;
} rep;

static void count_reason(const char *text)
{
	char what[120];

	snprintf(what, sizeof(what), "%.*s", (int)strcspn(text, "\""), text);	/* which word does not matter here */
	for (size_t i = 0; i < rep.n; i++)
		if (!strcmp(rep.reason[i].text, what)) {
			rep.reason[i].n++;
			return;
		}
	if (rep.n < REASONS_MAX) {
		memcpy(rep.reason[rep.n].text, what, sizeof(what));
		rep.reason[rep.n++].n = 1;
	}
}

static void tell(void *arg, uint32_t line, const char *text, const char *reason)
{
	(void)arg;
	rep.unknown += !strncmp(reason, "Unrecognized", 12);
	count_reason(reason);
	if (rep.verbose)
		printf("%s:%u: %s\n\t%s\n", rep.path, line, text, reason);
}

static char *read_all(const char *path, size_t *len)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 1u << 20);

	if (!f || !text) {
		free(text);
		return NULL;
	}
	*len = fread(text, 1, (1u << 20) - 1, f);
	fclose(f);
	return text;
}

/* The start-up with @text; what it prints. */
static char *start(const char *text, size_t len, struct cfg_load *l)
{
	struct cfg *c = cfg_new(NULL);
	struct cfg_session *s = cfg_session_new(c);
	struct cfg_result r = { .err = -1 };
	char *out;

	if (cfg_load_text(s, text, len, l) == 0)
		cfg_commit_startup(s, NULL, l, &r);
	out = r.err ? NULL : cfg_render(cfg_running(c), NULL);
	cfg_session_free(s);
	cfg_free(c);
	return out;
}

static bool one(const char *path, struct cfg_load *sum)
{
	struct cfg_load l = { .tell = tell }, again = { 0 };
	size_t len = 0;
	char *text = read_all(path, &len), *first, *second;
	bool same;

	rep.path = path;
	rep.unknown = 0;
	first = text ? start(text, len, &l) : NULL;
	second = first ? start(first, strlen(first), &again) : NULL;
	same = second && !strcmp(first, second);
	printf("%6u %6u %6u %7u %8u  %s%s\n", l.taken + l.inert + l.refused, l.taken, l.inert, l.refused, rep.unknown, path,
	       same ? "" : "  NOT THE SAME WHEN LOADED AGAIN");
	sum->taken += l.taken;
	sum->inert += l.inert;
	sum->refused += l.refused;
	free(text);
	free(first);
	free(second);
	return same;
}

static int by_number(const void *a, const void *b)
{
	const struct reason *x = a, *y = b;

	return (x->n < y->n) - (x->n > y->n);
}

int main(int argc, char **argv)
{
	struct cfg_load sum = { 0 };
	unsigned int unknown = 0;
	bool ok = true;
	int i = 1;

	rep.verbose = argc > 1 && !strcmp(argv[1], "-v");
	printf(" lines active  inert refused  unknown  file\n");
	for (i += rep.verbose; i < argc; i++) {
		ok &= one(argv[i], &sum);
		unknown += rep.unknown;
	}
	printf("%6u %6u %6u %7u %8u  all\n\n", sum.taken + sum.inert + sum.refused, sum.taken, sum.inert, sum.refused,
	       unknown);
	qsort(rep.reason, rep.n, sizeof(rep.reason[0]), by_number);
	for (size_t k = 0; k < rep.n; k++)
		printf("%6u  %s\n", rep.reason[k].n, rep.reason[k].text);
	return ok ? 0 : 1;
}
