/* SPDX-License-Identifier: MIT */
/*
 * The machine's power button, as the kernel's button driver tells of it on the
 * generic netlink family "acpi_event" (drivers/acpi/event.c): no device node,
 * no other driver is needed.
 */
#ifndef VMCONFIG_POWER_BUTTON_H
#define VMCONFIG_POWER_BUTTON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * power_button_open() - listen. What is pressed from then on is not lost.
 *
 * The driver may come later. Return: fd, non-blocking; -ENOENT in a kernel
 * without ACPI, or -errno.
 */
int power_button_open(void);

/* power_button_pressed() - whether the button has been pressed since the last call; never waits. */
bool power_button_pressed(int fd);

/*
 * power_button_is_key() - let a power key do what Ctrl-Alt-Del does: SIGINT to PID 1.
 *
 * Nothing in a kernel without virtual terminals. It is for good: not for an init of the image's, to
 * which that signal means another thing.
 */
void power_button_is_key(void);

/*
 * power_button_in() - whether one of these netlink messages is about the button.
 * @messages: aligned as struct nlmsghdr is
 */
bool power_button_in(const void *messages, size_t length);

#endif
