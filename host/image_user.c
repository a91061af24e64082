/* SPDX-License-Identifier: MIT */
/* The image configuration's User (image-spec config.md and conversion.md). */
#include "image_user.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "formats.h"
#include "vmconfig.h"

#define MAX_ID 4294967294 /* (uid_t)-1 means "leave as it is" to setresuid(2) */

static const char *complain_id_name(const char *name)
{
	if (*name == '+' || *name == '-')
		return "has a part that is neither a name nor a number";
	for (const char *s = name; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f || *s == '/')
			return "has white space, '/' or a control character";
	return format_name.complain(name) ? "has a name longer than 255 bytes" : NULL;
}

/* One side of the colon, as a number or as a name. */
static int parse_part(const char *text, struct optint *number, char **name, const char **why)
{
	if (!*text) {
		*why = "has an empty part";
		return -EINVAL;
	}
	if (text[strspn(text, "0123456789")] == '\0') {
		errno = 0;
		number->value = strtoll(text, NULL, 10);
		number->set = errno == 0 && number->value <= MAX_ID;
		*why = "has a number above 4294967294";
		return number->set ? 0 : -EINVAL;
	}
	*why = complain_id_name(text);
	if (*why)
		return -EINVAL;
	*name = strdup(text);
	return *name ? 0 : -ENOMEM;
}

static int parse_both(char *text, struct user *user, const char **why)
{
	char *colon = strchr(text, ':');
	int r;

	if (colon)
		*colon = '\0';
	r = parse_part(text, &user->uid, &user->name, why);
	if (r < 0 || !colon)
		return r;
	if (strchr(colon + 1, ':')) {
		*why = "has more than one ':'";
		return -EINVAL;
	}
	return parse_part(colon + 1, &user->gid, &user->group, why);
}

int image_user_parse(const char *text, struct user *user, const char **why)
{
	_cleanup_free_ char *copy = strdup(text);
	struct user parsed = {0};
	int r = copy ? parse_both(copy, &parsed, why) : -ENOMEM;

	if (r < 0) {
		free(parsed.name);
		free(parsed.group);
		return r;
	}
	free(user->name);
	free(user->group);
	user->uid = parsed.uid;
	user->gid = parsed.gid;
	user->name = parsed.name;
	user->group = parsed.group;
	return 0;
}
