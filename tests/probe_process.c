/* SPDX-License-Identifier: MIT */
/* What the probe sees of itself, and what it does to processes. */
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int verb_say(char **words)
{
	for (; *words; words++)
		printf("%s%s", *words, words[1] ? " " : "\n");
	return 0;
}

static int verb_err(char **words)
{
	dprintf(STDERR_FILENO, "%s\n", *words);
	return 0;
}

/* Without a line end. */
static int verb_put(char **words)
{
	fputs(*words, stdout);
	return 0;
}

static int verb_args(char **words)
{
	for (size_t i = 0; words[i]; i++) {
		printf("arg %zu %zu ", i, strlen(words[i]));
		put_escaped(words[i], strlen(words[i]));
		putchar('\n');
	}
	return 0;
}

/* As they are, each with its NUL. */
static int write_raw(char **strings)
{
	for (; *strings; strings++)
		fwrite(*strings, 1, strlen(*strings) + 1, stdout);
	return 0;
}

static int verb_env(char **words)
{
	(void)words;
	for (char **e = environ; *e; e++) {
		printf("env ");
		put_escaped(*e, strlen(*e));
		putchar('\n');
	}
	return 0;
}

static int verb_env0(char **words)
{
	(void)words;
	return write_raw(environ);
}

static int verb_cwd(char **words)
{
	char path[4096];

	(void)words;
	if (!getcwd(path, sizeof(path)))
		return complain("");
	printf("cwd %s\n", path);
	return 0;
}

static int verb_id(char **words)
{
	uid_t uid, euid, suid;
	gid_t gid, egid, sgid, groups[1024];
	mode_t mask = umask(0);
	int n = getgroups(1024, groups);

	(void)words;
	umask(mask);
	if (getresuid(&uid, &euid, &suid) < 0 || getresgid(&gid, &egid, &sgid) < 0 || n < 0)
		return complain("");
	printf("uid %u %u %u\ngid %u %u %u\ngroups", uid, euid, suid, gid, egid, sgid);
	for (int i = 0; i < n; i++)
		printf(" %u", groups[i]);
	printf("\numask %03o\n", (unsigned)mask);
	return 0;
}

static int verb_hostname(char **words)
{
	struct utsname name;

	(void)words;
	if (uname(&name) < 0)
		return complain("");
	printf("hostname %s\ndomainname %s\n", name.nodename, name.domainname);
	return 0;
}

/* A limit's number and its two values; -1 is no limit. */
static int verb_limits(char **words)
{
	(void)words;
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit limit;

		if (getrlimit(i, &limit) < 0)
			return complain("");
		printf("limit %d %lld %lld\n", i, (long long)limit.rlim_cur,
		       (long long)limit.rlim_max);
	}
	return 0;
}

/* Standard streams that are terminals, and whose foreground group that is. */
static int verb_tty(char **words)
{
	(void)words;
	printf("tty %d %d %d\n", isatty(0), isatty(1), isatty(2));
	printf("session %s\n", getsid(0) == getpid() ? "own" : "another's");
	printf("foreground %s\n", tcgetpgrp(0) == getpgrp() ? "yes" : "no");
	return 0;
}

static int verb_exit(char **words)
{
	fflush(stdout);
	_exit(atoi(*words));
}

/* Another program in the place of this one: its path and arguments, to the end of the line. */
static int verb_become(char **words)
{
	fflush(stdout);
	execv(*words, words);
	return complain(*words);
}

static int verb_kill(char **words)
{
	fflush(stdout);
	if (kill(getpid(), atoi(*words)) < 0)
		return complain(*words);
	return 0;
}

/* PID, as kill(2) takes it, and a signal. */
static int verb_signal(char **words)
{
	if (kill(atoi(words[0]), atoi(words[1])) < 0)
		return complain(words[0]);
	return 0;
}

/* The value of a "Name: value kB" line of a file, or -1. */
static long value_in(const char *path, const char *name)
{
	char line[256];
	long value = -1;
	FILE *f = fopen(path, "re");

	while (f && value < 0 && fgets(line, sizeof(line), f))
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtol(line + strlen(name), NULL, 10);
	if (f)
		fclose(f);
	return value;
}

static int count_fds(const char *pid)
{
	char path[64], link[256];
	int n = 0;

	for (int i = 0; i < 1024; i++) {
		snprintf(path, sizeof(path), "/proc/%s/fd/%d", pid, i);
		n += readlink(path, link, sizeof(link)) >= 0;
	}
	return n;
}

/* init's memory, in KiB, and how many files it has open. */
static int verb_pid1(char **words)
{
	(void)words;
	/* What is resident of its program may come and go; what it has allocated may not. */
	printf("pid1 anonymous %ld fds %d\nresident %ld\n",
	       value_in("/proc/1/smaps_rollup", "Anonymous:"), count_fds("1"),
	       value_in("/proc/1/smaps_rollup", "Rss:"));
	return 0;
}

/* Of init's own. */
static int is_zombie(const char *pid)
{
	char path[288], text[512], *end = NULL;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	/* The name in parentheses may have any characters: the state follows the last. */
	if (fgets(text, sizeof(text), f))
		end = strrchr(text, ')');
	fclose(f);
	return end && strncmp(end, ") Z 1 ", 6) == 0;
}

static int count_zombies(void)
{
	struct dirent *entry;
	int zombies = 0;
	DIR *dir = opendir("/proc");

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			zombies += is_zombie(entry->d_name);
	if (dir)
		closedir(dir);
	return zombies;
}

/* Wait, without turning round and round, for the parent to end: it holds the other end of @gate. */
static void __attribute__((noreturn)) be_orphaned(const int gate[2], int status)
{
	char byte;

	close(gate[1]);
	while (read(gate[0], &byte, 1) < 0 && errno == EINTR)
		;
	_exit(status);
}

static void __attribute__((noreturn)) abandon(int count, const int gate[2])
{
	for (int i = 0; i < count; i++)
		if (fork() == 0)
			be_orphaned(gate, i & 0x7f);
	_exit(0);
}

/*
 * Processes whose parent ends before them, and who end then: PID 1 has to reap
 * them. A pipe that each holds tells when the last has ended.
 */
static int verb_orphans(char **words)
{
	const struct timespec pause_time = {.tv_nsec = 10000000};
	int count = atoi(*words), ends[2], gate[2], zombies;
	char byte;
	pid_t pid;

	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC) < 0 || pipe2(gate, O_CLOEXEC) < 0)
		return complain(*words);
	pid = fork();
	if (pid == 0)
		abandon(count, gate);
	close(ends[1]);
	close(gate[0]);
	close(gate[1]);
	if (pid < 0 || waitpid(pid, NULL, 0) < 0)
		return complain(*words);
	while (read(ends[0], &byte, 1) > 0)
		;
	close(ends[0]);
	/* They have ended; to be reaped they get a little longer. */
	for (int i = 0; (zombies = count_zombies()) && i < 500; i++)
		nanosleep(&pause_time, NULL);
	printf("orphans %d zombies %d\n", count, zombies);
	return 0;
}

static void block_all(sigset_t *set)
{
	memset(set, 0xff, sizeof(*set)); /* sigfillset(3) leaves some out */
	sigdelset(set, SIGCHLD);
	sigdelset(set, SIGCONT); /* goes along with each request to stop */
	sigprocmask(SIG_BLOCK, set, NULL);
}

/*
 * Say "ready", and then which signals come: each but those named in the words
 * ("ignore 15 1") is the last.
 */
static int verb_sleep(char **words)
{
	sigset_t set;

	block_all(&set);
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		int ignored = 0, number = sigwaitinfo(&set, NULL);

		if (number < 0)
			continue;
		printf("signal %d\n", number);
		fflush(stdout);
		for (char **w = words; *w; w++)
			ignored |= atoi(*w) == number;
		if (!ignored)
			return 0;
	}
}

/*
 * A child in our group, or with "session" in its own, that says which signal it
 * got. The parent waits until it is ready.
 */
static int verb_listener(char **words)
{
	int ends[2];
	sigset_t set;
	char byte;

	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return complain("");
	if (fork() == 0) {
		block_all(&set);
		if (*words)
			setsid();
		else
			sigdelset(&set,
			          SIGTERM); /* once our parent has gone; what came before counts */
		close(ends[0]);
		close(ends[1]);
		printf("child signal %d\n", sigwaitinfo(&set, NULL));
		fflush(stdout);
		_exit(0);
	}
	close(ends[1]);
	while (read(ends[0], &byte, 1) > 0)
		;
	close(ends[0]);
	return 0;
}

/* A process that stays: "ignore" for SIGTERM, "session" for its own session. */
static int verb_leave(char **words)
{
	int ends[2];
	char byte;

	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return complain("");
	if (fork() == 0) {
		for (; *words; words++) {
			if (strcmp(*words, "ignore") == 0)
				signal(SIGTERM, SIG_IGN);
			if (strcmp(*words, "session") == 0)
				setsid();
		}
		close(ends[0]);
		close(ends[1]);
		for (;;)
			pause();
	}
	close(ends[1]);
	while (read(ends[0], &byte, 1) > 0)
		;
	close(ends[0]);
	return 0;
}

/* Two rows of processes without an end, each of them short-lived. */
static int verb_storm(char **words)
{
	(void)words;
	fflush(stdout);
	signal(SIGTERM, SIG_IGN);
	for (int i = 0; i < 2; i++)
		if (fork() == 0)
			for (;;)
				if (fork() > 0)
					_exit(0);
	return 0;
}

/* Become another program. */
static int verb_exec(char **words)
{
	fflush(stdout);
	execv(words[0], words);
	return complain(*words);
}

static int verb_ignore(char **words)
{
	for (; *words; words++)
		if (signal(atoi(*words), SIG_IGN) == SIG_ERR)
			return complain(*words);
	return 0;
}

static int verb_close(char **words)
{
	(void)words;
	fflush(stdout);
	for (int i = 0; i < 1024; i++)
		close(i);
	return 0;
}

/* Read a line of standard input. */
static int verb_line(char **words)
{
	char line[1024];
	size_t n = 0;

	(void)words;
	while (n < sizeof(line) && read(STDIN_FILENO, line + n, 1) == 1 && line[n] != '\n')
		n++;
	printf("line ");
	put_escaped(line, n);
	putchar('\n');
	return 0;
}

/* Nothing more comes out of the terminal until somebody lets it go on. */
static int verb_hush(char **words)
{
	(void)words;
	fflush(stdout);
	return tcflow(STDOUT_FILENO, TCOOFF) < 0 ? complain("") : 0;
}

/* What a container runtime does: user and mount namespaces of its own, with another root. */
static int verb_nest(char **words)
{
	int status;
	pid_t pid;

	(void)words;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		const char *step = "unshare";
		int r = unshare(CLONE_NEWUSER | CLONE_NEWNS);

		if (r == 0)
			step = "mount", r = mount("tmpfs", "/tmp", "tmpfs", 0, NULL);
		if (r == 0)
			step = "chdir", r = chdir("/tmp");
		if (r == 0)
			step = "pivot_root", r = (int)syscall(SYS_pivot_root, ".", ".");
		printf("nest %s: %s\n", step, r < 0 ? strerror(errno) : "done");
		fflush(stdout);
		_exit(r < 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return complain("");
	return status != 0;
}

const struct verb process_verbs[] = {
    {"say", 1, 0, verb_say},
    {"err", 1, 0, verb_err},
    {"put", 1, 0, verb_put},
    {"args", 0, 1, verb_args},
    {"args0", 0, 1, write_raw},
    {"env", 0, 0, verb_env},
    {"env0", 0, 0, verb_env0},
    {"cwd", 0, 0, verb_cwd},
    {"id", 0, 0, verb_id},
    {"hostname", 0, 0, verb_hostname},
    {"limits", 0, 0, verb_limits},
    {"tty", 0, 0, verb_tty},
    {"exit", 1, 0, verb_exit},
    {"become", 1, 1, verb_become},
    {"kill", 1, 0, verb_kill},
    {"signal", 2, 0, verb_signal},
    {"pid1", 0, 0, verb_pid1},
    {"orphans", 1, 0, verb_orphans},
    {"sleep-until-signal", 0, 0, verb_sleep},
    {"listener", 0, 0, verb_listener},
    {"leave", 0, 0, verb_leave},
    {"storm", 0, 0, verb_storm},
    {"ignore", 1, 0, verb_ignore},
    {"exec", 1, 1, verb_exec},
    {"close-fds", 0, 0, verb_close},
    {"line", 0, 0, verb_line},
    {"hush", 0, 0, verb_hush},
    {"nest", 0, 0, verb_nest},
    {NULL, 0, 0, NULL},
};
