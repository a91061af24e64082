#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The corpus of vm sections: tests/cases/vm-section/README.md says what its files are.

load helper

CASES=$ROOT/tests/cases/vm-section

# found ARG… - the exit status of a check, and each problem: severity, rule, pointer.
found() {
	local status=0
	"$VMCONFIG" check --json "$@" >problems || status=$?
	echo "$status$(jq -j '.[] | " \(.severity) \(.rule) \(.pointer)"' problems)"
}

# check_case FILE VERDICT RULE POINTER - says what is not as the file expects.
check_case() {
	local plain strict found
	case $2 in
	valid) plain=0 strict=0 ;;
	quirk) plain="0 warning $3 $4" strict="1 error $3 $4" ;;
	invalid | unsupported) plain="1 error $3 $4" strict="1 error $3 $4" ;;
	*) echo "$1: no verdict is called '$2'" ;;
	esac
	[ "$(basename "$(dirname "$1")")" = "$2" ] || echo "$1: stands in the wrong directory"
	found=$(found "$1")
	# What is invalid may be unsupported, too, which is said after it.
	[ "$2" != invalid ] || found=${found%" error unsupported "*}
	[ "$found" = "$plain" ] || echo "$1: expected '$plain', found '$found'"
	found=$(found --strict "$1")
	[ "$2" != invalid ] || found=${found%" error unsupported "*}
	[ "$found" = "$strict" ] || echo "$1: strictly: expected '$strict', found '$found'"
}

# annotations FILE… - each file's verdict, rule and pointer, with tabs between.
annotations() {
	jq -r 'def of(name): .annotations["org.vmconfig.case." + name] // "-";
		[input_filename, of("verdict"), of("rule"), of("pointer")] | @tsv' "$@"
}

@test "every document of the vm section gets the verdict that it expects" {
	need jq
	local file verdict rule pointer
	annotations "$CASES"/*/*.json >expected
	while IFS=$'\t' read -r file verdict rule pointer; do
		check_case "$file" "$verdict" "$rule" "${pointer/#-/}"
	done <expected >wrong
	[ ! -s wrong ] || fail "$(cat wrong)"
}

@test "the corpus has documents of every verdict, and its rules are rules" {
	need jq
	local verdict
	for verdict in valid quirk invalid unsupported; do
		[ "$(find "$CASES/$verdict" -name '*.json' | wc -l)" -ge 5 ] || fail "few are '$verdict'"
	done
	"$VMCONFIG" check --rules | cut -f 1 >rules
	annotations "$CASES"/*/*.json | cut -f 3 | grep -vx -e - | sort -u >used
	[ -s used ]
	grep -vxFf rules used >unknown || true
	[ ! -s unknown ] || fail "no rules: $(cat unknown)"
}
