/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * display.h: displays are tables over records; this is their text renderer, and the walk over circuits.
 *
 * A block prints one record as "label : value" lines, a table one record a line. Trailing blanks are
 * never printed; a value that is not known is "--".
 */
#ifndef TW_CLI_DISPLAY_H
#define TW_CLI_DISPLAY_H

#include "cli/session.h"

struct field {
	const char *label;
	void (*value)(struct text *t, const void *rec);	/* prints nothing: "--"; NULL: there is only a label */
	bool (*when)(const void *rec);			/* NULL = always */
	bool sentence;					/* label and value follow each other without padding */
	uint8_t pad;		/* not 0: the value is padded to this, and the next field stands on its line */
};
struct block {
	const char *first, *rest;			/* what stands before the first line's label, and others' */
	size_t width;					/* of labels, from their first letter */
	const struct field *field;
	size_t n;
};
void block_print(struct text *t, const struct block *b, const void *rec);

struct column {
	const char *title;
	size_t width;					/* with the gap to the next; 0 for the last */
	bool right;					/* numbers */
	void (*value)(struct text *t, const void *rec);
};
void table_head(struct text *t, const struct column *c, size_t n);
void table_row(struct text *t, const struct column *c, size_t n, const void *rec);

#define N_OF(a) (sizeof(a) / sizeof(*(a)))

/* ---- values --------------------------------------------------------------------------------------------- */
void put_ip(struct text *t, uint32_t ip);			/* 0: "--" */
void put_duration(struct text *t, uint64_t ns);			/* D days, H hours, M minutes, S seconds */
void put_wall(struct text *t, int64_t wall_ns);			/* YYYY/MM/DD hh:mm:ss local time; 0: never */
int64_t wall_now(const struct cli_engine *e);			/* ns since the epoch */
const char *slot_name(unsigned slot);				/* primary, secondary, bypass */
const char *up_down(bool up);

/* A port asked about last: sub-interfaces stand beside each other in the configuration. */
struct port_memory {
	char name[IFNAME_LEN];		/* "" = nothing; to be emptied when time may have passed */
	bool known;
	struct cli_device d;
};
/* The device of an interface; of a sub-interface without one of its own that of its port, without counters
 * and addresses. @m may be NULL. false: neither configured nor present. */
bool device_of(const struct cli_engine *e, struct port_memory *m, const char *ifname, const struct m_interface *cfg,
	       struct cli_device *d);

/* ---- walk over circuits ----------------------------------------------------------------------------------- */
/*
 * All circuits in the order of the configuration, as a job that keeps the configuration it began with and its place
 * in it; each circuit is looked up in core when its turn comes, once a pass. First .count for every circuit (if set),
 * then .head, .one for every circuit, .tail.
 */
struct walk {
	struct session *s;
	const struct walk_how *how;
	uint32_t vc_id;			/* 0 = all */
	int state;			/* 1 up, 0 down, -1 all */
	uint8_t slots;			/* bit i: slot i is wanted */
	char only[IFNAME_LEN];		/* the one interface that was asked for, "" = all */
	uint32_t up, down, shown;	/* counted by .count */
	struct show_circuit c;		/* the one at hand */
	struct port_memory port;	/* within a slice */
	/* own: */
	const struct trie *root;
	uint8_t after[512];		/* key of the interface looked at last; n_after 0: none yet */
	size_t n_after;
	unsigned left;			/* of the slice */
	int phase;
};
struct walk_how {
	void (*count)(struct walk *w);
	void (*head)(struct walk *w);
	void (*one)(struct walk *w);
	void (*tail)(struct walk *w);
	unsigned kinds;			/* of pseudowires that are wanted, 1 << enum m_pw_kind; 0 = all */
	const struct block *block;	/* how pw_print() prints one */
	const char *lacks;		/* pw_print_interface(): what an interface without any has not, and where to look */
};
/* @args: interface IF, VC-ID, up, down, secondary, bypass restrict the walk. */
struct args;
void walk_begin(struct session *s, const struct walk_how *how, const struct args *a);

/* ---- displays, one function a command -------------------------------------------------------------------- */
void display_static_l2vc(struct session *s, const struct args *a);
void display_l2vc(struct session *s, const struct args *a);
void display_l2vc_remote(struct session *s, const struct args *a);
void display_ldp(struct session *s, const struct args *a);
void display_ldp_session(struct session *s, const struct args *a);
void display_ldp_peer(struct session *s, const struct args *a);
void display_ldp_remote(struct session *s, const struct args *a);
void display_ldp_interface(struct session *s, const struct args *a);
void display_ldp_adjacency(struct session *s, const struct args *a);
void display_ldp_lsp(struct session *s, const struct args *a);
void ldp_lsps(struct session *s);		/* of display mpls lsp: those of LDP */
void reset_pw(struct session *s, const struct args *a);
void reset_ldp(struct session *s, const struct args *a);
void reset_ldp_counters(struct session *s, const struct args *a);
void display_vpws(struct session *s, const struct args *a);
void display_switches(struct session *s, const struct args *a);
void display_verdict(struct session *s, const struct args *a);
void do_request(struct session *s, const struct args *a);
void display_pw_template(struct session *s, const struct args *a);
void display_traffic(struct session *s, const struct args *a);
void reset_traffic(struct session *s, const struct args *a);
void reset_pw_template(struct session *s, const struct args *a);
void display_diagnose(struct session *s, const struct args *a);
void display_interface(struct session *s, const struct args *a);
void display_lsp(struct session *s, const struct args *a);
void display_version(struct session *s, const struct args *a);
void display_health(struct session *s, const struct args *a);
void display_drops(struct session *s, const struct args *a);
void display_logbuffer(struct session *s, const struct args *a);
void display_current(struct session *s, const struct args *a);
void display_this(struct session *s, const struct args *a);
void display_saved(struct session *s, const struct args *a);
void display_inert(struct session *s, const struct args *a);
void display_candidate(struct session *s, const struct args *a);
void display_candidate_changes(struct session *s, const struct args *a);
void display_candidate_merge(struct session *s, const struct args *a);

/* For displays of commands elsewhere: a job that prints @p (owned) or @d (owned); NULL: says that memory ran out. */
struct cfg_print;
struct cfg_diff;
void print_job(struct session *s, struct cfg_print *p);
void diff_job(struct session *s, struct cfg_diff *d);

#endif
