/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * net.c: namespaces, veths, frames, and the actions of two ends of one pseudowire.
 */
#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys/link.h"

#define MAGIC		0x74776470u
#define ETHERTYPE	0x88b5		/* local experimental */
#define PATIENCE_MS	(getenv("TW_QEMU") ? 100000 : 10000)	/* an emulated machine is slow */

struct frame {
	uint8_t dst[6], src[6];
	uint16_t type;
	uint32_t magic, seq;
	uint8_t pad[42];
} __attribute__((packed));

/* ---- namespaces -------------------------------------------------------------------------------------- */

void net_enter(const struct net *n, enum ns ns)
{
	assert_int_equal(setns(n->ns[ns], CLONE_NEWNET), 0);
}

void net_home(const struct net *n)
{
	assert_int_equal(setns(n->home, CLONE_NEWNET), 0);
}

static int shell(const struct net *n, enum ns ns, const char *fmt, va_list ap)
{
	char cmd[1024];

	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	net_enter(n, ns);
	int rc = system(cmd);
	net_home(n);
	return rc;
}

void net_sh(const struct net *n, enum ns ns, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	assert_int_equal(shell(n, ns, fmt, ap), 0);
	va_end(ap);
}

int net_try(const struct net *n, enum ns ns, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int rc = shell(n, ns, fmt, ap);
	va_end(ap);
	return rc;
}

/* The CEs are silent: what arrives is what a test sent. */
static int new_ns(enum ns ns)
{
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	if (ns == CE1 || ns == CE2)
		assert_int_equal(system("echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6"), 0);
	return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

static int packet_socket(const struct net *n, enum ns ns)
{
	struct sockaddr_ll sll = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int size = 4 << 20;

	net_enter(n, ns);
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	sll.sll_ifindex = (int)if_nametoindex("eth0");
	assert_true(fd >= 0 && sll.sll_ifindex);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	assert_int_equal(bind(fd, (struct sockaddr *)&sll, sizeof(sll)), 0);
	net_home(n);
	return fd;
}

static void look(struct net *n, int i)
{
	struct pe *p = &n->pe[i];
	struct sys_link l;

	net_enter(n, p->ns);
	assert_int_equal(sys_link_by_name("ac", &l), 0);
	p->ac = l.ifindex;
	assert_int_equal(sys_link_by_name("core", &l), 0);
	p->core = l.ifindex;
	memcpy(p->mac, l.mac, 6);
	memcpy(n->pe[!i].peer, l.mac, 6);
	net_home(n);
}

static void private_mounts(void)
{
	static bool done;

	if (done)
		return;
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	done = true;
}

void net_make(struct net *n)
{
	int me = getpid();

	*n = (struct net){ .pe = { { .ns = PE1 }, { .ns = PE2 } } };
	n->home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	private_mounts();
	for (int i = 0; i < NS__N; i++)
		n->ns[i] = new_ns((enum ns)i);
	net_home(n);
	/* the ends get different ifindexes: with equal ones the kernel batches carrier notices */
	net_sh(n, PE1,
	       "ip link add x type veth peer name y && ip link del x && ip link add ac mtu 9000 type veth peer name "
	       "eth0 mtu 9000 netns /proc/%d/fd/%d &&"
	       "ip link add core mtu 9216 type veth peer name core mtu 9216 netns /proc/%d/fd/%d && ip link set core "
	       "up && ip link set ac up",
	       me, n->ns[CE1], me, n->ns[PE2]);
	net_sh(n, PE2,
	       "ip link add ac mtu 9000 type veth peer name eth0 mtu 9000 netns /proc/%d/fd/%d && ip link set ac up && "
	       "ip link set core up",
	       me, n->ns[CE2]);
	net_sh(n, CE1, "ip link set eth0 up");
	net_sh(n, CE2, "ip link set eth0 up");
	n->ce[0] = packet_socket(n, CE1);
	n->ce[1] = packet_socket(n, CE2);
	look(n, 0);
	look(n, 1);
	n->loop = loop_new();
	assert_non_null(n->loop);
	strcpy(n->dir, "/tmp/tw-dp-XXXXXX");
	assert_non_null(mkdtemp(n->dir));
	snprintf(n->bpf, sizeof(n->bpf), "%s/bpf", n->dir);
	assert_int_equal(mkdir(n->bpf, 0700), 0);
	assert_int_equal(mount("bpf", n->bpf, "bpf", 0, NULL), 0);
}

void net_drop(struct net *n)
{
	for (int i = 0; i < 2; i++) {
		pe_close(n, i);
		close(n->ce[i]);
	}
	loop_free(n->loop);
	umount2(n->bpf, MNT_DETACH);
	rmdir(n->bpf);
	char cmd[128];
	snprintf(cmd, sizeof(cmd), "rm -rf %s", n->dir);
	assert_int_equal(system(cmd), 0);
	for (int i = 0; i < NS__N; i++)
		close(n->ns[i]);
	close(n->home);
}

/* ---- engines ------------------------------------------------------------------------------------------- */

int pe_try_open(struct net *n, int i, uint32_t capacity, const char *bpf)
{
	struct pe *p = &n->pe[i];
	char run[96];
	struct dp_open o = { .bpf_dir = bpf, .run_dir = run, .capacity = capacity, .hold_ns = p->hold_ns };

	snprintf(run, sizeof(run), "%s/pe.%d", n->dir, i);
	net_enter(n, p->ns);
	int rc = dp_open(&p->dp, n->loop, &o, &p->how, p->why);
	net_home(n);
	return rc;
}

void pe_open(struct net *n, int i, uint32_t capacity)
{
	int rc = pe_try_open(n, i, capacity, n->bpf);

	if (rc)
		print_error("dp_open: %d %s\n", rc, n->pe[i].why);
	assert_int_equal(rc, 0);
}

void pe_close(struct net *n, int i)
{
	net_enter(n, n->pe[i].ns);
	dp_close(n->pe[i].dp);
	net_home(n);
	n->pe[i].dp = NULL;
}

static struct action *add(struct actions *a, enum action_kind kind)
{
	if (a->n == a->cap) {
		a->cap = a->cap ? a->cap * 2 : 32;
		a->v = realloc(a->v, a->cap * sizeof(*a->v));
		assert_non_null(a->v);
	}
	a->v[a->n] = (struct action){ .kind = kind };
	return &a->v[a->n++];
}

void pe_list(const struct net *n, int i, enum m_port_mode ac, enum m_port_mode core, struct actions *out)
{
	const struct pe *p = &n->pe[i];
	uint32_t mine = 1000 + (uint32_t)i, theirs = 1000 + (uint32_t)!i;	/* PW labels; transport: + 100 */

	add(out, ACT_CIRCUIT)->circuit = (struct act_circuit){
		.index = 1, .used = true, .key = 11, .ifindex = p->ac, .max_frame = 9014,
		.slot[0] = { .label = theirs, .ttl = 255, .control_word = true, .path = 1 },
	};
	add(out, ACT_LABEL)->label = (struct act_label){
		.label = mine,
		.kind = LABEL_PW,
		.index = 1,
		.control_word = true,
		.gate = true,
		.ifindex = p->ac,
		.max_frame = 9014,
	};
	add(out, ACT_LABEL)->label = (struct act_label){ .label = mine + 100, .kind = LABEL_POP };
	struct act_path path = { .index = 1,
				.used = true,
				.key = 21,
				.up = true,
				.ifindex = p->core,
				.mtu = 9216,
				.n_labels = 1,
				.label = { theirs + 100 } };
	memcpy(path.dmac, p->peer, 6);
	memcpy(path.smac, p->mac, 6);
	add(out, ACT_PATH)->path = path;
	add(out, ACT_PW_LIVE)->live = (struct act_live){ .index = TW_PW(1, 0), .up = true };
	add(out, ACT_STEER)->steer =
		(struct act_steer){ .circuit = 1, .active = TW_PRIMARY, .next = { TW_NONE, TW_NONE, TW_NONE } };
	add(out, ACT_PORT)->port = (struct act_port){ .ifindex = p->ac, .ac = true, .circuit = 1, .mode = ac };
	add(out, ACT_PORT)->port = (struct act_port){ .ifindex = p->core, .core = true, .mode = core };
}

void pe_apply(struct net *n, int i, enum m_port_mode ac, enum m_port_mode core)
{
	struct actions a = { 0 };

	pe_list(n, i, ac, core, &a);
	assert_int_equal(dp_apply(n->pe[i].dp, &a), 0);
	free(a.v);
}

/* ---- waiting -------------------------------------------------------------------------------------------- */

struct wait {
	struct net *n;
	bool (*until)(void *arg);
	void *arg;
	struct timer t;
	uint64_t end;
};

static void tick(void *arg, uint64_t now)
{
	struct wait *w = arg;

	if (w->until(w->arg))
		loop_stop(w->n->loop, 0);
	else if (now > w->end)
		loop_stop(w->n->loop, 1);
	else
		timer_set(w->n->loop, &w->t, now + 1000000);
}

void net_run(struct net *n, bool (*until)(void *arg), void *arg)
{
	struct wait w = { .n = n, .until = until, .arg = arg, .end = loop_now(n->loop) + (uint64_t)PATIENCE_MS * 1000000 };

	w.t = (struct timer){ .fn = tick, .arg = &w };
	timer_set(n->loop, &w.t, loop_now(n->loop) + 1);
	assert_int_equal(loop_run(n->loop), 0);
}

static bool idle(void *arg)
{
	struct net *n = arg;

	return !(n->pe[0].dp && dp_busy(n->pe[0].dp)) && !(n->pe[1].dp && dp_busy(n->pe[1].dp));
}

void net_settle(struct net *n)
{
	for (int i = 0; i < 2; i++)
		if (n->pe[i].dp)
			dp_settled(n->pe[i].dp);
	net_run(n, idle, n);
}

/* ---- frames ---------------------------------------------------------------------------------------------- */

static void send_frame(int fd, uint32_t seq)
{
	struct frame f = {
		.dst = { 2, 0, 0, 0, 0, 2 }, .src = { 2, 0, 0, 0, 0, 1 }, .type = htons(ETHERTYPE), .magic = MAGIC, .seq = seq };

	memset(f.pad, 0xa5, sizeof(f.pad));
	assert_int_equal(send(fd, &f, sizeof(f), 0), sizeof(f));
}

/* The number of the next frame of ours that arrived within @ms, -1 if none. */
static int64_t next_frame(int fd, int ms)
{
	uint8_t buf[10000];
	struct sockaddr_ll from;
	socklen_t len = sizeof(from);
	struct frame f;

	while (poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, ms) > 0) {
		ssize_t n = recvfrom(fd, buf, sizeof(buf), MSG_TRUNC, (struct sockaddr *)&from, &len);
		if (n != sizeof(f) || from.sll_pkttype == PACKET_OUTGOING)
			continue;
		memcpy(&f, buf, sizeof(f));
		if (f.type == htons(ETHERTYPE) && f.magic == MAGIC && f.pad[41] == 0xa5)
			return f.seq;
	}
	return -1;
}

bool net_cross(struct net *n, int from, uint32_t seq)
{
	send_frame(n->ce[from], seq);
	return next_frame(n->ce[!from], 200) == seq;
}

bool net_both_ways(struct net *n)
{
	static uint32_t seq = 1u << 30;
	bool there = net_cross(n, 0, ++seq), back = net_cross(n, 1, ++seq);

	return there && back;
}

/* ---- streams ----------------------------------------------------------------------------------------------- */

#define STREAM_MAX 200000u

struct half {
	struct net *n;
	int from;
	uint32_t sent;
	uint8_t *seen;			/* times each number arrived */
	pthread_t tx, rx;
	atomic_bool *stop_tx, *stop_rx;
};
struct stream {
	struct half half[2];
	atomic_bool stop_tx, stop_rx;
};

static void *tx(void *arg)
{
	struct half *h = arg;

	while (!*h->stop_tx && h->sent < STREAM_MAX) {
		send_frame(h->n->ce[h->from], h->sent++);
		nanosleep(&(struct timespec){ .tv_nsec = 450000 }, NULL);
	}
	return NULL;
}

static void *rx(void *arg)
{
	struct half *h = arg;

	for (;;) {
		int64_t seq = next_frame(h->n->ce[!h->from], 100);
		if (seq < 0 && *h->stop_rx)
			return NULL;
		if (seq >= 0 && seq < STREAM_MAX)
			h->seen[seq]++;
	}
}

struct stream *stream_start(struct net *n)
{
	struct stream *s = calloc(1, sizeof(*s));

	for (int i = 0; i < 2; i++) {
		struct half *h = &s->half[i];
		*h = (struct half){
			.n = n, .from = i, .seen = calloc(1, STREAM_MAX), .stop_tx = &s->stop_tx, .stop_rx = &s->stop_rx };
		pthread_create(&h->rx, NULL, rx, h);
		pthread_create(&h->tx, NULL, tx, h);
	}
	return s;
}

void stream_stop(struct stream *s, uint32_t *sent, uint32_t *lost, uint32_t *twice)
{
	*sent = *lost = *twice = 0;
	s->stop_tx = true;
	for (int i = 0; i < 2; i++)
		pthread_join(s->half[i].tx, NULL);
	s->stop_rx = true;
	for (int i = 0; i < 2; i++) {
		struct half *h = &s->half[i];
		pthread_join(h->rx, NULL);
		*sent += h->sent;
		for (uint32_t k = 0; k < h->sent; k++) {
			*lost += h->seen[k] == 0;
			*twice += h->seen[k] > 1;
		}
		free(h->seen);
	}
	free(s);
}
