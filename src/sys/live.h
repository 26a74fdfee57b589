/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live.h: flags the kernel reads for every frame, and the watcher that lowers them.
 *
 * The carrier of core ports in use is watched by one small thread (SCHED_FIFO where allowed) that
 * does nothing but lower path flags: netlink for the quick case, ETHTOOL_GLINK each millisecond for
 * the kernels that batch carrier notices. A busy engine does not delay it. Without ports it sleeps.
 *
 * A port has fallen when its carrier is lost, it is set down, or the device is gone or left the
 * namespace. Two threads may want to write one flag; both go through here. A lower always wins over
 * a raise that was decided before it: every fall of a port moves the port's generation, and a raise
 * names the generation it was decided on. Order for the main loop: watcher_path(), then
 * watcher_generation(), look at the world, decide, watcher_raise().
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

/*
 * @path: the mmapped path_live[]. @fell is called in the main loop after the fact, once per port and
 * fall (a second fall before the loop came round is the same), with the CLOCK_MONOTONIC time of the
 * lowering; a port found down when it is first watched has fallen, too. Netlink may tell the main loop
 * of the same change before or after: @fell asks for the state again (sys_link_get), or uses
 * watcher_on_rise(). NULL: errno. Without real-time rights (CAP_SYS_NICE, or RLIMIT_RTPRIO of
 * SYS_RT_PRIORITY) it runs all the same; watcher_realtime() says. The namespace is that of the
 * calling thread.
 */
struct watcher *watcher_new(struct loop *l, struct tw_live_flags path,
			    void (*fell)(void *arg, uint32_t ifindex, uint64_t when_ns), void *arg);
void watcher_free(struct watcher *w);	/* flags stay as they are */
bool watcher_realtime(const struct watcher *w);
/* @rose is called in the main loop, after the @fell it ends, when the carrier of a watched port is back. */
void watcher_on_rise(struct watcher *w, void (*rose)(void *arg, uint32_t ifindex));

/* Path @path leaves by @ifindex; 0 = by nothing (forget it). A port that is down already lowers the
 * path's flag at once; a port not watched before is looked at within a millisecond. */
void watcher_path(struct watcher *w, uint16_t path, uint32_t ifindex);
uint32_t watcher_generation(struct watcher *w, uint32_t ifindex);
/* Arms @path with @epoch (1 to 255) unless its port fell since @generation or is down now; false: so it
 * is, or the path has no port; nothing written. A refusal is followed by @fell or, when the port was
 * down all the time, by news of the link when it returns. */
bool watcher_raise(struct watcher *w, uint16_t path, uint8_t epoch, uint32_t generation);
void watcher_lower(struct watcher *w, uint16_t path);

/* Stores done to lower flags since the start; a test counts them: one per path that was up, whatever
 * the circuits. */
uint64_t watcher_stores(struct watcher *w);

#endif
