/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pw_fsm.c: what the peer has of a pseudowire of ours, as a table (RFC 8077, 6.3 and 7). Pure; see pw.h.
 *
 * From PW_NONE the owner goes on by asking itself again whether the PW may be mapped (pw_judge()), so a row ends in
 * PW_NONE when a Withdraw is answered, and what follows is WANT, RENEGOTIATE or nothing. A Wrong C-bit Withdraw is the
 * exception of 7.2: the Mapping with C=0 follows without waiting. Once the Withdraw of 7.3 is under way nothing but the
 * loss of the session, or not being wanted any more, leads off the track.
 */
#include "ldp/pw.h"

#define S(n)	PW_##n
#define ROW(want, quiet, changed, anew, renegotiate, said, mapping, mapping_c0, release, request, refused) \
	{ \
		[PW_EV_WANT] = S(want), [PW_EV_QUIET] = S(quiet), [PW_EV_CHANGED] = S(changed), \
		[PW_EV_ANEW] = S(anew), [PW_EV_RENEGOTIATE] = S(renegotiate), [PW_EV_SAID] = S(said), \
		[PW_EV_MAPPING] = S(mapping), [PW_EV_MAPPING_C0] = S(mapping_c0), [PW_EV_RELEASE] = S(release), \
		[PW_EV_REQUEST] = S(request), [PW_EV_REFUSED] = S(refused), [PW_EV_LOST] = S(NONE), \
	}

const uint8_t pw_fsm[PW__N][PW_EV__N] = {
	/*		      WANT	   QUIET	CHANGED      ANEW	  RENEGOTIATE  SAID
	 *		      MAPPING	   MAPPING_C0	RELEASE	     REQUEST	  REFUSED */
	[PW_NONE]	 = ROW(TO_MAP,	   NONE,	NONE,	     NONE,	  TO_REQUEST,  NONE,
			       NONE,	   NONE,	NONE,	     NONE,	  NONE),
	[PW_TO_MAP]	 = ROW(TO_MAP,	   NONE,	TO_MAP,	     TO_MAP,	  TO_MAP,      MAPPED,
			       TO_MAP,	   TO_MAP,	TO_MAP,	     TO_MAP,	  TO_MAP),
	[PW_MAPPED]	 = ROW(MAPPED,	   TO_WITHDRAW,	TO_WITHDRAW, TO_WITHDRAW, TO_WITHDRAW, MAPPED,
			       MAPPED,	   WRONG_C,	RELEASED,    AGAIN,	  MAPPED),
	[PW_AGAIN]	 = ROW(AGAIN,	   TO_WITHDRAW,	TO_WITHDRAW, TO_WITHDRAW, TO_WITHDRAW, MAPPED,
			       AGAIN,	   WRONG_C,	TO_MAP,	     AGAIN,	  AGAIN),
	[PW_TO_WITHDRAW] = ROW(TO_WITHDRAW, TO_WITHDRAW, TO_WITHDRAW, TO_WITHDRAW, TO_WITHDRAW, WAIT,
			       TO_WITHDRAW, TO_WITHDRAW, NONE,	     TO_WITHDRAW, TO_WITHDRAW),
	[PW_WAIT]	 = ROW(WAIT,	   WAIT,	WAIT,	     WAIT,	  WAIT,	       WAIT,
			       WAIT,	   WAIT,	NONE,	     WAIT,	  WAIT),
	[PW_WRONG_C]	 = ROW(WRONG_C,	   TO_WITHDRAW,	TO_WITHDRAW, TO_WITHDRAW, TO_WITHDRAW, TO_MAP,
			       MAPPED,	   WRONG_C,	TO_MAP,	     WRONG_C,	  WRONG_C),
	[PW_RELEASED]	 = ROW(RELEASED,   NONE,	TO_MAP,	     TO_MAP,	  NONE,	       RELEASED,
			       TO_MAP,	   TO_MAP,	RELEASED,    TO_MAP,	  RELEASED),
	[PW_TO_REQUEST]	 = ROW(TO_REQUEST, NONE,	TO_REQUEST,  TO_MAP,	  TO_REQUEST,  REQUESTED,
			       TO_REQUEST, TO_REQUEST,	TO_REQUEST,  TO_MAP,	  TO_REQUEST),
	[PW_REQUESTED]	 = ROW(REQUESTED,  NONE,	REQUESTED,   TO_MAP,	  REQUESTED,   REQUESTED,
			       TO_MAP,	   TO_MAP,	REQUESTED,   TO_MAP,	  TO_MAP),
};

bool pw_state_says(enum pw_state s)
{
	static const bool says[PW__N] = {
#define X(n, says, text) says,
		PW_STATES(X)
#undef X
	};
	return says[s];
}

const char *pw_state_text(enum pw_state s)
{
	static const char *const texts[PW__N] = {
#define X(n, says, text) text,
		PW_STATES(X)
#undef X
	};
	return texts[s];
}

const char *pw_event_text(enum pw_event e)
{
	static const char *const texts[PW_EV__N] = {
#define X(n, text) text,
		PW_EVENTS(X)
#undef X
	};
	return texts[e];
}

bool pw_type_needs_cw(uint16_t type)
{
	static const bool needs[] = {
		[0x02] = true,					/* AAL5 SDU (RFC 4717) */
		[0x0c] = true, [0x0d] = true, [0x0e] = true,	/* ATM one to one, AAL5 PDU */
		[0x10] = true,					/* CEP (RFC 4842) */
		[0x11] = true, [0x12] = true, [0x13] = true, [0x14] = true,	/* SAToP (RFC 4553) */
		[0x15] = true, [0x17] = true,			/* CESoPSN (RFC 5086) */
		[0x16] = true, [0x18] = true,			/* TDMoIP (RFC 5087) */
		[0x19] = true,					/* Frame Relay DLCI (RFC 4619) */
	};
	return type < sizeof(needs) && needs[type];
}
