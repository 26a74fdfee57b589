/* SPDX-License-Identifier: BSD-2-Clause */
/* net.c: see net.h. Connections are socket pairs, datagrams a queue behind an eventfd. */
#include "tests/unit/ldp/net.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

struct net net;
static int listen_fd = -1, udp_fd = -1;

#define QUEUE 256
static struct {
	struct sys_datagram d;
	uint8_t p[8192];
} queue[QUEUE];
static uint32_t q_in, q_out;
static struct {
	int fd;
	uint32_t ip;
} waiting[QUEUE];
static uint32_t w_in, w_out;

static void ring(int fd)
{
	uint64_t one = 1;

	if (fd >= 0 && write(fd, &one, sizeof(one)) < 0)
		abort();
}

static void hush(int fd)
{
	uint64_t n;

	if (fd >= 0 && read(fd, &n, sizeof(n)) < 0 && errno != EAGAIN)
		abort();
}

void net_reset(void)
{
	while (w_out != w_in)
		close(waiting[w_out++ % QUEUE].fd);
	memset(&net, 0, sizeof(net));
	net.connect_fd = -1;
	q_in = q_out = w_in = w_out = 0;
}

/* ---- tcp ---- */

int sys_tcp_listen(struct sys_end local)
{
	if (net.listen_error)
		return net.listen_error;
	net.listening = true;
	net.listen_ip = local.ip;
	listen_fd = eventfd(0, EFD_NONBLOCK);
	return listen_fd;
}

static int pair(struct sys_end local, struct sys_end remote)
{
	int v[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, v))
		abort();
	if (v[0] >= 1024)
		abort();
	net.fd[v[0]] = (struct net_fd){ .local = local, .remote = remote, .used = true, .other = v[1],
					.error = net.tcp_error };
	return v[0];
}

int net_connect(uint32_t from)
{
	int fd = pair((struct sys_end){ net.listen_ip, LDP_PORT }, (struct sys_end){ from, 40000 });

	net.fd[fd].error = 0;
	net.fd[fd].taken = true;
	waiting[w_in % QUEUE].fd = fd;
	waiting[w_in++ % QUEUE].ip = from;
	ring(listen_fd);
	return net.fd[fd].other;
}

int sys_tcp_accept(int listening, struct sys_end *peer)
{
	(void)listening;
	if (net.accept_error)
		return net.accept_error;
	if (w_out == w_in) {
		hush(listen_fd);
		return -EAGAIN;
	}
	peer->ip = waiting[w_out % QUEUE].ip;
	peer->port = 40000;
	return waiting[w_out++ % QUEUE].fd;
}

int sys_tcp_connect(struct sys_end local, struct sys_end peer, const void *key, size_t len)
{
	int fd;

	net.n_connects++;
	if (net.connect_error)
		return net.connect_error;
	local.port = 30000;
	fd = pair(local, peer);
	memcpy(net.fd[fd].key, key ? key : "", len);
	net.connect_fd = fd;
	return fd;
}

int sys_tcp_error(int fd)
{
	return net.fd[fd].error;
}

int sys_tcp_key(int fd, uint32_t peer, const void *key, size_t len)
{
	(void)fd;
	for (unsigned i = 0; i < 64; i++) {
		struct net_key *k = &net.key[i];

		if (k->ip != peer && (k->ip || !len))
			continue;
		memset(k, 0, sizeof(*k));
		if (!len)
			return 0;
		k->ip = peer;
		memcpy(k->key, key, len);
		return 0;
	}
	return -ENOENT;
}

const char *net_key(uint32_t ip)
{
	for (unsigned i = 0; i < 64; i++)
		if (net.key[i].ip == ip && ip)
			return net.key[i].key;
	return NULL;
}

int sys_tcp_min_ttl(int fd, uint8_t ttl)
{
	net.fd[fd].min_ttl = ttl;
	return 0;
}

int sys_tcp_user_timeout(int fd, uint32_t ms)
{
	net.fd[fd].timeout_ms = ms;
	return 0;
}

int sys_tcp_ends(int fd, struct sys_end *local, struct sys_end *peer)
{
	if (local)
		*local = net.fd[fd].local;
	if (peer)
		*peer = net.fd[fd].remote;
	return 0;
}

void sys_tcp_close(int *fd)
{
	if (*fd < 0)
		return;
	if (*fd == listen_fd) {
		listen_fd = -1;
		net.listening = false;
	} else {
		net.fd[*fd].used = false;
		if (!net.fd[*fd].taken)
			close(net.fd[*fd].other);
	}
	close(*fd);
	*fd = -1;
}

void sys_tcp_reset(int *fd)
{
	if (*fd >= 0)
		net.fd[*fd].reset = true;
	sys_tcp_close(fd);
}

struct net_fd *net_of(int other)
{
	for (unsigned i = 0; i < 1024; i++)
		if (net.fd[i].used && net.fd[i].other == other)
			return &net.fd[i];
	return NULL;
}

/* ---- udp ---- */

struct sys_udp {
	int fd;
};

int sys_udp_open(struct sys_udp **ret, uint16_t port)
{
	if (net.udp_error || port != LDP_PORT)
		return net.udp_error;
	*ret = malloc(sizeof(**ret));
	udp_fd = (*ret)->fd = eventfd(0, EFD_NONBLOCK);
	net.udp = true;
	return 0;
}

void sys_udp_close(struct sys_udp *u)
{
	close(u->fd);
	udp_fd = -1;
	net.udp = false;
	free(u);
}

int sys_udp_fd(const struct sys_udp *u)
{
	return u->fd;
}

int sys_udp_join(struct sys_udp *u, uint32_t ifindex)
{
	(void)u;
	if (net.join_error)
		return net.join_error;
	for (unsigned i = 0; i < 16; i++)
		if (!net.joined[i] || net.joined[i] == ifindex) {
			net.joined[i] = ifindex;
			return 0;
		}
	return -ENOBUFS;
}

void sys_udp_leave(struct sys_udp *u, uint32_t ifindex)
{
	(void)u;
	for (unsigned i = 0; i < 16; i++)
		if (net.joined[i] == ifindex)
			net.joined[i] = 0;
}

static int sent(uint32_t ifindex, uint32_t dest, uint32_t source, const void *p, size_t len)
{
	static uint8_t copy[256];
	struct ldp_pdu pdu;
	struct ldp_raw raw;

	if (net.send_error)
		return net.send_error;
	if (len > sizeof(copy))
		abort();
	memcpy(copy, p, len);
	if (ldp_pdu_decode(copy, len, LDP_PDU_DEFAULT, NULL, &pdu) != LDP_OK || pdu.size != len ||
	    ldp_pdu_next(&pdu, &raw) != LDP_OK || ldp_decode(&raw, &net.last.m, NULL) != LDP_OK)
		abort();
	net.last.id = pdu.id;
	net.last.ifindex = ifindex;
	net.last.dest = dest;
	net.last.source = source;
	net.n_hellos++;
	return 0;
}

int sys_udp_send_link(struct sys_udp *u, uint32_t ifindex, uint32_t source, const void *p, size_t len)
{
	(void)u;
	return sent(ifindex, SYS_ALL_ROUTERS, source, p, len);
}

int sys_udp_send_to(struct sys_udp *u, uint32_t dest, uint32_t source, const void *p, size_t len)
{
	(void)u;
	return sent(0, dest, source, p, len);
}

int sys_udp_recv(struct sys_udp *u, void *buf, size_t size, struct sys_datagram *out)
{
	if (q_out == q_in) {
		hush(u->fd);
		return -EAGAIN;
	}
	*out = queue[q_out % QUEUE].d;
	out->cut = out->len > size;
	if (out->cut)
		out->len = size;
	memcpy(buf, queue[q_out++ % QUEUE].p, out->len);
	return 0;
}

void net_datagram(uint32_t dest, uint32_t source, uint32_t ifindex, const void *p, size_t len)
{
	if (q_in - q_out >= QUEUE || udp_fd < 0)
		return;
	queue[q_in % QUEUE].d = (struct sys_datagram){ .source = source, .dest = dest, .ifindex = ifindex,
						       .port = LDP_PORT, .ttl = 1, .len = len };
	memcpy(queue[q_in++ % QUEUE].p, p, len < 8192 ? len : 8192);
	ring(udp_fd);
}
