/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scene.c: loads the skeletons, shares their maps, fills rows, runs frames by BPF_PROG_RUN.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <linux/pkt_cls.h>

#include "bpf/deadman.skel.h"
#include "bpf/tc.skel.h"
#include "bpf/xdp.skel.h"
#include "scene.h"
#include "tests/bpf/aside.skel.h"

enum family families[] = { XDP_FRAGS, XDP_PLAIN, TC };

static struct xdp_bpf *xdp;
static struct tc_bpf *tc;
static struct aside_bpf *aside;
static struct deadman_bpf *deadman;
static int cpus;

/* ---- set-up ---- */

static void share_maps(struct bpf_object *into)
{
	struct bpf_map *m, *from;

	bpf_object__for_each_map(m, into) {
		from = bpf_object__find_map_by_name(xdp->obj, bpf_map__name(m));
		if (from && bpf_map__name(m)[0] != '.' && !bpf_map__is_internal(m))
			assert_int_equal(bpf_map__reuse_fd(m, bpf_map__fd(from)), 0);
	}
}

static void make_ports(void)
{
	static const uint32_t port[] = { AC, AC2, CORE, CORE2, FAR };
	char cmd[160];

	assert_int_equal(unshare(CLONE_NEWNET), 0);
	for (size_t i = 0; i < sizeof(port) / sizeof(*port); i++) {
		snprintf(cmd, sizeof(cmd), "ip link add p%u index %u type veth peer name q%u index %u", port[i],
			 port[i], port[i], port[i] + 1);
		assert_int_equal(system(cmd), 0);
	}
}

int scene_open(void **state)
{
	(void)state;
	cpus = libbpf_num_possible_cpus();
	make_ports();
	xdp = xdp_bpf__open();
	assert_non_null(xdp);
	assert_int_equal(bpf_map__set_max_entries(xdp->maps.count, TW_TALLIES(TW_CIRCUITS_MIN, cpus)), 0);
	assert_int_equal(xdp_bpf__load(xdp), 0);
	tc = tc_bpf__open();
	assert_non_null(tc);
	share_maps(tc->obj);
	assert_int_equal(tc_bpf__load(tc), 0);
	aside = aside_bpf__open();
	assert_non_null(aside);
	share_maps(aside->obj);
	assert_int_equal(aside_bpf__load(aside), 0);
	deadman = deadman_bpf__open();
	assert_non_null(deadman);
	share_maps(deadman->obj);
	assert_int_equal(deadman_bpf__load(deadman), 0);
	return 0;
}

int scene_close(void **state)
{
	(void)state;
	deadman_bpf__destroy(deadman);
	aside_bpf__destroy(aside);
	tc_bpf__destroy(tc);
	xdp_bpf__destroy(xdp);
	return 0;
}

int scene_prog(enum family f)
{
	return bpf_program__fd(f == TC ? tc->progs.tw_tc : f == XDP_PLAIN ? xdp->progs.tw_xdp : xdp->progs.tw_xdp_frags);
}

int scene_deadman(void)
{
	return bpf_program__fd(deadman->progs.tw_deadman);
}

int scene_map(const char *name)
{
	int fd = bpf_object__find_map_fd_by_name(xdp->obj, name);

	assert_true(fd >= 0);
	return fd;
}

/* ---- rows ---- */

void set_row(const char *map, uint32_t index, const void *row)
{
	assert_int_equal(bpf_map_update_elem(scene_map(map), &index, row, 0), 0);
}

void get_row(const char *map, uint32_t index, void *row)
{
	assert_int_equal(bpf_map_lookup_elem(scene_map(map), &index, row), 0);
}

void set_port(uint32_t ifindex, uint32_t flags, uint32_t circuit)
{
	struct tw_port p = { .flags = flags, .circuit = circuit };
	struct bpf_devmap_val dev = { .ifindex = ifindex };

	set_row(ifindex < TW_PORTS ? "port" : "port_far", ifindex, &p);
	set_row("out", ifindex, &dev);
}

void set_vlan(uint32_t ifindex, uint16_t vid, uint32_t circuit)
{
	struct tw_vlan_key key = { .ifindex = ifindex, .vid = vid, .tpid = 0x8100 };

	if (circuit)
		assert_int_equal(bpf_map_update_elem(scene_map("vlan_ac"), &key, &circuit, 0), 0);
	else
		bpf_map_delete_elem(scene_map("vlan_ac"), &key);
}

struct tw_circuit get_circuit(uint32_t index)
{
	struct tw_circuit c;

	get_row("circuit", index, &c);
	return c;
}

void set_circuit(uint32_t index, const struct tw_circuit *c)
{
	set_row("circuit", index, c);
}

void set_slot(uint32_t index, enum tw_slot_id slot, uint64_t word)
{
	struct tw_circuit c = get_circuit(index);

	c.slot[slot] = word;
	set_circuit(index, &c);
}

static void set_byte(const char *map, uint32_t index, uint8_t v)
{
	struct tw_block b;

	get_row(map, index / TW_BLOCK, &b);
	b.b[index % TW_BLOCK] = v;
	set_row(map, index / TW_BLOCK, &b);
}

void set_steer(uint32_t index, uint8_t active, uint8_t next)
{
	set_byte("active", index, active);
	set_byte("next", index, next);
}

void set_live(const char *map, uint32_t index, uint8_t armed, uint8_t dead)
{
	struct tw_live l = { .armed = armed, .dead = dead };

	set_row(map, index, &l);
}

struct tw_path_row a_row(uint32_t ifindex, uint32_t n, const uint32_t *labels)
{
	struct tw_path_row r = { .ifindex = ifindex, .mtu = CORE_MTU, .n_labels = n, .ttl = 255 };

	memcpy(r.dmac, (uint8_t[]){ 2, 0, 0, 0, 0xd0, ifindex }, 6);
	memcpy(r.smac, (uint8_t[]){ 2, 0, 0, 0, 0x50, ifindex }, 6);
	for (uint32_t i = 0; i < n; i++)
		r.label[i] = labels[i];
	return r;
}

void set_pw_live(uint32_t index, enum tw_slot_id slot, uint8_t armed, uint8_t dead)
{
	struct tw_pw_live l;

	get_row("pw_live", index, &l);
	l.slot[slot] = (struct tw_flag){ armed, dead };
	set_row("pw_live", index, &l);
}

void set_path_row(uint32_t index, int row, const struct tw_path_row *r)
{
	struct tw_path p;

	get_row("path", index, &p);
	p.row[row] = *r;
	set_row("path", index, &p);
}

void set_label(uint32_t value, const struct tw_label *l)
{
	set_row("label_in", value, l);
}

struct tw_label get_label(uint32_t value)
{
	struct tw_label l;

	get_row("label_in", value, &l);
	return l;
}

void set_label_last(uint32_t value, uint32_t flags, uint32_t vout)
{
	struct tw_label l = get_label(value);

	l.last = TW_LABEL_LAST(TW_LABEL_OP(l.last), TW_LABEL_SLOT(l.last), flags) | vout << 28;
	set_label(value, &l);
}

static void wipe(const char *map, uint32_t n, size_t size)
{
	uint8_t *zero = calloc(cpus, size);

	assert_non_null(zero);
	for (uint32_t i = 0; i < n; i++)
		set_row(map, i, zero);
	free(zero);
}

static void standing_ports(void)
{
	uint32_t any = TW_PORT_XDP_TX | TW_PORT_TC_RX;

	set_port(AC, TW_PORT_AC | any, CIRCUIT);
	set_port(AC2, any, 0);
	set_port(CORE, TW_PORT_CORE | any, 0);
	set_port(CORE2, TW_PORT_CORE | any, 0);
	set_port(FAR, 0, 0);
	for (uint16_t vid = 0; vid < 4096; vid += 100)
		set_vlan(AC2, vid, 0);
}

static void standing_slot(struct tw_circuit *c, enum tw_slot_id slot)
{
	uint32_t label = TUNNEL(slot);
	struct tw_path_row r = a_row(slot == TW_PRIMARY ? CORE : CORE2, 1, &label);
	struct tw_label in = { .index = CIRCUIT, .ifindex = AC, .max_frame = MAX_FRAME,
			       .last = TW_LABEL_LAST(TW_OP_PW, slot, TW_LABEL_CW) };

	set_path_row(PATH(slot), 1, &r);
	set_live("path_live", PATH(slot), 1, 0);
	set_pw_live(CIRCUIT, slot, 1, 0);
	c->slot[slot] = TW_SLOT(LABEL_OUT(slot), 255, TW_PW_CW, PATH(slot), 0);
	set_label(LABEL_IN(slot), &in);
}

static void standing_rows(void)
{
	struct tw_circuit c = { .ifindex = AC, .max_frame = MAX_FRAME, .tc = TW_TC_FROM_PCP };
	struct tw_label ours = { .last = TW_LABEL_LAST(TW_OP_POP, 0, 0) };
	struct tw_label swap = { .index = PATH_SWAP, .last = TW_LABEL_LAST(TW_OP_SWAP, 0, 0) };
	uint32_t out = SWAP_OUT;
	struct tw_path_row r = a_row(CORE2, 1, &out);

	for (int slot = TW_PRIMARY; slot <= TW_BYPASS; slot++)
		standing_slot(&c, slot);
	c.slot[TW_BYPASS] = 0;		/* has to be asked for */
	set_circuit(CIRCUIT, &c);
	set_steer(CIRCUIT, TW_PRIMARY, TW_NEXT(TW_SECONDARY, TW_PRIMARY, TW_NONE));
	set_label(OURS, &ours);
	set_label(SWAP_IN, &swap);
	set_path_row(PATH_SWAP, 1, &r);
	set_live("path_live", PATH_SWAP, 1, 0);
}

int scene_reset(void **state)
{
	struct tw_ctl off = {};

	(void)state;
	wipe("drops", DROP__N, sizeof(uint64_t));
	wipe("count", TW_TALLIES(TW_CIRCUITS_MIN, cpus), sizeof(struct tw_tally));
	wipe("seen", TW_CIRCUITS_MIN, sizeof(struct tw_seen));
	wipe("circuit", TW_CIRCUITS_MIN, sizeof(struct tw_circuit));
	wipe("pw_live", TW_CIRCUITS_MIN, sizeof(struct tw_pw_live));
	wipe("path_live", SCENE_PATHS, sizeof(struct tw_live));
	wipe("guard_live", 64, sizeof(struct tw_live));
	wipe("path", SCENE_PATHS, sizeof(struct tw_path));
	wipe("path_group", 4, sizeof(struct tw_group));
	wipe("label_in", 4096, sizeof(struct tw_label));
	wipe("punt", TW_PUNT__N, sizeof(struct tw_punt));
	wipe("bucket", TW_PUNT__N, sizeof(struct tw_bucket));
	wipe("lowered", 1, sizeof(struct tw_lowered));
	set_row("ctl", 0, &off);
	standing_ports();
	standing_rows();
	return 0;
}

/* ---- counters ---- */

uint64_t drops_of(enum tw_drop reason)
{
	uint64_t per_cpu[cpus], sum = 0;

	get_row("drops", reason, per_cpu);
	for (int i = 0; i < cpus; i++)
		sum += per_cpu[i];
	return sum;
}

uint64_t drops_all(void)
{
	uint64_t sum = 0;

	for (int r = DROP_NONE; r < DROP__N; r++)
		sum += drops_of(r);
	return sum;
}

static struct tw_tally tally_of(enum tw_dir dir, uint32_t circuit, enum tw_slot_id slot)
{
	struct tw_tally one, sum = {};

	for (int i = 0; i < cpus; i++) {
		get_row("count", TW_TALLY(TW_CIRCUITS_MIN, i, dir, circuit, slot), &one);
		sum.frames += one.frames;
		sum.octets += one.octets;
	}
	return sum;
}

struct tw_count count_of(uint32_t circuit, enum tw_slot_id slot)
{
	struct tw_tally tx = tally_of(TW_TX, circuit, slot), rx = tally_of(TW_RX, circuit, slot);

	return (struct tw_count){ tx.frames, tx.octets, rx.frames, rx.octets };
}

struct tw_seen seen_of(uint32_t circuit)
{
	struct tw_seen s;

	get_row("seen", circuit, &s);
	return s;
}

/* ---- running ---- */

static enum out verdict_xdp(uint32_t retval)
{
	if (retval == XDP_PASS || retval == XDP_DROP || retval == XDP_REDIRECT)
		return retval == XDP_PASS ? PASS : retval == XDP_DROP ? DROP : SENT;
	fail_msg("XDP verdict %u", retval);
	return DROP;
}

static enum out verdict_tc(uint32_t retval)
{
	int32_t v = retval;

	if (v == TC_ACT_UNSPEC || v == TC_ACT_OK || v == TC_ACT_SHOT || v == TC_ACT_REDIRECT)
		return v == TC_ACT_SHOT ? DROP : v == TC_ACT_REDIRECT ? SENT : PASS;
	fail_msg("tc verdict %d", v);
	return DROP;
}

static struct result run_xdp(enum family f, uint32_t ifindex, const struct packet *in)
{
	struct result r = {};
	struct xdp_md ctx = { .data_end = in->len, .ingress_ifindex = ifindex };
	LIBBPF_OPTS(bpf_test_run_opts, o, .data_in = in->b, .data_size_in = in->len, .data_out = r.packet.b,
		    .data_size_out = sizeof(r.packet.b), .ctx_in = &ctx, .ctx_size_in = sizeof(ctx), .repeat = 1);

	assert_int_equal(bpf_prog_test_run_opts(scene_prog(f), &o), 0);
	r.packet.len = o.data_size_out;
	r.out = verdict_xdp(o.retval);
	return r;
}

static struct result run_skb(int prog, const struct __sk_buff *ctx, const struct packet *in)
{
	struct result r = {};
	struct __sk_buff after;
	LIBBPF_OPTS(bpf_test_run_opts, o, .data_in = in->b, .data_size_in = in->len, .data_out = r.packet.b,
		    .data_size_out = sizeof(r.packet.b), .ctx_in = ctx, .ctx_size_in = sizeof(*ctx),
		    .ctx_out = &after, .ctx_size_out = sizeof(after), .repeat = 1);

	assert_int_equal(bpf_prog_test_run_opts(prog, &o), 0);
	r.packet.len = o.data_size_out;
	r.out = verdict_tc(o.retval);
	r.mark = after.mark;
	r.tag = after.cb[1];
	r.protocol = after.cb[2];
	return r;
}

struct result run(enum family f, uint32_t ifindex, const struct packet *in)
{
	struct __sk_buff ctx = { .ifindex = ifindex, .ingress_ifindex = ifindex };

	return f == TC ? run_skb(scene_prog(TC), &ctx, in) : run_xdp(f, ifindex, in);
}

struct result run_gso(uint32_t ifindex, const struct packet *in, uint32_t size, uint32_t segs)
{
	struct __sk_buff ctx = { .ifindex = ifindex, .ingress_ifindex = ifindex, .gso_size = size,
				 .gso_segs = segs };

	return run_skb(scene_prog(TC), &ctx, in);
}

struct result run_aside(uint32_t ifindex, const struct packet *in, uint32_t tag)
{
	return run_aside_gso(ifindex, in, tag, 0);
}

struct result run_aside_gso(uint32_t ifindex, const struct packet *in, uint32_t tag, uint32_t size)
{
	struct __sk_buff ctx = { .ifindex = ifindex, .ingress_ifindex = ifindex, .gso_size = size, .cb = { tag } };

	return run_skb(bpf_program__fd(aside->progs.tw_tc_aside), &ctx, in);
}

struct result run_port(uint32_t ifindex, const struct packet *in)
{
	struct result r = run(XDP_FRAGS, ifindex, in);
	uint64_t counted = drops_all();

	if (r.out != PASS)
		return r;
	assert_packet(&r.packet, in);		/* untouched, so that tc sees what came in */
	assert_int_equal(drops_all(), counted);
	return run(TC, ifindex, in);
}

/* ---- frames ---- */

struct packet mpls(void)
{
	struct packet p = {};

	put(&p, "\x02\0\0\0\x50\x69\x02\0\0\0\xd0\x69", 12);
	put_u16(&p, 0x8847);
	return p;
}

struct packet on_pw(enum tw_slot_id slot, uint8_t traffic_class, int64_t cw, const struct packet *inner)
{
	uint32_t ifindex = slot == TW_PRIMARY ? CORE : CORE2;
	struct packet p = {};

	put(&p, (uint8_t[]){ 2, 0, 0, 0, 0xd0, ifindex, 2, 0, 0, 0, 0x50, ifindex }, 12);
	put_u16(&p, 0x8847);
	put_lse(&p, TUNNEL(slot), traffic_class, 0, 255);
	put_lse(&p, LABEL_OUT(slot), traffic_class, 1, 255);
	if (cw >= 0)
		put_u32(&p, cw);
	put_packet(&p, inner);
	return p;
}

struct packet from_pw(enum tw_slot_id slot, uint8_t traffic_class, int64_t cw, const struct packet *inner)
{
	struct packet p = mpls();

	put_lse(&p, OURS, traffic_class, 0, 254);
	put_lse(&p, LABEL_IN(slot), traffic_class, 1, 255);
	if (cw >= 0)
		put_u32(&p, cw);
	put_packet(&p, inner);
	return p;
}
