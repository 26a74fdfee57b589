/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_pw_pair.c: two ends of ours, with the octets between them delayed as they like, and operators that change their
 * minds at any time. Whatever happened: when it is quiet, both ends agree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pw_world.h"

#define LINE	256
#define ROUNDS	3000
#define STEPS	24

struct pair {
	struct world *end[2];
	struct act_signal wish[2];
};

static void log_state(const struct pair *p, uint32_t round)
{
	for (int i = 0; i < 2; i++) {
		const struct pw *w = record_of(p->end[i], 100);

		if (!w)
			print_message("round %u end %d: no record\n", round, i);
		else
			print_message("round %u end %d: %s; prefers %d sent %d; mapped %d c %d owed %d renegotiate %d told %d\n",
				      round, i, pw_state_text(w->state), w->cw, w->sent_c, w->mapped, w->r_c, w->owed,
				      w->renegotiate, w->told);
	}
}

static bool step(struct pair *p, int i)
{
	bool any = deliver(p->end[i], p->end[!i]);

	turn(p->end[!i]);
	return any;
}

/* All octets arrive. */
static void calm(struct pair *p, uint32_t round)
{
	int n = 0;

	for (bool any = true; any;) {
		any = step(p, 0);
		any = step(p, 1) || any;
		if (++n > 500) {
			log_state(p, round);
			fail_msg("round %u: they never stop", round);
		}
	}
}

static void change_mind(struct pair *p, int i, uint32_t round)
{
	struct act_signal *a = &p->wish[i];

	a->anew = false;
	switch (random() % 8) {
	case 0:
		a->mtu = a->mtu == 1500 ? 9000 : 1500;
		break;
	case 1:
		a->status = (uint32_t)random() % 8;
		break;
	case 2:
		if (!a->wanted)
			calm(p, round);		/* a new PW knows nothing of Releases that are still on their way */
		a->wanted = !a->wanted;
		break;
	case 3:
		a->anew = true;
		break;
	case 4:
		a->label = 1000 + (uint32_t)random() % 8;
		break;
	default:
		a->control_word = !a->control_word;
	}
	want(p->end[i], *a);
}

static void lose_session(struct pair *p)
{
	bool held = random() % 2;

	for (int i = 0; i < 2; i++) {
		p->end[i]->on_line = 0;
		session_down(p->end[i], held);
	}
	for (int i = 0; i < 2; i++)
		session_up(p->end[i]);
}

static void agree(const struct pair *p, uint32_t round)
{
	struct show_remote_pw s[2];

	for (int i = 0; i < 2; i++) {
		s[i] = shown(p->end[i], 100);
		if (!s[i].mapped || !s[i].sent || s[i].sent_c_bit != s[i].c_bit || !p->end[i]->fact.mapped ||
		    p->end[i]->fact.control_word != s[i].c_bit || s[i].label != p->wish[!i].label ||
		    s[i].mtu != p->wish[!i].mtu || p->end[i]->fact.label != p->wish[!i].label) {
			log_state(p, round);
			fail_msg("round %u: end %d: %s", round, i, s[i].why);
		}
		if (!s[i].by_withdraw)
			assert_int_equal(s[i].status, p->wish[!i].status);
	}
	assert_int_equal(s[0].c_bit, s[1].c_bit);
	if (s[0].c_bit && !(p->wish[0].control_word && p->wish[1].control_word))
		fail_msg("round %u: control word against the will of one", round);
}

static void any_history(void **state, bool no_request, bool martini)
{
	struct pair *p = *state;

	for (int i = 0; i < 2; i++) {
		p->end[i]->p->no_request = no_request;
		p->end[i]->p->martini = martini && i;
		pws_config(&p->end[i]->l);
		p->wish[i] = wish(4, 100);
	}
	for (uint32_t round = 0; round < ROUNDS; round++) {
		srandom(round + 1);
		for (int n = 0; n < STEPS; n++) {
			long what = random() % 16;

			if (what < 4)
				change_mind(p, what & 1, round);
			else if (what == 4 && random() % 4 == 0)
				lose_session(p);
			else
				step(p, what & 1);
		}
		for (int i = 0; i < 2; i++) {
			if (!p->wish[i].wanted)
				calm(p, round);
			p->wish[i].wanted = true;
			p->wish[i].anew = false;
			if (martini)
				p->wish[i].status = 0;
			want(p->end[i], p->wish[i]);
		}
		calm(p, round);
		agree(p, round);
	}
}

static void agree_in_the_end(void **state)
{
	any_history(state, false, false);
}

static void agree_without_requests(void **state)
{
	any_history(state, true, false);
}

static void agree_without_status(void **state)
{
	any_history(state, false, true);
}

/* A fault at each end: neither answers what the other takes back with a Mapping of its own. */
static void faults_without_status_come_to_rest(void **state)
{
	struct pair *p = *state;

	p->end[1]->p->martini = true;
	for (int i = 0; i < 2; i++) {
		pws_config(&p->end[i]->l);
		p->wish[i] = wish(4, 100);
		want(p->end[i], p->wish[i]);
	}
	for (uint32_t status = 1; status < 0x20; status++) {
		for (int i = 0; i < 2; i++) {
			p->wish[i].status = status;
			want(p->end[i], p->wish[i]);
		}
		calm(p, status);
		for (int i = 0; i < 2; i++) {
			p->wish[i].status = 0;
			want(p->end[i], p->wish[i]);
		}
		calm(p, status);
		agree(p, status);
	}
}

/* One end at a time changes its preference: what both prefer is used (RFC 8077, 7.3). */
static void control_word_wanted_by_both(void **state)
{
	struct pair *p = *state;

	for (int i = 0; i < 2; i++) {
		p->wish[i] = wish(4, 100);
		want(p->end[i], p->wish[i]);
	}
	calm(p, 0);
	for (uint32_t round = 1; round < ROUNDS; round++) {
		struct act_signal *a = &p->wish[random() % 2];

		a->control_word = !a->control_word;
		want(p->end[a - p->wish], *a);
		while (random() % 8)
			step(p, random() % 2);
		calm(p, round);
		agree(p, round);
		assert_int_equal(shown(p->end[0], 100).c_bit, p->wish[0].control_word && p->wish[1].control_word);
	}
}

static void nothing_is_left(void **state)
{
	struct pair *p = *state;

	any_history(state, false, false);
	for (int i = 0; i < 2; i++) {
		p->wish[i].wanted = false;
		want(p->end[i], p->wish[i]);
	}
	calm(p, 0);
	for (int i = 0; i < 2; i++) {
		assert_null(record_of(p->end[i], 100));
		assert_int_equal(p->end[i]->p->n_pws, 0);
		assert_int_equal(pw_of(p->end[i]->p)->n_requested, 0);
	}
}

static int pair_up(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));

	for (int i = 0; i < 2; i++) {
		void *end;

		if (world_up(&end))
			return -1;
		p->end[i] = end;
		p->end[i]->line = calloc(LINE, sizeof(*p->end[i]->line));
		p->end[i]->n_line = LINE;
	}
	*state = p;
	return 0;
}

static int pair_down(void **state)
{
	struct pair *p = *state;

	for (int i = 0; i < 2; i++) {
		void *end = p->end[i];

		world_down(&end);
	}
	free(p);
	return 0;
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, pair_up, pair_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(agree_in_the_end), T(agree_without_requests), T(agree_without_status), T(faults_without_status_come_to_rest),
		T(control_word_wanted_by_both), T(nothing_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
