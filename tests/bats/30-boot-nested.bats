#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A real runner package under the units of `vmconfig host`, started by a real systemd: a virtual
# machine is the host, and QEMU in it runs the package's, with a tap, shares, vsock, a balloon and a
# disk that is the host's PCI device.
# shellcheck disable=SC2016,SC2154 # for the host's shell; bats and vm.bash set status and stderr

load helper
load vm
load systemd_host

setup() {
	need qemu-system-x86_64 jq mke2fs
	need_image "$HOST_IMAGE"
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p packages/fixed packages/data
	echo precious >packages/fixed/file
	jq -nc '{entrypoint: ["/probe"], cmd: [], workdir: "/", env: {}, network_enabled: false,
		init_mode: "exec", report: {channel: "vsock"},
		mounts: [{destination: "/fixed", type: "virtiofs", source: "fixed"},
		{destination: "/data", type: "virtiofs", source: "data"}]}' >probe.json
}

# package NAME [OPTION…] -- VERB… - one that the host finds as /srv/NAME.
package() {
	"$VMCONFIG" runner --config probe.json --memory 160M --disk "$PROBE_IMAGE,ro,serial=root" \
		--root /dev/vda:overlay --initrd guest.cpio --vmm /usr/bin/qemu-system-x86_64 \
		--tool virtiofsd=/usr/lib/qemu/virtiofsd --tool vmconfig=/usr/local/bin/vmconfig \
		--name web --register --balloon --vsock 7 --net ip=192.0.2.2/24,tap=vm-web \
		--share /srv/fixed:fixed,ro --share /srv/data:data -o "packages/$1" "${@:2}"
}

make_packages() {
	"$VMCONFIG" initrd --init "$BUILD/init" --modules "$ROOT/build/kernel" --module virtiofs \
		--module virtio_balloon --module vmw_vsock_virtio_transport -o guest.cpio
	package one --pci 00:1e.0 --stop-timeout 60 -- cat /fixed/file , write /data/written by-the-guest , \
		cat /dev/vdc , tcp-connect 192.0.2.1 7003 over-tap , \
		tcp-connect vsock:2 7004 over-vsock , \
		tcp-connect vsock:2 1073741831 $'{"event":"exit","code":0}\n' , \
		tcp-serve 7001 , sleep-until-signal
	grep -q -- ' --report-port 1073741831 --guest-cid 7 ' packages/one/bin/microvm-run
	package two -- say two , write /fixed/file broken , exit 7
	truncate -s 128M packages.img
	mke2fs -q -F -t ext4 -d packages packages.img
}

# The host has an IOMMU, and a disk behind it that it gives away.
make_host() {
	"$VMCONFIG" initrd --init "$BUILD/init" --modules "$ROOT/build/kernel" --module tun \
		--module vhost_vsock --module vsock_loopback --module vfio-pci --module vfio_iommu_type1 -o host.cpio
	printf 'handed over\n%499s\n' '' >given.img
	cat >qemu <<-END
		#!/bin/sh
		exec qemu-system-x86_64 "\$@" -device intel-iommu \\
			-drive if=none,id=given,format=raw,readonly=on,file=$PWD/given.img \\
			-device virtio-blk-pci,drive=given,disable-legacy=on,iommu_platform=on,addr=1e.0
	END
	chmod +x qemu
	make_disk upper.img 256M
}

# What systemd runs once everything has started; each "saw" is looked for on the console. Nothing
# here takes the guest's end for a reason to start it anew: 30-boot-host-units.bats sees to that.
write_script() {
	cat >script <<-'END'
		state=/var/lib/microvms/web
		# until_says TEXT - the machine's journal has it.
		until_says() {
			timeout 500 journalctl -o cat -f -n all -u microvm@web | grep -a -m 1 -F -e "$1" >/dev/null && return
			echo "saw NO $1"
			journalctl --no-pager -o cat -u 'microvm*'
		}
		said() {
			journalctl --no-pager -o cat -u microvm@web | grep -a "$1" | tr -d '\r' | tr '\n' ' '
		}
		vmconfig host install >/dev/null || echo "saw NO install"
		mkdir /etc/systemd/system/microvm@.service.d
		printf '[Service]\nRestartSec=1h\n' >/etc/systemd/system/microvm@.service.d/later.conf
		systemctl daemon-reload
		vmconfig vm install web /srv/one --enable || echo "saw NO vm"
		ip address add 192.0.2.1/24 dev vm-web
		socat TCP4-LISTEN:7003,bind=192.0.2.1 EXEC:cat &
		socat VSOCK-LISTEN:7004 EXEC:cat &
		socat VSOCK-LISTEN:7005 EXEC:cat &
		until_says 'listening 7001'
		echo "saw guest=$(said '^reply\|^precious\|^handed')"
		echo "saw written=$(cat /srv/data/written)"
		echo "saw given=$(basename "$(readlink /sys/bus/pci/devices/0000:00:1e.0/driver)") $(stat -c %U:%G /dev/vfio/[0-9]*)"
		ping -q -c 1 -W 60 192.0.2.2 >/dev/null && echo "saw ping"
		echo "saw served=$(echo inward | socat -t 60 - TCP4:192.0.2.2:7001)"
		until_says ready
		systemctl status --no-pager -l microvm@web | sed -n 's/^ *Status/saw status/p'
		echo "saw loop=$(echo round | socat -t 60 - VSOCK-CONNECT:1:7005)"
		# In the same way to where the guest reports, with the nonce even, and not from the guest.
		printf '{"nonce":"%s"}\n{"event":"exit","code":0}\n' "$(cat /srv/one/share/vmconfig/nonce)" |
			socat -t 60 - VSOCK-CONNECT:1:1073741831 >/dev/null 2>&1
		echo "saw who=$(ps -o user:8=,group:4=,args= -C qemu-system-x86 | cut -c 1-28)"
		echo "saw machine=$(machinectl show web -p Class -p State --value | tr '\n' ' ')"
		echo "saw balloon=$(cd $state && booted/bin/microvm-balloon 144)"
		vmconfig vm update web /srv/two | sed 's/^/saw /'
		echo "saw booted=$(readlink $state/current) $(readlink $state/booted)"
		systemctl restart microvm@web
		echo "saw restart=$(said '^signal')$(readlink $state/booted)"
		until_says 'status=7/'
		echo "saw two=$(said '^two') exit-status=$(cat $state/exit-status) fixed=$(cat /srv/fixed/file)"
		systemctl stop microvm@web
		for unit in set-booted tap-interfaces virtiofsd; do
			timeout 60 sh -c "while systemctl is-active -q microvm-$unit@web; do sleep 0.2; done"
		done
		echo "saw left=$(ls $state | tr '\n' ' ')$(ls /sys/class/net | grep vm-web)$(pgrep -l 'qemu|virtiofsd')"
		echo "saw spent $(cut -d . -f 1 /proc/uptime) seconds"
		systemctl poweroff
	END
}

@test "a real machine under real units: started, reached, updated, restarted, ended, stopped" {
	make_packages
	make_host
	write_script
	run_host "$HOST_IMAGE" --memory 1536M --cpus 2 --timeout 1150 \
		--vmm ./qemu --append intel_iommu=on --initrd host.cpio \
		--disk packages.img,serial=packages -v serial=packages:/srv
	assert_saw 'guest=precious handed over reply over-tap reply over-vsock reply'
	assert_saw 'loop=round'
	assert_saw 'written=by-the-guest'
	assert_saw 'given=vfio-pci microvm:kvm'
	assert_saw 'ping'
	assert_saw 'served=inward'
	assert_saw 'status: "the workload runs"'
	assert_saw 'who=microvm  kvm  microvm@web '
	assert_saw 'machine=vm running'
	assert_saw 'balloon=144'
	assert_saw "it runs the package before until 'systemctl restart microvm@web'"
	assert_saw 'booted=/srv/two /srv/one'
	assert_saw 'restart=signal 15 /srv/two'
	assert_saw 'two=two  exit-status=7 fixed=precious'
	grep -q 'saw left=current exit-status *$' <<<"$console" || explain 'something is left'
}
