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
