#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# vmconfig is told to stop, or is killed, while something is half made: nothing of it stays, no child
# goes on, and the status is the signal's.
# shellcheck disable=SC2154 # bats sets status and stderr

load helper
load rootfs

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir bin tmp
	export XDG_CACHE_HOME=$PWD/cache TMPDIR=$PWD/tmp
	mkfifo alive
	cp "$VMCONFIG" bin/vmconfig
	# In place of the program that makes images: it begins one, says so, and waits for ever.
	cat >bin/vmconfig-image <<-'END'
		#!/bin/sh
		printf begun
		exec 3>alive
		echo begun >&3
		while :; do read -r line; done </dev/zero
	END
	chmod +x bin/vmconfig-image
	make_tar 1.tar <<<'file x y'
	make_layout image none:1.tar
	mkdir -p bundle/rootfs
	jq -n '{ociVersion: "1.0.0", root: {path: "rootfs"}, process: {cwd: "/", args: ["/a"]}}' >bundle/config.json
}

teardown() {
	[ -z "${process:-}" ] || kill -KILL "$process" 2>/dev/null || true
}

# begin OPTION… - vmconfig as process $process, whose child has begun an image. A shell lets what it
# has in the background ignore some signals.
begin() {
	env --default-signal=INT,QUIT bin/vmconfig "$@" >stdout 2>stderr 3>&- &
	process=$!
	exec 4<alive
	read -r -t 60 <&4 || fail 'nothing is made' "$(cat stderr)"
}

# end SIGNAL - its end by that signal; $status. The child has let go of the fifo then.
end() {
	local ended=0
	kill -s "$1" "$process"
	status=0
	wait "$process" || status=$?
	process=
	read -r -t 60 <&4 || ended=$?
	[ "$ended" -eq 1 ] || fail 'the child goes on'
	exec 4<&-
}

@test "the root of an image: no child, nothing in the cache but a lock" {
	local signal
	for signal in TERM INT HUP QUIT; do
		begin run --image image
		[ -n "$(find cache -name '*.part' -size +0)" ] || fail 'nothing has begun'
		end $signal
		[ "$status" -eq $((128 + $(kill -l $signal))) ] || fail "status $status"
		[ -z "$(find cache -name '*.part' -o -name '*.img')" ] || fail "left: $(find cache)"
	done
	"$VMCONFIG" cache prune
	[ -z "$(ls -A cache/vmconfig)" ] || fail "left: $(find cache)"
}

@test "the root of a bundle: no child, and no file at any time" {
	local signal
	for signal in TERM INT KILL; do
		begin run --bundle bundle
		[ -z "$(ls -A tmp)" ] || fail "has a name: $(ls -A tmp)"
		end $signal
		[ "$status" -eq $((128 + $(kill -l $signal))) ] || fail "status $status"
	done
}

@test "a signal that was ignored from the start stays so" {
	begin run --image image
	kill -s HUP "$process"
	end TERM
	[ "$status" -eq 129 ]
	trap '' HUP
	begin run --image image
	trap - HUP
	kill -s HUP "$process"
	end TERM
	[ "$status" -eq 143 ]
}

@test "what kill -9 leaves in the cache is pruned, or replaced by the next who makes it" {
	begin run --image image
	end KILL
	[ -n "$(find cache -name '*.part')" ] || fail 'what is this test about?'
	run_vmconfig cache list
	assert_output ''
	run_vmconfig cache prune
	assert_status 0
	assert_output 'removed 1 unfinished'
	[ -z "$(ls -A cache/vmconfig)" ]

	begin run --image image
	end KILL
	# The program that makes images, and no machine.
	run_vmconfig run --image image --vmm /bin/false
	assert_status 125
	[ "$(find cache -name '*.img' | wc -l)" -eq 1 ]
	[ -z "$(find cache -name '*.part')" ]
	e2fsck -fn "$(find cache -name '*.img')"
}

@test "an image that somebody makes is not pruned" {
	begin run --image image
	run_vmconfig cache prune
	assert_output ''
	[ -n "$(find cache -name '*.part')" ]
	end TERM
}

@test "half a runner package" {
	jq -nc '{entrypoint: ["/app"]}' >base.json
	head -c 4096 /dev/zero >vmlinuz
	printf HdrS | dd of=vmlinuz bs=1 seek=514 conv=notrunc status=none
	printf 070701 >initrd.cpio
	# So large that it is not over when the signal comes, and no byte of it on a disk.
	truncate -s 64G root.img
	"$VMCONFIG" runner --config base.json --kernel vmlinuz --initrd initrd.cpio --disk root.img,ro \
		--vmm /usr/bin/qemu-system-x86_64 -o web 2>stderr 3>&- &
	process=$!
	copies() {
		[ -n "$(find . -path './web.*/disk0.img')" ]
	}
	wait_until "$process" copies || fail "$(cat stderr)"
	kill "$process"
	status=0
	wait "$process" || status=$?
	process=
	[ "$status" -eq 143 ] || fail "status $status"
	[ -z "$(find . -name 'web*')" ] || fail "left: $(find . -name 'web*')"
	[ ! -s stderr ] || fail "says: $(cat stderr)"
}

# with_blocked SIGNAL COMMAND… - a caller that has blocked a signal, which has come already.
with_blocked() {
	python3 - "$@" <<-'END'
		import os, signal, sys
		number = signal.Signals[sys.argv[1]]
		signal.pthread_sigmask(signal.SIG_BLOCK, [number])
		os.kill(os.getpid(), number)
		os.execv(sys.argv[2], sys.argv[2:])
	END
}

@test "a signal that was blocked from the start stops nothing" {
	echo '{"entrypoint":["/app"]}' >config.json
	"$VMCONFIG" build --config config.json -o expected.img
	run --separate-stderr with_blocked SIGTERM "$VMCONFIG" build --config config.json -o config.img
	assert_status 0
	cmp config.img expected.img

	# What a child makes, which would be killed.
	run --separate-stderr with_blocked SIGTERM "$VMCONFIG" run --image image --vmm /bin/false
	assert_status 125
	[ "$(find cache -name '*.img' | wc -l)" -eq 1 ] || fail 'the image was not made' "$stderr"
}

@test "an image that a tool writes: no file, no tool, and an older image stays" {
	local format signal
	rm bin/vmconfig-image
	cp "$BUILD/vmconfig-image" bin/
	# In place of the tool: it begins an image, says so, and waits for ever.
	cat >bin/sqfstar <<-'END'
		#!/bin/sh
		[ "$1" != --version ] || exec echo 'mkfs.erofs (erofs-utils) 1.8.6'
		printf begun >/proc/self/fd/3
		exec 3>alive
		echo begun >&3
		while :; do read -r line; done </dev/zero
	END
	chmod +x bin/sqfstar
	cp bin/sqfstar bin/mkfs.erofs
	mkdir out
	echo older >out/root.img
	for format in squashfs erofs; do
		for signal in TERM INT HUP QUIT; do
			PATH=$PWD/bin:$PATH begin rootfs --image image --format $format -o out/root.img
			[ -n "$(find out -name '.vmconfig-*' -size +0)" ] || fail 'nothing has begun'
			end $signal
			[ "$status" -eq $((128 + $(kill -l $signal))) ] || fail "status $status" "$(cat stderr)"
			[ "$(ls -A out)" = root.img ] || fail "left behind: $(ls -A out)"
			[ "$(cat out/root.img)" = older ]
		done
	done
}

@test "a standard output that is to be filled must be a file" {
	need sqfstar
	local format
	for format in squashfs ext4; do
		"$VMCONFIG" rootfs --image image --format $format -o - >root.img
		"$VMCONFIG" rootfs --image image --format $format -o other.img
		cmp root.img other.img
	done
	assert_sound root.img
	run_vmconfig rootfs --image image -o -
	assert_failure 1 'cannot write to standard output: it is no file'
	status=0
	"$VMCONFIG" rootfs --image image -o - >>root.img 2>stderr || status=$?
	[ "$status" -eq 1 ]
	cmp root.img other.img
}

@test "what serves a machine's shares ends with whoever started it, and one that cannot start is named" {
	cat >bin/virtiofsd <<-'END'
		#!/usr/bin/env python3
		import signal, socket, sys
		path = [a for a in sys.argv if a.startswith("--socket-path=")][0].split("=", 1)[1]
		socket.socket(socket.AF_UNIX).bind(path)
		alive = open("alive", "w")
		print("begun", file=alive, flush=True)
		signal.pause()
	END
	chmod +x bin/virtiofsd
	local signal
	for signal in TERM KILL; do
		begin attend-shares --virtiofsd "$PWD/bin/virtiofsd" --share /srv:tag,socket=share.sock
		end $signal
		[ "$status" -eq 0 ] || [ "$signal" = KILL ] || fail "status $status" "$(cat stderr)"
	done
	run_vmconfig attend-shares --virtiofsd "$PWD/nowhere" --share /srv:tag,socket=share.sock
	assert_failure 1 "cannot share '/srv' by '$PWD/nowhere': No such file or directory"
	[ "$(id -u)" -eq 0 ] || skip_or_fail 'only root mounts'
	run_vmconfig attend-shares --virtiofsd "$PWD/bin/virtiofsd" --share /nowhere:tag,ro,socket=share.sock
	assert_failure 1 "cannot share '/nowhere' read-only by '$PWD/bin/virtiofsd': No such file or directory"
}
