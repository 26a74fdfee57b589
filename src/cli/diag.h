/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * diag.h: conditions of the diagnosis. A condition is a row: its name and a function that judges. show_diag.c has those
 * of any circuit and prints; diag_signal.c those of signalled pseudowires, diag_protect.c those of protection.
 */
#ifndef TW_CLI_DIAG_H
#define TW_CLI_DIAG_H

#include <stdio.h>
#include <string.h>

#include "cli/show_pw.h"

struct subject {
	const struct cli_engine *e;
	const struct show_circuit *c;
	const struct show_pw *pw;	/* conditions of a pseudowire */
	unsigned slot;
	enum alarm alarm;		/* alarm_condition */
	bool alone;			/* no other circuit was asked for: may cost more */
	const struct cli_device *d;
	uint64_t now_ns;
	char ip[16];			/* of the peer */
	struct show_remote_pw far;	/* signalled: what LDP knows of it */
};
struct finding {
	const char *name;		/* of the condition */
	bool wrong, note, skip;
	char is[320], need[96], todo[240];
};
struct condition {
	const char *name;
	void (*judge)(const struct subject *s, struct finding *f);
};

#define IS(f, ...)	snprintf((f)->is, sizeof((f)->is), __VA_ARGS__)
#define IS_MORE(f, ...)	snprintf((f)->is + strlen((f)->is), sizeof((f)->is) - strlen((f)->is), __VA_ARGS__)
#define WRONG(f, n, ...) \
	((f)->wrong = true, snprintf((f)->need, sizeof((f)->need), "%s", n), \
	 snprintf((f)->todo, sizeof((f)->todo), __VA_ARGS__))
#define NOTE(f, ...)	((f)->note = true, snprintf((f)->todo, sizeof((f)->todo), __VA_ARGS__))

/* Conditions of a signalled pseudowire: of signalling, before those of its tunnel; behind, what the far end says. */
extern const struct condition signal_conditions[], far_conditions[];
extern const size_t n_signal_conditions, n_far_conditions;
/* Behind those of all pseudowires; the last one once for each alarm. */
extern const struct condition protect_conditions[], alarm_condition;
extern const size_t n_protect_conditions;
/* No tunnel to the peer of a signalled PW: what is, and what to do. */
void signal_no_tunnel(const struct subject *s, struct finding *f);
void signal_no_label(const struct subject *s, struct finding *f);

#endif
