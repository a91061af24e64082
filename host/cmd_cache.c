/* SPDX-License-Identifier: MIT */
/* `vmconfig cache`: the root images that `run` has made. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

#include <cjson/cJSON.h>

#include "cache_dir.h"
#include "cleanup.h"
#include "cmd.h"
#include "error.h"
#include "option.h"
#include "output.h"
#include "verb.h"
#include "vmconfig.h"

#define DEFAULT_DAYS   30
#define MAX_DAYS       36500
#define SECONDS_OF_DAY 86400

struct cache_command {
	bool json;
	bool all;
	struct optint days;
};

struct cache_verb {
	struct command command;
	int (*act)(const struct cache_command *c, const struct cache *cache);
};

static const struct option_row list_options[] = {
    {"json", 0, NULL, "for programs", option_set_flag, offsetof(struct cache_command, json),
     .flags = 0},
    {.name = NULL},
};

static const struct option_row prune_options[] = {
    {"all", 0, NULL, "all of them, however new", option_set_flag,
     offsetof(struct cache_command, all), .flags = 0},
    {"days", 0, "DAYS", "those not used for so long (default: 30)", option_set_count,
     offsetof(struct cache_command, days), .value = MAX_DAYS},
    {.name = NULL},
};

static const struct option_group list_groups[] = {{"options", list_options, 0}, {.title = NULL}};
static const struct option_group prune_groups[] = {{"options", prune_options, 0}, {.title = NULL}};

static void used_text(time_t used, char text[24])
{
	struct tm tm;

	text[0] = '\0';
	if (gmtime_r(&used, &tm))
		strftime(text, 24, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static int print_json(const struct cache_entry *entries, size_t count)
{
	_cleanup_free_ char *text = NULL;
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; array && i < count; i++) {
		cJSON *object = cJSON_CreateObject();
		char used[24], bytes[24];

		used_text(entries[i].used, used);
		snprintf(bytes, sizeof(bytes), "%" PRIu64, entries[i].bytes);
		cJSON_AddStringToObject(object, "key", entries[i].key);
		cJSON_AddRawToObject(object, "bytes", bytes);
		cJSON_AddStringToObject(object, "used", used);
		cJSON_AddBoolToObject(object, "in_use", entries[i].in_use);
		cJSON_AddItemToArray(array, object);
	}
	text = cJSON_PrintUnformatted(array);
	cJSON_Delete(array);
	if (!text)
		return fail_errno(ENOMEM, "cannot list the cache");
	output("%s\n", text);
	return 0;
}

static int list(const struct cache_command *c, const struct cache *cache)
{
	_cleanup_free_ struct cache_entry *entries = NULL;
	size_t count;
	int r = cache_list(cache, &entries, &count);

	if (r == 0 && c->json)
		r = print_json(entries, count);
	for (size_t i = 0; r == 0 && !c->json && i < count; i++) {
		char used[24];

		used_text(entries[i].used, used);
		output("%.16s  %8" PRIu64 " KiB  %s%s\n", entries[i].key, entries[i].bytes / 1024,
		       used, entries[i].in_use ? "  in use" : "");
	}
	return output_finish() < 0 && r == 0 ? -EIO : r;
}

static int prune(const struct cache_command *c, const struct cache *cache)
{
	_cleanup_free_ struct cache_entry *entries = NULL;
	int64_t days = c->days.set ? c->days.value : DEFAULT_DAYS;
	time_t since = time(NULL) - (time_t)(days * SECONDS_OF_DAY);
	size_t count;
	int r = cache_list(cache, &entries, &count);

	for (size_t i = 0; r >= 0 && i < count; i++) {
		if (!c->all && entries[i].used > since)
			continue;
		r = cache_remove(cache, entries[i].key);
		if (r == 0)
			output("removed %.16s, %" PRIu64 " KiB\n", entries[i].key,
			       entries[i].bytes / 1024);
		else if (r == 1)
			output("kept %.16s, which is in use\n", entries[i].key);
	}
	if (r >= 0)
		r = cache_sweep(cache);
	if (r > 0)
		output("removed %d unfinished\n", r);
	return output_finish() < 0 && r >= 0 ? -EIO : r;
}

static int run(const struct command *self, int argc, char **argv)
{
	const struct cache_verb *verb = (const struct cache_verb *)self;
	struct cache cache = {.fd = -1};
	struct cache_command c = {0};
	struct arguments arguments;
	int r = option_parse(self, argc, argv, &c, &arguments);

	if (r == 0 && (arguments.operand_count || arguments.command_count))
		r = usage_error("'%s' takes no operand", self->name);
	if (r == 0 && c.all && c.days.set)
		r = usage_error("--all and --days contradict each other");
	if (r == 0)
		r = cache_open(&cache);
	if (r == 0)
		r = verb->act(&c, &cache);
	cache_release(&cache);
	return r < 0 ? r : EXIT_SUCCESS;
}

static const struct cache_verb verbs[] = {
    {
        .command.name = "cache list",
        .command.synopsis = "[options]",
        .command.summary = "list the root images, the last used first",
        .command.groups = list_groups,
        .command.run = run,
        .act = list,
    },
    {
        .command.name = "cache prune",
        .command.synopsis = "[options]",
        .command.summary = "remove root images that have not been used for long",
        .command.groups = prune_groups,
        .command.run = run,
        .act = prune,
    },
};

static const struct command *const commands[] = {&verbs[0].command, &verbs[1].command, NULL};

const struct command cmd_cache = {
    .name = "cache",
    .synopsis = "list|prune [options]",
    .summary = "list and remove the root images that run has made",
    .verbs = commands,
    .run = verb_run,
};
