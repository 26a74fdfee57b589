/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * main.c: tw-bench-forward, the part of `./run bench forward` that has to be C.
 */
#include "bench.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("tw-bench-forward: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(2);
}

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Where sessions are scheduled as groups a nice value counts only inside one: ours gets its own. */
static void favour_session(void)
{
	FILE *f;

	setsid();
	f = fopen("/proc/self/autogroup", "w");
	if (!f)
		return;
	fputs("-20", f);
	fclose(f);
}

void settle_on_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((int)sysconf(_SC_NPROCESSORS_ONLN) - 1, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		die("sched_setaffinity: %m");
	favour_session();			/* refused: the spread will say so */
	setpriority(PRIO_PROCESS, 0, -20);
}

static uint16_t ip_sum(const void *p, unsigned int len)
{
	const uint16_t *w = p;
	uint32_t sum = 0;

	for (; len > 1; len -= 2)
		sum += *w++;
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~(sum + (sum >> 16));
}

void make_frame(uint8_t *frame, unsigned int len, int tagged)
{
	static const uint8_t macs[12] = { 2, 0x74, 0x77, 0, 0, 2, 2, 0x74, 0x77, 0, 0, 1 };
	static const uint8_t tag[4] = { 0x81, 0, 0, 1 };
	unsigned int at = sizeof(macs);
	struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP };
	struct udphdr udp = { .source = htons(4000), .dest = htons(9) };
	uint16_t type = htons(ETH_P_IP);

	memset(frame, 0, len);
	memcpy(frame, macs, sizeof(macs));
	if (tagged) {
		memcpy(frame + at, tag, sizeof(tag));
		at += sizeof(tag);
	}
	memcpy(frame + at, &type, sizeof(type));
	at += 2;
	ip.saddr = htonl(0xc6120001);		/* 198.18.0.0/15: benchmarks (RFC 2544) */
	ip.daddr = htonl(0xc6120002);
	ip.tot_len = htons((uint16_t)(len - at));
	ip.check = ip_sum(&ip, sizeof(ip));
	udp.len = htons((uint16_t)(len - at - sizeof(ip)));
	memcpy(frame + at, &ip, sizeof(ip));
	memcpy(frame + at + sizeof(ip), &udp, sizeof(udp));
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1 && !strcmp(argv[1], "chain"))
		return chain_main(argc - 2, argv + 2);
	if (argc > 1 && !strcmp(argv[1], "cost"))
		return cost_main(argc - 2, argv + 2);
	fputs("usage: tw-bench-forward chain ... | cost ...   (called by ./run bench forward)\n", stderr);
	return 2;
}
