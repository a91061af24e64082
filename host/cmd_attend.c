/* SPDX-License-Identifier: MIT */
/* `vmconfig attend`: what microvm-run of a runner package executes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "attend.h"
#include "cleanup.h"
#include "cmd.h"
#include "contract.h"
#include "error.h"
#include "list.h"
#include "option.h"
#include "vm_options.h"
#include "vmm_kind.h"

#define DEFAULT_STOP_S 10
#define MAX_SECONDS    31536000

struct cmd_attend {
	struct attend_options options;
	char *name;
	char *nonce_file;
	struct optint stop_timeout;
	struct optint timeout;
};

static int set_kind(const struct option_row *row, void *member, const char *value)
{
	const struct vmm_kind **kind = member;

	*kind = vmm_kind_named(value);
	return *kind ? 0 : option_error(row, "'%s' is no family of VMMs", value);
}

/* A port or a context id of vsock, of which the last stands for any. */
static int set_vsock_number(const struct option_row *row, void *member, const char *value)
{
	uint32_t *to = member;
	long long number;

	if (parse_number(value, 1, UINT32_MAX - 1, &number) < 0)
		return option_error(row, "'%s' is not a number within 1..%u", value,
		                    UINT32_MAX - 1);
	*to = (uint32_t)number;
	return 0;
}

static int set_choice(const struct option_row *row, void *member, const char *value)
{
	struct attend_options *o = member;

	o->choose_accel = true;
	return set_accel(row, &o->accel, value);
}

/* A place for each NIC, in order. */
static int add_nic(const struct option_row *row, void *member, const char *value)
{
	return option_add_string(row, member, value);
}

/* FORMAT:FILE, so that FILE may have any bytes. */
static int add_check(const struct option_row *row, void *member, const char *value)
{
	struct vm_disk disk = {.readonly = true};
	const char *colon = strchr(value, ':');
	_cleanup_free_ char *name = NULL;
	int r;

	if (!colon || !colon[1])
		return option_error(row, "'%s' is not FORMAT:FILE", value);
	name = strndup(value, (size_t)(colon - value));
	if (!name)
		return fail_errno(ENOMEM, "--%s", row->name);
	r = disk_format_parse(row, name, &disk.format);
	if (r < 0)
		return r;
	disk.file = strdup(colon + 1);
	if (disk.file && vm_add_disk(member, &disk) == 0)
		return 0;
	free(disk.file);
	return fail_errno(ENOMEM, "--%s", row->name);
}

#define AT(member) .offset = offsetof(struct cmd_attend, member)

static const struct option_row attend_options[] = {
    {"kind", 0, "FAMILY", "of the VMM", set_kind, AT(options.kind)},
    {"name", 0, "NAME", "of the machine", option_set_string, AT(name)},
    {"accel", 0, "NAME", "add -accel: auto, kvm or tcg", set_choice, AT(options)},
    {"macvtap", 0, "ID", "the next NIC's device; \"\": it has none", add_nic, AT(options.nics),
     .flags = OPTION_REPEATS},
    {"nonce", 0, "FILE", "what the guest's reports are known by", option_set_string, AT(nonce_file),
     .flags = OPTION_FILE},
    {"report-port", 0, "PORT", "of vsock, where the guest connects to report", set_vsock_number,
     AT(options.report_port)},
    {"guest-cid", 0, "CID", "the guest's on vsock", set_vsock_number, AT(options.guest_cid)},
    {"check-disk", 0, "FORMAT:FILE", "do not start when the disk names other files of the host",
     add_check, AT(options.vm), .flags = OPTION_REPEATS | OPTION_FILE},
    {"stop-timeout", 0, "SECONDS", "what the guest gives its workload to stop", option_set_count,
     AT(stop_timeout), .value = MAX_SECONDS},
    {"timeout", 0, "SECONDS", "stop the guest after that time", option_set_count, AT(timeout),
     .value = MAX_SECONDS},
    {"verbose", 0, NULL, "kernel and init messages on stderr as they come", option_set_flag,
     AT(options.verbose)},
    {.name = NULL},
};

static const struct option_group attend_groups[] = {
    {"options", attend_options, 0},
    {.title = NULL},
};

static int run_command(struct cmd_attend *a, const struct arguments *arguments)
{
	struct attend_options *o = &a->options;

	if (!o->kind || !a->name || !arguments->command_count)
		return usage_error("'attend' needs --kind, --name and a command behind --");
	if (o->report_port && (!o->guest_cid || !a->nonce_file))
		return usage_error("--report-port needs --guest-cid and --nonce");
	for (size_t i = 0; i < arguments->command_count; i++)
		if (strlist_add(&o->command, arguments->command[i]) < 0)
			return STATUS_INIT_FAILED;
	o->name = a->name;
	o->nonce_file = a->nonce_file;
	o->stop_timeout_s = a->stop_timeout.set ? a->stop_timeout.value : DEFAULT_STOP_S;
	o->timeout_s = a->timeout.set ? a->timeout.value : 0;
	return attend(o);
}

static int run_attend(const struct command *self, int argc, char **argv)
{
	struct cmd_attend a = {0};
	struct arguments arguments;
	int r = option_parse(self, argc, argv, &a, &arguments);

	if (r == 0)
		r = run_command(&a, &arguments);
	else if (r > 0)
		r = EXIT_SUCCESS;
	strlist_release(&a.options.command);
	strlist_release(&a.options.nics);
	vm_release(&a.options.vm);
	free(a.name);
	free(a.nonce_file);
	return r < 0 && r != -EX_USAGE ? STATUS_INIT_FAILED : r;
}

const struct command cmd_attend = {
    .name = "attend",
    .synopsis = "--kind FAMILY --name NAME [options] -- PROGRAM...",
    .summary = "run a runner package's machine in its state directory",
    .groups = attend_groups,
    .run = run_attend,
    .hidden = true,
};
