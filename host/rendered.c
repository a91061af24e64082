/* SPDX-License-Identifier: MIT */
/* From places in a rendered config to those in the document that it comes from. */
#include "rendered.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "document.h"
#include "places.h"
#include "vmconfig.h"

/* What is moved as it is, so that the rest of a pointer stays the same. */
struct origin {
	const char *rendered;
	const char *document;
};

static const struct origin of_runtime[] = {
    {"/cmd", "/process/args"},
    {"/workdir", "/process/cwd"},
    {"/user", "/process/user"},
    {"/rlimits", "/process/rlimits"},
    {"/capabilities", "/process/capabilities"},
    {"/scheduler", "/process/scheduler"},
    {"/sysctl", "/linux/sysctl"},
    {"/seccomp", "/linux/seccomp"},
    {"/devices", "/linux/devices"},
    {"/masked_paths", "/linux/maskedPaths"},
    {"/readonly_paths", "/linux/readonlyPaths"},
    {"/hooks/start_container", "/hooks/startContainer"},
    {"/hostname", "/hostname"},
    {"/domainname", "/domainname"},
    {"/annotations", "/annotations"},
    {"/guest_root", "/vm/image"},
    {NULL, NULL},
};

static const struct origin of_image[] = {
    {"/entrypoint", "/config/Entrypoint"},
    {"/cmd", "/config/Cmd"},
    {"/workdir", "/config/WorkingDir"},
    {"/user", "/config/User"},
    {NULL, NULL},
};

/* The place in the document, for free(), or NULL when it is not known or not there. */
static char *origin_of(const struct origin *origins, const struct document *d, const char *pointer)
{
	for (; origins->rendered; origins++) {
		size_t length = strlen(origins->rendered);
		char *text;

		if (strncmp(pointer, origins->rendered, length) != 0 ||
		    (pointer[length] != '/' && pointer[length]))
			continue;
		if (asprintf(&text, "%s%s", origins->document, pointer + length) < 0)
			return NULL;
		if (json_find(&d->json, text))
			return text;
		free(text);
	}
	return NULL;
}

static bool is_image(enum input_kind kind)
{
	return kind == INPUT_IMAGE || kind == INPUT_IMAGE_CONFIG;
}

void rendered_check(const struct vmconfig *cfg, enum input_kind kind, struct document *d)
{
	const struct origin *origins = is_image(kind) ? of_image : of_runtime;
	struct problems rendered = {0};

	config_check(cfg, NULL, &rendered);
	for (size_t i = 0; i < rendered.count; i++) {
		const struct problem *problem = &rendered.items[i];
		_cleanup_free_ char *origin = origin_of(origins, d, problem->pointer);

		if (origin)
			document_note(d, problem->severity, problem->rule, origin, "%s",
			              problem->message);
		else
			problem_add(&d->problems, problem->severity, problem->rule, NULL,
			            "rendered config: %s%s%s", problem->pointer,
			            problem->pointer[0] ? ": " : "", problem->message);
	}
	if (rendered.out_of_memory)
		d->problems.out_of_memory = true;
	problems_release(&rendered);
}
