/* SPDX-License-Identifier: MIT */
/* The workload's capabilities(7). */
#include "capabilities.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "capability.h"
#include "log.h"
#include "steps.h"

#define BIT(n) (UINT64_C(1) << (n))

/* The kernel's sets are pairs of 32-bit words. */
static int kernel_set(uint64_t permitted, uint64_t effective, uint64_t inheritable)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
	    {(uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable},
	    {(uint32_t)(effective >> 32), (uint32_t)(permitted >> 32),
	     (uint32_t)(inheritable >> 32)},
	};

	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

uint64_t capabilities_own(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

	if (syscall(SYS_capget, &header, data) < 0)
		return 0;
	return data[0].permitted | (uint64_t)data[1].permitted << 32;
}

/* --- which --------------------------------------------------------------------------------------
 */

static uint64_t resolve_set(const char *set, const struct strlist *list, uint64_t allowed,
                            const char *why)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < list->count; i++) {
		int n = capability_parse(list->items[i]);

		if (n < 0)
			log_warning("capabilities: %s: '%s' is not known: left out", set,
			            list->items[i]);
		else if (!(allowed & BIT(n)))
			log_warning("capabilities: %s: '%s' is %s: left out", set, list->items[i],
			            why);
		else
			bits |= BIT(n);
	}
	return bits;
}

void capabilities_resolve(struct capability_sets *sets, const struct capabilities *config,
                          uint64_t own)
{
	static const char absent[] = "not this kernel's to give";

	sets->bounding = resolve_set("bounding", &config->bounding, own, absent);
	sets->inheritable = resolve_set("inheritable", &config->inheritable, own, absent);
	sets->permitted = resolve_set("permitted", &config->permitted, own, absent);
	sets->effective =
	    resolve_set("effective", &config->effective, sets->permitted, "not permitted");
	sets->ambient =
	    resolve_set("ambient", &config->ambient, sets->permitted & sets->inheritable,
	                "not both permitted and inheritable");
}

/* --- how ----------------------------------------------------------------------------------------
 */

static int apply_sets(const struct step *s)
{
	return kernel_set(s->values[0], s->values[1], s->values[2]);
}

static int add_sets(struct steps *plan, uint64_t permitted, uint64_t effective,
                    uint64_t inheritable, const char *what, uint64_t shown)
{
	const struct step step = {.apply = apply_sets,
	                          .values = {permitted, effective, inheritable}};

	return steps_add(plan, &step, "set the %s capabilities to %llx", what,
	                 (unsigned long long)shown);
}

/* What init itself has not cannot be in the bounding set of a kernel's first process. */
static int apply_bounding(const struct step *s)
{
	for (unsigned n = 0; n < 64; n++) {
		int present = prctl(PR_CAPBSET_READ, n, 0, 0, 0);

		if (present < 0)
			break; /* no more are known to the kernel */
		if (present && !(s->values[0] & BIT(n)) && prctl(PR_CAPBSET_DROP, n, 0, 0, 0) < 0)
			return -errno;
	}
	return 0;
}

static int apply_keep(const struct step *s)
{
	(void)s;
	return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

static int apply_ambient(const struct step *s)
{
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return -errno;
	for (unsigned n = 0; n < 64; n++)
		if ((s->values[0] & BIT(n)) &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, n, 0, 0) < 0)
			return -errno;
	return 0;
}

int capabilities_before_user(struct steps *plan, const struct capability_sets *sets, uint64_t own)
{
	const struct step bounding = {.apply = apply_bounding, .values = {sets->bounding}};
	const struct step keep = {.apply = apply_keep};
	/* First: what is dropped from the bounding set cannot be made inheritable any more. */
	int r = add_sets(plan, own, own, sets->inheritable, "inheritable", sets->inheritable);

	if (r == 0)
		r = steps_add(plan, &bounding, "set the bounding capabilities to %llx",
		              (unsigned long long)sets->bounding);
	if (r == 0)
		r = steps_add(plan, &keep, "keep capabilities beyond the change of user");
	return r;
}

int capabilities_after_user(struct steps *plan, const struct capability_sets *sets, uint64_t own)
{
	const struct step ambient = {.apply = apply_ambient, .values = {sets->ambient}};
	/* The change of user has left the permitted set, but emptied the effective one. */
	int r = add_sets(plan, own, own, sets->inheritable, "interim", own);

	if (r == 0)
		r = steps_add(plan, &ambient, "set the ambient capabilities to %llx",
		              (unsigned long long)sets->ambient);
	return r;
}

int capabilities_finally(struct steps *plan, const struct capability_sets *sets)
{
	return add_sets(plan, sets->permitted, sets->effective, sets->inheritable, "permitted",
	                sets->permitted);
}
