/* SPDX-License-Identifier: MIT */
/*
 * The mounts of a runtime configuration. A guest has no part of the host's
 * filesystem to bind: a file goes along as a copy, a directory as a share.
 */
#include "oci_mounts.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "bind_source.h"
#include "cleanup.h"
#include "contract.h"
#include "document.h"
#include "guest_path.h"
#include "list.h"
#include "oci_runtime_doc.h"
#include "vm.h"

/* One mount of the list, on its way. */
struct moving {
	struct document *d;
	const char *bundle;
	bool given; /* on the command line: it stands nowhere in the document */
	struct oci_mount *mount;
	size_t index;
	struct request *r;
};

static void note(const struct moving *m, enum severity severity, const char *rule,
                 const char *member, const char *format, ...) __attribute__((format(printf, 5, 6)));

static void note(const struct moving *m, enum severity severity, const char *rule,
                 const char *member, const char *format, ...)
{
	_cleanup_free_ char *message = NULL;
	char pointer[64];
	va_list args;

	snprintf(pointer, sizeof(pointer), "/mounts/%zu%s", m->index, member);
	va_start(args, format);
	if (vasprintf(&message, format, args) < 0)
		message = NULL;
	va_end(args);
	if (message && m->given)
		document_note(m->d, severity, rule, "", "--mount: %s", message);
	else if (message)
		document_note(m->d, severity, rule, pointer, "%s", message);
	else
		m->d->problems.out_of_memory = true;
}

static bool is_bind(const struct oci_mount *mount)
{
	return strlist_contains(&mount->options, "bind") ||
	       strlist_contains(&mount->options, "rbind") ||
	       (mount->type && strcmp(mount->type, "bind") == 0);
}

/* Absolute, without ".." and the like. */
static int clean_destination(const struct moving *m)
{
	char *given = m->mount->destination;
	char *clean = guest_path_clean(given);

	if (!clean)
		return -ENOMEM;
	if (given[0] != '/')
		note(m, SEVERITY_WARNING, "mount", "/destination",
		     "'%.256s' is relative, '%.256s' is taken", given, clean);
	if (strstr(given, "/../") || strncmp(given, "../", 3) == 0 ||
	    (strlen(given) >= 3 && strcmp(given + strlen(given) - 3, "/..") == 0))
		note(m, SEVERITY_ERROR, "mount", "/destination", "'%.256s' has a '..' part", given);
	free(given);
	m->mount->destination = clean;
	return 0;
}

static int add_mount(struct vmconfig *cfg, struct oci_mount *mount)
{
	struct mount_row *items =
	    list_grow(cfg->mounts.items, cfg->mounts.count, sizeof(*cfg->mounts.items));

	if (!items)
		return -ENOMEM;
	cfg->mounts.items = items;
	items[cfg->mounts.count++] = (struct mount_row){
	    .destination = steal_ptr(&mount->destination),
	    .type = steal_ptr(&mount->type),
	    .source = steal_ptr(&mount->source),
	    .options = mount->options,
	};
	mount->options = (struct strlist){0};
	return 0;
}

static int add_file(const struct moving *m, int fd, const struct stat *st)
{
	struct vmconfig *cfg = &m->r->config;
	struct file *items =
	    list_grow(cfg->files.items, cfg->files.count, sizeof(*cfg->files.items));
	struct file *file;
	int r;

	if (!items)
		return -ENOMEM;
	cfg->files.items = items;
	file = &items[cfg->files.count++];
	*file = (struct file){.path = steal_ptr(&m->mount->destination)};
	r = bind_source_read(fd, st, file);
	if (r == -EFBIG)
		note(m, SEVERITY_ERROR, "bind", "/source",
		     "'%.256s' is larger than %u bytes (MAX_FILE_BYTES): put it into the root "
		     "filesystem, or bind the directory that it is in",
		     m->mount->source, MAX_FILE_BYTES);
	else if (r < 0 && r != -ENOMEM)
		note(m, SEVERITY_ERROR, "bind", "/source", "cannot read '%.256s': %s",
		     m->mount->source, strerror(-r));
	return r == -ENOMEM ? r : 0;
}

/* What tells the kernel of the host to bind, and which links to follow there. */
static bool is_of_binding(const char *option)
{
	static const char *const words[] = {"bind", "rbind", "copy-symlink", "src-nofollow",
	                                    "dest-nofollow"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(option, words[i]) == 0)
			return true;
	return false;
}

static int take_options(const struct moving *m, struct strlist *to)
{
	const struct strlist *from = &m->mount->options;
	int r = 0;

	for (size_t i = 0; r == 0 && i < from->count; i++)
		if (!is_of_binding(from->items[i]))
			r = strlist_add(to, from->items[i]);
	return r;
}

/* The host's side: its tag is the mount's place in the list, which nothing else can have. */
static struct vm_share *add_share(const struct moving *m)
{
	struct vm *vm = &m->r->vm;
	struct vm_share *items =
	    list_grow(vm->shares.items, vm->shares.count, sizeof(*vm->shares.items));
	struct vm_share *share;
	int r;

	if (!items)
		return NULL;
	vm->shares.items = items;
	share = &items[vm->shares.count++];
	*share = (struct vm_share){.of_bundle = true,
	                           .readonly = strlist_contains(&m->mount->options, "ro")};
	if (m->mount->source[0] == '/')
		r = asprintf(&share->source, "%s", m->mount->source);
	else
		r = asprintf(&share->source, "%s/%s", m->bundle, m->mount->source);
	if (r < 0)
		share->source = NULL;
	if (r >= 0 && asprintf(&share->tag, "%s%zu", m->given ? "given" : "mount", m->index) < 0)
		share->tag = NULL;
	return share->source && share->tag ? share : NULL;
}

static int add_directory(const struct moving *m)
{
	struct vm_share *share = add_share(m);
	_cleanup_free_ char *type = strdup("virtiofs");
	_cleanup_free_ char *tag = share ? strdup(share->tag) : NULL;
	struct strlist options = {0};
	int r = take_options(m, &options);

	if (!share || !type || !tag || r < 0) {
		strlist_release(&options);
		return -ENOMEM;
	}
	free(m->mount->type);
	free(m->mount->source);
	strlist_release(&m->mount->options);
	m->mount->type = steal_ptr(&type);
	m->mount->source = steal_ptr(&tag);
	m->mount->options = options;
	return add_mount(&m->r->config, m->mount);
}

/*
 * Engines bind a tmpfs of theirs onto /dev/shm, so that containers may have it
 * in common. Memory cannot be had in common with a guest: it gets one of its
 * own, of the same size.
 */
static int add_shm(const struct moving *m, int fd)
{
	struct oci_mount *mount = m->mount;
	_cleanup_free_ char *size = NULL;
	struct strlist options = {0};
	struct statfs fs;
	int r = take_options(m, &options);

	free(mount->type);
	free(mount->source);
	strlist_release(&mount->options);
	mount->type = strdup("tmpfs");
	mount->source = strdup("shm");
	mount->options = options;
	if (r == 0)
		r = strlist_add(&mount->options, "mode=1777");
	if (r == 0 && fstatfs(fd, &fs) == 0 && fs.f_type == TMPFS_MAGIC && fs.f_blocks) {
		if (asprintf(&size, "size=%llu",
		             (unsigned long long)fs.f_blocks * (unsigned long long)fs.f_bsize) < 0)
			size = NULL;
		r = size ? strlist_add(&mount->options, size) : -ENOMEM;
	}
	if (r < 0 || !mount->type || !mount->source)
		return -ENOMEM;
	return add_mount(&m->r->config, mount);
}

static int move_bind_of(const struct moving *m, int fd)
{
	const char *source = m->mount->source;
	struct stat st;

	if (fstat(fd, &st) < 0)
		note(m, SEVERITY_ERROR, "bind", "/source", "'%.256s': %s", source, strerror(errno));
	else if (S_ISREG(st.st_mode))
		return add_file(m, fd, &st);
	else if (S_ISDIR(st.st_mode))
		return strcmp(m->mount->destination, "/dev/shm") == 0 ? add_shm(m, fd)
		                                                      : add_directory(m);
	else if (S_ISSOCK(st.st_mode) || S_ISFIFO(st.st_mode))
		note(m, SEVERITY_ERROR, "bind", "/source",
		     "'%.256s' is a %s, of which a guest cannot have the other end: use vsock",
		     source, S_ISSOCK(st.st_mode) ? "socket" : "FIFO");
	else
		note(m, SEVERITY_ERROR, "bind", "/source",
		     "'%.256s' is a device of the host's: hand it over as a disk or by its bus",
		     source);
	return 0;
}

static int move_bind(const struct moving *m)
{
	const char *source = m->mount->source;
	_cleanup_fd_ int fd = -1;

	if (!source) {
		note(m, SEVERITY_ERROR, "bind", "", "'source' is missing");
		return 0;
	}
	if (!m->bundle)
		return 0;
	fd = bind_source_open(m->bundle, source);
	if (fd == -EXDEV || fd == -ELOOP)
		note(m, SEVERITY_ERROR, "bind", "/source", "'%.256s' leads out of the bundle",
		     source);
	else if (fd < 0)
		note(m, SEVERITY_ERROR, "bind", "/source", "'%.256s': %s", source, strerror(-fd));
	return fd < 0 ? 0 : move_bind_of(m, fd);
}

/* Mapping the ids of a mount takes a user namespace of the host's. */
static bool maps_ids(const struct oci_mount *mount)
{
	return strlist_contains(&mount->options, "idmap") ||
	       strlist_contains(&mount->options, "ridmap");
}

static int move_one(const struct moving *m)
{
	struct oci_mount *mount = m->mount;
	int r;

	if (!mount->destination)
		return 0; /* said so */
	r = clean_destination(m);
	if (r < 0)
		return r;
	if (maps_ids(mount))
		note(m, SEVERITY_ERROR, "unsupported", "/options",
		     "mounts with mapped ids cannot be made for a guest");
	else if (is_bind(mount))
		return move_bind(m);
	else if (!mount->type && !strlist_contains(&mount->options, "remount"))
		note(m, SEVERITY_ERROR, "mount", "", "'type' is missing, and it is no bind mount");
	else
		return add_mount(&m->r->config, mount);
	return 0;
}

int oci_mount_move_given(struct document *d, struct oci_mount *mount, size_t index,
                         struct request *r)
{
	return move_one(&(struct moving){d, "/", true, mount, index, r});
}

int oci_mounts_move(struct document *d, const char *bundle, struct oci_mount_list *from,
                    struct request *r)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < from->count; i++)
		result = move_one(&(struct moving){d, bundle, false, &from->items[i], i, r});
	return result;
}
