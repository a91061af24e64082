/* SPDX-License-Identifier: MIT */
/* What a machine that has just been made does not have of itself: the time, and chance. */
#include "clock_step.h"
#include "entropy.h"
#include "guest.h"

int phase_clock(struct guest *g)
{
	clock_step(g);
	entropy_seed(&g->config);
	return 0;
}
