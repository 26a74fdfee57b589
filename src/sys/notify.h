/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * notify.h: the notify protocol of systemd (sd_notify(3)), without its library.
 */
#ifndef TW_SYS_NOTIFY_H
#define TW_SYS_NOTIFY_H

/* Sends @state ("READY=1", "STATUS=...", "STOPPING=1"; several by newline) to the supervisor named in
 * NOTIFY_SOCKET. 1: sent, 0: there is no supervisor, or -errno. Never blocks. */
int sys_notify(const char *state);

#endif
