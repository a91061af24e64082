/* SPDX-License-Identifier: MIT */
/* The time of day, where the host tells it better than the kernel has it. */
#include "clock_step.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ptp_clock.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "guest.h"
#include "log.h"

#define SECOND_US INT64_C(1000000)
#define SAMPLES   8

/* Less is not worth a jump: of PTP what a later daemon slews away, of an RTC its resolution. */
#define PTP_WORTH_US (10000)
#define RTC_WORTH_US (2 * SECOND_US)
#define NOTICE_US    SECOND_US

/* Clocks of hypervisors, which tell UTC. A network card's may tell TAI, or nothing at all. */
static const char *const ptp_names[] = {"KVM virtual PTP", "hyperv"};

static bool read_line(const char *path, char *text, size_t size)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (n <= 0)
		return false;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return true;
}

static int64_t ptp_us(const struct ptp_clock_time *t)
{
	return t->sec * SECOND_US + t->nsec / 1000;
}

/* Between two readings of our clock stands one of the other: the closest two count. */
int64_t clock_ptp_offset(const struct ptp_sys_offset *samples)
{
	int64_t best = INT64_MAX, offset = 0;

	for (unsigned i = 0; i < samples->n_samples; i++) {
		int64_t before = ptp_us(&samples->ts[2 * i]);
		int64_t there = ptp_us(&samples->ts[2 * i + 1]);
		int64_t after = ptp_us(&samples->ts[2 * i + 2]);

		if (after - before >= best)
			continue;
		best = after - before;
		offset = there - before - best / 2;
	}
	return offset;
}

/* Move the clock by @offset_us, which @source has told. */
static void move(struct guest *g, int64_t offset_us, const char *source)
{
	struct timespec now;
	int64_t to;

	clock_gettime(CLOCK_REALTIME, &now);
	to = now.tv_sec * SECOND_US + now.tv_nsec / 1000 + offset_us;
	now = (struct timespec){.tv_sec = to / SECOND_US, .tv_nsec = to % SECOND_US * 1000};
	if (to < 0 || clock_settime(CLOCK_REALTIME, &now) < 0)
		log_warning("cannot set the clock: %m");
	else if (llabs(offset_us) >= NOTICE_US)
		guest_notice(g, "the clock has been set %lld.%03lld s %s, from %s",
		             llabs(offset_us) / SECOND_US, llabs(offset_us) % SECOND_US / 1000,
		             offset_us < 0 ? "back" : "on", source);
	else
		log_debug("the clock has been set by %lld us, from %s", (long long)offset_us,
		          source);
}

static bool is_hypervisors(const char *name)
{
	for (size_t i = 0; i < sizeof(ptp_names) / sizeof(*ptp_names); i++)
		if (strcmp(name, ptp_names[i]) == 0)
			return true;
	return false;
}

/* Return: whether "ptpN" is a clock to go by, and has been asked. */
static bool step_from_ptp(struct guest *g, const char *device)
{
	struct ptp_sys_offset samples = {.n_samples = SAMPLES};
	char path[300], name[64];
	_cleanup_fd_ int fd = -1;
	int64_t offset;

	snprintf(path, sizeof(path), "/sys/class/ptp/%s/clock_name", device);
	if (!read_line(path, name, sizeof(name)) || !is_hypervisors(name))
		return false;
	snprintf(path, sizeof(path), "/dev/%s", device);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, PTP_SYS_OFFSET, &samples) < 0) {
		log_debug("cannot ask '%s': %m", path);
		return false;
	}
	offset = clock_ptp_offset(&samples);
	if (llabs(offset) >= PTP_WORTH_US)
		move(g, offset, name);
	return true;
}

static bool step_from_any_ptp(struct guest *g)
{
	DIR *dir = opendir("/sys/class/ptp");
	struct dirent *entry;
	bool done = false;

	while (dir && !done && (entry = readdir(dir)))
		done = entry->d_name[0] != '.' && step_from_ptp(g, entry->d_name);
	if (dir)
		closedir(dir);
	return done;
}

/* The kernel has its time from the RTC when that driver is built in, and not when it is a module.
 */
static void step_from_rtc(struct guest *g)
{
	/* A machine of ours has its node; the sysfs that a container sees may be another machine's.
	 */
	_cleanup_fd_ int node = open("/dev/rtc0", O_RDONLY | O_CLOEXEC);
	struct timespec now;
	int64_t offset;
	char text[32];

	if (node < 0 || (read_line("/sys/class/rtc/rtc0/hctosys", text, sizeof(text)) &&
	                 strcmp(text, "1") == 0))
		return;
	if (!read_line("/sys/class/rtc/rtc0/since_epoch", text, sizeof(text)))
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	offset = (strtoll(text, NULL, 10) - now.tv_sec) * SECOND_US;
	if (llabs(offset) >= RTC_WORTH_US)
		move(g, offset, "rtc0");
}

void clock_step(struct guest *g)
{
	if (!step_from_any_ptp(g))
		step_from_rtc(g);
}
