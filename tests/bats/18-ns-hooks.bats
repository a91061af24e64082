#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Hooks that run in the guest before the workload: order, input, environment, limits, failures.
# shellcheck disable=SC2154 # ns.bash sets output

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
