/* SPDX-License-Identifier: MIT */
/* A fault in PID 1 would be a kernel panic, which tells the host nothing. */
#include "crash.h"

#include <signal.h>
#include <stddef.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "signal_set.h"

static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS};

static void on_fault(int number, siginfo_t *info, void *context)
{
	static const char text[] = "init: fault in init itself, powering off\n";

	(void)number;
	(void)context;
	/* Sent by somebody with kill(2), who must not be able to end us. */
	if (info->si_code <= 0)
		return;
	/* Whether it is read or not, the end is the same. */
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

void crash_guard(void)
{
	/* A frame alone takes up to 12 KiB, where the processor has wide registers
	 * (AT_MINSIGSTKSZ); what is not used takes no memory. */
	static char stack[32768];
	const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_ONSTACK | SA_SIGINFO};
	sigset_t set, all;

	sigaltstack(&alternate, NULL);
	/* One at a time: signals sent on purpose must not stack up frames until there is no room.
	 */
	sigfillset(&action.sa_mask);
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		sigaction(faults[i], &action, NULL);
		sigaddset(&set, faults[i]);
	}
	/* With the first handler musl lets 33 and 34 go, which are to wait for supervise(). */
	signal_set_all(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	/* A fault that is blocked kills at once, without the handler. */
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
