/* SPDX-License-Identifier: MIT */
/* An archive that is not what it says: no entry reaches beyond it, and it comes to an end. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "newc_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct newc archive = {.data = (const char *)data, .size = size};
	const char *end = archive.data + size;
	struct newc_entry e;
	size_t at = 0;

	while (newc_next(&archive, &e) > 0) {
		if (archive.at <= at || archive.at > size || e.data > end ||
		    e.size > (size_t)(end - e.data) || e.name + strlen(e.name) >= end)
			abort();
		at = archive.at;
	}
	return 0;
}
