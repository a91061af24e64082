/* SPDX-License-Identifier: MIT */
/*
 * Writing a squashfs image: a child, sqfstar of squashfs-tools, reads an
 * archive of the merged tree as it is made and writes the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "image_format.h"
#include "tar_write.h"
#include "tree.h"

#define TOOL       "sqfstar"
#define PIPE_BYTES (1u << 20)

struct squashfs {
	struct image_request request;
	struct tree *tree;
	FILE *archive;
	pid_t child;
	struct inode *file; /* whose bytes are being written */
	uint64_t done;      /* of them */
	char path[2 * MAX_PATH_BYTES];
};

static int write_failed(const struct squashfs *s)
{
	if (errno == EPIPE)
		return fail("cannot write '%s': " TOOL " has ended early", s->request.path);
	return fail_errno(errno, "cannot write '%s'", s->request.path);
}

/* The path of @name in @dir, by way of the directories above. NULL when it is longer than can be.
 */
static const char *path_of(struct squashfs *s, const struct inode *dir, const struct name *name)
{
	char *at = s->path + sizeof(s->path) - 1;

	*at = '\0';
	for (;;) {
		if ((size_t)(at - s->path) < name->length + 1)
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

static int write_entry(struct squashfs *s, const struct inode *dir, const struct name *name,
                       const char *link)
{
	const char *path = path_of(s, dir, name);

	if (!path)
		return fail("cannot write '%s': a path is longer than %zu bytes", s->request.path,
		            sizeof(s->path));
	if (tar_write_header(s->archive, name->inode, path, link) < 0)
		return write_failed(s);
	return 0;
}

/* What an archive, or this filesystem, cannot say. */
static int check_inode(struct squashfs *s, const struct inode *dir, const struct name *name)
{
	const struct inode *inode = name->inode;
	const char *path = path_of(s, dir, name);

	if (S_ISSOCK(inode->mode))
		return fail("cannot write '%s': '%s' is a socket, which an archive has no word for",
		            s->request.path, path ? path : name->text);
	for (size_t i = 0; i < inode->xattrs.count; i++)
		if (strncmp(inode->xattrs.items[i].name, "system.", 7) == 0)
			return fail("cannot write '%s': '%s': attribute '%s' has no place in "
			            "squashfs",
			            s->request.path, path ? path : name->text,
			            inode->xattrs.items[i].name);
	return 0;
}

typedef int (*visitor)(struct squashfs *s, struct inode *dir, struct name *name);

/* Every name below @dir, in order. */
static int walk(struct squashfs *s, struct inode *dir, visitor visit)
{
	_cleanup_free_ struct name **names = tree_list(dir);
	int r = 0;

	if (!names)
		return fail_errno(ENOMEM, "cannot write '%s'", s->request.path);
	for (size_t i = 0; names[i] && r == 0; i++) {
		r = visit(s, dir, names[i]);
		if (r == 0 && S_ISDIR(names[i]->inode->mode))
			r = walk(s, names[i]->inode, visit);
	}
	return r;
}

/* All but regular files, whose bytes come later; the first name of each inode is the one that
 * counts. */
static int write_name(struct squashfs *s, struct inode *dir, struct name *name)
{
	struct inode *inode = name->inode;
	int r = check_inode(s, dir, name);

	if (r < 0 || inode->name)
		return r;
	inode->name = name;
	inode->parent = dir;
	return S_ISREG(inode->mode) ? 0 : write_entry(s, dir, name, NULL);
}

static int write_link(struct squashfs *s, struct inode *dir, struct name *name)
{
	const struct inode *inode = name->inode;
	_cleanup_free_ char *target = NULL;
	const char *path;

	if (inode->name == name)
		return 0;
	path = path_of(s, inode->parent, inode->name);
	target = path ? strdup(path) : NULL;
	if (!target)
		return fail_errno(ENOMEM, "cannot write '%s'", s->request.path);
	return write_entry(s, dir, name, target);
}

/* The time of the newest file; those of the future, and before 1970, do not count. */
static int64_t newest(const struct squashfs *s)
{
	int64_t time = s->request.time;

	for (const struct inode *i = s->tree->first; i; i = i->next)
		if (i->names && i->mtime > time && i->mtime <= UINT32_MAX)
			time = i->mtime;
	return time;
}

/*
 * In the child: its standard input is the archive, descriptor 3 the file.
 *
 * 4.5 gives the root directory to root and dates it today, whatever the archive
 * and -root-uid, -root-gid and -root-time say. SOURCE_DATE_EPOCH is the one
 * thing that bounds that time, and no file is newer than the newest.
 */
static void run_tool(const struct squashfs *s, int archive)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	char mode[16], time[24];

	snprintf(mode, sizeof(mode), "%o", (unsigned)(s->tree->root->mode & 07777));
	snprintf(time, sizeof(time), "%lld", (long long)newest(s));
	/* Without us it would take the end of the pipe for that of the archive. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_DFL);
	if (setenv("SOURCE_DATE_EPOCH", time, 1) < 0 || dup2(archive, STDIN_FILENO) < 0 ||
	    dup2(null, STDOUT_FILENO) < 0 || dup2(s->request.fd, 3) < 0 || fcntl(3, F_SETFD, 0) < 0)
		_exit(127);
	execlp(TOOL, TOOL, "-quiet", "-no-progress", "-force", "-reproducible", "-root-mode", mode,
	       "/proc/self/fd/3", (char *)NULL);
	_exit(127);
}

static int start_tool(struct squashfs *s)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail_errno(errno, "cannot run '%s'", TOOL);
	fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES);
	s->child = fork();
	if (s->child == 0)
		run_tool(s, ends[0]);
	close(ends[0]);
	s->archive = s->child > 0 ? fdopen(ends[1], "w") : NULL;
	if (s->archive)
		return 0;
	close(ends[1]);
	return fail_errno(errno, "cannot run '%s'", TOOL);
}

static int check_root(const struct squashfs *s)
{
	const struct inode *root = s->tree->root;

	if (root->xattrs.count)
		return fail("cannot write '%s': the root directory's attribute '%s' has no place "
		            "in an archive for " TOOL,
		            s->request.path, root->xattrs.items[0].name);
	if (root->uid || root->gid)
		return fail("cannot write '%s': " TOOL " can give the root directory to none but "
		            "root, not to %u:%u",
		            s->request.path, root->uid, root->gid);
	return 0;
}

static int begin(const struct image_request *request, struct tree *tree, void **writer)
{
	struct squashfs *s = calloc(1, sizeof(*s));
	int r;

	*writer = s;
	if (!s)
		return fail_errno(ENOMEM, "cannot write '%s'", request->path);
	s->request = *request;
	s->tree = tree;
	r = check_root(s);
	if (r < 0)
		return r;
	signal(SIGPIPE, SIG_IGN); /* is an error of write(2) */
	r = start_tool(s);
	return r < 0 ? r : walk(s, tree->root, write_name);
}

/* The bytes up to @offset that nobody gave are zeros; the child makes holes of them. */
static int fill(struct squashfs *s, uint64_t offset)
{
	static const char zeros[65536];

	while (s->done < offset) {
		size_t n =
		    offset - s->done < sizeof(zeros) ? (size_t)(offset - s->done) : sizeof(zeros);

		if (fwrite(zeros, 1, n, s->archive) != n)
			return write_failed(s);
		s->done += n;
	}
	return 0;
}

static int begin_file(struct squashfs *s, struct inode *file)
{
	if (s->file == file)
		return 0;
	s->file = file;
	s->done = 0;
	return write_entry(s, file->parent, file->name, NULL);
}

static int data(void *writer, struct inode *file, uint64_t offset, const void *bytes, size_t length)
{
	struct squashfs *s = writer;
	int r = begin_file(s, file);

	if (r == 0)
		r = fill(s, offset);
	if (r == 0 && fwrite(bytes, 1, length, s->archive) != length)
		r = write_failed(s);
	s->done += length;
	return r;
}

static int end_file(void *writer, struct inode *file)
{
	struct squashfs *s = writer;
	int r = begin_file(s, file);

	if (r == 0)
		r = fill(s, file->size);
	if (r == 0 && tar_write_padding(s->archive, file->size) < 0)
		r = write_failed(s);
	s->file = NULL;
	return r;
}

/* Close the archive and see what comes of it. */
static int wait_for_tool(struct squashfs *s)
{
	int status = 0, error = fclose(s->archive) ? errno : 0;
	pid_t child = s->child;

	s->archive = NULL;
	s->child = 0;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return fail_errno(errno, "cannot wait for '%s'", TOOL);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return fail("cannot write '%s': cannot run '%s' (squashfs-tools, 4.5 or newer)",
		            s->request.path, TOOL);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return fail("cannot write '%s': '%s' has failed", s->request.path, TOOL);
	if (error)
		return fail_errno(error, "cannot write '%s'", s->request.path);
	return 0;
}

static int finish(void *writer, const unsigned char *digest)
{
	struct squashfs *s = writer;
	int r = walk(s, s->tree->root, write_link);

	(void)digest; /* there is no place for an identity */
	if (r == 0 && tar_write_end(s->archive) < 0)
		r = write_failed(s);
	return r < 0 ? r : wait_for_tool(s);
}

/* A child that is still there when this is called would make an image of half a tree. */
static void release(void *writer)
{
	struct squashfs *s = writer;

	if (!s)
		return;
	if (s->child > 0) {
		kill(s->child, SIGKILL);
		waitpid(s->child, NULL, 0);
	}
	if (s->archive)
		fclose(s->archive);
	free(s);
}

const struct image_format squashfs_format = {
    .name = "squashfs",
    .begin = begin,
    .data = data,
    .end_file = end_file,
    .finish = finish,
    .release = release,
};
