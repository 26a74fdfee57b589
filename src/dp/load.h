/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load.h: programs and maps of one layout and size. The only file of the engine that calls libbpf
 * beside src/sys: it owns the skeletons.
 */
#ifndef TW_DP_LOAD_H
#define TW_DP_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Every map: symbol, name, how many rows, whether the engine maps it into its memory. Arrays are
 * mapped: a row is then compared without a system call and a flag is one store.
 */
enum rows_of { ROWS_FIXED, ROWS_CIRCUIT, ROWS_COUNT, ROWS_BLOCK };	/* FIXED: as the object says */
#define DP_MAPS(X)                                    \
	X(PORT,		"port",		ROWS_FIXED,	true)  \
	X(PORT_FAR,	"port_far",	ROWS_FIXED,	false) \
	X(VLAN_AC,	"vlan_ac",	ROWS_CIRCUIT,	false) \
	X(CIRCUIT,	"circuit",	ROWS_CIRCUIT,	true)  \
	X(ACTIVE,	"active",	ROWS_BLOCK,	true)  \
	X(NEXT,		"next",		ROWS_BLOCK,	true)  \
	X(PW_LIVE,	"pw_live",	ROWS_CIRCUIT,	true)  \
	X(PATH_LIVE,	"path_live",	ROWS_FIXED,	true)  \
	X(GUARD_LIVE,	"guard_live",	ROWS_FIXED,	true)  \
	X(PATH,		"path",		ROWS_FIXED,	true)  \
	X(PATH_GROUP,	"path_group",	ROWS_FIXED,	true)  \
	X(LABEL_IN,	"label_in",	ROWS_FIXED,	true)  \
	X(OUT,		"out",		ROWS_FIXED,	false) \
	X(COUNT,	"count",	ROWS_COUNT,	true) \
	X(DROPS,	"drops",	ROWS_FIXED,	false) \
	X(SEEN,		"seen",		ROWS_CIRCUIT,	true)  \
	X(PUNT,		"punt",		ROWS_FIXED,	true)  \
	X(BUCKET,	"bucket",	ROWS_FIXED,	false) \
	X(CTL,		"ctl",		ROWS_FIXED,	true)  \
	X(LOWERED,	"lowered",	ROWS_FIXED,	true)  \
	X(DEADMAN,	"deadman",	ROWS_FIXED,	false) \
	X(CAPTURE,	"capture",	ROWS_FIXED,	false) \
	X(CAPTURE_ROOM,	"capture_room",	ROWS_FIXED,	false) \
	X(META,		"meta",		ROWS_FIXED,	false) \
	X(CIRCUIT_KEY,	"circuit_key",	ROWS_CIRCUIT,	true)  \
	X(PATH_KEY,	"path_key",	ROWS_FIXED,	true)  \
	X(GROUP_KEY,	"group_key",	ROWS_FIXED,	true)

enum map_id {
#define X(sym, name, rows, mem) MAP_##sym,
	DP_MAPS(X)
#undef X
	MAP__N
};

struct dp_map {
	int fd;				/* -1: none */
	uint32_t type, rows, value;	/* octets of a value; per CPU maps: of one CPU's */
	uint32_t flags;
	void *mem;			/* mapped, or NULL */
};

enum prog_id { PROG_XDP_FRAGS, PROG_XDP, PROG_TC, PROG_DEADMAN, PROG__N };

struct dp_set {				/* one layout and size */
	struct dp_map map[MAP__N];
	int prog[PROG__N];		/* -1: this kernel refused it */
	uint64_t bytes;			/* of all maps, about */
};

void set_init(struct dp_set *s);
void set_close(struct dp_set *s);

/*
 * Loads the programs for @capacity circuits. Maps whose fd is set in @s are used as they are
 * (adoption), the others are created; then all that should be are mapped into memory.
 * 0 or -errno with a sentence in @why that names what the kernel lacks or what capability is missing;
 * -ESTALE without one: a map given has not the form that this build needs. On 0 @why may hold a warning.
 */
int set_load(struct dp_set *s, uint32_t capacity, char *why, size_t size);

/* Opens the maps pinned in @dir. 0; -ENOENT when one is missing, another -errno. */
int set_open(struct dp_set *s, const char *dir);
/* Pins maps, then programs, @meta last: a directory with `meta` in it is complete. */
int set_pin(struct dp_set *s, const char *dir);

/* One map of any layout by its pin; false when it is not there. */
bool map_open(struct dp_map *m, const char *path);
int map_mmap(struct dp_map *m);
void map_close(struct dp_map *m);
int map_next(int fd, const void *key, void *next);	/* -ENOENT at the end; key NULL: the first */
int map_create_hash(const char *name, uint32_t key, uint32_t value, uint32_t rows);	/* fd or -errno */

int possible_cpus(void);
bool kernel_has_tcx(int prog_tc);
uint32_t kernel_release(void);		/* MODE_KERNEL(major, minor) */
/* The device a pinned bpf_link is on; 0: it is gone. -errno: no link. */
int link_ifindex(const char *pin, uint32_t *ifindex);

#endif
