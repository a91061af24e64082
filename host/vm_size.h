/* SPDX-License-Identifier: MIT */
/* How large a machine is that nobody gave a size: as large as the container's resources. */
#ifndef VMCONFIG_VM_SIZE_H
#define VMCONFIG_VM_SIZE_H

#include <stddef.h>

struct document;
struct vm;

/*
 * vm_size_complete() - sizes that vm.hwConfig leaves open, from linux.resources; round all.
 * @d:  a runtime configuration; takes the problems
 * @vm: vcpus and memory_bytes are completed where they are not set
 *
 * Processors: cpu.quota divided by cpu.period, rounded up, and no more than
 * cpu.cpus has. Memory: memory.limit. -1 is no limit, and no size. What is
 * not well-formed sizes nothing; whoever reads linux.resources says so.
 */
void vm_size_complete(struct document *d, struct vm *vm);

/* cpuset_count() - how many processors "0-3,7" names, or 0 when it is not well-formed. */
size_t cpuset_count(const char *text);

#endif
