/* SPDX-License-Identifier: MIT */
/* Programs of the host that do a part of the work: run with words, never through a shell. */
#ifndef VMCONFIG_TOOL_H
#define VMCONFIG_TOOL_H

#include <stddef.h>

struct held_signals;

/*
 * tool_run() - run a program and wait for it.
 * @words: the program, looked for in PATH and the system's own directories, then its arguments;
 *         NULL ends them
 *
 * Its standard error is ours, its standard output goes there too.
 *
 * Return: its exit status; negative after printing a line when it could not be run or was killed.
 */
int tool_run(const char *const *words);

/*
 * tool_fill() - run a program whose standard output is a file.
 * @file: open for reading and writing
 * @held: the signals that are held back meanwhile
 *
 * It is killed when vmconfig ends, or when one of these signals comes.
 *
 * Return: as tool_run(), and -EINTR after a signal, without a line.
 */
int tool_fill(const char *const *words, int file, const struct held_signals *held);

/*
 * tool_output() - the same, with its standard output.
 * @text: takes the first @size - 1 bytes; what follows is read and dropped
 */
int tool_output(const char *const *words, char *text, size_t size);

#endif
