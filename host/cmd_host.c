/* SPDX-License-Identifier: MIT */
/* `vmconfig host`: the units, the user and the state directory that runner packages need. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "cleanup.h"
#include "cmd.h"
#include "error.h"
#include "option.h"
#include "output.h"
#include "parents.h"
#include "replace_file.h"
#include "tool.h"
#include "units.h"
#include "verb.h"

struct host {
	char *root;
	bool dry_run;
};

struct host_verb {
	struct command command;
	int (*act)(const struct host *h);
};

static const struct option_row host_options[] = {
    {"root", 0, "DIR", "treat DIR as \"/\": for packaging; no program is run", option_set_string,
     offsetof(struct host, root), .flags = OPTION_FILE},
    {"dry-run", 'n', NULL, "print what would be done", option_set_flag,
     offsetof(struct host, dry_run), .flags = 0},
    {.name = NULL},
};

static const struct option_group host_groups[] = {
    {"options", host_options, 0},
    {.title = NULL},
};

static char *in_root(const struct host *h, const char *path)
{
	char *full;

	return asprintf(&full, "%s%s", h->root ? h->root : "", path) < 0 ? NULL : full;
}

static int put_file(const struct host *h, const struct host_file *file)
{
	_cleanup_free_ char *path = in_root(h, file->path);
	int r;

	if (!path)
		return fail_errno(ENOMEM, "cannot write '%s'", file->path);
	output("%s %s\n", h->dry_run ? "would write" : "wrote", path);
	if (h->dry_run)
		return 0;
	r = make_parents(path);
	if (r == 0)
		r = replace_file(path, file->text, strlen(file->text));
	/* Everybody may read units; systemd warns when they cannot. */
	if (r == 0 && chmod(path, 0644) < 0)
		r = fail_errno(errno, "cannot write '%s'", path);
	return r;
}

/* Each is told by its own program; those of this list are part of systemd. */
static int run_tools(const struct host *h)
{
	static const char *const tools[][3] = {
	    {"systemd-sysusers", "/etc/sysusers.d/vmconfig-microvm.conf", NULL},
	    {"systemd-tmpfiles", "--create", "/etc/tmpfiles.d/vmconfig-microvm.conf"},
	    {"systemctl", "daemon-reload", NULL},
	};

	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		const char *words[4] = {tools[i][0], tools[i][1], tools[i][2], NULL};
		int r;

		output("%s %s%s%s %s\n", h->dry_run ? "would run" : "ran", words[0],
		       words[1] ? " " : "", words[1] ? words[1] : "", words[2] ? words[2] : "");
		if (h->dry_run)
			continue;
		r = tool_run(words);
		if (r != 0)
			return r < 0 ? r : fail("'%s' failed with status %d", words[0], r);
	}
	return 0;
}

static int make_state(const struct host *h)
{
	_cleanup_free_ char *path = in_root(h, MICROVM_STATE "/");

	return path ? make_parents(path) : fail_errno(ENOMEM, "cannot make '%s'", MICROVM_STATE);
}

static int install(const struct host *h)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < host_file_count; i++)
		r = put_file(h, &host_files[i]);
	if (r == 0 && h->root && !h->dry_run)
		r = make_state(h);
	if (r == 0 && !h->root)
		r = run_tools(h);
	return output_finish() < 0 && r == 0 ? -EIO : r;
}

static int uninstall(const struct host *h)
{
	static const char *const reload[] = {"systemctl", "daemon-reload", NULL};
	int r = 0;

	for (size_t i = 0; r == 0 && i < host_file_count; i++) {
		_cleanup_free_ char *path = in_root(h, host_files[i].path);

		if (!path)
			return fail_errno(ENOMEM, "cannot remove '%s'", host_files[i].path);
		if (access(path, F_OK) < 0)
			continue;
		output("%s %s\n", h->dry_run ? "would remove" : "removed", path);
		if (!h->dry_run && unlink(path) < 0)
			r = fail_errno(errno, "cannot remove '%s'", path);
	}
	if (r == 0 && !h->root && !h->dry_run)
		r = tool_run(reload);
	return output_finish() < 0 && r == 0 ? -EIO : r;
}

static int run(const struct command *self, int argc, char **argv)
{
	const struct host_verb *verb = (const struct host_verb *)self;
	struct host h = {0};
	struct arguments arguments;
	int r = option_parse(self, argc, argv, &h, &arguments);

	if (r == 0 && (arguments.operand_count || arguments.command_count))
		r = usage_error("'%s' takes no operand", self->name);
	if (r == 0 && h.root && h.root[0] != '/')
		r = usage_error("--root: '%s' is not an absolute path", h.root);
	if (r == 0)
		r = verb->act(&h);
	free(h.root);
	return r < 0 ? r : EXIT_SUCCESS;
}

static const struct host_verb verbs[] = {
    {
        .command.name = "host install",
        .command.synopsis = "[options]",
        .command.summary = "put units, the user and the state directory on this host",
        .command.groups = host_groups,
        .command.run = run,
        .act = install,
    },
    {
        .command.name = "host uninstall",
        .command.synopsis = "[options]",
        .command.summary = "take the units away; machines and their data stay",
        .command.groups = host_groups,
        .command.run = run,
        .act = uninstall,
    },
};

static const struct command *const commands[] = {&verbs[0].command, &verbs[1].command, NULL};

const struct command cmd_host = {
    .name = "host",
    .synopsis = "install|uninstall [options]",
    .summary = "prepare a systemd host for runner packages",
    .verbs = commands,
    .run = verb_run,
};
