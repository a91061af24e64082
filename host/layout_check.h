/* SPDX-License-Identifier: MIT */
/* Everything that is wrong with an OCI image layout. */
#ifndef VMCONFIG_LAYOUT_CHECK_H
#define VMCONFIG_LAYOUT_CHECK_H

struct findings;

/*
 * layout_check() - look through a layout: its index and those within it, each manifest of every
 * platform, each configuration, and every blob that one of them names.
 * @spec: LAYOUT[:REF][@DIGEST]; with REF or DIGEST only what they name
 * @out:  zeroed; to be released whatever the result
 *
 * Return: 0, also when problems were found, -errno after printing a line, or -ENOMEM.
 */
int layout_check(const char *spec, struct findings *out);

#endif
