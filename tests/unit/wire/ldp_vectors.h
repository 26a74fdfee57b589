/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ldp_vectors.h: messages as octets, written by hand from the figures of the RFCs, with what they mean. Used by the
 * unit tests, by the program that lets tshark judge, and for the fuzzer's corpus.
 */
#ifndef TW_TEST_LDP_VECTORS_H
#define TW_TEST_LDP_VECTORS_H

#include "wire/ldp.h"

/* A message, and what it means. .fields: what tshark must say, "field=value" separated by blanks. */
struct good {
	const char *name, *hex;
	struct ldp_msg want;
	const char *fields;
	bool one_way;		/* we would not send it so: only decoded */
	uint16_t n_skipped;
};

/* A message that is refused: why, and which TLV (offset in the message; 0 and tlv 0: none). */
struct bad {
	const char *name, *hex;
	enum ldp_verdict v;
	uint16_t tlv;
	uint32_t at, len;
};

#define O(...)		{ (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) }
#define V4(a, b, c, d)	((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))
#define PREFIX4(i, l)	{ .type = LDP_FEC_PREFIX, .prefix = { .family = LDP_AF_IPV4, .len = (l), .ip = (i) } }
#define H(n)		LDP_HAS(n)
#define PWS		LDP_MSG_NOTIFICATION, .id = 1, .status = { LDP_STATUS_PW_STATUS, 0, 0 }

static const struct good good[] = {
	/* ---- RFC 5036 3.5.4, 3.5.1 ---- */
	{ "keepalive",
	  "0201 0004 00000007", { LDP_MSG_KEEPALIVE, .id = 7 }, "ldp.msg.type=0x0201 ldp.msg.id=0x00000007" },
	{ "shutdown", "0001 0012 00000001  0300 000a 8000000a 00000000 0000",
	  { LDP_MSG_NOTIFICATION, .id = 1, .has = H(STATUS), .status = { 0x8000000a, 0, 0 } },
	  "ldp.msg.type=0x0001 ldp.msg.tlv.type=0x0300 ldp.msg.tlv.status.ebit=1 ldp.msg.tlv.status.fbit=0 "
	  "ldp.msg.tlv.status.data=0x0000000a" },
	{ "shutdown with all that may be returned",
	  "0001 0038 00000002  0300 000a 8000000a 00000003 0201  0301 0004 00000005"
	  "  0302 000e 0001 0010 0a000002 0000 0201 0004  0303 0008 0201 0004 00000003",
	  { LDP_MSG_NOTIFICATION, .id = 2, .has = H(STATUS) | H(EXT_STATUS) | H(RETURNED_PDU) | H(RETURNED_MSG),
	    .status = { 0x8000000a, 3, 0x0201 }, .ext_status = 5,
	    .returned_pdu = O(0, 1, 0, 0x10, 10, 0, 0, 2, 0, 0, 2, 1, 0, 4), .returned_msg = O(2, 1, 0, 4, 0, 0, 0, 3) },
	  "ldp.msg.tlv.status.msg.id=0x00000003 ldp.msg.tlv.status.msg.type=0x0201 ldp.msg.tlv.extstatus.data=0x00000005 "
	  "ldp.msg.tlv.returned.version=1 ldp.msg.tlv.returned.pdu_len=16 ldp.msg.tlv.returned.msg.type=0x0201 "
	  "ldp.msg.tlv.returned.msg.id=0x00000003" },
	{ "unknown TLV, returned", "0001 001c 00000002  0300 000a 00000006 00000009 0400  8304 0006 0999 0002 abcd",
	  { LDP_MSG_NOTIFICATION, .id = 2, .has = H(STATUS) | H(RETURNED_TLVS), .status = { 6, 9, 0x0400 },
	    .returned_tlvs = O(9, 0x99, 0, 2, 0xab, 0xcd) },
	  "ldp.msg.tlv.status.data=0x00000006 ldp.msg.tlv.status.msg.id=0x00000009" },
	{ "request aborted", "0001 001a 00000002  0300 000a 00000015 00000009 0404  0600 0004 00000011",
	  { LDP_MSG_NOTIFICATION, .id = 2, .has = H(STATUS) | H(REQUEST_ID), .status = { 0x15, 9, 0x0404 }, .request_id = 17 },
	  "ldp.msg.tlv.status.data=0x00000015 ldp.msg.tlv.lbl_req_msg_id=0x00000011" },
	/* ---- RFC 8077 6.3.2, RFC 6870, RFC 6667 4.3, RFC 6575 4.3 ---- */
	{ "PW status", "0001 002a 00000001  0300 000a 00000028 00000000 0000  896a 0004 00000006"
	  "  0100 000c 80 8005 04 00000000 00000064",
	  { PWS, .has = H(STATUS) | H(PW_STATUS) | H(FEC), .pw_status = LDP_PW_AC_RX_FAULT | LDP_PW_AC_TX_FAULT,
	    .fec = { LDP_FEC_PWID, .pw = { true, false, LDP_PW_ETHERNET, 0, 100 } } },
	  "ldp.msg.tlv.status.data=0x00000028 ldp.msg.tlv.pwstatus.code=0x00000006 ldp.msg.tlv.fec.pw.pwid=100 "
	  "ldp.msg.tlv.fec.pw.controlword=1 ldp.msg.tlv.fec.pw.pwtype=0x0005" },
	{ "PW status of a group", "0001 0026 00000001  0300 000a 00000028 00000000 0000  896a 0004 00000060"
	  "  0100 0008 80 0004 00 00000007",
	  { PWS, .has = H(STATUS) | H(PW_STATUS) | H(FEC), .pw_status = LDP_PW_STANDBY | LDP_PW_SWITCHOVER,
	    .fec = { LDP_FEC_PWID, .pw = { false, true, LDP_PW_ETHERNET_TAGGED, 7 } } },
	  "ldp.msg.tlv.pwstatus.code=0x00000060 ldp.msg.tlv.fec.pw.infolength=0 ldp.msg.tlv.fec.pw.groupid=7" },
	{ "PW status of a FEC 129 group", "0001 002a 00000001  0300 000a 00000028 00000000 0000  896a 0004 00000000"
	  "  0100 0004 81 0005 00  096c 0004 00000007",
	  { PWS, .has = H(STATUS) | H(PW_STATUS) | H(FEC) | H(PW_GROUP), .pw_group = 7,
	    .fec = { LDP_FEC_GENPWID, .gen = { false, true, LDP_PW_ETHERNET } } },
	  "ldp.msg.tlv.pwstatus.code=0x00000000 ldp.msg.tlv.pwgrouping.value=7" },
	{ "PW status of a type", "0001 0023 00000001  0300 000a 00000028 00000000 0000  896a 0004 00000001"
	  "  0100 0005 05 80 02 0005",
	  { PWS, .has = H(STATUS) | H(PW_STATUS) | H(FEC), .pw_status = LDP_PW_NOT_FORWARDING,
	    .fec = { LDP_FEC_TYPED, .typed = { LDP_FEC_PWID, 0, LDP_PW_ETHERNET } } },
	  "ldp.msg.tlv.pwstatus.code=0x00000001" },
	{ "PW status with a FEC nobody knows",
	  "0001 0020 00000001  0300 000a 00000028 00000000 0000  896a 0004 00000001"
	  "  0100 0002 06 00",
	  { PWS, .has = H(STATUS) | H(PW_STATUS), .pw_status = 1 }, .one_way = true },
	{ "PW status, U bit clear as FRR may send it",
	  "0001 001a 00000001  0300 000a 00000028 00000000 0000  096a 0004 00000001",
	  { PWS, .has = H(STATUS) | H(PW_STATUS), .pw_status = 1 }, .one_way = true },
	{ "address of a CE",
	  "0001 002c 00000001  0300 000a 0000002c 00000000 0000  0100 000c 80 000b 04 00000000 00000064"
	  "  0101 0006 0001 c0000201",
	  { LDP_MSG_NOTIFICATION, .id = 1, .has = H(STATUS) | H(FEC) | H(ADDR_LIST), .status = { LDP_STATUS_CE_ADDRESS, 0, 0 },
	    .fec = { LDP_FEC_PWID, .pw = { false, false, 0x000b, 0, 100 } }, .addr = { LDP_AF_IPV4, O(192, 0, 2, 1) } },
	  "ldp.msg.tlv.status.data=0x0000002c ldp.msg.tlv.addrl.addr=192.0.2.1" },
	/* ---- RFC 5919 4 ---- */
	{ "end of LIB, IPv4 prefixes", "0001 001b 00000001  0300 000a 0000002f 00000000 0000  0100 0005 05 02 02 0001",
	  { LDP_MSG_NOTIFICATION, .id = 1, .has = H(STATUS) | H(FEC), .status = { LDP_STATUS_END_OF_LIB, 0, 0 },
	    .fec = { LDP_FEC_TYPED, .typed = { LDP_FEC_PREFIX, LDP_AF_IPV4 } } },
	  "ldp.msg.tlv.status.data=0x0000002f" },
	{ "end of LIB, all PWs", "0001 001b 00000001  0300 000a 0000002f 00000000 0000  0100 0005 05 80 02 7fff",
	  { LDP_MSG_NOTIFICATION, .id = 1, .has = H(STATUS) | H(FEC), .status = { LDP_STATUS_END_OF_LIB, 0, 0 },
	    .fec = { LDP_FEC_TYPED, .typed = { LDP_FEC_PWID, 0, LDP_PW_WILDCARD } } },
	  "ldp.msg.tlv.status.data=0x0000002f" },
	{ "end of LIB, multipoint: not ours",
	  "0001 0019 00000001  0300 000a 0000002f 00000000 0000  0100 0003 05 06 00",
	  { LDP_MSG_NOTIFICATION, .id = 1, .has = H(STATUS), .status = { LDP_STATUS_END_OF_LIB, 0, 0 } }, .one_way = true },
	/* ---- RFC 5036 3.5.2, 6720, 7552 ---- */
	{ "link hello", "0100 0014 00000001  0400 0004 000f 2000  0401 0004 0a000001",
	  { LDP_MSG_HELLO, .id = 1, .has = H(HELLO) | H(TRANSPORT4), .hello = { 15, .gtsm = true }, .transport4 = V4(10, 0, 0, 1) },
	  "ldp.msg.tlv.hello.hold=15 ldp.msg.tlv.hello.targeted=0 ldp.msg.tlv.hello.requested=0 ldp.msg.tlv.hello.gtsm=1 "
	  "ldp.msg.tlv.ipv4.taddr=10.0.0.1" },
	{ "targeted hello with everything",
	  "0100 0038 00000002  0400 0004 002d c000  0401 0004 0a000001  0403 0010 20010db8000000000000000000000001"
	  "  0402 0004 00000003  8701 0004 40000000",
	  { LDP_MSG_HELLO, .id = 2, .has = H(HELLO) | H(TRANSPORT4) | H(TRANSPORT6) | H(CONFIG_SEQ) | H(DUAL_STACK),
	    .hello = { 45, true, true }, .transport4 = V4(10, 0, 0, 1), .config_seq = 3, .dual_stack = 4,
	    .transport6 = { 0x20, 1, 0x0d, 0xb8, [15] = 1 } },
	  "ldp.msg.tlv.hello.hold=45 ldp.msg.tlv.hello.targeted=1 ldp.msg.tlv.hello.requested=1 "
	  "ldp.msg.tlv.hello.cnf_seqno=3 ldp.msg.tlv.ipv6.taddr=2001:db8::1" },
	{ "targeted hello with a G that means nothing", "0100 000c 00000002  0400 0004 ffff e000",
	  { LDP_MSG_HELLO, .id = 2, .has = H(HELLO), .hello = { LDP_HOLD_INFINITE, true, true } }, .one_way = true },
	{ "hello with a cryptographic TLV we do not know", "0100 0012 00000002  0400 0004 000f 0000  8405 0002 abcd",
	  { LDP_MSG_HELLO, .id = 2, .has = H(HELLO), .hello = { 15 } }, .one_way = true, .n_skipped = 1 },
	/* ---- RFC 5036 3.5.3, 5561, 5918, 5919, 7473, 8320, 3479 ---- */
	{ "init, nothing else", "0200 0016 00000001  0500 000e 0001 00b4 00 00 1000 0a000002 0000",
	  { LDP_MSG_INIT, .id = 1, .has = H(SESSION),
	    .session = { .keepalive = 180, .max_pdu = 4096, .receiver = { V4(10, 0, 0, 2), 0 } } },
	  "ldp.msg.tlv.sess.ver=1 ldp.msg.tlv.sess.ka=180 ldp.msg.tlv.sess.advbit=0 ldp.msg.tlv.sess.ldetbit=0 "
	  "ldp.msg.tlv.sess.pvlim=0 ldp.msg.tlv.sess.mxpdu=4096 ldp.msg.tlv.sess.rxlsr=10.0.0.2 ldp.msg.tlv.sess.rxls=0" },
	{ "init as FRR sends it", "0200 0025 00000001  0500 000e 0001 00b4 00 00 0000 0a000002 0000  8506 0001 80"
	  "  850b 0001 80  8603 0001 80",
	  { LDP_MSG_INIT, .id = 1, .has = H(SESSION) | H(CAP_DYNAMIC) | H(CAP_TYPED_WILDCARD) | H(CAP_UNRECOGNIZED),
	    .on = H(CAP_DYNAMIC) | H(CAP_TYPED_WILDCARD) | H(CAP_UNRECOGNIZED),
	    .session = { .keepalive = 180, .receiver = { V4(10, 0, 0, 2), 0 } } },
	  "ldp.msg.tlv.type=0x0500,0x0506,0x050b,0x0603" },
	{ "init with everything", "0200 0061 00000001  0500 000e 0001 000f c0 20 05dc 0a000002 0001"
	  "  0501 000c 04000000 00010020 00010040  0502 000c 04000000 00000010 00000020"
	  "  8503 000c 0001 0000 0001d4c0 00015f90  8506 0001 80  850b 0001 80  850d 0003 80 90 a0  850e 0001 80"
	  "  8603 0001 80",
	  { LDP_MSG_INIT, .id = 1, .has = H(SESSION) | H(ATM_SESSION) | H(FR_SESSION) | H(FT_SESSION) | H(CAP_DYNAMIC) |
		H(CAP_TYPED_WILDCARD) | H(CAP_STATE_CONTROL) | H(CAP_MRT) | H(CAP_UNRECOGNIZED),
	    .on = H(CAP_DYNAMIC) | H(CAP_TYPED_WILDCARD) | H(CAP_STATE_CONTROL) | H(CAP_MRT) | H(CAP_UNRECOGNIZED),
	    .session = { 15, true, true, 32, 1500, { V4(10, 0, 0, 2), 1 } },
	    .atm_session = O(4, 0, 0, 0, 0, 1, 0, 32, 0, 1, 0, 64), .fr_session = O(4, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 32),
	    .ft = { LDP_FT_LEARN, 120000, 90000 }, .state_apps = 1 << LDP_APP_IPV4 | 1 << LDP_APP_IPV6,
	    .state_off = 1 << LDP_APP_IPV4 | 1 << LDP_APP_IPV6 },
	  "ldp.msg.tlv.sess.advbit=1 ldp.msg.tlv.sess.ldetbit=1 ldp.msg.tlv.sess.pvlim=32 ldp.msg.tlv.sess.mxpdu=1500 "
	  "ldp.msg.tlv.sess.rxls=1 ldp.msg.tlv.ft_sess.flag_l=1 ldp.msg.tlv.ft_sess.reconn_to=120000 "
	  "ldp.msg.tlv.ft_sess.recovery_time=90000 "
	  "ldp.msg.tlv.type=0x0500,0x0501,0x0502,0x0503,0x0506,0x050b,0x050d,0x050e,0x0603" },
	{ "init: an S bit of 0 counts as 1, an unknown capability with U is skipped",
	  "0200 0021 00000001  0500 000e 0001 00b4 00 00 0000 0a000002 0000  8506 0001 00  8508 0002 80 00",
	  { LDP_MSG_INIT, .id = 1, .has = H(SESSION) | H(CAP_DYNAMIC), .on = H(CAP_DYNAMIC),
	    .session = { .keepalive = 180, .receiver = { V4(10, 0, 0, 2), 0 } } }, .one_way = true, .n_skipped = 1 },
	{ "init: the same application twice voids the state control",
	  "0200 001e 00000001  0500 000e 0001 00b4 00 00 0000 0a000002 0000  850d 0004 80 90 b0 10",
	  { LDP_MSG_INIT, .id = 1, .has = H(SESSION), .session = { .keepalive = 180, .receiver = { V4(10, 0, 0, 2), 0 } } },
	  .one_way = true },
	{ "init: an unknown application is ignored",
	  "0200 001d 00000001  0500 000e 0001 00b4 00 00 0000 0a000002 0000  850d 0003 80 f0 c0",
	  { LDP_MSG_INIT, .id = 1, .has = H(SESSION) | H(CAP_STATE_CONTROL), .on = H(CAP_STATE_CONTROL), .state_apps = 1 << 4,
	    .state_off = 1 << 4, .session = { .keepalive = 180, .receiver = { V4(10, 0, 0, 2), 0 } } }, .one_way = true },
	{ "capability", "0202 000f 00000001  850d 0002 80 30  850e 0001 00",
	  { LDP_MSG_CAPABILITY, .id = 1, .has = H(CAP_STATE_CONTROL) | H(CAP_MRT), .on = H(CAP_STATE_CONTROL),
	    .state_apps = 1 << LDP_APP_FEC128 }, "ldp.msg.type=0x0202 ldp.msg.tlv.type=0x050d,0x050e" },
	{ "capability: what belongs into init is ignored",
	  "0202 0029 00000001  8506 0001 80  8506 0001 80  8503 000c 0001 0000 00000000 00000000  850d 0002 80 30"
	  "  8603 0001 00",
	  { LDP_MSG_CAPABILITY, .id = 1, .has = H(CAP_STATE_CONTROL), .on = H(CAP_STATE_CONTROL),
	    .state_apps = 1 << LDP_APP_FEC128 }, .one_way = true, .n_skipped = 4 },
	{ "known TLVs out of place", "0201 0014 00000001  0200 0004 00000010  0104 0000  8404 0000",
	  { LDP_MSG_KEEPALIVE, .id = 1 }, .one_way = true, .n_skipped = 3 },
	/* ---- RFC 5036 3.5.5, 3.5.6, 4762 6.2, 6667 4.4 ---- */
	{ "address", "0300 0012 00000001  0101 000a 0001 0a000001 0a010001",
	  { LDP_MSG_ADDRESS, .id = 1, .has = H(ADDR_LIST), .addr = { LDP_AF_IPV4, O(10, 0, 0, 1, 10, 1, 0, 1) } },
	  "ldp.msg.tlv.addrl.addr_family=1 ldp.msg.tlv.addrl.addr=10.0.0.1,10.1.0.1" },
	{ "address, IPv6", "0300 001a 00000001  0101 0012 0002 20010db8000000000000000000000001",
	  { LDP_MSG_ADDRESS, .id = 1, .has = H(ADDR_LIST),
	    .addr = { LDP_AF_IPV6, O(0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1) } },
	  "ldp.msg.tlv.addrl.addr_family=2 ldp.msg.tlv.addrl.addr=2001:db8::1" },
	{ "address withdraw", "0301 000e 00000002  0101 0006 0001 0a010001",
	  { LDP_MSG_ADDRESS_WITHDRAW, .id = 2, .has = H(ADDR_LIST), .addr = { LDP_AF_IPV4, O(10, 1, 0, 1) } },
	  "ldp.msg.type=0x0301 ldp.msg.tlv.addrl.addr=10.1.0.1" },
	{ "MAC withdraw, all", "0301 0018 00000002  0100 000c 80 8005 04 00000000 00000064  8404 0000",
	  { LDP_MSG_ADDRESS_WITHDRAW, .id = 2, .has = H(FEC) | H(MAC_LIST),
	    .fec = { LDP_FEC_PWID, .pw = { true, false, LDP_PW_ETHERNET, 0, 100 } } },
	  "ldp.msg.type=0x0301 ldp.msg.tlv.fec.pw.pwid=100 ldp.msg.tlv.type=0x0100,0x0404" },
	{ "MAC withdraw, two",
	  "0301 0024 00000002  0100 000c 80 8005 04 00000000 00000064  8404 000c 020000000001 020000000002",
	  { LDP_MSG_ADDRESS_WITHDRAW, .id = 2, .has = H(FEC) | H(MAC_LIST),
	    .fec = { LDP_FEC_PWID, .pw = { true, false, LDP_PW_ETHERNET, 0, 100 } },
	    .mac_list = O(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2) },
	  "ldp.msg.tlv.mac=02:00:00:00:00:01,02:00:00:00:00:02" },
	{ "MAC withdraw, all PWs of a type", "0301 0011 00000002  0100 0005 05 80 02 0005  8404 0000",
	  { LDP_MSG_ADDRESS_WITHDRAW, .id = 2, .has = H(FEC) | H(MAC_LIST),
	    .fec = { LDP_FEC_TYPED, .typed = { LDP_FEC_PWID, 0, LDP_PW_ETHERNET } } },
	  "ldp.msg.type=0x0301" },
	/* ---- RFC 5036 3.5.7, 3.4 ---- */
	{ "mapping of a host route", "0400 0018 00000003  0100 0008 02 0001 20 0a000002  0200 0004 00000003",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(LABEL), .fec = PREFIX4(V4(10, 0, 0, 2), 32), .label = 3 },
	  "ldp.msg.tlv.fec.type=2 ldp.msg.tlv.fec.af=1 ldp.msg.tlv.fec.len=32 ldp.msg.tlv.fec.pfval=10.0.0.2 "
	  "ldp.msg.tlv.generic.label=3" },
	{ "mapping of the default route", "0400 0014 00000003  0100 0004 02 0001 00  0200 0004 000fffff",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(LABEL), .fec = PREFIX4(0, 0), .label = LDP_LABEL_MAX },
	  "ldp.msg.tlv.fec.len=0 ldp.msg.tlv.generic.label=1048575" },
	{ "mapping of 10.8/13", "0400 0016 00000003  0100 0006 02 0001 0d 0a08  0200 0004 00000010",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(LABEL), .fec = PREFIX4(V4(10, 8, 0, 0), 13), .label = 16 },
	  "ldp.msg.tlv.fec.len=13 ldp.msg.tlv.fec.pfval=10.8.0.0" },
	{ "mapping of 10.8/13 with bits behind its end",
	  "0400 0016 00000003  0100 0006 02 0001 0d 0a0f  0200 0004 00000010",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(LABEL), .fec = PREFIX4(V4(10, 8, 0, 0), 13), .label = 16 },
	  .one_way = true },
	{ "mapping, IPv6", "0400 001c 00000003  0100 000c 02 0002 40 20010db800000000  0200 0004 00000010",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(LABEL), .label = 16,
	    .fec = { LDP_FEC_PREFIX, .prefix = { LDP_AF_IPV6, 64, .ip6 = { 0x20, 1, 0x0d, 0xb8 } } } },
	  "ldp.msg.tlv.fec.af=2 ldp.msg.tlv.fec.len=64 ldp.msg.tlv.fec.pfval=2001:db8::" },
	{ "mapping of two prefixes",
	  "0400 001f 00000003  0100 000f 02 0001 20 0a000002 02 0001 18 0a0100  0200 0004 00000010",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(LABEL), .fec = PREFIX4(V4(10, 0, 0, 2), 32), .n_fec = 2, .label = 16,
	    .fecs = O(2, 0, 1, 32, 10, 0, 0, 2, 2, 0, 1, 24, 10, 1, 0) },
	  "ldp.msg.tlv.fec.len=32,24 ldp.msg.tlv.fec.pfval=10.0.0.2,10.1.0.0" },
	{ "mapping answering a request, with loop detection",
	  "0400 0031 00000003  0100 0008 02 0001 20 0a000002  0200 0004 00000010  0600 0004 00000009  0103 0001 05"
	  "  0104 0008 0a000001 0a000002",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(LABEL) | H(REQUEST_ID) | H(HOP_COUNT) | H(PATH_VECTOR),
	    .fec = PREFIX4(V4(10, 0, 0, 2), 32), .label = 16, .request_id = 9, .hop_count = 5,
	    .path_vector = O(10, 0, 0, 1, 10, 0, 0, 2) },
	  "ldp.msg.tlv.lbl_req_msg_id=0x00000009 ldp.msg.tlv.hc.value=5 ldp.msg.tlv.pv.lsrid=10.0.0.1,10.0.0.2" },
	{ "mapping with its TLVs in the wrong order",
	  "0400 0018 00000003  0200 0004 00000003  0100 0008 02 0001 20 0a000002",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(LABEL), .fec = PREFIX4(V4(10, 0, 0, 2), 32), .label = 3 },
	  .one_way = true },
	{ "mapping with two labels: the first counts",
	  "0400 0020 00000003  0100 0008 02 0001 20 0a000002  0200 0004 00000003  0200 0004 00000004",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(LABEL), .fec = PREFIX4(V4(10, 0, 0, 2), 32), .label = 3 },
	  .one_way = true },
	{ "mapping with vendor, experimental and unknown TLVs, all with U",
	  "0400 002e 00000003  be00 0006 000000fc 0001  0100 0008 02 0001 20 0a000002  bf00 0004 00000001  0200 0004 00000003"
	  "  8999 0000",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(LABEL), .fec = PREFIX4(V4(10, 0, 0, 2), 32), .label = 3 },
	  .one_way = true, .n_skipped = 3 },
	/* ---- RFC 8077 6, 4446 3.3 ---- */
	{ "mapping of a PW as FRR sends it",
	  "0400 0028 00000003  0100 0010 80 8005 08 00000000 00000064 01 04 05dc  0200 0004 00040010  896a 0004 00000000",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(LABEL) | H(PW_STATUS), .label = 0x40010,
	    .fec = { LDP_FEC_PWID, .pw = { true, false, LDP_PW_ETHERNET, 0, 100, { LDP_PARAM(MTU), .mtu = 1500 } } } },
	  "ldp.msg.tlv.fec.pw.controlword=1 ldp.msg.tlv.fec.pw.pwtype=0x0005 ldp.msg.tlv.fec.pw.infolength=8 "
	  "ldp.msg.tlv.fec.pw.groupid=0 ldp.msg.tlv.fec.pw.pwid=100 ldp.msg.tlv.fec.vc.intparam.mtu=1500 "
	  "ldp.msg.tlv.generic.label=262160 ldp.msg.tlv.pwstatus.code=0x00000000" },
	{ "mapping of a PW, bare", "0400 001c 00000003  0100 000c 80 0004 04 00000001 ffffffff  0200 0004 00000010",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(LABEL), .label = 16,
	    .fec = { LDP_FEC_PWID, .pw = { false, false, LDP_PW_ETHERNET_TAGGED, 1, 0xffffffff } } },
	  "ldp.msg.tlv.fec.pw.pwid=4294967295 ldp.msg.tlv.fec.pw.groupid=1" },
	{ "mapping of a PW with every parameter",
	  "0400 006d 00000003  0100 005d 80 0005 55 00000007 00000064  01 04 05dc  02 04 001c  03 07 68656c6c6f  04 04 0100"
	  "  05 04 a000  06 04 0064  07 06 00000020  08 04 0002  09 04 0000  0a 04 0004  0b 08 8000 6000 0001  0c 04 0102"
	  "  0e 04 0008  10 04 0001  11 08 000102030405  16 04 0001  17 04 c000  0200 0004 00000010",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(LABEL), .label = 16, .fec = { LDP_FEC_PWID, .pw = { false, false,
		LDP_PW_ETHERNET, 7, 100, { LDP_PARAM(MTU) | LDP_PARAM(MAX_CELLS) | LDP_PARAM(DESC) | LDP_PARAM(PAYLOAD) |
		LDP_PARAM(CEP_OPTIONS) | LDP_PARAM(VLAN) | LDP_PARAM(BIT_RATE) | LDP_PARAM(DLCI_LEN) | LDP_PARAM(FRAGMENT) |
		LDP_PARAM(FCS) | LDP_PARAM(TDM_OPTIONS) | LDP_PARAM(VCCV) | LDP_PARAM(AAL1_CELLS) | LDP_PARAM(AAL1_MODE) |
		LDP_PARAM(AAL2_OPTIONS) | LDP_PARAM(STACK) | LDP_PARAM(FLOW_LABEL), .mtu = 1500, .max_cells = 28,
		.desc = O('h', 'e', 'l', 'l', 'o'), .payload = 256, .cep_options = 0xa000, .vlan = 100, .bit_rate = 32,
		.dlci_len = 2, .fragment = 0, .fcs = 4, .tdm_options = O(0x80, 0, 0x60, 0, 0, 1), .vccv = 0x0102,
		.aal1_cells = 8, .aal1_mode = 1, .aal2_options = O(0, 1, 2, 3, 4, 5), .stack = 1,
		.flow_label = LDP_FLOW_TX | LDP_FLOW_RX } } } },
	  "ldp.msg.tlv.fec.vc.intparam.mtu=1500 ldp.msg.tlv.fec.vc.intparam.maxatm=28 ldp.msg.tlv.fec.vc.intparam.desc=hello "
	  "ldp.msg.tlv.fec.vc.intparam.cepbytes=256 ldp.msg.tlv.fec.vc.intparam.vlanid=100 "
	  "ldp.msg.tlv.fec.vc.intparam.tdmbps=32 ldp.msg.tlv.fec.vc.intparam.dlcilen=2 ldp.msg.tlv.fec.vc.intparam.fcslen=4 "
	  "ldp.msg.tlv.fec.vc.intparam.vccv.cctype_cw=1 ldp.msg.tlv.fec.vc.intparam.vccv.cvtype_lspping=1" },
	{ "mapping of a PW with odd and unknown parameters",
	  "0400 0032 00000003  0100 0022 80 0005 1a 00000007 00000064  02 03 00  7f 02  01 04 05dc  ff 04 abcd  0b 03 01"
	  "  01 04 0001  20 02  0200 0004 00000010",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(LABEL), .label = 16,
	    .fec = { LDP_FEC_PWID, .pw = { false, false, LDP_PW_ETHERNET, 7, 100, { LDP_PARAM(MTU), .mtu = 1500 } } } },
	  .one_way = true },
	{ "mapping of an IP PW", "0400 0026 00000003  0100 000c 80 000b 04 00000000 00000064  0200 0004 00000010"
	  "  0101 0006 0001 c0000201",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(LABEL) | H(ADDR_LIST), .label = 16,
	    .fec = { LDP_FEC_PWID, .pw = { false, false, 0x000b, 0, 100 } }, .addr = { LDP_AF_IPV4, O(192, 0, 2, 1) } },
	  "ldp.msg.tlv.addrl.addr=192.0.2.1" },
	{ "mapping of FEC 129, AII type 1",
	  "0400 0042 00000003  0100 001a 81 8005 16 01 08 0000fde800000064 01 04 0a000001"
	  " 01 04 0a000002  096b 0004 01 04 05dc  0200 0004 00000010  896a 0004 00000000  096c 0004 00000007",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(PW_PARAMS) | H(LABEL) | H(PW_STATUS) | H(PW_GROUP), .label = 16,
	    .pw_group = 7, .params = { LDP_PARAM(MTU), .mtu = 1500 }, .fec = { LDP_FEC_GENPWID, .gen = { true, false,
		LDP_PW_ETHERNET, { 1, O(0, 0, 0xfd, 0xe8, 0, 0, 0, 100) }, { 1, O(10, 0, 0, 1) }, { 1, O(10, 0, 0, 2) } } } },
	  "ldp.msg.tlv.fec.pw.controlword=1 ldp.msg.tlv.fec.pw.pwtype=0x0005 ldp.msg.tlv.fec.pw.infolength=22 "
	  "ldp.msg.tlv.fec.gen.agi.type=1 ldp.msg.tlv.fec.gen.saii.type=1 ldp.msg.tlv.fec.gen.saii.value=0a000001 "
	  "ldp.msg.tlv.fec.gen.taii.value=0a000002 ldp.msg.tlv.intparam.mtu=1500 ldp.msg.tlv.pwgrouping.value=7" },
	{ "mapping of FEC 129, AII type 2",
	  "0400 0032 00000003  0100 0022 81 0005 1e 00 00 02 0c 0000fde8 0a000001 00000001"
	  " 02 0c 0000fde8 0a000002 00000002  0200 0004 00000010",
	  { LDP_MSG_MAPPING, .id = 3, .has = H(FEC) | H(LABEL), .label = 16, .fec = { LDP_FEC_GENPWID, .gen = { false, false,
		LDP_PW_ETHERNET, { 0 }, { 2, O(0, 0, 0xfd, 0xe8, 10, 0, 0, 1, 0, 0, 0, 1) },
		{ 2, O(0, 0, 0xfd, 0xe8, 10, 0, 0, 2, 0, 0, 0, 2) } } } },
	  "ldp.msg.tlv.fec.gen.saii.type=2 ldp.msg.tlv.fec.gen.saii.value=0000fde80a00000100000001 "
	  "ldp.msg.tlv.fec.gen.taii.value=0000fde80a00000200000002" },
	/* ---- RFC 5036 3.5.8 to 3.5.11 ---- */
	{ "request of a prefix with loop detection", "0401 001d 00000009  0100 0008 02 0001 20 0a000002  0103 0001 01"
	  "  0104 0004 0a000001",
	  { LDP_MSG_REQUEST, .id = 9, .has = H(FEC) | H(HOP_COUNT) | H(PATH_VECTOR), .fec = PREFIX4(V4(10, 0, 0, 2), 32),
	    .hop_count = 1, .path_vector = O(10, 0, 0, 1) }, "ldp.msg.type=0x0401 ldp.msg.tlv.hc.value=1" },
	{ "request of all PWs", "0401 000d 00000009  0100 0005 05 80 02 7fff",
	  { LDP_MSG_REQUEST, .id = 9, .has = H(FEC), .fec = { LDP_FEC_TYPED, .typed = { LDP_FEC_PWID, 0, LDP_PW_WILDCARD } } },
	  "ldp.msg.type=0x0401 ldp.msg.tlv.len=5" },
	{ "request of all prefixes", "0401 000b 00000009  0100 0003 05 02 00",
	  { LDP_MSG_REQUEST, .id = 9, .has = H(FEC), .fec = { LDP_FEC_TYPED, .typed = { LDP_FEC_PREFIX } } },
	  "ldp.msg.type=0x0401 ldp.msg.tlv.len=3" },
	{ "request of a typed wildcard beside which something else stands",
	  "0401 000e 00000009  0100 0006 05 80 02 7fff 01",
	  { LDP_MSG_REQUEST, .id = 9, .has = H(FEC), .fec = { LDP_FEC_TYPED, .typed = { LDP_FEC_PWID, 0, LDP_PW_WILDCARD } } },
	  .one_way = true },
	{ "withdraw of a typed FEC 129 wildcard, its group ID ignored", "0402 0015 00000009  0100 0005 05 81 02 8005"
	  "  096c 0004 00000007",
	  { LDP_MSG_WITHDRAW, .id = 9, .has = H(FEC), .fec = { LDP_FEC_TYPED, .typed = { LDP_FEC_GENPWID, 0, LDP_PW_ETHERNET } } },
	  .one_way = true },
	{ "withdraw of everything", "0402 0009 0000000a  0100 0001 01",
	  { LDP_MSG_WITHDRAW, .id = 10, .has = H(FEC), .fec = { LDP_FEC_WILDCARD } }, "ldp.msg.type=0x0402 ldp.msg.tlv.fec.type=1" },
	{ "withdraw of a label", "0402 0011 0000000a  0100 0001 01  0200 0004 00000010",
	  { LDP_MSG_WITHDRAW, .id = 10, .has = H(FEC) | H(LABEL), .fec = { LDP_FEC_WILDCARD }, .label = 16 },
	  "ldp.msg.tlv.generic.label=16" },
	{ "withdraw of a PW: wrong C bit",
	  "0402 002a 0000000a  0100 000c 80 0005 04 00000000 00000064  0200 0004 00000010"
	  "  8300 000a 00000025 00000005 0400",
	  { LDP_MSG_WITHDRAW, .id = 10, .has = H(FEC) | H(LABEL) | H(STATUS), .label = 16,
	    .fec = { LDP_FEC_PWID, .pw = { false, false, LDP_PW_ETHERNET, 0, 100 } }, .status = { LDP_STATUS_WRONG_C_BIT, 5, 0x0400 } },
	  "ldp.msg.tlv.status.data=0x00000025 ldp.msg.tlv.fec.pw.pwid=100" },
	{ "withdraw of a group", "0402 0010 0000000a  0100 0008 80 0005 00 00000007",
	  { LDP_MSG_WITHDRAW, .id = 10, .has = H(FEC), .fec = { LDP_FEC_PWID, .pw = { false, true, LDP_PW_ETHERNET, 7 } } },
	  "ldp.msg.tlv.fec.pw.infolength=0 ldp.msg.tlv.fec.pw.groupid=7" },
	{ "release of a prefix, loop detected, to be forwarded", "0403 0026 0000000b  0100 0008 02 0001 20 0a000002"
	  "  0200 0004 00000010  c300 000a 4000000b 00000003 0400",
	  { LDP_MSG_RELEASE, .id = 11, .has = H(FEC) | H(LABEL) | H(STATUS), .fec = PREFIX4(V4(10, 0, 0, 2), 32), .label = 16,
	    .status = { 0x4000000b, 3, 0x0400 } }, "ldp.msg.type=0x0403 ldp.msg.tlv.status.fbit=1" },
	{ "release of a PW without its label", "0403 0014 0000000b  0100 000c 80 0005 04 00000000 00000064",
	  { LDP_MSG_RELEASE, .id = 11, .has = H(FEC), .fec = { LDP_FEC_PWID, .pw = { false, false, LDP_PW_ETHERNET, 0, 100 } } },
	  "ldp.msg.tlv.fec.pw.pwid=100" },
	{ "abort of a request", "0404 0018 0000000c  0100 0008 02 0001 20 0a000002  0600 0004 00000009",
	  { LDP_MSG_ABORT, .id = 12, .has = H(FEC) | H(REQUEST_ID), .fec = PREFIX4(V4(10, 0, 0, 2), 32), .request_id = 9 },
	  "ldp.msg.type=0x0404 ldp.msg.tlv.lbl_req_msg_id=0x00000009" },
};

static const struct bad bad[] = {
	/* ---- messages (RFC 5036 3.5.1.2.1) ---- */
	{ "unknown message", "0999 0004 00000001", LDP_E_MSG_TYPE },
	{ "bit 14 is part of the type", "4201 0004 00000001", LDP_E_MSG_TYPE },
	{ "unknown message with U", "8999 0004 00000001", LDP_IGNORE },
	{ "vendor-private message", "3e01 0008 00000001 000000fc", LDP_E_MSG_TYPE },
	{ "vendor-private message with U", "be01 0008 00000001 000000fc", LDP_IGNORE },
	{ "experimental message with U", "bf01 0008 00000001 00000001", LDP_IGNORE },
	{ "message length 3", "0201 0003 000001", LDP_E_MSG_LENGTH },
	{ "message without its ID", "0201 0004", LDP_E_MSG_LENGTH },
	{ "message longer than its PDU", "0201 0008 00000001", LDP_E_MSG_LENGTH },
	{ "one octet", "02", LDP_E_MSG_LENGTH },
	{ "notification without status", "0001 0004 00000001", LDP_E_MISSING, 0, 8 },
	{ "hello without parameters", "0100 000c 00000001  0401 0004 0a000001", LDP_E_MISSING, 0, 16 },
	{ "init without parameters", "0200 0009 00000001  8506 0001 80", LDP_E_MISSING, 0, 13 },
	{ "address without list", "0300 0004 00000001", LDP_E_MISSING, 0, 8 },
	{ "MAC withdraw without FEC", "0301 0008 00000001  8404 0000", LDP_E_MISSING, 0, 12 },
	{ "address withdraw with a FEC alone", "0301 0009 00000001  0100 0001 01", LDP_E_FEC_TYPE, 0x0100, 8, 5 },
	{ "mapping without label, as FRR answers a typed request", "0400 0010 00000003  0100 0008 02 0001 20 0a000002",
	  LDP_E_MISSING, 0, 20 },
	{ "mapping without FEC", "0400 000c 00000003  0200 0004 00000003", LDP_E_MISSING, 0, 16 },
	{ "request without FEC", "0401 0004 00000003", LDP_E_MISSING, 0, 8 },
	{ "withdraw without FEC", "0402 000c 00000003  0200 0004 00000003", LDP_E_MISSING, 0, 16 },
	{ "release without FEC", "0403 0004 00000003", LDP_E_MISSING, 0, 8 },
	{ "abort without request ID", "0404 0010 0000000c  0100 0008 02 0001 20 0a000002", LDP_E_MISSING, 0, 20 },
	/* ---- TLVs (3.5.1.2.2) ---- */
	{ "TLV over the end", "0201 0008 00000001  8999 0001", LDP_E_TLV_LENGTH, 0x8999, 8, 4 },
	{ "known TLV over the end", "0400 000c 00000003  0200 0005 00000003", LDP_E_TLV_LENGTH, 0x0200, 8, 8 },
	{ "half a TLV header", "0201 0006 00000001  8999", LDP_E_TLV_LENGTH, 0x8999, 8, 2 },
	{ "one octet of a TLV", "0201 0005 00000001  89", LDP_E_TLV_LENGTH, 0, 8, 1 },
	{ "unknown TLV", "0201 000a 00000001  0999 0002 abcd", LDP_E_TLV_TYPE, 0x0999, 8, 6 },
	{ "unknown TLV with F only", "0201 000a 00000001  4999 0002 abcd", LDP_E_TLV_TYPE, 0x4999, 8, 6 },
	{ "vendor-private TLV",
	  "0400 0020 00000003  0100 0008 02 0001 20 0a000002  0200 0004 00000003  3e00 0004 000000fc",
	  LDP_E_TLV_TYPE, 0x3e00, 28, 8 },
	{ "ATM label", "0400 0018 00000003  0100 0008 02 0001 20 0a000002  0201 0004 00200021",
	  LDP_E_TLV_TYPE, 0x0201, 20, 8 },
	{ "label of 3 octets", "0400 0017 00000003  0100 0008 02 0001 20 0a000002  0200 0003 000003",
	  LDP_E_TLV_VALUE, 0x0200, 20, 7 },
	{ "label of 5 octets", "0400 0019 00000003  0100 0008 02 0001 20 0a000002  0200 0005 0000000003",
	  LDP_E_TLV_VALUE, 0x0200, 20, 9 },
	{ "label of 21 bits", "0400 0018 00000003  0100 0008 02 0001 20 0a000002  0200 0004 00100000",
	  LDP_E_TLV_VALUE, 0x0200, 20, 8 },
	{ "empty hop count", "0401 0014 00000009  0100 0008 02 0001 20 0a000002  0103 0000",
	  LDP_E_TLV_VALUE, 0x0103, 20, 4 },
	{ "empty path vector", "0401 0014 00000009  0100 0008 02 0001 20 0a000002  0104 0000",
	  LDP_E_TLV_VALUE, 0x0104, 20, 4 },
	{ "path vector of 5 octets", "0401 0019 00000009  0100 0008 02 0001 20 0a000002  0104 0005 0a00000100",
	  LDP_E_TLV_VALUE, 0x0104, 20, 9 },
	{ "short status", "0001 0010 00000001  0300 0008 8000000a 00000000", LDP_E_TLV_VALUE, 0x0300, 8, 12 },
	{ "short extended status", "0001 0018 00000001  0300 000a 8000000a 00000000 0000  0301 0002 0000",
	  LDP_E_TLV_VALUE, 0x0301, 22, 6 },
	{ "short PW status", "0001 0018 00000001  0300 000a 00000028 00000000 0000  896a 0002 0000",
	  LDP_E_TLV_VALUE, 0x896a, 22, 6 },
	{ "short hello parameters", "0100 000a 00000001  0400 0002 000f", LDP_E_TLV_VALUE, 0x0400, 8, 6 },
	{ "hello: transport address of 5 octets", "0100 0015 00000001  0400 0004 000f 0000  0401 0005 0a00000100",
	  LDP_E_TLV_VALUE, 0x0401, 16, 9 },
	{ "hello: IPv6 transport address of 4 octets", "0100 0014 00000001  0400 0004 000f 0000  0403 0004 0a000001",
	  LDP_E_TLV_VALUE, 0x0403, 16, 8 },
	{ "hello: dual stack of 2 octets", "0100 0012 00000001  0400 0004 000f 0000  8701 0002 4000",
	  LDP_E_TLV_VALUE, 0x8701, 16, 6 },
	/* ---- initialization (3.5.3, RFC 5561) ---- */
	{ "init: protocol version 2", "0200 0016 00000001  0500 000e 0002 00b4 00 00 1000 0a000002 0000",
	  LDP_E_BAD_VERSION, 0x0500, 8, 18 },
	{ "init: keepalive 0", "0200 0016 00000001  0500 000e 0001 0000 00 00 1000 0a000002 0000",
	  LDP_E_KEEPALIVE, 0x0500, 8, 18 },
	{ "init: 13 octets", "0200 0015 00000001  0500 000d 0001 00b4 00 00 1000 0a000002 00",
	  LDP_E_TLV_VALUE, 0x0500, 8, 17 },
	{ "init: short FT session",
	  "0200 001e 00000001  0500 000e 0001 00b4 00 00 1000 0a000002 0000  8503 0004 00010000", LDP_E_TLV_VALUE, 0x8503, 26, 8 },
	{ "init: capability without S", "0200 001a 00000001  0500 000e 0001 00b4 00 00 1000 0a000002 0000  8506 0000",
	  LDP_E_TLV_VALUE, 0x8506, 26, 4 },
	{ "init: state control without S",
	  "0200 001a 00000001  0500 000e 0001 00b4 00 00 1000 0a000002 0000  850d 0000", LDP_E_TLV_VALUE, 0x850d, 26, 4 },
	{ "init: the same capability twice",
	  "0200 0020 00000001  0500 000e 0001 00b4 00 00 1000 0a000002 0000  8506 0001 80  8506 0001 80",
	  LDP_E_CAP_TWICE, 0x8506, 31, 5 },
	{ "init: unknown capability without U",
	  "0200 001b 00000001  0500 000e 0001 00b4 00 00 1000 0a000002 0000  0508 0001 80",
	  LDP_E_CAP_INIT, 0x0508, 26, 5 },
	{ "capability: unknown without U", "0202 0009 00000001  0508 0001 80", LDP_E_CAP, 0x0508, 8, 5 },
	{ "capability: the same twice", "0202 000e 00000001  850e 0001 80  850e 0001 00",
	  LDP_E_CAP_TWICE, 0x850e, 13, 5 },
	/* ---- addresses ---- */
	{ "address family 16389", "0300 000c 00000001  0101 0004 4005 0a00", LDP_E_FAMILY, 0x0101, 8, 8 },
	{ "address list of 1 octet", "0300 0009 00000001  0101 0001 00", LDP_E_TLV_VALUE, 0x0101, 8, 5 },
	{ "address list of one and a half addresses", "0300 0010 00000001  0101 0008 0001 0a000001 0a00",
	  LDP_E_TLV_VALUE, 0x0101, 8, 12 },
	{ "IPv6 list of 4 octets", "0300 000e 00000001  0101 0006 0002 0a000001", LDP_E_TLV_VALUE, 0x0101, 8, 10 },
	{ "MAC list of 5 octets", "0301 001d 00000002  0100 000c 80 8005 04 00000000 00000064  8404 0005 0200000000",
	  LDP_IGNORE },
	/* ---- FECs (3.4.1, RFC 5918 4, RFC 8077 6) ---- */
	{ "empty FEC", "0401 0008 00000009  0100 0000", LDP_E_TLV_VALUE, 0x0100, 8, 4 },
	{ "unknown FEC element", "0401 000a 00000009  0100 0002 06 00", LDP_E_FEC_TYPE, 0x0100, 8, 6 },
	{ "host FEC of RFC 3036", "0401 0010 00000009  0100 0008 03 0001 04 0a000002", LDP_E_FEC_TYPE, 0x0100, 8, 12 },
	{ "wildcard in a mapping", "0400 0011 00000009  0100 0001 01  0200 0004 00000010",
	  LDP_E_FEC_TYPE, 0x0100, 8, 5 },
	{ "wildcard in a request", "0401 0009 00000009  0100 0001 01", LDP_E_FEC_TYPE, 0x0100, 8, 5 },
	{ "wildcard twice", "0402 000a 0000000a  0100 0002 01 01", LDP_E_TLV_VALUE, 0x0100, 8, 6 },
	{ "two prefixes in a request", "0401 0017 00000009  0100 000f 02 0001 20 0a000002 02 0001 18 0a0100",
	  LDP_E_TLV_VALUE, 0x0100, 8, 19 },
	{ "prefix and PW in a mapping",
	  "0400 0024 00000003  0100 0014 02 0001 20 0a000002 80 0005 04 00000000 00000064  0200 0004 00000010",
	  LDP_E_TLV_VALUE, 0x0100, 8, 24 },
	{ "two PWs in a mapping",
	  "0400 0028 00000003  0100 0018 80 0005 04 00000000 00000064 80 0005 04 00000000 00000065  0200 0004 00000010",
	  LDP_E_TLV_VALUE, 0x0100, 8, 28 },
	{ "prefix, then an unknown element", "0400 0019 00000003  0100 0009 02 0001 20 0a000002 06  0200 0004 00000010",
	  LDP_E_FEC_TYPE, 0x0100, 8, 13 },
	{ "prefix of 33 bits", "0401 0011 00000009  0100 0009 02 0001 21 0a00000200", LDP_E_TLV_VALUE, 0x0100, 8, 13 },
	{ "IPv6 prefix of 129 bits", "0401 001d 00000009  0100 0015 02 0002 81 20010db8000000000000000000000000 00",
	  LDP_E_TLV_VALUE, 0x0100, 8, 25 },
	{ "prefix that ends early", "0401 000f 00000009  0100 0007 02 0001 20 0a0000", LDP_E_TLV_VALUE, 0x0100, 8, 11 },
	{ "prefix of another family", "0401 0010 00000009  0100 0008 02 0003 20 0a000002",
	  LDP_E_FAMILY, 0x0100, 8, 12 },
	{ "typed wildcard in a mapping", "0400 0015 00000009  0100 0005 05 80 02 7fff  0200 0004 00000010",
	  LDP_E_FEC_TYPE, 0x0100, 8, 9 },
	{ "typed wildcard of an unknown type", "0401 000b 00000009  0100 0003 05 06 00", LDP_E_FEC_TYPE, 0x0100, 8, 7 },
	{ "typed wildcard of another family", "0401 000d 00000009  0100 0005 05 02 02 0003",
	  LDP_E_FAMILY, 0x0100, 8, 9 },
	{ "typed wildcard with 1 octet", "0401 000c 00000009  0100 0004 05 80 01 7f", LDP_E_TLV_VALUE, 0x0100, 8, 8 },
	{ "typed wildcard over the end", "0401 000c 00000009  0100 0004 05 80 02 7f", LDP_E_TLV_VALUE, 0x0100, 8, 8 },
	{ "PW without ID in a mapping, as FRR answers a request",
	  "0400 0018 00000003  0100 0008 80 0005 00 00000000  0200 0004 00000010",
	  LDP_E_FEC_TYPE, 0x0100, 8, 12 },
	{ "PW info of 3 octets", "0402 0013 0000000a  0100 000b 80 0005 03 00000000 000000",
	  LDP_E_TLV_VALUE, 0x0100, 8, 15 },
	{ "PW info over the end", "0402 0014 0000000a  0100 000c 80 0005 05 00000000 00000064",
	  LDP_E_TLV_VALUE, 0x0100, 8, 16 },
	{ "PW without group", "0402 000e 0000000a  0100 0006 80 0005 00 0000", LDP_E_TLV_VALUE, 0x0100, 8, 10 },
	{ "parameter of length 1", "0402 0016 0000000a  0100 000e 80 0005 06 00000000 00000064 01 01",
	  LDP_E_TLV_VALUE, 0x0100, 8, 18 },
	{ "unknown parameter of length 0", "0402 0016 0000000a  0100 000e 80 0005 06 00000000 00000064 7f 00",
	  LDP_E_TLV_VALUE, 0x0100, 8, 18 },
	{ "parameter over the end", "0402 0016 0000000a  0100 000e 80 0005 06 00000000 00000064 7f 03",
	  LDP_E_TLV_VALUE, 0x0100, 8, 18 },
	{ "half a parameter", "0402 0015 0000000a  0100 000d 80 0005 05 00000000 00000064 7f",
	  LDP_E_TLV_VALUE, 0x0100, 8, 17 },
	{ "MTU of 1 octet", "0402 0017 0000000a  0100 000f 80 0005 07 00000000 00000064 01 03 05",
	  LDP_E_TLV_VALUE, 0x0100, 8, 19 },
	{ "MTU of 3 octets", "0402 0019 0000000a  0100 0011 80 0005 09 00000000 00000064 01 05 0005dc",
	  LDP_E_TLV_VALUE, 0x0100, 8, 21 },
	{ "FEC 129 that ends in its SAII", "0402 0013 0000000a  0100 000b 81 0005 07 00 00 01 04 0a0000",
	  LDP_E_TLV_VALUE, 0x0100, 8, 15 },
	{ "FEC 129 with something behind its TAII", "0402 0013 0000000a  0100 000b 81 0005 07 00 00 00 00 00 00 00",
	  LDP_E_TLV_VALUE, 0x0100, 8, 15 },
	{ "FEC 129 of a group in a mapping", "0400 0014 00000003  0100 0004 81 0005 00  0200 0004 00000010",
	  LDP_E_FEC_TYPE, 0x0100, 8, 8 },
	{ "malformed parameters of FEC 129", "0402 0011 0000000a  0100 0004 81 0005 00  096b 0001 01",
	  LDP_E_TLV_VALUE, 0x096b, 16, 5 },
};

#define N_GOOD	(sizeof(good) / sizeof(good[0]))
#define N_BAD	(sizeof(bad) / sizeof(bad[0]))

#endif
