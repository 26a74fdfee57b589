/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show.c: the speaker, adjacencies and sessions for displays (ldp_show.h), and in words why they are not up.
 */
#include "ldp/session.h"

void ldp_show_speaker(const struct ldp *l, struct show_speaker *out)
{
	*out = l->count;
	out->enabled = l->enabled;
	out->listening = l->sp->open;
	out->lsr_id = l->lsr_id;
	out->graceful_restart = l->cfg.graceful_restart;
	out->ordered = l->cfg.ordered;
	out->recovering = l->recovering;
}
