/* SPDX-License-Identifier: MIT */
/* How the probe is confined: scheduling, execution domain, system calls. */
#include "probe.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* sched_getattr(2) */
struct sched_attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};

static int verb_sched(char **words)
{
	struct sched_attributes a;

	(void)words;
	if (syscall(SYS_sched_getattr, 0, &a, sizeof(a), 0) < 0)
		return complain("");
	printf("sched policy %u nice %d priority %u flags %llu\n", a.policy, a.nice, a.priority,
	       (unsigned long long)a.flags);
	if (a.policy == 6)
		printf("deadline %llu %llu %llu\n", (unsigned long long)a.runtime,
		       (unsigned long long)a.deadline, (unsigned long long)a.period);
	return 0;
}

/* Class and priority. */
static int verb_ioprio(char **words)
{
	long priority = syscall(SYS_ioprio_get, 1, 0);

	(void)words;
	if (priority < 0)
		return complain("");
	printf("ioprio %ld %ld\n", priority >> 13, priority & 7);
	return 0;
}

static int verb_personality(char **words)
{
	(void)words;
	printf("personality %d\n", personality(0xffffffff));
	return 0;
}

/* A number and arguments, each a number; in a child, which the call may kill. */
static int verb_syscall(char **words)
{
	long args[6] = {0};
	int status;
	pid_t pid;

	fflush(stdout);
	for (int i = 0; i < 6 && words[i + 1]; i++)
		args[i] = (long)strtoull(words[i + 1], NULL, 0);
	pid = fork();
	if (pid == 0) {
		long r = syscall(strtol(*words, NULL, 0), args[0], args[1], args[2], args[3],
		                 args[4], args[5]);

		printf("syscall %s: %s\n", *words, r < 0 ? strerror(errno) : "done");
		fflush(stdout);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return complain(*words);
	if (WIFSIGNALED(status))
		printf("syscall %s: signal %d\n", *words, WTERMSIG(status));
	return 0;
}

const struct verb confine_verbs[] = {
    {"sched", 0, 0, verb_sched},
    {"ioprio", 0, 0, verb_ioprio},
    {"personality", 0, 0, verb_personality},
    {"syscall", 1, 0, verb_syscall},
    {NULL, 0, 0, NULL},
};
