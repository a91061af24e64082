/* SPDX-License-Identifier: MIT */
/* Archives whose headers say what is not so. */
#include "guest_test.h"

#include <sys/stat.h>

#include "newc_reader.h"

#define HEADER_SIZE 110

/* A header with these fields, and the name; padded as the form wants it. */
static size_t put(char *to, size_t at, unsigned mode, const char *name, const char *data)
{
	size_t name_size = strlen(name) + 1, size = strlen(data);

	at +=
	    (size_t)sprintf(to + at, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x",
	                    1, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name_size, 0);
	memcpy(to + at, name, name_size);
	at = (at + name_size + 3) / 4 * 4;
	memcpy(to + at, data, size);
	return (at + size + 3) / 4 * 4;
}

static size_t make(char *to)
{
	size_t n = put(to, 0, S_IFDIR | 0755, "dir", "");

	n = put(to, n, S_IFREG | 0640, "dir/file", "content");
	return put(to, n, 0, "TRAILER!!!", "");
}

static void entries(void **state)
{
	char data[1024] = {0};
	struct newc a = {.data = data, .size = make(data)};
	struct newc_entry e;

	(void)state;
	assert_int_equal(newc_next(&a, &e), 1);
	assert_string_equal(e.name, "dir");
	assert_true(S_ISDIR(e.mode));
	assert_int_equal(e.size, 0);
	assert_int_equal(newc_next(&a, &e), 1);
	assert_string_equal(e.name, "dir/file");
	assert_int_equal(e.mode, S_IFREG | 0640);
	assert_int_equal(e.links, 1);
	assert_int_equal(e.size, 7);
	assert_memory_equal(e.data, "content", 7);
	assert_int_equal(newc_next(&a, &e), 0);
}

/* Wherever it is cut: an error, and nothing beyond the end is read (the sanitizers' to see). */
static void cut_anywhere(void **state)
{
	char data[1024] = {0};
	size_t size = make(data);

	(void)state;
	for (size_t i = 0; i < size - 4; i++) {
		char *part = malloc(i + 1);
		struct newc a = {.data = part, .size = i};
		struct newc_entry e;
		int r;

		assert_non_null(part);
		memcpy(part, data, i);
		while ((r = newc_next(&a, &e)) > 0)
			assert_true(e.data + e.size <= part + i);
		assert_int_equal(r, -EINVAL);
		free(part);
	}
}

static void damaged(const char *digits, size_t offset)
{
	char data[1024] = {0};
	struct newc a = {.data = data, .size = make(data)};
	struct newc_entry e;
	int r;

	memcpy(data + offset, digits, strlen(digits));
	while ((r = newc_next(&a, &e)) > 0)
		;
	assert_int_equal(r, -EINVAL);
}

static void headers_that_lie(void **state)
{
	(void)state;
	damaged("070702", 0);            /* another form */
	damaged("ffffffff", 6 + 6 * 8);  /* a file beyond the end */
	damaged("0000000g", 6 + 6 * 8);  /* no number */
	damaged("00000000", 6 + 11 * 8); /* no name */
	damaged("00000003", 6 + 11 * 8); /* a name without its end */
	damaged("00000005", 6 + 11 * 8); /* a name with another end in it */
	damaged("ffffffff", 6 + 11 * 8); /* a name beyond the end */
	damaged("00002000", 6 + 11 * 8); /* longer than any path */
	damaged("dir/x", HEADER_SIZE);   /* longer than its header says */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(entries),
	    cmocka_unit_test(cut_anywhere),
	    cmocka_unit_test(headers_that_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
