/* SPDX-License-Identifier: MIT */
/* The network namespace that a bundle's configuration puts its container in. */
#ifndef VMCONFIG_NETWORK_NAMESPACE_H
#define VMCONFIG_NETWORK_NAMESPACE_H

struct network_namespace {
	int inner; /* -1: there is none to enter */
	int outer; /* our own */
};

/*
 * network_namespace_open() - find it, and that it is one.
 * @path: NULL, or that of our own: there is nothing to enter
 *
 * Return: 0, or negative after printing a line; network_namespace_close() whatever the result.
 */
int network_namespace_open(struct network_namespace *n, const char *path);

/* network_namespace_enter(), network_namespace_leave() - what is opened and started in between is
 * in it. Return: 0, or negative after printing a line. */
int network_namespace_enter(const struct network_namespace *n);
int network_namespace_leave(const struct network_namespace *n);

void network_namespace_close(struct network_namespace *n);

#endif
