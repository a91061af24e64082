/* SPDX-License-Identifier: MIT */
/* The words of the kernel command line that are ours. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "cmdline.h"
#include "contract.h"
#include "formats.h"
#include "guest.h"
#include "log.h"
#include "whole.h"

/* Cut the next word off @rest as the kernel does (next_arg() of lib/cmdline.c): quotes keep spaces.
 */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t\n");
	char *to = word, *from = word;
	bool quoted = false;

	if (!*word)
		return NULL;
	for (; *from && (quoted || !strchr(" \t\n", *from)); from++) {
		if (*from == '"')
			quoted = !quoted;
		else
			*to++ = *from;
	}
	*rest = *from ? from + 1 : from;
	*to = '\0';
	return word;
}

/* The value when @word is @key=value, else NULL. */
static const char *value_of(const char *word, const char *key)
{
	size_t n = strlen(key);

	return strncmp(word, key, n) == 0 && word[n] == '=' ? word + n + 1 : NULL;
}

static const char *const log_levels[] = {[LOG_LEVEL_ERROR] = "error",
                                         [LOG_LEVEL_WARNING] = "warning",
                                         [LOG_LEVEL_INFO] = "info",
                                         [LOG_LEVEL_DEBUG] = "debug",
                                         NULL};
static const char *const log_targets[] = {"console", "kmsg", NULL};

static int index_of(const char *const *names, const char *name)
{
	for (int i = 0; names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static int take_seconds(const char *value, int *ms)
{
	char *end;
	long seconds = strtol(value, &end, 10);

	if (end == value || *end || seconds < 0 || seconds > 3600)
		return -EINVAL;
	*ms = (int)seconds * 1000;
	return 0;
}

static int take_word(struct cmdline *c, const char *word)
{
	const char *value;

	if ((value = value_of(word, CMDLINE_DISK))) {
		if (format_device.complain(value))
			return -EINVAL;
		snprintf(c->disk, sizeof(c->disk), "%s", value);
	} else if ((value = value_of(word, CMDLINE_WAIT))) {
		return take_seconds(value, &c->wait_ms);
	} else if ((value = value_of(word, CMDLINE_STALL))) {
		return take_seconds(value, &c->stall_ms);
	} else if ((value = value_of(word, CMDLINE_LOG))) {
		c->log_level = index_of(log_levels, value);
		return c->log_level < 0 ? -EINVAL : 0;
	} else if ((value = value_of(word, CMDLINE_LOG_TARGET))) {
		int target = index_of(log_targets, value);

		c->log_kmsg = target == 1;
		return target < 0 ? -EINVAL : 0;
	} else if ((value = value_of(word, CMDLINE_END))) {
		int end = machine_end_of(value);

		if (end < 0 || end == MACHINE_KEXEC)
			return -EINVAL;
		c->end = (enum machine_end)end;
	} else if (strcmp(word, CMDLINE_RESCUE) == 0) {
		c->rescue = true;
	}
	return 0;
}

int cmdline_parse(struct cmdline *c, char *text, const char **bad)
{
	char *word;

	*c = (struct cmdline){
	    .wait_ms = MAX_DEVICE_WAIT_MS, .stall_ms = STALL_MS, .log_level = LOG_LEVEL_INFO};
	while ((word = next_word(&text))) {
		int r;

		if (strcmp(word, "--") == 0)
			break;
		r = take_word(c, word);
		if (r < 0) {
			*bad = word;
			return r;
		}
	}
	return 0;
}

/* The kernel's own log, with its times and levels. It takes only so much of a program unless told
 * that all counts. */
static void log_to_kernel(void)
{
	_cleanup_fd_ int all = open("/proc/sys/kernel/printk_devkmsg", O_WRONLY | O_CLOEXEC);
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		log_warning("cannot open '/dev/kmsg', messages stay on the console: %m");
		return;
	}
	if (all < 0 || write(all, "on\n", 3) < 0)
		log_debug("the kernel may drop messages: %m");
	log_kmsg(fd);
}

int phase_cmdline(struct guest *g)
{
	char text[4096 + 1]; /* COMMAND_LINE_SIZE is 2048 on x86, 4096 at most elsewhere */
	_cleanup_fd_ int fd = -1;
	const char *bad = "";
	ssize_t n;

	fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return guest_error(g, errno, "cannot open '/proc/cmdline'");
	n = read_whole(fd, text, sizeof(text) - 1);
	if (n < 0)
		return guest_error(g, (int)-n, "cannot read '/proc/cmdline'");
	text[n] = '\0';
	if (cmdline_parse(&g->cmdline, text, &bad) < 0)
		return guest_error(g, 0, "cannot use '%.200s' of the kernel command line", bad);
	log_setup("init", STDERR_FILENO, (enum log_level)g->cmdline.log_level);
	if (g->cmdline.log_kmsg)
		log_to_kernel();
	return 0;
}
