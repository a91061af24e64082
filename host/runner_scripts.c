/* SPDX-License-Identifier: MIT */
/*
 * bin/ of a runner package: scripts for a /bin/sh without a PATH, which find
 * the package by their own name and leave the directory as the unit chose it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arg_list.h"
#include "attend.h"
#include "boot_files.h"
#include "cleanup.h"
#include "complete.h"
#include "error.h"
#include "package.h"
#include "runner.h"
#include "shell_word.h"
#include "vm_options.h"
#include "vmm_args.h"
#include "vmm_kind.h"

#define STOP_SLACK_S 90 /* the attendant gives the guest 60 s of these, then kills it */

/* Every name in the scripts stands as it is: nothing in single quotes is to be expanded. */
static void begin(FILE *out, const char *what)
{
	fprintf(out,
	        "#!/bin/sh\n"
	        "# shellcheck disable=SC2016\n"
	        "# Made by vmconfig: %s.\n"
	        "set -eu\n",
	        what);
}

/* Where the package is, whichever links lead to it. */
static void write_here(FILE *out)
{
	fputs("here=$(cd -P -- \"${0%/*}/..\" && pwd -P)\n", out);
}

static void find_package(FILE *out, const struct runner_plan *plan)
{
	/* Else nothing of it is wanted. */
	if (*runner_tool(plan->options, TOOL_VMCONFIG) == PACKAGE_ROOT[0])
		write_here(out);
}

/* No VMM's lists can be told such a path, and here is nobody to double commas. */
static void check_package(FILE *out)
{
	fputs("case $here in\n"
	      "*[!A-Za-z0-9_./+@=?-]*)\n" /* PACKAGE_CHARACTERS */
	      "\techo \"${0##*/}: '$here' has a character that a VMM may take for its own\" >&2\n"
	      "\texit 125\n"
	      "\t;;\n"
	      "esac\n",
	      out);
}

static void write_words(FILE *out, const char *const *words)
{
	for (; *words; words++) {
		fputc(' ', out);
		shell_word_write(out, *words);
	}
}

static void write_vmconfig(FILE *out, const struct runner_plan *plan, const char *command)
{
	fputs("exec ", out);
	shell_word_write(out, runner_tool(plan->options, TOOL_VMCONFIG));
	fprintf(out, " %s", command);
}

static int64_t stop_timeout(const struct runner_plan *plan)
{
	return request_stop_timeout(&plan->request->config);
}

static bool has_tap(const struct runner_plan *plan)
{
	for (size_t i = 0; i < plan->request->vm.nics.count; i++)
		if (plan->request->vm.nics.items[i].tap)
			return true;
	return false;
}

static bool has_macvtap(const struct runner_plan *plan)
{
	for (size_t i = 0; i < plan->request->vm.nics.count; i++)
		if (plan->request->vm.nics.items[i].macvtap)
			return true;
	return false;
}

/* What is outside the package may change between two starts, by the guest's hand as well. */
static void write_check(FILE *out, const struct runner_plan *plan, const struct vm_disk *disk)
{
	if (*disk->file == PACKAGE_ROOT[0] || !boot_disk_may_refer(disk, plan->kind))
		return;
	fprintf(out, " --check-disk %s:", disk_format_names[disk->format]);
	shell_word_write(out, disk->file);
}

/* The words of `vmconfig attend` before the command. */
static void write_attend(FILE *out, const struct runner_plan *plan)
{
	const struct vm *vm = &plan->request->vm;
	uint32_t report_port = request_report_port(&plan->request->config);
	static const char *const accels[] = {"auto", "kvm", "tcg"};

	write_vmconfig(out, plan, "attend");
	write_words(out, (const char *[]){"--kind", plan->kind->name, "--name", plan->name, NULL});
	if (plan->choose_accel)
		fprintf(out, " --accel %s", accels[vm->accel]);
	if (plan->request->config.report->nonce)
		write_words(
		    out, (const char *[]){"--nonce", PACKAGE_ROOT "/share/vmconfig/nonce", NULL});
	if (report_port)
		fprintf(out, " --report-port %u --guest-cid %lld", report_port,
		        (long long)vm->vsock_cid.value);
	for (size_t i = 0; has_macvtap(plan) && i < vm->nics.count; i++) {
		const char *macvtap = vm->nics.items[i].macvtap;

		write_words(out, (const char *[]){"--macvtap", macvtap ? macvtap : "", NULL});
	}
	for (size_t i = 0; i < vm->disks.count; i++)
		write_check(out, plan, &vm->disks.items[i]);
	fprintf(out, " --stop-timeout %lld", (long long)stop_timeout(plan));
	if (vm->timeout.set)
		fprintf(out, " --timeout %lld", (long long)vm->timeout.value);
	if (vm->verbose)
		fputs(" --verbose", out);
}

static bool is_kvmtool(const struct runner_plan *plan)
{
	return plan->kind == vmm_kind_named("kvmtool");
}

/* Where it puts its control socket, and looks for it. */
static void write_home(FILE *out, const struct runner_plan *plan)
{
	if (is_kvmtool(plan))
		fputs("HOME=$PWD\nexport HOME\n", out);
}

static void write_run(FILE *out, const struct runner_plan *plan)
{
	begin(out, "the machine's main process, in its state directory");
	write_here(out);
	check_package(out);
	write_home(out, plan);
	if (plan->file_name) {
		fputs("umask 077\nprintf '%s\\n' ", out);
		shell_word_write(out, plan->file_text);
		fputs(" >", out);
		shell_word_write(out, plan->file_name);
		fputc('\n', out);
	}
	write_attend(out, plan);
	fputs(" --", out);
	for (size_t i = 0; i < plan->command->count; i++) {
		fputs(" \\\n\t", out);
		shell_word_write(out, plan->command->items[i]);
	}
	fputc('\n', out);
}

static void write_shutdown(FILE *out, const struct runner_plan *plan)
{
	begin(out, "stops the machine and waits until it has gone");
	find_package(out, plan);
	write_vmconfig(out, plan, "attend-stop");
	fprintf(out, " --limit %lld\n", (long long)stop_timeout(plan) + STOP_SLACK_S);
}

/* A command of `ip` with its words. */
static void write_ip(FILE *out, const struct runner_plan *plan, const char *const *words)
{
	shell_word_write(out, runner_tool(plan->options, TOOL_IP));
	write_words(out, words);
	fputc('\n', out);
}

/* Take a device away that an earlier machine has left, if it has. */
static void write_delete(FILE *out, const struct runner_plan *plan, const char *name)
{
	fputs("if [ -e /sys/class/net/", out);
	shell_word_write(out, name);
	fputs(" ]; then\n\t", out);
	write_ip(out, plan, (const char *[]){"link", "delete", name, NULL});
	fputs("fi\n", out);
}

static void write_tap_up(FILE *out, const struct runner_plan *plan)
{
	const struct vm *vm = &plan->request->vm;

	begin(out, "makes the machine's tap interfaces; who connects them is the host");
	for (size_t i = 0; i < vm->nics.count; i++) {
		const char *tap = vm->nics.items[i].tap;

		if (!tap)
			continue;
		write_delete(out, plan, tap);
		write_ip(out, plan,
		         (const char *[]){"tuntap", "add", "name", tap, "mode", "tap", "user",
		                          plan->user, "vnet_hdr", NULL});
		write_ip(out, plan, (const char *[]){"link", "set", tap, "up", NULL});
	}
}

static void write_tap_down(FILE *out, const struct runner_plan *plan)
{
	const struct vm *vm = &plan->request->vm;

	begin(out, "takes the machine's tap interfaces away");
	for (size_t i = 0; i < vm->nics.count; i++)
		if (vm->nics.items[i].tap)
			write_delete(out, plan, vm->nics.items[i].tap);
}

static void write_macvtap(FILE *out, const struct runner_plan *plan, const struct vm_nic *nic)
{
	const char *name = nic->macvtap;

	write_delete(out, plan, name);
	write_ip(out, plan,
	         (const char *[]){"link", "add", "link", nic->link, "name", name, "address",
	                          nic->mac, "type", "macvtap", "mode",
	                          nic->mode ? nic->mode : "bridge", NULL});
	write_ip(out, plan, (const char *[]){"link", "set", name, "allmulticast", "on", NULL});
	fputs("if [ -e /proc/sys/net/ipv6/conf/", out);
	shell_word_write(out, name);
	fputs(" ]; then\n\techo 1 >/proc/sys/net/ipv6/conf/", out);
	shell_word_write(out, name);
	fputs("/disable_ipv6\nfi\n", out);
	write_ip(out, plan, (const char *[]){"link", "set", name, "up", NULL});
	fputs("read -r index </sys/class/net/", out);
	shell_word_write(out, name);
	fputs("/ifindex\n", out);
	shell_word_write(out, runner_tool(plan->options, TOOL_CHOWN));
	fputc(' ', out);
	shell_word_write(out, plan->user);
	fputc(':', out);
	shell_word_write(out, plan->group);
	fputs(" \"/dev/tap$index\"\n", out);
}

static void write_macvtap_up(FILE *out, const struct runner_plan *plan)
{
	const struct vm *vm = &plan->request->vm;

	begin(out, "makes the machine's macvtap interfaces");
	for (size_t i = 0; i < vm->nics.count; i++)
		if (vm->nics.items[i].macvtap)
			write_macvtap(out, plan, &vm->nics.items[i]);
}

static void write_macvtap_down(FILE *out, const struct runner_plan *plan)
{
	const struct vm *vm = &plan->request->vm;

	begin(out, "takes the machine's macvtap interfaces away");
	for (size_t i = 0; i < vm->nics.count; i++)
		if (vm->nics.items[i].macvtap)
			write_delete(out, plan, vm->nics.items[i].macvtap);
}

static bool has_pci(const struct runner_plan *plan)
{
	return plan->request->vm.pci.count > 0;
}

/* Addresses are hexadecimal digits and colons: they need no quotes. */
static void write_pci_setup(FILE *out, const struct runner_plan *plan)
{
	const struct strlist *pci = &plan->request->vm.pci;

	begin(out, "gives the host's PCI devices to vfio-pci");
	fputs("if [ ! -e /sys/bus/pci/drivers/vfio-pci ]; then\n\t", out);
	shell_word_write(out, runner_tool(plan->options, TOOL_MODPROBE));
	fputs(" vfio-pci\n"
	      "fi\n"
	      "give() {\n"
	      "\tdevice=/sys/bus/pci/devices/$1\n"
	      "\tif [ -e \"$device/driver\" ]; then\n"
	      "\t\techo \"$1\" >\"$device/driver/unbind\"\n"
	      "\tfi\n"
	      "\techo vfio-pci >\"$device/driver_override\"\n"
	      "\techo \"$1\" >/sys/bus/pci/drivers_probe\n"
	      "\tgroup=$(cd -P -- \"$device/iommu_group\" && pwd -P)\n\t",
	      out);
	shell_word_write(out, runner_tool(plan->options, TOOL_CHOWN));
	fputc(' ', out);
	shell_word_write(out, plan->user);
	fputc(':', out);
	shell_word_write(out, plan->group);
	fputs(" \"/dev/vfio/${group##*/}\"\n}\n", out);
	for (size_t i = 0; i < pci->count; i++)
		fprintf(out, "give %s\n", pci->items[i]);
}

static bool has_virtiofs(const struct runner_plan *plan)
{
	for (size_t i = 0; i < plan->request->vm.shares.count; i++)
		if (!plan->request->vm.shares.items[i].is_9p)
			return true;
	return false;
}

static void write_virtiofsd(FILE *out, const struct runner_plan *plan)
{
	const struct vm *vm = &plan->request->vm;

	begin(out, "serves the machine's shares, in its state directory");
	find_package(out, plan);
	write_vmconfig(out, plan, "attend-shares");
	write_words(out, (const char *[]){"--virtiofsd", runner_tool(plan->options, TOOL_VIRTIOFSD),
	                                  "--socket-group", plan->group, NULL});
	if (plan->kind->control == CONTROL_PROGRAM) /* crosvm knows no tags */
		fputs(" --tell-tag", out);
	for (size_t i = 0; i < vm->shares.count; i++) {
		const struct vm_share *share = &vm->shares.items[i];
		_cleanup_free_ char *word = NULL;

		if (share->is_9p)
			continue;
		if (asprintf(&word, "%s:%s%s,socket=%s", share->source, share->tag,
		             share->readonly ? ",ro" : "", share->socket) < 0)
			word = NULL;
		fputs(" \\\n\t--share ", out);
		shell_word_write(out, word ? word : "");
	}
	fputc('\n', out);
}

static bool has_balloon(const struct runner_plan *plan)
{
	return plan->request->vm.balloon;
}

static void write_balloon(FILE *out, const struct runner_plan *plan)
{
	begin(out, "changes the machine's memory, and says what it is");
	find_package(out, plan);
	write_home(out, plan);
	write_vmconfig(out, plan, "attend-balloon");
	fprintf(out, " --kind %s", plan->kind->name);
	if (plan->kind->control == CONTROL_PROGRAM || is_kvmtool(plan))
		write_words(out, (const char *[]){"--program", plan->command->items[0], "--name",
		                                  plan->name, NULL});
	fputs(" \"${1:?the number of MiB}\"\n", out);
}

static bool wants_register(const struct runner_plan *plan)
{
	return plan->options->register_machine;
}

static void write_busctl(FILE *out, const struct runner_plan *plan, const char *const *words)
{
	fputs("exec ", out);
	shell_word_write(out, runner_tool(plan->options, TOOL_BUSCTL));
	write_words(out, (const char *[]){"--quiet", "call", "org.freedesktop.machine1",
	                                  "/org/freedesktop/machine1",
	                                  "org.freedesktop.machine1.Manager", NULL});
	write_words(out, words);
}

static void write_register(FILE *out, const struct runner_plan *plan)
{
	begin(out, "makes the machine known to systemd-machined; its process is $1");
	write_busctl(out, plan,
	             (const char *[]){"RegisterMachine", "sayssus", plan->name, "0", "vmconfig",
	                              "vm", NULL});
	fputs(" \"$1\" ''\n", out);
}

static void write_unregister(FILE *out, const struct runner_plan *plan)
{
	begin(out, "has systemd-machined forget the machine");
	write_busctl(out, plan, (const char *[]){"UnregisterMachine", "s", plan->name, NULL});
	fputc('\n', out);
}

static const struct {
	const char *name;
	bool (*wanted)(const struct runner_plan *plan); /* NULL: always */
	void (*write)(FILE *out, const struct runner_plan *plan);
} scripts[] = {
    {"microvm-run", NULL, write_run},
    {"microvm-shutdown", NULL, write_shutdown},
    {"tap-up", has_tap, write_tap_up},
    {"tap-down", has_tap, write_tap_down},
    {"macvtap-up", has_macvtap, write_macvtap_up},
    {"macvtap-down", has_macvtap, write_macvtap_down},
    {"pci-setup", has_pci, write_pci_setup},
    {"virtiofsd-run", has_virtiofs, write_virtiofsd},
    {"microvm-balloon", has_balloon, write_balloon},
    {"microvm-register", wants_register, write_register},
    {"microvm-unregister", wants_register, write_unregister},
};

int runner_put_scripts(struct package *p, const struct runner_plan *plan)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(scripts) / sizeof(*scripts); i++) {
		_cleanup_free_ char *text = NULL, *name = NULL;
		size_t length = 0;
		FILE *out;

		if (scripts[i].wanted && !scripts[i].wanted(plan))
			continue;
		out = open_memstream(&text, &length);
		if (!out)
			return fail_errno(errno, "cannot write '%s'", scripts[i].name);
		scripts[i].write(out, plan);
		if (fclose(out) != 0 || asprintf(&name, "bin/%s", scripts[i].name) < 0) {
			name = NULL;
			return fail_errno(ENOMEM, "cannot write '%s'", scripts[i].name);
		}
		r = package_put(p, name, text, length, 0755);
	}
	return r;
}
