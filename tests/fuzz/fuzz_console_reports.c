/* SPDX-License-Identifier: MIT */
/* What a guest writes to its console: no bytes are made up, and no report comes without its nonce.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "console_reports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct console_reports *c = calloc(1, sizeof(*c));
	size_t taken = 0, given = 0;

	if (!c)
		return 0;
	console_reports_init(c, "abc");
	while (taken < size) {
		size_t piece = 1 + data[taken] % 64;
		struct report_message m;
		char *buffer;

		if (piece > size - taken)
			piece = size - taken;
		buffer = malloc(piece + FILTER_ROOM);
		if (!buffer)
			break;
		memcpy(buffer, data + taken, piece);
		given += c->filter.pass(&c->filter, buffer, piece);
		taken += piece;
		if (given > taken)
			abort();
		while (console_reports_next(c, &m))
			if (!memmem(data, size, "vmconfig-report:abc ", 20))
				abort();
		free(buffer);
	}
	free(c);
	return 0;
}
