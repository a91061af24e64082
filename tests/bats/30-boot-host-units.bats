#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The units of `vmconfig host` under a real systemd: a machine is installed, starts over, is updated,
# stopped and removed. Its VMM is a script: what counts here is who runs what, as whom, and when.
# shellcheck disable=SC2016,SC2154 # for the guest's shell; bats and vm.bash set status and stderr

load helper
load vm
load systemd_host

setup() {
	need qemu-system-x86_64 jq
	need_image "$SYSTEMD_IMAGE"
	cd "$BATS_TEST_TMPDIR" || return
}

# What systemd runs once everything has started; each "saw" is looked for on the console.
write_script() {
	cat >script <<-'END'
		state=/var/lib/microvms/web
		package() {
			mkdir -p "/srv/$1/bin"
			cd "/srv/$1/bin"
			printf '#!/bin/sh\necho "%s $(id -un) $(id -gn) $PWD" >started.tmp && mv started.tmp started\nexec sleep infinity\n' "$1" >microvm-run
			printf '#!/bin/sh\necho %s >/run/microvm/shutdown; kill "$MAINPID"\n' "$1" >microvm-shutdown
			printf '#!/bin/sh\necho "%s $(id -u)" >>/run/taps\n' "$1 up" >tap-up
			printf '#!/bin/sh\necho "%s" >>/run/taps\n' "$1 down" >tap-down
			chmod 755 *
		}
		wait_for() {
			for try in $(seq 300); do
				eval "$1" >/dev/null 2>&1 && return
				sleep 0.2
			done
			echo "saw NO $1"
			systemctl status --no-pager -l 'microvm*'
		}
		package one
		package two
		# One whose monitor opens files of the host, and says which it could.
		package disk
		mkdir -p /srv/disk/share/vmconfig /srv/data/nine
		printf '%s\n' 'rw /srv/data/a b%i.img' 'rw /srv/data/nine' 'rw /dev/vdc' \
			'rw /var/lib/microvms/shared.img' >/srv/disk/share/vmconfig/host-files
		touch '/srv/data/a b%i.img' /srv/data/other.img
		cat >/srv/disk/bin/microvm-run <<-'RUN'
			#!/bin/sh
			try() { echo try 2>/dev/null >"$1" && echo "$2" >>could.tmp; }
			: >could.tmp
			try '/srv/data/a b%i.img' file
			try /srv/data/other.img other-file
			try /srv/data/nine/new share
			try /var/lib/microvms/shared.img shared
			head -c 1 /dev/vdc >/dev/null 2>&1 && echo device >>could.tmp
			head -c 1 /dev/vda >/dev/null 2>&1 && echo other-device >>could.tmp
			mv could.tmp could
			exec sleep infinity
		RUN
		# One whose guest takes longer to stop than its unit has, and ends with a status of its own.
		package slow
		cat >/srv/slow/crosvm <<-'RUN'
			#!/bin/sh
			[ "$1" != powerbtn ] || exec sh -c 'echo >button'
			report() { printf '\r\nvmconfig-report:0123 %s\r\n' "$1"; }
			[ -p button ] || mkfifo button
			report '{"event":"started","pid":2,"at":9}'
			read -r pressed <button
			sleep 15
			report '{"event":"exit","code":7,"signal":0,"oom":false,"stdout":0,"stderr":0}'
		RUN
		printf '#!/bin/sh\nexec vmconfig attend --kind crosvm --name slow --nonce /srv/slow/nonce --stop-timeout 60 -- /srv/slow/crosvm run\n' >/srv/slow/bin/microvm-run
		printf '#!/bin/sh\nexec vmconfig attend-stop --limit 90\n' >/srv/slow/bin/microvm-shutdown
		echo 0123 >/srv/slow/nonce
		chmod 755 /srv/slow/crosvm
		vmconfig host install >/dev/null || echo "saw NO install"
		mkdir -m 1777 /run/microvm
		vmconfig vm install web /srv/one --enable || echo "saw NO vm"
		wait_for "test -e $state/started"
		echo "saw start=$(cat $state/started)"
		echo "saw links=$(readlink $state/current) $(readlink $state/booted) $(stat -c '%U %G %a' $state)"
		echo "saw wanted=$(systemctl is-enabled microvm@web) skipped=$(systemctl is-active microvm-pci-devices@web)"
		first=$(systemctl show --value -p MainPID microvm@web)
		rm $state/started
		vmconfig vm update web /srv/two >/dev/null
		echo "saw list=$(vmconfig vm list --json)"
		kill "$first"
		wait_for "test -e $state/started"
		echo "saw over=$(cut -d ' ' -f 1 $state/started) $(readlink $state/booted)"
		rm $state/started
		systemctl restart microvm@web
		wait_for "test -e $state/started"
		echo "saw restart=$(cut -d ' ' -f 1 $state/started) $(readlink $state/booted) shutdown=$(cat /run/microvm/shutdown)"
		echo "saw locked=$(setpriv --reuid=microvm --regid=microvm --clear-groups sh -c "rm -f $state/current || echo no; rm -f $state/booted || echo no" 2>/dev/null | tr '\n' ' ')"
		vmconfig vm remove web 2>&1 | sed 's/^/saw running=/'
		systemctl stop microvm@web
		wait_for "! test -L $state/booted"
		echo "saw stop=$(systemctl is-active microvm@web) booted=$(readlink $state/booted) taps=$(tr '\n' , </run/taps)"
		vmconfig vm remove web --purge 2>/dev/null
		echo "saw removed=$(ls /var/lib/microvms) enabled=$(systemctl is-enabled microvm@web 2>/dev/null)"
		touch /var/lib/microvms/shared.img
		chown -R microvm /srv/data /var/lib/microvms/shared.img /dev/vda /dev/vdc
		vmconfig vm install disk /srv/disk --enable || echo "saw NO disk"
		wait_for "test -e /var/lib/microvms/disk/could"
		echo "saw could=$(tr '\n' ' ' </var/lib/microvms/disk/could)."
		systemctl stop microvm@disk
		vmconfig vm remove disk --purge || echo "saw NO removal"
		echo "saw drop-in=$(ls -d /etc/systemd/system/microvm@*.d) need-reload=$(systemctl show --value -p NeedDaemonReload microvm@disk)"
		mkdir /etc/systemd/system/microvm@slow.service.d
		printf '[Service]\nTimeoutStopSec=5\n' >/etc/systemd/system/microvm@slow.service.d/short.conf
		vmconfig vm install slow /srv/slow || echo "saw NO slow"
		systemctl daemon-reload
		systemctl start microvm@slow
		wait_for "test -p /var/lib/microvms/slow/button"
		systemctl stop microvm@slow
		echo "saw slow=$(cat /var/lib/microvms/slow/exit-status) $(systemctl show --value -p Result microvm@slow)"
		echo "saw slow-limit=$(systemctl show --value -p TimeoutStopUSec microvm@slow)"
		systemctl poweroff
	END
}

@test "a machine is installed, starts over with its package, is updated, stopped and removed" {
	write_script
	make_disk upper.img 128M
	truncate -s 1M device.img
	run_host "$SYSTEMD_IMAGE" --disk device.img --memory 512M --timeout 900
	assert_saw 'start=one microvm kvm /var/lib/microvms/web'
	assert_saw 'links=/srv/one /srv/one root microvm 1770'
	assert_saw 'wanted=enabled skipped=inactive'
	grep -q 'saw list=.*"current":"/srv/two","booted":"/srv/one","restart_needed":true' <<<"$console"
	# The guest has ended by itself: systemd restarts it with all that belongs to it.
	assert_saw 'over=two /srv/two'
	assert_saw 'restart=two /srv/two shutdown=two'
	assert_saw 'locked=no no'
	assert_saw "running=vmconfig: virtual machine 'web' runs"
	assert_saw 'stop=inactive booted= taps=one up 0,one down,two up 0,two down,two up 0,two down,'
	assert_saw 'removed= enabled='
	# What the package lists, and nothing beside it.
	assert_saw 'could=file share shared device .'
	assert_saw 'drop-in= need-reload=no'
	# Ended by its guest, not by the unit's limit.
	assert_saw 'slow=7 success'
	assert_saw 'slow-limit=5s'
}
