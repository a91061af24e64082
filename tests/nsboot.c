/* SPDX-License-Identifier: MIT */
/*
 * nsboot: boot init without a virtual machine, in milliseconds.
 *
 * usage: nsboot [OPTION]…
 *   --init FILE          the program (default $GUEST_INIT, else build/init)
 *   --cmdline TEXT       the kernel's command line, after vmconfig.log=warning
 *   --disk FILE[,ro]     an image, attached as /dev/vda, /dev/vdb, … in the order given;
 *                        "-" leaves a letter out; with ",part=START+SIZE" at the end, for each one,
 *                        the kernel has found partitions there (in sectors of 512 bytes)
 *   --fault TEXT         what build/init-fault makes fail, as tests/fault.c has it
 *   --file SOURCE:TARGET put a file into the initramfs
 *   --cover DIR:TARGET   put a directory of the host's over one of the machine's, such as of /sys
 *   --netns PATH         a network namespace that exists, instead of an empty one
 *   --nonce TEXT         of the config's report
 *   --port NAME          a virtio-serial port, on which the report lines come then
 *   --report FILE        where the report lines go, one JSON object a line
 *   --timeout SECONDS    after which the machine is killed (default 60)
 *   --when TEXT          once the console or the port has said TEXT (and all steps before this are
 *                        done):
 *     --kill SIGNAL        send init a signal
 *     --type TEXT          type on the console
 *     --say TEXT           send a line to the port
 *     --run COMMAND        run a command of the host's shell, and wait for it; it finds the
 *                          machine's files below /proc/$INIT_PID/root
 *     --attach FILE        attach one more disk, as the next letter
 *
 * Prints what the console says, without the report lines, and exits with the
 * status that init reports as its last word; 124 after a timeout, 254 when
 * nsboot itself has failed, 255 after what would be a kernel panic or no clean
 * end, which standard error says with the word PANIC.
 *
 * Theory of operation
 * -------------------
 * init is started as PID 1 of new pid, mount, network, UTS, IPC and cgroup namespaces
 * (nsboot_start.c), with a tmpfs for an initramfs (nsboot_world.c), loop devices for disks
 * (nsboot_disk.c) and a pseudo terminal for a console (nsboot_console.c); another is the port. What
 * they say lets the next step be taken (nsboot_steps.c).
 *
 * Power-off, and any other end, is reboot(2), which a seccomp listener brings here while init is
 * still in the call (nsboot_end.c). What is still mounted then would be cut off in a machine;
 * here the kernel unmounts it when the namespace goes, so the images are put
 * back to what they were at that moment. Then init goes on, and dies of it.
 *
 * When nsboot dies, so does the machine (PR_SET_PDEATHSIG), and the loop
 * devices free themselves (LO_FLAGS_AUTOCLEAR).
 */
#include "nsboot.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "nsboot_machine.h"
#include "nsboot_options.h"

void die(const char *format, ...)
{
	int saved = errno;
	va_list args;

	fputs("nsboot: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(saved));
	exit(STATUS_SETUP);
}

/* Return: false when there is nothing to read any more, for now or for good. */
static bool read_console(struct machine *m)
{
	char data[65536];
	ssize_t n = read(m->master, data, sizeof(data));

	if (n > 0)
		console_take(&m->console, data, (size_t)n);
	return n > 0 || (n < 0 && errno == EINTR);
}

/* What the machine has said on its console before is taken first. */
static void read_port(struct machine *m)
{
	char data[65536];
	ssize_t n = read(m->port, data, sizeof(data));
	bool ended = m->console.ended;

	while (read_console(m))
		;
	if (n > 0)
		console_take_port(&m->console, data, (size_t)n);
	if (m->console.ended && !ended)
		machine_say(m, "{\"done\":true}");
}

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int left_ms(const struct timespec *start, int timeout_s)
{
	struct timespec now;
	long long passed;

	clock_gettime(CLOCK_MONOTONIC, &now);
	passed = (now.tv_sec - start->tv_sec) * 1000LL + (now.tv_nsec - start->tv_nsec) / 1000000;
	return passed >= timeout_s * 1000LL ? 0 : (int)(timeout_s * 1000LL - passed);
}

static void run(struct machine *m, int signals)
{
	enum { CONSOLE, PORT, LISTENER, CHILD, SIGNALS, COUNT };
	struct pollfd fds[COUNT] = {
	    [CONSOLE] = {.fd = m->master, .events = POLLIN},
	    [PORT] = {.fd = m->port, .events = POLLIN},
	    [LISTENER] = {.fd = m->listener, .events = POLLIN},
	    [CHILD] = {.fd = m->pidfd, .events = POLLIN},
	    [SIGNALS] = {.fd = signals, .events = POLLIN},
	};
	struct timespec begin;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	while (!(fds[CHILD].revents & POLLIN)) {
		int left = left_ms(&begin, m->options->timeout_s);

		m->timed_out = left == 0;
		m->interrupted = fds[SIGNALS].revents & POLLIN;
		if (m->timed_out || m->interrupted)
			break;
		poll(fds, COUNT, left);
		if (fds[CONSOLE].revents & POLLIN)
			read_console(m);
		if (fds[PORT].revents & POLLIN)
			read_port(m);
		/* With nobody left to call, the listener is "ready" for ever. */
		if (fds[LISTENER].revents & POLLIN)
			machine_on_reboot(m);
		if (fds[LISTENER].revents & POLLHUP)
			fds[LISTENER].fd = -1;
		machine_take_steps(m);
	}
}

static void end(struct machine *m)
{
	kill(m->pid, SIGKILL);
	if (waitpid(m->pid, &m->status, 0) < 0)
		die("cannot wait for init");
	/* The last to have it open: the other end reads what is left, and then an error. */
	close(steal_fd(&m->slave));
	while (read_console(m))
		;
	if (m->port >= 0)
		read_port(m);
	console_end(&m->console);
	for (size_t i = 0; i < m->options->disk_count; i++)
		disk_detach(&m->options->disks[i]);
}

int main(int argc, char **argv)
{
	static struct options options;
	struct machine m = {.options = &options, .listener = -1, .pidfd = -1};
	int signals;

	options_parse(&options, argc, argv);
	signals = open_signals();
	console_init(&m.console, &options);
	for (size_t i = 0; i < options.disk_count; i++)
		if (options.disks[i].path)
			disk_attach(&options.disks[i]);
	machine_start(&m);
	run(&m, signals);
	end(&m);
	return machine_verdict(&m);
}
