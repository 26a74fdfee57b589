/* SPDX-License-Identifier: BSD-2-Clause */
/* test_pcapng.c: blocks are whole, padded, and what tshark reads is what was written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dp/pcapng.h"

static uint32_t at32(const uint8_t *p, size_t off)
{
	uint32_t v;

	memcpy(&v, p + off, 4);
	return v;
}

/* Every block says its length twice and is a multiple of four. */
static size_t blocks(const uint8_t *p, size_t len)
{
	size_t n = 0;

	for (size_t off = 0; off < len; n++) {
		uint32_t one = at32(p, off + 4);
		assert_true(one >= 12 && one % 4 == 0 && off + one <= len);
		assert_int_equal(at32(p, off + one - 4), one);
		off += one;
	}
	return n;
}

static void head_is_two_blocks(void **state)
{
	uint8_t buf[PCAPNG_HEAD_MAX];
	char longer[400];

	(void)state;
	size_t len = pcapng_head(buf, "twinwire", "eth0");
	assert_int_equal(blocks(buf, len), 2);
	assert_int_equal(at32(buf, 0), 0x0a0d0d0a);
	assert_int_equal(at32(buf, 8), 0x1a2b3c4d);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_true(pcapng_head(buf, longer, longer) <= sizeof(buf));	/* texts are cut */
}

static void frames_of_every_padding(void **state)
{
	uint8_t data[64], buf[512];
	char longer[400];

	(void)state;
	memset(data, 0xee, sizeof(data));
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	for (uint32_t n = 0; n <= sizeof(data); n++) {
		struct pcapng_frame f = {
			.when_ns = 1, .len = n, .caplen = n, .dir = PCAPNG_IN, .data = data, .comment = longer };
		size_t len = pcapng_frame(buf, &f);
		assert_int_equal(blocks(buf, len), 1);
		assert_true(len <= PCAPNG_FRAME_MAX(n));
		f.comment = NULL;
		assert_int_equal(blocks(buf, pcapng_frame(buf, &f)), 1);
	}
}

static void tshark_reads_it(void **state)
{
	static const uint8_t frame[60] = { 1, 0, 0x5e, 0, 0, 1, 2, 2, 2, 2, 2, 2, 0x88, 0xb5 };
	uint8_t buf[2048];
	char path[] = "/tmp/tw-pcapng-XXXXXX", cmd[256], line[256] = "";
	struct pcapng_frame f = { .when_ns = 1700000000123456789u,
				 .len = 9018,
				 .caplen = sizeof(frame),
				 .dir = PCAPNG_OUT,
				 .comment = "dropped: mtu",
				 .data = frame };
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	size_t len = pcapng_head(buf, "twinwire", "GigabitEthernet0/1/0");
	len += pcapng_frame(buf + len, &f);
	assert_int_equal(write(fd, buf, len), (ssize_t)len);
	close(fd);
	snprintf(cmd, sizeof(cmd),
		 "tshark -r %s -T fields -E 'separator=|' -e frame.time_epoch -e frame.len -e frame.cap_len -e "
		 "frame.comment "
		 "-e frame.packet_flags_direction -e frame.interface_name 2>/dev/null",
		 path);
	FILE *p = popen(cmd, "r");
	assert_non_null(p);
	assert_non_null(fgets(line, sizeof(line), p));
	assert_int_equal(pclose(p), 0);
	unlink(path);
	line[strcspn(line, "\n")] = '\0';
	assert_string_equal(line, "1700000000.123456789|9018|60|dropped: mtu|0x00000002|GigabitEthernet0/1/0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(head_is_two_blocks),
		cmocka_unit_test(frames_of_every_padding),
		cmocka_unit_test(tshark_reads_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
