/* SPDX-License-Identifier: BSD-2-Clause */
/* test_pins.c: the names of instances and layouts, walking and removing a directory of pins. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "dp/pins.h"
#include "sys/bpf.h"

int sys_bpf_unpin(const char *path)		/* in place of src/sys */
{
	return unlink(path) ? -errno : 0;
}

static void instances(void **state)
{
	static const struct {
		const char *run_dir, *instance;
	} row[] = {
		{ "/run/twinwire", "twinwire" },
		{ "/run/twinwire/", "twinwire" },
		{ "/run/twinwire///", "twinwire" },
		{ "pe1", "pe1" },
		{ "/tmp/tw.pe1", "tw%2epe1" },
		{ "/tmp/a b_c-D", "a%20b_c-D" },
		{ "/tmp/50%2e", "50%252e" },		/* two directories never share an instance */
		{ "/tmp/\xc3\xa9", "%c3%a9" },
		{ "/tmp/x/..", "tmp" },
		{ "/tmp/.", "tmp" },
	};
	char out[PIN_INSTANCE];

	(void)state;
	mkdir("/tmp/x", 0700);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		assert_int_equal(pins_instance(row[i].run_dir, out), 0);
		assert_string_equal(out, row[i].instance);
	}
	rmdir("/tmp/x");
}

static void instances_that_cannot_be(void **state)
{
	char out[PIN_INSTANCE], longer[200];

	(void)state;
	assert_int_equal(pins_instance("/", out), -EINVAL);
	assert_int_equal(pins_instance("", out), -EINVAL);
	memset(longer, '.', sizeof(longer));
	longer[0] = '/';
	longer[199] = '\0';
	assert_int_equal(pins_instance(longer, out), -ENAMETOOLONG);
	longer[PIN_INSTANCE] = '\0';
	memset(longer + 1, 'a', PIN_INSTANCE - 1);
	assert_int_equal(pins_instance(longer, out), -ENAMETOOLONG);
	longer[PIN_INSTANCE - 3] = '\0';
	assert_int_equal(pins_instance(longer, out), 0);
	assert_int_equal(strlen(out), PIN_INSTANCE - 4);
}

static void versions(void **state)
{
	char out[32];

	(void)state;
	pins_version(1, 4096, out);
	assert_string_equal(out, "v1");
	pins_version(12, 64, out);
	assert_string_equal(out, "v12-64");
	pins_version(4294967295u, 1000000, out);
	assert_string_equal(out, "v4294967295-1000000");
}

static void count(void *arg, const char *path)
{
	(void)path;
	++*(int *)arg;
}

static void removing(void **state)
{
	char dir[] = "/tmp/tw-pins-XXXXXX", path[PIN_PATH], tight[300];
	int n = 0;

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (int i = 0; i < 5; i++) {
		char name[8] = { (char)('a' + i) };
		pins_path(path, dir, name);
		int fd = open(path, O_CREAT | O_WRONLY, 0600);
		assert_true(fd >= 0);
		close(fd);
	}
	assert_int_equal(pins_walk(dir, count, &n), 0);
	assert_int_equal(n, 5);
	n = 0;
	assert_int_equal(pins_remove(dir, count, &n), 0);
	assert_int_equal(n, 6);				/* and the directory */
	assert_int_not_equal(access(dir, F_OK), 0);
	assert_int_equal(pins_remove(dir, NULL, NULL), 0);
	assert_int_equal(pins_walk(dir, count, &n), -ENOENT);
	memset(tight, 'x', sizeof(tight) - 1);
	tight[sizeof(tight) - 1] = '\0';
	pins_path(path, tight, "y");			/* cut, not overrun */
	assert_int_equal(strlen(path), PIN_PATH - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instances),
		cmocka_unit_test(instances_that_cannot_be),
		cmocka_unit_test(versions),
		cmocka_unit_test(removing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
