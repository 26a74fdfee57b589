/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pw_show.c: what ldp_show.h tells of pseudowires.
 *
 * Records are hashed, displays are in order: the names of one peer are sorted when a walk comes to it, and kept until
 * the walk leaves it, so that a walk in slices costs the same a PW whatever their number.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ldp/pw.h"

/* ---- one PW ---- */

/* The session ended, and @w has not followed yet: nothing that is written in it stands. */
static bool outdated(const struct pw *w)
{
	const struct pw_peer *pp = pw_of(w->peer);

	for (uint16_t i = w->seen; i != pp->seq; i++)
		if (pp->op[(uint16_t)(i + 1) % PW_OPS].kind == PW_OP_LOST)
			return true;
	return false;
}

static void peer_half(const struct pw *w, struct show_remote_pw *s)
{
	s->label = w->r_label;
	s->group = w->r_group;
	s->status = w->r_status;
	s->c_bit = w->r_c;
	s->status_tlv = !w->r_no_status;
	s->mtu = w->r_mtu;
	s->vccv = w->r_vccv;
	s->vlan = w->r_vlan;
	s->stale = w->stale;
}

static const char *why_state(const struct pw *w)
{
	switch (w->state) {
	case PW_NONE:
		return "a fault keeps our label back: the peer does not use the PW status TLV";
	case PW_TO_MAP:
		return "our Label Mapping waits to be sent";
	case PW_TO_WITHDRAW:
	case PW_WAIT:
		return "our label is withdrawn, the peer has not released it yet";
	case PW_RELEASED:
		return "the peer released our label: it does not accept the pseudowire";
	case PW_TO_REQUEST:
	case PW_REQUESTED:
		return "control word is negotiated again, the peer's Label Mapping is awaited (no-request-message exchanges "
		       "Mappings directly)";
	}
	return "";
}

static void reason(const struct pw *w, bool mapped, char *why, size_t size)
{
	if (!w->wanted)
		snprintf(why, size, "no pseudowire here has this peer, VC type and VC ID");
	else if (!w->peer->operational)
		snprintf(why, size, "there is no LDP session with the peer");
	else if (pw_of(w->peer)->off)
		snprintf(why, size, "the peer does not want to hear of pseudowires (state advertisement control)");
	else if (*why_state(w))
		snprintf(why, size, "%s", why_state(w));
	else if (!mapped)
		snprintf(why, size, "the peer sent no Label Mapping for it");
	else if (w->r_c && !w->sent_c)
		snprintf(why, size, "the peer's Mapping has the control word, ours has not: its next Mapping is awaited");
	else if (w->r_mtu != w->mtu && w->r_mtu)
		snprintf(why, size, "MTU differs: %u here, %u at the peer", w->mtu, w->r_mtu);
	else if (!w->r_mtu && w->mtu)
		snprintf(why, size, "the peer's Mapping names no MTU");
}

static void show(const struct pw *w, struct show_remote_pw *s)
{
	bool lost = outdated(w);

	*s = (struct show_remote_pw){ .peer = w->peer->lsr, .id = pw_id(w), .type = pw_type(w), .match = w->wanted };
	s->mapped = w->mapped && !lost;
	if (s->mapped)
		peer_half(w, s);
	if (w->wanted) {
		s->pw = w->number;
		s->by_withdraw = pw_by_withdraw(w);
	}
	if (!lost) {
		s->sent = pw_stands(w);
		s->sent_c_bit = s->sent && w->sent_c;
		s->waits_release = w->state == PW_WAIT;
	}
	reason(w, s->mapped, s->why, sizeof(s->why));
}

static const struct pw *record(const struct peer *p, uint64_t name)
{
	struct hnode *n = p->pw ? table_find(&pw_of(p)->names, name) : NULL;
	const struct pw *w = n ? container_of(n, struct pw, by_name) : NULL;

	return w && !w->wanted && outdated(w) ? NULL : w;
}

static struct peer *peer_at(const struct ldp *l, uint32_t lsr)
{
	struct hnode *n = table_find(&l->peers, lsr);

	return n ? container_of(n, struct peer, by_lsr) : NULL;
}

bool ldp_show_pw(const struct ldp *l, uint32_t peer, uint16_t type, uint32_t id, struct show_remote_pw *out)
{
	const struct peer *p = peer_at(l, peer);
	const struct pw *w = p ? record(p, (uint64_t)type << 32 | id) : NULL;

	if (w)
		show(w, out);
	return w;
}

/* ---- all of them, in order ---- */

/* By the octets of the name, last first; one in which all are alike costs nothing. */
static uint64_t *sort(uint64_t *v, uint64_t *other, uint32_t n)
{
	for (unsigned shift = 0; shift < 48; shift += 8) {
		uint32_t count[256] = { 0 }, sum = 0;

		for (uint32_t i = 0; i < n; i++)
			count[v[i] >> shift & 255]++;
		if (n && count[v[0] >> shift & 255] == n)
			continue;
		for (unsigned b = 0; b < 256; b++) {
			uint32_t c = count[b];

			count[b] = sum;
			sum += c;
		}
		for (uint32_t i = 0; i < n; i++)
			other[count[v[i] >> shift & 255]++] = v[i];
		uint64_t *was = v;

		v = other;
		other = was;
	}
	return v;
}

static void done_with(struct pw_peer *pp)
{
	free(pp->sorted);
	pp->sorted = NULL;
	pp->n_sorted = 0;
}

/* False: no memory. */
static bool snapshot(struct pw_peer *pp)
{
	uint64_t *v = malloc(((size_t)pp->names.n + 1) * sizeof(*v)), *other, *in_order;
	uint32_t n = 0;

	other = malloc(((size_t)pp->names.n + 1) * sizeof(*v));
	if (!v || !other) {
		free(v);
		free(other);
		return false;
	}
	table_each(&pp->names, node, i)
		v[n++] = node->key;
	in_order = sort(v, other, n);
	done_with(pp);
	pp->sorted = in_order;
	pp->n_sorted = n;
	free(in_order == v ? other : v);
	return true;
}

/* The first name of pw_peer.sorted that is not below @name. */
static uint32_t place(const struct pw_peer *pp, uint64_t name)
{
	uint32_t low = 0, high = pp->n_sorted;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (pp->sorted[mid] < name)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Those of @p from @name on. Returns the last one told through @name; what is left of @max. */
static uint32_t tell_some(const struct peer *p, uint64_t *name, uint32_t max,
			  void (*fn)(void *arg, const struct show_remote_pw *p), void *arg)
{
	struct pw_peer *pp = pw_of(p);
	struct show_remote_pw s;

	for (uint32_t i = place(pp, *name); max && i < pp->n_sorted; i++) {
		const struct pw *w = record(p, pp->sorted[i]);

		if (!w)
			continue;
		show(w, &s);
		fn(arg, &s);
		*name = pp->sorted[i];
		max--;
	}
	return max;
}

/* The peer with the lowest address that is not below @lsr and has PWs. */
static struct peer *next_peer(const struct ldp *l, uint32_t lsr)
{
	struct peer *best = NULL;

	table_each(&l->peers, n, i) {
		struct peer *p = container_of(n, struct peer, by_lsr);

		if (p->lsr >= lsr && p->pw && pw_of(p)->names.n && (!best || p->lsr < best->lsr))
			best = p;
	}
	return best;
}

bool ldp_show_pws(const struct ldp *l, uint32_t *peer, uint16_t *type, uint32_t *id, uint32_t max,
		  void (*fn)(void *arg, const struct show_remote_pw *p), void *arg)
{
	uint64_t from = *peer ? ((uint64_t)*type << 32 | *id) + 1 : 0;

	for (struct peer *p = next_peer(l, *peer); p; p = next_peer(l, p->lsr + 1)) {
		uint64_t last;

		if (p->lsr != *peer)
			from = 0;
		if ((!from || !pw_of(p)->sorted) && !snapshot(pw_of(p)))
			return false;
		last = from;
		max = tell_some(p, &last, max, fn, arg);
		*peer = p->lsr;
		*type = (uint16_t)(last >> 32);
		*id = (uint32_t)last;
		if (!max)
			return true;
		done_with(pw_of(p));
		if (p->lsr == UINT32_MAX)
			break;
	}
	return false;
}
