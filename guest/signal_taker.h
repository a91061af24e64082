/* SPDX-License-Identifier: MIT */
/* Whether a process would see a signal, and which it has not seen yet. */
#ifndef VMCONFIG_SIGNAL_TAKER_H
#define VMCONFIG_SIGNAL_TAKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * signal_is_taken() - whether @pid has a handler for the signal @number, or blocks it for a
 * signalfd(2).
 *
 * What PID 1 neither handles nor blocks the kernel drops. Those that it awaits in sigtimedwait(2)
 * do not show. Where nothing can be known, it is true.
 */
bool signal_is_taken(pid_t pid, int number);

/* signals_that_wait() - those that @pid has been sent and has not taken: 1 << 0 is signal 1. None
 * where it cannot be known. */
uint64_t signals_that_wait(pid_t pid);

#endif
