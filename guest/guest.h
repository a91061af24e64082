/* SPDX-License-Identifier: MIT */
/* What the phases share. The table of phases stands in main.c. */
#ifndef VMCONFIG_GUEST_H
#define VMCONFIG_GUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "shutdown.h"
#include "vmconfig.h"

/* Where the new root is put together before it becomes "/", and where its layers are mounted
 * meanwhile. */
#define NEWROOT     "/vmconfig/root"
#define LAYER_LOWER "/vmconfig/lower"
#define LAYER_UPPER "/vmconfig/upper"

/* With a root of the guest's own that is what becomes "/". The workload's is mounted in it here. */
#define CONTAINER_ROOT "/run/vmconfig/rootfs"

/* The words of the kernel command line that are ours. */
struct cmdline {
	char disk[256]; /* vmconfig.disk=, or "" */
	int wait_ms;    /* vmconfig.wait=, how long a device may take to appear */
	int stall_ms;   /* vmconfig.stall=, how long the boot may make no progress; 0: for ever */
	int log_level;  /* enum log_level: vmconfig.log= */
	bool log_kmsg;  /* vmconfig.log_target=kmsg */
	bool rescue;    /* vmconfig.rescue */
	/* vmconfig.end=, what becomes of the machine when nobody asks for something else */
	enum machine_end end;
};

/* Filesystems below an overlay that are no longer in the tree: kept in reach so
 * that they can be made read-only when the overlay cannot be unmounted. */
struct pins {
	int *items;
	size_t count;
};

struct guest {
	struct cmdline cmdline;
	struct vmconfig config;
	int root_fd;        /* O_PATH of the workload's root once mounted, else -1 */
	int own_root_fd;    /* of the guest's own, when the config has one, else -1 */
	int own_ns;         /* with such a one: the mount namespace that init stays in, or -1, */
	int container_ns;   /* and the workload's, once there is one, or -1 */
	int initramfs_fd;   /* the first root, once it has been left; see initramfs_empty() */
	int button_fd;      /* of power_button_open(), or negative */
	bool root_readonly; /* to be remounted read-only once it is furnished */
	struct pins pins;
	struct strlist notices; /* of the phase that runs; see guest_notice() */
	char failed_phase[64];  /* name of the phase that failed, or "" */
	const char *failure;    /* a code for it, see vmconfig-init(8); NULL: the phase's name */
	int error_number;       /* the errno value that came with it, or 0 */
	char error[768];        /* why, one line; set by guest_error() */
};

/* Nothing is open. */
#define GUEST_BLANK                                                                 \
	{                                                                           \
		.root_fd = -1, .initramfs_fd = -1, .own_root_fd = -1, .own_ns = -1, \
		.container_ns = -1,                                                 \
	}

enum phase_policy { PHASE_REQUIRED, PHASE_OPTIONAL };

struct phase {
	const char *name;
	int (*run)(struct guest *g); /* 0, or negative after guest_error() */
	enum phase_policy policy;
};

/* The code of a boot that somebody has asked to stop. */
#define FAILURE_STOPPED "stopped"

/*
 * guest_error() - say why a phase fails.
 * @errnum: an errno value, whose text is appended, or 0; STOP_ASKED, of stop_wait(), has the code
 *          FAILURE_STOPPED
 *
 * Return: -@errnum, or -EINVAL when that is 0: what the phase returns.
 */
int guest_error(struct guest *g, int errnum, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * guest_error_as() - the same, without an errno value but with a code for programs.
 * @code: a literal, listed in vmconfig-init(8)
 *
 * Return: -EINVAL.
 */
int guest_error_as(struct guest *g, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * guest_notice() - tell the host, and the log, what its operator should know though the boot goes
 * on.
 */
void guest_notice(struct guest *g, const char *format, ...) __attribute__((format(printf, 2, 3)));

int phase_early_mounts(struct guest *g);
int phase_cmdline(struct guest *g);
int phase_modules(struct guest *g);
int phase_config(struct guest *g);
int phase_clock(struct guest *g);
int phase_guest_root(struct guest *g);
int phase_root(struct guest *g);
int phase_machine(struct guest *g);
int phase_network(struct guest *g);
int phase_sysctl(struct guest *g);
int phase_volumes(struct guest *g);
int phase_mounts(struct guest *g);
int phase_carried(struct guest *g);
int phase_handover(struct guest *g);
int phase_switch_root(struct guest *g);
int phase_workload(struct guest *g);

#endif
