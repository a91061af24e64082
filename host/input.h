/* SPDX-License-Identifier: MIT */
/* INPUT: the one document that a command works on, of four kinds. */
#ifndef VMCONFIG_INPUT_H
#define VMCONFIG_INPUT_H

#include <stdbool.h>

#include "option.h"

struct document;
struct request;

enum input_kind {
	INPUT_NONE,
	INPUT_BUNDLE,
	INPUT_RUNTIME_CONFIG, /* a runtime config.json by itself; no option gives it */
	INPUT_IMAGE,
	INPUT_IMAGE_CONFIG,
	INPUT_CONFIG,
};

struct input {
	enum input_kind kind;
	const char *argument; /* DIR, LAYOUT[:REF][@DIGEST] or FILE; not owned */
	bool strict;          /* warnings are errors */
	bool runs;       /* who makes the request runs a bundle's hooks, and enters its network */
	bool incomplete; /* it is only looked at: what is needed to run it may be missing */
};

/* Rows that fill a struct input: what it is, and how it is read. */
extern const struct option_row input_options[];
extern const struct option_row reading_options[];

/* input_load() - read the document that @in names. Return: 0, or -errno after printing a line. */
int input_load(const struct input *in, struct document *d);

/*
 * input_convert() - parse a loaded document into @r.
 * @r: zeroed; released by the caller whatever the result
 *
 * Problems are noted in @d, and nothing is printed.
 *
 * Return: 0, also when problems were noted; -ENOMEM.
 */
int input_convert(const struct input *in, struct document *d, struct request *r);

/*
 * input_load_config() - read a config from where it may be: a config disk or a JSON file.
 * Return: 0, or -errno after printing a line.
 */
int input_load_config(const char *path, struct document *d);

/*
 * input_detect_directory() - the kind of a bundle or of a layout, LAYOUT:REF included; left as it
 * is for all else.
 *
 * Return: 0, or -EINVAL after printing a line: a directory that is neither.
 */
int input_detect_directory(const char *path, struct input *in);

/*
 * input_detect() - tell what @path is, a directory by its files and a file by its keys, and load
 * it.
 * @path: outlives @in
 *
 * Return: 0, or -errno after printing a line. What is no JSON counts as a config.
 */
int input_detect(const char *path, struct input *in, struct document *d);

#endif
