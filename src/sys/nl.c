/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nl.c: a netlink conversation: one request, its answers, its verdict.
 */
#include "sys/nl.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"

struct nlmsghdr *nl_begin(void *buf, uint16_t type, uint16_t flags, size_t extra, void **ret_extra)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = 1;
	*ret_extra = mnl_nlmsg_put_extra_header(nlh, extra);
	return nlh;
}

struct wanted {
	const struct nlattr **tb;
	uint16_t max;
};

static int collect(const struct nlattr *attr, void *data)
{
	const struct wanted *w = data;
	uint16_t type = mnl_attr_get_type(attr);

	if (type <= w->max)
		w->tb[type] = attr;
	return MNL_CB_OK;
}

bool nl_parse_bytes(const void *p, size_t len, const struct nlattr **tb, uint16_t max)
{
	return mnl_attr_parse_payload(p, len, collect, &(struct wanted){ tb, max }) >= 0;
}

bool nl_parse(const struct nlmsghdr *nlh, size_t head, const struct nlattr **tb, uint16_t max)
{
	size_t len = mnl_nlmsg_get_payload_len(nlh), skip = MNL_ALIGN(head);

	if (len < head)
		return false;
	return len <= skip || nl_parse_bytes((const char *)mnl_nlmsg_get_payload(nlh) + skip, len - skip, tb, max);
}

bool nl_parse_nested(const struct nlattr *nest, const struct nlattr **tb, uint16_t max)
{
	return nest && nl_parse_bytes(mnl_attr_get_payload(nest), mnl_attr_get_payload_len(nest), tb, max);
}

/* 1: more to come, 0: done, or -errno */
static int one_message(const struct nlmsghdr *nlh, int (*fn)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		return -EINTR;
	if (nlh->nlmsg_type == NLMSG_DONE) {
		const int *rc = mnl_nlmsg_get_payload(nlh);

		return mnl_nlmsg_get_payload_len(nlh) >= sizeof(*rc) && *rc < 0 ? *rc : 0;
	}
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);

		return mnl_nlmsg_get_payload_len(nlh) < sizeof(e->error) ? -EBADMSG : e->error;
	}
	if (fn) {
		int rc = fn(nlh, arg);

		if (rc < 0)
			return rc;
	}
	return 1;
}

static int answers(int fd, int (*fn)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	_Alignas(struct nlmsghdr) char buf[NL_ANSWER];

	for (;;) {
		ssize_t n = recv(fd, buf, sizeof(buf), 0);
		const struct nlmsghdr *nlh = (const void *)buf;
		int left = (int)n, rc;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
			rc = one_message(nlh, fn, arg);
			if (rc <= 0)
				return rc;
		}
	}
}

int nl_talk(int bus, struct nlmsghdr *req, int (*fn)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	auto_fd fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, bus);
	int one = 1;

	if (fd < 0)
		return -errno;
	/* old kernels have neither; both only make answers shorter and checks stricter */
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	if ((req->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		req->nlmsg_flags |= NLM_F_ACK;
	if (sendto(fd, req, req->nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return -errno;
	return answers(fd, fn, arg);
}
