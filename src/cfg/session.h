/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session.h: what the files of cfg share about a datastore and its sessions.
 */
#ifndef TW_CFG_SESSION_H
#define TW_CFG_SESSION_H

#include "cfg/edit.h"

/* Which line of the loaded file set what, for the lines a start-up commit takes out again. */
struct line_map {
	struct line_at {
		uint64_t what;		/* hash of block, row and element */
		uint32_t line;
	} *at;
	size_t n, room;
	bool sorted;
};
void lines_add(struct line_map *m, const uint8_t *place, size_t n, const struct command *cmd, uint32_t index,
	       uint32_t line);		/* without memory: the line is not known later */
uint32_t lines_find(struct line_map *m, const uint8_t *place, size_t n, const struct command *cmd, uint32_t index);
void lines_free(struct line_map *m);

struct cfg_session {
	struct cfg *cfg;
	struct trie *base;		/* running when the candidate was made */
	struct trie *cand;
	struct place at;
	struct line_map lines;
};

/* One problem of a commit; the object is referenced. */
struct problem {
	enum obj_type type;
	const void *obj;
	char field[40];
	char text[192];
};

struct journal {
	char *path;			/* NULL: no journal */
	size_t size, full;		/* octets now; of the last entry that holds everything */
};

struct cfg {
	struct cfg_steps steps;
	struct cfg_files files;
	struct trie *running;
	uint32_t commit_id;		/* of the running configuration */
	struct journal journal;

	/* the commit under way */
	struct problem *problems;
	size_t n_problems, room;
	bool no_room;			/* out of memory while noting one */
};

/*
 * What @line is in @view: CFG_OK with @p filled, an error with its column, or CFG_KNOWN with the sentence of
 * a command that is not built.
 */
struct cfg_answer session_read(enum cfg_view view, const char *line, struct parsed *p);

/* Same content in @a and @b, indexes aside. */
bool session_same(const struct trie *a, const struct trie *b);
void session_move(struct cfg_session *s, struct trie *running);	/* base and candidate become @running */

/* The lines of one journal record into *root; false: not all could be taken. */
bool load_record(struct trie **root, const char *text, size_t len);

/* journal.c: one entry for old -> now; 0 or -errno, nothing changed then. */
int journal_append(struct cfg *c, const struct trie *old, const struct trie *now, uint32_t id, const char *label,
		   const char *description);
void journal_close(struct journal *j);

/* commit.c: as cfg_commit_startup(); without @journal nothing is appended to it. */
void startup_commit(struct cfg_session *s, struct cfg_load *l, bool journal, struct cfg_result *r);

/* check.c: tells cfg_problem() what is wrong between objects of @now, as far as they differ from @old. */
void check_changes(struct cfg *c, const struct trie *old, const struct trie *now);

#endif
