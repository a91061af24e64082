#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The config disk as others see it: e2fsprogs, the kernel, a full filesystem, another user.

load helper

# shellcheck disable=SC2016 # the dollar is the config's
CONFIG='{"entrypoint":["/bin/app"],"cmd":["a b","$(c)"],"env":{"NAME":"value","SECRET":"s3cret"}}'

config() {
	printf '%s' "${1:-$CONFIG}" >config.json
}

build() {
	"$VMCONFIG" build --config "${2:-config.json}" -o "$1"
}

# A config of about $1 bytes.
large_config() {
	awk -v n="$1" 'BEGIN {
		s = sprintf("%1000s", ""); gsub(" ", "x", s)
		printf "{\"entrypoint\":[\"/a\"],\"annotations\":{\"a\":\"\""
		for (i = 0; i * 1010 < n; i++) printf ",\"%06d\":\"%s\"", i, s
		print "}}"
	}' >config.json
}

root_only() {
	[ "$(id -u)" -eq 0 ] || skip_or_fail "not root"
}

# bats puts files of its own beside a test's.
own_directory() {
	mkdir own
	cd own || return
}

# Everything in a directory, to be compared: names, sizes, content.
listing() {
	(cd "$1" && find . -type f -exec sha256sum {} + | sort && find . | sort)
}

# What e2fsprogs' tools are called without sbin in PATH.
PATH=$PATH:/usr/sbin:/sbin

@test "e2fsck finds nothing, whatever the size" {
	need e2fsck jq
	for size in 1 50000 53000 60000 220000 1000000 9000000; do
		large_config "$size"
		build disk.img
		e2fsck -fn disk.img
		[ $(($(stat -c %s disk.img) % 4096)) -eq 0 ]
		disk_json disk.img .annotations >shown.json
		jq -c .annotations config.json | cmp - shown.json
	done
}

@test "a small config takes 64 KiB, and fewer blocks" {
	config
	build disk.img
	[ "$(stat -c %s disk.img)" -eq 65536 ]
	[ "$(stat -c %b disk.img)" -le 64 ]
}

@test "a config beyond the limit is refused by the limit's name" {
	large_config 17000000
	run_vmconfig build --config config.json -o disk.img
	assert_failure 1 MAX_CONFIG_BYTES
	[ ! -e disk.img ]
}

@test "the file belongs to root and to nobody else, and is as show says" {
	need debugfs
	config
	build disk.img
	"$VMCONFIG" show disk.img >shown.json
	debugfs -R 'cat /config.json' disk.img 2>/dev/null | cmp - shown.json
	run debugfs -R 'stat /config.json' disk.img
	[[ $output == *'Type: regular    Mode:  0600'* ]]
	[[ $output =~ User:\ +0\ +Group:\ +0\  ]]
	run --separate-stderr debugfs -R 'ls -p /' disk.img
	[ "$(cut -d / -f 6 <<<"$output" | sort | xargs)" = '. .. config.json lost+found' ]
}

@test "label, type and a UUID of version 8 that follows the content" {
	need blkid
	config
	build one.img
	config '{"entrypoint":["/bin/other"]}'
	build other.img
	[ "$(blkid -p -s LABEL -o value one.img)" = VMCONFIG ]
	[ "$(blkid -p -s TYPE -o value one.img)" = ext4 ]
	[[ $(blkid -p -s UUID -o value one.img) =~ ^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$ ]]
	[ "$(blkid -p -s UUID -o value one.img)" != "$(blkid -p -s UUID -o value other.img)" ]
}

@test "there is no journal" {
	need dumpe2fs
	config
	build disk.img
	run dumpe2fs -h disk.img
	[[ $output != *has_journal* ]]
	[[ $output == *extent* ]]
}

@test "the kernel mounts it and reads the same bytes" {
	need mount unshare
	root_only
	[ -e /dev/loop-control ] || skip_or_fail "no loop devices"
	config
	build disk.img
	"$VMCONFIG" show disk.img >shown.json
	mkdir mnt
	# shellcheck disable=SC2016 # expanded by the child
	unshare -m sh -c '
		mount -t ext4 -o loop,ro disk.img mnt || exit
		cmp mnt/config.json shown.json && stat -c "%a %u %g %Y" mnt/config.json >stat
		result=$?
		umount mnt
		exit $result'
	[ "$(cat stat)" = '600 0 0 1' ]
}

@test "mode 0600 under any umask" {
	config
	(umask 0 && build open.img)
	(umask 0777 && build closed.img)
	[ "$(stat -c %a open.img)" = 600 ]
	[ "$(stat -c %a closed.img)" = 600 ]
}

@test "identical under another zone, locale, umask, directory and environment" {
	config
	build one.img
	mkdir -p deep/er
	(
		umask 0
		cd deep/er
		TZ=Pacific/Kiritimati LC_ALL=tr_TR.UTF-8 HOME=/ USER=somebody LOGNAME=somebody \
			E2FSPROGS_FAKE_TIME=1234567890 SOURCE_DATE_EPOCH=987654321 MKE2FS_SYNC=1 \
			MKE2FS_CONFIG=/dev/null MKE2FS_FIRST_META_BG=1 MKE2FS_DEVICE_SECTSIZE=4096 \
			UNIX_IO_FORCE_BOUNCE=1 build ../../two.img ../../config.json
	)
	cmp one.img two.img
}

@test "identical on another day" {
	need cc
	config
	build one.img
	cat >later.c <<-'EOF'
		#include <sys/time.h>
		#include <time.h>
		time_t time(time_t *t) { if (t) *t = 4000000000; return 4000000000; }
		int gettimeofday(struct timeval *v, void *z) { (void)z; v->tv_sec = 4000000000; v->tv_usec = 7; return 0; }
		int clock_gettime(clockid_t c, struct timespec *s) { (void)c; s->tv_sec = 4000000000; s->tv_nsec = 7; return 0; }
	EOF
	cc -shared -fPIC -o later.so later.c
	LD_PRELOAD=$PWD/later.so ASAN_OPTIONS=verify_asan_link_order=0 build two.img
	cmp one.img two.img
}

# A place that another user can reach, with the command in it.
shared_place() {
	place=$(mktemp -d)
	chmod 755 "$place"
	cp "$VMCONFIG" "$place/vmconfig"
	cp config.json "$place/config.json"
	chmod 644 "$place/config.json"
	mkdir -m 777 "$place/out"
}

as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

teardown() {
	[ -z "${place:-}" ] || rm -rf "$place"
}

@test "identical under another user" {
	need setpriv
	root_only
	config
	build one.img
	shared_place
	as_nobody "$place/vmconfig" build --config "$place/config.json" -o "$place/out/two.img"
	[ "$(stat -c '%u %a' "$place/out/two.img")" = '65534 600' ]
	cmp one.img "$place/out/two.img"
}

@test "an older disk is replaced, and never written to" {
	config
	build disk.img
	ln disk.img old.img
	cp disk.img copy.img
	config '{"entrypoint":["/bin/other"]}'
	build disk.img
	cmp old.img copy.img
	[ "$(disk_json disk.img .entrypoint)" = '["/bin/other"]' ]
	[ "$(ls -A)" = "$(printf '%s\n' config.json copy.img disk.img old.img)" ]
}

@test "a symbolic link is replaced, not followed" {
	config
	echo precious >target
	ln -s target disk.img
	build disk.img
	[ "$(cat target)" = precious ]
	[ -f disk.img ] && [ ! -L disk.img ]
}

@test "what is no file is refused, and nothing is left behind" {
	own_directory
	config
	mkdir dir
	mkfifo pipe
	ln -s /proc/self/fd/1 stdout
	before=$(listing .)
	for name in dir dir/ pipe stdout . missing/disk.img config.json/disk.img; do
		run_vmconfig build --config config.json -o "$name"
		assert_failure 1 "cannot write '$name'"
	done
	run_vmconfig build --config config.json -o /dev/full
	assert_failure 1 "it is a character device, and only a regular file can be replaced"
	[ "$(listing .)" = "$before" ]
}

@test "a block device is refused" {
	root_only
	[ -b /dev/loop0 ] || skip_or_fail "no block device"
	config
	run_vmconfig build --config config.json -o /dev/loop0
	assert_failure 1 "cannot write '/dev/loop0': it is a block device"
}

@test "a directory that cannot be written: an error, nothing left, the older disk intact" {
	need setpriv
	root_only
	config
	shared_place
	cp "$place/config.json" "$place/out/disk.img"
	chmod 755 "$place/out"
	before=$(listing "$place")
	run --separate-stderr as_nobody "$place/vmconfig" build --config "$place/config.json" \
		-o "$place/out/disk.img"
	assert_failure 1 "cannot write '$place/out/disk.img': Permission denied"
	[ "$(listing "$place")" = "$before" ]
}

@test "a full filesystem: an error, nothing left, the older disk intact" {
	need unshare
	root_only
	config
	large_config 200000
	mv config.json large.json
	config
	mkdir full
	export -f listing
	# shellcheck disable=SC2016 # expanded by the child
	unshare -m bash -c '
		mount -t tmpfs -o size=64k tmpfs full || exit 99
		"$VMCONFIG" build --config config.json -o full/disk.img || exit 98
		before=$(listing full)
		"$VMCONFIG" build --config large.json -o full/disk.img 2>error && exit 97
		[ "$(listing full)" = "$before" ] || exit 96
		"$VMCONFIG" build --config large.json -o full/new.img 2>>error && exit 95
		[ "$(listing full)" = "$before" ]'
	[ "$(sed -n 1p error)" = "vmconfig: cannot write 'full/disk.img': No space left on device" ]
	[ "$(sed -n 2p error)" = "vmconfig: cannot write 'full/new.img': No space left on device" ]
}

@test "a read-only filesystem" {
	need unshare
	root_only
	config
	mkdir ro
	# shellcheck disable=SC2016 # expanded by the child
	unshare -m sh -c 'mount -t tmpfs -o ro tmpfs ro &&
		"$VMCONFIG" build --config config.json -o ro/disk.img' 2>error && fail "it was written"
	[ "$(cat error)" = "vmconfig: cannot write 'ro/disk.img': Read-only file system" ]
}

@test "a limit on file sizes is an error like any other" {
	own_directory
	config
	build disk.img
	cp disk.img copy.img
	large_config 200000
	before=$(listing .)
	# shellcheck disable=SC2016 # expanded by the child
	run --separate-stderr bash -c 'ulimit -f 16; "$VMCONFIG" build --config config.json -o disk.img'
	assert_failure 1 "cannot write 'disk.img': File too large"
	cmp disk.img copy.img
	[ "$(listing .)" = "$before" ]
}

@test "show reads what mke2fs made, with its journal" {
	need mke2fs
	config
	mkdir dir
	cp config.json dir/config.json
	mke2fs -q -t ext4 -d dir disk.img 10M
	[ "$(disk_json disk.img .entrypoint)" = '["/bin/app"]' ]
	rm disk.img
	mke2fs -q -t ext2 -d dir disk.img 1M
	[ "$(disk_json disk.img .entrypoint)" = '["/bin/app"]' ]
}

@test "show reads a block device" {
	need losetup
	root_only
	[ -e /dev/loop-control ] || skip_or_fail "no loop devices"
	config
	build disk.img
	device=$(losetup --find --show --read-only disk.img)
	run_vmconfig show "$device"
	losetup --detach "$device"
	assert_status 0
	assert_output_contains '"entrypoint":["/bin/app"]'
}

@test "a disk cut short says so" {
	config
	build disk.img
	truncate -s 30000 disk.img
	run_vmconfig show disk.img
	assert_failure 1 "disk.img: is shorter than the filesystem on it: 30000 bytes, not 64 blocks of 1024"
}

@test "a disk without a config says so" {
	need mke2fs
	mke2fs -q -t ext4 disk.img 4M
	run_vmconfig show disk.img
	assert_failure 1 "disk.img: holds no '/config.json'"
}

@test "damaged disks are errors, never crashes" {
	config
	build disk.img
	# super block, group descriptor, inode table, directory
	for place in $(seq 1024 13 1300) $(seq 2048 3 2080) $(seq 5376 11 5536) $(seq 7936 11 8064) $(seq 9216 5 9260); do
		cp disk.img bad.img
		printf '\377' | dd of=bad.img bs=1 seek="$place" conv=notrunc status=none
		run_vmconfig show bad.img
		[ "$status" -le 1 ] || explain "byte $place"
	done
}
