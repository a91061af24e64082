/* SPDX-License-Identifier: MIT */
/* The image configuration's User, which is also what --user takes. */
#ifndef VMCONFIG_IMAGE_USER_H
#define VMCONFIG_IMAGE_USER_H

struct user;

/*
 * image_user_parse() - read "user", "uid", "user:group", "uid:gid", "uid:group" or "user:gid".
 * @text: not empty
 * @user: the four members that say who are replaced; the caller's to release
 * @why:  what is wrong with @text ("has …"), static, set with -EINVAL
 *
 * Digits alone are a number. Names are kept as names: the guest looks them up
 * in its own passwd and group, the host never does.
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int image_user_parse(const char *text, struct user *user, const char **why);

#endif
