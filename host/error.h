/* SPDX-License-Identifier: MIT */
/* How the command speaks of failures: one line each, "vmconfig: SUBJECT: POINTER: MESSAGE". */
#ifndef VMCONFIG_ERROR_H
#define VMCONFIG_ERROR_H

struct problems;

#define EXIT_USAGE 2

/* fail() - print "vmconfig: …" and return -EINVAL, so that a function may end in return fail(…). */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* fail_errno() - the same with the text of @errnum (positive) appended; returns -@errnum. */
int fail_errno(int errnum, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* before_messages() - call @hook before each message: a terminal's line may have to be emptied. */
void before_messages(void (*hook)(void));

/* warn() - print "vmconfig: warning: …". */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* notice() - print "vmconfig: …" of what is no failure. */
void notice(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* usage_about() - the command, a string literal, whose help usage_error() names from now on. */
void usage_about(const char *command);

/* usage_error() - print the message and where help is; returns -EX_USAGE, for exit status 2. */
int usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* print_problems() - each problem on a line of stderr, with @subject (a file name) before it. */
void print_problems(const char *subject, const struct problems *p);

#endif
