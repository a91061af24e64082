#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Standard streams, arguments and environment, byte for byte through a virtual machine.
# shellcheck disable=SC2154 # bats and vm.bash set stderr and vm

load helper
load vm

@test "64 MiB of random bytes go in, through cat, and come out the same" {
	head -c 64M /dev/urandom >bytes
	"$VMCONFIG" run -i --config base.json --disk "$BUSYBOX_IMAGE,ro" --entrypoint /bin/cat <bytes >back
	cmp bytes back
}

@test "stdout and stderr stay apart, and nothing else is on them" {
	vm -- put out-without-newline , err to-stderr
	assert_status 0
	[ "$output" = out-without-newline ] || explain 'stdout differs'
	[ "$stderr" = to-stderr ] || explain 'stderr differs'
}

@test "without -i the workload's standard input is at its end" {
	vm -- copy , say end </dev/zero
	assert_status 0
	assert_output end
}

@test "the workload's output can be piped on: run | tar x" {
	"$VMCONFIG" run --config base.json --disk "$BUSYBOX_IMAGE,ro" \
		--entrypoint /bin/tar -- -C / -cf - etc bin/busybox | tar -x
	cmp bin/busybox "$(command -v busybox)"
	grep -q '^app:' etc/passwd
}

@test "a reader that goes away ends the guest, not in success and not in a hang" {
	set +o pipefail
	timeout 100 "$VMCONFIG" run --config base.json --disk "$BUSYBOX_IMAGE,ro" \
		--entrypoint /bin/yes 2>stderr | head -n 1 >first
	code=${PIPESTATUS[0]}
	[ "$(cat first)" = y ]
	[ "$code" -ne 0 ] && [ "$code" -ne 124 ] || fail "status $code" "$(cat stderr)"
}

@test "the last bytes are not lost when the machine goes off right after them" {
	vm -- hash </dev/null
	assert_status 0
	head -c 3000001 /dev/urandom >bytes
	for _ in 1 2 3; do
		# shellcheck disable=SC2094 # both only read
		"$VMCONFIG" run -i --config base.json --disk "$PROBE_IMAGE,ro" -- copy <bytes | cmp - bytes
	done
}

@test "arguments arrive byte for byte: spaces, quotes, newlines, dollars, UTF-8, empty, 100 KiB" {
	long=$(head -c 76800 /dev/urandom | base64 -w 0)
	# shellcheck disable=SC2016 # nothing is to be expanded
	arguments=(args0 'a b' "it's" '"quoted"' $'two\nlines' "\$(reboot)" '`id`' 'ünïcödé ☃' '' -- --help
		'back\slash' $'tab\there' '*' "$long" ',x' "$(printf '\001\177')")
	"$VMCONFIG" run --config base.json --disk "$PROBE_IMAGE,ro" -- "${arguments[@]}" >out
	printf '%s\0' "${arguments[@]:1}" >expected
	cmp out expected
}

@test "a thousand variables and odd names arrive in their order" {
	jq -c '.env = (reduce range(1000) as $i ({}; .["V\($i)"] = "value \($i)")) +
		{"FOO.BAR-baz": "dotted", "EMPTY": "", "LINES": "a\nb", "Q": "\"'"'"'$x", "HOME": "/h"}' \
		base.json >env.json
	"$VMCONFIG" run --config env.json --disk "$PROBE_IMAGE,ro" -- env0 >out
	jq -j '.env | to_entries[] | "\(.key)=\(.value)\u0000"' env.json >expected
	cmp out expected
}

@test "10,000 variables and nearly 2 MiB of arguments and variables arrive byte for byte" {
	head -c 131071 /dev/zero | tr '\0' x >word
	jq -c '.env = ([range(10000) | {key: "NAME_\(.)", value: "value \(.)"}] | from_entries) +
		{HOME: "/h"}' base.json >env.json
	jq -c --rawfile word word '.cmd = ["args0"] + [range(12) | $word]' env.json >big.json
	"$VMCONFIG" run --config big.json --disk "$PROBE_IMAGE,ro" >out
	for _ in {1..12}; do
		cat word
		printf '\0'
	done >expected
	cmp out expected
	"$VMCONFIG" run --config env.json --disk "$PROBE_IMAGE,ro" -- env0 >out
	jq -j '.env | to_entries[] | "\(.key)=\(.value)\u0000"' env.json >expected
	cmp out expected
}
