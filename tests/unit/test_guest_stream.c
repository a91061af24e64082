/* SPDX-License-Identifier: MIT */
/* A stream between two pipes: every byte, once, in order, and both kinds of end. */
#include "guest_test.h"

#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "stream.h"
#include "terminal.h"

static char buffer[64];
static int in_writer, out_reader; /* the test's ends */
static struct stream stream;

static int set_up(void **state)
{
	int in[2], out[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	if (pipe2(in, O_CLOEXEC | O_NONBLOCK) < 0 || pipe2(out, O_CLOEXEC | O_NONBLOCK) < 0)
		return -1;
	in_writer = in[1];
	out_reader = out[0];
	stream = (struct stream){.source = in[0],
	                         .sink = out[1],
	                         .buffer = buffer,
	                         .size = sizeof(buffer),
	                         .limit = STREAM_NO_LIMIT};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(in_writer);
	close(out_reader);
	if (stream.source >= 0)
		close(stream.source);
	if (stream.sink >= 0)
		close(stream.sink);
	return 0;
}

static void give(const char *text)
{
	assert_int_equal(write(in_writer, text, strlen(text)), strlen(text));
}

/* What has come out so far; "EOF" when the writing end is closed. */
static void assert_taken(const char *expected)
{
	char text[4096];
	ssize_t n = read(out_reader, text, sizeof(text) - 1);

	if (n == 0)
		strcpy(text, "EOF");
	else
		text[n < 0 ? 0 : n] = '\0';
	assert_string_equal(text, expected);
}

static void end_input(void)
{
	close(in_writer);
	in_writer = -1;
}

static void test_bytes_go_through(void **state)
{
	(void)state;
	give("one");
	stream_pump(&stream);
	assert_taken("one");
	assert_int_equal(stream.read_bytes, 3);
	assert_false(stream_done(&stream));
	stream_pump(&stream);
	assert_taken("");
}

static void test_the_end_comes_after_the_last_byte(void **state)
{
	(void)state;
	stream.close_sink = true;
	give("last");
	end_input();
	stream_pump(&stream);
	assert_true(stream_done(&stream));
	assert_int_equal(stream.source, -1);
	assert_int_equal(stream.sink, -1);
	assert_taken("last");
	assert_taken("EOF");
}

static void test_a_sink_that_is_not_ours_to_close_stays_open(void **state)
{
	(void)state;
	end_input();
	stream_pump(&stream);
	assert_true(stream_done(&stream));
	assert_true(stream.sink >= 0);
	assert_taken("");
}

/* One side at a time is waited for: the source when there is room, else the sink. */
static void test_what_is_waited_for(void **state)
{
	struct pollfd p;

	(void)state;
	p = stream_poll(&stream);
	assert_int_equal(p.fd, stream.source);
	assert_int_equal(p.events, POLLIN);
	stream.length = 1;
	p = stream_poll(&stream);
	assert_int_equal(p.fd, stream.sink);
	assert_int_equal(p.events, POLLOUT);
	stream.length = 0;
	end_input();
	stream_pump(&stream);
	assert_int_equal(stream_poll(&stream).fd, -1);
}

/* A full pipe: nothing is read that cannot be held, nothing is lost when it goes on. */
static void test_a_sink_that_is_full(void **state)
{
	char block[4096];
	size_t filled = 0, drained = 0;
	ssize_t n;

	(void)state;
	memset(block, '.', sizeof(block));
	while ((n = write(stream.sink, block, sizeof(block))) > 0)
		filled += (size_t)n;
	give("0123456789");
	stream_pump(&stream);
	assert_int_equal(stream.length, 10);
	assert_int_equal(stream_poll(&stream).fd, stream.sink);
	stream_pump(&stream);
	assert_int_equal(stream.length, 10);
	end_input();
	stream_pump(&stream);
	assert_false(stream_done(&stream));
	while (drained < filled && (n = read(out_reader, block, sizeof(block))) > 0)
		drained += (size_t)n;
	stream_pump(&stream);
	assert_taken("0123456789");
	stream_pump(&stream);
	assert_true(stream_done(&stream));
}

/* The workload must not notice that nobody reads: its bytes are taken and dropped. */
static void test_a_sink_that_nobody_reads(void **state)
{
	(void)state;
	close(out_reader);
	out_reader = -1;
	give("lost");
	stream_pump(&stream);
	give("as well");
	stream_pump(&stream);
	assert_int_equal(stream.sink, -1);
	assert_int_equal(stream.read_bytes, 11);
	assert_int_equal(stream.length, 0);
	assert_int_equal(stream_poll(&stream).fd, stream.source);
	end_input();
	stream_pump(&stream);
	assert_true(stream_done(&stream));
}

/* Where the end of the source cannot be seen, its length is told. */
static void test_the_end_as_a_number_of_bytes(void **state)
{
	(void)state;
	stream.close_sink = true;
	give("12345");
	stream_pump(&stream);
	stream_end_after(&stream, 8);
	assert_false(stream_done(&stream));
	give("678rest");
	stream_pump(&stream);
	stream_pump(&stream);
	assert_true(stream_done(&stream));
	assert_taken("12345678");
	assert_taken("EOF");
}

static void test_an_end_that_has_been_reached_already(void **state)
{
	(void)state;
	stream.close_sink = true;
	give("123");
	stream_pump(&stream);
	stream_end_after(&stream, 3);
	assert_true(stream_done(&stream));
	assert_taken("123");
	assert_taken("EOF");
}

static void test_an_empty_source(void **state)
{
	(void)state;
	stream.close_sink = true;
	stream_end_after(&stream, 0);
	assert_true(stream_done(&stream));
	assert_taken("EOF");
}

/* Much more than the buffer and the pipe, in odd pieces. */
static void test_a_megabyte_in_odd_pieces(void **state)
{
	const size_t total = 1 << 20;
	size_t given = 0, taken = 0;
	unsigned char bytes[997];

	(void)state;
	stream.close_sink = true;
	while (taken < total) {
		size_t piece = 1 + (given * 7 + taken) % sizeof(bytes);
		ssize_t n;

		if (piece > total - given)
			piece = total - given;
		for (size_t i = 0; i < piece; i++)
			bytes[i] = (unsigned char)((given + i) * 31 >> 3);
		n = piece ? write(in_writer, bytes, piece) : 0;
		given += n > 0 ? (size_t)n : 0;
		stream_pump(&stream);
		n = read(out_reader, bytes, 1 + taken % sizeof(bytes));
		for (ssize_t i = 0; i < n; i++, taken++)
			assert_int_equal(bytes[i], (unsigned char)(taken * 31 >> 3));
	}
	assert_int_equal(given, total);
	assert_int_equal(stream.read_bytes, total);
}

/* Instead of the pipe, the sink is a terminal, which @reader is the other side of. */
static void use_terminal(struct terminal *t)
{
	assert_int_equal(terminal_open(t, geteuid(), 5, 6), 0);
	close(stream.sink);
	stream.sink = fcntl(t->master, F_DUPFD_CLOEXEC, 0);
	stream.type_end = true;
}

static void assert_typed(const struct terminal *t, const char *expected)
{
	char text[64];
	size_t length = 0;
	ssize_t n;

	/* It may come in pieces; nothing at all is the end. */
	do {
		n = read(t->slave, text + length, sizeof(text) - 1 - length);
		assert_true(n >= 0);
		length += (size_t)n;
	} while (n && length < strlen(expected));
	text[length] = '\0';
	assert_string_equal(text, expected);
}

static void test_the_end_is_typed_on_a_terminal(void **state)
{
	struct terminal t;

	(void)state;
	use_terminal(&t);
	give("line\n");
	end_input();
	for (int i = 0; i < 4; i++)
		stream_pump(&stream);
	assert_true(stream_done(&stream));
	assert_typed(&t, "line\n");
	assert_typed(&t, "");
	terminal_close(&t);
}

static void test_the_end_in_the_middle_of_a_line(void **state)
{
	struct terminal t;

	(void)state;
	use_terminal(&t);
	give("half");
	end_input();
	for (int i = 0; i < 4; i++)
		stream_pump(&stream);
	assert_typed(&t, "half");
	assert_typed(&t, "");
	terminal_close(&t);
}

static void test_the_end_on_a_raw_terminal(void **state)
{
	struct termios mode;
	struct winsize size;
	struct terminal t;

	(void)state;
	use_terminal(&t);
	assert_int_equal(ioctl(t.slave, TIOCGWINSZ, &size), 0);
	assert_int_equal(size.ws_row, 5);
	assert_int_equal(size.ws_col, 6);
	assert_int_equal(tcgetattr(t.slave, &mode), 0);
	cfmakeraw(&mode);
	mode.c_cc[VEOF] = 'E';
	assert_int_equal(tcsetattr(t.slave, TCSANOW, &mode), 0);
	give("half");
	end_input();
	for (int i = 0; i < 4; i++)
		stream_pump(&stream);
	assert_true(stream_done(&stream));
	assert_typed(&t, "halfE");
	terminal_close(&t);
}

#define STREAM_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STREAM_TEST(test_bytes_go_through),
	    STREAM_TEST(test_the_end_comes_after_the_last_byte),
	    STREAM_TEST(test_a_sink_that_is_not_ours_to_close_stays_open),
	    STREAM_TEST(test_what_is_waited_for),
	    STREAM_TEST(test_a_sink_that_is_full),
	    STREAM_TEST(test_a_sink_that_nobody_reads),
	    STREAM_TEST(test_the_end_as_a_number_of_bytes),
	    STREAM_TEST(test_an_end_that_has_been_reached_already),
	    STREAM_TEST(test_an_empty_source),
	    STREAM_TEST(test_a_megabyte_in_odd_pieces),
	    STREAM_TEST(test_the_end_is_typed_on_a_terminal),
	    STREAM_TEST(test_the_end_in_the_middle_of_a_line),
	    STREAM_TEST(test_the_end_on_a_raw_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
