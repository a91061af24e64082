/* SPDX-License-Identifier: MIT */
/* The plan of the workload's identity and confinement: which steps, in which order. */
#include "guest_test.h"

#include "cleanup.h"
#include "confine.h"
#include "identity.h"
#include "process_attributes.h"
#include "steps.h"

#define ALL UINT64_C(0x1ffffffffff) /* 41 capabilities */

#define HEAD                                                    \
	"{'entrypoint':['/x'],'cmd':[],'workdir':'/','env':{}," \
	"'network_enabled':false,'init_mode':'exec'"

struct plan {
	struct guest g;
	struct confinement confinement;
	struct identity identity;
	struct steps steps;
	char *text; /* a line for each step */
	int result;
};

static void plan(struct plan *p, const char *members, uid_t uid)
{
	_cleanup_free_ char *config = NULL;
	size_t size;
	FILE *out;

	*p = (struct plan){.identity = {.uid = uid, .gid = uid}, .confinement = {.own = ALL}};
	assert_true(asprintf(&config, HEAD "%s}", members) > 0);
	config_from(&p->g.config, config);
	p->result = attributes_oom_score(&p->g, &p->steps);
	if (p->result == 0)
		p->result = confine_plan(&p->g, &p->confinement, &p->identity, &p->steps);
	out = open_memstream(&p->text, &size);
	assert_non_null(out);
	for (size_t i = 0; i < p->steps.count; i++)
		fprintf(out, "%s\n", p->steps.items[i].what);
	assert_int_equal(fclose(out), 0);
}

static void release(struct plan *p)
{
	steps_release(&p->steps);
	confine_release(&p->confinement);
	vmconfig_release(&p->g.config);
	free(p->text);
}

static void assert_plan(const char *members, uid_t uid, const char *expected)
{
	struct plan p;

	plan(&p, members, uid);
	assert_string_equal(p.text, expected);
	assert_int_equal(p.result, 0);
	release(&p);
}

static void test_nothing_asked_for(void **state)
{
	(void)state;
	assert_plan("", 0,
	            "set oom_score_adj to 0\nset the umask to 022\nbecome user 0, group 0\n");
	assert_plan("", 5,
	            "set oom_score_adj to 0\nset the umask to 022\nbecome user 5, group 5\n");
}

static void test_everything(void **state)
{
	(void)state;
	assert_plan(
	    ",'user':{'uid':5,'umask':63},'oom_score_adj':-7,"
	    "'rlimits':[{'type':'RLIMIT_CPU','soft':1,'hard':18446744073709551615},"
	    "{'type':'RLIMIT_RTTIME','soft':3,'hard':4}],"
	    "'scheduler':{'policy':'SCHED_DEADLINE','runtime':1,'deadline':2,'period':3,"
	    "'flags':['SCHED_FLAG_RESET_ON_FORK','SCHED_FLAG_UTIL_CLAMP_MAX']},"
	    "'io_priority':{'class':'IOPRIO_CLASS_BE','priority':7},"
	    "'personality':{'domain':'LINUX32'},'no_new_privileges':true,"
	    "'seccomp':{'defaultAction':'SCMP_ACT_ALLOW'},"
	    "'capabilities':{'bounding':['CAP_CHOWN','CAP_BPF'],'permitted':['CAP_KILL'],"
	    "'inheritable':['CAP_KILL'],'ambient':['CAP_KILL']}",
	    5,
	    "set oom_score_adj to -7\n"
	    "set I/O priority IOPRIO_CLASS_BE 7\n"
	    "set scheduler SCHED_DEADLINE (nice 0, priority 0, flags 41, runtime 1, deadline 2, "
	    "period 3)\n"
	    "set the personality LINUX32\n"
	    "set the umask to 077\n"
	    "set RLIMIT_CPU to 1, at most unlimited\n"
	    "set RLIMIT_RTTIME to 3, at most 4\n"
	    "set the inheritable capabilities to 20\n"
	    "set the bounding capabilities to 8000000001\n"
	    "keep capabilities beyond the change of user\n"
	    "become user 5, group 5\n"
	    "set the interim capabilities to 1ffffffffff\n"
	    "set the ambient capabilities to 20\n"
	    "set no_new_privileges\n"
	    "set the permitted capabilities to 20\n"
	    "load the seccomp filter\n");
}

/* It needs CAP_SYS_ADMIN then, which the user must have until it is loaded, and not after. */
static void test_filter_with_new_privileges(void **state)
{
	(void)state;
	assert_plan(",'seccomp':{'defaultAction':'SCMP_ACT_ALLOW'}", 5,
	            "set oom_score_adj to 0\n"
	            "set the umask to 022\n"
	            "set the inheritable capabilities to 0\n"
	            "set the bounding capabilities to ffffffffffffffff\n"
	            "keep capabilities beyond the change of user\n"
	            "become user 5, group 5\n"
	            "set the interim capabilities to 1ffffffffff\n"
	            "set the ambient capabilities to 0\n"
	            "load the seccomp filter\n"
	            "set the permitted capabilities to 0\n");
	assert_plan(",'seccomp':{'defaultAction':'SCMP_ACT_ALLOW'}", 0,
	            "set oom_score_adj to 0\n"
	            "set the umask to 022\n"
	            "become user 0, group 0\n"
	            "load the seccomp filter\n");
}

static void assert_error(const char *members, const char *error)
{
	struct plan p;

	plan(&p, members, 0);
	assert_true(p.result < 0);
	assert_string_equal(p.g.error, error);
	release(&p);
}

static void test_unknown_words(void **state)
{
	(void)state;
	assert_error(",'scheduler':{'policy':'SCHED_OTHER','flags':['SCHED_FLAG_X']}",
	             "scheduler: there is no flag 'SCHED_FLAG_X'");
	assert_error(",'personality':{'domain':'LINUX','flags':['X']}",
	             "personality: there is no flag 'X'");
	assert_error(",'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','flags':['X']}",
	             "cannot make the seccomp filter: there is no flag 'X'");
}

static void test_sets_that_the_kernel_would_refuse(void **state)
{
	struct capability_sets sets;
	struct vmconfig cfg;

	(void)state;
	config_from(&cfg, HEAD ",'capabilities':{'bounding':['CAP_CHOWN','CAP_BPF','CAP_NONE'],"
	                       "'permitted':['CAP_CHOWN','CAP_KILL'],'inheritable':['CAP_KILL'],"
	                       "'effective':['CAP_KILL','CAP_FOWNER'],"
	                       "'ambient':['CAP_CHOWN','CAP_KILL']}}");
	/* A kernel that does not know CAP_BPF, which is 39. */
	capabilities_resolve(&sets, cfg.capabilities, UINT64_C(0x7fffffffff));
	assert_int_equal(sets.bounding, 0x1);
	assert_int_equal(sets.permitted, 0x21);
	assert_int_equal(sets.inheritable, 0x20);
	assert_int_equal(sets.effective, 0x20);
	assert_int_equal(sets.ambient, 0x20);
	vmconfig_release(&cfg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nothing_asked_for),
	    cmocka_unit_test(test_everything),
	    cmocka_unit_test(test_filter_with_new_privileges),
	    cmocka_unit_test(test_unknown_words),
	    cmocka_unit_test(test_sets_that_the_kernel_would_refuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
