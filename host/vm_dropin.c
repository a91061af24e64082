/* SPDX-License-Identifier: MIT */
/*
 * A drop-in per machine. The unit for all of them lets a monitor write to its
 * state directory alone, and open no block device: images that lie elsewhere,
 * and volumes, are allowed here, one by one. What is missing at a start is no
 * failure of the unit's: the monitor says it better.
 */
#include "vm_dropin.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "guest_path.h"
#include "host_files.h"
#include "json.h"
#include "list.h"
#include "parents.h"
#include "path.h"
#include "read_file.h"
#include "replace_file.h"
#include "units.h"

#define DROPIN_DIRECTORY "%s/etc/systemd/system/microvm@%s.service.d"
#define DROPIN           DROPIN_DIRECTORY "/vmconfig.conf"

struct dropin {
	const char *name;
	bool live;
	FILE *out;
	struct strlist allowed; /* the same, for whoever installs the package */
};

static bool is_device_name(const char *path)
{
	return path_is_below(path, "/dev") && path_compare(path, "/dev") != 0;
}

/* A path in double quotes, with no character that the two settings read differently. */
static int check_path(const char *path)
{
	for (const char *c = path; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f || *c == '"' || *c == '\\')
			return fail("'%s' has a character that systemd cannot be told", path);
	if (!json_is_utf8(path))
		return fail("'%s' is no UTF-8, and systemd can be told nothing else", path);
	for (const char *dots = path; (dots = strstr(dots, "/..")); dots++)
		if (!dots[3] || dots[3] == '/')
			return fail("'%s' has a '..' part, which systemd does not take", path);
	return 0;
}

/* @prefix: "-" where what is missing is no error */
static void write_path(FILE *out, const char *setting, const char *prefix, const char *path)
{
	fprintf(out, "%s=\"%s", setting, prefix);
	for (; *path; path++) {
		if (*path == '%')
			fputc('%', out);
		fputc(*path, out);
	}
	fputc('"', out);
}

static int note_allowed(struct dropin *d, const char *what, const char *path)
{
	_cleanup_free_ char *text = NULL;

	if (asprintf(&text, "may %s '%s'", what, path) < 0)
		text = NULL;
	return !text || strlist_add(&d->allowed, text) < 0 ? fail_errno(ENOMEM, "'%s'", path) : 0;
}

/* systemd knows devices by names in /dev. */
static int allow_device(struct dropin *d, const char *path, bool writable)
{
	char found[PATH_MAX];

	if (!is_device_name(path)) {
		if (!realpath(path, found) || !is_device_name(found))
			return fail("'%s' is a device outside /dev, which systemd does not allow "
			            "by name",
			            path);
		path = found;
	}
	write_path(d->out, "DeviceAllow", "", path);
	fputs(writable ? " rw\n" : " r\n", d->out);
	return note_allowed(d, writable ? "write the device" : "read the device", path);
}

/* @path and what is above it would be most of the host, or all machines. */
static bool is_too_much(const char *path, bool writable)
{
	static const char *const system[] = {"/boot", "/dev", "/etc", "/proc",      "/run",
	                                     "/sys",  "/usr", "/var", MICROVM_STATE};

	for (size_t i = 0; writable && i < sizeof(system) / sizeof(*system); i++)
		if (path_is_below(system[i], path))
			return true;
	return path_compare(path, MICROVM_STATE) == 0;
}

/* Return: whether the unit sees nothing of @path. */
static bool warn_of_hidden(const char *path)
{
	static const char *const hidden[] = {"/home", "/root", "/run/user", "/tmp", "/var/tmp"};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++) {
		if (path_is_below(path, hidden[i])) {
			warn("'%s' is out of the unit's sight, as all of %s", path, hidden[i]);
			return true;
		}
		if (path_is_below(hidden[i], path))
			warn("the unit sees '%s' without %s", path, hidden[i]);
	}
	if (path_is_below(MICROVM_STATE, path))
		warn("the unit sees '%s' without the other machines in %s", path, MICROVM_STATE);
	return false;
}

/* @path: clean, and not in the machine's own directory */
static int allow_file(struct dropin *d, const char *path, bool writable)
{
	bool in_state = path_is_below(path, MICROVM_STATE), hidden;

	if (is_too_much(path, writable))
		return fail("'%s' is too much to open to one machine: name what it needs in it",
		            path);
	hidden = warn_of_hidden(path);
	/* There the unit has nothing but the machine's own directory. */
	if (in_state) {
		if (strchr(path, ':'))
			return fail("'%s' has a ':', with which systemd cannot be told to show it",
			            path);
		write_path(d->out, writable ? "BindPaths" : "BindReadOnlyPaths", "-", path);
		fputc('\n', d->out);
	}
	if (writable) {
		write_path(d->out, "ReadWritePaths", "-", path);
		fputc('\n', d->out);
	}
	if (hidden || (!writable && !in_state))
		return 0;
	return note_allowed(d, writable ? "write" : "read", path);
}

/* A link's own name is what the monitor opens, and where it leads decides what that takes. */
static int allow_real_file(struct dropin *d, const char *path, bool writable)
{
	char found[PATH_MAX];
	int r;

	if (!realpath(path, found) || strcmp(found, path) == 0)
		return 0;
	r = check_path(found);
	return r < 0 ? r : allow_file(d, found, writable);
}

static int is_own(const struct dropin *d, const char *path)
{
	_cleanup_free_ char *own = NULL;

	if (asprintf(&own, "%s/%s", MICROVM_STATE, d->name) < 0) {
		own = NULL;
		return fail_errno(ENOMEM, "'%s'", path);
	}
	return path_is_below(path, own);
}

static int allow_clean(struct dropin *d, const char *path, bool writable)
{
	struct stat st;
	bool found = d->live && stat(path, &st) == 0;
	int r;

	if (found ? S_ISBLK(st.st_mode) : is_device_name(path))
		return allow_device(d, path, writable);
	/* Links in there are the machine's user's to make: none is followed. */
	r = is_own(d, path);
	if (r != 0)
		return r < 0 ? r : 0;
	r = allow_file(d, path, writable);
	return r == 0 && found ? allow_real_file(d, path, writable) : r;
}

static int allow(struct dropin *d, const char *spelled, bool writable)
{
	_cleanup_free_ char *path = NULL;
	int r = check_path(spelled);

	if (r < 0)
		return r;
	path = guest_path_clean(spelled); /* there is no ".." in it any more */
	return path ? allow_clean(d, path, writable) : fail_errno(ENOMEM, "'%s'", spelled);
}

/* @lines: changed */
static int allow_all(struct dropin *d, const char *list, char *lines)
{
	for (char *line; (line = strsep(&lines, "\n"));) {
		bool writable = strncmp(line, "rw /", 4) == 0;
		int r;

		if (!*line && !lines)
			break;
		if (!writable && strncmp(line, "ro /", 4) != 0)
			return fail("'%s': '%s' is not \"rw\" or \"ro\" and an absolute path", list,
			            line);
		r = allow(d, line + 3, writable);
		if (r < 0)
			return r;
	}
	return 0;
}

/* @text: of the settings, for free(); NULL: there are none */
static int make_settings(struct dropin *d, const char *list, char *lines, char **text)
{
	_cleanup_free_ char *settings = NULL;
	size_t length;
	int r;

	d->out = open_memstream(&settings, &length);
	if (!d->out)
		return fail_errno(errno, "'%s'", list);
	r = allow_all(d, list, lines);
	if (fclose(d->out) != 0 && r == 0)
		r = fail_errno(ENOMEM, "'%s'", list);
	if (r == 0 && length)
		*text = steal_ptr(&settings);
	return r;
}

static void tell(const struct dropin *d)
{
	for (size_t i = 0; i < d->allowed.count; i++)
		notice("microvm@%s.service %s", d->name, d->allowed.items[i]);
}

static int make(const char *list, const char *name, bool live, char **text)
{
	_cleanup_free_ char *lines = NULL, *settings = NULL;
	struct dropin d = {.name = name, .live = live};
	size_t length;
	int r = read_file(list, &lines, &length);

	if (r < 0)
		return r;
	if (strlen(lines) != length)
		return fail("'%s' has a NUL byte", list);
	r = make_settings(&d, list, lines, &settings);
	if (r == 0 && settings &&
	    asprintf(text,
	             "# Made by vmconfig of what this machine's package opens.\n[Service]\n%s",
	             settings) < 0) {
		*text = NULL;
		r = fail_errno(ENOMEM, "'%s'", list);
	}
	if (r == 0)
		tell(&d);
	strlist_release(&d.allowed);
	return r;
}

int vm_dropin_make(const char *package, const char *name, bool live, char **text)
{
	_cleanup_free_ char *list = NULL;

	*text = NULL;
	if (asprintf(&list, "%s/" HOST_FILES, package) < 0) {
		list = NULL;
		return fail_errno(ENOMEM, "'%s'", package);
	}
	/* A package of somebody else's has none, and says nothing. */
	if (access(list, F_OK) < 0 && errno == ENOENT)
		return 0;
	return make(list, name, live, text);
}

/* For free(), or NULL after printing a line. */
static char *name_dropin(const char *root, const char *name)
{
	char *path;

	if (asprintf(&path, DROPIN, root ? root : "", name) >= 0)
		return path;
	fail_errno(ENOMEM, "cannot change the unit of '%s'", name);
	return NULL;
}

int vm_dropin_get(const char *root, const char *name, char **text)
{
	_cleanup_free_ char *path = name_dropin(root, name);
	struct stat st;
	size_t length;

	*text = NULL;
	if (!path)
		return -ENOMEM;
	/* What else may be there is not ours, and putting one says what is wrong with it. */
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	return read_file(path, text, &length);
}

static int put(char *path, const char *text)
{
	int r = make_parents(path);

	if (r == 0)
		r = replace_file(path, text, strlen(text));
	/* Everybody may read units; systemd warns when they cannot. */
	if (r == 0 && chmod(path, 0644) < 0)
		r = fail_errno(errno, "cannot write '%s'", path);
	return r < 0 ? r : 1;
}

/* The directory may have drop-ins of the user's own. */
static int take_away(const char *path, const char *directory)
{
	if (unlink(path) < 0)
		return errno == ENOENT || errno == ENOTDIR
		           ? 0
		           : fail_errno(errno, "cannot remove '%s'", path);
	rmdir(directory);
	return 1;
}

int vm_dropin_put(const char *root, const char *name, const char *text)
{
	_cleanup_free_ char *path = name_dropin(root, name), *directory = NULL;

	if (!path)
		return -ENOMEM;
	if (asprintf(&directory, DROPIN_DIRECTORY, root ? root : "", name) < 0) {
		directory = NULL;
		return fail_errno(ENOMEM, "cannot change the unit of '%s'", name);
	}
	return text ? put(path, text) : take_away(path, directory);
}
