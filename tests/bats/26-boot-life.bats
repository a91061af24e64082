#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What ends a virtual machine from outside: its power button, its keyboard, a reset.
# shellcheck disable=SC2154 # bats and vm.bash set stderr and vm

load helper
load vm

# qemu_with OPTION… - ./qemu, which runs QEMU with these options as well.
qemu_with() {
	need socat qemu-system-x86_64
	printf '#!/bin/sh\nexec qemu-system-x86_64 "$@" %s\n' "$*" >qemu
	chmod +x qemu
}

# vm_with_monitor [OPTION…] -- WORD… - boot the probe, until it says "ready".
vm_with_monitor() {
	qemu_with -qmp unix:qmp,server=on,wait=off
	vm_in_background --vmm ./qemu --disk "$PROBE_IMAGE,ro" "$@"
	wait_for_line stdout ready
}

# monitor COMMAND… - tell QEMU; returns when it has ended.
monitor() {
	printf '%s\n' '{"execute":"qmp_capabilities"}' "$@" |
		timeout 100 socat -,ignoreeof UNIX-CONNECT:qmp >monitor.log
}

@test "the power button stops the workload, and the machine" {
	vm_with_monitor -- sleep-until-signal
	monitor '{"execute":"system_powerdown"}'
	wait_for_vm
	assert_status 0
	assert_output_contains 'signal 15'
}

@test "so does Ctrl-Alt-Del" {
	vm_with_monitor -- sleep-until-signal
	monitor '{"execute":"send-key","arguments":{"keys":[{"type":"qcode","data":"ctrl"},
		{"type":"qcode","data":"alt"},{"type":"qcode","data":"delete"}]}}'
	wait_for_vm
	assert_status 0
	assert_output_contains 'signal 15'
}

@test "so does a power key, in a kernel without ACPI" {
	vm_with_monitor --append 'acpi=off vmconfig.end=reboot' -- sleep-until-signal
	monitor '{"execute":"send-key","arguments":{"keys":[{"type":"qcode","data":"power"}]}}'
	wait_for_vm
	assert_status 0
	assert_output_contains 'signal 15'
}

# To such an init the signal is another request.
@test "an init of the image's finds the power key as the kernel has it" {
	local mode
	# The first table is behind 7 bytes and 256, and KEY_POWER is 116: 495 is 7 + 256 + 2 * 116.
	local key='dumpkmap </dev/tty0 | od -An -tx2 -j495 -N2'
	for mode in exec systemd; do
		jq -nc --arg mode "$mode" '{entrypoint: ["/bin/sh", "-c"], cmd: [], workdir: "/", env: {},
			network_enabled: false, init_mode: $mode}' >base.json
		run_vmconfig run --config base.json --disk "$BUSYBOX_IMAGE,ro" --timeout 120 --verbose \
			--append 'acpi=off vmconfig.end=reboot' -- \
			"echo key \$($key); [ $mode = exec ] || exec /run/initramfs/shutdown reboot"
		console_of "$output"$'\n'"$stderr" | grep -o 'key [0-9a-f]\{4\}$' >"$mode"
	done
	[ "$(cat exec)" = 'key 020c' ]
	[[ $(cat systemd) == 'key '* && $(cat systemd) != 'key 020c' ]] || fail "$(cat systemd)"
}

@test "a reboot that the workload asks init for is a reset, and the report comes before it" {
	qemu_with -qmp unix:qmp,server=on,wait=on
	vm_in_background --vmm ./qemu --disk "$PROBE_IMAGE,ro" -- signal 1 39 , sleep-until-signal
	echo '{"execute":"qmp_capabilities"}' |
		timeout 100 socat -,ignoreeof UNIX-CONNECT:qmp,retry=600,interval=0.1 >monitor.log
	wait_for_vm
	# Asked to stop before or after it has blocked the signal.
	[ "$status" -eq 143 ] || [ "$status" -eq 0 ] || explain "status $status"
	grep -q '"guest-reset"' monitor.log || fail 'no reset' "$(cat monitor.log)"
}

@test "a disk that takes nothing any more does not keep the machine, nor soil the others" {
	make_disk upper.img
	make_disk slow.img
	qemu_with -qmp unix:qmp,server=on,wait=off -drive if=none,id=slow,format=raw,file=slow.img \
		-device virtio-blk-pci,drive=slow,serial=slow
	vm_in_background --vmm ./qemu --disk "$PROBE_IMAGE,ro" --disk upper.img,serial=up \
		--root /dev/vda:overlay=serial=up -v serial=slow:/data --verbose -- \
		write /data/file x , write /file x , sleep-until-signal
	wait_for_line stdout ready
	monitor '{"execute":"block_set_io_throttle","arguments":{"device":"slow","bps":0,"bps_rd":0,
		"bps_wr":1,"iops":0,"iops_rd":0,"iops_wr":0}}' '{"execute":"system_powerdown"}'
	wait_for_vm
	assert_status 0
	assert_stderr_contains 'does not come to an end'
	assert_stderr_contains 'every filesystem is forced to be read-only'
	assert_clean upper.img
}

@test "swap files are released, and nothing is in use in the end" {
	make_disk upper.img
	make_disk data.img
	run_vmconfig run --config base.json --disk "$PROBE_IMAGE,ro" --disk upper.img \
		--disk data.img,serial=data -v serial=data:/data --timeout 120 --verbose -- \
		write /file x , swap '/data/swap file' , exit 3
	assert_status 3
	assert_output_contains 'swap on'
	[[ $stderr != *'still in use'* && $stderr != *'cannot'* ]] || explain 'not all was released'
	assert_clean upper.img
	assert_clean data.img
}

@test "--timing says where the time has gone, from the kernel's start to the shutdown" {
	vm --timing --timing-json timing.json -- exit 3
	assert_status 3
	sed -n 's/^vmconfig: timing: *[0-9][0-9.]* *[0-9][0-9.]*  \([a-z].*\)$/\1/p' <<<"$stderr" >rows
	[ "$(head -n 1 rows)" = kernel ] || explain 'the kernel comes first'
	[ "$(tail -n 2 rows | paste -s -d ,)" = 'the workload ran,shutdown' ] || explain 'what comes last'
	sed -n 's/^    {"\([a-z ]*\)", phase_.*/\1/p' "$ROOT/guest/main.c" |
		while read -r phase; do grep -qxF "$phase" rows || fail "no '$phase'"; done
	jq -r '.[].name' timing.json | cmp - rows || fail 'the rows for programs are others'
	jq -e '.[0].took_us == .[0].until_us and all(.took_us >= 0 and .until_us >= .took_us) and
		(map(.until_us) | . == sort)' timing.json || fail "$(cat timing.json)"
}

@test "init has 400 KiB resident at most while the workload runs" {
	vm -- orphans 20 , pid1
	assert_status 0
	resident=$(sed -n 's/^resident //p' <<<"$output")
	((resident > 0 && resident <= 400)) || explain "$resident KiB"
}
