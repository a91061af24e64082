/* SPDX-License-Identifier: MIT */
/*
 * config.json from anywhere: read, checked and written again. Whatever is
 * taken has one canonical text, which is taken again and stays as it is; and
 * whatever is refused is refused with a reason that has its place.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "problem.h"
#include "vmconfig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define must(condition)           \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

/* Pointers that are said lead to what they speak of. */
static void follow_pointers(const struct json_doc *doc, const struct problems *p)
{
	for (size_t i = 0; i < p->count; i++) {
		must(p->items[i].message[0]);
		must(!p->items[i].line || json_find(doc, p->items[i].pointer));
	}
}

/* The canonical text of a document that was taken, or NULL. */
static char *canonical_text(const char *text, size_t length, int *result)
{
	struct problems problems = {0};
	struct vmconfig cfg = {0};
	struct json_doc doc;
	char *canonical = NULL;

	*result = json_parse(&doc, text, length, &problems);
	if (*result < 0) {
		must(*result == -EINVAL && problems.errors > 0);
		problems_release(&problems);
		return NULL;
	}
	*result = vmconfig_decode(&cfg, &doc, &problems);
	if (*result == 0)
		canonical = vmconfig_encode(&cfg);
	vmconfig_check(&cfg, &doc, &problems);
	follow_pointers(&doc, &problems);
	vmconfig_release(&cfg);
	problems_release(&problems);
	json_release(&doc);
	return canonical;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int result;
	char *first = canonical_text((const char *)data, size, &result);
	char *second;

	if (result < 0)
		return 0;
	must(first);
	second = canonical_text(first, strlen(first), &result);
	must(result == 0 && second && strcmp(first, second) == 0);
	free(first);
	free(second);
	return 0;
}
