/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run.c: settles what changed. A fixed sequence of phases over the dirty lists; each compares what
 * is wanted with the mirror, emits the difference and then moves the mirror, so a run cut short by
 * want of memory is made up for by the next one.
 *
 * The sequence is what keeps frames whole:
 *    fall      flags of paths that are down, before anything else: the fault path is one store; then those of PWs
 *              with a manual fault
 *    end       circuits out of the configuration: AC, labels, steer, flags, row
 *    account   where the kernel sends now is written to `active` before any flag rises again
 *    raise     neighbours asked for, path rows, flags of paths
 *    build     circuit rows (what still carries stays in them), labels, PW flags
 *    steer     the verdict; switchback by policy is here and nowhere else
 *    bind      ports and VLANs to their circuits
 *    clear     in reverse: PW flags, labels, slots, paths, neighbours
 *    tell      events, records
 */
#include <errno.h>
#include <string.h>

#include "core/run.h"

static void all_clean(struct core *c)
{
	list_each_safe(struct circuit, ci, &c->dirty_circuits, dirty) {
		bool again = circuit_held_back(c, ci);

		ci->seeded = false;
		if (!again)
			list_del(&ci->dirty);
	}
	list_each_safe(struct path, path, &c->dirty_paths, dirty)
		list_del(&path->dirty);
	list_each_safe(struct label, l, &c->dirty_labels, dirty)
		list_del(&l->dirty);
	list_each_safe(struct port, p, &c->dirty_ports, dirty) {
		list_del(&p->dirty);
		port_put(c, p);
	}
	if (!c->ran)
		seeds_forget(c);
	c->ran = true;
}

int core_run(struct core *c, uint64_t now_ns, struct actions *out)
{
	static void (*const phase[])(struct core *) = {
		paths_fall, circuits_end, circuits_number, circuits_fall, circuits_account, paths_raise, circuits_build,
		circuits_steer, acs_bind, circuits_clear, paths_clear, neighs_clear, paths_tell, circuits_tell,
		templates_tell, all_clean,
	};

	c->now_ns = now_ns;
	c->out = out;
	c->err = 0;
	paths_locate(c);
	timers_due(c);
	for (size_t i = 0; i < sizeof(phase) / sizeof(phase[0]) && !c->err; i++)
		phase[i](c);
	c->out = NULL;
	if (!c->err && c->lost) {
		c->lost = false;
		return -ENOBUFS;
	}
	return c->err;
}

bool core_pending(const struct core *c)
{
	return !list_empty(&c->dirty_circuits) || !list_empty(&c->dirty_paths) || !list_empty(&c->dirty_ports) ||
	       !list_empty(&c->dirty_labels) || !list_empty(&c->dirty_neighs) || !list_empty(&c->dirty_templates);
}

void core_kernel_moved(struct core *c, uint32_t circuit, enum slot slot, uint64_t when_ns)
{
	struct circuit *ci = circuit_at(c, circuit);

	if (!ci || ci->gone || slot >= SLOT_NONE || !ci->pw[slot])
		return;
	if (slot == ci->sends) {		/* settled already; the kernel knows better when */
		if (ci->switched_ns && when_ns < ci->switched_ns)
			ci->switched_ns = when_ns;
		return;
	}
	ci->moved = slot;
	ci->moved_ns = when_ns;
	circuit_dirty(c, ci);
}

bool core_seed_revert(struct core *c, const char *ifname, uint64_t deadline_ns)
{
	struct circuit *ci = circuit_named(c, ifname);

	if (c->ran || !ci || ci->gone || !deadline_ns)
		return false;
	ci->revert_at = ci->kept_at = deadline_ns;
	ci->wait_since = deadline_ns > circuit_delay(ci) ? deadline_ns - circuit_delay(ci) : 0;
	return true;
}

/* ---- replay: an empty mirror ------------------------------------------------------------------ */

static void circuit_forget(struct core *c, struct circuit *ci)
{
	memset(&ci->row, 0, sizeof(ci->row));
	ci->live = ci->unsure = 0;
	ci->steered = ci->seeded = false;
	ci->bound_ifindex = 0;
	if (ci->index > core_capacity(c)) {	/* the new tables are smaller */
		c->circuit_by_index[ci->index] = NULL;
		index_drop(&c->circuit_space, ci->index);
		ci->index = 0;
	}
	circuit_dirty(c, ci);
}

void core_replay(struct core *c)
{
	table_each(&c->circuits, n, i)
		circuit_forget(c, container_of(n, struct circuit, by_name));
	table_each(&c->paths, n, i) {
		struct path *p = container_of(n, struct path, by_key);

		p->told = p->armed = p->lower = p->seeded = false;
		path_dirty(c, p, p->news);
	}
	table_each(&c->labels, n, i) {
		struct label *l = container_of(n, struct label, by_label);

		memset(&l->row, 0, sizeof(l->row));
		list_add(&c->dirty_labels, &l->dirty);
	}
	table_each(&c->ports, n, i) {
		struct port *p = container_of(n, struct port, by_name);

		memset(&p->told, 0, sizeof(p->told));
		list_add(&c->dirty_ports, &p->dirty);
	}
}
