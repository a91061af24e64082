/* SPDX-License-Identifier: MIT */
/* The kernel's own reading of its command line, to hold ours against. */
#ifndef VMCONFIG_KERNEL_WORDS_H
#define VMCONFIG_KERNEL_WORDS_H

#include <stdbool.h>
#include <string.h>

/* isspace() of lib/ctype.c: Latin-1, in which a0 is a space. */
static inline bool kernel_isspace(unsigned char c)
{
	return (c >= 9 && c <= 13) || c == ' ' || c == 0xa0;
}

/*
 * next_arg() of lib/cmdline.c: cut the first parameter off @args, in place.
 * Return: the rest. @value: NULL when there is no "=".
 */
static inline char *kernel_next_arg(char *args, char **name, char **value)
{
	bool quoted = *args == '"', in_quote = quoted;
	size_t i, equals = 0;

	args += quoted;
	for (i = 0; args[i] && (in_quote || !kernel_isspace((unsigned char)args[i])); i++) {
		if (!equals && args[i] == '=')
			equals = i;
		if (args[i] == '"')
			in_quote = !in_quote;
	}
	*name = args;
	*value = NULL;
	if (equals) {
		args[equals] = '\0';
		*value = args + equals + 1;
		if (**value == '"') {
			(*value)++;
			if (args[i - 1] == '"')
				args[i - 1] = '\0';
		}
	}
	if (quoted && i > 0 && args[i - 1] == '"')
		args[i - 1] = '\0';
	if (args[i])
		args[i++] = '\0';
	args += i;
	while (kernel_isspace((unsigned char)*args))
		args++;
	return args;
}

/* Whether the kernel takes @name and @value for what the word @word says. */
static inline bool kernel_word_is(const char *word, const char *name, const char *value)
{
	size_t n = strlen(name);

	if (strncmp(word, name, n) != 0)
		return false;
	return value ? word[n] == '=' && strcmp(word + n + 1, value) == 0 : word[n] == '\0';
}

#endif
