#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `vmconfig initrd`: what is in it, in which order, and what it refuses to make.
# shellcheck disable=SC2154 # bats sets status, output and stderr

load helper

KERNEL=$ROOT/build/kernel

setup() {
	need cpio kmod
	[ -e "$KERNEL/vmlinuz" ] || skip_or_fail 'no kernel in build/kernel: make kernel'
	cd "$BATS_TEST_TMPDIR" || return
	PATH=$PATH:/usr/sbin:/sbin
}

# initrd OPTION… - the archive "initrd", with the kernel and init of this tree.
initrd() {
	run_vmconfig initrd --init "${INIT:-$BUILD/init}" --modules "${MODULES:-$KERNEL}" -o initrd "$@"
}

unpack() {
	rm -rf out
	mkdir out
	(cd out && cpio -i --quiet <../initrd)
}

# A copy of the kernel's modules with some of them compressed, as distributions do.
compressed_kernel() {
	local version
	version=$(ls "$KERNEL/lib/modules")
	mkdir -p packed/lib/modules
	cp -R "$KERNEL/lib/modules/$version" packed/lib/modules/
	find packed -name virtio_blk.ko -exec xz -f --check=crc32 {} \;
	find packed -name overlay.ko -exec zstd -q --rm {} \;
	depmod -b packed "$version"
}

@test "it holds init, the modules, their list, and nothing else" {
	initrd
	assert_status 0
	unpack
	cmp "$BUILD/init" out/init
	[ "$(stat -c %a out/init)" = 755 ]
	(cd out && find . -type f ! -path ./init ! -path ./modules | sed 's/^\.//' | sort) >found
	sort out/modules >listed
	cmp listed found
	[ -s listed ]
}

@test "modules stand in the order in which modprobe would load them" {
	initrd --only-modules --vmm qemu --module virtio_pci --module virtio_blk --module virtio_net
	assert_status 0
	unpack
	local name
	for name in virtio_pci virtio_blk virtio_net; do
		modprobe -C /dev/null -d "$KERNEL" -S "$(ls "$KERNEL/lib/modules")" --show-depends "$name"
	done | sed -n 's|^insmod .*/\([^/]*\)\.ko.*|\1|p' | tr - _ | awk '!seen[$0]++' >expected
	sed 's|.*/\(.*\)\.ko|\1|' out/modules >got
	diff expected got
}

@test "the same input gives the same bytes, and --compress says how they are packed" {
	initrd
	mv initrd first
	(umask 077 && TZ=Asia/Tokyo SOURCE_DATE_EPOCH=7 "$VMCONFIG" initrd --init "$BUILD/init" \
		--modules "$KERNEL" -o initrd)
	cmp first initrd
	local how
	for how in gzip zstd; do
		initrd --compress "$how"
		assert_status 0
		"$how" -dc <initrd >plain
		cmp -n "$(stat -c %s plain)" first plain
		cp initrd once
		initrd --compress "$how"
		cmp once initrd
	done
}

@test "compressed modules are decompressed" {
	need xz zstd depmod
	initrd
	mv initrd first
	compressed_kernel
	MODULES=packed initrd
	assert_status 0
	cmp first initrd
}

@test "a module that is only useful, and that the kernel lacks, is said to be left out" {
	need depmod
	mkdir -p less
	cp -R "$KERNEL/lib" less/lib
	find less -name button.ko -delete
	depmod -b less "$(ls less/lib/modules)"
	MODULES=less initrd
	assert_status 0
	assert_stderr_contains "has no module 'button': left out"
	unpack
	run ! grep button out/modules
}

# behind FILE SIZE - unpack the archive that is behind the first bytes of another.
behind() {
	rm -rf out
	mkdir out
	tail -c "+$(($2 + 1))" "$1" | (cd out && cpio -i --quiet)
}

@test "--extend adds modules to an initrd that is there, behind those that it has" {
	local size
	initrd --add /etc/passwd:/kept
	unpack
	mv out first
	mv initrd base
	size=$(stat -c %s base)
	run_vmconfig initrd --extend base --modules "$KERNEL" --module virtiofs --module virtio_blk --module ext4 -o initrd
	assert_status 0
	cmp -n "$size" base initrd
	behind initrd "$size"
	(cd out && find . -type f | sort) >found
	printf '%s\n' ./lib/modules/fuse.ko ./lib/modules/virtiofs.ko ./modules | diff - found
	printf '%s\n' /lib/modules/fuse.ko /lib/modules/virtiofs.ko | cat first/modules - | diff - out/modules

	# What has been extended can be so again, and what is there already is not added.
	mv initrd base
	size=$(stat -c %s base)
	"$VMCONFIG" initrd --extend base --modules "$KERNEL" --module virtiofs --module virtio_balloon -o - >again
	behind again "$size"
	[ "$(cd out && find . -name '*.ko')" = ./lib/modules/virtio_balloon.ko ]
	[ "$(sort out/modules | uniq -d)" = '' ]
	[ "$(tail -n 2 out/modules)" = $'/lib/modules/virtiofs.ko\n/lib/modules/virtio_balloon.ko' ]
}

@test "--extend keeps what may not be read by all, and refuses what it cannot look into" {
	initrd --vmm qemu
	mv initrd base
	chmod 600 base
	run_vmconfig initrd --extend base --modules "$KERNEL" --module virtiofs -o initrd
	assert_status 0
	[ "$(stat -c %a initrd)" = 600 ]
	rm initrd
	run_vmconfig initrd --extend base --modules "$KERNEL" --module 'virtio_net csum=1' -o initrd
	assert_failure 1 "module 'virtio_net' is in the initrd already"
	gzip base
	run_vmconfig initrd --extend base.gz --modules "$KERNEL" --module virtiofs -o initrd
	assert_failure 1 "'base.gz' is compressed, or no cpio archive: it cannot be extended"
	run_vmconfig initrd --extend base.gz --init "$BUILD/init" -o initrd
	assert_status 2
	[ ! -e initrd ]
}

# asked_for OPTION… - what `run` does before it starts a VMM: here it cannot.
asked_for() {
	echo '{"entrypoint": ["/probe"]}' >base.json
	run_vmconfig run --config base.json --vmm "$PWD/vmm" "$@"
}

@test "run gives the initrd the drivers of what the machine is given, or says that it has none" {
	# A VMM that keeps the initrd which it is given.
	cat >vmm <<-'EOF'
		#!/bin/sh
		while [ $# -gt 0 ] && [ "$1" != -initrd ]; do shift; done
		cp "$2" given
	EOF
	chmod +x vmm
	initrd
	mv initrd base
	local size
	size=$(stat -c %s base)
	asked_for --kernel "$KERNEL/vmlinuz" --initrd base
	cmp base given
	asked_for --kernel "$KERNEL/vmlinuz" --initrd base --balloon --vsock 77
	behind given "$size"
	tail -n 1 out/modules | grep -qx /lib/modules/virtio_balloon.ko
	grep -qx /lib/modules/vmw_vsock_virtio_transport.ko out/modules
	[ "$(find out -name '*.ko' | wc -l)" -eq 4 ] || fail "$(find out)"

	# Neither is anything said where it is there, nor where that cannot be seen.
	cp given full
	gzip -c base >packed
	local initrd
	for initrd in full packed; do
		asked_for --kernel "$KERNEL/vmlinuz" --initrd "$initrd" --balloon
		cmp "$initrd" given
		[[ $stderr != *virtio_balloon* ]] || explain "with $initrd"
	done

	# A kernel whose modules are elsewhere.
	cp "$KERNEL/vmlinuz" vmlinuz
	asked_for --kernel vmlinuz --initrd base --balloon
	cmp base given
	assert_stderr_contains "warning: initrd 'base' has no module 'virtio_balloon', which the balloon needs where the kernel has it not built in: 'vmconfig initrd --module virtio_balloon'"

	# One that cannot have it at all: nothing is started.
	rm given
	asked_for --kernel "$KERNEL/vmlinuz" --initrd base --share "$PWD:tag,9p"
	assert_status 125
	assert_stderr_contains "has no module '9p"
	[ ! -e given ]
}

# loaded FILE NAME - where it stands in the order of loading.
loaded() {
	awk -v name="$2" -F/ '$NF == name ".ko" { print NR }' "$1"
}

# Kernels that are not for clouds, Debian's own among them, have ext4 as a module, and what it needs.
@test "the filesystem of the config disk is among the modules where it is not built in" {
	need depmod
	local version tree
	version=$(ls "$KERNEL/lib/modules")
	tree=stock/lib/modules/$version
	mkdir -p stock
	cp -R "$KERNEL/lib" stock/lib
	sed -i '/\/ext4\.ko$/d' "$tree/modules.builtin"
	mkdir -p "$tree/kernel/fs/ext4"
	# Any module that depends on another, in its place.
	cp "$tree/kernel/fs/xfs/xfs.ko" "$tree/kernel/fs/ext4/ext4.ko"
	depmod -b stock "$version"
	MODULES=stock initrd
	assert_status 0
	assert_stderr ''
	unpack
	[ "$(loaded out/modules libcrc32c)" -lt "$(loaded out/modules ext4)" ] || fail "$(cat out/modules)"
	cmp out/lib/modules/ext4.ko "$tree/kernel/fs/ext4/ext4.ko"
}

@test "the directory may be the package's root, that of versions, or that of one version" {
	local version directory
	version=$(ls "$KERNEL/lib/modules")
	initrd
	mv initrd first
	for directory in "$KERNEL/lib/modules" "$KERNEL/lib/modules/$version"; do
		MODULES=$directory initrd
		assert_status 0
		cmp first initrd
	done
	initrd --kernel-version "$version"
	cmp first initrd
	mkdir -p usr/usr/lib
	ln -s "$KERNEL/lib/modules" usr/usr/lib/modules
	MODULES=usr initrd
	cmp first initrd
}

@test "a module may have parameters; what is built in is left out" {
	initrd --module 'virtio_net napi_tx=0 csum=1' --module ext4
	assert_status 0
	unpack
	grep -qx '/lib/modules/virtio_net.ko napi_tx=0 csum=1' out/modules
	[ "$(grep -c virtio_net out/modules)" -eq 1 ]
	run ! grep -q ext4 out/modules
	initrd --module 'ext4 x=1'
	assert_failure 1 "module 'ext4' is built in: its parameters belong on the kernel command line"
}

@test "a set of modules without which the VMM has no devices is refused" {
	initrd --only-modules --module virtio_pci
	assert_failure 1 "would lack 'virtio_blk', without which any VMM has no disks"
	initrd --only-modules --module virtio_blk --module virtio_pci --vmm firecracker
	assert_failure 1 "would lack 'virtio_mmio', without which firecracker has no devices"
	initrd --only-modules --module virtio_blk --vmm qemu
	assert_failure 1 "would lack 'virtio_pci', without which qemu has no devices"
	initrd --vmm bochs
	assert_failure 1 "'bochs' is no VMM whose devices are known"
	[ ! -e initrd ]
}

@test "a VMM whose guests report by vsock gets its modules, and no other carries them" {
	local vmm
	for vmm in '' qemu; do
		initrd ${vmm:+--vmm "$vmm"}
		assert_status 0
		unpack
		run ! grep vsock out/modules
	done
	for vmm in cloud-hypervisor firecracker crosvm kvmtool stratovirt alioth; do
		initrd --vmm "$vmm"
		assert_status 0
		assert_stderr ''
		unpack
		grep vsock out/modules | sed 's|.*/\(.*\)\.ko|\1|' >found
		printf '%s\n' vsock vmw_vsock_virtio_transport_common vmw_vsock_virtio_transport |
			diff - found || fail "$vmm"
	done
}

@test "what cannot be used is named, and nothing is left behind" {
	initrd --module rocket
	assert_failure 1 "has no module 'rocket'"
	initrd --kernel-version 9.9
	assert_failure 1 "has no modules of kernel '9.9'"
	MODULES=/nowhere initrd
	assert_failure 1 "cannot open '/nowhere'"
	mkdir empty
	MODULES=empty initrd
	assert_failure 1 "'empty' has no modules of a kernel"
	INIT=/bin/sh initrd
	assert_failure 1 "'/bin/sh' needs a dynamic loader"
	INIT=/etc/passwd initrd
	assert_failure 1 "'/etc/passwd' is no program"
	mkdir -p damaged
	cp -R "$KERNEL/lib" damaged/lib
	find damaged -name virtio_blk.ko -exec sh -c 'echo text >"$1"' _ {} \;
	MODULES=damaged initrd
	assert_failure 1 "is no kernel module: not an ELF file"
	[ "$(find . -maxdepth 1 -name '*initrd*' -o -maxdepth 1 -name '.vmconfig*' | wc -l)" -eq 0 ]
}

@test "--add puts files and directories into it, links as they are" {
	mkdir -p tree/sub
	echo one >tree/one
	echo '#!/bin/sh' >tree/sub/run
	chmod 700 tree/sub/run
	ln -s ../one tree/sub/link
	run_vmconfig initrd --init "$BUILD/init" --no-modules --add tree:/opt/tree --add tree/one:/etc/a:b -o initrd
	assert_status 0
	unpack
	cmp tree/one out/opt/tree/one
	[ "$(stat -c %a out/opt/tree/one)" = 644 ]
	[ "$(stat -c %a out/opt/tree/sub/run)" = 755 ]
	[ "$(readlink out/opt/tree/sub/link)" = ../one ]
	cmp tree/one out/etc/a:b
	[ ! -e out/modules ]
}

@test "everybody may read it, unless it holds what not everybody may read" {
	mkdir -p closed
	echo text >closed/file
	echo secret >secret
	chmod 700 closed
	chmod 640 secret
	chmod 644 closed/file
	mode() {
		(
			umask "$1"
			shift
			run_vmconfig initrd --init init --no-modules "$@" -o initrd
			assert_status 0
			stat -c %a initrd
		)
	}
	# A build under a strict umask has an init that is not for everybody.
	cp "$BUILD/init" init && chmod 755 init
	[ "$(mode 022)" = 644 ]
	[ "$(mode 027)" = 640 ]
	[ "$(mode 022 --add closed/file:/file)" = 644 ]
	[ "$(mode 022 --add closed:/closed)" = 600 ]
	[ "$(mode 022 --add secret:/secret)" = 600 ]
}

@test "--add refuses what no initrd can hold, and what would stand there twice" {
	echo x >x
	initrd --add x:/a --add x:/a/b
	assert_failure 1 "'/a' would be in the initrd twice"
	initrd --add x:/init
	assert_failure 1 "'/init' would be in the initrd twice"
	initrd --add x:/a/../b
	assert_failure 1 "has a '..' part"
	initrd --add x:/
	assert_failure 1 "is the initrd's root"
	initrd --add x:relative
	assert_status 2
	mkdir with
	mkfifo with/pipe
	initrd --add with:/with
	assert_failure 1 "'with/pipe' is neither a file, a directory nor a link"
	initrd --add missing:/x
	assert_failure 1 "cannot open 'missing'"
}
