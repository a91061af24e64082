/* SPDX-License-Identifier: MIT */
/* Lines of the report channel: what is written is read again, what is hostile is refused. */
#include "host_test.h"

#include "contract.h"
#include "report.h"

static int parse(const char *text, struct report_message *m)
{
	return report_parse(text, strlen(text), m);
}

static int parse_command(const char *text, struct report_command *c)
{
	return report_command_parse(text, strlen(text), c);
}

/* @m written and read again. */
static struct report_message round_trip(const struct report_message *m)
{
	char line[MAX_REPORT_LINE];
	struct report_message back;
	int n = report_format(line, sizeof(line), m);

	assert_true(n > 0);
	assert_int_equal(n, strlen(line));
	assert_int_equal(line[n - 1], '\n');
	assert_int_equal(report_parse(line, (size_t)n - 1, &back), 0);
	return back;
}

static void test_lines_are_those_of_the_contract(void **state)
{
	static const struct {
		struct report_message message;
		const char *line;
	} rows[] = {
	    {{.event = REPORT_PHASE, .name = "root", .us = 1234, .at_us = 812345},
	     "{\"event\":\"phase\",\"name\":\"root\",\"us\":1234,\"at\":812345}\n"},
	    {{.event = REPORT_STARTED, .pid = 7, .at_us = 901234},
	     "{\"event\":\"started\",\"pid\":7,\"at\":901234}\n"},
	    {{.event = REPORT_NOTICE, .name = "volumes", .error = "replayed"},
	     "{\"event\":\"notice\",\"phase\":\"volumes\",\"text\":\"replayed\"}\n"},
	    {{.event = REPORT_READY, .name = "degraded", .error = "a.service b", .at_us = 1901234},
	     "{\"event\":\"ready\",\"state\":\"degraded\",\"failed\":\"a.service b\","
	     "\"at\":1901234}\n"},
	    {{.event = REPORT_READY, .name = "running", .at_us = 1},
	     "{\"event\":\"ready\",\"state\":\"running\",\"at\":1}\n"},
	    {{.event = REPORT_STOPPING, .at_us = 2901234},
	     "{\"event\":\"stopping\",\"at\":2901234}\n"},
	    {{.event = REPORT_EXIT, .code = 137, .signal = 9, .oom = true, .out_bytes = 12},
	     "{\"event\":\"exit\",\"code\":137,\"signal\":9,\"oom\":true,\"stdout\":12,"
	     "\"stderr\":0}\n"},
	    {{.event = REPORT_FAILED,
	      .name = "root",
	      .error = "x",
	      .failure = "device-missing",
	      .error_name = "EIO",
	      .code = 125},
	     "{\"event\":\"failed\",\"phase\":\"root\",\"error\":\"x\",\"code\":125,"
	     "\"failure\":\"device-missing\",\"errno\":\"EIO\"}\n"},
	    {{.event = REPORT_EXIT, .power = "reboot"},
	     "{\"event\":\"exit\",\"code\":0,\"signal\":0,\"oom\":false,\"stdout\":0,"
	     "\"stderr\":0,\"power\":\"reboot\"}\n"},
	    {{.event = REPORT_EXIT, .code = 126, .at_us = 5, .power = "halt", .error = "x"},
	     "{\"event\":\"exit\",\"code\":126,\"signal\":0,\"oom\":false,\"stdout\":0,"
	     "\"stderr\":0,\"at\":5,\"power\":\"halt\",\"error\":\"x\"}\n"},
	    {{.event = REPORT_FAILED, .name = "volumes", .error = "no \"x\"", .code = 125},
	     "{\"event\":\"failed\",\"phase\":\"volumes\",\"error\":\"no \\\"x\\\"\",\"code\":125}"
	     "\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char line[MAX_REPORT_LINE];
		struct report_message back;

		assert_true(report_format(line, sizeof(line), &rows[i].message) > 0);
		assert_string_equal(line, rows[i].line);
		back = round_trip(&rows[i].message);
		assert_memory_equal(&back, &rows[i].message, sizeof(back));
	}
}

static void test_numbers_are_exact(void **state)
{
	const struct report_message m = {.event = REPORT_EXIT,
	                                 .code = 255,
	                                 .signal = 64,
	                                 .out_bytes = UINT64_MAX,
	                                 .err_bytes = UINT64_MAX - 1};
	struct report_message back = round_trip(&m);

	(void)state;
	assert_memory_equal(&back, &m, sizeof(m));
}

static void test_longest_message_fits(void **state)
{
	static const char filler[] = {'"', '\\', '\n', '\x1b', '\x7f', '\xff'};

	(void)state;
	for (size_t i = 0; i < sizeof(filler); i++) {
		struct report_message m = {.event = REPORT_FAILED, .code = 255}, back;

		memset(m.name, filler[i], sizeof(m.name) - 1);
		memset(m.error, filler[i], sizeof(m.error) - 1);
		back = round_trip(&m);
		assert_int_equal(back.event, REPORT_FAILED);
		if (filler[i] == '"')
			assert_memory_equal(&back, &m, sizeof(m));
		else if (filler[i] != '\\')
			assert_memory_equal(back.error, "\xef\xbf\xbd", 3);
	}
}

static void test_short_buffer_is_refused(void **state)
{
	const struct report_message m = {.event = REPORT_STARTED, .pid = 1};
	const struct report_command c = {REQUEST_STDIN_END, 12};
	char line[64];
	int n = report_format(line, sizeof(line), &m);

	(void)state;
	assert_int_equal(report_format(line, (size_t)n, &m), -ENOSPC);
	assert_int_equal(report_format(line, (size_t)n + 1, &m), n);
	assert_int_equal(report_format(line, 0, &m), -ENOSPC);
	assert_int_equal(report_command_format(line, 5, &c), -ENOSPC);
	assert_int_equal(report_format(line, sizeof(line), &(struct report_message){0}), -EINVAL);
	assert_int_equal(report_command_format(line, sizeof(line), &(struct report_command){0}),
	                 -EINVAL);
}

static void test_strings_are_cut_between_characters(void **state)
{
	char line[256], *at = line;
	struct report_message m;

	(void)state;
	at += sprintf(at, "{\"event\":\"failed\",\"phase\":\"a");
	for (int i = 0; i < 40; i++)
		at += sprintf(at, "\xe2\x82\xac"); /* 121 bytes for 63 */
	sprintf(at, "\"}");
	assert_int_equal(parse(line, &m), 0);
	assert_int_equal(strlen(m.name), 61); /* no piece of the next */
	assert_true(json_is_utf8(m.name));
}

static void test_escapes(void **state)
{
	struct report_message m;

	(void)state;
	assert_int_equal(
	    parse("{\"event\":\"failed\",\"error\":\"\\u0041\\u00E9\\u20ac\\n\\/\\\\\"}", &m), 0);
	assert_string_equal(m.error, "A\xc3\xa9\xe2\x82\xac\n/\\");
}

static void test_later_versions_are_read(void **state)
{
	struct report_message m;
	struct report_command c;

	(void)state;
	assert_int_equal(parse("{\"event\":\"moved\",\"to\":\"moon\"}", &m), 0);
	assert_int_equal(m.event, REPORT_UNKNOWN);
	assert_int_equal(parse(" { \"event\" : \"exit\" ,\t\"new\":-1.5e3, \"code\" : 3 } ", &m),
	                 0);
	assert_int_equal(m.event, REPORT_EXIT);
	assert_int_equal(m.code, 3);
	assert_int_equal(parse_command("{\"dance\":true}", &c), 0);
	assert_int_equal(c.request, REQUEST_UNKNOWN);
}

static void test_what_is_no_report(void **state)
{
	static const char *const lines[] = {
	    "",
	    "{}",
	    "{",
	    "hello",
	    "[]",
	    "{\"event\"}",
	    "{\"event\":}",
	    "{\"event\":exit}",
	    "{\"event\":7}",
	    "{\"event\":\"exit\"",
	    "{\"event\":\"exit\"}}",
	    "{\"event\":\"exit\",}",
	    "{\"event\":\"exit\" \"code\":1}",
	    "{\"event\":\"exit\",\"event\":\"exit\"}",
	    "{\"event\":\"exit\",\"code\":1,\"code\":2}",
	    "{\"event\":\"exit\",\"code\":-1}",
	    "{\"event\":\"exit\",\"code\":256}",
	    "{\"event\":\"exit\",\"code\":01}",
	    "{\"event\":\"exit\",\"code\":1.0}",
	    "{\"event\":\"exit\",\"code\":\"1\"}",
	    "{\"event\":\"exit\",\"code\":99999999999999999999999999999999}",
	    "{\"event\":\"exit\",\"stdout\":18446744073709551616}",
	    "{\"event\":\"exit\",\"signal\":65}",
	    "{\"event\":\"exit\",\"oom\":1}",
	    "{\"event\":\"exit\",\"oom\":\"true\"}",
	    "{\"event\":\"exit\",\"error\":null}",
	    "{\"event\":\"exit\",\"error\":\"a",
	    "{\"event\":\"exit\",\"error\":\"\xff\"}",
	    "{\"event\":\"exit\",\"error\":\"\xc0\x80\"}",
	    "{\"event\":\"exit\",\"error\":\"\t\"}",
	    "{\"event\":\"exit\",\"error\":\"\\x\"}",
	    "{\"event\":\"exit\",\"error\":\"\\u0000\"}",
	    "{\"event\":\"exit\",\"error\":\"\\ud800\"}",
	    "{\"event\":\"exit\",\"error\":\"\\u12\"}",
	    "{\"event\":\"exit\",\"error\":\"\\",
	    "{\"event\":\"exit\",\"new\":{}}",
	    "{\"event\":\"exit\",\"new\":nil}",
	};
	struct report_message m;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (parse(lines[i], &m) != -EINVAL)
			fail_msg("taken for a report: %s", lines[i]);
	assert_int_equal(report_parse("{\"event\":\"exit\"}\0", 17, &m), -EINVAL);
}

static void test_long_lines_are_refused(void **state)
{
	static char line[MAX_REPORT_LINE + 1];
	struct report_message m;

	(void)state;
	memset(line, ' ', sizeof(line));
	memcpy(line, "{\"event\":\"exit\"}", 16);
	assert_int_equal(report_parse(line, MAX_REPORT_LINE, &m), -EINVAL);
	assert_int_equal(report_parse(line, MAX_REPORT_LINE - 1, &m), 0);
}

static void test_commands(void **state)
{
	static const struct {
		struct report_command command;
		const char *line;
	} rows[] = {
	    {{REQUEST_HELLO, 1}, "{\"hello\":1}\n"},
	    {{REQUEST_SIGNAL, 15}, "{\"signal\":15}\n"},
	    {{REQUEST_STOP, 0}, "{\"stop\":true}\n"},
	    {{REQUEST_STDIN_END, UINT64_MAX}, "{\"stdin_end\":18446744073709551615}\n"},
	    {{REQUEST_RESIZE, 24 << 16 | 65535}, "{\"resize\":\"24x65535\"}\n"},
	    {{REQUEST_WAITING, 0}, "{\"waiting\":true}\n"},
	    {{REQUEST_DONE, 0}, "{\"done\":true}\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct report_command back;
		char line[64];
		int n = report_command_format(line, sizeof(line), &rows[i].command);

		assert_string_equal(line, rows[i].line);
		assert_int_equal(report_command_parse(line, (size_t)n - 1, &back), 0);
		assert_int_equal(back.request, rows[i].command.request);
		assert_int_equal(back.value, rows[i].command.value);
	}
}

static void test_what_is_no_command(void **state)
{
	static const char *const lines[] = {
	    "",
	    "{}",
	    "{\"stop\":false}",
	    "{\"stop\":1}",
	    "{\"done\":\"true\"}",
	    "{\"signal\":true}",
	    "{\"signal\":-9}",
	    "{\"stdin_end\":1e3}",
	    "{\"resize\":24}",
	    "{\"resize\":\"24\"}",
	    "{\"resize\":\"24x\"}",
	    "{\"resize\":\"x80\"}",
	    "{\"resize\":\"24x80x2\"}",
	    "{\"resize\":\"24x65536\"}",
	    "{\"resize\":\"-1x80\"}",
	    "{\"stop\":true,\"done\":true}",
	    "{\"stop\":true,\"stop\":true}",
	    "{\"stop\":true} {\"stop\":true}",
	};
	struct report_command c;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (parse_command(lines[i], &c) != -EINVAL)
			fail_msg("taken for a command: %s", lines[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines_are_those_of_the_contract),
	    cmocka_unit_test(test_numbers_are_exact),
	    cmocka_unit_test(test_longest_message_fits),
	    cmocka_unit_test(test_short_buffer_is_refused),
	    cmocka_unit_test(test_strings_are_cut_between_characters),
	    cmocka_unit_test(test_escapes),
	    cmocka_unit_test(test_later_versions_are_read),
	    cmocka_unit_test(test_what_is_no_report),
	    cmocka_unit_test(test_long_lines_are_refused),
	    cmocka_unit_test(test_commands),
	    cmocka_unit_test(test_what_is_no_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
