/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * work.c: the thread that prepares ports and attaches programs, off the main loop: replacing a
 * program takes 15 to 18 ms (RCU), an offload change may reset a NIC.
 *
 * Jobs are values: in goes what a port shall be, out comes what it is. The thread reads struct
 * work_env, which does not change while it runs, and writes the `prepared` map; nothing else.
 */
#include "dp/inner.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/fd.h"
#include "dp/mode.h"
#include "sys/bpf.h"
#include "sys/ethtool.h"

/* ---- one port ---------------------------------------------------------------------------------------- */

struct bring {				/* one job under way */
	struct port_job *j;
	struct sys_link link;
	struct prepared rec;
};

static void save(void *arg)
{
	struct bring *b = arg;

	if (b->rec.changed)
		sys_map_set(b->j->env->prepared_fd, &b->j->ifindex, &b->rec);
	else
		sys_map_del(b->j->env->prepared_fd, &b->j->ifindex);
}

static void record(struct bring *b, uint32_t bit, bool on)
{
	uint32_t now = on ? b->rec.changed | bit : b->rec.changed & ~bit;

	if (now == b->rec.changed)
		return;
	b->rec.changed = now;
	save(b);
}

static const struct family {
	enum sys_attach how;
	uint32_t bit;
	const char *pin;
} family[] = {
	{ ATTACH_XDP,	 PREP_XDP,    "xdp" },
	{ ATTACH_TCX,	 PREP_TCX,    "tcx" },
	{ ATTACH_CLSACT, PREP_CLSACT, "clsact" },
};

/* NULL: there is no bpffs. */
static const char *pin_of(const struct port_job *j, const struct family *f, char path[PIN_PATH])
{
	char name[32];

	if (!j->env->links[0])
		return NULL;
	snprintf(name, sizeof(name), "%s_%u", f->pin, j->ifindex);
	pins_path(path, j->env->links, name);
	return path;
}

static int *link_fd(struct port_job *j, const struct family *f)
{
	return f->how == ATTACH_XDP ? &j->fd_xdp : &j->fd_tc;
}

/* The pin beside a clsact filter notes that the qdisc is ours. It must not keep the maps of a former
 * layout alive, so it follows the program, by rename: a crash in between leaves one or the other. */
static void renew_note(int prog, const char *pin)
{
	char fresh[PIN_PATH + 40];

	if (access(pin, F_OK))
		return;			/* the qdisc was there before us */
	snprintf(fresh, sizeof(fresh), "%s_new", pin);
	sys_bpf_unpin(fresh);
	if (!sys_bpf_pin(prog, fresh))
		rename(fresh, pin);
}

static int attach(struct bring *b, enum sys_attach how, int prog)
{
	const struct family *f = &family[how];
	char path[PIN_PATH];
	const char *pin = pin_of(b->j, f, path);
	bool was = b->rec.changed & f->bit;
	auto_fd fd = -1;
	int rc;

	record(b, f->bit, true);
	rc = sys_attach(how, b->j->ifindex, prog, pin, &fd);
	if (rc) {
		record(b, f->bit, was);
		return rc;
	}
	if (how == ATTACH_CLSACT && pin)
		renew_note(prog, pin);
	if (pin || fd < 0)
		return 0;
	fd_done(link_fd(b->j, f));	/* an unpinned link lasts as long as its descriptor */
	*link_fd(b->j, f) = fd_give(&fd);
	return 0;
}

static void detach(struct bring *b, enum sys_attach how)
{
	const struct family *f = &family[how];
	char path[PIN_PATH];
	const char *pin = pin_of(b->j, f, path);

	if (!(b->rec.changed & f->bit))
		return;
	if (how != ATTACH_CLSACT && !pin)
		fd_done(link_fd(b->j, f));
	else
		sys_detach(how, b->j->ifindex, pin);
	record(b, f->bit, false);
}

/* A filter of an engine that could pin nothing and was killed: it would run behind tcx, on old maps. */
static void drop_stray(struct bring *b)
{
	uint8_t tag[8];

	if (!(b->rec.changed & PREP_CLSACT) && !sys_attached_tag(ATTACH_CLSACT, b->j->ifindex, NULL, tag))
		sys_detach(ATTACH_CLSACT, b->j->ifindex, NULL);
}

static void find(struct bring *b, struct mode_choice *mode)
{
	struct port_job *j = b->j;
	struct mode_facts f = {
		.kind = b->link.kind,
		.master_kind = b->link.master_kind,
		.driver = j->now.driver,
		.mtu = b->link.mtu,
		.kernel = j->env->kernel,
		.has_tcx = j->env->has_tcx,
		.has_frags = j->env->set->prog[PROG_XDP_FRAGS] >= 0,
		.has_xdp = j->env->set->prog[PROG_XDP_FRAGS] >= 0 || j->env->set->prog[PROG_XDP] >= 0,
		.wish = (enum m_port_mode)j->want.mode,
	};

	if (sys_ethtool_driver(b->link.name, j->now.driver))
		j->now.driver[0] = '\0';
	if (sys_xdp_features(j->ifindex, &f.xdp))
		memset(&f.xdp, 0, sizeof(f.xdp));
	mode_choose(&f, mode);
	memcpy(j->now.why, mode->why, sizeof(j->now.why));
	memcpy(j->now.warn, mode->warn, sizeof(j->now.warn));
}

/* `out` names the device, in the namespace of this thread. It is set before the main loop sets the flag
 * that makes programs use it, and cleared after that flag. */
static int out_put(struct bring *b, bool on)
{
	uint32_t *ifindex = &b->j->ifindex, now[2] = { 0 };
	uint32_t value[2] = { *ifindex, 0 };	/* struct bpf_devmap_val without a program */
	int fd = b->j->env->set ? b->j->env->set->map[MAP_OUT].fd : -1;
	bool is = !sys_map_get(fd, ifindex, now) && now[0] == *ifindex;

	if (is == on || fd < 0)
		return 0;
	b->j->writes++;
	return on ? sys_map_set(fd, ifindex, value) : sys_map_del(fd, ifindex);
}

static int attach_xdp(struct bring *b)
{
	int rc = -EOPNOTSUPP;

	for (int p = PROG_XDP_FRAGS; p <= PROG_XDP && rc; p++)
		if (b->j->env->set->prog[p] >= 0)
			rc = attach(b, ATTACH_XDP, b->j->env->set->prog[p]);
	return rc ? rc : out_put(b, true);
}

static void leave_xdp(struct bring *b)
{
	out_put(b, false);
	detach(b, ATTACH_XDP);
}

/* The new family first, then the other one goes: no frame finds the port without a program. */
static int attach_tc(struct bring *b, bool tcx)
{
	int prog = b->j->env->set->prog[PROG_TC];
	int rc = attach(b, tcx ? ATTACH_TCX : ATTACH_CLSACT, prog);

	if (rc && tcx) {
		snprintf(b->j->now.warn, sizeof(b->j->now.warn), "tcx was refused (%s): clsact is used", strerror(-rc));
		tcx = false;
		rc = attach(b, ATTACH_CLSACT, prog);
	}
	if (rc) {
		snprintf(b->j->now.warn, sizeof(b->j->now.warn), "no program could be attached: %s", strerror(-rc));
		return rc;
	}
	detach(b, tcx ? ATTACH_CLSACT : ATTACH_TCX);
	drop_stray(b);
	return 0;
}

static void give_back(struct bring *b)
{
	prep_undo(&b->link, PREP_BEFORE, &b->rec, save, b);	/* promiscuous mode, before the programs go */
	leave_xdp(b);
	detach(b, ATTACH_TCX);
	detach(b, ATTACH_CLSACT);
	prep_undo(&b->link, 0, &b->rec, save, b);
}

static void warn_refused(struct port_now *now, uint32_t refused)
{
	char text[100];

	if (!(refused & PREP_PROMISC))
		refused &= ~PREP_VLAN_FILTER;	/* drivers that cannot turn it off lift it in promiscuous mode */
	if (!refused || now->warn[0])
		return;
	prep_text(refused, text, sizeof(text));
	snprintf(now->warn, sizeof(now->warn), "the port could not be made as an AC needs it: %s", text);
}

static void bring_up(struct bring *b)
{
	struct port_job *j = b->j;
	struct mode_choice mode;

	find(b, &mode);
	uint32_t before = prep_wanted(&j->want, mode.xdp, !b->link.kind[0]) & PREP_BEFORE;
	uint32_t refused = prep_do(&b->link, before, &b->rec, save, b);
	j->rc = attach_tc(b, mode.tcx);
	if (mode.xdp) {
		int rc = attach_xdp(b);
		if (rc)
			snprintf(j->now.why, sizeof(j->now.why), "native XDP was refused (%s)", strerror(-rc));
		mode.xdp = !rc;
	}
	if (!mode.xdp)
		leave_xdp(b);
	uint32_t want = prep_wanted(&j->want, mode.xdp, !b->link.kind[0]);
	refused |= prep_do(&b->link, want & ~before, &b->rec, save, b);
	prep_undo(&b->link, want, &b->rec, save, b);
	warn_refused(&j->now, refused & want);
}

void port_bring(struct port_job *j)
{
	struct bring b = { .j = j };

	memset(&j->now, 0, sizeof(j->now));
	if (sys_map_get(j->env->prepared_fd, &j->ifindex, &b.rec) || b.rec.netns != j->env->netns)
		b.rec = (struct prepared){ .netns = j->env->netns };
	if (sys_link_get(j->ifindex, &b.link)) {
		snprintf(j->now.why, sizeof(j->now.why), "the device is absent");
		for (size_t i = 0; i < sizeof(family) / sizeof(family[0]); i++)
			detach(&b, family[i].how);	/* only the pins are left */
		b.rec.changed = 0;
		save(&b);
		return;
	}
	j->now.present = true;
	j->link = b.link;
	if (j->release)
		give_back(&b);
	else
		bring_up(&b);
	j->now.xdp = b.rec.changed & PREP_XDP;
	j->now.tcx = b.rec.changed & PREP_TCX;
	j->now.clsact = b.rec.changed & PREP_CLSACT;
	j->now.changed = b.rec.changed & PREP_ALL;
}

/* ---- the thread --------------------------------------------------------------------------------------- */

struct worker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct port_job *todo, **todo_end, *done, **done_end;
	bool end;
	int event;			/* readable: something is done */
	struct loop *loop;
	void (*fn)(void *arg, struct port_job *j);
	void *arg;
};

static struct port_job *take(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	while (!w->todo && !w->end)
		pthread_cond_wait(&w->wake, &w->lock);
	struct port_job *j = w->todo;
	if (j && !(w->todo = j->next))
		w->todo_end = &w->todo;
	pthread_mutex_unlock(&w->lock);
	return j;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	sigset_t all;

	sigfillset(&all);		/* signals are the main loop's */
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	for (struct port_job *j; (j = take(w));) {
		port_bring(j);
		pthread_mutex_lock(&w->lock);
		j->next = NULL;
		*w->done_end = j;
		w->done_end = &j->next;
		pthread_mutex_unlock(&w->lock);
		eventfd_write(w->event, 1);
	}
	return NULL;
}

static void report(void *arg, uint32_t events)
{
	struct worker *w = arg;
	eventfd_t n;

	(void)events;
	loop_doing(w->loop, "reports on ports");
	eventfd_read(w->event, &n);
	pthread_mutex_lock(&w->lock);
	struct port_job *list = w->done;
	w->done = NULL;
	w->done_end = &w->done;
	pthread_mutex_unlock(&w->lock);
	for (struct port_job *j = list, *next; j; j = next) {
		next = j->next;
		w->fn(w->arg, j);
	}
}

struct worker *worker_new(struct loop *l, void (*done)(void *arg, struct port_job *j), void *arg)
{
	struct worker *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->loop = l;
	w->fn = done;
	w->arg = arg;
	w->todo_end = &w->todo;
	w->done_end = &w->done;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	w->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->event < 0)
		goto no_event;
	if (loop_fd(l, w->event, EPOLLIN, report, w))
		goto no_loop;
	if (!pthread_create(&w->thread, NULL, work, w))
		return w;
	loop_fd_off(l, w->event);
no_loop:
	close(w->event);
no_event:
	free(w);
	return NULL;
}

void worker_give(struct worker *w, struct port_job *j)
{
	pthread_mutex_lock(&w->lock);
	j->next = NULL;
	*w->todo_end = j;
	w->todo_end = &j->next;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->end = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	report(w, 0);
	loop_fd_off(w->loop, w->event);
	close(w->event);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->wake);
	free(w);
}
