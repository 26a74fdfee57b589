/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * capture.c: frames of one port to a file, as they enter and leave, also in native XDP where tcpdump
 * sees nothing. The programs copy out only while ctl.capture is set.
 */
#include "dp/inner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "dp/pcapng.h"
#include "sys/bpf.h"

#define BUFFER		(256u * 1024)

struct capture {
	struct dp *d;
	struct sys_ring *ring;
	int fd;
	uint32_t ifindex, count;
	uint64_t frames, lost;
	uint64_t wall_ns;		/* what the kernel's clock lacks to the wall's */
	uint8_t *buf;
	size_t used;
	int err;
	bool full;			/* @count reached */
	void (*done)(void *arg, uint64_t frames, int err);
	void *arg;
};

static void flush_buf(struct capture *c)
{
	for (size_t at = 0; at < c->used && !c->err;) {
		ssize_t n = write(c->fd, c->buf + at, c->used - at);
		if (n < 0 && errno != EINTR)
			c->err = -errno;
		else if (n > 0)
			at += (size_t)n;
	}
	c->used = 0;
}

/* A tag that the kernel holds beside the frame goes back to where it stands on the wire. */
static uint32_t in_line(const struct tw_cap_head *h, const uint8_t *data, uint8_t *out)
{
	uint8_t tag[4] = { h->tpid >> 8, h->tpid & 0xff, h->tci >> 8, h->tci & 0xff };

	if (!h->tpid || h->caplen < 12) {
		memcpy(out, data, h->caplen);
		return h->caplen;
	}
	memcpy(out, data, 12);
	memcpy(out + 12, tag, 4);
	memcpy(out + 16, data + 12, h->caplen - 12);
	return h->caplen + 4;
}

static void on_frame(void *arg, const void *rec, uint32_t len)
{
	struct capture *c = arg;
	struct tw_cap_head h;
	uint8_t frame[PCAPNG_SNAPLEN + 4];
	char comment[96];

	if (len < sizeof(h) || c->full || c->err)
		return;
	memcpy(&h, rec, sizeof(h));
	c->lost += h.lost;
	if (h.ifindex != c->ifindex)
		return;
	if (h.caplen > len - sizeof(h))
		h.caplen = len - (uint32_t)sizeof(h);
	if (h.caplen > PCAPNG_SNAPLEN)
		h.caplen = PCAPNG_SNAPLEN;
	uint32_t caplen = in_line(&h, (const uint8_t *)rec + sizeof(h), frame);
	struct pcapng_frame f = {
		.when_ns = h.when + c->wall_ns,
		.len = h.len > caplen ? h.len : caplen,
		.caplen = caplen,
		.dir = h.dir ? PCAPNG_OUT : PCAPNG_IN,
		.comment = h.reason ? comment : NULL,
		.data = frame,
	};
	snprintf(comment, sizeof(comment), "%s: %s", dp_drop_passes(h.reason) ? "left to the kernel" : "dropped",
		 dp_drop_name(h.reason));
	if (c->used + PCAPNG_FRAME_MAX(caplen) > BUFFER)
		flush_buf(c);
	c->used += pcapng_frame(c->buf + c->used, &f);
	c->full = ++c->frames == c->count;
}

static void on_ring(void *arg, uint32_t events)
{
	struct capture *c = arg;

	(void)events;
	sys_ring_consume(c->ring);
	flush_buf(c);
	if (c->full || c->err)
		dp_capture_stop(c->d);
}

static uint64_t clock_now(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Only a regular file, and never through a link somebody laid there. */
static int open_file(const char *path)
{
	struct stat st;
	auto_fd fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0640);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (ftruncate(fd, 0))
		return -errno;
	return fd_give(&fd);
}

static void capture_free(struct capture *c)
{
	sys_ring_close(c->ring);
	fd_done(&c->fd);
	free(c->buf);
	free(c);
}

static void switch_on(struct dp *d, uint32_t ifindex, uint32_t how)
{
	struct tw_ctl *ctl = ROW(d, CTL, struct tw_ctl, 0);

	__atomic_store_n(&ctl->capture_ifindex, ifindex, __ATOMIC_RELEASE);
	__atomic_store_n(&ctl->capture, how, __ATOMIC_RELEASE);
}

int dp_capture_start(struct dp *d, uint32_t ifindex, const char *ifname, uint32_t count, bool drops, const char *path,
		     void (*done)(void *arg, uint64_t frames, int err), void *arg)
{
	int rc;

	if (d->capture)
		return -EBUSY;
	struct capture *c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	*c = (struct capture){ .d = d, .fd = -1, .ifindex = ifindex, .count = count, .done = done, .arg = arg };
	c->wall_ns = clock_now(CLOCK_REALTIME) - clock_now(CLOCK_MONOTONIC);
	c->buf = malloc(BUFFER);
	rc = c->buf ? 0 : -ENOMEM;
	if (!rc && (c->fd = open_file(path)) < 0)
		rc = c->fd;
	if (!rc)
		rc = sys_ring_open(&c->ring, d->set.map[MAP_CAPTURE].fd, on_frame, c);
	if (!rc)
		rc = loop_fd(d->loop, sys_ring_fd(c->ring), EPOLLIN, on_ring, c);
	if (rc) {
		capture_free(c);
		return rc;
	}
	c->used = pcapng_head(c->buf, "twinwire " TW_VERSION, ifname);
	d->capture = c;
	switch_on(d, ifindex, drops ? TW_CAP_DROPS : TW_CAP_ON);
	return 0;
}

void dp_capture_stop(struct dp *d)
{
	struct capture *c = d->capture;

	if (!c)
		return;
	switch_on(d, 0, 0);
	sys_ring_consume(c->ring);	/* what was copied out before the switch */
	flush_buf(c);
	loop_fd_off(d->loop, sys_ring_fd(c->ring));
	d->capture = NULL;
	if (c->lost)
		log_event(LOG_P_WARNING, "capture-lost", "frames=%llu", (unsigned long long)c->lost);
	if (c->done)
		c->done(c->arg, c->frames, c->err);
	capture_free(c);
}
