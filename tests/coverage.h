/* SPDX-License-Identifier: MIT */
/* How a build for coverage asks nsboot for the directory of its counters. */
#ifndef VMCONFIG_COVERAGE_H
#define VMCONFIG_COVERAGE_H

/* A command of reboot(2): nsboot answers it with a descriptor, of $NSBOOT_COVERAGE. */
#define COVERAGE_COMMAND 0x636f7672

#endif
