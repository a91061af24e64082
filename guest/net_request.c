/* SPDX-License-Identifier: MIT */
/* What can be asked of the kernel for one interface. */
#include "net_request.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

int net_set_up(struct netlink *nl, int ifindex, bool up)
{
	const struct ifinfomsg link = {
	    .ifi_family = AF_UNSPEC,
	    .ifi_index = ifindex,
	    .ifi_flags = up ? IFF_UP : 0,
	    .ifi_change = IFF_UP,
	};
	struct netlink_message m;

	netlink_begin(&m, RTM_NEWLINK, 0, &link, sizeof(link));
	return netlink_request(nl, &m);
}

static int set_attribute(struct netlink *nl, int ifindex, uint16_t type, const void *data,
                         size_t size)
{
	const struct ifinfomsg link = {.ifi_family = AF_UNSPEC, .ifi_index = ifindex};
	struct netlink_message m;

	netlink_begin(&m, RTM_NEWLINK, 0, &link, sizeof(link));
	netlink_add(&m, type, data, size);
	return netlink_request(nl, &m);
}

int net_set_mtu(struct netlink *nl, int ifindex, uint32_t mtu)
{
	return set_attribute(nl, ifindex, IFLA_MTU, &mtu, sizeof(mtu));
}

int net_rename(struct netlink *nl, int ifindex, const char *name)
{
	return set_attribute(nl, ifindex, IFLA_IFNAME, name, strlen(name) + 1);
}

int net_add_address(struct netlink *nl, int ifindex, const struct ipaddr *address)
{
	const struct ifaddrmsg body = {
	    .ifa_family = (unsigned char)address->family,
	    .ifa_prefixlen = (unsigned char)address->prefix,
	    .ifa_flags = address->family == AF_INET6 ? IFA_F_NODAD : 0,
	    .ifa_scope = RT_SCOPE_UNIVERSE,
	    .ifa_index = (unsigned)ifindex,
	};
	struct netlink_message m;

	netlink_begin(&m, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, &body, sizeof(body));
	netlink_add(&m, IFA_LOCAL, address->bytes, ipaddr_size(address));
	netlink_add(&m, IFA_ADDRESS, address->bytes, ipaddr_size(address));
	/* A network of two addresses or one has none (RFC 3021). */
	if (address->family == AF_INET && address->prefix < 31) {
		struct ipaddr broadcast = ipaddr_broadcast(address);

		netlink_add(&m, IFA_BROADCAST, broadcast.bytes, ipaddr_size(&broadcast));
	}
	return netlink_request(nl, &m);
}

int net_add_route(struct netlink *nl, int ifindex, const struct route_plan *route)
{
	const uint32_t oif = (uint32_t)ifindex;
	bool on_the_link = !route->via.family && route->to.family == AF_INET;
	const struct rtmsg body = {
	    .rtm_family = (unsigned char)route->to.family,
	    .rtm_dst_len = (unsigned char)route->to.prefix,
	    .rtm_table = RT_TABLE_MAIN,
	    .rtm_protocol = RTPROT_STATIC,
	    .rtm_scope = on_the_link ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
	    .rtm_type = RTN_UNICAST,
	    .rtm_flags = route->onlink && route->via.family ? RTNH_F_ONLINK : 0,
	};
	struct netlink_message m;

	netlink_begin(&m, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &body, sizeof(body));
	if (route->to.prefix)
		netlink_add(&m, RTA_DST, route->to.bytes, ipaddr_size(&route->to));
	if (route->via.family)
		netlink_add(&m, RTA_GATEWAY, route->via.bytes, ipaddr_size(&route->via));
	netlink_add(&m, RTA_OIF, &oif, sizeof(oif));
	if (route->metric)
		netlink_add(&m, RTA_PRIORITY, &route->metric, sizeof(route->metric));
	return netlink_request(nl, &m);
}
