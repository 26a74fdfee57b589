/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cfg.h: the datastores and the commit.
 *
 * A datastore is one root pointer of a persistent trie of model objects. Running and every
 * candidate are such roots. One table row per leaf and per command (tables.h) gives parser,
 * `undo`, help, rendering and documentation.
 */
#ifndef TW_CFG_H
#define TW_CFG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/trie.h"
#include "model/model.h"

struct cfg;

/*
 * Steps of a commit that daemon registers, each may be NULL; cfg calls them with every object that differs
 * (old NULL: new, now NULL: gone; never both, never inert lines), in key order. Objects are borrowed: who
 * keeps one takes a reference. Order: all prepare, prepared, then either abort, or, after the journal was
 * written and the root swapped, all apply, applied.
 */
struct cfg_steps {
	/* may fail: 0 or -errno, which the commit returns */
	int (*prepare)(void *arg, enum obj_type type, const void *old, const void *now);
	/* after all prepares: problems found, each told by cfg_problem(); returns their number */
	size_t (*prepared)(void *arg, struct cfg *c);
	/* whatever was prepared is forgotten; also when prepare itself failed */
	void (*abort)(void *arg);
	/* cannot fail; cfg_running() is the new configuration already */
	void (*apply)(void *arg, enum obj_type type, const void *old, const void *now);
	void (*applied)(void *arg);
	void *arg;
};

struct cfg *cfg_new(const struct cfg_steps *steps);
void cfg_free(struct cfg *c);
const struct trie *cfg_running(const struct cfg *c);	/* borrowed until the next commit */

/* ---- a session edits a candidate ------------------------------------------------------------- */

struct cfg_session;
struct cfg_session *cfg_session_new(struct cfg *c);
void cfg_session_free(struct cfg_session *s);		/* discards its changes */
bool cfg_dirty(const struct cfg_session *s);		/* the candidate differs from what it was made from */
void cfg_discard(struct cfg_session *s);		/* the candidate becomes running, the view the system view */
const struct trie *cfg_candidate(const struct cfg_session *s);	/* borrowed until the next line */
void cfg_view_name(const struct cfg_session *s, char *out, size_t len);	/* prompt tail, "" in system view */

/* What came of a line. */
enum cfg_verdict {
	CFG_OK,
	CFG_UNRECOGNIZED, CFG_WRONG, CFG_INCOMPLETE, CFG_TOO_MANY, CFG_AMBIGUOUS,	/* at .column */
	CFG_KNOWN,		/* a command of the manual that is not built yet: .text says what instead */
	CFG_REFUSED,		/* contradicts itself or its view: .text */
	CFG_QUIT,		/* left the outermost configuration view */
	CFG_NOMEM,
};
struct cfg_answer {
	enum cfg_verdict verdict;
	size_t column;		/* octet offset of the word at fault in the line */
	char text[256];
};
/* One configuration line in the session's view (views, quit, return, undo, commands; '#' goes to the system
 * view). A line that is not CFG_OK or CFG_QUIT changed nothing. `undo` with the text of an inert line removes it. */
struct cfg_answer cfg_line(struct cfg_session *s, const char *line);
/* The sentence of a verdict ("Error: Wrong parameter found at '^' position."), "" for CFG_OK; CFG_KNOWN and
 * CFG_REFUSED: "Error: " and the answer's own text. */
void cfg_answer_text(const struct cfg_answer *a, char *out, size_t len);

/* What may follow @line in the session's view: after a blank all that may come next, else the words the
 * last one abbreviates. @word is a keyword, a type such as INTEGER<1-4094>, or "<cr>". */
enum cfg_help { CFG_HELP_WORD, CFG_HELP_VALUE, CFG_HELP_END };
typedef void cfg_help_fn(void *arg, const char *word, const char *help, enum cfg_help kind);
void cfg_help(const struct cfg_session *s, const char *line, cfg_help_fn *fn, void *arg);

/* ---- commit ------------------------------------------------------------------------------------ */

#define CFG_PROBLEMS_MAX 20
/* A problem of the commit under way, told by the steps. @field names the line of @obj at fault: "primary",
 * "secondary" or "bypass" of an interface, or the first words of a command ("vlan-type", "mpls l2vpn");
 * anything else, or NULL: the first line of the object. */
void cfg_problem(struct cfg *c, enum obj_type type, const void *obj, const char *field, const char *text);

struct cfg_problem {
	char line[256];		/* "interface GigabitEthernet0/1/0 / mpls static-l2vc ..." */
	char text[192];
};
struct cfg_result {
	int err;		/* 0, -EINVAL (problems), -EIO (journal), -ENOMEM, or what prepare returned */
	uint32_t commit_id;	/* 0 = nothing to commit */
	size_t n_problems;	/* all found */
	struct cfg_problem problem[CFG_PROBLEMS_MAX];
};
/* All or nothing. What other sessions committed meanwhile stays; a change of the same object is a problem. After an
 * error candidate and view are as they were. @label, @description: kept in the journal, or NULL. */
void cfg_commit(struct cfg_session *s, const char *label, const char *description, struct cfg_result *r);

/* ---- whole files ----------------------------------------------------------------------------------- */

struct cfg_load {
	uint32_t taken, inert, refused;		/* lines */
	/* each line that was not taken: number, text, reason */
	void (*tell)(void *arg, uint32_t line, const char *text, const char *reason);
	void *arg;
};
/* The candidate becomes what @text says (VRP text; indentation does not decide the view). Lines that
 * cannot be taken are kept as inert in their place. 0 or -ENOMEM. Does not commit. */
int cfg_load_text(struct cfg_session *s, const char *text, size_t len, struct cfg_load *l);

/* At start: objects a cross check refuses are taken out one by one (made inert with the reason) until
 * the rest commits, so a damaged file still starts an engine. */
void cfg_commit_startup(struct cfg_session *s, struct cfg_load *l, struct cfg_result *r);

/* ---- journal ------------------------------------------------------------------------------------------ */

/* File operations, lent by daemon (the sys room); 0 or -errno each. */
struct cfg_files {
	/* all of @path, malloc'ed; -ENOENT when there is none */
	int (*read)(void *arg, const char *path, char **ret, size_t *ret_len);
	/* behind the end of @path, on the disk before it returns; creates the file; all or nothing */
	int (*append)(void *arg, const char *path, const void *data, size_t len);
	/* atomically, on the disk before it returns */
	int (*replace)(void *arg, const char *path, const void *data, size_t len);
	void *arg;
};
void cfg_files(struct cfg *c, const struct cfg_files *files);

/* Opens or creates the journal; *found: running was restored from its last whole entry. *cut: octets
 * thrown away behind it. From now on each commit appends before it answers. 0 or -errno. */
int cfg_journal_open(struct cfg *c, const char *path, bool *found, size_t *cut, struct cfg_result *r);

/* ---- rendering --------------------------------------------------------------------------------------- */

/* VRP text of @root (blocks, '#', 'return'), malloc'ed; @only: one interface, or NULL. */
char *cfg_render(const struct trie *root, const char *only_interface);
/* Inert lines with line number and reason, malloc'ed. */
char *cfg_render_inert(const struct trie *root);

/* ---- names ---------------------------------------------------------------------------------------------- */

/* Canonical form of an interface name typed in any case, abbreviated or with a blank; false: no such kind. */
bool cfg_ifname(const char *typed, char out[IFNAME_LEN]);
/* Objects by name in @root; NULL: none. */
const struct m_system *cfg_system(const struct trie *root);	/* never NULL: defaults */
const struct m_interface *cfg_interface(const struct trie *root, const char *name);
const struct m_static_lsp *cfg_static_lsp(const struct trie *root, const char *name);

#endif
