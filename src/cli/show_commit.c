/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show_commit.c: the commits that were made, what each changed, and who is at work.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/display.h"
#include "cli/do_commit.h"

static void put_stamp(struct text *t, int64_t wall_ns)
{
	time_t at = (time_t)(wall_ns / 1000000000);
	struct tm tm;
	char v[32];

	if (!localtime_r(&at, &tm) || !strftime(v, sizeof(v), "%Y-%m-%d %H:%M:%S", &tm))
		v[0] = '\0';
	text_puts(t, v);
}

static const char *or_dash(const char *text)
{
	return *text ? text : "-";
}

static void put_rule(struct text *t)
{
	text_puts(t, "-------------------------------------------------------------------------------\n");
}

/* ---- the list ------------------------------------------------------------------------------------------- */

static const char *const origins[] = {
	[CFG_BY_CLI] = "CLI", [CFG_BY_ROLLBACK] = "Rollback", [CFG_BY_STARTUP] = "Startup",
};

struct listed {
	size_t number;
	const struct cfg_point *p;
};

#define POINT const struct listed *l = rec; const struct cfg_point *p = l->p
static void v_label(struct text *t, const void *rec) { POINT; text_puts(t, or_dash(p->label)); }
static void v_user(struct text *t, const void *rec) { POINT; text_puts(t, or_dash(p->user)); }
static void v_from(struct text *t, const void *rec) { POINT; text_puts(t, or_dash(p->from)); }
static void v_type(struct text *t, const void *rec) { POINT; text_puts(t, origins[p->origin]); }
static void v_stamp(struct text *t, const void *rec) { POINT; put_stamp(t, p->wall_ns); }
static void v_description(struct text *t, const void *rec) { POINT; text_puts(t, or_dash(p->description)); }
static void v_id(struct text *t, const void *rec) { POINT; text_printf(t, "%" PRIu32, p->id); }
static void v_number(struct text *t, const void *rec) { text_printf(t, "%zu", ((const struct listed *)rec)->number); }

static const struct column columns[] = {
	{ "No.", 5, false, v_number }, { "CommitId", 12, false, v_id },	      { "Label", 20, false, v_label },
	{ "User", 12, false, v_user }, { "TimeStamp", 0, false, v_stamp },
};

static const struct field fields[] = {
	{ "Label: ", v_label, NULL, true },	{ "User: ", v_user, NULL, true },
	{ "User-Intf: ", v_from, NULL, true },	{ "Type: ", v_type, NULL, true },
	{ "TimeStamp: ", v_stamp, NULL, true },	{ "Description: ", v_description, NULL, true },
};
static const struct block commit_block = { "        ", "        ", 0, fields, N_OF(fields) };

static void print_verbose(struct text *t, const struct listed *l)
{
	text_printf(t, "%zu) CommitId: %" PRIu32 "\n", l->number, l->p->id);
	block_print(t, &commit_block, l);
}

void display_commit_list(struct session *s, const struct args *a)
{
	bool verbose = arg_text(a, "verbose"), labelled = arg_text(a, "label");
	size_t most = arg_number(a, "<number>");
	struct listed l = { 0 };

	if (!cfg_points(s->e->cfg)) {
		say(s, "Info: Nothing was committed yet.\n");
		return;
	}
	if (!verbose) {
		put_rule(&s->body);
		table_head(&s->body, columns, N_OF(columns));
		put_rule(&s->body);
	}
	for (size_t i = 0; (l.p = cfg_point(s->e->cfg, i)) && (!most || l.number < most); i++) {
		if (labelled && !*l.p->label)
			continue;
		l.number++;
		if (verbose)
			print_verbose(&s->body, &l);
		else
			table_row(&s->body, columns, N_OF(columns), &l);
	}
}

/* ---- one commit ------------------------------------------------------------------------------------------- */

static const struct cfg_point *wanted(struct session *s, const struct args *a)
{
	const struct cfg_point *p = cfg_point_by_id(s->e->cfg, arg_number(a, "<commit-id>"));

	if (!p)
		say_error(s, "There is no commit %s: display configuration commit list shows them.",
			  arg_text(a, "<commit-id>"));
	return p;
}

void display_commit_at(struct session *s, const struct args *a)
{
	const struct cfg_point *p = wanted(s, a);

	if (p)
		print_job(s, cfg_print_new(p->root, NULL));
}

/* ---- what they changed -------------------------------------------------------------------------------------- */

/* Commits from @id down to @last, by their numbers, since points may go meanwhile. */
struct changes {
	const struct cfg *cfg;
	uint32_t id, last;
	struct cfg_diff *diff;
};

/* What the commit of @p changed; NULL with *known false: what ran before is not kept. */
static struct cfg_diff *diff_of(const struct cfg *c, const struct cfg_point *p, bool *known)
{
	const struct cfg_point *before = cfg_point_by_id(c, p->id - 1);

	*known = before || p->id == CFG_ID_FIRST;
	return *known ? cfg_diff_new(before ? before->root : NULL, p->root) : NULL;
}

static bool next_commit(struct session *s, struct changes *k)
{
	const struct cfg_point *p = cfg_point_by_id(k->cfg, k->id);
	bool known;

	if (!p)
		return k->id-- > k->last;
	say(s, "Commit changes of commitId %" PRIu32 " ", p->id);
	put_stamp(&s->body, p->wall_ns);
	say(s, "\n");
	k->diff = diff_of(k->cfg, p, &known);
	if (!k->diff && known)
		say_error(s, "Not enough memory for this output.");
	else if (!known)
		say(s, "Info: What ran before it is not kept any more: display configuration commit at %" PRIu32 ".\n",
		    p->id);
	return k->diff || (!known && k->id-- > k->last);
}

static bool changes_step(struct session *s, void *state)
{
	struct changes *k = state;

	if (!k->diff)
		return next_commit(s, k);
	if (cfg_diff_step(k->diff, &s->body))
		return true;
	cfg_diff_free(k->diff);
	k->diff = NULL;
	return k->id-- > k->last;
}

static void changes_end(void *state)
{
	struct changes *k = state;

	cfg_diff_free(k->diff);
	free(k);
}

/* Which commits are meant; false: an error was told. */
static bool meant(struct session *s, const struct args *a, struct changes *k)
{
	size_t n = cfg_points(k->cfg), last = arg_number(a, "<number>");
	const struct cfg_point *p;

	if (!n) {
		say(s, "Info: Nothing was committed yet.\n");
		return false;
	}
	k->id = cfg_point(k->cfg, 0)->id;
	k->last = cfg_point(k->cfg, (last && last < n ? last : n) - 1)->id;
	if (!arg_text(a, "<commit-id>"))
		return true;
	p = wanted(s, a);
	k->last = p ? p->id : 0;
	if (p && arg_text(a, "at"))
		k->id = p->id;
	return p;
}

void display_commit_changes(struct session *s, const struct args *a)
{
	struct changes *k = calloc(1, sizeof(*k));

	if (!k) {
		say_error(s, "Not enough memory for this output.");
		return;
	}
	k->cfg = s->e->cfg;
	if (!meant(s, a, k)) {
		free(k);
		return;
	}
	say(s, "Building configuration\n");
	session_job(s, changes_step, changes_end, k);
}

/* ---- who is at work ------------------------------------------------------------------------------------------ */

struct worker {
	const struct session *s;
	bool own;
	struct cli_peer peer;
	int64_t now_ns;
};

#define WORKER const struct worker *w = rec
static void w_number(struct text *t, const void *rec)
{
	WORKER;

	text_printf(t, "%c%" PRIu32, w->own ? '*' : ' ', w->s->number);
}
static void w_from(struct text *t, const void *rec) { WORKER; text_puts(t, w->peer.from); }
static void w_user(struct text *t, const void *rec) { WORKER; text_puts(t, w->peer.user); }
static void w_date(struct text *t, const void *rec) { WORKER; put_stamp(t, w->s->opened_ns); }
static void w_lock(struct text *t, const void *rec) { (void)rec; text_puts(t, "NO"); }
static void w_mode(struct text *t, const void *rec)
{
	WORKER;

	text_puts(t, !w->s->cfg ? "-" : cfg_dirty(w->s->cfg) ? "TWO_PHASE, uncommitted changes" : "TWO_PHASE");
}
static void w_client(struct text *t, const void *rec) { WORKER; text_printf(t, "pid %" PRIu32, w->s->pid); }
static void w_elapsed(struct text *t, const void *rec)
{
	WORKER;
	int64_t ns = w->now_ns - w->s->opened_ns;

	put_duration(t, ns > 0 ? (uint64_t)ns : 0);
}

static const struct column worker_columns[] = {
	{ " Session", 12, false, w_number }, { "User-Intf", 14, false, w_from }, { "User", 16, false, w_user },
	{ "Date", 22, false, w_date },	     { "Lock", 0, false, w_lock },
};
static const struct field worker_fields[] = {
	{ .label = "Session", .value = w_number }, { .label = "User-Intf", .value = w_from },
	{ .label = "User", .value = w_user },	   { .label = "Date", .value = w_date },
	{ .label = "Lock", .value = w_lock },	   { .label = "Cfg-Mode", .value = w_mode },
	{ .label = "Client", .value = w_client },  { .label = "Elapsed-Time", .value = w_elapsed },
};
static const struct block worker_block = { "", "", 14, worker_fields, N_OF(worker_fields) };

static void print_worker(struct session *s, const struct session *other, bool verbose)
{
	struct worker w = { .s = other, .own = other == s, .now_ns = wall_now(s->e) };

	session_peer(other, &w.peer);
	if (verbose)
		block_print(&s->body, &worker_block, &w);
	else
		table_row(&s->body, worker_columns, N_OF(worker_columns), &w);
}

void display_sessions(struct session *s, const struct args *a)
{
	bool verbose = arg_text(a, "verbose");
	const struct session *other = NULL;

	if (!verbose) {
		put_rule(&s->body);
		table_head(&s->body, worker_columns, N_OF(worker_columns));
		put_rule(&s->body);
	}
	if (!s->shared->next)
		print_worker(s, s, verbose);
	while (s->shared->next && (other = s->shared->next(s->shared, other)))
		print_worker(s, other, verbose);
}

void display_startup(struct session *s, const struct args *a)
{
	(void)a;
	say(s, "Startup saved-configuration file:       %s\n", s->e->config_path);
	say(s, "Next startup saved-configuration file:  %s\n", s->e->config_path);
	say(s, "Configuration at the last start:        %s\n", s->e->start_note ? s->e->start_note : "--");
}
