#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What becomes of each field of a document.

load helper

# explained FILE FILTER - what jq makes of it.
explained() {
	"$VMCONFIG" explain --json "$1" | jq -c "$2"
}

@test "each field of a runtime configuration has a line with its place and a reason" {
	need jq
	cp "$ROOT/tests/cases/bundle-guest-fields/bundle/config.json" .
	run_vmconfig explain config.json
	assert_status 0
	[ -z "$stderr" ]
	grep -qE '^/ociVersion +"1.3.0" +host +must be 1.x$' <<<"$output"
	grep -qE '^/process/args +\["/bin/sh","-c",.*\.\.\. +guest +' <<<"$output"
	grep -qE '^/annotations +\{.* +config disk +carried' <<<"$output"

	# As many lines as there are fields, and nothing is lost.
	[ "$(explained config.json '[.[] | select(.place == "ignored")]')" = '[]' ]
	[ "$(explained config.json length)" = "$(wc -l <<<"$output")" ]
	[ "$(explained config.json '.[] | select(.pointer == "/process/cwd")')" = \
		'{"pointer":"/process/cwd","value":"/srv","place":"guest","why":"the working directory, made when it is missing"}' ]
}

@test "what may be secret is left out" {
	need jq
	cat >config.json <<-'EOF2'
		{"ociVersion":"1.0.0","root":{"path":"/"},
		 "process":{"cwd":"/","args":["a"],"env":["TOKEN=s3cret","EMPTY="]},
		 "hooks":{"startContainer":[{"path":"/h","env":["KEY=s3cret"]}]},
		 "linux":{"namespaces":[{"type":"network"}]}}
	EOF2
	run_vmconfig explain config.json
	assert_status 0
	[[ $output != *s3cret* ]]
	[[ $output == *'["TOKEN=…","EMPTY=…"]'* ]]
	[ "$(explained config.json '.[] | select(.pointer == "/process/env") | .value')" = \
		'["TOKEN=…","EMPTY=…"]' ]
	echo '{"cmd":["a"],"env":{"TOKEN":"s3cret"},"files":[{"path":"/x","content":"s3cret"}]}' >config.json
	run_vmconfig explain config.json
	assert_status 0
	[[ $output != *s3cret* ]]
	[[ $output == *'{"TOKEN":"…"}'* ]]
}

@test "what is unknown, refused or warned of is said, at the field" {
	need jq
	cat >config.json <<-'EOF2'
		{"ociVersion":"1.0.0","root":{"path":"/"},"new":{"x":1},
		 "process":{"cwd":"relative","args":["a"],"env":["A=1","A=2"],"rlimits":[{"type":"RLIMIT_CPU","soft":1,"hard":1,"more":2}]},
		 "linux":{"namespaces":[{"type":"network"}],"intelRdt":{"closID":"x"},"cgroupsPath":"/x"}}
	EOF2
	[ "$(explained config.json '[.[] | select(.place == "refused") | .pointer]')" = \
		'["/process/cwd","/linux/intelRdt"]' ]
	[ "$(explained config.json '[.[] | select(.why == "unknown") | .pointer]')" = \
		'["/new","/process/rlimits/0/more"]' ]
	[ "$(explained config.json '.[] | select(.pointer == "/process/cwd") | .why')" = \
		"\"'relative' is not an absolute path\"" ]
	explained config.json '.[] | select(.pointer == "/process/env") | .why' | grep -q 'set more than once'
	explained config.json '.[] | select(.pointer == "/linux/cgroupsPath") | .place' | grep -qx '"ignored"'
}

@test "image configurations, layouts, config files and disks are explained too" {
	need jq
	cp "$ROOT/tests/cases/image-full/image.json" .
	[ "$(explained image.json '[.[] | select(.place == "guest") | .pointer]')" = \
		'["/config/User","/config/Env","/config/Entrypoint","/config/Cmd","/config/WorkingDir","/config/StopSignal"]' ]
	[ "$(explained image.json '.[] | select(.pointer == "/config/Env") | .value[0]')" = '"PATH=…"' ]
	echo '{"cmd":["a"],"annotations":{"a":"b"},"odd":1}' >config.json
	[ "$(explained config.json '[.[] | [.pointer, .place]]')" = \
		'[["/cmd","guest"],["/annotations","config disk"],["/odd","ignored"]]' ]
	"$VMCONFIG" build --config config.json -o disk.img
	explained disk.img '.[].pointer' | grep -qx '"/cmd"'
}

@test "a document that is no JSON has nothing to explain" {
	echo '{' >config.json
	run_vmconfig explain config.json
	assert_status 1
	[ -z "$output" ]
	assert_stderr_contains 'config.json:2:1:'
}

@test "a document's own words cannot move the cursor" {
	printf '{"ociVersion":"1.0.0","root":{"path":"/"},"\\u001b[2J":1}' >config.json
	run_vmconfig explain config.json
	assert_status 0
	[[ $output != *$'\033'* ]]
	[[ $output == *'\x1b[2J'* ]]
}

@test "the list has every field of both kinds of documents" {
	need jq
	run_vmconfig explain --list
	assert_status 0
	grep -qE '^runtime config  +/process/rlimits +guest +set with setrlimit\(2\)$' <<<"$output"
	grep -qE '^image config  +/config/Labels +config disk +' <<<"$output"
	[ "$("$VMCONFIG" explain --list --json | jq length)" = "$(wc -l <<<"$output")" ]
	run_vmconfig explain --list config.json
	assert_status 2
	run_vmconfig explain
	assert_status 2
}
