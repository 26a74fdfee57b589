/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inner.h: struct dp, shared by the files of this folder only.
 */
#ifndef TW_DP_INNER_H
#define TW_DP_INNER_H

#include <pthread.h>

#include "dp/dp.h"
#include "dp/load.h"
#include "dp/pins.h"
#include "dp/prep.h"
#include "dp/rows.h"
#include "sys/live.h"

/* ---- ports --------------------------------------------------------------------------------------- */

struct port_now {			/* what the worker found and did */
	bool present;
	bool xdp, tcx, clsact;		/* attached */
	uint32_t changed;		/* PREP_* */
	char driver[32];
	char why[128], warn[160];
};

struct port_job {			/* everything in, everything out: the worker shares nothing else */
	struct port_job *next;
	uint32_t ifindex;
	struct act_port want;
	bool release;			/* detach and give the port back */
	const struct work_env *env;
	struct port_now now;		/* out */
	struct sys_link link;		/* out, with now.present: the device as it was found */
	uint32_t writes;		/* out: of map rows */
	int rc;				/* out: of the tc attachment */
	int fd_xdp, fd_tc;		/* in and out: links kept open where nothing can be pinned, else -1 */
};

struct work_env {			/* constant while a worker runs */
	const struct dp_set *set;
	bool has_tcx;
	uint32_t kernel;
	uint64_t netns;
	int prepared_fd;
	char links[PIN_PATH];		/* directory for pins of links, "" = unpinned */
};
void port_bring(struct port_job *j);	/* the worker's one task; callable alone */

struct worker;
struct worker *worker_new(struct loop *l, void (*done)(void *arg, struct port_job *j), void *arg);
void worker_give(struct worker *w, struct port_job *j);
void worker_free(struct worker *w);	/* finishes what it was given, reports it, ends */

struct dp_port {
	struct act_port want;		/* .ifindex is the key */
	bool wanted;			/* some role */
	bool busy, again;		/* a job runs; another is due after it */
	struct act_port last;		/* what the last job was given */
	int fd_xdp, fd_tc;
	uint32_t mtu;
	char kind[16], master_kind[16], name[16];	/* as last seen */
	struct port_now now;
};

/* ---- settling -------------------------------------------------------------------------------------- */

enum settle { SETTLE_OPEN, SETTLE_CARRY, SETTLE_MOVE, SETTLE_SWEEP, SETTLE_WAIT, SETTLE_FINISH, SETTLE_DONE };

struct touched {			/* rows the first lists named; the others are stale */
	uint8_t *circuit, *path, *label, *group, *guard;	/* bitmaps; of guards those that a slot names, too */
};

struct old_state;			/* of another layout or size: settle.c */

struct dp {
	struct loop *loop;
	void (*fell)(void *arg, uint32_t ifindex, uint64_t when_ns);
	void (*rose)(void *arg, uint32_t ifindex);
	void *arg;			/* of both */
	uint32_t capacity;
	enum dp_opened how;
	char instance_dir[PIN_PATH], dir[PIN_PATH];	/* "" = not pinned */
	char from[PIN_NAME];			/* migrating: the directory name of the old state */
	int cpus;
	uint64_t *percpu;		/* one row of drops[], all CPUs */

	struct dp_set set;
	struct work_env env;
	struct watcher *watcher;
	struct worker *worker;
	uint32_t running;		/* port jobs */

	struct dp_port *port;		/* sorted by ifindex */
	uint32_t n_port;

	uint8_t epoch[TW_PATHS];	/* last raised with */
	uint32_t path_port[TW_PATHS];
	struct acked { uint32_t ifindex, generation; } *acked;	/* falls the engine knows of */
	uint32_t n_acked;

	enum settle settle;
	uint32_t cursor;
	uint32_t hash;			/* swept now, and its next key, if there is one */
	uint64_t hash_key;
	bool hash_any;
	struct touched touched;
	struct old_state *old;
	bool closing;

	uint32_t seen_cursor;
	uint8_t *told;			/* bitmap: fall-back of the circuit was reported */
	struct tw_count **base;		/* blocks of counters at the last reset */
	uint64_t found_age;		/* of the heartbeat that was found, UINT64_MAX = there was none */
	uint64_t lowered;		/* the last heartbeat missed by the dead-man, as far as we know */
	uint64_t writes;		/* rows written, for tests and health */
	struct action *failed;		/* that the kernel had no room for: tried again, unless others take their row */
	uint32_t n_failed, cap_failed;
	struct capture *capture;
};

static inline bool bit_get(const uint8_t *map, uint32_t i)
{
	return map[i / 8] >> (i % 8) & 1;
}

static inline void bit_set(uint8_t *map, uint32_t i, bool on)
{
	map[i / 8] = (uint8_t)((map[i / 8] & ~(1u << (i % 8))) | (unsigned int)on << (i % 8));
}

#define ROW(d, id, type, i) (&((type *)(d)->set.map[MAP_##id].mem)[i])

struct rows_view dp_view(const struct dp *d);

/* apply.c */
void dpath_down(struct dp *d, uint32_t index, bool forget);
void dcircuit_clear(struct dp *d, uint32_t index);
void dgroup_clear(struct dp *d, uint32_t index);
bool label_ok(const struct dp *d, const struct act_label *l);	/* in range */
void label_put(struct dp *d, uint32_t label, const struct tw_label *want);
uint32_t dport_generation(struct dp *d, uint32_t ifindex);
void dport_fell(struct dp *d, uint32_t ifindex);

/* deadman.c */
/* What a former engine left. */
void deadman_found(struct dp *d, uint64_t beat, uint64_t hold, uint64_t lowered, uint64_t now_ns);
int deadman_start(struct dp *d, uint64_t hold_ns, uint64_t now_ns);

/* port.c */
int dport_want(struct dp *d, const struct act_port *want);
struct dp_port *dport_find(const struct dp *d, uint32_t ifindex);
void port_clear_row(struct dp *d, uint32_t ifindex);
void dport_done(void *arg, struct port_job *j);
void ports_release_held(struct dp *d);		/* jobs that waited for dp_settled() */
int ports_adopt(struct dp *d);			/* what `prepared` says we did to which port */
void ports_free(struct dp *d);

/* settle.c */
int old_open(struct dp *d, const char *name);	/* d->from */
void old_seed(struct dp *d, struct core *c);
void old_free(struct dp *d);
int touched_new(struct dp *d);
void touched_free(struct dp *d);
bool settle_slice(void *arg);			/* for loop_idle(): true while there is more */
void settle_check(struct dp *d);		/* a job ended */

/* count.c */
void counts_clear(struct dp *d, uint32_t circuit);
void counts_free(struct dp *d);
/* What is taken off the kernel's counters of a PW; NULL: no memory. */
struct tw_count *count_base(struct dp *d, uint32_t pw, bool make);
uint32_t count_rows(const struct dp *d);
/* Sum over the CPUs; @rows: of circuit[] in the set that @count belongs to. */
void count_sum(const struct dp *d, const struct dp_map *count, uint32_t rows, uint32_t pw, struct tw_count *out);
/* Into our maps, while nobody counts there: the sum lies with one CPU. */
void count_store(struct dp *d, uint32_t pw, const struct tw_count *c);

#endif
