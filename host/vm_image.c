/* SPDX-License-Identifier: MIT */
/* OCI's vm.image: the disk with the guest's own root. */
#include "vm_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "disk_node.h"
#include "error.h"
#include "vm.h"
#include "vmm_kind.h"

int vm_image_configure(struct request *r)
{
	struct guest_root *root;

	if (!r->vm.image.path)
		return 0;
	root = r->config.guest_root = calloc(1, sizeof(*root));
	if (!root)
		return -ENOMEM;
	root->device = strdup("serial=" VM_IMAGE_SERIAL);
	return root->device ? 0 : -ENOMEM;
}

static int name_by_letter(struct guest_root *root, size_t index)
{
	char *node = disk_node(index);

	if (!node)
		return -ENOMEM;
	free(root->device);
	root->device = node;
	return 0;
}

int vm_image_attach(struct request *r, const struct vmm_kind *kind)
{
	bool has_serial = kind->features & VMM_SERIAL;
	struct vm_disk disk = {.readonly = true, .format = r->vm.image.format, .is_vm_image = true};

	if (!r->vm.image.path)
		return 0;
	if (!has_serial && name_by_letter(r->config.guest_root, r->vm.disks.count) < 0)
		return fail_errno(ENOMEM, "cannot attach vm.image");
	disk.file = strdup(r->vm.image.path);
	disk.serial = has_serial ? strdup(VM_IMAGE_SERIAL) : NULL;
	if (!disk.file || (has_serial && !disk.serial) || vm_add_disk(&r->vm, &disk) < 0) {
		free(disk.file);
		free(disk.serial);
		return fail_errno(ENOMEM, "cannot attach vm.image");
	}
	return 0;
}

const char *vm_image_or_disk(const struct vm_disk *disk)
{
	return disk->is_vm_image ? "vm.image" : "disk";
}
