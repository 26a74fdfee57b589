/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cost.c: runs each program of cost.bpf.c in turn, many times, and prints what a frame took.
 *
 *	cost ROUNDS REPEAT	-> {"name": [[ns, ns of a bare redirect just before], ...], ...}
 *
 * The clock is the CPU time of this thread, so being scheduled out does not count.
 */
#include "bench.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bpf/abi.h"
#include "cost.h"
#include "cost.skel.h"

#define ROUNDS_MAX 256
#define LEN_INNER 60
#define PATH_PRIMARY 1
#define PATH_SECONDARY 2

struct program {
	const char *name;
	unsigned int outer;		/* octets of MPLS header in front of the frame */
	int tagged;
	double ns[ROUNDS_MAX], bare[ROUNDS_MAX];
};

static const struct program redirect = { "bare_redirect", 0, 0 };
static struct program programs[] = {
	{ "encap", 0, 0 },
	{ "decap", LEN_BARE, 0 },
	{ "decap_pop", LEN_OUTER, 0 },
	{ "swap", LEN_OUTER, 0 },
	{ "encap_64k", 0, 0 },
	{ "encap_64k_vlan", 0, 1 },
	{ "decap_64k", LEN_OUTER, 0 },
	{ "decap_64k_gate", LEN_OUTER, 0 },
	{ "decap_64k_gate_ports", LEN_OUTER, 0 },
};
#define PROGRAMS (sizeof(programs) / sizeof(programs[0]))

static void put(struct bpf_map *map, uint32_t key, const void *value)
{
	if (bpf_map_update_elem(bpf_map__fd(map), &key, value, BPF_ANY) < 0)
		die("map %s, row %u: %m", bpf_map__name(map), key);
}

static void size_maps(struct cost_bpf *b)
{
	bpf_map__set_max_entries(b->maps.circuit, CAPACITY);
	bpf_map__set_max_entries(b->maps.seen, CAPACITY);
	bpf_map__set_max_entries(b->maps.circuit_key, CAPACITY);
	bpf_map__set_max_entries(b->maps.active, CAPACITY / TW_BLOCK);
	bpf_map__set_max_entries(b->maps.next, CAPACITY / TW_BLOCK);
	bpf_map__set_max_entries(b->maps.pw_live, CAPACITY);
	bpf_map__set_max_entries(b->maps.count, TW_TALLIES(CAPACITY, (unsigned int)libbpf_num_possible_cpus()));
	b->rodata->tw_circuits = CAPACITY;
	bpf_map__set_max_entries(b->maps.vlan_ac, CAPACITY);
}

static void fill_paths(struct cost_bpf *b)
{
	struct tw_live up = { .armed = 2 };		/* even: row 0 */
	struct tw_path path = { .row[0] = { .ifindex = CORE_PORT, .mtu = 9202, .n_labels = 1, .ttl = 255, .label = { LABEL_POP },
					    .dmac = { 2, 0, 0, 0, 0, 2 }, .smac = { 2, 0, 0, 0, 0, 1 } } };
	struct bpf_devmap_val lo = { .ifindex = CORE_PORT };

	for (uint32_t i = PATH_PRIMARY; i <= PATH_SECONDARY; i++) {
		put(b->maps.path, i, &path);
		put(b->maps.path_live, i, &up);
	}
	put(b->maps.port, CORE_PORT, &(struct tw_port){ .flags = TW_PORT_CORE | TW_PORT_XDP_TX | TW_PORT_TC_RX });
	put(b->maps.label_in, LABEL_POP, &(struct tw_label){ .last = TW_LABEL_LAST(TW_OP_POP, 0, 0) });
	put(b->maps.label_in, LABEL_TRANSIT, &(struct tw_label){ .index = PATH_PRIMARY, .last = TW_LABEL_LAST(TW_OP_SWAP, 0, 0) });
	put(b->maps.out, CORE_PORT, &lo);
}

static void fill_blocks(struct cost_bpf *b)
{
	struct tw_block active, next;

	memset(&active, TW_PRIMARY, sizeof(active));
	memset(&next, TW_NEXT(TW_SECONDARY, TW_PRIMARY, TW_NONE), sizeof(next));
	for (uint32_t i = 0; i < CAPACITY / TW_BLOCK; i++) {
		put(b->maps.active, i, &active);
		put(b->maps.next, i, &next);
	}
}

/* A protected circuit; label row @label leads back to it. */
static void fill_circuit(struct cost_bpf *b, uint32_t circuit, uint32_t ifindex, uint16_t vid, uint32_t label)
{
	uint32_t vout = vid ? TW_VOUT_PUSH : TW_VOUT_KEEP;
	struct tw_circuit c = { .ifindex = ifindex, .max_frame = 1514, .vid = vid & 0xfff, .tc = TW_TC_FROM_PCP,
				.flags = vid ? TW_CIRCUIT_SUBIF : 0 };
	struct tw_label l = { .index = circuit, .ifindex = ifindex, .vid = vid, .max_frame = 1514,
			      .last = TW_LABEL_LAST(TW_OP_PW, TW_PRIMARY, TW_LABEL_CW | TW_LABEL_GATE) | vout << 28 };
	struct tw_pw_live up = { .slot = { { .armed = 1 }, { .armed = 1 } } };

	c.slot[TW_PRIMARY] = TW_SLOT(label, 255, TW_PW_CW, PATH_PRIMARY, 0);
	c.slot[TW_SECONDARY] = TW_SLOT(label, 255, TW_PW_CW, PATH_SECONDARY, 0);
	put(b->maps.circuit, circuit, &c);
	put(b->maps.pw_live, circuit, &up);
	put(b->maps.label_in, label, &l);
}

static void fill_ports(struct cost_bpf *b)
{
	struct bpf_devmap_val lo = { .ifindex = CORE_PORT };

	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t port = PORT_FIRST + i;

		put(b->maps.port, port, &(struct tw_port){ TW_PORT_AC | TW_PORT_XDP_TX | TW_PORT_TC_RX, port });
		put(b->maps.out, port, &lo);
		fill_circuit(b, port, port, 0, LABEL_PORT + i);
	}
}

static void fill_vlans(struct cost_bpf *b)
{
	struct bpf_devmap_val lo = { .ifindex = CORE_PORT };

	for (uint32_t p = VLAN_PORT; p < VLAN_PORT + VLAN_PORTS; p++) {
		put(b->maps.port, p, &(struct tw_port){ TW_PORT_SUBIF | TW_PORT_XDP_TX | TW_PORT_TC_RX, 0 });
		put(b->maps.out, p, &lo);
	}
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t port = VLAN_PORT + i % VLAN_PORTS, circuit = VLAN_FIRST + i;
		struct tw_vlan_key key = { port, (uint16_t)(1 + i / VLAN_PORTS), 0x8100 };
		struct tw_label single = { .index = circuit, .ifindex = port, .vid = key.vid, .max_frame = 1514 };

		single.last = TW_LABEL_LAST(TW_OP_PW, TW_PRIMARY, TW_LABEL_CW) | (uint32_t)TW_VOUT_PUSH << 28;
		if (bpf_map_update_elem(bpf_map__fd(b->maps.vlan_ac), &key, &circuit, BPF_ANY) < 0)
			die("map vlan_ac: %m");
		fill_circuit(b, circuit, port, key.vid, LABEL_VLAN + i);
		put(b->maps.label_in, LABEL_SINGLE + i, &single);
	}
}

static struct cost_bpf *load(void)
{
	struct cost_bpf *b = cost_bpf__open();

	if (!b)
		die("cost.bpf.o does not open: %m");
	size_maps(b);
	if (cost_bpf__load(b) < 0)
		die("cost.bpf.o does not load: %m");
	fill_paths(b);
	fill_blocks(b);
	fill_ports(b);
	fill_vlans(b);
	return b;
}

/* The frame as the AC or the core hands it in; returns its length. */
static unsigned int frame_for(const struct program *p, uint8_t *frame)
{
	uint32_t stack[3] = { htonl(LABEL_POP << 12 | 255), htonl(LABEL_PORT << 12 | 0x100 | 255), 0 };

	make_frame(frame + p->outer, LEN_INNER + (p->tagged ? 4 : 0), p->tagged);
	if (p->outer) {
		memcpy(frame, frame + p->outer, 12);
		frame[12] = 0x88;
		frame[13] = 0x47;
		memcpy(frame + 14, stack + (p->outer == LEN_BARE), p->outer - 14);
	}
	return p->outer + LEN_INNER + (p->tagged ? 4 : 0);
}

static uint64_t thread_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static double time_program(struct cost_bpf *b, const struct program *p, int repeat)
{
	struct bpf_program *prog = bpf_object__find_program_by_name(b->obj, p->name);
	uint8_t frame[256], out[512];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = frame_for(p, frame), .data_out = out,
		    .data_size_out = sizeof(out), .repeat = repeat);
	uint64_t start = thread_ns(), took;

	if (bpf_prog_test_run_opts(bpf_program__fd(prog), &opts) < 0)
		die("test run of %s: %m", p->name);
	took = thread_ns() - start;
	if (opts.retval != 4 || b->bss->failed)		/* XDP_REDIRECT */
		die("%s: verdict %u, %llu frames were not sent", p->name, opts.retval, (unsigned long long)b->bss->failed);
	return (double)took / repeat;
}

static void print_all(int rounds)
{
	for (unsigned int i = 0; i < PROGRAMS; i++) {
		printf("%s\"%s\":[", i ? "," : "{", programs[i].name);
		for (int r = 0; r < rounds; r++)
			printf("%s[%.2f,%.2f]", r ? "," : "", programs[i].ns[r], programs[i].bare[r]);
		printf("]");
	}
	puts("}");
}

int cost_main(int argc, char **argv)
{
	int rounds = argc == 2 ? atoi(argv[0]) : 0, repeat = argc == 2 ? atoi(argv[1]) : 0;
	struct cost_bpf *b;

	if (rounds < 1 || rounds > ROUNDS_MAX || repeat < 1)
		die("cost ROUNDS REPEAT, at most %d rounds", ROUNDS_MAX);
	settle_on_cpu();
	b = load();
	for (unsigned int i = 0; i < PROGRAMS; i++)
		time_program(b, &programs[i], repeat / 4 + 1);	/* warm */
	for (int r = 0; r < rounds; r++)
		for (unsigned int i = 0; i < PROGRAMS; i++) {
			programs[i].bare[r] = time_program(b, &redirect, repeat);
			programs[i].ns[r] = time_program(b, &programs[i], repeat);
		}
	print_all(rounds);
	return 0;
}
