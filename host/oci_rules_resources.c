/* SPDX-License-Identifier: MIT */
/* Rules about linux.resources, of which little is kept: they look at the document itself. */
#include "oci_rules.h"

#include <stdio.h>
#include <string.h>

#include "document.h"
#include "vm_size.h"

#define RESOURCES "/linux/resources"

static bool number_at(const struct oci_check *c, const char *pointer, int64_t *value)
{
	const cJSON *node = json_find(&c->d->json, pointer);

	return node && json_is_number(node) && json_int64(node, value) == 0;
}

static void check_cpu(const struct oci_check *c)
{
	const cJSON *mems = json_find(&c->d->json, RESOURCES "/cpu/mems");
	int64_t quota, burst;

	if (number_at(c, RESOURCES "/cpu/quota", &quota) && quota > 0 &&
	    number_at(c, RESOURCES "/cpu/burst", &burst) && burst > quota)
		oci_note(c, SEVERITY_ERROR, "resources", "is larger than 'quota'",
		         RESOURCES "/cpu/burst");
	if (cJSON_IsString(mems) && *mems->valuestring && !cpuset_count(mems->valuestring))
		oci_note(c, SEVERITY_ERROR, "cpus", "is no list of memory nodes",
		         RESOURCES "/cpu/mems");
}

static void check_memory(const struct oci_check *c)
{
	int64_t swappiness;

	if (number_at(c, RESOURCES "/memory/swappiness", &swappiness) && swappiness > 100)
		oci_note(c, SEVERITY_ERROR, "range", "is not within 0..100",
		         RESOURCES "/memory/swappiness");
}

static bool has(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key) != NULL;
}

static void check_weights(const struct oci_check *c)
{
	const cJSON *list = json_find(&c->d->json, RESOURCES "/blockIO/weightDevice");
	const cJSON *item;
	size_t i = 0;

	cJSON_ArrayForEach(item, list)
	{
		if (cJSON_IsObject(item) && !has(item, "weight") && !has(item, "leafWeight"))
			oci_note(c, SEVERITY_ERROR, "required", "needs 'weight' or 'leafWeight'",
			         RESOURCES "/blockIO/weightDevice/%zu", i);
		i++;
	}
}

static void check_rdma(const struct oci_check *c)
{
	const cJSON *list = json_find(&c->d->json, RESOURCES "/rdma");
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		if (cJSON_IsObject(item) && !has(item, "hcaHandles") && !has(item, "hcaObjects"))
			oci_note(c, SEVERITY_ERROR, "required",
			         "an entry needs 'hcaHandles' or 'hcaObjects'", RESOURCES "/rdma");
	}
}

static const char *string_of(const cJSON *object, const char *key)
{
	const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsString(node) ? node->valuestring : "";
}

static void check_device_rules(const struct oci_check *c)
{
	const cJSON *list = json_find(&c->d->json, RESOURCES "/devices");
	const cJSON *item;
	size_t i = 0;

	cJSON_ArrayForEach(item, list)
	{
		const char *type = string_of(item, "type"), *access = string_of(item, "access");

		if (*type && (strlen(type) != 1 || !strchr("abc", *type)))
			oci_note(c, SEVERITY_ERROR, "enum", "is none of: a, b, c",
			         RESOURCES "/devices/%zu/type", i);
		if (access[strspn(access, "rwm")])
			oci_note(c, SEVERITY_ERROR, "enum", "is not made of r, w and m",
			         RESOURCES "/devices/%zu/access", i);
		i++;
	}
}

/* What the schema wants of fields that are refused anyway. */
static void check_refused(const struct oci_check *c)
{
	static const char *const flags[] = {"MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES",
	                                    "MPOL_F_NUMA_BALANCING"};
	const cJSON *bandwidth = json_find(&c->d->json, "/linux/intelRdt/memBwSchema");
	const cJSON *list = json_find(&c->d->json, "/linux/memoryPolicy/flags");
	const cJSON *item;
	size_t i = 0;

	if (cJSON_IsString(bandwidth) && (strncmp(bandwidth->valuestring, "MB:", 3) != 0 ||
	                                  strchr(bandwidth->valuestring, '\n')))
		oci_note(c, SEVERITY_ERROR, "enum", "is no line that begins with 'MB:'",
		         "/linux/intelRdt/memBwSchema");
	cJSON_ArrayForEach(item, list)
	{
		bool known = !cJSON_IsString(item);

		for (size_t k = 0; k < sizeof(flags) / sizeof(*flags) && !known; k++)
			known = strcmp(item->valuestring, flags[k]) == 0;
		if (!known)
			oci_note(c, SEVERITY_ERROR, "enum", "is no flag of a memory policy",
			         "/linux/memoryPolicy/flags/%zu", i);
		i++;
	}
}

/* Controllers of cgroup v2 and what else names of files begin with: the kernel's
 * Documentation/admin-guide/cgroup-v2.rst, to Linux 6.14. */
static bool is_controller(const char *file)
{
	static const char *const names[] = {"cgroup",     "cpu",  "cpuset", "debug",  "dmem",
	                                    "hugetlb",    "io",   "irq",    "memory", "misc",
	                                    "perf_event", "pids", "rdma"};
	size_t length = strcspn(file, ".");

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == length && strncmp(file, names[i], length) == 0)
			return file[length] && file[length + 1] && !strchr(file, '/');
	return false;
}

/* A controller that is not there is an error by the specification. */
static void check_unified(const struct oci_check *c)
{
	const cJSON *files = json_find(&c->d->json, RESOURCES "/unified");
	const cJSON *file;

	cJSON_ArrayForEach(file, files)
	{
		char message[128];

		if (is_controller(file->string))
			continue;
		snprintf(message, sizeof(message),
		         "'%.64s' is no file of a controller of cgroup v2", file->string);
		oci_note(c, SEVERITY_ERROR, "enum", message, RESOURCES "/unified");
	}
}

void oci_rules_resources(const struct oci_check *c)
{
	check_refused(c);
	check_cpu(c);
	check_memory(c);
	check_weights(c);
	check_rdma(c);
	check_device_rules(c);
	check_unified(c);
}
