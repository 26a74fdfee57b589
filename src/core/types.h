/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * types.h: words that core shares with those it talks to.
 */
#ifndef TW_CORE_TYPES_H
#define TW_CORE_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#define TW_OCTET __attribute__((packed))	/* an enum that takes no more room than its values need */

enum TW_OCTET slot { SLOT_PRIMARY, SLOT_SECONDARY, SLOT_BYPASS, SLOT_NONE };	/* = enum tw_slot_id */

/* Reason codes of state changes; numbers and texts are those operators know (vendor list). */
#define REASONS(X)                                                       \
	X(1,  INVALID,		"Invalid reason type")                  \
	X(2,  PW_CREATED,	"VC was created")                       \
	X(3,  PW_DELETED,	"VC was deleted")                       \
	X(4,  LDP_DOWN,		"LDP session was Down")                 \
	X(5,  LDP_UP,		"LDP session was Up")                   \
	X(6,  MAPPING_OTHER,	"Same LDP mapping was received with different label and MTU") \
	X(7,  MAPPING_MATCH,	"Same LDP mapping was received with matching interface parameters") \
	X(8,  MAPPING_MISMATCH,	"LDP mapping was received with mismatching interface parameters") \
	X(9,  C_BIT,		"LDP Mapping Received UnPass CBit Check") \
	X(11, MAPPING,		"New LDP mapping message was received") \
	X(12, MAPPING_DOWN,	"New LDP mapping message was received but remote VC or local VC is Down") \
	X(13, WITHDRAW,		"LDP withdraw message was received")    \
	X(14, RELEASE,		"LDP release message was received")     \
	X(15, REQUEST,		"LDP request message was received")     \
	X(16, GR_ENDED,		"LDP GR ended processing")              \
	X(18, IF_UP,		"Interface was Up")                     \
	X(19, IF_DOWN,		"Interface was Down")                   \
	X(20, ENCAPSULATION,	"Encapsulation changed")                \
	X(23, TUNNEL_UP,	"Tunnel was Up")                        \
	X(24, TUNNEL_DOWN,	"Tunnel was Down")                      \
	X(28, OUT_IF_DOWN,	"Outgoing interface was unavailable")   \
	X(29, OUT_IF_UP,	"Outgoing interface was available")     \
	X(30, FORWARDING,	"LDP notification message was forwarded") \
	X(31, NOT_FORWARDING,	"LDP notification message was not forwarded") \
	X(32, PW_RECREATED,	"PW was recreated")                     \
	X(35, REMOTE_AC_FAULT,	"Remote AC fault")                      \
	X(36, REMOTE_AC_OK,	"Remote AC fault was resumed")          \
	X(37, LOCAL_AC_FAULT,	"Local AC fault")                       \
	X(38, LOCAL_AC_OK,	"Local AC fault was resumed")           \
	X(39, PSN_FAULT,	"PSN fault")                            \
	X(40, PSN_OK,		"PSN fault resume")                     \
	X(41, LOCAL_PSN_FAULT,	"Local PSN fault")                      \
	X(42, LOCAL_PSN_OK,	"Local PSN fault was resumed")          \
	X(47, MANUAL_SET,	"Manual set was enabled")               \
	X(48, MANUAL_CLEAR,	"Manual set was disabled")              \
	X(49, DELAY_OVER,	"Delay timed out")                      \
	X(50, RESUME_OVER,	"Resume timed out")                     \
	X(59, MTU_MATCHED,	"MTU matched")                          \
	X(60, MTU_UNMATCHED,	"MTU unmatched")

enum TW_OCTET reason {
	REASON_NONE,
#define X(n, sym, text) REASON_##sym = n,
	REASONS(X)
#undef X
};

/* What saw a fault first. */
enum TW_OCTET detector {
	DET_NONE, DET_CONFIG, DET_CARRIER, DET_NETLINK, DET_NEIGHBOUR, DET_KERNEL, DET_TIMER, DET_LDP, DET_REQUEST,
};

enum core_event_kind {
	CEV_SWITCH,		/* a circuit changed its active slot */
	CEV_PW,			/* a PW went up or down */
	CEV_PATH,		/* a path went up or down */
	CEV_AC,			/* an AC went up or down */
	CEV_MANUAL,		/* manual-set pw-ac-fault was set or cleared on a PW */
	CEV_FORCED,		/* the port of an AC was forced down because no PW can carry (.to = 1), or released */
	CEV_ALARM,		/* .slot: enum alarm; it came (.to = 1) or went */
	CEV_REQUEST,		/* a request for a switchover: .slot; .to: enum request_news */
};
struct core_event {
	enum core_event_kind kind;
	uint64_t when_ns;
	char name[64];		/* AC or path */
	uint8_t slot;		/* CEV_PW, CEV_MANUAL: which; else 0 */
	uint8_t from, to;	/* CEV_SWITCH: slots; else 0/1 for down/up, clear/set */
	enum reason reason;
	enum detector detector;
	uint32_t circuit;	/* CEV_SWITCH: its index */
	bool failed;		/* CEV_SWITCH: the PW it left did not carry any more, manual faults aside */
};

/* What is amiss between the two ends of a circuit's PWs, though each PW may be up. A bit each in show_circuit.alarms. */
enum TW_OCTET alarm {
	ALARM_TWO_MASTERS,	/* we are the master, and the far end of a PW says standby all the same */
	ALARM_BOTH_ACTIVE,	/* independent: both far ends call themselves active, and they are different PEs */
	ALARM_NONE_ACTIVE,	/* independent: PWs are up, but there is none that both its ends call active (RFC 6870, 5.1) */
	ALARM_NO_STATUS,	/* master, independent: a peer has no PW status, so the circuit works as FRR */
	ALARM_PARITY,		/* the two far ends differ in MTU or control word: the secondary would not carry the same */
	ALARM__N
};

/* RFC 6870, 6.3 */
enum TW_OCTET request_news {
	REQUEST_SENT, REQUEST_TAKEN /* by the far end */, REQUEST_EXPIRED, REQUEST_ABORTED, REQUEST_HONOURED /* the far end's */,
	REQUEST_IGNORED /* the far end's: the PW is down, or ours has precedence */,
};

/* The LDP session with a PE, as core sees it. */
enum session_state {
	SESSION_DOWN,		/* what the peer said is void */
	SESSION_HELD,		/* lost, but the peer, or we, promised to come back (RFC 3478): nothing changes meanwhile */
	SESSION_UP,
};

/* What a pw-template says of the PWs that leave it open. */
struct template_values {
	uint32_t peer;			/* 0 = nothing */
	bool control_word;
	uint16_t mtu;			/* 0 = nothing */
};

#endif
