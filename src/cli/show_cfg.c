/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show_cfg.c: the displays of configuration: what runs, what was saved, what a session has changed. The text is
 * cfg's (cfg_print_*, cfg_diff_*), a slice a step.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/display.h"
#include "cli/args.h"

/* ---- jobs ---------------------------------------------------------------------------------------------- */

static bool print_step(struct session *s, void *state)
{
	return cfg_print_step(state, &s->body);
}

static void print_end(void *state)
{
	cfg_print_free(state);
}

void print_job(struct session *s, struct cfg_print *p)
{
	if (p)
		session_job(s, print_step, print_end, p);
	else
		say_error(s, "Not enough memory for this output.");
}

static bool diff_step(struct session *s, void *state)
{
	return cfg_diff_step(state, &s->body);
}

static void diff_end(void *state)
{
	cfg_diff_free(state);
}

void diff_job(struct session *s, struct cfg_diff *d)
{
	if (d)
		session_job(s, diff_step, diff_end, d);
	else
		say_error(s, "Not enough memory for this output.");
}

/* ---- what runs -------------------------------------------------------------------------------------------- */

static const char *block_word(const struct args *a)
{
	for (const struct cfg_block *b = cfg_blocks; b->word; b++)
		if (arg_text(a, b->word))
			return b->word;
	return NULL;
}

/* The name of one block as it is kept: an interface in canonical form. */
static const char *block_name(const struct args *a, const char *block, char ifname[IFNAME_LEN])
{
	const char *name = arg_text(a, "<name>");

	return name && !strcmp(block, "interface") && cfg_ifname(name, ifname) ? ifname : name;
}

void display_current(struct session *s, const struct args *a)
{
	struct cfg_what what = { .defaults = arg_text(a, "include-default") };
	const char *ifname = arg_text(a, "<if>");
	char canonical[IFNAME_LEN];

	if (ifname && !cfg_interface(cfg_running(s->e->cfg), ifname)) {
		say_error(s, "The interface %s is not configured.", ifname);
		return;
	}
	if (arg_text(a, "inactive")) {
		what.part = CFG_PART_INACTIVE;
	} else if (ifname) {
		what.part = CFG_PART_BLOCK;
		what.block = "interface";
		what.name = ifname;
	} else if (arg_text(a, "configuration")) {
		what.part = CFG_PART_BLOCK;
		what.block = block_word(a);
		what.name = block_name(a, what.block, canonical);
	}
	print_job(s, cfg_print_new(cfg_running(s->e->cfg), &what));
}

void display_this(struct session *s, const struct args *a)
{
	struct cfg_what what;

	cfg_here(s->cfg, &what);
	what.defaults = arg_text(a, "include-default");
	print_job(s, cfg_print_new(cfg_running(s->e->cfg), &what));
}

void display_inert(struct session *s, const struct args *a)
{
	(void)a;
	print_job(s, cfg_print_new(cfg_running(s->e->cfg), &(struct cfg_what){ .part = CFG_PART_REASONS }));
}

/* ---- what was saved ------------------------------------------------------------------------------------------ */

void display_saved(struct session *s, const struct args *a)
{
	char *text = NULL;
	size_t len = 0;
	int err;
	(void)a;

	if (s->shared->renders >= SESSION_RENDERS_MAX) {
		say_error(s, "Too many long displays are under way in other sessions; try again.");
		return;
	}
	err = s->e->file_read ? s->e->file_read(s->e->arg, s->e->config_path, &text, &len) : -ENOSYS;
	if (err == -ENOENT)
		say(s, "Info: There is no saved configuration: %s does not exist. save writes it.\n",
		    s->e->config_path);
	else if (err)
		say_error(s, "The file %s cannot be read: %s.", s->e->config_path, strerror(-err));
	else
		session_print(s, text);
}

/* ---- what a session has changed ------------------------------------------------------------------------------- */

/* A commit would be refused: it is told before. */
static void say_conflict(struct session *s)
{
	char line[256];

	if (cfg_conflict(s->cfg, line, sizeof(line)))
		say(s, "Warning: Another session committed a change of what this one changed: %s. Use refresh "
		       "configuration candidate.\n", line);
}

void display_candidate(struct session *s, const struct args *a)
{
	(void)a;
	diff_job(s, cfg_diff_commands(cfg_base(s->cfg), cfg_candidate(s->cfg)));
}

void display_candidate_changes(struct session *s, const struct args *a)
{
	(void)a;
	say(s, "Building configuration\n");
	say_conflict(s);
	diff_job(s, cfg_diff_new(cfg_base(s->cfg), cfg_candidate(s->cfg)));
}

void display_candidate_merge(struct session *s, const struct args *a)
{
	(void)a;
	print_job(s, cfg_print_new(cfg_candidate(s->cfg), NULL));
}
