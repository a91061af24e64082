#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A few of the faults of 18-ns-fault-calls.bats in virtual machines: no kernel panic, and every filesystem
# is clean.
# shellcheck disable=SC2154 # bats sets stderr

load helper
load vm

# boot_with FAULT - boot with init-fault, which has it from the kernel's command line.
boot_with() {
	[ -e fault.cpio ] || "$BUILD/vmconfig-image" initrd --init "$BUILD/init-fault" \
		--modules "$ROOT/build/kernel" -o fault.cpio
	rm -f upper.img data.img
	make_disk upper.img 8M
	make_disk data.img 8M
	run_vmconfig run --config base.json --initrd fault.cpio --append "VMCONFIG_FAULT=$1" \
		--disk "$PROBE_IMAGE,ro" --disk upper.img --disk data.img,serial=data \
		-v serial=data:/data --timeout 120 -- write /file x , write /data/file x , exit 5
	assert_clean upper.img
	assert_clean data.img
}

@test "a call that fails when all is mounted" {
	boot_with switch-root:1
	assert_failure 125 'vmconfig: guest: switch root: cannot open the initramfs'
}

@test "the first call of all, when nothing but the console is there" {
	boot_with early-mounts:1
	assert_status 125
	assert_stderr_contains "early mounts: cannot make '/' private: I/O error"
	[[ $stderr != *'Kernel panic'* ]] || explain 'a panic'
}

# throttled BYTES - boot with one more disk, which stops to answer once so many have been read.
throttled() {
	make_disk upper.img 8M
	make_disk dead.img
	printf '#!/bin/sh\nexec qemu-system-x86_64 "$@" -drive %s,throttling.bps-read-max=%s %s\n' \
		if=none,id=dead,format=raw,file=dead.img,throttling.bps-read=1 "$1" \
		'-device virtio-blk-pci,drive=dead,serial=dead' >qemu
	chmod +x qemu
	run_vmconfig run --config base.json --vmm ./qemu --append vmconfig.stall=5 \
		--disk "$PROBE_IMAGE,ro" --disk upper.img -v serial=dead:/data --timeout 120 -- exit 0
	assert_clean upper.img
}

@test "a disk that answers no more: what waits for it is told, and the others are clean" {
	# Where it stops depends on how the reads fall: while it is looked at or while it is mounted.
	throttled 49152
	assert_status 125
	assert_stderr_contains "ing '/dev/vdd'"
	assert_stderr_contains ': no answer for 5 s'
	throttled 512
	assert_status 125
	assert_stderr_contains "modules: loading module '/lib/modules/virtio_blk.ko': no answer for 5 s"
	assert_stderr_contains 'the machine does not turn itself off, and is reset'
}

@test "a call of the last phase that does not come back, when the roots have been switched" {
	boot_with 'workload:pipe2:1:hang vmconfig.stall=5'
	assert_failure 125 'vmconfig: guest: workload: no answer for 5 s'
}

@test "the power button ends a boot that is stuck in a mount" {
	need socat
	[ -e fault.cpio ] || "$BUILD/vmconfig-image" initrd --init "$BUILD/init-fault" \
		--modules "$ROOT/build/kernel" -o fault.cpio
	make_disk upper.img 8M
	make_disk data.img 8M
	printf '#!/bin/sh\nexec qemu-system-x86_64 "$@" -qmp unix:qmp,server=on,wait=off\n' >qemu
	chmod +x qemu
	vm_in_background --vmm ./qemu --initrd fault.cpio --verbose \
		--append 'VMCONFIG_FAULT=volumes:mount:1:hang vmconfig.stall=0' \
		--disk "$PROBE_IMAGE,ro" --disk upper.img --disk data.img,serial=data -v serial=data:/data -- exit 0
	wait_for_line stderr 'fault: mount'
	printf '%s\n' '{"execute":"qmp_capabilities"}' '{"execute":"system_powerdown"}' |
		timeout 100 socat -,ignoreeof UNIX-CONNECT:qmp >monitor.log
	wait_for_vm
	assert_status 125
	assert_stderr_contains "the volume of '/data': a stop has been asked for"
	assert_clean upper.img
}

@test "init itself crashes while the workload runs" {
	boot_with supervise:2:crash
	assert_failure 125 'vmconfig: guest: supervise: init itself has crashed: SIGILL'
}

@test "calls that fail in the end do not change the report" {
	boot_with shutdown:3
	assert_status 5
	assert_stderr ''
	boot_with shutdown:12
	assert_status 5
	assert_stderr ''
}
