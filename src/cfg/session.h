/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session.h: what the files of cfg share about a datastore and its sessions.
 */
#ifndef TW_CFG_SESSION_H
#define TW_CFG_SESSION_H

#include "cfg/commit.h"

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
	struct merge *refresh;		/* under way; owned */
	struct cfg_result *result;	/* of its last commit; owned; NULL: none began */
};

struct cfg {
	struct cfg_steps steps;
	struct cfg_files files;
	struct trie *running;
	uint32_t commit_id;		/* of the running configuration */
	struct journal journal;
	struct points points;
	struct trie *state, *state_kept;	/* in force; on the disk */
	struct commit commit;
	struct graves graves;		/* roots to be freed */

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

/* What the session sees: its candidate; while it edited nothing, what is running. */
struct trie *session_sees(const struct cfg_session *s);
/* Where the session stands: the system view if the object of its view is gone. */
struct place session_place(const struct cfg_session *s);

/* Same content in @a and @b, indexes aside. */
bool session_same(const struct trie *a, const struct trie *b);
/* Base and candidate become these (references are taken). */
void session_set(struct cfg_session *s, struct trie *base, struct trie *cand);

/* The lines of one journal record into *root; false: not all could be taken. */
bool load_record(struct trie **root, const char *text, size_t len);

/* check.c: tells cfg_problem() what is wrong with one change between @old and @now. 1: there is more of this change, which
 * may have many users, than *budget allows, call again (@at, zeroed at first, keeps how far it is); 0: done. */
int check_change(struct cfg *c, const struct trie *old, const struct trie *now, enum obj_type type, const void *was,
		 const void *is, struct store_at *at, unsigned int *budget);

#endif
