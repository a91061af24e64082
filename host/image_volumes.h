/* SPDX-License-Identifier: MIT */
/* Volumes of an image: places whose content is not to go into the image's own root. */
#ifndef VMCONFIG_IMAGE_VOLUMES_H
#define VMCONFIG_IMAGE_VOLUMES_H

struct document;
struct strlist;
struct vmconfig;

/*
 * image_volumes_read() - a tmpfs each, which begins with what the image has there.
 * @paths: the members of config.Volumes
 *
 * Return: 0, also when problems were noted; -ENOMEM.
 */
int image_volumes_read(struct document *d, const struct strlist *paths, struct vmconfig *cfg);

/* image_volumes_yield() - take those away in or at which a volume was given on the command line. */
void image_volumes_yield(struct vmconfig *cfg);

#endif
