#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Kernel parameters: those of the namespaces that init is in, which are no other machine's.

load helper
load ns

@test "dots and slashes, as sysctl(8) takes them, in the order of the config" {
	config '.sysctl = {"net.ipv4.ip_forward": "1", "kernel/msgmax": "4242",
		"net.ipv4.conf.lo.forwarding": "0", "net/ipv4/conf/lo/log_martians": "1",
		"net.ipv4.ping_group_range": "0 1000", "kernel.shmmax": "18446744073692774399"}' \
		cat /proc/sys/net/ipv4/ip_forward , cat /proc/sys/kernel/msgmax , \
		cat /proc/sys/net/ipv4/conf/lo/forwarding , \
		cat /proc/sys/net/ipv4/conf/lo/log_martians , cat /proc/sys/net/ipv4/ping_group_range , \
		cat /proc/sys/kernel/shmmax
	boot
	assert_exit 0
	assert_output $'1\n4242\n0\n1\n0\t1000\n18446744073692774399'
}

@test "one that the kernel does not have stops the boot with its name" {
	config '.sysctl = {"kernel.msgmax": "1", "kernel.no.such_thing": "1"}' say no
	boot
	assert_failed sysctl "this kernel has no parameter 'kernel.no.such_thing'"
	config '.sysctl = {"kernel.msgmax.x": "1"}' say no
	boot
	assert_failed sysctl "this kernel has no parameter 'kernel.msgmax.x'"
	config '.sysctl = {"net.ipv4.conf.eth7.forwarding": "1"}' say no
	boot
	assert_failed sysctl "this kernel has no parameter 'net.ipv4.conf.eth7.forwarding'"
}

@test "a value that the kernel refuses, and what is no parameter" {
	config '.sysctl = {"kernel.msgmax": "many"}' say no
	boot
	assert_failed sysctl "cannot set 'kernel.msgmax' to 'many': Invalid argument"
	config '.sysctl = {"net.ipv4": "1"}' say no
	boot
	assert_failed sysctl "cannot set 'net.ipv4': Is a directory"
	config '.sysctl = {"kernel.ngroups_max": "1"}' say no
	boot
	assert_failed sysctl "cannot set 'kernel.ngroups_max': "
}

@test "a name that leads out of /proc/sys is refused" {
	local name
	for name in ../1/oom_score_adj kernel/../../1/comm /kernel/msgmax .kernel.msgmax; do
		config ".sysctl = {\"$name\": \"1\"}" say no
		boot
		assert_failed 'config disk' '/sysctl'
	done
}

@test "parameters are set although /proc/sys is read-only to the workload" {
	config '.sysctl = {"kernel.msgmax": "4243"} | .readonly_paths = ["/proc/sys"]' \
		cat /proc/sys/kernel/msgmax , write /proc/sys/kernel/msgmax 1
	boot
	assert_exit 1
	assert_line 4243
	assert_line_matches 'write /proc/sys/kernel/msgmax: Read-only file system'
}
