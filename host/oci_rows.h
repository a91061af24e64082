/* SPDX-License-Identifier: MIT */
/* How the tables of places are written: a row for each field, in the words of enum oci_place. */
#ifndef VMCONFIG_OCI_ROWS_H
#define VMCONFIG_OCI_ROWS_H

#include <stddef.h>

#include "oci_places.h"

#define ROW(pattern, place, why, warn)    \
	{                                 \
		pattern, place, why, warn \
	}

#define HOST(pattern, why)    ROW(pattern, PLACE_HOST, why, false)
#define VMM(pattern, why)     ROW(pattern, PLACE_VMM, why, false)
#define DISK(pattern, why)    ROW(pattern, PLACE_DISK, why, false)
#define GUEST(pattern, why)   ROW(pattern, PLACE_GUEST, why, false)
#define IGNORED(pattern, why) ROW(pattern, PLACE_IGNORED, why, false)
#define WARNED(pattern, why)  ROW(pattern, PLACE_IGNORED, why, true)
#define REFUSED(pattern, why) ROW(pattern, PLACE_REFUSED, why, false)

#endif
