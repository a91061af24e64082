/* SPDX-License-Identifier: MIT */
/* OCI's vm.image as a disk: the last one, by whatever name the family's guests can find it. */
#include "host_test.h"

#include "vm.h"
#include "vm_image.h"
#include "vmm_kind.h"

static void make(struct request *r, size_t disks)
{
	*r = (struct request){0};
	r->vm.image.path = strdup("/guest.img");
	r->vm.image.format = VM_IMAGE_QCOW2;
	for (size_t i = 0; i < disks; i++) {
		struct vm_disk disk = {.file = strdup("root.img")};

		assert_non_null(disk.file);
		assert_int_equal(vm_add_disk(&r->vm, &disk), 0);
	}
	assert_int_equal(vm_image_configure(r), 0);
	assert_string_equal(r->config.guest_root->device, "serial=vmconfig-guest");
}

static void assert_attached(const char *kind, size_t disks, const char *device)
{
	const struct vm_disk *disk;
	struct request r;

	make(&r, disks);
	assert_int_equal(vm_image_attach(&r, vmm_kind_named(kind)), 0);
	assert_int_equal(r.vm.disks.count, disks + 1);
	disk = &r.vm.disks.items[disks];
	assert_string_equal(disk->file, "/guest.img");
	assert_int_equal(disk->format, VM_IMAGE_QCOW2);
	assert_true(disk->readonly);
	assert_string_equal(vm_image_or_disk(disk), "vm.image");
	assert_string_equal(r.config.guest_root->device, device);
	if (strncmp(device, "serial=", 7) == 0)
		assert_string_equal(disk->serial, device + 7);
	else
		assert_null(disk->serial);
	request_release(&r);
}

static void test_serial(void **state)
{
	(void)state;
	assert_attached("qemu", 0, "serial=vmconfig-guest");
	assert_attached("cloud-hypervisor", 2, "serial=vmconfig-guest");
}

/* As the kernel names them. */
static void test_letters(void **state)
{
	(void)state;
	assert_attached("firecracker", 0, "/dev/vda");
	assert_attached("kvmtool", 1, "/dev/vdb");
	assert_attached("alioth", 25, "/dev/vdz");
	assert_attached("alioth", 26, "/dev/vdaa");
	assert_attached("alioth", 26 + 26 * 26, "/dev/vdaaa");
}

static void test_none(void **state)
{
	struct request r = {0};

	(void)state;
	assert_int_equal(vm_image_configure(&r), 0);
	assert_null(r.config.guest_root);
	assert_int_equal(vm_image_attach(&r, vmm_kind_named("qemu")), 0);
	assert_int_equal(r.vm.disks.count, 0);
	request_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_serial),
	    cmocka_unit_test(test_letters),
	    cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
