/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leaves.h: names of the leaf rows, for the command rows that bind them.
 */
#ifndef TW_CFG_LEAVES_H
#define TW_CFG_LEAVES_H

#include "cfg/tables.h"

extern const struct leaf
	/* struct m_system */
	leaf_sysname, leaf_lsr_id, leaf_mpls_global, leaf_l2vpn, leaf_capacity, leaf_reroute_rate_set,
	leaf_reroute_rate,
	/* struct m_interface */
	leaf_if_name, leaf_description, leaf_port_mode, leaf_shutdown, leaf_vlan, leaf_mtu, leaf_mpls_if,
	/* struct m_addr */
	leaf_addr_ip, leaf_addr_mask, leaf_addr_len, leaf_addr_sub,
	/* struct m_pw */
	leaf_pw_slot, leaf_pw_present, leaf_pw_kind, leaf_pw_template, leaf_pw_peer, leaf_pw_vc_id, leaf_pw_tx, leaf_pw_rx,
	leaf_pw_control_word, leaf_pw_mode, leaf_pw_access_port, leaf_pw_ignore_standby,
	/* struct m_interface: what a circuit does with its pseudowires */
	leaf_reroute, leaf_reroute_delay, leaf_resume_set, leaf_resume, leaf_dual_receiving, leaf_service_name,
	leaf_l2vpn_description, leaf_pw_fault, leaf_vccv_off, leaf_mac_withdraw_off, leaf_redundancy, leaf_holdoff,
	leaf_switchover, leaf_ac_role, leaf_follow, leaf_trigger, leaf_ignore_ac,
	/* struct m_interface: LDP */
	leaf_mpls_ldp_if, leaf_link_hello_hold, leaf_link_hello_send, leaf_link_keepalive_hold, leaf_link_keepalive_send,
	/* struct m_ldp */
	leaf_ldp_graceful, leaf_ldp_reconnect, leaf_ldp_recovery, leaf_ldp_liveness, leaf_ldp_auto_keepalive,
	leaf_ldp_control,
	/* struct m_ldp_key */
	leaf_key_peer, leaf_key_cipher, leaf_key_password,
	/* struct m_remote_peer */
	leaf_remote_name, leaf_remote_ip, leaf_remote_pwe3, leaf_remote_description, leaf_remote_hello_hold,
	leaf_remote_hello_send, leaf_remote_keepalive_hold, leaf_remote_keepalive_send,
	/* struct m_system and struct m_l2vpn_peer: what is told to peers of pseudowires */
	leaf_martini, leaf_auto_session, leaf_l2p_peer, leaf_l2p_view, leaf_l2p_martini, leaf_l2p_no_request,
	leaf_l2p_requests,
	/* struct m_pw_template */
	leaf_tpl_name, leaf_tpl_peer, leaf_tpl_control_word, leaf_tpl_mtu,
	/* struct m_static_lsp */
	leaf_lsp_name, leaf_lsp_role, leaf_lsp_dest, leaf_lsp_mask, leaf_lsp_len, leaf_lsp_in_if, leaf_lsp_in_label,
	leaf_lsp_out_if, leaf_lsp_nexthop, leaf_lsp_out_labels, leaf_lsp_out_label,
	/* struct m_route */
	leaf_route_dest, leaf_route_mask, leaf_route_len, leaf_route_nexthop, leaf_route_out_if, leaf_route_preference,
	leaf_route_tag, leaf_route_description,
	/* values of options that are not built: recognised, not kept */
	leaf_any_name, leaf_any_ip, leaf_any_number;

extern const struct leaf *const cfg_leaves[];	/* all of them, NULL-terminated */

#endif
