/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dp.c: a data plane is opened and closed. Owns the decision fresh, adopted or migrating.
 */
#include "dp/inner.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "sys/bpf.h"

#define PREPARED_ROWS 65536u

/* ---- what is there ------------------------------------------------------------------------------------ */

struct found {				/* in the instance's directory */
	struct dp *d;
	const char *own;		/* the directory name of our layout and size */
	uint64_t netns;			/* of another namespace, 0 = none seen */
	bool have_own, other;
	char foreign[PIN_NAME];		/* a directory of another namespace */
};

static int refuse(char why[256], int rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static int refuse(char why[256], int rc, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, 256, fmt, ap);
	va_end(ap);
	return rc;
}

static bool read_meta(const char *dir, struct tw_meta *meta)
{
	char path[PIN_PATH];
	uint32_t zero = 0;
	int fd, rc;

	pins_path(path, dir, "meta");
	if (sys_bpf_get(path, &fd))
		return false;
	rc = sys_map_get(fd, &zero, meta);
	close(fd);
	return !rc;
}

static void look(void *arg, const char *name)
{
	struct found *f = arg;
	char path[PIN_PATH];
	struct tw_meta meta = { 0 };

	if (!strcmp(name, "links") || !strcmp(name, "prepared") || strlen(name) >= sizeof(f->foreign))
		return;
	pins_path(path, f->d->instance_dir, name);
	bool whole = read_meta(path, &meta);
	if (whole && meta.netns != f->d->env.netns) {
		f->netns = meta.netns;
		snprintf(f->foreign, sizeof(f->foreign), "%s", name);
	} else if (!strcmp(name, f->own)) {
		f->have_own = whole;
		if (!whole)
			pins_remove(path, NULL, NULL);	/* an opening that did not end */
	} else if (whole) {
		f->other = true;
		snprintf(f->d->from, sizeof(f->d->from), "%s", name);
	}
}

static void link_alive(void *arg, const char *name)
{
	struct { const char *dir; bool alive; } *a = arg;
	char path[PIN_PATH];
	uint32_t ifindex = 0;

	pins_path(path, a->dir, name);
	if (!link_ifindex(path, &ifindex) && ifindex)
		a->alive = true;
}

/*
 * Pins of another namespace: if one of its links still sits on a device, that namespace lives and
 * forwards, and the pins stay. Else it is gone (a container started anew) and they are litter.
 */
static int foreign(struct dp *d, const struct found *f, char why[256])
{
	struct { const char *dir; bool alive; } a = { d->env.links, false };
	char path[PIN_PATH];

	pins_walk(d->env.links, link_alive, &a);
	if (a.alive)
		return refuse(why, -EBUSY, "the pins in %s belong to another network namespace (inode %llu) that still "
			      "forwards: flush it there, or use another run directory name", d->instance_dir,
			      (unsigned long long)f->netns);
	log_event(LOG_P_WARNING, "pins-foreign",
		  "dir=%s/%s netns=%llu text=\"not adopted, removed: its namespace is gone\"", d->instance_dir,
		  f->foreign, (unsigned long long)f->netns);
	pins_path(path, d->instance_dir, f->foreign);
	int rc = pins_remove(path, NULL, NULL);
	if (rc)
		return rc;
	pins_remove(d->env.links, NULL, NULL);
	pins_path(path, d->instance_dir, "prepared");
	sys_bpf_unpin(path);
	return pins_mkdir(d->env.links);
}

static int survey(struct dp *d, const char *own, struct found *f, char why[256])
{
	int rc;

	do {
		*f = (struct found){ .d = d, .own = own };
		rc = pins_walk(d->instance_dir, look, f);
	} while (!rc && f->netns && !(rc = foreign(d, f, why)));
	return rc;
}

/* ---- directories ---------------------------------------------------------------------------------------- */

/* Sets the directories up; without a bpffs they stay "" and @why says what that costs. */
static int directories(struct dp *d, const struct dp_open *o, const char *own, char why[256])
{
	char instance[PIN_INSTANCE];
	int rc = pins_instance(o->run_dir, instance);

	if (rc)
		return refuse(why, rc, "%s has no base name that could name its pins", o->run_dir);
	if (strlen(o->bpf_dir) + strlen(instance) + 2 + 2 * PIN_NAME > PIN_PATH)
		return refuse(why, -ENAMETOOLONG, "%s: the path is too long", o->bpf_dir);
	if (!sys_is_bpffs(o->bpf_dir))
		return refuse(why, 0, "%s is no bpffs, so nothing is pinned: a restart of the engine will lose traffic "
			      "(cure: mount -t bpf bpf %s)", o->bpf_dir, o->bpf_dir);
	pins_path(d->instance_dir, o->bpf_dir, instance);
	pins_path(d->env.links, d->instance_dir, "links");
	pins_path(d->dir, d->instance_dir, own);
	rc = pins_mkdir(d->instance_dir);
	if (!rc)
		rc = pins_mkdir(d->env.links);
	if (rc)
		refuse(why, rc, "%s cannot be written (%s): give the bpffs to the user of the engine", d->instance_dir,
		       strerror(-rc));
	return rc;
}

static int open_prepared(struct dp *d)
{
	char path[PIN_PATH];
	int fd;

	pins_path(path, d->instance_dir, "prepared");
	if (d->dir[0] && !sys_bpf_get(path, &d->env.prepared_fd))
		return 0;
	fd = map_create_hash("tw_prepared", sizeof(uint32_t), sizeof(struct prepared), PREPARED_ROWS);
	if (fd < 0)
		return fd;
	d->env.prepared_fd = fd;
	return d->dir[0] ? sys_bpf_pin(fd, path) : 0;
}

/* ---- maps ------------------------------------------------------------------------------------------------ */

/* Pins of our layout's name but another form (a development build): another state to migrate from. */
static int set_aside(struct dp *d)
{
	char path[PIN_PATH];

	snprintf(d->from, sizeof(d->from), "other-form");
	pins_path(path, d->instance_dir, d->from);
	pins_remove(path, NULL, NULL);
	set_close(&d->set);
	return rename(d->dir, path) ? -errno : 0;
}

static int load(struct dp *d, struct found *f, char why[256])
{
	int rc = f->have_own ? set_open(&d->set, d->dir) : 0;

	if (!rc)
		rc = set_load(&d->set, d->capacity, why, 256);
	if (rc != -ESTALE)
		return rc;
	rc = set_aside(d);
	f->have_own = false;
	f->other = true;
	return rc ? rc : set_load(&d->set, d->capacity, why, 256);
}

static int write_meta(struct dp *d)
{
	struct tw_meta meta = { .layout = TW_LAYOUT, .capacity = d->capacity, .netns = d->env.netns };
	uint32_t zero = 0;

	return sys_map_set(d->set.map[MAP_META].fd, &zero, &meta);
}

static int pin(struct dp *d, char why[256])
{
	int rc = d->dir[0] ? pins_mkdir(d->dir) : 0;

	if (!rc && d->dir[0])
		rc = set_pin(&d->set, d->dir);
	return rc ? refuse(why, rc, "%s cannot be written: %s", d->dir, strerror(-rc)) : 0;
}

static void set_budgets(struct dp *d, const struct dp_open *o)
{
	for (int i = 0; i < TW_PUNT__N; i++) {
		struct tw_punt *p = ROW(d, PUNT, struct tw_punt, i);
		__atomic_store_n(&p->rate, o->punt_rate[i], __ATOMIC_RELEASE);
		__atomic_store_n(&p->burst, o->punt_rate[i], __ATOMIC_RELEASE);
	}
}

/* ---- open and close ---------------------------------------------------------------------------------------- */

static void fell(void *arg, uint32_t ifindex, uint64_t when_ns)
{
	struct dp *d = arg;

	dport_fell(d, ifindex);
	if (d->fell)
		d->fell(d->arg, ifindex, when_ns);
}

static void rose(void *arg, uint32_t ifindex)
{
	struct dp *d = arg;

	if (d->rose)
		d->rose(d->arg, ifindex);
}

static int start_threads(struct dp *d, char why[256])
{
	struct tw_live_flags flags = { .armed = d->set.map[MAP_PATH_LIVE].mem, .n = TW_PATHS };

	d->watcher = watcher_new(d->loop, flags, fell, d);
	if (d->watcher)
		watcher_on_rise(d->watcher, rose);
	if (d->watcher)
		d->worker = worker_new(d->loop, dport_done, d);
	if (d->watcher && d->worker)
		return 0;
	int rc = errno ? -errno : -ENOMEM;
	return refuse(why, rc, "a thread could not be started: %s", strerror(-rc));
}

static int allocate(struct dp *d)
{
	d->cpus = possible_cpus();
	d->percpu = calloc((size_t)d->cpus, sizeof(*d->percpu));
	d->told = calloc(1, d->capacity / 8 + 1);
	return d->percpu && d->told ? 0 : -ENOMEM;
}

static int open_all(struct dp *d, const struct dp_open *o, char why[256])
{
	struct found f = { 0 };
	char own[32];

	pins_version(TW_LAYOUT, d->capacity, own);
	int rc = allocate(d);
	if (!rc)
		rc = directories(d, o, own, why);
	if (!rc && d->dir[0])
		rc = survey(d, own, &f, why);
	if (!rc)
		rc = load(d, &f, why);
	if (!rc)
		rc = write_meta(d);
	if (!rc)
		rc = pin(d, why);
	if (!rc)
		rc = open_prepared(d);
	if (!rc && f.have_own)
		rc = touched_new(d);
	if (!rc && f.other)
		rc = old_open(d, d->from);
	if (rc)
		return rc;
	d->how = f.other ? DP_MIGRATING : f.have_own ? DP_ADOPTED : DP_FRESH;
	return start_threads(d, why);
}

static void constants(struct dp *d, const struct dp_open *o)
{
	d->env.has_tcx = kernel_has_tcx(d->set.prog[PROG_TC]);
	d->env.kernel = kernel_release();
	ROW(d, GUARD_LIVE, struct tw_live, 0)->armed = 1;	/* "no guard" is always up */
	set_budgets(d, o);
}

int dp_open(struct dp **ret, struct loop *l, const struct dp_open *o, enum dp_opened *how, char why[256])
{
	struct dp *d = calloc(1, sizeof(*d));
	int rc = d ? 0 : -ENOMEM;

	why[0] = '\0';
	if (!rc && (o->capacity < TW_CIRCUITS_MIN || o->capacity > TW_CIRCUITS_MAX))
		rc = refuse(why, -ERANGE, "capacity of %u circuits: %d to %d can be had", o->capacity, TW_CIRCUITS_MIN,
			    TW_CIRCUITS_MAX);
	if (rc) {
		free(d);
		return rc;
	}
	d->loop = l;
	d->fell = o->fell;
	d->rose = o->rose;
	d->arg = o->arg;
	d->capacity = o->capacity;
	d->found_age = UINT64_MAX;
	d->env.set = &d->set;
	d->env.netns = sys_netns_inode();
	d->env.prepared_fd = -1;
	set_init(&d->set);
	rc = open_all(d, o, why);
	if (!rc) {
		constants(d, o);
		rc = deadman_start(d, o->hold_ns ? o->hold_ns : TW_HOLD_DEFAULT, loop_now(l));
		if (rc)
			refuse(why, rc, "the kernel refused the timer of the dead-man: %s", strerror(-rc));
	}
	if (!rc)
		rc = ports_adopt(d);
	if (rc) {
		if (!why[0])
			refuse(why, rc, "the data plane cannot be opened: %s", strerror(-rc));
		dp_close(d);
		return rc;
	}
	*how = d->how;
	*ret = d;
	return 0;
}

void dp_close(struct dp *d)
{
	if (!d)
		return;
	d->closing = true;
	dp_capture_stop(d);
	loop_idle_off(d->loop, settle_slice, d);
	worker_free(d->worker);
	watcher_free(d->watcher);
	ports_free(d);
	old_free(d);
	touched_free(d);
	counts_free(d);
	if (d->env.prepared_fd >= 0)
		close(d->env.prepared_fd);
	set_close(&d->set);
	free(d->failed);
	free(d->acked);
	free(d->percpu);
	free(d->told);
	free(d);
}

/* ---- the whole, for a display -------------------------------------------------------------------------------- */

static void show_state(const struct dp *d, struct show_dp *out)
{
	static const char *const word[] = { [DP_FRESH] = "fresh", [DP_ADOPTED] = "adopted" };

	if (d->how != DP_MIGRATING)
		snprintf(out->adopted, sizeof(out->adopted), "%s", word[d->how]);
	else
		snprintf(out->adopted, sizeof(out->adopted), "%s from %.16s",
			 d->settle == SETTLE_DONE ? "migrated" : "migrating", d->from);
}

bool dp_show_guard(const struct dp *d, uint32_t guard)
{
	return guard < TW_GUARDS && live_up(live_read(ROW(d, GUARD_LIVE, struct tw_live, guard)));
}

bool dp_show_path(const struct dp *d, uint32_t path)
{
	return path < TW_PATHS && live_up(live_read(ROW(d, PATH_LIVE, struct tw_live, path)));
}

uint32_t dp_show_group(const struct dp *d, uint32_t group, uint16_t member[TW_GROUP_MEMBERS])
{
	const struct tw_group *g = ROW(d, PATH_GROUP, struct tw_group, group < TW_GROUPS ? group : 0);
	const struct tw_group_row *row = &g->row[g->chosen & 1];

	memcpy(member, row->member, sizeof(row->member));
	return row->n <= TW_GROUP_MEMBERS ? row->n : 0;
}

void dp_show(const struct dp *d, struct show_dp *out)
{
	memset(out, 0, sizeof(*out));
	snprintf(out->pin_dir, sizeof(out->pin_dir), "%s", d->dir);
	out->layout = TW_LAYOUT;
	out->capacity = d->capacity;
	out->map_bytes = d->set.bytes;
	out->realtime_watcher = watcher_realtime(d->watcher);
	out->watcher_stores = watcher_stores(d->watcher);
	out->tcx = d->env.has_tcx;
	out->hold_ns = ROW(d, CTL, struct tw_ctl, 0)->hold;
	out->lowered = *ROW(d, LOWERED, struct tw_lowered, 0);
	show_state(d, out);
	for (uint32_t i = 0; i < TW_PUNT__N; i++)
		sys_map_get(d->set.map[MAP_BUCKET].fd, &i, &out->punt[i]);
}
