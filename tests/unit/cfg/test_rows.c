/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every row of the command table, by sentences drawn at random from its grammar: what is parsed is printed so
 * that it parses to the same object; words may be abbreviated; help names each next word; undo takes it back.
 */
#include "util.h"

#include "cfg/grammar.h"
#include "cfg/leaves.h"
#include "cfg/render.h"
#include "cfg/session.h"
#include "cfg/store.h"
#include "cfg/value.h"

static uint32_t seed = 7;

static unsigned int rnd(unsigned int below)
{
	return next_random(&seed, below);
}

/* ---- sentences ------------------------------------------------------------------------------------ */

struct sentence {
	char text[LINE_MAX_LEN];
	size_t n;
	size_t word_at[64], word_len[64];	/* keywords */
	size_t words;
	size_t value_at[64];
	size_t values;
};

static void say(struct sentence *s, const char *w, size_t len, bool word)
{
	if (s->n)
		s->text[s->n++] = ' ';
	if (word) {
		s->word_at[s->words] = s->n;
		s->word_len[s->words++] = len;
	} else {
		s->value_at[s->values++] = s->n;
	}
	memcpy(s->text + s->n, w, len);
	s->n += len;
	s->text[s->n] = '\0';
}

static uint32_t number(const struct leaf *l)
{
	uint64_t span = (uint64_t)l->max - l->min + 1;

	switch (rnd(4)) {
	case 0:
		return l->min;
	case 1:
		return l->max;
	default:
		return l->min + (uint32_t)((((uint64_t)rnd(1u << 24) << 8) | rnd(256)) % span);
	}
}

static const char *const interfaces[] = { "GigabitEthernet0/1/0", "GigabitEthernet0/1/0.7", "10GE1/0/3", "eth1",
					  "Eth-Trunk3.100", "br-x", "GigabitEthernet 0/2/0" };

static void random_chars(const struct leaf *l, char *out)
{
	static const char chars[] = "abcXYZ019-_./:#!";
	unsigned int len = l->min + rnd(rnd(4) ? 8 : l->max - l->min + 1), i;

	if (len > l->max)
		len = l->max;
	for (i = 0; i < len; i++)
		out[i] = chars[rnd(sizeof(chars) - 1)];
	if (l->type == LT_TEXT && len > 2)
		out[len / 2] = ' ';
	out[len] = '\0';
}

static void say_value(struct sentence *s, const struct leaf *l)
{
	char v[512];
	uint32_t n = l->type == LT_UINT || l->type == LT_LABEL ? number(l) : 0;

	switch (l->type) {
	case LT_UINT:
		snprintf(v, sizeof(v), "%u", n);
		break;
	case LT_LABEL:
		while (n < 16 && !(l->reserved & 1u << n))
			n = number(l);
		snprintf(v, sizeof(v), "%u", n == 3 ? 16 : n);	/* 3 stands alone: golden pairs */
		break;
	case LT_IPV4:
		snprintf(v, sizeof(v), "%u.%u.%u.%u", 1 + rnd(100), rnd(256), rnd(256), 1 + rnd(250));
		break;
	case LT_MASK:
		n = ~0u << (rnd(2) ? 8 : 0);
		snprintf(v, sizeof(v), "%s", n == ~0u ? "255.255.255.255" : "255.255.255.0");
		break;
	case LT_IFNAME:
		snprintf(v, sizeof(v), "%s", interfaces[rnd(sizeof(interfaces) / sizeof(interfaces[0]))]);
		break;
	default:
		random_chars(l, v);
	}
	say(s, v, strlen(v), false);
}

static void say_sequence(struct sentence *s, uint16_t item);

/* An alternative that holds no option that is not built. */
static bool built(uint16_t item)
{
	for (; item != NOWHERE; item = grammar_item(item)->next) {
		const struct g_item *g = grammar_item(item);
		bool any = g->kind != G_CHOICE || g->optional;

		if (g->unbuilt || (g->leaf && !g->leaf->size && !g->leaf->index && g->kind == G_LEAF))
			return false;
		for (unsigned int i = 0; i < g->n_alt; i++)
			any |= built(g->alt[i]);
		if (!any)
			return false;
	}
	return true;
}

static void say_choice(struct sentence *s, const struct g_item *g)
{
	bool used[16] = { false };
	unsigned int times = g->any_order ? rnd(g->n_alt + 1u) : g->optional ? rnd(2) : 1;

	if (!times && !g->optional)
		times = 1;
	for (unsigned int tries = 0; times && tries < 200; tries++) {
		unsigned int i = rnd(g->n_alt);

		if (used[i] || !built(g->alt[i]))
			continue;
		used[i] = true;
		say_sequence(s, g->alt[i]);
		times--;
	}
}

static void say_sequence(struct sentence *s, uint16_t item)
{
	for (; item != NOWHERE; item = grammar_item(item)->next) {
		const struct g_item *g = grammar_item(item);
		unsigned int times = g->repeat ? 1 + rnd(g->repeat) : 1;

		if (g->kind == G_CHOICE)
			say_choice(s, g);
		else if (g->kind == G_WORD)
			say(s, g->word, g->len, true);
		for (unsigned int i = 0; g->kind == G_LEAF && i < times; i++)
			say_value(s, g->leaf);
	}
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

static struct cfg_answer type_at(struct bench *b, const char *where, const char *line)
{
	*b = open_at(where);
	return cfg_line(b->s, line);
}

/* What the renderer prints of @root must load to the same objects. */
static void assert_round_trip(const struct trie *root)
{
	struct bench b = open_at("#");
	struct cfg_load l = { 0 };
	char *text = cfg_render(root, NULL), *again;

	assert_non_null(text);
	assert_int_equal(cfg_load_text(b.s, text, strlen(text), &l), 0);
	/* the count tells of index entries that were left behind or forgotten */
	if (l.inert || l.refused || !session_same(root, b.s->cand) || trie_count(root) != trie_count(b.s->cand))
		fail_msg("not the same after printing:\n%s", text);
	again = cfg_render(b.s->cand, NULL);
	assert_text(again, text);
	free(text);
	shut(&b);
}

/* ---- tests ------------------------------------------------------------------------------------------------ */

#define ROUNDS 400

/* Some sentences contradict themselves (an address of 255 in its last octet); most do not. */
static void round_trips(void **state)
{
	(void)state;
	for (size_t i = 0; i < cfg_n_commands; i++) {
		unsigned int taken = 0;

		for (unsigned int n = 0; n < ROUNDS; n++) {
			const char *where = stage(&cfg_commands[i]);
			struct sentence s = { .n = 0 };
			struct bench b;
			struct cfg_answer a;

			say_sequence(&s, grammar_of(&cfg_commands[i])->item[0]);
			a = type_at(&b, where, s.text);
			if (a.verdict == CFG_OK) {
				taken++;
				assert_round_trip(b.s->cand);
			} else if (a.verdict != CFG_REFUSED) {
				fail_msg("\"%s\": %d at %zu %s", s.text, a.verdict, a.column, a.text);
			}
			shut(&b);
		}
		if (taken < ROUNDS / 3)
			fail_msg("\"%s\": only %u sentences were taken", cfg_commands[i].grammar, taken);
	}
}

static void shorten(const struct sentence *s, char *out)
{
	size_t at = 0, n = 0;

	for (size_t w = 0; w < s->words; w++) {
		size_t keep = 1 + rnd((unsigned int)s->word_len[w]);

		memcpy(out + n, s->text + at, s->word_at[w] - at);
		n += s->word_at[w] - at;
		for (size_t k = 0; k < keep; k++) {
			char c = s->text[s->word_at[w] + k];

			out[n++] = (char)(rnd(2) && c >= 'a' && c <= 'z' ? c - 32 : c);
		}
		at = s->word_at[w] + s->word_len[w];
	}
	memcpy(out + n, s->text + at, s->n - at + 1);
}

/* An abbreviated line means the same or is refused as ambiguous; it never means something else. */
static void abbreviations(void **state)
{
	unsigned int same = 0, ambiguous = 0;

	(void)state;
	for (size_t i = 0; i < cfg_n_commands; i++) {
		for (unsigned int n = 0; n < ROUNDS; n++) {
			const char *where = stage(&cfg_commands[i]);
			struct sentence s = { .n = 0 };
			char brief[LINE_MAX_LEN];
			struct bench full, cut;
			struct cfg_answer a, b;

			say_sequence(&s, grammar_of(&cfg_commands[i])->item[0]);
			shorten(&s, brief);
			a = type_at(&full, where, s.text);
			b = type_at(&cut, where, brief);
			if (b.verdict == CFG_AMBIGUOUS) {
				ambiguous++;
			} else if (a.verdict != b.verdict || !session_same(full.s->cand, cut.s->cand)) {
				fail_msg("\"%s\" %d, \"%s\" %d", s.text, a.verdict, brief, b.verdict);
			} else {
				same++;
			}
			shut(&full);
			shut(&cut);
		}
	}
	assert_true(same > 500 && ambiguous > 100);
}

struct wanted {
	const char *word;
	size_t len;
	bool seen;
	unsigned int told;
};

static void see(void *arg, const char *word, const char *help, enum cfg_help kind)
{
	struct wanted *w = arg;

	(void)help;
	w->told++;
	if (kind == CFG_HELP_WORD && strlen(word) == w->len && !strncmp(word, w->word, w->len))
		w->seen = true;
}

/* Before each word of a sentence help lists it, also after its first letter; at the end it says <cr>. */
static void help_names_each_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < cfg_n_commands; i++) {
		for (unsigned int n = 0; n < 40; n++) {
			struct bench b = open_at(stage(&cfg_commands[i]));
			struct sentence s = { .n = 0 };

			say_sequence(&s, grammar_of(&cfg_commands[i])->item[0]);
			for (size_t w = 0; w < s.words; w++) {
				struct wanted want = { s.text + s.word_at[w], s.word_len[w], false, 0 };
				char line[LINE_MAX_LEN];

				for (unsigned int letters = 0; letters < 2; letters++) {
					memcpy(line, s.text, s.word_at[w] + letters);
					line[s.word_at[w] + letters] = '\0';
					want.seen = false;
					cfg_help(b.s, line, see, &want);
					if (!want.seen)
						fail_msg("\"%s?\" does not name \"%.*s\"", line, (int)want.len,
							 want.word);
				}
			}
			shut(&b);
		}
	}
}

/* undo of what was just set leaves nothing. */
static void undo_takes_it_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < cfg_n_commands; i++) {
		const struct command *cmd = &cfg_commands[i];

		if (!cmd->undo)
			continue;
		for (unsigned int n = 0; n < ROUNDS; n++) {
			const char *where = stage(cmd);
			struct sentence s = { .n = 0 };
			char undo[LINE_MAX_LEN + 8];
			struct bench b, empty = open_at(where);
			struct cfg_answer a;

			say_sequence(&s, grammar_of(cmd)->item[0]);
			a = type_at(&b, where, s.text);
			if (a.verdict == CFG_OK) {
				/* the shortest undo that is a sentence: words of the command up to what undo takes */
				snprintf(undo, sizeof(undo), "undo %s", s.text);
				type_all(b.s, cmd->opens ? "quit" : "");
				while (cfg_line(b.s, undo).verdict != CFG_OK) {
					char *blank = strrchr(undo, ' ');

					if (!blank || blank < undo + 5)
						fail_msg("no undo for \"%s\"", s.text);
					*blank = '\0';
				}
				if (cmd->view == VIEW_INTERFACE && cmd->target == T_SLOT)
					type_all(b.s, "undo mpls static-l2vc secondary\nundo mpls static-l2vc bypass");
				if (!session_same(b.s->cand, empty.s->cand)) {
					char *x = cfg_render(empty.s->cand, NULL);

					assert_text(cfg_render(b.s->cand, NULL), x);
					free(x);
				}
			}
			shut(&b);
			shut(&empty);
		}
	}
}

/* Lines at random, set and undone, committed when they can be: never a crash, always printable. */
static void random_walk(void **state)
{
	struct bench b = open_at("#");
	unsigned int commits = 0;

	(void)state;
	for (unsigned int n = 0; n < 20000; n++) {
		const struct command *cmd = &cfg_commands[rnd((unsigned int)cfg_n_commands)];
		bool undo = cmd->undo && rnd(3) == 0;
		struct sentence s = { .n = 0 };
		struct cfg_result r;

		type_all(b.s, "#");
		type_all(b.s, stage(cmd));
		say_sequence(&s, grammar_of(cmd)->item[undo]);
		cfg_line(b.s, s.text);
		if (n % 7)
			continue;
		cfg_commit(b.s, NULL, &r);
		commits += r.commit_id != 0;
		assert_true(r.err == 0 || r.err == -EINVAL);
		assert_int_equal(r.err == -EINVAL, r.n_problems > 0);
		if (r.err && rnd(4) == 0)
			cfg_discard(b.s);
		assert_int_equal(cfg_dirty(b.s), !session_same(cfg_running(b.c), b.s->cand));
		if (n % 91 == 0)
			assert_round_trip(rnd(2) ? cfg_running(b.c) : b.s->cand);
	}
	print_message("%u commits\n", commits);
	assert_true(commits > 100);
	shut(&b);
}

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
		cmocka_unit_test(leaf_rows),	      cmocka_unit_test(words_have_help),
		cmocka_unit_test(round_trips),	      cmocka_unit_test(abbreviations),
		cmocka_unit_test(help_names_each_word), cmocka_unit_test(undo_takes_it_back),
		cmocka_unit_test(random_walk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
