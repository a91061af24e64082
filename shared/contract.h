/* SPDX-License-Identifier: MIT */
/*
 * What host and guest must agree on besides config.json itself: where the
 * config lives, what the ports are called, which words the kernel command
 * line carries, how large anything may be, and the exit statuses.
 */
#ifndef VMCONFIG_CONTRACT_H
#define VMCONFIG_CONTRACT_H

#define CONFIG_VERSION 1

/* The config disk. */
#define CONFIG_DISK_LABEL    "VMCONFIG"
#define CONFIG_DISK_FALLBACK "/dev/vdc" /* the seed schema's convention */
#define CONFIG_PATH          "/config.json"

/* Where the config is when it comes with the initrd; and the directories on the way. */
#define CONFIG_INITRD_PATH "/vmconfig/config.json"
#define CONFIG_INITRD_PARENTS \
	{                     \
		"vmconfig"    \
	}

/* The root filesystem when the config names none: the seed schema's layout. */
#define ROOT_LOWER_FALLBACK "/dev/vda"
#define ROOT_UPPER_FALLBACK "/dev/vdb"

/* The initrd's list of kernel modules: PATH [PARAMETER...] a line, in the order of loading. */
#define MODULE_LIST "/modules"

/* virtio-serial ports, by name. */
#define PORT_REPORT "org.vmconfig.report"
#define PORT_STDIN  "org.vmconfig.stdin"
#define PORT_STDOUT "org.vmconfig.stdout"
#define PORT_STDERR "org.vmconfig.stderr"

/* With channel "vsock": a port of the host's, and what comes first on each connection to it. */
#define VSOCK_REPORT_PORT 0x40000000u /* unless report.port says another */
#define VSOCK_NONCE_LINE  "{\"nonce\":\"%s\"}\n"

/* Words on the kernel command line. */
#define CMDLINE_DISK       "vmconfig.disk"       /* =PATH, label=…, uuid=… or serial=… */
#define CMDLINE_LOG        "vmconfig.log"        /* =error, warning, info (the default) or debug */
#define CMDLINE_LOG_TARGET "vmconfig.log_target" /* =console (the default) or kmsg */
#define CMDLINE_WAIT       "vmconfig.wait" /* =SECONDS that a device may take to appear, default 10 */
#define CMDLINE_STALL      "vmconfig.stall" /* =SECONDS without progress, default 30; 0: no limit */
#define CMDLINE_END        "vmconfig.end"   /* =poweroff (the default), reboot or halt */
#define CMDLINE_RESCUE     "vmconfig.rescue" /* a shell instead of power-off, if there is one */

/* The serial under which `vmconfig run` attaches the config disk. */
#define CONFIG_DISK_SERIAL "vmconfig"

/* A report line on the console starts with this, the nonce, and a space. */
#define CONSOLE_REPORT_PREFIX "vmconfig-report:"

/* Limits; each is named in the message of whoever refuses. */
#define MAX_CONFIG_BYTES   (16u << 20) /* config.json */
#define MAX_JSON_DEPTH     64u
#define MAX_JSON_VALUES    524288u
#define MAX_HOSTNAME       64u   /* __NEW_UTS_LEN */
#define MAX_DEVICE_WAIT_MS 10000 /* for a device to appear, in the guest */
#define STALL_MS           30000 /* without any progress of the boot, in the guest */
#define MAX_REPORT_LINE    4096u /* bytes of one line on the report channel */
#define MAX_NONCE          64u
#define MAX_INTERFACES     256
#define MAX_ROUTES         1024 /* of one interface */
#define MAX_VOLUMES        1024
#define MAX_HOSTS          4096
#define MAX_MOUNTS         1024
#define MAX_DEVICES        4096
#define MAX_FILES          4096
#define MAX_FILE_BYTES     (1u << 20) /* content of one file of "files" */
#define MAX_HOOKS          64
#define MAX_SYSCALL_RULES  4096
#define MAX_ARG_BYTES      (128u << 10) /* one argument or variable: MAX_ARG_STRLEN */

/* All of them with their pointers: a quarter of the 8 MiB stack, less what execve(2) counts as
 * well: the program's path, once more, and a HOME that init may add, of PATH_MAX each. */
#define MAX_EXEC_BYTES ((2u << 20) - 2 * (4u << 10))

/* Exit statuses of the workload that init itself produces (as shells and runtimes do). */
#define STATUS_INIT_FAILED    125
#define STATUS_NOT_EXECUTABLE 126
#define STATUS_NOT_FOUND      127
#define STATUS_SIGNAL_BASE    128

#endif
