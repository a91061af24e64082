#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Random numbers and the time of day in a machine that has nothing of its own to make them from.
# shellcheck disable=SC2154 # bats sets output and stderr

load helper
load vm

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
	[[ $stderr != *'the clock has been set'* ]] || explain 'the clock was wrong'
}
