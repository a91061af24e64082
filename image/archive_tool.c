/* SPDX-License-Identifier: MIT */
/* Writing an image through a tool's child process, which reads an archive of the tree. */
#include "archive_tool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "cleanup.h"
#include "error.h"
#include "tar_write.h"
#include "tool.h"
#include "tree.h"

#define PIPE_BYTES (1u << 20)
#define IMAGE_FD   3 /* in the child */

struct archive {
	const struct archive_tool *tool;
	struct image_request request;
	struct tree *tree;
	FILE *out;
	pid_t child;
	struct inode *file; /* whose bytes are being written */
	uint64_t done;      /* of them */
	char path[2 * MAX_PATH_BYTES];
};

static int write_failed(const struct archive *a)
{
	if (errno == EPIPE)
		return fail("cannot write '%s': '%s' has ended early", a->request.path,
		            a->tool->program);
	return fail_errno(errno, "cannot write '%s'", a->request.path);
}

/* The path of @name in @dir, by way of the directories above. NULL when it is longer than can be.
 */
static const char *path_of(struct archive *a, const struct inode *dir, const struct name *name)
{
	char *at = a->path + sizeof(a->path) - 1;

	*at = '\0';
	for (;;) {
		if ((size_t)(at - a->path) < name->length + 1)
			return NULL;
		at -= name->length;
		memcpy(at, name->text, name->length);
		if (dir == dir->parent)
			return at;
		*--at = '/';
		name = dir->name;
		dir = dir->parent;
	}
}

static int write_entry(struct archive *a, const struct inode *dir, const struct name *name,
                       const char *link)
{
	const char *path = path_of(a, dir, name);

	if (!path)
		return fail("cannot write '%s': a path is longer than %zu bytes", a->request.path,
		            sizeof(a->path));
	if (tar_write_header(a->out, name->inode, path, link, a->tool->exact) < 0)
		return write_failed(a);
	return 0;
}

/* What an archive, or this filesystem, cannot say. */
static int check_inode(struct archive *a, const struct inode *dir, const struct name *name)
{
	const struct inode *inode = name->inode;
	const char *path = path_of(a, dir, name);

	if (S_ISSOCK(inode->mode))
		return fail("cannot write '%s': '%s' is a socket, which an archive has no word for",
		            a->request.path, path ? path : name->text);
	for (size_t i = 0; i < inode->xattrs.count && a->tool->no_acls; i++)
		if (strncmp(inode->xattrs.items[i].name, "system.", 7) == 0)
			return fail("cannot write '%s': '%s': attribute '%s' has no place in "
			            "%s",
			            a->request.path, path ? path : name->text,
			            inode->xattrs.items[i].name, a->tool->format);
	return 0;
}

typedef int (*visitor)(struct archive *a, struct inode *dir, struct name *name);

/* Every name below @dir, in order. */
static int walk(struct archive *a, struct inode *dir, visitor visit)
{
	_cleanup_free_ struct name **names = tree_list(dir);
	int r = 0;

	if (!names)
		return fail_errno(ENOMEM, "cannot write '%s'", a->request.path);
	for (size_t i = 0; names[i] && r == 0; i++) {
		r = visit(a, dir, names[i]);
		if (r == 0 && S_ISDIR(names[i]->inode->mode))
			r = walk(a, names[i]->inode, visit);
	}
	return r;
}

/* All but regular files, whose bytes come later; the first name of each inode is the one that
 * counts. */
static int write_name(struct archive *a, struct inode *dir, struct name *name)
{
	struct inode *inode = name->inode;
	int r = check_inode(a, dir, name);

	if (r < 0 || inode->name)
		return r;
	inode->name = name;
	inode->parent = dir;
	return S_ISREG(inode->mode) ? 0 : write_entry(a, dir, name, NULL);
}

static int write_link(struct archive *a, struct inode *dir, struct name *name)
{
	const struct inode *inode = name->inode;
	_cleanup_free_ char *target = NULL;
	const char *path;

	if (inode->name == name)
		return 0;
	path = path_of(a, inode->parent, inode->name);
	target = path ? strdup(path) : NULL;
	if (!target)
		return fail_errno(ENOMEM, "cannot write '%s'", a->request.path);
	return write_entry(a, dir, name, target);
}

/* What the child gets. */
struct places {
	int archive, image;
};

static int prepare(const void *context)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC); /* exec(3) closes it */
	const struct places *p = context;

	if (null < 0 || dup2(p->archive, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    dup2(p->image, IMAGE_FD) < 0 || fcntl(IMAGE_FD, F_SETFD, 0) < 0)
		return -errno;
	return 0;
}

int archive_run(struct archive *a, const char *const *words)
{
	_cleanup_fd_ int from = -1, to = -1;
	struct places places = {.image = a->request.fd};
	/* Without us it would take the end of the pipe for that of the archive. */
	const struct child how = {.bound = SIGKILL, .prepare = prepare, .context = &places};
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail_errno(errno, "cannot run '%s'", words[0]);
	from = ends[0];
	to = ends[1];
	places.archive = from;
	signal(SIGPIPE, SIG_IGN); /* is an error of write(2) */
	fcntl(to, F_SETPIPE_SZ, PIPE_BYTES);
	pid = tool_start(words, &how);
	if (pid < 0)
		return fail_errno((int)-pid, "cannot write '%s': cannot run '%s' (%s)",
		                  a->request.path, words[0], a->tool->package);
	a->child = pid;
	a->out = fdopen(to, "w");
	if (!a->out)
		return fail_errno(errno, "cannot run '%s'", words[0]);
	steal_fd(&to); /* is the stream's */
	return 0;
}

/* An archive has the zeros of holes, too, and whoever reads it takes the time. */
static int check_sizes(const struct archive *a)
{
	uint64_t bytes = 0;

	for (const struct inode *i = a->tree->first; i; i = i->next) {
		if (!i->names || !S_ISREG(i->mode))
			continue;
		if (i->size > a->request.max_bytes - bytes)
			return fail("cannot write '%s': with their holes, which an archive has as "
			            "zeros, files have more than %" PRIu64 " bytes (--max-bytes)",
			            a->request.path, a->request.max_bytes);
		bytes += i->size;
	}
	return 0;
}

static int write_root(struct archive *a)
{
	return tar_write_header(a->out, a->tree->root, ".", NULL, true) < 0 ? write_failed(a) : 0;
}

int archive_begin(const struct archive_tool *tool, const struct image_request *request,
                  struct tree *tree, void **writer)
{
	struct archive *a = calloc(1, sizeof(*a));
	int r;

	*writer = a;
	if (!a)
		return fail_errno(ENOMEM, "cannot write '%s'", request->path);
	a->tool = tool;
	a->request = *request;
	a->tree = tree;
	r = check_sizes(a);
	if (r == 0)
		r = tool->start(a, request, tree);
	if (r == 0 && tool->exact)
		r = write_root(a);
	return r < 0 ? r : walk(a, tree->root, write_name);
}

/* The bytes up to @offset that nobody gave are zeros. */
static int fill(struct archive *a, uint64_t offset)
{
	static const char zeros[65536];

	while (a->done < offset) {
		size_t n =
		    offset - a->done < sizeof(zeros) ? (size_t)(offset - a->done) : sizeof(zeros);

		if (fwrite(zeros, 1, n, a->out) != n)
			return write_failed(a);
		a->done += n;
	}
	return 0;
}

static int begin_file(struct archive *a, struct inode *file)
{
	if (a->file == file)
		return 0;
	a->file = file;
	a->done = 0;
	return write_entry(a, file->parent, file->name, NULL);
}

int archive_data(void *writer, struct inode *file, uint64_t offset, const void *bytes,
                 size_t length)
{
	struct archive *a = writer;
	int r = begin_file(a, file);

	if (r == 0)
		r = fill(a, offset);
	if (r == 0 && fwrite(bytes, 1, length, a->out) != length)
		r = write_failed(a);
	a->done += length;
	return r;
}

int archive_end_file(void *writer, struct inode *file)
{
	struct archive *a = writer;
	int r = begin_file(a, file);

	if (r == 0)
		r = fill(a, file->size);
	if (r == 0 && tar_write_padding(a->out, file->size) < 0)
		r = write_failed(a);
	a->file = NULL;
	return r;
}

/* Close the archive and see what comes of it. */
static int wait_for_tool(struct archive *a)
{
	int status = 0, error = fclose(a->out) ? errno : 0;
	int r = child_wait(a->child, &status);

	a->out = NULL;
	a->child = 0;
	if (r < 0)
		return fail_errno(-r, "cannot wait for '%s'", a->tool->program);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return fail("cannot write '%s': '%s' has failed", a->request.path,
		            a->tool->program);
	if (error)
		return fail_errno(error, "cannot write '%s'", a->request.path);
	return 0;
}

int archive_finish(void *writer, const unsigned char *digest)
{
	struct archive *a = writer;
	int r = walk(a, a->tree->root, write_link);

	(void)digest; /* there is no place for an identity */
	if (r == 0 && tar_write_end(a->out) < 0)
		r = write_failed(a);
	return r < 0 ? r : wait_for_tool(a);
}

/* A child that is still there when this is called would make an image of half a tree. */
void archive_release(void *writer)
{
	struct archive *a = writer;

	if (!a)
		return;
	if (a->child > 0) {
		kill(a->child, SIGKILL);
		child_wait(a->child, NULL);
	}
	if (a->out)
		fclose(a->out);
	free(a);
}
