/* SPDX-License-Identifier: BSD-2-Clause */
/* sample.c: see sample.h. */
#include "tests/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct drawing {
	struct sample *s;
	enum sample_how how;
	bool unbuilt;
	uint32_t *seed;
};

uint32_t sample_random(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)*seed * below) >> 32);
}

static void say(struct drawing *d, const struct g_item *g, const char *w, size_t len)
{
	struct sample *s = d->s;

	if (s->n == SAMPLE_PARTS || s->len + len + 2 > sizeof(s->text))
		abort();
	if (s->len)
		s->text[s->len++] = ' ';
	s->part[s->n++] = (struct sample_part){ s->len, len, g };
	memcpy(s->text + s->len, w, len);
	s->len += len;
	s->text[s->len] = '\0';
}

/* ---- values ------------------------------------------------------------------------------------------ */

static uint32_t random_number(struct drawing *d, const struct leaf *l)
{
	uint64_t span = (uint64_t)l->max - l->min + 1, n;

	switch (sample_random(d->seed, 4)) {
	case 0:
		return l->min;
	case 1:
		return l->max;
	default:
		n = (uint64_t)sample_random(d->seed, 1u << 16) << 16 | sample_random(d->seed, 1u << 16);
		return l->min + (uint32_t)(n % span);
	}
}

/* A number nobody wonders about. */
static uint32_t plain_number(const struct leaf *l)
{
	static const uint32_t plain[] = { 100, 1000, 60, 30, 10, 24, 3, 1 };

	if (!strcmp(l->name, "mtu"))
		return 1500;
	if (l->type == LT_LABEL)
		return l->min <= 1000 && l->max >= 1000 ? 1000 : l->max;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (plain[i] >= l->min && plain[i] <= l->max && plain[i] != l->dflt)
			return plain[i];
	return l->min > 1000 ? l->min : l->max;
}

static void number(struct drawing *d, const struct leaf *l, char *out, size_t size)
{
	uint32_t n = d->how == SAMPLE_RANDOM ? random_number(d, l) : plain_number(l);

	while (l->type == LT_LABEL && n < 16 && !(l->reserved & 1u << n))
		n = random_number(d, l);
	snprintf(out, size, "%u", n);
}

static void chars(struct drawing *d, const struct leaf *l, char *out)
{
	static const char some[] = "abcXYZ019-_./:!";
	bool text = l->type == LT_TEXT, blanks = text || (l->type != LT_SECRET && sample_random(d->seed, 4) == 0);
	uint32_t len = l->min + sample_random(d->seed, sample_random(d->seed, 4) ? 8 : l->max - l->min + 1), n = 0;

	if (len > l->max)
		len = l->max;
	if (len > 200)
		len = 200;
	if (blanks && !text && len > 2)
		out[n++] = '"';
	for (uint32_t i = 0; i < len; i++)
		out[n++] = some[sample_random(d->seed, sizeof(some) - 1)];
	if (blanks && len > 2)
		out[n - 2] = ' ';
	if (blanks && !text && len > 2)
		out[n++] = '"';
	out[n] = '\0';
}

static void ifname(struct drawing *d, char *out, size_t size)
{
	static const char *const names[] = {
		"GigabitEthernet0/1/0", "GigabitEthernet0/1/0.7", "10GE1/0/3", "eth1", "Eth-Trunk3.100", "br-x",
		"GigabitEthernet 0/2/0", "LoopBack0",
	};

	snprintf(out, size, "%s", names[d->how == SAMPLE_RANDOM ? sample_random(d->seed, 8) : 0]);
}

static void name(struct drawing *d, const struct leaf *l, char *out, size_t size)
{
	if (d->how == SAMPLE_RANDOM)
		chars(d, l, out);
	else if (l->type == LT_TEXT)
		snprintf(out, size, !strcmp(l->name, "command") ? "display version" : "to the customer");
	else if (!strcmp(l->name, "file"))
		snprintf(out, size, "lab.cfg");
	else if (l->type == LT_SECRET)
		snprintf(out, size, "Between-us-2");
	else
		snprintf(out, size, "%.*s1", 20, l->name);
}

static void say_value(struct drawing *d, const struct g_item *g)
{
	char v[600];
	uint32_t *seed = d->seed;

	switch (g->leaf->type) {
	case LT_UINT:
	case LT_LABEL:
		number(d, g->leaf, v, sizeof(v));
		break;
	case LT_IPV4:
		if (d->how == SAMPLE_RANDOM)
			snprintf(v, sizeof(v), "%u.%u.%u.%u", 1 + sample_random(seed, 100), sample_random(seed, 256),
				 sample_random(seed, 256), 1 + sample_random(seed, 250));
		else
			snprintf(v, sizeof(v), strstr(g->leaf->name, "dest") ? "192.0.2.0" : "192.0.2.1");
		break;
	case LT_MASK:
		snprintf(v, sizeof(v), "255.255.255.%s", d->how == SAMPLE_RANDOM && sample_random(seed, 2) ? "255" : "0");
		break;
	case LT_HOST:
		snprintf(v, sizeof(v), "192.0.2.1");
		if (d->how == SAMPLE_RANDOM)
			snprintf(v, sizeof(v), "p%u.example-%u", sample_random(seed, 200), sample_random(seed, 200));
		break;
	case LT_IFNAME:
		ifname(d, v, sizeof(v));
		break;
	case LT_WORD:
		abort();
	default:
		name(d, g->leaf, v, sizeof(v));
	}
	say(d, g, v, strlen(v));
}

/* ---- sequences -------------------------------------------------------------------------------------------- */

static void say_sequence(struct drawing *d, uint16_t item);

/* A sequence that can be said without an option that is not built. */
static bool built(uint16_t item)
{
	for (; item != NOWHERE; item = grammar_item(item)->next) {
		const struct g_item *g = grammar_item(item);
		bool any = g->kind != G_CHOICE || g->optional;

		if (g->unbuilt)
			return false;
		for (unsigned int i = 0; i < g->n_alt; i++)
			any |= built(g->alt[i]);
		if (!any)
			return false;
	}
	return true;
}

/* The word of what holds anyway: nothing is printed of it. */
static bool is_default(uint16_t item)
{
	const struct g_item *g = grammar_item(item);

	return g->kind == G_WORD && g->leaf && !g->leaf->index && g->value == 0;
}

static unsigned int times_of(struct drawing *d, const struct g_item *g)
{
	if (d->how != SAMPLE_RANDOM)
		return !g->optional || d->how == SAMPLE_FULL;
	if (g->any_order)
		return (g->optional ? 0 : 1) + sample_random(d->seed, g->n_alt + (g->optional ? 1u : 0u));
	return g->optional ? sample_random(d->seed, 2) : 1;
}

static void say_choice(struct drawing *d, const struct g_item *g)
{
	unsigned int times = times_of(d, g);
	bool used[16] = { false };

	for (unsigned int tries = 0; times && tries < 200; tries++) {
		unsigned int i = d->how == SAMPLE_RANDOM ? sample_random(d->seed, g->n_alt) : tries % g->n_alt;

		if (used[i] || (!d->unbuilt && !built(g->alt[i])))
			continue;
		if (d->how != SAMPLE_RANDOM && tries < g->n_alt && is_default(g->alt[i]))
			continue;
		used[i] = true;
		say_sequence(d, g->alt[i]);
		times--;
	}
}

static void say_sequence(struct drawing *d, uint16_t item)
{
	for (; item != NOWHERE; item = grammar_item(item)->next) {
		const struct g_item *g = grammar_item(item);
		unsigned int times = g->repeat && d->how == SAMPLE_RANDOM ? 1 + sample_random(d->seed, g->repeat) : 1;

		if (g->kind == G_CHOICE)
			say_choice(d, g);
		else if (g->kind == G_WORD)
			say(d, g, g->word, g->len);
		for (unsigned int i = 0; g->kind == G_LEAF && i < times; i++)
			say_value(d, g);
	}
}

void sample_line(const struct command *cmd, bool undo, enum sample_how how, bool unbuilt, uint32_t *seed,
		 struct sample *out)
{
	struct drawing d = { out, how, unbuilt, seed };

	*out = (struct sample){ .len = 0 };
	say_sequence(&d, grammar_of(cmd)->item[undo]);
}
