/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lend.c: what cfg and the CLI may ask of the engine: devices, captures, counters, files.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "daemon/engine.h"
#include "sys/file.h"
#include "sys/spawn.h"
#include "sys/unixsock.h"

static bool is_core(const struct engine *e, const char *ifname)
{
	const struct m_interface *m = cfg_interface(cfg_running(e->cfg), ifname);

	return m && m->mpls;
}

static void copy_addresses(const struct engine *e, uint32_t ifindex, struct cli_device *out)
{
	size_t n;
	const struct fact_addr *a = facts_addresses(e->facts, &n);

	for (size_t i = 0; i < n && out->n_addr < CLI_ADDRS_MAX; i++)
		if (a[i].ifindex == ifindex)
			out->addr[out->n_addr++] = (struct cli_addr){
				.ip = a[i].ip,
				.len = a[i].len,
				.kernel = !host_added(e->host, ifindex, a[i].ip, a[i].len),
			};
}

static const char *linux_name(const struct engine *e, const char *ifname, char vlan[16])
{
	const struct m_interface *m = cfg_interface(cfg_running(e->cfg), ifname);

	return m && host_vlan_name(e, m, vlan) ? vlan : names_device(e->names, ifname);
}

static bool device(void *arg, const char *ifname, struct cli_device *out)
{
	struct engine *e = arg;
	char vlan[16];
	const char *dev = linux_name(e, ifname, vlan);
	const struct sys_link *known = facts_device(e->facts, dev);
	struct sys_link l;

	memset(out, 0, sizeof(*out));
	snprintf(out->dev, sizeof(out->dev), "%s", dev);
	if (!known || sys_link_get(known->ifindex, &l))		/* asked again for its counters */
		return cfg_interface(cfg_running(e->cfg), ifname) != NULL;
	out->present = true;
	out->ifindex = l.ifindex;
	out->admin_up = l.admin_up;
	out->carrier = l.carrier;
	out->detector = is_core(e, ifname) ? DET_CARRIER : DET_NETLINK;
	out->mtu = l.mtu;
	memcpy(out->mac, l.mac, sizeof(out->mac));
	out->count = l.count;
	copy_addresses(e, l.ifindex, out);
	return true;
}

static int others(void *arg, int (*fn)(void *fn_arg, const char *ifname), void *fn_arg)
{
	struct engine *e = arg;
	size_t n;
	const struct sys_link *l = facts_devices(e->facts, &n);
	int rc = 0;

	for (size_t i = 0; !rc && i < n; i++) {
		const char *ifname = names_operator(e->names, l[i].name);

		if (strcmp(l[i].name, "lo") && !cfg_interface(cfg_running(e->cfg), ifname))
			rc = fn(fn_arg, ifname);
	}
	return rc;
}

static int capture(void *arg, uint32_t ifindex, const char *ifname, uint32_t count, bool drops, const char *path,
		   void (*done)(void *done_arg, uint64_t frames, int err), void *done_arg)
{
	struct engine *e = arg;

	return dp_capture_start(e->dp, ifindex, ifname, count, drops, path, done, done_arg);
}

static void capture_stop(void *arg)
{
	struct engine *e = arg;

	dp_capture_stop(e->dp);
}

static int tool(void *arg, const char *const *argv, void (*out)(void *out_arg, const char *text, size_t len),
		void (*ended)(void *out_arg, int status), void *out_arg, struct spawn **sp)
{
	struct engine *e = arg;

	return sys_spawn(e->loop, argv, out, ended, out_arg, sp);
}

static void reset_count(void *arg, uint32_t circuit, uint8_t slot)
{
	struct engine *e = arg;

	dp_reset_count(e->dp, circuit, slot);
}

static int reset_template(void *arg, const char *name)
{
	struct engine *e = arg;
	int n = core_reset_template(e->core, name);

	engine_settle(e);
	return n;
}

static int request_switchover(void *arg, const char *ifname, enum slot slot, char why[160])
{
	struct engine *e = arg;
	int rc = core_request_switchover(e->core, ifname, slot, why);

	engine_settle(e);
	return rc;
}

static int switches(void *arg, const char *ifname, int (*fn)(void *fn_arg, const struct cli_switch *s), void *fn_arg)
{
	return records_each(((struct engine *)arg)->records, ifname, fn, fn_arg);
}

static uint64_t decided_ns(void *arg)
{
	return ((struct engine *)arg)->decided_ns;
}

static int reset_pw(void *arg, uint32_t peer, uint32_t id, uint16_t type)
{
	struct engine *e = arg;
	int n = core_reset_pw(e->core, peer, id, type);

	engine_settle(e);
	return n;
}

static unsigned int reset_ldp(void *arg, uint32_t peer, bool graceful)
{
	struct engine *e = arg;
	unsigned int n = ldp_reset(speaker_ldp(e), peer, graceful);

	speaker_flush(e, false);
	engine_settle(e);
	return n;
}

static void reset_ldp_counters(void *arg, bool tcp_errors, bool udp_errors, bool adjacency_downs, bool session_downs)
{
	ldp_reset_counters(speaker_ldp(arg), tcp_errors, udp_errors, adjacency_downs, session_downs);
}

/* ---- files ---------------------------------------------------------------------------------------- */

#define JOURNAL_MAX (1024u << 20)

static int journal_read(void *arg, const char *path, char **ret, size_t *ret_len)
{
	(void)arg;
	return sys_file_read(path, JOURNAL_MAX, ret, ret_len);
}

static int journal_write(void *arg, const char *path, size_t at, const void *data, size_t len)
{
	(void)arg;
	return sys_file_write(path, at, data, len, 0640);
}

static int journal_rename(void *arg, const char *from, const char *to)
{
	(void)arg;
	return sys_file_rename(from, to);
}

void lend_files(struct cfg *c)
{
	static const struct cfg_files files = {
		.read = journal_read,
		.write = journal_write,
		.rename = journal_rename,
	};

	cfg_files(c, &files);
}

static int file_read(void *arg, const char *path, char **text, size_t *len)
{
	(void)arg;
	return sys_file_read(path, CLI_FILE_MAX, text, len);
}

static int file_begin(void *arg, const char *path, void **file)
{
	struct sys_new_file *f;
	int rc = sys_file_begin(&f, path, 0640);

	(void)arg;
	if (!rc)
		*file = f;
	return rc;
}

static int file_part(void *arg, void *file, const char *text, size_t len)
{
	(void)arg;
	return sys_file_part(file, text, len);
}

static int file_end(void *arg, void *file, bool keep)
{
	(void)arg;
	return sys_file_end(file, keep);
}

static void peer(void *arg, uint32_t uid, uint32_t pid, struct cli_peer *out)
{
	(void)arg;
	sys_user_name(uid, out->user, sizeof(out->user));
	sys_terminal(pid, out->from, sizeof(out->from));
}

struct cli_server *lend_cli(struct engine *e, int listen_fd)
{
	struct cli_engine lent = {
		.loop = e->loop,
		.cfg = e->cfg,
		.core = e->core,
		.dp = e->dp,
		.ldp = speaker_ldp(e),
		.run_dir = e->run_dir,
		.config_path = e->config_path,
		.version = TW_VERSION,
		.started_ns = e->started_ns,
		.start_note = e->note,
		.device = device,
		.others = others,
		.capture = capture,
		.capture_stop = capture_stop,
		.reset_count = reset_count,
		.tool = tool,
		.tool_stop = spawn_stop,
		.tool_hold = spawn_hold,
		.tool_forget = spawn_free,
		.request_switchover = request_switchover,
		.switches = switches,
		.reset_template = reset_template,
		.decided_ns = decided_ns,
		.reset_pw = reset_pw,
		.ldp_reset = reset_ldp,
		.ldp_reset_counters = reset_ldp_counters,
		.file_read = file_read,
		.file_begin = file_begin,
		.file_part = file_part,
		.file_end = file_end,
		.peer = peer,
		.arg = e,
	};

	return cli_server_new(&lent, listen_fd);
}
