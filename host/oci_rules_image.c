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

/* A number of @digits digits within @min..@max, which @end follows. Return: it, or -1. */
static int take_number(const char **s, int digits, int min, int max, const char *end)
{
	int value = 0;

	for (; digits; digits--, (*s)++) {
		if (**s < '0' || **s > '9')
			return -1;
		value = value * 10 + (**s - '0');
	}
	if (value < min || value > max)
		return -1;
	if (*end && (!**s || !strchr(end, *(*s)++)))
		return -1;
	return value;
}

/* What stands after the second. @minutes: what the time is before that of UTC */
static bool take_zone(const char *s, int *minutes)
{
	int sign, hours, rest;

	*minutes = 0;
	if (*s == 'Z' || *s == 'z')
		return s[1] == '\0';
	if (*s != '+' && *s != '-')
		return false;
	sign = *s++ == '-' ? -1 : 1;
	hours = take_number(&s, 2, 0, 23, ":");
	rest = hours < 0 ? -1 : take_number(&s, 2, 0, 59, "");
	*minutes = sign * (hours * 60 + rest);
	return rest >= 0 && !*s;
}

static int days_of(int year, int month)
{
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (month == 2)
		return leap ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* YEAR-MONTH-DAY and the letter before the time. */
static bool take_day(const char **s)
{
	int year = take_number(s, 4, 0, 9999, "-");
	int month = year < 0 ? -1 : take_number(s, 2, 1, 12, "-");

	return month > 0 && take_number(s, 2, 1, days_of(year, month), "Tt") > 0;
}

/* RFC 3339, 5.6: date-time. A second may be 60 in the last minute of a day of UTC, for a leap
 * second is nowhere else. */
static bool is_date(const char *s)
{
	enum { DAY = 24 * 60 };
	int hour, minute = -1, second = -1, offset;

	if (!take_day(&s))
		return false;
	hour = take_number(&s, 2, 0, 23, ":");
	if (hour >= 0)
		minute = take_number(&s, 2, 0, 59, ":");
	if (minute >= 0)
		second = take_number(&s, 2, 0, 60, "");
	if (second < 0)
		return false;
	if (*s == '.') {
		size_t digits = strspn(s + 1, "0123456789");

		if (digits == 0)
			return false;
		s += 1 + digits;
	}
	return take_zone(s, &offset) &&
	       (second < 60 || (hour * 60 + minute - offset + DAY) % DAY == DAY - 1);
}

static void check_date(struct document *d, const cJSON *node, const char *pointer)
{
	if (cJSON_IsString(node) && !is_date(node->valuestring))
		document_note(d, SEVERITY_ERROR, "date", pointer,
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
