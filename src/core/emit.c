/* SPDX-License-Identifier: BSD-2-Clause */
/* emit.c: one action to the list of the run; what is said to the kernel is remembered in the mirror. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/run.h"

bool emit(struct core *c, const struct action *a)
{
	struct actions *out = c->out;

	if (c->err)
		return false;
	if (out->n == out->cap) {
		uint32_t cap = out->cap ? out->cap * 2 : 64;
		struct action *v = reallocarray(out->v, cap, sizeof(*v));

		if (!v) {
			c->err = -ENOMEM;
			return false;
		}
		out->v = v;
		out->cap = cap;
	}
	out->v[out->n++] = *a;
	return true;
}

bool emit_live(struct core *c, enum action_kind kind, uint32_t index, bool up)
{
	return emit(c, &(struct action){ .kind = kind, .live = { .index = index, .up = up } });
}

bool emit_steer(struct core *c, struct circuit *ci, enum slot active, const enum slot next[3])
{
	struct action a = { .kind = ACT_STEER, .steer = { .circuit = ci->index, .active = (uint8_t)active } };

	for (int s = 0; s < 3; s++)
		a.steer.next[s] = (uint8_t)next[s];
	if (!emit(c, &a))
		return false;
	ci->active = active;
	memcpy(ci->next, next, sizeof(ci->next));
	ci->steered = true;
	return true;
}

bool emit_event(struct core *c, enum core_event_kind kind, const char *name, const struct core_event *e)
{
	struct action a = { .kind = ACT_EVENT, .event = *e };

	a.event.kind = kind;
	a.event.when_ns = e->when_ns ? e->when_ns : c->now_ns;
	snprintf(a.event.name, sizeof(a.event.name), "%s", name);
	return emit(c, &a);
}

bool emit_row(struct core *c, struct circuit *ci, const struct act_circuit *row)
{
	if (!memcmp(&ci->row, row, sizeof(*row)))
		return true;
	if (!emit(c, &(struct action){ .kind = ACT_CIRCUIT, .circuit = *row }))
		return false;
	memcpy(&ci->row, row, sizeof(ci->row));
	return true;
}
