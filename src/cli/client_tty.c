/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client_tty.c: the terminal as octets, a size and signals. Octets are read one at a time: what is typed or
 * pasted ahead stays with the kernel, which holds it back without loss and drops it at Ctrl-C.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/client.h"

static volatile sig_atomic_t interrupted, resized, ending;
static int back = -1;

static void on_signal(int sig)
{
	if (sig == SIGINT) {
		interrupted = 1;
		alarm(1);		/* see tty_write() */
	} else if (sig == SIGWINCH) {
		resized = 1;
	} else if (sig != SIGALRM) {
		ending = 1;
	}
}

void tty_start(void)
{
	static const int caught[] = { SIGINT, SIGWINCH, SIGALRM, SIGTERM, SIGHUP };
	static const int ignored[] = { SIGTSTP, SIGQUIT, SIGTTOU, SIGPIPE };
	struct sigaction sa = { .sa_handler = on_signal };	/* no SA_RESTART: waits end */
	sigset_t block;

	sigemptyset(&block);
	for (size_t i = 0; i < sizeof(caught) / sizeof(*caught); i++) {
		sigaction(caught[i], &sa, NULL);
		sigaddset(&block, caught[i]);
	}
	sigprocmask(SIG_BLOCK, &block, NULL);
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
}

bool tty_ending(void)
{
	return ending;
}

/* Takes what signals have brought; 0: nothing. ppoll() alone would let what was typed behind a Ctrl-C go first. */
static int noticed(void)
{
	sigset_t all_in, before;

	sigemptyset(&all_in);
	sigprocmask(SIG_SETMASK, &all_in, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (ending)
		return TTY_END;
	if (interrupted) {
		interrupted = 0;
		return TTY_INTERRUPT;
	}
	if (resized) {
		resized = 0;
		return TTY_RESIZED;
	}
	return 0;
}

int tty_wait(const int *fd, int n, int ms, int *why)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	struct pollfd p[2];
	sigset_t all_in;
	int got, ready = 0;

	sigemptyset(&all_in);
	for (int i = 0; i < n; i++)
		p[i] = (struct pollfd){ .fd = fd[i], .events = POLLIN };
	*why = noticed();
	if (*why)
		return 0;
	do
		got = ppoll(p, (nfds_t)n, ms < 0 ? NULL : &t, &all_in);
	while (got < 0 && errno == EINTR && !interrupted && !resized && !ending);
	*why = noticed();
	if (*why)
		return 0;
	*why = TTY_TIMEOUT;
	for (int i = 0; got > 0 && i < n; i++)
		ready |= p[i].revents ? 1 << i : 0;
	return ready;
}

/* At Ctrl-C the kernel throws away what the terminal has not read yet, and does not wake who waits for room there: a
 * write that signals do not end would wait for ever. One that is begun between the signal and the throwing away ends
 * with the alarm. */
void tty_write(const char *text, size_t len)
{
	sigset_t all_in, before;

	fflush(stdout);
	sigemptyset(&all_in);
	sigprocmask(SIG_SETMASK, &all_in, &before);
	while (len && !ending) {
		ssize_t n = write(STDOUT_FILENO, text, len);

		if (n < 0 && errno != EINTR)
			break;
		text += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
}

int tty_octet(const struct client *c, int ms, bool watch_engine)
{
	const int fd[] = { STDIN_FILENO, c->fd };
	unsigned char octet;
	int why, ready;

	if (back >= 0) {
		octet = (unsigned char)back;
		back = -1;
		return octet;
	}
	ready = tty_wait(fd, watch_engine ? 2 : 1, ms, &why);
	if (!ready)
		return why;
	if (ready & 2)
		return TTY_ENGINE;
	return read(STDIN_FILENO, &octet, 1) == 1 ? octet : TTY_END;
}

void tty_octet_back(int octet)
{
	back = octet;
}

void tty_size(unsigned int *rows, unsigned int *width)
{
	struct winsize w;

	*rows = 24;
	*width = 80;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) < 0)
		return;
	if (w.ws_row)
		*rows = w.ws_row;
	if (w.ws_col)
		*width = w.ws_col;
}

bool tty_keys(struct termios *before)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, before) < 0)
		return false;
	t = *before;
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	return tcsetattr(STDIN_FILENO, TCSADRAIN, &t) == 0;
}
