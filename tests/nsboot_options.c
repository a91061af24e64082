/* SPDX-License-Identifier: MIT */
/* The command line of nsboot, as the head of nsboot.c has it: a row for each option. */
#include "nsboot_options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nsboot.h"
#include "signals.h"

struct row {
	const char *name;
	void (*take)(struct options *o, const struct row *row, char *word);
	size_t value; /* take_string(): where in the options; take_action(): a step's action */
};

static void __attribute__((noreturn)) usage(const char *what, const char *word)
{
	fprintf(stderr, "nsboot: %s '%s'; the head of nsboot.c has the options\n", what, word);
	exit(STATUS_SETUP);
}

/* Cut the partitions off @word. */
static void add_partitions(struct disk *d, char *word)
{
	char *at = strstr(word, ",part="), *next;

	for (; at; at = next) {
		struct partition *p = &d->partitions[d->partition_count];

		next = strstr(at + 1, ",part=");
		if (d->partition_count++ == MAX_PARTITIONS ||
		    sscanf(at, ",part=%lld+%lld", &p->start, &p->size) != 2)
			usage("cannot use partition", at);
		*at = '\0';
	}
}

void options_add_disk(struct options *o, char *word)
{
	struct disk d = {.image_fd = -1, .loop_fd = -1};
	char *comma;

	if (o->disk_count == MAX_DISKS)
		usage("too many disks", word);
	add_partitions(&d, word);
	comma = strrchr(word, ',');
	if (comma && strcmp(comma, ",ro") == 0) {
		d.readonly = true;
		*comma = '\0';
	}
	if (strcmp(word, "-") != 0)
		d.path = word;
	o->disks[o->disk_count++] = d;
}

static void take_disk(struct options *o, const struct row *row, char *word)
{
	(void)row;
	options_add_disk(o, word);
}

static struct extra_file cut_file(char *word)
{
	char *colon = strchr(word, ':');

	if (!colon || colon[1] != '/')
		usage("cannot use file", word);
	*colon = '\0';
	return (struct extra_file){word, colon + 1};
}

static void take_file(struct options *o, const struct row *row, char *word)
{
	(void)row;
	if (o->file_count == MAX_EXTRA_FILES)
		usage("too many files", word);
	o->files[o->file_count++] = cut_file(word);
}

static void take_cover(struct options *o, const struct row *row, char *word)
{
	(void)row;
	if (o->cover_count == MAX_COVERS)
		usage("too many covers", word);
	o->covers[o->cover_count++] = cut_file(word);
}

static void take_string(struct options *o, const struct row *row, char *word)
{
	*(const char **)((char *)o + row->value) = word;
}

static void take_timeout(struct options *o, const struct row *row, char *word)
{
	(void)row;
	o->timeout_s = atoi(word);
	if (o->timeout_s <= 0)
		usage("no timeout", word);
}

static void take_when(struct options *o, const struct row *row, char *word)
{
	(void)row;
	if (o->step_count == MAX_STEPS || !*word)
		usage("cannot wait for", word);
	/* Alone it waits, so that the step after it is not taken too early. */
	o->steps[o->step_count++] = (struct step){.text = word, .action = STEP_NONE};
}

static void take_action(struct options *o, const struct row *row, char *word)
{
	struct step *step;

	if (!o->step_count)
		usage("no --when before", word);
	step = &o->steps[o->step_count - 1];
	step->word = word;
	step->action = row->value;
	if (step->action == STEP_KILL)
		step->signal = signal_parse(word);
	if (step->signal < 0)
		usage("no signal", word);
}

static const struct row rows[] = {
    {"init", take_string, offsetof(struct options, init)},
    {"cmdline", take_string, offsetof(struct options, cmdline)},
    {"cover", take_cover, 0},
    {"disk", take_disk, 0},
    {"fault", take_string, offsetof(struct options, fault)},
    {"file", take_file, 0},
    {"netns", take_string, offsetof(struct options, netns)},
    {"nonce", take_string, offsetof(struct options, nonce)},
    {"port", take_string, offsetof(struct options, port)},
    {"report", take_string, offsetof(struct options, report)},
    {"timeout", take_timeout, 0},
    {"when", take_when, 0},
    {"kill", take_action, STEP_KILL},
    {"type", take_action, STEP_TYPE},
    {"say", take_action, STEP_SAY},
    {"run", take_action, STEP_RUN},
    {"attach", take_action, STEP_ATTACH},
};

#define ROW_COUNT (sizeof(rows) / sizeof(*rows))

void options_parse(struct options *o, int argc, char **argv)
{
	struct option table[ROW_COUNT + 1] = {{0}};
	const char *init = getenv("GUEST_INIT");
	int row, r;

	for (size_t i = 0; i < ROW_COUNT; i++)
		table[i] = (struct option){rows[i].name, required_argument, NULL, 0};
	*o = (struct options){.init = init && *init ? init : "build/init",
	                      .cmdline = "",
	                      .fault = "",
	                      .timeout_s = 60};
	while ((r = getopt_long(argc, argv, "", table, &row)) != -1) {
		if (r == '?')
			exit(STATUS_SETUP);
		rows[row].take(o, &rows[row], optarg);
	}
	if (optind < argc)
		usage("no option", argv[optind]);
}
