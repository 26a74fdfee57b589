/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine.h: the wiring. One struct holds everybody; each file of this folder is one seam:
 *
 *   main.c    options, the order of starting and stopping
 *   engine.c  configuration steps into core, core's actions out to dp, sys and the log
 *   names.c   operator's interface names <-> Linux devices (--ports)
 *   facts.c   what the kernel says, told to core
 *   host.c    what the configuration adds to Linux (addresses, MTU, up/down, routes), and taking it back
 *   asking.c  neighbours that do not answer are asked for again
 *   events.c  events.sock: a JSON line an event
 *   lend.c    what the CLI may ask of the engine
 *   records.c the last switches
 *   pulse.c   what was sent by each pseudowire since it was heard last
 *   record_line.c, record_file.c  the same on disk
 *   warnings.c  what may be amiss of the configuration at a start
 *   keep.c    what outlives the engine and is no configuration: delay timers, values of pw-templates, labels
 *   speaker.c  LDP: its reports to core, core's decisions to it, configuration and facts handed on
 */
#ifndef TW_ENGINE_H
#define TW_ENGINE_H

#include "base/loop.h"
#include "cfg/cfg.h"
#include "cli/cli.h"
#include "core/core.h"
#include "dp/dp.h"
#include "ldp/ldp.h"
#include "sys/link.h"

struct names;
struct facts;
struct host;
struct asking;
struct pulses;
struct records;
struct events;
struct signalling;

struct engine {
	struct loop *loop;
	struct core *core;
	struct cfg *cfg;
	struct dp *dp;
	struct facts *facts;
	struct names *names;
	struct host *host;
	struct asking *asking;
	struct records *records;
	struct pulses *pulses;
	struct events *events;
	struct signalling *signalling;	/* NULL: not open yet */
	struct cli_server *cli;
	struct warn *warn;		/* under way, or NULL */
	struct actions actions;		/* reused from turn to turn */
	bool ready;			/* the data plane is open: decisions may be carried out */
	bool fresh;			/* it was opened, and no whole round of core has filled it yet */
	bool dp_adopted;		/* the maps are those of a former engine */
	bool adopted;			/* the first round of core is over: configuration may change */
	uint64_t decided_ns;		/* when the last list of actions was carried out; 0 = never */
	uint32_t rounds;		/* of core, ended */
	uint32_t await;			/* the commit under way is carried out when so many have ended; 0: it is not there yet */
	unsigned short_runs;		/* of core that ended for want of memory, one after the other */
	struct core_problem *problem;	/* of the commit under way, so many as cfg wants; NULL: none is judged */
	uint32_t capacity;		/* of the open data plane */
	struct timer beat, seen;
	struct timer next;		/* core wants to be run: a delay timer ends */
	bool keep;			/* state records are to be written */
	struct timer again;		/* memory was short: to be tried again */
	uint64_t again_ns;		/* after so long; 0: it is not short */
	bool rewrite;			/* ... for rows: they are to be written again */
	bool retell;			/* ... for a fact: the kernel is to be asked for all of them */
	struct timer settled;		/* looks whether the ports are done: then it is ready */
	const char *config_path, *run_dir, *bpf_dir;
	char note[192];			/* where the running configuration came from */
	uint64_t started_ns;
};

/* engine.c */
const struct cfg_steps *engine_steps(struct engine *e);	/* valid as long as @e */
int engine_open_dp(struct engine *e, char why[256]);	/* opens or re-opens for core's capacity */
/* Core decides on what changed, and it is carried out: a first slice now (flags that must fall are in it), the rest
 * in the loop's idle time, for want of memory by a timer. Cheap when nothing changed. */
void engine_settle(struct engine *e);

/* names.c: @file may be NULL. A line: OPERATOR-NAME DEVICE; '#' starts a comment. */
struct names *names_read(const char *file, char why[256]);	/* NULL: why is a sentence */
void names_free(struct names *n);
const char *names_device(const struct names *n, const char *ifname);	/* never NULL: without a line, itself */
const char *names_operator(const struct names *n, const char *device);	/* the same the other way */

/* facts.c */
int facts_start(struct engine *e);		/* opens the monitor, tells all there is */
void facts_stop(struct engine *e);
void facts_interface(struct engine *e, const char *ifname);	/* tells core of one interface again */
/* The device @name, borrowed until the next netlink message; NULL: there is none. */
const struct sys_link *facts_device(const struct facts *f, const char *name);
const struct sys_link *facts_devices(const struct facts *f, size_t *n);
struct fact_addr {
	uint32_t ifindex, ip;
	uint8_t len;
};
const struct fact_addr *facts_addresses(const struct facts *f, size_t *n);
int facts_again(struct engine *e);		/* tells all there is once more; 0 or -errno */
/* What the carrier watcher saw; for dp. */
void facts_fell(void *engine, uint32_t ifindex, uint64_t when_ns);
void facts_rose(void *engine, uint32_t ifindex);

/* host.c */
struct host *host_new(const char *run_dir);	/* reads what an earlier engine added */
void host_free(struct host *h);
void host_interface(struct engine *e, const struct m_interface *old, const struct m_interface *now);
void host_route(struct engine *e, const struct m_route *old, const struct m_route *now);
/* News of a device; @fresh: it is new or has a new name, and gets what belongs on it. */
void host_device(struct engine *e, const struct sys_link *l, bool fresh);
void host_neigh(struct engine *e, uint32_t ifindex, uint32_t ip, bool keep);
void host_ac_down(struct engine *e, const struct act_ac_down *a);	/* ACT_AC_DOWN */
/* Tells core of the ports a former engine held down; those that are not to be held any more come up. After the
 * configuration is in core and before the first decision. */
void host_seed(struct engine *e);
bool host_added(const struct host *h, uint32_t ifindex, uint32_t ip, uint8_t len);	/* else it is the kernel's */
/* The name of the VLAN device that carries the addresses of sub-interface @m; false: it has none. */
bool host_vlan_name(const struct engine *e, const struct m_interface *m, char name[16]);
void host_settled(struct engine *e);		/* what nobody configures any more is taken away */
void host_flush(const char *run_dir, void (*tell)(void *arg, const char *what), void *arg);
/* What in this namespace carries our mark all the same: another engine's, or a record was lost. Only told. */
void host_left(void (*tell)(void *arg, const char *what), void *arg);

/* events.c */
struct events *events_new(struct loop *l, const char *run_dir);
void events_free(struct events *ev);
void events_send(struct events *ev, const struct core_event *e);
void events_ldp(struct events *ev, const struct ldp_event *e);

/* records.c */
#define RECORDS_MAX	1024		/* switches kept */
struct records *records_new(void);		/* NULL: no memory */
void records_free(struct records *r);
/* Reads what a former engine left in the run directory and tells core of it; from now on it is written there. Before the
 * first decision. */
void records_open(struct engine *e);
void records_close(struct engine *e);		/* writes the rest; the loop is still there */
void records_reset(struct engine *e);		/* the data plane was opened: .dp and .capacity are new */
void records_action(struct engine *e, const struct action *a);	/* after it was carried out */
/* The newest first; of the circuit @ifname, NULL: of all. @fn non-zero ends, and is returned. */
int records_each(const struct records *r, const char *ifname, int (*fn)(void *arg, const struct cli_switch *s), void *arg);

/* keep.c */
void keep_seed(struct engine *e);		/* tells core what the former engine kept; before the first decision */
void keep_revert(struct engine *e, const struct act_keep *k);
void keep_template(struct engine *e, const struct act_keep_template *k);
void keep_label(struct engine *e, const struct act_keep_label *k);
void keep_flush(struct engine *e);		/* all of a decision in one write; logs what goes wrong */

/* speaker.c */
int speaker_open(struct engine *e);		/* 0 or -ENOMEM */
void speaker_close(struct engine *e);
struct ldp *speaker_ldp(const struct engine *e);	/* NULL before speaker_open() */
/* The running configuration, and whether what the data plane adopted is held for peers to come back (RFC 3478); before
 * the first decision. */
/* The forwarding-state holding time: what graceful restart promises the peers; ns. */
uint64_t speaker_hold(const struct engine *e);
void speaker_begin(struct engine *e, bool adopted);
int speaker_routes(struct engine *e);		/* the kernel's routes from now on; 0 or -errno */
void speaker_config(struct engine *e, enum obj_type type, const void *old, const void *now);
void speaker_link(struct engine *e, const char *ifname, const struct sys_link *l, bool gone);
void speaker_address(struct engine *e, uint32_t ifindex, uint32_t ip, uint8_t len, bool gone);
void speaker_action(struct engine *e, const struct action *a);	/* kinds that are not LDP's are skipped */
void speaker_again(struct engine *e);		/* tells all there is once more */
/* A list of actions is over; @more: the round they are of is not. */
void speaker_flush(struct engine *e, bool more);

/* warnings.c */
void warnings_log(struct engine *e);		/* in slices, once: what may be amiss of what runs, to the log */
void warnings_free(struct engine *e);

/* lend.c */
void lend_files(struct cfg *c);			/* the journal's file operations */
/* the CLI server on @listen_fd; NULL: errno */
struct cli_server *lend_cli(struct engine *e, int listen_fd);

#endif
