/* SPDX-License-Identifier: MIT */
/* The network is up before the image's own managers start: they are told to leave it as it is. */
#ifndef VMCONFIG_NET_HANDS_OFF_H
#define VMCONFIG_NET_HANDS_OFF_H

struct guest;

/*
 * net_hands_off() - write what tells systemd-networkd, udev, NetworkManager and cloud-init so.
 * @run_fd: what "/run" is found in
 *
 * It is about the links that are up now, by their addresses; with none, nothing is written.
 *
 * Return: 0, or -errno after guest_error().
 */
int net_hands_off(struct guest *g, int run_fd);

#endif
