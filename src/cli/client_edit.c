/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client_edit.c: the line editor: libedit with keys of our own.
 *
 * Between lines the terminal stays in single-key mode without echo, so what is typed or pasted ahead waits
 * in the kernel untouched. Keys that end a line push a newline: the editor then goes below the line by itself.
 */
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "cli/client.h"

#define WORDS_MAX 512

struct edit {
	EditLine *el;
	const char *prompt;
	bool question;			/* the line is an answer: no help, no history */
	bool dropped;			/* by Ctrl-C */
	unsigned int rows, width;	/* of the terminal */
	const char *instead;		/* the line a key stands for */
	size_t help_at;			/* octets of the line before the cursor at `?` */
	/* Tab pressed again goes on to the next word */
	char *words[WORDS_MAX];
	size_t n_words, next_word;
	char after_tab[CLI_IN_MAX + 1];	/* the line before the cursor as the last Tab left it; "" none */
};

static struct client *of(EditLine *el)
{
	struct client *c = NULL;

	el_get(el, EL_CLIENTDATA, &c);
	return c;
}

/* ---- characters ------------------------------------------------------------------------------------------ */

/* Where the text went is the terminal's secret: the line begins anew below. */
static void resized(struct edit *e)
{
	unsigned int rows, width;

	tty_size(&rows, &width);
	if (rows == e->rows && width == e->width)
		return;
	e->rows = rows;
	e->width = width;
	el_resize(e->el);
	puts("");
	el_set(e->el, EL_REFRESH);
}

static int next_octet(struct client *c)
{
	for (;;) {
		int k = tty_octet(c, -1, true);
		if (k == TTY_RESIZED)
			resized(c->edit);
		else if (k != TTY_ENGINE || !client_news(c))
			return k;
	}
}

/* The rest of a UTF-8 character that begins with @first; what is none becomes U+FFFD. */
static wchar_t character(struct client *c, int first)
{
	int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
	wchar_t wc = first & (0x3f >> more);

	if (first < 0xc2 || first > 0xf4)
		return 0xfffd;
	for (int i = 0; i < more; i++) {
		int k = next_octet(c);
		if (k < 0)
			return 0xfffd;
		if ((k & 0xc0) != 0x80) {
			tty_octet_back(k);
			return 0xfffd;
		}
		wc = wc << 6 | (k & 0x3f);
	}
	if (wc < (more == 3 ? 0x10000 : more == 2 ? 0x800 : 0x80) || (wc >= 0xd800 && wc < 0xe000) || wc > 0x10ffff)
		return 0xfffd;
	return wc;
}

static int get_character(EditLine *el, wchar_t *wc)
{
	struct client *c = of(el);
	int k = next_octet(c);

	if (k == TTY_INTERRUPT)
		k = 3;
	if (k < 0)
		return 0;
	*wc = k < 0x80 ? k : character(c, k);
	return 1;
}

/* ---- keys that end a line ---------------------------------------------------------------------------------- */

static unsigned char end_line(EditLine *el)
{
	el_push(el, "\n");
	return CC_NORM;
}

static unsigned char key_drop(EditLine *el, wint_t ch)
{
	(void)ch;
	of(el)->edit->dropped = true;
	return end_line(el);
}

static unsigned char key_return(EditLine *el, wint_t ch)
{
	struct client *c = of(el);
	(void)ch;

	if (c->edit->question || *c->prompt == '<')	/* of the user view */
		return CC_ERROR;
	c->edit->instead = "return";
	return end_line(el);
}

static unsigned char key_end(EditLine *el, wint_t ch)
{
	struct edit *e = of(el)->edit;
	const LineInfo *li = el_line(el);
	(void)ch;

	if (li->lastchar == li->buffer) {
		e->dropped = e->question;
		e->instead = "quit";
		return end_line(el);
	}
	if (li->cursor == li->lastchar)
		return CC_ERROR;
	el_cursor(el, 1);
	el_deletestr(el, 1);
	return CC_REFRESH;
}

/* ---- help --------------------------------------------------------------------------------------------------- */

/* The line up to the cursor, or to @at octets if that is not 0. */
static void before_cursor(EditLine *el, size_t at, char text[CLI_IN_MAX + 1])
{
	const LineInfo *li = el_line(el);
	size_t len = at ? at : (size_t)(li->cursor - li->buffer);

	if (len > CLI_IN_MAX)
		len = CLI_IN_MAX;
	memcpy(text, li->buffer, len);
	text[len] = '\0';
}

static unsigned char key_help(EditLine *el, wint_t ch)
{
	struct edit *e = of(el)->edit;
	const LineInfo *li = el_line(el);
	(void)ch;

	if (e->question)
		return el_insertstr(el, "?") ? CC_ERROR : CC_REFRESH;
	e->help_at = (size_t)(li->cursor - li->buffer);
	el_push(el, "\005\035");	/* to the end of the line, then key_help_below */
	return CC_NORM;
}

/* The cursor is at the end of the line: prints below it, then the line as it was. */
static unsigned char key_help_below(EditLine *el, wint_t ch)
{
	struct client *c = of(el);
	const LineInfo *li = el_line(el);
	char text[CLI_IN_MAX + 1];
	size_t at = c->edit->help_at, behind;
	(void)ch;

	if (at > (size_t)(li->lastchar - li->buffer))
		return CC_ERROR;
	behind = columns(li->buffer + at, (size_t)(li->lastchar - li->buffer) - at);
	if (at == 0)
		*text = '\0';
	else
		before_cursor(el, at, text);
	puts(behind ? "" : "?");
	if (!client_help(c, text))
		return CC_EOF;
	el_cursor(el, -(int)behind);
	el_set(el, EL_REFRESH);
	return CC_NORM;
}

/* ---- completion ------------------------------------------------------------------------------------------------ */

static void forget_words(struct edit *e)
{
	while (e->n_words)
		free(e->words[--e->n_words]);
	*e->after_tab = '\0';
}

static void take_word(void *arg, char kind, const char *word, const char *help)
{
	struct edit *e = arg;
	(void)help;

	if (kind == CLI_ITEM_WORD && e->n_words < WORDS_MAX && (e->words[e->n_words] = strdup(word)))
		e->n_words++;
}

/* Replaces @len octets before the cursor by @n octets of @word, and @blank. */
static void replace(EditLine *el, size_t len, const char *word, size_t n, const char *blank)
{
	const LineInfo *li = el_line(el);
	char text[256];

	snprintf(text, sizeof(text), "%.*s%s", (int)n, word, blank);
	el_deletestr(el, (int)columns(li->cursor - len, len));
	el_insertstr(el, text);
}

static size_t common(const struct edit *e)
{
	size_t n = strlen(e->words[0]);

	for (size_t i = 1; i < e->n_words; i++)
		for (size_t k = 0; k < n; k++)
			if (e->words[i][k] != e->words[0][k])
				n = k;
	return n;
}

/* The word before the cursor, at the end of @text. */
static const char *last_word(const char *text)
{
	const char *blank = strrchr(text, ' '), *tab = strrchr(text, '\t');

	return blank > tab ? blank + 1 : tab ? tab + 1 : text;
}

static void cycle(EditLine *el, struct edit *e, const char *text)
{
	const char *next = e->words[e->next_word];

	replace(el, strlen(last_word(text)), next, strlen(next), "");
	e->next_word = (e->next_word + 1) % e->n_words;
	before_cursor(el, 0, e->after_tab);
}

/* The whole word if there is one, else what all have in common, else the first. */
static void complete(EditLine *el, struct edit *e, const char *text)
{
	size_t len = strlen(last_word(text)), n = common(e);

	e->next_word = 0;
	if (e->n_words == 1) {
		replace(el, len, e->words[0], n, " ");
		forget_words(e);
	} else if (n > len) {
		replace(el, len, e->words[0], n, "");
		before_cursor(el, 0, e->after_tab);
	} else {
		cycle(el, e, text);
	}
}

static unsigned char reprint(EditLine *el)
{
	el_push(el, "\005\036");
	return CC_NORM;
}

static unsigned char key_reprint_below(EditLine *el, wint_t ch)
{
	(void)ch;
	puts("");
	el_set(el, EL_REFRESH);
	return CC_NORM;
}

/* More input already there that is no second Tab: text that is pasted, where a Tab is a blank. */
static bool pasted(const struct client *c)
{
	int k = tty_octet(c, 0, false);

	if (k >= 0)
		tty_octet_back(k);
	return k >= 0 && k != '\t';
}

static unsigned char key_complete(EditLine *el, wint_t ch)
{
	struct client *c = of(el);
	struct edit *e = c->edit;
	char text[CLI_IN_MAX + 1];
	(void)ch;

	if (e->question)
		return CC_ERROR;
	if (pasted(c))
		return el_insertstr(el, " ") ? CC_ERROR : CC_REFRESH;
	before_cursor(el, 0, text);
	if (e->n_words > 1 && *text && !strcmp(text, e->after_tab)) {
		cycle(el, e, text);
		return CC_REFRESH;
	}
	forget_words(e);
	if (!client_items(c, text, take_word, e))
		return CC_EOF;
	if (!e->n_words || (e->n_words > 1 && (!*text || strchr(" \t", text[strlen(text) - 1])))) {
		forget_words(e);
		return reprint(el);
	}
	complete(el, e, text);
	return CC_REFRESH;
}

/* ---- life --------------------------------------------------------------------------------------------------------- */

static char *prompt_of(EditLine *el)
{
	return (char *)of(el)->edit->prompt;
}

static const struct {
	const char *key, *name;
	const wchar_t *wide;		/* the name once more: libedit keeps it, and leaks a copy of a narrow one */
	unsigned char (*fn)(EditLine *el, wint_t ch);
} own_key[] = {
#define KEY(key, name, fn) { key, name, L##name, fn }
	KEY("^C", "tw-drop", key_drop),
	KEY("^Z", "tw-return", key_return),
	KEY("^D", "tw-end", key_end),
	KEY("?", "tw-help", key_help),
	KEY("^I", "tw-complete", key_complete),
	KEY("\\035", "tw-help-below", key_help_below),
	KEY("\\036", "tw-reprint-below", key_reprint_below),
};

/* UTF-8 whatever the environment says: so speaks the engine. */
static void use_utf8(void)
{
	if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8"))
		setlocale(LC_CTYPE, "C.UTF-8");
}

struct edit *edit_new(struct client *c)
{
	const char *term = getenv("TERM");
	struct edit *e;

	if (!isatty(STDOUT_FILENO) || !term || !*term || !strcmp(term, "dumb"))
		return NULL;
	use_utf8();
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	e->prompt = "";
	e->el = el_init("twinwire", stdin, stdout, stderr);
	if (!e->el) {
		free(e);
		return NULL;
	}
	el_set(e->el, EL_CLIENTDATA, c);
	el_set(e->el, EL_PROMPT, prompt_of);
	el_set(e->el, EL_EDITOR, "emacs");
	el_set(e->el, EL_GETCFN, get_character);
	el_set(e->el, EL_SETTY, "-d", "-isig", NULL);
	el_set(e->el, EL_SETTY, "-x", "-icanon", "-echo", NULL);
	for (size_t i = 0; i < sizeof(own_key) / sizeof(*own_key); i++) {
		el_wset(e->el, EL_ADDFN, own_key[i].wide, L"", own_key[i].fn);
		el_set(e->el, EL_BIND, own_key[i].key, own_key[i].name, NULL);
	}
	if (c->past)
		el_set(e->el, EL_HIST, history, past_list(c->past));
	for (size_t i = 0; i < 2; i++)		/* the editor's own commands, which no operator needs, crash it */
		el_set(e->el, EL_BIND, i ? "\\033x" : "\\033X", "ed-unassigned", NULL);
	el_set(e->el, EL_BIND, "^N", "ed-next-history", NULL);
	el_set(e->el, EL_BIND, "^P", "ed-prev-history", NULL);
	return e;
}

void edit_free(struct edit *e)
{
	if (!e)
		return;
	forget_words(e);
	el_end(e->el);
	free(e);
}

const char *edit_line(struct client *c, const char *prompt, bool question, bool *dropped)
{
	struct edit *e = c->edit;
	const char *v;
	int n;

	e->prompt = prompt;
	e->question = question;
	e->dropped = false;
	e->instead = NULL;
	tty_size(&e->rows, &e->width);
	el_set(e->el, EL_PREP_TERM, 1);		/* before the prompt: who sees it may type any key */
	v = el_gets(e->el, &n);
	forget_words(e);
	e->prompt = "";
	*dropped = e->dropped;
	c->by_key = e->instead;
	if (!v || n <= 0) {
		puts("");
		return NULL;
	}
	free(c->line);
	c->line = e->instead ? strdup(e->instead) : strndup(v, strcspn(v, "\r\n"));
	return c->line;
}
