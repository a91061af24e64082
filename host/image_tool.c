/* SPDX-License-Identifier: MIT */
/*
 * The commands that make images are another program's: it links with libraries
 * that take several times as long to load as `build` takes to run.
 */
#include "image_tool.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"

#define IMAGE_TOOL           "vmconfig-image"
#define INSTALLED_IMAGE_TOOL VMCONFIG_LIBDIR "/" IMAGE_TOOL

/* The path beside this program's own, for free(); NULL when that cannot be told. */
static char *path_beside(void)
{
	char self[PATH_MAX + sizeof(IMAGE_TOOL)];
	ssize_t n = readlink("/proc/self/exe", self, PATH_MAX);
	char *slash;

	if (n <= 0 || n >= PATH_MAX)
		return NULL;
	self[n] = '\0';
	slash = strrchr(self, '/');
	if (!slash)
		return NULL;
	memcpy(slash + 1, IMAGE_TOOL, sizeof(IMAGE_TOOL));
	return strdup(self);
}

char *image_tool_find(void)
{
	char *beside = path_beside();

	if (beside && access(beside, X_OK) == 0)
		return beside;
	if (access(INSTALLED_IMAGE_TOOL, X_OK) == 0) {
		free(beside);
		return strdup(INSTALLED_IMAGE_TOOL);
	}
	fail_errno(errno, "cannot run '%s', which makes images, neither at '%s' nor at '%s'",
	           IMAGE_TOOL, beside ? beside : "", INSTALLED_IMAGE_TOOL);
	free(beside);
	return NULL;
}

int image_tool_run(const struct command *self, int argc, char **argv)
{
	_cleanup_free_ char **words = calloc((size_t)argc + 2, sizeof(*words));
	_cleanup_free_ char *name = strdup(IMAGE_TOOL);
	_cleanup_free_ char *beside = path_beside();
	int error = ENOENT;

	(void)self;
	if (!words || !name)
		return fail_errno(ENOMEM, "cannot run '%s'", IMAGE_TOOL);
	words[0] = name;
	memcpy(words + 1, argv, (size_t)argc * sizeof(*argv));
	if (beside) {
		execv(beside, words);
		error = errno;
	}
	if (error == ENOENT) {
		execv(INSTALLED_IMAGE_TOOL, words);
		error = errno;
	}
	return fail_errno(error, "cannot run '%s', which makes images, neither at '%s' nor at '%s'",
	                  IMAGE_TOOL, beside ? beside : "", INSTALLED_IMAGE_TOOL);
}
