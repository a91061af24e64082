/* SPDX-License-Identifier: MIT */
/* What the network is to be, and which NIC is meant: no kernel is asked. */
#include "guest_test.h"

#include "cleanup.h"
#include "net_nics.h"
#include "net_plan.h"

#define NETWORK(interfaces) "{'network_enabled':true,'interfaces':[" interfaces "]}"

/* A NIC as "[name mac mtu] address … | route via gateway onlink metric …", for comparing. */
static void describe(const struct nic_plan *nic, char *out, size_t size)
{
	char mac[MAC_TEXT] = "-", text[IPADDR_TEXT];
	size_t n;

	if (nic->has_mac)
		mac_format(nic->mac, mac);
	n = (size_t)snprintf(out, size, "[%s %s %u]", nic->name ? nic->name : "-", mac, nic->mtu);
	for (size_t i = 0; i < nic->address_count; i++)
		n += (size_t)snprintf(out + n, size - n, " %s",
		                      ipaddr_format(&nic->addresses[i], text));
	for (size_t i = 0; i < nic->route_count; i++) {
		const struct route_plan *route = &nic->routes[i];

		n += (size_t)snprintf(out + n, size - n, " | %s", ipaddr_format(&route->to, text));
		if (route->via.family)
			n += (size_t)snprintf(out + n, size - n, " via %s",
			                      ipaddr_format(&route->via, text));
		n += (size_t)snprintf(out + n, size - n, "%s", route->onlink ? " onlink" : "");
		if (route->metric)
			n += (size_t)snprintf(out + n, size - n, " metric %u", route->metric);
	}
}

static void assert_plan(const char *json, size_t count, const char *const expected[])
{
	_cleanup_(vmconfig_release) struct vmconfig cfg;
	_cleanup_(net_plan_release) struct net_plan plan;
	char text[1024];

	config_from(&cfg, json);
	assert_int_equal(net_plan_make(&plan, &cfg), 0);
	assert_int_equal(plan.count, count);
	for (size_t i = 0; i < count; i++) {
		describe(&plan.nics[i], text, sizeof(text));
		assert_string_equal(text, expected[i]);
	}
}

#define ASSERT_PLAN(json, ...)                                                         \
	assert_plan(json, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), \
	            (const char *const[]){__VA_ARGS__})

static void assert_refused_config(const struct vmconfig *cfg, const char *expected)
{
	_cleanup_(net_plan_release) struct net_plan plan;

	assert_int_equal(net_plan_make(&plan, cfg), -EINVAL);
	assert_string_equal(plan.error, expected);
}

static void assert_refused(const char *json, const char *expected)
{
	_cleanup_(vmconfig_release) struct vmconfig cfg;

	config_from(&cfg, json);
	assert_refused_config(&cfg, expected);
}

static void test_no_network(void **state)
{
	(void)state;
	assert_plan("{}", 0, NULL);
	assert_plan("{'network_enabled':false,'guest_ip':'10.0.0.2','guest_cidr':24}", 0, NULL);
}

static void test_seed(void **state)
{
	(void)state;
	ASSERT_PLAN("{'network_enabled':true,'guest_ip':'10.0.0.2','guest_cidr':24,"
	            "'guest_gw':'10.0.0.1','guest_dns':'10.0.0.1'}",
	            "[- - 0] 10.0.0.2/24 | 0.0.0.0/0 via 10.0.0.1");
	ASSERT_PLAN("{'network_enabled':true,'guest_ip':'10.0.0.2','guest_cidr':32,"
	            "'guest_gw':'169.254.1.1'}",
	            "[- - 0] 10.0.0.2 | 0.0.0.0/0 via 169.254.1.1 onlink");
}

static void test_seed_refused(void **state)
{
	(void)state;
	assert_refused("{'network_enabled':true,'guest_ip':'10.0.0.2'}",
	               "/guest_ip: '10.0.0.2' is given without a prefix length in 'guest_cidr'");
	assert_refused("{'network_enabled':true}",
	               "/guest_ip: '' is no address: 'network_enabled' needs it or 'interfaces'");
}

static void test_interfaces(void **state)
{
	(void)state;
	ASSERT_PLAN(NETWORK("{'name':'eth7','mac':'52:54:00:AB:cd:01','mtu':1400,"
	                    "'addresses':['10.0.0.2/24','fd00::2/64'],"
	                    "'gateway':'10.0.0.1','gateway6':'fd00::1'},{'name':'eth1'},{}"),
	            "[eth7 52:54:00:ab:cd:01 1400] 10.0.0.2/24 fd00::2/64"
	            " | 0.0.0.0/0 via 10.0.0.1 | ::/0 via fd00::1",
	            "[eth1 - 0]", "[- - 0]");
}

static void test_gateways_outside(void **state)
{
	(void)state;
	ASSERT_PLAN(NETWORK("{'addresses':['10.0.0.2/25','fd00::2/128'],"
	                    "'gateway':'10.0.0.129','gateway6':'fd00::1'}"),
	            "[- - 0] 10.0.0.2/25 fd00::2"
	            " | 0.0.0.0/0 via 10.0.0.129 onlink | ::/0 via fd00::1 onlink");
	/* a link-local gateway is on every link */
	ASSERT_PLAN(NETWORK("{'addresses':['fd00::2/128'],'gateway6':'fe80::1'}"),
	            "[- - 0] fd00::2 | ::/0 via fe80::1");
}

/* The first gateway of a family wins, and the others stand in for it. */
static void test_many_gateways(void **state)
{
	(void)state;
	ASSERT_PLAN(NETWORK("{'addresses':['10.0.0.2/24'],'gateway':'10.0.0.1'},"
	                    "{'addresses':['10.0.1.2/24','fd01::2/64'],'gateway':'10.0.1.1',"
	                    "'gateway6':'fd01::1'},"
	                    "{'addresses':['10.0.2.2/24','fd02::2/64'],'gateway':'10.0.2.1',"
	                    "'gateway6':'fd02::1'}"),
	            "[- - 0] 10.0.0.2/24 | 0.0.0.0/0 via 10.0.0.1",
	            "[- - 0] 10.0.1.2/24 fd01::2/64"
	            " | 0.0.0.0/0 via 10.0.1.1 metric 1 | ::/0 via fd01::1",
	            "[- - 0] 10.0.2.2/24 fd02::2/64"
	            " | 0.0.0.0/0 via 10.0.2.1 metric 2 | ::/0 via fd02::1 metric 1025");
}

static void test_routes(void **state)
{
	(void)state;
	/* what a gateway is reached by comes before it, whatever the order of the list */
	ASSERT_PLAN(NETWORK("{'addresses':['10.0.0.2/24'],'gateway':'10.0.0.1','routes':["
	                    "{'to':'10.2.0.0/16','via':'10.9.0.1','metric':7},"
	                    "{'to':'10.3.0.0/16','via':'10.8.0.1','onlink':true},"
	                    "{'to':'10.9.0.0/24'},"
	                    "{'to':'default','via':'fd00::1'}]}"),
	            "[- - 0] 10.0.0.2/24 | 10.9.0.0/24 | 0.0.0.0/0 via 10.0.0.1"
	            " | 10.2.0.0/16 via 10.9.0.1 metric 7"
	            " | 10.3.0.0/16 via 10.8.0.1 onlink | ::/0 via fd00::1");
}

static void test_routes_refused(void **state)
{
	(void)state;
	assert_refused(NETWORK("{},{'routes':[{'to':'default'}]}"),
	               "/interfaces/1/routes/0: 'default' needs 'via'");
	assert_refused(NETWORK("{'routes':[{'to':'10.0.0.1/24'}]}"),
	               "/interfaces/0/routes/0: '10.0.0.1/24' has bits set behind its prefix");
	assert_refused(NETWORK("{'routes':[{'to':'10.0.0.0/24','via':'fd00::1'}]}"),
	               "/interfaces/0/routes/0: 'fd00::1' is of another family than 'to'");
	assert_refused(NETWORK("{'gateway':'10.0.0.1'},"
	                       "{'routes':[{'to':'default','via':'10.1.0.1'}]}"),
	               "/interfaces: '0.0.0.0/0' is routed twice with the same metric");
	/* 1024 is what IPv6 routes get without one */
	assert_refused(NETWORK("{'routes':[{'to':'fd00::/64'},{'to':'fd00::/64','metric':1024}]}"),
	               "/interfaces: 'fd00::/64' is routed twice with the same metric");
}

/* What the table of fields would have refused before. */
static void test_words_refused(void **state)
{
	const struct {
		struct interface nic;
		const char *error;
	} cases[] = {
	    {{.mac = (char[]){"52:54:00:00:00"}},
	     "/interfaces/0/mac: '52:54:00:00:00' is no MAC address"},
	    {{.mac = (char[]){"52:54:00:00:00:1"}},
	     "/interfaces/0/mac: '52:54:00:00:00:1' is no MAC address"},
	    {{.mac = (char[]){"52:54:00:00:00:01:02"}},
	     "/interfaces/0/mac: '52:54:00:00:00:01:02' is no MAC address"},
	    {{.mac = (char[]){"52:54:00:00:00:01"}, .name = (char[]){"eth%d"}},
	     "/interfaces/0/name: 'eth%d' is no name for a network card"},
	    {{.mac = (char[]){"52:54:00:00:00:01"}, .name = (char[]){"lo"}},
	     "/interfaces/0/name: 'lo' is no name for a network card"},
	    {{.gateway = (char[]){"fd00::1"}},
	     "/interfaces/0/gateway: 'fd00::1' is no IPv4 address"},
	    {{.gateway6 = (char[]){"10.0.0.1"}},
	     "/interfaces/0/gateway6: '10.0.0.1' is no IPv6 address"},
	    {{.addresses = {(char *[]){(char[]){"10.0.0.2"}}, 1}},
	     "/interfaces/0/addresses/0: '10.0.0.2' is not ADDRESS/PREFIX"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct interface nic = cases[i].nic;
		const struct vmconfig cfg = {.network_enabled = true, .interfaces = {&nic, 1}};

		assert_refused_config(&cfg, cases[i].error);
	}
}

/* lo, three cards, a tunnel, and a card that belongs to a failover device with its MAC. */
static struct nic there[] = {
    {.ifindex = 1, .name = "lo"},
    {.ifindex = 2, .name = "eth0", .has_mac = true, .mac = {2, 0, 0, 0, 0, 1}, .is_nic = true},
    {.ifindex = 3, .name = "sit0"},
    {.ifindex = 4,
     .name = "eth1",
     .has_mac = true,
     .mac = {2, 0, 0, 0, 0, 2},
     .is_nic = true,
     .is_port = true},
    {.ifindex = 5, .name = "eth2", .has_mac = true, .mac = {2, 0, 0, 0, 0, 2}, .is_nic = true},
    {.ifindex = 6, .name = "eth3", .has_mac = true, .mac = {2, 0, 0, 0, 0, 3}, .is_nic = true},
};
static const struct nics nics = {there, sizeof(there) / sizeof(there[0])};

static void assert_match(const char *json, size_t count, const int expected[])
{
	_cleanup_(vmconfig_release) struct vmconfig cfg;
	_cleanup_(net_plan_release) struct net_plan plan;

	config_from(&cfg, json);
	assert_int_equal(net_plan_make(&plan, &cfg), 0);
	nics_match(&nics, &plan, MATCH_MAC);
	nics_match(&nics, &plan, MATCH_NAME);
	nics_match(&nics, &plan, MATCH_ORDER);
	assert_int_equal(plan.count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(plan.nics[i].ifindex, expected[i]);
}

#define ASSERT_MATCH(json, ...)                                              \
	assert_match(json, sizeof((const int[]){__VA_ARGS__}) / sizeof(int), \
	             (const int[]){__VA_ARGS__})

static void test_match(void **state)
{
	(void)state;
	ASSERT_MATCH(NETWORK("{},{},{}"), 2, 5, 6);
	ASSERT_MATCH(NETWORK("{},{'mac':'02:00:00:00:00:01'},{'name':'eth2'}"), 6, 2, 5);
	ASSERT_MATCH(NETWORK("{'mac':'02:00:00:00:00:02','name':'wan'}"), 5);
	ASSERT_MATCH(NETWORK("{'name':'sit0'},{}"), 3, 2);
	/* named by its MAC, it is no longer there for its name, nor twice in order */
	ASSERT_MATCH(NETWORK("{'name':'eth0'},{'mac':'02:00:00:00:00:01'}"), 0, 2);
	ASSERT_MATCH(NETWORK("{},{},{},{}"), 2, 5, 6, 0);
}

static void test_who_is_missing(void **state)
{
	_cleanup_(vmconfig_release) struct vmconfig cfg;
	_cleanup_(net_plan_release) struct net_plan plan;

	(void)state;
	config_from(&cfg, NETWORK("{'mac':'02:00:00:00:00:01'},{'mac':'02:00:00:00:00:09'},"
	                          "{'name':'none'},{}"));
	assert_int_equal(net_plan_make(&plan, &cfg), 0);
	assert_ptr_equal(nics_match(&nics, &plan, MATCH_MAC), &plan.nics[1]);
	assert_ptr_equal(nics_match(&nics, &plan, MATCH_NAME), &plan.nics[2]);
	assert_null(nics_match(&nics, &plan, MATCH_ORDER));
	assert_int_equal(plan.nics[3].ifindex, 5);
}

static void test_addresses(void **state)
{
	struct ipaddr a, b;
	char text[IPADDR_TEXT];

	(void)state;
	assert_int_equal(ipaddr_parse_cidr(&a, "10.0.0.77/26"), 0);
	b = ipaddr_broadcast(&a);
	assert_string_equal(ipaddr_format(&b, text), "10.0.0.127/26");
	assert_false(ipaddr_is_network(&a));
	assert_int_equal(ipaddr_parse(&b, "10.0.0.64"), 0);
	assert_true(ipaddr_covers(&a, &b));
	assert_int_equal(ipaddr_parse(&b, "10.0.0.63"), 0);
	assert_false(ipaddr_covers(&a, &b));
	assert_int_equal(ipaddr_parse_cidr(&a, "0.0.0.0/0"), 0);
	assert_true(ipaddr_covers(&a, &b));
	assert_int_equal(ipaddr_parse(&b, "::"), 0);
	assert_false(ipaddr_covers(&a, &b));
	assert_int_equal(ipaddr_parse_cidr(&a, "fd00:0:0:f0::/60"), 0);
	assert_true(ipaddr_is_network(&a));
	assert_int_equal(ipaddr_parse(&b, "fd00:0:0:ff::1"), 0);
	assert_true(ipaddr_covers(&a, &b));
	assert_int_equal(ipaddr_parse(&b, "febf::1"), 0);
	assert_true(ipaddr_is_link_local(&b));
	assert_int_equal(ipaddr_parse(&b, "10.0.0.1/8"), -EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_network),       cmocka_unit_test(test_seed),
	    cmocka_unit_test(test_seed_refused),     cmocka_unit_test(test_interfaces),
	    cmocka_unit_test(test_gateways_outside), cmocka_unit_test(test_many_gateways),
	    cmocka_unit_test(test_routes),           cmocka_unit_test(test_routes_refused),
	    cmocka_unit_test(test_words_refused),    cmocka_unit_test(test_match),
	    cmocka_unit_test(test_who_is_missing),   cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
