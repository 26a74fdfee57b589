/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * meter.c: tw-meter, the traffic meter of the labs.
 *
 *   tw-meter [--size OCTETS] [--capacity FRAMES] [--timeline MS] [--by-carrier]
 *            NAME=NS/DEV[@VID][,NS/DEV[@VID]] NAME=NS/DEV[@VID][,NS/DEV[@VID]]
 *
 * With a VID frames are sent with an 802.1Q tag, and only those that come with it are counted; it is not of their size.
 * Two endpoints, two flows. A thread per flow sends numbered frames at a steady rate from the ports of its
 * endpoint; what arrives is counted in the kernel (meter.bpf.c), so that the scheduling of this program
 * loses nothing. What could not be sent is not "sent": a number is used only by a frame the kernel took.
 * An endpoint with two ports sends by the one where a frame last arrived, as a dual-homed switch would; or by the
 * first that has carrier, as a router does with a static route by each and the second one worse.
 *
 * A command a line on standard input; an answer a line of JSON on standard output:
 *   mark EVENT    opens a window: frames sent from now on belong to it; told with the ms of its begin
 *   start RATE    frames a second, each flow
 *   stop          and wait until nothing arrives any more
 *   offered       frames of the event under way, of the end that had the time for fewer
 *   report        counts per flow and window, and whether the meter trusts itself ("void")
 *   timeline      frames sent and arrived in each ms, per flow and path: the port at the end that has two
 *   quit
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <net/if.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "frame.h"
#include "meter.skel.h"

#define SECOND		1000000000ull
#define SIZE_MIN	(ETH_HLEN + sizeof(struct meter_head) + 4)
#define SIZE_MAX_	9018
#define BEHIND_MAX	(10 * 1000000ull)	/* later than this, slots are given up rather than sent in a burst */
#define EVENT_LEN	64
#define TIMELINE_MAX	(1 << 22)		/* ms */
#define LOST_RANGES	8			/* told per flow */

struct port {
	char ns[64], dev[IFNAMSIZ];
	uint16_t vid;			/* 0: no tag */
	int nsfd, fd;
	struct bpf_tc_hook hook;
	bool hooked, made;		/* made: the clsact qdisc is ours */
	struct meter *skel;
};

struct endpoint {
	char name[16];
	int n;
	struct port port[METER_PORTS];
};

struct sent {				/* of one flow in one window; its sender writes */
	_Atomic uint64_t frames;
	_Atomic uint64_t refused;	/* by the kernel */
	_Atomic uint64_t skipped;	/* this program came too late */
	_Atomic uint64_t unrouted;	/* no port that is up, or none with carrier: no port counted it */
	_Atomic uint64_t gap_ns;	/* longest pause between two frames */
	_Atomic uint64_t first_ns, last_ns;
};

struct sender {
	int flow;
	pthread_t thread;
	uint64_t seq;
	uint64_t last_ns;
	_Atomic int window;		/* the one it is in; taken over from the mark */
	struct sent sent[METER_WINDOWS];
	uint32_t *sent_ms;		/* as many as m.timeline */
	uint8_t frame[SIZE_MAX_];
};

static struct {
	struct endpoint end[2];
	struct sender sender[METER_FLOWS];
	char event[METER_WINDOWS][EVENT_LEN];
	_Atomic int window;		/* -1: none marked */
	_Atomic bool running;
	bool started;
	uint64_t interval_ns;
	uint32_t size;
	uint32_t words;			/* 64 sequence numbers each */
	uint32_t timeline;		/* ms that are drawn */
	uint64_t epoch_ns;		/* begin of the timeline */
	bool by_carrier;
	const volatile uint64_t *arrived;
	const volatile uint64_t *seen;
	const volatile struct meter_ms *drawn;
} m = { .window = -1, .size = 128, .words = (8u << 20) / 64, .timeline = 1 };

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("tw-meter: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(2);
}

/* ---- ports --------------------------------------------------------------------------------- */

static void port_open_socket(struct port *p)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };	/* protocol 0: sends only */

	p->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	to.sll_ifindex = (int)if_nametoindex(p->dev);
	if (!to.sll_ifindex)
		die("no device %s in %s", p->dev, p->ns);
	if (p->fd < 0 || bind(p->fd, (struct sockaddr *)&to, sizeof(to)))
		die("%s in %s: %s", p->dev, p->ns, strerror(errno));
	p->hook = (struct bpf_tc_hook){ .sz = sizeof(p->hook), .ifindex = to.sll_ifindex, .attach_point = BPF_TC_INGRESS };
}

static void port_load(struct port *p, int id, int flow, struct meter *first)
{
	struct meter *s = p->skel = meter__open();

	if (!s)
		die("cannot open the counting program: %s", strerror(errno));
	s->rodata->port_id = (uint32_t)id;
	s->rodata->flow_id = (uint32_t)flow;
	s->rodata->words_per_flow = m.words;
	s->rodata->by_sender = m.end[1 - flow].n == 1;
	s->rodata->epoch_ns = m.epoch_ns;
	bpf_map__set_max_entries(s->maps.timeline, m.timeline);
	s->rodata->vid = p->vid;
	bpf_map__set_max_entries(s->maps.seen, m.words * METER_FLOWS);
	if (first && (bpf_map__reuse_fd(s->maps.state, bpf_map__fd(first->maps.state)) ||
		      bpf_map__reuse_fd(s->maps.windows, bpf_map__fd(first->maps.windows)) ||
		      bpf_map__reuse_fd(s->maps.seen, bpf_map__fd(first->maps.seen)) ||
		      bpf_map__reuse_fd(s->maps.timeline, bpf_map__fd(first->maps.timeline)) ||
		      bpf_map__reuse_fd(s->maps.arrived, bpf_map__fd(first->maps.arrived)) ||
		      bpf_map__reuse_fd(s->maps.odd, bpf_map__fd(first->maps.odd))))
		die("cannot share the maps: %s", strerror(errno));
	if (meter__load(s))
		die("cannot load the counting program: %s", strerror(errno));
}

static void port_attach(struct port *p)
{
	DECLARE_LIBBPF_OPTS(bpf_tc_opts, opts, .handle = 1, .priority = 1, .flags = BPF_TC_F_REPLACE);
	int err;

	opts.prog_fd = bpf_program__fd(p->skel->progs.meter_in);
	p->made = !bpf_tc_hook_create(&p->hook);	/* -EEXIST is as good */
	err = bpf_tc_attach(&p->hook, &opts);
	if (err)
		die("cannot attach to %s in %s: %s", p->dev, p->ns, strerror(-err));
	p->hooked = true;
}

static void enter(const struct port *p)
{
	if (setns(p->nsfd, CLONE_NEWNET))
		die("cannot enter %s: %s", p->ns, strerror(errno));
}

static void port_open(struct port *p, int id, int flow, struct meter *first)
{
	char path[128];

	snprintf(path, sizeof(path), "/run/netns/%s", p->ns);
	p->nsfd = open(path, O_RDONLY | O_CLOEXEC);
	if (p->nsfd < 0)
		die("%s: %s", path, strerror(errno));
	enter(p);
	port_open_socket(p);
	port_load(p, id, flow, first);
	port_attach(p);
}

static void port_close(struct port *p)
{
	DECLARE_LIBBPF_OPTS(bpf_tc_opts, opts, .handle = 1, .priority = 1);

	if (!p->hooked || setns(p->nsfd, CLONE_NEWNET))
		return;
	bpf_tc_detach(&p->hook, &opts);
	if (p->made) {
		p->hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;	/* both: the qdisc goes too */
		bpf_tc_hook_destroy(&p->hook);
	}
}

static void ports_close(void)
{
	for (int e = 0; e < 2; e++)
		for (int i = 0; i < m.end[e].n; i++)
			port_close(&m.end[e].port[i]);
}

static struct meter *first_skel(void)
{
	return m.end[0].port[0].skel;
}

static void map_arrays(void)
{
	size_t seen = (size_t)m.words * METER_FLOWS * 8;

	m.arrived = mmap(NULL, METER_FLOWS * 8, PROT_READ, MAP_SHARED, bpf_map__fd(first_skel()->maps.arrived), 0);
	m.seen = mmap(NULL, seen, PROT_READ, MAP_SHARED, bpf_map__fd(first_skel()->maps.seen), 0);
	m.drawn = mmap(NULL, m.timeline * sizeof(*m.drawn), PROT_READ, MAP_SHARED,
		       bpf_map__fd(first_skel()->maps.timeline), 0);
	if (m.arrived == MAP_FAILED || m.seen == MAP_FAILED || m.drawn == MAP_FAILED)
		die("cannot map the counters: %s", strerror(errno));
}

static void open_all(void)
{
	for (int e = 0; e < 2; e++)
		for (int i = 0; i < m.end[e].n; i++)
			port_open(&m.end[e].port[i], i, 1 - e, first_skel());
	map_arrays();
}

/* ---- senders ----------------------------------------------------------------------------------- */

static void frame_init(struct sender *s)
{
	static const uint8_t mac[5] = { 0x02, 0x54, 0x57, 0x00, 0x00 };
	struct ethhdr *eth = (struct ethhdr *)s->frame;

	memcpy(eth->h_dest, mac, 5);
	memcpy(eth->h_source, mac, 5);
	eth->h_dest[5] = (uint8_t)(2 - s->flow);
	eth->h_source[5] = (uint8_t)(1 + s->flow);
	eth->h_proto = htons(METER_ETHERTYPE);
	for (uint32_t i = SIZE_MIN; i < m.size; i++)
		s->frame[i] = (uint8_t)i;
}

/* Sends the frame, with the port's tag behind the addresses. */
static bool port_send(const struct port *p, uint8_t *frame)
{
	uint16_t tag[2] = { htons(ETH_P_8021Q), htons(p->vid) };
	struct iovec part[] = { { frame, 2 * ETH_ALEN }, { tag, p->vid ? sizeof(tag) : 0 },
				{ frame + 2 * ETH_ALEN, m.size - 2 * ETH_ALEN } };

	return writev(p->fd, part, 3) == (ssize_t)(m.size + part[1].iov_len);
}

static bool has_carrier(const struct port *p)
{
	struct ifreq ifr = { 0 };

	memcpy(ifr.ifr_name, p->dev, sizeof(ifr.ifr_name));
	return !ioctl(p->fd, SIOCGIFFLAGS, &ifr) && (ifr.ifr_flags & IFF_RUNNING);
}

/* The port where a frame of the other flow last arrived, or the first with carrier; -1: none. */
static int port_now(const struct sender *s)
{
	const struct endpoint *e = &m.end[s->flow];
	uint64_t at = m.arrived[1 - s->flow];

	if (!m.by_carrier || e->n == 1)
		return at < (uint64_t)e->n ? (int)at : 0;
	for (int i = 0; i < e->n; i++)
		if (has_carrier(&e->port[i]))
			return i;
	return -1;
}

static void draw(struct sender *s, uint64_t now)
{
	uint64_t ms = (now - m.epoch_ns) / 1000000;

	if (ms < m.timeline)
		s->sent_ms[ms]++;
}

static void send_one(struct sender *s)
{
	int w = atomic_load(&m.window);
	int port = port_now(s);
	struct meter_head h = { METER_MAGIC, (uint16_t)s->flow, (uint16_t)w, s->seq, m.size, (uint32_t)port };
	uint32_t tail = METER_TAIL(s->seq);
	struct sent *c = &s->sent[w];
	uint64_t now;

	if (port < 0) {
		atomic_fetch_add(&c->unrouted, 1);
		atomic_store(&s->window, w);
		return;
	}
	memcpy(s->frame + ETH_HLEN, &h, sizeof(h));
	memcpy(s->frame + m.size - sizeof(tail), &tail, sizeof(tail));
	if (!port_send(&m.end[s->flow].port[port], s->frame)) {
		atomic_fetch_add(errno == ENETDOWN ? &c->unrouted : &c->refused, 1);
		return;
	}
	now = now_ns();
	draw(s, now);
	if (s->last_ns && now - s->last_ns > atomic_load(&c->gap_ns))
		atomic_store(&c->gap_ns, now - s->last_ns);
	s->last_ns = now;
	if (!atomic_load(&c->first_ns))
		atomic_store(&c->first_ns, now);
	atomic_store(&c->last_ns, now);
	s->seq++;
	atomic_fetch_add(&c->frames, 1);
	atomic_store(&s->window, w);
}

static void *sender_run(void *arg)
{
	struct sender *s = arg;
	uint64_t next = now_ns();

	prctl(PR_SET_TIMERSLACK, 1);
	s->last_ns = 0;
	while (atomic_load(&m.running)) {
		struct timespec at = { (time_t)(next / SECOND), (long)(next % SECOND) };
		uint64_t now, late;

		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
			;
		now = now_ns();
		if (now > next + BEHIND_MAX) {
			late = (now - next) / m.interval_ns;
			atomic_fetch_add(&s->sent[atomic_load(&m.window)].skipped, late);
			next += late * m.interval_ns;
		}
		if (s->seq >= (uint64_t)m.words * 64)
			break;			/* the bitmap is full: report calls it void */
		send_one(s);
		next += m.interval_ns;
	}
	return NULL;
}

/* ---- commands ------------------------------------------------------------------------------------ */

static void __attribute__((format(printf, 1, 2))) refuse(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("{\"ok\":false,\"error\":\"", stdout);
	vprintf(fmt, ap);
	puts("\"}");
	va_end(ap);
}

static void agree(void)
{
	puts("{\"ok\":true}");
}

static void cmd_mark(const char *event)
{
	int w = atomic_load(&m.window) + 1;
	uint64_t begin = now_ns(), limit = begin + SECOND;

	if (w >= METER_WINDOWS)
		return refuse("no window left");
	if (!*event || strlen(event) >= EVENT_LEN || strpbrk(event, "\"\\"))
		return refuse("an event has a name of 1 to %d characters without quotes", EVENT_LEN - 1);
	strcpy(m.event[w], event);
	atomic_store(&m.window, w);
	for (int f = 0; m.started && f < METER_FLOWS; f++)	/* until each flow has sent a frame in it */
		while (atomic_load(&m.sender[f].window) != w && now_ns() < limit)
			usleep(100);
	printf("{\"ok\":true,\"ms\":%ju}\n", (uintmax_t)(begin - m.epoch_ns) / 1000000);
}

/* A pause of the sender is no gap: the first arrival after a start has none before it. */
static void forget_last_arrival(void)
{
	int fd = bpf_map__fd(first_skel()->maps.state);
	struct { uint64_t lock, last_ns, above; } v;

	for (uint32_t f = 0; f < METER_FLOWS; f++) {
		if (bpf_map_lookup_elem(fd, &f, &v))
			die("cannot read the state: %s", strerror(errno));
		v.last_ns = 0;
		bpf_map_update_elem(fd, &f, &v, BPF_F_LOCK);
	}
}

static void cmd_start(const char *arg)
{
	unsigned long rate = strtoul(arg, NULL, 10);

	if (m.started || atomic_load(&m.window) < 0)
		return refuse(m.started ? "it runs" : "mark an event first");
	if (rate < 1 || rate > 1000000)
		return refuse("a rate is 1 to 1000000 frames a second");
	m.interval_ns = SECOND / rate;
	forget_last_arrival();
	atomic_store(&m.running, true);
	m.started = true;
	for (int f = 0; f < METER_FLOWS; f++)
		if (pthread_create(&m.sender[f].thread, NULL, sender_run, &m.sender[f]))
			die("no thread: %s", strerror(errno));
	agree();
}

static struct meter_window window_of(int flow, int w)
{
	struct meter_window out = { 0 };
	uint32_t key = (uint32_t)(flow * METER_WINDOWS + w);

	if (bpf_map_lookup_elem(bpf_map__fd(first_skel()->maps.windows), &key, &out))
		die("cannot read the counters: %s", strerror(errno));
	return out;
}

static uint64_t received(int flow)
{
	uint64_t n = 0;

	for (int w = 0; w <= atomic_load(&m.window); w++)
		n += window_of(flow, w).received;
	return n;
}

static void cmd_stop(void)
{
	uint64_t before, now = received(0) + received(1);

	atomic_store(&m.running, false);
	for (int f = 0; m.started && f < METER_FLOWS; f++)
		pthread_join(m.sender[f].thread, NULL);
	m.started = false;
	for (int i = 0; i < 20; i++) {		/* until nothing arrived for 200 ms */
		before = now;
		usleep(200000);
		now = received(0) + received(1);
		if (now == before)
			break;
	}
	agree();
}

/* Those that no port took are among them: who waits for frames waits for what was tried. */
static void cmd_offered(void)
{
	int w = atomic_load(&m.window);
	uint64_t least = UINT64_MAX;

	for (int f = 0; f < METER_FLOWS; f++) {
		const struct sent *s = &m.sender[f].sent[w];
		uint64_t n = atomic_load(&s->frames) + atomic_load(&s->refused) + atomic_load(&s->unrouted);

		least = n < least ? n : least;
	}
	printf("{\"ok\":true,\"frames\":%ju}\n", (uintmax_t)least);
}

static bool arrived(int flow, uint64_t seq)
{
	return m.seen[(uint64_t)flow * m.words + seq / 64] >> (seq % 64) & 1;
}

static uint64_t strange(uint32_t what)
{
	uint64_t n = 0;

	bpf_map_lookup_elem(bpf_map__fd(first_skel()->maps.odd), &what, &n);
	return n;
}

/* Why the meter is not to be trusted, or NULL. */
static const char *void_why(void)
{
	for (int f = 0; f < METER_FLOWS; f++) {
		const struct sender *s = &m.sender[f];
		uint64_t n = 0, bits = 0, skipped = 0;

		for (uint64_t q = 0; q < s->seq; q++)
			bits += arrived(f, q);
		for (int w = 0; w <= atomic_load(&m.window); w++) {
			n += atomic_load(&s->sent[w].frames);
			skipped += atomic_load(&s->sent[w].skipped);
		}
		if (n != s->seq || bits != received(f))
			return "bitmap and counters disagree";
		if (s->seq >= (uint64_t)m.words * 64)
			return "more frames than the bitmap holds";
		if (skipped > n)
			return "the sender did not get the time to send half of its frames";
	}
	return strange(METER_BEYOND) ? "frames outside the maps" : NULL;
}

/* The longest silence at the receiver: between two arrivals, or up to the last frame sent. */
static uint64_t silence(const struct sent *s, const struct meter_window *in)
{
	uint64_t last = atomic_load(&s->last_ns), from = in->received ? in->last_ns : atomic_load(&s->first_ns);
	uint64_t tail = last > from ? last - from : 0;

	return tail > in->gap_ns ? tail : in->gap_ns;
}

static void print_window(int flow, int w)
{
	const struct sent *s = &m.sender[flow].sent[w];
	struct meter_window in = window_of(flow, w);
	uint64_t sent = atomic_load(&s->frames), lost = sent - in.received, gap = silence(s, &in);
	double outage = lost && gap > m.interval_ns ? (double)(gap - m.interval_ns) / 1e6 : 0;

	printf("{\"event\":\"%s\",\"dir\":\"%s-%s\",\"sent\":%ju,\"received\":%ju,\"lost\":%jd,\"dup\":%ju,\"reordered\":%ju,"
	       "\"outage_ms\":%.3f,\"gap_ms\":%.3f,\"send_gap_ms\":%.3f,\"refused\":%ju,\"skipped\":%ju,\"unrouted\":%ju,\"ports\":[%ju,%ju]}",
	       m.event[w], m.end[flow].name, m.end[1 - flow].name, (uintmax_t)sent, (uintmax_t)in.received,
	       (intmax_t)lost, (uintmax_t)in.dup, (uintmax_t)in.reordered, outage, (double)gap / 1e6,
	       (double)atomic_load(&s->gap_ns) / 1e6, (uintmax_t)atomic_load(&s->refused),
	       (uintmax_t)atomic_load(&s->skipped), (uintmax_t)atomic_load(&s->unrouted), (uintmax_t)in.port[0],
	       (uintmax_t)in.port[1]);
}

static void print_lost(int flow)
{
	uint64_t from = 0;
	int told = 0;

	printf("%s[", flow ? "," : "");
	for (uint64_t q = 0; q < m.sender[flow].seq && told < LOST_RANGES; q++) {
		if (arrived(flow, q))
			continue;
		for (from = q; q + 1 < m.sender[flow].seq && !arrived(flow, q + 1);)
			q++;
		printf("%s[%ju,%ju]", told++ ? "," : "", (uintmax_t)from, (uintmax_t)q);
	}
	putchar(']');
}

static void cmd_report(void)
{
	const char *why, *sep = "";

	if (m.started)
		return refuse("stop first");
	why = void_why();
	printf("{\"ok\":true,\"void\":%s%s%s,\"size\":%u,\"damaged\":%ju,\"own\":%ju,\"lost_ranges\":[",
	       why ? "\"" : "", why ? why : "null", why ? "\"" : "", m.size, (uintmax_t)strange(METER_DAMAGED),
	       (uintmax_t)strange(METER_OWN));
	for (int f = 0; f < METER_FLOWS; f++)
		print_lost(f);
	printf("],\"windows\":[");
	for (int w = 0; w <= atomic_load(&m.window); w++)
		for (int f = 0; f < METER_FLOWS; f++, sep = ",") {
			fputs(sep, stdout);
			print_window(f, w);
		}
	puts("]}");
}

/* Of each ms since the begin [sent, arrived by path 0, by path 1] of flow 0, then of flow 1; up to now. */
static void cmd_timeline(void)
{
	uint64_t end = (now_ns() - m.epoch_ns) / 1000000;

	if (m.started)
		return refuse("stop first");
	fputs("{\"ok\":true,\"ms\":[", stdout);
	for (uint64_t i = 0; i < end && i < m.timeline; i++)
		for (int f = 0; f < METER_FLOWS; f++)
			printf("%s%u,%u,%u", i || f ? "," : "", m.sender[f].sent_ms[i], m.drawn[i].n[f][0], m.drawn[i].n[f][1]);
	puts("]}");
}

static bool obey(char *line)
{
	char *arg = line + strcspn(line, " \n");

	if (*arg)
		*arg++ = '\0';
	arg[strcspn(arg, "\n")] = '\0';
	if (!strcmp(line, "mark"))
		cmd_mark(arg);
	else if (!strcmp(line, "start"))
		cmd_start(arg);
	else if (!strcmp(line, "stop"))
		cmd_stop();
	else if (!strcmp(line, "offered"))
		cmd_offered();
	else if (!strcmp(line, "report"))
		cmd_report();
	else if (!strcmp(line, "timeline"))
		cmd_timeline();
	else if (!strcmp(line, "quit"))
		return false;
	else
		refuse("no such command");
	return true;
}

/* ---- the call -------------------------------------------------------------------------------------- */

#define USAGE	"NAME=NS/DEV[@VID][,NS/DEV[@VID]]"

/* @text: NS/DEV[@VID] */
static bool parse_port(struct port *p, char *text)
{
	char *slash = strchr(text, '/'), *at = strchr(text, '@');

	if (at) {
		unsigned long vid = strtoul(at + 1, NULL, 10);

		if (!vid || vid > 4094)
			return false;
		p->vid = (uint16_t)vid;
		*at = '\0';
	}
	if (!slash || (size_t)(slash - text) >= sizeof(p->ns) || strlen(slash + 1) >= IFNAMSIZ)
		return false;
	memcpy(p->ns, text, (size_t)(slash - text));
	strcpy(p->dev, slash + 1);
	return true;
}

static void parse_endpoint(struct endpoint *e, char *text)
{
	char *save = NULL, *ports = strchr(text, '=');

	if (!ports || ports == text || (size_t)(ports - text) >= sizeof(e->name))
		die("%s: want " USAGE, text);
	memcpy(e->name, text, (size_t)(ports - text));
	for (char *t = strtok_r(ports + 1, ",", &save); t; t = strtok_r(NULL, ",", &save)) {
		if (e->n == METER_PORTS || !parse_port(&e->port[e->n], t))
			die("%s: want NS/DEV or NS/DEV@VID, at most %d", t, METER_PORTS);
		e->n++;
	}
	if (!e->n)
		die("%s has no port", e->name);
}

static void parse(int argc, char **argv)
{
	static const struct option opt[] = {
		{ "size", required_argument, NULL, 's' }, { "capacity", required_argument, NULL, 'c' },
		{ "timeline", required_argument, NULL, 't' }, { "by-carrier", no_argument, NULL, 'b' }, { 0 } };
	unsigned long v;

	for (int c; (c = getopt_long(argc, argv, "", opt, NULL)) != -1;) {
		if (c == '?')
			exit(2);
		m.by_carrier |= c == 'b';
		v = optarg ? strtoul(optarg, NULL, 10) : 0;
		if (c == 's' && (v < SIZE_MIN || v > SIZE_MAX_))
			die("--size is %zu to %d", SIZE_MIN, SIZE_MAX_);
		if (c == 'c' && (v < 64 || v > 1u << 30))
			die("--capacity is 64 to %u", 1u << 30);
		if (c == 't' && (v < 1 || v > TIMELINE_MAX))
			die("--timeline is 1 to %d", TIMELINE_MAX);
		if (c != 'b')
			*(c == 's' ? &m.size : c == 't' ? &m.timeline : &m.words) = (uint32_t)(c == 'c' ? (v + 63) / 64 : v);
	}
	if (argc - optind != 2)
		die("usage: tw-meter [--size OCTETS] [--capacity FRAMES] [--timeline MS] [--by-carrier] " USAGE " " USAGE);
	parse_endpoint(&m.end[0], argv[optind]);
	parse_endpoint(&m.end[1], argv[optind + 1]);
}

int main(int argc, char **argv)
{
	char line[256];

	parse(argc, argv);
	m.epoch_ns = now_ns();
	open_all();
	for (int f = 0; f < METER_FLOWS; f++) {
		m.sender[f].flow = f;
		m.sender[f].window = -1;
		m.sender[f].sent_ms = calloc(m.timeline, sizeof(*m.sender[f].sent_ms));
		if (!m.sender[f].sent_ms)
			die("no memory for a timeline of %u ms", m.timeline);
		frame_init(&m.sender[f]);
	}
	agree();
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) && obey(line))
		fflush(stdout);
	atomic_store(&m.running, false);
	for (int f = 0; m.started && f < METER_FLOWS; f++)
		pthread_join(m.sender[f].thread, NULL);
	ports_close();
	return 0;
}
