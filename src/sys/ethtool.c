/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ethtool.c: SIOCETHTOOL, and the netdev generic netlink family for what XDP can do.
 *
 * Features are bits whose numbers differ between kernels; their names do not, so each call looks up
 * the name's position first.
 */
#include "sys/ethtool.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/genetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "sys/nl.h"

#define FEATURES_MAX 1024		/* strings believed */

static int request(int fd, const char *ifname, void *cmd)
{
	struct ifreq ifr = { .ifr_data = cmd };

	if (!ifname[0] || strlen(ifname) >= IFNAMSIZ)
		return -ENODEV;
	strcpy(ifr.ifr_name, ifname);
	return ioctl(fd, SIOCETHTOOL, &ifr) < 0 ? -errno : 0;
}

static int ask(const char *ifname, void *cmd)
{
	auto_fd fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : request(fd, ifname, cmd);
}

int sys_ethtool_driver(const char *ifname, char out[32])
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	int rc = ask(ifname, &info);

	if (rc)
		return rc;
	memcpy(out, info.driver, 31);
	out[31] = 0;
	return 0;
}

int sys_ethtool_carrier(const char *ifname, bool *up)
{
	struct ethtool_value v = { .cmd = ETHTOOL_GLINK };
	int rc = ask(ifname, &v);

	if (!rc)
		*up = v.data;
	return rc;
}

/* ---- features ---------------------------------------------------------------------------- */

static const char *const names[OFF__N] = {
	[OFF_RX_VLAN_STRIP] = "rx-vlan-hw-parse",
	[OFF_RX_VLAN_FILTER] = "rx-vlan-filter",
	[OFF_LRO] = "rx-lro",
	[OFF_GRO_HW] = "rx-gro-hw",
	[OFF_GRO] = "rx-gro",
};

static int count_features(int fd, const char *ifname, uint32_t *n)
{
	_Alignas(struct ethtool_sset_info) char buf[sizeof(struct ethtool_sset_info) + 4] = { 0 };
	struct ethtool_sset_info *info = (void *)buf;
	int rc;

	info->cmd = ETHTOOL_GSSET_INFO;
	info->sset_mask = 1ull << ETH_SS_FEATURES;
	rc = request(fd, ifname, info);
	if (rc)
		return rc;
	if (!info->sset_mask || !info->data[0] || info->data[0] > FEATURES_MAX)
		return -EOPNOTSUPP;
	*n = info->data[0];
	return 0;
}

/* *bit: the position of feature @f among *n, -1 when this kernel does not know it. */
static int find_feature(int fd, const char *ifname, enum sys_offload f, uint32_t *n, int *bit)
{
	auto_free struct ethtool_gstrings *s = NULL;
	int rc = count_features(fd, ifname, n);

	if (rc)
		return rc;
	s = calloc(1, sizeof(*s) + (size_t)*n * ETH_GSTRING_LEN);
	if (!s)
		return -ENOMEM;
	s->cmd = ETHTOOL_GSTRINGS;
	s->string_set = ETH_SS_FEATURES;
	s->len = *n;
	rc = request(fd, ifname, s);
	*bit = -1;
	for (uint32_t i = 0; !rc && i < *n; i++)
		if (!strncmp((char *)s->data + (size_t)i * ETH_GSTRING_LEN, names[f], ETH_GSTRING_LEN))
			*bit = (int)i;
	return rc;
}

static int read_feature(int fd, const char *ifname, uint32_t n, int bit, bool *active, bool *changeable)
{
	uint32_t blocks = (n + 31) / 32, mask = 1u << (bit % 32);
	auto_free struct ethtool_gfeatures *g = calloc(1, sizeof(*g) + blocks * sizeof(g->features[0]));
	int rc;

	if (!g)
		return -ENOMEM;
	g->cmd = ETHTOOL_GFEATURES;
	g->size = blocks;
	rc = request(fd, ifname, g);
	if (rc)
		return rc;
	*active = g->features[bit / 32].active & mask;
	*changeable = g->features[bit / 32].available & ~g->features[bit / 32].never_changed & mask;
	return 0;
}

int sys_offload_get(const char *ifname, enum sys_offload f, bool *active, bool *changeable)
{
	auto_fd fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint32_t n;
	int bit, rc;

	if (fd < 0)
		return -errno;
	rc = find_feature(fd, ifname, f, &n, &bit);
	if (!rc && bit >= 0)
		return read_feature(fd, ifname, n, bit, active, changeable);
	if (rc && rc != -EOPNOTSUPP)
		return rc;
	*active = *changeable = false;
	return 0;
}

static int write_feature(int fd, const char *ifname, uint32_t n, int bit, bool on)
{
	uint32_t blocks = (n + 31) / 32, mask = 1u << (bit % 32);
	auto_free struct ethtool_sfeatures *s = calloc(1, sizeof(*s) + blocks * sizeof(s->features[0]));

	if (!s)
		return -ENOMEM;
	s->cmd = ETHTOOL_SFEATURES;
	s->size = blocks;
	s->features[bit / 32].valid = mask;
	s->features[bit / 32].requested = on ? mask : 0;
	return request(fd, ifname, s);
}

int sys_offload_set(const char *ifname, enum sys_offload f, bool on)
{
	auto_fd fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool active = false, changeable = false;
	uint32_t n;
	int bit, rc;

	if (fd < 0)
		return -errno;
	rc = find_feature(fd, ifname, f, &n, &bit);
	if (!rc && bit >= 0)
		rc = read_feature(fd, ifname, n, bit, &active, &changeable);
	if (rc && rc != -EOPNOTSUPP)
		return rc;
	if (active == on)
		return 0;
	if (!changeable)
		return -EOPNOTSUPP;
	rc = write_feature(fd, ifname, n, bit, on);
	if (!rc)
		rc = read_feature(fd, ifname, n, bit, &active, &changeable);
	return rc ? rc : active == on ? 0 : -EBUSY;
}

/* ---- XDP features ------------------------------------------------------------------------ */

/* linux/netdev.h came with 6.3 */
#define NETDEV_FAMILY "netdev"
#define NETDEV_DEV_GET 1
#define NETDEV_A_IFINDEX 1
#define NETDEV_A_XDP_FEATURES 3
enum { XDP_BASIC = 1, XDP_REDIRECT = 2, XDP_NDO_XMIT = 4, XDP_RX_SG = 32, XDP_NDO_XMIT_SG = 64 };

static struct nlmsghdr *begin_genl(void *buf, uint16_t family, uint8_t cmd)
{
	void *extra;
	struct nlmsghdr *nlh = nl_begin(buf, family, 0, GENL_HDRLEN, &extra);

	*(struct genlmsghdr *)extra = (struct genlmsghdr){ .cmd = cmd, .version = 1 };
	return nlh;
}

static int take_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[CTRL_ATTR_MAX + 1] = { NULL };

	if (nl_parse(nlh, GENL_HDRLEN, tb, CTRL_ATTR_MAX) && nl_holds(tb[CTRL_ATTR_FAMILY_ID], 2))
		*(uint16_t *)arg = mnl_attr_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	return 0;
}

static int take_features(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[NETDEV_A_XDP_FEATURES + 1] = { NULL };
	struct sys_xdp_features *out = arg;
	uint64_t bits;

	if (!nl_parse(nlh, GENL_HDRLEN, tb, NETDEV_A_XDP_FEATURES) || !nl_holds(tb[NETDEV_A_XDP_FEATURES], 8))
		return 0;
	bits = mnl_attr_get_u64(tb[NETDEV_A_XDP_FEATURES]);
	*out = (struct sys_xdp_features){ true, bits & XDP_BASIC, bits & XDP_REDIRECT, bits & XDP_NDO_XMIT,
					  bits & XDP_RX_SG, bits & XDP_NDO_XMIT_SG };
	return 0;
}

int sys_xdp_features(uint32_t ifindex, struct sys_xdp_features *out)
{
	_Alignas(struct nlmsghdr) char buf[NL_REQUEST];
	struct nlmsghdr *nlh = begin_genl(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	uint16_t family = 0;
	int rc;

	memset(out, 0, sizeof(*out));
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NETDEV_FAMILY);
	rc = nl_talk(NETLINK_GENERIC, nlh, take_family, &family);
	if (rc == -ENOENT || (!rc && !family))
		return 0;
	if (rc)
		return rc;
	nlh = begin_genl(buf, family, NETDEV_DEV_GET);
	mnl_attr_put_u32(nlh, NETDEV_A_IFINDEX, ifindex);
	return nl_talk(NETLINK_GENERIC, nlh, take_features, out);
}
