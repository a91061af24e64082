/* SPDX-License-Identifier: MIT */
/* Who asks for the machine's end while the boot waits for something else. */
#include "stop_request.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "account.h"
#include "boot_watch.h"
#include "cleanup.h"
#include "clock.h"
#include "power_button.h"
#include "vmconfig.h"

#define SECOND_US      INT64_C(1000000)
#define DEFAULT_STOP_S 10

static struct {
	struct account *account; /* NULL: nobody is looked at */
	int button_fd;
	bool asked;
	bool host_gone; /* a hung-up port is always "ready" */
} sources = {.button_fd = -1};

static const int plain_signals[] = {SIGTERM, SIGINT, SIGPWR};

/* Of real time, as systemd has them: counted from glibc's SIGRTMIN, which the kernel numbers 34. */
static const struct {
	int number;
	enum machine_end end;
} end_signals[] = {
    {34 + 3, MACHINE_HALT},
    {34 + 4, MACHINE_POWER_OFF},
    {34 + 5, MACHINE_REBOOT},
    {34 + 6, MACHINE_KEXEC},
};

#define PLAIN_COUNT (sizeof(plain_signals) / sizeof(*plain_signals))
#define END_COUNT   (sizeof(end_signals) / sizeof(*end_signals))

void stop_request_watch(struct account *a, int button_fd)
{
	sources.account = a;
	sources.button_fd = button_fd;
}

bool stop_request_leave(void)
{
	bool asked = sources.asked;

	sources.account = NULL;
	sources.button_fd = -1;
	sources.asked = false;
	return asked;
}

bool stop_signal_end(int number, enum machine_end *end)
{
	for (size_t i = 0; i < END_COUNT; i++) {
		if (end_signals[i].number != number)
			continue;
		*end = end_signals[i].end;
		return true;
	}
	return false;
}

static void add_end_signals(sigset_t *set)
{
	for (size_t i = 0; i < END_COUNT; i++)
		sigaddset(set, end_signals[i].number);
}

void stop_signals(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < PLAIN_COUNT; i++)
		sigaddset(set, plain_signals[i]);
	add_end_signals(set);
}

bool stop_signal_waits(void)
{
	sigset_t pending;

	if (sigpending(&pending) < 0)
		return false;
	for (size_t i = 0; i < PLAIN_COUNT; i++)
		if (sigismember(&pending, plain_signals[i]) == 1)
			return true;
	for (size_t i = 0; i < END_COUNT; i++)
		if (sigismember(&pending, end_signals[i].number) == 1)
			return true;
	return false;
}

/* SIGIO: the host may have connected a port again. */
static void take_port_signals(void)
{
	const struct timespec now = {0};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	while (sigtimedwait(&set, NULL, &now) > 0)
		sources.host_gone = false;
}

bool stop_is_asked(void)
{
	int r;

	if (!sources.account)
		return false;
	take_port_signals();
	r = boot_watch_listen(sources.account);
	sources.host_gone = r < 0;
	if (r > 0 || stop_signal_waits() || power_button_pressed(sources.button_fd))
		sources.asked = true;
	return sources.asked;
}

/* What it says is not read: it is readable as long as such a signal is pending. */
static int open_signals(void)
{
	sigset_t set;

	if (!sources.account)
		return -1;
	stop_signals(&set);
	sigaddset(&set, SIGIO);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int port_to_watch(void)
{
	if (!sources.account || sources.host_gone || account_is_full(sources.account))
		return -1;
	return sources.account->port;
}

static int wait_for_either(int fd, int signals, int64_t deadline_us)
{
	do {
		struct pollfd fds[] = {
		    {.fd = fd, .events = POLLIN},
		    {.fd = signals, .events = POLLIN},
		    {.fd = sources.button_fd, .events = POLLIN},
		    {.fd = port_to_watch(), .events = POLLIN},
		};
		int n = poll(fds, sizeof(fds) / sizeof(*fds),
		             sources.asked ? 0 : clock_left_ms(deadline_us));

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0 && fds[0].revents)
			return 1;
		if (stop_is_asked())
			return -STOP_ASKED;
	} while (clock_us() < deadline_us);
	return 0;
}

int stop_wait(int fd, int64_t deadline_us)
{
	_cleanup_fd_ int signals = open_signals();
	int r;

	boot_watch_until(deadline_us);
	r = wait_for_either(fd, signals, deadline_us);
	boot_watch_until(0);
	return r;
}

int64_t stop_limit_us(const struct vmconfig *cfg)
{
	return (cfg->stop_timeout.set ? cfg->stop_timeout.value : DEFAULT_STOP_S) * SECOND_US;
}

enum machine_end stop_request_end(enum machine_end usual)
{
	const struct timespec now = {0};
	sigset_t set;
	int number;

	sigemptyset(&set);
	add_end_signals(&set);
	while ((number = sigtimedwait(&set, NULL, &now)) > 0)
		stop_signal_end(number, &usual);
	return usual;
}
