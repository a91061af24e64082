/* SPDX-License-Identifier: MIT */
/*
 * OCI runtime configuration: the document is decoded by the tables below, then
 * moved part by part into the request. What has no row and no place in
 * not_applied[] is unknown to the specification, which wants it ignored.
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
#include "environment.h"
#include "formats.h"
#include "list.h"
#include "not_applied.h"
#include "oci_vm.h"
#include "record.h"
#include "semver.h"
#include "vm.h"

#define MAX_ID 4294967294 /* (uid_t)-1 means "leave as it is" to setresuid(2) */

struct oci_user {
	struct optint uid;
	struct optint gid;
	struct optint umask;
	struct intlist additional_gids;
};

struct oci_process {
	char *cwd;
	struct strlist args;
	struct strlist env;
	struct oci_user *user;
};

struct oci_root {
	char *path;
	bool readonly;
};

struct oci_runtime {
	char *oci_version;
	struct oci_process *process;
	struct oci_root *root;
	char *hostname;
	char *domainname;
	struct strmap annotations;
	struct oci_vm *vm;
};

#define AT(type, member) .offset = offsetof(struct type, member)
#define END                 \
	{                   \
		.key = NULL \
	}

static const struct field user_fields[] = {
    {"uid", FIELD_INT, AT(oci_user, uid), .max = MAX_ID},
    {"gid", FIELD_INT, AT(oci_user, gid), .max = MAX_ID},
    {"umask", FIELD_INT, AT(oci_user, umask), .max = 0777},
    {"additionalGids", FIELD_INTS, AT(oci_user, additional_gids), .max = MAX_ID},
    END,
};
static const struct record user_record = {"user", sizeof(struct oci_user), user_fields, true};

static const struct field process_fields[] = {
    {"cwd", FIELD_STRING, AT(oci_process, cwd), .format = &format_absolute_path,
     .flags = FIELD_REQUIRED},
    {"args", FIELD_STRINGS, AT(oci_process, args)},
    {"env", FIELD_STRINGS, AT(oci_process, env)},
    {"user", FIELD_RECORD, AT(oci_process, user), .record = &user_record},
    END,
};
static const struct record process_record = {"process", sizeof(struct oci_process), process_fields,
                                             true};

static const struct field root_fields[] = {
    {"path", FIELD_STRING, AT(oci_root, path), .flags = FIELD_REQUIRED},
    {"readonly", FIELD_BOOL, AT(oci_root, readonly)},
    END,
};
static const struct record root_record = {"root", sizeof(struct oci_root), root_fields, true};

static const struct field runtime_fields[] = {
    {"ociVersion", FIELD_STRING, AT(oci_runtime, oci_version), .flags = FIELD_REQUIRED},
    {"process", FIELD_RECORD, AT(oci_runtime, process), .record = &process_record},
    {"root", FIELD_RECORD, AT(oci_runtime, root), .record = &root_record, .flags = FIELD_REQUIRED},
    {"hostname", FIELD_STRING, AT(oci_runtime, hostname), .format = &format_hostname},
    {"domainname", FIELD_STRING, AT(oci_runtime, domainname), .format = &format_hostname},
    {"annotations", FIELD_MAP, AT(oci_runtime, annotations), .name_format = &format_not_empty},
    {"vm", FIELD_RECORD, AT(oci_runtime, vm), .record = &oci_vm_record},
    END,
};
static const struct record runtime_record = {"runtime config", sizeof(struct oci_runtime),
                                             runtime_fields, RECORD_OPEN_NOT_NULL};

/* Every field of the specification that has no row above. */
static const struct not_applied not_applied[] = {
    {"/process/terminal", NULL},
    {"/process/commandLine", "means nothing on Linux, ignored"},
    {"/process/user/username", "means nothing on Linux, ignored"},
    {"/process/capabilities", NULL},
    {"/process/rlimits", NULL},
    {"/process/noNewPrivileges", NULL},
    {"/process/oomScoreAdj", NULL},
    {"/process/apparmorProfile", NULL},
    {"/process/selinuxLabel", NULL},
    {"/process/scheduler", NULL},
    {"/process/ioPriority", NULL},
    {"/process/execCPUAffinity", "means nothing to the first process, ignored"},
    {"/mounts", NULL},
    {"/hooks", NULL},
    {"/linux/namespaces", "not applied by this version; the virtual machine has its own"},
    {"/linux/uidMappings", NULL},
    {"/linux/gidMappings", NULL},
    {"/linux/timeOffsets", NULL},
    {"/linux/devices", NULL},
    {"/linux/netDevices", NULL},
    {"/linux/cgroupsPath", NULL},
    {"/linux/resources", NULL},
    {"/linux/intelRdt", NULL},
    {"/linux/memoryPolicy", NULL},
    {"/linux/personality", NULL},
    {"/linux/sysctl", NULL},
    {"/linux/seccomp", NULL},
    {"/linux/rootfsPropagation", NULL},
    {"/linux/maskedPaths", NULL},
    {"/linux/readonlyPaths", NULL},
    {"/linux/mountLabel", NULL},
    {"/windows", "another platform's, ignored"},
    {"/solaris", "another platform's, ignored"},
    {"/zos", "another platform's, ignored"},
    {"/freebsd", "another platform's, ignored"},
    {NULL, NULL},
};

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

static int move_user(struct document *d, struct oci_user *from, struct vmconfig *cfg)
{
	struct user *user = calloc(1, sizeof(*user));

	if (!user)
		return -ENOMEM;
	cfg->user = user;
	if (!from->uid.set && json_find(&d->json, "/process/user/uid") == NULL)
		document_note(d, SEVERITY_WARNING, "required", "/process/user",
		              "'uid' is missing, 0 is taken");
	if (!from->gid.set && json_find(&d->json, "/process/user/gid") == NULL)
		document_note(d, SEVERITY_WARNING, "required", "/process/user",
		              "'gid' is missing, 0 is taken");
	user->uid = (struct optint){.set = true, .value = from->uid.value};
	user->gid = (struct optint){.set = true, .value = from->gid.value};
	user->umask = from->umask;
	user->additional_gids = from->additional_gids;
	from->additional_gids = (struct intlist){0};
	return 0;
}

/* "-- CMD" replaces Cmd: the whole of args goes there, and entrypoint stays empty. */
static int move_process(struct document *d, struct oci_process *process, struct vmconfig *cfg)
{
	int r;

	if (!process)
		return 0;
	if (process->args.count && !process->args.items[0][0])
		document_note(d, SEVERITY_ERROR, "args", "/process/args/0",
		              "the program's name is empty");
	cfg->cmd = process->args;
	process->args = (struct strlist){0};
	cfg->workdir = steal_ptr(&process->cwd);
	r = environment_read(d, "/process/env", &cfg->env);
	if (r == 0 && process->user)
		r = move_user(d, process->user, cfg);
	return r;
}

static int check_root_path(struct document *d, const char *bundle, const char *path)
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
	return 0;
}

static int move_root(struct document *d, const char *bundle, const struct oci_root *from,
                     struct vmconfig *cfg)
{
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
	return bundle && from->path ? check_root_path(d, bundle, from->path) : 0;
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
	result = oci_vm_move(d, from->vm, &r->vm);
	if (result < 0)
		return result;
	result = move_process(d, from->process, &r->config);
	if (result < 0)
		return result;
	return move_root(d, bundle, from->root, &r->config);
}

int oci_runtime_read(struct document *d, const char *bundle, struct request *r)
{
	struct oci_runtime runtime = {0};
	int result;

	result = record_decode(&runtime_record, &d->json, d->json.root, "", &runtime, &d->problems);
	if (result == 0)
		result = move_runtime(d, bundle, &runtime, r);
	if (result == 0)
		note_not_applied(d, not_applied);
	record_release(&runtime_record, &runtime);
	return result;
}
