/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What core is told of a port whose carrier comes and goes: by netlink, whose notices may be old or late,
 * and by the carrier watcher. The last word must be the state that is.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/engine.h"

static const struct sys_link core = { .ifindex = 7, .name = "core", .admin_up = true, .carrier = true, .mtu = 9216 };

static const struct sys_monitor_fn *notice;
static void *notice_arg;
static struct sys_link queued[4];		/* notices nobody has read yet */
static unsigned n_queued;
static struct sys_link now;			/* the kernel's state; ifindex 0: no such device */
static struct fact_link told[8];
static unsigned n_told, told_ldp, settled;

/* ---- everybody else ---------------------------------------------------------------------------------- */

struct sys_monitor *sys_monitor_new(const struct sys_monitor_fn *fn, void *arg)
{
	notice = fn;
	notice_arg = arg;
	return (struct sys_monitor *)&notice;
}

void sys_monitor_free(struct sys_monitor *m)
{
	(void)m;
}

int sys_monitor_fd(const struct sys_monitor *m)
{
	static int fds[2];

	(void)m;
	if (!fds[1])
		assert_int_equal(pipe(fds), 0);
	return fds[0];
}

int sys_monitor_dump(struct sys_monitor *m)
{
	(void)m;
	if (now.ifindex)
		notice->link(notice_arg, &now, false);
	return 0;
}

int sys_monitor_read(struct sys_monitor *m)
{
	(void)m;
	for (unsigned i = 0; i < n_queued; i++)
		notice->link(notice_arg, &queued[i], false);
	n_queued = 0;
	return 0;
}

int sys_link_get(uint32_t ifindex, struct sys_link *out)
{
	if (!now.ifindex || ifindex != now.ifindex)
		return -ENODEV;
	*out = now;
	return 0;
}

void core_link(struct core *c, const char *ifname, const struct fact_link *f)
{
	(void)c;
	assert_string_equal(ifname, "GigabitEthernet0/2/0");
	assert_true(n_told < 8);
	told[n_told++] = *f;
}

const char *names_operator(const struct names *n, const char *device)
{
	(void)n;
	assert_string_equal(device, "core");
	return "GigabitEthernet0/2/0";
}

const char *names_device(const struct names *n, const char *ifname) { (void)n, (void)ifname; return "core"; }
void core_neigh(struct core *c, uint32_t i, uint32_t ip, const uint8_t *mac) { (void)c, (void)i, (void)ip, (void)mac; }
void core_subnet(struct core *c, uint32_t i, uint32_t ip, uint8_t l, bool t) { (void)c, (void)i, (void)ip, (void)l, (void)t; }
void dp_link(struct dp *d, const struct sys_link *l, bool gone) { (void)d, (void)l, (void)gone; }
void speaker_address(struct engine *e, uint32_t i, uint32_t ip, uint8_t l, bool g) { (void)e, (void)i, (void)ip, (void)l, (void)g; }

/* LDP hears of a port what core hears, under the same name. */
void speaker_link(struct engine *e, const char *ifname, const struct sys_link *l, bool gone)
{
	(void)e;
	assert_string_equal(ifname, "GigabitEthernet0/2/0");
	assert_int_equal(l->carrier, told[n_told - 1].carrier);
	assert_int_equal(gone, !told[n_told - 1].present);
	told_ldp++;
}

void host_device(struct engine *e, const struct sys_link *l, bool fresh) { (void)e, (void)l, (void)fresh; }

void engine_settle(struct engine *e)
{
	(void)e;
	settled = n_told;			/* what core has decided on */
}

/* ---- the tests ----------------------------------------------------------------------------------------- */

static struct engine e;

static int up(void **state)
{
	(void)state;
	e = (struct engine){ .loop = loop_new() };
	now = core;
	assert_int_equal(facts_start(&e), 0);
	n_told = n_queued = settled = told_ldp = 0;
	return 0;
}

static int down(void **state)
{
	(void)state;
	assert_int_equal(told_ldp, n_told);
	facts_stop(&e);
	loop_free(e.loop);
	return 0;
}

static void a_return_is_told_at_once(void **state)
{
	(void)state;
	facts_rose(&e, 7);
	assert_int_equal(n_told, 1);
	assert_true(told[0].carrier);
	assert_int_equal(told[0].detector, DET_CARRIER);
	assert_int_equal(settled, 1);
}

static void an_old_notice_is_not_the_last_word(void **state)
{
	(void)state;
	queued[n_queued] = core;
	queued[n_queued++].carrier = false;
	facts_rose(&e, 7);
	assert_int_equal(n_told, 2);
	assert_false(told[0].carrier);
	assert_true(told[1].carrier);
	assert_int_equal(settled, 2);
	assert_int_equal(n_queued, 0);
}

static void what_is_down_again_is_told_as_it_is(void **state)
{
	(void)state;
	now.carrier = false;
	facts_rose(&e, 7);
	assert_int_equal(n_told, 1);
	assert_false(told[0].carrier);
}

static void a_device_that_went_is_left_to_netlink(void **state)
{
	(void)state;
	now.ifindex = 0;
	facts_rose(&e, 7);
	assert_int_equal(n_told, 0);
}

static void a_short_fall_is_told_whole(void **state)
{
	(void)state;
	facts_fell(&e, 7, 1);			/* and it is back already */
	assert_int_equal(n_told, 2);
	assert_false(told[0].carrier);
	assert_true(told[1].carrier);
	assert_int_equal(told[0].detector, DET_CARRIER);
}

static void all_is_told_once_more(void **state)
{
	(void)state;
	assert_int_equal(facts_again(&e), 0);
	assert_int_equal(n_told, 1);
	assert_true(told[0].present && told[0].carrier);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_return_is_told_at_once, up, down),
		cmocka_unit_test_setup_teardown(an_old_notice_is_not_the_last_word, up, down),
		cmocka_unit_test_setup_teardown(what_is_down_again_is_told_as_it_is, up, down),
		cmocka_unit_test_setup_teardown(a_device_that_went_is_left_to_netlink, up, down),
		cmocka_unit_test_setup_teardown(a_short_fall_is_told_whole, up, down),
		cmocka_unit_test_setup_teardown(all_is_told_once_more, up, down),
	};

	return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
