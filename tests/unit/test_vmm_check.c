/* SPDX-License-Identifier: MIT */
/* The table of families: each option on each is taken, or refused by its name. */
#include "scratch_test.h"

#include "config_devices.h"
#include "disk_node.h"
#include "image_root.h"
#include "list.h"
#include "machine.h"
#include "user_net.h"
#include "vm.h"
#include "vm_options.h"
#include "vmm_args.h"
#include "vmm_balloon.h"
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

/* A root that is "/dev/vda", and one entry of @cfg's that names a device or a share. */
static void put_entry(struct vmconfig *cfg, const char *entry, char *device)
{
	static struct root root;
	static struct guest_root guest_root;
	static struct volume volume;
	static struct mount_row mount;
	static char lower[] = "/dev/vda", path[] = "/x", ext4[] = "ext4", fs[] = "virtiofs",
	            p9[] = "9p", bind[] = "bind";

	*cfg = (struct vmconfig){0};
	root = (struct root){.device = lower};
	guest_root = (struct guest_root){.device = device};
	volume = (struct volume){.path = path, .device = device};
	mount = (struct mount_row){.destination = path, .type = ext4, .source = device};
	cfg->root = &root;
	if (strcmp(entry, "root") == 0) {
		root.device = device;
	} else if (strcmp(entry, "root's overlay") == 0) {
		root.overlay_device = device;
	} else if (strcmp(entry, "no root") == 0) {
		cfg->root = NULL;
	} else if (strcmp(entry, "guest root") == 0) {
		cfg->guest_root = &guest_root;
	} else if (strncmp(entry, "volume", 6) == 0) {
		if (strcmp(entry, "volume's overlay") == 0) {
			volume.device = lower;
			volume.overlay_device = device;
		}
		cfg->volume_mounts.items = &volume;
		cfg->volume_mounts.count = 1;
	} else {
		mount.type = strcmp(entry, "virtiofs") == 0 ? fs
		             : strcmp(entry, "9p") == 0     ? p9
		             : strcmp(entry, "bind") == 0   ? bind
		                                            : ext4;
		cfg->mounts.items = &mount;
		cfg->mounts.count = 1;
	}
}

/* A machine with two disks, the second with a serial, and a share of each kind. */
static void put_machine(struct vm *vm)
{
	static struct vm_disk disks[2];
	static struct vm_share shares[2];
	static char file[] = "a.img", serial[] = "data", tag[] = "fs", tag9[] = "p9";

	disks[0] = disks[1] = (struct vm_disk){.file = file};
	disks[1].serial = serial;
	shares[0] = (struct vm_share){.tag = tag};
	shares[1] = (struct vm_share){.tag = tag9, .is_9p = true};
	*vm = (struct vm){.disks = {disks, 2}, .shares = {shares, 2}};
}

/* The same machine for all: that a family has no disks with serials is said elsewhere. */
static const struct {
	const char *entry;
	const char *device;
	const char *families;
	const char *missing; /* what is said of families that could have it; NULL: it is there */
	const char *refusal; /* of those that never have it */
} entries[] = {
    {"root", "serial=data", "qcrs", NULL, "root filesystem: 'FAMILY' gives disks no serials"},
    {"root", "serial=other", "qcrs", "root filesystem: no disk has the serial 'other'",
     "root filesystem: 'FAMILY' gives disks no serials"},
    {"root", "/dev/vdb2", "qcfrksa", NULL, NULL},
    {"root", "/dev/vdc", "qcfrksa",
     "root filesystem: there is no disk '/dev/vdc': the last that --disk gives is /dev/vdb", NULL},
    {"root", "label=none", "qcfrksa", NULL, NULL},
    {"root", "/dev/sda", "qcfrksa", NULL, NULL},
    {"no root", "", "qcfrksa", NULL, NULL},
    {"root's overlay", "serial=other", "qcrs",
     "root filesystem's overlay: no disk has the serial 'other'",
     "root filesystem's overlay: 'FAMILY' gives disks no serials"},
    {"guest root", "serial=other", "qcrs", "guest's own root: no disk has the serial 'other'",
     "guest's own root: 'FAMILY' gives disks no serials"},
    {"volume", "serial=data", "qcrs", NULL, "volume of '/x': 'FAMILY' gives disks no serials"},
    {"volume", "serial=other", "qcrs", "volume of '/x': no disk has the serial 'other'",
     "volume of '/x': 'FAMILY' gives disks no serials"},
    {"volume", "/dev/vdz", "qcfrksa", "volume of '/x': there is no disk '/dev/vdz'", NULL},
    {"volume's overlay", "/dev/vdaa", "qcfrksa", "volume of '/x': there is no disk '/dev/vdaa'",
     NULL},
    {"mount", "serial=other", "qcrs", "mount on '/x': no disk has the serial 'other'",
     "mount on '/x': 'FAMILY' gives disks no serials"},
    {"mount", "/dev/vdc", "qcfrksa", "mount on '/x': there is no disk '/dev/vdc'", NULL},
    {"bind", "/dev/vdc", "qcfrksa", NULL, NULL},
    {"virtiofs", "fs", "qcrsa", NULL, "mount on '/x': 'FAMILY' has no virtiofs shares"},
    {"virtiofs", "p9", "qcrsa", "mount on '/x': no virtiofs share has the tag 'p9'",
     "mount on '/x': 'FAMILY' has no virtiofs shares"},
    {"9p", "p9", "qrk", NULL, "mount on '/x': 'FAMILY' has no 9p shares"},
    {"9p", "fs", "qrk", "mount on '/x': no 9p share has the tag 'fs'",
     "mount on '/x': 'FAMILY' has no 9p shares"},
};

static int check_config(const struct request *r, size_t family, bool sure, const char **said)
{
	int result;

	stderr_begin();
	result = config_devices_check(r, vmm_kind_named(families[family].name), sure);
	*said = stderr_said();
	return result;
}

/* The refusal with the family's name in it. */
static void expect_refusal(const char *said, size_t family, const char *refusal)
{
	const char *gap = strstr(refusal, "FAMILY");
	char text[256];

	snprintf(text, sizeof(text), "vmconfig: %.*s%s%s", (int)(gap - refusal), refusal,
	         families[family].name, gap + strlen("FAMILY"));
	if (strncmp(said, text, strlen(text)) != 0)
		fail_msg("not '%s': %s", text, said);
}

static void check_entry(const struct request *r, size_t row, size_t family)
{
	bool can = strchr(entries[row].families, families[family].initial);
	const char *missing = entries[row].missing, *said;
	int result = check_config(r, family, true, &said);

	if (!can) {
		assert_true(result < 0);
		expect_refusal(said, family, entries[row].refusal);
		assert_true(check_config(r, family, false, &said) < 0);
	} else if (!missing) {
		if (result < 0 || *said)
			fail_msg("%s: %s", families[family].name, said);
	} else {
		assert_true(result < 0);
		if (!strstr(said, missing))
			fail_msg("not '%s': %s", missing, said);
		assert_int_equal(check_config(r, family, false, &said), 0);
		assert_non_null(strstr(said, "vmconfig: warning: "));
		assert_non_null(strstr(said, missing));
	}
}

/* What a config names, against what each family can have and what the machine has. */
static void test_config_devices(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(entries); i++) {
		for (size_t f = 0; f < COUNT(families); f++) {
			struct request r = {0};
			char device[64];

			snprintf(device, sizeof(device), "%s", entries[i].device);
			put_machine(&r.vm);
			put_entry(&r.config, entries[i].entry, device);
			check_entry(&r, i, f);
		}
	}
}

/* A machine that may have more than is known here: what is missing may be there. */
static void test_config_devices_unknown(void **state)
{
	static char more[] = "-device", *items[] = {more};
	const struct strlist list = {items, 1}, none = {0};

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct request r = {0};
		char device[] = "serial=other";
		const char *said;

		put_machine(&r.vm);
		put_entry(&r.config, "volume", device);
		r.vm.vmm_parameters = i == 0 ? list : none;
		r.vm.pci = i == 1 ? list : none;
		r.vm.usb = i == 2 ? list : none;
		assert_int_equal(check_config(&r, 0, true, &said) == 0, i < 3);
		assert_int_equal(!strncmp(said, "vmconfig: warning: ", 19), i < 3);
		/* What the family cannot do parameters cannot either. */
		assert_true(check_config(&r, 2, true, &said) < 0);
	}
}

static void test_no_disks(void **state)
{
	struct request r = {0};
	const char *said;

	(void)state;
	assert_true(check_config(&r, 0, true, &said) < 0);
	assert_string_equal(said, "vmconfig: root filesystem: there is no disk '/dev/vda': "
	                          "--disk gives none");
}

static void test_letters(void **state)
{
	static const char *const others[] = {"/dev/vd", "/dev/vdA", "/dev/vda1p",   "/dev/sda",
	                                     "vda",     "/dev/vd1", "/dev/vdaaaaaa"};
	size_t index;

	(void)state;
	for (size_t i = 0; i < 800; i++) {
		char *node = disk_node(i);

		assert_true(disk_node_index(node, &index));
		assert_int_equal(index, i);
		free(node);
	}
	assert_true(disk_node_index("/dev/vdab12", &index));
	assert_int_equal(index, 27);
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(disk_node_index(others[i], &index));
}

/* The image that is made of layers has its name before the family is known. */
static void test_image_root(void **state)
{
	(void)state;
	for (size_t f = 0; f < COUNT(families); f++) {
		bool serials = strchr("qcrs", families[f].initial);
		struct vm_disk disks[] = {{.readonly = true}, {.readonly = true}};
		struct root root = {.device = strdup("serial=vmconfig-root")};
		struct request r = {.config = {.root = &root}, .vm = {.disks = {disks, 2}}};

		disks[1].serial = strdup("vmconfig-root");
		assert_int_equal(image_root_name(&r, vmm_kind_named(families[f].name)), 0);
		assert_string_equal(root.device, serials ? "serial=vmconfig-root" : "/dev/vdb");
		assert_int_equal(disks[1].serial != NULL, serials);
		free(disks[1].serial);
		free(root.device);
	}
}

/* What takes a balloon has a way to change it. */
static void test_balloons(void **state)
{
	(void)state;
	for (size_t f = 0; f < COUNT(families); f++) {
		const struct balloon_change change = {.kind = vmm_kind_named(families[f].name),
		                                      .mib = 64};
		bool none = !(change.kind->features & VMM_BALLOON);
		int64_t actual;
		const char *said;

		stderr_begin();
		assert_true(vmm_set_balloon(&change, &actual) < 0);
		said = stderr_said();
		if (none != !!strstr(said, "has no balloon"))
			fail_msg("%s", said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_options),        cmocka_unit_test(test_networks),
	    cmocka_unit_test(test_names),          cmocka_unit_test(test_device_places),
	    cmocka_unit_test(test_nic_places),     cmocka_unit_test(test_user_networks),
	    cmocka_unit_test(test_disk_places),    cmocka_unit_test(test_programs),
	    cmocka_unit_test(test_config_devices), cmocka_unit_test(test_config_devices_unknown),
	    cmocka_unit_test(test_no_disks),       cmocka_unit_test(test_letters),
	    cmocka_unit_test(test_image_root),     cmocka_unit_test(test_balloons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
