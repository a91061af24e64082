#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Checking documents: what is found, how it is said, and by which rule.

load helper

# rules_used - the names of rules that the sources give to problems.
rules_used() {
	cat "$ROOT"/shared/*.c "$ROOT"/host/*.c | tr -s '\n\t ' ' ' |
		grep -oE '(SEVERITY_(WARNING|ERROR),|error_at\( ?c,|struct format [a-z_0-9]+ = \{) ?"[a-z0-9-]+"' |
		grep -oE '"[a-z0-9-]+"$' | tr -d '"' | sort -u
}

bundle() {
	mkdir -p bundle/rootfs
	cat >bundle/config.json
}

@test "every rule that is used is listed, and every one listed is used" {
	rules_used >used
	[ "$(wc -l <used)" -ge 40 ]
	cat "$ROOT"/shared/*.c "$ROOT"/host/[!r]*.c "$ROOT"/host/r[!u]*.c >sources
	"$VMCONFIG" check --rules | cut -f 1 >listed
	LC_ALL=C sort -u listed | diff -u listed - || fail 'the table is not in the order of names'
	comm -23 used listed >missing
	[ ! -s missing ] || fail "add rows to host/rules.c, then run scripts/man-rules: $(cat missing)"
	while read -r rule; do
		grep -qF "\"$rule\"" sources ||
			fail "nothing breaks rule '$rule'"
	done <listed
}

@test "the list of rules in vmconfig(1) is that of the table" {
	"$ROOT/scripts/man-rules" "$VMCONFIG" <"$ROOT/man/vmconfig.1" >page
	grep -q '^\.It Cm json-syntax$' page
	diff -u "$ROOT/man/vmconfig.1" page || fail 'make it anew with scripts/man-rules'
}

@test "what producers write passes with a warning, and is refused when it is strict" {
	bundle <<-'EOF'
		{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
		 "process": {"cwd": "/", "args": ["/bin/true"], "user": {"uid": 0, "gid": 0}},
		 "vm": {"hypervisor": {"path": ""}, "kernel": {"path": "/boot/vmlinuz"},
		        "image": {"path": "", "format": ""}}}
	EOF
	run_vmconfig check bundle
	assert_status 0
	assert_stderr_contains 'vmconfig: warning: bundle/config.json: /vm/hypervisor: nothing but empty'
	run_vmconfig build --bundle bundle -o disk.img
	assert_status 0
	rm disk.img

	run_vmconfig check --strict bundle
	assert_status 1
	assert_stderr_contains 'vmconfig: bundle/config.json: /vm/image: nothing but empty'
	run_vmconfig build --strict --bundle bundle -o disk.img
	assert_status 1
	[ ! -e disk.img ]
	run_vmconfig run --strict --bundle bundle
	assert_status 125
}

@test "run refuses a root of the guest's own, with the reason" {
	bundle <<-'EOF'
		{"ociVersion": "1.0.2", "root": {"path": "rootfs"},
		 "process": {"cwd": "/", "args": ["/bin/true"], "user": {"uid": 0, "gid": 0}},
		 "vm": {"kernel": {"path": "/boot/vmlinuz"},
		        "image": {"path": "/guest.img", "format": "raw"}}}
	EOF
	run_vmconfig check --strict bundle
	assert_status 0
	run_vmconfig run --bundle bundle
	assert_failure 125 "cannot boot vm.image '/guest.img'"
}
