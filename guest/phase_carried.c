/* SPDX-License-Identifier: MIT */
/* What the initrd carries for the root beside init: a guest agent, and the kernel's headers. */
#include "agent.h"
#include "guest.h"
#include "kernel_headers.h"

int phase_carried(struct guest *g)
{
	int r = agent_install(g);

	return r < 0 ? r : kernel_headers_install(g);
}
