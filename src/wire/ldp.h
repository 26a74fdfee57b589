/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ldp.h: LDP as octets. Pure functions both ways: no allocation, no log, no clock, no session, no reaction.
 *
 * Standards: RFC 5036 (base), 8077 and 4446 (pseudowires), 5561 (capabilities), 5918 and 6667 (typed wildcards),
 * 5919 (End-of-LIB), 7473 (state advertisement control), 3478/3479 (graceful restart), 6720 (GTSM flag), 7552 (dual
 * stack), 4762 (MAC withdraw), 8320 (MRT capability); interface parameters of 4623, 4842, 5085, 5287, 6391, 6575.
 *
 * All numbers are in host byte order. An IPv4 address or an LSR ID is a uint32_t, 10.0.0.1 = 0x0a000001. What is
 * variable in length is borrowed (struct octets): after decoding it points into the received octets and lives as long
 * as they do; for encoding it points into the caller's.
 *
 * Receiving: ldp_pdu_decode() frames one PDU of a stream or datagram, ldp_pdu_next() walks its messages, ldp_decode()
 * decodes one. Each answers with a verdict; ldp_verdict_row() says which status code the RFCs name for it and whether
 * the session ends; ldp_answer() makes the Notification to send back. What belongs to discovery (UDP) is never
 * answered: anything but LDP_OK is discarded (RFC 5036, 3.5.1.2.1).
 *
 * Sending: ldp_out_open(), ldp_out_add() as often as messages fit, ldp_out_close().
 */
#ifndef TW_WIRE_LDP_H
#define TW_WIRE_LDP_H

#include "base/octets.h"

#define LDP_PORT		646	/* UDP for Hellos, TCP for sessions */
#define LDP_VERSION		1
#define LDP_HEADER		10	/* octets of a PDU header: version, length, LDP identifier */
#define LDP_PDU_DEFAULT		4096	/* largest PDU Length until negotiated; version and length not counted */
#define LDP_KEEPALIVE_DEFAULT	180	/* s, not fixed by the RFC: what most send */
#define LDP_HOLD_LINK		15	/* s, what hold time 0 means in a link Hello */
#define LDP_HOLD_TARGETED	45	/* s, in a targeted one */
#define LDP_HOLD_INFINITE	0xffff
#define LDP_DESC_MAX		80	/* octets of an interface description (RFC 8077, 6.4) */
#define LDP_RETURN_MAX		256	/* octets of a TLV that ldp_answer() returns at most */

/* Labels with a meaning (RFC 3032, 2.1); a peer may give out 16 to LDP_LABEL_MAX, and 0 and 3 for prefixes. */
#define LDP_LABEL_IPV4_NULL	0u
#define LDP_LABEL_IMPLICIT_NULL	3u
#define LDP_LABEL_FIRST		16u
#define LDP_LABEL_MAX		0xfffffu

/* Messages: name, type, text. */
#define LDP_MSGS(X) \
	X(NOTIFICATION,		0x0001, "Notification") \
	X(HELLO,		0x0100, "Hello") \
	X(INIT,			0x0200, "Initialization") \
	X(KEEPALIVE,		0x0201, "KeepAlive") \
	X(CAPABILITY,		0x0202, "Capability") \
	X(ADDRESS,		0x0300, "Address") \
	X(ADDRESS_WITHDRAW,	0x0301, "Address Withdraw") \
	X(MAPPING,		0x0400, "Label Mapping") \
	X(REQUEST,		0x0401, "Label Request") \
	X(WITHDRAW,		0x0402, "Label Withdraw") \
	X(RELEASE,		0x0403, "Label Release") \
	X(ABORT,		0x0404, "Label Abort Request")

enum ldp_msg_type {
#define LDP_X(n, type, text) LDP_MSG_##n = type,
	LDP_MSGS(LDP_X)
#undef LDP_X
};

/* TLVs: name, type, U bit we send, text. F is never set by us but in a Status TLV (see there). */
#define LDP_TLVS(X) \
	X(FEC,			0x0100, 0, "FEC") \
	X(ADDR_LIST,		0x0101, 0, "Address List") \
	X(HOP_COUNT,		0x0103, 0, "Hop Count") \
	X(PATH_VECTOR,		0x0104, 0, "Path Vector") \
	X(LABEL,		0x0200, 0, "Generic Label") \
	X(STATUS,		0x0300, 0, "Status") \
	X(EXT_STATUS,		0x0301, 0, "Extended Status") \
	X(RETURNED_PDU,		0x0302, 0, "Returned PDU") \
	X(RETURNED_MSG,		0x0303, 0, "Returned Message") \
	X(RETURNED_TLVS,	0x0304, 1, "Returned TLVs") \
	X(HELLO,		0x0400, 0, "Common Hello Parameters") \
	X(TRANSPORT4,		0x0401, 0, "IPv4 Transport Address") \
	X(CONFIG_SEQ,		0x0402, 0, "Configuration Sequence Number") \
	X(TRANSPORT6,		0x0403, 0, "IPv6 Transport Address") \
	X(MAC_LIST,		0x0404, 1, "MAC List") \
	X(SESSION,		0x0500, 0, "Common Session Parameters") \
	X(ATM_SESSION,		0x0501, 0, "ATM Session Parameters") \
	X(FR_SESSION,		0x0502, 0, "Frame Relay Session Parameters") \
	X(FT_SESSION,		0x0503, 1, "FT Session") \
	X(CAP_DYNAMIC,		0x0506, 1, "Dynamic Capability Announcement") \
	X(CAP_TYPED_WILDCARD,	0x050b, 1, "Typed Wildcard FEC Capability") \
	X(CAP_STATE_CONTROL,	0x050d, 1, "State Advertisement Control Capability") \
	X(CAP_MRT,		0x050e, 1, "MRT Capability") \
	X(REQUEST_ID,		0x0600, 0, "Label Request Message ID") \
	X(CAP_UNRECOGNIZED,	0x0603, 1, "Unrecognized Notification Capability") \
	X(DUAL_STACK,		0x0701, 1, "Dual-Stack Capability") \
	X(PW_STATUS,		0x096a, 1, "PW Status") \
	X(PW_PARAMS,		0x096b, 0, "PW Interface Parameters") \
	X(PW_GROUP,		0x096c, 0, "PW Group ID")

enum ldp_tlv {				/* position of the bit in ldp_msg.has; not the type on the wire */
#define LDP_X(n, type, u, text) LDP_TLV_##n,
	LDP_TLVS(LDP_X)
#undef LDP_X
	LDP_TLV__N
};

#define LDP_HAS(n)	(UINT64_C(1) << LDP_TLV_##n)

/* Status codes: name, Status Data, E bit, text (RFC 5036 3.9, 8077 8.2, 5561 8, 5919 7, 6073, 6575, 7552). */
#define LDP_STATUSES(X) \
	X(SUCCESS,		0x00, 0, "Success") \
	X(BAD_LDP_ID,		0x01, 1, "Bad LDP Identifier") \
	X(BAD_VERSION,		0x02, 1, "Bad Protocol Version") \
	X(BAD_PDU_LENGTH,	0x03, 1, "Bad PDU Length") \
	X(UNKNOWN_MSG,		0x04, 0, "Unknown Message Type") \
	X(BAD_MSG_LENGTH,	0x05, 1, "Bad Message Length") \
	X(UNKNOWN_TLV,		0x06, 0, "Unknown TLV") \
	X(BAD_TLV_LENGTH,	0x07, 1, "Bad TLV Length") \
	X(MALFORMED_TLV,	0x08, 1, "Malformed TLV Value") \
	X(HOLD_EXPIRED,		0x09, 1, "Hold Timer Expired") \
	X(SHUTDOWN,		0x0a, 1, "Shutdown") \
	X(LOOP_DETECTED,	0x0b, 0, "Loop Detected") \
	X(UNKNOWN_FEC,		0x0c, 0, "Unknown FEC") \
	X(NO_ROUTE,		0x0d, 0, "No Route") \
	X(NO_LABELS,		0x0e, 0, "No Label Resources") \
	X(LABELS_AVAILABLE,	0x0f, 0, "Label Resources Available") \
	X(NO_HELLO,		0x10, 1, "Session Rejected/No Hello") \
	X(ADVERTISEMENT_MODE,	0x11, 1, "Session Rejected/Parameters Advertisement Mode") \
	X(MAX_PDU_LENGTH,	0x12, 1, "Session Rejected/Parameters Max PDU Length") \
	X(LABEL_RANGE,		0x13, 1, "Session Rejected/Parameters Label Range") \
	X(KEEPALIVE_EXPIRED,	0x14, 1, "KeepAlive Timer Expired") \
	X(REQUEST_ABORTED,	0x15, 0, "Label Request Aborted") \
	X(MISSING_PARAMS,	0x16, 0, "Missing Message Parameters") \
	X(UNSUPPORTED_AF,	0x17, 0, "Unsupported Address Family") \
	X(BAD_KEEPALIVE,	0x18, 1, "Session Rejected/Bad KeepAlive Time") \
	X(INTERNAL_ERROR,	0x19, 1, "Internal Error") \
	X(ILLEGAL_C_BIT,	0x24, 0, "Illegal C-Bit") \
	X(WRONG_C_BIT,		0x25, 0, "Wrong C-Bit") \
	X(BIT_RATE,		0x26, 0, "Incompatible bit-rate") \
	X(CEP_TDM,		0x27, 0, "CEP-TDM mis-configuration") \
	X(PW_STATUS,		0x28, 0, "PW Status") \
	X(UNKNOWN_TAI,		0x29, 0, "Unassigned/Unrecognized TAI") \
	X(MISCONFIGURED,	0x2a, 0, "Generic Misconfiguration Error") \
	X(NO_WITHDRAW_STATUS,	0x2b, 0, "Label Withdraw PW Status Method Not Supported") \
	X(CE_ADDRESS,		0x2c, 0, "IP Address of CE") \
	X(UNSUPPORTED_CAP,	0x2e, 0, "Unsupported Capability") \
	X(END_OF_LIB,		0x2f, 0, "End-of-LIB") \
	X(TRANSPORT_MISMATCH,	0x32, 1, "Transport Connection Mismatch") \
	X(DUAL_STACK,		0x33, 1, "Dual-Stack Noncompliance") \
	X(PW_LOOP,		0x3a, 0, "PW Loop Detected") \
	X(IP_TYPE_MISMATCH,	0x4a, 0, "IP Address Type Mismatch") \
	X(WRONG_IP_TYPE,	0x4b, 0, "Wrong IP Address Type")

#define LDP_STATUS_FATAL	0x80000000u	/* E: the session ends */
#define LDP_STATUS_FORWARD	0x40000000u	/* F: to be passed on along the LSP */
#define LDP_STATUS_DATA		0x3fffffffu

enum ldp_status_data {			/* without E; ldp_status_code() adds it */
#define LDP_X(n, data, e, text) LDP_STATUS_##n = data,
	LDP_STATUSES(LDP_X)
#undef LDP_X
};

/*
 * What a decoder finds. The first four are no errors; of the rest: name, status, whether the session ends, whether
 * the Notification returns the TLV found at fault (RFC 5561, 8), and when.
 */
enum ldp_verdict_kind { LDP_TELL, LDP_CLOSE };
#define LDP_VERDICTS(X) \
	X(BAD_ID,	BAD_LDP_ID,	LDP_CLOSE, 0, "LDP identifier is not the peer's") \
	X(BAD_VERSION,	BAD_VERSION,	LDP_CLOSE, 0, "protocol version is not 1") \
	X(PDU_LENGTH,	BAD_PDU_LENGTH,	LDP_CLOSE, 0, "PDU shorter than 14 or longer than agreed") \
	X(MSG_TYPE,	UNKNOWN_MSG,	LDP_TELL,  0, "unknown message without U bit") \
	X(MSG_LENGTH,	BAD_MSG_LENGTH,	LDP_CLOSE, 0, "message too short, or longer than its PDU") \
	X(TLV_TYPE,	UNKNOWN_TLV,	LDP_TELL,  1, "unknown TLV without U bit") \
	X(TLV_LENGTH,	BAD_TLV_LENGTH,	LDP_CLOSE, 0, "TLV longer than its message") \
	X(TLV_VALUE,	MALFORMED_TLV,	LDP_CLOSE, 0, "value of a TLV cannot be decoded") \
	X(FEC_TYPE,	UNKNOWN_FEC,	LDP_TELL,  0, "FEC element unknown, or not for this message") \
	X(FAMILY,	UNSUPPORTED_AF,	LDP_TELL,  0, "neither IPv4 nor IPv6") \
	X(MISSING,	MISSING_PARAMS,	LDP_TELL,  0, "a mandatory TLV is missing") \
	X(KEEPALIVE,	BAD_KEEPALIVE,	LDP_CLOSE, 0, "KeepAlive Time is 0") \
	X(CAP_INIT,	UNSUPPORTED_CAP, LDP_CLOSE, 1, "unknown capability without U bit, in Initialization") \
	X(CAP,		UNSUPPORTED_CAP, LDP_TELL, 1, "unknown capability without U bit, in Capability") \
	X(CAP_TWICE,	MALFORMED_TLV,	LDP_CLOSE, 1, "the same capability twice in a message")

enum ldp_verdict {
	LDP_OK,			/* the output is complete */
	LDP_MORE,		/* ldp_pdu_decode(): not all octets of the PDU have come yet */
	LDP_END,		/* ldp_pdu_next(): no message left */
	LDP_IGNORE,		/* ldp_decode(): discard this message silently */
#define LDP_X(n, status, kind, tlv, text) LDP_E_##n,
	LDP_VERDICTS(LDP_X)
#undef LDP_X
	LDP_E__N
};

struct ldp_verdict_row {
	uint32_t status;	/* as it goes into the Status TLV: Status Data and E bit */
	bool closes;		/* the session ends after the Notification; E alone does not say it (RFC 5561, 6) */
	bool returns_tlv;
	const char *text;
};

/* The row of an error. Of LDP_OK to LDP_IGNORE: NULL. */
const struct ldp_verdict_row *ldp_verdict_row(enum ldp_verdict v);

/* Status Data and the E bit the RFC requires with it; F clear. @data of LDP_STATUSES. */
uint32_t ldp_status_code(enum ldp_status_data data);

/* Names for people; "unknown" for what is not in the lists above. @type and @code with or without U, F, E bits. */
const char *ldp_msg_name(uint16_t type);
const char *ldp_tlv_name(uint16_t type);
const char *ldp_status_text(uint32_t code);

struct ldp_id {
	uint32_t lsr;		/* LSR ID */
	uint16_t space;		/* label space, 0 = platform-wide */
};

/* FEC elements (RFC 5036 3.4.1, 5918, 8077 6). */
enum ldp_fec_type {
	LDP_FEC_WILDCARD = 0x01,
	LDP_FEC_PREFIX	 = 0x02,
	LDP_FEC_TYPED	 = 0x05,
	LDP_FEC_PWID	 = 0x80,	/* "FEC 128" */
	LDP_FEC_GENPWID	 = 0x81,	/* "FEC 129" */
};

enum { LDP_AF_IPV4 = 1, LDP_AF_IPV6 = 2 };	/* address family numbers */

/* PW types (RFC 4446, 3.2): those with a meaning for Ethernet; any 15-bit value is carried. */
enum {
	LDP_PW_ETHERNET_TAGGED	= 0x0004,
	LDP_PW_ETHERNET		= 0x0005,
	LDP_PW_WILDCARD		= 0x7fff,	/* RFC 6667: all types */
};

/* Bits of the PW Status TLV (RFC 4446 3.5, RFC 6870). */
enum {
	LDP_PW_NOT_FORWARDING	= 0x01,
	LDP_PW_AC_RX_FAULT	= 0x02,
	LDP_PW_AC_TX_FAULT	= 0x04,
	LDP_PW_PSN_RX_FAULT	= 0x08,
	LDP_PW_PSN_TX_FAULT	= 0x10,
	LDP_PW_STANDBY		= 0x20,
	LDP_PW_SWITCHOVER	= 0x40,		/* request switchover */
	LDP_PW_FAULTS		= 0x1f,		/* those that say what is amiss; the others say what role a PW has */
	LDP_PW_KNOWN		= 0x7f,
};

/*
 * PW interface parameters: name, type, member, kind, shortest and longest length on the wire (with the two octets of
 * type and length), whether a length outside makes the FEC malformed. Else the parameter is treated as unknown,
 * which is to say ignored (RFC 8077, 6.4): a peer's slip in what concerns only other circuit types must not cost
 * the session.
 */
#define LDP_PARAMS(X) \
	X(MTU,		0x01, mtu,	  U16,    4,   4, 1)	/* octets */ \
	X(MAX_CELLS,	0x02, max_cells,  U16,    4,   4, 0)	/* concatenated ATM cells */ \
	X(DESC,		0x03, desc,	  OCTETS, 2, 255, 1)	/* UTF-8, decoded to at most LDP_DESC_MAX octets */ \
	X(PAYLOAD,	0x04, payload,	  U16,    4,   4, 0)	/* CEP/TDM payload octets */ \
	X(CEP_OPTIONS,	0x05, cep_options, U16,   4,   4, 0) \
	X(VLAN,		0x06, vlan,	  U16,    4,   4, 1)	/* requested VLAN ID */ \
	X(BIT_RATE,	0x07, bit_rate,	  U32,    6,   6, 0)	/* CEP/TDM, 64 kbit/s */ \
	X(DLCI_LEN,	0x08, dlci_len,	  U16,    4,   4, 0)	/* octets of a Frame Relay header: 2 or 4 */ \
	X(FRAGMENT,	0x09, fragment,	  U16,    4,   4, 0)	/* its presence says: can reassemble */ \
	X(FCS,		0x0a, fcs,	  U16,    4,   4, 0)	/* octets of FCS retained */ \
	X(TDM_OPTIONS,	0x0b, tdm_options, OCTETS, 4, 12, 0) \
	X(VCCV,		0x0c, vccv,	  U16,    4,   4, 1)	/* CC types << 8 | CV types */ \
	X(AAL1_CELLS,	0x0e, aal1_cells, U16,    4,   4, 0) \
	X(AAL1_MODE,	0x10, aal1_mode,  U16,    4,   4, 0) \
	X(AAL2_OPTIONS,	0x11, aal2_options, OCTETS, 8, 255, 0) \
	X(STACK,	0x16, stack,	  U16,    4,   4, 0)	/* RFC 6575: bit 0x0001 IPv6 */ \
	X(FLOW_LABEL,	0x17, flow_label, U16,    4,   4, 1)	/* LDP_FLOW_TX, LDP_FLOW_RX */

#define LDP_FLOW_TX	0x8000		/* wants to send flow labels (RFC 6391) */
#define LDP_FLOW_RX	0x4000		/* can receive them */

enum ldp_param {
#define LDP_X(n, type, member, kind, min, max, strict) LDP_PARAM_##n = type,
	LDP_PARAMS(LDP_X)
#undef LDP_X
};

#define LDP_PARAM(n)	(UINT32_C(1) << LDP_PARAM_##n)

struct ldp_params {
	uint32_t has;		/* LDP_PARAM() bits; a member counts only with its bit */
	uint32_t odd;		/* decoding: known parameters that were ignored for their length */
	uint16_t unknown;	/* decoding: how many parameters of no type above were ignored */
	uint16_t mtu, max_cells, payload, cep_options, vlan, dlci_len, fragment, fcs, vccv, aal1_cells, aal1_mode,
		 stack, flow_label;
	uint32_t bit_rate;
	struct octets desc, tdm_options, aal2_options;
};

struct ldp_ai {			/* AGI, SAII or TAII of FEC 129: opaque */
	uint8_t type;
	struct octets value;	/* 0..255 octets */
};

struct ldp_fec {
	uint8_t type;		/* enum ldp_fec_type: says which member counts */
	union {
		struct {
			uint16_t family;	/* LDP_AF_* */
			uint8_t len;		/* bits: 0..32, 0..128 */
			bool untidy;		/* decoding: bits behind @len were set; they are cleared here */
			union {
				uint32_t ip;
				uint8_t ip6[16];
			};
		} prefix;
		struct {
			uint8_t fec;		/* the type wildcarded: LDP_FEC_PREFIX, _PWID, _GENPWID */
			uint16_t family;	/* prefix: LDP_AF_*, 0 = all */
			uint16_t pw_type;	/* PWs: a type or LDP_PW_WILDCARD */
		} typed;
		struct {
			bool control_word;	/* C bit */
			bool group_only;	/* all PWs of .group: no .id, no .params (wildcard, RFC 8077 6.3.2) */
			uint16_t pw_type;	/* 15 bits */
			uint32_t group;
			uint32_t id;		/* PW ID; a peer may send 0, which matches nothing */
			struct ldp_params params;
		} pw;
		struct {
			bool control_word;
			bool group_only;	/* all PWs of the PW Group ID TLV beside it */
			uint16_t pw_type;
			struct ldp_ai agi, saii, taii;
		} gen;
	};
};

/* One message, whatever its type: which TLVs it has, and their values. A member counts only with its bit in .has. */
struct ldp_msg {
	uint16_t type;			/* enum ldp_msg_type */
	uint16_t n_skipped;		/* decoding: TLVs unknown with U bit, or known but out of place */
	uint32_t id;			/* message ID, the sender's choice */
	uint64_t has;			/* LDP_HAS() bits */
	uint64_t on;			/* capabilities: S bit; decoding Initialization sets it always (RFC 5561, 6) */

	struct ldp_fec fec;		/* FEC: the first element */
	uint16_t n_fec;			/* how many; more than one only in a Mapping of prefixes */
	struct octets fecs;		/* all of them, for ldp_fec_next(); encoding uses it when n_fec > 1 */

	uint32_t label;			/* LABEL: 0..LDP_LABEL_MAX */
	uint32_t request_id;		/* REQUEST_ID: message ID of the Label Request */
	uint8_t hop_count;		/* HOP_COUNT: 0 = unknown */
	struct octets path_vector;	/* PATH_VECTOR: LSR IDs, 4 octets each, at least one */

	struct {			/* STATUS. Sent with U outside of Notifications, with F as in the code */
		uint32_t code;		/* with E and F */
		uint32_t msg_id;	/* of the message it is about, 0 = none */
		uint16_t msg_type;
	} status;
	uint32_t ext_status;
	struct octets returned_pdu, returned_msg, returned_tlvs;

	struct {			/* HELLO */
		uint16_t hold;		/* s; 0 = default, LDP_HOLD_INFINITE */
		bool targeted, request;	/* T, R */
		bool gtsm;		/* G; has no meaning with T, then false (RFC 6720) */
	} hello;
	uint32_t transport4;
	uint8_t transport6[16];
	uint32_t config_seq;
	uint8_t dual_stack;		/* DUAL_STACK: transport preferred, 4 = IPv4, 6 = IPv6 */

	struct {			/* SESSION */
		uint16_t keepalive;	/* s, not 0 */
		bool on_demand;		/* A: downstream on demand */
		bool loop_detection;	/* D */
		uint8_t path_limit;	/* PVLim, 0 without D */
		uint16_t max_pdu;	/* as proposed; see ldp_max_pdu() */
		struct ldp_id receiver;
	} session;
	struct octets atm_session, fr_session;	/* opaque: such links are not ours */
	struct {			/* FT_SESSION (RFC 3479 8.3, 3478 2) */
		uint16_t flags;		/* LDP_FT_LEARN: graceful restart */
		uint32_t reconnect_ms;	/* 0: forwarding state is not kept */
		uint32_t recovery_ms;	/* 0: forwarding state was not kept */
	} ft;
	uint8_t state_apps;		/* CAP_STATE_CONTROL: 1 << enum ldp_app: applications it speaks of */
	uint8_t state_off;		/* and those of them whose state is not wanted (D bit) */

	struct {			/* ADDR_LIST */
		uint16_t family;
		struct octets list;	/* 4 or 16 octets each; may be empty */
	} addr;
	struct octets mac_list;		/* MAC_LIST: 6 octets each; empty = all (RFC 4762, 6.2.2) */

	uint32_t pw_status;		/* PW_STATUS: LDP_PW_* bits */
	struct ldp_params params;	/* PW_PARAMS: of FEC 129 */
	uint32_t pw_group;		/* PW_GROUP: of FEC 129 */
};

#define LDP_FT_LEARN	0x0001

enum ldp_app {				/* RFC 7473 */
	LDP_APP_IPV4 = 1,
	LDP_APP_IPV6 = 2,
	LDP_APP_FEC128 = 3,
	LDP_APP_FEC129 = 4,
};

/* One received PDU, and what of it ldp_pdu_next() has not yet given. */
struct ldp_pdu {
	struct ldp_id id;	/* the sender's */
	size_t size;		/* octets it takes of the stream, header included */
	struct rd rd;
};

/* One message of a PDU, not yet decoded. */
struct ldp_raw {
	uint16_t type;		/* without U bit */
	bool u;
	uint32_t id;		/* message ID */
	struct octets all;	/* from the type field to the end of the message */
};

/* Where in a message an error is. */
struct ldp_fault {
	uint16_t tlv;		/* type field of the TLV, with U and F; 0: the error is in no TLV */
	uint32_t at;		/* octets from the start of the message to the TLV's type field */
	uint32_t len;		/* octets of the TLV, header included, as far as they are there */
};

/*
 * The PDU at the start of @buf, @len octets (RFC 5036, 3.1).
 *
 * @max   largest PDU Length agreed (LDP_PDU_DEFAULT before that); a PDU takes up to @max + 4 octets
 * @peer  whose LDP identifier it must be, or NULL: anybody's
 * @out   written only on LDP_OK
 *
 * LDP_OK, LDP_MORE (in a datagram: truncated), LDP_E_BAD_VERSION, _PDU_LENGTH, _BAD_ID: each as soon as the octets
 * that show it are there.
 */
enum ldp_verdict ldp_pdu_decode(const void *buf, size_t len, uint16_t max, const struct ldp_id *peer,
				struct ldp_pdu *out);

/*
 * The next message of @pdu (RFC 5036, 3.5). LDP_OK, LDP_END, or LDP_E_MSG_LENGTH: it is shorter than its message ID
 * or runs over the end of the PDU; then @out has what is there of it (id 0 if that is not), and the rest of the PDU
 * is not to be had.
 */
enum ldp_verdict ldp_pdu_next(struct ldp_pdu *pdu, struct ldp_raw *out);

/*
 * Decodes one message. A TLV whose type is unknown is treated by its U bit; one that is known but has no place in this
 * message is skipped. The first of several equal TLVs counts, save capabilities (LDP_E_CAP_TWICE). Mandatory TLVs are
 * accepted in any order.
 *
 * @out    has no meaning unless LDP_OK is returned, and then only the members that .has names. Points into @raw.
 * @fault  written only with an error; may be NULL
 *
 * LDP_OK; LDP_IGNORE: unknown message with U bit, or a MAC list that is not understood (RFC 4762, 6.2.1); or an
 * error of the message or of its first faulty TLV: _MSG_TYPE, _MISSING, _TLV_*, _FEC_TYPE, _FAMILY, _KEEPALIVE,
 * _BAD_VERSION (in session parameters), _CAP*. A FEC in a Notification that is unknown is as if it was not there.
 */
enum ldp_verdict ldp_decode(const struct ldp_raw *raw, struct ldp_msg *out, struct ldp_fault *fault);

/*
 * The next FEC element of @r, a reader of ldp_msg.fecs. @out is written only on LDP_OK. LDP_OK; LDP_E_FEC_TYPE,
 * _FAMILY, _TLV_VALUE: as for the whole TLV, but which element may stand in which message is not checked here.
 */
enum ldp_verdict ldp_fec_next(struct rd *r, struct ldp_fec *out);

/*
 * The Notification that tells the peer of error @v (RFC 5036, 3.5.1): its status, the message it is about, and the
 * TLV at fault where the RFCs want it returned and it is no longer than LDP_RETURN_MAX. Everything of @n is written;
 * n->id is 0. @n borrows from @raw.
 *
 * @raw    the message, or NULL: the error is in the PDU
 * @fault  as ldp_decode() left it, or NULL
 *
 * @v must be an error (LDP_E_*).
 */
void ldp_answer(struct ldp_msg *n, enum ldp_verdict v, const struct ldp_raw *raw, const struct ldp_fault *fault);

/* PDUs to be sent, one after the other in the caller's buffer. */
struct ldp_out {
	struct wr w;
	size_t length_at;	/* of the open PDU */
};

enum ldp_fit {
	LDP_FITS,		/* the message is in the PDU */
	LDP_FULL,		/* no room: close this PDU and try the next; if this one is empty, it will never fit */
	LDP_ILLEGAL,		/* no such message: a value out of range, a mandatory TLV missing, one out of place */
};

/*
 * Starts a PDU of the speaker @self at @buf. It will have at most @size octets and at most @max + 4 (@max: largest PDU
 * Length agreed). @buf stays the caller's and must live until ldp_out_close().
 */
void ldp_out_open(struct ldp_out *o, void *buf, size_t size, uint16_t max, struct ldp_id self);

/* Appends @m. On LDP_FULL and LDP_ILLEGAL nothing was written. */
enum ldp_fit ldp_out_add(struct ldp_out *o, const struct ldp_msg *m);

/* Fills in the length. Returns the octets of the PDU, 0 if no message is in it: then there is nothing to send. */
size_t ldp_out_close(struct ldp_out *o);

/* The maximum PDU Length of a session: the smaller proposal, where up to 255 means 4096 (RFC 5036, 3.5.3). */
uint16_t ldp_max_pdu(uint16_t mine, uint16_t theirs);

#endif
