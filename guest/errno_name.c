/* SPDX-License-Identifier: MIT */
/* Names of errno values, which musl does not have. Those that mounts, devices and netlink give. */
#include "errno_name.h"

#include <errno.h>
#include <stdio.h>

#define NAME(value) [value] = #value

static const char *const names[] = {
    NAME(EPERM),     NAME(ENOENT),       NAME(ESRCH),         NAME(EINTR),
    NAME(EIO),       NAME(ENXIO),        NAME(E2BIG),         NAME(ENOEXEC),
    NAME(EBADF),     NAME(ECHILD),       NAME(EAGAIN),        NAME(ENOMEM),
    NAME(EACCES),    NAME(EFAULT),       NAME(ENOTBLK),       NAME(EBUSY),
    NAME(EEXIST),    NAME(EXDEV),        NAME(ENODEV),        NAME(ENOTDIR),
    NAME(EISDIR),    NAME(EINVAL),       NAME(ENFILE),        NAME(EMFILE),
    NAME(ENOTTY),    NAME(ETXTBSY),      NAME(EFBIG),         NAME(ENOSPC),
    NAME(EROFS),     NAME(EMLINK),       NAME(EPIPE),         NAME(ERANGE),
    NAME(ELOOP),     NAME(ENAMETOOLONG), NAME(ENOSYS),        NAME(ENOTEMPTY),
    NAME(ENODATA),   NAME(EOVERFLOW),    NAME(EILSEQ),        NAME(EUSERS),
    NAME(EPROTO),    NAME(EBADMSG),      NAME(ENOTUNIQ),      NAME(EMSGSIZE),
    NAME(ENOBUFS),   NAME(EOPNOTSUPP),   NAME(EAFNOSUPPORT),  NAME(EADDRINUSE),
    NAME(ENETDOWN),  NAME(ENETUNREACH),  NAME(EADDRNOTAVAIL), NAME(EHOSTUNREACH),
    NAME(ETIMEDOUT), NAME(ECONNREFUSED), NAME(EALREADY),      NAME(ESTALE),
    NAME(EUCLEAN),   NAME(EDQUOT),       NAME(ENOMEDIUM),     NAME(EKEYREJECTED),
};

void errno_name(int number, char *name, size_t size)
{
	if (number > 0 && (size_t)number < sizeof(names) / sizeof(*names) && names[number])
		snprintf(name, size, "%s", names[number]);
	else
		snprintf(name, size, "%d", number);
}
