/* SPDX-License-Identifier: MIT */
/* What is wrong with an entry, said where it is found and printed where its place is known. */
#ifndef VMCONFIG_COMPLAINT_H
#define VMCONFIG_COMPLAINT_H

struct complaint {
	char text[512]; /* "" when there is none */
};

/* complain() - note what is wrong, over what was noted before; returns -EINVAL. */
int complain(struct complaint *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* complain_memory() - note that there is not enough memory; returns -ENOMEM. */
int complain_memory(struct complaint *c);

#endif
