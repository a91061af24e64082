/* SPDX-License-Identifier: MIT */
/* Semantic versions (semver 2.0.0), as ociVersion is one. */
#ifndef VMCONFIG_SEMVER_H
#define VMCONFIG_SEMVER_H

struct semver {
	unsigned long major;
	unsigned long minor;
	unsigned long patch;
};

/* semver_parse() - "MAJOR.MINOR.PATCH[-prerelease][+build]". Return: 0 or -EINVAL. */
int semver_parse(const char *text, struct semver *version);

#endif
