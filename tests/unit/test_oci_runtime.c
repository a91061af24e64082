/* SPDX-License-Identifier: MIT */
/* OCI runtime configuration: what is taken, what is refused, what is said about the rest. */
#include "host_test.h"

#include "oci_runtime.h"
#include "vm.h"

#define VERSION "'ociVersion':'1.2.0',"
#define ROOT    "'root':{'path':'/r'}"
#define CONFIG  "'network_enabled':false,"
#define END     "'init_mode':''}"

struct fixture {
	struct document d;
	struct request r;
};

static void read_text(struct fixture *f, const char *text)
{
	document_from(&f->d, text);
	f->r = (struct request){0};
	assert_int_equal(oci_runtime_read(&f->d, NULL, &f->r), 0);
}

static void release(struct fixture *f)
{
	document_release(&f->d);
	request_release(&f->r);
}

static void assert_noted_in(const char *text, enum severity severity, const char *pointer,
                            const char *message)
{
	struct fixture f;

	read_text(&f, text);
	assert_noted(&f.d, severity, pointer, message);
	assert_int_equal(f.d.problems.errors > 0, severity == SEVERITY_ERROR);
	release(&f);
}

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
	    {VM("'kernel':{'path':'/k','parameters':['a\\nb']}"), "/vm/kernel/parameters/0",
	     "'a\nb' has a control character"},
	    {VM("'kernel':{'path':'/k'},'hwConfig':{'vcpus':0}"), "/vm/hwConfig/vcpus",
	     "'0' is not within 1..4096"},
	    {VM("'kernel':{'path':'/k'},'hwConfig':{'memory':4194304}"), "/vm/hwConfig/memory",
	     "'4194304' is not within 33554432..4503599627370496"},
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
	assert_clean("{" VERSION ROOT ",'linux':null,'hooks':null,'mounts':null,'x':{'y':[1]}}");
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
	    "'process':{'cwd':'/','terminal':true}",
	    "'process':{'cwd':'/','capabilities':{'bounding':['CAP_KILL']}}",
	    "'process':{'cwd':'/','rlimits':[{'type':'RLIMIT_CORE'}]}",
	    "'process':{'cwd':'/','noNewPrivileges':true}",
	    "'process':{'cwd':'/','oomScoreAdj':0}",
	    "'process':{'cwd':'/','apparmorProfile':'x'}",
	    "'process':{'cwd':'/','selinuxLabel':'x'}",
	    "'process':{'cwd':'/','scheduler':{'policy':'SCHED_IDLE'}}",
	    "'process':{'cwd':'/','ioPriority':{'class':'IOPRIO_CLASS_IDLE'}}",
	    "'mounts':[{'destination':'/proc'}]",
	    "'hooks':{'poststop':[{'path':'/x'}]}",
	    "'linux':{'namespaces':[{'type':'pid'}]}",
	    "'linux':{'devices':[{'path':'/dev/x'}]}",
	    "'linux':{'sysctl':{'a':'b'}}",
	    "'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW'}}",
	    "'linux':{'resources':{'pids':{}}}",
	    "'linux':{'cgroupsPath':'/x'}",
	    "'linux':{'maskedPaths':['/x']}",
	    "'linux':{'readonlyPaths':['/x']}",
	    "'linux':{'rootfsPropagation':'shared'}",
	    "'windows':{'layerFolders':['x']}",
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		struct fixture f;

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
