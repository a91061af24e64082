/* SPDX-License-Identifier: MIT */
/* The table of families: each option on each is taken, or refused by its name. */
#include "scratch_test.h"

#include "list.h"
#include "machine.h"
#include "user_net.h"
#include "vm.h"
#include "vm_options.h"
#include "vmm_args.h"
#include "vmm_kind.h"

static const struct machine machine = {"x86_64", "qemu-system-x86_64", "q35", "ttyS0", 255, false};
static const struct user_net nets[4];

static int check(const char *kind, const struct vm *vm)
{
	const struct vmm_setup setup = {
	    .kind = vmm_kind_named(kind),
	    .machine = &machine,
	    .command_line = "console=ttyS0",
	    .nets = nets,
	    .name = "a",
	    .config_disk = -1,
	    .config_file = "config.img",
	    .first_nic = 110,
	    .state_dir = true,
	};
	struct vmm_command command = {0};
	int r = vmm_command_make(vm, &setup, &command);

	vmm_command_release(&command);
	return r;
}

static char kernel[] = "vmlinuz", initrd[] = "initrd.cpio", mac[] = "52:54:00:00:00:01";
static char tap[] = "vm-a";

static void set(struct vm *vm, const char *name, const char *value)
{
	for (const struct option_row *row = vm_options; row->name; row++)
		if (strcmp(row->name, name) == 0) {
			assert_int_equal(row->set(row, (char *)vm + row->offset, value), 0);
			return;
		}
	fail_msg("no option --%s", name);
}

/* Families that take an option, by their initials: qemu, Cloud-, Firecracker, cRosvm, ... */
static const struct {
	const char *option;
	const char *value;
	const char *families;
	const char *refusal;
} rows[] = {
    {"accel", "tcg", "q", "--accel tcg: "},
    {"interactive", NULL, "q", "--interactive: "},
    {"disk", "a.img,serial=x", "qcrs", "--disk serial=: "},
    {"disk", "a.img,format=qcow2", "qcr", "--disk format=: "},
    {"disk", "a.img,format=vhd", "qc", "--disk format=: "},
    {"disk", "a.img,format=vdi", "q", "--disk format=: "},
    {"disk", "a.img,format=vmdk", "q", "--disk format=: "},
    {"disk", "a.img,format=qcow2,references", "qr", "--disk references: "},
    {"share", "/d:t", "qcrsa", "--share: "},
    {"share", "/d:t,ro", "qcrsa", "--share: "},
    {"share", "/d:t,9p", "qrk", "--share 9p: "},
    {"share", "/d:t,9p,ro", "q", "--share 9p"},
    {"vsock", "3", "qcfrksa", "--vsock: "},
    {"pci", "00:1f.2", "qcrk", "--pci: "},
    {"usb", "046d:c52b", "q", "--usb: "},
    {"balloon", NULL, "qcfrks", "--balloon: "},
    {"cpus", "33", "qcrksa", "33 virtual processors"},
    {"memory", "64M", "qcfrka", "a memory of "},
    {"memory", "32M", "qcfra", "a memory of "},
};

static const struct {
	char initial;
	const char *name;
} families[] = {
    {'q', "qemu"},    {'c', "cloud-hypervisor"}, {'f', "firecracker"}, {'r', "crosvm"},
    {'k', "kvmtool"}, {'s', "stratovirt"},       {'a', "alioth"},
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void expect(size_t family, const struct vm *vm, const char *taken, const char *refusal)
{
	const char *said;
	int r;

	stderr_begin();
	r = check(families[family].name, vm);
	said = stderr_said();
	if (strchr(taken, families[family].initial)) {
		if (r < 0 || *said)
			fail_msg("%s: %s", families[family].name, said);
	} else if (r == 0 || strncmp(said + strlen("vmconfig: "), refusal, strlen(refusal)) != 0) {
		fail_msg("%s, %s: %s", families[family].name, refusal, said);
	}
}

static void test_options(void **state)
{
	(void)state;
	assert_int_equal(COUNT(families), vmm_kind_count);
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t f = 0; f < COUNT(families); f++) {
			struct vm vm = {0};

			set(&vm, "kernel", kernel);
			set(&vm, "initrd", initrd);
			set(&vm, rows[i].option, rows[i].value);
			expect(f, &vm, rows[i].families, rows[i].refusal);
			vm_release(&vm);
		}
	}
}

static void test_networks(void **state)
{
	struct vm_nic nic = {.mac = mac};
	struct vm vm = {.kernel = kernel, .initrd = initrd, .nics = {&nic, 1}};
	struct vm_publish port = {.host_port = 80, .guest_port = 80};

	(void)state;
	for (size_t f = 0; f < COUNT(families); f++) {
		nic.tap = nic.macvtap = NULL;
		expect(f, &vm, "qk", "--net: ");
		nic.tap = tap;
		expect(f, &vm, "qcfrksa", "");
		nic.tap = NULL;
		nic.macvtap = tap;
		expect(f, &vm, "qcrks", "--net macvtap=: ");
		vm.publish.items = &port;
		vm.publish.count = 1;
		if (families[f].initial != 'q')
			expect(f, &vm, "",
			       families[f].initial == 'f' || families[f].initial == 'a'
			           ? "--net macvtap=: "
			           : "--publish: ");
		vm.publish.count = 0;
	}
}

/* A key=value list that knows no quotes cannot hold these. */
static void test_names(void **state)
{
	static const struct {
		const char *option;
		const char *value;
		const char *families;
		const char *refusal;
	} hostile[] = {
	    {"disk", "/a,b", "qf", "disk '/a,b': "},
	    {"disk", "/a\"b", "qf", "disk '/a\"b': "},
	    {"disk", "/a[b", "qf", "disk '/a[b': "},
	    {"disk", "/a b'=;$", "qf", "disk '/a b'=;$': "},
	    {"disk", "/a b=;$(x)", "qcfrksa", ""},
	    {"share", "/d:t,socket=/a\"b", "q", ""},
	    {"share", "/a,b:t,9p", "qr", ""},
	    {"share", "/a:b:t,9p", "qk", ""},
	    {"share", "/d:id_a", "qcrs", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(hostile); i++) {
		for (size_t f = 0; f < COUNT(families); f++) {
			struct vm vm = {0};

			set(&vm, "kernel", kernel);
			set(&vm, "initrd", initrd);
			set(&vm, hostile[i].option, hostile[i].value);
			expect(f, &vm, hostile[i].families, hostile[i].refusal);
			vm_release(&vm);
		}
	}
}

static void test_device_places(void **state)
{
	struct vm vm = {0};

	(void)state;
	set(&vm, "kernel", kernel);
	set(&vm, "initrd", initrd);
	set(&vm, "vsock", "3");
	set(&vm, "balloon", NULL);
	set(&vm, "share", "/d:a");
	set(&vm, "share", "/d:b");
	assert_int_equal(check("stratovirt", &vm), 0);
	set(&vm, "share", "/d:c");
	expect(5, &vm, "",
	       "'stratovirt' has place for 5 devices beside disks and networks, not for 6");
	vm_release(&vm);
}

static void test_nic_places(void **state)
{
	struct vm vm = {.kernel = kernel, .initrd = initrd};
	struct vm_nic nics[3];

	(void)state;
	for (size_t i = 0; i < COUNT(nics); i++)
		nics[i] = (struct vm_nic){.mac = mac, .tap = tap};
	vm.nics.items = nics;
	vm.nics.count = 2;
	assert_int_equal(check("stratovirt", &vm), 0);
	vm.nics.count = 3;
	expect(5, &vm, "", "--net: 'stratovirt' has place for 2 network interfaces, not for 3");
}

static void test_user_networks(void **state)
{
	struct vm vm = {.kernel = kernel, .initrd = initrd};
	struct vm_nic nics[] = {{.mac = mac}, {.mac = mac}};

	(void)state;
	vm.nics.items = nics;
	vm.nics.count = 1;
	assert_int_equal(check("kvmtool", &vm), 0);
	vm.nics.count = 2;
	expect(4, &vm, "", "--net: 'kvmtool' has one user-mode network, not 2");
}

static void test_disk_places(void **state)
{
	static const size_t limited[] = {4, 5};
	struct vm vm = {.kernel = kernel, .initrd = initrd};
	struct vm_disk disks[4];
	static char file[] = "a.img";

	(void)state;
	for (size_t i = 0; i < COUNT(disks); i++)
		disks[i] = (struct vm_disk){.file = file};
	vm.disks.items = disks;
	for (size_t i = 0; i < COUNT(limited); i++) {
		const char *name = families[limited[i]].name;
		char refusal[80];

		vm.disks.count = 3;
		assert_int_equal(check(name, &vm), 0);
		vm.disks.count = 4;
		snprintf(refusal, sizeof(refusal), "--disk: '%s' has place for 4 disks, ", name);
		expect(limited[i], &vm, "", refusal);
	}
}

static void test_programs(void **state)
{
	static const struct {
		const char *program;
		const char *kind;
	} programs[] = {
	    {"qemu-system-x86_64", "qemu"},
	    {"/usr/bin/qemu-system-aarch64", "qemu"},
	    {"/usr/libexec/qemu-kvm", "qemu"},
	    {"/opt/cloud-hypervisor", "cloud-hypervisor"},
	    {"firecracker", "firecracker"},
	    {"./crosvm", "crosvm"},
	    {"lkvm", "kvmtool"},
	    {"a/stratovirt", "stratovirt"},
	    {"alioth", "alioth"},
	    {"/firecracker/x", ""},
	    {"firecracker-v1", "firecracker"},
	    {"cloud-hypervisor-static", "cloud-hypervisor"},
	    {"qemux", ""},
	    {"/opt/qemu/vmm", ""},
	    {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(programs); i++) {
		const struct vmm_kind *kind = vmm_kind_of(programs[i].program);

		assert_string_equal(kind ? kind->name : "", programs[i].kind);
	}
	assert_null(vmm_kind_named("xen"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_options),     cmocka_unit_test(test_networks),
	    cmocka_unit_test(test_names),       cmocka_unit_test(test_device_places),
	    cmocka_unit_test(test_nic_places),  cmocka_unit_test(test_user_networks),
	    cmocka_unit_test(test_disk_places), cmocka_unit_test(test_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
