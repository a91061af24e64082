/* SPDX-License-Identifier: MIT */
/* The forms of strings, one by one: what passes, and what is said about what does not. */
#include "document_test.h"

#include <arpa/inet.h>
#include <regex.h>

#include "formats.h"

#define FIFTEEN    "abcdefghijklmno"
#define SIXTY_FOUR "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct sample {
	const char *value;
	const char *complaint; /* NULL: none */
};

/* The schema must not refuse what the program takes. */
static void assert_in_schema(const struct format *format, const char *value)
{
	regex_t pattern;

	assert_non_null(format->pattern);
	assert_int_equal(regcomp(&pattern, format->pattern, REG_EXTENDED | REG_NOSUB), 0);
	if (regexec(&pattern, value, 0, NULL, 0) != 0)
		fail_msg("%s: '%s' does not match '%s'", format->name, value, format->pattern);
	regfree(&pattern);
}

static void assert_samples(const struct format *format, const struct sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *complaint = format->complain(samples[i].value);

		if (!complaint && !samples[i].complaint) {
			assert_in_schema(format, samples[i].value);
			continue;
		}
		if (!complaint || !samples[i].complaint)
			fail_msg("%s: '%s': %s", format->name, samples[i].value,
			         complaint ? complaint : "passes");
		assert_string_equal(complaint, samples[i].complaint);
	}
}

#define ASSERT_SAMPLES(format, ...)                                        \
	do {                                                               \
		static const struct sample samples_[] = {__VA_ARGS__};     \
		assert_samples(&(format), samples_, ARRAY_SIZE(samples_)); \
	} while (0)

static void test_absolute_path(void **state)
{
	static const char *const relative = "is not an absolute path";
	char path[4097];

	(void)state;
	assert_null(format_absolute_path.complain("/"));
	assert_null(format_absolute_path.complain("/a b/\xc3\xa9/..c/d../...//"));
	assert_string_equal(format_absolute_path.complain("a"), relative);
	assert_string_equal(format_absolute_path.complain(""), relative);
	assert_string_equal(format_absolute_path.complain("./a"), relative);
	ASSERT_SAMPLES(format_absolute_path, {"/..", "has a '..' part"},
	               {"/a/..", "has a '..' part"}, {"/../a", "has a '..' part"},
	               {"/a/../b", "has a '..' part"}, {"/a..../../b", "has a '..' part"});
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[4095] = '\0';
	assert_null(format_absolute_path.complain(path));
	path[4095] = 'a';
	path[4096] = '\0';
	assert_string_equal(format_absolute_path.complain(path), "is longer than PATH_MAX (4096)");
}

static void test_device(void **state)
{
	static const char none[] =
	    "is no device: use /dev/NAME, serial=NAME, label=NAME or uuid=UUID";

	(void)state;
	ASSERT_SAMPLES(
	    format_device, {"/dev/vda", NULL}, {"/dev/disk/by-id/x y", NULL}, {"serial=data", NULL},
	    {"label=a=b", NULL}, {"uuid=1234-ABCD", NULL}, {"serial=", "names nothing"},
	    {"label=", "names nothing"}, {"uuid=", "names nothing"}, {"/dev/", none},
	    {"/dev", none}, {"/dev/../etc/passwd", none}, {"vda", none}, {"", none},
	    {"Serial=x", none}, {"/device", none}, {"label=a\nb", "has a control character"},
	    {"/dev/v\x7f", "has a control character"},
	    {"label=" SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR, "is longer than 255 bytes"});
}

static void test_env_name(void **state)
{
	(void)state;
	ASSERT_SAMPLES(format_env_name, {"PATH", NULL}, {"FOO.BAR-baz", NULL}, {"a b", NULL},
	               {"\xc3\xa9", NULL}, {"", "is an empty variable name"},
	               {"A=", "has a '=' in a variable name"},
	               {"=A", "has a '=' in a variable name"});
}

static void test_hostname(void **state)
{
	static const char wrong[] = "has a character that no host name may have";

	(void)state;
	ASSERT_SAMPLES(format_hostname, {"web", NULL}, {"web-1.example.org", NULL},
	               {"under_score", NULL}, {"\xc3\xa9", NULL}, {SIXTY_FOUR, NULL},
	               {SIXTY_FOUR "x", "is longer than 64 bytes"}, {"a b", wrong}, {"a/b", wrong},
	               {"a#b", wrong}, {"a\nb", wrong}, {"a\tb", wrong}, {"", "is empty"});
}

static void test_link_name(void **state)
{
	(void)state;
	ASSERT_SAMPLES(format_link_name, {"eth0", NULL}, {"wan.100@x", NULL}, {FIFTEEN, NULL},
	               {FIFTEEN "p", "is longer than 15 bytes"}, {".", "is no interface name"},
	               {"..", "is no interface name"}, {"a/b", "is no interface name"},
	               {"eth0:1", "is no interface name"}, {"eth%d", "is no interface name"},
	               {"lo", "is no interface name"}, {"lo0", NULL},
	               {"a b", "is no interface name"}, {"a\n", "is no interface name"});
}

static void test_addresses(void **state)
{
	(void)state;
	ASSERT_SAMPLES(format_ipv4, {"10.0.2.15", NULL}, {"255.255.255.255", NULL},
	               {"10.0.2", "is no IPv4 address"}, {"10.0.2.256", "is no IPv4 address"},
	               {"10.0.2.15/24", "is no IPv4 address"}, {"::1", "is no IPv4 address"},
	               {" 10.0.2.15", "is no IPv4 address"}, {"10.0.2.15 ", "is no IPv4 address"},
	               {"0x0a.0.0.1", "is no IPv4 address"}, {"10.0.02.1", "is no IPv4 address"},
	               {"", "is no IPv4 address"});
	ASSERT_SAMPLES(format_ipv6, {"::", NULL}, {"fe80::1", NULL}, {"2001:DB8::ffff", NULL},
	               {"::ffff:10.0.0.1", NULL}, {"fe80::1%eth0", "is no IPv6 address"},
	               {"10.0.0.1", "is no IPv6 address"}, {"[::1]", "is no IPv6 address"},
	               {"1::2::3", "is no IPv6 address"}, {"12345::", "is no IPv6 address"},
	               {"", "is no IPv6 address"});
	ASSERT_SAMPLES(format_ip, {"10.0.2.15", NULL}, {"fe80::1", NULL},
	               {"localhost", "is no IP address"}, {"", "is no IP address"});
}

static void test_cidr(void **state)
{
	static const char no[] = "is not ADDRESS/PREFIX";

	(void)state;
	ASSERT_SAMPLES(format_cidr, {"10.0.0.1/0", NULL}, {"10.0.0.1/32", NULL}, {"::/0", NULL},
	               {"fd00::1/128", NULL}, {"10.0.0.1/33", no}, {"fd00::1/129", no},
	               {"10.0.0.1", no}, {"10.0.0.1/", no}, {"10.0.0.1/-1", no},
	               {"10.0.0.1/+1", no}, {"10.0.0.1/ 1", no}, {"10.0.0.1/1x", no},
	               {"10.0.0.1/0000", no}, {"10.0.0.1/4294967297", no}, {"10.0.0.1/24/24", no},
	               {"/24", no}, {"host/24", no}, {"", no}, {SIXTY_FOUR "/24", no});
	ASSERT_SAMPLES(format_route_target, {"default", NULL}, {"10.0.0.0/8", NULL},
	               {"fd00::/8", NULL}, {"Default", "is neither ADDRESS/PREFIX nor \"default\""},
	               {"10.0.0.0", "is neither ADDRESS/PREFIX nor \"default\""});
}

static void test_cidr_parse(void **state)
{
	static const unsigned char v4[] = {10, 0, 2, 15};
	unsigned char address[16];
	unsigned prefix = 99;

	(void)state;
	assert_int_equal(cidr_parse("10.0.2.15/24", address, &prefix), AF_INET);
	assert_memory_equal(address, v4, 4);
	assert_int_equal(prefix, 24);
	assert_int_equal(cidr_parse("fd00::1/64", address, &prefix), AF_INET6);
	assert_int_equal(address[0], 0xfd);
	assert_int_equal(address[15], 1);
	assert_int_equal(prefix, 64);
	assert_int_equal(cidr_parse("fd00::1", address, &prefix), -EINVAL);
}

static void test_mac(void **state)
{
	(void)state;
	ASSERT_SAMPLES(
	    format_mac, {"52:54:00:12:34:56", NULL}, {"aA:Bc:dE:F0:00:01", NULL},
	    {"52-54-00-12-34-56", "is no MAC address"}, {"52:54:00:12:34", "is no MAC address"},
	    {"52:54:00:12:34:5", "is no MAC address"}, {"52:54:00:12:34:5g", "is no MAC address"},
	    {"52:54:00:12:34:56:78", "is no MAC address"}, {"", "is no MAC address"},
	    {"01:00:5e:00:00:01", "is a multicast address"},
	    {"ff:ff:ff:ff:ff:ff", "is a multicast address"},
	    {"0D:00:00:00:00:01", "is a multicast address"},
	    {"00:00:00:00:00:00", "is no NIC's address"});
}

static void test_words(void **state)
{
	(void)state;
	ASSERT_SAMPLES(format_word, {"ndots:2", NULL}, {"a#b", NULL}, {"", "is empty"},
	               {"a b", "is not one word"}, {"a\tb", "is not one word"},
	               {"a\nb", "is not one word"}, {"#a", "is not one word"});
	ASSERT_SAMPLES(format_name, {"www-data", NULL}, {"DOMAIN\\some one", NULL}, {"1000", NULL},
	               {"a:b", "is no user or group name"}, {"a\nb", "is no user or group name"},
	               {SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR, "is longer than 255 bytes"});
	ASSERT_SAMPLES(format_not_empty, {"a", NULL}, {" ", NULL}, {"", "is empty"});
	ASSERT_SAMPLES(format_signal, {"SIGTERM", NULL}, {"rtmin+3", NULL}, {"9", NULL},
	               {"SIGFOO", "is no signal"}, {"0", "is no signal"});
	ASSERT_SAMPLES(format_channel, {"virtio-serial", NULL}, {"vsock", NULL}, {"console", NULL},
	               {"Console", "is none of \"virtio-serial\", \"vsock\", \"console\""});
	ASSERT_SAMPLES(format_nonce, {"0", NULL}, {SIXTY_FOUR, NULL},
	               {SIXTY_FOUR "0", "is longer than 64 bytes"}, {"xyz", "is not hexadecimal"},
	               {"0 1", "is not hexadecimal"});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_absolute_path), cmocka_unit_test(test_device),
	    cmocka_unit_test(test_env_name),      cmocka_unit_test(test_hostname),
	    cmocka_unit_test(test_link_name),     cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_cidr),          cmocka_unit_test(test_cidr_parse),
	    cmocka_unit_test(test_mac),           cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
