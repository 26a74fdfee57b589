/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show_engine.c: what concerns the engine as a whole: version, health, drops, log, configuration.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cli/display.h"
#include "cli/args.h"

#define VALUE(name) static void name(struct text *t, const void *rec)

/* ---- display version ---------------------------------------------------------------------------------- */

VALUE(v_version) { text_puts(t, ((const struct cli_engine *)rec)->version); }
VALUE(v_uptime)
{
	const struct cli_engine *e = rec;
	put_duration(t, loop_now(e->loop) - e->started_ns);
}
VALUE(v_layout)
{
	const struct cli_engine *e = rec;
	struct show_dp dp;
	if (!e->dp)
		return;
	dp_show(e->dp, &dp);
	text_printf(t, "%" PRIu32 ", %s", dp.layout, dp.adopted);
}
VALUE(v_run_dir) { text_puts(t, ((const struct cli_engine *)rec)->run_dir); }
VALUE(v_config) { text_puts(t, ((const struct cli_engine *)rec)->config_path); }
VALUE(v_note) { text_puts(t, ((const struct cli_engine *)rec)->start_note); }
static bool has_note(const void *rec)
{
	const char *note = ((const struct cli_engine *)rec)->start_note;
	return note && *note;
}

static const struct field version_fields[] = {
	{ "twinwire version ",	v_version,	NULL, true },
	{ "Uptime is ",		v_uptime,	NULL, true },
	{ "Data plane layout",	v_layout },
	{ "Run directory",	v_run_dir },
	{ "Start-up file",	v_config },
	{ "Started from",	v_note,		has_note },
};
static const struct block version_block = { "", "", 18, version_fields, N_OF(version_fields) };

void display_version(struct session *s, const struct args *a)
{
	(void)a;
	block_print(&s->body, &version_block, s->e);
}

/* ---- display twinwire health ------------------------------------------------------------------------------ */

struct health {
	const struct cli_engine *e;
	struct show_dp dp;
	struct show_speaker ldp;
	uint32_t sessions, up, held;	/* of LDP */
};

VALUE(v_state) { text_puts(t, ((const struct health *)rec)->dp.adopted); }
VALUE(v_pins)
{
	const struct health *h = rec;
	text_puts(t, *h->dp.pin_dir ? h->dp.pin_dir : "none: a restart of the engine will lose traffic");
}
VALUE(v_map_layout) { text_printf(t, "%" PRIu32, ((const struct health *)rec)->dp.layout); }
VALUE(v_capacity) { text_printf(t, "%" PRIu32 " circuits", ((const struct health *)rec)->dp.capacity); }
VALUE(v_maps)
{
	uint64_t tenths = ((const struct health *)rec)->dp.map_bytes * 10 >> 20;
	text_printf(t, "%" PRIu64 ".%u MiB", tenths / 10, (unsigned)(tenths % 10));
}
VALUE(v_watcher)
{
	const struct health *h = rec;
	text_puts(t, h->dp.realtime_watcher ? "real-time" :
		     "not real-time (SCHED_FIFO was refused): a busy machine may see a cut later");
}
VALUE(v_stores) { text_printf(t, "%" PRIu64, ((const struct health *)rec)->dp.watcher_stores); }
VALUE(v_tcx) { text_puts(t, ((const struct health *)rec)->dp.tcx ? "tcx" : "clsact (kernel before 6.6)"); }
VALUE(v_waiting) { text_printf(t, "%" PRIu32, core_show_waiting(((const struct health *)rec)->e->core)); }
VALUE(v_decided)
{
	const struct cli_engine *e = ((const struct health *)rec)->e;
	uint64_t us = e->decided_ns ? e->decided_ns(e->arg) / 1000 : 0;

	if (us)
		text_printf(t, "%" PRIu64 ".%06u s of this host's uptime", us / 1000000, (unsigned)(us % 1000000));
	else
		text_puts(t, "none");
}
static void put_worst(struct text *t, struct loop_worst w)
{
	uint64_t us = w.turn_ns / 1000, of_it = w.work_ns / 1000;
	text_printf(t, "%" PRIu64 ".%03u ms", us / 1000, (unsigned)(us % 1000));
	if (w.work)
		text_printf(t, ", of it %" PRIu64 ".%03u ms %s", of_it / 1000, (unsigned)(of_it % 1000), w.work);
}
VALUE(v_worst) { put_worst(t, loop_worst(((const struct health *)rec)->e->loop)); }
VALUE(v_worst_cpu) { put_worst(t, loop_worst_cpu(((const struct health *)rec)->e->loop)); }
VALUE(v_ldp)
{
	const struct health *h = rec;

	if (!h->ldp.listening) {
		text_puts(t, h->ldp.why);
		return;
	}
	text_printf(t, "%" PRIu32 " of %" PRIu32 " up", h->up, h->sessions);
	if (h->held)
		text_printf(t, ", %" PRIu32 " held for peers that restart", h->held);
	if (h->ldp.recovering)
		text_puts(t, "; this engine restarted, peers are coming back");
}
static bool has_ldp(const void *rec) { return ((const struct health *)rec)->ldp.enabled; }

static int count_session(void *arg, const struct show_session *s)
{
	struct health *h = arg;

	h->sessions++;
	h->up += s->state == LDP_SEEN_OPERATIONAL;
	h->held += s->held;
	return 0;
}

static void look_at_ldp(struct health *h)
{
	if (!h->e->ldp)
		return;
	ldp_show_speaker(h->e->ldp, &h->ldp);
	if (h->ldp.enabled)
		ldp_show_sessions(h->e->ldp, count_session, h);
}

static const struct field health_fields[] = {
	{ "Data plane",			v_state },
	{ "Pins",			v_pins },
	{ "Map layout",			v_map_layout },
	{ "Capacity",			v_capacity },
	{ "Maps",			v_maps },
	{ "Carrier watcher",		v_watcher },
	{ "Path flags lowered",		v_stores },
	{ "tc attachment",		v_tcx },
	{ "Circuits to settle",		v_waiting },
	{ "LDP sessions",		v_ldp, has_ldp },
	{ "Last decision",		v_decided },
	{ "Longest turn of the loop",	v_worst },
	{ "... in CPU time",		v_worst_cpu },
};
static const struct block health_block = { "", "", 25, health_fields, N_OF(health_fields) };

struct bucket {
	const char *source;
	struct tw_bucket b;
};
VALUE(v_source) { text_puts(t, ((const struct bucket *)rec)->source); }
VALUE(v_punted) { text_printf(t, "%" PRIu64, (uint64_t)((const struct bucket *)rec)->b.punted); }
VALUE(v_refused) { text_printf(t, "%" PRIu64, (uint64_t)((const struct bucket *)rec)->b.refused); }
static const struct column punt_columns[] = {
	{ "Punted to the engine",	26, false, v_source },
	{ "Frames",			16, true,  v_punted },
	{ "Over budget",		16, true,  v_refused },
};
static const char *const punt_source[TW_PUNT__N] = {
	[TW_PUNT_ACH] = "associated channel", [TW_PUNT_ALERT] = "router alert",
	[TW_PUNT_TTL] = "expired TTL", [TW_PUNT_UDP] = "LSP ping and BFD",
};

void display_health(struct session *s, const struct args *a)
{
	struct health h = { .e = s->e };
	(void)a;

	if (!s->e->dp) {
		say_error(s, "The engine has no data plane.");
		return;
	}
	dp_show(s->e->dp, &h.dp);
	look_at_ldp(&h);
	block_print(&s->body, &health_block, &h);
	say(s, "\n");
	table_head(&s->body, punt_columns, N_OF(punt_columns));
	for (int i = 0; i < TW_PUNT__N; i++) {
		struct bucket b = { punt_source[i], h.dp.punt[i] };
		table_row(&s->body, punt_columns, N_OF(punt_columns), &b);
	}
}

/* ---- display twinwire drops --------------------------------------------------------------------------------- */

struct drop {
	uint8_t reason;
	uint64_t n;
};
VALUE(v_reason) { text_puts(t, dp_drop_name(((const struct drop *)rec)->reason)); }
VALUE(v_count) { text_printf(t, "%" PRIu64, ((const struct drop *)rec)->n); }
VALUE(v_fate) { text_puts(t, dp_drop_passes(((const struct drop *)rec)->reason) ? "to kernel" : "dropped"); }
VALUE(v_advice) { text_puts(t, dp_drop_text(((const struct drop *)rec)->reason)); }
static const struct column drop_columns[] = {
	{ "Reason",	24, false, v_reason },
	{ "Frames",	16, true,  v_count },
	{ "Fate",	11, false, v_fate },
	{ "Meaning",	0,  false, v_advice },
};

void display_drops(struct session *s, const struct args *a)
{
	uint64_t n[DROP__N] = { 0 };
	(void)a;

	if (!s->e->dp) {
		say_error(s, "The engine has no data plane.");
		return;
	}
	dp_show_drops(s->e->dp, n);
	table_head(&s->body, drop_columns, N_OF(drop_columns));
	for (uint8_t i = DROP_NONE + 1; i < DROP__N; i++) {
		struct drop d = { i, n[i] };
		table_row(&s->body, drop_columns, N_OF(drop_columns), &d);
	}
}

/* ---- display logbuffer ------------------------------------------------------------------------------------------ */

struct logged {
	uint64_t wall_us;
	enum log_prio prio;
	const char *line;
};
VALUE(v_time)
{
	const struct logged *l = rec;

	put_wall(t, (int64_t)l->wall_us * 1000);
	text_printf(t, ".%03u", (unsigned)(l->wall_us / 1000 % 1000));
}
VALUE(v_prio) { text_printf(t, "%d", (int)((const struct logged *)rec)->prio); }
VALUE(v_line) { text_puts(t, ((const struct logged *)rec)->line); }
static const struct column log_columns[] = {
	{ "", 24, false, v_time },
	{ "", 2,  false, v_prio },
	{ "", 0,  false, v_line },
};

static void log_line(void *arg, uint64_t wall_us, enum log_prio prio, const char *line)
{
	const struct logged l = { wall_us, prio, line };
	struct session *s = arg;

	table_row(&s->body, log_columns, N_OF(log_columns), &l);
}

void display_logbuffer(struct session *s, const struct args *a)
{
	(void)a;
	log_walk(log_line, s);
}
