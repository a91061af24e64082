/* SPDX-License-Identifier: MIT */
/*
 * OCI runtime configuration: the document is decoded by the tables of
 * oci_runtime_doc.c and oci_vm.c, then moved section by section into the
 * request. What has no row there is unknown to the specification, which wants
 * it ignored.
 */
#include "oci_runtime.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "contract.h"
#include "document.h"
#include "list.h"
#include "oci_hooks.h"
#include "oci_linux.h"
#include "oci_mounts.h"
#include "oci_places.h"
#include "oci_process.h"
#include "oci_rules.h"
#include "oci_runtime_doc.h"
#include "oci_vm.h"
#include "record.h"
#include "semver.h"
#include "signals.h"
#include "vm.h"
#include "vm_image.h"

static void check_version(struct document *d, const char *text)
{
	struct semver version;

	if (!text)
		return;
	if (semver_parse(text, &version) < 0)
		document_note(d, SEVERITY_ERROR, "oci-version", "/ociVersion",
		              "'%s' is not a semantic version", text);
	else if (version.major != 1)
		document_note(d, SEVERITY_ERROR, "oci-version", "/ociVersion",
		              "'%s' is not supported, must be 1.x", text);
	else if (version.minor > 3)
		document_note(d, SEVERITY_WARNING, "oci-version", "/ociVersion",
		              "'%s' is newer than 1.3, what it adds is ignored", text);
}

static int take_root_path(struct document *d, const char *bundle, const char *path, char **root_dir)
{
	_cleanup_free_ char *full = NULL;
	struct stat st;

	if (path[0] != '/' && strstr(path, ".."))
		document_note(d, SEVERITY_WARNING, "root-path", "/root/path",
		              "'%s' may lead out of the bundle", path);
	if (path[0] == '/')
		full = strdup(path);
	else if (asprintf(&full, "%s/%s", bundle, path) < 0)
		full = NULL;
	if (!full)
		return -ENOMEM;
	if (stat(full, &st) < 0)
		document_note(d, SEVERITY_ERROR, "root-path", "/root/path", "'%s': %s", full,
		              strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		document_note(d, SEVERITY_ERROR, "root-path", "/root/path", "'%s' is no directory",
		              full);
	*root_dir = steal_ptr(&full);
	return 0;
}

static int move_root(struct document *d, const char *bundle, const struct oci_root *from,
                     struct request *r)
{
	struct vmconfig *cfg = &r->config;

	if (!from)
		return 0;
	if (from->readonly) {
		cfg->root = calloc(1, sizeof(*cfg->root));
		if (!cfg->root)
			return -ENOMEM;
		cfg->root->mode = VOLUME_RO;
		cfg->root->device = strdup(ROOT_LOWER_FALLBACK);
		if (!cfg->root->device)
			return -ENOMEM;
	}
	return bundle && from->path ? take_root_path(d, bundle, from->path, &r->root_dir) : 0;
}

/*
 * No field of a runtime configuration says how to stop. The annotation that the
 * image specification has converters write does, and engines write it.
 */
static int move_stop_signal(struct document *d, struct vmconfig *cfg)
{
	static const char name[] = "org.opencontainers.image.stopSignal";
	const char *text = strmap_get(&cfg->annotations, name);
	char signal[32];
	int number;

	if (!text || !*text)
		return 0;
	number = signal_parse(text);
	if (number < 0) {
		document_note(d, SEVERITY_WARNING, "signal",
		              "/annotations/org.opencontainers.image.stopSignal",
		              "'%.64s' is no signal, SIGTERM is taken", text);
		return 0;
	}
	signal_format(number, signal, sizeof(signal));
	cfg->stop_signal = strdup(signal);
	return cfg->stop_signal ? 0 : -ENOMEM;
}

static int move_runtime(struct document *d, const char *bundle, struct oci_runtime *from,
                        struct request *r)
{
	int result;

	check_version(d, from->oci_version);
	r->config.hostname = steal_ptr(&from->hostname);
	r->config.domainname = steal_ptr(&from->domainname);
	r->config.annotations = from->annotations;
	from->annotations = (struct strmap){0};
	result = move_stop_signal(d, &r->config);
	if (result == 0)
		result = oci_vm_move(d, from->vm, &r->vm);
	if (result == 0)
		result = vm_image_configure(r);
	if (result == 0)
		result = oci_process_move(d, from->process, &r->config);
	if (result == 0)
		result = move_root(d, bundle, from->root, r);
	if (result == 0)
		result = oci_mounts_move(d, bundle, &from->mounts, r);
	if (result == 0)
		result = oci_linux_move(d, from->linux_, r);
	if (result == 0)
		result = oci_hooks_move(d, bundle, from->hooks, r);
	return result;
}

int oci_runtime_read(struct document *d, const char *bundle, struct request *r)
{
	struct oci_runtime runtime = {0};
	int result =
	    record_decode(&oci_runtime_record, &d->json, d->json.root, "", &runtime, &d->problems);

	if (result == 0) {
		oci_rules_check(d, &runtime);
		result = move_runtime(d, bundle, &runtime, r);
	}
	if (result == 0)
		result = oci_places_note(d, oci_runtime_rows, &oci_runtime_record);
	record_release(&oci_runtime_record, &runtime);
	return result;
}
