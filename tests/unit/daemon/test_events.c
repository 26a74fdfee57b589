/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Very many events at once: the log gets a few lines and a number, a listener who reads gets them all, one who
 * does not is told how many he lost, and nobody grows without bound.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "core/core_show.h"
#include "daemon/engine.h"

#define SECOND 1000000000ull

const char *core_reason_text(enum reason r) { (void)r; return "a reason"; }
const char *core_alarm_text(enum alarm a) { return a < ALARM__N ? "what is amiss" : "-"; }
const char *core_detector_text(enum detector d) { (void)d; return "netlink"; }

static char dir[64];
static struct loop *loop;
static struct events *ev;

static int up(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/tw-events-XXXXXX");
	assert_non_null(mkdtemp(dir));
	loop = loop_new();
	loop_virtual(loop, SECOND);
	ev = events_new(loop, dir);
	assert_non_null(ev);
	return 0;
}

static int down(void **state)
{
	char path[96];

	(void)state;
	events_free(ev);
	loop_free(loop);
	snprintf(path, sizeof(path), "%s/events.sock", dir);
	unlink(path);
	return rmdir(dir);
}

static int listen_to(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s/events.sock", dir);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	loop_turn(loop, 0);			/* accepted */
	return fd;
}

static void send_one(enum core_event_kind kind, uint8_t to, uint32_t n)
{
	struct core_event e = { .kind = kind, .from = !to, .to = to };

	snprintf(e.name, sizeof(e.name), "GigabitEthernet0/1/0.%u", n);
	events_send(ev, &e);
}

struct lines { uint32_t pw, more, sessions; char text[LOG_LINE], session[LOG_LINE]; };

static void look(void *arg, uint64_t wall_us, enum log_prio prio, const char *line)
{
	struct lines *n = arg;

	(void)wall_us, (void)prio;
	n->pw += !strncmp(line, "event=pw ", 9);
	if (!strncmp(line, "event=ldp-session ", 18)) {
		n->sessions++;
		snprintf(n->session, sizeof(n->session), "%s", line);
	}
	if (strncmp(line, "event=more ", 11))
		return;
	n->more++;
	snprintf(n->text, sizeof(n->text), "%s", line);
}

static void log_is_summed_up(void **state)
{
	struct lines n = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 60000; i++)
		send_one(CEV_PW, i >= 1000, i);
	log_walk(look, &n);
	assert_in_range(n.pw, 1, 100);
	assert_int_equal(n.more, 0);
	uint32_t first = n.pw;

	loop_advance(loop, 3 * SECOND);
	n = (struct lines){ 0 };
	log_walk(look, &n);
	assert_int_equal(n.pw, first);
	assert_int_equal(n.more, 1);
	assert_non_null(strstr(n.text, "of=pw down=950 up=59000"));
	send_one(CEV_PW, 1, 1);			/* told again, and nothing summed up */
	loop_advance(loop, 9 * SECOND);
	n = (struct lines){ 0 };
	log_walk(look, &n);
	assert_int_equal(n.pw, first + 1);
	assert_int_equal(n.more, 1);
}

static void sessions_are_told(void **state)
{
	struct ldp_event e = {
		.kind = LDP_EV_SESSION, .peer = 0x0a000002, .up = true, .text = "the session is operational",
	};
	struct lines n = { 0 };
	int fd = listen_to();
	char line[512] = "";

	(void)state;
	events_ldp(ev, &e);
	assert_in_range(read(fd, line, sizeof(line) - 1), 10, sizeof(line) - 1);
	assert_non_null(strstr(line, "\"event\":\"ldp-session\",\"peer\":\"10.0.0.2\",\"to\":\"up\",\"status\":0,"));
	assert_non_null(strstr(line, "\"text\":\"the session is operational\"}\n"));
	e.up = false;
	for (uint32_t i = 0; i < 1000; i++)
		events_ldp(ev, &e);
	loop_advance(loop, 3 * SECOND);
	log_walk(look, &n);
	assert_non_null(strstr(n.text, "of=ldp-session down=951"));
	n = (struct lines){ 0 };
	log_walk(look, &n);
	e.quiet = true;				/* the peer's own limit: told, but not logged */
	uint32_t before = n.sessions;
	events_ldp(ev, &e);
	e.quiet = false;
	e.not_told = 7;
	events_ldp(ev, &e);
	n = (struct lines){ 0 };
	log_walk(look, &n);
	assert_int_equal(n.sessions, before + 1);
	assert_non_null(strstr(n.session, "to=down status=0 not-told=7 text="));
	close(fd);
	loop_turn(loop, 0);
}

static void look_for(void *arg, uint64_t wall_us, enum log_prio prio, const char *line)
{
	const char **want = arg;

	(void)wall_us, (void)prio;
	if (*want && !strcmp(line, *want))
		*want = NULL;
}

/* One line of each kind of protection's events, in the log and at the socket, word by word. */
static void protection_is_told(void **state)
{
	static const struct {
		struct core_event e;
		const char *log, *json;
	} cases[] = {
		{ { CEV_FORCED, 0, "ge1", 0, 0, 1, REASON_NONE, DET_NETLINK },
		  "event=if-down name=ge1 from=released to=forced reason=0 text=\"a reason\" detector=\"netlink\"",
		  "\"event\":\"if-down\",\"name\":\"ge1\",\"from\":\"released\",\"to\":\"forced\"," },
		{ { CEV_SWITCH, 0, "ge1", 0, SLOT_PRIMARY, SLOT_SECONDARY, REASON_NOT_FORWARDING, DET_LDP },
		  "event=switch name=ge1 from=primary to=secondary reason=31 text=\"a reason\" detector=\"netlink\"",
		  "\"from\":\"primary\",\"to\":\"secondary\",\"reason\":31,\"text\":\"a reason\"," },
		{ { CEV_ALARM, 0, "ge1", ALARM_BOTH_ACTIVE, 0, 1, REASON_NONE, DET_LDP },
		  "event=alarm name=ge1 alarm=both-active from=over to=raised reason=0 text=\"what is amiss\" detector=\"netlink\"",
		  "\"alarm\":\"both-active\",\"from\":\"over\",\"to\":\"raised\",\"reason\":0,\"text\":\"what is amiss\"," },
		{ { CEV_ALARM, 0, "ge1", ALARM_PARITY, 1, 0, REASON_NONE, DET_LDP },
		  "event=alarm name=ge1 alarm=parity from=raised to=over reason=0 text=\"what is amiss\" detector=\"netlink\"",
		  "\"alarm\":\"parity\",\"from\":\"raised\",\"to\":\"over\"," },
		{ { CEV_REQUEST, 0, "ge1", SLOT_SECONDARY, 0, REQUEST_HONOURED, REASON_NONE, DET_LDP },
		  "event=switchover-request name=ge1 slot=secondary to=honoured reason=0 text=\"a reason\" detector=\"netlink\"",
		  "\"event\":\"switchover-request\",\"name\":\"ge1\",\"slot\":\"secondary\",\"to\":\"honoured\"," },
	};
	int fd = listen_to();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *want = cases[i].log;
		char line[512] = "";

		events_send(ev, &cases[i].e);
		log_walk(look_for, &want);
		if (want)
			fail_msg("not in the log: %s", want);
		assert_in_range(read(fd, line, sizeof(line) - 1), 10, sizeof(line) - 1);
		if (!strstr(line, cases[i].json))
			fail_msg("no %s in %s", cases[i].json, line);
	}
	close(fd);
	loop_turn(loop, 0);
}

/* No alarm and no news of a request is without a word of its own. */
static void every_word(void **state)
{
	char line[512], words[32][32] = { "?" };
	int fd = listen_to();
	size_t n = 1;

	(void)state;
	for (uint8_t i = 0; i < ALARM__N + REQUEST_IGNORED + 1; i++) {
		struct core_event e = { .kind = i < ALARM__N ? CEV_ALARM : CEV_REQUEST };
		const char *member = i < ALARM__N ? "\"alarm\":\"" : "\"to\":\"", *at;

		*(i < ALARM__N ? &e.slot : &e.to) = i < ALARM__N ? i : (uint8_t)(i - ALARM__N);
		events_send(ev, &e);
		memset(line, 0, sizeof(line));
		assert_in_range(read(fd, line, sizeof(line) - 1), 10, sizeof(line) - 1);
		at = strstr(line, member);
		assert_non_null(at);
		assert_int_equal(sscanf(at + strlen(member), "%31[^\"]", words[n]), 1);
		for (size_t k = 0; k < n; k++)
			assert_string_not_equal(words[k], words[n]);
		n++;
	}
	close(fd);
	loop_turn(loop, 0);
}

/* Reads whole lines until nothing comes; counts events, adds up what was lost. */
static void read_all(int fd, uint64_t *events, uint64_t *lost)
{
	static char buf[1 << 16];
	size_t have = 0;
	ssize_t n;

	*events = *lost = 0;
	for (;;) {
		n = recv(fd, buf + have, sizeof(buf) - have - 1, MSG_DONTWAIT);
		loop_turn(loop, 0);
		if (n <= 0 && (n = recv(fd, buf + have, sizeof(buf) - have - 1, MSG_DONTWAIT)) <= 0)
			break;
		have += (size_t)n;
		buf[have] = '\0';
		char *line = buf, *end;

		for (; (end = strchr(line, '\n')); line = end + 1) {
			unsigned long long count;

			assert_int_equal(line[0], '{');
			assert_int_equal(end[-1], '}');
			if (sscanf(line, "{\"event\":\"lost\",\"count\":%llu}", &count) == 1)
				*lost += count;
			else
				++*events;
		}
		have -= (size_t)(line - buf);
		memmove(buf, line, have);
	}
	assert_int_equal(have, 0);
}

static void a_reader_gets_all(void **state)
{
	int fd = listen_to();
	uint64_t events, lost, all = 0;

	(void)state;
	for (uint32_t i = 0; i < 20000; i++) {
		send_one(CEV_AC, 1, i);
		if (i % 2000)
			continue;
		read_all(fd, &events, &lost);
		assert_int_equal(lost, 0);
		all += events;
	}
	read_all(fd, &events, &lost);
	assert_int_equal(lost, 0);
	assert_int_equal(all + events, 20000);
	close(fd);
	loop_turn(loop, 0);
}

static void who_does_not_read_is_told(void **state)
{
	int slow = listen_to(), other = listen_to();
	uint64_t events, lost;

	(void)state;
	for (uint32_t i = 0; i < 50000; i++)
		send_one(CEV_SWITCH, 1, i);
	read_all(slow, &events, &lost);
	assert_true(events > 1000);		/* a megabyte waited */
	assert_true(lost > 1000);
	assert_int_equal(events + lost, 50000);
	send_one(CEV_PATH, 0, 7);
	read_all(slow, &events, &lost);
	assert_int_equal(events, 1);
	assert_int_equal(lost, 0);
	close(other);				/* with all that waits for it */
	for (int i = 0; i < 4; i++)
		loop_turn(loop, 0);
	send_one(CEV_PATH, 1, 7);
	read_all(slow, &events, &lost);
	assert_int_equal(events, 1);
	close(slow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(log_is_summed_up, up, down),
		cmocka_unit_test_setup_teardown(sessions_are_told, up, down),
		cmocka_unit_test_setup_teardown(protection_is_told, up, down),
		cmocka_unit_test_setup_teardown(every_word, up, down),
		cmocka_unit_test_setup_teardown(a_reader_gets_all, up, down),
		cmocka_unit_test_setup_teardown(who_does_not_read_is_told, up, down),
	};

	return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
