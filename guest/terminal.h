/* SPDX-License-Identifier: MIT */
/*
 * The workload's terminal: a pseudo terminal, whose other end is relayed to
 * the ports or, where there are none, to the console, which is raw meanwhile.
 *
 * init keeps an end of the workload's side open too, until nobody else is left:
 * a workload may close its terminal and open it again.
 */
#ifndef VMCONFIG_TERMINAL_H
#define VMCONFIG_TERMINAL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Numbers of files; -1 when there is no terminal. */
struct terminal {
	int master;  /* non-blocking */
	int slave;   /* the workload's side */
	int console; /* the console in raw mode, or -1 */
};

/*
 * terminal_open() - a new one.
 * @owner: whose it is, as a login would have it
 * @rows: its size, as @columns; 0: unknown
 *
 * Return: 0 or -errno; terminal_close() it whatever the result.
 */
int terminal_open(struct terminal *t, uid_t owner, unsigned rows, unsigned columns);

/* terminal_resize() - which the foreground process group learns by SIGWINCH. */
void terminal_resize(const struct terminal *t, unsigned rows, unsigned columns);

/* terminal_take_console() - make the console raw, for the terminal's own line discipline is all
 * there is to be. Return: 0 or -errno. */
int terminal_take_console(struct terminal *t, int console);

/*
 * terminal_end_of_input() - the characters that mean the end to who reads it.
 * @after: the last character that was typed; 0: none
 *
 * Twice the terminal's VEOF in the middle of a line: the first one only ends
 * that. Return: how many.
 */
size_t terminal_end_of_input(int master, char after, char text[2]);

/* terminal_hang_up() - give up init's own end of the workload's side. */
void terminal_hang_up(struct terminal *t);

/* terminal_close() - all of it; the console is as it was. */
void terminal_close(struct terminal *t);

#endif
