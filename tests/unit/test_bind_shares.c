/* SPDX-License-Identifier: MIT */
/* Directories that a bundle binds: shared as it says, or as the command line does. */
#include "host_test.h"

#include "bind_shares.h"
#include "list.h"
#include "vm.h"

#define TEXT "{'mounts':[{'source':'/data'},{'source':'/srv'}]}"

struct fixture {
	struct document d;
	struct request r;
	struct vm given;
};

static void add_share(struct vm *vm, const char *source, const char *tag, bool is_9p)
{
	struct vm_share *items = list_grow(vm->shares.items, vm->shares.count, sizeof(*items));

	assert_non_null(items);
	vm->shares.items = items;
	items[vm->shares.count++] =
	    (struct vm_share){.source = strdup(source), .tag = strdup(tag), .is_9p = is_9p};
}

static void begin(struct fixture *f)
{
	static const char json[] =
	    "{'mounts':[{'destination':'/a','type':'virtiofs','source':'mount0',"
	    "'options':['ro']},{'destination':'/b','type':'virtiofs',"
	    "'source':'mount1'}]}";
	struct document config;

	*f = (struct fixture){0};
	document_from(&f->d, TEXT);
	document_from(&config, json);
	assert_int_equal(vmconfig_decode(&f->r.config, &config.json, &config.problems), 0);
	document_release(&config);
	add_share(&f->r.vm, "/data", "mount0", false);
	add_share(&f->r.vm, "/srv", "mount1", false);
}

static void end(struct fixture *f)
{
	document_release(&f->d);
	request_release(&f->r);
	vm_release(&f->given);
}

static void test_who_builds_is_told(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	assert_int_equal(bind_shares_settle(&f.d, &f.r, NULL), 0);
	assert_int_equal(f.d.problems.count, 2);
	assert_noted(&f.d, SEVERITY_WARNING, "/mounts/1/source",
	             "the virtual machine must share '/srv' by virtiofs with the tag 'mount1'");
	end(&f);
}

static void test_who_runs_shares(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	add_share(&f.given, "/srv", "site", false);
	assert_int_equal(bind_shares_settle(&f.d, &f.r, &f.given), 0);
	assert_int_equal(f.d.problems.count, 0);
	assert_int_equal(f.r.vm.shares.count, 0);
	assert_int_equal(f.given.shares.count, 2);
	assert_string_equal(f.given.shares.items[0].tag, "site");
	assert_string_equal(f.given.shares.items[1].tag, "mount0");
	assert_string_equal(f.given.shares.items[1].socket, "virtiofs-mount0.sock");
	assert_string_equal(f.r.config.mounts.items[0].source, "mount0");
	assert_string_equal(f.r.config.mounts.items[1].source, "site");
	end(&f);
}

static void test_by_9p(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	add_share(&f.given, "/data", "d", true);
	assert_int_equal(bind_shares_settle(&f.d, &f.r, &f.given), 0);
	assert_string_equal(f.r.config.mounts.items[0].type, "9p");
	assert_string_equal(f.r.config.mounts.items[0].source, "d");
	assert_int_equal(f.r.config.mounts.items[0].options.count, 3);
	assert_string_equal(f.r.config.mounts.items[0].options.items[1], "trans=virtio");
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_who_builds_is_told),
	    cmocka_unit_test(test_who_runs_shares),
	    cmocka_unit_test(test_by_9p),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
