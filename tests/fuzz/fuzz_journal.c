/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_journal.c: the payload of a journal entry whose checksum is right, but which we did not write. It is
 * replayed without harm, and the journal written from what came of it is replayed too.
 */
#include <stdlib.h>
#include <string.h>

#include "../unit/cfg/disk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void boot(void)
{
	struct cfg *c = cfg_new(NULL);
	struct cfg_result r;
	bool found;
	size_t cut;
	char *text;

	cfg_files(c, &disk_files);
	if (cfg_journal_open(c, "journal", &found, &cut, &r))
		abort();
	text = cfg_render(cfg_running(c), NULL);
	if (!text)
		abort();
	free(text);
	cfg_free(c);
}

/* CRC-32, the slow way. */
static uint32_t crc32(const uint8_t *p, size_t len)
{
	uint32_t crc = ~0u;

	while (len--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static void be32(uint8_t *to, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(n >> (24 - 8 * i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *entry = malloc(size + 12);

	memcpy(entry, "TWJ2", 4);
	be32(entry + 4, (uint32_t)size);
	be32(entry + 8, crc32(data, size));
	memcpy(entry + 12, data, size);
	disk_empty();
	disk_write(NULL, "journal", 0, entry, size + 12);
	free(entry);
	boot();
	boot();
	return 0;
}
