/* SPDX-License-Identifier: BSD-2-Clause */
/* spawn.c: a child by vfork, so that its start costs the same whatever the engine's memory; see spawn.h. */
#include "sys/spawn.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>

#include "base/fd.h"

#define PATIENCE_NS	(2ull * 1000000000)	/* between SIGINT and SIGKILL */
#define PIECE		16384

struct spawn {
	struct loop *loop;
	void (*out)(void *arg, const char *text, size_t len);
	void (*ended)(void *arg, int status);
	void *arg;
	pid_t pid;			/* and its process group */
	int pidfd, pipe;		/* pipe -1: at its end */
	bool interrupted, forgotten;
	struct timer patience;
};

/* ---- the child ---------------------------------------------------------------------------------------- */

/* Of all capabilities only CAP_NET_RAW, ambient if we have it. Between vfork and exec: system calls alone. */
static void leave_raw_only(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct has[2], keep[2] = { 0 };

	if (syscall(SYS_capget, &head, has))
		return;
	keep[0].permitted = has[0].permitted & 1u << CAP_NET_RAW;
	keep[0].effective = keep[0].inheritable = keep[0].permitted;
	if (syscall(SYS_capset, &head, keep)) {
		keep[0].inheritable = 0;	/* not in the bounding set */
		syscall(SYS_capset, &head, keep);
	}
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0);
}

/* Shares the parent's memory, which stands still until exec. */
static _Noreturn void become(const char *path, const char *const *argv, int out, int in, volatile int *err)
{
	static const char *const env[] = { "PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL=C.UTF-8", NULL };
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	leave_raw_only();
	if (dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(out, 2) == 2 && close_range(3, ~0u, 0) == 0 &&
	    chdir("/") == 0)
		execve(path, (char *const *)argv, (char *const *)env);
	*err = errno;
	_exit(127);
}

static pid_t start(const char *path, const char *const *argv, int out, int in, volatile int *err)
{
	pid_t pid = vfork();

	if (pid == 0)
		become(path, argv, out, in, err);
	return pid;
}

static bool find(const char *name, char path[256])
{
	static const char *const dirs[] = { "", "/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/" };

	for (size_t i = *name != '/'; i < sizeof(dirs) / sizeof(*dirs); i++)
		if (snprintf(path, 256, "%s%s", dirs[i], name) < 256 && access(path, X_OK) == 0)
			return true;
	return false;
}

/* ---- the parent ------------------------------------------------------------------------------------------ */

static void release(struct spawn *sp)
{
	timer_stop(sp->loop, &sp->patience);
	loop_fd_off(sp->loop, sp->pidfd);
	close(sp->pidfd);
	if (sp->pipe >= 0) {
		loop_fd_off(sp->loop, sp->pipe);
		close(sp->pipe);
	}
	free(sp);
}

/* One piece; false: there is none now. */
static bool piece(struct spawn *sp)
{
	char text[PIECE];
	ssize_t n = read(sp->pipe, text, sizeof(text));

	if (n > 0) {
		sp->out(sp->arg, text, (size_t)n);
		return true;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	loop_fd_off(sp->loop, sp->pipe);
	fd_done(&sp->pipe);
	return false;
}

static void on_output(void *arg, uint32_t events)
{
	(void)events;
	piece(arg);
}

static void on_end(void *arg, uint32_t events)
{
	struct spawn *sp = arg;
	int status = 0;

	(void)events;
	if (waitpid(sp->pid, &status, WNOHANG) == 0)
		return;
	while (!sp->forgotten && sp->pipe >= 0 && piece(sp))
		;
	if (!sp->forgotten)
		sp->ended(sp->arg, status);
	release(sp);
}

static void out_of_patience(void *arg, uint64_t now_ns)
{
	struct spawn *sp = arg;

	(void)now_ns;
	kill(-sp->pid, SIGKILL);
}

void spawn_stop(struct spawn *sp)
{
	kill(-sp->pid, sp->interrupted ? SIGKILL : SIGINT);
	if (!sp->interrupted)
		timer_set(sp->loop, &sp->patience, loop_now(sp->loop) + PATIENCE_NS);
	sp->interrupted = true;
}

void spawn_hold(struct spawn *sp, bool hold)
{
	if (sp->pipe >= 0)
		loop_fd(sp->loop, sp->pipe, hold ? 0 : EPOLLIN, on_output, sp);
}

void spawn_free(struct spawn *sp)
{
	sp->forgotten = true;
	kill(-sp->pid, SIGKILL);	/* on_end() takes the rest */
	if (sp->pipe >= 0) {
		loop_fd_off(sp->loop, sp->pipe);
		fd_done(&sp->pipe);
	}
}

/* The child runs: watches it. On failure it is killed. */
static int watch(struct spawn *sp)
{
	int err;

	sp->pidfd = pidfd_open(sp->pid, 0);
	err = sp->pidfd < 0 ? -errno : loop_fd(sp->loop, sp->pidfd, EPOLLIN, on_end, sp);
	if (!err)
		err = loop_fd(sp->loop, sp->pipe, EPOLLIN, on_output, sp);
	if (!err)
		return 0;
	kill(-sp->pid, SIGKILL);
	waitpid(sp->pid, NULL, 0);
	return err;
}

int sys_spawn(struct loop *l, const char *const *argv, void (*out)(void *arg, const char *text, size_t len),
	      void (*ended)(void *arg, int status), void *arg, struct spawn **ret)
{
	auto_fd null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	auto_fd from = -1;
	auto_fd to = -1;
	struct spawn *sp;
	volatile int failed = 0;
	char path[256];
	int ends[2], err = 0;

	if (!find(argv[0], path))
		return -ENOENT;
	if (null < 0 || pipe2(ends, O_CLOEXEC))
		return -errno;
	from = ends[0];
	to = ends[1];
	sp = calloc(1, sizeof(*sp));
	if (!sp || fcntl(from, F_SETFL, O_NONBLOCK) < 0) {
		free(sp);
		return -ENOMEM;
	}
	*sp = (struct spawn){ .loop = l, .out = out, .ended = ended, .arg = arg, .pidfd = -1, .pipe = from };
	sp->patience.fn = out_of_patience;
	sp->patience.arg = sp;
	sp->pid = start(path, argv, to, null, &failed);
	if (sp->pid < 0)
		err = -errno;
	else if (failed)
		waitpid(sp->pid, NULL, 0);
	else
		err = watch(sp);
	if (err || failed) {
		loop_fd_off(l, sp->pipe);
		if (sp->pidfd >= 0) {
			loop_fd_off(l, sp->pidfd);
			close(sp->pidfd);
		}
		free(sp);
		return err ? err : -failed;
	}
	fd_give(&from);
	*ret = sp;
	return 0;
}
