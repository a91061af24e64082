/* SPDX-License-Identifier: MIT */
/* From the command line to a finished request. */
#ifndef VMCONFIG_REQUEST_H
#define VMCONFIG_REQUEST_H

#include "vm.h"

struct document;
struct input;
struct overrides;

/*
 * request_make() - read INPUT, put the overrides over it, check the whole.
 * @o, @vm: what was given; contents move. @vm may be NULL
 * @r:      zeroed; released by the caller whatever the result
 *
 * Every problem is printed.
 *
 * Return: 0, or negative after printing.
 */
int request_make(const struct input *in, struct overrides *o, struct vm *vm, struct request *r);

/* request_convert() - the same for a document that is loaded; problems go to @d. Return: 0 or
 * -ENOMEM. */
int request_convert(const struct input *in, struct document *d, struct overrides *o, struct vm *vm,
                    struct request *r);

/* Which guest a config is for. */
enum compat {
	COMPAT_NONE, /* ours */
	COMPAT_SEED, /* the seed schema's own */
};

/*
 * request_render() - the canonical text of a request's config.
 *
 * The text is read back before it is given out: what a guest would refuse
 * must not get onto a disk.
 *
 * Return: 0, or negative after printing.
 */
int request_render(struct request *r, enum compat compat, char **json, size_t *length);

#endif
