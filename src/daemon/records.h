/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * records.h: the records of switches on disk: the file `switches` in the run directory.
 *
 * A first line that names the version, then a line a record, the oldest first:
 *
 *   CRC NUMBER TIME WHEN FROM TO REASON DETECTOR DROPPED RISK SILENT INTERFACE
 *
 * CRC: 8 hex digits, of what stands behind it and its blank; NUMBER from 1, rising; TIME: wall clock, ns; WHEN:
 * CLOCK_MONOTONIC, ns; FROM, TO: primary, secondary, bypass; REASON: its number, 0 for none; DROPPED: frames, or -
 * when they were not counted. RISK: frames sent by FROM after it was heard last; SILENT: ms since then, with a + behind
 * it when it was never heard; both - when FROM was not looked at or did not fail. A line is taken only if it is exactly what this program would write for what it says.
 */
#ifndef TW_RECORDS_H
#define TW_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/cli.h"

/* record_line.c: pure. */
#define RECORD_LINE	256		/* octets of a line at most, newline included */
#define RECORD_FIRST	"twinwire switches 2\n"
#define RECORD_NUMBERS	(UINT64_MAX / 2)	/* the last number that is believed */
size_t record_line(char line[RECORD_LINE], const struct cli_switch *s);	/* its length; 0: @s is not to be written */
bool record_parse(struct cli_switch *s, const char *line, size_t len);	/* @len with the newline; false: it is none */

/* record_file.c: no record is written twice but when the file is written anew. */
struct record_file {
	char path[256], fresh[264];	/* the file; the one that is to take its place */
	uint64_t next;			/* number of the first record that is not in it yet */
	uint64_t size;			/* octets of the file that is written to; 0: it is to be written anew */
	uint32_t lines;			/* of records in it */
	bool anew;			/* written to is .fresh */
};
struct record_found {
	uint32_t taken, bad;		/* lines */
};
void record_file_init(struct record_file *f, const char *run_dir);
/* Calls @fn for each record, numbers rising; 0 (there may be no file), or -errno. */
int record_file_read(struct record_file *f, void (*fn)(void *arg, const struct cli_switch *s), void *arg,
		     struct record_found *found);
/* Writes a few of the records up to number @n that @ring still has (number n at n % RECORDS_MAX). 1: there are more;
 * 0: all are in the file; -errno: the rest is tried again by the next call. */
int record_file_write(struct record_file *f, const struct cli_switch *ring, uint64_t n);

#endif
