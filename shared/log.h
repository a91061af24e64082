/* SPDX-License-Identifier: MIT */
/* One line a message, one write a line, errno left alone. */
#ifndef VMCONFIG_LOG_H
#define VMCONFIG_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/*
 * log_setup() - where messages go.
 * @program: what each line starts with, static
 * @fd:      open for writing; stays the caller's
 * @level:   the least important level that is still written
 */
void log_setup(const char *program, int fd, enum log_level level);

/* log_kmsg() - from now on lines carry the kernel's priority prefix, as /dev/kmsg wants. */
void log_kmsg(int fd);

/* log_line() - write it, cut at 1 KiB, with "?" for each control character. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)    log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
