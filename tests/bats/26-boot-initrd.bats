#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Initrds as the kernel takes them: packed in each way, with modules for this machine or for another.
# shellcheck disable=SC2154 # bats and vm.bash set status, output and stderr

load helper
load vm

@test "the kernel unpacks what --compress packs" {
	local how
	for how in gzip zstd; do
		"$VMCONFIG" initrd --init "$BUILD/init" --modules "$ROOT/build/kernel" --vmm qemu \
			--compress "$how" -o initrd
		vm --initrd initrd -- say "from $how"
		assert_status 0
		assert_output "from $how"
	done
}

# with_modules MODULE… - boot without KVM, from an initrd that has these besides.
with_modules() {
	local options=() module
	for module; do
		options+=(--module "$module")
	done
	"$VMCONFIG" initrd --init "$BUILD/init" --modules "${CLOCKS:-$ROOT/build/clocks}" --vmm qemu "${options[@]}" -o initrd
	vm --initrd initrd --accel tcg --verbose -- say here
}

@test "a driver of what the machine does not have is left out, and one that is refused ends the boot" {
	with_modules ptp_kvm hv_utils 'test_clocks fail=19'
	assert_status 0
	assert_output here
	stderr=$(console_of "$stderr")
	assert_stderr_contains "module '/lib/modules/ptp_kvm.ko' has nothing to do here, and is left out: Not supported"
	assert_stderr_contains "module '/lib/modules/hv_vmbus.ko' has nothing to do here, and is left out: No such device"
	assert_stderr_contains "module '/lib/modules/hv_utils.ko' needs '/lib/modules/hv_vmbus.ko', and is left out as well"
	assert_stderr_contains "module '/lib/modules/test_clocks.ko' has nothing to do here, and is left out: No such device"

	# Of a kernel that was built otherwise.
	mkdir other
	cp -R "$ROOT/build/clocks/lib" other/lib
	find other -name test_clocks.ko -exec sed -i 's/\(vermagic=[^ ]* \)SMP/\1UMP/' {} +
	CLOCKS=other with_modules test_clocks
	assert_stderr_contains "modules: module '/lib/modules/test_clocks.ko' is not of this kernel: the initrd and the kernel differ"
	assert_code module-mismatch

	# One that needs nothing of what has been left out.
	with_modules ptp_kvm 'test_clocks fail=2'
	assert_status 125
	assert_stderr_contains "modules: cannot load module '/lib/modules/test_clocks.ko': No such file or directory"
}
