/* SPDX-License-Identifier: BSD-2-Clause */
/* show_ldp.h: what the displays of LDP share. */
#ifndef TW_CLI_SHOW_LDP_H
#define TW_CLI_SHOW_LDP_H

#include "cli/display.h"
#include "cli/list.h"

extern const char ldp_rule[];			/* a line of 74 dashes */

/* There is a speaker and LDP is enabled; else the command was told so. */
bool ldp_ready(struct session *s);
void put_ldp_id(struct text *t, uint32_t lsr);	/* LSR:0; 0: nothing */
void put_age(struct text *t, uint64_t ns);	/* DDDD:HH:MM */
void put_seconds(struct text *t, uint32_t n);	/* "45 Sec"; 0: "----" */
const struct m_ldp *ldp_configured(const struct cli_engine *e);		/* defaults when there is none */
const struct m_ldp_timers *timers_of_interface(const struct cli_engine *e, const char *ifname);
uint32_t ldp_our_lsr(const struct cli_engine *e);
uint64_t age_of(const struct cli_engine *e, uint64_t since_ns);		/* ns from then to now; 0: never */

#endif
