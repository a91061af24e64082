/* SPDX-License-Identifier: MIT */
/* Reports on a console, however the bytes come. */
#include "host_test.h"

#include "console_reports.h"

#define EXIT "{\"event\":\"exit\",\"code\":7,\"signal\":0,\"oom\":false,\"stdout\":0,\"stderr\":0}"

static const char console[] =
    "kernel\r\n\r\nvmconfig-report:abc {\"event\":\"started\",\"pid\":2,\"at\":1}\r\n"
    "vmconfig-report:ab {\"event\":\"exit\",\"code\":1}\r\n"
    " vmconfig-report:abc {\"event\":\"exit\",\"code\":2}\r\n"
    "vmconfig-rep\r\nvvmconfig-report:abc \r\n"
    "vmconfig-report:abc no report\r\n"
    "vmconfig-report:abc " EXIT "\r\nprompt# ";

static const char left[] = "kernel\r\n\r\nvmconfig-report:ab {\"event\":\"exit\",\"code\":1}\r\n"
                           " vmconfig-report:abc {\"event\":\"exit\",\"code\":2}\r\n"
                           "vmconfig-rep\r\nvvmconfig-report:abc \r\n"
                           "prompt# ";

/* Pass @length bytes through, appended to @out; reports are counted and the last kept. */
static size_t pass(struct console_reports *c, const char *bytes, size_t length, char *out,
                   struct report_message *last, unsigned *count)
{
	char buffer[sizeof(console) + FILTER_ROOM];
	size_t n;

	memcpy(buffer, bytes, length);
	n = c->filter.pass(&c->filter, buffer, length);
	memcpy(out, buffer, n);
	while (console_reports_next(c, last))
		(*count)++;
	return n;
}

static void check_pieces(size_t first, size_t piece)
{
	struct console_reports c;
	struct report_message last = {0};
	char out[sizeof(console)] = "";
	size_t at = 0, n = 0;
	unsigned count = 0;

	console_reports_init(&c, "abc");
	while (at < sizeof(console) - 1) {
		size_t length = at ? piece : first;

		if (length > sizeof(console) - 1 - at)
			length = sizeof(console) - 1 - at;
		n += pass(&c, console + at, length, out + n, &last, &count);
		at += length;
	}
	out[n] = '\0';
	assert_string_equal(out, left);
	assert_int_equal(count, 2);
	assert_int_equal(last.event, REPORT_EXIT);
	assert_int_equal(last.code, 7);
}

static void test_pieces(void **state)
{
	(void)state;
	for (size_t first = 1; first < sizeof(console); first++)
		check_pieces(first, sizeof(console));
	for (size_t piece = 1; piece < 40; piece++)
		check_pieces(piece, piece);
}

static void test_flood(void **state)
{
	struct console_reports c;
	struct report_message m = {0};
	char line[256];
	int n = 0;

	(void)state;
	console_reports_init(&c, "abc");
	for (int i = 0; i < 2 * MAX_CONSOLE_REPORTS; i++) {
		int length = snprintf(
		    line, sizeof(line),
		    "vmconfig-report:abc {\"event\":\"phase\",\"name\":\"a\",\"us\":1,\"at\":2}\n");

		assert_int_equal(c.filter.pass(&c.filter, line, (size_t)length), 0);
	}
	snprintf(line, sizeof(line), "vmconfig-report:abc " EXIT "\n");
	c.filter.pass(&c.filter, line, strlen(line));
	while (console_reports_next(&c, &m))
		n++;
	/* Phases are lost, the last word is not. */
	assert_int_equal(n, MAX_CONSOLE_REPORTS);
	assert_int_equal(m.event, REPORT_EXIT);
}

static void test_long_line(void **state)
{
	static char flood[MAX_REPORT_LINE * 2 + FILTER_ROOM];
	struct console_reports c;
	struct report_message m;
	char line[512];

	(void)state;
	console_reports_init(&c, "abc");
	snprintf(line, sizeof(line), "vmconfig-report:abc ");
	c.filter.pass(&c.filter, line, strlen(line));
	memset(flood, 'x', sizeof(flood));
	assert_int_equal(c.filter.pass(&c.filter, flood, MAX_REPORT_LINE * 2), 0);
	snprintf(line, sizeof(line), "\nvmconfig-report:abc " EXIT "\n");
	assert_int_equal(c.filter.pass(&c.filter, line, strlen(line)), 0);
	assert_true(console_reports_next(&c, &m));
	assert_int_equal(m.code, 7);
	assert_false(console_reports_next(&c, &m));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pieces),
	    cmocka_unit_test(test_flood),
	    cmocka_unit_test(test_long_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
