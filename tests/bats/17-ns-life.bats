#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Life and death of init: what ends the machine, and how.
# shellcheck disable=SC2034,SC2154 # ns.bash sets last and reads STILL_MOUNTED

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
	config '.stop_timeout = 1' sleep-until-signal 15
	boot --when ready --kill RTMIN+5 --when 'signal 15' --kill RTMIN+4
	assert_exit 137 9
	[ "$(jq -r '.power // "poweroff"' <<<"$last")" = poweroff ] || explain "$last"
	[ -z "$stderr" ] || explain 'it has been powered off'
}

@test "a workload that forks as fast as it can, and ignores SIGTERM" {
	make_image upper.img
	config . write /file x , storm , exit 5
	boot --disk upper.img
	assert_exit 5
	assert_clean upper.img
}

@test "processes that have been stopped, init's children all of them" {
	make_image upper.img
	config . leave ignore , leave session , leave , signal -1 19 , hold /file , exit 6
	boot --disk upper.img
	assert_exit 6
	assert_clean upper.img
}

@test "a full disk, a full /dev/shm, a root made read-only" {
	make_image upper.img
	make_image volume.img
	config '.volume_mounts = [{device: "/dev/vdc", path: "/data", mode: "rw"}]' \
		mount tmpfs /dev/shm tmpfs , chdir /dev/shm , fill /data/file , fill /file , \
		remount-ro /data , remount-ro / , write /file x , exit 7
	boot --disk upper.img --disk volume.img
	assert_exit 7
	assert_line 'fill /data/file: No space left on device'
	assert_line 'fill /file: No space left on device'
	assert_line 'write /file: Read-only file system'
	assert_clean upper.img
	assert_clean volume.img
}

@test "loop devices that the workload has left behind, mounted and not" {
	make_image upper.img
	mkdir images
	IMAGE_SIZE=2M make_image images/mounted.img
	IMAGE_SIZE=2M make_image images/attached.img
	IMAGE_SIZE=16M make_image volume.img images
	config '.volume_mounts = [{device: "/dev/vdc", path: "/data", mode: "rw"}]' \
		mkdir /m , loop-mount /data/mounted.img /m , loop /data/attached.img , \
		write /m/file x , write /on-upper x , exit 3
	boot --disk upper.img --disk volume.img
	assert_exit 3
	refute_output_contains 'loop'
	assert_clean upper.img
	assert_clean volume.img
	debugfs -R 'dump mounted.img mounted.img' volume.img 2>/dev/null
	assert_clean mounted.img
	debugfs -R 'cat file' mounted.img 2>/dev/null | grep -q x
}

# a_volume_with FILE - volume.img, with an image in it.
a_volume_with() {
	mkdir images
	IMAGE_SIZE=2M make_image "images/$1"
	IMAGE_SIZE=16M make_image volume.img images
}

@test "a loop device on a volume, set up in a mount namespace that has gone" {
	a_volume_with apart.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"}]' \
		own-mounts , loop /data/apart.img , exit 3
	boot --disk volume.img
	assert_exit 3
	refute_output_contains 'in use'
	assert_clean volume.img
}

@test "a loop device whose file has been removed from the root" {
	make_image upper.img
	mkdir images
	IMAGE_SIZE=1M make_image images/removed.img
	cp "$BUILD/probe" images/probe
	make_image root.img images
	config . write /removed.img '' , loop /removed.img , rm /removed.img , exit 3
	boot_image root.img,ro --disk upper.img
	assert_exit 3
	refute_output_contains 'loop'
	refute_output_contains 'cannot unmount'
	assert_clean upper.img
}

@test "a loop device that is released while init looks at it is no trouble" {
	local call
	a_volume_with gone.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"}]' loop /data/gone.img , exit 3
	# The one that asks whose it is, and the one that releases it; ENXIO is 6.
	for call in 1 2; do
		boot --disk volume.img --init "$BUILD/init-fault" --fault "shutdown:ioctl:$call:6"
		assert_exit 3
		assert_line 'fault: ioctl'
		refute_output_contains 'cannot'
	done
	assert_clean volume.img
}

@test "a loop device that somebody else holds open does not keep init from its end" {
	local holder
	a_volume_with held.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"}]' \
		loop /data/held.img , say ready , sleep-until-signal
	STILL_MOUNTED=1 boot --disk volume.img --when ready --run "
		for node in /proc/\$INIT_PID/root''/dev/loop[0-9]*; do
			case \$(cat /sys/block/\${node##*/}/loop/backing_file) in
			*/held.img) sleep 60 3>&- 4>&- <\$node >holder.log 2>&1 & echo \$! >holder ;;
			esac
		done" --when ready --kill TERM
	holder=$(<holder)
	kill "$holder"
	assert_exit 0
	assert_output_contains "cannot unmount '/data'"
	refute_output_contains 'cannot release'
	STILL_MOUNTED=
}

@test "a loop device of another machine is left alone, whatever its path" {
	mkdir other
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"}]' loop /data/own.img , exit 3
	config_disk
	mv config.img other/config.img
	a_volume_with own.img
	mv volume.img other/volume.img
	rm -r images
	a_volume_with "of-$$.img"
	config '.volume_mounts = [{device: "/dev/vdb", path: "/old", mode: "rw"}]' \
		loop "/old/of-$$.img" , say ready , sleep-until-signal
	# It is in use: had it been told to go, it would go with its user.
	boot --disk volume.img --when ready --run "
		'$BUILD/nsboot' --disk '$SCRATCH,ro' --disk other/volume.img --disk other/config.img,ro \
			>other/output 2>&1
		echo \$? >other/status
		for loop in /sys/block/loop*/loop; do
			case \$(cat \$loop/backing_file) in
			/old/of-$$.img) cat \$loop/autoclear >other/goes ;;
			esac
		done" --when ready --kill TERM
	assert_exit 0
	[ "$(<other/status)" = 3 ] || explain "$(<other/output)"
	[ "$(<other/goes)" = 0 ] || fail 'it has been released'
	assert_clean other/volume.img
}

@test "a FIFO in the place of what init reads in the end does not hang it" {
	make_image upper.img
	mkdir trap
	mkfifo trap/vmstat trap/swaps trap/mountinfo
	make_image trap.img trap
	config . mount /dev/vdc /proc ext4 , exit 4
	boot --disk upper.img --disk trap.img
	assert_exit 4
	assert_clean upper.img
	assert_clean trap.img
}

@test "at a clean end nothing is said to be in use" {
	make_image upper.img
	make_image volume.img
	config '.volume_mounts = [{device: "/dev/vdc", path: "/data", mode: "rw"}]' \
		write /file x , write /data/file x , exit 0
	boot --disk upper.img --disk volume.img --cmdline vmconfig.log=debug
	assert_exit 0
	refute_output_contains 'still in use'
	refute_output_contains 'cannot unmount'
	refute_output_contains 'cannot make'
}

@test "a failure has a code for programs, and its errno where there is one" {
	config . say no
	boot --cmdline 'vmconfig.disk=serial=none vmconfig.wait=0'
	assert_code config-missing
	config '.nonsense = 1 | .requires = ["nonsense"]' say no
	boot
	assert_code config-invalid
	config '.volume_mounts = [{device: "/dev/vdz", path: "/data", mode: "rw"}]' say no
	boot --cmdline vmconfig.wait=0
	assert_code device-missing
	config '.user = {name: "nobody-here"}' say no
	boot
	assert_code user-unknown
	config '.workdir = "/probe"' say no
	boot
	assert_code workload ENOTDIR
}

@test "vmconfig.end= says what becomes of the machine, unless a signal does" {
	config . exit 3
	boot --cmdline vmconfig.end=reboot
	assert_exit 3
	assert_stderr 'nsboot: the machine was rebooted'
	[ "$(jq -r .power <<<"$last")" = reboot ] || explain "$last"
	config '.user = {name: "nobody-here"}' say no
	boot --cmdline vmconfig.end=halt
	assert_code user-unknown
	assert_stderr 'nsboot: the machine was halted'
	config . sleep-until-signal
	boot --cmdline vmconfig.end=halt --when ready --kill RTMIN+5
	assert_exit 0
	assert_stderr 'nsboot: the machine was rebooted'
	boot --cmdline vmconfig.end=kexec
	assert_failed 'command line' "cannot use 'vmconfig.end=kexec'"
}
