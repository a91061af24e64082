#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What is expected of a PID 1 that runs one program: its status whatever it is, every signal to its
# process group, everybody's children reaped.
# shellcheck disable=SC2154 # ns.bash sets output

load helper
load ns

@test "the exit status for every signal that ends a program is 128 + its number" {
	local number
	for number in {1..16} {24..27} {29..31} 32 33 34 49 64; do
		[ "$number" -ne 17 ] || continue
		run_probe kill "$number" , exit 3
		assert_exit $((128 + number)) "$number"
	done
}

@test "signals that end nothing leave the workload's own status" {
	run_probe kill 17 , kill 18 , kill 23 , kill 28 , exit 3
	assert_exit 3
}

@test "exit statuses are the program's own, also those that init uses" {
	local code
	for code in 0 1 2 99 124 125 126 127 128 129 137 143 254 255; do
		run_probe exit $code
		assert_exit $code
	done
}

@test "every other signal to PID 1 is passed on" {
	local number steps=() last=ready
	# Not those that cannot be caught, that ask for the end, or that are init's own: CHLD, PIPE, IO,
	# and those of faults, which anybody can send.
	local numbers=(1 3 5 10 12 14 16 20 21 22 23 24 25 26 27 28 34 36 41 64)
	for number in "${numbers[@]}"; do
		steps+=(--when "$last" --kill "$number")
		last="signal $number"
	done
	config . sleep-until-signal "${numbers[@]}"
	boot "${steps[@]}" --when "$last" --kill TERM
	assert_exit 0
	[ "$output" = "$(echo ready && printf 'signal %d\n' "${numbers[@]}" 15)" ] || explain 'another row'
}

@test "a signal reaches the workload's group, and not who left it" {
	config . listener , listener , listener session , sleep-until-signal
	boot --when ready --kill USR1
	assert_exit 0
	assert_line 'signal 10'
	[ "$(grep -c '^child signal 10$' <<<"$output")" -eq 2 ] || explain 'expected it in two children'
	[ "$(grep -c '^child signal 15$' <<<"$output")" -eq 1 ] || explain 'expected the end in one'
}

@test "the stop signal goes to the whole group" {
	config '.stop_signal = "SIGUSR2"' listener , listener , sleep-until-signal
	boot --when ready --kill TERM
	assert_exit 0
	assert_line 'signal 12'
	[ "$(grep -c '^child signal 12$' <<<"$output")" -eq 2 ] || explain 'expected it in two children'
}

@test "children that outlive their parent are asked to end, and their last words come out" {
	run_probe listener session , listener session , exit 7
	assert_exit 7
	[ "$(grep -c '^child signal 15$' <<<"$output")" -eq 2 ] || explain 'expected it in two children'
}

@test "3000 orphans, one after the other and many at once, leave no zombie" {
	run_probe orphans 20 , pid1 , orphans 500 , orphans 500 , orphans 500 , orphans 500 , orphans 500 , \
		orphans 500 , pid1
	assert_exit 0
	[ "$(grep -c 'zombies 0$' <<<"$output")" -eq 7 ] || explain 'zombies are left'
	# What is shared with the file may be dropped and read again any time.
	[ "$(sed -n 's/^pid1 anonymous //p' <<<"$output" | uniq | wc -l)" -eq 1 ] || explain 'before and after differ'
}

@test "a workload that stops itself has not ended; it goes on when it is told to" {
	config . say ready , kill 19 , say 'gone on' , exit 4
	# shellcheck disable=SC2016 # expanded by the step's shell
	boot --when ready --run '
		pid=$(pgrep -P "$INIT_PID")
		until grep -q "^State:.T" "/proc/$pid/status"; do sleep 0.02; done
		kill -CONT "$INIT_PID"'
	assert_exit 4
	assert_line 'gone on'
	[ "$(jq -r .event report | tr '\n' ' ')" = 'started exit ' ] || explain "$(cat report)"
}

@test "terminal stops do not reach init: TSTP, TTIN and TTOU from the workload are the group's own" {
	config . ignore 20 21 22 , signal 0 20 , signal 0 21 , signal 0 22 , signal 1 20 , signal 1 22 , \
		signal 1 19 , orphans 3 , exit 6
	boot
	assert_exit 6
	assert_line 'orphans 3 zombies 0'
}

@test "a program that replaces itself is the same workload" {
	run_probe say before , exec /probe say after , exit 8
	assert_exit 8
	assert_output $'before\nafter'
}
