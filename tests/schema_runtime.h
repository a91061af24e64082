/* SPDX-License-Identifier: MIT */
/*
 * What the JSON schemas of runtime-spec 1.0 to 1.3 demand of a config.json,
 * field by field and for all of these releases together, and a document that
 * has every one of these fields. In texts ' stands for ".
 */
#ifndef VMCONFIG_SCHEMA_RUNTIME_H
#define VMCONFIG_SCHEMA_RUNTIME_H

#include "schema_test.h"

#define HOOK "[{'path':'/h','args':['a'],'env':['A=b'],'timeout':1}]"
#define IDS  "[{'containerID':0,'hostID':1,'size':2}]"
#define RATE "[{'major':8,'minor':0,'rate':1}]"

static const char runtime_document[] =
    "{'ociVersion':'1.3.0','hostname':'h','domainname':'d','annotations':{'a':'b'},"
    "'root':{'path':'rootfs','readonly':true},"
    "'hooks':{'prestart':" HOOK ",'createRuntime':" HOOK ",'createContainer':" HOOK
    ",'startContainer':" HOOK ",'poststart':" HOOK ",'poststop':" HOOK "},"
    "'mounts':[{'destination':'/m','type':'tmpfs','source':'tmpfs','options':['ro'],"
    "'uidMappings':" IDS ",'gidMappings':" IDS "}],"
    "'process':{'args':['/x'],'commandLine':'x','consoleSize':{'height':1,'width':1},'cwd':'/',"
    "'env':['A=b'],'terminal':true,'user':{'uid':0,'gid':0,'umask':18,'additionalGids':[1],"
    "'username':'u'},'capabilities':{'bounding':['CAP_KILL'],'permitted':['CAP_KILL'],"
    "'effective':['CAP_KILL'],'inheritable':['CAP_KILL'],'ambient':['CAP_KILL']},"
    "'apparmorProfile':'a','oomScoreAdj':0,'selinuxLabel':'s','ioPriority':{'class':"
    "'IOPRIO_CLASS_BE','priority':0},'noNewPrivileges':true,'scheduler':{'policy':'SCHED_OTHER',"
    "'nice':0,'priority':0,'flags':['SCHED_FLAG_RESET_ON_FORK'],'runtime':1,'deadline':1,"
    "'period':1},'rlimits':[{'type':'RLIMIT_CORE','soft':0,'hard':0}],"
    "'execCPUAffinity':{'initial':'0','final':'0'}},"
    "'linux':{'devices':[{'type':'c','path':'/dev/x','fileMode':438,'major':1,'minor':3,'uid':0,"
    "'gid':0}],'uidMappings':" IDS ",'gidMappings':" IDS ",'namespaces':[{'type':'network',"
    "'path':'/n'}],'timeOffsets':{'monotonic':{'secs':1,'nanosecs':1}},'netDevices':{'eth0':"
    "{'name':'e'}},'cgroupsPath':'/c','rootfsPropagation':'slave','sysctl':{'a.b':'1'},"
    "'maskedPaths':['/m'],'readonlyPaths':['/r'],'mountLabel':'l','personality':{'domain':'LINUX',"
    "'flags':['f']},'intelRdt':{'closID':'c','schemata':['s'],'l3CacheSchema':'L3:0=f',"
    "'memBwSchema':'MB:0=20','enableCMT':true,'enableMBM':true,'enableMonitoring':true},"
    "'memoryPolicy':{'mode':'MPOL_BIND','nodes':'0','flags':['MPOL_F_STATIC_NODES']},"
    "'seccomp':{'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':1,'flags':["
    "'SECCOMP_FILTER_FLAG_LOG'],'listenerPath':'/l','listenerMetadata':'m','architectures':["
    "'SCMP_ARCH_X86'],'syscalls':[{'names':['read'],'action':'SCMP_ACT_ERRNO','errnoRet':1,"
    "'args':[{'index':0,'value':0,'valueTwo':0,'op':'SCMP_CMP_EQ'}]}]},"
    "'resources':{'unified':{'cpu.max':'1'},'devices':[{'allow':true,'type':'c','major':1,'minor':"
    "3,"
    "'access':'rwm'}],'pids':{'limit':1},'blockIO':{'weight':100,'leafWeight':100,"
    "'throttleReadBpsDevice':" RATE ",'throttleWriteBpsDevice':" RATE
    ",'throttleReadIOPSDevice':" RATE ",'throttleWriteIOPSDevice':" RATE ",'weightDevice':[{"
    "'major':8,'minor':0,'weight':100,'leafWeight':100}]},'cpu':{'cpus':'0','mems':'0','period':1,"
    "'quota':1,'burst':1,'realtimePeriod':1,'realtimeRuntime':1,'shares':1,'idle':1},"
    "'hugepageLimits':[{'pageSize':'2MB','limit':1}],'memory':{'kernel':1,'kernelTCP':1,"
    "'limit':268435456,'reservation':1,'swap':1,'swappiness':1,'disableOOMKiller':true,"
    "'useHierarchy':true,'checkBeforeUpdate':true},'network':{'classID':1,'priorities':[{"
    "'name':'e','priority':1}]},'rdma':{'m':{'hcaHandles':1,'hcaObjects':1}}}},"
    "'vm':{'hypervisor':{'path':'/h','parameters':['p']},'kernel':{'path':'/k','parameters':['p'],"
    "'initrd':'/i'},'image':{'path':'/i','format':'raw'},'hwConfig':{'deviceTree':'/d','vcpus':1,"
    "'memory':268435456,'dtdevs':['d'],'iomems':[{'firstGFN':1,'firstMFN':1,'nrMFNs':1}],"
    "'irqs':[1]}},"
    "'windows':{'layerFolders':['l'],'devices':[{'id':'i','idType':'class'}],'resources':{"
    "'memory':{'limit':1},'cpu':{'count':1,'shares':1,'maximum':1,'affinity':{"
    "'mask':1,'group':1}},'storage':{'iops':1,'bps':1,"
    "'sandboxSize':1}},'network':{'endpointList':['e'],'allowUnqualifiedDNSQuery':true,"
    "'DNSSearchList':['d'],'networkSharedContainerName':'n','networkNamespace':'n'},"
    "'credentialSpec':{'a':1},'servicing':true,'ignoreFlushesDuringBoot':true,'hyperv':{"
    "'utilityVMPath':'u'}},"
    "'solaris':{'milestone':'m','limitpriv':'l','maxShmMemory':'m','cappedCPU':{'ncpus':'8'},"
    "'cappedMemory':{'physical':'p','swap':'s'},'anet':[{'linkname':'n','lowerLink':'l',"
    "'allowedAddress':'a','configureAllowedAddress':'c','defrouter':'d','macAddress':'m',"
    "'linkProtection':'l'}]},"
    "'zos':{'namespaces':[{'type':'pid','path':'/n'}],'devices':[{'type':'c','path':'/p','major':1,"
    "'minor':1,'fileMode':1,'uid':1,'gid':1}]},"
    "'freebsd':{'devices':[{'path':'p','mode':448}],'jail':{'parent':'p','host':'new','ip4':'new',"
    "'ip4Addr':['a'],'ip6':'new','ip6Addr':['a'],'interface':'i','vnetInterfaces':['i'],"
    "'vnet':'new','sysvmsg':'new','sysvsem':'new','sysvshm':'new','enforceStatfs':1,'allow':{"
    "'setHostname':true,'rawSockets':true,'chflags':true,'mount':['m'],'quotas':true,"
    "'socketAf':true,'mlock':true,'reservedPorts':true,'suser':true}}}}";

/* clang-format off */
#define HOOKS(name)                                                                     \
	{"/hooks/" name, ARRAY}, {"/hooks/" name "/0", OBJECT},                         \
	{"/hooks/" name "/0/path", STRING, REQUIRED}, {"/hooks/" name "/0/args", ARRAY},\
	{"/hooks/" name "/0/args/0", STRING}, {"/hooks/" name "/0/env", ARRAY},         \
	{"/hooks/" name "/0/env/0", STRING}, {"/hooks/" name "/0/timeout", INTEGER, 0, "0 -1"}
#define ID_MAPPINGS(at)                                                                 \
	{at, ARRAY}, {at "/0", OBJECT}, {at "/0/containerID", UINT32, REQUIRED},        \
	{at "/0/hostID", UINT32, REQUIRED}, {at "/0/size", UINT32, REQUIRED}
#define STRINGS(at)    {at, ARRAY}, {at "/0", STRING}
#define STRING_MAP(at, key) {at, OBJECT}, {at "/" key, STRING}
#define ROOTFS "/root"
#define BLOCK  "/linux/resources/blockIO"
#define RATES(name)                                                                     \
	{BLOCK "/" name, ARRAY}, {BLOCK "/" name "/0", OBJECT},                         \
	{BLOCK "/" name "/0/major", INT64, REQUIRED}, {BLOCK "/" name "/0/minor", INT64, REQUIRED}, \
	{BLOCK "/" name "/0/rate", UINT64}

static const struct constraint runtime_constraints[] = {
    {"/ociVersion", STRING, REQUIRED},
    {"/hooks", OBJECT}, HOOKS("prestart"), HOOKS("createRuntime"), HOOKS("createContainer"),
    HOOKS("startContainer"), HOOKS("poststart"), HOOKS("poststop"),
    STRING_MAP("/annotations", "a"), {"/hostname", STRING}, {"/domainname", STRING},
    {"/mounts", ARRAY}, {"/mounts/0", OBJECT}, {"/mounts/0/destination", STRING, REQUIRED},
    {"/mounts/0/type", STRING}, {"/mounts/0/source", STRING}, STRINGS("/mounts/0/options"),
    ID_MAPPINGS("/mounts/0/uidMappings"), ID_MAPPINGS("/mounts/0/gidMappings"),
    {ROOTFS, OBJECT}, {ROOTFS "/path", STRING, REQUIRED}, {ROOTFS "/readonly", BOOLEAN},

    {"/process", OBJECT}, STRINGS("/process/args"), {"/process/commandLine", STRING},
    {"/process/consoleSize", OBJECT}, {"/process/consoleSize/height", UINT64, REQUIRED},
    {"/process/consoleSize/width", UINT64, REQUIRED}, {"/process/cwd", STRING, REQUIRED},
    STRINGS("/process/env"), {"/process/terminal", BOOLEAN}, {"/process/user", OBJECT},
    {"/process/user/uid", UINT32}, {"/process/user/gid", UINT32}, {"/process/user/umask", UINT32},
    {"/process/user/additionalGids", ARRAY}, {"/process/user/additionalGids/0", UINT32},
    {"/process/user/username", STRING}, {"/process/capabilities", OBJECT},
    STRINGS("/process/capabilities/bounding"), STRINGS("/process/capabilities/permitted"),
    STRINGS("/process/capabilities/effective"), STRINGS("/process/capabilities/inheritable"),
    STRINGS("/process/capabilities/ambient"),
    {"/process/capabilities/bounding/0", STRING, 0, "'KILL' 'CAP_' 'CAP_kill' ''"},
    {"/process/apparmorProfile", STRING}, {"/process/oomScoreAdj", INTEGER},
    {"/process/selinuxLabel", STRING}, {"/process/ioPriority", OBJECT},
    {"/process/ioPriority/class", STRING, REQUIRED, "'IOPRIO_CLASS_NONE' ''"},
    {"/process/ioPriority/priority", INT32}, {"/process/noNewPrivileges", BOOLEAN},
    {"/process/scheduler", OBJECT},
    {"/process/scheduler/policy", STRING, REQUIRED, "'SCHED_EXT' ''"},
    {"/process/scheduler/nice", INT32}, {"/process/scheduler/priority", INT32},
    {"/process/scheduler/flags", ARRAY},
    {"/process/scheduler/flags/0", STRING, 0, "'SCHED_FLAG_ALL' ''"},
    {"/process/scheduler/runtime", UINT64}, {"/process/scheduler/deadline", UINT64},
    {"/process/scheduler/period", UINT64}, {"/process/rlimits", ARRAY},
    {"/process/rlimits/0", OBJECT}, {"/process/rlimits/0/hard", UINT64, REQUIRED},
    {"/process/rlimits/0/soft", UINT64, REQUIRED},
    {"/process/rlimits/0/type", STRING, REQUIRED, "'CORE' 'RLIMIT_' 'RLIMIT_core' ''"},
    {"/process/execCPUAffinity", OBJECT},
    {"/process/execCPUAffinity/initial", STRING, 0, "'a' '0;1'"},
    {"/process/execCPUAffinity/final", STRING, 0, "'a' '0;1'"},

    {"/linux", OBJECT}, {"/linux/devices", ARRAY}, {"/linux/devices/0", OBJECT},
    {"/linux/devices/0/type", STRING, REQUIRED, "'d' 'cc' ''"},
    {"/linux/devices/0/path", STRING, REQUIRED},
    {"/linux/devices/0/fileMode", INTEGER, 0, "-1 512"}, {"/linux/devices/0/major", INT64},
    {"/linux/devices/0/minor", INT64}, {"/linux/devices/0/uid", UINT32},
    {"/linux/devices/0/gid", UINT32}, ID_MAPPINGS("/linux/uidMappings"),
    ID_MAPPINGS("/linux/gidMappings"), {"/linux/namespaces", ARRAY},
    {"/linux/namespaces/0", OBJECT}, {"/linux/namespaces/0/type", STRING, REQUIRED, "'net' ''"},
    {"/linux/namespaces/0/path", STRING}, {"/linux/timeOffsets", OBJECT},
    {"/linux/timeOffsets/monotonic", OBJECT}, {"/linux/timeOffsets/monotonic/secs", INT64},
    {"/linux/timeOffsets/monotonic/nanosecs", UINT32}, {"/linux/netDevices", OBJECT},
    {"/linux/netDevices/eth0", OBJECT}, {"/linux/netDevices/eth0/name", STRING},
    {"/linux/cgroupsPath", STRING},
    {"/linux/rootfsPropagation", STRING, 0, "'rshared' 'rslave' ''"},
    STRING_MAP("/linux/sysctl", "a.b"), STRINGS("/linux/maskedPaths"),
    STRINGS("/linux/readonlyPaths"), {"/linux/mountLabel", STRING}, {"/linux/personality", OBJECT},
    {"/linux/personality/domain", STRING, REQUIRED, "'LINUX64' ''"},
    STRINGS("/linux/personality/flags"), {"/linux/intelRdt", OBJECT},
    {"/linux/intelRdt/closID", STRING}, STRINGS("/linux/intelRdt/schemata"),
    {"/linux/intelRdt/l3CacheSchema", STRING},
    {"/linux/intelRdt/memBwSchema", STRING, 0, "'L3:0=f' 'MB:0=20\\nL3:' ''"},
    {"/linux/intelRdt/enableCMT", BOOLEAN}, {"/linux/intelRdt/enableMBM", BOOLEAN},
    {"/linux/intelRdt/enableMonitoring", BOOLEAN}, {"/linux/memoryPolicy", OBJECT},
    {"/linux/memoryPolicy/mode", STRING, REQUIRED, "'MPOL_ANY' ''"},
    {"/linux/memoryPolicy/nodes", STRING}, {"/linux/memoryPolicy/flags", ARRAY},
    {"/linux/memoryPolicy/flags/0", STRING, 0, "'MPOL_F_ANY' ''"},

    {"/linux/seccomp", OBJECT},
    {"/linux/seccomp/defaultAction", STRING, REQUIRED, "'ALLOW' ''"},
    {"/linux/seccomp/defaultErrnoRet", UINT32}, {"/linux/seccomp/flags", ARRAY},
    {"/linux/seccomp/flags/0", STRING, 0, "'SECCOMP_FILTER_FLAG_NEW' ''"},
    {"/linux/seccomp/listenerPath", STRING}, {"/linux/seccomp/listenerMetadata", STRING},
    {"/linux/seccomp/architectures", ARRAY},
    {"/linux/seccomp/architectures/0", STRING, 0, "'SCMP_ARCH_Z80' ''"},
    {"/linux/seccomp/syscalls", ARRAY}, {"/linux/seccomp/syscalls/0", OBJECT},
    {"/linux/seccomp/syscalls/0/names", ARRAY, REQUIRED, "[]"},
    {"/linux/seccomp/syscalls/0/names/0", STRING},
    {"/linux/seccomp/syscalls/0/action", STRING, REQUIRED, "'SCMP_ACT_X' ''"},
    {"/linux/seccomp/syscalls/0/errnoRet", UINT32}, {"/linux/seccomp/syscalls/0/args", ARRAY},
    {"/linux/seccomp/syscalls/0/args/0", OBJECT},
    {"/linux/seccomp/syscalls/0/args/0/index", UINT32, REQUIRED},
    {"/linux/seccomp/syscalls/0/args/0/value", UINT64, REQUIRED},
    {"/linux/seccomp/syscalls/0/args/0/valueTwo", UINT64},
    {"/linux/seccomp/syscalls/0/args/0/op", STRING, REQUIRED, "'SCMP_CMP_X' ''"},

    {"/linux/resources", OBJECT}, STRING_MAP("/linux/resources/unified", "cpu.max"),
    {"/linux/resources/devices", ARRAY}, {"/linux/resources/devices/0", OBJECT},
    {"/linux/resources/devices/0/allow", BOOLEAN, REQUIRED},
    {"/linux/resources/devices/0/type", STRING}, {"/linux/resources/devices/0/major", INT64},
    {"/linux/resources/devices/0/minor", INT64}, {"/linux/resources/devices/0/access", STRING},
    {"/linux/resources/pids", OBJECT}, {"/linux/resources/pids/limit", INT64, REQUIRED},
    {BLOCK, OBJECT}, {BLOCK "/weight", UINT16}, {BLOCK "/leafWeight", UINT16},
    RATES("throttleReadBpsDevice"), RATES("throttleWriteBpsDevice"),
    RATES("throttleReadIOPSDevice"), RATES("throttleWriteIOPSDevice"),
    {BLOCK "/weightDevice", ARRAY}, {BLOCK "/weightDevice/0", OBJECT},
    {BLOCK "/weightDevice/0/major", INT64, REQUIRED},
    {BLOCK "/weightDevice/0/minor", INT64, REQUIRED}, {BLOCK "/weightDevice/0/weight", UINT16},
    {BLOCK "/weightDevice/0/leafWeight", UINT16}, {"/linux/resources/cpu", OBJECT},
    {"/linux/resources/cpu/cpus", STRING}, {"/linux/resources/cpu/mems", STRING},
    {"/linux/resources/cpu/period", UINT64}, {"/linux/resources/cpu/quota", INT64},
    {"/linux/resources/cpu/burst", UINT64}, {"/linux/resources/cpu/realtimePeriod", UINT64},
    {"/linux/resources/cpu/realtimeRuntime", INT64}, {"/linux/resources/cpu/shares", UINT64},
    {"/linux/resources/cpu/idle", INT64}, {"/linux/resources/hugepageLimits", ARRAY},
    {"/linux/resources/hugepageLimits/0", OBJECT},
    {"/linux/resources/hugepageLimits/0/pageSize", STRING, REQUIRED,
     "'2' '02MB' '2TB' '2MBs' ''"},
    {"/linux/resources/hugepageLimits/0/limit", UINT64, REQUIRED},
    {"/linux/resources/memory", OBJECT}, {"/linux/resources/memory/kernel", INT64},
    {"/linux/resources/memory/kernelTCP", INT64}, {"/linux/resources/memory/limit", INT64},
    {"/linux/resources/memory/reservation", INT64}, {"/linux/resources/memory/swap", INT64},
    {"/linux/resources/memory/swappiness", UINT64},
    {"/linux/resources/memory/disableOOMKiller", BOOLEAN},
    {"/linux/resources/memory/useHierarchy", BOOLEAN},
    {"/linux/resources/memory/checkBeforeUpdate", BOOLEAN}, {"/linux/resources/network", OBJECT},
    {"/linux/resources/network/classID", UINT32}, {"/linux/resources/network/priorities", ARRAY},
    {"/linux/resources/network/priorities/0", OBJECT},
    {"/linux/resources/network/priorities/0/name", STRING, REQUIRED},
    {"/linux/resources/network/priorities/0/priority", UINT32, REQUIRED},
    {"/linux/resources/rdma", OBJECT}, {"/linux/resources/rdma/m", OBJECT},
    {"/linux/resources/rdma/m/hcaHandles", UINT32}, {"/linux/resources/rdma/m/hcaObjects", UINT32},

    {"/vm", OBJECT}, {"/vm/hypervisor", OBJECT}, {"/vm/hypervisor/path", STRING, REQUIRED},
    STRINGS("/vm/hypervisor/parameters"), {"/vm/kernel", OBJECT, REQUIRED},
    {"/vm/kernel/path", STRING, REQUIRED}, STRINGS("/vm/kernel/parameters"),
    {"/vm/kernel/initrd", STRING}, {"/vm/image", OBJECT}, {"/vm/image/path", STRING, REQUIRED},
    {"/vm/image/format", STRING, REQUIRED, "'iso'"}, {"/vm/hwConfig", OBJECT},
    {"/vm/hwConfig/deviceTree", STRING}, {"/vm/hwConfig/vcpus", UINT32},
    {"/vm/hwConfig/memory", UINT64}, STRINGS("/vm/hwConfig/dtdevs"),
    {"/vm/hwConfig/iomems", ARRAY}, {"/vm/hwConfig/iomems/0", OBJECT},
    {"/vm/hwConfig/iomems/0/firstGFN", UINT64},
    {"/vm/hwConfig/iomems/0/firstMFN", UINT64, REQUIRED},
    {"/vm/hwConfig/iomems/0/nrMFNs", UINT64, REQUIRED}, {"/vm/hwConfig/irqs", ARRAY},
    {"/vm/hwConfig/irqs/0", UINT32},

    {"/windows", OBJECT}, {"/windows/layerFolders", ARRAY, REQUIRED, "[]"},
    {"/windows/layerFolders/0", STRING}, {"/windows/devices", ARRAY},
    {"/windows/devices/0", OBJECT}, {"/windows/devices/0/id", STRING, REQUIRED},
    {"/windows/devices/0/idType", STRING, REQUIRED, "'other' ''"},
    {"/windows/resources", OBJECT}, {"/windows/resources/memory", OBJECT},
    {"/windows/resources/memory/limit", UINT64}, {"/windows/resources/cpu", OBJECT},
    {"/windows/resources/cpu/count", UINT64}, {"/windows/resources/cpu/shares", UINT16},
    {"/windows/resources/cpu/maximum", UINT16}, {"/windows/resources/cpu/affinity", OBJECT},
    {"/windows/resources/cpu/affinity/mask", UINT64},
    {"/windows/resources/cpu/affinity/group", UINT32}, {"/windows/resources/storage", OBJECT},
    {"/windows/resources/storage/iops", UINT64}, {"/windows/resources/storage/bps", UINT64},
    {"/windows/resources/storage/sandboxSize", UINT64}, {"/windows/network", OBJECT},
    STRINGS("/windows/network/endpointList"),
    {"/windows/network/allowUnqualifiedDNSQuery", BOOLEAN},
    STRINGS("/windows/network/DNSSearchList"),
    {"/windows/network/networkSharedContainerName", STRING},
    {"/windows/network/networkNamespace", STRING}, {"/windows/credentialSpec", OBJECT},
    {"/windows/servicing", BOOLEAN}, {"/windows/ignoreFlushesDuringBoot", BOOLEAN},
    {"/windows/hyperv", OBJECT}, {"/windows/hyperv/utilityVMPath", STRING},
    {"/solaris", OBJECT}, {"/solaris/milestone", STRING}, {"/solaris/limitpriv", STRING},
    {"/solaris/maxShmMemory", STRING}, {"/solaris/cappedCPU", OBJECT},
    {"/solaris/cappedCPU/ncpus", STRING}, {"/solaris/cappedMemory", OBJECT},
    {"/solaris/cappedMemory/physical", STRING}, {"/solaris/cappedMemory/swap", STRING},
    {"/solaris/anet", ARRAY}, {"/solaris/anet/0", OBJECT}, {"/solaris/anet/0/linkname", STRING},
    {"/solaris/anet/0/lowerLink", STRING}, {"/solaris/anet/0/allowedAddress", STRING},
    {"/solaris/anet/0/configureAllowedAddress", STRING}, {"/solaris/anet/0/defrouter", STRING},
    {"/solaris/anet/0/macAddress", STRING}, {"/solaris/anet/0/linkProtection", STRING},
    {"/zos", OBJECT}, {"/zos/namespaces", ARRAY}, {"/zos/namespaces/0", OBJECT},
    {"/zos/namespaces/0/type", STRING, REQUIRED, "'user' 'network' ''"}, {"/zos/namespaces/0/path", STRING},
    {"/zos/devices", ARRAY}, {"/zos/devices/0", OBJECT},
    {"/zos/devices/0/type", STRING, REQUIRED, "'x' ''"}, {"/zos/devices/0/path", STRING, REQUIRED},
    {"/zos/devices/0/major", INT64, REQUIRED}, {"/zos/devices/0/minor", INT64, REQUIRED},
    {"/zos/devices/0/fileMode", INTEGER, 0, "-1 512"}, {"/zos/devices/0/uid", UINT32},
    {"/zos/devices/0/gid", UINT32},
    {"/freebsd", OBJECT}, {"/freebsd/devices", ARRAY}, {"/freebsd/devices/0", OBJECT},
    {"/freebsd/devices/0/path", STRING}, {"/freebsd/devices/0/mode", INTEGER, 0, "-1 512"},
    {"/freebsd/jail", OBJECT},
    {"/freebsd/jail/parent", STRING}, {"/freebsd/jail/host", STRING, 0, "'disable' ''"},
    {"/freebsd/jail/ip4", STRING, 0, "'x' ''"}, STRINGS("/freebsd/jail/ip4Addr"),
    {"/freebsd/jail/ip6", STRING, 0, "'x' ''"}, STRINGS("/freebsd/jail/ip6Addr"),
    {"/freebsd/jail/vnet", STRING, 0, "'disable' ''"}, {"/freebsd/jail/interface", STRING},
    STRINGS("/freebsd/jail/vnetInterfaces"),
    {"/freebsd/jail/sysvmsg", STRING, 0, "'x' ''"}, {"/freebsd/jail/sysvsem", STRING, 0, "'x' ''"},
    {"/freebsd/jail/sysvshm", STRING, 0, "'x' ''"},
    {"/freebsd/jail/enforceStatfs", INTEGER, 0, "-1 256"}, {"/freebsd/jail/allow", OBJECT},
    {"/freebsd/jail/allow/setHostname", BOOLEAN}, {"/freebsd/jail/allow/rawSockets", BOOLEAN},
    {"/freebsd/jail/allow/chflags", BOOLEAN}, STRINGS("/freebsd/jail/allow/mount"),
    {"/freebsd/jail/allow/quotas", BOOLEAN}, {"/freebsd/jail/allow/socketAf", BOOLEAN},
    {"/freebsd/jail/allow/mlock", BOOLEAN}, {"/freebsd/jail/allow/reservedPorts", BOOLEAN}, {"/freebsd/jail/allow/suser", BOOLEAN},
    {.pointer = NULL},
};
/* clang-format on */

#endif
