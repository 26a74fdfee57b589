/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every row of the command table, by lines drawn at random from its grammar: what is printed of a line parses to the
 * same object and prints the same again; every form of undo leads back to where the line was typed; values beside a
 * bound are refused where they stand. The tests walk the table: a new row is covered without being named.
 */
#include "util.h"

#include "cfg/edit.h"
#include "cfg/leaves.h"
#include "cfg/render.h"
#include "cfg/session.h"
#include "cfg/store.h"
#include "cfg/value.h"
#include "tests/sample.h"

#define ROUNDS 2000

static uint32_t seed = 7;

static unsigned int rnd(unsigned int below)
{
	return sample_random(&seed, below);
}

/* ---- where a row can be typed -------------------------------------------------------------------------- */

static const char *stage(const struct command *cmd)
{
	static const char *const ports[] = { "interface GigabitEthernet0/1/0", "interface 10GE1/0/1",
					     "interface eth1" };
	static const char *const subs[] = { "interface GigabitEthernet0/1/0.7", "interface eth1.9" };

	switch (cmd->view) {
	case VIEW_MPLS:
		return "mpls";
	case VIEW_L2VPN:
		return "mpls l2vpn";
	case VIEW_L2VPN_PEER:
		return "mpls l2vpn\npeer 192.0.2.9";
	case VIEW_LDP:
		return "mpls ldp";
	case VIEW_REMOTE_PEER:
		return "mpls ldp remote-peer r";
	case VIEW_PW_TEMPLATE:
		return "pw-template t";
	case VIEW_INTERFACE:
		if (cmd->on == ON_SUB || (cmd->on != ON_PORT && rnd(2)))
			return subs[rnd(2)];
		return ports[rnd(3)];
	default:
		return "#";
	}
}

struct bench {
	struct cfg *c;
	struct cfg_session *s;
};

static struct bench open_at(const char *where)
{
	struct bench b = { cfg_new(NULL), NULL };

	assert_non_null(b.c);
	b.s = cfg_session_new(b.c);
	assert_non_null(b.s);
	type_all(b.s, where);
	return b;
}

static void shut(struct bench *b)
{
	cfg_session_free(b->s);
	cfg_free(b->c);
}

static void draw(const struct command *cmd, struct sample *s)
{
	sample_line(cmd, false, SAMPLE_RANDOM, false, &seed, s);
}

/* Types a line of @cmd; some contradict themselves (an address of 255 in its last octet). */
static bool taken(struct bench *b, const struct command *cmd, const struct sample *s)
{
	struct cfg_answer a = cfg_line(b->s, s->text);

	if (a.verdict != CFG_OK && a.verdict != CFG_REFUSED)
		fail_msg("\"%s\" of \"%s\": %d at %zu %s", s->text, cmd->grammar, a.verdict, a.column, a.text);
	return a.verdict == CFG_OK;
}

/* ---- the object a line is about --------------------------------------------------------------------------- */

static int keep_one(void *arg, const uint8_t *key, size_t len, const void *val)
{
	(void)key;
	(void)len;
	*(const void **)arg = val;
	return 1;
}

/* Of a session where @cmd's was the only line of its kind. */
static const void *object_of(const struct bench *b, const struct command *cmd, const struct place *at)
{
	const uint8_t type = (uint8_t)cmd->object;
	const void *obj = NULL;

	if (cmd->target != T_OBJECT)
		return edit_view_object(b->s->cand, at);
	trie_walk(b->s->cand, &type, 1, keep_one, &obj);
	return obj;
}

/* What the row prints of @obj: one line, its element in *index; nothing if all of it is the default. */
static bool print_row(const struct command *cmd, const void *obj, uint32_t *index, char *line)
{
	for (uint32_t i = 0; i < render_elements(cmd, obj); i++) {
		if (!render_element(cmd, obj, i, line, LINE_MAX_LEN))
			continue;
		*index = i;
		return true;
	}
	return false;
}

/* ---- printing and parsing ------------------------------------------------------------------------------------ */

static void assert_same(const struct bench *a, const struct bench *b, const char *line, const char *what)
{
	char *x, *y;

	/* the count tells of index entries that were left behind or forgotten */
	if (session_same(a->s->cand, b->s->cand) && trie_count(a->s->cand) == trie_count(b->s->cand))
		return;
	x = cfg_render(a->s->cand, NULL);
	y = cfg_render(b->s->cand, NULL);
	fprintf(stderr, "\"%s\": %s\nhave:\n%s\nwant:\n%s\n", line, what, x, y);
	fail_msg("not the same");
}

/* All that is printed loads to the same objects. */
static void assert_loads(const struct bench *have)
{
	struct bench b = open_at("#");
	struct cfg_load l = { 0 };
	char *text = cfg_render(have->s->cand, NULL), *again;

	assert_non_null(text);
	assert_int_equal(cfg_load_text(b.s, text, strlen(text), &l), 0);
	assert_int_equal(l.inert + l.refused, 0);
	assert_same(&b, have, "all of it", "loaded again");
	again = cfg_render(b.s->cand, NULL);
	assert_text(again, text);
	free(text);
	shut(&b);
}

/* @b: with the drawn line; where: without it. */
static void assert_prints(const struct command *cmd, const struct bench *b, const char *where, const struct place *at)
{
	struct bench again = open_at(where);
	char line[LINE_MAX_LEN], twice[LINE_MAX_LEN];
	uint32_t index;

	if (!print_row(cmd, object_of(b, cmd, at), &index, line)) {
		assert_same(b, &again, cmd->grammar, "nothing to print");
	} else {
		type_all(again.s, line);
		assert_same(&again, b, line, "typed as printed");
		assert_true(print_row(cmd, object_of(&again, cmd, at), &index, twice));
		assert_string_equal(line, twice);
	}
	shut(&again);
}

static void round_trips(void **state)
{
	(void)state;
	for (size_t i = 0; i < cfg_n_commands; i++) {
		const struct command *cmd = &cfg_commands[i];
		unsigned int good = 0;

		for (unsigned int n = 0; n < ROUNDS; n++) {
			const char *where = stage(cmd);
			struct bench b = open_at(where);
			struct place at = b.s->at;
			struct sample s;

			draw(cmd, &s);
			if (taken(&b, cmd, &s)) {
				good++;
				assert_prints(cmd, &b, where, &at);
				if (n % 8 == 0)
					assert_loads(&b);
			}
			shut(&b);
		}
		if (good < ROUNDS / 3)
			fail_msg("\"%s\": only %u lines were taken", cmd->grammar, good);
	}
}

/* ---- undo -------------------- */

/* What the line set, as a record of the row. */
struct record {
	_Alignas(8) uint8_t rec[1024];
	uint32_t index;
};

static void record_of(const struct command *cmd, const char *line, struct record *r)
{
	struct parsed p;

	memset(r, 0, sizeof(*r));
	assert_int_equal(parse_line(cmd->view, ROWS_CONFIG, line, &p).verdict, CFG_OK);
	r->index = edit_index(&p);
	for (size_t i = 0; i < p.n; i++) {
		struct value v = { .num = p.bound[i].word };

		if (p.bound[i].text)
			assert_true(leaf_read(p.bound[i].leaf, p.bound[i].text, p.bound[i].len, &v));
		assert_true(leaf_store(p.bound[i].leaf, r->rec, &v));
	}
}

static void forget_record(const struct command *cmd, struct record *r)
{
	for (const struct leaf *const *l = cmd->leaves; *l; l++)
		leaf_clear(*l, r->rec);
}

/* The sequence says what the record holds; @zero: also values that are zero. */
static bool fits(uint16_t item, const struct record *r, bool zero)
{
	for (; item != NOWHERE; item = grammar_item(item)->next) {
		const struct g_item *g = grammar_item(item);

		if (g->unbuilt || (g->kind == G_LEAF && !g->leaf->size))
			return false;
		if (g->kind == G_WORD && g->leaf &&
		    g->value != (g->leaf->index ? r->index : leaf_number(g->leaf, r->rec)))
			return false;
		if (g->kind == G_LEAF && !zero && leaf_unset(g->leaf, r->rec))
			return false;
	}
	return true;
}

static void append(char *line, const char *word, size_t len)
{
	size_t n = strlen(line);

	assert_true(n + len + 2 < LINE_MAX_LEN);
	sprintf(line + n, "%s%.*s", n ? " " : "", (int)len, word);
}

static void say_undo(uint16_t item, const struct record *r, char *line);

static bool is_index(uint16_t item)
{
	const struct g_item *g = grammar_item(item);

	for (unsigned int i = 0; i < g->n_alt; i++)
		if (is_index(g->alt[i]))
			return true;
	return g->kind == G_WORD && g->leaf && g->leaf->index;
}

/* Takes back less than was set. */
static bool is_part(uint16_t item)
{
	return grammar_item(item)->kind == G_WORD && grammar_item(item)->leaf && grammar_item(item)->leaf->part;
}

/* Of the alternatives that fit each at random; which element is meant is always said. */
static void say_choice(const struct g_item *g, const struct record *r, char *line)
{
	unsigned int from = rnd(g->n_alt), said = 0;

	for (unsigned int k = 0; k < g->n_alt && (!said || g->any_order); k++) {
		uint16_t alt = g->alt[(from + k) % g->n_alt];

		if (!fits(alt, r, false) || is_part(alt) || (g->optional && !is_index(alt) && rnd(2)))
			continue;
		say_undo(alt, r, line);
		said++;
	}
	for (unsigned int k = 0; k < g->n_alt && !said && !g->optional; k++) {
		uint16_t alt = g->alt[(from + k) % g->n_alt];

		if (fits(alt, r, true)) {
			say_undo(alt, r, line);
			said++;
		}
	}
}

static void say_undo(uint16_t item, const struct record *r, char *line)
{
	char value[400];

	for (; item != NOWHERE; item = grammar_item(item)->next) {
		const struct g_item *g = grammar_item(item);

		if (g->kind == G_CHOICE) {
			say_choice(g, r, line);
		} else if (g->kind == G_WORD) {
			append(line, g->word, g->len);
		} else {
			leaf_print(g->leaf, r->rec, 0, value, sizeof(value));
			append(line, value, strlen(value));
		}
	}
}

/* Other lines of the same view, which undo must leave alone. */
static void company(const struct command *cmd, const char *where, struct bench *a, struct bench *b)
{
	for (unsigned int n = rnd(4); n && !cmd->undone; n--) {
		const struct command *other = &cfg_commands[rnd((unsigned int)cfg_n_commands)];
		struct sample s;

		if (other == cmd || other->view != cmd->view || (cmd->undo_check && other->element == cmd->element) ||
		    (cmd->target == T_OBJECT && other->target == T_OBJECT && other->object == cmd->object))
			continue;
		draw(other, &s);
		cfg_line(a->s, s.text);
		cfg_line(b->s, s.text);
		type_all(a->s, "#");
		type_all(b->s, "#");
		type_all(a->s, where);
		type_all(b->s, where);
	}
}

static void undo_leads_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < cfg_n_commands; i++) {
		const struct command *cmd = &cfg_commands[i];

		for (unsigned int n = 0; n < ROUNDS && cmd->undo; n++) {
			const char *where = stage(cmd);
			struct bench b = open_at(where), before = open_at(where);
			char undo[LINE_MAX_LEN] = "";
			struct record r;
			struct sample s;

			company(cmd, where, &b, &before);
			draw(cmd, &s);
			if (taken(&b, cmd, &s)) {
				record_of(cmd, s.text, &r);
				say_undo(grammar_of(cmd)->item[1], &r, undo);
				if (cmd->opens)
					type_all(b.s, "quit");
				type_all(b.s, undo);
				assert_same(&b, &before, s.text, undo);
				forget_record(cmd, &r);
			}
			shut(&b);
			shut(&before);
		}
	}
}

/* A bare undo says nothing of values: it takes back whatever is set, and is no error when nothing is. */
static void undo_of_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < cfg_n_commands; i++) {
		const struct command *cmd = &cfg_commands[i];
		struct bench b, before;
		const char *where;
		struct sample s;

		if (!cmd->undo || cmd->target == T_OBJECT)
			continue;
		where = stage(cmd);
		b = open_at(where);
		before = open_at(where);
		sample_line(cmd, true, SAMPLE_SHORT, false, &seed, &s);
		type_all(b.s, s.text);
		assert_same(&b, &before, s.text, "there was nothing");
		shut(&b);
		shut(&before);
	}
}

/* ---- bounds -------------------- */

struct bad {
	char text[600];
	bool range;			/* of the right type: "wrong parameter"; else it may be taken for a keyword */
};

static size_t numbers(const struct leaf *l, struct bad *b)
{
	static const char *const words[] = { "-1", "+1", "1x", "0x10", "1.5", "1e3", "99999999999" };
	size_t n = 0;

	snprintf(b[n].text, sizeof(b[n].text), "%llu", (unsigned long long)l->max + 1);
	b[n++].range = true;
	if (l->min) {
		snprintf(b[n].text, sizeof(b[n].text), "%u", l->min - 1);
		b[n++].range = true;
	}
	for (unsigned int i = 0; l->type == LT_LABEL && i < 16; i++)
		if (!(l->reserved & 1u << i)) {
			snprintf(b[n].text, sizeof(b[n].text), "%u", i);
			b[n++].range = true;
		}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		snprintf(b[n++].text, sizeof(b->text), "%s", words[i]);
	return n;
}

static size_t listed(const char *const *words, struct bad *b)
{
	size_t n = 0;

	for (; *words; words++)
		snprintf(b[n++].text, sizeof(b->text), "%s", *words);
	return n;
}

/* Values just outside of what @l takes. */
static size_t bad_values(const struct leaf *l, struct bad *b)
{
	static const char *const ips[] = { "256.1.1.1", "1.1.1", "1.1.1.1.1", "1..1.1", "1.1.1.1x", "1.1.1.-1", NULL };
	static const char *const masks[] = { "255.0.255.0", "0.255.255.255", "255.255.255.1", "255.255.256.0", NULL };
	static const char *const names[] = { "GigabitEthernet0/", "GigabitEthernet0/1/0.0", "a/b", "averylongdevicename",
					     NULL };
	size_t n;

	switch (l->type) {
	case LT_UINT:
	case LT_LABEL:
		return numbers(l, b);
	case LT_IPV4:
		n = listed(ips, b);
		if (l->min)
			snprintf(b[n++].text, sizeof(b->text), "0.0.0.0");
		return n;
	case LT_MASK:
		return listed(masks, b);
	case LT_IFNAME:
		return listed(names, b);
	default:
		memset(b[0].text, 'x', l->max + 1u);
		b[0].range = true;
		return 1;
	}
}

static void refuse_one(const struct command *cmd, const struct sample *s, const struct sample_part *part,
		       const struct bad *bad)
{
	struct bench b = open_at(stage(cmd));
	char line[4096];
	struct cfg_answer a;

	snprintf(line, sizeof(line), "%.*s%.599s%s", (int)part->at, s->text, bad->text,
		 part->item->leaf->type == LT_TEXT ? "" : s->text + part->at + part->len);
	a = cfg_line(b.s, line);
	if (a.column != part->at || (a.verdict != CFG_WRONG && (bad->range || a.verdict != CFG_UNRECOGNIZED)))
		fail_msg("\"%s\": verdict %d at %zu instead of %zu %s", line, a.verdict, a.column, part->at, a.text);
	shut(&b);
}

static void values_beside_bounds(void **state)
{
	static struct bad bad[64];

	(void)state;
	for (size_t i = 0; i < cfg_n_commands; i++) {
		for (unsigned int n = 0; n < 60; n++) {
			struct sample s;

			draw(&cfg_commands[i], &s);
			for (size_t k = 0; k < s.n; k++) {
				size_t n_bad;

				if (s.part[k].item->kind != G_LEAF)
					continue;
				memset(bad, 0, sizeof(bad));
				n_bad = bad_values(s.part[k].item->leaf, bad);
				for (size_t j = 0; j < n_bad; j++)
					refuse_one(&cfg_commands[i], &s, &s.part[k], &bad[j]);
			}
		}
	}
}

/* The bounds themselves are no error of the line's form. */
static void bounds_are_taken(void **state)
{
	struct value v;
	char text[16];

	(void)state;
	for (const struct leaf *const *l = cfg_leaves; *l; l++) {
		if ((*l)->type != LT_UINT && (*l)->type != LT_LABEL)
			continue;
		snprintf(text, sizeof(text), "%u", (*l)->max);
		assert_true(leaf_read(*l, text, strlen(text), &v));
		if ((*l)->type == LT_LABEL && (*l)->min < 16 && !((*l)->reserved & 1u << (*l)->min))
			continue;
		snprintf(text, sizeof(text), "%u", (*l)->min);
		assert_true(leaf_read(*l, text, strlen(text), &v));
	}
}

/* ---- the tables -------------------- */

/* Each leaf has help and a name to be found by, ranges make sense, words are distinct. */
static void leaf_rows(void **state)
{
	(void)state;
	for (const struct leaf *const *l = cfg_leaves; *l; l++) {
		assert_non_null((*l)->name);
		assert_non_null((*l)->help);
		assert_true((*l)->min <= (*l)->max || (*l)->max == 0);
		assert_true(!(*l)->size || (*l)->yang);
		assert_int_equal((*l)->type == LT_WORD, (*l)->words != NULL);
	}
}

static bool is_listed(const struct leaf *leaf)
{
	for (const struct leaf *const *l = cfg_leaves; *l; l++)
		if (*l == leaf)
			return true;
	return false;
}

/* Every leaf a row binds is in the list of all. */
static void leaves_are_listed(void **state)
{
	(void)state;
	for (size_t i = 0; i < cfg_n_commands; i++)
		for (const struct leaf *const *l = cfg_commands[i].leaves; *l; l++)
			if (!is_listed(*l))
				fail_msg("<%s> of \"%s\" is not in cfg_leaves", (*l)->name, cfg_commands[i].grammar);
}

/* Each word of a grammar says what it is for. */
static void words_have_help(void **state)
{
	(void)state;
	for (size_t i = 0; i < cfg_n_commands; i++)
		assert_non_null(cfg_commands[i].help);
	grammar_of(&cfg_commands[0]);
	for (uint16_t i = 0; i < grammar_items(); i++)
		if (grammar_item(i)->kind != G_CHOICE && !grammar_item(i)->help)
			fail_msg("no help for \"%.*s\"", grammar_item(i)->len, grammar_item(i)->word);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaf_rows),	    cmocka_unit_test(leaves_are_listed),
		cmocka_unit_test(words_have_help),  cmocka_unit_test(round_trips),
		cmocka_unit_test(undo_leads_back),  cmocka_unit_test(undo_of_nothing),
		cmocka_unit_test(bounds_are_taken), cmocka_unit_test(values_beside_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
