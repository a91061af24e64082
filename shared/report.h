/* SPDX-License-Identifier: MIT */
/*
 * The report channel: JSON lines, guest to host and back.
 *
 *   guest: {"event":"phase","name":"root","us":1234,"at":812345}
 *          {"event":"started","pid":7,"at":901234}
 *          {"event":"notice","phase":"volumes","text":"…"}
 *          {"event":"ready","state":"degraded","failed":"a.service","at":1901234}
 *          {"event":"stopping","at":2901234}
 *          {"event":"exit","code":0,"signal":0,"oom":false,"stdout":12,"stderr":0}
 *          {"event":"failed","phase":"volumes","error":"…","code":125,
 *           "failure":"device-missing","errno":"EIO"}
 *          {"nonce":"c0ffee"} on vsock, before all of these: who connects is init
 *   host:  {"hello":1}        the host counts bytes: wait for "done" before power-off
 *          {"signal":15}      to the workload's process group
 *          {"stop":true}      stop_signal, stop_timeout, SIGKILL
 *          {"stdin_end":N}    standard input ended after N bytes
 *          {"resize":"24x80"} the terminal has so many rows and columns
 *          {"waiting":true}   the host's reader is slow; keep waiting
 *          {"done":true}      everything has arrived: power off
 *
 * "us" is how long a phase took, "at" when it ended, in microseconds since the
 * kernel started (CLOCK_BOOTTIME).
 * "power" of exit: what becomes of the machine, when it is not powered off:
 * "reboot", "halt" or "kexec".
 * "notice" is what a host's operator should know though the boot goes on: a
 * journal that was replayed, a filesystem that has grown.
 * "failure" is a code for programs, "errno" there only with an error number.
 * "code" of exit is the status as a shell counts it (128+n for a signal).
 * "stdout" and "stderr" count the bytes sent on those ports.
 * "ready" and "stopping" are about an init of the image's own (init_mode systemd).
 */
#ifndef VMCONFIG_REPORT_H
#define VMCONFIG_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum report_event {
	REPORT_UNKNOWN, /* a line of a later version: ignored */
	REPORT_PHASE,
	REPORT_STARTED,
	REPORT_NOTICE,
	REPORT_READY,
	REPORT_STOPPING,
	REPORT_EXIT,
	REPORT_FAILED,
};

/* One line from the guest. Strings are NUL-terminated and cut, never overrun. */
struct report_message {
	enum report_event event;
	char name[64];    /* phase, notice, failed: the phase's name; ready: the state */
	char error[1024]; /* failed, exit: one line of why, or ""; notice: its text; ready: failed
	                     units */
	char power[16];   /* exit: "reboot", "halt" or "kexec"; "" for power-off */
	char failure[32]; /* failed: a code for programs, see vmconfig-init(8) */
	char error_name[16]; /* failed: the errno value that came with it, "ENOENT"; or "" */
	int64_t us;          /* phase: duration; all: 0 when absent */
	int64_t at_us; /* phase, started, ready, stopping, exit: when, since the kernel started; 0
	                  when absent */
	int code;      /* exit, failed: 0..255 */
	int signal;    /* exit: what killed the workload, or 0 */
	bool oom;      /* exit: the kernel's out-of-memory killer did */
	uint64_t out_bytes; /* exit: bytes sent on stdout, stderr */
	uint64_t err_bytes;
	int pid; /* started */
};

enum report_request {
	REQUEST_UNKNOWN,
	REQUEST_HELLO,
	REQUEST_SIGNAL,
	REQUEST_STOP,
	REQUEST_STDIN_END,
	REQUEST_RESIZE,
	REQUEST_WAITING,
	REQUEST_DONE,
};

/* One line from the host. */
struct report_command {
	enum report_request request;
	uint64_t value; /* signal number, byte count, or report_size() */
};

/* A terminal's size as one value, and back. */
static inline uint64_t report_size(unsigned rows, unsigned columns)
{
	return (uint64_t)rows << 16 | columns;
}

static inline unsigned report_rows(const struct report_command *c)
{
	return (unsigned)(c->value >> 16) & 0xffff;
}

static inline unsigned report_columns(const struct report_command *c)
{
	return (unsigned)c->value & 0xffff;
}

/*
 * report_format() - write @m as a line, "\n" included.
 *
 * Control characters and bytes that are no UTF-8 become U+FFFD.
 *
 * Return: the length, or -ENOSPC when @size is too small (MAX_REPORT_LINE is enough).
 */
int report_format(char *line, size_t size, const struct report_message *m);

/* report_parse() - read a line without its "\n". Return: 0, or -EINVAL when it is no report. */
int report_parse(const char *line, size_t length, struct report_message *m);

/* report_command_format(), report_command_parse() - the same for the other direction. */
int report_command_format(char *line, size_t size, const struct report_command *c);
int report_command_parse(const char *line, size_t length, struct report_command *c);

#endif
