/* SPDX-License-Identifier: MIT */
/* What is made of systemd's words, with a systemd that is this test. */
#include "guest_test.h"

#include <sys/socket.h>

#include "dbus_message.h"
#include "systemd_watch.h"

struct world {
	struct systemd_watch watch;
	int systemd; /* its end of the connection */
};

static int connect_them(void **state)
{
	static struct world w;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends),
	                 0);
	w.watch = (struct systemd_watch){.directory = -1, .fd = ends[0]};
	w.systemd = ends[1];
	*state = &w;
	return 0;
}

static int disconnect_them(void **state)
{
	struct world *w = *state;

	if (w->watch.fd >= 0)
		close(w->watch.fd);
	if (w->systemd >= 0)
		close(w->systemd);
	return 0;
}

static void say(struct world *w, const void *bytes, size_t length)
{
	assert_int_equal(write(w->systemd, bytes, length), (ssize_t)length);
}

/* Whether the watch has asked for @member since the last time. */
static bool was_asked(struct world *w, const char *member)
{
	uint8_t bytes[1024];
	ssize_t n = read(w->systemd, bytes, sizeof(bytes));
	struct dbus_message m;

	return n > 0 && dbus_message_parse(&m, bytes, (size_t)n) && strcmp(m.member, member) == 0;
}

static void greet(struct world *w)
{
	static const char ok[] = "OK 0123456789abcdef0123456789abcdef\r\n";

	say(w, ok, sizeof(ok) - 1);
	assert_int_equal(systemd_watch_pump(&w->watch), 0);
	assert_true(was_asked(w, "Get"));
}

/* A message under construction, as systemd would send it. */
struct draft {
	_Alignas(8) uint8_t bytes[20000];
	size_t length;
};

static void put(struct draft *d, const void *bytes, size_t length)
{
	memcpy(d->bytes + d->length, bytes, length);
	d->length += length;
}

static void align(struct draft *d, size_t to)
{
	while (d->length % to)
		d->bytes[d->length++] = 0;
}

static void put_u32(struct draft *d, uint32_t value)
{
	align(d, 4);
	put(d, &value, sizeof(value));
}

static void put_string(struct draft *d, const char *s)
{
	put_u32(d, (uint32_t)strlen(s));
	put(d, s, strlen(s) + 1);
}

/* An answer to @serial, or a signal called @member; its body follows. */
static void begin(struct draft *d, uint32_t serial, const char *member, const char *signature)
{
	const uint8_t length = (uint8_t)strlen(signature);

	*d = (struct draft){.bytes = {'l', member ? DBUS_SIGNAL : DBUS_RETURN, 1, 1}, .length = 16};
	if (member) {
		put(d, "\3\1s", 4);
		put_string(d, member);
	} else {
		put(d, "\5\1u", 4);
		put_u32(d, serial);
	}
	align(d, 8);
	put(d, "\10\1g", 4);
	put(d, &length, 1);
	put(d, signature, length + 1u);
	*(uint32_t *)(void *)(d->bytes + 12) = (uint32_t)d->length - 16;
	align(d, 8);
	*(uint32_t *)(void *)(d->bytes + 8) = (uint32_t)d->length; /* for end() */
}

static void end(struct draft *d)
{
	uint32_t body = (uint32_t)d->length - *(uint32_t *)(void *)(d->bytes + 8);

	*(uint32_t *)(void *)(d->bytes + 4) = body;
	*(uint32_t *)(void *)(d->bytes + 8) = 77; /* the serial */
}

static void say_state(struct world *w, const char *state)
{
	struct draft d;

	begin(&d, 1, NULL, "v");
	put(&d, "\1s", 3);
	put_string(&d, state);
	end(&d);
	say(w, d.bytes, d.length);
}

static void say_signal(struct world *w, const char *member, const char *unit)
{
	struct draft d;

	begin(&d, 0, member, "uos");
	put_u32(&d, 5);
	put_string(&d, "/org/freedesktop/systemd1/job/5");
	put_string(&d, unit);
	end(&d);
	say(w, d.bytes, d.length);
}

static void put_unit(struct draft *d, const char *name)
{
	align(d, 8);
	put_string(d, name);
	for (int i = 0; i < 6; i++)
		put_string(d, i == 5 ? "/unit" : "x");
	put_u32(d, 0);
	put_string(d, "");
	put_string(d, "/");
}

static void say_failed(struct world *w, const char *const *names)
{
	struct draft d;
	size_t at, first;

	begin(&d, 2, NULL, "a(ssssssouso)");
	at = d.length;
	put_u32(&d, 0);
	align(&d, 8);
	first = d.length;
	for (; *names; names++)
		put_unit(&d, *names);
	*(uint32_t *)(void *)(d.bytes + at) = (uint32_t)(d.length - first);
	end(&d);
	say(w, d.bytes, d.length);
}

static void test_running(void **state)
{
	struct world *w = *state;

	greet(w);
	say_state(w, "starting");
	assert_int_equal(systemd_watch_pump(&w->watch), 0);
	say_signal(w, "StartupFinished", "x");
	assert_int_equal(systemd_watch_pump(&w->watch), 0);
	assert_true(was_asked(w, "Get"));
	say_state(w, "running");
	assert_int_equal(systemd_watch_pump(&w->watch), SYSTEMD_READY);
	assert_string_equal(w->watch.state, "running");
	assert_string_equal(w->watch.failed, "");
	/* Once. */
	say_state(w, "running");
	say_signal(w, "StartupFinished", "x");
	assert_int_equal(systemd_watch_pump(&w->watch), 0);
}

static void test_degraded(void **state)
{
	static const char *const names[] = {"a.service", "b.mount", NULL};
	struct world *w = *state;

	greet(w);
	say_state(w, "degraded");
	assert_int_equal(systemd_watch_pump(&w->watch), 0);
	assert_true(was_asked(w, "ListUnitsFiltered"));
	say_failed(w, names);
	assert_int_equal(systemd_watch_pump(&w->watch), SYSTEMD_READY);
	assert_string_equal(w->watch.state, "degraded");
	assert_string_equal(w->watch.failed, "a.service b.mount");
}

static void test_stopping(void **state)
{
	struct world *w = *state;

	greet(w);
	say_signal(w, "JobNew", "ssh.service");
	assert_int_equal(systemd_watch_pump(&w->watch), 0);
	say_signal(w, "JobNew", "shutdown.target");
	assert_int_equal(systemd_watch_pump(&w->watch), SYSTEMD_STOPPING);
	say_signal(w, "JobNew", "shutdown.target");
	assert_int_equal(systemd_watch_pump(&w->watch), 0);
}

/* One that is too large for us is skipped, and what comes after it is not. */
static void test_large_messages(void **state)
{
	struct world *w = *state;
	static struct draft d;

	greet(w);
	begin(&d, 0, "UnitNew", "s");
	for (int i = 0; i < 4000; i++)
		put_u32(&d, 0x41414141);
	end(&d);
	say(w, d.bytes, d.length);
	say_state(w, "running");
	assert_int_equal(systemd_watch_pump(&w->watch), SYSTEMD_READY);
}

static void test_too_many_failed(void **state)
{
	struct world *w = *state;
	static struct draft d;

	greet(w);
	say_state(w, "degraded");
	assert_int_equal(systemd_watch_pump(&w->watch), 0);
	begin(&d, 2, NULL, "a(ssssssouso)");
	for (int i = 0; i < 4500; i++)
		put_u32(&d, 0x41414141);
	end(&d);
	say(w, d.bytes, d.length);
	assert_int_equal(systemd_watch_pump(&w->watch), SYSTEMD_READY);
	assert_string_equal(w->watch.failed, "more than can be listed");
}

static void test_refusals_hang_up(void **state)
{
	struct world *w = *state;

	say(w, "REJECTED EXTERNAL\r\n", 19);
	assert_int_equal(systemd_watch_pump(&w->watch), 0);
	assert_int_equal(w->watch.fd, -1);
}

static void test_rubbish_hangs_up(void **state)
{
	struct world *w = *state;

	greet(w);
	say(w, "This is no message at all.", 26);
	assert_int_equal(systemd_watch_pump(&w->watch), 0);
	assert_int_equal(w->watch.fd, -1);
}

static void test_an_end_is_an_end(void **state)
{
	struct world *w = *state;

	greet(w);
	close(w->systemd);
	w->systemd = -1;
	assert_int_equal(systemd_watch_pump(&w->watch), 0);
	assert_int_equal(w->watch.fd, -1);
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, connect_them, disconnect_them)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ROW(test_running),          ROW(test_degraded),         ROW(test_stopping),
	    ROW(test_large_messages),   ROW(test_too_many_failed),  ROW(test_refusals_hang_up),
	    ROW(test_rubbish_hangs_up), ROW(test_an_end_is_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
