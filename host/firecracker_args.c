/* SPDX-License-Identifier: MIT */
/* Firecracker's configuration, by its firecracker.yaml, and its arguments, by its main.rs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "arg_list.h"
#include "cleanup.h"
#include "error.h"
#include "machine.h"
#include "vm.h"
#include "vmm_args.h"
#include "vmm_kind.h"

#define NAME        "firecracker"
#define CONFIG_NAME "firecracker.json"

/* cJSON gives NULL when it is out of memory, and takes NULL for a parent. */
static bool add_drive(cJSON *drives, const char *id, const char *file, bool readonly)
{
	cJSON *drive = cJSON_CreateObject();

	return cJSON_AddItemToArray(drives, drive) &&
	       cJSON_AddStringToObject(drive, "drive_id", id) &&
	       cJSON_AddStringToObject(drive, "path_on_host", file) &&
	       cJSON_AddBoolToObject(drive, "is_root_device", false) &&
	       cJSON_AddBoolToObject(drive, "is_read_only", readonly);
}

static bool add_drives(cJSON *root, const struct vm *vm, const struct vmm_setup *setup)
{
	cJSON *drives = cJSON_AddArrayToObject(root, "drives");

	for (size_t i = 0; i < vm->disks.count; i++) {
		char id[32];

		snprintf(id, sizeof(id), "disk%zu", i);
		if (!add_drive(drives, id, vm->disks.items[i].file, vm->disks.items[i].readonly))
			return false;
	}
	return add_drive(drives, "config", setup->config_file, true);
}

static bool add_nics(cJSON *root, const struct vm *vm)
{
	cJSON *nics = cJSON_AddArrayToObject(root, "network-interfaces");

	for (size_t i = 0; i < vm->nics.count; i++) {
		cJSON *nic = cJSON_CreateObject();
		char id[32];

		snprintf(id, sizeof(id), "net%zu", i);
		if (!cJSON_AddItemToArray(nics, nic) ||
		    !cJSON_AddStringToObject(nic, "iface_id", id) ||
		    !cJSON_AddStringToObject(nic, "host_dev_name", vm->nics.items[i].tap) ||
		    !cJSON_AddStringToObject(nic, "guest_mac", vm->nics.items[i].mac))
			return false;
	}
	return nics;
}

static bool add_base(cJSON *root, const struct vm *vm, const struct vmm_setup *setup)
{
	cJSON *boot = cJSON_AddObjectToObject(root, "boot-source");
	cJSON *machine = cJSON_AddObjectToObject(root, "machine-config");

	return cJSON_AddStringToObject(boot, "kernel_image_path", vm->kernel) &&
	       cJSON_AddStringToObject(boot, "initrd_path", vm->initrd) &&
	       cJSON_AddStringToObject(boot, "boot_args", setup->command_line) &&
	       cJSON_AddNumberToObject(machine, "vcpu_count", (double)arg_cpus(vm)) &&
	       cJSON_AddNumberToObject(machine, "mem_size_mib", (double)arg_memory_mib(vm));
}

static bool add_devices(cJSON *root, const struct vm *vm)
{
	if (vm->vsock_cid.set) {
		cJSON *vsock = cJSON_AddObjectToObject(root, "vsock");

		if (!cJSON_AddNumberToObject(vsock, "guest_cid", (double)vm->vsock_cid.value) ||
		    !cJSON_AddStringToObject(vsock, "uds_path", VSOCK_FILE))
			return false;
	}
	if (vm->balloon) {
		cJSON *balloon = cJSON_AddObjectToObject(root, "balloon");

		if (!cJSON_AddNumberToObject(balloon, "amount_mib", 0) ||
		    !cJSON_AddBoolToObject(balloon, "deflate_on_oom", true) ||
		    !cJSON_AddNumberToObject(balloon, "stats_polling_interval_s", 0))
			return false;
	}
	return cJSON_AddObjectToObject(root, "entropy");
}

/* cJSON writes the byte that stands for the package as an escape. */
static void restore_package_root(char *text)
{
	static const char escape[] = "\\u0001";
	char *to = text;

	for (const char *from = text; *from;) {
		if (strncmp(from, escape, sizeof(escape) - 1) == 0) {
			*to++ = PACKAGE_ROOT[0];
			from += sizeof(escape) - 1;
		} else {
			/* The character behind a backslash belongs to it. */
			if (*from == '\\' && from[1])
				*to++ = *from++;
			*to++ = *from++;
		}
	}
	*to = '\0';
}

static char *render(const struct vm *vm, const struct vmm_setup *setup)
{
	cJSON *root = cJSON_CreateObject();
	char *text = NULL;

	if (add_base(root, vm, setup) && add_drives(root, vm, setup) && add_nics(root, vm) &&
	    add_devices(root, vm))
		text = cJSON_PrintUnformatted(root);
	cJSON_Delete(root);
	if (text)
		restore_package_root(text);
	return text;
}

int firecracker_args(const struct vm *vm, const struct vmm_setup *setup, struct vmm_command *made)
{
	int r = arg_add(&made->args, "%s", vm->vmm ? vm->vmm : NAME);

	made->file_name = strdup(CONFIG_NAME);
	made->file_text = render(vm, setup);
	if (!made->file_name || !made->file_text)
		return fail_errno(ENOMEM, "cannot make the VMM's configuration");
	if (r == 0)
		r = arg_pair(&made->args, "--api-sock", setup->kind->socket);
	if (r == 0) /* its log goes where the console goes: into reports, too */
		r = arg_pair(&made->args, "--level", "Error");
	return r < 0 ? r : arg_pair(&made->args, "--config-file", CONFIG_NAME);
}
