/* SPDX-License-Identifier: MIT */
/*
 * A runtime configuration in memory (runtime-spec config.md and the pages on
 * linux, vm and hooks). Members hold what something is made of; the tables
 * check the rest of the specification's fields too.
 */
#ifndef VMCONFIG_OCI_RUNTIME_DOC_H
#define VMCONFIG_OCI_RUNTIME_DOC_H

#include "host_hooks.h"
#include "vmconfig.h"

struct oci_vm;
struct record;

#define OCI_MAX_ID 4294967294 /* (uid_t)-1 means "leave as it is" to setresuid(2) */

struct oci_user {
	struct optint uid;
	struct optint gid;
	struct optint umask;
	struct intlist additional_gids;
};

struct rlimit_list {
	struct rlimit_row *items;
	size_t count;
};

/* Of all 64 bits, as it means nothing without a terminal. */
struct oci_console_size {
	struct optuint height;
	struct optuint width;
};

struct oci_process {
	bool terminal;
	struct oci_console_size *console_size;
	char *cwd;
	struct strlist args;
	struct strlist env;
	struct oci_user *user;
	struct capabilities *capabilities;
	struct rlimit_list rlimits;
	bool no_new_privileges;
	struct optint oom_score_adj;
	struct scheduler *scheduler;
	struct io_priority *io_priority;
};

struct oci_root {
	char *path;
	bool readonly;
};

struct oci_mount {
	char *destination;
	char *type;
	char *source;
	struct strlist options;
};

struct oci_mount_list {
	struct oci_mount *items;
	size_t count;
};

struct oci_hooks {
	struct hook_list prestart;
	struct hook_list create_runtime;
	struct hook_list create_container;
	struct hook_list start_container;
	struct hook_list poststart;
	struct hook_list poststop;
};

enum oci_namespace {
	NAMESPACE_UNSET,
	NAMESPACE_PID,
	NAMESPACE_NETWORK,
	NAMESPACE_MOUNT,
	NAMESPACE_IPC,
	NAMESPACE_UTS,
	NAMESPACE_USER,
	NAMESPACE_CGROUP,
	NAMESPACE_TIME,
};

struct oci_namespace_row {
	int type; /* enum oci_namespace */
	char *path;
};

struct oci_device {
	char *path;
	int type; /* as in struct device_node */
	struct optint major;
	struct optint minor;
	struct optint file_mode;
	struct optint uid;
	struct optint gid;
};

struct oci_cpu {
	char *cpus; /* a list as cpuset(7) has it */
};

/* What sizes the machine is read from the document: vm_size.h. */
struct oci_resources {
	struct oci_cpu *cpu;
};

struct oci_linux {
	struct {
		struct oci_namespace_row *items;
		size_t count;
	} namespaces;
	struct {
		struct oci_device *items;
		size_t count;
	} devices;
	struct oci_resources *resources;
	struct personality *personality;
	struct strmap sysctl;
	struct seccomp *seccomp;
	int rootfs_propagation;
	struct strlist masked_paths;
	struct strlist readonly_paths;
};

struct oci_runtime {
	char *oci_version;
	struct oci_process *process;
	struct oci_root *root;
	char *hostname;
	char *domainname;
	struct strmap annotations;
	struct oci_mount_list mounts;
	struct oci_hooks *hooks;
	struct oci_linux *linux_; /* "linux" is a macro */
	struct oci_vm *vm;
};

extern const struct record oci_runtime_record;

#endif
