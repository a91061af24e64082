/* SPDX-License-Identifier: MIT */
/* What is done to the machine once it has said something. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nsboot.h"
#include "nsboot_machine.h"
#include "nsboot_options.h"
#include "nsboot_world.h"

static void type_text(int terminal, const char *text)
{
	size_t length = strlen(text);

	if (write(terminal, text, length) != (ssize_t)length)
		die("cannot type '%s'", text);
}

void machine_say(const struct machine *m, const char *line)
{
	type_text(m->port, line);
	type_text(m->port, "\n");
}

static void run_command(const struct machine *m, const char *command)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		char number[16];
		sigset_t none;

		snprintf(number, sizeof(number), "%d", (int)m->pid);
		setenv("INIT_PID", number, 1);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		die("cannot run '%s'", command);
	if (status)
		fprintf(stderr, "nsboot: '%s' ended with status %#x\n", command, (unsigned)status);
}

static void attach(const struct machine *m, char *word)
{
	struct options *o = m->options;
	struct disk *d;

	options_add_disk(o, word);
	d = &o->disks[o->disk_count - 1];
	disk_attach(d);
	world_add_disk(m->pid, d, (char)('a' + o->disk_count - 1));
}

void machine_take_steps(struct machine *m)
{
	const struct step *step;

	while ((step = console_next_step(&m->console))) {
		switch (step->action) {
		case STEP_NONE:
			break;
		case STEP_KILL:
			if (kill(m->pid, step->signal) < 0)
				die("cannot send a signal to init");
			break;
		case STEP_TYPE:
			type_text(m->master, step->word);
			break;
		case STEP_SAY:
			machine_say(m, step->word);
			break;
		case STEP_RUN:
			run_command(m, step->word);
			break;
		case STEP_ATTACH:
			attach(m, step->word);
			break;
		}
	}
}
