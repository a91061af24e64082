/* SPDX-License-Identifier: MIT */
/* What the parts of nsboot share. The theory of operation stands in nsboot.c. */
#ifndef VMCONFIG_NSBOOT_H
#define VMCONFIG_NSBOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define MAX_DISKS       26 /* vda to vdz */
#define MAX_STEPS       32
#define MAX_EXTRA_FILES 8
#define MAX_PARTITIONS  4

/* Exit statuses beside those that init reports. */
enum { STATUS_TIMEOUT = 124, STATUS_SETUP = 254, STATUS_PANIC = 255 };

/* Of a disk, in sectors of 512 bytes. */
struct partition {
	long long start, size;
	dev_t number;
};

/* An image file behind a loop device. */
struct disk {
	const char *path; /* NULL: a letter without a device */
	bool readonly;
	int image_fd;
	int loop_fd; /* -1 until attached */
	dev_t number;
	struct partition partitions[MAX_PARTITIONS];
	size_t partition_count;
	bool was_mounted; /* at power-off: a copy of that moment takes the image's place */
};

/* Once the console has said @text, do something; then the next step is waited for. */
struct step {
	const char *text;
	enum { STEP_NONE, STEP_KILL, STEP_TYPE, STEP_RUN, STEP_ATTACH } action;
	int signal; /* STEP_KILL: to init */
	/* STEP_TYPE: characters; STEP_RUN: a shell's command; STEP_ATTACH: an image */
	char *word;
};

/* A file put into the initramfs. */
struct extra_file {
	const char *source;
	const char *target;
};

struct options {
	const char *init;
	const char *cmdline;
	const char *fault;  /* what build/init-fault makes fail, or "" */
	const char *netns;  /* NULL: a new one with nothing but lo */
	const char *nonce;  /* of the config: other report lines are the workload's forgeries */
	const char *report; /* file for the report lines, or NULL */
	int timeout_s;
	struct disk disks[MAX_DISKS];
	size_t disk_count;
	struct step steps[MAX_STEPS];
	size_t step_count;
	struct extra_file files[MAX_EXTRA_FILES];
	size_t file_count;
};

/* die() - say why nsboot itself cannot go on, with errno's text; exit STATUS_SETUP. */
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* --- nsboot_disk.c: image files as loop devices ------------------------------------------------
 */

/* disk_attach() - find a free loop device for @d's image. Dies when there is none. */
void disk_attach(struct disk *d);

/* disk_at_power_off() - remember the image as it is now, when a filesystem on it is mounted. */
void disk_at_power_off(struct disk *d, char letter);

/*
 * disk_detach() - once the machine is gone: free the loop device. An image that
 * was still mounted at power-off is replaced by what it was then, without what
 * the kernel writes as it takes the namespace apart.
 */
void disk_detach(struct disk *d);

/* --- nsboot_world.c: what init finds when it starts --------------------------------------------
 */

struct world {
	const struct options *options;
	int console; /* the slave of the pseudo terminal */
	int sync;    /* a socket to the parent: the listener's number goes, a byte comes */
};

/* world_enter() - in the child, PID 1 of its namespaces: build the initramfs and execute init. */
void world_enter(const struct world *w) __attribute__((noreturn));

/* world_add_disk() - the node of @d in the /dev of the machine whose PID 1 is @pid. */
void world_add_disk(pid_t pid, const struct disk *d, char letter);

/* --- nsboot_console.c: what comes out of it -----------------------------------------------------
 */

struct console {
	const struct options *options;
	int report_fd;     /* or -1 */
	char *line;        /* of which nothing has been printed yet, or all */
	size_t length;     /* bytes in it */
	size_t room;       /* allocated */
	size_t printed;    /* bytes of it that are out already */
	bool line_end_due; /* the line end before this line; not printed when this is a report */
	bool ended;        /* exit or failed has been reported */
	int code;
	size_t spoken_after; /* bytes that came after the last word */
	char nameless[4096]; /* the last failure that was reported without the nonce, or "" */
	int nameless_code;
	char *tail; /* what the current step is looked for in */
	size_t tail_length;
	size_t step;
};

void console_init(struct console *c, const struct options *o);

/* console_take() - bytes from the machine. */
void console_take(struct console *c, const char *data, size_t length);

/* console_end() - no more will come. */
void console_end(struct console *c);

/* console_next_step() - the step whose text has come, or NULL; the one after it is next. */
const struct step *console_next_step(struct console *c);

#endif
