/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * do_commit.c: commit, refresh, clear: jobs, so that the loop serves others while many objects change. A commit
 * that finds another one under way waits for it.
 */
#include "cli/do_commit.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "cli/display.h"
#include "cli/warn.h"

/* ---- a commit in steps ---------------------------------------------------------------------------------- */

void session_peer(const struct session *s, struct cli_peer *p)
{
	snprintf(p->user, sizeof(p->user), "%" PRIu32, s->uid);
	snprintf(p->from, sizeof(p->from), "pid %" PRIu32, s->pid);
	if (s->e->peer)
		s->e->peer(s->e->arg, s->uid, s->pid, p);
}

void committing_set(struct committing *k, struct session *s, const char *label, const char *description,
		    enum cfg_origin origin)
{
	session_peer(s, &k->peer);
	snprintf(k->label, sizeof(k->label), "%s", label ? label : "");
	snprintf(k->description, sizeof(k->description), "%s", description ? description : "");
	k->about = (struct cfg_about){ .label = k->label, .description = k->description, .user = k->peer.user,
				       .from = k->peer.from, .origin = origin };
}

static bool begin(struct session *s, struct committing *k)
{
	int rc;

	k->about.wall_ns = wall_now(s->e);
	rc = cfg_commit_begin(k->cfg, &k->about);
	if (rc == -EBUSY) {
		session_progress(s, "Waiting for another session's commit", 0, 0);
		return true;
	}
	k->begun = !rc;
	k->over = rc;
	k->r.err = rc;
	if (!rc)
		k->before = ref_get(cfg_running(s->e->cfg));
	return !rc;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

bool committing_step(struct session *s, struct committing *k)
{
	uint64_t at = clock_ns(CLOCK_MONOTONIC), cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	size_t done, total;
	bool more;

	if (!k->begun)
		return begin(s, k);
	more = cfg_commit_step(k->cfg, &k->r);
	k->spent_ns += clock_ns(CLOCK_MONOTONIC) - at;
	k->cpu_ns += clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
	if (more) {
		cfg_commit_progress(s->e->cfg, &done, &total);
		session_progress(s, "Committing", done, total);
		return true;
	}
	k->over = true;
	log_event(k->r.err ? LOG_P_WARNING : LOG_P_NOTICE, "commit",
		  "id=%" PRIu32 " user=%s from=\"%s\" uid=%" PRIu32 " problems=%zu ok=%d us=%" PRIu64 " cpu_us=%" PRIu64,
		  k->r.commit_id,
		  k->peer.user, k->peer.from, s->uid, k->r.n_problems, !k->r.err, k->spent_ns / 1000, k->cpu_ns / 1000);
	return false;
}

bool committing_stop(struct session *s, struct committing *k)
{
	if (k->begun && !k->over && cfg_commit_swapped(k->cfg))
		return false;
	if (k->over)			/* only the warnings are not all told */
		return true;
	say_error(s, "The commit was given up, nothing was changed.");
	return true;
}

static void tell_warning(void *arg, const char *sentence)
{
	say(arg, "Warning: %s\n", sentence);
}

bool committing_warn(struct session *s, struct committing *k)
{
	if (k->r.err || !k->r.commit_id)
		return false;
	if (!k->warn)
		k->warn = warn_new(s->e->cfg, s->e->core, k->before);
	if (!k->warn)
		say(s, "Warning: there is not enough memory to look for what may be amiss.\n");
	return k->warn && warn_step(k->warn, tell_warning, s);
}

void committing_end(struct committing *k)
{
	warn_free(k->warn);
	if (k->begun && !k->over)
		cfg_commit_abandon(k->cfg);		/* behind the swap it goes on by itself */
	ref_put(k->before);
	k->before = NULL;
}

static void tell_journal(struct session *s, int err)
{
	if (err == -ENOSPC)
		say_error(s, "The commit was refused, nothing was changed: the disk that holds the journal (%s/journal) is "
			  "full.", s->e->run_dir);
	else if (err == -ESTALE)
		say_error(s, "The commit was refused, nothing was changed: the journal (%s/journal) was removed or cut by "
			  "somebody else. It is written anew; commit again.", s->e->run_dir);
	else
		say_error(s, "The commit was refused, nothing was changed: the journal (%s/journal) cannot be written: %s.",
			  s->e->run_dir, strerror(-err));
}

void committing_refused(struct session *s, const struct committing *k)
{
	const struct cfg_result *r = &k->r;
	size_t told = r->n_problems < CFG_PROBLEMS_MAX ? r->n_problems : CFG_PROBLEMS_MAX;

	for (size_t i = 0; i < told; i++)
		say_error(s, "%s: %s", r->problem[i].line, r->problem[i].text);
	if (r->err == -EINVAL)
		say_error(s, "The commit was refused, nothing was changed; %zu problem%s.", r->n_problems,
			  r->n_problems == 1 ? "" : "s");
	else if (r->err == -EEXIST)
		say_error(s, "There is a commit with the label %s: choose another label, or clear configuration commit "
			  "label %s.", k->label, k->label);
	else if (r->err == -EIO)
		tell_journal(s, r->journal_err);
	else
		say_error(s, "The commit failed, nothing was changed: %s.", strerror(-r->err));
	if (r->conflict)
		say(s, "Info: refresh configuration candidate puts your changes on top of what is running now.\n");
}

/* ---- the session's candidate -------------------------------------------------------------------------------- */

struct own {
	struct committing k;
	void (*then)(struct session *s, bool ok);
};

static bool own_step(struct session *s, void *state)
{
	struct own *o = state;

	if (!o->k.over && committing_step(s, &o->k))
		return true;
	if (committing_warn(s, &o->k))
		return true;
	if (o->k.r.err)
		committing_refused(s, &o->k);
	else if (!o->k.r.commit_id)
		say(s, "Info: There is nothing to commit.\n");
	if (o->then)
		o->then(s, !o->k.r.err);
	return false;
}

static bool own_stop(struct session *s, void *state)
{
	struct own *o = state;

	return committing_stop(s, &o->k);
}

static void own_end(void *state)
{
	struct own *o = state;

	committing_end(&o->k);
	free(o);
}

/* A small commit is over at once. */
#define AT_ONCE 4

void commit_begin(struct session *s, const char *label, const char *description,
		  void (*then)(struct session *s, bool ok))
{
	struct own *o = calloc(1, sizeof(*o));

	if (!o) {
		say_error(s, "Not enough memory.");
		return;
	}
	o->then = then;
	o->k.cfg = s->cfg;
	committing_set(&o->k, s, label, description, CFG_BY_CLI);
	for (unsigned int i = 0; i < AT_ONCE; i++) {
		if (!own_step(s, o)) {
			own_end(o);
			return;
		}
	}
	session_job(s, own_step, own_end, o);
	s->job.stop = own_stop;
}

void do_commit(struct session *s, const struct args *a)
{
	const char *label = arg_text(a, "<label>");

	if (label && (isdigit((unsigned char)*label) || !strcmp(label, "-")))
		say_error(s, "A label must not begin with a digit and must not be \"-\".");
	else
		commit_begin(s, label, arg_text(a, "<text>"), NULL);
}

/* ---- the candidate ------------------------------------------------------------------------------------------- */

static bool refresh_step(struct session *s, void *state)
{
	int rc = cfg_refresh_step(s->cfg);
	(void)state;

	if (rc < 0)
		say_error(s, "Not enough memory; the candidate is as it was.");
	return rc == 1;
}

void do_refresh(struct session *s, const struct args *a)
{
	(void)a;
	session_job(s, refresh_step, NULL, s);
}

void do_clear_candidate(struct session *s, const struct args *a)
{
	(void)a;
	cfg_discard(s->cfg);
}

/* ---- old commits ----------------------------------------------------------------------------------------------- */

void do_clear_commit(struct session *s, const struct args *a)
{
	const char *label = arg_text(a, "<label>");
	size_t n = cfg_points(s->e->cfg);
	int rc = label ? cfg_label_clear(s->e->cfg, label) : cfg_points_clear(s->e->cfg, arg_number(a, "<number>"));

	if (rc == -ENOENT)
		say_error(s, "There is no commit with the label %s: display configuration commit list label shows them.", label);
	else if (rc == -EBUSY)
		say_error(s, "Another session's commit is being written: try again.");
	else if (rc)
		say_error(s, "Nothing was removed: the journal cannot be written: %s.", strerror(-rc));
	else if (label)
		say(s, "Info: The label %s was removed, its commit is kept.\n", label);
	else
		say(s, "Info: %zu rollback points were removed, %zu are kept.\n", n - cfg_points(s->e->cfg),
		    cfg_points(s->e->cfg));
}
