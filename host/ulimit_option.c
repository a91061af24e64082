/* SPDX-License-Identifier: MIT */
/* --ulimit: setrlimit(2)'s limits, by the names that Docker has for them: those of OCI in lower
 * case. */
#include "ulimit_option.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "error.h"
#include "list.h"
#include "option.h"
#include "records.h"

#define PREFIX    "RLIMIT_"
#define UNLIMITED UINT64_MAX /* as rlimits have it in a config */

static const char *const *type_names(void)
{
	for (const struct field *f = rlimit_record.fields; f->key; f++)
		if (f->type == FIELD_ENUM)
			return f->values;
	return NULL;
}

/* Return: as struct rlimit_row has it, 0 for none. */
static int find_type(const char *name, size_t length)
{
	const char *const *names = type_names();

	for (int i = 0; names[i]; i++) {
		const char *own = names[i] + strlen(PREFIX);

		if (strlen(own) == length && strncasecmp(own, name, length) == 0)
			return i + 1;
	}
	return 0;
}

/* A number, or what Docker and the shells write for none at all. */
static bool parse_limit(const char *text, size_t length, uint64_t *limit)
{
	uint64_t sum = 0;

	if ((length == 2 && strncmp(text, "-1", 2) == 0) ||
	    (length == 9 && strncmp(text, "unlimited", 9) == 0)) {
		*limit = UNLIMITED;
		return true;
	}
	for (size_t i = 0; i < length; i++) {
		unsigned digit = (unsigned)text[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, digit, &sum))
			return false;
	}
	*limit = sum;
	return length > 0;
}

static int set_limit(struct vmconfig *cfg, int type, uint64_t soft, uint64_t hard)
{
	struct rlimit_row *items = cfg->rlimits.items;
	size_t i = 0;

	while (i < cfg->rlimits.count && items[i].type != type)
		i++;
	if (i == cfg->rlimits.count) {
		items = list_grow(items, i, sizeof(*items));
		if (!items)
			return -ENOMEM;
		cfg->rlimits.items = items;
		cfg->rlimits.count++;
	}
	items[i] = (struct rlimit_row){type, {true, soft}, {true, hard}};
	return 0;
}

int ulimit_option_add(const struct option_row *row, struct vmconfig *cfg, const char *value)
{
	const char *equals = strchr(value, '=');
	const char *colon = equals ? strchr(equals, ':') : NULL;
	uint64_t soft, hard;
	int type;

	if (!equals)
		return option_error(row, "'%s' is not TYPE=SOFT[:HARD]", value);
	type = find_type(value, (size_t)(equals - value));
	if (!type)
		return option_error(row, "'%.*s' is no resource limit (nofile, nproc, core, …)",
		                    (int)(equals - value), value);
	if (!parse_limit(equals + 1, colon ? (size_t)(colon - equals) - 1 : strlen(equals + 1),
	                 &soft))
		return option_error(row, "the soft limit of '%s' is no number", value);
	hard = soft;
	if (colon && !parse_limit(colon + 1, strlen(colon + 1), &hard))
		return option_error(row, "the hard limit of '%s' is no number", value);
	if (soft > hard)
		return option_error(row, "the soft limit of '%s' is above the hard one", value);
	if (set_limit(cfg, type, soft, hard) < 0)
		return fail_errno(ENOMEM, "--%s", row->name);
	return 0;
}

int ulimits_apply(const struct vmconfig *given, struct vmconfig *cfg)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < given->rlimits.count; i++) {
		const struct rlimit_row *limit = &given->rlimits.items[i];

		r = set_limit(cfg, limit->type, limit->soft.value, limit->hard.value);
	}
	return r;
}
