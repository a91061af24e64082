/* SPDX-License-Identifier: MIT */
/* What the families' argument makers share. */
#ifndef VMCONFIG_ARG_LIST_H
#define VMCONFIG_ARG_LIST_H

#include <stdint.h>

#include "vmconfig.h"

struct vm;

/*
 * A path that begins with this byte lies in the runner package, of which only
 * microvm-run knows where it is. No name from outside holds a control character.
 */
#define PACKAGE_ROOT "\001"

/* arg_add() - append one argument. Return: 0, or -ENOMEM after printing a line. */
int arg_add(struct strlist *args, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* arg_pair() - append an option and its value, both as they are. */
int arg_pair(struct strlist *args, const char *option, const char *value);

/* arg_value() - append an option as it is, and its value. */
int arg_value(struct strlist *args, const char *option, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* arg_here() - "./" where @path is relative, else "": no name begins with a dash or a protocol. */
const char *arg_here(const char *path);

/*
 * arg_plain() - see that a value can stand in a key=value list that knows no quotes.
 * @what, @vmm: for the message
 */
int arg_plain(const char *vmm, const char *what, const char *value);

/* What @vm has, or else gets. */
int64_t arg_cpus(const struct vm *vm);
int64_t arg_memory(const struct vm *vm);     /* bytes */
int64_t arg_memory_mib(const struct vm *vm); /* rounded up */

#endif
