/* SPDX-License-Identifier: MIT */
/* The mounts of --mount, on their way into the config. */
#ifndef VMCONFIG_GIVEN_MOUNTS_H
#define VMCONFIG_GIVEN_MOUNTS_H

struct document;
struct oci_mount_list;
struct request;
struct vmconfig;

/*
 * given_mounts_apply() - put them behind the config's own, or before the first that is below one of
 * them; contents move.
 * @d: takes what is wrong with the files and directories that they bind
 * @r: its mounts, files and volumes with the same destinations give way
 *
 * Return: 0, also when problems were noted; -ENOMEM.
 */
int given_mounts_apply(struct oci_mount_list *given, struct document *d, struct request *r);

/* mounts_yield() - take away what @cfg mounts at @path: a volume would be below it. */
void mounts_yield(struct vmconfig *cfg, const char *path);

void given_mounts_release(struct oci_mount_list *given);

#endif
