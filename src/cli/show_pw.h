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
/* The port that trigger if-down holds down is down, though no fault that a far end is told of. */
bool ac_up(const struct show_circuit *c);
/* A PW is up if core says so, and its AC is not at fault, or this is kept from its far end: by a bypass, or by
 * ignore-ac-state. */
bool vc_up(const struct show_circuit *c, const struct show_pw *pw);
void pw_rec_of(struct pw_rec *r, const struct walk *w, unsigned slot);
void pw_rec_far(struct pw_rec *r);
bool is_signalled(const struct show_pw *pw);
uint16_t pw_type(const struct show_pw *pw);		/* on the wire: LDP_PW_* */
const char *pw_type_name(uint16_t type);		/* "Ethernet", "VLAN", ... */
const char *pw_type_word(uint16_t type);		/* likewise, as the word commands take */
void pw_put_status(struct text *t, uint32_t status);	/* 0x0 (forwarding) */
uint32_t pw_local_status(const struct show_pw *pw);	/* as VRP shows it: 0x1 while no session can tell it */
void pw_put_vccv(struct text *t, uint16_t vccv);	/* CC types << 8 | CV types: "cw alert lsp-ping"; 0: none */
const char *tunnel_type(const struct show_path *p);	/* "ldp", "lsp" (static) */

/* Counts the PWs that the walk wants; .count of a walk. */
void pw_count(struct walk *w);
/* .one of a walk: prints each in .block of its how, a blank line between them; for one interface with what protects it
 * behind, or that it has none of the kind. */
void pw_print(struct walk *w);
void pw_print_interface(struct walk *w);
/* A display of all PWs of a kind: three walks, as the arguments have it. */
enum pw_form { PW_FULL, PW_BRIEF, PW_INTERFACE, PW_FORMS };
void pw_display(struct session *s, const struct walk_how how[PW_FORMS], const struct args *a);

/* Values of a struct pw_rec. */
void pw_put_interface(struct text *t, const void *rec);
void pw_put_client(struct text *t, const void *rec);
void pw_put_ac(struct text *t, const void *rec);
void pw_put_state(struct text *t, const void *rec);
void pw_put_why(struct text *t, const void *rec);	/* it is down */
void pw_put_idle(struct text *t, const void *rec);	/* it is up, and yet nothing is sent by it */
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
bool pw_is_idle(const void *rec);
bool pw_has_service(const void *rec);
bool pw_has_description(const void *rec);
void put_unknown(struct text *t, const void *rec);	/* of any record: "--", 0, 1 */
void put_zero(struct text *t, const void *rec);
void put_one(struct text *t, const void *rec);

/* The record of a circuit and of what protects it (circuit_put.c). */
struct circuit_rec {
	const struct show_circuit *c;
	uint64_t now_ns;
	int64_t wall_ns;
	enum alarm alarm;			/* the one at hand */
	bool switched;				/* .last is the record of its last switch */
	struct cli_switch last;
};
void circuit_rec_of(struct circuit_rec *r, const struct walk *w);
void circuit_rec_last(struct circuit_rec *r, const struct cli_engine *e);	/* fills .last */
bool is_protected(const struct show_circuit *c);	/* has more than a primary */
const char *mode_word(enum m_redundancy m);		/* "frr", "master", "independent" */
/* Seconds until @at_ns, at least 1; 0: that timer does not run. */
uint32_t seconds_left(uint64_t at_ns, uint64_t now_ns);
/* With more than a primary: policy, last switch, timers. */
void circuit_print_reroute(struct walk *w);

/* Values of it. */
void circuit_put_mode(struct text *t, const void *rec);		/* in force: "FRR", "Master", "Independent" */
void circuit_put_configured(struct text *t, const void *rec);
void circuit_put_reroute(struct text *t, const void *rec);	/* "delay 30 s"; without a secondary nothing */
void circuit_put_reason(struct text *t, const void *rec);	/* of the last switch */
void circuit_put_revert(struct text *t, const void *rec);	/* "to primary in 17 s", "revert queued, 3 s" */
void circuit_put_holdoff(struct text *t, const void *rec);
void circuit_put_resume(struct text *t, const void *rec);
void circuit_put_preferred(struct text *t, const void *rec);
void circuit_put_request(struct text *t, const void *rec);	/* that is under way */
void circuit_put_role(struct text *t, const void *rec);
void circuit_put_forced(struct text *t, const void *rec);
void circuit_put_alarm(struct text *t, const void *rec);
bool to_one_peer(const struct show_circuit *c);	/* both its pseudowires lead there */
bool lacks_dual(const struct show_circuit *c);	/* ... and each end chooses one, and drops what comes by the other */
bool mode_is_lost(const struct show_circuit *c);	/* a mode is configured that is not in force */
bool role_is_lost(const struct show_circuit *c);	/* likewise the ac-role */
bool circuit_differs(const void *rec);		/* the mode in force is not the configured one */
bool circuit_reverts(const void *rec);
bool circuit_has_holdoff(const void *rec);
bool circuit_resumes(const void *rec);
bool circuit_prefers(const void *rec);		/* not the primary */
bool circuit_requests(const void *rec);
bool circuit_has_role(const void *rec);
bool circuit_is_forced(const void *rec);

#endif
