/* SPDX-License-Identifier: MIT */
/* Files of environment variables, in Docker's format. */
#include "env_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "error.h"
#include "json.h"
#include "list.h"
#include "read_file.h"

int env_from_word(const char *word, struct strmap *env)
{
	const char *equals = strchr(word, '=');
	_cleanup_free_ char *name = NULL;
	const char *value;

	if (!*word || equals == word)
		return -EINVAL;
	if (!equals) {
		value = getenv(word);
		if (value && !json_is_utf8(value))
			return -EILSEQ;
		return value ? strmap_append(env, word, value) : 0;
	}
	name = strndup(word, (size_t)(equals - word));
	return name ? strmap_append(env, name, equals + 1) : -ENOMEM;
}

/* What is wrong with a line that is neither empty nor a comment, or NULL. */
static const char *complain_line(const char *line)
{
	size_t name = strcspn(line, "=");

	if (!json_is_utf8(line))
		return "the line is not UTF-8";
	if (name == 0)
		return "no variable name before '='";
	if (strcspn(line, " \t") < name)
		return "white space in a variable name";
	return NULL;
}

static int read_line(const char *path, size_t number, char *line, size_t length, struct strmap *env)
{
	const char *complaint;
	int r;

	if (strlen(line) != length)
		return fail("%s:%zu: the line holds a NUL", path, number);
	if (length && line[length - 1] == '\r')
		line[length - 1] = '\0';
	line += strspn(line, " \t");
	if (*line == '\0' || *line == '#')
		return 0;
	complaint = complain_line(line);
	if (complaint)
		return fail("%s:%zu: %s", path, number, complaint);
	r = env_from_word(line, env);
	if (r == -EILSEQ)
		return fail("%s:%zu: the value of '%s' in the environment is not UTF-8", path,
		            number, line);
	return r < 0 ? fail_errno(-r, "%s:%zu", path, number) : 0;
}

int env_file_read(const char *path, struct strmap *env)
{
	_cleanup_free_ char *text = NULL;
	size_t length, number = 0, bad = 0;
	char *line;
	int r;

	r = read_file(path, &text, &length);
	if (r < 0)
		return r;
	line = text;
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		line += 3; /* a byte order mark, as some editors leave it */
	while (line < text + length) {
		char *end = memchr(line, '\n', (size_t)(text + length - line));

		if (!end)
			end = text + length;
		*end = '\0';
		if (read_line(path, ++number, line, (size_t)(end - line), env) < 0 && ++bad == 20)
			return fail("%s: too many bad lines", path);
		line = end + 1;
	}
	return bad ? -EINVAL : 0;
}
