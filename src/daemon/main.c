/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * main.c: twinwired. Options, the order of starting and stopping.
 *
 * Start: lock, rights, configuration (journal, else the start-up file), maps, facts, one verdict over
 * all, then the CLI. SIGTERM ends the engine and leaves forwarding in place.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/table.h"
#include "daemon/asking.h"
#include "daemon/engine.h"
#include "daemon/pulse.h"
#include "dp/dp_show.h"
#include "sys/file.h"
#include "sys/notify.h"
#include "sys/unixsock.h"

#define CONFIG_MAX	(256u * 1024 * 1024)
#define BEAT_NS		1000000000ull
#define SEEN_NS		200000000ull
#define BUSY_NS		5000000ull

struct options {
	const char *config, *run_dir, *ports, *bpf_dir;
	bool flush;
};

static const char usage[] =
	"usage: twinwired [--config FILE] [--run-dir DIR] [--ports FILE] [--bpf-dir DIR]\n"
	"       twinwired [--run-dir DIR] [--bpf-dir DIR] --flush\n"
	"\n"
	"The twinwire engine: runs in the foreground, in the network namespace it is started in.\n"
	"  --config FILE   start-up configuration (/etc/twinwire/twinwire.cfg)\n"
	"  --run-dir DIR   sockets, journal, pid (/run/twinwire)\n"
	"  --ports FILE    operator names of Linux devices, a line each: GigabitEthernet0/1/0 eth1\n"
	"  --bpf-dir DIR   a bpffs that keeps forwarding over restarts (/run/twinwire/bpf)\n"
	"  --flush         removes all the engine ever added to this host, tells each thing, and ends\n"
	"  --version, --help\n";

/* 0: go on; else exit with the value - 1. */
static int read_options(int argc, char **argv, struct options *o)
{
	enum { CONFIG = 1, RUN_DIR, PORTS, BPF_DIR, FLUSH, VERSION, HELP };
	static const struct option known[] = {
		{ "config", required_argument, NULL, CONFIG },	 { "run-dir", required_argument, NULL, RUN_DIR },
		{ "ports", required_argument, NULL, PORTS },	 { "bpf-dir", required_argument, NULL, BPF_DIR },
		{ "flush", no_argument, NULL, FLUSH },		 { "version", no_argument, NULL, VERSION },
		{ "help", no_argument, NULL, HELP },		 { NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case CONFIG: o->config = optarg; break;
		case RUN_DIR: o->run_dir = optarg; break;
		case PORTS: o->ports = optarg; break;
		case BPF_DIR: o->bpf_dir = optarg; break;
		case FLUSH: o->flush = true; break;
		case VERSION: puts("twinwired " TW_VERSION); return 1;
		case HELP: fputs(usage, stdout); return 1;
		default: fputs(usage, stderr); return 2;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "twinwired: '%s' is not an option\n%s", argv[optind], usage);
		return 2;
	}
	return 0;
}

static int fail(const char *what, const char *why)
{
	log_event(LOG_P_ERR, "start-failed", "what=%s text=\"%s\"", what, why);
	return 1;
}

static int take_lock(const char *run_dir, int *fd)
{
	char path[256], why[512];
	int owner = 0, rc;

	if (mkdir(run_dir, 0750) && errno != EEXIST) {
		snprintf(why, sizeof(why), "cannot make %s: %s; name a directory this user may write with --run-dir",
			 run_dir, strerror(errno));
		return fail("run-dir", why);
	}
	snprintf(path, sizeof(path), "%s/pid", run_dir);
	rc = sys_lock_take(path, fd, &owner);
	if (rc == -EBUSY) {
		snprintf(why, sizeof(why), "process %d holds %s: an engine runs there already; stop it or name "
			 "another --run-dir", owner, path);
		return fail("lock", why);
	}
	if (rc) {
		snprintf(why, sizeof(why), "cannot lock %s: %s; the directory belongs to the user that ran an engine in "
			 "it: run this as that user or as root, or name another --run-dir", path, strerror(-rc));
		return fail("lock", why);
	}
	return 0;
}

static void tell_flushed(void *arg, const char *what)
{
	size_t *n = arg;

	++*n;
	printf("removed: %s\n", what);
}

static void tell_left(void *arg, const char *what)
{
	size_t *n = arg;

	++*n;
	printf("left: %s\n", what);
}

static void remove_files(const char *run_dir)
{
	static const char *const files[] = { "journal", "journal.new", "journal.damaged", "switches",
					       "switches.new", "cli.sock", "events.sock", "pid" };
	char path[256];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", run_dir, files[i]);
		unlink(path);
	}
}

static int flush(const struct options *o)
{
	const char *missing = NULL;
	size_t n = 0, left = 0;
	int fd, rc;

	if (take_lock(o->run_dir, &fd))
		return 1;
	if (sys_caps_keep(&missing)) {
		fprintf(stderr, "twinwired: %s is missing: run this as root, or with that capability\n", missing);
		return 1;
	}
	rc = dp_flush(o->bpf_dir, o->run_dir, tell_flushed, &n);
	host_flush(o->run_dir, tell_flushed, &n);
	remove_files(o->run_dir);
	host_left(tell_left, &left);
	if (left)
		printf("%zu things here carry our mark and are in no record of this instance: another engine's, or its "
		       "records were lost\n", left);
	printf("%zu things removed; nothing of this instance is left\n", n);
	close(fd);
	return rc ? 1 : 0;
}

/* ---- configuration at the start -------------------------------------------------------------------- */

static void not_taken(void *arg, uint32_t line, const char *text, const char *reason)
{
	const char *from = arg;

	log_event(LOG_P_WARNING, "line-not-taken", "file=%s line=%u text=\"%s\" reason=\"%s\"", from, line, text, reason);
}

static int64_t wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int load_startup(struct engine *e)
{
	struct cfg_load l = { .tell = not_taken, .arg = (void *)(uintptr_t)e->config_path };
	struct cfg_about about = { .origin = CFG_BY_STARTUP, .user = "twinwired", .from = "startup", .wall_ns = wall_ns() };
	struct cfg_session *s;
	struct cfg_result r;
	char *text = NULL;
	size_t len = 0;
	int rc = sys_file_read(e->config_path, CONFIG_MAX, &text, &len);

	if (rc == -ENOENT) {
		snprintf(e->note, sizeof(e->note), "empty: %.100s does not exist", e->config_path);
		return 0;
	}
	if (rc) {
		log_event(LOG_P_ERR, "config-not-read", "file=%s error=%d text=\"%s\"", e->config_path, -rc, strerror(-rc));
		snprintf(e->note, sizeof(e->note), "empty: %.100s could not be read: %s", e->config_path, strerror(-rc));
		return 0;
	}
	s = cfg_session_new(e->cfg);
	rc = s ? cfg_load_text(s, text, len, &l) : -ENOMEM;
	free(text);
	if (!rc) {
		cfg_commit_startup(s, &about, &l, &r);
		rc = r.err;
	}
	cfg_session_free(s);
	snprintf(e->note, sizeof(e->note), "%.100s: %u lines taken, %u kept as inert, %u refused", e->config_path,
		 l.taken, l.inert, l.refused);
	log_event(LOG_P_NOTICE, "config-loaded", "file=%s taken=%u inert=%u refused=%u", e->config_path, l.taken,
		  l.inert, l.refused);
	return rc;
}

static int load_config(struct engine *e)
{
	struct cfg_result r;
	char path[256];
	bool found;
	size_t cut;
	int rc;

	snprintf(path, sizeof(path), "%s/journal", e->run_dir);
	lend_files(e->cfg);
	rc = cfg_journal_open(e->cfg, path, &found, &cut, &r);
	if (rc) {
		log_event(LOG_P_ERR, "journal-not-opened", "file=%s error=%d text=\"%s\"", path, -rc, strerror(-rc));
		return rc;
	}
	if (!found) {
		rc = load_startup(e);
		if (cut) {
			log_event(LOG_P_WARNING, "journal-damaged", "file=%s text=\"nothing of it could be read; kept as "
				  "journal.damaged\"", path);
			snprintf(e->note + strlen(e->note), sizeof(e->note) - strlen(e->note),
				 "; the journal was damaged and is kept as journal.damaged");
		}
		return rc;
	}
	snprintf(e->note, sizeof(e->note), "continued from the journal, commit %u%s", r.commit_id,
		 cut ? "; a damaged end was cut off" : "");
	log_event(cut ? LOG_P_WARNING : LOG_P_NOTICE, "journal-continued", "commit=%u cut=%zu", r.commit_id, cut);
	return 0;
}

/* ---- life --------------------------------------------------------------------------------------------- */

static void on_beat(void *arg, uint64_t now_ns)
{
	struct engine *e = arg;

	if (dp_heartbeat(e->dp, now_ns)) {
		core_replay(e->core);
		engine_settle(e);
	}
	timer_set(e->loop, &e->beat, now_ns + BEAT_NS);
}

static void moved(void *arg, uint32_t circuit, uint8_t slot, uint64_t when_ns)
{
	struct engine *e = arg;

	core_kernel_moved(e->core, circuit, (enum slot)slot, when_ns);
}

static void on_seen(void *arg, uint64_t now_ns)
{
	struct engine *e = arg;
	bool more;

	loop_doing(e->loop, "looking for fall-backs");
	more = dp_poll_seen(e->dp, moved, e);
	engine_settle(e);
	timer_set(e->loop, &e->seen, now_ns + (more ? 1000000 : SEEN_NS));
}

/* Ready is who forwards by programs of its own on every port. */
static void on_settled(void *arg, uint64_t now_ns)
{
	struct engine *e = arg;

	if (dp_busy(e->dp)) {
		timer_set(e->loop, &e->settled, now_ns + BUSY_NS);
		return;
	}
	log_event(LOG_P_NOTICE, "ready", "version=%s run-dir=%s config=\"%s\"", TW_VERSION, e->run_dir, e->note);
	sys_notify("READY=1");
	warnings_log(e);
}

static void on_signal(void *arg, int signo)
{
	struct engine *e = arg;
	struct show_dp dp;

	dp_show(e->dp, &dp);
	log_event(LOG_P_NOTICE, "stopping", "signal=%d text=\"%s\"", signo, *dp.pin_dir ? "forwarding stays in place" :
		  "nothing is pinned: forwarding ends with this engine");
	loop_stop(e->loop, 0);
}

static int interface_to_host(void *arg, const uint8_t *key, size_t len, const void *val)
{
	(void)key;
	(void)len;
	host_interface(arg, NULL, val);
	return 0;
}

static int route_to_host(void *arg, const uint8_t *key, size_t len, const void *val)
{
	(void)key;
	(void)len;
	host_route(arg, NULL, val);
	return 0;
}

/* Linux gets what the configuration says, core gets the facts, and one verdict settles it all. */
static int bring_up(struct engine *e)
{
	const uint8_t interfaces = OBJ_INTERFACE, routes = OBJ_ROUTE;
	char why[256] = "";
	int rc = engine_open_dp(e, why);

	if (rc)
		return fail("data-plane", why[0] ? why : strerror(-rc));
	if (why[0])
		log_event(LOG_P_WARNING, "data-plane", "text=\"%s\"", why);
	host_seed(e);
	trie_walk(cfg_running(e->cfg), &interfaces, 1, interface_to_host, e);
	trie_walk(cfg_running(e->cfg), &routes, 1, route_to_host, e);
	keep_seed(e);
	records_open(e);
	if (speaker_open(e))
		return fail("memory", strerror(ENOMEM));
	speaker_begin(e, e->dp_adopted);
	rc = facts_start(e);
	rc = rc ? rc : speaker_routes(e);
	if (rc)
		return fail("netlink", strerror(-rc));
	e->ready = true;
	engine_settle(e);
	return 0;
}

static int listen_cli(struct engine *e)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/cli.sock", e->run_dir);
	fd = sys_unix_listen(path);
	if (fd < 0)
		return fail("cli.sock", strerror(-fd));
	e->cli = lend_cli(e, fd);
	return e->cli ? 0 : fail("cli.sock", strerror(errno));
}

static int serve(struct engine *e)
{
	int rc = loop_signal(e->loop, SIGTERM, on_signal, e);

	rc = rc ? rc : loop_signal(e->loop, SIGINT, on_signal, e);
	if (rc)
		return fail("signals", strerror(-rc));
	e->events = events_new(e->loop, e->run_dir);
	if (!e->events)
		return fail("events.sock", strerror(errno));
	if (bring_up(e) || listen_cli(e))
		return 1;
	e->beat = (struct timer){ .fn = on_beat, .arg = e };
	e->seen = (struct timer){ .fn = on_seen, .arg = e };
	timer_set(e->loop, &e->beat, loop_now(e->loop) + BEAT_NS);
	timer_set(e->loop, &e->seen, loop_now(e->loop) + SEEN_NS);
	e->settled = (struct timer){ .fn = on_settled, .arg = e };
	on_settled(e, loop_now(e->loop));
	return loop_run(e->loop);
}

static void close_all(struct engine *e)
{
	warnings_free(e);
	cli_server_free(e->cli);
	facts_stop(e);
	speaker_close(e);
	pulses_stop(e);
	if (e->dp)
		dp_close(e->dp);
	events_free(e->events);
	host_free(e->host);
	asking_free(e->asking);
	records_close(e);
	records_free(e->records);
	pulses_free(e->pulses);
	cfg_free(e->cfg);
	core_free(e->core);
	names_free(e->names);
	free(e->actions.v);
	loop_free(e->loop);
}

static int run(const struct options *o)
{
	struct engine e = { .config_path = o->config, .run_dir = o->run_dir, .bpf_dir = o->bpf_dir };
	const char *missing = NULL;
	char why[256] = "";
	int lock = -1, rc = 1;

	if (take_lock(o->run_dir, &lock))
		return 1;
	if (sys_caps_keep(&missing)) {
		snprintf(why, sizeof(why), "%s is missing; start it as root, or give it that capability (ambient)", missing);
		return fail("capability", why);
	}
	e.loop = loop_new();
	e.core = core_new(TW_CIRCUITS_DEFAULT);
	e.names = names_read(o->ports, why);
	e.host = host_new(o->run_dir);
	e.asking = e.loop ? asking_new(e.loop) : NULL;
	e.records = records_new();
	e.pulses = pulses_new();
	e.cfg = e.core ? cfg_new(engine_steps(&e)) : NULL;
	if (!e.names)
		fail("ports", why);
	else if (!e.loop || !e.host || !e.asking || !e.records || !e.pulses || !e.cfg)
		fail("memory", strerror(ENOMEM));
	else {
		e.started_ns = loop_now(e.loop);
		rc = load_config(&e) ? fail("config", "see the line before") : serve(&e);
	}
	close_all(&e);
	close(lock);
	return rc;
}

/* Names that peers choose must not all lie in one chain of a table. Without it the engine works as well. */
static void hide_chains(void)
{
	uint64_t secret[2];

	if (getrandom(secret, sizeof(secret), GRND_NONBLOCK) == sizeof(secret))
		table_secret(secret);
}

int main(int argc, char **argv)
{
	struct options o = {
		.config = "/etc/twinwire/twinwire.cfg",
		.run_dir = "/run/twinwire",
		.bpf_dir = "/run/twinwire/bpf",
	};
	int rc = read_options(argc, argv, &o);

	if (rc)
		return rc - 1;
	hide_chains();
	return o.flush ? flush(&o) : run(&o);
}
