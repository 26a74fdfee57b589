/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_ldp_session.c: a whole speaker, applications included, driven from octets by one peer: what it sends by TCP and
 * UDP, when it goes and comes back, and what core wants meanwhile. Whatever comes, what we send decodes, what is kept is
 * bounded, and it all ends.
 *
 * An input is a first octet of flags and then steps: what, how many octets, the octets.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../unit/ldp/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { GRACEFUL = 1, RECOVERING = 2, NO_HANDSHAKE = 4, ORDERED = 8, WE_CONNECT = 16 };
enum { RAW, MESSAGE, DATAGRAM, HELLO, TIME, AGAIN, READ, WANT, OPERATOR, TARGETED, WHAT__N };

static struct loop *loop;
static struct ldp *ldp;
static int fd;
static uint32_t them;			/* HIGH: connects to us, LOW: is connected to */
static uint64_t now;
static uint8_t heard[1 << 17];
static size_t n_heard;

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void turns(int n)
{
	while (n--)
		loop_turn(loop, 0);
}

/* ---- what we say must make sense ---- */

static size_t whole_pdu(const uint8_t *p, size_t len)
{
	struct ldp_pdu pdu;
	struct ldp_raw raw;
	struct ldp_msg m;
	enum ldp_verdict v = ldp_pdu_decode(p, len, LDP_PDU_DEFAULT, NULL, &pdu);

	if (v == LDP_MORE)
		return 0;
	must(v == LDP_OK);
	while ((v = ldp_pdu_next(&pdu, &raw)) == LDP_OK)
		must(ldp_decode(&raw, &m, NULL) == LDP_OK);
	must(v == LDP_END);
	return pdu.size;
}

static void listen_to_it(void)
{
	size_t at = 0, n;
	ssize_t got;

	if (fd < 0)
		return;
	for (int i = 0; i < 64; i++) {
		got = recv(fd, heard + n_heard, sizeof(heard) - n_heard, MSG_DONTWAIT);
		if (got <= 0)
			return;
		n_heard += (size_t)got;
		for (at = 0; (n = whole_pdu(heard + at, n_heard - at)) != 0; at += n)
			;
		memmove(heard, heard + at, n_heard - at);
		n_heard -= at;
		turns(2);
	}
}

/* ---- the peer ---- */

static void pass(uint64_t seconds)
{
	now += seconds * SECOND;
	loop_advance(loop, now);
	turns(3);
}

static void tell(const void *p, size_t len)
{
	if (fd >= 0 && send(fd, p, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		errno = 0;
	turns(3);
}

static size_t pdu_of(uint16_t type, const uint8_t *body, size_t n, uint8_t *out, size_t size)
{
	struct wr w = wr_of(out, size);

	wr_u16(&w, 1);
	wr_u16(&w, (uint16_t)(14 + n));
	wr_u32(&w, them);
	wr_u16(&w, 0);
	wr_u16(&w, type);
	wr_u16(&w, (uint16_t)(4 + n));
	wr_u32(&w, 99);
	wr_bytes(&w, body, n);
	return w.bad ? 0 : wr_len(&w);
}

static void message(const uint8_t *p, size_t n)
{
	static const uint16_t types[] = {
#define LDP_X(name, t, text) t,
		LDP_MSGS(LDP_X)
#undef LDP_X
		0x0700, 0x8700,
	};
	uint8_t buf[4200];

	if (n)
		tell(buf, pdu_of(types[p[0] % (sizeof(types) / sizeof(types[0]))], p + 1, n - 1, buf, sizeof(buf)));
}

static void hello(void)
{
	const uint8_t body[] = { 4, 0, 0, 4, 0, 60, 0x20, 0, 4, 1, 0, 4, 10, 0, 0, (uint8_t)them };
	uint8_t buf[64];

	net_datagram(SYS_ALL_ROUTERS, IP(10, 1, 0, 9), ETH0, buf,
		     pdu_of(LDP_MSG_HELLO, body, sizeof(body), buf, sizeof(buf)));
	turns(3);
}

static void targeted(uint8_t v)
{
	const uint8_t body[] = { 4, 0, 0, 4, 0, v, 0xc0, 0, 4, 1, 0, 4, 10, 0, 0, v & 1 ? (uint8_t)them : 8 };
	uint8_t buf[64];

	net_datagram(OURS, v & 2 ? them : IP(10, 1, 0, 9), ETH0, buf,
		     pdu_of(LDP_MSG_HELLO, body, sizeof(body), buf, sizeof(buf)));
	turns(3);
}

static void come(bool handshake)
{
	static const uint8_t init[] = { 5, 0, 0, 14, 0, 1, 0, 45, 0, 0, 0, 0, 10, 0, 0, 5, 0, 0,
					0x85, 6, 0, 1, 0x80, 0x85, 11, 0, 1, 0x80, 0x86, 3, 0, 1, 0x80,
					0x85, 3, 0, 12, 0, 1, 0, 0, 0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30 };
	uint8_t buf[128];

	if (fd >= 0)
		close(fd);
	turns(3);
	hello();
	if (them == HIGH) {
		fd = net_connect(them);
	} else {
		pass(16);			/* the time between two attempts */
		fd = net.connect_fd < 0 ? -1 : net.fd[net.connect_fd].other;
		if (fd >= 0)
			net.fd[net.connect_fd].taken = true;
		net.connect_fd = -1;
	}
	n_heard = 0;
	turns(3);
	if (!handshake)
		return;
	tell(buf, pdu_of(LDP_MSG_INIT, init, sizeof(init), buf, sizeof(buf)));
	tell(buf, pdu_of(LDP_MSG_KEEPALIVE, NULL, 0, buf, sizeof(buf)));
}

/* ---- core's side ---- */

static void route(uint32_t dest, uint32_t gateway, bool gone)
{
	struct sys_route_told r = { .dest = dest, .len = 32, .type = 1, .n = 1 };

	r.hop[0] = (struct sys_hop){ ETH0, gateway, 1, false };
	ldp_route(ldp, &r, gone);
}

static void want(uint8_t v)
{
	struct act_signal s = { .pw = 4u + v % 4, .peer = them, .id = 100u + v % 4, .type = LDP_PW_ETHERNET,
				.wanted = !(v & 4), .control_word = v & 8, .label = 262144u + v % 4, .mtu = 1500,
				.status = v & 16 ? 1 : 0, .vccv = v & 32 ? 0x0102 : 0, .anew = v & 64 };

	if (v & 128) {
		route(IP(10, 0, 0, v & 15), IP(10, 1, 0, 9), v & 64);
		ldp_bind(ldp, &(struct act_bind){ IP(10, 0, 0, v & 15), 32, v & 32 ? LABEL_NOT_BOUND : 300000u + v });
	} else {
		ldp_signal(ldp, &s);
	}
	ldp_flush(ldp);
}

/* ---- what the operator and the kernel do ---- */

static void key(bool there)
{
	static struct m_ldp_key secret = { .ref = { 1, 0 }, .peer = HIGH, .password = "secret" };
	static bool has;

	if (there != has)
		ldp_config(ldp, OBJ_LDP_KEY, has ? &secret : NULL, there ? &secret : NULL);
	has = there;
}

static void remote_peer(bool there)
{
	static struct m_remote_peer r = { .ref = { 1, 0 }, .name = "nine", .ip = HIGH, .pwe3 = true };
	static bool has;

	if (there != has)
		ldp_config(ldp, OBJ_REMOTE_PEER, has ? &r : NULL, there ? &r : NULL);
	has = there;
}

static void l2vpn_peer(bool there)
{
	static struct m_l2vpn_peer r = { .ref = { 1, 0 }, .peer = HIGH, .martini = true, .no_request = true };
	static bool has;

	if (there != has)
		ldp_config(ldp, OBJ_L2VPN_PEER, has ? &r : NULL, there ? &r : NULL);
	has = there;
}

static void operate(uint8_t v)
{
	bool on = v & 8;

	switch (v % 8) {
	case 0:
		ldp_retell(ldp);
		break;
	case 1:
		ldp_reset(ldp, on ? HIGH : 0, v & 16);
		break;
	case 2:
		key(on);
		break;
	case 3:
		remote_peer(on);
		break;
	case 4:
		l2vpn_peer(on);
		break;
	case 5:
		ldp_link(ldp, "eth0", ETH0, on);
		break;
	case 6:
		ldp_address(ldp, ETH0, IP(10, 1, 0, 5), 24, on);
		break;
	case 7:
		ldp_mac_withdraw(ldp, 4u + (v >> 4) % 4);
		break;
	}
	ldp_flush(ldp);
}

/* ---- reports: facts must be such that core can take them ---- */

static void on_session(void *arg, uint32_t peer, enum session_state s)
{
	(void)arg;
	must(peer && s <= SESSION_UP);
}

static void on_remote(void *arg, uint32_t pw, const struct fact_remote *r)
{
	(void)arg;
	must(pw >= 4 && pw < 8);
	must(!r->mapped || (r->label >= LDP_LABEL_FIRST && r->label <= LDP_LABEL_MAX));
}

static void on_fec(void *arg, uint32_t dest, uint8_t len, const struct fact_fec *f)
{
	(void)arg;
	(void)dest;
	must(len <= 32 && (!f || f->n <= FEC_HOPS_MAX));
	for (uint32_t i = 0; f && i < f->n; i++)
		must(f->hop[i].label == FEC_LABEL_HELD || f->hop[i].label <= LDP_LABEL_MAX);
}

static void nothing(void *arg)
{
	(void)arg;
}

static void on_event(void *arg, const struct ldp_event *e)
{
	(void)arg;
	must(memchr(e->text, 0, sizeof(e->text)));
}

/* ---- steps ---- */

static void step(uint8_t what, const uint8_t *p, size_t n)
{
	switch (what % WHAT__N) {
	case RAW:
		tell(p, n);
		break;
	case MESSAGE:
		message(p, n);
		break;
	case DATAGRAM:
		net_datagram(n & 1 ? SYS_ALL_ROUTERS : OURS, n & 2 ? them : IP(10, 1, 0, 9), ETH0, p, n);
		turns(3);
		break;
	case HELLO:
		hello();
		break;
	case TIME:
		pass(n);
		break;
	case AGAIN:
		come(!(n & 1));
		break;
	case READ:
		listen_to_it();
		break;
	case WANT:
		for (size_t i = 0; i < n && i < 32; i++)
			want(p[i]);
		break;
	case OPERATOR:
		for (size_t i = 0; i < n && i < 32; i++)
			operate(p[i]);
		turns(3);
		break;
	case TARGETED:
		targeted((uint8_t)n);
		break;
	}
}

static int show_session(void *arg, const struct show_session *s)
{
	(void)arg;
	must(memchr(s->why, 0, sizeof(s->why)));
	return 0;
}

static int show_fec(void *arg, const struct show_fec *f)
{
	(void)arg;
	must(memchr(f->why, 0, sizeof(f->why)) && f->n_hop <= FEC_HOPS_MAX && f->len <= 32);
	for (uint32_t i = 0; i < f->n_binding; i++)
		must(f->binding[i].peer == them && f->binding[i].label <= LDP_LABEL_MAX);
	return 0;
}

static void judge(void)
{
	must(ldp->sp->n_pending <= PENDING_MAX);
	must(ldp->peers.n <= PEERS_MAX);
	must(ldp_show_sessions(ldp, show_session, NULL) == 0);
	must(ldp_show_fecs(ldp, show_fec, NULL) == 0);
}

static void begin(uint8_t flags)
{
	static const struct ldp_report report = { on_session, on_remote, on_fec, nothing, nothing, on_event, NULL };
	static struct m_system system = { .ref = { 1, 0 }, .lsr_id = OURS, .mpls = true, .l2vpn = true, .auto_session = true };
	static struct m_interface eth0 = { .ref = { 1, 0 }, .name = "eth0", .mpls = true, .mpls_ldp = true };
	static struct m_ldp cfg = { .ref = { 1, 0 } };

	them = flags & WE_CONNECT ? LOW : HIGH;
	net_reset();
	log_threshold(LOG_P_ERR);
	now = 1000 * SECOND;
	loop = loop_new();
	loop_virtual(loop, now);
	ldp = ldp_new(loop, &report);
	cfg.graceful_restart = flags & GRACEFUL;
	cfg.ordered = flags & ORDERED;
	if (flags & RECOVERING)
		ldp_recovering(ldp);
	ldp_address(ldp, 1, OURS, 32, true);
	ldp_address(ldp, ETH0, IP(10, 1, 0, 5), 24, true);
	ldp_link(ldp, "eth0", ETH0, true);
	ldp_config(ldp, OBJ_SYSTEM, NULL, &system);
	ldp_config(ldp, OBJ_LDP, NULL, &cfg);
	ldp_config(ldp, OBJ_INTERFACE, NULL, &eth0);
	for (uint8_t i = 0; i < 3; i++)
		want(i | (i & 1 ? 8 : 0));
	route(them, IP(10, 1, 0, 9), false);
	turns(3);
	come(!(flags & NO_HANDSHAKE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(data, size);

	fd = -1;
	begin(rd_u8(&r));
	for (int i = 0; rd_left(&r) > 1 && i < 64; i++) {
		uint8_t what = rd_u8(&r);
		size_t n = rd_u8(&r), left = rd_left(&r);
		const uint8_t *p = rd_take(&r, n < left ? n : left);

		step(what, p, n < left ? n : left);
	}
	listen_to_it();
	judge();
	key(false);
	remote_peer(false);
	l2vpn_peer(false);
	ldp_free(ldp);
	loop_free(loop);
	if (fd >= 0)
		close(fd);
	return 0;
}
