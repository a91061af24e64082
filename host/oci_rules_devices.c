/* SPDX-License-Identifier: MIT */
/* Rules about device nodes. */
#include "oci_rules.h"

#include "oci_runtime_doc.h"

static void check_device(const struct oci_check *c, const struct oci_device *device, size_t i)
{
	static const int fifo = 4; /* in device_types */

	if (device->type && device->type != fifo && (!device->major.set || !device->minor.set))
		oci_note(c, SEVERITY_ERROR, "required", "needs 'major' and 'minor', as no 'p' does",
		         "/linux/devices/%zu", i);
}

void oci_rules_devices(const struct oci_check *c)
{
	const struct oci_linux *l = c->runtime->linux_;

	for (size_t i = 0; l && i < l->devices.count; i++)
		check_device(c, &l->devices.items[i], i);
}
