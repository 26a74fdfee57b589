/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model.h: configuration as plain, immutable objects. No functions live here.
 *
 * Each object starts with a struct ref and is bound in the datastore (a persistent trie) under
 * the key named beside it; types from OBJ__N up in a datastore are indexes of cfg and no objects.
 * Whoever wants to change an object copies it; what its pointers lead to is its own. IPv4 addresses are host order.
 * Zeroed memory is the default of every field unless said otherwise.
 */
#ifndef TW_MODEL_H
#define TW_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ref.h"

enum obj_type {
	OBJ_SYSTEM = 1,		/* key: type octet alone; exactly one or none */
	OBJ_INTERFACE,		/* key: type octet + canonical name, so written that keys sort as names do */
	OBJ_STATIC_LSP,		/* key: type octet + name */
	OBJ_ROUTE,		/* key: type octet + prefix, length, next hop, interface */
	OBJ_PW_TEMPLATE,	/* key: type octet + name */
	OBJ_LDP,		/* key: type octet alone: LDP is enabled */
	OBJ_LDP_KEY,		/* key: type octet + peer: md5-password */
	OBJ_REMOTE_PEER,	/* key: type octet + name */
	OBJ_L2VPN_PEER,		/* key: type octet + peer: what the MPLS-L2VPN view says of one peer */
	OBJ_INERT,		/* key: type octet + place; kept lines that do nothing */
	OBJ__N
};

#define IFNAME_LEN	48		/* operator names: GigabitEthernet0/1/0.100 */
#define LSP_NAME_LEN	20
#define PUSH_MAX	4
#define TEMPLATE_NAME_LEN 20		/* 1..19 characters */

struct m_system {
	struct ref ref;
	char sysname[247];		/* "" = default, twinwire */
	uint32_t lsr_id;		/* 0 = none */
	bool mpls;			/* needs lsr_id */
	bool l2vpn;			/* needs mpls */
	bool martini;			/* `mpls l2vpn default martini`: no PW status towards any peer */
	bool auto_session;		/* `mpls l2vpn auto-create-session` */
	uint32_t capacity;		/* circuits; 0 = default */
	bool reroute_rate_set;		/* `mpls l2vpn reroute-rate`: .reroute_rate counts, 0 included */
	uint32_t reroute_rate;		/* circuits a second that go back when very many are due at once; 0 = all at once */
};

struct m_ldp_timers {			/* seconds, 0 = default */
	uint16_t hello_hold, hello_send;	/* hold 3..65535 (65535: for ever), send 1..65535 */
	uint16_t keepalive_hold, keepalive_send; /* hold 30..65535, send 1..65535 */
};
#define LDP_HELLO_HOLD_LINK	15	/* defaults; .hello_send and .keepalive_send: a third of the hold time */
#define LDP_HELLO_HOLD_REMOTE	45
#define LDP_KEEPALIVE_HOLD	45

struct m_addr {
	uint32_t ip;
	uint8_t len;
	bool sub;			/* secondary address */
};
#define ADDRS_MAX 16

enum m_pw_mode { PW_MODE_DEFAULT, PW_MODE_RAW, PW_MODE_TAGGED };	/* default: port raw, VLAN tagged */
enum m_toggle { TG_DEFAULT, TG_ON, TG_OFF };

enum m_pw_kind { PW_STATIC, PW_LDP };

/* `mpls static-l2vc` and `mpls l2vc`. */
struct m_pw {
	bool present;
	uint8_t kind;			/* enum m_pw_kind */
	bool access_port;
	bool ignore_standby;		/* PW_LDP: a received standby bit counts as forwarding */
	uint8_t control_word;		/* enum m_toggle; default: the template's, else off */
	uint8_t mode;			/* enum m_pw_mode */
	char template[TEMPLATE_NAME_LEN]; /* pw-template, "" = none: says what the line leaves open */
	uint32_t peer;			/* destination LSR ID; 0 = the template's */
	uint32_t vc_id;			/* 0 = not given (PW_STATIC only) */
	uint32_t tx_label, rx_label;	/* PW_STATIC */
};

/* `mpls l2vpn reroute`: what becomes of a circuit when its primary is usable again. */
enum m_reroute { REROUTE_DEFAULT, REROUTE_DELAY, REROUTE_IMMEDIATELY, REROUTE_NEVER };
#define REROUTE_DELAY_DEFAULT	30	/* seconds; also what REROUTE_DEFAULT waits */
#define REROUTE_RESUME_DEFAULT	10

#define REROUTE_RATE_DEFAULT	1000	/* circuits a second */

/* `mpls l2vpn redundancy`: who decides which pseudowire carries. */
enum m_redundancy { REDUNDANCY_FRR, REDUNDANCY_MASTER, REDUNDANCY_INDEPENDENT };

/* `mpls l2vpn ac-role` (ours): may this end of a dual-homed customer carry? */
enum m_ac_role { AC_ROLE_DEFAULT, AC_ROLE_ACTIVE, AC_ROLE_STANDBY, AC_ROLE_FOLLOW };

enum m_port_mode { PORT_MODE_AUTO, PORT_MODE_XDP, PORT_MODE_TCX, PORT_MODE_CLSACT };

struct m_interface {
	struct ref ref;
	char name[IFNAME_LEN];		/* canonical */
	char parent[IFNAME_LEN];	/* of a sub-interface, else "" */
	bool loopback;
	bool shutdown;
	bool mpls;
	bool mpls_ldp;			/* link LDP; needs .mpls and OBJ_LDP */
	bool vccv_off[3];		/* undo interface-parameter-type vccv: primary, secondary, bypass */
	bool mac_withdraw_off;		/* mpls l2vpn mac-withdraw disable */
	struct m_ldp_timers ldp;	/* of link Hellos and sessions by them */
	uint8_t port_mode;		/* ours: `port-mode`, enum m_port_mode */
	uint8_t redundancy;		/* enum m_redundancy */
	uint16_t mtu;			/* 0 = not set: the device's own, PW MTU 1500 */
	uint16_t vlan;			/* vlan-type dot1q, 0 = none */
	uint8_t reroute;		/* enum m_reroute */
	bool resume_set;		/* `resume` was given: .resume counts, 0 included */
	uint16_t reroute_delay;		/* seconds, 10..10800; 0 = default; REROUTE_DELAY only */
	uint16_t resume;		/* seconds, 0..600 */
	bool dual_receiving;		/* mpls l2vpn stream-dual-receiving */
	uint8_t ac_role;		/* enum m_ac_role */
	uint16_t holdoff;		/* seconds, 1..180; 0 = none. REDUNDANCY_MASTER only */
	bool switchover;		/* mpls l2vpn switchover: the secondary is preferred. REDUNDANCY_MASTER only */
	bool trigger_if_down;		/* mpls l2vpn trigger if-down: the port goes down while no pseudowire can carry */
	bool ignore_ac[3];		/* mpls l2vpn pw ignore-ac-state: primary, secondary, bypass */
	bool pw_fault[2];		/* manual-set pw-ac-fault: primary, secondary */
	uint8_t n_addr;
	struct m_pw pw[3];	/* enum tw_slot_id order: primary, secondary, bypass */
	uint32_t follow;		/* AC_ROLE_FOLLOW: active while this address is on the host */
	struct m_addr *addr;		/* .n_addr of them; NULL = none, as all pointers here */
	char *description;
	char *service_name;
	char *l2vpn_description;
};

enum m_lsp_role { LSP_INGRESS, LSP_TRANSIT, LSP_EGRESS };

struct m_static_lsp {
	struct ref ref;
	char name[LSP_NAME_LEN];
	enum m_lsp_role role;
	uint32_t dest;			/* ingress */
	uint8_t dest_len;
	char in_if[IFNAME_LEN];		/* "" = any */
	char out_if[IFNAME_LEN];	/* "" = found by the next hop */
	uint32_t nexthop;		/* 0 = none */
	uint32_t in_label;		/* transit, egress */
	uint8_t n_out;			/* ingress may push several (ours); transit one */
	uint32_t out_label[PUSH_MAX];	/* 3 = implicit null, 0 = explicit null */
};

struct m_route {
	struct ref ref;
	uint32_t dest;
	uint8_t len;
	uint32_t nexthop;		/* 0 = none */
	char out_if[IFNAME_LEN];	/* "" = none */
	uint8_t preference;		/* 0 = default 60 */
	uint32_t tag;
	char description[81];
};

struct m_pw_template {
	struct ref ref;
	char name[TEMPLATE_NAME_LEN];
	uint32_t peer;			/* 0 = none */
	enum m_toggle control_word;	/* TG_DEFAULT or TG_ON */
	uint16_t mtu;			/* 0 = not set; 46..9600 */
};

struct m_ldp {
	struct ref ref;
	bool ordered;			/* label distribution control-mode ordered; else independent */
	bool graceful_restart;
	uint16_t reconnect, recovery, liveness;	/* seconds, 0 = default; graceful-restart timer ... */
	uint16_t auto_keepalive;	/* timer auto-remote keepalive-hold, 0 = default */
};
#define LDP_GR_RECONNECT	300	/* defaults */
#define LDP_GR_RECOVERY		300
#define LDP_GR_LIVENESS		600

struct m_ldp_key {
	struct ref ref;
	uint32_t peer;			/* LSR ID */
	bool cipher;			/* as typed: printed so again; .password is always the plain text */
	char password[81];
};

#define REMOTE_NAME_LEN 33		/* 1..32 characters */
struct m_remote_peer {
	struct ref ref;
	char name[REMOTE_NAME_LEN];
	uint32_t ip;			/* LSR ID and transport address; 0 = none yet */
	bool pwe3;			/* no labels of LSPs to it, only of PWs */
	struct m_ldp_timers ldp;
	char *description;
};

struct m_l2vpn_peer {
	struct ref ref;
	uint32_t peer;
	bool view;			/* `peer <lsr-id>` was entered: its view exists */
	bool martini;
	bool no_request;		/* mpls l2vpn no-request-message peer */
	bool takes_requests;		/* mpls l2vpn request-switchover peer: it knows the bit (RFC 6870, 6.3) */
};

struct m_inert {			/* one line that could not be taken, in its place */
	struct ref ref;
	uint32_t line;			/* in the file it came from */
	char *block;			/* the view line it stood under, "" = system view; malloc */
	char *text;			/* without indentation; malloc */
	char *reason;			/* a sentence; malloc */
	uint8_t indent;			/* blanks before it when printed */
	bool starts;			/* begins a block: '#' is printed before it */
	bool refused;			/* a line we should know and cannot take, not a command that is not built */
	uint8_t n_place;
	uint8_t place[180];		/* see cfg/inert.h */
};

#endif
