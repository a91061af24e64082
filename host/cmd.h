/* SPDX-License-Identifier: MIT */
/* The subcommands, for the table in main.c. */
#ifndef VMCONFIG_CMD_H
#define VMCONFIG_CMD_H

extern const struct command cmd_build;
extern const struct command cmd_cache;
extern const struct command cmd_check;
extern const struct command cmd_diff;
extern const struct command cmd_explain;
extern const struct command cmd_host;
extern const struct command cmd_initrd;
extern const struct command cmd_rootfs;
extern const struct command cmd_run;
extern const struct command cmd_runner;

/* For the scripts of runner packages. */
extern const struct command cmd_attend;
extern const struct command cmd_attend_stop;
extern const struct command cmd_attend_balloon;
extern const struct command cmd_attend_shares;
extern const struct command cmd_schema;
extern const struct command cmd_show;
extern const struct command cmd_vm;

#endif
