/* SPDX-License-Identifier: MIT */
/* Lines of /proc/self/mountinfo. */
#include "guest_test.h"

#include <sys/sysmacros.h>

#include "mount_list.h"

/* @expected: "TARGET SOURCE FSTYPE MAJOR:MINOR", and " ro" */
static void assert_line(const char *text, const char *expected)
{
	struct mount_list list = {0};
	char *line = strdup(text);
	char got[256];
	const struct mount_entry *e;

	assert_int_equal(mount_list_add_line(&list, line), 0);
	assert_int_equal(list.count, 1);
	e = &list.items[0];
	snprintf(got, sizeof(got), "%s %s %s %u:%u%s", e->target, e->source, e->fstype,
	         major(e->device), minor(e->device), e->readonly ? " ro" : "");
	assert_string_equal(got, expected);
	mount_list_release(&list);
	free(line);
}

static void assert_refused(const char *text)
{
	struct mount_list list = {0};
	char *line = strdup(text);

	assert_int_equal(mount_list_add_line(&list, line), -EINVAL);
	assert_int_equal(list.count, 0);
	free(line);
}

static void fields_are_found(void **state)
{
	(void)state;
	assert_line("24 1 254:0 / /data rw,relatime - ext4 /dev/vda rw",
	            "/data /dev/vda ext4 254:0");
	/* Minor numbers need not fit into eight bits. */
	assert_line("24 1 259:70000 / / ro - xfs /dev/vda rw", "/ /dev/vda xfs 259:70000 ro");
}

static void optional_fields_are_skipped(void **state)
{
	(void)state;
	assert_line(
	    "36 35 98:0 /mnt1 /mnt2 rw,noatime shared:1 master:2 unbindable - ext3 /dev/root "
	    "rw,errors=continue",
	    "/mnt2 /dev/root ext3 98:0");
}

/* "ro" of the filesystem is not the mount's, and other words begin with it. */
static void readonly_is_the_mounts(void **state)
{
	(void)state;
	assert_line("1 0 0:1 / /a ro,nosuid - tmpfs t rw", "/a t tmpfs 0:1 ro");
	assert_line("1 0 0:1 / /a rw,nosuid - tmpfs t ro", "/a t tmpfs 0:1");
	assert_line("1 0 0:1 / /a rot - tmpfs t rw", "/a t tmpfs 0:1");
}

static void escapes_are_undone(void **state)
{
	(void)state;
	assert_line("1 0 0:1 / /a\\040b\\134c\\012 rw - fuse.x\\011y s\\043\\040t rw",
	            "/a b\\c\n s# t fuse.x\ty 0:1");
	/* A name that ends so is not one that has been removed. */
	assert_line("1 0 0:1 / /a\\040(deleted) rw - tmpfs - rw", "/a (deleted) - tmpfs 0:1");
}

/* mount(2) takes an empty source, and mountinfo then has nothing between the blanks. */
static void a_source_may_be_empty(void **state)
{
	(void)state;
	assert_line("1 0 0:1 / /a rw - tmpfs  rw,size=1k", "/a  tmpfs 0:1");
}

static void no_line_is_left_out(void **state)
{
	(void)state;
	assert_refused("");
	assert_refused("1 0 0:1 / /a rw");
	assert_refused("1 0 0:1 / /a rw -");
	assert_refused("1 0 0:1 / /a rw - tmpfs");
	assert_refused("1 0 0 / /a rw - tmpfs t rw");
	assert_refused("1 0 0: / /a rw - tmpfs t rw");
	assert_refused("1 0 :1 / /a rw - tmpfs t rw");
	assert_refused("1 0 0:1x / /a rw - tmpfs t rw");
}

static void this_machines_are_read(void **state)
{
	struct mount_list list = {0};
	bool has_proc = false;

	(void)state;
	assert_int_equal(mount_list_read(&list), 0);
	for (size_t i = 0; i < list.count; i++)
		has_proc |= strcmp(list.items[i].target, "/proc") == 0 &&
		            strcmp(list.items[i].fstype, "proc") == 0;
	assert_true(has_proc);
	mount_list_release(&list);
	assert_int_equal(list.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_are_found),       cmocka_unit_test(optional_fields_are_skipped),
	    cmocka_unit_test(readonly_is_the_mounts), cmocka_unit_test(escapes_are_undone),
	    cmocka_unit_test(a_source_may_be_empty),  cmocka_unit_test(no_line_is_left_out),
	    cmocka_unit_test(this_machines_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
