/* SPDX-License-Identifier: MIT */
/* Running programs of the host. */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "cleanup.h"
#include "error.h"
#include "stop_signals.h"

/* An administrator's PATH may lack them, a unit's may be empty. */
static const char *const system_directories[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                                 "/usr/bin",        "/sbin",          "/bin"};

static bool found_in(const char *directory, size_t length, const char *name, char **path)
{
	if (asprintf(path, "%.*s/%s", (int)length, directory, name) < 0) {
		*path = NULL;
		return false;
	}
	if (access(*path, X_OK) == 0)
		return true;
	free(*path);
	*path = NULL;
	return false;
}

char *tool_find(const char *name)
{
	const char *at = getenv("PATH");
	char *path = NULL;

	if (strchr(name, '/'))
		return strdup(name);
	for (; at && *at; at += strspn(at, ":")) {
		size_t length = strcspn(at, ":");

		/* A relative part would mean whatever directory we are in. */
		if (*at == '/' && found_in(at, length, name, &path))
			return path;
		at += length;
	}
	for (size_t i = 0; i < sizeof(system_directories) / sizeof(*system_directories); i++)
		if (found_in(system_directories[i], strlen(system_directories[i]), name, &path))
			return path;
	return NULL;
}

/* The words are not const for exec(3), which does not change them. */
static char **copy_words(const char *const *words)
{
	size_t count = 0;
	char **copy;

	while (words[count])
		count++;
	copy = calloc(count + 1, sizeof(*copy));
	for (size_t i = 0; copy && i < count; i++)
		memcpy(&copy[i], &words[i], sizeof(copy[i]));
	return copy;
}

/* What the child gets. */
struct places {
	int output;
	bool quiet; /* no standard error */
};

static int prepare(const void *context)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC); /* exec(3) closes it */
	const struct places *p = context;

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(p->output, STDOUT_FILENO) < 0 ||
	    (p->quiet && dup2(null, STDERR_FILENO) < 0))
		return -errno;
	return 0;
}

pid_t tool_start(const char *const *words, const struct child *how)
{
	_cleanup_free_ char *program = tool_find(words[0]);
	_cleanup_free_ char **copy = copy_words(words);
	struct child child = *how;

	if (!program)
		return -ENOENT;
	if (!copy)
		return -ENOMEM;
	child.program = program;
	child.argv = copy;
	return child_start(&child);
}

/* @bound: to us, and to no terminal */
static int start(const char *const *words, int output, bool bound, pid_t *pid)
{
	const struct places places = {.output = output};
	const struct child how = {.bound = bound ? SIGKILL : 0,
	                          .detached = bound,
	                          .prepare = prepare,
	                          .context = &places};

	*pid = tool_start(words, &how);
	return *pid < 0 ? fail_errno((int)-*pid, "cannot run '%s'", words[0]) : 0;
}

static int judge(const char *name, int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return fail("'%s' was killed by signal %d", name, WTERMSIG(status));
}

static int finish(const char *name, pid_t pid)
{
	int status, r = child_wait(pid, &status);

	return r < 0 ? fail_errno(-r, "cannot wait for '%s'", name) : judge(name, status);
}

int tool_run(const char *const *words)
{
	pid_t pid;
	int r = start(words, STDERR_FILENO, false, &pid);

	return r < 0 ? r : finish(words[0], pid);
}

int tool_fill(const char *const *words, int file, const struct held_signals *held)
{
	int status, r;
	pid_t pid;

	r = start(words, file, true, &pid);
	if (r < 0)
		return r;
	r = stop_signals_wait(held, pid, &status);
	if (r == -EINTR)
		return r;
	return r < 0 ? fail_errno(-r, "cannot wait for '%s'", words[0]) : judge(words[0], status);
}

int tool_output(const char *const *words, char *text, size_t size)
{
	_cleanup_fd_ int from = -1, to = -1;
	size_t length = 0;
	int ends[2], r;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail_errno(errno, "cannot run '%s'", words[0]);
	from = ends[0];
	to = ends[1];
	r = start(words, to, false, &pid);
	if (r < 0)
		return r;
	close(steal_fd(&to));
	for (;;) {
		char drop[256];
		bool full = length + 1 >= size;
		ssize_t n = read(from, full ? drop : text + length,
		                 full ? sizeof(drop) : size - 1 - length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		length += full ? 0 : (size_t)n;
	}
	text[length] = '\0';
	return finish(words[0], pid);
}

int tool_ask(const char *const *words, int limit_ms, char *text, size_t size)
{
	_cleanup_fd_ int from = -1, to = -1;
	struct places places = {.quiet = true};
	const struct child how = {.bound = SIGKILL, .prepare = prepare, .context = &places};
	int ends[2], status, r;
	ssize_t n;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	from = ends[0];
	to = ends[1];
	places.output = to;
	pid = tool_start(words, &how);
	if (pid < 0)
		return (int)pid;
	close(steal_fd(&to));
	r = child_wait_limit(pid, &status, limit_ms);
	if (r < 0)
		return r;
	/* All that it said is in the pipe. Whom it may have left behind is not waited for. */
	if (fcntl(from, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	n = read(from, text, size - 1);
	if (n < 0 && errno != EAGAIN)
		return -errno;
	text[n > 0 ? n : 0] = '\0';
	return WIFEXITED(status) ? WEXITSTATUS(status) : -ECANCELED;
}
