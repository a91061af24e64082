#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Ports that the host has not connected, or connects later: the guest neither hangs nor loses bytes.
# shellcheck disable=SC2154 # bats and vm.bash set stderr and vm

load helper
load vm

# The VMM: QEMU whose ports are sockets port1 to port4, to which nobody is connected at first.
make_vmm() {
	cat >vmm <<-'END'
		#!/bin/sh
		for word; do
			shift
			case $word in
			socket,id=channel[1-4],fd=*)
				id=${word#socket,id=channel}
				id=${id%%,*}
				word=socket,id=channel$id,path=port$id,server=on,wait=off
				;;
			esac
			set -- "$@" "$word"
		done
		exec qemu-system-x86_64 "$@"
	END
	chmod +x vmm
}

# The socket of a port, by the part of its name after "org.vmconfig.", from QEMU's arguments.
port_of() {
	tr '\0' '\n' </proc/"$(pgrep -P "$vm")"/cmdline | sed -n "s/.*chardev=channel\([0-9]\),name=org.vmconfig.$1\$/port\1/p"
}

@test "a host that never comes does not keep the guest: the last word is on the console" {
	make_vmm
	vm --vmm "$PWD/vmm" --verbose -- exit 3
	assert_status 125
	assert_stderr_contains '{"event":"exit","code":3,'
	[[ $stderr != *'timed out'* ]] || explain 'the guest hangs'
}

@test "the wait for a host that never comes is no stall, however short the limit for those is" {
	make_vmm
	vm --vmm "$PWD/vmm" --append vmconfig.stall=2 --verbose -- exit 3
	assert_status 125
	assert_stderr_contains '{"event":"exit","code":3,'
	[[ $stderr != *'no answer for'* ]] || explain 'the boot has been given up'
}

@test "a host that comes late finds all output, and may come again to stop the guest" {
	need socat
	make_vmm
	vm_in_background --disk "$PROBE_IMAGE,ro" --vmm "$PWD/vmm" --verbose -- sleep-until-signal
	wait_for_line stderr '"event":"started"'
	timeout 60 socat -u "UNIX-CONNECT:$(port_of stdout)" - >first 3>&- &
	listener=$!
	wait_for_line first ready
	kill "$listener"
	wait "$listener" || true
	echo '{"stop":true}' | timeout 60 socat -u - "UNIX-CONNECT:$(port_of report)"
	timeout 60 socat -u "UNIX-CONNECT:$(port_of stdout)" - >second || true
	wait_for_vm
	assert_stderr_contains '{"event":"exit","code":0,'
	[ "$(cat second)" = 'signal 15' ] || fail "after the stop: $(cat second)"
}
