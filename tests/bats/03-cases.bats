#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Golden directories: each in tests/cases that has args is one run of vmconfig, made of files only.
#
#   args           one argument a line; `build` gets its -o from here
#   env            NAME=VALUE lines for vmconfig's environment, if any
#   expect.json    what the config disk must say, keys in this order
#   expect/        the scripts and lists that a runner package must have, and no others
#   stderr.expect  what stderr must say; absent: nothing
#   status         the exit status; absent: 0 with something to expect, else 1
#
# and whatever files the arguments name, relative to the directory.

load helper

# run_case DIR - leaves disk.img, stderr and status behind, in the current directory.
run_case() {
	local args=() env=() status=0
	mapfile -t args <"$1/args"
	[ ! -e "$1/env" ] || mapfile -t env <"$1/env"
	[ "${args[0]}" != build ] || args=(build -o disk.img "${args[@]:1}")
	[ "${args[0]}" != runner ] || args=(runner -o package "${args[@]:1}")
	cp -r "$1"/. .
	env "${env[@]}" "$VMCONFIG" "${args[@]}" >stdout 2>stderr </dev/null || status=$?
	echo "$status" >status.found
}

# check_case DIR - compare with what the directory expects; prints the differences.
check_case() {
	local expected=1 bad=0
	[ ! -e "$1/expect.json" ] && [ ! -e "$1/expect" ] || expected=0
	[ ! -e "$1/status" ] || read -r expected <"$1/status"
	if [ "$(cat status.found)" != "$expected" ]; then
		echo "expected status $expected, not $(cat status.found)"
		bad=1
	fi
	[ -e stderr.expect ] || : >stderr.expect
	diff -u stderr.expect stderr || bad=1
	if [ -e expect.json ]; then
		"$VMCONFIG" show disk.img | jq . >found.json
		jq . expect.json | diff -u - found.json || bad=1
	elif [ -e disk.img ]; then
		echo "left a disk behind"
		bad=1
	fi
	if [ -e expect ]; then
		# What is made of content has no fixed name; other tests look at it.
		rm -r package/share/*-vmconfig-* package/share/microvm/system package/share/vmconfig
		diff -ru expect package || bad=1
	elif compgen -G 'package*' >/dev/null; then
		echo "left a package behind"
		bad=1
	fi
	return $bad
}

# check_known - what build made is a config of ours to every command that is not told what it reads.
check_known() {
	local bad=0
	"$VMCONFIG" show disk.img >shown.json
	"$VMCONFIG" check disk.img >complaints 2>&1 || bad=1
	"$VMCONFIG" check shown.json >>complaints 2>&1 || bad=1
	"$VMCONFIG" diff shown.json disk.img >>complaints 2>&1 || bad=1
	"$VMCONFIG" explain shown.json >explained 2>>complaints || bad=1
	grep unknown explained >>complaints && bad=1
	[ $bad -eq 0 ] || cat complaints
	return $bad
}

@test "every case gives what its directory expects" {
	local case failed=()
	need jq
	for case in "$ROOT"/tests/cases/*/args; do
		case=$(dirname "$case")
		mkdir "$BATS_TEST_TMPDIR/$(basename "$case")"
		cd "$BATS_TEST_TMPDIR/$(basename "$case")"
		run_case "$case"
		if ! check_case "$case" >differences; then
			sed "s|^|$(basename "$case"): |" differences
			failed+=("$(basename "$case")")
		elif [ -e disk.img ] && ! check_known >complaints.of; then
			sed "s|^|$(basename "$case"), read again: |" complaints.of
			failed+=("$(basename "$case")")
		fi
	done
	[ -e "$case" ] || fail "no cases"
	[ ${#failed[@]} -eq 0 ] || fail "failed: ${failed[*]}"
}

# The patterns of the pointers on standard input.
patterns() {
	sed -E 's|/[0-9]+|/*|g' | sort -u
}

@test "every row of the mapping has a case, and what is refused or lost is said in one" {
	local document
	need jq
	for document in "$ROOT"/tests/cases/*/bundle/config.json "$ROOT"/tests/cases/*/image.json \
		"$ROOT"/tests/cases/vm-section/*/*.json; do
		# What is no JSON on purpose has nothing to explain.
		"$VMCONFIG" explain --json "$document" 2>/dev/null |
			jq -r '.[] | select(.value != null) | .pointer' >>pointers || true
	done
	patterns <pointers >found
	"$VMCONFIG" explain --list --json >rows.json
	jq -r '.[].pointer' rows.json | sort -u >rows
	[ "$(wc -l <rows)" -ge 140 ]
	comm -23 rows found >missing
	[ ! -s missing ] || fail 'in no case:' "$(cat missing)"
	# The reason stands in what a case expects, after the pointer.
	cat "$ROOT"/tests/cases/*/stderr.expect | sed -nE 's|^vmconfig: (warning: )?[^:]*: (/[^:]*): |\2\t|p' |
		patterns >said
	jq -r '.[] | select(.place == "refused" or .warns) | "\(.pointer)\t\(.why)"' rows.json | sort -u >lost
	[ "$(wc -l <lost)" -ge 45 ]
	comm -23 lost said >unsaid
	[ ! -s unsaid ] || fail 'said in no case:' "$(cat unsaid)"
}
