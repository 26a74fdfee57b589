/* SPDX-License-Identifier: BSD-2-Clause */
/* world.c: see net.h: the speaker under test, and peers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/ldp/net.h"

/* ---- reports ---- */

static void on_session(void *arg, uint32_t peer, enum session_state s)
{
	struct world *w = arg;

	w->told[peer & 255] = s;
	w->n_told++;
}

static void on_remote(void *arg, uint32_t pw, const struct fact_remote *r)
{
	(void)arg;
	(void)pw;
	(void)r;
}

static void on_fec(void *arg, uint32_t dest, uint8_t len, const struct fact_fec *f)
{
	(void)arg;
	(void)dest;
	(void)len;
	(void)f;
}

static void on_recovered(void *arg)
{
	((struct world *)arg)->n_recovered++;
}

static void on_settle(void *arg)
{
	((struct world *)arg)->n_settled++;
}

static void on_event(void *arg, const struct ldp_event *e)
{
	struct world *w = arg;

	w->n_events++;
	w->event = *e;
}

/* ---- the speaker ---- */

struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));
	struct ldp_report r = { on_session, on_remote, on_fec, on_recovered, on_settle, on_event, w };

	net_reset();
	memset(&pw_app, 0, sizeof(pw_app));
	memset(&lsp_app, 0, sizeof(lsp_app));
	n_lsps_config = n_pws_config = n_lsps_recovered = 0;
	log_threshold(LOG_P_ERR);
	w->loop = loop_new();
	w->now = 1000 * SECOND;
	loop_virtual(w->loop, w->now);
	w->ldp = ldp_new(w->loop, &r);
	w->system = (struct m_system){ .ref = { 1, 0 }, .lsr_id = OURS, .mpls = true, .l2vpn = true };
	w->eth0 = (struct m_interface){ .ref = { 1, 0 }, .name = "eth0", .mpls = true, .mpls_ldp = true };
	w->cfg.ref.n = 1;
	return w;
}

void world_free(struct world *w)
{
	ldp_free(w->ldp);
	loop_free(w->loop);
	free(w);
}

void world_start(struct world *w)
{
	ldp_link(w->ldp, "lo", 1, true);
	ldp_address(w->ldp, 1, w->system.lsr_id, 32, true);
	ldp_config(w->ldp, OBJ_SYSTEM, NULL, &w->system);
	ldp_config(w->ldp, OBJ_LDP, NULL, &w->cfg);
	ldp_config(w->ldp, OBJ_INTERFACE, NULL, &w->eth0);
	ldp_address(w->ldp, ETH0, IP(10, 1, 0, 5), 24, true);
	ldp_link(w->ldp, "eth0", ETH0, true);
	world_turns(w);
}

static const void *kept(const void *obj, size_t size)	/* for the length of the test */
{
	void *p = obj ? malloc(size) : NULL;

	if (!p)
		return NULL;
	memcpy(p, obj, size);
	((struct ref *)p)->n = 1;
	return p;
}

static void free_it(void *obj)
{
	free(obj);
}

static const void *object(const void *obj, size_t size)	/* freed when the speaker lets go of it */
{
	const void *p = kept(obj, size);

	((struct ref *)(uintptr_t)p)->kind = ref_kind(free_it);
	return p;
}

void world_ldp(struct world *w, const struct m_ldp *now)
{
	const struct m_ldp *o = now ? object(now, sizeof(*now)) : NULL;

	ldp_config(w->ldp, OBJ_LDP, &w->cfg, o);
	ref_put(o);
	world_turns(w);
}

void world_remote(struct world *w, const char *name, uint32_t ip, const struct m_ldp_timers *t)
{
	struct m_remote_peer r = { .ip = ip };
	const struct m_remote_peer *o;

	snprintf(r.name, sizeof(r.name), "%s", name);
	if (t)
		r.ldp = *t;
	o = object(&r, sizeof(r));
	ldp_config(w->ldp, OBJ_REMOTE_PEER, NULL, o);
	ref_put(o);
	world_turns(w);
}

void world_key(struct world *w, uint32_t peer, const char *old, const char *now)
{
	struct m_ldp_key a = { .ref = { 1, 0 }, .peer = peer }, b = { .peer = peer };
	const struct m_ldp_key *o;

	if (old)
		snprintf(a.password, sizeof(a.password), "%s", old);
	if (now)
		snprintf(b.password, sizeof(b.password), "%s", now);
	o = now ? object(&b, sizeof(b)) : NULL;
	ldp_config(w->ldp, OBJ_LDP_KEY, old ? &a : NULL, o);
	ref_put(o);
	world_turns(w);
}

void world_turns(struct world *w)
{
	for (int i = 0; i < 12; i++)
		loop_turn(w->loop, 0);
}

void world_ms(struct world *w, uint64_t ms)
{
	w->now += ms * MS;
	loop_advance(w->loop, w->now);
	for (int i = 0; i < 3; i++)
		loop_turn(w->loop, 0);
}

void world_pass(struct world *w, uint64_t seconds)
{
	while (seconds--) {
		w->now += SECOND;
		loop_advance(w->loop, w->now);
		for (int i = 0; i < 3; i++)
			loop_turn(w->loop, 0);
	}
}

struct peer *peer_of(struct world *w, uint32_t lsr)
{
	return peer_get(w->ldp, lsr, false);
}

struct show_session shown(struct world *w, uint32_t lsr)
{
	struct show_session s = { 0 };

	ldp_show_session(w->ldp, lsr, &s);
	return s;
}

/* ---- a peer ---- */

void sim_init(struct sim *s, struct world *w, uint32_t lsr)
{
	memset(s, 0, sizeof(*s));
	s->w = w;
	s->lsr = lsr;
	s->fd = -1;
	s->next_id = 1;
	s->hold = 15;
	s->config_seq = 1;
}

void sim_done(struct sim *s)
{
	sim_close(s);
}

static size_t pack(const struct sim *s, const struct ldp_msg *m, uint8_t *buf, size_t size)
{
	struct ldp_out o;

	ldp_out_open(&o, buf, size, LDP_PDU_DEFAULT, (struct ldp_id){ s->lsr, 0 });
	if (ldp_out_add(&o, m) != LDP_FITS)
		abort();
	return ldp_out_close(&o);
}

static struct ldp_msg hello_of(const struct sim *s, bool targeted)
{
	struct ldp_msg m;

	memset(&m, 0, sizeof(m));
	m.type = LDP_MSG_HELLO;
	m.id = 1;
	m.has = LDP_HAS(HELLO) | LDP_HAS(TRANSPORT4) | LDP_HAS(CONFIG_SEQ);
	m.hello.hold = s->hold;
	m.hello.targeted = m.hello.request = targeted;
	m.hello.gtsm = s->gtsm && !targeted;
	m.transport4 = s->transport ? s->transport : s->lsr;
	m.config_seq = s->config_seq;
	return m;
}

void sim_link_hello(struct sim *s)
{
	struct ldp_msg m = hello_of(s, false);
	uint8_t buf[256];
	size_t n = pack(s, &m, buf, sizeof(buf));

	net_datagram(SYS_ALL_ROUTERS, IP(10, 1, 0, s->lsr & 255), ETH0, buf, n);
	world_turns(s->w);
}

void sim_targeted_hello(struct sim *s)
{
	struct ldp_msg m = hello_of(s, true);
	uint8_t buf[256];
	size_t n = pack(s, &m, buf, sizeof(buf));

	net_datagram(OURS, s->lsr, ETH0, buf, n);
	world_turns(s->w);
}

static void anew(struct sim *s, int fd)
{
	sim_close(s);
	s->fd = fd;
	s->len = s->at = 0;
	s->in_pdu = s->closed = false;
}

void sim_connect(struct sim *s)
{
	anew(s, net_connect(s->transport ? s->transport : s->lsr));
	world_turns(s->w);
}

void sim_accept(struct sim *s)
{
	int fd = net.connect_fd < 0 || !net.fd[net.connect_fd].used ? -1 : net.connect_fd;

	anew(s, fd < 0 ? -1 : net.fd[fd].other);
	if (fd >= 0)
		net.fd[fd].taken = true;
	net.connect_fd = -1;
}

void sim_bytes(struct sim *s, const void *p, size_t len)
{
	const uint8_t *at = p;

	while (len) {
		ssize_t n = send(s->fd, at, len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN)
			return;
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
		world_turns(s->w);
	}
}

void sim_send(struct sim *s, struct ldp_msg *m)
{
	uint8_t buf[LDP_PDU_DEFAULT + 4];

	m->id = s->next_id++;
	sim_bytes(s, buf, pack(s, m, buf, sizeof(buf)));
}

static bool fill(struct sim *s)
{
	ssize_t n;

	memmove(s->buf, s->buf + s->at, s->len - s->at);
	s->len -= s->at;
	s->at = 0;
	if (s->fd < 0)
		return false;
	n = recv(s->fd, s->buf + s->len, sizeof(s->buf) - s->len, MSG_DONTWAIT);
	s->closed |= n == 0 || (n < 0 && errno != EAGAIN);
	if (n > 0)
		s->len += (size_t)n;
	return n > 0;
}

static bool next_pdu(struct sim *s)
{
	for (;;) {
		enum ldp_verdict v = ldp_pdu_decode(s->buf + s->at, s->len - s->at, LDP_PDU_DEFAULT, NULL, &s->pdu);

		if (v == LDP_OK)
			break;
		if (v != LDP_MORE)
			abort();
		if (!fill(s))
			return false;
	}
	s->in_pdu = true;
	s->pdus++;
	return true;
}

bool sim_receive_any(struct sim *s, struct ldp_msg *m)
{
	struct ldp_raw raw;

	world_turns(s->w);
	for (;;) {
		if (!s->in_pdu && !next_pdu(s))
			return false;
		if (ldp_pdu_next(&s->pdu, &raw) == LDP_OK)
			break;
		s->at += s->pdu.size;
		s->in_pdu = false;
	}
	if (ldp_decode(&raw, m, NULL) != LDP_OK)
		abort();
	return true;
}

bool sim_receive(struct sim *s, struct ldp_msg *m)
{
	while (sim_receive_any(s, m))
		if (m->type != LDP_MSG_KEEPALIVE)
			return true;
	return false;
}

struct ldp_msg sim_init_msg(const struct sim *s)
{
	struct ldp_msg m;

	memset(&m, 0, sizeof(m));
	(void)s;
	m.type = LDP_MSG_INIT;
	m.has = LDP_HAS(SESSION) | LDP_HAS(CAP_DYNAMIC) | LDP_HAS(CAP_TYPED_WILDCARD) | LDP_HAS(CAP_UNRECOGNIZED);
	m.on = LDP_HAS(CAP_DYNAMIC) | LDP_HAS(CAP_TYPED_WILDCARD) | LDP_HAS(CAP_UNRECOGNIZED);
	m.session.keepalive = 180;
	m.session.receiver = (struct ldp_id){ OURS, 0 };
	return m;
}

void sim_init_send(struct sim *s, const struct ldp_msg *init)
{
	struct ldp_msg m = init ? *init : sim_init_msg(s);

	sim_send(s, &m);
}

void sim_keepalive(struct sim *s)
{
	struct ldp_msg m = { .type = LDP_MSG_KEEPALIVE };

	sim_send(s, &m);
}

void sim_notify(struct sim *s, uint32_t code)
{
	struct ldp_msg m = { .type = LDP_MSG_NOTIFICATION, .has = LDP_HAS(STATUS), .status.code = code };

	sim_send(s, &m);
}

void sim_up(struct sim *s, const struct ldp_msg *init)
{
	sim_link_hello(s);
	if (s->lsr > OURS)
		sim_connect(s);
	else
		sim_accept(s);
	sim_init_send(s, init);
	sim_keepalive(s);
	world_turns(s->w);
}

void sim_close(struct sim *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	world_turns(s->w);
}
