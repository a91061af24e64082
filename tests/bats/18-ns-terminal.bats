#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The workload's terminal: a pseudo terminal that is relayed to the console.
# shellcheck disable=SC2154 # ns.bash sets output

load helper
load ns

# boot_tty FILTER WORD… -- OPTION… - boot the probe with a terminal; lines end as in a file.
boot_tty() {
	local filter=$1 words=()
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	config ".terminal = true | $filter" "${words[@]}"
	boot "${@:2}"
	output=${output//$'\r'/}
}

@test "it is the controlling terminal, the user's own, and its name leads to it" {
	boot_tty '.user = {uid: 1000, gid: 1000}' tty , ttyname
	assert_exit 0
	assert_line 'tty 1 1 1'
	assert_line 'session own'
	assert_line 'foreground yes'
	assert_line 'ttyname /dev/pts/0 uid 1000 mode 0620 ours'
}

@test "its size is the config's" {
	boot_tty . winsize
	assert_line 'winsize 0 0'
	boot_tty '.console_size = {height: 33, width: 132}' winsize
	assert_exit 0
	assert_line 'winsize 33 132'
}

@test "what is typed is echoed and edited, once" {
	boot_tty . say ready , line -- --when ready --type $'typos\177ed\n'
	assert_exit 0
	assert_line 'line typoed'
	[ "$(grep -c typo <<<"$output")" -eq 2 ] || explain 'expected one echo'
}

@test "control-C, control-backslash and control-Z are signals" {
	boot_tty . say ready , byte -- --when ready --type $'\003'
	assert_exit 130 2
	boot_tty . say ready , byte -- --when ready --type $'\034'
	assert_exit 131 3
	# Nobody is there to stop for: the group of a session's leader is orphaned.
	boot_tty . sleep-until-signal -- --when ready --type $'\032'
	assert_exit 0
	assert_line_matches '(\^Z)?signal 20'
}

@test "control-D ends the input" {
	boot_tty . say ready , copy , say after -- --when ready --type $'one\n\004'
	assert_exit 0
	assert_line one
	assert_line after
	boot_tty . say ready , copy , say ' after' -- --when ready --type $'half\004\004'
	assert_exit 0
	assert_line_matches '(half)+ after'
}

@test "a raw terminal lets every byte through" {
	boot_tty . raw , say ready , byte , byte , byte , byte -- --when ready --type $'\003\r\004\377'
	assert_exit 0
	assert_line_matches ' *byte 3'
	assert_line_matches ' *byte 13'
	assert_line_matches ' *byte 4'
	assert_line_matches ' *byte 255'
}

@test "job control: SIGTTIN, SIGTTOU, SIGTSTP, and back to the foreground" {
	boot_tty . jobs -- --when 'type a line' --type $'line\n' --when 'type control-Z' --type $'\032' \
		--when 'type control-C' --type $'\003'
	assert_exit 0
	[ "$(grep -E '^(\^.)?(reader|writer|stopped|ended|from)' <<<"$output" | sed 's/^\^.//')" = "$(
		cat <<-'END'
			reader: stopped 21
			reader: continued
			reader: exit 0
			writer: stopped 22
			from a job
			writer: exit 0
			stopped: stopped 20
			stopped: continued
			ended: killed 2
		END
	)" ] || explain 'another course'
}

@test "a workload may close its terminal and open it again" {
	boot_tty . say before , reopen-tty , say after
	assert_exit 0
	assert_line before
	assert_line 'reopened /dev/pts/0'
	assert_line after
}

@test "all that was written comes out, though the workload ends at once" {
	tree
	seq 20000 >tree/numbers
	make_image root.img tree
	config '.terminal = true' cat /numbers , kill 9
	boot_image root.img,ro
	assert_exit 137 9
	[ "${output//$'\r'/}" = "$(cat tree/numbers)" ] || fail 'some of it is missing'
}

@test "a foreground job dies of SIGHUP when the terminal's session ends" {
	boot_tty . listener , exit 4
	assert_exit 4
	assert_line 'child signal 1'
}

@test "the console is its own again for init's last words" {
	boot_tty '.workdir = "/probe"' say no
	assert_failed workload "cannot enter the working directory '/probe'"
	boot_tty '.entrypoint = ["/none"]' say no
	assert_no_exec 127 "cannot execute '/none'"
}
