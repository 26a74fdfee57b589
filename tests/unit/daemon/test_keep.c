/* SPDX-License-Identifier: BSD-2-Clause */
/* Records that outlive the engine: what core tells comes back to core; what does not fit is forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/engine.h"

static struct engine e;
static struct {
	unsigned reverts, templates, labels;
	uint32_t next_label;
	char name[64];
	uint64_t deadline;
	struct template_values v;
	bool takes;			/* what core answers */
} core;

bool core_seed_revert(struct core *c, const char *ifname, uint64_t deadline_ns, uint64_t resume_ns)
{
	(void)c;
	(void)resume_ns;
	core.reverts++;
	core.deadline = deadline_ns;
	strncpy(core.name, ifname, sizeof(core.name) - 1);
	return core.takes;
}

bool core_seed_template(struct core *c, const char *name, const struct template_values *v)
{
	(void)c;
	core.templates++;
	core.v = *v;
	strncpy(core.name, name, sizeof(core.name) - 1);
	return core.takes;
}

void core_seed_next_label(struct core *c, uint32_t next)
{
	(void)c;
	core.labels++;
	core.next_label = next;
}

static int up(void **state)
{
	static const struct cfg_steps none;

	(void)state;
	memset(&core, 0, sizeof(core));
	core.takes = true;
	e = (struct engine){ .cfg = cfg_new(&none) };
	return e.cfg ? 0 : -1;
}

static int down(void **state)
{
	(void)state;
	cfg_free(e.cfg);
	return 0;
}

static void a_timer_comes_back(void **state)
{
	struct act_keep k = { .name = "GigabitEthernet0/1/0.100", .deadline_ns = UINT64_MAX - 1 };

	(void)state;
	keep_revert(&e, &k);
	assert_true(e.keep);
	keep_flush(&e);
	assert_false(e.keep);
	keep_seed(&e);
	assert_int_equal(core.reverts, 1);
	assert_string_equal(core.name, k.name);
	assert_true(core.deadline == k.deadline_ns);
	assert_false(e.keep);				/* nothing to write: it is as it was */
	k.deadline_ns = 0;
	keep_revert(&e, &k);
	keep_seed(&e);
	assert_int_equal(core.reverts, 1);
}

static void values_come_back(void **state)
{
	struct act_keep_template k = { .name = "gold", .keep = true, .v = { 0xfffefdfc, true, 9600 } };

	(void)state;
	keep_template(&e, &k);
	keep_seed(&e);
	assert_int_equal(core.templates, 1);
	assert_string_equal(core.name, "gold");
	assert_true(core.v.peer == 0xfffefdfc && core.v.control_word && core.v.mtu == 9600);
	k.keep = false;
	keep_template(&e, &k);
	keep_seed(&e);
	assert_int_equal(core.templates, 1);
}

/* A name may have blanks, a key may not. */
static void names_with_blanks(void **state)
{
	static const char *const names[] = { "gold and silver", "100%20", "%", " x" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct act_keep_template k = { .name = "", .keep = true, .v = { 7, false, 1500 } };

		snprintf(k.name, sizeof(k.name), "%s", names[i]);
		core.templates = 0;
		keep_template(&e, &k);
		keep_seed(&e);
		assert_int_equal(core.templates, 1);
		assert_string_equal(core.name, names[i]);
		k.keep = false;
		keep_template(&e, &k);
		keep_seed(&e);
		assert_int_equal(core.templates, 1);
	}
}

static void labels_come_back(void **state)
{
	struct act_keep_label k = { .next = 266240 };

	(void)state;
	keep_label(&e, &k);
	assert_true(e.keep);
	k.next += 4096;
	keep_label(&e, &k);
	keep_flush(&e);
	keep_seed(&e);
	assert_int_equal(core.labels, 1);
	assert_int_equal(core.next_label, 270336);
	assert_false(e.keep);
	assert_int_equal(cfg_state_set(e.cfg, "label/next", "many"), 0);
	keep_seed(&e);
	assert_int_equal(core.labels, 1);
	assert_true(e.keep);			/* nonsense is forgotten */
}

static void what_core_does_not_take_is_forgotten(void **state)
{
	(void)state;
	keep_revert(&e, &(struct act_keep){ .name = "eth1", .deadline_ns = 7 });
	keep_template(&e, &(struct act_keep_template){ .name = "gold", .keep = true });
	keep_flush(&e);
	core.takes = false;
	keep_seed(&e);
	assert_true(e.keep);
	keep_seed(&e);
	assert_true(core.reverts == 1 && core.templates == 1);
}

/* A journal somebody has been at: nothing of it reaches core, and it goes. */
static void nonsense_is_forgotten(void **state)
{
	static const char *const record[][2] = {
		{ "revert/eth1", "soon" }, { "revert/eth2", "" }, { "template/gold", "1" }, { "template/silver", "1 1 x" },
		{ "template/iron", "-" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(record) / sizeof(record[0]); i++)
		assert_int_equal(cfg_state_set(e.cfg, record[i][0], record[i][1]), 0);
	assert_int_equal(cfg_state_set(e.cfg, "other/thing", "stays"), 0);
	keep_seed(&e);
	assert_true(core.reverts == 0 && core.templates == 0);
	for (size_t i = 0; i < sizeof(record) / sizeof(record[0]); i++)
		assert_null(cfg_state_get(e.cfg, record[i][0]));
	assert_non_null(cfg_state_get(e.cfg, "other/thing"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_timer_comes_back, up, down),
		cmocka_unit_test_setup_teardown(values_come_back, up, down),
		cmocka_unit_test_setup_teardown(labels_come_back, up, down),
		cmocka_unit_test_setup_teardown(names_with_blanks, up, down),
		cmocka_unit_test_setup_teardown(what_core_does_not_take_is_forgotten, up, down),
		cmocka_unit_test_setup_teardown(nonsense_is_forgotten, up, down),
	};

	return cmocka_run_group_tests_name("keep", tests, NULL, NULL);
}
