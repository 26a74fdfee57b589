/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clsact.h: our one tc filter at the ingress of a device. Inside src/sys only.
 */
#ifndef TW_SYS_CLSACT_H
#define TW_SYS_CLSACT_H

#include <stdbool.h>
#include <stdint.h>

#define CLSACT_HANDLE 0x7477u
#define CLSACT_PRIORITY 7477u		/* late: whoever filters before us was told to by an operator */

int clsact_qdisc_add(uint32_t ifindex);			/* -EEXIST: clsact or ingress is there */
int clsact_qdisc_del(uint32_t ifindex);
int clsact_filter_set(uint32_t ifindex, int prog_fd);	/* made, or replaced in place */
int clsact_filter_del(uint32_t ifindex);		/* -ENOENT: none of ours */
int clsact_filter_tag(uint32_t ifindex, uint8_t tag[8]);	/* -ENOENT */
int clsact_unused(uint32_t ifindex, bool *unused);	/* no filter left, ingress or egress */

#endif
