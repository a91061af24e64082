/* SPDX-License-Identifier: MIT */
/* The option that chooses a config disk's form. */
#ifndef VMCONFIG_FORM_OPTION_H
#define VMCONFIG_FORM_OPTION_H

#include "option.h"

/* A row for a group whose offset is that of an enum disk_form. */
extern const struct option_row form_options[];

#endif
