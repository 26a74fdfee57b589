/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chain.c: drives frames through a chain of namespaces and counts them at its end.
 *
 *	chain [--hop NS:IN:OUT[,OUT]...]... [--vids N] --sink xdp|tc FROM-NS TO-NS PORT-FROM:PORT-TO...
 *
 * Attaches a sink to each PORT-TO in TO-NS and a bare redirect to each hop, then reads lines
 * `run LENGTH FRAMES` and answers each with one line of JSON: frames sent, arrived whole, arrived
 * otherwise, and the nanoseconds it took. Everything it attached goes when it ends.
 */
#include "bench.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gen.skel.h"

#define PORTS_MAX 64
#define FRAME_MAX 1518
#define BATCH 64

struct port_pair {
	char from[IF_NAMESIZE], to[IF_NAMESIZE];
};

struct chain {
	struct gen_bpf *gen;
	struct port_pair pair[PORTS_MAX];
	unsigned int pairs;
	unsigned int vids;
	int sink_tc;
};

static void enter_ns(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		die("namespace %s: %m", name);
	close(fd);
}

static unsigned int index_of(const char *port)
{
	unsigned int i = if_nametoindex(port);

	if (!i)
		die("no port %s here", port);
	return i;
}

static struct gen_bpf *load(const struct chain *c, unsigned int ports)
{
	struct gen_bpf *g = gen_bpf__open();
	uint8_t frame[FRAME_MAX];

	if (!g)
		die("gen.bpf.o does not open: %m");
	make_frame(frame, 60, c->vids > 0);
	memcpy((void *)g->rodata->head, frame, sizeof(g->rodata->head));
	if (!ports || ports & (ports - 1))
		die("%u ports: a power of two is needed", ports);
	g->rodata->ports = ports;
	g->rodata->vids = c->vids;
	if (gen_bpf__load(g) < 0)
		die("gen.bpf.o does not load: %m");
	return g;
}

static void attach_xdp(struct bpf_program *prog, const char *port)
{
	int ifindex = (int)index_of(port);

	if (!bpf_program__attach_xdp(prog, ifindex))	/* the link lives as long as this process */
		die("XDP on %s: %m", port);
}

static void attach_tc(struct bpf_program *prog, const char *port)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)index_of(port), .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = bpf_program__fd(prog), .priority = 1);
	int err = bpf_tc_hook_create(&hook);

	if (err && err != -EEXIST)
		die("clsact on %s: %s", port, strerror(-err));
	err = bpf_tc_attach(&hook, &opts);
	if (err)
		die("tc filter on %s: %s", port, strerror(-err));
}

static void set_out(struct bpf_map *map, unsigned int i, const char *port)
{
	unsigned int ifindex = index_of(port);

	if (bpf_map__update_elem(map, &i, sizeof(i), &ifindex, sizeof(ifindex), BPF_ANY) < 0)
		die("devmap: %m");
}

/* "NS:IN:OUT[,OUT]..." is cut in place. With several ways out the tag's last octet chooses. */
static void add_hop(struct chain *c, char *spec)
{
	char *ns = strtok(spec, ":"), *in = strtok(NULL, ":"), *out = strtok(NULL, ":"), *p;
	unsigned int outs = 1, i = 0;
	struct gen_bpf *g;

	if (!ns || !in || !out)
		die("--hop NS:IN:OUT[,OUT]...");
	for (p = out; *p; p++)
		outs += *p == ',';
	enter_ns(ns);
	g = load(c, outs);		/* lives as long as this process, as its link does */
	for (p = strtok(out, ","); p; p = strtok(NULL, ","))
		set_out(g->maps.hop_out, i++, p);
	attach_xdp(g->progs.redirect, in);
}

static void add_pair(struct chain *c, const char *spec)
{
	struct port_pair *p = &c->pair[c->pairs];

	if (c->pairs == PORTS_MAX || sscanf(spec, "%15[^:]:%15s", p->from, p->to) != 2)
		die("PORT-FROM:PORT-TO, at most %d", PORTS_MAX);
	c->pairs++;
}

static void wire(struct chain *c, const char *from, const char *to)
{
	c->gen = load(c, c->pairs);
	enter_ns(to);
	for (unsigned int i = 0; i < c->pairs; i++) {
		if (c->sink_tc)
			attach_tc(c->gen->progs.sink_tc, c->pair[i].to);
		else
			attach_xdp(c->gen->progs.sink_xdp, c->pair[i].to);
	}
	enter_ns(from);
	for (unsigned int i = 0; i < c->pairs; i++)
		set_out(c->gen->maps.out, i, c->pair[i].from);
}

static uint64_t arrived(const struct chain *c, uint32_t which)
{
	int cpus = libbpf_num_possible_cpus();
	uint64_t n[cpus], sum = 0;

	if (bpf_map_lookup_elem(bpf_map__fd(c->gen->maps.arrived), &which, n) < 0)
		die("counters: %m");
	for (int i = 0; i < cpus; i++)
		sum += n[i];
	return sum;
}

/* The chain runs in softirq inside the call, so what has not arrived when it returns was lost. */
static void run(struct chain *c, unsigned int len, uint64_t frames)
{
	uint8_t frame[FRAME_MAX];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = len, .flags = BPF_F_TEST_XDP_LIVE_FRAMES,
		    .repeat = (int)frames, .batch_size = BATCH);
	uint64_t good = arrived(c, 0), odd = arrived(c, 1), start, took;

	make_frame(frame, len, c->vids > 0);
	c->gen->bss->want_len = len;
	start = now_ns();
	if (bpf_prog_test_run_opts(bpf_program__fd(c->gen->progs.generate), &opts) < 0)
		die("live frames: %m");
	took = now_ns() - start;
	printf("{\"sent\":%" PRIu64 ",\"good\":%" PRIu64 ",\"odd\":%" PRIu64 ",\"ns\":%" PRIu64 "}\n", frames,
	       arrived(c, 0) - good, arrived(c, 1) - odd, took);
}

static void serve(struct chain *c)
{
	unsigned int len;
	uint64_t frames;
	char line[128];

	puts("{\"ready\":true}");
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "run %u %" SCNu64, &len, &frames) != 2 || len < 60 || len > FRAME_MAX || frames > INT32_MAX)
			die("not understood: %s", line);
		run(c, len, frames);
	}
}

int chain_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "hop", required_argument, NULL, 'h' },
		{ "vids", required_argument, NULL, 'v' },
		{ "sink", required_argument, NULL, 's' },
		{ 0 },
	};
	struct chain c = { 0 };
	int o;

	optind = 1;
	argc++, argv--;			/* getopt skips what it takes for the program's name */
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'h')
			add_hop(&c, optarg);
		else if (o == 'v')
			c.vids = (unsigned int)atoi(optarg);
		else if (o == 's')
			c.sink_tc = !strcmp(optarg, "tc");
		else
			return 2;
	}
	if (argc - optind < 3)
		die("chain: FROM-NS TO-NS PORT-FROM:PORT-TO...");
	for (int i = optind + 2; i < argc; i++)
		add_pair(&c, argv[i]);
	settle_on_cpu();
	wire(&c, argv[optind], argv[optind + 1]);
	serve(&c);
	return 0;
}
