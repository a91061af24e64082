#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The config's mounts: every kind, their options, their places, and what stops the boot.
# shellcheck disable=SC2154 # nsboot sets last

load helper
load ns

# mounts JSON WORD… - a config with these mounts that runs the probe.
mounts() {
	config ".mounts = $1" "${@:2}"
}

# flags_of PATH - the options of the mount there, of its filesystem too; of the last, if several.
flags_of() {
	awk -v path="$1" '$5 == path { flags = $6; for (i = 7; $i != "-"; i++) flags = flags " " $i
		flags = flags " - " $(i + 1) " " $(i + 3) } END { print flags }' <<<"$output"
}

# assert_flags PATH PATTERN
assert_flags() {
	# shellcheck disable=SC2053 # a pattern
	[[ $(flags_of "$1") == $2 ]] || explain "flags of $1: $(flags_of "$1")" "expected: $2"
}

@test "a tmpfs with size, mode and flags, where nothing was" {
	mounts '[{destination: "/a/b", type: "tmpfs", source: "tmpfs",
		options: ["nosuid", "nodev", "noexec", "size=64k", "mode=1750", "uid=5", "gid=6"]}]' \
		stat /a/b , write /a/b/x y , cat /proc/self/mountinfo
	boot
	assert_exit 0
	assert_line 'stat /a/b dir 1750 5 6'
	assert_flags /a/b 'rw,nosuid,nodev,noexec,relatime - tmpfs *size=64k,mode=1750,uid=5,gid=6*'
}

@test "a read-only tmpfs, and one that is noatime and shared" {
	mounts '[{destination: "/a", type: "tmpfs", options: ["ro", "nosymfollow"]},
		{destination: "/b", type: "tmpfs", options: ["noatime", "nodiratime", "rshared"]},
		{destination: "/c", type: "tmpfs", options: ["unbindable", "strictatime"]}]' \
		cat /proc/self/mountinfo , write /a/x y
	boot
	assert_status 1
	assert_flags /a 'ro,relatime,nosymfollow - tmpfs *'
	assert_flags /b 'rw,noatime,nodiratime shared:* - tmpfs *'
	assert_flags /c 'rw unbindable - tmpfs *'
	assert_line 'write /a/x: Read-only file system'
}

@test "a tmpfs has the mode and owner of what it covers, and with tmpcopyup its content" {
	tree data/sub/file data/.hidden other/file
	ln -s sub/file tree/data/link
	mkfifo tree/data/pipe
	echo text >tree/data/sub/file
	chmod 0640 tree/data/sub/file
	chown 7:8 tree/data/sub/file tree/data
	chmod 1770 tree/data
	make_image root.img tree
	mounts '[{destination: "/data", type: "tmpfs", options: ["tmpcopyup", "ro"]},
		{destination: "/other", type: "tmpfs"}]' \
		stat /data , ls /data , stat /data/sub/file , cat /data/link , ls /other , stat /other ,
	boot_image root.img
	assert_exit 0
	assert_line 'stat /data dir 1770 7 8'
	assert_line 'stat /data/sub/file file 0640 7 8 5'
	assert_line 'entry .hidden'
	assert_line text
	refute_output_contains pipe
	refute_output_contains 'entry file'
	assert_line 'stat /other dir 0755 0 0'
}

@test "the kernel's filesystems, once more, elsewhere" {
	mounts '[{destination: "/m/proc", type: "proc", source: "proc", options: ["nosuid", "hidepid=2"]},
		{destination: "/m/sys", type: "sysfs", source: "sysfs", options: ["ro", "noexec"]},
		{destination: "/m/pts", type: "devpts", source: "devpts",
			options: ["newinstance", "ptmxmode=0600", "mode=0640", "gid=5"]},
		{destination: "/m/mq", type: "mqueue", source: "mqueue", options: ["nodev"]},
		{destination: "/m/cg", type: "cgroup", source: "cgroup", options: ["ro", "relatime"]},
		{destination: "/m/cg2", type: "cgroup2", source: "cgroup2", options: ["noexec"]}]' \
		cat /proc/self/mountinfo , cat /m/proc/1/comm , stat /m/pts/ptmx , stat /m/cg/cgroup.procs
	boot
	assert_exit 0
	assert_flags /m/proc 'rw,nosuid,relatime - proc *hidepid=*'
	assert_flags /m/sys 'ro,noexec,relatime - sysfs *'
	assert_flags /m/pts 'rw,relatime - devpts *gid=5,mode=640,ptmxmode=600'
	assert_flags /m/mq 'rw,nodev,relatime - mqueue *'
	assert_flags /m/cg 'ro,relatime - cgroup2 *'
	assert_flags /m/cg2 'rw,noexec,relatime - cgroup2 *'
	assert_line 'stat /m/pts/ptmx char 0600 0 0 5:2'
}

@test "what engines list for /proc, /dev, /sys and below changes what is there" {
	mounts '[{destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "nodev", "noexec"]},
		{destination: "/dev", type: "tmpfs", source: "tmpfs",
			options: ["nosuid", "noexec", "strictatime", "mode=755", "size=65536k"]},
		{destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"]},
		{destination: "/dev/pts", type: "devpts", source: "devpts",
			options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0600", "gid=6"]},
		{destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"]},
		{destination: "/dev/shm", type: "tmpfs", source: "shm",
			options: ["rw", "nosuid", "nodev", "noexec", "mode=1777", "size=64000k"]},
		{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
			options: ["nosuid", "noexec", "nodev", "relatime", "ro"]},
		{destination: "/run", type: "tmpfs", source: "tmpfs", options: ["nosuid", "size=1m", "mode=0750"]}]' \
		cat /proc/self/mountinfo , ls /dev , stat /run , stat /dev/shm , write /dev/shm/x y , stat /dev/null
	boot
	assert_exit 0
	assert_flags /sys 'ro,nosuid,nodev,noexec,relatime - sysfs *'
	assert_flags /dev 'rw,nosuid,noexec - *'
	assert_flags /dev/pts '*- devpts *gid=6,mode=600,ptmxmode=666'
	assert_flags /dev/shm 'rw,nosuid,nodev,noexec,relatime - tmpfs *size=64000k*'
	assert_flags /sys/fs/cgroup 'ro,nosuid,nodev,noexec,relatime - cgroup2 *'
	assert_line 'stat /run dir 0750 0 0'
	assert_line 'stat /dev/shm dir 1777 0 0'
	assert_line 'stat /dev/null char 0666 0 0 1:3'
	assert_line 'entry vda'
	local place
	for place in /proc /dev /sys /dev/pts /dev/shm /sys/fs/cgroup /run; do
		[ "$(grep -c "^[0-9 ]*[0-9:]* / $place " <<<"$output")" -eq 1 ] ||
			explain "another $place is below"
	done
}

@test "binds: directories and files, read-only and not, and what is below with rbind" {
	tree src/file src/sub/ dst/ one
	echo text >tree/one
	make_image root.img tree
	mounts '[{destination: "/src/sub", type: "tmpfs", options: ["mode=711"]},
		{destination: "/flat", type: "bind", source: "/src", options: ["bind", "ro"]},
		{destination: "/deep", source: "/src", options: ["rbind", "rro", "nosuid"]},
		{destination: "/top", source: "/src", options: ["rbind", "ro"]},
		{destination: "/new/place", type: "none", source: "/one", options: ["bind", "ro", "noexec"]},
		{destination: "/dst", source: "/src", options: ["bind"]}]' \
		stat /flat/sub , stat /deep/sub , write /deep/sub/x y , write /top/sub/x y , write /flat/x y , \
		cat /new/place , write /new/place z , write /dst/through x , cat /src/through , \
		cat /proc/self/mountinfo
	boot_image root.img
	assert_line 'stat /flat/sub dir 0755 0 0'
	assert_line 'stat /deep/sub dir 0711 0 0'
	assert_line 'write /deep/sub/x: Read-only file system'
	assert_line 'write /flat/x: Read-only file system'
	assert_line 'write /new/place: Read-only file system'
	refute_output_contains 'write /top/sub/x'
	assert_line text
	assert_line x
	assert_flags /new/place 'ro,noexec,relatime - *'
	assert_flags /deep 'ro,nosuid,relatime - *'
	assert_flags /deep/sub 'ro,relatime - tmpfs *'
}

@test "a remount changes what stands there, in the order of the list" {
	mounts '[{destination: "/a", type: "tmpfs", options: ["size=64k"]},
		{destination: "/a/b", type: "tmpfs"},
		{destination: "/a", options: ["remount", "ro", "nodev", "size=128k"]},
		{destination: "/a/b/c", type: "tmpfs"}]' \
		cat /proc/self/mountinfo , write /a/x y
	boot
	assert_flags /a 'ro,nodev,relatime - tmpfs *size=128k*'
	assert_flags /a/b/c 'rw,relatime - tmpfs *'
	assert_line 'write /a/x: Read-only file system'
	mounts '[{destination: "/a", type: "tmpfs"}, {destination: "/a/b", options: ["remount", "ro"]}]' say no
	tree a/b/
	make_image root.img tree
	boot_image root.img
	assert_failed mounts "cannot open '/a/b' to set the options of its mount: No such file"
	mounts '[{destination: "/a/b", options: ["remount", "ro"]}]' say no
	boot_image root.img
	assert_failed mounts "nothing is mounted on '/a/b'"
}

@test "a second mount on one place is on top; a child comes after its parent" {
	mounts '[{destination: "/a", type: "tmpfs", options: ["mode=700"]},
		{destination: "/a", type: "tmpfs", options: ["mode=711"]},
		{destination: "/a/deep/er", type: "tmpfs", options: ["mode=751"]}]' \
		stat /a , stat /a/deep/er , ls /a
	boot
	assert_exit 0
	assert_line 'stat /a dir 0711 0 0'
	assert_line 'stat /a/deep/er dir 0751 0 0'
	assert_line 'entry deep'
}

@test "overlay: its layers are looked up in the guest, their links too" {
	tree low/one mid/two up/ work/
	ln -s /low tree/link
	ln -s /up tree/upper
	make_image root.img tree
	config '.root = {mode: "rw"} | .mounts = [
		{destination: "/o", type: "overlay", source: "overlay", options: ["lowerdir=/link:/mid"]},
		{destination: "/w", type: "overlay", source: "overlay", options: ["lowerdir=/mid",
			"upperdir=/upper", "workdir=/work", "nodev"]}]' \
		ls /o , ls /w , write /w/new text , cat /up/new , cat /proc/self/mountinfo , write /o/new x
	boot_image root.img
	assert_exit 1
	assert_line 'entry one'
	assert_line 'entry two'
	assert_line text
	assert_line 'write /o/new: Read-only file system'
	assert_flags /o '*- overlay *lowerdir=/link:/mid*'
	assert_flags /w 'rw,nodev,relatime - overlay *upperdir=/upper,workdir=/work*'
}

@test "a filesystem on a device that is named by its label; ro is the filesystem's too" {
	mkdir content
	echo text >content/file
	make_image data.img content -L data
	mounts '[{destination: "/d", type: "ext4", source: "label=data", options: ["ro"]}]' \
		cat /d/file , cat /proc/self/mountinfo
	boot --disk data.img
	assert_exit 0
	assert_line text
	assert_flags /d 'ro,relatime - ext4 ro*'
	mounts '[{destination: "/d", type: "ext4", source: "serial=none"}]' say no
	boot --cmdline vmconfig.wait=0
	assert_failed mounts "there is no device 'serial=none', the source of a mount"
}

@test "a device that is mounted read-only is not written to, nor its journal replayed" {
	tree removed file
	make_image data.img tree
	orphan data.img /removed
	dirty_journal data.img
	cp data.img before.img
	mounts '[{destination: "/d", type: "ext4", source: "/dev/vdb", options: ["ro"]},
		{destination: "/d", options: ["remount", "rw"]}]' write /d/x y , ls /d , exit 0
	boot --disk data.img
	assert_exit 0
	assert_line 'entry file'
	assert_line 'write /d/x: Read-only file system'
	cmp data.img before.img
	jq -r 'select(.event == "notice") | "\(.phase): \(.text)"' report | grep -qxF \
		"mounts: the source of the mount on '/d' was not unmounted: what its journal holds is missing"
	mounts '[{destination: "/d", type: "ext4", source: "/dev/vdb", options: ["ro", "rw"]}]' write /d/x y
	boot --disk data.img
	assert_exit 0
	assert_clean data.img
	run ! cmp -s data.img before.img
}

@test "a device that is mounted already is not taken for one that was not unmounted" {
	make_image data.img
	mounts '[{destination: "/a", type: "ext4", source: "/dev/vdb", options: ["ro"]}] |
		.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"}]' say no
	boot --disk data.img
	assert_failed mounts "cannot mount 'ext4' on '/a': "
	# As musl has it, or in full, as glibc does.
	assert_reason 'esource busy'
	! grep '"event":"notice"' report || explain 'nothing is unclean'
	assert_clean data.img
	# Two that write are one filesystem.
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data", mode: "rw"},
		{device: "/dev/vdb", path: "/other", mode: "rw"}]' write /data/x y , cat /other/x
	boot --disk data.img
	assert_exit 0
	! grep '"event":"notice"' report || explain 'nothing is unclean'
}

@test "links of the image lead to no place outside it" {
	tree real/
	ln -s ../../../../real tree/link
	ln -s /real tree/absolute
	ln -s ../../../../elsewhere tree/dangling
	ln -s / tree/all
	ln -s loop tree/loop
	make_image root.img tree
	mounts '[{destination: "/link/a", type: "tmpfs"}, {destination: "/absolute/b", type: "tmpfs"},
		{destination: "/dangling/c", type: "tmpfs"},
		{destination: "/real/d", source: "/link/a", options: ["bind"]}]' mounts
	boot_image root.img
	assert_exit 0
	assert_line_matches 'mount /real/a tmpfs .*'
	assert_line_matches 'mount /real/b tmpfs .*'
	assert_line_matches 'mount /elsewhere/c tmpfs .*'
	assert_line_matches 'mount /real/d tmpfs .*'
	mounts '[{destination: "/all", type: "tmpfs"}]' say no
	boot_image root.img
	assert_failed mounts "mount on '/all': that is the root filesystem itself"
	mounts '[{destination: "/loop", type: "tmpfs"}]' say no
	boot_image root.img
	assert_failed mounts "cannot make '/loop' for a mount: "
	mounts '[{destination: "/x", source: "/proc/self/root", options: ["bind"]}]' say no
	boot_image root.img
	assert_failed mounts "mount on '/x': cannot open its source '/proc/self/root': "
}

@test "a mount that cannot be had stops the boot, with its place and the option at fault" {
	local mount reason
	while IFS='|' read -r mount reason; do
		mounts "[{$mount}]" say no
		boot
		assert_failed mounts "$reason"
	done <<-'END'
		destination: "/d", type: "nosuchfs"|the kernel knows no 'nosuchfs' filesystem, which the mount on '/d' needs
		destination: "/d", type: "tmpfs", options: ["size=1k", "nosuch=secret"]|mount on '/d': tmpfs does not take the option 'nosuch': tmpfs: Unknown parameter 'nosuch'
		destination: "/d", type: "tmpfs", options: ["size=much"]|mount on '/d': tmpfs does not take the option 'size'
		destination: "/d", type: "tmpfs", options: ["idmap"]|option 'idmap'
		destination: "/d", type: "tmpfs", options: ["ridmap"]|option 'ridmap'
		destination: "/d", source: "/none", options: ["bind"]|mount on '/d': cannot open its source '/none': No such file or directory
		destination: "/d", source: "/", options: ["bind", "size=1"]|mount on '/d': a bind mount knows no option 'size=1'
		destination: "/d", type: "overlay", options: ["lowerdir=/none"]|on '/d'
		destination: "/probe", type: "tmpfs"|cannot make '/probe' for a mount: Not a directory
		destination: "/probe", source: "/proc", options: ["bind"]|cannot make '/probe' for a mount: Not a directory
		destination: "/proc", source: "/probe", options: ["bind"]|cannot mount on '/proc'
		destination: "/d", type: "ext4", source: "nothing"|cannot mount 'ext4' on '/d'
	END
	[[ $(jq -r .error <<<"$last") != *secret* ]]
}

@test "a listed mount must not hide a volume, but may lie in one" {
	make_image data.img
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data/vol", mode: "rw"}] |
		.mounts = [{destination: "/data", type: "tmpfs"}]' say no
	boot --disk data.img
	assert_failed mounts "mount on '/data': it would hide the volume of '/data/vol'"
	config '.volume_mounts = [{device: "/dev/vdb", path: "/data/vol", mode: "rw"}] |
		.mounts = [{destination: "/data/vol/tmp", type: "tmpfs"},
		{destination: "/again", source: "/data/vol", options: ["rbind", "ro"]}]' \
		write /data/vol/x y , cat /again/x , stat /again/tmp
	boot --disk data.img
	assert_exit 0
	assert_line y
	assert_line 'stat /again/tmp dir 1777 0 0'
	assert_clean data.img
}

@test "a mount in the place of what init needs does not hang it" {
	local place
	for place in /proc /sys /dev; do
		mounts "[{destination: \"$place\", type: \"ramfs\"}]" say no
		boot
		assert_failed 'switch root' "'$place' of the root filesystem is hidden"
	done
	tree
	ln -s dev tree/data
	make_image root.img tree
	mounts '[{destination: "/data", type: "tmpfs"}]' say no
	boot_image root.img
	assert_failed 'switch root' "'/dev' of the root filesystem is hidden"
}

@test "rootfs_propagation" {
	local word flags
	for word in shared slave private unbindable; do
		config ".rootfs_propagation = \"$word\"" cat /proc/self/mountinfo
		boot
		assert_exit 0
		flags=$(flags_of /)
		case $word in
		shared) [[ $flags == *shared:* ]] ;;
		unbindable) [[ $flags == *unbindable* ]] ;;
		*) [[ $flags != *shared:* && $flags != *unbindable* ]] ;;
		esac || explain "flags of / with $word: $flags"
	done
}

@test "a config with mounts on a read-only root" {
	config '.root = {mode: "ro"} | .mounts = [{destination: "/not/there", type: "tmpfs"},
		{destination: "/file", source: "/probe", options: ["bind"]}]' \
		write /not/there/x y , stat /file , write /x y
	boot
	assert_line_matches 'stat /file file .*'
	assert_line 'write /x: Read-only file system'
	refute_output_contains 'write /not'
}

@test "what 'runc spec' writes is made as it is written" {
	need runc
	mkdir -p bundle/rootfs
	runc spec --bundle bundle
	jq '.process.terminal = false | .process.args = ["/probe", "cat", "/proc/self/mountinfo", ",",
		"write", "/proc/sys/kernel/hostname", "x", ",", "write", "/dev/shm/x", "y", ",",
		"write", "/x", "y"]' bundle/config.json >changed.json
	mv changed.json bundle/config.json
	"$VMCONFIG" build --bundle bundle -o config.img 2>/dev/null
	nsboot --disk "$SCRATCH,ro" --disk config.img,ro
	assert_exit 1
	assert_flags / 'ro,*'
	assert_flags /proc 'rw,nosuid,nodev,noexec,relatime - proc *'
	assert_flags /sys 'ro,nosuid,nodev,noexec,relatime - sysfs *'
	assert_flags /sys/fs/cgroup 'ro,nosuid,nodev,noexec,relatime - cgroup2 *'
	assert_flags /dev/shm 'rw,nosuid,nodev,noexec,relatime - tmpfs *size=65536k*'
	assert_flags /proc/sys 'ro,nosuid,nodev,noexec,relatime - proc *'
	assert_flags /sys/firmware 'ro,*- tmpfs *'
	assert_line 'write /proc/sys/kernel/hostname: Read-only file system'
	assert_line 'write /x: Read-only file system'
	refute_output_contains 'write /dev/shm/x'
}

@test "/proc, /sys and /dev that are read-only do not keep init from what it does for the workload" {
	config '.oom_score_adj = 5 | .agent = {path: "/probe", args: ["exit", "0"]} | .mounts = [
		{destination: "/proc", type: "proc", options: ["ro"]},
		{destination: "/sys", type: "sysfs", options: ["ro"]},
		{destination: "/dev", type: "tmpfs", options: ["ro"]}]' \
		cat /proc/self/oom_score_adj , write /proc/self/oom_score_adj 6 , mkdir /dev/x , exit 0
	boot
	assert_exit 0
	assert_line 5
	assert_line 'write /proc/self/oom_score_adj: Read-only file system'
	assert_line 'mkdir /dev/x: Read-only file system'
}
