/* SPDX-License-Identifier: MIT */
/* Sockets in the file system: the control sockets of VMMs, and the attendant's own. */
#ifndef VMCONFIG_UNIX_SOCKET_H
#define VMCONFIG_UNIX_SOCKET_H

#include <stddef.h>

/* unix_connect() - a stream. @seconds: limit of each read and write on it. Return: fd or -errno. */
int unix_connect(const char *path, int seconds);

/* unix_listen() - replace @path by a socket that its owner alone may connect to. Return: fd or
 * -errno. */
int unix_listen(const char *path);

/*
 * http_request() - ask a VMM's API.
 * @body:   JSON, or NULL
 * @answer: its body, cut to @size with a NUL, or NULL
 *
 * Return: the status, such as 204, or -errno.
 */
int http_request(const char *path, const char *method, const char *target, const char *body,
                 char *answer, size_t size);

#endif
