/* SPDX-License-Identifier: MIT */
/*
 * Whose time init goes by. Its clock, and the devices that it asks, are this test's: the linker's
 * --wrap leads its calls here, and its absolute paths begin at the working directory.
 */
#include "guest_test.h"

#include <dirent.h>
#include <linux/ptp_clock.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>

#include "clock_step.h"
#include "list.h"

#define NOW 1800000000 /* s since 1970; and a quarter of one */

int __real_open64(const char *path, int flags, ...);
DIR *__real_opendir(const char *path);
int __wrap_open64(const char *path, int flags, ...);
DIR *__wrap_opendir(const char *path);
int __wrap_ioctl(int fd, unsigned long request, struct ptp_sys_offset *samples);
int __wrap_clock_gettime(clockid_t id, struct timespec *t);
int __wrap_clock_settime(clockid_t id, const struct timespec *t);

static struct timespec now;    /* by our clock */
static struct timespec theirs; /* by the PTP clock */
static int set_error;          /* what setting the clock fails with */
static int sets;               /* how often it was tried */
static char scratch[] = "/tmp/vmconfig-clock-XXXXXX";
static struct guest g;

int __wrap_open64(const char *path, int flags, ...)
{
	return __real_open64(path + 1, flags);
}

DIR *__wrap_opendir(const char *path)
{
	return __real_opendir(path + 1);
}

int __wrap_clock_gettime(clockid_t id, struct timespec *t)
{
	(void)id;
	*t = now;
	return 0;
}

int __wrap_clock_settime(clockid_t id, const struct timespec *t)
{
	assert_int_equal(id, CLOCK_REALTIME);
	sets++;
	errno = set_error;
	if (set_error)
		return -1;
	now = *t;
	return 0;
}

/* A device whose file has something in it fails. */
int __wrap_ioctl(int fd, unsigned long request, struct ptp_sys_offset *samples)
{
	char byte;

	assert_true(request == PTP_SYS_OFFSET);
	errno = EIO;
	if (read(fd, &byte, 1) != 0)
		return -1;
	for (unsigned i = 0; i < 2 * samples->n_samples + 1; i++) {
		const struct timespec *t = i % 2 ? &theirs : &now;

		samples->ts[i].sec = t->tv_sec;
		samples->ts[i].nsec = (__u32)t->tv_nsec;
	}
	return 0;
}

static void put(const char *path, const char *text)
{
	char directory[64];
	FILE *f;

	for (const char *c = path; (c = strchr(c, '/')); c++) {
		snprintf(directory, sizeof(directory), "%.*s", (int)(c - path), path);
		mkdir(directory, 0755);
	}
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void put_ptp(const char *name)
{
	put("sys/class/ptp/ptp0/clock_name", name);
	put("dev/ptp0", "");
}

static void put_rtc(const char *hctosys, const char *since_epoch)
{
	put("sys/class/rtc/rtc0/hctosys", hctosys);
	put("sys/class/rtc/rtc0/since_epoch", since_epoch);
	put("dev/rtc0", "");
}

static int enter(void **state)
{
	(void)state;
	strcpy(scratch + sizeof(scratch) - 7, "XXXXXX");
	now = theirs = (struct timespec){.tv_sec = NOW, .tv_nsec = 250000000};
	set_error = sets = 0;
	g = (struct guest)GUEST_BLANK;
	return mkdtemp(scratch) ? chdir(scratch) : -1;
}

static int leave(void **state)
{
	(void)state;
	strlist_release(&g.notices);
	if (chdir("/") < 0)
		return -1;
	remove_tree(scratch);
	return 0;
}

/* @notice: the only one, or NULL. */
static void assert_steps(int times, int64_t s, long ns, const char *notice)
{
	clock_step(&g);
	assert_int_equal(sets, times);
	assert_int_equal(now.tv_sec, s);
	assert_int_equal(now.tv_nsec, ns);
	assert_int_equal(g.notices.count, notice ? 1 : 0);
	if (notice)
		assert_string_equal(g.notices.items[0], notice);
}

static void test_no_clocks(void **state)
{
	(void)state;
	assert_steps(0, NOW, 250000000, NULL);
}

static void test_ptp(void **state)
{
	(void)state;
	put_ptp("KVM virtual PTP\n");
	put_rtc("0\n", "1700000000\n"); /* not asked */
	theirs.tv_sec += 5;
	assert_steps(1, NOW + 5, 250000000,
	             "the clock has been set 5.000 s on, from KVM virtual PTP");
}

static void test_ptp_is_close(void **state)
{
	(void)state;
	put_ptp("hyperv\n");
	theirs.tv_nsec += 9999000;
	assert_steps(0, NOW, 250000000, NULL);
	theirs.tv_nsec += 1000;
	assert_steps(1, NOW, 260000000, NULL);
	theirs.tv_sec--;
	theirs.tv_nsec += 1000;
	assert_steps(2, NOW - 1, 260001000, NULL);
	theirs.tv_sec--;
	assert_steps(3, NOW - 2, 260001000, "the clock has been set 1.000 s back, from hyperv");
}

static void test_ptp_that_is_none_of_ours(void **state)
{
	(void)state;
	put_ptp("ixgbe-82599-sfp\n");
	theirs.tv_sec += 37;
	assert_steps(0, NOW, 250000000, NULL);
}

static void test_ptp_fails(void **state)
{
	(void)state;
	put_ptp("ptp_vmw\n");
	put("dev/ptp0", "x");
	put_rtc("0\n", "1800000010\n");
	assert_steps(1, NOW + 10, 500000000, "the clock has been set 10.250 s on, from rtc0");
}

static void test_rtc_is_right(void **state)
{
	(void)state;
	put_rtc("0\n", "1800000001\n");
	assert_steps(0, NOW, 250000000, NULL);
	put_rtc("0\n", "1799999998\n");
	assert_steps(0, NOW, 250000000, NULL);
	put_rtc("0\n", "1799999997\n");
	assert_steps(1, NOW - 3, 500000000, "the clock has been set 2.750 s back, from rtc0");
}

static void test_rtc_that_the_kernel_has_read(void **state)
{
	(void)state;
	put_rtc("1\n", "1700000000\n");
	assert_steps(0, NOW, 250000000, NULL);
}

static void test_rtc_of_another_machine(void **state)
{
	(void)state;
	put_rtc("0\n", "1700000000\n");
	assert_int_equal(unlink("dev/rtc0"), 0);
	assert_steps(0, NOW, 250000000, NULL);
}

static void test_rtc_fails(void **state)
{
	(void)state;
	put_rtc("0\n", "");
	assert_steps(0, NOW, 250000000, NULL);
}

static void test_cannot_set(void **state)
{
	(void)state;
	put_ptp("vmclock0\n");
	theirs.tv_sec += 5;
	set_error = EPERM;
	assert_steps(1, NOW, 250000000, NULL);
}

static void test_no_time_at_all(void **state)
{
	static const char *const seconds[] = {
	    "-1", "0", "1735689599", "4294967295", "-9223372036854775808", "9223372036854775807"};

	(void)state;
	for (size_t i = 0; i < sizeof(seconds) / sizeof(*seconds); i++) {
		put_rtc("0\n", seconds[i]);
		clock_step(&g);
		put_ptp("KVM virtual PTP\n");
		theirs = (struct timespec){.tv_sec = strtoll(seconds[i], NULL, 10)};
		clock_step(&g);
		unlink("sys/class/ptp/ptp0/clock_name");
		assert_int_equal(sets, 0);
		assert_int_equal(g.notices.count, 3 * (i + 1));
	}
	assert_string_equal(g.notices.items[6],
	                    "rtc0 says 1735689599 s since 1970, which cannot be the time");
	assert_string_equal(
	    g.notices.items[10],
	    "KVM virtual PTP says 4294967295 s since 1970, which cannot be the time");
}

static void test_ends_of_time(void **state)
{
	(void)state;
	put_rtc("0\n", "1735689600\n");
	clock_step(&g);
	assert_int_equal(now.tv_sec, 1735689600);
	put_rtc("0\n", "4294967294\n");
	clock_step(&g);
	assert_int_equal(now.tv_sec, 4294967294);
}

static void test_our_clock_is_wrong(void **state)
{
	(void)state;
	now = (struct timespec){.tv_sec = 7};
	assert_steps(0, 7, 0, "the time is not known: the clock says 7 s since 1970");
}

static void test_names(void **state)
{
	static const char *const utc[] = {"KVM virtual PTP",
	                                  "hyperv",
	                                  "ptp_vmw",
	                                  "vmclock12",
	                                  "Virtio PTP type 0/variant 0",
	                                  "Virtio PTP type 3/variant 2",
	                                  "Virtio PTP type 4/variant 0"};
	static const char *const others[] = {"",
	                                     "KVM",
	                                     "Virtio PTP type 1/variant 0",
	                                     "Virtio PTP type 2/variant 0",
	                                     "s390 Physical Clock",
	                                     "gve clock",
	                                     "ptp_mock"};

	(void)state;
	for (size_t i = 0; i < sizeof(utc) / sizeof(*utc); i++)
		assert_true(clock_tells_utc(utc[i]));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(clock_tells_utc(others[i]));
}

static struct ptp_clock_time at(int64_t us)
{
	return (struct ptp_clock_time){.sec = us / 1000000, .nsec = (__u32)(us % 1000000 * 1000)};
}

/* One of ours, one of theirs, one of ours, and so on. */
static void fill(struct ptp_sys_offset *s, const int64_t *us, unsigned samples)
{
	*s = (struct ptp_sys_offset){.n_samples = samples};
	for (unsigned i = 0; i < 2 * samples + 1; i++)
		s->ts[i] = at(us[i]);
}

static void test_offset(void **state)
{
	static const int64_t ahead[] = {1000, 5001010, 1020};
	static const int64_t behind[] = {9000000, 1000005, 9000010};
	static const int64_t same[] = {7, 8, 9};
	struct ptp_sys_offset s;

	(void)state;
	fill(&s, ahead, 1);
	assert_int_equal(clock_ptp_offset(&s), 5000000);
	fill(&s, behind, 1);
	assert_int_equal(clock_ptp_offset(&s), -8000000);
	fill(&s, same, 1);
	assert_int_equal(clock_ptp_offset(&s), 0);
}

static void test_the_closest_sample_counts(void **state)
{
	/* The first and the last were interrupted. */
	static const int64_t us[] = {1000000, 3500000, 2000000, 3000005, 2000010, 9000000, 8000000};
	struct ptp_sys_offset s;

	(void)state;
	fill(&s, us, 3);
	assert_int_equal(clock_ptp_offset(&s), 1000000);
}

static void test_no_samples(void **state)
{
	struct ptp_sys_offset s = {0};

	(void)state;
	assert_int_equal(clock_ptp_offset(&s), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_offset),
	    cmocka_unit_test(test_the_closest_sample_counts),
	    cmocka_unit_test(test_no_samples),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test_setup_teardown(test_no_clocks, enter, leave),
	    cmocka_unit_test_setup_teardown(test_ptp, enter, leave),
	    cmocka_unit_test_setup_teardown(test_ptp_is_close, enter, leave),
	    cmocka_unit_test_setup_teardown(test_ptp_that_is_none_of_ours, enter, leave),
	    cmocka_unit_test_setup_teardown(test_ptp_fails, enter, leave),
	    cmocka_unit_test_setup_teardown(test_rtc_is_right, enter, leave),
	    cmocka_unit_test_setup_teardown(test_rtc_that_the_kernel_has_read, enter, leave),
	    cmocka_unit_test_setup_teardown(test_rtc_of_another_machine, enter, leave),
	    cmocka_unit_test_setup_teardown(test_rtc_fails, enter, leave),
	    cmocka_unit_test_setup_teardown(test_cannot_set, enter, leave),
	    cmocka_unit_test_setup_teardown(test_no_time_at_all, enter, leave),
	    cmocka_unit_test_setup_teardown(test_ends_of_time, enter, leave),
	    cmocka_unit_test_setup_teardown(test_our_clock_is_wrong, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
