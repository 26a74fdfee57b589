/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * value.c: how each type of leaf is read, kept and printed. Ranges come from the rows.
 */
#include "cfg/value.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cfg/ifname.h"

/* Decimal without sign, at most 10 digits. */
static bool read_uint(const char *s, size_t len, uint64_t *out)
{
	uint64_t n = 0;

	if (len == 0 || len > 10)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(s[i] - '0');
	}
	*out = n;
	return true;
}

static bool read_ipv4(const char *s, size_t len, uint32_t *out)
{
	uint32_t ip = 0;

	for (unsigned int part = 0; part < 4; part++) {
		const char *dot = memchr(s, '.', len);
		size_t n = part < 3 ? (dot ? (size_t)(dot - s) : 0) : len;
		uint64_t v;

		if (n > 3 || !read_uint(s, n, &v) || v > 255)
			return false;
		ip = ip << 8 | (uint32_t)v;
		if (part < 3) {
			s += n + 1;
			len -= n + 1;
		}
	}
	*out = ip;
	return true;
}

static bool read_mask(const char *s, size_t len, uint32_t *out)
{
	uint32_t m;

	if (!read_ipv4(s, len, &m) || (m && (~m & (~m + 1u))))
		return false;
	*out = (uint32_t)__builtin_popcount(m);
	return true;
}

/* Control characters never; blanks inside only where allowed. Octets above 127 are UTF-8 and pass. What is not kept may be
 * longer than what is; it is not copied then. */
static bool read_chars(const struct leaf *l, const char *s, size_t len, bool blanks, char *out)
{
	bool fits = len < sizeof(((struct value *)0)->text);

	if (len < l->min || len > l->max || (!fits && l->size))
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f || (s[i] == ' ' && !blanks))
			return false;
	if (!fits)
		return true;
	memcpy(out, s, len);
	out[len] = '\0';
	return true;
}

/* Begins with a letter or digit, so that a program does not take it for an option. Digits and dots alone are an
 * address, never a name. */
static bool read_host(const struct leaf *l, const char *s, size_t len, char *out)
{
	uint32_t ip;

	if (strspn(s, "0123456789.") >= len && !read_ipv4(s, len, &ip))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) && (i == 0 || !strchr("._-", s[i])))
			return false;
	return read_chars(l, s, len, false, out);
}

/* A name, or one in double quotes, which may hold blanks. */
static bool read_name(const struct leaf *l, const char *s, size_t len, char *out)
{
	if (!len || *s != '"')
		return read_chars(l, s, len, false, out);
	return len >= 2 && s[len - 1] == '"' && !memchr(s + 1, '"', len - 2) && read_chars(l, s + 1, len - 2, true, out);
}

/*
 * A password as it is displayed when it was typed as `cipher`: who looks over a shoulder or into a backup does not read
 * it at a glance. It keeps nothing from someone who has this program. Between the marks stand, in hexadecimal, a sum of
 * the password and its octets, each added to one of a row that the sum begins: so other devices' text is told apart.
 */
#define VEIL "%^%#"
#define VEIL_LEN 4

static uint32_t sum_of(const char *s, size_t len)
{
	uint32_t h = 2166136261u;	/* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)s[i]) * 16777619u;
	return h;
}

static uint8_t next_octet(uint32_t *row)
{
	*row = *row * 1664525u + 1013904223u;
	return (uint8_t)(*row >> 24);
}

static void veil(const char *s, char *out, size_t size)
{
	uint32_t row = sum_of(s, strlen(s));
	size_t n = (size_t)snprintf(out, size, "%s%08x", VEIL, row);

	for (; *s && n + 2 + VEIL_LEN < size; s++, n += 2)
		snprintf(out + n, size - n, "%02x", (uint8_t)(*s ^ next_octet(&row)));
	snprintf(out + n, size - n, "%s", VEIL);
}

static bool read_hex(const char *s, size_t len, uint32_t *out)
{
	uint32_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (!isxdigit((unsigned char)s[i]))
			return false;
		n = n << 4 | (uint32_t)(isdigit((unsigned char)s[i]) ? s[i] - '0' : (s[i] | ' ') - 'a' + 10);
	}
	*out = n;
	return true;
}

static bool is_veiled(const char *s, size_t len)
{
	return len >= 2 * VEIL_LEN && !memcmp(s, VEIL, VEIL_LEN) && !memcmp(s + len - VEIL_LEN, VEIL, VEIL_LEN);
}

/* What is behind the veil; false: no text of ours. */
static bool unveil(const struct leaf *l, const char *s, size_t len, char *out)
{
	size_t n = (len - 2 * VEIL_LEN) / 2;
	uint32_t sum, row, octet;

	if (len % 2 || n < 4 + l->min || n > 4 + l->max || !read_hex(s + VEIL_LEN, 8, &sum))
		return false;
	row = sum;
	n -= 4;
	for (size_t i = 0; i < n; i++) {
		if (!read_hex(s + VEIL_LEN + 8 + 2 * i, 2, &octet))
			return false;
		out[i] = (char)((uint8_t)octet ^ next_octet(&row));
		if ((unsigned char)out[i] <= ' ' || out[i] == 0x7f)
			return false;
	}
	out[n] = '\0';
	return sum_of(out, n) == sum;
}

/* What only looks veiled is another device's: rules say so. */
static bool read_secret(const struct leaf *l, const char *s, size_t len, char *out)
{
	if (!is_veiled(s, len))
		return read_chars(l, s, len, false, out);
	if (!unveil(l, s, len, out))
		memcpy(out, VEIL VEIL, 2 * VEIL_LEN + 1);
	return true;
}

bool secret_is_foreign(const char *password)
{
	return is_veiled(password, strlen(password));
}

static bool read_word(const struct leaf *l, const char *s, size_t len, uint32_t *out)
{
	for (const struct leaf_word *w = l->words; w->word; w++)
		if (strlen(w->word) == len && !strncasecmp(w->word, s, len)) {
			*out = w->value;
			return true;
		}
	return false;
}

static bool read_ifname(const char *s, size_t len, char out[IFNAME_LEN])
{
	char typed[2 * IFNAME_LEN];

	if (len >= sizeof(typed))
		return false;
	memcpy(typed, s, len);
	typed[len] = '\0';
	return cfg_ifname(typed, out);
}

bool leaf_read(const struct leaf *l, const char *s, size_t len, struct value *v)
{
	uint64_t n;

	v->num = 0;
	v->text[0] = '\0';
	switch (l->type) {
	case LT_UINT:
	case LT_LABEL:
		if (!read_uint(s, len, &n) || n < l->min || n > l->max)
			return false;
		v->num = n == l->dflt ? 0 : (uint32_t)n;
		return l->type == LT_UINT || n > 15 || l->reserved & 1u << n;
	case LT_IPV4:
		return read_ipv4(s, len, &v->num) && v->num >= l->min;
	case LT_MASK:
		return read_mask(s, len, &v->num);
	case LT_NAME:
		return read_name(l, s, len, v->text);
	case LT_HOST:
		return read_host(l, s, len, v->text);
	case LT_TEXT:
		return read_chars(l, s, len, true, v->text);
	case LT_SECRET:
		return read_secret(l, s, len, v->text);
	case LT_IFNAME:
		return read_ifname(s, len, v->text);
	case LT_WORD:
		return read_word(l, s, len, &v->num);
	}
	return false;
}

bool leaf_looks(const struct leaf *l, const char *s, size_t len)
{
	switch (l->type) {
	case LT_UINT:
	case LT_LABEL:
	case LT_IPV4:
	case LT_MASK:
		return len && *s >= '0' && *s <= '9';
	case LT_WORD:
		return false;
	case LT_HOST:
		return len && isalnum((unsigned char)*s);
	default:
		return len > 0;
	}
}

static bool only(const char *s, size_t len, const char *chars)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr(chars, s[i]))
			return false;
	return true;
}

/* A number that more digits may bring into its range. */
static bool begins_uint(const struct leaf *l, const char *s, size_t len)
{
	uint64_t n;

	return read_uint(s, len, &n) && n <= l->max;
}

bool leaf_begins(const struct leaf *l, const char *s, size_t len)
{
	switch (l->type) {
	case LT_UINT:
	case LT_LABEL:
		return begins_uint(l, s, len);
	case LT_IPV4:
	case LT_MASK:
		return len <= 15 && only(s, len, "0123456789.");
	case LT_WORD:
		return false;
	case LT_IFNAME:
		return len < 2 * IFNAME_LEN && !memchr(s, '"', len);
	case LT_HOST:
		return len <= l->max && (!len || isalnum((unsigned char)*s));
	case LT_SECRET:
		return true;
	default:
		return len <= l->max + 2u;
	}
}

bool leaf_goes_on(const struct leaf *l, const char *s, size_t len)
{
	static const char *const numbers[] = { " 0/0", " 0" };
	char typed[2 * IFNAME_LEN], name[IFNAME_LEN];

	for (size_t i = 0; i < 2 && l->type == LT_IFNAME; i++)
		if (len + strlen(numbers[i]) < sizeof(typed)) {
			snprintf(typed, sizeof(typed), "%.*s%s", (int)len, s, numbers[i]);
			if (cfg_ifname(typed, name))
				return true;
		}
	return false;
}

/* ---- records ------------------------------------------------------------------------------------- */

static bool is_text(const struct leaf *l)
{
	return l->type == LT_NAME || l->type == LT_HOST || l->type == LT_TEXT || l->type == LT_IFNAME ||
	       l->type == LT_SECRET;
}

static uint8_t *field(const struct leaf *l, const void *rec, unsigned int i)
{
	return (uint8_t *)(uintptr_t)rec + l->offset + (size_t)i * l->size;
}

static uint8_t *counter(const struct leaf *l, const void *rec)
{
	return (uint8_t *)(uintptr_t)rec + l->counter;
}

size_t leaf_count(const struct leaf *l, const void *rec)
{
	return l->many ? *counter(l, rec) : 1;
}

static void put_num(uint8_t *to, size_t size, uint32_t n)
{
	uint16_t h = (uint16_t)n;

	if (size == 1)
		*to = (uint8_t)n;
	else if (size == 2)
		memcpy(to, &h, 2);
	else
		memcpy(to, &n, 4);
}

static uint32_t get_num(const uint8_t *from, size_t size)
{
	uint16_t h;
	uint32_t n;

	if (size == 1)
		return *from;
	if (size == 2) {
		memcpy(&h, from, 2);
		return h;
	}
	memcpy(&n, from, 4);
	return n;
}

static char **owned(const struct leaf *l, const void *rec)
{
	return (char **)(void *)field(l, rec, 0);
}

static bool put_owned(char **to, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return false;
	free(*to);
	*to = copy;
	return true;
}

bool leaf_store(const struct leaf *l, void *rec, const struct value *v)
{
	unsigned int i = 0;

	if (!l->size || l->index)
		return true;
	if (l->owned)
		return put_owned(owned(l, rec), v->text);
	if (l->many) {
		if (*counter(l, rec) >= l->many)
			return true;
		i = (*counter(l, rec))++;
	}
	if (is_text(l)) {
		memset(field(l, rec, i), 0, l->size);
		memcpy(field(l, rec, i), v->text, strnlen(v->text, l->size - 1u));
	} else {
		put_num(field(l, rec, i), l->size, v->num);
	}
	return true;
}

void leaf_clear(const struct leaf *l, void *rec)
{
	if (!l->size || l->index)
		return;
	if (l->owned)
		free(*owned(l, rec));
	memset(field(l, rec, 0), 0, (size_t)l->size * (l->many ? l->many : 1u));
	if (l->many)
		*counter(l, rec) = 0;
}

bool leaf_unset(const struct leaf *l, const void *rec)
{
	if (!l->size)
		return true;
	if (l->owned)
		return !*owned(l, rec);
	if (l->many)
		return *counter(l, rec) == 0;
	return is_text(l) ? !*field(l, rec, 0) : get_num(field(l, rec, 0), l->size) == 0;
}

void leaf_load(const struct leaf *l, const void *rec, unsigned int i, struct value *v)
{
	v->num = 0;
	v->text[0] = '\0';
	if (l->owned)
		snprintf(v->text, sizeof(v->text), "%s", *owned(l, rec) ? *owned(l, rec) : "");
	else if (is_text(l))
		snprintf(v->text, sizeof(v->text), "%.*s", (int)l->size, (const char *)field(l, rec, i));
	else
		v->num = get_num(field(l, rec, i), l->size);
}

uint32_t leaf_number(const struct leaf *l, const void *rec)
{
	return l->size ? get_num(field(l, rec, 0), l->size) : 0;
}

bool leaf_holds(const struct leaf *l, const void *rec, const struct value *v)
{
	struct value have;

	if (!l->size)
		return true;
	leaf_load(l, rec, 0, &have);
	return is_text(l) ? !strcmp(have.text, v->text) : have.num == v->num;
}

void *row_record(const struct command *cmd, const void *obj, uint32_t i)
{
	uint8_t *o = (uint8_t *)(uintptr_t)obj;

	if (cmd->target == T_SLOT)
		o += cmd->element;
	else if (cmd->target == T_LIST)
		o = *(uint8_t **)(void *)(o + cmd->element);
	else
		return o;
	return o + (size_t)i * cmd->size;
}

/* ---- printing -------------------------------------------------------------------------------------- */

static void print_ipv4(uint32_t ip, char *out, size_t size)
{
	snprintf(out, size, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
}

void leaf_print(const struct leaf *l, const void *rec, unsigned int i, char *out, size_t size)
{
	struct value v;

	leaf_load(l, rec, i, &v);
	switch (l->type) {
	case LT_UINT:
	case LT_LABEL:
		snprintf(out, size, "%u", v.num ? v.num : l->dflt);
		break;
	case LT_IPV4:
		print_ipv4(v.num, out, size);
		break;
	case LT_MASK:
		print_ipv4(v.num ? ~0u << (32 - v.num) : 0, out, size);
		break;
	case LT_NAME:
		snprintf(out, size, strchr(v.text, ' ') ? "\"%s\"" : "%s", v.text);
		break;
	case LT_SECRET:
		if (*((const uint8_t *)rec + l->veil))
			veil(v.text, out, size);
		else
			snprintf(out, size, "%s", v.text);
		break;
	default:
		snprintf(out, size, "%s", v.text);
	}
}

void leaf_type_name(const struct leaf *l, char *out, size_t size)
{
	switch (l->type) {
	case LT_UINT:
	case LT_LABEL:
		snprintf(out, size, "INTEGER<%u-%u>", l->min, l->max);
		break;
	case LT_IPV4:
	case LT_MASK:
		snprintf(out, size, "X.X.X.X");
		break;
	case LT_NAME:
	case LT_HOST:
	case LT_SECRET:
		snprintf(out, size, "STRING<%u-%u>", l->min, l->max);
		break;
	case LT_TEXT:
		snprintf(out, size, "TEXT<%u-%u>", l->min, l->max);
		break;
	case LT_IFNAME:
		snprintf(out, size, "INTERFACE");
		break;
	case LT_WORD:
		snprintf(out, size, "WORD");
	}
}
