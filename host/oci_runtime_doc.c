/* SPDX-License-Identifier: MIT */
/*
 * The rows of a runtime configuration. What has no member is checked and not
 * kept; where each field goes stands in oci_runtime_rows.c.
 */
#include "oci_runtime_doc.h"

#include <string.h>

#include "contract.h"
#include "formats.h"
#include "oci_foreign.h"
#include "oci_vm.h"
#include "record_rows.h"
#include "records.h"

#define MAX_U16      65535
#define MAX_U32      4294967295
#define MAX_IDS      4096 /* ranges of mapped ids; the kernel takes 340 */
#define MAX_WEIGHTED 4096 /* devices of a block I/O list */

/* A record of which nothing is kept. */
#define CHECKED_RECORD(name_, rows) static const struct record name_ = {#name_, 1, rows, true}

/* --- process ---------------------------------------------------------------------------------- */

static const struct field user_fields[] = {
    {"uid", FIELD_INT, AT(oci_user, uid), .max = OCI_MAX_ID},
    {"gid", FIELD_INT, AT(oci_user, gid), .max = OCI_MAX_ID},
    {"umask", FIELD_INT, AT(oci_user, umask), .max = 0777},
    {"additionalGids", FIELD_INTS, AT(oci_user, additional_gids), .max = OCI_MAX_ID},
    {"username", FIELD_STRING, CHECKED},
    END,
};
static const struct record user_record = {"user", sizeof(struct oci_user), user_fields, true};

static const char *complain_affinity(const char *s)
{
	return s[strspn(s, "0123456789, -")] ? "is no list of CPUs" : NULL;
}
static const struct format affinity_list = {"cpus", "^[0-9, -]*$", complain_affinity};

static const struct field affinity_fields[] = {
    {"initial", FIELD_STRING, CHECKED, .format = &affinity_list},
    {"final", FIELD_STRING, CHECKED, .format = &affinity_list},
    END,
};
CHECKED_RECORD(affinity, affinity_fields);

static const struct field size_fields[] = {
    {"height", FIELD_UINT, AT(oci_console_size, height), .flags = FIELD_REQUIRED},
    {"width", FIELD_UINT, AT(oci_console_size, width), .flags = FIELD_REQUIRED},
    END,
};
static const struct record size_record = {"consoleSize", sizeof(struct oci_console_size),
                                          size_fields, true};

static const struct field process_fields[] = {
    {"terminal", FIELD_BOOL, AT(oci_process, terminal)},
    {"consoleSize", FIELD_RECORD, AT(oci_process, console_size), .record = &size_record},
    {"cwd", FIELD_STRING, AT(oci_process, cwd), .format = &format_absolute_path,
     .flags = FIELD_REQUIRED},
    {"env", FIELD_STRINGS, AT(oci_process, env)},
    {"args", FIELD_STRINGS, AT(oci_process, args)},
    {"commandLine", FIELD_STRING, CHECKED},
    {"user", FIELD_RECORD, AT(oci_process, user), .record = &user_record},
    {"capabilities", FIELD_RECORD, AT(oci_process, capabilities), .record = &capabilities_record},
    {"rlimits", FIELD_RECORDS, AT_LIST(oci_process, rlimits), .record = &rlimit_record, .max = 64},
    {"noNewPrivileges", FIELD_BOOL, AT(oci_process, no_new_privileges)},
    {"oomScoreAdj", FIELD_INT, AT(oci_process, oom_score_adj), .min = -1000, .max = 1000},
    {"apparmorProfile", FIELD_STRING, CHECKED},
    {"selinuxLabel", FIELD_STRING, CHECKED},
    {"scheduler", FIELD_RECORD, AT(oci_process, scheduler), .record = &scheduler_record},
    {"ioPriority", FIELD_RECORD, AT(oci_process, io_priority), .record = &io_priority_record},
    {"execCPUAffinity", FIELD_RECORD, CHECKED, .record = &affinity},
    END,
};
static const struct record process_record = {"process", sizeof(struct oci_process), process_fields,
                                             true};

/* --- root, mounts, hooks ---------------------------------------------------------------------- */

static const struct field root_fields[] = {
    {"path", FIELD_STRING, AT(oci_root, path), .flags = FIELD_REQUIRED},
    {"readonly", FIELD_BOOL, AT(oci_root, readonly)},
    END,
};
static const struct record root_record = {"root", sizeof(struct oci_root), root_fields, true};

static const struct field id_mapping_fields[] = {
    {"containerID", FIELD_INT, .max = MAX_U32, NEEDED},
    {"hostID", FIELD_INT, .max = MAX_U32, NEEDED},
    {"size", FIELD_INT, .max = MAX_U32, NEEDED},
    END,
};
CHECKED_RECORD(id_mapping, id_mapping_fields);

static const struct field mount_fields[] = {
    {"destination", FIELD_STRING, AT(oci_mount, destination), .flags = FIELD_REQUIRED},
    {"type", FIELD_STRING, AT(oci_mount, type), .format = &format_word},
    {"source", FIELD_STRING, AT(oci_mount, source)},
    {"options", FIELD_STRINGS, AT(oci_mount, options), .format = &format_not_empty},
    {"uidMappings", FIELD_RECORDS, CHECKED, .record = &id_mapping, .max = MAX_IDS},
    {"gidMappings", FIELD_RECORDS, CHECKED, .record = &id_mapping, .max = MAX_IDS},
    END,
};
static const struct record mount_record = {"mount", sizeof(struct oci_mount), mount_fields, true};

#define HOOKS(key, member)                                                              \
	{                                                                               \
		key, FIELD_RECORDS, AT_LIST(oci_hooks, member), .record = &hook_record, \
		                                                .max = MAX_HOOKS        \
	}

static const struct field hooks_fields[] = {
    HOOKS("prestart", prestart),
    HOOKS("createRuntime", create_runtime),
    HOOKS("createContainer", create_container),
    HOOKS("startContainer", start_container),
    HOOKS("poststart", poststart),
    HOOKS("poststop", poststop),
    END,
};
static const struct record hooks_record = {"hooks", sizeof(struct oci_hooks), hooks_fields, true};

/* --- linux.resources -------------------------------------------------------------------------- */

static const struct field device_rule_fields[] = {
    {"allow", FIELD_BOOL, NEEDED}, {"type", FIELD_STRING, CHECKED},   {"major", FIELD_INT, CHECKED},
    {"minor", FIELD_INT, CHECKED}, {"access", FIELD_STRING, CHECKED}, END,
};
CHECKED_RECORD(device_rule, device_rule_fields);

static const struct field memory_fields[] = {
    {"limit", FIELD_INT, CHECKED},
    {"reservation", FIELD_INT, CHECKED},
    {"swap", FIELD_INT, CHECKED},
    {"kernel", FIELD_INT, CHECKED},
    {"kernelTCP", FIELD_INT, CHECKED},
    {"swappiness", FIELD_UINT, CHECKED},
    {"disableOOMKiller", FIELD_BOOL, CHECKED},
    {"useHierarchy", FIELD_BOOL, CHECKED},
    {"checkBeforeUpdate", FIELD_BOOL, CHECKED},
    END,
};
CHECKED_RECORD(memory, memory_fields);

static const struct field cpu_fields[] = {
    {"shares", FIELD_UINT, CHECKED},
    {"quota", FIELD_INT, CHECKED},
    {"burst", FIELD_UINT, CHECKED},
    {"period", FIELD_UINT, CHECKED},
    {"realtimeRuntime", FIELD_INT, CHECKED},
    {"realtimePeriod", FIELD_UINT, CHECKED},
    {"cpus", FIELD_STRING, AT(oci_cpu, cpus)},
    {"mems", FIELD_STRING, CHECKED},
    {"idle", FIELD_INT, CHECKED},
    END,
};
static const struct record cpu_record = {"cpu", sizeof(struct oci_cpu), cpu_fields, true};

static const struct field pids_fields[] = {
    {"limit", FIELD_INT, NEEDED},
    END,
};
CHECKED_RECORD(pids, pids_fields);

static const struct field weight_fields[] = {
    {"major", FIELD_INT, NEEDED},
    {"minor", FIELD_INT, NEEDED},
    {"weight", FIELD_INT, CHECKED, .max = MAX_U16},
    {"leafWeight", FIELD_INT, CHECKED, .max = MAX_U16},
    END,
};
CHECKED_RECORD(weight, weight_fields);

static const struct field throttle_fields[] = {
    {"major", FIELD_INT, NEEDED},
    {"minor", FIELD_INT, NEEDED},
    {"rate", FIELD_UINT, NEEDED},
    END,
};
CHECKED_RECORD(throttle, throttle_fields);

#define THROTTLE(key)                                                                 \
	{                                                                             \
		key, FIELD_RECORDS, CHECKED, .record = &throttle, .max = MAX_WEIGHTED \
	}

static const struct field block_io_fields[] = {
    {"weight", FIELD_INT, CHECKED, .max = MAX_U16},
    {"leafWeight", FIELD_INT, CHECKED, .max = MAX_U16},
    {"weightDevice", FIELD_RECORDS, CHECKED, .record = &weight, .max = MAX_WEIGHTED},
    THROTTLE("throttleReadBpsDevice"),
    THROTTLE("throttleWriteBpsDevice"),
    THROTTLE("throttleReadIOPSDevice"),
    THROTTLE("throttleWriteIOPSDevice"),
    END,
};
CHECKED_RECORD(block_io, block_io_fields);

static const char *complain_page_size(const char *s)
{
	size_t digits = strspn(s, "0123456789");

	if (*s == '0' || digits == 0 || !s[digits] || !strchr("KMG", s[digits]) ||
	    strcmp(s + digits + 1, "B") != 0)
		return "is no size of pages: a number and KB, MB or GB";
	return NULL;
}
static const struct format page_size = {"page-size", "^[1-9][0-9]*[KMG]B$", complain_page_size};

static const struct field huge_page_fields[] = {
    {"pageSize", FIELD_STRING, .format = &page_size, NEEDED},
    {"limit", FIELD_UINT, NEEDED},
    END,
};
CHECKED_RECORD(huge_page, huge_page_fields);

static const struct field net_priority_fields[] = {
    {"name", FIELD_STRING, NEEDED},
    {"priority", FIELD_INT, .max = MAX_U32, NEEDED},
    END,
};
CHECKED_RECORD(net_priority, net_priority_fields);

static const struct field network_fields[] = {
    {"classID", FIELD_INT, CHECKED, .max = MAX_U32},
    {"priorities", FIELD_RECORDS, CHECKED, .record = &net_priority},
    END,
};
CHECKED_RECORD(network, network_fields);

static const struct field rdma_fields[] = {
    {"hcaHandles", FIELD_INT, CHECKED, .max = MAX_U32},
    {"hcaObjects", FIELD_INT, CHECKED, .max = MAX_U32},
    END,
};
CHECKED_RECORD(rdma, rdma_fields);

static const struct field resources_fields[] = {
    {"devices", FIELD_RECORDS, CHECKED, .record = &device_rule},
    {"memory", FIELD_RECORD, CHECKED, .record = &memory},
    {"cpu", FIELD_RECORD, AT(oci_resources, cpu), .record = &cpu_record},
    {"pids", FIELD_RECORD, CHECKED, .record = &pids},
    {"blockIO", FIELD_RECORD, CHECKED, .record = &block_io},
    {"hugepageLimits", FIELD_RECORDS, CHECKED, .record = &huge_page},
    {"network", FIELD_RECORD, CHECKED, .record = &network},
    {"rdma", FIELD_NAMES, CHECKED, .record = &rdma},
    {"unified", FIELD_MAP, CHECKED},
    END,
};
static const struct record resources_record = {"resources", sizeof(struct oci_resources),
                                               resources_fields, true};

/* --- linux ------------------------------------------------------------------------------------ */

/* In the order of enum oci_namespace. */
static const char *const namespace_types[] = {"pid",  "network", "mount", "ipc", "uts",
                                              "user", "cgroup",  "time",  NULL};

static const struct field namespace_fields[] = {
    {"type", FIELD_ENUM, AT(oci_namespace_row, type), .values = namespace_types,
     .flags = FIELD_REQUIRED},
    {"path", FIELD_STRING, AT(oci_namespace_row, path), .format = &format_absolute_path},
    END,
};
static const struct record namespace_record = {"namespace", sizeof(struct oci_namespace_row),
                                               namespace_fields, true};

static const struct field device_fields[] = {
    {"path", FIELD_STRING, AT(oci_device, path), .format = &format_absolute_path,
     .flags = FIELD_REQUIRED},
    {"type", FIELD_ENUM, AT(oci_device, type), .values = device_types, .flags = FIELD_REQUIRED},
    {"major", FIELD_INT, AT(oci_device, major), .max = 4095},
    {"minor", FIELD_INT, AT(oci_device, minor), .max = 1048575},
    {"fileMode", FIELD_INT, AT(oci_device, file_mode), .max = UINT16_MAX},
    {"uid", FIELD_INT, AT(oci_device, uid), .max = OCI_MAX_ID},
    {"gid", FIELD_INT, AT(oci_device, gid), .max = OCI_MAX_ID},
    END,
};
static const struct record device_record = {"device", sizeof(struct oci_device), device_fields,
                                            true};

static const struct field net_device_fields[] = {
    {"name", FIELD_STRING, CHECKED},
    END,
};
CHECKED_RECORD(net_device, net_device_fields);

static const struct field offset_fields[] = {
    {"secs", FIELD_INT, CHECKED},
    {"nanosecs", FIELD_INT, CHECKED, .max = MAX_U32},
    END,
};
CHECKED_RECORD(offset, offset_fields);

static const struct field rdt_fields[] = {
    {"closID", FIELD_STRING, CHECKED},         {"schemata", FIELD_STRINGS, CHECKED},
    {"l3CacheSchema", FIELD_STRING, CHECKED},  {"memBwSchema", FIELD_STRING, CHECKED},
    {"enableCMT", FIELD_BOOL, CHECKED},        {"enableMBM", FIELD_BOOL, CHECKED},
    {"enableMonitoring", FIELD_BOOL, CHECKED}, END,
};
CHECKED_RECORD(rdt, rdt_fields);

static const char *const memory_modes[] = {
    "MPOL_DEFAULT",   "MPOL_BIND",           "MPOL_INTERLEAVE", "MPOL_WEIGHTED_INTERLEAVE",
    "MPOL_PREFERRED", "MPOL_PREFERRED_MANY", "MPOL_LOCAL",      NULL};

static const struct field memory_policy_fields[] = {
    {"mode", FIELD_ENUM, .values = memory_modes, NEEDED},
    {"nodes", FIELD_STRING, CHECKED},
    {"flags", FIELD_STRINGS, CHECKED},
    END,
};
CHECKED_RECORD(memory_policy, memory_policy_fields);

static const struct field linux_fields[] = {
    {"namespaces", FIELD_RECORDS, AT_LIST(oci_linux, namespaces), .record = &namespace_record,
     .max = 64},
    {"uidMappings", FIELD_RECORDS, CHECKED, .record = &id_mapping, .max = MAX_IDS},
    {"gidMappings", FIELD_RECORDS, CHECKED, .record = &id_mapping, .max = MAX_IDS},
    {"timeOffsets", FIELD_NAMES, CHECKED, .record = &offset},
    {"devices", FIELD_RECORDS, AT_LIST(oci_linux, devices), .record = &device_record,
     .max = MAX_DEVICES},
    {"netDevices", FIELD_NAMES, CHECKED, .record = &net_device},
    {"cgroupsPath", FIELD_STRING, CHECKED},
    {"resources", FIELD_RECORD, AT(oci_linux, resources), .record = &resources_record},
    {"intelRdt", FIELD_RECORD, CHECKED, .record = &rdt},
    {"memoryPolicy", FIELD_RECORD, CHECKED, .record = &memory_policy},
    {"personality", FIELD_RECORD, AT(oci_linux, personality), .record = &personality_record},
    {"sysctl", FIELD_MAP, AT(oci_linux, sysctl), .name_format = &format_sysctl},
    {"seccomp", FIELD_RECORD, AT(oci_linux, seccomp), .record = &seccomp_record},
    {"rootfsPropagation", FIELD_ENUM, AT(oci_linux, rootfs_propagation), .values = propagations},
    {"maskedPaths", FIELD_STRINGS, AT(oci_linux, masked_paths), .format = &format_absolute_path},
    {"readonlyPaths", FIELD_STRINGS, AT(oci_linux, readonly_paths),
     .format = &format_absolute_path},
    {"mountLabel", FIELD_STRING, CHECKED},
    END,
};
static const struct record linux_record = {"linux", sizeof(struct oci_linux), linux_fields, true};

/* --- the whole -------------------------------------------------------------------------------- */

static const struct field runtime_fields[] = {
    {"ociVersion", FIELD_STRING, AT(oci_runtime, oci_version), .flags = FIELD_REQUIRED},
    {"process", FIELD_RECORD, AT(oci_runtime, process), .record = &process_record},
    {"root", FIELD_RECORD, AT(oci_runtime, root), .record = &root_record, .flags = FIELD_REQUIRED},
    {"hostname", FIELD_STRING, AT(oci_runtime, hostname), .format = &format_hostname},
    {"domainname", FIELD_STRING, AT(oci_runtime, domainname), .format = &format_hostname},
    {"annotations", FIELD_MAP, AT(oci_runtime, annotations), .name_format = &format_not_empty},
    {"mounts", FIELD_RECORDS, AT_LIST(oci_runtime, mounts), .record = &mount_record,
     .max = MAX_MOUNTS},
    {"hooks", FIELD_RECORD, AT(oci_runtime, hooks), .record = &hooks_record},
    {"linux", FIELD_RECORD, AT(oci_runtime, linux_), .record = &linux_record},
    {"vm", FIELD_RECORD, AT(oci_runtime, vm), .record = &oci_vm_record},
    {"windows", FIELD_RECORD, CHECKED, .record = &oci_windows_record},
    {"solaris", FIELD_RECORD, CHECKED, .record = &oci_solaris_record},
    {"zos", FIELD_RECORD, CHECKED, .record = &oci_zos_record},
    {"freebsd", FIELD_RECORD, CHECKED, .record = &oci_freebsd_record},
    END,
};
const struct record oci_runtime_record = {"runtime config", sizeof(struct oci_runtime),
                                          runtime_fields, RECORD_OPEN_NOT_NULL};
