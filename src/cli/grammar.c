/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grammar.c: rows become one small program (keyword, parameter, split, jump, match); a line runs
 * through all rows at once, word by word, so that abbreviations are unique over all of them.
 */
#include "cli/grammar.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define OPS_MAX		1024
#define THREADS_MAX	256

enum op_kind { OP_KEYWORD, OP_PARAM, OP_SPLIT, OP_JUMP, OP_MATCH };

enum param_type { P_WORD, P_NUMBER, P_IF, P_REST };
static const struct param {
	const char *name;
	enum param_type type;
	uint32_t min, max;		/* value of a number, length of a word */
} params[] = {
	{ "<if>",		P_IF,		1, IFNAME_LEN - 1 },
	{ "<vc-id>",	P_NUMBER,	1, UINT32_MAX },
	{ "<count>",	P_NUMBER,	1, 1000000000 },
	{ "<file>",	P_WORD,		1, ARG_LEN - 1 },
	{ "<label>",	P_WORD,		1, 256 },
	{ "<text>",	P_REST,		1, 60 },
	{ "<command>",	P_REST,		1, ARG_LEN - 1 },
};

struct op {
	enum op_kind kind;
	char word[32];			/* keyword */
	const struct param *param;
	uint16_t to, or_to;		/* split, jump */
	uint16_t row;			/* match */
};

struct grammar {
	uint16_t n_ops, n_rows;
	uint16_t start[128];
	struct op op[OPS_MAX];
};

/* ---- compiling ------------------------------------------------------------------------------------- */

struct compile {
	struct grammar *g;
	const char *p;
};

static uint16_t emit(struct grammar *g, struct op o)
{
	if (g->n_ops == OPS_MAX)
		abort();
	g->op[g->n_ops] = o;
	return g->n_ops++;
}

/* The next token's length at c->p (after blanks), 0 at the end. */
static size_t token(struct compile *c)
{
	c->p += strspn(c->p, " ");
	return strcspn(c->p, " ");
}

static void emit_word(struct compile *c, size_t len)
{
	struct op o = { .kind = *c->p == '<' ? OP_PARAM : OP_KEYWORD };

	if (len >= sizeof(o.word))
		abort();
	memcpy(o.word, c->p, len);
	for (size_t i = 0; o.kind == OP_PARAM && i < sizeof(params) / sizeof(*params); i++)
		if (!strcmp(params[i].name, o.word))
			o.param = &params[i];
	if (o.kind == OP_PARAM && !o.param)
		abort();
	emit(c->g, o);
}

static void compile_choice(struct compile *c, bool optional);

static void compile_sequence(struct compile *c)
{
	for (size_t len; (len = token(c)) && !strchr("|}]", *c->p); ) {
		if (*c->p == '{' || *c->p == '[')
			compile_choice(c, *c->p == '[');
		else
			emit_word(c, len);
		c->p += strcspn(c->p, " ");
	}
}

/* At '{' or '['; ends at the bracket that closes it. */
static void compile_choice(struct compile *c, bool optional)
{
	uint16_t jumps[16], n = 0;
	char closing = optional ? ']' : '}';

	do {
		uint16_t split = emit(c->g, (struct op){ .kind = OP_SPLIT });
		c->p++;
		compile_sequence(c);
		if (n == 16)
			abort();
		jumps[n++] = emit(c->g, (struct op){ .kind = OP_JUMP });
		c->g->op[split].to = split + 1;
		c->g->op[split].or_to = c->g->n_ops;
	} while (*c->p == '|');
	if (*c->p != closing)
		abort();
	if (!optional) {		/* the last alternative has no other: jump to itself ends that thread */
		uint16_t dead = emit(c->g, (struct op){ .kind = OP_JUMP });
		c->g->op[dead].to = dead;
	}
	while (n)
		c->g->op[jumps[--n]].to = c->g->n_ops;
}

struct grammar *grammar_new(const char *const *rows, size_t n)
{
	struct grammar *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	if (n > sizeof(g->start) / sizeof(*g->start))
		abort();
	for (size_t i = 0; i < n; i++) {
		struct compile c = { g, rows[i] };
		g->start[i] = g->n_ops;
		compile_sequence(&c);
		if (*c.p)
			abort();
		emit(g, (struct op){ .kind = OP_MATCH, .row = (uint16_t)i });
	}
	g->n_rows = (uint16_t)n;
	return g;
}

void grammar_free(struct grammar *g)
{
	free(g);
}

/* ---- words of a line -------------------------------------------------------------------------------- */

struct word {
	size_t at, len;			/* without quotes */
};

static int split(const char *line, struct word *w, int max)
{
	int n = 0;

	for (size_t i = 0; n < max;) {
		while (isblank((unsigned char)line[i]))
			i++;
		if (!line[i])
			break;
		size_t end = i;
		if (line[i] == '"') {
			end = i + 1 + strcspn(line + i + 1, "\"");
			w[n++] = (struct word){ i + 1, end - i - 1 };
			i = line[end] ? end + 1 : end;
			continue;
		}
		while (line[end] && !isblank((unsigned char)line[end]))
			end++;
		w[n++] = (struct word){ i, end - i };
		i = end;
	}
	return n;
}

/* ---- running ------------------------------------------------------------------------------------------ */

struct taken {
	uint16_t op;
	uint8_t word, words;
};
struct thread {
	uint16_t pc;
	uint8_t skip;			/* words already taken ahead */
	uint8_t n;
	struct taken v[ARGS_MAX];
};
struct threads {
	int n;
	struct thread t[THREADS_MAX];
};

static void thread_add(const struct grammar *g, struct threads *ts, struct thread t)
{
	const struct op *o = &g->op[t.pc];

	if (o->kind == OP_SPLIT || (o->kind == OP_JUMP && o->to != t.pc)) {
		struct thread other = t;
		t.pc = o->to;
		thread_add(g, ts, t);
		if (o->kind == OP_SPLIT) {
			other.pc = o->or_to;
			thread_add(g, ts, other);
		}
	} else if (o->kind != OP_JUMP && ts->n < THREADS_MAX) {
		ts->t[ts->n++] = t;
	}
}

static bool is_prefix(const char *line, struct word w, const char *keyword, bool whole)
{
	size_t k = strlen(keyword);
	return w.len && (whole ? w.len == k : w.len <= k) && !strncasecmp(line + w.at, keyword, w.len);
}

/* The keyword that the word means: exact, or the one it is a prefix of. NULL: none, or *many. */
static const char *keyword(const struct grammar *g, const struct threads *ts, const char *line, struct word w,
			   bool *many)
{
	const char *found = NULL;

	*many = false;
	for (int i = 0; i < ts->n; i++) {
		const struct op *o = &g->op[ts->t[i].pc];
		if (o->kind != OP_KEYWORD || ts->t[i].skip || !is_prefix(line, w, o->word, false))
			continue;
		if (is_prefix(line, w, o->word, true))
			return *many = false, o->word;
		if (found && strcmp(found, o->word))
			*many = true;
		found = o->word;
	}
	return *many ? NULL : found;
}

static bool number_ok(const char *s, size_t len, const struct param *p)
{
	uint64_t v = 0;

	if (!len || len > 10)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)s[i]))
			return false;
		v = v * 10 + (uint64_t)(s[i] - '0');
	}
	return v >= p->min && v <= p->max;
}

static bool ifname_of(const char *line, const struct word *w, int words, char out[IFNAME_LEN])
{
	char typed[IFNAME_LEN];
	size_t len = w->len;

	if (len + (words == 2 ? w[1].len : 0) >= sizeof(typed))
		return false;
	memcpy(typed, line + w->at, len);
	if (words == 2) {
		memcpy(typed + len, line + w[1].at, w[1].len);
		len += w[1].len;
	}
	typed[len] = '\0';
	return cfg_ifname(typed, out);
}

/* How many words from @w on the parameter takes: 0 = it is none of its kind. */
static int param_takes(const struct param *p, const char *line, const struct word *w, int left)
{
	char name[IFNAME_LEN];

	switch (p->type) {
	case P_NUMBER:
		return number_ok(line + w->at, w->len, p);
	case P_WORD:
		return w->len >= p->min && w->len <= p->max;
	case P_REST:
		return strlen(line + w->at) <= p->max ? left : 0;
	case P_IF:
		/* "gigabitethernet 0/1/0": the kind stands alone and a number follows */
		if (left > 1 && isalpha((unsigned char)line[w->at]) && isdigit((unsigned char)line[w[1].at]) &&
		    !isdigit((unsigned char)line[w->at + w->len - 1]) && ifname_of(line, w, 2, name))
			return 2;
		return ifname_of(line, w, 1, name);
	}
	return 0;
}

static void advance(const struct grammar *g, struct threads *to, const struct thread *from, int word, int words)
{
	struct thread t = *from;

	if (t.n == ARGS_MAX)
		return;
	t.v[t.n++] = (struct taken){ t.pc, (uint8_t)word, (uint8_t)words };
	if (words > 1) {			/* stays before the next op until its words have passed */
		t.pc++;
		t.skip = (uint8_t)(words - 1);
		if (to->n < THREADS_MAX)
			to->t[to->n++] = t;
		return;
	}
	t.pc++;
	thread_add(g, to, t);
}

static enum cfg_verdict wrong_word(const struct grammar *g, const struct threads *ts, char first)
{
	bool param = false, any = false, key = false;

	for (int i = 0; i < ts->n; i++) {
		enum op_kind k = g->op[ts->t[i].pc].kind;
		any |= k != OP_MATCH;
		param |= k == OP_PARAM;
		key |= k == OP_KEYWORD;
	}
	if (!any)
		return CFG_TOO_MANY;
	return param && (!key || isdigit((unsigned char)first)) ? CFG_WRONG : CFG_UNRECOGNIZED;
}

/* Lets every thread take word @i; the survivors go to @to. */
static enum cfg_verdict step(const struct grammar *g, const struct threads *ts, struct threads *to, const char *line,
			     const struct word *w, int i, int n)
{
	bool many;
	const char *k = keyword(g, ts, line, w[i], &many);

	to->n = 0;
	for (int j = 0; j < ts->n; j++) {
		const struct thread *t = &ts->t[j];
		const struct op *o = &g->op[t->pc];
		if (t->skip) {
			struct thread next = *t;
			if (--next.skip == 0)
				thread_add(g, to, next);
			else if (to->n < THREADS_MAX)
				to->t[to->n++] = next;
		} else if (k && o->kind == OP_KEYWORD && !strcmp(o->word, k)) {
			advance(g, to, t, i, 1);
		} else if (!k && !many && o->kind == OP_PARAM) {
			int takes = param_takes(o->param, line, w + i, n - i);
			if (takes)
				advance(g, to, t, i, takes);
		}
	}
	if (to->n)
		return CFG_OK;
	return many ? CFG_AMBIGUOUS : wrong_word(g, ts, line[w[i].at]);
}

/* The rest of the line without blanks at its end, and without the quote that closes one before it. */
static size_t rest_len(const char *line, size_t at)
{
	size_t len = strlen(line + at);

	while (len && isblank((unsigned char)line[at + len - 1]))
		len--;
	if (len && at && line[at - 1] == '"' && line[at + len - 1] == '"')
		len--;
	return len;
}

static void arg_fill(const struct grammar *g, const struct taken *t, const char *line, const struct word *w,
		     struct arg *a)
{
	const struct op *o = &g->op[t->op];
	const struct word *first = &w[t->word];
	size_t len = first->len;

	a->name = o->word;
	if (o->kind == OP_PARAM && o->param->type == P_IF && ifname_of(line, first, t->words, a->text))
		return;
	if (o->kind == OP_PARAM && o->param->type == P_REST)
		len = rest_len(line, first->at);
	if (len >= sizeof(a->text))
		len = sizeof(a->text) - 1;
	memcpy(a->text, line + first->at, len);
	a->text[len] = '\0';
}

static void finish(const struct grammar *g, const struct threads *ts, const char *line, const struct word *w,
		   struct matched *m)
{
	for (int i = 0; i < ts->n; i++) {
		const struct thread *t = &ts->t[i];
		if (g->op[t->pc].kind != OP_MATCH || t->skip)
			continue;
		m->verdict = CFG_OK;
		m->row = g->op[t->pc].row;
		m->args.n = t->n;
		for (int k = 0; k < t->n; k++)
			arg_fill(g, &t->v[k], line, w, &m->args.v[k]);
		return;
	}
	m->verdict = CFG_INCOMPLETE;
}

void grammar_match(const struct grammar *g, const char *line, const uint8_t *use, struct matched *m)
{
	static struct threads a, b;		/* single-threaded, and too large for a stack */
	struct threads *now = &a, *then = &b, *swap;
	struct word w[64];
	int n = split(line, w, 64);

	*m = (struct matched){ .verdict = CFG_OK };
	now->n = 0;
	for (uint16_t i = 0; i < g->n_rows; i++)
		if (use[i])
			thread_add(g, now, (struct thread){ .pc = g->start[i] });
	for (int i = 0; i < n; i++) {
		m->verdict = step(g, now, then, line, w, i, n);
		m->column = w[i].at;
		if (m->verdict != CFG_OK)
			return;
		m->depth++;
		swap = now;
		now = then;
		then = swap;
	}
	m->column = n ? w[n - 1].at + w[n - 1].len : 0;
	finish(g, now, line, w, m);
}

const char *arg_text(const struct args *a, const char *name)
{
	for (int i = 0; i < a->n; i++)
		if (!strcmp(a->v[i].name, name))
			return a->v[i].text;
	return NULL;
}

uint32_t arg_number(const struct args *a, const char *name)
{
	const char *s = arg_text(a, name);
	return s ? (uint32_t)strtoul(s, NULL, 10) : 0;
}
