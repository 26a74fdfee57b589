/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spawn.h: runs a program of the system beside the loop, in the namespaces of the caller.
 *
 * Never a shell: a path and a vector of arguments. The program is a process group of its own, reads nothing,
 * has no descriptors but its output (both streams, one pipe), an environment of PATH and a UTF-8 locale, and of
 * our capabilities at most CAP_NET_RAW: as an ambient one, and in the bounding set (sys_caps_keep,
 * sys_user_drop), so that a file with that capability may be executed, too.
 */
#ifndef TW_SYS_SPAWN_H
#define TW_SYS_SPAWN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/loop.h"

struct spawn;

/*
 * @argv: ends with NULL; argv[0] is looked for in /usr/bin, /bin, /usr/sbin, /sbin unless it begins with '/'.
 * @out: a piece of output, not NUL-terminated. @ended: once, after all output, with the status as of waitpid();
 * @ret is gone then. Both come from the loop. 0, -ENOENT: no such program, or -errno.
 */
int sys_spawn(struct loop *l, const char *const *argv, void (*out)(void *arg, const char *text, size_t len),
	      void (*ended)(void *arg, int status), void *arg, struct spawn **ret);
/* SIGINT, and when that was sent before or 2 s passed since: SIGKILL. */
void spawn_stop(struct spawn *sp);
void spawn_hold(struct spawn *sp, bool hold);	/* its output is left in the pipe, so it waits when that is full */
void spawn_free(struct spawn *sp);		/* killed; no callback comes any more */

#endif
