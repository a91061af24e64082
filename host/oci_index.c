/* SPDX-License-Identifier: MIT */
/* The documents of an OCI image layout and the choice between images. */
#include "oci_index.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "digest.h"
#include "formats.h"
#include "list.h"
#include "record.h"

#define REFERENCE_ANNOTATION "org.opencontainers.image.ref.name"

#define PLATFORM(member)   offsetof(struct oci_platform, member)
#define DESCRIPTOR(member) offsetof(struct oci_descriptor, member)
#define INDEX(member)      offsetof(struct oci_index, member)
#define MANIFEST(member)   offsetof(struct oci_manifest, member)

/* A part of a media type: RFC 6838, 4.2. Return: how long it is, 0 when there is none. */
static size_t name_length(const char *s)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&^_.+-";
	size_t n = strspn(s, letters);

	return n > 127 || (n && strchr("!#$&^_.+-", *s)) ? 0 : n;
}

static const char *complain_media_type(const char *s)
{
	size_t type = name_length(s), subtype = 0;

	if (type && s[type] == '/')
		subtype = name_length(s + type + 1);
	return subtype && !s[type + 1 + subtype] ? NULL : "is no media type";
}

/* The grammar of any algorithm. Return: whether @s keeps to it. */
static bool is_digest(const char *s)
{
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	static const char encoded[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789=_-";
	size_t n;

	while ((n = strspn(s, lower)) > 0 && s[n] && strchr("+._-", s[n]))
		s += n + 1;
	return n > 0 && s[n] == ':' && s[n + 1] && !s[n + 1 + strspn(s + n + 1, encoded)];
}

/* Which one is known matters only where content is to be had; of those that are, the digits do. */
static const char *complain_digest(const char *s)
{
	bool registered = strncmp(s, "sha256:", 7) == 0 || strncmp(s, "sha512:", 7) == 0;
	const char *hex;

	if (!is_digest(s) || (registered && !digest_parse(s, &hex)))
		return "is neither 'sha256:' nor 'sha512:' with its lower-case hexadecimal digits";
	return NULL;
}

/* RFC 3986, 3: a scheme, and of what follows the letters alone. */
static const char *complain_uri(const char *s)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	static const char scheme[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.";
	static const char rest[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	                           "-._~:/?#[]@!$&'()*+,;=%";
	size_t length = strspn(s, scheme);

	if (!*s || !strchr(letters, *s) || s[length] != ':' || s[strspn(s, rest)])
		return "is no URI";
	for (; (s = strchr(s, '%')); s++)
		if (strspn(s + 1, "0123456789ABCDEFabcdef") < 2)
			return "is no URI";
	return NULL;
}

static const struct format media_type_format = {"media-type", NULL, complain_media_type};
const struct format oci_digest_format = {"digest", NULL, complain_digest};
static const struct format uri_format = {"uri", NULL, complain_uri};

static const struct field platform_fields[] = {
    {.key = "os", .type = FIELD_STRING, .offset = PLATFORM(os), .flags = FIELD_REQUIRED},
    {.key = "architecture",
     .type = FIELD_STRING,
     .offset = PLATFORM(architecture),
     .flags = FIELD_REQUIRED},
    {.key = "variant", .type = FIELD_STRING, .offset = PLATFORM(variant)},
    {.key = "os.version", .type = FIELD_STRING, .flags = FIELD_CHECKED},
    {.key = "os.features", .type = FIELD_STRINGS, .flags = FIELD_CHECKED},
    {0},
};

static const struct record platform_record = {
    .name = "platform",
    .size = sizeof(struct oci_platform),
    .fields = platform_fields,
    .open = true,
};

static const struct field descriptor_fields[] = {
    {.key = "mediaType",
     .type = FIELD_STRING,
     .offset = DESCRIPTOR(media_type),
     .format = &media_type_format,
     .flags = FIELD_REQUIRED},
    {.key = "digest",
     .type = FIELD_STRING,
     .offset = DESCRIPTOR(digest),
     .format = &oci_digest_format,
     .flags = FIELD_REQUIRED},
    {.key = "size",
     .type = FIELD_INT,
     .offset = DESCRIPTOR(size),
     .max = INT64_MAX,
     .flags = FIELD_REQUIRED},
    {.key = "artifactType",
     .type = FIELD_STRING,
     .offset = DESCRIPTOR(artifact_type),
     .format = &media_type_format},
    {.key = "urls", .type = FIELD_STRINGS, .offset = DESCRIPTOR(urls), .format = &uri_format},
    {.key = "data", .type = FIELD_STRING, .offset = DESCRIPTOR(data), .format = &format_base64},
    {.key = "platform",
     .type = FIELD_RECORD,
     .offset = DESCRIPTOR(platform),
     .record = &platform_record},
    {.key = "annotations", .type = FIELD_MAP, .offset = DESCRIPTOR(annotations)},
    {0},
};

static const struct record descriptor_record = {
    .name = "descriptor",
    .size = sizeof(struct oci_descriptor),
    .fields = descriptor_fields,
    .open = true,
};

static const struct field index_fields[] = {
    {.key = "schemaVersion",
     .type = FIELD_INT,
     .offset = INDEX(schema_version),
     .min = 2,
     .max = 2,
     .flags = FIELD_REQUIRED},
    {.key = "mediaType",
     .type = FIELD_STRING,
     .offset = INDEX(media_type),
     .format = &media_type_format},
    {.key = "artifactType",
     .type = FIELD_STRING,
     .format = &media_type_format,
     .flags = FIELD_CHECKED},
    {.key = "subject", .type = FIELD_RECORD, .record = &descriptor_record, .flags = FIELD_CHECKED},
    {.key = "annotations", .type = FIELD_MAP, .flags = FIELD_CHECKED},
    {.key = "manifests",
     .type = FIELD_RECORDS,
     .offset = INDEX(manifests.items),
     .count = INDEX(manifests.count),
     .record = &descriptor_record},
    {0},
};

const struct record oci_index_record = {
    .name = "index",
    .size = sizeof(struct oci_index),
    .fields = index_fields,
    .open = RECORD_OPEN_NOT_NULL,
};

static const struct field manifest_fields[] = {
    {.key = "schemaVersion",
     .type = FIELD_INT,
     .offset = MANIFEST(schema_version),
     .min = 2,
     .max = 2,
     .flags = FIELD_REQUIRED},
    {.key = "mediaType",
     .type = FIELD_STRING,
     .offset = MANIFEST(media_type),
     .format = &media_type_format},
    {.key = "artifactType",
     .type = FIELD_STRING,
     .offset = MANIFEST(artifact_type),
     .format = &media_type_format},
    {.key = "subject", .type = FIELD_RECORD, .record = &descriptor_record, .flags = FIELD_CHECKED},
    {.key = "annotations", .type = FIELD_MAP, .flags = FIELD_CHECKED},
    {.key = "config",
     .type = FIELD_RECORD,
     .offset = MANIFEST(config),
     .record = &descriptor_record,
     .flags = FIELD_REQUIRED},
    {.key = "layers",
     .type = FIELD_RECORDS,
     .offset = MANIFEST(layers.items),
     .count = MANIFEST(layers.count),
     .record = &descriptor_record},
    {0},
};

const struct record oci_manifest_record = {
    .name = "manifest",
    .size = sizeof(struct oci_manifest),
    .fields = manifest_fields,
    .open = RECORD_OPEN_NOT_NULL,
};

static const struct field layout_file_fields[] = {
    {.key = "imageLayoutVersion",
     .type = FIELD_STRING,
     .offset = offsetof(struct oci_layout_file, version),
     .flags = FIELD_REQUIRED},
    {0},
};

const struct record oci_layout_file_record = {
    .name = "oci-layout",
    .size = sizeof(struct oci_layout_file),
    .fields = layout_file_fields,
    .open = true,
};

static const struct {
	const char *media_type;
	enum oci_kind kind;
} kinds[] = {
    {"application/vnd.oci.image.index.v1+json", OCI_INDEX},
    {"application/vnd.oci.image.manifest.v1+json", OCI_MANIFEST},
    {"application/vnd.oci.image.config.v1+json", OCI_CONFIG},
    {"application/vnd.docker.distribution.manifest.list.v2+json", OCI_INDEX},
    {"application/vnd.docker.distribution.manifest.v2+json", OCI_MANIFEST},
    {"application/vnd.docker.container.image.v1+json", OCI_CONFIG},
};

enum oci_kind oci_kind(const char *media_type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].media_type, media_type) == 0)
			return kinds[i].kind;
	return OCI_OTHER;
}

const char *oci_reference(const struct oci_descriptor *d)
{
	return strmap_get(&d->annotations, REFERENCE_ANNOTATION);
}

/* uname(2)'s machine, and what Go calls it. */
static const struct {
	const char *machine;
	char architecture[10];
	char variant[4];
} machines[] = {
    {"x86_64", "amd64", "v1"}, {"aarch64", "arm64", "v8"},     {"armv8l", "arm", "v7"},
    {"armv7l", "arm", "v7"},   {"armv6l", "arm", "v6"},        {"i686", "386", ""},
    {"i586", "386", ""},       {"riscv64", "riscv64", ""},     {"ppc64le", "ppc64le", ""},
    {"s390x", "s390x", ""},    {"loongarch64", "loong64", ""},
};

const struct oci_platform *oci_machine(void)
{
	static char os[] = "linux", architecture[sizeof(((struct utsname *)0)->machine)],
	            variant[sizeof(machines[0].variant)];
	static struct oci_platform machine = {os, architecture, variant};
	const char *name;
	struct utsname uts;

	if (architecture[0] || uname(&uts) < 0)
		return &machine;
	name = uts.machine;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		if (strcmp(machines[i].machine, uts.machine) != 0)
			continue;
		name = machines[i].architecture;
		memcpy(variant, machines[i].variant, sizeof(variant));
	}
	snprintf(architecture, sizeof(architecture), "%s", name);
	return &machine;
}

/* The N of "vN"; 0 for all else. */
static int variant_number(const char *variant)
{
	if (!variant || variant[0] != 'v')
		return 0;
	return (int)strtol(variant + 1, NULL, 10);
}

int oci_platform_rank(const struct oci_platform *offer, const struct oci_platform *machine)
{
	int offered, wanted;

	if (!offer || !offer->os || !offer->architecture)
		return 1;
	if (strcmp(offer->os, machine->os) != 0 ||
	    strcmp(offer->architecture, machine->architecture) != 0)
		return 0;
	offered = variant_number(offer->variant);
	wanted = variant_number(machine->variant);
	/* An older variant runs, and a newer one may where that is a matter of the CPU's age
	 * (amd64). */
	if (offered >= 0 && offered <= wanted)
		return 10 + offered;
	return strcmp(machine->architecture, "amd64") == 0 ? 2 : 0;
}

static bool is_meant(const struct oci_descriptor *d, const char *ref,
                     const struct oci_platform *machine)
{
	enum oci_kind kind = oci_kind(d->media_type);
	const char *name = oci_reference(d);

	if ((kind != OCI_INDEX && kind != OCI_MANIFEST) || d->artifact_type)
		return false;
	if (ref)
		return strcmp(d->digest, ref) == 0 || (name && strcmp(name, ref) == 0);
	return kind == OCI_INDEX || oci_platform_rank(d->platform, machine) > 0;
}

size_t oci_select(const struct oci_index *index, const char *ref,
                  const struct oci_platform *machine, bool *chosen)
{
	const char *first = NULL;
	size_t different = 0;

	for (size_t i = 0; i < index->manifests.count; i++) {
		const struct oci_descriptor *d = &index->manifests.items[i];

		chosen[i] = is_meant(d, ref, machine);
		if (!chosen[i])
			continue;
		if (!first)
			first = d->digest;
		/* One image under two names is no choice; beyond two the number is of no interest.
		 */
		if (different == 0 || strcmp(d->digest, first) != 0)
			different++;
	}
	return different;
}
