/* SPDX-License-Identifier: MIT */
/* From the config's mounts to what is done about each: options sorted, places settled, refusals. */
#include "guest_test.h"

#include <linux/mount.h>
#include <sys/mount.h>

#include "mount_plan.h"

struct planned {
	struct vmconfig cfg;
	struct mount_plan plan;
	char error[MOUNT_TEXT_SIZE];
	int r;
};

/* @mounts: the list's JSON, with ' for " */
static struct planned plan_of(const char *mounts)
{
	struct planned p = {0};
	char text[4096];

	snprintf(text, sizeof(text), "{'mounts':%s}", mounts);
	config_from(&p.cfg, text);
	p.r = mount_plan_make(&p.plan, &p.cfg, p.error);
	return p;
}

static void release(struct planned *p)
{
	mount_plan_release(&p->plan);
	vmconfig_release(&p->cfg);
}

static void assert_refused(const char *mounts, const char *error)
{
	struct planned p = plan_of(mounts);

	assert_int_equal(p.r, -EINVAL);
	assert_string_equal(p.error, error);
	release(&p);
}

static void assert_text(const char *mounts, const char *expected)
{
	struct planned p = plan_of(mounts);
	char text[MOUNT_TEXT_SIZE];

	assert_int_equal(p.r, 0);
	assert_int_equal(p.plan.count, 1);
	assert_string_equal(mount_step_text(&p.plan.items[0], text), expected);
	release(&p);
}

static void options_are_sorted(void **state)
{
	struct planned p =
	    plan_of("[{'destination':'/t','type':'tmpfs','source':'tmpfs','options':["
	            "'ro','nosuid','rnodev','size=64k','sync','x-note','rw','noatime',"
	            "'strictatime','rshared','mode=700','tmpcopyup']}]");
	const struct mount_options *o = &p.plan.items[0].options;

	(void)state;
	assert_int_equal(p.r, 0);
	assert_int_equal(o->here.set, MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME);
	assert_int_equal(o->here.clear, MOUNT_ATTR_RDONLY | MOUNT_ATTR__ATIME);
	assert_int_equal(o->all.set, MOUNT_ATTR_NODEV);
	assert_int_equal(o->all.propagation, MS_SHARED);
	assert_int_equal(o->here.propagation, 0);
	assert_false(o->readonly);
	assert_true(o->copy_up);
	assert_int_equal(o->own.count, 3);
	assert_string_equal(o->own.items[0], "size=64k");
	assert_string_equal(o->own.items[1], "sync");
	assert_string_equal(o->own.items[2], "mode=700");
	assert_string_equal(o->alien, "size=64k");
	release(&p);
}

static void every_word_of_oci_is_known(void **state)
{
	/* The names of runtime-spec's table for Linux, but those that map ids. */
	struct planned p = plan_of(
	    "[{'destination':'/b','source':'/a','options':['rbind','async','atime','bind',"
	    "'defaults','dev','diratime','dirsync','exec','iversion','lazytime','loud','mand',"
	    "'noatime','nodev','nodiratime','noexec','noiversion','nolazytime','nomand',"
	    "'norelatime','nostrictatime','nosuid','nosymfollow','private','relatime','ro',"
	    "'rprivate','rshared','rslave','runbindable','rw','shared','silent','slave',"
	    "'strictatime','suid','symfollow','sync','unbindable','ratime','rdev','rdiratime',"
	    "'rexec','rnoatime','rnodev','rnodiratime','rnoexec','rnorelatime','rnostrictatime',"
	    "'rnosuid','rnosymfollow','rrelatime','rro','rrw','rstrictatime','rsuid',"
	    "'rsymfollow']}]");

	(void)state;
	assert_string_equal(p.error, "");
	assert_int_equal(p.r, 0);
	assert_null(p.plan.items[0].options.alien);
	release(&p);
}

static void what_is_done(void **state)
{
	(void)state;
	assert_text("[{'destination':'/d','type':'bind','source':'/s'}]", "bind /s on /d");
	assert_text("[{'destination':'/d','type':'none','source':'/s','options':['rbind','ro']}]",
	            "bind all of /s on /d rbind,ro");
	assert_text("[{'destination':'/d','type':'tmpfs','options':['size=1k','mode=700']}]",
	            "mount tmpfs on /d size=1k,mode=700");
	assert_text("[{'destination':'/c','type':'cgroup','source':'cgroup'}]",
	            "mount cgroup2 on /c");
	assert_text("[{'destination':'/d','options':['remount','ro']}]",
	            "adjust what is there on /d remount,ro");
	assert_text("[{'destination':'/d','type':'9p','source':'t','options':['ro','secret=x']}]",
	            "mount 9p on /d ro,secret");
}

static void the_machines_own(void **state)
{
	(void)state;
	assert_text("[{'destination':'/proc','type':'proc'}]", "adjust proc on /proc");
	assert_text("[{'destination':'//sys/','type':'sysfs'}]", "adjust sysfs on //sys/");
	assert_text("[{'destination':'/sys/fs/cgroup','type':'cgroup'}]",
	            "adjust cgroup2 on /sys/fs/cgroup");
	assert_text("[{'destination':'/dev/pts','type':'devpts','options':['mode=620']}]",
	            "adjust devpts on /dev/pts mode");
	assert_text("[{'destination':'/dev','type':'tmpfs','options':['size=64k']}]",
	            "adjust tmpfs on /dev size=64k");
	assert_text("[{'destination':'/dev/shm','type':'tmpfs'}]",
	            "replace, mount tmpfs on /dev/shm");
	assert_text("[{'destination':'/p','type':'proc'}]", "mount proc on /p");
}

/* They are meant for the tmpfs that it is not. */
static void the_size_of_dev_is_left_out(void **state)
{
	struct planned p =
	    plan_of("[{'destination':'/dev','type':'tmpfs','options':['size=64k']}]");

	(void)state;
	assert_int_equal(p.r, 0);
	assert_int_equal(p.plan.items[0].options.own.count, 0);
	release(&p);
}

static void run_stays_for_an_init_of_the_images(void **state)
{
	struct planned p = plan_of("[{'destination':'/run','type':'tmpfs','options':['mode=700',"
	                           "'nodev']}],'init_mode':'systemd'");

	(void)state;
	assert_int_equal(p.r, 0);
	assert_int_equal(p.plan.items[0].action, MOUNT_ADJUST);
	assert_int_equal(p.plan.items[0].options.own.count, 0);
	release(&p);
}

static void a_second_one_is_stacked(void **state)
{
	struct planned p = plan_of("[{'destination':'/run','type':'tmpfs'},"
	                           "{'destination':'/run/','type':'tmpfs'}]");

	(void)state;
	assert_int_equal(p.r, 0);
	assert_true(p.plan.items[0].replaces);
	assert_false(p.plan.items[1].replaces);
	release(&p);
}

static void devices_are_told_from_names(void **state)
{
	struct planned p = plan_of("[{'destination':'/a','type':'ext4','source':'serial=data'},"
	                           "{'destination':'/b','type':'virtiofs','source':'share'}]");

	(void)state;
	assert_int_equal(p.r, 0);
	assert_true(p.plan.items[0].from_device);
	assert_false(p.plan.items[1].from_device);
	release(&p);
}

static void what_is_refused(void **state)
{
	(void)state;
	assert_refused("[{'destination':'/d','type':'tmpfs','options':['idmap']}]",
	               "mount on '/d': there are no id mappings in a machine of its own: option "
	               "'idmap'");
	assert_refused("[{'destination':'/d','type':'bind','source':'/s','options':["
	               "'ridmap=uids=0-1-2']}]",
	               "mount on '/d': there are no id mappings in a machine of its own: option "
	               "'ridmap=uids=0-1-2'");
	assert_refused("[{'destination':'/d'}]",
	               "mount on '/d': it has neither a type nor the option bind");
	assert_refused("[{'destination':'/d','type':'bind'}]",
	               "mount on '/d': a bind mount needs an absolute source");
	assert_refused("[{'destination':'/d','type':'bind','source':'s'}]",
	               "mount on '/d': a bind mount needs an absolute source");
	assert_refused("[{'destination':'/d','type':'bind','source':'/s','options':['size=1']}]",
	               "mount on '/d': a bind mount knows no option 'size=1'");
	assert_refused("[{'destination':'/d','type':'proc','options':['tmpcopyup']}]",
	               "mount on '/d': tmpcopyup is for a tmpfs");
	assert_refused("[{'destination':'//','type':'tmpfs'}]",
	               "mount on '//': that is the root filesystem itself");
	assert_refused("[{'destination':'/d/','type':'tmpfs'}],'volume_mounts':[{'device':"
	               "'/dev/vdb','path':'//d/vol','mode':'rw'}]",
	               "mount on '/d/': it would hide the volume of '//d/vol'");
}

static void beside_a_volume(void **state)
{
	struct planned p =
	    plan_of("[{'destination':'/da','type':'tmpfs'},{'destination':'/d/vol/x',"
	            "'type':'tmpfs'}],'volume_mounts':[{'device':'/dev/vdb',"
	            "'path':'/d/vol','mode':'rw'}]");

	(void)state;
	assert_int_equal(p.r, 0);
	release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(options_are_sorted),
	    cmocka_unit_test(every_word_of_oci_is_known),
	    cmocka_unit_test(what_is_done),
	    cmocka_unit_test(the_machines_own),
	    cmocka_unit_test(the_size_of_dev_is_left_out),
	    cmocka_unit_test(run_stays_for_an_init_of_the_images),
	    cmocka_unit_test(a_second_one_is_stacked),
	    cmocka_unit_test(devices_are_told_from_names),
	    cmocka_unit_test(what_is_refused),
	    cmocka_unit_test(beside_a_volume),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
