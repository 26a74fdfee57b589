/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reference.c: the command reference, docs/commands.md, from the tables the commands are made of.
 *
 * Without an argument it prints the page; with a file it says whether that is the page, and how to make it so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cfg/parse.h"
#include "cfg/value.h"
#include "cli/filter.h"
#include "cli/rows.h"
#include "tests/sample.h"

#define WIDTH 100
#define AGAIN "./run docs"

static struct text page;

static void put(const char *s)
{
	text_puts(&page, s);
}

/* Text of a table's cell. */
static void put_cell(const char *s)
{
	for (; *s; s++)
		text_printf(&page, *s == '|' || *s == '<' ? "\\%c" : "%c", *s);
}

/* ---- syntax ------------------------------------------------------------------------------------------- */

/* @text in lines of at most WIDTH, those after the first indented. */
static void put_syntax(const char *prefix, const char *text)
{
	size_t column = strlen(prefix);
	const char *between = "";

	put(prefix);
	while (*text) {
		size_t len = strcspn(text, " ");

		if (column + len + 1 > WIDTH) {
			between = "\n    ";
			column = 3;
		}
		put(between);
		text_add(&page, text, len);
		column += len + 1;
		between = " ";
		text += len;
		text += strspn(text, " ");
	}
	put("\n");
}

/* The words with which @grammar begins, as a heading. */
static void put_heading(const char *grammar)
{
	bool first = true;

	put("### `");
	while (*grammar && !strchr("<{[", *grammar)) {
		size_t len = strcspn(grammar, " ");

		put(first ? "" : " ");
		text_add(&page, grammar, len);
		first = false;
		grammar += len;
		grammar += strspn(grammar, " ");
	}
	put("`\n\n");
}

/* ---- parameters ------------------------------------------------------------------------------------------ */

static void put_range(const struct leaf *l)
{
	char type[80];

	leaf_type_name(l, type, sizeof(type));
	put_cell(type);
	if (l->unit)
		text_printf(&page, " %s", l->unit);
	for (uint32_t n = 0; l->type == LT_LABEL && n < 16; n++)
		if (n < l->min || !(l->reserved & 1u << n))
			continue;
		else
			text_printf(&page, "%s%u", n == (uint32_t)__builtin_ctz(l->reserved) ? ", below 16 only " : ", ", n);
}

static void put_parameter(const struct leaf *l)
{
	put("| `<");
	put(l->name);
	put(">` | ");
	put_range(l);
	put(" | ");
	if (l->dflt)
		text_printf(&page, "%u", l->dflt);
	put(" | ");
	put_cell(l->help);
	put(" |\n");
}

static void put_word(const struct g_item *g)
{
	text_printf(&page, "| `%.*s` | word | ", (int)g->len, g->word);
	put(g->leaf && g->leaf->type == LT_WORD && !g->leaf->index && g->value == g->leaf->dflt ? "the default" : "");
	put(" | ");
	put_cell(g->unbuilt ? g->unbuilt : g->help ? g->help : "");
	put(" |\n");
}

struct told {
	const struct g_item *item[64];
	size_t n;
};

static bool told_before(struct told *r, const struct g_item *g)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->item[i]->kind == g->kind && r->item[i]->len == g->len &&
		    !memcmp(r->item[i]->word, g->word, g->len))
			return true;
	if (r->n < 64)
		r->item[r->n++] = g;
	return false;
}

static void put_item(struct told *r, const struct g_item *g)
{
	bool first = r->n == 0;

	if (told_before(r, g))
		return;
	if (first)
		put("| parameter | type | default | meaning |\n|---|---|---|---|\n");
	if (g->kind == G_LEAF)
		put_parameter(g->leaf);
	else
		put_word(g);
}

/* A word that a value explains. */
static bool announces(const struct g_item *g)
{
	return g->kind == G_WORD && !g->unbuilt && g->next != NOWHERE && grammar_item(g->next)->kind == G_LEAF;
}

/* One line for each value, and for each word that is a choice (@choice: inside of brackets); nothing of what stands
 * behind a word that is not built. */
static void put_items(struct told *r, uint16_t item, bool choice)
{
	bool unbuilt = false;

	for (; item != NOWHERE && !unbuilt; item = grammar_item(item)->next) {
		const struct g_item *g = grammar_item(item);

		for (unsigned int i = 0; i < g->n_alt; i++)
			put_items(r, g->alt[i], true);
		if (g->kind == G_LEAF || (g->kind == G_WORD && choice && !announces(g)))
			put_item(r, g);
		unbuilt = g->unbuilt != NULL;
	}
}

static void put_parameters(const struct command *cmd)
{
	struct told r = { .n = 0 };

	put_items(&r, grammar_of(cmd)->item[0], false);
	put(r.n ? "\n" : "");
}

/* ---- an example --------------------------------------------------------------------------------------------- */

static const char *stage(const struct command *cmd)
{
	if (cmd->view == VIEW_MPLS)
		return "mpls";
	if (cmd->view == VIEW_L2VPN)
		return "mpls l2vpn";
	if (cmd->view == VIEW_L2VPN_PEER)
		return "mpls l2vpn\npeer 192.0.2.1";
	if (cmd->view == VIEW_LDP)
		return "mpls ldp";
	if (cmd->view == VIEW_REMOTE_PEER)
		return "mpls ldp remote-peer to-pe2";
	if (cmd->view == VIEW_PW_TEMPLATE)
		return "pw-template gold";
	if (cmd->view != VIEW_INTERFACE)
		return "#";
	return cmd->on == ON_SUB ? "interface GigabitEthernet0/1/0.100"
				 : cmd->on == ON_LOOPBACK ? "interface LoopBack0" : "interface GigabitEthernet0/1/0";
}

static void go_to(struct cfg_session *s, const char *lines)
{
	char line[80];

	for (size_t n; *lines; lines += n + (lines[n] == '\n')) {
		n = strcspn(lines, "\n");
		if (n >= sizeof(line))
			abort();
		memcpy(line, lines, n);
		line[n] = '\0';
		cfg_line(s, line);
	}
}

/* The line that running it in a fresh configuration makes; false: it is refused. */
static bool rendered(const struct command *cmd, const char *line, char *out, size_t size, char *tail)
{
	struct cfg *c = cfg_new(NULL);
	struct cfg_session *s = c ? cfg_session_new(c) : NULL;
	struct parsed p;
	bool found = false;
	char *text = NULL;

	if (!s)
		abort();
	go_to(s, stage(cmd));
	cfg_view_name(s, tail, 80);
	if (cfg_line(s, line).verdict == CFG_OK)
		text = cfg_render(cfg_candidate(s), NULL);
	for (char *at = text; at && *at && !found;) {
		size_t len = strcspn(at, "\n"), lead = strspn(at, " ");

		snprintf(out, size, "%.*s", (int)(len - lead), at + lead);
		found = parse_line(cmd->view, ROWS_CONFIG, out, &p).verdict == CFG_OK && p.cmd == cmd;
		at += len + (at[len] == '\n');
	}
	free(text);
	cfg_session_free(s);
	cfg_free(c);
	return found;
}

static void put_example(const struct command *cmd)
{
	struct sample s;
	char line[2048], tail[80] = "";

	sample_line(cmd, false, SAMPLE_FULL, false, NULL, &s);
	snprintf(line, sizeof(line), "%s", s.text);
	if (!cmd->in && !rendered(cmd, s.text, line, sizeof(line), tail)) {
		sample_line(cmd, false, SAMPLE_SHORT, false, NULL, &s);
		if (!rendered(cmd, s.text, line, sizeof(line), tail)) {
			fprintf(stderr, "no example for \"%s\": \"%s\" is refused\n", cmd->grammar, s.text);
			exit(1);
		}
	}
	put("Example:\n\n```\n");
	if (cmd->in & IN_USER)
		text_printf(&page, "<PE1>%s\n", line);
	else
		text_printf(&page, "[~PE1%s]%s\n", tail, line);
	put("```\n\n");
}

/* ---- commands and views --------------------------------------------------------------------------------------- */

static const char *where(const struct command *cmd)
{
	static const char *const in[] = {
		[IN_USER] = "In the user view.", [IN_CONFIG] = "In every view of the configuration.",
		[IN_ANY] = "In every view.",
	};
	static const char *const on[ON_ANY + 1] = {
		[ON_PORT] = "On ports.", [ON_SUB] = "On sub-interfaces.", [ON_PORT | ON_SUB] = "On ports and sub-interfaces.",
		[ON_LOOPBACK] = "On loopback interfaces.",
	};

	return cmd->in ? in[cmd->in] : cmd->view == VIEW_INTERFACE ? on[cmd->on] : NULL;
}

static void put_command(const struct command *cmd)
{
	put_heading(cmd->grammar);
	text_printf(&page, "%s.", cmd->help);
	if (where(cmd))
		text_printf(&page, " %s", where(cmd));
	if (cmd->opens)
		text_printf(&page, " Enters the %s.", cfg_views[cmd->opens].title);
	put("\n\n```\n");
	put_syntax("", cmd->grammar);
	if (cmd->undo)
		put_syntax(strncmp(cmd->grammar, "undo ", 5) ? "undo " : "", cmd->undo);
	put("```\n\n");
	put_parameters(cmd);
	put_example(cmd);
}

static void put_unbuilt(const struct cmd_table *t, enum cfg_view view)
{
	bool any = false;

	for (size_t i = 0; i < t->n_unbuilt; i++) {
		if (t->unbuilt[i].view != view)
			continue;
		if (!any)
			put("### Known and not built\n\n| command | what is said |\n|---|---|\n");
		any = true;
		text_printf(&page, "| `%s` | ", t->unbuilt[i].words);
		put_cell(t->unbuilt[i].text);
		put(" |\n");
	}
	put(any ? "\n" : "");
}

/* The prompt of a view whose objects have a key ends in it. */
static bool ends_in_name(enum cfg_view view)
{
	const char *prompt = cfg_views[view].prompt;

	return prompt[strlen(prompt) - 1] == '-';
}

static void put_view(enum cfg_view view)
{
	const struct cmd_table *own = grammar_table(0);

	text_printf(&page, "## %c%s\n\n", cfg_views[view].title[0] - (cfg_views[view].title[0] >= 'a' ? 32 : 0),
		    cfg_views[view].title + 1);
	if (cfg_views[view].prompt[0])
		text_printf(&page, "Prompt `[~PE1%s%s]`.\n\n", cfg_views[view].prompt,
			    ends_in_name(view) ? "NAME" : "");
	for (size_t i = 0; i < own->n; i++)
		if (own->row[i].view == view && !own->row[i].in)
			put_command(&own->row[i]);
	put_unbuilt(own, view);
}

static void put_filter(void *arg, const char *word, const char *help)
{
	(void)arg;
	text_printf(&page, "| `%s` | ", word);
	put_cell(help);
	put(" |\n");
}

static void put_intro(void)
{
	put("# Commands\n\n"
	    "<!-- Made from the command tables by " AGAIN "; changes belong there. -->\n\n"
	    "Every command of twinwire, from the tables that parse, complete, render and check them. Words may be\n"
	    "abbreviated as long as they are unique in their place; `?` lists what may follow, Tab completes.\n\n"
	    "| notation | meaning |\n|---|---|\n"
	    "| `word` | typed as it stands, in any case |\n"
	    "| `<value>` | a value, see the table of the command |\n"
	    "| `{ a \\| b }` | one of them |\n"
	    "| `[ a \\| b ]` | one of them or none |\n"
	    "| `{ a \\| b } *` | one or more, in any order |\n"
	    "| `[ a \\| b ] *` | none or more, in any order |\n"
	    "| `<value> &<1-4>` | the value one to four times |\n\n"
	    "A name with a blank inside stands in double quotes. Changes are made in a candidate and come into force with\n"
	    "`commit`. Behind a display may stand filters, each behind a bar, as in `display interface | include up`:\n\n"
	    "| filter | what it does |\n|---|---|\n");
	filter_help("| ", put_filter, NULL);
	put("\n");
}

#define OTHERS "Commands that are no configuration"

static void put_link(const char *title)
{
	text_printf(&page, "- [%s](#", title);
	for (; *title; title++)
		text_printf(&page, "%c", *title == ' ' ? '-' : *title >= 'A' && *title <= 'Z' ? *title + 32 : *title);
	put(")\n");
}

static void put_contents(void)
{
	put_link(OTHERS);
	for (enum cfg_view v = VIEW_SYSTEM; v < VIEW__N; v++)
		put_link(cfg_views[v].title);
	put("\n");
}

static void make(void)
{
	grammar_add(&cli_rows);
	put_intro();
	put_contents();
	put("## " OTHERS "\n\n");
	for (size_t i = 0; i < cli_rows.n; i++)
		put_command(&cli_rows.row[i]);
	put_unbuilt(&cli_rows, VIEW_USER);
	for (enum cfg_view v = VIEW_SYSTEM; v < VIEW__N; v++)
		put_view(v);
	while (page.len && page.v[page.len - 1] == '\n')
		page.len--;
	put("\n");
	if (page.failed)
		abort();
}

static int compare(const char *path)
{
	FILE *f = fopen(path, "r");
	int line = 1;
	size_t i = 0;

	for (int c; f && (c = getc(f)) != EOF && i < page.len && c == page.v[i]; i++)
		line += c == '\n';
	if (f && feof(f) && i == page.len) {
		fclose(f);
		return 0;
	}
	if (f)
		fclose(f);
	fprintf(stderr, "%s is not what the command tables say, from line %d: " AGAIN " writes it anew\n", path, line);
	return 1;
}

int main(int argc, char **argv)
{
	make();
	if (argc > 1)
		return compare(argv[1]);
	return fwrite(page.v, 1, page.len, stdout) != page.len;
}
