/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions on the real configuration: tests/golden/session/NAME.in holds what is typed (after "? " an answer,
 * after "$ " a fact of the test), NAME.txt the transcript with prompts. TW_GOLDEN=write makes the latter.
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
static char prompt[512];

static void play(const char *in)
{
	struct cli_shared shared;
	struct session s;
	FILE *f = fopen(in, "r");
	char line[4096];

	assert_non_null(f);
	fake_session(&s, &shared);
	frame_text(&s, &seen, prompt);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "? ", 2)) {
			assert_true(s.answered != NULL);
			text_printf(&seen, "%s\n", line + 2);
			session_answer(&s, line + 2, strlen(line + 2));
		} else {
			text_printf(&seen, "%s%s\n", prompt, line);
			session_line(&s, line, strlen(line));
		}
		frame_text(&s, &seen, prompt);
	}
	fclose(f);
	session_end(&s);
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

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(edit), cmocka_unit_test(errors),
		cmocka_unit_test(without_mpls), cmocka_unit_test(views) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
