/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * do_rollback.c: an earlier configuration, or one in a file, becomes the running one, as a commit of its own.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/display.h"
#include "cli/do_commit.h"

/* What is to run, what differs, then the commit. */
enum rolling { READ, COMPARE, COMMIT };

struct rollback {
	enum rolling phase;
	char target[FILE_PATH_LEN + 32];	/* "commit 1000000003", "file /etc/..." */
	struct cfg_session *cfg;
	struct trie *root;			/* what is to run */
	struct cfg_loading *loading;
	size_t len;				/* of the file */
	struct cfg_load load;
	struct cfg_diff *diff;
	struct text text;			/* of the difference, a slice */
	size_t gone, came;			/* its lines */
	struct committing k;
};

/* To the operator, and kept for display configuration rollback result. */
static void tell(struct session *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void tell(struct session *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vprintf(&s->shared->rollback, fmt, ap);
	va_end(ap);
	va_start(ap, fmt);
	text_vprintf(&s->body, fmt, ap);
	va_end(ap);
}

static void result_begins(struct session *s, const struct rollback *rb)
{
	struct text *t = &s->shared->rollback;

	text_free(t);
	text_puts(t, "Rollback to ");
	text_puts(t, rb->target);
	text_puts(t, " at ");
	put_wall(t, wall_now(s->e));
	text_printf(t, " by %s (%s)\n", rb->k.peer.user, rb->k.peer.from);
}

static void failed(struct session *s, const struct rollback *rb)
{
	size_t from = s->body.len;

	committing_refused(s, &rb->k);
	if (!s->body.failed)
		text_puts(&s->shared->rollback, s->body.v + from);
}

/* ---- steps ---------------------------------------------------------------------------------------------------- */

static bool fail_memory(struct session *s)
{
	say_error(s, "Not enough memory; nothing was changed.");
	return false;
}

static bool compare(struct session *s, struct rollback *rb)
{
	rb->root = ref_get(cfg_candidate(rb->cfg));
	rb->diff = cfg_diff_new(cfg_running(s->e->cfg), rb->root);
	rb->phase = COMPARE;
	return rb->diff || fail_memory(s);
}

static bool read_step(struct session *s, struct rollback *rb)
{
	int rc = cfg_load_step(rb->loading);

	session_progress(s, "Reading", cfg_load_at(rb->loading), rb->len);
	if (rc == 1)
		return true;
	cfg_load_end(rb->loading);
	rb->loading = NULL;
	return rc ? fail_memory(s) : compare(s, rb);
}

static void count_lines(struct rollback *rb)
{
	for (const char *p = rb->text.len ? rb->text.v : NULL; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL) {
		rb->gone += p[0] == '-' && p[1] == ' ';
		rb->came += p[0] == '+' && p[1] == ' ';
	}
	rb->text.len = 0;
}

static bool compare_step(struct session *s, struct rollback *rb)
{
	bool more = cfg_diff_step(rb->diff, &rb->text);

	count_lines(rb);
	if (more)
		return true;
	rb->phase = COMMIT;
	result_begins(s, rb);
	if (rb->gone || rb->came)
		return true;
	tell(s, "Info: What runs is the same as %s; nothing was changed.\n", rb->target);
	return false;
}

static bool commit_step(struct session *s, struct rollback *rb)
{
	if (rb->k.over)
		return committing_warn(s, &rb->k);
	if (!rb->k.begun) {		/* exactly that, whatever was committed meanwhile */
		cfg_discard(rb->cfg);
		cfg_set_candidate(rb->cfg, rb->root);
	}
	if (committing_step(s, &rb->k))
		return true;
	if (rb->k.r.err) {
		failed(s, rb);
		return false;
	}
	tell(s, "Info: Rolled back to %s by commit %" PRIu32 "; lines removed: %zu, lines added: %zu.\n", rb->target,
	     rb->k.r.commit_id, rb->gone, rb->came);
	if (rb->load.inert || rb->load.refused)
		tell(s, "Info: Of the file %" PRIu32 " lines are kept as inert and %" PRIu32 " as refused: "
		     "display configuration inert.\n", rb->load.inert, rb->load.refused);
	return committing_warn(s, &rb->k);
}

static bool step(struct session *s, void *state)
{
	struct rollback *rb = state;

	switch (rb->phase) {
	case READ:
		return read_step(s, rb);
	case COMPARE:
		return compare_step(s, rb);
	default:
		return commit_step(s, rb);
	}
}

static bool stop(struct session *s, void *state)
{
	struct rollback *rb = state;

	return committing_stop(s, &rb->k);
}

static void end(void *state)
{
	struct rollback *rb = state;

	committing_end(&rb->k);
	cfg_load_end(rb->loading);
	cfg_diff_free(rb->diff);
	text_free(&rb->text);
	cfg_session_free(rb->cfg);
	ref_put(rb->root);
	free(rb);
}

/* ---- from the answer on ------------------------------------------------------------------------------------------ */

/* What s->remembered names: "commit ID" or "file PATH". */
static bool aim(struct session *s, struct rollback *rb)
{
	const struct cfg_point *p;
	char *text;
	int rc;

	snprintf(rb->target, sizeof(rb->target), "%s", s->remembered);
	if (!strncmp(rb->target, "commit ", 7)) {
		p = cfg_point_by_id(s->e->cfg, (uint32_t)strtoul(rb->target + 7, NULL, 10));
		if (p)
			cfg_set_candidate(rb->cfg, p->root);
		else
			say_error(s, "There is no %s any more.", rb->target);
		return p && compare(s, rb);
	}
	rc = s->e->file_read ? s->e->file_read(s->e->arg, rb->target + 5, &text, &rb->len) : -ENOSYS;
	if (rc) {
		say_error(s, "The %s cannot be read: %s.", rb->target, strerror(-rc));
		return false;
	}
	rb->loading = cfg_load_begin(rb->cfg, text, rb->len, &rb->load);
	return rb->loading || fail_memory(s);
}

static void answered(struct session *s, const char *text)
{
	struct rollback *rb;

	if (*text != 'y' && *text != 'Y') {
		say(s, "Info: Nothing was changed.\n");
		return;
	}
	rb = calloc(1, sizeof(*rb));
	if (rb)
		rb->cfg = cfg_session_new(s->e->cfg);
	if (!rb || !rb->cfg) {
		free(rb);
		fail_memory(s);
		return;
	}
	rb->k.cfg = rb->cfg;
	committing_set(&rb->k, s, NULL, s->remembered, CFG_BY_ROLLBACK);
	if (!aim(s, rb)) {
		end(rb);
		return;
	}
	session_job(s, step, end, rb);
	s->job.stop = stop;
}

/* The point that is meant; NULL: an error was told. */
static const struct cfg_point *meant(struct session *s, const struct args *a)
{
	const char *label = arg_text(a, "<label>");
	const struct cfg_point *p;

	if (label) {
		p = cfg_point_by_label(s->e->cfg, label);
		if (!p)
			say_error(s, "There is no commit with the label %s: display configuration commit list label shows them.",
				  label);
	} else if (arg_text(a, "last")) {
		p = cfg_point(s->e->cfg, arg_number(a, "<number>"));
		if (!p && cfg_points(s->e->cfg) < 2)
			say_error(s, "There is no commit to go back to.");
		else if (!p)
			say_error(s, "There are %zu commits to go back to: display configuration commit list shows them.",
				  cfg_points(s->e->cfg) - 1);
	} else {
		p = cfg_point_by_id(s->e->cfg, arg_number(a, "<commit-id>"));
		if (!p)
			say_error(s, "There is no commit %s: display configuration commit list shows them.",
				  arg_text(a, "<commit-id>"));
	}
	return p;
}

void do_rollback(struct session *s, const struct args *a)
{
	const char *file = arg_text(a, "<file>");
	const struct cfg_point *p = file ? NULL : meant(s, a);
	struct text when = { 0 };

	if (file) {
		memcpy(s->remembered, "file ", 5);
		file_path(s, file, s->remembered + 5);
	} else if (p) {
		snprintf(s->remembered, sizeof(s->remembered), "commit %" PRIu32, p->id);
		text_puts(&when, " of ");
		put_wall(&when, p->wall_ns);
	} else {
		return;
	}
	say(s, "Warning: The running configuration becomes that of %s%s at once.\n", s->remembered, when.len ? when.v : "");
	text_free(&when);
	session_ask(s, "Continue? [Y/N]:", answered);
}

void display_rollback_result(struct session *s, const struct args *a)
{
	(void)a;
	if (s->shared->rollback.len)
		text_add(&s->body, s->shared->rollback.v, s->shared->rollback.len);
	else
		say(s, "Info: There was no rollback since the engine was started.\n");
}
