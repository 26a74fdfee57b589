/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every row of every table, in every place where it may be typed, by lines drawn at random from it: what `?` lists
 * after each octet, what abbreviations mean, and what is said of a word that is wrong, and where.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "cfg/parse.h"
#include "cfg/value.h"
#include "cli/rows.h"
#include "tests/sample.h"

static uint32_t seed = 11;
static uint8_t on;			/* of the interface whose view it is, 0 in other views */

/* ---- what help lists ------------------------------------------------------------------------------ */

struct item {
	enum cfg_help kind;
	char word[80];
};
struct list {
	size_t n;
	struct item v[400];
};

static void keep(void *arg, const char *word, const char *help, enum cfg_help kind)
{
	struct list *l = arg;

	assert_true(l->n < 400);
	if (kind != CFG_HELP_END && !*help)
		fail_msg("no help text for \"%s\"", word);
	l->v[l->n].kind = kind;
	snprintf(l->v[l->n++].word, sizeof(l->v[0].word), "%s", word);
}

static void list_at(enum cfg_view view, const char *line, size_t len, struct list *l)
{
	char copy[2100];

	assert_true(len < sizeof(copy));
	memcpy(copy, line, len);
	copy[len] = '\0';
	l->n = 0;
	parse_help(&(struct scope){ view, ROWS_TYPED, on }, copy, keep, l);
}

static bool lists(const struct list *l, enum cfg_help kind, const char *word, size_t len)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kind == kind && (!word || (strlen(l->v[i].word) == len &&
						       !strncasecmp(l->v[i].word, word, len))))
			return true;
	return false;
}

/* How many of its words begin like that; *exact: one is just that. */
static size_t begin_like(const struct list *l, const char *word, size_t len, bool *exact)
{
	size_t n = 0;

	*exact = false;
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kind == CFG_HELP_WORD && !strncasecmp(l->v[i].word, word, len)) {
			*exact |= strlen(l->v[i].word) == len;
			n++;
		}
	return n;
}

/* ---- rows and places ---------------------------------------------------------------------------------- */

typedef void check_fn(enum cfg_view view, const struct command *cmd, bool undo, const struct sample *s);

static void in_place(enum cfg_view view, const struct command *cmd, unsigned int lines, check_fn *check)
{
	for (int undo = 0; undo <= (cmd->undo != NULL); undo++)
		for (unsigned int i = 0; i < lines; i++) {
			struct sample s;

			sample_line(cmd, undo, SAMPLE_RANDOM, i % 4 == 0, &seed, &s);
			check(view, cmd, undo, &s);
		}
}

static void every_row(unsigned int lines, check_fn *check)
{
	grammar_add(&cli_rows);
	assert_true(grammar_tables() > 1);
	for (size_t t = 0; t < grammar_tables(); t++)
		for (size_t i = 0; i < grammar_table(t)->n; i++) {
			const struct command *cmd = &grammar_table(t)->row[i];

			for (on = ON_PORT; !cmd->in && cmd->view == VIEW_INTERFACE && on < ON_ANY; on <<= 1)
				if (!cmd->on || cmd->on & on)
					in_place(cmd->view, cmd, lines / 2 + 1, check);
			on = 0;
			if (!cmd->in && cmd->view != VIEW_INTERFACE)
				in_place(cmd->view, cmd, lines, check);
			if (cmd->in & IN_USER)
				in_place(VIEW_USER, cmd, lines, check);
			for (enum cfg_view v = VIEW_SYSTEM; v < VIEW__N; v++)
				if (cmd->in & IN_CONFIG)
					in_place(v, cmd, lines / 4 + 1, check);
		}
}

/* ---- checks ----------------------------------------------------------------------------------------------- */

static struct cfg_answer read_as(enum cfg_view view, const char *line, struct parsed *p)
{
	return parse_in(&(struct scope){ view, ROWS_TYPED, on }, line, p);
}

static void is_its_row(enum cfg_view view, const struct command *cmd, bool undo, const struct sample *s)
{
	struct parsed p;
	struct cfg_answer a = read_as(view, s->text, &p);

	if (a.verdict != CFG_OK || p.cmd != cmd || p.undo != undo)
		fail_msg("\"%s\" in %s: %d at %zu, %s", s->text, cfg_views[view].title, a.verdict, a.column,
			 p.cmd ? p.cmd->grammar : "");
	assert_int_equal(p.n_said, s->n);
	for (size_t i = 0; i < s->n; i++) {
		assert_ptr_equal(p.said[i].item, s->part[i].item);
		assert_int_equal(p.said[i].text - s->text, s->part[i].at);
		assert_int_equal(p.said[i].len, s->part[i].len);
	}
}

static void each_octet(enum cfg_view view, const struct command *cmd, bool undo, const struct sample *s)
{
	struct list l;
	struct parsed p;
	char line[2100];

	(void)cmd;
	(void)undo;
	for (size_t n = 0; n <= s->len; n++) {
		memcpy(line, s->text, n);
		line[n] = '\0';
		list_at(view, line, n, &l);
		if (!l.n)
			fail_msg("\"%s?\" in %s lists nothing", line, cfg_views[view].title);
		line[n] = ' ';
		line[n + 1] = '\0';
		list_at(view, line, n + 1, &l);
		if (lists(&l, CFG_HELP_END, NULL, 0) != (read_as(view, line, &p).verdict == CFG_OK) && !strchr(line, '"'))
			fail_msg("\"%s?\" in %s: <cr> is%s listed", line, cfg_views[view].title,
				 lists(&l, CFG_HELP_END, NULL, 0) ? "" : " not");
	}
}

static void names_what_follows(enum cfg_view view, const struct command *cmd, bool undo, const struct sample *s)
{
	(void)cmd;
	(void)undo;
	for (size_t i = 0; i < s->n; i++) {
		const struct sample_part *w = &s->part[i];
		char type[80];
		struct list l;

		list_at(view, s->text, w->at, &l);
		if (w->item->kind == G_LEAF)
			leaf_type_name(w->item->leaf, type, sizeof(type));
		if (w->item->kind == G_WORD ? !lists(&l, CFG_HELP_WORD, w->item->word, w->item->len)
					    : !lists(&l, CFG_HELP_VALUE, type, strlen(type)))
			fail_msg("\"%.*s?\" in %s does not name \"%.*s\"", (int)w->at, s->text, cfg_views[view].title,
				 (int)w->item->len, w->item->word);
	}
	for (size_t i = 0; i <= s->n; i++) {		/* each word it lists is taken there */
		size_t at = i < s->n ? s->part[i].at : s->len + 1;
		char line[2200];
		struct list l;
		struct parsed p;

		snprintf(line, sizeof(line), "%s ", s->text);
		list_at(view, line, at, &l);
		for (size_t k = 0; k < l.n; k++) {
			struct cfg_answer a;

			if (l.v[k].kind != CFG_HELP_WORD)
				continue;
			snprintf(line + at, sizeof(line) - at, "%s", l.v[k].word);
			a = read_as(view, line, &p);
			if (a.verdict != CFG_OK && a.verdict != CFG_INCOMPLETE)
				fail_msg("\"%s\" in %s: listed, and %d at %zu", line, cfg_views[view].title, a.verdict,
					 a.column);
		}
	}
}

/* The line with part @i cut to its first @keep letters. */
static void cut(const struct sample *s, size_t i, size_t keep_len, char *out, size_t size)
{
	const struct sample_part *w = &s->part[i];

	snprintf(out, size, "%.*s%s", (int)(w->at + keep_len), s->text, s->text + w->at + w->len);
}

static void same_meaning(const char *line, const struct parsed *p, const struct parsed *q)
{
	bool same = p->cmd == q->cmd && p->undo == q->undo && p->n == q->n && p->n_said == q->n_said;

	for (size_t i = 0; same && i < p->n; i++)
		same = p->bound[i].leaf == q->bound[i].leaf && p->bound[i].word == q->bound[i].word &&
		       p->bound[i].len == q->bound[i].len &&
		       !memcmp(p->bound[i].text ? p->bound[i].text : "", q->bound[i].text ? q->bound[i].text : "",
			       p->bound[i].len);
	for (size_t i = 0; same && i < p->n_said; i++)
		same = p->said[i].item == q->said[i].item;
	if (!same)
		fail_msg("\"%s\" means something else than its whole words", line);
}

static void abbreviated(enum cfg_view view, const struct command *cmd, bool undo, const struct sample *s)
{
	struct parsed p, q;

	(void)cmd;
	(void)undo;
	read_as(view, s->text, &p);
	for (size_t i = 0; i < s->n; i++) {
		const struct sample_part *w = &s->part[i];
		struct list all, part;
		char line[2100];
		bool exact;

		list_at(view, s->text, w->at, &all);
		for (size_t k = 1; w->item->kind == G_WORD && k < w->len; k++) {
			size_t n = begin_like(&all, s->text + w->at, k, &exact);
			struct cfg_answer a;

			list_at(view, s->text, w->at + k, &part);
			if (begin_like(&part, s->text + w->at, k, &exact) != n)
				fail_msg("\"%.*s?\" lists other words than before it", (int)(w->at + k), s->text);
			if (exact)
				continue;		/* another word, whole */
			cut(s, i, k, line, sizeof(line));
			a = read_as(view, line, &q);
			if (n == 1 && a.verdict != CFG_OK)
				fail_msg("\"%s\" in %s: %d at %zu", line, cfg_views[view].title, a.verdict, a.column);
			if (n > 1 && (a.verdict != CFG_AMBIGUOUS || a.column != w->at))
				fail_msg("\"%s\" in %s: %d at %zu and not ambiguous", line, cfg_views[view].title,
					 a.verdict, a.column);
			if (n == 1)
				same_meaning(line, &p, &q);
		}
	}
}

/* A text of the greatest length is whole, whatever blanks stand behind it. */
static void full_text(void **state)
{
	char line[300] = "description ";
	struct parsed p;
	struct list l;

	(void)state;
	memset(line + 12, 'x', 242);
	memcpy(line + 12 + 242, "  ", 3);
	assert_int_equal(read_as(VIEW_INTERFACE, line, &p).verdict, CFG_OK);
	list_at(VIEW_INTERFACE, line, strlen(line), &l);
	assert_true(lists(&l, CFG_HELP_END, NULL, 0));
	line[12 + 242] = 'x';
	list_at(VIEW_INTERFACE, line, strlen(line), &l);
	assert_false(lists(&l, CFG_HELP_END, NULL, 0));
}

static void wants(enum cfg_view view, const char *line, enum cfg_verdict verdict, size_t column)
{
	struct parsed p;
	struct cfg_answer a = read_as(view, line, &p);

	if (a.verdict != verdict || a.column != column)
		fail_msg("\"%s\" in %s: %d at %zu, wanted %d at %zu", line, cfg_views[view].title, a.verdict, a.column,
			 verdict, column);
}

/* A value takes any word, or one that looks like @typed. */
static bool some_value(const struct list *l, bool (*is)(const char *type))
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kind == CFG_HELP_VALUE && is(l->v[i].word))
			return true;
	return false;
}

static bool takes_words(const char *type)
{
	return !strncmp(type, "STRING", 6) || !strncmp(type, "TEXT", 4) || !strcmp(type, "INTERFACE");
}

static bool takes_digits(const char *type)
{
	return !strncmp(type, "INTEGER", 7) || !strcmp(type, "X.X.X.X");
}

/* The line ends in a text, which takes all that follows, even if it is as long as it may be. */
static bool ends_in_text(const struct sample *s)
{
	const struct g_item *last = s->n ? s->part[s->n - 1].item : NULL;

	return last && last->kind == G_LEAF && last->leaf->type == LT_TEXT;
}

/* Words that nothing here is, numbers that are too large, lines that end too early or too late. */
static void wrong_words(enum cfg_view view, const struct command *cmd, bool undo, const struct sample *s)
{
	char line[2200];
	struct list l;

	(void)cmd;
	(void)undo;
	for (size_t i = 0; i < s->n + !ends_in_text(s); i++) {
		size_t at = i < s->n ? s->part[i].at : s->len + 1;
		bool words, end;

		snprintf(line, sizeof(line), "%s ", s->text);
		list_at(view, line, at, &l);
		if (some_value(&l, takes_words))
			continue;
		words = lists(&l, CFG_HELP_WORD, NULL, 0);
		end = lists(&l, CFG_HELP_END, NULL, 0);
		snprintf(line + at, sizeof(line) - at, "zzz%s", i < s->n ? s->text + at + s->part[i].len : "");
		wants(view, line, words ? CFG_UNRECOGNIZED : l.n > (size_t)end ? CFG_WRONG : CFG_TOO_MANY, at);
		snprintf(line + at, sizeof(line) - at, "99999999999");
		wants(view, line, some_value(&l, takes_digits) ? CFG_WRONG : words ? CFG_UNRECOGNIZED : CFG_TOO_MANY, at);
		if (end || !i)
			continue;
		line[at - 1] = '\0';
		wants(view, line, CFG_INCOMPLETE, at - 1);
		line[at - 1] = ' ';
		line[at] = '\0';
		wants(view, line, CFG_INCOMPLETE, at - 1);
	}
}

/* ---- tests ---------------------------------------------------------------------------------------------------- */

#define EVERY(name, lines, check)                 \
	static void name(void **state)            \
	{                                         \
		(void)state;                      \
		every_row(lines, check);          \
	}
EVERY(rows_are_found, 40, is_its_row)
EVERY(help_after_each_octet, 6, each_octet)
EVERY(help_names_what_follows, 12, names_what_follows)
EVERY(abbreviations, 20, abbreviated)
EVERY(carets, 20, wrong_words)

/* Lines no row has in mind, in every place: never a crash, a column within the line, and help that ends. */
static void noise(void **state)
{
	static const char *const word[] = { "display", "mpls", "static-l2vc", "interface", "ge", "0/1/0", "1", "\"", "\"a",
					    "undo", "u", "{", "[", "\t", "\xc3\xa4", "1.2.3.4", "4294967296", "|", "q\"" };
	struct list l;
	(void)state;

	grammar_add(&cli_rows);
	for (unsigned int i = 0; i < 20000; i++) {
		enum cfg_view view = VIEW_USER + sample_random(&seed, VIEW__N - VIEW_USER);
		char line[3000] = "";
		struct parsed p;

		for (uint32_t n = sample_random(&seed, i % 50 ? 12 : 120); n > 0; n--) {
			size_t at = strlen(line);

			snprintf(line + at, sizeof(line) - at, "%s%s", word[sample_random(&seed, 19)],
				 sample_random(&seed, 8) ? " " : "");
		}
		assert_true(read_as(view, line, &p).column <= strlen(line));
		list_at(view, line, strlen(line) < 2000 ? strlen(line) : 2000, &l);
	}
}

/* Help of an interface lists what is for its kind; the rest is known all the same. */
static void kinds(void **state)
{
	struct parsed p;
	struct list l;
	(void)state;

	on = ON_PORT;
	list_at(VIEW_INTERFACE, "", 0, &l);
	assert_true(lists(&l, CFG_HELP_WORD, "port-mode", 9));
	assert_false(lists(&l, CFG_HELP_WORD, "vlan-type", 9));
	on = ON_SUB;
	list_at(VIEW_INTERFACE, "", 0, &l);
	assert_false(lists(&l, CFG_HELP_WORD, "port-mode", 9));
	assert_true(lists(&l, CFG_HELP_WORD, "vlan-type", 9));
	on = ON_LOOPBACK;
	list_at(VIEW_INTERFACE, "", 0, &l);
	assert_true(lists(&l, CFG_HELP_WORD, "ip", 2));
	assert_false(lists(&l, CFG_HELP_WORD, "shutdown", 8));
	on = 0;
	assert_int_equal(parse_line(VIEW_INTERFACE, ROWS_TYPED, "port-mode xdp", &p).verdict, CFG_OK);
}

/* What is said to be not built is no row: the sentence would never be said. */
static void unbuilt(void **state)
{
	(void)state;
	for (size_t t = 0; t < grammar_tables(); t++)
		for (size_t i = 0; i < grammar_table(t)->n_unbuilt; i++) {
			const struct unbuilt *u = &grammar_table(t)->unbuilt[i];
			const char *last = strrchr(u->words, ' ');
			struct list l;

			on = 0;
			last = last ? last + 1 : u->words;
			list_at(u->view, u->words, (size_t)(last - u->words), &l);
			if (lists(&l, CFG_HELP_WORD, last, strlen(last)))
				fail_msg("\"%s\" in %s is built", u->words, cfg_views[u->view].title);
		}
}

/* A text of more words than the parser counts is taken whole; anything else that long is refused. */
static void long_lines(void **state)
{
	char line[3000] = "description";
	struct parsed p;
	(void)state;

	for (unsigned int i = 0; i < 115; i++)
		strcat(line, " a");
	assert_int_equal(read_as(VIEW_INTERFACE, line, &p).verdict, CFG_OK);
	assert_int_equal(p.bound[0].len, 229);
	for (unsigned int i = 0; i < 20; i++)
		strcat(line, " a");
	assert_int_equal(read_as(VIEW_INTERFACE, line, &p).verdict, CFG_WRONG);
	snprintf(line, sizeof(line), "mpls");
	for (unsigned int i = 0; i < 115; i++)
		strcat(line, " mpls");
	assert_int_equal(read_as(VIEW_INTERFACE, line, &p).verdict, CFG_UNRECOGNIZED);
	memset(line, 'a', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	assert_int_equal(read_as(VIEW_INTERFACE, line, &p).verdict, CFG_UNRECOGNIZED);
}

/* A row with more meanings than the parser follows: its lines are refused, none is taken for what it is not. */
static void bounds(void **state)
{
	static const struct leaf any = { "any", LT_NAME, .min = 1, .max = 10, .help = "Anything" };
	static const struct leaf *const leaves[] = { &any, NULL };
	static const struct command row = {
		VIEW_USER, "hostile { <any> | <any> x | <any> | <any> y | <any> | <any> z | <any> | <any> v | <any> | <any> w | "
		"<any> | <any> | <any> | <any> | <any> } * end", .leaves = leaves,
		.in = IN_USER, .help = "Too much",
	};
	static const struct leaf_word words[] = {
		{ "hostile", 0, "?" }, { "end", 0, "?" }, { "v", 0, "?" }, { "w", 0, "?" }, { "x", 0, "?" },
		{ "y", 0, "?" },       { "z", 0, "?" },	  { NULL, 0, NULL },
	};
	static const struct cmd_table table = { &row, 1, words, NULL, 0 };
	static const struct { const char *line; enum cfg_verdict verdict; } v[] = {
		{ "hostile a end", CFG_OK }, { "hostile a b end", CFG_OK }, { "hostile", CFG_INCOMPLETE },
		{ "hostile a b c d e f g h i j end", CFG_TOO_MANY }, { "hostile a b c d e f g h i j", CFG_TOO_MANY },
	};
	struct list l;
	(void)state;

	grammar_add(&table);
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		struct parsed p;

		assert_int_equal(read_as(VIEW_USER, v[i].line, &p).verdict, v[i].verdict);
		assert_int_equal(p.cmd != NULL, v[i].verdict == CFG_OK);
		list_at(VIEW_USER, v[i].line, strlen(v[i].line), &l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_found), cmocka_unit_test(help_after_each_octet),
		cmocka_unit_test(help_names_what_follows), cmocka_unit_test(abbreviations), cmocka_unit_test(carets),
		cmocka_unit_test(noise), cmocka_unit_test(kinds), cmocka_unit_test(unbuilt), cmocka_unit_test(full_text),
		cmocka_unit_test(long_lines), cmocka_unit_test(bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
