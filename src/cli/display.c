/* SPDX-License-Identifier: BSD-2-Clause */
/* display.c: the text renderer of blocks and tables, common values, the walk; see display.h. */
#include "cli/display.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/args.h"

#define WALK_SLICE	32		/* interfaces looked at in a step; well below 1 ms */

/* ---- rendering -------------------------------------------------------------------------------------- */

static void end_line(struct text *t)
{
	while (t->len && t->v[t->len - 1] == ' ')
		t->v[--t->len] = '\0';
	text_add(t, "\n", 1);
}

/* One field; the next one may stand on its line. */
static void field_print(struct text *t, const struct block *b, const struct field *f, const void *rec)
{
	size_t from = t->len;

	text_puts(t, f->label);
	if (!f->sentence) {
		text_pad(t, from, b->width);
		text_puts(t, ": ");
	}
	from = t->len;
	if (f->value)
		f->value(t, rec);
	if (t->len == from && f->value && *f->label)
		text_puts(t, "--");
	text_pad(t, from, f->pad);
}

void block_print(struct text *t, const struct block *b, const void *rec)
{
	bool first = true, open = false;

	for (size_t i = 0; i < b->n; i++) {
		const struct field *f = &b->field[i];

		if (f->when && !f->when(rec))
			continue;
		if (!open)
			text_puts(t, first ? b->first : b->rest);
		field_print(t, b, f, rec);
		open = f->pad;
		if (!open)
			end_line(t);
		first = false;
	}
	if (open)
		end_line(t);
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

static const struct cli_device *port_device(const struct cli_engine *e, struct port_memory *m, const char *port)
{
	if (!*m->name || strcmp(m->name, port)) {
		snprintf(m->name, sizeof(m->name), "%s", port);
		m->known = e->device(e->arg, port, &m->d);
	}
	return m->known ? &m->d : NULL;
}

bool device_of(const struct cli_engine *e, struct port_memory *m, const char *ifname, const struct m_interface *cfg,
	       struct cli_device *d)
{
	struct port_memory own = { .known = false };
	const struct cli_device *port;
	bool known = e->device(e->arg, ifname, d);

	if (!known)
		*d = (struct cli_device){ .present = false };
	if (d->present || !cfg || !*cfg->parent || !(port = port_device(e, m ? m : &own, cfg->parent)))
		return known || cfg;
	*d = (struct cli_device){ .present = port->present, .of_port = true, .ifindex = port->ifindex,
				  .admin_up = port->admin_up, .carrier = port->carrier,
				  .detector = port->detector, .mtu = port->mtu };
	memcpy(d->dev, port->dev, sizeof(d->dev));
	memcpy(d->mac, port->mac, sizeof(d->mac));
	return true;
}

/* ---- walk ------------------------------------------------------------------------------------------------- */

enum { WALK_COUNT, WALK_HEAD, WALK_SHOW };

static int walk_one(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct walk *w = arg;
	const struct m_interface *i = val;
	void (*fn)(struct walk *w) = w->phase == WALK_COUNT ? w->how->count : w->how->one;

	if (len > sizeof(w->after))
		return -1;
	memcpy(w->after, key, len);
	w->n_after = len;
	w->left--;
	if ((i->pw[0].present || i->pw[1].present || i->pw[2].present) &&
	    core_show_circuit(w->s->e->core, i->name, &w->c))
		fn(w);
	return w->left == 0;
}

/* One pass over a slice of the circuits; true: the pass is not finished. */
static bool walk_slice(struct walk *w)
{
	const uint8_t key = OBJ_INTERFACE;

	if (*w->only)
		return false;
	w->left = WALK_SLICE;
	if (trie_walk_after(w->root, &key, 1, w->after, w->n_after, walk_one, w) == 1)
		return true;
	w->n_after = 0;
	return false;
}

static bool walk_pass(struct walk *w)
{
	if (*w->only && core_show_circuit(w->s->e->core, w->only, &w->c))
		(w->phase == WALK_COUNT ? w->how->count : w->how->one)(w);
	return walk_slice(w);
}

static bool walk_step(struct session *s, void *state)
{
	struct walk *w = state;

	w->s = s;
	*w->port.name = '\0';
	if (w->phase == WALK_COUNT) {
		if (w->how->count && walk_pass(w))
			return true;
		w->phase = WALK_HEAD;
	}
	if (w->phase == WALK_HEAD) {
		if (w->how->head)
			w->how->head(w);
		w->phase = WALK_SHOW;
	}
	if (walk_pass(w))
		return true;
	if (w->how->tail)
		w->how->tail(w);
	return false;
}

static void walk_end(void *state)
{
	struct walk *w = state;

	ref_put(w->root);
	free(w);
}

void walk_begin(struct session *s, const struct walk_how *how, const struct args *a)
{
	const char *ifname = arg_text(a, "<if>");
	const struct m_interface *i = ifname ? cfg_interface(cfg_running(s->e->cfg), ifname) : NULL;
	struct walk *w;

	if (ifname && (!i || (!i->pw[0].present && !i->pw[1].present && !i->pw[2].present))) {
		say_error(s, "The interface %s has no pseudowire.", ifname);
		return;
	}
	w = calloc(1, sizeof(*w));
	if (!w) {
		say_error(s, "Not enough memory for this output.");
		return;
	}
	w->how = how;
	w->vc_id = arg_number(a, "<vc-id>");
	w->state = arg_text(a, "up") ? 1 : arg_text(a, "down") ? 0 : -1;
	w->slots = arg_text(a, "secondary") ? 1 << SLOT_SECONDARY : arg_text(a, "bypass") ? 1 << SLOT_BYPASS : 7;
	snprintf(w->only, sizeof(w->only), "%s", ifname ? ifname : "");
	w->root = ref_get(cfg_running(s->e->cfg));
	session_job(s, walk_step, walk_end, w);
}
