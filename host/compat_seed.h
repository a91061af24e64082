/* SPDX-License-Identifier: MIT */
/* Config disks for the guest of the seed schema. */
#ifndef VMCONFIG_COMPAT_SEED_H
#define VMCONFIG_COMPAT_SEED_H

struct request;

/*
 * compat_seed() - make @r's config one that the seed schema's own guest honours whole.
 *
 * What only says something to people (annotations) is left out with a warning;
 * what the guest would ignore is an error, each by its pointer.
 *
 * Return: 0, or negative after printing.
 */
int compat_seed(struct request *r);

#endif
