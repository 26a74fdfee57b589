/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attaching, adopting, replacing and taking away, for every family, with programs of a few
 * instructions that leave their number in a map; as root and with our five capabilities only.
 */
#include "netns.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/bpf.h"
#include "sys/clsact.h"
#include "sys/file.h"
#include "sys/packet.h"

static char dir[] = "/tmp/twsys-bpf-XXXXXX";
static char pin[64];
static struct world {
	int map;
	volatile uint64_t *seen;	/* number of the program that ran last */
	uint32_t a, b;
} t;

#define INSN(c, d, s, o, i) { .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) }

/* *seen = number; return verdict */
static int program(enum bpf_prog_type type, int number, int verdict)
{
	const struct bpf_insn code[] = {
		INSN(BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_VALUE, 0, t.map),
		INSN(0, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0, number),
		INSN(BPF_STX | BPF_MEM | BPF_DW, BPF_REG_1, BPF_REG_2, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, verdict),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	int fd = bpf_prog_load(type, "tw_test", "GPL", code, sizeof(code) / sizeof(code[0]), NULL);

	assert_true(fd >= 0);
	return fd;
}

static int program_for(enum sys_attach how, int number)
{
	if (how == ATTACH_XDP)
		return program(BPF_PROG_TYPE_XDP, number, 2);	/* XDP_PASS */
	return program(BPF_PROG_TYPE_SCHED_CLS, number, -1);	/* TC_ACT_UNSPEC: whoever is next */
}

static void send_frame(uint32_t ifindex)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = (int)ifindex, .sll_halen = 6 };
	uint8_t frame[60] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x88, 0x47 };
	auto_fd fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	assert_int_equal(sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&to, sizeof(to)), sizeof(frame));
}

/* Which program sees a frame that comes in at a; 0: none (frames cross a veth in the sender's time). */
static uint64_t who_runs(void)
{
	*t.seen = 0;
	for (int i = 0; i < 5 && !*t.seen; i++) {
		send_frame(t.b);
		poll(NULL, 0, 1);
	}
	return *t.seen;
}

static void make_map(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	void *p = NULL;

	t.map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "tw_test", 4, 8, 1, &opts);
	assert_true(t.map >= 0);
	assert_int_equal(sys_map_mmap(t.map, 8, &p), 0);
	t.seen = p;
}

static int setup(void **state)
{
	case_setup(state);
	pair_up(&t.a, &t.b);
	make_map();
	return 0;
}

static int teardown(void **state)
{
	munmap((void *)(uintptr_t)t.seen, 8);
	fd_done(&t.map);
	unlink(pin);
	return case_teardown(state);
}

static void need(enum sys_attach how)
{
	int prog = program_for(how, 1), fd = -1, rc;

	if (how != ATTACH_TCX)
		return;
	rc = sys_attach(how, t.a, prog, NULL, &fd);
	fd_done(&prog);
	if (rc == -EINVAL) {
		print_message("kernel without tcx\n");
		skip();
	}
	assert_int_equal(rc, 0);
	fd_done(&fd);
}

/* ---- maps and pins ----------------------------------------------------------------------- */

static void maps_and_pins(void **state)
{
	uint32_t key = 0, bad = 7;
	uint64_t val = 0;
	char dotted[80];
	int fd = -1;

	(void)state;
	assert_true(sys_is_bpffs(dir));
	assert_false(sys_is_bpffs("/tmp"));
	assert_false(sys_is_bpffs("/nowhere"));
	assert_int_equal(sys_map_set(t.map, &key, &(uint64_t){ 42 }), 0);
	assert_int_equal(*t.seen, 42);
	*t.seen = 43;
	assert_int_equal(sys_map_get(t.map, &key, &val), 0);
	assert_int_equal(val, 43);
	assert_int_equal(sys_map_get(t.map, &bad, &val), -ENOENT);
	assert_int_equal(sys_map_set(t.map, &bad, &val), -E2BIG);
	assert_int_equal(sys_map_del(t.map, &key), -EINVAL);	/* an array keeps its elements */

	assert_int_equal(sys_bpf_get(pin, &fd), -ENOENT);
	assert_int_equal(sys_bpf_pin(t.map, pin), 0);
	assert_int_equal(sys_bpf_pin(t.map, pin), -EEXIST);
	assert_int_equal(sys_bpf_get(pin, &fd), 0);
	assert_int_equal(sys_map_get(fd, &key, &val), 0);
	assert_int_equal(val, 43);
	close(fd);
	assert_int_equal(sys_bpf_unpin(pin), 0);
	assert_int_equal(sys_bpf_unpin(pin), -ENOENT);
	snprintf(dotted, sizeof(dotted), "%s.x", pin);
	assert_int_equal(sys_bpf_pin(t.map, dotted), -EPERM);
}

/* ---- attachments --------------------------------------------------------------------------- */

static uint32_t link_id(void)
{
	struct bpf_link_info info = { .type = 0 };
	uint32_t len = sizeof(info);
	auto_fd fd = bpf_obj_get(pin);

	return fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) ? 0 : info.id;
}

static void check_tag(enum sys_attach how, int prog)
{
	uint8_t want[8], got[8];

	assert_int_equal(sys_prog_tag(prog, want), 0);
	assert_int_equal(sys_attached_tag(how, t.a, pin, got), 0);
	assert_memory_equal(want, got, 8);
}

static void whole_life(enum sys_attach how)
{
	int one, two, fd = -1;
	uint8_t tag[8];
	uint32_t id;

	need(how);
	one = program_for(how, 1);
	two = program_for(how, 2);
	assert_int_equal(sys_attached_tag(how, t.a, pin, tag), -ENOENT);
	assert_int_equal(sys_attach(how, t.a, one, pin, &fd), 0);
	check_tag(how, one);
	fd_done(&fd);				/* the engine dies */
	fd_done(&one);
	assert_int_equal(who_runs(), 1);
	id = link_id();

	assert_int_equal(sys_attach(how, t.a, two, pin, &fd), 0);	/* the next one adopts and replaces */
	check_tag(how, two);
	assert_int_equal(link_id(), id);
	fd_done(&fd);
	assert_int_equal(who_runs(), 2);

	assert_int_equal(sys_detach(how, t.a, pin), 0);
	assert_int_equal(access(pin, F_OK), -1);
	assert_int_equal(who_runs(), 0);
	assert_int_equal(sys_attached_tag(how, t.a, pin, tag), -ENOENT);
	assert_int_equal(sys_detach(how, t.a, pin), 0);
	fd_done(&two);
}

/* A device is removed and comes back: its pin is an empty shell by then. */
static void device_returns(enum sys_attach how)
{
	int prog, fd = -1;
	uint8_t tag[8];

	need(how);
	prog = program_for(how, 3);
	assert_int_equal(sys_attach(how, t.a, prog, pin, &fd), 0);
	fd_done(&fd);
	assert_int_equal(sys_vlan_del(t.a), 0);
	assert_int_equal(sys_attached_tag(how, t.a, pin, tag), -ENOENT);
	pair_up(&t.a, &t.b);
	assert_int_equal(sys_attach(how, t.a, prog, pin, &fd), 0);
	fd_done(&fd);
	assert_int_equal(who_runs(), 3);
	assert_int_equal(sys_vlan_del(t.a), 0);
	assert_int_equal(sys_detach(how, t.a, pin), 0);	/* nothing left to take away but the pin */
	assert_int_equal(access(pin, F_OK), -1);
	fd_done(&prog);
}

/* Something else lies under the name, or another device has the link. */
static void wrong_pin(enum sys_attach how)
{
	int prog, fd = -1;

	need(how);
	prog = program_for(how, 4);
	assert_int_equal(sys_bpf_pin(t.map, pin), 0);
	assert_int_equal(sys_attach(how, t.a, prog, pin, &fd), 0);
	fd_done(&fd);
	assert_int_equal(who_runs(), 4);
	assert_int_equal(sys_attach(how, t.b, prog, pin, &fd), 0);
	fd_done(&fd);
	if (how != ATTACH_CLSACT)
		assert_int_equal(who_runs(), 0);	/* moved to b */
	assert_int_equal(sys_detach(how, t.b, pin), 0);
	assert_int_equal(sys_detach(how, t.a, pin), 0);
	fd_done(&prog);
}

static void without_bpffs(enum sys_attach how)
{
	int prog, fd = -1;

	need(how);
	prog = program_for(how, 5);
	assert_int_equal(sys_attach(how, t.a, prog, NULL, &fd), 0);
	assert_int_equal(who_runs(), 5);
	fd_done(&fd);
	assert_int_equal(sys_detach(how, t.a, NULL), 0);
	assert_int_equal(who_runs(), 0);
	fd_done(&prog);
}

#define FAMILY(name, how)                                                           \
	static void name##_whole_life(void **state) { (void)state; whole_life(how); }      \
	static void name##_device_returns(void **state) { (void)state; device_returns(how); } \
	static void name##_wrong_pin(void **state) { (void)state; wrong_pin(how); }        \
	static void name##_without_bpffs(void **state) { (void)state; without_bpffs(how); }
FAMILY(xdp, ATTACH_XDP)
FAMILY(tcx, ATTACH_TCX)
FAMILY(clsact, ATTACH_CLSACT)

static void errors_are_told(void **state)
{
	int xdp = program_for(ATTACH_XDP, 1), fd = -1;

	(void)state;
	assert_int_equal(sys_attach(ATTACH_CLSACT, 4000000, xdp, pin, &fd), -ENODEV);
	assert_int_equal(sys_attach(ATTACH_CLSACT, t.a, xdp, pin, &fd), -EINVAL);	/* not a tc program */
	assert_true(sys_attach(ATTACH_XDP, 4000000, xdp, pin, &fd) < 0);
	assert_int_equal(fd, -1);
	assert_int_equal(access(pin, F_OK), -1);
	fd_done(&xdp);
}

/* ---- what others did with tc ----------------------------------------------------------------- */

static bool has_qdisc(void)
{
	int rc = clsact_qdisc_add(t.a);

	if (!rc)
		clsact_qdisc_del(t.a);
	return rc == -EEXIST;
}

/* Somebody else's filter: egress, so that it does not meet ours. */
static int foreign_filter(uint16_t type)
{
	_Alignas(struct nlmsghdr) char buf[NL_REQUEST];
	int prog = program(BPF_PROG_TYPE_SCHED_CLS, 9, -1);
	struct nlattr *options;
	struct tcmsg *m;
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, type, type == RTM_NEWTFILTER ? NLM_F_CREATE | NLM_F_EXCL : 0, sizeof(*m),
					&extra);
	int rc;

	m = extra;
	*m = (struct tcmsg){ .tcm_ifindex = (int)t.a, .tcm_parent = 0xfffffff3u, .tcm_handle = 1,
			     .tcm_info = 1u << 16 | htons(ETH_P_ALL) };
	mnl_attr_put_strz(nlh, TCA_KIND, "bpf");
	options = mnl_attr_nest_start(nlh, TCA_OPTIONS);
	mnl_attr_put_u32(nlh, 6, (uint32_t)prog);	/* TCA_BPF_FD */
	mnl_attr_put_u32(nlh, 8, 1);			/* TCA_BPF_FLAGS: direct action */
	mnl_attr_nest_end(nlh, options);
	rc = nl_talk(NETLINK_ROUTE, nlh, NULL, NULL);
	fd_done(&prog);
	return rc;
}

static void clsact_of_others_stays(void **state)
{
	int prog = program_for(ATTACH_CLSACT, 1), fd = -1;

	(void)state;
	assert_int_equal(clsact_qdisc_add(t.a), 0);	/* theirs, empty */
	assert_int_equal(sys_attach(ATTACH_CLSACT, t.a, prog, pin, &fd), 0);
	assert_int_equal(sys_detach(ATTACH_CLSACT, t.a, pin), 0);
	assert_true(has_qdisc());
	assert_int_equal(clsact_qdisc_del(t.a), 0);

	assert_int_equal(sys_attach(ATTACH_CLSACT, t.a, prog, pin, &fd), 0);	/* ours, used by others since */
	assert_int_equal(foreign_filter(RTM_NEWTFILTER), 0);
	assert_int_equal(sys_detach(ATTACH_CLSACT, t.a, pin), 0);
	assert_true(has_qdisc());
	assert_int_equal(foreign_filter(RTM_DELTFILTER), 0);
	assert_int_equal(clsact_qdisc_del(t.a), 0);

	assert_int_equal(sys_attach(ATTACH_CLSACT, t.a, prog, pin, &fd), 0);	/* ours alone */
	assert_int_equal(sys_detach(ATTACH_CLSACT, t.a, pin), 0);
	assert_false(has_qdisc());
	fd_done(&prog);
}

/* ---- ring buffer, punted frames -------------------------------------------------------------- */

static int told;

static void on_record(void *arg, const void *data, uint32_t len)
{
	uint64_t got = 0;

	assert_ptr_equal(arg, &told);
	assert_int_equal(len, 8);
	memcpy(&got, data, 8);
	assert_int_equal(got, 0x1122334455667788ull);
	told++;
}

static int ring_program(int map)
{
	const struct bpf_insn code[] = {
		INSN(BPF_LD | BPF_DW | BPF_IMM, BPF_REG_3, 0, 0, 0x55667788),
		INSN(0, 0, 0, 0, 0x11223344),
		INSN(BPF_STX | BPF_MEM | BPF_DW, BPF_REG_10, BPF_REG_3, -8, 0),
		INSN(BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, map),
		INSN(0, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_2, BPF_REG_10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_2, 0, 0, -8),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_3, 0, 0, 8),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_4, 0, 0, 0),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_ringbuf_output),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 2),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	return bpf_prog_load(BPF_PROG_TYPE_XDP, "tw_ring", "GPL", code, sizeof(code) / sizeof(code[0]), NULL);
}

static void two_frames(int prog, int ready)
{
	struct pollfd pfd = { .fd = ready, .events = POLLIN };
	int fd = -1;

	assert_int_equal(sys_attach(ATTACH_XDP, t.a, prog, NULL, &fd), 0);
	told = 0;
	send_frame(t.b);
	send_frame(t.b);
	assert_int_equal(poll(&pfd, 1, BOUND_MS), 1);
	fd_done(&fd);
	fd_done(&prog);
}

static void ring_records_arrive(void **state)
{
	int map = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "tw_ring", 0, 0, 65536, NULL);
	int prog = ring_program(map);
	struct sys_ring *r = NULL;

	(void)state;
	assert_true(map >= 0 && prog >= 0);
	assert_int_equal(sys_ring_open(&r, t.map, on_record, &told), -EINVAL);
	assert_int_equal(sys_ring_open(&r, map, on_record, &told), 0);
	two_frames(prog, sys_ring_fd(r));
	assert_true(wait_for(told >= 2, assert_true(sys_ring_consume(r) >= 0)));
	sys_ring_close(r);
	fd_done(&map);
}

/* skb->mark = mark, for the frames that come in at a */
static int mark_program(int mark)
{
	const struct bpf_insn code[] = {
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0, mark),
		INSN(BPF_STX | BPF_MEM | BPF_W, BPF_REG_1, BPF_REG_2, offsetof(struct __sk_buff, mark), 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, -1),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	return bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "tw_mark", "GPL", code, sizeof(code) / sizeof(code[0]), NULL);
}

static void on_frame(void *arg, const struct sys_frame *f)
{
	const uint8_t type[2] = { 0x88, 0x47 };

	assert_ptr_equal(arg, &told);
	assert_int_equal(f->ifindex, t.a);
	assert_int_equal(f->len, 60);
	assert_int_equal(f->wire_len, 60);
	assert_memory_equal(f->data + 12, type, 2);
	assert_int_not_equal(f->when_ns, 0);
	told++;
}

static uint32_t punted(int mark)
{
	int prog = mark_program(mark), fd = -1;
	struct sys_packet *p = NULL;
	struct pollfd pfd;
	uint32_t n;

	assert_int_equal(sys_packet_open(&p, 0x8847, 0x74770000, 0xffff0000), 0);
	assert_int_equal(sys_attach(ATTACH_CLSACT, t.a, prog, NULL, &fd), 0);
	assert_int_equal(sys_packet_read(p, on_frame, &told, 100), 0);
	told = 0;
	for (int i = 0; i < 3; i++)
		send_frame(t.b);
	pfd = (struct pollfd){ .fd = sys_packet_fd(p), .events = POLLIN };
	if (mark >> 16 == 0x7477)
		assert_true(wait_for(told >= 3, (poll(&pfd, 1, 20), sys_packet_read(p, on_frame, &told, 100))));
	else
		assert_int_equal(poll(&pfd, 1, 30), 0);
	n = (uint32_t)told;
	assert_int_equal(sys_packet_lost(p), 0);
	assert_int_equal(sys_detach(ATTACH_CLSACT, t.a, NULL), 0);
	sys_packet_close(p);
	fd_done(&prog);
	return n;
}

static void punted_frames_arrive(void **state)
{
	(void)state;
	assert_int_equal(punted(0x74770002), 3);
	assert_int_equal(punted(0x12340002), 0);
	assert_int_equal(punted(0), 0);
}

/* ---- with five capabilities ------------------------------------------------------------------ */

/* unshare() needs CAP_SYS_ADMIN, which is gone: one namespace, prepared before, for all cases. */
static int poor_setup(void **state)
{
	(void)state;
	pair_up(&t.a, &t.b);
	make_map();
	return 0;
}

static int poor_teardown(void **state)
{
	(void)state;
	munmap((void *)(uintptr_t)t.seen, 8);
	fd_done(&t.map);
	unlink(pin);
	sys_vlan_del(t.a);
	return 0;
}

#define POOR(fn) cmocka_unit_test_setup_teardown(fn, poor_setup, poor_teardown)

static int run_poor(void)
{
	const struct CMUnitTest tests[] = {
		POOR(maps_and_pins),
		POOR(xdp_whole_life),
		POOR(tcx_whole_life),
		POOR(clsact_whole_life),
		POOR(clsact_of_others_stays),
		POOR(ring_records_arrive),
		POOR(punted_frames_arrive),
	};
	const char *missing = "";

	ns_new();
	if (sys_user_drop("nobody", &missing)) {
		print_error("cannot become nobody: %s\n", missing);
		return 1;
	}
	return cmocka_run_group_tests_name("bpf, unprivileged", tests, NULL, NULL);
}

static void own_bpffs(void)
{
	const struct passwd *pw = getpwnam("nobody");

	assert_non_null(mkdtemp(dir));
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mount("bpf", dir, "bpf", 0, NULL), 0);
	assert_int_equal(chmod(dir, 0700), 0);
	assert_int_equal(chown(dir, pw->pw_uid, pw->pw_gid), 0);
	snprintf(pin, sizeof(pin), "%s/link", dir);
}

#define RICH(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RICH(maps_and_pins),
		RICH(xdp_whole_life),
		RICH(tcx_whole_life),
		RICH(clsact_whole_life),
		RICH(xdp_device_returns),
		RICH(tcx_device_returns),
		RICH(clsact_device_returns),
		RICH(xdp_wrong_pin),
		RICH(tcx_wrong_pin),
		RICH(clsact_wrong_pin),
		RICH(xdp_without_bpffs),
		RICH(tcx_without_bpffs),
		RICH(clsact_without_bpffs),
		RICH(errors_are_told),
		RICH(clsact_of_others_stays),
		RICH(ring_records_arrive),
		RICH(punted_frames_arrive),
	};
	int rc, status = 1;
	pid_t pid;

	need_root();
	libbpf_set_print(NULL);		/* one case is refused on purpose */
	own_bpffs();
	rc = cmocka_run_group_tests_name("bpf", tests, NULL, NULL);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		rc = run_poor();
		fflush(NULL);
		_exit(rc ? 1 : 0);
	}
	if (pid > 0)
		waitpid(pid, &status, 0);
	umount2(dir, MNT_DETACH);
	rmdir(dir);
	return rc || status;
}
