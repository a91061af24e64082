/* SPDX-License-Identifier: MIT */
/* Names of kernel parameters. */
#include "guest_test.h"

#include "sysctl_path.h"

static void assert_path(const char *name, const char *expected)
{
	char path[64];

	assert_int_equal(sysctl_path(name, path, sizeof(path)), 0);
	assert_string_equal(path, expected);
}

static void test_dots(void **state)
{
	(void)state;
	assert_path("kernel.msgmax", "kernel/msgmax");
	assert_path("net.ipv4.ip_forward", "net/ipv4/ip_forward");
	assert_path("net.ipv4.conf.eth0/100.forwarding", "net/ipv4/conf/eth0.100/forwarding");
}

static void test_slashes(void **state)
{
	(void)state;
	assert_path("kernel/msgmax", "kernel/msgmax");
	assert_path("net/ipv4/conf/eth0.100/forwarding", "net/ipv4/conf/eth0.100/forwarding");
}

static void test_no_separator(void **state)
{
	(void)state;
	assert_path("kernel", "kernel");
	assert_path("", "");
}

static void test_length(void **state)
{
	char path[8];

	(void)state;
	assert_int_equal(sysctl_path("1.34567", path, sizeof(path)), 0);
	assert_string_equal(path, "1/34567");
	assert_int_equal(sysctl_path("1.345678", path, sizeof(path)), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_dots),
	    cmocka_unit_test(test_slashes),
	    cmocka_unit_test(test_no_separator),
	    cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
