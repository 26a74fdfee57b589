/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * count.c: what the kernel counted, brought back. A reset keeps a base here and leaves the kernel's
 * counters alone.
 */
#include "dp/inner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sys/bpf.h"

#define BASE_BLOCK	256u		/* PWs whose bases are allocated together */

/* The row of @cpu in count[] of a set whose circuit[] has @rows rows. */
static struct tw_tally *tally(const struct dp_map *count, uint32_t rows, int cpu, enum tw_dir dir, uint32_t pw)
{
	return (struct tw_tally *)count->mem + TW_TALLY((size_t)rows, (uint32_t)cpu, (uint32_t)dir, pw / 4, pw % 4);
}

static void add_tally(uint64_t *frames, uint64_t *octets, const struct tw_tally *t)
{
	*frames += __atomic_load_n(&t->frames, __ATOMIC_RELAXED);
	*octets += __atomic_load_n(&t->octets, __ATOMIC_RELAXED);
}

void count_sum(const struct dp *d, const struct dp_map *count, uint32_t rows, uint32_t pw, struct tw_count *out)
{
	uint64_t n[2][2] = { 0 };

	for (int cpu = 0; cpu < d->cpus; cpu++)
		for (enum tw_dir dir = TW_TX; dir <= TW_RX; dir++)
			add_tally(&n[dir][0], &n[dir][1], tally(count, rows, cpu, dir, pw));
	*out = (struct tw_count){ n[TW_TX][0], n[TW_TX][1], n[TW_RX][0], n[TW_RX][1] };
}

void count_store(struct dp *d, uint32_t pw, const struct tw_count *c)
{
	const struct tw_tally sum[2] = {
		[TW_TX] = { c->tx_frames, c->tx_octets },
		[TW_RX] = { c->rx_frames, c->rx_octets },
	};
	static const struct tw_tally none;

	for (int cpu = 0; cpu < d->cpus; cpu++)
		for (enum tw_dir dir = TW_TX; dir <= TW_RX; dir++)
			*tally(&d->set.map[MAP_COUNT], count_rows(d), cpu, dir, pw) = cpu ? none : sum[dir];
}

uint32_t count_rows(const struct dp *d)
{
	return d->set.map[MAP_CIRCUIT].rows;
}

static uint32_t base_blocks(const struct dp *d)
{
	return ((d->capacity + 1) * 4 + BASE_BLOCK - 1) / BASE_BLOCK;
}

struct tw_count *count_base(struct dp *d, uint32_t pw, bool make)
{
	if (!d->base && make)
		d->base = calloc(base_blocks(d), sizeof(*d->base));
	if (!d->base)
		return NULL;
	struct tw_count **block = &d->base[pw / BASE_BLOCK];
	if (!*block && make)
		*block = calloc(BASE_BLOCK, sizeof(**block));
	return *block ? &(*block)[pw % BASE_BLOCK] : NULL;
}

void counts_free(struct dp *d)
{
	for (uint32_t i = 0; d->base && i < base_blocks(d); i++)
		free(d->base[i]);
	free(d->base);
	d->base = NULL;
}

static bool pw_ok(const struct dp *d, uint32_t circuit, uint8_t slot)
{
	return circuit && circuit <= d->capacity && slot < TW_SLOTS;
}

void dp_show_tally(const struct dp *d, uint32_t circuit, uint8_t slot, struct tw_count *out)
{
	memset(out, 0, sizeof(*out));
	if (pw_ok(d, circuit, slot))
		count_sum(d, &d->set.map[MAP_COUNT], count_rows(d), TW_PW(circuit, slot), out);
}

uint32_t dp_show_cpus(const struct dp *d)
{
	return d->cpus > 0 ? (uint32_t)d->cpus : 1;
}

void dp_show_count(const struct dp *d, uint32_t circuit, uint8_t slot, struct tw_count *out)
{
	dp_show_tally(d, circuit, slot, out);
	if (!pw_ok(d, circuit, slot))
		return;
	const struct tw_count *b = count_base((struct dp *)(uintptr_t)d, TW_PW(circuit, slot), false);
	if (!b)
		return;
	out->tx_frames -= b->tx_frames;
	out->tx_octets -= b->tx_octets;
	out->rx_frames -= b->rx_frames;
	out->rx_octets -= b->rx_octets;
}

void dp_reset_count(struct dp *d, uint32_t circuit, uint8_t slot)
{
	if (!pw_ok(d, circuit, slot))
		return;
	struct tw_count *b = count_base(d, TW_PW(circuit, slot), true);
	if (b)
		count_sum(d, &d->set.map[MAP_COUNT], count_rows(d), TW_PW(circuit, slot), b);
}

/* A circuit index gets a new owner: its counters start from zero, in the kernel, so that a restarted
 * engine shows the same. No frame counts on an index that nothing refers to. */
void counts_clear(struct dp *d, uint32_t circuit)
{
	struct tw_seen *seen = ROW(d, SEEN, struct tw_seen, circuit);

	memset(seen, 0, sizeof(*seen));
	bit_set(d->told, circuit, false);
	for (uint32_t s = 0; s < TW_SLOTS; s++) {
		uint32_t pw = TW_PW(circuit, s);
		struct tw_count now, *b = count_base(d, pw, false);
		if (b)
			*b = (struct tw_count){ 0 };
		count_sum(d, &d->set.map[MAP_COUNT], count_rows(d), pw, &now);
		if (!now.tx_frames && !now.rx_frames)
			continue;
		count_store(d, pw, &(struct tw_count){ 0 });
	}
}

void dp_show_drops(const struct dp *d, uint64_t out[DROP__N])
{
	const uint64_t *v = d->percpu;

	for (uint32_t r = 0; r < DROP__N; r++) {
		out[r] = 0;
		if (sys_map_get(d->set.map[MAP_DROPS].fd, &r, d->percpu))
			continue;
		for (int i = 0; i < d->cpus; i++)
			out[r] += v[i];
	}
}

uint8_t dp_show_last_drop(const struct dp *d, uint32_t circuit)
{
	if (!pw_ok(d, circuit, 0))
		return DROP_NONE;
	return __atomic_load_n(&ROW(d, SEEN, struct tw_seen, circuit)->last_drop, __ATOMIC_RELAXED);
}

uint64_t dp_show_no_pw(const struct dp *d, uint32_t circuit)
{
	if (!pw_ok(d, circuit, 0))
		return 0;
	return __atomic_load_n(&ROW(d, SEEN, struct tw_seen, circuit)->no_pw, __ATOMIC_RELAXED);
}

uint8_t dp_show_active(const struct dp *d, uint32_t circuit, bool *way_out)
{
	*way_out = false;
	if (!pw_ok(d, circuit, 0))
		return TW_NONE;
	const __u64 *slot = ROW(d, CIRCUIT, struct tw_circuit, circuit)->slot;

	*way_out = !!slot[TW_PRIMARY] + !!slot[TW_SECONDARY] + !!slot[TW_BYPASS] > 1;
	return ROW(d, ACTIVE, struct tw_block, circuit / TW_BLOCK)->b[circuit % TW_BLOCK];
}

/* ---- drop reasons, from the one list in abi.h ------------------------------------------------------------ */

static const struct {
	const char *name, *text, *verdict;
} reason[DROP__N] = {
#define X(n, sym, label, verdict, sentence) [n] = { label, sentence, #verdict },
	TW_DROPS(X)
#undef X
};

const char *dp_drop_name(uint8_t r)
{
	return r < DROP__N && reason[r].name ? reason[r].name : "unknown";
}

const char *dp_drop_text(uint8_t r)
{
	return r < DROP__N && reason[r].text ? reason[r].text : "";
}

bool dp_drop_passes(uint8_t r)
{
	return r < DROP__N && reason[r].verdict && reason[r].verdict[0] == 'K';
}

/* ---- fall-backs of the kernel ------------------------------------------------------------------------------ */

#define SEEN_SLICE 16384u

/*
 * The row stays set until the engine has followed (active is the slot seen) or has steered the circuit
 * anew (apply.c), so one fall-back is told once.
 */
static void seen_one(struct dp *d, const struct rows_view *v, uint32_t circuit,
		     void (*fn)(void *arg, uint32_t circuit, uint8_t slot, uint64_t when_ns), void *arg)
{
	struct tw_seen *s = ROW(d, SEEN, struct tw_seen, circuit);
	uint64_t when = __atomic_load_n(&s->when, __ATOMIC_ACQUIRE);
	uint8_t slot = s->slot;

	if (!when)
		return;
	if (!bit_get(d->told, circuit) && slot_now(v, circuit) == slot)
		fn(arg, circuit, slot, when);
	bit_set(d->told, circuit, true);
	if (v->active[circuit / TW_BLOCK].b[circuit % TW_BLOCK] != slot && slot_now(v, circuit) == slot)
		return;
	bit_set(d->told, circuit, false);
	__atomic_store_n(&s->when, 0, __ATOMIC_RELEASE);
}

bool dp_poll_seen(struct dp *d, void (*fn)(void *arg, uint32_t circuit, uint8_t slot, uint64_t when_ns), void *arg)
{
	struct rows_view v = dp_view(d);
	uint32_t end = d->seen_cursor + SEEN_SLICE;

	if (!d->seen_cursor)
		d->seen_cursor = 1;
	for (; d->seen_cursor < end && d->seen_cursor <= d->capacity; d->seen_cursor++)
		seen_one(d, &v, d->seen_cursor, fn, arg);
	if (d->seen_cursor <= d->capacity)
		return true;
	d->seen_cursor = 0;
	return false;
}
