/* SPDX-License-Identifier: MIT */
/* QEMU's arguments. */
#include "qemu_args.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "contract.h"
#include "error.h"
#include "formats.h"
#include "list.h"
#include "machine.h"
#include "user_net.h"

#define DEFAULT_MEMORY (INT64_C(256) << 20)
#define MAX_SERIAL     20  /* VIRTIO_BLK_ID_BYTES */
#define MAX_VECTORS    160 /* of some 200 that one x86 processor has */

/* The set that config disks are opened from: /dev/fdset/N stands for a descriptor. */
#define CONFIG_FDSET 1

struct builder {
	const struct vm *vm;
	const struct qemu_setup *setup;
	struct strlist *args;
	unsigned devices; /* on the PCI bus so far */
	unsigned vectors; /* of interrupts that these take */
};

static int add(struct builder *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Append one argument. */
static int add(struct builder *b, const char *format, ...)
{
	_cleanup_free_ char *word = NULL;
	va_list args;
	int r;

	va_start(args, format);
	r = vasprintf(&word, format, args);
	va_end(args);
	if (r < 0)
		word = NULL;
	if (!word || strlist_add(b->args, word) < 0)
		return fail_errno(ENOMEM, "cannot make QEMU's arguments");
	return 0;
}

/* Append an option and its value as they are. */
static int add_pair(struct builder *b, const char *option, const char *value)
{
	int r = add(b, "%s", option);

	return r < 0 ? r : add(b, "%s", value);
}

/* A value for a key=value list: QEMU takes ",," for a comma. For free(); NULL: out of memory. */
static char *escape(const char *value)
{
	char *text = malloc(strlen(value) * 2 + 1), *to = text;

	if (!text)
		return NULL;
	do {
		if (*value == ',')
			*to++ = ',';
		*to++ = *value;
	} while (*value++);
	return text;
}

/*
 * -device and its place on the bus. Functions of a slot are used before the
 * next slot, so that there is room for many, and the guest finds them in the
 * order in which they stand here. @vectors: how many interrupts it would have
 * of its own; what comes after MAX_VECTORS shares the lines of the bus, as the
 * driver of a device that finds none left fails.
 */
static int add_device(struct builder *b, unsigned vectors, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int add_device(struct builder *b, unsigned vectors, const char *format, ...)
{
	_cleanup_free_ char *device = NULL;
	unsigned slot = 1 + b->devices / 8, function = b->devices % 8;
	va_list args;
	int r;

	if (b->devices++ >= MAX_PCI_DEVICES)
		return fail("more than %d disks and network interfaces (MAX_PCI_DEVICES)",
		            MAX_PCI_DEVICES);
	va_start(args, format);
	r = vasprintf(&device, format, args);
	va_end(args);
	if (r < 0) {
		device = NULL;
		return fail_errno(ENOMEM, "cannot make QEMU's arguments");
	}
	b->vectors += vectors;
	r = add(b, "-device");
	return r < 0 ? r
	             : add(b, "%s,addr=%x.%x%s%s", device, slot, function,
	                   function ? "" : ",multifunction=on",
	                   b->vectors > MAX_VECTORS ? ",vectors=0" : "");
}

/* Nothing but what is named here: no default devices, no user's qemu.conf, no monitor, no window.
 */
static int add_machine(struct builder *b)
{
	static const char *const fixed[] = {
	    "-nodefaults",
	    "-no-user-config",
	    "-no-reboot",
	    "-display",
	    "none",
	    "-sandbox",
	    "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
	    "-cpu",
	    "max",
	};
	const struct machine *machine = b->setup->machine;
	int r = add(b, "%s", b->vm->vmm ? b->vm->vmm : machine->program);

	if (r == 0)
		r = add_pair(b, "-machine", machine->options);
	if (r == 0)
		r = add_pair(b, "-accel", b->setup->accel == ACCEL_KVM ? "kvm" : "tcg");
	for (size_t i = 0; r == 0 && i < sizeof(fixed) / sizeof(*fixed); i++)
		r = add(b, "%s", fixed[i]);
	return r;
}

static int add_size(struct builder *b)
{
	int64_t cpus = b->vm->vcpus.set ? b->vm->vcpus.value : 1;
	int64_t memory = b->vm->memory_bytes.set ? b->vm->memory_bytes.value : DEFAULT_MEMORY;
	int r;

	if (cpus < 1 || cpus > b->setup->machine->max_cpus)
		return fail("%lld virtual processors are not within 1..%u", (long long)cpus,
		            b->setup->machine->max_cpus);
	if (memory < MIN_MEMORY)
		return fail("a memory of %lld bytes is too small: no kernel boots in less than %d",
		            (long long)memory, MIN_MEMORY);
	r = add(b, "-smp");
	if (r == 0)
		r = add(b, "%lld", (long long)cpus);
	if (r == 0)
		r = add(b, "-m");
	return r < 0 ? r : add(b, "%lldK", (long long)(memory / 1024));
}

static int add_kernel(struct builder *b)
{
	int r = add_pair(b, "-kernel", b->vm->kernel);

	if (r == 0)
		r = add_pair(b, "-initrd", b->vm->initrd);
	if (r == 0)
		r = add_pair(b, "-append", b->setup->command_line);
	if (r < 0 || !b->vm->device_tree)
		return r;
	if (!b->setup->machine->device_tree)
		return fail("cannot use device tree '%s': a machine of type %s has none",
		            b->vm->device_tree, b->setup->machine->name);
	return add_pair(b, "-dtb", b->vm->device_tree);
}

/* The ports, by the names that the guest looks for; the console is the machine's serial line. */
static int add_channels(struct builder *b)
{
	static const char *const ports[CHANNEL_COUNT] = {
	    [CHANNEL_STDIN] = PORT_STDIN,
	    [CHANNEL_STDOUT] = PORT_STDOUT,
	    [CHANNEL_STDERR] = PORT_STDERR,
	    [CHANNEL_REPORT] = PORT_REPORT,
	};
	int r = add_device(b, 2, "virtio-serial-pci,id=ports,disable-legacy=on");

	for (int i = 0; r == 0 && i < CHANNEL_COUNT; i++) {
		r = add(b, "-chardev");
		if (r == 0)
			r = add(b, "socket,id=channel%d,fd=%d", i, b->setup->channels[i]);
		if (r == 0)
			r = add(b, i == CHANNEL_CONSOLE ? "-serial" : "-device");
		if (r == 0 && i == CHANNEL_CONSOLE)
			r = add(b, "chardev:channel%d", i);
		else if (r == 0)
			r = add(b, "virtserialport,bus=ports.0,nr=%d,chardev=channel%d,name=%s", i,
			        i, ports[i]);
	}
	return r;
}

/*
 * One disk. "./" before a relative name: QEMU would take "a:b" for protocol
 * and address. The format is always said: QEMU must not guess it from what a
 * guest has written.
 */
static int add_disk(struct builder *b, const char *file, const char *serial, bool readonly)
{
	_cleanup_free_ char *name = escape(file);
	unsigned id = b->devices;
	int r;

	if (!name)
		return fail_errno(ENOMEM, "disk '%s'", file);
	r = add(b, "-drive");
	if (r == 0)
		r = add(b, "if=none,id=disk%u,format=raw,readonly=%s,file=%s%s", id,
		        readonly ? "on" : "off", *file == '/' ? "" : "./", name);
	return r < 0 ? r
	             : add_device(b, 2, "virtio-blk-pci,drive=disk%u,disable-legacy=on%s%s", id,
	                          serial ? ",serial=" : "", serial ? serial : "");
}

static int check_serial(const struct vm_disk *disk)
{
	const char *serial = disk->serial;

	if (!serial)
		return 0;
	if (!*serial || strlen(serial) > MAX_SERIAL)
		return fail("disk '%s': serial '%s' is not 1..%d bytes long", disk->file, serial,
		            MAX_SERIAL);
	for (const char *c = serial; *c; c++)
		if (*c <= ' ' || *c > '~' || *c == ',')
			return fail("disk '%s': serial '%s' has a character that none may have",
			            disk->file, serial);
	if (strcmp(serial, CONFIG_DISK_SERIAL) == 0)
		return fail("disk '%s': serial '%s' is the config disk's", disk->file, serial);
	return 0;
}

/* The guest would take either for the disk that is meant. */
static int check_serial_is_one(const struct vm *vm, size_t index)
{
	const struct vm_disk *disk = &vm->disks.items[index];

	for (size_t i = 0; disk->serial && i < index; i++) {
		const struct vm_disk *other = &vm->disks.items[i];

		if (other->serial && strcmp(other->serial, disk->serial) == 0)
			return fail("disk '%s': serial '%s' is that of disk '%s' already",
			            disk->file, disk->serial, other->file);
	}
	return 0;
}

static int add_disks(struct builder *b)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < b->vm->disks.count; i++) {
		const struct vm_disk *disk = &b->vm->disks.items[i];

		r = check_serial(disk);
		if (r == 0)
			r = check_serial_is_one(b->vm, i);
		if (r == 0)
			r = add_disk(b, disk->file, disk->serial, disk->readonly);
	}
	if (r == 0)
		r = add(b, "-add-fd");
	if (r == 0)
		r = add(b, "fd=%d,set=%d", b->setup->config_disk, CONFIG_FDSET);
	if (r == 0) {
		char file[32];

		snprintf(file, sizeof(file), "/dev/fdset/%d", CONFIG_FDSET);
		r = add_disk(b, file, CONFIG_DISK_SERIAL, true);
	}
	return r;
}

/* The part of -netdev user that is about one family; it is switched off where the guest has none.
 */
static void write_side(FILE *out, const struct user_net_side *side, const char *family,
                       const char *prefix)
{
	if (!*side->net)
		fprintf(out, ",%s=off", family);
	else
		fprintf(out, ",%snet=%s,%shost=%s,%sdns=%s", prefix, side->net, prefix, side->host,
		        prefix, side->dns);
}

static int check_publish(const struct vm_publish *p)
{
	struct in_addr address;

	if (p->address && inet_pton(AF_INET, p->address, &address) != 1)
		return fail("cannot publish port %u: '%s' is no IPv4 address", p->guest_port,
		            p->address);
	if (!p->guest_port || !p->host_port)
		return fail("cannot publish port %u on port %u", p->guest_port, p->host_port);
	return 0;
}

static void write_publish(FILE *out, const struct vm_publish *p, const struct user_net *net)
{
	fprintf(out, ",hostfwd=%s:%s:%u-%s:%u", p->udp ? "udp" : "tcp",
	        p->address ? p->address : "127.0.0.1", p->host_port, net->v4.guest, p->guest_port);
}

static int add_user_network(struct builder *b, size_t index, bool publish)
{
	const struct user_net *net = &b->setup->nets[index];
	_cleanup_free_ char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	int r;

	if (!out)
		return fail_errno(errno, "cannot make QEMU's arguments");
	fprintf(out, "user,id=net%zu", index);
	if (*net->v4.net || *net->v6.net) {
		write_side(out, &net->v4, "ipv4", "");
		write_side(out, &net->v6, "ipv6", "ipv6-");
	}
	if (*net->v4.net) /* slirp's own choice may be the gateway */
		fprintf(out, ",dhcpstart=%s", net->v4.guest);
	for (size_t i = 0; publish && i < b->vm->publish.count; i++)
		write_publish(out, &b->vm->publish.items[i], net);
	if (fclose(out) != 0)
		return fail_errno(ENOMEM, "cannot make QEMU's arguments");
	r = add(b, "-netdev");
	return r < 0 ? r : add(b, "%s", text);
}

static int add_tap(struct builder *b, size_t index, const char *tap)
{
	_cleanup_free_ char *name = escape(tap);
	const char *complaint = format_link_name.complain(tap);
	int r;

	if (complaint)
		return fail("tap device '%s' %s", tap, complaint);
	if (!name)
		return fail_errno(ENOMEM, "tap device '%s'", tap);
	r = add(b, "-netdev");
	return r < 0 ? r : add(b, "tap,id=net%zu,ifname=%s,script=no,downscript=no", index, name);
}

static int check_nic(const struct vm_nic *nic)
{
	const char *complaint = nic->mac ? format_mac.complain(nic->mac) : "is missing";

	return complaint ? fail("mac '%s' %s", nic->mac ? nic->mac : "", complaint) : 0;
}

/* Published ports lead to the first NIC that has an IPv4 address and is no tap device. */
static int add_nics(struct builder *b)
{
	bool publish = b->vm->publish.count > 0;

	for (size_t i = 0; i < b->vm->publish.count; i++)
		if (check_publish(&b->vm->publish.items[i]) < 0)
			return -EINVAL;
	for (size_t i = 0; i < b->vm->nics.count; i++) {
		const struct vm_nic *nic = &b->vm->nics.items[i];
		bool here = publish && !nic->tap && *b->setup->nets[i].v4.guest;
		int r = check_nic(nic);

		if (r == 0)
			r = nic->tap ? add_tap(b, i, nic->tap) : add_user_network(b, i, here);
		if (r == 0) /* no romfile: nothing boots from the network */
			r = add_device(b, 3,
			               "virtio-net-pci,netdev=net%zu,mac=%s,disable-legacy=on,"
			               "romfile=",
			               i, nic->mac);
		if (r < 0)
			return r;
		publish = publish && !here;
	}
	if (publish)
		return fail("cannot publish ports: no user-mode network interface has an IPv4 "
		            "address");
	return 0;
}

int qemu_args(const struct vm *vm, const struct qemu_setup *setup, struct strlist *args)
{
	static int (*const parts[])(struct builder *) = {
	    add_machine, add_size, add_kernel, add_channels, add_disks, add_nics,
	};
	struct builder b = {.vm = vm, .setup = setup, .args = args};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(parts) / sizeof(*parts); i++)
		r = parts[i](&b);
	for (size_t i = 0; r == 0 && i < vm->vmm_parameters.count; i++)
		r = add(&b, "%s", vm->vmm_parameters.items[i]);
	return r;
}
