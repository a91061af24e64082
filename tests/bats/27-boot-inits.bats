#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Inits of images that are not systemd, in a machine: how the host stops them, and what it hears.
# shellcheck disable=SC2154 # bats and vm.bash set status, stderr and vm

load helper
load vm

# boot_init FILE [OPTION…] - in the background, the busybox image with FILE as a volume's init.
boot_init() {
	mkdir tree
	cp "$1" tree/init
	chmod 755 tree/init
	truncate -s 4M init.img
	mke2fs -q -F -t ext4 -d tree init.img
	shift
	keep_reports
	jq -nc '{entrypoint: ["/opt/init"], cmd: [], workdir: "/", env: {}, network_enabled: false,
		init_mode: "systemd"}' >base.json
	vm_in_background --vmm ./vmm --verbose --disk "$BUSYBOX_IMAGE,ro" --disk init.img,serial=init \
		-v serial=init:/opt "$@"
}

@test "busybox init is stopped by the host, and the report is its farewell" {
	cat >script <<-'END'
		#!/bin/sh
		echo '::sysinit:/bin/echo busybox is up' >/etc/inittab
		exec /bin/busybox init
	END
	boot_init script --entrypoint /bin/busybox -- init
	wait_for_line stderr 'guest: workload: '
	wait_for_line stderr 'Please press Enter'
	kill -TERM "$vm"
	wait_for_vm
	assert_status 0
	assert_stderr_contains 'vmconfig: guest: stopping'
	assert_power null
}

@test "a script that handles its stop signal ends with the last stage, on clean disks" {
	cat >script <<-'END'
		#!/bin/sh
		trap 'exec /run/initramfs/shutdown poweroff' USR1
		echo kept >/opt/kept
		echo script is up
		while :; do read -r _; done
	END
	boot_init script --stop-signal SIGUSR1
	wait_for_line stderr 'script is up'
	kill -TERM "$vm"
	wait_for_vm
	assert_status 0
	[[ $stderr != *'cannot unmount'* ]] || explain 'not all was unmounted'
	assert_power null
	assert_clean init.img
	debugfs -R 'cat /kept' init.img 2>/dev/null | grep -qx kept
}

@test "an init that does not stop is ended as vmconfig.end= has it, and the report says so" {
	cat >script <<-'END'
		#!/bin/sh
		trap '' TERM
		echo script is up
		while :; do read -r _; done
	END
	boot_init script --stop-timeout 1 --append vmconfig.end=reboot
	wait_for_line stderr 'script is up'
	kill -TERM "$vm"
	wait_for_vm
	assert_status 137
	assert_stderr_contains 'reboot: Restarting system'
	assert_stderr_contains 'guest: the init did not power off within 1 s of being asked'
	assert_power reboot
	assert_clean init.img
}
