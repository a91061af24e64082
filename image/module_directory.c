/* SPDX-License-Identifier: MIT */
/* Finding lib/modules/VERSION. */
#include "module_directory.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"

#define BUILT_ROOT "build/kernel" /* beside the outputs that `run` looks for */

static bool has(const char *dir, const char *name)
{
	_cleanup_free_ char *path = NULL;
	bool found;

	if (asprintf(&path, "%s/%s", dir, name) < 0) {
		path = NULL;
		return false;
	}
	found = access(path, F_OK) == 0;
	return found;
}

static int join(const char *dir, const char *name, char **path)
{
	if (asprintf(path, "%s/%s", dir, name) >= 0)
		return 0;
	*path = NULL;
	return fail_errno(ENOMEM, "'%s'", dir);
}

/* The only directory of modules below @versions, or the running kernel's. */
static int choose_version(const char *versions, char **path)
{
	struct utsname system;
	char name[256] = "";
	size_t count = 0;
	struct dirent *entry;
	DIR *dir = opendir(versions);

	if (!dir)
		return fail_errno(errno, "cannot read '%s'", versions);
	while ((entry = readdir(dir))) {
		_cleanup_free_ char *below = NULL;

		if (entry->d_name[0] == '.' || join(versions, entry->d_name, &below) < 0 ||
		    !has(below, "modules.dep"))
			continue;
		count++;
		snprintf(name, sizeof(name), "%s", entry->d_name);
	}
	closedir(dir);
	if (count > 1 && uname(&system) == 0 && has(versions, system.release))
		return join(versions, system.release, path);
	if (count == 0)
		return fail(
		    "'%s' has no modules of a kernel: no VERSION/modules.dep (depmod makes it)",
		    versions);
	if (count > 1)
		return fail("'%s' has modules of %zu kernels: choose with --kernel-version",
		            versions, count);
	return join(versions, name, path);
}

int module_directory_find(const char *root, const char *version, char **path)
{
	static const char *const below[] = {"lib/modules", "usr/lib/modules"};
	_cleanup_free_ char *versions = NULL;
	int r = 0;

	if (!root)
		root = has(BUILT_ROOT, below[0]) ? BUILT_ROOT : "";
	if (*root && access(root, F_OK) < 0)
		return fail_errno(errno, "cannot open '%s'", root);
	if (*root && has(root, "modules.dep"))
		return version ? fail("--kernel-version: '%s' is of one version already", root)
		               : -!(*path = strdup(root));
	for (size_t i = 0; !versions && i < sizeof(below) / sizeof(below[0]); i++)
		if (has(root, below[i]))
			r = join(root, below[i], &versions);
	if (r < 0)
		return r;
	if (!versions && !(versions = strdup(root)))
		return fail_errno(ENOMEM, "'%s'", root);
	if (!version)
		return choose_version(versions, path);
	if (strchr(version, '/') || !has(versions, version))
		return fail("'%s' has no modules of kernel '%s'", versions, version);
	return join(versions, version, path);
}
