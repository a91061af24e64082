/* SPDX-License-Identifier: MIT */
/* The config's environment, as systemd gives it to its services. */
#ifndef VMCONFIG_SYSTEMD_ENV_H
#define VMCONFIG_SYSTEMD_ENV_H

#include "runtime_file.h"
#include "vmconfig.h"

/*
 * systemd_env_write() - a drop-in of system.conf with a DefaultEnvironment= for each variable.
 *
 * Left out, with a warning: names that systemd refuses, and "container", which would have it take
 * the machine for one.
 */
void systemd_env_write(struct runtime_file *f, const struct strmap *env);

/* systemd_env_put_value() - @value as it stands between the double quotes of a unit or of systemd's
 * own files. */
void systemd_env_put_value(struct runtime_file *f, const char *value);

#endif
