#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every call of every phase of init fails once, by build/init-fault: the boot ends with a report that
# names the phase, or goes on; never a panic, never a hang, and the disks are clean.
# shellcheck disable=SC2030,SC2031 # each test boots anew

load helper
load ns

# How many allocations are skipped between two that fail: there are some thousand.
STRIDE=9

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	mkdir scratch
	cp "$BUILD/probe" scratch/probe
	make_image scratch.img scratch
	make_image empty.img
	config '.hostname = "h" | .hosts = [{ip: "192.0.2.1", names: ["x"]}] |
		.dns = {servers: ["192.0.2.2"]} | .env = {A: "b"} | .workdir = "/w" |
		.user = {uid: 7, gid: 8, additional_gids: [9]} |
		.rlimits = [{type: "RLIMIT_NOFILE", soft: 64, hard: 64}] |
		.mounts = [{destination: "/t", type: "tmpfs", source: "tmpfs", options: ["nosuid"]}] |
		.volume_mounts = [{device: "/dev/vdc", path: "/data", mode: "rw"}]' say alive
	config_disk
	mv config.img plain.img
	mv config.json plain.json
	jq -c '. + {guest_root: {device: "/dev/vdd"}}' plain.json >config.json
	config_disk
	mv config.img inside.img
}

# The second of the two configs has a root of the guest's own.
use_plain() {
	CONFIG=plain.img OWN_IMAGE=
}

use_inside() {
	CONFIG=inside.img OWN_IMAGE=$BATS_FILE_TMPDIR/scratch.img
}

setup() {
	[ "$(id -u)" -eq 0 ] || skip_or_fail 'namespaces and loop devices need root'
	cd "$BATS_TEST_TMPDIR" || return
	use_plain
}

# names_of - the phases as init has them, "-" for blanks.
names_of() {
	sed -n 's/^    {"\([a-z ]*\)", phase_.*/\1/p' "$ROOT/guest/main.c" | tr ' ' -
}

blame() {
	fail "fault $1: $2" "status: $status" "last word: $last" "console: $output" "stderr: $(<errors)"
}

is_clean() {
	local state
	state=$(dumpe2fs -h "$1" 2>/dev/null)
	[[ $state == *'Filesystem state:         clean'* && $state != *needs_recovery* ]]
}

# boot_with FAULT [OPTION…] - boot; sets fired when there was such a call.
boot_with() {
	local dir=$BATS_FILE_TMPDIR fault=$1
	shift
	cp --sparse=always "$dir/empty.img" upper.img
	cp --sparse=always "$dir/empty.img" volume.img
	: >report
	status=0
	"$BUILD/nsboot" --init "$BUILD/init-fault" --fault "$fault" --report report --timeout 100 \
		--disk "$dir/scratch.img,ro" --disk upper.img --disk volume.img \
		${OWN_IMAGE:+--disk "$OWN_IMAGE,ro"} --disk "$dir/$CONFIG,ro" "$@" \
		>bytes 2>errors || status=$?
	output=$(tr -d '\0' <bytes) last=$(tail -n 1 report) fired=
	[[ $output != *'fault: '* ]] || fired=yes
	grep -qE 'PANIC|TIMEOUT' errors && blame "$fault" 'panic or hang'
	[[ $fault != *:hang ]] || return 0 # nothing is unmounted then
	is_clean upper.img || blame "$fault" 'the writable layer is not clean'
	is_clean volume.img || blame "$fault" 'the volume is not clean'
}

# judge FAULT - it ended as one may.
judge() {
	local phase=${1%%:*}
	case $status in
	0)
		[[ $output == *alive* && $last == '{"event":"exit","code":0,'* ]] ||
			blame "$1" 'the workload should have run'
		;;
	125)
		[[ $last == '{"event":"failed","phase":"'"${phase//-/ }"'","error":"'?* ]] ||
			blame "$1" 'the phase should have been named'
		;;
	126)
		[[ $last == '{"event":"exit","code":126,'*'cannot execute'* ]] ||
			blame "$1" 'the program should be what cannot be executed'
		;;
	*) blame "$1" 'neither a failure of init nor the workload' ;;
	esac
}

# all_of KIND STEP PHASE… - each call of these phases, one boot for each.
all_of() {
	local kind=$1 step=$2 phase n
	shift 2
	for phase; do
		for ((n = 1; ; n += step)); do
			boot_with "$phase:$kind$n"
			judge "$phase:$kind$n"
			[ "$fired" ] || break
		done
	done
}

@test "each call before there is a root" {
	all_of '' 1 early-mounts command-line modules
	all_of heap: "$STRIDE" early-mounts command-line modules
}

@test "each call of the config disk" {
	all_of '' 1 config-disk
	all_of heap: "$STRIDE" config-disk
}

@test "each call of the root" {
	all_of '' 1 root
	all_of heap: "$STRIDE" root
}

@test "each call of the phases between root and workload" {
	mapfile -t phases < <(names_of | sed '1,/^root$/d; /^workload$/d')
	[ "${#phases[@]}" -ge 4 ] || fail "phases: ${phases[*]}"
	all_of '' 1 "${phases[@]}"
	all_of heap: "$STRIDE" "${phases[@]}"
}

@test "each call of the workload's start" {
	all_of '' 1 workload
	all_of heap: "$STRIDE" workload
}

@test "with a root of the guest's own: each call that makes it, and of the workload's start in it" {
	use_inside
	all_of '' 1 guest-root root switch-root workload
	all_of heap: "$STRIDE" guest-root root switch-root workload
}

# of_the_end - each call while the workload runs, and after it.
of_the_end() {
	local n
	for kind in supervise: shutdown: shutdown:heap:; do
		for ((n = 1; ; n += 1)); do
			[[ $kind != *heap* ]] || n=$((n + STRIDE - 1))
			boot_with "$kind$n"
			[ "$status" -eq 0 ] || blame "$kind$n" 'the workload has ended with 0'
			judge "$kind$n"
			[ "$fired" ] || break
		done
	done
}

@test "each call while the workload runs, and of the end: the workload's status is kept" {
	of_the_end
}

@test "with a root of the guest's own: the same" {
	use_inside
	of_the_end
}

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
