/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unbuilt.c: commands of the manuals that we know and have not built, and what to do instead.
 */
#include "cfg/tables.h"

#define FRR(what) what " runs in FRR beside twinwire: docs/underlay.md"
#define FAMILY "LDP speaks IPv4 only: leave this out, its lines belong to mpls ldp itself"
#define ADVERTISE "Labels are told downstream unsolicited, with penultimate hop popping, for all host routes"
#define NULL_LABEL "This device tells implicit null for itself: the hop before it takes the label off"
#define TRANSPORT "The transport address of a session is the LSR ID"
#define LOOPS "Loop detection of LDP is not built: downstream unsolicited needs none"
#define SYNC "LDP tells the routing protocol nothing: FRR finds its routes without"
#define TE "Traffic engineering is not built: transport is by mpls ldp or static-lsp"
#define POLICY "Tunnel policies are not built yet: a PW uses the LSP to its destination"
#define BFD "BFD is not built yet: a PW sees the carrier of its core port, a signalled one its session, too"
#define SWITCHING "VLANs and bridging belong to Linux: use a Linux bridge and make it a port"
#define TRUNK "Link aggregation belongs to Linux: make a bond and give it the name Eth-TrunkN by --ports"
#define LOGIN "Users and logins belong to Linux: use its accounts and OpenSSH"
#define HOST "This belongs to Linux: set it there"
#define CIRCUITS "PPP, HDLC, ATM and TDM circuits are not built yet"
#define ROLE "Which of two PEs a customer uses is told by mpls l2vpn ac-role follow-address, with the virtual address"
#define APS "PW APS is not built yet: the secondary pseudowire protects, mpls l2vc ... secondary"
#define ETRUNK "E-Trunk is not built yet: mpls l2vpn ac-role says which of two PEs the customer uses"
#define DUAL_SEND "Frames of the customer are never sent twice: stream-dual-receiving takes frames of both pseudowires"
#define QOS "Quality of service is not built"
#define SEGMENTS "Pseudowires of several segments are not built yet"
#define MPLS_OAM "MPLS OAM is not built yet"
#define OAM "Ethernet OAM is not built yet"
#define KEYS "Keys of signalling are not built yet"
#define KEYCHAIN "Keychains are not built yet: use md5-password"
#define MD5 "A password is for one peer: md5-password { plain | cipher } with its LSR ID"
#define FILTER "Filters of labels are not built yet"
#define TIMING "This timer of LDP cannot be set"
#define FOLLOW "Management pseudowires are not built yet: each pseudowire sees its own path"
#define PING "LSP ping is not built yet"
#define VRRP FRR("VRRP")
#define MULTICAST FRR("Multicast routing")
#define FABRIC "There is no such hardware"
#define VRF "VPN instances are not built: use VRF devices of Linux and FRR"
#define COUNTED "Frames of each pseudowire are always counted: display traffic-statistics l2vpn pw"
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
	{ S, "ip community-filter", FRR("Route policy") },
	{ S, "ip extcommunity-filter", FRR("Route policy") },
	{ S, "ip as-path-filter", FRR("Route policy") },
	{ S, "ip vpn-instance", VRF },
	{ S, "ip route-static vpn-instance", VRF },
	{ S, "ip route-static bfd", "BFD for static routes is not built" },
	{ S, "ip route recursive-lookup", "Tunnels are found for pseudowires only, not for routes" },
	{ S, "multicast", MULTICAST },
	{ S, "pim", MULTICAST },
	{ S, "igmp", MULTICAST },
	{ S, "msdp", MULTICAST },
	{ S, "vrrp", VRRP },
	{ S, "mvrrp", VRRP },
	{ S, "clns", FRR("IS-IS") },
	{ S, "ipv6", HOST },
	{ S, "mpls ldp vpn-instance", VRF },
	{ S, "mpls ldp timer", "Type it in the interface view or in that of the remote peer" },
	{ S, "ipv4-family", FAMILY },		/* behind an indented '#' inside mpls ldp */
	{ S, "mpls te", TE },
	{ S, "mpls rsvp-te", TE },
	{ S, "mpls oam", MPLS_OAM },
	{ S, "mpls-oam", MPLS_OAM },
	{ S, "mpls bgp", FRR("BGP") },
	{ S, "mpls lspv", PING },
	{ S, "lspv", PING },
	{ S, "static-cr-lsp", TE },
	{ S, "mpls switch-l2vc", "Switching of pseudowires is not built yet" },
	{ S, "tunnel-policy", POLICY },
	{ S, "explicit-path", TE },
	{ S, "segment-routing", "Segment routing is not built yet: use static-lsp ingress with up to four labels" },
	{ S, "bfd", BFD },
	{ S, "ccc", "Local and remote cross-connects are not built yet" },
	{ S, "vsi", "VPLS is not built: only point-to-point circuits" },
	{ S, "evpn", "EVPN is not built: only point-to-point circuits" },
	{ S, "pw-aps", APS },
	{ S, "e-trunk", ETRUNK },
	{ S, "lacp", TRUNK },
	{ S, "controller", CIRCUITS },
	{ S, "l2vpn", "Pseudowires signalled by BGP are not built: use mpls l2vc" },
	{ S, "bridge-domain", SWITCHING },
	{ S, "mac-address", SWITCHING },
	{ S, "smart-link", SWITCHING },
	{ S, "monitor-link", SWITCHING },
	{ S, "erps", SWITCHING },
	{ S, "rrpp", SWITCHING },
	{ S, "loopback-detect", SWITCHING },
	{ S, "vlan", SWITCHING },
	{ S, "stp", SWITCHING },
	{ S, "port-group", "Type the line in each interface" },
	{ S, "interface-group", "Type the line in each interface" },
	{ S, "aaa", LOGIN },
	{ S, "local-user", LOGIN },
	{ S, "radius-server", LOGIN },
	{ S, "hwtacacs-server", LOGIN },
	{ S, "header", LOGIN },
	{ S, "pki", KEYS },
	{ S, "keychain", KEYS },
	{ S, "key-chain", KEYS },
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
	{ S, "qos-profile", QOS },
	{ S, "drop-profile", QOS },
	{ S, "y1731", OAM },
	{ S, "nqa", OAM },
	{ S, "cfm", OAM },
	{ S, "efm", OAM },
	{ S, "dhcp", HOST },
	{ S, "arp", HOST },
	{ S, "icmp", HOST },
	{ S, "lldp", "LLDP belongs to Linux: lldpd speaks it" },
	{ S, "ftp", HOST },
	{ S, "set", HOST },
	{ S, "dcn", FABRIC },
	{ S, "slot", FABRIC },
	{ S, "patch", FABRIC },
	{ S, "performance", FABRIC },
	{ S, "transmission-alarm", FABRIC },
	{ S, "management-port", FABRIC },
	{ S, "license", "There is nothing to license" },

	/* ---- MPLS view -------------------------------------------------------------------------------- */
	{ VIEW_MPLS, "mpls te", TE },
	{ VIEW_MPLS, "mpls rsvp-te", TE },
	{ VIEW_MPLS, "mpls oam", MPLS_OAM },
	{ VIEW_MPLS, "label advertise", NULL_LABEL },
	{ VIEW_MPLS, "lsp-trigger", ADVERTISE },
	{ VIEW_MPLS, "ttl", "The label of a pseudowire has TTL 255, whatever the customer's packet says" },

	/* ---- MPLS-L2VPN view ---------------------------------------------------------------------------- */
	{ VIEW_L2VPN, "mpls l2vpn ignore-te-oam-state", MPLS_OAM },
	{ VIEW_L2VPN, "mpls l2vpn vccv", BFD },
	{ VIEW_L2VPN, "mpls l2vpn arp-dual-sending", DUAL_SEND },
	{ VIEW_L2VPN, "mpls l2vpn nd-dual-sending", DUAL_SEND },

	/* ---- MPLS-LDP view ------------------------------------------------------------------------------- */
	{ VIEW_LDP, "ipv4-family", FAMILY },
	{ VIEW_LDP, "ipv6-family", FAMILY },
	{ VIEW_LDP, "authentication", KEYCHAIN },
	{ VIEW_LDP, "md5-password all", MD5 },
	{ VIEW_LDP, "md5-password peer-group", MD5 },
	{ VIEW_LDP, "accept", "Pseudowires of all peers are accepted that are configured here" },
	{ VIEW_LDP, "send", "A switch tells the far end: mpls l2vpn mac-withdraw disable on the interface stops it" },
	{ VIEW_LDP, "label advertise", NULL_LABEL },
	{ VIEW_LDP, "label-withdraw-delay", "Labels are withdrawn at once" },
	{ VIEW_LDP, "lsp-trigger", ADVERTISE },
	{ VIEW_LDP, "propagate", ADVERTISE },
	{ VIEW_LDP, "proxy-egress", ADVERTISE },
	{ VIEW_LDP, "advertisement", ADVERTISE },
	{ VIEW_LDP, "mpls ldp advertisement", ADVERTISE },
	{ VIEW_LDP, "loop-detect", LOOPS },
	{ VIEW_LDP, "path-vectors", LOOPS },
	{ VIEW_LDP, "hops-count", LOOPS },
	{ VIEW_LDP, "longest-match", "A label is for exactly the route it is told for" },
	{ VIEW_LDP, "inbound", FILTER },
	{ VIEW_LDP, "outbound", FILTER },
	{ VIEW_LDP, "fec-list", FILTER },
	{ VIEW_LDP, "session protection", "A session whose neighbour is a remote peer as well outlives its links" },
	{ VIEW_LDP, "capability", "Capabilities are announced as peers need them" },
	{ VIEW_LDP, "announcement", "Capabilities are announced as peers need them" },
	{ VIEW_LDP, "backoff", TIMING },
	{ VIEW_LDP, "graceful-delete", TIMING },
	{ VIEW_LDP, "igp-sync-delay", SYNC },
	{ VIEW_LDP, "auto-frr", "Fast reroute of transport is not built yet" },
	{ VIEW_LDP, "remote-peer auto-dod-request", "Labels are told downstream unsolicited" },

	/* ---- remote peer view ---------------------------------------------------------------------------- */
	{ VIEW_REMOTE_PEER, "mpls ldp advertisement", ADVERTISE },
	{ VIEW_REMOTE_PEER, "mpls ldp transport-address", TRANSPORT },
	{ VIEW_REMOTE_PEER, "mpls ldp local-lsr-id", TRANSPORT },
	{ VIEW_REMOTE_PEER, "mpls ldp timer igp-sync-hold", SYNC },
	{ VIEW_REMOTE_PEER, "remote-ip auto-dod-request", "Labels are told downstream unsolicited" },
	{ VIEW_REMOTE_PEER, "remote-ip bfd", BFD },
	{ VIEW_REMOTE_PEER, "authentication", KEYCHAIN },

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
	{ I, "mpls ldp advertisement", ADVERTISE },
	{ I, "mpls ldp transport-address", TRANSPORT },
	{ I, "mpls ldp local-lsr-id", TRANSPORT },
	{ I, "mpls ldp timer igp-sync-hold", SYNC },
	{ I, "mpls ldp p2mp", "Multipoint LSPs are not built" },
	{ I, "mpls mtu", "Use mtu: the longest packet with labels is that of the device" },
	{ I, "mpls poison-reverse", LOOPS },
	{ I, "mpls te", TE },
	{ I, "mpls rsvp-te", TE },
	{ I, "mpls l2vc track", FOLLOW },
	{ I, "mpls l2vc secondary track", FOLLOW },
	{ I, "mpls l2vc bypass track", FOLLOW },
	{ I, "mpls l2vc track admin-vrrp", ROLE },
	{ I, "mpls l2vc secondary track admin-vrrp", ROLE },
	{ I, "mpls l2vc bypass track admin-vrrp", ROLE },
	{ I, "mpls l2vc ac-bypass", "Dual bypass pseudowires are not built yet: one bypass serves both faults, mpls l2vc ... bypass" },
	{ I, "mpls ccc", "Local and remote cross-connects are not built yet" },
	{ I, "mpls oam", MPLS_OAM },
	{ I, "mpls l2vpn pw bfd", BFD },
	{ I, "mpls l2vpn pw bit-error-detection", "Bit errors of a path are not measured: no packet of Ethernet tells them" },
	{ I, "mpls l2vpn pw traffic-statistics", COUNTED },
	{ I, "mpls l2vpn pw traffic-statistic", COUNTED },	/* so in a published file */
	{ I, "mpls l2vpn pw performance", COUNTED },
	{ I, "mpls l2vpn pw-ttl", SEGMENTS },
	{ I, "mpls l2vpn stream-dual-send", "One pseudowire sends: stream-dual-receiving takes frames of both" },
	{ I, "mpls l2vpn arp-dual-sending", DUAL_SEND },
	{ I, "mpls l2vpn nd-dual-sending", DUAL_SEND },
	{ I, "mpls l2vpn oam-mapping", OAM },
	{ I, "mpls l2vpn load-balance", "Circuits are not spread over several paths" },
	{ I, "mpls l2vpn flow-label", "Flow labels are not built yet" },
	{ I, "mpls l2vpn pw-aps", APS },
	{ I, "mpls l2vpn qos", QOS },
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
	{ I, "l2 binding", SWITCHING },
	{ I, "pim", MULTICAST },
	{ I, "igmp", MULTICAST },
	{ I, "vrrp", VRRP },
	{ I, "esi", "EVPN is not built: only point-to-point circuits" },
	{ I, "dcn", FABRIC },
	{ I, "clock", CIRCUITS },
	{ I, "mac-address", HOST },
	{ I, "loopback", HOST },
	{ I, "am", SWITCHING },
	{ I, "control-vid", STACKED },
	{ I, "bandwidth", QOS },
	{ I, "jumboframe", "Use mtu" },
	{ I, "eth-trunk", TRUNK },
	{ I, "mode", TRUNK },
	{ I, "lacp", TRUNK },
	{ I, "e-trunk", ETRUNK },
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
	{ I, "cfm", OAM },
	{ I, "efm", OAM },
	{ I, "statistic", "Frames are always counted: display interface" },
	{ I, "set", HOST },
};
const size_t cfg_n_unbuilt = sizeof(cfg_unbuilt) / sizeof(cfg_unbuilt[0]);
