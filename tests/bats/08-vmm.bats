#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Which VMM is meant, by its program's name, and what it is handed.

load helper

# shellcheck disable=SC2030,SC2031,SC2154 # bats and the functions above set them

@test "run drives a QEMU, under whatever name, and no other VMM" {
	jq -nc '{entrypoint: ["/a"], cmd: [], workdir: "/", env: {}, init_mode: "exec"}' >base.json
	run_vmconfig run --config base.json --vmm /usr/bin/firecracker
	assert_failure 125 "'/usr/bin/firecracker' is firecracker: 'run' drives QEMU only"
	run_vmconfig run --config base.json --vmm cloud-hypervisor-static
	assert_failure 125 "is cloud-hypervisor: 'run' drives QEMU only"
	run_vmconfig run --config base.json --vmm /nonexistent/qemu-system-x86_64
	assert_failure 125 "cannot execute '/nonexistent/qemu-system-x86_64': No such file"
	# Nobody's name: taken for a QEMU, and only the kernel is missing.
	run_vmconfig run --config base.json --vmm ./wrapper --kernel /nonexistent/kernel --initrd /nonexistent/initrd
	assert_failure 125 "cannot read kernel '/nonexistent/kernel'"
}

# plain CONFIG-FILE - an argv, a word a line, without what differs by right: numbers of descriptors, how
# the config disk is handed over, and the initrd, to which run adds what shares need; a service's machine
# has a control socket beside.
plain() {
	sed -E -e '/^-(add-fd|qmp)$/,+1d' -e '/^-initrd$/{n;s/.*/INITRD/}' -e 's|^(socket,id=channel[0-9]+,fd=)[0-9]+$|\1N|' \
		-e "s#file=(/dev/fdset/1|$1)\$#file=CONFIG#"
}

@test "run and a package of the same input start their machines with the same command line" {
	local input
	mkdir -p bundle/rootfs state
	truncate -s 1M root.img data.img
	# A VMM that says its words.
	printf '#!/bin/sh\nprintf "%%s\\n" "$@" >%q/argv\n' "$PWD" >qemu
	chmod +x qemu
	jq -n --arg here "$PWD" --arg kernel "$ROOT/build/kernel/vmlinuz" --arg initrd "$BUILD/initrd.cpio" '{
		ociVersion: "1.2.0", root: {path: "rootfs"},
		process: {cwd: "/", args: ["/x"], user: {uid: 0, gid: 0}},
		vm: {hypervisor: {path: ($here + "/qemu"), parameters: ["-name", "a b"]},
			kernel: {path: $kernel, initrd: $initrd, parameters: ["quiet"]},
			hwConfig: {vcpus: 2, memory: 536870912}}}' >bundle/config.json
	input=(--bundle bundle --accel tcg --disk "$PWD/root.img,ro,serial=root" --disk "$PWD/data.img"
		--net "ip=10.0.2.15/24,gw=10.0.2.2" -p 18080:80 --vsock 7 --balloon --pci 00:1f.2
		--usb 046d:c52b --share "/srv:web,ro,socket=/run/web.sock"
		--append 'x="a b"' --stop-timeout 1)
	run_vmconfig run "${input[@]}"
	assert_status 125
	plain "$PWD/none" <argv >run.argv
	[ "$(wc -l <run.argv)" -gt 80 ]
	rm argv
	"$VMCONFIG" runner "${input[@]}" --reference --name web -o package
	(cd state && env -i "$PWD/../package/bin/microvm-run") >said 2>&1 || true
	plain "$PWD/package/share/vmconfig/config.img" <argv | diff -u run.argv - || fail "$(cat said)"
	grep -c file=CONFIG run.argv
}

# start_in PATH [OPTION…] - run a bundle whose network namespace is at PATH: `inner` is one whose loopback
# is called box0. Where its hooks and its VMM were is in the files hooks and vmm, where they should be in
# outer and wanted.
start_in() {
	mkdir -p bundle/rootfs
	truncate -s 1M disk
	rm -f hooks vmm ready
	mkfifo ready
	printf '#!/bin/sh\nreadlink /proc/self/ns/net >%q/vmm\n' "$PWD" >qemu
	printf '#!/bin/sh\nreadlink /proc/self/ns/net >>%q/hooks\n' "$PWD" >hook
	chmod +x qemu hook
	cat >config.jq <<-'EOF'
		{ociVersion: "1.3.0", root: {path: "rootfs"},
			process: {cwd: "/", args: ["/x"], user: {uid: 0, gid: 0}},
			hooks: {createRuntime: [{path: $hook}], poststop: [{path: $hook}]},
			linux: {namespaces: [{type: "network", path: $path}]}}
	EOF
	cat >start <<-'EOF'
		path=$1
		shift
		unshare --net sh -c 'ip link set lo name box0; echo >ready; exec sleep 600' &
		inner=$!
		trap 'kill $inner' EXIT
		read -r _ <ready
		[ "$path" != inner ] || path=/proc/$inner/ns/net
		jq -n --arg hook "$PWD/hook" --arg path "$path" -f config.jq >bundle/config.json
		readlink "$path" >wanted
		readlink /proc/self/ns/net >outer
		"$VMCONFIG" run --strict --bundle bundle --disk disk,serial=root --vmm "$PWD/qemu" "$@"
	EOF
	export VMCONFIG
	run --separate-stderr unshare --user --map-root-user --net sh start "$@" \
		--kernel "$ROOT/build/kernel/vmlinuz" --initrd "$BUILD/initrd.cpio"
}

@test "run starts the VMM in the network namespace of a bundle, and the hooks outside" {
	need unshare
	need ip
	start_in inner --net tap=box0,ip=192.0.2.2/24
	assert_status 125
	diff -u wanted vmm || explain 'the VMM was elsewhere'
	cat outer outer | diff -u - hooks || explain 'the hooks were elsewhere'
	run cmp -s wanted outer
	[ "$status" = 1 ]
	# The one that it is in is right, too; there is no such interface.
	start_in /proc/self/ns/net
	diff -u outer vmm || explain 'the VMM was elsewhere'
	start_in /proc/self/ns/net --net tap=box0,ip=192.0.2.2/24
	assert_failure 125 "there is no tap device 'box0'"

	start_in inner --net macvtap=box0,ip=192.0.2.2/24
	assert_failure 125 "macvtap device 'box0' cannot be had in the network namespace of the bundle"
	[ ! -e hooks ]

	start_in /proc/self/ns/uts
	assert_failure 125 "'/proc/self/ns/uts' is no network namespace"
	# Nothing that is none is opened; of a socket, and of a terminal that is not there, it would show.
	local path
	mkfifo fifo
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
	for path in "$PWD/ready" "$PWD" "$PWD/fifo" "$PWD/socket" /dev/null /dev/tty; do
		start_in "$path"
		assert_failure 125 "'$path' is no network namespace"
	done
	start_in /nonexistent
	assert_failure 125 "cannot open the network namespace '/nonexistent': No such file"
	[ ! -e hooks ]
	# One that may not be entered: the host's, from a user namespace.
	start_in /proc/self/fd/9 9</proc/self/ns/net
	assert_failure 125 "cannot enter the network namespace: Operation not permitted"
	[ ! -e hooks ]
	[ ! -e vmm ]
}

# With an open file for a macvtap device: any interface's index names one, the loopback's is 1.
@test "kvmtool waits for packets at a macvtap device, and the others poll it" {
	need unshare
	cat >show.c <<-'EOF'
		#include <fcntl.h>
		#include <stdio.h>
		int main(void)
		{
			FILE *found = fopen("found", "w");

			return fputs(fcntl(110, F_GETFL) & O_NONBLOCK ? "polls" : "waits", found) < 0;
		}
	EOF
	${CC:-cc} -o lkvm show.c
	printf '%032d' 0 >nonce
	mkdir dev
	cat >start <<-'EOF'
		set -e
		mount -t tmpfs tmpfs dev
		: >dev/tap1 >dev/null
		mount --bind /dev/null dev/null
		mount --rbind dev /dev
		exec "$1" attend --kind "$2" --name web --nonce "$PWD/nonce" --macvtap lo --stop-timeout 1 -- "$PWD/lkvm"
	EOF
	local family
	for family in qemu cloud-hypervisor crosvm kvmtool stratovirt; do
		run --separate-stderr unshare --user --map-root-user --mount sh start "$VMCONFIG" "$family"
		assert_status 125
		case $family in
		kvmtool) [ "$(cat found)" = waits ] || explain "$family polls" ;;
		*) [ "$(cat found)" = polls ] || explain "$family waits" ;;
		esac
		rm found
	done
}
