/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live.h: flags the kernel reads for every frame, and the watcher that lowers them.
 *
 * The carrier of core ports in use is watched by one small thread (SCHED_FIFO where allowed) that
 * does nothing but lower path flags: netlink for the quick case, ETHTOOL_GLINK each millisecond for
 * the kernels that batch carrier notices. A busy engine does not delay it.
 *
 * Two threads may want to write one flag; both go through here. A lower always wins over a raise
 * that was decided before it: every lower of a port moves the port's generation, and a raise names
 * the generation it was decided on.
 */
#ifndef TW_SYS_LIVE_H
#define TW_SYS_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/loop.h"

struct tw_live_flags {			/* one mmapped live map */
	volatile uint8_t *armed;	/* first octet of row 0; rows are 8 octets */
	uint32_t n;
};

struct watcher;

/* @path: the mmapped path_live[]. @fell is called in the main loop after the fact, once per port and
 * fall, with the time of the lowering. NULL: errno. Without real-time rights it runs all the same;
 * watcher_realtime() says. */
struct watcher *watcher_new(struct loop *l, struct tw_live_flags path,
			    void (*fell)(void *arg, uint32_t ifindex, uint64_t when_ns), void *arg);
void watcher_free(struct watcher *w);	/* flags stay as they are */
bool watcher_realtime(const struct watcher *w);

/* Path @path leaves by @ifindex; 0 = by nothing (forget it). */
void watcher_path(struct watcher *w, uint16_t path, uint32_t ifindex);
uint32_t watcher_generation(struct watcher *w, uint32_t ifindex);
/* Arms @path with @epoch unless its port fell since @generation; false: it did, nothing written. */
bool watcher_raise(struct watcher *w, uint16_t path, uint8_t epoch, uint32_t generation);
void watcher_lower(struct watcher *w, uint16_t path);

/* Stores done to lower flags since the start; a test counts them: one per path, whatever the circuits. */
uint64_t watcher_stores(const struct watcher *w);

#endif
