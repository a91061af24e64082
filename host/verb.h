/* SPDX-License-Identifier: MIT */
/* Commands with verbs: `vmconfig vm install …` is the command "install" of the command "vm". */
#ifndef VMCONFIG_VERB_H
#define VMCONFIG_VERB_H

struct command;

/* verb_run() - the verb that argv[1] names; run() of a struct command that has verbs. */
int verb_run(const struct command *self, int argc, char **argv);

#endif
