/* SPDX-License-Identifier: MIT */
/* The cache's directory, with others at work in it at the same time. */
#include "scratch_test.h"

#include <sys/file.h>
#include <sys/syscall.h>

#include "cache_dir.h"
#include "cleanup.h"

#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct {
	int error;               /* of every lock */
	void (*meanwhile)(void); /* what another does before one is tried */
} locks;

/* In place of the C library's. */
int flock(int fd, int operation)
{
	if (locks.meanwhile && (operation & LOCK_NB))
		locks.meanwhile();
	if (locks.error) {
		errno = locks.error;
		return -1;
	}
	return (int)syscall(SYS_flock, fd, operation);
}

static void enter_cache(struct cache *cache)
{
	assert_int_equal(setenv("XDG_CACHE_HOME", scratch_path, 1), 0);
	assert_int_equal(cache_open(cache), 0);
}

static void put_text(int fd, const char *text)
{
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void make_image(const struct cache *cache, const char *text)
{
	_cleanup_fd_ int lock = cache_lock(cache, KEY), fd = cache_begin(cache, KEY);

	assert_true(lock >= 0);
	put_text(fd, text);
	assert_int_equal(cache_commit(cache, KEY), 0);
}

static void assert_image(const char *text)
{
	_cleanup_free_ char *found = NULL;
	size_t length;

	found = get_file("vmconfig/" KEY ".img", &length);
	assert_string_equal(found, text);
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/*
 * Between the removal of an image and that of its lock another may have begun
 * to make it anew: without the name of the lock that it holds, a third would, too.
 */
static void test_remove_beside_maker(void **state)
{
	struct cache cache;
	int lock;

	(void)state;
	enter_cache(&cache);
	make_image(&cache, "image");
	lock = cache_lock(&cache, KEY);
	assert_true(lock >= 0);
	assert_int_equal(cache_remove(&cache, KEY), 0);
	assert_false(is_there("vmconfig/" KEY ".img"));
	assert_true(is_there("vmconfig/" KEY ".lock"));
	close(lock);

	make_image(&cache, "image");
	assert_int_equal(cache_remove(&cache, KEY), 0);
	assert_false(is_there("vmconfig/" KEY ".lock"));
	cache_release(&cache);
}

/* The child of a maker that was killed may write for a while yet. */
static void test_begin_after_another(void **state)
{
	struct cache cache;
	int before, fd;

	(void)state;
	enter_cache(&cache);
	before = cache_begin(&cache, KEY);
	put_text(before, "be");
	fd = cache_begin(&cache, KEY);
	put_text(fd, "new");
	put_text(before, "fore");
	assert_int_equal(cache_commit(&cache, KEY), 0);
	assert_image("new");
	close(before);
	close(fd);
	cache_release(&cache);
}

static void replace_image(void)
{
	locks.meanwhile = NULL;
	put_file("new", "another", strlen("another"));
	assert_int_equal(rename("new", "vmconfig/" KEY ".img"), 0);
}

static void test_replaced_before_the_lock(void **state)
{
	struct cache cache;

	(void)state;
	enter_cache(&cache);
	make_image(&cache, "image");
	locks.meanwhile = replace_image;
	assert_int_equal(cache_remove(&cache, KEY), 0);
	assert_null(locks.meanwhile);
	assert_image("another");
	cache_release(&cache);
}

/* No lock at all is not one of somebody else's. */
static void test_no_locks(void **state)
{
	_cleanup_free_ struct cache_entry *entries = NULL;
	struct cache cache;
	const char *said;
	size_t count;
	int r;

	(void)state;
	enter_cache(&cache);
	make_image(&cache, "image");
	locks.error = ENOLCK;
	stderr_begin();
	r = cache_list(&cache, &entries, &count);
	said = stderr_said();
	assert_int_equal(r, -ENOLCK);
	assert_non_null(strstr(said, "/vmconfig/" KEY ".img': No locks available"));
	stderr_begin();
	r = cache_remove(&cache, KEY);
	said = stderr_said();
	locks.error = 0;
	assert_int_equal(r, -ENOLCK);
	assert_non_null(strstr(said, "/vmconfig/" KEY ".img': No locks available"));
	assert_image("image");
	cache_release(&cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    scratch_test(test_remove_beside_maker),
	    scratch_test(test_begin_after_another),
	    scratch_test(test_replaced_before_the_lock),
	    scratch_test(test_no_locks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
