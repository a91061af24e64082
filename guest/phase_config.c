/* SPDX-License-Identifier: MIT */
/* The config disk: found, read, checked, taken away. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "config_source.h"
#include "contract.h"
#include "device.h"
#include "guest.h"
#include "json.h"
#include "log.h"

static int report_problem(struct guest *g, const struct problems *p)
{
	const struct problem *e = problems_first_error(p);

	if (!e)
		return guest_error(g, ENOMEM, "cannot read '%s'", CONFIG_PATH);
	return guest_error_as(g, "config-invalid", "%s:%u:%u: %s%s%s", CONFIG_PATH + 1, e->line,
	                      e->column, e->pointer, *e->pointer ? ": " : "", e->message);
}

static void log_warnings(const struct problems *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].severity == SEVERITY_WARNING)
			log_warning("%s: %s: %s", CONFIG_PATH + 1, p->items[i].pointer,
			            p->items[i].message);
}

static int take_config(struct guest *g, const char *text, size_t length)
{
	struct problems problems = {0};
	struct json_doc doc;
	int r = json_parse(&doc, text, length, &problems);

	if (r == 0) {
		r = vmconfig_decode(&g->config, &doc, &problems);
		if (r != -ENOMEM)
			r = vmconfig_check(&g->config, &doc, &problems);
		json_release(&doc);
	}
	log_warnings(&problems);
	if (r < 0)
		r = report_problem(g, &problems);
	problems_release(&problems);
	return r;
}

int phase_config(struct guest *g)
{
	_cleanup_free_ char *text = NULL;
	struct config_source source;
	size_t length = 0;
	int r = config_source_find(g, &source);

	if (r == 0)
		r = config_source_read(g, &source, &text, &length);
	if (r < 0)
		return r;
	if (source.node[0]) {
		device_unbind(source.node);
		/* At once, and also where the driver stays: the default root layout must not take
		 * it for a layer. */
		unlink(source.node);
	}
	r = take_config(g, text, length);
	if (text) /* which the analyzer cannot know */
		explicit_bzero(text, length);
	return r;
}
