/* SPDX-License-Identifier: MIT */
/*
 * Requests to stop that come before the workload runs: whoever waits for
 * something else by stop_wait() goes on at once, and ends the boot.
 *
 * Such a request is only looked at: signals stay pending, and commands of the
 * host are kept, for those that follow when the boot goes on.
 */
#ifndef VMCONFIG_STOP_REQUEST_H
#define VMCONFIG_STOP_REQUEST_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "shutdown.h"

struct account;
struct vmconfig;

/* In an errno value's place, and none that a system call can return: the host of a shared directory
 * may answer with any of those. */
#define STOP_ASKED 4096

/*
 * stop_request_watch() - from now on. Without it stop_wait() just waits.
 * @a: whose port the host may ask on, once there is one; stays the caller's
 * @button_fd: of power_button_open(), or negative
 *
 * All signals must be blocked.
 */
void stop_request_watch(struct account *a, int button_fd);

/*
 * stop_request_leave() - no more: others look at the sources, or the stop is under way.
 * Return: whether a stop has been asked for, which a power button says only once.
 */
bool stop_request_leave(void);

/* stop_is_asked() - whether a stop has been asked for, now or before. */
bool stop_is_asked(void);

/*
 * stop_wait() - until @fd is readable or hung up, or a stop is asked for.
 * @deadline_us: by clock_us()
 *
 * It is boot_watch_wait() where nobody may ask for that. Return: 1; 0 at the deadline; -STOP_ASKED
 * when a stop is asked for, for guest_error(); -errno.
 */
int stop_wait(int fd, int64_t deadline_us);

/*
 * stop_signal_end() - whether a signal says what becomes of the machine.
 * @end: set if so
 */
bool stop_signal_end(int number, enum machine_end *end);

/* stop_signals() - those that ask for a stop. */
void stop_signals(sigset_t *set);

/* stop_signal_waits() - whether one of them is pending. */
bool stop_signal_waits(void);

/* stop_limit_us() - how long what is told to stop has, before SIGKILL. */
int64_t stop_limit_us(const struct vmconfig *cfg);

/* stop_request_end() - what the pending signals say, or @usual. They are pending no more. */
enum machine_end stop_request_end(enum machine_end usual);

#endif
