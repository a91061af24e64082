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
 *   --netns PATH         a network namespace that exists, instead of an empty one
 *   --nonce TEXT         of the config's report
 *   --report FILE        where the report lines go, one JSON object a line
 *   --timeout SECONDS    after which the machine is killed (default 60)
 *   --when TEXT          once the console has said TEXT (and all steps before this are done):
 *     --kill SIGNAL        send init a signal
 *     --type TEXT          type on the console
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
 * init is started as PID 1 of new pid, mount, network, UTS, IPC and cgroup
 * namespaces, with a tmpfs for an initramfs (nsboot_world.c), loop devices for
 * disks (nsboot_disk.c) and a pseudo terminal for a console (nsboot_console.c).
 *
 * Power-off, and any other end, is reboot(2), which a seccomp listener brings here while init is
 * still in the call. What is still mounted then would be cut off in a machine;
 * here the kernel unmounts it when the namespace goes, so the images are put
 * back to what they were at that moment. Then init goes on, and dies of it.
 *
 * When nsboot dies, so does the machine (PR_SET_PDEATHSIG), and the loop
 * devices free themselves (LO_FLAGS_AUTOCLEAR).
 */
#include "nsboot.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "coverage.h"
#include "signals.h"

struct machine {
	struct options *options;
	struct console console;
	int master; /* of the console's pseudo terminal */
	int slave;
	int listener; /* of reboot(2) */
	int pidfd;
	pid_t pid;
	int status;   /* of waitpid(2) */
	unsigned end; /* the command of reboot(2), or 0 */
	bool timed_out;
	bool interrupted;
};

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

static void __attribute__((noreturn)) usage(const char *what, const char *word)
{
	fprintf(stderr, "nsboot: %s '%s'; the head of nsboot.c has the options\n", what, word);
	exit(STATUS_SETUP);
}

/* --- options --------------------------------------------------------------------------------- */

enum {
	OPT_INIT = 256,
	OPT_CMDLINE,
	OPT_DISK,
	OPT_FAULT,
	OPT_FILE,
	OPT_NETNS,
	OPT_NONCE,
	OPT_REPORT,
	OPT_TIMEOUT,
	OPT_WHEN,
	OPT_KILL,
	OPT_TYPE,
	OPT_RUN,
	OPT_ATTACH
};

static const struct option long_options[] = {
    {"init", required_argument, NULL, OPT_INIT},
    {"cmdline", required_argument, NULL, OPT_CMDLINE},
    {"disk", required_argument, NULL, OPT_DISK},
    {"fault", required_argument, NULL, OPT_FAULT},
    {"file", required_argument, NULL, OPT_FILE},
    {"netns", required_argument, NULL, OPT_NETNS},
    {"nonce", required_argument, NULL, OPT_NONCE},
    {"report", required_argument, NULL, OPT_REPORT},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"when", required_argument, NULL, OPT_WHEN},
    {"kill", required_argument, NULL, OPT_KILL},
    {"type", required_argument, NULL, OPT_TYPE},
    {"run", required_argument, NULL, OPT_RUN},
    {"attach", required_argument, NULL, OPT_ATTACH},
    {NULL, 0, NULL, 0},
};

/* Cut the partitions off @word. */
static void add_partitions(struct disk *d, char *word)
{
	char *at = strstr(word, ",part="), *next;

	for (; at; at = next) {
		struct partition *p = &d->partitions[d->partition_count];

		next = strstr(at + 1, ",part=");
		if (d->partition_count++ == MAX_PARTITIONS ||
		    sscanf(at, ",part=%lld+%lld", &p->start, &p->size) != 2)
			usage("cannot use partition", at);
		*at = '\0';
	}
}

static void add_disk(struct options *o, char *word)
{
	struct disk d = {.image_fd = -1, .loop_fd = -1};
	char *comma;

	if (o->disk_count == MAX_DISKS)
		usage("too many disks", word);
	add_partitions(&d, word);
	comma = strrchr(word, ',');
	if (comma && strcmp(comma, ",ro") == 0) {
		d.readonly = true;
		*comma = '\0';
	}
	if (strcmp(word, "-") != 0)
		d.path = word;
	o->disks[o->disk_count++] = d;
}

static void add_file(struct options *o, char *word)
{
	char *colon = strchr(word, ':');

	if (!colon || colon[1] != '/' || o->file_count == MAX_EXTRA_FILES)
		usage("cannot use file", word);
	*colon = '\0';
	o->files[o->file_count++] = (struct extra_file){word, colon + 1};
}

static struct step *last_step(struct options *o, const char *word)
{
	if (!o->step_count)
		usage("no --when before", word);
	return &o->steps[o->step_count - 1];
}

static void add_step(struct options *o, const char *text)
{
	if (o->step_count == MAX_STEPS || !*text)
		usage("cannot wait for", text);
	/* Alone it waits, so that the step after it is not taken too early. */
	o->steps[o->step_count++] = (struct step){.text = text, .action = STEP_NONE};
}

static void take_step(struct options *o, int option, char *word)
{
	struct step *step = last_step(o, word);

	step->word = word;
	switch (option) {
	case OPT_KILL:
		step->action = STEP_KILL;
		step->signal = signal_parse(word);
		if (step->signal < 0)
			usage("no signal", word);
		break;
	case OPT_TYPE:
		step->action = STEP_TYPE;
		break;
	case OPT_RUN:
		step->action = STEP_RUN;
		break;
	default:
		step->action = STEP_ATTACH;
		break;
	}
}

static void take_option(struct options *o, int option, char *word)
{
	switch (option) {
	case OPT_INIT:
		o->init = word;
		break;
	case OPT_CMDLINE:
		o->cmdline = word;
		break;
	case OPT_DISK:
		add_disk(o, word);
		break;
	case OPT_FAULT:
		o->fault = word;
		break;
	case OPT_FILE:
		add_file(o, word);
		break;
	case OPT_NETNS:
		o->netns = word;
		break;
	case OPT_NONCE:
		o->nonce = word;
		break;
	case OPT_REPORT:
		o->report = word;
		break;
	case OPT_TIMEOUT:
		o->timeout_s = atoi(word);
		break;
	case OPT_WHEN:
		add_step(o, word);
		break;
	default:
		take_step(o, option, word);
	}
}

static void parse_options(struct options *o, int argc, char **argv)
{
	const char *init = getenv("GUEST_INIT");
	int option;

	*o = (struct options){.init = init && *init ? init : "build/init",
	                      .cmdline = "",
	                      .fault = "",
	                      .timeout_s = 60};
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (option == '?')
			exit(STATUS_SETUP);
		take_option(o, option, optarg);
	}
	if (optind < argc)
		usage("no option", argv[optind]);
	if (o->timeout_s <= 0)
		usage("no timeout", "0");
}

/* --- start ------------------------------------------------------------------------------------ */

/* Bytes go through as they are: no echo, no line ends turned into two. */
static void open_console(struct machine *m)
{
	struct termios mode;

	m->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (m->master < 0 || grantpt(m->master) < 0 || unlockpt(m->master) < 0)
		die("cannot open a pseudo terminal");
	m->slave = ioctl(m->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (m->slave < 0 || tcgetattr(m->slave, &mode) < 0)
		die("cannot open a pseudo terminal");
	cfmakeraw(&mode);
	if (tcsetattr(m->slave, TCSANOW, &mode) < 0)
		die("cannot set up a pseudo terminal");
	if (fcntl(m->master, F_SETFL, O_RDWR | O_NONBLOCK) < 0)
		die("cannot set up a pseudo terminal");
}

static void enter_netns(const char *path)
{
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		die("cannot enter the network namespace '%s'", path);
}

static pid_t clone_into(unsigned long long flags, int *pidfd)
{
	struct clone_args args = {
	    .flags = flags | CLONE_PIDFD, .pidfd = (uintptr_t)pidfd, .exit_signal = SIGCHLD};

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static void start(struct machine *m)
{
	unsigned long long flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
	                           CLONE_NEWCGROUP | (m->options->netns ? 0 : CLONE_NEWNET);
	int sync[2], number;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sync) < 0)
		die("cannot make a socket");
	m->pid = clone_into(flags, &m->pidfd);
	if (m->pid < 0)
		die("cannot make namespaces (this needs root)");
	if (m->pid == 0) {
		const struct world w = {m->options, m->slave, sync[1]};

		if (m->options->netns)
			enter_netns(m->options->netns);
		world_enter(&w);
	}
	close(sync[1]);
	/* End of file when it has failed, which it has said itself. */
	if (read(sync[0], &number, sizeof(number)) != sizeof(number))
		exit(STATUS_SETUP);
	m->listener = (int)syscall(SYS_pidfd_getfd, m->pidfd, number, 0);
	if (m->listener < 0)
		die("cannot get the listener of reboot(2)");
	if (write(sync[0], "", 1) != 1)
		die("cannot start init");
	close(sync[0]);
}

/* --- steps -------------------------------------------------------------------------------------
 */

static void type_text(const struct machine *m, const char *text)
{
	size_t length = strlen(text);

	if (write(m->master, text, length) != (ssize_t)length)
		die("cannot type '%s'", text);
}

static void run_command(const struct machine *m, const char *command)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		char number[16];
		sigset_t none;

		snprintf(number, sizeof(number), "%d", (int)m->pid);
		setenv("INIT_PID", number, 1);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		die("cannot run '%s'", command);
	if (status)
		fprintf(stderr, "nsboot: '%s' ended with status %#x\n", command, (unsigned)status);
}

static void attach(const struct machine *m, char *word)
{
	struct options *o = m->options;
	struct disk *d;

	add_disk(o, word);
	d = &o->disks[o->disk_count - 1];
	disk_attach(d);
	world_add_disk(m->pid, d, (char)('a' + o->disk_count - 1));
}

static void take_steps(struct machine *m)
{
	const struct step *step;

	while ((step = console_next_step(&m->console))) {
		switch (step->action) {
		case STEP_NONE:
			break;
		case STEP_KILL:
			if (kill(m->pid, step->signal) < 0)
				die("cannot send a signal to init");
			break;
		case STEP_TYPE:
			type_text(m, step->word);
			break;
		case STEP_RUN:
			run_command(m, step->word);
			break;
		case STEP_ATTACH:
			attach(m, step->word);
			break;
		}
	}
}

/* --- the machine runs ---------------------------------------------------------------------------
 */

/* Return: false when there is nothing to read any more, for now or for good. */
static bool read_console(struct machine *m)
{
	char data[65536];
	ssize_t n = read(m->master, data, sizeof(data));

	if (n > 0)
		console_take(&m->console, data, (size_t)n);
	return n > 0 || (n < 0 && errno == EINTR);
}

/* What reboot(2) does to PID 1 of a pid namespace, in place of the machine. */
static const struct end {
	unsigned command;
	int signal;
	const char *name;
} ends[] = {
    {LINUX_REBOOT_CMD_POWER_OFF, SIGINT, NULL},
    {LINUX_REBOOT_CMD_HALT, SIGINT, "halted"},
    {LINUX_REBOOT_CMD_RESTART, SIGHUP, "rebooted"},
};

static const struct end *find_end(unsigned command)
{
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (ends[i].command == command)
			return &ends[i];
	return NULL;
}

/* init itself, or a child of its that has not become another program. */
static bool is_init(const struct machine *m, unsigned pid)
{
	char path[64];
	struct stat init, caller;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)m->pid);
	if (stat(path, &init) < 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%u/exe", pid);
	return stat(path, &caller) == 0 && init.st_dev == caller.st_dev &&
	       init.st_ino == caller.st_ino;
}

/* Return: the command's result: a descriptor of the caller's, or -1. */
static int give_coverage(const struct machine *m, unsigned long long call)
{
	const char *path = getenv("NSBOOT_COVERAGE");
	_cleanup_fd_ int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	struct seccomp_notif_addfd add = {
	    .id = call, .srcfd = (unsigned)fd, .newfd_flags = O_CLOEXEC};

	return fd < 0 ? -1 : ioctl(m->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
}

static void on_reboot(struct machine *m)
{
	struct seccomp_notif call = {0};
	struct seccomp_notif_resp answer = {.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};

	if (ioctl(m->listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0)
		return; /* the caller has been killed meanwhile */
	answer.id = call.id;
	if ((unsigned)call.data.args[2] == COVERAGE_COMMAND) {
		answer.val = give_coverage(m, call.id);
		answer.error = answer.val < 0 ? -EINVAL : 0;
		answer.flags = 0;
	} else if (is_init(m, call.pid) && find_end((unsigned)call.data.args[2])) {
		m->end = (unsigned)call.data.args[2];
		for (size_t i = 0; i < m->options->disk_count; i++)
			disk_at_power_off(&m->options->disks[i], (char)('a' + i));
	}
	ioctl(m->listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
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
	enum { CONSOLE, LISTENER, CHILD, SIGNALS, COUNT };
	struct pollfd fds[COUNT] = {
	    [CONSOLE] = {.fd = m->master, .events = POLLIN},
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
		/* With nobody left to call, the listener is "ready" for ever. */
		if (fds[LISTENER].revents & POLLIN)
			on_reboot(m);
		if (fds[LISTENER].revents & POLLHUP)
			fds[LISTENER].fd = -1;
		take_steps(m);
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
	console_end(&m->console);
	for (size_t i = 0; i < m->options->disk_count; i++)
		disk_detach(&m->options->disks[i]);
}

static int verdict(const struct machine *m)
{
	const struct end *how = find_end(m->end);

	if (m->interrupted)
		return STATUS_SETUP;
	if (m->timed_out) {
		fprintf(stderr, "nsboot: TIMEOUT after %d s\n", m->options->timeout_s);
		return STATUS_TIMEOUT;
	}
	if (!how || !WIFSIGNALED(m->status) || WTERMSIG(m->status) != how->signal) {
		fprintf(stderr, "nsboot: PANIC: init ended with wait status %#x\n",
		        (unsigned)m->status);
		return STATUS_PANIC;
	}
	if (!m->console.ended) {
		fprintf(stderr, "nsboot: PANIC: powered off without a last word\n");
		return STATUS_PANIC;
	}
	if (how->name)
		fprintf(stderr, "nsboot: the machine was %s\n", how->name);
	if (m->console.step < m->options->step_count)
		fprintf(stderr, "nsboot: '%s' was never said\n",
		        m->options->steps[m->console.step].text);
	return m->console.code;
}

int main(int argc, char **argv)
{
	static struct options options;
	struct machine m = {.options = &options, .listener = -1, .pidfd = -1};
	int signals;

	parse_options(&options, argc, argv);
	signals = open_signals();
	console_init(&m.console, &options);
	open_console(&m);
	for (size_t i = 0; i < options.disk_count; i++)
		if (options.disks[i].path)
			disk_attach(&options.disks[i]);
	start(&m);
	run(&m, signals);
	end(&m);
	return verdict(&m);
}
