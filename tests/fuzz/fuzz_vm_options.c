/* SPDX-License-Identifier: MIT */
/* Options of a machine, and every family's command line for what they make. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"
#include "user_net.h"
#include "vm.h"
#include "vm_options.h"
#include "vmm_args.h"
#include "vmm_kind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"disk",   "share",  "pci",     "usb",    "vsock",
                                    "append", "memory", "publish", "kernel", "initrd"};

#define NAME_COUNT (sizeof(names) / sizeof(*names))

static int set(struct vm *vm, const char *name, const char *value)
{
	for (const struct option_row *row = vm_options; row->name; row++)
		if (strcmp(row->name, name) == 0)
			return row->set(row, (char *)vm + row->offset, value);
	return 0;
}

static void make_all(const struct vm *vm)
{
	static const struct machine machine = {.name = "x86_64",
	                                       .program = "qemu-system-x86_64",
	                                       .options = "q35",
	                                       .console = "ttyS0",
	                                       .max_cpus = 255};
	static const struct user_net nets[1];

	for (size_t i = 0; i < vmm_kind_count; i++) {
		const struct vmm_setup setup = {.kind = &vmm_kinds[i],
		                                .machine = &machine,
		                                .command_line = "x",
		                                .nets = nets,
		                                .name = "a",
		                                .config_disk = -1,
		                                .config_file = "/c",
		                                .state_dir = true};
		struct vmm_command command = {0};

		vmm_command_make(vm, &setup, &command);
		vmm_command_release(&command);
	}
}

/* Lines, each of which begins with a byte that chooses the option. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *rest = text, *line;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	struct vm vm = {0};
	int r = 0;

	dup2(null, STDERR_FILENO); /* complaints are of no interest */
	while (text && r == 0 && (line = strsep(&rest, "\n")))
		if (*line)
			r = set(&vm, names[(unsigned char)*line % NAME_COUNT], line + 1);
	if (r == 0 && !vm.kernel)
		set(&vm, "kernel", "k");
	if (r == 0 && !vm.initrd)
		set(&vm, "initrd", "i");
	if (r == 0)
		make_all(&vm);
	vm_release(&vm);
	free(text);
	dup2(before, STDERR_FILENO);
	close(before);
	close(null);
	return 0;
}
