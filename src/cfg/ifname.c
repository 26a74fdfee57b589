/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ifname.c: what counts as an interface name.
 *
 * Either a kind of the manuals with its number (any case, abbreviated, with or without a blank), or a
 * Linux device name, case kept. A trailing ".N" makes a sub-interface of both. Kinds with a plain
 * number (LoopBack1, Eth-Trunk10) are only abbreviated before a blank: `eth1` and `tun0` are devices.
 */
#include "cfg/ifname.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CIRCUITS_LATER "PPP, HDLC, ATM and TDM circuits are not built yet: only Ethernet interfaces carry pseudowires"

static const struct kind {
	const char *name;
	bool slots;		/* numbers with slashes */
	enum if_class class;
	const char *why;
} kinds[] = {
	{ "GigabitEthernet", true, IF_PORT, NULL },
	{ "XGigabitEthernet", true, IF_PORT, NULL },
	{ "Ethernet", true, IF_PORT, NULL },
	{ "10GE", true, IF_PORT, NULL },
	{ "25GE", true, IF_PORT, NULL },
	{ "40GE", true, IF_PORT, NULL },
	{ "50GE", true, IF_PORT, NULL },
	{ "100GE", true, IF_PORT, NULL },
	{ "200GE", true, IF_PORT, NULL },
	{ "400GE", true, IF_PORT, NULL },
	{ "Eth-Trunk", false, IF_PORT, NULL },
	{ "LoopBack", false, IF_LOOPBACK, NULL },
	{ "Tunnel", false, IF_UNBUILT, "Traffic engineering tunnels are not built: transport is by mpls ldp or static-lsp" },
	{ "Vlanif", false, IF_UNBUILT,
	  "VLAN interfaces belong to a Linux bridge: make them with ip link or systemd-networkd" },
	{ "NULL", false, IF_UNBUILT, "There is no NULL interface: make a blackhole route with ip route" },
	{ "Virtual-Ethernet", true, IF_UNBUILT,
	  "Virtual Ethernet interfaces are not built: use a Linux veth pair as port" },
	{ "MEth", true, IF_UNBUILT, "The management port belongs to Linux: set it up there" },
	{ "Pos", true, IF_UNBUILT, CIRCUITS_LATER },
	{ "Cpos", true, IF_UNBUILT, CIRCUITS_LATER },
	{ "Serial", true, IF_UNBUILT, CIRCUITS_LATER },
	{ "Trunk-Serial", true, IF_UNBUILT, CIRCUITS_LATER },
	{ "Mp-group", true, IF_UNBUILT, CIRCUITS_LATER },
	{ "Ip-Trunk", false, IF_UNBUILT, CIRCUITS_LATER },
	{ "Atm", true, IF_UNBUILT, CIRCUITS_LATER },
	{ "Atm-Bundle", false, IF_UNBUILT, CIRCUITS_LATER },
	{ "Ima-group", true, IF_UNBUILT, CIRCUITS_LATER },
};
#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Copies one decimal number without leading zeros; NULL: none here, or too long. */
static const char *number(const char *s, char **to, const char *end)
{
	char digits[12];
	char *stop;
	unsigned long n;
	size_t len;

	if (!isdigit((unsigned char)*s))
		return NULL;
	n = strtoul(s, &stop, 10);
	if (stop - s > 10 || n > UINT32_MAX)
		return NULL;
	len = (size_t)snprintf(digits, sizeof(digits), "%lu", n);
	if (*to + len >= end)
		return NULL;
	memcpy(*to, digits, len + 1);
	*to += len;
	return stop;
}

/* "0/1/0", "0/2/0:1", "7", each with ".100" behind it if wanted. Writes the canonical form. */
static bool numbers(const struct kind *k, const char *s, char *to, const char *end)
{
	unsigned int slashes = 0;

	for (;;) {
		s = number(s, &to, end);
		if (!s)
			return false;
		if ((*s != '/' && *s != ':') || !k->slots || to + 1 >= end)
			break;
		slashes += *s == '/';
		*to++ = *s++;
	}
	if (k->slots && (slashes == 0 || slashes > 3))
		return false;
	if (*s == '.' && k->class != IF_LOOPBACK && s[1] != '0' && to + 1 < end) {
		*to++ = *s++;
		s = number(s, &to, end);
	}
	return s && !*s;
}

static bool of_kind(const struct kind *k, const char *typed, bool *exact, char out[IFNAME_LEN])
{
	size_t full = strlen(k->name), m = 0;
	bool blank;

	while (m < full && typed[m] && tolower((unsigned char)typed[m]) == tolower((unsigned char)k->name[m]))
		m++;
	blank = typed[m] == ' ';
	if (m == 0 || (m < full && !k->slots && !blank))
		return false;
	if (m < full && !blank && !isdigit((unsigned char)typed[m]))
		return false;
	*exact = m == full;
	while (typed[m] == ' ')
		m++;
	snprintf(out, IFNAME_LEN, "%s", k->name);
	return numbers(k, typed + m, out + full, out + IFNAME_LEN);
}

#define DEVICE_MAX 15		/* IFNAMSIZ - 1 */

/* A kind without its number, or with one that is not its own: nobody means a device by that. */
static bool bare_kind(const char *typed)
{
	size_t n = strlen(typed);

	for (size_t i = 0; i < N_KINDS; i++) {
		size_t full = strlen(kinds[i].name);

		if ((n >= 4 || n == full) && !strncasecmp(kinds[i].name, typed, n))
			return true;
		if (n > full && !strncasecmp(kinds[i].name, typed, full) && isdigit((unsigned char)typed[full]))
			return true;
	}
	return false;
}

/* A Linux device name, perhaps with ".N". Kinds of the manuals never get here with a valid number. */
static bool device(const char *typed, char out[IFNAME_LEN])
{
	const char *dot = strrchr(typed, '.');
	size_t all = strlen(typed), base = all;
	bool letter = false;

	if (all >= IFNAME_LEN || bare_kind(typed) || typed[strspn(typed, "0123456789")] == '.')
		return false;		/* "10.0.0.1x" was meant as an address */
	if (dot && dot[1] && strspn(dot + 1, "0123456789") == strlen(dot + 1)) {
		base = (size_t)(dot - typed);
		if (dot[1] == '0' || strlen(dot + 1) > 9)
			return false;
	}
	if (base == 0 || base > DEVICE_MAX)
		return false;
	for (size_t i = 0; i < base; i++) {
		unsigned char c = (unsigned char)typed[i];

		if (c <= ' ' || c >= 0x7f || strchr("/:|?*<>{}[]\"'", c) || (i == 0 && strchr("-.#", c)))
			return false;
		letter |= isalpha(c) != 0;
	}
	memcpy(out, typed, all + 1);
	return letter;
}

bool cfg_ifname(const char *typed, char out[IFNAME_LEN])
{
	unsigned int found = 0;

	for (size_t i = 0; i < N_KINDS; i++) {
		char name[IFNAME_LEN];
		bool exact = false;

		if (!of_kind(&kinds[i], typed, &exact, name))
			continue;
		memcpy(out, name, IFNAME_LEN);
		if (exact)
			return true;
		found++;
	}
	return found ? found == 1 : device(typed, out);
}

enum if_class ifname_class(const char *name, const char **why)
{
	char same[IFNAME_LEN];
	bool exact;

	for (size_t i = 0; i < N_KINDS; i++)
		if (of_kind(&kinds[i], name, &exact, same) && exact) {
			*why = kinds[i].why;
			return kinds[i].class;
		}
	*why = NULL;
	return IF_PORT;
}

void ifname_parent(const char *name, char out[IFNAME_LEN])
{
	const char *dot = strrchr(name, '.');

	memset(out, 0, IFNAME_LEN);
	if (dot && dot != name && dot[1] && strspn(dot + 1, "0123456789") == strlen(dot + 1))
		memcpy(out, name, (size_t)(dot - name));
}

size_t ifname_key(const char *name, uint8_t *out)
{
	size_t n = 0;

	while (*name) {
		size_t digits = 0;

		while (name[digits] >= '0' && name[digits] <= '9')
			digits++;
		if (digits)
			out[n++] = (uint8_t)digits;	/* at most 15: below every character of a name */
		else
			digits = 1;
		memcpy(out + n, name, digits);
		n += digits;
		name += digits;
	}
	out[n++] = 0;
	return n;
}
