/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rules.h: the named functions that stand in command rows: what a row cannot say.
 */
#ifndef TW_CFG_RULES_H
#define TW_CFG_RULES_H

#include "cfg/tables.h"

/* .check: the object as the line would leave it */
void rule_interface(const void *obj, uint32_t index, struct refusal *r);
void rule_address(const void *obj, uint32_t index, struct refusal *r);
void rule_template(const void *obj, uint32_t index, struct refusal *r);
void rule_reroute(const void *obj, uint32_t index, struct refusal *r);
void rule_redundancy(const void *obj, uint32_t index, struct refusal *r);
void rule_ac_role(const void *obj, uint32_t index, struct refusal *r);
void rule_trigger(const void *obj, uint32_t index, struct refusal *r);
void rule_pw(const void *obj, uint32_t index, struct refusal *r);
void rule_key(const void *obj, uint32_t index, struct refusal *r);
void rule_remote_ip(const void *obj, uint32_t index, struct refusal *r);
void rule_lsr_id(const void *obj, uint32_t index, struct refusal *r);
void rule_lsp(const void *obj, uint32_t index, struct refusal *r);
void rule_route(const void *obj, uint32_t index, struct refusal *r);

/* .change */
void rule_pw_change(const void *was, const void *now, uint32_t index, struct refusal *r);
void rule_remote_ip_change(const void *was, const void *now, uint32_t index, struct refusal *r);

/* .undo_check */
void rule_interface_free(const struct trie *root, const void *obj, uint32_t index, struct refusal *r);
void rule_template_free(const struct trie *root, const void *obj, uint32_t index, struct refusal *r);
void rule_static_pw_undo(const struct trie *root, const void *obj, uint32_t index, struct refusal *r);
void rule_l2vc_undo(const struct trie *root, const void *obj, uint32_t index, struct refusal *r);

/* .slot */
uint32_t rule_address_slot(const void *obj, const void *rec);

/* .undone */
int rule_mpls_gone(struct trie **root, const void *old);
int rule_l2vpn_gone(struct trie **root, const void *old);
int rule_ldp_gone(struct trie **root, const void *old);
int rule_link_ldp_gone(struct trie **root, const void *old);

#endif
