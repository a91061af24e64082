#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `run --format`: a machine boots from its config in each form, and its workload cannot read it.
# shellcheck disable=SC2154 # bats and vm.bash set status, output and stderr

load helper
load vm

# seen OPTION… - what the workload sees of its config, and how many $devices there are.
seen() {
	vm -e SECRET=s3cret "$@" -- env , cat /proc/cmdline , ls /sys/bus/virtio/devices , stat /vmconfig , args 'a b'
	assert_status 1 # there is no /vmconfig
	assert_output_contains 'arg 0 3 a\040b'
	assert_output_contains 'env SECRET=s3cret'
	assert_output_contains 'stat /vmconfig: No such file or directory'
	devices=$(grep -c '^entry virtio' <<<"$output")
}

@test "on a disk: ext4, raw and squashfs, each named by its serial" {
	local form
	for form in ext4 raw squashfs; do
		seen --format "$form"
		assert_output_contains 'vmconfig.disk=serial='
	done
	# The disks of the root and of the config, what carries the ports, entropy and network.
	[ "$devices" -eq 5 ] || explain 'how many devices?'
}

@test "behind the initrd, plain or compressed: there is no disk, and no word of one" {
	local initrd
	# No multiple of four bytes: what follows has to be moved.
	gzip -n -c "$VMCONFIG_INITRD" >initrd.gz
	until [ $(($(stat -c %s initrd.gz) % 4)) -eq 1 ]; do
		printf '\0' >>initrd.gz
	done
	for initrd in "$VMCONFIG_INITRD" initrd.gz; do
		seen --format cpio --initrd "$initrd"
		[[ $output != *vmconfig.disk* ]] || explain 'a disk is named'
		[ "$devices" -eq 4 ] || explain 'there is another disk'
	done
}
