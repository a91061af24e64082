#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Mounts, nodes, files and volumes on the stock kernel, where namespaces cannot show them or another
# kernel would.
# shellcheck disable=SC2154 # vm sets status, output and stderr

load helper
load vm

# edit FILTER - change base.json.
edit() {
	jq -c "$1" base.json >edited.json
	mv edited.json base.json
}

blocks_of() {
	dumpe2fs -h "$1" 2>/dev/null | sed -n 's/^Block count: *//p'
}

@test "filesystems fill their devices while they are mounted" {
	cp --sparse=always "$PROBE_IMAGE" root.img
	make_disk data.img
	make_disk upper.img
	make_disk lower.img
	truncate -s 96M root.img data.img upper.img lower.img
	edit '.root = {device: "serial=root", mode: "rw", grow: true} | .volume_mounts = [
		{device: "serial=data", path: "/data", mode: "rw", grow: true},
		{device: "serial=lower", path: "/both", mode: "overlay", overlay_device: "serial=upper",
			grow: true}]'
	run_vmconfig run --config base.json --timeout 120 --disk root.img,serial=root \
		--disk data.img,serial=data --disk lower.img,serial=lower,ro --disk upper.img,serial=upper \
		-- write /data/x y , write /both/x y , write /x y , cat /data/x
	assert_status 0
	assert_output y
	assert_stderr_contains 'guest: root: the root filesystem has grown from '
	assert_stderr_contains "guest: volumes: the volume of '/data' has grown from 32 to 96 MiB"
	assert_stderr_contains "guest: volumes: the volume of '/both' has grown from 32 to 96 MiB"
	local image
	for image in root data upper; do
		assert_clean $image.img
	done
	[ "$(blocks_of data.img)" -eq $((3 * $(blocks_of lower.img))) ]
	[ "$(blocks_of upper.img)" -eq "$(blocks_of data.img)" ]
}

@test "a blank device becomes a filesystem that the stock kernel mounts, checks and lets grow" {
	truncate -s 40M data.img
	edit '.volume_mounts = [{device: "serial=data", path: "/data", mode: "rw", format: "ext4",
		grow: true}]'
	vm --disk data.img,serial=data -- write /data/x kept
	assert_status 0
	assert_stderr_contains "guest: volumes: the volume of '/data' was blank and has been formatted"
	assert_clean data.img
	truncate -s 400M data.img
	vm --disk data.img,serial=data -- cat /data/x , write /data/y z
	assert_status 0
	assert_output kept
	assert_stderr_contains "guest: volumes: the volume of '/data' has grown from 40 to 400 MiB"
	assert_clean data.img
	[ "$(blocks_of data.img)" -eq $((100 * 1024)) ]
}

@test "mounts, nodes, files and masks on the stock kernel" {
	edit '.mounts = [
			{destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "hidepid=1"]},
			{destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755", "size=65536k"]},
			{destination: "/dev/pts", type: "devpts", source: "devpts",
				options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]},
			{destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["mode=1777", "size=64000k"]},
			{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro", "nosuid"]},
			{destination: "/a", type: "tmpfs", options: ["size=1m", "mode=0750", "nosymfollow", "rshared"]},
			{destination: "/a/up", type: "tmpfs"},
			{destination: "/b", source: "/a", options: ["rbind", "rro"]},
			{destination: "/o", type: "overlay", source: "overlay", options: ["lowerdir=/a:/run"]},
			{destination: "/file", source: "/probe", options: ["bind", "ro", "rprivate"]}] |
		.devices = [{path: "/dev/fuse", type: "c", major: 10, minor: 229}] |
		.files = [{path: "/run/secrets/token", mode: 256, content: "hidden\n"}] |
		.masked_paths = ["/proc/kcore", "/proc/acpi", "/sys/firmware"] |
		.readonly_paths = ["/proc/sys", "/proc/irq"] | .rootfs_propagation = "shared"'
	vm -- mounts , stat /dev/fuse , cat /run/secrets/token , stat /run/secrets/token , \
		stat /proc/kcore , ls /sys/firmware , write /proc/sys/kernel/hostname x , \
		write /b/up/x y , stat /dev/vda , stat /o/up , stat /file , exit 0
	assert_status 0
	local line
	for line in 'stat /dev/fuse char 0666 0 0 10:229' hidden \
		'stat /run/secrets/token file 0400 0 0 7' 'stat /proc/kcore char 0666 0 0 1:3' \
		'write /proc/sys/kernel/hostname: Read-only file system' \
		'write /b/up/x: Read-only file system'; do
		grep -qxF -e "$line" <<<"$output$stderr" || fail "expected: $line" "$output" "$stderr"
	done
	grep -qx 'mount /a tmpfs rw,.*nosymfollow.*' <<<"$output" || fail "no /a" "$output"
	grep -qx 'mount /b/up tmpfs ro,.*' <<<"$output" || fail "/b/up is not read-only" "$output"
	grep -qx 'mount /sys/fs/cgroup cgroup2 ro,.*' <<<"$output" || fail "cgroup is not read-only" "$output"
	[[ $output == *'stat /dev/vda block'* ]]
}

# Ends by itself when the machine has gone; a test that fails before that takes it along.
teardown() {
	[ -z "${virtiofsd:-}" ] || kill "$virtiofsd" 2>/dev/null || true
}

# share_directory DIRECTORY TAG - as vmconfig run expects it: a socket in the current directory.
share_directory() {
	[ -x /usr/lib/qemu/virtiofsd ] || skip_or_fail 'no virtiofsd'
	[ "$(id -u)" -eq 0 ] || skip_or_fail 'virtiofsd needs root'
	/usr/lib/qemu/virtiofsd --socket-path="$PWD/virtiofs-$2.sock" -o source="$PWD/$1" \
		-o sandbox=chroot </dev/null >virtiofsd.log 2>&1 3>&- &
	virtiofsd=$!
	timeout 60 sh -c "until [ -S virtiofs-$2.sock ]; do sleep 0.1; done" ||
		fail 'virtiofsd does not listen' "$(cat virtiofsd.log)"
}

@test "a directory that is shared by 9p, in a kernel that has all its drivers as modules" {
	local generic=$ROOT/build/kernel-generic
	[ -e "$generic/vmlinuz" ] || skip_or_fail 'no generic kernel'
	mkdir shared
	echo hello >shared/file
	"$VMCONFIG" initrd --init "$BUILD/init" --modules "$generic" --module 9p \
		--module 9pnet_virtio -o 9p.cpio
	edit '.mounts = [{destination: "/not/there", type: "9p", source: "tag",
		options: ["trans=virtio", "version=9p2000.L", "msize=65536", "nosuid", "noatime"]}]'
	vm --kernel "$generic/vmlinuz" --initrd 9p.cpio --share "$PWD/shared:tag,9p" -- \
		cat /not/there/file , write /not/there/new text , cat /proc/self/mountinfo
	assert_status 0
	assert_output_contains hello
	grep -q ' / /not/there rw,nosuid,noatime - 9p tag .*msize=65536,trans=virtio' <<<"$output" ||
		explain 'no 9p'
	[ "$(cat shared/new)" = text ]
}

@test "a shared directory, and what an initrd carries beside init" {
	mkdir shared headers
	echo hello >shared/file
	echo 'all:' >headers/Makefile
	(cd headers && find . | cpio --quiet -o -H newc) >headers.cpio
	"$VMCONFIG" initrd --init "$BUILD/init" --modules "$ROOT/build/kernel" --module virtiofs \
		--add "$ROOT/build/probe:/vmconfig/agent" \
		--add headers.cpio:/vmconfig/kernel-headers.cpio -o carrying.cpio
	edit '.mounts = [{destination: "/shared", type: "virtiofs", source: "tag", options: ["nosuid"]},
			{destination: "/again", source: "/shared", options: ["bind", "ro"]}] |
		.files = [{path: "/shared/secret", content: "hidden\n", mode: 384}] |
		.agent = {path: "/opt/agent", args: ["write", "/run/agent", "was here"]}'
	share_directory shared tag
	local release
	release=$(cat "$ROOT/build/kernel/version")
	vm --initrd carrying.cpio --share "$PWD/shared:tag" -- cat /again/file , cat /shared/secret , \
		write /shared/new text , write /again/x y , stat /opt/agent , \
		cat "/lib/modules/$release/build/Makefile"
	assert_status 1
	assert_output_contains hello
	assert_output_contains hidden
	assert_output_contains 'all:'
	assert_output_contains 'stat /opt/agent file 0755 0 0'
	assert_output_contains 'write /again/x: Read-only file system'
	[ "$(cat shared/new)" = text ]
	[ "$(cat shared/secret)" = '' ] || fail 'the host finds the secret in what it shares'
}
