/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file.h: files that are whole or not changed, the journal's appends, locks, rights.
 */
#ifndef TW_SYS_FILE_H
#define TW_SYS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads all of @path into malloc'ed *ret (NUL added), at most @max octets (-EFBIG). */
int sys_file_read(const char *path, size_t max, char **ret, size_t *ret_len);
/* Temporary file, fsync, rename, fsync of the directory; on error the old file is whole. A symbolic
 * link is followed, so that the link stays one. */
int sys_file_replace(const char *path, const void *data, size_t len, uint32_t mode);
/* The same in parts: a new file beside @path, each part on the disk before the call returns. sys_file_end() gives it the
 * place of the old one (@keep) or removes it, and frees @f in any case; 0 or -errno each. */
struct sys_new_file;
int sys_file_begin(struct sys_new_file **f, const char *path, uint32_t mode);
int sys_file_part(struct sys_new_file *f, const void *data, size_t len);
int sys_file_end(struct sys_new_file *f, bool keep);
/* Writes @data at octet @at of @path, where the file then ends, and syncs it; what stood behind @at is cut off
 * first. Creates the file with @mode. After an error the file ends at @at as far as the disk allows.
 * -ESTALE: the file is shorter than @at, or gone. */
int sys_file_write(const char *path, uint64_t at, const void *data, size_t len, uint32_t mode);
/* Appends @data to @path, which must end at octet @at (else -ESTALE, and also when it is gone); @at 0: makes it anew with
 * @mode. Nothing is synced: it survives the process, not the host. After an error the file ends at @at as far as the
 * disk allows. */
int sys_file_append(const char *path, uint64_t at, const void *data, size_t len, uint32_t mode);
/* Atomically, on the disk before it returns. */
int sys_file_rename(const char *from, const char *to);
/* Takes the lock of a run directory, writes our pid; *owner = pid of the holder on -EBUSY (0: not
 * yet written). The lock lasts until *ret_fd is closed or the process ends, however it ends. */
int sys_lock_take(const char *path, int *ret_fd, int *owner);

/*
 * Rights are per thread: call these before any other thread is made. Both first allow real-time
 * priority up to SYS_RT_PRIORITY to threads made later (RLIMIT_RTPRIO), where they may.
 *
 * sys_caps_keep(): keeps CAP_NET_ADMIN, CAP_BPF, CAP_PERFMON, CAP_NET_RAW, CAP_NET_BIND_SERVICE, drops
 * the rest, for this process and, but for CAP_NET_RAW, all it might execute (spawn.h). Works as root and with
 * ambient capabilities.
 * -EPERM with *missing = name of the first capability we need and do not have; nothing is dropped then.
 * sys_user_drop(): the same, and becomes @user (name or number) with its groups; from root. -ENOENT:
 * no such user.
 */
#define SYS_RT_PRIORITY 10
int sys_caps_keep(const char **missing);
int sys_user_drop(const char *user, const char **missing);

/* Fault injection, compiled in with -DTW_FAULTS only: TW_FAULT="POINT:N:ERRNO" in the environment
 * makes the N-th pass of POINT return -ERRNO; with "die" in place of ERRNO the process ends there,
 * as by kill -9. POINT "*" is any point. "@FILE": what the first line of FILE says at that moment; ERRNO "count" there
 * writes the number of passes so far to FILE.count. The points are named where they stand. */
#ifdef TW_FAULTS
int sys_fault(const char *point);
#else
static inline int sys_fault(const char *point)
{
	(void)point;
	return 0;
}
#endif

#endif
