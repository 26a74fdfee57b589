/* SPDX-License-Identifier: BSD-2-Clause */
/* The journal on a disk of our own: cut and damaged at every octet, full, compacted. */
#include "util.h"

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

/* Power lost at any octet: the last whole entry, never something between. */
static void cut_at_every_octet(void **state)
{
	char *all;
	size_t n;

	(void)state;
	fill();
	n = journal()->n;
	all = malloc(n);
	memcpy(all, journal()->data, n);
	for (size_t len = 0; len <= n; len++) {
		journal()->n = len;
		memcpy(journal()->data, all, len);
		expect_after(whole_before(len), len);
		journal()->data = realloc(journal()->data, n + 1);
	}
	free(all);
	empty();
}

/* One octet wrong anywhere: what stands before its entry. */
static void wrong_at_every_octet(void **state)
{
	char *all;
	size_t n;

	(void)state;
	fill();
	n = journal()->n;
	all = malloc(n);
	memcpy(all, journal()->data, n);
	for (size_t at = 0; at < n; at++) {
		free(journal()->data);
		journal()->data = malloc(n + 1);
		memcpy(journal()->data, all, n);
		journal()->n = n;
		journal()->data[at] ^= 0x20;
		expect_after(whole_before(at), n);
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
	disk_write(NULL, JOURNAL, journal()->n, "TWJ1garbage", 11);
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

/* Many commits do not make it grow without end, and what it says stays true. */
static void compaction(void **state)
{
	struct cfg_result r;
	bool found;
	size_t cut, worst = 0;
	struct cfg *c = boot(&found, &cut, &r);
	struct cfg_session *s = cfg_session_new(c);
	char line[300], *text;

	(void)state;
	for (unsigned int i = 0; i < 6000; i++) {
		snprintf(line, sizeof(line), "#\ninterface eth%u\ndescription %u%200s", i % 5, i, "x");
		type_all(s, line);
		commit_ok(s);
		worst = journal()->n > worst ? journal()->n : worst;
	}
	assert_in_range(disk.renames, 2, 20);
	assert_true(worst < 1u << 20);
	text = cfg_render(cfg_running(c), NULL);
	cfg_session_free(s);
	cfg_free(c);
	c = boot(&found, &cut, &r);
	assert_text(cfg_render(cfg_running(c), NULL), text);
	free(text);
	cfg_free(c);
}

/* Inert lines live in it with place and reason. */
static void inert_lines_survive(void **state)
{
	static const char text[] =
		"#\nbfd\n#\nmpls lsr-id 1.1.1.9\n#\nmpls\n mpls te\n#\ninterface eth1\n mpls ldp\n mtu 1600\n"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_commit_survives, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(cut_at_every_octet, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(wrong_at_every_octet, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(goes_on_after_garbage, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(full_disk, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(compaction, clean_disk, clean_disk),
		cmocka_unit_test_setup_teardown(inert_lines_survive, clean_disk, clean_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
