/* SPDX-License-Identifier: MIT */
/* The rules between fields: each once, with its pointer, and the nearest config that passes. */
#include "document_test.h"

#include "contract.h"
#include "list.h"
#include "vmconfig.h"

static void assert_checks(const char *text, const char *expected)
{
	struct vmconfig cfg = {0};
	struct document d;

	document_from(&d, text);
	assert_int_equal(d.result, 0);
	assert_int_equal(vmconfig_decode(&cfg, &d.doc, &d.problems), 0);
	assert_int_equal(vmconfig_check(&cfg, &d.doc, &d.problems), expected[0] ? -EINVAL : 0);
	assert_problems(&d.problems, expected);
	vmconfig_release(&cfg);
	document_release(&d);
}

static void test_version(void **state)
{
	(void)state;
	assert_checks("{'cmd':['x'],'version':1}", "");
	assert_checks("{'cmd':['x'],'version':2}",
	              "1:24 error version /version: "
	              "schema version '2' is newer than this reader's, 1");
}

static void test_requires(void **state)
{
	(void)state;
	assert_checks("{'cmd':['x'],'requires':['user','root','terminal','interfaces']}", "");
	/* A known one may be asked for without the field that needs it. */
	assert_checks("{'cmd':['x'],'requires':['root']}", "");
	assert_checks("{'cmd':['x'],'requires':['user','rocket',\n'cmd']}",
	              "1:33 error requires /requires/1: "
	              "requires 'rocket', which this reader does not know\n"
	              "2:1 error requires /requires/2: "
	              "requires 'cmd', which this reader does not know");
}

static void test_command(void **state)
{
	(void)state;
	assert_checks("{'entrypoint':['x']}", "");
	assert_checks("{'cmd':['x','']}", "");
	assert_checks(" {}", "1:2 error command : "
	                     "nothing to run: 'entrypoint' and 'cmd' are both empty");
	assert_checks("{'cmd':['','x']}", "1:9 error command /cmd/0: the program's name is empty");
	assert_checks("{'cmd':['x'],'entrypoint':['']}",
	              "1:28 error command /entrypoint/0: the program's name is empty");
}

/* A config with a word of @length bytes in the middle. */
static void assert_long(const char *before, size_t length, const char *after, const char *expected)
{
	char *value = malloc(length + 1);
	char *text = NULL;

	assert_non_null(value);
	memset(value, 'a', length);
	value[length] = '\0';
	assert_true(asprintf(&text, "%s%s%s", before, value, after) > 0);
	assert_checks(text, expected);
	free(text);
	free(value);
}

static void test_argument_length(void **state)
{
	(void)state;
	assert_long("{'cmd':['x','", MAX_ARG_BYTES - 1, "']}", "");
	assert_long("{'cmd':['x','", MAX_ARG_BYTES, "']}",
	            "1:13 error arg-length /cmd/1: "
	            "is longer than one argument may be (MAX_ARG_STRLEN, 131072 bytes)");
	assert_long("{'cmd':['x'],'entrypoint':['x','y','", MAX_ARG_BYTES, "']}",
	            "1:36 error arg-length /entrypoint/2: "
	            "is longer than one argument may be (MAX_ARG_STRLEN, 131072 bytes)");
	assert_long("{'cmd':['x'],'env':{'K':'", MAX_ARG_BYTES - 3, "'}}", "");
	assert_long("{'cmd':['x'],'env':{'K':'", MAX_ARG_BYTES - 2, "'}}",
	            "1:20 error arg-length /env: "
	            "'K' is longer than one variable may be (MAX_ARG_STRLEN, 131072 bytes)");
}

/* @count words that cost 1 KiB each with their NUL and pointer. */
static void assert_total(size_t count, const char *expected)
{
	const size_t length = 1024 - 1 - sizeof(char *);
	struct problems problems = {0};
	struct vmconfig cfg = {0};
	char word[1024];

	memset(word, 'a', length);
	word[length] = '\0';
	for (size_t i = 0; i < count; i++)
		assert_int_equal(strlist_add(&cfg.cmd, word), 0);
	vmconfig_check(&cfg, NULL, &problems);
	assert_problems(&problems, expected);
	problems_release(&problems);
	vmconfig_release(&cfg);
}

static void test_argument_total(void **state)
{
	(void)state;
	assert_total(MAX_EXEC_BYTES / 1024, "");
	assert_total(MAX_EXEC_BYTES / 1024 + 1,
	             "0:0 error arg-total : arguments and environment together exceed ARG_MAX "
	             "(2 MiB, with pointers and the program's path)");
}

static void test_user(void **state)
{
	(void)state;
	assert_checks("{'cmd':['x'],'user':{'uid':1,'group':'b'}}", "");
	assert_checks("{'cmd':['x'],'user':{'name':'a','gid':1}}", "");
	assert_checks("{'cmd':['x'],'user':{'name':'a','uid':0}}",
	              "1:21 error user /user: has both 'uid' and 'name'");
	assert_checks("{'cmd':['x'],'user':{'group':'a','gid':0}}",
	              "1:21 error user /user: has both 'gid' and 'group'");
}

static void test_seed_network(void **state)
{
	(void)state;
	assert_checks("{'cmd':['x'],'network_enabled':true,'guest_ip':'10.0.0.2','guest_cidr':24,"
	              "'guest_gw':'10.0.0.1'}",
	              "");
	/* Off, but described: what the seed schema's host may leave. */
	assert_checks("{'cmd':['x'],'guest_ip':'10.0.0.2','guest_cidr':24}", "");
	assert_checks("{'cmd':['x'],'guest_cidr':0,'guest_dns':'1.1.1.1'}", "");
	assert_checks("{'cmd':['x'],'guest_cidr':24}",
	              "1:27 error network /guest_cidr: is given without 'guest_ip'");
	assert_checks("{'cmd':['x'],'guest_gw':'10.0.0.1'}",
	              "1:25 error network /guest_gw: is given without 'guest_ip'");
	assert_checks("{'cmd':['x'],'network_enabled':true}",
	              "1:32 error network /network_enabled: needs 'guest_ip' or 'interfaces'");
	assert_checks("{'cmd':['x'],'network_enabled':true,'guest_ip':'10.0.0.2'}",
	              "1:48 error network /guest_ip: is given without 'guest_cidr'");
	assert_checks("{'cmd':['x'],'network_enabled':true,'guest_ip':'10.0.0.2','guest_cidr':0}",
	              "1:48 error network /guest_ip: is given without 'guest_cidr'");
	assert_checks(
	    "{'cmd':['x'],'network_enabled':true,'guest_ip':'10.0.0.2','guest_cidr':8,"
	    "'interfaces':[{}]}",
	    "1:48 error network /guest_ip: is given beside 'interfaces': use one of them");
}

#define WITH_NICS(nics) "{'cmd':['x'],'network_enabled':true,'interfaces':[" nics "]}"

static void test_interfaces(void **state)
{
	(void)state;
	assert_checks(WITH_NICS("{},{},{'name':'a'},{'name':'A'},{'mac':'02:00:00:00:00:01'},"
	                        "{'mac':'02:00:00:00:00:02'}"),
	              "");
	assert_checks("{'cmd':['x'],'interfaces':[{}]}",
	              "1:27 error network /interfaces: are given, but 'network_enabled' is false");
	assert_checks(WITH_NICS("{'name':'a'},{'name':'b'},{'name':'a'}"),
	              "1:85 error duplicate /interfaces/2/name: is that of an earlier interface");
	assert_checks(WITH_NICS("{'mac':'02:00:00:00:00:aa'},{'mac':'02:00:00:00:00:AA'}"),
	              "1:86 error duplicate /interfaces/1/mac: is that of an earlier interface");
}

static void test_routes(void **state)
{
	(void)state;
	assert_checks(WITH_NICS("{'routes':[{'to':'default','via':'10.0.0.1'},"
	                        "{'to':'default','via':'fe80::1'},{'to':'10.0.0.0/8'},"
	                        "{'to':'10.0.0.0/8','via':'10.0.0.1'},"
	                        "{'to':'fd00::/8','via':'fe80::1'}]}"),
	              "");
	assert_checks(WITH_NICS("{'routes':[{'to':'default'}]}"),
	              "1:62 error route /interfaces/0/routes/0: a default route needs 'via'");
	assert_checks(WITH_NICS("{},{'routes':[{'to':'10.0.0.0/8'},"
	                        "{'to':'10.0.0.0/8','via':'fe80::1'}]}"),
	              "1:85 error route /interfaces/1/routes/1: "
	              "'to' and 'via' are of different families");
	assert_checks(WITH_NICS("{'routes':[{'to':'10.1.0.0/15'},{'to':'fd00::1/127'}]}"),
	              "1:68 error route /interfaces/0/routes/0/to: has bits set behind its prefix\n"
	              "1:89 error route /interfaces/0/routes/1/to: has bits set behind its prefix");
	assert_checks(WITH_NICS("{'routes':[{'to':'10.2.0.0/15'},{'to':'10.1.1.1/32'},"
	                        "{'to':'0.0.0.0/0'},{'to':'fd00::2/127'}]}"),
	              "");
}

static void test_root(void **state)
{
	(void)state;
	assert_checks("{'cmd':['x'],'root':{}}", "");
	assert_checks("{'cmd':['x'],'root':{'mode':'overlay','overlay_device':'/dev/vdb'}}", "");
	assert_checks("{'cmd':['x'],'root':{'overlay_device':'/dev/vdb'}}", "");
	assert_checks("{'cmd':['x'],'root':{'mode':'ro','overlay_device':'/dev/vdb'}}",
	              "1:51 error root /root/overlay_device: goes with mode 'overlay' only");
	assert_checks("{'cmd':['x'],'root':{'mode':'rw','overlay_device':'/dev/vdb'}}",
	              "1:51 error root /root/overlay_device: goes with mode 'overlay' only");
	assert_checks("{'cmd':['x'],'root':{'device':'label=a','overlay_device':'label=a'}}",
	              "1:58 error root /root/overlay_device: is the device below as well");
	/* The device below has a default. */
	assert_checks("{'cmd':['x'],'root':{'overlay_device':'/dev/vda'}}",
	              "1:39 error root /root/overlay_device: is the device below as well");
}

static void test_guest_root(void **state)
{
	(void)state;
	assert_checks("{'cmd':['x'],'guest_root':{'device':'/dev/vdb'}}", "");
	assert_checks("{'cmd':['x'],'guest_root':{'device':'/dev/vda'}}",
	              "1:37 error root /guest_root/device: is the container's root as well");
	assert_checks(
	    "{'cmd':['x'],'root':{'device':'label=a'},'guest_root':{'device':'/dev/vda'}}", "");
	assert_checks("{'cmd':['x'],'root':{'device':'label=a'},'guest_root':{'device':'label=a'}}",
	              "1:65 error root /guest_root/device: is the container's root as well");
	assert_checks("{'cmd':['x'],'root':{'overlay_device':'/dev/vdb'},"
	              "'guest_root':{'device':'/dev/vdb'}}",
	              "1:74 error root /guest_root/device: "
	              "is the writable layer of the container's root as well");
	assert_checks("{'cmd':['x'],'init_mode':'systemd','guest_root':{'device':'/dev/vdb'}}",
	              "1:49 error init-mode /guest_root: is the root of init, which stays PID 1: "
	              "with init_mode 'systemd' the image's init would be");
}

#define WITH_VOLUMES(volumes) "{'cmd':['x'],'volume_mounts':[" volumes "]}"

static void test_volumes(void **state)
{
	(void)state;
	assert_checks(WITH_VOLUMES("{'device':'label=a','path':'/a','mode':'rw'},"
	                           "{'device':'label=b','path':'/a/b','mode':'ro'},"
	                           "{'device':'label=c','path':'/ab','mode':'overlay',"
	                           "'overlay_device':'label=d'}"),
	              "");
	assert_checks(WITH_VOLUMES("{'device':'label=a','path':'//','mode':'rw'}"),
	              "1:58 error volume /volume_mounts/0/path: "
	              "is the root filesystem's place: use 'root'");
	assert_checks(WITH_VOLUMES("{'device':'label=a','path':'/a','mode':'overlay'}"),
	              "1:31 error volume /volume_mounts/0: mode 'overlay' needs 'overlay_device'");
	assert_checks(WITH_VOLUMES("{'device':'label=a','path':'/a','mode':'rw',"
	                           "'overlay_device':'label=b'}"),
	              "1:92 error volume /volume_mounts/0/overlay_device: "
	              "goes with mode 'overlay' only");
	assert_checks(WITH_VOLUMES("{'device':'label=a','path':'/a','mode':'overlay',"
	                           "'overlay_device':'label=a'}"),
	              "1:97 error volume /volume_mounts/0/overlay_device: "
	              "is the device below as well");
}

static void test_duplicate_volumes(void **state)
{
	(void)state;
	assert_checks(WITH_VOLUMES("{'device':'label=a','path':'/a/b','mode':'rw'},\n"
	                           "{'device':'label=b','path':'/c','mode':'rw'},\n"
	                           "{'device':'label=c','path':'//a/b/','mode':'rw'}"),
	              "3:28 error duplicate /volume_mounts/2/path: "
	              "is the place of an earlier volume");
	assert_checks(WITH_VOLUMES("{'device':'label=a','path':'/a-b','mode':'rw'},"
	                           "{'device':'label=b','path':'/a/b','mode':'rw'},"
	                           "{'device':'label=c','path':'/a','mode':'rw'}"),
	              "");
}

/* All at once, from a struct that never was a document: pointers, but no lines. */
static void test_every_rule_speaks(void **state)
{
	struct root root = {.mode = VOLUME_RO, .overlay_device = (char[]){"label=x"}};
	struct user user = {.uid = {true, 1}, .name = (char[]){"a"}};
	const struct vmconfig cfg = {
	    .version = {true, 9}, .user = &user, .root = &root, .network_enabled = true};
	struct problems problems = {0};

	(void)state;
	assert_int_equal(vmconfig_check(&cfg, NULL, &problems), -EINVAL);
	assert_problems(
	    &problems,
	    "0:0 error version /version: schema version '9' is newer than this reader's, 1\n"
	    "0:0 error command : nothing to run: 'entrypoint' and 'cmd' are both empty\n"
	    "0:0 error user /user: has both 'uid' and 'name'\n"
	    "0:0 error network /network_enabled: needs 'guest_ip' or 'interfaces'\n"
	    "0:0 error root /root/overlay_device: goes with mode 'overlay' only");
	problems_release(&problems);
}

/* A hostile list of unknown features costs no more than the problems that are kept. */
static void test_many_problems(void **state)
{
	struct problems problems = {0};
	struct vmconfig cfg = {0};

	(void)state;
	assert_int_equal(strlist_add(&cfg.cmd, "x"), 0);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(strlist_add(&cfg.requires, "rocket"), 0);
	assert_int_equal(vmconfig_check(&cfg, NULL, &problems), -EINVAL);
	assert_int_equal(problems.count, MAX_PROBLEMS);
	assert_int_equal(problems.errors, 100000);
	problems_release(&problems);
	vmconfig_release(&cfg);
}

static void test_rlimits(void **state)
{
	(void)state;
	assert_checks("{'cmd':['x'],'rlimits':[{'type':'RLIMIT_AS','soft':5,'hard':5},"
	              "{'type':'RLIMIT_CPU','soft':0,'hard':18446744073709551615}]}",
	              "");
	assert_checks("{'cmd':['x'],\n'rlimits':[{'type':'RLIMIT_AS','soft':6,'hard':5},\n"
	              "{'type':'RLIMIT_AS','soft':0,'hard':0}]}",
	              "2:39 error rlimit /rlimits/0/soft: is above 'hard'\n"
	              "3:9 error duplicate /rlimits/1/type: is that of an earlier limit");
}

static void test_seccomp(void **state)
{
	(void)state;
	assert_checks("{'cmd':['x'],'seccomp':{'defaultAction':'SCMP_ACT_ALLOW'}}", "");
	assert_checks("{'cmd':['x'],'seccomp':{'defaultAction':'ALLOW',\n'listenerPath':'/l',"
	              "'syscalls':[{'names':['read'],\n'action':'SCMP_ACT_NOTIFY'}]}}",
	              "1:41 error seccomp /seccomp/defaultAction: is no action of seccomp\n"
	              "2:16 error seccomp /seccomp/listenerPath: "
	              "a virtual machine has no listener on the host\n"
	              "3:10 error seccomp /seccomp/syscalls/0/action: "
	              "needs a listener, which a virtual machine has not");
}

static void test_hooks(void **state)
{
	(void)state;
	assert_checks(
	    "{'cmd':['x'],'hooks':{'start_container':[{'path':'/h','env':['A=','B=c']}]}}", "");
	assert_checks("{'cmd':['x'],'hooks':{'start_container':[{'path':'/h','env':['A','=b']}]}}",
	              "1:62 error env /hooks/start_container/0/env/0: is not NAME=VALUE\n"
	              "1:66 error env /hooks/start_container/0/env/1: is not NAME=VALUE");
}

static void test_devices(void **state)
{
	(void)state;
	assert_checks("{'cmd':['x'],'devices':[{'path':'/dev/p','type':'p'},"
	              "{'path':'/dev/n','type':'c','major':1,'minor':3}]}",
	              "");
	assert_checks("{'cmd':['x'],'devices':[{'path':'/dev/n','type':'u','major':1}]}",
	              "1:25 error device /devices/0: needs 'major' and 'minor'");
}

static void test_files(void **state)
{
	(void)state;
	assert_checks("{'cmd':['x'],'files':[{'path':'/a'},{'path':'/b','content':'c'}]}", "");
	assert_checks(
	    "{'cmd':['x'],'files':[{'path':'/a/',\n'content':'c','content_base64':'Yw=='}]}",
	    "1:23 error file /files/0: has both 'content' and 'content_base64'\n"
	    "1:31 error file /files/0/path: names a directory");
	assert_long("{'cmd':['x'],'files':[{'path':'/a','content':'", MAX_FILE_BYTES, "'}]}", "");
	assert_long("{'cmd':['x'],'files':[{'path':'/a','content':'", MAX_FILE_BYTES + 1, "'}]}",
	            "1:46 error file /files/0/content: is longer than 1 MiB: use a volume");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_version),
	    cmocka_unit_test(test_requires),
	    cmocka_unit_test(test_command),
	    cmocka_unit_test(test_argument_length),
	    cmocka_unit_test(test_argument_total),
	    cmocka_unit_test(test_user),
	    cmocka_unit_test(test_seed_network),
	    cmocka_unit_test(test_interfaces),
	    cmocka_unit_test(test_routes),
	    cmocka_unit_test(test_root),
	    cmocka_unit_test(test_guest_root),
	    cmocka_unit_test(test_volumes),
	    cmocka_unit_test(test_duplicate_volumes),
	    cmocka_unit_test(test_every_rule_speaks),
	    cmocka_unit_test(test_many_problems),
	    cmocka_unit_test(test_rlimits),
	    cmocka_unit_test(test_seccomp),
	    cmocka_unit_test(test_hooks),
	    cmocka_unit_test(test_devices),
	    cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
