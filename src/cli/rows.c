/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rows.c: the table of commands that are not configuration. The same notation, parser and help as those
 * of the configuration; what a row does is a function of this room.
 */
#include "cli/rows.h"

#include "cli/display.h"
#include "cli/do_commit.h"

/* ---- parameters ---------------------------------------------------------------------------------------- */

static const struct leaf leaf_if = {
	"if", LT_IFNAME, .help = "Interface: a port, a sub-interface X.N, a loopback LoopBackN, or a Linux device",
};
static const struct leaf leaf_vc_id = {
	"vc-id", LT_UINT, .min = 1, .max = UINT32_MAX, .help = "Number of the pseudowire",
};
static const struct leaf leaf_peer_id = {
	"peer-id", LT_IPV4, .min = 1, .help = "LSR ID of the peer",
};
static const struct leaf leaf_remote_name = {
	"remote-name", LT_NAME, .min = 1, .max = REMOTE_NAME_LEN - 1, .help = "Name of the remote peer",
};
static const struct leaf leaf_dest = { "dest", LT_IPV4, .help = "Prefix" };
static const struct leaf leaf_mask_len = {
	"mask-len", LT_UINT, .min = 0, .max = 32, .help = "Length of the prefix",
};
static const struct leaf leaf_name = {
	"name", LT_NAME, .min = 1, .max = 63, .help = "Name",
};
static const struct leaf leaf_template = {
	"template", LT_NAME, .min = 1, .max = 19, .help = "Name of the PW template",
};
static const struct leaf leaf_count = {
	"count", LT_UINT, .min = 1, .max = 1000000000, .unit = "frames", .help = "Frames after which the capture ends",
};
static const struct leaf leaf_file = {
	"file", LT_NAME, .min = 1, .max = 255,
	.help = "File; without a slash at its beginning it lies beside the start-up file",
};
static const struct leaf leaf_label = {
	"label", LT_NAME, .min = 1, .max = CFG_LABEL_MAX, .help = "Label of the commit; it begins with no digit",
};
static const struct leaf leaf_commit_id = {
	"commit-id", LT_UINT, .min = 1000000001, .max = 1999999999, .help = "Number of a commit",
};
static const struct leaf leaf_number = {
	"number", LT_UINT, .min = 1, .max = 100, .help = "So many commits",
};
static const struct leaf leaf_text = {
	"text", LT_TEXT, .min = 1, .max = 60, .help = "Text for people, up to the end of the line",
};
static const struct leaf leaf_command = {
	"command", LT_TEXT, .min = 1, .max = 3000, .help = "Command of the user view",
};

static const struct leaf leaf_lines = {
	"lines", LT_UINT, .min = 0, .max = 512, .unit = "lines", .help = "Lines of a page; 0: no paging",
};

/* ping and tracert */
static const struct leaf leaf_host = {
	"host", LT_HOST, .min = 1, .max = 255, .help = "IPv4 address or name of the host",
};
static const struct leaf leaf_source = { "source", LT_IPV4, .min = 1, .help = "Address of this host to send from" };
static const struct leaf leaf_times = {
	"times", LT_UINT, .min = 1, .max = UINT32_MAX, .dflt = 5, .unit = "packets", .help = "Packets to send",
};
static const struct leaf leaf_interval = {
	"interval", LT_UINT, .min = 2, .max = 10000, .dflt = 1000, .unit = "ms", .help = "Time between two packets",
};
static const struct leaf leaf_wait = {
	"wait", LT_UINT, .min = 1, .max = 65535, .unit = "ms", .help = "Time to wait for an answer",
};
static const struct leaf leaf_size = {
	"size", LT_UINT, .min = 0, .max = 65507, .dflt = 56, .unit = "octets", .help = "Octets behind the ICMP header",
};
static const struct leaf leaf_ttl = { "ttl", LT_UINT, .min = 1, .max = 255, .help = "TTL of the packets" };
static const struct leaf leaf_tos = { "tos", LT_UINT, .min = 0, .max = 255, .help = "Type of service, all eight bits" };
static const struct leaf leaf_pattern = {
	"pattern", LT_NAME, .min = 1, .max = 32, .help = "Hexadecimal digits that fill the packets",
};
static const struct leaf leaf_first = {
	"first", LT_UINT, .min = 1, .max = 255, .dflt = 1, .help = "TTL of the first packets",
};
static const struct leaf leaf_last = {
	"last", LT_UINT, .min = 1, .max = 255, .dflt = 30, .help = "TTL of the last packets",
};
static const struct leaf leaf_probes = {
	"probes", LT_UINT, .min = 1, .max = 10, .dflt = 3, .unit = "packets", .help = "Packets for each TTL",
};
static const struct leaf leaf_port = {
	"port", LT_UINT, .min = 1, .max = 65535, .dflt = 33434, .help = "UDP port of the first packet",
};
static const struct leaf leaf_length = {
	"length", LT_UINT, .min = 28, .max = 65000, .dflt = 60, .unit = "octets", .help = "Length of the packets",
};
static const struct leaf leaf_rest = {
	"rest", LT_TEXT, .min = 1, .max = 1000, .help = "Pseudowire and options",
};

/* ---- rows ---------------------------------------------------------------------------------------------------- */

#define LEAVES(...) .leaves = (const struct leaf *const[]){ __VA_ARGS__, NULL }
#define ACT(function) .act = &(const struct cli_action){ function, false }
#define ACT_OWN_VIEW(function) .act = &(const struct cli_action){ function, true }

static const struct command rows[] = {
	/* ---- displays ---- */
	{
		VIEW_USER,
		"display current-configuration [ interface <if> | configuration { interface | mpls | mpls-l2vpn | mpls-ldp "
		"| pw-template | route-static | static-lsp | system } [ <name> ] | inactive | all ] [ include-default ]",
		LEAVES(&leaf_if, &leaf_name), .in = IN_ANY,
		.help = "Show the running configuration, or a part of it", ACT(display_current),
	},
	{
		VIEW_USER, "display this [ include-default ]", .in = IN_CONFIG,
		.help = "Show what runs of the view this session is in", ACT(display_this),
	},
	{
		VIEW_USER, "display saved-configuration", .in = IN_ANY,
		.help = "Show the start-up file", ACT(display_saved),
	},
	{
		VIEW_USER, "display configuration inert", .in = IN_ANY,
		.help = "Show the lines that are kept and do nothing, each with its reason", ACT(display_inert),
	},
	{
		VIEW_USER, "display configuration candidate", .in = IN_CONFIG,
		.help = "Show the commands that are not committed", ACT(display_candidate),
	},
	{
		VIEW_USER, "display configuration candidate changes", .in = IN_CONFIG,
		.help = "Show what the commands that are not committed take away and bring",
		ACT(display_candidate_changes),
	},
	{
		VIEW_USER, "display configuration candidate merge", .in = IN_CONFIG,
		.help = "Show the whole configuration as it would become", ACT(display_candidate_merge),
	},
	{
		VIEW_USER, "display configuration commit list [ verbose ] [ <number> | label ]", LEAVES(&leaf_number),
		.in = IN_ANY, .help = "Show the commits that can be gone back to", ACT(display_commit_list),
	},
	{
		VIEW_USER, "display configuration commit at <commit-id>", LEAVES(&leaf_commit_id), .in = IN_ANY,
		.help = "Show the configuration as it was after a commit", ACT(display_commit_at),
	},
	{
		VIEW_USER, "display configuration commit changes [ { at | since } <commit-id> | last <number> ]",
		LEAVES(&leaf_commit_id, &leaf_number), .in = IN_ANY, .help = "Show what commits changed",
		ACT(display_commit_changes),
	},
	{
		VIEW_USER, "display configuration rollback result", .in = IN_ANY,
		.help = "Show what came of the last rollback", ACT(display_rollback_result),
	},
	{
		VIEW_USER, "display configuration sessions [ verbose ]", .in = IN_ANY,
		.help = "Show who is at work on this device", ACT(display_sessions),
	},
	{
		VIEW_USER, "display startup", .in = IN_ANY, .help = "Show the file the next start begins with",
		ACT(display_startup),
	},
	{
		VIEW_USER, "display interface [ brief | <if> ]", LEAVES(&leaf_if), .in = IN_ANY,
		.help = "Show state and counters of interfaces", ACT(display_interface),
	},
	{
		VIEW_USER, "display mpls static-l2vc [ brief | state { up | down } | interface <if> | <vc-id> ]",
		LEAVES(&leaf_if, &leaf_vc_id), .in = IN_ANY, .help = "Show static pseudowires",
		ACT(display_static_l2vc),
	},
	{
		VIEW_USER, "display mpls l2vc [ brief | state { up | down } | interface <if> | <vc-id> ]",
		LEAVES(&leaf_if, &leaf_vc_id), .in = IN_ANY, .help = "Show signalled pseudowires",
		ACT(display_l2vc),
	},
	{
		VIEW_USER, "display mpls l2vc remote-info [ <vc-id> | unmatch | verbose ]", LEAVES(&leaf_vc_id),
		.in = IN_ANY, .help = "Show what far ends say of pseudowires, ours and others",
		ACT(display_l2vc_remote),
	},
	{
		VIEW_USER, "display mpls l2vc diagnose [ interface <if> ]", LEAVES(&leaf_if), .in = IN_ANY,
		.help = "Say of each circuit what is missing, and whether another pseudowire would take over", ACT(display_diagnose),
	},
	{
		VIEW_USER, "display mpls ldp [ all ]", .in = IN_ANY, .help = "Show how LDP runs here", ACT(display_ldp),
	},
	{
		VIEW_USER, "display mpls ldp session [ all [ verbose ] | verbose | <peer-id> ]", LEAVES(&leaf_peer_id),
		.in = IN_ANY, .help = "Show LDP sessions", ACT(display_ldp_session),
	},
	{
		VIEW_USER, "display mpls ldp peer [ all [ verbose ] | verbose | <peer-id> ]", LEAVES(&leaf_peer_id),
		.in = IN_ANY, .help = "Show LDP peers and what found them", ACT(display_ldp_peer),
	},
	{
		VIEW_USER, "display mpls ldp remote-peer [ peer-id <peer-id> | <remote-name> ]",
		LEAVES(&leaf_peer_id, &leaf_remote_name), .in = IN_ANY,
		.help = "Show peers that are found by targeted Hellos", ACT(display_ldp_remote),
	},
	{
		VIEW_USER, "display mpls ldp interface [ all [ verbose ] | verbose | <if> ]", LEAVES(&leaf_if),
		.in = IN_ANY, .help = "Show interfaces with LDP", ACT(display_ldp_interface),
	},
	{
		VIEW_USER, "display mpls ldp adjacency [ all ]", .in = IN_ANY, .help = "Show who sends Hellos",
		ACT(display_ldp_adjacency),
	},
	{
		VIEW_USER, "display mpls ldp lsp [ all | <dest> <mask-len> ]", LEAVES(&leaf_dest, &leaf_mask_len),
		.in = IN_ANY, .help = "Show labels of prefixes, ours and those of the peers", ACT(display_ldp_lsp),
	},
	{
		VIEW_USER, "display mpls l2vpn vpws [ interface <if> [ verbose ] ]", LEAVES(&leaf_if), .in = IN_ANY,
		.help = "Show the pseudowires of circuits and which of them carries", ACT(display_vpws),
	},
	{
		VIEW_USER, "display mpls l2vpn switch-history [ interface <if> ]", LEAVES(&leaf_if), .in = IN_ANY,
		.help = "Show when circuits went to another pseudowire, and why", ACT(display_switches),
	},
	{
		VIEW_USER, "display mpls l2vpn protection", .in = IN_ANY,
		.help = "Show the tables by which circuits choose their pseudowire", ACT(display_verdict),
	},
	{
		VIEW_USER, "display pw-template [ <template> ]", LEAVES(&leaf_template), .in = IN_ANY,
		.help = "Show PW templates", ACT(display_pw_template),
	},
	{
		VIEW_USER, "display mpls l2vpn diagnose [ interface <if> ]", LEAVES(&leaf_if), .in = IN_ANY,
		.help = "Say of each circuit what is missing, and whether another pseudowire would take over", ACT(display_diagnose),
	},
	{
		VIEW_USER, "display mpls lsp", .in = IN_ANY, .help = "Show label switched paths", ACT(display_lsp),
	},
	{
		VIEW_USER, "display traffic-statistics l2vpn pw [ interface <if> [ secondary | bypass ] ]",
		LEAVES(&leaf_if), .in = IN_ANY,
		.help = "Show the counters of pseudowires", ACT(display_traffic),
	},
	{
		VIEW_USER, "display twinwire drops", .in = IN_ANY, .help = "Show dropped frames by reason",
		ACT(display_drops),
	},
	{
		VIEW_USER, "display twinwire health", .in = IN_ANY,
		.help = "Show how the engine and its tables are doing", ACT(display_health),
	},
	{
		VIEW_USER, "display logbuffer", .in = IN_ANY, .help = "Show the latest events", ACT(display_logbuffer),
	},
	{
		VIEW_USER, "display version", .in = IN_ANY, .help = "Show the version and how the engine was started",
		ACT(display_version),
	},

	/* ---- doing ---- */
	{
		VIEW_USER, "reset traffic-statistics l2vpn pw { all | interface <if> [ secondary | bypass ] }",
		LEAVES(&leaf_if), .in = IN_ANY, .help = "Set counters of pseudowires to zero", ACT(reset_traffic),
	},
	{
		VIEW_USER, "reset pw pw-template <template>", LEAVES(&leaf_template), .in = IN_ANY,
		.help = "Build the pseudowires of a template again, with its new values", ACT(reset_pw_template),
	},
	{
		VIEW_USER, "reset pw [ peer-address <peer-id> ] <vc-id> { ethernet | vlan | ppp | hdlc | ip-interworking "
		"| ip-layer2 | cesopsn-basic | satop-e1 | atm-1to1-vcc | atm-1to1-vpc | atm-nto1-vcc | atm-nto1-vpc "
		"| atm-trans-cell | cep }",
		LEAVES(&leaf_peer_id, &leaf_vc_id), .in = IN_ANY,
		.help = "Withdraw a signalled pseudowire and signal it anew", ACT(reset_pw),
	},
	{
		VIEW_USER, "reset mpls ldp [ graceful | all ]", .in = IN_ANY, .help = "Set up all LDP sessions anew",
		ACT(reset_ldp),
	},
	{
		VIEW_USER, "reset mpls ldp peer <peer-id> [ graceful ]", LEAVES(&leaf_peer_id), .in = IN_ANY,
		.help = "Set up the LDP session with a peer anew", ACT(reset_ldp),
	},
	{
		VIEW_USER, "reset mpls ldp error packet { tcp | udp | all }", .in = IN_ANY,
		.help = "Set the counters of discarded LDP packets to zero", ACT(reset_ldp_counters),
	},
	{
		VIEW_USER, "reset mpls ldp event { adjacency-down | session-down }", .in = IN_ANY,
		.help = "Set a counter of LDP events to zero", ACT(reset_ldp_counters),
	},
	{
		VIEW_USER, "mpls l2vpn request-switchover interface <if> { primary | secondary }", LEAVES(&leaf_if),
		.in = IN_USER, .help = "Ask the far end of a pseudowire to carry there (redundancy independent)",
		ACT(do_request),
	},
	{
		VIEW_USER, "capture-packet interface <if> [ count <count> ] [ drops ] to <file>",
		LEAVES(&leaf_if, &leaf_count, &leaf_file), .in = IN_ANY,
		.help = "Write the frames of a port to a pcapng file", ACT(do_capture),
	},

	{
		VIEW_USER, "ping [ ip ] [ -a <source> | -c <times> | -m <interval> | -t <wait> | -s <size> | -i <if> | "
		"-f | -h <ttl> | -tos <tos> | -p <pattern> | -n | -q | -r | -v ] * <host>",
		LEAVES(&leaf_source, &leaf_times, &leaf_interval, &leaf_wait, &leaf_size, &leaf_if, &leaf_ttl, &leaf_tos,
		       &leaf_pattern, &leaf_host),
		.in = IN_ANY, .help = "Ask a host for answers; Ctrl-C ends it", ACT(do_ping),
	},
	{
		VIEW_USER, "tracert [ -a <source> | -f <first> | -m <last> | -q <probes> | -w <wait> | -p <port> | "
		"-s <length> | -name ] * <host>",
		LEAVES(&leaf_source, &leaf_first, &leaf_last, &leaf_probes, &leaf_wait, &leaf_port, &leaf_length,
		       &leaf_host),
		.in = IN_ANY, .help = "Show the routers on the way to a host; Ctrl-C ends it", ACT(do_tracert),
	},
	{
		VIEW_USER, "ping vc [ <rest> ]", LEAVES(&leaf_rest), .in = IN_ANY,
		.help = "Not built: ask the far end of a pseudowire", ACT(do_ping_vc),
	},
	{
		VIEW_USER, "tracert vc [ <rest> ]", LEAVES(&leaf_rest), .in = IN_ANY,
		.help = "Not built: show the routers on the way of a pseudowire", ACT(do_ping_vc),
	},

	/* ---- the operator's terminal ---- */
	{
		VIEW_USER, "screen-length <lines> temporary", "screen-length temporary", LEAVES(&leaf_lines),
		.in = IN_USER, .help = "Set how many lines of output make a page, in this session",
		ACT(do_screen_length),
	},
	{
		VIEW_USER, "display history-command", .in = IN_ANY, .help = "Show the lines typed in this session",
		ACT(do_history),
	},

	/* ---- files and commits ---- */
	{
		VIEW_USER, "save [ <file> ]", LEAVES(&leaf_file), .in = IN_ANY,
		.help = "Write the running configuration to the start-up file, or to another one", ACT(do_save),
	},
	{
		VIEW_USER, "load <file>", LEAVES(&leaf_file), .in = IN_CONFIG,
		.help = "Make a file the candidate; commit makes it the running configuration", ACT(do_load),
	},
	{
		VIEW_USER, "commit [ label <label> ] [ description <text> ]", LEAVES(&leaf_label, &leaf_text),
		.in = IN_CONFIG, .help = "Make the candidate the running configuration, all of it or nothing",
		ACT(do_commit),
	},
	{
		VIEW_USER, "clear configuration candidate", .in = IN_CONFIG,
		.help = "Forget the changes that are not committed", ACT(do_clear_candidate),
	},
	{
		VIEW_USER, "refresh configuration candidate", .in = IN_CONFIG,
		.help = "Put the changes that are not committed on top of what runs now", ACT(do_refresh),
	},
	{
		VIEW_USER, "rollback configuration { to { commit-id <commit-id> | label <label> | file <file> } | last <number> }",
		LEAVES(&leaf_commit_id, &leaf_label, &leaf_file, &leaf_number), .in = IN_USER,
		.help = "Make an earlier configuration the running one, by a commit of its own", ACT_OWN_VIEW(do_rollback),
	},
	{
		VIEW_USER, "clear configuration commit { oldest <number> | label <label> }", LEAVES(&leaf_number, &leaf_label),
		.in = IN_USER, .help = "Remove old rollback points, or a label", ACT(do_clear_commit),
	},
	{
		VIEW_USER, "compare configuration", .in = IN_USER,
		.help = "Show what differs between the start-up file and what runs", ACT(compare_configuration),
	},

	/* ---- views ---- */
	{
		VIEW_USER, "system-view", .in = IN_USER, .help = "Begin to configure", ACT_OWN_VIEW(do_system_view),
	},
	{
		VIEW_USER, "quit", .in = IN_ANY, .help = "Go one view up; in the user view end the session", ACT_OWN_VIEW(do_quit),
	},
	{
		VIEW_USER, "return", .in = IN_CONFIG, .help = "Go to the user view", ACT(do_return),
	},
	{
		VIEW_USER, "run <command>", LEAVES(&leaf_command), .in = IN_CONFIG,
		.help = "Carry out a command of the user view", ACT(do_run),
	},
	{
		VIEW_USER, "terminal command forward matched upper-view command",
		"terminal command forward matched upper-view command", .in = IN_USER,
		.help = "Take a command that is not known in a view in the views above it", ACT(do_forward),
	},
};

static const struct leaf_word words[] = {
	{ "display", 0, "Show what is configured and what goes on" },
	{ "current-configuration", 0, "The running configuration" },
	{ "configuration", 0, "Configuration" },
	{ "include-default", 0, "With the lines that hold though nobody typed them" },
	{ "mpls", 0, "MPLS" },
	{ "mpls-l2vpn", 0, "Layer 2 circuits over MPLS on this device" },
	{ "mpls-ldp", 0, "LDP on this device, and its peers that are no neighbours" },
	{ "pw-template", 0, "Templates of pseudowires" },
	{ "route-static", 0, "Static routes" },
	{ "static-lsp", 0, "Static LSPs" },
	{ "system", 0, "What concerns the device as a whole" },
	{ "inactive", 0, "Lines that are kept and do nothing" },
	{ "this", 0, "What runs of the view this session is in" },
	{ "saved-configuration", 0, "The start-up file" },
	{ "changes", 0, "What is taken away and what comes" },
	{ "merge", 0, "The whole configuration as it would become" },
	{ "vpws", 0, "Point-to-point circuits" },
	{ "verbose", 0, "All that is known" },
	{ "candidate", 0, "Changes that are not committed" },
	{ "inert", 0, "Lines that are kept and do nothing" },
	{ "interface", 0, "Interface" },
	{ "brief", 0, "One line each" },
	{ "static-l2vc", 0, "Pseudowires with labels set by hand" },
	{ "l2vc", 0, "Signalled pseudowires" },
	{ "remote-info", 0, "What far ends say" },
	{ "unmatch", 0, "What matches no pseudowire of ours" },
	{ "ldp", 0, "Label Distribution Protocol" },
	{ "session", 0, "Sessions" },
	{ "peer", 0, "Peers" },
	{ "remote-peer", 0, "Peers that are found by targeted Hellos" },
	{ "peer-id", 0, "By the LSR ID" },
	{ "adjacency", 0, "Who sends Hellos" },
	{ "peer-address", 0, "Those with one peer" },
	{ "graceful", 0, "As if it restarted: what is forwarded stays where both ends restart gracefully" },
	{ "error", 0, "Counters of errors" },
	{ "packet", 0, "Packets that were discarded" },
	{ "tcp", 0, "Those of sessions" },
	{ "udp", 0, "Hellos" },
	{ "event", 0, "Counters of events" },
	{ "adjacency-down", 0, "Adjacencies that were lost" },
	{ "session-down", 0, "Sessions that were lost" },
	{ "ethernet", 0, "Ethernet: ports, raw mode" },
	{ "vlan", 0, "Ethernet tagged mode" },
	{ "ppp", 0, "PPP (not built)" },
	{ "hdlc", 0, "HDLC (not built)" },
	{ "ip-interworking", 0, "IP interworking (not built)" },
	{ "ip-layer2", 0, "IP layer 2 transport (not built)" },
	{ "cesopsn-basic", 0, "CESoPSN (not built)" },
	{ "satop-e1", 0, "SAToP over E1 (not built)" },
	{ "atm-1to1-vcc", 0, "ATM one-to-one VCC (not built)" },
	{ "atm-1to1-vpc", 0, "ATM one-to-one VPC (not built)" },
	{ "atm-nto1-vcc", 0, "ATM N-to-one VCC (not built)" },
	{ "atm-nto1-vpc", 0, "ATM N-to-one VPC (not built)" },
	{ "atm-trans-cell", 0, "ATM transparent cells (not built)" },
	{ "cep", 0, "SDH circuit emulation (not built)" },
	{ "state", 0, "By their state" },
	{ "up", 0, "Those that carry traffic" },
	{ "down", 0, "Those that do not carry traffic" },
	{ "l2vpn", 0, "Layer 2 circuits" },
	{ "switch-history", 0, "Changes of the pseudowire that carries" },
	{ "protection", 0, "How circuits choose their pseudowire" },
	{ "request-switchover", 0, "Ask a far end to carry elsewhere" },
	{ "primary", 0, "The pseudowire that carries if it can" },
	{ "diagnose", 0, "What is missing, and what would take over" },
	{ "lsp", 0, "Label switched paths" },
	{ "traffic-statistics", 0, "Counters of traffic" },
	{ "pw", 0, "Pseudowires" },
	{ "twinwire", 0, "The engine" },
	{ "drops", 0, "Dropped frames" },
	{ "health", 0, "Loop, memory, tables" },
	{ "logbuffer", 0, "The latest events" },
	{ "version", 0, "Version" },
	{ "reset", 0, "Begin anew: counters, pseudowires" },
	{ "all", 0, "All of them" },
	{ "secondary", 0, "The pseudowire that takes over" },
	{ "bypass", 0, "The pseudowire between two dual-homing PEs" },
	{ "capture-packet", 0, "Write frames to a file" },
	{ "count", 0, "End after a number of frames" },
	{ "to", 0, "Where to" },
	{ "ping", 0, "Ask for answers" },
	{ "tracert", 0, "Show the way" },
	{ "ip", 0, "A host, by IPv4" },
	{ "vc", 0, "A pseudowire (not built)" },
	{ "-a", 0, "Address to send from" },
	{ "-c", 0, "Number of packets" },
	{ "-m", 0, "ping: time between packets; tracert: last TTL" },
	{ "-t", 0, "Time to wait for an answer" },
	{ "-s", 0, "Size of the packets" },
	{ "-i", 0, "Interface to send by" },
	{ "-f", 0, "ping: do not fragment; tracert: first TTL" },
	{ "-h", 0, "TTL" },
	{ "-tos", 0, "Type of service" },
	{ "-p", 0, "ping: pattern that fills packets; tracert: first UDP port" },
	{ "-n", 0, "Addresses, no names (always so)" },
	{ "-q", 0, "ping: statistics alone; tracert: packets for each TTL" },
	{ "-r", 0, "Record the route" },
	{ "-v", 0, "Show other ICMP packets, too" },
	{ "-w", 0, "Time to wait for an answer" },
	{ "-name", 0, "Show the names of routers" },
	{ "screen-length", 0, "Lines of a page" },
	{ "temporary", 0, "In this session alone" },
	{ "history-command", 0, "The lines typed in this session" },
	{ "save", 0, "Write the running configuration to a file" },
	{ "load", 0, "Read a file into the candidate" },
	{ "commit", 0, "Make the candidate the running configuration" },
	{ "label", 0, "Name of a commit" },
	{ "rollback", 0, "Go back to an earlier configuration" },
	{ "refresh", 0, "Bring up to date" },
	{ "compare", 0, "Show what differs from the start-up file" },
	{ "commit-id", 0, "By the number of its commit" },
	{ "file", 0, "To what a file says" },
	{ "last", 0, "The last so many commits" },
	{ "oldest", 0, "The oldest so many" },
	{ "list", 0, "One after the other, the newest first" },
	{ "at", 0, "One commit" },
	{ "since", 0, "From a commit on" },
	{ "result", 0, "What came of it" },
	{ "sessions", 0, "Who is at work" },
	{ "startup", 0, "The file an engine starts with" },
	{ "clear", 0, "Remove changes or rollback points" },
	{ "system-view", 0, "Begin to configure" },
	{ "quit", 0, "Go one view up" },
	{ "return", 0, "Go to the user view" },
	{ "run", 0, "Carry out a command of the user view" },
	{ "terminal", 0, "How this session behaves" },
	{ "command", 0, "Commands" },
	{ "forward", 0, "Commands that are not known in a view" },
	{ "matched", 0, "Take them where they are known" },
	{ "upper-view", 0, "In the views above" },
	{ NULL, 0, NULL },
};

/* ---- what is not built ----------------------------------------------------------------------------------------- */

#define BFD "BFD is not built yet"
#define TRIAL "Commits on trial are not built yet: commit, and rollback configuration to go back"
#define LOCK "There is no lock: who commits a change of what another session changed meanwhile is told so"
#define IMMEDIATE "There is no immediate mode: every change is a candidate until commit"
#define STARTUP "The start-up file is the one that twinwired --config names"
#define ELSEWHERE "This is a matter of Linux: use its own commands"

static const struct unbuilt unbuilt[] = {
	{ VIEW_USER, "commit trial", TRIAL },
	{ VIEW_USER, "abort trial", TRIAL },
	{ VIEW_USER, "display configuration trial", TRIAL },
	{ VIEW_USER, "configuration exclusive", LOCK },
	{ VIEW_USER, "configuration-occupied", LOCK },
	{ VIEW_USER, "display configuration-occupied", LOCK },
	{ VIEW_USER, "system-view immediately", IMMEDIATE },
	{ VIEW_USER, "startup", STARTUP },
	{ VIEW_USER, "display mpls switch-l2vc", "Pseudowires of several segments are not built yet" },
	{ VIEW_USER, "display mpls ldp event", "Lost sessions stand in the log: display logbuffer" },
	{ VIEW_USER, "display mpls te", "Traffic engineering is not built: transport is by mpls ldp or static-lsp" },
	{ VIEW_USER, "display bfd", BFD },
	{ VIEW_USER, "display vll ccc", "Local and remote cross-connects are not built yet" },
	{ VIEW_USER, "display tunnel-policy", "Tunnel policies are not built yet" },
	{ VIEW_USER, "display tunnel-info", "display mpls lsp shows the paths of pseudowires" },
	{ VIEW_USER, "display local-ce", "IP interworking is not built" },
	{ VIEW_USER, "reset local-ce", "IP interworking is not built" },
	{ VIEW_USER, "display ip", ELSEWHERE ": ip address, ip route" },
	{ VIEW_USER, "display arp", ELSEWHERE ": ip neighbour" },
	{ VIEW_USER, "display clock", ELSEWHERE ": date" },
	{ VIEW_USER, "display ospf", "OSPF runs in FRR beside twinwire: docs/underlay.md" },
	{ VIEW_USER, "display isis", "IS-IS runs in FRR beside twinwire: docs/underlay.md" },
	{ VIEW_USER, "display bgp", "BGP runs in FRR beside twinwire: docs/underlay.md" },
	{ VIEW_USER, "reboot", ELSEWHERE ": systemctl reboot" },
	{ VIEW_USER, "telnet", ELSEWHERE ": ssh" },
	{ VIEW_USER, "stelnet", ELSEWHERE ": ssh" },
};

const struct cmd_table cli_rows = { rows, N_OF(rows), words, unbuilt, N_OF(unbuilt) };
