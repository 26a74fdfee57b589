/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crc.h: the checksum of what lies on disk.
 */
#ifndef TW_CRC_H
#define TW_CRC_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 (IEEE 802.3) of what @crc is of and of @data behind it; @crc 0 begins. */
uint32_t crc32_more(uint32_t crc, const void *data, size_t len);

#endif
