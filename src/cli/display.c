/* SPDX-License-Identifier: BSD-2-Clause */
/* display.c: the text renderer of blocks and tables, common values, the walk; see display.h. */
#include "cli/display.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/args.h"

#define WALK_SLICE	16		/* circuits; well below 1 ms */

/* ---- rendering -------------------------------------------------------------------------------------- */

static void end_line(struct text *t)
{
	while (t->len && t->v[t->len - 1] == ' ')
		t->v[--t->len] = '\0';
	text_add(t, "\n", 1);
}

void block_print(struct text *t, const struct block *b, const void *rec)
{
	bool first = true;

	for (size_t i = 0; i < b->n; i++) {
		const struct field *f = &b->field[i];
		if (f->when && !f->when(rec))
			continue;
		text_puts(t, first ? b->first : b->rest);
		size_t from = t->len;
		text_puts(t, f->label);
		if (!f->sentence) {
			text_pad(t, from, b->width);
			text_puts(t, ": ");
		}
		from = t->len;
		f->value(t, rec);
		if (t->len == from && !f->sentence)
			text_puts(t, "--");
		end_line(t);
		first = false;
	}
}

static void cell(struct text *t, const struct column *c, const char *v, size_t len)
{
	size_t from = t->len;

	if (c->right && len + 2 < c->width)
		text_pad(t, from, c->width - 2 - len);
	text_add(t, v, len);
	if (c->width && t->len + 1 > from + c->width)
		text_add(t, " ", 1);		/* too long: still one blank before the next */
	text_pad(t, from, c->width);
}

void table_head(struct text *t, const struct column *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cell(t, &c[i], c[i].title, strlen(c[i].title));
	end_line(t);
}

void table_row(struct text *t, const struct column *c, size_t n, const void *rec)
{
	struct text v = { 0 };

	for (size_t i = 0; i < n; i++) {
		v.len = 0;
		c[i].value(&v, rec);
		if (!v.len)
			text_puts(&v, "--");
		cell(t, &c[i], v.v ? v.v : "", v.len);
	}
	end_line(t);
	text_free(&v);
}

/* ---- values ------------------------------------------------------------------------------------------- */

void put_ip(struct text *t, uint32_t ip)
{
	if (!ip)
		text_puts(t, "--");
	else
		text_printf(t, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
}

void put_duration(struct text *t, uint64_t ns)
{
	uint64_t s = ns / 1000000000;
	text_printf(t, "%" PRIu64 " days, %u hours, %u minutes, %u seconds", s / 86400, (unsigned)(s / 3600 % 24),
		    (unsigned)(s / 60 % 60), (unsigned)(s % 60));
}

void put_wall(struct text *t, int64_t wall_ns)
{
	time_t at = (time_t)(wall_ns / 1000000000);
	struct tm tm;
	char v[32];

	if (wall_ns <= 0 || !localtime_r(&at, &tm) || !strftime(v, sizeof(v), "%Y/%m/%d %H:%M:%S", &tm))
		text_puts(t, "0000/00/00 00:00:00");
	else
		text_puts(t, v);
}

int64_t wall_now(const struct cli_engine *e)
{
	struct timespec ts;

	if (e->wall_ns)
		return e->wall_ns(e->arg);
	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

const char *slot_name(unsigned slot)
{
	static const char *const name[] = { "primary", "secondary", "bypass" };
	return slot < N_OF(name) ? name[slot] : "none";
}

const char *up_down(bool up)
{
	return up ? "up" : "down";
}

bool device_of(const struct cli_engine *e, const char *ifname, const struct m_interface *cfg, struct cli_device *d)
{
	struct cli_device port;
	bool known = e->device(e->arg, ifname, d);

	if (!known)
		*d = (struct cli_device){ 0 };
	if (d->present || !cfg || !*cfg->parent || !e->device(e->arg, cfg->parent, &port))
		return known || cfg;
	*d = (struct cli_device){ .present = port.present, .of_port = true, .ifindex = port.ifindex,
				 .admin_up = port.admin_up,
				  .carrier = port.carrier, .detector = port.detector, .mtu = port.mtu };
	memcpy(d->dev, port.dev, sizeof(d->dev));
	memcpy(d->mac, port.mac, sizeof(d->mac));
	return true;
}

/* ---- walk ------------------------------------------------------------------------------------------------- */

enum { WALK_COUNT, WALK_HEAD, WALK_SHOW };

struct names {
	char (*v)[IFNAME_LEN];
	uint32_t n, cap;
};

static int take_name(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct names *l = arg;
	const struct m_interface *i = val;
	(void)key, (void)len;

	if (!i->pw[0].present && !i->pw[1].present && !i->pw[2].present)
		return 0;
	if (l->n == l->cap) {
		uint32_t cap = l->cap ? l->cap * 2 : 64;
		void *v = realloc(l->v, cap * sizeof(*l->v));
		if (!v)
			return -1;
		l->v = v;
		l->cap = cap;
	}
	strcpy(l->v[l->n++], i->name);
	return 0;
}

/* One pass over a slice of the names; true: the pass is not finished. */
static bool walk_slice(struct walk *w, void (*fn)(struct walk *w))
{
	for (int i = 0; i < WALK_SLICE && w->at < w->n; i++, w->at++)
		if (core_show_circuit(w->s->e->core, w->name[w->at], &w->c))
			fn(w);
	if (w->at < w->n)
		return true;
	w->at = 0;
	return false;
}

static bool walk_step(struct session *s, void *state)
{
	struct walk *w = state;

	w->s = s;
	if (w->phase == WALK_COUNT) {
		if (w->how->count && walk_slice(w, w->how->count))
			return true;
		w->phase = WALK_HEAD;
	}
	if (w->phase == WALK_HEAD) {
		if (w->how->head)
			w->how->head(w);
		w->phase = WALK_SHOW;
	}
	if (walk_slice(w, w->how->one))
		return true;
	if (w->how->tail)
		w->how->tail(w);
	return false;
}

static void walk_end(void *state)
{
	struct walk *w = state;
	free(w->name);
	free(w);
}

void walk_begin(struct session *s, const struct walk_how *how, const struct args *a)
{
	const char *ifname = arg_text(a, "<if>");
	struct names l = { 0 };
	uint8_t key = OBJ_INTERFACE;
	struct walk *w = calloc(1, sizeof(*w));
	int err = 0;

	if (ifname) {
		const struct m_interface *i = cfg_interface(cfg_running(s->e->cfg), ifname);
		err = i ? take_name(&l, NULL, 0, i) : 0;
	} else {
		err = trie_walk(cfg_running(s->e->cfg), &key, 1, take_name, &l);
	}
	if (!w || err) {
		free(l.v);
		free(w);
		say_error(s, "Not enough memory for this output.");
		return;
	}
	if (ifname && !l.n) {
		free(w);
		say_error(s, "The interface %s has no pseudowire.", ifname);
		return;
	}
	w->how = how;
	w->vc_id = arg_number(a, "<vc-id>");
	w->state = arg_text(a, "up") ? 1 : arg_text(a, "down") ? 0 : -1;
	w->only = ifname != NULL;
	w->name = l.v;
	w->n = l.n;
	session_job(s, walk_step, walk_end, w);
}
