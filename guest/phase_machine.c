/* SPDX-License-Identifier: MIT */
/*
 * What the machine is called and whom it asks for names: in the kernel, and
 * in the new root's files while it is still writable. A file that the config
 * says nothing about stays as the image has it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "beneath.h"
#include "cleanup.h"
#include "guest.h"
#include "log.h"
#include "machine_files.h"

/* What a kernel calls itself that nobody gave a name. */
#define UNNAMED "(none)"

static bool given(const char *s)
{
	return s && *s;
}

static int set_names(struct guest *g)
{
	const struct vmconfig *cfg = &g->config;
	const char *hostname = given(cfg->hostname) ? cfg->hostname : NULL;
	struct utsname now;

	/* Programs do not expect "(none)"; a name from the kernel command line stays. */
	if (!hostname && uname(&now) == 0 && strcmp(now.nodename, UNNAMED) == 0)
		hostname = "localhost";
	if (hostname && sethostname(hostname, strlen(hostname)) < 0)
		return guest_error(g, errno, "cannot set the host name to '%s'", hostname);
	if (given(cfg->domainname) && setdomainname(cfg->domainname, strlen(cfg->domainname)) < 0)
		return guest_error(g, errno, "cannot set the domain name to '%s'", cfg->domainname);
	return 0;
}

static int write_file(struct guest *g, int root_fd, const char *path,
                      char *(*make)(const struct vmconfig *))
{
	_cleanup_free_ char *text = make(&g->config);
	int r = text ? beneath_replace(root_fd, path, text, strlen(text), 0644) : -ENOMEM;

	return r < 0 ? guest_error(g, -r, "cannot write '%s'", path) : 0;
}

/* Neither there nor behind a link that stays in the tree. */
static bool is_missing(int root_fd, const char *path)
{
	_cleanup_fd_ int fd = beneath_open(root_fd, path, O_PATH, 0);

	return fd == -ENOENT;
}

/* Without a hosts file even "localhost" is unknown; but only asked for it is worth a failed boot.
 */
static int write_hosts(struct guest *g, int root_fd)
{
	if (machine_gives_hosts(&g->config))
		return write_file(g, root_fd, "/etc/hosts", machine_hosts);
	if (is_missing(root_fd, "/etc/hosts") &&
	    write_file(g, root_fd, "/etc/hosts", machine_hosts) < 0) {
		log_warning("%s", g->error);
		g->error[0] = '\0';
	}
	return 0;
}

static int write_files(struct guest *g, int root_fd)
{
	int r = 0;

	if (given(g->config.hostname))
		r = write_file(g, root_fd, "/etc/hostname", machine_hostname);
	if (r == 0)
		r = write_hosts(g, root_fd);
	if (r == 0 && machine_gives_dns(&g->config))
		r = write_file(g, root_fd, "/etc/resolv.conf", machine_resolv_conf);
	return r;
}

int phase_machine(struct guest *g)
{
	int r = set_names(g);

	if (r == 0)
		r = write_files(g, g->root_fd);
	/* An agent looks up names as the workload does. */
	return r < 0 || !g->config.guest_root ? r : write_files(g, g->own_root_fd);
}
