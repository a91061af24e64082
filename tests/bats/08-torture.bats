#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Documents that are wrong or large on purpose: an answer in time, with the place or the limit's name.

load helper

# refused RULE LINE:COLUMN - config.json, which has exactly that fault, whatever kind it is taken for.
refused() {
	run_vmconfig check --json config.json
	assert_status 1
	[ "$(jq -r '.[] | "\(.rule) \(.line):\(.column)"' <<<"$output")" = "$1 $2" ] ||
		explain "expected $1 at $2" "$(head -c 200 config.json)"
}

# repeat COUNT TEXT - TEXT so many times with commas between; & in it counts.
repeat() {
	seq "$1" | sed "s|.*|$2|" | paste -sd ,
}

@test "what is no JSON, or no text, is refused where it ceases to be" {
	need jq
	printf '\357\273\277{}' >config.json
	refused json-syntax 1:1
	printf '{"a":"x\0y"}' >config.json
	refused json-syntax 1:8
	printf '{"a":"x\\u0000"}' >config.json
	refused json-syntax 1:10
	printf '{"a":"\\ud800"}' >config.json
	refused json-syntax 1:13
	printf '{"a":"\\udc00"}' >config.json
	refused json-syntax 1:9
	printf '{"a":"\\ud800\\u0041"}' >config.json
	refused json-syntax 1:13
	printf '{"a":"\355\240\200"}' >config.json # a surrogate as UTF-8
	refused json-syntax 1:7
	printf '{"a":"\300\257"}' >config.json # "/" in two bytes
	refused json-syntax 1:7
	printf '{"a":1e}' >config.json
	refused json-syntax 1:8
	printf '{"a":01}' >config.json
	refused json-syntax 1:7
	printf '{"a":1,}' >config.json
	refused json-syntax 1:8
	printf '{} {}' >config.json
	refused json-syntax 1:4
	printf '{"a":NaN}' >config.json
	refused json-syntax 1:6
	: >config.json
	refused json-syntax 1:1
	printf '{"a":{"b":1,"c":2,\n"b":3}}' >config.json
	refused json-duplicate-key 2:5
	# The same key, written in another way.
	printf '{"a":1,"\\u0061":2}' >config.json
	refused json-duplicate-key 1:17
}

@test "a million brackets are a line, not a stack" {
	need jq
	head -c 1000000 /dev/zero | tr '\0' '[' >config.json
	refused json-syntax 1:65
	head -c 1000000 /dev/zero | sed 's/\x0/{"a":/g' >config.json
	run_vmconfig check config.json
	assert_failure 1 'nested too deeply'
	{
		printf '{"cmd":["x"],"x":'
		head -c 62 /dev/zero | tr '\0' '['
		head -c 62 /dev/zero | tr '\0' ']'
		printf '}'
	} >config.json
	run_vmconfig check config.json
	assert_status 0
}

@test "numbers are exact or refused, never rounded" {
	need jq
	local number
	for number in 18446744073709551616 1e400 1e3 1.0 -0.0 9223372036854775808 \
		"$(head -c 100000 /dev/zero | tr '\0' 9)"; do
		printf '{"cmd":["x"],"stop_timeout":%s}' "$number" >config.json
		run_vmconfig check --json config.json
		assert_status 1
		[[ $(jq -r '.[].rule' <<<"$output") =~ ^(type|range|json-syntax)$ ]] || explain "${number:0:40}"
	done
	printf '{"cmd":["x"],"rlimits":[{"type":"RLIMIT_CORE","soft":18446744073709551614,"hard":18446744073709551615}]}' \
		>config.json
	run_vmconfig show config.json
	assert_status 0
	assert_output_contains '"soft":18446744073709551614,"hard":18446744073709551615'
}

@test "a hundred thousand of anything get their answer" {
	need jq
	local oci='"ociVersion":"1.2.0","root":{"path":"r"}'
	local process='"process":{"cwd":"/","args":["x"],"user":{"uid":0,"gid":0}'
	# What is allowed.
	printf '{%s,"annotations":{%s}}' "$oci" "$(repeat 100000 '"k&":"v"')" >config.json
	timeout 300 "$VMCONFIG" check config.json
	printf '{%s,%s}' "$oci" "$(repeat 100000 '"k&":1')" >config.json
	timeout 300 "$VMCONFIG" check config.json
	printf '{%s,%s,"env":[%s]}}' "$oci" "$process" "$(repeat 100000 '"K&=v"')" >config.json
	timeout 300 "$VMCONFIG" check config.json
	# What is not: each is counted, the first thousand are shown.
	printf '{%s,%s,"env":[%s]}}' "$oci" "$process" "$(repeat 100000 '"K"')" >config.json
	run --separate-stderr timeout 300 "$VMCONFIG" check config.json
	assert_status 1
	assert_stderr_contains '99000 further problems are not shown'
	printf '{%s,%s,"capabilities":{"effective":[%s]}}}' "$oci" "$process" \
		"$(repeat 100000 '"CAP_&"')" >config.json
	run --separate-stderr timeout 300 "$VMCONFIG" check config.json
	assert_status 0
	printf '{%s}' "$(repeat 100000 '"k":1')" >config.json
	run --separate-stderr timeout 300 "$VMCONFIG" check config.json
	assert_status 1
	assert_stderr_contains "config.json:1:12: duplicate key 'k'"
	assert_stderr_contains '98999 further problems are not shown'
	# More values than MAX_JSON_VALUES.
	printf '[%s]' "$(repeat 600000 '1')" >config.json
	run --separate-stderr timeout 300 "$VMCONFIG" check config.json
	assert_failure 1 'MAX_JSON_VALUES'
}

@test "a file of more bytes than a config may have is refused by the limit's name" {
	truncate -s 17M config.json
	run_vmconfig check config.json
	assert_failure 1 'MAX_CONFIG_BYTES'
}

image() {
	echo '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"config":{"Cmd":["/x"]}}' >image.json
}

@test "10,000 variables, 100 volumes and 64 NICs go onto a disk" {
	need jq
	image
	local options=() i
	seq 10000 | sed 's/.*/NAME&=value &/' >list
	for i in $(seq 100); do
		options+=(-v "serial=vol$i:/volumes/$i")
	done
	for i in $(seq 64); do
		options+=(--net "ip=10.$i.0.2/24,mac=52:54:00:00:00:$(printf '%02x' "$i")")
	done
	"$VMCONFIG" build --image-config image.json --env-file list "${options[@]}" -o disk.img
	[ "$(disk_json disk.img '[(.env | length), .env.NAME10000, (.volume_mounts | length),
		(.interfaces | length), .interfaces[63].addresses[0]]')" = \
		'[10001,"value 10000",100,64,"10.64.0.2/24"]' ]
	e2fsck -fn disk.img
}

@test "1 MiB of arguments goes onto a disk, and more than the kernel takes is refused by name" {
	need jq
	local word
	word=$(head -c 65536 /dev/zero | tr '\0' x)
	jq -n --arg word "$word" '{cmd: (["/x"] + [range(16) | $word])}' >config.json
	"$VMCONFIG" build --config config.json -o disk.img
	[ "$(disk_json disk.img '[.cmd[] | length] | add')" = 1048578 ]
	jq -n --arg word "$word" '{cmd: ["/x", $word + $word]}' >config.json
	run_vmconfig build --config config.json -o other.img
	assert_failure 1 'MAX_ARG_STRLEN'
	jq -n --arg word "$word" '{cmd: (["/x"] + [range(32) | $word])}' >config.json
	run_vmconfig build --config config.json -o other.img
	assert_status 1
	assert_stderr_contains 'ARG_MAX'
	[ ! -e other.img ]
}

@test "more entries than a list may have are refused" {
	need jq
	local list count
	for list in interfaces:256 volume_mounts:1024 hosts:4096; do
		count=${list#*:} list=${list%:*}
		jq -n --arg list "$list" --argjson n "$count" '{cmd: ["/x"]} + {($list): [range($n + 1) | {}]}' \
			>config.json
		run_vmconfig check --json config.json
		assert_status 1
		jq -e --arg pointer "/$list/$count" --arg n "$count" \
			'any(.[]; .pointer == $pointer and .rule == "count" and (.message | contains($n)))' \
			<<<"$output" >/dev/null || jq -e 'length == 1000' <<<"$output" >/dev/null ||
			explain "expected the limit of $list"
	done
}
