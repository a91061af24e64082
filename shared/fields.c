/* SPDX-License-Identifier: MIT */
/*
 * The table: one row per field of config.json. A row drives decode, encode,
 * check, `vmconfig schema` and the table in vmconfig-config(5).
 *
 * The order of the rows is the order of the keys on a disk. Rows marked with a
 * feature put its name into "requires" when the field is used: a reader that
 * would ignore the field must not boot the config.
 */
#include <stddef.h>

#include "contract.h"
#include "formats.h"
#include "record_rows.h"
#include "records.h"
#include "vmconfig.h"

#define MAX_UID 4294967294 /* (uid_t)-1 means "leave as it is" to setresuid(2) */

static const char *const volume_modes[] = {"ro", "rw", "overlay", NULL};
static const char *const formats_wanted[] = {"ext4", NULL};
static const char *const errors_policies[] = {"refuse", "mount", NULL};
static const char *const init_modes[] = {"exec", "systemd", NULL};

static const struct field volume_fields[] = {
    {"device", FIELD_STRING, AT(volume, device), .format = &format_device,
     .flags = FIELD_REQUIRED | FIELD_SEED,
     .doc = "the block device: /dev/NAME, serial=NAME, label=NAME or uuid=UUID"},
    {"path", FIELD_STRING, AT(volume, path), .format = &format_absolute_path,
     .flags = FIELD_REQUIRED | FIELD_SEED, .doc = "where it is mounted in the guest"},
    {"mode", FIELD_ENUM, AT(volume, mode), .values = volume_modes,
     .flags = FIELD_REQUIRED | FIELD_SEED,
     .doc = "ro (no journal replay), rw, or overlay: device below, overlay_device above"},
    {"overlay_device", FIELD_STRING, AT(volume, overlay_device), .format = &format_device,
     .flags = FIELD_SEED, .doc = "the writable layer of mode overlay"},
    {"format", FIELD_ENUM, AT(volume, format), .values = formats_wanted, .feature = "format",
     .doc = "what a blank device is formatted as; absent: a blank device is an error"},
    {"grow", FIELD_BOOL, AT(volume, grow), .feature = "grow",
     .doc = "the filesystem grows to the size of its device"},
    {"errors", FIELD_ENUM, AT(volume, errors), .values = errors_policies, .feature = "errors",
     .doc = "a filesystem marked as having errors: refuse (the default), or mount"},
    END,
};
static const struct record volume_record = {"volume", sizeof(struct volume), volume_fields, false};

static const struct field root_fields[] = {
    {"device", FIELD_STRING, AT(root, device), .format = &format_device,
     .doc = "the block device that holds the root filesystem; default /dev/vda"},
    {"fstype", FIELD_STRING, AT(root, fstype), .format = &format_word,
     .doc = "its type; probed when absent"},
    {"mode", FIELD_ENUM, AT(root, mode), .values = volume_modes,
     .doc = "ro, rw, or overlay (the default): device below, overlay_device or a tmpfs above"},
    {"overlay_device", FIELD_STRING, AT(root, overlay_device), .format = &format_device,
     .doc = "the writable layer of mode overlay; absent: a tmpfs"},
    {"options", FIELD_STRINGS, AT(root, options), .format = &format_word,
     .doc = "mount options for device"},
    {"grow", FIELD_BOOL, AT(root, grow), .feature = "grow",
     .doc = "the filesystem grows to the size of its device"},
    {"errors", FIELD_ENUM, AT(root, errors), .values = errors_policies, .feature = "errors",
     .doc = "a filesystem marked as having errors: refuse (the default), or mount"},
    END,
};
static const struct record root_record = {"root", sizeof(struct root), root_fields, false};

static const struct field guest_root_fields[] = {
    {"device", FIELD_STRING, AT(guest_root, device), .format = &format_device,
     .flags = FIELD_REQUIRED,
     .doc = "the block device: a filesystem, or partitions of which one can be a root"},
    {"fstype", FIELD_STRING, AT(guest_root, fstype), .format = &format_word,
     .doc = "its type; probed when absent"},
    {"options", FIELD_STRINGS, AT(guest_root, options), .format = &format_word,
     .doc = "mount options for device"},
    END,
};
static const struct record guest_root_record = {"guest root", sizeof(struct guest_root),
                                                guest_root_fields, false};

static const struct field user_fields[] = {
    {"uid", FIELD_INT, AT(user, uid), .max = MAX_UID, .doc = "number of the user"},
    {"gid", FIELD_INT, AT(user, gid), .max = MAX_UID,
     .doc = "number of the group; absent: the user's own from the guest's passwd, else 0"},
    {"additional_gids", FIELD_INTS, AT(user, additional_gids), .max = MAX_UID,
     .doc = "supplementary groups, beside those that the guest's group file gives"},
    {"umask", FIELD_INT, AT(user, umask), .max = 0777, .doc = "file mode creation mask, decimal"},
    {"name", FIELD_STRING, AT(user, name), .format = &format_name,
     .doc = "instead of uid: looked up in the guest's passwd"},
    {"group", FIELD_STRING, AT(user, group), .format = &format_name,
     .doc = "instead of gid: looked up in the guest's group file"},
    END,
};
static const struct record user_record = {"user", sizeof(struct user), user_fields, false};

static const struct field route_fields[] = {
    {"to", FIELD_STRING, AT(route, to), .format = &format_route_target, .flags = FIELD_REQUIRED,
     .doc = "ADDRESS/PREFIX or default"},
    {"via", FIELD_STRING, AT(route, via), .format = &format_ip, .doc = "the gateway"},
    {"metric", FIELD_INT, AT(route, metric), .max = 4294967295, .doc = "priority, lowest first"},
    {"onlink", FIELD_BOOL, AT(route, onlink),
     .doc = "the gateway is reached directly though no address covers it"},
    END,
};
static const struct record route_record = {"route", sizeof(struct route), route_fields, false};

static const struct field interface_fields[] = {
    {"name", FIELD_STRING, AT(interface, name), .format = &format_link_name,
     .doc = "with mac: the name it gets; without: the name it has"},
    {"mac", FIELD_STRING, AT(interface, mac), .format = &format_mac,
     .doc = "which NIC this is; without mac and name: the next one in the kernel's order"},
    {"addresses", FIELD_STRINGS, AT(interface, addresses), .format = &format_cidr,
     .doc = "ADDRESS/PREFIX, IPv4 and IPv6"},
    {"gateway", FIELD_STRING, AT(interface, gateway), .format = &format_ipv4,
     .doc = "IPv4 default gateway, also outside the subnet"},
    {"gateway6", FIELD_STRING, AT(interface, gateway6), .format = &format_ipv6,
     .doc = "IPv6 default gateway, also outside the subnet"},
    {"routes", FIELD_RECORDS, AT_LIST(interface, routes), .record = &route_record,
     .max = MAX_ROUTES, .doc = "further routes"},
    {"mtu", FIELD_INT, AT(interface, mtu), .min = 68, .max = 65535, .doc = "bytes"},
    END,
};
static const struct record interface_record = {"interface", sizeof(struct interface),
                                               interface_fields, false};

static const struct field dns_fields[] = {
    {"servers", FIELD_STRINGS, AT(dns, servers), .format = &format_ip, .doc = "nameserver lines"},
    {"search", FIELD_STRINGS, AT(dns, search), .format = &format_word, .doc = "the search line"},
    {"options", FIELD_STRINGS, AT(dns, options), .format = &format_word, .doc = "the options line"},
    END,
};
static const struct record dns_record = {"dns", sizeof(struct dns), dns_fields, false};

static const struct field host_fields[] = {
    {"ip", FIELD_STRING, AT(host, ip), .format = &format_ip, .flags = FIELD_REQUIRED,
     .doc = "the address"},
    {"names", FIELD_STRINGS, AT(host, names), .format = &format_hostname, .flags = FIELD_REQUIRED,
     .doc = "its names"},
    END,
};
static const struct record host_record = {"host", sizeof(struct host), host_fields, false};

static const struct field report_fields[] = {
    {"channel", FIELD_STRING, AT(report, channel), .format = &format_channel,
     .doc = "virtio-serial, vsock or console; absent: the port if there is one, else the console"},
    {"port", FIELD_INT, AT(report, port), .min = 1, .max = 4294967294,
     .doc = "with vsock: the host's port that init connects to; default 1073741824"},
    {"nonce", FIELD_STRING, AT(report, nonce), .format = &format_nonce,
     .doc = "hexadecimal; stands in each report line on the console, where the workload can write "
            "too, and is the first line on vsock"},
    END,
};
static const struct record report_record = {"report", sizeof(struct report), report_fields, false};

/* In the order of the kernel's numbers: asm-generic/resource.h. */
static const char *const rlimit_types[] = {"RLIMIT_CPU",
                                           "RLIMIT_FSIZE",
                                           "RLIMIT_DATA",
                                           "RLIMIT_STACK",
                                           "RLIMIT_CORE",
                                           "RLIMIT_RSS",
                                           "RLIMIT_NPROC",
                                           "RLIMIT_NOFILE",
                                           "RLIMIT_MEMLOCK",
                                           "RLIMIT_AS",
                                           "RLIMIT_LOCKS",
                                           "RLIMIT_SIGPENDING",
                                           "RLIMIT_MSGQUEUE",
                                           "RLIMIT_NICE",
                                           "RLIMIT_RTPRIO",
                                           "RLIMIT_RTTIME",
                                           NULL};

static const struct field rlimit_fields[] = {
    {"type", FIELD_ENUM, AT(rlimit_row, type), .values = rlimit_types, .flags = FIELD_REQUIRED,
     .doc = "the resource"},
    {"soft", FIELD_UINT, AT(rlimit_row, soft), .flags = FIELD_REQUIRED,
     .doc = "the limit in force; 18446744073709551615: none"},
    {"hard", FIELD_UINT, AT(rlimit_row, hard), .flags = FIELD_REQUIRED,
     .doc = "as far as the workload may raise it"},
    END,
};
const struct record rlimit_record = {"rlimit", sizeof(struct rlimit_row), rlimit_fields, false};

static const struct field capabilities_fields[] = {
    {"bounding", FIELD_STRINGS, AT(capabilities, bounding), .format = &format_capability,
     .doc = "all that the workload can ever have"},
    {"effective", FIELD_STRINGS, AT(capabilities, effective), .format = &format_capability,
     .doc = "what the kernel looks at"},
    {"inheritable", FIELD_STRINGS, AT(capabilities, inheritable), .format = &format_capability,
     .doc = "kept by programs whose files say so"},
    {"permitted", FIELD_STRINGS, AT(capabilities, permitted), .format = &format_capability,
     .doc = "what may be made effective"},
    {"ambient", FIELD_STRINGS, AT(capabilities, ambient), .format = &format_capability,
     .doc = "kept by any program"},
    END,
};
const struct record capabilities_record = {"capabilities", sizeof(struct capabilities),
                                           capabilities_fields, false};

/* In the order of the kernel's numbers: SCHED_OTHER 0, but there is no 4. */
static const char *const scheduler_policies[] = {"SCHED_OTHER",    "SCHED_FIFO", "SCHED_RR",
                                                 "SCHED_BATCH",    "SCHED_ISO",  "SCHED_IDLE",
                                                 "SCHED_DEADLINE", NULL};

static const struct field scheduler_fields[] = {
    {"policy", FIELD_ENUM, AT(scheduler, policy), .values = scheduler_policies,
     .flags = FIELD_REQUIRED, .doc = "the scheduling policy"},
    {"nice", FIELD_INT, AT(scheduler, nice), .min = -20, .max = 19, .doc = "for OTHER and BATCH"},
    {"priority", FIELD_INT, AT(scheduler, priority), .min = 0, .max = 99, .doc = "for FIFO and RR"},
    {"flags", FIELD_STRINGS, AT(scheduler, flags), .format = &format_word,
     .doc = "SCHED_FLAG_RESET_ON_FORK and the like"},
    {"runtime", FIELD_UINT, AT(scheduler, runtime), .doc = "nanoseconds, for DEADLINE"},
    {"deadline", FIELD_UINT, AT(scheduler, deadline), .doc = "nanoseconds, for DEADLINE"},
    {"period", FIELD_UINT, AT(scheduler, period), .doc = "nanoseconds, for DEADLINE"},
    END,
};
const struct record scheduler_record = {"scheduler", sizeof(struct scheduler), scheduler_fields,
                                        false};

static const char *const io_classes[] = {"IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE",
                                         NULL};

static const struct field io_priority_fields[] = {
    {"class", FIELD_ENUM, AT(io_priority, class), .values = io_classes, .flags = FIELD_REQUIRED,
     .doc = "the I/O scheduling class"},
    {"priority", FIELD_INT, AT(io_priority, priority), .min = 0, .max = 7,
     .doc = "within the class, 0 first"},
    END,
};
const struct record io_priority_record = {"io_priority", sizeof(struct io_priority),
                                          io_priority_fields, false};

static const char *const personality_domains[] = {"LINUX", "LINUX32", NULL};

static const struct field personality_fields[] = {
    {"domain", FIELD_ENUM, AT(personality, domain), .values = personality_domains,
     .flags = FIELD_REQUIRED, .doc = "the execution domain"},
    {"flags", FIELD_STRINGS, AT(personality, flags), .format = &format_word,
     .doc = "none is defined by OCI"},
    END,
};
const struct record personality_record = {"personality", sizeof(struct personality),
                                          personality_fields, false};

static const char *const seccomp_operators[] = {"SCMP_CMP_NE",        "SCMP_CMP_LT", "SCMP_CMP_LE",
                                                "SCMP_CMP_EQ",        "SCMP_CMP_GE", "SCMP_CMP_GT",
                                                "SCMP_CMP_MASKED_EQ", NULL};

static const struct field seccomp_arg_fields[] = {
    {"index", FIELD_INT, AT(seccomp_arg, index), .min = 0, .max = 5, .flags = FIELD_REQUIRED,
     .doc = "which argument, from 0"},
    {"value", FIELD_UINT, AT(seccomp_arg, value), .flags = FIELD_REQUIRED,
     .doc = "compared with; of MASKED_EQ the mask"},
    {"valueTwo", FIELD_UINT, AT(seccomp_arg, value_two), .doc = "of MASKED_EQ the value"},
    {"op", FIELD_ENUM, AT(seccomp_arg, op), .values = seccomp_operators, .flags = FIELD_REQUIRED,
     .doc = "how"},
    END,
};
static const struct record seccomp_arg_record = {"seccomp argument", sizeof(struct seccomp_arg),
                                                 seccomp_arg_fields, false};

static const struct field seccomp_rule_fields[] = {
    {"names", FIELD_STRINGS, AT(seccomp_rule, names), .format = &format_word,
     .flags = FIELD_REQUIRED, .doc = "system calls"},
    {"action", FIELD_STRING, AT(seccomp_rule, action), .format = &format_word,
     .flags = FIELD_REQUIRED, .doc = "SCMP_ACT_…"},
    {"errnoRet", FIELD_INT, AT(seccomp_rule, errno_ret), .max = 4294967295,
     .doc = "what SCMP_ACT_ERRNO and SCMP_ACT_TRACE return"},
    {"args", FIELD_RECORDS, AT_LIST(seccomp_rule, args), .record = &seccomp_arg_record, .max = 64,
     .doc = "conditions on the arguments, all of which hold"},
    END,
};
static const struct record seccomp_rule_record = {"seccomp rule", sizeof(struct seccomp_rule),
                                                  seccomp_rule_fields, false};

static const struct field seccomp_fields[] = {
    {"defaultAction", FIELD_STRING, AT(seccomp, default_action), .format = &format_word,
     .flags = FIELD_REQUIRED, .doc = "for a system call that no rule names: SCMP_ACT_…"},
    {"defaultErrnoRet", FIELD_INT, AT(seccomp, default_errno_ret), .max = 4294967295,
     .doc = "what the default action returns"},
    {"architectures", FIELD_STRINGS, AT(seccomp, architectures), .format = &format_word,
     .doc = "SCMP_ARCH_…"},
    {"flags", FIELD_STRINGS, AT(seccomp, flags), .format = &format_word,
     .doc = "SECCOMP_FILTER_FLAG_…"},
    {"listenerPath", FIELD_STRING, AT(seccomp, listener_path), .format = &format_absolute_path,
     .doc = "refused: a virtual machine has no listener on the host"},
    {"listenerMetadata", FIELD_STRING, AT(seccomp, listener_metadata),
     .doc = "goes with listenerPath"},
    {"syscalls", FIELD_RECORDS, AT_LIST(seccomp, syscalls), .record = &seccomp_rule_record,
     .max = MAX_SYSCALL_RULES, .doc = "the rules"},
    END,
};
const struct record seccomp_record = {"seccomp", sizeof(struct seccomp), seccomp_fields, false};

static const struct field console_size_fields[] = {
    {"height", FIELD_INT, AT(console_size, height), .max = 65535, .flags = FIELD_REQUIRED,
     .doc = "rows"},
    {"width", FIELD_INT, AT(console_size, width), .max = 65535, .flags = FIELD_REQUIRED,
     .doc = "columns"},
    END,
};
const struct record console_size_record = {"console_size", sizeof(struct console_size),
                                           console_size_fields, false};

static const struct field mount_fields[] = {
    {"destination", FIELD_STRING, AT(mount_row, destination), .format = &format_absolute_path,
     .flags = FIELD_REQUIRED, .doc = "where, in the guest; made when missing"},
    {"type", FIELD_STRING, AT(mount_row, type), .format = &format_word,
     .doc = "the filesystem's type; bind or none with option bind or rbind"},
    {"source", FIELD_STRING, AT(mount_row, source), .doc = "a path in the guest, a tag, or a name"},
    {"options", FIELD_STRINGS, AT(mount_row, options), .format = &format_not_empty,
     .doc = "as OCI names them"},
    END,
};
static const struct record mount_record = {"mount", sizeof(struct mount_row), mount_fields, false};

const char *const device_types[] = {"c", "b", "u", "p", NULL};

static const struct field device_fields[] = {
    {"path", FIELD_STRING, AT(device_node, path), .format = &format_absolute_path,
     .flags = FIELD_REQUIRED, .doc = "the node"},
    {"type", FIELD_ENUM, AT(device_node, type), .values = device_types, .flags = FIELD_REQUIRED,
     .doc = "character, block, unbuffered character, or named pipe"},
    {"major", FIELD_INT, AT(device_node, major), .max = 4095, .doc = "not for p"},
    {"minor", FIELD_INT, AT(device_node, minor), .max = 1048575, .doc = "not for p"},
    {"file_mode", FIELD_INT, AT(device_node, file_mode), .max = 07777,
     .doc = "decimal; default 438 (0666)"},
    {"uid", FIELD_INT, AT(device_node, uid), .max = MAX_UID, .doc = "owner; default 0"},
    {"gid", FIELD_INT, AT(device_node, gid), .max = MAX_UID, .doc = "group; default 0"},
    END,
};
static const struct record device_record = {"device", sizeof(struct device_node), device_fields,
                                            false};

static const struct field hook_fields[] = {
    {"path", FIELD_STRING, AT(hook, path), .format = &format_absolute_path, .flags = FIELD_REQUIRED,
     .doc = "the program, in the guest"},
    {"args", FIELD_STRINGS, AT(hook, args), .doc = "its arguments, args[0] included"},
    {"env", FIELD_STRINGS, AT(hook, env), .doc = "its environment, NAME=VALUE"},
    {"timeout", FIELD_INT, AT(hook, timeout), .min = 1, .max = 86400,
     .doc = "seconds until it is killed"},
    END,
};
const struct record hook_record = {"hook", sizeof(struct hook), hook_fields, false};

static const struct field hooks_fields[] = {
    {"start_container", FIELD_RECORDS, AT_LIST(hooks, start_container), .record = &hook_record,
     .max = MAX_HOOKS, .doc = "run in this order before the workload, the OCI state on stdin"},
    END,
};
static const struct record hooks_record = {"hooks", sizeof(struct hooks), hooks_fields, false};

static const struct field file_fields[] = {
    {"path", FIELD_STRING, AT(file, path), .format = &format_absolute_path, .flags = FIELD_REQUIRED,
     .doc = "where"},
    {"mode", FIELD_INT, AT(file, mode), .max = 07777, .doc = "decimal; default 420 (0644)"},
    {"uid", FIELD_INT, AT(file, uid), .max = MAX_UID, .doc = "owner; default 0"},
    {"gid", FIELD_INT, AT(file, gid), .max = MAX_UID, .doc = "group; default 0"},
    {"content", FIELD_STRING, AT(file, content),
     .doc = "what it holds; neither this nor content_base64: nothing"},
    {"content_base64", FIELD_STRING, AT(file, content_base64), .format = &format_base64,
     .doc = "the same for what is not UTF-8 text"},
    END,
};
static const struct record file_record = {"file", sizeof(struct file), file_fields, false};

static const struct field agent_fields[] = {
    {"path", FIELD_STRING, AT(agent, path), .format = &format_absolute_path,
     .flags = FIELD_REQUIRED, .doc = "the program, in the guest"},
    {"args", FIELD_STRINGS, AT(agent, args), .doc = "its arguments, without args[0]"},
    END,
};
static const struct record agent_record = {"agent", sizeof(struct agent), agent_fields, false};

static const struct field kernel_headers_fields[] = {
    {"path", FIELD_STRING, AT(kernel_headers, path), .format = &format_absolute_path,
     .flags = FIELD_REQUIRED, .doc = "the archive, in the initrd"},
    END,
};
static const struct record kernel_headers_record = {"kernel_headers", sizeof(struct kernel_headers),
                                                    kernel_headers_fields, false};

const char *const propagations[] = {"shared", "slave", "private", "unbindable", NULL};

static const struct field vmconfig_fields[] = {
    {"version", FIELD_INT, AT(vmconfig, version), .min = 1, .max = 65535,
     .doc = "schema version, 1; absent: the seed schema"},
    {"requires", FIELD_STRINGS, AT(vmconfig, requires), .format = &format_word,
     .doc = "features that a reader must know to honour this config"},
    {"entrypoint", FIELD_STRINGS, AT(vmconfig, entrypoint), .flags = FIELD_ALWAYS | FIELD_SEED,
     .doc = "the command's first words"},
    {"cmd", FIELD_STRINGS, AT(vmconfig, cmd), .flags = FIELD_ALWAYS | FIELD_SEED,
     .doc = "the words that follow entrypoint"},
    {"workdir", FIELD_STRING, AT(vmconfig, workdir), .format = &format_absolute_path,
     .flags = FIELD_ALWAYS | FIELD_SEED, .doc = "working directory, made when missing; empty: /"},
    {"env", FIELD_MAP, AT(vmconfig, env), .name_format = &format_env_name,
     .flags = FIELD_ALWAYS | FIELD_SEED, .doc = "environment, in this order"},
    {"user", FIELD_RECORD, AT(vmconfig, user), .record = &user_record, .feature = "user",
     .doc = "who the workload runs as; absent: root"},
    {"terminal", FIELD_BOOL, AT(vmconfig, terminal), .feature = "terminal",
     .doc = "the workload's standard streams are a pseudo terminal, its controlling terminal"},
    {"console_size", FIELD_RECORD, AT(vmconfig, console_size), .record = &console_size_record,
     .doc = "the terminal's size"},
    {"rlimits", FIELD_RECORDS, AT_LIST(vmconfig, rlimits), .record = &rlimit_record, .max = 16,
     .feature = "rlimits", .doc = "resource limits"},
    {"capabilities", FIELD_RECORD, AT(vmconfig, capabilities), .record = &capabilities_record,
     .feature = "capabilities", .doc = "what the workload may do; a set not given is empty"},
    {"no_new_privileges", FIELD_BOOL, AT(vmconfig, no_new_privileges),
     .feature = "no_new_privileges", .doc = "no program gains privileges by being executed"},
    {"oom_score_adj", FIELD_INT, AT(vmconfig, oom_score_adj), .min = -1000, .max = 1000,
     .feature = "oom_score_adj", .doc = "for the out-of-memory killer; default 0"},
    {"scheduler", FIELD_RECORD, AT(vmconfig, scheduler), .record = &scheduler_record,
     .feature = "scheduler", .doc = "how the workload is scheduled"},
    {"io_priority", FIELD_RECORD, AT(vmconfig, io_priority), .record = &io_priority_record,
     .feature = "io_priority", .doc = "how its input and output is scheduled"},
    {"personality", FIELD_RECORD, AT(vmconfig, personality), .record = &personality_record,
     .feature = "personality", .doc = "the execution domain"},
    {"seccomp", FIELD_RECORD, AT(vmconfig, seccomp), .record = &seccomp_record,
     .feature = "seccomp", .doc = "the system call filter, under OCI's own keys"},
    {"hostname", FIELD_STRING, AT(vmconfig, hostname), .format = &format_hostname,
     .doc = "host name, at most 64 bytes"},
    {"domainname", FIELD_STRING, AT(vmconfig, domainname), .format = &format_hostname,
     .doc = "NIS domain name, at most 64 bytes"},
    {"network_enabled", FIELD_BOOL, AT(vmconfig, network_enabled),
     .flags = FIELD_ALWAYS | FIELD_SEED, .doc = "whether there is a network beside the loopback"},
    {"guest_ip", FIELD_STRING, AT(vmconfig, guest_ip), .format = &format_ipv4, .flags = FIELD_SEED,
     .doc = "IPv4 address of the one NIC"},
    {"guest_cidr", FIELD_INT, AT(vmconfig, guest_cidr), .max = 32, .flags = FIELD_SEED,
     .doc = "its prefix length"},
    {"guest_gw", FIELD_STRING, AT(vmconfig, guest_gw), .format = &format_ipv4, .flags = FIELD_SEED,
     .doc = "its default gateway"},
    {"guest_dns", FIELD_STRING, AT(vmconfig, guest_dns), .format = &format_ip, .flags = FIELD_SEED,
     .doc = "name server"},
    {"interfaces", FIELD_RECORDS, AT_LIST(vmconfig, interfaces), .record = &interface_record,
     .max = MAX_INTERFACES, .feature = "interfaces",
     .doc = "NICs, when one with one IPv4 address is not enough"},
    {"dns", FIELD_RECORD, AT(vmconfig, dns), .record = &dns_record,
     .doc = "resolv.conf, when one name server is not enough"},
    {"hosts", FIELD_RECORDS, AT_LIST(vmconfig, hosts), .record = &host_record, .max = MAX_HOSTS,
     .doc = "entries for /etc/hosts"},
    {"root", FIELD_RECORD, AT(vmconfig, root), .record = &root_record, .feature = "root",
     .doc = "the root filesystem; absent: /dev/vda below, /dev/vdb or, with guest_root or without "
            "a /dev/vdb, a tmpfs above"},
    {"guest_root", FIELD_RECORD, AT(vmconfig, guest_root), .record = &guest_root_record,
     .feature = "guest_root",
     .doc = "a root of the guest's own, never written to, in which root is mounted"},
    {"volume_mounts", FIELD_RECORDS, AT_LIST(vmconfig, volume_mounts), .record = &volume_record,
     .max = MAX_VOLUMES, .flags = FIELD_SEED,
     .doc = "block devices to mount, parents before children"},
    {"mounts", FIELD_RECORDS, AT_LIST(vmconfig, mounts), .record = &mount_record, .max = MAX_MOUNTS,
     .feature = "mounts", .doc = "mounts of OCI, in this order"},
    {"devices", FIELD_RECORDS, AT_LIST(vmconfig, devices), .record = &device_record,
     .max = MAX_DEVICES, .feature = "devices", .doc = "device nodes"},
    {"masked_paths", FIELD_STRINGS, AT(vmconfig, masked_paths), .format = &format_absolute_path,
     .feature = "masked_paths", .doc = "what the workload is not to see"},
    {"readonly_paths", FIELD_STRINGS, AT(vmconfig, readonly_paths), .format = &format_absolute_path,
     .feature = "readonly_paths", .doc = "what it is not to change"},
    {"rootfs_propagation", FIELD_ENUM, AT(vmconfig, rootfs_propagation), .values = propagations,
     .feature = "rootfs_propagation", .doc = "of mounts and unmounts in the root"},
    {"files", FIELD_RECORDS, AT_LIST(vmconfig, files), .record = &file_record, .max = MAX_FILES,
     .feature = "files", .doc = "small files put into the root, at most 1 MiB each"},
    {"sysctl", FIELD_MAP, AT(vmconfig, sysctl), .name_format = &format_sysctl, .feature = "sysctl",
     .doc = "kernel parameters"},
    {"hooks", FIELD_RECORD, AT(vmconfig, hooks), .record = &hooks_record, .feature = "hooks",
     .doc = "programs run on the way"},
    {"init_mode", FIELD_ENUM, AT(vmconfig, init_mode), .values = init_modes,
     .flags = FIELD_ALWAYS | FIELD_SEED,
     .doc = "exec (init runs the command as its child) or systemd (init becomes it)"},
    {"stop_signal", FIELD_STRING, AT(vmconfig, stop_signal), .format = &format_signal,
     .doc = "what asks the workload to stop; default SIGTERM"},
    {"stop_timeout", FIELD_INT, AT(vmconfig, stop_timeout), .max = 86400,
     .doc = "seconds until SIGKILL follows; default 10"},
    {"report", FIELD_RECORD, AT(vmconfig, report), .record = &report_record,
     .doc = "how init gives account"},
    {"annotations", FIELD_MAP, AT(vmconfig, annotations), .name_format = &format_not_empty,
     .doc = "carried, not interpreted"},
    {"agent", FIELD_RECORD, AT(vmconfig, agent), .record = &agent_record,
     .doc = "what skip_guest_agent skips; absent: the initrd's, if it has one"},
    {"kernel_headers", FIELD_RECORD, AT(vmconfig, kernel_headers), .record = &kernel_headers_record,
     .doc = "what skip_kernel_headers skips; absent: the initrd's, if it has one"},
    {"skip_kernel_headers", FIELD_BOOL, AT(vmconfig, skip_kernel_headers), .flags = FIELD_SEED,
     .doc = "do not unpack kernel headers"},
    {"skip_guest_agent", FIELD_BOOL, AT(vmconfig, skip_guest_agent), .flags = FIELD_SEED,
     .doc = "do not start the guest agent"},
    {"entropy", FIELD_STRING, AT(vmconfig, entropy), .format = &format_base64,
     .doc = "a secret that seeds the kernel's random numbers where nothing else does"},
    END,
};
const struct record vmconfig_record = {"vmconfig", sizeof(struct vmconfig), vmconfig_fields, false};
