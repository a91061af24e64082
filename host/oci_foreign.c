/* SPDX-License-Identifier: MIT */
/*
 * The sections of a runtime configuration for platforms that no guest of ours
 * has. A document that has one gets a warning, and a malformed one is refused
 * as it is by the specification's own schema.
 */
#include "oci_foreign.h"

#include "formats.h"
#include "record_rows.h"

#define MAX_U8  255
#define MAX_U16 65535
#define MAX_U32 4294967295

#define PART(name_, rows) static const struct record name_ = {#name_, 1, rows, RECORD_OPEN}

/* --- Windows ---------------------------------------------------------------------------------- */

static const char *const id_types[] = {"class", NULL};

static const struct field windows_device_fields[] = {
    {"id", FIELD_STRING, NEEDED},
    {"idType", FIELD_ENUM, .values = id_types, NEEDED},
    END,
};
PART(windows_device, windows_device_fields);

static const struct field windows_memory_fields[] = {
    {"limit", FIELD_UINT, CHECKED},
    END,
};
PART(windows_memory, windows_memory_fields);

static const struct field affinity_fields[] = {
    {"mask", FIELD_UINT, CHECKED},
    {"group", FIELD_INT, CHECKED, .max = MAX_U32},
    END,
};
PART(affinity, affinity_fields);

static const struct field windows_cpu_fields[] = {
    {"count", FIELD_UINT, CHECKED},
    {"shares", FIELD_INT, CHECKED, .max = MAX_U16},
    {"maximum", FIELD_INT, CHECKED, .max = MAX_U16},
    /* An object in the schema, and a list of these in the Go bindings. */
    {"affinity", FIELD_RECORD, CHECKED, .record = &affinity},
    END,
};
PART(windows_cpu, windows_cpu_fields);

static const struct field storage_fields[] = {
    {"iops", FIELD_UINT, CHECKED},
    {"bps", FIELD_UINT, CHECKED},
    {"sandboxSize", FIELD_UINT, CHECKED},
    END,
};
PART(storage, storage_fields);

static const struct field windows_resources_fields[] = {
    {"memory", FIELD_RECORD, CHECKED, .record = &windows_memory},
    {"cpu", FIELD_RECORD, CHECKED, .record = &windows_cpu},
    {"storage", FIELD_RECORD, CHECKED, .record = &storage},
    END,
};
PART(windows_resources, windows_resources_fields);

static const struct field windows_network_fields[] = {
    {"endpointList", FIELD_STRINGS, CHECKED},
    {"allowUnqualifiedDNSQuery", FIELD_BOOL, CHECKED},
    {"DNSSearchList", FIELD_STRINGS, CHECKED},
    {"networkSharedContainerName", FIELD_STRING, CHECKED},
    {"networkNamespace", FIELD_STRING, CHECKED},
    END,
};
PART(windows_network, windows_network_fields);

static const struct field anything_fields[] = {END};
PART(anything, anything_fields);

static const struct field hyperv_fields[] = {
    {"utilityVMPath", FIELD_STRING, CHECKED},
    END,
};
PART(hyperv, hyperv_fields);

static const struct field windows_fields[] = {
    {"layerFolders", FIELD_STRINGS, NEEDED},
    {"devices", FIELD_RECORDS, CHECKED, .record = &windows_device},
    {"resources", FIELD_RECORD, CHECKED, .record = &windows_resources},
    {"network", FIELD_RECORD, CHECKED, .record = &windows_network},
    {"credentialSpec", FIELD_RECORD, CHECKED, .record = &anything},
    {"servicing", FIELD_BOOL, CHECKED},
    {"ignoreFlushesDuringBoot", FIELD_BOOL, CHECKED},
    {"hyperv", FIELD_RECORD, CHECKED, .record = &hyperv},
    END,
};
const struct record oci_windows_record = {"windows", 1, windows_fields, RECORD_OPEN};

/* --- Solaris ---------------------------------------------------------------------------------- */

static const struct field capped_cpu_fields[] = {
    {"ncpus", FIELD_STRING, CHECKED},
    END,
};
PART(capped_cpu, capped_cpu_fields);

static const struct field capped_memory_fields[] = {
    {"physical", FIELD_STRING, CHECKED},
    {"swap", FIELD_STRING, CHECKED},
    END,
};
PART(capped_memory, capped_memory_fields);

static const struct field anet_fields[] = {
    {"linkname", FIELD_STRING, CHECKED},       {"lowerLink", FIELD_STRING, CHECKED},
    {"allowedAddress", FIELD_STRING, CHECKED}, {"configureAllowedAddress", FIELD_STRING, CHECKED},
    {"defrouter", FIELD_STRING, CHECKED},      {"macAddress", FIELD_STRING, CHECKED},
    {"linkProtection", FIELD_STRING, CHECKED}, END,
};
PART(anet, anet_fields);

static const struct field solaris_fields[] = {
    {"milestone", FIELD_STRING, CHECKED},
    {"limitpriv", FIELD_STRING, CHECKED},
    {"maxShmMemory", FIELD_STRING, CHECKED},
    {"cappedCPU", FIELD_RECORD, CHECKED, .record = &capped_cpu},
    {"cappedMemory", FIELD_RECORD, CHECKED, .record = &capped_memory},
    {"anet", FIELD_RECORDS, CHECKED, .record = &anet},
    END,
};
const struct record oci_solaris_record = {"solaris", 1, solaris_fields, RECORD_OPEN};

/* --- z/OS ------------------------------------------------------------------------------------- */

static const char *const zos_namespaces[] = {"mount", "pid", "uts", "ipc", NULL};

static const struct field zos_namespace_fields[] = {
    {"type", FIELD_ENUM, .values = zos_namespaces, NEEDED},
    {"path", FIELD_STRING, CHECKED, .format = &format_absolute_path},
    END,
};
PART(zos_namespace, zos_namespace_fields);

static const char *const device_kinds[] = {"c", "b", "u", "p", NULL};

static const struct field zos_device_fields[] = {
    {"type", FIELD_ENUM, .values = device_kinds, NEEDED},
    {"path", FIELD_STRING, NEEDED},
    {"major", FIELD_INT, NEEDED},
    {"minor", FIELD_INT, NEEDED},
    {"fileMode", FIELD_INT, CHECKED, .max = 0777},
    {"uid", FIELD_INT, CHECKED, .max = MAX_U32},
    {"gid", FIELD_INT, CHECKED, .max = MAX_U32},
    END,
};
PART(zos_device, zos_device_fields);

static const struct field zos_fields[] = {
    /* Of 1.1 only. */
    {"devices", FIELD_RECORDS, CHECKED, .record = &zos_device},
    {"namespaces", FIELD_RECORDS, CHECKED, .record = &zos_namespace},
    END,
};
const struct record oci_zos_record = {"zos", 1, zos_fields, RECORD_OPEN};

/* --- FreeBSD ---------------------------------------------------------------------------------- */

static const char *const sharing[] = {"disable", "new", "inherit", NULL};
static const char *const sharing_or_new[] = {"new", "inherit", NULL};

static const struct field freebsd_device_fields[] = {
    {"path", FIELD_STRING, NEEDED},
    {"mode", FIELD_INT, CHECKED, .max = 0777},
    END,
};
PART(freebsd_device, freebsd_device_fields);

static const struct field allow_fields[] = {
    {"setHostname", FIELD_BOOL, CHECKED}, {"rawSockets", FIELD_BOOL, CHECKED},
    {"chflags", FIELD_BOOL, CHECKED},     {"mount", FIELD_STRINGS, CHECKED},
    {"quotas", FIELD_BOOL, CHECKED},      {"socketAf", FIELD_BOOL, CHECKED},
    {"mlock", FIELD_BOOL, CHECKED},       {"reservedPorts", FIELD_BOOL, CHECKED},
    {"suser", FIELD_BOOL, CHECKED},       END,
};
PART(allow, allow_fields);

static const struct field jail_fields[] = {
    {"parent", FIELD_STRING, CHECKED},
    {"host", FIELD_ENUM, CHECKED, .values = sharing_or_new},
    {"ip4", FIELD_ENUM, CHECKED, .values = sharing},
    {"ip4Addr", FIELD_STRINGS, CHECKED},
    {"ip6", FIELD_ENUM, CHECKED, .values = sharing},
    {"ip6Addr", FIELD_STRINGS, CHECKED},
    {"vnet", FIELD_ENUM, CHECKED, .values = sharing_or_new},
    {"interface", FIELD_STRING, CHECKED},
    {"vnetInterfaces", FIELD_STRINGS, CHECKED},
    {"sysvmsg", FIELD_ENUM, CHECKED, .values = sharing},
    {"sysvsem", FIELD_ENUM, CHECKED, .values = sharing},
    {"sysvshm", FIELD_ENUM, CHECKED, .values = sharing},
    {"enforceStatfs", FIELD_INT, CHECKED, .max = MAX_U8},
    {"allow", FIELD_RECORD, CHECKED, .record = &allow},
    END,
};
PART(jail, jail_fields);

static const struct field freebsd_fields[] = {
    {"devices", FIELD_RECORDS, CHECKED, .record = &freebsd_device},
    {"jail", FIELD_RECORD, CHECKED, .record = &jail},
    END,
};
const struct record oci_freebsd_record = {"freebsd", 1, freebsd_fields, RECORD_OPEN};
