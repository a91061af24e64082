/* SPDX-License-Identifier: MIT */
/* Options that the VMM is told. */
#include "vm_options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "disk_reference.h"
#include "error.h"
#include "kernel_cmdline.h"
#include "list.h"
#include "option.h"
#include "vm.h"
#include "vm_devices.h"

#define OUT_OF_MEMORY(row) fail_errno(ENOMEM, "--%s", (row)->name)

#define MAX_SERIAL    20       /* VIRTIO_BLK_ID_BYTES */
#define MAX_TIMEOUT_S 31536000 /* a year */

/* Words of a kernel command line; who writes one puts the quotes back. */
static int add_words(const struct option_row *row, void *member, const char *value)
{
	int r;

	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return option_error(row, "a kernel parameter holds a control character");
	r = kernel_cmdline_split(value, member);
	if (r == -EINVAL)
		return option_error(row, "a '\"' is not closed");
	return r < 0 ? OUT_OF_MEMORY(row) : 0;
}

/* "512M", "1G"; a number alone counts MiB, as QEMU's -m does. */
static int set_memory(const struct option_row *row, void *member, const char *value)
{
	static const char units[] = "KMGT";
	struct optint *memory = member;
	size_t digits = strspn(value, "0123456789");
	const char *unit = NULL;
	long long number = 0;
	char *copy = strndup(value, digits);
	int shift = 20;
	int r;

	if (!copy)
		return OUT_OF_MEMORY(row);
	r = parse_number(copy, 1, MAX_MEMORY, &number);
	free(copy);
	if (r == 0 && value[digits]) {
		unit = strchr(units, value[digits] & ~0x20);
		shift = unit && value[digits + 1] == '\0' ? 10 * (int)(unit - units + 1) : 0;
	}
	if (r < 0 || shift == 0)
		return option_error(row, "'%s' is not a size such as 512M or 1G", value);
	if (number > MAX_MEMORY >> shift || number << shift < MIN_MEMORY)
		return option_error(row, "'%s' is not within 32M..4096T", value);
	*memory = (struct optint){.set = true, .value = number << shift};
	return 0;
}

int set_accel(const struct option_row *row, void *member, const char *value)
{
	static const char *const names[] = {
	    [ACCEL_AUTO] = "auto", [ACCEL_KVM] = "kvm", [ACCEL_TCG] = "tcg"};
	enum accel *accel = member;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(value, names[i]) == 0) {
			*accel = (enum accel)i;
			return 0;
		}
	}
	return option_error(row, "'%s' is none of auto, kvm, tcg", value);
}

static int parse_port(const struct option_row *row, const char *text, long long min, uint16_t *port)
{
	long long number;

	if (parse_number(text, min, 65535, &number) < 0)
		return option_error(row, "port '%s' is not a number within %lld..65535", text, min);
	*port = (uint16_t)number;
	return 0;
}

/* Take the protocol off the end of @text. */
static int parse_protocol(const struct option_row *row, char *text, bool *udp)
{
	char *slash = strchr(text, '/');

	*udp = slash && strcmp(slash, "/udp") == 0;
	if (!slash)
		return 0;
	if (!*udp && strcmp(slash, "/tcp") != 0)
		return option_error(row, "protocol '%s' is neither tcp nor udp", slash + 1);
	*slash = '\0';
	return 0;
}

/* "[ADDR:]HOST:GUEST[/udp]". */
static int parse_publish(const struct option_row *row, char *text, struct vm_publish *p)
{
	unsigned char address[4];
	char *guest, *host;
	int r = parse_protocol(row, text, &p->udp);

	if (r < 0)
		return r;
	guest = strrchr(text, ':');
	if (!guest)
		return option_error(row, "'%s' is not [ADDR:]HOST:GUEST", text);
	*guest++ = '\0';
	host = strrchr(text, ':');
	if (host) {
		*host++ = '\0';
		if (inet_pton(AF_INET, text, address) != 1)
			return option_error(row, "'%s' is no IPv4 address", text);
		r = option_set_string(row, &p->address, text);
	}
	if (r == 0)
		r = parse_port(row, host ? host : text, 0, &p->host_port);
	if (r == 0)
		r = parse_port(row, guest, 1, &p->guest_port);
	return r;
}

static int add_publish(const struct option_row *row, void *member, const char *value)
{
	struct vm *vm = member;
	struct vm_publish *items = list_grow(vm->publish.items, vm->publish.count, sizeof(*items));
	_cleanup_free_ char *text = strdup(value);

	if (items)
		vm->publish.items = items;
	if (!items || !text)
		return OUT_OF_MEMORY(row);
	items[vm->publish.count] = (struct vm_publish){0};
	return parse_publish(row, text, &items[vm->publish.count++]);
}

static int parse_serial(const struct option_row *row, const char *serial, struct vm_disk *disk)
{
	if (disk->serial)
		return option_error(row, "'serial' is given more than once");
	if (!*serial || strlen(serial) > MAX_SERIAL)
		return option_error(row, "serial '%s' is not 1..%d bytes long", serial, MAX_SERIAL);
	for (const char *s = serial; *s; s++)
		if (*s <= ' ' || *s > '~' || *s == ',' || *s == '/')
			return option_error(row, "serial '%s' has a character that none may have",
			                    serial);
	return option_set_string(row, &disk->serial, serial);
}

const char *const disk_format_names[] = {
    [VM_IMAGE_NONE] = "raw",
    [VM_IMAGE_RAW] = "raw",
    [VM_IMAGE_QCOW2] = "qcow2",
    [VM_IMAGE_VDI] = "vdi",
    [VM_IMAGE_VMDK] = "vmdk",
    [VM_IMAGE_VHD] = "vhd",
    NULL,
};

int disk_format_parse(const struct option_row *row, const char *name, enum vm_image_format *format)
{
	for (int i = VM_IMAGE_RAW; disk_format_names[i]; i++) {
		if (strcmp(disk_format_names[i], name) == 0) {
			*format = (enum vm_image_format)i;
			return 0;
		}
	}
	return option_error(row, "format '%s' is none of raw, qcow2, vhd, vdi, vmdk", name);
}

/* "FILE[,ro][,serial=NAME][,format=NAME][,references]", read from the end: FILE may hold commas of
 * its own. */
static int parse_disk(const struct option_row *row, char *text, struct vm_disk *disk)
{
	char *comma;

	while ((comma = strrchr(text, ','))) {
		int r = 0;

		if (strcmp(comma, ",ro") == 0)
			disk->readonly = true;
		else if (strncmp(comma, ",serial=", 8) == 0)
			r = parse_serial(row, comma + 8, disk);
		else if (strncmp(comma, ",format=", 8) == 0)
			r = disk_format_parse(row, comma + 8, &disk->format);
		else if (strcmp(comma, ",references") == 0)
			disk->references = true;
		else
			break;
		if (r < 0)
			return r;
		*comma = '\0';
	}
	if (!*text)
		return option_error(row, "the file's name is empty");
	if (disk->references && !disk_can_refer(disk->format))
		return option_error(row, "'references' is for the formats qcow2 and vmdk");
	return option_set_string(row, &disk->file, text);
}

static int add_disk(const struct option_row *row, void *member, const char *value)
{
	struct vm *vm = member;
	struct vm_disk *items = list_grow(vm->disks.items, vm->disks.count, sizeof(*items));
	_cleanup_free_ char *text = strdup(value);

	if (items)
		vm->disks.items = items;
	if (!items || !text)
		return OUT_OF_MEMORY(row);
	items[vm->disks.count] = (struct vm_disk){0};
	return parse_disk(row, text, &items[vm->disks.count++]);
}

#define AT(member) .offset = offsetof(struct vm, member)

const struct option_row vm_options[] = {
    {"kernel", 0, "FILE", "the kernel to boot", option_set_string, AT(kernel),
     .flags = OPTION_FILE},
    {"initrd", 0, "FILE", "the initrd that holds init", option_set_string, AT(initrd),
     .flags = OPTION_FILE},
    {"append", 0, "WORDS", "further kernel parameters", add_words, AT(kernel_parameters),
     .flags = OPTION_REPEATS},
    {"cpus", 0, "N", "virtual processors", option_set_count, AT(vcpus), .value = MAX_VCPUS},
    {"memory", 0, "SIZE", "512M, 1G; a number alone counts MiB", set_memory, AT(memory_bytes)},
    {"vmm", 0, "PROGRAM", "the VMM to run; its name tells the family", option_set_string, AT(vmm),
     .flags = OPTION_FILE},
    {"accel", 0, "NAME", "auto, kvm or tcg", set_accel, AT(accel)},
    {"publish", 'p', "[ADDR:]HOST:GUEST", "forward a port of the host; /udp at the end for UDP",
     add_publish, .flags = OPTION_REPEATS},
    {"disk", 0, "FILE[,ro][,serial=NAME][,format=NAME][,references]",
     "a disk: the first is /dev/vda, the next /dev/vdb, ...", add_disk,
     .flags = OPTION_REPEATS | OPTION_FILE},
    {"share", 0, "DIR:TAG[,ro][,9p][,socket=PATH]", "a directory, through virtiofsd or by 9p",
     add_share, .flags = OPTION_REPEATS | OPTION_FILE},
    {"vsock", 0, "CID", "a vsock device with this context id", set_vsock_cid, AT(vsock_cid)},
    {"pci", 0, "ADDRESS", "hand over a PCI device of the host", add_pci, AT(pci),
     .flags = OPTION_REPEATS},
    {"usb", 0, "VENDOR:PRODUCT", "hand over a USB device of the host", add_usb, AT(usb),
     .flags = OPTION_REPEATS},
    {"balloon", 0, NULL, "memory can be taken back while the guest runs", option_set_flag,
     AT(balloon)},
    {"device-tree", 0, "FILE", "a device tree in place of the VMM's own", option_set_string,
     AT(device_tree), .flags = OPTION_FILE},
    {"timeout", 0, "SECONDS", "stop the guest after that time", option_set_count, AT(timeout),
     .value = MAX_TIMEOUT_S},
    {"interactive", 'i', NULL, "pass standard input on", option_set_flag, AT(interactive)},
    {"timing", 0, NULL, "say in the end where the time has gone", option_set_flag, AT(timing)},
    {"timing-json", 0, "FILE", "the same for programs", option_set_string, AT(timing_file),
     .flags = OPTION_FILE},
    {"verbose", 0, NULL, "kernel and init messages on stderr as they come", option_set_flag,
     AT(verbose)},
    {.name = NULL},
};

static void replace_string(char **to, char **from)
{
	if (!*from)
		return;
	free(*to);
	*to = steal_ptr(from);
}

int vm_apply(struct vm *given, struct vm *to)
{
	replace_string(&to->kernel, &given->kernel);
	replace_string(&to->initrd, &given->initrd);
	replace_string(&to->vmm, &given->vmm);
	replace_string(&to->timing_file, &given->timing_file);
	for (size_t i = 0; i < given->kernel_parameters.count; i++)
		if (strlist_add(&to->kernel_parameters, given->kernel_parameters.items[i]) < 0)
			return -ENOMEM;
	if (given->vcpus.set)
		to->vcpus = given->vcpus;
	if (given->memory_bytes.set)
		to->memory_bytes = given->memory_bytes;
	if (given->timeout.set)
		to->timeout = given->timeout;
	to->accel = given->accel;
	to->interactive = given->interactive;
	to->verbose = given->verbose;
	to->timing = given->timing;
	to->disks = given->disks;
	given->disks.items = NULL;
	given->disks.count = 0;
	to->shares = given->shares;
	given->shares.items = NULL;
	given->shares.count = 0;
	to->pci = given->pci;
	to->usb = given->usb;
	given->pci = given->usb = (struct strlist){0};
	if (given->vsock_cid.set)
		to->vsock_cid = given->vsock_cid;
	to->balloon = given->balloon;
	replace_string(&to->device_tree, &given->device_tree);
	to->publish = given->publish;
	given->publish.items = NULL;
	given->publish.count = 0;
	return 0;
}
