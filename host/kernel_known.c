/* SPDX-License-Identifier: MIT */
/* What the kernel makes of the words of its command line. */
#include "kernel_known.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/*
 * Words that kernels handle themselves (Documentation/admin-guide/
 * kernel-parameters.txt). Those of modules have a dot in their names. One that
 * is missing here counts as init's, which matters only to who gives more than
 * thirty of them.
 */
static const char known[] =
    " acpi acpi_backlight acpi_enforce_resources acpi_irq_balance acpi_mask_gpe "
    "acpi_no_auto_serialize acpi_no_memhotplug acpi_osi acpi_rsdp acpi_sci acpi_sleep agp "
    "alignment alloc_snapshot allow_mismatched_32bit_el0 amd_iommu amd_iommu_dump "
    "amd_pstate apic apicpmtimer apparmor audit audit_backlog_limit autoconf bert_disable "
    "bgrt_disable boot_delay bootconfig bootmem_debug cachesize ccw_timeout_log "
    "cgroup_disable cgroup_favordynmods cgroup_no_v1 checkreqprot clearcpuid "
    "clk_ignore_unused clocksource cma cma_pernuma coherent_pool console "
    "console_msg_format consoleblank coredump_filter cpu_init_udelay "
    "crash_kexec_post_notifiers crashkernel debug debug_boot_weak_hash "
    "debug_guardpage_minorder debug_objects debug_pagealloc debugfs debugpat "
    "default_hugepagesz deferred_probe_timeout delayacct dell_smm_hwmon dfltcc "
    "dhash_entries dis_ucode_ldr disable_1tb_segments disable_ddw disable_ipv6 "
    "disable_mtrr_cleanup disable_mtrr_trim disable_radix dma_debug dma_debug_driver "
    "dma_debug_entries driver_async_probe dump_apple_properties early_ioremap_debug "
    "earlycon earlyprintk edd efi efi_fake_mem efi_no_storage_paranoia efivar_ssdt "
    "ekgdboc elevator elfcorehdr enable_mtrr_cleanup enable_timer_pin_1 enforcing "
    "erst_disable fadump fail_function fail_io_timeout fail_make_request fail_page_alloc "
    "failslab floppy force_pal_cache_flush forcepae fs_parent_wait fsck ftrace "
    "ftrace_boot_snapshot ftrace_dump_on_oops ftrace_filter ftrace_graph_filter "
    "ftrace_graph_max_depth ftrace_graph_notrace ftrace_notrace fw_devlink gart_fix_e820 "
    "gbpages gpt hardened_usercopy hardlockup_all_cpu_backtrace hashdist hest_disable "
    "highmem highres hlt hpet hpet_mmap hugepages hugepagesz hugetlb_cma "
    "hugetlb_free_vmemmap hung_task_panic hv_nopvspin hvc_iucv hvc_iucv_allow idle init "
    "init_mlocked_on_free init_on_alloc init_on_free init_pkru initcall_blacklist "
    "initcall_debug initramfs_async initramfs_options initrd initrdmem int_pln_enable "
    "integrity_audit intel_iommu intel_pstate intremap iomem iommu ip ipcmni_extend "
    "irqaffinity irqfixup irqpoll isapnp isolcpus iucv ivrs_acpihid ivrs_hpet ivrs_ioapic "
    "kasan kasan_multi_shot keepinitrd kernelcore kfence kgdbcon kgdbdbgp kgdboc kgdbwait "
    "kmemleak kprobe_event kpti kstack kvm_cma_resv_ratio l1d_flush l1tf l2cr l3cr lapic "
    "lapic_timer_c2_ok load_ramdisk lockdown log_buf_len loglevel logo lpj lsm max_addr "
    "max_cpus max_loop maxcpus mce mds mem mem_encrypt mem_sleep_default memblock "
    "memhp_default_state memmap memory_corruption_check memory_corruption_check_period "
    "memory_corruption_check_size memtest mfgpt_irq mfgptfix microcode migration_debug "
    "min_addr mitigations mminit_loglevel mmio_stale_data mount movable_node movablecore "
    "mtdparts mtrr_chunk_size mtrr_gran_size mtrr_spare_reg_nr multitce netdev netpoll "
    "nfsroot nfsrootdebug nmi_backtrace nmi_debug nmi_watchdog no387 no5lvl "
    "no_console_suspend no_debug_objects no_entry_flush no_file_caps no_hash_pointers "
    "no_hwp no_stf_barrier no_timer_check no_uaccess_flush no_x2apic_optout noaliencache "
    "noapic noapictimer noautogroup nocache noclflush nodelayacct nodsp noefi noexec "
    "noexec32 nofpu nofsgsbase nofxsr nogbpages nohalt nohibernate nohigh nohlt "
    "nohugeiomap nohugevmalloc nohz nohz_full noinitrd nointremap nointroute noinvpcid "
    "noiotrap noirqdebug noisapnp nojitter nokaslr nokprobe_sleep nolapic nolapic_timer "
    "nomca nomce nomfgpt nomodeset nomodule nompx nonmi_ipi nopat nopcid nopku nopti nopv "
    "nopvspin norandmaps norecursion noreplace-smp noresume nosbagart nosep nosgx nosmap "
    "nosmep nosmp nosmt nosoftlockup nospec_store_bypass_disable nospectre_bhb "
    "nospectre_v1 nospectre_v2 nosync nousb nousershstk novmcoredd nowatchdog nowb "
    "nox2apic noxsave noxsaveopt noxsaves nps_mtm_hs_ctr nptcg nr_cpus nr_uarts numa "
    "numa_balancing numa_cma numa_zonelist_order ohci1394_dma olpc_ec_timeout oops "
    "oops_all_cpu_backtrace page_owner page_poison page_table_check panic panic_on_oops "
    "panic_on_rcu_stall panic_on_taint panic_on_warn panic_print parisc_idle parport "
    "parport_init_mode pause_on_oops pci pcie_aspm pcie_pme pcie_port_pm pcie_ports "
    "pd_ignore_unused percpu_alloc pirq pm_async pm_debug_messages pmtmr pnpacpi pnpbios "
    "possible_cpus powersave ppc_strict_facility_enable preempt print-fatal-signals "
    "profile prompt_ramdisk prot_virt psi pstore pti quiet ramdisk_size ramdisk_start "
    "rcu_nocb_poll rcu_nocbs rdinit rdrand rdt reboot relax_domain_level reserve "
    "reserve_elfcorehdr reserve_mem reservelow resume resume_offset resumedelay "
    "resumewait retain_initrd retbleed riscv_isa_fallback ro rodata root rootdelay "
    "rootflags rootfstype rootwait rproc_mem rw s390_iommu s390_iommu_aperture "
    "sched_debug sched_thermal_decay_shift sched_verbose schedstats selinux serialnumber "
    "setup_data sev sgx show_lapic skew_tick slab_max_order slab_merge slab_min_objects "
    "slab_min_order slab_nomerge slub_debug slub_max_order slub_merge slub_min_objects "
    "slub_min_order slub_nomerge smp softlockup_all_cpu_backtrace softlockup_panic "
    "spec_rstack_overflow spec_store_bypass_disable spectre_bhi spectre_v2 "
    "spectre_v2_user split_lock_detect srbds ssbd stack_depot_disable stack_guard_gap "
    "stacktrace stacktrace_filter swapaccount swiotlb sysrq_always_enabled test_suspend "
    "thash_entries thp_anon thp_shmem threadirqs topology_updates tp_printk "
    "tp_printk_stop_on_boot trace_buf_size trace_clock trace_event trace_instance "
    "trace_options trace_trigger traceoff_after_boot traceoff_on_warning "
    "transparent_hugepage transparent_hugepage_shmem transparent_hugepage_tmpfs tsa tsc "
    "tsc_early_khz tsx tsx_async_abort uhash_entries unaligned_scalar_speed "
    "unaligned_vector_speed unknown_nmi_panic unwind_debug user_debug usercopy vdso "
    "vdso32 vga video vmalloc vmhalt vmpanic vmpoff vmscape vsyscall vt watchdog "
    "watchdog_thresh writecombine x2apic_phys x86_intel_mid_timer xen_512gb_limit "
    "xen_emul_unplug xen_legacy_crash xen_msr_safe xen_no_vector_callback xen_nopv "
    "xen_nopvspin xen_scrub_pages xen_timer_slop ";

/* Whether @name is the kernel's own, or a module's. */
static bool is_known(const char *name)
{
	size_t length = strlen(name);

	if (!length || strchr(name, ' '))
		return false;
	if (strchr(name, '.'))
		return true;
	for (const char *at = known; (at = strstr(at, name)); at += length)
		if (at[-1] == ' ' && at[length] == ' ')
			return true;
	return false;
}

struct names {
	char **items;
	size_t count;
};

static bool seen(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return false;
}

static void release(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
}

/* A variable of init's environment; HOME and TERM have their places already. */
static int count_variable(const char *word, struct names *names)
{
	_cleanup_free_ char *name = strndup(word, strcspn(word, "="));

	if (!name)
		return -ENOMEM;
	if (is_known(name) || seen(names, name) || strcmp(name, "HOME") == 0 ||
	    strcmp(name, "TERM") == 0)
		return 0;
	names->items[names->count++] = steal_ptr(&name);
	return 0;
}

int kernel_init_words(const struct strlist *words, struct init_words *count)
{
	_cleanup_(release) struct names names = {0};
	bool for_init = false; /* after "--" all are */
	int r = 0;

	*count = (struct init_words){0};
	names.items = calloc(words->count + 1, sizeof(*names.items));
	if (!names.items)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < words->count; i++) {
		const char *word = words->items[i];

		if (!*word)
			continue;
		if (!for_init && strcmp(word, "--") == 0)
			for_init = true;
		else if (!for_init && strchr(word, '='))
			r = count_variable(word, &names);
		else if (for_init || !is_known(word))
			count->args++;
	}
	count->env = names.count;
	return r;
}
