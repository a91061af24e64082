/* SPDX-License-Identifier: MIT */
/* Rules about an image configuration, of which little is kept: they look at the document itself. */
#include "oci_rules.h"

#include <stdio.h>
#include <string.h>

#include "document.h"

static const char *string_at(const struct document *d, const char *pointer)
{
	const cJSON *node = json_find(&d->json, pointer);

	return cJSON_IsString(node) && *node->valuestring ? node->valuestring : NULL;
}

static void check_platform(struct document *d)
{
	const char *os = string_at(d, "/os"), *type = string_at(d, "/rootfs/type");

	if (os && strcmp(os, "linux") != 0)
		document_note(d, SEVERITY_ERROR, "os", "/os",
		              "'%s' is not supported, must be linux", os);
	if (type && strcmp(type, "layers") != 0)
		document_note(d, SEVERITY_ERROR, "rootfs-type", "/rootfs/type",
		              "'%s' is not supported, must be layers", type);
	/* It may be empty, which no row of a table allows what is required. */
	if (cJSON_IsObject(json_find(&d->json, "/rootfs")) &&
	    !json_find(&d->json, "/rootfs/diff_ids"))
		document_note(d, SEVERITY_ERROR, "required", "/rootfs", "'diff_ids' is missing");
}

/* A number of @digits digits within @min..@max, which @end follows. */
static bool take_number(const char **s, int digits, int min, int max, const char *end)
{
	int value = 0;

	for (; digits; digits--, (*s)++) {
		if (**s < '0' || **s > '9')
			return false;
		value = value * 10 + (**s - '0');
	}
	if (value < min || value > max)
		return false;
	if (!*end)
		return true;
	return **s && strchr(end, *(*s)++);
}

/* RFC 3339, 5.6: date-time. A second may be a leap second, a month's length is not looked at. */
static bool is_date(const char *s)
{
	if (!take_number(&s, 4, 0, 9999, "-") || !take_number(&s, 2, 1, 12, "-") ||
	    !take_number(&s, 2, 1, 31, "Tt") || !take_number(&s, 2, 0, 23, ":") ||
	    !take_number(&s, 2, 0, 59, ":") || !take_number(&s, 2, 0, 60, ""))
		return false;
	if (*s == '.') {
		size_t digits = strspn(s + 1, "0123456789");

		if (digits == 0)
			return false;
		s += 1 + digits;
	}
	if (*s == 'Z' || *s == 'z')
		return s[1] == '\0';
	if (*s != '+' && *s != '-')
		return false;
	s++;
	return take_number(&s, 2, 0, 23, ":") && take_number(&s, 2, 0, 59, "") && !*s;
}

static void check_date(struct document *d, const cJSON *node, const char *pointer)
{
	if (cJSON_IsString(node) && !is_date(node->valuestring))
		document_note(d, SEVERITY_WARNING, "date", pointer,
		              "'%.64s' is no date and time as RFC 3339 has it", node->valuestring);
}

static void check_dates(struct document *d)
{
	const cJSON *item;
	size_t i = 0;

	check_date(d, json_find(&d->json, "/created"), "/created");
	cJSON_ArrayForEach(item, json_find(&d->json, "/history"))
	{
		char pointer[48];

		snprintf(pointer, sizeof(pointer), "/history/%zu/created", i++);
		check_date(d, cJSON_GetObjectItemCaseSensitive(item, "created"), pointer);
	}
}

void oci_rules_image(struct document *d)
{
	check_platform(d);
	check_dates(d);
}
