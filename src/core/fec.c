/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fec.c: the FECs of LDP as told: a prefix and the next hops that have a label for it. What was told is put aside here;
 * the next round gives it paths and a label (run_fec.c). Only flags that must fall do not wait.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/run.h"

struct group *group_of(const struct path *way)
{
	return container_of(way, struct group, way);
}

void group_dirty(struct core *c, struct path *way)
{
	queue_put(&c->dirty_groups, &way->dirty);
}

void fec_dirty(struct core *c, struct fec *f)
{
	queue_put(&c->dirty_fecs, &f->dirty);
}

/* ---- names --------------------------------------------------------------------------------------- */

static uint32_t dest_of(const struct fec *f)
{
	return (uint32_t)(f->by_prefix.key >> 8);
}

static uint8_t len_of(const struct fec *f)
{
	return (uint8_t)f->by_prefix.key;
}

#define IP_FMT		"%u.%u.%u.%u"
#define IP_ARG(ip)	(ip) >> 24, (ip) >> 16 & 0xff, (ip) >> 8 & 0xff, (ip) & 0xff

void fec_name(const struct fec *f, char out[LSP_NAME_LEN])
{
	snprintf(out, LSP_NAME_LEN, IP_FMT "/%u", IP_ARG(dest_of(f)), len_of(f));
}

uint64_t fec_key(const struct fec *f, int number)
{
	char name[LSP_NAME_LEN], text[FEC_KEY_LEN];

	fec_name(f, name);
	if (number < 0)
		snprintf(text, sizeof(text), "fec %s", name);
	else
		snprintf(text, sizeof(text), "fec %s %d", name, number);
	return core_key(text);
}

struct fec *fec_at(const struct core *c, uint32_t dest, uint8_t len)
{
	struct hnode *n = c->fec_lens >> len & 1 ? table_find(&c->fecs, prefix_key(dest, len)) : NULL;

	return n ? container_of(n, struct fec, by_prefix) : NULL;
}

const struct fact_hop *fec_hops(const struct fec *f)
{
	return f->n > 1 ? f->hop.many : &f->hop.one;
}

/* ---- what is told -------------------------------------------------------------------------------- */

static void hops_forget(struct fec *f)
{
	if (f->n > 1)
		free(f->hop.many);
	f->n = 0;
}

static void hops_keep(struct fec *f, uint32_t n, const struct fact_hop *hop)
{
	struct fact_hop *many = NULL;

	n = n > FEC_HOPS_MAX ? FEC_HOPS_MAX : n;
	if (n > 1)
		many = malloc(n * sizeof(*many));
	hops_forget(f);
	if (many) {
		memcpy(many, hop, n * sizeof(*many));
		f->hop.many = many;
		f->n = (uint8_t)n;
	} else if (n) {			/* without memory the first alone */
		f->hop.one = hop[0];
		f->n = 1;
	}
}

static struct fec *fec_new(struct core *c, uint32_t dest, uint8_t len)
{
	struct fec *f = c->fecs.n < CORE_PATHS_MAX ? calloc(1, sizeof(*f)) : NULL;

	if (!f) {
		c->lost |= c->fecs.n < CORE_PATHS_MAX;
		return NULL;
	}
	f->bound = LABEL_NOT_BOUND;
	table_add(&c->fecs, &f->by_prefix, prefix_key(dest, len));
	c->fec_lens |= 1ull << len;
	return f;
}

void fec_free(struct core *c, struct fec *f)
{
	hops_forget(f);
	queue_drop(&c->dirty_fecs, &f->dirty);
	table_del(&c->fecs, &f->by_prefix);
	free(f);
}

/* Nothing is sent to where nobody takes it, from this moment on. */
static void fall(struct core *c, struct fec *f)
{
	const struct group *g = f->path && f->path->group ? group_of(f->path) : NULL;

	if (f->path && !g)
		path_hop(c, f->path, NULL);
	for (uint16_t i = 0; g && i < g->n; i++)
		path_hop(c, g->member[i], NULL);
}

static void told(struct core *c, struct fec *f, const struct fact_fec *fact)
{
	f->gone = !fact;
	f->egress = fact && fact->egress;
	f->guessed = false;
	f->fresh = true;
	hops_keep(f, fact && !fact->egress ? fact->n : 0, fact ? fact->hop : NULL);
	if (fact && !f->egress && !f->n)
		fall(c, f);
	fec_dirty(c, f);
}

void core_fec(struct core *c, uint32_t dest, uint8_t len, const struct fact_fec *fact)
{
	if (len > 32)
		return;
	struct fec *f = fec_at(c, dest, len);

	if (!f && fact)
		f = fec_new(c, dest, len);
	if (f)
		told(c, f, fact);
}

/* ---- restart --------------------------------------------------------------------------------------- */

/* A pseudowire that is held needs its path though ldp may not have seen the route yet. */
static void guess(struct core *c, uint32_t addr)
{
	struct fact_hop hop[FEC_HOPS_MAX];
	struct fact_fec fact = { .hop = hop };
	struct fec name = { .by_prefix.key = prefix_key(addr, 32) };

	for (int k = 0; k < FEC_HOPS_MAX; k++) {
		const struct seed *s = path_seed(c, fec_key(&name, k));

		if (s && s->row->up)
			hop[fact.n++] = (struct fact_hop){ s->row->ifindex, 0, FEC_LABEL_HELD };
	}
	if (!fact.n)
		return;
	core_fec(c, addr, 32, &fact);
	struct fec *f = fec_at(c, addr, 32);

	if (f)
		f->guessed = true;
}

void fecs_guess(struct core *c)
{
	table_each(&c->peers, n, i) {
		const struct peer *p = container_of(n, struct peer, by_addr);

		if (c->path_seeds.n && p->addr && p->signalled && !p->path && !fec_at(c, p->addr, 32))
			guess(c, p->addr);
	}
}

void core_recovered(struct core *c)
{
	c->recovered = true;
	table_each(&c->fecs, n, i) {
		struct fec *f = container_of(n, struct fec, by_prefix);

		if (f->guessed)
			told(c, f, NULL);
	}
}

/* ---- words ----------------------------------------------------------------------------------------- */

static void group_why(const struct path *way, char *out, size_t len)
{
	const struct group *g = group_of(way);
	struct path_row row;

	if (path_want(way, &row))
		return;
	for (uint16_t i = 0; i < g->n && !out[0]; i++)
		path_why(g->member[i], out, len);
}

void fec_why(const struct path *p, char *out, size_t len)
{
	out[0] = '\0';
	if (p->group)
		group_why(p, out, len);
	else if (p->out)
		snprintf(out, len, "more than %u paths: none is left for %s", CORE_PATHS_MAX, p->name);
	else if (p->hop_label == NO_HOP && p->nexthop)
		snprintf(out, len, "no label for %s from a next hop, last " IP_FMT ": display mpls ldp session", p->name,
			 IP_ARG(p->nexthop));
	else if (p->hop_label == NO_HOP)
		snprintf(out, len, "no label for %s from any next hop: display mpls ldp session", p->name);
	else if (p->hop_label == FEC_LABEL_HELD && !p->row.ifindex)
		snprintf(out, len, "waits for the label of next hop " IP_FMT " for %s", IP_ARG(p->nexthop), p->name);
	else if (!p->port)
		snprintf(out, len, "the device to next hop " IP_FMT " is absent", IP_ARG(p->nexthop));
}
