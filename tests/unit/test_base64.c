/* SPDX-License-Identifier: MIT */
/* Base64: the vectors of RFC 4648, every byte, and texts that are not the canonical ones. */
#include "document_test.h"

#include <errno.h>

#include "base64.h"

static void assert_pair(const char *bytes, const char *text)
{
	char *encoded = base64_encode(bytes, strlen(bytes));
	size_t size = 0;
	char *decoded = base64_decode(text, &size);

	assert_string_equal(encoded, text);
	assert_int_equal(size, strlen(bytes));
	assert_int_equal(base64_size(text), strlen(bytes));
	assert_string_equal(decoded, bytes);
	free(encoded);
	free(decoded);
}

static void test_vectors(void **state)
{
	(void)state;
	assert_pair("", "");
	assert_pair("f", "Zg==");
	assert_pair("fo", "Zm8=");
	assert_pair("foo", "Zm9v");
	assert_pair("foob", "Zm9vYg==");
	assert_pair("fooba", "Zm9vYmE=");
	assert_pair("foobar", "Zm9vYmFy");
}

static void test_every_byte(void **state)
{
	unsigned char bytes[256], *decoded;
	size_t size;
	char *text;

	(void)state;
	for (int i = 0; i < 256; i++)
		bytes[i] = (unsigned char)(255 - i);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		text = base64_encode(bytes, n);
		decoded = base64_decode(text, &size);
		assert_int_equal(size, n);
		assert_memory_equal(decoded, bytes, n);
		free(text);
		free(decoded);
	}
}

static void test_refused(void **state)
{
	static const char *const texts[] = {"Z",      "Zg",   "Zg=",  "=",        "====",
	                                    "Zh==",   "Zm9=", "Z===", "Zg==Zg==", "Zm 9v",
	                                    "Zm9v\n", "Zm9-", "Zm9_"};
	size_t size;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (base64_size(texts[i]) != -EINVAL)
			fail_msg("'%s' was taken", texts[i]);
		errno = 0;
		assert_null(base64_decode(texts[i], &size));
		assert_int_equal(errno, EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_every_byte),
	    cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
