# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2030,SC2031,SC2034,SC2154 # each test boots anew
# Boots of build/init-fault in which one call fails. Loaded after ns.
#
# FAULT_INIT    the init with faults under test ($BUILD/init-fault)
# FAULT_STEP    every how manieth call fails (1)
# FAULT_STRIDE  the same of allocations (9)

# There are some thousand allocations. With sanitizers a boot takes ten times as long: of calls, too,
# only some are made to fail then.
STEP=${FAULT_STEP:-1} STRIDE=${FAULT_STRIDE:-9}

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
	"$BUILD/nsboot" --init "${FAULT_INIT:-$BUILD/init-fault}" --fault "$fault" --report report --timeout 100 \
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
