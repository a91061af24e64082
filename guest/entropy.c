/* SPDX-License-Identifier: MIT */
/* The kernel's random numbers: random(4), RNDADDENTROPY. */
#include "entropy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base64.h"
#include "cleanup.h"
#include "log.h"
#include "vmconfig.h"

#define MAX_SEED 512 /* bytes at once; the pool holds 32 */
#define WANTED   64

static bool is_ready(void)
{
	char byte;

	return getrandom(&byte, 1, GRND_NONBLOCK) == 1;
}

/* @credit: whether what nobody else knows is counted as such. */
static int add(const void *bytes, size_t size, bool credit)
{
	/* Either node takes it, and one may be missing. */
	_cleanup_fd_ int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	struct {
		struct rand_pool_info info;
		unsigned char bytes[MAX_SEED];
	} pool;
	int r = 0;

	if (size > MAX_SEED)
		size = MAX_SEED;
	pool.info.entropy_count = credit ? (int)size * 8 : 0;
	pool.info.buf_size = (int)size;
	memcpy(pool.bytes, bytes, size);
	if (fd < 0 || ioctl(fd, RNDADDENTROPY, &pool) < 0)
		r = -errno;
	explicit_bzero(&pool, sizeof(pool));
	return r;
}

static void add_secret(struct vmconfig *cfg)
{
	size_t size = 0;
	unsigned char *bytes = base64_decode(cfg->entropy, &size);
	size_t at = 0;
	int r = 0;

	if (!bytes)
		r = -EINVAL; /* or out of memory: either way there is nothing to add */
	/* Counted only where it is needed: on another boot of the same disk it is no secret anew.
	 */
	while (bytes && r == 0 && at < size) {
		r = add(bytes + at, size - at, !is_ready());
		at += MAX_SEED;
	}
	if (r < 0)
		log_warning("cannot use the config's entropy: %s", strerror(-r));
	else
		log_debug("entropy: %zu bytes of the config", size);
	if (bytes) {
		explicit_bzero(bytes, size);
		free(bytes);
	}
	explicit_bzero(cfg->entropy, strlen(cfg->entropy));
	free(steal_ptr(&cfg->entropy));
}

/* The host's, through virtio-rng or what else there is; it answers some time after it is asked. */
static void add_hardware(void)
{
	_cleanup_fd_ int fd = open("/dev/hwrng", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const struct timespec pause = {.tv_nsec = 5000000};
	unsigned char bytes[WANTED];
	size_t have = 0;

	for (int tries = 0; fd >= 0 && have < sizeof(bytes) && tries < 20; tries++) {
		ssize_t n = read(fd, bytes + have, sizeof(bytes) - have);

		if (n > 0)
			have += (size_t)n;
		else if (n < 0 && errno != EAGAIN)
			break;
		else
			nanosleep(&pause, NULL); /* it cannot be polled */
	}
	if (have && add(bytes, have, true) == 0)
		log_debug("entropy: %zu bytes of /dev/hwrng", have);
	explicit_bzero(bytes, sizeof(bytes));
}

void entropy_seed(struct vmconfig *cfg)
{
	if (cfg->entropy)
		add_secret(cfg);
	if (!is_ready())
		add_hardware();
	if (!is_ready())
		log_debug("entropy: the kernel has not enough yet");
}
