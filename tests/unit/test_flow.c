/* SPDX-License-Identifier: MIT */
/* Flows, sinks and tails: every byte once, in order, and never more than the buffer. */
#include "scratch_test.h"

#include <signal.h>
#include <sys/socket.h>

#include "flow.h"
#include "sink.h"
#include "tail.h"

struct ends {
	int read, write;
};

static struct ends make_pipe(void)
{
	int fds[2];

	assert_int_equal(pipe2(fds, O_NONBLOCK | O_CLOEXEC), 0);
	return (struct ends){fds[0], fds[1]};
}

/* One round, which must not wait. */
static void pump(struct flow *f)
{
	struct pollfd fds[2];

	flow_poll(f, fds);
	assert_true(poll(fds, 2, 0) >= 0);
	flow_pump(f, fds);
}

static void fill_pattern(unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] = (unsigned char)(i * 31 + i / 251);
}

static void test_bytes_pass_in_order(void **state)
{
	static unsigned char sent[1 << 20], got[1 << 20];
	static struct flow f;
	struct ends from = make_pipe(), to = make_pipe();
	size_t written = 0, read_bytes = 0;
	struct sink sink;
	ssize_t n;

	(void)state;
	fill_pattern(sent, sizeof(sent));
	sink_init(&sink, to.write);
	flow_init(&f, from.read, &sink, NULL);
	while (read_bytes < sizeof(got)) {
		/* Odd sizes, so that nothing lines up. */
		size_t left = sizeof(sent) - written;

		n = write(from.write, sent + written, left < 40013 ? left : 40013);
		written += n > 0 ? (size_t)n : 0;
		pump(&f);
		n = read(to.read, got + read_bytes, 7001);
		read_bytes += n > 0 ? (size_t)n : 0;
		assert_true(f.length <= FLOW_SIZE);
	}
	assert_memory_equal(got, sent, sizeof(got));
	assert_false(flow_done(&f));
	close(from.write);
	pump(&f);
	assert_true(flow_done(&f));
	assert_int_equal(f.taken, sizeof(sent));
	assert_int_equal(f.delivered, sizeof(sent));
	close(from.read), close(to.read), close(to.write);
}

static void test_full_sink_stops_the_source(void **state)
{
	static const char zeros[4096];
	static struct flow f;
	struct ends from = make_pipe(), to = make_pipe();
	size_t written = 0, still = 0;
	struct sink sink;

	(void)state;
	sink_init(&sink, to.write);
	flow_init(&f, from.read, &sink, NULL);
	while (still < 3) {
		ssize_t n = write(from.write, zeros, sizeof(zeros));

		still = n > 0 ? 0 : still + 1;
		written += n > 0 ? (size_t)n : 0;
		assert_true(written < 1 << 20);
		pump(&f);
	}
	assert_int_equal(f.length, FLOW_SIZE);
	assert_int_equal(f.taken - f.delivered, FLOW_SIZE);
	close(from.write), close(from.read), close(to.read), close(to.write);
}

static void test_closed_sink_drops(void **state)
{
	static struct flow f;
	struct ends from = make_pipe(), to = make_pipe();
	struct sink sink;

	(void)state;
	sink_init(&sink, to.write);
	flow_init(&f, from.read, &sink, NULL);
	close(to.read);
	assert_int_equal(write(from.write, "abc", 3), 3);
	for (int i = 0; i < 3; i++)
		pump(&f);
	assert_int_equal(sink.error, EPIPE);
	assert_int_equal(f.delivered, 3);
	assert_int_equal(write(from.write, "defg", 4), 4);
	pump(&f);
	assert_int_equal(f.delivered, 7);
	close(from.write), close(from.read), close(to.write);
}

static void test_broken_source_ends(void **state)
{
	static struct flow f;
	int dir = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	flow_init(&f, dir, NULL, NULL);
	pump(&f);
	assert_true(flow_done(&f));
	assert_int_equal(f.source_error, EISDIR);
	close(dir);
}

/* The pipe is shared with this very test: its flags must stay as they are. */
static void test_inherited_pipe(void **state)
{
	static const char zeros[1 << 20];
	struct sink sink;
	size_t written = 0;
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	sink_open_inherited(&sink, fds[1]);
	for (size_t n = 1; n; written += n)
		n = sink_write(&sink, zeros, sizeof(zeros)); /* waits if it is a blocking one */
	assert_in_range(written, 1, sizeof(zeros) - 1);
	assert_int_equal(sink.error, 0);
	assert_int_equal(fcntl(fds[1], F_GETFL) & O_NONBLOCK, 0);
	sink_release(&sink);
	assert_int_equal(close(fds[1]), 0);
	close(fds[0]);
}

static void test_inherited_file_keeps_its_offset(void **state)
{
	int fd = open("out", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	struct sink sink;
	size_t length;
	char *text;

	(void)state;
	assert_int_equal(write(fd, "one,", 4), 4);
	sink_open_inherited(&sink, fd);
	assert_int_equal(sink_write(&sink, "two", 3), 3);
	sink_release(&sink);
	assert_int_equal(write(fd, ",three", 6), 6);
	close(fd);
	text = get_file("out", &length);
	assert_string_equal(text, "one,two,three");
	free(text);
}

static void test_full_device(void **state)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct sink sink;

	(void)state;
	sink_open_inherited(&sink, fd);
	assert_int_equal(sink_write(&sink, "x", 1), 0);
	assert_int_equal(sink.error, ENOSPC);
	assert_int_equal(sink_write(&sink, "x", 1), 0);
	sink_release(&sink);
	close(fd);
}

static void assert_tail(const struct tail *t, unsigned lines, const char *expected)
{
	char *text = tail_lines(t, lines);

	assert_string_equal(text, expected);
	free(text);
}

static void test_tail(void **state)
{
	static struct tail t;

	(void)state;
	assert_tail(&t, 3, "");
	tail_add(&t, "one\r\ntwo\nthr", 12);
	assert_tail(&t, 9, "one\ntwo\nthr");
	assert_tail(&t, 2, "two\nthr");
	tail_add(&t, "ee\n\0four\n", 9);
	assert_tail(&t, 2, "three\nfour\n");
	assert_tail(&t, 1, "four\n");
}

static void test_tail_forgets(void **state)
{
	static struct tail t;
	static char line[1000];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	for (int i = 0; i < 100; i++) {
		line[0] = (char)('A' + i % 26);
		tail_add(&t, line, sizeof(line));
	}
	{
		char *text = tail_lines(&t, 1000);

		/* 65 whole lines fit, and the last of all is the 100th. */
		assert_int_equal(strlen(text), 65 * sizeof(line));
		assert_int_equal(text[64 * sizeof(line)], 'A' + 99 % 26);
		assert_int_equal(text[0], 'A' + 35 % 26);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bytes_pass_in_order),
	    cmocka_unit_test(test_full_sink_stops_the_source),
	    cmocka_unit_test(test_closed_sink_drops),
	    cmocka_unit_test(test_broken_source_ends),
	    cmocka_unit_test(test_inherited_pipe),
	    scratch_test(test_inherited_file_keeps_its_offset),
	    cmocka_unit_test(test_full_device),
	    cmocka_unit_test(test_tail),
	    cmocka_unit_test(test_tail_forgets),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
