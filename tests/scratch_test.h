/* SPDX-License-Identifier: MIT */
/* What unit tests of files share: a directory to work in, and what was said on standard error. */
#ifndef VMCONFIG_SCRATCH_TEST_H
#define VMCONFIG_SCRATCH_TEST_H

#include <ftw.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "host_test.h"

static char scratch_path[64];

/* For cmocka: each test runs in an empty directory of its own. */
static inline int scratch_enter(void **state)
{
	const char *top = getenv("TMPDIR");

	(void)state;
	snprintf(scratch_path, sizeof(scratch_path), "%.40s/vmconfig-XXXXXX", top ? top : "/tmp");
	return mkdtemp(scratch_path) ? chdir(scratch_path) : -1;
}

static inline int scratch_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline int scratch_leave(void **state)
{
	(void)state;
	return chdir("/") < 0 ? -1 : nftw(scratch_path, scratch_remove, 8, FTW_DEPTH | FTW_PHYS);
}

#define scratch_test(f) cmocka_unit_test_setup_teardown(f, scratch_enter, scratch_leave)

static inline void put_file(const char *path, const void *data, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, length), length);
	close(fd);
}

/* The content of a file, for free(), NUL appended. */
static inline char *get_file(const char *path, size_t *length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *data;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	data = malloc((size_t)st.st_size + 1);
	assert_non_null(data);
	assert_int_equal(read(fd, data, (size_t)st.st_size), st.st_size);
	data[st.st_size] = '\0';
	close(fd);
	*length = (size_t)st.st_size;
	return data;
}

static int stderr_before = -1;
static char stderr_text[4096];

/* From here to stderr_said() standard error goes to a file. */
static inline void stderr_begin(void)
{
	int fd = memfd_create("stderr", MFD_CLOEXEC);

	assert_true(fd >= 0);
	fflush(stderr);
	stderr_before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	close(fd);
}

/* What was said since, static; more than one line is a failure of the test. */
static inline const char *stderr_said(void)
{
	ssize_t n = pread(STDERR_FILENO, stderr_text, sizeof(stderr_text) - 1, 0);
	char *end;

	dup2(stderr_before, STDERR_FILENO);
	close(stderr_before);
	assert_true(n >= 0);
	stderr_text[n] = '\0';
	end = strchr(stderr_text, '\n');
	if (end && end[1])
		fail_msg("more than one line: %s", stderr_text);
	if (end)
		*end = '\0';
	return stderr_text;
}

#endif
