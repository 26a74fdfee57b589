/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host.c: what the configuration adds to Linux, and taking away again only what we added.
 *
 * Every change is one record: what, where, and the old value. Records are appended to the file `host`
 * in the run directory before the kernel is asked, so that a later engine or --flush knows what is
 * ours. A reboot takes kernel state and /run together, so nothing needs a sync.
 *
 * A port that protection holds down (`trigger if-down`) is a record of a kind of its own beside that of up/down, which
 * remembers what the port was before there was a configuration: the two never speak for each other.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cfg/store.h"
#include "daemon/engine.h"
#include "sys/file.h"

#define HOST_FILE_MAX	(64u * 1024 * 1024)

enum kind { ADDR, MTU, ADMIN, ROUTE, NEIGH, VLAN, FORCED, KIND__N };	/* as in the file */

struct rec {
	enum kind kind;
	uint32_t ifindex;
	uint32_t ip;			/* address, destination or neighbour */
	uint32_t len;
	uint32_t via;			/* route: next hop */
	uint32_t value;			/* MTU: the old one; ADMIN: 1 = was up; ROUTE: metric */
	bool wanted;
};

struct forced {				/* a port that is to be held down, present or not */
	char name[IFNAME_LEN];
	uint32_t ifindex;		/* of its FORCED record; 0: it has none */
};

struct host {
	struct rec *v;
	size_t n, cap;
	struct forced *forced;
	size_t n_forced;
	FILE *file;
};

/* ---- the kernel side of each kind ------------------------------------------------------------- */

static int addr_op(const struct rec *r, bool add)
{
	return sys_addr(r->ifindex, r->ip, (uint8_t)r->len, add);
}

static int mtu_op(const struct rec *r, bool add)
{
	return sys_link_mtu(r->ifindex, add ? r->via : r->value);
}

static int admin_op(const struct rec *r, bool add)
{
	return sys_link_up(r->ifindex, add ? !r->value : !!r->value);
}

static int route_op(const struct rec *r, bool add)
{
	return sys_route(r->ip, (uint8_t)r->len, r->via, r->ifindex, r->value, add);
}

static int neigh_op(const struct rec *r, bool add)
{
	return sys_neigh_managed(r->ifindex, r->ip, add);
}

static int vlan_op(const struct rec *r, bool add)
{
	return add ? 0 : sys_vlan_del(r->ifindex);
}

static int forced_op(const struct rec *r, bool add)
{
	return sys_link_up(r->ifindex, !add);
}

static const struct {
	const char *name;
	int (*op)(const struct rec *r, bool add);
} kinds[KIND__N] = {
	[ADDR]	= { "address",	addr_op },
	[MTU]	= { "mtu",	mtu_op },
	[ADMIN]	= { "admin",	admin_op },
	[ROUTE]	= { "route",	route_op },
	[NEIGH]	= { "neighbour", neigh_op },
	[VLAN]	= { "vlan",	vlan_op },
	[FORCED] = { "if-down",	forced_op },
};

/* ---- records ---------------------------------------------------------------------------------- */

static bool same(const struct rec *a, const struct rec *b)
{
	if (a->kind != b->kind || a->ifindex != b->ifindex)
		return false;
	if (a->kind == MTU || a->kind == ADMIN || a->kind == VLAN || a->kind == FORCED)
		return true;
	return a->ip == b->ip && a->len == b->len && a->via == b->via;
}

static struct rec *find(struct host *h, const struct rec *r)
{
	for (size_t i = 0; i < h->n; i++)
		if (same(&h->v[i], r))
			return &h->v[i];
	return NULL;
}

static void note(struct host *h, const struct rec *r, char sign)
{
	if (!h->file)
		return;
	fprintf(h->file, "%c %u %u %u %u %u %u\n", sign, r->kind, r->ifindex, r->ip, r->len, r->via, r->value);
	fflush(h->file);
}

static struct rec *push(struct host *h, const struct rec *r)
{
	if (h->n == h->cap) {
		size_t cap = h->cap ? 2 * h->cap : 64;
		struct rec *v = realloc(h->v, cap * sizeof(*v));

		if (!v)
			return NULL;
		h->v = v;
		h->cap = cap;
	}
	h->v[h->n] = *r;
	return &h->v[h->n++];
}

static void forget(struct host *h, struct rec *r)
{
	note(h, r, '-');
	*r = h->v[--h->n];
}

static void complain(const struct rec *r, const char *what, int rc)
{
	char ip[INET_ADDRSTRLEN];
	struct in_addr a = { htonl(r->ip) };

	inet_ntop(AF_INET, &a, ip, sizeof(ip));
	log_event(LOG_P_WARNING, "host-refused", "what=%s-%s ifindex=%u ip=%s/%u error=%d text=\"%s\"", what,
		  kinds[r->kind].name, r->ifindex, ip, r->len, -rc, strerror(-rc));
}

/* The kernel shall have @r. What is there already and not ours is used as it is and not recorded. */
static void want(struct host *h, struct rec r)
{
	struct rec *old = find(h, &r);
	int rc;

	r.wanted = true;
	if (old) {
		if (r.kind == MTU)
			old->via = r.via;
		old->wanted = true;
		rc = kinds[r.kind].op(old, true);
	} else {
		note(h, &r, '+');
		rc = kinds[r.kind].op(&r, true);
		if (rc && r.kind != NEIGH)
			note(h, &r, '-');
		else
			push(h, &r);
	}
	if (rc && rc != -EEXIST && rc != -ENODEV && rc != -ENETUNREACH && rc != -ENETDOWN)
		complain(&r, "add", rc);
}

static void unwant(struct host *h, struct rec r)
{
	struct rec *old = find(h, &r);
	int rc;

	if (!old)
		return;
	rc = kinds[old->kind].op(old, false);
	if (rc && rc != -ENODEV && rc != -EADDRNOTAVAIL && rc != -ESRCH && rc != -ENOENT && rc != -ENXIO)
		complain(old, "remove", rc);
	forget(h, old);
}

static void replay_line(struct host *h, const char *line)
{
	struct rec r = { 0 }, *old;
	unsigned int kind;
	char sign;

	if (sscanf(line, "%c %u %u %u %u %u %u", &sign, &kind, &r.ifindex, &r.ip, &r.len, &r.via, &r.value) != 7 ||
	    kind >= KIND__N)
		return;			/* a line cut short by a crash */
	r.kind = (enum kind)kind;
	old = find(h, &r);
	if (sign == '+' && !old)
		push(h, &r);
	else if (sign == '-' && old)
		*old = h->v[--h->n];
}

static void replay(struct host *h, const char *path)
{
	char *text = NULL, *save = NULL;
	size_t len;

	if (sys_file_read(path, HOST_FILE_MAX, &text, &len))
		return;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		replay_line(h, line);
	free(text);
}

struct host *host_new(const char *run_dir)
{
	struct host *h = calloc(1, sizeof(*h));
	char path[256];

	if (!h)
		return NULL;
	snprintf(path, sizeof(path), "%s/host", run_dir);
	replay(h, path);
	h->file = fopen(path, "we");	/* compacted: what is left of it is written anew */
	for (size_t i = 0; i < h->n; i++)
		note(h, &h->v[i], '+');
	return h;
}

void host_free(struct host *h)
{
	if (!h)
		return;
	if (h->file)
		fclose(h->file);
	free(h->v);
	free(h->forced);
	free(h);
}

/* ---- interfaces --------------------------------------------------------------------------------- */

static bool has_pw(const struct m_interface *m)
{
	return m->pw[0].present || m->pw[1].present || m->pw[2].present;
}

/* Addresses that take effect: an AC with a PW is no IP interface. */
static uint8_t addresses(const struct m_interface *m)
{
	return m && !has_pw(m) ? m->n_addr : 0;
}

static bool has_address(const struct m_interface *m, const struct m_addr *a)
{
	for (uint8_t i = 0; i < addresses(m); i++)
		if (m->addr[i].ip == a->ip && m->addr[i].len == a->len)
			return true;
	return false;
}

static struct rec addr_rec(uint32_t ifindex, const struct m_addr *a)
{
	return (struct rec){ .kind = ADDR, .ifindex = ifindex, .ip = a->ip, .len = a->len };
}

static void set_addresses(struct host *h, uint32_t ifindex, const struct m_interface *old,
			  const struct m_interface *now)
{
	for (uint8_t i = 0; i < addresses(old); i++)
		if (!has_address(now, &old->addr[i]))
			unwant(h, addr_rec(ifindex, &old->addr[i]));
	for (uint8_t i = 0; i < addresses(now); i++)
		want(h, addr_rec(ifindex, &now->addr[i]));
}

static void set_mtu(struct host *h, const struct sys_link *l, const struct m_interface *now)
{
	struct rec r = { .kind = MTU, .ifindex = l->ifindex, .value = l->mtu };

	if (now && now->mtu) {
		r.via = now->mtu;
		want(h, r);
	} else {
		unwant(h, r);
	}
}

/* ---- ports held down by protection -------------------------------------------------------------- */

static struct forced *forced_at(struct host *h, const char *name)
{
	for (size_t i = 0; i < h->n_forced; i++)
		if (!strcmp(h->forced[i].name, name))
			return &h->forced[i];
	return NULL;
}

static struct forced *forced_add(struct host *h, const char *name)
{
	struct forced *v = forced_at(h, name);

	if (v)
		return v;
	v = reallocarray(h->forced, h->n_forced + 1, sizeof(*v));
	if (!v)
		return NULL;
	h->forced = v;
	v += h->n_forced++;
	*v = (struct forced){ 0 };
	snprintf(v->name, sizeof(v->name), "%s", name);
	return v;
}

/* The device @l of port @f, which may be another one than before. */
static void force(struct host *h, struct forced *f, const struct sys_link *l)
{
	struct rec was = { .kind = FORCED, .ifindex = f->ifindex }, *old;

	if (f->ifindex && f->ifindex != l->ifindex && (old = find(h, &was)))
		forget(h, old);		/* gone, with what was done to it */
	f->ifindex = l->ifindex;
	want(h, (struct rec){ .kind = FORCED, .ifindex = l->ifindex });
}

/* @up: and it comes up; else who shuts it down takes over. */
static void unforce(struct host *h, struct forced *f, bool up)
{
	struct rec r = { .kind = FORCED, .ifindex = f->ifindex }, *old = f->ifindex ? find(h, &r) : NULL;

	if (old && up)
		unwant(h, r);
	else if (old)
		forget(h, old);
	*f = h->forced[--h->n_forced];
}

void host_ac_down(struct engine *e, const struct act_ac_down *a)
{
	const struct m_interface *m = cfg_interface(cfg_running(e->cfg), a->name);
	struct forced *f = a->down ? forced_add(e->host, a->name) : forced_at(e->host, a->name);
	struct sys_link l;

	if (!f && a->down)
		log_event(LOG_P_ERR, "if-down-not-forced", "name=%s text=\"no memory\"", a->name);
	if (!f)
		return;
	if (!a->down)
		unforce(e->host, f, m && !m->shutdown);
	else if (!sys_link_by_name(names_device(e->names, a->name), &l))
		force(e->host, f, &l);	/* absent: host_device() comes when it appears */
}

void host_seed(struct engine *e)
{
	struct host *h = e->host;

	for (size_t i = h->n; i-- > 0;) {
		struct rec r = h->v[i];
		struct forced *f = NULL;
		struct sys_link l;

		if (r.kind != FORCED)
			continue;
		if (sys_link_get(r.ifindex, &l)) {
			forget(h, &h->v[i]);
			continue;
		}
		if (core_seed_ac_down(e->core, names_operator(e->names, l.name)))
			f = forced_add(h, names_operator(e->names, l.name));
		if (f) {
			f->ifindex = r.ifindex;
			h->v[i].wanted = true;
		} else {
			const struct m_interface *m = cfg_interface(cfg_running(e->cfg), names_operator(e->names, l.name));

			if (m && m->shutdown)
				forget(h, &h->v[i]);
			else
				unwant(h, r);
		}
	}
}

/* Up unless the configuration says shutdown; what it was before comes back when nobody names the port. A port that
 * protection holds down counts as up, and stays down. */
static void set_admin(struct host *h, const char *name, const struct sys_link *l, const struct m_interface *now)
{
	struct forced *f = forced_at(h, name);
	struct rec r = { .kind = ADMIN, .ifindex = l->ifindex, .value = l->admin_up || f }, *ours;
	bool up = now && !now->shutdown;

	if (f && up) {
		force(h, f, l);
		return;
	}
	if (f)
		unforce(h, f, !now && !find(h, &r));
	ours = find(h, &r);
	if (!now || (ours && ours->value == up)) {
		unwant(h, r);		/* what it was is what is asked for */
	} else if (ours) {
		ours->wanted = true;
		if (l->admin_up != up)
			sys_link_up(l->ifindex, up);
	} else if (r.value != up) {
		want(h, r);
	}
}

static bool vlan_name(const char *parent, uint16_t vid, char name[16])
{
	return snprintf(name, 16, "%.10s.%u", parent, vid) < 16;
}

bool host_vlan_name(const struct engine *e, const struct m_interface *m, char name[16])
{
	return addresses(m) && m->parent[0] && m->vlan && vlan_name(names_device(e->names, m->parent), m->vlan, name);
}

/* The device that carries the addresses of a sub-interface; 0 where it needs none or cannot be. */
static uint32_t vlan_device(struct engine *e, const struct sys_link *parent, const struct m_interface *m)
{
	struct rec r = { .kind = VLAN };
	struct sys_link l;
	char name[16];
	int rc;

	if (!vlan_name(parent->name, m->vlan, name))
		return 0;
	if (!sys_link_by_name(name, &l))
		r.ifindex = l.ifindex;
	else if (!addresses(m) || !m->vlan)
		return 0;
	else if ((rc = sys_vlan_add(parent->ifindex, m->vlan, name, &r.ifindex)))
		log_event(LOG_P_WARNING, "vlan-device-refused", "name=%s error=%d", name, -rc);
	if (!r.ifindex)
		return 0;
	if (addresses(m)) {
		want(e->host, r);
		sys_link_up(r.ifindex, !m->shutdown);
	}
	return r.ifindex;
}

static void sub_interface(struct engine *e, const struct m_interface *old, const struct m_interface *now)
{
	const struct m_interface *m = now ? now : old;
	struct sys_link parent;
	uint32_t ifindex;

	if ((!addresses(old) && !addresses(now)) || sys_link_by_name(names_device(e->names, m->parent), &parent))
		return;
	ifindex = vlan_device(e, &parent, m);
	if (!ifindex)
		return;
	set_addresses(e->host, ifindex, old, now);
	if (!addresses(now))
		unwant(e->host, (struct rec){ .kind = VLAN, .ifindex = ifindex });
}

void host_interface(struct engine *e, const struct m_interface *old, const struct m_interface *now)
{
	const struct m_interface *m = now ? now : old;
	struct sys_link l;

	if (m->parent[0]) {
		sub_interface(e, old, now);
		return;
	}
	if (sys_link_by_name(names_device(e->names, m->name), &l))
		return;			/* absent: host_device() comes when it appears */
	if (!m->loopback) {
		set_mtu(e->host, &l, now);
		set_admin(e->host, m->name, &l, now);
	}
	set_addresses(e->host, l.ifindex, old, now);
}

/* ---- routes and neighbours ------------------------------------------------------------------------ */

static bool route_rec(struct engine *e, const struct m_route *m, struct rec *r)
{
	struct sys_link l = { 0 };

	if (m->out_if[0] && sys_link_by_name(names_device(e->names, m->out_if), &l))
		return false;
	*r = (struct rec){ .kind = ROUTE, .ifindex = l.ifindex, .ip = m->dest, .len = m->len, .via = m->nexthop,
			   .value = m->preference ? m->preference : 60 };
	return true;
}

void host_route(struct engine *e, const struct m_route *old, const struct m_route *now)
{
	struct rec r;

	if (old && route_rec(e, old, &r))
		unwant(e->host, r);
	if (now && route_rec(e, now, &r))
		want(e->host, r);
}

static int route_again(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct engine *e = arg;
	struct rec r;

	(void)key;
	(void)len;
	if (route_rec(e, val, &r))
		want(e->host, r);
	return 0;
}

void host_neigh(struct engine *e, uint32_t ifindex, uint32_t ip, bool keep)
{
	struct rec r = { .kind = NEIGH, .ifindex = ifindex, .ip = ip };

	if (keep)
		want(e->host, r);
	else
		unwant(e->host, r);
}

/* ---- devices that come, and the end of a start ------------------------------------------------------ */

static int again(void *arg, const struct m_interface *m)
{
	host_interface(arg, NULL, m);
	return 0;
}

static int loopback_again(void *arg, const uint8_t *key, size_t len, const void *val)
{
	const struct m_interface *m = val;

	(void)key;
	(void)len;
	if (m->loopback)
		host_interface(arg, NULL, m);
	return 0;
}

/* What is configured on the device @l. */
static void interfaces_again(struct engine *e, const struct sys_link *l)
{
	const struct trie *root = cfg_running(e->cfg);
	const char *ifname = names_operator(e->names, l->name);
	const struct m_interface *m = cfg_interface(root, ifname);
	const uint8_t all = OBJ_INTERFACE;

	if (!strcmp(l->name, "lo"))
		trie_walk(root, &all, 1, loopback_again, e);
	if (m)
		host_interface(e, NULL, m);
	store_subs(root, ifname, again, e);
}

void host_device(struct engine *e, const struct sys_link *l, bool fresh)
{
	const uint8_t routes = OBJ_ROUTE;
	struct forced *f = forced_at(e->host, names_operator(e->names, l->name));

	if (f && f->ifindex == l->ifindex && l->admin_up)	/* somebody, or who made the device, set it up */
		force(e->host, f, l);
	if (l->admin_up)		/* the kernel takes routes away with the link; they come back here */
		trie_walk(cfg_running(e->cfg), &routes, 1, route_again, e);
	if (fresh)
		interfaces_again(e, l);
}

bool host_added(const struct host *h, uint32_t ifindex, uint32_t ip, uint8_t len)
{
	struct rec r = { .kind = ADDR, .ifindex = ifindex, .ip = ip, .len = len };

	return find((struct host *)(uintptr_t)h, &r) != NULL;
}

void host_settled(struct engine *e)
{
	struct host *h = e->host;

	for (size_t i = h->n; i-- > 0;)
		if (!h->v[i].wanted)
			unwant(h, h->v[i]);
}

struct teller {
	void (*tell)(void *arg, const char *what);
	void *arg;
};

static void say(const struct rec *r, void (*tell)(void *arg, const char *what), void *arg)
{
	struct in_addr a = { htonl(r->ip) };
	char ip[INET_ADDRSTRLEN], text[160];
	struct sys_link l;

	inet_ntop(AF_INET, &a, ip, sizeof(ip));
	if (sys_link_get(r->ifindex, &l))
		snprintf(l.name, sizeof(l.name), r->ifindex ? "(gone)" : "-");
	if (r->kind == MTU)
		snprintf(text, sizeof(text), "mtu of %s back to %u", l.name, r->value);
	else if (r->kind == FORCED)
		snprintf(text, sizeof(text), "%s set up again, which protection held down", l.name);
	else if (r->kind == ADMIN)
		snprintf(text, sizeof(text), "%s set %s again", l.name, r->value ? "up" : "down");
	else
		snprintf(text, sizeof(text), "%s %s/%u on %s", kinds[r->kind].name, ip,
			 r->kind == NEIGH ? 32 : r->len, l.name);
	tell(arg, text);
}

void host_flush(const char *run_dir, void (*tell)(void *arg, const char *what), void *arg)
{
	struct host *h = host_new(run_dir);
	char path[256];

	for (size_t i = h ? h->n : 0; i-- > 0;)		/* before what the ports were once comes back */
		if (h->v[i].kind == FORCED) {
			struct rec r = h->v[i];

			say(&r, tell, arg);
			unwant(h, r);
		}
	while (h && h->n) {
		struct rec r = h->v[h->n - 1];

		say(&r, tell, arg);
		unwant(h, r);
	}
	host_free(h);
	snprintf(path, sizeof(path), "%s/host", run_dir);
	remove(path);
}

static void addr_left(void *arg, uint32_t ifindex, uint32_t ip, uint8_t len)
{
	const struct teller *t = arg;

	say(&(struct rec){ .kind = ADDR, .ifindex = ifindex, .ip = ip, .len = len }, t->tell, t->arg);
}

static void neigh_left(void *arg, uint32_t ifindex, uint32_t ip)
{
	const struct teller *t = arg;

	say(&(struct rec){ .kind = NEIGH, .ifindex = ifindex, .ip = ip }, t->tell, t->arg);
}

static void route_left(void *arg, uint32_t dest, uint8_t len, uint32_t nexthop, uint32_t ifindex, uint32_t metric)
{
	const struct teller *t = arg;

	(void)nexthop;
	(void)metric;
	say(&(struct rec){ .kind = ROUTE, .ifindex = ifindex, .ip = dest, .len = len }, t->tell, t->arg);
}

void host_left(void (*tell)(void *arg, const char *what), void *arg)
{
	struct teller t = { tell, arg };

	sys_addr_ours(addr_left, &t);
	sys_neigh_ours(neigh_left, &t);
	sys_route_ours(route_left, &t);
}
