/* SPDX-License-Identifier: MIT */
/* What a package keeps to its owner, and who that is. */
#ifndef VMCONFIG_PACKAGE_SECRETS_H
#define VMCONFIG_PACKAGE_SECRETS_H

/*
 * package_secrets_give() - make @user the owner of a package's files of mode 0600.
 * @package: a directory that only root may change
 *
 * Those are the config disk and what was copied of files that not everybody
 * may read; the VMM, which runs as @user, could not open them otherwise. A
 * package that has none, or is not one of ours, is left alone.
 *
 * Return: 0, or negative after printing a line.
 */
int package_secrets_give(const char *package, const char *user);

#endif
