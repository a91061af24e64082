/* SPDX-License-Identifier: MIT */
/* KVM where it works, else emulation. */
#include "accel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"

#define CPUINFO    "/proc/cpuinfo"
#define KVM_DEVICE "/dev/kvm"

#if defined(__x86_64__) || defined(__i386__)
/* Whether a line such as "flags\t\t: fpu vme svm" has the word. */
static bool has_flag(const char *line, const char *flag)
{
	size_t length = strlen(flag);

	for (const char *s = line; (s = strstr(s, flag)); s += length)
		if (s > line && s[-1] == ' ' && strchr(" \n", s[length]))
			return true;
	return false;
}

static bool cpu_virtualizes(const char *cpuinfo)
{
	_cleanup_file_ FILE *f = fopen(cpuinfo, "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	while (f && getline(&line, &size, f) >= 0)
		if (strncmp(line, "flags", 5) == 0)
			return has_flag(line, "vmx") || has_flag(line, "svm");
	return false;
}
#else
/* Other processors do not announce it there; the device is all there is to go by. */
static bool cpu_virtualizes(const char *cpuinfo)
{
	(void)cpuinfo;
	return true;
}
#endif

const char *kvm_complaint(const char *cpuinfo, const char *device)
{
	_cleanup_fd_ int fd = -1;

	if (!cpu_virtualizes(cpuinfo))
		return "the processor has neither vmx nor svm";
	fd = open(device, O_RDWR | O_CLOEXEC);
	if (fd >= 0)
		return NULL;
	if (errno == ENOENT)
		return "there is no /dev/kvm";
	return errno == EACCES || errno == EPERM ? "no permission to open /dev/kvm"
	                                         : "/dev/kvm cannot be opened";
}

static int wanted_by_environment(enum accel *wanted)
{
	const char *name = getenv("VMCONFIG_ACCEL");

	if (!name || !*name || strcmp(name, "auto") == 0)
		return 0;
	if (strcmp(name, "kvm") == 0)
		*wanted = ACCEL_KVM;
	else if (strcmp(name, "tcg") == 0)
		*wanted = ACCEL_TCG;
	else
		return fail("VMCONFIG_ACCEL: '%s' is none of auto, kvm, tcg", name);
	return 0;
}

int accel_choose(enum accel wanted, enum accel *chosen)
{
	const char *complaint;

	if (wanted == ACCEL_AUTO && wanted_by_environment(&wanted) < 0)
		return -EINVAL;
	*chosen = ACCEL_TCG;
	if (wanted == ACCEL_TCG)
		return 0;
	complaint = kvm_complaint(CPUINFO, KVM_DEVICE);
	if (!complaint)
		*chosen = ACCEL_KVM;
	else if (wanted == ACCEL_KVM)
		return fail("cannot use KVM: %s (tcg emulates the processor, slowly)", complaint);
	return 0;
}
