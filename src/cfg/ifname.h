/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ifname.h: interface names: canonical form, kind, order.
 */
#ifndef TW_CFG_IFNAME_H
#define TW_CFG_IFNAME_H

#include "cfg/cfg.h"

enum if_class {
	IF_PORT,		/* Ethernet: carries circuits */
	IF_LOOPBACK,
	IF_UNBUILT,		/* a kind the manual has and we have not */
};

/* The class of a canonical name; *why: for IF_UNBUILT the sentence, else NULL. */
enum if_class ifname_class(const char *name, const char **why);
/* "X.N" -> "X"; "" when @name is no sub-interface. */
void ifname_parent(const char *name, char out[IFNAME_LEN]);
/* Writes a key that sorts as a person would sort names (GigabitEthernet0/1/2 before 0/1/10), at most
 * 2 * IFNAME_LEN octets, ended by a zero octet that is counted. A name's key without that octet is
 * a prefix of its sub-interfaces' keys. */
size_t ifname_key(const char *name, uint8_t *out);

#endif
