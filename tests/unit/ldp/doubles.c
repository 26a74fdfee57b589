/* SPDX-License-Identifier: BSD-2-Clause */
/* doubles.c: pw and lsp as tests of sessions need them: they record, and say as many Mappings as they are told to. */
#include <string.h>

#include "tests/unit/ldp/net.h"

struct app pw_app, lsp_app;
uint32_t n_lsps_config, n_pws_config, n_lsps_recovered;

static struct ldp_msg mapping(uint32_t id, bool pw)
{
	struct ldp_msg m;

	memset(&m, 0, sizeof(m));
	m.type = LDP_MSG_MAPPING;
	m.has = LDP_HAS(FEC) | LDP_HAS(LABEL);
	m.n_fec = 1;
	m.label = 262144 + (id & 0xffff);
	if (pw) {
		m.has |= LDP_HAS(PW_STATUS);
		m.fec.type = LDP_FEC_PWID;
		m.fec.pw.pw_type = LDP_PW_ETHERNET;
		m.fec.pw.id = id;
		m.fec.pw.params.has = LDP_PARAM(MTU);
		m.fec.pw.params.mtu = 1500;
	} else {
		m.fec.type = LDP_FEC_PREFIX;
		m.fec.prefix.family = LDP_AF_IPV4;
		m.fec.prefix.len = 32;
		m.fec.prefix.ip = IP(10, 9, 0, 0) + id;
	}
	return m;
}

static void say_some(struct peer *p, struct app *a, bool pw)
{
	while (a->to_say) {
		struct ldp_msg m = mapping(a->said + 1, pw);

		if (!peer_say(p, &m))
			return;
		a->said++;
		a->to_say--;
	}
}

static void give_answers(struct peer *p, struct app *a)
{
	for (uint32_t i = 0; i < a->answers; i++) {
		struct ldp_msg m = mapping(i + 1, false);

		m.type = LDP_MSG_RELEASE;
		m.has = LDP_HAS(FEC);
		answer(p, &m);
	}
}

static void heard(struct peer *p, struct app *a, const struct ldp_msg *m, const struct ldp_raw *raw)
{
	a->n_messages++;
	a->last = m->type;
	a->last_has = m->has;
	give_answers(p, a);
	if (a->refuse)
		refuse(p, LDP_STATUS_NO_ROUTE, raw);
	if (a->end)
		peer_end(p, a->end, "the test wants it");
}

static void down(struct app *a, bool held)
{
	if (held)
		a->n_held++;
	else
		a->n_down++;
}

#define DOUBLE(name, is_pw)                                                                                              \
	static void name##_up(struct peer *p) { (void)p; name##_app.n_up++; }                                            \
	static void name##_down(struct peer *p, bool held) { (void)p; down(&name##_app, held); }                         \
	static void name##_recovered(struct peer *p) { (void)p; name##_app.n_recovered++; }                              \
	static void name##_forget(struct peer *p) { (void)p; name##_app.n_forgot++; }                                    \
	static void name##_say(struct peer *p) { say_some(p, &name##_app, is_pw); }                                      \
	static void name##_message(struct peer *p, const struct ldp_msg *m, const struct ldp_raw *raw)                   \
	{                                                                                                                \
		heard(p, &name##_app, m, raw);                                                                           \
	}                                                                                                                \
	const struct ldp_app_calls name##_calls = { name##_up, name##_down, name##_recovered, name##_forget, name##_say, \
						    name##_message };
DOUBLE(pw, true)
DOUBLE(lsp, false)

int pws_open(struct ldp *l)
{
	(void)l;
	return 0;
}

void pws_close(struct ldp *l)
{
	(void)l;
}

int lsps_open(struct ldp *l)
{
	(void)l;
	return 0;
}

void lsps_close(struct ldp *l)
{
	(void)l;
}

void pws_signal(struct ldp *l, const struct act_signal *a)
{
	struct peer *p = peer_get(l, a->peer, true);

	p->pw_users = a->wanted ? 1 : 0;
	peer_needed(p);
}

void pws_mac_withdraw(struct ldp *l, uint32_t pw)
{
	(void)l;
	(void)pw;
}

void pws_round(struct ldp *l, bool more)
{
	(void)l, (void)more;
}

void pws_retell(struct ldp *l)
{
	(void)l;
}

void lsps_retell(struct ldp *l)
{
	(void)l;
}

void pws_config(struct ldp *l)
{
	(void)l;
	n_pws_config++;
}

void lsps_bind(struct ldp *l, const struct act_bind *a)
{
	(void)l;
	(void)a;
}

void lsps_route(struct ldp *l, const struct sys_route_told *r, bool gone)
{
	(void)l;
	(void)r;
	(void)gone;
}

void lsps_address(struct ldp *l, uint32_t ifindex, uint32_t ip, uint8_t len, bool there)
{
	(void)l;
	(void)ifindex;
	(void)ip;
	(void)len;
	(void)there;
}

void lsps_config(struct ldp *l)
{
	(void)l;
	n_lsps_config++;
}

void lsps_recovered(struct ldp *l)
{
	(void)l;
	n_lsps_recovered++;
}
