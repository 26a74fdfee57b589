/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * commands.c: one row per configuration command, in the order in which they are printed.
 */
#include "cfg/leaves.h"
#include "cfg/rules.h"
#include "cfg/tables.h"

#define LEAVES(...) .leaves = (const struct leaf *const[]){ __VA_ARGS__, NULL }
#define UNBUILT(...) .unbuilt = (const struct unbuilt_word[]){ __VA_ARGS__, { NULL, NULL } }

const struct view cfg_views[VIEW__N] = {
	[VIEW_USER] = { "", VIEW_NONE, OBJ_SYSTEM, "user view" },
	[VIEW_SYSTEM] = { "", VIEW_NONE, OBJ_SYSTEM, "system view" },
	[VIEW_MPLS] = { "-mpls", VIEW_SYSTEM, OBJ_SYSTEM, "MPLS view" },
	[VIEW_L2VPN] = { "-l2vpn", VIEW_SYSTEM, OBJ_SYSTEM, "MPLS-L2VPN view" },
	[VIEW_L2VPN_PEER] = { "-l2vpn-peer-", VIEW_L2VPN, OBJ_L2VPN_PEER, "L2VPN peer view" },
	[VIEW_LDP] = { "-mpls-ldp", VIEW_SYSTEM, OBJ_LDP, "MPLS-LDP view" },
	[VIEW_REMOTE_PEER] = { "-mpls-ldp-remote-", VIEW_SYSTEM, OBJ_REMOTE_PEER, "MPLS-LDP remote peer view" },
	[VIEW_INTERFACE] = { "-", VIEW_SYSTEM, OBJ_INTERFACE, "interface view" },
	[VIEW_PW_TEMPLATE] = { "-pw-template-", VIEW_SYSTEM, OBJ_PW_TEMPLATE, "PW template view" },
};

#define PW_ARRAY                                                                                                  \
	.target = T_SLOT, .element = offsetof(struct m_interface, pw), .size = sizeof(struct m_pw), .many = 3

#define CIRCUITS "PPP, HDLC, ATM and TDM circuits are not built yet: leave it out"
#define L2VC_OPTIONS                                                                                               \
	"[ [ control-word | no-control-word ] | [ raw | tagged | ip-interworking | ip-layer2 ] "                   \
	"| tunnel-policy <name> [ [ endpoint <name> ] color <number> ] | access-port | [ secondary | bypass ] "    \
	"| ignore-standby-state "
#define L2VC_CIRCUITS                                                                                              \
	"| admin | tdm-encapsulation-number <number> | tdm-sequence-number | jitter-buffer <number> | rtp-header "  \
	"| idle-code <name> | max-atm-cells <number> | atm-pack-overtime <number> | transmit-atm-cells <number> "

/* The four timers of LDP, of a remote peer or of an interface. */
#define LDP_TIMER(view, kind, field, word, kinds, text)                                                            \
	{                                                                                                         \
		view, "mpls ldp timer " word " <" word "-time>", "mpls ldp timer " word " [ <" word "-time> ]",     \
			LEAVES(&leaf_##kind##_##field), .help = text, .on = kinds,                                 \
	}
#define LDP_TIMERS(view, kind, kinds)                                                                               \
	LDP_TIMER(view, kind, hello_hold, "hello-hold", kinds, "Set how long a neighbour may be silent"),          \
	LDP_TIMER(view, kind, hello_send, "hello-send", kinds, "Set how often Hellos are sent"),                   \
	LDP_TIMER(view, kind, keepalive_hold, "keepalive-hold", kinds, "Set how long a session may be silent"),    \
	LDP_TIMER(view, kind, keepalive_send, "keepalive-send", kinds, "Set how often keepalives are sent")

const struct command cfg_commands[] = {
	/* ---- system view ------------------------------------------------------------------------- */
	{
		VIEW_SYSTEM, "sysname <sysname>", "sysname", LEAVES(&leaf_sysname),
		.help = "Name this device",
	},
	{
		VIEW_SYSTEM, "mpls lsr-id <lsr-id>", "mpls lsr-id", LEAVES(&leaf_lsr_id),
		.help = "Set the address that names this router in MPLS", .check = rule_lsr_id,
	},
	{
		VIEW_SYSTEM, "mpls", "mpls", LEAVES(&leaf_mpls_global),
		.help = "Enable MPLS and enter its view", .opens = VIEW_MPLS, .undone = rule_mpls_gone,
	},
	{
		VIEW_SYSTEM, "mpls l2vpn", "mpls l2vpn", LEAVES(&leaf_l2vpn),
		.help = "Enable layer 2 circuits over MPLS and enter their view", .opens = VIEW_L2VPN,
		.undone = rule_l2vpn_gone,
	},
	{
		VIEW_SYSTEM, "pw-template <template-name>", "pw-template <template-name>", LEAVES(&leaf_tpl_name),
		.help = "Enter the view of a template for pseudowires", .target = T_OBJECT, .object = OBJ_PW_TEMPLATE,
		.opens = VIEW_PW_TEMPLATE, .undo_check = rule_template_free,
	},
	{
		VIEW_SYSTEM, "mpls ldp", "mpls ldp", LEAVES(NULL),
		.help = "Enable LDP and enter its view", .target = T_OBJECT, .object = OBJ_LDP, .opens = VIEW_LDP,
		.undone = rule_ldp_gone,
	},
	{
		VIEW_SYSTEM, "mpls ldp remote-peer <remote-name>", "mpls ldp remote-peer <remote-name>",
		LEAVES(&leaf_remote_name),
		.help = "Enter the view of a peer that is no neighbour", .target = T_OBJECT, .object = OBJ_REMOTE_PEER,
		.opens = VIEW_REMOTE_PEER,
	},
	{
		VIEW_SYSTEM, "interface <interface>", "interface <interface>", LEAVES(&leaf_if_name),
		.help = "Enter the view of an interface", .target = T_OBJECT, .object = OBJ_INTERFACE,
		.opens = VIEW_INTERFACE, .check = rule_interface, .undo_check = rule_interface_free,
	},
	{
		VIEW_SYSTEM,
		"static-lsp ingress <lsp-name> destination <destination> { <mask-length> | <mask> } "
		"{ outgoing-interface <out-interface> | nexthop <next-hop> } * out-label <out-label> &<1-4>",
		"static-lsp ingress <lsp-name>",
		LEAVES(&leaf_lsp_name, &leaf_lsp_role, &leaf_lsp_dest, &leaf_lsp_len, &leaf_lsp_mask, &leaf_lsp_out_if,
		       &leaf_lsp_nexthop, &leaf_lsp_out_labels),
		.help = "Static LSP that begins here", .target = T_OBJECT, .object = OBJ_STATIC_LSP, .flat = true,
		.check = rule_lsp,
	},
	{
		VIEW_SYSTEM,
		"static-lsp transit <lsp-name> [ incoming-interface <in-interface> ] in-label <in-label> "
		"{ outgoing-interface <out-interface> | nexthop <next-hop> } * out-label <one-out-label>",
		"static-lsp transit <lsp-name>",
		LEAVES(&leaf_lsp_name, &leaf_lsp_role, &leaf_lsp_in_if, &leaf_lsp_in_label, &leaf_lsp_out_if,
		       &leaf_lsp_nexthop, &leaf_lsp_out_label),
		.help = "Static LSP that passes through", .target = T_OBJECT, .object = OBJ_STATIC_LSP, .flat = true,
		.check = rule_lsp,
	},
	{
		VIEW_SYSTEM,
		"static-lsp egress <lsp-name> [ incoming-interface <in-interface> ] in-label <in-label>",
		"static-lsp egress <lsp-name>",
		LEAVES(&leaf_lsp_name, &leaf_lsp_role, &leaf_lsp_in_if, &leaf_lsp_in_label),
		.help = "Static LSP that ends here", .target = T_OBJECT, .object = OBJ_STATIC_LSP, .flat = true,
		.check = rule_lsp,
	},
	{
		VIEW_SYSTEM,
		"ip route-static <destination> { <mask> | <mask-length> } "
		"{ <out-interface> [ <next-hop> ] | <next-hop> } [ preference <preference> | tag <tag> ] * "
		"[ bfd enable | permanent | track <name> ] [ description <description> ]",
		"ip route-static <destination> { <mask> | <mask-length> } "
		"[ <out-interface> [ <next-hop> ] | <next-hop> ] [ preference <preference> | tag <tag> ] * "
		"[ description <description> ]",
		LEAVES(&leaf_route_dest, &leaf_route_mask, &leaf_route_len, &leaf_route_out_if, &leaf_route_nexthop,
		       &leaf_route_preference, &leaf_route_tag, &leaf_route_description, &leaf_any_name),
		.help = "Static route", .target = T_OBJECT, .object = OBJ_ROUTE, .flat = true, .check = rule_route,
		UNBUILT({ "bfd", "BFD for static routes is not built: leave out bfd enable" },
			{ "permanent", "Permanent static routes are not built: leave out permanent" },
			{ "track", "Tracking of static routes is not built: leave out track" }),
	},

	/* ---- MPLS-L2VPN view ------------------------------------------------------------------------- */
	{
		VIEW_L2VPN, "capacity circuits <capacity>", "capacity circuits [ <capacity> ]", LEAVES(&leaf_capacity),
		.help = "Set the most circuits this device can hold; a change rebuilds the tables of the data plane",
	},
	{
		VIEW_L2VPN, "mpls l2vpn reroute-rate <rate>", "mpls l2vpn reroute-rate [ <rate> ]",
		LEAVES(&leaf_reroute_rate_set, &leaf_reroute_rate),
		.help = "Set how many circuits go back to their primary in a second when very many may",
	},
	{
		VIEW_L2VPN, "mpls l2vpn default martini", "mpls l2vpn default martini", LEAVES(&leaf_martini),
		.help = "Signal faults of pseudowires by their labels, to any peer",
	},
	{
		VIEW_L2VPN, "mpls l2vpn auto-create-session", "mpls l2vpn auto-create-session", LEAVES(&leaf_auto_session),
		.help = "Make the LDP sessions that pseudowires need",
	},
	{
		VIEW_L2VPN, "mpls l2vpn no-request-message peer <l2vpn-peer>",
		"mpls l2vpn no-request-message peer <l2vpn-peer>", LEAVES(&leaf_l2p_peer, &leaf_l2p_no_request),
		.help = "Ask a peer for no labels, wait for them", .target = T_OBJECT, .object = OBJ_L2VPN_PEER,
		.shared = true,
	},
	{
		VIEW_L2VPN, "mpls l2vpn request-switchover peer <l2vpn-peer>",
		"mpls l2vpn request-switchover peer <l2vpn-peer>", LEAVES(&leaf_l2p_peer, &leaf_l2p_requests),
		.help = "Say that a peer may be asked to use another pseudowire", .target = T_OBJECT,
		.object = OBJ_L2VPN_PEER, .shared = true,
	},
	{
		VIEW_L2VPN, "peer <l2vpn-peer>", "peer <l2vpn-peer>", LEAVES(&leaf_l2p_peer, &leaf_l2p_view),
		.help = "Enter the view of what concerns one peer", .target = T_OBJECT, .object = OBJ_L2VPN_PEER,
		.shared = true, .opens = VIEW_L2VPN_PEER,
	},

	/* ---- L2VPN peer view ------------------------------------------------------------------------- */
	{
		VIEW_L2VPN_PEER, "default martini", "default martini", LEAVES(&leaf_l2p_martini),
		.help = "Signal faults of pseudowires to this peer by their labels",
	},

	/* ---- PW template view ------------------------------------------------------------------------ */
	{
		VIEW_PW_TEMPLATE, "peer-address <peer-ip>", "peer-address [ <peer-ip> ]", LEAVES(&leaf_tpl_peer),
		.help = "Set the far end of pseudowires that name none themselves", .check = rule_template,
	},
	{
		VIEW_PW_TEMPLATE, "control-word", "control-word", LEAVES(&leaf_tpl_control_word),
		.help = "Let pseudowires that say nothing about it carry the control word",
	},
	{
		VIEW_PW_TEMPLATE, "mtu <mtu>", "mtu [ <mtu> ]", LEAVES(&leaf_tpl_mtu),
		.help = "Set the longest packet of circuits whose interface sets none",
	},

	/* ---- MPLS-LDP view --------------------------------------------------------------------------- */
	{
		VIEW_LDP, "graceful-restart", "graceful-restart", LEAVES(&leaf_ldp_graceful),
		.help = "Let peers hold what they know while this device restarts, and do the same for them",
	},
	{
		VIEW_LDP, "graceful-restart timer reconnect <reconnect-time>",
		"graceful-restart timer reconnect [ <reconnect-time> ]", LEAVES(&leaf_ldp_reconnect),
		.help = "Set how long peers wait for this device to come back",
	},
	{
		VIEW_LDP, "graceful-restart timer recovery <recovery-time>",
		"graceful-restart timer recovery [ <recovery-time> ]", LEAVES(&leaf_ldp_recovery),
		.help = "Set how long labels of before the restart may stay unconfirmed",
	},
	{
		VIEW_LDP, "graceful-restart timer neighbor-liveness <liveness-time>",
		"graceful-restart timer neighbor-liveness [ <liveness-time> ]", LEAVES(&leaf_ldp_liveness),
		.help = "Set how long a neighbour that went is waited for at most",
	},
	{
		VIEW_LDP, "label distribution control-mode { independent | ordered }", "label distribution control-mode",
		LEAVES(&leaf_ldp_control),
		.help = "Choose when the label of a destination is told",
	},
	{
		VIEW_LDP, "timer auto-remote keepalive-hold <auto-hold-time>",
		"timer auto-remote keepalive-hold [ <auto-hold-time> ]", LEAVES(&leaf_ldp_auto_keepalive),
		.help = "Set how long a session that was made by itself may be silent",
	},
	{
		VIEW_LDP, "md5-password { plain | cipher } <peer-lsr-id> <password>", "md5-password <peer-lsr-id>",
		LEAVES(&leaf_key_peer, &leaf_key_cipher, &leaf_key_password),
		.help = "Sign the TCP segments of the sessions with a peer", .target = T_OBJECT, .object = OBJ_LDP_KEY,
		.check = rule_key,
	},

	/* ---- remote peer view ------------------------------------------------------------------------ */
	{
		VIEW_REMOTE_PEER, "description <remote-description>", "description", LEAVES(&leaf_remote_description),
		.help = "Describe the remote peer",
	},
	{
		VIEW_REMOTE_PEER, "remote-ip <remote-ip> [ pwe3 ]", "remote-ip [ pwe3 ]",
		LEAVES(&leaf_remote_ip, &leaf_remote_pwe3),
		.help = "Set the LSR ID of the far end", .check = rule_remote_ip, .change = rule_remote_ip_change,
	},
	LDP_TIMERS(VIEW_REMOTE_PEER, remote, 0),

	/* ---- interface view ----------------------------------------------------------------------------- */
	{
		VIEW_INTERFACE, "description <description>", "description", LEAVES(&leaf_description),
		.help = "Describe the interface",
	},
	{
		VIEW_INTERFACE, "port-mode { auto | xdp | tcx | clsact }", "port-mode", LEAVES(&leaf_port_mode),
		.help = "Choose how the data plane attaches to the port", .on = ON_PORT,
	},
	{
		VIEW_INTERFACE, "shutdown", "shutdown", LEAVES(&leaf_shutdown),
		.help = "Set the interface down", .on = ON_PORT | ON_SUB,
	},
	{
		VIEW_INTERFACE, "vlan-type dot1q <vlan>", "vlan-type dot1q [ <vlan> ]", LEAVES(&leaf_vlan),
		.help = "Set the VLAN tag whose frames belong to the sub-interface", .on = ON_SUB,
	},
	{
		VIEW_INTERFACE, "mtu <mtu>", "mtu [ <mtu> ]", LEAVES(&leaf_mtu),
		.help = "Set the longest packet", .on = ON_PORT | ON_SUB,
	},
	{
		VIEW_INTERFACE, "ip address <address> { <mask> | <mask-length> } [ sub ]",
		"ip address [ <address> { <mask> | <mask-length> } [ sub ] ]",
		LEAVES(&leaf_addr_ip, &leaf_addr_mask, &leaf_addr_len, &leaf_addr_sub),
		.help = "Set an IPv4 address", .target = T_LIST, .element = offsetof(struct m_interface, addr),
		.size = sizeof(struct m_addr), .counter = offsetof(struct m_interface, n_addr), .many = ADDRS_MAX,
		.slot = rule_address_slot, .check = rule_address,
	},
	{
		VIEW_INTERFACE, "mpls", "mpls", LEAVES(&leaf_mpls_if),
		.help = "Forward labelled packets on the interface", .on = ON_PORT | ON_SUB,
	},
	{
		VIEW_INTERFACE, "mpls ldp", "mpls ldp", LEAVES(&leaf_mpls_ldp_if),
		.help = "Speak LDP with the neighbours on the interface", .on = ON_PORT | ON_SUB,
		.undone = rule_link_ldp_gone,
	},
	LDP_TIMERS(VIEW_INTERFACE, link, ON_PORT | ON_SUB),
	{
		VIEW_INTERFACE,
		"mpls static-l2vc { destination <peer> pw-template <template> <vc-id> "
		"| pw-template <template> <vc-id> [ destination <peer> ] "
		"| destination <peer> [ <vc-id> ] | instance-name <name> destination <peer> [ <vc-id> ] } "
		"transmit-vpn-label <transmit-label> receive-vpn-label <receive-label> "
		"[ tunnel-policy <name> [ [ endpoint <ip-address> ] color <number> ] | access-port "
		"| [ control-word | no-control-word ] | [ raw | tagged | ip-interworking ] | [ secondary | bypass ] ] *",
		"mpls static-l2vc [ secondary | bypass ]",
		LEAVES(&leaf_pw_slot, &leaf_pw_present, &leaf_pw_kind, &leaf_pw_template, &leaf_pw_peer, &leaf_pw_vc_id,
		       &leaf_pw_tx, &leaf_pw_rx, &leaf_pw_control_word, &leaf_pw_mode, &leaf_pw_access_port, &leaf_any_name,
		       &leaf_any_ip, &leaf_any_number),
		.help = "Carry the interface in a pseudowire with labels set by hand", PW_ARRAY,
		.on = ON_PORT | ON_SUB, .check = rule_pw, .change = rule_pw_change, .undo_check = rule_static_pw_undo,
		UNBUILT({ "instance-name", "Instance names are not built: use mpls l2vpn service-name" },
			{ "tunnel-policy",
			  "Tunnel policies are not built yet: a static PW uses the static LSP to its destination" },
			{ "ip-interworking", "IP interworking is not built: use raw or tagged" }),
	},
	{
		VIEW_INTERFACE,
		"mpls l2vc [ instance-name <name> ] { <peer> | pw-template <template> } * <vc-id> "
		L2VC_OPTIONS L2VC_CIRCUITS "] *",
		"mpls l2vc [ secondary | bypass | { <peer> | pw-template <template> } * <vc-id> " L2VC_OPTIONS "] * ]",
		LEAVES(&leaf_pw_slot, &leaf_pw_present, &leaf_pw_kind, &leaf_pw_template, &leaf_pw_peer, &leaf_pw_vc_id,
		       &leaf_pw_control_word, &leaf_pw_mode, &leaf_pw_access_port, &leaf_pw_ignore_standby,
		       &leaf_any_name, &leaf_any_number),
		.help = "Carry the interface in a pseudowire whose labels LDP signals", PW_ARRAY,
		.on = ON_PORT | ON_SUB, .check = rule_pw, .change = rule_pw_change, .undo_check = rule_l2vc_undo,
		UNBUILT({ "instance-name", "Instance names are not built: use mpls l2vpn service-name" },
			{ "tunnel-policy", "Tunnel policies are not built yet: leave it out, a PW uses the LSP to its peer" },
			{ "ip-interworking", "IP interworking is not built: use raw or tagged" },
			{ "ip-layer2", "IP interworking is not built: use raw or tagged" },
			{ "admin", "Management pseudowires are not built yet: each pseudowire sees its own path" },
			{ "tdm-encapsulation-number", CIRCUITS }, { "tdm-sequence-number", CIRCUITS },
			{ "jitter-buffer", CIRCUITS }, { "rtp-header", CIRCUITS }, { "idle-code", CIRCUITS },
			{ "max-atm-cells", CIRCUITS }, { "atm-pack-overtime", CIRCUITS },
			{ "transmit-atm-cells", CIRCUITS }),
	},
	{
		VIEW_INTERFACE, "mpls l2vpn redundancy { independent | master }",
		"mpls l2vpn redundancy { independent | master }", LEAVES(&leaf_redundancy),
		.help = "Choose who decides which pseudowire carries", .on = ON_PORT | ON_SUB, .check = rule_redundancy,
	},
	{
		VIEW_INTERFACE,
		"mpls l2vpn reroute { { delay <delay-time> | immediately } [ resume <resume-time> ] | never }",
		"mpls l2vpn reroute",
		LEAVES(&leaf_reroute, &leaf_reroute_delay, &leaf_resume_set, &leaf_resume),
		.help = "Choose what happens when the primary pseudowire is usable again", .on = ON_PORT | ON_SUB,
		.check = rule_reroute,
	},
	{
		VIEW_INTERFACE, "mpls l2vpn holdoff <holdoff-time>", "mpls l2vpn holdoff [ <holdoff-time> ]",
		LEAVES(&leaf_holdoff),
		.help = "Wait for a primary that failed before it is left", .on = ON_PORT | ON_SUB,
	},
	{
		VIEW_INTERFACE, "mpls l2vpn switchover", "mpls l2vpn switchover", LEAVES(&leaf_switchover),
		.help = "Use the secondary pseudowire as long as it can carry", .on = ON_PORT | ON_SUB,
	},
	{
		VIEW_INTERFACE, "mpls l2vpn ac-role { active | standby | follow-address <ac-address> }",
		"mpls l2vpn ac-role", LEAVES(&leaf_ac_role, &leaf_follow),
		.help = "Say whether a dual-homed customer uses this device", .on = ON_PORT | ON_SUB,
		.check = rule_ac_role,
	},
	{
		VIEW_INTERFACE, "mpls l2vpn stream-dual-receiving", "mpls l2vpn stream-dual-receiving",
		LEAVES(&leaf_dual_receiving),
		.help = "Take frames of the primary and of the secondary pseudowire", .on = ON_PORT | ON_SUB,
	},
	{
		VIEW_INTERFACE, "mpls l2vpn service-name <service-name>", "mpls l2vpn service-name",
		LEAVES(&leaf_service_name),
		.help = "Name the service of the circuit", .on = ON_PORT | ON_SUB,
	},
	{
		VIEW_INTERFACE, "mpls l2vpn description <l2vpn-description>", "mpls l2vpn description",
		LEAVES(&leaf_l2vpn_description),
		.help = "Describe the circuit", .on = ON_PORT | ON_SUB,
	},
	{
		VIEW_INTERFACE, "mpls l2vpn mac-withdraw disable", "mpls l2vpn mac-withdraw disable",
		LEAVES(&leaf_mac_withdraw_off),
		.help = "Let far ends keep what they learned when the circuit switches", .on = ON_PORT | ON_SUB,
	},
	{
		VIEW_INTERFACE, "mpls l2vpn pw ignore-ac-state [ bypass | secondary ]",
		"mpls l2vpn pw ignore-ac-state [ bypass | secondary ]", LEAVES(&leaf_pw_slot, &leaf_ignore_ac),
		.help = "Do not tell the far end of a pseudowire when the interface is down", .target = T_SLOT,
		.element = offsetof(struct m_interface, ignore_ac), .size = 1, .many = 3, .on = ON_PORT | ON_SUB,
	},
	{
		VIEW_INTERFACE, "mpls l2vpn trigger if-down", "mpls l2vpn trigger if-down", LEAVES(&leaf_trigger),
		.help = "Set the port down while no pseudowire of the circuit is up", .on = ON_PORT,
		.check = rule_trigger,
	},
	{
		VIEW_INTERFACE, "undo interface-parameter-type vccv [ secondary ]",
		"interface-parameter-type vccv [ secondary ]",
		LEAVES(&leaf_pw_slot, &leaf_vccv_off),
		.help = "Do not tell the far end what can verify a pseudowire", .target = T_SLOT,
		.element = offsetof(struct m_interface, vccv_off), .size = 1, .many = 2, .on = ON_PORT | ON_SUB,
	},
	{
		VIEW_INTERFACE, "manual-set pw-ac-fault [ secondary ]", "manual-set pw-ac-fault [ secondary ]",
		LEAVES(&leaf_pw_slot, &leaf_pw_fault),
		.help = "Take a pseudowire out of use as if it had failed", .target = T_SLOT,
		.element = offsetof(struct m_interface, pw_fault), .size = 1, .many = 2, .on = ON_PORT | ON_SUB,
	},
};
const size_t cfg_n_commands = sizeof(cfg_commands) / sizeof(cfg_commands[0]);

const struct leaf_word cfg_words[] = {
	{ "undo", 0, "Take back a command" },
	{ "sysname", 0, "Name of this device" },
	{ "mpls", 0, "Multiprotocol label switching" },
	{ "l2vpn", 0, "Layer 2 circuits over MPLS" },
	{ "lsr-id", 0, "Address that names this router in MPLS" },
	{ "capacity", 0, "Sizes of the data plane" },
	{ "circuits", 0, "Most circuits this device can hold" },
	{ "interface", 0, "Interface" },
	{ "static-lsp", 0, "Label switched path with labels set by hand" },
	{ "destination", 0, "Where it leads" },
	{ "outgoing-interface", 0, "Interface where the packets leave" },
	{ "incoming-interface", 0, "Interface where the packets arrive" },
	{ "nexthop", 0, "Neighbour that gets the packets" },
	{ "in-label", 0, "Label of the packets that arrive" },
	{ "out-label", 0, "Labels the packets leave with" },
	{ "ip", 0, "IPv4" },
	{ "address", 0, "Address of the interface" },
	{ "route-static", 0, "Static route" },
	{ "preference", 0, "Of equal routes the smallest preference wins" },
	{ "tag", 0, "Number kept with the route" },
	{ "description", 0, "Text for people" },
	{ "port-mode", 0, "How the data plane attaches to the port" },
	{ "vlan-type", 0, "VLAN of the sub-interface" },
	{ "dot1q", 0, "One tag" },
	{ "mtu", 0, "Longest packet" },
	{ "transmit-vpn-label", 0, "Label that the far end expects" },
	{ "receive-vpn-label", 0, "Label that this end expects" },
	{ "bfd", 0, "Not built: fault detection" },
	{ "enable", 0, "Enable" },
	{ "permanent", 0, "Not built: keep the route while its interface is down" },
	{ "track", 0, "Not built: follow another object" },
	{ "pw-template", 0, "Template for pseudowires" },
	{ "peer-address", 0, "LSR ID of the far end" },
	{ "reroute", 0, "What happens when the primary is usable again" },
	{ "service-name", 0, "Name of the service" },
	{ "manual-set", 0, "Set a state by hand" },
	{ "instance-name", 0, "Not built: use mpls l2vpn service-name" },
	{ "tunnel-policy", 0, "Not built yet: choice of the transport" },
	{ "endpoint", 0, "Endpoint of a segment routing policy" },
	{ "color", 0, "Colour of a segment routing policy" },
	{ "ip-interworking", 0, "Not built: carry IP only" },
	{ "ip-layer2", 0, "Not built: carry IP only" },
	{ "admin", 0, "Not built yet: a pseudowire others follow" },
	{ "tdm-encapsulation-number", 0, "Not built yet: TDM frames in a packet" },
	{ "tdm-sequence-number", 0, "Not built yet: first sequence number of TDM" },
	{ "jitter-buffer", 0, "Not built yet: buffer of TDM" },
	{ "rtp-header", 0, "Not built yet: RTP header of TDM" },
	{ "idle-code", 0, "Not built yet: what fills gaps of TDM" },
	{ "max-atm-cells", 0, "Not built yet: ATM cells in a packet" },
	{ "atm-pack-overtime", 0, "Not built yet: how long ATM cells are collected" },
	{ "transmit-atm-cells", 0, "Not built yet: ATM cells in a packet that is sent" },
	{ "ldp", 0, "Label distribution protocol" },
	{ "remote-peer", 0, "Peer that is no neighbour" },
	{ "remote-ip", 0, "LSR ID of the far end" },
	{ "timer", 0, "Times" },
	{ "hello-hold", 0, "How long a neighbour may be silent" },
	{ "hello-send", 0, "How often Hellos are sent" },
	{ "keepalive-hold", 0, "How long a session may be silent" },
	{ "keepalive-send", 0, "How often keepalives are sent" },
	{ "graceful-restart", 0, "Restart without loss" },
	{ "reconnect", 0, "How long peers wait for this device" },
	{ "recovery", 0, "How long labels may stay unconfirmed" },
	{ "neighbor-liveness", 0, "How long a neighbour is waited for" },
	{ "label", 0, "Labels" },
	{ "distribution", 0, "How labels are told" },
	{ "control-mode", 0, "When a label is told" },
	{ "auto-remote", 0, "Sessions that were made by themselves" },
	{ "md5-password", 0, "Password that signs the TCP segments of sessions" },
	{ "default", 0, "What holds when nothing else is said" },
	{ "no-request-message", 0, "Ask for no labels" },
	{ "peer", 0, "What concerns one peer" },
	{ "request-switchover", 0, "Ask a peer to use another pseudowire" },
	{ "redundancy", 0, "Who decides which pseudowire carries" },
	{ "holdoff", 0, "How long a primary that failed is waited for" },
	{ "ac-role", 0, "Whether a dual-homed customer uses this device" },
	{ "pw", 0, "What holds for one pseudowire" },
	{ "trigger", 0, "What the port does when no pseudowire is up" },
	{ "mac-withdraw", 0, "What far ends learned when the circuit switches" },
	{ "interface-parameter-type", 0, "What the far end is told of the circuit" },
	{ NULL, 0, NULL },
};
