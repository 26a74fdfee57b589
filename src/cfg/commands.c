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
	[VIEW_INTERFACE] = { "-", VIEW_SYSTEM, OBJ_INTERFACE, "interface view" },
	[VIEW_PW_TEMPLATE] = { "-pw-template-", VIEW_SYSTEM, OBJ_PW_TEMPLATE, "PW template view" },
};

#define PW_ARRAY                                                                                                  \
	.target = T_SLOT, .element = offsetof(struct m_interface, pw), .size = sizeof(struct m_pw), .many = 3

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
		VIEW_INTERFACE,
		"mpls static-l2vc { destination <peer> pw-template <template> <vc-id> "
		"| pw-template <template> <vc-id> [ destination <peer> ] "
		"| destination <peer> [ <vc-id> ] | instance-name <name> destination <peer> [ <vc-id> ] } "
		"transmit-vpn-label <transmit-label> receive-vpn-label <receive-label> "
		"[ tunnel-policy <name> [ [ endpoint <ip-address> ] color <number> ] | access-port "
		"| [ control-word | no-control-word ] | [ raw | tagged | ip-interworking ] | [ secondary | bypass ] ] *",
		"mpls static-l2vc [ secondary | bypass ]",
		LEAVES(&leaf_pw_slot, &leaf_pw_static, &leaf_pw_template, &leaf_pw_peer, &leaf_pw_vc_id, &leaf_pw_tx, &leaf_pw_rx,
		       &leaf_pw_control_word, &leaf_pw_mode, &leaf_pw_access_port, &leaf_any_name,
		       &leaf_any_ip, &leaf_any_number),
		.help = "Carry the interface in a pseudowire with labels set by hand", PW_ARRAY,
		.on = ON_PORT | ON_SUB, .check = rule_static_pw,
		UNBUILT({ "instance-name", "Instance names are not built: use mpls l2vpn service-name" },
			{ "tunnel-policy",
			  "Tunnel policies are not built yet: a static PW uses the static LSP to its destination" },
			{ "ip-interworking", "IP interworking is not built: use raw or tagged" }),
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
	{ NULL, 0, NULL },
};
