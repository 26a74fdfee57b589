/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_ldp.c: an LDP speaker made by hand. Peer 2.2.2.2 is up, found by a link and as remote peer pe2; 3.3.3.3 (pe3)
 * sends Hellos but no session comes up; 4.4.4.4 was made by auto-create-session and is silent; 5.5.5.5 restarts.
 */
#include <stdio.h>
#include <string.h>

#include "fake.h"
#include "wire/ldp.h"

#define SECONDS(n) (UINT64_C(n) * 1000000000)
#define PE2	0x02020202
#define PE3	0x03030303
#define PE4	0x04040404
#define PE5	0x05050505

void ldp_show_speaker(const struct ldp *l, struct show_speaker *out)
{
	(void)l;
	*out = (struct show_speaker){ .enabled = !fake.ldp_off, .listening = true, .lsr_id = 0x01010101,
				      .graceful_restart = true, .tcp_errors = 1, .udp_errors = 2, .tcp_strangers = 3,
				      .session_downs = 4, .adjacency_downs = 5 };
	if (fake.ldp_inactive) {
		out->listening = false;
		snprintf(out->why, sizeof(out->why), "TCP port 646 is in use");
	}
}

const char *ldp_state_text(enum ldp_state_seen s)
{
	return (const char *[]){ "NonExistent", "Initialized", "Open Recv", "Open Sent", "Operational" }[s];
}

static const struct show_adjacency adjacencies[] = {
	{ .ifname = "GigabitEthernet0/2/0", .peer = PE2, .source = 0x0a000002, .transport = PE2, .up = true,
	  .hold_configured = 15,
	  .hold = 15, .send = 5, .sent = 583, .received = 584, .since_ns = FAKE_NOW - SECONDS(2900) },
	{ .targeted = true, .remote_name = "pe2", .peer = PE2, .source = PE2, .transport = PE2, .up = true, .hold_configured = 45,
	  .hold = 45, .send = 15, .sent = 61, .received = 59, .since_ns = FAKE_NOW - SECONDS(100000) },
	{ .targeted = true, .remote_name = "pe3", .peer = PE3, .source = PE3, .transport = PE3, .up = true, .hold_configured = 90,
	  .hold = 45, .send = 15, .sent = 7, .received = 6, .since_ns = FAKE_NOW - SECONDS(90) },
	{ .targeted = true, .automatic = true, .peer = PE4, .hold_configured = 45, .send = 15, .sent = 12,
	  .why = "no Hello of 4.4.4.4 was heard" },
};

int ldp_show_adjacencies(const struct ldp *l, int (*fn)(void *arg, const struct show_adjacency *a), void *arg)
{
	int r = 0;
	(void)l;

	for (size_t i = 0; i < sizeof(adjacencies) / sizeof(*adjacencies) && !r; i++)
		r = fn(arg, &adjacencies[i]);
	return r;
}

static const struct show_session sessions[] = {
	{ .peer = PE2, .state = LDP_SEEN_OPERATIONAL, .heard = true, .local = 0x01010101, .remote = PE2, .local_port = 646,
	  .remote_port = 40000, .gtsm = true, .since_ns = FAKE_NOW - SECONDS(98760), .up_ns = FAKE_NOW - SECONDS(98760),
	  .keepalive_configured = 45, .keepalive = 45, .keepalive_send = 15, .keepalives_sent = 6552,
	  .keepalives_received = 6551, .max_pdu = 4096, .graceful = true, .reconnect_ms = 300000, .recovery_ms = 120000,
	  .caps = LDP_HAS(CAP_DYNAMIC) | LDP_HAS(CAP_TYPED_WILDCARD), .n_addresses = 2, .n_pws = 3, .n_lsps = 4,
	  .count = { { [2] = 1, [3] = 6552, [7] = 5 }, { [0] = 1, [2] = 1, [3] = 6551, [7] = 7 } } },
	{ .peer = PE3, .state = LDP_SEEN_INITIALIZED, .heard = true, .active = false, .md5 = true, .keepalive_configured = 45,
	  .last_status = LDP_STATUS_KEEPALIVE_EXPIRED | LDP_STATUS_FATAL, .last_by_us = true, .deleting = true,
	  .why = "the peer does not connect" },
	{ .peer = PE4, .keepalive_configured = 45, .why = "no Hello of 4.4.4.4 was heard" },
	{ .peer = PE5, .keepalive_configured = 45, .held = true, .held_until_ns = FAKE_NOW + SECONDS(77), .graceful = true,
	  .refused = 9, .why = "the connection was lost" },
};

bool ldp_show_session(const struct ldp *l, uint32_t peer, struct show_session *out)
{
	(void)l;
	for (size_t i = 0; i < sizeof(sessions) / sizeof(*sessions); i++)
		if (sessions[i].peer == peer) {
			*out = sessions[i];
			return true;
		}
	return false;
}

int ldp_show_sessions(const struct ldp *l, int (*fn)(void *arg, const struct show_session *s), void *arg)
{
	int r = 0;
	(void)l;

	for (size_t i = 0; i < sizeof(sessions) / sizeof(*sessions) && !r; i++)
		r = fn(arg, &sessions[i]);
	return r;
}

int ldp_show_addresses(const struct ldp *l, uint32_t peer, int (*fn)(void *arg, uint32_t ip), void *arg)
{
	(void)l;
	if (peer != PE2)
		return 0;
	return fn(arg, PE2) ? 1 : fn(arg, 0x0a000002);
}

/* ---- pseudowires -------------------------------------------------------------------------------------------- */

static const struct show_remote_pw pws[] = {		/* by peer, type, ID */
	{ .peer = PE2, .type = LDP_PW_ETHERNET_TAGGED, .id = 999, .mapped = true, .label = 263000, .mtu = 1500,
	  .vlan = 100, .status_tlv = true },
	{ .peer = PE2, .type = LDP_PW_ETHERNET, .id = 100, .mapped = true, .label = 263001, .mtu = 1500, .c_bit = true,
	  .status_tlv = true, .match = true, .pw = 4, .sent = true, .sent_c_bit = true, .group = 7, .vccv = 0x706 },
	{ .peer = PE2, .type = LDP_PW_ETHERNET, .id = 104, .mapped = true, .label = 263002, .mtu = 1600, .stale = true },
	{ .peer = PE2, .type = LDP_PW_ETHERNET, .id = 110, .mapped = true, .label = 263003, .mtu = 1500 },
	{ .peer = PE2, .type = LDP_PW_ETHERNET, .id = 120, .mapped = true, .label = 263004, .mtu = 1500, .status = 0x21 },
	{ .peer = PE2, .type = LDP_PW_ETHERNET, .id = 130, .mapped = true, .label = 263005, .mtu = 1500 },
	{ .peer = PE3, .type = LDP_PW_ETHERNET, .id = 101, .match = true, .pw = 5, .why = "there is no session" },
	{ .peer = PE5, .type = LDP_PW_ETHERNET_TAGGED, .id = 7, .mapped = true, .label = 263010, .mtu = 1500 },
};
#define PWS (sizeof(pws) / sizeof(*pws))

bool ldp_show_pw(const struct ldp *l, uint32_t peer, uint16_t type, uint32_t id, struct show_remote_pw *out)
{
	(void)l;
	if (fake.far.mapped && peer == PE3 && id == 101) {
		*out = fake.far;
		return true;
	}
	for (size_t i = 0; i < PWS; i++)
		if (pws[i].peer == peer && pws[i].type == type && pws[i].id == id) {
			*out = pws[i];
			return true;
		}
	return false;
}

static bool behind(const struct show_remote_pw *p, uint32_t peer, uint16_t type, uint32_t id)
{
	if (p->peer != peer)
		return p->peer > peer;
	return p->type != type ? p->type > type : p->id > id;
}

/* One at a time, whatever was asked for: whoever walks must ask again. */
bool ldp_show_pws(const struct ldp *l, uint32_t *peer, uint16_t *type, uint32_t *id, uint32_t max,
		  void (*fn)(void *arg, const struct show_remote_pw *p), void *arg)
{
	(void)l, (void)max;
	for (size_t i = 0; i < PWS; i++) {
		if (!behind(&pws[i], *peer, *type, *id))
			continue;
		fn(arg, &pws[i]);
		*peer = pws[i].peer;
		*type = pws[i].type;
		*id = pws[i].id;
		return i + 1 < PWS;
	}
	return false;
}

/* ---- prefixes ------------------------------------------------------------------------------------------------- */

static const struct show_binding of_us[] = { { PE2, 24, false, false } };
static const struct show_binding of_pe2[] = { { PE2, 3, true, false } };
static const struct show_binding of_pe3[] = { { PE2, 262150, true, true }, { PE5, 31, false, true } };
static const struct show_fec_hop to_pe2[] = { { 9, 0x0a000002, PE2, 3 } };
static const struct show_fec_hop to_pe3[] = { { 9, 0x0a000002, PE2, 262150 },
						 { 9, 0x0a000006, PE4, 262151 } };
static const struct show_fec_hop to_pe4[] = { { 9, 0x0a000002, PE2, LABEL_NOT_BOUND } };
static const struct show_fec fecs[] = {
	{ .dest = 0x01010101, .len = 32, .in_label = 3, .egress = true, .n_binding = 1, .binding = of_us },
	{ .dest = PE2, .len = 32, .in_label = 262144, .n_binding = 1, .binding = of_pe2, .n_hop = 1, .hop = to_pe2 },
	{ .dest = PE3, .len = 32, .in_label = 262145, .n_binding = 2, .binding = of_pe3, .n_hop = 2, .hop = to_pe3 },
	{ .dest = PE4, .len = 32, .in_label = LABEL_NOT_BOUND, .n_hop = 1, .hop = to_pe4,
	  .why = "the next hop 10.0.0.2 gave no label for it" },
};

/* Labels of a prefix that no route leads to any more; no display walks over it. */
static const struct show_fec kept = { .dest = 0x06060606, .len = 32, .in_label = LABEL_NOT_BOUND,
				      .why = "there is no host route to it" };

bool ldp_show_fec(const struct ldp *l, uint32_t dest, uint8_t len, struct show_fec *out)
{
	(void)l;
	if (dest == kept.dest) {
		*out = kept;
		return true;
	}
	for (size_t i = 0; i < sizeof(fecs) / sizeof(*fecs); i++)
		if (fecs[i].dest == dest && fecs[i].len == len) {
			*out = fecs[i];
			return true;
		}
	return false;
}

int ldp_show_fecs(const struct ldp *l, int (*fn)(void *arg, const struct show_fec *f), void *arg)
{
	int r = 0;
	(void)l;

	for (size_t i = 0; i < sizeof(fecs) / sizeof(*fecs) && !r; i++)
		r = fn(arg, &fecs[i]);
	return r;
}
