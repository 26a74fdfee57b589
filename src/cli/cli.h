/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli.h: the CLI server in the engine. Sessions come by cli.sock; each has a view and a candidate.
 *
 * Displays fill records through the *_show.h headers and print them by tables; nothing here changes
 * forwarding except through a commit or the calls below. The frames on the socket are in proto.h.
 */
#ifndef TW_CLI_H
#define TW_CLI_H

#include "base/ifcount.h"
#include "base/loop.h"
#include "cfg/cfg.h"
#include "core/core_show.h"
#include "dp/dp_show.h"
#include "ldp/ldp_show.h"

#define CLI_ADDRS_MAX 32

/* A Linux device behind an operator's interface name, as it is now. */
struct cli_device {
	bool present;
	bool of_port;			/* set by cli: a sub-interface without a device, seen through its port's */
	char dev[16];			/* its Linux name; when absent, the name that is looked for */
	uint32_t ifindex;		/* 0 when absent */
	bool admin_up, carrier;
	enum detector detector;		/* what watches the carrier; DET_NONE: nothing */
	uint32_t mtu;			/* octets, as Linux counts them */
	uint8_t mac[6];
	struct ifcount count;
	uint8_t n_addr;
	struct cli_addr {
		uint32_t ip;		/* host order */
		uint8_t len;
		bool kernel;		/* found on the device, not configured here */
	} addr[CLI_ADDRS_MAX];
};

/* The record of a switch. */
struct cli_switch {
	uint64_t number;		/* from 1; goes on over a restart */
	uint64_t when_ns, time_ns;	/* of the loop's clock; of the wall clock */
	char name[IFNAME_LEN];		/* of the AC */
	enum slot from, to;
	enum reason reason;
	enum detector detector;
	bool counted;			/* .dropped is known; else the circuit was not seen to carry before */
	uint64_t dropped;		/* frames of the AC dropped here, because no PW was usable, since the switch before, or since it first
					 * carried under this engine */
	/* frames sent by a PW that failed after it was heard last; .watched false: it was not looked at, or did not fail */
	bool watched, heard;		/* .heard false: nothing came by it, and both count from the first look at it */
	uint32_t at_risk;		/* at most; UINT32_MAX: or more */
	uint32_t silent_ms;		/* before the switch, at most */
};

struct spawn;

/* Who is at the other end of a session. */
struct cli_peer {
	char user[CFG_USER_MAX + 1];	/* login name, else the number */
	char from[CFG_USER_MAX + 1];	/* terminal, else the process */
};

/* What daemon lends the CLI. Pointers stay valid until cli_server_free(); callbacks run in the main
 * loop. @dp may be NULL (no data plane: displays say so), and @ldp (no LDP speaker). Functions left NULL make their
 * command answer that it is not available here. */
struct cli_engine {
	struct loop *loop;
	struct cfg *cfg;
	const struct core *core;
	struct dp *dp;
	const struct ldp *ldp;
	const char *run_dir, *config_path, *version;
	uint64_t started_ns;		/* loop time */
	const char *start_note;		/* journal or start-up file, damage found; for display version */

	/* fills @out for interface @ifname; false: no such interface is configured or present */
	bool (*device)(void *arg, const char *ifname, struct cli_device *out);
	/* names of the interfaces that are present and that no configuration names; non-zero from @fn ends */
	int (*others)(void *arg, int (*fn)(void *fn_arg, const char *ifname), void *fn_arg);

	/* dp_capture_start(); one at a time, -EBUSY otherwise. @done is called exactly once if 0 was returned,
	 * also after capture_stop() (then possibly from within it). */
	int (*capture)(void *arg, uint32_t ifindex, const char *ifname, uint32_t count, bool drops, const char *path,
		       void (*done)(void *done_arg, uint64_t frames, int err), void *done_arg);
	void (*capture_stop)(void *arg);
	void (*reset_count)(void *arg, uint32_t circuit, uint8_t slot);

	/* Runs a program of the system in the engine's namespace (sys/spawn.h); 0 and *tool, or -errno. @ended comes
	 * once, with the status as of waitpid(), and *tool is gone then. stop: as Ctrl-C, the second time for good.
	 * hold: leave its output where it is. forget: killed, no callback comes any more. */
	int (*tool)(void *arg, const char *const *argv, void (*out)(void *out_arg, const char *text, size_t len),
		    void (*ended)(void *out_arg, int status), void *out_arg, struct spawn **tool);
	void (*tool_stop)(struct spawn *tool);
	void (*tool_hold)(struct spawn *tool, bool hold);
	void (*tool_forget)(struct spawn *tool);
	/* core_request_switchover() and what follows from it */
	int (*request_switchover)(void *arg, const char *ifname, enum slot slot, char why[160]);
	/* The switches there are records of, the newest first; of circuit @ifname, NULL: of all. @fn non-zero ends. */
	int (*switches)(void *arg, const char *ifname, int (*fn)(void *fn_arg, const struct cli_switch *s), void *fn_arg);
	/* the configured values of pw-template @name come into force; PWs that use it, or -ENOENT, -ENOMEM */
	int (*reset_template)(void *arg, const char *name);
	/* when decisions of core were carried out last, on the loop's clock; 0 = never */
	uint64_t (*decided_ns)(void *arg);
	/* core_reset_pw(): number of PWs (@peer 0: to any) that are signalled anew, or -errno */
	int (*reset_pw)(void *arg, uint32_t peer, uint32_t id, uint16_t type);
	/* ldp_reset(), ldp_reset_counters() */
	unsigned int (*ldp_reset)(void *arg, uint32_t peer, bool graceful);
	void (*ldp_reset_counters)(void *arg, bool tcp_errors, bool udp_errors, bool adjacency_downs,
				   bool session_downs);

	int64_t (*wall_ns)(void *arg);	/* wall clock, ns since the epoch; NULL: the system's */
	/* whole text of a file, malloc'ed, at most CLI_FILE_MAX octets; 0 or -errno */
	int (*file_read)(void *arg, const char *path, char **text, size_t *len);
	/* a file written in parts beside the old one, which stays whole until file_end() with @keep; 0 or -errno each,
	 * file_end() frees *file in any case */
	int (*file_begin)(void *arg, const char *path, void **file);
	int (*file_part)(void *arg, void *file, const char *text, size_t len);
	int (*file_end)(void *arg, void *file, bool keep);
	/* the names of who is at the other end of a session; what is not known stays as it is. NULL: none is */
	void (*peer)(void *arg, uint32_t uid, uint32_t pid, struct cli_peer *out);
	void *arg;
};
#define CLI_FILE_MAX	(256u << 20)

/* Serves sessions on @listen_fd, a listening non-blocking UNIX stream socket (daemon opens
 * <run_dir>/cli.sock, mode 0660). Owns the descriptor from then on, also on failure. @e is copied.
 * NULL: errno. */
struct cli_server;
struct cli_server *cli_server_new(const struct cli_engine *e, int listen_fd);
/* the data plane was opened anew (tables of another size) */
void cli_server_dp(struct cli_server *s, struct dp *dp);
void cli_server_free(struct cli_server *s);	/* sessions end, their candidates are discarded */

#endif
