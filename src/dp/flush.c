/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flush.c: everything an instance left in the kernel is taken away and told, without an engine. Knows
 * no layout: what it needs is in `prepared` and in the names of the pins.
 */
#include "dp/inner.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/bpf.h"

struct flush {
	void (*tell)(void *arg, const char *what);
	void *arg;
	char dir[PIN_PATH], links[PIN_PATH];
	uint64_t netns;
	int rc;				/* the first failure */
};

static void say(struct flush *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void say(struct flush *f, const char *fmt, ...)
{
	char line[PIN_PATH + 320];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	f->tell(f->arg, line);
}

static void failed(struct flush *f, int rc)
{
	if (rc && !f->rc)
		f->rc = rc;
}

/* ---- ports ------------------------------------------------------------------------------------------ */

static void tell_port(struct flush *f, uint32_t ifindex, const char *name, uint32_t before, uint32_t after)
{
	char text[160];

	prep_text(before & ~after & PREP_ALL, text, sizeof(text));
	if (before & PREP_XDP)
		say(f, "%s: XDP program detached", name);
	if (before & PREP_TCX)
		say(f, "%s: tcx program detached", name);
	if (before & PREP_CLSACT)
		say(f, "%s: clsact filter removed", name);
	if (text[0])
		say(f, "%s: given back (was: %s)", name, text);
	prep_text(after & PREP_ALL, text, sizeof(text));
	if (text[0])
		say(f, "%s (ifindex %u): could not be given back: %s", name, ifindex, text);
	failed(f, text[0] ? -EIO : 0);
}

static void flush_port(struct flush *f, int prepared, uint32_t ifindex)
{
	struct prepared rec;
	struct work_env env = { .netns = f->netns, .prepared_fd = prepared };
	struct port_job j = { .ifindex = ifindex, .release = true, .env = &env, .fd_xdp = -1, .fd_tc = -1 };

	if (sys_map_get(prepared, &ifindex, &rec))
		return;
	if (rec.netns != f->netns) {
		say(f, "ifindex %u: belongs to another network namespace (inode %llu), left as it is", ifindex,
		    (unsigned long long)rec.netns);
		return;
	}
	memcpy(env.links, f->links, sizeof(env.links));
	port_bring(&j);
	if (j.now.present)
		tell_port(f, ifindex, j.link.name, rec.changed, j.now.changed);
}

static void flush_ports(struct flush *f)
{
	char path[PIN_PATH];
	uint32_t key, next;
	auto_fd fd = -1;

	pins_path(path, f->dir, "prepared");
	if (sys_bpf_get(path, &fd))
		return;
	for (int rc = map_next(fd, NULL, &next); !rc;) {
		key = next;
		rc = map_next(fd, &key, &next);
		flush_port(f, fd, key);
	}
}

/* ---- a filter whose record is lost (no bpffs, pins removed by hand) ---------------------------------- */

static void stray_filter(void *arg, const struct sys_link *l, bool gone)
{
	struct flush *f = arg;
	uint8_t tag[8];

	if (gone || sys_attached_tag(ATTACH_CLSACT, l->ifindex, NULL, tag))
		return;
	int rc = sys_detach(ATTACH_CLSACT, l->ifindex, NULL);
	failed(f, rc);
	if (!rc)
		say(f, "%s: clsact filter removed", l->name);
}

static void flush_filters(struct flush *f)
{
	struct sys_monitor_fn fn = { .link = stray_filter };
	struct sys_monitor *m = sys_monitor_new(&fn, f);

	if (!m)
		return;
	failed(f, sys_monitor_dump(m));
	sys_monitor_free(m);
}

/* ---- pins --------------------------------------------------------------------------------------------- */

struct names {
	char (*v)[PIN_NAME];
	uint32_t n, max;
};

static void collect(void *arg, const char *name)
{
	struct names *l = arg;

	if (strlen(name) >= sizeof(l->v[0]))
		return;
	if (l->n == l->max) {
		void *v = realloc(l->v, (l->max + 64) * sizeof(l->v[0]));
		if (!v)
			return;
		l->v = v;
		l->max += 64;
	}
	strcpy(l->v[l->n++], name);
}

static void removed(void *arg, const char *path)
{
	say(arg, "%s removed", path);
}

static void flush_pins(struct flush *f)
{
	struct names l = { 0 };
	char path[PIN_PATH];

	pins_walk(f->dir, collect, &l);
	for (uint32_t i = 0; i < l.n; i++) {
		pins_path(path, f->dir, l.v[i]);
		if (strcmp(l.v[i], "prepared") != 0)
			failed(f, pins_remove(path, removed, f));
		else if (!sys_bpf_unpin(path))
			removed(f, path);
	}
	free(l.v);
	if (!rmdir(f->dir))
		removed(f, f->dir);
}

int dp_flush(const char *bpf_dir, const char *run_dir, void (*tell)(void *arg, const char *what), void *arg)
{
	struct flush f = { .tell = tell, .arg = arg, .netns = sys_netns_inode() };
	char instance[PIN_INSTANCE];
	int rc = pins_instance(run_dir, instance);

	if (rc)
		return rc;
	if (strlen(bpf_dir) + strlen(instance) + 2 + 2 * PIN_NAME > PIN_PATH)
		return -ENAMETOOLONG;
	pins_path(f.dir, bpf_dir, instance);
	pins_path(f.links, f.dir, "links");
	if (sys_is_bpffs(bpf_dir)) {
		flush_ports(&f);
		flush_pins(&f);
	}
	flush_filters(&f);
	return f.rc;
}
