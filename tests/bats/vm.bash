# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154 # what bats and these functions set is for the tests
# For tests that boot a virtual machine with the stock kernel. Loaded after helper.

: "${VMCONFIG_KERNEL:=$ROOT/build/kernel/vmlinuz}" "${VMCONFIG_INITRD:=$BUILD/initrd.cpio}"
export VMCONFIG_KERNEL VMCONFIG_INITRD

PROBE_IMAGE=$ROOT/build/images/probe.img
BUSYBOX_IMAGE=$ROOT/build/images/busybox.img
SYSTEMD_IMAGE=$ROOT/build/images/systemd.img
HOST_IMAGE=$ROOT/build/images/host.img

setup() {
	need qemu-system-x86_64
	cd "$BATS_TEST_TMPDIR" || return
	jq -nc '{entrypoint: ["/probe"], cmd: [], workdir: "/", env: {}, network_enabled: false,
		init_mode: "exec"}' >base.json
}

# need_image IMAGE - skip unless it could be made.
need_image() {
	[ -s "$1" ] || skip_or_fail "only root can make $1"
}

# vm [OPTION…] -- VERB… - boot the probe in an image that has nothing else; $status, $output, $stderr.
vm() {
	run_vmconfig run --config base.json --disk "$PROBE_IMAGE,ro,serial=root" --timeout 120 "$@"
}

# vm_in_background [OPTION…] - the same with stdout and stderr in files, as process $vm.
vm_in_background() {
	"$VMCONFIG" run --config base.json --timeout 120 "$@" >stdout 2>stderr 3>&- &
	vm=$!
}

# wait_for_line FILE TEXT - until a line of a growing file has TEXT, a minute at most.
wait_for_line() {
	timeout 60 tail -n +1 -F --sleep-interval=0.1 "$1" 2>/dev/null | grep -q -m 1 -F -e "$2" ||
		fail "no line with '$2' in $1" "$(cat stdout stderr 2>/dev/null)"
}

# wait_for_vm - its exit status becomes $status.
wait_for_vm() {
	status=0
	wait "$vm" || status=$?
	output=$(cat stdout) stderr=$(cat stderr)
}

# keep_reports - make ./vmm: QEMU that keeps what the guest says on its ports. What is in QEMU_MORE
# are further words for it.
keep_reports() {
	cat >vmm <<-'END'
		#!/bin/sh
		for word; do
			shift
			case $word in
			socket,id=channel*)
				id=${word#socket,id=}
				word=$word,logfile=${id%%,*}.log
				;;
			esac
			set -- "$@" "$word"
		done
		# shellcheck disable=SC2086
		exec qemu-system-x86_64 "$@" ${QEMU_MORE:-}
	END
	chmod +x vmm
}

# assert_power NAME - what becomes of the machine, as the last word has it; of power-off it has nothing.
assert_power() {
	[ "$(grep -ahE '"event":"(exit|failed)"' channel*.log | jq -r '.power')" = "$1" ] ||
		explain "expected power: $1" "$(grep -ah '"event"' channel*.log)"
}

# make_disk FILE [SIZE] - an empty ext4 filesystem.
make_disk() {
	truncate -s "${2:-32M}" "$1"
	mke2fs -q -F -t ext4 "$1"
}

# console_of TEXT - what the console has said, without the lines that --verbose puts between its
# bytes, wherever those are.
console_of() {
	printf '%s\n' "$1" | tr -d '\r' | sed -z 's/vmconfig: guest: [^\n]*\n//g'
}

# assert_code CODE - of the failure that was reported on the console, with --verbose.
assert_code() {
	assert_status 125
	console_of "$stderr" | grep -q "\"event\":\"failed\",.*\"failure\":\"$1\"" ||
		explain "expected the failure: $1"
}
