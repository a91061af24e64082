/* SPDX-License-Identifier: MIT */
/* Writing an erofs image, with mkfs.erofs of erofs-utils. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "archive_tool.h"
#include "error.h"
#include "tool.h"
#include "tree.h"

#define TOOL            "mkfs.erofs"
#define PACKAGE         "erofs-utils, 1.8.6 or newer"
#define OLDEST          ((1u << 16) + (8u << 8) + 6u)
#define MAX_LABEL_BYTES 15u
#define ASK_LIMIT_S     10

/*
 * Files that end within a block could share it with their inodes, but then the
 * tool puts all bytes into a file of its own first: like this it writes each
 * where it belongs as it comes. Times are kept in inodes of the larger form alone.
 */
static int start(struct archive *archive, const struct image_request *request,
                 const struct tree *tree)
{
	const unsigned char *id = request->uuid;
	const char *label = request->label ? request->label : "";
	char uuid[40] = "00000000-0000-0000-0000-000000000000", time[24], *end = uuid;
	const char *const words[] = {TOOL,
	                             "--quiet",
	                             "--tar=f",
	                             "--sort=none",
	                             "-Enoinline_data,force-inode-extended",
	                             "-b4096",
	                             "-T",
	                             time,
	                             "--mkfs-time",
	                             "-U",
	                             uuid,
	                             "-L",
	                             label,
	                             "/proc/self/fd/3",
	                             NULL};

	(void)tree;
	for (size_t i = 0; id && i < 16; i++)
		end +=
		    sprintf(end, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", id[i]);
	snprintf(time, sizeof(time), "%lld", (long long)request->time);
	return archive_run(archive, words);
}

static const struct archive_tool tool = {
    .format = "erofs",
    .program = TOOL,
    .package = PACKAGE,
    .exact = true,
    .start = start,
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

static int check_tool(const struct image_request *request)
{
	const char *const words[] = {TOOL, "--version", NULL};
	char text[256];
	int r = tool_ask(words, ASK_LIMIT_S * 1000, text, sizeof(text));

	if (r == -ETIMEDOUT)
		return fail("cannot write '%s': '" TOOL " --version' had not ended after %d s",
		            request->path, ASK_LIMIT_S);
	if (r < 0)
		return fail_errno(-r, "cannot write '%s': cannot run '" TOOL "' (" PACKAGE ")",
		                  request->path);
	/* An old one knows no --version, and fails. */
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
