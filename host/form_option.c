/* SPDX-License-Identifier: MIT */
/* The option that chooses a config disk's form. */
#include "form_option.h"

#include "disk.h"

static int set_form(const struct option_row *row, void *member, const char *value)
{
	if (disk_form_parse(value, member) < 0)
		return option_error(row, "'%s' is none of: ext4, raw, cpio, squashfs", value);
	return 0;
}

const struct option_row form_options[] = {
    {.name = "format",
     .argument = "FORM",
     .help = "ext4 (the default), raw, cpio (for an initrd) or squashfs",
     .set = set_form},
    {.name = NULL},
};
