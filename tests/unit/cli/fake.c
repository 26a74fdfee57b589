/* SPDX-License-Identifier: BSD-2-Clause */
/* fake.c: core, data plane, what daemon lends, the steps of a commit; see fake.h. */
#include "fake.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/proto.h"
#include "wire/ldp.h"

struct fake fake;

/* ---- core --------------------------------------------------------------------------------------------------- */

static struct show_path to_pe2(void)
{
	struct show_path p = { .index = 1, .name = "to-pe2", .peer = 0x02020202, .up = true,
			      .port = "GigabitEthernet0/2/0",
			       .ifindex = 9, .nexthop = 0x0a000002, .nexthop_known = true,
			       .dmac = { 2, 0, 0, 0, 0, 2 }, .smac = { 2, 0, 0, 0, 0, 1 }, .mtu = 1500,
			       .port_present = true, .port_admin = true, .port_carrier = true, .n_labels = 2,
			       .label = { 16, 1017 }, .users = 1 };
	return p;
}

#define SECONDS(n) (UINT64_C(n) * 1000000000)

bool core_show_template(const struct core *c, const char *name, struct show_template *out)
{
	struct m_pw_template like = { .mtu = 0 };
	uint8_t key[64] = { OBJ_PW_TEMPLATE };
	(void)c;

	snprintf(like.name, sizeof(like.name), "%.19s", name);
	memcpy(key + 1, like.name, strlen(like.name) + 1);
	*out = (struct show_template){ .cfg = trie_get(cfg_running(fake.e.cfg), key, 2 + strlen(like.name)) };
	if (!out->cfg)
		return false;
	out->v = (struct template_values){ out->cfg->peer, out->cfg->control_word == TG_ON, out->cfg->mtu };
	out->waits = !strcmp(name, "gold");		/* its MTU is new */
	out->users = out->waits ? 1 : 0;
	out->signalled = fake.ldp_off ? 0 : out->users;
	if (out->waits)
		out->v.mtu = 0;
	return true;
}

static void show_pw_fill(struct show_pw *s, const struct m_pw *cfg, bool fault)
{
	struct show_template t;

	s->present = cfg->present;
	s->cfg = *cfg;
	s->peer = cfg->peer;
	s->mtu = 1500;
	s->control_word = s->control_word_used = cfg->control_word == TG_ON;
	if (*cfg->template && core_show_template(NULL, cfg->template, &t)) {
		s->peer = s->peer ? s->peer : t.v.peer;
		s->template_waits = t.waits;
	}
	s->created_ns = FAKE_NOW - SECONDS(100000);
	s->changed_ns = FAKE_NOW - SECONDS(3723);
	s->manual_fault = fault;
	snprintf(s->why, sizeof(s->why), fault ? "manual fault is set" : "no LSP to the peer");
}

/* Signalled: with 2.2.2.2 there is a session; what it maps is in fake_ldp.c. */
static void show_signal(struct show_pw *s)
{
	struct show_remote_pw far;

	s->local_label = 262200 + s->cfg.vc_id;
	s->signal.told = true;
	s->signal.session = s->peer == 0x02020202 ? SESSION_UP : s->peer == 0x05050505 ? SESSION_HELD : SESSION_DOWN;
	s->signal.local_status = s->signal.session == SESSION_DOWN ? LDP_PW_PSN_TX_FAULT : LDP_PW_NOT_FORWARDING; /* shown as 0x1 */
	snprintf(s->why, sizeof(s->why), s->signal.session == SESSION_UP ? "the peer maps no such PW" :
		 "no LDP session with the peer");
	s->control_word_used = false;
	if (fake.no_label) {
		s->has_path = true;
		s->path = (struct show_path){ .ldp = true, .no_label = true, .len = 32, .name = "4.4.4.4/32" };
	}
	if (ldp_show_pw(NULL, s->peer, s->tagged ? LDP_PW_ETHERNET_TAGGED : LDP_PW_ETHERNET, s->cfg.vc_id, &far) &&
	    far.mapped) {
		s->control_word_used = far.c_bit && s->control_word;
		s->signal.mapped = true;
		s->signal.local_status = 0;
		s->signal.remote_label = far.label;
		s->signal.remote_status = fake.far_status;
		s->signal.remote_mtu = far.mtu;
		s->forwarding = true;
	}
}

static void show_up(struct show_pw *s, bool active)
{
	s->up = s->has_path = true;
	s->active = active;
	s->standby_usable = !active;
	s->path = to_pe2();
	if (s->cfg.kind == PW_LDP) {
		s->path.ldp = true;
		s->path.len = 32;
		snprintf(s->path.name, sizeof(s->path.name), "2.2.2.2/32");
	}
	s->why[0] = '\0';
	s->up_ns = s->changed_ns;
	s->up_total_ns = SECONDS(90000);
	if (s->cfg.kind != PW_LDP || s->signal.mapped)
		return;
	s->signal = (struct show_signal){ .session = SESSION_UP, .told = true, .mapped = true, .remote_label = 263007,
					  .remote_mtu = 1500 };
	s->forwarding = true;
}

/* GigabitEthernet0/1/0: its primary sends, or is about to again. */
static void show_first(struct show_circuit *out)
{
	show_up(&out->pw[0], !fake.reverting);
	if (fake.reverting) {
		show_up(&out->pw[1], true);
		out->active = SLOT_SECONDARY;
		out->revert_at_ns = FAKE_NOW + SECONDS(17) + 1;
	}
	out->switched_ns = FAKE_NOW - SECONDS(3723);
	out->switched_from = fake.reverting ? SLOT_PRIMARY : SLOT_SECONDARY;
	out->switched_to = fake.reverting ? SLOT_SECONDARY : SLOT_PRIMARY;
	out->switch_reason = fake.reverting ? REASON_TUNNEL_DOWN : REASON_TUNNEL_UP;
	out->switch_detector = DET_CARRIER;
}

bool core_show_circuit(const struct core *c, const char *ifname, struct show_circuit *out)
{
	const struct m_interface *i = cfg_interface(cfg_running(fake.e.cfg), ifname);
	bool first = !strcmp(ifname, "GigabitEthernet0/1/0");
	(void)c;

	fake.looked_up++;
	if (!i || !i->pw[0].present)
		return false;
	memset(out, 0, sizeof(*out));
	snprintf(out->name, sizeof(out->name), "%s", ifname);
	out->cfg = i;
	out->index = first ? 1 : 2;
	out->ac_present = out->ac_admin = out->ac_up = first;
	out->ifindex = first ? 7 : 0;
	out->active = first ? SLOT_PRIMARY : SLOT_NONE;
	out->alarms = fake.alarms;
	for (unsigned k = 0; k < 3; k++)
		if (i->pw[k].present)
			show_pw_fill(&out->pw[k], &i->pw[k], k < 2 && i->pw_fault[k] && !fake.reverting);
	out->pw[0].tagged = i->pw[0].mode ? i->pw[0].mode == PW_MODE_TAGGED : i->vlan != 0;
	if (i->pw[1].present) {
		out->reroute = i->reroute ? i->reroute : REROUTE_DELAY;
		out->reroute_delay = out->reroute != REROUTE_DELAY ? 0 : i->reroute_delay ? i->reroute_delay : 30;
		out->dual_receiving = i->dual_receiving;
	}
	for (unsigned k = 0; k < 3; k++)
		if (i->pw[k].present && i->pw[k].kind == PW_LDP)
			show_signal(&out->pw[k]);
	if (first)
		show_first(out);
	if (first && fake.with) {
		fake.cfg = *i;
		out->cfg = &fake.cfg;
		fake.with(out, &fake.cfg);
	}
	return true;
}

uint32_t core_show_waiting(const struct core *c)
{
	(void)c;
	return 0;
}

bool core_show_lsp(const struct core *c, const char *name, struct show_path *out)
{
	(void)c;
	*out = to_pe2();
	return !strcmp(name, out->name);
}

/* LDP has a path to 2.2.2.2; that to 3.3.3.3 is a group, one of whose members is down. */
bool core_show_fec(const struct core *c, uint32_t dest, uint8_t len, struct show_ldp_lsp *out)
{
	(void)c;
	*out = (struct show_ldp_lsp){ .dest = dest, .len = len, .has_path = true, .path = to_pe2() };
	snprintf(out->path.name, sizeof(out->path.name), "2.2.2.2/32");
	out->path.ldp = true;
	out->path.group = dest == 0x03030303;
	return dest == 0x02020202 || dest == 0x03030303;
}

int core_show_group(const struct core *c, uint16_t index, int (*fn)(void *arg, const struct show_path *p), void *arg)
{
	struct show_path p = to_pe2(), down = to_pe2();
	(void)c, (void)index;

	down.nexthop = 0x0a000006;
	down.up = false;
	return fn(arg, &down) ? 1 : fn(arg, &p);
}

const char *core_reason_text(enum reason r)
{
	return r == REASON_TUNNEL_UP ? "Tunnel was Up" : r == REASON_TUNNEL_DOWN ? "Tunnel was Down" : "?";
}
size_t core_show_verdict(char *out, size_t len)
{
	return (size_t)snprintf(out, len, "policy  sends now  -  P\nnever   primary    P  P\n");
}

const char *core_alarm_text(enum alarm a)
{
	static const char *const text[ALARM__N] = { "alarm of two masters", "alarm of two active", "alarm of none active",
						    "alarm of no status", "alarm of parity" };
	return text[a];
}
const char *core_detector_text(enum detector d) { return d == DET_CARRIER ? "carrier" : "?"; }

/* ---- data plane ------------------------------------------------------------------------------------------------ */

bool dp_show_port(const struct dp *d, uint32_t ifindex, struct show_port *out)
{
	(void)d;
	*out = (struct show_port){ ifindex, "tcx", "veth: its frames are kernel skbs", "", "veth",
				  "promiscuous, ipv6 off" };
	if (ifindex == 9)
		*out = (struct show_port){ ifindex, "xdp+tcx", "override", "native XDP on a veth corrupts frames",
					  "veth", "" };
	return ifindex == 7 || ifindex == 9;
}

void dp_show_count(const struct dp *d, uint32_t circuit, uint8_t slot, struct tw_count *out)
{
	(void)d;
	*out = (struct tw_count){ circuit * 1000 + slot, 64000, 123456789012, UINT64_MAX };
}

void dp_show_drops(const struct dp *d, uint64_t out[DROP__N])
{
	(void)d;
	for (unsigned i = 1; i < DROP__N; i++)
		out[i] = i == DROP_MTU ? 42 : 0;
}

uint8_t dp_show_last_drop(const struct dp *d, uint32_t circuit) { (void)d; return circuit == 1 ? DROP_MTU : 0; }
const char *dp_drop_name(uint8_t r)
{
	static const char *const v[DROP__N] = {
#define X(n, sym, name, verdict, text) [n] = name,
		TW_DROPS(X)
#undef X
	};
	return v[r];
}
const char *dp_drop_text(uint8_t r) { (void)r; return "what to do"; }
bool dp_drop_passes(uint8_t r) { return r == DROP_LABEL_UNKNOWN; }

void dp_show(const struct dp *d, struct show_dp *out)
{
	(void)d;
	*out = (struct show_dp){ "/run/twinwire/bpf/pe1/v1", 1, 4096, 11 << 20, true, true, 3, "adopted", { { 0 } } };
	out->punt[TW_PUNT_TTL].punted = 12;
	out->punt[TW_PUNT_TTL].refused = 3;
}

/* ---- what daemon lends ---------------------------------------------------------------------------------------- */

static bool device(void *arg, const char *ifname, struct cli_device *out)
{
	(void)arg;
	fake.devices++;
	*out = (struct cli_device){ 0 };
	if (!strcmp(ifname, "LoopBack0")) {
		*out = (struct cli_device){ .present = true, .dev = "lo", .ifindex = 1, .admin_up = true,
					   .carrier = true,
					    .mtu = 65536, .n_addr = 1, .addr = { { 0x01010101, 32, false } } };
		return true;
	}
	if (!strcmp(ifname, "GigabitEthernet0/3/0")) {
		*out = (struct cli_device){ .dev = "eth9" };
		return true;
	}
	if (!strcmp(ifname, "GigabitEthernet0/1/1.100")) {
		*out = (struct cli_device){ .dev = "eth2.100" };	/* tags are matched: no device of its own */
		return true;
	}
	if (strncmp(ifname, "GigabitEthernet0/", 17))
		return false;
	bool core = ifname[17] == '2';
	*out = (struct cli_device){ .present = true, .dev = "eth1", .ifindex = core ? 9 : 7, .admin_up = true,
				   .carrier = true,
				    .mtu = 1500, .mac = { 2, 0, 0, 0, 0, 1 }, .count = { .rx_frames = 10, .rx_octets = 640,
				    .tx_frames = 20, .tx_octets = 1280, .rx_errors = 1, .tx_dropped = 2 } };
	if (core) {
		out->detector = DET_CARRIER;
		out->n_addr = 2;
		out->addr[0] = (struct cli_addr){ 0x0a000001, 30, false };
		out->addr[1] = (struct cli_addr){ 0xc0a80001, 24, true };
	}
	return true;
}

static int others(void *arg, int (*fn)(void *fn_arg, const char *ifname), void *fn_arg)
{
	(void)arg;
	return fn(fn_arg, "GigabitEthernet0/4/0");
}

static int tool(void *arg, const char *const *argv, void (*out)(void *out_arg, const char *text, size_t len),
		void (*ended)(void *out_arg, int status), void *out_arg, struct spawn **handle)
{
	(void)arg;
	*fake.argv = '\0';
	for (; *argv; argv++)
		snprintf(fake.argv + strlen(fake.argv), sizeof(fake.argv) - strlen(fake.argv), "%s|", *argv);
	if (strstr(fake.argv, "missing"))
		return -ENOENT;
	fake.tool_out = out;
	fake.tool_ended = ended;
	fake.tool_arg = out_arg;
	*handle = (struct spawn *)&fake;
	return 0;
}

static void tool_stop(struct spawn *handle)
{
	(void)handle;
	fake.tools_stopped++;
}

static void tool_hold(struct spawn *handle, bool hold)
{
	(void)handle;
	fake.tool_held = hold;
}

static void tool_forget(struct spawn *handle)
{
	(void)handle;
	fake.tools_forgotten++;
}

static int capture(void *arg, uint32_t ifindex, const char *ifname, uint32_t count, bool drops, const char *path,
		   void (*done)(void *done_arg, uint64_t frames, int err), void *done_arg)
{
	(void)arg, (void)ifindex, (void)ifname, (void)drops;
	if (!strcmp(path, "/full"))
		return -ENOSPC;
	fake.done = done;
	fake.done_arg = done_arg;
	fake.frames = count;
	return 0;
}

static void capture_stop(void *arg)
{
	void (*done)(void *done_arg, uint64_t frames, int err) = fake.done;
	(void)arg;
	fake.done = NULL;
	fake.captures_stopped++;
	if (done)
		done(fake.done_arg, 5, 0);
}

static void reset_count(void *arg, uint32_t circuit, uint8_t slot)
{
	(void)arg, (void)circuit, (void)slot;
	fake.resets++;
}

static int reset_template(void *arg, const char *name)
{
	struct show_template t;
	(void)arg;

	return core_show_template(NULL, name, &t) ? (int)t.users : -ENOENT;
}

static int reset_pw_asked(void *arg, uint32_t peer, uint32_t id, uint16_t type)
{
	(void)arg;
	snprintf(fake.reset, sizeof(fake.reset), "pw %08x %u %u", peer, id, type);
	return id == 100;
}

static unsigned int reset_ldp_asked(void *arg, uint32_t peer, bool graceful)
{
	(void)arg;
	snprintf(fake.reset, sizeof(fake.reset), "ldp %08x %d", peer, graceful);
	return peer ? 1 : 2;
}

static void reset_counters(void *arg, bool tcp, bool udp, bool adjacency, bool session)
{
	(void)arg;
	snprintf(fake.reset, sizeof(fake.reset), "count %d%d%d%d", tcp, udp, adjacency, session);
}

/* 1,000 interfaces. */
static char *many(void)
{
	struct text t = { 0 };

	text_puts(&t, "sysname MANY\n");
	for (unsigned i = 0; i < 1000; i++)
		text_printf(&t, "#\ninterface x%u\n description number %u\n", i, i);
	return text_take(&t);
}

static int file_read(void *arg, const char *path, char **ret, size_t *len)
{
	(void)arg;
	if (!strcmp(path, "/etc/twinwire/twinwire.cfg"))
		*ret = strdup("#\nsysname PE1\n#\nreturn\n");
	else if (!strcmp(path, "/etc/twinwire/good.cfg"))
		*ret = strdup("sysname PE9\nospf 1\n");
	else if (!strcmp(path, "/etc/twinwire/many.cfg"))
		*ret = many();
	else if (!strcmp(path, "/etc/twinwire/bad.cfg"))
		*ret = strdup("mpls\n");
	else
		return -ENOENT;
	*len = strlen(*ret);
	return 0;
}

static int file_begin(void *arg, const char *path, void **file)
{
	(void)arg;
	snprintf(fake.saved, sizeof(fake.saved), "%s", path);
	*file = &fake;
	return 0;
}

static int file_part(void *arg, void *file, const char *v, size_t len)
{
	(void)arg, (void)v, (void)len, (void)file;
	return strstr(fake.saved, "full") ? -ENOSPC : 0;
}

static int file_end(void *arg, void *file, bool keep)
{
	(void)arg, (void)file;
	fake.kept += keep;
	return 0;
}

/* Numbered from the newest on; every fourth was not counted in time. */
static int switches(void *arg, const char *ifname, int (*fn)(void *fn_arg, const struct cli_switch *s), void *fn_arg)
{
	int r = 0;
	(void)arg;

	for (uint32_t n = fake.n_switches; n && !r; n--) {
		struct cli_switch s = { .number = n, .when_ns = FAKE_NOW - SECONDS(10) * (fake.n_switches - n),
					.from = n % 2 ? SLOT_PRIMARY : SLOT_SECONDARY, .to = n % 2 ? SLOT_SECONDARY : SLOT_PRIMARY,
					.reason = n % 2 ? REASON_TUNNEL_DOWN : REASON_TUNNEL_UP, .detector = DET_CARRIER,
					.counted = n % 4, .dropped = n * 1000, .watched = n % 3 != 1, .heard = n % 2 == 0,
					.at_risk = (uint32_t)n * 321, .silent_ms = (uint32_t)n * 1730 };
		s.time_ns = (uint64_t)(fake.e.wall_ns(NULL)) - SECONDS(10) * (fake.n_switches - n) + 7000000 * n;
		snprintf(s.name, sizeof(s.name), "GigabitEthernet0/1/%s", n % 3 ? "0" : "1.100");
		if (!ifname || !strcmp(ifname, s.name))
			r = fn(fn_arg, &s);
	}
	return r;
}

static int request(void *arg, const char *ifname, enum slot slot, char why[160])
{
	(void)arg;
	snprintf(fake.reset, sizeof(fake.reset), "request %s %d", ifname, slot);
	snprintf(why, 160, "%s", slot == SLOT_PRIMARY ? "the primary carries already" : "");
	return slot == SLOT_PRIMARY ? -1 : 0;
}

static uint64_t decided(void *arg) { (void)arg; return 4711000815000ull; }
static int64_t wall(void *arg)
{
	(void)arg;
	return INT64_C(1795348800) * 1000000000;
}

/* ---- configuration ------------------------------------------------------------------------------------------- */

static int prepare(void *arg, enum obj_type type, const void *old, const void *now)
{
	(void)arg, (void)type, (void)old, (void)now;
	return 0;
}

static int prepared(void *arg, struct cfg *c)
{
	(void)arg;
	if (fake.refuse)
		cfg_problem(c, OBJ_INTERFACE, cfg_interface(cfg_running(c), "GigabitEthernet0/1/0"), "description",
			    "label 100 is in use");
	return 0;
}

static void apply(void *arg, enum obj_type type, const void *old, const void *now)
{
	(void)arg, (void)type, (void)old, (void)now;
}

static bool applied(void *arg)
{
	(void)arg;
	fake.commits++;
	return false;
}

static void must(struct cfg_session *s, const char *line)
{
	struct cfg_answer a = cfg_line(s, line);

	if (a.verdict == CFG_OK)
		return;
	fprintf(stderr, "%s: %d at %zu %s\n", line, a.verdict, a.column, a.text);
	abort();
}

static void must_commit(struct cfg_session *s)
{
	struct cfg_result r;

	cfg_commit(s, NULL, &r);
	if (r.err) {
		fprintf(stderr, "%d %s: %s\n", r.err, r.problem[0].line, r.problem[0].text);
		abort();
	}
	cfg_session_free(s);
	fake.commits = 0;
}

static const char configuration[] =
	"mpls lsr-id 1.1.1.1\nmpls\nmpls l2vpn\n"
	"pw-template gold\n peer-address 4.4.4.4\n mtu 1600\n"
	"pw-template silver\n control-word\n"
	"#\n"
	"interface GigabitEthernet0/1/0\n"
	" description to CE1\n"
	"#\nospf 1\n#\n"
	"interface GigabitEthernet0/1/0\n"
	" mpls static-l2vc destination 2.2.2.2 100 transmit-vpn-label 200 receive-vpn-label 100 control-word\n"
	" mpls static-l2vc destination 3.3.3.3 101 transmit-vpn-label 201 receive-vpn-label 101 control-word "
	"secondary\n"
	" mpls l2vpn reroute delay 60\n"
	" mpls l2vpn stream-dual-receiving\n"
	" mpls l2vpn service-name bank\n"
	" mpls l2vpn description two ways to CE2\n"
	" manual-set pw-ac-fault secondary\n"
	"interface GigabitEthernet0/1/1.100\n"
	" vlan-type dot1q 100\n"
	" mpls static-l2vc pw-template gold 104 transmit-vpn-label 300 receive-vpn-label 301 control-word\n"
	"interface GigabitEthernet0/2/0\n mpls\n mtu 1500\n"
	"interface GigabitEthernet0/3/0\n shutdown\n"
	"interface LoopBack0\n"
	"#\n"
	"static-lsp ingress to-pe2 destination 2.2.2.2 32 nexthop 10.0.0.2 out-label 16 1017\n"
	"static-lsp transit through in-label 17 outgoing-interface GigabitEthernet0/2/0 out-label 18\n"
	"static-lsp egress home incoming-interface GigabitEthernet0/2/0 in-label 19\n";

static const char signalled[] =
	"mpls lsr-id 1.1.1.1\nmpls\nmpls l2vpn\n"
	"mpls ldp\n graceful-restart\n md5-password plain 3.3.3.3 Secret-123\n"
	"pw-template gold\n peer-address 2.2.2.2\n mtu 1600\n"
	"mpls ldp remote-peer pe2\n description the far end\n remote-ip 2.2.2.2\n"
	"mpls ldp remote-peer pe3\n remote-ip 3.3.3.3\n mpls ldp timer hello-hold 90\n"
	"mpls ldp remote-peer nowhere\n"
	"interface GigabitEthernet0/1/0\n"
	" mpls l2vc 2.2.2.2 100 control-word\n"
	" mpls l2vc 3.3.3.3 101 control-word secondary\n"
	" mpls l2vpn service-name bank\n"
	"interface GigabitEthernet0/1/1.100\n"
	" vlan-type dot1q 100\n"
	" mpls l2vc pw-template gold 104\n"
	"interface GigabitEthernet0/2/0\n mpls\n mpls ldp\n mtu 1500\n"
	"interface GigabitEthernet0/3/0\n"
	" mpls static-l2vc destination 2.2.2.2 105 transmit-vpn-label 300 receive-vpn-label 301\n"
	"interface LoopBack0\n";

static void configure(const char *text, uint32_t inert)
{
	struct cfg_session *s = cfg_session_new(fake.e.cfg);
	struct cfg_load l = { 0 };

	if (cfg_load_text(s, text, strlen(text), &l) || l.inert != inert || l.refused) {
		fprintf(stderr, "%u lines inert, %u refused\n", l.inert, l.refused);
		abort();
	}
	must_commit(s);
}

void fake_configure(void)
{
	fake.ldp_off = true;
	configure(configuration, 1);
}

void fake_configure_ldp(void)
{
	configure(signalled, 0);
}

static void many_circuits(uint32_t n, const char *format)
{
	struct cfg_session *s = cfg_session_new(fake.e.cfg);
	char line[160];

	must(s, "mpls l2vpn");
	must(s, "capacity circuits 65536");
	for (uint32_t k = 0; k < n; k++) {
		snprintf(line, sizeof(line), "interface x%u", k);
		must(s, line);
		snprintf(line, sizeof(line), format, 1000 + k, 1000 + k, 1000 + k);
		must(s, line);
	}
	must_commit(s);
}

void fake_many(uint32_t n)
{
	many_circuits(n, "mpls static-l2vc destination 2.2.2.2 %u transmit-vpn-label %u receive-vpn-label %u");
}

void fake_many_signalled(uint32_t n)
{
	many_circuits(n, "mpls l2vc 2.2.2.2 %u");
}

/* ---- sessions --------------------------------------------------------------------------------------------------- */

static void wake(struct session *s)
{
	(void)s;
}

void fake_session(struct session *s, struct cli_shared *shared)
{
	*shared = (struct cli_shared){ 0 };
	*s = (struct session){ .e = &fake.e, .shared = shared, .wake = wake, .uid = 1000, .pid = 4711, .number = 1,
			      .opened_ns = wall(NULL) - 90 * INT64_C(1000000000) };
	session_start(s);
}

void frame_text(struct session *s, struct text *t, char prompt[512])
{
	for (int i = 0; i < 1000000 && session_step(s); i++)
		;
	for (size_t at = 0; at < s->out.len;) {
		const char *v = s->out.v + at + CLI_HEAD;
		int len = (int)cli_head_len((uint8_t *)s->out.v + at);
		switch (s->out.v[at]) {
		case CLI_OUTPUT:
		case CLI_QUESTION:
			text_add(t, v, (size_t)len);
			break;
		case CLI_CARET:
			text_printf(t, "%*s^\n", (int)strlen(prompt) + atoi(v), "");
			break;
		case CLI_DONE:
			snprintf(prompt, 512, "%.*s", len - 2, v + 2);
			break;
		default:
			break;
		}
		at += CLI_HEAD + (size_t)len;
	}
	s->out.len = 0;
}

void fake_stop(void)
{
	cfg_free(fake.e.cfg);
	fake.e.cfg = NULL;
}

void fake_start(struct loop *l)
{
	static const struct cfg_steps steps = {
		.prepare = prepare, .prepared = prepared, .apply = apply, .applied = applied,
	};

	memset(&fake, 0, sizeof(fake));
	fake.e = (struct cli_engine){
		.loop = l, .dp = (struct dp *)&fake, .run_dir = "/run/twinwire",
		.config_path = "/etc/twinwire/twinwire.cfg",
		.version = "0.0.1", .started_ns = FAKE_NOW - UINT64_C(60) * 1000000000,
		.start_note = "journal, 12 commits",
		.device = device, .others = others, .capture = capture, .capture_stop = capture_stop,
		.tool = tool, .tool_stop = tool_stop, .tool_hold = tool_hold, .tool_forget = tool_forget,
		.switches = switches, .request_switchover = request, .reset_count = reset_count, .reset_template = reset_template,
		.ldp = (struct ldp *)&fake, .reset_pw = reset_pw_asked, .ldp_reset = reset_ldp_asked,
		.ldp_reset_counters = reset_counters, .wall_ns = wall, .decided_ns = decided, .file_read = file_read, 
		.file_begin = file_begin, .file_part = file_part, .file_end = file_end,
	};
	fake.e.cfg = cfg_new(&steps);
}
