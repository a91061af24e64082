/* SPDX-License-Identifier: MIT */
/* Output files, replaced whole: temporary file, fsync(2), rename(2). */
#include "replace_file.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "replacement.h"

#define PRIVATE_MODE 0600
#define PUBLIC_MODE  0644

/* What would end the process while the temporary file stands. SIGXFSZ comes with EFBIG, which is
 * enough. */
static const int held_signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};

#define HELD_COUNT (sizeof(held_signals) / sizeof(held_signals[0]))

static void hold_signals(sigset_t *before)
{
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < HELD_COUNT; i++)
		sigaddset(&held, held_signals[i]);
	pthread_sigmask(SIG_BLOCK, &held, before);
}

static void release_signals(const sigset_t *before)
{
	static const struct timespec at_once;
	sigset_t too_large;

	sigemptyset(&too_large);
	sigaddset(&too_large, SIGXFSZ);
	sigtimedwait(&too_large, NULL, &at_once);
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* A blocked signal becomes pending even when it is ignored (nohup): that one interrupts nothing. */
static bool is_interrupted(void)
{
	sigset_t pending;

	if (sigpending(&pending) < 0)
		return false;
	for (size_t i = 0; i < HELD_COUNT; i++) {
		struct sigaction action;

		if (held_signals[i] != SIGXFSZ && sigismember(&pending, held_signals[i]) == 1 &&
		    sigaction(held_signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			return true;
	}
	return false;
}

static int write_whole(int fd, const char *data, size_t length)
{
	while (length) {
		ssize_t n = write(fd, data, length);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			data += n;
			length -= (size_t)n;
		}
	}
	return 0;
}

/* The zeros at the end of a disk need no writing, nor blocks. By words: musl compares bytes. */
static size_t without_trailing_zeros(const char *data, size_t length)
{
	uint64_t word;

	while (length >= sizeof(word)) {
		memcpy(&word, data + length - sizeof(word), sizeof(word));
		if (word)
			break;
		length -= sizeof(word);
	}
	return length;
}

static int fill_temporary(const struct replacement *r, int fd, mode_t mode, const void *data,
                          size_t length)
{
	int error = write_whole(fd, data, without_trailing_zeros(data, length));

	if (error == 0 && ftruncate(fd, (off_t)length) < 0)
		error = -errno;

	/* The umask has been at the mode that open(2) gave it, and has a say where others may read.
	 */
	if (error == 0 && mode == PRIVATE_MODE && fchmod(fd, mode) < 0)
		error = -errno;
	if (error == 0 && fsync(fd) < 0)
		error = -errno;
	if (error == 0 && is_interrupted())
		error = -EINTR;
	return error ? fail_errno(-error, "cannot write '%s'", r->path) : 0;
}

static int replace_in(struct replacement *r, const char *path, mode_t mode, const void *data,
                      size_t length)
{
	_cleanup_fd_ int fd = replacement_open(r, path, mode);
	int error;

	if (fd < 0)
		return fd;
	error = fill_temporary(r, fd, mode, data, length);
	return error ? error : replacement_commit(r);
}

static int replace(const char *path, mode_t mode, const void *data, size_t length)
{
	struct replacement r;
	sigset_t before;
	int error;

	hold_signals(&before);
	error = replace_in(&r, path, mode, data, length);
	replacement_release(&r);
	release_signals(&before);
	return error;
}

int replace_file(const char *path, const void *data, size_t length)
{
	return replace(path, PRIVATE_MODE, data, length);
}

int replace_public_file(const char *path, const void *data, size_t length)
{
	return replace(path, PUBLIC_MODE, data, length);
}
