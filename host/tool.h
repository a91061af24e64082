/* SPDX-License-Identifier: MIT */
/* Programs of the host that do a part of the work: run with words, never through a shell. */
#ifndef VMCONFIG_TOOL_H
#define VMCONFIG_TOOL_H

#include <stddef.h>
#include <sys/types.h>

struct child;

/*
 * tool_find() - the path of a program: PATH without its relative parts, then the system's own
 * directories, which an administrator's PATH may lack.
 * @name: taken as it is when it has a slash
 *
 * Return: for free(); NULL when there is none.
 */
char *tool_find(const char *name);

/*
 * tool_start() - start a program.
 * @words: as of tool_run()
 * @how:   all but the program and its arguments
 *
 * Return: its PID, or -errno, without a line.
 */
pid_t tool_start(const char *const *words, const struct child *how);

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

/*
 * tool_ask() - what a program says that has little to say and ends at once.
 * @limit_ms: it is killed then; it is so when we end, too
 * @text:     takes what fits; what it says on standard error is dropped
 *
 * Return: its exit status, or -errno, without a line: -ETIMEDOUT, -ECANCELED when it was killed by
 * a signal.
 */
int tool_ask(const char *const *words, int limit_ms, char *text, size_t size);

#endif
