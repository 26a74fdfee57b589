/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nl.h: one netlink request and its answer. Inside src/sys only.
 *
 * A socket per request: nothing is shared, so any thread may ask, in its own namespace.
 */
#ifndef TW_SYS_NL_H
#define TW_SYS_NL_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>

#define NL_REQUEST 2048			/* octets for a request */
#define NL_ANSWER 32768			/* the kernel fills at most 32 KiB per read of a dump */

/* Starts a request in @buf (NL_REQUEST octets): header and @extra zeroed octets behind it. */
struct nlmsghdr *nl_begin(void *buf, uint16_t type, uint16_t flags, size_t extra, void **ret_extra);

/*
 * Sends @req on a socket of family @bus (NETLINK_ROUTE, NETLINK_GENERIC) and reads answers until the
 * acknowledgement or the end of the dump; @fn (may be NULL) sees each message, a negative return of
 * it ends the talk. A dump that was interrupted by a change is -EINTR. 0 or -errno.
 */
int nl_talk(int bus, struct nlmsghdr *req, int (*fn)(const struct nlmsghdr *nlh, void *arg), void *arg);

/*
 * Attributes by type into tb[0..max]; unknown ones are left out, of repeated ones the last counts.
 * False: the message is shorter than @head, or an attribute runs past its end. (mnl_attr_parse() rounds
 * the end up, and so may read three octets behind it.)
 */
bool nl_parse(const struct nlmsghdr *nlh, size_t head, const struct nlattr **tb, uint16_t max);
bool nl_parse_nested(const struct nlattr *nest, const struct nlattr **tb, uint16_t max);
bool nl_parse_bytes(const void *p, size_t len, const struct nlattr **tb, uint16_t max);

static inline bool nl_holds(const struct nlattr *a, size_t len)	/* it is there and has that many octets */
{
	return a && mnl_attr_get_payload_len(a) >= len;
}

#endif
