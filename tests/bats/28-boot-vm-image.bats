#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# vm.image: a root of the guest's own, in which the bundle's is mounted, in virtual machines; and the
# same bundle without one.
# shellcheck disable=SC2054,SC2154 # a comma is a word of the probe's; bats sets status, output and stderr

load helper
load vm

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	mkdir -p own/etc own/bin
	echo "the guest's own" >own/etc/issue
	cp "$ROOT/build/probe" own/bin/agent
	truncate -s 16M own.img
	mke2fs -q -F -t ext4 -d own own.img
}

setup() {
	need qemu-system-x86_64
	cd "$BATS_TEST_TMPDIR" || return
	OWN_IMAGE=$BATS_FILE_TMPDIR/own.img
	mkdir -p bundle/rootfs/etc
	cp "$ROOT/build/probe" bundle/rootfs/probe
	echo 'box:x:7:8::/:' >bundle/rootfs/etc/passwd
}

# bundle [IMAGE FORMAT [FILTER]] - with that vm.image, if any, as jq's FILTER has it.
bundle() {
	jq -n --arg kernel "$VMCONFIG_KERNEL" --arg initrd "$VMCONFIG_INITRD" \
		--arg image "${1:-}" --arg format "${2:-}" '{ociVersion: "1.2.0", root: {path: "rootfs"},
		process: {cwd: "/", args: ["/probe"], user: {uid: 0, gid: 0}},
		vm: {kernel: {path: $kernel, initrd: $initrd}}} |
		if $image != "" then .vm.image = {path: $image, format: $format} else . end |
		'"${3:-.}" >bundle/config.json
}

# boot WORD… - run the bundle; its root is made of its directory.
boot() {
	run_vmconfig run --bundle bundle --timeout 120 -- /probe "$@"
}

assert_line() {
	grep -qxF -e "$1" <<<"$output" || explain "expected the line: $1"
}

# What a workload tells of its root, whatever is around it.
TALE=(ls / , ls /run , stat /etc/issue , stat /bin/agent , write /new x , cat /new , id , cwd , nest ,
	cat /proc/self/mountinfo , exit 7)

assert_tale() {
	assert_status 7
	[ "$(grep '^entry ' <<<"$output" | tr '\n' ' ')" = \
		'entry dev entry etc entry lost+found entry probe entry proc entry run entry sys entry tmp ' ] ||
		explain 'other files than those in / were expected'
	assert_line 'stat /etc/issue: No such file or directory'
	assert_line 'stat /bin/agent: No such file or directory'
	assert_line x
	assert_line 'nest pivot_root: done'
	grep -qE '^[0-9]+ [0-9]+ [0-9:]+ / / rw,.* - overlay ' <<<"$output" || explain 'another root'
	# The guest's own root, and the disk that it is on, are nowhere among the mounts.
	[[ $output != *vmconfig/rootfs* && $output != *' /dev/vd'* ]] || explain 'more than its root'
}

# remember FILE… - after the boot, assert_unchanged: each is what it was.
remember() {
	sha256sum "$@" >sums
}

assert_unchanged() {
	sha256sum --quiet -c sums || fail 'the image has been written to'
}

@test "a bundle without vm.image, and the same one inside a raw image: the workload sees no difference" {
	bundle
	boot "${TALE[@]}"
	assert_tale
	bundle "$OWN_IMAGE" raw
	remember "$OWN_IMAGE"
	boot "${TALE[@]}"
	assert_tale
	assert_unchanged
}

@test "an image of each format that QEMU reads" {
	need qemu-img
	local format name
	for format in qcow2 vdi vmdk vhd; do
		name=$format
		[ "$format" != vhd ] || name=vpc
		qemu-img convert -q -f raw -O "$name" "$OWN_IMAGE" "own.$format"
		bundle "$PWD/own.$format" "$format"
		remember "own.$format"
		boot ls / , exit 7
		assert_status 7
		assert_line 'entry probe'
		assert_unchanged
	done
}

@test "an image that names other files of the host is refused" {
	need qemu-img
	local image
	qemu-img create -q -f qcow2 -b "$OWN_IMAGE" -F raw backed.qcow2
	qemu-img create -q -f qcow2 -o "data_file=$PWD/data.raw,data_file_raw=on" split.qcow2 16M
	qemu-img convert -q -f raw -O vmdk "$OWN_IMAGE" base.vmdk
	qemu-img create -q -f vmdk -b base.vmdk -F vmdk child.vmdk
	qemu-img convert -q -f raw -O vmdk -o subformat=monolithicFlat "$OWN_IMAGE" flat.vmdk
	for image in backed.qcow2 split.qcow2 child.vmdk flat.vmdk; do
		bundle "$PWD/$image" "${image#*.}"
		boot exit 0
		assert_failure 125 "vm.image '$PWD/$image' names other files of the host"
	done
	# A header of zeros behind the magic is one that VMMs look further into.
	printf 'KDMV' >empty.vmdk
	truncate -s 64K empty.vmdk
	bundle "$PWD/empty.vmdk" vmdk
	boot exit 0
	assert_failure 125 'names other files of the host'
}

@test "a disk that names other files of the host is one only when it is said" {
	need qemu-img
	qemu-img create -q -f qcow2 -b "$PROBE_IMAGE" -F raw backed.qcow2
	bundle
	run_vmconfig run --bundle bundle --disk backed.qcow2,ro,format=qcow2 --timeout 120 -- /probe exit 0
	assert_failure 125 "disk 'backed.qcow2' names other files of the host"
	run_vmconfig run --bundle bundle --disk backed.qcow2,ro,format=qcow2,references --timeout 120 -- \
		/probe exit 7
	assert_status 7
}

@test "the agent of the image runs in it, and finds the workload's root at its place" {
	bundle "$OWN_IMAGE" raw
	"$VMCONFIG" build --bundle bundle -o config.img 2>build.log -- /probe sleep-until-signal
	grep -qF "/vm/image: the virtual machine must have '$OWN_IMAGE' as a disk, read-only" build.log
	"$VMCONFIG" show config.img | jq -c '.root = {device: "serial=root", mode: "ro"} | .agent = {path: "/bin/agent",
		args: ["cat", "/etc/issue", ",", "ls", "/run/vmconfig/rootfs", ",", "signal", "1", "15"]}' >config.json
	run_vmconfig run --config config.json --disk "$PROBE_IMAGE,ro,serial=root" \
		--disk "$OWN_IMAGE,ro,serial=vmconfig-guest" --verbose --timeout 120
	assert_stderr_contains "the guest's own"
	assert_stderr_contains 'entry probe'
}

@test "a read-only root, a user of its passwd, a file and a hook, inside an image with partitions" {
	need sfdisk
	truncate -s 20M disk.img
	sfdisk -q disk.img <<-'EOF'
		label: gpt
		start=1MiB, size=1MiB, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
		start=2MiB, size=16MiB, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4
	EOF
	dd if="$OWN_IMAGE" of=disk.img bs=1M seek=2 conv=notrunc status=none
	echo bound >file
	bundle "$PWD/disk.img" raw ".root.readonly = true |
		.mounts = [{destination: \"/etc/bound\", type: \"bind\", source: \"$PWD/file\", options: [\"bind\", \"ro\"]}] |
		.hooks = {startContainer: [{path: \"/probe\", args: [\"probe\", \"write\", \"/run/hooked\", \"x\"]}]}"
	remember disk.img
	run_vmconfig run --bundle bundle --user box --timeout 120 -- /probe id , cat /etc/bound , stat /run/hooked , \
		write /x y , exit 7
	assert_status 7
	assert_line 'uid 7 7 7'
	assert_line bound
	grep -q '^stat /run/hooked file ' <<<"$output" || explain 'the hook has not run in the root'
	assert_line 'write /x: Read-only file system'
	assert_unchanged
}

@test "writes, volumes and the end: every filesystem is clean, a workload's own included" {
	make_disk data.img
	make_disk more.img
	bundle "$OWN_IMAGE" raw
	remember "$OWN_IMAGE"
	run_vmconfig run --bundle bundle --disk "$PROBE_IMAGE,ro" --disk "data.img,serial=data" \
		--disk "more.img,serial=more" -v serial=data:/data --timeout 120 -- \
		/probe write /data/file kept , mkdir /m , mount /dev/vdc /m ext4 , write /m/file kept , exit 7
	assert_status 7
	assert_clean data.img
	assert_clean more.img
	[ "$(debugfs -R 'cat /file' more.img 2>/dev/null)" = kept ]
	assert_unchanged
}

@test "an image that is not there, that is another's format, or holds nothing, is refused by name" {
	bundle /nonexistent/own.img raw
	boot exit 7
	assert_failure 125 "cannot use vm.image '/nonexistent/own.img'"
	truncate -s 1M empty.img
	bundle "$PWD/empty.img" raw
	boot exit 7
	assert_failure 125 "guest root: '/dev/vdb', the guest's own root, holds no filesystem"
}

@test "the image's own init cannot be PID 1" {
	bundle "$OWN_IMAGE" raw '.process.args = ["/sbin/init"]'
	run_vmconfig run --bundle bundle --init-mode systemd --timeout 120
	assert_failure 125 '/vm/image: is the root of init, which stays PID 1'
}
