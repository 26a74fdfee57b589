/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions on the real configuration: tests/golden/session/NAME.in holds what is typed (after "? " an answer,
 * after "@ " a line of a second operator), NAME.txt the transcript with prompts. TW_GOLDEN=write makes the latter.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake.h"

static struct text seen;

struct operator {
	struct session s;
	char prompt[512];
};

static void one_line(struct operator *o, const char *line)
{
	if (!strncmp(line, "? ", 2)) {
		assert_true(o->s.answered != NULL);
		text_printf(&seen, "%s\n", line + 2);
		session_answer(&o->s, line + 2, strlen(line + 2));
	} else {
		text_printf(&seen, "%s%s\n", o->prompt, line);
		session_line(&o->s, line, strlen(line));
	}
	frame_text(&o->s, &seen, o->prompt);
}

static void play(const char *in)
{
	static struct operator first, second;
	struct cli_shared shared;
	FILE *f = fopen(in, "r");
	char line[4096];

	assert_non_null(f);
	fake_session(&second.s, &shared);
	fake_session(&first.s, &shared);
	frame_text(&first.s, &seen, first.prompt);
	frame_text(&second.s, &seen, second.prompt);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "@ ", 2)) {
			text_puts(&seen, "(2) ");
			one_line(&second, line + 2);
		} else {
			one_line(&first, line);
		}
	}
	fclose(f);
	session_end(&first.s);
	session_end(&second.s);
	text_free(&shared.rollback);
}

static void transcript(const char *name)
{
	struct loop *l = loop_new();
	char in[512], txt[512], *want = calloc(1, 65536);
	FILE *f;

	snprintf(in, sizeof(in), "%s/%s.in", GOLDEN_DIR, name);
	snprintf(txt, sizeof(txt), "%s/%s.txt", GOLDEN_DIR, name);
	loop_virtual(l, FAKE_NOW);
	fake_start(l);
	text_free(&seen);
	play(in);
	if (getenv("TW_GOLDEN") && (f = fopen(txt, "w"))) {
		fputs(seen.v, f);
		fclose(f);
	}
	f = fopen(txt, "r");
	want[f ? fread(want, 1, 65535, f) : 0] = '\0';
	if (f)
		fclose(f);
	for (size_t i = 0, line = 0; want[i] || seen.v[i]; i++) {
		if (want[i] != seen.v[i])
			fail_msg("%s, from line %zu: %.400s", txt, line + 1, seen.v + i);
		line += want[i] == '\n';
	}
	free(want);
	text_free(&seen);
	fake_stop();
	loop_free(l);
}

static void edit(void **state)
{
	(void)state;
	transcript("edit");
}

static void errors(void **state)
{
	(void)state;
	transcript("errors");
}

static void without_mpls(void **state)
{
	(void)state;
	transcript("without-mpls");
}

static void views(void **state)
{
	(void)state;
	transcript("views");
}

static void commits(void **state)
{
	(void)state;
	transcript("commits");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(edit), cmocka_unit_test(errors),
		cmocka_unit_test(without_mpls), cmocka_unit_test(views), cmocka_unit_test(commits) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
