/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pins.h: where an instance keeps its pins, and what lies there.
 *
 *   <bpf-dir>/<instance>/v<layout>[-<capacity>]/   maps and programs of one layout and size
 *   <bpf-dir>/<instance>/links/                    bpf_links of ports; they outlive a change of layout
 *   <bpf-dir>/<instance>/prepared                  what was changed on which port (prep.h); likewise
 */
#ifndef TW_DP_PINS_H
#define TW_DP_PINS_H

#include <stddef.h>
#include <stdint.h>

#define PIN_PATH	256
#define PIN_INSTANCE	96

/*
 * The instance of a run directory: its base name with every octet that bpffs refuses or that is not
 * a letter, digit, '-' or '_' as %XX. 0, -EINVAL (no name in it), -ENAMETOOLONG.
 */
int pins_instance(const char *run_dir, char out[PIN_INSTANCE]);

/* The name "v<layout>" or "v<layout>-<capacity>" of a directory. */
void pins_version(uint32_t layout, uint32_t capacity, char out[32]);

/* "<dir>/<name>"; cut at PIN_PATH, which directories of pins leave 64 octets of. */
void pins_path(char out[PIN_PATH], const char *dir, const char *name);
#define PIN_NAME 64

/* Calls @fn for each entry of @dir in no particular order. 0 or -errno. */
int pins_walk(const char *dir, void (*fn)(void *arg, const char *name), void *arg);

/* mkdir; a directory that exists is fine if it is ours or root's (or we are root): a bpffs may be
 * writable by all. 0, -EACCES or another -errno. */
int pins_mkdir(const char *path);
/* Unpins everything in @dir (one level) and removes it; tells each path when @tell is set. */
int pins_remove(const char *dir, void (*tell)(void *arg, const char *path), void *arg);

#endif
