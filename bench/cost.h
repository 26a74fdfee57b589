/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cost.h: the numbers that cost.bpf.c and cost.c agree on.
 *
 * Device 1 (lo) plays the core port. Many services come in two kinds: N circuits each with a port
 * of its own, and N circuits that are sub-interfaces of sixteen ports. Both are protected: a secondary
 * and the receive gate. Third, labels of the same sub-interfaces without the gate (a single PW).
 */
#ifndef TW_BENCH_COST_H
#define TW_BENCH_COST_H

#define CORE_PORT	1u
#define VLAN_PORT	2u			/* .. 17 */
#define VLAN_PORTS	16u
#define VIDS		4094u
#define MANY		(VLAN_PORTS * VIDS)	/* 65,504 */
#define PORT_FIRST	(TW_PORTS - MANY)	/* port and circuit of the first kind: 32 .. 65535 */
#define VLAN_FIRST	TW_PORTS		/* circuit of the second kind */
#define CAPACITY	(2u * TW_PORTS)

#define LABEL_POP	100000u			/* our end of the transport LSP */
#define LABEL_TRANSIT	100001u
#define LABEL_PORT	200000u			/* + 0 .. MANY-1 */
#define LABEL_VLAN	300000u
#define LABEL_SINGLE	400000u

#define LEN_OUTER	26			/* Ethernet, transport label, PW label, control word */
#define LEN_BARE	22			/* without the transport label */

#endif
