/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every alarm, reason and detector has a text of its own: displays, log and events.sock print it as it is, between
 * quotation marks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/core_show.h"

static const enum reason reasons[] = {
#define X(n, sym, text) REASON_##sym,
	REASONS(X)
#undef X
};

static const char *alarm_at(unsigned i) { return core_alarm_text((enum alarm)i); }
static const char *reason_at(unsigned i) { return core_reason_text(reasons[i]); }
static const char *detector_at(unsigned i) { return core_detector_text((enum detector)(i + 1)); }

static void walk(const char *(*text)(unsigned i), unsigned n, size_t shortest)
{
	for (unsigned i = 0; i < n; i++) {
		if (!text(i) || strlen(text(i)) < shortest)
			fail_msg("number %u has no text", i);
		assert_null(strpbrk(text(i), "\"\\\n"));
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(text(i), text(k));
	}
}

static void alarms(void **state)
{
	(void)state;
	walk(alarm_at, ALARM__N, 10);
	assert_string_equal(core_alarm_text(ALARM__N), "-");
}

static void reasons_and_detectors(void **state)
{
	(void)state;
	walk(reason_at, sizeof(reasons) / sizeof(*reasons), 5);
	walk(detector_at, DET_REQUEST, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(alarms), cmocka_unit_test(reasons_and_detectors) };

	return cmocka_run_group_tests_name("words of core", tests, NULL, NULL);
}
