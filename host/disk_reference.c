/* SPDX-License-Identifier: MIT */
/* Disk images that consist of other files as well: whoever wrote one has named a file of the host.
 */
#include "disk_reference.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "whole.h"

/* A vmdk's descriptor begins in the second sector, and nobody reads more than this of it. */
#define HEAD_BYTES 65536

/* Of qcow2, big endian. */
#define QCOW2_VERSION      4
#define QCOW2_BACKING      8
#define QCOW2_INCOMPATIBLE 72
#define QCOW2_V3_BYTES     104
#define QCOW2_DATA_FILE    (UINT64_C(1) << 2)

/* Of vmdk, little endian; an image without a capacity is nothing but a descriptor. */
#define VMDK_CAPACITY 12
#define VMDK_HEADER   77
#define VMDK_PARENT   "parentFileNameHint"

static uint64_t field64(const char *head, size_t offset)
{
	uint64_t value;

	memcpy(&value, head + offset, sizeof(value));
	return value;
}

static bool qcow2_refers(const char *head, size_t length)
{
	uint32_t version;

	if (length < QCOW2_BACKING + sizeof(uint64_t))
		return false; /* nobody opens it */
	if (field64(head, QCOW2_BACKING) != 0)
		return true;
	memcpy(&version, head + QCOW2_VERSION, sizeof(version));
	return be32toh(version) >= 3 && length >= QCOW2_V3_BYTES &&
	       be64toh(field64(head, QCOW2_INCOMPATIBLE)) & QCOW2_DATA_FILE;
}

/* What has not the magic of one file that holds it all is a list of others, in text. */
static bool vmdk_refers(const char *head, size_t length)
{
	return length < VMDK_HEADER || memcmp(head, "KDMV", 4) != 0 ||
	       field64(head, VMDK_CAPACITY) == 0 ||
	       memmem(head, length, VMDK_PARENT, strlen(VMDK_PARENT));
}

bool disk_can_refer(enum vm_image_format format)
{
	return format == VM_IMAGE_QCOW2 || format == VM_IMAGE_VMDK;
}

int disk_refers(int fd, enum vm_image_format format)
{
	char head[HEAD_BYTES];
	ssize_t n;

	if (!disk_can_refer(format))
		return 0;
	n = read_whole_at(fd, head, sizeof(head), 0);
	if (n < 0)
		return (int)n;
	return format == VM_IMAGE_QCOW2 ? qcow2_refers(head, (size_t)n)
	                                : vmdk_refers(head, (size_t)n);
}

int disk_guess(int fd, const char **name)
{
	static const struct {
		const char *magic;
		const char *name;
	} guesses[] = {
	    {"QFI\xfb", "a qcow2 image"},
	    {"composite_disk", "a composite disk"},
	    {"\x3a\xff\x26\xed", "an Android sparse image"},
	};
	char head[HEAD_BYTES];
	ssize_t n = read_whole_at(fd, head, sizeof(head), 0);

	*name = NULL;
	if (n < 0)
		return (int)n;
	for (size_t i = 0; i < sizeof(guesses) / sizeof(*guesses); i++) {
		size_t length = strlen(guesses[i].magic);

		if ((size_t)n >= length && memcmp(head, guesses[i].magic, length) == 0)
			*name = guesses[i].name;
	}
	return 0;
}
