#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Initrds as the kernel takes them: packed in each way.
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
