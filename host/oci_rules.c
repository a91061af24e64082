/* SPDX-License-Identifier: MIT */
/* The rules of the runtime specification's prose, part by part. */
#include "oci_rules.h"

#include <stdarg.h>
#include <stdio.h>

#include "document.h"

void oci_note(const struct oci_check *c, enum severity severity, const char *rule,
              const char *message, const char *format, ...)
{
	struct problems *problems = &c->d->problems;
	char pointer[512];
	struct place place;
	va_list args;

	/* Those that nobody will see need no place, which takes time to find. */
	if (problems->count >= MAX_PROBLEMS) {
		problem_add(problems, severity, rule, NULL, "%s", message);
		return;
	}
	va_start(args, format);
	vsnprintf(pointer, sizeof(pointer), format, args);
	va_end(args);
	place = json_place(&c->d->json, json_find(&c->d->json, pointer), pointer);
	problem_add(problems, severity, rule, &place, "%s", message);
}

void oci_rules_check(struct document *d, const struct oci_runtime *runtime)
{
	static void (*const parts[])(const struct oci_check *) = {
	    oci_rules_process,
	    oci_rules_seccomp,
	    oci_rules_devices,
	    oci_rules_resources,
	};
	const struct oci_check c = {d, runtime};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		parts[i](&c);
}
