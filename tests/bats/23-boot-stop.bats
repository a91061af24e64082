#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Stopping a virtual machine: gracefully, in time, and with clean disks.
# shellcheck disable=SC2154 # bats and vm.bash set stderr and vm

load helper
load vm

@test "SIGTERM to vmconfig asks the workload with its stop signal" {
	vm_in_background --disk "$PROBE_IMAGE,ro" --stop-signal SIGUSR2 -- sleep-until-signal
	wait_for_line stdout ready
	kill -TERM "$vm"
	wait_for_vm
	assert_status 0
	assert_output_contains 'signal 12'
}

@test "a workload that ignores its stop signal is killed after stop_timeout" {
	vm_in_background --disk "$PROBE_IMAGE,ro" --stop-timeout 1 -- sleep-until-signal 15
	wait_for_line stdout ready
	kill -TERM "$vm"
	wait_for_vm
	assert_status 137
}

@test "after a stop in the middle of heavy writes the disks are clean" {
	make_disk upper.img 64M
	make_disk data.img 64M
	vm_in_background --disk "$PROBE_IMAGE,ro" --disk upper.img,serial=up --disk data.img,serial=data \
		--root /dev/vda:overlay=serial=up -v serial=data:/data -- mkdir /burn , burn-writes-apart /burn , burn-writes /data
	wait_for_line stdout burning
	sleep 1 # of writing: more of it makes the test harder, less of it never makes it fail
	kill -TERM "$vm"
	wait_for_vm
	[ "$status" -eq 143 ] || [ "$status" -eq 0 ] || explain "status $status"
	assert_clean upper.img
	assert_clean data.img
}

@test "--timeout stops the guest and says so" {
	run_vmconfig run --config base.json --disk "$PROBE_IMAGE,ro" --timeout 30 -- sleep-until-signal
	assert_status 125
	assert_stderr_contains 'timed out'
	assert_output_contains ready
}

@test "nothing is left behind: no file, no process" {
	mkdir tmp run
	TMPDIR=$PWD/tmp XDG_RUNTIME_DIR=$PWD/run run_vmconfig run --config base.json \
		--disk "$PROBE_IMAGE,ro" -- exit 0
	assert_status 0
	[ -z "$(find tmp run -mindepth 1)" ] || fail "$(find tmp run)"
	vm_in_background --disk "$PROBE_IMAGE,ro" -- sleep-until-signal
	wait_for_line stdout ready
	qemu=$(pgrep -P "$vm")
	kill -KILL "$vm"
	wait "$vm" || true
	timeout 20 tail --pid="$qemu" -f /dev/null || fail 'QEMU outlives vmconfig'
}

@test "a stop while a hook runs ends the hook, and the machine says so" {
	jq -c '.hooks = {start_container: [{path: "/probe", args: ["probe", "sleep-until-signal"]}]}' base.json >hook.json
	mv hook.json base.json
	vm_in_background --verbose --disk "$PROBE_IMAGE,ro" -- say no
	wait_for_line stderr ready
	kill -TERM "$vm"
	wait_for_vm
	assert_status 125
	assert_stderr_contains "hook '/probe' has been ended: a stop has been asked for"
	assert_stderr_contains 'signal 15'
	[ ! -s stdout ] || fail "$(cat stdout)"
}
