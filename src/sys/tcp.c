/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcp.c: socket options of TCP sessions between routers. Keeps no state.
 */
#include "sys/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"

#define TOS_CS6 0xc0
#define BACKLOG 64				/* peers that connect in one turn of the loop */

#ifndef TCP_RTO_MAX_MS
#define TCP_RTO_MAX_MS 44
#endif

_Static_assert(SYS_TCP_KEY == TCP_MD5SIG_MAXKEYLEN, "the header tells the kernel's limit");

static struct sockaddr_in to_kernel(struct sys_end e)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(e.port),
				     .sin_addr.s_addr = htonl(e.ip) };
}

static struct sys_end from_kernel(const struct sockaddr_in *sa)
{
	return (struct sys_end){ ntohl(sa->sin_addr.s_addr), ntohs(sa->sin_port) };
}

static int set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value)) ? -errno : 0;
}

static int common(int fd)
{
	static const struct {
		int level, option, value;
	} all[] = {
		{ IPPROTO_IP, IP_TOS, TOS_CS6 },
		{ IPPROTO_IP, IP_TTL, SYS_TCP_TTL },
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
	};
	int rc = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && !rc; i++)
		rc = set(fd, all[i].level, all[i].option, all[i].value);
	if (!rc)
		set(fd, IPPROTO_TCP, TCP_RTO_MAX_MS, SYS_TCP_AGAIN_MS);		/* Linux 6.15 and later */
	return rc;
}

/* A bound socket with all that must be there before the first segment. */
static int opened(struct sys_end local)
{
	auto_fd fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr_in sa = to_kernel(local);
	int rc;

	if (fd < 0)
		return -errno;
	rc = common(fd);
	if (!rc)
		rc = set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (!rc && !local.port)			/* the port is chosen by connect: 4 times as many are free then */
		set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	if (!rc && bind(fd, (struct sockaddr *)&sa, sizeof(sa)))
		rc = -errno;
	return rc ? rc : fd_give(&fd);
}

int sys_tcp_listen(struct sys_end local)
{
	auto_fd fd = opened(local);

	if (fd < 0)
		return fd;
	return listen(fd, BACKLOG) ? -errno : fd_give(&fd);
}

/* accept(2) also tells errors of the connection it would have given: those are that peer's affair. */
static int accept_error(int e)
{
	switch (e) {
	case ECONNABORTED:
	case ENETDOWN:
	case EPROTO:
	case EHOSTDOWN:
	case ENONET:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ETIMEDOUT:
	case EINTR:
		return -EAGAIN;
	default:
		return -e;
	}
}

int sys_tcp_accept(int listening, struct sys_end *peer)
{
	struct sockaddr_in sa = { 0 };
	socklen_t len = sizeof(sa);
	auto_fd fd = accept4(listening, (struct sockaddr *)&sa, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	int rc;

	if (fd < 0)
		return accept_error(errno);
	rc = common(fd);			/* Linux inherits them; POSIX does not promise it */
	if (rc)
		return rc;
	*peer = from_kernel(&sa);
	return fd_give(&fd);
}

int sys_tcp_connect(struct sys_end local, struct sys_end peer, const void *key, size_t len)
{
	auto_fd fd = opened(local);
	struct sockaddr_in sa = to_kernel(peer);
	int rc;

	if (fd < 0)
		return fd;
	rc = len ? sys_tcp_key(fd, peer.ip, key, len) : 0;
	if (!rc && connect(fd, (struct sockaddr *)&sa, sizeof(sa)) && errno != EINPROGRESS)
		rc = -errno;
	return rc ? rc : fd_give(&fd);
}

int sys_tcp_error(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info), size = sizeof(int);
	int e = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &size) ||
	    (!e && getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len)))
		return -errno;
	if (e)
		return -e;
	if (info.tcpi_state == TCP_CLOSE)
		return -ENOTCONN;		/* why was told once before */
	return info.tcpi_state == TCP_SYN_SENT || info.tcpi_state == TCP_SYN_RECV ? -EINPROGRESS : 0;
}

int sys_tcp_key(int fd, uint32_t peer, const void *key, size_t len)
{
	struct tcp_md5sig sig = { .tcpm_keylen = (uint16_t)len };
	struct sockaddr_in sa = to_kernel((struct sys_end){ peer, 0 });
	int rc;

	if (len > SYS_TCP_KEY)
		return -EINVAL;
	memcpy(&sig.tcpm_addr, &sa, sizeof(sa));
	if (len)
		memcpy(sig.tcpm_key, key, len);
	rc = setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG, &sig, sizeof(sig)) ? -errno : 0;
	explicit_bzero(&sig, sizeof(sig));
	return rc;
}

int sys_tcp_min_ttl(int fd, uint8_t ttl)
{
	return set(fd, IPPROTO_IP, IP_MINTTL, ttl);
}

int sys_tcp_user_timeout(int fd, uint32_t ms)
{
	return setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms)) ? -errno : 0;
}

int sys_tcp_ends(int fd, struct sys_end *local, struct sys_end *peer)
{
	struct sockaddr_in sa = { 0 };
	socklen_t len = sizeof(sa);

	if (local) {
		if (getsockname(fd, (struct sockaddr *)&sa, &len))
			return -errno;
		*local = from_kernel(&sa);
	}
	len = sizeof(sa);
	if (peer) {
		if (getpeername(fd, (struct sockaddr *)&sa, &len))
			return -errno;
		*peer = from_kernel(&sa);
	}
	return 0;
}

void sys_tcp_close(int *fd)
{
	fd_done(fd);
}

void sys_tcp_reset(int *fd)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	if (*fd >= 0)
		setsockopt(*fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	fd_done(fd);
}
