/* SPDX-License-Identifier: MIT */
/* The files that a virtual machine starts from. */
#include "scratch_test.h"

#include "boot_files.h"
#include "machine.h"
#include "vm.h"
#include "vmm_args.h"
#include "vmm_kind.h"

static const struct machine machine = {.name = "x86_64"};

static void put_kernel(const char *path)
{
	char head[1024] = {0};

	memcpy(head + 0x202, "HdrS", 4);
	put_file(path, head, sizeof(head));
}

/* The places where files are looked for: none in the environment, both below the directory. */
static void furnish(void)
{
	unsetenv("VMCONFIG_KERNEL");
	unsetenv("VMCONFIG_INITRD");
	assert_int_equal(mkdir("build", 0755), 0);
	assert_int_equal(mkdir("build/kernel", 0755), 0);
	put_kernel("build/kernel/vmlinuz");
	put_file("build/initrd.cpio", "070701", 6);
}

static void refuse(struct vm *vm, const char *message)
{
	const struct vmm_setup setup = {.machine = &machine, .kind = vmm_kind_named("qemu")};

	stderr_begin();
	assert_true(boot_files_find(vm, &setup) < 0 || boot_disks_check(vm) < 0);
	assert_string_equal(stderr_said(), message);
	vm_release(vm);
}

static void assert_found(struct vm *vm, const char *kernel, const char *initrd)
{
	const struct vmm_setup setup = {.machine = &machine, .kind = vmm_kind_named("qemu")};

	assert_int_equal(boot_files_find(vm, &setup), 0);
	assert_int_equal(boot_disks_check(vm), 0);
	assert_string_equal(vm->kernel, kernel);
	assert_string_equal(vm->initrd, initrd);
	vm_release(vm);
}

static void test_order(void **state)
{
	struct vm vm = {0};

	(void)state;
	furnish();
	assert_found(&vm, "build/kernel/vmlinuz", "build/initrd.cpio");

	put_kernel("kernel2");
	put_file("initrd2", "\0\0\0\0\x1f\x8b", 6);
	setenv("VMCONFIG_KERNEL", "kernel2", 1);
	setenv("VMCONFIG_INITRD", "initrd2", 1);
	assert_found(&vm, "kernel2", "initrd2");

	vm.kernel = strdup("build/kernel/vmlinuz");
	assert_found(&vm, "build/kernel/vmlinuz", "initrd2");
}

static void test_nothing_there(void **state)
{
	struct vm vm = {0};

	(void)state;
	unsetenv("VMCONFIG_KERNEL");
	unsetenv("VMCONFIG_INITRD");
	refuse(&vm, "vmconfig: no kernel: name one with --kernel or VMCONFIG_KERNEL, or put one at "
	            "'build/kernel/vmlinuz' (make kernel) or at '" VMCONFIG_LIBDIR "/vmlinuz'");
	vm.kernel = strdup("nowhere");
	refuse(&vm, "vmconfig: no initrd: name one with --initrd or VMCONFIG_INITRD, or put one at "
	            "'build/initrd.cpio' (make initrd) or at '" VMCONFIG_LIBDIR "/initrd.cpio'");
	vm.kernel = strdup("nowhere");
	vm.initrd = strdup("nowhere");
	refuse(&vm, "vmconfig: cannot read kernel 'nowhere': No such file or directory");
}

static void test_what_is_no_kernel(void **state)
{
	struct vm vm = {0};

	(void)state;
	furnish();
	put_file("short", "MZ", 2);
	put_file("empty", "", 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	vm.kernel = strdup("short");
	refuse(&vm,
	       "vmconfig: kernel 'short' is a program for EFI firmware: qemu boots a bzImage or "
	       "an ELF vmlinux with a PVH note on x86_64");
	vm.kernel = strdup("empty");
	refuse(&vm, "vmconfig: kernel 'empty' is empty");
	vm.kernel = strdup("build");
	refuse(&vm, "vmconfig: kernel 'build' is no regular file");
	vm.initrd = strdup("fifo");
	refuse(&vm, "vmconfig: initrd 'fifo' is no regular file");
	vm.initrd = strdup("short");
	refuse(&vm,
	       "vmconfig: initrd 'short' is neither a cpio archive nor compressed in a way that "
	       "kernels know");
}

static void give_disk(struct vm *vm, const char *file, bool readonly)
{
	vm->disks.items = calloc(1, sizeof(*vm->disks.items));
	assert_non_null(vm->disks.items);
	vm->disks.count = 1;
	vm->disks.items[0] = (struct vm_disk){.file = strdup(file), .readonly = readonly};
}

static void test_disks(void **state)
{
	struct vm vm = {0};

	(void)state;
	furnish();
	put_file("disk", "x", 1);
	put_file("empty", "", 0);
	give_disk(&vm, "disk", false);
	assert_found(&vm, "build/kernel/vmlinuz", "build/initrd.cpio");
	give_disk(&vm, "nbd:localhost:1", false);
	refuse(&vm, "vmconfig: cannot use disk 'nbd:localhost:1': No such file or directory");
	give_disk(&vm, "build", false);
	refuse(&vm, "vmconfig: disk 'build' is neither a regular file nor a block device");
	give_disk(&vm, "empty", true);
	refuse(&vm, "vmconfig: disk 'empty' is empty");
	if (geteuid() == 0)
		return; /* may write everywhere */
	assert_int_equal(chmod("disk", 0400), 0);
	give_disk(&vm, "disk", true);
	assert_found(&vm, "build/kernel/vmlinuz", "build/initrd.cpio");
	give_disk(&vm, "disk", false);
	refuse(&vm, "vmconfig: cannot open disk 'disk' for writing (',ro' reads only): Permission "
	            "denied");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    scratch_test(test_order),
	    scratch_test(test_nothing_there),
	    scratch_test(test_what_is_no_kernel),
	    scratch_test(test_disks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
