#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Debian's systemd as PID 1: it starts all, is left its network, and leaves clean disks.
# shellcheck disable=SC2016,SC2154 # for the guest's shell; bats and vm.bash set status, stderr and vm

load helper
load vm

setup() {
	need qemu-system-x86_64
	need_image "$SYSTEMD_IMAGE"
	cd "$BATS_TEST_TMPDIR" || return
	jq -nc '{entrypoint: ["/sbin/init"], cmd: [], workdir: "/", env: {}, network_enabled: false,
		init_mode: "systemd"}' >base.json
}

# systemd OPTION… - boot it; what its console says is in $stderr.
systemd() {
	keep_reports
	run_vmconfig run --config base.json --vmm ./vmm --memory 512M --timeout 400 --verbose \
		--disk "$SYSTEMD_IMAGE,ro,serial=root" "$@"
	console=$(tr -d '\r' <<<"$stderr")$'\n'$(console_of "$stderr")
}

assert_console() {
	grep -qE -e "$1" <<<"$console" || explain "expected on the console: $1"
}

@test "systemd starts all, with the config's environment, and poweroff leaves clean disks" {
	make_disk upper.img 128M
	make_disk data.img 32M
	cat >script <<-'END'
		printf "saw odd=[%s] %s\n" "$ODD" "root=$(findmnt -no FSTYPE /) data=$(findmnt -no FSTYPE /data)"
		echo "saw virt=$(systemd-detect-virt) container=$(systemd-detect-virt --container)"
		echo "saw host=$(hostname) id=$(wc -c </etc/machine-id) state=$(systemctl is-system-running --wait)"
		echo "saw keeper=$(tr '\\0' ' ' <$(dirname $(grep -lx vmconfig-keeper /proc/[0-9]*/comm))/cmdline)"
		echo "saw agent=$(systemctl is-active vmconfig-agent.service) [$(xargs -0 </proc/$(systemctl show -P MainPID vmconfig-agent.service)/cmdline)]"
		echo "saw credential=$(cat /run/credentials/@system/mycred)"
		echo kept >/kept
		echo kept >/data/kept
		systemctl poweroff
	END
	"$VMCONFIG" initrd --init "$BUILD/init" --modules "$ROOT/build/kernel" \
		--add "$ROOT/build/probe:/vmconfig/agent" -o with-agent.cpio
	jq '.agent = {path: "/opt/agent", args: ["sleep-until-signal", "a b"]}' base.json >with-agent.json
	mv with-agent.json base.json
	export QEMU_MORE='-smbios type=11,value=io.systemd.credential:mycred=s3cr3t'
	systemd --initrd with-agent.cpio \
		--disk upper.img --disk data.img,serial=data -v serial=data:/data --hostname deb.example \
		-e "VMCONFIG_TEST=$(cat script)" -e 'ODD=a "b" 100% \c $HOME'
	assert_status 0
	assert_console 'guest: ready: running$'
	assert_console 'guest: stopping$'
	assert_console 'saw odd=\[a "b" 100% \\c \$HOME\] root=overlay data=ext4'
	assert_console 'saw virt=(qemu|kvm) container=none'
	assert_console 'saw host=deb.example id=33 state=running'
	assert_console 'saw keeper=@init'
	assert_console 'saw agent=active \[/opt/agent sleep-until-signal a b\]'
	assert_console 'saw credential=s3cr3t$'
	assert_power null
	assert_clean upper.img
	assert_clean data.img
	debugfs -R 'cat /upper/kept' upper.img 2>/dev/null | grep -qx kept
	debugfs -R 'cat /kept' data.img 2>/dev/null | grep -qx kept
}

@test "units that have failed are named, and the host may stop the guest" {
	make_disk upper.img 128M
	"$VMCONFIG" run --config base.json --memory 512M --timeout 400 --verbose \
		--disk "$SYSTEMD_IMAGE,ro,serial=root" --disk upper.img -e VMCONFIG_EARLY=false \
		>stdout 2>stderr 3>&- &
	vm=$!
	timeout 300 tail -n +1 -F --sleep-interval=0.1 stderr 2>/dev/null |
		grep -q -m 1 -F 'guest: ready: degraded' || fail 'it is never ready' "$(cat stderr)"
	kill -TERM "$vm"
	wait_for_vm
	assert_status 0
	assert_stderr_contains 'vmconfig: warning: the guest is degraded: failed: vmconfig-early.service'
	assert_clean upper.img
}

@test "a read-only root, a network that is left alone, and reboot" {
	systemd --read-only --append systemd.mask=systemd-logind.service --net ip=192.0.2.10/24,gw=192.0.2.1,dns=192.0.2.1,mac=52:54:00:00:00:07 \
		-e 'VMCONFIG_TEST=systemctl start systemd-networkd systemd-networkd-wait-online;
			echo "saw $(networkctl --no-pager list eth0 | grep eth0 | tr -s " ")";
			echo "saw $(cat /sys/class/net/eth0/address) $(grep -c "^[0-9a-f]*$" /etc/machine-id)";
			echo "saw net $(networkctl status eth0 | grep -o 192.0.2.10) $(networkctl status eth0 | grep -o "Network File: .*")";
			echo "saw $(cat /etc/resolv.conf)";
			echo no >/no || echo "saw read-only"; systemctl reboot'
	assert_status 0
	assert_console 'guest: ready: running$'
	assert_console 'saw +[0-9]+ eth0 ether routable configured'
	assert_console 'saw 52:54:00:00:00:07 1'
	assert_console 'saw net 192.0.2.10 Network File: /run/systemd/network/00-vmconfig.network'
	assert_console 'saw nameserver 192.0.2.1'
	assert_console 'saw read-only'
	assert_console 'reboot: Restarting system'
	assert_power reboot
}

@test "kexec, for which no kernel has been loaded, becomes a reboot" {
	systemd --read-only -e 'VMCONFIG_TEST=systemctl start kexec.target'
	assert_status 0
	assert_console 'guest: stopping$'
	assert_console 'reboot: Restarting system'
	assert_power kexec # as it was asked for
}

@test "halt leaves a machine that vmconfig ends" {
	systemd --read-only -e 'VMCONFIG_TEST=systemctl halt'
	assert_status 0
	assert_console 'guest: stopping$'
	assert_console 'reboot: System halted'
	assert_power halt
	assert_stderr_contains 'the virtual machine did not power off and was killed'
}
