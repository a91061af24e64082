/* SPDX-License-Identifier: MIT */
/* The machine: from its start to its end. */
#ifndef VMCONFIG_NSBOOT_MACHINE_H
#define VMCONFIG_NSBOOT_MACHINE_H

#include <stdbool.h>
#include <sys/types.h>

#include "nsboot_console.h"

struct options;

struct machine {
	struct options *options;
	struct console console;
	int master; /* of the console's pseudo terminal */
	int slave;
	int port; /* the same two of the port, or -1 */
	int port_slave;
	int listener; /* of reboot(2) */
	int pidfd;
	pid_t pid;
	int status;   /* of waitpid(2) */
	unsigned end; /* the command of reboot(2), or 0 */
	bool timed_out;
	bool interrupted;
};

/* machine_start() - open its console and its port, and execute init. Dies when that cannot be done.
 */
void machine_start(struct machine *m);

/* machine_take_steps() - all those whose time has come. */
void machine_take_steps(struct machine *m);

/* machine_say() - a line of the host's to the port. */
void machine_say(const struct machine *m, const char *line);

/* machine_on_reboot() - the listener has a call of reboot(2): note it, and let it go on. */
void machine_on_reboot(struct machine *m);

/* machine_verdict() - nsboot's exit status; what is wrong is said on standard error. */
int machine_verdict(const struct machine *m);

#endif
