/* SPDX-License-Identifier: MIT */
/* What is wrong with several documents, and how it is printed. */
#include "findings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "document.h"
#include "error.h"
#include "list.h"
#include "output.h"

int findings_place(struct findings *f, size_t *place)
{
	struct finding *items = list_grow(f->items, f->count, sizeof(*items));

	if (!items)
		return -ENOMEM;
	f->items = items;
	*place = f->count;
	items[f->count++] = (struct finding){.name = NULL};
	return 0;
}

/* Forget those that are too many, but not that there were any. */
static void cut(struct problems *p, size_t room)
{
	for (; p->count > room; p->count--) {
		free(p->items[p->count - 1].pointer);
		free(p->items[p->count - 1].message);
		p->lost++;
	}
}

int findings_take(struct findings *f, size_t place, struct document *d)
{
	struct finding *finding = &f->items[place];

	finding->name = strdup(d->name);
	if (!finding->name)
		return -ENOMEM;
	finding->problems = d->problems;
	d->problems = (struct problems){0};
	cut(&finding->problems, MAX_PROBLEMS - f->kept);
	f->kept += finding->problems.count;
	return 0;
}

void findings_be_strict(struct findings *f)
{
	for (size_t i = 0; i < f->count; i++)
		problems_be_strict(&f->items[i].problems);
}

void findings_print(const struct findings *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->items[i].name)
			print_problems(f->items[i].name, &f->items[i].problems);
}

static cJSON *problem_object(const char *file, const struct problem *problem)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "pointer", problem->pointer);
	cJSON_AddNumberToObject(o, "line", problem->line);
	cJSON_AddNumberToObject(o, "column", problem->column);
	cJSON_AddStringToObject(o, "severity",
	                        problem->severity == SEVERITY_ERROR ? "error" : "warning");
	cJSON_AddStringToObject(o, "rule", problem->rule);
	cJSON_AddStringToObject(o, "message", problem->message);
	cJSON_AddStringToObject(o, "file", file);
	return o;
}

int findings_print_json(const struct findings *f)
{
	cJSON *array = cJSON_CreateArray();
	char *text;

	for (size_t i = 0; i < f->count; i++) {
		const struct finding *finding = &f->items[i];

		for (size_t k = 0; finding->name && k < finding->problems.count; k++)
			cJSON_AddItemToArray(
			    array, problem_object(finding->name, &finding->problems.items[k]));
	}
	text = array ? cJSON_Print(array) : NULL;
	cJSON_Delete(array);
	if (!text)
		return fail_errno(ENOMEM, "cannot print the problems");
	output("%s\n", text);
	free(text);
	return output_finish();
}

int findings_result(const struct findings *f)
{
	int result = 0;

	for (size_t i = 0; i < f->count; i++) {
		int r = problems_result(&f->items[i].problems);

		if (r == -ENOMEM)
			return r;
		if (r < 0)
			result = r;
	}
	return result;
}

void findings_release(struct findings *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->items[i].name);
		problems_release(&f->items[i].problems);
	}
	free(f->items);
	*f = (struct findings){0};
}
