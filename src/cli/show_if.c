/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show_if.c: display interface, in full and in brief.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/display.h"
#include "cli/args.h"

struct if_rec {
	const struct cli_engine *e;
	char name[IFNAME_LEN];
	const struct m_interface *cfg;	/* NULL: not configured */
	struct cli_device d;
	bool has_port;			/* the data plane knows the port */
	struct show_port port;
	bool has_circuit;
	struct show_circuit c;
};

#define VALUE(name) static void name(struct text *t, const void *rec)
#define WHEN(name, what) static bool name(const void *rec) { const struct if_rec *r = rec; return what; }
#define REC const struct if_rec *r = rec

static bool shut(const struct if_rec *r)
{
	return r->d.present ? !r->d.admin_up : r->cfg && r->cfg->shutdown;
}

static bool running(const struct if_rec *r)
{
	return r->d.present && r->d.admin_up && r->d.carrier;
}

VALUE(v_name_state)
{
	REC;
	text_printf(t, "%s current state : %s", r->name,
		    shut(r) ? "Administratively DOWN" : running(r) ? "UP" : "DOWN");
	if (!r->d.present)
		text_puts(t, " (absent)");
	else if (r->has_circuit && r->c.forced_down)
		text_puts(t, " (trigger if-down: no pseudowire is up)");
}
VALUE(v_protocol) { REC; text_puts(t, running(r) ? "UP" : "DOWN"); }
VALUE(v_description) { REC; text_puts(t, r->cfg->description); }
VALUE(v_mtu) { REC; text_printf(t, "%" PRIu32 "%s", r->d.mtu, r->cfg && r->cfg->mtu ? "" : " (kernel)"); }
VALUE(v_device)
{
	REC;
	if (r->d.present)
		text_printf(t, "%s (index %" PRIu32 ")", r->d.dev, r->d.ifindex);
	else
		text_printf(t, "%s is absent; the interface comes to life when it appears", r->d.dev);
}
VALUE(v_mac)
{
	REC;
	const uint8_t *m = r->d.mac;
	text_printf(t, "%02x%02x-%02x%02x-%02x%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
}
VALUE(v_vlan) { REC; text_printf(t, "dot1q %u on %s", r->cfg->vlan, r->cfg->parent); }
VALUE(v_driver) { REC; text_puts(t, r->port.driver); }
VALUE(v_mode) { REC; text_puts(t, r->port.mode); }
VALUE(v_why) { REC; text_puts(t, r->port.why); }
VALUE(v_prepared) { REC; text_puts(t, *r->port.prepared ? r->port.prepared : "nothing was changed"); }
VALUE(v_warn) { REC; text_puts(t, r->port.warn); }
VALUE(v_detector) { REC; text_puts(t, core_detector_text(r->d.detector)); }
VALUE(v_circuit)
{
	REC;
	const char *sep = "";
	for (unsigned i = 0; i < 3; i++) {
		const struct show_pw *pw = &r->c.pw[i];
		if (!pw->present)
			continue;
		text_printf(t, "%s%s to ", sep, slot_name(i));
		put_ip(t, pw->peer);
		text_printf(t, " %s%s", up_down(pw->up), pw->active ? " (sends)" : "");
		sep = ", ";
	}
}
VALUE(v_service) { REC; text_puts(t, r->cfg->service_name); }
VALUE(v_circuit_text) { REC; text_puts(t, r->cfg->l2vpn_description); }
VALUE(v_input)
{
	REC;
	text_printf(t, "%" PRIu64 " frames, %" PRIu64 " octets, %" PRIu64 " errors, %" PRIu64 " dropped",
		    r->d.count.rx_frames, r->d.count.rx_octets, r->d.count.rx_errors, r->d.count.rx_dropped);
}
VALUE(v_output)
{
	REC;
	text_printf(t, "%" PRIu64 " frames, %" PRIu64 " octets, %" PRIu64 " errors, %" PRIu64 " dropped",
		    r->d.count.tx_frames, r->d.count.tx_octets, r->d.count.tx_errors, r->d.count.tx_dropped);
}
/* A value a line, so that each address stands alone. */
VALUE(v_addresses)
{
	REC;
	for (unsigned i = 0; i < r->d.n_addr; i++) {
		text_puts(t, i ? "\nInternet Address is " : "");
		put_ip(t, r->d.addr[i].ip);
		text_printf(t, "/%u%s", r->d.addr[i].len, r->d.addr[i].kernel ? " (kernel)" : "");
	}
}

WHEN(has_description, r->cfg && r->cfg->description)
WHEN(has_address, r->d.n_addr > 0)
WHEN(is_present, r->d.present)
WHEN(has_vlan, r->cfg && r->cfg->vlan)
WHEN(is_ported, r->has_port)
WHEN(has_warn, r->has_port && *r->port.warn)
WHEN(is_watched, r->d.detector != DET_NONE)
WHEN(is_ac, r->has_circuit)
WHEN(has_service, r->cfg && r->cfg->service_name)
WHEN(has_circuit_text, r->cfg && r->cfg->l2vpn_description)
static bool not_loopback(const void *rec) { REC; return !r->cfg || !r->cfg->loopback; }
static bool present_port(const void *rec) { return is_present(rec) && not_loopback(rec); }
static bool counts(const void *rec) { REC; return present_port(rec) && !r->d.of_port; }

static const struct field if_fields[] = {
	{ "",					v_name_state,	NULL, true },
	{ "Line protocol current state : ",	v_protocol,	NULL, true },
	{ "Description: ",			v_description,	has_description, true },
	{ "The Maximum Transmit Unit is ",	v_mtu,		is_present, true },
	{ "Internet Address is ",		v_addresses,	has_address, true },
	{ "Hardware address is ",		v_mac,		present_port, true },
	{ " Linux device",			v_device },
	{ " VLAN",				v_vlan,		has_vlan },
	{ " Driver",				v_driver,	is_ported },
	{ " Forwarding mode",			v_mode,		is_ported },
	{ " Reason for the mode",		v_why,		is_ported },
	{ " Prepared",				v_prepared,	is_ported },
	{ " Warning",				v_warn,		has_warn },
	{ " Carrier seen by",			v_detector,	is_watched },
	{ " Service name",			v_service,	has_service },
	{ " Circuit description",		v_circuit_text,	has_circuit_text },
	{ " Pseudowires",			v_circuit,	is_ac },
	{ " Input",				v_input,	counts },
	{ " Output",				v_output,	counts },
};
static const struct block if_block = { "", "", 22, if_fields, N_OF(if_fields) };

VALUE(b_name) { REC; text_puts(t, r->name); }
VALUE(b_phy) { REC; text_puts(t, shut(r) ? "*down" : !r->d.present ? "absent" : up_down(r->d.carrier)); }
VALUE(b_protocol) { REC; text_puts(t, up_down(running(r))); }
VALUE(b_device) { REC; text_puts(t, r->d.dev); }
VALUE(b_mtu) { REC; if (r->d.present) text_printf(t, "%" PRIu32, r->d.mtu); }
VALUE(b_mode) { REC; if (r->has_port) text_puts(t, r->port.mode); }
VALUE(b_in) { REC; if (counts(rec)) text_printf(t, "%" PRIu64, r->d.count.rx_errors); }
VALUE(b_out) { REC; if (counts(rec)) text_printf(t, "%" PRIu64, r->d.count.tx_errors); }

static const struct column brief_columns[] = {
	{ "Interface",	30, false, b_name },
	{ "PHY",	8,  false, b_phy },
	{ "Protocol",	10, false, b_protocol },
	{ "Device",	17, false, b_device },
	{ "MTU",	8,  true,  b_mtu },
	{ "Mode",	11, false, b_mode },
	{ "inErrors",	12, true,  b_in },
	{ "outErrors",	12, true,  b_out },
};

static bool fill(struct if_rec *r, const struct cli_engine *e, struct port_memory *m, const char *ifname)
{
	memset(r, 0, sizeof(*r));
	r->e = e;
	strncpy(r->name, ifname, sizeof(r->name) - 1);
	r->cfg = cfg_interface(cfg_running(e->cfg), ifname);
	if (!device_of(e, m, ifname, r->cfg, &r->d))
		return false;
	r->has_port = r->d.present && e->dp && dp_show_port(e->dp, r->d.ifindex, &r->port);
	r->has_circuit = core_show_circuit(e->core, ifname, &r->c);
	return true;
}

/* ---- a slice at a time over all interfaces -------------------------------------------------------------- */

#define SLICE	16		/* each may be asked of the kernel */

/* First what is configured, then what is only present: few, noted at the start. */
struct list {
	struct session *s;
	bool brief, any;
	const struct trie *root;
	uint8_t after[512];
	size_t n_after;
	bool configured;		/* all of them were printed */
	char (*other)[IFNAME_LEN];
	uint32_t n, cap, at;
	unsigned left;
	struct port_memory port;	/* within a slice */
	struct if_rec rec;
};

static int add_other(void *arg, const char *ifname)
{
	struct list *l = arg;

	if (l->n == l->cap) {
		uint32_t cap = l->cap ? l->cap * 2 : 64;
		void *v = realloc(l->other, cap * sizeof(*l->other));
		if (!v)
			return -1;
		l->other = v;
		l->cap = cap;
	}
	snprintf(l->other[l->n++], IFNAME_LEN, "%s", ifname);
	return 0;
}

static void list_one(struct list *l, const char *ifname)
{
	struct text *t = &l->s->body;

	if (!fill(&l->rec, l->s->e, &l->port, ifname))
		return;
	if (l->brief) {
		table_row(t, brief_columns, N_OF(brief_columns), &l->rec);
		return;
	}
	if (l->any)
		text_puts(t, "\n");
	block_print(t, &if_block, &l->rec);
	l->any = true;
}

static int list_configured(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct list *l = arg;

	if (len > sizeof(l->after))
		return -1;
	memcpy(l->after, key, len);
	l->n_after = len;
	list_one(l, ((const struct m_interface *)val)->name);
	return --l->left == 0;
}

static bool list_step(struct session *s, void *state)
{
	const uint8_t key = OBJ_INTERFACE;
	struct list *l = state;

	l->s = s;
	l->left = SLICE;
	*l->port.name = '\0';
	if (!l->configured && trie_walk_after(l->root, &key, 1, l->after, l->n_after, list_configured, l) == 1)
		return true;
	l->configured = true;
	for (; l->left && l->at < l->n; l->left--)
		list_one(l, l->other[l->at++]);
	return l->at < l->n;
}

static void list_end(void *state)
{
	struct list *l = state;

	ref_put(l->root);
	free(l->other);
	free(l);
}

static void one_interface(struct session *s, const char *ifname)
{
	struct if_rec *r = malloc(sizeof(*r));

	if (r && fill(r, s->e, NULL, ifname))
		block_print(&s->body, &if_block, r);
	else
		say_error(s, "The interface %s is neither configured nor present.", ifname);
	free(r);
}

void display_interface(struct session *s, const struct args *a)
{
	const char *ifname = arg_text(a, "<if>");
	struct list *l;

	if (ifname) {
		one_interface(s, ifname);
		return;
	}
	l = calloc(1, sizeof(*l));
	if (!l || s->e->others(s->e->arg, add_other, l)) {
		if (l)
			list_end(l);
		say_error(s, "Not enough memory for this output.");
		return;
	}
	l->root = ref_get(cfg_running(s->e->cfg));
	l->brief = arg_text(a, "brief");
	if (l->brief) {
		say(s, "PHY: Physical, *down: administratively down, absent: no such Linux device\n");
		table_head(&s->body, brief_columns, N_OF(brief_columns));
	}
	session_job(s, list_step, list_end, l);
}
