/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show_pw.h: what displays of pseudowires share: the record of one, its values, and how a circuit's are printed.
 */
#ifndef TW_CLI_SHOW_PW_H
#define TW_CLI_SHOW_PW_H

#include "cli/display.h"

/* The record of a pseudowire, for blocks and tables. */
struct pw_rec {
	const struct cli_engine *e;
	const struct show_circuit *c;
	const struct show_pw *pw;
	unsigned slot;
	uint64_t now_ns;
	int64_t wall_ns;
	struct tw_count count;			/* filled by who shows it */
	struct show_remote_pw far;		/* by pw_rec_far(): what LDP knows of it; .mapped is false otherwise */
};
/* A PW is as up as its AC and what core says of it. */
bool vc_up(const struct show_circuit *c, const struct show_pw *pw);
void pw_rec_of(struct pw_rec *r, const struct walk *w, unsigned slot);
void pw_rec_far(struct pw_rec *r);
bool is_signalled(const struct show_pw *pw);
uint16_t pw_type(const struct show_pw *pw);		/* on the wire: LDP_PW_* */
const char *pw_type_name(uint16_t type);		/* "Ethernet", "VLAN", ... */
const char *pw_type_word(uint16_t type);		/* likewise, as the word commands take */
void pw_put_status(struct text *t, uint32_t status);	/* 0x0 (forwarding) */
void pw_put_vccv(struct text *t, uint16_t vccv);	/* CC types << 8 | CV types: "cw alert lsp-ping"; 0: none */
const char *tunnel_type(const struct show_path *p);	/* "ldp", "lsp" (static) */
/* Counts the PWs that the walk wants; .count of a walk. Prints each in @b, a blank line between them. */
void pw_count(struct walk *w);
void pw_print(struct walk *w, const struct block *b);
void pw_print_protection(struct walk *w);		/* how the circuit is, if it is */

/* Values of a struct pw_rec. */
void pw_put_interface(struct text *t, const void *rec);
void pw_put_client(struct text *t, const void *rec);
void pw_put_ac(struct text *t, const void *rec);
void pw_put_state(struct text *t, const void *rec);
void pw_put_why(struct text *t, const void *rec);
void pw_put_peer(struct text *t, const void *rec);
void pw_put_vc_id(struct text *t, const void *rec);
void pw_put_vc_type(struct text *t, const void *rec);
void pw_put_token(struct text *t, const void *rec);
void pw_put_fault(struct text *t, const void *rec);
void pw_put_active(struct text *t, const void *rec);
void pw_put_link(struct text *t, const void *rec);
void pw_put_template(struct text *t, const void *rec);
void pw_put_balance(struct text *t, const void *rec);
void pw_put_access(struct text *t, const void *rec);
void pw_put_create(struct text *t, const void *rec);
void pw_put_up_for(struct text *t, const void *rec);
void pw_put_change(struct text *t, const void *rec);
void pw_put_last_up(struct text *t, const void *rec);
void pw_put_total_up(struct text *t, const void *rec);
void pw_put_ckey(struct text *t, const void *rec);
void pw_put_nkey(struct text *t, const void *rec);
void pw_put_bfd(struct text *t, const void *rec);
void pw_put_service(struct text *t, const void *rec);
void pw_put_description(struct text *t, const void *rec);
bool pw_has_path(const void *rec);
bool pw_is_down(const void *rec);
bool pw_has_service(const void *rec);
bool pw_has_description(const void *rec);
void put_unknown(struct text *t, const void *rec);	/* of any record: "--", 0, 1 */
void put_zero(struct text *t, const void *rec);
void put_one(struct text *t, const void *rec);

/* Values of a struct circuit_rec. */
struct circuit_rec {
	const struct show_circuit *c;
	uint64_t now_ns;
	int64_t wall_ns;
};
bool is_protected(const struct show_circuit *c);	/* has more than a primary */
void circuit_put_reroute(struct text *t, const void *rec);	/* "delay 30 s"; without a secondary nothing */
void circuit_put_reason(struct text *t, const void *rec);	/* of the last switch */
/* Seconds until the delay timer ends, at least 1; 0: it does not run. */
uint32_t reverts_in(const struct show_circuit *c, uint64_t now_ns);

#endif
