/* SPDX-License-Identifier: MIT */
/*
 * The network phase against a real kernel: each test in a fresh network
 * namespace with veth pairs for NICs, looked at with ip(8). The other ends are
 * in a second namespace, the world. Needs root and iproute2.
 */
#include "guest_test.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "cleanup.h"
#include "net_nics.h"
#include "net_request.h"
#include "net_setup.h"
#include "netlink.h"

static struct guest guest;
static int world_fd = -1, guest_fd = -1;

static int set_up(void **state)
{
	(void)state;
	memset(&guest, 0, sizeof(guest));
	guest.root_fd = -1;
	if (unshare(CLONE_NEWNET) < 0)
		return 0;
	world_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (unshare(CLONE_NEWNET) == 0)
		guest_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (world_fd >= 0)
		close(steal_fd(&world_fd));
	if (guest_fd >= 0)
		close(steal_fd(&guest_fd));
	return 0;
}

static void require_namespaces(void)
{
	if (world_fd < 0 || guest_fd < 0)
		skip();
}

/* In a child: become ip(8) with these words, separated by spaces. */
static void exec_ip(const char *words, int ns_fd)
{
	char copy[256], name[] = "ip", *argv[32] = {name}, *rest = NULL;
	size_t argc = 1;

	snprintf(copy, sizeof(copy), "%s", words);
	for (char *word = strtok_r(copy, " ", &rest); word && argc < 31;
	     word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	if (setns(ns_fd, CLONE_NEWNET) == 0)
		execvp(name, argv);
	_exit(127);
}

/* Runs of blanks and line ends become one, so that lines can be compared. */
static void squeeze(char *text)
{
	size_t n = 0;

	for (const char *from = text; *from; from++) {
		bool blank = strchr(" \t\n\\", *from) != NULL;

		if (!blank || (n && text[n - 1] != ' '))
			text[n++] = blank ? ' ' : *from;
	}
	text[n] = '\0';
}

/* What ip(8) prints, in the namespace @ns_fd. */
static char *ip_in(int ns_fd, const char *words)
{
	char *text = NULL;
	size_t size = 0;
	int ends[2], status;
	FILE *output;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		exec_ip(words, ns_fd);
	}
	close(ends[1]);
	output = fdopen(ends[0], "r");
	assert_non_null(output);
	if (getdelim(&text, &size, '\0', output) < 0) {
		free(text);
		text = strdup("");
	}
	fclose(output);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status != 0)
		fail_msg("ip %s: wait status %d", words, status);
	squeeze(text);
	return text;
}

static char *ip(const char *words)
{
	return ip_in(guest_fd, words);
}

static void ip_do(int ns_fd, const char *words)
{
	free(ip_in(ns_fd, words));
}

static void assert_shows(const char *words, const char *expected)
{
	_cleanup_free_ char *text = ip(words);

	if (!strstr(text, expected))
		fail_msg("ip %s: no '%s' in '%s'", words, expected, text);
}

static void assert_hides(const char *words, const char *unexpected)
{
	_cleanup_free_ char *text = ip(words);

	if (strstr(text, unexpected))
		fail_msg("ip %s: '%s' in '%s'", words, unexpected, text);
}

/* For exec_ip() in the world: "eth<n>" with MAC 02:00:00:00:00:0<n> here, "peer<n>" there. */
static void make_nic_words(char words[200], unsigned n)
{
	snprintf(
	    words, 200,
	    "link add peer%u up type veth peer name eth%u address 02:00:00:00:00:%02x netns %d", n,
	    n, n, (int)getpid());
}

static void add_nics(unsigned count)
{
	char words[200];

	require_namespaces();
	for (unsigned n = 1; n <= count; n++) {
		make_nic_words(words, n);
		ip_do(world_fd, words);
	}
}

/* As the phase does it, but with a wait that suits a test. */
static int run(const char *json, int wait_ms)
{
	_cleanup_(vmconfig_release) struct vmconfig cfg;
	_cleanup_(net_plan_release) struct net_plan plan;

	config_from(&cfg, json);
	if (net_plan_make(&plan, &cfg) < 0)
		fail_msg("%s", plan.error);
	return net_setup(&guest, &plan, wait_ms);
}

static void assert_run(const char *json)
{
	if (run(json, 0) < 0)
		fail_msg("%s", guest.error);
}

static void assert_fails(const char *json, const char *error)
{
	assert_true(run(json, 0) < 0);
	assert_string_equal(guest.error, error);
}

#define NETWORK(interfaces) "{'network_enabled':true,'interfaces':[" interfaces "]}"
#define ETH1(members)       NETWORK("{'name':'eth1'," members "}")

static void test_loopback(void **state)
{
	(void)state;
	add_nics(1);
	assert_int_equal(phase_network(&guest), 0);
	assert_shows("-o addr show dev lo", "inet 127.0.0.1/8 scope host lo");
	assert_shows("-o addr show dev lo", "inet6 ::1/128 scope host");
	assert_shows("link show dev lo", "LOOPBACK,UP");
	assert_hides("link show dev eth1", ",UP");
}

static void test_phase_says_what_is_wrong(void **state)
{
	(void)state;
	guest.config.network_enabled = true;
	assert_int_equal(phase_network(&guest), -EINVAL);
	assert_string_equal(guest.error, "config.json: /guest_ip: '' is no address: "
	                                 "'network_enabled' needs it or 'interfaces'");
}

static const char dual_stack[] =
    ETH1("'mtu':1400,'addresses':['10.0.0.2/24','10.9.0.2/31','fd00::2/64'],"
         "'gateway':'10.0.0.1','gateway6':'fd00::1',"
         "'routes':[{'to':'10.1.0.0/16','via':'10.0.0.9','metric':7},{'to':'10.2.0.0/16'},"
         "{'to':'fd01::/64','via':'fe80::1'}]");

static void assert_dual_stack(void)
{
	assert_shows("link show dev eth1", ",UP,LOWER_UP> mtu 1400");
	assert_shows("-o -4 addr show dev eth1",
	             "inet 10.0.0.2/24 brd 10.0.0.255 scope global eth1");
	assert_shows("-o -4 addr show dev eth1", "inet 10.9.0.2/31 scope global eth1");
	/* not "tentative": it can be used at once */
	assert_shows("-o -6 addr show dev eth1", "inet6 fd00::2/64 scope global nodad valid_lft");
	assert_shows("-4 route", "default via 10.0.0.1 dev eth1 proto static 10.0.0.0/24");
	assert_shows("-4 route", "10.1.0.0/16 via 10.0.0.9 dev eth1 proto static metric 7");
	assert_shows("-4 route", "10.2.0.0/16 dev eth1 proto static scope link");
	assert_shows("-6 route", "default via fd00::1 dev eth1 proto static metric 1024");
	assert_shows("-6 route", "fd01::/64 via fe80::1 dev eth1 proto static metric 1024");
}

static void test_twice_is_once(void **state)
{
	static const char *const tables[] = {"-o addr show scope global", "-4 route", "-6 route"};
	char *before[3];

	(void)state;
	add_nics(1);
	assert_run(dual_stack);
	assert_dual_stack();
	for (size_t i = 0; i < 3; i++)
		before[i] = ip(tables[i]);
	assert_run(dual_stack);
	for (size_t i = 0; i < 3; i++) {
		_cleanup_free_ char *after = ip(tables[i]);

		assert_string_equal(before[i], after);
		free(before[i]);
	}
}

/* As the kernel does with ip= on its command line; the gateway of the config counts. */
static void test_configured_already(void **state)
{
	_cleanup_free_ char *addresses = NULL;
	char *address;

	(void)state;
	add_nics(1);
	ip_do(guest_fd, "addr add 10.0.0.2/24 broadcast + dev eth1");
	ip_do(guest_fd, "link set eth1 up");
	ip_do(guest_fd, "route add default via 10.0.0.1 dev eth1");
	assert_run("{'network_enabled':true,'guest_ip':'10.0.0.2','guest_cidr':24,"
	           "'guest_gw':'10.0.0.254'}");
	assert_shows("-4 route", "default via 10.0.0.254 dev eth1 proto static 10.0.0.0/24");
	assert_hides("-4 route", "10.0.0.1 ");
	addresses = ip("-o -4 addr show dev eth1");
	address = strstr(addresses, "inet 10.0.0.2/24");
	assert_non_null(address);
	assert_null(strstr(address + 1, "inet "));
}

static void test_gateways_outside(void **state)
{
	(void)state;
	add_nics(1);
	assert_run(ETH1("'addresses':['10.0.0.2/32','fd00::2/128'],'gateway':'169.254.1.1',"
	                "'gateway6':'fd99::1',"
	                "'routes':[{'to':'10.5.0.0/16','via':'192.0.2.1','onlink':true}]"));
	assert_shows("-4 route", "default via 169.254.1.1 dev eth1 proto static onlink");
	assert_shows("-4 route", "10.5.0.0/16 via 192.0.2.1 dev eth1 proto static onlink");
	assert_shows("-6 route", "default via fd99::1 dev eth1 proto static metric 1024 onlink");
	assert_shows("-4 route get 8.8.8.8", "via 169.254.1.1 dev eth1 src 10.0.0.2");
	assert_shows("-6 route get 2001:db8::1", "via fd99::1 dev eth1");
}

static void test_two_gateways(void **state)
{
	(void)state;
	add_nics(2);
	assert_run(NETWORK("{'addresses':['10.0.1.2/24','fd01::2/64'],"
	                   "'gateway':'10.0.1.1','gateway6':'fd01::1'},"
	                   "{'addresses':['10.0.2.2/24','fd02::2/64'],"
	                   "'gateway':'10.0.2.1','gateway6':'fd02::1'}"));
	assert_shows("-4 route", "default via 10.0.1.1 dev eth1 proto static "
	                         "default via 10.0.2.1 dev eth2 proto static metric 1 ");
	assert_shows("-4 route get 8.8.8.8", "dev eth1");
	assert_shows("-6 route get 2001:db8::1", "dev eth1");
	ip_do(guest_fd, "link set eth1 down");
	assert_shows("-4 route get 8.8.8.8", "dev eth2");
	assert_shows("-6 route get 2001:db8::1", "dev eth2");
}

/* A connection from @from to @address in @to, which nobody need accept to be made. */
static void assert_connects(int from, int to, int family, const char *address)
{
	struct sockaddr_storage a = {.ss_family = (sa_family_t)family};
	struct sockaddr_in *v4 = (void *)&a;
	struct sockaddr_in6 *v6 = (void *)&a;
	void *bytes = family == AF_INET ? (void *)&v4->sin_addr : (void *)&v6->sin6_addr;
	socklen_t size = sizeof(a);
	_cleanup_fd_ int server = -1, client = -1;

	assert_int_equal(inet_pton(family, address, bytes), 1);
	assert_int_equal(setns(to, CLONE_NEWNET), 0);
	server = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server, (const void *)&a, sizeof(a)), 0);
	assert_int_equal(listen(server, 1), 0);
	assert_int_equal(getsockname(server, (void *)&a, &size), 0);
	assert_int_equal(setns(from, CLONE_NEWNET), 0);
	client = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(client, (const void *)&a, size), 0);
	assert_int_equal(setns(guest_fd, CLONE_NEWNET), 0);
}

static void test_packets_pass(void **state)
{
	(void)state;
	add_nics(1);
	ip_do(world_fd, "addr add 10.0.0.1/24 dev peer1");
	ip_do(world_fd, "addr add fd00::1/64 dev peer1 nodad");
	assert_run(ETH1("'addresses':['10.0.0.2/24','fd00::2/64']"));
	assert_connects(guest_fd, world_fd, AF_INET, "10.0.0.1");
	assert_connects(guest_fd, world_fd, AF_INET6, "fd00::1");
	assert_connects(world_fd, guest_fd, AF_INET, "10.0.0.2");
	assert_connects(world_fd, guest_fd, AF_INET6, "fd00::2");
}

static void test_order(void **state)
{
	(void)state;
	require_namespaces();
	/* not cards, though they come first */
	ip_do(guest_fd, "link add bridge0 type bridge");
	ip_do(guest_fd, "link add ifb7 type ifb");
	add_nics(5);
	ip_do(guest_fd, "link set eth2 master bridge0");
	/* by order "eth4" and "eth5": the others are asked for, or belong to the bridge */
	assert_run(NETWORK("{'name':'eth3','addresses':['10.0.3.1/24']},"
	                   "{'addresses':['10.0.4.1/24']},"
	                   "{'mac':'02:00:00:00:00:01','addresses':['10.0.1.1/24']},"
	                   "{'addresses':['10.0.5.1/24']}"));
	assert_shows("-o -4 addr show dev eth1", "10.0.1.1/24");
	assert_shows("-o -4 addr show dev eth3", "10.0.3.1/24");
	assert_shows("-o -4 addr show dev eth4", "10.0.4.1/24");
	assert_shows("-o -4 addr show dev eth5", "10.0.5.1/24");
}

static void test_rename(void **state)
{
	(void)state;
	add_nics(4);
	ip_do(guest_fd, "link set eth1 up");
	/* a circle of three, and the names that come of it are matched after that */
	assert_run(NETWORK("{'mac':'02:00:00:00:00:01','name':'eth2','addresses':['10.0.1.1/24']},"
	                   "{'mac':'02:00:00:00:00:02','name':'eth3','addresses':['10.0.2.1/24']},"
	                   "{'mac':'02:00:00:00:00:03','name':'wan','addresses':['10.0.3.1/24']},"
	                   "{'name':'eth4','addresses':['10.0.4.1/24']}"));
	assert_shows("link show dev eth2", ",UP");
	assert_shows("link show dev eth2", "02:00:00:00:00:01");
	assert_shows("link show dev eth3", "02:00:00:00:00:02");
	assert_shows("link show dev wan", "02:00:00:00:00:03");
	assert_shows("-o -4 addr show dev eth2", "10.0.1.1/24");
	assert_shows("-o -4 addr show dev wan", "10.0.3.1/24");
	assert_shows("-o -4 addr show dev eth4", "10.0.4.1/24");
	/* whoever had the name gets the other one, and is found by it */
	assert_run(NETWORK("{'mac':'02:00:00:00:00:04','name':'wan'},{'name':'eth4','mtu':1300}"));
	assert_shows("link show dev wan", "02:00:00:00:00:04");
	assert_shows("link show dev eth4", "02:00:00:00:00:03");
	assert_shows("link show dev eth4", "mtu 1300");
}

/* By name, with the kernel's words where it has some. */
static void test_refusals(void **state)
{
	struct nic_plan nic = {.name = "eth1", .mtu = 100000};
	struct net_plan plan = {.nics = &nic, .count = 1};

	(void)state;
	add_nics(2);
	assert_fails(ETH1("'routes':[{'to':'10.1.0.0/16','via':'10.0.0.1'}]"),
	             "cannot add route '10.1.0.0/16 via 10.0.0.1' to 'eth1': "
	             "Nexthop has invalid gateway: Network is unreachable");
	assert_fails(ETH1("'mtu':1000,'addresses':['fd00::2/64']"),
	             "cannot add address 'fd00::2/64' to 'eth1': Invalid argument");
	/* what the table of fields keeps away from here */
	assert_true(net_setup(&guest, &plan, 0) < 0);
	assert_string_equal(guest.error, "cannot give the mtu '100000' to 'eth1': "
	                                 "mtu greater than device maximum: Invalid argument");
	nic = (struct nic_plan){.name = "a/b", .has_mac = true, .mac = {2, 0, 0, 0, 0, 2}};
	assert_true(net_setup(&guest, &plan, 0) < 0);
	assert_string_equal(guest.error, "cannot give the name 'a/b' to 'eth2': Invalid argument");
}

static void test_missing(void **state)
{
	static const char there[] =
	    "appeared in 0 ms (there is eth1 02:00:00:00:00:01, eth2 02:00:00:00:00:02): "
	    "No such device";
	char expected[300];

	(void)state;
	require_namespaces();
	assert_fails(NETWORK("{}"),
	             "no network interface for /interfaces/0 appeared in 0 ms (there is none): "
	             "No such device");
	add_nics(2);
	snprintf(expected, sizeof(expected), "no network interface with mac '%s' %s",
	         "02:00:00:00:00:09", there);
	assert_fails(NETWORK("{'mac':'02:00:00:00:00:09'}"), expected);
	snprintf(expected, sizeof(expected), "no network interface named 'eth9' %s", there);
	assert_fails(NETWORK("{'name':'eth9'}"), expected);
	snprintf(expected, sizeof(expected), "no network interface for /interfaces/2 %s", there);
	assert_fails(NETWORK("{},{},{}"), expected);
}

/* Whether the process is asleep; what it waits for can only be a link. */
static bool is_asleep(pid_t pid)
{
	char path[64], state = 0;
	_cleanup_file_ FILE *file = NULL;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	return file && fscanf(file, "%*d (%*[^)]) %c", &state) == 1 && state == 'S';
}

/* Whether somebody in this namespace listens for links: see "Groups" of /proc/net/netlink. */
static bool is_listened_to(void)
{
	_cleanup_file_ FILE *file = fopen("/proc/thread-self/net/netlink", "re");
	char line[200];
	unsigned protocol, groups;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %u %*d %x", &protocol, &groups) == 2 &&
		    protocol == NETLINK_ROUTE && (groups & RTMGRP_LINK))
			return true;
	return false;
}

/* In a child: the NICs come when the parent is waiting for them. */
static void come_late(const char *words)
{
	const struct timespec ms = {.tv_nsec = 1000000};

	for (int i = 0; i < 20000; i++) {
		if (is_listened_to() && is_asleep(getppid()))
			exec_ip(words, world_fd);
		nanosleep(&ms, NULL);
	}
	_exit(1);
}

static void test_late(void **state)
{
	char words[2][200];
	pid_t children[2];

	(void)state;
	require_namespaces();
	for (unsigned i = 0; i < 2; i++) {
		make_nic_words(words[i], i + 1);
		children[i] = fork();
		if (children[i] == 0)
			come_late(words[i]);
	}
	if (run(NETWORK("{'mac':'02:00:00:00:00:01','name':'wan'},{'addresses':['10.0.0.2/24']}"),
	        30000) < 0)
		fail_msg("%s", guest.error);
	for (unsigned i = 0; i < 2; i++) {
		int status = -1;

		waitpid(children[i], &status, 0);
		assert_int_equal(status, 0);
	}
	assert_shows("link show dev wan", "02:00:00:00:00:01");
	assert_shows("-o -4 addr show dev eth2", "10.0.0.2/24");
}

/* While it is not NULL each look at the interfaces is followed by a change of another one. */
static struct netlink *restless;
static unsigned looks;

int __real_nics_read(struct netlink *nl, struct nics *nics);
int __wrap_nics_read(struct netlink *nl, struct nics *nics);

int __wrap_nics_read(struct netlink *nl, struct nics *nics)
{
	int r = __real_nics_read(nl, nics);

	looks++;
	if (restless && looks < 1000)
		assert_int_equal(net_set_mtu(restless, 1, 60000 + looks % 2), 0);
	return r;
}

/* There is news whenever init would wait, and never of the one that is missing. */
static void test_news_of_others_makes_no_wait_longer(void **state)
{
	struct netlink nl = NETLINK_CLOSED;

	(void)state;
	add_nics(1);
	assert_int_equal(netlink_open(&nl, 0), 0);
	restless = &nl;
	looks = 0;
	assert_true(run(ETH1("'mac':'02:00:00:00:00:09'"), 0) < 0);
	restless = NULL;
	netlink_close(&nl);
	assert_non_null(strstr(guest.error, "'02:00:00:00:00:09' appeared in 0 ms"));
	assert_int_equal(looks, 1);
}

/* More than one datagram of dump, more than one page of config. */
static void test_many(void **state)
{
	enum { NICS = 64, ADDRESSES = 100 };
	size_t size = (size_t)(NICS + ADDRESSES) * 64, n = 0;
	_cleanup_free_ char *json = malloc(size);

	(void)state;
	add_nics(NICS);
	n += (size_t)snprintf(json + n, size - n, "{'network_enabled':true,'interfaces':[");
	for (unsigned i = NICS; i > 1; i--)
		n += (size_t)snprintf(json + n, size - n,
		                      "{'mac':'02:00:00:00:00:%02x','addresses':['10.1.%u.1/24']},",
		                      i, i);
	n += (size_t)snprintf(json + n, size - n, "{'addresses':[");
	for (unsigned i = 0; i < ADDRESSES; i++)
		n += (size_t)snprintf(json + n, size - n, "%s'fd00::%x/64'", i ? "," : "", i + 1);
	snprintf(json + n, size - n, "]}]}");
	assert_run(json);
	assert_shows("-o -6 addr show dev eth1", "inet6 fd00::64/64");
	assert_shows("-o -6 addr show dev eth1", "inet6 fd00::1/64");
	assert_shows("-o -4 addr show dev eth2", "10.1.2.1/24");
	assert_shows("-o -4 addr show dev eth64", "10.1.64.1/24");
}

static void test_message_too_large(void **state)
{
	const struct ifinfomsg link = {.ifi_index = 1};
	struct netlink nl = NETLINK_CLOSED;
	struct netlink_message m;
	char data[300] = "";

	(void)state;
	assert_int_equal(netlink_open(&nl, 0), 0);
	netlink_begin(&m, RTM_NEWLINK, 0, &link, sizeof(link));
	for (int i = 0; i < 4; i++)
		netlink_add(&m, IFLA_IFALIAS, data, sizeof(data));
	assert_int_equal(netlink_request(&nl, &m), -EMSGSIZE);
	netlink_close(&nl);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(test_loopback),
	    TEST(test_phase_says_what_is_wrong),
	    TEST(test_twice_is_once),
	    TEST(test_configured_already),
	    TEST(test_gateways_outside),
	    TEST(test_two_gateways),
	    TEST(test_packets_pass),
	    TEST(test_order),
	    TEST(test_rename),
	    TEST(test_refusals),
	    TEST(test_missing),
	    TEST(test_late),
	    TEST(test_news_of_others_makes_no_wait_longer),
	    TEST(test_many),
	    TEST(test_message_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
