/* SPDX-License-Identifier: MIT */
/*
 * Kernel module: clocks that a hypervisor or a broken battery could give a machine, as the tests of
 * init's clock phase want them.
 *
 *   ptp=NAME:WHAT:VALUE[,...]   PTP clocks
 *   rtc=WHAT:VALUE              an RTC, which is rtc0 when the kernel has none
 *   hctosys=1                   the kernel may set its clock from that RTC, right, before the RTC
 *                               goes wrong; else the kernel's reading of it fails
 *   fail=N                      none at all: loading the module fails with this errno value
 *
 *   ahead:MS   before the kernel's clock, as that was when the module was loaded
 *   at:S       always says so many seconds since 1970
 *   fail:N     cannot be read, with this errno value
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/ptp_clock_kernel.h>
#include <linux/rtc.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#define MAX_PTP 4

struct test_clock {
	char what; /* its first letter */
	s64 value;
};

struct test_ptp {
	struct ptp_clock_info info;
	struct test_clock clock;
};

static char *ptp[MAX_PTP];
static int ptp_count;
static char *rtc;
static bool hctosys;
static int fail;

static struct test_ptp ptps[MAX_PTP];
static struct test_clock rtc_clock;
static bool rtc_is_registered;
static s64 boot_ns; /* when the kernel started, by its clock */

static int tell(const struct test_clock *c, struct timespec64 *ts)
{
	switch (c->what) {
	case 'a':
		*ts =
		    ns_to_timespec64(boot_ns + ktime_get_boottime_ns() + c->value * NSEC_PER_MSEC);
		return 0;
	case '@':
		*ts = (struct timespec64){.tv_sec = c->value};
		return 0;
	default:
		return -(int)c->value;
	}
}

static int parse(char *text, struct test_clock *c)
{
	char *value = strrchr(text, ':');

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	c->what = strcmp(text, "at") == 0 ? '@' : *text;
	return kstrtoll(value, 10, &c->value);
}

static int ptp_read(struct ptp_clock_info *info, struct timespec64 *ts,
                    struct ptp_system_timestamp *sts)
{
	int r;

	ptp_read_system_prets(sts);
	r = tell(&container_of(info, struct test_ptp, info)->clock, ts);
	ptp_read_system_postts(sts);
	return r;
}

/* What one does not do to a hypervisor's clock. */
static int ptp_adjfine(struct ptp_clock_info *info, long scaled_ppm)
{
	return -EOPNOTSUPP;
}

static int ptp_adjtime(struct ptp_clock_info *info, s64 delta)
{
	return -EOPNOTSUPP;
}

static int ptp_settime(struct ptp_clock_info *info, const struct timespec64 *ts)
{
	return -EOPNOTSUPP;
}

static int ptp_enable(struct ptp_clock_info *info, struct ptp_clock_request *request, int on)
{
	return -EOPNOTSUPP;
}

static int add_ptp(struct test_ptp *p, char *text)
{
	char *what = strchr(text, ':');
	int r;

	if (!what)
		return -EINVAL;
	*what++ = '\0';
	r = parse(what, &p->clock);
	if (r)
		return r;
	p->info = (struct ptp_clock_info){
	    .owner = THIS_MODULE,
	    .adjfine = ptp_adjfine,
	    .adjtime = ptp_adjtime,
	    .gettimex64 = ptp_read,
	    .settime64 = ptp_settime,
	    .enable = ptp_enable,
	};
	strscpy(p->info.name, text, sizeof(p->info.name));
	return PTR_ERR_OR_ZERO(ptp_clock_register(&p->info, NULL));
}

static int rtc_read(struct device *dev, struct rtc_time *tm)
{
	struct timespec64 ts;
	int r;

	if (!rtc_is_registered && !hctosys)
		return -EIO;
	if (!rtc_is_registered) {
		rtc_time64_to_tm(ktime_get_real_seconds(), tm);
		return 0;
	}
	r = tell(&rtc_clock, &ts);
	if (r == 0)
		rtc_time64_to_tm(ts.tv_sec, tm);
	return r;
}

static const struct rtc_class_ops rtc_ops = {.read_time = rtc_read};

static int add_rtc(void)
{
	struct platform_device *parent;
	struct rtc_device *device;
	int r = parse(rtc, &rtc_clock);

	if (r)
		return r;
	parent = platform_device_register_simple("test_clocks", -1, NULL, 0);
	if (IS_ERR(parent))
		return PTR_ERR(parent);
	device = devm_rtc_allocate_device(&parent->dev);
	if (IS_ERR(device))
		return PTR_ERR(device);
	device->ops = &rtc_ops;
	r = devm_rtc_register_device(device);
	rtc_is_registered = true;
	return r;
}

/* There is no way out: the tests' machines end with it. */
static int __init test_clocks_init(void)
{
	int r = -fail;

	boot_ns = ktime_get_real_ns() - ktime_get_boottime_ns();
	for (int i = 0; i < ptp_count && r == 0; i++)
		r = add_ptp(&ptps[i], ptp[i]);
	return r == 0 && rtc ? add_rtc() : r;
}

module_init(test_clocks_init);
module_param_array(ptp, charp, &ptp_count, 0444);
module_param(rtc, charp, 0444);
module_param(hctosys, bool, 0444);
module_param(fail, int, 0444);
MODULE_DESCRIPTION("clocks for the tests of vmconfig's init");
MODULE_LICENSE("Dual MIT/GPL");
