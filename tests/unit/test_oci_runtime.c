/* SPDX-License-Identifier: MIT */
/* OCI runtime configuration: what is taken, what is refused, what is said about the rest. */
#include "oci_runtime.h"

#define OCI_READ(d, r) oci_runtime_read(d, NULL, r)
#include "oci_test.h"

#define VERSION "'ociVersion':'1.2.0',"
#define ROOT    "'root':{'path':'/r'}"
#define CONFIG  "'network_enabled':false,"
#define END     "'init_mode':''}"

static void assert_clean(const char *text)
{
	struct fixture f;

	read_text(&f, text);
	if (f.d.problems.count)
		fail_msg("%s: %s", f.d.problems.items[0].pointer, f.d.problems.items[0].message);
	release(&f);
}

static void test_process(void **state)
{
	struct fixture f;

	(void)state;
	read_text(&f, "{" VERSION ROOT
	              ",'process':{'args':['sh','-c','a b'],'cwd':'/srv','env':['A=1','B='],"
	              "'user':{'uid':1000,'gid':100,'umask':63,'additionalGids':[5,4294967294]}},"
	              "'hostname':'box','domainname':'example.test','annotations':{'a':'b'}}");
	assert_int_equal(f.d.problems.count, 0);
	assert_config(&f.r.config, "{'entrypoint':[],'cmd':['sh','-c','a b'],'workdir':'/srv',"
	                           "'env':{'A':'1','B':''},'user':{'uid':1000,'gid':100,"
	                           "'additional_gids':[5,4294967294],'umask':63},'hostname':'box',"
	                           "'domainname':'example.test'," CONFIG
	                           "'init_mode':'','annotations':{'a':'b'}}");
	release(&f);
}

static void test_nothing_but_the_required(void **state)
{
	struct fixture f;

	(void)state;
	read_text(&f, "{" VERSION ROOT "}");
	assert_int_equal(f.d.problems.count, 0);
	assert_config(&f.r.config, "{'entrypoint':[],'cmd':[],'workdir':'','env':{}," CONFIG END);
	release(&f);
}

static void test_root_and_vm(void **state)
{
	struct fixture f;

	(void)state;
	read_text(&f,
	          "{" VERSION "'root':{'path':'r','readonly':true},"
	          "'vm':{'kernel':{'path':'/k','initrd':'/i','parameters':['a=b','hello world']},"
	          "'hwConfig':{'vcpus':3,'memory':68719476736}}}");
	assert_int_equal(f.d.problems.count, 0);
	assert_config(&f.r.config, "{'entrypoint':[],'cmd':[],'workdir':'','env':{}," CONFIG
	                           "'root':{'device':'/dev/vda','mode':'ro'}," END);
	assert_string_equal(f.r.vm.kernel, "/k");
	assert_string_equal(f.r.vm.initrd, "/i");
	assert_int_equal(f.r.vm.kernel_parameters.count, 2);
	assert_string_equal(f.r.vm.kernel_parameters.items[1], "hello world");
	assert_int_equal(f.r.vm.vcpus.value, 3);
	assert_int_equal(f.r.vm.memory_bytes.value, 68719476736);
	release(&f);
}

static void test_versions(void **state)
{
	(void)state;
	assert_clean("{'ociVersion':'1.0.0-rc1'," ROOT "}");
	assert_clean("{'ociVersion':'1.2.1+dev'," ROOT "}");
	assert_noted_in("{" ROOT "}", SEVERITY_ERROR, "", "'ociVersion' is missing");
	assert_noted_in("{'ociVersion':'1.0'," ROOT "}", SEVERITY_ERROR, "/ociVersion",
	                "'1.0' is not a semantic version");
	assert_noted_in("{'ociVersion':'2.0.0'," ROOT "}", SEVERITY_ERROR, "/ociVersion",
	                "'2.0.0' is not supported, must be 1.x");
	assert_noted_in("{'ociVersion':'1.99.0'," ROOT "}", SEVERITY_WARNING, "/ociVersion",
	                "'1.99.0' is newer than 1.3, what it adds is ignored");
}

#define NET              "'namespaces':[{'type':'network'}]"
#define HW(members)      "'vm':{'kernel':{'path':'/k'},'hwConfig':{" members "}}"
#define PROCESS(members) "{" VERSION ROOT ",'process':{" members "}}"
#define VM(members)      "{" VERSION ROOT ",'vm':{" members "}}"

static void test_wrong_values(void **state)
{
	static const struct {
		const char *text;
		const char *pointer;
		const char *message;
	} rows[] = {
	    {"{" VERSION "'process':{'cwd':'/'}}", "", "'root' is missing"},
	    {"{" VERSION "'root':{}}", "/root", "'path' is missing"},
	    {PROCESS("'args':['x']"), "/process", "'cwd' is missing"},
	    {PROCESS("'cwd':'srv'"), "/process/cwd", "'srv' is not an absolute path"},
	    {PROCESS("'cwd':'/','args':['']"), "/process/args/0", "the program's name is empty"},
	    {PROCESS("'cwd':'/','args':'sh'"), "/process/args", "is a string, must be an array"},
	    {PROCESS("'cwd':'/','args':['a',null]"), "/process/args/1",
	     "is null, must be a string"},
	    {PROCESS("'cwd':'/','env':['A']"), "/process/env/0", "'A' is not NAME=VALUE"},
	    {PROCESS("'cwd':'/','user':{'uid':4294967295,'gid':0}"), "/process/user/uid",
	     "'4294967295' is not within 0..4294967294"},
	    {PROCESS("'cwd':'/','user':{'uid':-1,'gid':0}"), "/process/user/uid",
	     "'-1' is not within 0..4294967294"},
	    {PROCESS("'cwd':'/','user':{'uid':1.0,'gid':0}"), "/process/user/uid",
	     "'1.0' is not an integer"},
	    {PROCESS("'cwd':'/','user':{'uid':0,'gid':0,'umask':512}"), "/process/user/umask",
	     "'512' is not within 0..511"},
	    {"{" VERSION ROOT ",'hostname':"
	     "'0123456789012345678901234567890123456789012345678901234567890123x'}",
	     "/hostname",
	     "'0123456789012345678901234567890123456789012345678901234567890123x' is longer than "
	     "64 "
	     "bytes"},
	    {"{" VERSION ROOT ",'annotations':{'':'x'}}", "/annotations/", "'' is empty"},
	    {VM("'hwConfig':{'vcpus':1}"), "/vm", "'kernel' is missing"},
	    {VM("'kernel':{}"), "/vm/kernel", "'path' is missing"},
	    {VM("'kernel':{'path':'k'}"), "/vm/kernel/path", "'k' is not an absolute path"},
	    {VM("'kernel':{'path':'/k','initrd':'i'}"), "/vm/kernel/initrd",
	     "'i' is not an absolute path"},
	    {VM("'kernel':{'path':'/k','parameters':7}"), "/vm/kernel/parameters",
	     "is a number, must be an array"},
	    {VM("'kernel':{'path':'/k','parameters':['a\\nb']}"), "/vm/kernel/parameters/0",
	     "'a\nb' has a control character"},
	    {VM("'kernel':{'path':'/k'},'hwConfig':{'vcpus':0}"), "/vm/hwConfig/vcpus",
	     "'0' is not within 1..4294967295"},
	    {VM("'kernel':{'path':'/k'},'hwConfig':{'memory':4194304}"), "/vm/hwConfig/memory",
	     "'4194304' bytes are less than a machine boots in, 33554432 at least"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_noted_in(rows[i].text, SEVERITY_ERROR, rows[i].pointer, rows[i].message);
}

/* A '"' cannot stand in these tests' documents, so this one comes as an escape. */
static void test_quote_in_kernel_parameter(void **state)
{
	(void)state;
	assert_noted_in(VM("'kernel':{'path':'/k','parameters':['a','b=\\u0022']}"), SEVERITY_ERROR,
	                "/vm/kernel/parameters/1",
	                "'b=\"' has a '\"', which a kernel command line cannot carry");
}

static void test_nulls_and_producers(void **state)
{
	struct fixture f;

	(void)state;
	assert_clean("{" VERSION ROOT ",'x':{'y':[null]}}");
	assert_noted_in("{" VERSION ROOT ",'process':null}", SEVERITY_WARNING, "/process",
	                "null, taken for absent");
	assert_noted_in(PROCESS("'cwd':'/','args':null"), SEVERITY_WARNING, "/process/args",
	                "null, taken for absent");
	/* As the specification's Go types write a vm section with a kernel only. */
	assert_noted_in(VM("'hypervisor':{'path':''},'kernel':{'path':'/k'}"), SEVERITY_WARNING,
	                "/vm/hypervisor", "nothing but empty, taken for absent");
	assert_noted_in(VM("'kernel':{'path':'/k'},'image':{'path':'','format':''}"),
	                SEVERITY_WARNING, "/vm/image", "nothing but empty, taken for absent");

	read_text(&f, VM("'kernel':{'path':'/k'},'hwconfig':{'vcpus':2,'memory':33554432}"));
	assert_noted(&f.d, SEVERITY_WARNING, "/vm/hwconfig",
	             "taken for 'hwConfig', as the key is spelled");
	assert_int_equal(f.r.vm.vcpus.value, 2);
	assert_int_equal(f.r.vm.memory_bytes.value, 33554432);
	release(&f);
	read_text(&f, VM("'kernel':{'path':'/k'},'hwconfig':{'vcpus':2},'hwConfig':{'vcpus':3}"));
	assert_noted(&f.d, SEVERITY_WARNING, "/vm/hwconfig", "ignored, 'hwConfig' is there too");
	assert_int_equal(f.r.vm.vcpus.value, 3);
	release(&f);
}

static void test_user_without_numbers(void **state)
{
	struct fixture f;

	(void)state;
	read_text(&f, PROCESS("'cwd':'/','user':{}"));
	assert_noted(&f.d, SEVERITY_WARNING, "/process/user", "'uid' is missing, 0 is taken");
	assert_int_equal(f.d.problems.count, 2);
	assert_true(f.r.config.user->uid.set);
	assert_int_equal(f.r.config.user->uid.value, 0);
	release(&f);
}

/* What the specification knows and this does not do is said, each field by its name. */
static void test_not_applied(void **state)
{
	static const char *const members[] = {
	    "'process':{'cwd':'/','apparmorProfile':'x'}",
	    "'process':{'cwd':'/','selinuxLabel':'x'}",
	    "'process':{'cwd':'/','commandLine':'x'}",
	    "'process':{'cwd':'/','user':{'uid':0,'gid':0,'username':'x'}}",
	    "'linux':{'namespaces':[{'type':'network'},{'type':'user'}]}",
	    "'linux':{'namespaces':[{'type':'network'},{'type':'time'}]}",
	    "'linux':{'namespaces':[{'type':'network'},{'type':'ipc','path':'/proc/7/ns/ipc'}]}",
	    "'linux':{'namespaces':[{'type':'pid'}]}",
	    "'linux':{" NET ",'uidMappings':[{'containerID':0,'hostID':1,'size':1}]}",
	    "'linux':{" NET ",'gidMappings':[{'containerID':0,'hostID':1,'size':1}]}",
	    "'linux':{" NET ",'resources':{'pids':{'limit':1}}}",
	    "'linux':{" NET ",'resources':{'blockIO':{'weight':10}}}",
	    "'linux':{" NET ",'resources':{'memory':{'swap':0}}}",
	    "'linux':{" NET ",'resources':{'cpu':{'shares':0}}}",
	    "'linux':{" NET ",'resources':{'unified':{'memory.high':'1'}}}",
	    "'linux':{" NET ",'resources':{'rdma':{'mlx5_1':{'hcaHandles':3}}}}",
	    "'linux':{" NET ",'resources':{'hugepageLimits':[{'pageSize':'2MB','limit':1}]}}",
	    "'linux':{" NET ",'resources':{'network':{'classID':1}}}",
	    "'linux':{" NET ",'cgroupsPath':'/x'}",
	    "'linux':{" NET ",'timeOffsets':{'boottime':{'secs':1}}}",
	    "'linux':{" NET ",'mountLabel':'x'}",
	    "'windows':{'layerFolders':['x']}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		struct fixture f;
		char text[512];

		snprintf(text, sizeof(text), "{" VERSION ROOT ",%s}", members[i]);
		read_text(&f, text);
		if (f.d.problems.count != 1)
			fail_msg("%s: %zu problems", members[i], f.d.problems.count);
		assert_string_equal(f.d.problems.items[0].rule, "not-applied");
		assert_int_equal(f.d.problems.errors, 0);
		release(&f);
	}
	assert_clean(PROCESS("'cwd':'/','terminal':false,'capabilities':{},'rlimits':[],"
	                     "'noNewPrivileges':false,'consoleSize':{'height':0,'width':0}"));
	assert_clean("{" VERSION ROOT ",'linux':{" NET ",'resources':{'devices':[{'allow':false}],"
	             "'memory':{'limit':0,'disableOOMKiller':false}}}}");
}

/* What cannot be done is an error with the field's name, never a config without it. */
static void test_refused(void **state)
{
	static const struct {
		const char *member;
		const char *pointer;
	} rows[] = {
	    {"'linux':{" NET ",'netDevices':{'eth0':{'name':'x'}}}", "/linux/netDevices"},
	    {"'linux':{" NET ",'intelRdt':{'closID':'x'}}", "/linux/intelRdt"},
	    {"'linux':{" NET ",'memoryPolicy':{'mode':'MPOL_BIND'}}", "/linux/memoryPolicy"},
	    {HW("'dtdevs':['a']"), "/vm/hwConfig/dtdevs"},
	    {HW("'iomems':[{'firstMFN':12288,'nrMFNs':1}]"), "/vm/hwConfig/iomems"},
	    {HW("'irqs':[11]"), "/vm/hwConfig/irqs"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;
		char text[512];

		snprintf(text, sizeof(text), "{" VERSION ROOT ",%s}", rows[i].member);
		read_text(&f, text);
		if (f.d.problems.count != 1)
			fail_msg("%s: %zu problems", rows[i].member, f.d.problems.count);
		assert_string_equal(f.d.problems.items[0].rule, "unsupported");
		assert_string_equal(f.d.problems.items[0].pointer, rows[i].pointer);
		assert_int_equal(f.d.problems.errors, 1);
		release(&f);
	}
}

/* Fields of which nothing is kept are read all the same. */
static void test_wrong_values_of_what_is_not_kept(void **state)
{
	static const struct {
		const char *member;
		const char *pointer;
		const char *message;
	} rows[] = {
	    {"'resources':{'blockIO':{'weight':65536}}", "/linux/resources/blockIO/weight",
	     "'65536' is not within 0..65535"},
	    {"'resources':{'hugepageLimits':[{'pageSize':'02MB','limit':1}]}",
	     "/linux/resources/hugepageLimits/0/pageSize",
	     "'02MB' is no size of pages: a number and KB, MB or GB"},
	    {"'resources':{'devices':[{'type':'c'}]}", "/linux/resources/devices/0",
	     "'allow' is missing"},
	    {"'resources':{'unified':{'a':1}}", "/linux/resources/unified/a",
	     "is a number, must be a string"},
	    {"'resources':{'rdma':{'a':[]}}", "/linux/resources/rdma/a",
	     "is an array, must be an object"},
	    {"'resources':{'cpu':{'shares':18446744073709551616}}", "/linux/resources/cpu/shares",
	     "'18446744073709551616' is not within 0..18446744073709551615"},
	    {"'resources':{'cpu':{'cpus':'1-0'}}", "/linux/resources/cpu/cpus",
	     "'1-0' is no list of CPUs"},
	    {"'uidMappings':[{'containerID':0,'hostID':1}]", "/linux/uidMappings/0",
	     "'size' is missing"},
	    {"'namespaces':[{'type':'net'}]", "/linux/namespaces/0/type",
	     "'net' is none of: pid, network, mount, ipc, uts, user, cgroup, time"},
	    {"'namespaces':[{'type':'pid','path':'x'}]", "/linux/namespaces/0/path",
	     "'x' is not an absolute path"},
	    {"'namespaces':[{'type':'pid'},{'type':'pid'}]", "/linux/namespaces/1",
	     "is of the type of an earlier one"},
	    {"'sysctl':{'../x':'1'}", "/linux/sysctl/..~1x",
	     "'../x' is no name of a kernel parameter"},
	    {"'maskedPaths':['proc']", "/linux/maskedPaths/0", "'proc' is not an absolute path"},
	    {"'rootfsPropagation':'rshared'", "/linux/rootfsPropagation",
	     "'rshared' is none of: shared, slave, private, unbindable"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;
		char text[512];

		snprintf(text, sizeof(text), "{" VERSION ROOT ",'linux':{%s}}", rows[i].member);
		read_text(&f, text);
		assert_noted(&f.d, SEVERITY_ERROR, rows[i].pointer, rows[i].message);
		release(&f);
	}
}

/* All that the guest applies, exactly as it stands in the document. */
static void test_guest_fields(void **state)
{
	struct fixture f;

	(void)state;
	read_text(
	    &f, "{" VERSION ROOT ",'process':{'cwd':'/','args':['x'],'terminal':true,"
	        "'consoleSize':{'height':24,'width':80},"
	        "'capabilities':{'bounding':['CAP_KILL'],'effective':['CAP_KILL'],"
	        "'inheritable':['CAP_KILL'],'permitted':['CAP_KILL','CAP_CHOWN'],"
	        "'ambient':['CAP_KILL']},"
	        "'rlimits':[{'type':'RLIMIT_NOFILE','soft':1024,'hard':18446744073709551615},"
	        "{'type':'RLIMIT_CORE','soft':9223372036854772000,'hard':9223372036854772001}],"
	        "'noNewPrivileges':true,'oomScoreAdj':0,"
	        "'scheduler':{'policy':'SCHED_DEADLINE','flags':['SCHED_FLAG_RESET_ON_FORK'],"
	        "'runtime':1,'deadline':2,'period':18446744073709551615},"
	        "'ioPriority':{'class':'IOPRIO_CLASS_BE','priority':4}},"
	        "'hooks':{'startContainer':[{'path':'/"
	        "h','args':['h','-x'],'env':['A=b'],'timeout':3}]},"
	        "'linux':{" NET ",'devices':[{'path':'/dev/fuse','type':'c','major':10,'minor':229,"
	        "'fileMode':438,'uid':0,'gid':0},{'path':'/dev/p','type':'p'}],"
	        "'personality':{'domain':'LINUX32'},'sysctl':{'net.core.somaxconn':'256'},"
	        "'seccomp':{'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':1,"
	        "'architectures':['SCMP_ARCH_X86_64'],'syscalls':[{'names':['clone'],"
	        "'action':'SCMP_ACT_ALLOW','args':[{'index':0,'value':18446744073709551615,"
	        "'valueTwo':0,'op':'SCMP_CMP_MASKED_EQ'}]}]},"
	        "'rootfsPropagation':'slave','maskedPaths':['/proc/kcore'],"
	        "'readonlyPaths':['/proc/sys']}}");
	assert_int_equal(f.d.problems.count, 0);
	assert_config(
	    &f.r.config,
	    "{'entrypoint':[],'cmd':['x'],'workdir':'/','env':{},'terminal':true,"
	    "'console_size':{'height':24,'width':80},"
	    "'rlimits':[{'type':'RLIMIT_NOFILE','soft':1024,'hard':18446744073709551615},"
	    "{'type':'RLIMIT_CORE','soft':9223372036854772000,'hard':9223372036854772001}],"
	    "'capabilities':{'bounding':['CAP_KILL'],'effective':['CAP_KILL'],"
	    "'inheritable':['CAP_KILL'],'permitted':['CAP_KILL','CAP_CHOWN'],"
	    "'ambient':['CAP_KILL']},"
	    "'no_new_privileges':true,'oom_score_adj':0,"
	    "'scheduler':{'policy':'SCHED_DEADLINE','flags':['SCHED_FLAG_RESET_ON_FORK'],"
	    "'runtime':1,'deadline':2,'period':18446744073709551615},"
	    "'io_priority':{'class':'IOPRIO_CLASS_BE','priority':4},"
	    "'personality':{'domain':'LINUX32'},"
	    "'seccomp':{'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':1,"
	    "'architectures':['SCMP_ARCH_X86_64'],'syscalls':[{'names':['clone'],"
	    "'action':'SCMP_ACT_ALLOW','args':[{'index':0,'value':18446744073709551615,"
	    "'valueTwo':0,'op':'SCMP_CMP_MASKED_EQ'}]}]}," CONFIG
	    "'devices':[{'path':'/dev/fuse','type':'c','major':10,'minor':229,'file_mode':438,"
	    "'uid':0,'gid':0},{'path':'/dev/p','type':'p'}],"
	    "'masked_paths':['/proc/kcore'],'readonly_paths':['/proc/sys'],"
	    "'rootfs_propagation':'slave','sysctl':{'net.core.somaxconn':'256'},"
	    "'hooks':{'start_container':[{'path':'/"
	    "h','args':['h','-x'],'env':['A=b'],'timeout':3}]},"
	    "'init_mode':''}");
	release(&f);
}

static void test_nobody_listens(void **state)
{
	struct fixture f;

	(void)state;
	read_text(&f,
	          "{" VERSION ROOT ",'linux':{" NET ",'seccomp':{'defaultAction':'SCMP_ACT_ALLOW',"
	          "'listenerPath':'/l','listenerMetadata':'m'}}}");
	assert_int_equal(f.d.problems.count, 1);
	assert_int_equal(f.d.problems.errors, 0);
	assert_non_null(f.r.config.seccomp);
	assert_null(f.r.config.seccomp->listener_path);
	assert_null(f.r.config.seccomp->listener_metadata);
	release(&f);
	assert_noted_in("{" VERSION ROOT ",'linux':{" NET
	                ",'seccomp':{'defaultAction':'SCMP_ACT_NOTIFY',"
	                "'listenerPath':'/l'}}}",
	                SEVERITY_ERROR, "/linux/seccomp/listenerPath",
	                "a virtual machine has no listener on the host");
}

static void test_stop_signal_of_an_annotation(void **state)
{
	struct fixture f;

	(void)state;
	read_text(&f,
	          "{" VERSION ROOT ",'annotations':{'org.opencontainers.image.stopSignal':'3'}}");
	assert_string_equal(f.r.config.stop_signal, "SIGQUIT");
	assert_int_equal(f.d.problems.count, 0);
	release(&f);
	assert_clean("{" VERSION ROOT ",'annotations':{'org.opencontainers.image.stopSignal':''}}");
	assert_noted_in("{" VERSION ROOT
	                ",'annotations':{'org.opencontainers.image.stopSignal':'SIGNO'}}",
	                SEVERITY_WARNING, "/annotations/org.opencontainers.image.stopSignal",
	                "'SIGNO' is no signal, SIGTERM is taken");
}

static void test_unknown_capabilities(void **state)
{
	(void)state;
	assert_noted_in(PROCESS("'cwd':'/','capabilities':{'effective':['CAP_KILL','CAP_FOO']}"),
	                SEVERITY_WARNING, "/process/capabilities/effective/1",
	                "'CAP_FOO' is no capability that is known");
	assert_noted_in(PROCESS("'cwd':'/','capabilities':{'effective':['KILL']}"), SEVERITY_ERROR,
	                "/process/capabilities/effective/0",
	                "'KILL' is no capability: CAP_ and upper case letters");
	assert_noted_in(PROCESS("'cwd':'/','rlimits':[{'type':'RLIMIT_FOO','soft':1,'hard':1}]"),
	                SEVERITY_ERROR, "/process/rlimits/0/type",
	                "'RLIMIT_FOO' is none of: RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, "
	                "RLIMIT_STACK, RLIMIT_CORE, RLIMIT_RSS, RLIMIT_NPROC, RLIMIT_NOFILE, "
	                "RLIMIT_MEMLOCK, RLIMIT_AS, RLIMIT_LOCKS, RLIMIT_SIGPENDING, "
	                "RLIMIT_MSGQUEUE, RLIMIT_NICE, RLIMIT_RTPRIO, RLIMIT_RTTIME");
}

static void assert_size(const char *resources, int64_t vcpus, int64_t memory)
{
	struct fixture f;
	char text[512];

	snprintf(text, sizeof(text), "{" VERSION ROOT ",'linux':{" NET ",'resources':{%s}}}",
	         resources);
	read_text(&f, text);
	assert_int_equal(f.d.problems.errors, 0);
	assert_int_equal(f.r.vm.vcpus.set ? f.r.vm.vcpus.value : 0, vcpus);
	assert_int_equal(f.r.vm.memory_bytes.set ? f.r.vm.memory_bytes.value : 0, memory);
	release(&f);
}

static void test_size_of_the_machine(void **state)
{
	struct fixture f;

	(void)state;
	assert_size("", 0, 0);
	assert_size("'cpu':{},'memory':{}", 0, 0);
	assert_size("'cpu':{'quota':-1},'memory':{'limit':-1}", 0, 0);
	assert_size("'cpu':{'quota':100000}", 1, 0);
	assert_size("'cpu':{'quota':150000,'period':100000}", 2, 0);
	assert_size("'cpu':{'quota':1,'period':100000}", 1, 0);
	assert_size("'cpu':{'quota':400000,'period':50000}", 8, 0);
	assert_size("'cpu':{'cpus':'0-3,8'}", 5, 0);
	assert_size("'cpu':{'quota':400000,'cpus':'1'}", 1, 0);
	assert_size("'memory':{'limit':536870912}", 0, 536870912);
	assert_size("'memory':{'limit':9223372036854771712}", 0, 0);
	assert_size("'memory':{'limit':4194304}", 0, 33554432);
	read_text(&f, "{" VERSION ROOT ",'linux':{" NET ",'resources':{'cpu':{'quota':900000},"
	              "'memory':{'limit':536870912}}}," HW("'vcpus':2,'memory':1073741824") "}");
	assert_int_equal(f.d.problems.count, 0);
	assert_int_equal(f.r.vm.vcpus.value, 2);
	assert_int_equal(f.r.vm.memory_bytes.value, 1073741824);
	release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_process),
	    cmocka_unit_test(test_nothing_but_the_required),
	    cmocka_unit_test(test_root_and_vm),
	    cmocka_unit_test(test_versions),
	    cmocka_unit_test(test_wrong_values),
	    cmocka_unit_test(test_quote_in_kernel_parameter),
	    cmocka_unit_test(test_nulls_and_producers),
	    cmocka_unit_test(test_user_without_numbers),
	    cmocka_unit_test(test_not_applied),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_wrong_values_of_what_is_not_kept),
	    cmocka_unit_test(test_guest_fields),
	    cmocka_unit_test(test_nobody_listens),
	    cmocka_unit_test(test_stop_signal_of_an_annotation),
	    cmocka_unit_test(test_unknown_capabilities),
	    cmocka_unit_test(test_size_of_the_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
