/* SPDX-License-Identifier: MIT */
/*
 * Each allocation fails once: what was asked for is either done whole or said
 * to have failed for want of memory, and AddressSanitizer finds nothing left behind.
 *
 * The linker's --wrap leads the allocator's callers here.
 */
#include "document_test.h"

#include <stdbool.h>

#include "list.h"
#include "record.h"
#include "vmconfig.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *p, size_t size);
char *__real_strdup(const char *s);
int __real_vasprintf(char **text, const char *format, va_list args);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *p, size_t size);
char *__wrap_strdup(const char *s);
int __wrap_vasprintf(char **text, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Allocations until one fails; negative: none will. */
static int countdown = -1;

static bool fails(void)
{
	if (countdown < 0)
		return false;
	return countdown-- == 0;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return fails() ? NULL : __real_realloc(p, size);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

int __wrap_vasprintf(char **text, const char *format, va_list args)
{
	if (!fails())
		return __real_vasprintf(text, format, args);
	*text = NULL;
	return -1;
}

/*
 * Run @step with its first, second, … allocation failing until it needs no
 * more. It returns true when it succeeded, and checks itself that a failure is
 * told as such.
 */
static void fail_each(bool (*step)(void))
{
	for (int n = 0; n < 100000; n++) {
		bool done, failed;

		countdown = n;
		done = step();
		failed = countdown < 0;
		countdown = -1;
		assert_int_equal(done, !failed);
		if (!failed)
			return;
	}
	fail_msg("it never ends");
}

/* What is asserted in a step must not fail for want of memory itself. */
static int pause_failing(void)
{
	int left = countdown;

	countdown = -1;
	return left;
}

static const char text[] =
    "{\"version\":1,\"requires\":[\"user\",\"interfaces\"],\"entrypoint\":[\"/bin/x\"],"
    "\"cmd\":[\"a\",\"b\",\"c\",\"d\",\"e\"],\"workdir\":\"/\","
    "\"env\":{\"A\":\"1\",\"B\":\"2\"},\"user\":{\"uid\":1,\"additional_gids\":[1,2]},"
    "\"network_enabled\":true,\"interfaces\":[{\"name\":\"a\",\"addresses\":[\"::1/64\"],"
    "\"routes\":[{\"to\":\"default\",\"via\":\"::2\"}]},{\"name\":\"b\"}],"
    "\"volume_mounts\":[{\"device\":\"label=a\",\"path\":\"/a\",\"mode\":\"ro\"}],"
    "\"init_mode\":\"exec\"}\n";

static bool read_and_write(void)
{
	struct problems problems = {0};
	struct vmconfig cfg = {0};
	struct json_doc doc;
	char *encoded = NULL;
	int r = json_parse(&doc, text, sizeof(text) - 1, &problems);

	if (r == 0) {
		r = vmconfig_decode(&cfg, &doc, &problems);
		if (r == 0)
			r = vmconfig_check(&cfg, &doc, &problems);
		if (r == 0)
			r = vmconfig_seal(&cfg);
		if (r == 0) {
			encoded = vmconfig_encode(&cfg);
			r = encoded ? 0 : -ENOMEM;
		}
		json_release(&doc);
	}
	if (encoded) {
		int left = pause_failing();

		assert_string_equal(encoded, text);
		countdown = left;
	}
	assert_true(r == 0 || r == -ENOMEM);
	assert_int_equal(problems.count, 0);
	free(encoded);
	vmconfig_release(&cfg);
	problems_release(&problems);
	return r == 0;
}

static void test_config(void **state)
{
	(void)state;
	fail_each(read_and_write);
}

/* A document with a syntax error, a duplicate, and errors of every other source. */
static bool complain(const char *document, size_t expected)
{
	struct problems problems = {0};
	struct vmconfig cfg = {0};
	struct json_doc doc;
	bool complete;
	int r = json_parse(&doc, document, strlen(document), &problems);

	if (r == 0) {
		r = vmconfig_decode(&cfg, &doc, &problems);
		if (r == -EINVAL)
			r = vmconfig_check(&cfg, &doc, &problems);
		json_release(&doc);
	}
	assert_true(r == -EINVAL || r == -ENOMEM);
	complete = r == -EINVAL && !problems.out_of_memory;
	if (complete)
		assert_int_equal(problems.count, expected);
	vmconfig_release(&cfg);
	problems_release(&problems);
	return complete;
}

static bool complain_of_syntax(void)
{
	return complain("{\"a\":", 1);
}

static bool complain_of_duplicates(void)
{
	return complain("{\"a\":1,\"a\":2,\"a\":3}", 2);
}

static bool complain_of_values(void)
{
	return complain("{\"version\":2,\"requires\":[\"x\"],\"cmd\":[1],\"workdir\":\"x\","
	                "\"user\":{\"uid\":-1},\"unknown\":0,\"init_mode\":\"x\"}",
	                8);
}

static void test_problems(void **state)
{
	(void)state;
	fail_each(complain_of_syntax);
	fail_each(complain_of_duplicates);
	fail_each(complain_of_values);
}

static bool make_schema(void)
{
	cJSON *schema = record_schema(&vmconfig_record);

	cJSON_Delete(schema);
	return schema != NULL;
}

static void test_schema(void **state)
{
	(void)state;
	fail_each(make_schema);
}

static bool fill_lists(void)
{
	struct strlist list = {0}, copy = {0};
	struct strmap map = {0};
	int r = 0;

	for (int i = 0; r == 0 && i < 5; i++)
		r = strlist_add(&list, "x");
	if (r == 0)
		r = strlist_add(&copy, "old");
	if (r == 0) {
		r = strlist_copy(&copy, &list);
		/* What could not be replaced stays. */
		assert_int_equal(copy.count, r == 0 ? 5 : 1);
	}
	if (r == 0)
		r = strmap_set(&map, "a", "1");
	if (r == 0) {
		r = strmap_set(&map, "a", "2");
		assert_int_equal(strmap_get(&map, "a")[0], r == 0 ? '2' : '1');
	}
	assert_true(r == 0 || r == -ENOMEM);
	strlist_release(&list);
	strlist_release(&copy);
	strmap_release(&map);
	return r == 0;
}

static void test_lists(void **state)
{
	(void)state;
	fail_each(fill_lists);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_config),
	    cmocka_unit_test(test_problems),
	    cmocka_unit_test(test_schema),
	    cmocka_unit_test(test_lists),
	};
	/* The library is not linked with --wrap. */
	cJSON_Hooks hooks = {.malloc_fn = __wrap_malloc, .free_fn = free};

	cJSON_InitHooks(&hooks);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
