/* SPDX-License-Identifier: MIT */
/* Options that the VMM is told, as against the guest. */
#ifndef VMCONFIG_VM_OPTIONS_H
#define VMCONFIG_VM_OPTIONS_H

#include "option.h"
#include "vm.h"

/* Rows that fill a struct vm. */
extern const struct option_row vm_options[];

/* set_accel() - the setter of --accel; the member is an enum accel. */
int set_accel(const struct option_row *row, void *member, const char *value);

/* Names of enum vm_image_format; ended by NULL. */
extern const char *const disk_format_names[];

/* disk_format_parse() - by its name. Return: 0, or -EX_USAGE after printing a line. */
int disk_format_parse(const struct option_row *row, const char *name, enum vm_image_format *format);

/*
 * vm_apply() - put what the options gave into @to; contents of @given move.
 * Kernel parameters follow those that @to has, the rest replaces.
 * Return: 0 or -ENOMEM.
 */
int vm_apply(struct vm *given, struct vm *to);

#endif
