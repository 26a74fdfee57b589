/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_cost.c: what the verifier and the JIT make of the programs, held to a budget. A jump here means a
 * loop that is walked once per caller again, or code that was inlined once more.
 */
#include <string.h>

#include <bpf/bpf.h>

#include "scene.h"

/* Instructions walked, of 1,000,000 that a kernel allows: XDP 92,000, tc 74,000 on 6.18; XDP 219,000 on 6.1. */
#define VERIFIED_MAX	400000u
#define XLATED_MAX	48000u		/* octets of program */

static void within_budget(void **state)
{
	struct bpf_prog_info info = {};
	uint32_t len = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(scene_prog(family(state)), &info, &len), 0);
	print_message("           %u verified, %u octets, %u jited\n", info.verified_insns, info.xlated_prog_len,
		      info.jited_prog_len);
	assert_in_range(info.verified_insns, 1, VERIFIED_MAX);
	assert_in_range(info.xlated_prog_len, 1, XLATED_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = { BOTH(within_budget) };

	return cmocka_run_group_tests(tests, scene_open, scene_close);
}
