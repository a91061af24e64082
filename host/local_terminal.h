/* SPDX-License-Identifier: MIT */
/* vmconfig's own terminal, while the guest's is shown on it. */
#ifndef VMCONFIG_LOCAL_TERMINAL_H
#define VMCONFIG_LOCAL_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

struct local_terminal {
	int resized; /* readable when the size has changed; -1: not watched */
	int fd;      /* the terminal whose mode has been changed, or -1 */
	struct termios mode;
};

/*
 * local_terminal_size() - of the terminal on standard output, or on standard input.
 * Return: whether there is one.
 */
bool local_terminal_size(unsigned *rows, unsigned *columns);

/*
 * local_terminal_begin() - watch its size; and, when standard input is passed on,
 * make it raw: what is typed is for the guest's terminal to understand.
 * @input: whether standard input is passed on
 *
 * Return: 0, or negative after printing a line. local_terminal_end() it whatever the result.
 */
int local_terminal_begin(struct local_terminal *t, bool input);

/* local_terminal_resized() - whether the size has changed since it was last asked. */
bool local_terminal_resized(const struct local_terminal *t);

/* local_terminal_end() - as it was. */
void local_terminal_end(struct local_terminal *t);

#endif
