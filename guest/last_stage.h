/* SPDX-License-Identifier: MIT */
/* PID 1 once more, after the image's own init. */
#ifndef VMCONFIG_LAST_STAGE_H
#define VMCONFIG_LAST_STAGE_H

#include <stdbool.h>

/* last_stage_is_asked_for() - whether this program was started by the name of the last stage. */
bool last_stage_is_asked_for(const char *argv0);

/*
 * end_the_rest() - end all other processes, and wait for them: seven seconds at most, and not at
 * all when there is none.
 */
void end_the_rest(void);

/*
 * last_stage() - end what is left, take the filesystems apart, say the last word, and do what the
 * init was asked for.
 * @verb: poweroff, reboot, halt or kexec, as systemd-shutdown(8) has them; NULL: poweroff
 */
void last_stage(const char *verb) __attribute__((noreturn));

#endif
