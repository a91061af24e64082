/* SPDX-License-Identifier: MIT */
/* The sections of a runtime configuration for other platforms: checked, and nothing made of them.
 */
#ifndef VMCONFIG_OCI_FOREIGN_H
#define VMCONFIG_OCI_FOREIGN_H

struct record;

extern const struct record oci_windows_record;
extern const struct record oci_solaris_record;
extern const struct record oci_zos_record;
extern const struct record oci_freebsd_record;

#endif
