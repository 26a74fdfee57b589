/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proto.h: what the client program and the engine say to each other on <run-dir>/cli.sock.
 *
 * A frame is a type octet, a length of four octets (network order) and so many octets of text,
 * without a NUL. The engine speaks first (hello, then done with the first prompt). The client sends
 * one line, or asks for help, and reads until done; while a question is open it may only answer or
 * interrupt. Whatever the client does, it may interrupt: output of the engine before the mark that answers
 * it was made before.
 * Whoever sees a frame it does not know or one longer than allowed closes the connection.
 */
#ifndef TW_CLI_PROTO_H
#define TW_CLI_PROTO_H

#include <stdint.h>

#define CLI_PROTO	2	/* version, first octet of a hello's text as a decimal digit */
#define CLI_HEAD	5	/* octets before the text */
#define CLI_IN_MAX	3100	/* longest text a client may send: one command line */
#define CLI_OUT_MAX	65536	/* longest text the engine sends in one frame */

enum cli_frame {
	/* client to engine */
	CLI_LINE	= 'L',	/* one command line */
	CLI_ANSWER	= 'A',	/* to a question; ignored when an interrupt has taken it back */
	CLI_INTERRUPT	= 'I',	/* stop what runs; empty */
	CLI_HELP	= '?',	/* what may follow this text? a line up to the cursor */
	CLI_HOLD	= 'W',	/* the operator reads a page: do not take silence for death; empty */

	/* engine to client */
	CLI_HELLO	= 'H',	/* protocol digit, blank, version of the engine */
	CLI_OUTPUT	= 'O',	/* a piece of text to print */
	CLI_FILTER	= 'F',	/* output up to done goes through these stages: "include RE | count" */
	CLI_CARET	= 'C',	/* decimal offset of the word at fault in the line sent */
	CLI_QUESTION	= 'Q',	/* wants an answer */
	CLI_ITEMS	= 'h',	/* whole items of help, a line each: kind CLI_ITEM_*, word, tab, help */
	CLI_MARK	= 'M',	/* the interrupt has arrived; empty */
	CLI_PROGRESS	= 'P',	/* how far the work is, for a terminal; what comes next replaces it */
	CLI_HISTORY	= 'Y',	/* the client's lines are to be printed here, as output; empty */
	CLI_LIVE	= 'V',	/* output up to done comes as it happens: no pages; empty */
	CLI_SCREEN	= 'S',	/* lines of a page from now on, decimal, 0 = no paging; empty: the terminal's */
	CLI_DONE	= 'D',	/* CLI_STATUS_*, CLI_CLEAN or CLI_DIRTY, then the prompt */
	CLI_BYE		= 'X',	/* the session is over; the text says why, empty after quit */
};

#define CLI_ITEM_WORD	'w'	/* a keyword */
#define CLI_ITEM_VALUE	'v'	/* the type of a value */
#define CLI_ITEM_END	'e'	/* <cr> */
#define CLI_ITEM_WRONG	'x'	/* nothing may follow: offset of the word at fault, and the error */

#define CLI_STATUS_OK	'='
#define CLI_STATUS_ERR	'!'	/* the command said "Error:" */
#define CLI_CLEAN	'~'
#define CLI_DIRTY	'*'	/* the session holds uncommitted changes */

static inline void cli_head_put(uint8_t h[CLI_HEAD], uint8_t type, uint32_t len)
{
	h[0] = type;
	h[1] = (uint8_t)(len >> 24);
	h[2] = (uint8_t)(len >> 16);
	h[3] = (uint8_t)(len >> 8);
	h[4] = (uint8_t)len;
}

static inline uint32_t cli_head_len(const uint8_t h[CLI_HEAD])
{
	return (uint32_t)h[1] << 24 | (uint32_t)h[2] << 16 | (uint32_t)h[3] << 8 | h[4];
}

#endif
