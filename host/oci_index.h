/* SPDX-License-Identifier: MIT */
/*
 * The documents of an OCI image layout (image-spec image-index.md,
 * manifest.md, descriptor.md) and the choice between images. Pure: text and
 * structs, no files.
 */
#ifndef VMCONFIG_OCI_INDEX_H
#define VMCONFIG_OCI_INDEX_H

#include <stdbool.h>
#include <stddef.h>

#include "vmconfig.h"

struct record;

struct oci_platform {
	char *os;
	char *architecture; /* Go's names: amd64, arm64 */
	char *variant;      /* "v7" */
};

struct oci_descriptor {
	char *media_type;
	char *digest;
	struct optint size;
	char *artifact_type;
	struct strlist urls;
	char *data; /* the content itself, in base64 */
	struct oci_platform *platform;
	struct strmap annotations;
};

struct oci_index {
	struct optint schema_version;
	char *media_type;
	struct {
		struct oci_descriptor *items;
		size_t count;
	} manifests;
};

struct oci_manifest {
	struct optint schema_version;
	char *media_type;
	char *artifact_type;
	struct oci_descriptor *config;
	struct {
		struct oci_descriptor *items;
		size_t count;
	} layers;
};

/* The file "oci-layout". */
struct oci_layout_file {
	char *version;
};

extern const struct format oci_digest_format; /* ALGORITHM:DIGITS */

extern const struct record oci_index_record;
extern const struct record oci_manifest_record;
extern const struct record oci_layout_file_record;

/* What a descriptor leads to, by its media type, OCI's or Docker's. */
enum oci_kind { OCI_OTHER, OCI_INDEX, OCI_MANIFEST, OCI_CONFIG };

enum oci_kind oci_kind(const char *media_type);

/* oci_reference() - org.opencontainers.image.ref.name, or NULL. */
const char *oci_reference(const struct oci_descriptor *d);

/* oci_machine() - the platform of this machine, static. */
const struct oci_platform *oci_machine(void);

/*
 * oci_platform_rank() - how well an image fits a machine.
 * @offer: NULL or empty when the index does not say
 *
 * Return: 0 not at all, 1 perhaps, more is better.
 */
int oci_platform_rank(const struct oci_platform *offer, const struct oci_platform *machine);

/*
 * oci_select() - which entries of an index.json are meant.
 * @ref:     a reference name or a whole digest; NULL: the one image there is
 * @machine: without @ref, entries for other platforms are passed over
 * @chosen:  one flag per entry, set for those meant
 *
 * Several entries may be meant by one name: the same image for several
 * platforms. Entries that are neither image nor index are passed over.
 *
 * Return: how many different digests are meant; without @ref more than one is a choice that
 * somebody must make.
 */
size_t oci_select(const struct oci_index *index, const char *ref,
                  const struct oci_platform *machine, bool *chosen);

#endif
