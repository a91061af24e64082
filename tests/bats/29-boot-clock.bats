#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Random numbers and the time of day in a machine that has nothing of its own to make them from, and
# clocks that are right, wrong or broken: tests/kernel/test_clocks.c.
# shellcheck disable=SC2154,SC2030,SC2031 # bats sets output and stderr

load helper
load vm

DAY=86400000 # ms

# clocks NAME PARAMETERS [OPTION…] - boot with these clocks, in the background, as process $vm; the
# kernel has no RTC but theirs. See clocks_end.
clocks() {
	local name=$1 verbs=(cat /proc/stat)
	[[ $2 != *rtc=* ]] || verbs+=(',' cat /sys/class/rtc/rtc0/hctosys)
	"$VMCONFIG" initrd --init "$BUILD/init" --modules "$ROOT/build/clocks" --vmm qemu \
		--module "test_clocks $2" -o "$name.cpio"
	shift 2
	date +%s >"$name.begin"
	"$VMCONFIG" run --config base.json --initrd "$name.cpio" --disk "$PROBE_IMAGE,ro" --timeout 120 \
		--append initcall_blacklist=cmos_init "$@" -- \
		"${verbs[@]}" >"$name.out" 2>"$name.err" 3>&- &
	vm=$!
}

# says PATTERN - whether a line of $stderr is that, a basic regular expression, as a whole.
says() {
	grep -qx "vmconfig: guest: clock: $1" <<<"$stderr"
}

# clocks_end NAME PID [AHEAD] - the machine has ended well, and its clock was AHEAD seconds of ours:
# give or take ten minutes, as hours are what it is about. $stderr is what it has said.
clocks_end() {
	local boot
	status=0
	wait "$2" || status=$?
	output=$(cat "$1.out") stderr=$(cat "$1.err")
	assert_status 0
	boot=$(sed -n 's/^btime //p' "$1.out")
	[ $((boot - ${3:-0} - $(cat "$1.begin"))) -gt -600 ] || explain "$1: the clock is behind"
	[ $((boot - ${3:-0} - $(date +%s))) -lt 600 ] || explain "$1: the clock is ahead"
}

assert_no_step() {
	[[ $stderr != *'the clock has been set'* ]] || explain 'the clock has been set'
}

@test "a secret of the config and the host's generator seed the kernel, which waits for neither" {
	jq -c '.version = 1 | .entropy = ("0123456789abcdef0123456789abcdef0123456789abcdef" | @base64)' \
		base.json >seeded.json
	run_vmconfig run --config seeded.json --disk "$PROBE_IMAGE,ro" --timeout 120 --verbose \
		--append vmconfig.log=debug --append random.trust_cpu=off --append random.trust_bootloader=off \
		-- cat /sys/class/misc/hw_random/rng_available , exit 0
	assert_status 0
	assert_output_contains virtio_rng
	stderr=$(console_of "$stderr")
	assert_stderr_contains 'entropy: 48 bytes of the config'
	assert_stderr_contains 'random: crng init done'
	# No second of difference to a host whose clock the machine's RTC has.
	assert_no_step
}

@test "the time is a hypervisor's PTP clock's, if there is one, and a step is reported" {
	local hour moment
	clocks hour "ptp=\"test NIC:ahead:$((2 * DAY)),KVM virtual PTP:ahead:3600000\" rtc=ahead:$DAY"
	hour=$vm
	clocks moment ptp=ptp_vmw:ahead:250 --verbose --append vmconfig.log=debug
	moment=$vm

	clocks_end hour "$hour" 3600
	says 'the clock has been set \(3599.9\|3600.0\)[0-9]* s on, from KVM virtual PTP' || explain 'not an hour'
	[ "$(wc -l <hour.err)" -eq 1 ] || explain 'more than that'
	clocks_end moment "$moment"
	console_of "$stderr" | grep -q 'init: the clock has been set by [0-9]* us, from ptp_vmw' ||
		explain 'a quarter of a second was not set'
	[[ $stderr != *'guest: clock: the clock'* ]] || explain 'a quarter of a second is no notice'
}

@test "else the time is an RTC's that the kernel could not read; other clocks are left alone" {
	local unread left
	clocks unread "ptp=\"vmclock0:fail:5,Virtio PTP type 0/variant 0:at:7\" rtc=ahead:-$((2 * DAY))"
	unread=$vm
	clocks left "ptp=\"test NIC:ahead:$DAY,Virtio PTP type 1/variant 0:ahead:$DAY\" rtc=ahead:$DAY hctosys=1"
	left=$vm

	clocks_end unread "$unread" $((-2 * DAY / 1000))
	[ "${output##*$'\n'}" = 0 ] || explain 'the kernel has read the RTC'
	says 'Virtio PTP type 0/variant 0 says 7 s since 1970, which cannot be the time' || explain 'nobody is told'
	says 'the clock has been set \(172799\|172800\|172801\).[0-9]* s back, from rtc0' || explain 'not two days'
	clocks_end left "$left"
	[ "${output##*$'\n'}" = 1 ] || explain 'the kernel has not read the RTC'
	assert_stderr ''
}

@test "a time that cannot be is not taken from anyone, and the host is told of it" {
	local wrong late
	printf '#!/bin/sh\nexec qemu-system-x86_64 "$@" -rtc base=2001-09-09T01:46:40\n' >qemu
	chmod +x qemu
	clocks wrong ptp=hyperv:at:-9223372036854775808 --vmm ./qemu
	wrong=$vm
	clocks late rtc=at:4294967296
	late=$vm

	clocks_end wrong "$wrong" $((1000000000 - $(date +%s)))
	says 'hyperv says -[0-9]* s since 1970, which cannot be the time' || explain 'nobody is told of the PTP clock'
	says 'the time is not known: the clock says 100000[0-9]* s since 1970' || explain 'nobody is told of ours'
	assert_no_step

	clocks_end late "$late"
	assert_stderr 'vmconfig: guest: clock: rtc0 says 4294967296 s since 1970, which cannot be the time'
}
