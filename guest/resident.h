/* SPDX-License-Identifier: MIT */
#ifndef VMCONFIG_RESIDENT_H
#define VMCONFIG_RESIDENT_H

/*
 * resident_trim() - let go of the pages of init's own program that the boot needed.
 *
 * They are the file's, and come back when they are used.
 */
void resident_trim(void);

#endif
