/* SPDX-License-Identifier: MIT */
/* What the kernel makes of the words of its command line. */
#include "kernel_known.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/*
 * Words that kernels handle themselves. Those of modules have a dot in their
 * names. To the kernel a '-' is a '_'; here all are '_'. One that is missing here counts as init's,
 * which matters only to who gives more than thirty of them; one too many would let the kernel
 * panic.
 *
 * Compared with Linux 6.1.192 as Debian has it: each stands in its
 * Documentation/admin-guide/kernel-parameters.txt or in a __setup(),
 * early_param() or core_param() of its sources, and each that stands in both is
 * here.
 */
static const char known[] =
    " acpi acpi_apic_instance acpi_backlight acpi_enforce_resources "
    "acpi_force_32bit_fadt_addr acpi_force_table_verification acpi_irq_balance acpi_irq_isa "
    "acpi_irq_nobalance acpi_irq_pci acpi_mask_gpe acpi_no_auto_serialize "
    "acpi_no_memhotplug acpi_no_static_ssdt acpi_no_watchdog acpi_os_name acpi_osi "
    "acpi_pm_good acpi_rev_override acpi_rsdp acpi_sci acpi_skip_timer_override acpi_sleep "
    "acpi_use_timer_override acpica_no_return_repair add_efi_memmap agp align_va_addr "
    "alignment alloc_snapshot allow_mismatched_32bit_el0 amd_iommu amd_iommu_dump "
    "amd_iommu_intr amd_pstate apc apic apic_extnmi apicpmtimer apm apparmor arcrimi audit "
    "audit_backlog_limit autoconf baycom_epp baycom_par baycom_ser_fdx baycom_ser_hdx "
    "bert_disable bgrt_disable blkdevparts boot_delay bootconfig bulk_remove ca_keys "
    "cachesize carrier_timeout cca ccw_timeout_log cgroup_disable cgroup_no_v1 checkreqprot "
    "cio_ignore clearcpuid clk_ignore_unused clock clocksource cma cma_pernuma "
    "cmo_free_hint coherent_pool com20020 com90io com90xx condev conmode console "
    "console_msg_format consoleblank coredump_filter cpu0_hotplug cpu_init_udelay "
    "crash_kexec_post_notifiers crashkernel cs89x0_dma cs89x0_media csdlock_debug dasd "
    "debug debug_boot_weak_hash debug_guardpage_minorder debug_locks_verbose debug_objects "
    "debug_pagealloc debugfs debugpat default_hugepagesz deferred_probe_timeout delayacct "
    "dfltcc dhash_entries dis_ucode_ldr disable_1tb_segments disable_cpu_apicid disable_ddw "
    "disable_ipv6 disable_mtrr_cleanup disable_mtrr_trim disable_radix disable_timer_pin_1 "
    "disable_tlbie dma_debug dma_debug_driver dma_debug_entries driver_async_probe "
    "dt_cpu_ftrs dump_apple_properties dyndbg early_ioremap_debug early_page_ext earlycon "
    "earlyprintk edac_report edd efi efi_fake_mem efi_no_storage_paranoia efivar_ssdt "
    "eisa_irq_edge ekgdboc elanfreq elevator elfcorehdr enable_mtrr_cleanup "
    "enable_timer_pin_1 enforcing erst_disable ether evm fadump fail_io_timeout "
    "fail_make_request fail_page_alloc fail_usercopy failslab fb_tunnels floppy "
    "force_pal_cache_flush forcepae ftrace ftrace_boot_snapshot ftrace_dump_on_oops "
    "ftrace_filter ftrace_graph_filter ftrace_graph_max_depth ftrace_graph_notrace "
    "ftrace_notrace fw_devlink gart_fix_e820 gather_data_sampling gbpages gcov_persist gpt "
    "hardened_usercopy hardlockup_all_cpu_backtrace hashdist hest_disable hibernate highmem "
    "highres hlt hostname hpet hpet_mmap hugepages hugepagesz hugetlb_cma "
    "hugetlb_free_vmemmap hung_task_panic hv_nopvspin hvc_iucv hvc_iucv_allow i2c_bus idle "
    "ieee754 ignore_loglevel ignore_rlimit_data ihash_entries ima_appraise ima_appraise_tcb "
    "ima_canonical_fmt ima_hash ima_policy ima_tcb ima_template ima_template_fmt "
    "indirect_target_selection init init_on_alloc init_on_free init_pkru initcall_blacklist "
    "initcall_debug initramfs_async initramfs_options initrd initrdmem int_pln_enable "
    "integrity_audit intel_iommu intel_pstate intremap io7 io_delay iomem iommu ip "
    "ipcmni_extend irqaffinity irqfixup irqpoll isapnp isolcpus iucv ivrs_acpihid ivrs_hpet "
    "ivrs_ioapic kasan kasan_multi_shot keep_bootcon keepinitrd kernelcore kgdbcon kgdbdbgp "
    "kgdboc kgdboc_earlycon kgdbwait kmac kmemleak kprobe_event kpti kstack "
    "kvm_cma_resv_ratio l1d_flush l1tf l2cr l3cr lapic lapic_timer_c2_ok load_ramdisk "
    "lockdown log_buf_len loglevel lp lpj lsm max_addr max_loop maxcpus mce md mdacon mds "
    "mem mem_encrypt mem_sleep_default memblock memhp_default_state memmap "
    "memory_corruption_check memory_corruption_check_period memory_corruption_check_size "
    "memtest mfgpt_irq mfgptfix min_addr mini2440 mitigations mminit_loglevel "
    "mmio_stale_data module_blacklist movable_node movablecore mtdparts mtdset "
    "mtrr_chunk_size mtrr_gran_size mtrr_spare_reg_nr multitce netdev nfsaddrs nfsroot "
    "nfsrootdebug nmi_debug nmi_watchdog no_kvmapf no_kvmclock no_scroll no_steal_acc "
    "no_vmw_sched_clock no387 no5lvl no_console_suspend no_debug_objects no_entry_flush "
    "no_file_caps no_hash_pointers no_stf_barrier no_timer_check no_uaccess_flush "
    "noaliencache noalign noaltinstr noapic noapictimer noautogroup nocache nodsp noefi "
    "noexec noexec32 nofpu nofsgsbase nofxsr nohalt nohibernate nohlt nohugeiomap "
    "nohugevmalloc nohz nohz_full noinitrd nointremap nointroute noinvpcid noiotrap "
    "noirqdebug noisapnp nojitter nokaslr nolapic nolapic_timer nomca nomce nomfgpt "
    "nomodeset nomodule nonmi_ipi nopat nopcid nopku nopti nopv nopvspin norandmaps "
    "noreplace_smp noresume nosbagart nosgx nosmap nosmep nosmp nosmt nosoftlockup "
    "nospec_store_bypass_disable nospectre_bhb nospectre_v1 nospectre_v2 nosync nousb novmcoredd "
    "nowatchdog nowb nox2apic noxsave noxsaveopt noxsaves nps_mtm_hs_ctr nptcg nr_cpus "
    "nr_uarts numa numa_balancing numa_zonelist_order ohci1394_dma olpc_ec_timeout oops "
    "page_owner page_poison page_table_check panic panic_on_taint panic_on_warn panic_print "
    "parport parport_init_mode pause_on_oops pci pcie_aspm pcie_pme pcie_port_pm pcie_ports "
    "pcmv pd_ignore_unused pdcchassis percpu_alloc pirq plip pm_debug_messages pmtmr "
    "pmu_override pnp_reserve_dma pnp_reserve_io pnp_reserve_irq pnp_reserve_mem pnpacpi "
    "pnpbios possible_cpus powersave ppc_strict_facility_enable ppc_tm preempt "
    "print_fatal_signals profile prompt_ramdisk prot_virt psi pti quiet raid ramdisk_size "
    "ramdisk_start "
    "randomize_kstack_offset ras rcu_nocb_poll rcu_nocbs rdinit rdrand rdt reboot "
    "reg_file_data_sampling relax_domain_level reserve reservetop reset_devices resume "
    "resume_offset resumedelay resumewait retain_initrd retbleed rhash_entries ring3mwait "
    "ro rodata root rootdelay rootflags rootfstype rootwait rproc_mem rw s390_iommu "
    "s390_iommu_aperture sched_thermal_decay_shift sched_verbose schedstats security "
    "selinux serialnumber sev show_lapic skew_tick slab_max_order slab_merge slab_nomerge "
    "slram slub_debug slub_max_order slub_merge slub_min_objects slub_min_order "
    "slub_nomerge smt softlockup_all_cpu_backtrace softlockup_panic spec_rstack_overflow "
    "spec_store_bypass_disable spectre_bhi spectre_v2 spectre_v2_user split_lock_detect "
    "srbds ssbd stack_depot_disable stack_guard_gap stacktrace stacktrace_filter sti "
    "sti_font stifb stress_slb swapaccount swiotlb switches sysrq_always_enabled "
    "tcpmhash_entries test_suspend thash_entries threadirqs topology topology_updates "
    "tp_printk tp_printk_stop_on_boot trace_buf_size trace_clock trace_event trace_options "
    "traceoff_on_warning transparent_hugepage tsa tsc tsc_early_khz tsx tsx_async_abort "
    "uhash_entries unknown_nmi_panic user_debug userpte vdso vdso32 vector vga video "
    "vm_debug vmalloc vmcp_cma vmhalt vmpanic vmpoff vmscape vsyscall watchdog "
    "watchdog_thresh x2apic_phys xen_512gb_limit xen_emul_unplug xen_legacy_crash "
    "xen_msr_safe xen_no_vector_callback xen_nopv xen_nopvspin xen_scrub_pages "
    "xen_timer_slop xirc2ps_cs xive xmon ";

/*
 * Of kernels after that one. Each was looked up by its name, and stands in a
 * __setup() or early_param() of what was merged for Linux 6.2 to 6.17; there
 * may be others.
 */
static const char known_later[] =
    " amd_prefcore cgroup_favordynmods hash_pointers hugetlb_cma_only hw_protection "
    "ia32_emulation kho kho_scratch numa_cma reserve_mem riscv_isa_fallback thp_anon thp_shmem "
    "trace_instance trace_trigger traceoff_after_boot transparent_hugepage_shmem "
    "transparent_hugepage_tmpfs unaligned_scalar_speed unaligned_vector_speed ";

/* Whether @words begin with the @length bytes of @name, as the kernel compares them. */
static bool begin_with(const char *words, const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (words[i] != (name[i] == '-' ? '_' : name[i]))
			return false;
	return words[length] == ' ';
}

static bool is_among(const char *words, const char *name, size_t length)
{
	for (; *++words; words += strcspn(words, " "))
		if (begin_with(words, name, length))
			return true;
	return false;
}

/* Whether @name is the kernel's own, or a module's. */
static bool is_known(const char *name)
{
	size_t length = strlen(name);

	if (!length || strchr(name, ' '))
		return false;
	if (strchr(name, '.'))
		return true;
	return is_among(known, name, length) || is_among(known_later, name, length);
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
