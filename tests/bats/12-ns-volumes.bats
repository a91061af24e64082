#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Volumes: modes, order, places where a mount is hard, and what stops the boot.

load helper
load ns

# volume_image IMAGE FILE [MKE2FS-OPTION…] - a filesystem with one file, whose text is its name.
volume_image() {
	rm -rf volume.dir
	mkdir volume.dir
	echo "$2" >"volume.dir/$2"
	make_image "$1" volume.dir "${@:3}"
}

@test "rw: read, written, clean and there again" {
	volume_image data.img first
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"}]' \
		cat /data/first , write /data/second second , mounts
	boot --disk data.img
	assert_exit 0
	assert_line first
	assert_line_matches 'mount /data ext4 rw,.* rw /dev/vdb'
	assert_clean data.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"}]' cat /data/second
	boot --disk data.img
	assert_output second
}

@test "a volume on /dev/vdb is not taken for the root's writable layer" {
	volume_image data.img first
	cp data.img before.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "ro"}]' write /x y , ls /data
	boot --disk data.img
	assert_exit 0
	cmp data.img before.img
	config '.volume_mounts = [{device: "label=vol", path: "/data", mode: "ro"}]' write /x y
	tune2fs -L vol data.img >/dev/null
	cp data.img before.img
	boot --disk data.img
	assert_exit 0
	cmp data.img before.img
}

@test "ro: nothing is written, not even a journal replayed" {
	volume_image data.img first
	dirty_journal data.img
	cp data.img before.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "ro"}]' \
		cat /data/first , write /data/second x , exit 0
	boot --disk data.img
	assert_exit 0
	assert_line first
	assert_line 'write /data/second: Read-only file system'
	cmp data.img before.img
}

@test "ro: a device that cannot be written, with a journal to replay" {
	volume_image data.img first
	dirty_journal data.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "ro"}]' cat /data/first
	boot --disk data.img,ro
	assert_exit 0
	assert_line first
}

@test "ro: xfs does not replay either" {
	need mkfs.xfs
	truncate -s 320M data.img
	mkfs.xfs -q -L xvol data.img
	cp --sparse=always data.img before.img
	config '.volume_mounts = [{device: "label=xvol", path: "/data", mode: "ro"}]' mounts
	boot --disk data.img
	assert_exit 0
	assert_line_matches 'mount /data xfs ro,.* ro /dev/vdb'
	cmp data.img before.img
}

@test "rw replays a journal" {
	volume_image data.img first
	dirty_journal data.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"}]' cat /data/first
	boot --disk data.img
	assert_exit 0
	assert_clean data.img
}

@test "overlay: the device below stays as it is, the one above keeps what is written" {
	volume_image lower.img first
	volume_image upper.img unseen
	cp lower.img before.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "overlay",
		overlay_device: "/dev/vdc"}]' ls /data , write /data/second second , rm /data/first , mounts
	boot --disk lower.img --disk upper.img
	assert_exit 0
	assert_line 'entry first'
	refute_output_contains unseen
	refute_output_contains /dev/vdc
	cmp lower.img before.img
	assert_clean upper.img

	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "overlay",
		overlay_device: "/dev/vdc"}]' ls /data
	boot --disk lower.img,ro --disk upper.img
	assert_line 'entry second'
	refute_output_contains 'entry first'
	assert_clean upper.img
}

@test "named by label, UUID and path; two overlays at once" {
	volume_image a.img a -L vol-a
	volume_image b.img b -U 01234567-89ab-cdef-0123-456789abcdef
	volume_image c.img c
	make_image d.img
	make_image e.img
	config '.volume_mounts = [
		{device: "label=vol-a", path: "/a", mode: "overlay", overlay_device: "/dev/vde"},
		{device: "uuid=01234567-89ab-cdef-0123-456789ABCDEF", path: "/b", mode: "rw"},
		{device: "/dev/vdd", path: "/c", mode: "overlay", overlay_device: "/dev/vdf"}]' \
		cat /a/a , cat /b/b , cat /c/c , write /a/x x , write /b/x x , write /c/x x
	boot --disk a.img --disk b.img --disk c.img --disk d.img --disk e.img
	assert_exit 0
	assert_output $'a\nb\nc'
	local image
	for image in a b c d e; do
		assert_clean $image.img
	done
}

@test "overlay: the owner and mode of the volume's top are those of the device below, until changed" {
	make_image lower.img
	make_image upper.img
	printf 'sif / %s\n' 'mode 041770' 'uid 1000' 'gid 1001' | debugfs -w lower.img >/dev/null 2>&1
	config '.user = {uid: 1000} | .volume_mounts = [{device: "/dev/vdb", path: "/data",
		mode: "overlay", overlay_device: "/dev/vdc"}]' stat /data , write /data/mine x
	boot --disk lower.img --disk upper.img
	assert_exit 0
	assert_line 'stat /data dir 1770 1000 1001'
	printf 'sif /upper %s\n' 'mode 040700' | debugfs -w upper.img >/dev/null 2>&1
	boot --disk lower.img --disk upper.img
	assert_line 'stat /data dir 0700 1000 1001'
}

@test "two overlays with one upper device are refused" {
	volume_image a.img a
	volume_image b.img b
	make_image upper.img
	config '.volume_mounts = [
		{device: "/dev/vdb", path: "/a", mode: "overlay", overlay_device: "/dev/vdd"},
		{device: "/dev/vdc", path: "/b", mode: "overlay", overlay_device: "/dev/vdd"}]' say no
	boot --disk a.img --disk b.img --disk upper.img
	assert_failed volumes "the upper layer of the volume of '/b' is that of another overlay"
	config '.root = {overlay_device: "/dev/vdb"} | .volume_mounts = [{device: "/dev/vdc",
		path: "/a", mode: "overlay", overlay_device: "label=up"}]' say no
	tune2fs -L up upper.img >/dev/null
	boot --disk upper.img --disk a.img
	assert_failed volumes "the upper layer of the volume of '/a' is that of another overlay"
	assert_clean upper.img
}

@test "an upper device that is full stops the boot" {
	volume_image a.img a
	mkdir full
	IMAGE_SIZE=1M make_image upper.img full -O ^has_journal -N 16 -m 0
	# Inodes are what it runs out of.
	local i
	for i in 1 2 3 4 5 6 7 8; do
		debugfs -w -R "mkdir /d$i" upper.img >/dev/null 2>&1
	done
	config '.volume_mounts = [{device: "/dev/vdb", path: "/a", mode: "overlay",
		overlay_device: "/dev/vdc"}]' say no
	boot --disk a.img --disk upper.img
	assert_failed volumes "cannot make the upper layer of the volume of '/a': No space left"
}

@test "parents come before children, whatever the order of the list" {
	volume_image outer.img outer
	volume_image inner.img inner
	volume_image deep.img deep
	config '.volume_mounts = [
		{device: "/dev/vdd", path: "/a//b/c/", mode: "rw"},
		{device: "/dev/vdc", path: "/a/b", mode: "rw"},
		{device: "/dev/vdb", path: "/a", mode: "rw"}]' \
		cat /a/outer , cat /a/b/inner , cat /a/b/c/deep
	boot --disk outer.img --disk inner.img --disk deep.img
	assert_exit 0
	assert_output $'outer\ninner\ndeep'
	assert_clean outer.img
	assert_clean inner.img
	assert_clean deep.img
}

@test "a child in a read-only parent needs its mount point there" {
	volume_image outer.img outer
	volume_image inner.img inner
	config '.volume_mounts = [{device: "/dev/vdb", path: "/a", mode: "ro"},
		{device: "/dev/vdc", path: "/a/b", mode: "rw"}]' say no
	boot --disk outer.img --disk inner.img
	assert_failed volumes "cannot make '/a/b' for a volume: Read-only file system"
}

@test "below /run, /tmp, /dev and a link" {
	tree real/
	ln -s ../../real tree/link
	make_image root.img tree
	volume_image a.img a
	volume_image b.img b
	volume_image c.img c
	volume_image d.img d
	local volumes='.volume_mounts = [
		{device: "/dev/vdb", path: "/run/vol", mode: "rw"},
		{device: "/dev/vdc", path: "/tmp/vol", mode: "rw"},
		{device: "/dev/vdd", path: "/link/vol", mode: "rw"},
		{device: "/dev/vde", path: "/dev/vol", mode: "rw"}]'
	config "$volumes" cat /run/vol/a , cat /tmp/vol/b , cat /real/vol/c , cat /dev/vol/d
	boot_image root.img --disk a.img --disk b.img --disk c.img --disk d.img
	assert_exit 0
	assert_output $'a\nb\nc\nd'
	assert_clean a.img

	# /tmp is a tmpfs then.
	config "$volumes | .root = {mode: \"ro\"}" cat /run/vol/a , cat /tmp/vol/b , write /tmp/x y
	boot_image root.img --disk a.img --disk b.img --disk c.img --disk d.img
	assert_exit 0
	assert_output $'a\nb'
}

@test "a read-only root gets the mount points it lacks" {
	volume_image data.img first
	config '.root = {mode: "ro"} | .volume_mounts = [{device: "/dev/vdb", path: "/not/there",
		mode: "ro"}]' cat /not/there/first , mkdir /not/here , exit 0
	boot --disk data.img
	assert_exit 0
	assert_line first
	assert_line 'mkdir /not/here: Read-only file system'
}

@test "a volume over what the machine is told in: /etc" {
	volume_image data.img passwd
	config '.volume_mounts = [{device: "/dev/vdb", path: "/etc", mode: "ro"}]' ls /etc
	boot --disk data.img
	assert_exit 0
	assert_line 'entry passwd'
	assert_clean data.img
}

@test "a path through a file, a loop or out of the image" {
	tree file
	ln -s loop tree/loop
	ln -s ../../../../../../elsewhere tree/out
	make_image root.img tree
	volume_image data.img first
	local path
	for path in /file/below /file /loop /loop/x; do
		config ".volume_mounts = [{device: \"/dev/vdb\", path: \"$path\", mode: \"rw\"}]" say no
		boot_image root.img --disk data.img
		assert_failed volumes "cannot make '$path' for a volume"
	done
	config '.volume_mounts = [{device: "/dev/vdb", path: "/out/vol", mode: "rw"}]' cat /out/vol/first , ls /
	boot_image root.img --disk data.img
	assert_exit 0
	assert_line first
	assert_line 'entry elsewhere'
}

@test "a volume that is missing stops the boot with its name" {
	local device
	for device in /dev/vdx label=none uuid=0000 serial=none; do
		config ".volume_mounts = [{device: \"$device\", path: \"/data\", mode: \"rw\"}]" say no
		boot --cmdline vmconfig.wait=0
		assert_failed volumes "there is no device '$device', the volume of '/data'"
	done
	volume_image data.img first
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "overlay",
		overlay_device: "/dev/vdx"}]' say no
	boot --disk data.img --cmdline vmconfig.wait=0
	assert_failed volumes "there is no device '/dev/vdx', the volume of '/data'"
	assert_clean data.img
}

@test "a volume that is no filesystem, none that is known, or two at once" {
	need mksquashfs
	truncate -s 1M data.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"}]' say no
	boot --disk data.img
	assert_failed volumes "'/dev/vdb', the volume of '/data', holds no filesystem"

	volume_image data.img first
	boot --disk data.img,ro
	assert_failed volumes "'/dev/vdb', the volume of '/data', is a read-only device"
	assert_code device-readonly

	# A squashfs begins where an ext4 leaves room for a boot loader.
	mkdir empty
	mksquashfs empty empty.squashfs -quiet >/dev/null
	dd if=empty.squashfs of=data.img bs=96 count=1 conv=notrunc status=none
	boot --disk data.img
	assert_failed volumes "'/dev/vdb', the volume of '/data', holds more than one filesystem"
	assert_code filesystem-ambiguous
}

@test "a device that is no block device" {
	config '.volume_mounts = [{device: "/dev/null", path: "/data", mode: "rw"}]' say no
	boot
	assert_failed volumes "cannot use '/dev/null', the volume of '/data'"
}

@test "two volumes with one label are one too many" {
	volume_image a.img a -L twin
	volume_image b.img b -L twin
	config '.volume_mounts = [{device: "label=twin", path: "/data", mode: "rw"}]' say no
	boot --disk a.img --disk b.img
	assert_failed volumes "more than one device is 'label=twin', the volume of '/data'"
}

@test "volumes that were mounted before one failed are left clean" {
	volume_image data.img first
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"},
		{device: "/dev/vdx", path: "/none", mode: "rw"}]' say no
	boot --disk data.img --cmdline vmconfig.wait=0
	assert_failed volumes "there is no device '/dev/vdx'"
	assert_clean data.img
}
