/* SPDX-License-Identifier: MIT */
/* QEMU's arguments: the whole of them once, then what nobody may smuggle in. */
#include "scratch_test.h"

#include "list.h"
#include "machine.h"
#include "user_net.h"
#include "vm.h"
#include "vmm_args.h"
#include "vmm_kind.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct machine machine = {"x86_64", "qemu-system-x86_64", "q35", "ttyS0", 255, false};

static char kernel[] = "vmlinuz", initrd[] = "initrd.cpio";
static char mac0[] = "52:54:00:00:00:01", mac1[] = "52:54:00:00:00:02";

static const struct user_net nets[2] = {{
    .v4 = {.guest = "10.0.2.15", .net = "10.0.2.0/24", .host = "10.0.2.2", .dns = "10.0.2.3"},
}};

static int build(const struct vm *vm, struct strlist *args)
{
	const struct vmm_setup setup = {
	    .kind = vmm_kind_named("qemu"),
	    .machine = &machine,
	    .accel = ACCEL_TCG,
	    .command_line = "console=ttyS0 a=\"b c\"",
	    .nets = nets,
	    .channels = {10, 11, 12, 13, 14},
	    .config_disk = 15,
	};

	struct vmm_command command = {0};
	int r = vmm_command_make(vm, &setup, &command);

	*args = command.args;
	return r;
}

/* A VM with one disk and one NIC. */
struct sample {
	struct vm vm;
	struct vm_disk disk;
	struct vm_nic nic;
	struct vm_publish publish;
};

static char disk_file[] = "root.img", disk_serial[] = "root";

static void sample_init(struct sample *s)
{
	*s = (struct sample){
	    .vm = {.kernel = kernel, .initrd = initrd},
	    .disk = {.file = disk_file, .serial = disk_serial},
	    .nic = {.mac = mac0},
	    .publish = {.host_port = 8080, .guest_port = 80},
	};
	s->vm.disks.items = &s->disk;
	s->vm.disks.count = 1;
	s->vm.nics.items = &s->nic;
	s->vm.nics.count = 1;
	s->vm.publish.items = &s->publish;
}

/* The argument after the @nth @option. */
static const char *argument(const struct strlist *args, const char *option, unsigned nth)
{
	for (size_t i = 0; i + 1 < args->count; i++)
		if (strcmp(args->items[i], option) == 0 && nth-- == 0)
			return args->items[i + 1];
	fail_msg("no %s", option);
	return NULL;
}

static const char user_network[] =
    "user,id=net0,net=10.0.2.0/24,host=10.0.2.2,dns=10.0.2.3,ipv6=off,"
    "dhcpstart=10.0.2.15,hostfwd=tcp:127.0.0.1:8080-10.0.2.15:80";

/* All that QEMU is told for the sample with its port published. */
static const char *const expected[] = {
    "qemu-system-x86_64",
    "-machine",
    "q35",
    "-accel",
    "tcg",
    "-nodefaults",
    "-no-user-config",
    "-no-reboot",
    "-display",
    "none",
    "-sandbox",
    "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
    "-cpu",
    "max",
    "-smp",
    "1",
    "-m",
    "262144K",
    "-kernel",
    "vmlinuz",
    "-initrd",
    "initrd.cpio",
    "-append",
    "console=ttyS0 a=\"b c\"",
    "-device",
    "virtio-serial-pci,id=ports,disable-legacy=on,addr=1.0,multifunction=on",
    "-chardev",
    "socket,id=channel0,fd=10",
    "-serial",
    "chardev:channel0",
    "-chardev",
    "socket,id=channel1,fd=11",
    "-device",
    "virtserialport,bus=ports.0,nr=1,chardev=channel1,name=org.vmconfig.stdin",
    "-chardev",
    "socket,id=channel2,fd=12",
    "-device",
    "virtserialport,bus=ports.0,nr=2,chardev=channel2,name=org.vmconfig.stdout",
    "-chardev",
    "socket,id=channel3,fd=13",
    "-device",
    "virtserialport,bus=ports.0,nr=3,chardev=channel3,name=org.vmconfig.stderr",
    "-chardev",
    "socket,id=channel4,fd=14",
    "-device",
    "virtserialport,bus=ports.0,nr=4,chardev=channel4,name=org.vmconfig.report",
    "-drive",
    "if=none,id=disk1,format=raw,readonly=off,file=./root.img",
    "-device",
    "virtio-blk-pci,drive=disk1,disable-legacy=on,serial=root,addr=1.1",
    "-add-fd",
    "fd=15,set=1",
    "-drive",
    "if=none,id=disk2,format=raw,readonly=on,file=/dev/fdset/1",
    "-device",
    "virtio-blk-pci,drive=disk2,disable-legacy=on,serial=vmconfig,addr=1.2",
    "-netdev",
    user_network,
    "-device",
    "virtio-net-pci,netdev=net0,mac=52:54:00:00:00:01,disable-legacy=on,romfile=,addr=1.3",
    "-device",
    "virtio-rng-pci,disable-legacy=on,addr=1.4",
};

static void test_whole_command(void **state)
{
	struct strlist args = {0};
	struct sample s;

	(void)state;
	sample_init(&s);
	s.vm.publish.count = 1;
	assert_int_equal(build(&s.vm, &args), 0);
	for (size_t i = 0; i < COUNT(expected) && i < args.count; i++)
		assert_string_equal(args.items[i], expected[i]);
	assert_int_equal(args.count, COUNT(expected));
	strlist_release(&args);
}

static void test_what_the_user_chooses(void **state)
{
	static char program[] = "/opt/qemu, mine", parameter[] = "-trace", value[] = "a b";
	static char *parameters[] = {parameter, value};
	struct strlist args = {0};
	struct sample s;

	(void)state;
	sample_init(&s);
	s.vm.vmm = program;
	s.vm.vcpus = (struct optint){true, 4};
	s.vm.memory_bytes = (struct optint){true, (INT64_C(3) << 30) + 1024};
	s.vm.vmm_parameters = (struct strlist){parameters, 2};
	assert_int_equal(build(&s.vm, &args), 0);
	assert_string_equal(args.items[0], program);
	assert_string_equal(argument(&args, "-smp", 0), "4");
	assert_string_equal(argument(&args, "-m", 0), "3145729K");
	assert_string_equal(args.items[args.count - 2], parameter);
	assert_string_equal(args.items[args.count - 1], value);
	strlist_release(&args);
}

static void test_device_tree(void **state)
{
	static char blob[] = "board.dtb";
	struct machine with_one = machine;
	struct sample s;
	const struct vmm_setup setup = {.kind = vmm_kind_named("qemu"),
	                                .machine = &with_one,
	                                .accel = ACCEL_TCG,
	                                .command_line = "x",
	                                .nets = nets};
	struct vmm_command command = {0};

	(void)state;
	sample_init(&s);
	s.vm.device_tree = blob;
	assert_true(vmm_command_make(&s.vm, &setup, &command) < 0);
	vmm_command_release(&command);
	with_one.device_tree = true;
	assert_int_equal(vmm_command_make(&s.vm, &setup, &command), 0);
	assert_string_equal(argument(&command.args, "-dtb", 0), "board.dtb");
	vmm_command_release(&command);
}

static void test_no_file_name_becomes_an_option(void **state)
{
	static const struct {
		const char *file;
		const char *drive; /* what follows file= */
	} rows[] = {
	    {"/a b/c\"d", "/a b/c\"d"},
	    {"/a,readonly=off,file=/etc/shadow", "/a,,readonly=off,,file=/etc/shadow"},
	    {"nbd:localhost:10809", "./nbd:localhost:10809"},
	    {"json:{}", "./json:{}"},
	    {"-device", "./-device"},
	    {",,", "./,,,,"},
	    {"a\nb", "./a\nb"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strlist args = {0};
		char file[64], *name = file;
		struct sample s;

		snprintf(file, sizeof(file), "%s", rows[i].file);
		sample_init(&s);
		s.disk = (struct vm_disk){.file = name, .readonly = true};
		s.vm.kernel = s.vm.initrd = name;
		assert_int_equal(build(&s.vm, &args), 0);
		assert_string_equal(strstr(argument(&args, "-drive", 0), ",file=") + 6,
		                    rows[i].drive);
		/* Words of their own: nothing in them has a meaning. */
		assert_string_equal(argument(&args, "-kernel", 0), rows[i].file);
		assert_string_equal(argument(&args, "-initrd", 0), rows[i].file);
		strlist_release(&args);
	}
}

static void refuse(const struct vm *vm, const char *message)
{
	struct strlist args = {0};

	stderr_begin();
	assert_int_equal(build(vm, &args), -EINVAL);
	assert_string_equal(stderr_said(), message);
	strlist_release(&args);
}

static void test_serials(void **state)
{
	static const struct {
		const char *serial;
		const char *message;
	} rows[] = {
	    {"", "vmconfig: disk 'root.img': serial '' is not 1..20 bytes long"},
	    {"123456789012345678901",
	     "vmconfig: disk 'root.img': serial '123456789012345678901' is not 1..20 bytes long"},
	    {"a,b", "vmconfig: disk 'root.img': serial 'a,b' has a character that none may have"},
	    {"a b", "vmconfig: disk 'root.img': serial 'a b' has a character that none may have"},
	    {"\xc3\xa9",
	     "vmconfig: disk 'root.img': serial '\xc3\xa9' has a character that none may have"},
	    {"vmconfig", "vmconfig: disk 'root.img': serial 'vmconfig' is the config disk's"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char serial[32];
		struct sample s;

		snprintf(serial, sizeof(serial), "%s", rows[i].serial);
		sample_init(&s);
		s.disk.serial = serial;
		refuse(&s.vm, rows[i].message);
	}
}

static void test_serials_differ(void **state)
{
	static char other_file[] = "other.img", same[] = "root";
	struct vm_disk disks[] = {
	    {.file = disk_file}, {.file = disk_file, .serial = disk_serial}, {.file = other_file}};
	struct strlist args = {0};
	struct sample s;

	(void)state;
	sample_init(&s);
	s.vm.disks.items = disks;
	s.vm.disks.count = 3;
	assert_int_equal(build(&s.vm, &args), 0);
	strlist_release(&args);
	disks[2].serial = same;
	refuse(&s.vm,
	       "vmconfig: disk 'other.img': serial 'root' is that of disk 'root.img' already");
}

static void test_sizes(void **state)
{
	struct sample s;

	(void)state;
	sample_init(&s);
	s.vm.vcpus = (struct optint){true, 0};
	refuse(&s.vm, "vmconfig: 0 virtual processors are not within 1..255");
	s.vm.vcpus.value = 256;
	refuse(&s.vm, "vmconfig: 256 virtual processors are not within 1..255");
	s.vm.vcpus.value = 255;
	s.vm.memory_bytes = (struct optint){true, 4194304};
	refuse(&s.vm, "vmconfig: a memory of 4194304 bytes is too small: no kernel boots in less "
	              "than 33554432");
	s.vm.memory_bytes.value = INT64_MIN;
	refuse(&s.vm, "vmconfig: a memory of -9223372036854775808 bytes is too small: no kernel "
	              "boots in less than 33554432");
}

static void test_networks(void **state)
{
	static char tap[] = "tap,1";
	struct vm_nic nics[] = {{.tap = tap, .mac = mac0}, {.mac = mac1}};
	struct strlist args = {0};
	struct sample s;

	(void)state;
	sample_init(&s);
	s.vm.nics.items = nics;
	s.vm.nics.count = 2;
	assert_int_equal(build(&s.vm, &args), 0);
	assert_string_equal(argument(&args, "-netdev", 0),
	                    "tap,id=net0,ifname=tap,,1,script=no,downscript=no");
	/* Nothing is known of this one's addresses: slirp's own. */
	assert_string_equal(argument(&args, "-netdev", 1), "user,id=net1");
	strlist_release(&args);

	s.vm.publish.count = 1;
	refuse(&s.vm, "vmconfig: cannot publish ports: no user-mode network interface has an IPv4 "
	              "address");
}

static void test_what_no_network_can_be(void **state)
{
	static char bad_mac[] = "52:54:00:00:00:01,x=y", bad_tap[] = "../a";
	static char address[] = "0.0.0.0:1-,guestfwd=x";
	struct sample s;

	(void)state;
	sample_init(&s);
	s.nic.mac = bad_mac;
	refuse(&s.vm, "vmconfig: mac '52:54:00:00:00:01,x=y' is no MAC address");
	s.nic.mac = NULL;
	refuse(&s.vm, "vmconfig: mac '' is missing");

	sample_init(&s);
	s.nic.tap = bad_tap;
	refuse(&s.vm, "vmconfig: tap device '../a' is no interface name");

	sample_init(&s);
	s.vm.publish.count = 1;
	s.publish.address = address;
	refuse(&s.vm, "vmconfig: cannot publish port 80: '0.0.0.0:1-,guestfwd=x' is no IPv4 "
	              "address");
	s.publish = (struct vm_publish){.guest_port = 80};
	refuse(&s.vm, "vmconfig: cannot publish port 80 on port 0");
}

static void test_udp_and_other_addresses(void **state)
{
	static char address[] = "0.0.0.0";
	struct strlist args = {0};
	struct sample s;

	(void)state;
	sample_init(&s);
	s.vm.publish.count = 1;
	s.publish = (struct vm_publish){address, 53, 5353, true};
	assert_int_equal(build(&s.vm, &args), 0);
	assert_non_null(
	    strstr(argument(&args, "-netdev", 0), ",hostfwd=udp:0.0.0.0:53-10.0.2.15:5353"));
	strlist_release(&args);
}

/* 240 devices: the ports, the config disk, random numbers, and 237 more, each at a place of its
 * own. */
static void test_many_disks(void **state)
{
	struct vm_disk disks[MAX_PCI_DEVICES];
	struct strlist args = {0};
	struct sample s;

	(void)state;
	sample_init(&s);
	for (size_t i = 0; i < COUNT(disks); i++)
		disks[i] = (struct vm_disk){.file = disk_file};
	s.vm.disks.items = disks;
	s.vm.nics.count = 0;
	s.vm.disks.count = MAX_PCI_DEVICES - 3;
	assert_int_equal(build(&s.vm, &args), 0);
	assert_string_equal(args.items[args.count - 3],
	                    "virtio-blk-pci,drive=disk238,disable-legacy=on,serial=vmconfig,"
	                    "addr=1e.6,vectors=0");
	assert_string_equal(args.items[args.count - 1],
	                    "virtio-rng-pci,disable-legacy=on,addr=1e.7,vectors=0");

	/* A processor has some 200 interrupts: the first devices have their own, the rest share. */
	assert_null(strstr(argument(&args, "-device", 5 + 78), "vectors=0"));
	assert_non_null(strstr(argument(&args, "-device", 5 + 79), ",vectors=0"));
	strlist_release(&args);

	s.vm.disks.count++;
	refuse(&s.vm, "vmconfig: more than 240 disks and network interfaces (MAX_PCI_DEVICES)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_whole_command),
	    cmocka_unit_test(test_what_the_user_chooses),
	    cmocka_unit_test(test_device_tree),
	    cmocka_unit_test(test_no_file_name_becomes_an_option),
	    cmocka_unit_test(test_serials),
	    cmocka_unit_test(test_serials_differ),
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_networks),
	    cmocka_unit_test(test_what_no_network_can_be),
	    cmocka_unit_test(test_udp_and_other_addresses),
	    cmocka_unit_test(test_many_disks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
