/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * commit.h: what the files of the commit share.
 *
 *   commit.c   the phases of a commit, a slice at a time
 *   startup.c  the first commit: what is refused is taken out
 *   problem.c  problems, and the lines that are at fault
 *   merge.c    the changes of two sessions in one
 *   points.c   rollback points
 *   state.c    state that is no configuration
 *   entry.c    an entry of the journal in the making
 *   journal.c  the journal: opened, written, written anew
 */
#ifndef TW_CFG_COMMIT_H
#define TW_CFG_COMMIT_H

#include "base/text.h"
#include "cfg/edit.h"
#include "cfg/store.h"

/* ---- slices ------------------------------------------------------------------------------------------ */

#define SLICE 64			/* objects looked at in a step */

/* How far a walk over the difference of two roots is. */
struct tour {
	uint8_t key[KEY_MAX];		/* the one visited last */
	size_t n;			/* 0: none yet */
};
/* Visits what differs behind the last key, indexes left out, at most *budget keys (which it lowers). 1: there is
 * more, 0: that was all, negative: what @fn returned. @fn may return 1, too: it is given the same key again. */
int tour_slice(struct tour *t, const struct trie *a, const struct trie *b, unsigned int *budget,
	       int (*fn)(void *arg, const uint8_t *key, size_t len, const void *old, const void *now), void *arg);

/* Gives back a root that may be the last reference on many objects: in the background. */
void bury(struct cfg *c, struct trie *root);

#define GRAVE_SLICE 256			/* nodes freed in a step */
struct graves {
	struct trie **v;
	size_t n, room;
};
void graves_free(struct cfg *c);

/* There is background work. */
void want_background(struct cfg *c);

/* ---- problem.c ----------------------------------------------------------------------------------------- */

/* One problem of a commit; the object is referenced. */
struct problem {
	enum obj_type type;
	const void *obj;
	char *line;			/* which line it is, if that is no line of @obj; owned */
	char field[48];
	char text[192];
};

/* The line of a problem's object that its field names. */
struct culprit {
	const struct problem *p;
	const struct command *cmd;	/* NULL: the object as a whole */
	uint32_t index;
	char line[4096];
};
void culprit_find(const struct problem *p, struct culprit *c);

/* A problem of @line, printed by the view of @obj, "": of the object as a whole. */
void problem_of_line(struct cfg *c, enum obj_type type, const void *obj, const char *line, const char *text);
void problems_forget(struct cfg *c);
void problems_report(const struct cfg *c, struct cfg_result *r);
/* "interface eth1 / mtu 1600" */
void problem_line(const struct problem *p, char *out, size_t size);

/* ---- merge.c ------------------------------------------------------------------------------------------- */

/* Two changes of @base put together. */
struct merge {
	struct trie *base, *theirs, *mine;	/* owned */
	bool own_wins;			/* else a change of the same object is a problem of @cfg */
	struct cfg *cfg;		/* NULL: none is under way */
	bool on_theirs;			/* own changes go on top of theirs, else the other way round: the few on the many */
	struct trie *root;		/* the result so far */
	struct tour tour;
	size_t conflicts;
};
void merge_begin(struct merge *m, struct cfg *c, struct trie *base, struct trie *theirs, struct trie *mine);
/* The result is @mine, made of @base and what differs. */
void merge_begin_onto(struct merge *m, struct cfg *c, struct trie *base, struct trie *mine);
int merge_slice(struct merge *m, unsigned int *budget);		/* 1, 0, -ENOMEM */
void merge_end(struct merge *m);

/* ---- entry.c ------------------------------------------------------------------------------------------- */

/* One entry: text in slices, then written in parts. */
struct entry {
	struct text text;		/* header and payload */
	struct trie *old, *now;		/* owned */
	int (*put)(void *text, const uint8_t *key, size_t len, const void *old, const void *now);
	struct tour tour;
	uint32_t crc;
	size_t summed;			/* octets in crc */
	size_t written;
	bool on;			/* it is under way */
	bool whole;			/* the text is complete */
};
#define ENTRY_HEADER 12
#define ENTRY_PART (256u << 10)		/* octets written at a time */

void entry_begin(struct entry *e, struct trie *old, struct trie *now, bool state);
void entry_point(struct entry *e, const struct cfg_point *p);
int entry_slice(struct entry *e, unsigned int *budget);		/* 1, 0: the text is whole, -ENOMEM */
/* A part of a whole entry to its place behind octet @at of @path: 1, 0: all is on the disk, or -errno */
int entry_write(struct entry *e, const struct cfg *c, const char *path, size_t at);
void entry_end(struct entry *e);
/* The payload of the whole entry at @p, NULL: there is none. */
const char *entry_payload(const char *p, size_t left, size_t *len);

/* ---- points.c ------------------------------------------------------------------------------------------- */

struct point {
	struct ref ref;
	struct cfg_point p;		/* texts and root are owned */
};
struct points {
	struct point *at[CFG_POINTS_MAX];	/* oldest first */
	size_t n;
};
struct point *point_new(const struct cfg_about *about);	/* NULL: out of memory */
void points_add(struct cfg *c, struct point *p);		/* takes it */
void points_drop(struct cfg *c, size_t n);			/* the oldest */
bool points_unlabel(struct cfg *c, const char *label);

/* ---- state.c -------------------------------------------------------------------------------------------- */

/* Bound in a trie under an octet (as if it were an object) and its key. */
struct state_value {
	struct ref ref;
	char text[];
};
#define STATE_PREFIX OBJ_SYSTEM

/* ---- journal.c ------------------------------------------------------------------------------------------ */

/* The journal is written anew: every point, then the state. */
struct compaction {
	bool on;
	struct entry entry;
	struct point *point;		/* being written; NULL: state */
	struct trie *root;		/* what the new file leads to */
	uint32_t id;
	struct trie *state;
	struct text out;		/* small entries, written together */
	size_t at;			/* octets of the new file */
	bool last;			/* the entry that ends it is written */
};

struct journal {
	char *path;			/* NULL: no journal */
	char *fresh;			/* where it is written anew */
	size_t size, base;		/* octets now; when it was written anew */
	size_t most;			/* above so many octets old points go, however few they are */
	bool lost;			/* the file is not what it should be: it is written anew */
	struct entry state;		/* a state record under way */
	struct compaction compaction;
};

void journal_close(struct cfg *c);
/* A part of @e to the end of the journal: 1, 0, -errno. State that is being written goes first. */
int journal_write(struct cfg *c, struct entry *e);
/* The parts of @e that were written are cut off again: it will not be whole. */
void journal_cut(struct cfg *c, struct entry *e);
/* A slice of the state that the disk does not know yet: 1: more, 0: all is there, or waits for a commit; -errno */
int journal_state(struct cfg *c);
/* A record that is nothing but @line, at once. -EBUSY: a commit is being written */
int journal_line(struct cfg *c, const char *line);
void journal_grown(struct cfg *c);		/* something was written: is it time to write it anew? */
bool journal_background(struct cfg *c);		/* a slice; true: more */

/* ---- commit.c ------------------------------------------------------------------------------------------- */

/* The commit under way. */
struct commit {
	bool busy;
	bool again;			/* of what was running when the engine ended: no point, no record */
	bool keep_problems;		/* for who takes them out */
	bool prepared;			/* an abort is owed */
	bool swapped;
	bool conflict;
	struct cfg_session *s;		/* whose; NULL: it is gone, behind the swap */
	struct point *point;
	struct trie *from, *to;		/* owned */
	unsigned int phase;
	struct tour tour;
	struct store_at users;		/* of the template whose users are being checked */
	unsigned int *budget;		/* of the slice under way */
	struct merge merge;
	struct entry entry;
	size_t changes;			/* objects that differ */
	size_t seen;			/* by the phases behind the count */
	int journal_err;
};

/* As cfg_commit_begin(); @about NULL: the running configuration again. */
int commit_start(struct cfg_session *s, const struct cfg_about *about);
void commit_session_gone(struct cfg_session *s);
void commit_drop(struct cfg *c);		/* whatever phase it is in: the engine ends */

/* startup.c: as cfg_commit_startup(); @about NULL: the running configuration again. */
void startup_commit(struct cfg_session *s, const struct cfg_about *about, struct cfg_load *l, struct cfg_result *r);

#endif
