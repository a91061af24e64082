#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The state of ext4 volumes: journals, errors, growing, formatting. That they grow needs a privilege
# which namespaces may not have: 28-boot-tree.bats shows it.
# shellcheck disable=SC2030,SC2031 # each test boots anew

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
	[ "$(grep -c '"event":"notice"' report)" -eq 1 ] || explain 'one notice was expected' "$(cat report)"
}

@test "a dirty volume without a journal" {
	make_image data.img '' -O ^has_journal
	debugfs -w -R 'ssv state 0' data.img >/dev/null 2>&1
	volume_config . write /data/x y
	boot --disk data.img
	assert_exit 0
	assert_notice volumes "the volume of '/data' was not unmounted: it has no journal to replay"
}

@test "a read-only volume is not written to, though a file in it waits for being freed" {
	tree removed
	make_image data.img tree
	orphan data.img /removed
	cp data.img before.img
	volume_config '.mode = "ro"' write /data/x y , ls /data , exit 0
	boot --disk data.img
	assert_exit 0
	assert_line 'write /data/x: Read-only file system'
	cmp data.img before.img
	# The next may write to it all the same.
	volume_config . ls /data
	boot --disk data.img
	assert_exit 0
	run ! cmp -s data.img before.img
	assert_clean data.img
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
		assert_code filesystem-errors
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

# assert_asked_to_grow IMAGE NODE WHAT - that filesystem has grown, or the kernel would not let it: it
# says so of nothing else.
assert_asked_to_grow() {
	if [ "$status" -eq 0 ]; then
		[ "$(blocks_of "$1")" -eq $((16 * 1024)) ] || fail "$1 has not grown"
	else
		assert_failed root "cannot grow '$2', the $3: Operation not permitted"
	fi
}

@test "grow: the root filesystem, also inside one of the guest's own, and a writable layer" {
	local own
	make_image upper.img
	truncate -s 16M upper.img
	for own in . '.guest_root = {device: "/dev/vdb"}'; do
		cp "$SCRATCH" root.img
		truncate -s 16M root.img
		config "$own"' | .root = {mode: "rw", grow: true}' say up
		boot_image root.img --disk "$SCRATCH,ro"
		assert_asked_to_grow root.img /dev/vda 'root filesystem'
	done
	config '.root = {overlay_device: "/dev/vdb", grow: true}' say up
	boot --disk upper.img
	assert_asked_to_grow upper.img /dev/vdb "root's writable layer"
}

# format_config WORD… - a config that formats /dev/vdb when it is blank.
format_config() {
	volume_config '.format = "ext4"' "$@"
}

@test "format: a blank device of any size becomes a filesystem that e2fsck has nothing to say about" {
	local size
	# One group, a full one, one with a last group that is too small, several, very many.
	for size in 8M 11000K 128M 129M 133M 700M 3G 5000000K 300G; do
		rm -f data.img
		truncate -s $size data.img
		format_config write /data/x y , mkdir /data/d , write /data/d/z z
		boot --disk data.img
		assert_exit 0
		assert_notice volumes "the volume of '/data' was blank and has been formatted as ext4"
		assert_clean data.img
		[ "$(debugfs -R 'cat /d/z' data.img 2>/dev/null)" = z ] || fail "no file with $size"
		[ "$(debugfs -R 'ls -p /' data.img 2>/dev/null | grep -c lost+found)" -eq 1 ]
	done
}

@test "format: once; a second boot finds what the first has written" {
	truncate -s 16M data.img
	format_config write /data/x kept
	boot --disk data.img
	assert_exit 0
	format_config cat /data/x
	boot --disk data.img
	assert_exit 0
	assert_output kept
	refute_notice
}

@test "format: two filesystems differ in their UUIDs, and have every feature that ext4 has by now" {
	truncate -s 16M a.img b.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/a", mode: "rw", format: "ext4"},
		{device: "/dev/vdc", path: "/b", mode: "rw", format: "ext4"}]' say yes
	boot --disk a.img --disk b.img
	assert_exit 0
	local image uuids
	for image in a b; do
		dumpe2fs -h $image.img >$image.dump 2>/dev/null
		grep '^Filesystem features:' $image.dump >features
		local feature
		for feature in has_journal ext_attr dir_index filetype extent 64bit sparse_super \
			large_file huge_file dir_nlink extra_isize metadata_csum; do
			grep -qw $feature features || fail "no $feature" "$(cat features)"
		done
	done
	uuids=$(cat a.dump b.dump | sed -n 's/^Filesystem UUID: *//p' | sort -u | wc -l)
	[ "$uuids" -eq 2 ]
}

@test "format: the writable layer of an overlay; what is below is never formatted" {
	mkdir content
	echo text >content/file
	make_image lower.img content
	truncate -s 16M upper.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "overlay",
		overlay_device: "/dev/vdc", format: "ext4"}]' cat /data/file , write /data/x y
	boot --disk lower.img --disk upper.img
	assert_exit 0
	assert_output text
	assert_clean upper.img
	truncate -s 0 lower.img
	truncate -s 16M lower.img
	boot --disk lower.img --disk upper.img
	assert_failed volumes "'/dev/vdb', the volume of '/data', holds no filesystem"
	! tr -d '\0' <lower.img | grep -q . || fail 'something has been written below'
}

@test "format: nothing that is not blank" {
	local not_blank=" holds no filesystem but is not blank: it is not formatted"
	format_config say no
	# put OFFSET BYTES - a device that is blank but for these.
	put() {
		truncate -s 0 data.img
		truncate -s 16M data.img
		printf '%b' "$2" | dd of=data.img bs=1 seek="$1" conv=notrunc status=none
		cp data.img before.img
	}
	local -r end=$((16 * 1024 * 1024))
	# A byte near the start; a table of partitions; a part of a mirror, known by its last block.
	local bytes
	while read -r bytes; do
		# shellcheck disable=SC2086 # two words
		put $bytes
		boot --disk data.img
		assert_failed volumes "'/dev/vdb', the volume of '/data',$not_blank"
		assert_code filesystem-missing
		cmp data.img before.img
	done <<-END
		700000 x
		450 \\x83\\0\\0\\0\\0\\x08\\0\\0\\0\\x08\\0\\0
		$((end - 4096 + 60)) \\x83\\x74\\x02\\x6b
	END
	put 4086 SWAPSPACE2
	boot --disk data.img
	assert_failed volumes "'/dev/vdb', the volume of '/data',"
	cmp data.img before.img

	truncate -s 0 data.img
	truncate -s 1M data.img
	boot --disk data.img
	assert_failed volumes "'/dev/vdb', the volume of '/data', is too small for ext4"
	assert_code device-too-small
	truncate -s 16M data.img
	boot --disk data.img,ro
	assert_failed volumes "'/dev/vdb', the volume of '/data', is a read-only device"
	assert_code device-readonly
}

@test "format: a blank device without it stops the boot as before" {
	truncate -s 16M data.img
	volume_config . say no
	boot --disk data.img
	assert_failed volumes "'/dev/vdb', the volume of '/data', holds no filesystem"
	! tr -d '\0' <data.img | grep -q . || fail 'something has been written'
}
