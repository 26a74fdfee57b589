/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_file.c: the records of switches in the run directory; see records.h.
 *
 * Appended a few at a time, never synced: what it is to survive is the engine, and the run directory goes with the
 * host. With more than twice the records that are shown it is written anew beside the old one, which it then
 * replaces. What the ring has lost before it was written (a storm) is not written.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/engine.h"
#include "daemon/records.h"
#include "sys/file.h"

#define PART		64u			/* records of a write */
#define LINES_MAX	(2u * RECORDS_MAX)
#define FILE_MAX	(16u << 20)		/* what is read is bounded; a storm may have written more than LINES_MAX */
#define FILE_MODE	0640

void record_file_init(struct record_file *f, const char *run_dir)
{
	*f = (struct record_file){ .next = 1 };
	snprintf(f->path, sizeof(f->path), "%s/switches", run_dir);
	snprintf(f->fresh, sizeof(f->fresh), "%s.new", f->path);
}

/* ---- reading --------------------------------------------------------------------------------------------- */

static void take_line(struct record_file *f, const char *line, size_t len, struct record_found *found,
		      void (*fn)(void *arg, const struct cli_switch *s), void *arg)
{
	struct cli_switch s;

	if (!record_parse(&s, line, len) || s.number < f->next) {
		found->bad++;
		return;
	}
	found->taken++;
	f->next = s.number + 1;
	fn(arg, &s);
}

int record_file_read(struct record_file *f, void (*fn)(void *arg, const struct cli_switch *s), void *arg,
		     struct record_found *found)
{
	const size_t first = strlen(RECORD_FIRST);
	char *text;
	size_t len;
	int rc = sys_file_read(f->path, FILE_MAX, &text, &len);

	*found = (struct record_found){ 0 };
	if (rc)
		return rc == -ENOENT ? 0 : rc;
	if (len < first || memcmp(text, RECORD_FIRST, first)) {
		free(text);
		return -EPROTO;
	}
	for (size_t at = first, n; at < len; at += n) {
		const char *end = memchr(text + at, '\n', len - at);

		n = end ? (size_t)(end - text) + 1 - at : len - at;
		take_line(f, text + at, n, found, fn, arg);
	}
	free(text);
	f->lines = found->taken;
	f->size = found->bad ? 0 : len;
	return 0;
}

/* ---- writing --------------------------------------------------------------------------------------------- */

static void begin_anew(struct record_file *f, uint64_t oldest)
{
	f->anew = true;
	f->next = oldest;
	f->size = 0;
	f->lines = 0;
}

static int write_part(struct record_file *f, const struct cli_switch *ring, uint64_t n)
{
	char text[sizeof(RECORD_FIRST) + PART * RECORD_LINE];
	uint64_t next = f->next;
	size_t len = 0;
	int rc;

	if (!f->size)
		len = (size_t)sprintf(text, "%s", RECORD_FIRST);
	for (unsigned int i = 0; i < PART && next <= n; i++, next++)
		if (ring[next % RECORDS_MAX].number == next)
			len += record_line(text + len, &ring[next % RECORDS_MAX]);
	rc = len ? sys_file_append(f->anew ? f->fresh : f->path, f->size, text, len, FILE_MODE) : 0;
	if (rc)
		return rc;
	f->lines += (uint32_t)(next - f->next);
	f->next = next;
	f->size += len;
	return 0;
}

static int take_place(struct record_file *f)
{
	if (rename(f->fresh, f->path))
		return -errno;
	f->anew = false;
	return 0;
}

int record_file_write(struct record_file *f, const struct cli_switch *ring, uint64_t n)
{
	uint64_t oldest = n > RECORDS_MAX ? n - RECORDS_MAX + 1 : 1;
	int rc;

	if (f->next < oldest)
		f->next = oldest;
	if (f->next > n)
		return 0;
	if (!f->anew && (!f->size || f->lines + (n + 1 - f->next) > LINES_MAX))
		begin_anew(f, oldest);
	rc = write_part(f, ring, n);
	if (!rc && f->next <= n)
		return 1;
	if (!rc && f->anew)
		rc = take_place(f);
	if (rc && f->anew) {			/* from the start, then; the old one is whole */
		unlink(f->fresh);
		begin_anew(f, oldest);
	} else if (rc == -ESTALE) {		/* somebody took it away, or wrote to it */
		begin_anew(f, oldest);
		rc = 1;
	}
	return rc;
}
