/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run.c: settles what changed, in rounds, and a round in slices. A round is a fixed sequence of stages over
 * what was waiting when it began; each compares what is wanted with the mirror, emits the difference and then
 * moves the mirror. So a round may be cut short anywhere (for want of memory, or because the configuration
 * changes) and what it left is made up for by the next.
 *
 * The sequence is what keeps frames whole:
 *    fall      flags of paths that are down and of sessions that ended, before anything else: the fault path is one
 *              store; then those of PWs with a fault of their own
 *    end       circuits out of the configuration: AC, labels, steer, flags, row
 *    account   where the kernel sends now is written to `active` before any flag rises again
 *    raise     neighbours asked for, path rows, flags of paths and sessions
 *    make      circuit rows (what still carries stays in them), labels, PW flags; then the verdict: switchback
 *              by policy is here and nowhere else
 *    bind      ports and VLANs to their circuits
 *    clear     in reverse: PW flags, labels, slots, paths, neighbours
 *    tell      events, records; peers are told of labels whose rows are there
 *
 * Facts may come between two slices:
 *  - A flag that must fall is lowered by the next slice, before it goes on (paths_urgent()).
 *  - What a fact touches in the round under way goes on in it, by the facts of the moment, and goes through
 *    the next round, too. What must not be seen twice by different facts looks at the mirror (pw_carries()).
 *  - A flag rises only if its path was to rise when its users were accounted for (path.rising; peer.rising and
 *    circuit.rising likewise). A circuit
 *    that the kernel moves after it was accounted for is accounted for by the next round; until then only
 *    flags rise that it does not depend on: what it does depend on fell, and so is not rising.
 *  - A port that changes within the round waits for the next one, which clears first what was there before.
 */
#include <errno.h>
#include <string.h>

#include "core/run.h"

/* What the FECs concern goes through the same round. */
static void others_join(struct core *c)
{
	struct queue *q[] = { &c->dirty_paths, &c->dirty_neighs, &c->dirty_ports, &c->dirty_labels, &c->dirty_peers };

	for (size_t i = 0; i < sizeof(q) / sizeof(q[0]); i++)
		queue_take(q[i]);
}

static void groups_join(struct core *c)
{
	queue_take(&c->dirty_groups);
}

static void circuits_join(struct core *c)
{
	queue_take(&c->dirty_circuits);
}

static void first_is_over(struct core *c)
{
	if (!c->ran)
		seeds_forget(c);
	label_seeds_clear(c);
	if (!c->err && !c->more)
		seed_rows_clear(c);
	if (c->err || c->more)
		return;
	c->ran = true;
}

struct stage {				/* one of these */
	void (*once)(struct core *c);
	void (*fec)(struct core *c, struct fec *f);
	void (*path)(struct core *c, struct path *p);
	void (*group)(struct core *c, struct path *way);
	void (*guard)(struct core *c, struct peer *p);
	void (*neigh)(struct core *c, struct neigh *n);
	void (*port)(struct core *c, struct port *p);
	void (*label)(struct core *c, struct label *l);
	void (*circuit)(struct core *c, struct circuit *ci);
};
static const struct stage stages[] = {	/* core.stage is the number, from 1 */
	{ .once = signals_end },
	{ .fec = fec_seat },
	{ .once = others_join },
	{ .path = path_seat },
	{ .path = path_index },
	{ .path = path_fall },
	{ .once = groups_join },	/* with those whose paths changed */
	{ .group = group_fall },
	{ .guard = guard_fall },
	{ .once = circuits_join },	/* with those that the paths concern */
	{ .port = port_unbind },
	{ .circuit = circuit_open },
	{ .guard = guard_seat },	/* after those that adopted ones have */
	{ .label = label_end },
	{ .circuit = circuit_end },
	{ .circuit = circuit_account },
	{ .neigh = neigh_ask },
	{ .path = path_raise },
	{ .group = group_raise },
	{ .guard = guard_raise },
	{ .circuit = circuit_make },
	{ .label = label_write },
	{ .fec = fec_bind },
	{ .port = port_clear },
	{ .port = port_finish },
	{ .circuit = circuit_bind },
	{ .label = label_finish },
	{ .path = path_tell },
	{ .group = group_tell },
	{ .circuit = circuit_finish },
	{ .group = group_finish },
	{ .path = path_finish },
	{ .guard = guard_finish },
	{ .neigh = neigh_finish },
	{ .fec = fec_finish },
	{ .once = guards_forget },
	{ .once = templates_tell },
	{ .once = first_is_over },
};
#define STAGES (sizeof(stages) / sizeof(stages[0]))

#define QUEUES(c) { &(c)->dirty_paths, &(c)->dirty_neighs, &(c)->dirty_ports, &(c)->dirty_labels, \
		    &(c)->dirty_circuits, &(c)->dirty_peers, &(c)->dirty_groups, &(c)->dirty_fecs }
#define N_QUEUES 8

static struct queue *queue_of(struct core *c, const struct stage *s)
{
	return s->fec ? &c->dirty_fecs : s->path ? &c->dirty_paths : s->group ? &c->dirty_groups :
	       s->guard ? &c->dirty_peers : s->neigh ? &c->dirty_neighs : s->port ? &c->dirty_ports :
	       s->label ? &c->dirty_labels : s->circuit ? &c->dirty_circuits : NULL;
}

static void call(struct core *c, const struct stage *s, struct list *node)
{
	if (s->fec)
		s->fec(c, list_entry(node, struct fec, dirty.in));
	else if (s->path)
		s->path(c, list_entry(node, struct path, dirty.in));
	else if (s->group)
		s->group(c, list_entry(node, struct path, dirty.in));
	else if (s->guard)
		s->guard(c, list_entry(node, struct peer, dirty.in));
	else if (s->neigh)
		s->neigh(c, list_entry(node, struct neigh, dirty.in));
	else if (s->port)
		s->port(c, list_entry(node, struct port, dirty.in));
	else if (s->label)
		s->label(c, list_entry(node, struct label, dirty.in));
	else
		s->circuit(c, list_entry(node, struct circuit, dirty.in));
}

/* The stage sees one object, or is over. */
static void step(struct core *c)
{
	const struct stage *s = &stages[c->stage - 1];
	struct queue *q = queue_of(c, s);
	struct list *node = q ? q->now.next : NULL;

	c->more = false;
	if (!q)
		s->once(c);
	if (!q || node == &q->now) {
		if (q)
			list_move(&q->now, &q->done);
		if (!c->err && !c->more)
			c->stage = c->stage == STAGES ? 0 : c->stage + 1;
		return;
	}
	list_del(node);
	list_add(&q->done, node);	/* the stage may take it away */
	call(c, s, node);
	if (c->err || c->more) {	/* then it has not */
		list_del(node);
		list_add(q->now.next, node);
	}
	c->work -= c->work > 0;
}

static void round_begin(struct core *c)
{
	c->stage = 1;
	c->touch_peer = NULL;
	fecs_wake(c);
	if (c->recovering && !c->ran)
		fecs_guess(c);
	queue_take(&c->dirty_fecs);
}

void round_cancel(struct core *c)
{
	struct queue *q[N_QUEUES] = QUEUES(c);

	for (size_t i = 0; i < N_QUEUES; i++) {
		list_move(&q[i]->now, &q[i]->done);
		list_move(&q[i]->now, &q[i]->next);
		list_move(&q[i]->next, &q[i]->now);
	}
	c->stage = 0;
}

int core_run_slice(struct core *c, uint64_t now_ns, struct actions *out, uint32_t work)
{
	c->now_ns = now_ns;
	c->out = out;
	c->err = 0;
	c->work = work;
	paths_locate(c);
	paths_urgent(c);
	guards_urgent(c);
	signals_urgent(c);
	if (!c->stage && !core_applying(c)) {	/* half a configuration is none */
		pace_again(c);
		timers_due(c);
		labels_due(c);
		round_begin(c);
	}
	while (!c->err && c->stage && c->work)
		step(c);
	c->out = NULL;
	if (c->err || c->stage)
		return c->err ? c->err : 1;
	if (c->lost) {
		c->lost = false;
		return -ENOBUFS;
	}
	return 0;
}

int core_run(struct core *c, uint64_t now_ns, struct actions *out)
{
	int rc;

	do
		rc = core_run_slice(c, now_ns, out, UINT32_MAX);
	while (rc == 1);
	return rc;
}

static bool urgent(const struct core *c)
{
	return !list_empty(&c->urgent) || !list_empty(&c->urgent_guards) || !list_empty(&c->urgent_signals);
}

bool core_pending(const struct core *c)
{
	const struct queue *q[N_QUEUES] = QUEUES(c);
	uint32_t n = c->stage | c->pace.again;

	if (core_applying(c))
		return urgent(c);
	for (size_t i = 0; i < N_QUEUES; i++)
		n |= q[i]->n;
	n |= c->recovered && !c->stage ? c->path_seeds.n | c->group_seeds.n | c->space.seeds.n : 0;
	return n || urgent(c) || !list_empty(&c->dirty_templates) || !list_empty(&c->ended);
}

uint32_t core_show_waiting(const struct core *c)
{
	return c->dirty_circuits.n;
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

bool core_seed_revert(struct core *c, const char *ifname, uint64_t deadline_ns, uint64_t resume_ns)
{
	struct circuit *ci = circuit_named(c, ifname);

	if (c->ran || !ci || ci->gone || !(deadline_ns | resume_ns))
		return false;
	ci->revert_at = ci->kept_at = deadline_ns;
	ci->resume_at = ci->kept_resume = resume_ns;
	ci->wait_since = deadline_ns > circuit_delay(ci) ? deadline_ns - circuit_delay(ci) : 0;
	return true;
}

void core_seed_switch(struct core *c, const struct core_event *e)
{
	struct circuit *ci = circuit_named(c, e->name);

	if (c->ran || !ci || ci->gone)
		return;
	ci->switched_ns = e->when_ns;
	ci->switched_from = (enum slot)e->from;
	ci->switched_to = (enum slot)e->to;
	ci->switch_reason = e->reason;
	ci->switch_detector = e->detector;
}

/* ---- replay: an empty mirror ------------------------------------------------------------------ */

static void circuit_forget(struct core *c, struct circuit *ci)
{
	memset(&ci->row, 0, sizeof(ci->row));
	ci->live = ci->unsure = 0;
	ci->steered = ci->seeded = false;
	ci->bound_ifindex = 0;
	table_del(&c->bound, &ci->by_bound);
	if (ci->index > core_capacity(c)) {	/* the new tables are smaller */
		c->circuit_by_index[ci->index] = NULL;
		index_drop(&c->circuit_space, ci->index);
		ci->index = 0;
	}
	circuit_dirty(c, ci);
}

void core_replay(struct core *c)
{
	round_cancel(c);
	table_each(&c->circuits, n, i)
		circuit_forget(c, container_of(n, struct circuit, by_name));
	table_each(&c->paths, n, i) {
		struct path *p = container_of(n, struct path, by_key);

		p->told = p->armed = p->lower = p->seeded = false;
		path_dirty(c, p, p->news);
	}
	groups_forget(c);
	table_each(&c->peers, n, i) {
		struct peer *p = container_of(n, struct peer, by_addr);

		p->armed = p->lower = p->seeded = false;
		peer_dirty(c, p);
	}
	table_each(&c->labels, n, i) {
		struct label *l = container_of(n, struct label, by_label);

		memset(&l->row, 0, sizeof(l->row));
		label_dirty(c, l);
	}
	table_each(&c->ports, n, i) {
		struct port *p = container_of(n, struct port, by_name);

		memset(&p->told, 0, sizeof(p->told));
		table_del(&c->told, &p->by_told);
		port_dirty(c, p);
	}
}
