/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bpf.h: the door to bpf(): maps, pins, attachments. libbpf behind it; nothing above src/sys calls
 * libbpf itself except dp's loader, which owns the skeletons.
 */
#ifndef TW_SYS_BPF_H
#define TW_SYS_BPF_H

#include <stdbool.h>
#include <stdint.h>

bool sys_is_bpffs(const char *dir);
int sys_bpf_pin(int fd, const char *path);
int sys_bpf_unpin(const char *path);
int sys_bpf_get(const char *path, int *fd);		/* open a pin; caller closes */
int sys_map_set(int fd, const void *key, const void *val);
int sys_map_get(int fd, const void *key, void *val);
int sys_map_del(int fd, const void *key);
int sys_map_mmap(int fd, uint32_t bytes, void **ret);	/* rw, shared */

enum sys_attach { ATTACH_XDP, ATTACH_TCX, ATTACH_CLSACT };
/*
 * XDP and tcx: a bpf_link, pinned at @pin, so that it outlives us. If @pin exists it is adopted and
 * its program replaced (link update); *ret_fd is the link. clsact: qdisc + filter with our handle and
 * priority at ingress; an existing filter of ours is replaced in place; *ret_fd = -1.
 */
int sys_attach(enum sys_attach how, uint32_t ifindex, int prog_fd, const char *pin, int *ret_fd);
int sys_detach(enum sys_attach how, uint32_t ifindex, const char *pin);
/* The tag (8 octets) of the program attached by us, -ENOENT when none. */
int sys_attached_tag(enum sys_attach how, uint32_t ifindex, const char *pin, uint8_t tag[8]);
int sys_prog_tag(int prog_fd, uint8_t tag[8]);

#endif
