/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bpf.h: the door to bpf(): maps, pins, attachments. libbpf behind it; nothing above src/sys calls
 * libbpf itself except dp's loader, which owns the skeletons.
 *
 * All functions return 0 or -errno, keep no state and may be called from any thread. CAP_BPF,
 * CAP_NET_ADMIN and CAP_PERFMON suffice; nothing is opened by id.
 */
#ifndef TW_SYS_BPF_H
#define TW_SYS_BPF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool sys_is_bpffs(const char *dir);
/* Pin names hold no '.', bpffs refuses it (-EPERM). A pin that exists already is -EEXIST. */
int sys_bpf_pin(int fd, const char *path);
int sys_bpf_unpin(const char *path);			/* -ENOENT: there was none */
int sys_bpf_get(const char *path, int *fd);		/* open a pin; caller closes */
int sys_map_set(int fd, const void *key, const void *val);
int sys_map_get(int fd, const void *key, void *val);	/* -ENOENT */
int sys_map_del(int fd, const void *key);
/* Runs a tc program once on an empty frame; *ret is what it returns. */
int sys_prog_run(int prog_fd, uint32_t *ret);
int sys_map_mmap(int fd, size_t bytes, void **ret);	/* rw, shared; munmap() the same @bytes */

enum sys_attach {
	ATTACH_XDP,		/* native only */
	ATTACH_TCX,		/* kernel 6.6; -EINVAL before */
	ATTACH_CLSACT,
};
/*
 * XDP and tcx: a bpf_link, pinned at @pin, so that it outlives us. If @pin exists it is adopted and
 * its program replaced (link update, 15 to 18 ms: call it off the main loop). A pin whose device is
 * gone, or is another one than @ifindex, or of another kind, is replaced. *ret_fd is the link, the
 * caller closes it.
 *
 * clsact: a filter with our handle and priority at ingress; one of ours is replaced in place;
 * *ret_fd = -1. The qdisc is made if there is none, and then @prog_fd is pinned at @pin as the note
 * that it was us, which sys_detach() reads after a restart (the note keeps that program and its maps
 * alive: who replaces them replaces the pin, by rename()).
 *
 * @pin NULL (no bpffs): XDP and tcx last as long as *ret_fd, and a clsact qdisc stays at detach.
 */
int sys_attach(enum sys_attach how, uint32_t ifindex, int prog_fd, const char *pin, int *ret_fd);
/* Takes away what sys_attach() made: link and pin; or our filter and, if the qdisc is ours and nobody
 * else uses it, that. A device that is gone meanwhile is no error. 0 also when there was nothing. */
int sys_detach(enum sys_attach how, uint32_t ifindex, const char *pin);
/* The tag (8 octets) of the program attached by us, -ENOENT when none. */
int sys_attached_tag(enum sys_attach how, uint32_t ifindex, const char *pin, uint8_t tag[8]);
int sys_prog_tag(int prog_fd, uint8_t tag[8]);

/*
 * A BPF_MAP_TYPE_RINGBUF: needs no right but the map. (No perf buffer: with
 * kernel.perf_event_paranoid = 3, the default of Debian's kernels, that is for CAP_SYS_ADMIN, CAP_PERFMON or not.)
 * @fn sees each record, valid during the call, aligned to 8, of the exact length written.
 */
struct sys_ring;
int sys_ring_open(struct sys_ring **ret, int map_fd, void (*fn)(void *arg, const void *data, uint32_t len), void *arg);
int sys_ring_fd(const struct sys_ring *r);		/* readable: call _consume */
int sys_ring_consume(struct sys_ring *r);		/* records told, or -errno */
void sys_ring_close(struct sys_ring *r);

#endif
