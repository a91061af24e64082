/* SPDX-License-Identifier: MIT */
/*
 * What init finds when it starts: an initramfs that is a tmpfs, with /init, a
 * /dev of its own that has the machine's disks and nothing of the host's, a
 * /proc with another command line, and a /sys without the host's ports.
 */
#include "nsboot_world.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/reboot.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cleanup.h"
#include "nsboot.h"
#include "nsboot_options.h"

#define PORT_NODE "vport0p1"

/* Where the initramfs is put together; any directory does, and this one is always there. */
#define ROOT "/tmp"

static const struct {
	const char *name;
	unsigned major, minor;
} char_devices[] = {
    {"null", 1, 3},   {"zero", 1, 5},    {"full", 1, 7},
    {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0},
};

/* Of the host's own virtual machine, if it is one: ports that init would wait for. */
static const char *const masked[] = {"/sys/class/virtio-ports", "/sys/bus/virtio/devices"};

static void must(int result, const char *what)
{
	if (result < 0)
		die("cannot %s", what);
}

static void write_file(const char *path, const char *text)
{
	_cleanup_fd_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die("cannot write '%s'", path);
}

static void copy_to(int from, const char *path, mode_t mode)
{
	_cleanup_fd_ int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	char buffer[65536];
	ssize_t n;

	if (to < 0)
		die("cannot make '%s'", path);
	while ((n = read(from, buffer, sizeof(buffer))) > 0)
		if (write(to, buffer, (size_t)n) != n)
			die("cannot write '%s'", path);
	must((int)n, "read a file for the initramfs");
}

/* A terminal belongs to its devpts: another node for it is refused, a bind mount is not. */
static void bind_terminal(int fd, const char *target)
{
	char path[64];

	write_file(target, "");
	must(ttyname_r(fd, path, sizeof(path)) == 0 ? 0 : -1, "name a terminal");
	must(mount(path, target, NULL, MS_BIND, NULL), "bind a terminal");
}

static void make_dev(const struct world *w)
{
	char path[64];

	must(mkdir(ROOT "/dev", 0755), "make /dev");
	must(mount("tmpfs", ROOT "/dev", "tmpfs", MS_NOSUID, "mode=0755"), "mount /dev");
	for (size_t i = 0; i < sizeof(char_devices) / sizeof(*char_devices); i++) {
		snprintf(path, sizeof(path), ROOT "/dev/%s", char_devices[i].name);
		must(mknod(path, S_IFCHR | 0666,
		           makedev(char_devices[i].major, char_devices[i].minor)),
		     "make a device node");
		must(chmod(path, 0666), "set the mode of a device node");
	}
	for (size_t i = 0; i < w->options->disk_count; i++) {
		const struct disk *d = &w->options->disks[i];

		if (d->loop_fd < 0)
			continue;
		snprintf(path, sizeof(path), ROOT "/dev/vd%c", (char)('a' + i));
		must(mknod(path, S_IFBLK | 0600, d->number), "make a disk's node");
		for (size_t k = 0; k < d->partition_count; k++) {
			snprintf(path, sizeof(path), ROOT "/dev/vd%c%zu", (char)('a' + i), k + 1);
			must(mknod(path, S_IFBLK | 0600, d->partitions[k].number),
			     "make a partition's node");
		}
	}
	bind_terminal(w->console, ROOT "/dev/console");
	if (w->port >= 0)
		bind_terminal(w->port, ROOT "/dev/" PORT_NODE);
}

static void make_proc(const struct world *w)
{
	_cleanup_free_ char *line = NULL;

	must(mkdir(ROOT "/proc", 0755), "make /proc");
	must(mount("proc", ROOT "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL),
	     "mount /proc");
	/* The line of a boot that goes well has the time in it: only for who asks. */
	must(asprintf(&line, "vmconfig.log=warning %s\n", w->options->cmdline),
	     "write the command line");
	write_file(ROOT "/cmdline", line);
	must(mount(ROOT "/cmdline", ROOT "/proc/cmdline", NULL, MS_BIND, NULL),
	     "bind /proc/cmdline");
}

/* As virtio-serial shows it. The host may have no such class: it is a new one with nothing else. */
static void make_port(const char *name)
{
	must(mount("tmpfs", ROOT "/sys/class", "tmpfs", 0, "mode=0755"), "cover /sys/class");
	must(mkdir(ROOT "/sys/class/virtio-ports", 0755), "make a class of ports");
	must(mkdir(ROOT "/sys/class/virtio-ports/" PORT_NODE, 0755), "make a port");
	write_file(ROOT "/sys/class/virtio-ports/" PORT_NODE "/name", name);
}

/* The descriptors are from before ROOT was covered. */
static void make_covers(const struct options *o, const int *sources)
{
	for (size_t i = 0; i < o->cover_count; i++) {
		char from[64], to[512];

		snprintf(from, sizeof(from), "/proc/self/fd/%d", sources[i]);
		snprintf(to, sizeof(to), ROOT "%s", o->covers[i].target);
		must(mount(from, to, NULL, MS_BIND, NULL), "cover a directory");
	}
}

static void make_sys(void)
{
	must(mkdir(ROOT "/sys", 0755), "make /sys");
	must(mount("sysfs", ROOT "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL),
	     "mount /sys");
	for (size_t i = 0; i < sizeof(masked) / sizeof(*masked); i++) {
		char path[128];

		snprintf(path, sizeof(path), ROOT "%s", masked[i]);
		if (access(path, F_OK) == 0)
			must(mount("tmpfs", path, "tmpfs", MS_RDONLY, NULL),
			     "cover the host's ports");
	}
}

static bool is_dynamic(int fd)
{
	Elf64_Ehdr header;
	Elf64_Phdr program;

	if (pread(fd, &header, sizeof(header), 0) != sizeof(header))
		return false;
	for (unsigned i = 0; i < header.e_phnum; i++) {
		off_t at = (off_t)(header.e_phoff + (size_t)i * sizeof(program));

		if (pread(fd, &program, sizeof(program), at) == sizeof(program) &&
		    program.p_type == PT_INTERP)
			return true;
	}
	return false;
}

/* The sanitizers' build is a dynamic program: the host's libraries come along, as they are there.
 */
static void bind_libraries(void)
{
	static const char *const paths[] = {"/usr", "/lib", "/lib64"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		char target[128], link[256];
		ssize_t n = readlink(paths[i], link, sizeof(link) - 1);

		snprintf(target, sizeof(target), ROOT "%s", paths[i]);
		if (n > 0) {
			link[n] = '\0';
			must(symlink(link, target), "link the libraries");
		} else if (access(paths[i], F_OK) == 0) {
			must(mkdir(target, 0755), "make a directory for the libraries");
			must(mount(paths[i], target, NULL, MS_BIND, NULL), "bind the libraries");
			must(mount(NULL, target, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL),
			     "bind the libraries read-only");
		}
	}
}

/* The directories on the way to @path, which is beneath ROOT. */
static void make_parents(char *path)
{
	for (char *slash = strchr(path + strlen(ROOT) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			die("cannot make '%s'", path);
		*slash = '/';
	}
}

static void make_files(const struct options *o, const int *sources)
{
	for (size_t i = 0; i < o->file_count; i++) {
		char path[512];

		snprintf(path, sizeof(path), ROOT "%s", o->files[i].target);
		make_parents(path);
		copy_to(sources[i], path, 0644);
	}
}

/* Everything from the host is opened before ROOT is covered: it may be in there. */
static void make_root(const struct world *w)
{
	const struct options *o = w->options;
	_cleanup_fd_ int init = open(o->init, O_RDONLY | O_CLOEXEC);
	int sources[MAX_EXTRA_FILES], covers[MAX_COVERS];

	if (init < 0)
		die("cannot open '%s'", o->init);
	for (size_t i = 0; i < o->file_count; i++) {
		sources[i] = open(o->files[i].source, O_RDONLY | O_CLOEXEC);
		if (sources[i] < 0)
			die("cannot open '%s'", o->files[i].source);
	}
	for (size_t i = 0; i < o->cover_count; i++) {
		covers[i] = open(o->covers[i].source, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (covers[i] < 0)
			die("cannot open '%s'", o->covers[i].source);
	}
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "leave the host's mounts");
	must(mount("initramfs", ROOT, "tmpfs", 0, "mode=0755"), "mount the initramfs");
	copy_to(init, ROOT "/init", 0755);
	make_files(o, sources);
	if (is_dynamic(init))
		bind_libraries();
	make_dev(w);
	make_proc(w);
	make_sys();
	if (w->port >= 0)
		make_port(o->port);
	make_covers(o, covers);
	/* The two change places on one directory; what is then on top is the old one. */
	if (chdir(ROOT) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0)
		die("cannot make the initramfs the root");
	must(chdir("/"), "enter the initramfs");
}

/*
 * The moment of power-off is caught before it happens: reboot(2) with such a
 * command asks the parent, who looks at the disks as they are then.
 */
static int catch_reboot(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_reboot, 0, 4),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, LINUX_REBOOT_CMD_CAD_OFF, 2, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, LINUX_REBOOT_CMD_CAD_ON, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(*code), .filter = code};

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
	                    &program);
}

/* As the kernel's first program has them (INIT_RLIMITS). */
static void set_limits(void)
{
	static const struct {
		int resource;
		struct rlimit limit;
	} limits[] = {
	    {RLIMIT_STACK, {8 << 20, RLIM_INFINITY}},
	    {RLIMIT_NOFILE, {1024, 4096}},
	    {RLIMIT_CORE, {0, RLIM_INFINITY}},
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		must(setrlimit((__rlimit_resource_t)limits[i].resource, &limits[i].limit),
		     "set a resource limit");
	/* However nice the tests are to others. */
	must(setpriority(PRIO_PROCESS, 0, 0), "set the priority");
}

static void execute(const struct world *w)
{
	char *const arguments[] = {(char[]){"/init"}, NULL};
	char fault[128];
	char *const environment[] = {
	    fault,
	    (char[]){"HOME=/"},
	    (char[]){"TERM=linux"},
	    (char[]){"ASAN_OPTIONS=detect_leaks=0:abort_on_error=0:exitcode=99"},
	    (char[]){"UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1"},
	    NULL,
	};
	sigset_t none;

	snprintf(fault, sizeof(fault), "VMCONFIG_FAULT=%s", w->options->fault);
	for (int i = 0; i <= 2; i++)
		must(dup2(w->console, i), "set up the console");
	set_limits();
	/* The kernel hands its first program no other files than these. */
	must(close_range(3, ~0U, CLOSE_RANGE_CLOEXEC), "close what nsboot has inherited");
	for (int i = 1; i < _NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(arguments[0], arguments, environment);
	die("cannot execute '/init'");
}

void world_enter(const struct world *w)
{
	int listener;
	char byte;

	must(prctl(PR_SET_PDEATHSIG, SIGKILL), "bind the machine's life to nsboot's");
	must(setsid(), "make a session");
	umask(022);
	make_root(w);
	must(sethostname("(none)", 6), "forget the host's name");
	listener = catch_reboot();
	must(listener, "catch reboot(2)");
	must((int)write(w->sync, &listener, sizeof(listener)), "tell the parent");
	if (read(w->sync, &byte, 1) != 1)
		_exit(STATUS_SETUP);
	execute(w);
	_exit(STATUS_SETUP);
}

void world_add_disk(pid_t pid, const struct disk *d, char letter)
{
	char path[64];

	/* By way of its own root, whichever that is by now. */
	snprintf(path, sizeof(path), "/proc/%d/root/dev/vd%c", (int)pid, letter);
	if (mknod(path, S_IFBLK | 0600, d->number) < 0)
		die("cannot make '%s'", path);
}
