#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Workloads that mean harm to the machine: memory, processes, disks, the report port. The report is
# right all the same, and the disks are clean.
# shellcheck disable=SC2154 # bats and vm.bash set stderr

load helper
load vm

OOM='vmconfig: guest: out of memory: the kernel has killed the workload'

assert_line() {
	grep -qxF -e "$1" <<<"$output" || explain "expected the line: $1"
}

@test "a workload that the kernel kills for memory" {
	vm --memory 128M -- hog
	assert_status 137
	assert_stderr "$OOM"
}

@test "a SIGKILL is no want of memory, whatever was killed for it before, or has been said" {
	vm --memory 128M -- hog-child , kill 9
	assert_status 137
	assert_line 'hog-child 9'
	assert_stderr ''
	vm -- say 'Out of memory: Killed process 1 (probe)' , \
		write /dev/kmsg '<3>Out of memory: Killed process 60 (probe) total-vm:1kB' , kill 9
	assert_status 137
	assert_stderr ''
}

@test "memory that is full of files, in every tmpfs, is no kernel panic" {
	make_disk upper.img
	run_vmconfig run --config base.json --disk "$PROBE_IMAGE,ro" --disk upper.img --memory 128M \
		--timeout 120 -- write /file x , ignore 15 , leave ignore , fill /dev/shm/x , \
		leave ignore session , fill /run/x , mkdir /m , mount tmpfs /m tmpfs , fill /m/x , hog
	assert_status 137
	assert_stderr "$OOM"
	assert_clean upper.img
}

@test "all at once: forks, a full disk, a full /dev/shm, everything killed, stopped, read-only" {
	make_disk upper.img 8M
	make_disk data.img 8M
	run_vmconfig run --config base.json --disk "$PROBE_IMAGE,ro" --disk upper.img \
		--disk data.img,serial=data -v serial=data:/data --timeout 120 -- \
		fill /dev/shm/x , fill /file , fill /data/file , leave ignore , leave session , \
		signal -1 19 , leave ignore , signal -1 9 , signal 1 9 , leave ignore , remount-ro / , \
		remount-ro /data , say '{"event":"exit","code":0,"signal":0,"oom":false}' , storm , \
		close-fds , exit 5
	assert_status 5
	assert_stderr ''
	assert_clean upper.img
	assert_clean data.img
}

@test "nobody but init can write to the report port" {
	vm -- port-garbage , exit 6
	assert_status 6
	assert_line 'port-garbage tried'
	# The first port is that of standard input, which has ended, and which the host does not read.
	! grep 'has taken it' <<<"$output" | grep -qvF /dev/vport0p1 || explain 'a port has taken garbage'
}
