/* SPDX-License-Identifier: MIT */
/*
 * Documents as they come from outside: the first byte tells the kind, the
 * rest is the text. What passes every rule must survive the trip to a disk,
 * and whatever is JSON can be explained.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "explain.h"
#include "input.h"
#include "overrides.h"
#include "request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void convert(enum input_kind kind, const uint8_t *text, size_t size)
{
	struct input in = {.kind = kind};
	struct document d = {.name = strdup("fuzz"), .text = malloc(size + 1), .length = size};
	struct overrides none = {0};
	struct request r = {0};
	struct explanation e = {0};
	size_t length;
	char *json = NULL;

	if (!d.name || !d.text)
		abort();
	memcpy(d.text, text, size);
	d.text[size] = '\0';
	if (request_convert(&in, &d, &none, NULL, &r) < 0)
		abort();
	if (d.json.root && problems_result(&d.problems) == 0 &&
	    request_render(&r, COMPAT_NONE, &json, &length) < 0)
		abort();
	if (d.json.root && explain(&in, &d, &e) < 0)
		abort();
	explanation_release(&e);
	free(json);
	request_release(&r);
	overrides_release(&none);
	document_release(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum input_kind kinds[] = {INPUT_RUNTIME_CONFIG, INPUT_IMAGE_CONFIG,
	                                        INPUT_CONFIG};

	if (size > 0)
		convert(kinds[data[0] % 3], data + 1, size - 1);
	return 0;
}
