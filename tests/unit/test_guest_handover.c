/* SPDX-License-Identifier: MIT */
/* What is made ready for an init of the image's own, piece by piece. */
#include "guest_test.h"

#include <limits.h>
#include <signal.h>
#include <sys/stat.h>

#include "beneath.h"
#include "init_kind.h"
#include "last_stage.h"
#include "machine_id.h"
#include "preflight.h"
#include "runtime_file.h"
#include "systemd_env.h"

struct tree {
	char path[64];
	int fd;
};

static int make_tree(void **state)
{
	static struct tree t;

	snprintf(t.path, sizeof(t.path), "/tmp/test_guest_handover.XXXXXX");
	assert_non_null(mkdtemp(t.path));
	t.fd = open(t.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(t.fd >= 0);
	*state = &t;
	return 0;
}

static int drop_tree(void **state)
{
	struct tree *t = *state;

	close(t->fd);
	remove_tree(t->path);
	return 0;
}

static void put(struct tree *t, const char *path, const char *text, size_t length, mode_t mode)
{
	assert_int_equal(beneath_replace(t->fd, path, text, length, mode), 0);
}

static void read_back(struct tree *t, const char *path, char *text, size_t size)
{
	char *data = NULL;
	size_t length = 0;

	assert_int_equal(beneath_read(t->fd, path, size - 1, &data, &length), 0);
	memcpy(text, data, length + 1);
	free(data);
}

static void test_inits_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(init_kind_of("/r/usr/lib/systemd/systemd")->stop_signal, 38);
	assert_int_equal(init_kind_of("/r/usr/lib/systemd/systemd")->force_signal, 48);
	assert_true(init_kind_of("systemd")->is_systemd);
	assert_int_equal(init_kind_of("/r/bin/busybox")->stop_signal, SIGUSR2);
	assert_int_equal(init_kind_of("/r/sbin/my-init")->stop_signal, SIGTERM);
	assert_false(init_kind_of("/systemd/init")->is_systemd);
}

static void test_the_last_stage_is_told_by_name(void **state)
{
	(void)state;
	assert_true(last_stage_is_asked_for("/shutdown"));
	assert_true(last_stage_is_asked_for("/run/initramfs/shutdown"));
	assert_true(last_stage_is_asked_for("shutdown"));
	assert_false(last_stage_is_asked_for("/init"));
	assert_false(last_stage_is_asked_for("/shutdown/init"));
	assert_false(last_stage_is_asked_for(NULL));
}

static int look(struct tree *t, const char *path, char *missing)
{
	char real[PATH_MAX];

	missing[0] = '\0';
	return preflight(t->fd, path, real, missing);
}

static void test_preflight(void **state)
{
	struct tree *t = *state;
	char real[PATH_MAX], missing[PATH_MAX];

	assert_int_equal(look(t, "/sbin/init", missing), -ENOENT);
	put(t, "/sbin/init", "#! /bin/sh -e\n", 14, 0644);
	assert_int_equal(look(t, "/sbin/init", missing), -EACCES);
	assert_int_equal(look(t, "/sbin", missing), -EACCES);
	assert_int_equal(look(t, "/sbin/init/x", missing), -ENOENT);
	put(t, "/sbin/init", "#! /bin/sh -e\n", 14, 0755);
	assert_int_equal(look(t, "/sbin/init", missing), -ELIBACC);
	assert_string_equal(missing, "/bin/sh");
	put(t, "/bin/sh", "", 0, 0755);
	assert_int_equal(look(t, "/sbin/init", missing), 0);
	put(t, "/sbin/text", "hello\n", 6, 0755);
	assert_int_equal(look(t, "/sbin/text", missing), -ENOEXEC);
	put(t, "/sbin/text", "#!\n", 3, 0755);
	assert_int_equal(look(t, "/sbin/text", missing), -ENOEXEC);
	put(t, "/sbin/text", "", 0, 0755);
	assert_int_equal(look(t, "/sbin/text", missing), -ENOEXEC);
	/* A link of the image that means a file of the image. */
	assert_int_equal(symlinkat("/sbin/init", t->fd, "link"), 0);
	assert_int_equal(preflight(t->fd, "/link", real, missing), 0);
	assert_string_equal(real + strlen(real) - strlen("/sbin/init"), "/sbin/init");
	assert_int_equal(mkfifoat(t->fd, "fifo", 0755), 0);
	assert_int_equal(look(t, "/fifo", missing), -EACCES);
}

/* This test is a dynamic program: its loader is not in the tree, until it is. */
static void test_preflight_of_elf(void **state)
{
	struct tree *t = *state;
	static char self[8 << 20];
	char missing[PATH_MAX], loader[PATH_MAX];
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, self, sizeof(self));

	close(fd);
	assert_true(n > 64 && n < (ssize_t)sizeof(self));
	put(t, "/sbin/init", self, (size_t)n, 0755);
	assert_int_equal(look(t, "/sbin/init", missing), -ELIBACC);
	assert_int_equal(missing[0], '/');
	strcpy(loader, missing);
	put(t, loader, "x", 1, 0755);
	assert_int_equal(look(t, "/sbin/init", missing), 0);
	/* Cut off in the middle of its headers. */
	put(t, "/sbin/init", self, 70, 0755);
	assert_int_equal(look(t, "/sbin/init", missing), -ENOEXEC);
	/* Its program headers are nowhere. */
	memset(self + 32, 0xff, 8);
	put(t, "/sbin/init", self, 4096, 0755);
	assert_int_equal(look(t, "/sbin/init", missing), -ENOEXEC);
}

static void test_machine_id(void **state)
{
	static const char *const replaced[] = {NULL, "uninitialized\n", "uninitialized"};
	static const char *const kept[] = {"", "0123456789abcdef0123456789abcdef\n",
	                                   "uninitialized by hand\n"};
	struct tree *t = *state;
	char text[64];

	for (size_t i = 0; i < 3; i++) {
		if (replaced[i])
			put(t, "/etc/machine-id", replaced[i], strlen(replaced[i]), 0444);
		assert_int_equal(machine_id_provide(t->fd), 0);
		read_back(t, "/etc/machine-id", text, sizeof(text));
		assert_string_equal(text, "");
	}
	for (size_t i = 0; i < 3; i++) {
		put(t, "/etc/machine-id", kept[i], strlen(kept[i]), 0444);
		assert_int_equal(machine_id_provide(t->fd), 0);
		read_back(t, "/etc/machine-id", text, sizeof(text));
		assert_string_equal(text, kept[i]);
	}
}

static void test_environment_is_quoted(void **state)
{
	struct tree *t = *state;
	struct runtime_file f;
	struct vmconfig cfg;
	char text[1024];

	config_from(&cfg, "{'cmd':['x'],'env':{'A':'b c','_Q1':'\\'','B':'\\\\','P':'100%n',"
	                  "'NL':'a\\nb','U':'\\u00e9','E':'','D':'$HOME','container':'oci',"
	                  "'a.b':'1','1A':'2'}}");
	runtime_file_begin(&f);
	systemd_env_write(&f, &cfg.env);
	assert_int_equal(runtime_file_end(&f, t->fd, "/a/b.conf", 0644), 0);
	read_back(t, "/a/b.conf", text, sizeof(text));
	assert_string_equal(strchr(text, '['), "[Manager]\n"
	                                       "DefaultEnvironment=\"A=b c\"\n"
	                                       "DefaultEnvironment=\"_Q1=\\\"\"\n"
	                                       "DefaultEnvironment=\"B=\\\\\"\n"
	                                       "DefaultEnvironment=\"P=100%%n\"\n"
	                                       "DefaultEnvironment=\"NL=a\\x0ab\"\n"
	                                       "DefaultEnvironment=\"U=\xc3\xa9\"\n"
	                                       "DefaultEnvironment=\"E=\"\n"
	                                       "DefaultEnvironment=\"D=$HOME\"\n");
	vmconfig_release(&cfg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_inits_are_told_apart),
	    cmocka_unit_test(test_the_last_stage_is_told_by_name),
	    cmocka_unit_test_setup_teardown(test_preflight, make_tree, drop_tree),
	    cmocka_unit_test_setup_teardown(test_preflight_of_elf, make_tree, drop_tree),
	    cmocka_unit_test_setup_teardown(test_machine_id, make_tree, drop_tree),
	    cmocka_unit_test_setup_teardown(test_environment_is_quoted, make_tree, drop_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
