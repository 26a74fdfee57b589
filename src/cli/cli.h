/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli.h: the CLI server in the engine. Sessions come by cli.sock; each has a view and a candidate.
 *
 * Displays fill records through the *_show.h headers and print them by tables; nothing here changes
 * forwarding except through a commit or the calls below.
 */
#ifndef TW_CLI_H
#define TW_CLI_H

#include "base/loop.h"
#include "cfg/cfg.h"
#include "core/core_show.h"
#include "dp/dp_show.h"

/* What daemon lends the CLI. Pointers stay valid until cli_server_free(). */
struct cli_engine {
	struct loop *loop;
	struct cfg *cfg;
	const struct core *core;
	struct dp *dp;
	const char *run_dir, *config_path, *version;
	uint64_t started_ns;
	const char *start_note;		/* journal or start-up file, damage found; for display version */

	/* the Linux device behind an operator's interface name; false: absent (then *dev is the name
	 * that is looked for) */
	bool (*device)(void *arg, const char *ifname, char dev[16], uint32_t *ifindex);
	/* operator interface names known (configured or present), in order */
	int (*interfaces)(void *arg, int (*fn)(void *fn_arg, const char *ifname), void *fn_arg);
	int (*capture)(void *arg, uint32_t ifindex, const char *ifname, uint32_t count, bool drops, const char *path,
		       void (*done)(void *done_arg, uint64_t frames, int err), void *done_arg);
	void (*capture_stop)(void *arg);
	void (*reset_count)(void *arg, uint32_t circuit, uint8_t slot);
	void *arg;
};

struct cli_server;
struct cli_server *cli_server_new(const struct cli_engine *e);	/* listens on <run_dir>/cli.sock; NULL: errno */
void cli_server_free(struct cli_server *s);

#endif
