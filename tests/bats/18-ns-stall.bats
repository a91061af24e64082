#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The watch on the boot: what is no stall, and one whose child does not live to say so.
# shellcheck disable=SC2154 # ns.bash sets SCRATCH

load helper
load ns

# The machine's processes beside init: a shell's function for nsboot's --run.
# shellcheck disable=SC2016 # it is the other shell that expands these
OTHERS='others() { pgrep --ns $INIT_PID --nslist pid | grep -vxF $INIT_PID; }'

# What waits two seconds for its volume, in vain.
WORDS='vmconfig.log=debug vmconfig.wait=2 vmconfig.stall=3'
WAITING='.volume_mounts = [{device: "/dev/vdz", path: "/data", mode: "rw"}]'

@test "a machine that has been paused for longer than the limit goes on with its boot" {
	config "$WAITING" say no
	# What is paused for long is the subject. The watch goes on first, and so has to judge.
	boot --cmdline "$WORDS" --when 'init: sysctl: ' \
		--run "$OTHERS; kill -STOP \$INIT_PID \$(others); sleep 5
			kill -CONT \$(others); sleep 0.5; kill -CONT \$INIT_PID"
	assert_failed volumes "there is no device '/dev/vdz'"
}

@test "init itself ends the machine when the watch has given up and does not live to do it" {
	config "$WAITING" say no
	config_disk
	# Twice: the first may have been about to start another. nsboot objects, for there are two
	# reports then; what counts is that there is an end.
	# shellcheck disable=SC2016 # it is the other shell that expands it
	"$BUILD/nsboot" --report report --timeout 30 --cmdline "$WORDS" --disk "$SCRATCH,ro" \
		--disk config.img,ro --when 'init: sysctl: ' --run 'kill -STOP $INIT_PID' \
		--when 'no answer for' \
		--run "$OTHERS; kill -KILL \$(others); kill -KILL \$(others); kill -CONT \$INIT_PID" \
		>bytes 2>errors || true
	! grep TIMEOUT errors || fail 'init waits for ever'
	[ "$(tail -n 1 report | jq -r .failure)" = stalled ] || fail "$(cat report)"
}

# with_driver - the directory "block" for /sys/dev/block, where each loop device has a driver, which
# does not come to an end with taking one away: "block/disk/driver/unbind" is a FIFO that is full.
with_driver() {
	local i
	mkdir -p block/disk/driver
	mkfifo block/disk/driver/unbind
	for i in {0..255}; do
		mkdir "block/7:$i"
		ln -s ../disk "block/7:$i/device"
	done
}

@test "a driver that does not let go of the config disk is waited for at the end, and by name" {
	with_driver
	config . say no
	# A reader, so that it can be opened; and no room for a word more.
	exec 9<>block/disk/driver/unbind
	! dd if=/dev/zero of=/dev/fd/9 bs=4096 oflag=nonblock status=none 2>dd.log || fail 'it is never full'
	STILL_MOUNTED=1 boot --cover block:/sys/dev/block --cmdline 'vmconfig.log=debug vmconfig.stall=3'
	exec 9>&-
	assert_failed 'switch root' 'taking the config disk from its driver: no answer for 3 s'
	assert_code stalled
	# The boot went on meanwhile.
	assert_output_contains 'init: volumes: '
}

@test "an init that comes late says nothing: the report is the watch's, or for want of it the same" {
	truncate -s 8M blank.img
	config '.volume_mounts = [{device: "/dev/vdc", path: "/data", mode: "rw", format: "ext4"}]' say no
	# It finds what it has waited for, and would have told that it is formatted. The watch, which
	# has given up, is kept from its report until init has nothing to do any more.
	# shellcheck disable=SC2016 # it is the other shell that expands these
	STILL_MOUNTED=1 boot --cmdline "$WORDS" --init "$BUILD/init-fault" --fault volumes:setns:1:hang \
		--when 'init: sysctl: ' --run 'kill -STOP $INIT_PID' \
		--when 'fault: ' --attach blank.img --when setns --run "$OTHERS"'
			kill -CONT $INIT_PID
			until grep -q "^State:.[SZ]" /proc/$INIT_PID/status; do :; done
			kill -KILL $(others)'
	assert_failed volumes 'no answer for 3 s'
	[ "$(jq -r '"\(.event) \(.failure)"' report)" = 'failed stalled' ] || explain "$(cat report)"
}

@test "a stall is reported on the console, with the nonce, where the config wants it there" {
	# There is a port, too, which takes what nobody reads.
	mkdir -p class/virtio-ports/vport0p1
	echo org.vmconfig.report >class/virtio-ports/vport0p1/name
	make_image volume.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"}] |
		.report = {channel: "console", nonce: "c0ffee"}' say no
	# shellcheck disable=SC2016 # it is the other shell that expands it
	STILL_MOUNTED=1 boot --disk volume.img --init "$BUILD/init-fault" --fault volumes:mount:1:hang \
		--cover class:/sys/class --cmdline 'vmconfig.log=debug vmconfig.stall=2' --nonce c0ffee \
		--when 'init: modules: ' --run 'mkfifo /proc/$INIT_PID/root/dev/vport0p1'
	assert_failed volumes "the volume of '/data': no answer for 2 s"
	refute_output_contains vmconfig-report
}

# with_serial_device - the directory "bus" for /sys/bus: a virtio-serial device, of which no port comes.
with_serial_device() {
	mkdir -p bus/virtio/devices/virtio0
	echo 0x0003 >bus/virtio/devices/virtio0/device
}

@test "a report port that does not come is missed, and its wait is no stall" {
	with_serial_device
	config '.report = {channel: "virtio-serial"}' say no
	boot --cover bus:/sys/bus --cmdline vmconfig.stall=2
	assert_failed 'report channel' "there is no port 'org.vmconfig.report'"
	assert_code port-missing
	# One that the config does not ask for is not needed.
	config . say up
	boot --cover bus:/sys/bus --cmdline vmconfig.stall=2
	assert_exit 0
}

@test "a stop while the report port is awaited is no missing port" {
	local channel
	with_serial_device
	for channel in '.report = {channel: "virtio-serial"}' .; do
		config "$channel" say no
		boot --cover bus:/sys/bus --cmdline vmconfig.log=debug --when 'init: config disk: ' --kill TERM
		assert_failed 'report channel' 'cannot wait for the report channel: a stop has been asked for'
		assert_code stopped
	done
}

# stop_in_mount OPTION… - boot with a mount that does not come back, and limits that are not reached.
stop_in_mount() {
	make_image volume.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"}]' say no
	STILL_MOUNTED=1 boot --disk volume.img --init "$BUILD/init-fault" --fault volumes:mount:1:hang \
		--cmdline 'vmconfig.log=debug vmconfig.stall=0' "$@"
	assert_failed volumes "mounting '/dev/vdb' (ext4), the volume of '/data': a stop has been asked for"
	assert_code stopped
}

@test "a stop ends a boot that something keeps waiting which does not answer" {
	stop_in_mount --when 'fault: mount' --kill TERM
	[[ $stderr != *rebooted* ]] || explain 'it should be powered off'
	stop_in_mount --when 'fault: mount' --kill RTMIN+5
	assert_stderr_contains 'nsboot: the machine was rebooted'
	stop_in_mount --port org.vmconfig.report --when 'fault: ' --say '{"signal":10}' \
		--when mount --say '{"stop":true}'
}

@test "and one in which a blank volume is formatted" {
	truncate -s 8M blank.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw", format: "ext4"}]' say no
	# Where it is seen to be blank.
	STILL_MOUNTED=1 boot --disk blank.img --init "$BUILD/init-fault" --fault volumes:pread:1:hang \
		--cmdline vmconfig.stall=0 --when 'fault: pread' --kill TERM
	assert_failed volumes "formatting '/dev/vdb', the volume of '/data': a stop has been asked for"
	cmp -n "$(stat -c %s blank.img)" blank.img /dev/zero || fail 'something has been written'
}

@test "what else the host says meanwhile, which the watch reads, is not lost" {
	make_image volume.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"}]' sleep-until-signal
	# Long enough for the watch to have come to listen; without it this shows less, but not wrong.
	# shellcheck disable=SC2016 # it is the other shell that expands it
	boot --disk volume.img --init "$BUILD/init-fault" --fault volumes:mount:1:wait \
		--port org.vmconfig.report --when 'fault: ' --say '{"signal":10}' \
		--when mount --run 'sleep 8; kill -PIPE $INIT_PID'
	# It came before the program could block it, or after.
	[ "$status" -eq 138 ] || assert_line 'signal 10'
}
