/* SPDX-License-Identifier: MIT */
/* How large a machine is that nobody gave a size. */
#include "vm_size.h"

#include <inttypes.h>
#include <stdlib.h>

#include "document.h"
#include "vm.h"

#define DEFAULT_PERIOD 100000 /* µs; the kernel's, when only a quota is given */
#define MIB            (INT64_C(1) << 20)

/* Take a number off the front of @text. */
static bool take_cpu(const char **text, unsigned long *cpu)
{
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	*cpu = strtoul(*text, &end, 10);
	*text = end;
	return *cpu < MAX_VCPUS;
}

size_t cpuset_count(const char *text)
{
	bool seen[MAX_VCPUS] = {false};
	unsigned long first, last;
	size_t count = 0;

	do {
		if (!take_cpu(&text, &first))
			return 0;
		last = first;
		if (*text == '-') {
			text++;
			if (!take_cpu(&text, &last) || last < first)
				return 0;
		}
		for (; first <= last; first++) {
			count += !seen[first];
			seen[first] = true;
		}
	} while (*text++ == ',');
	return text[-1] ? 0 : count;
}

static bool number_at(const struct document *d, const char *pointer, int64_t *value)
{
	const cJSON *node = json_find(&d->json, pointer);

	return node && json_is_number(node) && json_int64(node, value) == 0;
}

/* As many processors as the quota can keep busy. */
static int64_t cpus_of_quota(const struct document *d)
{
	int64_t quota, period;

	if (!number_at(d, "/linux/resources/cpu/quota", &quota) || quota <= 0)
		return 0;
	if (!number_at(d, "/linux/resources/cpu/period", &period) || period <= 0)
		period = DEFAULT_PERIOD;
	return quota / period + (quota % period != 0);
}

static void complete_vcpus(struct document *d, struct vm *vm)
{
	const cJSON *cpus = json_find(&d->json, "/linux/resources/cpu/cpus");
	int64_t set = cJSON_IsString(cpus) ? (int64_t)cpuset_count(cpus->valuestring) : 0;
	int64_t quota = cpus_of_quota(d);
	int64_t count = quota && (!set || quota < set) ? quota : set;

	if (vm->vcpus.set || !count)
		return;
	vm->vcpus = (struct optint){true, count < MAX_VCPUS ? count : MAX_VCPUS};
}

static void complete_memory(struct document *d, struct vm *vm)
{
	static const char pointer[] = "/linux/resources/memory/limit";
	int64_t limit;

	if (vm->memory_bytes.set || !number_at(d, pointer, &limit) || limit <= 0)
		return;
	if (limit < MIN_MEMORY) {
		document_note(d, SEVERITY_WARNING, "vm-memory", pointer,
		              "%" PRId64 " bytes are less than a machine boots in, it gets %d",
		              limit, MIN_MEMORY);
		limit = MIN_MEMORY;
	}
	/* Limits as good as none are written like this; they ask for no size. */
	if (limit <= MAX_MEMORY)
		vm->memory_bytes = (struct optint){true, limit};
}

void vm_size_complete(struct document *d, struct vm *vm)
{
	complete_vcpus(d, vm);
	complete_memory(d, vm);
	/* VMMs count MiB; less than was asked for would not do. */
	if (vm->memory_bytes.value <= MAX_MEMORY)
		vm->memory_bytes.value = (vm->memory_bytes.value + MIB - 1) / MIB * MIB;
}
