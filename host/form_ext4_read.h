/* SPDX-License-Identifier: MIT */
/* Reading the ext4 form of a config disk. */
#ifndef VMCONFIG_FORM_EXT4_READ_H
#define VMCONFIG_FORM_EXT4_READ_H

#include "disk_form.h"

/* form_ext4_read() - the text of /config.json on an ext2/3/4; as disk_form_row's read. */
int form_ext4_read(const struct disk_source *disk, char **json, size_t *length);

#endif
