/* SPDX-License-Identifier: MIT */
/*
 * OCI image configuration: decoded by the tables below, then converted part by
 * part. Whatever the specification calls optional may be null.
 */
#include "oci_image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "document.h"
#include "environment.h"
#include "formats.h"
#include "guest_path.h"
#include "image_user.h"
#include "image_volumes.h"
#include "list.h"
#include "oci_index.h"
#include "oci_places.h"
#include "oci_rules.h"
#include "record_rows.h"
#include "signals.h"
#include "vm.h"

/* What Docker gives to an image that sets no PATH. */
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

#define ANNOTATION(name) "org.opencontainers.image." name

struct image_run {
	char *user;
	struct strlist env;
	struct strlist entrypoint;
	struct strlist cmd;
	char *workdir;
	char *stop_signal;
	struct optint stop_timeout; /* seconds; Docker's */
	struct strmap labels;
	struct strlist ports;
	struct strlist volumes;
};

struct image_rootfs {
	char *type;
	struct strlist diff_ids;
};

struct image {
	char *created;
	char *author;
	char *architecture;
	char *variant;
	char *os;
	char *os_version;
	struct strlist os_features;
	struct image_run *run;
	struct image_rootfs *rootfs;
};

#define DOCKERS .flags = FIELD_CHECKED | FIELD_OR_NULL /* in no schema */

/* What an object of empty objects, the specification's sets, holds. */
static const struct field nothing[] = {END};
static const struct record member_record = {"member", 1, nothing, true};

static const struct field health_fields[] = {
    {"Test", FIELD_STRINGS, DOCKERS},
    {"Interval", FIELD_INT, DOCKERS},
    {"Timeout", FIELD_INT, DOCKERS},
    {"StartPeriod", FIELD_INT, DOCKERS},
    {"StartInterval", FIELD_INT, DOCKERS},
    {"Retries", FIELD_INT, DOCKERS},
    END,
};
static const struct record health_record = {"Healthcheck", 1, health_fields, true};

static const struct field run_fields[] = {
    {"User", FIELD_STRING, AT(image_run, user)},
    {"Env", FIELD_STRINGS, AT(image_run, env)},
    {"Entrypoint", FIELD_STRINGS, AT(image_run, entrypoint), .flags = FIELD_OR_NULL},
    {"Cmd", FIELD_STRINGS, AT(image_run, cmd), .flags = FIELD_OR_NULL},
    {"WorkingDir", FIELD_STRING, AT(image_run, workdir)},
    {"StopSignal", FIELD_STRING, AT(image_run, stop_signal), .format = &format_signal},
    {"StopTimeout", FIELD_INT, AT(image_run, stop_timeout), .min = 0, .max = 86400,
     .flags = FIELD_OR_NULL},
    {"Labels", FIELD_MAP, AT(image_run, labels), .flags = FIELD_OR_NULL},
    {"ExposedPorts", FIELD_NAMES, AT(image_run, ports), .record = &member_record},
    {"Volumes", FIELD_NAMES, AT(image_run, volumes), .record = &member_record,
     .flags = FIELD_OR_NULL},
    {"Healthcheck", FIELD_RECORD, .record = &health_record, DOCKERS},
    {"Memory", FIELD_INT, DOCKERS},
    {"MemorySwap", FIELD_INT, DOCKERS},
    {"CpuShares", FIELD_INT, DOCKERS},
    {"OnBuild", FIELD_STRINGS, DOCKERS},
    {"ArgsEscaped", FIELD_BOOL, .flags = FIELD_CHECKED},
    END,
};
static const struct record run_record = {"config", sizeof(struct image_run), run_fields, true};

static const struct field rootfs_fields[] = {
    {"type", FIELD_STRING, AT(image_rootfs, type), .flags = FIELD_REQUIRED},
    {"diff_ids", FIELD_STRINGS, AT(image_rootfs, diff_ids), .format = &oci_digest_format},
    END,
};
static const struct record rootfs_record = {"rootfs", sizeof(struct image_rootfs), rootfs_fields,
                                            true};

static const struct field history_fields[] = {
    {"created", FIELD_STRING, .flags = FIELD_CHECKED},
    {"author", FIELD_STRING, .flags = FIELD_CHECKED},
    {"created_by", FIELD_STRING, .flags = FIELD_CHECKED},
    {"comment", FIELD_STRING, .flags = FIELD_CHECKED},
    {"empty_layer", FIELD_BOOL, .flags = FIELD_CHECKED},
    END,
};
static const struct record history_record = {"history", 1, history_fields, true};

static const struct field image_fields[] = {
    {"created", FIELD_STRING, AT(image, created)},
    {"author", FIELD_STRING, AT(image, author)},
    {"architecture", FIELD_STRING, AT(image, architecture), .flags = FIELD_REQUIRED},
    {"variant", FIELD_STRING, AT(image, variant)},
    {"os", FIELD_STRING, AT(image, os), .flags = FIELD_REQUIRED},
    {"os.version", FIELD_STRING, AT(image, os_version)},
    {"os.features", FIELD_STRINGS, AT(image, os_features)},
    {"config", FIELD_RECORD, AT(image, run), .record = &run_record},
    {"rootfs", FIELD_RECORD, AT(image, rootfs), .record = &rootfs_record, .flags = FIELD_REQUIRED},
    {"history", FIELD_RECORDS, .record = &history_record, .flags = FIELD_CHECKED},
    END,
};
const struct record oci_image_record = {"image config", sizeof(struct image), image_fields,
                                        RECORD_OPEN_NOT_NULL};

/* PATH first, where it is to be added, as Docker does. */
static int read_env(struct document *d, struct strmap *to)
{
	struct strmap env = {0};
	int r = environment_read(d, "/config/Env", &env);

	if (r == 0 && !strmap_get(&env, "PATH"))
		r = strmap_append(to, "PATH", DEFAULT_PATH);
	if (r == 0)
		r = environment_merge(to, &env);
	strmap_release(&env);
	return r;
}

static int read_user(struct document *d, const char *text, struct vmconfig *cfg)
{
	const char *why = NULL;
	int r;

	if (!text)
		return 0;
	cfg->user = calloc(1, sizeof(*cfg->user));
	if (!cfg->user)
		return -ENOMEM;
	r = image_user_parse(text, cfg->user, &why);
	if (r == -EINVAL)
		document_note(d, SEVERITY_ERROR, "user", "/config/User", "'%s' %s", text, why);
	return r == -ENOMEM ? r : 0;
}

static int read_workdir(struct document *d, const char *text, struct vmconfig *cfg)
{
	cfg->workdir = guest_path_clean(text ? text : "/");
	if (!cfg->workdir)
		return -ENOMEM;
	if (text && text[0] != '/')
		document_note(d, SEVERITY_WARNING, "workdir", "/config/WorkingDir",
		              "'%s' is relative, '%s' is taken", text, cfg->workdir);
	return 0;
}

static int read_stop_signal(const char *text, struct vmconfig *cfg)
{
	int number = text ? signal_parse(text) : -1;
	char name[32];

	if (number < 0)
		return 0; /* not given, or the table has complained */
	signal_format(number, name, sizeof(name));
	cfg->stop_signal = strdup(name);
	return cfg->stop_signal ? 0 : -ENOMEM;
}

static int read_run(struct document *d, struct image_run *run, struct vmconfig *cfg)
{
	int r;

	/* [""] is how Docker's API writes that there is none. */
	if (run->entrypoint.count == 1 && run->entrypoint.items[0][0] == '\0')
		strlist_release(&run->entrypoint);
	cfg->entrypoint = run->entrypoint;
	run->entrypoint = (struct strlist){0};
	cfg->cmd = run->cmd;
	run->cmd = (struct strlist){0};
	cfg->stop_timeout = run->stop_timeout;
	r = read_user(d, run->user, cfg);
	if (r == 0)
		r = read_workdir(d, run->workdir, cfg);
	if (r == 0)
		r = read_stop_signal(run->stop_signal, cfg);
	if (r == 0)
		r = image_volumes_read(d, &run->volumes, cfg);
	return r;
}

static int annotate(struct strmap *annotations, const char *name, const char *value)
{
	return value && *value ? strmap_set(annotations, name, value) : 0;
}

static int annotate_list(struct strmap *annotations, const char *name, const struct strlist *items)
{
	_cleanup_free_ char *list = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&list, &size);

	if (!f)
		return -ENOMEM;
	for (size_t i = 0; i < items->count; i++)
		fprintf(f, "%s%s", i ? "," : "", items->items[i]);
	if (fclose(f) != 0)
		return -ENOMEM;
	return annotate(annotations, name, list);
}

static int annotate_image(const struct image *image, struct strmap *to)
{
	const struct {
		const char *name;
		const char *value;
	} rows[] = {
	    {ANNOTATION("os"), image->os},
	    {ANNOTATION("architecture"), image->architecture},
	    {ANNOTATION("variant"), image->variant},
	    {ANNOTATION("os.version"), image->os_version},
	    {ANNOTATION("author"), image->author},
	    {ANNOTATION("created"), image->created},
	    {ANNOTATION("stopSignal"), image->run ? image->run->stop_signal : NULL},
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(rows) / sizeof(*rows); i++)
		r = annotate(to, rows[i].name, rows[i].value);
	if (r == 0)
		r = annotate_list(to, ANNOTATION("os.features"), &image->os_features);
	if (r == 0 && image->run)
		r = annotate_list(to, ANNOTATION("exposedPorts"), &image->run->ports);
	return r;
}

/* Labels win over what the conversion adds, and keep their empty values. */
static int annotate_labels(struct document *d, struct strmap *labels, struct strmap *to)
{
	if (strmap_get(labels, "")) {
		document_note(d, SEVERITY_WARNING, "label", "/config/Labels",
		              "a label without a name is left out");
		strmap_unset(labels, "");
	}
	return environment_merge(to, labels);
}

static int read_image(struct document *d, struct image *image, struct vmconfig *cfg)
{
	struct image_run none = {0};
	int r;

	oci_rules_image(d);
	r = annotate_image(image, &cfg->annotations);
	if (r == 0 && image->run)
		r = annotate_labels(d, &image->run->labels, &cfg->annotations);
	if (r == 0)
		r = read_run(d, image->run ? image->run : &none, cfg);
	if (r == 0)
		r = read_env(d, &cfg->env);
	return r;
}

int oci_image_read(struct document *d, struct request *r)
{
	struct image image = {0};
	int result;

	result = record_decode(&oci_image_record, &d->json, d->json.root, "", &image, &d->problems);
	if (result == 0)
		result = read_image(d, &image, &r->config);
	if (result == 0)
		result = oci_places_note(d, oci_image_rows, &oci_image_record);
	record_release(&oci_image_record, &image);
	return result;
}
