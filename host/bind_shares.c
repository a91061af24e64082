/* SPDX-License-Identifier: MIT */
/* Directories that a bundle binds, and who shares them with the guest. */
#include "bind_shares.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "list.h"
#include "vm.h"

static const struct vm_share *find_given(const struct vm *given, const char *source)
{
	for (size_t i = 0; i < given->shares.count; i++)
		if (strcmp(given->shares.items[i].source, source) == 0)
			return &given->shares.items[i];
	return NULL;
}

static int replace(char **string, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return -ENOMEM;
	free(*string);
	*string = copy;
	return 0;
}

/* Have the mount that names the bundle's tag name the given one. */
static int retag(struct vmconfig *cfg, const struct vm_share *own, const struct vm_share *given)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < cfg->mounts.count; i++) {
		struct mount_row *mount = &cfg->mounts.items[i];

		if (!mount->type || strcmp(mount->type, "virtiofs") != 0 || !mount->source ||
		    strcmp(mount->source, own->tag) != 0)
			continue;
		r = replace(&mount->source, given->tag);
		if (r < 0 || !given->is_9p)
			continue;
		r = replace(&mount->type, "9p");
		if (r == 0)
			r = strlist_add(&mount->options, "trans=virtio");
		if (r == 0)
			r = strlist_add(&mount->options, "version=9p2000.L");
	}
	return r;
}

static void release_share(struct vm_share *share)
{
	free(share->source);
	free(share->tag);
	free(share->socket);
}

static int hand_over(struct vm *given, const struct vm_share *share)
{
	struct vm_share *items =
	    list_grow(given->shares.items, given->shares.count, sizeof(*items));

	if (!items)
		return -ENOMEM;
	given->shares.items = items;
	items[given->shares.count] = *share;
	if (asprintf(&items[given->shares.count].socket, "virtiofs-%s.sock", share->tag) < 0) {
		items[given->shares.count].socket = NULL;
		return -ENOMEM;
	}
	given->shares.count++;
	return 0;
}

/* The tag is "mountN", N the mount's place in the document, or "givenN", of the command line. */
static void note_share(struct document *d, const struct vm_share *share)
{
	char pointer[64] = "";
	unsigned number;

	if (sscanf(share->tag, "mount%u", &number) == 1)
		snprintf(pointer, sizeof(pointer), "/mounts/%u/source", number);
	document_note(d, SEVERITY_WARNING, "share", pointer,
	              "the virtual machine must share '%s' by virtiofs with the tag '%s'",
	              share->source, share->tag);
}

static int settle(struct request *r, struct vm *given, struct vm_share *share)
{
	const struct vm_share *same = find_given(given, share->source);
	int result = same ? retag(&r->config, share, same) : hand_over(given, share);

	if (result < 0 || same)
		release_share(share);
	return result;
}

int bind_shares_settle(struct document *d, struct request *r, struct vm *given)
{
	int result = 0;

	for (size_t i = 0; i < r->vm.shares.count; i++) {
		struct vm_share *share = &r->vm.shares.items[i];

		if (!given)
			note_share(d, share);
		else if (result == 0)
			result = settle(r, given, share);
		else
			release_share(share);
	}
	if (given) {
		free(r->vm.shares.items);
		r->vm.shares.items = NULL;
		r->vm.shares.count = 0;
	}
	return result;
}
