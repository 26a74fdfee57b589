/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcp.h: TCP as a routing protocol uses it: TTL 255, CS6, no delay, RFC 2385 signatures, GTSM.
 *
 * Descriptors are non-blocking, close on exec and belong to the caller, who ends them with sys_tcp_close() or
 * sys_tcp_reset(). Addresses and ports in host order. All return 0 (or a descriptor) or -errno. A port below 1024
 * needs CAP_NET_BIND_SERVICE; nothing else here needs a right. The namespace is that of the calling thread.
 */
#ifndef TW_SYS_TCP_H
#define TW_SYS_TCP_H

#include <stddef.h>
#include <stdint.h>

#define SYS_TCP_KEY 80u				/* octets a key may have (the kernel's limit) */
/* Longest time between two attempts to send again, where the kernel can be told: after a cut of seconds the far end hears
 * what was said in it a second after the way is back, not as many more. */
#define SYS_TCP_AGAIN_MS 1000
#define SYS_TCP_TTL 255				/* all segments leave with it (RFC 6720 wants 255 where GTSM is used) */

struct sys_end {
	uint32_t ip;				/* 0 = any */
	uint16_t port;				/* 0 = the kernel chooses */
};

/* -EADDRINUSE: another speaker has the port. Ends of old connections in TIME_WAIT are no obstacle. */
int sys_tcp_listen(struct sys_end local);
/* The next connection; it inherits the keys of the listening socket. -EAGAIN: none is waiting (or it left already).
 * -EMFILE, -ENFILE: it goes on waiting, so the listening socket stays readable: stop polling it for a while. */
int sys_tcp_accept(int listening, struct sys_end *peer);
/* Starts; when the descriptor is writable, sys_tcp_error() says what became of it. @key (@len octets, 1 to
 * SYS_TCP_KEY; NULL and 0: unsigned) is in place before the first segment. -EADDRNOTAVAIL: @local is not here. */
int sys_tcp_connect(struct sys_end local, struct sys_end peer, const void *key, size_t len);
/* 0: connected; -EINPROGRESS: not yet; else why not, told once, then -ENOTCONN. */
int sys_tcp_error(int fd);

/*
 * Segments from and to @peer are signed with @key from now on, on a listening socket for connections to come, on a
 * connection at once (then both ends must change). A second call replaces. @len 0 removes; -ENOENT: there was
 * none. -EINVAL: longer than SYS_TCP_KEY. -ENOPROTOOPT: the kernel has no TCP_MD5SIG. Where a key is set nothing
 * unsigned from @peer is taken, where none is set nothing signed.
 */
int sys_tcp_key(int fd, uint32_t peer, const void *key, size_t len);
/* GTSM: segments that arrive with a lower TTL are dropped by the kernel (1 to 255; 0 = off). On a connection, and on
 * a listening socket (then for all peers: not where some are several hops away). */
int sys_tcp_min_ttl(int fd, uint8_t ttl);
/* What is sent and not acknowledged for so long ends the connection with -ETIMEDOUT; 0 = the kernel's own time. */
int sys_tcp_user_timeout(int fd, uint32_t ms);
int sys_tcp_ends(int fd, struct sys_end *local, struct sys_end *peer);	/* either may be NULL; -ENOTCONN: no peer */

/* Both close *@fd and make it -1; -1 is nothing. close: what was written is still sent, then FIN; the kernel sends
 * RST all the same when received octets were not read. reset: RST at once, what was not sent is lost. */
void sys_tcp_close(int *fd);
void sys_tcp_reset(int *fd);

#endif
