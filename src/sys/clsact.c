/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clsact.c: tc by netlink: the clsact qdisc and one direct-action bpf filter, found by its handle and
 * priority. The kernel tells a filter's program tag to anyone, so nothing is opened by id.
 */
#include "sys/clsact.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "sys/nl.h"

#define INGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define EGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)
#define REQUEST(name) _Alignas(struct nlmsghdr) char name[NL_REQUEST]

static struct nlmsghdr *begin(void *buf, uint16_t type, uint16_t flags, uint32_t ifindex, struct tcmsg **ret)
{
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, type, flags, sizeof(struct tcmsg), &extra);

	*ret = extra;
	(*ret)->tcm_family = AF_UNSPEC;
	(*ret)->tcm_ifindex = (int)ifindex;
	return nlh;
}

static int qdisc(uint16_t type, uint16_t flags, uint32_t ifindex)
{
	struct tcmsg *t;
	REQUEST(buf);
	struct nlmsghdr *nlh = begin(buf, type, flags, ifindex, &t);

	t->tcm_parent = TC_H_CLSACT;
	t->tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
	mnl_attr_put_strz(nlh, TCA_KIND, "clsact");
	return nl_talk(NETLINK_ROUTE, nlh, NULL, NULL);
}

int clsact_qdisc_add(uint32_t ifindex)
{
	return qdisc(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, ifindex);
}

int clsact_qdisc_del(uint32_t ifindex)
{
	return qdisc(RTM_DELQDISC, 0, ifindex);
}

static struct nlmsghdr *begin_filter(void *buf, uint16_t type, uint16_t flags, uint32_t ifindex)
{
	struct tcmsg *t;
	struct nlmsghdr *nlh = begin(buf, type, flags, ifindex, &t);

	t->tcm_parent = INGRESS;
	t->tcm_handle = CLSACT_HANDLE;
	t->tcm_info = TC_H_MAKE(CLSACT_PRIORITY << 16, htons(ETH_P_ALL));
	mnl_attr_put_strz(nlh, TCA_KIND, "bpf");
	return nlh;
}

int clsact_filter_set(uint32_t ifindex, int prog_fd)
{
	REQUEST(buf);
	struct nlmsghdr *nlh = begin_filter(buf, RTM_NEWTFILTER, NLM_F_CREATE, ifindex);
	struct nlattr *options = mnl_attr_nest_start(nlh, TCA_OPTIONS);

	mnl_attr_put_u32(nlh, TCA_BPF_FD, (uint32_t)prog_fd);
	mnl_attr_put_strz(nlh, TCA_BPF_NAME, "twinwire");
	mnl_attr_put_u32(nlh, TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
	mnl_attr_nest_end(nlh, options);
	return nl_talk(NETLINK_ROUTE, nlh, NULL, NULL);
}

/* Without a qdisc the kernel says EINVAL, without the priority or the handle ENOENT. */
int clsact_filter_del(uint32_t ifindex)
{
	uint8_t tag[8];
	REQUEST(buf);
	int rc = clsact_filter_tag(ifindex, tag);

	return rc ? rc : nl_talk(NETLINK_ROUTE, begin_filter(buf, RTM_DELTFILTER, 0, ifindex), NULL, NULL);
}

static int take_tag(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[TCA_MAX + 1] = { NULL }, *opt[TCA_BPF_MAX + 1] = { NULL };

	if (nlh->nlmsg_type == RTM_NEWTFILTER && nl_parse(nlh, sizeof(struct tcmsg), tb, TCA_MAX) &&
	    nl_parse_nested(tb[TCA_OPTIONS], opt, TCA_BPF_MAX) && nl_holds(opt[TCA_BPF_TAG], 8))
		memcpy(arg, mnl_attr_get_payload(opt[TCA_BPF_TAG]), 8);
	return 0;
}

int clsact_filter_tag(uint32_t ifindex, uint8_t tag[8])
{
	uint8_t got[8] = { 0 }, none[8] = { 0 };
	REQUEST(buf);
	int rc = nl_talk(NETLINK_ROUTE, begin_filter(buf, RTM_GETTFILTER, 0, ifindex), take_tag, got);

	if (rc == -EINVAL || (!rc && !memcmp(got, none, 8)))
		rc = -ENOENT;
	if (!rc)
		memcpy(tag, got, 8);
	return rc;
}

static int count_filter(const struct nlmsghdr *nlh, void *arg)
{
	*(int *)arg += nlh->nlmsg_type == RTM_NEWTFILTER;
	return 0;
}

int clsact_unused(uint32_t ifindex, bool *unused)
{
	static const uint32_t parents[] = { INGRESS, EGRESS };
	int n = 0;

	for (int i = 0; i < 2; i++) {
		struct tcmsg *t;
		REQUEST(buf);
		struct nlmsghdr *nlh = begin(buf, RTM_GETTFILTER, NLM_F_DUMP, ifindex, &t);
		int rc;

		t->tcm_parent = parents[i];
		rc = nl_talk(NETLINK_ROUTE, nlh, count_filter, &n);
		if (rc)
			return rc;
	}
	*unused = !n;
	return 0;
}
