/* SPDX-License-Identifier: MIT */
/* Options about devices of the host. */
#include "vm_devices.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "cleanup.h"
#include "error.h"
#include "list.h"
#include "vm.h"

#define OUT_OF_MEMORY(row) fail_errno(ENOMEM, "--%s", (row)->name)

#define MAX_TAG    31 /* of QEMU's 9p; virtiofs has 36 */
#define MIN_CID    3  /* 0, 1 and 2 are the hypervisor, the loopback and the host */
#define MAX_CID    4294967294LL
#define MAX_SOCKET (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)
#define TAG_BYTES  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

/* A tag is a file's name in a runner package, and a word of every VMM's. */
static int set_tag(const struct option_row *row, struct vm_share *share, const char *tag)
{
	if (!*tag || strlen(tag) > MAX_TAG)
		return option_error(row, "tag '%s' is not 1..%d bytes long", tag, MAX_TAG);
	if (tag[strspn(tag, TAG_BYTES)] || *tag == '.' || *tag == '-')
		return option_error(row, "tag '%s' is not of letters, digits, '.', '_', '-'", tag);
	return option_set_string(row, &share->tag, tag);
}

static int set_socket(const struct option_row *row, struct vm_share *share, const char *path)
{
	if (share->socket)
		return option_error(row, "'socket' is given more than once");
	if (!*path || strlen(path) > MAX_SOCKET)
		return option_error(row, "socket '%s' is not 1..%zu bytes long", path, MAX_SOCKET);
	return option_set_string(row, &share->socket, path);
}

/* Take the words off the end of @text. */
static int parse_share_words(const struct option_row *row, char *text, struct vm_share *share)
{
	char *comma;

	while ((comma = strrchr(text, ','))) {
		int r = 0;

		if (strcmp(comma, ",ro") == 0)
			share->readonly = true;
		else if (strcmp(comma, ",9p") == 0)
			share->is_9p = true;
		else if (strncmp(comma, ",socket=", 8) == 0)
			r = set_socket(row, share, comma + 8);
		else if (strcmp(comma, ",virtiofs") != 0)
			break; /* a part of DIR */
		if (r < 0)
			return r;
		*comma = '\0';
	}
	return 0;
}

static int finish_share(const struct option_row *row, struct vm_share *share)
{
	if (share->is_9p)
		return share->socket ? option_error(row, "'socket' goes with virtiofs") : 0;
	if (!share->socket && asprintf(&share->socket, "virtiofs-%s.sock", share->tag) < 0) {
		share->socket = NULL;
		return OUT_OF_MEMORY(row);
	}
	return 0;
}

static int parse_share(const struct option_row *row, char *text, struct vm_share *share)
{
	int r = parse_share_words(row, text, share);
	char *colon = strrchr(text, ':');

	if (r < 0)
		return r;
	if (!colon || colon == text)
		return option_error(row, "'%s' is not DIR:TAG", text);
	*colon = '\0';
	r = set_tag(row, share, colon + 1);
	if (r == 0)
		r = option_set_string(row, &share->source, text);
	return r < 0 ? r : finish_share(row, share);
}

int add_share(const struct option_row *row, void *member, const char *value)
{
	struct vm *vm = member;
	struct vm_share *items = list_grow(vm->shares.items, vm->shares.count, sizeof(*items));
	_cleanup_free_ char *text = strdup(value);

	if (items)
		vm->shares.items = items;
	if (!items || !text)
		return OUT_OF_MEMORY(row);
	items[vm->shares.count] = (struct vm_share){0};
	return parse_share(row, text, &items[vm->shares.count++]);
}

/* Whether @text is as @shape, in which "x" stands for a hexadecimal digit. */
static bool has_shape(const char *text, const char *shape)
{
	for (; *shape; shape++, text++) {
		bool good = *shape == 'x' ? *text && strchr("0123456789abcdefABCDEF", *text)
		                          : *text == *shape;

		if (!good)
			return false;
	}
	return !*text;
}

static int add_once(const struct option_row *row, struct strlist *list, const char *address)
{
	if (strlist_contains(list, address))
		return option_error(row, "'%s' is given more than once", address);
	return option_add_string(row, list, address);
}

/* The kernel writes addresses in lower case. */
static void lower(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'F')
			*text |= 0x20;
}

int add_pci(const struct option_row *row, void *member, const char *value)
{
	bool whole = has_shape(value, "xxxx:xx:xx.x");
	char address[sizeof("0000:00:00.0")];

	if ((!whole && !has_shape(value, "xx:xx.x")) || value[strlen(value) - 1] > '7')
		return option_error(row, "'%s' is not [DOMAIN:]BUS:DEVICE.FUNCTION", value);
	snprintf(address, sizeof(address), "%s%s", whole ? "" : "0000:", value);
	lower(address);
	return add_once(row, member, address);
}

int add_usb(const struct option_row *row, void *member, const char *value)
{
	char address[sizeof("0000:0000")];

	if (!has_shape(value, "xxxx:xxxx"))
		return option_error(row, "'%s' is not VENDOR:PRODUCT, four digits each", value);
	snprintf(address, sizeof(address), "%s", value);
	lower(address);
	return add_once(row, member, address);
}

int set_vsock_cid(const struct option_row *row, void *member, const char *value)
{
	struct optint *cid = member;
	long long number;

	if (parse_number(value, MIN_CID, MAX_CID, &number) < 0)
		return option_error(row, "'%s' is not a number within %d..%lld", value, MIN_CID,
		                    MAX_CID);
	*cid = (struct optint){.set = true, .value = number};
	return 0;
}
