/* SPDX-License-Identifier: MIT */
/* virtiofsd for each share of a machine. */
#include "shares.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arg_list.h"
#include "child.h"
#include "cleanup.h"
#include "error.h"
#include "list.h"
#include "monotonic.h"
#include "notify.h"
#include "readonly_tree.h"
#include "stop_signals.h"

#define START_LIMIT_MS 60000 /* for a socket to appear */

struct server {
	const struct vm_share *share;
	pid_t pid;
	int pidfd;
};

struct servers {
	const struct shares_options *options;
	struct server *items;
	size_t count;
	int signals;
};

static int make_command(const struct shares_options *o, const struct vm_share *share,
                        struct strlist *command)
{
	int r = arg_plain("virtiofsd", "share", share->source);

	if (r == 0)
		r = arg_add(command, "%s", o->program);
	if (r == 0)
		r = arg_add(command, "--socket-path=%s", share->socket);
	if (r == 0 && o->group)
		r = arg_add(command, "--socket-group=%s", o->group);
	if (r == 0 && o->tell_tag)
		r = arg_add(command, "--tag=%s", share->tag);
	if (r == 0)
		r = arg_add(command, "-o");
	return r < 0 ? r : arg_add(command, "source=%s", share->source);
}

static int prepare(const void *context)
{
	const struct vm_share *share = context;

	return share->readonly ? readonly_tree(share->source) : 0;
}

static int spawn(struct server *s, const struct strlist *command)
{
	_cleanup_free_ char **argv = calloc(command->count + 1, sizeof(*argv));
	const struct child child = {.program = command->items[0],
	                            .argv = argv,
	                            .bound = SIGTERM,
	                            .prepare = prepare,
	                            .context = s->share};
	pid_t pid;

	if (!argv)
		return fail_errno(ENOMEM, "share '%s'", s->share->source);
	for (size_t i = 0; i < command->count; i++)
		argv[i] = command->items[i];
	pid = child_start(&child);
	if (pid < 0)
		return fail_errno((int)-pid, "cannot share '%s'%s by '%s'", s->share->source,
		                  s->share->readonly ? " read-only" : "", argv[0]);
	s->pid = pid;
	s->pidfd = (int)syscall(SYS_pidfd_open, s->pid, 0);
	return s->pidfd < 0 ? fail_errno(errno, "cannot watch '%s'", argv[0]) : 0;
}

static int start(const struct servers *all, struct server *s)
{
	struct strlist command = {0};
	int r;

	if (unlink(s->share->socket) < 0 && errno != ENOENT)
		return fail_errno(errno, "cannot remove '%s'", s->share->socket);
	r = make_command(all->options, s->share, &command);
	if (r == 0)
		r = spawn(s, &command);
	strlist_release(&command);
	return r;
}

static bool is_there(const struct server *s)
{
	struct stat st;

	return stat(s->share->socket, &st) == 0 && S_ISSOCK(st.st_mode);
}

/* Its end, if it has ended: a failure, or a machine that has gone. */
static int take_end(const struct servers *all, struct server *s)
{
	int status;

	if (waitpid(s->pid, &status, WNOHANG) != s->pid)
		return 0;
	s->pid = 0;
	close(steal_fd(&s->pidfd));
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return fail("virtiofsd of share '%s' has failed", s->share->source);
	return start(all, s);
}

/* Watch the directory that @path is in. */
static int watch_directory(int inotify, const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *directory = NULL;

	if (!slash)
		directory = strdup(".");
	else
		directory = strndup(path, slash == path ? 1 : (size_t)(slash - path));
	if (!directory)
		return fail_errno(ENOMEM, "share's socket '%s'", path);
	if (inotify_add_watch(inotify, directory, IN_CREATE | IN_MOVED_TO) < 0)
		return fail_errno(errno, "cannot watch '%s'", directory);
	return 0;
}

/* Wait for the socket of a server to appear: an event in its directory, its end, a signal. */
static int wait_for_socket(const struct servers *all, struct server *s, int inotify)
{
	int64_t due = monotonic_ms() + START_LIMIT_MS;

	while (!is_there(s)) {
		struct pollfd fds[] = {
		    {inotify, POLLIN, 0}, {s->pidfd, POLLIN, 0}, {all->signals, POLLIN, 0}};
		int64_t left = due - monotonic_ms();
		char events[4096];

		/* Other files of the directory make events, too. */
		if (left <= 0 || poll(fds, 3, (int)left) == 0)
			return fail("virtiofsd of share '%s' makes no socket '%s'",
			            s->share->source, s->share->socket);
		if (fds[2].revents)
			return -EINTR;
		if (fds[1].revents)
			return fail("virtiofsd of share '%s' has failed", s->share->source);
		if (fds[0].revents)
			(void)!read(inotify, events, sizeof(events));
	}
	return 0;
}

static int start_all(struct servers *all)
{
	_cleanup_fd_ int inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	int r = inotify < 0 ? fail_errno(errno, "cannot watch directories") : 0;

	for (size_t i = 0; r == 0 && i < all->count; i++)
		r = watch_directory(inotify, all->items[i].share->socket);
	for (size_t i = 0; r == 0 && i < all->count; i++)
		r = start(all, &all->items[i]);
	for (size_t i = 0; r == 0 && i < all->count; i++)
		r = wait_for_socket(all, &all->items[i], inotify);
	return r;
}

static int attend_all(struct servers *all)
{
	_cleanup_free_ struct pollfd *fds = calloc(all->count + 1, sizeof(*fds));
	int r = 0;

	if (!fds)
		return fail_errno(ENOMEM, "cannot attend virtiofsd");
	while (r == 0) {
		fds[0] = (struct pollfd){all->signals, POLLIN, 0};
		for (size_t i = 0; i < all->count; i++)
			fds[i + 1] = (struct pollfd){all->items[i].pidfd, POLLIN, 0};
		if (poll(fds, all->count + 1, -1) < 0)
			continue;
		if (fds[0].revents)
			return 0;
		for (size_t i = 0; r == 0 && i < all->count; i++)
			if (fds[i + 1].revents)
				r = take_end(all, &all->items[i]);
	}
	return r;
}

static void stop_all(struct servers *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].pid)
			kill(all->items[i].pid, SIGTERM);
	for (size_t i = 0; i < all->count; i++) {
		struct server *s = &all->items[i];
		struct pollfd end = {s->pidfd, POLLIN, 0};

		if (!s->pid)
			continue;
		if (poll(&end, 1, START_LIMIT_MS) == 0)
			kill(s->pid, SIGKILL);
		waitpid(s->pid, NULL, 0);
		close(s->pidfd);
		unlink(s->share->socket);
	}
}

int shares_serve(const struct vm *vm, const struct shares_options *options)
{
	_cleanup_fd_ int signals = stop_signals_open();
	_cleanup_free_ struct server *items = calloc(vm->shares.count + 1, sizeof(*items));
	struct servers all = {options, items, 0, signals};
	int r = signals < 0 ? signals : 0;

	if (!items)
		return fail_errno(ENOMEM, "cannot serve shares");
	for (size_t i = 0; i < vm->shares.count; i++)
		if (!vm->shares.items[i].is_9p)
			items[all.count++] = (struct server){&vm->shares.items[i], 0, -1};
	if (r == 0)
		r = start_all(&all);
	if (r == 0) {
		notify("READY=1\n");
		r = attend_all(&all);
	}
	notify("STOPPING=1\n");
	stop_all(&all);
	return r == -EINTR ? 0 : r;
}
