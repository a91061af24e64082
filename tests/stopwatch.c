/* SPDX-License-Identifier: MIT */
/*
 * Two commands in turn, many times: the median wall time of each, from before
 * fork(2) to the end of wait(2). Taking turns keeps a busy moment of the
 * machine from counting against one of them only.
 *
 * usage: stopwatch TIMES COMMAND… -- COMMAND…
 *
 * Prints two numbers, in microseconds.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double time_command(char **argv)
{
	posix_spawn_file_actions_t quiet;
	double begin = now_us();
	int status = 0;
	pid_t pid;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ) != 0 ||
	    waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "stopwatch: '%s' failed\n", argv[0]);
		exit(EXIT_FAILURE);
	}
	posix_spawn_file_actions_destroy(&quiet);
	return now_us() - begin;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	size_t times = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	char **second = argv + 2;
	double *taken[2];

	while (times && *second && strcmp(*second, "--") != 0)
		second++;
	if (!times || second == argv + 2 || !*second || !second[1]) {
		fprintf(stderr, "usage: stopwatch TIMES COMMAND... -- COMMAND...\n");
		return 2;
	}
	*second++ = NULL;
	taken[0] = calloc(times, sizeof(double));
	taken[1] = calloc(times, sizeof(double));
	if (!taken[0] || !taken[1])
		return EXIT_FAILURE;
	for (size_t i = 0; i < times; i++) {
		taken[0][i] = time_command(argv + 2);
		taken[1][i] = time_command(second);
	}
	for (int i = 0; i < 2; i++) {
		qsort(taken[i], times, sizeof(double), ascending);
		printf("%.0f%c", taken[i][times / 2], i ? '\n' : ' ');
		free(taken[i]);
	}
	return 0;
}
