/* SPDX-License-Identifier: MIT */
/* ACLs from the text that archives have, and what is taken for one. */
#include "host_test.h"

#include "xattrs.h"

/* A header and entries of tag, permissions and identity, all little-endian. */
static void assert_acl(const char *text, const unsigned char *expected, size_t length)
{
	unsigned char *acl;
	size_t got;

	assert_int_equal(acl_from_text(text, &acl, &got), 0);
	assert_int_equal(got, length);
	assert_memory_equal(acl, expected, length);
	assert_true(acl_is_valid(acl, got));
	free(acl);
}

static void test_forms(void **state)
{
	static const unsigned char three[] = {
	    2,    0, 0, 0,                         /* version */
	    0x01, 0, 7, 0, 0xff, 0xff, 0xff, 0xff, /* user:: */
	    0x04, 0, 5, 0, 0xff, 0xff, 0xff, 0xff, /* group:: */
	    0x20, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, /* other:: */
	};

	(void)state;
	assert_acl("user::rwx,group::r-x,other::---", three, sizeof(three));
	assert_acl("user::rwx\ngroup::r-x\nother::---\n", three, sizeof(three));
	assert_acl("u::rwx,g::rx,o:-", three, sizeof(three));
	assert_acl("other:---,group::r-x # a comment,\nuser::rwx,", three, sizeof(three));
}

static void test_identities(void **state)
{
	static const unsigned char named[] = {
	    2,    0, 0, 0, /* version */
	    0x01, 0, 6, 0, 0xff, 0xff, 0xff, 0xff,
	    0x02, 0, 4, 0, 7,    0,    0,    0, /* user:: user:7: */
	    0x02, 0, 7, 0, 0xe8, 3,    0,    0,
	    0x04, 0, 4, 0, 0xff, 0xff, 0xff, 0xff, /* user:1000: group:: */
	    0x10, 0, 7, 0, 0xff, 0xff, 0xff, 0xff,
	    0x20, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
	};

	(void)state;
	/* In the order of tags and numbers, as the kernel wants it; a number after a name counts.
	 */
	assert_acl("user:somebody:rwx:1000,user:7:r--,user::rw-,mask::rwx,group::r--,other::---",
	           named, sizeof(named));
}

static void test_refused(void **state)
{
	static const char *const texts[] = {
	    "user:somebody:rwx", "user::rwz",  "nobody::rwx", "user",
	    "user:rwx:",         "mask:7:rwx", "user:-1:rwx", "user:4294967295:rwx",
	};
	unsigned char *acl;
	size_t length;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(acl_from_text(texts[i], &acl, &length), -EINVAL);
}

static void test_validity(void **state)
{
	static const unsigned char good[] = {2, 0, 0, 0, 1, 0, 7, 0, 0xff, 0xff, 0xff, 0xff};
	static const unsigned char tag[] = {2, 0, 0, 0, 3, 0, 7, 0, 0xff, 0xff, 0xff, 0xff};
	static const unsigned char bits[] = {2, 0, 0, 0, 1, 0, 8, 0, 0xff, 0xff, 0xff, 0xff};
	static const unsigned char version[] = {1, 0, 0, 0};

	(void)state;
	assert_true(acl_is_valid(good, sizeof(good)));
	assert_true(acl_is_valid(good, 4));
	assert_false(acl_is_valid(good, 3));
	assert_false(acl_is_valid(good, sizeof(good) - 1));
	assert_false(acl_is_valid(tag, sizeof(tag)));
	assert_false(acl_is_valid(bits, sizeof(bits)));
	assert_false(acl_is_valid(version, sizeof(version)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_identities),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_validity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
