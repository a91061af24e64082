/* SPDX-License-Identifier: MIT */
/* The NICs of a request. */
#include "network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "list.h"
#include "user_net.h"
#include "vm.h"
#include "vmm_kind.h"

#define LOOPBACK "127.0.0.1"

static int out_of_memory(void)
{
	return fail_errno(ENOMEM, "cannot complete the network");
}

/* What a family's user-mode network usually is; the server is NULL where none answers. */
static const struct default_net {
	const char *ip;
	const char *gateway;
	const char *dns;
} slirp = {"10.0.2.15", "10.0.2.2", "10.0.2.3"}, kvmtool = {"192.168.33.15", "192.168.33.1", NULL};

/* The usual addresses, in the words of the seed schema. */
static int say_default(struct vmconfig *cfg, const struct default_net *net)
{
	bool wants_dns = net->dns && !cfg->guest_dns && (!cfg->dns || !cfg->dns->servers.count);

	cfg->network_enabled = true;
	cfg->guest_ip = strdup(net->ip);
	cfg->guest_cidr = (struct optint){.set = true, .value = 24};
	cfg->guest_gw = strdup(net->gateway);
	if (wants_dns)
		cfg->guest_dns = strdup(net->dns);
	return cfg->guest_ip && cfg->guest_gw && (!wants_dns || cfg->guest_dns) ? 0 : -ENOMEM;
}

static int add_nics(struct vm *vm, size_t count)
{
	while (vm->nics.count < count) {
		struct vm_nic *items =
		    list_grow(vm->nics.items, vm->nics.count, sizeof(*vm->nics.items));

		if (!items)
			return -ENOMEM;
		vm->nics.items = items;
		vm->nics.items[vm->nics.count++] = (struct vm_nic){0};
	}
	return 0;
}

/*
 * A locally administered address under the prefix that QEMU uses. A tap
 * device's name is its own on this host, so that two VMs on one bridge differ.
 */
static char *make_mac(const char *tap, size_t index)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	char *mac = NULL;

	if (!tap)
		hash = (uint32_t)index + 1;
	for (const char *c = tap; c && *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	if (asprintf(&mac, "52:54:00:%02x:%02x:%02x", hash >> 16 & 0xff, hash >> 8 & 0xff,
	             hash & 0xff) < 0)
		return NULL;
	return mac;
}

/* The MAC of NIC @index, in both places; what either has is what both get. */
static int agree_on_mac(struct vm_nic *nic, struct interface *guest, size_t index)
{
	if (!nic->mac && guest && guest->mac)
		nic->mac = strdup(guest->mac);
	else if (!nic->mac)
		nic->mac = make_mac(nic->tap ? nic->tap : nic->macvtap, index);
	if (nic->mac && guest && !guest->mac)
		guest->mac = strdup(nic->mac);
	return nic->mac && (!guest || guest->mac) ? 0 : -ENOMEM;
}

static bool is_named(const struct vmconfig *cfg)
{
	return cfg->guest_ip || cfg->interfaces.count;
}

/* A device of the host has a network of its own behind it, of which nothing is known. */
static bool has_device(const struct vm *vm)
{
	return vm->nics.count && (vm->nics.items[0].tap || vm->nics.items[0].macvtap);
}

int network_complete(struct request *r, const struct vmm_kind *kind)
{
	struct vmconfig *cfg = &r->config;
	struct vm *vm = &r->vm;

	if (!is_named(cfg) && !has_device(vm)) {
		if (!(kind->features & VMM_USER_NET))
			return 0; /* a machine without a network */
		if (say_default(cfg, kind->features & VMM_PUBLISH ? &slirp : &kvmtool) < 0)
			return out_of_memory();
	}
	if (add_nics(vm, cfg->interfaces.count ? cfg->interfaces.count : 1) < 0)
		return out_of_memory();
	for (size_t i = 0; i < vm->nics.count; i++) {
		struct interface *guest =
		    i < cfg->interfaces.count ? &cfg->interfaces.items[i] : NULL;

		if (agree_on_mac(&vm->nics.items[i], guest, i) < 0)
			return out_of_memory();
	}
	return 0;
}

/* All name servers of the config, the seed's first; the strings stay the config's. */
static int list_servers(const struct vmconfig *cfg, struct strlist *servers)
{
	size_t count = cfg->dns ? cfg->dns->servers.count : 0;

	*servers = (struct strlist){.items = calloc(count + 1, sizeof(char *))};
	if (!servers->items)
		return -ENOMEM;
	if (cfg->guest_dns)
		servers->items[servers->count++] = cfg->guest_dns;
	for (size_t i = 0; i < count; i++)
		servers->items[servers->count++] = cfg->dns->servers.items[i];
	return 0;
}

/* The seed's one NIC as an interface. */
static int plan_seed(const struct vmconfig *cfg, const struct strlist *dns, struct user_net *net)
{
	_cleanup_free_ char *cidr = NULL;
	struct interface nic = {.gateway = cfg->guest_gw, .addresses = {&cidr, 1}};

	if (!cfg->guest_ip)
		return 0;
	if (asprintf(&cidr, "%s/%d", cfg->guest_ip, (int)cfg->guest_cidr.value) < 0) {
		cidr = NULL;
		return out_of_memory();
	}
	return user_net_plan(net, &nic, dns);
}

int network_plan(const struct request *r, struct user_net **nets)
{
	const struct vmconfig *cfg = &r->config;
	_cleanup_free_ struct user_net *plan = calloc(r->vm.nics.count + 1, sizeof(*plan));
	struct strlist dns;
	int result = 0;

	if (!plan || list_servers(cfg, &dns) < 0)
		return out_of_memory();
	for (size_t i = 0; result == 0 && i < r->vm.nics.count; i++) {
		if (r->vm.nics.items[i].tap || r->vm.nics.items[i].macvtap)
			continue;
		if (i < cfg->interfaces.count)
			result = user_net_plan(&plan[i], &cfg->interfaces.items[i], &dns);
		else if (i == 0)
			result = plan_seed(cfg, &dns, &plan[i]);
	}
	free(dns.items);
	if (result == 0)
		*nets = steal_ptr(&plan);
	return result;
}

/* Bind to a port of the host for a moment; the kernel picks one when it is 0. */
static int try_port(struct vm_publish *p, const char *host)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(p->host_port)};
	socklen_t size = sizeof(address);
	_cleanup_fd_ int fd = -1;
	int one = 1;

	if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
		return fail("cannot publish port %u: '%s' is no IPv4 address", p->guest_port, host);
	fd = socket(AF_INET, (p->udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
	/* As QEMU will: connections of an earlier run in TIME_WAIT are in nobody's way. */
	if (fd < 0 ||
	    (!p->udp && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0) ||
	    bind(fd, (struct sockaddr *)&address, size) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		return fail_errno(errno, "cannot publish port %u on %s:%u", p->guest_port, host,
		                  p->host_port);
	p->host_port = ntohs(address.sin_port);
	return 0;
}

int network_reserve_ports(struct request *r)
{
	for (size_t i = 0; i < r->vm.publish.count; i++) {
		struct vm_publish *p = &r->vm.publish.items[i];
		const char *host = p->address ? p->address : LOOPBACK;
		bool chosen = p->host_port == 0;
		int result = try_port(p, host);

		if (result < 0)
			return result;
		if (chosen)
			fprintf(stderr, "vmconfig: port %u of the guest is published on %s:%u\n",
			        p->guest_port, host, p->host_port);
	}
	return 0;
}
