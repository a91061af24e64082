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

/* A clock that says something outside has never been set, or is broken: this program is younger
 * than 2025, and seconds that are counted in 32 bits end in 2106. */
#define EARLIEST_US (INT64_C(1735689600) * SECOND_US)
#define LATEST_US   (INT64_C(4294967295) * SECOND_US)

/* Clocks of hypervisors, which tell UTC: what the names begin with that Linux's drivers give them.
 * A network card's may tell TAI, or nothing at all. */
static const char *const ptp_names[] = {
    "KVM virtual PTP",    /* ptp_kvm */
    "hyperv",             /* hv_utils */
    "ptp_vmw",            /* VMware's */
    "vmclock",            /* ptp_vmclock, which shows no other time */
    "Virtio PTP type 0/", /* virtio_rtc: UTC, */
    "Virtio PTP type 3/", /* smeared at a leap second, */
    "Virtio PTP type 4/", /* perhaps smeared; not TAI and monotonic time */
};

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

/* Within bounds that no clock reaches: sums of a few do not overflow, whatever a device says. */
static int64_t seconds_us(int64_t seconds)
{
	static const int64_t limit = INT64_C(1) << 40;

	if (seconds > limit)
		seconds = limit;
	return (seconds < -limit ? -limit : seconds) * SECOND_US;
}

static int64_t ptp_us(const struct ptp_clock_time *t)
{
	return seconds_us(t->sec) + t->nsec / 1000;
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return seconds_us(now.tv_sec) + now.tv_nsec / 1000;
}

static bool is_credible(int64_t us)
{
	return us >= EARLIEST_US && us < LATEST_US;
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

/* Set the clock to @to_us, which is by @offset_us: @source has told. */
static void set(struct guest *g, int64_t to_us, int64_t offset_us, const char *source)
{
	struct timespec to = {.tv_sec = to_us / SECOND_US, .tv_nsec = to_us % SECOND_US * 1000};

	if (clock_settime(CLOCK_REALTIME, &to) < 0)
		log_warning("cannot set the clock: %m");
	else if (llabs(offset_us) >= NOTICE_US)
		guest_notice(g, "the clock has been set %lld.%03lld s %s, from %s",
		             llabs(offset_us) / SECOND_US, llabs(offset_us) % SECOND_US / 1000,
		             offset_us < 0 ? "back" : "on", source);
	else
		log_debug("the clock has been set by %lld us, from %s", (long long)offset_us,
		          source);
}

/* Go by @source, which is @offset_us ahead. Return: whether that can be the time. */
static bool follow(struct guest *g, int64_t offset_us, int64_t worth_us, const char *source)
{
	int64_t to = now_us() + offset_us;

	if (!is_credible(to)) {
		guest_notice(g, "%s says %lld s since 1970, which cannot be the time", source,
		             (long long)(to / SECOND_US));
		return false;
	}
	if (llabs(offset_us) >= worth_us)
		set(g, to, offset_us, source);
	return true;
}

bool clock_tells_utc(const char *name)
{
	for (size_t i = 0; i < sizeof(ptp_names) / sizeof(*ptp_names); i++)
		if (strncmp(name, ptp_names[i], strlen(ptp_names[i])) == 0)
			return true;
	return false;
}

/* Return: whether "ptpN" is a clock to go by, and has told the time. */
static bool step_from_ptp(struct guest *g, const char *device)
{
	struct ptp_sys_offset samples = {.n_samples = SAMPLES};
	char path[300], name[64];
	_cleanup_fd_ int fd = -1;

	snprintf(path, sizeof(path), "/sys/class/ptp/%s/clock_name", device);
	if (!read_line(path, name, sizeof(name)) || !clock_tells_utc(name))
		return false;
	snprintf(path, sizeof(path), "/dev/%s", device);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, PTP_SYS_OFFSET, &samples) < 0) {
		log_debug("cannot ask '%s': %m", path);
		return false;
	}
	return follow(g, clock_ptp_offset(&samples), PTP_WORTH_US, name);
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

/* The kernel takes its time from rtc0 when that appears, of a module as well. It has not done so
 * when the RTC could not be read at that moment, when it is built without RTC_HCTOSYS, or when it
 * is an older one that asks before modules are loaded. */
static void step_from_rtc(struct guest *g)
{
	/* A machine of ours has its node; the sysfs that a container sees may be another machine's.
	 */
	_cleanup_fd_ int node = open("/dev/rtc0", O_RDONLY | O_CLOEXEC);
	char text[32];

	if (node < 0 || (read_line("/sys/class/rtc/rtc0/hctosys", text, sizeof(text)) &&
	                 strcmp(text, "1") == 0))
		return;
	if (!read_line("/sys/class/rtc/rtc0/since_epoch", text, sizeof(text))) {
		log_debug("cannot read rtc0: %m");
		return;
	}
	/* Somewhere in the second that it says: in the middle, as the kernel has it. */
	follow(g, seconds_us(strtoll(text, NULL, 10)) + SECOND_US / 2 - now_us(), RTC_WORTH_US,
	       "rtc0");
}

void clock_step(struct guest *g)
{
	if (!step_from_any_ptp(g))
		step_from_rtc(g);
	if (!is_credible(now_us()))
		guest_notice(g, "the time is not known: the clock says %lld s since 1970",
		             (long long)(now_us() / SECOND_US));
}
