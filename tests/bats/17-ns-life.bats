#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Life and death of init: what ends the machine, and how.
# shellcheck disable=SC2154 # bats and ns.bash set stderr and last

load helper
load ns

# end_on SIGNAL WORD… - boot the probe; send init the signal once it says "ready".
end_on() {
	local signal=$1
	shift
	config . "$@"
	boot --when ready --kill "$signal"
}

@test "SIGRTMIN+3 to SIGRTMIN+6 stop the workload, then halt, power off, reboot or kexec" {
	local signal power how
	while read -r signal power how; do
		end_on "$signal" sleep-until-signal
		assert_exit 0
		assert_line 'signal 15'
		[ "$(jq -r '.power // "poweroff"' <<<"$last")" = "$power" ] || explain "$last"
		[ "$stderr" = "${how:+nsboot: the machine was $how}" ] || explain "expected: $how"
	done <<-'END'
		RTMIN+3 halt halted
		RTMIN+4 poweroff
		RTMIN+5 reboot rebooted
		RTMIN+6 kexec rebooted
	END
}

@test "of several requests the last says what becomes of the machine" {
	config . sleep-until-signal 15
	FILTER='.stop_timeout = 1'
	config "$FILTER" sleep-until-signal 15
	boot --when ready --kill RTMIN+5 --when 'signal 15' --kill RTMIN+4
	assert_exit 137 9
	[ "$(jq -r '.power // "poweroff"' <<<"$last")" = poweroff ] || explain "$last"
	[ -z "$stderr" ] || explain 'it has been powered off'
}
