/* SPDX-License-Identifier: MIT */
/* From names of modules to files in order, through libkmod. */
#include "module_plan.h"

#include <errno.h>
#include <libkmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "error.h"
#include "list.h"
#include "module_set.h"

struct planner {
	const struct module_request *request;
	struct kmod_ctx *kmod;
	struct module_plan *plan;
};

enum lookup { LOOKUP_MISSING, LOOKUP_BUILTIN, LOOKUP_PLANNED };

static bool is_planned(const struct planner *p, const char *name)
{
	for (size_t i = 0; i < p->plan->count; i++)
		if (strcmp(p->plan->items[i].name, name) == 0)
			return true;
	return false;
}

static int append(struct planner *p, struct kmod_module *module, const char *parameters)
{
	struct module_plan *plan = p->plan;
	const char *file = kmod_module_get_path(module);
	struct planned_module *items;
	struct planned_module *item;

	if (!file)
		return fail("'%s' has no file in '%s'", kmod_module_get_name(module),
		            p->request->directory);
	items = list_grow(plan->items, plan->count, sizeof(*items));
	if (!items)
		return fail_errno(ENOMEM, "cannot list modules");
	plan->items = items;
	item = &items[plan->count++];
	*item = (struct planned_module){
	    .name = strdup(kmod_module_get_name(module)),
	    .file = strdup(file),
	    .parameters = parameters && *parameters ? strdup(parameters) : NULL,
	};
	if (!item->name || !item->file || (parameters && *parameters && !item->parameters))
		return fail_errno(ENOMEM, "cannot list modules");
	return 0;
}

/* One of what libkmod has resolved; a dependency's own dependencies are in the list with it. */
static int add_if_new(struct planner *p, struct kmod_module *module, const char *parameters)
{
	if (kmod_module_get_initstate(module) == KMOD_MODULE_BUILTIN ||
	    is_planned(p, kmod_module_get_name(module)))
		return 0;
	return append(p, module, parameters);
}

static int add_list(struct planner *p, struct kmod_list *list)
{
	struct kmod_list *item;
	int r = 0;

	kmod_list_foreach(item, list)
	{
		struct kmod_module *module = kmod_module_get_module(item);

		if (r == 0)
			r = add_if_new(p, module, NULL);
		kmod_module_unref(module);
	}
	return r;
}

/* What must be loaded before by its own word (softdep pre) or by a symbol, then the module. */
static int add_module(struct planner *p, struct kmod_module *module, const char *parameters)
{
	struct kmod_list *before = NULL, *after = NULL, *needed;
	int r = 0;

	if (kmod_module_get_softdeps(module, &before, &after) == 0)
		r = add_list(p, before);
	kmod_module_unref_list(before);
	kmod_module_unref_list(after);
	if (r < 0)
		return r;
	needed = kmod_module_get_dependencies(module);
	r = add_list(p, needed);
	kmod_module_unref_list(needed);
	return r < 0 ? r : add_if_new(p, module, parameters);
}

/* Return: enum lookup, or negative after printing a line. */
static int plan_name(struct planner *p, const char *name, const char *parameters)
{
	struct kmod_list *found = NULL, *item;
	int result = LOOKUP_MISSING;
	int r = kmod_module_new_from_lookup(p->kmod, name, &found);

	if (r < 0 && r != -ENOENT)
		return fail_errno(-r, "cannot look for module '%s' in '%s'", name,
		                  p->request->directory);
	kmod_list_foreach(item, found)
	{
		struct kmod_module *module = kmod_module_get_module(item);

		if (result >= 0 && kmod_module_get_initstate(module) == KMOD_MODULE_BUILTIN) {
			result = LOOKUP_BUILTIN;
		} else if (result >= 0) {
			r = add_module(p, module, parameters);
			result = r < 0 ? r : LOOKUP_PLANNED;
		}
		kmod_module_unref(module);
	}
	kmod_module_unref_list(found);
	return result;
}

static int plan_defaults(struct planner *p)
{
	unsigned transports = module_set_transports(p->request->vmm);

	if (!transports)
		return fail("--vmm: '%s' is no VMM whose devices are known", p->request->vmm);
	for (const struct default_module *m = default_modules; m->name; m++) {
		int r;

		if (m->transports && !(m->transports & transports))
			continue;
		r = p->request->no_defaults ? is_planned(p, m->name) : plan_name(p, m->name, NULL);
		if (r < 0)
			return r;
		if (r == LOOKUP_MISSING && !m->needed && !p->request->no_defaults)
			warn("the kernel in '%s' has no module '%s': left out",
			     p->request->directory, m->name);
	}
	return 0;
}

/* Whether the kernel will have @name: in the plan or built in. */
static bool will_have(struct planner *p, const char *name)
{
	struct kmod_module *module;
	bool builtin;

	if (is_planned(p, name))
		return true;
	if (kmod_module_new_from_name(p->kmod, name, &module) < 0)
		return false;
	builtin = kmod_module_get_initstate(module) == KMOD_MODULE_BUILTIN;
	kmod_module_unref(module);
	return builtin;
}

/* A VMM may have more than one transport: one of them is enough. */
static int check_needed(struct planner *p)
{
	unsigned transports = module_set_transports(p->request->vmm);
	const char *vmm = p->request->vmm ? p->request->vmm : "any VMM";
	const char *missing = NULL;
	bool connected = false;

	for (const struct default_module *m = default_modules; m->name; m++) {
		if (!m->needed || (m->transports && !(m->transports & transports)))
			continue;
		if (m->transports && will_have(p, m->name))
			connected = true;
		else if (m->transports && !missing)
			missing = m->name;
		else if (!m->transports && !will_have(p, m->name))
			return fail("the initrd would lack '%s', without which %s has no disks: "
			            "add --module %s",
			            m->name, vmm, m->name);
	}
	if (connected)
		return 0;
	return fail("the initrd would lack '%s', without which %s has no devices: add --module %s",
	            missing, vmm, missing);
}

static int plan_extra(struct planner *p)
{
	for (size_t i = 0; i < p->request->extra->count; i++) {
		_cleanup_free_ char *name = strdup(p->request->extra->items[i]);
		char *parameters;
		int r;

		if (!name)
			return fail_errno(ENOMEM, "cannot list modules");
		parameters = name + strcspn(name, " ");
		if (*parameters)
			*parameters++ = '\0';
		if (strpbrk(parameters, "\n\r") || !*name)
			return fail("--module: '%s' is no NAME [PARAMETER...]",
			            p->request->extra->items[i]);
		r = plan_name(p, name, parameters);
		if (r == LOOKUP_MISSING)
			return fail("the kernel in '%s' has no module '%s'", p->request->directory,
			            name);
		if (r == LOOKUP_BUILTIN && *parameters)
			return fail("module '%s' is built in: its parameters belong on the kernel "
			            "command line",
			            name);
		if (r < 0)
			return r;
	}
	return 0;
}

static int open_kmod(struct planner *p)
{
	static const char *no_config; /* the machine's own modprobe.d does not count */
	_cleanup_free_ char *index = NULL;

	if (asprintf(&index, "%s/modules.dep.bin", p->request->directory) < 0) {
		index = NULL;
		return fail_errno(ENOMEM, "cannot list modules");
	}
	if (access(index, R_OK) < 0)
		return fail_errno(errno, "cannot read '%s' (depmod makes it)", index);
	p->kmod = kmod_new(p->request->directory, &no_config);
	if (!p->kmod)
		return fail_errno(ENOMEM, "cannot read modules of '%s'", p->request->directory);
	kmod_set_log_priority(p->kmod, 0);
	return 0;
}

int module_plan_make(const struct module_request *request, struct module_plan *plan)
{
	struct planner p = {.request = request, .plan = plan};
	int r = open_kmod(&p);

	/* Those asked for first: they may carry parameters for one of the default set. */
	if (r == 0)
		r = plan_extra(&p);
	if (r == 0)
		r = plan_defaults(&p);
	if (r == 0 && !request->no_check)
		r = check_needed(&p);
	if (p.kmod)
		kmod_unref(p.kmod);
	return r;
}

void module_plan_release(struct module_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		free(plan->items[i].name);
		free(plan->items[i].file);
		free(plan->items[i].parameters);
	}
	free(plan->items);
	*plan = (struct module_plan){0};
}
