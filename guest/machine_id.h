/* SPDX-License-Identifier: MIT */
/* What systemd takes for the machine's identity. */
#ifndef VMCONFIG_MACHINE_ID_H
#define VMCONFIG_MACHINE_ID_H

/*
 * machine_id_provide() - an /etc/machine-id that makes this no first boot.
 * @root_fd: the root filesystem, still writable
 *
 * One that is there stays. In the place of none, or of "uninitialized", comes
 * an empty file: systemd then finds an id by itself, and keeps it where /etc can
 * be written; it neither asks the console for a root password, as on a first
 * boot, nor lacks a place to mount over when /etc is read-only.
 *
 * Return: 0 or -errno.
 */
int machine_id_provide(int root_fd);

#endif
