/* SPDX-License-Identifier: MIT */
/* D-Bus messages: what is asked is what a real client sends, and hostile answers end nowhere. */
#include "guest_test.h"

#include "dbus_message.h"

/* systemd's answer to Get(SystemState): fields reply serial, signature "v"; a variant "s". */
static const uint8_t state_reply[] = {
    'l', 2,   1,   1, 16, 0, 0, 0, 7,   0,   0,   0,   15,  0,   0,   0,    /* head */
    5,   1,   'u', 0, 1,  0, 0, 0, 8,   1,   'g', 0,   1,   'v', 0,   0,    /* fields, padding */
    1,   's', 0,   0, 8,  0, 0, 0, 'd', 'e', 'g', 'r', 'a', 'd', 'e', 'd'}; /* no NUL yet */

/* @to: 64 bytes. Return: the length of the answer above, with its NUL. */
static size_t make_reply(uint8_t *to)
{
	memcpy(to, state_reply, sizeof(state_reply));
	to[sizeof(state_reply)] = 0;
	to[4] = 17;
	return sizeof(state_reply) + 1;
}

static void test_a_call_is_marshalled(void **state)
{
	static const struct dbus_call call = {.serial = 2,
	                                      .interface = "a.B",
	                                      .member = "Do",
	                                      .arguments = {"failed"},
	                                      .as_array = true};
	static const char expected[] = "l\1\0\1\17\0\0\0\2\0\0\0\125\0\0\0"
	                               "\1\1o\0\31\0\0\0/org/freedesktop/systemd1\0\0\0\0\0\0\0"
	                               "\2\1s\0\3\0\0\0a.B\0\0\0\0\0"
	                               "\3\1s\0\2\0\0\0Do\0\0\0\0\0\0"
	                               "\10\1g\0\2as\0"
	                               "\13\0\0\0\6\0\0\0failed\0";
	uint8_t bytes[256];
	size_t n = dbus_call_write(bytes, sizeof(bytes), &call);

	(void)state;
	/* "as" ends at 3 bytes of the field's 8; the body begins at a multiple of 8. */
	assert_true(n > 0);
	assert_int_equal(dbus_message_size(bytes), n);
	assert_memory_equal(bytes + DBUS_HEAD, expected + DBUS_HEAD, 72);
	assert_memory_equal(bytes + n - 15, "\13\0\0\0\6\0\0\0failed", 15);
	assert_int_equal(dbus_call_write(bytes, n, &call), n);
	assert_int_equal(dbus_call_write(bytes, n - 1, &call), 0);
	assert_int_equal(dbus_call_write(bytes, 0, &call), 0);
}

static void test_what_is_written_is_read(void **state)
{
	static const struct dbus_call call = {
	    .serial = 1, .interface = "a.B", .member = "Get", .arguments = {"x", "yy"}};
	uint8_t bytes[256];
	size_t n = dbus_call_write(bytes, sizeof(bytes), &call);
	struct dbus_message m;

	(void)state;
	assert_true(dbus_message_parse(&m, bytes, n));
	assert_int_equal(m.type, DBUS_CALL);
	assert_string_equal(m.member, "Get");
	assert_string_equal(m.signature, "ss");
	assert_string_equal(dbus_read_string(&m.body), "x");
	assert_string_equal(dbus_read_string(&m.body), "yy");
	assert_false(m.body.bad);
	assert_string_equal(dbus_read_string(&m.body), "");
	assert_true(m.body.bad);
}

static void test_an_answer_is_read(void **state)
{
	uint8_t bytes[64];
	size_t n = make_reply(bytes);
	struct dbus_message m;

	(void)state;
	assert_int_equal(dbus_message_size(bytes), n);
	assert_true(dbus_message_parse(&m, bytes, n));
	assert_int_equal(m.type, DBUS_RETURN);
	assert_int_equal(m.reply_serial, 1);
	assert_string_equal(m.signature, "v");
	assert_string_equal(dbus_read_signature(&m.body), "s");
	assert_string_equal(dbus_read_string(&m.body), "degraded");
	assert_false(m.body.bad);
	assert_int_equal(m.body.at, m.body.length);
}

/* Every byte in turn is something else; nothing is read outside, which the sanitizers see. */
static void test_hostile_answers(void **state)
{
	static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};

	(void)state;
	for (size_t at = 0; at < sizeof(state_reply) + 1; at++)
		for (size_t v = 0; v < sizeof(values); v++) {
			uint8_t bytes[64];
			size_t n = make_reply(bytes);
			uint8_t *exact = malloc(n);
			struct dbus_message m;

			assert_non_null(exact);
			memcpy(exact, bytes, n);
			exact[at] = values[v];
			if (dbus_message_parse(&m, exact, n)) {
				dbus_read_signature(&m.body);
				dbus_read_string(&m.body);
			}
			free(exact);
		}
}

static void test_lengths_that_lie(void **state)
{
	uint8_t bytes[64];
	size_t n = make_reply(bytes);
	struct dbus_message m;

	(void)state;
	for (size_t shorter = 0; shorter < n; shorter++)
		assert_false(dbus_message_parse(&m, bytes, shorter));
	bytes[0] = 'B';
	assert_int_equal(dbus_message_size(bytes), 0);
	make_reply(bytes);
	bytes[7] = 0xff;
	assert_int_equal(dbus_message_size(bytes), 0);
	make_reply(bytes);
	bytes[15] = 0xff;
	assert_int_equal(dbus_message_size(bytes), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_call_is_marshalled),
	    cmocka_unit_test(test_what_is_written_is_read),
	    cmocka_unit_test(test_an_answer_is_read),
	    cmocka_unit_test(test_hostile_answers),
	    cmocka_unit_test(test_lengths_that_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
