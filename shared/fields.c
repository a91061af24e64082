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
#include "record.h"
#include "vmconfig.h"

#define AT(type, member) .offset = offsetof(struct type, member)
#define AT_LIST(type, member) \
	.offset = offsetof(struct type, member.items), .count = offsetof(struct type, member.count)
#define END                 \
	{                   \
		.key = NULL \
	}

#define MAX_UID 4294967294 /* (uid_t)-1 means "leave as it is" to setresuid(2) */

static const char *const volume_modes[] = {"ro", "rw", "overlay", NULL};
static const char *const init_modes[] = {"exec", "systemd", NULL};

static const struct field volume_fields[] = {
    {"device", FIELD_STRING, AT(volume, device), .format = &format_device, .flags = FIELD_REQUIRED,
     .doc = "the block device: /dev/NAME, serial=NAME, label=NAME or uuid=UUID"},
    {"path", FIELD_STRING, AT(volume, path), .format = &format_absolute_path,
     .flags = FIELD_REQUIRED, .doc = "where it is mounted in the guest"},
    {"mode", FIELD_ENUM, AT(volume, mode), .values = volume_modes, .flags = FIELD_REQUIRED,
     .doc = "ro (no journal replay), rw, or overlay: device below, overlay_device above"},
    {"overlay_device", FIELD_STRING, AT(volume, overlay_device), .format = &format_device,
     .doc = "the writable layer of mode overlay"},
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
    END,
};
static const struct record root_record = {"root", sizeof(struct root), root_fields, false};

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
     .doc = "virtio-serial or console; absent: the port if there is one, else the console"},
    {"nonce", FIELD_STRING, AT(report, nonce), .format = &format_nonce,
     .doc = "hexadecimal; stands in each report line on the console, where the workload can write "
            "too"},
    END,
};
static const struct record report_record = {"report", sizeof(struct report), report_fields, false};

static const struct field vmconfig_fields[] = {
    {"version", FIELD_INT, AT(vmconfig, version), .min = 1, .max = 65535,
     .doc = "schema version, 1; absent: the seed schema"},
    {"requires", FIELD_STRINGS, AT(vmconfig, requires), .format = &format_word,
     .doc = "features that a reader must know to honour this config"},
    {"entrypoint", FIELD_STRINGS, AT(vmconfig, entrypoint), .flags = FIELD_ALWAYS,
     .doc = "the command's first words"},
    {"cmd", FIELD_STRINGS, AT(vmconfig, cmd), .flags = FIELD_ALWAYS,
     .doc = "the words that follow entrypoint"},
    {"workdir", FIELD_STRING, AT(vmconfig, workdir), .format = &format_absolute_path,
     .flags = FIELD_ALWAYS, .doc = "working directory, made when missing; empty: /"},
    {"env", FIELD_MAP, AT(vmconfig, env), .name_format = &format_env_name, .flags = FIELD_ALWAYS,
     .doc = "environment, in this order"},
    {"user", FIELD_RECORD, AT(vmconfig, user), .record = &user_record, .feature = "user",
     .doc = "who the workload runs as; absent: root"},
    {"terminal", FIELD_BOOL, AT(vmconfig, terminal), .feature = "terminal",
     .doc = "the workload's standard streams are the console, its controlling terminal"},
    {"hostname", FIELD_STRING, AT(vmconfig, hostname), .format = &format_hostname,
     .doc = "host name, at most 64 bytes"},
    {"domainname", FIELD_STRING, AT(vmconfig, domainname), .format = &format_hostname,
     .doc = "NIS domain name, at most 64 bytes"},
    {"network_enabled", FIELD_BOOL, AT(vmconfig, network_enabled), .flags = FIELD_ALWAYS,
     .doc = "whether there is a network beside the loopback"},
    {"guest_ip", FIELD_STRING, AT(vmconfig, guest_ip), .format = &format_ipv4,
     .doc = "IPv4 address of the one NIC"},
    {"guest_cidr", FIELD_INT, AT(vmconfig, guest_cidr), .max = 32, .doc = "its prefix length"},
    {"guest_gw", FIELD_STRING, AT(vmconfig, guest_gw), .format = &format_ipv4,
     .doc = "its default gateway"},
    {"guest_dns", FIELD_STRING, AT(vmconfig, guest_dns), .format = &format_ip,
     .doc = "name server"},
    {"interfaces", FIELD_RECORDS, AT_LIST(vmconfig, interfaces), .record = &interface_record,
     .max = MAX_INTERFACES, .feature = "interfaces",
     .doc = "NICs, when one with one IPv4 address is not enough"},
    {"dns", FIELD_RECORD, AT(vmconfig, dns), .record = &dns_record,
     .doc = "resolv.conf, when one name server is not enough"},
    {"hosts", FIELD_RECORDS, AT_LIST(vmconfig, hosts), .record = &host_record, .max = MAX_HOSTS,
     .doc = "entries for /etc/hosts"},
    {"root", FIELD_RECORD, AT(vmconfig, root), .record = &root_record, .feature = "root",
     .doc = "the root filesystem; absent: /dev/vda below, /dev/vdb or a tmpfs above"},
    {"volume_mounts", FIELD_RECORDS, AT_LIST(vmconfig, volume_mounts), .record = &volume_record,
     .max = MAX_VOLUMES, .doc = "block devices to mount, parents before children"},
    {"init_mode", FIELD_ENUM, AT(vmconfig, init_mode), .values = init_modes, .flags = FIELD_ALWAYS,
     .doc = "exec (init runs the command as its child) or systemd (init becomes it)"},
    {"stop_signal", FIELD_STRING, AT(vmconfig, stop_signal), .format = &format_signal,
     .doc = "what asks the workload to stop; default SIGTERM"},
    {"stop_timeout", FIELD_INT, AT(vmconfig, stop_timeout), .max = 86400,
     .doc = "seconds until SIGKILL follows; default 10"},
    {"report", FIELD_RECORD, AT(vmconfig, report), .record = &report_record,
     .doc = "how init gives account"},
    {"annotations", FIELD_MAP, AT(vmconfig, annotations), .name_format = &format_not_empty,
     .doc = "carried, not interpreted"},
    {"skip_kernel_headers", FIELD_BOOL, AT(vmconfig, skip_kernel_headers),
     .doc = "do not unpack kernel headers"},
    {"skip_guest_agent", FIELD_BOOL, AT(vmconfig, skip_guest_agent),
     .doc = "do not start the guest agent"},
    END,
};
const struct record vmconfig_record = {"vmconfig", sizeof(struct vmconfig), vmconfig_fields, false};
