#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What init says on the console, by vmconfig.log=.
# shellcheck disable=SC2154 # ns.bash sets output

load helper
load ns

# lines_of_init LEVEL - how many lines init says of a boot that goes well.
lines_of_init() {
	config . say up
	boot --cmdline "vmconfig.log=$1"
	assert_exit 0
	assert_line up
	grep -c '^init: ' <<<"$output" || true
}

@test "a boot that goes well is one line, or none" {
	[ "$(lines_of_init info)" -eq 1 ]
	[ "$(lines_of_init warning)" -eq 0 ]
	[ "$(lines_of_init error)" -eq 0 ]
	config . say up
	boot --cmdline vmconfig.log=info
	assert_line_matches "init: version [0-9.]+ has started '/probe', [0-9]+ ms after the kernel's start"
	[ "$(lines_of_init debug)" -gt 8 ]
}

@test "a warning is said, and an error, as far as is asked for" {
	config '. + {colour: "blue"}' say up
	boot --cmdline vmconfig.log=warning
	assert_line_matches 'init: config.json: /colour: .*'
	boot --cmdline vmconfig.log=error
	refute_output_contains /colour
	config '.user = {name: "nobody-here"}' say no
	boot --cmdline vmconfig.log=error
	assert_line_matches "init: workload: .*'nobody-here'.*"
}

@test "a level or a target that does not exist stops the boot" {
	config . say no
	boot --cmdline vmconfig.log=loud
	assert_failed 'command line' "cannot use 'vmconfig.log=loud'"
	boot --cmdline vmconfig.log_target=paper
	assert_failed 'command line' "cannot use 'vmconfig.log_target=paper'"
}

@test "without /dev/kmsg messages stay on the console" {
	config . say up
	boot --cmdline 'vmconfig.log=info vmconfig.log_target=kmsg'
	assert_exit 0
	assert_line_matches "init: cannot open '/dev/kmsg', messages stay on the console: .*"
	assert_line_matches 'init: version .*'
}
