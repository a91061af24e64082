/* SPDX-License-Identifier: MIT */
/* The root filesystem of an image or a bundle, for a run that was given none. */
#ifndef VMCONFIG_IMAGE_ROOT_H
#define VMCONFIG_IMAGE_ROOT_H

struct request;
struct vmm_kind;

/*
 * image_root_attach() - make the root image of @r->image, or take it from the cache, and give it to
 * the machine: read-only, behind the disks of the command line, a tmpfs above it.
 *
 * Return: a descriptor that keeps the image in the cache while it is open, or negative after
 * printing a line.
 */
int image_root_attach(struct request *r);

/*
 * bundle_root_attach() - the same of @r->root_dir, a directory: a copy as it is now, for this run
 * only.
 *
 * Return: a descriptor that is the image while it is open, or negative after printing a line.
 */
int bundle_root_attach(struct request *r);

/*
 * image_root_name() - where disks have no serials, have the config name that image by its letter.
 * @r: with nothing before its disks that is to come yet
 *
 * Return: 0, or negative after printing a line.
 */
int image_root_name(struct request *r, const struct vmm_kind *kind);

#endif
