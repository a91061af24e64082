#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# From the workload's start to power-off: signals, orphans, what a workload can do to PID 1 and
# its mounts, and filesystems that are clean whatever it did.
# shellcheck disable=SC2154 # ns.bash sets last

load helper
load ns

# stop_on SIGNAL WORD… - boot the probe; send init the signal once it says "ready".
stop_on() {
	local signal=$1
	shift
	config "${FILTER:-.}" "$@"
	boot --when ready --kill "$signal"
}

@test "init is for PID 1 only" {
	run --separate-stderr "$GUEST_INIT"
	assert_status 2
	assert_stderr_contains 'to be started by its kernel'
}

@test "the report: started with the PID, and the exit as the last word" {
	run_probe cat /proc/self/stat
	assert_exit 0
	[ "$(jq -r .event report | tr '\n' ' ')" = 'started exit ' ] || explain "$(cat report)"
	[ "$(jq .pid report | head -n 1)" = "${output%% *}" ]
}

@test "SIGTERM, SIGINT and SIGPWR to init ask the workload to stop" {
	local signal
	for signal in TERM INT PWR; do
		stop_on $signal sleep-until-signal
		assert_exit 0
		assert_line 'signal 15'
	done
}

@test "the stop signal is the config's" {
	local name number
	while read -r name number; do
		FILTER=".stop_signal = \"$name\"" stop_on TERM sleep-until-signal
		assert_exit 0
		assert_line "signal $number"
	done <<-'END'
		SIGQUIT 3
		USR1 10
		SIGRTMIN+3 37
		28 28
	END
}

@test "a workload that dies of the stop signal has died of a signal" {
	stop_on TERM say ready , copy , kill 19
	assert_status 143
	assert_exit 143 15
}

@test "a workload that ignores the stop signal is killed after stop_timeout" {
	FILTER='.stop_timeout = 1' stop_on TERM sleep-until-signal 15
	assert_exit 137 9
	assert_line 'signal 15'
	FILTER='.stop_timeout = 0' stop_on TERM sleep-until-signal 15
	assert_exit 137 9
}

@test "a second request does not start the stop anew" {
	config '.stop_timeout = 1' sleep-until-signal 15 10
	boot --when ready --kill TERM --when 'signal 15' --kill USR1 --when 'signal 10' --kill TERM
	assert_exit 137 9
	[ "$(grep -c '^signal 15$' <<<"$output")" -eq 1 ] || explain 'it was asked twice'
}

@test "a workload that has been stopped is woken to see the stop signal" {
	stop_on TERM say ready , kill 19
	assert_exit 143 15
}

@test "other signals are forwarded to the workload's process group" {
	local signal number
	while read -r signal number; do
		config . listener , sleep-until-signal
		boot --when ready --kill "$signal" --when 'child signal'
		assert_exit 0
		assert_line "signal $number"
		assert_line "child signal $number"
	done <<-'END'
		HUP 1
		QUIT 3
		USR1 10
		USR2 12
		WINCH 28
		RTMIN+7 41
	END
}

@test "a signal that comes before the workload is not lost" {
	config . sleep-until-signal
	boot --cmdline vmconfig.log=debug --when 'modules: ' --kill TERM
	# It came before the program could block it, or after.
	[ "$status" -eq 143 ] || assert_line 'signal 15'
}

@test "nor is one that the host sends on the report channel" {
	config '.volume_mounts = [{device: "/dev/vdc", path: "/data", mode: "rw"}]' sleep-until-signal
	make_image volume.img
	# The boot waits for the volume meanwhile.
	boot --port org.vmconfig.report --cmdline vmconfig.log=debug --when 'init: ' --when 'sysctl: ' \
		--say '{"signal":10}' --when ' us' --attach volume.img
	[ "$(jq -r 'select(.event == "started") | .event' report)" = started ] || explain "$(cat report)"
	# It came before the program could block it, or after.
	[ "$status" -eq 138 ] || assert_line 'signal 10'
}

@test "500 orphans are reaped, and cost init neither memory nor files" {
	run_probe orphans 20 , pid1 , orphans 500 , pid1
	assert_exit 0
	assert_line 'orphans 500 zombies 0'
	[ "$(grep '^pid1 ' <<<"$output" | uniq | wc -l)" -eq 1 ] || explain 'before and after differ'
}

@test "what the workload leaves behind ends with it" {
	run_probe leave , leave session , leave session , exit 7
	assert_exit 7
	run_probe leave ignore , leave session ignore , kill 9
	assert_exit 137 9
}

@test "the workload cannot take init with it" {
	run_probe ignore 1 3 5 10 12 13 14 , leave ignore , leave session , \
		signal 1 9 , signal 1 19 , signal 1 11 , signal 1 7 , signal 1 4 , signal 1 8 , signal 1 6 , \
		signal 1 31 , signal 1 17 , signal 1 13 , signal 1 1 , signal 1 3 , signal 1 5 , \
		signal 1 10 , signal 1 14 , signal -1 9 , say alive , orphans 10 , exit 5
	assert_exit 5
	assert_line alive
	assert_line 'orphans 10 zombies 0'
}

@test "a workload without files, and one with init's mounts gone" {
	run_probe close-fds , exit 6
	assert_exit 6
	run_probe umount /proc , umount /sys , umount /dev/pts , umount /dev , umount /run , exit 7
	assert_exit 7
	refute_output_contains 'umount '
}

@test "mounts over everything do not keep init from taking the root apart" {
	make_image upper.img
	local word
	for word in / /proc /dev /run /sys /tmp; do
		config . write /file x , mount tmpfs $word tmpfs , exit 3
		boot --disk upper.img
		assert_exit 3
		refute_output_contains 'mount /'
		assert_clean upper.img
	done
}

@test "mounts made shared do not either" {
	make_image upper.img
	config . share / , mkdir /m , mount tmpfs /m tmpfs , bind / /m , exit 3
	boot --disk upper.img
	assert_exit 3
	assert_clean upper.img
}

@test "what the workload mounted is unmounted: disks, binds, stacks" {
	make_image upper.img
	make_image volume.img
	make_image own.img
	config '.volume_mounts = [{device: "/dev/vdc", path: "/data", mode: "rw"}]' \
		mkdir /data/sub , mkdir /m , mkdir /m2 , \
		mount /dev/vdd /data/sub ext4 , write /data/sub/file x , bind /data/sub /m , \
		bind /data /m2 , mount tmpfs /data tmpfs , mkdir /data/x , bind /m /data/x , \
		bind /dev/null /probe , chdir /m , hold /m/file , leave ignore , exit 4
	boot --disk upper.img --disk volume.img --disk own.img
	assert_exit 4
	assert_clean upper.img
	assert_clean volume.img
	assert_clean own.img
}

@test "a workload that took the volume away, or mounted another in its place" {
	make_image volume.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"}]' \
		hold /data/lost+found , write /data/file x , umount /data , mount tmpfs /data tmpfs , exit 0
	boot --disk volume.img
	assert_exit 0
	assert_clean volume.img
}

# burn SIGNAL FILTER - stop the probe while it writes to the root's overlay and to a volume.
burn() {
	make_image upper.img
	make_image volume.img
	make_image lower.img
	make_image above.img
	config '.volume_mounts = [{device: "/dev/vdc", path: "/data", mode: "rw"},
		{device: "/dev/vdd", path: "/both", mode: "overlay", overlay_device: "/dev/vde"}] | '"$2" \
		burn-writes-apart / , burn-writes-apart /both , burn-writes /data
	boot --disk upper.img --disk volume.img --disk lower.img --disk above.img \
		--when burning --when burning --when burning --kill "$1"
	assert_clean upper.img
	assert_clean volume.img
	assert_clean lower.img
	assert_clean above.img
	debugfs -R 'ls -p /' volume.img 2>/dev/null | grep -q file-
}

@test "stopped in the middle of heavy writes: every filesystem is clean, no journal to replay" {
	burn TERM .
	assert_exit 0
	assert_line burnt
}

@test "killed in the middle of heavy writes: the same" {
	burn USR1 .
	assert_exit 138 10
}

@test "a root that is written directly is clean as well" {
	cp "$SCRATCH" root.img
	config '.root = {mode: "rw"}' burn-writes /
	boot_image root.img --when burning --kill TERM
	assert_exit 0
	assert_clean root.img
}

@test "a terminal that the workload has silenced does not silence init" {
	config '.terminal = true' say before , hush , exit 3
	boot
	assert_exit 3
	assert_line $'before\r'
	config . hush , exit 3
	boot
	assert_exit 3
}

@test "files that the kernel closes late do not keep a filesystem from being unmounted" {
	make_image upper.img
	make_image volume.img
	config '.volume_mounts = [{device: "/dev/vdc", path: "/data", mode: "rw"}]' \
		uring /data/file , uring /file , write /data/other x , exit 2
	boot --disk upper.img --disk volume.img
	assert_exit 2
	[[ $output != *'uring '* ]] || skip_or_fail "no io_uring: $output"
	assert_clean upper.img
	assert_clean volume.img
}

# Who keeps files of the machine open from outside, until the test is over.
teardown() {
	[ ! -e keeper ] || kill "$(cat keeper)"
}

@test "a filesystem that cannot be unmounted is made read-only" {
	make_image upper.img
	make_image volume.img
	make_image inrun.img
	config '.volume_mounts = [{device: "/dev/vdc", path: "/data", mode: "rw"},
		{device: "/dev/vdd", path: "/run/data", mode: "rw"}]' \
		write /data/file x , write /run/data/file x , write /file x , sleep-until-signal
	STILL_MOUNTED=yes boot --disk upper.img --disk volume.img --disk inrun.img --timeout 20 --when ready \
		--run "cd /proc/\$INIT_PID/root && exec 7<data/file 8<run/data/file 9<file && cd / &&
			{ sleep 600 & } && echo \$! >'$PWD/keeper'; kill \$INIT_PID"
	assert_exit 0
	assert_stderr_contains 'vdb is still mounted'
	assert_stderr_contains 'vdc is still mounted'
	assert_stderr_contains 'vdd is still mounted'
	assert_line "init: cannot unmount '/'"
	assert_line "init: cannot unmount '/data'"
	assert_line "init: cannot unmount '/run/data'"
	assert_line "init: '/dev/vdc' is still in use"
	assert_clean upper.img
	assert_clean volume.img
	assert_clean inrun.img
}

# stop_after PHASE OPTION… - boot, and tell the machine to stop once it is past that phase.
stop_after() {
	boot --cmdline "vmconfig.log=debug vmconfig.wait=50 $2" --when "init: $1: " --kill TERM "${@:3}"
}

@test "a request to stop ends the wait for a device or an interface that does not come" {
	config . say no
	stop_after modules vmconfig.disk=serial=none
	assert_failed 'config disk' 'cannot wait for the config disk: a stop has been asked for'
	assert_code stopped
	config '.volume_mounts = [{device: "/dev/vdz", path: "/data", mode: "rw"}]' say no
	stop_after sysctl ''
	assert_failed volumes "cannot wait for '/dev/vdz': a stop has been asked for"
	config '.network_enabled = true | .interfaces = [{name: "eth9", addresses: ["192.0.2.1/24"]}]' say no
	stop_after machine vmconfig.end=halt
	assert_failed network 'cannot wait for network interfaces: a stop has been asked for'
	assert_stderr 'nsboot: the machine was halted'
}

@test "stopped before there is a workload, no rescue shell is started" {
	config '.volume_mounts = [{device: "/dev/vdz", path: "/data", mode: "rw"}]' say no
	stop_after sysctl vmconfig.rescue
	assert_failed volumes 'a stop has been asked for'
	refute_output_contains 'rescue shell'
}
