/* SPDX-License-Identifier: BSD-2-Clause */
/* The journal on a disk of our own: cut and damaged at every octet, full, compacted. */
#include "util.h"

#include "cfg/session.h"
#include "disk.h"

#define JOURNAL "run/journal"

static struct disk_file *journal(void)
{
	struct disk_file *f = disk_file(JOURNAL);

	assert_non_null(f);
	return f;
}

static struct cfg *boot(bool *found, size_t *cut, struct cfg_result *r)
{
	struct cfg *c = cfg_new(NULL);

	cfg_files(c, &disk_files);
	assert_int_equal(cfg_journal_open(c, JOURNAL, found, cut, r), 0);
	return c;
}

static int clean_disk(void **state)
{
	(void)state;
	disk_empty();
	return 0;
}

/* ---- tests ------------------------------------------------------------------------------------------- */

static const char *const steps[] = {
	"sysname PE1\nmpls lsr-id 1.1.1.9\nmpls\n#\nmpls l2vpn\ncapacity circuits 64",
	"interface eth1\ndescription the customer's . own\nmpls static-l2vc destination 3.3.3.9 7 transmit-vpn-label "
	"100 "
	"receive-vpn-label 200 control-word\nip address 10.1.1.1 24\nip address 10.1.1.2 24 sub",
	"static-lsp ingress a destination 3.3.3.9 32 nexthop 10.1.1.1 out-label 16 17\n"
	"ip route-static 0.0.0.0 0 eth2 10.2.2.2 description out",
	"interface eth1\nundo description\nmpls static-l2vc destination 4.4.4.9 8 transmit-vpn-label 100 "
	"receive-vpn-label 201 "
	"control-word secondary",
	"undo static-lsp ingress a\nsysname PE2\ninterface eth9.1\nvlan-type dot1q 9",
	"mpls ldp\ngraceful-restart\nmd5-password cipher 3.3.3.9 between-us-2\nmd5-password plain 4.4.4.9 secret-1\n"
	"mpls ldp remote-peer far\nremote-ip 3.3.3.9\ndescription the far end\n#\n"
	"mpls l2vpn\nmpls l2vpn no-request-message peer 3.3.3.9\npeer 3.3.3.9\ndefault martini\npeer 4.4.4.9",
	"mpls ldp\nundo md5-password 4.4.4.9\nmpls l2vpn\nundo mpls l2vpn no-request-message peer 3.3.3.9\n"
	"undo peer 4.4.4.9\ninterface eth1\nundo mpls static-l2vc secondary\nundo mpls static-l2vc\n"
	"mpls l2vc 3.3.3.9 7 control-word\nundo interface-parameter-type vccv",
	"undo mpls ldp",
	"undo mpls l2vpn\nundo interface eth1",
};
#define STEPS (sizeof(steps) / sizeof(steps[0]))

/* Each commit survives a restart, text and number. */
static void every_commit_survives(void **state)
{
	struct cfg_result r;
	bool found;
	size_t cut;
	struct cfg *c = boot(&found, &cut, &r);

	(void)state;
	assert_false(found);
	for (size_t i = 0; i < STEPS; i++) {
		struct cfg_session *s = cfg_session_new(c);
		uint32_t id;
		char *text;

		type_all(s, steps[i]);
		id = commit_ok(s);
		text = cfg_render(cfg_running(c), NULL);
		cfg_session_free(s);
		cfg_free(c);
		c = boot(&found, &cut, &r);
		assert_true(found);
		assert_int_equal(cut, 0);
		assert_int_equal(r.commit_id, id);
		assert_text(cfg_render(cfg_running(c), NULL), text);
		free(text);
	}
	cfg_free(c);
}

/* All steps in one engine; texts[i] is what ran after i commits, ends[i] the journal's length. */
static char *texts[STEPS + 1];
static size_t ends[STEPS + 1];

static void fill(void)
{
	struct cfg_result r;
	bool found;
	size_t cut;
	struct cfg *c = boot(&found, &cut, &r);
	struct cfg_session *s = cfg_session_new(c);

	texts[0] = cfg_render(cfg_running(c), NULL);
	ends[0] = 0;
	for (size_t i = 0; i < STEPS; i++) {
		type_all(s, "#");
		type_all(s, steps[i]);
		commit_ok(s);
		texts[i + 1] = cfg_render(cfg_running(c), NULL);
		ends[i + 1] = journal()->n;
	}
	assert_int_equal(disk.writes, STEPS);
	cfg_session_free(s);
	cfg_free(c);
}

static void empty(void)
{
	for (size_t i = 0; i <= STEPS; i++)
		free(texts[i]);
}

static size_t whole_before(size_t n)
{
	size_t i = STEPS;

	while (ends[i] > n)
		i--;
	return i;
}

static void expect_after(size_t commits, size_t octets)
{
	struct cfg_result r;
	bool found;
	size_t cut;
	struct cfg *c = boot(&found, &cut, &r);

	assert_int_equal(found, commits > 0);
	assert_int_equal(cut, octets - ends[commits]);
	assert_text(cfg_render(cfg_running(c), NULL), texts[commits]);
	cfg_free(c);
}

static char *copy_of(size_t *n)
{
	char *all = malloc(journal()->n);

	*n = journal()->n;
	memcpy(all, journal()->data, *n);
	return all;
}

static void disk_with(const char *data, size_t n)
{
	disk_empty();
	disk_write(NULL, JOURNAL, 0, data, n);
}

/* Power lost at any octet: the last whole entry, never something between. */
static void cut_at_every_octet(void **state)
{
	char *all;
	size_t n;

	(void)state;
	fill();
	all = copy_of(&n);
	for (size_t len = 0; len <= n; len++) {
		disk_with(all, len);
		expect_after(whole_before(len), len);
	}
	free(all);
	empty();
}

/* One octet wrong anywhere: what stands before its entry; a file that holds nothing of ours is kept. */
static void wrong_at_every_octet(void **state)
{
	char *all;
	size_t n;

	(void)state;
	fill();
	all = copy_of(&n);
	for (size_t at = 0; at < n; at++) {
		disk_with(all, n);
		journal()->data[at] ^= 0x20;
		expect_after(whole_before(at), n);
		assert_int_equal(disk_file(JOURNAL ".damaged") != NULL, at < ends[1]);
	}
	free(all);
	empty();
}

/* After garbage was cut the journal goes on. */
static void goes_on_after_garbage(void **state)
{
	struct cfg_result r;
	struct cfg_session *s;
	struct cfg *c;
	bool found;
	size_t cut;

	(void)state;
	fill();
	empty();
	disk_write(NULL, JOURNAL, journal()->n, "TWJ2garbage", 11);
	c = boot(&found, &cut, &r);
	assert_int_equal(cut, 11);
	s = cfg_session_new(c);
	type_all(s, "sysname PE77");
	assert_int_equal(commit_ok(s), 1000000001 + STEPS);
	cfg_session_free(s);
	cfg_free(c);
	c = boot(&found, &cut, &r);
	assert_int_equal(cut, 0);
	assert_string_equal(cfg_system(cfg_running(c))->sysname, "PE77");
	cfg_free(c);
}

/* A full disk: the commit is refused and nothing changed. */
static void full_disk(void **state)
{
	struct cfg_result r;
	bool found;
	size_t cut;
	struct cfg *c = boot(&found, &cut, &r);
	struct cfg_session *s = cfg_session_new(c);

	(void)state;
	type_all(s, "sysname PE1");
	commit_ok(s);
	disk.fail = -ENOSPC;
	type_all(s, "sysname PE2");
	cfg_commit(s, NULL, &r);
	assert_int_equal(r.err, -EIO);
	assert_string_equal(cfg_system(cfg_running(c))->sysname, "PE1");
	assert_true(cfg_dirty(s));
	disk.fail = 0;
	commit_ok(s);
	assert_string_equal(cfg_system(cfg_running(c))->sysname, "PE2");
	cfg_session_free(s);
	cfg_free(c);
}

/* ---- points ----------------------------------------------------------------------------------------------- */

static uint32_t commit_about(struct cfg_session *s, const struct cfg_about *about)
{
	struct cfg_result r;

	cfg_commit(s, about, &r);
	if (r.err)
		fail_msg("commit: %d, %s: %s", r.err, r.problem[0].line, r.problem[0].text);
	return r.commit_id;
}

static void same_points(const struct cfg *a, const struct cfg *b)
{
	assert_int_equal(cfg_points(a), cfg_points(b));
	for (size_t i = 0; i < cfg_points(a); i++) {
		const struct cfg_point *x = cfg_point(a, i), *y = cfg_point(b, i);
		char *text = cfg_render(y->root, NULL);

		assert_int_equal(x->id, y->id);
		assert_true(x->wall_ns == y->wall_ns);
		assert_int_equal(x->origin, y->origin);
		assert_string_equal(x->label, y->label);
		assert_string_equal(x->description, y->description);
		assert_string_equal(x->user, y->user);
		assert_string_equal(x->from, y->from);
		assert_text(cfg_render(x->root, NULL), text);
		free(text);
	}
}

static struct cfg *again(struct cfg *c)
{
	struct cfg_result r;
	bool found;
	size_t cut;
	struct cfg *d = boot(&found, &cut, &r);

	assert_true(found);
	assert_int_equal(cut, 0);
	same_points(c, d);
	cfg_free(c);
	return d;
}

/* A hundred of them, each whole after a restart, also when the file was written anew in between. */
static void points_survive(void **state)
{
	struct cfg_result r;
	bool found;
	size_t cut;
	struct cfg *c = boot(&found, &cut, &r);
	struct cfg_session *s = cfg_session_new(c);
	char line[400], label[20];

	(void)state;
	for (unsigned int i = 0; i < 130; i++) {
		struct cfg_about about = { .label = label, .description = i % 3 ? "a change, as planned" : NULL,
					   .user = "operator", .from = "pts/1", .wall_ns = 1700000000000000000 + i,
					   .origin = i % CFG_ORIGIN__N };

		label[0] = '\0';
		if (i % 2)
			snprintf(label, sizeof(label), "work-%u", i);
		snprintf(line, sizeof(line), "#\ninterface eth%u\ndescription %u%0100u", i % 7, i, i);
		type_all(s, line);
		if (i % 7 == 4)
			type_all(s, "#\nundo interface eth1");
		assert_int_equal(commit_about(s, &about), CFG_ID_FIRST + i);
		if (i == 2 || i == 60) {
			cfg_session_free(s);
			c = again(c);
			s = cfg_session_new(c);
		}
	}
	cfg_session_free(s);
	assert_int_equal(cfg_points(c), CFG_POINTS_MAX);
	assert_int_equal(cfg_point(c, 0)->id, CFG_ID_FIRST + 129);
	assert_int_equal(cfg_point(c, CFG_POINTS_MAX - 1)->id, CFG_ID_FIRST + 30);
	assert_string_equal(cfg_point_by_label(c, "work-101")->label, "work-101");
	assert_null(cfg_point_by_label(c, "work-3"));
	assert_null(cfg_point_by_id(c, CFG_ID_FIRST + 3));
	assert_null(cfg_point(c, CFG_POINTS_MAX));
	c = again(c);
	assert_int_equal(cfg_points_clear(c, 40), 0);
	assert_int_equal(cfg_label_clear(c, "work-101"), 0);
	assert_int_equal(cfg_label_clear(c, "work-101"), -ENOENT);
	assert_int_equal(cfg_points(c), 60);
	c = again(c);
	assert_int_equal(cfg_points(c), 60);
	assert_int_equal(cfg_points_clear(c, 1000), 0);		/* the newest stays */
	c = again(c);
	assert_int_equal(cfg_points(c), 1);
	cfg_free(c);
}

/* A label names one point. */
static void labels_are_unique(void **state)
{
	struct cfg *c = cfg_new(NULL);
	struct cfg_session *s = cfg_session_new(c);
	struct cfg_result r;

	(void)state;
	type_all(s, "sysname A");
	commit_about(s, &(struct cfg_about){ .label = "one" });
	type_all(s, "sysname B");
	cfg_commit(s, &(struct cfg_about){ .label = "one" }, &r);
	assert_int_equal(r.err, -EEXIST);
	assert_true(cfg_dirty(s));
	assert_int_equal(cfg_label_clear(c, "one"), 0);
	commit_about(s, &(struct cfg_about){ .label = "one" });
	cfg_session_free(s);
	cfg_free(c);
}

/* ---- state -------------------------------------------------------------------------------------------------- */

static int list_state(void *arg, const char *key, const char *value)
{
	char *list = arg;

	sprintf(list + strlen(list), "%s=%s;", key, value);
	return 0;
}

static const char *states(struct cfg *c, const char *prefix)
{
	static char list[4096];

	list[0] = '\0';
	assert_int_equal(cfg_state_each(c, prefix, list_state, list), 0);
	return list;
}

static int forget_it(void *arg, const char *key, const char *value)
{
	(void)value;
	return cfg_state_set(arg, key, NULL);
}

static void state_survives(void **state)
{
	struct cfg_result r;
	bool found;
	size_t cut;
	struct cfg *c = boot(&found, &cut, &r);
	struct cfg_session *s;

	(void)state;
	assert_int_equal(cfg_state_set(c, "", "x"), -EINVAL);
	assert_int_equal(cfg_state_set(c, "a b", "x"), -EINVAL);
	assert_int_equal(cfg_state_set(c, "a", "x\ny"), -EINVAL);
	assert_int_equal(cfg_state_set(c, "revert/eth1", "1 2 3"), 0);
	assert_int_equal(cfg_state_set(c, "revert/eth2", "4"), 0);
	assert_int_equal(cfg_state_set(c, "template/gold", ""), 0);
	assert_int_equal(cfg_state_flush(c), 0);
	assert_int_equal(disk.writes, 1);		/* all in one */
	assert_int_equal(cfg_state_flush(c), 0);
	assert_int_equal(disk.writes, 1);
	cfg_free(c);
	c = boot(&found, &cut, &r);
	assert_false(found);				/* no configuration, but state */
	assert_string_equal(states(c, "revert/"), "revert/eth1=1 2 3;revert/eth2=4;");
	assert_string_equal(states(c, ""), "revert/eth1=1 2 3;revert/eth2=4;template/gold=;");
	assert_string_equal(cfg_state_get(c, "revert/eth2"), "4");
	s = cfg_session_new(c);
	type_all(s, "sysname A");
	assert_int_equal(cfg_state_set(c, "revert/eth2", NULL), 0);	/* goes with the commit */
	commit_ok(s);
	cfg_session_free(s);
	cfg_free(c);
	c = boot(&found, &cut, &r);
	assert_true(found);
	assert_string_equal(states(c, "revert/"), "revert/eth1=1 2 3;");
	assert_int_equal(cfg_state_each(c, "revert/", forget_it, c), 0);
	disk.fail = -ENOSPC;
	assert_int_equal(cfg_state_flush(c), -ENOSPC);
	disk.fail = 0;
	assert_int_equal(cfg_state_flush(c), 0);
	cfg_free(c);
	c = boot(&found, &cut, &r);
	assert_string_equal(states(c, ""), "template/gold=;");
	cfg_free(c);
}

/* More than fits a flush at once: the rest in the background, none lost. */
static void much_state(void **state)
{
	struct cfg_result r;
	bool found;
	size_t cut;
	struct cfg *c = boot(&found, &cut, &r);
	char key[32], value[32];

	(void)state;
	for (unsigned int i = 0; i < 3000; i++) {
		snprintf(key, sizeof(key), "revert/eth%u", i);
		snprintf(value, sizeof(value), "%u", i);
		assert_int_equal(cfg_state_set(c, key, value), 0);
	}
	assert_int_equal(cfg_state_flush(c), 0);
	while (cfg_background(c))
		;
	cfg_free(c);
	c = boot(&found, &cut, &r);
	assert_string_equal(cfg_state_get(c, "revert/eth0"), "0");
	assert_string_equal(cfg_state_get(c, "revert/eth2999"), "2999");
	cfg_free(c);
}

/* ---- written anew ----------------------------------------------------------------------------------------- */

/* Many commits do not make it grow without end, and what it says stays true. */
static void compaction(void **state)
{
	struct cfg_result r;
	bool found;
	size_t cut, worst = 0;
	struct cfg *c = boot(&found, &cut, &r);
	struct cfg_session *s = cfg_session_new(c);
	char line[300];

	(void)state;
	assert_int_equal(cfg_state_set(c, "key", "value"), 0);
	for (unsigned int i = 0; i < 6000; i++) {
		snprintf(line, sizeof(line), "#\ninterface eth%u\ndescription %u%200s", i % 5, i, "x");
		type_all(s, line);
		commit_ok(s);
		worst = journal()->n > worst ? journal()->n : worst;
	}
	assert_in_range(disk.renames, 2, 20);
	assert_true(worst < 1u << 20);
	cfg_session_free(s);
	c = again(c);
	assert_string_equal(cfg_state_get(c, "key"), "value");
	cfg_free(c);
}

/* Commits, state and removed points while it is being written anew: none is missing in the new file. */
static void busy_while_written_anew(void **state)
{
	struct cfg_result r;
	bool found;
	size_t cut;
	struct cfg *c = cfg_new(NULL);
	struct cfg_session *s = cfg_session_new(c);
	char line[300], value[16];
	unsigned int slices = 0, commits = 0;

	(void)state;
	cfg_files(c, &disk_files);
	assert_int_equal(cfg_journal_open(c, JOURNAL, &found, &cut, &r), 0);
	while (commits < 3000 || disk.renames < 4) {
		snprintf(line, sizeof(line), "#\ninterface eth%u\ndescription %u%200s", commits % 50, commits, "x");
		type_all(s, line);
		assert_int_equal(cfg_commit_begin(s, NULL), 0);
		while (cfg_commit_step(s, &r))
			;
		assert_int_equal(r.err, 0);
		snprintf(value, sizeof(value), "%u", ++commits);
		assert_int_equal(cfg_state_set(c, "commits", value), 0);
		if (commits % 7 == 0)
			assert_int_equal(cfg_state_flush(c), 0);
		if (commits % 401 == 0)
			assert_int_equal(cfg_points_clear(c, 3), 0);
		for (unsigned int i = 0; i < commits % 4 && cfg_background(c); i++)
			slices++;
	}
	assert_true(slices > 200);
	assert_int_equal(cfg_state_flush(c), 0);
	cfg_session_free(s);
	c = again(c);
	assert_string_equal(cfg_state_get(c, "commits"), value);
	cfg_free(c);
}

/* Points that are too large to be kept go, the oldest first; what runs stays. */
static void bounded(void **state)
{
	struct cfg_result r;
	bool found;
	size_t cut;
	struct cfg *c = boot(&found, &cut, &r);
	struct cfg_session *s = cfg_session_new(c);
	char line[300];

	(void)state;
	c->journal.most = 60000;
	for (unsigned int i = 0; i < 1000; i++) {
		snprintf(line, sizeof(line), "#\ninterface eth%u\ndescription %u%0200u", i % 5, i, i);
		type_all(s, line);
		commit_ok(s);
		assert_true(journal()->n < 62000);
		assert_int_equal(cfg_point(c, 0)->id, CFG_ID_FIRST + i);
		assert_true(cfg_points(c) > (i < 60 ? i / 2 : 30));
	}
	cfg_session_free(s);
	c = again(c);
	cfg_free(c);
}

/* No room for a second file: the first goes on, whole. */
static void no_room_to_write_anew(void **state)
{
	struct cfg_result r;
	bool found;
	size_t cut;
	struct cfg *c = boot(&found, &cut, &r);
	struct cfg_session *s = cfg_session_new(c);
	char line[300];

	(void)state;
	disk.only = JOURNAL;
	for (unsigned int i = 0; i < 4000; i++) {
		snprintf(line, sizeof(line), "#\ninterface eth%u\ndescription %u%200s", i % 5, i, "x");
		type_all(s, line);
		commit_ok(s);
	}
	assert_int_equal(disk.renames, 0);
	cfg_session_free(s);
	c = again(c);
	cfg_free(c);
}

/* A commit written in several parts: given up, or without room for the last, it leaves nothing behind. */
static void parts_are_cut_off(void **state)
{
	struct cfg_result r;
	bool found;
	size_t cut, before;
	struct cfg *c = boot(&found, &cut, &r);
	struct cfg_session *s = cfg_session_new(c);
	char line[300];

	(void)state;
	type_all(s, "sysname A");
	commit_ok(s);
	before = journal()->n;
	for (unsigned int i = 0; i < 3000; i++) {
		snprintf(line, sizeof(line), "#\ninterface eth%u\ndescription %0200u", i, i);
		type_all(s, line);
	}
	for (int full = 0; full < 2; full++) {
		unsigned int writes = disk.writes;

		assert_int_equal(cfg_commit_begin(s, NULL), 0);
		while (disk.writes < writes + 2)
			if (!cfg_commit_step(s, &r))
				fail_msg("full %d: over with %d, %s: %s", full, r.err, r.problem[0].line, r.problem[0].text);
		assert_int_equal(journal()->n, before + 2 * (256 << 10));
		if (full) {
			disk.most = journal()->n + 10;
			while (cfg_commit_step(s, &r))
				;
			disk.most = 0;
			assert_int_equal(r.journal_err, -ENOSPC);
		} else {
			cfg_commit_abandon(s);
		}
		assert_int_equal(journal()->n, before);
	}
	commit_ok(s);
	cfg_session_free(s);
	c = again(c);
	assert_non_null(cfg_interface(cfg_running(c), "eth2999"));
	cfg_free(c);
}

/* The file is taken away under a running engine: one commit is refused, then it is there again. */
static void taken_away(void **state)
{
	struct cfg_result r;
	bool found;
	size_t cut;
	struct cfg *c = boot(&found, &cut, &r);
	struct cfg_session *s = cfg_session_new(c);

	(void)state;
	type_all(s, "sysname A");
	commit_ok(s);
	type_all(s, "sysname B");
	commit_ok(s);
	disk_empty();
	type_all(s, "sysname C");
	cfg_commit(s, NULL, &r);
	assert_int_equal(r.err, -EIO);
	assert_int_equal(r.journal_err, -ESTALE);
	assert_string_equal(cfg_system(cfg_running(c))->sysname, "B");
	commit_ok(s);
	cfg_session_free(s);
	c = again(c);
	assert_int_equal(cfg_points(c), 3);
	cfg_free(c);
}

/* Power lost at each operation on the disk: what was answered is there, what was not is there or not, whole. */
static void power_lost_anywhere(void **state)
{
	unsigned int answered, left = 0, deaths = 0;

	(void)state;
	for (bool died = true; died; deaths++) {
		struct cfg_result r;
		bool found;
		size_t cut;
		struct cfg *c;
		struct cfg_session *s;
		char line[20000];

		disk_empty();
		disk.half = left & 1;
		disk.left = left++ / 2 + 1;
		c = boot(&found, &cut, &r);
		s = cfg_session_new(c);
		answered = 0;
		for (unsigned int i = 0; i < 40 && !disk.dead; i++) {
			size_t n = (size_t)snprintf(line, sizeof(line), "sysname A%u\n", i);

			for (unsigned int k = 0; k < 40; k++)
				n += (size_t)snprintf(line + n, sizeof(line) - n,
						      "#\ninterface eth%u\ndescription %u%200s\n", k, i, "x");
			type_all(s, line);
			type_all(s, "#");
			cfg_commit(s, NULL, &r);
			answered += !disk.dead;
		}
		died = disk.dead;
		cfg_session_free(s);
		cfg_free(c);
		disk.dead = false;
		disk.left = 0;
		c = boot(&found, &cut, &r);
		if (found || answered) {
			unsigned int is = (unsigned int)atoi(cfg_system(cfg_running(c))->sysname + 1) + 1;
			char want[16];

			assert_true(is == answered || is == answered + 1);
			assert_int_equal(cfg_points(c), is);
			snprintf(want, sizeof(want), "%u ", is - 1);
			assert_memory_equal(cfg_interface(cfg_running(c), "eth39")->description, want, strlen(want));
		}
		cfg_free(c);
	}
	assert_true(deaths > 80);
}

/* Inert lines live in it with place and reason. */
static void inert_lines_survive(void **state)
{
	static const char text[] =
		"#\nbfd\n#\nmpls lsr-id 1.1.1.9\n#\nmpls\n mpls te\n#\ninterface eth1\n mpls ccc\n mtu 1600\n"
		" mpls te\n mpls\n mpls rsvp-te\n#\nospf 1\n area 0\n  network 1.1.1.9 0.0.0.0\n#\nreturn\n";
	struct cfg_load l = { 0 };
	struct cfg_result r;
	bool found;
	size_t cut;
	struct cfg *c = boot(&found, &cut, &r);
	struct cfg_session *s = cfg_session_new(c);
	char *inert;

	(void)state;
	assert_int_equal(cfg_load_text(s, text, strlen(text), &l), 0);
	cfg_commit_startup(s, NULL, &l, &r);
	assert_int_equal(r.err, 0);
	inert = cfg_render_inert(cfg_running(c));
	type_all(s, "interface eth2\nmtu 1700");
	commit_ok(s);
	type_all(s, "#\nundo interface eth2");
	commit_ok(s);
	cfg_session_free(s);
	cfg_free(c);
	c = boot(&found, &cut, &r);
	assert_text(cfg_render(cfg_running(c), NULL), text);
	assert_text(cfg_render_inert(cfg_running(c)), inert);
	free(inert);
	cfg_free(c);
}

static uint32_t crc_of(const uint8_t *p, size_t len)
{
	uint32_t crc = ~0u;

	while (len--) {
		crc ^= *p++;
		for (unsigned int i = 0; i < 8; i++)
			crc = crc & 1 ? 0xedb88320u ^ crc >> 1 : crc >> 1;
	}
	return ~crc;
}

static uint32_t number_at(const char *p)
{
	const uint8_t *b = (const uint8_t *)p;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* In the journal of a build that counted fewer types of objects kept lines have another number. */
static void number_anew(void)
{
	char was[16], is[] = "\ninert 06";
	size_t at = 0, len;

	snprintf(was, sizeof(was), "\ninert %02x", OBJ_INERT);
	for (; at < journal()->n; at += 12 + len) {
		char *e = journal()->data + at;
		uint32_t crc;

		len = number_at(e + 4);
		for (char *p = e + 11; (p = memmem(p, (size_t)(e + 12 + len - p), was, 9)); p++)
			memcpy(p, is, 9);
		crc = crc_of((uint8_t *)e + 12, len);
		for (unsigned int i = 0; i < 4; i++)
			e[8 + i] = (char)(crc >> (24 - 8 * i));
	}
}

static void inert_of_other_builds(void **state)
{
	static const char text[] = "#\nbfd\n#\ninterface eth1\n mtu 1600\n mpls te\n mpls rsvp-te\n#\nreturn\n";
	struct cfg_load l = { 0 };
	struct cfg_result r;
	bool found;
	size_t cut;
	struct cfg *c = boot(&found, &cut, &r);
	struct cfg_session *s = cfg_session_new(c);

	(void)state;
	assert_int_equal(cfg_load_text(s, text, strlen(text), &l), 0);
	cfg_commit_startup(s, NULL, &l, &r);
	type_all(s, "interface eth1\nundo mpls te");
	commit_ok(s);
	cfg_session_free(s);
	cfg_free(c);
	number_anew();
	c = boot(&found, &cut, &r);
	assert_int_equal(cut, 0);
	assert_text(cfg_render(cfg_running(c), NULL), "#\nbfd\n#\ninterface eth1\n mtu 1600\n mpls rsvp-te\n#\nreturn\n");
	cfg_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_commit_survives, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(cut_at_every_octet, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(wrong_at_every_octet, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(goes_on_after_garbage, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(full_disk, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(points_survive, clean_disk, clean_disk),
		cmocka_unit_test(labels_are_unique),
		cmocka_unit_test_setup_teardown(state_survives, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(much_state, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(compaction, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(busy_while_written_anew, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(bounded, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(no_room_to_write_anew, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(parts_are_cut_off, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(taken_away, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(power_lost_anywhere, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(inert_lines_survive, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(inert_of_other_builds, clean_disk, clean_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
