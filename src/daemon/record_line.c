/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_line.c: a record of a switch as a line of text, and back; see records.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/crc.h"
#include "daemon/records.h"

#define N_OF(a)		(sizeof(a) / sizeof((a)[0]))
#define CRC_LEN		9		/* with the blank */

static const char *const slots[] = {
	[SLOT_PRIMARY] = "primary", [SLOT_SECONDARY] = "secondary", [SLOT_BYPASS] = "bypass",
};

/* Words of the file, which stay when texts of displays, or the numbers of the enum, change. */
static const char *const detectors[] = {
	[DET_NONE] = "none", [DET_CONFIG] = "configuration", [DET_CARRIER] = "carrier", [DET_NETLINK] = "netlink",
	[DET_NEIGHBOUR] = "neighbour", [DET_KERNEL] = "kernel", [DET_TIMER] = "timer", [DET_LDP] = "ldp",
	[DET_REQUEST] = "request",
};

static bool known_reason(uint64_t n)
{
	switch (n) {
#define X(number, sym, text) case number:
	REASONS(X)
#undef X
	case REASON_NONE:
		return true;
	}
	return false;
}

static bool good_name(const char *name, size_t len)
{
	if (!len || len >= IFNAME_LEN)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
			return false;
	return true;
}

static bool good(const struct cli_switch *s)
{
	return s->number && s->number <= RECORD_NUMBERS && s->from < N_OF(slots) && s->to < N_OF(slots) &&
	       known_reason(s->reason) && s->detector < N_OF(detectors) &&
	       good_name(s->name, strnlen(s->name, sizeof(s->name)));
}

static void put_risk(char out[32], const struct cli_switch *s)
{
	if (s->watched)
		snprintf(out, 32, "%" PRIu32 " %" PRIu32 "%s", s->at_risk, s->silent_ms, s->heard ? "" : "+");
	else
		snprintf(out, 32, "- -");
}

size_t record_line(char line[RECORD_LINE], const struct cli_switch *s)
{
	char dropped[24] = "-", risk[32], *p = line + CRC_LEN, crc[CRC_LEN + 1];
	size_t len;

	if (!good(s))
		return 0;
	if (s->counted)
		snprintf(dropped, sizeof(dropped), "%" PRIu64, s->dropped);
	put_risk(risk, s);
	len = (size_t)snprintf(p, RECORD_LINE - CRC_LEN, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %s %s %u %s %s %s %s\n",
			       s->number, s->time_ns, s->when_ns, slots[s->from], slots[s->to], (unsigned)s->reason,
			       detectors[s->detector], dropped, risk, s->name);
	snprintf(crc, sizeof(crc), "%08" PRIx32 " ", crc32_more(0, p, len));
	memcpy(line, crc, CRC_LEN);
	return CRC_LEN + len;
}

/* ---- back ----------------------------------------------------------------------------------------------- */

struct rest {			/* of the line */
	const char *p, *end;
};

/* What stands before the next blank, which is skipped; an empty one: there is none. */
static struct rest field(struct rest *r)
{
	const char *blank = memchr(r->p, ' ', (size_t)(r->end - r->p));
	struct rest f = { r->p, blank ? blank : r->p };

	if (blank)
		r->p = blank + 1;
	return f;
}

static bool digits(struct rest f, uint64_t *n)
{
	*n = 0;
	for (const char *p = f.p; p < f.end; p++)
		if (*p < '0' || *p > '9' || __builtin_mul_overflow(*n, 10, n) ||
		    __builtin_add_overflow(*n, (uint64_t)(*p - '0'), n))
			return false;
	return f.p < f.end;
}

static bool number(struct rest *r, uint64_t *n)
{
	return digits(field(r), n);
}

static bool word(struct rest *r, const char *const *words, size_t n, size_t *i)
{
	struct rest f = field(r);
	size_t len = (size_t)(f.end - f.p);

	for (*i = 0; *i < n; ++*i)
		if (strlen(words[*i]) == len && !memcmp(words[*i], f.p, len))
			return true;
	return false;
}

static bool dropped(struct rest *r, struct cli_switch *s)
{
	s->counted = r->end - r->p < 2 || memcmp(r->p, "- ", 2);
	if (s->counted)
		return number(r, &s->dropped);
	r->p += 2;
	return true;
}

static bool risk(struct rest *r, struct cli_switch *s)
{
	struct rest frames = field(r), silent = field(r);
	uint64_t n, ms;

	if (frames.end - frames.p == 1 && *frames.p == '-')
		return silent.end - silent.p == 1 && *silent.p == '-';
	s->watched = true;
	s->heard = silent.p == silent.end || silent.end[-1] != '+';
	silent.end -= !s->heard;
	if (!digits(frames, &n) || !digits(silent, &ms) || n > UINT32_MAX || ms > UINT32_MAX)
		return false;
	s->at_risk = (uint32_t)n;
	s->silent_ms = (uint32_t)ms;
	return true;
}

static bool name(struct rest *r, struct cli_switch *s)
{
	size_t len = (size_t)(r->end - r->p);

	if (!good_name(r->p, len))
		return false;
	memcpy(s->name, r->p, len);
	return true;
}

bool record_parse(struct cli_switch *s, const char *line, size_t len)
{
	struct rest r;
	char same[RECORD_LINE];
	uint64_t reason;
	size_t from, to, detector;

	*s = (struct cli_switch){ 0 };
	if (len <= CRC_LEN || len >= RECORD_LINE || line[len - 1] != '\n')
		return false;
	r = (struct rest){ line + CRC_LEN, line + len - 1 };
	if (!number(&r, &s->number) || !number(&r, &s->time_ns) || !number(&r, &s->when_ns) ||
	    !word(&r, slots, N_OF(slots), &from) || !word(&r, slots, N_OF(slots), &to) || !number(&r, &reason) ||
	    !known_reason(reason) || !word(&r, detectors, N_OF(detectors), &detector) || !dropped(&r, s) ||
	    !risk(&r, s) || !name(&r, s))
		return false;
	s->from = (enum slot)from;
	s->to = (enum slot)to;
	s->reason = (enum reason)reason;
	s->detector = (enum detector)detector;
	return record_line(same, s) == len && !memcmp(same, line, len);
}
