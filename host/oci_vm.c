/* SPDX-License-Identifier: MIT */
/*
 * The vm section: tables, and what no table says. Hypervisor, kernel, image
 * and size are the VMM's; nothing of it goes onto the config disk.
 */
#include "oci_vm.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "cleanup.h"
#include "document.h"
#include "kernel_cmdline.h"
#include "list.h"
#include "record_rows.h"
#include "vm.h"
#include "vm_size.h"

static const char *complain_kernel_parameter(const char *s)
{
	/* The kernel splits its command line at spaces outside "": such a value is put between
	 * them. */
	for (; *s; s++)
		if (*s == '"')
			return "has a '\"', which a kernel command line cannot carry";
		else if ((unsigned char)*s < ' ' || *s == 0x7f)
			return "has a control character";
	return NULL;
}

static const char *complain_host_path(const char *s)
{
	return *s == '/' ? NULL : "is not an absolute path";
}

static const struct format kernel_parameter = {"kernel-parameter", NULL, complain_kernel_parameter};
static const struct format host_path = {"host-path", "^/", complain_host_path};

static const struct field hypervisor_fields[] = {
    {"path", FIELD_STRING, AT(oci_hypervisor, path), .format = &host_path, .flags = FIELD_REQUIRED},
    {"parameters", FIELD_STRINGS, AT(oci_hypervisor, parameters), .flags = FIELD_OR_STRING},
    END,
};
static const struct record hypervisor_record = {"hypervisor", sizeof(struct oci_hypervisor),
                                                hypervisor_fields, RECORD_OPEN};

static const struct field kernel_fields[] = {
    {"path", FIELD_STRING, AT(oci_kernel, path), .format = &host_path, .flags = FIELD_REQUIRED},
    {"parameters", FIELD_STRINGS, AT(oci_kernel, parameters), .format = &kernel_parameter,
     .flags = FIELD_OR_STRING},
    {"initrd", FIELD_STRING, AT(oci_kernel, initrd), .format = &host_path},
    END,
};
static const struct record kernel_record = {"kernel", sizeof(struct oci_kernel), kernel_fields,
                                            true};

static const char *const image_formats[] = {"raw", "qcow2", "vdi", "vmdk", "vhd", NULL};

static const struct field image_fields[] = {
    {"path", FIELD_STRING, AT(oci_vm_image, path), .format = &host_path, .flags = FIELD_REQUIRED},
    {"format", FIELD_ENUM, AT(oci_vm_image, format), .values = image_formats,
     .flags = FIELD_OR_EMPTY},
    END,
};
static const struct record image_record = {"image", sizeof(struct oci_vm_image), image_fields,
                                           true};

static const struct field iomem_fields[] = {
    {"firstGFN", FIELD_UINT, AT(oci_iomem, first_gfn)},
    {"firstMFN", FIELD_UINT, AT(oci_iomem, first_mfn), .flags = FIELD_REQUIRED},
    {"nrMFNs", FIELD_UINT, AT(oci_iomem, nr_mfns), .flags = FIELD_REQUIRED},
    END,
};
static const struct record iomem_record = {"iomem", sizeof(struct oci_iomem), iomem_fields,
                                           RECORD_OPEN};

static const struct field hw_config_fields[] = {
    {"vcpus", FIELD_INT, AT(oci_hw_config, vcpus), .min = 1, .max = UINT32_MAX},
    {"memory", FIELD_INT, AT(oci_hw_config, memory), .min = 1, .max = INT64_MAX},
    {"deviceTree", FIELD_STRING, AT(oci_hw_config, device_tree), .format = &host_path},
    {"dtdevs", FIELD_STRINGS, AT(oci_hw_config, dtdevs)},
    {"iomems", FIELD_RECORDS, AT_LIST(oci_hw_config, iomems), .record = &iomem_record},
    {"irqs", FIELD_INTS, AT(oci_hw_config, irqs), .max = UINT32_MAX},
    END,
};
static const struct record hw_config_record = {"hwConfig", sizeof(struct oci_hw_config),
                                               hw_config_fields, RECORD_OPEN};

static const struct field vm_fields[] = {
    {"hypervisor", FIELD_RECORD, AT(oci_vm, hypervisor), .record = &hypervisor_record,
     .flags = FIELD_OR_EMPTY},
    {"kernel", FIELD_RECORD, AT(oci_vm, kernel), .record = &kernel_record, .flags = FIELD_REQUIRED},
    {"image", FIELD_RECORD, AT(oci_vm, image), .record = &image_record, .flags = FIELD_OR_EMPTY},
    {"hwConfig", FIELD_RECORD, AT(oci_vm, hw_config), .record = &hw_config_record},
    {"hwconfig", FIELD_RECORD, AT(oci_vm, hwconfig), .record = &hw_config_record},
    END,
};
const struct record oci_vm_record = {"vm", sizeof(struct oci_vm), vm_fields, RECORD_OPEN};

/* The words of a string, in place of the string. */
static int split_words(struct document *d, const char *pointer, struct strlist *list)
{
	struct strlist words = {0};
	const char *complaint = NULL;
	int r = list->count ? kernel_cmdline_split(list->items[0], &words) : 0;

	if (r == -EINVAL)
		complaint = "has a '\"' that is not closed";
	for (size_t i = 0; i < words.count && !complaint; i++)
		complaint = kernel_parameter.complain(words.items[i]);
	if (complaint)
		document_note(d, SEVERITY_ERROR, "kernel-parameter", pointer, "%s", complaint);
	strlist_release(list);
	*list = words;
	return r == -EINVAL ? 0 : r;
}

/* "parameters" was once a string, "a space-separated list"; it was decoded as a list of one. */
static int split_string(struct document *d, const char *pointer, struct strlist *list)
{
	if (!cJSON_IsString(json_find(&d->json, pointer)))
		return 0;
	document_note(d, SEVERITY_WARNING, "quirk-string", pointer,
	              "is a string, as once was right; split at spaces");
	return split_words(d, pointer, list);
}

/* A path that is there and empty, where there should be none. */
static void note_empty(struct document *d, const char *pointer)
{
	const cJSON *node = json_find(&d->json, pointer);

	if (cJSON_IsString(node) && !*node->valuestring)
		document_note(d, SEVERITY_WARNING, "quirk-empty", pointer,
		              "empty, taken for absent");
}

static int move_hypervisor(struct document *d, struct oci_hypervisor *from, struct vm *vm)
{
	int r;

	if (!from)
		return 0;
	r = split_string(d, "/vm/hypervisor/parameters", &from->parameters);
	vm->vmm = steal_ptr(&from->path);
	vm->vmm_parameters = from->parameters;
	from->parameters = (struct strlist){0};
	return r;
}

/* Without our own words, which only `run` knows. */
static int check_command_line(struct document *d, const struct strlist *parameters)
{
	_cleanup_free_ char *complaint = NULL;
	int r = kernel_cmdline_complain(parameters, &complaint);

	if (complaint)
		document_note(d, SEVERITY_ERROR, "kernel-command-line", "/vm/kernel/parameters",
		              "as a kernel command line, %s", complaint);
	return r;
}

static int move_kernel(struct document *d, struct oci_kernel *from, struct vm *vm)
{
	int r;

	if (!from)
		return 0;
	r = split_string(d, "/vm/kernel/parameters", &from->parameters);
	if (r == 0)
		r = check_command_line(d, &from->parameters);
	vm->kernel = steal_ptr(&from->path);
	vm->initrd = steal_ptr(&from->initrd);
	note_empty(d, "/vm/kernel/initrd");
	vm->kernel_parameters = from->parameters;
	from->parameters = (struct strlist){0};
	return r;
}

/* The prose calls format required, and then says what a missing one means. */
static void move_image(struct document *d, struct oci_vm_image *from, struct vm *vm)
{
	const cJSON *format = json_find(&d->json, "/vm/image/format");

	if (!from || !from->path)
		return;
	if (!format || (cJSON_IsString(format) && !*format->valuestring))
		document_note(d, SEVERITY_WARNING, "quirk-format", "/vm/image",
		              "'format' is missing, raw is taken");
	vm->image.path = steal_ptr(&from->path);
	vm->image.format = from->format ? from->format : VM_IMAGE_RAW;
}

/* Sizes that no machine has; zero and what is no number the rows refuse. */
static void check_size(struct document *d, const char *key, const struct oci_hw_config *hw)
{
	char pointer[32];

	snprintf(pointer, sizeof(pointer), "/vm/%s/vcpus", key);
	if (hw->vcpus.value > MAX_VCPUS)
		document_note(d, SEVERITY_ERROR, "unsupported", pointer,
		              "'%" PRId64 "' is more than any machine has, %d", hw->vcpus.value,
		              MAX_VCPUS);
	snprintf(pointer, sizeof(pointer), "/vm/%s/memory", key);
	if (hw->memory.set && hw->memory.value < MIN_MEMORY)
		document_note(d, SEVERITY_ERROR, "vm-memory", pointer,
		              "'%" PRId64 "' bytes are less than a machine boots in, %d at least",
		              hw->memory.value, MIN_MEMORY);
	if (hw->memory.value > MAX_MEMORY)
		document_note(d, SEVERITY_ERROR, "vm-memory", pointer,
		              "'%" PRId64 "' bytes are more than any machine has, %lld",
		              hw->memory.value, MAX_MEMORY);
}

static void move_hw_config(struct document *d, struct oci_vm *from, struct vm *vm)
{
	struct oci_hw_config *hw = from->hw_config ? from->hw_config : from->hwconfig;
	char pointer[32];
	const char *key;

	if (from->hwconfig)
		document_note(d, SEVERITY_WARNING, "quirk-hwconfig", "/vm/hwconfig", "%s",
		              from->hw_config ? "ignored, 'hwConfig' is there too"
		                              : "taken for 'hwConfig', as the key is spelled");
	if (!hw)
		return;
	key = hw == from->hw_config ? "hwConfig" : "hwconfig";
	check_size(d, key, hw);
	snprintf(pointer, sizeof(pointer), "/vm/%s/deviceTree", key);
	note_empty(d, pointer);
	vm->vcpus = hw->vcpus;
	vm->memory_bytes = hw->memory;
	vm->device_tree = steal_ptr(&hw->device_tree);
}

int oci_vm_move(struct document *d, struct oci_vm *from, struct vm *vm)
{
	int r = 0;

	if (from) {
		r = move_hypervisor(d, from->hypervisor, vm);
		if (r == 0)
			r = move_kernel(d, from->kernel, vm);
		move_image(d, from->image, vm);
		move_hw_config(d, from, vm);
	}
	vm_size_complete(d, vm);
	return r;
}
