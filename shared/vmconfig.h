/* SPDX-License-Identifier: MIT */
/*
 * struct vmconfig: what a config disk says, in memory. The host fills it and
 * encodes it, the guest decodes it, and nothing else travels between them.
 *
 * The rows that turn it into JSON and back stand in fields.c; a member without
 * a row does not exist for either side. Strings are owned and may be NULL,
 * which means "not given"; lists with count 0 are not given.
 */
#ifndef VMCONFIG_VMCONFIG_H
#define VMCONFIG_VMCONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct problems;
struct json_doc;
struct record;

/* A number that may be absent. */
struct optint {
	bool set;
	int64_t value;
};

struct strlist {
	char **items;
	size_t count;
};

struct intlist {
	int64_t *items;
	size_t count;
};

struct strpair {
	char *name;
	char *value;
};

/* Names with values, in the order given; a name stands once. */
struct strmap {
	struct strpair *items;
	size_t count;
};

enum volume_mode { VOLUME_MODE_UNSET, VOLUME_RO, VOLUME_RW, VOLUME_OVERLAY };

/* A block device mounted into the guest's tree. */
struct volume {
	char *device;         /* /dev/…, serial=…, label=… or uuid=… */
	char *path;           /* absolute, in the guest */
	int mode;             /* enum volume_mode */
	char *overlay_device; /* the writable layer of VOLUME_OVERLAY */
};

/* The filesystem that becomes "/". */
struct root {
	char *device;
	char *fstype;         /* probed when NULL */
	int mode;             /* enum volume_mode */
	char *overlay_device; /* NULL with VOLUME_OVERLAY: a tmpfs layer */
	struct strlist options;
};

/* Who the workload runs as: by number, or by name in the guest's own passwd and group. */
struct user {
	struct optint uid;
	struct optint gid;
	struct intlist additional_gids;
	struct optint umask;
	char *name;
	char *group;
};

struct route {
	char *to; /* CIDR, or "default" */
	char *via;
	struct optint metric;
	bool onlink;
};

/* One NIC: found by mac, else by name, else by its place in the list. */
struct interface {
	char *name;
	char *mac;
	struct strlist addresses; /* CIDR, v4 and v6 */
	char *gateway;
	char *gateway6;
	struct {
		struct route *items;
		size_t count;
	} routes;
	struct optint mtu;
};

struct dns {
	struct strlist servers;
	struct strlist search;
	struct strlist options;
};

struct host {
	char *ip;
	struct strlist names;
};

/* How init gives account of itself. */
struct report {
	char *channel; /* "virtio-serial" or "console"; NULL: what there is */
	char *nonce;   /* precedes each line on the console */
};

enum init_mode { INIT_MODE_UNSET, INIT_MODE_EXEC, INIT_MODE_SYSTEMD };

struct vmconfig {
	struct optint version;
	struct strlist requires;

	struct strlist entrypoint;
	struct strlist cmd;
	char *workdir;
	struct strmap env;
	struct user *user;
	bool terminal;

	char *hostname;
	char *domainname;

	bool network_enabled;
	char *guest_ip;
	struct optint guest_cidr; /* prefix length */
	char *guest_gw;
	char *guest_dns;
	struct {
		struct interface *items;
		size_t count;
	} interfaces;
	struct dns *dns;
	struct {
		struct host *items;
		size_t count;
	} hosts;

	struct root *root;
	struct {
		struct volume *items;
		size_t count;
	} volume_mounts;

	int init_mode; /* enum init_mode */
	char *stop_signal;
	struct optint stop_timeout; /* seconds */
	struct report *report;
	struct strmap annotations;

	bool skip_kernel_headers;
	bool skip_guest_agent;
};

/* The rows of struct vmconfig. */
extern const struct record vmconfig_record;

/*
 * vmconfig_decode() - turn a parsed document into a config.
 * @cfg:  zeroed by the caller; to be released whatever the result
 * @doc:  the document
 * @p:    where problems go, each with its JSON pointer and line:column;
 *        unknown keys are warnings, wrong types and values are errors
 *
 * Return: 0, or -EINVAL when there were errors, or -ENOMEM.
 */
int vmconfig_decode(struct vmconfig *cfg, const struct json_doc *doc, struct problems *p);

/*
 * vmconfig_check() - the rules that no single row can hold.
 * @cfg:  a decoded or rendered config
 * @doc:  the document it came from, for line numbers, or NULL
 * @p:    where problems go
 *
 * Return: 0, or -EINVAL when there were errors, or -ENOMEM.
 */
int vmconfig_check(const struct vmconfig *cfg, const struct json_doc *doc, struct problems *p);

/*
 * vmconfig_seal() - set what a finished config says about itself: version and requires.
 *
 * Return: 0 or -ENOMEM.
 */
int vmconfig_seal(struct vmconfig *cfg);

/*
 * vmconfig_encode() - the canonical text: keys in the order of the table, one line, "\n" at the
 * end.
 *
 * Return: a string for free(), or NULL when out of memory.
 */
char *vmconfig_encode(const struct vmconfig *cfg);

/* vmconfig_release() - free all that @cfg owns and zero it. */
void vmconfig_release(struct vmconfig *cfg);

#endif
