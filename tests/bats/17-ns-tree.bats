#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the config puts into the root beside mounts: device nodes, files, masked and read-only paths.

load helper
load ns

@test "the device nodes and links that programs expect are there" {
	config . stat /dev/null , stat /dev/zero , stat /dev/full , stat /dev/random , \
		stat /dev/urandom , stat /dev/tty , stat /dev/ptmx , stat /dev/fd , stat /dev/stdin , \
		stat /dev/stdout , stat /dev/stderr , stat /dev/shm , stat /dev/mqueue , stat /dev/pts/ptmx
	boot
	assert_exit 0
	local line
	while read -r line; do
		assert_line "stat /dev/$line"
	done <<-'END'
		null char 0666 0 0 1:3
		zero char 0666 0 0 1:5
		full char 0666 0 0 1:7
		random char 0666 0 0 1:8
		urandom char 0666 0 0 1:9
		tty char 0666 0 0 5:0
		fd link 0777 0 0 /proc/self/fd
		stdin link 0777 0 0 /proc/self/fd/0
		stdout link 0777 0 0 /proc/self/fd/1
		stderr link 0777 0 0 /proc/self/fd/2
		shm dir 1777 0 0
		pts/ptmx char 0666 0 0 5:2
	END
}

@test "devices: every type, with mode, owner and parents" {
	tree opt/old
	make_image root.img tree
	config '.devices = [
		{path: "/dev/fuse", type: "c", major: 10, minor: 229, file_mode: 438},
		{path: "/opt/dev/disk", type: "b", major: 7, minor: 200, file_mode: 384, uid: 5, gid: 6},
		{path: "/opt/pipe", type: "p", file_mode: 416},
		{path: "/opt/u", type: "u", major: 1, minor: 3},
		{path: "/opt/old", type: "c", major: 1, minor: 5},
		{path: "/dev/null", type: "c", major: 1, minor: 3, file_mode: 432, gid: 9}]' \
		stat /dev/fuse , stat /opt/dev/disk , stat /opt/pipe , stat /opt/u , stat /opt/old , \
		stat /dev/null , write /opt/u text
	boot_image root.img
	assert_exit 0
	assert_line 'stat /dev/fuse char 0666 0 0 10:229'
	assert_line 'stat /opt/dev/disk block 0600 5 6 7:200'
	assert_line 'stat /opt/pipe fifo 0640 0 0'
	assert_line 'stat /opt/u char 0666 0 0 1:3'
	assert_line 'stat /opt/old char 0666 0 0 1:5'
	assert_line 'stat /dev/null char 0660 0 9 1:3'
}

@test "a device in the place of a directory, or behind a link out of the image" {
	tree dir/
	ln -s ../../../../outside tree/link
	make_image root.img tree
	config '.devices = [{path: "/dir", type: "c", major: 1, minor: 3}]' say no
	boot_image root.img
	assert_failed mounts "cannot make the device '/dir': Is a directory"
	config '.devices = [{path: "/link/null", type: "c", major: 1, minor: 3}]' stat /outside/null
	boot_image root.img
	assert_exit 0
	assert_line 'stat /outside/null char 0666 0 0 1:3'
}

@test "files: text and bytes, mode and owner, with parents, over what is there" {
	tree etc/old
	ln -s /etc/old tree/etc/link
	make_image root.img tree
	config '.files = [
		{path: "/run/secrets/token", mode: 384, uid: 5, gid: 6, content: "hidden"},
		{path: "/etc/bytes", content_base64: "AAH/Cg=="},
		{path: "/etc/old", mode: 2541, content: "new\n"},
		{path: "/etc/link", content: "apart\n"},
		{path: "/etc/empty", mode: 0}]' \
		stat /run/secrets/token , stat /etc/bytes , stat /etc/old , cat /etc/old , cat /etc/link , \
		stat /etc/empty , stat /etc/link
	boot_image root.img --cmdline vmconfig.log=debug
	assert_exit 0
	assert_line 'stat /run/secrets/token file 0600 5 6 6'
	assert_line 'stat /etc/bytes file 0644 0 0 4'
	assert_line 'stat /etc/old file 4755 0 0 4'
	assert_line new
	assert_line apart
	assert_line 'stat /etc/link file 0644 0 0 6'
	assert_line 'stat /etc/empty file 0000 0 0 0'
	refute_output_contains hidden
	[[ $(cat report) != *hidden* ]]
}

@test "files on a read-only root, and over a file that is a mount" {
	config '.root = {mode: "ro"} | .files = [{path: "/etc/app.conf", content: "text\n"},
		{path: "/probe2", content: "bound\n"}] |
		.mounts = [{destination: "/probe2", source: "/probe", options: ["bind"]}]' \
		cat /etc/app.conf , cat /probe2 , write /etc/app.conf x
	boot
	assert_line text
	assert_line bound
	assert_line 'write /etc/app.conf: Read-only file system'
}

@test "a file over what is on a volume is bound: the volume does not keep it" {
	mkdir content
	echo before >content/kept
	make_image data.img content
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"}] | .files = [
		{path: "/data/kept", mode: 384, uid: 7, content: "secret\n"},
		{path: "/data/new/file", content: "other\n"}]' \
		cat /data/kept , stat /data/kept , cat /data/new/file , write /data/kept changed , mounts
	boot --disk data.img
	assert_exit 0
	assert_line secret
	assert_line 'stat /data/kept file 0600 7 0 7'
	assert_line other
	assert_line_matches 'mount /data/kept tmpfs .*'
	refute_output_contains /vmconfig/files
	assert_clean data.img
	[ "$(debugfs -R 'cat /kept' data.img 2>/dev/null)" = before ]
	[ "$(debugfs -R 'cat /new/file' data.img 2>/dev/null)" = '' ]
	! grep -aq secret data.img || fail 'the volume has the secret'

	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "ro"}] |
		.files = [{path: "/data/kept", content: "secret\n"}]' cat /data/kept
	boot --disk data.img,ro
	assert_exit 0
	assert_output secret
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "ro"}] |
		.files = [{path: "/data/none", content: "secret\n"}]' say no
	boot --disk data.img
	assert_failed mounts "cannot put the file '/data/none': Read-only file system"
}

@test "a file in the place of a directory, or behind a link out of the image" {
	tree dir/
	ln -s ../../../../outside tree/link
	make_image root.img tree
	config '.files = [{path: "/dir", content: "x"}]' say no
	boot_image root.img
	assert_failed mounts "cannot put the file '/dir': Is a directory"
	config '.files = [{path: "/link/file", content: "x\n"}]' cat /outside/file
	boot_image root.img
	assert_exit 0
	assert_output x
}

@test "masked paths: a file is empty, a directory too and read-only, what is missing is skipped" {
	tree dir/file text other/file
	echo secret >tree/text
	ln -s text tree/link
	make_image root.img tree
	config '.masked_paths = ["/dir", "/text", "/none", "/text/below", "/proc/keys", "/proc/scsi",
		"/proc/cmdline", "/sys/firmware"]' \
		ls /dir , cat /text , cat /link , write /dir/x y , cat /proc/cmdline , ls /sys/firmware , stat /text , mounts
	boot_image root.img --cmdline 'vmconfig.log=debug not.seen'
	assert_line 'write /dir/x: Read-only file system'
	assert_line 'stat /text char 0666 0 0 1:3'
	refute_output_contains 'entry file'
	refute_output_contains 'entry acpi'
	refute_output_contains secret
	refute_output_contains not.seen
	assert_line_matches 'mount /dir tmpfs ro,.*'
	config '.masked_paths = ["/text"]' write /text kept , cat /text
	boot_image root.img
	assert_exit 0
	refute_output_contains kept
}

@test "read-only paths keep their other flags, and take in what is mounted below" {
	tree dir/sub/ dir/file
	make_image root.img tree
	config '.mounts = [{destination: "/dir/sub", type: "tmpfs", options: ["noexec"]}] |
		.readonly_paths = ["/proc/sys", "/proc/sysrq-trigger", "/dir", "/none", "/proc/bus"]' \
		write /proc/sys/kernel/hostname x , write /dir/x y , write /dir/sub/x y , \
		write /dir/file y , mounts , write /beside y , exit 0
	boot_image root.img
	assert_exit 0
	local path
	for path in /proc/sys/kernel/hostname /dir/x /dir/sub/x /dir/file; do
		assert_line "write $path: Read-only file system"
	done
	refute_output_contains 'write /beside'
	assert_line_matches 'mount /proc/sys proc ro,nosuid,nodev,noexec,relatime .*'
	assert_line_matches 'mount /dir/sub tmpfs ro,noexec,relatime .*'
}

@test "the root filesystem itself is neither masked nor a read-only path" {
	tree
	ln -s / tree/all
	make_image root.img tree
	config '.masked_paths = ["/all"]' say no
	boot_image root.img
	assert_failed mounts "masked path '/all' is the root filesystem itself"
	config '.readonly_paths = ["/"]' say no
	boot_image root.img
	assert_failed mounts "read-only path '/' is the root filesystem itself"
}

@test "what podman masks and protects by default" {
	config '.masked_paths = ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
		"/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats",
		"/sys/dev/block", "/sys/devices/virtual/powercap", "/sys/firmware", "/sys/fs/selinux"] |
		.readonly_paths = ["/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
		"/proc/sysrq-trigger"]' stat /proc/timer_list , stat /proc/keys , stat /proc/kcore , \
		write /proc/sys/kernel/hostname x
	boot
	local path
	for path in /proc/timer_list /proc/keys /proc/kcore; do # as far as the kernel has them
		[ ! -e $path ] || assert_line "stat $path char 0666 0 0 1:3"
	done
	assert_line 'write /proc/sys/kernel/hostname: Read-only file system'
}
