/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leaves.c: one row per leaf.
 */
#include "cfg/leaves.h"

#define AT(type, field) .offset = offsetof(type, field), .size = sizeof(((type *)0)->field)
#define WORDS(...) .words = (const struct leaf_word[]){ __VA_ARGS__, { NULL, 0, NULL } }
#define SYS(field) AT(struct m_system, field)
#define IFC(field) AT(struct m_interface, field)
#define ADDR(field) AT(struct m_addr, field)
#define PW(field) AT(struct m_pw, field)
#define LSP(field) AT(struct m_static_lsp, field)
#define ROUTE(field) AT(struct m_route, field)
#define TPL(field) AT(struct m_pw_template, field)
#define LDP(field) AT(struct m_ldp, field)
#define REMOTE(field) AT(struct m_remote_peer, field)
#define LABEL_MAX 1048575
#define STATIC_LABEL_MAX 262143		/* LDP hands out labels from the next one up */

/* ---- system -------------------------------------------------------------------------------------- */

const struct leaf leaf_sysname = {
	"sysname", LT_NAME, SYS(sysname), .min = 1, .max = 246,
	.help = "Name of this device, shown in the prompt", .yang = "system/sysname",
};
const struct leaf leaf_lsr_id = {
	"lsr-id", LT_IPV4, SYS(lsr_id), .min = 1,
	.help = "Address that names this router in MPLS, usually a loopback address", .yang = "mpls/lsr-id",
};
const struct leaf leaf_mpls_global = {
	"mpls", LT_WORD, SYS(mpls), WORDS({ "mpls", 1, "MPLS" }),
	.help = "Multiprotocol label switching on this device", .yang = "mpls/enable",
};
const struct leaf leaf_l2vpn = {
	"l2vpn", LT_WORD, SYS(l2vpn), WORDS({ "l2vpn", 1, "Layer 2 circuits over MPLS" }),
	.help = "Layer 2 circuits over MPLS on this device", .yang = "l2vpn/enable",
};
const struct leaf leaf_capacity = {
	"capacity", LT_UINT, SYS(capacity), .min = 64, .max = 1000000, .dflt = 4096, .unit = "circuits",
	.help = "Most circuits this device can hold; sizes the tables of the data plane", .yang = "l2vpn/capacity",
};
const struct leaf leaf_reroute_rate_set = {
	"reroute-rate", LT_WORD, SYS(reroute_rate_set),
	WORDS({ "reroute-rate", 1, "How many circuits go back in a second when very many may" }),
	.help = "How many circuits go back in a second is configured", .yang = "l2vpn/reroute-rate-set",
};
const struct leaf leaf_reroute_rate = {
	"rate", LT_UINT, SYS(reroute_rate), .min = 0, .max = 1000000, .unit = "circuits a second",
	.help = "Circuits that go back to their primary in a second, when very many may; 0 is all at once, 1000 when not given",
	.yang = "l2vpn/reroute-rate",
};

/* ---- interface ------------------------------------------------------------------------------------- */

const struct leaf leaf_if_name = {
	"interface", LT_IFNAME, IFC(name),
	.help = "Interface: a port, a sub-interface X.N, a loopback LoopBackN, or a Linux device",
	.yang = "interface/name",
};
const struct leaf leaf_description = {
	"description", LT_TEXT, IFC(description), .owned = true, .min = 1, .max = 242,
	.help = "Text about the interface", .yang = "interface/description",
};
const struct leaf leaf_port_mode = {
	"port-mode", LT_WORD, IFC(port_mode),
	WORDS({ "auto", PORT_MODE_AUTO, "Choose by what the port is" }, { "xdp", PORT_MODE_XDP, "XDP in the driver" },
	      { "tcx", PORT_MODE_TCX, "tc, attached by tcx (kernel 6.6)" },
	      { "clsact", PORT_MODE_CLSACT, "tc, attached by a clsact filter" }),
	.help = "How the data plane attaches to the port", .yang = "interface/port-mode",
};
const struct leaf leaf_shutdown = {
	"shutdown", LT_WORD, IFC(shutdown), WORDS({ "shutdown", 1, "Administratively down" }),
	.help = "Administratively down", .yang = "interface/shutdown",
};
const struct leaf leaf_vlan = {
	"vlan", LT_UINT, IFC(vlan), .min = 1, .max = 4094,
	.help = "VLAN tag whose frames belong to the sub-interface", .yang = "interface/vlan",
};
const struct leaf leaf_mtu = {
	"mtu", LT_UINT, IFC(mtu), .min = 46, .max = 9600, .unit = "octets",
	.help = "Longest packet", .yang = "interface/mtu",
};
const struct leaf leaf_mpls_if = {
	"mpls", LT_WORD, IFC(mpls), WORDS({ "mpls", 1, "Forward labelled packets" }),
	.help = "Forward labelled packets on the interface", .yang = "interface/mpls",
};

const struct leaf leaf_addr_ip = {
	"address", LT_IPV4, ADDR(ip), .min = 1, .help = "IPv4 address", .yang = "interface/ipv4/address/ip",
};
const struct leaf leaf_addr_mask = {
	"mask", LT_MASK, ADDR(len), .help = "Mask of the subnet", .yang = "interface/ipv4/address/prefix-length",
};
const struct leaf leaf_addr_len = {
	"mask-length", LT_UINT, ADDR(len), .min = 1, .max = 32, .help = "Length of the subnet's prefix",
	.yang = "interface/ipv4/address/prefix-length",
};
const struct leaf leaf_addr_sub = {
	"sub", LT_WORD, ADDR(sub), WORDS({ "sub", 1, "One more address beside the first" }),
	.help = "One more address beside the first", .yang = "interface/ipv4/address/secondary",
};

/* ---- static pseudowire -------------------------------------------------------------------------------- */

const struct leaf leaf_pw_slot = {
	"role", LT_WORD, .index = true,
	WORDS({ "secondary", 1, "The pseudowire that takes over" },
	      { "bypass", 2, "The pseudowire between two dual-homing PEs" }),
	.help = "Which pseudowire of the circuit; the primary when not given",
	.yang = "pseudowire/role",
};
/* The two rows of pseudowires begin with the same word: it says that there is one, the next of which kind. */
const struct leaf leaf_pw_present = {
	"present", LT_WORD, PW(present), WORDS({ "mpls", 1, NULL }),
	.help = "There is a pseudowire", .yang = "pseudowire/present",
};
const struct leaf leaf_pw_kind = {
	"kind", LT_WORD, PW(kind),
	WORDS({ "static-l2vc", PW_STATIC, "Pseudowire with labels set by hand" },
	      { "l2vc", PW_LDP, "Pseudowire whose labels LDP signals" }),
	.help = "Labels set by hand, or signalled by LDP", .yang = "pseudowire/signalling",
};
const struct leaf leaf_pw_template = {
	"template", LT_NAME, PW(template), .min = 1, .max = 19,
	.help = "PW template: says what the line leaves open", .yang = "pseudowire/template",
};
const struct leaf leaf_pw_peer = {
	"peer", LT_IPV4, PW(peer), .min = 1, .help = "LSR ID of the far end", .yang = "pseudowire/peer",
};
const struct leaf leaf_pw_vc_id = {
	"vc-id", LT_UINT, PW(vc_id), .min = 1, .max = UINT32_MAX,
	.help = "Number of the pseudowire, equal at both ends", .yang = "pseudowire/vc-id",
};
const struct leaf leaf_pw_tx = {
	"transmit-label", LT_LABEL, PW(tx_label), .min = 0, .max = LABEL_MAX, .reserved = 1u << 0,
	.help = "Label that the far end expects", .yang = "pseudowire/transmit-label",
};
const struct leaf leaf_pw_rx = {
	"receive-label", LT_LABEL, PW(rx_label), .min = 16, .max = STATIC_LABEL_MAX,
	.help = "Label that this end expects", .yang = "pseudowire/receive-label",
};
const struct leaf leaf_pw_control_word = {
	"control-word", LT_WORD, PW(control_word),
	WORDS({ "control-word", TG_ON, "Frames carry the control word" },
	      { "no-control-word", TG_OFF, "Frames carry no control word" }),
	.help = "Control word; as the template says when not given, else off",
	.yang = "pseudowire/control-word",
};
const struct leaf leaf_pw_mode = {
	"encapsulation", LT_WORD, PW(mode),
	WORDS({ "raw", PW_MODE_RAW, "Without the service tag" },
	      { "tagged", PW_MODE_TAGGED, "Always with a service tag" }),
	.help = "Raw or tagged; a port is raw and a sub-interface tagged when not given",
	.yang = "pseudowire/encapsulation",
};
const struct leaf leaf_pw_access_port = {
	"access-port", LT_WORD, PW(access_port), WORDS({ "access-port", 1, "Carry untagged frames only" }),
	.help = "Carry untagged frames only", .yang = "pseudowire/access-port",
};
const struct leaf leaf_pw_ignore_standby = {
	"ignore-standby-state", LT_WORD, PW(ignore_standby),
	WORDS({ "ignore-standby-state", 1, "Use the pseudowire though its far end calls it standby" }),
	.help = "Use the pseudowire though its far end calls it standby", .yang = "pseudowire/ignore-standby-state",
};

/* ---- what a circuit does with its pseudowires --------------------------------------------------------- */

const struct leaf leaf_reroute = {
	"reroute", LT_WORD, IFC(reroute), .dflt = REROUTE_DELAY,
	WORDS({ "delay", REROUTE_DELAY, "Back to the primary after a time" },
	      { "immediately", REROUTE_IMMEDIATELY, "Back to the primary at once" },
	      { "never", REROUTE_NEVER, "Stay on the secondary until it fails" }),
	.help = "What happens when the primary is usable again; back after 30 seconds when not given",
	.yang = "circuit/reroute/policy",
};
const struct leaf leaf_reroute_delay = {
	"delay-time", LT_UINT, IFC(reroute_delay), .min = 10, .max = 10800, .dflt = REROUTE_DELAY_DEFAULT,
	.unit = "seconds", .help = "How long the primary must be usable", .yang = "circuit/reroute/delay",
};
const struct leaf leaf_resume_set = {
	"resume", LT_WORD, IFC(resume_set), WORDS({ "resume", 1, "Tell the far end of the secondary after a time" }),
	.help = "The far end of the secondary is told, after a time, that it is whole again",
	.yang = "circuit/reroute/resume-set",
};
const struct leaf leaf_resume = {
	"resume-time", LT_UINT, IFC(resume), .min = 0, .max = 600, .unit = "seconds",
	.help = "How long the far end of the secondary takes it for faulty after a switch back",
	.yang = "circuit/reroute/resume",
};
const struct leaf leaf_redundancy = {
	"redundancy", LT_WORD, IFC(redundancy),
	WORDS({ "independent", REDUNDANCY_INDEPENDENT, "Both ends have a say in which pseudowire carries" },
	      { "master", REDUNDANCY_MASTER, "This end chooses which pseudowire carries, far ends are told" }),
	.help = "Who chooses which pseudowire carries; each end for itself when not given",
	.yang = "circuit/redundancy",
};
const struct leaf leaf_holdoff = {
	"holdoff-time", LT_UINT, IFC(holdoff), .min = 1, .max = 180, .unit = "seconds",
	.help = "How long a primary that failed is waited for before it is left", .yang = "circuit/holdoff",
};
const struct leaf leaf_switchover = {
	"switchover", LT_WORD, IFC(switchover), WORDS({ "switchover", 1, "Use the secondary as long as it can carry" }),
	.help = "The secondary is used as long as it can carry", .yang = "circuit/switchover",
};
const struct leaf leaf_ac_role = {
	"role", LT_WORD, IFC(ac_role),
	WORDS({ "active", AC_ROLE_ACTIVE, "The customer uses this device" },
	      { "standby", AC_ROLE_STANDBY, "The customer uses another device" },
	      { "follow-address", AC_ROLE_FOLLOW, "The customer uses the device that has an address" }),
	.help = "Whether a dual-homed customer uses this device; far ends are told standby if not",
	.yang = "circuit/ac-role",
};
const struct leaf leaf_follow = {
	"ac-address", LT_IPV4, IFC(follow), .min = 1,
	.help = "Active while this device has the address, as VRRP gives and takes it", .yang = "circuit/ac-role-address",
};
const struct leaf leaf_trigger = {
	"trigger", LT_WORD, IFC(trigger_if_down), WORDS({ "if-down", 1, "Set the port down" }),
	.help = "The port is down while no pseudowire of the circuit is up", .yang = "circuit/trigger-if-down",
};
/* An octet of m_interface.ignore_ac */
const struct leaf leaf_ignore_ac = {
	"ignore-ac-state", LT_WORD, .offset = 0, .size = 1,
	WORDS({ "ignore-ac-state", 1, "The far end is not told when the interface is down" }),
	.help = "The far end is not told when the interface is down", .yang = "pseudowire/ignore-ac-state",
};
const struct leaf leaf_dual_receiving = {
	"stream-dual-receiving", LT_WORD, IFC(dual_receiving),
	WORDS({ "stream-dual-receiving", 1, "Take frames of the primary and the secondary" }),
	.help = "Take frames of the primary and the secondary", .yang = "circuit/dual-receiving",
};
const struct leaf leaf_service_name = {
	"service-name", LT_NAME, IFC(service_name), .owned = true, .min = 1, .max = 31,
	.help = "Name of the service, one on this device",
	.yang = "circuit/service-name",
};
const struct leaf leaf_l2vpn_description = {
	"l2vpn-description", LT_TEXT, IFC(l2vpn_description), .owned = true, .min = 1, .max = 128,
	.help = "Text about the circuit",
	.yang = "circuit/description",
};
/* An octet of m_interface.vccv_off */
const struct leaf leaf_vccv_off = {
	"vccv", LT_WORD, .offset = 0, .size = 1,
	WORDS({ "vccv", 1, "What can verify the connectivity of the pseudowire" }),
	.help = "The far end is not told what can verify the pseudowire", .yang = "pseudowire/vccv-off",
};
const struct leaf leaf_mac_withdraw_off = {
	"mac-withdraw-off", LT_WORD, IFC(mac_withdraw_off), WORDS({ "disable", 1, "Off" }),
	.help = "The far end keeps what it learned when the circuit switches", .yang = "circuit/mac-withdraw-off",
};
/* An octet of m_interface.pw_fault */
const struct leaf leaf_pw_fault = {
	"pw-ac-fault", LT_WORD, .offset = 0, .size = 1,
	WORDS({ "pw-ac-fault", 1, "The pseudowire is not used, as if it had failed" }),
	.help = "The pseudowire is not used, as if it had failed", .yang = "pseudowire/manual-fault",
};

/* ---- PW template ------------------------------------------------------------------------------------------ */

const struct leaf leaf_tpl_name = {
	"template-name", LT_NAME, TPL(name), .min = 1, .max = 19, .help = "Name of the template",
	.yang = "pw-template/name",
};
const struct leaf leaf_tpl_peer = {
	"peer-ip", LT_IPV4, TPL(peer), .min = 1, .help = "LSR ID of the far end", .yang = "pw-template/peer",
};
const struct leaf leaf_tpl_control_word = {
	"control-word", LT_WORD, TPL(control_word), WORDS({ "control-word", TG_ON, "Frames carry the control word" }),
	.help = "Frames carry the control word", .yang = "pw-template/control-word",
};
const struct leaf leaf_tpl_mtu = {
	"mtu", LT_UINT, TPL(mtu), .min = 46, .max = 9600, .unit = "octets",
	.help = "Longest packet of the circuit, unless the interface says its own; 1500 when neither does",
	.yang = "pw-template/mtu",
};

/* ---- LDP ------------------------------------------------------------------------------------------------- */

const struct leaf leaf_ldp_graceful = {
	"graceful-restart", LT_WORD, LDP(graceful_restart),
	WORDS({ "graceful-restart", 1, "Peers hold what they know while this device restarts" }),
	.help = "Peers hold what they know while this device restarts", .yang = "ldp/graceful-restart/enable",
};
const struct leaf leaf_ldp_reconnect = {
	"reconnect-time", LT_UINT, LDP(reconnect), .min = 3, .max = 3600, .dflt = LDP_GR_RECONNECT, .unit = "seconds",
	.help = "How long peers wait for this device to come back", .yang = "ldp/graceful-restart/reconnect",
};
const struct leaf leaf_ldp_recovery = {
	"recovery-time", LT_UINT, LDP(recovery), .min = 3, .max = 3600, .dflt = LDP_GR_RECOVERY, .unit = "seconds",
	.help = "How long labels of before the restart may stay unconfirmed", .yang = "ldp/graceful-restart/recovery",
};
const struct leaf leaf_ldp_liveness = {
	"liveness-time", LT_UINT, LDP(liveness), .min = 3, .max = 3600, .dflt = LDP_GR_LIVENESS, .unit = "seconds",
	.help = "Longest time a neighbour that went is waited for", .yang = "ldp/graceful-restart/neighbor-liveness",
};
const struct leaf leaf_ldp_auto_keepalive = {
	"auto-hold-time", LT_UINT, LDP(auto_keepalive), .min = 30, .max = UINT16_MAX, .dflt = LDP_KEEPALIVE_HOLD,
	.unit = "seconds", .help = "Silence after which a session that was made by itself ends",
	.yang = "ldp/auto-remote/keepalive-hold",
};
const struct leaf leaf_ldp_control = {
	"control-mode", LT_WORD, LDP(ordered),
	WORDS({ "independent", 0, "Tell labels of all destinations that are known" },
	      { "ordered", 1, "Tell labels of what the next hop gave a label for" }),
	.help = "When a label is told; independent when not given", .yang = "ldp/label-distribution-control",
};

/* The same four of a remote peer and of an interface. */
#define TIMER(name_, what, place, field_, from, dflt_, text)                                                        \
	const struct leaf name_ = {                                                                               \
		what, LT_UINT, place(ldp.field_), .min = from, .max = UINT16_MAX, .dflt = dflt_, .unit = "seconds", \
		.help = text, .yang = "ldp/timer/" what,                                                           \
	}
#define TIMERS(kind, place, hello)                                                                                  \
	TIMER(leaf_##kind##_hello_hold, "hello-hold-time", place, hello_hold, 3, hello,                            \
	      "Silence of Hellos after which the neighbour is gone; 65535 is for ever");                           \
	TIMER(leaf_##kind##_hello_send, "hello-send-time", place, hello_send, 1, 0,                                \
	      "Time between two Hellos; a third of the hold time when not given");                                 \
	TIMER(leaf_##kind##_keepalive_hold, "keepalive-hold-time", place, keepalive_hold, 30, LDP_KEEPALIVE_HOLD,  \
	      "Silence of the session after which it ends");                                                       \
	TIMER(leaf_##kind##_keepalive_send, "keepalive-send-time", place, keepalive_send, 1, 0,                    \
	      "Time between two keepalives; a third of the hold time when not given")

TIMERS(remote, REMOTE, LDP_HELLO_HOLD_REMOTE);
TIMERS(link, IFC, LDP_HELLO_HOLD_LINK);

const struct leaf leaf_mpls_ldp_if = {
	"ldp", LT_WORD, IFC(mpls_ldp), WORDS({ "ldp", 1, "LDP with the neighbours on the interface" }),
	.help = "LDP with the neighbours on the interface", .yang = "interface/ldp",
};

const struct leaf leaf_remote_name = {
	"remote-name", LT_NAME, REMOTE(name), .min = 1, .max = 32, .help = "Name of the remote peer",
	.yang = "ldp/remote-peer/name",
};
const struct leaf leaf_remote_ip = {
	"remote-ip", LT_IPV4, REMOTE(ip), .min = 1, .help = "LSR ID of the far end", .yang = "ldp/remote-peer/ip",
};
const struct leaf leaf_remote_pwe3 = {
	"pwe3", LT_WORD, REMOTE(pwe3), .part = true,
	WORDS({ "pwe3", 1, "Labels of pseudowires only, none of LSPs" }),
	.help = "Labels of pseudowires only, none of LSPs", .yang = "ldp/remote-peer/pwe3",
};
const struct leaf leaf_remote_description = {
	"remote-description", LT_TEXT, REMOTE(description), .owned = true, .min = 1, .max = 128,
	.help = "Text about the remote peer", .yang = "ldp/remote-peer/description",
};

const struct leaf leaf_key_peer = {
	"peer-lsr-id", LT_IPV4, AT(struct m_ldp_key, peer), .min = 1, .help = "LSR ID of the peer", .yang = "ldp/key/peer",
};
const struct leaf leaf_key_cipher = {
	"cipher", LT_WORD, AT(struct m_ldp_key, cipher),
	WORDS({ "plain", 0, "The password is displayed as it is" },
	      { "cipher", 1, "The password is displayed in a form that cannot be read at a glance" }),
	.help = "How the password is displayed", .yang = "ldp/key/display",
};
const struct leaf leaf_key_password = {
	"password", LT_SECRET, AT(struct m_ldp_key, password), .veil = offsetof(struct m_ldp_key, cipher),
	.min = 8, .max = 80,
	.help = "Password of the sessions with the peer, the same at both ends", .yang = "ldp/key/password",
};

/* ---- what the MPLS-L2VPN view says of signalling ------------------------------------------------------------ */

const struct leaf leaf_martini = {
	"martini", LT_WORD, SYS(martini), WORDS({ "martini", 1, "Tell no status of pseudowires, withdraw their labels" }),
	.help = "Tell no status of pseudowires, withdraw their labels", .yang = "l2vpn/martini",
};
const struct leaf leaf_auto_session = {
	"auto-create-session", LT_WORD, SYS(auto_session),
	WORDS({ "auto-create-session", 1, "Make the sessions that pseudowires need" }),
	.help = "Make the sessions that pseudowires need", .yang = "l2vpn/auto-create-session",
};
const struct leaf leaf_l2p_peer = {
	"l2vpn-peer", LT_IPV4, AT(struct m_l2vpn_peer, peer), .min = 1, .help = "LSR ID of the peer",
	.yang = "l2vpn/peer/id",
};
const struct leaf leaf_l2p_view = {
	"view", LT_WORD, AT(struct m_l2vpn_peer, view), WORDS({ "peer", 1, "What concerns one peer" }),
	.help = "What concerns one peer", .yang = "l2vpn/peer/view",
};
const struct leaf leaf_l2p_martini = {
	"peer-martini", LT_WORD, AT(struct m_l2vpn_peer, martini),
	WORDS({ "martini", 1, "Tell no status of pseudowires, withdraw their labels" }),
	.help = "Tell this peer no status of pseudowires, withdraw their labels", .yang = "l2vpn/peer/martini",
};
const struct leaf leaf_l2p_no_request = {
	"no-request", LT_WORD, AT(struct m_l2vpn_peer, no_request),
	WORDS({ "no-request-message", 1, "Ask the peer for no labels, wait for them" }),
	.help = "Ask the peer for no labels, wait for them", .yang = "l2vpn/peer/no-request",
};
const struct leaf leaf_l2p_requests = {
	"takes-requests", LT_WORD, AT(struct m_l2vpn_peer, takes_requests),
	WORDS({ "request-switchover", 1, "The peer may be asked to use another pseudowire" }),
	.help = "The peer may be asked to use another pseudowire", .yang = "l2vpn/peer/takes-requests",
};

/* ---- static LSP ------------------------------------------------------------------------------------------ */

const struct leaf leaf_lsp_name = {
	"lsp-name", LT_NAME, LSP(name), .min = 1, .max = 19, .help = "Name of the LSP", .yang = "static-lsp/name",
};
const struct leaf leaf_lsp_role = {
	"lsp-role", LT_WORD, LSP(role),
	WORDS({ "ingress", LSP_INGRESS, "The LSP begins here" }, { "transit", LSP_TRANSIT, "The LSP passes through" },
	      { "egress", LSP_EGRESS, "The LSP ends here" }),
	.help = "What this router is to the LSP", .yang = "static-lsp/role",
};
const struct leaf leaf_lsp_dest = {
	"destination", LT_IPV4, LSP(dest), .min = 1, .help = "Where the LSP leads", .yang = "static-lsp/destination",
};
const struct leaf leaf_lsp_mask = {
	"mask", LT_MASK, LSP(dest_len), .help = "Mask of the destination", .yang = "static-lsp/prefix-length",
};
const struct leaf leaf_lsp_len = {
	"mask-length", LT_UINT, LSP(dest_len), .min = 1, .max = 32, .help = "Length of the destination's prefix",
	.yang = "static-lsp/prefix-length",
};
const struct leaf leaf_lsp_in_if = {
	"in-interface", LT_IFNAME, LSP(in_if), .help = "Interface where the labelled packets arrive",
	.yang = "static-lsp/incoming-interface",
};
const struct leaf leaf_lsp_in_label = {
	"in-label", LT_LABEL, LSP(in_label), .min = 16, .max = STATIC_LABEL_MAX,
	.help = "Label of the packets that arrive", .yang = "static-lsp/in-label",
};
const struct leaf leaf_lsp_out_if = {
	"out-interface", LT_IFNAME, LSP(out_if), .help = "Interface where the packets leave",
	.yang = "static-lsp/outgoing-interface",
};
const struct leaf leaf_lsp_nexthop = {
	"next-hop", LT_IPV4, LSP(nexthop), .min = 1, .help = "Neighbour that gets the packets",
	.yang = "static-lsp/next-hop",
};
const struct leaf leaf_lsp_out_labels = {
	"out-label", LT_LABEL, LSP(out_label[0]), .counter = offsetof(struct m_static_lsp, n_out), .many = PUSH_MAX,
	.min = 0, .max = LABEL_MAX, .reserved = 1u << 0 | 1u << 3,
	.help = "Labels to push, top first; 3 pushes none, 0 is explicit null", .yang = "static-lsp/out-label",
};
const struct leaf leaf_lsp_out_label = {
	"one-out-label", LT_LABEL, LSP(out_label[0]), .counter = offsetof(struct m_static_lsp, n_out), .many = 1,
	.min = 0, .max = LABEL_MAX, .reserved = 1u << 0 | 1u << 3,
	.help = "Label the packets leave with; 3 pops, 0 is explicit null", .yang = "static-lsp/out-label",
};

/* ---- static route ------------------------------------------------------------------------------------------ */

const struct leaf leaf_route_dest = {
	"destination", LT_IPV4, ROUTE(dest), .help = "Destination", .yang = "static-route/destination",
};
const struct leaf leaf_route_mask = {
	"mask", LT_MASK, ROUTE(len), .help = "Mask of the destination", .yang = "static-route/prefix-length",
};
const struct leaf leaf_route_len = {
	"mask-length", LT_UINT, ROUTE(len), .min = 0, .max = 32, .help = "Length of the destination's prefix",
	.yang = "static-route/prefix-length",
};
const struct leaf leaf_route_nexthop = {
	"next-hop", LT_IPV4, ROUTE(nexthop), .min = 1, .help = "Next hop", .yang = "static-route/next-hop",
};
const struct leaf leaf_route_out_if = {
	"out-interface", LT_IFNAME, ROUTE(out_if), .help = "Outgoing interface", .yang = "static-route/interface",
};
const struct leaf leaf_route_preference = {
	"preference", LT_UINT, ROUTE(preference), .min = 1, .max = 255, .dflt = 60,
	.help = "Of equal routes the smallest preference wins", .yang = "static-route/preference",
};
const struct leaf leaf_route_tag = {
	"tag", LT_UINT, ROUTE(tag), .min = 1, .max = UINT32_MAX, .help = "Number kept with the route",
	.yang = "static-route/tag",
};
const struct leaf leaf_route_description = {
	"description", LT_TEXT, ROUTE(description), .min = 1, .max = 80, .help = "Text about the route",
	.yang = "static-route/description",
};

/* ---- values of options that are not built ----------------------------------------------------------------------- */

const struct leaf leaf_any_name = { "name", LT_NAME, .min = 1, .max = 63, .help = "Name" };
const struct leaf leaf_any_ip = { "ip-address", LT_IPV4, .help = "IPv4 address" };
const struct leaf leaf_any_number = { "number", LT_UINT, .min = 0, .max = UINT32_MAX, .help = "Number" };

const struct leaf *const cfg_leaves[] = {
	&leaf_sysname, &leaf_lsr_id, &leaf_mpls_global, &leaf_l2vpn, &leaf_capacity, &leaf_if_name, &leaf_description,
	&leaf_port_mode, &leaf_shutdown, &leaf_vlan, &leaf_mtu, &leaf_mpls_if, &leaf_addr_ip, &leaf_addr_mask,
	&leaf_addr_len, &leaf_addr_sub, &leaf_pw_slot, &leaf_pw_present, &leaf_pw_kind, &leaf_pw_peer, &leaf_pw_vc_id,
	&leaf_pw_tx,
	&leaf_pw_rx, &leaf_pw_control_word, &leaf_pw_mode, &leaf_pw_access_port, &leaf_lsp_name, &leaf_lsp_role,
	&leaf_lsp_dest, &leaf_lsp_mask, &leaf_lsp_len, &leaf_lsp_in_if, &leaf_lsp_in_label, &leaf_lsp_out_if,
	&leaf_lsp_nexthop, &leaf_lsp_out_labels, &leaf_lsp_out_label, &leaf_route_dest, &leaf_route_mask,
	&leaf_route_len, &leaf_route_nexthop, &leaf_route_out_if, &leaf_route_preference, &leaf_route_tag,
	&leaf_route_description, &leaf_pw_template, &leaf_reroute, &leaf_reroute_delay, &leaf_resume_set, &leaf_resume,
	&leaf_dual_receiving, &leaf_service_name, &leaf_l2vpn_description, &leaf_pw_fault, &leaf_tpl_name,
	&leaf_tpl_peer, &leaf_tpl_control_word, &leaf_tpl_mtu, &leaf_any_name, &leaf_any_ip, &leaf_any_number,
	&leaf_pw_ignore_standby, &leaf_vccv_off, &leaf_mac_withdraw_off, &leaf_ldp_graceful, &leaf_ldp_reconnect,
	&leaf_ldp_recovery, &leaf_ldp_liveness, &leaf_ldp_auto_keepalive, &leaf_ldp_control, &leaf_mpls_ldp_if,
	&leaf_link_hello_hold, &leaf_link_hello_send, &leaf_link_keepalive_hold, &leaf_link_keepalive_send,
	&leaf_remote_hello_hold, &leaf_remote_hello_send, &leaf_remote_keepalive_hold, &leaf_remote_keepalive_send,
	&leaf_remote_name, &leaf_remote_ip, &leaf_remote_pwe3, &leaf_remote_description, &leaf_key_peer,
	&leaf_key_cipher, &leaf_key_password, &leaf_martini, &leaf_auto_session, &leaf_l2p_peer, &leaf_l2p_view,
	&leaf_l2p_martini, &leaf_l2p_no_request, &leaf_l2p_requests, &leaf_reroute_rate_set, &leaf_reroute_rate,
	&leaf_redundancy, &leaf_holdoff, &leaf_switchover, &leaf_ac_role, &leaf_follow, &leaf_trigger, &leaf_ignore_ac,
	NULL,
};
