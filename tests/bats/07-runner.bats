#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Runner packages without a virtual machine: what is in them, and what their scripts do with a VMM
# that only says what one would. What the scripts look like is in tests/cases/runner-*.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	jq -nc '{entrypoint: ["/app"], cmd: [], workdir: "/", env: {TOKEN: "s3cret"},
		network_enabled: false, init_mode: "exec"}' >base.json
	# A kernel by its bytes, and an initrd.
	head -c 4096 /dev/zero >vmlinuz
	printf HdrS | dd of=vmlinuz bs=1 seek=514 conv=notrunc status=none
	printf 070701 >initrd.cpio
	head -c 1M /dev/zero >root.img
	printf x | dd of=root.img bs=1 seek=1048575 conv=notrunc status=none
}

# runner [OPTION…] - a package for a QEMU that need not be there.
runner() {
	run_vmconfig runner --config base.json --kernel vmlinuz --initrd initrd.cpio \
		--vmm /usr/bin/qemu-system-x86_64 --disk root.img,ro "$@"
}

mode() {
	stat -c %a "$1"
}

@test "a package has copies of what it boots from, and keeps secrets to its owner" {
	umask 000
	chmod 644 vmlinuz root.img
	chmod 640 initrd.cpio
	runner -o web
	assert_status 0
	assert_stderr ''
	cmp web/share/vmconfig/kernel vmlinuz
	cmp web/share/vmconfig/disk0.img root.img
	cmp web/share/vmconfig/initrd initrd.cpio
	[ "$(disk_json web/share/vmconfig/config.img .env.TOKEN)" = '"s3cret"' ]
	[ "$(mode web/share/vmconfig/config.img)" = 600 ]
	[ "$(mode web/share/vmconfig/initrd)" = 600 ]
	[ "$(mode web/share/vmconfig/kernel)" = 644 ]
	[ "$(mode web/bin/microvm-run)" = 755 ]
	[ "$(mode web)" = 755 ]
	(umask 077 && "$VMCONFIG" runner --config base.json --kernel vmlinuz --initrd initrd.cpio \
		--vmm /usr/bin/qemu-system-x86_64 --disk root.img,ro -o closed)
	[ "$(mode closed)$(mode closed/bin)$(mode closed/bin/microvm-run)" = 755755755 ]
	cmp web/libexec/vmconfig "$VMCONFIG"
	run ! grep -r s3cret web/bin web/share/microvm
}

@test "the same input makes the same package, other input another version" {
	local one two three
	runner -o one/ --name web
	assert_status 0
	runner -o two --name web
	diff -r one two
	one=$(readlink one/share/microvm/system) two=$(readlink two/share/microvm/system)
	[ "$one" = "$two" ]
	[[ $one =~ ^\.\./[0-9a-f]{16}-vmconfig-web$ ]]
	[ -e one/share/microvm/system/config.img ]
	runner -o three --name web -e A=b
	three=$(readlink three/share/microvm/system)
	[ "$one" != "$three" ]
}

@test "what is written to, and with --reference all, stays where it is" {
	truncate -s 1M data.img
	runner -o web --disk data.img --disk /nowhere/else.img,serial=else
	assert_status 0
	grep -q 'file=./data.img' web/bin/microvm-run
	grep -q 'file=/nowhere/else.img' web/bin/microvm-run
	[ ! -e web/share/vmconfig/disk1.img ]
	# A relative name is one in the state directory, which need not have it yet.
	runner -o far --reference --disk later.img,ro
	assert_status 0
	[ "$(ls far/share/vmconfig)" = config.img ]
	grep -q 'file=./later.img' far/bin/microvm-run
	# What nobody named is found here, and named by its whole path.
	VMCONFIG_KERNEL=vmlinuz VMCONFIG_INITRD=initrd.cpio run_vmconfig runner --config base.json \
		--vmm /usr/bin/qemu-system-x86_64 --disk root.img,ro --reference -o found
	assert_status 0
	grep -qF "$PWD/vmlinuz" found/bin/microvm-run
}

@test "a package lists the files of the host that its monitor opens" {
	runner -o web --disk data.img
	assert_status 0
	[ ! -e web/share/vmconfig/host-files ]
	runner -o other --disk '/srv/a b.img' --disk /dev/vg/data --share '/srv/nine:nine,9p' \
		--share '/srv/ro:ro,9p,ro' --share /srv/fs:fs --net ip=10.0.0.2/24,tap=vm-a
	assert_status 0
	diff - other/share/vmconfig/host-files <<-'END'
		rw /srv/a b.img
		rw /dev/vg/data
		rw /srv/nine
		ro /srv/ro
	END
	runner -o far --reference --disk /srv/root.img,ro
	[ "$(cat far/share/vmconfig/host-files)" = 'ro /srv/root.img' ]
}

@test "a package is whole or not there, and is never changed" {
	runner -o web --disk missing.img,ro
	assert_failure 1 "cannot use disk 'missing.img': No such file or directory"
	[ "$(echo web*)" = 'web*' ]
	mkdir web
	runner -o web
	assert_status 0
	runner -o web
	assert_failure 1 "'web' is there already"
	[ "$(echo web*)" = web ]
	runner -o missing/web
	assert_failure 1 "cannot write 'missing/web'"
	head -c 4096 /dev/zero >vmlinuz
	runner -o other
	assert_failure 1 "kernel 'vmlinuz' is"
	[ "$(echo other*)" = 'other*' ]
}

# qcow2 FILE BYTE - the head of a qcow2 image; BYTE is not 0: it names a backing file.
qcow2() {
	printf '%b' "QFI\\xfb\\0\\0\\0\\2\\0\\0\\0\\0\\0\\0\\0\\x$2" >"$1"
	truncate -s 1M "$1"
}

@test "a package has no image that names other files of the host, and copies none" {
	local how
	mkdir -p bundle/rootfs
	jq -n --arg here "$PWD" '{ociVersion: "1.2.0", root: {path: "rootfs"},
		process: {cwd: "/", args: ["/app"], user: {uid: 0, gid: 0}},
		vm: {kernel: {path: ($here + "/vmlinuz"), initrd: ($here + "/initrd.cpio")},
		image: {path: ($here + "/guest.qcow2"), format: "qcow2"}}}' >bundle/config.json
	for how in --copy --reference; do
		qcow2 guest.qcow2 48
		run_vmconfig runner --bundle bundle --vmm /usr/bin/qemu-system-x86_64 "$how" \
			--disk "$PWD/root.img,ro" -o web
		assert_failure 1 "vm.image '$PWD/guest.qcow2' names other files of the host"
		runner "$how" -o web --disk "$PWD/guest.qcow2,ro,format=qcow2"
		assert_failure 1 "disk '$PWD/guest.qcow2' names other files of the host"
		qcow2 guest.qcow2 0
		run_vmconfig runner --bundle bundle --vmm /usr/bin/qemu-system-x86_64 "$how" \
			--disk "$PWD/root.img,ro" -o "web$how"
		assert_status 0
	done
	qcow2 guest.qcow2 48
	runner -o web --disk "$PWD/guest.qcow2,format=qcow2"
	assert_failure 1 "disk '$PWD/guest.qcow2' names other files of the host"
	runner -o web --disk "$PWD/guest.qcow2,ro,format=qcow2,references"
	assert_failure 1 "disk '$PWD/guest.qcow2' may name other files, and a package has no copies of those"
	[ ! -e web ]
	runner --reference -o web --disk "$PWD/guest.qcow2,ro,format=qcow2,references"
	assert_status 0
	run ! grep -e --check-disk web/bin/microvm-run
}

@test "a bad command line is a usage error" {
	runner
	assert_failure 2 "'runner' needs -o DIR"
	runner -o web --copy --reference
	assert_failure 2 'exclude each other'
	runner -o web --name a/b
	assert_failure 2 "--name: 'a/b' is not"
	runner -o web --vm-user a:b:c
	assert_failure 2 "--vm-user: 'a:b:c' is not USER[:GROUP]"
	runner -o web --tool ip=sbin/ip
	assert_failure 2 '--tool'
	run_vmconfig runner -o web
	assert_failure 2 'an INPUT is missing'
	[ "$(echo web*)" = 'web*' ]
}

@test "what the config names and the machine cannot have makes no package" {
	# for_family FAMILY [OPTION…]
	for_family() {
		run_vmconfig runner --config base.json --kernel /k --initrd /i --reference -o web \
			--disk a,ro --vmm "/usr/bin/$1" "${@:2}"
	}
	for_family firecracker -v serial=data:/data
	assert_failure 1 "volume of '/data': 'firecracker' gives disks no serials"
	for_family firecracker --root serial=zzz
	assert_failure 1 "root filesystem: 'firecracker' gives disks no serials"
	for_family crosvm -v /dev/vdb:/data
	assert_failure 1 "volume of '/data': there is no disk '/dev/vdb': the last that --disk gives is /dev/vda"
	jq -c '.mounts = [{destination: "/m", type: "virtiofs", source: "nope"}]' base.json >mounts.json
	mv mounts.json base.json
	for_family firecracker
	assert_failure 1 "mount on '/m': 'firecracker' has no virtiofs shares"
	for_family crosvm
	assert_failure 1 "mount on '/m': no virtiofs share has the tag 'nope'"
	[ ! -e web ]
	for_family crosvm --pci 00:1f.2
	assert_status 0
	assert_stderr_contains "warning: mount on '/m': no virtiofs share has the tag 'nope'"
}

@test "no name of a file or of a program holds a control character" {
	runner -o web --disk $'a\nb' --reference
	assert_failure 1 "disk 'a\\x0ab' holds a control character"
	run_vmconfig runner --config base.json --kernel $'k\001' --initrd i --reference --disk a \
		--vmm /usr/bin/qemu-system-x86_64 -o web
	assert_failure 1 'holds a control character'
	runner -o web --net ip=10.0.0.2/24,tap=vm-a --tool $'ip=/sb\nin/ip'
	assert_failure 2 "--tool: 'ip=/sb\\x0ain/ip' holds a control character"
	[ ! -e web ]
}

@test "a name that would be a machine's comes from the host name, else from the directory" {
	runner -o some/../web-1
	assert_failure 1 "cannot write 'some/../web-1'"
	runner -o ./web-1/
	assert_status 0
	grep -q -- '--name web-1 ' web-1/bin/microvm-run
	runner -o web-2 --hostname front
	grep -q -- '--name front ' web-2/bin/microvm-run
	runner -o 'web 3'
	assert_failure 1 "'web 3' can be no machine's name"
}

@test "the scripts are clean, whatever is named" {
	need shellcheck
	runner -o web --net ip=10.0.0.2/24,tap=vm-a --share "/srv/it's \$(x):a,ro" --balloon --register \
		--pci 00:1f.2 --net ip=10.0.1.2/24,macvtap=vm-b,link=eth0 --append "a=\"b 'c\""
	assert_status 0
	shellcheck web/bin/*
	[ "$(find web/bin -type f | wc -l)" -eq 11 ]
}

# A VMM that says what one would: it prints its arguments, a workload's line and reports, and obeys
# its control socket. The guest's fate is in the file of that name; with "vsock" it reports by that,
# after one that forges its end has tried.
fake_vmm() {
	mkdir -p vmm
	cat >"vmm/$1" <<-'EOF'
		#!/usr/bin/env python3
		import glob, json, os, socket, sys
		if sys.argv[1:2] == ["powerbtn"]:
		    open("asker", "w").write(open("/proc/self/status").read())
		    if os.path.exists("deaf"): sys.exit(3)
		    with socket.socket(socket.AF_UNIX) as s:
		        s.connect(sys.argv[2]); s.sendall(b"PUT /power HTTP/1.1\r\n\r\n"); s.recv(100)
		    sys.exit(0)
		here = os.path.dirname(os.path.realpath(__file__)) + "/.."
		with open("/proc/self/cmdline") as f: name = f.read().split("\0")[0]
		nonce = open(here + "/package/share/vmconfig/nonce").read().strip()
		def report(**m): print("\r\nvmconfig-report:%s %s\r" % (nonce, json.dumps(m, separators=(",", ":"))), flush=True)
		server = socket.socket(socket.AF_UNIX)
		server.bind("api.sock"); server.listen()
		json.dump(sys.argv[1:], open("argv.json", "w"))
		print("kernel\r\nvmconfig-report:0000 {\"event\":\"exit\",\"code\":9}\r\nvmconfig-re", end="", flush=True)
		print("al line\r", flush=True)
		fate = open("fate").read().split()
		if fate[0] == "vsock":
		    def connect(shown):
		        c = socket.socket(socket.AF_UNIX)
		        c.connect(glob.glob("notify.vsock_*")[0])
		        c.sendall(b'{"nonce":"%s"}\n' % shown.encode())
		        return c
		    def forged(shown):
		        c = connect(shown)
		        try:
		            c.sendall(b'{"event":"exit","code":0,"signal":0,"oom":false,"stdout":0,"stderr":0}\n')
		            return c.recv(100)
		        except OSError:
		            return b""
		    open("forged", "wb").write(forged("0" * 32) + forged(nonce[:31]) + forged(""))
		    silent = [socket.socket(socket.AF_UNIX) for i in range(20)]
		    for s in silent: s.connect(glob.glob("notify.vsock_*")[0])
		    guest = connect(nonce)
		    lines = guest.makefile()
		    def report(**m): guest.sendall(json.dumps(m, separators=(",", ":")).encode() + b"\n")
		report(event="phase", name="root", us=5, at=7)
		report(event="started", pid=2, at=9)
		print("workload: %s\r" % os.environ.get("FAKE", ""), flush=True)
		if fate[0] == "vsock":
		    told = open("told", "w")
		    if fate[1] == "again":
		        guest.close()
		        guest = connect(nonce)
		        lines = guest.makefile()
		    if fate[1] == "exit": report(event="exit", code=int(fate[2]), signal=0, oom=False, stdout=0, stderr=0)
		    for line in lines:
		        told.write(line)
		        told.flush()
		        if "stop\"" in line: report(event="exit", code=143, signal=15, oom=False, stdout=0, stderr=0)
		        if "done" in line: sys.exit(0)
		    sys.exit(9)
		if fate[0] == "exit":
		    report(event="exit", code=int(fate[1]), signal=0, oom=False, stdout=0, stderr=0)
		    if fate[2:] == ["halt"]: server.accept()
		    sys.exit(0)
		while True:
		    c, _ = server.accept()
		    text = b""
		    while b"\r\n\r\n" not in text: text += c.recv(4096)
		    open("asked", "ab").write(text.splitlines()[0] + b"\n")
		    c.sendall(b"HTTP/1.1 204 No Content\r\n\r\n"); c.close()
		    if fate[0] == "obey": break
		report(event="exit", code=143, signal=15, oom=False, stdout=0, stderr=0)
	EOF
	chmod +x "vmm/$1"
}

# package FAMILY [OPTION…] - a package for such a VMM, and a state directory with its link.
package() {
	local family=$1
	need python3
	fake_vmm "$family"
	shift
	printf '\177ELF\2\1\1' >vmlinux
	head -c 4096 /dev/zero >>vmlinux
	case $family in
	firecracker) set -- --kernel vmlinux "$@" ;;
	*) set -- --kernel vmlinuz "$@" ;;
	esac
	"$VMCONFIG" runner --config base.json --initrd initrd.cpio --disk root.img,ro \
		--vmm "$PWD/vmm/$family" --stop-timeout 1 --name web -o package "$@"
	mkdir -p state
	ln -s "$PWD/package" state/current
}

# become SCRIPT [ARG…] - a script of the package as a unit runs it: no PATH, the state directory.
# The interpreter of the fake VMM alone needs one.
become() {
	cd state || return
	exec env -i PATH="${FAKE_PATH-}" ${NOTIFY_SOCKET:+NOTIFY_SOCKET="$NOTIFY_SOCKET"} \
		"$PWD/current/bin/$1" "${@:2}" 3>&-
}

in_state() {
	(become "$@")
}

@test "without a port reports come on the console, behind a nonce, and are no output" {
	package firecracker
	echo 'exit 7' >state/fate
	FAKE_PATH=$PATH run --separate-stderr in_state microvm-run
	assert_status 7
	[ "$(cat state/exit-status)" = 7 ]
	assert_output_contains 'kernel'
	# What another than init writes is no report.
	assert_output_contains 'vmconfig-report:0000 {"event":"exit","code":9}'
	assert_output_contains 'vmconfig-real line'
	assert_output_contains 'workload:'
	[[ $output != *'"code":7'* ]]
	[[ $output != *"$(cat package/share/vmconfig/nonce)"* ]]
	[ "$(jq -c . state/argv.json)" = '["--api-sock","api.sock","--level","Error","--config-file","firecracker.json"]' ]
	[ "$(jq -r '.drives[1].path_on_host' state/firecracker.json)" = \
		"$PWD/package/share/vmconfig/config.img" ]
	[ "$(mode state/firecracker.json)" = 600 ]
	[ ! -e state/control.sock ]
}

@test "a disk that a guest has made an image of others is not started from again" {
	printf 'x' >state.img
	package crosvm --disk "$PWD/state.img"
	echo 'exit 0' >state/fate
	FAKE_PATH=$PATH run --separate-stderr in_state microvm-run
	assert_status 0
	rm state/argv.json state/api.sock
	qcow2 state.img 48
	FAKE_PATH=$PATH run --separate-stderr in_state microvm-run
	assert_failure 125 "disk '$PWD/state.img' is to be raw and begins as a qcow2 image does"
	[ "$(cat state/exit-status)" = 125 ]
	[ ! -e state/argv.json ]
}

@test "an image that comes after the package is looked at, whatever its name" {
	package crosvm --reference --disk 'a:b c.qcow2,format=qcow2'
	echo 'exit 0' >state/fate
	FAKE_PATH=$PATH run --separate-stderr in_state microvm-run
	assert_failure 125 "cannot use disk"
	cp root.img state
	qcow2 'state/a:b c.qcow2' 0
	FAKE_PATH=$PATH run --separate-stderr in_state microvm-run
	assert_status 0
	rm state/argv.json state/api.sock
	qcow2 'state/a:b c.qcow2' 48
	FAKE_PATH=$PATH run --separate-stderr in_state microvm-run
	assert_failure 125 "disk 'a:b c.qcow2' names other files of the host"
	[ ! -e state/argv.json ]
	run_vmconfig attend --check-disk qcow3:a
	assert_failure 2 "--check-disk: format 'qcow3' is none of"
	run_vmconfig attend --check-disk qcow2:
	assert_failure 2 "--check-disk: 'qcow2:' is not FORMAT:FILE"
}

@test "the VMM is called microvm@NAME, and its environment is the unit's" {
	package firecracker
	sed -i 's/^report(event="started".*/print("argv0: " + name, flush=True)/' vmm/firecracker
	# An interpreter hides the name: a program that shows its own.
	cat >show.c <<-'EOF'
		#include <stdio.h>
		int main(int argc, char **argv) { (void)argc; puts(argv[0]); return 3; }
	EOF
	${CC:-cc} -o vmm/firecracker show.c
	run --separate-stderr in_state microvm-run
	assert_status 125
	assert_output_contains 'microvm@web'
	assert_stderr_contains 'ended with status 3'
	[ "$(cat state/exit-status)" = 125 ]
}

# run_in_background - microvm-run as $vm, until the workload is up. (What an earlier one said is gone.)
run_in_background() {
	rm -f stdout stderr
	FAKE_PATH=$PATH become microvm-run >stdout 2>stderr 3>&- &
	vm=$!
	timeout 60 tail -n +1 -F --sleep-interval=0.1 stdout 2>/dev/null | grep -q -m 1 '^workload:' ||
		fail "the workload did not start" "$(cat stdout stderr)"
}

@test "shutdown presses the button, waits, and leaves a service that has not failed" {
	local family request
	for family in firecracker cloud-hypervisor crosvm; do
		rm -rf package state vmm
		package "$family"
		echo obey >state/fate
		run_in_background
		in_state microvm-shutdown
		[ ! -e state/control.sock ] || fail "it is still there" "$(cat stdout stderr)"
		status=0
		wait "$vm" || status=$?
		[ "$status" -eq 0 ] || fail "status $status" "$(cat stdout stderr)"
		[ "$(cat state/exit-status)" = 143 ]
		case $family in
		firecracker) request='PUT /actions HTTP/1.1' ;;
		cloud-hypervisor) request='PUT /api/v1/vm.power-button HTTP/1.1' ;;
		crosvm) request='PUT /power HTTP/1.1' ;;
		esac
		[ "$(cat state/asked)" = "$request" ]
	done
}

@test "where nothing can ask the guest it is killed, and the service has not failed either" {
	local family
	for family in kvmtool stratovirt alioth; do
		rm -rf package state vmm
		package "$family"
		echo ignore >state/fate
		run_in_background
		in_state microvm-shutdown
		[ ! -e state/control.sock ] || fail "it is still there" "$(cat stdout stderr)"
		status=0
		wait "$vm" || status=$?
		[ "$status" -eq 0 ] || fail "status $status" "$(cat stdout stderr)"
		[ "$(cat state/exit-status)" = 137 ]
		[ ! -e state/asked ]
		grep -q "$family' was killed: there is no way to ask its guest to stop\$" stderr ||
			fail "$family does not say so" "$(cat stderr)"
	done
}

@test "a guest that has a vsock reports and is stopped by it, and nobody else is taken for it" {
	local family
	for family in firecracker cloud-hypervisor; do
		rm -rf package state vmm
		package "$family" --vsock 7
		run disk_json package/share/vmconfig/config.img .report
		[ "$output" = "{\"channel\":\"vsock\",\"port\":1073741831,\"nonce\":\"$(cat package/share/vmconfig/nonce)\"}" ]
		echo 'vsock stays' >state/fate
		run_in_background
		[ "$(mode state/notify.vsock_1073741831)" = 600 ]
		[ "$(wc -c <state/forged)" -eq 0 ]
		in_state microvm-shutdown
		status=0
		wait "$vm" || status=$?
		[ "$status" -eq 0 ] || fail "status $status" "$(cat stdout stderr)"
		[ "$(cat state/exit-status)" = 143 ]
		[ "$(jq -r 'keys[]' state/told | paste -sd,)" = hello,stdin_end,stop,done ] || fail "$(cat state/told)"
		# It was not asked twice.
		[ ! -e state/asked ]
		[ ! -e state/notify.vsock_1073741831 ]
		rm state/api.sock
		echo 'vsock exit 7' >state/fate
		FAKE_PATH=$PATH run --separate-stderr in_state microvm-run
		assert_status 7
		assert_stderr ''
		[ "$(cat state/exit-status)" = 7 ]
	done
}

@test "the port of reports is the config's, or one of the context id's that anybody may have" {
	local cid report=null
	vsock() {
		jq -c ".report = $report" base.json >reporting.json
		run_vmconfig runner --config reporting.json --kernel vmlinuz --initrd initrd.cpio --disk root.img,ro \
			--vmm "/usr/bin/$1" --vsock "$cid" -o "package$cid"
	}
	for cid in 1073741824 1073742847 3221225471; do
		vsock crosvm
		assert_failure 1 "--vsock: there is no port for the reports of context id $cid"
		# Who has ports does not need one.
		vsock qemu-system-x86_64
		assert_status 0
	done
	cid=1073742848
	vsock crosvm
	assert_status 0
	grep -q -- ' --report-port 1024 --guest-cid 1073742848 ' package1073742848/bin/microvm-run
	cid=1073741824 report='{"channel": "console", "port": 5000}'
	rm -r package1073741824
	vsock crosvm
	assert_status 0
	grep -q -- ' --report-port 5000 --guest-cid 1073741824 ' package1073741824/bin/microvm-run
	cid=8 report='{"channel": "vsock"}'
	vsock qemu-system-x86_64
	assert_status 0
	grep -q -- '/share/vmconfig/nonce --report-port 1073741832 --guest-cid 8 ' package8/bin/microvm-run
	for cid in qemu-system-x86_64 crosvm firecracker; do
		run_vmconfig runner --config reporting.json --kernel vmlinuz --initrd initrd.cpio --disk root.img,ro \
			--vmm "/usr/bin/$cid" -o without
		assert_failure 1 "report.channel is 'vsock', and the machine has none: --vsock gives it one"
	done
	run_vmconfig attend --kind crosvm --name web --nonce /dev/null --report-port 1024 -- /bin/true
	assert_failure 2 '--report-port needs --guest-cid and --nonce'
	run_vmconfig attend --kind crosvm --name web --guest-cid 3 --report-port 1024 -- /bin/true
	assert_failure 2 '--report-port needs --guest-cid and --nonce'
	run_vmconfig attend --report-port 4294967295
	assert_failure 2 "--report-port: '4294967295' is not a number within 1..4294967294"
}

@test "a guest that has lost its vsock connection may come again" {
	package firecracker --vsock 7
	echo 'vsock again' >state/fate
	run_in_background
	timeout 60 bash -c 'until grep -q stdin_end state/told; do sleep 0.1; done'
	in_state microvm-shutdown
	wait "$vm"
	[ "$(cat state/exit-status)" = 143 ]
	[ "$(jq -r 'keys[]' state/told | paste -sd,)" = hello,stdin_end,stop,done ]
}

@test "a guest that does not come by vsock is asked otherwise, and its reports are read on the console" {
	package firecracker --vsock 7
	echo obey >state/fate
	run_in_background
	in_state microvm-shutdown
	wait "$vm"
	[ "$(cat state/asked)" = 'PUT /actions HTTP/1.1' ]
	[ "$(cat state/exit-status)" = 143 ]
}

@test "the program that presses the button holds no signal back; where it fails, the machine is ended" {
	package crosvm
	echo obey >state/fate
	run_in_background
	in_state microvm-shutdown
	wait "$vm"
	grep -q '^SigBlk:.0000000000000000$' state/asker
	touch state/deaf
	echo ignore >state/fate
	run_in_background
	in_state microvm-shutdown
	status=0
	wait "$vm" || status=$?
	grep -q "crosvm powerbtn' failed with status 3\$" stderr || fail "status $status" "$(cat stderr)"
	[ ! -e state/control.sock ]
}

@test "shutdown of a machine that has gone, or never was, is done" {
	package firecracker
	in_state microvm-shutdown
	echo 'exit 0' >state/fate
	FAKE_PATH=$PATH in_state microvm-run >/dev/null
	in_state microvm-shutdown
	# One that was killed leaves its socket behind.
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("state/control.sock")'
	in_state microvm-shutdown
}

@test "an attendant that hangs is killed, and its machine with it" {
	local attendant
	package firecracker
	echo ignore >state/fate
	run_in_background
	attendant=$vm
	kill -STOP "$attendant"
	cd state
	run_vmconfig attend-stop --limit 1
	assert_status 0
	assert_stderr_contains "is killed"
	status=0
	wait "$attendant" || status=$?
	[ "$status" -eq 137 ]
}

@test "a guest that halts and cannot power off is ended, with its own status" {
	package firecracker
	echo 'exit 3 halt' >state/fate
	FAKE_PATH=$PATH run --separate-stderr in_state microvm-run
	assert_status 3
	assert_stderr ''
}

@test "the service manager hears of the start and of the stop" {
	package firecracker
	need socat
	socat -u UNIX-RECVFROM:notify.sock,fork OPEN:notified,creat,append 3>&- &
	local listener=$!
	timeout 60 bash -c 'until [ -S notify.sock ]; do sleep 0.1; done'
	echo obey >state/fate
	NOTIFY_SOCKET=$PWD/notify.sock run_in_background
	in_state microvm-shutdown
	wait "$vm"
	timeout 60 bash -c 'until grep -q STOPPING=1 notified; do sleep 0.1; done'
	kill "$listener"
	grep -q '^READY=1$' notified
	# The unit's own limit would be over long before: the second that the guest has, and the 100 of the attendant.
	grep -q '^EXTEND_TIMEOUT_USEC=101000000$' notified
}

@test "one machine runs in a state directory" {
	package firecracker
	echo obey >state/fate
	run_in_background
	FAKE_PATH=$PATH run --separate-stderr in_state microvm-run
	assert_status 125
	assert_stderr_contains 'a machine runs in this directory already'
	in_state microvm-shutdown
	wait "$vm"
}

@test "a package may lie anywhere that a VMM can be told of" {
	package firecracker
	echo 'exit 0' >state/fate
	mkdir 'a,b'
	mv package 'a,b'
	ln -sfn "$PWD/a,b/package" state/current
	run --separate-stderr in_state microvm-run
	assert_status 125
	assert_stderr_contains "microvm-run: '$PWD/a,b/package' has a character"
	[ ! -e state/argv.json ]
}

@test "vm install gives the machine's user what a package keeps to its owner" {
	need unshare
	[ "$(id -u)" -eq 0 ] || skip_or_fail 'a private /etc and /var/lib need root'
	chmod 600 initrd.cpio
	runner -o web
	assert_status 0
	cat >install <<-'END'
		set -e
		cp /etc/passwd passwd
		cp /etc/group group
		echo 'microvm:x:65500:65500::/:/bin/false' >>passwd
		grep -q '^kvm:' group || echo 'kvm:x:65501:' >>group
		mount --bind passwd /etc/passwd
		mount --bind group /etc/group
		mount -t tmpfs state /var/lib
		mkdir /var/lib/microvms
		"$VMCONFIG" vm install web "$PWD/web"
		readlink /var/lib/microvms/web/current
	END
	run unshare -m sh install
	assert_status 0
	[ "$output" = "$PWD/web" ]
	[ "$(stat -c '%u %a' web/share/vmconfig/config.img)" = '65500 600' ]
	[ "$(stat -c '%u %a' web/share/vmconfig/initrd)" = '65500 600' ]
	[ "$(stat -c '%u %a' web/share/vmconfig/kernel)" = '0 644' ]
	# What runs as root is only root's.
	chmod 777 web/libexec
	run unshare -m sh install
	assert_status 1
	[[ $output == *"'$PWD/web/libexec/.' may be changed by others than root"* ]]
}
