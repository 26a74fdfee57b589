/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * warn.h: what may be amiss after a change, though it was committed: ports too small for the pseudowires that leave
 * by them, LDP sessions that nothing sets up, MPLS lines that do nothing without the global one, protection that will
 * not do what it looks like.
 */
#ifndef TW_CLI_WARN_H
#define TW_CLI_WARN_H

#include <stdbool.h>
#include <stdint.h>

#include "cfg/cfg.h"
#include "core/core_show.h"

/* Looks at what differs between @before (kept by a reference; NULL: an empty configuration, as at a start) and what
 * runs now, and at every circuit if what they share is among it: an LSP, a core port,
 * a template, a remote peer that went. Core must have settled the change.
 * NULL: no memory. */
struct warn;
struct warn *warn_new(const struct cfg *c, const struct core *core, const struct trie *before);
/* A slice, some dozen circuits; true: there is more. @tell gets sentences without "Warning: ", with the last slice. */
bool warn_step(struct warn *w, void (*tell)(void *arg, const char *sentence), void *arg);
void warn_free(struct warn *w);			/* NULL allowed */

/* Octets a core port must take as one MPLS packet for @pw's largest frame: PW MTU + 14, 4 per label (the path's and the
 * PW's), 4 for a control word that is used (or wanted, while the peer has said nothing), 4 for the tag a tagged PW
 * carries (RFC 4448). */
uint32_t pw_needs_mtu(const struct show_pw *pw);

#endif
