/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * octets.h: bounded reader and writer of big-endian octets, and a borrowed run of them. Inline: they are the inner
 * loop of every codec. In both the first error sticks: read or write straight through, ask .bad once at the end.
 */
#ifndef TW_OCTETS_H
#define TW_OCTETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct octets {			/* belongs to somebody else: valid as long as what it points into */
	const uint8_t *p;
	size_t len;
};

struct rd {			/* what lies in [p, end) is not read yet */
	const uint8_t *p, *end;
	bool bad;		/* something was asked for that is not there; from then on zeros are read */
};

static inline struct rd rd_of(const void *buf, size_t len)
{
	const uint8_t *p = buf;

	return (struct rd){ p, len ? p + len : p, false };
}

static inline size_t rd_left(const struct rd *r)
{
	return (size_t)(r->end - r->p);
}

/* The next @n octets, or NULL (and .bad) if there are fewer; then nothing is left. */
static inline const uint8_t *rd_take(struct rd *r, size_t n)
{
	const uint8_t *p = r->p;

	if (rd_left(r) < n) {
		r->bad = true;
		r->p = r->end;
		return NULL;
	}
	if (n)
		r->p += n;
	return p;
}

static inline uint8_t rd_u8(struct rd *r)
{
	const uint8_t *p = rd_take(r, 1);

	return p ? p[0] : 0;
}

static inline uint16_t rd_u16(struct rd *r)
{
	const uint8_t *p = rd_take(r, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t rd_u32(struct rd *r)
{
	const uint8_t *p = rd_take(r, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

/* A reader of the next @n octets that cannot leave them; if there are fewer, an empty one, and @r is bad. */
static inline struct rd rd_sub(struct rd *r, size_t n)
{
	const uint8_t *p = rd_take(r, n);

	return p ? (struct rd){ p, n ? p + n : p, false } : (struct rd){ r->end, r->end, false };
}

/* All that is left, as borrowed octets; then nothing is left. */
static inline struct octets rd_rest(struct rd *r)
{
	struct octets o = { r->p, rd_left(r) };

	r->p = r->end;
	return o;
}

struct wr {			/* [start, p) is written, [p, end) is room */
	uint8_t *start, *p, *end;
	bool bad;		/* something did not fit; nothing is written any more */
};

static inline struct wr wr_of(void *buf, size_t size)
{
	uint8_t *p = buf;

	return (struct wr){ p, p, size ? p + size : p, false };
}

static inline size_t wr_len(const struct wr *w)
{
	return (size_t)(w->p - w->start);
}

/* Room for @n octets, now counted as written, or NULL (and .bad). */
static inline uint8_t *wr_room(struct wr *w, size_t n)
{
	uint8_t *p = w->p;

	if (w->bad || (size_t)(w->end - p) < n) {
		w->bad = true;
		return NULL;
	}
	if (n)
		w->p += n;
	return p;
}

static inline void wr_u8(struct wr *w, uint8_t v)
{
	uint8_t *p = wr_room(w, 1);

	if (p)
		p[0] = v;
}

static inline void wr_u16(struct wr *w, uint16_t v)
{
	uint8_t *p = wr_room(w, 2);

	if (p) {
		p[0] = (uint8_t)(v >> 8);
		p[1] = (uint8_t)v;
	}
}

static inline void wr_u32(struct wr *w, uint32_t v)
{
	uint8_t *p = wr_room(w, 4);

	if (p) {
		p[0] = (uint8_t)(v >> 24);
		p[1] = (uint8_t)(v >> 16);
		p[2] = (uint8_t)(v >> 8);
		p[3] = (uint8_t)v;
	}
}

static inline void wr_bytes(struct wr *w, const void *v, size_t n)
{
	uint8_t *p = wr_room(w, n);

	if (p && n)
		memcpy(p, v, n);
}

/* A length of two octets, filled in by wr_close() with the number of octets written behind it. */
static inline size_t wr_open(struct wr *w)
{
	size_t mark = wr_len(w);

	wr_u16(w, 0);
	return mark;
}

static inline void wr_close(struct wr *w, size_t mark)
{
	size_t n = wr_len(w) - mark - 2;

	if (w->bad || n > UINT16_MAX) {
		w->bad = true;
		return;
	}
	w->start[mark] = (uint8_t)(n >> 8);
	w->start[mark + 1] = (uint8_t)n;
}

/* The same with one octet. wr_close8() adds @extra: what the length counts beside the octets behind it. */
static inline size_t wr_open8(struct wr *w)
{
	size_t mark = wr_len(w);

	wr_u8(w, 0);
	return mark;
}

static inline void wr_close8(struct wr *w, size_t mark, size_t extra)
{
	size_t n = wr_len(w) - mark - 1 + extra;

	if (w->bad || n > UINT8_MAX) {
		w->bad = true;
		return;
	}
	w->start[mark] = (uint8_t)n;
}

/* Forgets what was written after @mark (a former wr_len()), and the error it may have made. */
static inline void wr_back(struct wr *w, size_t mark)
{
	w->p = w->start + mark;
	w->bad = false;
}

#endif
