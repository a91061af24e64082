/* SPDX-License-Identifier: MIT */
/* Disks and shares that a config names: what nobody gives to the machine, the guest waits for in
 * vain. */
#include "config_devices.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "contract.h"
#include "disk_node.h"
#include "error.h"
#include "vm.h"
#include "vmm_kind.h"

#define SERIAL "serial="

struct devices {
	const struct vm *vm;
	const struct vmm_kind *kind;
	bool sure;
};

/* What is not there is not there, or may be for all that is known here. */
__attribute__((format(printf, 2, 3))) static int missing(const struct devices *d,
                                                         const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0) {
		text = NULL;
		return fail_errno(ENOMEM, "cannot check the config's devices");
	}
	if (d->sure)
		return fail("%s", text);
	warn("%s", text);
	return 0;
}

static bool has_serial(const struct vm *vm, const char *serial)
{
	for (size_t i = 0; i < vm->disks.count; i++)
		if (vm->disks.items[i].serial && strcmp(vm->disks.items[i].serial, serial) == 0)
			return true;
	return strcmp(serial, CONFIG_DISK_SERIAL) == 0;
}

static int check_serial(const struct devices *d, const char *what, const char *device)
{
	const char *serial = device + strlen(SERIAL);

	if (!(d->kind->features & VMM_SERIAL))
		return fail("%s: '%s' gives disks no serials, and '%s' would find none: use "
		            "label=, uuid= or the disk's letter, /dev/vdX",
		            what, d->kind->name, device);
	return has_serial(d->vm, serial)
	           ? 0
	           : missing(d, "%s: no disk has the serial '%s': --disk FILE,serial=%s gives one",
	                     what, serial, serial);
}

static int check_letter(const struct devices *d, const char *what, const char *device, size_t index)
{
	size_t count = d->vm->disks.count;
	_cleanup_free_ char *last = count ? disk_node(count - 1) : NULL;

	if (index < count)
		return 0;
	return missing(d, "%s: there is no disk '%s': %s%s", what, device,
	               last ? "the last that --disk gives is " : "--disk gives none",
	               last ? last : "");
}

/* Labels and UUIDs are the guest's to find, and so are devices that others name. */
static int check_device(const struct devices *d, const char *what, const char *device)
{
	size_t index;

	if (device && strncmp(device, SERIAL, strlen(SERIAL)) == 0)
		return check_serial(d, what, device);
	return device && disk_node_index(device, &index) ? check_letter(d, what, device, index) : 0;
}

static int check_share(const struct devices *d, const char *what, const char *tag, bool is_9p)
{
	const char *type = is_9p ? "9p" : "virtiofs";

	if (!(d->kind->features & (is_9p ? VMM_9P : VMM_VIRTIOFS)))
		return fail("%s: '%s' has no %s shares: use a disk", what, d->kind->name, type);
	for (size_t i = 0; tag && i < d->vm->shares.count; i++) {
		const struct vm_share *share = &d->vm->shares.items[i];

		if (share->is_9p == is_9p && strcmp(share->tag, tag) == 0)
			return 0;
	}
	return missing(d, "%s: no %s share has the tag '%s': --share DIR:%s%s gives one", what,
	               type, tag ? tag : "", tag ? tag : "TAG", is_9p ? ",9p" : "");
}

static int check_roots(const struct devices *d, const struct vmconfig *cfg)
{
	const struct root *root = cfg->root;
	int r = check_device(d, "root filesystem",
	                     root && root->device ? root->device : ROOT_LOWER_FALLBACK);

	if (r == 0 && root)
		r = check_device(d, "root filesystem's overlay", root->overlay_device);
	if (r == 0 && cfg->guest_root)
		r = check_device(d, "guest's own root", cfg->guest_root->device);
	return r;
}

static int check_volume(const struct devices *d, const struct volume *volume)
{
	_cleanup_free_ char *what = NULL;
	int r;

	if (asprintf(&what, "volume of '%s'", volume->path) < 0) {
		what = NULL;
		return fail_errno(ENOMEM, "cannot check the config's devices");
	}
	r = check_device(d, what, volume->device);
	return r < 0 ? r : check_device(d, what, volume->overlay_device);
}

static bool is_type(const struct mount_row *mount, const char *type)
{
	return mount->type && strcmp(mount->type, type) == 0;
}

/* A bind mount's source is a path of the guest's, whatever it looks like. */
static bool binds(const struct mount_row *mount)
{
	for (size_t i = 0; i < mount->options.count; i++)
		if (strcmp(mount->options.items[i], "bind") == 0 ||
		    strcmp(mount->options.items[i], "rbind") == 0)
			return true;
	return !mount->type || is_type(mount, "bind") || is_type(mount, "none");
}

static int check_mount(const struct devices *d, const struct mount_row *mount)
{
	_cleanup_free_ char *what = NULL;

	if (binds(mount))
		return 0;
	if (asprintf(&what, "mount on '%s'", mount->destination) < 0) {
		what = NULL;
		return fail_errno(ENOMEM, "cannot check the config's devices");
	}
	if (is_type(mount, "virtiofs") || is_type(mount, "9p"))
		return check_share(d, what, mount->source, is_type(mount, "9p"));
	return check_device(d, what, mount->source);
}

int config_devices_check(const struct request *r, const struct vmm_kind *kind, bool sure)
{
	const struct vm *vm = &r->vm;
	const struct devices d = {
	    .vm = vm,
	    .kind = kind,
	    .sure = sure && !vm->vmm_parameters.count && !vm->pci.count && !vm->usb.count,
	};
	int result = check_roots(&d, &r->config);

	for (size_t i = 0; result == 0 && i < r->config.volume_mounts.count; i++)
		result = check_volume(&d, &r->config.volume_mounts.items[i]);
	for (size_t i = 0; result == 0 && i < r->config.mounts.count; i++)
		result = check_mount(&d, &r->config.mounts.items[i]);
	return result;
}
