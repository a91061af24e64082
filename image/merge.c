/* SPDX-License-Identifier: MIT */
/* Layers into one tree. */
#include "merge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "complaint.h"
#include "tar.h"
#include "tree.h"
#include "walk.h"

#define WHITEOUT        ".wh."
#define WHITEOUT_META   ".wh..wh." /* aufs' own affairs, but for the next one */
#define WHITEOUT_OPAQUE ".wh..wh..opq"

/* What ext4 keeps of a symbolic link: a block, with a NUL. */
#define MAX_TARGET_BYTES 4095u

#define BLOCK_BYTES 4096u

static bool has_prefix(const struct place_in_tree *p, const char *prefix)
{
	size_t length = strlen(prefix);

	return p->length >= length && memcmp(p->name, prefix, length) == 0;
}

static int whiteout(struct merge *m, const struct place_in_tree *p)
{
	const char *victim = p->name + sizeof(WHITEOUT) - 1;
	size_t length = p->length - (sizeof(WHITEOUT) - 1);
	struct name *name;

	if (length == 0 || (length == 1 && victim[0] == '.') ||
	    (length == 2 && victim[0] == '.' && victim[1] == '.'))
		return complain(m->complaint, "a whiteout of no file");
	name = tree_find(p->dir, victim, length);
	if (!name)
		return 0;
	/* What this layer itself brings stays, in whatever order its entries are. */
	if (S_ISDIR(name->inode->mode)) {
		if (tree_purge(m->tree, name->inode, m->layer) < 0)
			return complain_memory(m->complaint);
		if (name->inode->child_count)
			return 0;
	}
	if (name->layer < m->layer)
		tree_unlink(m->tree, p->dir, name);
	return 0;
}

/* Return: 1 when the entry is one, 0 when not, or negative. */
static int apply_whiteout(struct merge *m, const struct place_in_tree *p)
{
	int r;

	if (!p->name || !has_prefix(p, WHITEOUT))
		return 0;
	if (p->length == sizeof(WHITEOUT_OPAQUE) - 1 && has_prefix(p, WHITEOUT_OPAQUE))
		r = tree_purge(m->tree, p->dir, m->layer) < 0 ? complain_memory(m->complaint) : 0;
	else if (has_prefix(p, WHITEOUT_META))
		r = 0;
	else
		r = whiteout(m, p);
	return r < 0 ? r : 1;
}

static const struct {
	enum tar_type type;
	mode_t mode;
} file_types[] = {
    {TAR_FILE, S_IFREG},  {TAR_SYMLINK, S_IFLNK},   {TAR_CHARACTER, S_IFCHR},
    {TAR_BLOCK, S_IFBLK}, {TAR_DIRECTORY, S_IFDIR}, {TAR_FIFO, S_IFIFO},
};

static mode_t type_bits(enum tar_type type)
{
	for (size_t i = 0; i < sizeof(file_types) / sizeof(file_types[0]); i++)
		if (file_types[i].type == type)
			return file_types[i].mode;
	return 0;
}

static int copy_xattrs(struct merge *m, struct inode *inode, const struct xattrs *from)
{
	xattrs_release(&inode->xattrs);
	for (size_t i = 0; i < from->count; i++) {
		const struct xattr *x = &from->items[i];

		if (!xattr_is_storable(x->name))
			continue;
		if ((strcmp(x->name, ACL_ACCESS_XATTR) == 0 ||
		     strcmp(x->name, ACL_DEFAULT_XATTR) == 0) &&
		    !acl_is_valid(x->value, x->length))
			return complain(m->complaint, "'%s' is no ACL", x->name);
		if (xattrs_set(&inode->xattrs, x->name, x->value, x->length) < 0)
			return complain_memory(m->complaint);
	}
	return 0;
}

static int set_metadata(struct merge *m, struct inode *inode, const struct tar_entry *e)
{
	if (e->uid >= UINT32_MAX || e->gid >= UINT32_MAX)
		return complain(m->complaint, "owner %" PRIu64 ":%" PRIu64 " is out of range",
		                e->uid, e->gid);
	if (e->major > 0xfff || e->minor > 0xfffff)
		return complain(m->complaint, "device %" PRIu64 ":%" PRIu64 " is out of range",
		                e->major, e->minor);
	inode->mode = type_bits(e->type) | (S_ISLNK(type_bits(e->type)) ? 0777 : e->mode);
	inode->uid = (uint32_t)e->uid;
	inode->gid = (uint32_t)e->gid;
	inode->major = (uint32_t)e->major;
	inode->minor = (uint32_t)e->minor;
	inode->mtime = e->mtime > m->latest ? m->latest : e->mtime;
	inode->mtime_nsec = e->mtime >= m->latest ? 0 : e->mtime_nsec;
	return copy_xattrs(m, inode, &e->xattrs);
}

static uint64_t whole_blocks(uint64_t bytes)
{
	return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
}

static int set_content(struct merge *m, struct inode *inode, const struct tar_entry *e)
{
	if (e->type == TAR_SYMLINK) {
		if (!e->link[0] || strlen(e->link) > MAX_TARGET_BYTES)
			return complain(m->complaint,
			                "it leads to %zu bytes, of 1 to %u (MAX_TARGET_BYTES)",
			                strlen(e->link), MAX_TARGET_BYTES);
		inode->target = strdup(e->link);
		return inode->target ? 0 : complain_memory(m->complaint);
	}
	inode->size = e->size;
	for (size_t i = 0; i < e->piece_count; i++)
		inode->data_blocks += e->pieces[i].length / BLOCK_BYTES + 2;
	if (e->piece_count == 1 && e->pieces[0].offset == 0)
		inode->data_blocks = whole_blocks(e->size) / BLOCK_BYTES;
	return 0;
}

/* A name in the way of a new one: of a layer below it goes, of this layer it is an error. */
static int make_room(struct merge *m, const struct place_in_tree *p)
{
	struct name *old = tree_find(p->dir, p->name, p->length);

	if (!old)
		return 0;
	if (old->layer == m->layer)
		return complain(m->complaint, "the layer has it twice");
	tree_unlink(m->tree, p->dir, old);
	return 0;
}

static int add_hard_link(struct merge *m, const struct place_in_tree *p, const struct tar_entry *e)
{
	struct walk walk = {.tree = m->tree, .complaint = m->complaint};
	struct place_in_tree target;
	struct name *found = NULL;
	struct inode *inode;
	int r = walk_path(&walk, e->link, &target);

	if (r < 0 && r != -ENOENT) {
		struct complaint why = *m->complaint;

		return complain(m->complaint, "it is a hard link to '%.128s', of which: %.200s",
		                e->link, why.text);
	}
	if (r == 0 && target.name)
		found = tree_find(target.dir, target.name, target.length);
	if (!found)
		return complain(m->complaint, "it is a hard link to '%.256s', which is missing",
		                e->link);
	inode = found->inode;
	if (S_ISDIR(inode->mode))
		return complain(m->complaint, "it is a hard link to the directory '%.256s'",
		                e->link);
	if (found == tree_find(p->dir, p->name, p->length))
		return complain(m->complaint, "it is a hard link to itself");
	if (inode->names >= MAX_HARD_LINKS)
		return complain(m->complaint, "'%.256s' has more than %u names (MAX_HARD_LINKS)",
		                e->link, MAX_HARD_LINKS);
	/* What makes room may be the directory that holds the target. */
	inode->names++;
	r = make_room(m, p);
	if (r == 0 && !tree_link(m->tree, p->dir, p->name, p->length, inode, m->layer))
		r = complain_memory(m->complaint);
	inode->names--;
	return r;
}

/* A directory stays what it is, with what it holds, and is described anew. */
static int add_directory(struct merge *m, const struct place_in_tree *p, const struct tar_entry *e)
{
	struct name *old = p->name ? tree_find(p->dir, p->name, p->length) : NULL;
	struct inode *inode = p->name ? NULL : m->tree->root;
	int r;

	if (old && S_ISDIR(old->inode->mode)) {
		old->layer = m->layer;
		inode = old->inode;
	}
	if (inode)
		return set_metadata(m, inode, e);
	if (p->dir->depth >= MAX_TREE_DEPTH)
		return complain(m->complaint,
		                "it is within more than %u directories (MAX_TREE_DEPTH)",
		                MAX_TREE_DEPTH);
	r = make_room(m, p);
	if (r < 0)
		return r;
	inode = tree_new_inode(m->tree, S_IFDIR, m->layer);
	if (!inode || !tree_link(m->tree, p->dir, p->name, p->length, inode, m->layer))
		return complain_memory(m->complaint);
	return set_metadata(m, inode, e);
}

static int add_file(struct merge *m, const struct place_in_tree *p, const struct tar_entry *e,
                    struct inode **file)
{
	struct inode *inode;
	int r;

	if (m->no_devices && (e->type == TAR_CHARACTER || e->type == TAR_BLOCK))
		return complain(m->complaint, "it is a device, and --no-devices was given");
	r = make_room(m, p);
	if (r < 0)
		return r;
	inode = tree_new_inode(m->tree, type_bits(e->type), m->layer);
	if (!inode)
		return complain_memory(m->complaint);
	r = set_metadata(m, inode, e);
	if (r == 0)
		r = set_content(m, inode, e);
	if (r < 0)
		return r;
	if (!tree_link(m->tree, p->dir, p->name, p->length, inode, m->layer))
		return complain_memory(m->complaint);
	if (e->type == TAR_FILE)
		*file = inode;
	return 0;
}

static int count(struct merge *m, const struct tar_entry *e)
{
	uint64_t bytes = 0;

	/* A piece between holes takes whole blocks, however few its bytes. */
	for (size_t i = 0; i < e->piece_count; i++)
		bytes +=
		    e->piece_count > 1 ? whole_blocks(e->pieces[i].length) : e->pieces[i].length;
	if (++m->entries > m->limits.entries)
		return complain(m->complaint,
		                "there are more than %" PRIu64 " entries (--max-entries)",
		                m->limits.entries);
	if (bytes > m->limits.bytes - m->bytes)
		return complain(m->complaint,
		                "files have more than %" PRIu64 " bytes (--max-bytes)",
		                m->limits.bytes);
	m->bytes += bytes;
	return 0;
}

int merge_entry(struct merge *m, const struct tar_entry *e, struct inode **file)
{
	struct walk walk = {m->tree, m->complaint, true, m->layer, m->time};
	struct place_in_tree p;
	int r = count(m, e);

	*file = NULL;
	if (r == 0)
		r = walk_path(&walk, e->path, &p);
	if (r == 0)
		r = apply_whiteout(m, &p);
	if (r != 0)
		return r < 0 ? r : 0;
	if (e->type == TAR_DIRECTORY)
		return add_directory(m, &p, e);
	if (!p.name)
		return complain(m->complaint, "the root can only be a directory");
	if (e->type == TAR_HARD_LINK)
		return add_hard_link(m, &p, e);
	return add_file(m, &p, e, file);
}
