/* SPDX-License-Identifier: MIT */
/*
 * Two commands in turn, many times: the median wall time of each, from before
 * fork(2) to the end of wait(2). Taking turns keeps a busy moment of the
 * machine from counting against one of them only.
 *
 * usage: stopwatch [-n FILE]… TIMES COMMAND… -- COMMAND…
 *
 * A FILE is removed before each run: what the commands write is new to them.
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

/* Files to be removed. */
static char **news;
static size_t new_count;

static double time_command(char **argv)
{
	posix_spawn_file_actions_t quiet;
	int status = 0;
	double begin;
	pid_t pid;

	for (size_t i = 0; i < new_count; i++)
		unlink(news[i]);
	begin = now_us();
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

static void __attribute__((noreturn)) show_usage(void)
{
	fprintf(stderr, "usage: stopwatch [-n FILE]... TIMES COMMAND... -- COMMAND...\n");
	exit(2);
}

/* Return: the first word of the second command. */
static char **split_commands(char **first)
{
	char **second = first;

	while (*second && strcmp(*second, "--") != 0)
		second++;
	if (second == first || !*second || !second[1])
		show_usage();
	*second = NULL;
	return second + 1;
}

int main(int argc, char **argv)
{
	char **commands[2];
	double *taken[2];
	size_t times;
	int option;

	news = calloc((size_t)argc, sizeof(*news));
	while ((option = getopt(argc, argv, "+n:")) == 'n' && news)
		news[new_count++] = optarg;
	times = option == -1 && argv[optind] ? strtoul(argv[optind], NULL, 10) : 0;
	if (!times)
		show_usage();
	commands[0] = argv + optind + 1;
	commands[1] = split_commands(commands[0]);
	taken[0] = calloc(times, sizeof(double));
	taken[1] = calloc(times, sizeof(double));
	if (!taken[0] || !taken[1])
		return EXIT_FAILURE;
	for (size_t i = 0; i < times; i++)
		for (int c = 0; c < 2; c++)
			taken[c][i] = time_command(commands[c]);
	for (int c = 0; c < 2; c++) {
		qsort(taken[c], times, sizeof(double), ascending);
		printf("%.0f%c", taken[c][times / 2], c ? '\n' : ' ');
		free(taken[c]);
	}
	free(news);
	return 0;
}
