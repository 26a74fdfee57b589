/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * warn.c: what may be amiss after a commit, though it was taken: ports too small for the pseudowires that
 * leave by them, MPLS lines that do nothing without the global one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/display.h"

/* ---- MTU ------------------------------------------------------------------------------------------------ */

#define WARN_CIRCUITS_MAX	1000	/* looked at after one commit */

struct warn {
	struct session *s;
	uint32_t looked;
	bool network;			/* an LSP or a core port changed: every circuit may be concerned */
	struct mtu_warning mtu;
};

static int warn_changed(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct warn *w = arg;
	const struct m_interface *i = now;
	struct show_circuit c;
	(void)old, (void)len;

	if (key[0] == OBJ_STATIC_LSP)
		w->network = true;
	if (key[0] != OBJ_INTERFACE || !i || w->network)
		return w->network;
	if (!i->pw[0].present && !i->pw[1].present && !i->pw[2].present)
		return w->network = true;
	if (core_show_circuit(w->s->e->core, i->name, &c))
		warn_mtu(w->s, &w->mtu, &c);
	return ++w->looked >= WARN_CIRCUITS_MAX;
}

static int warn_any(void *arg, const struct show_circuit *c)
{
	struct warn *w = arg;
	warn_mtu(w->s, &w->mtu, c);
	return ++w->looked >= WARN_CIRCUITS_MAX;
}

/* ---- MPLS that is off ----------------------------------------------------------------------------------- */

struct idle {
	bool changed;			/* this commit made one such */
	uint32_t n;
	char first[IFNAME_LEN + 32];
};

static bool wants_mpls(enum obj_type type, const void *obj)
{
	return obj && (type == OBJ_STATIC_LSP || (type == OBJ_INTERFACE && ((const struct m_interface *)obj)->mpls));
}

static int idle_changed(void *arg, const uint8_t *key, size_t len, const void *old, const void *now)
{
	struct idle *i = arg;
	enum obj_type type = (enum obj_type)key[0];
	const struct m_system *was = old;
	(void)len;

	i->changed = type == OBJ_SYSTEM ? was && was->mpls : wants_mpls(type, now) && !wants_mpls(type, old);
	return i->changed;
}

static int idle_count(void *arg, const uint8_t *key, size_t len, const void *val)
{
	struct idle *i = arg;
	const struct m_interface *m = val;
	const struct m_static_lsp *l = val;
	(void)len;

	if (!wants_mpls((enum obj_type)key[0], val) || i->n++)
		return 0;
	if (key[0] == OBJ_INTERFACE)
		snprintf(i->first, sizeof(i->first), "mpls on %s", m->name);
	else
		snprintf(i->first, sizeof(i->first), "static-lsp %s", l->name);
	return 0;
}

/* No pseudowire can exist then, so that walking all there is costs little. */
static void warn_idle(struct session *s, const struct trie *before)
{
	static const uint8_t kinds[] = { OBJ_INTERFACE, OBJ_STATIC_LSP };
	const struct trie *now = cfg_running(s->e->cfg);
	const struct m_system *sys = cfg_system(now);
	struct idle i = { 0 };

	if (!sys->mpls)
		trie_diff(before, now, idle_changed, &i);
	for (size_t k = 0; i.changed && k < sizeof(kinds); k++)
		trie_walk(now, &kinds[k], 1, idle_count, &i);
	if (!i.n)
		return;
	say(s, "Warning: mpls is not enabled in the system view: %s", i.first);
	if (i.n > 1)
		say(s, " and %" PRIu32 " more", i.n - 1);
	say(s, "%s nothing. Cure: %smpls in the system view.\n", i.n > 1 ? " do" : " does",
	    sys->lsr_id ? "" : "mpls lsr-id A.B.C.D and ");
}

/* ---- all of them ---------------------------------------------------------------------------------------- */

void warn_after(struct session *s, const struct trie *before)
{
	struct warn *w = calloc(1, sizeof(*w));

	if (!w)
		return;
	w->s = s;
	trie_diff(before, cfg_running(s->e->cfg), warn_changed, w);
	if (w->network) {
		w->looked = 0;
		memset(&w->mtu, 0, sizeof(w->mtu));	/* all are looked at: not twice */
		core_show_circuits(s->e->core, warn_any, w);
	}
	warn_mtu_say(s, &w->mtu);
	warn_idle(s, before);
	if (w->looked >= WARN_CIRCUITS_MAX)
		say(s, "Info: only %d circuits were looked at for warnings: display mpls l2vpn diagnose has all.\n",
		    WARN_CIRCUITS_MAX);
	free(w);
}
