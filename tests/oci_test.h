/* SPDX-License-Identifier: MIT */
/*
 * What unit tests of OCI's documents share. Who includes this defines OCI_READ(document, request),
 * the reader under test.
 */
#ifndef VMCONFIG_OCI_TEST_H
#define VMCONFIG_OCI_TEST_H

#include "host_test.h"
#include "vm.h"

/* A document and what was read from it. */
struct fixture {
	struct document d;
	struct request r;
};

static inline void read_text(struct fixture *f, const char *text)
{
	document_from(&f->d, text);
	f->r = (struct request){0};
	assert_int_equal(OCI_READ(&f->d, &f->r), 0);
}

static inline void release(struct fixture *f)
{
	document_release(&f->d);
	request_release(&f->r);
}

static inline void assert_noted_in(const char *text, enum severity severity, const char *pointer,
                                   const char *message)
{
	struct fixture f;

	read_text(&f, text);
	assert_noted(&f.d, severity, pointer, message);
	assert_int_equal(f.d.problems.errors > 0, severity == SEVERITY_ERROR);
	release(&f);
}

#endif
