#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The root filesystem: its modes, images with next to nothing in them, images that mean harm.

load helper
load ns

# What every workload finds, whatever the image has: TARGET TYPE.
RUNTIME_MOUNTS='/proc proc
/sys sysfs
/dev tmpfs
/dev/pts devpts
/dev/shm tmpfs
/dev/mqueue mqueue
/run tmpfs'

assert_runtime_mounts() {
	local target type
	while read -r target type; do
		assert_line_matches "mount $target $type rw,.*"
	done <<<"$RUNTIME_MOUNTS"
}

@test "an image with one static binary and nothing else boots, with all that a program expects" {
	run_probe mounts , stat /dev/fd , stat /dev/stdin , stat /dev/stdout , stat /dev/stderr , \
		stat /dev/ptmx , stat /dev/shm , stat /tmp , stat /run , stat /dev/null , cwd , fds
	assert_exit 0
	assert_line_matches 'mount / overlay rw,.* rw overlay'
	assert_runtime_mounts
	assert_line 'stat /dev/fd link 0777 0 0 /proc/self/fd'
	assert_line 'stat /dev/stdin link 0777 0 0 /proc/self/fd/0'
	assert_line 'stat /dev/stdout link 0777 0 0 /proc/self/fd/1'
	assert_line 'stat /dev/stderr link 0777 0 0 /proc/self/fd/2'
	assert_line 'stat /dev/ptmx link 0777 0 0 pts/ptmx'
	assert_line 'stat /dev/shm dir 1777 0 0'
	assert_line 'stat /tmp dir 1777 0 0'
	assert_line 'stat /run dir 0755 0 0'
	assert_line 'cwd /'
	assert_line 'fd 0 /dev/null'
	# Nothing of init's is left open.
	assert_line 'fd 1 /dev/console'
	assert_line 'fd 2 /dev/console'
	[ "$(grep -c '^fd ' <<<"$output")" -eq 3 ] || explain 'more than the standard streams'
}

@test "the switch of roots is a real one: nothing of the initramfs is left, containers nest" {
	run_probe mounts , ls / , ls /run , nest
	assert_exit 0
	assert_line 'nest pivot_root: done'
	refute_output_contains initramfs\ rw
	refute_output_contains /vmconfig
	[ "$(grep '^entry ' <<<"$output" | tr '\n' ' ')" = \
		'entry dev entry etc entry lost+found entry probe entry proc entry run entry sys entry tmp ' ] ||
		explain 'other files than those in / were expected'
}

@test "without a root in the config and without /dev/vdb, writes go to memory" {
	cp "$SCRATCH" root.img
	config . write /file new , cat /file
	boot_image root.img --disk -
	assert_exit 0
	assert_output new
	cmp root.img "$SCRATCH"
	boot_image root.img --disk -
	assert_exit 0
}

@test "without a root in the config, /dev/vdb is the writable layer, and keeps what it got" {
	make_image upper.img
	config . write /file kept , mounts
	boot --disk upper.img
	assert_exit 0
	assert_line_matches 'mount / overlay rw,.*'
	assert_clean upper.img
	config . cat /file
	boot --disk upper.img
	assert_exit 0
	assert_output kept
	assert_clean upper.img
}

@test "root mode overlay with a device" {
	make_image upper.img
	config '.root = {device: "/dev/vda", mode: "overlay", overlay_device: "/dev/vdb"}' \
		write /file kept , mkdir /probe.d , rm /lost+found
	boot --disk upper.img
	assert_exit 0
	assert_clean upper.img
	config '.root = {overlay_device: "/dev/vdb"}' cat /file , stat /probe.d , stat /lost+found
	boot --disk upper.img
	assert_line kept
	assert_line 'stat /probe.d dir 0755 0 0'
	assert_line 'stat /lost+found: No such file or directory'
	assert_clean upper.img
}

@test "the owner and mode of / are the image's" {
	cp "$SCRATCH" root.img
	printf 'sif / %s\n' 'mode 041711' 'uid 12' 'gid 13' | debugfs -w root.img >/dev/null 2>&1
	local mode
	for mode in ro rw overlay; do
		config ".root = {mode: \"$mode\"}" stat /
		boot_image root.img
		assert_output 'stat / dir 1711 12 13'
	done
}

@test "root mode overlay without a device leaves /dev/vdb alone" {
	make_image other.img
	cp other.img before.img
	config '.root = {mode: "overlay"}' write /file x
	boot --disk other.img
	assert_exit 0
	cmp other.img before.img
}

@test "root mode rw writes to the device itself" {
	cp "$SCRATCH" root.img
	config '.root = {mode: "rw"}' write /file kept , mounts
	boot_image root.img
	assert_exit 0
	assert_line_matches 'mount / ext4 rw,.* rw /dev/vda'
	assert_clean root.img
	config '.root = {device: "/dev/vda", mode: "rw"}' cat /file
	boot_image root.img
	assert_exit 0
	assert_output kept
}

@test "an option 'rw' does not make the layer below writable" {
	local mode
	for mode in ro overlay; do
		cp "$SCRATCH" root.img
		config ".root = {mode: \"$mode\", options: [\"rw\", \"noatime\"]}" say up
		boot_image root.img
		assert_exit 0
		cmp root.img "$SCRATCH"
	done
}

@test "root mode ro: no write anywhere but in /tmp, /run and /dev/shm; the image is not touched" {
	cp "$SCRATCH" root.img
	config '.root = {mode: "ro"} | .hostname = "box" | .dns = {servers: ["192.0.2.1"]}' \
		write /file x , write /etc/file x , write /tmp/file x , write /run/file x , \
		write /dev/shm/file x , cat /etc/resolv.conf , cat /etc/hostname , mounts , exit 0
	boot_image root.img
	assert_exit 0
	assert_line 'write /file: Read-only file system'
	assert_line 'write /etc/file: Read-only file system'
	refute_output_contains 'write /tmp/file'
	refute_output_contains 'write /run/file'
	refute_output_contains 'write /dev/shm/file'
	assert_line 'nameserver 192.0.2.1'
	assert_line box
	assert_line_matches 'mount / overlay ro,.* ro overlay'
	assert_line_matches 'mount /tmp tmpfs rw,.*'
	assert_runtime_mounts
	cmp root.img "$SCRATCH"
}

@test "root: mount options, type, label and UUID" {
	cp "$SCRATCH" root.img
	tune2fs -L theroot -U 01234567-89ab-cdef-0123-456789abcdef root.img >/dev/null
	config '.root = {device: "label=theroot", mode: "rw", fstype: "ext4",
		options: ["noatime", "nodev", "commit=3"]}' mounts
	boot_image root.img
	assert_exit 0
	assert_line_matches 'mount / ext4 rw,nodev,noatime rw /dev/vda'
	config '.root = {device: "uuid=01234567-89AB-CDEF-0123-456789ABCDEF"}' say found
	boot_image root.img
	assert_exit 0
	assert_line found
}

@test "a root of squashfs boots" {
	need mksquashfs
	mksquashfs "$BATS_FILE_TMPDIR/scratch" root.img -quiet -no-progress >/dev/null
	config . mkdir /new , say there
	boot_image root.img
	assert_exit 0
	assert_line there
	config '.root = {mode: "ro"}' stat /new , say there
	boot_image root.img,ro
	assert_line there
}

@test "a root that cannot be had stops the boot with its name" {
	config '.root = {device: "/dev/vdq"}' say no
	boot --cmdline vmconfig.wait=0
	assert_failed root "there is no device '/dev/vdq', the root filesystem"

	config . say no
	config_disk
	nsboot --cmdline vmconfig.wait=0 --disk - --disk config.img,ro
	assert_failed root "there is no device '/dev/vda', the root filesystem"

	config '.root = {device: "serial=none"}' say no
	boot --cmdline vmconfig.wait=0
	assert_failed root "there is no device 'serial=none', the root filesystem"

	config '.root = {overlay_device: "label=none"}' say no
	boot --cmdline vmconfig.wait=0
	assert_failed root "there is no device 'label=none', the root's writable layer"
}

@test "a root that is none, or another, stops the boot with what is wrong" {
	truncate -s 1M empty.img
	config . say no
	boot_image empty.img
	assert_failed root "'/dev/vda', the root filesystem, holds no filesystem"
	assert_code filesystem-missing

	boot --disk empty.img
	assert_failed root "'/dev/vdb', the root's writable layer, holds no filesystem"

	config '.root = {fstype: "xfs"}' say no
	boot
	assert_failed root "cannot mount '/dev/vda' (xfs), the root filesystem"

	config '.root = {fstype: "nonesuch"}' say no
	boot
	assert_failed root "the kernel knows no 'nonesuch' filesystem"
	assert_code filesystem-unknown

	config '.root = {options: ["no-such-option"]}' say no
	boot
	assert_failed root "cannot mount '/dev/vda' (ext4), the root filesystem: Invalid argument"

	config '.root = {mode: "rw"}' say no
	boot
	assert_failed root "is a read-only device"
	assert_code device-readonly
}

@test "a root that was cut off in a write is refused nothing: rw replays its journal" {
	cp "$SCRATCH" root.img
	dirty_journal root.img
	config '.root = {mode: "rw"}' say up
	boot_image root.img
	assert_exit 0
	assert_clean root.img
}

@test "two disks with the root's label are one too many" {
	cp "$SCRATCH" root.img
	tune2fs -L twin root.img >/dev/null
	cp root.img other.img
	config '.root = {device: "label=twin"}' say no
	boot_image root.img --disk other.img
	assert_failed root "more than one device is 'label=twin'"
	assert_code device-ambiguous
}

@test "mount points that are links lead to where the image says, inside it" {
	tree var/run/ realproc/ etc/
	ln -s /var/run tree/run
	ln -s ../../../realproc tree/proc
	ln -s missing/dev tree/dev
	ln -s /tmp2 tree/tmp
	make_image root.img tree
	config . mounts , stat /proc , stat /tmp2 , write /run/x y
	boot_image root.img
	assert_exit 0
	assert_line_matches 'mount /var/run tmpfs rw,.*'
	assert_line_matches 'mount /realproc proc rw,.*'
	assert_line_matches 'mount /missing/dev tmpfs rw,.*'
	assert_line 'stat /tmp2 dir 1777 0 0'
}

@test "a mount point that is a file, a device or a loop of links stops the boot with its name" {
	local type
	for type in file fifo loop; do
		rm -rf tree
		tree
		case $type in
		file) : >tree/proc ;;
		fifo) mkfifo tree/proc ;;
		loop) ln -s proc tree/proc ;;
		esac
		make_image root.img tree
		config . say no
		boot_image root.img,ro
		assert_failed root "cannot make '/proc' in the root filesystem"
	done
}

@test "/etc as a link out of the image stays inside it" {
	tree
	ln -s ../../../../.. tree/etc
	make_image root.img tree
	config '.hostname = "box" | .dns = {servers: ["192.0.2.1"]}' \
		ls / , cat /resolv.conf , cat /hostname
	boot_image root.img
	assert_exit 0
	assert_line 'entry hosts'
	assert_line 'nameserver 192.0.2.1'
	assert_line box
}

@test "a root image whose filesystem is damaged stops the boot" {
	cp "$SCRATCH" root.img
	# The superblock's magic is right, its group descriptors are not.
	dd if=/dev/urandom of=root.img bs=1024 seek=2 count=8 conv=notrunc status=none
	config . say no
	boot_image root.img
	assert_failed root "'/dev/vda'"
}
