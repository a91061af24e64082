/* SPDX-License-Identifier: MIT */
/* KVM only where it can work. */
#include "scratch_test.h"

#include "accel.h"

static void put_text(const char *path, const char *text)
{
	put_file(path, text, strlen(text));
}

static void put_flags(const char *flags)
{
	char text[256];

	snprintf(text, sizeof(text),
	         "processor\t: 0\nvendor_id\t: Some\nflags\t\t: %s\nbugs\t\t: svm vmx\n", flags);
	put_text("cpuinfo", text);
}

static const char *complaint(const char *device)
{
	return kvm_complaint("cpuinfo", device);
}

static void test_processor(void **state)
{
	static const struct {
		const char *flags;
		bool good;
	} rows[] = {
	    {"fpu vmx sse", true}, {"fpu sse svm", true},
	    {"svm", true},         {"fpu vmmcall svm_lock avmx", false},
	    {"fpu", false},        {"", false},
	};

	(void)state;
	put_text("kvm", "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		put_flags(rows[i].flags);
		if (!complaint("kvm") != rows[i].good)
			fail_msg("flags '%s': %s", rows[i].flags, complaint("kvm"));
	}
	assert_non_null(kvm_complaint("missing", "kvm"));
}

static void test_device(void **state)
{
	(void)state;
	put_flags("svm");
	assert_string_equal(complaint("missing"), "there is no /dev/kvm");
	assert_string_equal(complaint("."), "/dev/kvm cannot be opened"); /* a directory */
}

static void test_environment_decides_for_auto(void **state)
{
	enum accel chosen = ACCEL_AUTO;

	(void)state;
	setenv("VMCONFIG_ACCEL", "tcg", 1);
	assert_int_equal(accel_choose(ACCEL_AUTO, &chosen), 0);
	assert_int_equal(chosen, ACCEL_TCG);

	setenv("VMCONFIG_ACCEL", "hvf", 1);
	stderr_begin();
	assert_int_equal(accel_choose(ACCEL_AUTO, &chosen), -EINVAL);
	assert_string_equal(stderr_said(),
	                    "vmconfig: VMCONFIG_ACCEL: 'hvf' is none of auto, kvm, tcg");
	assert_int_equal(accel_choose(ACCEL_TCG, &chosen), 0); /* the option has been heeded */
	assert_int_equal(chosen, ACCEL_TCG);
}

/* Whatever this machine is: auto never fails, and KVM is had or refused. */
static void test_this_machine(void **state)
{
	bool works = !kvm_complaint("/proc/cpuinfo", "/dev/kvm");
	enum accel chosen = ACCEL_AUTO;
	int r;

	(void)state;
	unsetenv("VMCONFIG_ACCEL");
	assert_int_equal(accel_choose(ACCEL_AUTO, &chosen), 0);
	assert_int_equal(chosen, works ? ACCEL_KVM : ACCEL_TCG);
	stderr_begin();
	r = accel_choose(ACCEL_KVM, &chosen);
	assert_int_equal(!*stderr_said(), works);
	assert_int_equal(r, works ? 0 : -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#if defined(__x86_64__)
		scratch_test(test_processor),
#endif
		scratch_test(test_device),
		cmocka_unit_test(test_environment_decides_for_auto),
		cmocka_unit_test(test_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
