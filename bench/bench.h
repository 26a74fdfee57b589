/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench.h: what the parts of tw-bench-forward share.
 *
 * Every figure is printed as it was measured; medians, ratios and bars are run.py's.
 */
#ifndef TW_BENCH_H
#define TW_BENCH_H

#include <stdint.h>
#include <stdnoreturn.h>

/* The two commands. argv starts after the command's name; returns the exit code. */
int chain_main(int argc, char **argv);
int cost_main(int argc, char **argv);

/* Prints a line and leaves with code 2: the measurement cannot be made. */
noreturn void die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Monotonic time in ns. */
uint64_t now_ns(void);

/* Keeps the calling thread on the last CPU, ahead of what else runs here. */
void settle_on_cpu(void);

/* A frame of @len octets (with Ethernet header, without FCS): IPv4 and UDP below @tagged ? a C-tag : nothing. */
void make_frame(uint8_t *frame, unsigned int len, int tagged);

#endif
