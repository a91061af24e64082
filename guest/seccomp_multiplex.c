/* SPDX-License-Identifier: MIT */
/* System calls that programs for i386 make through socketcall(2) and ipc(2) as well. */
#include "seccomp_multiplex.h"

#include <stddef.h>
#include <string.h>

#include "seccomp_words.h"

#define SOCKETCALL 102
#define IPC        117

#define ARG(number)                                                                               \
	{                                                                                         \
		.index = {true, 0}, .value = {true, number}, .value_two = {false, 0}, .op = OP_EQ \
	}

/* The numbers of linux/net.h and linux/ipc.h. */
static const struct {
	const char *name;
	uint32_t number;
	struct seccomp_arg arg;
} rows[] = {
    {"socket", SOCKETCALL, ARG(1)},
    {"bind", SOCKETCALL, ARG(2)},
    {"connect", SOCKETCALL, ARG(3)},
    {"listen", SOCKETCALL, ARG(4)},
    {"accept", SOCKETCALL, ARG(5)},
    {"getsockname", SOCKETCALL, ARG(6)},
    {"getpeername", SOCKETCALL, ARG(7)},
    {"socketpair", SOCKETCALL, ARG(8)},
    {"send", SOCKETCALL, ARG(9)},
    {"recv", SOCKETCALL, ARG(10)},
    {"sendto", SOCKETCALL, ARG(11)},
    {"recvfrom", SOCKETCALL, ARG(12)},
    {"shutdown", SOCKETCALL, ARG(13)},
    {"setsockopt", SOCKETCALL, ARG(14)},
    {"getsockopt", SOCKETCALL, ARG(15)},
    {"sendmsg", SOCKETCALL, ARG(16)},
    {"recvmsg", SOCKETCALL, ARG(17)},
    {"accept4", SOCKETCALL, ARG(18)},
    {"recvmmsg", SOCKETCALL, ARG(19)},
    {"sendmmsg", SOCKETCALL, ARG(20)},
    {"semop", IPC, ARG(1)},
    {"semget", IPC, ARG(2)},
    {"semctl", IPC, ARG(3)},
    {"semtimedop", IPC, ARG(4)},
    {"msgsnd", IPC, ARG(11)},
    {"msgrcv", IPC, ARG(12)},
    {"msgget", IPC, ARG(13)},
    {"msgctl", IPC, ARG(14)},
    {"shmat", IPC, ARG(21)},
    {"shmdt", IPC, ARG(22)},
    {"shmget", IPC, ARG(23)},
    {"shmctl", IPC, ARG(24)},
};

const struct seccomp_arg *seccomp_multiplex(const char *name, uint32_t *number)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strcmp(rows[i].name, name) == 0) {
			*number = rows[i].number;
			return &rows[i].arg;
		}
	return NULL;
}
