/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * types.h: words that core shares with those it talks to.
 */
#ifndef TW_CORE_TYPES_H
#define TW_CORE_TYPES_H

#include <stdbool.h>
#include <stdint.h>

enum slot { SLOT_PRIMARY, SLOT_SECONDARY, SLOT_BYPASS, SLOT_NONE };	/* = enum tw_slot_id */

/* Reason codes of state changes; numbers and texts are those operators know (vendor list). */
#define REASONS(X)                                                       \
	X(1,  INVALID,		"Invalid reason type")                  \
	X(2,  PW_CREATED,	"VC was created")                       \
	X(3,  PW_DELETED,	"VC was deleted")                       \
	X(18, IF_UP,		"Interface was Up")                     \
	X(19, IF_DOWN,		"Interface was Down")                   \
	X(23, TUNNEL_UP,	"Tunnel was Up")                        \
	X(24, TUNNEL_DOWN,	"Tunnel was Down")                      \
	X(28, OUT_IF_DOWN,	"Outgoing interface was unavailable")   \
	X(29, OUT_IF_UP,	"Outgoing interface was available")     \
	X(32, PW_RECREATED,	"PW was recreated")                     \
	X(47, MANUAL_SET,	"Manual set was enabled")               \
	X(48, MANUAL_CLEAR,	"Manual set was disabled")              \
	X(49, DELAY_OVER,	"Delay timed out")

enum reason {
	REASON_NONE,
#define X(n, sym, text) REASON_##sym = n,
	REASONS(X)
#undef X
};

/* What saw a fault first. */
enum detector { DET_NONE, DET_CONFIG, DET_CARRIER, DET_NETLINK, DET_NEIGHBOUR, DET_KERNEL, DET_TIMER };

enum core_event_kind {
	CEV_SWITCH,		/* a circuit changed its active slot */
	CEV_PW,			/* a PW went up or down */
	CEV_PATH,		/* a path went up or down */
	CEV_AC,			/* an AC went up or down */
	CEV_MANUAL,		/* manual-set pw-ac-fault was set or cleared on a PW */
};
struct core_event {
	enum core_event_kind kind;
	uint64_t when_ns;
	char name[64];		/* AC or path */
	uint8_t slot;		/* CEV_PW, CEV_MANUAL: which; else 0 */
	uint8_t from, to;	/* CEV_SWITCH: slots; else 0/1 for down/up, clear/set */
	enum reason reason;
	enum detector detector;
};

/* What a pw-template says of the PWs that leave it open. */
struct template_values {
	uint32_t peer;			/* 0 = nothing */
	bool control_word;
	uint16_t mtu;			/* 0 = nothing */
};

#endif
