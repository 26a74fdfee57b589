/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP sessions across a veth pair, with the engine's rights: signed, wrongly signed, from too far away. That
 * something does not happen is seen by the kernel's counter of what it dropped.
 */
#include "twons.h"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "sys/tcp.h"

#define PORT 646

static int listen_there(void)
{
	int fd;

	go(two.there);
	fd = sys_tcp_listen((struct sys_end){ 0, PORT });
	assert_true(fd >= 0);
	go(two.here);
	return fd;
}

static int call(const char *key)
{
	int fd = sys_tcp_connect((struct sys_end){ HERE, 0 }, (struct sys_end){ THERE, PORT }, key,
				 key ? strlen(key) : 0);

	assert_true(fd >= 0);
	return fd;
}

static int answer(int listening, struct sys_end *peer)
{
	int fd = -EAGAIN;

	assert_true(wait_for(fd != -EAGAIN || (fd = sys_tcp_accept(listening, peer)) != -EAGAIN, nap()));
	assert_true(fd >= 0);
	return fd;
}

static int outcome(int fd)
{
	int rc = -EINPROGRESS;

	assert_true(wait_for(rc != -EINPROGRESS || (rc = sys_tcp_error(fd)) != -EINPROGRESS, nap()));
	return rc;
}

static void connected(int fd)
{
	assert_int_equal(outcome(fd), 0);
}

static void carries(int from, int to)
{
	char c = 0;

	assert_int_equal(send(from, "x", 1, 0), 1);
	assert_true(wait_for(readable(to), nap()));
	assert_int_equal(recv(to, &c, 1, 0), 1);
	assert_int_equal(c, 'x');
}

static int option(int fd, int level, int name)
{
	int v = -1;
	socklen_t len = sizeof(v);

	assert_int_equal(getsockopt(fd, level, name, &v, &len), 0);
	return v;
}

#ifndef TCP_RTO_MAX_MS
#define TCP_RTO_MAX_MS 44
#endif

/* Linux 6.15 */
static bool knows_rto_max(void)
{
	struct utsname u;
	unsigned int major = 0, minor = 0;

	assert_int_equal(uname(&u), 0);
	assert_int_equal(sscanf(u.release, "%u.%u", &major, &minor), 2);
	return major > 6 || (major == 6 && minor >= 15);
}

static void as_a_router(int fd)
{
	assert_int_equal(option(fd, IPPROTO_IP, IP_TTL), 255);
	assert_int_equal(option(fd, IPPROTO_IP, IP_TOS), 0xc0);
	assert_int_equal(option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
	if (knows_rto_max())
		assert_int_equal(option(fd, IPPROTO_TCP, TCP_RTO_MAX_MS), 1000);
	assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

static long dropped_there(const char *counter)
{
	long n;

	go(two.there);
	n = netstat(counter);
	go(two.here);
	return n;
}

static void a_session(void **state)
{
	struct sys_end peer, mine, theirs;
	int l = listen_there(), c = call(NULL), s = answer(l, &peer);

	(void)state;
	connected(c);
	assert_int_equal(sys_tcp_ends(c, &mine, &theirs), 0);
	assert_true(mine.ip == HERE && mine.port == peer.port && peer.ip == HERE);
	assert_true(theirs.ip == THERE && theirs.port == PORT);
	assert_int_equal(sys_tcp_ends(l, &mine, &theirs), -ENOTCONN);
	as_a_router(c);
	as_a_router(s);
	assert_int_equal(sys_tcp_user_timeout(c, 30000), 0);
	assert_int_equal(option(c, IPPROTO_TCP, TCP_USER_TIMEOUT), 30000);
	carries(c, s);
	carries(s, c);
	assert_int_equal(sys_tcp_accept(l, &peer), -EAGAIN);
	sys_tcp_close(&c);
	assert_int_equal(c, -1);
	sys_tcp_close(&s);
	sys_tcp_close(&l);
	sys_tcp_close(&l);
}

static void two_ways_to_end(void **state)
{
	struct sys_end peer;
	int l = listen_there(), c = call(NULL), s = answer(l, &peer);
	char buf[8];

	(void)state;
	assert_int_equal(send(c, "bye", 3, 0), 3);
	sys_tcp_close(&c);
	assert_true(wait_for(readable(s), nap()));
	assert_int_equal(recv(s, buf, sizeof(buf), 0), 3);
	assert_true(wait_for(readable(s), nap()));
	assert_int_equal(recv(s, buf, sizeof(buf), 0), 0);
	sys_tcp_close(&s);
	c = call(NULL);
	s = answer(l, &peer);
	connected(c);
	sys_tcp_reset(&s);
	assert_int_equal(s, -1);
	assert_true(wait_for(readable(c), nap()));
	assert_int_equal(sys_tcp_error(c), -ECONNRESET);
	assert_int_equal(sys_tcp_error(c), -ENOTCONN);
	sys_tcp_close(&c);
	sys_tcp_close(&l);
}

static void refused(void **state)
{
	struct sys_end nowhere = { IP(10, 9, 9, 9), 0 }, peer = { THERE, PORT };
	int l, c = call(NULL);

	(void)state;
	assert_int_equal(outcome(c), -ECONNREFUSED);
	sys_tcp_close(&c);
	assert_int_equal(sys_tcp_connect(nowhere, peer, NULL, 0), -EADDRNOTAVAIL);
	peer.ip = IP(203, 0, 113, 1);
	assert_int_equal(sys_tcp_connect((struct sys_end){ HERE, 0 }, peer, NULL, 0), -ENETUNREACH);
	l = listen_there();
	go(two.there);
	assert_int_equal(sys_tcp_listen((struct sys_end){ 0, PORT }), -EADDRINUSE);
	go(two.here);
	sys_tcp_close(&l);
}

static void signed_session(void **state)
{
	char longest[SYS_TCP_KEY + 1];
	struct sys_end peer;
	int l = listen_there(), c, s;

	(void)state;
	memset(longest, 'k', sizeof(longest));
	assert_int_equal(sys_tcp_key(l, HERE, longest, SYS_TCP_KEY + 1), -EINVAL);
	assert_int_equal(sys_tcp_key(l, HERE, NULL, 0), -ENOENT);
	assert_int_equal(sys_tcp_key(l, HERE, longest, SYS_TCP_KEY), 0);
	longest[SYS_TCP_KEY] = 0;
	c = call(longest);
	s = answer(l, &peer);
	connected(c);
	carries(c, s);
	/* both ends change the key of a live session */
	assert_int_equal(sys_tcp_key(c, THERE, "other", 5), 0);
	assert_int_equal(sys_tcp_key(s, HERE, "other", 5), 0);
	carries(c, s);
	carries(s, c);
	sys_tcp_close(&c);
	sys_tcp_close(&s);
	sys_tcp_close(&l);
}

static void never(int l, const char *key, const char *counter)
{
	long before = dropped_there(counter);
	struct sys_end peer;
	int c = call(key);

	assert_true(wait_for(dropped_there(counter) > before, nap()));
	assert_int_equal(sys_tcp_error(c), -EINPROGRESS);
	assert_int_equal(sys_tcp_accept(l, &peer), -EAGAIN);
	sys_tcp_reset(&c);
}

static void connects(int l, const char *key)
{
	struct sys_end peer;
	int c = call(key), s = answer(l, &peer);

	connected(c);
	carries(c, s);
	sys_tcp_reset(&c);
	sys_tcp_reset(&s);
}

static void only_the_right_key(void **state)
{
	int l = listen_there();

	(void)state;
	never(l, "one", "TCPMD5Unexpected");
	assert_int_equal(sys_tcp_key(l, HERE, "one", 3), 0);
	connects(l, "one");
	never(l, "two", "TCPMD5Failure");
	never(l, NULL, "TCPMD5NotFound");
	assert_int_equal(sys_tcp_key(l, HERE, "two", 3), 0);
	never(l, "one", "TCPMD5Failure");
	connects(l, "two");
	assert_int_equal(sys_tcp_key(l, HERE, NULL, 0), 0);
	connects(l, NULL);
	assert_int_equal(sys_tcp_key(l, IP(10, 0, 0, 9), "other", 5), 0);
	connects(l, NULL);			/* a key is of one peer */
	sys_tcp_close(&l);
}

static void only_neighbours(void **state)
{
	struct sys_end peer;
	int l = listen_there(), c = call(NULL), s = answer(l, &peer), far = 254, near = 255;
	long before;

	(void)state;
	connected(c);
	assert_int_equal(sys_tcp_min_ttl(s, 255), 0);
	carries(c, s);
	before = dropped_there("TCPMinTTLDrop");
	assert_int_equal(setsockopt(c, IPPROTO_IP, IP_TTL, &far, sizeof(far)), 0);
	assert_int_equal(send(c, "y", 1, 0), 1);
	assert_true(wait_for(dropped_there("TCPMinTTLDrop") > before, nap()));
	assert_false(readable(s));
	assert_int_equal(setsockopt(c, IPPROTO_IP, IP_TTL, &near, sizeof(near)), 0);
	assert_true(wait_for(readable(s), nap()));
	sys_tcp_reset(&c);
	sys_tcp_reset(&s);
	assert_int_equal(sys_tcp_min_ttl(l, 255), 0);
	connects(l, NULL);
	assert_int_equal(sys_tcp_min_ttl(l, 0), 0);
	connects(l, NULL);
	sys_tcp_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TWO(a_session), TWO(two_ways_to_end), TWO(refused), TWO(signed_session), TWO(only_the_right_key),
		TWO(only_neighbours),
	};

	need_root();
	return cmocka_run_group_tests_name("tcp", tests, NULL, NULL);
}
