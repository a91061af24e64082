/* SPDX-License-Identifier: MIT */
/* passwd(5) and group(5) of a hostile image: the first byte says who is asked for and how long
 * passwd is. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* identity_resolve() refers to it; it is not called here. */
__attribute__((weak)) int guest_error(struct guest *g, int errnum, const char *format, ...)
{
	(void)g, (void)errnum, (void)format;
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char root[] = "root", number[] = "1000";
	static const struct user users[] = {
	    {.name = root},
	    {.name = number, .group = root},
	    {.uid = {true, 0}},
	    {.gid = {true, 7}},
	};
	struct span passwd, group;
	struct identity id;
	size_t half;
	int r;

	if (!size)
		return 0;
	half = (size - 1) * (data[0] >> 2) / 63;
	passwd = (struct span){(const char *)data + 1, half};
	group = (struct span){passwd.data + half, size - 1 - half};
	r = identity_look_up(&id, &users[data[0] & 3], passwd, group);
	/* A success has all that is needed to become somebody, a failure says why. */
	if (r == 0 && (!id.home || id.home[0] != '/' || id.uid == (uid_t)-1 || id.gid == (gid_t)-1))
		abort();
	if (r < 0 && !id.error[0])
		abort();
	if ((data[0] & 3) == 2 && (r < 0 || id.uid != 0))
		abort();
	identity_release(&id);
	return 0;
}
