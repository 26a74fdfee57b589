/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines typed before: what is kept of them, in a file of a home of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/client.h"

/* A password is in no file, however its command was abbreviated. */
static void secrets(void **state)
{
	static const char *const typed[] = {
		"display version", "md5-password plain 9.9.9.9 secret-1", "MD5 cipher 9.9.9.9 secret-1", " md plain 9.9.9.9 secret-1",
		"mpls ldp", "interface md5",
	};
	char home[] = "/tmp/twinwire-past-XXXXXX", path[64], text[256] = "";
	struct past *p;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(home));
	setenv("HOME", home, 1);
	p = past_new(true);
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++)
		past_add(p, typed[i]);
	past_free(p);
	snprintf(path, sizeof(path), "%s/.twinwire_history", home);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, sizeof(text) - 1, f) > 0);
	fclose(f);
	unlink(path);
	rmdir(home);
	assert_string_equal(text, "display version\nmpls ldp\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(secrets) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
