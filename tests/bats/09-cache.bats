#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The cache of root images: where it is, what `vmconfig cache` says of it and removes from it.
# shellcheck disable=SC2154 # bats sets status, output and stderr

load helper
load rootfs

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export XDG_CACHE_HOME=$PWD/cache
}

# entry LETTER AGE - an image of the cache, last used so many days ago.
entry() {
	mkdir -p cache/vmconfig
	head -c 8192 /dev/urandom >"cache/vmconfig/$(key "$1").img"
	touch -d "$2 days ago" "cache/vmconfig/$(key "$1").img"
	: >"cache/vmconfig/$(key "$1").lock"
}

key() {
	printf "%64s" '' | tr ' ' "$1"
}

keys() {
	"$VMCONFIG" cache list --json | jq -r 'map(.key[0:1]) | join(" ")'
}

@test "an empty cache is made, for its owner alone" {
	run_vmconfig cache list
	assert_status 0
	assert_output ''
	[ "$(stat -c %a cache/vmconfig)" = 700 ]
}

@test "the last used stand first" {
	need jq
	entry a 3
	entry b 1
	entry c 2
	[ "$(keys)" = 'b c a' ]
	[ "$("$VMCONFIG" cache list --json | jq -c '.[0] | keys')" = '["bytes","in_use","key","used"]' ]
	run_vmconfig cache list
	[ "$(wc -l <<<"$output")" -eq 3 ]
}

@test "prune removes what has not been used for long, and what it is told to" {
	need jq
	entry a 31
	entry b 29
	entry c 2
	echo x >cache/vmconfig/note
	run_vmconfig cache prune
	assert_status 0
	[ "$(keys)" = 'c b' ]
	[ ! -e "cache/vmconfig/$(key a).lock" ]
	"$VMCONFIG" cache prune --days 10
	[ "$(keys)" = c ]
	"$VMCONFIG" cache prune --all
	[ "$(keys)" = '' ]
	[ -e cache/vmconfig/note ]
}

@test "an image that is in use stays" {
	need jq flock
	entry a 99
	entry b 99
	exec 5<"cache/vmconfig/$(key a).img"
	flock -s 5
	[ "$("$VMCONFIG" cache list --json | jq -c 'map(.in_use) | sort')" = '[false,true]' ]
	run_vmconfig cache prune
	assert_status 0
	assert_output_contains "kept $(key a | cut -c 1-16), which is in use"
	[ "$(keys)" = a ]
	exec 5<&-
	"$VMCONFIG" cache prune
	[ "$(keys)" = '' ]
}

@test "whoever lists does not make who prunes keep an image" {
	need flock
	entry a 99
	# As cache list does, for a moment.
	exec 5<cache/vmconfig 6<"cache/vmconfig/$(key a).img"
	flock 5
	flock 6
	"$VMCONFIG" cache prune >stdout 3>&- 5<&- 6<&- &
	local process=$! end=$((SECONDS + 60))
	until grep -q -e "-> FLOCK .* $process " /proc/locks; do
		kill -0 "$process" || fail 'it did not wait' "$(cat stdout)"
		[ "$SECONDS" -lt "$end" ] || fail 'it does not come to a lock'
	done
	exec 5<&- 6<&-
	wait "$process"
	[ ! -e "cache/vmconfig/$(key a).img" ] || fail 'it is kept' "$(cat stdout)"
}

@test "a cache that others may write is not used" {
	mkdir -p cache/vmconfig
	chmod 777 cache/vmconfig
	run_vmconfig cache list
	assert_failure 1 'may be changed by others'
}

@test "without XDG_CACHE_HOME it is below HOME; a relative one does not count" {
	mkdir home
	XDG_CACHE_HOME=relative HOME=$PWD/home run_vmconfig cache list
	assert_status 0
	[ -d home/.cache/vmconfig ]
	[ ! -e relative ]
	run --separate-stderr env -u XDG_CACHE_HOME -u HOME "$VMCONFIG" cache list
	assert_failure 1 'XDG_CACHE_HOME and HOME are not set'
}

@test "a layout that changes while its root is being made is not cached for the image it held" {
	need jq
	local which
	for which in first second; do
		make_tar "$which.tar" <<<"file which $which"
		make_layout "$which" "none:$which.tar"
	done
	cp -r first image
	# In place of the program that makes the image: it finds another layout than vmconfig did.
	mkdir bin
	cp "$VMCONFIG" bin/vmconfig
	cat >bin/vmconfig-image <<-END
		#!/bin/sh
		rm -rf image && cp -r second image && exec "$BUILD/vmconfig-image" "\$@"
	END
	chmod +x bin/vmconfig-image
	run --separate-stderr bin/vmconfig run --image image
	assert_status 125
	assert_stderr_contains "image: there is no image '$(jq -r '.manifests[0].digest' first/index.json)'"
	assert_stderr_contains "cannot make the root filesystem of 'image@sha256:"
	[ -z "$(find cache -name '*.img')" ] || fail 'an image is cached'
}

@test "a diff_id that is no digest becomes no key" {
	make_tar 1.tar <<<'file x y'
	put_image image "\"sha256:$(sha256 1.tar)\\n$LAYER_TYPE sha256:$(sha256 1.tar)\"" \
		"{\"mediaType\":\"$LAYER_TYPE\",$(put_blob image 1.tar)}"
	run_vmconfig run --image image --vmm /bin/false
	assert_status 125
	assert_stderr_contains ": /rootfs/diff_ids/0: "
	[ -z "$(ls -A cache/vmconfig)" ] || fail "made: $(ls -A cache/vmconfig)"
}

@test "two that want one root at once make it once" {
	local first second
	make_tar 1.tar <<<'file x y'
	make_layout image none:1.tar
	mkdir bin
	mkfifo begun go
	cp "$VMCONFIG" bin/vmconfig
	cat >bin/vmconfig-image <<-END
		#!/bin/sh
		echo "\$\$" >>makers
		echo begun >begun
		read -r line <go
		exec "$BUILD/vmconfig-image" "\$@"
	END
	chmod +x bin/vmconfig-image
	# No machine: what is made before one would start is enough.
	bin/vmconfig run --image image --vmm /bin/false 2>/dev/null 3>&- &
	first=$!
	timeout 60 cat begun >/dev/null
	bin/vmconfig run --image image --vmm /bin/false 2>/dev/null 3>&- &
	second=$!
	waits_for_first() {
		[ -n "$(find -L "/proc/$second/fd" -samefile cache/vmconfig/*.lock 2>/dev/null)" ]
	}
	wait_until "$second" waits_for_first
	echo go >go
	wait "$first" || [ $? -eq 125 ]
	wait "$second" || [ $? -eq 125 ]
	[ "$(wc -l <makers)" -eq 1 ] || fail "$(cat makers) made it"
	[ "$(find cache -name '*.img' | wc -l)" -eq 1 ]
}

@test "a package's copy of an image is for everybody to read, that of a directory is not" {
	make_tar 1.tar <<<'file x y'
	make_layout image none:1.tar
	mkdir -p bundle/rootfs
	echo '{"ociVersion":"1.0.0","root":{"path":"rootfs"},"process":{"cwd":"/","args":["/a"]}}' >bundle/config.json
	head -c 4096 /dev/zero >vmlinuz
	printf HdrS | dd of=vmlinuz bs=1 seek=514 conv=notrunc status=none
	printf 070701 >initrd.cpio
	umask 022
	"$VMCONFIG" runner --image image --kernel vmlinuz --initrd initrd.cpio --vmm /usr/bin/qemu-system-x86_64 -o web
	[ "$(stat -c %a web/share/vmconfig/disk0.img)" = 644 ]
	"$VMCONFIG" runner --bundle bundle --kernel vmlinuz --initrd initrd.cpio --vmm /usr/bin/qemu-system-x86_64 \
		-o own
	[ "$(stat -c %a own/share/vmconfig/disk0.img)" = 600 ]
}

@test "what the root is that has been made of layers, the guest is told" {
	need blkid jq
	make_tar 1.tar <<<'file x y'
	make_layout image none:1.tar
	head -c 4096 /dev/zero >vmlinuz
	printf HdrS | dd of=vmlinuz bs=1 seek=514 conv=notrunc status=none
	printf 070701 >initrd.cpio
	"$VMCONFIG" runner --image image --kernel vmlinuz --initrd initrd.cpio --vmm /usr/bin/qemu-system-x86_64 -o web
	[ "$("$VMCONFIG" show web/share/vmconfig/config.img | jq -c .root)" = \
		'{"device":"serial=vmconfig-root","fstype":"ext4","mode":"overlay"}' ]
	[ "$(blkid -p -s TYPE -o value web/share/vmconfig/disk0.img)" = ext4 ]
}

@test "run --image-root needs an image" {
	echo '{"entrypoint":["/a"]}' >config.json
	run_vmconfig run --config config.json --image-root
	assert_status 2
	assert_stderr_contains '--image-root goes with --image'
}
