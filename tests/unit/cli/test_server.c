/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server on a real socket: a hundred sessions, hostile octets, clients that are slow, half gone or
 * gone. The test plays all clients in one thread with the loop, on a virtual clock.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/proto.h"
#include "base/text.h"
#include "fake.h"

static struct loop *l;
static struct cli_server *srv;
static char dir[] = "/tmp/twcli.XXXXXX";
static struct sockaddr_un addr = { .sun_family = AF_UNIX };

static void turns(int n)
{
	while (n--)
		assert_int_equal(loop_turn(l, 0), 0);
}

static int client(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	while (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		assert_int_equal(errno, EAGAIN);	/* backlog full */
		turns(1);
	}
	return fd;
}

static void put(int fd, uint8_t type, const char *v)
{
	uint8_t head[CLI_HEAD];

	cli_head_put(head, type, (uint32_t)strlen(v));
	assert_int_equal(send(fd, head, sizeof(head), MSG_NOSIGNAL), sizeof(head));
	assert_int_equal(send(fd, v, strlen(v), MSG_NOSIGNAL), strlen(v));
}

/* Reads frames until one of type @until; texts of output frames are added to @out. false: the connection ended. */
static bool read_until(int fd, uint8_t until, struct text *out)
{
	static char buf[CLI_HEAD + CLI_OUT_MAX];
	size_t have = 0;

	for (int tries = 0; tries < 200000;) {
		size_t want = have < CLI_HEAD ? CLI_HEAD : CLI_HEAD + cli_head_len((uint8_t *)buf);
		assert_true(want <= sizeof(buf));
		if (have >= CLI_HEAD && have == want) {
			if (out && buf[0] == CLI_OUTPUT)
				text_add(out, buf + CLI_HEAD, have - CLI_HEAD);
			if ((uint8_t)buf[0] == until)
				return true;
			have = 0;
			continue;
		}
		ssize_t n = recv(fd, buf + have, want - have, 0);
		if (n > 0) {
			have += (size_t)n;
			continue;
		}
		if (n == 0 || errno != EAGAIN)
			return false;
		turns(1);
		tries++;
	}
	fail_msg("the engine does not answer");
	return false;
}

static void version_works(int fd)
{
	struct text out = { 0 };

	put(fd, CLI_LINE, "display version");
	assert_true(read_until(fd, CLI_DONE, &out));
	assert_non_null(strstr(out.v, "twinwire version"));
	text_free(&out);
}

static void hundred_sessions(void **state)
{
	int fd[100];
	(void)state;

	for (int i = 0; i < 100; i++) {
		fd[i] = client();
		assert_true(read_until(fd[i], CLI_DONE, NULL));
	}
	for (int i = 0; i < 100; i++)
		put(fd[i], CLI_LINE, "display mpls static-l2vc");
	for (int i = 0; i < 100; i++) {
		struct text out = { 0 };
		assert_true(read_until(fd[i], CLI_DONE, &out));
		assert_non_null(strstr(out.v, "Total svc connections:  3,"));
		text_free(&out);
	}
	for (int i = 0; i < 100; i++)
		close(fd[i]);
	turns(200);
}

static void one_too_many(void **state)
{
	int fd[128], last;
	(void)state;

	for (int i = 0; i < 128; i++) {
		fd[i] = client();
		assert_true(read_until(fd[i], CLI_DONE, NULL));
	}
	last = client();
	assert_true(read_until(last, CLI_BYE, NULL));
	close(last);
	version_works(fd[0]);
	for (int i = 0; i < 128; i++)
		close(fd[i]);
	turns(300);
	last = client();
	assert_true(read_until(last, CLI_DONE, NULL));
	close(last);
}

static void protocol_errors(void **state)
{
	static const struct { uint8_t type; uint32_t len; } bad[] = {
		{ 'Z', 0 }, { CLI_LINE, CLI_IN_MAX + 1 }, { CLI_LINE, UINT32_MAX },
		{ CLI_INTERRUPT, 1 }, { CLI_HOLD, 1 }, { CLI_HELP, CLI_IN_MAX + 1 },
		{ 0, 0 }, { CLI_OUTPUT, 3 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		int fd = client();
		uint8_t head[CLI_HEAD + 3] = { 0 };
		assert_true(read_until(fd, CLI_DONE, NULL));
		cli_head_put(head, bad[i].type, bad[i].len);
		send(fd, head, CLI_HEAD + (bad[i].len < 4 ? bad[i].len : 3), MSG_NOSIGNAL);
		assert_true(read_until(fd, CLI_BYE, NULL));
		assert_false(read_until(fd, CLI_DONE, NULL));
		close(fd);
	}
}

/* An interrupt and an answer may cross: the answer to a question that is no more does nothing. */
static void late_answer(void **state)
{
	int fd = client();
	(void)state;

	assert_true(read_until(fd, CLI_DONE, NULL));
	put(fd, CLI_LINE, "save");
	assert_true(read_until(fd, CLI_QUESTION, NULL));
	put(fd, CLI_INTERRUPT, "");
	put(fd, CLI_ANSWER, "y");
	assert_true(read_until(fd, CLI_MARK, NULL));
	assert_true(read_until(fd, CLI_DONE, NULL));
	assert_string_equal(fake.saved, "");
	version_works(fd);
	close(fd);
}

/* Octets as they come, some of them frames, some of those commands: nothing but answers or the end. */
static void noise(void **state)
{
	static const char *const line[] = { "system-view", "commit", "mtu 5", "quit", "return", "save", "y",
					    "display interface", "display mpls static-l2vc",
					    "capture-packet interface GigabitEthernet0/1/0 to x",
					    "display version | count", "interface \"", "load good.cfg", "run quit" };
	(void)state;

	srandom(7);
	for (int i = 0; i < 400; i++) {
		int fd = client();
		for (long n = random() % 40; n > 0; n--) {
			char v[300];
			size_t len = (size_t)(random() % 300);
			for (size_t k = 0; k < len; k++)
				v[k] = (char)random();
			if (random() % 4 == 0) {
				if (send(fd, v, len, MSG_NOSIGNAL) < 0)
					break;
			} else {
				const char *t = line[(size_t)random() % (sizeof(line) / sizeof(*line))];
				uint8_t f[CLI_HEAD + 128];
				cli_head_put(f, "LLLLAI?W"[random() % 8], (uint32_t)strlen(t));
				memcpy(f + CLI_HEAD, t, strlen(t));
				if (send(fd, f, CLI_HEAD + strlen(t), MSG_NOSIGNAL) < 0)
					break;
			}
			turns(2);
			while (random() % 2 && recv(fd, v, sizeof(v), 0) > 0)
				;
		}
		close(fd);
		turns(3);
	}
	int fd = client();
	assert_true(read_until(fd, CLI_DONE, NULL));
	version_works(fd);
	close(fd);
}

/* A client that does not read: others are served, and after a minute it is dropped. */
static void slow_reader(void **state)
{
	int slow = client(), other = client();
	char c;
	(void)state;

	fake_many(20000);
	assert_true(read_until(slow, CLI_DONE, NULL));
	put(slow, CLI_LINE, "display mpls static-l2vc");
	turns(3000);
	assert_true(read_until(other, CLI_DONE, NULL));
	version_works(other);
	loop_advance(l, loop_now(l) + UINT64_C(61) * 1000000000);
	while (recv(slow, &c, 1, 0) > 0)
		;
	assert_int_equal(recv(slow, &c, 1, 0), 0);
	version_works(other);
	close(slow);
	close(other);
}

/* An operator may look at a page as long as he likes, if his client says so; what he stops is over at the mark. */
static void reader_of_pages(void **state)
{
	int fd = client();
	(void)state;

	fake_many(20000);
	assert_true(read_until(fd, CLI_DONE, NULL));
	put(fd, CLI_LINE, "display mpls static-l2vc");
	turns(3000);
	for (int i = 0; i < 20; i++) {
		loop_advance(l, loop_now(l) + UINT64_C(50) * 1000000000);
		put(fd, CLI_HOLD, "");
		turns(3);
	}
	put(fd, CLI_INTERRUPT, "");
	assert_true(read_until(fd, CLI_MARK, NULL));
	assert_true(read_until(fd, CLI_DONE, NULL));
	version_works(fd);
	close(fd);
}

/* Half a frame is waited for, not for ever; an idle session stays. */
static void half_frame(void **state)
{
	int half = client(), idle = client();
	(void)state;

	assert_true(read_until(half, CLI_DONE, NULL));
	assert_true(read_until(idle, CLI_DONE, NULL));
	assert_int_equal(send(half, "L\0\0", 3, MSG_NOSIGNAL), 3);
	turns(3);
	loop_advance(l, loop_now(l) + UINT64_C(61) * 1000000000);
	assert_false(read_until(half, CLI_DONE, NULL));
	version_works(idle);
	close(half);
	close(idle);
}

/* A session that was cut off takes its candidate and its capture with it. */
static void lost_client(void **state)
{
	int fd = client();
	(void)state;

	assert_true(read_until(fd, CLI_DONE, NULL));
	put(fd, CLI_LINE, "capture-packet interface GigabitEthernet0/1/0 to x");
	turns(5);
	assert_non_null(fake.done);
	close(fd);
	turns(5);
	assert_int_equal(fake.captures_stopped, 1);
	assert_null(fake.done);

	fd = client();
	assert_true(read_until(fd, CLI_DONE, NULL));
	put(fd, CLI_LINE, "system-view");
	assert_true(read_until(fd, CLI_DONE, NULL));
	put(fd, CLI_LINE, "sysname gone");
	assert_true(read_until(fd, CLI_DONE, NULL));
	shutdown(fd, SHUT_WR);		/* half-open is gone, too */
	turns(5);
	assert_string_equal(cfg_system(cfg_running(fake.e.cfg))->sysname, "");
	assert_false(read_until(fd, CLI_DONE, NULL));
	close(fd);
}

/* Lines sent without waiting are carried out in order, also behind one that takes long. */
static void pipelined(void **state)
{
	int fd = client();
	struct text out = { 0 };
	(void)state;

	fake_many(2000);
	assert_true(read_until(fd, CLI_DONE, NULL));
	put(fd, CLI_LINE, "display mpls static-l2vc brief");
	put(fd, CLI_LINE, "display version");
	assert_true(read_until(fd, CLI_DONE, NULL));
	assert_true(read_until(fd, CLI_DONE, &out));
	assert_non_null(strstr(out.v, "twinwire version"));
	text_free(&out);
	close(fd);
}

/* Sends frames of @type as long as the engine takes them; how many it took of @max. */
static unsigned int flood(int fd, uint8_t type, const char *text, unsigned int max)
{
	uint8_t f[CLI_HEAD + 64];
	size_t len = strlen(text);

	cli_head_put(f, type, (uint32_t)len);
	memcpy(f + CLI_HEAD, text, len);
	for (unsigned int n = 0, full = 0; n < max; full = 0, n++)
		while (send(fd, f, CLI_HEAD + len, MSG_NOSIGNAL) != (ssize_t)(CLI_HEAD + len)) {
			if (errno != EAGAIN || ++full == 100)
				return n;
			turns(1);
		}
	return max;
}

/* Who asks and asks and reads no answer is not listened to: what waits for him stays bounded. All is answered
 * when he reads after all. */
static void flood_unread(void **state)
{
	static const struct { uint8_t type; const char *text; } of[] = { { CLI_HELP, "" }, { CLI_LINE, "display version" } };
	(void)state;

	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++) {
		int fd = client();
		assert_true(read_until(fd, CLI_DONE, NULL));
		unsigned int n = flood(fd, of[i].type, of[i].text, 100000);
		assert_true(n < 100000);
		while (n--)
			assert_true(read_until(fd, CLI_DONE, NULL));
		version_works(fd);
		close(fd);
	}
}

/* Interrupts are heard at once, so nothing holds them back but the end. */
static void flood_of_interrupts(void **state)
{
	int fd = client(), other = client();
	(void)state;

	assert_true(read_until(fd, CLI_DONE, NULL));
	assert_true(read_until(other, CLI_DONE, NULL));
	assert_true(flood(fd, CLI_INTERRUPT, "", 1000000) < 1000000);
	assert_false(read_until(fd, 0, NULL));
	version_works(other);
	close(fd);
	close(other);
}

static int setup(void **state)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	(void)state;

	if (!*addr.sun_path) {
		assert_non_null(mkdtemp(dir));
		snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/cli.sock", dir);
	}
	unlink(addr.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(fd, 8), 0);
	l = loop_new();
	loop_virtual(l, FAKE_NOW);
	fake_start(l);
	fake_configure();
	srv = cli_server_new(&fake.e, fd);
	assert_non_null(srv);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cli_server_free(srv);
	fake_stop();
	loop_free(l);
	unlink(addr.sun_path);
	rmdir(dir);
	mkdir(dir, 0700);
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(hundred_sessions), T(one_too_many), T(protocol_errors), T(late_answer), T(noise), T(slow_reader),
		T(reader_of_pages), T(half_frame), T(lost_client), T(pipelined), T(flood_unread),
		T(flood_of_interrupts),
	};
	return cmocka_run_group_tests(tests, NULL, group_teardown);
}
