/* SPDX-License-Identifier: MIT */
/*
 * Where the workload's root is. Without a root of the guest's own it is "/".
 * With one it is mounted in that, at CONTAINER_ROOT, and is "/" in a mount
 * namespace that the workload and its hooks have to themselves.
 */
#ifndef VMCONFIG_CONTAINER_H
#define VMCONFIG_CONTAINER_H

struct guest;
struct steps;

/*
 * container_place() - before the roots are switched: what it is mounted on, or what is mounted
 * there. Return: O_PATH fd, or negative after guest_error().
 */
int container_place(struct guest *g);

/* container_open() - once the roots are switched. Return: O_PATH fd, or negative after
 * guest_error(). */
int container_open(struct guest *g);

/*
 * container_separate() - with a root of the guest's own, once the roots are
 * switched: make the mount namespace, with nothing in it but the workload's root.
 *
 * Return: 0, or negative after guest_error().
 */
int container_separate(struct guest *g);

/* container_plan() - add the step that enters the namespace, if there is one. Return: 0 or -ENOMEM.
 */
int container_plan(const struct guest *g, struct steps *plan);

/* container_enter() - init itself, to take it apart. Return: 0, or negative also when there is
 * none. */
int container_enter(const struct guest *g);

/* container_leave() - init is back where it belongs. */
void container_leave(const struct guest *g);

#endif
