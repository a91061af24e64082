/* SPDX-License-Identifier: MIT */
/* Overrides: what the command line says beside INPUT, in Docker's words. */
#ifndef VMCONFIG_OVERRIDES_H
#define VMCONFIG_OVERRIDES_H

#include "capability_option.h"
#include "net_option.h"
#include "oci_runtime_doc.h"
#include "option.h"
#include "vm.h"

struct document;

enum mode_override { MODE_KEEP, MODE_AUTO, MODE_EXEC, MODE_SYSTEMD };

struct overrides {
	struct vmconfig config;  /* what was given, and nothing else */
	struct strmap file_env;  /* --env-file; --env wins over it */
	struct net_options nets; /* --net */
	struct strlist dns;      /* --dns */
	struct capability_options capabilities;
	struct oci_mount_list mounts; /* --mount, but for its volumes */
	bool entrypoint_given;        /* "" takes the image's away and sets none */
	bool read_only;
	enum mode_override mode; /* the caller turns MODE_KEEP into MODE_AUTO for OCI documents */
};

/* Rows that fill a struct overrides. */
extern const struct option_row override_options[];

/*
 * overrides_finish() - take CMD from behind "--" and refuse what contradicts itself.
 * Return: 0, or negative after printing a line.
 */
int overrides_finish(struct overrides *o, const struct arguments *arguments);

/*
 * overrides_apply() - put what was given into @r; contents of @o move.
 * @d: takes what is wrong with the files and directories that --mount binds
 * Return: 0, also when problems were noted; -ENOMEM.
 */
int overrides_apply(struct overrides *o, struct document *d, struct request *r);

void overrides_release(struct overrides *o);

#endif
