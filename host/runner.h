/* SPDX-License-Identifier: MIT */
/* Runner packages: a directory that a microvm.nix host, or any systemd host with such units, runs.
 */
#ifndef VMCONFIG_RUNNER_H
#define VMCONFIG_RUNNER_H

#include "vm.h"

struct vmm_kind;

/* Programs that the package's scripts execute, by absolute paths. */
enum runner_tool {
	TOOL_BUSCTL,
	TOOL_CHOWN,
	TOOL_IP,
	TOOL_MODPROBE,
	TOOL_VIRTIOFSD,
	TOOL_VMCONFIG,
	TOOL_COUNT
};

extern const char *const runner_tool_names[TOOL_COUNT];

struct runner {
	char *output;
	char *name; /* of the machine; NULL: the config's host name, or the directory's */
	char *user; /* who the VMM runs as, USER[:GROUP]; NULL: microvm:kvm */
	char *tools[TOOL_COUNT]; /* NULL: Debian's places; vmconfig: a copy of itself */
	bool reference;          /* kernel, initrd and images stay where they are */
	bool register_machine;   /* with systemd-machined */
};

/* What the scripts are made of. */
struct runner_plan {
	const struct runner *options;
	const struct vmm_kind *kind;
	const struct request *request;
	const struct strlist *command; /* the VMM's */
	const char *file_name;         /* that it reads in the state directory, or NULL */
	const char *file_text;
	const char *name;
	const char *user, *group;
	bool choose_accel;
};

/*
 * runner_make() - write the package.
 * @r: finished and checked; contents move
 * Return: 0, or negative after printing a line, and nothing is left behind.
 */
int runner_make(struct runner *options, struct request *r);

void runner_release(struct runner *options);

struct package;

/* runner_put_scripts() - bin/. */
int runner_put_scripts(struct package *p, const struct runner_plan *plan);

/* runner_put_lists() - share/microvm/, but for system; and the list of the host's files. */
int runner_put_lists(struct package *p, const struct runner_plan *plan);

/* runner_tool() - where a tool is. */
const char *runner_tool(const struct runner *options, enum runner_tool tool);

#endif
