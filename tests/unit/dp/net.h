/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * net.h: the network of the data plane tests, made anew for each and gone with the process.
 *
 *	ce1 --- ac  PE1 core ===== core PE2 ac --- ce2
 *
 * Each of the four in a network namespace without a name; a bpffs in a mount namespace of our own.
 */
#ifndef TW_TEST_NET_H
#define TW_TEST_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/loop.h"
#include "dp/dp.h"

enum ns { CE1, PE1, PE2, CE2, NS__N };

struct pe {
	enum ns ns;
	uint32_t ac, core;		/* ifindexes */
	uint8_t mac[6], peer[6];	/* of the core link */
	struct dp *dp;
	uint64_t hold_ns;		/* for pe_open() */
	enum dp_opened how;
	char why[256];
};

struct net {
	int ns[NS__N], home;
	int ce[2];			/* packet sockets on ce1 and ce2 */
	struct loop *loop;
	struct pe pe[2];
	char dir[64], bpf[80];
};

void net_make(struct net *n);
void net_drop(struct net *n);
void net_enter(const struct net *n, enum ns ns);
void net_home(const struct net *n);
/* Runs a shell command in a namespace; fails the test when it fails. */
void net_sh(const struct net *n, enum ns ns, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int net_try(const struct net *n, enum ns ns, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

void pe_open(struct net *n, int i, uint32_t capacity);	/* fails the test when it cannot */
int pe_try_open(struct net *n, int i, uint32_t capacity, const char *bpf);
void pe_close(struct net *n, int i);
/* The whole state of one end: a raw PW with control word on path 1; @mode for AC and core port. */
void pe_list(const struct net *n, int i, enum m_port_mode ac, enum m_port_mode core, struct actions *out);
void pe_apply(struct net *n, int i, enum m_port_mode ac, enum m_port_mode core);
void net_settle(struct net *n);		/* runs the loop until neither end is busy */
void net_run(struct net *n, bool (*until)(void *arg), void *arg);

/* Frame number @seq from one CE; true if it, and nothing else of ours, arrives at the other. */
bool net_cross(struct net *n, int from, uint32_t seq);
bool net_both_ways(struct net *n);

/* Traffic in both directions from threads, 2000 frames/s each way, until stopped; lost and doubled ones. */
struct stream;
struct stream *stream_start(struct net *n);
void stream_stop(struct stream *s, uint32_t *sent, uint32_t *lost, uint32_t *twice);

#endif
