#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Mounts of a bundle: what the guest makes, what goes along as a file, what must be shared.

load helper

# bundle MOUNTS - a bundle in ./bundle with these mounts.
bundle() {
	mkdir -p bundle/rootfs
	cat >bundle/config.json <<-EOF2
		{"ociVersion":"1.2.0","process":{"args":["sh"],"cwd":"/"},"root":{"path":"rootfs"},"mounts":[$1]}
	EOF2
}

# bind SOURCE [OPTION] - a bind mount onto /there/NAME, as the source is called.
bind() {
	printf '{"destination":"/there/%s","type":"bind","source":"%s","options":["rbind"%s]}' \
		"${1##*/}" "$1" "${2:+,\"$2\"}"
}

# refused MOUNTS MESSAGE
refused() {
	bundle "$1"
	run_vmconfig build --bundle bundle -o disk.img
	assert_failure 1 "$2"
	[ ! -e disk.img ]
}

@test "mounts of filesystems go to the guest in their order, options and all" {
	need jq
	bundle '{"destination":"/proc","type":"proc","source":"proc"},
		{"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["nosuid","strictatime","mode=755","size=65536k"]},
		{"destination":"/dev/pts","type":"devpts","source":"devpts","options":["nosuid","noexec","newinstance","ptmxmode=0666","mode=0620","gid=5"]},
		{"destination":"data//x/.","type":"ext4","source":"/dev/vdc","options":[]}'
	run_vmconfig build --bundle bundle -o disk.img
	assert_status 0
	[ "$stderr" = "vmconfig: warning: bundle/config.json: /mounts/3/destination: 'data//x/.' is relative, '/data/x' is taken" ]
	[ "$(disk_json disk.img '[.mounts[].destination]')" = '["/proc","/dev","/dev/pts","/data/x"]' ]
	[ "$(disk_json disk.img '.mounts[1]')" = \
		'{"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["nosuid","strictatime","mode=755","size=65536k"]}' ]
	[ "$(disk_json disk.img '.mounts[3]')" = '{"destination":"/data/x","type":"ext4","source":"/dev/vdc"}' ]
	[ "$(disk_json disk.img .requires)" = '["mounts"]' ]
}

@test "a bound file goes along: text, bytes, nothing, with its mode and owner" {
	need jq
	printf 'nameserver 192.0.2.1\n' >text
	printf '\0\377' >bytes
	: >nothing
	chmod 0640 text
	bundle "$(bind "$PWD/text" ro),$(bind "$PWD/bytes"),$(bind "$PWD/nothing")"
	run_vmconfig build --bundle bundle -o disk.img
	assert_status 0
	[ -z "$stderr" ]
	[ "$(disk_json disk.img .mounts)" = null ]
	[ "$(disk_json disk.img '.files[0] | del(.uid, .gid)')" = \
		'{"path":"/there/text","mode":416,"content":"nameserver 192.0.2.1\n"}' ]
	[ "$(disk_json disk.img '.files[0] | [.uid, .gid]')" = "[$(id -u),$(id -g)]" ]
	[ "$(disk_json disk.img '.files[1].content_base64')" = '"AP8="' ]
	[ "$(disk_json disk.img '.files[2] | [.content, .content_base64]')" = '[null,null]' ]
	[ "$(disk_json disk.img .requires)" = '["files"]' ]
}

@test "the largest file goes along, one byte more is refused" {
	head -c 1048576 /dev/zero >file
	bundle "$(bind "$PWD/file")"
	run_vmconfig build --bundle bundle -o disk.img
	assert_status 0
	rm disk.img
	head -c 1048577 /dev/zero >file
	refused "$(bind "$PWD/file")" \
		"/mounts/0/source: '$PWD/file' is larger than 1048576 bytes (MAX_FILE_BYTES): put it into the root filesystem"
}

@test "a bound directory is a share that the machine must have" {
	need jq
	mkdir -p dir bundle/below
	bundle "$(bind "$PWD/dir" ro),$(bind below)"
	run_vmconfig build --bundle bundle -o disk.img
	assert_status 0
	assert_stderr_contains "warning: bundle/config.json: /mounts/0/source: the virtual machine must share '$PWD/dir' by virtiofs with the tag 'mount0'"
	assert_stderr_contains "/mounts/1/source: the virtual machine must share 'bundle/below' by virtiofs with the tag 'mount1'"
	[ "$(disk_json disk.img .mounts)" = \
		'[{"destination":"/there/dir","type":"virtiofs","source":"mount0","options":["ro"]},{"destination":"/there/below","type":"virtiofs","source":"mount1"}]' ]
	rm disk.img
	run_vmconfig build --strict --bundle bundle -o disk.img
	assert_status 1
	[ ! -e disk.img ]
}

@test "relative sources are below the bundle, and no link leads out of it" {
	need jq
	echo inside >inside
	bundle "$(bind file),$(bind sub/link)"
	mkdir bundle/sub
	mv inside bundle/file
	ln -s ../file bundle/sub/link
	run_vmconfig build --bundle bundle -o disk.img
	assert_status 0
	[ "$(disk_json disk.img '[.files[].content]')" = '["inside\n","inside\n"]' ]
	rm disk.img
	echo outside >outside
	ln -s ../outside bundle/link
	ln -s "$PWD/outside" bundle/absolute
	refused "$(bind link)" "/mounts/0/source: 'link' leads out of the bundle"
	refused "$(bind absolute)" "'absolute' leads out of the bundle"
	refused "$(bind ../outside)" "'../outside' leads out of the bundle"
}

@test "what a guest cannot have is refused, and says why" {
	need python3
	mkfifo fifo
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
	refused "$(bind "$PWD/missing")" "/mounts/0/source: '$PWD/missing': No such file or directory"
	refused "$(bind "$PWD/socket")" "'$PWD/socket' is a socket, of which a guest cannot have the other end"
	refused "$(bind "$PWD/fifo")" "'$PWD/fifo' is a FIFO"
	refused "$(bind /dev/null)" "'/dev/null' is a device of the host's"
	refused '{"destination":"/a","type":"bind"}' "/mounts/0: 'source' is missing"
	refused '{"destination":"/a","options":["bind"]}' "/mounts/0: 'source' is missing"
	refused '{"destination":"/a","source":"x"}' "/mounts/0: 'type' is missing, and it is no bind mount"
	refused '{"type":"proc"}' "/mounts/0: 'destination' is missing"
	refused '{"destination":"/a/../b","type":"proc"}' "/mounts/0/destination: '/a/../b' has a '..' part"
	refused '{"destination":"/a","type":"tmpfs","options":["idmap"]}' \
		'/mounts/0/options: mounts with mapped ids cannot be made for a guest'
	refused '{"destination":"/a","type":"tmpfs","uidMappings":[{"containerID":0,"hostID":1,"size":1}],"gidMappings":[]}' \
		'/mounts/0/uidMappings: mounts with mapped ids cannot be made for a guest'
}

@test "a document alone is checked without its sources" {
	bundle "$(bind /does/not/exist)"
	run_vmconfig check bundle/config.json
	assert_status 0
	run_vmconfig check bundle
	assert_failure 1 "/mounts/0/source: '/does/not/exist': No such file or directory"
}
