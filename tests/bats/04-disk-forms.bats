#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The other forms of a config disk, as others see them, and disks for the seed schema's guest.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	echo '{"entrypoint":["/bin/app"],"env":{"SECRET":"s3cret"},"stop_timeout":7}' >config.json
}

# build FORM [OPTION…] - the disk "disk" in that form.
build() {
	run_vmconfig build --config config.json --format "$1" -o disk "${@:2}"
}

@test "each form is private, shows what ext4 shows, and is the same anywhere" {
	"$VMCONFIG" build --config config.json -o ext4
	"$VMCONFIG" show ext4 >expected
	local form
	for form in raw cpio squashfs; do
		build "$form"
		assert_status 0
		[ "$(stat -c %a disk)" = 600 ]
		"$VMCONFIG" show disk >shown
		cmp expected shown
		mv disk first
		(umask 077 && TZ=Asia/Tokyo SOURCE_DATE_EPOCH=5 \
			"$VMCONFIG" build --config config.json --format "$form" -o disk)
		cmp first disk
	done
}

@test "squashfs tools and the kernel read the squashfs form, whatever the size" {
	need unsquashfs jq
	local size
	for size in 10 1000000 3000000; do
		head -c "$size" /dev/zero | tr '\0' x |
			jq -Rc '{entrypoint: ["/a"], annotations: {a: .}}' >config.json
		build squashfs
		assert_status 0
		"$VMCONFIG" show disk >expected
		rm -rf out
		unsquashfs -q -n -d out disk
		cmp expected out/config.json
		[ "$(stat -c %a out/config.json)" = 600 ]
		[ "$(find out | wc -l)" -eq 2 ]
	done
	[ "$(id -u)" -eq 0 ] || skip_or_fail 'mounting needs root'
	mkdir mnt
	unshare -m sh -c 'mount -o loop,ro disk mnt && cmp expected mnt/config.json'
}

@test "cpio reads the cpio form, and it may stand behind another archive" {
	need cpio
	build cpio
	"$VMCONFIG" show disk >expected
	mkdir out
	(cd out && cpio -i --quiet <../disk)
	cmp expected out/vmconfig/config.json
	[ "$(stat -c %a out/vmconfig)" = 700 ]
	[ $(($(stat -c %s disk) % 512)) -eq 0 ]
}

@test "a damaged raw disk is told as such" {
	build raw
	printf 'X' | dd of=disk bs=1 seek=100 conv=notrunc status=none
	run_vmconfig show disk
	assert_failure 1 'vmconfig: disk: is damaged: its checksum is wrong'
}

@test "a form that does not exist is a usage error" {
	build iso9660
	assert_status 2
	assert_stderr_contains "'iso9660' is none of: ext4, raw, cpio, squashfs"
	[ ! -e disk ]
}

@test "--compat seed writes the seed schema's fields and no other" {
	need jq
	echo '{"entrypoint":["/bin/app"],"version":1,"env":{"A":"b"},"annotations":{"x":"y"},
		"volume_mounts":[{"device":"/dev/vdd","path":"/d","mode":"ro"}],"skip_guest_agent":true}' >config.json
	run_vmconfig build --config config.json --compat seed -o disk
	assert_status 0
	assert_stderr_contains "'annotations' are left out"
	"$VMCONFIG" show disk | jq -c 'keys' >keys
	[ "$(cat keys)" = '["cmd","entrypoint","env","init_mode","network_enabled","skip_guest_agent","volume_mounts","workdir"]' ]
}

@test "--compat seed refuses what the seed's guest would ignore, all of it at once" {
	echo '{"entrypoint":["/a"],"user":{"uid":5},"stop_timeout":3,
		"volume_mounts":[{"device":"serial=d","path":"/d","mode":"rw","grow":true}]}' >config.json
	run_vmconfig build --config config.json --compat seed -o disk
	assert_status 1
	[ ! -e disk ]
	local pointer
	for pointer in /user /stop_timeout /volume_mounts/0/grow /volume_mounts/0/device; do
		assert_stderr_contains "vmconfig: --compat seed: $pointer: "
	done
	# shellcheck disable=SC2154 # set by bats
	[ "$(wc -l <<<"$stderr")" -eq 4 ]
}
