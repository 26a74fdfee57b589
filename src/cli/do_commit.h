/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * do_commit.h: commits as jobs of a session.
 */
#ifndef TW_CLI_DO_COMMIT_H
#define TW_CLI_DO_COMMIT_H

#include "cli/rows.h"
#include "cli/session.h"

/* Commits the session's candidate; @then (may be NULL) is called when it is over. */
void commit_begin(struct session *s, const char *label, const char *description,
		  void (*then)(struct session *s, bool ok));

/* The file of an operator's path: a relative one lies beside the start-up file, as on a router on its storage. */
#define FILE_PATH_LEN 480
void file_path(const struct session *s, const char *typed, char out[FILE_PATH_LEN]);

/* do_commit.c */
void do_commit(struct session *s, const struct args *a);
void do_refresh(struct session *s, const struct args *a);
void do_clear_candidate(struct session *s, const struct args *a);
void do_clear_commit(struct session *s, const struct args *a);

/* do_rollback.c */
void do_rollback(struct session *s, const struct args *a);

/* do_file.c */
void do_load(struct session *s, const struct args *a);
void do_save(struct session *s, const struct args *a);
void compare_configuration(struct session *s, const struct args *a);

/* show_commit.c */
void display_commit_list(struct session *s, const struct args *a);
void display_commit_at(struct session *s, const struct args *a);
void display_commit_changes(struct session *s, const struct args *a);
void display_rollback_result(struct session *s, const struct args *a);
void display_sessions(struct session *s, const struct args *a);
void display_startup(struct session *s, const struct args *a);

/* ---- what they share ---- */

/* A commit under way as seen by its job. Zeroed before. */
struct committing {
	struct cfg_session *cfg;	/* whose candidate; the job's owner frees it */
	struct cfg_about about;
	struct cli_peer peer;
	char label[CFG_LABEL_MAX + 1], description[CFG_DESCRIPTION_MAX + 1];
	bool begun, over;
	uint64_t spent_ns, cpu_ns;	/* in its slices; of processor time */
	struct trie *before;		/* what ran */
	struct warn *warn;		/* behind the commit */
	struct cfg_result r;
};
void committing_set(struct committing *k, struct session *s, const char *label, const char *description,
		    enum cfg_origin origin);
bool committing_step(struct session *s, struct committing *k);	/* false: it is over, k->r says how */
bool committing_stop(struct session *s, struct committing *k);	/* false: it cannot be stopped any more */
void committing_end(struct committing *k);
/* A slice of the warnings, once a commit was made and told; false: all were. */
bool committing_warn(struct session *s, struct committing *k);
/* Says why it failed. */
void committing_refused(struct session *s, const struct committing *k);

#endif
