/* SPDX-License-Identifier: MIT */
/* Sharing the directories that a bundle binds: a virtiofsd(1) each, for as long as a machine runs.
 */
#ifndef VMCONFIG_VIRTIOFSD_H
#define VMCONFIG_VIRTIOFSD_H

#include <stddef.h>
#include <sys/types.h>

struct vm;

struct virtiofsds {
	pid_t *pids;
	size_t count;
	char *dir;           /* where their sockets are */
	const struct vm *vm; /* whose shares have them */
};

/*
 * virtiofsds_start() - one for each share of @vm that the bundle asks for and nobody serves yet.
 * @s: zeroed; virtiofsds_release() whatever the result
 *
 * The shares' sockets become those that are made here. They listen at once,
 * in a directory that nobody else may enter: whoever connects to one reads and
 * writes with the rights of who started it.
 *
 * Return: 0, or negative after printing a line.
 */
int virtiofsds_start(struct virtiofsds *s, struct vm *vm);

/* virtiofsds_release() - end them, take the sockets away. */
void virtiofsds_release(struct virtiofsds *s);

#endif
