/* SPDX-License-Identifier: MIT */
/* The command line of nsboot. */
#ifndef VMCONFIG_NSBOOT_OPTIONS_H
#define VMCONFIG_NSBOOT_OPTIONS_H

#include <stddef.h>

#include "nsboot_disk.h"

#define MAX_DISKS       26 /* vda to vdz */
#define MAX_STEPS       32
#define MAX_EXTRA_FILES 8
#define MAX_COVERS      4

/* Once the machine has said @text, do something; then the next step is waited for. */
struct step {
	const char *text;
	enum { STEP_NONE, STEP_KILL, STEP_TYPE, STEP_SAY, STEP_RUN, STEP_ATTACH } action;
	int signal; /* STEP_KILL: to init */
	/* STEP_TYPE, STEP_SAY: characters; STEP_RUN: a shell's command; STEP_ATTACH: an image */
	char *word;
};

/* A file put into the initramfs, or a directory of the host's over one of the machine's. */
struct extra_file {
	const char *source;
	const char *target;
};

struct options {
	const char *init;
	const char *cmdline;
	const char *fault;  /* what build/init-fault makes fail, or "" */
	const char *netns;  /* NULL: a new one with nothing but lo */
	const char *nonce;  /* of the config: other report lines are the workload's forgeries */
	const char *port;   /* its name, or NULL: there is none */
	const char *report; /* file for the report lines, or NULL */
	int timeout_s;
	struct disk disks[MAX_DISKS];
	size_t disk_count;
	struct step steps[MAX_STEPS];
	size_t step_count;
	struct extra_file files[MAX_EXTRA_FILES];
	size_t file_count;
	struct extra_file covers[MAX_COVERS];
	size_t cover_count;
};

/* options_parse() - read a command line. Exits when there is something wrong with it. */
void options_parse(struct options *o, int argc, char **argv);

/* options_add_disk() - one more disk, as --disk has it; @word is cut into pieces. */
void options_add_disk(struct options *o, char *word);

#endif
