/* SPDX-License-Identifier: MIT */
/* Names of kernel parameters, as sysctl(8) takes them. */
#ifndef VMCONFIG_SYSCTL_PATH_H
#define VMCONFIG_SYSCTL_PATH_H

#include <stddef.h>

/*
 * sysctl_path() - the path below /proc/sys.
 *
 * The first separator of the name decides: after "net.ipv4.conf.eth0/100.forwarding"
 * dots part and slashes are dots of a name; after "net/ipv4/conf/eth0.100/forwarding"
 * it is a path already.
 *
 * Return: 0, or -ENAMETOOLONG.
 */
int sysctl_path(const char *name, char *path, size_t size);

#endif
