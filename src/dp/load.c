/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load.c: the skeletons (tc, XDP, dead-man) as one set of maps and programs.
 *
 * The tc object is loaded first and must load, as must the dead-man; XDP is the fast lane, and where the
 * kernel refuses it tc carries everything. All share every map.
 */
#include "dp/load.h"

#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/abi.h"
#include "bpf/deadman.skel.h"
#include "bpf/tc.skel.h"
#include "bpf/xdp.skel.h"
#include "dp/pins.h"
#include "sys/bpf.h"

#define TCX_INGRESS 46			/* enum bpf_attach_type of kernel 6.6; Debian 12's headers lack it */
#define LINK_TYPE_TCX 11		/* enum bpf_link_type, likewise */

static const struct {
	const char *name;
	enum rows_of rows;
	bool mem;
} form[] = {
#define X(sym, map, of, mapped) [MAP_##sym] = { map, of, mapped },
	DP_MAPS(X)
#undef X
};

static const char *const progs[] = {
	[PROG_XDP_FRAGS] = "tw_xdp_frags",
	[PROG_XDP] = "tw_xdp",
	[PROG_TC] = "tw_tc",
	[PROG_DEADMAN] = "tw_deadman",
};

void set_init(struct dp_set *s)
{
	memset(s, 0, sizeof(*s));
	for (int i = 0; i < MAP__N; i++)
		s->map[i].fd = -1;
	for (int i = 0; i < PROG__N; i++)
		s->prog[i] = -1;
}

static size_t map_size(const struct dp_map *m)
{
	return (size_t)m->rows * ((m->value + 7) & ~7u);
}

int map_mmap(struct dp_map *m)
{
	return sys_map_mmap(m->fd, map_size(m), &m->mem);
}

void map_close(struct dp_map *m)
{
	if (m->mem)
		munmap(m->mem, map_size(m));
	if (m->fd >= 0)
		close(m->fd);
	*m = (struct dp_map){ .fd = -1 };
}

void set_close(struct dp_set *s)
{
	for (int i = 0; i < MAP__N; i++)
		map_close(&s->map[i]);
	for (int i = 0; i < PROG__N; i++)
		if (s->prog[i] >= 0)
			close(s->prog[i]);
	set_init(s);
}

/* ---- what is missing, in words ------------------------------------------------------------------------ */

static char last_line[160];		/* of what libbpf printed */

static int keep_line(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	if (level != LIBBPF_WARN)
		return 0;
	vsnprintf(last_line, sizeof(last_line), fmt, ap);
	last_line[strcspn(last_line, "\n")] = '\0';
	return 0;
}

static const char *missing_capability(void)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} need[] = { { 39, "CAP_BPF" }, { 38, "CAP_PERFMON" }, { CAP_NET_ADMIN, "CAP_NET_ADMIN" } };
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	if (syscall(SYS_capget, &head, data))
		return NULL;
	for (size_t i = 0; i < sizeof(need) / sizeof(need[0]); i++)
		if (!(data[need[i].bit / 32].effective >> (need[i].bit % 32) & 1))
			return need[i].name;
	return NULL;
}

static const char *missing_feature(void)
{
	static const struct {
		bool prog;
		int type;
		const char *text;
	} need[] = {
		{ true,  BPF_PROG_TYPE_SCHED_CLS, "tc programs (CONFIG_NET_CLS_BPF)" },
		{ false, BPF_MAP_TYPE_ARRAY, "BPF maps (CONFIG_BPF_SYSCALL)" },
		{ false, BPF_MAP_TYPE_PERCPU_ARRAY, "per-CPU maps (kernel 4.6)" },
		{ false, BPF_MAP_TYPE_DEVMAP_HASH, "DEVMAP_HASH (kernel 5.4)" },
		{ false, BPF_MAP_TYPE_RINGBUF, "BPF ring buffers (5.8)" },
	};

	for (size_t i = 0; i < sizeof(need) / sizeof(need[0]); i++)
		if ((need[i].prog ? libbpf_probe_bpf_prog_type(need[i].type, NULL) :
				    libbpf_probe_bpf_map_type(need[i].type, NULL)) == 0)
			return need[i].text;
	return NULL;
}

static int explain(int rc, uint32_t capacity, char *why, size_t size)
{
	const char *missing = missing_capability();

	if (missing)
		snprintf(why, size, "capability %s is missing: CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN are needed to "
				    "load the programs", missing);
	else if (rc == -ENOSYS)
		snprintf(why, size, "this kernel has no bpf(): it must be built with CONFIG_BPF_SYSCALL");
	else if (rc == -ENOMEM)
		snprintf(why, size, "no kernel memory for the tables of %u circuits: lower `capacity circuits`",
			 capacity);
	else if ((missing = missing_feature()))
		snprintf(why, size, "this kernel lacks %s; twinwire needs Linux 6.1 or later", missing);
	else
		snprintf(why, size, "the kernel refused the programs (%s): %s", strerror(-rc), last_line);
	return rc;
}

/* ---- maps ------------------------------------------------------------------------------------------- */

int possible_cpus(void)
{
	int n = libbpf_num_possible_cpus();

	return n > 0 ? n : 1;
}

/* Circuits are numbered from 1, so there is one row more than circuits. */
static uint32_t rows(enum map_id id, uint32_t capacity, uint32_t fixed)
{
	uint32_t circuits = capacity + 1 > TW_CIRCUITS_MIN ? capacity + 1 : TW_CIRCUITS_MIN;

	switch (form[id].rows) {
	case ROWS_CIRCUIT:
		return circuits > fixed ? circuits : fixed;
	case ROWS_COUNT:
		return TW_TALLIES(circuits, (uint32_t)possible_cpus());
	case ROWS_BLOCK:
		return (capacity + TW_BLOCK) / TW_BLOCK;
	default:
		return fixed;
	}
}

static bool get_info(int fd, struct bpf_map_info *info)
{
	uint32_t len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return !bpf_obj_get_info_by_fd(fd, info, &len);
}

/* The kernel sets BPF_F_RDONLY_PROG on a DEVMAP by itself. */
static bool same_form(int fd, const struct bpf_map *m)
{
	struct bpf_map_info i;
	uint32_t max = bpf_map__max_entries(m);

	return get_info(fd, &i) && i.type == bpf_map__type(m) && i.key_size == bpf_map__key_size(m) &&
	       i.value_size == bpf_map__value_size(m) && (!max || i.max_entries == max) &&
	       (i.map_flags & ~(uint32_t)BPF_F_RDONLY_PROG) == bpf_map__map_flags(m);
}

static int shape(struct dp_set *s, struct bpf_object *o, uint32_t capacity)
{
	for (enum map_id id = 0; id < MAP__N; id++) {
		struct bpf_map *m = bpf_object__find_map_by_name(o, form[id].name);
		if (!m)
			continue;
		int rc = bpf_map__set_max_entries(m, rows(id, capacity, bpf_map__max_entries(m)));
		if (!rc && form[id].mem)
			rc = bpf_map__set_map_flags(m, bpf_map__map_flags(m) | BPF_F_MMAPABLE);
		if (rc)
			return rc;
		if (s->map[id].fd < 0)
			continue;
		if (!same_form(s->map[id].fd, m))
			return -ESTALE;
		rc = bpf_map__reuse_fd(m, s->map[id].fd);
		if (rc)
			return rc;
	}
	return 0;
}

static int keep_fds(struct dp_set *s, struct bpf_object *o)
{
	for (enum map_id id = 0; id < MAP__N; id++) {
		struct bpf_map *m = bpf_object__find_map_by_name(o, form[id].name);
		if (m && s->map[id].fd < 0 && (s->map[id].fd = dup(bpf_map__fd(m))) < 0)
			return -errno;
	}
	for (enum prog_id id = 0; id < PROG__N; id++) {
		struct bpf_program *p = bpf_object__find_program_by_name(o, progs[id]);
		if (p && bpf_program__fd(p) >= 0 && (s->prog[id] = dup(bpf_program__fd(p))) < 0)
			return -errno;
	}
	return 0;
}

static uint64_t map_bytes(const struct dp_map *m)
{
	uint64_t one = (m->value + 7) & ~7u;

	if (m->type == BPF_MAP_TYPE_HASH)
		return 0;		/* grows with what is in it */
	return one * m->rows * (m->type == BPF_MAP_TYPE_PERCPU_ARRAY ? (uint64_t)possible_cpus() : 1);
}

static void map_info(struct dp_map *m)
{
	struct bpf_map_info i;

	if (!get_info(m->fd, &i))
		return;
	m->type = i.type;
	m->rows = i.max_entries;
	m->value = i.value_size;
	m->flags = i.map_flags;
}

static int map_memory(struct dp_set *s)
{
	s->bytes = 0;
	for (enum map_id id = 0; id < MAP__N; id++) {
		struct dp_map *m = &s->map[id];
		if (m->fd < 0)
			return -EINVAL;	/* a map that no object has: a build error */
		map_info(m);
		s->bytes += map_bytes(m);
		if (!form[id].mem || m->mem)
			continue;
		int rc = map_mmap(m);
		if (rc)
			return rc;
	}
	return 0;
}

/* ---- objects ------------------------------------------------------------------------------------------- */

static int load_tc(struct dp_set *s, uint32_t capacity)
{
	struct tc_bpf *skel = tc_bpf__open();
	int rc = skel ? shape(s, skel->obj, capacity) : -errno;

	if (!rc) {
		skel->rodata->tw_circuits = bpf_map__max_entries(skel->maps.circuit);
		rc = tc_bpf__load(skel);
	}
	if (!rc)
		rc = keep_fds(s, skel->obj);
	tc_bpf__destroy(skel);
	return rc;
}

static int load_deadman(struct dp_set *s, uint32_t capacity)
{
	struct deadman_bpf *skel = deadman_bpf__open();
	int rc = skel ? shape(s, skel->obj, capacity) : -errno;

	if (!rc)
		rc = deadman_bpf__load(skel);
	if (!rc)
		rc = keep_fds(s, skel->obj);
	deadman_bpf__destroy(skel);
	return rc;
}

static int load_xdp(struct dp_set *s, uint32_t capacity, bool frags)
{
	struct xdp_bpf *skel = xdp_bpf__open();
	int rc = skel ? shape(s, skel->obj, capacity) : -errno;

	if (!rc && !frags)
		rc = bpf_program__set_autoload(skel->progs.tw_xdp_frags, false);
	if (!rc) {
		skel->rodata->tw_circuits = bpf_map__max_entries(skel->maps.circuit);
		rc = xdp_bpf__load(skel);
	}
	if (!rc)
		rc = keep_fds(s, skel->obj);
	xdp_bpf__destroy(skel);
	return rc;
}

/* Maps that fit tc fit XDP: what fails here is the program. */
static int load_any_xdp(struct dp_set *s, uint32_t capacity)
{
	return load_xdp(s, capacity, true) ? load_xdp(s, capacity, false) : 0;
}

int set_load(struct dp_set *s, uint32_t capacity, char *why, size_t size)
{
	int rc;

	last_line[0] = '\0';
	libbpf_set_print(keep_line);
	rc = load_tc(s, capacity);
	if (!rc)
		rc = load_deadman(s, capacity);
	if (!rc && load_any_xdp(s, capacity))
		snprintf(why, size, "no XDP program, tc carries everything: %s", last_line);
	if (!rc)
		rc = map_memory(s);
	return rc && rc != -ESTALE ? explain(rc, capacity, why, size) : rc;
}

/* ---- pins ---------------------------------------------------------------------------------------------- */

bool map_open(struct dp_map *m, const char *path)
{
	*m = (struct dp_map){ .fd = -1 };
	if (sys_bpf_get(path, &m->fd)) {
		m->fd = -1;
		return false;
	}
	map_info(m);
	return true;
}

int set_open(struct dp_set *s, const char *dir)
{
	char path[PIN_PATH];

	for (enum map_id id = 0; id < MAP__N; id++) {
		pins_path(path, dir, form[id].name);
		int rc = sys_bpf_get(path, &s->map[id].fd);
		if (!rc)
			continue;
		s->map[id].fd = -1;
		set_close(s);
		return rc;
	}
	return 0;
}

static int pin_one(int fd, const char *dir, const char *name, bool replace)
{
	char path[PIN_PATH];

	if (fd < 0)
		return 0;
	pins_path(path, dir, name);
	if (replace)
		sys_bpf_unpin(path);
	else if (!access(path, F_OK))
		return 0;
	return sys_bpf_pin(fd, path);
}

int set_pin(struct dp_set *s, const char *dir)
{
	int rc = 0;

	for (enum map_id id = 0; id < MAP__N && !rc; id++)
		if (id != MAP_META)
			rc = pin_one(s->map[id].fd, dir, form[id].name, false);
	for (enum prog_id id = 0; id < PROG__N && !rc; id++)
		rc = pin_one(s->prog[id], dir, progs[id], true);
	return rc ? rc : pin_one(s->map[MAP_META].fd, dir, form[MAP_META].name, false);
}

int map_next(int fd, const void *key, void *next)
{
	return bpf_map_get_next_key(fd, key, next) ? -errno : 0;
}

int map_create_hash(const char *name, uint32_t key, uint32_t value, uint32_t n)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, name, key, value, n, &opts);

	return fd >= 0 ? fd : -errno;
}

/* ---- questions to the kernel ------------------------------------------------------------------------------ */

bool kernel_has_tcx(int prog_tc)
{
	int fd = bpf_link_create(prog_tc, INT_MAX, (enum bpf_attach_type)TCX_INGRESS, NULL);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno == ENODEV;	/* a kernel without it says EINVAL before it looks for the device */
}

uint32_t kernel_release(void)
{
	struct utsname u;
	unsigned int major = 0, minor = 0;

	if (uname(&u) || sscanf(u.release, "%u.%u", &major, &minor) != 2)
		return 0;
	return major << 8 | (minor & 0xff);
}

int link_ifindex(const char *pin, uint32_t *ifindex)
{
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);
	int fd, rc = sys_bpf_get(pin, &fd);

	if (rc)
		return rc;
	rc = bpf_obj_get_info_by_fd(fd, &info, &len) ? -errno : 0;
	close(fd);
	if (!rc && info.type != BPF_LINK_TYPE_XDP && info.type != LINK_TYPE_TCX)
		rc = -EINVAL;		/* a program: the note beside a clsact filter */
	if (rc)
		return rc;
	*ifindex = info.xdp.ifindex;	/* tcx has it at the same place */
	return 0;
}
