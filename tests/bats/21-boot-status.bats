#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# How a virtual machine ends is how vmconfig ends, and failures are one line.

load helper
load vm

@test "the workload's status is vmconfig's: 0, 1, 7, 255" {
	for code in 0 1 7 255; do
		vm -- exit "$code"
		assert_status "$code"
		assert_stderr ''
	done
}

@test "a workload killed by a signal is 128 and the signal" {
	vm -- kill 9
	assert_status 137
	vm -- kill 11
	assert_status 139
}

@test "a program that is not there: 127; one that cannot be executed: 126" {
	vm --entrypoint /nowhere
	assert_failure 127 "cannot execute '/nowhere': no such file"
	vm --entrypoint no-such-program
	assert_failure 127 "cannot execute 'no-such-program': not found in PATH"
	vm --entrypoint /lost+found
	assert_failure 126 "cannot execute '/lost+found': not executable"
}

@test "a root filesystem that is not there, or is none, stops the boot with its name" {
	vm --root serial=elsewhere -- exit 0
	assert_failure 125 "vmconfig: root filesystem: no disk has the serial 'elsewhere'"
	# A VMM of one's own may add it: the guest looks.
	vm --root serial=elsewhere --vmm "$(command -v qemu-system-x86_64)" --append vmconfig.wait=1 -- exit 0
	assert_status 125
	assert_stderr_contains "vmconfig: warning: root filesystem: no disk has the serial 'elsewhere'"
	assert_stderr_contains "guest: root: there is no device 'serial=elsewhere', the root filesystem"
	truncate -s 1M empty.img
	run_vmconfig run --config base.json --disk empty.img -- exit 0
	assert_failure 125 "the root filesystem, holds no filesystem"
}

@test "a volume that is not there stops the boot with its name" {
	vm -v label=data:/data --append vmconfig.wait=1 -- write /data/x y
	assert_failure 125 "guest: volumes: there is no device 'label=data', the volume of '/data'"
	vm -v serial=data:/data -- write /data/x y
	assert_failure 125 "vmconfig: volume of '/data': no disk has the serial 'data'"
}

@test "a user that is not there stops the boot with its name" {
	vm --user nobody-here -- exit 0
	assert_failure 125 "user 'nobody-here'"
}

@test "a kernel that dies before it can report is a failure, with what it said" {
	{ printf 070701; head -c 100000 /dev/zero; } >broken.cpio
	vm --initrd broken.cpio -- exit 0
	assert_status 125
	assert_stderr_contains 'the guest ended without a report'
	assert_stderr_contains 'Kernel panic'
}

@test "a kernel or initrd that is no such thing is refused before boot" {
	echo text >file
	vm --kernel file -- exit 0
	assert_status 125
	assert_stderr_contains "file"
	vm --kernel missing -- exit 0
	assert_status 125
	assert_stderr_contains "missing"
}

@test "the config disk is out of the workload's sight" {
	vm -e SECRET=hidden-in-the-config -- ls /dev , ls /sys/block , cat /proc/cmdline , mounts
	assert_status 0
	[[ $output == *'entry vda'* ]] || explain 'the root disk is expected in /dev'
	[[ $output != *'entry vdb'* ]] || explain 'the config disk is in /dev or /sys/block'
	[[ $output != *hidden-in-the-config* ]] || explain 'the command line has a secret'
	[[ $output != *'/vmconfig/config'* ]] || explain 'the config disk is mounted'
}

@test "a volume labelled as the config disk is not taken for it" {
	mkdir evil
	jq -c '.cmd = ["exit", "66"]' base.json >evil/config.json
	truncate -s 4M evil.img
	mke2fs -q -F -t ext4 -L VMCONFIG -d evil evil.img
	vm --disk evil.img,serial=data -v serial=data:/data -- exit 5
	assert_status 5
}

@test "500 orphans are reaped, and init is as large afterwards as before" {
	vm -- orphans 20 , pid1 , orphans 500 , pid1
	assert_status 0
	assert_output_contains 'orphans 500 zombies 0'
	mapfile -t sizes < <(grep '^pid1 ' <<<"$output")
	[ "${#sizes[@]}" -eq 2 ] || explain 'two sizes expected'
	[ "${sizes[0]}" = "${sizes[1]}" ] || explain 'init has grown'
}
