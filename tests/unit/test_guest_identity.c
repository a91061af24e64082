/* SPDX-License-Identifier: MIT */
/* Who the workload runs as: the rules of runtimes, and files that nobody should have written. */
#include "guest_test.h"

#include <sys/stat.h>

#include "beneath.h"
#include "cleanup.h"
#include "identity.h"

#define PASSWD                                        \
	"root:x:0:0:root:/root:/bin/sh\n"             \
	"app:x:1000:1001:App:/home/app:/bin/sh\r\n"   \
	"app:x:2000:2000:later:/home/other:/bin/sh\n" \
	"second:x:1000:7:same number:/home/second:\n" \
	"nohome:x:1002:1002\n"
#define GROUP                       \
	"root:x:0:\n"               \
	"wheel:x:10:root,app\n"     \
	"app:x:1001:\n"             \
	"video:x:44:other, app \n"  \
	"apple:x:45:apple,appl\r\n" \
	"wheel:x:99:\n"

static struct span span(const char *text)
{
	return (struct span){text, strlen(text)};
}

/* The user as in config.json, NULL for none; "error", or "uid:gid:group,group:home". */
static void assert_identity_in(const char *passwd, const char *group, const char *user,
                               const char *expected)
{
	struct vmconfig cfg = {0};
	struct identity id;
	char text[512];
	int n;

	if (user) {
		snprintf(text, sizeof(text), "{'user':%s}", user);
		config_from(&cfg, text);
	}
	if (identity_look_up(&id, cfg.user, span(passwd), span(group)) < 0) {
		assert_string_equal(id.error, expected);
	} else {
		n = snprintf(text, sizeof(text), "%u:%u:", id.uid, id.gid);
		for (size_t i = 0; i < id.group_count; i++)
			n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%u", i ? "," : "",
			              id.groups[i]);
		snprintf(text + n, sizeof(text) - (size_t)n, ":%s", id.home);
		assert_string_equal(text, expected);
	}
	identity_release(&id);
	vmconfig_release(&cfg);
}

static void assert_identity(const char *user, const char *expected)
{
	assert_identity_in(PASSWD, GROUP, user, expected);
}

static void test_no_user_is_root(void **state)
{
	(void)state;
	assert_identity(NULL, "0:0:10:/root");
	assert_identity("{'umask':18}", "0:0:10:/root");
	assert_identity_in("", "", NULL, "0:0::/root");
	assert_identity_in("root:x:0:0::/data:\n", "", NULL, "0:0::/data");
}

static void test_by_number(void **state)
{
	(void)state;
	assert_identity("{'uid':1000}", "1000:1001:10,44:/home/app");
	assert_identity("{'uid':1000,'gid':5}", "1000:5::/home/app");
	assert_identity("{'uid':1000,'group':'wheel'}", "1000:10::/home/app");
	assert_identity("{'uid':4000}", "4000:0::/");
	assert_identity("{'uid':4000,'gid':4001}", "4000:4001::/");
	assert_identity("{'uid':4294967294}", "4294967294:0::/");
	assert_identity_in("", "", "{'uid':0}", "0:0::/");
}

static void test_by_name(void **state)
{
	(void)state;
	assert_identity("{'name':'app'}", "1000:1001:10,44:/home/app");
	assert_identity("{'name':'app','group':'video'}", "1000:44::/home/app");
	assert_identity("{'name':'app','gid':6}", "1000:6::/home/app");
	assert_identity("{'name':'nohome'}", "1002:1002::/");
	assert_identity("{'name':'nobody'}", "user 'nobody' not found in the guest's /etc/passwd");
	assert_identity("{'name':'app','group':'none'}",
	                "group 'none' not found in the guest's /etc/group");
	assert_identity_in("", "", "{'name':'app'}",
	                   "user 'app' not found in the guest's /etc/passwd");
}

static void test_names_of_digits(void **state)
{
	(void)state;
	assert_identity("{'name':'1000'}", "1000:1001:10,44:/home/app");
	assert_identity("{'name':'4000','group':'4001'}", "4000:4001::/");
	assert_identity("{'name':'4294967295'}", "user '4294967295' is not in 0..4294967294");
	assert_identity("{'name':'99999999999999999999'}",
	                "user '99999999999999999999' is not in 0..4294967294");
	assert_identity("{'name':'app','group':'4294967295'}",
	                "group '4294967295' is not in 0..4294967294");
}

static void test_additional_groups(void **state)
{
	(void)state;
	assert_identity("{'uid':1000,'gid':5,'additional_gids':[7,8]}", "1000:5:7,8:/home/app");
	assert_identity("{'name':'app','additional_gids':[7]}", "1000:1001:10,44,7:/home/app");
}

/* Numbers that the table of fields would have refused. */
static void test_numbers_out_of_range(void **state)
{
	int64_t minus_one = -1;
	const struct user users[] = {
	    {.uid = {true, 4294967295}},
	    {.uid = {true, -1}},
	    {.gid = {true, 4294967295}},
	    {.additional_gids = {&minus_one, 1}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		struct identity id;

		assert_int_equal(identity_look_up(&id, &users[i], span(PASSWD), span(GROUP)),
		                 -EINVAL);
		assert_true(id.error[0] != '\0');
		identity_release(&id);
	}
}

static void test_odd_lines(void **state)
{
	static const char passwd[] = "\n"
	                             "# app:x:1:1::/comment:\n"
	                             "+::::::\n"
	                             "+app:x:2:2::/nis:\n"
	                             ":x:1000:3::/unnamed:\n"
	                             "app\n"
	                             "app:x\n"
	                             "app:x:\n"
	                             "app:x:5:\n"
	                             "app:x:-5:5::/negative:\n"
	                             "app:x:0x10:5::/hex:\n"
	                             "app:x:4294967295:5::/minus-one:\n"
	                             "app:x:18446744073709551617:5::/overflow:\n"
	                             "  app:x:1000:1000::relative\t\r\n"
	                             "last:x:6:6::/no-newline";

	(void)state;
	assert_identity_in(passwd, "app\napp:x\napp:x:no:app\nok:x:9:app", "{'name':'app'}",
	                   "1000:1000:9:/");
	assert_identity_in(passwd, "", "{'name':'last'}", "6:6::/no-newline");
	assert_identity_in(passwd, "", "{'uid':5}", "5:0::/");
}

static void test_nul_in_text(void **state)
{
	static const char passwd[] = "a\0b:x:1:1::/:\napp:x:1000:1000::/ho\0me:\n";
	struct user user = {.name = (char[]){"app"}};
	struct identity id;

	(void)state;
	assert_int_equal(identity_look_up(&id, &user, (struct span){passwd, sizeof(passwd) - 1},
	                                  (struct span){"", 0}),
	                 0);
	assert_int_equal(id.uid, 1000);
	assert_string_equal(id.home, "/");
	identity_release(&id);
}

/* As many groups as the kernel takes, and one more. */
static void test_limit_of_groups(void **state)
{
	static const char line[] = "g:x:5:app\n";
	size_t step = sizeof(line) - 1;
	_cleanup_free_ char *group = malloc(step * (MAX_GROUPS + 1));
	struct user user = {.name = (char[]){"app"}};
	struct identity id;

	(void)state;
	for (size_t i = 0; i <= MAX_GROUPS; i++)
		memcpy(group + i * step, line, step);
	assert_int_equal(
	    identity_look_up(&id, &user, span(PASSWD), (struct span){group, step * MAX_GROUPS}), 0);
	assert_int_equal(id.group_count, MAX_GROUPS);
	identity_release(&id);
	assert_int_equal(identity_look_up(&id, &user, span(PASSWD),
	                                  (struct span){group, step * (MAX_GROUPS + 1)}),
	                 -EINVAL);
	assert_string_equal(id.error,
	                    "the user has more supplementary groups than NGROUPS_MAX (65536)");
	identity_release(&id);
}

static void assert_read(int root_fd, int result, const char *error)
{
	struct user user = {.name = (char[]){"root"}};
	struct identity id;

	assert_int_equal(identity_read(&id, &user, root_fd), result);
	assert_string_equal(id.error, error);
	identity_release(&id);
}

static void test_files(void **state)
{
	static const char text[] = "root:x:0:0::/root:\n";
	char top[] = "/tmp/vmconfig-identity-XXXXXX";
	_cleanup_fd_ int root = -1, fd = -1;

	(void)state;
	assert_non_null(mkdtemp(top));
	root = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_read(root, -ENOENT, "user 'root' not found in the guest's /etc/passwd");
	assert_int_equal(beneath_replace(root, "/etc/passwd", text, strlen(text), 0644), 0);
	assert_read(root, 0, "");
	assert_int_equal(mkfifoat(root, "etc/group", 0644), 0);
	assert_read(root, -EINVAL, "the guest's '/etc/group' is not a regular file");
	fd = openat(root, "etc/passwd", O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, MAX_ACCOUNT_BYTES + 1), 0);
	assert_read(root, -EFBIG,
	            "the guest's '/etc/passwd' is larger than MAX_ACCOUNT_BYTES (4194304)");
	remove_tree(top);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_user_is_root),   cmocka_unit_test(test_by_number),
	    cmocka_unit_test(test_by_name),           cmocka_unit_test(test_names_of_digits),
	    cmocka_unit_test(test_additional_groups), cmocka_unit_test(test_numbers_out_of_range),
	    cmocka_unit_test(test_odd_lines),         cmocka_unit_test(test_nul_in_text),
	    cmocka_unit_test(test_limit_of_groups),   cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
