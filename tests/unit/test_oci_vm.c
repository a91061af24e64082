/* SPDX-License-Identifier: MIT */
/* The vm section: what it gives the VMM, what is refused, and sizes that it leaves open. */
#include "oci_runtime.h"
#include "vm_size.h"

#define OCI_READ(d, r) oci_runtime_read(d, NULL, r)
#include "oci_test.h"

#define DOCUMENT(members) "{'ociVersion':'1.2.0','root':{'path':'/r'}," members "}"
#define VM(members)       DOCUMENT("'vm':{'kernel':{'path':'/k'}," members "}")
#define CPU(members)      DOCUMENT("'linux':{'resources':{'cpu':{" members "}}}")
#define LIMIT(limit)      DOCUMENT("'linux':{'resources':{'memory':{'limit':" limit "}}}")

static void test_everything(void **state)
{
	struct fixture f;

	(void)state;
	read_text(&f, DOCUMENT("'vm':{'hypervisor':{'path':'/q','parameters':['-a','b c','']},"
	                       "'kernel':{'path':'/k','parameters':['x=a b'],'initrd':'/i'},"
	                       "'image':{'path':'/m','format':'vhd'},"
	                       "'hwConfig':{'vcpus':3,'memory':33554433,'deviceTree':'/t'}}"));
	assert_int_equal(f.d.problems.count, 0);
	assert_string_equal(f.r.vm.vmm, "/q");
	assert_int_equal(f.r.vm.vmm_parameters.count, 3);
	assert_string_equal(f.r.vm.vmm_parameters.items[1], "b c");
	assert_string_equal(f.r.vm.kernel, "/k");
	assert_string_equal(f.r.vm.kernel_parameters.items[0], "x=a b");
	assert_string_equal(f.r.vm.initrd, "/i");
	assert_string_equal(f.r.vm.image.path, "/m");
	assert_int_equal(f.r.vm.image.format, VM_IMAGE_VHD);
	assert_int_equal(f.r.vm.vcpus.value, 3);
	assert_int_equal(f.r.vm.memory_bytes.value, 33 << 20); /* rounded up */
	assert_string_equal(f.r.vm.device_tree, "/t");
	release(&f);
}

static void test_strings_for_lists(void **state)
{
	struct fixture f;

	(void)state;
	read_text(&f, DOCUMENT("'vm':{'kernel':{'path':'/k','parameters':' a=b  c '}}"));
	assert_noted(&f.d, SEVERITY_WARNING, "/vm/kernel/parameters",
	             "is a string, as once was right; split at spaces");
	assert_int_equal(f.r.vm.kernel_parameters.count, 2);
	assert_string_equal(f.r.vm.kernel_parameters.items[0], "a=b");
	release(&f);
	read_text(&f, VM("'hypervisor':{'path':'/q','parameters':''}"));
	assert_int_equal(f.d.problems.errors, 0);
	assert_int_equal(f.r.vm.vmm_parameters.count, 0);
	release(&f);
}

/* Quotes are the kernel's in such a string; control characters are nobody's. */
static void test_strings_that_cannot_be_split(void **state)
{
	static const char *const strings[] = {"a\\u0022b", "a\\nb"};
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++) {
		struct fixture f;

		snprintf(text, sizeof(text),
		         DOCUMENT("'vm':{'kernel':{'path':'/k','parameters':'%s'}}"), strings[i]);
		read_text(&f, text);
		assert_int_equal(f.d.problems.errors, 1);
		assert_string_equal(problems_first_error(&f.d.problems)->rule, "kernel-parameter");
		release(&f);
	}
}

static void test_image_without_format(void **state)
{
	static const char *const images[] = {VM("'image':{'path':'/m'}"),
	                                     VM("'image':{'path':'/m','format':''}")};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < sizeof(images) / sizeof(*images); i++) {
		read_text(&f, images[i]);
		assert_noted(&f.d, SEVERITY_WARNING, "/vm/image",
		             "'format' is missing, raw is taken");
		assert_int_equal(f.r.vm.image.format, VM_IMAGE_RAW);
		release(&f);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *text, *pointer, *rule;
	} cases[] = {
	    {VM("'hypervisor':{'path':'qemu'}"), "/vm/hypervisor/path", "host-path"},
	    {VM("'hypervisor':{'parameters':['x']}"), "/vm/hypervisor", "required"},
	    {VM("'hypervisor':{'path':'/q','parameters':[1]}"), "/vm/hypervisor/parameters/0",
	     "type"},
	    {VM("'image':{'path':'/m','format':'iso'}"), "/vm/image/format", "enum"},
	    {VM("'image':{'format':'raw'}"), "/vm/image", "required"},
	    {VM("'image':{'path':'m','format':'raw'}"), "/vm/image/path", "host-path"},
	    {VM("'hwConfig':{'memory':4194304}"), "/vm/hwConfig/memory", "vm-memory"},
	    {VM("'hwConfig':{'deviceTree':'t'}"), "/vm/hwConfig/deviceTree", "host-path"},
	    {VM("'hwConfig':{'dtdevs':['x']}"), "/vm/hwConfig/dtdevs", "unsupported"},
	    {VM("'hwConfig':{'iomems':[{'firstMFN':1,'nrMFNs':1}]}"), "/vm/hwConfig/iomems",
	     "unsupported"},
	    {VM("'hwConfig':{'iomems':[{'firstMFN':1}]}"), "/vm/hwConfig/iomems/0", "required"},
	    {VM("'hwConfig':{'irqs':[0]}"), "/vm/hwConfig/irqs", "unsupported"},
	    {VM("'hwConfig':{'irqs':[4294967296]}"), "/vm/hwConfig/irqs/0", "range"},
	    {VM("'hwconfig':{'irqs':[0]}"), "/vm/hwconfig/irqs", "unsupported"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct problem *problem;
		struct fixture f;

		read_text(&f, cases[i].text);
		problem = find_problem(&f.d, cases[i].pointer);
		if (!problem)
			fail_msg("%s: nothing noted at '%s'", cases[i].text, cases[i].pointer);
		else
			assert_string_equal(problem->rule, cases[i].rule);
		release(&f);
	}
}

static void test_command_line_too_long(void **state)
{
	char text[4096], word[2048];
	struct fixture f;

	(void)state;
	memset(word, 'x', sizeof(word));
	for (int length = 2044; length <= 2045; length++) { /* and "=", and two quotes, or not */
		snprintf(text, sizeof(text),
		         DOCUMENT("'vm':{'kernel':{'path':'/k','parameters':['%.*s','']}}"),
		         length + 3, word);
		read_text(&f, text);
		assert_int_equal(f.d.problems.errors, length == 2045);
		release(&f);
		snprintf(text, sizeof(text),
		         DOCUMENT("'vm':{'kernel':{'path':'/k','parameters':['%.*s a']}}"),
		         length - 1, word);
		read_text(&f, text);
		assert_int_equal(f.d.problems.errors, length == 2045);
		release(&f);
	}
}

static void assert_size(const char *text, int64_t vcpus, int64_t memory)
{
	struct fixture f;

	read_text(&f, text);
	assert_int_equal(f.r.vm.vcpus.value, vcpus);
	assert_int_equal(f.r.vm.vcpus.set, vcpus != 0);
	assert_int_equal(f.r.vm.memory_bytes.value, memory);
	assert_int_equal(f.r.vm.memory_bytes.set, memory != 0);
	release(&f);
}

static void test_size_from_resources(void **state)
{
	struct fixture f;

	(void)state;
	assert_size(CPU("'quota':150000,'period':100000"), 2, 0);
	assert_size(CPU("'quota':200000"), 2, 0);
	assert_size(CPU("'quota':1,'period':1000000"), 1, 0);
	assert_size(CPU("'quota':-1,'period':100000"), 0, 0);
	assert_size(CPU("'quota':9223372036854775807,'period':1"), MAX_VCPUS, 0);
	assert_size(CPU("'cpus':'0-3,8'"), 5, 0);
	assert_size(CPU("'cpus':'0-1','quota':800000"), 2, 0);
	assert_size(CPU("'cpus':'0-7','quota':300000"), 3, 0);
	assert_size(LIMIT("536870913"), 0, 513 << 20);
	assert_size(LIMIT("-1"), 0, 0);
	assert_size(LIMIT("9223372036854771712"), 0, 0);
	assert_size(DOCUMENT("'vm':{'kernel':{'path':'/k'},'hwConfig':{'vcpus':1}},"
	                     "'linux':{'resources':{'cpu':{'quota':400000},"
	                     "'memory':{'limit':67108864}}}"),
	            1, 67108864);

	read_text(&f, LIMIT("1048576"));
	assert_noted(&f.d, SEVERITY_WARNING, "/linux/resources/memory/limit",
	             "1048576 bytes are less than a machine boots in, it gets 33554432");
	assert_int_equal(f.r.vm.memory_bytes.value, MIN_MEMORY);
	release(&f);
}

static void test_cpuset(void **state)
{
	(void)state;
	assert_int_equal(cpuset_count("0"), 1);
	assert_int_equal(cpuset_count("0-3,2,7-7"), 5);
	assert_int_equal(cpuset_count("0-4095"), 4096);
	assert_int_equal(cpuset_count("0-4096"), 0);
	assert_int_equal(cpuset_count(""), 0);
	assert_int_equal(cpuset_count("3-1"), 0);
	assert_int_equal(cpuset_count("1,"), 0);
	assert_int_equal(cpuset_count(" 1"), 0);
	assert_int_equal(cpuset_count("99999999999999999999999"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_everything),
	    cmocka_unit_test(test_strings_for_lists),
	    cmocka_unit_test(test_strings_that_cannot_be_split),
	    cmocka_unit_test(test_image_without_format),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_command_line_too_long),
	    cmocka_unit_test(test_size_from_resources),
	    cmocka_unit_test(test_cpuset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
