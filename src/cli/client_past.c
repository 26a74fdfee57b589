/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client_past.c: the lines typed before, of this session and of sessions of the same user.
 *
 * The file ~/.twinwire_history (0600) is plain text, a line each. Every line is appended at once, so sessions
 * side by side lose nothing and a killed one neither; the next start cuts it to what is remembered.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/client.h"

#define PAST_MAX	500
#define FILE_MAX	(4u << 20)	/* a larger one is none of ours */

struct past {
	History *list;
	int fd;				/* of the file; -1: none */
	int typed;			/* lines of this session in the list */
};

/* A word of it is md5-password or the beginning of that, behind which stands a password. */
static bool holds_secret(const char *line)
{
	static const char secret[] = "md5-password";

	while (*line) {
		size_t len = strcspn(line, " \t");

		if (len >= 2 && len < sizeof(secret) && !strncasecmp(line, secret, len))
			return true;
		line += len + strspn(line + len, " \t");
	}
	return false;
}

/* Lines that must not be kept. */
static bool kept(const char *line)
{
	return *line && strlen(line) <= CLI_IN_MAX && !holds_secret(line);
}

static void enter(struct past *p, const char *line)
{
	HistEvent ev;

	history(p->list, &ev, H_ENTER, line);
}

static bool path_of(char path[4096], const char *end)
{
	const char *home = getenv("HOME");

	if (!home || *home != '/') {
		const struct passwd *pw = getpwuid(getuid());
		home = pw ? pw->pw_dir : NULL;
	}
	return home && *home == '/' && snprintf(path, 4096, "%s/.twinwire_history%s", home, end) < 4096;
}

/* The lines of the file into the list; how many there are. */
static size_t read_file(struct past *p)
{
	struct stat st;
	char *line = NULL;
	size_t cap = 0, n = 0;
	FILE *f = fstat(p->fd, &st) || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX ? NULL : fdopen(dup(p->fd), "r");

	while (f && getline(&line, &cap, f) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!kept(line))
			continue;
		enter(p, line);
		n++;
	}
	free(line);
	if (f)
		fclose(f);
	return n;
}

static bool write_line(int fd, const char *line)
{
	size_t len = strlen(line);
	char v[CLI_IN_MAX + 1];

	memcpy(v, line, len);
	v[len++] = '\n';
	return write(fd, v, len) == (ssize_t)len;
}

/* The file anew with the lines of the list alone; the old one stays if that fails. */
static void shorten(struct past *p, const char *path)
{
	char temp[4096];
	HistEvent ev;
	int fd = path_of(temp, ".new") ? open(temp, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
	bool ok = fd >= 0;

	for (int r = history(p->list, &ev, H_LAST); ok && r >= 0; r = history(p->list, &ev, H_PREV))
		ok = write_line(fd, ev.str);
	if (ok && rename(temp, path) == 0) {
		close(p->fd);
		p->fd = fd;
	} else if (fd >= 0) {
		unlink(temp);
		close(fd);
	}
}

static void file_open(struct past *p)
{
	char path[4096];

	if (!path_of(path, ""))
		return;
	p->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (p->fd >= 0 && !fchmod(p->fd, 0600) && read_file(p) > 2 * PAST_MAX)
		shorten(p, path);
}

struct past *past_new(bool keep)
{
	struct past *p = calloc(1, sizeof(*p));
	HistEvent ev;

	if (!p || !(p->list = history_init())) {
		free(p);
		return NULL;
	}
	p->fd = -1;
	history(p->list, &ev, H_SETSIZE, PAST_MAX);
	history(p->list, &ev, H_SETUNIQUE, 1);
	if (keep)
		file_open(p);
	return p;
}

void past_free(struct past *p)
{
	if (!p)
		return;
	history_end(p->list);
	if (p->fd >= 0)
		close(p->fd);
	free(p);
}

void past_add(struct past *p, const char *line)
{
	HistEvent ev;
	int before = p && history(p->list, &ev, H_GETSIZE) >= 0 ? ev.num : 0;

	if (!p || !kept(line))
		return;
	enter(p, line);
	if (history(p->list, &ev, H_GETSIZE) < 0 || (ev.num == before && before < PAST_MAX && p->typed))
		return;			/* the same line again */
	if (p->typed < PAST_MAX)
		p->typed++;
	if (p->fd >= 0 && !write_line(p->fd, line)) {
		close(p->fd);		/* no room: the session goes on without the file */
		p->fd = -1;
	}
}

History *past_list(struct past *p)
{
	return p->list;
}

void past_each(struct past *p, void (*fn)(void *arg, const char *line), void *arg)
{
	HistEvent ev;
	int r = p ? history(p->list, &ev, H_FIRST) : -1, n = 1;

	for (; r >= 0 && n < p->typed; n++)
		r = history(p->list, &ev, H_NEXT);	/* older */
	for (; p && p->typed && r >= 0; r = history(p->list, &ev, H_PREV))
		fn(arg, ev.str);
}
