#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Comparing configs: what is said, what is kept back, and the statuses.

load helper

two() {
	cat >a.json <<-'EOF'
		{"version": 1, "entrypoint": ["/bin/a", "x"], "hostname": "one",
		 "env": {"PATH": "/bin", "TOKEN": "first-secret", "a/b~c": "1"}}
	EOF
	cat >b.json <<-'EOF'
		{"version": 1, "entrypoint": ["/bin/a"], "domainname": "two",
		 "env": {"PATH": "/bin", "TOKEN": "second-secret", "a/b~c": "2"}}
	EOF
}

@test "each difference is a line for each side, without secrets" {
	two
	run_vmconfig diff a.json b.json
	assert_status 1
	assert_output '- /entrypoint/1: "x"
- /env/TOKEN: "…"
+ /env/TOKEN: "…"
- /env/a~1b~0c: "…"
+ /env/a~1b~0c: "…"
- /hostname: "one"
+ /domainname: "two"'
	[ -z "$stderr" ]
}

@test "secrets are shown to who asks" {
	two
	run_vmconfig diff --secrets a.json b.json
	assert_status 1
	assert_output_contains '- /env/TOKEN: "first-secret"'
	assert_output_contains '+ /env/TOKEN: "second-secret"'
}

@test "--json has a pointer and the sides that are there" {
	need jq
	two
	run_vmconfig diff --json a.json b.json
	assert_status 1
	[ "$(jq -c '.[0], .[4]' <<<"$output")" = '{"pointer":"/entrypoint/1","first":"x"}
{"pointer":"/domainname","second":"two"}' ] || explain 'expected other objects'
	run_vmconfig diff --json a.json a.json
	assert_status 0
	assert_output '[]'
}

@test "a config is the same as the disk that is made of it" {
	two
	"$VMCONFIG" build --config a.json -o disk.img
	run_vmconfig diff a.json disk.img
	assert_status 0
	assert_output ''
}

@test "the order of an environment counts, that of other keys does not" {
	echo '{"cmd": ["x"], "env": {"A": "1", "B": "2"}, "hostname": "h"}' >a.json
	echo '{"hostname": "h", "env": {"A": "1", "B": "2"}, "cmd": ["x"]}' >b.json
	run_vmconfig diff a.json b.json
	assert_status 0
	echo '{"cmd": ["x"], "env": {"B": "2", "A": "1"}, "hostname": "h"}' >b.json
	run_vmconfig diff a.json b.json
	assert_status 1
	assert_output '! /env: in another order'
}

@test "OCI documents are compared as they would be rendered" {
	mkdir -p bundle/rootfs
	echo '{"ociVersion": "1.0.0", "root": {"path": "rootfs"},
		"process": {"cwd": "/", "args": ["/x"], "user": {"uid": 0, "gid": 0}}}' >bundle/config.json
	echo '{"cmd": ["/x"], "workdir": "/", "user": {"uid": 0, "gid": 1}, "init_mode": "exec"}' >b.json
	run_vmconfig diff bundle b.json
	assert_status 1
	assert_output '- /user/gid: 0
+ /user/gid: 1'
}

@test "trouble is no difference" {
	two
	run_vmconfig diff a.json missing.json
	assert_failure 2 "cannot open 'missing.json'"
	echo '{"cmd": 1}' >b.json
	run_vmconfig diff a.json b.json
	assert_status 2
	run_vmconfig diff a.json
	assert_failure 2 "'diff' takes two operands"
	run_vmconfig diff a.json a.json a.json
	assert_failure 2 "'diff' takes two operands"
}
