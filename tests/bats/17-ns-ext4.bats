#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The state of ext4 volumes: journals, errors, growing, formatting. That they grow needs a privilege
# which namespaces may not have: 28-boot-tree.bats shows it.

load helper
load ns

# assert_notice PHASE TEXT - the host has been told.
assert_notice() {
	jq -r 'select(.event == "notice") | "\(.phase): \(.text)"' report | grep -qxF -e "$1: $2" ||
		explain "expected the notice: $1: $2" "$(cat report)"
}

refute_notice() {
	! grep '"event":"notice"' report || explain 'no notice was expected'
}

# volume_config FILTER WORD… - a config with one volume, /dev/vdb on /data, changed by the filter.
volume_config() {
	config ".volume_mounts = [{device: \"/dev/vdb\", path: \"/data\", mode: \"rw\"} | $1]" "${@:2}"
}

# set_errors IMAGE - as the kernel marks a filesystem in which it has found an error.
set_errors() {
	debugfs -w -R 'ssv state 2' "$1" >/dev/null 2>&1
}

blocks_of() {
	dumpe2fs -h "$1" 2>/dev/null | sed -n 's/^Block count: *//p'
}

@test "a volume that was unmounted is no news" {
	make_image data.img
	volume_config . write /data/x y
	boot --disk data.img
	assert_exit 0
	refute_notice
}

@test "a dirty volume is replayed, and the host is told" {
	make_image data.img
	dirty_journal data.img
	volume_config . write /data/x y
	boot --disk data.img
	assert_exit 0
	assert_notice volumes "the volume of '/data' was not unmounted: its journal has been replayed"
	assert_clean data.img
	dirty_journal data.img
	volume_config '.mode = "ro"' ls /data
	boot --disk data.img
	assert_exit 0
	assert_notice volumes "the volume of '/data' was not unmounted: what its journal holds is missing"
}

@test "a dirty volume without a journal" {
	make_image data.img '' -O ^has_journal
	debugfs -w -R 'ssv state 0' data.img >/dev/null 2>&1
	volume_config . write /data/x y
	boot --disk data.img
	assert_exit 0
	assert_notice volumes "the volume of '/data' was not unmounted: it has no journal to replay"
}

@test "a volume with errors is refused, unless the config says otherwise" {
	make_image data.img
	set_errors data.img
	cp data.img before.img
	local mode
	for mode in rw ro; do
		volume_config ".mode = \"$mode\"" say no
		boot --disk data.img
		assert_failed volumes "'/dev/vdb', the volume of '/data', has errors: e2fsck(8) repairs them"
		volume_config ".mode = \"$mode\" | .errors = \"refuse\"" say no
		boot --disk data.img
		assert_failed volumes "'/dev/vdb', the volume of '/data', has errors"
	done
	cmp data.img before.img
	volume_config '.errors = "mount"' write /data/x y , cat /data/x
	boot --disk data.img
	assert_exit 0
	assert_output y
	assert_notice volumes "the volume of '/data' is mounted though it has errors"
}

@test "a root filesystem with errors, and a writable layer with them" {
	cp "$SCRATCH" root.img
	set_errors root.img
	config '.root = {mode: "rw"}' say no
	boot_image root.img
	assert_failed root "'/dev/vda', the root filesystem, has errors"
	config '.root = {mode: "rw", errors: "mount"}' say yes
	boot_image root.img
	assert_exit 0
	assert_notice root 'the root filesystem is mounted though it has errors'
	make_image upper.img
	set_errors upper.img
	config '.root = {overlay_device: "/dev/vdb"}' say no
	boot --disk upper.img
	assert_failed root "'/dev/vdb', the root's writable layer, has errors"
}

@test "grow: without it nothing grows; what is not ext4 cannot" {
	make_image data.img
	truncate -s 16M data.img
	volume_config . write /data/x y
	boot --disk data.img
	assert_exit 0
	[ "$(blocks_of data.img)" -eq $((8 * 1024)) ]
	need mkfs.xfs
	rm data.img
	truncate -s 320M data.img
	mkfs.xfs -q data.img
	volume_config '.grow = true' say no
	boot --disk data.img
	assert_failed volumes "'/dev/vdb', the volume of '/data', cannot grow: it is not ext4"
}
