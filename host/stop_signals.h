/* SPDX-License-Identifier: MIT */
/* The signals that ask vmconfig to stop, as something to poll. */
#ifndef VMCONFIG_STOP_SIGNALS_H
#define VMCONFIG_STOP_SIGNALS_H

/*
 * stop_signals_open() - from now on SIGINT, SIGTERM, SIGHUP and SIGQUIT are read from a descriptor.
 *
 * Those that vmconfig was started with ignored (nohup, a shell's "&") stay
 * ignored. SIGPIPE is ignored: a write that fails says so itself. SIGCHLD is
 * not, whatever the caller had: the kernel would reap the VMM itself, and its
 * status would be lost.
 *
 * Return: a signalfd(2), or negative after printing a line.
 */
int stop_signals_open(void);

/* stop_signals_next() - the next signal's number, or 0 when there is none now. */
int stop_signals_next(int fd);

#endif
