/* SPDX-License-Identifier: MIT */
/*
 * A config disk with some bytes changed, read. The input is a list of changes:
 * two bytes of place, little endian, and one that goes there. A disk is small
 * enough that every byte of it can be reached.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "disk.h"

#define DISK_SIZE 65536
#define CONFIG    "{\"version\":1,\"entrypoint\":[\"/bin/true\"]}\n"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned char original[DISK_SIZE];
static char path[64];
static int disk;

/* Errors are the rule here, and their text is of no interest. */
static void be_quiet(void)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	dup2(fd, STDERR_FILENO);
	close(fd);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char file[] = "/tmp/vmconfig-fuzz-XXXXXX";
	int fd = mkstemp(file);

	(void)argc;
	(void)argv;
	if (fd < 0 || disk_write(file, DISK_EXT4, CONFIG, strlen(CONFIG)) < 0)
		abort();
	close(fd);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (read(fd, original, DISK_SIZE) != DISK_SIZE)
		abort();
	close(fd);
	unlink(file);
	disk = memfd_create("disk", MFD_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", disk);
	be_quiet();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char image[DISK_SIZE];
	char *json = NULL;
	size_t length;

	memcpy(image, original, sizeof(image));
	for (; size >= 3; data += 3, size -= 3)
		image[data[0] | data[1] << 8] = data[2];
	if (pwrite(disk, image, sizeof(image), 0) != sizeof(image))
		abort();
	/* ASan looks at every byte that is promised. */
	if (disk_read(path, &json, &length) == 0 && strlen(json) > length)
		abort();
	free(json);
	return 0;
}
