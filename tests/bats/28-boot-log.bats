#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a machine's console shows of init, and its messages in the kernel's log.
# shellcheck disable=SC2154 # bats sets stderr

load helper
load vm

@test "one line of init's on the console" {
	vm --verbose -- exit 3
	assert_status 3
	[ "$(console_of "$stderr" | grep -c '^init: ')" -eq 1 ] || explain 'not one line'
}

@test "everything in the kernel's log" {
	vm --verbose --append vmconfig.log=debug --append vmconfig.log_target=kmsg \
		--append loglevel=8 -- exit 3
	assert_status 3
	# With the kernel's times; the first phases are over before the target is known.
	for phase in modules 'config disk' root network volumes 'switch root' workload; do
		console_of "$stderr" | grep -qE "^\[ *[0-9.]+\] init: $phase: [0-9]+ us\$" ||
			explain "no line about $phase"
	done
}
