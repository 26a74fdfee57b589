/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * commit.c: tw-bench-commit N: what N circuits take of the heap, in the configuration and in core, as JSON.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cfg/cfg.h"
#include "core/core.h"

#define SUBIFS	4094
#define LABEL	1000

static int prepare(void *arg, enum obj_type type, const void *old, const void *now)
{
	return core_prepare(arg, type, old, now);
}

static int prepared(void *arg, struct cfg *c)
{
	struct core_problem p[1];

	if (core_prepared(arg, p, 1))
		cfg_problem(c, p[0].type, p[0].obj, p[0].field, p[0].text);
	return 0;
}

static void give_up(void *arg)
{
	core_abort(arg);
}

static bool applied(void *arg)
{
	struct actions a = { 0 };

	core_apply(arg);
	while (core_run(arg, 1, &a))
		a.n = 0;
	free(a.v);
	while (core_tidy(arg, 1000))
		;
	return false;
}

static char *configuration(unsigned int n)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	fprintf(f, "mpls lsr-id 10.255.0.1\n#\nmpls\n#\nmpls l2vpn\n capacity circuits %u\n#\n", n + 64);
	fprintf(f, "static-lsp ingress to0 destination 10.255.1.0 32 nexthop 198.18.0.2 out-label 500\n#\n");
	for (unsigned int i = 0; i < n; i++)
		fprintf(f, "interface ac%u.%u\n vlan-type dot1q %u\n mpls static-l2vc destination 10.255.1.%u %u "
			"transmit-vpn-label %u receive-vpn-label %u control-word raw\n#\n", i / SUBIFS, i % SUBIFS + 1,
			i % SUBIFS + 1, i % 4, LABEL + i, LABEL + i, LABEL + i);
	fclose(f);
	return text;
}

static size_t heap(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

/* Octets in use with @n circuits running, in the configuration alone or in @core, too. */
static size_t with(unsigned int n, bool with_core)
{
	size_t before = heap(), used;
	struct core *core = with_core ? core_new(0) : NULL;
	struct cfg_steps steps = { .prepare = prepare, .prepared = prepared, .abort = give_up, .applied = applied, .arg = core };
	char *text = configuration(n);
	struct cfg *c = cfg_new(core ? &steps : NULL);
	struct cfg_session *s = cfg_session_new(c);
	struct cfg_load l = { 0 };
	struct cfg_result r;

	if (cfg_load_text(s, text, strlen(text), &l) || l.inert || l.refused) {
		fprintf(stderr, "load: %u inert, %u refused\n", l.inert, l.refused);
		exit(1);
	}
	cfg_commit(s, NULL, &r);
	if (r.err) {
		fprintf(stderr, "commit: %d, %s: %s\n", r.err, r.problem[0].line, r.problem[0].text);
		exit(1);
	}
	cfg_session_free(s);
	free(text);
	while (cfg_background(c))
		;
	used = heap() - before;
	cfg_free(c);
	core_free(core);
	return used;
}

int main(int argc, char **argv)
{
	unsigned int n = argc == 2 ? (unsigned int)strtoul(argv[1], NULL, 10) : 0;
	double few, many, both, few_both;

	if (n < 2 || n > 1000000) {
		fprintf(stderr, "usage: tw-bench-commit CIRCUITS\n");
		return 1;
	}
	few = (double)with(1, false);
	many = (double)with(n, false);
	few_both = (double)with(1, true);
	both = (double)with(n, true);
	printf("{\"circuits\": %u, \"cfg\": %.1f, \"core\": %.1f}\n", n, (many - few) / (n - 1),
	       (both - few_both - (many - few)) / (n - 1));
	return 0;
}
