/* SPDX-License-Identifier: MIT */
/*
 * systemd-networkd gets a .network that keeps what is configured and adds
 * nothing: a link that it did not manage at all would keep
 * systemd-networkd-wait-online waiting. udev gets a .link, for names stay what
 * the config and the kernel made them.
 */
#include "net_hands_off.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "beneath.h"
#include "cleanup.h"
#include "guest.h"
#include "log.h"
#include "runtime_file.h"

#define NET_CLASS   "/sys/class/net"
#define IFF_UP_FLAG 1u /* IFF_UP, which two headers fight about */

static bool read_attribute(const char *link, const char *name, char *text, size_t size)
{
	char path[320];
	_cleanup_fd_ int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), NET_CLASS "/%s/%s", link, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, size - 1);
	if (n <= 0)
		return false;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return true;
}

/* Return: whether @link is a NIC that is up; its address then. */
static bool is_ours(const char *link, char *mac, size_t size)
{
	char flags[32];

	if (link[0] == '.' || !read_attribute(link, "flags", flags, sizeof(flags)) ||
	    !(strtoul(flags, NULL, 16) & IFF_UP_FLAG))
		return false;
	return read_attribute(link, "address", mac, size) && strlen(mac) == 17 &&
	       strcmp(mac, "00:00:00:00:00:00") != 0;
}

/* The address of each, after @before, and @separator between two. Return: how many. */
static size_t put_links(struct runtime_file *f, const char *separator, const char *before)
{
	DIR *dir = opendir(NET_CLASS);
	struct dirent *entry;
	size_t count = 0;
	char mac[64];

	while (dir && (entry = readdir(dir)))
		if (is_ours(entry->d_name, mac, sizeof(mac)))
			runtime_file_put(f, "%s%s%s", count++ ? separator : "", before, mac);
	if (dir)
		closedir(dir);
	return count;
}

static const struct advice {
	const char *path;
	const char *head;
	const char *separator;
	const char *before; /* each address */
	const char *tail;
} advices[] = {
    {"/run/systemd/network/00-vmconfig.network", "[Match]\nMACAddress=", " ", "",
     "\n[Network]\nKeepConfiguration=yes\nDHCP=no\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n"
     "LLDP=no\n"},
    {"/run/systemd/network/00-vmconfig.link", "[Match]\nOriginalName=*\nMACAddress=", " ", "",
     "\n[Link]\nNamePolicy=\nMACAddressPolicy=none\n"},
    {"/run/NetworkManager/conf.d/00-vmconfig.conf", "[keyfile]\nunmanaged-devices+=", ";",
     "mac:", "\n"},
};

static int write_advice(struct guest *g, int run_fd, const struct advice *a, size_t *count)
{
	struct runtime_file f;
	int r;

	runtime_file_begin(&f);
	runtime_file_put(&f, "# The network is configured from outside: left as it is.\n%s",
	                 a->head);
	*count = put_links(&f, a->separator, a->before);
	runtime_file_put(&f, "%s", a->tail);
	if (!*count) {
		runtime_file_drop(&f);
		return 0;
	}
	r = runtime_file_end(&f, run_fd, a->path, 0644);
	return r < 0 ? guest_error(g, -r, "cannot write '%s'", a->path) : 0;
}

/* cloud-init looks in /etc only. An image without it gets no file of its. */
static void tell_cloud_init(struct guest *g)
{
	static const char text[] = "# The network is configured from outside.\n"
	                           "network: {config: disabled}\n";
	_cleanup_fd_ int dir =
	    beneath_open(g->root_fd, "/etc/cloud/cloud.cfg.d", O_PATH | O_DIRECTORY, 0);
	int r;

	if (dir < 0)
		return;
	r = beneath_replace(g->root_fd, "/etc/cloud/cloud.cfg.d/99-vmconfig.cfg", text,
	                    sizeof(text) - 1, 0644);
	if (r < 0)
		log_warning("cannot tell cloud-init to leave the network alone: %s", strerror(-r));
}

int net_hands_off(struct guest *g, int run_fd)
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(advices) / sizeof(*advices); i++) {
		int r = write_advice(g, run_fd, &advices[i], &count);

		if (r < 0)
			return r;
	}
	if (count)
		tell_cloud_init(g);
	return 0;
}
