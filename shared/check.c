/* SPDX-License-Identifier: MIT */
/* The rules that no single row of the table can hold: one function per part of the config. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "check.h"
#include "contract.h"
#include "formats.h"
#include "json.h"
#include "path.h"
#include "record.h"
#include "vmconfig.h"

void error_at(const struct check *c, const char *rule, const char *message, const char *format, ...)
{
	char pointer[128];
	struct place place;
	va_list args;

	if (c->problems->count >= MAX_PROBLEMS) {
		problem_add(c->problems, SEVERITY_ERROR, rule, NULL, "%s", message);
		return;
	}
	va_start(args, format);
	vsnprintf(pointer, sizeof(pointer), format, args);
	va_end(args);
	place = json_place(c->doc, json_find(c->doc, pointer), pointer);
	problem_add(c->problems, SEVERITY_ERROR, rule, &place, "%s", message);
}

static bool feature_is_known(const struct record *rec, const char *name)
{
	for (const struct field *f = rec->fields; f->key; f++) {
		if (f->feature && strcmp(f->feature, name) == 0)
			return true;
		if (f->record && feature_is_known(f->record, name))
			return true;
	}
	return false;
}

static void check_version(const struct check *c)
{
	char message[320];

	if (c->cfg->version.set && c->cfg->version.value > CONFIG_VERSION) {
		snprintf(message, sizeof(message),
		         "schema version '%d' is newer than this reader's, %d",
		         (int)c->cfg->version.value, CONFIG_VERSION);
		error_at(c, "version", message, "/version");
	}
	for (size_t i = 0; i < c->cfg->requires.count; i++) {
		const char *name = c->cfg->requires.items[i];

		if (feature_is_known(&vmconfig_record, name))
			continue;
		snprintf(message, sizeof(message),
		         "requires '%.255s', which this reader does not know", name);
		error_at(c, "requires", message, "/requires/%zu", i);
	}
}

/* What execve(2) will count: the bytes of each string with its NUL, and a pointer to it. */
static size_t exec_cost(size_t length)
{
	return length + 1 + sizeof(char *);
}

static size_t check_words(const struct check *c, const struct strlist *words, const char *pointer)
{
	size_t total = 0;

	for (size_t i = 0; i < words->count; i++) {
		size_t length = strlen(words->items[i]);

		if (length >= MAX_ARG_BYTES)
			error_at(
			    c, "arg-length",
			    "is longer than one argument may be (MAX_ARG_STRLEN, 131072 bytes)",
			    "%s/%zu", pointer, i);
		total += exec_cost(length);
	}
	return total;
}

static void check_command(const struct check *c)
{
	const struct strlist *first = c->cfg->entrypoint.count ? &c->cfg->entrypoint : &c->cfg->cmd;
	const char *pointer = c->cfg->entrypoint.count ? "/entrypoint" : "/cmd";
	size_t total;

	if (!first->count)
		error_at(c, "command", "nothing to run: 'entrypoint' and 'cmd' are both empty",
		         "%s", "");
	else if (!first->items[0][0])
		error_at(c, "command", "the program's name is empty", "%s/0", pointer);

	total = check_words(c, &c->cfg->entrypoint, "/entrypoint") +
	        check_words(c, &c->cfg->cmd, "/cmd");
	for (size_t i = 0; i < c->cfg->env.count; i++) {
		const struct strpair *pair = &c->cfg->env.items[i];
		size_t length = strlen(pair->name) + 1 + strlen(pair->value);
		char message[200];

		total += exec_cost(length);
		if (length < MAX_ARG_BYTES)
			continue;
		snprintf(
		    message, sizeof(message),
		    "'%.64s' is longer than one variable may be (MAX_ARG_STRLEN, 131072 bytes)",
		    pair->name);
		error_at(c, "arg-length", message, "/env");
	}
	if (total > MAX_EXEC_BYTES)
		error_at(
		    c, "arg-total",
		    "arguments and environment together exceed ARG_MAX (2 MiB, with pointers and "
		    "the program's path)",
		    "%s", "");
}

static void check_user(const struct check *c)
{
	const struct user *user = c->cfg->user;

	if (!user)
		return;
	if (user->uid.set && user->name)
		error_at(c, "user", "has both 'uid' and 'name'", "/user");
	if (user->gid.set && user->group)
		error_at(c, "user", "has both 'gid' and 'group'", "/user");
}

static void check_seed_network(const struct check *c)
{
	const struct vmconfig *cfg = c->cfg;

	if (!cfg->guest_ip) {
		if (cfg->guest_cidr.set && cfg->guest_cidr.value)
			error_at(c, "network", "is given without 'guest_ip'", "/guest_cidr");
		if (cfg->guest_gw)
			error_at(c, "network", "is given without 'guest_ip'", "/guest_gw");
		if (cfg->network_enabled && !cfg->interfaces.count)
			error_at(c, "network", "needs 'guest_ip' or 'interfaces'",
			         "/network_enabled");
		return;
	}
	if (cfg->interfaces.count)
		error_at(c, "network", "is given beside 'interfaces': use one of them",
		         "/guest_ip");
	/* A prefix that is left out is not guessed: a wrong one cuts the guest off in ways hard to
	 * see. */
	if (!cfg->guest_cidr.set || cfg->guest_cidr.value == 0)
		error_at(c, "network", "is given without 'guest_cidr'", "/guest_ip");
}

static bool family_differs(const char *a, const char *b)
{
	return !strchr(a, ':') != !strchr(b, ':');
}

static bool has_host_bits(const char *cidr)
{
	unsigned char address[16];
	unsigned prefix;
	int family = cidr_parse(cidr, address, &prefix);

	if (family < 0)
		return false; /* its form has been complained about */
	for (unsigned i = prefix; i < (family == AF_INET ? 32 : 128); i++)
		if (address[i / 8] & (0x80 >> i % 8))
			return true;
	return false;
}

static void check_routes(const struct check *c, const struct interface *nic, size_t index)
{
	for (size_t i = 0; i < nic->routes.count; i++) {
		const struct route *route = &nic->routes.items[i];
		bool is_default = route->to && strcmp(route->to, "default") == 0;

		if (is_default && !route->via)
			error_at(c, "route", "a default route needs 'via'",
			         "/interfaces/%zu/routes/%zu", index, i);
		if (route->to && route->via && !is_default && family_differs(route->to, route->via))
			error_at(c, "route", "'to' and 'via' are of different families",
			         "/interfaces/%zu/routes/%zu", index, i);
		if (route->to && has_host_bits(route->to))
			error_at(c, "route", "has bits set behind its prefix",
			         "/interfaces/%zu/routes/%zu/to", index, i);
	}
}

/* The kernel answers only "Invalid argument" to IPv6 on a link with less than its minimum (RFC
 * 8200, 5). */
static void check_mtu(const struct check *c, const struct interface *nic, size_t index)
{
	bool v6 = nic->gateway6 != NULL;

	for (size_t i = 0; i < nic->addresses.count; i++)
		v6 |= strchr(nic->addresses.items[i], ':') != NULL;
	if (v6 && nic->mtu.set && nic->mtu.value < 1280)
		error_at(c, "mtu", "is less than the 1280 that IPv6 needs", "/interfaces/%zu/mtu",
		         index);
}

/* Two NICs of the same mac or name would be one. Sorted look-up is not worth it for the few there
 * are. */
static void check_interfaces(const struct check *c)
{
	const struct vmconfig *cfg = c->cfg;

	if (cfg->interfaces.count && !cfg->network_enabled)
		error_at(c, "network", "are given, but 'network_enabled' is false", "/interfaces");
	for (size_t i = 0; i < cfg->interfaces.count; i++) {
		const struct interface *nic = &cfg->interfaces.items[i];

		check_routes(c, nic, i);
		check_mtu(c, nic, i);
		for (size_t k = 0; k < i; k++) {
			const struct interface *other = &cfg->interfaces.items[k];

			if (nic->mac && other->mac && strcasecmp(nic->mac, other->mac) == 0)
				error_at(c, "duplicate", "is that of an earlier interface",
				         "/interfaces/%zu/mac", i);
			if (nic->name && other->name && strcmp(nic->name, other->name) == 0)
				error_at(c, "duplicate", "is that of an earlier interface",
				         "/interfaces/%zu/name", i);
		}
	}
}

static void check_root(const struct check *c)
{
	const struct root *root = c->cfg->root;
	const char *device;

	if (root && root->grow && root->mode != VOLUME_RW && !root->overlay_device)
		error_at(c, "root",
		         "is for a device that can be written: mode 'rw' or an overlay_device",
		         "/root/grow");
	if (!root || !root->overlay_device)
		return;
	device = root->device ? root->device : ROOT_LOWER_FALLBACK;
	if (root->mode == VOLUME_RO || root->mode == VOLUME_RW)
		error_at(c, "root", "goes with mode 'overlay' only", "/root/overlay_device");
	if (strcmp(device, root->overlay_device) == 0)
		error_at(c, "root", "is the device below as well", "/root/overlay_device");
}

/* One is written to, or both are the same tree. */
static void check_guest_root(const struct check *c)
{
	const struct root *root = c->cfg->root;
	const char *device = c->cfg->guest_root ? c->cfg->guest_root->device : NULL;
	const char *container = root && root->device ? root->device : ROOT_LOWER_FALLBACK;

	if (!device)
		return;
	if (strcmp(device, container) == 0)
		error_at(c, "root", "is the container's root as well", "/guest_root/device");
	if (root && root->overlay_device && strcmp(device, root->overlay_device) == 0)
		error_at(c, "root", "is the writable layer of the container's root as well",
		         "/guest_root/device");
}

struct named {
	const char *name;
	size_t index;
};

static int compare_named_paths(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = path_compare(x->name, y->name);

	return order ? order : (x->index > y->index) - (x->index < y->index);
}

static void check_volume(const struct check *c, const struct volume *v, size_t i)
{
	if (v->path && v->path[strspn(v->path, "/")] == '\0')
		error_at(c, "volume", "is the root filesystem's place: use 'root'",
		         "/volume_mounts/%zu/path", i);
	if (v->mode == VOLUME_OVERLAY && !v->overlay_device)
		error_at(c, "volume", "mode 'overlay' needs 'overlay_device'", "/volume_mounts/%zu",
		         i);
	if (v->mode && v->mode != VOLUME_OVERLAY && v->overlay_device)
		error_at(c, "volume", "goes with mode 'overlay' only",
		         "/volume_mounts/%zu/overlay_device", i);
	if (v->mode == VOLUME_RO && v->grow)
		error_at(c, "volume", "is for a volume that can be written",
		         "/volume_mounts/%zu/grow", i);
	if (v->mode == VOLUME_RO && v->format)
		error_at(c, "volume", "is for a volume that can be written",
		         "/volume_mounts/%zu/format", i);
	if (v->device && v->overlay_device && strcmp(v->device, v->overlay_device) == 0)
		error_at(c, "volume", "is the device below as well",
		         "/volume_mounts/%zu/overlay_device", i);
}

static void check_volumes(const struct check *c)
{
	size_t count = c->cfg->volume_mounts.count, n = 0;
	struct named *paths;

	if (!count)
		return;
	paths = calloc(count, sizeof(*paths));
	if (!paths) {
		c->problems->out_of_memory = true;
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct volume *v = &c->cfg->volume_mounts.items[i];

		check_volume(c, v, i);
		if (v->path)
			paths[n++] = (struct named){v->path, i};
	}
	qsort(paths, n, sizeof(*paths), compare_named_paths);
	for (size_t i = 1; i < n; i++)
		if (path_compare(paths[i - 1].name, paths[i].name) == 0)
			error_at(c, "duplicate", "is the place of an earlier volume",
			         "/volume_mounts/%zu/path", paths[i].index);
	free(paths);
}

int vmconfig_check(const struct vmconfig *cfg, const struct json_doc *doc, struct problems *p)
{
	const struct check c = {cfg, doc, p};

	check_version(&c);
	check_command(&c);
	check_user(&c);
	check_seed_network(&c);
	check_interfaces(&c);
	check_root(&c);
	check_guest_root(&c);
	check_volumes(&c);
	check_process(&c);
	check_tree(&c);
	check_init_mode(&c);
	return problems_result(p);
}
