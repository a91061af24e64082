/* SPDX-License-Identifier: MIT */
/* Rules about device nodes. */
#include "oci_rules.h"

#include <stdio.h>
#include <sys/stat.h>

#include "oci_runtime_doc.h"

/* In the order of device_types. */
static const mode_t file_types[] = {0, S_IFCHR, S_IFBLK, S_IFCHR, S_IFIFO};

/* Podman gives the mode as stat(2) has it, with the file's type. */
static void check_mode(const struct oci_check *c, const struct oci_device *device, size_t i)
{
	mode_t mode = (mode_t)device->file_mode.value;
	char message[64];

	snprintf(message, sizeof(message), "'%u' is not within 0..%u", mode, 0777u);
	if (!device->file_mode.set || mode <= 0777)
		return;
	if ((mode & ~(mode_t)0777) == file_types[device->type])
		oci_note(c, SEVERITY_WARNING, "quirk-file-mode",
		         "has the file's type in it, which is left out",
		         "/linux/devices/%zu/fileMode", i);
	else
		oci_note(c, SEVERITY_ERROR, "range", message, "/linux/devices/%zu/fileMode", i);
}

static void check_device(const struct oci_check *c, const struct oci_device *device, size_t i)
{
	static const int fifo = 4; /* in device_types */

	if (device->type && device->type != fifo && (!device->major.set || !device->minor.set))
		oci_note(c, SEVERITY_ERROR, "required", "needs 'major' and 'minor', as no 'p' does",
		         "/linux/devices/%zu", i);
	check_mode(c, device, i);
}

void oci_rules_devices(const struct oci_check *c)
{
	const struct oci_linux *l = c->runtime->linux_;

	for (size_t i = 0; l && i < l->devices.count; i++)
		check_device(c, &l->devices.items[i], i);
}
