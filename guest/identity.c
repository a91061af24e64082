/* SPDX-License-Identifier: MIT */
/* Who the workload runs as. */
#include "identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "beneath.h"
#include "cleanup.h"
#include "container.h"
#include "guest.h"
#include "list.h"

/* (uid_t)-1 means "leave as it is" to setresuid(2): it is nobody's number. */
#define MAX_ID 4294967294u

/* A line of passwd, or of group: those have members and no home. */
struct entry {
	struct span name;
	uint32_t id;
	uint32_t gid;
	struct span home;
	struct span members;
};

/* How an entry is asked for: by name, or by number when that is NULL. */
struct wanted {
	const char *name;
	uint32_t id;
};

static int refuse(struct identity *id, int result, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int refuse(struct identity *id, int result, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(id->error, sizeof(id->error), format, args);
	va_end(args);
	return result;
}

/* Cut the text up to @separator off @rest, which is empty after the last. */
static struct span cut(struct span *rest, char separator)
{
	const char *end = rest->length ? memchr(rest->data, separator, rest->length) : NULL;
	struct span head = {rest->data, end ? (size_t)(end - rest->data) : rest->length};

	rest->data += head.length + (end != NULL);
	rest->length -= head.length + (end != NULL);
	return head;
}

static struct span trim(struct span s)
{
	while (s.length && strchr(" \t\r\v\f", s.data[0]) && s.data[0])
		s.data++, s.length--;
	while (s.length && strchr(" \t\r\v\f", s.data[s.length - 1]) && s.data[s.length - 1])
		s.length--;
	return s;
}

static bool span_is(struct span s, const char *text)
{
	return s.length == strlen(text) && memcmp(s.data, text, s.length) == 0;
}

static bool is_digits(const char *s)
{
	return *s && s[strspn(s, "0123456789")] == '\0';
}

static bool parse_id(struct span s, uint32_t *id)
{
	uint64_t n = 0;

	if (!s.length)
		return false;
	for (size_t i = 0; i < s.length; i++) {
		if (s.data[i] < '0' || s.data[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(s.data[i] - '0');
		if (n > MAX_ID)
			return false;
	}
	*id = (uint32_t)n;
	return true;
}

/* "name:password:uid:gid:gecos:home:shell". What follows gid may be missing. */
static bool parse_passwd(struct span line, struct entry *e)
{
	e->name = cut(&line, ':');
	cut(&line, ':');
	if (!parse_id(cut(&line, ':'), &e->id) || !parse_id(cut(&line, ':'), &e->gid))
		return false;
	cut(&line, ':');
	e->home = cut(&line, ':');
	return true;
}

/* "name:password:gid:member,member" */
static bool parse_group(struct span line, struct entry *e)
{
	e->name = cut(&line, ':');
	cut(&line, ':');
	if (!parse_id(cut(&line, ':'), &e->id))
		return false;
	e->members = cut(&line, ':');
	return true;
}

/* The next entry of a file; empty lines, comments, NIS's "+" and "-" and what else is none are
 * passed over. */
static bool next_entry(struct span *text, bool (*parse)(struct span, struct entry *),
                       struct entry *e)
{
	while (text->length) {
		struct span line = trim(cut(text, '\n'));

		*e = (struct entry){0};
		if (line.length && !memchr("#+-:", line.data[0], 4) && parse(line, e))
			return true;
	}
	return false;
}

static bool find_entry(struct span text, bool (*parse)(struct span, struct entry *),
                       const struct wanted *wanted, struct entry *e)
{
	while (next_entry(&text, parse, e))
		if (wanted->name ? span_is(e->name, wanted->name) : e->id == wanted->id)
			return true;
	return false;
}

static bool has_member(struct span members, struct span name)
{
	while (members.length) {
		struct span member = trim(cut(&members, ','));

		if (member.length == name.length &&
		    memcmp(member.data, name.data, name.length) == 0)
			return true;
	}
	return false;
}

static int add_group(struct identity *id, gid_t gid)
{
	gid_t *groups;

	if (id->group_count >= MAX_GROUPS)
		return refuse(id, -EINVAL,
		              "the user has more supplementary groups than NGROUPS_MAX (%u)",
		              MAX_GROUPS);
	groups = list_grow(id->groups, id->group_count, sizeof(*groups));
	if (!groups)
		return -ENOMEM;
	id->groups = groups;
	groups[id->group_count++] = gid;
	return 0;
}

static int add_groups_of(struct identity *id, struct span group, struct span name)
{
	struct entry e;

	while (next_entry(&group, parse_group, &e)) {
		int r = has_member(e.members, name) ? add_group(id, e.id) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

static int add_groups_given(struct identity *id, const struct intlist *gids)
{
	for (size_t i = 0; i < gids->count; i++) {
		int64_t gid = gids->items[i];
		int r = gid < 0 || gid > MAX_ID
		            ? refuse(id, -EINVAL, "additional group '%lld' is no group number",
		                     (long long)gid)
		            : add_group(id, (gid_t)gid);

		if (r < 0)
			return r;
	}
	return 0;
}

/*
 * What is asked for: a number, a name, or a name that is a number.
 *
 * Return: 1, 0 when neither is given, -EINVAL.
 */
static int read_wanted(struct identity *id, const struct optint *number, const char *name,
                       const char *what, struct wanted *wanted)
{
	if (number->set) {
		if (number->value < 0 || number->value > MAX_ID)
			return refuse(id, -EINVAL, "%s '%lld' is not in 0..%u", what,
			              (long long)number->value, MAX_ID);
		*wanted = (struct wanted){.id = (uint32_t)number->value};
		return 1;
	}
	if (!name || !*name)
		return 0;
	*wanted = (struct wanted){.name = name};
	if (!is_digits(name))
		return 1;
	wanted->name = NULL;
	if (!parse_id((struct span){name, strlen(name)}, &wanted->id))
		return refuse(id, -EINVAL, "%s '%s' is not in 0..%u", what, name, MAX_ID);
	return 1;
}

/* HOME, of a user that has no entry, or none in it: "/", as runtimes have it. */
static int set_home(struct identity *id, struct span home, const char *fallback)
{
	if (home.length && home.data[0] == '/' && !memchr(home.data, '\0', home.length))
		id->home = strndup(home.data, home.length);
	else
		id->home = strdup(fallback);
	return id->home ? 0 : -ENOMEM;
}

static int look_up_group(struct identity *id, const struct user *user, struct span group,
                         bool *named)
{
	struct wanted wanted = {0};
	struct entry e;
	int r = read_wanted(id, &user->gid, user->group, "group", &wanted);

	*named = r > 0;
	if (r <= 0)
		return r;
	id->gid = wanted.id;
	if (!wanted.name)
		return 0;
	if (!find_entry(group, parse_group, &wanted, &e))
		return refuse(id, -ENOENT, "group '%s' not found in the guest's /etc/group",
		              wanted.name);
	id->gid = e.id;
	return 0;
}

int identity_look_up(struct identity *id, const struct user *user, struct span passwd,
                     struct span group)
{
	static const struct user nobody_named = {0};
	struct wanted wanted = {.id = 0};
	struct entry e;
	bool is_known, names_group;
	int r;

	*id = (struct identity){0};
	if (!user)
		user = &nobody_named;
	if ((user->uid.set && user->name) || (user->gid.set && user->group))
		return refuse(id, -EINVAL, "the user is given by number and by name");
	r = read_wanted(id, &user->uid, user->name, "user", &wanted);
	if (r < 0)
		return r;
	is_known = find_entry(passwd, parse_passwd, &wanted, &e);
	if (wanted.name && !is_known)
		return refuse(id, -ENOENT, "user '%s' not found in the guest's /etc/passwd",
		              wanted.name);
	id->uid = is_known ? e.id : wanted.id;
	id->gid = is_known ? e.gid : 0;
	/* Without a word about the user it is root, who has a home even where no passwd says so. */
	r = set_home(id, is_known ? e.home : (struct span){0}, r == 0 && !is_known ? "/root" : "/");
	if (r == 0)
		r = look_up_group(id, user, group, &names_group);
	if (r == 0 && is_known && !names_group)
		r = add_groups_of(id, group, e.name);
	return r < 0 ? r : add_groups_given(id, &user->additional_gids);
}

static int read_text(struct identity *id, int root_fd, const char *path, struct span *text,
                     char **data)
{
	int r = beneath_read(root_fd, path, MAX_ACCOUNT_BYTES, data, &text->length);

	if (r == -ENOENT || r == -ENOTDIR || r == -ELOOP)
		return 0;
	if (r == -EFBIG)
		return refuse(id, r, "the guest's '%s' is larger than MAX_ACCOUNT_BYTES (%u)", path,
		              MAX_ACCOUNT_BYTES);
	if (r == -EINVAL || r == -EISDIR)
		return refuse(id, r, "the guest's '%s' is not a regular file", path);
	if (r < 0)
		return refuse(id, r, "cannot read the guest's '%s': %s", path, strerror(-r));
	text->data = *data;
	return 0;
}

int identity_read(struct identity *id, const struct user *user, int root_fd)
{
	_cleanup_free_ char *passwd_data = NULL, *group_data = NULL;
	struct span passwd = {"", 0}, group = {"", 0};
	int r;

	*id = (struct identity){0};
	r = read_text(id, root_fd, "/etc/passwd", &passwd, &passwd_data);
	if (r == 0)
		r = read_text(id, root_fd, "/etc/group", &group, &group_data);
	return r < 0 ? r : identity_look_up(id, user, passwd, group);
}

int identity_resolve(struct guest *g, struct identity *id)
{
	_cleanup_fd_ int root = container_open(g);
	int r;

	*id = (struct identity){0};
	if (root < 0)
		return root;
	r = identity_read(id, g->config.user, root);
	if (r < 0 && id->error[0])
		return guest_error_as(g, "user-unknown", "%s", id->error);
	return r < 0 ? guest_error(g, -r, "cannot look up the user") : 0;
}

void identity_release(struct identity *id)
{
	free(id->groups);
	free(id->home);
	id->groups = NULL;
	id->group_count = 0;
	id->home = NULL;
}
