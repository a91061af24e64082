#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One command from an image layout to a workload: the root filesystem is made, cached and booted.
# shellcheck disable=SC2154 # bats and vm.bash set status, output and stderr

load helper
load rootfs
load vm

setup() {
	need qemu-system-x86_64 jq
	cd "$BATS_TEST_TMPDIR" || return
	export XDG_CACHE_HOME=$PWD/cache
}

# image_of TAR… - the layout "image" of these layers, with the probe in the lowest.
image_of() {
	mkdir -p tree
	cp "$BUILD/probe" tree/probe
	tar -c -f probe.tar --owner=0 --group=0 --sort=name -C tree .
	make_layout image none:probe.tar "$@"
}

run_image() {
	run_vmconfig run --image image --entrypoint /probe --timeout 240 "$@"
}

@test "an image boots from its layers alone, and the next boot takes the root from the cache" {
	make_tar upper.tar <<-'END'
		dir etc
		file etc/one first
		file etc/two first
		dir gone
		file gone/file x
	END
	make_tar top.tar <<-'END'
		file etc/two second
		file .wh.gone
	END
	image_of gzip:upper.tar zstd:top.tar
	run_image -- cat /etc/one , cat /etc/two , write /written x , ls /
	assert_status 0
	[[ $output == first*second* ]] || explain 'the layers differ'
	[[ $output != *gone* ]] || explain 'the whiteout is ignored'
	local made
	made=$(stat -c '%i %W' cache/vmconfig/*.img)
	run_image -- ls /
	assert_status 0
	[[ $output != *written* ]] || explain 'the image was written to'
	[ "$(stat -c '%i %W' cache/vmconfig/*.img)" = "$made" ]
}

@test "erofs and squashfs are roots, when the initrd has their modules" {
	local format
	need sqfstar
	need_erofs
	image_of
	"$VMCONFIG" initrd --init "$BUILD/init" --modules "$ROOT/build/kernel" --vmm qemu \
		--module erofs --module squashfs -o initrd
	for format in erofs squashfs 'squashfs --compress lz4'; do
		# shellcheck disable=SC2086 # with an option
		"$VMCONFIG" rootfs --image image --format $format -o root.img
		run_image --initrd initrd --disk root.img,ro -- say "from $format"
		assert_status 0
		assert_output "from $format"
	done
}

@test "two at once make the root once, and both boot" {
	image_of
	local first second
	"$VMCONFIG" run --image image --entrypoint /probe --timeout 240 -- say first >out1 2>err1 &
	first=$!
	"$VMCONFIG" run --image image --entrypoint /probe --timeout 240 -- say second >out2 2>err2 &
	second=$!
	wait "$first" || fail "$(cat err1)"
	wait "$second" || fail "$(cat err2)"
	[ "$(cat out1 out2)" = "$(printf 'first\nsecond')" ]
	[ "$(find cache -name '*.img' | wc -l)" -eq 1 ]
}

@test "images that skopeo copies into one layout boot by name and by digest" {
	need skopeo
	image_of
	skopeo copy --quiet --insecure-policy oci:image:latest oci:copied:v1
	make_tar upper.tar <<<'file etc/release second'
	image_of none:upper.tar
	# Compressed on the way, and of another digest then.
	skopeo copy --quiet --insecure-policy --dest-compress-format zstd oci:image:latest oci:copied:v2
	rm -rf image
	local digest
	digest=$(jq -r '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == "v1").digest' \
		copied/index.json)
	run_vmconfig run --image copied --timeout 240 -- say never
	assert_failure 125 "REF one of: 'v1', 'v2'"
	run_vmconfig run --image copied:v2 --timeout 240 -- cat /etc/release
	assert_status 0
	assert_output_contains second
	run_vmconfig run --image copied:v1 --timeout 240 -- cat /etc/release
	assert_status 1
	[ "$(find cache -name '*.img' | wc -l)" -eq 2 ] || explain "$(find cache)"
	run_vmconfig run --image "copied@$digest" --timeout 240 -- cat /etc/release , say 'the first'
	assert_status 1
	assert_output_contains 'the first'
	[ "$(find cache -name '*.img' | wc -l)" -eq 2 ] || explain "$(find cache)"
}

@test "a root that a machine runs from is in use, and is pruned after its end" {
	image_of
	"$VMCONFIG" run --image image --entrypoint /probe --timeout 240 -- say up , sleep-until-signal >stdout 2>stderr 3>&- &
	vm=$!
	wait_for_line stdout up
	[ "$("$VMCONFIG" cache list --json | jq -c 'map(.in_use)')" = '[true]' ]
	run_vmconfig cache prune --all
	assert_status 0
	assert_output_contains 'which is in use'
	kill "$vm"
	wait_for_vm
	run_vmconfig cache prune --all
	assert_output_contains 'removed '
	[ -z "$(find cache -type f)" ] || fail "left: $(find cache)"
}

@test "disks of the command line keep their letters beside the image's root" {
	image_of
	truncate -s 8M data.img
	mke2fs -q -t ext4 data.img
	run_image --image-root --disk data.img -v /dev/vda:/data:rw -- write /data/file kept , cat /data/file
	assert_status 0
	assert_output_contains kept
}

@test "an image whose layer is damaged is refused before anything boots" {
	image_of
	local blob
	blob=$(jq -r '.manifests[0].digest[7:]' image/index.json)
	blob=$(jq -r '.layers[0].digest[7:]' "image/blobs/sha256/$blob")
	printf x | dd of="image/blobs/sha256/$blob" bs=1 seek=5000 conv=notrunc status=none
	run_image -- say never
	assert_status 125
	assert_stderr_contains 'cannot make the root filesystem'
	[ -z "$(find cache -name '*.img')" ]
}
