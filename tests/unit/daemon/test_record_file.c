/* SPDX-License-Identifier: BSD-2-Clause */
/* The records of switches on disk: a line and back, what is no line, the file over restarts, errors and storms. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/crc.h"
#include "base/log.h"
#include "daemon/engine.h"
#include "daemon/pulse.h"
#include "daemon/records.h"
#include "sys/file.h"

uint64_t dp_show_no_pw(const struct dp *d, uint32_t circuit)
{
	(void)d;
	return circuit;
}

struct at_risk pulses_switch(struct engine *e, uint32_t circuit, enum slot from, enum slot to, uint64_t when_ns)
{
	(void)e;
	(void)from;
	(void)to;
	return (struct at_risk){ .known = circuit % 2, .heard = circuit % 3, .sent = circuit, .silent_ms = (uint32_t)when_ns };
}

void pulses_forget(struct engine *e, uint32_t circuit)
{
	(void)e;
	(void)circuit;
}

void pulses_wake(struct engine *e)
{
	(void)e;
}

static struct {
	unsigned int n;
	struct core_event last;
} told;

void core_seed_switch(struct core *c, const struct core_event *ev)
{
	(void)c;
	told.n++;
	told.last = *ev;
}

/* ---- a line ------------------------------------------------------------------------------------------------ */

static const struct cli_switch some = {
	.number = 17, .when_ns = 123456789012, .time_ns = 1700000000123456789, .name = "GigabitEthernet0/1/0.100",
	.from = SLOT_PRIMARY, .to = SLOT_SECONDARY, .reason = REASON_IF_DOWN, .detector = DET_CARRIER, .counted = true,
	.dropped = 42, .watched = true, .heard = true, .at_risk = 1203, .silent_ms = 250,
};

static void assert_same(const struct cli_switch *a, const struct cli_switch *b)
{
	assert_true(a->number == b->number && a->when_ns == b->when_ns && a->time_ns == b->time_ns);
	assert_string_equal(a->name, b->name);
	assert_true(a->from == b->from && a->to == b->to && a->reason == b->reason && a->detector == b->detector);
	assert_true(a->counted == b->counted && a->dropped == b->dropped);
	assert_true(a->watched == b->watched && a->heard == b->heard && a->at_risk == b->at_risk);
	assert_int_equal(a->silent_ms, b->silent_ms);
}

static void comes_back(const struct cli_switch *s)
{
	char line[RECORD_LINE];
	size_t len = record_line(line, s);
	struct cli_switch back;

	assert_in_range(len, 1, RECORD_LINE - 1);
	assert_true(record_parse(&back, line, len));
	assert_same(s, &back);
}

static void all_of_a_record_comes_back(void **state)
{
	struct cli_switch s = some;

	(void)state;
	comes_back(&some);
	for (enum detector d = DET_NONE; d <= DET_REQUEST; d++) {
		s.detector = d;
		comes_back(&s);
	}
	for (unsigned int i = 0; i < 9; i++) {
		s.from = (enum slot)(i / 3);
		s.to = (enum slot)(i % 3);
		comes_back(&s);
	}
	s.reason = REASON_NONE;
	s.counted = false;
	s.dropped = 0;
	comes_back(&s);
	s.heard = false;
	comes_back(&s);
	s.at_risk = s.silent_ms = 0;
	comes_back(&s);
	s.watched = false;
	comes_back(&s);
	s = (struct cli_switch){ .number = RECORD_NUMBERS, .when_ns = UINT64_MAX, .time_ns = UINT64_MAX, .counted = true,
				 .from = SLOT_SECONDARY, .to = SLOT_SECONDARY, .reason = REASON_MTU_UNMATCHED,
				 .detector = DET_CONFIG, .dropped = UINT64_MAX, .watched = true, .at_risk = UINT32_MAX,
				 .silent_ms = UINT32_MAX };
	memset(s.name, 'x', IFNAME_LEN - 1);
	comes_back(&s);
	strcpy(s.name, " - ");
	comes_back(&s);
}

static void what_is_no_switch_is_not_written(void **state)
{
	struct cli_switch bad[7];
	char line[RECORD_LINE];

	(void)state;
	for (size_t i = 0; i < 7; i++)
		bad[i] = some;
	bad[0].number = 0;
	bad[1].number = RECORD_NUMBERS + 1;
	bad[2].to = SLOT_NONE;
	bad[3].reason = (enum reason)99;
	bad[4].detector = DET_REQUEST + 1;
	bad[5].name[0] = '\0';
	strcpy(bad[6].name, "a\nb");
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(record_line(line, &bad[i]), 0);
}

static void no_prefix_and_no_flipped_octet_is_a_record(void **state)
{
	char line[RECORD_LINE], other[RECORD_LINE];
	size_t len = record_line(line, &some);
	struct cli_switch s;

	(void)state;
	for (size_t n = 0; n < len; n++)
		assert_false(record_parse(&s, line, n));
	for (size_t at = 0; at < len; at++)
		for (int v = 0; v < 256; v++) {
			memcpy(other, line, len);
			other[at] = (char)v;
			if (other[at] != line[at])
				assert_false(record_parse(&s, other, len));
		}
}

/* With a checksum that is right: each field has its own bounds. */
static bool taken(const char *fields)
{
	char line[512];
	struct cli_switch s;
	int n = snprintf(line, sizeof(line), "%08x %s\n", (unsigned)0, fields);
	char crc[9];

	snprintf(crc, sizeof(crc), "%08x", crc32_more(0, line + 9, (size_t)n - 9));
	memcpy(line, crc, 8);
	return record_parse(&s, line, (size_t)n);
}

static void fields_out_of_bounds_are_refused(void **state)
{
	static const char *const bad[] = {
		"0 2 3 primary secondary 19 carrier 0 - - eth1", "9223372036854775808 2 3 primary secondary 19 carrier 0 - - eth1",
		"18446744073709551617 2 3 primary secondary 19 carrier 0 - - eth1", "01 2 3 primary secondary 19 carrier 0 - - eth1",
		"+1 2 3 primary secondary 19 carrier 0 - - eth1", "1  2 3 primary secondary 19 carrier 0 - - eth1",
		"1 -2 3 primary secondary 19 carrier 0 - - eth1", "1 2 3 none secondary 19 carrier 0 - - eth1",
		"1 2 3 primary secondar 19 carrier 0 - - eth1", "1 2 3 primary secondary 17 carrier 0 - - eth1",
		"1 2 3 primary secondary 275 carrier 0 - - eth1", "1 2 3 primary secondary 19 eye 0 - - eth1",
		"1 2 3 primary secondary 19 carrier -- - - eth1", "1 2 3 primary secondary 19 carrier - - - ",
		"1 2 3 primary secondary 19 carrier - - -", "1 2 3 primary secondary 19 carrier 0 - - eth\t1",
		"1 2 3 primary secondary 19", "", "1 2 3 primary secondary 19 carrier 0 eth1",
		"1 2 3 primary secondary 19 carrier 0 - 5 eth1", "1 2 3 primary secondary 19 carrier 0 5 - eth1",
		"1 2 3 primary secondary 19 carrier 0 5 + eth1", "1 2 3 primary secondary 19 carrier 0 5 5++ eth1",
		"1 2 3 primary secondary 19 carrier 0 5 05 eth1", "1 2 3 primary secondary 19 carrier 0 4294967296 5 eth1",
		"1 2 3 primary secondary 19 carrier 0 5 4294967296 eth1", "1 2 3 primary secondary 19 carrier 0 5 eth1",
		"1 2 3 primary secondary 19 carrier 0 - - xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	};

	(void)state;
	assert_true(taken("1 2 3 primary secondary 19 carrier 0 - - eth1"));
	assert_true(taken("1 2 3 primary secondary 19 carrier - - - eth1"));
	assert_true(taken("1 2 3 primary secondary 19 carrier 0 4294967295 4294967295+ eth1"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (taken(bad[i]))
			fail_msg("taken: %s", bad[i]);
}

/* ---- the file, by an engine ----------------------------------------------------------------------------------- */

static char dir[] = "/tmp/tw-records-XXXXXX", path[64], fresh[64];
static struct engine e;

static void begin(void)
{
	memset(&told, 0, sizeof(told));
	e = (struct engine){ .loop = loop_new(), .records = records_new(), .run_dir = dir };
	assert_true(e.loop && e.records);
	records_open(&e);
}

static void killed(void)
{
	records_free(e.records);
	loop_free(e.loop);
}

static void stopped(void)
{
	records_close(&e);
	killed();
}

static int up(void **state)
{
	(void)state;
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/switches", dir);
	snprintf(fresh, sizeof(fresh), "%s/switches.new", dir);
	return 0;
}

static int down(void **state)
{
	(void)state;
	unlink(path);
	rmdir(path);
	unlink(fresh);
	rmdir(fresh);
	return rmdir(dir);
}

static void switches(unsigned int n)
{
	const struct core_event ev = { .kind = CEV_SWITCH, .circuit = 1, .from = SLOT_SECONDARY, .when_ns = 5,
				       .reason = REASON_DELAY_OVER, .detector = DET_TIMER, .name = "ge1" };
	const struct action a = { .kind = ACT_EVENT, .event = ev };

	while (n--)
		records_action(&e, &a);
}

/* Turns until nothing is left to write. */
static void idle(unsigned int turns)
{
	while (turns--)
		assert_int_equal(loop_turn(e.loop, 0), 0);
}

static struct seen {
	uint64_t newest, oldest, n;
	struct cli_switch first;
} seen;

static int look(void *arg, const struct cli_switch *s)
{
	(void)arg;
	if (!seen.n++) {
		seen.newest = s->number;
		seen.first = *s;
	}
	seen.oldest = s->number;
	return 0;
}

static void assert_kept(uint64_t newest, uint64_t n)
{
	memset(&seen, 0, sizeof(seen));
	records_each(e.records, NULL, look, NULL);
	assert_int_equal(seen.newest, newest);
	assert_int_equal(seen.n, n);
}

static unsigned int lines(void)
{
	unsigned int n = 0;
	char *text;
	size_t len;

	assert_int_equal(sys_file_read(path, 1u << 24, &text, &len), 0);
	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	free(text);
	return n;
}

static void numbers_go_on_after_a_kill(void **state)
{
	struct cli_switch before;

	(void)state;
	begin();
	assert_kept(0, 0);
	switches(3);
	assert_int_equal(access(path, F_OK), -1);		/* not in the turn of the switch */
	idle(4);
	assert_kept(3, 3);
	before = seen.first;
	killed();
	begin();
	assert_kept(3, 3);
	assert_same(&before, &seen.first);
	assert_int_equal(told.n, 3);
	assert_string_equal(told.last.name, "ge1");
	assert_true(told.last.when_ns == 5 && told.last.reason == REASON_DELAY_OVER && told.last.detector == DET_TIMER);
	assert_int_equal(told.last.from, SLOT_SECONDARY);
	switches(1);
	idle(2);
	killed();
	begin();
	assert_kept(4, 4);
	assert_int_equal(lines(), 5);				/* appended */
	stopped();
}

static void a_stop_writes_the_rest(void **state)
{
	(void)state;
	begin();
	switches(500);
	stopped();
	begin();
	assert_kept(500, 500);
	stopped();
}

static void a_storm_writes_what_the_ring_still_has(void **state)
{
	(void)state;
	begin();
	switches(65536);
	idle(1);
	switches(10);
	idle(40);
	assert_int_equal(access(fresh, F_OK), -1);
	assert_in_range(lines(), RECORDS_MAX, RECORDS_MAX + 128);
	killed();
	begin();
	assert_kept(65546, RECORDS_MAX);
	stopped();
}

static void it_is_written_anew_when_it_is_twice_as_long(void **state)
{
	unsigned int most = 0;

	(void)state;
	begin();
	for (int i = 0; i < 40; i++) {
		switches(100);
		idle(30);
		most = lines() > most ? lines() : most;
	}
	assert_in_range(most, RECORDS_MAX + 2, 2 * RECORDS_MAX + 1);
	assert_kept(4000, RECORDS_MAX);
	killed();
	begin();
	assert_kept(4000, RECORDS_MAX);
	stopped();
}

static void put(const char *text)
{
	FILE *f = fopen(path, "ae");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void bad_lines_are_skipped(void **state)
{
	char line[RECORD_LINE];
	size_t len = record_line(line, &some);		/* number 17 */

	(void)state;
	begin();
	switches(2);
	stopped();
	put("what is this\n\n");
	line[len] = '\0';
	put(line);
	put(line);						/* its number does not rise */
	line[len / 2] = '\0';
	put(line);						/* torn */
	begin();
	assert_kept(17, 3);
	switches(1);						/* cleans it */
	stopped();
	assert_int_equal(lines(), 5);
	begin();
	assert_kept(18, 4);
	stopped();
}

static void another_version_is_not_read(void **state)
{
	(void)state;
	put("twinwire switches 1\nnobody knows\n");
	begin();
	assert_kept(0, 0);
	switches(1);
	stopped();
	begin();
	assert_kept(1, 1);
	stopped();
}

/* That of another boot is ahead of the clock. */
static void a_time_to_come_is_not_told(void **state)
{
	struct cli_switch s = some;
	char line[RECORD_LINE];

	(void)state;
	s.when_ns = UINT64_MAX;
	line[record_line(line, &s)] = '\0';
	put(RECORD_FIRST);
	put(line);
	begin();
	assert_kept(17, 1);
	assert_int_equal(told.n, 0);
	stopped();
}

/* ---- errors ------------------------------------------------------------------------------------------------- */

static unsigned int logged;

static void count_line(void *arg, uint64_t wall_us, enum log_prio prio, const char *line)
{
	(void)wall_us;
	(void)prio;
	logged += strstr(line, arg) != NULL;
}

static unsigned int in_log(char *event)
{
	logged = 0;
	log_walk(count_line, event);
	return logged;
}

/* A directory lies in the way; root may write everywhere. */
static void an_error_is_told_once_and_tried_again_later(void **state)
{
	char no[] = "event=switches-not-written", yes[] = "event=switches-written";
	unsigned int before = in_log(no);

	(void)state;
	assert_int_equal(mkdir(fresh, 0700), 0);
	begin();
	for (int i = 0; i < 50; i++) {
		switches(10);
		idle(3);
	}
	assert_int_equal(in_log(no), before + 1);
	assert_kept(500, 500);
	assert_int_equal(access(path, F_OK), -1);
	rmdir(fresh);
	switches(1);
	idle(3);
	assert_int_equal(access(path, F_OK), -1);		/* its time has not come */
	before = in_log(yes);
	loop_virtual(e.loop, loop_now(e.loop) + 10000000000);
	idle(20);
	assert_int_equal(in_log(yes), before + 1);
	assert_int_equal(lines(), 502);
	killed();
	begin();
	assert_kept(501, 501);
	stopped();
}

static void a_stop_is_the_last_chance(void **state)
{
	(void)state;
	assert_int_equal(mkdir(fresh, 0700), 0);
	begin();
	switches(1);
	idle(3);
	rmdir(fresh);
	switches(1);
	stopped();
	begin();
	assert_kept(2, 2);
	stopped();
}

static void a_file_that_was_taken_away_comes_back(void **state)
{
	(void)state;
	begin();
	switches(5);
	idle(3);
	unlink(path);
	switches(1);
	idle(3);
	assert_int_equal(lines(), 7);
	put("x");						/* somebody else writes to it */
	switches(1);
	idle(3);
	assert_int_equal(lines(), 8);
	killed();
	begin();
	assert_kept(7, 7);
	stopped();
}

static void what_is_no_file_does_not_block(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(fresh, 0600), 0);
	begin();
	switches(5);
	idle(3);					/* would wait for a reader for ever */
	assert_kept(5, 5);
	stopped();
}

#define T(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_a_record_comes_back), cmocka_unit_test(what_is_no_switch_is_not_written),
		cmocka_unit_test(no_prefix_and_no_flipped_octet_is_a_record),
		cmocka_unit_test(fields_out_of_bounds_are_refused),
		T(numbers_go_on_after_a_kill), T(a_stop_writes_the_rest), T(a_storm_writes_what_the_ring_still_has),
		T(it_is_written_anew_when_it_is_twice_as_long), T(bad_lines_are_skipped), T(another_version_is_not_read),
		T(a_time_to_come_is_not_told), T(an_error_is_told_once_and_tried_again_later),
		T(a_stop_is_the_last_chance),
		T(a_file_that_was_taken_away_comes_back), T(what_is_no_file_does_not_block),
	};

	return cmocka_run_group_tests_name("record_file", tests, NULL, NULL);
}
