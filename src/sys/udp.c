/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * udp.c: owns the Hello socket and one small socket a joined device that holds nothing but the membership.
 */
#include "sys/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"

#define TOS_CS6 0xc0
#define RECEIVE_BUFFER (1 << 20)	/* a Hello each of some thousand targeted peers */
#define STRANGERS 64			/* datagrams not for us that a call passes over */

struct member {
	uint32_t ifindex;
	int fd;
};

struct sys_udp {
	int fd;
	uint16_t port;
	uint32_t n, room;
	struct member *member;
};

static int set_options(int fd)
{
	static const struct {
		int option, value;
	} all[] = {
		{ IP_TOS, TOS_CS6 },
		{ IP_TTL, 255 },
		{ IP_MULTICAST_TTL, 1 },
		{ IP_MULTICAST_LOOP, 0 },
		{ IP_MULTICAST_ALL, 1 },	/* the memberships are of other sockets */
		{ IP_PKTINFO, 1 },
		{ IP_RECVTTL, 1 },
	};
	int size = RECEIVE_BUFFER;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (setsockopt(fd, IPPROTO_IP, all[i].option, &all[i].value, sizeof(all[i].value)))
			return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return 0;
}

int sys_udp_open(struct sys_udp **ret, uint16_t port)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sys_udp *u = calloc(1, sizeof(*u));
	int rc;

	if (!u)
		return -ENOMEM;
	u->port = port;
	u->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	rc = u->fd < 0 ? -errno : set_options(u->fd);
	if (!rc && bind(u->fd, (struct sockaddr *)&any, sizeof(any)))
		rc = -errno;
	if (rc)
		sys_udp_close(u);
	else
		*ret = u;
	return rc;
}

void sys_udp_close(struct sys_udp *u)
{
	if (!u)
		return;
	for (uint32_t i = 0; i < u->n; i++)
		fd_done(&u->member[i].fd);
	free(u->member);
	fd_done(&u->fd);
	free(u);
}

int sys_udp_fd(const struct sys_udp *u)
{
	return u->fd;
}

/* ---- memberships --------------------------------------------------------------------------- */

static struct member *member_of(const struct sys_udp *u, uint32_t ifindex)
{
	for (uint32_t i = 0; i < u->n; i++)
		if (u->member[i].ifindex == ifindex)
			return &u->member[i];
	return NULL;
}

static int make_room(struct sys_udp *u)
{
	uint32_t room = u->room ? u->room * 2 : 8;
	struct member *m;

	if (u->n < u->room)
		return 0;
	m = realloc(u->member, room * sizeof(*m));
	if (!m)
		return -ENOMEM;
	u->member = m;
	u->room = room;
	return 0;
}

int sys_udp_join(struct sys_udp *u, uint32_t ifindex)
{
	struct ip_mreqn m = { .imr_multiaddr.s_addr = htonl(SYS_ALL_ROUTERS), .imr_ifindex = (int)ifindex };
	auto_fd fd = -1;
	int rc;

	if (!ifindex)
		return -ENODEV;			/* to the kernel it means "any one" */
	if (member_of(u, ifindex))
		return 0;
	rc = make_room(u);
	if (rc)
		return rc;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof(m)))
		return -errno;
	u->member[u->n++] = (struct member){ ifindex, fd_give(&fd) };
	return 0;
}

void sys_udp_leave(struct sys_udp *u, uint32_t ifindex)
{
	struct member *m = member_of(u, ifindex);

	if (!m)
		return;
	fd_done(&m->fd);
	*m = u->member[--u->n];
}

/* ---- sending -------------------------------------------------------------------------------- */

static int send_from(struct sys_udp *u, uint32_t dest, struct in_pktinfo from, const void *p, size_t len)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(u->port), .sin_addr.s_addr = htonl(dest) };
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(from))] = { 0 };
	struct iovec iov = { (void *)(uintptr_t)p, len };
	struct msghdr m = { .msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(from));
	memcpy(CMSG_DATA(c), &from, sizeof(from));
	return sendmsg(u->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int sys_udp_send_link(struct sys_udp *u, uint32_t ifindex, uint32_t source, const void *p, size_t len)
{
	if (!ifindex)
		return -ENODEV;
	return send_from(u, SYS_ALL_ROUTERS,
			 (struct in_pktinfo){ .ipi_ifindex = (int)ifindex, .ipi_spec_dst.s_addr = htonl(source) },
			 p, len);
}

int sys_udp_send_to(struct sys_udp *u, uint32_t dest, uint32_t source, const void *p, size_t len)
{
	return send_from(u, dest, (struct in_pktinfo){ .ipi_spec_dst.s_addr = htonl(source) }, p, len);
}

/* ---- receiving ------------------------------------------------------------------------------ */

static bool read_control(struct msghdr *m, struct sys_datagram *out)
{
	struct in_pktinfo info;
	bool known = false;
	int ttl;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != IPPROTO_IP)
			continue;
		if (c->cmsg_type == IP_PKTINFO && c->cmsg_len >= CMSG_LEN(sizeof(info))) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			out->dest = ntohl(info.ipi_addr.s_addr);
			out->ifindex = (uint32_t)info.ipi_ifindex;
			/* unicast: the address it was delivered to is the one it names */
			known = info.ipi_addr.s_addr == info.ipi_spec_dst.s_addr || out->dest == SYS_ALL_ROUTERS;
		} else if (c->cmsg_type == IP_TTL && c->cmsg_len >= CMSG_LEN(sizeof(ttl))) {
			memcpy(&ttl, CMSG_DATA(c), sizeof(ttl));
			out->ttl = (uint8_t)ttl;
		}
	}
	return known;
}

/* 1: one for the caller, 0: one that is not, or -errno */
static int receive(struct sys_udp *u, void *buf, size_t size, struct sys_datagram *out)
{
	_Alignas(struct cmsghdr) char control[256];
	struct sockaddr_in from = { 0 };
	struct iovec iov = { buf, size };
	struct msghdr m = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = control, .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(u->fd, &m, MSG_DONTWAIT);

	if (n < 0)
		return -errno;
	*out = (struct sys_datagram){ .source = ntohl(from.sin_addr.s_addr), .port = ntohs(from.sin_port),
				      .len = (size_t)n, .cut = m.msg_flags & MSG_TRUNC };
	if (!read_control(&m, out))
		return 0;
	return out->dest != SYS_ALL_ROUTERS || member_of(u, out->ifindex) ? 1 : 0;
}

int sys_udp_recv(struct sys_udp *u, void *buf, size_t size, struct sys_datagram *out)
{
	for (int i = 0; i < STRANGERS; i++) {
		int rc = receive(u, buf, size, out);

		if (rc)
			return rc < 0 ? rc : 0;
	}
	return -EINTR;
}
