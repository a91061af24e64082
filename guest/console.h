/* SPDX-License-Identifier: MIT */
/*
 * The console, each time by an open file of its own: whoever sets O_NONBLOCK,
 * or clears it, does so to all that share one. init's must not block it, a
 * program's must not surprise it.
 */
#ifndef VMCONFIG_CONSOLE_H
#define VMCONFIG_CONSOLE_H

/* console_open() - @flags: of open(2). It does not become a controlling terminal. Return: fd, or
 * -errno where there is none. */
int console_open(int flags);

/*
 * console_session() - for a child: a session of its own, so that what it starts can be told from
 * others, and standard streams.
 * @input: to read; the others write to the console, or nowhere
 *
 * Return: 0 or -errno.
 */
int console_session(int input);

/* console_unblock() - init's own does not block any more: somebody may stop the console for good.
 */
void console_unblock(void);

#endif
