#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Which VMM is meant, by its program's name, and what it is handed.

load helper

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

# With an open file for a macvtap device: any interface's index names one, the loopback's is 1.
@test "kvmtool waits for packets at a macvtap device, and the others poll it" {
	need unshare
	cat >show.c <<-'EOF'
		#include <fcntl.h>
		#include <stdio.h>
		int main(void) { return puts(fcntl(110, F_GETFL) & O_NONBLOCK ? "polls" : "waits") < 0; }
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
		kvmtool) assert_output waits ;;
		*) assert_output polls ;;
		esac
	done
}
