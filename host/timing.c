/* SPDX-License-Identifier: MIT */
/* Where the time of a boot goes. */
#include "timing.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "error.h"
#include "replace_file.h"

static void add(struct timing *t, const char *name, int64_t end_us, int64_t took_us)
{
	struct timing_row *row;
	size_t i = t->count;

	if (t->count == MAX_TIMING_ROWS)
		return;
	/* The last word, which says when the workload ended, comes after the shutdown. */
	for (; i > 0 && t->rows[i - 1].end_us > end_us; i--)
		t->rows[i] = t->rows[i - 1];
	row = &t->rows[i];
	t->count++;
	snprintf(row->name, sizeof(row->name), "%s", name);
	row->end_us = end_us;
	row->took_us = took_us;
}

void timing_note(struct timing *t, const struct report_message *m)
{
	switch (m->event) {
	case REPORT_PHASE:
		/* What was before the first is the kernel's, init's start with it. */
		if (!t->count && m->at_us >= m->us)
			add(t, "kernel", m->at_us - m->us, m->at_us - m->us);
		add(t, m->name, m->at_us, m->us);
		break;
	case REPORT_STARTED:
		t->started_us = m->at_us;
		break;
	case REPORT_EXIT:
		if (t->started_us && m->at_us >= t->started_us)
			add(t, "the workload ran", m->at_us, m->at_us - t->started_us);
		break;
	default:
		break;
	}
}

void timing_print(const struct timing *t)
{
	fail("timing: %10s  %10s  (ms since the kernel started)", "took", "until");
	for (size_t i = 0; i < t->count; i++)
		fail("timing: %10.1f  %10.1f  %s", (double)t->rows[i].took_us / 1000,
		     (double)t->rows[i].end_us / 1000, t->rows[i].name);
}

static bool add_row(cJSON *array, const struct timing_row *row)
{
	cJSON *object = cJSON_CreateObject();

	if (!cJSON_AddItemToArray(array, object)) {
		cJSON_Delete(object);
		return false;
	}
	return cJSON_AddStringToObject(object, "name", row->name) &&
	       cJSON_AddNumberToObject(object, "took_us", (double)row->took_us) &&
	       cJSON_AddNumberToObject(object, "until_us", (double)row->end_us);
}

/* Return: the text, for free(), or NULL when out of memory. */
static char *make_json(const struct timing *t)
{
	cJSON *array = cJSON_CreateArray();
	char *text = NULL;
	bool good = array;

	for (size_t i = 0; good && i < t->count; i++)
		good = add_row(array, &t->rows[i]);
	if (good)
		text = cJSON_Print(array);
	cJSON_Delete(array);
	return text;
}

int timing_write(const struct timing *t, const char *path)
{
	_cleanup_free_ char *json = make_json(t);
	_cleanup_free_ char *text = NULL;

	if (!json || asprintf(&text, "%s\n", json) < 0)
		return fail_errno(ENOMEM, "cannot write '%s'", path);
	return replace_public_file(path, text, strlen(text));
}
