/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live.c: owns the watcher thread and the lists of paths per port.
 *
 * One mutex (priority inheritance: the thread may be real-time, the main loop is not) guards
 * everything below it in struct watcher; it is held for list walks and stores only, never over a
 * system call. Whether a port is up is decided by the thread alone, which first empties its netlink
 * socket and then asks ETHTOOL_GLINK: what it says is never older than what it has read. The main
 * thread that wants to raise on a port last seen down waits for one such pass.
 *
 * ETHTOOL_GLINK takes the rtnl lock: while somebody holds that (attaching an XDP program: some
 * milliseconds), only netlink is fast.
 */
#include "sys/live.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "base/fd.h"
#include "sys/file.h"
#include "sys/nl.h"
#include "sys/rt.h"

#define POLL_NS 1000000
#define ROW 8u				/* octets of a live row */
#define NO_PATH UINT32_MAX

struct port {
	uint32_t ifindex;
	uint32_t generation;		/* the clock when it fell last, 0 = not since it is watched */
	uint32_t first;			/* path */
	char name[IFNAMSIZ];		/* thread's own */
	bool no_glink;			/* thread's own: the driver does not answer */
	bool checked, down;		/* @down means something when checked */
	bool fell, rose;		/* to be told to the main loop */
	uint64_t fell_ns;
};

struct member {				/* of a port's list of paths */
	uint32_t ifindex, next, prev;
};

struct watcher {
	struct loop *loop;
	struct tw_live_flags path;
	void (*on_fell)(void *arg, uint32_t ifindex, uint64_t when_ns);
	void (*on_rose)(void *arg, uint32_t ifindex);
	void *arg;
	pthread_t thread;
	bool started, realtime;
	int netlink, ioctls, kick, tell;

	pthread_mutex_t lock;
	pthread_cond_t passed;
	struct member *member;		/* by path */
	struct port **port;		/* few: a list */
	uint32_t n_ports, max_ports;
	uint32_t clock;			/* moves with every fall */
	uint64_t stores, wanted_pass, done_pass;
	bool stop;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void signal_fd(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		abort();
}

static void clear_fd(int fd)
{
	uint64_t n;

	if (read(fd, &n, sizeof(n)) < 0 && errno != EAGAIN)
		abort();
}

/* ---- with the lock held ------------------------------------------------------------------ */

static struct port *find(const struct watcher *w, uint32_t ifindex)
{
	for (uint32_t i = 0; i < w->n_ports; i++)
		if (w->port[i]->ifindex == ifindex)
			return w->port[i];
	return NULL;
}

static void lower(struct watcher *w, uint32_t path)
{
	volatile uint8_t *armed = w->path.armed + (size_t)path * ROW;

	if (!__atomic_load_n(armed, __ATOMIC_RELAXED))
		return;
	__atomic_store_n(armed, 0, __ATOMIC_RELAXED);
	w->stores++;
}

static void fall(struct watcher *w, struct port *p)
{
	if (p->checked && p->down)
		return;
	for (uint32_t i = p->first; i != NO_PATH; i = w->member[i].next)
		lower(w, i);
	p->generation = ++w->clock;
	p->checked = p->down = true;
	p->rose = false;
	if (!p->fell)
		p->fell_ns = now_ns();
	p->fell = true;
	signal_fd(w->tell);
}

static void rise(struct watcher *w, struct port *p)
{
	if (p->checked && p->down) {
		p->rose = true;
		signal_fd(w->tell);
	}
	p->checked = true;
	p->down = false;
}

static void forget_port(struct watcher *w, struct port *p)
{
	for (uint32_t i = 0; i < w->n_ports; i++)
		if (w->port[i] == p)
			w->port[i] = w->port[--w->n_ports];
	free(p);
}

static struct port *new_port(struct watcher *w, uint32_t ifindex)
{
	struct port *p = calloc(1, sizeof(*p));

	if (w->n_ports == w->max_ports) {
		w->max_ports = w->max_ports ? w->max_ports * 2 : 16;
		w->port = reallocarray(w->port, w->max_ports, sizeof(struct port *));
	}
	if (!p || !w->port)
		abort();		/* a path nobody watches is worse */
	*p = (struct port){ .ifindex = ifindex, .first = NO_PATH };
	w->port[w->n_ports++] = p;
	signal_fd(w->kick);
	return p;
}

static void leave_port(struct watcher *w, uint32_t path)
{
	struct member *m = &w->member[path];
	struct port *p = m->ifindex ? find(w, m->ifindex) : NULL;

	m->ifindex = 0;
	if (!p)
		return;
	if (m->prev == NO_PATH)
		p->first = m->next;
	else
		w->member[m->prev].next = m->next;
	if (m->next != NO_PATH)
		w->member[m->next].prev = m->prev;
	if (p->first == NO_PATH)
		forget_port(w, p);
}

static void join_port(struct watcher *w, uint32_t path, uint32_t ifindex)
{
	struct port *p = find(w, ifindex);

	if (!p)
		p = new_port(w, ifindex);
	w->member[path] = (struct member){ ifindex, p->first, NO_PATH };
	if (p->first != NO_PATH)
		w->member[p->first].prev = path;
	p->first = path;
	if (p->checked && p->down)
		lower(w, path);
}

/* ---- the thread -------------------------------------------------------------------------- */

/* What one look at a port says. */
enum look { UP, DOWN, UNKNOWN };

static enum look glink(int fd, const char *name)
{
	struct ethtool_value v = { .cmd = ETHTOOL_GLINK };
	struct ifreq ifr = { .ifr_data = (void *)&v };

	memcpy(ifr.ifr_name, name, sizeof(ifr.ifr_name));
	if (!ioctl(fd, SIOCETHTOOL, &ifr))
		return v.data ? UP : DOWN;
	return errno == ENODEV ? DOWN : UNKNOWN;
}

static bool name_of(int fd, uint32_t ifindex, char name[IFNAMSIZ])
{
	struct ifreq ifr = { .ifr_ifindex = (int)ifindex };

	if (ioctl(fd, SIOCGIFNAME, &ifr))
		return false;
	memcpy(name, ifr.ifr_name, IFNAMSIZ);
	return true;
}

/* A name that leads nowhere may be that of a device renamed since: ask by number once more. */
static enum look look_at(int fd, uint32_t ifindex, char name[IFNAMSIZ])
{
	enum look l = name[0] ? glink(fd, name) : DOWN;

	if (l != DOWN)
		return l;
	return name_of(fd, ifindex, name) ? glink(fd, name) : DOWN;
}

static void apply(struct watcher *w, uint32_t ifindex, enum look l)
{
	struct port *p = find(w, ifindex);

	if (p && l == DOWN)
		fall(w, p);
	else if (p && l == UP)
		rise(w, p);
}

static int on_message(const struct nlmsghdr *nlh, void *arg)
{
	struct watcher *w = arg;
	struct sys_link l;
	struct port *p;

	if (!rt_link(nlh, &l))
		return MNL_CB_OK;
	pthread_mutex_lock(&w->lock);
	p = find(w, l.ifindex);
	if (p && p->checked) {		/* before, the notice may be older than the watch */
		memcpy(p->name, l.name, sizeof(p->name));
		apply(w, l.ifindex, nlh->nlmsg_type == RTM_DELLINK || !l.carrier ? DOWN : UP);
	}
	pthread_mutex_unlock(&w->lock);
	return MNL_CB_OK;
}

/* For a driver that has no carrier to ask for by ethtool. */
static enum look ask_netlink(uint32_t ifindex)
{
	struct sys_link l;
	int rc = sys_link_get(ifindex, &l);

	if (rc && rc != -ENODEV)
		return UNKNOWN;
	return !rc && l.carrier ? UP : DOWN;
}

/* Returns true when notices were lost. */
static bool drain(struct watcher *w)
{
	_Alignas(struct nlmsghdr) char buf[NL_ANSWER];
	bool lost = false;

	for (;;) {
		ssize_t n = recv(w->netlink, buf, sizeof(buf), MSG_DONTWAIT);
		const struct nlmsghdr *nlh = (const void *)buf;
		int left = (int)n;

		if (n < 0 && errno == ENOBUFS)
			lost = true;
		else if (n < 0 && errno != EINTR)
			return lost;
		for (; n > 0 && mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
			on_message(nlh, w);
	}
}

/* One look at the port in place @i. The lock is dropped for the question; the list may change
 * meanwhile, so the answer is filed by ifindex. False: no such place. */
static bool look_at_place(struct watcher *w, uint32_t i, bool lost)
{
	struct port was;
	struct port *p;
	enum look l = UNKNOWN;

	pthread_mutex_lock(&w->lock);
	p = i < w->n_ports ? w->port[i] : NULL;
	if (p)
		was = *p;
	pthread_mutex_unlock(&w->lock);
	if (!p)
		return false;
	if (!was.no_glink)
		l = look_at(w->ioctls, was.ifindex, was.name);
	was.no_glink = l == UNKNOWN;
	if (was.no_glink && (lost || !was.checked))
		l = ask_netlink(was.ifindex);
	pthread_mutex_lock(&w->lock);
	apply(w, was.ifindex, l);
	p = find(w, was.ifindex);
	if (p) {
		memcpy(p->name, was.name, sizeof(p->name));
		p->no_glink = was.no_glink;
	}
	pthread_mutex_unlock(&w->lock);
	return true;
}

/* How long to sleep; NULL: for ever. */
static const struct timespec *nap(struct watcher *w)
{
	static const struct timespec ms = { 0, POLL_NS };
	const struct timespec *t;

	pthread_mutex_lock(&w->lock);
	t = w->n_ports ? &ms : NULL;
	pthread_mutex_unlock(&w->lock);
	return t;
}

static void one_pass(struct watcher *w)
{
	uint64_t wanted;
	bool lost;

	pthread_mutex_lock(&w->lock);
	wanted = w->wanted_pass;
	pthread_mutex_unlock(&w->lock);
	lost = drain(w);
	for (uint32_t i = 0; look_at_place(w, i, lost); i++)
		;
	pthread_mutex_lock(&w->lock);
	if (wanted != w->done_pass) {
		w->done_pass = wanted;
		pthread_cond_broadcast(&w->passed);
	}
	pthread_mutex_unlock(&w->lock);
}

static bool stopped(struct watcher *w)
{
	bool stop;

	pthread_mutex_lock(&w->lock);
	stop = w->stop;
	pthread_mutex_unlock(&w->lock);
	return stop;
}

static void *watch(void *arg)
{
	struct watcher *w = arg;
	struct pollfd fds[] = { { .fd = w->netlink, .events = POLLIN }, { .fd = w->kick, .events = POLLIN } };

	while (!stopped(w)) {
		ppoll(fds, 2, nap(w), NULL);
		if (fds[1].revents & POLLIN)
			clear_fd(w->kick);
		one_pass(w);
	}
	return NULL;
}

/* ---- the main thread --------------------------------------------------------------------- */

/* Takes one port's news out; the callback may change the list, so one at a time, without the lock. */
static bool tell_one(struct watcher *w)
{
	bool fell = false, rose = false;
	uint32_t ifindex = 0;
	uint64_t when = 0;

	pthread_mutex_lock(&w->lock);
	for (uint32_t i = 0; i < w->n_ports && !ifindex; i++) {
		struct port *p = w->port[i];

		if (!p->fell && !p->rose)
			continue;
		ifindex = p->ifindex;
		fell = p->fell;
		rose = p->rose;
		when = p->fell_ns;
		p->fell = p->rose = false;
	}
	pthread_mutex_unlock(&w->lock);
	if (fell && w->on_fell)
		w->on_fell(w->arg, ifindex, when);
	if (rose && w->on_rose)
		w->on_rose(w->arg, ifindex);
	return ifindex;
}

static void on_tell(void *arg, uint32_t events)
{
	struct watcher *w = arg;

	(void)events;
	loop_doing(w->loop, "carriers that fell or rose");
	clear_fd(w->tell);
	while (tell_one(w))
		;
}

/* Waits for a pass of the thread that began after now; the lock is held at both ends. */
static void await_pass(struct watcher *w)
{
	uint64_t mine = ++w->wanted_pass;

	signal_fd(w->kick);
	while (w->done_pass < mine)
		pthread_cond_wait(&w->passed, &w->lock);
}

void watcher_path(struct watcher *w, uint16_t path, uint32_t ifindex)
{
	if (path >= w->path.n)
		return;
	pthread_mutex_lock(&w->lock);
	if (w->member[path].ifindex != ifindex) {
		leave_port(w, path);
		if (ifindex)
			join_port(w, path, ifindex);
	}
	pthread_mutex_unlock(&w->lock);
}

uint32_t watcher_generation(struct watcher *w, uint32_t ifindex)
{
	const struct port *p;
	uint32_t g;

	pthread_mutex_lock(&w->lock);
	p = find(w, ifindex);
	g = p ? p->generation : w->clock;
	pthread_mutex_unlock(&w->lock);
	return g;
}

bool watcher_raise(struct watcher *w, uint16_t path, uint8_t epoch, uint32_t generation)
{
	struct port *p = NULL;
	bool ok;

	if (path >= w->path.n)
		return false;
	pthread_mutex_lock(&w->lock);
	if (w->member[path].ifindex)
		p = find(w, w->member[path].ifindex);
	if (p && (!p->checked || p->down) && generation >= p->generation)
		await_pass(w);		/* only this thread removes ports, so p stays */
	ok = p && p->checked && !p->down && generation >= p->generation;
	if (ok)				/* release: the path's row was written before */
		__atomic_store_n(&w->path.armed[(size_t)path * ROW], epoch, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&w->lock);
	return ok;
}

void watcher_lower(struct watcher *w, uint16_t path)
{
	if (path >= w->path.n)
		return;
	pthread_mutex_lock(&w->lock);
	lower(w, path);
	pthread_mutex_unlock(&w->lock);
}

uint64_t watcher_stores(struct watcher *w)
{
	uint64_t n;

	pthread_mutex_lock(&w->lock);
	n = w->stores;
	pthread_mutex_unlock(&w->lock);
	return n;
}

bool watcher_realtime(const struct watcher *w)
{
	return w->realtime;
}

void watcher_on_rise(struct watcher *w, void (*rose)(void *arg, uint32_t ifindex))
{
	w->on_rose = rose;
}

/* ---- beginning and end ------------------------------------------------------------------- */

static int open_all(struct watcher *w)
{
	struct sockaddr_nl links = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };
	int size = 1 << 20;

	w->netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	w->ioctls = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	w->kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->tell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->netlink < 0 || w->ioctls < 0 || w->kick < 0 || w->tell < 0)
		return -errno;
	if (setsockopt(w->netlink, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(w->netlink, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (bind(w->netlink, (struct sockaddr *)&links, sizeof(links)))
		return -errno;
	return loop_fd(w->loop, w->tell, EPOLLIN, on_tell, w);
}

static int start(struct watcher *w)
{
	struct sched_param rt = { .sched_priority = SYS_RT_PRIORITY };
	pthread_mutexattr_t a;
	sigset_t all, before;
	int rc;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&w->lock, &a);
	pthread_mutexattr_destroy(&a);
	pthread_cond_init(&w->passed, NULL);
	sigfillset(&all);		/* signals are the main loop's */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&w->thread, NULL, watch, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc)
		return -rc;
	w->started = true;
	w->realtime = !pthread_setschedparam(w->thread, SCHED_FIFO, &rt);
	return 0;
}

struct watcher *watcher_new(struct loop *l, struct tw_live_flags path,
			    void (*fell)(void *arg, uint32_t ifindex, uint64_t when_ns), void *arg)
{
	struct watcher *w = calloc(1, sizeof(*w));
	int rc;

	if (!w)
		return NULL;
	w->loop = l;
	w->path = path;
	w->on_fell = fell;
	w->arg = arg;
	w->netlink = w->ioctls = w->kick = w->tell = -1;
	w->member = calloc(path.n ? path.n : 1, sizeof(*w->member));
	rc = w->member ? open_all(w) : -ENOMEM;
	if (!rc)
		rc = start(w);
	if (rc) {
		watcher_free(w);
		errno = -rc;
		return NULL;
	}
	return w;
}

static void stop_thread(struct watcher *w)
{
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_mutex_unlock(&w->lock);
	signal_fd(w->kick);
	pthread_join(w->thread, NULL);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->passed);
}

void watcher_free(struct watcher *w)
{
	if (!w)
		return;
	if (w->started)
		stop_thread(w);
	if (w->tell >= 0)
		loop_fd_off(w->loop, w->tell);
	fd_done(&w->netlink);
	fd_done(&w->ioctls);
	fd_done(&w->kick);
	fd_done(&w->tell);
	for (uint32_t i = 0; i < w->n_ports; i++)
		free(w->port[i]);
	free(w->port);
	free(w->member);
	free(w);
}
