/* SPDX-License-Identifier: MIT */
/* Files of the host that a package's monitor opens, as the package lists them. */
#ifndef VMCONFIG_HOST_FILES_H
#define VMCONFIG_HOST_FILES_H

/* In a package: "rw PATH" or "ro PATH" a line, absolute. None: there is no file. */
#define HOST_FILES "share/vmconfig/host-files"

#endif
