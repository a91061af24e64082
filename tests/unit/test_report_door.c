/* SPDX-License-Identifier: MIT */
/* Who comes to report by vsock, over Unix sockets as VMMs that end it themselves have them. */
#include "scratch_test.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "machine.h"
#include "report_door.h"
#include "unix_socket.h"
#include "vmm_ask.h"
#include "vmm_kind.h"

#define NAME  "vsock_5000"
#define NONCE "00c0ffee"
#define HELLO "{\"nonce\":\"" NONCE "\"}\n"

static struct report_door door;

static int set_up(void **state)
{
	return scratch_enter(state) < 0 ? -1 : report_door_open(&door, 0, 5000, NAME, NONCE);
}

static int tear_down(void **state)
{
	report_door_close(&door);
	return scratch_leave(state);
}

/* As often as there is something to be done. Return: who has shown the nonce, or -1. */
static int pump(void)
{
	struct pollfd fds[DOOR_POLLS];

	for (;;) {
		int fd;

		report_door_poll(&door, fds);
		if (poll(fds, DOOR_POLLS, 0) <= 0)
			return -1;
		fd = report_door_pump(&door, fds);
		if (fd >= 0)
			return fd;
	}
}

static int come(const char *text)
{
	int fd = unix_connect(NAME, 1);

	assert_true(fd >= 0);
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
	return fd;
}

static void assert_turned_away(int fd)
{
	char c;

	assert_true(recv(fd, &c, 1, MSG_DONTWAIT) == 0 || errno == ECONNRESET);
	close(fd);
}

static void assert_waits(int fd)
{
	char c;

	assert_int_equal(recv(fd, &c, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

static void test_who_shows_the_nonce_and_what_follows(void **state)
{
	int guest = come(HELLO "{\"event\":\"started\"}\n"), fd = pump();
	char text[64] = "";

	(void)state;
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	assert_string_equal(text, "{\"event\":\"started\"}\n");
	assert_true(report_door_is_quiet(&door));
	close(fd);
	close(guest);
}

static void test_a_nonce_in_pieces(void **state)
{
	int guest = come("{\"nonce"), fd;

	(void)state;
	assert_int_equal(pump(), -1);
	assert_waits(guest);
	assert_int_equal(write(guest, HELLO + 7, strlen(HELLO) - 8), strlen(HELLO) - 8);
	assert_int_equal(pump(), -1);
	assert_waits(guest);
	assert_int_equal(write(guest, "\n", 1), 1);
	fd = pump();
	assert_true(fd >= 0);
	close(fd);
	close(guest);
}

static void test_who_does_not_show_it_is_turned_away(void **state)
{
	static const char *const lines[] = {
	    "{\"nonce\":\"00c0ffef\"}\n",
	    "{\"nonce\":\"00c0ffe\"}\n{\"event\":\"exit\",\"code\":0}\n",
	    "{\"nonce\":\"00c0ffee0\"}\n",
	    "{\"nonce\":\"\"}\n{\"nonce\":\"00c0ffee\"}\n",
	    "{\"event\":\"exit\",\"code\":0}\n" HELLO,
	    "\n" HELLO,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		int fd = come(lines[i]);

		assert_int_equal(pump(), -1);
		assert_turned_away(fd);
	}
	assert_true(report_door_is_quiet(&door));
}

static void test_one_that_leaves_is_forgotten(void **state)
{
	(void)state;
	close(come("{\"nonce\":\"00c0ff"));
	assert_int_equal(pump(), -1);
	assert_true(report_door_is_quiet(&door));
}

/* However many say nothing, they are few at a time, and keep nobody from being heard. */
static void test_many_who_say_nothing(void **state)
{
	int silent[3 * DOOR_CALLERS], guest, fd;

	(void)state;
	for (size_t i = 0; i < 3 * DOOR_CALLERS; i++) {
		silent[i] = come("");
		assert_int_equal(pump(), -1);
	}
	assert_false(report_door_is_quiet(&door));
	guest = come(HELLO);
	fd = pump();
	assert_true(fd >= 0);
	for (size_t i = 0; i <= 2 * DOOR_CALLERS; i++)
		assert_turned_away(silent[i]);
	assert_waits(silent[3 * DOOR_CALLERS - 1]);
	report_door_turn_away(&door);
	for (size_t i = 2 * DOOR_CALLERS + 1; i < 3 * DOOR_CALLERS; i++)
		assert_turned_away(silent[i]);
	assert_true(report_door_is_quiet(&door));
	close(fd);
	close(guest);
}

static void test_only_the_guest_of_that_number(void **state)
{
	int fd;

	(void)state;
	door.cid = 7; /* a Unix socket has none */
	fd = come(HELLO);
	assert_int_equal(pump(), -1);
	assert_turned_away(fd);
}

static void test_a_door_that_cannot_be(void **state)
{
	char path[200], nonce[80];
	struct report_door other;

	(void)state;
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(report_door_open(&other, 0, 1, path, NONCE), -ENAMETOOLONG);
	report_door_close(&other);
	memset(nonce, 'a', sizeof(nonce) - 1);
	nonce[sizeof(nonce) - 1] = '\0';
	assert_int_equal(report_door_open(&other, 0, 1, "x", nonce), -EINVAL);
	report_door_close(&other);
}

/* Firecracker has no keyboard elsewhere: its guest is asked by vsock, or not at all. */
static void test_a_pc_alone_has_keys(void **state)
{
	static const struct machine pc = {.name = "x86_64"}, arm = {.name = "aarch64"};
	const struct vmm_kind *kind = vmm_kind_named("firecracker");
	int r;

	(void)state;
	assert_int_equal(vmm_ask_to_stop(kind, &arm, "firecracker"), -EOPNOTSUPP);
	stderr_begin();
	r = vmm_ask_to_stop(kind, &pc, "firecracker");
	assert_string_equal(stderr_said(),
	                    "vmconfig: cannot ask 'api.sock': No such file or directory");
	assert_true(r < 0 && r != -EOPNOTSUPP);
	assert_int_equal(vmm_ask_to_stop(vmm_kind_named("kvmtool"), &pc, "lkvm"), -EOPNOTSUPP);
}

#define DOOR_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    DOOR_TEST(test_who_shows_the_nonce_and_what_follows),
	    DOOR_TEST(test_a_nonce_in_pieces),
	    DOOR_TEST(test_who_does_not_show_it_is_turned_away),
	    DOOR_TEST(test_one_that_leaves_is_forgotten),
	    DOOR_TEST(test_many_who_say_nothing),
	    DOOR_TEST(test_only_the_guest_of_that_number),
	    DOOR_TEST(test_a_door_that_cannot_be),
	    DOOR_TEST(test_a_pc_alone_has_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
