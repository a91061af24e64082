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

static bool is_same(const struct problem *a, const struct problem *b)
{
	return strcmp(a->rule, b->rule) == 0 && strcmp(a->pointer, b->pointer) == 0 &&
	       strcmp(a->message, b->message) == 0;
}

/* The same problem among those of an earlier reading, or NULL. */
static struct problem *find_same(struct problems *p, const struct problem *problem)
{
	for (size_t i = 0; i < p->count; i++)
		if (is_same(&p->items[i], problem))
			return &p->items[i];
	return NULL;
}

/* Move what is new to the end of @old. Return: 0 or -ENOMEM, with the rest left in @new. */
static int move_new(struct problems *old, struct problems *new)
{
	size_t before = old->count;

	for (size_t i = 0; i < new->count; i++) {
		struct problems earlier = {.items = old->items, .count = before};
		struct problem *same = find_same(&earlier, &new->items[i]), *items;

		if (same && new->items[i].severity == SEVERITY_ERROR)
			same->severity = SEVERITY_ERROR;
		/* Where some were lost there is no room, and this may be one of them. */
		if (same || old->lost)
			continue;
		items = list_grow(old->items, old->count, sizeof(*items));
		if (!items)
			return -ENOMEM;
		old->items = items;
		items[old->count++] = new->items[i];
		new->items[i].pointer = new->items[i].message = NULL;
	}
	return 0;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static int merge(struct problems *old, struct problems *new)
{
	int r = move_new(old, new);

	old->lost = larger(old->lost, new->lost);
	old->errors = larger(old->errors, new->errors);
	old->out_of_memory = old->out_of_memory || new->out_of_memory;
	return r;
}

int findings_take(struct findings *f, size_t place, struct document *d)
{
	struct finding *finding = &f->items[place];
	int r = 0;

	if (finding->name) {
		f->kept -= finding->problems.count;
		r = merge(&finding->problems, &d->problems);
	} else {
		finding->name = strdup(d->name);
		if (!finding->name)
			return -ENOMEM;
		finding->problems = d->problems;
		d->problems = (struct problems){0};
	}
	cut(&finding->problems, MAX_PROBLEMS - f->kept);
	f->kept += finding->problems.count;
	return r;
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
