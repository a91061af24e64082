/* SPDX-License-Identifier: MIT */
/*
 * The texts of the machine's files, from the config alone. Each function
 * returns a string for free(), or NULL when out of memory.
 */
#ifndef VMCONFIG_MACHINE_FILES_H
#define VMCONFIG_MACHINE_FILES_H

#include <stdbool.h>

#include "vmconfig.h"

/* machine_gives_dns() - whether the config says anything about name servers: see resolv.conf(5). */
bool machine_gives_dns(const struct vmconfig *cfg);
char *machine_resolv_conf(const struct vmconfig *cfg);

/*
 * machine_gives_hosts() - whether the config says anything that belongs into hosts(5).
 *
 * The host's own line has its first IPv4 address, else its first IPv6 address, else 127.0.1.1; the
 * name with its domain stands first, so that it is the canonical one.
 */
bool machine_gives_hosts(const struct vmconfig *cfg);
char *machine_hosts(const struct vmconfig *cfg);

/* machine_hostname() - for hostname(5); the config has one. */
char *machine_hostname(const struct vmconfig *cfg);

#endif
