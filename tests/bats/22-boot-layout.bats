#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Images with next to nothing in them, the seed schema's own layout, root modes, volumes.

load helper
load vm

# boot_by_hand DISK… - no vmconfig on the host: the machine that a host of the seed schema makes,
# with numbered disks, a config disk without a label, and the serial console alone.
boot_by_hand() {
	local disk disks=()
	for disk; do
		disks+=(-drive "file=$disk,if=virtio,format=raw")
	done
	timeout 120 qemu-system-x86_64 -M q35 -accel tcg -cpu max -m 256 -nodefaults -display none \
		-no-reboot -serial stdio -kernel "$VMCONFIG_KERNEL" -initrd "$VMCONFIG_INITRD" \
		-append 'console=ttyS0 panic=-1 quiet' "${disks[@]}" \
		-netdev user,id=net -device virtio-net-pci,netdev=net </dev/null >console 2>&1
	tr -d '\r' <console >clean-console
}

# The file as a host of the seed schema writes it: every field, Go's nulls, no label, no version.
seed_disk() {
	mkdir seed
	cat >seed/config.json <<-'END'
		{"entrypoint":["/probe"],"cmd":["env",",","cwd",",","net",",","cat","/etc/resolv.conf",
		",","write","/data/file","kept",",","args","a b"],
		"workdir":"/made/here","env":{"ONE":"1","TWO":"zwei"},"network_enabled":true,
		"guest_ip":"10.0.2.15","guest_cidr":24,"guest_gw":"10.0.2.2","guest_dns":"10.0.2.3",
		"volume_mounts":[{"device":"/dev/vdd","path":"/data","mode":"rw"}],
		"init_mode":"exec","skip_kernel_headers":true,"skip_guest_agent":true}
	END
	truncate -s 10M seed.img
	mke2fs -q -F -t ext4 -d seed seed.img
}

@test "the seed schema's own layout boots: numbered disks, no label, every field honoured" {
	seed_disk
	make_disk overlay.img
	make_disk data.img
	cp "$PROBE_IMAGE" root.img
	before=$(sha256sum <root.img)
	boot_by_hand root.img overlay.img seed.img data.img
	output=$(cat clean-console)
	for line in 'arg 0 3 a\040b' 'env ONE=1' 'env TWO=zwei' 'cwd /made/here' 'nameserver 10.0.2.3'; do
		[[ $output == *"$line"* ]] || fail "expected: $line" "$output"
	done
	[[ $output == *'10.0.2.15/24'* ]] || fail 'no address' "$output"
	tail -n 3 clean-console | grep -q '"event":"exit","code":0' || fail 'no exit report' "$output"
	# The image below is untouched; what was written is in the overlay and in the volume.
	[ "$(sha256sum <root.img)" = "$before" ]
	assert_clean overlay.img
	assert_clean data.img
	[ "$(debugfs -R 'cat /file' data.img 2>/dev/null)" = kept ]
	debugfs -R 'stat /upper/made/here' overlay.img 2>/dev/null | grep -q 'Type: directory'
}

@test "no config disk: init says so and powers off" {
	cp "$PROBE_IMAGE" root.img
	timeout 120 qemu-system-x86_64 -M q35 -accel tcg -cpu max -m 256 -nodefaults -display none \
		-no-reboot -serial stdio -kernel "$VMCONFIG_KERNEL" -initrd "$VMCONFIG_INITRD" \
		-append 'console=ttyS0 panic=-1 quiet vmconfig.wait=1' \
		-drive file=root.img,if=virtio,format=raw </dev/null >console 2>&1
	grep -qa 'config disk: there is no config disk' console || fail "$(cat console)"
	grep -qa '"event":"failed"' console || fail "$(cat console)"
}

@test "a truncated, a wrong and a wrongly typed config stop the boot with the place" {
	make_disk overlay.img
	cp "$PROBE_IMAGE" root.img
	while IFS='|' read -r text reason; do
		rm -rf seed seed.img
		mkdir seed
		printf '%s' "$text" >seed/config.json
		truncate -s 4M seed.img
		mke2fs -q -F -t ext4 -d seed seed.img
		boot_by_hand root.img overlay.img seed.img
		grep -qF "$reason" clean-console || fail "expected: $reason" "$(cat clean-console)"
		grep -q '"event":"failed"' clean-console || fail 'no report' "$(cat clean-console)"
	done <<-'END'
		{"entrypoint":["/probe"|config.json:1:24: ',' or ']' is missing
		hello|config.json:1:1: this is no JSON value
		{"entrypoint":"/probe"}|/entrypoint: is a string, must be an array
	END
}

@test "an image with one static binary and nothing else boots and runs" {
	vm -- mounts , stat /proc , stat /dev/ptmx , stat /tmp , stat /etc/hosts
	assert_status 0
	for mount in '/ overlay' '/proc proc' '/sys sysfs' '/dev devtmpfs' '/dev/pts devpts' \
		'/dev/shm tmpfs' '/dev/mqueue mqueue' '/run tmpfs' '/sys/fs/cgroup cgroup2'; do
		assert_output_contains "mount $mount "
	done
	[[ $output != *'mount /tmp '* ]] || explain '/tmp is a directory of a writable root'
}

@test "root modes: read-only, read-write, overlay on a disk" {
	cp "$PROBE_IMAGE" root.img
	make_disk upper.img
	run_vmconfig run --config base.json --disk root.img,serial=root --root serial=root:ro -- \
		write /file x , write /tmp/file y , cat /tmp/file , mounts
	assert_status 1
	assert_output_contains 'write /file: Read-only file system'
	assert_output_contains 'mount / overlay ro'
	assert_output_contains 'mount /tmp tmpfs'
	cmp root.img "$PROBE_IMAGE"

	run_vmconfig run --config base.json --disk root.img,ro,serial=root --disk upper.img,serial=up \
		--root serial=root:overlay=serial=up -- write /file overlaid
	assert_status 0
	cmp root.img "$PROBE_IMAGE"
	assert_clean upper.img
	[ "$(debugfs -R 'cat /upper/file' upper.img 2>/dev/null)" = overlaid ]

	run_vmconfig run --config base.json --disk root.img,serial=root --root serial=root:rw -- \
		write /file direct
	assert_status 0
	assert_clean root.img
	[ "$(debugfs -R 'cat /file' root.img 2>/dev/null)" = direct ]
}

@test "volumes by serial, label, uuid and letter; read-only, read-write, overlay" {
	for name in s l u d top; do
		make_disk "$name.img" 16M
	done
	e2label l.img labelled
	uuid=$(dumpe2fs -h u.img 2>/dev/null | sed -n 's/^Filesystem UUID: *//p')
	debugfs -w -R 'mkdir below' u.img 2>/dev/null
	vm --disk s.img,serial=first --disk l.img --disk u.img,ro --disk d.img --disk top.img,serial=top \
		-v serial=first:/v/rw -v label=labelled:/v/rw/inner -v "uuid=$uuid:/v/ro:ro" \
		-v /dev/vde:/v/over:overlay=serial=top -- \
		write /v/rw/file one , write /v/rw/inner/file two , write /v/over/file three , \
		write /v/ro/file four , stat /v/ro/below , mounts
	assert_status 1
	assert_output_contains 'write /v/ro/file: Read-only file system'
	assert_output_contains 'stat /v/ro/below dir'
	[ "$(debugfs -R 'cat /file' s.img 2>/dev/null)" = one ]
	[ "$(debugfs -R 'cat /file' l.img 2>/dev/null)" = two ]
	[ "$(debugfs -R 'cat /upper/file' top.img 2>/dev/null)" = three ]
	for name in s l top; do
		assert_clean "$name.img"
	done
}

@test "users by number and by name, with their groups and home" {
	for user in 0 1000 app 1000:data app:wheel 4242 nobody:10; do
		run_vmconfig run --config base.json --disk "$BUSYBOX_IMAGE,ro" --user "$user" -- id , env
		assert_status 0
		printf '%s: %s\n' "$user" "$(grep -E '^(id|uid|gid|groups|env HOME)' <<<"$output" | tr '\n' ' ')"
	done >seen
	cat seen
	grep -q '^app: .*1000.*1000.*10.*2000.*HOME=/home/app' seen || fail "$(cat seen)"
	grep -q '^4242: .*4242.*HOME=/ ' seen || fail "$(cat seen)"
}
