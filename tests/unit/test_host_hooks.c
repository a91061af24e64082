/* SPDX-License-Identifier: MIT */
/* Hooks on the host: what they are given, what of their end counts, what is done about time. */
#include "scratch_test.h"

#include "hook_run.h"
#include "host_hooks.h"
#include "list.h"

#define SHELL "/bin/sh"

/* A hook that is a line of shell. */
static struct hook shell(const char *line)
{
	struct hook hook = {.path = strdup(SHELL)};

	assert_non_null(hook.path);
	assert_int_equal(strlist_add(&hook.args, "sh"), 0);
	assert_int_equal(strlist_add(&hook.args, "-c"), 0);
	assert_int_equal(strlist_add(&hook.args, line), 0);
	return hook;
}

static void release(struct hook *hook)
{
	free(hook->path);
	strlist_release(&hook->args);
	strlist_release(&hook->env);
}

static void assert_file(const char *path, const char *expected)
{
	size_t length;
	char *text = get_file(path, &length);

	assert_string_equal(text, expected);
	free(text);
}

static void assert_run(struct hook hook, int cancel, int expected, const char *message)
{
	char *why = NULL;

	assert_int_equal(hook_run(&hook, "{}", ".", cancel, &why), expected);
	if (message)
		assert_string_equal(why, message);
	else
		assert_null(why);
	free(why);
	release(&hook);
}

static void test_state_environment_arguments(void **state)
{
	struct hook hook = shell("cat >state; echo \"$0-$1-$A-$HOME\" >words; pwd -P >dir");
	char *why = NULL;

	(void)state;
	assert_int_equal(mkdir("bundle", 0755), 0);
	assert_int_equal(strlist_add(&hook.args, "zero"), 0);
	assert_int_equal(strlist_add(&hook.args, "a b"), 0);
	assert_int_equal(strlist_add(&hook.env, "A=x y"), 0);
	assert_int_equal(hook_run(&hook, "{\"id\":1}", "bundle", -1, &why), 0);
	assert_null(why);
	assert_file("bundle/state", "{\"id\":1}");
	assert_file("bundle/words", "zero-a b-x y-\n");
	release(&hook);
}

static void test_ends(void **state)
{
	struct hook missing = {.path = strdup("/does/not/exist")};

	(void)state;
	assert_run(shell("exit 0"), -1, 0, NULL);
	assert_run(shell("exit 3"), -1, -ECANCELED, "ended with status 3");
	assert_run(shell("kill -9 $$"), -1, -ECANCELED, "was killed by signal 9");
	assert_run(missing, -1, -ENOENT, "cannot be run: No such file or directory");
}

/* Nobody reads the state, and it is larger than a pipe. */
static void test_state_that_is_not_read(void **state)
{
	size_t size = 1 << 20;
	char *text = malloc(size + 1);
	struct hook hook = shell("exit 0");
	char *why = NULL;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', size);
	text[size] = '\0';
	assert_int_equal(hook_run(&hook, text, ".", -1, &why), 0);
	free(text);
	release(&hook);
}

static void test_limit(void **state)
{
	struct hook hook = shell("sleep 1000 & echo $! >child; wait");

	(void)state;
	hook.timeout = (struct optint){true, 1};
	assert_run(hook, -1, -ETIMEDOUT, "had not ended after 1 s and was killed");
}

static void test_cancel(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_run(shell("sleep 1000"), ends[0], -EINTR, "was killed, as vmconfig is to stop");
	close(ends[0]);
	close(ends[1]);
}

static void add(struct hook_list *list, const char *line)
{
	struct hook *items = list_grow(list->items, list->count, sizeof(*items));

	assert_non_null(items);
	list->items = items;
	items[list->count++] = shell(line);
}

static void test_order_and_failures(void **state)
{
	struct host_hooks h = {.bundle = strdup(".")};

	(void)state;
	add(&h.create, "echo create1 >>log");
	add(&h.create, "echo create2 >>log; exit 1");
	add(&h.create, "echo create3 >>log");
	add(&h.poststop, "echo stop1 >>log; exit 1");
	add(&h.poststop, "echo stop2 >>log");
	assert_true(host_hooks_any(&h));
	stderr_begin();
	assert_int_equal(host_hooks_create(&h, -1), -ECANCELED);
	assert_string_equal(stderr_said(), "vmconfig: hook '/bin/sh' ended with status 1");
	stderr_begin();
	host_hooks_poststop(&h);
	assert_string_equal(stderr_said(), "vmconfig: warning: hook '/bin/sh' ended with status 1");
	assert_file("log", "create1\ncreate2\nstop1\nstop2\n");
	host_hooks_release(&h);
}

static void test_state_of_each_stage(void **state)
{
	struct strmap annotations = {0};
	struct host_hooks h = {.bundle = strdup("/"), .annotations = &annotations};
	char expected[512], line[128];

	(void)state;
	assert_int_equal(strmap_set(&annotations, "key", "\"value\""), 0);
	snprintf(line, sizeof(line), "cat >%s/state", scratch_path);
	add(&h.create, line);
	add(&h.poststart, line);
	add(&h.poststop, line);
	assert_int_equal(host_hooks_create(&h, -1), 0);
	snprintf(expected, sizeof(expected),
	         "{\"ociVersion\":\"1.0.2\",\"id\":\"vmconfig-%ld\",\"status\":\"creating\","
	         "\"bundle\":\"/\",\"annotations\":{\"key\":\"\\\"value\\\"\"}}",
	         (long)getpid());
	assert_file("state", expected);
	assert_int_equal(host_hooks_poststart(&h, 4711, -1), 0);
	snprintf(expected, sizeof(expected),
	         "{\"ociVersion\":\"1.0.2\",\"id\":\"vmconfig-%ld\",\"status\":\"running\","
	         "\"pid\":4711,\"bundle\":\"/\",\"annotations\":{\"key\":\"\\\"value\\\"\"}}",
	         (long)getpid());
	assert_file("state", expected);
	host_hooks_poststop(&h);
	snprintf(expected, sizeof(expected),
	         "{\"ociVersion\":\"1.0.2\",\"id\":\"vmconfig-%ld\",\"status\":\"stopped\","
	         "\"bundle\":\"/\",\"annotations\":{\"key\":\"\\\"value\\\"\"}}",
	         (long)getpid());
	assert_file("state", expected);
	strmap_release(&annotations);
	host_hooks_release(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    scratch_test(test_state_environment_arguments),
	    scratch_test(test_ends),
	    scratch_test(test_state_that_is_not_read),
	    scratch_test(test_limit),
	    scratch_test(test_cancel),
	    scratch_test(test_order_and_failures),
	    scratch_test(test_state_of_each_stage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
