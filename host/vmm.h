/* SPDX-License-Identifier: MIT */
/* A VMM as a child process, and the sockets that lead to its VM. */
#ifndef VMCONFIG_VMM_H
#define VMCONFIG_VMM_H

#include <sys/types.h>

#include "vmm_args.h"

struct vmm {
	char *program;               /* what was executed, for messages */
	pid_t pid;                   /* 0: not started, or reaped */
	int pidfd;                   /* readable once it has ended */
	int status;                  /* as waitpid(2) gives it, once reaped */
	int channels[CHANNEL_COUNT]; /* our ends, O_NONBLOCK */
	int messages;                /* what the VMM itself says, O_NONBLOCK */
	int theirs[CHANNEL_COUNT];   /* the VMM's ends, until it has been started */
};

/*
 * vmm_open() - make the channels, or, for a VMM that has no ports, none.
 * Return: 0, or negative after printing a line; vmm_release() whatever the result.
 */
int vmm_open(struct vmm *v, bool channels);

/* Where attend and run put the VMM's descriptors: its channels, its macvtap NICs. */
#define FIRST_CHANNEL_FD 100
#define FIRST_NIC_FD     110

/*
 * vmm_place_channels() - give the VMM's ends the numbers from FIRST_CHANNEL_FD, which are free.
 * Return: 0, or negative after printing a line.
 */
int vmm_place_channels(struct vmm *v);

/* Descriptors that the VMM inherits beside its channels. */
struct vmm_files {
	const int *fds;
	size_t count;
};

/*
 * vmm_start() - run the VMM in the background.
 * @args: the program first
 * @name: what it is to see as its own name, or NULL for the program's
 *
 * It inherits nothing else, has a session of its own, so that a terminal's ^C
 * reaches vmconfig alone, and dies with vmconfig, whatever that dies of. Its
 * standard input is empty, its output comes through v->messages.
 *
 * Return: 0, or negative after printing a line.
 */
int vmm_start(struct vmm *v, const struct strlist *args, char *name, const struct vmm_files *files);

/* vmm_kill() - end it now. */
void vmm_kill(struct vmm *v);

/* vmm_reap() - take note of its end, if it has ended. Return: whether it has. */
bool vmm_reap(struct vmm *v);

/* vmm_release() - close all; what still runs is killed and reaped. */
void vmm_release(struct vmm *v);

#endif
