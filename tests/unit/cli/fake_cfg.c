/* SPDX-License-Identifier: BSD-2-Clause */
/* fake_cfg.c: a configuration made by hand, whose lines and commits do as a test wants; see fake.h. */
#include "fake.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct trie *running;
static struct m_system sys = { .ref = { 1, NULL }, .lsr_id = 0x01010101, .mpls = true, .l2vpn = true };

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
	i->pw[slot] = (struct m_static_pw){ .present = true, .peer = peer, .vc_id = vc_id, .tx_label = tx,
					     .rx_label = rx, .control_word = TG_ON };
}

void fake_configure(void)
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
	snprintf(out, len, "%s%s", *s->view ? "-" : "", s->view);
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

void cfg_help(const struct cfg_session *s, const char *line, cfg_help_fn *fn, void *arg)
{
	static const char *const words[] = { "description", "interface", "mtu", "quit", "refuse", "undo" };
	(void)s;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strncmp(words[i], line, strlen(line)))
			fn(arg, words[i], "", CFG_HELP_WORD);
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

void cfg_commit(struct cfg_session *s, const struct cfg_about *about, struct cfg_result *r)
{
	(void)s, (void)about;
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

void fake_unconfigure(void)
{
	ref_put(running);
	running = NULL;
}
