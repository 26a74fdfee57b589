/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files typed by hand from the manual's syntax: what is read, what is printed of it, what is not taken and why.
 * Each is loaded as a start-up file; what is printed must load to the same text again. Together they show every word
 * and value of every row, and of every form of undo.
 */
#include "util.h"

#include <dirent.h>

#include "cfg/edit.h"
#include "cfg/parse.h"

static const char *dir;

struct told {
	char text[8192];
	size_t n;
};

static void tell(void *arg, uint32_t line, const char *text, const char *reason)
{
	struct told *t = arg;

	(void)text;
	t->n += (size_t)snprintf(t->text + t->n, sizeof(t->text) - t->n, "%u: %s\n", line, reason);
	assert_true(t->n < sizeof(t->text));
}

/* Loads @text at start-up; the running configuration printed. */
static char *start_with(const char *text, struct told *t)
{
	struct cfg *c = cfg_new(NULL);
	struct cfg_session *s = cfg_session_new(c);
	struct cfg_load l = { .tell = tell, .arg = t };
	struct cfg_result r;
	char *out;

	t->n = 0;
	t->text[0] = '\0';
	assert_int_equal(cfg_load_text(s, text, strlen(text), &l), 0);
	cfg_commit_startup(s, NULL, &l, &r);
	assert_int_equal(r.err, 0);
	assert_false(cfg_dirty(s));
	out = cfg_render(cfg_running(c), NULL);
	cfg_session_free(s);
	cfg_free(c);
	return out;
}

static char *section(char *file, const char *title)
{
	char *at = strstr(file, title);

	if (!at)
		fail_msg("no section %s", title);
	*at = '\0';
	return at + strlen(title);
}

/* ---- what the files show ------------------------------------------------------------------------------ */

static bool *shown;			/* by item of the grammars */

static void show(enum cfg_view view, const char *line, enum cfg_view *opens)
{
	struct parsed p;

	if (parse_line(view, ROWS_CONFIG, line, &p).verdict != CFG_OK || p.unbuilt)
		return;
	for (size_t i = 0; i < p.n_said; i++)
		shown[p.said[i].item - grammar_item(0)] = true;
	if (!p.undo && p.cmd->opens)
		*opens = p.cmd->opens;
}

/* Lines as they are printed: those of a view are indented. */
static void show_lines(const char *text)
{
	enum cfg_view inside = VIEW_NONE;
	char line[512];

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		size_t n = strcspn(text, "\n"), indent = strspn(text, " ");

		assert_true(n < sizeof(line));
		snprintf(line, sizeof(line), "%.*s", (int)n, text);
		for (enum cfg_view v = indent ? inside : VIEW_NONE; v > VIEW_SYSTEM; v = cfg_views[v].parent)
			show(v, line + indent, &inside);
		if (!indent)
			show(VIEW_SYSTEM, line, &inside);
	}
}

/* Whether the sequence at @item was shown; tells what was not. */
static bool seen(uint16_t item, const char *row)
{
	bool ok = true;

	for (; item != NOWHERE; item = grammar_item(item)->next) {
		const struct g_item *g = grammar_item(item);

		if (g->unbuilt)
			return ok;
		if (g->kind == G_CHOICE) {
			for (unsigned int i = 0; i < g->n_alt; i++)
				ok &= seen(g->alt[i], row);
		} else if (!shown[item]) {
			print_message("no golden pair shows \"%.*s\" of \"%s\"\n", g->len, g->word, row);
			ok = false;
		}
	}
	return ok;
}

static void every_row_is_shown(void **state)
{
	bool ok = true;

	(void)state;
	for (size_t i = 0; i < cfg_n_commands; i++) {
		ok &= seen(grammar_of(&cfg_commands[i])->item[0], cfg_commands[i].grammar);
		if (cfg_commands[i].undo)
			ok &= seen(grammar_of(&cfg_commands[i])->item[1], cfg_commands[i].grammar);
	}
	assert_true(ok);
}

static void one(const char *name)
{
	static struct told t;
	char path[512], *file, *running, *not_taken, *again;
	size_t len;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = read_file(path, &len);
	assert_non_null(file);
	not_taken = section(file, "==== not taken\n");
	running = section(file, "==== running\n");
	print_message("%s\n", name);
	show_lines(file);
	assert_text(start_with(file, &t), running);
	assert_string_equal(t.text, not_taken);
	again = start_with(running, &t);
	assert_text(again, running);
	free(file);
}

static void golden(void **state)
{
	DIR *d = opendir(dir);
	unsigned int n = 0;

	(void)state;
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));) {
		size_t len = strlen(e->d_name);

		if (len > 4 && !strcmp(e->d_name + len - 4, ".cfg")) {
			one(e->d_name);
			n++;
		}
	}
	closedir(d);
	assert_true(n >= 4);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(golden), cmocka_unit_test(every_row_is_shown) };

	grammar_of(&cfg_commands[0]);
	shown = calloc(grammar_items(), sizeof(*shown));
	dir = argc > 1 ? argv[1] : "tests/golden";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
