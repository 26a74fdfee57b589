/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show_switches.c: display mpls l2vpn switch-history: the records of switches, the newest first; display mpls l2vpn
 * protection: the tables that decide; mpls l2vpn request-switchover.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/args.h"
#include "cli/show_pw.h"

#define VALUE(name) static void name(struct text *t, const void *rec)
#define SWITCH const struct cli_switch *w = rec

/* ---- display mpls l2vpn switch-history ------------------------------------------------------------------------ */

VALUE(v_number) { SWITCH; text_printf(t, "%" PRIu64, w->number); }
VALUE(v_time)
{
	SWITCH;
	put_wall(t, (int64_t)w->time_ns);
	text_printf(t, ".%03u", (unsigned)(w->time_ns / 1000000 % 1000));
}
VALUE(v_name) { SWITCH; text_puts(t, w->name); }
VALUE(v_from) { SWITCH; text_puts(t, slot_name(w->from)); }
VALUE(v_to) { SWITCH; text_puts(t, slot_name(w->to)); }
VALUE(v_dropped) { SWITCH; if (w->counted) text_printf(t, "%" PRIu64, w->dropped); }
VALUE(v_risk) { SWITCH; if (w->watched) text_printf(t, "<= %" PRIu32, w->at_risk); }
VALUE(v_detector) { SWITCH; text_puts(t, core_detector_text(w->detector)); }
VALUE(v_reason) { SWITCH; text_puts(t, core_reason_text(w->reason)); }

static const struct column columns[] = {
	{ "No.",		7,  false, v_number },
	{ "Time",		25, false, v_time },
	{ "Access Circuit",	30, false, v_name },
	{ "From",		11, false, v_from },
	{ "To",			11, false, v_to },
	{ "Dropped",		11, false, v_dropped },
	{ "At Risk",		14, false, v_risk },
	{ "Detector",		17, false, v_detector },
	{ "Reason",		0,  false, v_reason },
};

/* The records as they were when the command was given; new ones come while a page is read. */
struct history {
	struct cli_switch *v;
	size_t n, cap, at;
	bool no_memory;
};
#define SLICE	64			/* printed in a step */

static int take(void *arg, const struct cli_switch *w)
{
	struct history *h = arg;

	if (h->n == h->cap) {
		size_t cap = h->cap ? 2 * h->cap : 64;
		struct cli_switch *v = reallocarray(h->v, cap, sizeof(*v));

		h->no_memory = !v;
		if (!v)
			return -1;
		h->v = v;
		h->cap = cap;
	}
	h->v[h->n++] = *w;
	return 0;
}

static bool history_step(struct session *s, void *state)
{
	struct history *h = state;

	if (!h->at) {
		say(s, "Total switches recorded : %zu\n", h->n);
		if (h->n)
			table_head(&s->body, columns, N_OF(columns));
	}
	for (size_t end = h->at + SLICE; h->at < h->n && h->at < end; h->at++)
		table_row(&s->body, columns, N_OF(columns), &h->v[h->at]);
	return h->at < h->n;
}

static void history_end(void *state)
{
	struct history *h = state;

	free(h->v);
	free(h);
}

void display_switches(struct session *s, const struct args *a)
{
	struct history *h;

	if (!s->e->switches) {
		say_error(s, "This engine keeps no records of switches.");
		return;
	}
	h = calloc(1, sizeof(*h));
	if (h)
		s->e->switches(s->e->arg, arg_text(a, "<if>"), take, h);
	if (!h || h->no_memory) {
		say_error(s, "Not enough memory for this output.");
		if (h)
			history_end(h);
		return;
	}
	session_job(s, history_step, history_end, h);
}

/* ---- display mpls l2vpn protection ---------------------------------------------------------------------------- */

void display_verdict(struct session *s, const struct args *a)
{
	size_t n = core_show_verdict(NULL, 0);
	char *text = malloc(n + 1);
	(void)a;

	if (!text) {
		say_error(s, "Not enough memory for this output.");
		return;
	}
	core_show_verdict(text, n + 1);
	say(s, "P: the preferred pseudowire (the primary, unless switchover, a request or the pair says otherwise),\n"
	       "O: the other one, B: the bypass, -: none. Columns: those that are usable. Cells: which one sends then;\n"
	       "w: the other, and the timer of the policy runs; h: none, and holdoff runs. Last table: where the kernel\n"
	       "goes by itself.\n\n");
	text_add(&s->body, text, n);
	free(text);
}

/* ---- mpls l2vpn request-switchover ---------------------------------------------------------------------------- */

void do_request(struct session *s, const struct args *a)
{
	enum slot slot = arg_text(a, "primary") ? SLOT_PRIMARY : SLOT_SECONDARY;
	const char *ifname = arg_text(a, "<if>");
	char why[160] = "";

	if (!s->e->request_switchover)
		say_error(s, "Requests for a switchover are not available in this engine.");
	else if (s->e->request_switchover(s->e->arg, ifname, slot, why))
		say_error(s, "Nothing was asked of the far end: %s.", *why ? why : "it is not possible now");
	else
		say(s, "Info: The far end of the %s of %s is asked to carry there; it has %u s to agree: "
		       "display mpls l2vpn vpws interface %s verbose.\n", slot_name(slot), ifname,
		    (unsigned)(REQUEST_NS / 1000000000), ifname);
}
