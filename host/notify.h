/* SPDX-License-Identifier: MIT */
/* Words to the service manager, as sd_notify(3) sends them. */
#ifndef VMCONFIG_NOTIFY_H
#define VMCONFIG_NOTIFY_H

/*
 * notify() - send "NAME=VALUE" lines to where NOTIFY_SOCKET leads.
 *
 * Nobody listening is no error, and one that does not hear is not waited for.
 */
void notify(const char *lines);

#endif
