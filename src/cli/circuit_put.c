/* SPDX-License-Identifier: BSD-2-Clause */
/* circuit_put.c: values of a circuit and of what protects it that several displays print; see show_pw.h. */
#include <inttypes.h>

#include "cli/show_pw.h"

#define VALUE(name) void name(struct text *t, const void *rec)
#define CIRCUIT const struct circuit_rec *r = rec; const struct show_circuit *c = r->c; (void)c

void circuit_rec_of(struct circuit_rec *r, const struct walk *w)
{
	*r = (struct circuit_rec){ .c = &w->c, .now_ns = loop_now(w->s->e->loop), .wall_ns = wall_now(w->s->e) };
}

static int newest(void *arg, const struct cli_switch *s)
{
	struct circuit_rec *r = arg;

	r->last = *s;
	r->switched = true;
	return 1;
}

void circuit_rec_last(struct circuit_rec *r, const struct cli_engine *e)
{
	if (e->switches)
		e->switches(e->arg, r->c->name, newest, r);
}

bool is_protected(const struct show_circuit *c)
{
	return c->pw[SLOT_SECONDARY].present || c->pw[SLOT_BYPASS].present;
}

bool to_one_peer(const struct show_circuit *c)
{
	return c->pw[0].present && c->pw[1].present && c->pw[0].peer && c->pw[0].peer == c->pw[1].peer;
}

bool lacks_dual(const struct show_circuit *c)
{
	return c->redundancy_now == REDUNDANCY_FRR && !c->dual_receiving && to_one_peer(c);
}

uint32_t seconds_left(uint64_t at_ns, uint64_t now_ns)
{
	if (!at_ns)
		return 0;
	return at_ns > now_ns ? (uint32_t)((at_ns - now_ns + 999999999) / 1000000000) : 1;
}

/* ---- mode and policy ---------------------------------------------------------------------------------- */

static const struct mode_name {
	const char *word, *title;
} modes[] = {
	[REDUNDANCY_FRR] = { "frr", "FRR" },
	[REDUNDANCY_MASTER] = { "master", "Master" },
	[REDUNDANCY_INDEPENDENT] = { "independent", "Independent" },
};

const char *mode_word(enum m_redundancy m) { return m < N_OF(modes) ? modes[m].word : "--"; }
static const char *mode_title(enum m_redundancy m) { return m < N_OF(modes) ? modes[m].title : "--"; }

VALUE(circuit_put_mode)
{
	CIRCUIT;

	if (is_protected(c) || c->redundancy_now != REDUNDANCY_FRR)
		text_puts(t, mode_title(c->redundancy_now));
}

VALUE(circuit_put_configured) { CIRCUIT; text_puts(t, mode_title(c->redundancy)); }

/* The role of an AC with one pseudowire makes that independent, whatever mode it has: so it was meant. */
bool mode_is_lost(const struct show_circuit *c)
{
	return c->redundancy != c->redundancy_now && c->redundancy_now == REDUNDANCY_FRR;
}

bool role_is_lost(const struct show_circuit *c)
{
	return c->cfg->ac_role != AC_ROLE_DEFAULT && c->redundancy_now != REDUNDANCY_INDEPENDENT;
}

bool circuit_differs(const void *rec) { CIRCUIT; return mode_is_lost(c); }

VALUE(circuit_put_reroute)
{
	CIRCUIT;

	if (c->reroute == REROUTE_DEFAULT)
		return;
	if (c->reroute == REROUTE_DELAY)
		text_printf(t, "delay %u s", c->reroute_delay);
	else
		text_puts(t, c->reroute == REROUTE_NEVER ? "never" : "immediately");
	if (c->resume_used && c->reroute != REROUTE_NEVER)
		text_printf(t, ", resume %u s", c->resume);
}

VALUE(circuit_put_reason)
{
	CIRCUIT;

	if (c->switched_ns)
		text_puts(t, core_reason_text(c->switch_reason));
}

/* ---- what it waits for ---------------------------------------------------------------------------------- */

VALUE(circuit_put_revert)
{
	CIRCUIT;
	uint32_t left = seconds_left(c->revert_at_ns, r->now_ns);

	if (c->revert_queued)
		text_printf(t, "revert queued, %" PRIu32 " s", left);
	else
		text_printf(t, "to %s in %" PRIu32 " s", slot_name(c->preferred), left);
}
bool circuit_reverts(const void *rec) { CIRCUIT; return c->revert_at_ns; }

VALUE(circuit_put_holdoff)
{
	CIRCUIT;
	uint32_t left = seconds_left(c->holdoff_at_ns, r->now_ns);

	text_printf(t, "%u s", c->holdoff);
	if (left)
		text_printf(t, "; it runs, the %s is left in %" PRIu32 " s", slot_name(c->preferred), left);
}
bool circuit_has_holdoff(const void *rec) { CIRCUIT; return c->holdoff; }

VALUE(circuit_put_resume)
{
	CIRCUIT;
	text_printf(t, "the far end of the secondary is told to forward in %" PRIu32 " s",
		    seconds_left(c->resume_at_ns, r->now_ns));
}
bool circuit_resumes(const void *rec) { CIRCUIT; return c->resume_at_ns; }

VALUE(circuit_put_preferred)
{
	CIRCUIT;
	text_printf(t, "%s%s", slot_name(c->preferred), c->cfg->switchover ? " (switchover)" : "");
}
bool circuit_prefers(const void *rec) { CIRCUIT; return c->preferred != SLOT_PRIMARY && c->preferred != SLOT_NONE; }

VALUE(circuit_put_request)
{
	CIRCUIT;
	text_printf(t, "to %s, unanswered; given up in %" PRIu32 " s", slot_name(c->requested),
		    seconds_left(c->request_at_ns, r->now_ns));
}
bool circuit_requests(const void *rec) { CIRCUIT; return c->request_at_ns; }

/* ---- the AC ----------------------------------------------------------------------------------------------- */

VALUE(circuit_put_role)
{
	CIRCUIT;

	text_puts(t, c->role_standby ? "standby" : "active");
	if (c->cfg->ac_role == AC_ROLE_FOLLOW) {
		text_puts(t, " (");
		put_ip(t, c->cfg->follow);
		text_printf(t, " is %son this host)", c->role_standby ? "not " : "");
	}
	if (role_is_lost(c))
		text_puts(t, ", not in force");
}
bool circuit_has_role(const void *rec) { CIRCUIT; return c->cfg->ac_role != AC_ROLE_DEFAULT || c->role_standby; }

VALUE(circuit_put_forced) { (void)rec; text_puts(t, "by trigger if-down, no pseudowire is up"); }
bool circuit_is_forced(const void *rec) { CIRCUIT; return c->forced_down; }

VALUE(circuit_put_alarm) { CIRCUIT; text_puts(t, core_alarm_text(r->alarm)); }

/* ---- the end of display mpls l2vc interface ------------------------------------------------------------- */

static VALUE(v_switched)
{
	CIRCUIT;
	if (c->switched_ns)
		put_duration(t, r->now_ns - c->switched_ns);
	else
		text_puts(t, "-- days, -- hours, -- minutes, -- seconds");
}

/* A circuit has one timer of a kind, so its number names it. */
static void put_id(struct text *t, const struct show_circuit *c, uint64_t at_ns)
{
	if (at_ns)
		text_printf(t, "%" PRIu32, c->index);
}

static void put_left(struct text *t, const struct circuit_rec *r, uint64_t at_ns)
{
	if (at_ns)
		text_printf(t, "%" PRIu32, seconds_left(at_ns, r->now_ns));
}

static VALUE(v_delay_id) { CIRCUIT; put_id(t, c, c->revert_at_ns); }
static VALUE(v_delay_left) { CIRCUIT; put_left(t, r, c->revert_at_ns); }
static VALUE(v_resume_id) { CIRCUIT; put_id(t, c, c->resume_at_ns); }
static VALUE(v_resume_left) { CIRCUIT; put_left(t, r, c->resume_at_ns); }
static VALUE(v_holdoff_id) { CIRCUIT; put_id(t, c, c->holdoff_at_ns); }
static VALUE(v_holdoff_left) { CIRCUIT; put_left(t, r, c->holdoff_at_ns); }
static bool is_queued(const void *rec) { CIRCUIT; return c->revert_at_ns && c->revert_queued; }

/* ours beside the manual's: running switchback */
static const struct field reroute_fields[] = {
	{ "reroute policy",		circuit_put_reroute },
	{ "reason of last reroute",	circuit_put_reason },
	{ "time of last reroute",	v_switched },
	{ "running switchback",		circuit_put_revert,	is_queued },
	{ "delay timer ID",		v_delay_id,	NULL, .pad = 18 },
	{ "residual time :",		v_delay_left,	NULL, true },
	{ "resume timer ID",		v_resume_id,	NULL, .pad = 18 },
	{ "residual time :",		v_resume_left,	NULL, true },
	{ "holdoff timer ID",		v_holdoff_id,	NULL, .pad = 18 },
	{ "residual time :",		v_holdoff_left,	NULL, true },
};
static const struct block reroute_block = { "", "", 24, reroute_fields, N_OF(reroute_fields) };

void circuit_print_reroute(struct walk *w)
{
	struct circuit_rec r;

	if (!is_protected(&w->c))
		return;
	circuit_rec_of(&r, w);
	say(w->s, "\n");
	block_print(&w->s->body, &reroute_block, &r);
}
