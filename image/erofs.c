/* SPDX-License-Identifier: MIT */
/* Writing an erofs image, with mkfs.erofs of erofs-utils. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive_tool.h"
#include "error.h"
#include "tree.h"

#define TOOL            "mkfs.erofs"
#define PACKAGE         "erofs-utils, 1.8.6 or newer"
#define OLDEST          ((1u << 16) + (8u << 8) + 6u)
#define MAX_LABEL_BYTES 15u

/*
 * Files that end within a block could share it with their inodes, but then the
 * tool puts all bytes into a file of its own first: like this it writes each
 * where it belongs as it comes. Times are kept in inodes of the larger form alone.
 */
static void execute(const struct image_request *request, const struct tree *tree)
{
	const unsigned char *id = request->uuid;
	char uuid[40] = "00000000-0000-0000-0000-000000000000", time[24], *end = uuid;

	(void)tree;
	for (size_t i = 0; id && i < 16; i++)
		end +=
		    sprintf(end, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", id[i]);
	snprintf(time, sizeof(time), "%lld", (long long)request->time);
	execlp(TOOL, TOOL, "--quiet", "--tar=f", "--sort=none",
	       "-Enoinline_data,force-inode-extended", "-b4096", "-T", time, "--mkfs-time", "-U",
	       uuid, "-L", request->label ? request->label : "", "/proc/self/fd/3", (char *)NULL);
}

static const struct archive_tool tool = {
    .format = "erofs",
    .program = TOOL,
    .package = PACKAGE,
    .exact = true,
    .execute = execute,
};

/* What "mkfs.erofs (erofs-utils) 1.8.6" says; 0 when there is no such line. */
static unsigned parse_version(const char *text)
{
	static const char before[] = "mkfs.erofs (erofs-utils) ";
	unsigned major, minor, patch = 0;

	if (strncmp(text, before, strlen(before)) != 0 ||
	    sscanf(text + strlen(before), "%u.%u.%u", &major, &minor, &patch) < 2)
		return 0;
	return (major << 16) + (minor << 8) + patch;
}

/* An old one says on standard error how it wants to be called, which nobody asked. */
static int spawn_version(int output, pid_t *child)
{
	static char program[] = TOOL, version[] = "--version";
	char *words[] = {program, version, NULL};
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return error;
	error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	if (!error)
		error = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
		                                         O_WRONLY, 0);
	if (!error)
		error = posix_spawnp(child, TOOL, &actions, NULL, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

/* What it prints of itself: a line or two, less than what a pipe takes at once. */
static int ask_version(char *text, size_t size)
{
	int ends[2], error;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return errno;
	error = spawn_version(ends[1], &child);
	close(ends[1]);
	if (!error) {
		ssize_t n = read(ends[0], text, size - 1);

		text[n > 0 ? n : 0] = '\0';
	}
	close(ends[0]);
	while (!error && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return error;
}

static int check_tool(const struct image_request *request)
{
	char text[256];

	if (ask_version(text, sizeof(text)) != 0)
		return fail("cannot write '%s': cannot run '" TOOL "' (" PACKAGE ")",
		            request->path);
	if (parse_version(text) < OLDEST)
		return fail("cannot write '%s': '" TOOL "' is of an erofs-utils before 1.8.6, "
		            "which cannot be counted on to read archives; --format squashfs needs "
		            "none",
		            request->path);
	return 0;
}

static int begin(const struct image_request *request, struct tree *tree, void **writer)
{
	int r = check_tool(request);

	if (r < 0)
		return r;
	if (request->label && strlen(request->label) > MAX_LABEL_BYTES)
		return fail("cannot write '%s': erofs has room for a label of %u bytes, not for "
		            "'%s'",
		            request->path, MAX_LABEL_BYTES, request->label);
	return archive_begin(&tool, request, tree, writer);
}

const struct image_format erofs_format = {
    .name = "erofs",
    .has_identity = true,
    .begin = begin,
    .data = archive_data,
    .end_file = archive_end_file,
    .finish = archive_finish,
    .release = archive_release,
};
