#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A root of the guest's own, in which the workload's is mounted: what each of the two sees, images
# with next to nothing in them, images that mean harm, disks with partitions, the end.
# shellcheck disable=SC2016,SC2034,SC2154 # nsboot's shell expands; ns.bash uses and sets variables

load helper
load ns

OWN='.guest_root = {device: "/dev/vdb"}'
INSIDE='/proc/$INIT_PID/root'
STOP='kill $INIT_PID'
ROOT_TYPE=4F68BCE3-E8CD-4DB1-96E7-FBCAF98B709B

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	mkdir scratch own own/opt own/etc own/bin own/run
	cp "$BUILD/probe" scratch/probe
	make_image scratch.img scratch
	cp "$BUILD/probe" own/bin/agent
	echo "the guest's own" >own/etc/issue
	echo 'own:x:7:8::/own:/bin/sh' >own/etc/passwd
	echo '198.51.100.9 of-the-image' >own/etc/hosts
	echo x >own/removed
	make_image own.img own
	orphan own.img /removed
	sha256sum own.img >own.sum
}

use_scratch() {
	SCRATCH=$BATS_FILE_TMPDIR/scratch.img
	OWN_IMAGE=$BATS_FILE_TMPDIR/own.img
	STILL_MOUNTED=
}

# Whatever a test has done, the image is as it was, though the device can be written to and there is
# something in it for the kernel to mend.
teardown() {
	(cd "$BATS_FILE_TMPDIR" && sha256sum --quiet -c own.sum)
}

# boot_own OPTION… - boot the scratch image inside the one that is the guest's own.
boot_own() {
	boot --disk "$OWN_IMAGE" "$@"
}

# boot_tree - boot with what is in the directory "tree" for the guest's own root.
boot_tree() {
	make_image tree.img tree
	boot --disk tree.img,ro
}

@test "the workload sees its own root alone, with all that a program expects" {
	config "$OWN" mounts , ls / , ls /run , stat /etc/issue , stat /dev/ptmx , stat /tmp , stat /dev/shm , \
		cwd , fds , nest , write /run/x y , write /tmp/x y , write /x y , exit 0
	boot_own
	assert_exit 0
	assert_line_matches 'mount / overlay rw,.* rw overlay'
	local target type
	while read -r target type; do
		assert_line_matches "mount $target $type rw,.*"
		[ "$(grep -c "^mount $target " <<<"$output")" -eq 1 ] || explain "more than one $target"
	done <<<'/proc proc
/sys sysfs
/dev tmpfs
/dev/pts devpts
/dev/shm tmpfs
/run tmpfs'
	[ "$(grep '^entry ' <<<"$output" | tr '\n' ' ')" = \
		'entry dev entry etc entry lost+found entry probe entry proc entry run entry sys entry tmp ' ] ||
		explain 'other files than those in / were expected'
	assert_line 'stat /etc/issue: No such file or directory'
	assert_line 'stat /dev/ptmx link 0777 0 0 pts/ptmx'
	assert_line 'stat /tmp dir 1777 0 0'
	assert_line 'cwd /'
	assert_line 'nest pivot_root: done'
	refute_output_contains 'write /'
	refute_output_contains vmconfig
	refute_output_contains vdb
	[ "$(grep -c '^fd ' <<<"$output")" -eq 3 ] || explain 'more than the standard streams'
}

@test "init stays in the guest's own root, which can be written, and finds the workload's in it" {
	config "$OWN | .dns = {servers: [\"192.0.2.1\"]}" write /mine x , cat /etc/resolv.conf , \
		sleep-until-signal
	boot_own --when ready --run "cat $INSIDE/etc/issue $INSIDE/etc/hosts $INSIDE/etc/resolv.conf >own
		(cd $INSIDE && ls -d * run/vmconfig/rootfs/*) >names
		stat -c %a $INSIDE/run/vmconfig >mode
		echo x >$INSIDE/new && $STOP"
	assert_exit 0
	assert_line 'nameserver 192.0.2.1'
	grep -qxF "the guest's own" own
	grep -qxF 'nameserver 192.0.2.1' own
	# Only what the config says is written: the image has its hosts.
	grep -qxF '198.51.100.9 of-the-image' own
	[ "$(sed 's,run/vmconfig/rootfs,C,' names | sort | tr '\n' ' ')" = \
		"C/dev C/etc C/lost+found C/mine C/probe C/proc C/run C/sys C/tmp $(
		)bin dev etc lost+found opt proc run sys tmp " ] || fail "$(cat names)"
	[ "$(cat mode)" = 700 ]
}

@test "hooks run in the workload's root, an agent in the guest's own" {
	config "$OWN"' | .agent = {path: "/bin/agent", args: ["write", "/run/agent-up", "x"]} |
		.hooks = {start_container: [{path: "/probe", args: ["probe", "ls", "/", ",", "write", "/hooked", "x"]}]}' \
		stat /hooked , stat /bin/agent , stat /run/agent-up , sleep-until-signal , exit 0
	boot_own --when ready \
		--run "until [ -e $INSIDE/run/agent-up ]; do sleep 0.05; done; [ ! -e $INSIDE/hooked ] && $STOP"
	assert_exit 0
	assert_line 'entry probe'
	refute_output_contains 'entry opt'
	assert_line_matches 'stat /hooked file .*'
	assert_line 'stat /bin/agent: No such file or directory'
	assert_line 'stat /run/agent-up: No such file or directory'
}

@test "the initrd's agent goes into the guest's own root" {
	config "$OWN"' | .agent = {path: "/opt/agents/one", args: ["write", "/run/agent-up", "x"]}' \
		stat /opt , sleep-until-signal , exit 0
	boot_own --file "$BUILD/probe:/vmconfig/agent" --when ready \
		--run "until [ -e $INSIDE/run/agent-up ]; do sleep 0.05; done; $STOP"
	assert_exit 0
	assert_line 'stat /opt: No such file or directory'
}

@test "users are looked up in the workload's root" {
	config "$OWN"' | .user = {name: "own"}' id
	boot_own
	assert_failed workload "user 'own' not found in the guest's /etc/passwd"
	tree etc/
	echo 'own:x:70:80::/there:/bin/sh' >tree/etc/passwd
	make_image root.img tree
	boot_image root.img,ro --disk "$OWN_IMAGE"
	assert_exit 0
	assert_line 'uid 70 70 70'
}

@test "every mode of the workload's root is as without the guest's own" {
	cp "$SCRATCH" root.img
	make_image upper.img
	config "$OWN"' | .root = {mode: "rw"}' write /file kept , mounts
	boot_image root.img --disk "$OWN_IMAGE"
	assert_exit 0
	assert_line_matches 'mount / ext4 rw,.* rw /dev/vda'
	assert_clean root.img
	config "$OWN"' | .root = {mode: "ro"} | .workdir = "/w"' cat /file , write /x y , write /tmp/x y , \
		write /run/x y , cwd , mounts , exit 0
	boot_image root.img --disk "$OWN_IMAGE"
	assert_exit 0
	assert_line kept
	assert_line 'write /x: Read-only file system'
	assert_line 'cwd /w'
	refute_output_contains 'write /run'
	refute_output_contains 'write /tmp'
	assert_line_matches 'mount / overlay ro,.* ro overlay'
	config "$OWN"' | .root = {mode: "overlay", overlay_device: "/dev/vdc"}' write /over kept
	boot_own --disk upper.img
	assert_exit 0
	assert_clean upper.img
	config "$OWN"' | .root = {mode: "overlay", overlay_device: "/dev/vdc"}' cat /over
	boot_own --disk upper.img
	assert_output kept
}

@test "without a root in the config, /dev/vdb is no writable layer when it is the guest's own root" {
	make_image own.img "$BATS_FILE_TMPDIR/own"
	cp own.img before.img
	config "$OWN" write /x y
	boot --disk own.img
	assert_exit 0
	cmp own.img before.img
}

@test "volumes, mounts, files and masks are the workload's, and all is clean in the end" {
	make_image volume.img
	config "$OWN"' | .volume_mounts = [{device: "/dev/vdc", path: "/data", mode: "rw"}] |
		.mounts = [{destination: "/shared", type: "tmpfs", source: "tmpfs", options: ["rshared"]},
			{destination: "/run", type: "tmpfs", source: "tmpfs", options: ["size=1m"]},
			{destination: "/proc", type: "proc", source: "proc", options: ["ro"]}] |
		.files = [{path: "/etc/put", content: "text"}] | .masked_paths = ["/etc/hosts"] |
		.readonly_paths = ["/data/fixed"] | .rootfs_propagation = "shared"' \
		write /data/file kept , cat /etc/put , stat /etc/hosts , mkdir /shared/m , bind /data /shared/m , \
		mounts , cat /proc/self/mountinfo , sleep-until-signal
	boot_own --disk volume.img --when ready \
		--run "cat /proc/\$INIT_PID/mountinfo >init.mounts; $STOP"
	assert_exit 0
	assert_line_matches 'mount /data ext4 rw,.*'
	assert_line_matches 'mount /proc proc ro,.*'
	assert_line_matches 'mount /shared/m ext4 .*'
	assert_line_matches '[0-9]* [0-9]* [0-9:]* / / rw,.* shared:[0-9]* - overlay .*'
	assert_output_contains text
	# Its mounts are not init's, though one is shared; those of the config are there for an agent.
	grep -q ' /run/vmconfig/rootfs/data ' init.mounts
	run ! grep -q ' /run/vmconfig/rootfs/shared/m ' init.mounts
	assert_clean volume.img
}

@test "what the workload has mounted itself is unmounted, and what it has left behind is let go" {
	make_image disk.img
	make_image volume.img
	make_image inner.img
	config "$OWN"' | .volume_mounts = [{device: "/dev/vdc", path: "/data", mode: "rw"}]' \
		mkdir /m , mount /dev/vdd /m ext4 , write /m/file kept , mkdir /n , loop-mount /data/inner.img /n , \
		write /n/file x , bind /n /m/lost+found , say up
	IMAGE_SIZE=16M make_image volume.img
	printf 'write inner.img inner.img\n' | debugfs -w volume.img >/dev/null 2>&1
	boot_own --disk volume.img --disk disk.img
	assert_exit 0
	assert_line up
	assert_clean disk.img
	assert_clean volume.img
	[ "$(debugfs -R 'cat /file' disk.img 2>/dev/null)" = kept ]
}

@test "a terminal, and a stop, work as ever" {
	config "$OWN | .terminal = true" ttyname , exit 4
	boot_own
	assert_exit 4
	[[ $output == */dev/pts/0* ]] || explain 'the terminal has another name'
	config "$OWN" sleep-until-signal
	boot_own --when ready --kill TERM
	assert_exit 0
}

@test "a program that is not there, or in the guest's own root alone, is not found" {
	config "$OWN | .entrypoint = [\"/bin/agent\"]"
	boot_own
	assert_no_exec 127 "cannot execute '/bin/agent': no such file"
}

@test "an image with nothing in it is a root of the guest's own" {
	need mksquashfs
	mkdir empty
	mksquashfs empty own.img -quiet -no-progress >/dev/null
	config "$OWN" say up
	boot --disk own.img,ro
	assert_exit 0
	assert_line up
	config '.guest_root = {device: "/dev/vdb", fstype: "squashfs", options: ["noatime"]}' say up
	boot --disk own.img,ro
	assert_exit 0
}

@test "an image that cannot be had stops the boot with what is wrong" {
	config '.guest_root = {device: "/dev/vdq"}' say no
	boot --cmdline vmconfig.wait=0
	assert_failed 'guest root' "there is no device '/dev/vdq', the guest's own root"
	truncate -s 1M empty.img
	config "$OWN" say no
	boot --disk empty.img,ro
	assert_failed 'guest root' "'/dev/vdb', the guest's own root, holds no filesystem"
	config '.guest_root = {device: "/dev/vdb", fstype: "xfs"}' say no
	boot_own
	assert_failed 'guest root' "cannot mount '/dev/vdb' (xfs), the guest's own root"
}

@test "links of an image lead to where it says, inside it" {
	tree var/run/ elsewhere/ etc/
	ln -s ../../../../var/run tree/run
	ln -s /elsewhere tree/tmp
	ln -s ../../../../../.. tree/opt
	rm -r tree/etc
	ln -s ../../../../.. tree/etc
	config "$OWN"' | .hostname = "box" | .agent = {path: "/opt/deep/agent", args: ["exit", "0"]}' \
		mounts , stat /deep , sleep-until-signal , exit 0
	make_image tree.img tree
	boot --disk tree.img,ro --file "$BUILD/probe:/vmconfig/agent" --when ready \
		--run "cat /proc/\$INIT_PID/mountinfo >init.mounts; cat $INSIDE/hostname >name
			test -x $INSIDE/deep/agent && $STOP"
	assert_exit 0
	assert_line 'stat /deep: No such file or directory'
	grep -q ' /var/run/vmconfig/rootfs ' init.mounts
	[ "$(cat name)" = box ]
}

@test "an image whose links would hide what init needs, or that has no place for it, is refused" {
	config "$OWN" say no
	tree
	ln -s /proc tree/dev
	boot_tree
	assert_failed 'switch root' "of the root filesystem is hidden by a volume or a link"
	rm tree/dev
	: >tree/run
	boot_tree
	assert_failed 'guest root' "cannot make '/run' in the root filesystem"
	rm tree/run
	ln -s run tree/run
	boot_tree
	assert_failed 'guest root' "cannot make '/run' in the root filesystem"
}

@test "a volume that would hide /dev of the workload's root is refused there as well" {
	make_image volume.img
	tree
	ln -s dev tree/data
	make_image root.img tree
	config "$OWN"' | .volume_mounts = [{device: "/dev/vdc", path: "/data", mode: "rw"}]' say no
	boot_image root.img,ro --disk "$OWN_IMAGE" --disk volume.img
	assert_failed 'switch root' "'/dev' of the root filesystem is hidden"
	assert_clean volume.img
}

# disk SCRIPT - disk.img with these partitions, 4 MiB each from 1 MiB on, as sfdisk takes them.
disk() {
	need sfdisk
	rm -f disk.img
	truncate -s 16M disk.img
	sfdisk -q disk.img <<<"$1"
}

# put NUMBER IMAGE - an image of 4 MiB into a partition.
put() {
	dd if="$2" of=disk.img bs=1M seek=$((1 + 4 * ($1 - 1))) conv=notrunc status=none
}

# boot_disk OPTION… - boot with disk.img for the guest's own root, whose partitions the kernel knows.
boot_disk() {
	boot --disk "disk.img,ro,part=2048+8192,part=10240+8192,part=18432+8192" "$@"
}

GPT=$'label: gpt\nstart=1MiB, size=4MiB, type=%s\nstart=5MiB, size=4MiB, type=%s\nstart=9MiB, size=4MiB, type=%s\n'
ESP=C12A7328-F81F-11D2-BA4B-00A0C93EC93B LINUX=0FC63DAF-8483-4772-8E79-3D69D8477DE4
BOOT=BC13C2FF-59E6-4262-A352-B275FD6F7172

# An image of 4 MiB that says who it is.
small_image() {
	mkdir -p "$1.d/etc"
	echo "$1" >"$1.d/etc/issue"
	IMAGE_SIZE=4M make_image "$1.img" "$1.d"
}

# assert_root NAME [FILTER] - the guest's own root is that image.
assert_root() {
	config "${2:-$OWN}" sleep-until-signal
	boot_disk --when ready --run "cat $INSIDE/etc/issue >issue; $STOP"
	assert_exit 0
	[ "$(cat issue)" = "$1" ] || explain "the root is $(cat issue)"
}

@test "a disk with partitions: the only one that a Linux can be on, in a GPT and in an MBR" {
	small_image one
	# shellcheck disable=SC2059 # a format
	disk "$(printf "$GPT" "$ESP" "$LINUX" "$BOOT")"
	put 2 one.img
	small_image boot
	put 3 boot.img
	assert_root one
	disk $'label: dos\nstart=1MiB, size=4MiB, type=c\nstart=5MiB, size=4MiB, type=82\nstart=9MiB, size=4MiB, type=83\n'
	put 3 one.img
	assert_root one
}

@test "a disk with partitions: the one whose type says that it is this machine's root" {
	small_image one
	small_image two
	# shellcheck disable=SC2059 # a format
	disk "$(printf "$GPT" "$LINUX" "$ROOT_TYPE" "$LINUX")"
	put 1 one.img
	put 2 two.img
	put 3 one.img
	assert_root two
}

@test "a disk with partitions: what its type says is the root must be one, unless another is" {
	small_image one
	# shellcheck disable=SC2059 # a format
	disk "$(printf "$GPT" "$LINUX" "$ROOT_TYPE" "$ROOT_TYPE")"
	put 1 one.img
	config "$OWN" say no
	boot_disk
	assert_failed 'guest root' "partition 3 is the root by its type, but has no filesystem that can be one"
	assert_root one '.guest_root = {device: "/dev/vdb", fstype: "ext4"}'
	small_image two
	put 2 two.img
	assert_root two
}

@test "a disk with partitions: one too many, or none, stops the boot; a label tells which" {
	small_image one
	small_image two
	tune2fs -L second two.img >/dev/null
	# shellcheck disable=SC2059 # a format
	disk "$(printf "$GPT" "$LINUX" "$LINUX" "$LINUX")"
	config "$OWN" say no
	boot_disk
	assert_failed 'guest root' "'/dev/vdb', the guest's own root, has partitions, but none with a filesystem"
	assert_code filesystem-missing
	put 1 one.img
	put 2 two.img
	config "$OWN" say no
	boot_disk
	assert_failed 'guest root' "has more than one partition that can be it: 1 (ext4), 2 (ext4)"
	assert_code filesystem-ambiguous
	assert_root two '.guest_root = {device: "label=second"}'
}

@test "a partition that the kernel has not found is waited for in vain" {
	small_image one
	# shellcheck disable=SC2059 # a format
	disk "$(printf "$GPT" "$ESP" "$LINUX" "$BOOT")"
	put 2 one.img
	config "$OWN" say no
	boot --disk disk.img,ro --cmdline vmconfig.wait=0
	assert_failed 'guest root' "there is no device 'partition 2 of /dev/vdb', the guest's own root"
}

@test "the image's own init cannot be PID 1 of a guest that has a root of its own" {
	config "$OWN"' | .init_mode = "systemd"' say no
	boot_own
	assert_failed 'config disk' '/guest_root: is the root of init'
}
