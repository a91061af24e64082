#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Which VMM is meant, by its program's name.

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
