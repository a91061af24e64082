/* SPDX-License-Identifier: MIT */
/* Reading a config behind a frame's header. */
#include "config_frame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "boot_watch.h"
#include "cleanup.h"
#include "frame.h"
#include "guest.h"
#include "whole.h"

static int find_frame(int fd, struct frame *frame)
{
	unsigned char start[FRAME_SEARCH];
	ssize_t n = read_whole_at(fd, start, sizeof(start), 0);

	return n < 0 ? (int)n : frame_find(start, (size_t)n, frame);
}

bool config_frame_is_on(const char *node)
{
	_doing_ int now = boot_watch_doing("reading '%s'", node);
	_cleanup_fd_ int fd = open(node, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct frame frame;
	int r = fd < 0 ? -errno : find_frame(fd, &frame);

	return r == 0 || r == -EBADMSG || r == -EPROTONOSUPPORT || r == -EFBIG;
}

int config_frame_read(struct guest *g, const char *node, char **text, size_t *length)
{
	_doing_ int now = boot_watch_doing("reading '%s', the config disk", node);
	_cleanup_fd_ int fd = open(node, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	_cleanup_free_ char *json = NULL;
	struct frame frame;
	ssize_t n;
	int r = fd < 0 ? -errno : find_frame(fd, &frame);

	if (r == -ENODATA)
		return 1;
	if (r < 0)
		return guest_error(g, 0, "the config disk '%s' %s", node, frame_error(r));
	json = malloc((size_t)frame.length + 1);
	if (!json)
		return guest_error(g, ENOMEM, "cannot read the config disk '%s'", node);
	n = read_whole_at(fd, json, (size_t)frame.length, frame.offset);
	if (n < 0)
		return guest_error(g, (int)-n, "cannot read the config disk '%s'", node);
	if ((size_t)n < frame.length)
		return guest_error(g, 0, "the config disk '%s' ends early", node);
	if (frame_check(&frame, json) < 0)
		return guest_error(g, 0, "the config disk '%s' %s", node, frame_error(-EBADMSG));
	json[frame.length] = '\0';
	*length = (size_t)frame.length;
	*text = steal_ptr(&json);
	return 0;
}
