/* SPDX-License-Identifier: MIT */
/* Writing a squashfs image, with sqfstar of squashfs-tools. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "archive_tool.h"
#include "error.h"
#include "tree.h"

#define TOOL "sqfstar"

/* Without levels, which sqfstar of 4.5 takes for the name of the image. */
static const char *const compressions[] = {"gzip", "lz4", "zstd", NULL};

/* The time of the newest file; those of the future, and before 1970, do not count. */
static int64_t newest(const struct image_request *request, const struct tree *tree)
{
	int64_t time = request->time;

	for (const struct inode *i = tree->first; i; i = i->next)
		if (i->names && i->mtime > time && i->mtime <= UINT32_MAX)
			time = i->mtime;
	return time;
}

/*
 * 4.5 gives the root directory to root and dates it today, whatever the archive
 * and -root-uid, -root-gid and -root-time say. SOURCE_DATE_EPOCH is the one
 * thing that bounds that time, and no file is newer than the newest.
 */
static int start(struct archive *archive, const struct image_request *request,
                 const struct tree *tree)
{
	char mode[16], time[24];
	const char *const words[] = {TOOL,
	                             "-quiet",
	                             "-no-progress",
	                             "-force",
	                             "-reproducible",
	                             "-comp",
	                             request->compression ? request->compression : compressions[0],
	                             "-root-mode",
	                             mode,
	                             "/proc/self/fd/3",
	                             NULL};

	snprintf(mode, sizeof(mode), "%o", (unsigned)(tree->root->mode & 07777));
	snprintf(time, sizeof(time), "%lld", (long long)newest(request, tree));
	/* Our own has been read. */
	if (setenv("SOURCE_DATE_EPOCH", time, 1) < 0)
		return fail_errno(errno, "cannot write '%s'", request->path);
	return archive_run(archive, words);
}

static const struct archive_tool tool = {
    .format = "squashfs",
    .program = TOOL,
    .package = "squashfs-tools, 4.5 or newer",
    .no_acls = true,
    .start = start,
};

static int check_root(const struct image_request *request, const struct inode *root)
{
	if (root->xattrs.count)
		return fail("cannot write '%s': the root directory's attribute '%s' has no place "
		            "in an archive for " TOOL,
		            request->path, root->xattrs.items[0].name);
	if (root->uid || root->gid)
		return fail("cannot write '%s': " TOOL " can give the root directory to none but "
		            "root, not to %u:%u",
		            request->path, root->uid, root->gid);
	return 0;
}

static int begin(const struct image_request *request, struct tree *tree, void **writer)
{
	int r = check_root(request, tree->root);

	return r < 0 ? r : archive_begin(&tool, request, tree, writer);
}

const struct image_format squashfs_format = {
    .name = "squashfs",
    .compressions = compressions,
    .begin = begin,
    .data = archive_data,
    .end_file = archive_end_file,
    .finish = archive_finish,
    .release = archive_release,
};
