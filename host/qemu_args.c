/* SPDX-License-Identifier: MIT */
/* QEMU's arguments. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arg_list.h"
#include "cleanup.h"
#include "contract.h"
#include "error.h"
#include "machine.h"
#include "user_net.h"
#include "vm.h"
#include "vmm_args.h"
#include "vmm_kind.h"

#define MAX_VECTORS 160 /* of some 200 that one x86 processor has */

/* The set that config disks are opened from: /dev/fdset/N stands for a descriptor. */
#define FDSET "1"

struct builder {
	const struct vm *vm;
	const struct vmm_setup *setup;
	struct strlist *args;
	unsigned devices; /* on the PCI bus so far */
	unsigned vectors; /* of interrupts that these take */
};

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
	r = arg_add(b->args, "-device");
	return r < 0 ? r
	             : arg_add(b->args, "%s,addr=%x.%x%s%s", device, slot, function,
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
	int r = arg_add(b->args, "%s", b->vm->vmm ? b->vm->vmm : machine->program);

	if (r == 0)
		r = arg_pair(b->args, "-machine", machine->options);
	if (r == 0 && b->setup->accel != ACCEL_AUTO)
		r = arg_pair(b->args, "-accel", b->setup->accel == ACCEL_KVM ? "kvm" : "tcg");
	for (size_t i = 0; r == 0 && i < sizeof(fixed) / sizeof(*fixed); i++)
		r = arg_add(b->args, "%s", fixed[i]);
	return r;
}

static bool has_virtiofs(const struct vm *vm)
{
	for (size_t i = 0; i < vm->shares.count; i++)
		if (!vm->shares.items[i].is_9p)
			return true;
	return false;
}

static int add_size(struct builder *b)
{
	int64_t memory = arg_memory(b->vm) / 1024;
	bool shared = has_virtiofs(b->vm);
	int r = arg_value(b->args, "-smp", "%lld", (long long)arg_cpus(b->vm));

	if (r == 0)
		r = arg_value(b->args, "-m", "%lldK", (long long)memory);
	if (r < 0 || !shared)
		return r;
	/* virtiofsd reads and writes the guest's memory itself. */
	r = arg_value(b->args, "-object", "memory-backend-memfd,id=memory,size=%lldK,share=on",
	              (long long)memory);
	return r < 0 ? r : arg_pair(b->args, "-numa", "node,memdev=memory");
}

static int add_kernel(struct builder *b)
{
	int r = arg_pair(b->args, "-kernel", b->vm->kernel);

	if (r == 0)
		r = arg_pair(b->args, "-initrd", b->vm->initrd);
	if (r == 0)
		r = arg_pair(b->args, "-append", b->setup->command_line);
	if (r < 0 || !b->vm->device_tree)
		return r;
	if (!b->setup->machine->device_tree)
		return fail("cannot use device tree '%s': a machine of type %s has none",
		            b->vm->device_tree, b->setup->machine->name);
	return arg_pair(b->args, "-dtb", b->vm->device_tree);
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
		r = arg_value(b->args, "-chardev", "socket,id=channel%d,fd=%d", i,
		              b->setup->channels[i]);
		if (r == 0)
			r = arg_add(b->args, i == CHANNEL_CONSOLE ? "-serial" : "-device");
		if (r == 0 && i == CHANNEL_CONSOLE)
			r = arg_add(b->args, "chardev:channel%d", i);
		else if (r == 0)
			r = arg_add(b->args,
			            "virtserialport,bus=ports.0,nr=%d,chardev=channel%d,name=%s", i,
			            i, ports[i]);
	}
	return r;
}

/*
 * One disk. "./" before a relative name: QEMU would take "a:b" for protocol
 * and address. The format is always said: QEMU must not guess it from what a
 * guest has written.
 */
static int add_disk(struct builder *b, const struct vm_disk *disk)
{
	static const char *const formats[] = {
	    [VM_IMAGE_NONE] = "raw", [VM_IMAGE_RAW] = "raw", [VM_IMAGE_QCOW2] = "qcow2",
	    [VM_IMAGE_VHD] = "vpc",  [VM_IMAGE_VDI] = "vdi", [VM_IMAGE_VMDK] = "vmdk",
	};
	_cleanup_free_ char *name = escape(disk->file);
	unsigned id = b->devices;
	int r;

	if (!name)
		return fail_errno(ENOMEM, "disk '%s'", disk->file);
	r = arg_value(b->args, "-drive", "if=none,id=disk%u,format=%s,readonly=%s,file=%s%s", id,
	              formats[disk->format], disk->readonly ? "on" : "off", arg_here(disk->file),
	              name);
	return r < 0 ? r
	             : add_device(b, 2, "virtio-blk-pci,drive=disk%u,disable-legacy=on%s%s", id,
	                          disk->serial ? ",serial=" : "", disk->serial ? disk->serial : "");
}

/* The config disk: a file, or a descriptor that an fdset stands for. */
static int add_config_disk(struct builder *b)
{
	char serial[] = CONFIG_DISK_SERIAL, set[] = "/dev/fdset/" FDSET;
	_cleanup_free_ char *file = strdup(b->setup->config_file ? b->setup->config_file : set);
	struct vm_disk disk = {.file = file, .serial = serial, .readonly = true};
	int r = file ? 0 : fail_errno(ENOMEM, "cannot make the VMM's arguments");

	if (r == 0 && b->setup->config_disk >= 0)
		r = arg_value(b->args, "-add-fd", "fd=%d,set=" FDSET, b->setup->config_disk);
	return r < 0 ? r : add_disk(b, &disk);
}

static int add_disks(struct builder *b)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < b->vm->disks.count; i++)
		r = add_disk(b, &b->vm->disks.items[i]);
	if (r < 0 || (b->setup->config_disk < 0 && !b->setup->config_file))
		return r;
	return add_config_disk(b);
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
	r = arg_add(b->args, "-netdev");
	return r < 0 ? r : arg_add(b->args, "%s", text);
}

/* A macvtap device is a file that is open already. */
static int add_tap(struct builder *b, size_t index, const struct vm_nic *nic)
{
	_cleanup_free_ char *name = escape(nic->tap ? nic->tap : nic->macvtap);
	int r = arg_add(b->args, "-netdev");

	if (!name)
		return fail_errno(ENOMEM, "cannot make the VMM's arguments");
	if (r < 0)
		return r;
	if (nic->tap)
		return arg_add(b->args, "tap,id=net%zu,ifname=%s,script=no,downscript=no", index,
		               name);
	return arg_add(b->args, "tap,id=net%zu,fd=%d", index, b->setup->first_nic + (int)index);
}

/* Published ports lead to the first NIC that has an IPv4 address and is no tap device. */
static int add_nics(struct builder *b)
{
	bool publish = b->vm->publish.count > 0;

	for (size_t i = 0; i < b->vm->nics.count; i++) {
		const struct vm_nic *nic = &b->vm->nics.items[i];
		bool user = !nic->tap && !nic->macvtap;
		bool here = publish && user && *b->setup->nets[i].v4.guest;
		int r = user ? add_user_network(b, i, here) : add_tap(b, i, nic);

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

static int add_9p(struct builder *b, size_t index, const struct vm_share *share)
{
	_cleanup_free_ char *source = escape(share->source);
	int r = arg_add(b->args, "-fsdev");

	if (!source)
		return fail_errno(ENOMEM, "share '%s'", share->source);
	if (r == 0)
		r = arg_add(b->args, "local,id=share%zu,path=%s%s,security_model=none%s", index,
		            arg_here(share->source), source, share->readonly ? ",readonly=on" : "");
	return r < 0 ? r
	             : add_device(b, 2, "virtio-9p-pci,fsdev=share%zu,mount_tag=%s", index,
	                          share->tag);
}

static int add_virtiofs(struct builder *b, size_t index, const struct vm_share *share)
{
	_cleanup_free_ char *socket = escape(share->socket);
	int r = arg_add(b->args, "-chardev");

	if (!socket)
		return fail_errno(ENOMEM, "share '%s'", share->source);
	if (r == 0)
		r = arg_add(b->args, "socket,id=share%zu,path=%s%s", index, arg_here(share->socket),
		            socket);
	return r < 0 ? r
	             : add_device(b, 3, "vhost-user-fs-pci,chardev=share%zu,tag=%s", index,
	                          share->tag);
}

static int add_shares(struct builder *b)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < b->vm->shares.count; i++) {
		const struct vm_share *share = &b->vm->shares.items[i];

		r = share->is_9p ? add_9p(b, i, share) : add_virtiofs(b, i, share);
	}
	return r;
}

/* USB devices hang off a controller, which is a device on the bus itself. */
static int add_usb_devices(struct builder *b)
{
	int r = b->vm->usb.count ? add_device(b, 2, "qemu-xhci,id=usb") : 0;

	for (size_t i = 0; r == 0 && i < b->vm->usb.count; i++) {
		const char *usb = b->vm->usb.items[i];

		r = arg_value(b->args, "-device", "usb-host,vendorid=0x%.4s,productid=0x%.4s", usb,
		              usb + 5);
	}
	return r;
}

static int add_host_devices(struct builder *b)
{
	int r = 0;

	if (b->vm->vsock_cid.set)
		r = add_device(b, 3, "vhost-vsock-pci,disable-legacy=on,guest-cid=%lld",
		               (long long)b->vm->vsock_cid.value);
	for (size_t i = 0; r == 0 && i < b->vm->pci.count; i++)
		r = add_device(b, 0, "vfio-pci,host=%s", b->vm->pci.items[i]);
	if (r == 0)
		r = add_usb_devices(b);
	if (r == 0 && b->vm->balloon)
		r = add_device(b, 3,
		               "virtio-balloon-pci,disable-legacy=on,free-page-reporting=on,"
		               "deflate-on-oom=on");
	return r;
}

/* A machine that nobody watches has a socket to ask it by. */
static int add_state_dir(struct builder *b)
{
	if (!b->setup->state_dir)
		return 0;
	return arg_value(b->args, "-qmp", "unix:%s,server=on,wait=off", b->setup->kind->socket);
}

/* Random numbers from the host; the last device, so that it moves no other. */
static int add_entropy(struct builder *b)
{
	return add_device(b, 2, "virtio-rng-pci,disable-legacy=on");
}

int qemu_args(const struct vm *vm, const struct vmm_setup *setup, struct vmm_command *made)
{
	static int (*const parts[])(struct builder *) = {
	    add_machine, add_size,   add_kernel,       add_channels,  add_disks,
	    add_nics,    add_shares, add_host_devices, add_state_dir, add_entropy,
	};
	struct builder b = {.vm = vm, .setup = setup, .args = &made->args};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(parts) / sizeof(*parts); i++)
		r = parts[i](&b);
	return r;
}
