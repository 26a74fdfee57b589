/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show_traffic.c: the traffic counters of pseudowires, shown and reset.
 */
#include <inttypes.h>

#include "cli/show_pw.h"
#include "cli/args.h"

#define VALUE(name) static void name(struct text *t, const void *rec)
#define PW const struct pw_rec *r = rec

VALUE(v_slot) { PW; text_printf(t, "%s%s", slot_name(r->slot), r->pw->active ? "*" : ""); }
VALUE(v_tx_frames) { PW; text_printf(t, "%" PRIu64, (uint64_t)r->count.tx_frames); }
VALUE(v_tx_octets) { PW; text_printf(t, "%" PRIu64, (uint64_t)r->count.tx_octets); }
VALUE(v_rx_frames) { PW; text_printf(t, "%" PRIu64, (uint64_t)r->count.rx_frames); }
VALUE(v_rx_octets) { PW; text_printf(t, "%" PRIu64, (uint64_t)r->count.rx_octets); }

static const struct column traffic_columns[] = {
	{ "Interface",		30, false, pw_put_interface },
	{ "PW",			12, false, v_slot },
	{ "VC ID",		12, true,  pw_put_vc_id },
	{ "Sent frames",	18, true,  v_tx_frames },
	{ "Sent octets",	20, true,  v_tx_octets },
	{ "Received frames",	18, true,  v_rx_frames },
	{ "Received octets",	20, true,  v_rx_octets },
};

static void traffic_head(struct walk *w)
{
	say(w->s, "Since the last reset; octets as on the AC, without FCS. * : sends now\n");
	table_head(&w->s->body, traffic_columns, N_OF(traffic_columns));
}

static bool wanted(const struct walk *w, unsigned slot)
{
	return w->c.pw[slot].present && w->slots >> slot & 1;
}

static void traffic_one(struct walk *w)
{
	struct pw_rec r;

	for (unsigned i = 0; i < 3; i++) {
		if (!wanted(w, i))
			continue;
		pw_rec_of(&r, w, i);
		if (r.e->dp)
			dp_show_count(r.e->dp, w->c.index, (uint8_t)i, &r.count);
		table_row(&w->s->body, traffic_columns, N_OF(traffic_columns), &r);
	}
}

static const struct walk_how traffic_how = { NULL, traffic_head, traffic_one, NULL };

/* One slot was asked for, and the circuit has none such. */
static bool lacks(struct session *s, const char *ifname, uint8_t slot)
{
	struct show_circuit c;

	if (core_show_circuit(s->e->core, ifname, &c) && c.pw[slot].present)
		return false;
	say_error(s, "The interface %s has no %s pseudowire.", ifname, slot_name(slot));
	return true;
}

static uint8_t slot_of(const struct args *a)
{
	return arg_text(a, "secondary") ? SLOT_SECONDARY : arg_text(a, "bypass") ? SLOT_BYPASS : SLOT_PRIMARY;
}

void display_traffic(struct session *s, const struct args *a)
{
	if (slot_of(a) == SLOT_PRIMARY || !lacks(s, arg_text(a, "<if>"), slot_of(a)))
		walk_begin(s, &traffic_how, a);
}

static void reset_one(struct walk *w)
{
	const struct cli_engine *e = w->s->e;

	for (uint8_t slot = 0; slot < 3; slot++)
		if (w->c.pw[slot].present)
			e->reset_count(e->arg, w->c.index, slot);
}

static const struct walk_how reset_how = { NULL, NULL, reset_one, NULL };

void reset_traffic(struct session *s, const struct args *a)
{
	const struct cli_engine *e = s->e;
	const char *ifname = arg_text(a, "<if>");
	struct show_circuit c;

	if (!e->reset_count)
		say_error(s, "There is no data plane whose counters could be reset.");
	else if (!ifname)
		walk_begin(s, &reset_how, a);
	else if (!lacks(s, ifname, slot_of(a)) && core_show_circuit(e->core, ifname, &c))
		e->reset_count(e->arg, c.index, slot_of(a));
}
