/* SPDX-License-Identifier: MIT */
/* Standard output: what a command was asked for, and nothing else. */
#ifndef VMCONFIG_OUTPUT_H
#define VMCONFIG_OUTPUT_H

/* output() - print. Errors are kept until output_finish(). */
void output(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* output_finish() - flush. Return: 0, or -errno after printing a line: a full disk is no success.
 */
int output_finish(void);

#endif
