/* SPDX-License-Identifier: MIT */
/* The kernel's own filesystems, in the initramfs; switch root carries them over. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest.h"
#include "log.h"
#include "mountpoint.h"
#include "rcu.h"

struct early_mount {
	const char *type;
	const char *target;
	unsigned long flags;
	const char *data;
	enum phase_policy policy; /* OPTIONAL: a kernel may be built without it */
};

#define LOCKED (MS_NOSUID | MS_NODEV | MS_NOEXEC)

static const struct early_mount early_mounts[] = {
    {"proc", "/proc", LOCKED, NULL, PHASE_REQUIRED},
    {"sysfs", "/sys", LOCKED, NULL, PHASE_REQUIRED},
    {"devtmpfs", "/dev", MS_NOSUID, "mode=0755", PHASE_REQUIRED},
    {"devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "gid=5,mode=0620,ptmxmode=0666", PHASE_REQUIRED},
    {"tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777", PHASE_REQUIRED},
    {"mqueue", "/dev/mqueue", LOCKED, NULL, PHASE_OPTIONAL},
    {"tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755", PHASE_REQUIRED},
    {"cgroup2", "/sys/fs/cgroup", LOCKED, "nsdelegate,memory_recursiveprot", PHASE_OPTIONAL},
};

/* What runtime-spec asks of /dev beside the device nodes. */
static const struct {
	const char *path;
	const char *target;
} dev_links[] = {
    {"/dev/fd", "/proc/self/fd"},       {"/dev/stdin", "/proc/self/fd/0"},
    {"/dev/stdout", "/proc/self/fd/1"}, {"/dev/stderr", "/proc/self/fd/2"},
    {"/dev/ptmx", "pts/ptmx"}, /* devtmpfs has the node: the link is for a /dev without */
};

static int mount_early(struct guest *g, const struct early_mount *m)
{
	int r = is_mount_point(m->target);

	/* Someone who started init as PID 1 of a namespace may have mounted it; so may the kernel.
	 */
	if (r > 0)
		return 0;
	if (r < 0)
		return guest_error(g, -r, "cannot look at '%s'", m->target);
	if (mkdir(m->target, 0755) < 0 && errno != EEXIST && m->policy == PHASE_REQUIRED)
		return guest_error(g, errno, "cannot make '%s'", m->target);
	r = mount(m->type, m->target, m->type, m->flags, m->data);
	/* memory_recursiveprot is of Linux 5.7, nsdelegate of 4.13: neither is worth a boot. */
	if (r < 0 && errno == EINVAL && m->data && m->policy == PHASE_OPTIONAL)
		r = mount(m->type, m->target, m->type, m->flags, NULL);
	if (r == 0)
		return 0;
	if (m->policy == PHASE_OPTIONAL) {
		log_debug("cannot mount %s on '%s': %m", m->type, m->target);
		return 0;
	}
	return guest_error(g, errno, "cannot mount %s on '%s'", m->type, m->target);
}

int phase_early_mounts(struct guest *g)
{
	/* Or MS_MOVE is refused: the moved mount's parent must not be shared. */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return guest_error(g, errno, "cannot make '/' private");
	for (size_t i = 0; i < sizeof(early_mounts) / sizeof(*early_mounts); i++) {
		int r = mount_early(g, &early_mounts[i]);

		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < sizeof(dev_links) / sizeof(*dev_links); i++)
		if (symlink(dev_links[i].target, dev_links[i].path) < 0 && errno != EEXIST)
			return guest_error(g, errno, "cannot make '%s'", dev_links[i].path);
	rcu_hurry();
	return 0;
}
