/* SPDX-License-Identifier: BSD-2-Clause */
/* reset.c: reset pw, reset mpls ldp: pseudowires and sessions that begin anew, counters of LDP that go to zero. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cli/args.h"
#include "cli/show_ldp.h"
#include "wire/ldp.h"

/* The type that was typed; 0: none of those that are built, and it was said. */
static uint16_t type_asked(struct session *s, const struct args *a)
{
	if (arg_text(a, "ethernet"))
		return LDP_PW_ETHERNET;
	if (arg_text(a, "vlan"))
		return LDP_PW_ETHERNET_TAGGED;
	say_error(s, "Pseudowires of this type are not built: there are ethernet and vlan.");
	return 0;
}

void reset_pw(struct session *s, const struct args *a)
{
	uint32_t peer = arg_ip(a, "<peer-id>"), id = arg_number(a, "<vc-id>");
	uint16_t type = type_asked(s, a);
	int n;

	if (!type)
		return;
	n = s->e->reset_pw ? s->e->reset_pw(s->e->arg, peer, id, type) : -ENOSYS;
	if (n > 0)
		say(s, "Info: %d pseudowire%s signalled anew.\n", n, n == 1 ? " is" : "s are");
	else if (!n)
		say_error(s, "There is no signalled pseudowire with VC ID %" PRIu32 " of this type%s%s.", id,
			  peer ? " to " : "", peer ? arg_text(a, "<peer-id>") : "");
	else if (n == -ENOSYS)
		say_error(s, "There is no core whose pseudowires could be reset.");
	else
		say_error(s, "The pseudowire was not reset: %s.", strerror(-n));
}

void reset_ldp(struct session *s, const struct args *a)
{
	const char *peer = arg_text(a, "<peer-id>");
	struct show_session one;
	unsigned n;

	if (!ldp_ready(s))
		return;
	if (peer && !ldp_show_session(s->e->ldp, arg_ip(a, "<peer-id>"), &one)) {
		say_error(s, "LDP does not know the peer %s.", peer);
		return;
	}
	if (!s->e->ldp_reset) {
		say_error(s, "LDP cannot be reset in this engine.");
		return;
	}
	n = s->e->ldp_reset(s->e->arg, arg_ip(a, "<peer-id>"), arg_text(a, "graceful"));
	say(s, "Info: %u LDP session%s torn down; %s again by %s.\n", n, n == 1 ? " was" : "s were",
	    n == 1 ? "it comes" : "they come", n == 1 ? "itself" : "themselves");
}

void reset_ldp_counters(struct session *s, const struct args *a)
{
	bool packets = arg_text(a, "packet"), all = arg_text(a, "all");

	if (!ldp_ready(s))
		return;
	if (!s->e->ldp_reset_counters)
		say_error(s, "The counters of LDP cannot be reset in this engine.");
	else
		s->e->ldp_reset_counters(s->e->arg, packets && (all || arg_text(a, "tcp")),
					 packets && (all || arg_text(a, "udp")), arg_text(a, "adjacency-down"),
					 arg_text(a, "session-down"));
}
