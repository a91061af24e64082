/* SPDX-License-Identifier: MIT */
/*
 * A child that ends the machine when init does not get on with the boot.
 *
 * A disk that never answers holds whoever loads its driver, reads or mounts it;
 * so does the host of a shared directory. Nothing ends such a call, and a
 * process in it does nothing more: another has to say so, and to turn off the
 * power. There is one child for the whole boot, however many devices there are.
 *
 * While init does nothing the child also listens to who may ask for a stop.
 */
#ifndef VMCONFIG_BOOT_WATCH_H
#define VMCONFIG_BOOT_WATCH_H

#include <stdint.h>

#include "cleanup.h"

struct account;
struct cmdline;

/*
 * boot_watch_start() - to be called once. Without memory for it the boot goes on unwatched.
 * Return: init's account, which it has in common with the child.
 */
struct account *boot_watch_start(void);

/*
 * boot_watch_phase() - init begins a phase.
 * @name: for the report
 * @c:    whose limit counts from now on, and whose end is the machine's
 */
void boot_watch_phase(const char *name, const struct cmdline *c);

/* boot_watch_listen() - account_look_for_stop(), which the child does as well, with the port as
 * init's descriptor. */
int boot_watch_listen(struct account *a);

/* boot_watch_check() - does not return once the boot has been given up: what was waited for has
 * come too late, and the report is the child's. */
void boot_watch_check(void);

/*
 * boot_watch_wait() - until @fd can be read or has ended; the watch knows that this may take long.
 * Return: 1, 0 at @deadline_us, or -errno.
 */
int boot_watch_wait(int fd, int64_t deadline_us);

/* boot_watch_until() - for other waits: init may do nothing until then; 0: it is over. */
void boot_watch_until(int64_t deadline_us);

/* boot_watch_end() - the boot is over. The child has gone when this returns. */
void boot_watch_end(void);

/*
 * _doing_ names what is under way until the end of the scope, for the report:
 *
 *	_doing_ int now = boot_watch_doing("mounting '%s'", node);
 *
 * Such scopes must not be within each other.
 */
int boot_watch_doing(const char *format, ...) __attribute__((format(printf, 1, 2)));
void boot_watch_done(const int *unused);

#define _doing_ _cleanup_(boot_watch_done)

#endif
