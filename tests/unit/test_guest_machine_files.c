/* SPDX-License-Identifier: MIT */
/* resolv.conf, hosts and hostname as the config makes them, and which of them are written where. */
#include "guest_test.h"

#include <sched.h>
#include <sys/utsname.h>

#include "beneath.h"
#include "cleanup.h"
#include "machine_files.h"

#define LOCALHOST "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"

static void assert_made(char *(*make)(const struct vmconfig *), const char *json,
                        const char *expected)
{
	_cleanup_(vmconfig_release) struct vmconfig cfg;
	_cleanup_free_ char *text = NULL;

	config_from(&cfg, json);
	text = make(&cfg);
	assert_non_null(text);
	assert_string_equal(text, expected);
}

static void test_resolv_conf(void **state)
{
	(void)state;
	assert_made(machine_resolv_conf,
	            "{'dns':{'servers':['10.0.0.1','fd00::1'],'search':['a.example','b.example'],"
	            "'options':['ndots:1','edns0']}}",
	            "search a.example b.example\nnameserver 10.0.0.1\nnameserver fd00::1\n"
	            "options ndots:1 edns0\n");
	assert_made(machine_resolv_conf, "{'network_enabled':true,'guest_dns':'10.0.0.9'}",
	            "nameserver 10.0.0.9\n");
	/* the list says more than the seed's one server */
	assert_made(
	    machine_resolv_conf,
	    "{'network_enabled':true,'guest_dns':'10.0.0.9','dns':{'servers':['10.0.0.1']}}",
	    "nameserver 10.0.0.1\n");
	assert_made(machine_resolv_conf,
	            "{'network_enabled':true,'guest_dns':'10.0.0.9','dns':{'search':['a']}}",
	            "search a\nnameserver 10.0.0.9\n");
}

static void assert_gives_dns(const char *json, bool expected)
{
	_cleanup_(vmconfig_release) struct vmconfig cfg;

	config_from(&cfg, json);
	assert_int_equal(machine_gives_dns(&cfg), expected);
}

static void test_who_gives_dns(void **state)
{
	(void)state;
	assert_gives_dns("{'network_enabled':true,'guest_ip':'10.0.0.2'}", false);
	assert_gives_dns("{'network_enabled':true,'guest_dns':'10.0.0.1'}", true);
	assert_gives_dns("{'network_enabled':false,'guest_dns':'10.0.0.1'}", false);
	assert_gives_dns("{'dns':{}}", false);
	assert_gives_dns("{'dns':{'options':['edns0']}}", true);
}

static void test_hosts(void **state)
{
	(void)state;
	assert_made(machine_hosts, "{}", LOCALHOST);
	assert_made(machine_hosts, "{'hostname':'web'}", LOCALHOST "127.0.1.1\tweb\n");
	assert_made(machine_hosts, "{'hostname':'localhost'}", LOCALHOST);
	assert_made(machine_hosts, "{'hostname':'web','domainname':'example.org'}",
	            LOCALHOST "127.0.1.1\tweb.example.org web\n");
	assert_made(machine_hosts, "{'hostname':'web.example.org'}",
	            LOCALHOST "127.0.1.1\tweb.example.org web\n");
	assert_made(machine_hosts,
	            "{'hosts':[{'ip':'10.0.0.7','names':['db','db.example']},"
	            "{'ip':'fd00::7','names':['db']}]}",
	            LOCALHOST "10.0.0.7\tdb db.example\nfd00::7\tdb\n");
}

static void test_own_address(void **state)
{
	(void)state;
	assert_made(machine_hosts,
	            "{'hostname':'web','network_enabled':true,'guest_ip':'10.0.0.2',"
	            "'guest_cidr':24}",
	            LOCALHOST "10.0.0.2\tweb\n");
	assert_made(machine_hosts, "{'hostname':'web','guest_ip':'10.0.0.2','guest_cidr':24}",
	            LOCALHOST "127.0.1.1\tweb\n");
	assert_made(machine_hosts,
	            "{'hostname':'web','network_enabled':true,'interfaces':["
	            "{'addresses':['fd00::2/64']},{'addresses':['fd00::3/64','10.0.0.3/24']}]}",
	            LOCALHOST "10.0.0.3\tweb\n");
	assert_made(machine_hosts,
	            "{'hostname':'web','network_enabled':true,'interfaces':["
	            "{'addresses':['fd00::2/64']}]}",
	            LOCALHOST "fd00::2\tweb\n");
}

/* A word that the config's check should have refused does not become a line. */
static void test_words_stay_words(void **state)
{
	char *search[] = {(char[]){"a\nnameserver 6.6.6.6"}};
	struct dns dns = {.search = {search, 1}};
	struct vmconfig cfg = {.dns = &dns};
	_cleanup_free_ char *text = machine_resolv_conf(&cfg);

	(void)state;
	assert_string_equal(text, "search anameserver6.6.6.6\n");
}

/* The phase: it names the kernel, so in a namespace of its own. */
struct machine {
	char top[64];
	int root_fd;
};

static void machine_run(struct machine *m, const char *json)
{
	struct guest *g = calloc(1, sizeof(*g));

	config_from(&g->config, json);
	g->root_fd = m->root_fd;
	assert_int_equal(phase_machine(g), 0);
	vmconfig_release(&g->config);
	free(g);
}

static void assert_file(const struct machine *m, const char *path, const char *expected)
{
	_cleanup_free_ char *text = NULL;
	size_t length;

	if (!expected) {
		assert_int_equal(faccessat(m->root_fd, path, F_OK, AT_SYMLINK_NOFOLLOW), -1);
		return;
	}
	assert_int_equal(beneath_read(m->root_fd, path, 1000, &text, &length), 0);
	assert_string_equal(text, expected);
}

static int machine_set_up(void **state)
{
	struct machine *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	if (unshare(CLONE_NEWUTS) == 0) {
		assert_int_equal(sethostname("(none)", 6), 0);
		snprintf(m->top, sizeof(m->top), "/tmp/vmconfig-machine-XXXXXX");
		assert_non_null(mkdtemp(m->top));
		m->root_fd = open(m->top, O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	*state = m;
	return 0;
}

static int machine_tear_down(void **state)
{
	struct machine *m = *state;

	if (m->top[0]) {
		close(m->root_fd);
		remove_tree(m->top);
	}
	free(m);
	return 0;
}

static void assert_kernel_names(const char *host, const char *domain)
{
	struct utsname names;

	assert_int_equal(uname(&names), 0);
	assert_string_equal(names.nodename, host);
	if (domain)
		assert_string_equal(names.domainname, domain);
}

static void test_phase_on_nothing(void **state)
{
	struct machine *m = *state;

	if (!m->top[0])
		skip();
	machine_run(m, "{}");
	assert_kernel_names("localhost", NULL);
	assert_file(m, "etc/hosts", LOCALHOST);
	assert_file(m, "etc/hostname", NULL);
	assert_file(m, "etc/resolv.conf", NULL);
}

static void test_phase_leaves_alone(void **state)
{
	struct machine *m = *state;

	if (!m->top[0])
		skip();
	beneath_replace(m->root_fd, "etc/hosts", "image\n", 6, 0644);
	beneath_replace(m->root_fd, "etc/resolv.conf", "image\n", 6, 0644);
	machine_run(m, "{}");
	assert_file(m, "etc/hosts", "image\n");
	assert_file(m, "etc/resolv.conf", "image\n");
}

static void test_phase_replaces(void **state)
{
	struct machine *m = *state;

	if (!m->top[0])
		skip();
	beneath_replace(m->root_fd, "etc/hosts", "image\n", 6, 0644);
	assert_int_equal(
	    symlinkat("../run/systemd/resolve/stub-resolv.conf", m->root_fd, "etc/resolv.conf"), 0);
	machine_run(m, "{'hostname':'web','domainname':'example.org',"
	               "'dns':{'servers':['10.0.0.1']}}");
	assert_kernel_names("web", "example.org");
	assert_file(m, "etc/hosts", LOCALHOST "127.0.1.1\tweb.example.org web\n");
	assert_file(m, "etc/hostname", "web\n");
	assert_file(m, "etc/resolv.conf", "nameserver 10.0.0.1\n");
	assert_file(m, "run", NULL);
}

#define MACHINE_TEST(f) cmocka_unit_test_setup_teardown(f, machine_set_up, machine_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_resolv_conf),
	    cmocka_unit_test(test_who_gives_dns),
	    cmocka_unit_test(test_hosts),
	    cmocka_unit_test(test_own_address),
	    cmocka_unit_test(test_words_stay_words),
	    MACHINE_TEST(test_phase_on_nothing),
	    MACHINE_TEST(test_phase_leaves_alone),
	    MACHINE_TEST(test_phase_replaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
