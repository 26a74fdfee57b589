/* SPDX-License-Identifier: BSD-2-Clause */
/* ifcount.h: what the kernel counts of a device, since it came up. */
#ifndef TW_IFCOUNT_H
#define TW_IFCOUNT_H

#include <stdint.h>

struct ifcount {
	uint64_t rx_frames, rx_octets, tx_frames, tx_octets;
	uint64_t rx_dropped, tx_dropped, rx_errors, tx_errors;
};

#endif
