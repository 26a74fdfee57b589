/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_pw_fsm.c: the table of pw_fsm.c, cell by cell: each cell against what the event means, written down a second
 * time as rules.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ldp/pw.h"

static bool stands(enum pw_state s)
{
	return s == PW_MAPPED || s == PW_AGAIN || s == PW_WRONG_C;
}

static bool renegotiates(enum pw_state s)
{
	return s == PW_TO_REQUEST || s == PW_REQUESTED;
}

static enum pw_state on_said(enum pw_state s)
{
	switch (s) {
	case PW_TO_MAP:
	case PW_AGAIN:
		return PW_MAPPED;
	case PW_TO_WITHDRAW:
		return PW_WAIT;
	case PW_WRONG_C:
		return PW_TO_MAP;		/* without waiting for the Release */
	case PW_TO_REQUEST:
		return PW_REQUESTED;
	default:
		return s;
	}
}

static enum pw_state on_release(enum pw_state s)
{
	switch (s) {
	case PW_MAPPED:
		return PW_RELEASED;
	case PW_AGAIN:			/* a Mapping is due anyway */
	case PW_WRONG_C:
		return PW_TO_MAP;
	case PW_TO_WITHDRAW:
	case PW_WAIT:
		return PW_NONE;
	default:
		return s;
	}
}

static enum pw_state on_mapping(enum pw_state s, bool lower)
{
	if (s == PW_RELEASED || s == PW_REQUESTED)
		return PW_TO_MAP;
	if (!stands(s))
		return s;
	if (lower)
		return PW_WRONG_C;
	return s == PW_WRONG_C ? PW_MAPPED : s;	/* the peer took C=0 back in time */
}

static enum pw_state on_change(enum pw_state s, bool anew)
{
	if (stands(s))
		return PW_TO_WITHDRAW;
	return s == PW_RELEASED || (anew && renegotiates(s)) ? PW_TO_MAP : s;
}

static enum pw_state expected(enum pw_state s, enum pw_event e)
{
	switch (e) {
	case PW_EV_WANT:
		return s == PW_NONE ? PW_TO_MAP : s;
	case PW_EV_QUIET:
		return stands(s) ? PW_TO_WITHDRAW : s == PW_TO_WITHDRAW || s == PW_WAIT ? s : PW_NONE;
	case PW_EV_CHANGED:
		return on_change(s, false);
	case PW_EV_ANEW:
		return on_change(s, true);
	case PW_EV_RENEGOTIATE:
		return s == PW_NONE ? PW_TO_REQUEST : s == PW_RELEASED ? PW_NONE : stands(s) ? PW_TO_WITHDRAW : s;
	case PW_EV_SAID:
		return on_said(s);
	case PW_EV_MAPPING:
		return on_mapping(s, false);
	case PW_EV_MAPPING_C0:
		return on_mapping(s, true);
	case PW_EV_RELEASE:
		return on_release(s);
	case PW_EV_REQUEST:
		return s == PW_MAPPED ? PW_AGAIN : s == PW_RELEASED || renegotiates(s) ? PW_TO_MAP : s;
	case PW_EV_REFUSED:
		return s == PW_REQUESTED ? PW_TO_MAP : s;
	default:
		return PW_NONE;
	}
}

static void every_cell(void **state)
{
	(void)state;
	for (enum pw_state s = 0; s < PW__N; s++)
		for (enum pw_event e = 0; e < PW_EV__N; e++)
			if (pw_fsm[s][e] != expected(s, e))
				fail_msg("%s, %s: %s", pw_state_text(s), pw_event_text(e), pw_state_text(pw_fsm[s][e]));
}

/* What is to be said leads to a state in which nothing is, in two messages at most. */
static void saying_ends(void **state)
{
	(void)state;
	for (enum pw_state s = 0; s < PW__N; s++) {
		enum pw_state t = s;

		for (int i = 0; i < 2 && pw_state_says(t); i++)
			t = pw_fsm[t][PW_EV_SAID];
		assert_false(pw_state_says(t));
		assert_int_equal(pw_state_says(s), pw_fsm[s][PW_EV_SAID] != s);
	}
}

static void control_word_by_type(void **state)
{
	(void)state;
	assert_false(pw_type_needs_cw(LDP_PW_ETHERNET));
	assert_false(pw_type_needs_cw(LDP_PW_ETHERNET_TAGGED));
	assert_false(pw_type_needs_cw(0x07));		/* PPP */
	assert_true(pw_type_needs_cw(0x11));		/* SAToP E1 */
	assert_true(pw_type_needs_cw(0x19));		/* Frame Relay DLCI */
	assert_false(pw_type_needs_cw(0x7fff));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell), cmocka_unit_test(saying_ends), cmocka_unit_test(control_word_by_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
