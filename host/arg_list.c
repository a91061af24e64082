/* SPDX-License-Identifier: MIT */
/* What the families' argument makers share. */
#include "arg_list.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "error.h"
#include "list.h"
#include "vm.h"
#include "vmm_args.h"

#define MIB (INT64_C(1) << 20)

static int add(struct strlist *args, const char *format, va_list list)
{
	_cleanup_free_ char *word = NULL;

	if (vasprintf(&word, format, list) < 0)
		word = NULL;
	if (!word || strlist_add(args, word) < 0)
		return fail_errno(ENOMEM, "cannot make the VMM's arguments");
	return 0;
}

int arg_add(struct strlist *args, const char *format, ...)
{
	va_list list;
	int r;

	va_start(list, format);
	r = add(args, format, list);
	va_end(list);
	return r;
}

int arg_value(struct strlist *args, const char *option, const char *format, ...)
{
	int r = arg_add(args, "%s", option);
	va_list list;

	va_start(list, format);
	if (r == 0)
		r = add(args, format, list);
	va_end(list);
	return r;
}

int arg_pair(struct strlist *args, const char *option, const char *value)
{
	return arg_value(args, option, "%s", value);
}

const char *arg_here(const char *path)
{
	return *path == '/' || *path == PACKAGE_ROOT[0] ? "" : "./";
}

int arg_plain(const char *vmm, const char *what, const char *value)
{
	size_t n = strcspn(value, ",\"'[]");

	if (!value[n])
		return 0;
	return fail("%s '%s': '%s' can be told no name that has a '%c'", what, value, vmm,
	            value[n]);
}

int64_t arg_cpus(const struct vm *vm)
{
	return vm->vcpus.set ? vm->vcpus.value : 1;
}

int64_t arg_memory(const struct vm *vm)
{
	return vm->memory_bytes.set ? vm->memory_bytes.value : DEFAULT_MEMORY;
}

int64_t arg_memory_mib(const struct vm *vm)
{
	return (arg_memory(vm) + MIB - 1) / MIB;
}
