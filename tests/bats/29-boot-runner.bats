#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Runner packages for QEMU in virtual machines, run as a microvm.nix host's units do it: an empty
# PATH, the state directory, links "current" and "booted", an unprivileged user, a notify socket.

load helper
load vm

setup() {
	need qemu-system-x86_64 setpriv
	[ "$(id -u)" -eq 0 ] || skip_or_fail 'units run as root and as another'
	cd "$BATS_TEST_TMPDIR" || return
	jq -nc '{entrypoint: ["/probe"], cmd: [], workdir: "/", env: {}, network_enabled: false,
		init_mode: "exec"}' >base.json
	# The machine's user must get here.
	chmod 755 . ..
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" 2>/dev/null || true
	dir=$PWD
	while [ "$dir" != / ]; do
		setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$dir" || chmod o+x "$dir"
		dir=$(dirname "$dir")
	done
}

teardown() {
	local pids
	pids=$(cat "$BATS_TEST_TMPDIR"/pids 2>/dev/null) || return 0
	# shellcheck disable=SC2086 # a list
	kill -KILL $pids 2>/dev/null || true
	[ -z "${netns:-}" ] || ip netns delete "$netns"
}

# make_package NAME [OPTION…] -- VERB… - a package and a state directory whose link leads to it.
make_package() {
	local name=$1
	shift
	"$VMCONFIG" runner --config base.json --accel tcg --disk "${root_disk:-$PROBE_IMAGE,ro,serial=root}" \
		--vm-user nobody:nogroup --tool virtiofsd=/usr/lib/qemu/virtiofsd --name "$name" \
		-o "package-$name" "$@"
	install_package "$name"
}

# install_package NAME - what is in package-NAME becomes the machine's.
install_package() {
	local name=$1
	# What `vmconfig vm install` does: secrets are the machine user's.
	find "package-$name/share/vmconfig" -perm 600 -exec chown nobody {} +
	mkdir -p "$name"
	chown nobody "$name"
	ln -sfn "$PWD/package-$name" "$name/current"
}

# shellcheck disable=SC2016 # the inner shell expands
# as_unit NAME root|nobody PROGRAM [ARG…] - as a unit's process. Never returns.
as_unit() {
	local user=() in=()
	[ -z "${netns:-}" ] || in=(ip netns exec "$netns" sh -c
		'mount --bind "$0" /dev/net/tun && exec "$@"' "$PWD/tun")
	cd "$1" || exit
	[ "$2" = root ] || user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	exec "${in[@]}" env -i NOTIFY_SOCKET="$NOTIFY_SOCKET" \
		"$(command -v env)" ${user:+"$(command -v setpriv)" "${user[@]:1}"} "$PWD/$3" "${@:4}" 3>&-
}

# wait_for_socket PATH - until somebody listens, a minute at most.
wait_for_socket() {
	for _ in {1..600}; do
		[ ! -S "$1" ] || return 0
		sleep 0.1
	done
	fail "no socket $1"
}

# listen_for NAME - a socket for its words to the service manager, which go to NAME.notified.
listen_for() {
	NOTIFY_SOCKET=$PWD/$1.notify
	socat -u "UNIX-RECVFROM:$NOTIFY_SOCKET,fork,mode=777" "OPEN:$1.notified,creat,append" 3>&- &
	echo $! >>pids
	wait_for_socket "$NOTIFY_SOCKET"
}

# start NAME - all that comes before and with microvm@NAME; the process is $vm.
start() {
	local name=$1 script
	listen_for "$name-shares"
	ln -sfnT "$(readlink "$name/current")" "$name/booted"
	for script in tap-up macvtap-up; do
		[ ! -e "$name/current/bin/$script" ] || (as_unit "$name" root "current/bin/$script")
	done
	if [ -e "$name/current/bin/virtiofsd-run" ]; then
		as_unit "$name" root current/bin/virtiofsd-run >"$name.shares" 2>&1 &
		shares=$!
		echo "$shares" >>pids
		wait_for_line "$name-shares.notified" READY=1
	fi
	start_machine "$name"
}

start_machine() {
	local name=$1
	listen_for "$name"
	as_unit "$name" nobody booted/bin/microvm-run >stdout 2>stderr &
	vm=$!
	echo "$vm" >>pids
}

# stop NAME - as ExecStop: the VMM has gone, and its attendant is about to.
stop() {
	(as_unit "$1" nobody booted/bin/microvm-shutdown)
	[ ! -e "$1/control.sock" ] || fail "it is still there" "$(cat stdout stderr)"
}

# gone - the machine's end; $status, $output and $stderr.
gone() {
	wait_for_vm
}

@test "a machine starts, says so, keeps its status, and starts again after its guest's end" {
	make_package web --stop-timeout 5 -- say hello , err oops , exit 7
	start web
	gone
	assert_status 7
	assert_output hello
	assert_stderr oops
	[ "$(cat web/exit-status)" = 7 ]
	grep -qx READY=1 web.notified
	# ExecStop comes unconditionally, then Restart=always: the same again.
	stop web
	rm web.notified
	start_machine web
	gone
	assert_status 7
	[ "$(cat web/exit-status)" = 7 ]
	[ "$(stat -c %U web/exit-status)" = nobody ]
}

@test "a busy guest stops when it is asked, and the service has not failed" {
	make_package web --stop-timeout 30 -- storm , sleep-until-signal
	start web
	wait_for_line stdout ready
	stop web
	gone
	assert_status 0
	grep -qx STOPPING=1 web.notified
	[ "$(cat web/exit-status)" -le 143 ]
	# Gone already: done at once.
	stop web
}

@test "a workload that ignores its stop signal is killed after its time, the machine is not" {
	make_package web --stop-timeout 1 -- sleep-until-signal 15
	start web
	wait_for_line stdout ready
	stop web
	gone
	assert_status 0
	[ "$(cat web/exit-status)" = 137 ]
}

@test "a VMM that does nothing at all is killed, and its machine is gone" {
	make_package web --stop-timeout 1 -- sleep-until-signal
	start web
	wait_for_line stdout ready
	pkill -STOP -P "$vm" -f '^microvm@web '
	stop web
	gone
	assert_status 125
	assert_stderr_contains 'killed'
	[ -z "$(pgrep -f '^microvm@web ' -P "$vm")" ]
	[ "$(cat web/exit-status)" = 125 ]
}

@test "SIGTERM to the main process stops the guest, too" {
	make_package web -- sleep-until-signal
	start web
	wait_for_line stdout ready
	kill -TERM "$vm"
	gone
	assert_status 0
}

@test "the VMM is microvm@NAME, and two machines do not know of each other" {
	local first
	make_package one -- sleep-until-signal
	make_package two -- sleep-until-signal
	start one
	wait_for_line stdout ready
	first=$vm
	mv stdout stdout.one
	start two
	wait_for_line stdout ready
	pgrep -f '^microvm@one ' -P "$first" >found
	pgrep -f '^microvm@two ' -P "$vm" >>found
	[ "$(wc -l <found)" -eq 2 ]
	stop two
	[ -e "/proc/$first" ]
	gone
	assert_status 0
	vm=$first
	stop one
	gone
	assert_status 0
}

# make_netns - a network namespace, $netns, in which the units' processes are.
make_netns() {
	need ip socat
	netns=vmconfig-runner-$$
	ip netns add "$netns"
	# A host's node is for all to open; here it may not be.
	mknod tun c 10 200
	chmod 666 tun
	ip -n "$netns" link set lo up
}

# What the guest does for traffic_both_ways().
TRAFFIC=(tcp-serve 7001 ',' tcp-connect 192.0.2.1 7003 hello)

# traffic_both_ways - with the guest of "web", which is 192.0.2.2, and then its end.
traffic_both_ways() {
	ip netns exec "$netns" socat -T 60 TCP4-LISTEN:7003,bind=192.0.2.1 EXEC:cat 3>&- &
	echo $! >>pids
	wait_for_line stdout 'listening 7001'
	ip netns exec "$netns" ping -c 2 -W 30 192.0.2.2
	echo in | ip netns exec "$netns" socat -t 60 - TCP4:192.0.2.2:7001 >answer
	[ "$(cat answer)" = in ]
	gone
	assert_status 0
	assert_output_contains hello
}

@test "a tap in a network namespace: traffic both ways" {
	make_netns
	make_package web --net ip=192.0.2.2/24,tap=vm-web -- "${TRAFFIC[@]}"
	# An interface that an earlier machine has left is no hindrance.
	ip -n "$netns" tuntap add dev vm-web mode tap
	start web
	ip -n "$netns" address add 192.0.2.1/24 dev vm-web
	traffic_both_ways
	[ "$(cat web/current/share/microvm/tap-interfaces)" = vm-web ]
	(as_unit web root booted/bin/tap-down)
	run ! ip -n "$netns" link show vm-web
}

@test "a macvtap in a network namespace: traffic both ways" {
	local index
	make_netns
	ip -n "$netns" link add lower type veth peer name outside
	ip -n "$netns" link add link lower name vm-web type macvtap ||
		skip_or_fail 'this kernel makes no macvtap interfaces'
	ip -n "$netns" link set lower up
	ip -n "$netns" link set outside up
	ip -n "$netns" address add 192.0.2.1/24 dev outside
	make_package web --net ip=192.0.2.2/24,mac=52:54:00:00:00:09,macvtap=vm-web,link=lower -- \
		"${TRAFFIC[@]}"
	start web
	index=$(ip -n "$netns" -j link show vm-web | jq '.[].ifindex')
	[ "$(stat -c '%U %G' "/dev/tap$index")" = 'nobody nogroup' ]
	[ "$(ip -n "$netns" -j link show vm-web | jq -r '.[].address')" = 52:54:00:00:00:09 ]
	traffic_both_ways
	[ "$(cat web/current/share/microvm/macvtap-interfaces)" = 'vm-web 52:54:00:00:00:09 lower bridge' ]
	(as_unit web root booted/bin/macvtap-down)
	run ! ip -n "$netns" link show vm-web
}

@test "shares through virtiofsd: one is written, one cannot be, and both serve the next machine" {
	[ -x /usr/lib/qemu/virtiofsd ] || skip_or_fail 'no virtiofsd'
	mkdir fixed data
	echo precious >fixed/file
	# The guest mounts both to write: that one cannot be is virtiofsd's doing.
	jq '.mounts = [{destination: "/fixed", type: "virtiofs", source: "fixed"},
		{destination: "/data", type: "virtiofs", source: "data"}]' base.json >with
	mv with base.json
	make_package web --root /dev/vda:overlay \
		--share "$PWD/fixed:fixed,ro" --share "$PWD/data:data" -- \
		cat /fixed/file , write /data/file written , write /fixed/file broken
	start web
	gone
	assert_status 1
	assert_output_contains precious
	assert_output_contains 'Read-only file system'
	[ "$(cat fixed/file)" = precious ]
	[ "$(cat data/file)" = written ]
	# virtiofsd ends with its machine, and is there again for the next.
	rm data/file
	start_machine web
	gone
	assert_output_contains precious
	[ "$(cat data/file)" = written ]
	kill -TERM "$shares"
	status=0
	wait "$shares" || status=$?
	[ "$status" -eq 0 ] || fail "$(cat web.shares)"
	[ ! -e web/virtiofs-data.sock ]
}

@test "a balloon takes memory, and says what the guest keeps" {
	make_package web --balloon --memory 256M -- sleep-until-signal
	start web
	wait_for_line stdout ready
	run as_unit web nobody current/bin/microvm-balloon 192
	assert_status 0
	[ "$output" = 192 ]
	stop web
	gone
	assert_status 0
}

@test "vm.image goes along as a copy, and the bundle's root is mounted inside it" {
	mkdir -p bundle/rootfs own/etc
	cp "$ROOT/build/probe" bundle/rootfs/probe
	echo "the guest's own" >own/etc/issue
	truncate -s 8M own.img
	mke2fs -q -F -t ext4 -d own own.img
	jq -n --arg kernel "$VMCONFIG_KERNEL" --arg initrd "$VMCONFIG_INITRD" --arg image "$PWD/own.img" '{
		ociVersion: "1.2.0", root: {path: "rootfs"},
		process: {cwd: "/", args: ["/probe"], user: {uid: 0, gid: 0}},
		vm: {kernel: {path: $kernel, initrd: $initrd}, image: {path: $image, format: "raw"}}}' \
		>bundle/config.json
	"$VMCONFIG" runner --bundle bundle --accel tcg --vm-user nobody:nogroup --name web -o package-web -- \
		/probe ls / , stat /etc/issue , exit 7
	install_package web
	rm own.img
	start web
	gone
	assert_status 7
	assert_output_contains 'entry probe'
	assert_output_contains 'stat /etc/issue: No such file or directory'
}

@test "disks of every format that QEMU reads" {
	local format disks=() cats=() letter=b
	need qemu-img
	qemu-img convert -f raw -O qcow2 "$PROBE_IMAGE" root.qcow2
	root_disk=$PWD/root.qcow2,ro,serial=root,format=qcow2
	for format in qcow2 vhd:vpc vdi vmdk; do
		yes "in ${format%:*}" | head -c 64K >raw
		qemu-img convert -f raw -O "${format#*:}" raw "$PWD/disk.${format%:*}"
		disks+=(--disk "$PWD/disk.${format%:*},ro,format=${format%:*}")
		cats+=(cat "/dev/vd$letter" ',')
		letter=$(tr b-e c-f <<<"$letter")
	done
	make_package web --root /dev/vda:ro "${disks[@]}" -- "${cats[@]}" say read
	start web
	gone
	assert_status 0
	for format in qcow2 vhd vdi vmdk; do
		grep -qxa "in $format" stdout || explain "nothing from the $format disk"
	done
}

# pci_directory DEVICE - where a guest of "web" finds what QEMU was told to make.
pci_directory() {
	local address
	address=$(sed -nE "s/.*'?$1,.*addr=([0-9a-f]+\.[0-9]).*/\1/p" package-web/bin/microvm-run)
	echo "/sys/bus/pci/devices/0000:00:0$address"
}

# Stock kernels for clouds have no drivers for these.
@test "QEMU takes a 9p share and a USB device that is not there, and the guest sees both places" {
	local options
	mkdir pages
	# The stock kernel has no driver for 9p: with its modules beside it that would be an error.
	cp "$VMCONFIG_KERNEL" vmlinuz
	options=(--kernel vmlinuz --share "$PWD/pages:pages,9p,ro" --usb 046d:c52b)
	make_package web "${options[@]}" -- exit 0
	options+=(-- cat "$(pci_directory virtio-9p-pci)/device" ',' cat "$(pci_directory qemu-xhci)/class")
	rm -r package-web
	make_package web "${options[@]}"
	start web
	gone
	assert_status 0
	assert_output $'0x1009\n0x0c0330'
}

@test "a new package is another machine's only after a restart" {
	make_package web -- say one , sleep-until-signal
	start web
	wait_for_line stdout one
	make_package other -- say two , exit 0
	ln -sfn "$PWD/package-other" web/current
	[ "$(readlink web/booted)" = "$PWD/package-web" ]
	stop web
	gone
	assert_status 0
	start web
	gone
	assert_output two
	[ "$(readlink web/booted)" = "$PWD/package-other" ]
}
