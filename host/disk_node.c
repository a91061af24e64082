/* SPDX-License-Identifier: MIT */
/* Letters of disks, as the kernel counts: after "z" comes "aa". */
#include "disk_node.h"

#include <string.h>

#define PREFIX  "/dev/vd"
#define LETTERS 26
#define LONGEST 5 /* letters: more disks than any machine has */

char *disk_node(size_t index)
{
	char node[sizeof(PREFIX) + 16], *at = node + sizeof(node);

	*--at = '\0';
	for (index++; index; index = (index - 1) / LETTERS)
		*--at = (char)('a' + (index - 1) % LETTERS);
	at -= strlen(PREFIX);
	memcpy(at, PREFIX, strlen(PREFIX));
	return strdup(at);
}

bool disk_node_index(const char *device, size_t *index)
{
	const char *letters = device + strlen(PREFIX);
	size_t count, number = 0;

	if (strncmp(device, PREFIX, strlen(PREFIX)) != 0)
		return false;
	count = strspn(letters, "abcdefghijklmnopqrstuvwxyz");
	if (!count || count > LONGEST || letters[count + strspn(letters + count, "0123456789")])
		return false;
	for (size_t i = 0; i < count; i++)
		number = number * LETTERS + (size_t)(letters[i] - 'a') + 1;
	*index = number - 1;
	return true;
}
