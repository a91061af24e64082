/* SPDX-License-Identifier: MIT */
/* Sharing the directories that a bundle binds. */
#include "virtiofsd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "arg_list.h"
#include "child.h"
#include "cleanup.h"
#include "error.h"
#include "readonly_tree.h"
#include "tool.h"
#include "vm.h"

/* Where distributions put it: it is no command of users'. */
static const char *const places[] = {"/usr/libexec/virtiofsd", "/usr/lib/qemu/virtiofsd",
                                     "/usr/lib/virtiofsd"};

#define SOCKET_FD 3 /* in the child */

/* What the child needs. */
struct daemon {
	const char *source;
	bool readonly;
	bool verbose;
	int socket;
};

/* For free(); NULL: there is none. */
static char *find_program(void)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (access(places[i], X_OK) == 0)
			return strdup(places[i]);
	return tool_find("virtiofsd");
}

static int prepare(const void *context)
{
	/* Left to exec(3): it may be the very number that the socket gets. */
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	const struct daemon *d = context;

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(d->verbose ? STDERR_FILENO : null, STDOUT_FILENO) < 0 ||
	    dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
		return -errno;
	if (d->socket == SOCKET_FD ? fcntl(SOCKET_FD, F_SETFD, 0) < 0
	                           : dup2(d->socket, SOCKET_FD) < 0)
		return -errno;
	return d->readonly ? readonly_tree(d->source) : 0;
}

/* Return: the PID, or -errno, also when it could not be executed. */
static pid_t start(const char *program, const struct daemon *d)
{
	char name[] = "virtiofsd", socket[] = "--fd=3", option[] = "-o";
	_cleanup_free_ char *source = NULL;
	char *argv[] = {name, socket, option, NULL, NULL};
	const struct child c = {.program = program,
	                        .argv = argv,
	                        .bound = SIGKILL,
	                        .detached = true,
	                        .prepare = prepare,
	                        .context = d};

	if (asprintf(&source, "source=%s", d->source) < 0) {
		source = NULL;
		return -ENOMEM;
	}
	argv[3] = source;
	return child_start(&c);
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	_cleanup_fd_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, 1) < 0)
		return -errno;
	return steal_fd(&fd);
}

static int make_dir(struct virtiofsds *s)
{
	const char *top = getenv("XDG_RUNTIME_DIR");

	if (asprintf(&s->dir, "%s/vmconfig-XXXXXX", top && *top == '/' ? top : "/tmp") < 0) {
		s->dir = NULL;
		return -ENOMEM;
	}
	if (mkdtemp(s->dir))
		return 0;
	free(s->dir);
	s->dir = NULL;
	return -errno;
}

static int serve(struct virtiofsds *s, struct vm_share *share, const char *program, bool verbose)
{
	_cleanup_fd_ int fd = -1;
	struct daemon d = {
	    .source = share->source, .readonly = share->readonly, .verbose = verbose};
	char *path = NULL;
	pid_t pid;

	if (asprintf(&path, "%s/%s", s->dir, share->tag) < 0)
		return -ENOMEM;
	free(share->socket);
	share->socket = path;
	fd = listen_at(path);
	if (fd < 0)
		return fd;
	d.socket = fd;
	pid = start(program, &d);
	if (pid < 0)
		return (int)pid;
	s->pids[s->count++] = pid;
	return 0;
}

static size_t count_wanted(const struct vm *vm)
{
	size_t count = 0;

	for (size_t i = 0; i < vm->shares.count; i++)
		count += vm->shares.items[i].of_bundle;
	return count;
}

int virtiofsds_start(struct virtiofsds *s, struct vm *vm)
{
	size_t wanted = count_wanted(vm);
	_cleanup_free_ char *program = wanted ? find_program() : NULL;
	int r;

	if (!wanted)
		return 0;
	if (!program)
		return fail("there is no virtiofsd, which shares the directories that the bundle "
		            "binds: install it, or start one for a --share");
	s->vm = vm;
	s->pids = calloc(wanted, sizeof(*s->pids));
	r = s->pids ? make_dir(s) : -ENOMEM;
	if (r < 0)
		return fail_errno(-r, "cannot share the directories that the bundle binds");
	for (size_t i = 0; i < vm->shares.count; i++) {
		struct vm_share *share = &vm->shares.items[i];

		if (!share->of_bundle)
			continue;
		/* It splits what follows -o at commas, and knows no quotes. */
		if (arg_plain("virtiofsd", "share", share->source) < 0)
			return -EINVAL;
		r = serve(s, share, program, vm->verbose);
		if (r < 0)
			return fail_errno(-r, "cannot share '%s' by '%s'", share->source, program);
	}
	return 0;
}

static void remove_sockets(const struct virtiofsds *s)
{
	for (size_t i = 0; i < s->vm->shares.count; i++)
		if (s->vm->shares.items[i].of_bundle && s->vm->shares.items[i].socket)
			unlink(s->vm->shares.items[i].socket);
	rmdir(s->dir);
}

void virtiofsds_release(struct virtiofsds *s)
{
	for (size_t i = 0; i < s->count; i++) {
		kill(s->pids[i], SIGKILL);
		child_wait(s->pids[i], NULL);
	}
	free(s->pids);
	if (s->dir)
		remove_sockets(s);
	free(s->dir);
	*s = (struct virtiofsds){0};
}
