/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unixsock.h: local stream sockets: the CLI's door and the stream of events.
 */
#ifndef TW_SYS_UNIXSOCK_H
#define TW_SYS_UNIXSOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct sys_peer {
	pid_t pid;
	uid_t uid;
	gid_t gid;
};

/* Descriptors are non-blocking (except connect's) and close on exec; negative: -errno. */
int sys_unix_listen(const char *path);	/* mode 0660; a socket left behind there is replaced, so hold the lock */
int sys_unix_accept(int fd, struct sys_peer *peer);	/* -EAGAIN: nobody there; @peer may be NULL */
/* Login name of @uid in /etc/passwd (no directory service is asked: that may take long); false: @out is as it was. */
bool sys_user_name(uid_t uid, char *out, size_t len);
/* The terminal of process @pid ("pts/3"); false: it has none, @out is as it was. */
bool sys_terminal(pid_t pid, char *out, size_t len);
int sys_unix_connect(const char *path);	/* blocking; -ECONNREFUSED, -ENOENT: nobody answers */

#endif
