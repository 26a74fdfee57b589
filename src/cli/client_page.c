/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client_page.c: what is printed, a page at a time when an operator sits at a terminal, and notes of progress.
 *
 * While ---- More ---- waits nothing is read from the engine, which holds the work when enough is unread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/client.h"

#define MORE		"  ---- More ----"
#define ALIVE_MS	15000		/* the engine takes a client for dead that reads nothing for 60 s */
#define TAB		8

/* ---- the terminal's lines ---------------------------------------------------------------------------- */

static void erase(size_t width)
{
	printf("\r%*s\r", (int)width, "");
	fflush(stdout);
}

/* Lines before a stop; 0: never. */
static unsigned int page_rows(const struct page *p)
{
	unsigned int rows, width;

	tty_size(&rows, &width);
	if (p->set >= 0)
		rows = (unsigned int)p->set;
	return rows > 1 ? rows - 1 : rows;
}

/* Counts the screen's rows that @len octets of a line fill. */
static void count(struct page *p, const char *text, size_t len)
{
	unsigned int rows, width;

	tty_size(&rows, &width);
	for (size_t i = 0; i < len; i++) {
		unsigned char ch = (unsigned char)text[i];
		if (ch == '\n') {
			p->row++;
			p->column = 0;
			continue;
		}
		if (p->column >= width) {
			p->row++;
			p->column = 0;
		}
		p->column += ch == '\t' ? TAB - p->column % TAB : (ch & 0xc0) != 0x80;
	}
}

/* ---- ---- More ---- ------------------------------------------------------------------------------------ */

static int key(struct client *c)
{
	for (;;) {
		int k = tty_octet(c, ALIVE_MS, false);
		if (k == TTY_TIMEOUT)
			link_send(c, CLI_HOLD, "");	/* if it is gone the next read tells */
		else if (k != TTY_RESIZED)
			return k;
	}
}

/* An expression typed behind @sign; false: given up. */
static bool read_expression(struct client *c, char sign, char *re, size_t size)
{
	size_t len = 0;

	putchar(sign);
	for (;;) {
		fflush(stdout);
		int k = key(c);
		if (k < 0 || k == 3)
			break;
		if (k == '\n' || k == '\r') {
			re[len] = '\0';
			erase(len + 1);
			return len > 0;
		}
		if (k == 0x7f || k == '\b') {
			while (len && (re[--len] & 0xc0) == 0x80)
				;
			fputs("\b \b", stdout);
		} else if (k >= ' ' && len + 1 < size) {
			re[len++] = (char)k;
			putchar(k);
		}
	}
	erase(len + 1);
	return false;
}

static void page_lines(void *arg, const char *text, size_t len);

/* true: an expression was taken; the output from here on goes through it. The filter so far is at work up
 * the stack, so page_put() changes them. */
static bool find(struct client *c, char sign)
{
	char re[256], why[256];

	if (!read_expression(c, sign, re, sizeof(re)))
		return false;
	c->page.next = filter_sign(sign, re, page_lines, c, why);
	if (!c->page.next)
		printf("Error: %s\n", why);
	return c->page.next;
}

static void enough(struct client *c)
{
	c->page.quiet = true;
	if (!link_interrupt(c))
		c->lost = true;
}

/* Asks the operator how to go on. */
static void more(struct client *c)
{
	struct page *p = &c->page;
	struct termios before;
	bool keys = tty_keys(&before);

	for (bool asking = keys; asking;) {
		fputs(MORE, stdout);
		fflush(stdout);
		int k = key(c);
		erase(strlen(MORE));
		asking = false;
		p->row = 0;
		if (k == '\r' || k == '\n')
			p->row = page_rows(p) - 1;
		else if (k == '+' || k == '-' || k == '/')
			asking = !find(c, (char)k);
		else if (k < 0 || k == 'q' || k == 'Q' || k == 3)
			enough(c);
		else
			asking = k != ' ';
	}
	if (keys)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

/* ---- output -------------------------------------------------------------------------------------------- */

/* @text is of one line. */
static void page_line(struct client *c, const char *text, size_t len)
{
	struct page *p = &c->page;
	unsigned int rows = p->stops && !p->column ? page_rows(p) : 0;

	if (rows && p->row >= rows)
		more(c);
	if (p->next)
		text_add(&p->pending, text, len);
	if (p->next || p->quiet)
		return;
	if (p->terminal)
		tty_write(text, len);
	else
		fwrite(text, 1, len, stdout);
	if (p->stops)
		count(p, text, len);
}

static void page_lines(void *arg, const char *text, size_t len)
{
	struct client *c = arg;

	while (len && !c->page.quiet) {
		const char *nl = memchr(text, '\n', len);
		size_t n = nl ? (size_t)(nl - text) + 1 : len;
		page_line(c, text, n);
		text += n;
		len -= n;
	}
}

void page_begin(struct client *c)
{
	c->page.stops = client_typed(c) && c->page.terminal && c->page.set != 0;
	c->page.row = c->page.column = 0;
	c->page.quiet = false;
}

static void found_end(struct page *p)
{
	if (p->found)
		filter_end(p->found);
	p->found = NULL;
}

static void found_begin(struct page *p)
{
	struct text line = p->pending;

	found_end(p);
	p->found = p->next;
	p->next = NULL;
	p->pending = (struct text){ 0 };
	filter_put(p->found, line.v, line.len);
	text_free(&line);
}

void page_put(struct client *c, const char *text, size_t len)
{
	struct page *p = &c->page;

	while (len && !p->quiet) {		/* a line at a time: the way changes at a stop */
		const char *nl = memchr(text, '\n', len);
		size_t n = nl ? (size_t)(nl - text) + 1 : len;
		if (p->found)
			filter_put(p->found, text, n);
		else
			page_line(c, text, n);
		if (p->next)
			found_begin(p);
		text += n;
		len -= n;
	}
}

void page_end(struct client *c)
{
	found_end(&c->page);
	c->page.stops = c->page.quiet = false;
	fflush(stdout);
}

void page_progress(struct client *c, const char *note)
{
	struct page *p = &c->page;

	if (!p->terminal || (!*note && !p->progress))
		return;
	if (p->progress)
		erase(p->progress);
	p->progress = columns(note, strlen(note));
	fputs(note, stdout);
	fflush(stdout);
}
