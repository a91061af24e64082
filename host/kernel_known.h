/* SPDX-License-Identifier: MIT */
/* What the kernel makes of the words of its command line: its own, a module's, or init's. */
#ifndef VMCONFIG_KERNEL_KNOWN_H
#define VMCONFIG_KERNEL_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "vmconfig.h"

/*
 * A word that the kernel does not know goes to init, into its environment when
 * it has a value, else among its arguments (unknown_bootoption() of
 * init/main.c). There are CONFIG_INIT_ENV_ARG_LIMIT places for each, 32 and in
 * effect one more, of which "init" has taken the first and HOME and TERM have
 * taken two. One word too many is a panic.
 */
#define MAX_INIT_ARGS 32
#define MAX_INIT_ENV  31

struct init_words {
	size_t args;
	size_t env; /* names, not words: one that is given twice takes one place */
};

/* kernel_init_words() - how many of @words go to init. Return: 0 or -ENOMEM. */
int kernel_init_words(const struct strlist *words, struct init_words *count);

#endif
