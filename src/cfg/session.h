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
	bool forward;			/* see cfg_forward() */
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
	char *fresh;			/* where it is rewritten */
	size_t size, full;		/* octets now; of the last entry that holds everything */
};

/* A rollback point; the texts and the root are owned. */
struct points {
	struct cfg_point *at[CFG_POINTS_MAX];	/* oldest first */
	size_t n;
};

struct state {
	char *key, *value;		/* owned */
};

/* The commit under way. */
struct commit {
	struct cfg_session *s;		/* NULL: its session is gone */
	struct cfg_point *about;	/* root NULL so far */
	bool busy, swapped;
};

struct cfg {
	struct cfg_steps steps;
	struct cfg_files files;
	struct trie *running;
	uint32_t commit_id;		/* of the running configuration */
	struct journal journal;
	struct points points;
	struct state *state;		/* sorted by key */
	size_t n_state, state_room;
	struct commit commit;

	/* problems of the commit under way */
	struct problem *problems;
	size_t n_problems, room;
	bool no_room;			/* out of memory while noting one */
};

/*
 * What @line is in @view: CFG_OK with @p filled, an error with its column, or CFG_KNOWN with the sentence of
 * a command that is not built.
 */
struct cfg_answer session_read(enum cfg_view view, enum rows rows, const char *line, struct parsed *p);

/* Same content in @a and @b, indexes aside. */
bool session_same(const struct trie *a, const struct trie *b);
void session_move(struct cfg_session *s, struct trie *running);	/* base and candidate become @running */

/* The lines of one journal record into *root; false: not all could be taken. */
bool load_record(struct trie **root, const char *text, size_t len);

/* journal.c: one entry for old -> now; 0 or -errno, nothing changed then. */
int journal_append(struct cfg *c, const struct trie *old, const struct trie *now, const struct cfg_point *p);
void journal_close(struct journal *j);

/* commit.c: as cfg_commit_startup(); without @about it is the running commit again: no point, no journal. */
void startup_commit(struct cfg_session *s, const struct cfg_about *about, struct cfg_load *l, struct cfg_result *r);

/* points.c */
struct cfg_point *point_new(const struct cfg_about *about);	/* NULL: out of memory */
void point_free(struct cfg_point *p);
void points_add(struct points *ps, struct cfg_point *p);	/* takes it */
void points_free(struct points *ps);

/* state.c */
void state_free(struct cfg *c);

/* check.c: tells cfg_problem() what is wrong between objects of @now, as far as they differ from @old. */
void check_changes(struct cfg *c, const struct trie *old, const struct trie *now);

#endif
