/* SPDX-License-Identifier: MIT */
/* What execve(2) is given, and which failure is told from which. */
#include "guest_test.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "exec_plan.h"

static char top[64];

static int set_up(void **state)
{
	(void)state;
	snprintf(top, sizeof(top), "/tmp/vmconfig-exec-XXXXXX");
	return mkdtemp(top) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	remove_tree(top);
	return 0;
}

static void assert_strings(char **strings, const char *expected)
{
	char text[1024] = "";

	for (size_t i = 0; strings[i]; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "[%s]", strings[i]);
	assert_string_equal(text, expected);
}

/* What is made from a config: its arguments, its environment and where the program is looked for.
 */
static void assert_plan(const char *json, const char *argv, const char *envp, const char *paths)
{
	struct exec_plan plan;
	struct vmconfig cfg;

	config_from(&cfg, json);
	assert_int_equal(exec_plan_make(&plan, &cfg, "/home/x"), 0);
	assert_strings(plan.argv, argv);
	assert_strings(plan.envp, envp);
	assert_strings(plan.paths, paths);
	exec_plan_release(&plan);
	vmconfig_release(&cfg);
}

static void test_arguments_are_entrypoint_and_cmd(void **state)
{
	(void)state;
	assert_plan("{'entrypoint':['/a','b c'],'cmd':['','d'],'env':{'HOME':'h'}}",
	            "[/a][b c][][d]", "[HOME=h]", "[/a]");
	assert_plan("{'cmd':['/only'],'env':{'HOME':'h'}}", "[/only]", "[HOME=h]", "[/only]");
}

static void test_environment_is_in_order_and_has_a_home(void **state)
{
	(void)state;
	assert_plan("{'cmd':['/a'],'env':{'Z':'1','A':'','E':'=x='}}", "[/a]",
	            "[Z=1][A=][E==x=][HOME=/home/x]", "[/a]");
	assert_plan("{'cmd':['/a'],'env':{'HOME':'','B':'2'}}", "[/a]", "[HOME=][B=2]", "[/a]");
}

static void test_where_a_program_is_looked_for(void **state)
{
	(void)state;
	assert_plan("{'cmd':['p'],'env':{'PATH':'/a:/b/c','HOME':''}}", "[p]",
	            "[PATH=/a:/b/c][HOME=]", "[/a/p][/b/c/p]");
	/* An empty part is the working directory. */
	assert_plan("{'cmd':['p'],'env':{'PATH':'','HOME':''}}", "[p]", "[PATH=][HOME=]", "[./p]");
	assert_plan("{'cmd':['p'],'env':{'PATH':':/a::/b:','HOME':''}}", "[p]",
	            "[PATH=:/a::/b:][HOME=]", "[./p][/a/p][./p][/b/p][./p]");
	assert_plan("{'cmd':['./p'],'env':{'PATH':'/a','HOME':''}}", "[./p]", "[PATH=/a][HOME=]",
	            "[./p]");
	assert_plan("{'cmd':['d/p'],'env':{'PATH':'/a','HOME':''}}", "[d/p]", "[PATH=/a][HOME=]",
	            "[d/p]");
	assert_plan(
	    "{'cmd':['p'],'env':{'HOME':''}}", "[p]", "[HOME=]",
	    "[/usr/local/sbin/p][/usr/local/bin/p][/usr/sbin/p][/usr/bin/p][/sbin/p][/bin/p]");
}

static void test_working_directory(void **state)
{
	static const char *const texts[] = {"{'cmd':['/a']}", "{'cmd':['/a'],'workdir':''}"};
	struct exec_plan plan;
	struct vmconfig cfg;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		config_from(&cfg, texts[i]);
		assert_int_equal(exec_plan_make(&plan, &cfg, "/"), 0);
		assert_true(strcmp(plan.workdir, "/") == 0 || strcmp(plan.workdir, "") == 0);
		exec_plan_release(&plan);
		vmconfig_release(&cfg);
	}
}

static void put(const char *name, const char *text, mode_t mode)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	f = fopen(path, "we");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

/* Execute it in a child. Return: the errno of the failure, or what the program exits with. */
static int run(const char *program, const char *path)
{
	struct vmconfig cfg;
	struct exec_plan plan;
	char json[1024];
	int status;
	pid_t pid;

	snprintf(json, sizeof(json), "{'cmd':['%s'],'env':{'PATH':'%s'}}", program, path);
	config_from(&cfg, json);
	assert_int_equal(exec_plan_make(&plan, &cfg, "/"), 0);
	pid = fork();
	if (pid == 0)
		_exit(chdir(top) < 0 ? 255 : -exec_plan_run(&plan));
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	exec_plan_release(&plan);
	vmconfig_release(&cfg);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_failures_are_told_apart(void **state)
{
	char path[256];

	(void)state;
	put("good", "#!/bin/sh\nexit 42\n", 0755);
	put("closed", "#!/bin/sh\nexit 42\n", 0644);
	put("lost", "#!/none/sh\n", 0755);
	put("text", "exit 42\n", 0755);
	snprintf(path, sizeof(path), "%s/dir", top);
	assert_int_equal(mkdir(path, 0755), 0);

	assert_int_equal(run("./good", ""), 42);
	assert_int_equal(run("./none", ""), ENOENT);
	assert_int_equal(run("./good/x", ""), ENOENT);
	assert_int_equal(run("./closed", ""), EACCES);
	assert_int_equal(run("./dir", ""), EACCES);
	assert_int_equal(run("./lost", ""), ELIBACC);
	assert_int_equal(run("./text", ""), ENOEXEC);
	assert_int_equal(run("none", "/none:"), ENOENT);
}

static void test_search_goes_on_behind_what_cannot_be_used(void **state)
{
	char path[640], dir[256];

	(void)state;
	put("file", "", 0644);
	for (int i = 1; i <= 3; i++) {
		snprintf(dir, sizeof(dir), "%s/%d", top, i);
		assert_int_equal(mkdir(dir, 0755), 0);
	}
	snprintf(dir, sizeof(dir), "%s/1/prog", top);
	assert_int_equal(mkdir(dir, 0755), 0);
	put("2/prog", "#!/bin/sh\nexit 42\n", 0644);
	snprintf(path, sizeof(path), "/none:%s/file:%s/1:%s/2", top, top, top);
	assert_int_equal(run("prog", path), EACCES);
	put("3/prog", "#!/bin/sh\nexit 42\n", 0755);
	snprintf(path, sizeof(path), "/none:%s/file:%s/1:%s/2:%s/3", top, top, top, top);
	assert_int_equal(run("prog", path), 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_arguments_are_entrypoint_and_cmd),
	    cmocka_unit_test(test_environment_is_in_order_and_has_a_home),
	    cmocka_unit_test(test_where_a_program_is_looked_for),
	    cmocka_unit_test(test_working_directory),
	    cmocka_unit_test_setup_teardown(test_failures_are_told_apart, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_search_goes_on_behind_what_cannot_be_used, set_up,
	                                    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
