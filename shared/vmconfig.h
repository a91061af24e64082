/* SPDX-License-Identifier: MIT */
/*
 * struct vmconfig: what a config disk says, in memory. The host fills it and
 * encodes it, the guest decodes it, and nothing else travels between them.
 *
 * The rows that turn it into JSON and back stand in fields.c; a member without
 * a row does not exist for either side. Strings are owned and may be NULL,
 * which means "not given"; lists with count 0 are not given.
 */
#ifndef VMCONFIG_VMCONFIG_H
#define VMCONFIG_VMCONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct problems;
struct json_doc;
struct record;

/* A number that may be absent. */
struct optint {
	bool set;
	int64_t value;
};

/* A number of all 64 bits that may be absent. */
struct optuint {
	bool set;
	uint64_t value;
};

struct strlist {
	char **items;
	size_t count;
};

struct intlist {
	int64_t *items;
	size_t count;
};

struct strpair {
	char *name;
	char *value;
};

/* Names with values, in the order given; a name stands once. */
struct strmap {
	struct strpair *items;
	size_t count;
};

enum volume_mode { VOLUME_MODE_UNSET, VOLUME_RO, VOLUME_RW, VOLUME_OVERLAY };

/* What is done about a filesystem whose superblock says that it has errors. */
enum errors_policy { ERRORS_UNSET, ERRORS_REFUSE, ERRORS_MOUNT };

enum format_wanted { FORMAT_NONE, FORMAT_EXT4 };

/* A block device mounted into the guest's tree. */
struct volume {
	char *device;         /* /dev/…, serial=…, label=… or uuid=… */
	char *path;           /* absolute, in the guest */
	int mode;             /* enum volume_mode */
	char *overlay_device; /* the writable layer of VOLUME_OVERLAY */
	int format;           /* enum format_wanted: what a blank device is formatted as */
	bool grow;            /* the filesystem grows to its device */
	int errors;           /* enum errors_policy */
};

/* The filesystem that becomes "/". */
struct root {
	char *device;
	char *fstype;         /* probed when NULL */
	int mode;             /* enum volume_mode */
	char *overlay_device; /* NULL with VOLUME_OVERLAY: a tmpfs layer */
	struct strlist options;
	bool grow;  /* as for a volume */
	int errors; /* enum errors_policy */
};

/* The guest's own root, in which the container's is mounted: OCI's vm.image. */
struct guest_root {
	char *device;
	char *fstype; /* probed when NULL */
	struct strlist options;
};

/* Who the workload runs as: by number, or by name in the guest's own passwd and group. */
struct user {
	struct optint uid;
	struct optint gid;
	struct intlist additional_gids;
	struct optint umask;
	char *name;
	char *group;
};

struct route {
	char *to; /* CIDR, or "default" */
	char *via;
	struct optint metric;
	bool onlink;
};

/* One NIC: found by mac, else by name, else by its place in the list. */
struct interface {
	char *name;
	char *mac;
	struct strlist addresses; /* CIDR, v4 and v6 */
	char *gateway;
	char *gateway6;
	struct {
		struct route *items;
		size_t count;
	} routes;
	struct optint mtu;
};

struct dns {
	struct strlist servers;
	struct strlist search;
	struct strlist options;
};

struct host {
	char *ip;
	struct strlist names;
};

/* How init gives account of itself. */
struct report {
	char *channel;      /* "virtio-serial", "vsock" or "console"; NULL: what there is */
	struct optint port; /* of the host, with vsock */
	char *nonce;        /* precedes each line on the console, and all of them on vsock */
};

/* setrlimit(2); RLIM_INFINITY is 2^64-1. */
struct rlimit_row {
	int type; /* enum: 1 + its place in the names of fields.c, which is 1 + RLIMIT_… */
	struct optuint soft;
	struct optuint hard;
};

/* capabilities(7), by name. A set that is not given is empty. */
struct capabilities {
	struct strlist bounding;
	struct strlist effective;
	struct strlist inheritable;
	struct strlist permitted;
	struct strlist ambient;
};

/* sched_setattr(2) */
struct scheduler {
	int policy; /* enum: 1 + its place in the names of fields.c */
	struct optint nice;
	struct optint priority;
	struct strlist flags;
	struct optuint runtime; /* nanoseconds, as the next two */
	struct optuint deadline;
	struct optuint period;
};

/* ioprio_set(2) */
struct io_priority {
	int class; /* 1 RT, 2 BE, 3 IDLE: the kernel's own numbers */
	struct optint priority;
};

/* personality(2) */
struct personality {
	int domain; /* 1 LINUX, 2 LINUX32 */
	struct strlist flags;
};

struct seccomp_arg {
	struct optint index;
	struct optuint value;
	struct optuint value_two;
	int op; /* enum: 1 + its place in the names of fields.c */
};

struct seccomp_rule {
	struct strlist names;
	char *action;
	struct optint errno_ret;
	struct {
		struct seccomp_arg *items;
		size_t count;
	} args;
};

/* linux.seccomp of OCI, under OCI's own keys. */
struct seccomp {
	char *default_action;
	struct optint default_errno_ret;
	struct strlist architectures;
	struct strlist flags;
	char *listener_path;
	char *listener_metadata;
	struct {
		struct seccomp_rule *items;
		size_t count;
	} syscalls;
};

struct console_size {
	struct optint height; /* rows */
	struct optint width;  /* columns */
};

/* A mount of OCI, in the guest. */
struct mount_row {
	char *destination;
	char *type;
	char *source;
	struct strlist options;
};

struct device_node {
	char *path;
	int type; /* enum: c, b, u, p */
	struct optint major;
	struct optint minor;
	struct optint file_mode;
	struct optint uid;
	struct optint gid;
};

struct hook {
	char *path;
	struct strlist args;   /* args[0] included */
	struct strlist env;    /* NAME=VALUE */
	struct optint timeout; /* seconds */
};

struct hooks {
	struct {
		struct hook *items;
		size_t count;
	} start_container;
};

/* A small file put into the root. */
struct file {
	char *path;
	struct optint mode;
	struct optint uid;
	struct optint gid;
	char *content; /* text; or */
	char *content_base64;
};

/* A program that the initrd carries, or the image has. */
struct agent {
	char *path;
	struct strlist args;
};

/* An archive that the initrd carries. */
struct kernel_headers {
	char *path;
};

enum init_mode { INIT_MODE_UNSET, INIT_MODE_EXEC, INIT_MODE_SYSTEMD };

struct vmconfig {
	struct optint version;
	struct strlist requires;

	struct strlist entrypoint;
	struct strlist cmd;
	char *workdir;
	struct strmap env;
	struct user *user;
	bool terminal;
	struct console_size *console_size;
	struct {
		struct rlimit_row *items;
		size_t count;
	} rlimits;
	struct capabilities *capabilities;
	bool no_new_privileges;
	struct optint oom_score_adj;
	struct scheduler *scheduler;
	struct io_priority *io_priority;
	struct personality *personality;
	struct seccomp *seccomp;

	char *hostname;
	char *domainname;

	bool network_enabled;
	char *guest_ip;
	struct optint guest_cidr; /* prefix length */
	char *guest_gw;
	char *guest_dns;
	struct {
		struct interface *items;
		size_t count;
	} interfaces;
	struct dns *dns;
	struct {
		struct host *items;
		size_t count;
	} hosts;

	struct root *root;
	struct guest_root *guest_root; /* NULL: the container's root is the guest's */
	struct {
		struct volume *items;
		size_t count;
	} volume_mounts;

	struct {
		struct mount_row *items;
		size_t count;
	} mounts;
	struct {
		struct device_node *items;
		size_t count;
	} devices;
	struct strlist masked_paths;
	struct strlist readonly_paths;
	int rootfs_propagation; /* enum: shared, slave, private, unbindable */
	struct {
		struct file *items;
		size_t count;
	} files;
	struct strmap sysctl;
	struct hooks *hooks;

	int init_mode; /* enum init_mode */
	char *stop_signal;
	struct optint stop_timeout; /* seconds */
	struct report *report;
	struct strmap annotations;

	struct agent *agent;
	struct kernel_headers *kernel_headers;
	bool skip_kernel_headers;
	bool skip_guest_agent;
	char *entropy; /* base64, for the kernel's pool */
};

/* The rows of struct vmconfig. */
extern const struct record vmconfig_record;

/*
 * vmconfig_decode() - turn a parsed document into a config.
 * @cfg:  zeroed by the caller; to be released whatever the result
 * @doc:  the document
 * @p:    where problems go, each with its JSON pointer and line:column;
 *        unknown keys are warnings, wrong types and values are errors
 *
 * Return: 0, or -EINVAL when there were errors, or -ENOMEM.
 */
int vmconfig_decode(struct vmconfig *cfg, const struct json_doc *doc, struct problems *p);

/*
 * vmconfig_check() - the rules that no single row can hold.
 * @cfg:  a decoded or rendered config
 * @doc:  the document it came from, for line numbers, or NULL
 * @p:    where problems go
 *
 * Return: 0, or -EINVAL when there were errors, or -ENOMEM.
 */
int vmconfig_check(const struct vmconfig *cfg, const struct json_doc *doc, struct problems *p);

/*
 * vmconfig_seal() - set what a finished config says about itself: version and requires.
 *
 * Return: 0 or -ENOMEM.
 */
int vmconfig_seal(struct vmconfig *cfg);

/*
 * vmconfig_encode() - the canonical text: keys in the order of the table, one line, "\n" at the
 * end.
 *
 * Return: a string for free(), or NULL when out of memory.
 */
char *vmconfig_encode(const struct vmconfig *cfg);

/* vmconfig_release() - free all that @cfg owns and zero it. */
void vmconfig_release(struct vmconfig *cfg);

#endif
