/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The watcher on veth pairs: one store a path, no raise on an old decision, and carrier loss seen
 * where the kernel batches its notices.
 */
#include "netns.h"

#include <sys/resource.h>

#include "base/loop.h"
#include "sys/live.h"

#define PATHS 4200u

struct bench {
	struct loop *loop;
	struct watcher *w;
	uint8_t rows[PATHS * 8];
	struct {
		uint32_t ifindex;
		uint64_t when;
		bool rose;
	} news[16];
	int n_news;
	uint32_t a, b;
};
static struct bench t;

static void on_fell(void *arg, uint32_t ifindex, uint64_t when_ns)
{
	struct bench *x = arg;

	assert_true(x->n_news < 16);
	x->news[x->n_news].rose = false;
	x->news[x->n_news].ifindex = ifindex;
	x->news[x->n_news++].when = when_ns;
}

static void on_rose(void *arg, uint32_t ifindex)
{
	struct bench *x = arg;

	assert_true(x->n_news < 16);
	x->news[x->n_news].rose = true;
	x->news[x->n_news++].ifindex = ifindex;
}

static uint8_t armed(uint32_t path)
{
	return __atomic_load_n(&t.rows[(size_t)path * 8], __ATOMIC_ACQUIRE);
}

static void arm_by_hand(uint32_t path, uint8_t epoch)
{
	__atomic_store_n(&t.rows[(size_t)path * 8], epoch, __ATOMIC_RELEASE);
}

static void start(void)
{
	memset(&t, 0, sizeof(t));
	t.loop = loop_new();
	t.w = watcher_new(t.loop, (struct tw_live_flags){ t.rows, PATHS }, on_fell, &t);
	assert_non_null(t.w);
	watcher_on_rise(t.w, on_rose);
	pair_up(&t.a, &t.b);
}

static void stop(void)
{
	watcher_free(t.w);
	loop_free(t.loop);
}

static bool raise_now(uint16_t path, uint8_t epoch)
{
	return watcher_raise(t.w, path, epoch, watcher_generation(t.w, t.a));
}

static void turn(void)
{
	assert_int_equal(loop_turn(t.loop, 1000000), 0);
}

/* ---- lowering ---------------------------------------------------------------------------- */

static void one_store_per_path(void **state)
{
	uint64_t before;

	(void)state;
	start();
	for (uint16_t i = 1; i <= 4096; i++) {
		watcher_path(t.w, i, t.a);
		assert_true(raise_now(i, 7));
	}
	watcher_path(t.w, 4100, t.b);		/* another port, and a path of no port */
	assert_true(watcher_raise(t.w, 4100, 9, watcher_generation(t.w, t.b)));
	arm_by_hand(4101, 5);
	assert_int_equal(watcher_stores(t.w), 0);
	before = now_ms();
	sys_link_up(t.b, false);
	assert_true(wait_for(!armed(1) && !armed(4096) && !armed(4100), nap()));
	assert_true(wait_for(t.n_news >= 2, turn()));
	assert_int_equal(watcher_stores(t.w), 4097);
	assert_int_equal(armed(4101), 5);
	assert_int_equal(t.n_news, 2);		/* a lost its carrier, b was set down */
	assert_true(t.news[0].ifindex != t.news[1].ifindex);
	assert_true(t.news[0].when / 1000000 + 1 >= before && t.news[0].when / 1000000 <= now_ms());
	stop();
}

static void counts_only_what_was_up(void **state)
{
	(void)state;
	start();
	for (uint16_t i = 0; i < 10; i++)
		watcher_path(t.w, i, t.a);
	for (uint16_t i = 0; i < 4; i++)
		assert_true(raise_now(i, 1));
	watcher_lower(t.w, 0);
	watcher_lower(t.w, 0);
	watcher_lower(t.w, 9);
	assert_int_equal(watcher_stores(t.w), 1);
	sys_link_up(t.b, false);
	assert_true(wait_for(!armed(3), nap()));
	assert_true(wait_for(t.n_news, turn()));
	assert_int_equal(watcher_stores(t.w), 4);
	stop();
}

/* ---- raising ----------------------------------------------------------------------------- */

/* Order one: the decision is older than the fall. Order two: it is younger. */
static void stale_raise_is_refused(void **state)
{
	uint32_t generation;

	(void)state;
	start();
	watcher_path(t.w, 3, t.a);
	generation = watcher_generation(t.w, t.a);
	assert_true(watcher_raise(t.w, 3, 1, generation));
	sys_link_up(t.b, false);
	assert_true(wait_for(!armed(3), nap()));
	assert_false(watcher_raise(t.w, 3, 2, generation));
	assert_int_equal(armed(3), 0);
	assert_int_not_equal(watcher_generation(t.w, t.a), generation);
	assert_false(raise_now(3, 2));		/* decided after the fall, but the port is still down */
	assert_int_equal(armed(3), 0);

	sys_link_up(t.b, true);
	assert_false(watcher_raise(t.w, 3, 2, generation));	/* the old decision stays old */
	assert_true(raise_now(3, 2));		/* at once, whatever the thread had seen by now */
	assert_int_equal(armed(3), 2);
	assert_true(wait_for(t.n_news >= 2, turn()));
	assert_true(!t.news[0].rose && t.news[1].rose && t.news[1].ifindex == t.a);

	sys_link_up(t.b, false);		/* and falls again */
	assert_true(wait_for(!armed(3), nap()));
	assert_int_equal(watcher_stores(t.w), 2);
	stop();
}

/* Whatever the interleaving: when the dust has settled on a port that is down, the flag is down. */
static void raise_races_fall(void **state)
{
	(void)state;
	start();
	watcher_path(t.w, 1, t.a);
	for (int i = 0; i < 50; i++) {
		sys_link_up(t.b, true);
		assert_true(wait_for(raise_now(1, (uint8_t)(i + 1)), turn()));
		sys_link_up(t.b, false);
		for (int k = 0; k < i % 7; k++)
			raise_now(1, 200);	/* may or may not come first */
		assert_true(wait_for(!armed(1), nap()));
		turn();
		t.n_news = 0;
	}
	stop();
}

static void raise_needs_a_port(void **state)
{
	(void)state;
	start();
	assert_false(watcher_raise(t.w, 5, 1, watcher_generation(t.w, t.a)));
	watcher_path(t.w, 5, t.a);
	assert_true(raise_now(5, 1));
	watcher_path(t.w, 5, 0);
	assert_false(raise_now(5, 2));
	watcher_path(t.w, 65535, t.a);		/* beyond the map */
	assert_false(raise_now(65535, 1));
	watcher_lower(t.w, 65535);
	assert_int_equal(armed(5), 1);
	stop();
}

/* ---- what else is a fall ------------------------------------------------------------------ */

static void path_moves_with_its_port(void **state)
{
	uint32_t c;

	(void)state;
	start();
	assert_int_equal(veth_new((struct veth_end){ "c", 0 }, (struct veth_end){ "d", 0 }, -1), 0);
	c = index_of("c");
	sys_link_up(c, true);
	sys_link_up(index_of("d"), true);
	for (uint16_t i = 0; i < 3; i++) {
		watcher_path(t.w, i, t.a);
		assert_true(raise_now(i, 1));
	}
	watcher_path(t.w, 1, c);		/* out of the middle of the list */
	sys_link_up(t.b, false);
	assert_true(wait_for(!armed(0) && !armed(2), nap()));
	assert_int_equal(armed(1), 1);
	assert_int_equal(watcher_stores(t.w), 2);
	assert_int_equal(sys_vlan_del(c), 0);	/* removal is a fall */
	assert_true(wait_for(!armed(1), nap()));
	assert_true(wait_for(t.n_news == 2, turn()));
	assert_int_equal(t.news[1].ifindex, c);
	stop();
}

static void down_when_adopted(void **state)
{
	(void)state;
	start();
	sys_link_up(t.a, false);
	arm_by_hand(7, 3);				/* by an engine before us */
	watcher_path(t.w, 7, t.a);
	assert_true(wait_for(!armed(7), nap()));
	assert_true(wait_for(t.n_news, turn()));
	arm_by_hand(8, 3);				/* joins a port known to be down */
	watcher_path(t.w, 8, t.a);
	assert_int_equal(armed(8), 0);
	arm_by_hand(9, 3);
	watcher_path(t.w, 9, 4000000);		/* no such device */
	assert_true(wait_for(!armed(9), nap()));
	assert_int_equal(watcher_stores(t.w), 3);
	stop();
}

static int rename_link(uint32_t ifindex, const char *name)
{
	_Alignas(struct nlmsghdr) char buf[NL_REQUEST];
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, RTM_NEWLINK, 0, sizeof(struct ifinfomsg), &extra);

	((struct ifinfomsg *)extra)->ifi_index = (int)ifindex;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	return nl_talk(NETLINK_ROUTE, nlh, NULL, NULL);
}

static void renamed_port_is_followed(void **state)
{
	uint64_t end;
	int rc;

	(void)state;
	start();
	watcher_path(t.w, 1, t.a);
	assert_true(raise_now(1, 1));
	rc = rename_link(t.a, "elsewhere");
	if (rc == -EBUSY) {		/* kernels before 6.2: down first, which is a fall anyway */
		stop();
		return;
	}
	assert_int_equal(rc, 0);
	sys_link_up(t.b, false);
	assert_true(wait_for(!armed(1), nap()));
	sys_link_up(t.b, true);
	assert_true(wait_for(raise_now(1, 2), nap()));
	assert_int_equal(rename_link(t.b, "a"), 0);
	for (end = now_ms() + 20; now_ms() < end; nap())
		assert_int_equal(armed(1), 2);
	sys_link_up(t.b, false);
	assert_true(wait_for(!armed(1), nap()));
	stop();
}

/* ---- batched notices ----------------------------------------------------------------------- */

/*
 * Equal ifindexes at both ends: the kernel takes the port for one without a lower device and tells
 * carrier loss at most once a second: three falls need two seconds. The bound is not one on speed, it
 * lies between 4 ms and that.
 */
static void equal_indexes(void **state)
{
	const struct veth_end end = { "core", 4242 };
	struct sys_link l;
	int here, there;
	uint64_t t0;

	(void)state;
	start();
	here = ns_now();
	there = ns_new();
	ns_enter(here);
	assert_int_equal(veth_new(end, end, there), 0);
	assert_int_equal(sys_link_up(4242, true), 0);
	ns_enter(there);
	assert_int_equal(sys_link_up(4242, true), 0);
	ns_enter(here);
	assert_int_equal(sys_link_get(4242, &l), 0);
	assert_int_equal(l.iflink, l.ifindex);

	watcher_path(t.w, 1, 4242);
	t0 = now_ms();
	for (int i = 0; i < 3; i++) {
		assert_true(wait_for(watcher_raise(t.w, 1, 1, watcher_generation(t.w, 4242)), nap()));
		ns_enter(there);
		assert_int_equal(sys_link_up(4242, false), 0);
		assert_true(wait_for(!armed(1), nap()));
		assert_int_equal(sys_link_up(4242, true), 0);
		ns_enter(here);
	}
	assert_true(now_ms() - t0 < 1000);
	assert_int_equal(watcher_stores(t.w), 3);
	assert_true(wait_for(t.n_news, turn()));
	close(here);
	close(there);
	stop();
}

/* ---- idleness ------------------------------------------------------------------------------ */

static long switches(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return r.ru_nvcsw;
}

static void sleeps_without_ports(void **state)
{
	long before;

	(void)state;
	start();
	watcher_path(t.w, 1, t.a);
	assert_true(raise_now(1, 1));
	watcher_path(t.w, 1, 0);
	raise_now(1, 1);
	poll(NULL, 0, 5);
	before = switches();
	poll(NULL, 0, 100);
	assert_true(switches() - before < 20);	/* a look each millisecond would be 100 */
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(one_store_per_path),
		CASE(counts_only_what_was_up),
		CASE(stale_raise_is_refused),
		CASE(raise_races_fall),
		CASE(raise_needs_a_port),
		CASE(path_moves_with_its_port),
		CASE(down_when_adopted),
		CASE(renamed_port_is_followed),
		CASE(equal_indexes),
		CASE(sleeps_without_ports),
	};

	need_root();
	return cmocka_run_group_tests_name("live", tests, NULL, NULL);
}
