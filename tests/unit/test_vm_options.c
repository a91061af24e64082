/* SPDX-License-Identifier: MIT */
/* Options that the VMM is told. */
#include "host_test.h"

#include <sysexits.h>

#include "vm.h"
#include "vm_options.h"

static const struct option_row *find_row(const char *name)
{
	for (const struct option_row *row = vm_options; row->name; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	fail_msg("no option --%s", name);
	return NULL;
}

static int set(struct vm *vm, const char *name, const char *value)
{
	const struct option_row *row = find_row(name);

	return row->set(row, (char *)vm + row->offset, value);
}

static void test_memory(void **state)
{
	static const struct {
		const char *text;
		int64_t bytes;
	} good[] = {
	    {"512M", 512LL << 20},  {"1G", 1LL << 30}, {"2g", 2LL << 30},   {"256", 256LL << 20},
	    {"65536K", 64LL << 20}, {"1T", 1LL << 40}, {"32m", 32LL << 20}, {"4096T", 1LL << 52},
	};
	static const char *const bad[] = {"",
	                                  "M",
	                                  "0",
	                                  "1M",
	                                  "31M",
	                                  "1.5G",
	                                  "1GB",
	                                  "1Gi",
	                                  "-1G",
	                                  " 1G",
	                                  "1 G",
	                                  "0x10M",
	                                  "4097T",
	                                  "1P",
	                                  "1e9",
	                                  "99999999999999999999",
	                                  "9223372036854775807T"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct vm vm = {0};

		assert_int_equal(set(&vm, "memory", good[i].text), 0);
		assert_true(vm.memory_bytes.set);
		assert_int_equal(vm.memory_bytes.value, good[i].bytes);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct vm vm = {0};

		if (set(&vm, "memory", bad[i]) != -EX_USAGE || vm.memory_bytes.set)
			fail_msg("'%s' was accepted", bad[i]);
	}
}

static void assert_words(const char *text, const char *expected)
{
	struct vm vm = {0};
	char found[256] = "";
	size_t n = 0;

	assert_int_equal(set(&vm, "append", text), 0);
	for (size_t i = 0; i < vm.kernel_parameters.count; i++)
		n += (size_t)snprintf(found + n, sizeof(found) - n, "[%s]",
		                      vm.kernel_parameters.items[i]);
	assert_string_equal(found, expected);
	vm_release(&vm);
}

static void test_append(void **state)
{
	struct vm vm = {0};

	(void)state;
	assert_words("", "");
	assert_words("  ", "");
	assert_words("quiet", "[quiet]");
	assert_words(" a=b  c ", "[a=b][c]");
	assert_words("x=\"hello world\" y", "[x=hello world][y]");
	assert_words("\"x=hello world\"", "[x=hello world]");
	assert_words("\"\" a", "[a]");
	assert_int_equal(set(&vm, "append", "x=\"y"), -EX_USAGE);
	assert_int_equal(set(&vm, "append", "a\nb"), -EX_USAGE);
	assert_int_equal(set(&vm, "append", "a\tb"), -EX_USAGE);
	vm_release(&vm);
}

static void test_publish(void **state)
{
	static const char *const bad[] = {"",
	                                  "80",
	                                  ":80",
	                                  "80:",
	                                  "80:0",
	                                  "65536:80",
	                                  "80:65536",
	                                  "a:80",
	                                  "80:80/x",
	                                  "80:80/",
	                                  "host:80:80",
	                                  "::1:80:80",
	                                  "1.2.3:80:80",
	                                  "80:80:80:80",
	                                  "80:+80",
	                                  "127.0.0.1::80"};
	struct vm vm = {0};

	(void)state;
	assert_int_equal(set(&vm, "publish", "8080:80"), 0);
	assert_int_equal(set(&vm, "publish", "0.0.0.0:0:53/udp"), 0);
	assert_int_equal(set(&vm, "publish", "1:2/tcp"), 0);
	assert_int_equal(vm.publish.count, 3);
	assert_null(vm.publish.items[0].address);
	assert_int_equal(vm.publish.items[0].host_port, 8080);
	assert_int_equal(vm.publish.items[0].guest_port, 80);
	assert_false(vm.publish.items[0].udp);
	assert_string_equal(vm.publish.items[1].address, "0.0.0.0");
	assert_int_equal(vm.publish.items[1].host_port, 0);
	assert_true(vm.publish.items[1].udp);
	assert_false(vm.publish.items[2].udp);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (set(&vm, "publish", bad[i]) != -EX_USAGE)
			fail_msg("'%s' was accepted", bad[i]);
	vm_release(&vm);
}

static void assert_disk(const char *text, const char *file, const char *serial, bool readonly)
{
	struct vm vm = {0};

	assert_int_equal(set(&vm, "disk", text), 0);
	assert_string_equal(vm.disks.items[0].file, file);
	assert_string_equal(vm.disks.items[0].serial ? vm.disks.items[0].serial : "", serial);
	assert_int_equal(vm.disks.items[0].readonly, readonly);
	vm_release(&vm);
}

static void test_disk(void **state)
{
	static const char *const bad[] = {"",
	                                  ",ro",
	                                  "a,serial=",
	                                  "a,serial=x,serial=y",
	                                  "a,serial=012345678901234567890",
	                                  "a,serial=a b"};
	struct vm vm = {0};

	(void)state;
	assert_disk("root.img", "root.img", "", false);
	assert_disk("root.img,ro", "root.img", "", true);
	assert_disk("root.img,ro,serial=root", "root.img", "root", true);
	assert_disk("root.img,serial=01234567890123456789,ro", "root.img", "01234567890123456789",
	            true);
	assert_disk("a,b.img", "a,b.img", "", false);
	assert_disk("a,ro.img,ro", "a,ro.img", "", true);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (set(&vm, "disk", bad[i]) != -EX_USAGE)
			fail_msg("'%s' was accepted", bad[i]);
	vm_release(&vm);
}

static void assert_share(const char *text, const char *expected)
{
	struct vm vm = {0};
	char found[256];

	assert_int_equal(set(&vm, "share", text), 0);
	snprintf(found, sizeof(found), "%s|%s|%s|%s%s", vm.shares.items[0].source,
	         vm.shares.items[0].tag, vm.shares.items[0].socket ? vm.shares.items[0].socket : "",
	         vm.shares.items[0].readonly ? "ro" : "rw", vm.shares.items[0].is_9p ? " 9p" : "");
	assert_string_equal(found, expected);
	vm_release(&vm);
}

static void test_share(void **state)
{
	static const char *const bad[] = {"",
	                                  "/a",
	                                  ":t",
	                                  "/a:",
	                                  "/a:b/c",
	                                  "/a:..",
	                                  "/a:-t",
	                                  "/a:t t",
	                                  "/a:0123456789012345678901234567890x",
	                                  "/a:t,rw",
	                                  "/a:t,socket=",
	                                  "/a:t,socket=a,socket=b",
	                                  "/a:t,9p,socket=a"};
	char value[200], path[120] = "";

	(void)state;
	assert_share("/srv:web", "/srv|web|virtiofs-web.sock|rw");
	assert_share("/srv:web,ro", "/srv|web|virtiofs-web.sock|ro");
	assert_share("/srv:web,virtiofs,socket=/run/a", "/srv|web|/run/a|rw");
	assert_share("data:web,9p,ro", "data|web||ro 9p");
	assert_share("/a:b,ro:web", "/a:b,ro|web|virtiofs-web.sock|rw");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct vm vm = {0};

		if (set(&vm, "share", bad[i]) != -EX_USAGE)
			fail_msg("'%s' was accepted", bad[i]);
		vm_release(&vm);
	}
	for (size_t length = 107; length <= 108; length++) {
		struct vm vm = {0};

		memset(path, 'a', length);
		snprintf(value, sizeof(value), "/a:t,socket=%s", path);
		assert_int_equal(set(&vm, "share", value), length == 107 ? 0 : -EX_USAGE);
		vm_release(&vm);
	}
}

static void assert_bad(const char *name, const char *const *bad)
{
	for (; *bad; bad++) {
		struct vm vm = {0};

		if (set(&vm, name, *bad) != -EX_USAGE)
			fail_msg("'%s' was accepted", *bad);
		vm_release(&vm);
	}
}

static void test_host_devices(void **state)
{
	static const char *const bad_pci[] = {"",         "0:1f.2",        "00:1f.8",
	                                      "00:1g.0",  "00:1f,2",       "/00:1f.2",
	                                      "00:1f.2 ", "0000:00:1f.22", NULL};
	static const char *const bad_usb[] = {"",          "046d", "46d:c52b", "046d:c52b:1",
	                                      "046d:xxxx", NULL};
	static const char *const bad_cid[] = {"", "2", "4294967295", "-1", "3x", NULL};
	struct vm vm = {0};

	(void)state;
	assert_int_equal(set(&vm, "pci", "00:1F.2"), 0);
	assert_int_equal(set(&vm, "pci", "0001:0A:00.0"), 0);
	assert_string_equal(vm.pci.items[0], "0000:00:1f.2");
	assert_string_equal(vm.pci.items[1], "0001:0a:00.0");
	assert_int_equal(set(&vm, "pci", "0000:00:1f.2"), -EX_USAGE); /* twice */
	assert_int_equal(set(&vm, "usb", "046D:C52B"), 0);
	assert_string_equal(vm.usb.items[0], "046d:c52b");
	assert_int_equal(set(&vm, "usb", "046d:c52b"), -EX_USAGE);
	assert_int_equal(set(&vm, "vsock", "4294967294"), 0);
	assert_int_equal(vm.vsock_cid.value, 4294967294LL);
	vm_release(&vm);
	assert_bad("pci", bad_pci);
	assert_bad("usb", bad_usb);
	assert_bad("vsock", bad_cid);
}

static void test_disk_formats(void **state)
{
	struct vm vm = {0};

	(void)state;
	assert_int_equal(set(&vm, "disk", "a,ro,format=qcow2"), 0);
	assert_int_equal(set(&vm, "disk", "a"), 0);
	assert_int_equal(vm.disks.items[0].format, VM_IMAGE_QCOW2);
	assert_int_equal(vm.disks.items[1].format, VM_IMAGE_NONE);
	assert_int_equal(set(&vm, "disk", "a,format=iso"), -EX_USAGE);
	assert_int_equal(set(&vm, "disk", "a,format="), -EX_USAGE);
	assert_false(vm.disks.items[0].references);
	vm_release(&vm);
	vm = (struct vm){0};
	assert_int_equal(set(&vm, "disk", "a,b,references,ro,format=vmdk"), 0);
	assert_true(vm.disks.items[0].references);
	assert_string_equal(vm.disks.items[0].file, "a,b");
	assert_int_equal(set(&vm, "disk", "a,references"), -EX_USAGE);
	assert_int_equal(set(&vm, "disk", "a,references,format=vhd"), -EX_USAGE);
	vm_release(&vm);
}

static void test_apply(void **state)
{
	struct vm base = {0}, given = {0};

	(void)state;
	set(&base, "kernel", "/k");
	set(&base, "initrd", "/i");
	set(&base, "append", "a b");
	set(&base, "cpus", "2");
	set(&given, "initrd", "other");
	set(&given, "append", "c");
	set(&given, "memory", "1G");
	set(&given, "accel", "tcg");
	set(&given, "disk", "d");
	set(&given, "verbose", NULL);
	set(&given, "share", "/d:t");
	set(&given, "pci", "00:1f.2");
	set(&given, "usb", "046d:c52b");
	set(&given, "vsock", "7");
	set(&given, "balloon", NULL);
	set(&given, "device-tree", "/dtb");
	assert_int_equal(vm_apply(&given, &base), 0);
	assert_string_equal(base.kernel, "/k");
	assert_string_equal(base.initrd, "other");
	assert_int_equal(base.kernel_parameters.count, 3);
	assert_string_equal(base.kernel_parameters.items[2], "c");
	assert_int_equal(base.vcpus.value, 2);
	assert_int_equal(base.memory_bytes.value, 1 << 30);
	assert_int_equal(base.accel, ACCEL_TCG);
	assert_int_equal(base.disks.count, 1);
	assert_true(base.verbose);
	assert_int_equal(base.shares.count, 1);
	assert_int_equal(base.pci.count, 1);
	assert_int_equal(base.usb.count, 1);
	assert_int_equal(base.vsock_cid.value, 7);
	assert_true(base.balloon);
	assert_string_equal(base.device_tree, "/dtb");
	assert_false(base.interactive);
	assert_false(base.timeout.set);
	vm_release(&base);
	vm_release(&given);
}

static void test_other_values(void **state)
{
	struct vm vm = {0};

	(void)state;
	assert_int_equal(set(&vm, "accel", "xen"), -EX_USAGE);
	assert_int_equal(set(&vm, "cpus", "0"), -EX_USAGE);
	assert_int_equal(set(&vm, "cpus", "1.5"), -EX_USAGE);
	assert_int_equal(set(&vm, "timeout", "0"), -EX_USAGE);
	assert_int_equal(set(&vm, "timeout", "30"), 0);
	assert_int_equal(vm.timeout.value, 30);
	vm_release(&vm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_memory),       cmocka_unit_test(test_append),
	    cmocka_unit_test(test_publish),      cmocka_unit_test(test_disk),
	    cmocka_unit_test(test_share),        cmocka_unit_test(test_host_devices),
	    cmocka_unit_test(test_disk_formats), cmocka_unit_test(test_apply),
	    cmocka_unit_test(test_other_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
