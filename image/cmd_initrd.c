/* SPDX-License-Identifier: MIT */
/* `vmconfig initrd`: init, the modules that it loads, and what else is wanted in the initramfs. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "cleanup.h"
#include "contract.h"
#include "error.h"
#include "image_cmd.h"
#include "init_file.h"
#include "initrd_modules.h"
#include "initrd_tree.h"
#include "list.h"
#include "module_directory.h"
#include "module_file.h"
#include "module_plan.h"
#include "newc.h"
#include "option.h"
#include "replace_file.h"
#include "vmconfig.h"

struct initrd {
	char *init;
	char *extended;
	char *modules;
	char *kernel_version;
	struct strlist extra;
	bool no_defaults;
	bool no_modules;
	char *vmm;
	struct strlist added;
	int compression; /* enum newc_compression */
	char *output;
};

static const char *const compressions[] = {
    [NEWC_NONE] = "none", [NEWC_GZIP] = "gzip", [NEWC_ZSTD] = "zstd"};

static int set_compression(const struct option_row *row, void *member, const char *value)
{
	for (size_t i = 0; i < sizeof(compressions) / sizeof(compressions[0]); i++) {
		if (strcmp(compressions[i], value) != 0)
			continue;
		*(int *)member = (int)i;
		return 0;
	}
	return option_error(row, "'%s' is none of: none, gzip, zstd", value);
}

/* The last ":/": both sides may have colons. */
static const char *find_colon(const char *pair)
{
	const char *colon = NULL;

	for (const char *next = pair; (next = strstr(next, ":/")); next++)
		colon = next;
	return colon;
}

static int add_pair(const struct option_row *row, void *member, const char *value)
{
	const char *colon = find_colon(value);

	if (!colon || colon == value)
		return option_error(row, "'%s' is not SOURCE:/DESTINATION", value);
	return option_add_string(row, member, value);
}

#define AT(member) offsetof(struct initrd, member)

static const struct option_row initrd_options[] = {
    {"output", 'o', "CPIO", "the initrd to write", option_set_string, AT(output),
     .flags = OPTION_FILE},
    {"init", 0, "FILE", "the init (default: build/init, then the installed one)", option_set_string,
     AT(init), .flags = OPTION_FILE},
    {"extend", 0, "CPIO", "an initrd to which what is asked for is added, instead of an init",
     option_set_string, AT(extended), .flags = OPTION_FILE},
    {"modules", 0, "DIR", "where the kernel's modules are (default: build/kernel, then the system)",
     option_set_string, AT(modules), .flags = OPTION_FILE},
    {"kernel-version", 0, "VERSION", "whose modules (default: the only one's in DIR)",
     option_set_string, AT(kernel_version), .flags = 0},
    {"module", 0, "NAME", "a further module, with parameters after a blank", option_add_string,
     AT(extra), .flags = OPTION_REPEATS},
    {"only-modules", 0, NULL, "no modules but those of --module, and what they need",
     option_set_flag, AT(no_defaults), .flags = 0},
    {"no-modules", 0, NULL, "no modules at all: the kernel has everything built in",
     option_set_flag, AT(no_modules), .flags = 0},
    {"vmm", 0, "VMM", "whose devices the modules are for, e.g. qemu or firecracker",
     option_set_string, AT(vmm), .flags = 0},
    {"add", 0, "SOURCE:DESTINATION", "a file or directory to put into it", add_pair, AT(added),
     .flags = OPTION_REPEATS | OPTION_FILE},
    {"compress", 0, "HOW", "none (the default), gzip or zstd", set_compression, AT(compression),
     .flags = 0},
    {.name = NULL},
};

static const struct option_group initrd_groups[] = {
    {"options", initrd_options, 0},
    {.title = NULL},
};

static int add_module(struct initrd_tree *tree, const struct planned_module *module,
                      struct strlist *lines)
{
	_cleanup_free_ char *path = NULL, *line = NULL;
	char *content = NULL;
	size_t length;
	int r = module_file_read(module->file, &content, &length);

	if (r < 0)
		return r;
	if (asprintf(&path, "/lib/modules/%s.ko", module->name) < 0)
		path = NULL;
	if (path && asprintf(&line, "%s%s%s\n", path, module->parameters ? " " : "",
	                     module->parameters ? module->parameters : "") < 0)
		line = NULL;
	if (!path || !line || strlist_add(lines, line) < 0) {
		free(content);
		return fail_errno(ENOMEM, "cannot add module '%s'", module->name);
	}
	return initrd_tree_add(tree, path, S_IFREG | 0644, content, length);
}

/* The list that init reads, a line each, in the order of loading. */
static int add_list(struct initrd_tree *tree, const struct strlist *lines)
{
	size_t length = 0;
	char *text, *end;

	for (size_t i = 0; i < lines->count; i++)
		length += strlen(lines->items[i]);
	text = end = malloc(length + 1);
	if (!text)
		return fail_errno(ENOMEM, "cannot list the modules");
	*text = '\0';
	for (size_t i = 0; i < lines->count; i++)
		end = stpcpy(end, lines->items[i]);
	return initrd_tree_add(tree, MODULE_LIST, S_IFREG | 0644, text, length);
}

/* The modules that are there already stay where they are, before those that may need them. */
static int read_extended(const struct initrd *o, struct initrd_modules *there,
                         struct strlist *lines)
{
	_cleanup_free_ char *line = NULL;
	int r = initrd_modules_read(o->extended, there);

	if (r == 0 && !there->whole)
		return fail("'%s' is compressed, or no cpio archive: it cannot be extended",
		            o->extended);
	if (r < 0 || !there->list || !*there->list)
		return r;
	if (asprintf(&line, "%s%s", there->list,
	             there->list[strlen(there->list) - 1] == '\n' ? "" : "\n") < 0)
		line = NULL;
	return line && strlist_add(lines, line) == 0
	           ? 0
	           : fail_errno(ENOMEM, "cannot list the modules");
}

static int add_new_module(struct initrd_tree *tree, const struct planned_module *module,
                          const struct initrd_modules *there, struct strlist *lines)
{
	if (!strlist_contains(&there->names, module->name))
		return add_module(tree, module, lines);
	return module->parameters ? fail("module '%s' is in the initrd already, and its parameters "
	                                 "with it",
	                                 module->name)
	                          : 0;
}

static int add_modules(const struct initrd *o, struct initrd_tree *tree)
{
	_cleanup_(initrd_modules_release) struct initrd_modules there = {0};
	_cleanup_(module_plan_release) struct module_plan plan = {0};
	_cleanup_(strlist_release) struct strlist lines = {0};
	_cleanup_free_ char *directory = NULL;
	int r = module_directory_find(o->modules, o->kernel_version, &directory);
	const struct module_request request = {.directory = directory,
	                                       .vmm = o->vmm,
	                                       .extra = &o->extra,
	                                       .no_defaults = o->no_defaults || o->extended,
	                                       .no_check = o->extended};

	if (r == 0)
		r = module_plan_make(&request, &plan);
	if (r == 0 && o->extended)
		r = read_extended(o, &there, &lines);
	for (size_t i = 0; r == 0 && i < plan.count; i++)
		r = add_new_module(tree, &plan.items[i], &there, &lines);
	return r < 0 ? r : add_list(tree, &lines);
}

static int add_files(const struct initrd *o, struct initrd_tree *tree)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < o->added.count; i++) {
		const char *pair = o->added.items[i], *colon = find_colon(pair);
		_cleanup_free_ char *source = strndup(pair, (size_t)(colon - pair));

		r = source ? initrd_tree_add_host(tree, source, colon + 1)
		           : fail_errno(ENOMEM, "cannot add '%s'", pair);
	}
	return r;
}

static int collect(const struct initrd *o, struct initrd_tree *tree)
{
	_cleanup_free_ char *init = NULL;
	int r = o->extended ? 0 : init_file_find(o->init, &init);

	if (r == 0 && init)
		r = initrd_tree_add_host(tree, init, "/init");
	if (r == 0 && !o->no_modules)
		r = add_modules(o, tree);
	if (r == 0)
		r = add_files(o, tree);
	return r < 0 ? r : initrd_tree_finish(tree);
}

/* Put the initrd that is extended before @image: the kernel unpacks one archive after the other. */
static int put_before(const struct initrd *o, struct initrd_tree *tree, struct newc_image *image)
{
	_cleanup_fd_ int fd = open(o->extended, O_RDONLY | O_CLOEXEC);
	struct newc_image both = {0};
	size_t length, done = 0;
	struct stat st;
	ssize_t n = 1;

	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_errno(errno, "cannot read initrd '%s'", o->extended);
	length = (size_t)st.st_size;
	both.size = (length + 3) / 4 * 4 + image->size;
	if (length > MAX_INITRD_BYTES || !(both.bytes = calloc(1, both.size)))
		return fail_errno(ENOMEM, "cannot read initrd '%s'", o->extended);
	while (done < length && n > 0) {
		n = read(fd, both.bytes + done, length - done);
		done += n > 0 ? (size_t)n : 0;
	}
	memcpy(both.bytes + (both.size - image->size), image->bytes, image->size);
	free(image->bytes);
	*image = both;
	if (!(st.st_mode & S_IROTH))
		tree->is_private = true;
	return done == length ? 0 : fail("initrd '%s' is being changed", o->extended);
}

static int print_image(const struct newc_image *image)
{
	size_t done = 0;

	while (done < image->size) {
		ssize_t n = write(STDOUT_FILENO, image->bytes + done, image->size - done);

		if (n < 0 && errno != EINTR)
			return fail_errno(errno, "cannot write the initrd");
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int check_options(const struct initrd *o)
{
	if (!o->output || !*o->output)
		return usage_error("'initrd' needs -o CPIO");
	if (o->no_modules && (o->modules || o->kernel_version || o->extra.count || o->vmm))
		return usage_error("--no-modules goes with nothing that is about modules");
	if (o->extended && (o->init || o->vmm || o->compression != NEWC_NONE))
		return usage_error("--extend goes with no --init, --vmm or --compress");
	return 0;
}

static int make(const struct initrd *o)
{
	_cleanup_(initrd_tree_release) struct initrd_tree tree = {0};
	struct newc_image image = {0};
	int r = check_options(o);

	if (r == 0)
		r = collect(o, &tree);
	if (r == 0)
		r = newc_write(&tree, (enum newc_compression)o->compression, &image);
	if (r == 0 && o->extended)
		r = put_before(o, &tree, &image);
	if (r == 0 && strcmp(o->output, "-") == 0)
		r = print_image(&image);
	else if (r == 0)
		r = (tree.is_private ? replace_file : replace_public_file)(o->output, image.bytes,
		                                                           image.size);
	free(image.bytes);
	return r;
}

static int run_initrd(const struct command *self, int argc, char **argv)
{
	struct initrd o = {0};
	struct arguments arguments;
	int r = option_parse(self, argc, argv, &o, &arguments);

	if (r == 0 && (arguments.operand_count || arguments.command_count))
		r = usage_error("'initrd' takes no operand");
	if (r == 0)
		r = make(&o);
	free(o.init);
	free(o.extended);
	free(o.modules);
	free(o.kernel_version);
	free(o.vmm);
	free(o.output);
	strlist_release(&o.extra);
	strlist_release(&o.added);
	return r < 0 ? r : EXIT_SUCCESS;
}

const struct command cmd_initrd = {
    .name = "initrd",
    .synopsis = "[options] -o CPIO",
    .summary = "make an initrd: init, kernel modules, further files",
    .groups = initrd_groups,
    .run = run_initrd,
};
