/* SPDX-License-Identifier: BSD-2-Clause */
/* Single lines: what is refused, where the caret stands, what is said; views; names of interfaces. */
#include "util.h"

#include "cfg/ifname.h"

struct row {
	const char *view;		/* lines typed before */
	const char *line;
	enum cfg_verdict verdict;
	size_t column;
};

#define IF "interface GigabitEthernet0/1/0"
#define SUB "interface GigabitEthernet0/1/0.1"

static const struct row rows[] = {
	{ "", "sysnam", CFG_INCOMPLETE, 6 },
	{ "", "sysname", CFG_INCOMPLETE, 7 },
	{ "", "sysname  ", CFG_INCOMPLETE, 7 },
	{ "", "sysname A B", CFG_TOO_MANY, 10 },
	{ "", "  sysname A B", CFG_TOO_MANY, 12 },
	{ "", "frobnicate", CFG_UNRECOGNIZED, 0 },
	{ "", "show version", CFG_UNRECOGNIZED, 0 },
	{ "", "mpls lsr-id 1.1.1", CFG_WRONG, 12 },
	{ "", "mpls lsr-id 1.1.1.256", CFG_WRONG, 12 },
	{ "", "mpls lsr-id 0.0.0.0", CFG_WRONG, 12 },
	{ "", "mpls lsr-id 1.1.1.1.1", CFG_WRONG, 12 },
	{ "", "mpls lsr-id 127.0.0.1", CFG_REFUSED, 0 },
	{ "", "mpls lsr-id 224.0.0.1", CFG_REFUSED, 0 },
	{ "", "mpls l", CFG_AMBIGUOUS, 5 },
	{ "", "mpls foo", CFG_UNRECOGNIZED, 5 },
	{ "", "mpls ldp vpn-instance x", CFG_KNOWN, 9 },
	{ "", "mpls ldp remote-peer", CFG_INCOMPLETE, 20 },
	{ "", "undo mpls ldp vpn-instance x", CFG_KNOWN, 14 },
	{ "", "ospf 1", CFG_KNOWN, 0 },
	{ "", "OSPF 1", CFG_KNOWN, 0 },
	{ "", "interface Tunnel10", CFG_KNOWN, 0 },
	{ "", "interface MEth 0/0/0", CFG_KNOWN, 0 },
	{ "", "interface Cpos0/1/0", CFG_KNOWN, 0 },
	{ "mpls", "frobnicate", CFG_UNRECOGNIZED, 0 },
	{ "mpls", "ttl propagate", CFG_KNOWN, 0 },
	{ "", "ip route-static vpn-instance v 1.1.1.1 32 2.2.2.2", CFG_KNOWN, 16 },
	{ IF, "mpls l2vpn stream-dual-send", CFG_KNOWN, 11 },
	{ IF, "mpls static-l2vc destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label 16 tunnel-policy p color 5",
	  CFG_KNOWN, 0 },
	{ "", "interface serial 0/1/0:1", CFG_KNOWN, 0 },
	{ "", "interface GigabitEthernet", CFG_INCOMPLETE, 25 },
	{ "", "interface Gi0/1/0/1/2", CFG_WRONG, 10 },
	{ "", "interface LoopBack1.1", CFG_WRONG, 10 },
	{ "", "interface eth1 0/1", CFG_TOO_MANY, 15 },
	{ "", "capacity circuits 100", CFG_UNRECOGNIZED, 0 },
	{ "mpls l2vpn", "capacity circuits 63", CFG_WRONG, 18 },
	{ "mpls l2vpn", "capacity circuits 1000001", CFG_WRONG, 18 },
	{ "mpls l2vpn", "capacity circuits 64", CFG_OK, 0 },
	{ "mpls l2vpn", "cap cir 1000000", CFG_OK, 0 },
	{ IF, "mtu 45", CFG_WRONG, 4 },
	{ IF, "mtu 9601", CFG_WRONG, 4 },
	{ IF, "mtu 46", CFG_OK, 0 },
	{ IF, "mtu 9600", CFG_OK, 0 },
	{ IF, "m 9600", CFG_AMBIGUOUS, 0 },
	{ IF, "vlan-type dot1q 1", CFG_REFUSED, 0 },
	{ SUB, "vlan-type dot1q 0", CFG_WRONG, 16 },
	{ SUB, "vlan-type dot1q 4095", CFG_WRONG, 16 },
	{ SUB, "port-mode xdp", CFG_REFUSED, 0 },
	{ IF, "port-mode generic", CFG_UNRECOGNIZED, 10 },
	{ IF, "ip address 10.0.0.1", CFG_INCOMPLETE, 19 },
	{ IF, "ip address 10.0.0.1 255.0.255.0", CFG_WRONG, 20 },
	{ IF, "ip address 10.0.0.1 33", CFG_WRONG, 20 },
	{ IF, "ip address 10.0.0.0 24", CFG_REFUSED, 0 },
	{ IF, "ip address 10.0.0.255 24", CFG_REFUSED, 0 },
	{ IF, "ip address 10.0.0.0 31", CFG_OK, 0 },
	{ IF, "ip address 0.0.0.0 0.0.0.0", CFG_WRONG, 11 },
	{ IF, "ip address 224.0.0.5 24", CFG_REFUSED, 0 },
	{ IF, "ip address unnumbered interface LoopBack1", CFG_KNOWN, 11 },
	{ IF, "mpls l2vc 3.3.3.9", CFG_INCOMPLETE, 17 },
	{ IF, "mpls l2vc 3.3.3.9 0", CFG_WRONG, 18 },
	{ IF, "mpls l2vc 3.3.3.9 100 ip-layer2", CFG_KNOWN, 0 },
	{ IF, "mpls static-l2vc", CFG_INCOMPLETE, 16 },
	{ IF, "mpls static-l2vc destination 3.3.3.9 0 transmit-vpn-label 100 receive-vpn-label 16", CFG_WRONG, 37 },
	{ IF, "mpls static-l2vc destination 3.3.3.9 transmit-vpn-label 1 receive-vpn-label 16", CFG_WRONG, 56 },
	{ IF, "mpls static-l2vc destination 3.3.3.9 transmit-vpn-label 15 receive-vpn-label 16", CFG_WRONG, 56 },
	{ IF, "mpls static-l2vc destination 3.3.3.9 transmit-vpn-label 1048576 receive-vpn-label 16", CFG_WRONG, 56 },
	{ IF, "mpls static-l2vc destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label 15", CFG_WRONG, 78 },
	{ IF, "mpls static-l2vc destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label 262144", CFG_WRONG, 78 },
	{ IF, "mpls static-l2vc destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label", CFG_INCOMPLETE, 77 },
	{ IF, "mpls static-l2vc destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label 16 raw tagged",
	  CFG_UNRECOGNIZED, 85 },
	{ IF, "mpls static-l2vc destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label 16 raw raw",
	  CFG_UNRECOGNIZED, 85 },
	{ IF, "mpls static-l2vc destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label 16 tunnel-policy p",
	  CFG_KNOWN, 0 },
	{ IF, "mpls static-l2vc pw-template t 7 transmit-vpn-label 100 receive-vpn-label 16", CFG_OK, 0 },
	{ IF, "mpls static-l2vc pw-template t transmit-vpn-label 100 receive-vpn-label 16", CFG_WRONG, 31 },
	{ IF, "mpls static-l2vc pw-template abcdefghijklmnopqrst 7 transmit-vpn-label 100 receive-vpn-label 16",
	  CFG_WRONG, 29 },
	{ IF, "mpls static-l2vc destination 3.3.3.9 pw-template t 7 transmit-vpn-label 100 receive-vpn-label 16",
	  CFG_OK, 0 },
	{ IF, "mpls static-l2vc pw-template t 7 destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label 16",
	  CFG_OK, 0 },
	{ IF, "mpls static-l2vc pw-template t 7 destination 3.3.3.9 8 transmit-vpn-label 100 receive-vpn-label 16",
	  CFG_UNRECOGNIZED, 53 },
	{ IF, "mpls static-l2vc pw-template t 7 destination 127.0.0.1 transmit-vpn-label 100 receive-vpn-label 16",
	  CFG_REFUSED, 0 },
	{ IF, "mpls static-l2vc instance-name a destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label 16",
	  CFG_KNOWN, 0 },
	{ IF, "mpls l2vpn reroute", CFG_INCOMPLETE, 18 },
	{ IF, "mpls l2vpn reroute delay", CFG_INCOMPLETE, 24 },
	{ IF, "mpls l2vpn reroute delay 9", CFG_WRONG, 25 },
	{ IF, "mpls l2vpn reroute delay 10801", CFG_WRONG, 25 },
	{ IF, "mpls l2vpn reroute delay 10800 resume 601", CFG_WRONG, 38 },
	{ IF, "mpls l2vpn reroute delay 10 resume 600", CFG_OK, 0 },
	{ IF, "mpls l2vpn reroute never resume 0", CFG_TOO_MANY, 25 },
	{ IF "\nmpls static-l2vc destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label 16",
	  "mpls l2vpn reroute immediately resume 0", CFG_REFUSED, 0 },
	{ IF, "mpls l2vpn service-name abcdefghijklmnopqrstuvwxyz012345", CFG_WRONG, 24 },
	{ IF, "mpls l2vpn redundancy", CFG_INCOMPLETE, 21 },
	{ IF, "mpls l2vpn redundancy frr", CFG_UNRECOGNIZED, 22 },
	{ IF, "mpls l2vpn redundancy master", CFG_OK, 0 },
	{ IF "\nmpls l2vpn redundancy master", "undo mpls l2vpn redundancy independent", CFG_REFUSED, 0 },
	{ IF "\nmpls l2vpn redundancy master", "undo mpls l2vpn redundancy master", CFG_OK, 0 },
	{ IF "\nmpls l2vpn redundancy master", "undo mpls l2vpn redundancy", CFG_INCOMPLETE, 26 },
	{ IF, "mpls l2vpn holdoff 0", CFG_WRONG, 19 },
	{ IF, "mpls l2vpn holdoff 181", CFG_WRONG, 19 },
	{ IF "\nmpls l2vpn holdoff 180", "undo mpls l2vpn holdoff 179", CFG_REFUSED, 0 },
	{ IF "\nmpls l2vpn holdoff 180", "undo mpls l2vpn holdoff 180", CFG_OK, 0 },
	{ IF, "mpls l2vpn ac-role follow-address", CFG_INCOMPLETE, 33 },
	{ IF, "mpls l2vpn ac-role follow-address 0.0.0.0", CFG_WRONG, 34 },
	{ IF, "mpls l2vpn ac-role follow-address 224.0.0.18", CFG_REFUSED, 0 },
	{ IF, "mpls l2vpn pw ignore-ac-state primary", CFG_UNRECOGNIZED, 30 },
	{ IF, "mpls l2vpn pw bit-error-detection", CFG_KNOWN, 14 },
	{ IF, "mpls l2vpn pw-aps 1 admin", CFG_KNOWN, 11 },
	{ "interface eth1.1", "mpls l2vpn trigger if-down", CFG_REFUSED, 0 },
	{ "interface LoopBack1", "mpls l2vpn redundancy master", CFG_REFUSED, 0 },
	{ IF, "mpls l2vc track admin-vrrp interface eth1 vrid 1", CFG_KNOWN, 0 },
	{ IF, "mpls l2vc track admin-vc interface LoopBack0", CFG_KNOWN, 0 },
	{ IF "\nmpls static-l2vc destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label 16",
	  "mpls l2vpn redundancy independent", CFG_REFUSED, 0 },
	{ IF "\nmpls static-l2vc destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label 16",
	  "mpls l2vpn ac-role standby", CFG_REFUSED, 0 },
	{ IF "\nmpls static-l2vc destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label 16",
	  "mpls l2vpn trigger if-down", CFG_REFUSED, 0 },
	{ "mpls l2vpn", "mpls l2vpn reroute-rate 1000001", CFG_WRONG, 24 },
	{ "mpls l2vpn", "mpls l2vpn reroute-rate 0", CFG_OK, 0 },
	{ "mpls l2vpn", "mpls l2vpn request-switchover peer 0.0.0.0", CFG_WRONG, 35 },
	{ IF, "manual-set", CFG_INCOMPLETE, 10 },
	{ IF, "manual-set pw-ac-fault bypass", CFG_UNRECOGNIZED, 23 },
	{ "interface LoopBack1", "manual-set pw-ac-fault", CFG_REFUSED, 0 },
	{ "", "pw-template", CFG_INCOMPLETE, 11 },
	{ "", "pw-template abcdefghijklmnopqrst", CFG_WRONG, 12 },
	{ "pw-template t", "peer-address 0.0.0.0", CFG_WRONG, 13 },
	{ "pw-template t", "peer-address 224.0.0.1", CFG_REFUSED, 0 },
	{ "pw-template t", "mtu 45", CFG_WRONG, 4 },
	{ "pw-template t", "mtu 9601", CFG_WRONG, 4 },
	{ "pw-template t", "jitter-buffer depth 4", CFG_KNOWN, 0 },
	{ "pw-template t", "tnl-policy p", CFG_KNOWN, 0 },
	{ "pw-template t", "undo cc seq-number", CFG_KNOWN, 5 },
	{ "pw-template t", "no-control-word", CFG_UNRECOGNIZED, 0 },
	{ IF, "mpls static-l2vc destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label 16 ip-interworking",
	  CFG_KNOWN, 0 },
	{ IF, "mpls static-l2vc destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label 16 access-port", CFG_OK,
	  0 },
	{ SUB, "mpls static-l2vc destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label 16 access-port",
	  CFG_REFUSED, 0 },
	{ "interface LoopBack1", "mpls static-l2vc destination 3.3.3.9 transmit-vpn-label 100 receive-vpn-label 16",
	  CFG_REFUSED, 0 },
	{ "", "static-lsp ingress a destination 3.3.3.9 32 nexthop 10.1.1.1 out-label 1", CFG_WRONG, 71 },
	{ "", "static-lsp ingress a destination 3.3.3.9 32 nexthop 10.1.1.1 out-label 16 17 18 19 20", CFG_TOO_MANY,
	  83 },
	{ "", "static-lsp ingress a destination 3.3.3.9 32 nexthop 10.1.1.1 out-label 16 3", CFG_REFUSED, 0 },
	{ "", "static-lsp ingress a destination 3.3.3.9 32 out-label 16", CFG_UNRECOGNIZED, 44 },
	{ "", "static-lsp transit a in-label 16 nexthop 10.1.1.1 out-label 16 17", CFG_TOO_MANY, 63 },
	{ "", "static-lsp egress a in-label 15", CFG_WRONG, 29 },
	{ "", "static-lsp egress abcdefghijklmnopqrst in-label 16", CFG_WRONG, 18 },
	{ "", "undo static-lsp egress nosuch", CFG_REFUSED, 0 },
	{ "", "ip route-static 1.1.1.1 32", CFG_INCOMPLETE, 26 },
	{ "", "ip route-static 1.1.1.1 32 10.0.0.1 preference 0", CFG_WRONG, 47 },
	{ "", "ip route-static 1.1.1.1 32 10.0.0.1 preference 256", CFG_WRONG, 47 },
	{ "", "ip route-static 1.1.1.1 32 10.0.0.1 permanent", CFG_KNOWN, 0 },
	{ "", "ip route-static 1.1.1.1 32 NULL0", CFG_KNOWN, 0 },
	{ "", "undo ip route-static 1.1.1.1 32", CFG_REFUSED, 0 },
	{ IF, "undo ip address 1.1.1.1 32", CFG_REFUSED, 0 },
	{ IF, "undo ip address", CFG_OK, 0 },
	{ IF, "undo shutdown", CFG_OK, 0 },
	{ IF, "quit now", CFG_UNRECOGNIZED, 0 },
	{ "", "quit", CFG_QUIT, 0 },
	{ IF, "quit", CFG_OK, 0 },
	{ IF, "return", CFG_QUIT, 0 },
	{ "", "", CFG_OK, 0 },
	{ "", "#", CFG_OK, 0 },
};

static void verdicts_and_carets(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cfg *c = cfg_new(NULL);
		struct cfg_session *s = cfg_session_new(c);
		char text[300], *before, *after;
		struct cfg_answer a;

		type_all(s, rows[i].view);
		before = cfg_render(cfg_candidate(s), NULL);
		a = cfg_line(s, rows[i].line);
		if (a.verdict != rows[i].verdict || (a.verdict < CFG_KNOWN && a.column != rows[i].column))
			fail_msg("\"%s\": %d at %zu %s", rows[i].line, a.verdict, a.column, a.text);
		cfg_answer_text(&a, text, sizeof(text));
		assert_int_equal(a.verdict == CFG_OK || a.verdict == CFG_QUIT, text[0] == '\0');
		after = cfg_render(cfg_candidate(s), NULL);
		if (a.verdict != CFG_OK)
			assert_string_equal(before, after);	/* what is refused is not stored */
		free(before);
		free(after);
		cfg_session_free(s);
		cfg_free(c);
	}
}

static void texts(void **state)
{
	struct cfg_answer a = { .verdict = CFG_WRONG };
	char text[300];

	(void)state;
	cfg_answer_text(&a, text, sizeof(text));
	assert_string_equal(text, "Error: Wrong parameter found at '^' position.");
	a = (struct cfg_answer){ .verdict = CFG_KNOWN, .text = "OSPF runs in FRR beside twinwire: docs/underlay.md" };
	cfg_answer_text(&a, text, sizeof(text));
	assert_string_equal(text, "Error: OSPF runs in FRR beside twinwire: docs/underlay.md.");
}

static void in_view(struct cfg_session *s, const char *line, const char *view, bool dirty)
{
	char name[128];

	type_all(s, line);
	cfg_view_name(s, name, sizeof(name));
	assert_string_equal(name, view);
	assert_int_equal(cfg_dirty(s), dirty);
}

static void views_and_dirt(void **state)
{
	struct cfg *c = cfg_new(NULL);
	struct cfg_session *s = cfg_session_new(c);

	(void)state;
	in_view(s, "", "", false);
	in_view(s, "mpls lsr-id 1.1.1.9", "", true);
	in_view(s, "undo mpls lsr-id", "", false);
	in_view(s, "mpls lsr-id 1.1.1.9\nmpls", "-mpls", true);
	in_view(s, "quit\nmpls l2vpn", "-l2vpn", true);
	in_view(s, "#\ninterface g 0/1/0.1", "-GigabitEthernet0/1/0.1", true);
	commit_ok(s);
	in_view(s, "", "-GigabitEthernet0/1/0.1", false);
	in_view(s, "quit\ninterface GIGABITETHERNET0/1/0.1", "-GigabitEthernet0/1/0.1", false);
	in_view(s, "vlan-type dot1q 7\nundo vlan-type dot1q", "-GigabitEthernet0/1/0.1", false);
	in_view(s, "quit\ninterface g0/1/0.2", "-GigabitEthernet0/1/0.2", true);
	in_view(s, "quit\nundo interface g0/1/0.2", "", false);
	in_view(s, "return", "", false);
	cfg_session_free(s);
	cfg_free(c);
}

static void names(void **state)
{
	static const struct {
		const char *typed, *canonical;
	} good[] = {
		{ "GigabitEthernet0/1/0", "GigabitEthernet0/1/0" },
		{ "gigabitethernet 0/1/0", "GigabitEthernet0/1/0" },
		{ "gi0/1/0.100", "GigabitEthernet0/1/0.100" },
		{ "g 0/01/0", "GigabitEthernet0/1/0" },
		{ "10ge1/0/1", "10GE1/0/1" },
		{ "100GE1/0/1", "100GE1/0/1" },
		{ "loopback1", "LoopBack1" },
		{ "loop 1", "LoopBack1" },
		{ "eth-trunk 10.1", "Eth-Trunk10.1" },
		{ "ETH-TRUNK10", "Eth-Trunk10" },
		{ "eth1", "eth1" },
		{ "eth1.100", "eth1.100" },
		{ "enp0s31f6", "enp0s31f6" },
		{ "tun0", "tun0" },
		{ "lo1", "lo1" },
		{ "Ethernet0/1/0", "Ethernet0/1/0" },
		{ "null0", "NULL0" },
		{ "ima-group 0/2/1.1", "Ima-group0/2/1.1" },
		{ "serial0/2/1:1", "Serial0/2/1:1" },
		{ "Vlanif10", "Vlanif10" },
	};
	static const char *const bad[] = {
		"",
		"GigabitEthernet",
		"gigabitethernet0/1/",
		"GigabitEthernet0/1/0.",
		"GigabitEthernet0/1/0.0",
		"1 0/1/0",
		"100",
		"a/b",
		"..",
		".",
		"-x",
		"a name",
		"abcdefghijklmnop",
		"LoopBack1.1",
		"eth1.0",
		"GigabitEthernet0/1/99999999999",
		"eth\x01",
		"LoopBack",
		"x:1",
	};
	char out[IFNAME_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!cfg_ifname(good[i].typed, out) || strcmp(out, good[i].canonical))
			fail_msg("\"%s\" -> \"%s\"", good[i].typed, out);
		assert_true(cfg_ifname(out, out));	/* canonical forms stay as they are */
		assert_string_equal(out, good[i].canonical);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (cfg_ifname(bad[i], out))
			fail_msg("\"%s\" -> \"%s\"", bad[i], out);
}

/* One primary address, up to 15 beside it; each once. */
static void addresses(void **state)
{
	struct cfg *c = cfg_new(NULL);
	struct cfg_session *s = cfg_session_new(c);
	struct cfg_answer a;
	char line[64];

	(void)state;
	type_all(s, "interface eth1\nip address 10.0.0.9 24\nip address 10.0.0.1 25");
	for (unsigned int i = 1; i < 16; i++) {
		snprintf(line, sizeof(line), "ip address 10.0.%u.1 24 sub", i);
		type_all(s, line);
	}
	a = cfg_line(s, "ip address 10.0.16.1 24 sub");
	assert_int_equal(a.verdict, CFG_REFUSED);
	assert_string_equal(a.text, "There is no room for more of these: remove one first");
	type_all(s, "ip address 10.0.15.1 30 sub\nip address 10.1.0.1 24");	/* in the place of others */
	assert_int_equal(cfg_interface(cfg_candidate(s), "eth1")->n_addr, 16);
	assert_int_equal(cfg_line(s, "ip address 10.0.3.1 24").verdict, CFG_REFUSED);
	assert_int_equal(cfg_line(s, "ip address 10.1.0.1 24 sub").verdict, CFG_REFUSED);
	assert_int_equal(cfg_line(s, "undo ip address 10.0.15.1 24 sub").verdict, CFG_REFUSED);
	assert_int_equal(cfg_line(s, "undo ip address 10.1.0.1 24 sub").verdict, CFG_REFUSED);
	for (unsigned int i = 2; i < 15; i++) {
		snprintf(line, sizeof(line), "undo ip address 10.0.%u.1 24 sub", i);
		type_all(s, line);
	}
	assert_text(cfg_render(cfg_candidate(s), NULL),
		    "#\ninterface eth1\n ip address 10.1.0.1 255.255.255.0\n ip address 10.0.1.1 255.255.255.0 sub\n"
		    " ip address 10.0.15.1 255.255.255.252 sub\n#\nreturn\n");
	type_all(s, "undo ip address");
	assert_null(cfg_interface(cfg_candidate(s), "eth1")->addr);
	cfg_session_free(s);
	cfg_free(c);
}

static void order_of_names(void **state)
{
	static const char *const sorted[] = { "10GE1/0/1", "GigabitEthernet0/1/2", "GigabitEthernet0/1/2.9",
					      "GigabitEthernet0/1/2.10", "GigabitEthernet0/1/10", "eth2", "eth10" };

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(sorted) / sizeof(sorted[0]); i++) {
		uint8_t a[2 * IFNAME_LEN], b[2 * IFNAME_LEN];
		size_t al = ifname_key(sorted[i], a), bl = ifname_key(sorted[i + 1], b);

		assert_true(memcmp(a, b, al < bl ? al : bl) < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_and_carets), cmocka_unit_test(texts), cmocka_unit_test(views_and_dirt),
		cmocka_unit_test(addresses),
		cmocka_unit_test(names),	       cmocka_unit_test(order_of_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
