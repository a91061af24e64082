/* SPDX-License-Identifier: MIT */
/* Signals that end the process while a file without its name stands. */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "replacement.h"

static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

#define SIGNAL_COUNT (sizeof(signals) / sizeof(signals[0]))

/* What the handler removes; it may come at any time, and unlinkat(2) may be called then. */
static struct {
	volatile sig_atomic_t armed;
	int dir;
	char name[sizeof(((struct replacement *)0)->temporary)];
} file;

static void on_signal(int number)
{
	if (file.armed)
		unlinkat(file.dir, file.name, 0);
	/* SA_RESETHAND has brought the default back; it strikes on return. */
	raise(number);
}

static void change_mask(int how)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		sigaddset(&set, signals[i]);
	sigprocmask(how, &set, NULL);
}

void interrupt_hold(void)
{
	change_mask(SIG_BLOCK);
}

void interrupt_arm(const struct replacement *r)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND}, before;

	file.dir = r->dir;
	memcpy(file.name, r->temporary, sizeof(file.name));
	file.armed = r->temporary[0] != '\0';
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		/* Who ignores one (nohup) goes on doing so. */
		if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	/* A file larger than allowed is an error of write(2), and reported. */
	signal(SIGXFSZ, SIG_IGN);
	change_mask(SIG_UNBLOCK);
}

void interrupt_disarm(void)
{
	file.armed = 0;
}
