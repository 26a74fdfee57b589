/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fd.h: what is opened is closed on every path, unless it is handed over by name.
 */
#ifndef TW_FD_H
#define TW_FD_H

#include <stdlib.h>
#include <unistd.h>

static inline void fd_done(int *fd)	/* closes; -1 is nothing */
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static inline int fd_give(int *fd)	/* the descriptor leaves the scope alive */
{
	int out = *fd;

	*fd = -1;
	return out;
}

static inline void mem_done(void *p)	/* p: address of a malloc'ed pointer */
{
	free(*(void **)p);
}

#define auto_fd __attribute__((cleanup(fd_done))) int	/* auto_fd fd = -1; */
#define auto_free __attribute__((cleanup(mem_done)))	/* auto_free char *p = NULL; */

#endif
