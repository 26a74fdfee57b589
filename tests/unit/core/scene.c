/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "scene.h"

const uint8_t mac1[6] = { 2, 0, 0, 0, 1, 1 }, mac2[6] = { 2, 0, 0, 0, 1, 2 };

void core_ports(struct world *w)
{
	struct m_interface *a = if_obj(CORE1, "", 0), *b = if_obj(CORE2, "", 0);
	struct m_system *s = sys_obj(true, 0);

	s->lsr_id = US;
	a->mpls = b->mpls = true;
	commit(w, OBJ_SYSTEM, NULL, s);
	commit(w, OBJ_INTERFACE, NULL, a);
	commit(w, OBJ_INTERFACE, NULL, b);
}

void cores(struct world *w)
{
	core_ports(w);
	commit(w, OBJ_STATIC_LSP, NULL, ingress("lsp1", PE2, CORE1, NH1, 500));
	commit(w, OBJ_STATIC_LSP, NULL, ingress("lsp2", PE3, CORE2, NH2, 600));
}

void facts(struct world *w)
{
	link_is(w, AC, 3, true);
	link_is(w, CORE1, 4, true);
	link_is(w, CORE2, 5, true);
	core_neigh(w->c, 4, NH1, mac1);
	core_neigh(w->c, 5, NH2, mac2);
}

struct m_interface *single(void)
{
	struct m_interface *m = if_obj(AC, "", 0);

	pw_ldp(m, SLOT_PRIMARY, PE2, 100);
	return m;
}

struct m_interface *two(enum m_redundancy mode)
{
	struct m_interface *m = single();

	pw_ldp(m, SLOT_SECONDARY, PE3, 200);
	m->redundancy = (uint8_t)mode;
	return m;
}

void configured(struct circ *t, struct m_interface *m)
{
	t->m = m;
	world_up(&t->w, 64);
	t->w.now = 100 * S;
	cores(&t->w);
	facts(&t->w);
	commit(&t->w, OBJ_INTERFACE, NULL, ref_get(m));
	assert_int_equal(run(&t->w), 0);
}

void down(struct circ *t)
{
	ref_put(t->m);
	world_down(&t->w);
}

struct m_interface *edit(const struct circ *t)
{
	return copy(t->m, sizeof(*t->m));
}

void commits(struct circ *t, struct m_interface *now)
{
	commit(&t->w, OBJ_INTERFACE, t->m, ref_get(now));
	t->m = now;
}

void becomes(struct circ *t, struct m_interface *now)
{
	commits(t, now);
	assert_int_equal(run(&t->w), 0);
}

struct show_circuit show_of(const struct circ *t)
{
	struct show_circuit s;

	assert_true(core_show_circuit(t->w.c, AC, &s));
	return s;
}

void time_passes(struct circ *t, uint64_t ns)
{
	uint64_t end = t->w.now + ns;

	for (uint64_t next; (next = core_next(t->w.c)) && next <= end;) {
		assert_true(next > t->w.now);
		t->w.now = next - 1000;		/* run() adds them */
		assert_int_equal(run(&t->w), 0);
	}
	t->w.now = end;
}
