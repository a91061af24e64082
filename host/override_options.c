/* SPDX-License-Identifier: MIT */
/* Overrides, first half: the options, each checked where it is given. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "contract.h"
#include "env_file.h"
#include "error.h"
#include "formats.h"
#include "guest_path.h"
#include "image_user.h"
#include "list.h"
#include "mount_option.h"
#include "option.h"
#include "overrides.h"
#include "signals.h"
#include "ulimit_option.h"

#define OUT_OF_MEMORY(row) fail_errno(ENOMEM, "--%s", (row)->name)

/* Check a value against the form that the config's table asks for. */
static int expect(const struct option_row *row, const struct format *format, const char *value)
{
	const char *complaint = *value ? format->complain(value) : "is empty";

	return complaint ? option_error(row, "'%s' %s", value, complaint) : 0;
}

static int set_entrypoint(const struct option_row *row, void *member, const char *value)
{
	struct overrides *o = member;

	o->entrypoint_given = true;
	if (*value && strlist_add(&o->config.entrypoint, value) < 0)
		return OUT_OF_MEMORY(row);
	return 0;
}

static int add_env(const struct option_row *row, void *member, const char *value)
{
	int r = env_from_word(value, member);

	if (r == -EINVAL)
		return option_error(row, "'%s' has no variable name", value);
	if (r == -EILSEQ)
		return option_error(row, "the value of '%s' in the environment is not UTF-8",
		                    value);
	return r < 0 ? OUT_OF_MEMORY(row) : 0;
}

static int add_env_file(const struct option_row *row, void *member, const char *value)
{
	(void)row;
	return env_file_read(value, member);
}

static int set_workdir(const struct option_row *row, void *member, const char *value)
{
	char **workdir = member;
	int r;

	if (*value != '/')
		return option_error(row, "'%s' is not an absolute path", value);
	free(*workdir);
	*workdir = guest_path_clean(value);
	r = *workdir ? expect(row, &format_absolute_path, *workdir) : OUT_OF_MEMORY(row);
	return r;
}

static int set_user(const struct option_row *row, void *member, const char *value)
{
	struct user **user = member;
	const char *why = NULL;
	int r;

	*user = calloc(1, sizeof(**user));
	if (!*user)
		return OUT_OF_MEMORY(row);
	r = image_user_parse(value, *user, &why);
	if (r == -EINVAL)
		return option_error(row, "'%s' %s", value, why);
	return r < 0 ? OUT_OF_MEMORY(row) : 0;
}

static int set_hostname(const struct option_row *row, void *member, const char *value)
{
	int r = expect(row, &format_hostname, value);

	return r < 0 ? r : option_set_string(row, member, value);
}

static int set_stop_signal(const struct option_row *row, void *member, const char *value)
{
	int number = signal_parse(value);
	char name[32];

	if (number < 0)
		return option_error(row, "'%s' is no signal", value);
	signal_format(number, name, sizeof(name));
	return option_set_string(row, member, name);
}

static int set_stop_timeout(const struct option_row *row, void *member, const char *value)
{
	struct optint *timeout = member;
	long long number;

	if (parse_number(value, 0, row->value, &number) < 0)
		return option_error(row, "'%s' is not a number of seconds within 0..%d", value,
		                    row->value);
	*timeout = (struct optint){.set = true, .value = number};
	return 0;
}

/* "ro", "rw", "overlay" or "overlay=DEVICE". */
static int parse_mode(const struct option_row *row, const char *text, int *mode, char **overlay)
{
	if (strcmp(text, "ro") == 0) {
		*mode = VOLUME_RO;
	} else if (strcmp(text, "rw") == 0) {
		*mode = VOLUME_RW;
	} else if (strncmp(text, "overlay=", 8) == 0) {
		int r = expect(row, &format_device, text + 8);

		*mode = VOLUME_OVERLAY;
		return r < 0 ? r : option_set_string(row, overlay, text + 8);
	} else {
		return option_error(row, "mode '%s' is none of ro, rw, overlay=DEVICE", text);
	}
	return 0;
}

/* "DEVICE:PATH[:MODE]". DEVICE may hold colons, so the first ":/" parts it from PATH. */
static int parse_volume(const struct option_row *row, const char *text, struct volume *v)
{
	const char *path = strstr(text, ":/");
	const char *mode;
	int r;

	if (!path)
		return option_error(row, "'%s' is not DEVICE:PATH[:MODE], PATH absolute", text);
	v->device = strndup(text, (size_t)(path - text));
	mode = strchr(++path, ':');
	v->path = mode ? strndup(path, (size_t)(mode - path)) : strdup(path);
	if (!v->device || !v->path)
		return OUT_OF_MEMORY(row);
	r = expect(row, &format_device, v->device);
	if (r == 0)
		r = expect(row, &format_absolute_path, v->path);
	v->mode = VOLUME_RW;
	if (r == 0 && mode)
		r = parse_mode(row, mode + 1, &v->mode, &v->overlay_device);
	return r;
}

static int add_volume(const struct option_row *row, void *member, const char *value)
{
	struct vmconfig *cfg = member;
	size_t count = cfg->volume_mounts.count;
	struct volume *items = list_grow(cfg->volume_mounts.items, count, sizeof(*items));

	if (!items)
		return OUT_OF_MEMORY(row);
	cfg->volume_mounts.items = items;
	items[count] = (struct volume){0};
	cfg->volume_mounts.count++;
	if (count >= MAX_VOLUMES)
		return option_error(row, "more than %d (MAX_VOLUMES)", MAX_VOLUMES);
	return parse_volume(row, value, &items[count]);
}

/* "DEVICE[:MODE]"; without a DEVICE behind it, overlay puts a tmpfs on top. */
static int set_root(const struct option_row *row, void *member, const char *value)
{
	struct root **root = member;
	const char *mode = strstr(value, ":overlay=");
	int r;

	if (!mode)
		mode = strrchr(value, ':');
	*root = calloc(1, sizeof(**root));
	if (!*root)
		return OUT_OF_MEMORY(row);
	(*root)->device = mode ? strndup(value, (size_t)(mode - value)) : strdup(value);
	if (!(*root)->device)
		return OUT_OF_MEMORY(row);
	r = expect(row, &format_device, (*root)->device);
	if (r < 0 || !mode)
		return r;
	if (strcmp(mode, ":overlay") == 0) {
		(*root)->mode = VOLUME_OVERLAY;
		return 0;
	}
	return parse_mode(row, mode + 1, &(*root)->mode, &(*root)->overlay_device);
}

static int add_net(const struct option_row *row, void *member, const char *value)
{
	return net_option_add(row, member, value);
}

static int add_dns(const struct option_row *row, void *member, const char *value)
{
	int r = expect(row, &format_ip, value);

	return r < 0 ? r : option_add_string(row, member, value);
}

/* Split "NAME:IP", where the address may be an IPv6 one in brackets. */
static int parse_host(const struct option_row *row, const char *text, struct host *h)
{
	const char *colon = strchr(text, ':');
	_cleanup_free_ char *name = NULL;
	size_t length;
	int r;

	if (!colon)
		return option_error(row, "'%s' is not NAME:IP", text);
	name = strndup(text, (size_t)(colon - text));
	length = strlen(++colon);
	if (length > 1 && colon[0] == '[' && colon[length - 1] == ']')
		h->ip = strndup(colon + 1, length - 2);
	else
		h->ip = strdup(colon);
	if (!name || !h->ip)
		return OUT_OF_MEMORY(row);
	r = expect(row, &format_hostname, name);
	if (r == 0)
		r = expect(row, &format_ip, h->ip);
	return r < 0 ? r : option_add_string(row, &h->names, name);
}

static int add_host(const struct option_row *row, void *member, const char *value)
{
	struct vmconfig *cfg = member;
	size_t count = cfg->hosts.count;
	struct host *items = list_grow(cfg->hosts.items, count, sizeof(*items));

	if (!items)
		return OUT_OF_MEMORY(row);
	cfg->hosts.items = items;
	items[count] = (struct host){0};
	cfg->hosts.count++;
	if (count >= MAX_HOSTS)
		return option_error(row, "more than %d (MAX_HOSTS)", MAX_HOSTS);
	return parse_host(row, value, &items[count]);
}

static int add_mount(const struct option_row *row, void *member, const char *value)
{
	return mount_option_add(row, member, value);
}

static int add_ulimit(const struct option_row *row, void *member, const char *value)
{
	return ulimit_option_add(row, member, value);
}

static int add_capability(const struct option_row *row, void *member, const char *value)
{
	return capability_option_add(row, member, value);
}

static int add_sysctl(const struct option_row *row, void *member, const char *value)
{
	const char *equals = strchr(value, '=');
	_cleanup_free_ char *name = NULL;
	int r;

	if (!equals)
		return option_error(row, "'%s' is not NAME=VALUE", value);
	name = strndup(value, (size_t)(equals - value));
	if (!name)
		return OUT_OF_MEMORY(row);
	r = expect(row, &format_sysctl, name);
	if (r == 0 && strmap_set(member, name, equals + 1) < 0)
		r = OUT_OF_MEMORY(row);
	return r;
}

static int set_mode(const struct option_row *row, void *member, const char *value)
{
	static const char *const names[] = {
	    [MODE_AUTO] = "auto", [MODE_EXEC] = "exec", [MODE_SYSTEMD] = "systemd"};
	enum mode_override *mode = member;

	for (size_t i = MODE_AUTO; i <= MODE_SYSTEMD; i++) {
		if (strcmp(value, names[i]) == 0) {
			*mode = (enum mode_override)i;
			return 0;
		}
	}
	return option_error(row, "'%s' is none of auto, exec, systemd", value);
}

#define AT(member) .offset = offsetof(struct overrides, member)

const struct option_row override_options[] = {
    {"entrypoint", 0, "PROGRAM", "replaces the image's Entrypoint and clears its Cmd; \"\": none",
     set_entrypoint, .offset = 0},
    {"env", 'e', "NAME[=VALUE]", "a variable; NAME alone takes vmconfig's own value, if any",
     add_env, AT(config.env), .flags = OPTION_REPEATS},
    {"env-file", 0, "FILE", "variables, one a line; --env wins", add_env_file, AT(file_env),
     .flags = OPTION_REPEATS | OPTION_FILE},
    {"workdir", 'w', "PATH", "working directory", set_workdir, AT(config.workdir)},
    {"user", 'u', "USER[:GROUP]", "by number or by name in the guest", set_user, AT(config.user)},
    {"hostname", 0, "NAME", "host name", set_hostname, AT(config.hostname)},
    {"add-host", 0, "NAME:IP", "a line of /etc/hosts", add_host, AT(config),
     .flags = OPTION_REPEATS},
    {"volume", 'v', "DEVICE:PATH[:MODE]", "mount a block device; MODE: ro, rw, overlay=DEVICE",
     add_volume, AT(config), .flags = OPTION_REPEATS},
    {"mount", 0, "type=TYPE,target=PATH[,...]",
     "a mount; further keys: source, readonly, option, tmpfs-size, tmpfs-mode, bind-propagation",
     add_mount, .offset = 0, .flags = OPTION_REPEATS},
    {"root", 0, "DEVICE[:MODE]", "the root filesystem; MODE: ro, rw, overlay[=DEVICE]", set_root,
     AT(config.root)},
    {"read-only", 0, NULL, "mount the root filesystem read-only", option_set_flag, AT(read_only)},
    {"net", 0, "ip=ADDR/PREFIX[,...]",
     "a NIC; further keys: ip, gw, gw6, dns, mac, mtu, name, tap, macvtap, link, mode", add_net,
     AT(nets), .flags = OPTION_REPEATS},
    {"dns", 0, "IP", "a name server", add_dns, AT(dns), .flags = OPTION_REPEATS},
    {"ulimit", 0, "TYPE=SOFT[:HARD]", "a resource limit: nofile, nproc, core, ...", add_ulimit,
     AT(config), .flags = OPTION_REPEATS},
    {"cap-add", 0, "CAPABILITY", "what the workload may do; \"all\": everything", add_capability,
     AT(capabilities.add), .flags = OPTION_REPEATS},
    {"cap-drop", 0, "CAPABILITY", "what it may not; \"all\": but for what is added", add_capability,
     AT(capabilities.drop), .flags = OPTION_REPEATS},
    {"sysctl", 0, "NAME=VALUE", "a kernel parameter", add_sysctl, AT(config.sysctl),
     .flags = OPTION_REPEATS},
    {"tty", 't', NULL, "the workload has a terminal", option_set_flag, AT(config.terminal)},
    {"init-mode", 0, "MODE", "auto, exec or systemd", set_mode, AT(mode)},
    {"stop-signal", 0, "SIGNAL", "what asks the workload to stop", set_stop_signal,
     AT(config.stop_signal)},
    {"stop-timeout", 0, "SECONDS", "until SIGKILL follows", set_stop_timeout,
     AT(config.stop_timeout), .value = 86400},
    {.name = NULL},
};
