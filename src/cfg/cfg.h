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

#include "base/text.h"
#include "base/trie.h"
#include "model/model.h"

struct cfg;

/*
 * Steps of a commit that daemon registers, each may be NULL; cfg calls them with every object that differs
 * (old NULL: new, now NULL: gone; never both, never inert lines), in key order. Objects are borrowed: who
 * keeps one takes a reference. Order: all prepare, prepared, then either abort, or, after the journal was
 * written and the root swapped, all apply, applied. A commit runs in slices: between two calls the loop
 * may serve others.
 */
struct cfg_steps {
	/* may fail: 0 or -errno, which the commit returns */
	int (*prepare)(void *arg, enum obj_type type, const void *old, const void *now);
	/* after all prepares, problems found are told by cfg_problem(). 0: that was all; 1: call again, there is
	 * more to look at; or -errno, which the commit returns */
	int (*prepared)(void *arg, struct cfg *c);
	/* whatever was prepared is forgotten; also when prepare itself failed, or the commit was abandoned */
	void (*abort)(void *arg);
	/* cannot fail; cfg_running() is the new configuration already */
	void (*apply)(void *arg, enum obj_type type, const void *old, const void *now);
	bool (*applied)(void *arg);	/* true: call again, there is more to do */
	/* cfg has work that can wait (cfg_background()); may be called at any time, again while it is under way */
	void (*work)(void *arg);
	void *arg;
};

struct cfg *cfg_new(const struct cfg_steps *steps);
void cfg_free(struct cfg *c);
const struct trie *cfg_running(const struct cfg *c);	/* borrowed until the next commit */
/* One slice of what can wait: the journal is rewritten, what nobody refers to is freed. True: more to do. */
bool cfg_background(struct cfg *c);

/* ---- a session edits a candidate ------------------------------------------------------------- */

struct cfg_session;
struct cfg_session *cfg_session_new(struct cfg *c);
void cfg_session_free(struct cfg_session *s);		/* discards its changes */
bool cfg_dirty(const struct cfg_session *s);		/* the candidate differs from what it was made from */
void cfg_discard(struct cfg_session *s);		/* the candidate becomes running, the view the system view */
const struct trie *cfg_candidate(const struct cfg_session *s);	/* borrowed until the next line */
const struct trie *cfg_base(const struct cfg_session *s);	/* what the candidate was made from; likewise */
/* The candidate becomes @root (a reference is taken), the view the system view. */
void cfg_set_candidate(struct cfg_session *s, struct trie *root);
/* Puts the session's own edits again on top of what is running now; where another session changed the same
 * line, the own one wins. cfg_refresh_step(): a slice; 1: more to do, 0: done, -ENOMEM: nothing changed.
 * cfg_refresh(): all at once. */
int cfg_refresh_step(struct cfg_session *s);
int cfg_refresh(struct cfg_session *s);
/* Another session committed a change of an object that this one changed, too: a commit would be refused.
 * @line (may be NULL): the first line it changed. */
bool cfg_conflict(const struct cfg_session *s, char *line, size_t len);
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
/*
 * What @line is in the session's view (@s NULL: the user view) among all rows that may be typed there, those of other
 * tables (grammar_add) included; an abbreviation must be unique over all of them. CFG_OK fills @p, whose pointers go
 * into @line. In a view below the system view a line that is not known there, and is a command of a view above that
 * enters a view, is that. CFG_UNRECOGNIZED may have a .text: in which view it would be known, a sentence without a stop.
 */
struct parsed;
struct cfg_answer cfg_read(const struct cfg_session *s, const char *line, struct parsed *p);
/* Carries out what cfg_read() made of the same @line, a row of the configuration (p->cmd->in is 0, or p->cmd NULL:
 * `undo` with the text of an inert line, which removes it). What is not CFG_OK changed nothing. */
struct cfg_answer cfg_carry_out(struct cfg_session *s, const char *line, const struct parsed *p);
/* Both, for rows of the configuration alone, with quit, return and '#' (to the system view). A line that is not CFG_OK
 * or CFG_QUIT changed nothing. */
struct cfg_answer cfg_line(struct cfg_session *s, const char *line);
/* One view up; CFG_QUIT: it was the system view already. */
enum cfg_verdict cfg_quit(struct cfg_session *s);
/* Also lines that are known in a view above and do not enter a view are taken there, `undo` never. Off at first. */
void cfg_forward(struct cfg_session *s, bool on);
/* The sentence of a verdict ("Error: Wrong parameter found at '^' position."), "" for CFG_OK; CFG_KNOWN and
 * CFG_REFUSED: "Error: " and the answer's own text. */
void cfg_answer_text(const struct cfg_answer *a, char *out, size_t len);

/* What may follow @line in the session's view (@s NULL: the user view), over all rows that may be typed there: after a
 * blank all that may come next, else the words that the last one abbreviates and the values it may begin. @word is a
 * keyword, a type such as INTEGER<1-4094>, or "<cr>". Values come first, then words in the order of the alphabet, then
 * <cr>. */
enum cfg_help { CFG_HELP_WORD, CFG_HELP_VALUE, CFG_HELP_END };
typedef void cfg_help_fn(void *arg, const char *word, const char *help, enum cfg_help kind);
void cfg_help(const struct cfg_session *s, const char *line, cfg_help_fn *fn, void *arg);

/* ---- commit ------------------------------------------------------------------------------------ */

#define CFG_PROBLEMS_MAX 20
/* How many problems of the commit under way are of use: that many, at a start-up, which takes lines out, more. */
size_t cfg_problems_wanted(const struct cfg *c);
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
	int journal_err;	/* with -EIO: the -errno of the file (-ENOSPC: the disk is full) */
	uint32_t commit_id;	/* 0 = nothing to commit */
	bool conflict;		/* the problems are changes of another session: cfg_refresh() */
	size_t n_problems;	/* all found */
	struct cfg_problem problem[CFG_PROBLEMS_MAX];
};

enum cfg_origin { CFG_BY_CLI, CFG_BY_ROLLBACK, CFG_BY_STARTUP, CFG_ORIGIN__N };

/* What is kept of a commit beside its changes. Any pointer may be NULL; longer texts are cut. */
struct cfg_about {
	const char *label;		/* 1..256 octets */
	const char *description;	/* 1..60 */
	const char *user, *from;	/* login name; terminal or peer */
	int64_t wall_ns;		/* since the epoch */
	enum cfg_origin origin;
};

/*
 * All or nothing, in slices of a bounded number of objects. What other sessions committed meanwhile stays; a
 * change of the same object is a problem. After an error candidate and view are as they were.
 *
 * cfg_commit_begin(): 0, -EBUSY: another commit is under way, -EEXIST: a point has that label, -ENOMEM. @about (may be
 * NULL) is copied. Until the commit is over the session takes no line.
 * cfg_commit_step(): one slice of the commit that @s began. True: more to do; false: done, @r filled. Behind the swap it
 * goes on in the background as well. When the session is freed under way, a commit that has not reached the swap is
 * abandoned.
 * cfg_commit_abandon(): nothing changed and nothing of @s is under way any more; after the swap it does nothing.
 * cfg_commit(): all at once, what can wait included; what begin said in r->err.
 */
int cfg_commit_begin(struct cfg_session *s, const struct cfg_about *about);
bool cfg_commit_step(struct cfg_session *s, struct cfg_result *r);
void cfg_commit_abandon(struct cfg_session *s);
bool cfg_commit_busy(const struct cfg *c);	/* one is under way */
bool cfg_commit_swapped(const struct cfg_session *s);	/* that of @s cannot be abandoned any more, or is over */
/* How far it is, in objects of all phases together, roughly; *total 0: not known yet. */
void cfg_commit_progress(const struct cfg *c, size_t *done, size_t *total);
void cfg_commit(struct cfg_session *s, const struct cfg_about *about, struct cfg_result *r);

/* ---- rollback points ----------------------------------------------------------------------------- */

#define CFG_POINTS_MAX	100
#define CFG_ID_FIRST	1000000001u
#define CFG_LABEL_MAX	256
#define CFG_DESCRIPTION_MAX 60
#define CFG_USER_MAX	64

/* What was running after a commit. Texts are "" when not given. */
struct cfg_point {
	uint32_t id;			/* CFG_ID_FIRST, rising by 1 */
	int64_t wall_ns;
	enum cfg_origin origin;
	const char *label, *description, *user, *from;
	struct trie *root;		/* the whole configuration; borrowed, as long as the point is there */
};
/* The last CFG_POINTS_MAX; fewer if they would not fit a journal of 768 MiB. */
size_t cfg_points(const struct cfg *c);
const struct cfg_point *cfg_point(const struct cfg *c, size_t i);	/* 0 = newest; borrowed until the next commit */
const struct cfg_point *cfg_point_by_id(const struct cfg *c, uint32_t id);	/* NULL: there is none */
const struct cfg_point *cfg_point_by_label(const struct cfg *c, const char *label);	/* labels are unique */
/* Removes the @n oldest points / the label of one; the newest point stays. 0 or what the journal said. */
int cfg_points_clear(struct cfg *c, size_t n);
int cfg_label_clear(struct cfg *c, const char *label);		/* -ENOENT: no such label */

/* ---- state that outlives the engine and is no configuration ----------------------------------------- */

#define CFG_STATE_KEY_MAX	128	/* printable, without blanks */
#define CFG_STATE_VALUE_MAX	512	/* one line of text */
/* Keeps @value under @key (NULL: gone). In force at once, on the disk with cfg_state_flush() or the next commit.
 * 0, -EINVAL: not such a text, -ENOMEM. */
int cfg_state_set(struct cfg *c, const char *key, const char *value);
/* All that was set since the last flush, in one write. 0, also while a commit is being written: it goes with the
 * journal's next write; or -errno: it is tried again with the next flush or commit. */
int cfg_state_flush(struct cfg *c);
const char *cfg_state_get(const struct cfg *c, const char *key);	/* NULL: not there; borrowed until it is set */
/* Every key that starts with @prefix, in order; @fn may set the key it is called for. Non-zero from @fn ends. */
int cfg_state_each(struct cfg *c, const char *prefix, int (*fn)(void *arg, const char *key, const char *value),
		   void *arg);

/* ---- whole files ----------------------------------------------------------------------------------- */

struct cfg_load {
	uint32_t taken, inert, refused;		/* lines */
	/* each line that was not taken: number, text, reason */
	void (*tell)(void *arg, uint32_t line, const char *text, const char *reason);
	void *arg;
};
/*
 * The candidate becomes what @text says (VRP text; indentation does not decide the view). Lines that cannot be
 * taken are kept as inert in their place. Does not commit. In slices of a bounded number of lines:
 * cfg_load_begin(): @text is malloc'ed and owned from then on, also on failure; @l stays the caller's and must
 * outlive the loading. NULL: out of memory. Until it ended the session takes no line and must not be freed.
 * cfg_load_step(): 1: more to do, 0: done, the candidate is made; -ENOMEM: it is as it was.
 * cfg_load_end(): frees; before the end it leaves the candidate as it was.
 */
struct cfg_loading;
struct cfg_loading *cfg_load_begin(struct cfg_session *s, char *text, size_t len, struct cfg_load *l);
int cfg_load_step(struct cfg_loading *ld);
size_t cfg_load_at(const struct cfg_loading *ld);	/* octets read of len */
void cfg_load_end(struct cfg_loading *ld);
/* All at once: 0 or -ENOMEM; @text stays the caller's. */
int cfg_load_text(struct cfg_session *s, const char *text, size_t len, struct cfg_load *l);

/* At start: objects a cross check refuses are taken out one by one (made inert with the reason) until
 * the rest commits, so a damaged file still starts an engine. */
void cfg_commit_startup(struct cfg_session *s, const struct cfg_about *about, struct cfg_load *l, struct cfg_result *r);

/* ---- journal ------------------------------------------------------------------------------------------ */

/* File operations, lent by daemon (the sys room); 0 or -errno each. */
struct cfg_files {
	/* all of @path, malloc'ed; -ENOENT when there is none */
	int (*read)(void *arg, const char *path, char **ret, size_t *ret_len);
	/* @data at octet @at of @path, where the file ends afterwards, on the disk before it returns; creates the
	 * file. Behind an error the file may end anywhere from @at on. -ESTALE: it is shorter than @at. */
	int (*write)(void *arg, const char *path, size_t at, const void *data, size_t len);
	/* atomically, on the disk before it returns */
	int (*rename)(void *arg, const char *from, const char *to);
	void *arg;
};
void cfg_files(struct cfg *c, const struct cfg_files *files);

/* Opens or creates the journal; *found: running and the points were restored from its last whole entry. *cut: octets
 * behind it that are no whole entry and will be overwritten. From now on each commit is written before it
 * answers. 0 or -errno. */
int cfg_journal_open(struct cfg *c, const char *path, bool *found, size_t *cut, struct cfg_result *r);

/* ---- printing ------------------------------------------------------------------------------------------ */

/* What is printed of a configuration. Strings are copied by whoever takes it. */
enum cfg_part {
	CFG_PART_ALL,		/* everything, kept lines that do nothing in their places */
	CFG_PART_BLOCK,		/* blocks of one kind: .block, all or the one called .name */
	CFG_PART_HERE,		/* what stands in the view a session is in, see cfg_here(): .view, .name */
	CFG_PART_INACTIVE,	/* kept lines that do nothing, under the head of their block */
	CFG_PART_REASONS,	/* the same as a list: number and text, and the reason in a line below; no "return" */
};
struct cfg_what {
	enum cfg_part part;
	const char *block;	/* one of cfg_blocks */
	const char *name;	/* an interface in canonical form, a template, an LSP, a prefix; NULL: all */
	int view;		/* enum cfg_view */
	bool defaults;		/* with the lines that hold though nobody typed them */
};
struct cfg_block {
	const char *word, *begins, *help;	/* what the lines of its system-view rows begin with */
};
extern const struct cfg_block cfg_blocks[];	/* a word NULL ends it; "interface", "mpls", ... */
void cfg_here(const struct cfg_session *s, struct cfg_what *what);	/* borrowed until the next line */

/*
 * VRP text a slice at a time: blocks behind '#' lines, "#" and "return" at the end. @root is kept by a reference,
 * @what may be NULL: everything. A step adds to @out what a bounded number of objects (some hundred microseconds)
 * print; true: there is more. NULL: no memory.
 */
struct cfg_print;
struct cfg_print *cfg_print_new(const struct trie *root, const struct cfg_what *what);
bool cfg_print_step(struct cfg_print *p, struct text *out);
bool cfg_print_any(const struct cfg_print *p);	/* something was printed so far, the end not counted */
void cfg_print_free(struct cfg_print *p);	/* NULL allowed */

/*
 * What differs between two configurations, in the order in which they are printed, a slice at a time as above:
 * lines that went behind "- ", that came behind "+ ", '#' and the heads of blocks that stayed behind two blanks;
 * a line that changed is a minus and a plus. Nothing at all when nothing differs. Kept lines that do nothing come last.
 */
struct cfg_diff;
struct cfg_diff *cfg_diff_new(const struct trie *old, const struct trie *now);
/* The same as commands, lines that went as `undo`: typed at @old they give @now, unless something new needs what
 * `undo mpls` or `undo mpls l2vpn` takes away: those come last. */
struct cfg_diff *cfg_diff_commands(const struct trie *old, const struct trie *now);
bool cfg_diff_step(struct cfg_diff *d, struct text *out);
bool cfg_diff_any(const struct cfg_diff *d);
void cfg_diff_free(struct cfg_diff *d);

/* VRP text of @root all at once, malloc'ed; @only: one interface, or NULL. */
char *cfg_render(const struct trie *root, const char *only_interface);
/* Inert lines with line number and reason, malloc'ed. */
char *cfg_render_inert(const struct trie *root);

/* ---- names ---------------------------------------------------------------------------------------------- */

/* Canonical form of an interface name typed in any case, abbreviated or with a blank; false: no such kind. */
bool cfg_ifname(const char *typed, char out[IFNAME_LEN]);
/* Objects by name in @root; NULL: none. */
const struct m_system *cfg_system(const struct trie *root);	/* never NULL: defaults */
const struct m_interface *cfg_interface(const struct trie *root, const char *name);
const struct m_pw_template *cfg_pw_template(const struct trie *root, const char *name);
const struct m_static_lsp *cfg_static_lsp(const struct trie *root, const char *name);
const struct m_remote_peer *cfg_remote_peer(const struct trie *root, const char *name);
/* One with this address; costs a look-up. */
const struct m_remote_peer *cfg_remote_peer_to(const struct trie *root, uint32_t ip);
const struct m_ldp *cfg_ldp(const struct trie *root);		/* NULL: LDP is not enabled */
const struct m_l2vpn_peer *cfg_l2vpn_peer(const struct trie *root, uint32_t peer);

#endif
