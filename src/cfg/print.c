/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * print.c: a configuration as text, a slice at a time.
 *
 * The position in the text is a row of the system view, the key of the last object that row printed, and inside a
 * block a row of its view; kept lines that do nothing are read beside it in the order of their places. So nothing is
 * collected first, and a slice costs what it prints.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cfg/inert.h"
#include "cfg/render.h"
#include "cfg/store.h"
#include "cfg/value.h"

#define SLICE	48		/* objects or kept lines looked at in a step */

const struct cfg_block cfg_blocks[] = {
	{ "interface", "interface", "Interfaces" },
	{ "mpls", "mpls", "MPLS on this device" },
	{ "mpls-ldp", "mpls ldp", "LDP on this device, and its peers that are no neighbours" },
	{ "mpls-l2vpn", "mpls l2vpn", "Layer 2 circuits over MPLS on this device" },
	{ "pw-template", "pw-template", "Templates of pseudowires" },
	{ "route-static", "ip route-static", "Static routes" },
	{ "static-lsp", "static-lsp", "Static LSPs" },
	{ "system", "", "What concerns the device as a whole" },
	{ NULL, NULL, NULL },
};

enum phase { NEXT, BEFORE, HEAD, INNER, END };

struct cfg_print {
	const struct trie *root;
	enum cfg_part part;
	const struct cfg_block *block;
	enum cfg_view view;
	char name[300];			/* of the one object that is wanted, "" = all */
	bool defaults, any;

	enum phase phase;
	size_t row;			/* of cfg_commands */
	uint32_t element;		/* of a row that prints no objects */
	uint8_t after[KEY_MAX];		/* the object printed last by the row; n_after 0: none yet */
	size_t n_after;
	const struct command *flat;	/* the row whose block is open */
	bool kept;			/* what was printed last is a kept line: another of the system view is none of its block */
	bool in_view;			/* what was printed last stands in a view: a kept line of the system view leaves it */

	/* the block being printed */
	const void *obj;
	char line[LINE_MAX_LEN];
	uint8_t place[PLACE_MAX];
	size_t n_place;
	size_t inner;
	uint8_t inner_after[KEY_MAX];	/* the object printed last by an inner row; n_inner_after 0: none yet */
	size_t n_inner_after;
	const void *inner_obj;
	bool bare;			/* its line is a default: no view behind it */

	const struct m_inert *inert;	/* the next kept line, NULL: none */
	const char *head;		/* CFG_PART_INACTIVE: the block printed last */
	struct text *out;
	unsigned int left;		/* of the slice */
};

/* ---- kept lines ------------------------------------------------------------------------------------ */

static int first_inert(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct cfg_print *p = arg;

	(void)key;
	(void)len;
	p->inert = val;
	return 1;
}

/* The kept line that comes first behind @place. */
static void inert_behind(struct cfg_print *p, const uint8_t *place, size_t n)
{
	static const uint8_t prefix = OBJ_INERT;
	uint8_t after[1 + PLACE_MAX] = { OBJ_INERT };

	if (n)
		memcpy(after + 1, place, n);
	p->inert = NULL;
	trie_walk_after(p->root, &prefix, 1, after, n + 1, first_inert, p);
}

static void print_inert(struct cfg_print *p)
{
	static const char blanks[] = "               ";
	const struct m_inert *m = p->inert;

	if (m->starts || (!m->block[0] && (p->in_view || p->kept || !p->any)))
		text_puts(p->out, "#\n");
	p->in_view &= m->block[0] != '\0';
	text_add(p->out, blanks, m->indent < sizeof(blanks) ? m->indent : sizeof(blanks) - 1);
	text_puts(p->out, m->text);
	text_puts(p->out, "\n");
	p->flat = NULL;
	p->any = p->kept = true;
}

/* Prints kept lines as long as @mine says so; false: the slice ends before. */
static bool inert_while(struct cfg_print *p, bool (*mine)(const struct cfg_print *p, unsigned int inner),
			unsigned int inner)
{
	while (p->inert && mine(p, inner)) {
		if (!p->left)
			return false;
		p->left--;
		print_inert(p);
		inert_behind(p, p->inert->place, p->inert->n_place);
	}
	return true;
}

/* Its place is before the block. */
static bool is_before(const struct cfg_print *p, unsigned int inner)
{
	size_t n = p->inert->n_place < p->n_place ? p->inert->n_place : p->n_place;
	int c = memcmp(p->inert->place, p->place, n);

	(void)inner;
	return c < 0 || (c == 0 && p->inert->n_place < p->n_place);
}

/* It stands inside the block, behind rows before @inner. */
static bool is_inside(const struct cfg_print *p, unsigned int inner)
{
	return inert_is_inside(p->inert, p->place, p->n_place) && inert_row(p->inert) < inner;
}

static bool is_left(const struct cfg_print *p, unsigned int inner)
{
	(void)p;
	(void)inner;
	return true;
}

/* ---- which block comes next --------------------------------------------------------------------------- */

static const struct cfg_block *block_of(const struct command *cmd)
{
	const struct cfg_block *best = NULL;

	for (const struct cfg_block *b = cfg_blocks; b->word; b++) {
		size_t n = strlen(b->begins);

		if (strncmp(cmd->grammar, b->begins, n) || (n && cmd->grammar[n] && cmd->grammar[n] != ' '))
			continue;
		if (!best || n > strlen(best->begins))
			best = b;
	}
	return best;
}

static bool is_wanted(const struct cfg_print *p, const struct command *cmd)
{
	if (cmd->view != VIEW_SYSTEM)
		return false;
	if (p->part == CFG_PART_BLOCK)
		return block_of(cmd) == p->block;
	if (p->part == CFG_PART_ALL)
		return true;
	if (p->view == VIEW_SYSTEM)
		return cmd->target != T_OBJECT || !cmd->opens;
	return cmd->opens == p->view;
}

static int take_object(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct cfg_print *p = arg;

	memcpy(p->after, key, len);
	p->n_after = len;
	p->obj = val;
	return 1;
}

/* The one interface that is wanted, without looking at the others. */
static const void *that_interface(struct cfg_print *p)
{
	if (p->n_after)
		return NULL;
	p->n_after = 1;
	return cfg_interface(p->root, p->name);
}

static bool next_object(struct cfg_print *p, const struct command *cmd)
{
	uint8_t type = (uint8_t)cmd->object;

	p->obj = NULL;
	if (p->name[0] && type == OBJ_INTERFACE)
		p->obj = that_interface(p);
	else
		trie_walk_after(p->root, &type, 1, p->after, p->n_after, take_object, p);
	return p->obj;
}

static bool is_named(const struct cfg_print *p, const struct command *cmd)
{
	char value[300] = "";

	if (p->name[0] && cmd->target == T_OBJECT && cmd->leaves[0])
		leaf_print(cmd->leaves[0], p->obj, 0, value, sizeof(value));
	return !strcmp(p->name, value);
}

static bool next_element(struct cfg_print *p, const struct command *cmd)
{
	p->obj = cfg_system(p->root);
	while (p->element < render_elements(cmd, p->obj))
		if (render_element(cmd, p->obj, p->element++, p->line, sizeof(p->line)) && is_named(p, cmd))
			return true;
	/* none of its own: what holds instead */
	p->bare = p->defaults && p->element++ == render_elements(cmd, p->obj) && !p->name[0] && !p->n_after &&
		  render_default(cmd, p->line, sizeof(p->line));
	return p->bare;
}

/* Finds the next block and its first line; false: none in this slice, or none at all (END). */
static bool next_block(struct cfg_print *p)
{
	p->bare = false;
	for (; p->row < cfg_n_commands; p->row++, p->n_after = 0, p->element = 0) {
		const struct command *cmd = &cfg_commands[p->row];

		if (!is_wanted(p, cmd))
			continue;
		if (cmd->target != T_OBJECT && next_element(p, cmd)) {
			p->n_after = 1;		/* it has lines */
			return true;
		}
		while (cmd->target == T_OBJECT) {
			if (!p->left)
				return false;
			p->left--;
			if (!next_object(p, cmd))
				break;
			if (is_named(p, cmd) && render_line(cmd, p->obj, 0, p->line, sizeof(p->line)))
				return true;
		}
	}
	p->phase = END;
	return false;
}

/* ---- a block ------------------------------------------------------------------------------------------ */

static void begin_block(struct cfg_print *p, const struct command *cmd)
{
	p->n_place = place_of(p->place, cmd, p->obj);
	if (p->part != CFG_PART_ALL)
		inert_behind(p, p->place, p->n_place);
	p->inner = p->bare ? cfg_n_commands : 0;
}

static void print_head(struct cfg_print *p, const struct command *cmd)
{
	if (!cmd->flat || !p->flat || p->flat->object != cmd->object)
		text_puts(p->out, "#\n");
	p->flat = cmd->flat ? cmd : NULL;
	p->in_view = cmd->opens != VIEW_NONE;
	p->kept = false;
	text_puts(p->out, p->line);
	text_puts(p->out, "\n");
	p->any = true;
}

static unsigned int kind_of(const struct cfg_print *p)
{
	const struct m_interface *m = p->obj;

	return m->loopback ? ON_LOOPBACK : m->parent[0] ? ON_SUB : ON_PORT;
}

static void print_row(struct cfg_print *p, const struct command *cmd)
{
	bool any = false;

	for (uint32_t i = 0; i < render_elements(cmd, p->obj); i++) {
		if (!render_element(cmd, p->obj, i, p->line, sizeof(p->line)))
			continue;
		any = true;
		text_printf(p->out, " %s\n", p->line);
	}
	if (any || !p->defaults || (cmd->on && !(cmd->on & kind_of(p))))
		return;
	if (render_default(cmd, p->line, sizeof(p->line)))
		text_printf(p->out, " %s\n", p->line);
}

static int take_inner(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct cfg_print *p = arg;

	memcpy(p->inner_after, key, len);
	p->n_inner_after = len;
	p->inner_obj = val;
	return 1;
}

static int nested_line(void *arg, const struct rendered *r)
{
	text_printf(arg, "  %s\n", r->line);
	return 0;
}

/* The objects that a row inside the block prints; false: the slice ends before the last. */
static bool print_objects(struct cfg_print *p, const struct command *cmd)
{
	const uint8_t type = (uint8_t)cmd->object;

	for (;;) {
		if (!p->left)
			return false;
		p->left--;
		p->inner_obj = NULL;
		trie_walk_after(p->root, &type, 1, p->inner_after, p->n_inner_after, take_inner, p);
		if (!p->inner_obj)
			break;
		if (!render_line(cmd, p->inner_obj, 0, p->line, sizeof(p->line)))
			continue;
		text_printf(p->out, " %s\n", p->line);
		if (cmd->opens)
			render_lines(cmd->opens, p->inner_obj, nested_line, p->out);
	}
	p->n_inner_after = 0;
	return true;
}

/* The lines of the view that @cmd opens; false: the slice ends before the last. */
static bool print_inner(struct cfg_print *p, const struct command *cmd)
{
	for (; cmd->opens && p->inner < cfg_n_commands; p->inner++) {
		const struct command *inner = &cfg_commands[p->inner];

		if (inner->view != cmd->opens)
			continue;
		if (!inert_while(p, is_inside, place_rank(inner)))
			return false;
		if (inner->target != T_OBJECT)
			print_row(p, inner);
		else if (!print_objects(p, inner))
			return false;
	}
	return inert_while(p, is_inside, PLACE_LAST);
}

/* ---- lists of kept lines ------------------------------------------------------------------------------- */

/* The head of a block that is active itself. */
static void print_under(struct cfg_print *p)
{
	const struct m_inert *m = p->inert;

	if (m->block[0] && (!p->head || strcmp(p->head, m->block)))
		text_printf(p->out, "#\n%s\n", m->block);
	p->head = m->block[0] ? m->block : m->text;
}

static void print_reason(struct cfg_print *p)
{
	const struct m_inert *m = p->inert;

	if (m->block[0])
		text_printf(p->out, "%u: %.200s / %.400s\n", m->line, m->block, m->text);
	else
		text_printf(p->out, "%u: %.400s\n", m->line, m->text);
	text_printf(p->out, "    %.400s\n", m->reason);
	p->any = true;
}

static bool print_list(struct cfg_print *p)
{
	for (; p->inert && p->left; p->left--) {
		if (p->part == CFG_PART_REASONS) {
			print_reason(p);
		} else {
			print_under(p);
			print_inert(p);
		}
		inert_behind(p, p->inert->place, p->inert->n_place);
	}
	return !p->inert;
}

/* ---- the whole ------------------------------------------------------------------------------------------- */

struct cfg_print *cfg_print_new(const struct trie *root, const struct cfg_what *what)
{
	struct cfg_print *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->root = ref_get(root);
	if (what) {
		p->part = what->part;
		p->view = (enum cfg_view)what->view;
		p->defaults = what->defaults;
		if (what->name)
			snprintf(p->name, sizeof(p->name), "%s", what->name);
		for (const struct cfg_block *b = cfg_blocks; what->block && b->word; b++)
			if (!strcmp(b->word, what->block))
				p->block = b;
	}
	if (p->part == CFG_PART_INACTIVE || p->part == CFG_PART_REASONS)
		p->phase = END;
	if (p->phase == END || p->part == CFG_PART_ALL)
		inert_behind(p, NULL, 0);
	return p;
}

/* One step of a phase; false: the slice is over. */
static bool advance(struct cfg_print *p)
{
	const struct command *cmd = &cfg_commands[p->row];

	switch (p->phase) {
	case NEXT:
		if (!next_block(p))
			return p->phase == END;
		begin_block(p, &cfg_commands[p->row]);
		p->phase = BEFORE;
		return true;
	case BEFORE:
		if (p->part == CFG_PART_ALL && !inert_while(p, is_before, 0))
			return false;
		p->phase = HEAD;
		return true;
	case HEAD:
		print_head(p, cmd);
		p->phase = INNER;
		return true;
	case INNER:
		if (!print_inner(p, cmd))
			return false;
		p->phase = NEXT;
		return true;
	default:
		return false;
	}
}

bool cfg_print_step(struct cfg_print *p, struct text *out)
{
	p->out = out;
	p->left = SLICE;
	while (advance(p))
		;
	if (p->phase != END)
		return true;
	if (p->part == CFG_PART_INACTIVE || p->part == CFG_PART_REASONS) {
		if (!print_list(p))
			return true;
	} else if (p->part == CFG_PART_ALL && !inert_while(p, is_left, 0)) {
		return true;
	}
	if (p->part != CFG_PART_REASONS)
		text_puts(out, "#\nreturn\n");
	return false;
}

bool cfg_print_any(const struct cfg_print *p)
{
	return p->any;
}

void cfg_print_free(struct cfg_print *p)
{
	if (!p)
		return;
	ref_put(p->root);
	free(p);
}

static char *whole(const struct trie *root, const struct cfg_what *what)
{
	struct cfg_print *p = cfg_print_new(root, what);
	struct text t = { 0 };

	if (!p)
		return NULL;
	while (cfg_print_step(p, &t))
		;
	cfg_print_free(p);
	return text_take(&t);
}

char *cfg_render(const struct trie *root, const char *only_interface)
{
	const struct cfg_what one = { .part = CFG_PART_BLOCK, .block = "interface", .name = only_interface };

	return whole(root, only_interface ? &one : NULL);
}

char *cfg_render_inert(const struct trie *root)
{
	return whole(root, &(struct cfg_what){ .part = CFG_PART_REASONS });
}
