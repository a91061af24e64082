/* SPDX-License-Identifier: MIT */
/* From the command line to a finished request. */
#include "request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind_shares.h"
#include "cleanup.h"
#include "compat_seed.h"
#include "contract.h"
#include "document.h"
#include "error.h"
#include "image_volumes.h"
#include "input.h"
#include "overrides.h"
#include "places.h"
#include "rendered.h"
#include "vm_image.h"
#include "vm_options.h"

/* Where an OCI document should have said what to run. */
static const struct {
	const char *pointer;
	const char *message;
} no_command[] = {
    [INPUT_BUNDLE] = {"/process/args", "nothing to run: 'process.args' is empty"},
    [INPUT_RUNTIME_CONFIG] = {"/process/args", "nothing to run: 'process.args' is empty"},
    [INPUT_IMAGE] = {"/config", "nothing to run: 'Entrypoint' and 'Cmd' are both empty"},
    [INPUT_IMAGE_CONFIG] = {"/config", "nothing to run: 'Entrypoint' and 'Cmd' are both empty"},
};

/* Nothing to run is no fault of an image, nor of a runtime configuration without a process. */
static bool may_lack_command(const struct input *in, const struct document *d)
{
	const cJSON *process = json_find(&d->json, "/process");

	if (!in->incomplete)
		return false;
	if (in->kind == INPUT_IMAGE || in->kind == INPUT_IMAGE_CONFIG)
		return true;
	return !process || cJSON_IsNull(process);
}

/* A process whose args nobody will complete. */
static bool lacks_args(const struct input *in, const struct document *d)
{
	const cJSON *args = json_find(&d->json, "/process/args");

	return in->incomplete && cJSON_IsObject(json_find(&d->json, "/process")) &&
	       (!args || (cJSON_IsArray(args) && !args->child));
}

static void check_request(const struct input *in, struct document *d, const struct vmconfig *cfg)
{
	if (in->kind == INPUT_CONFIG) {
		config_check(cfg, &d->json, &d->problems);
		return;
	}
	if (d->problems.errors && !lacks_args(in, d))
		return; /* what is missing now may be what was wrong */
	if (!cfg->entrypoint.count && !cfg->cmd.count && may_lack_command(in, d))
		return;
	if (!cfg->entrypoint.count && !cfg->cmd.count)
		document_note(d, SEVERITY_ERROR, "command", no_command[in->kind].pointer, "%s",
		              no_command[in->kind].message);
	else
		rendered_check(cfg, in->kind, d);
}

int request_convert(const struct input *in, struct document *d, struct overrides *o, struct vm *vm,
                    struct request *r)
{
	int result = input_convert(in, d, r);

	if (result < 0 || !d->json.root)
		return result;
	if (o->mode == MODE_KEEP && in->kind != INPUT_CONFIG)
		o->mode = MODE_AUTO;
	result = overrides_apply(o, d, r);
	if (result == 0 && (in->kind == INPUT_IMAGE || in->kind == INPUT_IMAGE_CONFIG))
		image_volumes_yield(&r->config);
	if (result == 0)
		result = bind_shares_settle(d, r, vm);
	if (!vm && !in->incomplete && r->vm.image.path)
		document_note(d, SEVERITY_WARNING, "vm-image", "/vm/image",
		              "the virtual machine must have '%s' as a disk, read-only, with the "
		              "serial '" VM_IMAGE_SERIAL "'",
		              r->vm.image.path);
	if (!in->runs && r->network_namespace)
		document_note(d, SEVERITY_WARNING, "namespace", "/linux/namespaces",
		              "whoever starts the virtual machine must do so in '%.256s', as "
		              "'vmconfig run' does",
		              r->network_namespace);
	if (!in->runs && host_hooks_any(&r->hooks))
		document_note(d, SEVERITY_WARNING, "hook", "/hooks",
		              "whoever starts the virtual machine must run the host's hooks, as "
		              "'vmconfig run' does");
	if (result == 0 && vm)
		result = vm_apply(vm, &r->vm);
	if (result == 0)
		check_request(in, d, &r->config);
	return result;
}

int request_make(const struct input *in, struct overrides *o, struct vm *vm, struct request *r)
{
	_cleanup_(document_release) struct document d = {0};
	int result = input_load(in, &d);

	if (result < 0)
		return result;
	result = request_convert(in, &d, o, vm, r);
	if (result < 0)
		return fail_errno(-result, "%s", d.name);
	if (in->strict)
		problems_be_strict(&d.problems);
	print_problems(d.name, &d.problems);
	return problems_result(&d.problems);
}

static int read_back(const char *json, size_t length)
{
	struct problems problems = {0};
	struct vmconfig cfg = {0};
	struct json_doc doc;
	int r = json_parse(&doc, json, length, &problems);

	if (r == 0) {
		r = vmconfig_decode(&cfg, &doc, &problems);
		json_release(&doc);
	}
	if (r < 0)
		print_problems("rendered config", &problems);
	vmconfig_release(&cfg);
	problems_release(&problems);
	return r;
}

int request_render(struct request *r, enum compat compat, char **json, size_t *length)
{
	_cleanup_free_ char *text = NULL;
	int result = compat == COMPAT_SEED ? compat_seed(r) : vmconfig_seal(&r->config);

	if (result < 0 && result != -ENOMEM)
		return result;
	if (result == 0)
		text = vmconfig_encode(&r->config);
	if (!text)
		return fail_errno(ENOMEM, "cannot render the config");
	*length = strlen(text);
	if (*length > MAX_CONFIG_BYTES)
		return fail("the rendered config has %zu bytes, more than %u (MAX_CONFIG_BYTES)",
		            *length, MAX_CONFIG_BYTES);
	result = read_back(text, *length);
	if (result == 0)
		*json = steal_ptr(&text);
	return result;
}
