/* SPDX-License-Identifier: MIT */
/*
 * What the prose of the specifications demands and no row of a table can say.
 * Each rule looks at the document and notes what breaks it; none changes
 * anything.
 */
#ifndef VMCONFIG_OCI_RULES_H
#define VMCONFIG_OCI_RULES_H

#include "problem.h"

struct document;
struct oci_runtime;

/* What a rule is given. */
struct oci_check {
	struct document *d;
	const struct oci_runtime *runtime;
};

/* oci_rules_check() - hold a document to all of them; problems go to @d. */
void oci_rules_check(struct document *d, const struct oci_runtime *runtime);

/* The parts, each in a file of its own. */
void oci_rules_process(const struct oci_check *c);
void oci_rules_seccomp(const struct oci_check *c);
void oci_rules_devices(const struct oci_check *c);
void oci_rules_resources(const struct oci_check *c);

/* oci_rules_image() - hold an image configuration to what no row of its table says. */
void oci_rules_image(struct document *d);

/* oci_note() - note a problem at a pointer made from @format. */
void oci_note(const struct oci_check *c, enum severity severity, const char *rule,
              const char *message, const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
