#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What `vmconfig rootfs` makes, mounted by the kernel, against what others make of the same.

load helper
load rootfs

setup() {
	need python3 umoci mke2fs zstd setpriv
	[ "$(id -u)" -eq 0 ] || skip_or_fail 'mounts and owners need root'
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	[ -z "${public:-}" ] || rm -rf "$public"
}

# list_image IMAGE - all that is in it, as the kernel sees it. The mount ends with its namespace.
list_image() {
	mkdir -p mounted
	# shellcheck disable=SC2016 # expanded by the shell in the namespace
	unshare -m sh -c 'mount -o loop,ro "$1" mounted && python3 "$2" mounted' sh "$1" "$ROOT/tests/tree_list.py"
}

# same FILE FILE
same() {
	[ -s "$1" ] || fail "nothing to compare in $1"
	diff -u "$1" "$2" || fail 'they differ'
}

# Whether this directory's filesystem keeps attributes of users.
keeps_xattrs() {
	python3 -c 'import os; os.setxattr(".", "user.test", b"x")' 2>/dev/null
}

@test "layers: the same as umoci unpacks, to the byte" {
	local note=''
	! keeps_xattrs || note='SCHILY.xattr.user.note=some\x00bytes'
	make_tar 1.tar <<-END
		dir usr mtime=1700000000
		dir usr/bin mtime=1700000001.25
		symlink bin usr/bin mtime=1700000002
		file usr/bin/su run mode=4755 mtime=1700000003.123456789
		file usr/bin/ping run $note
		link usr/bin/ping6 usr/bin/ping
		dir etc mode=0700 uid=1000 gid=70000
		file etc/shadow secret mode=0600 uid=4000000000 gid=42
		dir var mode=3777
		file var/gone 1
		dir var/cache
		file var/cache/x 1
		char null 1:3 mode=0666
		block sda 8:17
		char far 259:70000
		fifo pipe mode=0640
		file \xff\xfe\x0a 1
		file old 1 mtime=-1000
		file future 1 mtime=6000000000
		symlink dangling /nowhere/at/all
	END
	head -c 3000000 /dev/urandom >large
	truncate -s 5M sparse
	printf end | dd of=sparse bs=1M seek=3 conv=notrunc status=none
	seq 2000 | sed 's/^/many-/' | (mkdir many && cd many && xargs touch)
	tar --format=pax --sort=name -S -cf 2.tar large sparse many
	make_tar 3.tar <<-'END'
		dir usr mtime=1700000000
		dir usr/bin mtime=1700000009
		file usr/bin/su newer mode=0755
		link usr/bin/pong usr/bin/ping
		dir var mode=1777
		file var/.wh.gone
		dir var/cache
		file var/cache/.wh..wh..opq
		file var/cache/y 2
		file many/.wh.many-7
	END
	make_layout image gzip:1.tar zstd:2.tar 3.tar
	make_image
	# umoci 0.4 knows no zstd.
	make_layout image gzip:1.tar gzip:2.tar 3.tar
	umoci unpack --image image:latest bundle
	python3 "$ROOT/tests/tree_list.py" bundle/rootfs | grep -v "^b'many' " >theirs
	list_image root.img | grep -v "^b'many' " >ours
	same theirs ours
}

@test "layers at random: the same as umoci unpacks" {
	local seed number
	for seed in 1 2 3 4 5 6 7 8; do
		rm -rf bundle
		python3 "$ROOT/tests/random_layers.py" $seed entries.
		for number in 1 2 3 4 5; do
			make_tar $number.tar <entries.$number
		done
		make_layout image 1.tar gzip:2.tar 3.tar 4.tar gzip:5.tar
		make_image
		umoci unpack --image image:latest bundle
		python3 "$ROOT/tests/tree_list.py" bundle/rootfs >theirs
		list_image root.img >ours
		same theirs ours || fail "seed $seed: $(head -n 99 entries.?)"
	done
}

@test "a directory: the same as it is" {
	mkdir -p tree/a/b tree/empty
	echo text >tree/a/file
	ln tree/a/file tree/a/b/link
	ln -s ../file tree/a/b/symlink
	ln -s "$(printf '%0300d' 7)" tree/long
	mkfifo tree/fifo
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("tree/socket")'
	mknod tree/null c 1 3
	truncate -s 64M tree/sparse
	printf middle | dd of=tree/sparse bs=1M seek=30 conv=notrunc status=none
	head -c 100000 /dev/urandom >tree/random
	chmod 4711 tree/a/file
	chmod 1777 tree/empty
	chown 1000:2000 tree/a/b tree/random
	touch -d '2001-02-03 04:05:06.789' tree/random
	! keeps_xattrs || python3 -c 'import os; os.setxattr("tree/random", "user.note", b"a\0b")'
	printf x >"$(printf 'tree/\377\376')"
	run_vmconfig rootfs --dir tree -o root.img
	assert_status 0
	assert_sound root.img
	[ "$(stat -c %s root.img)" -lt 2000000 ]
	[ "$(stat -c %a root.img)" = 600 ]
	python3 "$ROOT/tests/tree_list.py" tree >theirs
	list_image root.img >ours
	same theirs ours

	# A copy of it is the same image.
	cp -a tree copy
	run_vmconfig rootfs --dir copy -o copy.img
	cmp root.img copy.img
	# Another byte in a file is another one, also in its UUID.
	printf y | dd of=copy/random bs=1 conv=notrunc status=none
	touch -r tree/random copy/random
	run_vmconfig rootfs --dir copy -o copy.img
	run cmp root.img copy.img
	[ "$status" -eq 1 ]
	[ "$(dumpe2fs -h root.img 2>/dev/null | grep UUID)" != "$(dumpe2fs -h copy.img 2>/dev/null | grep UUID)" ]
}

@test "an ordinary user gets the same bytes, and root-owned files from files of its own" {
	printf 'dir etc\nfile etc/shadow x mode=0600 uid=0\nchar null 1:3\nfile f 1 SCHILY.xattr.security.capability=\\x01\\x00\\x00\\x02\\x00\\x04\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\n' |
		make_tar 1.tar
	make_layout image gzip:1.tar
	make_image
	mkdir -m 777 theirs
	chmod 711 .
	as_user() {
		# The build directory may be where only root can go.
		setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all "$@"
	}
	if ! as_user test -x "$VMCONFIG"; then
		public=$(mktemp -d /tmp/vmconfig.XXXXXX)
		chmod 755 "$public"
		cp "$VMCONFIG" "$(dirname "$VMCONFIG")/vmconfig-image" "$public"
		VMCONFIG=$public/vmconfig
	fi
	as_user "$VMCONFIG" rootfs --image image -o theirs/root.img
	cmp root.img theirs/root.img

	mkdir theirs/tree
	echo text >theirs/tree/f
	chown -R 65534:65534 theirs/tree
	as_user "$VMCONFIG" rootfs --dir theirs/tree --owner 0:7 -o theirs/root.img
	list_image theirs/root.img >ours
	grep -q "^b'f' 0o100644 0 7 1 5 " ours || fail "$(cat ours)"
}

# layers_of_every_kind ROOT FILE - the layout "image" and root.img of it: each kind of file, one that
# is large and one with holes, one removed, and the entries on standard input. ROOT and FILE are
# words of make_tar for the root directory and a file with two links.
layers_of_every_kind() {
	local long
	long=$(printf '%0150d' 7)
	{
		cat <<-END
			dir . mode=1711 $1
			dir d mode=0700 uid=1000 gid=3000000 mtime=1700000000
			file d/f text mode=6755 uid=4000000000 $2
			link d/also d/f
			link first d/f
			file empty
			char null 1:3
			block disk 259:70000
			fifo pipe
			symlink link $long/$long
			dir $long
			file $long/$long deep
			file \xff\xfe\x0a 1
			file gone 1
		END
		cat
	} | make_tar 1.tar
	head -c 3000001 /dev/urandom >large
	truncate -s 5M sparse
	printf end | dd of=sparse bs=1M seek=3 conv=notrunc status=none
	tar --format=pax --mtime=@1700000002 -S -cf 2.tar large sparse
	echo 'file .wh.gone' | make_tar 3.tar
	make_layout image gzip:1.tar 2.tar 3.tar
	make_image
	list_image root.img >ext4
}

# make_as FORMAT - an image of that format of the same layers, root.FORMAT. Nothing of this machine or
# of today is in it: in another second and zone the bytes are the same.
make_as() {
	local first
	run_vmconfig rootfs --image image --format "$1" -o "root.$1"
	assert_status 0
	assert_stderr ''
	first=$EPOCHSECONDS
	until [ "$EPOCHSECONDS" != "$first" ]; do :; done
	TZ=Asia/Tokyo run_vmconfig rootfs --image image --format "$1" -o "again.$1"
	assert_status 0
	cmp "root.$1" "again.$1"
}

@test "squashfs: the same as ext4, and the same bytes again" {
	need sqfstar unsquashfs
	local note=''
	! keeps_xattrs || note='SCHILY.xattr.user.note=some\x00bytes'
	layers_of_every_kind '' "mtime=1700000001 $note" </dev/null
	make_as squashfs
	unsquashfs -q -n -d unpacked root.squashfs >/dev/null
	python3 "$ROOT/tests/tree_list.py" unpacked >squashfs
	same ext4 squashfs
	# The root directory is as old as the newest file.
	[ "$(stat -c '%a %u %g' unpacked)" = '1711 0 0' ]
	unsquashfs -lln root.squashfs | grep -q ' 2023-11-14 [0-9:]* squashfs-root$'
	# Whatever it is compressed with; gzip is what it is when nothing is said.
	local how
	for how in gzip lz4 zstd; do
		run_vmconfig rootfs --image image --format squashfs --compress "$how" -o "$how.sqfs"
		assert_status 0
		unsquashfs -s "$how.sqfs" >said
		grep -q "^Compression $how$" said || fail "$(cat said)"
		unsquashfs -q -n -d "unpacked.$how" "$how.sqfs" >/dev/null
		python3 "$ROOT/tests/tree_list.py" "unpacked.$how" >squashfs
		same ext4 squashfs
	done
	cmp root.squashfs gzip.sqfs
	run_vmconfig rootfs --image image --format squashfs --compress lz4 -o again.sqfs
	cmp lz4.sqfs again.sqfs
	mkdir tree
	cp large tree/
	run_vmconfig rootfs --dir tree --owner 0 --format squashfs -o dir.squashfs
	assert_status 0
	unsquashfs -q -n -d copy dir.squashfs >/dev/null
	cmp large copy/large
}

@test "erofs: the same as ext4, and the same bytes again" {
	need dump.erofs
	need_erofs
	layers_of_every_kind 'uid=5 gid=70000 mtime=1600000000 SCHILY.xattr.user.top=x' \
		'mtime=1700000001.000000789 SCHILY.xattr.user.note=some\x00bytes' <<-'END'
		file old 1 mtime=-1000.25
		file future 1 mtime=6000000000
		file acl 1 mode=0770 SCHILY.acl.access=user::rwx,user:4711:r-x,group::r-x,mask::rwx,other::---
		file cap 1 SCHILY.xattr.security.capability=\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00
	END
	make_as erofs
	list_image root.erofs >erofs
	# As the kernel has them, not only as the two writers do.
	grep -q -F "('system.posix_acl_access', b'\x02\x00\x00\x00\x01\x00\x07\x00\xff\xff\xff\xff\x02\x00\x05\x00g\x12\x00\x00\x04\x00\x05\x00\xff\xff\xff\xff\x10\x00\x07\x00\xff\xff\xff\xff \x00\x00\x00\xff\xff\xff\xff')" ext4
	grep -q -F "('security.capability', b'\x01\x00\x00\x02\x00\x04\x00" ext4
	same ext4 erofs
	# shellcheck disable=SC2016 # expanded by the shell in the namespace
	[ "$(unshare -m sh -c 'mount -o loop,ro "$1" mounted && stat -c "%a %u %g %Y" mounted' sh root.erofs)" = \
		'1711 5 70000 1600000000' ]
	run_vmconfig rootfs --image image --format erofs -o named.erofs --label vm-root \
		--uuid 01234567-89ab-cdef-0123-456789ABCDEF
	assert_status 0
	[ "$(blkid -o value -s UUID named.erofs)" = 01234567-89ab-cdef-0123-456789abcdef ]
	[ "$(blkid -o value -s LABEL named.erofs)" = vm-root ]
}

@test "a directory that nothing can be made of" {
	mkdir tree
	run_vmconfig rootfs --dir nowhere -o root.img
	assert_failure 1 "cannot open 'nowhere': No such file or directory"
	mknod tree/null c 1 3
	run_vmconfig rootfs --dir tree --no-devices -o root.img
	assert_failure 1 "tree/null: it is a device, and --no-devices was given"
	truncate -s 1M tree/f
	head -c 300000 /dev/urandom >tree/f
	run_vmconfig rootfs --dir tree --max-bytes 100K -o root.img
	assert_failure 1 'files have more than 102400 bytes (--max-bytes)'
	run_vmconfig rootfs --dir tree --max-entries 1 -o root.img
	assert_failure 1 'there are more than 1 entries (--max-entries)'
	[ ! -e root.img ]
}

@test "a journal, and growing" {
	need resize2fs
	printf 'file f text\n' | make_tar 1.tar
	make_layout image 1.tar
	make_image --journal --headroom 40M
	truncate -s 2G root.img
	resize2fs root.img >log 2>&1 || fail "$(cat log)"
	assert_sound root.img
	mkdir mounted
	unshare -m sh -c 'mount -o loop root.img mounted && cat mounted/f && head -c 1000000 /dev/zero >mounted/g && umount mounted'
	assert_sound root.img
}

@test "files over group boundaries, and of many pieces" {
	truncate -s 400M pieces
	python3 -c '
with open("pieces", "r+b") as f:
    for i in range(3000):
        f.seek(i * 100000)
        f.write(b"piece %d" % i)
with open("whole", "wb") as f:
    for i in range(200):
        f.write(bytes([i + 1]) * 1000000)
'
	tar --format=pax -S -cf 1.tar pieces whole
	make_layout image 1.tar
	make_image
	mkdir mounted
	unshare -m sh -c 'mount -o loop,ro root.img mounted && cmp pieces mounted/pieces && cmp whole mounted/whole'
}
