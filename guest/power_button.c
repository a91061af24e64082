/* SPDX-License-Identifier: MIT */
/*
 * The power button, over generic netlink. No allocation: it is read while the workload runs.
 *
 * Without ACPI it is the key of an input device. The kernel's own keyboard driver takes that,
 * whenever the device comes: reading the devices, as events of evdev, takes a module, and word of
 * new ones.
 */
#include "power_button.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/input-event-codes.h>
#include <linux/kd.h>
#include <linux/keyboard.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cleanup.h"
#include "netlink.h"

/* Of drivers/acpi/event.c and drivers/acpi/button.c; no header for programs has them. */
#define ACPI_FAMILY     "acpi_event"
#define ACPI_GROUP      "acpi_mc_group"
#define ACPI_ATTR_EVENT 1
#define ACPI_CLASS_SIZE 20 /* acpi_device_class, the first member of an event */
#define BUTTON_CLASS    "button/power"

#define MAX_EVENTS 64 /* at once: whoever sends without end must not keep the rest waiting */

static int ask_family(int fd)
{
	const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	const struct genlmsghdr body = {.cmd = CTRL_CMD_GETFAMILY, .version = 1};
	struct netlink_message m;

	netlink_begin(&m, GENL_ID_CTRL, NLM_F_REQUEST, &body, sizeof(body));
	netlink_add(&m, CTRL_ATTR_FAMILY_NAME, ACPI_FAMILY, sizeof(ACPI_FAMILY));
	if (sendto(fd, &m, m.header.nlmsg_len, 0, (const struct sockaddr *)&kernel,
	           sizeof(kernel)) < 0)
		return -errno;
	return 0;
}

/* The number of the group in the family's description, or 0. */
static uint32_t find_group(const struct nlmsghdr *m)
{
	const char *groups, *group, *name;
	size_t length, size;
	uint32_t number;

	groups = netlink_find_in(m, sizeof(struct genlmsghdr), CTRL_ATTR_MCAST_GROUPS, &length);
	/* A row of nested rows, numbered from 1. The family has one group. */
	group = groups ? netlink_find(groups, length, 1, &length) : NULL;
	name = group ? netlink_find(group, length, CTRL_ATTR_MCAST_GRP_NAME, &size) : NULL;
	if (!name || size != sizeof(ACPI_GROUP) || memcmp(name, ACPI_GROUP, size) != 0)
		return 0;
	group = netlink_find(group, length, CTRL_ATTR_MCAST_GRP_ID, &size);
	if (!group || size != sizeof(number))
		return 0;
	memcpy(&number, group, sizeof(number));
	return number;
}

/* One datagram of the kernel's. Anybody may send to a netlink socket: others' are no events. */
static ssize_t receive(int fd, void *buffer, size_t size)
{
	struct sockaddr_nl from = {0};
	socklen_t length = sizeof(from);
	ssize_t n = recvfrom(fd, buffer, size, MSG_DONTWAIT, (struct sockaddr *)&from, &length);

	if (n < 0)
		return -errno;
	return from.nl_pid == 0 ? n : 0;
}

int power_button_open(void)
{
	_cleanup_fd_ int fd =
	    socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_GENERIC);
	union {
		struct nlmsghdr header;
		char bytes[1024];
	} answer;
	uint32_t group = 0;
	ssize_t n;
	int r;

	if (fd < 0)
		return -errno;
	r = ask_family(fd);
	if (r < 0)
		return r;
	/* It has been answered by the time the question is sent. */
	n = receive(fd, &answer, sizeof(answer));
	if (n < 0)
		return (int)n;
	if (NLMSG_OK(&answer.header, (size_t)n) && answer.header.nlmsg_type == GENL_ID_CTRL)
		group = find_group(&answer.header);
	if (!group)
		return -ENOENT;
	if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
		return -errno;
	return steal_fd(&fd);
}

bool power_button_in(const void *messages, size_t length)
{
	for (const struct nlmsghdr *m = messages; NLMSG_OK(m, length); m = NLMSG_NEXT(m, length)) {
		const char *event;
		size_t size;

		if (m->nlmsg_type < NLMSG_MIN_TYPE)
			continue;
		event = netlink_find_in(m, sizeof(struct genlmsghdr), ACPI_ATTR_EVENT, &size);
		if (event && size >= ACPI_CLASS_SIZE &&
		    memcmp(event, BUTTON_CLASS, sizeof(BUTTON_CLASS)) == 0)
			return true;
	}
	return false;
}

bool power_button_pressed(int fd)
{
	union {
		struct nlmsghdr header;
		char bytes[1024];
	} events;
	bool pressed = false;

	for (int i = 0; fd >= 0 && i < MAX_EVENTS; i++) {
		ssize_t n = receive(fd, &events, sizeof(events));

		if (n == -EINTR || n == -ENOBUFS)
			continue;
		if (n < 0)
			break;
		pressed |= power_button_in(&events, (size_t)n);
	}
	return pressed;
}

void power_button_is_key(void)
{
	struct kbentry entry = {.kb_table = K_NORMTAB, .kb_index = KEY_POWER, .kb_value = K_BOOT};
	_cleanup_fd_ int fd = -1;

	/* EINVAL in a namespace: the keyboard is another's. */
	if (reboot(RB_DISABLE_CAD) < 0)
		return;
	fd = open("/dev/tty0", O_RDONLY | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0)
		ioctl(fd, KDSKBENT, &entry);
}
