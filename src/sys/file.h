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
/* Temporary file, fsync, rename, fsync of the directory; on error the old file is whole. */
int sys_file_replace(const char *path, const void *data, size_t len, uint32_t mode);
/* Appends and fsyncs; a short or failed write is cut off again. */
int sys_file_append(int fd, const void *data, size_t len);
/* Takes the lock of a run directory, writes our pid; *owner = pid of the holder on -EBUSY. */
int sys_lock_take(const char *path, int *ret_fd, int *owner);

/* Keeps CAP_NET_ADMIN, CAP_BPF, CAP_PERFMON, CAP_NET_RAW, CAP_NET_BIND_SERVICE, drops the rest.
 * -EPERM with *missing = name of the first capability we need and do not have. */
int sys_caps_keep(const char **missing);

/* Fault injection: tests set a name and a count; the n-th pass of that point returns -errno or dies. */
int sys_fault(const char *point);	/* 0 in a normal build */

#endif
