/* SPDX-License-Identifier: MIT */
/* The NICs of a request, and slirp's network around a guest's addresses. */
#include "scratch_test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "list.h"
#include "network.h"
#include "user_net.h"
#include "vm.h"
#include "vmm_kind.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* A config from JSON, in which ' stands for ". */
static void request_from(struct request *r, const char *text)
{
	struct document d;

	memset(r, 0, sizeof(*r));
	document_from(&d, text);
	assert_int_equal(vmconfig_decode(&r->config, &d.json, &d.problems), 0);
	document_release(&d);
}

static void add_tap(struct request *r, const char *name)
{
	r->vm.nics.items = list_grow(r->vm.nics.items, r->vm.nics.count, sizeof(*r->vm.nics.items));
	assert_non_null(r->vm.nics.items);
	r->vm.nics.items[r->vm.nics.count++] = (struct vm_nic){.tap = strdup(name)};
}

static void test_nothing_said(void **state)
{
	struct user_net *nets;
	struct request r;

	(void)state;
	request_from(&r, "{}");
	assert_int_equal(network_complete(&r, vmm_kind_named("qemu")), 0);
	assert_true(r.config.network_enabled);
	assert_string_equal(r.config.guest_ip, "10.0.2.15");
	assert_int_equal(r.config.guest_cidr.value, 24);
	assert_string_equal(r.config.guest_gw, "10.0.2.2");
	assert_string_equal(r.config.guest_dns, "10.0.2.3");
	assert_int_equal(r.vm.nics.count, 1);
	assert_string_equal(r.vm.nics.items[0].mac, "52:54:00:00:00:01");
	assert_int_equal(network_plan(&r, &nets), 0);
	assert_string_equal(nets[0].v4.net, "10.0.2.0/24");
	assert_string_equal(nets[0].v4.host, "10.0.2.2");
	assert_string_equal(nets[0].v4.dns, "10.0.2.3");
	assert_string_equal(nets[0].v6.net, "");
	free(nets);
	request_release(&r);
}

static void test_name_server_of_ones_own_stays(void **state)
{
	struct request r;

	(void)state;
	request_from(&r, "{'dns':{'servers':['9.9.9.9']}}");
	assert_int_equal(network_complete(&r, vmm_kind_named("qemu")), 0);
	assert_null(r.config.guest_dns);
	assert_string_equal(r.config.guest_ip, "10.0.2.15");
	request_release(&r);
}

static void test_macs_stand_in_both_places(void **state)
{
	struct request r, again;

	(void)state;
	request_from(&r, "{'network_enabled':true,'interfaces':[{'addresses':['10.0.0.2/24']},"
	                 "{'addresses':['10.0.1.2/24'],'mac':'02:00:00:00:00:07'},"
	                 "{'addresses':['10.0.2.2/24']}]}");
	add_tap(&r, "tap0");
	assert_int_equal(network_complete(&r, vmm_kind_named("qemu")), 0);
	assert_int_equal(r.vm.nics.count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(r.vm.nics.items[i].mac, r.config.interfaces.items[i].mac);
	assert_string_equal(r.vm.nics.items[1].mac, "02:00:00:00:00:07");
	assert_string_equal(r.vm.nics.items[2].mac, "52:54:00:00:00:03");
	assert_null(r.config.guest_ip);

	/* Another VM's tap device leads to another address, this one's always to the same. */
	request_from(&again, "{}");
	add_tap(&again, "tap0");
	add_tap(&again, "tap1");
	assert_int_equal(network_complete(&again, vmm_kind_named("qemu")), 0);
	assert_string_equal(again.vm.nics.items[0].mac, r.vm.nics.items[0].mac);
	assert_string_not_equal(again.vm.nics.items[1].mac, again.vm.nics.items[0].mac);
	assert_null(again.config.guest_ip); /* of what is behind a tap nothing is known */
	request_release(&r);
	request_release(&again);
}

static void test_slirp_fits_the_guest(void **state)
{
	static const struct {
		const char *cidr, *gateway, *dns;
		const char *net, *host, *server;
	} rows[] = {
	    {"192.168.7.9/24", "192.168.7.1", "192.168.7.1", "192.168.7.0/24", "192.168.7.1",
	     "192.168.7.3"},
	    {"192.168.7.9/24", "192.168.7.3", NULL, "192.168.7.0/24", "192.168.7.3", "192.168.7.4"},
	    {"192.168.7.2/24", NULL, "192.168.7.200", "192.168.7.0/24", "192.168.7.3",
	     "192.168.7.200"},
	    {"192.168.7.2/24", "192.168.7.2", "1.1.1.1", "192.168.7.0/24", "192.168.7.3",
	     "192.168.7.4"},
	    {"10.1.2.1/30", "10.1.2.2", NULL, "10.1.2.0/29", "10.1.2.2", "10.1.2.3"},
	    {"10.1.2.5/32", "10.1.2.1", NULL, "10.1.2.0/29", "10.1.2.1", "10.1.2.3"},
	    {"172.16.0.5/32", "172.16.9.1", NULL, "172.16.0.0/20", "172.16.9.1", "172.16.0.3"},
	    {"fd00::15/64", "fd00::1", "fd00::53", "fd00::/64", "fd00::1", "fd00::53"},
	    {"fd00::15/64", "fe80::1", NULL, "fd00::/64", "fd00::2", "fd00::3"},
	    {"fd00::3/128", "fd00::1", "1.1.1.1", "fd00::/125", "fd00::1", "fd00::4"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool v6 = strchr(rows[i].cidr, ':') != NULL;
		char *cidr = strdup(rows[i].cidr);
		char *gateway = rows[i].gateway ? strdup(rows[i].gateway) : NULL;
		char *server = rows[i].dns ? strdup(rows[i].dns) : NULL;
		const struct strlist dns = {&server, server ? 1 : 0};
		struct interface nic = {.addresses = {&cidr, 1}};
		const struct user_net_side *side;
		struct user_net net;

		*(v6 ? &nic.gateway6 : &nic.gateway) = gateway;
		assert_int_equal(user_net_plan(&net, &nic, &dns), 0);
		side = v6 ? &net.v6 : &net.v4;
		assert_string_equal(side->net, rows[i].net);
		assert_string_equal(side->host, rows[i].host);
		assert_string_equal(side->dns, rows[i].server);
		assert_string_equal(v6 ? net.v4.net : net.v6.net, "");
		free(cidr);
		free(gateway);
		free(server);
	}
}

static void test_gateway_of_another_world(void **state)
{
	struct user_net *nets;
	struct request r;

	(void)state;
	request_from(&r, "{'network_enabled':true,'guest_ip':'10.0.0.2','guest_cidr':24,"
	                 "'guest_gw':'192.168.1.1'}");
	assert_int_equal(network_complete(&r, vmm_kind_named("qemu")), 0);
	stderr_begin();
	assert_int_equal(network_plan(&r, &nets), -EINVAL);
	assert_string_equal(stderr_said(), "vmconfig: gateway '192.168.1.1' is too far from the "
	                                   "address for a user-mode network");
	request_release(&r);
}

static void test_network_beyond_slirp(void **state)
{
	static char cidr[] = "10.0.0.2/3", *address = cidr;
	const struct interface nic = {.addresses = {&address, 1}};
	const struct strlist dns = {0};
	struct user_net net;

	(void)state;
	stderr_begin();
	assert_int_equal(user_net_plan(&net, &nic, &dns), -EINVAL);
	assert_string_equal(stderr_said(), "vmconfig: the network of '10.0.0.2/3' is too large for "
	                                   "a user-mode network: /4 is the largest");
}

static void test_both_families(void **state)
{
	struct user_net *nets;
	struct request r;

	(void)state;
	request_from(&r, "{'network_enabled':true,'interfaces':[{'addresses':['fd00::5/64',"
	                 "'10.9.0.5/16'],'gateway':'10.9.0.1'}]}");
	assert_int_equal(network_complete(&r, vmm_kind_named("qemu")), 0);
	assert_int_equal(network_plan(&r, &nets), 0);
	assert_string_equal(nets[0].v4.guest, "10.9.0.5");
	assert_string_equal(nets[0].v4.net, "10.9.0.0/16");
	assert_string_equal(nets[0].v6.guest, "fd00::5");
	free(nets);
	request_release(&r);
}

static int listen_somewhere(uint16_t *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, size), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

static void test_ports(void **state)
{
	struct vm_publish publish = {.guest_port = 80};
	struct request r = {.vm.publish = {&publish, 1}};
	char expected[96];
	int listener;

	(void)state;
	stderr_begin();
	assert_int_equal(network_reserve_ports(&r), 0);
	assert_true(publish.host_port > 0);
	snprintf(expected, sizeof(expected),
	         "vmconfig: port 80 of the guest is published on 127.0.0.1:%u", publish.host_port);
	assert_string_equal(stderr_said(), expected);

	listener = listen_somewhere(&publish.host_port);
	snprintf(expected, sizeof(expected),
	         "vmconfig: cannot publish port 80 on 127.0.0.1:%u: Address already in use",
	         publish.host_port);
	stderr_begin();
	assert_int_equal(network_reserve_ports(&r), -EADDRINUSE);
	assert_string_equal(stderr_said(), expected);
	close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nothing_said),
	    cmocka_unit_test(test_name_server_of_ones_own_stays),
	    cmocka_unit_test(test_macs_stand_in_both_places),
	    cmocka_unit_test(test_slirp_fits_the_guest),
	    cmocka_unit_test(test_gateway_of_another_world),
	    cmocka_unit_test(test_network_beyond_slirp),
	    cmocka_unit_test(test_both_families),
	    cmocka_unit_test(test_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
