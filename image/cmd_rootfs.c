/* SPDX-License-Identifier: MIT */
/* `vmconfig rootfs`: its command line. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "error.h"
#include "image_cmd.h"
#include "option.h"
#include "rootfs.h"

#define DEFAULT_HEADROOM_PERCENT 5u

#define MAX_LABEL_BYTES 16u
#define MAX_IMAGE_BYTES (1ull << 44)

static const struct image_format *const formats[] = {&ext4_format, &erofs_format, &squashfs_format};

#define FORMAT_COUNT (sizeof(formats) / sizeof(formats[0]))

/* "4096", "64K", "512M", "2G", "1T". Return: 0 or -EINVAL. */
static int parse_size(const char *text, uint64_t *size)
{
	static const char units[] = "KMGT";
	size_t digits = strspn(text, "0123456789");
	const char *unit = text[digits] ? strchr(units, text[digits]) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	unsigned long long value;

	if (!digits || (text[digits] && (!unit || text[digits + 1])))
		return -EINVAL;
	errno = 0;
	value = strtoull(text, NULL, 10);
	if (errno || value > MAX_IMAGE_BYTES >> shift)
		return -EINVAL;
	*size = value << shift;
	return 0;
}

static int set_size(const struct option_row *row, void *member, const char *value)
{
	if (parse_size(value, member) < 0 || *(uint64_t *)member == 0)
		return option_error(row, "'%s' is no size: bytes, or a number with K, M, G or T",
		                    value);
	return 0;
}

static int set_headroom(const struct option_row *row, void *member, const char *value)
{
	struct rootfs_options *o = member;
	size_t length = strlen(value);
	long long percent;

	if (length && value[length - 1] == '%') {
		char number[8] = "";

		if (length < sizeof(number))
			memcpy(number, value, length - 1);
		if (parse_number(number, 0, 10000, &percent) < 0)
			return option_error(row, "'%s' is no percentage within 0..10000", value);
		o->headroom_percent = (unsigned)percent;
	} else if (parse_size(value, &o->headroom) < 0) {
		return option_error(row, "'%s' is neither a size (K, M, G, T) nor a percentage",
		                    value);
	}
	o->has_headroom = true;
	return 0;
}

static int set_label(const struct option_row *row, void *member, const char *value)
{
	if (strlen(value) > MAX_LABEL_BYTES)
		return option_error(row, "'%s' is longer than %u bytes", value, MAX_LABEL_BYTES);
	/* label= could not find it: no config and no kernel command line can hold such a name. */
	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return option_error(row, "'%s' has a control character", value);
	return option_set_string(row, member, value);
}

/* The form of RFC 9562. */
static int set_uuid(const struct option_row *row, void *member, const char *value)
{
	struct rootfs_options *o = member;
	size_t digits = 0;

	for (const char *c = value; *c; c++) {
		const char *found = strchr("0123456789abcdef0123456789ABCDEF", *c);
		size_t at = (size_t)(c - value);
		bool dash = at == 8 || at == 13 || at == 18 || at == 23;

		if (at >= 36 || dash != (*c == '-') || (!dash && !found))
			return option_error(row, "'%s' is no UUID", value);
		if (dash)
			continue;
		o->uuid[digits / 2] =
		    (unsigned char)(o->uuid[digits / 2] << 4 |
		                    ((found - "0123456789abcdef0123456789ABCDEF") & 15));
		digits++;
	}
	if (digits != 32)
		return option_error(row, "'%s' is no UUID", value);
	o->has_uuid = true;
	return 0;
}

static int set_owner(const struct option_row *row, void *member, const char *value)
{
	struct rootfs_options *o = member;
	const char *colon = strchr(value, ':');
	char uid[16] = "", gid[16] = "";
	long long number;

	snprintf(uid, sizeof(uid), "%.*s", colon ? (int)(colon - value) : 15, value);
	snprintf(gid, sizeof(gid), "%s", colon ? colon + 1 : uid);
	if (parse_number(uid, 0, UINT32_MAX - 1, &number) < 0)
		return option_error(row, "'%s' is not UID[:GID]", value);
	o->uid = (uint32_t)number;
	if (parse_number(gid, 0, UINT32_MAX - 1, &number) < 0)
		return option_error(row, "'%s' is not UID[:GID]", value);
	o->gid = (uint32_t)number;
	o->has_owner = true;
	return 0;
}

static int set_format(const struct option_row *row, void *member, const char *value)
{
	const struct image_format **format = member;

	for (size_t i = 0; i < FORMAT_COUNT; i++) {
		if (strcmp(formats[i]->name, value) == 0) {
			*format = formats[i];
			return 0;
		}
	}
	return option_error(row, "'%s' is none of 'ext4', 'erofs' and 'squashfs'", value);
}

static int set_entries(const struct option_row *row, void *member, const char *value)
{
	uint64_t *entries = member;
	long long number;

	if (parse_number(value, 1, UINT32_MAX, &number) < 0)
		return option_error(row, "'%s' is not a number within 1..%u", value, UINT32_MAX);
	*entries = (uint64_t)number;
	return 0;
}

#define OPTION(member) offsetof(struct rootfs_options, member)

static const struct option_row source_rows[] = {
    {.name = "image",
     .argument = "LAYOUT[:REF][@DIGEST]",
     .help = "the layers of an image in an OCI image layout",
     .set = option_set_string,
     .offset = OPTION(image),
     .flags = OPTION_FILE},
    {.name = "dir",
     .argument = "DIR",
     .help = "the files below a directory",
     .set = option_set_string,
     .offset = OPTION(dir),
     .flags = OPTION_FILE},
    {.name = "owner",
     .argument = "UID[:GID]",
     .help = "who owns all files of --dir",
     .set = set_owner},
    {.name = "no-devices",
     .help = "refuse device nodes",
     .set = option_set_flag,
     .offset = OPTION(no_devices)},
    {.name = "max-bytes",
     .argument = "SIZE",
     .help = "refuse more bytes of files (64G)",
     .set = set_size,
     .offset = OPTION(limits.bytes)},
    {.name = "max-entries",
     .argument = "NUMBER",
     .help = "refuse more files (4194304)",
     .set = set_entries,
     .offset = OPTION(limits.entries)},
    {0},
};

static const struct option_row output_rows[] = {
    {.name = "output",
     .letter = 'o',
     .argument = "IMG",
     .help = "the image to write; - is standard output, a file",
     .set = option_set_string,
     .offset = OPTION(output),
     .flags = OPTION_FILE},
    {.name = "format",
     .argument = "FORMAT",
     .help = "ext4 (the default), erofs or squashfs",
     .set = set_format,
     .offset = OPTION(format)},
    {.name = "compress",
     .argument = "HOW",
     .help = "squashfs: gzip (the default), lz4 or zstd",
     .set = option_set_string,
     .offset = OPTION(compression)},
    {.name = "size",
     .argument = "SIZE",
     .help = "how large the image is (default: what it takes)",
     .set = set_size,
     .offset = OPTION(size)},
    {.name = "headroom",
     .argument = "SIZE|N%",
     .help = "how much to leave free (5%)",
     .set = set_headroom},
    {.name = "journal",
     .help = "give it a journal",
     .set = option_set_flag,
     .offset = OPTION(journal)},
    {.name = "label",
     .argument = "LABEL",
     .help = "its label",
     .set = set_label,
     .offset = OPTION(label)},
    {.name = "uuid",
     .argument = "UUID",
     .help = "its UUID (default: made of the content)",
     .set = set_uuid},
    {.name = "quiet",
     .letter = 'q',
     .help = "show no progress on a terminal",
     .set = option_set_flag,
     .offset = OPTION(quiet)},
    {0},
};

static const struct option_group rootfs_groups[] = {
    {"where files come from", source_rows, 0},
    {"what they become", output_rows, 0},
    {.title = NULL},
};

/* Only once all options are there is it known what the format is. */
static int check_compression(const struct rootfs_options *o)
{
	const char *const *known = o->format->compressions;

	if (!o->compression)
		return 0;
	if (!known)
		return usage_error("--compress is for squashfs");
	while (*known && strcmp(*known, o->compression) != 0)
		known++;
	return *known ? 0
	              : usage_error("--compress: '%s' is none of 'gzip', 'lz4' and 'zstd'",
	                            o->compression);
}

static int check_options(const struct rootfs_options *o, const struct arguments *arguments)
{
	if (arguments->operand_count || arguments->command_count)
		return usage_error("'rootfs' takes options only, not '%s'",
		                   arguments->operand_count ? arguments->operands[0]
		                                            : arguments->command[0]);
	if (!o->image == !o->dir)
		return usage_error("'rootfs' needs one of --image and --dir");
	if (!o->output)
		return usage_error("'rootfs' needs -o IMG");
	if (o->has_owner && !o->dir)
		return usage_error("--owner: an image says itself who owns its files");
	if (o->size && o->has_headroom)
		return usage_error("--headroom: --size has settled how much is free");
	if (!o->format->has_space && (o->size || o->has_headroom || o->journal))
		return usage_error("--size, --headroom and --journal are for ext4");
	if (!o->format->has_identity && (o->label || o->has_uuid))
		return usage_error("--label and --uuid are for ext4 and erofs");
	if (o->size % 4096)
		return usage_error("--size: is no multiple of 4096");
	return check_compression(o);
}

static int run_rootfs(const struct command *self, int argc, char **argv)
{
	struct rootfs_options o = {
	    .format = &ext4_format,
	    .limits = {MAX_ROOTFS_BYTES, MAX_ROOTFS_ENTRIES},
	};
	struct arguments arguments;
	int r = option_parse(self, argc, argv, &o, &arguments);

	if (r == 0) {
		r = check_options(&o, &arguments);
		if (!o.has_headroom)
			o.headroom_percent = DEFAULT_HEADROOM_PERCENT;
		if (r == 0)
			r = rootfs_make(&o);
	} else if (r > 0) {
		r = EXIT_SUCCESS;
	}
	free(o.image);
	free(o.dir);
	free(o.output);
	free(o.compression);
	free(o.label);
	return r;
}

const struct command cmd_rootfs = {
    .name = "rootfs",
    .synopsis = "--image LAYOUT[:REF][@DIGEST] | --dir DIR -o IMG",
    .summary = "make a root filesystem of an image's layers, or of a directory",
    .groups = rootfs_groups,
    .run = run_rootfs,
};
