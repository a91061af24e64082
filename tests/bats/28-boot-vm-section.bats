#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The vm section of a runtime configuration, as the guest finds it.

load helper
load vm

# bundle VM [LINUX] - a bundle whose process is the probe, with these sections.
bundle() {
	mkdir -p bundle/rootfs
	jq -n --argjson vm "$1" --argjson linux "${2:-{\}}" '{ociVersion: "1.2.0", root: {path: "rootfs"},
		process: {cwd: "/", args: ["/probe"], user: {uid: 0, gid: 0}}, vm: $vm, linux: $linux}' \
		>bundle/config.json
}

# boot [OPTION…] -- VERB…
boot() {
	run_vmconfig run --bundle bundle --disk "$PROBE_IMAGE,ro" --timeout 120 "$@"
}

@test "hypervisor, kernel, initrd, parameters and size are those of the vm section" {
	unset VMCONFIG_KERNEL VMCONFIG_INITRD
	bundle "$(jq -n --arg qemu "$(command -v qemu-system-x86_64)" \
		--arg kernel "$ROOT/build/kernel/vmlinuz" --arg initrd "$BUILD/initrd.cpio" '{
		hypervisor: {path: $qemu, parameters: ["-smbios", "type=1,product=of the vm section"]},
		kernel: {path: $kernel, initrd: $initrd, parameters: ["probe.words=hello world", "quiet"]},
		hwConfig: {vcpus: 2, memory: 201326593}}')"
	boot -- /probe cat /proc/cmdline , cat /sys/class/dmi/id/product_name , cat /proc/cpuinfo , \
		cat /proc/meminfo
	assert_status 0
	assert_output_contains ' probe.words="hello world" quiet'
	assert_output_contains 'of the vm section'
	[ "$(grep -c '^processor' <<<"$output")" -eq 2 ] || explain 'expected two processors'
	local kib
	kib=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' <<<"$output")
	[ "$kib" -gt $((128 << 10)) ] && [ "$kib" -lt $((193 << 10)) ] || explain "has $kib KiB"
}

@test "options win over the vm section, and resources size what it leaves open" {
	bundle '{"kernel": {"path": "/nonexistent", "parameters": ["probe.first=1"]},
		"hwConfig": {"vcpus": 2}}' \
		'{"resources": {"cpu": {"quota": 400000, "period": 100000},
		                "memory": {"limit": 167772160}}}'
	boot --kernel "$VMCONFIG_KERNEL" --initrd "$VMCONFIG_INITRD" --cpus 1 --append probe.second=2 \
		-- /probe cat /proc/cmdline , cat /proc/cpuinfo , cat /proc/meminfo
	assert_status 0
	assert_output_contains ' probe.first=1 probe.second=2'
	[ "$(grep -c '^processor' <<<"$output")" -eq 1 ] || explain 'expected one processor'
	local kib
	kib=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' <<<"$output")
	[ "$kib" -lt $((160 << 10)) ] || explain "has $kib KiB"
}

@test "as many words as the kernel passes on to init boot" {
	bundle "$(jq -n '{kernel: {path: "/nonexistent", parameters:
		([range(31) | "word\(.)=x"] + [range(32) | "word\(.)"])}}')"
	boot --kernel "$VMCONFIG_KERNEL" -- /probe exit 3
	assert_status 3
}

@test "what QEMU says of parameters that it does not know is shown" {
	bundle '{"kernel": {"path": "/nonexistent"},
		"hypervisor": {"path": "'"$(command -v qemu-system-x86_64)"'", "parameters": ["-frobnicate"]}}'
	boot --kernel "$VMCONFIG_KERNEL" -- /probe exit 3
	assert_status 125
	assert_stderr_contains '-frobnicate'
}
