#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The config disk: where it is looked for, what may stand on it, and the kernel's command line.

load helper
load ns

# boot_text TEXT - boot with a config.json that is TEXT, byte for byte.
boot_text() {
	printf '%s' "$1" >config.json
	boot
}

# refused TEXT REASON
refused() {
	boot_text "$1"
	assert_failed 'config disk' "$2"
}

# disk_of DIRECTORY - config.img from a directory, whatever is in it.
disk_of() {
	rm -f config.img
	IMAGE_SIZE=${IMAGE_SIZE:-1M} make_image config.img "$1" -O ^has_journal -L VMCONFIG
}

# seed_config - a config.json as the seed schema's own host writes it: its fields, no others.
seed_config() {
	cat >config.json <<-'END'
		{
		  "entrypoint": ["/probe"],
		  "cmd": ["cwd", ",", "env", ",", "mounts", ",", "say", "it's a \"seed\""],
		  "workdir": "/srv/made",
		  "env": {"PATH": "/bin", "APP_MODE": "seed"},
		  "network_enabled": false,
		  "volume_mounts": [
		    {"device": "/dev/vdd", "path": "/data", "mode": "rw"},
		    {"device": "/dev/vde", "path": "/shared", "mode": "ro"},
		    {"device": "/dev/vdf", "path": "/both", "mode": "overlay", "overlay_device": "/dev/vdg"}
		  ],
		  "init_mode": "exec",
		  "skip_kernel_headers": true,
		  "skip_guest_agent": true
		}
	END
}

@test "the seed's layout: numbered disks, no label, no version; every field honoured" {
	seed_config
	mkdir config.dir
	cp config.json config.dir
	IMAGE_SIZE=1M make_image config.img config.dir
	make_image upper.img
	local name
	for name in data shared lower layer; do
		make_image $name.img
	done
	nsboot --disk "$SCRATCH,ro" --disk upper.img --disk config.img,ro \
		--disk data.img --disk shared.img,ro --disk lower.img,ro --disk layer.img
	assert_exit 0
	assert_line 'cwd /srv/made'
	assert_line 'env PATH=/bin'
	assert_line 'env APP_MODE=seed'
	assert_line "it's a \"seed\""
	assert_line_matches 'mount / overlay rw,.*'
	assert_line_matches 'mount /data ext4 rw,.* rw /dev/vdd'
	assert_line_matches 'mount /shared ext4 ro,.* ro /dev/vde'
	assert_line_matches 'mount /both overlay rw,.*'
	for name in upper data layer; do
		assert_clean $name.img
	done
}

@test "the seed's layout: guest_ip and its company" {
	cat >config.json <<-'END'
		{"entrypoint": ["/probe"], "cmd": ["say", "up"], "workdir": "", "env": {},
		 "network_enabled": true, "guest_ip": "192.0.2.2", "guest_cidr": 24,
		 "guest_gw": "192.0.2.1", "guest_dns": "192.0.2.53", "volume_mounts": [],
		 "init_mode": "exec", "skip_kernel_headers": false, "skip_guest_agent": false}
	END
	config_disk
	# There is no NIC: that it is missed shows that it was asked for.
	nsboot --disk "$SCRATCH,ro" --disk - --disk config.img,ro --cmdline vmconfig.wait=0
	assert_failed network 'no network interface for /interfaces/0'
}

@test "the disk is found by its label, wherever it stands; without one as /dev/vdc" {
	config . say found
	config_disk
	nsboot --disk "$SCRATCH,ro" --disk - --disk - --disk - --disk config.img,ro
	assert_exit 0
	tune2fs -L '' config.img >/dev/null
	nsboot --disk "$SCRATCH,ro" --disk - --disk config.img,ro
	assert_exit 0
	nsboot --disk "$SCRATCH,ro" --disk - --disk - --disk config.img,ro --cmdline vmconfig.wait=0
	assert_failed 'config disk' "no device 'label=VMCONFIG' and no '/dev/vdc' (waited 0 s)"
}

@test "the label comes before /dev/vdc, and the command line before both" {
	config . say seed
	config_disk
	mv config.img seed.img
	tune2fs -L '' seed.img >/dev/null
	config . say label
	config_disk
	mv config.img label.img
	config . say named
	config_disk
	tune2fs -L other -U 01234567-89ab-cdef-0123-456789abcdef config.img >/dev/null
	local disks=(--disk "$SCRATCH" --disk - --disk seed.img --disk label.img --disk config.img) word

	nsboot "${disks[@]}"
	assert_output label
	for word in /dev/vde label=other uuid=01234567-89AB-CDEF-0123-456789ABCDEF; do
		nsboot "${disks[@]}" --cmdline "root=/dev/sda vmconfig.disk=$word quiet"
		assert_output named
	done
	nsboot "${disks[@]}" --cmdline 'vmconfig.disk=/dev/vdq vmconfig.wait=0'
	assert_failed 'config disk' "there is no config disk: no device '/dev/vdq' (waited 0 s)"
	nsboot "${disks[@]}" --cmdline vmconfig.disk=/dev/null
	assert_failed 'config disk' "cannot use '/dev/null', the config disk"
}

@test "two disks with the label are one too many" {
	config . say no
	config_disk
	nsboot --disk "$SCRATCH,ro" --disk config.img,ro --disk - --disk config.img,ro
	assert_failed 'config disk' "more than one device is 'label=VMCONFIG', the config disk"
	assert_code config-ambiguous
}

@test "a disk that comes late is waited for" {
	config . say came
	config_disk
	nsboot --disk "$SCRATCH,ro" --cmdline vmconfig.log=debug \
		--when 'modules: ' --attach config.img,ro
	assert_exit 0
	assert_line came
}

@test "a volume that comes late is waited for" {
	config '.volume_mounts = [{device: "label=late", path: "/data", mode: "ro"}]' say came
	make_image late.img '' -L late
	boot --cmdline vmconfig.log=debug --when 'network: ' --attach late.img,ro
	assert_exit 0
	assert_line came
}

@test "the workload finds no node of the config disk" {
	config . stat /dev/vda , stat /dev/vdb , ls /dev , mounts
	boot
	assert_line_matches 'stat /dev/vda block .*'
	assert_line 'stat /dev/vdb: No such file or directory'
	refute_output_contains 'entry vdb'
	refute_output_contains config
}

@test "a config disk that is a partition is refused, for its disk stays" {
	need sfdisk
	config . say no
	config_disk
	truncate -s 8M disk.img
	sfdisk -q disk.img <<<'start=1MiB, size=4MiB, type=83'
	dd if=config.img of=disk.img bs=1M seek=1 conv=notrunc status=none
	local word
	for word in quiet vmconfig.disk=/dev/vdb1; do
		nsboot --disk "$SCRATCH,ro" --disk disk.img,ro,part=2048+8192 --cmdline "$word"
		assert_failed 'config disk' "'/dev/vdb1', the config disk, is a partition"
		assert_code config-partition
	done
}

@test "vmconfig build makes a disk that init reads" {
	[ -x "$VMCONFIG" ] || skip_or_fail "no $VMCONFIG"
	config '.env = {A: "1"} | .user = {uid: 7} | .hostname = "box"' id , env , hostname
	"$VMCONFIG" build --config config.json -o built.img
	nsboot --disk "$SCRATCH,ro" --disk built.img,ro
	assert_exit 0
	assert_line 'uid 7 7 7'
	assert_line 'env A=1'
	assert_line 'hostname box'
}

@test "no config disk" {
	nsboot --cmdline vmconfig.wait=0
	assert_failed 'config disk' "no device 'label=VMCONFIG' and no '/dev/vdc'"
}

@test "a config disk that is none" {
	truncate -s 1M config.img
	nsboot --disk "$SCRATCH,ro" --disk - --disk config.img,ro
	assert_failed 'config disk' "'/dev/vdc', the config disk, holds no filesystem"
	head -c 1M /dev/urandom >config.img
	nsboot --disk "$SCRATCH,ro" --disk - --disk config.img,ro
	assert_failed 'config disk' "'/dev/vdc', the config disk, holds no filesystem"
}

@test "a config disk that was cut short" {
	config . say no
	config_disk
	truncate -s 12K config.img
	nsboot --disk "$SCRATCH,ro" --disk config.img,ro
	assert_failed 'config disk' "cannot mount '/dev/vdb' (ext4), the config disk"
}

@test "no config.json on the disk, or one that is no file" {
	local type reason
	while IFS='|' read -r type reason; do
		rm -rf disk
		mkdir disk
		case $type in
		none) ;;
		other) : >disk/other.json ;;
		directory) mkdir disk/config.json ;;
		fifo) mkfifo disk/config.json ;;
		device) mknod disk/config.json c 1 5 ;;
		dangling) ln -s nothing disk/config.json ;;
		loop) ln -s config.json disk/config.json ;;
		outside) ln -s ../../../../proc/version disk/config.json ;;
		esac
		disk_of disk
		nsboot --disk "$SCRATCH,ro" --disk config.img,ro
		assert_failed 'config disk' "cannot read '/config.json' on '/dev/vdb'$reason"
	done <<-'END'
		none|: No such file or directory
		other|: No such file or directory
		directory|: Is a directory
		fifo|
		device|
		dangling|: No such file or directory
		loop|
		outside|: No such file or directory
	END
}

@test "config.json as a link to another file on the disk is followed" {
	config . say there
	mkdir disk
	mv config.json disk/real.json
	ln -s /real.json disk/config.json
	disk_of disk
	nsboot --disk "$SCRATCH,ro" --disk config.img,ro
	assert_exit 0
	assert_line there
}

@test "a config.json that is too large is refused with the limit" {
	mkdir disk
	truncate -s 17M disk/config.json
	IMAGE_SIZE=24M disk_of disk
	nsboot --disk "$SCRATCH,ro" --disk config.img,ro
	assert_failed 'config disk' "'/config.json' on '/dev/vdb' is larger than 16777216 bytes"
}

@test "what is no JSON is refused with line and column" {
	refused '' 'config.json:1:1: '
	refused '{"entrypoint": ["/probe"], "cmd": ["say"' 'config.json:1:'
	refused $'{\n "entrypoint": ["/probe"]\n "cmd": []}' 'config.json:3:2: '
	refused 'hello' 'config.json:1:1: '
	refused '{"entrypoint": ["/probe"]} x' 'config.json:1:28: '
	refused $'{"entrypoint": ["/pro\xffbe"]}' 'config.json:1:'
	refused "$(printf '[%.0s' {1..200})" 'config.json:1:65: '
	refused '[]' 'config.json:1:1: '
	refused 'null' 'config.json:1:1: '
	refused '{"entrypoint": ["/probe"], "entrypoint": ["/bin/sh"]}' "duplicate key 'entrypoint'"
	refused '{"entrypoint": ["/probe"], "env": {"A": "1", "A": "2"}}' "duplicate key 'A'"
}

@test "values of the wrong type or form are refused with their place" {
	refused '{"entrypoint": "/probe"}' '/entrypoint'
	refused '{"entrypoint": ["/probe", 1]}' '/entrypoint/1'
	refused '{"entrypoint": ["/probe"], "cmd": {}}' '/cmd'
	refused '{"entrypoint": ["/probe"], "env": ["A=1"]}' '/env'
	refused '{"entrypoint": ["/probe"], "env": {"A": 1}}' '/env/A'
	refused '{"entrypoint": ["/probe"], "env": {"A=B": "1"}}' '/env/A=B'
	refused '{"entrypoint": ["/probe"], "workdir": "relative"}' '/workdir'
	refused '{"entrypoint": ["/probe"], "workdir": "/../x"}' '/workdir'
	refused '{"entrypoint": ["/probe"], "terminal": "yes"}' '/terminal'
	refused '{"entrypoint": ["/probe"], "user": {"uid": -1}}' '/user/uid'
	refused '{"entrypoint": ["/probe"], "user": {"uid": 4294967295}}' '/user/uid'
	refused '{"entrypoint": ["/probe"], "user": {"uid": 1.5}}' '/user/uid'
	refused '{"entrypoint": ["/probe"], "stop_signal": "SIGNONE"}' '/stop_signal'
	refused '{"entrypoint": ["/probe"], "stop_timeout": 9007199254740993}' '/stop_timeout'
	refused '{"entrypoint": ["/probe"], "init_mode": "other"}' '/init_mode'
	refused '{"entrypoint": ["/probe"], "hostname": "a b"}' '/hostname'
	refused '{"entrypoint": ["/probe"], "root": {"mode": "rx"}}' '/root/mode'
	refused '{"entrypoint": ["/probe"], "volume_mounts": [{"device": "/etc/x", "path": "/a", "mode": "rw"}]}' \
		'/volume_mounts/0/device'
	refused '{"entrypoint": ["/probe"], "report": {"channel": "smoke"}}' '/report/channel'
}

@test "nothing to run is refused" {
	refused '{}' "'entrypoint' and 'cmd' are both empty"
	refused '{"entrypoint": [], "cmd": []}' "'entrypoint' and 'cmd' are both empty"
	refused '{"entrypoint": [""], "cmd": ["x"]}' '/entrypoint/0'
}

@test "what this init does not know and must, stops the boot with its name" {
	refused '{"version": 2, "entrypoint": ["/probe"]}' "'2' is newer than this reader's, 1"
	refused '{"version": 1, "requires": ["time-travel"], "entrypoint": ["/probe"]}' \
		"requires 'time-travel', which this reader does not know"
	refused '{"version": 0, "entrypoint": ["/probe"]}' '/version'
}

@test "what it does not know and need not, is logged and ignored" {
	config '. + {version: 1, requires: ["user", "root"], colour: "blue", annotations: {a: "b"},
		root: {}, user: {uid: 0, shoe_size: 43}}' say up
	boot
	assert_exit 0
	assert_line up
	assert_line_matches 'init: config.json: /colour: .*'
	assert_line_matches 'init: config.json: /user/shoe_size: .*'
}

@test "a report channel that is not there is missed" {
	config '.report = {channel: "virtio-serial"}' say no
	boot
	assert_failed 'report channel' "there is no port 'org.vmconfig.report'"
	config '.report = {channel: "console", nonce: "c0ffee"}' say up
	boot --nonce c0ffee
	assert_exit 0
}

@test "with a nonce, the workload cannot forge a report" {
	config '.report = {nonce: "0123456789abcdef"}' \
		say 'vmconfig-report: {"event":"exit","code":0,"signal":0,"oom":false}' , \
		say 'vmconfig-report: {"event":"failed","phase":"root","error":"x","code":125}' , \
		say 'vmconfig-report:0000 {"event":"exit","code":0,"signal":0,"oom":false}' , \
		cat /proc/cmdline , exit 3
	boot --nonce 0123456789abcdef --cmdline 'quiet vmconfig.log=debug'
	assert_exit 3
	refute_output_contains 0123456789abcdef
	assert_line_matches 'vmconfig-report: .*"exit".*'
	assert_line_matches 'vmconfig-report:0000 .*'

	echo broken >config.json
	boot --nonce 0123456789abcdef
	assert_failed 'config disk' 'config.json:1:1: '
}

@test "words of the command line that make no sense stop the boot" {
	local word
	config . say no
	for word in vmconfig.wait=soon vmconfig.wait=-1 vmconfig.wait= vmconfig.wait=99999 \
		vmconfig.disk=nonsense vmconfig.disk= "vmconfig.disk=/dev/$(printf 'x%.0s' {1..300})"; do
		boot --cmdline "$word"
		assert_failed 'command line' "cannot use '${word:0:100}"
	done
}

@test "words that are the kernel's or the workload's are let alone" {
	config . say up
	boot --cmdline 'console=ttyS0 panic=-1 vmconfigs.wait=x "a b vmconfig.wait=x" -- vmconfig.wait=x'
	assert_exit 0
}

@test "a module that the list names and the initrd lacks stops the boot with its name" {
	printf '# a comment\n\n  \nmodules/none.ko param=1\n' >modules
	config . say no
	boot --file modules:/modules
	assert_failed modules "cannot open module 'modules/none.ko'"
}

@test "a list of modules with none in it is fine" {
	printf '# nothing to load\n\n' >modules
	config . say up
	boot --file modules:/modules
	assert_exit 0
}

@test "the rescue shell comes only when asked for, and its end is the machine's" {
	need busybox
	tree bin/
	cp "$(command -v busybox)" tree/bin/sh
	ln -s sh tree/bin/cat
	make_image root.img tree
	config '.user = {name: "nobody-here"}' say no
	boot_image root.img,ro --cmdline vmconfig.rescue --when 'rescue shell' --type $'echo in the shell\nexit\n'
	assert_failed workload "user 'nobody-here' not found"
	assert_output_contains 'in the shell'
	boot_image root.img,ro
	assert_failed workload "user 'nobody-here' not found"
	refute_output_contains shell
	config '.hooks = {start_container: [{path: "/none"}]}' say no
	boot_image root.img,ro --cmdline vmconfig.rescue --when 'rescue shell' \
		--type $'cat /proc/1/fdinfo/2 /proc/self/fdinfo/0\nexit\n'
	assert_failed workload "cannot run hook '/none'"
	# init's console does not block by then, the shell's does.
	read -r -d '' inits shells < <(sed -n 's/^flags:\t//p' <<<"${output//$'\r'/}") || true
	(((inits & 04000) && !(shells & 04000))) || explain "O_NONBLOCK: $inits $shells"
}

@test "before the switch of roots the rescue shell is the image's, with its libraries" {
	local library
	tree bin/
	cp -L /bin/sh tree/bin/sh
	for library in $(ldd /bin/sh | grep -o '/[^ ]*'); do
		mkdir -p "tree${library%/*}"
		cp -L "$library" "tree$library"
	done
	make_image root.img tree
	config '.volume_mounts = [{device: "label=none", path: "/data", mode: "rw"}]' say no
	boot_image root.img,ro --cmdline 'vmconfig.rescue vmconfig.wait=0' --when 'rescue shell' \
		--type $'echo in the shell\nexit\n'
	assert_failed volumes "there is no device 'label=none'"
	assert_output_contains 'in the shell'
}

@test "asked for a rescue shell that does not exist, the machine powers off" {
	config '.user = {name: "nobody-here"}' say no
	boot --cmdline vmconfig.rescue
	assert_failed workload "user 'nobody-here' not found"
	assert_line 'init: there is no shell'
}
