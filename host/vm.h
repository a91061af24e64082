/* SPDX-License-Identifier: MIT */
/* What the VMM is told, as against what the guest reads: struct vm beside struct vmconfig. */
#ifndef VMCONFIG_VM_H
#define VMCONFIG_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host_hooks.h"
#include "vmconfig.h"

/* Limits of any machine; each VMM has narrower ones. */
#define MIN_MEMORY (32 << 20)  /* bytes; a stock kernel and its initrd need as much */
#define MAX_MEMORY (1LL << 52) /* bytes; what x86-64 can address */
#define MAX_VCPUS  4096

enum accel { ACCEL_AUTO, ACCEL_KVM, ACCEL_TCG };

/* Of a disk, in the order of the words of OCI's vm.image. */
enum vm_image_format {
	VM_IMAGE_NONE, /* raw, where there is an image */
	VM_IMAGE_RAW,
	VM_IMAGE_QCOW2,
	VM_IMAGE_VDI,
	VM_IMAGE_VMDK,
	VM_IMAGE_VHD,
};

struct vm_disk {
	char *file;
	char *serial; /* NULL: none given */
	bool readonly;
	bool is_vm_image; /* nobody has given it as a disk */
	bool references;  /* it may name other files of the host */
	enum vm_image_format format;
};

/* A NIC as the host sees it; the guest's side is config.interfaces[i]. */
struct vm_nic {
	char *tap;     /* name of an existing tap device */
	char *macvtap; /* or of a macvtap device; neither: user-mode network */
	char *link;    /* macvtap: the host's device below it; needed to make one */
	char *mode;    /* macvtap: bridge when NULL */
	char *mac;
};

/* A directory of the host. */
struct vm_share {
	char *source;
	char *tag;    /* what the guest mounts it by */
	char *socket; /* virtiofsd's; NULL with 9p */
	bool readonly;
	bool is_9p;     /* else virtiofs */
	bool of_bundle; /* a bundle binds it, nobody has been told to share it */
};

struct vm_publish {
	char *address;      /* on the host, default 127.0.0.1 */
	uint16_t host_port; /* 0: the kernel picks one, and vmconfig says which */
	uint16_t guest_port;
	bool udp;
};

/* The guest's own root filesystem, in which that of the container is mounted. */
struct vm_image {
	char *path; /* NULL: there is none, the container's root is the guest's */
	enum vm_image_format format;
};

struct vm {
	char *kernel;
	char *initrd;
	struct strlist kernel_parameters; /* vm.kernel.parameters and --append, in order */
	struct optint vcpus;
	struct optint memory_bytes;
	char *vmm;                     /* path of the VMM; NULL: qemu-system-ARCH from PATH */
	struct strlist vmm_parameters; /* follow all other arguments, as they are */
	struct vm_image image;
	char *device_tree; /* a blob that replaces the machine's own */
	enum accel accel;
	struct {
		struct vm_disk *items;
		size_t count;
	} disks;
	struct {
		struct vm_nic *items;
		size_t count;
	} nics;
	struct {
		struct vm_publish *items;
		size_t count;
	} publish;
	struct {
		struct vm_share *items;
		size_t count;
	} shares;
	struct optint vsock_cid;
	struct strlist pci;    /* DDDD:BB:DD.F of the host's devices to hand over */
	struct strlist usb;    /* VVVV:PPPP, likewise */
	bool balloon;          /* memory can be taken back while it runs */
	struct optint timeout; /* seconds until the guest is stopped; absent: never */
	bool interactive;      /* -i: pass standard input on */
	bool timing;           /* say in the end where the time has gone */
	char *timing_file;     /* where to say it for programs, or NULL */
	bool verbose;          /* -v: kernel and init messages on stderr as they come */
};

void vm_release(struct vm *vm);

/* vm_add_disk() - behind the others. Return: 0, what @disk owns is @vm's now; or -ENOMEM. */
int vm_add_disk(struct vm *vm, const struct vm_disk *disk);

/* What a command works on: INPUT with the overrides applied. */
struct request {
	struct vmconfig config;
	struct vm vm;
	struct host_hooks hooks; /* a bundle's, for whoever starts the machine */
	char *root_dir;          /* a bundle's root filesystem on the host, or NULL */
	char *network_namespace; /* a bundle's, for whoever starts the machine, or NULL */
	char *image;             /* LAYOUT[:REF]@DIGEST, the image that was read, or NULL */
};

void request_release(struct request *r);

#endif
