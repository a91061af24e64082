#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Identity and confinement in a virtual machine, where init has every privilege to give.
# shellcheck disable=SC2154 # bats and vm.bash set output

load helper
load vm

RLIMITS=(CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS LOCKS SIGPENDING MSGQUEUE NICE RTPRIO
	RTTIME)

# base FILTER - base.json as jq's FILTER has it.
base() {
	jq -c "$1" base.json >new.json && mv new.json base.json
}

assert_line() {
	grep -qxF -e "$1" <<<"$output" || explain "expected the line: $1"
}

@test "everything at once, for a user, under podman's default seccomp profile" {
	local i rows=()
	for i in "${!RLIMITS[@]}"; do
		rows+=("{type: \"RLIMIT_${RLIMITS[i]}\", soft: $((i + 536870912)), hard: $((i + 1073741824))}")
	done
	podman_profile CAP_KILL >profile
	base ".rlimits = [$(IFS=, && echo "${rows[*]}")] | .rlimits[7] += {soft: 100000, hard: 100001} |
		.seccomp = $(cat profile)"' | .user = {uid: 1000, gid: 1001, additional_gids: [7, 8], umask: 63} |
		.oom_score_adj = -321 | .scheduler = {policy: "SCHED_FIFO", priority: 5} |
		.io_priority = {class: "IOPRIO_CLASS_RT", priority: 3} | .personality = {domain: "LINUX32"} |
		.no_new_privileges = true | .capabilities = {bounding: ["CAP_KILL"], permitted: ["CAP_KILL"],
			effective: ["CAP_KILL"], inheritable: ["CAP_KILL"], ambient: ["CAP_KILL"]} |
		.sysctl = {"kernel.pid_max": "12345", "vm.swappiness": "7", "net.ipv4.conf.lo.forwarding": "1"}'
	vm -- id , limits , sched , ioprio , personality , cat /proc/self/status , cat /proc/self/oom_score_adj , \
		cat /proc/sys/kernel/pid_max , cat /proc/sys/vm/swappiness , cat /proc/sys/net/ipv4/conf/lo/forwarding , \
		syscall 321 0 0 0
	assert_status 0
	for i in "${!RLIMITS[@]}"; do
		[ "$i" -eq 7 ] || assert_line "limit $i $((i + 536870912)) $((i + 1073741824))"
	done
	assert_line 'limit 7 100000 100001'
	assert_line 'uid 1000 1000 1000'
	assert_line 'gid 1001 1001 1001'
	assert_line 'groups 7 8'
	assert_line 'umask 077'
	assert_line 'sched policy 1 nice 0 priority 5 flags 0'
	assert_line 'ioprio 1 3'
	assert_line 'personality 8'
	assert_line 'NoNewPrivs:	1'
	assert_line 'Seccomp:	2'
	assert_line 'CapBnd:	0000000000000020'
	assert_line 'CapEff:	0000000000000020'
	assert_line 'CapAmb:	0000000000000020'
	assert_line -321
	assert_line 12345
	assert_line 7
	assert_line 'syscall 321: Operation not permitted'
}

@test "the workload is in a control group of its own, and the kernel no longer in a hurry" {
	vm -- cat /proc/self/cgroup , cat /proc/1/cgroup , cat /sys/kernel/rcu_expedited
	assert_status 0
	assert_line 0::/workload
	assert_line 0::/
	assert_line 0
}

@test "root under podman's profile, with a deadline; init out of the killer's reach" {
	podman_profile CAP_SYS_ADMIN >profile
	base ".seccomp = $(cat profile)"' | .scheduler = {policy: "SCHED_DEADLINE", runtime: 10000000,
		deadline: 20000000, period: 30000000, flags: ["SCHED_FLAG_RESET_ON_FORK"]} |
		.capabilities = {bounding: ["CAP_SYS_ADMIN"], permitted: ["CAP_SYS_ADMIN"],
			effective: ["CAP_SYS_ADMIN"]}'
	vm -- sched , cat /proc/self/status , cat /proc/1/oom_score_adj , cat /proc/self/oom_score_adj , \
		mount tmpfs /tmp tmpfs , syscall 176 0 0
	assert_status 0
	assert_line 'sched policy 6 nice 0 priority 0 flags 1'
	assert_line 'deadline 10000000 20000000 30000000'
	assert_line 'CapEff:	0000000000200000'
	assert_line 'Seccomp:	2'
	assert_line 'NoNewPrivs:	0'
	assert_line -1000
	assert_line 0
	[[ $output != *'mount /tmp'* ]] || explain 'mount is allowed with CAP_SYS_ADMIN'
	# delete_module needs CAP_SYS_MODULE.
	assert_line 'syscall 176: Operation not permitted'
}
