/* SPDX-License-Identifier: BSD-2-Clause */
/* fake.c: see fake.h. */
#include "fake.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct fake fake;
static struct trie *running;
static struct m_system sys = { .ref = { 1, NULL }, .lsr_id = 0x01010101, .mpls = true, .l2vpn = true };

/* ---- configuration ------------------------------------------------------------------------------------ */

struct cfg_session {
	char view[64];
};

static void bind(enum obj_type type, const char *name, const void *obj)
{
	char key[1 + IFNAME_LEN];
	int err, len = snprintf(key, sizeof(key), "%c%s", type, name);
	struct trie *t = trie_set(running, key, (size_t)len, obj, &err);

	ref_put(running);
	ref_put(obj);
	running = t;
}

static void obj_free(void *obj)
{
	free(obj);
}

static struct m_interface *interface(const char *name)
{
	struct m_interface *i = calloc(1, sizeof(*i));
	i->ref = (struct ref){ 1, obj_free };
	snprintf(i->name, sizeof(i->name), "%s", name);
	bind(OBJ_INTERFACE, name, ref_get(i));
	ref_put(i);
	return i;
}

static struct m_static_lsp *lsp(const char *name, enum m_lsp_role role)
{
	struct m_static_lsp *l = calloc(1, sizeof(*l));
	l->ref = (struct ref){ 1, obj_free };
	snprintf(l->name, sizeof(l->name), "%s", name);
	l->role = role;
	bind(OBJ_STATIC_LSP, name, ref_get(l));
	ref_put(l);
	return l;
}

static void pw(struct m_interface *i, unsigned slot, uint32_t peer, uint32_t vc_id, uint32_t tx, uint32_t rx)
{
	i->pw[slot] = (struct m_static_pw){ true, peer, vc_id, tx, rx, TG_ON, PW_MODE_DEFAULT, false };
}

static void make_running(void)
{
	struct m_interface *i = interface("GigabitEthernet0/1/0");
	snprintf(i->description, sizeof(i->description), "to CE1");
	pw(i, 0, 0x02020202, 100, 200, 100);
	pw(i, 1, 0x03030303, 101, 201, 101);
	i = interface("GigabitEthernet0/1/1.100");
	snprintf(i->parent, sizeof(i->parent), "GigabitEthernet0/1/1");
	i->vlan = 100;
	pw(i, 0, 0x04040404, 0, 300, 301);
	i = interface("GigabitEthernet0/2/0");
	i->mpls = true;
	i->mtu = 1500;
	interface("GigabitEthernet0/3/0")->shutdown = true;
	i = interface("LoopBack0");
	i->loopback = true;

	struct m_static_lsp *l = lsp("to-pe2", LSP_INGRESS);
	l->dest = 0x02020202;
	l->dest_len = 32;
	l->n_out = 2;
	l->out_label[0] = 16;
	l->out_label[1] = 1017;
	l = lsp("through", LSP_TRANSIT);
	l->in_label = 17;
	l->n_out = 1;
	l->out_label[0] = 18;
	snprintf(l->out_if, sizeof(l->out_if), "GigabitEthernet0/2/0");
	l = lsp("home", LSP_EGRESS);
	l->in_label = 19;
	snprintf(l->in_if, sizeof(l->in_if), "GigabitEthernet0/2/0");
}

void fake_many(uint32_t n)
{
	char name[32];

	fake.many = n;
	for (uint32_t k = 0; k < n; k++) {
		snprintf(name, sizeof(name), "x%u", k);
		pw(interface(name), 0, 0x02020202, 1000 + k, 1000 + k, 1000 + k);
	}
}

const struct trie *cfg_running(const struct cfg *c) { (void)c; return running; }
struct cfg_session *cfg_session_new(struct cfg *c) { (void)c; return calloc(1, sizeof(struct cfg_session)); }
bool cfg_dirty(const struct cfg_session *s) { return s && fake.dirty; }
const struct m_system *cfg_system(const struct trie *root) { (void)root; return &sys; }
void cfg_session_free(struct cfg_session *s) { fake.dirty = false; free(s); }

void cfg_discard(struct cfg_session *s) { fake.dirty = false; s->view[0] = '\0'; }
const struct trie *cfg_candidate(const struct cfg_session *s) { (void)s; return running; }

void cfg_view_name(const struct cfg_session *s, char *out, size_t len)
{
	snprintf(out, len, "%s", s->view);
}

static const void *find(const struct trie *root, enum obj_type type, const char *name)
{
	char key[1 + IFNAME_LEN];
	int len = snprintf(key, sizeof(key), "%c%s", type, name);
	return trie_get(root, key, (size_t)len);
}

const struct m_interface *cfg_interface(const struct trie *root, const char *name)
{
	return find(root, OBJ_INTERFACE, name);
}

const struct m_static_lsp *cfg_static_lsp(const struct trie *root, const char *name)
{
	return find(root, OBJ_STATIC_LSP, name);
}

bool cfg_ifname(const char *typed, char out[IFNAME_LEN])
{
	const char *digits = strpbrk(typed, "0123456789");
	bool ge = digits && digits > typed && !strncasecmp(typed, "GigabitEthernet", (size_t)(digits - typed));
	return snprintf(out, IFNAME_LEN, "%s%s", ge ? "GigabitEthernet" : "", ge ? digits : typed) < IFNAME_LEN;
}

struct cfg_answer cfg_line(struct cfg_session *s, const char *line)
{
	struct cfg_answer r = { CFG_UNRECOGNIZED };

	if (!strcmp(line, "refuse"))
		r = (struct cfg_answer){ CFG_REFUSED, 0, "It contradicts itself." };
	else if (!strcmp(line, "ospf"))
		r = (struct cfg_answer){ CFG_KNOWN, 0, "OSPF runs in FRR beside twinwire." };
	else if (!strcmp(line, "mtu 1"))
		r = (struct cfg_answer){ CFG_WRONG, 4, "" };
	else if (!strcmp(line, "quit"))
		r.verdict = CFG_OK, s->view[0] = '\0';
	else if (sscanf(line, "interface %60s", s->view) == 1)
		r.verdict = CFG_OK;
	else if (!strncmp(line, "mtu ", 4))
		r.verdict = CFG_OK, fake.dirty = true;
	return r;
}

void cfg_commit(struct cfg_session *s, const char *label, const char *description, struct cfg_result *r)
{
	(void)s, (void)label, (void)description;
	*r = (struct cfg_result){ 0 };
	if (fake.refuse) {
		r->err = -EINVAL;
		r->n_problems = 1;
		snprintf(r->problem[0].line, sizeof(r->problem[0].line), "interface x / mpls static-l2vc ...");
		snprintf(r->problem[0].text, sizeof(r->problem[0].text), "label 100 is in use");
		return;
	}
	r->commit_id = fake.dirty ? 1000000001 + fake.commits++ : 0;
	fake.dirty = false;
}

int cfg_load_text(struct cfg_session *s, const char *text, size_t len, struct cfg_load *l)
{
	(void)s, (void)text, (void)len;
	l->taken = 10;
	l->inert = 1;
	l->tell(l->arg, 7, "ospf 1", "OSPF runs in FRR beside twinwire");
	fake.dirty = true;
	return 0;
}

char *cfg_render(const struct trie *root, const char *only)
{
	(void)root;
	return only ? strdup("#\ninterface GigabitEthernet0/1/0\n description to CE1\n#\nreturn\n") :
		      strdup("#\nsysname PE1\n#\nmpls lsr-id 1.1.1.1\nmpls\n#\ninterface GigabitEthernet0/1/0\n"
			     " description to CE1\n#\nreturn\n");
}

char *cfg_render_inert(const struct trie *root)
{
	(void)root;
	return strdup("7: ospf 1: OSPF runs in FRR beside twinwire\n");
}

/* ---- core --------------------------------------------------------------------------------------------------- */

static struct show_path to_pe2(void)
{
	struct show_path p = { .index = 1, .name = "to-pe2", .peer = 0x02020202, .up = true, .port = "GigabitEthernet0/2/0",
			       .ifindex = 9, .nexthop = 0x0a000002, .nexthop_known = true,
			       .dmac = { 2, 0, 0, 0, 0, 2 }, .smac = { 2, 0, 0, 0, 0, 1 }, .mtu = 1500,
			       .port_present = true, .port_admin = true, .port_carrier = true, .n_labels = 2,
			       .label = { 16, 1017 }, .users = 1 };
	return p;
}

static void show_pw_fill(struct show_pw *s, const struct m_static_pw *cfg)
{
	s->present = cfg->present;
	s->cfg = *cfg;
	s->mtu = 1500;
	s->control_word = cfg->control_word == TG_ON;
	s->created_ns = FAKE_NOW - UINT64_C(100000) * 1000000000;
	s->changed_ns = FAKE_NOW - UINT64_C(3723) * 1000000000;
	snprintf(s->why, sizeof(s->why), "no LSP to the peer");
}

bool core_show_circuit(const struct core *c, const char *ifname, struct show_circuit *out)
{
	const struct m_interface *i = cfg_interface(running, ifname);
	bool first = !strcmp(ifname, "GigabitEthernet0/1/0");
	(void)c;

	if (!i || !i->pw[0].present)
		return false;
	memset(out, 0, sizeof(*out));
	snprintf(out->name, sizeof(out->name), "%s", ifname);
	out->cfg = i;
	out->index = first ? 1 : 2;
	out->ac_present = out->ac_admin = out->ac_up = first;
	out->ifindex = first ? 7 : 0;
	out->active = first ? SLOT_PRIMARY : SLOT_NONE;
	for (unsigned k = 0; k < 3; k++)
		if (i->pw[k].present)
			show_pw_fill(&out->pw[k], &i->pw[k]);
	out->pw[0].tagged = i->vlan != 0;
	if (!first)
		return true;
	out->pw[0].up = out->pw[0].active = out->pw[0].has_path = true;
	out->pw[0].path = to_pe2();
	out->pw[0].why[0] = '\0';
	out->pw[0].up_ns = out->pw[0].changed_ns;
	out->pw[0].up_total_ns = UINT64_C(90000) * 1000000000;
	out->switched_ns = FAKE_NOW - UINT64_C(3723) * 1000000000;
	out->switched_from = SLOT_SECONDARY;
	out->switch_reason = REASON_TUNNEL_UP;
	out->switch_detector = DET_CARRIER;
	return true;
}

int core_show_circuits(const struct core *c, int (*fn)(void *arg, const struct show_circuit *s), void *arg)
{
	struct show_circuit s;
	return core_show_circuit(c, "GigabitEthernet0/1/0", &s) ? fn(arg, &s) : 0;
}

int core_show_paths(const struct core *c, int (*fn)(void *arg, const struct show_path *p), void *arg)
{
	struct show_path p = to_pe2();
	(void)c;
	return fn(arg, &p);
}

const char *core_reason_text(enum reason r) { return r == REASON_TUNNEL_UP ? "Tunnel was Up" : "?"; }
const char *core_detector_text(enum detector d) { return d == DET_CARRIER ? "carrier" : "?"; }

/* ---- data plane ------------------------------------------------------------------------------------------------ */

bool dp_show_port(const struct dp *d, uint32_t ifindex, struct show_port *out)
{
	(void)d;
	*out = (struct show_port){ ifindex, "tcx", "veth: its frames are kernel skbs", "", "veth", "promiscuous, ipv6 off" };
	if (ifindex == 9)
		*out = (struct show_port){ ifindex, "xdp+tcx", "override", "native XDP on a veth corrupts frames", "veth", "" };
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
	*out = (struct show_dp){ "/run/twinwire/bpf/pe1/v1", 1, 4096, 11 << 20, true, true, "adopted", { { 0 } } };
	out->punt[TW_PUNT_TTL].punted = 12;
	out->punt[TW_PUNT_TTL].refused = 3;
}

/* ---- what daemon lends --------------------------------------------------------------------------------------------- */

static bool device(void *arg, const char *ifname, struct cli_device *out)
{
	(void)arg;
	*out = (struct cli_device){ 0 };
	if (!strcmp(ifname, "LoopBack0")) {
		*out = (struct cli_device){ .present = true, .dev = "lo", .ifindex = 1, .admin_up = true, .carrier = true,
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
	*out = (struct cli_device){ .present = true, .dev = "eth1", .ifindex = core ? 9 : 7, .admin_up = true, .carrier = true,
				    .mtu = 1500, .mac = { 2, 0, 0, 0, 0, 1 }, .rx_frames = 10, .rx_octets = 640,
				    .tx_frames = 20, .tx_octets = 1280, .rx_errors = 1, .tx_dropped = 2 };
	if (core) {
		out->detector = DET_CARRIER;
		out->n_addr = 2;
		out->addr[0] = (struct cli_addr){ 0x0a000001, 30, false };
		out->addr[1] = (struct cli_addr){ 0xc0a80001, 24, true };
	}
	return true;
}

static int interfaces(void *arg, int (*fn)(void *fn_arg, const char *ifname), void *fn_arg)
{
	static const char *const name[] = { "GigabitEthernet0/1/0", "GigabitEthernet0/1/1.100", "GigabitEthernet0/2/0",
					    "GigabitEthernet0/3/0", "LoopBack0" };
	(void)arg;
	for (unsigned i = 0; i < 5; i++)
		if (fn(fn_arg, name[i]))
			return 1;
	return 0;
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

static int file_read(void *arg, const char *path, char **text, size_t *len)
{
	(void)arg;
	if (strcmp(path, "/etc/twinwire/good.cfg"))
		return -ENOENT;
	*text = strdup("sysname PE9\n");
	*len = 12;
	return 0;
}

static int file_write(void *arg, const char *path, const char *text, size_t len)
{
	(void)arg, (void)text, (void)len;
	snprintf(fake.saved, sizeof(fake.saved), "%s", path);
	return strstr(path, "full") ? -ENOSPC : 0;
}

static int64_t wall(void *arg)
{
	(void)arg;
	return INT64_C(1795348800) * 1000000000;
}

void fake_start(struct loop *l)
{
	memset(&fake, 0, sizeof(fake));
	make_running();
	fake.e = (struct cli_engine){
		.loop = l, .dp = (struct dp *)&fake, .run_dir = "/run/twinwire", .config_path = "/etc/twinwire/twinwire.cfg",
		.version = "0.0.1", .started_ns = FAKE_NOW - UINT64_C(60) * 1000000000, .start_note = "journal, 12 commits",
		.device = device, .interfaces = interfaces, .capture = capture, .capture_stop = capture_stop,
		.reset_count = reset_count, .wall_ns = wall, .file_read = file_read, .file_write = file_write,
	};
}

void fake_stop(void)
{
	ref_put(running);
	running = NULL;
}
