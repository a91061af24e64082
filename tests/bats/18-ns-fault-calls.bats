#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every call of every phase of init fails once, by build/init-fault: the boot ends with a report that
# names the phase, or goes on; never a panic, never a hang, and the disks are clean. `make asan` runs
# this with an init of the sanitizers.
# shellcheck disable=SC2030,SC2031 # each test boots anew

load helper
load ns
load fault

@test "each call before there is a root" {
	all_of '' "$STEP" early-mounts command-line modules
	all_of heap: "$STRIDE" early-mounts command-line modules
}

@test "each call of the config disk" {
	all_of '' "$STEP" config-disk
	all_of heap: "$STRIDE" config-disk
}

@test "each call of the root" {
	all_of '' "$STEP" root
	all_of heap: "$STRIDE" root
}

@test "each call of the phases between root and workload" {
	mapfile -t phases < <(names_of | sed '1,/^root$/d; /^workload$/d')
	[ "${#phases[@]}" -ge 4 ] || fail "phases: ${phases[*]}"
	all_of '' "$STEP" "${phases[@]}"
	all_of heap: "$STRIDE" "${phases[@]}"
}

@test "each call of the workload's start" {
	all_of '' "$STEP" workload
	all_of heap: "$STRIDE" workload
}

@test "with a root of the guest's own: each call that makes it, and of the workload's start in it" {
	use_inside
	all_of '' "$STEP" guest-root root switch-root workload
	all_of heap: "$STRIDE" guest-root root switch-root workload
}

# of_the_end - each call while the workload runs, and after it.
of_the_end() {
	local n
	for kind in supervise: shutdown: shutdown:heap:; do
		for ((n = 1; ; n += STEP)); do
			[[ $kind != *heap* ]] || n=$((n + STRIDE - STEP))
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
