/* SPDX-License-Identifier: MIT */
/*
 * --net: parsed key by key from a table, then rendered. What the seed schema
 * can say, one NIC with one IPv4 address, is said in its words, so that a guest
 * that knows no more boots from the disk; the rest goes into "interfaces".
 */
#include "net_option.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cleanup.h"
#include "contract.h"
#include "error.h"
#include "formats.h"
#include "list.h"
#include "option.h"

/* The NIC being read. */
struct net {
	struct interface interface;
	struct vm_nic nic;
	struct strlist dns;
};

enum key_type { KEY_STRING, KEY_LIST, KEY_MTU };

static const char *complain_macvtap_mode(const char *s)
{
	static const char *const modes[] = {"bridge", "private", "vepa", "passthru"};

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (strcmp(s, modes[i]) == 0)
			return NULL;
	return "is none of bridge, private, vepa, passthru";
}

static const struct format macvtap_mode = {.complain = complain_macvtap_mode};

static const struct net_key {
	const char *name;
	enum key_type type;
	size_t offset; /* in struct net */
	const struct format *format;
} keys[] = {
    {"ip", KEY_LIST, offsetof(struct net, interface.addresses), &format_cidr},
    {"gw", KEY_STRING, offsetof(struct net, interface.gateway), &format_ipv4},
    {"gw6", KEY_STRING, offsetof(struct net, interface.gateway6), &format_ipv6},
    {"dns", KEY_LIST, offsetof(struct net, dns), &format_ip},
    {"mac", KEY_STRING, offsetof(struct net, interface.mac), &format_mac},
    {"mtu", KEY_MTU, offsetof(struct net, interface.mtu), NULL},
    {"name", KEY_STRING, offsetof(struct net, interface.name), &format_link_name},
    {"tap", KEY_STRING, offsetof(struct net, nic.tap), &format_link_name},
    {"macvtap", KEY_STRING, offsetof(struct net, nic.macvtap), &format_link_name},
    {"link", KEY_STRING, offsetof(struct net, nic.link), &format_link_name},
    {"mode", KEY_STRING, offsetof(struct net, nic.mode), &macvtap_mode},
};

static void net_release(struct net *net)
{
	free(net->interface.name);
	free(net->interface.mac);
	free(net->interface.gateway);
	free(net->interface.gateway6);
	strlist_release(&net->interface.addresses);
	free(net->nic.tap);
	free(net->nic.macvtap);
	free(net->nic.link);
	free(net->nic.mode);
	free(net->nic.mac);
	strlist_release(&net->dns);
}

static const struct net_key *find_key(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (strlen(keys[i].name) == length && memcmp(keys[i].name, name, length) == 0)
			return &keys[i];
	return NULL;
}

static int store_mtu(const struct option_row *row, struct optint *mtu, const char *value)
{
	long long number;

	if (mtu->set)
		return option_error(row, "'mtu' is given more than once");
	if (parse_number(value, 68, 65535, &number) < 0)
		return option_error(row, "mtu '%s' is not a number within 68..65535", value);
	*mtu = (struct optint){.set = true, .value = number};
	return 0;
}

static int store_key(const struct option_row *row, const struct net_key *key, struct net *net,
                     const char *value)
{
	void *member = (char *)net + key->offset;
	const char *complaint = key->format ? key->format->complain(value) : NULL;
	char **string = member;

	if (!*value)
		return option_error(row, "'%s' is empty", key->name);
	if (complaint)
		return option_error(row, "%s '%s' %s", key->name, value, complaint);
	if (key->type == KEY_MTU)
		return store_mtu(row, member, value);
	if (key->type == KEY_LIST)
		return option_add_string(row, member, value);
	if (*string)
		return option_error(row, "'%s' is given more than once", key->name);
	return option_set_string(row, member, value);
}

/* One "key=value"; @word is the caller's copy. */
static int parse_word(const struct option_row *row, struct net *net, char *word)
{
	size_t length = strcspn(word, "=");
	const struct net_key *key = find_key(word, length);

	if (!key)
		return option_error(row, "unknown key '%.*s'", (int)length, word);
	if (!word[length])
		return option_error(row, "'%s' needs a value", key->name);
	return store_key(row, key, net, word + length + 1);
}

static int parse_words(const struct option_row *row, struct net *net, char *text)
{
	char *word;

	while ((word = strsep(&text, ","))) {
		int r = parse_word(row, net, word);

		if (r < 0)
			return r;
	}
	if (!net->interface.addresses.count)
		return option_error(row, "'ip' is missing");
	if (net->nic.tap && net->nic.macvtap)
		return option_error(row, "'tap' and 'macvtap' exclude each other");
	if (!net->nic.macvtap && (net->nic.link || net->nic.mode))
		return option_error(row, "'link' and 'mode' go with 'macvtap'");
	if (net->interface.mac) {
		net->nic.mac = strdup(net->interface.mac);
		if (!net->nic.mac)
			return fail_errno(ENOMEM, "--%s", row->name);
	}
	return 0;
}

static int keep(struct net_options *list, struct net *net)
{
	struct interface *interfaces =
	    list_grow(list->interfaces, list->count, sizeof(*interfaces));
	struct vm_nic *nics;

	if (!interfaces)
		return -ENOMEM;
	list->interfaces = interfaces;
	nics = list_grow(list->nics, list->count, sizeof(*nics));
	if (!nics)
		return -ENOMEM;
	list->nics = nics;
	for (size_t i = 0; i < net->dns.count; i++)
		if (strlist_add(&list->dns, net->dns.items[i]) < 0)
			return -ENOMEM;
	interfaces[list->count] = net->interface;
	nics[list->count] = net->nic;
	list->count++;
	strlist_release(&net->dns);
	*net = (struct net){0};
	return 0;
}

int net_option_add(const struct option_row *row, struct net_options *list, const char *value)
{
	_cleanup_free_ char *text = strdup(value);
	struct net net = {0};
	int r;

	if (list->count >= MAX_INTERFACES)
		return option_error(row, "more than %d (MAX_INTERFACES)", MAX_INTERFACES);
	r = text ? parse_words(row, &net, text) : fail_errno(ENOMEM, "--%s", row->name);
	if (r == 0 && keep(list, &net) < 0)
		r = fail_errno(ENOMEM, "--%s", row->name);
	net_release(&net);
	return r;
}

/* Take away what @cfg says of NICs. */
static void drop_network(struct vmconfig *cfg)
{
	struct vmconfig old = {
	    .interfaces = cfg->interfaces,
	    .guest_ip = steal_ptr(&cfg->guest_ip),
	    .guest_gw = steal_ptr(&cfg->guest_gw),
	};

	cfg->interfaces.items = NULL;
	cfg->interfaces.count = 0;
	cfg->guest_cidr = (struct optint){0};
	vmconfig_release(&old);
}

/* Name servers in place of those that @cfg has: in the seed's words where they can say it. */
static int set_dns(const struct strlist *servers, struct vmconfig *cfg)
{
	free(steal_ptr(&cfg->guest_dns));
	if (cfg->guest_ip && servers->count == 1 && !cfg->dns) {
		cfg->guest_dns = strdup(servers->items[0]);
		return cfg->guest_dns ? 0 : -ENOMEM;
	}
	if (!cfg->dns)
		cfg->dns = calloc(1, sizeof(*cfg->dns));
	return cfg->dns ? strlist_copy(&cfg->dns->servers, servers) : -ENOMEM;
}

static bool seed_can_say(const struct net_options *list, const struct strlist *servers)
{
	const struct interface *nic = &list->interfaces[0];

	return list->count == 1 && nic->addresses.count == 1 && servers->count <= 1 &&
	       !strchr(nic->addresses.items[0], ':') && !nic->gateway6 && !nic->mac && !nic->name &&
	       !nic->mtu.set;
}

static int say_in_seed_words(struct interface *nic, struct vmconfig *cfg)
{
	const char *cidr = nic->addresses.items[0];
	unsigned char address[16];
	unsigned prefix;

	if (cidr_parse(cidr, address, &prefix) != AF_INET)
		return -EINVAL; /* its format has been checked */
	cfg->guest_ip = strndup(cidr, strcspn(cidr, "/"));
	cfg->guest_cidr = (struct optint){.set = true, .value = prefix};
	cfg->guest_gw = steal_ptr(&nic->gateway);
	return cfg->guest_ip ? 0 : -ENOMEM;
}

/* The NICs move to @cfg and @vm as whole arrays. */
static int move_nics(struct net_options *list, const struct strlist *servers, struct vmconfig *cfg,
                     struct vm *vm)
{
	int r = 0;

	drop_network(cfg);
	cfg->network_enabled = true;
	vm->nics.items = steal_ptr(&list->nics);
	vm->nics.count = list->count;
	if (seed_can_say(list, servers)) {
		r = say_in_seed_words(&list->interfaces[0], cfg);
	} else {
		cfg->interfaces.items = steal_ptr(&list->interfaces);
		cfg->interfaces.count = list->count;
		list->count = 0;
	}
	return r;
}

int net_options_apply(struct net_options *list, const struct strlist *dns, struct vmconfig *cfg,
                      struct vm *vm)
{
	struct strlist servers = {0};
	int r = strlist_copy(&servers, &list->dns);

	for (size_t i = 0; r == 0 && i < dns->count; i++)
		r = strlist_add(&servers, dns->items[i]);
	/* The server that stood beside the old address is still the one, in whichever words. */
	if (r == 0 && list->count && !servers.count && cfg->guest_dns)
		r = strlist_add(&servers, cfg->guest_dns);
	if (r == 0 && list->count)
		r = move_nics(list, &servers, cfg, vm);
	if (r == 0 && servers.count)
		r = set_dns(&servers, cfg);
	strlist_release(&servers);
	return r;
}

void net_options_release(struct net_options *list)
{
	struct vmconfig guest = {.interfaces = {list->interfaces, list->count}};
	struct vm vm = {.nics = {list->nics, list->nics ? list->count : 0}};

	vmconfig_release(&guest);
	vm_release(&vm);
	strlist_release(&list->dns);
	*list = (struct net_options){0};
}
