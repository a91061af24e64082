#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Identity and confinement of the workload, one by one: limits, scores, scheduling, capabilities.

load helper
load ns

# How the numbers of setrlimit(2) are called, from 0.
RLIMITS=(CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS LOCKS SIGPENDING MSGQUEUE NICE RTPRIO
	RTTIME)

# assert_caps SET HEXADECIMAL - a line of /proc/self/status, which the probe has printed.
assert_caps() {
	assert_line "Cap$1:	$(printf '%016x' "0x$2")"
}

@test "each of the 16 limits, soft and hard" {
	local i hard now rows=() lines=()
	mapfile -t now < <(sed -E -n '2,$s/^.{26}[^ ]+ +([^ ]+) .*/\1/p' /proc/self/limits)
	[ "${#now[@]}" -eq 16 ]
	for i in "${!RLIMITS[@]}"; do
		# Not above what this machine has: raising takes a privilege that a container may lack.
		hard=$((i + 1073741824))
		[ "${now[i]}" = unlimited ] || [ "${now[i]}" -gt "$hard" ] || hard=${now[i]}
		[ "$i" -ne 7 ] || hard=1001
		rows+=("{type: \"RLIMIT_${RLIMITS[i]}\", soft: $((hard - hard / 7)), hard: $hard}")
		lines+=("limit $i $((hard - hard / 7)) $hard")
	done
	config ".rlimits = [$(IFS=, && echo "${rows[*]}")]" limits
	boot
	assert_exit 0
	assert_output "$(printf '%s\n' "${lines[@]}")"
}

@test "infinity is exact, and so is the largest number below it" {
	# jq would round them.
	config '.rlimits = [{type: "RLIMIT_CPU", soft: 1, hard: 2}, {type: "RLIMIT_FSIZE", soft: 3, hard: 4}]' limits
	sed -i 's/"soft":1,"hard":2/"soft":18446744073709551615,"hard":18446744073709551615/
		s/"soft":3,"hard":4/"soft":9007199254740993,"hard":18446744073709551614/' config.json
	boot
	assert_exit 0
	assert_line 'limit 0 -1 -1'
	assert_line 'limit 1 9007199254740993 -2'
}

@test "a limit that the kernel refuses stops the boot with its name" {
	config '.rlimits = [{type: "RLIMIT_NOFILE", soft: 4000000000, hard: 4000000000}]' say no
	boot
	assert_failed workload 'cannot set RLIMIT_NOFILE to 4000000000, at most 4000000000: Operation not permitted'
}

@test "a workload that may open no file starts all the same" {
	config '.rlimits = [{type: "RLIMIT_NOFILE", soft: 0, hard: 0}] | .workdir = "/made"' cwd
	boot
	assert_exit 0
	assert_line 'cwd /made'
}

@test "oom_score_adj: 0 unless the config says otherwise" {
	run_probe cat /proc/self/oom_score_adj
	assert_exit 0
	assert_output 0
	config '.oom_score_adj = 321' cat /proc/self/oom_score_adj
	boot
	assert_output 321
}

@test "scheduler: nice, batch, idle, and a flag" {
	local config line
	while IFS='|' read -r config line; do
		config ".scheduler = $config" sched
		boot
		assert_exit 0
		assert_line "sched policy $line"
	done <<-'END'
		{policy: "SCHED_OTHER", nice: 7}|0 nice 7 priority 0 flags 0
		{policy: "SCHED_BATCH", nice: 5}|3 nice 5 priority 0 flags 0
		{policy: "SCHED_IDLE"}|5 nice 0 priority 0 flags 0
		{policy: "SCHED_BATCH", flags: ["SCHED_FLAG_RESET_ON_FORK"]}|3 nice 0 priority 0 flags 1
	END
}

@test "scheduler: round robin" {
	chrt --rr 5 true || skip_or_fail 'no real-time scheduling here'
	config '.scheduler = {policy: "SCHED_RR", priority: 5}' sched
	boot
	assert_exit 0
	assert_line 'sched policy 2 nice 0 priority 5 flags 0'
}

@test "scheduler: a policy that no kernel has, and a flag that there is not" {
	config '.scheduler = {policy: "SCHED_ISO", nice: 2}' say no
	boot
	assert_failed workload 'cannot set scheduler SCHED_ISO (nice 2, '
	config '.scheduler = {policy: "SCHED_OTHER", flags: ["SCHED_FLAG_NONE"]}' say no
	boot
	assert_failed workload "scheduler: there is no flag 'SCHED_FLAG_NONE'"
}

@test "I/O priority: class and number" {
	local class line
	while IFS='|' read -r class line; do
		config ".io_priority = {class: \"IOPRIO_CLASS_$class}" ioprio
		boot
		assert_exit 0
		assert_line "ioprio $line"
	done <<-'END'
		BE", priority: 2|2 2
		BE", priority: 7|2 7
		IDLE"|3 0
	END
}

@test "personality: of 32 bits, and a flag that there is not" {
	run_probe personality
	assert_line 'personality 0'
	config '.personality = {domain: "LINUX32"}' personality
	boot
	assert_exit 0
	assert_line 'personality 8'
	config '.personality = {domain: "LINUX", flags: ["ADDR_NO_RANDOMIZE"]}' say no
	boot
	assert_failed workload "personality: there is no flag 'ADDR_NO_RANDOMIZE'"
}

@test "without capabilities in the config: root has all, a user none, as ever" {
	local all
	run_probe cat /proc/self/status
	assert_exit 0
	all=$(sed -n 's/^CapBnd:	//p' <<<"$output")
	assert_caps Prm "$all"
	assert_caps Eff "$all"
	assert_caps Inh 0
	assert_caps Amb 0
	config '.user = {uid: 1000}' cat /proc/self/status
	boot
	assert_exit 0
	assert_caps Prm 0
	assert_caps Eff 0
	assert_caps Inh 0
	assert_caps Amb 0
	assert_caps Bnd "$all"
}

@test "capabilities of root: the kernel gives all of the bounding set at exec" {
	config '.capabilities = {bounding: ["CAP_CHOWN", "CAP_KILL"], effective: ["CAP_KILL"],
		permitted: ["CAP_KILL"]}' cat /proc/self/status
	boot
	assert_exit 0
	assert_caps Bnd 21
	assert_caps Prm 21
	assert_caps Eff 21
	assert_caps Inh 0
	assert_caps Amb 0
}

@test "capabilities of a user: the ambient set is what survives exec" {
	config '.user = {uid: 1000, gid: 1000} | .capabilities = {
		bounding: ["CAP_NET_BIND_SERVICE", "CAP_KILL", "CAP_SYS_CHROOT"],
		permitted: ["CAP_NET_BIND_SERVICE", "CAP_KILL"],
		effective: ["CAP_NET_BIND_SERVICE", "CAP_KILL"],
		inheritable: ["CAP_NET_BIND_SERVICE", "CAP_CHOWN"],
		ambient: ["CAP_NET_BIND_SERVICE"]}' cat /proc/self/status , id
	boot
	assert_exit 0
	assert_caps Bnd 40420
	assert_caps Inh 401
	assert_caps Prm 400
	assert_caps Eff 400
	assert_caps Amb 400
	assert_line 'uid 1000 1000 1000'
}

@test "no capabilities at all: not even root has one" {
	config '.capabilities = {}' cat /proc/self/status
	boot
	assert_exit 0
	assert_caps Bnd 0
	assert_caps Prm 0
	assert_caps Eff 0
}

@test "a capability that is not known, or cannot be given, is a warning" {
	config '.user = {uid: 1000} | .capabilities = {bounding: ["CAP_KILL", "CAP_TIME_TRAVEL"],
		permitted: ["CAP_KILL"], inheritable: ["CAP_KILL"], ambient: ["CAP_KILL", "CAP_CHOWN"],
		effective: ["CAP_SYS_ADMIN"]}' cat /proc/self/status
	boot
	assert_exit 0
	assert_caps Bnd 20
	assert_caps Amb 20
	assert_line "init: capabilities: bounding: 'CAP_TIME_TRAVEL' is not known: left out"
	assert_line "init: capabilities: ambient: 'CAP_CHOWN' is not both permitted and inheritable: left out"
	assert_line "init: capabilities: effective: 'CAP_SYS_ADMIN' is not permitted: left out"
}

@test "a program is executed with the workload's own rights, not init's" {
	tree
	chmod 700 tree/probe
	make_image root.img tree
	config '.user = {uid: 1000} | .capabilities = {bounding: ["CAP_KILL"]}' say no
	boot_image root.img,ro
	assert_no_exec 126 "cannot execute '/probe': not executable"
	# Unless it is given what that takes.
	config '.user = {uid: 1000} | .capabilities = {bounding: ["CAP_DAC_OVERRIDE"],
		permitted: ["CAP_DAC_OVERRIDE"], effective: ["CAP_DAC_OVERRIDE"]}' say yes
	boot_image root.img,ro
	assert_exit 0
	assert_line yes
}

@test "no_new_privileges" {
	config '.no_new_privileges = true | .user = {uid: 1000}' cat /proc/self/status
	boot
	assert_exit 0
	assert_line 'NoNewPrivs:	1'
}

@test "seccomp: a call that is refused, one that kills, and one that is allowed" {
	config '.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64"], syscalls: [
		{names: ["getcwd"], action: "SCMP_ACT_ERRNO"},
		{names: ["sethostname"], action: "SCMP_ACT_ERRNO", errnoRet: 38},
		{names: ["sync"], action: "SCMP_ACT_KILL_PROCESS"},
		{names: ["acct"], action: "SCMP_ACT_KILL"},
		{names: ["umask"], action: "SCMP_ACT_TRAP"},
		{names: ["getppid"], action: "SCMP_ACT_TRACE"},
		{names: ["getpgid"], action: "SCMP_ACT_LOG"},
		{names: ["no_such_call"], action: "SCMP_ACT_KILL"}]}' \
		syscall 79 , syscall 170 , syscall 162 , syscall 163 , syscall 95 , syscall 110 , syscall 121 , \
		cat /proc/self/status
	boot
	assert_exit 0
	assert_line 'syscall 79: Operation not permitted'
	assert_line 'syscall 170: Function not implemented'
	assert_line 'syscall 162: signal 31'
	assert_line 'syscall 163: signal 31'
	assert_line 'syscall 95: signal 31'
	assert_line 'syscall 110: Function not implemented'
	assert_line 'syscall 121: done'
	assert_line 'Seccomp:	2'
	assert_line 'NoNewPrivs:	0'
}

@test "seccomp: conditions on arguments, of 64 bits" {
	config '.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["getpgid"],
		action: "SCMP_ACT_ERRNO", errnoRet: 5, args: [
		{index: 0, value: 1, op: "SCMP_CMP_EQ"}, {index: 1, value: 4294967296, op: "SCMP_CMP_GE"}]}]}' \
		syscall 121 1 0x100000000 , syscall 0x79 1 0xffffffff , syscall 0x00000079 0 0x100000000
	boot
	assert_exit 0
	assert_line 'syscall 121: I/O error'
	assert_line 'syscall 0x79: done'
	assert_line 'syscall 0x00000079: done'
}

@test "seccomp: a user without rights, with and without no_new_privileges" {
	local privileges
	for privileges in true false; do
		config ".no_new_privileges = $privileges"' | .user = {uid: 1000} | .seccomp = {
			defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["getcwd"], action: "SCMP_ACT_ERRNO"}]}' \
			syscall 79 , cat /proc/self/status , id
		boot
		assert_exit 0
		assert_line 'syscall 79: Operation not permitted'
		assert_line 'uid 1000 1000 1000'
		assert_line 'Seccomp:	2'
		assert_caps Prm 0
		assert_caps Eff 0
	done
}

@test "seccomp: a filter that does not let its own steps through is told by name" {
	config '.user = {uid: 1000} | .seccomp = {defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{names: ["capset"], action: "SCMP_ACT_ERRNO", errnoRet: 13}]}' say no
	boot
	assert_failed workload 'cannot set the permitted capabilities to 0: Permission denied'
	config '.user = {uid: 1000} | .seccomp = {defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{names: ["capset"], action: "SCMP_ACT_KILL"}]}' say no
	boot
	assert_failed workload 'cannot set the permitted capabilities to 0: killed by signal 31'
	config '.user = {uid: 1000} | .no_new_privileges = true | .seccomp = {defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{names: ["capset"], action: "SCMP_ACT_KILL"}]}' say yes
	boot
	assert_exit 0
	assert_line yes
	# Executing the workload is its own affair.
	config '.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{names: ["execve"], action: "SCMP_ACT_KILL_PROCESS"}]}' say no
	boot
	assert_exit 159 31
	config '.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{names: ["execve"], action: "SCMP_ACT_ERRNO", errnoRet: 13}]}' say no
	boot
	assert_no_exec 126 "cannot execute '/probe': not executable"
}

@test "seccomp: a filter that refuses everything, even to exit, is told and does not hang init" {
	config '.seccomp = {defaultAction: "SCMP_ACT_ERRNO"}' say no
	boot
	assert_no_exec 126 "cannot execute '/probe': Operation not permitted"
}

@test "seccomp: other architectures are let through when they are listed" {
	# x32 is a bit of the number: without it in the list, that is another machine's call.
	local x32=$((0x40000000 + 39))
	config '.seccomp = {defaultAction: "SCMP_ACT_ALLOW"}' syscall $x32 , syscall 39
	boot
	assert_exit 0
	assert_line "syscall $x32: signal 31"
	assert_line 'syscall 39: done'
	config '.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X32"]}' syscall $x32
	boot
	assert_exit 0
	refute_output_contains 'signal 31'
}

@test "seccomp: what cannot be had stops the boot with its name" {
	config '.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_PDP11"]}' say no
	boot
	assert_failed workload "cannot make the seccomp filter: there is no architecture 'SCMP_ARCH_PDP11'"
	config '.seccomp = {defaultAction: "SCMP_ACT_ALLOW", flags: ["SECCOMP_FILTER_FLAG_X"]}' say no
	boot
	assert_failed workload "cannot make the seccomp filter: there is no flag 'SECCOMP_FILTER_FLAG_X'"
	config '.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: "/run/x"}' say no
	boot
	assert_failed 'config disk' '/seccomp/listenerPath'
	config '.seccomp = {defaultAction: "SCMP_ACT_NOTIFY"}' say no
	boot
	assert_failed 'config disk' '/seccomp/defaultAction'
}

@test "podman's own default profile loads, and does what it says" {
	local caps='["CAP_CHOWN","CAP_DAC_OVERRIDE","CAP_FOWNER","CAP_FSETID","CAP_KILL",
		"CAP_NET_BIND_SERVICE","CAP_SETFCAP","CAP_SETGID","CAP_SETPCAP","CAP_SETUID","CAP_SYS_CHROOT"]'
	mapfile -t list < <(jq -r '.[]' <<<"$caps")
	podman_profile "${list[@]}" >profile
	[ "$(jq '[.syscalls[].names[]] | length' profile)" -gt 400 ]
	config ".capabilities = {bounding: $caps, effective: $caps, permitted: $caps} |
		.seccomp = $(cat profile)" \
		cat /proc/self/status , orphans 10 , write /run/file x , syscall 135 0 , syscall 0x87 0x20000 , \
		syscall 0x0087 5 , syscall 321 0 0 0 , syscall 41 16 3 9 , syscall 0x29 16 3 0 , syscall 161 0 , \
		syscall 0x5000
	boot
	assert_exit 0
	assert_line 'Seccomp:	2'
	assert_caps Eff 800405fb
	assert_line 'orphans 10 zombies 0'
	# personality: some are allowed; bpf and auditing need capabilities; chroot has its own.
	assert_line 'syscall 135: done'
	assert_line 'syscall 0x87: done'
	assert_line 'syscall 0x0087: Function not implemented'
	assert_line 'syscall 321: Operation not permitted'
	assert_line 'syscall 41: Invalid argument'
	assert_line 'syscall 0x29: done'
	assert_line 'syscall 161: Bad address'
	assert_line 'syscall 0x5000: Function not implemented'
	# The same for a user.
	config ".user = {uid: 1000, gid: 1000} | .capabilities = {bounding: $caps} |
		.seccomp = $(cat profile)" id , syscall 321 0 0 0
	boot
	assert_exit 0
	assert_line 'uid 1000 1000 1000'
	assert_line 'syscall 321: Operation not permitted'
}
