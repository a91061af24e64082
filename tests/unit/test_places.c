/* SPDX-License-Identifier: MIT */
/* Where a config puts things: what hides what, what cannot be anywhere, and the nearest that may.
 */
#include "host_test.h"

#include "places.h"

/* assert_places() - @expected is "POINTER: MESSAGE", or "" for nothing wrong. */
static void assert_places(const char *members, const char *expected)
{
	struct vmconfig cfg = {0};
	struct document d;
	char text[2048], found[512] = "";

	snprintf(text, sizeof(text), "{'cmd':['x'],%s}", members);
	document_from(&d, text);
	assert_int_equal(vmconfig_decode(&cfg, &d.json, &d.problems), 0);
	assert_int_equal(config_check(&cfg, &d.json, &d.problems),
	                 expected[0] && !strstr(expected, "replaces") ? -EINVAL : 0);
	for (size_t i = 0; i < d.problems.count; i++)
		snprintf(found + strlen(found), sizeof(found) - strlen(found), "%s%s: %s",
		         i ? "; " : "", d.problems.items[i].pointer, d.problems.items[i].message);
	assert_string_equal(found, expected);
	vmconfig_release(&cfg);
	document_release(&d);
}

#define VOLUME(path) "'volume_mounts':[{'device':'label=a','path':'" path "','mode':'rw'}]"
#define MOUNT(path)  "'mounts':[{'destination':'" path "','type':'tmpfs','source':'x'}]"

#define HIDES "/mounts/0/destination: would hide a volume, which is mounted before"

static void test_hidden_volume(void **state)
{
	(void)state;
	assert_places(VOLUME("/a/b") "," MOUNT("/a/b"), HIDES);
	assert_places(VOLUME("/a/b") "," MOUNT("//a/"), HIDES);
	assert_places(VOLUME("/a//b") "," MOUNT("/a"), HIDES);
	assert_places(VOLUME("/a/b") "," MOUNT("/a/b/c"), "");
	assert_places(VOLUME("/a/b") "," MOUNT("/a/bc"), "");
	assert_places(VOLUME("/ab") "," MOUNT("/a"), "");
	assert_places(VOLUME("/dev/x") "," MOUNT("/dev"), "");
	assert_places(
	    VOLUME("/dev/x") ",'mounts':[{'destination':'/dev','type':'ext4','source':'label=a'}]",
	    HIDES);
	assert_places(VOLUME("/run/x") "," MOUNT("/run"), HIDES);
	assert_places("'volume_mounts':[{'device':'label=a','path':'/a/b','mode':'rw'},"
	              "{'device':'label=b','path':'/a/c/d','mode':'rw'},"
	              "{'device':'label=c','path':'/a-','mode':'rw'},"
	              "{'device':'label=d','path':'/b','mode':'rw'}],"
	              "'mounts':[{'destination':'/a/c','type':'tmpfs','source':'x'},"
	              "{'destination':'/a','type':'tmpfs','source':'x'}]",
	              "/mounts/1/destination: would hide a volume, which is mounted before; "
	              "/mounts/0/destination: would hide a volume, which is mounted before");
	assert_places(VOLUME("/a") ",'mounts':[{'destination':'/a','options':['remount','ro']}]",
	              "");
}

static void test_twice(void **state)
{
	(void)state;
	assert_places("'files':[{'path':'/a','content':''},{'path':'/b','content':''},"
	              "{'path':'//a','content':''}]",
	              "/files/2/path: replaces an earlier file");
	assert_places("'devices':[{'path':'/dev/a','type':'c','major':1,'minor':3},"
	              "{'path':'/dev/a','type':'c','major':1,'minor':5}]",
	              "/devices/1/path: is the place of an earlier device");
	assert_places("'devices':[{'path':'/dev/a','type':'c','major':1,'minor':3},"
	              "{'path':'/dev/a','type':'c','major':1,'minor':3}]",
	              "");
	assert_places("'volume_mounts':[{'device':'label=a','path':'/a','mode':'rw'},"
	              "{'device':'label=b','path':'/a/','mode':'rw'}]",
	              "/volume_mounts/1/path: is the place of an earlier volume");
	assert_places("'mounts':[{'destination':'/a','type':'tmpfs','source':'x'},"
	              "{'destination':'/a','type':'tmpfs','source':'x'}],"
	              "'files':[{'path':'/a/f','content':''}]",
	              "");
}

static void test_kernels_places(void **state)
{
	(void)state;
	assert_places(VOLUME("/proc"), "/volume_mounts/0/path: is a place of the kernel's own");
	assert_places(VOLUME("/sys/x"), "/volume_mounts/0/path: is a place of the kernel's own");
	assert_places(VOLUME("/dev/"), "/volume_mounts/0/path: is a place of the kernel's own");
	assert_places(VOLUME("/devices"), "");
	assert_places("'files':[{'path':'/proc/sys/x','content':''}]",
	              "/files/0/path: is a place of the kernel's own");
	assert_places("'devices':[{'path':'/sys/null','type':'p'}]",
	              "/devices/0/path: is a place of the kernel's own");
	assert_places(MOUNT("/proc"), "");
	assert_places(MOUNT("/"), "/mounts/0/destination: is the root filesystem's place");
	assert_places("'mounts':[{'destination':'/','options':['remount','ro']}]", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hidden_volume),
	    cmocka_unit_test(test_twice),
	    cmocka_unit_test(test_kernels_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
