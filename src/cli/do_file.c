/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * do_file.c: configurations in files: load, save, compare. Jobs: a file is read, made of lines and written a slice
 * at a time.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cli/display.h"
#include "cli/do_commit.h"

void file_path(const struct session *s, const char *typed, char out[FILE_PATH_LEN])
{
	const char *slash = strrchr(s->e->config_path, '/');
	int dir = slash && *typed != '/' ? (int)(slash - s->e->config_path) + 1 : 0;

	snprintf(out, FILE_PATH_LEN, "%.*s%s", dir, s->e->config_path, typed);
}

/* ---- load ------------------------------------------------------------------------------------------------ */

#define TOLD_MAX 50			/* lines of a file that are told one by one */

struct load {
	struct session *s;
	struct cfg_loading *loading;
	struct cfg_load l;
	struct cfg_session *scratch;	/* for compare; else the session's own */
	struct cfg_diff *diff;
	size_t len;
	uint32_t told;
};

static void tell_line(void *arg, uint32_t line, const char *text, const char *reason)
{
	struct load *o = arg;

	if (o->told++ < TOLD_MAX)
		say(o->s, "Info: line %" PRIu32 ": %s: %s\n", line, text, reason);
}

static void tell_load(struct session *s, const struct load *o)
{
	if (o->told > TOLD_MAX)
		say(s, "Info: and %" PRIu32 " more: display configuration inert after commit\n", o->told - TOLD_MAX);
	say(s,
	    "Info: %" PRIu32 " lines taken, %" PRIu32 " kept as inert, %" PRIu32 " refused. Use commit to activate.\n",
	    o->l.taken, o->l.inert, o->l.refused);
}

/* False: not enough memory, which was told. */
static bool load_slice(struct session *s, struct load *o, bool *more)
{
	int rc = cfg_load_step(o->loading);

	session_progress(s, "Loading", cfg_load_at(o->loading), o->len);
	*more = rc == 1;
	if (rc < 0)
		say_error(s, "Not enough memory; the candidate is as it was.");
	return rc >= 0;
}

static bool load_step(struct session *s, void *state)
{
	struct load *o = state;
	bool more;

	if (load_slice(s, o, &more) && !more)
		tell_load(s, o);
	return more;
}

static bool load_stop(struct session *s, void *state)
{
	(void)state;
	say_error(s, "The load was given up, the candidate is as it was.");
	return true;
}

static void load_end(void *state)
{
	struct load *o = state;

	cfg_load_end(o->loading);
	cfg_diff_free(o->diff);
	cfg_session_free(o->scratch);
	free(o);
}

/* The file's text on its way into a candidate; NULL: an error was told. */
static struct load *load_begin(struct session *s, const char *path, bool scratch)
{
	struct load *o = calloc(1, sizeof(*o));
	char *text = NULL;
	int err = !o ? -ENOMEM : s->e->file_read ? s->e->file_read(s->e->arg, path, &text, &o->len) : -ENOSYS;

	if (!err && scratch)
		o->scratch = cfg_session_new(s->e->cfg);
	if (!err && (!scratch || o->scratch)) {
		o->s = s;
		o->l = (struct cfg_load){ .tell = scratch ? NULL : tell_line, .arg = o };
		o->loading = cfg_load_begin(scratch ? o->scratch : s->cfg, text, o->len, &o->l);
		if (o->loading)
			return o;
	}
	say_error(s, "The file %s cannot be loaded: %s.", path, strerror(err ? -err : ENOMEM));
	if (o)
		load_end(o);
	return NULL;
}

void do_load(struct session *s, const struct args *a)
{
	char path[FILE_PATH_LEN];
	struct load *o;

	file_path(s, arg_text(a, "<file>"), path);
	o = load_begin(s, path, false);
	if (!o)
		return;
	session_job(s, load_step, load_end, o);
	s->job.stop = load_stop;
}

/* ---- compare ----------------------------------------------------------------------------------------------- */

static bool compare_step(struct session *s, void *state)
{
	struct load *o = state;
	bool more;

	if (!o->diff) {
		if (!load_slice(s, o, &more))
			return false;
		if (more)
			return true;
		o->diff = cfg_diff_new(cfg_candidate(o->scratch), cfg_running(s->e->cfg));
		if (!o->diff)
			say_error(s, "Not enough memory for this output.");
		return o->diff;
	}
	if (cfg_diff_step(o->diff, &s->body))
		return true;
	if (!cfg_diff_any(o->diff))
		say(s, "Info: What runs is the same as the start-up file.\n");
	return false;
}

void compare_configuration(struct session *s, const struct args *a)
{
	struct load *o = load_begin(s, s->e->config_path, true);
	(void)a;

	if (o)
		session_job(s, compare_step, load_end, o);
}

/* ---- save --------------------------------------------------------------------------------------------------- */

#define SAVE_PART (64u << 10)		/* octets written at a time */

struct save {
	struct session *s;
	struct cfg_print *print;
	struct text text;
	void *file;			/* the new one */
	char path[sizeof(((struct session *)NULL)->remembered)];
};

static bool save_failed(struct session *s, const char *path, int err)
{
	if (err == -ENOSPC)
		say_error(s, "The configuration was not saved: the disk that holds %s is full; an old file is unchanged.", path);
	else
		say_error(s, "The configuration was not saved to %s: %s; an old file is unchanged.", path, strerror(-err));
	return false;
}

static bool save_step(struct session *s, void *state)
{
	struct save *o = state;
	bool more = cfg_print_step(o->print, &o->text);
	int err = o->text.failed ? -ENOMEM : 0;

	if (!err && (!more || o->text.len >= SAVE_PART)) {
		err = s->e->file_part(s->e->arg, o->file, o->text.v, o->text.len);
		o->text.len = 0;
	}
	if (!err && more)
		return true;
	if (!err)
		err = s->e->file_end(s->e->arg, o->file, true);
	else
		s->e->file_end(s->e->arg, o->file, false);
	o->file = NULL;
	if (err)
		return save_failed(s, o->path, err);
	say(s, "Info: Save the configuration successfully.\n");
	log_event(LOG_P_NOTICE, "saved", "file=\"%s\" uid=%" PRIu32, o->path, s->uid);
	return false;
}

static bool save_stop(struct session *s, void *state)
{
	(void)state;
	say_error(s, "Nothing was saved; an old file is unchanged.");
	return true;
}

static void save_end(void *state)
{
	struct save *o = state;

	if (o->file)
		o->s->e->file_end(o->s->e->arg, o->file, false);
	cfg_print_free(o->print);
	text_free(&o->text);
	free(o);
}

static void save(struct session *s)
{
	struct save *o = calloc(1, sizeof(*o));
	int err = -ENOMEM;

	if (o) {
		o->s = s;
		snprintf(o->path, sizeof(o->path), "%s", s->remembered);
		o->print = cfg_print_new(cfg_running(s->e->cfg), NULL);
	}
	if (o && o->print)
		err = s->e->file_begin(s->e->arg, o->path, &o->file);
	if (err) {
		save_failed(s, s->remembered, err);
		if (o)
			save_end(o);
		return;
	}
	session_job(s, save_step, save_end, o);
	s->job.stop = save_stop;
}

static void save_answered(struct session *s, const char *text)
{
	if (*text == 'y' || *text == 'Y')
		save(s);
	else
		say(s, "Info: Nothing was saved.\n");
}

void do_save(struct session *s, const struct args *a)
{
	const char *path = arg_text(a, "<file>");

	if (!s->e->file_begin) {
		say_error(s, "Files cannot be written here.");
		return;
	}
	file_path(s, path ? path : s->e->config_path, s->remembered);
	say(s, "Warning: all configuration will be written to %s.\n", s->remembered);
	session_ask(s, "Are you sure to continue?[Y/N]", save_answered);
}
