#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Init crashes, or a call of its does not come back, by build/init-fault: the boot ends with a report
# all the same; never a panic, never a hang.
# shellcheck disable=SC2030,SC2031,SC2154 # each test boots anew; fault.bash sets last

load helper
load ns
load fault

# crashes_of_the_end - at each call of it.
crashes_of_the_end() {
	local n
	for ((n = 1; ; n++)); do
		boot_with "shutdown:$n:crash"
		judge "shutdown:$n:crash"
		[ "$fired" ] || break
	done
	[ "$n" -ge 20 ] || fail "only $n calls"
}

@test "init itself, or a child of its, crashes at any call of the end" {
	crashes_of_the_end
}

@test "init, or a child of its, crashes at any call of the end with a root of the guest's own" {
	use_inside
	crashes_of_the_end
}

@test "no allocation while the workload runs" {
	boot_with supervise:heap:1
	judge supervise:heap:1
	[ -z "$fired" ] || fail 'init has allocated memory'
}

@test "an assertion of init's own that does not hold is a crash as well" {
	boot_with config-disk:2:abort
	judge config-disk
	[[ $last == *'init itself has crashed: SIGABRT'* ]] || blame config-disk 'it should be said'
	assert_code crash
}

@test "init itself crashes, in each phase, and while the workload runs: a report, and clean disks" {
	local phase crashes=0
	for phase in $(names_of) supervise shutdown; do
		boot_with "$phase:2:crash"
		judge "$phase"
		[ "$fired" ] || continue # it makes no such call with this config
		crashes=$((crashes + 1))
		[ "$status" -eq 125 ] || blame "$phase" 'a crash is a failure'
		[[ $last == *'init itself has crashed: SIGILL'* ]] || blame "$phase" 'it should be said'
	done
	[ "$crashes" -ge 10 ] || fail "only $crashes crashes"
}

# hangs FAULT TEXT - the boot ends with a report, which has TEXT.
hangs() {
	boot_with "$1:hang" --cmdline vmconfig.stall=2
	judge "$1"
	[ "$status" -eq 125 ] || blame "$1" 'the boot should have been given up'
	[ "$(jq -r .failure <<<"$last")" = stalled ] || blame "$1" 'it should be told from others'
	[[ $last == *"$2"* ]] || blame "$1" "expected in the last word: $2"
}

@test "a root that cannot be opened is not said to be hidden" {
	boot_with switch-root:open:2
	judge switch-root:open:2
	[[ $last == *"cannot open '/vmconfig/root': "* ]] || blame switch-root:open:2 'it should be said'
}

@test "a call that does not come back is no hang: the report says which, and the power goes off" {
	hangs modules:syscall:1 '"no answer for 2 s"'
	hangs config-disk:mount:1 "mounting '/dev/vdd' (ext4), the config disk: no answer for 2 s"
	hangs root:pread:1 "reading '/dev/vda'"
	hangs volumes:mount:1 "mounting '/dev/vdc' (ext4), the volume of '/data': no answer for 2 s"
	hangs workload:pipe2:1 '"no answer for 2 s"'
	use_inside
	hangs guest-root:mount:1 "mounting '/dev/vdd' (ext4), the guest's own root: no answer for 2 s"
	hangs switch-root:mount:1 '"no answer for 2 s"'
}

@test "nor is one while partitions are looked through" {
	local n
	need sfdisk
	use_inside
	truncate -s 16M disk.img
	sfdisk -q disk.img <<<$'label: gpt\nstart=1MiB, size=4MiB\nstart=5MiB, size=8MiB'
	dd if="$OWN_IMAGE" of=disk.img bs=1M seek=5 conv=notrunc status=none
	OWN_IMAGE=disk.img,part=2048+8192,part=10240+16384
	# Of some seventy: of the disk's own filesystem, of its table, of what is on the partitions.
	for n in 1 20 40; do
		hangs guest-root:read:$n "reading '/dev/vdd': no answer for 2 s"
	done
}
