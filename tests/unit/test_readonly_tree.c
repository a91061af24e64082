/* SPDX-License-Identifier: MIT */
/* host/readonly_tree.c: what is mounted below counts, now and later. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "readonly_tree.h"
#include "scratch_test.h"

#define NO_RIGHTS 77 /* to mount */

/* Return: 0, or the errno of a file that cannot be made. */
static int try_write(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int mount_there(const char *path)
{
	return mount("none", path, "tmpfs", 0, NULL);
}

/* The server: says that its tree is read-only, hears that there is one mount more, tries. */
static int serve(const char *tree, int say, int hear)
{
	const char *files[] = {"tree/a", "tree/below/a", "tree/later/a"};
	char c = 0;

	if (readonly_tree(tree) < 0 || write(say, &c, 1) != 1 || read(hear, &c, 1) != 1)
		return 1;
	for (int i = 0; i < 3; i++)
		if (try_write(files[i]) != EROFS)
			return 2 + i;
	return try_write("elsewhere") ? 5 : 0;
}

/* Its host, in a namespace that passes mounts on as a real one does. Return: the server's status.
 */
static int be_host(const char *tree)
{
	int up[2], down[2], status = 0;
	char c = 0;
	pid_t pid;

	if (unshare(CLONE_NEWNS) < 0)
		return NO_RIGHTS;
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount_there("tree/below"))
		return NO_RIGHTS;
	if (mount("none", "/", NULL, MS_REC | MS_SHARED, NULL) < 0 || pipe2(up, O_CLOEXEC) < 0 ||
	    pipe2(down, O_CLOEXEC) < 0)
		return 10;
	pid = fork();
	if (pid == 0)
		_exit(serve(tree, up[1], down[0]));
	close(up[1]);
	if (read(up[0], &c, 1) == 1 && (mount_there("tree/later") || write(down[1], &c, 1) != 1))
		return 11;
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 12;
	/* Here all is as it was. */
	return try_write("tree/b") || try_write("tree/below/b") ? 13 : WEXITSTATUS(status);
}

static void test_mounts_below(void **state)
{
	char tree[sizeof(scratch_path) + 8];
	int status;
	pid_t pid;

	(void)state;
	snprintf(tree, sizeof(tree), "%s/tree", scratch_path);
	assert_int_equal(
	    mkdir("tree", 0700) | mkdir("tree/below", 0700) | mkdir("tree/later", 0700), 0);
	pid = fork();
	if (pid == 0)
		_exit(be_host(tree));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_RIGHTS)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    scratch_test(test_mounts_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
