/* SPDX-License-Identifier: MIT */
/* Report lines out and commands in, over a socket in the port's place and a pipe in the console's.
 */
#include "guest_test.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>

#include "account.h"
#include "contract.h"

static struct account account;
static int host; /* the other end of the port */

static int set_up(void **state)
{
	int ends[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	account_init(&account);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	account.port = ends[0];
	host = ends[1];
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (account.port >= 0)
		close(account.port);
	if (host >= 0)
		close(host);
	return 0;
}

static void say(const char *text)
{
	assert_int_equal(write(host, text, strlen(text)), strlen(text));
}

/* The next command is @request with @value; account_receive() says "none yet" for -1. */
static void assert_command(int request, uint64_t value)
{
	struct report_command c = {0};

	assert_int_equal(account_receive(&account, &c), request < 0 ? 0 : 1);
	if (request < 0)
		return;
	assert_int_equal(c.request, request);
	if (request != REQUEST_UNKNOWN)
		assert_int_equal(c.value, value);
}

static void test_commands_one_by_one(void **state)
{
	(void)state;
	assert_command(-1, 0);
	say("{\"signal\":15}\n{\"stop\":true}\n{\"stdin_end\":12345678901}\n");
	assert_command(REQUEST_SIGNAL, 15);
	assert_command(REQUEST_STOP, 0);
	assert_command(REQUEST_STDIN_END, 12345678901);
	assert_command(-1, 0);
}

static void test_a_line_in_pieces(void **state)
{
	(void)state;
	say("{\"sig");
	assert_command(-1, 0);
	say("nal\":10}");
	assert_command(-1, 0);
	say("\n{\"done\"");
	assert_command(REQUEST_SIGNAL, 10);
	assert_command(-1, 0);
	say(":true}\n");
	assert_command(REQUEST_DONE, 0);
}

static void test_what_is_no_command_is_passed_over(void **state)
{
	static const char *const lines[] = {
	    "\n",
	    "hello\n",
	    "{\n",
	    "{\"signal\":\"15\"}\n",
	    "{\"signal\":-1}\n",
	    "{\"from-the-future\":1}\n",
	    "\xff\xfe\n",
	    "[1,2]\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		say(lines[i]);
		assert_command(REQUEST_UNKNOWN, 0);
	}
	say("{\"signal\":1}\n");
	assert_command(REQUEST_SIGNAL, 1);
}

/* Longer than there is room for: dropped to its end, and what follows is read again. */
static void test_a_line_without_an_end(void **state)
{
	char text[1001];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	say(text);
	assert_command(-1, 0);
	say(text);
	assert_command(-1, 0);
	say("{\"signal\":9}\n{\"signal\":2}\n");
	assert_command(REQUEST_UNKNOWN, 0);
	assert_command(REQUEST_SIGNAL, 2);
	assert_command(-1, 0);
}

static void test_hello_means_that_the_host_counts(void **state)
{
	(void)state;
	assert_false(account.host_counts);
	say("{\"hello\":1}\n");
	assert_command(REQUEST_HELLO, 1);
	assert_true(account.host_counts);
}

static void test_a_host_that_goes_away(void **state)
{
	struct report_command c;

	(void)state;
	say("{\"signal\":15}\n{\"sto");
	close(host);
	host = -1;
	assert_command(REQUEST_SIGNAL, 15);
	assert_int_equal(account_receive(&account, &c), -EPIPE);
	assert_int_equal(account_receive(&account, &c), -EPIPE);
	/* There is nobody to tell; it must not end init either. */
	account_send(&account, &(struct report_message){.event = REPORT_STARTED, .pid = 2});
}

/* What the one before has left unfinished is no part of what the next one says. */
static void test_a_host_that_comes_again(void **state)
{
	struct report_command c;
	int ends[2];

	(void)state;
	say("{\"sto");
	close(host);
	assert_int_equal(account_receive(&account, &c), -EPIPE);
	close(account.port);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	account.port = ends[0];
	host = ends[1];
	say("{\"stop\":true}\n");
	assert_command(REQUEST_STOP, 0);
}

static void test_without_a_port_there_is_no_host(void **state)
{
	struct report_command c;

	(void)state;
	close(account.port);
	account.port = -1;
	assert_int_equal(account_receive(&account, &c), 0);
}

static void test_a_message_on_the_port(void **state)
{
	const struct report_message m = {
	    .event = REPORT_EXIT, .code = 137, .signal = 9, .error = "\"quoted\" \\ käse"};
	struct report_message back;
	char text[4096];
	ssize_t n;

	(void)state;
	account_send(&account, &m);
	n = read(host, text, sizeof(text));
	assert_true(n > 0);
	assert_true(memchr(text, '\n', (size_t)n) == text + n - 1);
	assert_int_equal(report_parse(text, (size_t)n - 1, &back), 0);
	assert_int_equal(back.event, REPORT_EXIT);
	assert_int_equal(back.code, 137);
	assert_int_equal(back.signal, 9);
	assert_string_equal(back.error, m.error);
}

/* What @send writes to standard error. */
static void catch_from(void (*send)(struct account *a, const struct report_message *m),
                       const struct report_message *m, char *text, size_t size)
{
	int ends[2], saved = dup(STDERR_FILENO);
	ssize_t n;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	send(&account, m);
	dup2(saved, STDERR_FILENO);
	close(saved);
	n = read(ends[0], text, size - 1);
	close(ends[0]);
	text[n > 0 ? n : 0] = '\0';
}

static void catch_console(const struct report_message *m, char *text, size_t size)
{
	catch_from(account_send, m, text, size);
}

static void test_the_console_takes_it_where_there_is_no_port(void **state)
{
	const struct report_message m = {.event = REPORT_FAILED, .code = 125, .name = "root"};
	struct vmconfig cfg;
	char text[4096];

	(void)state;
	close(account.port);
	account.port = -1;
	catch_console(&m, text, sizeof(text));
	assert_int_equal(
	    strncmp(text, "\n" CONSOLE_REPORT_PREFIX " {", strlen(CONSOLE_REPORT_PREFIX) + 3), 0);

	config_from(&cfg, "{'report':{'channel':'console','nonce':'0123456789abcdef'}}");
	assert_int_equal(account_settle(&account, &cfg), 0);
	assert_int_equal(account.port, -1);
	catch_console(&m, text, sizeof(text));
	assert_non_null(
	    strstr(text, "\n" CONSOLE_REPORT_PREFIX "0123456789abcdef {\"event\":\"failed\""));
	assert_int_equal(text[strlen(text) - 1], '\n');
	vmconfig_release(&cfg);
}

/* Not waited for now, but for the next line, and what it misses is on the console. */
static void test_a_port_that_is_full_is_not_waited_for(void **state)
{
	const struct report_message m = {.event = REPORT_NOTICE, .error = "agent"};
	char text[4096];

	(void)state;
	assert_int_equal(fcntl(account.port, F_SETFL, O_NONBLOCK), 0);
	while (write(account.port, "", 1) > 0)
		;
	catch_from(account_send_at_once, &m, text, sizeof(text));
	assert_non_null(strstr(text, CONSOLE_REPORT_PREFIX " {\"event\":\"notice\""));
	assert_false(account.host_missing);
}

static void test_the_longest_nonce_fits(void **state)
{
	char json[256], nonce[65], text[4096];
	struct vmconfig cfg;

	(void)state;
	memset(nonce, 'a', 64);
	nonce[64] = '\0';
	snprintf(json, sizeof(json), "{'report':{'channel':'console','nonce':'%s'}}", nonce);
	config_from(&cfg, json);
	assert_int_equal(account_settle(&account, &cfg), 0);
	assert_string_equal(account.nonce, nonce);
	close(account.port);
	account.port = -1;
	catch_console(&(struct report_message){.event = REPORT_STARTED, .pid = 7}, text,
	              sizeof(text));
	assert_non_null(strstr(text, nonce));
	vmconfig_release(&cfg);
}

#define ACCOUNT_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ACCOUNT_TEST(test_commands_one_by_one),
	    ACCOUNT_TEST(test_a_line_in_pieces),
	    ACCOUNT_TEST(test_what_is_no_command_is_passed_over),
	    ACCOUNT_TEST(test_a_line_without_an_end),
	    ACCOUNT_TEST(test_hello_means_that_the_host_counts),
	    ACCOUNT_TEST(test_a_host_that_goes_away),
	    ACCOUNT_TEST(test_a_host_that_comes_again),
	    ACCOUNT_TEST(test_without_a_port_there_is_no_host),
	    ACCOUNT_TEST(test_a_message_on_the_port),
	    ACCOUNT_TEST(test_the_console_takes_it_where_there_is_no_port),
	    ACCOUNT_TEST(test_a_port_that_is_full_is_not_waited_for),
	    ACCOUNT_TEST(test_the_longest_nonce_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
