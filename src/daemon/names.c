/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * names.c: the ports file, operator's interface names to Linux devices and back.
 *
 * Without a line an interface is the device of the same name. LoopBackN is always `lo`.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/engine.h"
#include "sys/file.h"

#define PORTS_MAX	4096
#define PORTS_FILE_MAX	(512 * 1024)

struct pair {
	char ifname[IFNAME_LEN];
	char device[16];
};
struct names {
	struct pair *v;
	size_t n;
};

void names_free(struct names *n)
{
	if (!n)
		return;
	free(n->v);
	free(n);
}

/* One line into *@p. 1: a pair, 0: nothing on it, -1: not understood. */
static int read_line(char *line, struct pair *p)
{
	char *hash = strchr(line, '#'), *save, *name, *dev;

	if (hash)
		*hash = 0;
	name = strtok_r(line, " \t\r", &save);
	if (!name)
		return 0;
	dev = strtok_r(NULL, " \t\r", &save);
	if (!dev || strtok_r(NULL, " \t\r", &save) || strlen(dev) >= sizeof(p->device) || strchr(dev, '/') ||
	    !cfg_ifname(name, p->ifname))
		return -1;
	snprintf(p->device, sizeof(p->device), "%s", dev);
	return 1;
}

static bool known(const struct names *n, const struct pair *p)
{
	for (size_t i = 0; i < n->n; i++)
		if (!strcmp(n->v[i].ifname, p->ifname) || !strcmp(n->v[i].device, p->device))
			return true;
	return false;
}

static int read_text(struct names *n, const char *file, char *text, char why[256])
{
	unsigned int number = 0;

	for (char *line = text, *next; line; line = next) {
		struct pair p;
		int rc;

		number++;
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		rc = read_line(line, &p);
		if (!rc)
			continue;
		if (rc < 0 || n->n == PORTS_MAX || known(n, &p)) {
			snprintf(why, 256, "%s line %u: expected an interface name and a Linux device, each once: "
				 "GigabitEthernet0/1/0 eth1", file, number);
			return -EINVAL;
		}
		struct pair *v = realloc(n->v, (n->n + 1) * sizeof(*v));
		if (!v)
			return -ENOMEM;
		n->v = v;
		n->v[n->n++] = p;
	}
	return 0;
}

struct names *names_read(const char *file, char why[256])
{
	struct names *n = calloc(1, sizeof(*n));
	char *text = NULL;
	size_t len;
	int rc = 0;

	if (!n)
		return NULL;
	if (file) {
		rc = sys_file_read(file, PORTS_FILE_MAX, &text, &len);
		if (rc)
			snprintf(why, 256, "cannot read %s: %s", file, strerror(-rc));
		else
			rc = read_text(n, file, text, why);
	}
	free(text);
	if (rc) {
		names_free(n);
		return NULL;
	}
	return n;
}

const char *names_device(const struct names *n, const char *ifname)
{
	if (!strncmp(ifname, "LoopBack", 8) && isdigit((unsigned char)ifname[8]))
		return "lo";
	for (size_t i = 0; i < n->n; i++)
		if (!strcmp(n->v[i].ifname, ifname))
			return n->v[i].device;
	return ifname;
}

const char *names_operator(const struct names *n, const char *device)
{
	for (size_t i = 0; i < n->n; i++)
		if (!strcmp(n->v[i].device, device))
			return n->v[i].ifname;
	return device;
}
