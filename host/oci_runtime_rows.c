/* SPDX-License-Identifier: MIT */
/* Where the fields of a runtime configuration go (runtime-spec 1.0 to 1.3). */
#include "oci_places.h"

#include <stddef.h>

#define HOST(pattern, why)                      \
	{                                       \
		pattern, PLACE_HOST, why, false \
	}
#define VMM(pattern, why)                      \
	{                                      \
		pattern, PLACE_VMM, why, false \
	}
#define DISK(pattern, why)                      \
	{                                       \
		pattern, PLACE_DISK, why, false \
	}
#define GUEST(pattern, why)                      \
	{                                        \
		pattern, PLACE_GUEST, why, false \
	}
#define IGNORED(pattern, why)                      \
	{                                          \
		pattern, PLACE_IGNORED, why, false \
	}
#define WARNED(pattern, why)                      \
	{                                         \
		pattern, PLACE_IGNORED, why, true \
	}
#define REFUSED(pattern, why)                      \
	{                                          \
		pattern, PLACE_REFUSED, why, false \
	}

#define HOST_CGROUP "no cgroup is set up on the host; start vmconfig in one that has this limit"
#define BLOCK_IO    "the throttling of block devices is not applied"
#define PASSTHROUGH "hardware cannot be passed through like this with QEMU or KVM"
#define PLATFORM    "another platform's"

const struct oci_row oci_runtime_rows[] = {
    HOST("/ociVersion", "must be 1.x"),
    HOST("/root/path",
         "must be a directory; run makes the root filesystem of it, when it is given no other"),
    GUEST("/root/readonly", "the root is mounted read-only"),
    GUEST("/hostname", "set with sethostname(2)"),
    GUEST("/domainname", "set with setdomainname(2)"),
    DISK("/annotations",
         "carried as they are; org.opencontainers.image.stopSignal also is what asks "
         "the workload to stop"),

    GUEST("/process/terminal", "the workload gets a terminal"),
    GUEST("/process/consoleSize", "the terminal's size; without a terminal it means nothing"),
    GUEST("/process/cwd", "the working directory, made when it is missing"),
    GUEST("/process/env", "the environment, in its order; of two values of a name the last stands"),
    GUEST("/process/args", "the command, looked for in the PATH of env"),
    WARNED("/process/commandLine", "means nothing on Linux"),
    GUEST("/process/user/uid", "set with setresuid(2)"),
    GUEST("/process/user/gid", "set with setresgid(2)"),
    GUEST("/process/user/umask", "set with umask(2)"),
    GUEST("/process/user/additionalGids", "set with setgroups(2)"),
    WARNED("/process/user/username", "means nothing on Linux"),
    GUEST("/process/capabilities", "the five sets are set as given"),
    GUEST("/process/rlimits", "set with setrlimit(2)"),
    GUEST("/process/noNewPrivileges", "set with prctl(2)"),
    GUEST("/process/oomScoreAdj", "written to /proc/self/oom_score_adj"),
    WARNED("/process/apparmorProfile", "not applied: it names a profile of the host's kernel"),
    WARNED("/process/selinuxLabel", "not applied: it names a label of the host's policy"),
    GUEST("/process/scheduler", "set with sched_setattr(2)"),
    GUEST("/process/ioPriority", "set with ioprio_set(2)"),
    IGNORED("/process/execCPUAffinity", "is for processes that join later, never for the first"),

    GUEST("/mounts/*/destination", "where it is mounted, in the order of the list"),
    GUEST("/mounts/*/type", "the filesystem's type"),
    HOST("/mounts/*/source",
         "of a bind mount: a file goes along as a copy, a directory as a "
         "virtiofs share, but /dev/shm is the guest's own; any other goes to the guest as it is"),
    GUEST("/mounts/*/options", "flags for mount(2), the rest is the filesystem's"),
    REFUSED("/mounts/*/uidMappings", "mounts with mapped ids cannot be made for a guest"),
    REFUSED("/mounts/*/gidMappings", "mounts with mapped ids cannot be made for a guest"),

    HOST("/hooks/prestart", "deprecated; run before the virtual machine is started"),
    HOST("/hooks/createRuntime", "run before the virtual machine is started"),
    HOST("/hooks/createContainer", "run after these, on the host"),
    GUEST("/hooks/startContainer", "run in the guest before the workload"),
    HOST("/hooks/poststart", "run when the workload has been started"),
    HOST("/hooks/poststop", "run when the virtual machine is gone"),

    HOST("/linux/namespaces", "the guest has its own; a user namespace, a time namespace and the "
                              "host's network cannot be had"),
    WARNED("/linux/uidMappings", "not applied: the guest's ids are its own"),
    WARNED("/linux/gidMappings", "not applied: the guest's ids are its own"),
    WARNED("/linux/timeOffsets", "not applied: the guest's clocks are its own"),
    GUEST("/linux/devices", "made with mknod(2)"),
    REFUSED("/linux/netDevices", "a network device of the host's cannot be moved into a virtual "
                                 "machine; use a tap"),
    WARNED("/linux/cgroupsPath",
           "no cgroup is set up on the host; start vmconfig in the one wanted"),

    IGNORED("/linux/resources/devices", "the guest sees no device but its virtual machine's own"),
    VMM("/linux/resources/memory/limit", "the size of the guest's memory, unless vm.hwConfig says"),
    WARNED("/linux/resources/memory/reservation", HOST_CGROUP),
    WARNED("/linux/resources/memory/swap", "the guest has no swap"),
    WARNED("/linux/resources/memory/kernel", "deprecated, not applied"),
    WARNED("/linux/resources/memory/kernelTCP", "deprecated, not applied"),
    WARNED("/linux/resources/memory/swappiness", "the guest has no swap"),
    WARNED("/linux/resources/memory/disableOOMKiller", "not applied: the guest's kernel decides"),
    WARNED("/linux/resources/memory/useHierarchy", HOST_CGROUP),
    WARNED("/linux/resources/memory/checkBeforeUpdate", "nothing is updated"),
    WARNED("/linux/resources/cpu/shares", HOST_CGROUP),
    VMM("/linux/resources/cpu/quota", "with period: the number of CPUs, unless vm.hwConfig says"),
    VMM("/linux/resources/cpu/period", "what quota is a part of"),
    WARNED("/linux/resources/cpu/burst", HOST_CGROUP),
    WARNED("/linux/resources/cpu/realtimeRuntime", HOST_CGROUP),
    WARNED("/linux/resources/cpu/realtimePeriod", HOST_CGROUP),
    VMM("/linux/resources/cpu/cpus", "how many they are: the number of CPUs, when nothing else "
                                     "says; which they are is not applied"),
    WARNED("/linux/resources/cpu/mems", HOST_CGROUP),
    WARNED("/linux/resources/cpu/idle", HOST_CGROUP),
    WARNED("/linux/resources/pids/limit", "not applied: the guest's own limit stands"),
    WARNED("/linux/resources/blockIO/weight", BLOCK_IO),
    WARNED("/linux/resources/blockIO/leafWeight", BLOCK_IO),
    WARNED("/linux/resources/blockIO/weightDevice", BLOCK_IO),
    WARNED("/linux/resources/blockIO/throttleReadBpsDevice", BLOCK_IO),
    WARNED("/linux/resources/blockIO/throttleWriteBpsDevice", BLOCK_IO),
    WARNED("/linux/resources/blockIO/throttleReadIOPSDevice", BLOCK_IO),
    WARNED("/linux/resources/blockIO/throttleWriteIOPSDevice", BLOCK_IO),
    WARNED("/linux/resources/hugepageLimits", HOST_CGROUP),
    WARNED("/linux/resources/network/classID", HOST_CGROUP),
    WARNED("/linux/resources/network/priorities", HOST_CGROUP),
    WARNED("/linux/resources/rdma", HOST_CGROUP),
    WARNED("/linux/resources/unified", HOST_CGROUP),

    REFUSED("/linux/intelRdt", "cache and bandwidth classes of the host's CPU are not applied"),
    REFUSED("/linux/memoryPolicy", "NUMA nodes of the host's are not the guest's"),
    GUEST("/linux/personality", "set with personality(2)"),
    GUEST("/linux/sysctl", "written below /proc/sys"),
    GUEST("/linux/seccomp", "the filter that the workload starts with"),
    GUEST("/linux/rootfsPropagation", "the propagation of the root mount"),
    GUEST("/linux/maskedPaths", "covered, so that nothing can be read there"),
    GUEST("/linux/readonlyPaths", "mounted read-only onto themselves"),
    WARNED("/linux/mountLabel", "not applied: it names a label of the host's policy"),

    VMM("/vm/hypervisor/path", "the VMM that is run"),
    VMM("/vm/hypervisor/parameters", "put at the end of the VMM's arguments"),
    VMM("/vm/kernel/path", "the kernel that is booted"),
    VMM("/vm/kernel/parameters", "put on the kernel's command line"),
    VMM("/vm/kernel/initrd", "the initrd, which carries init"),
    VMM("/vm/image/path", "the disk with the guest's own root, never written to; root.path is "
                          "mounted in it at /run/vmconfig/rootfs"),
    VMM("/vm/image/format", "the format of that disk"),
    VMM("/vm/hwConfig/vcpus", "the number of CPUs"),
    VMM("/vm/hwConfig/memory", "the size of the guest's memory in bytes, rounded up to MiB"),
    VMM("/vm/hwConfig/deviceTree", "a blob that replaces the machine's own, where it has one"),
    REFUSED("/vm/hwConfig/dtdevs", PASSTHROUGH),
    REFUSED("/vm/hwConfig/iomems", PASSTHROUGH),
    REFUSED("/vm/hwConfig/irqs", PASSTHROUGH),
    VMM("/vm/hwconfig/vcpus", "hwConfig as the specification's Go bindings write it"),
    VMM("/vm/hwconfig/memory", "hwConfig as the specification's Go bindings write it"),
    VMM("/vm/hwconfig/deviceTree", "a blob that replaces the machine's own, where it has one"),
    REFUSED("/vm/hwconfig/dtdevs", PASSTHROUGH),
    REFUSED("/vm/hwconfig/iomems", PASSTHROUGH),
    REFUSED("/vm/hwconfig/irqs", PASSTHROUGH),

    WARNED("/windows", PLATFORM),
    WARNED("/solaris", PLATFORM),
    WARNED("/zos", PLATFORM),
    WARNED("/freebsd", PLATFORM),
    {.pattern = NULL},
};
