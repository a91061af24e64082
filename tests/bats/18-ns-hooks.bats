#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Hooks that run in the guest before the workload: order, input, environment, limits, failures.
# shellcheck disable=SC2030,SC2031,SC2154 # ns.bash sets output

load helper
load ns

# hook WORD… - a hook that is the probe with these words, as JSON.
hook() {
	jq -nc '{path: "/probe", args: (["probe"] + $ARGS.positional)}' --args -- "$@"
}

# hooks HOOK… - jq's filter that puts them into the config.
hooks() {
	local IFS=,
	echo ".hooks = {start_container: [$*]}"
}

@test "they run in their order, before the workload, with the state on their input" {
	config "$(hooks "$(hook say first , copy , say '')" "$(hook say second , args a 'b c')") |
		.hostname = \"box\" | .annotations = {\"org.example.key\": \"value\"}" say workload
	boot
	assert_exit 0
	[[ $output == *first*'{"ociVersion":"1.0.2","id":"box","status":"created","pid":'*second*workload ]] ||
		explain 'another order'
	assert_output_contains '"bundle":"/","annotations":{"org.example.key":"value"}}'
	assert_line 'arg 1 3 b\040c'
}

@test "the PID in the state is the one that becomes the workload" {
	config "$(hooks "$(hook copy , say '')")" cat /proc/self/stat
	boot
	assert_exit 0
	pid=$(sed -n 's/.*"pid":\([0-9]*\).*/\1/p' <<<"$output")
	[ "$(jq .pid report | head -n 1)" = "$pid" ] || explain "the state says $pid"
	# A machine without a name has this one there.
	assert_output_contains '"id":"vmconfig","status":"created"'
	assert_line_matches "$pid \(probe\) .*"
}

@test "their environment is their own, they are root and in /, and lead a session" {
	config "$(hooks "$(hook env , id , cwd , cat /proc/self/oom_score_adj |
		jq -c '.env = ["A=b", "C=d=e"]')") | .env = {W: \"w\"} | .user = {uid: 1000} | .workdir = \"/w\" |
		.capabilities = {}" env
	boot
	assert_exit 0
	assert_line 'env A=b'
	assert_line 'env C=d=e'
	[ "$(grep -c '^env ' <<<"$output")" -eq 4 ] || explain 'expected 2 variables of each'
	assert_line 'uid 0 0 0'
	assert_line 'cwd /'
	assert_line 0
}

@test "without args the program's path is its only one" {
	tree
	printf '#!/probe args\n' >tree/hook
	chmod 755 tree/hook
	make_image root.img tree
	config '.hooks = {start_container: [{path: "/hook"}]}' say workload
	boot_image root.img,ro
	assert_exit 0
	assert_line 'arg 0 5 /hook'
	assert_line workload
}

@test "one that fails stops the boot with its name, and those after it do not run" {
	local words reason
	while IFS='|' read -r words reason; do
		# shellcheck disable=SC2086 # words
		config "$(hooks "$(hook $words)" "$(hook say next)")" say workload
		boot
		assert_failed workload "$reason"
		refute_output_contains next
	done <<-'END'
		exit 3|hook '/probe' failed with status 3
		kill 9|hook '/probe' was killed by signal 9
		kill 15|hook '/probe' was killed by signal 15
	END
	config '.hooks = {start_container: [{path: "/none"}]}' say workload
	boot
	assert_failed workload "cannot run hook '/none': No such file or directory"
	config '.hooks = {start_container: [{path: "/lost+found"}]}' say workload
	boot
	assert_failed workload "cannot run hook '/lost+found': Permission denied"
}

@test "one that does not end is killed at its limit, with what it has started" {
	config "$(hooks "$(hook leave , sleep-until-signal 15 | jq -c '.timeout = 1')")" say workload
	boot
	assert_failed workload "hook '/probe' was killed: it had not ended after 1 s"
}

@test "whatever call fails, a hook that does not end does not keep the boot" {
	local i
	config "$(hooks "$(hook sleep-until-signal | jq -c '.timeout = 1')")" say no
	for i in {1..40}; do
		boot --init "$BUILD/init-fault" --fault "workload:syscall:$i:24" --timeout 20
		assert_status 125
		[[ $last != *"has been ended: "* ]] || return 0
		[[ $output == *'fault: syscall'* ]] || break
	done
	fail "no boot has lacked the hook's descriptor"
}

@test "what a hook leaves behind is reaped, and ends with the workload" {
	config "$(hooks "$(hook leave , leave session)")" orphans 20 , exit 5
	boot
	assert_exit 5
	assert_line 'orphans 20 zombies 0'
}

@test "what a hook leaves behind ends with a boot that fails, and the disks are clean" {
	make_image data.img
	config "$(hooks "$(hook write /data/file text , hold /data/file , leave session)" "$(hook exit 3)") |
		.volume_mounts = [{device: \"/dev/vdb\", path: \"/data\", mode: \"rw\"}]" say no
	boot --disk data.img
	assert_failed workload "hook '/probe' failed with status 3"
	assert_clean data.img
}

@test "hooks run where the workload has a terminal" {
	config "$(hooks "$(hook say hook , tty)") | .terminal = true" tty
	boot
	assert_exit 0
	output=${output//$'\r'/}
	assert_line hook
	assert_line 'tty 0 1 1'
	assert_line 'tty 1 1 1'
}

# stop_hook WORD… - boot with the probe as a hook; the machine is told to stop once it is "ready".
stop_hook() {
	local how=$1
	shift
	config "$(hooks "$(hook "$@")" "$(hook say next)") | ${FILTER:-.}" say no
	boot --when ready --kill "$how"
}

@test "a request to stop ends the hook that runs, and no workload is started" {
	local signal end
	while read -r signal end; do
		stop_hook "$signal" sleep-until-signal
		assert_failed workload "hook '/probe' has been ended: a stop has been asked for"
		assert_code stopped
		assert_line 'signal 15'
		! grep -qxE 'next|no' <<<"$output" || explain 'that is not stopped'
		[ "$stderr" = "${end:+nsboot: the machine was $end}" ] || explain "expected: $end"
	done <<-'END'
		TERM
		INT
		PWR
		RTMIN+3 halted
		RTMIN+4
		RTMIN+5 rebooted
	END
}

@test "a hook that goes on when it is told to stop is killed after stop_timeout" {
	FILTER='.stop_timeout = 1' stop_hook TERM leave , sleep-until-signal 15
	assert_failed workload "hook '/probe' has been ended: a stop has been asked for"
	assert_line 'signal 15'
}

@test "a hook that has been stopped is woken to see that it is to end" {
	stop_hook TERM say ready , kill 19
	assert_failed workload 'a stop has been asked for'
}

@test "other signals wait for the workload while a hook runs" {
	config "$(hooks "$(hook say ready)")" sleep-until-signal
	boot --when ready --kill USR1
	# It may come before there is a handler.
	[ "$status" -eq 0 ] || assert_exit 138 10
	[ "$status" -ne 0 ] || assert_line 'signal 10'
}

@test "a hook that not even SIGKILL ends is left to itself" {
	make_image upper.img
	mkdir root root/m
	cp "$BUILD/probe" root/probe
	make_image root.img root
	config "$(hooks "$(hook stuck /m | jq -c '.timeout = 1')")" say workload
	boot_image root.img,ro --disk upper.img
	assert_failed workload "hook '/probe' was killed: it had not ended after 1 s"
	assert_line stuck
	assert_clean upper.img
}

# flags_of NAME - of the open file that "cat /proc/…/fdinfo/…" has shown after the line NAME.
flags_of() {
	sed -n "/^$1\$/,\$ s/^flags:\t//p" <<<"$output" | head -n 1
}

@test "a hook and init do not share the open file of the console" {
	config "$(hooks "$(hook nonblock 1)" \
		"$(hook say hook , cat /proc/self/fdinfo/1 , nonblock 0 , say init , cat /proc/1/fdinfo/2)")" exit 3
	boot
	assert_exit 3
	(($(flags_of hook) & 04000)) && explain 'the first hook has set O_NONBLOCK for the second'
	(($(flags_of init) & 04000)) || explain "init's own has to be O_NONBLOCK"
}
