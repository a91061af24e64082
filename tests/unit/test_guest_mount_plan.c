/* SPDX-License-Identifier: MIT */
/* From the config's mounts to what is done about each: options sorted, places settled, refusals. */
#include "guest_test.h"

#include <linux/mount.h>
#include <sys/mount.h>

#include "list.h"
#include "mount_options.h"
#include "mount_plan.h"

/* <linux/mount.h> has it since Linux 5.14. */
#define NOSYMFOLLOW 0x00200000

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
	assert_int_equal(o->here.clear & ~o->here.set,
	                 MOUNT_ATTR_RDONLY | (MOUNT_ATTR__ATIME & ~MOUNT_ATTR_STRICTATIME));
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

#define ATIMES MOUNT_ATTR__ATIME

/* What a word does to a mount's attributes: those of @mask become @value. */
struct effect {
	const char *word;
	char to; /* 'h': the mount itself, 'a': all below it too, 's': superblock, '-': neither */
	uint64_t value;
	uint64_t mask;
	uint64_t propagation;
};

/* All of runtime-spec's table for Linux, in its order, but the two that map ids. */
static const struct effect words_of_oci[] = {
    {"async", 's', 0, 0, 0},
    {"atime", 'h', 0, ATIMES, 0},
    {"bind", '-', 0, 0, 0},
    {"defaults", '-', 0, 0, 0},
    {"dev", 'h', 0, MOUNT_ATTR_NODEV, 0},
    {"diratime", 'h', 0, MOUNT_ATTR_NODIRATIME, 0},
    {"dirsync", 's', 0, 0, 0},
    {"exec", 'h', 0, MOUNT_ATTR_NOEXEC, 0},
    {"iversion", '-', 0, 0, 0},
    {"lazytime", 's', 0, 0, 0},
    {"loud", '-', 0, 0, 0},
    {"mand", '-', 0, 0, 0},
    {"noatime", 'h', MOUNT_ATTR_NOATIME, ATIMES, 0},
    {"nodev", 'h', MOUNT_ATTR_NODEV, MOUNT_ATTR_NODEV, 0},
    {"nodiratime", 'h', MOUNT_ATTR_NODIRATIME, MOUNT_ATTR_NODIRATIME, 0},
    {"noexec", 'h', MOUNT_ATTR_NOEXEC, MOUNT_ATTR_NOEXEC, 0},
    {"noiversion", '-', 0, 0, 0},
    {"nolazytime", 's', 0, 0, 0},
    {"nomand", '-', 0, 0, 0},
    {"norelatime", 'h', 0, ATIMES, 0},
    {"nostrictatime", 'h', 0, ATIMES, 0},
    {"nosuid", 'h', MOUNT_ATTR_NOSUID, MOUNT_ATTR_NOSUID, 0},
    {"nosymfollow", 'h', NOSYMFOLLOW, NOSYMFOLLOW, 0},
    {"private", 'h', 0, 0, MS_PRIVATE},
    {"ratime", 'a', 0, ATIMES, 0},
    {"rbind", '-', 0, 0, 0},
    {"rdev", 'a', 0, MOUNT_ATTR_NODEV, 0},
    {"rdiratime", 'a', 0, MOUNT_ATTR_NODIRATIME, 0},
    {"relatime", 'h', 0, ATIMES, 0},
    {"remount", '-', 0, 0, 0},
    {"rexec", 'a', 0, MOUNT_ATTR_NOEXEC, 0},
    {"rnoatime", 'a', MOUNT_ATTR_NOATIME, ATIMES, 0},
    {"rnodev", 'a', MOUNT_ATTR_NODEV, MOUNT_ATTR_NODEV, 0},
    {"rnodiratime", 'a', MOUNT_ATTR_NODIRATIME, MOUNT_ATTR_NODIRATIME, 0},
    {"rnoexec", 'a', MOUNT_ATTR_NOEXEC, MOUNT_ATTR_NOEXEC, 0},
    {"rnorelatime", 'a', 0, ATIMES, 0},
    {"rnostrictatime", 'a', 0, ATIMES, 0},
    {"rnosuid", 'a', MOUNT_ATTR_NOSUID, MOUNT_ATTR_NOSUID, 0},
    {"rnosymfollow", 'a', NOSYMFOLLOW, NOSYMFOLLOW, 0},
    {"ro", 'h', MOUNT_ATTR_RDONLY, MOUNT_ATTR_RDONLY, 0},
    {"rprivate", 'a', 0, 0, MS_PRIVATE},
    {"rrelatime", 'a', 0, ATIMES, 0},
    {"rro", 'a', MOUNT_ATTR_RDONLY, MOUNT_ATTR_RDONLY, 0},
    {"rrw", 'a', 0, MOUNT_ATTR_RDONLY, 0},
    {"rshared", 'a', 0, 0, MS_SHARED},
    {"rslave", 'a', 0, 0, MS_SLAVE},
    {"rstrictatime", 'a', MOUNT_ATTR_STRICTATIME, ATIMES, 0},
    {"rsuid", 'a', 0, MOUNT_ATTR_NOSUID, 0},
    {"rsymfollow", 'a', 0, NOSYMFOLLOW, 0},
    {"runbindable", 'a', 0, 0, MS_UNBINDABLE},
    {"rw", 'h', 0, MOUNT_ATTR_RDONLY, 0},
    {"shared", 'h', 0, 0, MS_SHARED},
    {"silent", '-', 0, 0, 0},
    {"slave", 'h', 0, 0, MS_SLAVE},
    {"strictatime", 'h', MOUNT_ATTR_STRICTATIME, ATIMES, 0},
    {"suid", 'h', 0, MOUNT_ATTR_NOSUID, 0},
    {"symfollow", 'h', 0, NOSYMFOLLOW, 0},
    {"sync", 's', 0, 0, 0},
    {"tmpcopyup", '-', 0, 0, 0},
    {"unbindable", 'h', 0, 0, MS_UNBINDABLE},
};

#define WORDS_OF_OCI (sizeof(words_of_oci) / sizeof(*words_of_oci))

static struct mount_options options_of(const char *word)
{
	struct mount_options o = {0};
	struct strlist words = {0};
	const char *refused = NULL;

	assert_int_equal(strlist_add(&words, word), 0);
	assert_int_equal(mount_options_parse(&o, &words, &refused), 0);
	strlist_release(&words);
	return o;
}

static void assert_change(const char *word, const struct mount_change *c, const struct effect *e)
{
	static const struct effect none = {0};
	const uint64_t all = UINT32_MAX;

	if (!e)
		e = &none;
	if (c->set != e->value || ((all & ~c->clear) | c->set) != ((all & ~e->mask) | e->value))
		fail_msg("'%s' sets %#llx and clears %#llx", word, (unsigned long long)c->set,
		         (unsigned long long)c->clear);
	/* mount_setattr(2) takes no part of these. */
	assert_true((c->clear & ATIMES) == (e->mask & ATIMES));
	assert_int_equal(c->propagation, e->propagation);
}

static void each_word_of_oci_does_what_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < WORDS_OF_OCI; i++) {
		const struct effect *e = &words_of_oci[i];
		struct mount_options o = options_of(e->word);

		assert_change(e->word, &o.here, e->to == 'h' ? e : NULL);
		assert_change(e->word, &o.all, e->to == 'a' ? e : NULL);
		assert_null(o.alien);
		assert_int_equal(o.own.count, e->to == 's');
		if (e->to == 's')
			assert_string_equal(o.own.items[0], e->word);
		assert_int_equal(o.bind, !strcmp(e->word, "bind") || !strcmp(e->word, "rbind"));
		assert_int_equal(o.recursive, !strcmp(e->word, "rbind"));
		assert_int_equal(o.remount, !strcmp(e->word, "remount"));
		assert_int_equal(o.copy_up, !strcmp(e->word, "tmpcopyup"));
		assert_int_equal(o.readonly, !strcmp(e->word, "ro") || !strcmp(e->word, "rro"));
		mount_options_release(&o);
	}
}

/* The filesystem's own, whatever mount(8) makes of them: what is not known is not left out. */
static void what_resembles_a_word_is_none(void **state)
{
	static const char *const aliens[] = {
	    "",        "r",      "rr",       "rrro",      "rrbind",        "rrshared",
	    "rsync",   "rmand",  "rremount", "rlazytime", "rdefaults",     "rtmpcopyup",
	    "rsilent", "RO",     "ro ",      "ro=1",      "ro,rw",         "nosuid=",
	    "user",    "auto",   "_netdev",  "nofail",    "X-mount.mkdir", "loop",
	    "noro",    "nobind", "size=1",   "idmapped",  "comment=x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(aliens) / sizeof(*aliens); i++) {
		struct mount_options o = options_of(aliens[i]);

		if (o.own.count != 1 || !o.alien || strcmp(o.own.items[0], aliens[i]) != 0)
			fail_msg("'%s' is taken for a word", aliens[i]);
		assert_change(aliens[i], &o.here, NULL);
		assert_change(aliens[i], &o.all, NULL);
		assert_false(o.bind || o.recursive || o.remount || o.copy_up || o.readonly);
		mount_options_release(&o);
	}
}

static void all_words_of_oci_at_once(void **state)
{
	struct mount_options o = {0};
	struct strlist words = {0};
	const char *refused = NULL;

	(void)state;
	for (size_t i = 0; i < WORDS_OF_OCI; i++)
		assert_int_equal(strlist_add(&words, words_of_oci[i].word), 0);
	assert_int_equal(mount_options_parse(&o, &words, &refused), 0);
	assert_null(o.alien);
	mount_options_release(&o);
	strlist_release(&words);
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
	assert_refused("[{'destination':'/d','type':'tmpfs','options':['X-mount.idmap=a']}]",
	               "mount on '/d': there are no id mappings in a machine of its own: option "
	               "'X-mount.idmap=a'");
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
	    cmocka_unit_test(each_word_of_oci_does_what_it_says),
	    cmocka_unit_test(what_resembles_a_word_is_none),
	    cmocka_unit_test(all_words_of_oci_at_once),
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
