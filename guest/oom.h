/* SPDX-License-Identifier: MIT */
/*
 * Whether the kernel's out-of-memory killer has ended the workload: by the
 * kernel's count for its control group, and by the kernel's own record of the
 * very process. Nothing that a process can print matters.
 */
#ifndef VMCONFIG_OOM_H
#define VMCONFIG_OOM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum oom_record {
	OOM_RECORD_NONE,   /* the kernel has recorded no such kill, or the records are gone */
	OOM_RECORD_OTHERS, /* of other processes only */
	OOM_RECORD_FOUND,
};

/* oom_killed() - whether a process that SIGKILL has ended was killed for memory. No allocation. */
bool oom_killed(pid_t pid);

/*
 * oom_record_in() - look for the kill of @pid.
 * @log: records as syslog(2) gives them, "<priority>[time] text\n"
 */
enum oom_record oom_record_in(const char *log, size_t length, pid_t pid);

#endif
