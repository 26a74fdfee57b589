/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files, the lock, local sockets, the notify protocol; in a directory of the test's own. As root also
 * on a full file system. Built with fault points.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "sys/file.h"
#include "sys/notify.h"
#include "sys/unixsock.h"

static char dir[64], path[96];

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/twsys-file-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/it", dir);
	return 0;
}

static int n_entries(void)
{
	char cmd[128], out[16] = "";
	FILE *f;

	snprintf(cmd, sizeof(cmd), "ls -A %s | wc -l", dir);
	f = popen(cmd, "r");
	assert_non_null(fgets(out, sizeof(out), f));
	pclose(f);
	return atoi(out);
}

static void remove_temporary(void)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "rm %s/it.*", dir);
	assert_int_equal(system(cmd), 0);
}

static int teardown(void **state)
{
	char cmd[128];

	(void)state;
	unsetenv("TW_FAULT");
	umount2(dir, MNT_DETACH);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	return system(cmd);
}

static void assert_content(const char *want)
{
	auto_free char *got = NULL;
	size_t len;

	assert_int_equal(sys_file_read(path, 1 << 20, &got, &len), 0);
	assert_int_equal(len, strlen(want));
	assert_string_equal(got, want);
}

/* ---- reading and replacing ----------------------------------------------------------------- */

static void read_is_bounded(void **state)
{
	char big[9000];
	char *got = NULL;
	size_t len = 0;

	(void)state;
	memset(big, 'x', sizeof(big));
	assert_int_equal(sys_file_read(path, 100, &got, &len), -ENOENT);
	assert_int_equal(sys_file_read(dir, 100, &got, &len), -EISDIR);
	assert_int_equal(sys_file_replace(path, big, sizeof(big), 0640), 0);
	assert_int_equal(sys_file_read(path, sizeof(big) - 1, &got, &len), -EFBIG);
	assert_null(got);
	assert_int_equal(sys_file_read(path, sizeof(big), &got, &len), 0);
	assert_int_equal(len, sizeof(big));
	assert_memory_equal(got, big, len);
	assert_int_equal(got[len], 0);
	free(got);
	assert_int_equal(sys_file_replace(path, "", 0, 0640), 0);
	assert_content("");
	assert_int_equal(sys_file_read("/proc/self/status", 1 << 20, &got, &len), 0);	/* tells no size */
	assert_true(len > 100);
	free(got);
}

static void replace_is_whole(void **state)
{
	char link[160];
	struct stat st;

	(void)state;
	assert_int_equal(sys_file_replace(path, "old", 3, 0640), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(sys_file_replace(path, "newer", 5, 0600), 0);
	assert_content("newer");
	snprintf(link, sizeof(link), "%s/link", dir);
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(sys_file_replace(link, "by link", 7, 0640), 0);
	assert_content("by link");
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(n_entries(), 2);
	assert_int_equal(sys_file_replace("/nowhere/at/all", "x", 1, 0640), -ENOENT);
}

static void fault_leaves_the_old_file(void **state)
{
	static const char *const points[] = { "file.write", "file.write.half", "file.sync", "file.rename" };

	(void)state;
	assert_int_equal(sys_file_replace(path, "old", 3, 0640), 0);
	for (int i = 0; i < 4; i++) {
		char fault[64];
		pid_t pid;
		int status;

		snprintf(fault, sizeof(fault), "%s:1:%d", points[i], EIO);
		setenv("TW_FAULT", fault, 1);
		pid = fork();			/* a child each: passes are counted from its start */
		if (!pid) {
			int first = sys_file_replace(path, "new", 3, 0640);

			_exit(first == -EIO && n_entries() == 1 ? 0 : 1);
		}
		waitpid(pid, &status, 0);
		assert_int_equal(status, 0);
		unsetenv("TW_FAULT");
		assert_content("old");

		snprintf(fault, sizeof(fault), "%s:2:die", points[i]);	/* the second pass */
		setenv("TW_FAULT", fault, 1);
		pid = fork();
		if (!pid) {
			sys_file_replace(path, "old", 3, 0640);
			sys_file_replace(path, "new", 3, 0640);
			_exit(0);
		}
		waitpid(pid, &status, 0);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		unsetenv("TW_FAULT");
		assert_content("old");
		assert_int_equal(n_entries(), 2);	/* and the temporary file of the dead */
		remove_temporary();
	}
}

/* A file in parts: the old one is there until the end, and stays if the end does not come. */
static void parts_are_one_file(void **state)
{
	struct sys_new_file *f;

	(void)state;
	assert_int_equal(sys_file_replace(path, "old", 3, 0640), 0);
	assert_int_equal(sys_file_begin(&f, path, 0640), 0);
	assert_int_equal(sys_file_part(f, "one ", 4), 0);
	assert_int_equal(sys_file_part(f, "two", 3), 0);
	assert_content("old");
	assert_int_equal(sys_file_end(f, true), 0);
	assert_content("one two");
	assert_int_equal(sys_file_begin(&f, path, 0640), 0);
	assert_int_equal(sys_file_part(f, "lost", 4), 0);
	assert_int_equal(sys_file_end(f, false), 0);
	assert_content("one two");
	assert_int_equal(n_entries(), 1);
	assert_int_equal(sys_file_begin(&f, "/nowhere/at/all", 0640), -ENOENT);
}

/* What is wanted may stand in a file, and change while the process runs. */
static void faults_from_a_file(void **state)
{
	char spec[160], at[170];

	(void)state;
	snprintf(spec, sizeof(spec), "%s.fault", path);
	snprintf(at, sizeof(at), "@%s", spec);
	setenv("TW_FAULT", at, 1);
	assert_int_equal(sys_file_write(path, 0, "a", 1, 0640), 0);	/* no such file: nothing is wanted */
	assert_int_equal(sys_file_replace(spec, "*:2:5", 5, 0640), 0);
	assert_int_equal(sys_file_write(path, 1, "b", 1, 0640), -EIO);
	assert_int_equal(sys_file_write(path, 1, "b", 1, 0640), 0);
	setenv("TW_FAULT", "append.done:1:28", 1);
	assert_int_equal(sys_file_write(path, 2, "c", 1, 0640), -ENOSPC);
	unsetenv("TW_FAULT");
	assert_content("ab");
	unlink(spec);
}

/* Names of who is at the other end. */
static void peers_have_names(void **state)
{
	char name[33] = "as it was";

	(void)state;
	assert_true(sys_user_name(0, name, sizeof(name)));
	assert_string_equal(name, "root");
	assert_false(sys_user_name(3999999999u, name, sizeof(name)));
	assert_string_equal(name, "root");
	assert_false(sys_terminal(1, name, sizeof(name)) && !strncmp(name, "root", 4));
	assert_false(sys_terminal(0x3fffffff, name, sizeof(name)));
}

static void append_is_whole(void **state)
{
	(void)state;
	assert_int_equal(sys_file_write(path, 4, "x", 1, 0640), -ESTALE);	/* not there */
	assert_int_equal(sys_file_write(path, 0, "one\n", 4, 0640), 0);
	assert_int_equal(sys_file_write(path, 4, "two\n", 4, 0640), 0);
	assert_content("one\ntwo\n");
	setenv("TW_FAULT", "append.sync:1:5", 1);
	assert_int_equal(sys_file_write(path, 8, "lost\n", 5, 0640), -EIO);	/* written, then cut off */
	unsetenv("TW_FAULT");
	assert_content("one\ntwo\n");
	assert_int_equal(sys_file_write(path, 8, "three\n", 6, 0640), 0);
	assert_content("one\ntwo\nthree\n");
	assert_int_equal(sys_file_write(path, 4, "2\n", 2, 0640), 0);		/* what stood behind goes */
	assert_content("one\n2\n");
	assert_int_equal(sys_file_write(path, 7, "x", 1, 0640), -ESTALE);
	assert_content("one\n2\n");
	assert_int_equal(sys_file_write("/nowhere/journal", 0, "x", 1, 0640), -ENOENT);
}

static void unsynced_append_is_whole(void **state)
{
	(void)state;
	assert_int_equal(sys_file_append(path, 4, "x", 1, 0640), -ESTALE);	/* not there */
	assert_int_equal(sys_file_append(path, 0, "one\n", 4, 0640), 0);
	assert_int_equal(sys_file_append(path, 4, "two\n", 4, 0640), 0);
	assert_content("one\ntwo\n");
	setenv("TW_FAULT", "unsynced.write.half:1:28", 1);
	assert_int_equal(sys_file_append(path, 8, "lost\n", 5, 0640), -ENOSPC);	/* half of it written, then cut off */
	unsetenv("TW_FAULT");
	assert_content("one\ntwo\n");
	assert_int_equal(sys_file_append(path, 4, "2\n", 2, 0640), -ESTALE);	/* not its end */
	assert_int_equal(sys_file_append(path, 9, "3\n", 2, 0640), -ESTALE);
	assert_content("one\ntwo\n");
	assert_int_equal(sys_file_append(path, 0, "new\n", 4, 0640), 0);
	assert_content("new\n");
	assert_int_equal(sys_file_append("/nowhere/switches", 0, "x", 1, 0640), -ENOENT);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/nowhere/switches", path), 0);
	assert_int_equal(sys_file_append(path, 0, "x", 1, 0640), -ELOOP);
	assert_int_equal(unlink(path), 0);
}

static void full_disk(void **state)
{
	static char big[256 << 10];
	struct stat st;
	int rc = 0, n = 0;

	(void)state;
	if (geteuid())
		return;
	assert_int_equal(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mount("tmpfs", dir, "tmpfs", 0, "size=128k"), 0);
	memset(big, 'b', sizeof(big));
	assert_int_equal(sys_file_replace(path, "old", 3, 0640), 0);
	assert_int_equal(sys_file_replace(path, big, sizeof(big), 0640), -ENOSPC);
	assert_content("old");
	assert_int_equal(n_entries(), 1);

	while (!(rc = sys_file_write(path, 3 + (uint64_t)n * 5000, big, 5000, 0640)))
		n++;
	assert_int_equal(rc, -ENOSPC);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 3 + n * 5000);	/* the part that fitted is cut off */
	assert_int_equal(sys_file_write(path, 3, "", 0, 0640), 0);
	assert_content("old");
}

/* ---- the lock ------------------------------------------------------------------------------ */

static void lock_has_one_holder(void **state)
{
	int fd = -1, other = -1, owner = 0, ready[2], status;
	char c;
	pid_t pid;

	(void)state;
	assert_int_equal(sys_lock_take(path, &fd, &owner), 0);
	assert_int_equal(sys_lock_take(path, &other, &owner), -EBUSY);	/* in this process, too */
	assert_int_equal(owner, getpid());
	assert_int_equal(other, -1);
	close(open(path, O_RDONLY));
	assert_int_equal(sys_lock_take(path, &other, &owner), -EBUSY);
	fd_done(&fd);

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (!pid) {
		sys_lock_take(path, &fd, &owner);
		status = (int)write(ready[1], "x", 1);
		pause();
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(sys_lock_take(path, &fd, &owner), -EBUSY);
	assert_int_equal(owner, pid);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	assert_int_equal(sys_lock_take(path, &fd, &owner), 0);	/* the dead hold nothing */
	fd_done(&fd);
	fd_done(&ready[0]);
	fd_done(&ready[1]);
	assert_int_equal(sys_lock_take("/nowhere/lock", &fd, &owner), -ENOENT);
}

/* ---- local sockets -------------------------------------------------------------------------- */

static void unix_sockets(void **state)
{
	char far[200];
	struct sys_peer peer = { 0 };
	struct stat st;
	int l, c, s;
	char buf[8];

	(void)state;
	umask(077);
	l = sys_unix_listen(path);
	umask(022);
	assert_true(l >= 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(sys_unix_accept(l, &peer), -EAGAIN);
	c = sys_unix_connect(path);
	assert_true(c >= 0);
	s = sys_unix_accept(l, &peer);
	assert_true(s >= 0);
	assert_true(peer.pid == getpid() && peer.uid == geteuid() && peer.gid == getegid());
	assert_int_equal(write(c, "hello", 5), 5);
	assert_int_equal(read(s, buf, sizeof(buf)), 5);
	assert_int_equal(read(s, buf, sizeof(buf)), -1);	/* non-blocking */
	assert_int_equal(errno, EAGAIN);
	close(s);
	close(c);
	close(l);
	assert_int_equal(sys_unix_connect(path), -ECONNREFUSED);
	l = sys_unix_listen(path);		/* what was left behind is replaced */
	assert_true(l >= 0);
	close(l);
	unlink(path);
	assert_int_equal(sys_unix_connect(path), -ENOENT);
	assert_int_equal(sys_file_replace(path, "file", 4, 0640), 0);
	assert_int_equal(sys_unix_listen(path), -EEXIST);	/* a file is not ours to remove */
	memset(far, 'x', sizeof(far) - 1);
	far[sizeof(far) - 1] = 0;
	assert_int_equal(sys_unix_listen(far), -ENAMETOOLONG);
	assert_int_equal(sys_unix_connect(""), -EINVAL);
}

static void notify_speaks(void **state)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	auto_fd fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char buf[64] = "";

	(void)state;
	unsetenv("NOTIFY_SOCKET");
	assert_int_equal(sys_notify("READY=1"), 0);
	strcpy(sa.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	setenv("NOTIFY_SOCKET", path, 1);
	assert_int_equal(sys_notify("READY=1\nSTATUS=2 circuits"), 1);
	assert_int_equal(recv(fd, buf, sizeof(buf), MSG_DONTWAIT), 25);
	assert_string_equal(buf, "READY=1\nSTATUS=2 circuits");
	setenv("NOTIFY_SOCKET", "relative", 1);
	assert_int_equal(sys_notify("READY=1"), -EINVAL);
	setenv("NOTIFY_SOCKET", "/nowhere/notify", 1);
	assert_int_equal(sys_notify("READY=1"), -ENOENT);
	setenv("NOTIFY_SOCKET", "@nobody-listens-here", 1);
	assert_int_equal(sys_notify("READY=1"), -ECONNREFUSED);
	unsetenv("NOTIFY_SOCKET");
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(read_is_bounded),
		CASE(replace_is_whole),
		CASE(fault_leaves_the_old_file),
		CASE(parts_are_one_file),
		CASE(faults_from_a_file),
		CASE(peers_have_names),
		CASE(append_is_whole),
		CASE(unsynced_append_is_whole),
		CASE(full_disk),
		CASE(lock_has_one_holder),
		CASE(unix_sockets),
		CASE(notify_speaks),
	};

	if (!geteuid() && unshare(CLONE_NEWNS))		/* the tmpfs is nobody else's */
		return 1;
	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
