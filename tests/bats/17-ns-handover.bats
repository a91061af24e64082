#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# init_mode systemd in namespaces: what the image's own init finds, what is refused, how it ends.
# shellcheck disable=SC2034,SC2154 # ns.bash sets output and last, and reads STILL_MOUNTED

load helper
load ns

LAST_STAGE=/run/initramfs/shutdown

setup_file() {
	prepare_last_stage
	make_scratch
}

# become_init WORD… - the probe as PID 1; the last words are to end the machine.
become_init() {
	config '.init_mode = "systemd" | '"${FILTER:-.}" "$@"
}

# assert_ended [POWER] - by the last stage, and what becomes of the machine if that is not power-off.
assert_ended() {
	assert_status 0
	[ "$(jq -r '"\(.event) \(.code) \(.power)"' <<<"$last")" = "exit 0 ${1:-null}" ] || explain "last word: $last"
	grep -q '"event":"started","pid":1,' report || explain "it has not been reported as started"
}

@test "the init is PID 1 of the image, with its arguments and environment" {
	FILTER='.env = {A: "b c", container: "oci", PATH: "/x"} | .hostname = "sys"' \
		become_init env , cwd , hostname , cat /proc/1/cmdline , cat /proc/1/comm , fds , \
		become $LAST_STAGE poweroff
	boot
	assert_ended
	assert_line 'env A=b\040c'
	assert_line 'env PATH=/x'
	assert_line 'env HOME=/'
	assert_line 'env TERM=linux'
	assert_line 'cwd /'
	[[ $output == *sys* ]]
	[[ $output == */probe* ]]
	refute_output_contains 'container='
}

@test "a stop that is asked for before the init is started ends the boot" {
	become_init say no
	boot --cmdline vmconfig.log=debug --timeout 12 --when 'init: modules: ' --kill RTMIN+5
	assert_failed handover "the image's init is not started: a stop has been asked for"
	assert_code stopped
	assert_stderr 'nsboot: the machine was rebooted'
}

@test "so does one that comes while it is about to be started, until the very last" {
	become_init say no , become $LAST_STAGE poweroff
	# The first call of the keeper's start.
	boot --init "$BUILD/init-fault" --fault handover:pipe2:1:wait --when 'fault: pipe2' --kill RTMIN+5
	assert_failed handover "the image's init is not started: a stop has been asked for"
	assert_code stopped
	assert_stderr 'nsboot: the machine was rebooted'
}

@test "what stops systemd waits for it when it comes later" {
	tree sbin/
	mkdir -p tree/usr/lib/systemd
	cp "$BUILD/probe" tree/usr/lib/systemd/systemd
	ln -s /usr/lib/systemd/systemd tree/sbin/init
	make_image root.img tree
	FILTER='.entrypoint = ["/sbin/init"]' become_init cat /proc/self/status , sleep-until-signal , \
		become $LAST_STAGE poweroff
	boot_image root.img,ro --init "$BUILD/init-fault" --fault handover:execve:1:wait \
		--when 'fault: execve' --kill RTMIN+4
	assert_ended
	assert_line 'signal 38'
	# Those that stop a machine and no others: INT, TERM, PWR, and SIGRTMIN+3 to +6.
	assert_line_matches $'SigBlk:\t000000f020004002'
	assert_line_matches $'SigIgn:\t0000000000000000'
}

@test "another init finds no signal blocked or ignored" {
	become_init cat /proc/self/status , become $LAST_STAGE poweroff
	boot
	assert_ended
	assert_line_matches $'SigBlk:\t0000000000000000'
	assert_line_matches $'SigIgn:\t0000000000000000'
}

# The machine's only other process, once the watch has gone, which waits until it is woken: the keeper,
# with all that the port has got so far. Init, which waits for it, goes on afterwards.
# shellcheck disable=SC2016 # it is the other shell that expands these
WAKE_KEEPER='keeper=$(pgrep --ns $INIT_PID --nslist pid | grep -vxF $INIT_PID)
	kill -STOP $INIT_PID
	kill -WINCH $keeper
	until [ -S /proc/$INIT_PID/root/run/initramfs/keeper ] &&
		grep -q "^State:.S" /proc/$keeper/status; do [ -d /proc/$keeper ] || exit; done
	kill -CONT $INIT_PID'

@test "what the host asks of an init that has not been executed reaches it afterwards" {
	local line number
	while read -r line number; do
		become_init sleep-until-signal , become $LAST_STAGE poweroff
		boot --port org.vmconfig.report --init "$BUILD/init-fault" --fault handover:setsid:1:wait \
			--when 'fault: ' --say "$line" --when setsid --run "$WAKE_KEEPER"
		assert_ended
		assert_line "signal $number"
		[ "$(jq -r '.event' report | grep -v phase | paste -sd,)" = started,exit ] || explain "$(cat report)"
	done <<-'END'
		{"signal":10} 10
		{"signal":64} 64
		{"stop":true} 15
	END
}

@test "the start is reported once, and the end once" {
	become_init become $LAST_STAGE poweroff
	boot
	assert_ended
	[ "$(jq -r .event report | paste -sd,)" = started,exit ] || explain "$(cat report)"
}

@test "halt powers off as well, and an unknown word does" {
	become_init become $LAST_STAGE halt
	boot
	assert_ended halt
	become_init become $LAST_STAGE --strange
	boot
	assert_ended
}

@test "the last word has the nonce of the config" {
	FILTER='.report = {channel: "console", nonce: "c0ffee"}' become_init become $LAST_STAGE poweroff
	# There is a port, too, which takes what nobody reads.
	mkdir -p class/virtio-ports/vport0p1
	echo org.vmconfig.report >class/virtio-ports/vport0p1/name
	# shellcheck disable=SC2016 # it is the other shell that expands it
	boot --nonce c0ffee --cover class:/sys/class --cmdline vmconfig.log=debug \
		--when 'init: modules: ' --run 'mkfifo /proc/$INIT_PID/root/dev/vport0p1'
	assert_ended
}

@test "what the init has left running is ended, and the disks are clean" {
	make_image upper.img
	make_image data.img
	FILTER='.root = {device: "/dev/vda", overlay_device: "/dev/vdb"} |
		.volume_mounts = [{device: "/dev/vdc", path: "/data", mode: "rw"}]' \
		become_init write /data/file text , write /file text , burn-writes-apart /data , \
		burn-writes-apart / , become $LAST_STAGE poweroff
	boot --disk upper.img --disk data.img
	assert_ended
	assert_clean upper.img
	assert_clean data.img
	debugfs -R 'cat /file' data.img 2>/dev/null | grep -qx text
}

@test "a root that is read-only" {
	FILTER='.root = {device: "/dev/vda", mode: "ro"} | .entrypoint = ["/sbin/init"]' \
		become_init write /no text , cat /etc/machine-id , stat /etc/machine-id , become $LAST_STAGE poweroff
	tree sbin/
	mkdir -p tree/usr/lib/systemd
	cp "$BUILD/probe" tree/usr/lib/systemd/systemd
	ln -s /usr/lib/systemd/systemd tree/sbin/init
	make_image root.img tree
	boot_image root.img
	assert_ended
	assert_line 'write /no: Read-only file system'
	refute_output_contains 'cat /etc/machine-id:'
}

@test "systemd finds the environment, a machine-id to fill and a network to leave alone" {
	FILTER='.env = {A: "100% \"sure\"", "a.b": "c"} | .entrypoint = ["/sbin/init"]' \
		become_init cat /run/systemd/system.conf.d/00-vmconfig.conf , stat /etc/machine-id , \
		ls /run/systemd , become $LAST_STAGE poweroff
	tree sbin/ etc/
	mkdir -p tree/usr/lib/systemd
	cp "$BUILD/probe" tree/usr/lib/systemd/systemd
	ln -s ../usr/lib/systemd/systemd tree/sbin/init
	echo uninitialized >tree/etc/machine-id
	make_image root.img tree
	boot_image root.img,ro
	assert_ended
	[[ $output == *'DefaultEnvironment="A=100%% \"sure\""'* ]] || explain 'no environment'
	assert_line "init: variable 'a.b' is not given to services: systemd takes letters, digits and '_' only"
	# No NIC is up but the loopback.
	refute_output_contains network
}

@test "systemd-sysctl finds the config's kernel parameters, after those of all other files" {
	tree sbin/ usr/lib/systemd/
	cp "$BUILD/probe" tree/usr/lib/systemd/systemd
	ln -s ../usr/lib/systemd/systemd tree/sbin/init
	make_image root.img tree
	FILTER='.sysctl = {"kernel/msgmax": "4242", "net.ipv4.ping_group_range": "1 2"} |
		.entrypoint = ["/sbin/init"]' become_init cat /run/sysctl.d/zzz-vmconfig.conf , \
		become $LAST_STAGE poweroff
	boot_image root.img,ro
	assert_ended
	assert_line 'kernel/msgmax = 4242'
	assert_line 'net.ipv4.ping_group_range = 1 2'
	FILTER='.sysctl = {"kernel.msgmax": "4242\n"} | .entrypoint = ["/sbin/init"]' become_init say no
	boot_image root.img,ro
	assert_failed handover "'kernel.msgmax' of sysctl has a line break"
	FILTER='.entrypoint = ["/sbin/init"]' become_init ls /run/sysctl.d , become $LAST_STAGE poweroff
	boot_image root.img,ro
	assert_ended
	assert_line 'ls /run/sysctl.d: No such file or directory'
}

@test "whatever else would configure the network is told to leave it alone" {
	need ip
	tree sbin/ usr/lib/systemd/ etc/cloud/cloud.cfg.d/
	cp "$BUILD/probe" tree/usr/lib/systemd/systemd
	ln -s ../usr/lib/systemd/systemd tree/sbin/init
	make_image root.img tree
	ip netns add "handover-$$"
	ip -n "handover-$$" link add nic address 52:54:00:00:00:01 type veth peer name far
	FILTER='.entrypoint = ["/sbin/init"] | .network_enabled = true |
		.interfaces = [{name: "nic", addresses: ["192.0.2.1/24"]}]' become_init \
		cat /run/systemd/network/00-vmconfig.network , cat /run/systemd/network/00-vmconfig.link , \
		cat /run/NetworkManager/conf.d/00-vmconfig.conf , \
		cat /etc/cloud/cloud.cfg.d/99-vmconfig.cfg , become $LAST_STAGE poweroff
	boot_image root.img,ro --netns "/run/netns/handover-$$" || status=$?
	ip netns del "handover-$$"
	assert_ended
	[ "$(grep -cx 'MACAddress=52:54:00:00:00:01' <<<"$output")" -eq 2 ] || explain 'networkd and udev'
	assert_line 'KeepConfiguration=yes'
	assert_line 'NamePolicy='
	# As NetworkManager.conf(5) of 1.30 and later, and the manual of cloud-init, have them.
	[[ $output == *$'[keyfile]\nunmanaged-devices+=mac:52:54:00:00:00:01'* ]] || explain 'NetworkManager'
	assert_line 'network: {config: disabled}'
}

@test "another init finds no files of systemd's" {
	become_init ls /run/systemd , ls /run/initramfs , become $LAST_STAGE poweroff
	boot
	assert_ended
	assert_line 'ls /run/systemd: No such file or directory'
}

@test "an init that cannot be executed is refused before anything is given up" {
	INIT_LIBRARIES='' tree dir/ plain text script
	printf '#!/bin/no-shell\n' >tree/script
	echo hello >tree/text
	chmod 755 tree/text tree/script
	cp "$(type -P true)" tree/dynamic
	make_image root.img tree
	local row
	for row in '/none|there is no' '/dir|is not an executable file' '/plain|is not an executable file' \
		"/text|is neither a program nor a script with '#!'" "/script|needs '/bin/no-shell'" \
		"/dynamic|needs '/lib" 'nowhere|there is no'; do
		config ".init_mode = \"systemd\" | .entrypoint = [\"${row%%|*}\"]"
		boot_image root.img,ro
		assert_failed handover "${row#*|}"
	done
}

@test "a program of another machine fails when it is executed, and is reported" {
	tree
	# The machine of an ELF header is at 18; 0xffff is none.
	printf '\xff\xff' | dd of=tree/probe bs=1 seek=18 conv=notrunc status=none
	make_image root.img tree
	config '.init_mode = "systemd"'
	boot_image root.img,ro
	assert_failed handover "cannot execute '/probe': Exec format error"
}

@test "a program without a slash is searched in PATH" {
	tree bin/ sbin/
	mv tree/probe tree/sbin/probe
	make_image root.img tree
	FILTER='.env = {PATH: "/bin:/sbin"} | .entrypoint = ["probe"]' become_init say up , become $LAST_STAGE poweroff
	boot_image root.img,ro
	assert_ended
	assert_line up
}

@test "a script is an init, and the last stage its end" {
	need busybox
	tree
	mkdir -p tree/bin tree/sbin
	cp "$(command -v busybox)" tree/bin/busybox
	cat >tree/sbin/init <<-END
		#!/bin/busybox sh
		echo "script \$\$ \$1 \$A"
		exec $LAST_STAGE poweroff
	END
	chmod 755 tree/sbin/init
	make_image root.img tree
	config '.init_mode = "systemd" | .entrypoint = ["/sbin/init", "word"] | .env = {A: "b"}'
	boot_image root.img,ro
	assert_ended
	assert_line 'script 1 word b'
}

@test "a keeper that is killed leaves the last word to the last stage" {
	need busybox
	tree
	mkdir -p tree/bin
	cp "$(command -v busybox)" tree/bin/busybox
	cat >tree/init <<-END
		#!/bin/busybox sh
		kill -9 -1
		exec $LAST_STAGE poweroff
	END
	chmod 755 tree/init
	make_image root.img tree
	config '.init_mode = "systemd" | .entrypoint = ["/init"]'
	boot_image root.img,ro
	assert_status 0
	[ "$(jq -c '[.event, .code]' <<<"$last")" = '["exit",0]' ] || explain "last word: $last"
}

@test "SIGTERM for all is the last word of an init that knows no last stage" {
	need busybox
	tree
	mkdir -p tree/bin
	cp "$(command -v busybox)" tree/bin/busybox
	cat >tree/init <<-'END'
		#!/bin/busybox sh
		kill -TERM -1
		read -r _ </dev/console
		exec /bin/busybox poweroff -f
	END
	chmod 755 tree/init
	make_image root.img tree
	config '.init_mode = "systemd" | .entrypoint = ["/init"] | .report = {channel: "console", nonce: "c0ffee"}'
	STILL_MOUNTED=1
	boot_image root.img,ro --nonce c0ffee --when '"event":"exit"' --type $'\n'
	assert_status 0
	[ "$(jq -r .event report | tail -n 3 | paste -sd,)" = started,stopping,exit ] || explain "$(cat report)"
}
