#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `vmconfig rootfs --image`: layers into one filesystem, without root.

load helper
load rootfs

setup() {
	need python3 debugfs e2fsck dumpe2fs zstd
	cd "$BATS_TEST_TMPDIR" || return
}

@test "a layer becomes a filesystem, in every compression" {
	make_tar a.tar <<-'END'
		dir etc
		file etc/motd hello
		symlink bin usr/bin
		dir usr/bin
		file usr/bin/tool run mode=4755 uid=1000 gid=100000 mtime=1700000000
	END
	for codec in none gzip zstd; do
		make_layout image $codec:a.tar
		make_image
		cp root.img $codec.img
	done
	[ "$(files root.img /)" = 'bin etc usr' ] || fail "$(files root.img /)"
	[ "$(content root.img /etc/motd)" = hello ]
	inode root.img /usr/bin/tool | grep -q 'Mode:  04755'
	inode root.img /usr/bin/tool | grep -q 'User:  1000   Group: 100000 '
	inode root.img /usr/bin/tool | grep -q 'mtime: 0x6553f100:00000000'
	inode root.img /bin | grep -q 'Fast link dest: "usr/bin"'
	# The bytes do not depend on how the layer was packed.
	cmp none.img gzip.img
	cmp none.img zstd.img
}

@test "upper layers win, whiteouts and opaque directories take away" {
	make_tar 1.tar <<-'END'
		dir a
		file a/stays 1
		file a/replaced 1
		file a/removed 1
		dir b
		file b/below 1
		dir c
		dir c/d
		file c/d/below 1
		file file-to-dir 1
		dir dir-to-file
		file dir-to-file/inside 1
	END
	make_tar 2.tar <<-'END'
		file a/replaced 2
		file a/.wh.removed
		file b/.wh..wh..opq
		file b/above 2
		file c/.wh.d
		dir c/d mode=0700
		file c/d/above 2
		dir file-to-dir
		file dir-to-file 2
		file .wh.never-was
		file .wh..wh.plnk
	END
	make_layout image gzip:1.tar zstd:2.tar
	make_image
	[ "$(files root.img /)" = 'a b c dir-to-file file-to-dir' ] || fail "$(files root.img /)"
	[ "$(files root.img /a)" = 'replaced stays' ]
	[ "$(content root.img /a/replaced)" = 2 ]
	[ "$(files root.img /b)" = above ]
	[ "$(files root.img /c/d)" = above ]
	[ "$(content root.img /dir-to-file)" = 2 ]
	inode root.img /file-to-dir | grep -q 'Type: directory'
}

@test "what a layer brings itself is not taken away by its whiteouts, whatever the order" {
	make_tar 1.tar <<-'END'
		dir d
		file d/old 1
		file f 1
	END
	make_tar 2.tar <<-'END'
		dir d
		file d/new 2
		file d/.wh..wh..opq
		file .wh.d
		file f 2
		file .wh.f
	END
	make_layout image 1.tar 2.tar
	make_image
	[ "$(files root.img /)" = 'd f' ]
	[ "$(files root.img /d)" = new ]
	[ "$(content root.img /f)" = 2 ]
}

@test "hard links within and across layers" {
	make_tar 1.tar <<-'END'
		file one text
		link two one
		symlink s one
		link s2 s
	END
	make_tar 2.tar <<-'END'
		link three one
		file .wh.one
		dir d
		link d/four ./two
	END
	make_layout image 1.tar 2.tar
	make_image
	[ "$(files root.img /)" = 'd s s2 three two' ]
	[ "$(content root.img /d/four)" = text ]
	inode root.img /two | grep -q 'Links: 3 '
	inode root.img /s2 | grep -q 'Links: 2 '
}

@test "parents that are symbolic links are followed within the tree" {
	make_tar 1.tar <<-'END'
		dir usr
		dir usr/lib
		symlink lib usr/lib
		symlink out ../../../../usr
		symlink up /usr/lib/..
		symlink later never/was
	END
	make_tar 2.tar <<-'END'
		file lib/a 2
		file out/b 2
		file up/c 2
		file later/d 2
	END
	make_layout image 1.tar 2.tar
	make_image
	[ "$(files root.img /usr)" = 'b c lib' ] || fail "$(files root.img /usr)"
	[ "$(files root.img /usr/lib)" = a ]
	[ "$(files root.img /never/was)" = d ]
	inode root.img /lib | grep -q 'Type: symlink'
}

@test "all types of files, and names of any bytes" {
	make_tar 1.tar <<-'END'
		char null 1:3 mode=0666
		block disk 259:70000
		fifo pipe
		file b\xff\xfe\x0a\x01ad 1
		file e\xcc\x81 decomposed
		file \xc3\xa9 composed
		symlink long xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
	END
	make_layout image 1.tar
	make_image
	inode root.img /null | grep -q 'Device major/minor number: 01:03'
	inode root.img /disk | grep -q 'Device major/minor number: 259:70000 '
	inode root.img /pipe | grep -q 'Type: FIFO'
	[ "$(content root.img $'/e\xcc\x81')" = decomposed ]
	[ "$(content root.img $'/\xc3\xa9')" = composed ]
	inode root.img /long | grep -q 'Size: 84'
	assert_refused "entry 'null': it is a device, and --no-devices was given" --no-devices
}

@test "extended attributes, capabilities and ACLs" {
	make_tar 1.tar <<-'END'
		file a 1 SCHILY.xattr.user.note=some\x00bytes SCHILY.xattr.com.apple.quarantine=x
		file b 1 SCHILY.xattr.security.capability=\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00
		dir c mode=0770 SCHILY.acl.access=user::rwx,user:4711:r-x,group::r-x,mask::rwx,other::--- SCHILY.acl.default=user::rwx,group::r-x,other::---
	END
	make_layout image 1.tar
	make_image
	debugfs -R 'ea_get -x /a user.note' root.img 2>/dev/null | grep -q '73 6f 6d 65 00 62 79 74 65 73'
	[[ $(inode root.img /a) != *apple* ]]
	inode root.img /b | grep -q 'security.capability (20)'
	inode root.img /c | grep -q 'system.posix_acl_access'
	inode root.img /c | grep -q 'system.posix_acl_default'
	echo 'file a 1 SCHILY.acl.access=user::rwx,user:somebody:r-x,group::r-x,mask::rwx,other::---' | make_tar 1.tar
	make_layout image 1.tar
	assert_refused "is no ACL with a number for each name"
}

@test "files with holes stay so, and zeros become holes" {
	truncate -s 512M sparse
	printf begin | dd of=sparse conv=notrunc status=none
	printf end | dd of=sparse bs=1M seek=300 conv=notrunc status=none
	head -c 1048576 /dev/zero >zeros
	for format in gnu pax; do
		tar --format=$format -S -cf $format.tar sparse zeros
		make_layout image gzip:$format.tar
		make_image
		[ "$(stat -c %s root.img)" -lt 4000000 ]
		inode root.img /sparse | grep -q 'Size: 536870912'
		inode root.img /sparse | grep -q 'Blockcount: 16'
		inode root.img /zeros | grep -q 'Blockcount: 0'
		debugfs -R 'dump /sparse copy' root.img 2>/dev/null
		cmp sparse copy
	done
}

@test "names and links of pax and GNU that are longer than a header" {
	local long
	long=$(printf '%0200d' 7)
	mkdir -p "$long/$long"
	echo text >"$long/$long/file"
	ln -s "$long/$long/file" link
	for format in gnu pax; do
		tar --format=$format -cf 1.tar "$long" link
		make_layout image 1.tar
		make_image
		[ "$(content root.img "/$long/$long/file")" = text ]
		inode root.img /link | grep -q 'Size: 406'
	done
}

@test "the same bytes under any umask, time zone, locale and date; SOURCE_DATE_EPOCH bounds times" {
	make_tar 1.tar <<-'END'
		dir d mtime=1700000000
		file d/f text mtime=1600000000
	END
	make_layout image gzip:1.tar
	umask 022
	make_image
	cp root.img first.img
	(
		umask 077
		TZ=Asia/Tokyo LC_ALL=C.UTF-8 E2FSPROGS_FAKE_TIME=1234567 "$VMCONFIG" rootfs --image image -o second.img
	)
	cmp first.img second.img
	[ "$(stat -c %a first.img)" = 644 ]
	[ "$(stat -c %a second.img)" = 600 ]
	SOURCE_DATE_EPOCH=1650000000 make_image
	inode root.img /d | grep -q 'mtime: 0x62590080:'
	inode root.img /d/f | grep -q 'mtime: 0x5f5e1000:'
	TZ=UTC dumpe2fs -h root.img 2>/dev/null |
		grep -q 'Filesystem created: *Fri Apr 15 05:20:00 2022'
	SOURCE_DATE_EPOCH=soon run_vmconfig rootfs --image image -o root.img
	assert_failure 1 "SOURCE_DATE_EPOCH: 'soon'"
}

@test "size, headroom, journal, label and UUID" {
	echo 'file f text' | make_tar 1.tar
	make_layout image 1.tar
	make_image --size 64M --journal --label root --uuid 01234567-89ab-cdef-0123-456789ABCDEF
	[ "$(stat -c %s root.img)" = 67108864 ]
	dumpe2fs -h root.img 2>/dev/null >super
	grep -q 'volume name: *root$' super
	grep -q 'UUID: *01234567-89ab-cdef-0123-456789abcdef' super
	grep -q 'features:.*has_journal' super
	# The last ten blocks are too few for a group.
	make_image --size 134258688
	[ "$(stat -c %s root.img)" = 134258688 ]
	make_image --headroom 100M
	dumpe2fs -h root.img 2>/dev/null >super
	[ "$(awk '/^Free blocks/ { print $3 }' super)" -ge 25600 ] || fail "$(cat super)"
	grep -q 'UUID: *[0-9a-f]*-[0-9a-f]*-8' super
	[[ $(cat super) != *has_journal* ]]
	head -c 3000000 /dev/urandom >f
	tar -cf 1.tar f
	make_layout image 1.tar
	assert_refused '--size 1048576 is too small' --size 1M
}

@test "filesystems with groups that nothing is put into are sound, however large" {
	local size
	echo 'file f text' | make_tar 1.tar
	make_layout image 1.tar
	for size in 512M 3G 1T; do
		make_image --size $size
		make_image --size $size --journal
		make_image --headroom $size
		[ "$(content root.img /f)" = text ]
	done
}

@test "a journal has room, also where the image is just so large that a larger one is usual" {
	yes 'no zeros' | head -c 133000000 >f
	tar -cf 1.tar f
	make_layout image 1.tar
	make_image --journal
	dumpe2fs -h root.img 2>/dev/null | grep -q 'Total journal size: *4096k'
}

@test "many files that are empty take more for their inodes than for anything else" {
	local count
	for count in 5000 33000; do
		rm -rf many
		mkdir many
		(cd many && seq $count | xargs touch)
		tar -cf 1.tar many
		make_layout image zstd:1.tar
		make_image
		inode root.img "/many/$count" | grep -q 'Type: regular'
		assert_refused '--size 262144 is too small' --size 256K
		assert_refused 'is too small' --size 1M
	done
}

@test "an image with no layers, or a layer with no entries, is an empty root" {
	make_layout image
	make_image
	[ "$(files root.img /)" = '' ]
	make_tar 1.tar </dev/null
	make_layout image 1.tar
	make_image
	inode root.img / | grep -q 'Mode:  0755'
}

# most_memory COMMAND… - the KiB that it had resident.
most_memory() {
	python3 -c '
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
' "$@"
}

@test "memory grows with names, not with the sizes of files" {
	# What the address sanitizer keeps for itself says nothing.
	! ldd "${VMCONFIG%/*}/vmconfig-image" | grep -q asan || return 0
	local small large
	yes 'no zeros' | head -c 1000000 >f
	tar -cf 1.tar f
	make_layout image zstd:1.tar
	small=$(most_memory "$VMCONFIG" rootfs --image image -o root.img)
	yes 'no zeros' | head -c 60000000 >f
	tar -cf 1.tar f
	make_layout image gzip:1.tar
	large=$(most_memory "$VMCONFIG" rootfs --image image -o root.img)
	[ "$((large - small))" -lt 8000 ] || fail "$small KiB for 1 MB, $large KiB for 60 MB"
	mkdir tree
	mv f tree/
	large=$(most_memory "$VMCONFIG" rootfs --dir tree -o root.img)
	[ "$((large - small))" -lt 8000 ] || fail "$small KiB for 1 MB, $large KiB for a directory"
}

@test "squashfs: what it has no place for, and a tool that is missing or fails" {
	printf 'file x 1 SCHILY.acl.access=user::rwx,group::r-x,other::---\n' | make_tar 1.tar
	make_layout image 1.tar
	assert_refused "'x': attribute 'system.posix_acl_access' has no place in squashfs" --format squashfs
	printf 'file x 1\n' | make_tar 1.tar
	make_layout image 1.tar
	mkdir bin
	# Wherever this machine has one, it is not the first.
	printf '#!/nowhere\n' >bin/sqfstar
	chmod +x bin/sqfstar
	run --separate-stderr env PATH="$PWD/bin" "$VMCONFIG" rootfs --image image -o out/root.img --format squashfs
	assert_failure 1 "cannot run 'sqfstar' (squashfs-tools, 4.5 or newer)"
	[ -z "$(ls -A out)" ]
	printf '#!/bin/sh\nexit 3\n' >bin/sqfstar
	head -c 3000000 /dev/urandom >f
	tar -cf 2.tar f
	make_layout image 2.tar
	PATH=$PWD/bin:$PATH assert_refused "cannot write 'out/root.img': " --format squashfs
	printf 'dir . uid=5\n' | make_tar 3.tar
	make_layout image 3.tar
	assert_refused 'sqfstar can give the root directory to none but root, not to 5:0' --format squashfs
}

@test "erofs: a tool that is missing, too old or fails, and what it has no place for" {
	printf 'file x 1\n' | make_tar 1.tar
	make_layout image 1.tar
	mkdir bin out
	printf '#!/nowhere\n' >bin/mkfs.erofs
	chmod +x bin/mkfs.erofs
	run --separate-stderr env PATH="$PWD/bin" "$VMCONFIG" rootfs --image image -o out/root.img --format erofs
	assert_failure 1 "cannot run 'mkfs.erofs' (erofs-utils, 1.8.6 or newer)"
	[ -z "$(ls -A out)" ]
	# tool VERSION-LINE STATUS
	tool() {
		# shellcheck disable=SC2016 # expanded by the tool
		printf '#!/bin/sh\n[ "$1" = --version ] && echo "%s" && echo usage >&2 && exit 0\nexit %s\n' \
			"$1" "$2" >bin/mkfs.erofs
		chmod +x bin/mkfs.erofs
	}
	local line
	for line in 'mkfs.erofs 1.5' 'mkfs.erofs (erofs-utils) 1.8.5' 'mkfs.erofs (erofs-utils) 1.7' \
		'mkfs.erofs (erofs-utils) x' ''; do
		tool "$line" 0
		PATH=$PWD/bin:$PATH assert_refused "'mkfs.erofs' is of an erofs-utils before 1.8.6" --format erofs
		[[ ${stderr:?} != *usage* ]]
	done
	head -c 3000000 /dev/urandom >f
	tar -cf 2.tar f
	make_layout image 2.tar
	tool 'mkfs.erofs (erofs-utils) 1.10' 3
	PATH=$PWD/bin:$PATH assert_refused "cannot write 'out/root.img': " --format erofs
	PATH=$PWD/bin:$PATH assert_refused "erofs has room for a label of 15 bytes, not for '0123456789abcdef'" \
		--format erofs --label 0123456789abcdef
}

@test "squashfs and erofs: a socket is named, ext4 has it" {
	local format
	need_erofs
	mkdir tree
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("tree/talk")'
	for format in squashfs erofs; do
		run_vmconfig rootfs --dir tree --owner 0 --format $format -o out.img
		assert_failure 1 "'talk' is a socket, which an archive has no word for"
		[ ! -e out.img ]
	done
	run_vmconfig rootfs --dir tree --owner 0 -o root.img
	assert_status 0
	assert_sound root.img
	inode root.img /talk | grep -q 'Type: socket'
}

@test "squashfs and erofs: holes, which an archive has as zeros, count among the bytes" {
	need_erofs
	truncate -s 1T hole
	tar -S -cf 1.tar hole
	make_layout image 1.tar
	for format in squashfs erofs; do
		assert_refused "with their holes, which an archive has as zeros, files have more than 68719476736 bytes (--max-bytes)" \
			--format $format
		assert_refused 'files have more than 1048576 bytes (--max-bytes)' --format $format --max-bytes 1M
	done
	# ext4 has them as what they are.
	make_image
	inode root.img /hole | grep -q 'Size: 1099511627776'
	[ "$(stat -c %s root.img)" -lt 4000000 ]
	mkdir tree
	mv hole tree/
	run_vmconfig rootfs --dir tree -o root.img --format squashfs
	assert_failure 1 'with their holes'
	run_vmconfig rootfs --dir tree -o root.img
	assert_status 0
	assert_sound root.img
}

# on_terminal COMMAND… - what it writes to standard error when that is a terminal.
on_terminal() {
	python3 -c '
import os, pty, subprocess, sys
here, there = pty.openpty()
child = subprocess.Popen(sys.argv[1:], stderr=there)
os.close(there)
said = b""
while True:
    try:
        part = os.read(here, 4096)
    except OSError:
        break
    if not part:
        break
    said += part
sys.stdout.write(said.decode())
sys.exit(child.wait())
' "$@"
}

@test "progress on a terminal, by layers and bytes; not with --quiet, nor elsewhere" {
	printf 'file x 1\n' | make_tar 1.tar
	printf 'file y 1\n' | make_tar 2.tar
	make_layout image 1.tar gzip:2.tar
	on_terminal "$VMCONFIG" rootfs --image image -o root.img >said
	grep -q 'reading layer 2 of 2, 0 of 0 MiB' said
	grep -q 'writing layer 1 of 2, ' said
	# The line is empty in the end.
	[ "$(tail -c 4 said)" = $'\r\033[K' ]
	on_terminal "$VMCONFIG" rootfs --image image -o root.img --quiet >said
	[ ! -s said ]
	# An error does not stand behind what was shown.
	printf 'file y 1\nfile y 2\n' | make_tar 2.tar
	make_layout image 1.tar 2.tar
	on_terminal "$VMCONFIG" rootfs --image image -o root.img >said || true
	grep -q $'\r\033\[Kvmconfig: image/blobs/.*: the layer has it twice' said || fail "$(cat -A said)"
	make_layout image 1.tar
	make_image
}

@test "wrong arguments" {
	for arguments in '' '--image a' '--dir b' '--image a --dir b -o c' '--image a -o b c' \
		'--image a -o b --size 1' '--image a -o b --size x' '--image a -o b --headroom 5x' \
		'--image a -o b --size 1M --headroom 1M' '--image a -o b --uuid 12' '--image a -o b --format fat' \
		'--image a -o b --owner 1' '--image a -o b --format squashfs --size 1M' \
		'--image a -o b --format squashfs --label x' '--image a -o b --compress lz4' \
		'--image a -o b --format erofs --compress lz4' '--image a -o b --format squashfs --compress none' '--image a -o b --format erofs --journal' '--dir a -o b --owner x' '--image a -o b --label 12345678901234567' \
		$'--image a -o b --label a\x01b'; do
		# shellcheck disable=SC2086 # a list of words
		run_vmconfig rootfs $arguments
		assert_failure 2 "see 'vmconfig help rootfs'"
	done
	run_vmconfig help rootfs
	assert_status 0
	assert_output_contains '--image LAYOUT[:REF][@DIGEST]'
}
