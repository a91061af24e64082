/* SPDX-License-Identifier: MIT */
/* Commands with verbs: `vmconfig vm install …` is the command "install" of the command "vm". */
#ifndef VMCONFIG_VERB_H
#define VMCONFIG_VERB_H

struct command;

/*
 * verb_run() - run the verb that argv[1] names.
 * @command: whose verbs they are, for messages and help
 * @verbs:   ends with NULL
 *
 * Return: as a command's run().
 */
int verb_run(const struct command *command, const struct command *const *verbs, int argc,
             char **argv);

#endif
