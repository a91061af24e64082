/* SPDX-License-Identifier: MIT */
/* --net and --dns: what is accepted, and in whose words it reaches the config. */
#include "host_test.h"

#include <sysexits.h>

#include "list.h"
#include "net_option.h"
#include "vm.h"

#define HEAD "{'entrypoint':[],'cmd':[],'workdir':'','env':{},"
#define TAIL ",'init_mode':''}"

static const struct option_row row = {.name = "net", .argument = "X"};

/* NICs and --dns servers, each list ended by NULL, over @base, against the whole config. */
static void assert_rendered(const char *base, const char *const *nets, const char *const *servers,
                            const char *expected)
{
	struct net_options list = {0};
	struct strlist dns = {0};
	struct request r = {0};
	struct document d;

	document_from(&d, base);
	assert_int_equal(vmconfig_decode(&r.config, &d.json, &d.problems), 0);
	for (; *nets; nets++)
		assert_int_equal(net_option_add(&row, &list, *nets), 0);
	for (; *servers; servers++)
		strlist_add(&dns, *servers);
	assert_int_equal(net_options_apply(&list, &dns, &r.config, &r.vm), 0);
	assert_config(&r.config, expected);
	request_release(&r);
	strlist_release(&dns);
	net_options_release(&list);
	document_release(&d);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NONE      ((const char *const[]){NULL})

static void test_seed_words(void **state)
{
	(void)state;
	assert_rendered("{}", LIST("ip=10.0.0.2/24"), NONE,
	                HEAD "'network_enabled':true,'guest_ip':'10.0.0.2','guest_cidr':24" TAIL);
	assert_rendered("{}", LIST("ip=10.0.0.2/24,gw=10.0.0.1,dns=9.9.9.9,tap=tap0"), NONE,
	                HEAD "'network_enabled':true,'guest_ip':'10.0.0.2','guest_cidr':24,"
	                     "'guest_gw':'10.0.0.1','guest_dns':'9.9.9.9'" TAIL);
	assert_rendered("{}", LIST("ip=10.0.0.2/32"), LIST("9.9.9.9"),
	                HEAD "'network_enabled':true,'guest_ip':'10.0.0.2','guest_cidr':32,"
	                     "'guest_dns':'9.9.9.9'" TAIL);
}

static void test_own_words(void **state)
{
	(void)state;
	assert_rendered("{}", LIST("ip=10.0.0.2/24,gw=10.0.0.1,mtu=1400"), NONE,
	                HEAD "'network_enabled':true,'interfaces':[{'addresses':['10.0.0.2/24'],"
	                     "'gateway':'10.0.0.1','mtu':1400}]" TAIL);
	assert_rendered("{}", LIST("ip=fd00::2/64,gw6=fd00::1,dns=fd00::53"), NONE,
	                HEAD "'network_enabled':true,'interfaces':[{'addresses':['fd00::2/64'],"
	                     "'gateway6':'fd00::1'}],'dns':{'servers':['fd00::53']}" TAIL);
	assert_rendered(
	    "{}",
	    LIST("ip=10.0.0.2/24,ip=fd00::2/64,name=lan0", "mac=02:00:00:00:00:01,ip=10.1.0.2/8"),
	    LIST("9.9.9.9"),
	    HEAD "'network_enabled':true,'interfaces':[{'name':'lan0','addresses':["
	         "'10.0.0.2/24','fd00::2/64']},{'mac':'02:00:00:00:00:01',"
	         "'addresses':['10.1.0.2/8']}],'dns':{'servers':['9.9.9.9']}" TAIL);
	/* Two servers are more than the seed's words can say. */
	assert_rendered("{}", LIST("ip=10.0.0.2/24,dns=9.9.9.9,dns=1.1.1.1"), NONE,
	                HEAD "'network_enabled':true,'interfaces':[{'addresses':['10.0.0.2/24']}],"
	                     "'dns':{'servers':['9.9.9.9','1.1.1.1']}" TAIL);
}

static void test_replaces(void **state)
{
	static const char *const seed =
	    "{'network_enabled':true,'guest_ip':'1.1.1.1','guest_cidr':8,'guest_gw':'1.0.0.1',"
	    "'guest_dns':'1.0.0.53'}";
	static const char *const own =
	    "{'network_enabled':true,'interfaces':[{'addresses':['1.1.1.1/8'],'routes':[{'to':"
	    "'default','via':'1.0.0.1'}]}],'dns':{'servers':['1.0.0.53'],'search':['x.test']}}";

	(void)state;
	/* The name server stays, unless another is given. */
	assert_rendered(seed, LIST("ip=10.0.0.2/24"), NONE,
	                HEAD "'network_enabled':true,'guest_ip':'10.0.0.2','guest_cidr':24,"
	                     "'guest_dns':'1.0.0.53'" TAIL);
	assert_rendered(seed, LIST("ip=10.0.0.2/24,mtu=1400"), NONE,
	                HEAD "'network_enabled':true,'interfaces':[{'addresses':['10.0.0.2/24'],"
	                     "'mtu':1400}],'dns':{'servers':['1.0.0.53']}" TAIL);
	assert_rendered(own, LIST("ip=10.0.0.2/24"), LIST("9.9.9.9"),
	                HEAD "'network_enabled':true,'guest_ip':'10.0.0.2','guest_cidr':24,"
	                     "'dns':{'servers':['9.9.9.9'],'search':['x.test']}" TAIL);
	assert_rendered(seed, NONE, LIST("9.9.9.9"),
	                HEAD "'network_enabled':true,'guest_ip':'1.1.1.1','guest_cidr':8,"
	                     "'guest_gw':'1.0.0.1','guest_dns':'9.9.9.9'" TAIL);
	assert_rendered(seed, NONE, LIST("9.9.9.9", "fd00::53"),
	                HEAD "'network_enabled':true,'guest_ip':'1.1.1.1','guest_cidr':8,"
	                     "'guest_gw':'1.0.0.1','dns':{'servers':['9.9.9.9','fd00::53']}" TAIL);
	assert_rendered("{}", NONE, LIST("9.9.9.9"),
	                HEAD "'network_enabled':false,'dns':{'servers':['9.9.9.9']}" TAIL);
}

static void test_host_side(void **state)
{
	struct net_options list = {0};
	struct strlist none = {0};
	struct request r = {0};

	(void)state;
	assert_int_equal(net_option_add(&row, &list, "ip=10.0.0.2/24,tap=tap0"), 0);
	assert_int_equal(net_option_add(&row, &list, "ip=10.0.1.2/24,mac=02:00:00:00:00:0a"), 0);
	assert_int_equal(net_options_apply(&list, &none, &r.config, &r.vm), 0);
	assert_int_equal(r.vm.nics.count, 2);
	assert_string_equal(r.vm.nics.items[0].tap, "tap0");
	assert_null(r.vm.nics.items[0].mac);
	assert_null(r.vm.nics.items[1].tap);
	assert_string_equal(r.vm.nics.items[1].mac, "02:00:00:00:00:0a");
	request_release(&r);
	net_options_release(&list);
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
	    "",
	    "ip",
	    "ip=",
	    "ip=10.0.0.2",
	    "ip=10.0.0.2/33",
	    "ip=10.0.0.256/24",
	    "ip=10.0.0.2/-1",
	    "ip=10.0.0.2/+1",
	    "ip=10.0.0.2/ 1",
	    "ip=10.0.0.2/",
	    "ip=fd00::2/129",
	    "ip=fd00::2",
	    "gw=10.0.0.1",
	    "ip=10.0.0.2/24,",
	    "ip=10.0.0.2/24,,gw=10.0.0.1",
	    "ip=10.0.0.2/24,gw=fd00::1",
	    "ip=10.0.0.2/24,gw6=10.0.0.1",
	    "ip=10.0.0.2/24,gw=10.0.0.1,gw=10.0.0.1",
	    "ip=10.0.0.2/24,dns=localhost",
	    "ip=10.0.0.2/24,mac=02:00:00:00:00",
	    "ip=10.0.0.2/24,mac=01:00:00:00:00:00",
	    "ip=10.0.0.2/24,mtu=67",
	    "ip=10.0.0.2/24,mtu=65536",
	    "ip=10.0.0.2/24,mtu=1400,mtu=1400",
	    "ip=10.0.0.2/24,mtu=1e3",
	    "ip=10.0.0.2/24,name=much-too-long-name",
	    "ip=10.0.0.2/24,name=a/b",
	    "ip=10.0.0.2/24,tap=a b",
	    "ip=10.0.0.2/24,speed=9",
	    "ip=10.0.0.2/24,=9",
	};
	struct net_options list = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (net_option_add(&row, &list, bad[i]) != -EX_USAGE)
			fail_msg("'%s' was accepted", bad[i]);
	assert_int_equal(list.count, 0);
	net_options_release(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_seed_words), cmocka_unit_test(test_own_words),
	    cmocka_unit_test(test_replaces),   cmocka_unit_test(test_host_side),
	    cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
