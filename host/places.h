/* SPDX-License-Identifier: MIT */
/* Where a config puts things in the guest's tree. */
#ifndef VMCONFIG_PLACES_H
#define VMCONFIG_PLACES_H

struct json_doc;
struct problems;
struct vmconfig;

/*
 * places_check() - note what no guest could boot with, or what would hide what was asked for.
 *
 * Two volumes, files or devices at one place; a mount on or above a volume; what is put where only
 * the kernel puts things.
 *
 * @doc: for the places in the text, or NULL
 */
void places_check(const struct vmconfig *cfg, const struct json_doc *doc, struct problems *p);

/*
 * config_check() - vmconfig_check() and places_check().
 * Return: 0; -EINVAL when an error was noted; -ENOMEM.
 */
int config_check(const struct vmconfig *cfg, const struct json_doc *doc, struct problems *p);

#endif
