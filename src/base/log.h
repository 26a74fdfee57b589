/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log.h: one line an event, key=value, with the <N> priority journald understands, on standard
 * error; the last LOG_KEPT lines stay in memory for `display logbuffer`. Main thread only.
 */
#ifndef TW_LOG_H
#define TW_LOG_H

#include <stddef.h>
#include <stdint.h>

enum log_prio { LOG_P_ERR = 3, LOG_P_WARNING = 4, LOG_P_NOTICE = 5, LOG_P_INFO = 6, LOG_P_DEBUG = 7 };
#define LOG_KEPT 1024
#define LOG_LINE 1024			/* octets of a line at most; the rest is cut */

/* Writes "<prio>event=EVENT key=value ...". @fmt makes the key=value part ("" for none); values
 * with blanks are quoted by the caller; control characters become '?', so a value from a peer cannot
 * forge a line. Never fails, never blocks the caller on a full pipe: such a line is kept, not
 * printed, and the next one printed says how many were lost. */
void log_event(enum log_prio prio, const char *event, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A token bucket for logs a peer or a frame can provoke: at most @burst lines (0 counts as 1), then
 * one per second. Zero it and set @burst. */
struct log_limit {
	uint64_t next_ns;
	uint32_t burst, used, suppressed;
};
/* Non-zero: log it. The number suppressed since is reset and stored to *missed. */
int log_allowed(struct log_limit *l, uint64_t now_ns, uint32_t *missed);

/* Calls @fn for the kept lines, oldest first (wall clock in microseconds, text without newline). */
void log_walk(void (*fn)(void *arg, uint64_t wall_us, enum log_prio prio, const char *line), void *arg);

/* Less urgent lines are neither printed nor kept. Default LOG_P_INFO. */
void log_threshold(enum log_prio highest_printed);

#endif
