/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rows.c: actions as map rows. Owns the translation and nothing else: no map, no clock.
 *
 * Label stack entries are RFC 3032, the control word bit RFC 4385, raw and tagged RFC 4448.
 */
#include "dp/rows.h"

#include <string.h>

#define PATH_TTL 255			/* pipe model: transport labels start with the full TTL */

static uint64_t slot_word(const struct act_slot *s)
{
	if (!s->label)
		return 0;
	return TW_SLOT(s->label, s->ttl,
		       (s->control_word ? TW_PW_CW : 0) | (s->tagged ? TW_PW_TAGGED : 0) | (s->group ? TW_PW_GROUP : 0),
		       s->path, s->guard);
}

void row_circuit(const struct act_circuit *a, struct tw_circuit *out)
{
	memset(out, 0, sizeof(*out));
	for (int i = 0; i < TW_SLOTS; i++)
		out->slot[i] = slot_word(&a->slot[i]);
	out->ifindex = a->ifindex;
	out->max_frame = (a->max_frame < TW_MAX_FRAME ? a->max_frame : TW_MAX_FRAME) & TW_MAX_FRAME;
	out->flags = (a->access_port ? TW_CIRCUIT_ACCESS : 0) | (a->subif ? TW_CIRCUIT_SUBIF : 0);
	out->vid = a->vid & 0xfff;
	out->tc = a->tc & 0xf;
}

void row_path(const struct act_path *a, struct tw_path_row *out)
{
	memset(out, 0, sizeof(*out));
	out->ifindex = a->ifindex;
	out->mtu = a->mtu;
	out->n_labels = a->n_labels < TW_PUSH_MAX ? a->n_labels : TW_PUSH_MAX;
	out->ttl = PATH_TTL;
	memcpy(out->dmac, a->dmac, sizeof(out->dmac));
	memcpy(out->smac, a->smac, sizeof(out->smac));
	memcpy(out->label, a->label, out->n_labels * sizeof(out->label[0]));
	out->flags = a->signalled ? TW_PATH_SIGNALLED : 0;
}

void row_group(const struct act_group *a, struct tw_group_row *out)
{
	memset(out, 0, sizeof(*out));
	out->n = a->n < TW_GROUP_MEMBERS ? a->n : TW_GROUP_MEMBERS;
	memcpy(out->member, a->member, out->n * sizeof(out->member[0]));
}

void row_label(const struct act_label *a, struct tw_label *out)
{
	static const uint8_t op[] = {
		[LABEL_NONE] = TW_OP_NONE,
		[LABEL_PW] = TW_OP_PW,
		[LABEL_POP] = TW_OP_POP,
		[LABEL_SWAP] = TW_OP_SWAP,
	};
	uint32_t flags = (a->control_word ? TW_LABEL_CW : 0) | (a->gate ? TW_LABEL_GATE : 0) |
			 (a->bypass ? TW_LABEL_BYPASS : 0);

	memset(out, 0, sizeof(*out));
	if (a->kind == LABEL_NONE)
		return;
	out->index = a->index;
	out->ifindex = a->ifindex;
	if (a->kind != LABEL_PW) {
		out->last = TW_LABEL_LAST(op[a->kind], 0, a->kind == LABEL_SWAP && a->group ? TW_LABEL_GROUP : 0);
		return;
	}
	out->vid = a->vid;
	out->max_frame = a->max_frame;
	out->last = TW_LABEL_LAST(op[a->kind], a->slot & 3, flags) | (uint32_t)a->vlan_out << 28;
}

void slot_of_row(uint64_t word, struct act_slot *out)
{
	uint32_t flags = TW_SLOT_FLAGS(word);

	*out = (struct act_slot){
		.label = TW_SLOT_LABEL(word),
		.ttl = (uint8_t)TW_SLOT_TTL(word),
		.control_word = flags & TW_PW_CW,
		.tagged = flags & TW_PW_TAGGED,
		.group = flags & TW_PW_GROUP,
		.path = (uint16_t)TW_SLOT_PATH(word),
		.guard = (uint16_t)TW_SLOT_GUARD(word),
	};
}

void path_of_row(const struct tw_path_row *row, struct act_path *out)
{
	*out = (struct act_path){
		.ifindex = row->ifindex,
		.mtu = row->mtu,
		.n_labels = row->n_labels < TW_PUSH_MAX ? row->n_labels : TW_PUSH_MAX,
		.signalled = row->flags & TW_PATH_SIGNALLED,
	};
	memcpy(out->dmac, row->dmac, sizeof(out->dmac));
	memcpy(out->smac, row->smac, sizeof(out->smac));
	memcpy(out->label, row->label, sizeof(out->label));
}

void label_of_row(uint32_t label, const struct tw_label *row, struct act_label *out)
{
	static const enum label_kind kind[16] = {
		[TW_OP_PW] = LABEL_PW,
		[TW_OP_POP] = LABEL_POP,
		[TW_OP_SWAP] = LABEL_SWAP,
	};
	uint32_t flags = TW_LABEL_FLAGS(row->last);

	*out = (struct act_label){
		.label = label,
		.kind = kind[TW_LABEL_OP(row->last)],
		.index = row->index,
		.slot = TW_LABEL_SLOT(row->last),
		.control_word = flags & TW_LABEL_CW,
		.gate = flags & TW_LABEL_GATE,
		.bypass = flags & TW_LABEL_BYPASS,
		.group = flags & TW_LABEL_GROUP,
		.vlan_out = (uint8_t)TW_LABEL_VOUT(row->last),
		.ifindex = row->ifindex,
		.vid = row->vid,
		.max_frame = row->max_frame,
	};
}

uint8_t row_next(const uint8_t next[TW_SLOTS])
{
	return TW_NEXT(next[0] & 3, (next[1] & 3), (next[2] & 3));
}

uint32_t row_port_flags(const struct act_port *a)
{
	return (a->ac ? TW_PORT_AC : 0) | (a->subif ? TW_PORT_SUBIF : 0) | (a->core ? TW_PORT_CORE : 0) |
	       (a->down ? TW_PORT_DOWN : 0);
}

uint8_t epoch_next(uint8_t last, struct tw_live live, int parity)
{
	uint8_t e = last;

	do
		e++;
	while (!e || e == live.armed || e == live.dead || (parity >= 0 && (e & 1) != parity));
	return e;
}

static bool row_is(const struct tw_path_row *a, const struct tw_path_row *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

struct path_step path_step(const struct tw_path *path, struct tw_live live, uint8_t last,
			   const struct tw_path_row *want)
{
	struct path_step s = { 0 };
	uint8_t used = live.armed ? live.armed : last;

	if (live_up(live) && row_is(&path->row[live.armed & 1], want))
		return s;
	s.row = row_is(&path->row[used & 1], want) ? used & 1 : !(used & 1);
	s.write = !row_is(&path->row[s.row], want);
	s.raise = true;
	s.epoch = epoch_next(used, live, s.row);
	return s;
}

static bool path_usable(const struct rows_view *v, uint64_t slot)
{
	uint32_t path = TW_SLOT_PATH(slot);

	if (!(TW_SLOT_FLAGS(slot) & TW_PW_GROUP))
		return path < TW_PATHS && live_up(live_read(&v->path[path]));
	if (path >= TW_GROUPS)
		return false;
	const struct tw_group_row *g = &v->group[path].row[v->group[path].chosen & 1];
	for (int i = 0; i < g->n && i < TW_GROUP_MEMBERS; i++) {
		uint16_t member = g->member[i];
		if (member < TW_PATHS && live_up(live_read(&v->path[member])))
			return true;
	}
	return false;
}

static bool slot_usable(const struct rows_view *v, uint32_t circuit, uint8_t slot)
{
	if (slot >= TW_SLOTS)
		return false;
	uint64_t s = v->circuit[circuit].slot[slot];
	uint32_t guard = TW_SLOT_GUARD(s);

	return s && live_up(flag_live(v->pw[TW_PW(circuit, slot)])) && path_usable(v, s) &&
	       (!guard || (guard < TW_GUARDS && live_up(live_read(&v->guard[guard]))));
}

uint8_t slot_now(const struct rows_view *v, uint32_t circuit)
{
	uint8_t active = v->active[circuit / TW_BLOCK].b[circuit % TW_BLOCK];
	uint8_t next = v->next[circuit / TW_BLOCK].b[circuit % TW_BLOCK];

	if (active >= TW_SLOTS || slot_usable(v, circuit, active))
		return active < TW_NONE ? active : TW_NONE;
	next = TW_NEXT_OF(next, active);
	return slot_usable(v, circuit, next) ? next : TW_NONE;
}
