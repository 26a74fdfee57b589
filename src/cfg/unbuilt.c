/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unbuilt.c: commands of the manuals that we know and have not built, and what to do instead.
 */
#include "cfg/tables.h"

#define FRR(what) what " runs in FRR beside twinwire: docs/underlay.md"
#define LDP "LDP is not built yet: use static-lsp and mpls static-l2vc"
#define TE "Traffic engineering is not built: use static-lsp for transport"
#define SIGNALLED "Signalled pseudowires are not built yet: use mpls static-l2vc"
#define POLICY "Tunnel policies are not built yet: a static PW uses the static LSP to its destination"
#define BFD "BFD is not built yet: a static PW sees the carrier of its core port"
#define SWITCHING "VLANs and bridging belong to Linux: use a Linux bridge and make it a port"
#define TRUNK "Link aggregation belongs to Linux: make a bond and give it the name Eth-TrunkN by --ports"
#define LOGIN "Users and logins belong to Linux: use its accounts and OpenSSH"
#define HOST "This belongs to Linux: set it there"
#define CIRCUITS "PPP, HDLC, ATM and TDM circuits are not built yet"
#define PROTECT "This option of redundancy is not built yet"
#define QOS "Quality of service is not built"
#define SEGMENTS "Pseudowires of several segments are not built yet"
#define STACKED "Only one VLAN tag can delimit a circuit: use vlan-type dot1q"

#define S VIEW_SYSTEM
#define I VIEW_INTERFACE
#define T VIEW_PW_TEMPLATE

const struct unbuilt cfg_unbuilt[] = {
	/* ---- system view -------------------------------------------------------------------------- */
	{ S, "ospf", FRR("OSPF") },
	{ S, "ospfv3", FRR("OSPF") },
	{ S, "isis", FRR("IS-IS") },
	{ S, "bgp", FRR("BGP") },
	{ S, "rip", FRR("RIP") },
	{ S, "route-policy", FRR("Route policy") },
	{ S, "ip ip-prefix", FRR("Route policy") },
	{ S, "ip vpn-instance", "VPN instances are not built: use VRF devices of Linux and FRR" },
	{ S, "ipv6", HOST },
	{ S, "mpls ldp", LDP },
	{ S, "ipv4-family", LDP },		/* behind an indented '#' inside mpls ldp */
	{ S, "mpls te", TE },
	{ S, "mpls rsvp-te", TE },
	{ S, "mpls oam", "MPLS OAM is not built yet" },
	{ S, "mpls-oam", "MPLS OAM is not built yet" },
	{ S, "mpls switch-l2vc", "Switching of pseudowires is not built yet" },
	{ S, "tunnel-policy", POLICY },
	{ S, "explicit-path", TE },
	{ S, "segment-routing", "Segment routing is not built yet: use static-lsp ingress with up to four labels" },
	{ S, "bfd", BFD },
	{ S, "ccc", "Local and remote cross-connects are not built yet" },
	{ S, "vsi", "VPLS is not built: only point-to-point circuits" },
	{ S, "evpn", "EVPN is not built: only point-to-point circuits" },
	{ S, "pw-aps", PROTECT },
	{ S, "e-trunk", PROTECT },
	{ S, "lacp", TRUNK },
	{ S, "controller", CIRCUITS },
	{ S, "vlan", SWITCHING },
	{ S, "stp", SWITCHING },
	{ S, "aaa", LOGIN },
	{ S, "user-interface", LOGIN },
	{ S, "ssh", LOGIN },
	{ S, "stelnet", LOGIN },
	{ S, "telnet", LOGIN },
	{ S, "snmp-agent", "SNMP is not built: use the JSON events of the run directory" },
	{ S, "netconf", "NETCONF is not built yet" },
	{ S, "info-center", "Logs go to standard error, one line an event: the service manager keeps them" },
	{ S, "ntp-service", HOST },
	{ S, "ntp", HOST },
	{ S, "clock", HOST },
	{ S, "acl", HOST },
	{ S, "traffic", QOS },
	{ S, "qos", QOS },
	{ S, "diffserv", QOS },
	{ S, "cfm", "Ethernet OAM is not built yet" },
	{ S, "efm", "Ethernet OAM is not built yet" },
	{ S, "dhcp", HOST },
	{ S, "arp", HOST },
	{ S, "license", "There is nothing to license" },
	{ S, "slot", "There are no slots" },

	/* ---- MPLS view -------------------------------------------------------------------------------- */
	{ VIEW_MPLS, "mpls te", TE },
	{ VIEW_MPLS, "mpls rsvp-te", TE },
	{ VIEW_MPLS, "mpls oam", "MPLS OAM is not built yet" },
	{ VIEW_MPLS, "label advertise", LDP },
	{ VIEW_MPLS, "lsp-trigger", LDP },

	/* ---- MPLS-L2VPN view ---------------------------------------------------------------------------- */
	{ VIEW_L2VPN, "mpls l2vpn", SIGNALLED },
	{ VIEW_L2VPN, "peer", SIGNALLED },

	/* ---- PW template view ------------------------------------------------------------------------------ */
	{ T, "tnl-policy", POLICY },
	{ T, "bfd-detect", BFD },
	{ T, "jitter-buffer", CIRCUITS },
	{ T, "jitter-buffer-cep", CIRCUITS },
	{ T, "tdm-encapsulation-number", CIRCUITS },
	{ T, "rtp-header", CIRCUITS },
	{ T, "idle-code", CIRCUITS },
	{ T, "payload-compression", CIRCUITS },
	{ T, "max-atm-cells", CIRCUITS },
	{ T, "transmit-atm-cells", CIRCUITS },
	{ T, "atm-pack-overtime", CIRCUITS },
	{ T, "cc", CIRCUITS },
	{ T, "flow-label", "Flow labels are not built yet" },
	{ T, "mpls l2vpn qos", QOS },
	{ T, "qos", QOS },

	/* ---- interface view -------------------------------------------------------------------------------- */
	{ I, "mpls ldp", LDP },
	{ I, "mpls te", TE },
	{ I, "mpls rsvp-te", TE },
	{ I, "mpls l2vc", SIGNALLED },
	{ I, "mpls ccc", "Local and remote cross-connects are not built yet" },
	{ I, "mpls oam", "MPLS OAM is not built yet" },
	{ I, "mpls l2vpn pw bfd", BFD },
	{ I, "mpls l2vpn pw", "This option of a pseudowire is not built yet" },
	{ I, "mpls l2vpn pw-ttl", SEGMENTS },
	{ I, "mpls l2vpn pw pw-ttl", SEGMENTS },
	{ I, "mpls l2vpn redundancy", "Redundancy modes are not built yet: without this line the PE with both pseudowires decides alone" },
	{ I, "mpls l2vpn holdoff", PROTECT },
	{ I, "mpls l2vpn switchover", "Use manual-set pw-ac-fault: it moves the circuit to the secondary" },
	{ I, "mpls l2vpn arp-dual-sending", PROTECT },
	{ I, "mpls l2vpn nd-dual-sending", PROTECT },
	{ I, "mpls l2vpn trigger", "Passing faults on to the circuit's port is not built yet" },
	{ I, "mpls l2vpn oam-mapping", "Ethernet OAM is not built yet" },
	{ I, "mpls l2vpn load-balance", "Circuits are not spread over several paths" },
	{ I, "mpls l2vpn flow-label", "Flow labels are not built yet" },
	{ I, "mpls l2vpn mac-withdraw", SIGNALLED },
	{ I, "mpls l2vpn pw-aps", PROTECT },
	{ I, "mpls l2vpn qos", QOS },
	{ I, "interface-parameter-type", SIGNALLED },
	{ I, "ip address unnumbered", HOST },
	{ I, "ip address dhcp-alloc", HOST },
	{ I, "ip binding", "VPN instances are not built: use VRF devices of Linux and FRR" },
	{ I, "ipv6", HOST },
	{ I, "ospf", FRR("OSPF") },
	{ I, "ospfv3", FRR("OSPF") },
	{ I, "isis", FRR("IS-IS") },
	{ I, "rip", FRR("RIP") },
	{ I, "bfd", BFD },
	{ I, "qinq", STACKED },
	{ I, "dot1q", STACKED },
	{ I, "encapsulation", STACKED },
	{ I, "port link-type", SWITCHING },	/* "port" alone abbreviates port-mode */
	{ I, "port trunk", SWITCHING },
	{ I, "port hybrid", SWITCHING },
	{ I, "port default", SWITCHING },
	{ I, "portswitch", SWITCHING },
	{ I, "stp", SWITCHING },
	{ I, "eth-trunk", TRUNK },
	{ I, "mode", TRUNK },
	{ I, "lacp", TRUNK },
	{ I, "e-trunk", PROTECT },
	{ I, "local-ce", "IP interworking is not built" },
	{ I, "remote-ce", "IP interworking is not built" },
	{ I, "link-protocol", CIRCUITS },
	{ I, "ppp", CIRCUITS },
	{ I, "tunnel-protocol", TE },
	{ I, "destination", TE },
	{ I, "negotiation", "Speed and duplex belong to Linux: use ethtool" },
	{ I, "speed", "Speed and duplex belong to Linux: use ethtool" },
	{ I, "duplex", "Speed and duplex belong to Linux: use ethtool" },
	{ I, "carrier", HOST },
	{ I, "arp", HOST },
	{ I, "dhcp", HOST },
	{ I, "traffic-policy", QOS },
	{ I, "qos", QOS },
	{ I, "trust", QOS },
	{ I, "cfm", "Ethernet OAM is not built yet" },
	{ I, "efm", "Ethernet OAM is not built yet" },
	{ I, "statistic", "Frames are always counted: display interface" },
	{ I, "set", HOST },
};
const size_t cfg_n_unbuilt = sizeof(cfg_unbuilt) / sizeof(cfg_unbuilt[0]);
