/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * problem.c: what is wrong with a commit, told by the lines at fault.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cfg/render.h"
#include "cfg/session.h"

#define TAKE_OUT_MAX 4096	/* at once, at a start-up: each round looks at all there is */

/* ---- noting -------------------------------------------------------------------------------------------- */

static struct problem *note(struct cfg *c, enum obj_type type, const void *obj, const char *text)
{
	struct problem *p;

	if (c->n_problems == c->room) {
		size_t room = c->room ? 2 * c->room : 32;

		p = realloc(c->problems, room * sizeof(*p));
		if (!p) {
			c->no_room = true;
			return NULL;
		}
		c->problems = p;
		c->room = room;
	}
	p = &c->problems[c->n_problems++];
	*p = (struct problem){ .type = type };
	p->obj = type == OBJ_SYSTEM ? object_copy(type, obj) : ref_get(obj);
	snprintf(p->text, sizeof(p->text), "%s", text);
	return p;
}

void cfg_problem(struct cfg *c, enum obj_type type, const void *obj, const char *field, const char *text)
{
	struct problem *p = note(c, type, obj, text);

	if (p)
		snprintf(p->field, sizeof(p->field), "%s", field ? field : "");
}

size_t cfg_problems_wanted(const struct cfg *c)
{
	return c->commit.keep_problems ? TAKE_OUT_MAX : CFG_PROBLEMS_MAX;
}

void problem_of_line(struct cfg *c, enum obj_type type, const void *obj, const char *line, const char *text)
{
	struct problem *p = note(c, type, obj, text);

	if (p && !(p->line = strdup(line)))
		c->no_room = true;
}

void problems_forget(struct cfg *c)
{
	for (size_t i = 0; i < c->n_problems; i++) {
		ref_put(c->problems[i].obj);
		free(c->problems[i].line);
	}
	c->n_problems = 0;
	c->no_room = false;
}

/* ---- the line at fault ----------------------------------------------------------------------------------- */

static bool names_slot(const char *field, const struct rendered *r)
{
	static const char *const slots[] = { "primary", "secondary", "bypass" };

	return r->cmd->target == T_SLOT && r->index < 3 && !strcmp(field, slots[r->index]);
}

static int is_culprit(void *arg, const struct rendered *r)
{
	struct culprit *c = arg;
	size_t n = strlen(c->p->field);
	bool begins = n && !strncmp(r->line, c->p->field, n) && (r->line[n] == ' ' || !r->line[n]);

	/* "mpls" is the first word of many: a row that is exactly that is meant */
	if (begins && strcmp(r->line, c->p->field) && !strncmp(r->cmd->grammar, c->p->field, n) && !r->cmd->grammar[n])
		begins = false;
	if (!begins && !names_slot(c->p->field, r))
		return 0;
	if (c->cmd && strcmp(r->line, c->p->field))
		return 0;
	c->cmd = r->cmd;
	c->index = r->index;
	snprintf(c->line, sizeof(c->line), "%s", r->line);
	return 0;
}

void culprit_find(const struct problem *p, struct culprit *c)
{
	c->p = p;
	c->cmd = NULL;
	c->line[0] = '\0';
	for (enum cfg_view v = VIEW_SYSTEM; v < VIEW__N && !c->cmd; v++)
		if (cfg_views[v].object == p->type)
			render_lines(v, p->obj, is_culprit, c);
}

void problem_line(const struct problem *p, char *out, size_t size)
{
	const struct command *row = p->type == OBJ_SYSTEM ? NULL : render_row(p->type, p->obj);
	const char *line = p->line;
	struct culprit c = { 0 };
	char head[LINE_MAX_LEN] = "";

	if (!line) {
		culprit_find(p, &c);
		line = c.line;
	}
	if (row)
		render_line(row, p->obj, 0, head, sizeof(head));
	snprintf(out, size, "%s%s%s", head, head[0] && line[0] ? " / " : "", line);
}

void problems_report(const struct cfg *c, struct cfg_result *r)
{
	r->n_problems = c->n_problems;
	for (size_t i = 0; i < c->n_problems && i < CFG_PROBLEMS_MAX; i++) {
		char line[2 * LINE_MAX_LEN + 8];

		problem_line(&c->problems[i], line, sizeof(line));
		snprintf(r->problem[i].line, sizeof(r->problem[i].line), "%.255s", line);
		snprintf(r->problem[i].text, sizeof(r->problem[i].text), "%s", c->problems[i].text);
	}
}
