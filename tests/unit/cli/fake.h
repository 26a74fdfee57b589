/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake.h: a core and a data plane made by hand, linked in the place of the real ones, under a real configuration
 * whose commits do as a test wants.
 *
 * One PE: GigabitEthernet0/1/0 with a primary (up, sends) and a secondary, sub-interface 0/1/1.100 with
 * one PW that is down, core port 0/2/0, an absent port 0/3/0, LoopBack0; an LSP of each role; two pw-templates.
 */
#ifndef FAKE_H
#define FAKE_H

#include "cli/session.h"

#define FAKE_NOW	(UINT64_C(1000000) * 1000000000)

struct fake {
	struct cli_engine e;
	bool refuse;			/* the next commit is */
	uint32_t commits, resets;	/* commits that were applied */
	/* what displays cost: look-ups of circuits in core, of devices */
	uint32_t looked_up, devices;
	uint32_t far_status;		/* PW status of what the far end maps */
	bool ldp_off, ldp_inactive;	/* no `mpls ldp`; its port is taken */
	uint8_t alarms;			/* of every circuit */
	bool no_label;			/* the next hop gives none for the prefix of a signalled PW's peer */
	char reset[128];		/* the last one of a pseudowire or of LDP, in words */
	/* what else holds of GigabitEthernet0/1/0; NULL: nothing */
	void (*with)(struct show_circuit *c, struct m_interface *cfg);
	struct m_interface cfg;		/* .with: its configuration */
	struct show_remote_pw far;	/* .mapped: what 3.3.3.3 maps of VC ID 101 */
	uint32_t n_switches;		/* there are records of */
	bool reverting;			/* GigabitEthernet0/1/0 sends on its secondary, the primary is back */
	char saved[256];		/* path of the last save */
	uint32_t kept;			/* saves that came to their end */
	/* the capture under way */
	void (*done)(void *arg, uint64_t frames, int err);
	void *done_arg;
	uint64_t frames;
	uint32_t captures_stopped;
	/* the program under way; its words */
	char argv[1024];
	void (*tool_out)(void *arg, const char *text, size_t len);
	void (*tool_ended)(void *arg, int status);
	void *tool_arg;
	uint32_t tools_stopped, tools_forgotten;
	bool tool_held;
};
extern struct fake fake;

/* Records of protection, for fake.with (fake_protect.c); the last one has no name. */
extern const struct fake_state {
	const char *name;
	void (*with)(struct show_circuit *c, struct m_interface *cfg);
} fake_states[];

/* Fills fake.e for @l with an empty configuration; the clock of the displays stands at 2026-11-22 12:00:00 UTC. */
void fake_start(struct loop *l);
void fake_stop(void);			/* frees the configuration */
void fake_configure(void);		/* the PE above becomes running */
void fake_configure_ldp(void);		/* one with signalled pseudowires and LDP (fake_ldp.c) becomes running */
void fake_many(uint32_t n);		/* @n circuits beside it, for long displays */
void fake_many_signalled(uint32_t n);	/* the same, but signalled, to 2.2.2.2 */

/* What a session says, frame by frame, as one text; frame_text() adds the texts of outputs and questions, a caret
 * under the line that was typed behind @prompt, which it keeps up to date. */
void fake_session(struct session *s, struct cli_shared *shared);	/* started, its first frames not taken yet */
void frame_text(struct session *s, struct text *t, char prompt[512]);

#endif
