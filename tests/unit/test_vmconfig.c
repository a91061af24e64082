/* SPDX-License-Identifier: MIT */
/* config.json as a whole: every field there and back, the canonical text, the seed schema. */
#include "document_test.h"

#include "contract.h"
#include "list.h"
#include "record.h"
#include "record_member.h"
#include "vmconfig.h"

/* Every field, in the order of the table; no two values alike, so that none can stand in for
 * another. */
static const char every_field[] =
    "{\"version\":1,"
    "\"requires\":[\"user\",\"terminal\",\"rlimits\",\"capabilities\",\"no_new_privileges\",\"oom_"
    "score_adj\",\"scheduler\",\"io_priority\","
    "\"personality\",\"seccomp\",\"interfaces\",\"root\",\"grow\",\"errors\",\"guest_root\","
    "\"format\","
    "\"mounts\","
    "\"devices\",\"masked_paths\",\"readonly_paths\",\"rootfs_propagation\",\"files\",\"sysctl\","
    "\"hooks\"],"
    "\"entrypoint\":[\"/bin/server\",\"--flag=a b\",\"\"],"
    "\"cmd\":[\"\\\"quoted\\\"\",\"line\\nline\",\"$(x)\",\"\xc3\xa9\"],"
    "\"workdir\":\"/srv\","
    "\"env\":{\"PATH\":\"/bin:/usr/bin\",\"FOO.BAR-baz\":\"a=b\",\"EMPTY\":\"\"},"
    "\"user\":{\"uid\":1000,\"gid\":1001,\"additional_gids\":[10,4294967294],\"umask\":18,"
    "\"name\":\"app\",\"group\":\"staff\"},"
    "\"terminal\":true,\"console_size\":{\"height\":50,\"width\":132},"
    "\"rlimits\":[{\"type\":\"RLIMIT_NOFILE\",\"soft\":1024,\"hard\":18446744073709551615},"
    "{\"type\":\"RLIMIT_RTTIME\",\"soft\":9007199254740993,\"hard\":9223372036854775809}],"
    "\"capabilities\":{\"bounding\":[\"CAP_CHOWN\",\"CAP_KILL\"],\"effective\":[\"CAP_KILL\"],"
    "\"inheritable\":[\"CAP_SETGID\"],\"permitted\":[\"CAP_SETUID\"],\"ambient\":[\"CAP_FOWNER\"]},"
    "\"no_new_privileges\":true,\"oom_score_adj\":-17,"
    "\"scheduler\":{\"policy\":\"SCHED_DEADLINE\",\"nice\":-5,\"priority\":3,"
    "\"flags\":[\"SCHED_FLAG_RECLAIM\"],\"runtime\":10000000,\"deadline\":20000000,\"period\":"
    "30000000},"
    "\"io_priority\":{\"class\":\"IOPRIO_CLASS_BE\",\"priority\":6},"
    "\"personality\":{\"domain\":\"LINUX32\",\"flags\":[\"none\"]},"
    "\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,"
    "\"architectures\":[\"SCMP_ARCH_X86_64\"],\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\"],"
    "\"listenerPath\":\"/run/listener\",\"listenerMetadata\":\"meta\","
    "\"syscalls\":[{\"names\":[\"clone\",\"read\"],\"action\":\"SCMP_ACT_ALLOW\",\"errnoRet\":"
    "4294967295,"
    "\"args\":[{\"index\":5,\"value\":18446744073709551614,\"valueTwo\":2080505856,"
    "\"op\":\"SCMP_CMP_MASKED_EQ\"}]}]},"
    "\"hostname\":\"web\",\"domainname\":\"example.org\","
    "\"network_enabled\":true,"
    "\"guest_ip\":\"10.0.2.15\",\"guest_cidr\":24,\"guest_gw\":\"10.0.2.2\","
    "\"guest_dns\":\"10.0.2.3\","
    "\"interfaces\":[{\"name\":\"wan0\",\"mac\":\"52:54:00:12:34:56\","
    "\"addresses\":[\"192.0.2.1/24\",\"2001:db8::1/64\"],"
    "\"gateway\":\"192.0.2.254\",\"gateway6\":\"fe80::1\","
    "\"routes\":[{\"to\":\"198.51.100.0/24\",\"via\":\"192.0.2.3\",\"metric\":4294967295,"
    "\"onlink\":true},{\"to\":\"2001:db8:1::/48\"}],"
    "\"mtu\":1400},{\"name\":\"lan0\"}],"
    "\"dns\":{\"servers\":[\"192.0.2.53\"],\"search\":[\"example.net\"],"
    "\"options\":[\"ndots:2\"]},"
    "\"hosts\":[{\"ip\":\"192.0.2.7\",\"names\":[\"db\",\"db.local\"]}],"
    "\"root\":{\"device\":\"label=rootfs\",\"fstype\":\"ext4\",\"mode\":\"overlay\","
    "\"overlay_device\":\"serial=upper\",\"options\":[\"noatime\"],"
    "\"grow\":true,\"errors\":\"mount\"},"
    "\"guest_root\":{\"device\":\"serial=guest\",\"fstype\":\"xfs\",\"options\":[\"noatime\"]},"
    "\"volume_mounts\":[{\"device\":\"/dev/vdd\",\"path\":\"/data\",\"mode\":\"overlay\","
    "\"overlay_device\":\"uuid=0-1\",\"format\":\"ext4\",\"grow\":true,"
    "\"errors\":\"refuse\"},{\"device\":\"serial=logs\",\"path\":\"/logs\","
    "\"mode\":\"ro\"}],"
    "\"mounts\":[{\"destination\":\"/cache\",\"type\":\"tmpfs\",\"source\":\"cache\","
    "\"options\":[\"size=64m\",\"nosuid\"]},{\"destination\":\"/mnt\"}],"
    "\"devices\":[{\"path\":\"/dev/"
    "fuse\",\"type\":\"c\",\"major\":10,\"minor\":229,\"file_mode\":438,"
    "\"uid\":7,\"gid\":8},{\"path\":\"/dev/pipe\",\"type\":\"p\"}],"
    "\"masked_paths\":[\"/proc/kcore\"],\"readonly_paths\":[\"/proc/bus\"],"
    "\"rootfs_propagation\":\"slave\","
    "\"files\":[{\"path\":\"/etc/app.conf\",\"mode\":384,\"uid\":9,\"gid\":11,\"content\":\"key = "
    "value\\n\"},"
    "{\"path\":\"/etc/key\",\"content_base64\":\"AP8=\"}],"
    "\"sysctl\":{\"net.ipv4.ip_forward\":\"1\"},"
    "\"hooks\":{\"start_container\":[{\"path\":\"/bin/hook\",\"args\":[\"hook\",\"-x\"],"
    "\"env\":[\"A=b\"],\"timeout\":12}]},"
    "\"init_mode\":\"exec\","
    "\"stop_signal\":\"SIGQUIT\",\"stop_timeout\":30,"
    "\"report\":{\"channel\":\"console\",\"port\":1024,\"nonce\":\"00ff\"},"
    "\"annotations\":{\"org.example/a\":\"b\"},"
    "\"agent\":{\"path\":\"/opt/agent\",\"args\":[\"-v\"]},"
    "\"kernel_headers\":{\"path\":\"/headers.cpio\"},"
    "\"skip_kernel_headers\":true,\"skip_guest_agent\":true,"
    "\"entropy\":\"c2VlZA==\"}\n";

/* As the seed schema's host writes it: Go's null for an empty list, its escapes, nothing of ours.
 */
static const char seed[] =
    "{\"entrypoint\":null,\"cmd\":[\"nginx\",\"-g\",\"daemon off;\"],\"workdir\":\"\","
    "\"env\":null,\"network_enabled\":true,\"guest_ip\":\"10.100.0.7\",\"guest_cidr\":16,"
    "\"guest_gw\":\"10.100.0.1\",\"guest_dns\":\"1.1.1.1\","
    "\"volume_mounts\":[{\"device\":\"/dev/vdd\",\"path\":\"/a\\u0026b\",\"mode\":\"rw\"}],"
    "\"init_mode\":\"exec\",\"skip_guest_agent\":true}";

static void decode(struct vmconfig *cfg, const char *text, const char *problems)
{
	struct document d;

	memset(cfg, 0, sizeof(*cfg));
	document_from(&d, text);
	assert_int_equal(d.result, 0);
	vmconfig_decode(cfg, &d.doc, &d.problems);
	assert_problems(&d.problems, problems);
	document_release(&d);
}

static void assert_encodes(const struct vmconfig *cfg, const char *expected)
{
	char *text = vmconfig_encode(cfg);

	assert_string_equal(text, expected);
	free(text);
}

/* Each row must be given in at least one of the structs. */
static void assert_covers(const struct record *rec, const char *items, size_t count,
                          const char *parent)
{
	for (const struct field *f = rec->fields; f->key; f++) {
		const char *item = NULL;
		char path[128];

		snprintf(path, sizeof(path), "%s/%s", parent, f->key);
		for (size_t i = 0; i < count && !item; i++)
			if (field_is_set(f, items + i * rec->size))
				item = items + i * rec->size;
		if (!item)
			fail_msg("the sample has no '%s': add it", path);
		else if (f->type == FIELD_RECORD)
			assert_covers(f->record, member_pointer(f, item), 1, path);
		else if (f->type == FIELD_RECORDS)
			assert_covers(f->record, member_pointer(f, item), member_count(f, item),
			              path);
	}
}

static void test_every_field_both_ways(void **state)
{
	struct vmconfig cfg;

	(void)state;
	decode(&cfg, every_field, "");
	assert_covers(&vmconfig_record, (const char *)&cfg, 1, "");
	assert_encodes(&cfg, every_field);
	vmconfig_release(&cfg);
	assert_memory_equal(&cfg, &(struct vmconfig){0}, sizeof(cfg));
}

static void test_members(void **state)
{
	struct vmconfig cfg;

	(void)state;
	decode(&cfg, every_field, "");
	assert_string_equal(cfg.entrypoint.items[1], "--flag=a b");
	assert_string_equal(cfg.cmd.items[1], "line\nline");
	assert_string_equal(strmap_get(&cfg.env, "FOO.BAR-baz"), "a=b");
	assert_int_equal(cfg.user->additional_gids.items[1], 4294967294);
	assert_int_equal(cfg.guest_cidr.value, 24);
	assert_string_equal(cfg.interfaces.items[0].routes.items[1].to, "2001:db8:1::/48");
	assert_string_equal(cfg.interfaces.items[1].name, "lan0");
	assert_int_equal(cfg.root->mode, VOLUME_OVERLAY);
	assert_int_equal(cfg.volume_mounts.items[1].mode, VOLUME_RO);
	assert_int_equal(cfg.init_mode, INIT_MODE_EXEC);
	assert_string_equal(cfg.report->nonce, "00ff");
	vmconfig_release(&cfg);
}

/* The keys of a document may stand in any order and on any line; the canonical text has one form.
 */
static void test_canonical(void **state)
{
	struct vmconfig cfg;

	(void)state;
	decode(&cfg,
	       "\n{ 'init_mode' : 'systemd',\n\t'env' : { 'B' : '\\u0062', 'A' : '\\/' },\r\n"
	       "'cmd' : [ 'x' ] , 'stop_timeout' : -0, 'version': 1 }\n\n",
	       "");
	assert_encodes(&cfg, "{\"version\":1,\"entrypoint\":[],\"cmd\":[\"x\"],\"workdir\":\"\","
	                     "\"env\":{\"B\":\"b\",\"A\":\"/\"},\"network_enabled\":false,"
	                     "\"init_mode\":\"systemd\",\"stop_timeout\":0}\n");
	vmconfig_release(&cfg);
}

static void test_empty(void **state)
{
	struct vmconfig cfg;

	(void)state;
	decode(&cfg, "{}", "");
	/* What the seed schema's host writes always, and nothing else. */
	assert_encodes(&cfg, "{\"entrypoint\":[],\"cmd\":[],\"workdir\":\"\",\"env\":{},"
	                     "\"network_enabled\":false,\"init_mode\":\"\"}\n");
	vmconfig_release(&cfg);
}

static void test_seed(void **state)
{
	struct problems problems = {0};
	struct vmconfig cfg;

	(void)state;
	decode(&cfg, seed, "");
	assert_int_equal(vmconfig_check(&cfg, NULL, &problems), 0);
	assert_problems(&problems, "");
	assert_false(cfg.version.set);
	assert_int_equal(cfg.entrypoint.count, 0);
	assert_string_equal(cfg.volume_mounts.items[0].path, "/a&b");
	/* Ours of the same: what the seed's guest knows, and a version that it ignores. */
	assert_int_equal(vmconfig_seal(&cfg), 0);
	assert_encodes(
	    &cfg, "{\"version\":1,\"entrypoint\":[],\"cmd\":[\"nginx\",\"-g\",\"daemon off;\"],"
	          "\"workdir\":\"\",\"env\":{},\"network_enabled\":true,"
	          "\"guest_ip\":\"10.100.0.7\",\"guest_cidr\":16,\"guest_gw\":\"10.100.0.1\","
	          "\"guest_dns\":\"1.1.1.1\",\"volume_mounts\":[{\"device\":\"/dev/vdd\","
	          "\"path\":\"/a&b\",\"mode\":\"rw\"}],\"init_mode\":\"exec\","
	          "\"skip_guest_agent\":true}\n");
	vmconfig_release(&cfg);
}

static void test_seal(void **state)
{
	struct vmconfig cfg;

	(void)state;
	/* What stood there before does not count. */
	decode(&cfg, "{'requires':['old'],'cmd':['x'],'user':{},'root':{'mode':'ro'}}", "");
	assert_int_equal(vmconfig_seal(&cfg), 0);
	assert_int_equal(cfg.version.value, CONFIG_VERSION);
	assert_int_equal(cfg.requires.count, 2);
	assert_string_equal(cfg.requires.items[0], "user");
	assert_string_equal(cfg.requires.items[1], "root");
	assert_int_equal(vmconfig_seal(&cfg), 0);
	assert_int_equal(cfg.requires.count, 2);
	vmconfig_release(&cfg);
}

static void assert_features(const struct record *rec, const struct strlist *features)
{
	for (const struct field *f = rec->fields; f->key; f++) {
		if (f->feature)
			assert_true(strlist_contains(features, f->feature));
		if (f->record)
			assert_features(f->record, features);
	}
}

/* A sealed config says what it needs for each field that must not be ignored, and passes. */
static void test_seal_every_feature(void **state)
{
	struct problems problems = {0};
	struct vmconfig cfg;

	(void)state;
	decode(&cfg, every_field, "");
	strlist_release(&cfg.requires);
	assert_int_equal(vmconfig_seal(&cfg), 0);
	assert_features(&vmconfig_record, &cfg.requires);
	for (size_t i = 0; i < cfg.requires.count; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(cfg.requires.items[i], cfg.requires.items[k]);
	vmconfig_check(&cfg, NULL, &problems);
	for (size_t i = 0; i < problems.count; i++)
		assert_string_not_equal(problems.items[i].rule, "requires");
	problems_release(&problems);
	vmconfig_release(&cfg);
}

/* The seed schema's own keys must never need a feature: its guest would not know the name. */
static void test_seed_keys_need_nothing(void **state)
{
	static const char *const keys[] = {
	    "entrypoint",      "cmd",           "workdir",    "env",
	    "network_enabled", "guest_ip",      "guest_cidr", "guest_gw",
	    "guest_dns",       "volume_mounts", "init_mode",  "skip_kernel_headers",
	    "skip_guest_agent"};
	size_t found = 0;

	(void)state;
	for (const struct field *f = vmconfig_record.fields; f->key; f++)
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			if (strcmp(f->key, keys[i]) == 0) {
				assert_null(f->feature);
				found++;
			}
	assert_int_equal(found, ARRAY_SIZE(keys));
}

static void assert_documented(const struct record *rec)
{
	for (const struct field *f = rec->fields; f->key; f++) {
		if (!f->doc || !f->doc[0])
			fail_msg("'%s' of '%s' has no doc", f->key, rec->name);
		if (f->record)
			assert_documented(f->record);
	}
}

static void test_every_field_is_documented(void **state)
{
	(void)state;
	assert_documented(&vmconfig_record);
}

static void test_problems_have_places(void **state)
{
	struct vmconfig cfg;

	(void)state;
	decode(&cfg,
	       "{\n'cmd':'x',\n'hostname':'a b',\n'volume_mounts':[{'device':'vdd','path':'data',"
	       "'mode':'wr'}],\n'egress_proxy':{}\n}",
	       "2:7 error type /cmd: is a string, must be an array\n"
	       "3:12 error hostname /hostname: 'a b' has a character that no host name may have\n"
	       "4:28 error device /volume_mounts/0/device: 'vdd' is no device: use /dev/NAME, "
	       "serial=NAME, label=NAME or uuid=UUID\n"
	       "4:41 error absolute-path /volume_mounts/0/path: 'data' is not an absolute path\n"
	       "4:55 error enum /volume_mounts/0/mode: 'wr' is none of: ro, rw, overlay\n"
	       "5:16 warning unknown-key /egress_proxy: unknown key, ignored");
	vmconfig_release(&cfg);
}

/* The numbers at and beyond each limit of a row. */
static void test_limits(void **state)
{
	static const struct {
		const char *good;
		const char *bad;
	} cases[] = {
	    {"{'version':1}", "{'version':0}"},
	    {"{'version':65535}", "{'version':65536}"},
	    {"{'user':{'uid':0}}", "{'user':{'uid':-1}}"},
	    {"{'user':{'uid':4294967294}}", "{'user':{'uid':4294967295}}"},
	    {"{'user':{'gid':4294967294}}", "{'user':{'gid':4294967295}}"},
	    {"{'user':{'additional_gids':[4294967294]}}",
	     "{'user':{'additional_gids':[4294967295]}}"},
	    {"{'user':{'umask':511}}", "{'user':{'umask':512}}"},
	    {"{'guest_cidr':32}", "{'guest_cidr':33}"},
	    {"{'guest_cidr':0}", "{'guest_cidr':-1}"},
	    {"{'interfaces':[{'mtu':68}]}", "{'interfaces':[{'mtu':67}]}"},
	    {"{'interfaces':[{'mtu':65535}]}", "{'interfaces':[{'mtu':65536}]}"},
	    {"{'interfaces':[{'routes':[{'to':'default','metric':4294967295}]}]}",
	     "{'interfaces':[{'routes':[{'to':'default','metric':4294967296}]}]}"},
	    {"{'stop_timeout':86400}", "{'stop_timeout':86401}"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct vmconfig cfg = {0};
		struct document d;

		decode(&cfg, cases[i].good, "");
		vmconfig_release(&cfg);
		document_from(&d, cases[i].bad);
		assert_int_equal(vmconfig_decode(&cfg, &d.doc, &d.problems), -EINVAL);
		assert_int_equal(d.problems.count, 1);
		assert_string_equal(d.problems.items[0].rule, "range");
		vmconfig_release(&cfg);
		document_release(&d);
	}
}

/* {"KEY":[ITEM,…]} with @count items. */
static void assert_list_limit(const char *key, const char *item, size_t limit)
{
	for (size_t count = limit; count <= limit + 1; count++) {
		struct vmconfig cfg = {0};
		struct document d;
		char *text = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);

		assert_non_null(out);
		fprintf(out, "{'%s':[%s", key, item);
		for (size_t i = 1; i < count; i++)
			fprintf(out, ",%s", item);
		fputs("]}", out);
		fclose(out);
		document_from(&d, text);
		assert_int_equal(vmconfig_decode(&cfg, &d.doc, &d.problems),
		                 count > limit ? -EINVAL : 0);
		if (count > limit)
			assert_string_equal(d.problems.items[0].rule, "count");
		vmconfig_release(&cfg);
		document_release(&d);
		free(text);
	}
}

static void test_list_limits(void **state)
{
	(void)state;
	assert_list_limit("interfaces", "{}", MAX_INTERFACES);
	assert_list_limit("hosts", "{'ip':'::1','names':['a']}", MAX_HOSTS);
	assert_list_limit("volume_mounts", "{'device':'label=a','path':'/a','mode':'ro'}",
	                  MAX_VOLUMES);
}

static void test_large(void **state)
{
	struct vmconfig cfg = {0};
	struct document d;
	char *text = NULL, *encoded;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_non_null(out);
	fputs("{\"entrypoint\":[],\"cmd\":[\"x\"],\"workdir\":\"\",\"env\":{", out);
	for (int i = 0; i < 10000; i++)
		fprintf(out, "%s\"V%d\":\"%d\"", i ? "," : "", i, i * 7);
	fputs("},\"network_enabled\":false,\"init_mode\":\"\"}\n", out);
	fclose(out);
	document_from(&d, text);
	assert_int_equal(vmconfig_decode(&cfg, &d.doc, &d.problems), 0);
	assert_int_equal(cfg.env.count, 10000);
	assert_int_equal(vmconfig_check(&cfg, &d.doc, &d.problems), 0);
	encoded = vmconfig_encode(&cfg);
	assert_string_equal(encoded, text);
	free(encoded);
	free(text);
	vmconfig_release(&cfg);
	document_release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_field_both_ways),
	    cmocka_unit_test(test_members),
	    cmocka_unit_test(test_canonical),
	    cmocka_unit_test(test_empty),
	    cmocka_unit_test(test_seed),
	    cmocka_unit_test(test_seal),
	    cmocka_unit_test(test_seal_every_feature),
	    cmocka_unit_test(test_seed_keys_need_nothing),
	    cmocka_unit_test(test_every_field_is_documented),
	    cmocka_unit_test(test_problems_have_places),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_list_limits),
	    cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
