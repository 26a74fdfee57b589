/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bpf.c: owns nothing that lasts in the process; what lasts lies in the kernel, under a pin.
 */
#include "sys/bpf.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/clsact.h"

/* linux-libc-dev 6.1 is older than tcx */
#define LINK_TYPE_TCX 11
#define TCX_INGRESS 46

bool sys_is_bpffs(const char *dir)
{
	struct statfs s;

	return !statfs(dir, &s) && (uint32_t)s.f_type == BPF_FS_MAGIC;
}

/* ---- pins and maps ----------------------------------------------------------------------- */

static int ret_of(int rc)		/* libbpf 1: -1 and errno, or -errno */
{
	return rc < 0 ? -errno : 0;
}

int sys_bpf_pin(int fd, const char *path)
{
	return ret_of(bpf_obj_pin(fd, path));
}

int sys_bpf_unpin(const char *path)
{
	return ret_of(unlink(path));
}

int sys_bpf_get(const char *path, int *fd)
{
	int got = bpf_obj_get(path);

	if (got < 0)
		return -errno;
	*fd = got;
	return 0;
}

int sys_map_set(int fd, const void *key, const void *val)
{
	return ret_of(bpf_map_update_elem(fd, key, val, BPF_ANY));
}

int sys_map_get(int fd, const void *key, void *val)
{
	return ret_of(bpf_map_lookup_elem(fd, key, val));
}

int sys_map_del(int fd, const void *key)
{
	return ret_of(bpf_map_delete_elem(fd, key));
}

int sys_prog_run(int prog_fd, uint32_t *ret)
{
	uint8_t frame[64] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, o, .data_in = frame, .data_size_in = sizeof(frame), .repeat = 1);
	int rc = ret_of(bpf_prog_test_run_opts(prog_fd, &o));

	*ret = o.retval;
	return rc;
}

int sys_map_mmap(int fd, size_t bytes, void **ret)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	*ret = p;
	return 0;
}

int sys_prog_tag(int prog_fd, uint8_t tag[8])
{
	struct bpf_prog_info info = { .type = 0 };
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(prog_fd, &info, &len))
		return -errno;
	memcpy(tag, info.tag, 8);
	return 0;
}

/* ---- links: XDP and tcx ------------------------------------------------------------------ */

/* 0: the pin is a link of kind @how on @ifindex; -ESTALE: it is something else, or its device is gone. */
static int open_link(enum sys_attach how, uint32_t ifindex, const char *pin, int *ret_fd)
{
	uint32_t type = how == ATTACH_TCX ? LINK_TYPE_TCX : BPF_LINK_TYPE_XDP;
	struct bpf_link_info info = { .type = 0 };
	uint32_t len = sizeof(info);
	auto_fd fd = -1;
	int rc = sys_bpf_get(pin, &fd);

	if (rc)
		return rc;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -ESTALE;
	/* xdp.ifindex and tcx.ifindex share their place; 0 when the device is gone */
	if (info.type != type || info.xdp.ifindex != ifindex)
		return -ESTALE;
	*ret_fd = fd_give(&fd);
	return 0;
}

static int make_link(enum sys_attach how, uint32_t ifindex, int prog_fd, int *ret_fd)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts);
	int fd;

	if (how == ATTACH_XDP)
		opts.flags = XDP_FLAGS_DRV_MODE;
	fd = bpf_link_create(prog_fd, (int)ifindex, how == ATTACH_TCX ? TCX_INGRESS : BPF_XDP, &opts);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static int attach_link(enum sys_attach how, uint32_t ifindex, int prog_fd, const char *pin, int *ret_fd)
{
	auto_fd fd = -1;
	int rc = pin ? open_link(how, ifindex, pin, &fd) : -ENOENT;

	if (!rc) {
		rc = ret_of(bpf_link_update(fd, prog_fd, NULL));
	} else if (rc == -ENOENT || rc == -ESTALE) {
		if (rc == -ESTALE)
			sys_detach(how, ifindex, pin);
		rc = make_link(how, ifindex, prog_fd, &fd);
		if (!rc && pin)
			rc = sys_bpf_pin(fd, pin);
	}
	if (!rc)
		*ret_fd = fd_give(&fd);
	return rc;
}

/* Detached by name, not only unpinned: the kernel may take its time over the last reference. */
static int detach_link(const char *pin)
{
	auto_fd fd = -1;
	int rc = pin ? sys_bpf_get(pin, &fd) : -ENOENT;

	if (rc)
		return rc == -ENOENT ? 0 : rc;
	bpf_link_detach(fd);		/* fails on what is no link, and on one whose device is gone */
	rc = sys_bpf_unpin(pin);
	return rc == -ENOENT ? 0 : rc;
}

/* The tag of a link's program. bpf_link_info has the id only, and opening by id is for root. */
static int link_tag(int link_fd, uint8_t tag[8])
{
	char path[64], line[128];
	unsigned int b[8];
	int rc = -ENOENT;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/thread-self/fdinfo/%d", link_fd);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (rc && fgets(line, sizeof(line), f))
		if (sscanf(line, "prog_tag: %2x%2x%2x%2x%2x%2x%2x%2x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &b[6],
			   &b[7]) == 8)
			rc = 0;
	fclose(f);
	for (int i = 0; !rc && i < 8; i++)
		tag[i] = (uint8_t)b[i];
	return rc;
}

/* ---- clsact ------------------------------------------------------------------------------ */

static int attach_clsact(uint32_t ifindex, int prog_fd, const char *pin)
{
	int rc = clsact_qdisc_add(ifindex);

	if (rc && rc != -EEXIST)
		return rc;
	if (!rc && pin) {
		sys_bpf_unpin(pin);	/* of a device that had this name before */
		rc = sys_bpf_pin(prog_fd, pin);
		if (rc) {
			clsact_qdisc_del(ifindex);
			return rc;
		}
	}
	return clsact_filter_set(ifindex, prog_fd);
}

static int detach_clsact(uint32_t ifindex, const char *pin)
{
	bool ours = pin && !access(pin, F_OK), unused = false;
	int rc = clsact_filter_del(ifindex);

	if (rc && rc != -ENOENT && rc != -ENODEV)
		return rc;
	if (ours && rc != -ENODEV && !clsact_unused(ifindex, &unused) && unused)
		clsact_qdisc_del(ifindex);
	return ours ? sys_bpf_unpin(pin) : 0;
}

/* ---- any of them ------------------------------------------------------------------------- */

int sys_attach(enum sys_attach how, uint32_t ifindex, int prog_fd, const char *pin, int *ret_fd)
{
	if (how != ATTACH_CLSACT)
		return attach_link(how, ifindex, prog_fd, pin, ret_fd);
	*ret_fd = -1;
	return attach_clsact(ifindex, prog_fd, pin);
}

int sys_detach(enum sys_attach how, uint32_t ifindex, const char *pin)
{
	return how == ATTACH_CLSACT ? detach_clsact(ifindex, pin) : detach_link(pin);
}

int sys_attached_tag(enum sys_attach how, uint32_t ifindex, const char *pin, uint8_t tag[8])
{
	auto_fd fd = -1;
	int rc;

	if (how == ATTACH_CLSACT) {
		rc = clsact_filter_tag(ifindex, tag);
		return rc == -ENODEV ? -ENOENT : rc;
	}
	rc = pin ? open_link(how, ifindex, pin, &fd) : -ENOENT;
	if (rc)
		return rc == -ESTALE ? -ENOENT : rc;
	return link_tag(fd, tag);
}

/* ---- the ring buffer --------------------------------------------------------------------- */

struct sys_ring {
	struct ring_buffer *buf;
	void (*fn)(void *arg, const void *data, uint32_t len);
	void *arg;
};

static int on_ring(void *ctx, void *data, size_t len)
{
	const struct sys_ring *r = ctx;

	r->fn(r->arg, data, (uint32_t)len);
	return 0;
}

int sys_ring_open(struct sys_ring **ret, int map_fd, void (*fn)(void *arg, const void *data, uint32_t len), void *arg)
{
	struct sys_ring *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		return -ENOMEM;
	*r = (struct sys_ring){ .fn = fn, .arg = arg };
	r->buf = ring_buffer__new(map_fd, on_ring, r, NULL);
	if (!r->buf) {
		rc = -errno;
		free(r);
		return rc;
	}
	*ret = r;
	return 0;
}

int sys_ring_fd(const struct sys_ring *r)
{
	return ring_buffer__epoll_fd(r->buf);
}

int sys_ring_consume(struct sys_ring *r)
{
	return ring_buffer__consume(r->buf);
}

void sys_ring_close(struct sys_ring *r)
{
	if (!r)
		return;
	ring_buffer__free(r->buf);
	free(r);
}
